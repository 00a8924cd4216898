"""Asking: of an engine or an endpoint, of today's graph or an earlier one, written as it comes."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import Make
from servers import Server

from coopera import asking, graphs
from coopera.asking import Whom
from coopera.cli import main
from coopera.engines.endpoint import Endpoint
from coopera.errors import CooperaError, QueryError
from coopera.project import Project
from coopera.tables import Table


def run(*arguments: str, project: Path | None = None) -> Result:
    before = ["--project", str(project)] if project else []
    return CliRunner().invoke(main, [*before, *arguments], catch_exceptions=False)


@pytest.fixture(scope="module")
def far(oxigraph_server: Server, coopera_project: Project) -> Endpoint:
    return oxigraph_server.add(graphs.read_all(coopera_project.graph_files))


def at(endpoint: Endpoint) -> list[str]:
    return ["--endpoint", endpoint.url, "--graph", str(endpoint.graph)]


# Endpoints


@pytest.mark.parametrize(
    "arguments",
    [
        ["agreements-between", "-p", "partner=University of Technology Sydney"],
        ["agreements-between", "-p", "institution=all", "-p", "partner=all", "-f", "json"],
        ["presence-at-host", "--lang", "fr", "-f", "markdown"],
        ["agreement-record", "-f", "ntriples"],
        ["agreement-record"],
        ["disagreements", "-f", "sheet", "--lang", "fr"],
        ["-q", "ASK { ?s a <https://w3id.org/coopera/ontology#Agreement> }"],
    ],
)
def test_an_endpoint_gives_what_our_own_engine_gives(arguments: list[str], far: Endpoint) -> None:
    here, there = run("query", *arguments), run("query", *arguments, *at(far))

    assert here.exit_code == there.exit_code == 0, there.stderr
    assert there.stdout == here.stdout


def test_a_value_that_the_endpoint_does_not_have_gives_near_names(far: Endpoint) -> None:
    done = run("query", "agreements-between", "-p", "partner=UTTS", *at(far))

    assert done.exit_code == 2
    assert "nothing is called 'UTTS'" in done.stderr
    assert "UTS" in done.stderr


def test_a_table_of_an_endpoint_is_written_as_it_comes(
    far: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Endpoint, "query", lambda *_: pytest.fail("the table is held as a whole"))
    sparql = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s ?p"

    done = run("query", "-q", sparql, *at(far), "-o", str(tmp_path / "all.csv"))

    assert done.exit_code == 0, done.stderr
    lines = (tmp_path / "all.csv").read_text("utf-8").splitlines()
    assert lines[0] == "s,p,o"
    assert len(lines) > 10_000


def test_an_answer_that_breaks_off_leaves_the_old_file_and_prints_nothing(
    far: Endpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(asking, "LARGEST", 100_000)
    path = tmp_path / "all.csv"
    path.write_text("old", "utf-8")
    sparql = "SELECT ?s ?p ?o { ?s ?p ?o }"

    filed = run("query", "-q", sparql, *at(far), "-o", str(path))
    printed = run("query", "-q", sparql, *at(far), "-f", "csv")

    assert filed.exit_code == printed.exit_code == 2
    assert "longer than 100000 bytes" in filed.stderr
    assert path.read_text("utf-8") == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert printed.stdout == ""


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--engine", "endpoint"], "--engine endpoint goes with --endpoint"),
        (["--engine", "rdflib", "--endpoint", "http://127.0.0.1:9/"], "and no other does"),
        (["--graph", "http://e.org/"], "go with --endpoint"),
        (["--timeout", "5"], "go with --endpoint"),
        (["--timeout", "0", "--endpoint", "http://127.0.0.1:9/"], "--timeout"),
        (["--endpoint", "ftp://e.org/"], "no URL of a web server"),
        (["--endpoint", "http://127.0.0.1:9/"], "cannot be reached"),
        (["--endpoint", "http://127.0.0.1:9/", "--as-of", "2025"], "not loaded"),
        (["--as-of", "soon"], "is no date for --as-of"),
        (["-f", "parquet"], "goes into a file"),
    ],
)
def test_what_does_not_go_together_exits_2(arguments: list[str], problem: str) -> None:
    done = run("query", "supervision", *arguments)

    assert done.exit_code == 2
    assert problem in done.stderr
    assert done.stdout == ""


# Empty answers


def test_an_empty_answer_names_what_was_left_at_its_default_and_the_choices() -> None:
    done = run("query", "agreements-between", "-p", "institution=UTS", "-f", "csv")

    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 1
    same, default = done.stderr.splitlines()
    assert same == "no solution: institution and partner are both University of Technology Sydney."
    assert default.startswith(
        "no solution for partner = University of Technology Sydney, its default; "
        "-p partner=all takes every value; others are: "
    )
    assert "EURECOM" in default
    every = run("query", "agreements-between", "-p", "institution=UTS", "-p", "partner=all")
    assert "Key Technology Partnership" in every.stdout
    assert every.stderr == ""


def test_an_empty_answer_is_explained_in_the_language_of_the_labels() -> None:
    arguments = ["-p", "institution=UTS", "-p", "partner=UTS", "--lang", "fr"]

    done = run("query", "agreements-between", *arguments)

    assert done.stderr == (
        "aucune solution : institution et partner sont identiques : "
        "University of Technology Sydney.\n"
    )


def test_an_endpoint_that_gives_nothing_is_explained_too(far: Endpoint) -> None:
    arguments = ["agreements-between", "-p", "institution=UTS", "-f", "json"]

    done = run("query", *arguments, *at(far))

    assert done.stderr == run("query", *arguments).stderr


def test_an_answer_stands_where_what_explains_it_cannot_be_had(
    far: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_arguments: object) -> None:
        raise CooperaError("status 500.")

    monkeypatch.setattr("coopera.answers.nothing", broken)
    done = run("query", "agreements-between", "-p", "institution=UTS", "-f", "csv", *at(far))

    assert done.exit_code == 0
    assert done.stdout.count("\n") == 1
    assert "500" not in done.stderr


# Dates


def test_as_of_looks_at_an_earlier_graph_and_says_so() -> None:
    before = run("query", "presence-at-host", "--as-of", "2025-06", "-f", "csv")
    after = run("query", "presence-at-host", "--as-of", "2025-07", "-f", "csv")

    assert before.exit_code == after.exit_code == 0
    assert len(before.stdout.splitlines()) == 1
    assert "under-study" in after.stdout
    assert before.stderr.startswith("as of 2025-06-30: ")
    assert "things are left out, evidence included." in before.stderr
    french = run("query", "presence-at-host", "--as-of", "2025-06", "--lang", "fr")
    assert french.stderr.startswith("au 2025-06-30, choses laissées de côté, preuves comprises : ")


@pytest.mark.parametrize("engine", ["oxigraph", "rdflib"])
def test_every_engine_that_loads_triples_looks_at_an_earlier_graph(
    engine: str, coopera_project: Project
) -> None:
    whom = Whom(engine, as_of="2023")
    answer = asking.saved(coopera_project, "agreements-between", {}, whom).answer()

    assert isinstance(answer, Table)
    assert [coopera_project.prefixes.text(cell) for cell in answer.column("agreement")] == [
        "agreement:imt-uts-mou-2022"
    ]


# Explanations


def test_explain_shows_what_is_sent_and_what_it_takes() -> None:
    done = run(
        "query", "agreements-between", "-p", "partner=all", "--as-of", "2025-07", "--explain"
    )

    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[0] == "engine      oxigraph"
    assert any(line.startswith("triples     ") and "loaded in " in line for line in lines)
    assert any(line.startswith("as of       2025-07-31; left out: ") for line in lines)
    assert "parameters  institution = institution:imt (default)" in lines
    assert "            partner = all" in lines
    assert '            language = "en" (default)' in lines
    assert any(line.startswith("answer      ") and " solutions in " in line for line in lines)
    assert any("pyoxigraph" in line and "plan" in line for line in lines)
    assert any(line.endswith("VALUES ?partner { UNDEF }") for line in lines)
    first = lines.index("") + 1
    assert lines[first].split()[0] == "1"
    assert not done.stderr


def test_explain_shows_what_an_endpoint_is_sent(far: Endpoint) -> None:
    done = run("query", "agreements-between", "-p", "partner=all", "--explain", *at(far))

    assert done.stdout.startswith(f"endpoint    {far.url}\ngraph       {far.graph}\n")
    assert "UNDEF" not in done.stdout


# Languages and formats


def test_a_language_is_bound_where_the_query_has_one_and_chooses_labels(make: Make) -> None:
    assert "Communiqué" in run("query", "presence-at-host", "--lang", "fr").stdout
    assert (
        run("query", "presence-at-host", "-p", "language=fr").stdout
        == run("query", "presence-at-host", "--lang", "fr").stdout
    )
    sparql = "SELECT ?a { ?a a <https://w3id.org/coopera/ontology#Institution> FILTER(STRENDS(STR(?a), '/imt')) }"
    assert run("query", "-q", sparql, "--lang", "fr").exit_code == 0
    both = run("query", "presence-at-host", "--lang", "fr", "-p", "language=en", "--explain")
    assert 'language = "en"' in both.stdout


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.csv", "institution,body"),
        ("a.srj", '{"head"'),
        ("a.html", "<!DOCTYPE html>"),
        ("a.txt", "institution  "),
        ("a", "institution  "),
        ("a.ttl", "institution  "),  # which holds no table
    ],
)
def test_the_ending_of_the_file_chooses_the_format(name: str, start: str, tmp_path: Path) -> None:
    done = run("query", "supervision", "-o", str(tmp_path / name))

    assert done.exit_code == 0
    assert (tmp_path / name).read_text("utf-8").startswith(start)


def test_a_format_that_is_named_goes_before_the_ending(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"

    run("query", "supervision", "-o", str(path), "-f", "json")

    assert json.loads(path.read_text("utf-8"))["head"]["vars"] == [
        "institution",
        "body",
        "bodyLabel",
    ]


def test_parquet_is_written_into_a_file(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    path = tmp_path / "a.parquet"

    assert run("query", "supervision", "-o", str(path)).exit_code == 0
    assert path.read_bytes()[:4] == b"PAR1"


# The room itself


def test_an_error_names_the_file_of_the_query_once(make: Make, tmp_path: Path) -> None:
    found = make()
    path = tmp_path / "q.rq"

    with pytest.raises(QueryError) as raised:
        asking.text(found, "SELECT *\n{ ?s a coop:X }", path=path).answer()

    assert raised.value.place is not None
    assert (raised.value.place.path, raised.value.place.line) == (path, 2)
    assert "PREFIX coop: <https://w3id.org/coopera/ontology#>" in raised.value.remedy


def test_whom_an_endpoint_is_asked_for_is_told_before_anything_is_read(make: Make) -> None:
    found = make({"data/one/agreements.ttl": "no Turtle"})

    with pytest.raises(CooperaError, match="not loaded"):
        asking.text(found, "ASK {}", replace(Whom(), endpoint="http://127.0.0.1:9/", as_of="2025"))
    with pytest.raises(QueryError, match="is no date"):
        asking.text(found, "ASK {}", Whom(as_of="soon"))
