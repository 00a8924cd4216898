"""The benchmarks: graphs, the errors seeded in them, the harness, and the pool."""

import csv
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from conftest import ROOT
from pyoxigraph import BlankNode, NamedNode, Triple

from coopera import graphs, validation
from coopera.tables import Term
from coopera.validation import compiled, shapes
from coopera.validation.compiled import Validation
from coopera.validation.data import DataGraph
from coopera.validation.nodes import Nodes

BENCHMARKS = ROOT / "benchmarks"
Row = tuple[str, ...]
"""Focus node, path, component and value of a result, as `expected.csv` writes them."""


def run(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(BENCHMARKS / program), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("graphs") / "1k"
    run("cooperation.py", 1000, made)
    return made


def triples(folder: Path, name: str = "data.nt") -> list[Triple]:
    return list(graphs.read(folder / name))


def expected(folder: Path) -> Counter[Row]:
    with (folder / "expected.csv").open(encoding="utf-8", newline="") as file:
        _head, *rows = csv.reader(file)
    return Counter(map(tuple, rows))


def written(term: Term | None) -> str:
    return "[]" if isinstance(term, BlankNode) else "" if term is None else str(term)


@pytest.mark.parametrize("validator", validation.VALIDATORS)
def test_a_validator_finds_the_seeded_errors_and_no_other(validator: str, folder: Path) -> None:
    data = triples(folder) + triples(folder, "ontology.ttl")
    due = triples(BENCHMARKS, "shapes.ttl")

    report = validation.validate(data, due, {t.subject for t in data}, validator)

    found: Counter[Row] = Counter(
        (written(r.focus_node), written(r.result_path), r.component.value, written(r.value_node))
        for r in report.results
    )
    assert found == expected(folder)
    assert all(report.reached.values()), "a shape reaches nothing"


def test_every_kind_of_error_is_seeded_at_the_smallest_size(folder: Path) -> None:
    components = {row[2].rpartition("#")[2] for row in expected(folder)}

    assert expected(folder).total() == 26
    assert len(components) == 18


@pytest.mark.parametrize(("size", "results"), [(1_000, 26), (100_000, 52)])
def test_a_graph_has_about_the_size_asked_for(size: int, results: int, tmp_path: Path) -> None:
    run("cooperation.py", size, tmp_path)

    with (tmp_path / "data.nt").open(encoding="utf-8") as lines:
        assert sum(1 for _ in lines) == pytest.approx(size, rel=0.1)
    assert expected(tmp_path).total() == results


def test_the_same_size_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    run("cooperation.py", 1000, tmp_path)

    for name in ("data.nt", "expected.csv", "ontology.ttl"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_turtle_holds_the_same_triples(folder: Path, tmp_path: Path) -> None:
    run("cooperation.py", 1000, tmp_path, "--format", "ttl")

    turtle = triples(tmp_path, "data.ttl")
    assert set(turtle) == set(triples(folder))
    assert len(turtle) == len(set(turtle))


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two copies of the project's graph."""
    made = tmp_path_factory.mktemp("graphs") / "project-20k"
    run("project.py", 20_000, made)
    return made


def test_copies_of_the_project_give_the_seeded_errors_and_no_other(copies: Path) -> None:
    data = triples(copies) + triples(copies, "ontology.ttl")

    report = validation.validate(data, triples(copies, "shapes.ttl"))

    found = Counter(
        (written(r.focus_node), written(r.result_path), r.component.value, written(r.value_node))
        for r in report.results
    )
    assert found == expected(copies)
    assert report.handed == ()


@pytest.mark.parametrize("large", [0, sys.maxsize])
def test_several_threads_find_what_one_finds_in_the_same_order(
    copies: Path, monkeypatch: pytest.MonkeyPatch, large: int
) -> None:
    graph = DataGraph(triples(copies) + triples(copies, "ontology.ttl"))
    read = shapes.read(Nodes(triples(copies, "shapes.ttl")))
    once = Validation(graph, read).run()

    monkeypatch.setattr(compiled, "LARGE", large)
    again = Validation(graph, read).run()

    assert again.results == once.results
    assert again.reached == once.reached


def test_the_errors_in_copies_of_the_project_are_of_many_kinds(copies: Path) -> None:
    components = {row[2].rpartition("#")[2] for row in expected(copies)}
    blocks = (BENCHMARKS / "errors.ttl").read_text("utf-8").count("\n# error: ")

    assert blocks > 70
    assert len(components) == 17
    assert len({row[1] for row in expected(copies)}) > 50


def test_every_thing_has_a_name_of_its_own_in_each_copy(copies: Path) -> None:
    subjects = Counter(triple.subject for triple in triples(ROOT / "data", "imt-uts/profile.ttl"))
    copied = Counter(triple.subject for triple in triples(copies))

    for subject in subjects:
        names = [NamedNode(f"{getattr(subject, 'value', '')}-{copy}") for copy in (0, 1)]
        assert subject not in copied
        assert all(copied[name] >= subjects[subject] for name in names)


def measure(folder: Path, *options: object) -> subprocess.CompletedProcess[str]:
    places = ("--graphs", folder.parent, "--tools", folder.parent)
    return run("validators.py", "1k", *places, *options)


def test_the_harness_tells_what_each_engine_costs_and_finds(folder: Path) -> None:
    done = measure(folder, "--engines", "floor-parse,pyshacl,coopera")

    *_, floor, pyshacl, coopera = done.stdout.splitlines()
    assert floor.startswith("| floor-parse | 1k | ")
    assert pyshacl.startswith("| pyshacl | 1k | ")
    assert pyshacl.endswith("| 26/26 | 0 | 0 |")
    assert coopera.startswith("| coopera | 1k | ")
    assert coopera.endswith("| 26/26 | 0 | 0 |")
    assert done.stderr == ""


def test_the_harness_measures_the_workload_that_is_asked_for(copies: Path) -> None:
    options = ("--graphs", copies.parent, "--tools", copies.parent, "--engines", "coopera")
    done = run("validators.py", "20k", *options, "--workload", "project")

    assert done.stdout.splitlines()[-1].startswith("| coopera | 20k | ")
    assert done.stdout.endswith("| 0 | 0 |\n")


def test_the_harness_lists_what_is_missing_and_what_is_extra(folder: Path, tmp_path: Path) -> None:
    other = tmp_path / "1k"
    other.mkdir()
    for path in folder.iterdir():
        (other / path.name).write_bytes(path.read_bytes())
    text = (other / "expected.csv").read_text("utf-8")
    (other / "expected.csv").write_text(text.replace("agreement/0>", "agreement/1>", 1), "utf-8")

    done = measure(other, "--engines", "pyshacl")

    assert done.stdout.endswith("| 26/26 | 1 | 1 |\n")
    missing, extra = done.stderr.splitlines()
    assert "pyshacl, 1k, missing: " in missing
    assert "agreement/1>" in missing
    assert "pyshacl, 1k, extra: " in extra
    assert "agreement/0>" in extra


def test_the_harness_names_an_engine_that_is_not_installed(folder: Path) -> None:
    done = measure(folder, "--engines", "floor-parse,pyrudof")

    assert "pyrudof is not installed. It needs: " in done.stderr
    assert "--setup" in done.stderr


def test_the_harness_pairs_the_runs_of_two_engines(folder: Path) -> None:
    done = measure(folder, "--engines", "floor-parse,floor-load", "--pairs", 2)

    first, second, median = done.stdout.splitlines()
    assert first.startswith("1k, pair 1: floor-parse ")
    assert second.startswith("1k, pair 2: floor-parse ")
    assert median.startswith("1k, median ratio of 2 pairs: ")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork")
def test_the_pool_is_measured_against_the_store_itself() -> None:
    lines = run("pool.py", 2000, "--rounds", 3, "--disk").stdout.splitlines()

    assert [line.split(";")[0] for line in lines if "triples" in line] == [
        "2,000 triples, in memory",
        "2,000 triples, on disk",
    ]
    assert sum(line.startswith("| ASK {} | 0.") for line in lines) == 2
    assert sum("a new worker is there after" in line for line in lines) == 2


def test_stores_are_measured_from_their_files_to_a_look_up(tmp_path: Path) -> None:
    done = run("stores.py", 1000, tmp_path)

    *_, row = done.stdout.splitlines()
    assert row.startswith("| 1,041 | ")
    assert row.count(" ms |") == 4


def test_a_saved_query_costs_something_from_files_and_from_a_store(tmp_path: Path) -> None:
    done = run("stores.py", "--saved", 1000, tmp_path)

    *_, row = done.stdout.splitlines()
    assert row.startswith("| 1,000 | ")
    assert row.count(" MiB") == 2


@pytest.mark.parametrize("size", [0, 30_000])
def test_our_engine_is_compared_with_pyoxigraph_query_by_query(size: int) -> None:
    command = [sys.executable, str(BENCHMARKS / "queries.py"), str(size), "--query", "supervision"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    first, *_, row = done.stdout.splitlines()
    assert int(first.split()[0].replace(",", "")) > max(size, 10_000)
    assert row.startswith("| supervision | ")
    assert done.returncode == (float(row.split(" | ")[3].rstrip(" |")) > 1.2)


def test_a_cold_query_costs_more_than_its_imports_and_these_more_than_python(
    tmp_path: Path,
) -> None:
    done = run("stores.py", "--cold", "--runs", 3, tmp_path)

    query, imports, python = (row.split(" | ") for row in done.stdout.splitlines()[2:])
    seconds = [float(row[3].split()[0]) for row in (query, imports, python)]
    assert seconds == sorted(seconds, reverse=True)
