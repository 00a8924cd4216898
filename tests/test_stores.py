"""Stores: what they hold, what makes them be made anew, and what a builder that dies leaves."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from conftest import ROOT, Make
from pyoxigraph import Literal, NamedNode, Quad, Store

from coopera import graphs, stores
from coopera.cli import main
from coopera.engines import ENGINES
from coopera.engines.oxigraph import Oxigraph
from coopera.errors import CooperaError, DataError, StoreError
from coopera.project import Project
from coopera.stores import building, indexes, record
from coopera.stores.record import Reason
from coopera.terms import XSD

NAMED = """<a:s> <a:p> 1 , 1.0 , "x"@en . _:x <a:p> _:y .
<a:g> { <a:s> <a:p> 1 . _:x <a:q> _:y } _:h { _:h <a:p> "é" }
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "data.nt"
    path.write_text("<a:s> <a:p> <a:o> .\n", "utf-8")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "store"


def write(path: Path, triples: int) -> Path:
    with path.open("w", encoding="utf-8") as file:
        for n in range(triples):
            value = f'"{n}"^^<{XSD}integer>' if n % 3 else f'"a text of some length {n}"@en'
            file.write(f"<http://example.org/s{n // 7}> <a:p{n % 5}> {value} .\n")
    return path


@pytest.fixture(scope="module")
def some(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 3,000 triples."""
    return write(tmp_path_factory.mktemp("some") / "some.nt", 3_000)


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write 30,000 triples, of which a store takes a second or two."""
    return write(tmp_path_factory.mktemp("many") / "many.nt", 30_000)


def told_into(reasons: list[str]) -> Callable[[Reason], None]:
    return lambda reason: reasons.append(reason["en"])


def refuse_to_tell(reason: Reason) -> None:
    raise AssertionError(f"made anew: {reason['en']}")


def sst(built: stores.Built) -> list[Path]:
    return sorted(built.path.glob("*.sst"))


def damage(path: Path, at: float = 0.5) -> None:
    """Change 16 bytes in the middle of a file."""
    content = bytearray(path.read_bytes())
    start = int(len(content) * at)
    content[start : start + 16] = bytes(byte ^ 0xFF for byte in content[start : start + 16])
    path.write_bytes(content)


# What a store holds


def test_a_store_answers_as_the_files_do(coopera_project: Project, folder: Path) -> None:
    files = coopera_project.graph_files
    in_memory = ENGINES["oxigraph"](graphs.read_all(files))

    on_disk = Oxigraph.of(stores.build(files, folder).open())

    for saved in coopera_project.queries.values():
        assert on_disk.query(saved.text) == in_memory.query(saved.text), saved.name


def test_a_store_cannot_be_written(data: Path, folder: Path) -> None:
    store = stores.build([data], folder).open()

    with pytest.raises((OSError, RuntimeError)):
        store.add(Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o2")))


def test_graph_names_are_dropped_unless_they_are_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "x.trig"
    path.write_text(NAMED, "utf-8")

    plain = stores.build([path], tmp_path / "plain")
    named = stores.build([path], tmp_path / "named", named_graphs=True)

    assert set(plain.open()) == {held(quad) for quad in graphs.stream(path)}
    assert set(named.open()) == {held(quad) for quad in graphs.dataset(path)}
    assert (plain.record.quads, named.record.quads) == (6, 7)
    assert len(list(named.open().named_graphs())) == 2
    assert plain.record.hash != named.record.hash


def held(quad: Quad) -> Quad:
    """Give a quad as Oxigraph holds it."""
    store = Store()
    store.add(quad)
    (one,) = store
    assert isinstance(one, Quad)
    return one


ODD = [
    ("01", "integer"), ("+1", "integer"), ("1", "int"), ("1.50", "decimal"), ("1", "boolean"),
    ("1e3", "double"), ("NaN", "float"), ("2020-01-01+00:00", "date"), ("2020-13-45", "date"),
    ("24:00:00", "time"), ("P12M", "duration"), ("99999999999999999999", "integer"), ("x", "integer"),
]  # fmt: skip


def test_literals_that_oxigraph_writes_in_another_way_are_no_difference(
    tmp_path: Path, folder: Path
) -> None:
    path = tmp_path / "odd.nt"
    lines = [f'<a:s> <a:p{n}> "{text}"^^<{XSD}{name}> .\n' for n, (text, name) in enumerate(ODD)]
    lines += [f'<a:s> <a:p> "{text}"^^<{XSD}integer> .\n' for text in ("1", "01", "+1")]
    path.write_text("".join(lines), "utf-8")

    built = stores.build([path], folder)

    assert built.record.quads == len(ODD) + 1
    assert Literal("1", datatype=NamedNode(XSD + "integer")) in {q.object for q in built.open()}


def test_a_triple_of_two_files_counts_once_and_an_empty_file_not_at_all(
    tmp_path: Path, data: Path, folder: Path
) -> None:
    shutil.copy(data, tmp_path / "again.nt")
    (tmp_path / "empty.ttl").touch()

    built = stores.build([data, tmp_path / "again.nt", tmp_path / "empty.ttl"], folder)
    empty = stores.build([tmp_path / "empty.ttl"], folder)

    assert built.record.quads == len(built.open()) == 1
    assert empty.record.quads == len(empty.open()) == 0


def test_the_hash_tells_the_quads_and_not_their_order_or_their_number_of_times(
    tmp_path: Path, folder: Path
) -> None:
    texts = ("<a:s> <a:p> 1 , 2 .", "<a:s> <a:p> 2 , 1 , 1 .", "<a:s> <a:p> 1 , 3 .")
    found = []
    for text in texts:
        path = tmp_path / "x.ttl"
        path.write_text(text, "utf-8")
        found.append(stores.build([path], folder).record.hash)

    assert found[0] == found[1] != found[2]


def test_the_record_tells_what_was_read_and_what_was_made(data: Path, folder: Path) -> None:
    built = stores.build([data], folder)

    told = json.loads((folder / "current" / "coopera-store.json").read_text("utf-8"))
    assert told["quads"] == 1
    assert told["format"] == record.FORMAT
    assert told["pyoxigraph"]
    assert told["inputs"][str(data)]["digest"] == record.State.of(data).digest
    assert set(told["files"]) >= {"CURRENT", *(path.name for path in sst(built))}


def test_batches_change_nothing(
    some: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = stores.build([some], tmp_path / "whole")
    monkeypatch.setattr(building, "_BATCH", 700)

    assert stores.build([some], tmp_path / "parts").record.hash == whole.record.hash


def test_a_store_that_does_not_hold_what_was_read_is_not_served(
    some: Path, data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Losing:
        """A store that loses a quad."""

        def __init__(self, path: str) -> None:
            self.store = Store(path)

        def bulk_extend(self, quads: Iterator[Quad]) -> None:
            self.store.bulk_extend(list(quads)[1:])

        def __getattr__(self, name: str) -> object:
            return getattr(self.store, name)

        read_only = Store.read_only

    stores.build([data], folder)
    monkeypatch.setattr(building, "Store", Losing)

    with pytest.raises(StoreError, match="the new store is wrong"):
        stores.build([some], folder)

    assert stores.find(folder).record.quads == 1


@pytest.mark.parametrize("at", [0.03, 0.5, 0.97])
def test_going_through_a_store_and_its_indexes_sees_damage_in_any_file(
    tmp_path: Path, at: float
) -> None:
    path = tmp_path / "x.nq"
    with path.open("w", encoding="utf-8") as file:
        for n in range(3_000):
            line = f"<http://example.org/s{n // 7}> <a:p{n % 5}> <http://example.org/{n}>"
            file.write(f"{line} .\n{line} <a:g{n % 3}> .\n")
    built = stores.build([path], tmp_path / "store", named_graphs=True)
    parts = [part for part in sst(built) if part.stat().st_size > 2_000]
    assert len(parts) == 10, "nine indexes and the texts"

    for part in parts:
        whole = part.read_bytes()
        damage(part, at)
        with pytest.raises((OSError, RuntimeError), match="Corruption"):  # noqa: PT012
            store = Store.read_only(str(built.path))
            list(store)
            indexes.counts(store)
        part.write_bytes(whole)


# Stores that cannot be used


def spoil_a_block(built: stores.Built) -> None:
    damage(max(sst(built), key=lambda path: path.stat().st_size))


def cut_a_file(built: stores.Built) -> None:
    os.truncate(sst(built)[0], 100)


def lose_a_file(built: stores.Built) -> None:
    sst(built)[0].unlink()


def lose_the_folder(built: stores.Built) -> None:
    shutil.rmtree(built.folder)


def cut_the_record(built: stores.Built) -> None:
    os.truncate(built.folder / record.NAME, 200)


def empty_the_record(built: stores.Built) -> None:
    (built.folder / record.NAME).write_text("[]", "utf-8")


def lose_the_record(built: stores.Built) -> None:
    (built.folder / record.NAME).unlink()


def rewrite(built: stores.Built, **changes: object) -> None:
    path = built.folder / record.NAME
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | changes), "utf-8")


def of_another_pyoxigraph(built: stores.Built) -> None:
    rewrite(built, pyoxigraph="0.4.0")


def of_another_format(built: stores.Built) -> None:
    rewrite(built, format=record.FORMAT + 1, more="than we know")


def with_a_record_of_nonsense(built: stores.Built) -> None:
    rewrite(built, files={"CURRENT": {"size": "x"}})


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (spoil_a_block, "it is damaged"),
        (cut_a_file, "it is damaged"),
        (lose_a_file, "it is damaged"),
        (lose_the_folder, "it is damaged"),
        (cut_the_record, "it is damaged"),
        (empty_the_record, "it is damaged"),
        (lose_the_record, "it is damaged"),
        (with_a_record_of_nonsense, "it is damaged"),
        (of_another_pyoxigraph, "it was made by another version (pyoxigraph 0.4.0, format 1)"),
        (of_another_format, "it was made by another version"),
    ],
)
def test_a_store_that_cannot_be_used_is_made_anew_and_that_is_said(
    some: Path, folder: Path, spoil: Callable[[stores.Built], None], reason: str
) -> None:
    spoil(stores.build([some], folder))
    told: list[str] = []

    with pytest.raises(StoreError):
        stores.find(folder)
    again = stores.ready([some], folder, told_into(told))

    (said,) = told
    assert said.startswith(reason)
    assert again.new
    assert len(again.open()) == 3_000
    assert not stores.ready([some], folder, refuse_to_tell).new


def test_damage_that_leaves_no_trace_is_found_once_a_day_and_when_asked(
    some: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = stores.build([some], folder)
    (cut_in_time,) = [built.folder / record.NAME]
    spoil_a_block(built)
    # A disk that loses bits does not change the times of files.
    times = {path.name: path.stat().st_ctime_ns for path in built.path.iterdir()}
    told = json.loads(cut_in_time.read_text("utf-8"))
    for name, state in told["files"].items():
        state["changed"], state["read"] = times[name], times[name] + 1
    cut_in_time.write_text(json.dumps(told), "utf-8")
    reasons: list[str] = []

    assert not stores.ready([some], folder, refuse_to_tell).new
    with pytest.raises(StoreError, match="not as it was built"):
        stores.verify(stores.find(folder))
    os.utime(cut_in_time, (time.time() - 90_000,) * 2)
    assert stores.ready([some], folder, told_into(reasons)).new
    assert reasons == ["it is damaged"]


def test_damage_that_a_query_meets_is_told_or_the_store_is_renewed_once(
    some: Path, folder: Path, tmp_path: Path
) -> None:
    spoiled = stores.build([some], folder)
    good = stores.build([some], tmp_path / "good")
    for path in sst(spoiled):
        if path.stat().st_size > 10_000:
            damage(path)
    asked: list[int] = []
    everything = "SELECT ?s ?p ?o { ?s ?p ?o }"

    def renew() -> Store:
        asked.append(1)
        return good.open()

    with pytest.raises(StoreError, match="cannot be read"):
        Oxigraph.of(spoiled.open()).query(everything)
    found = Oxigraph.of(spoiled.open(), renew).query(everything)

    assert found == Oxigraph.of(good.open()).query(everything)
    assert asked == [1]
    with pytest.raises(StoreError, match="cannot be read"):
        Oxigraph.of(spoiled.open(), spoiled.open).query(everything)


@pytest.mark.parametrize("text", ["<a:s> <a:p> <a:x> .\n", "<a:s> <a:p> <a:long> .\n"])
def test_a_stale_store_is_made_anew_even_where_size_and_time_are_the_same(
    data: Path, folder: Path, text: str
) -> None:
    stores.build([data], folder)
    before = data.stat()
    data.write_text(text, "utf-8")
    os.utime(data, ns=(before.st_atime_ns, before.st_mtime_ns))
    told: list[str] = []

    again = stores.ready([data], folder, told_into(told))

    assert told == [f"{data} has changed"]
    assert set(again.open()) == set(graphs.stream(data))


def test_a_file_that_is_gone_is_stale_and_then_cannot_be_read(data: Path, folder: Path) -> None:
    stores.build([data], folder)
    data.unlink()
    told: list[str] = []

    with pytest.raises(DataError, match="cannot be read"):
        stores.ready([data], folder, told_into(told))

    assert told == [f"{data} has changed"]
    assert len(stores.find(folder).open()) == 1


def test_a_store_of_other_files_or_of_other_graphs_is_stale(data: Path, folder: Path) -> None:
    stores.build([data], folder)
    other = data.with_name("other.nt")
    shutil.copy(data, other)
    told: list[str] = []

    stores.ready([other], folder, told_into(told))
    stores.ready([other, data], folder, told_into(told))
    stores.ready([other, data], folder, told_into(told), named_graphs=True)

    assert told == ["it was made from other files"] * 3


def test_a_file_that_was_only_touched_is_not_stale(data: Path, folder: Path) -> None:
    stores.build([data], folder)
    data.touch()

    assert not stores.ready([data], folder, refuse_to_tell).new


def test_a_copy_of_a_store_is_as_good(data: Path, folder: Path, tmp_path: Path) -> None:
    stores.build([data], folder)
    shutil.copytree(folder, tmp_path / "copy", symlinks=True)

    assert not stores.ready([data], tmp_path / "copy", refuse_to_tell).new


# Building


def test_the_store_before_is_kept_and_older_ones_are_deleted(data: Path, folder: Path) -> None:
    for _ in range(4):
        stores.build([data], folder)

    assert sorted(path.name for path in folder.iterdir()) == [
        "3",
        "4",
        "current",
        "lock",
        "previous",
    ]
    assert (folder / "current").readlink() == Path("4")
    assert (folder / "previous").readlink() == Path("3")


def test_a_file_that_does_not_parse_leaves_the_store_in_service(data: Path, folder: Path) -> None:
    stores.build([data], folder)
    data.write_text("<a:s> <a:p> <a:o> .\n<a:s> .\n", "utf-8")

    with pytest.raises(DataError, match=r"data\.nt:2") as caught:
        stores.build([data], folder)

    assert caught.value.place is not None
    assert not (folder / "building").exists()
    assert len(stores.find(folder).open()) == 1


def test_a_file_that_changes_while_it_is_read_is_refused(
    data: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stream(path: Path) -> Iterator[Quad]:
        with data.open("a", encoding="utf-8") as file:
            file.write("<a:s> <a:p> <a:more> .\n")
        return iter([Quad(NamedNode("a:s"), NamedNode("a:p"), NamedNode("a:o"))])

    monkeypatch.setattr(graphs, "stream", stream)

    with pytest.raises(StoreError, match="changed while it was read"):
        stores.build([data], folder)

    assert not stores.holds_one(folder)


def test_a_second_builder_is_refused_and_the_first_goes_on(data: Path, folder: Path) -> None:
    with building._alone(folder):
        with pytest.raises(StoreError, match="another process is building"):
            stores.build([data], folder)
        done = coopera("load", str(data), "-o", str(folder))

    assert done.returncode == 2
    assert "Remedy: wait until it is done." in done.stderr
    assert stores.build([data], folder).record.quads == 1


def test_a_folder_with_other_files_is_left_alone(data: Path) -> None:
    with pytest.raises(StoreError, match=r"data\.nt: this file is not of a store"):
        stores.build([data], data.parent)

    assert data.exists()


def test_a_folder_that_cannot_be_made_is_told(data: Path) -> None:
    with pytest.raises(StoreError, match="the store cannot be built") as caught:
        stores.build([data], data / "below")

    assert "-o" in caught.value.remedy


def coopera(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coopera", *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, **more},
    )


def start(data: Path, folder: Path) -> "subprocess.Popen[bytes]":
    """Start a builder, whose end is not waited for."""
    return subprocess.Popen(
        [sys.executable, "-m", "coopera", "load", str(data), "-o", str(folder)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def test_a_builder_killed_at_any_moment_leaves_the_store_in_service(
    many: Path, data: Path, folder: Path
) -> None:
    stores.build([data], folder)
    began = time.perf_counter()
    assert start(many, folder.with_name("other")).wait() == 0
    span = time.perf_counter() - began
    chance = random.Random(4)  # noqa: S311 - moments, not secrets
    seen: set[bool] = set()

    for moment in [*(chance.uniform(0, 1.1) for _ in range(10)), 0.5, 0.7, 0.9]:
        process = start(many, folder)
        time.sleep(moment * span)
        process.send_signal(signal.SIGKILL)
        process.wait()
        served = stores.find(folder)
        stores.verify(served)
        assert len(served.open()) == served.record.quads in (1, 30_000)
        seen.add((folder / "building").exists())

    assert seen >= {True}, "no builder was killed at work"
    stores.build([data], folder)
    assert not (folder / "building").exists()
    assert len([path for path in folder.iterdir() if path.is_dir() and path.name.isdigit()]) <= 2


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Mount a file system of 6 MiB, where that is allowed."""
    point = tmp_path / "disk"
    point.mkdir()
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a small file system can be mounted by root alone")
    options = ["-t", "tmpfs", "-o", "size=6m", "tmpfs", str(point)]
    if subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("the system does not allow to mount a file system")
    yield point
    subprocess.run(["umount", "-l", str(point)], check=True)


def test_a_full_disk_leaves_the_store_in_service_and_nothing_of_the_new_one(
    small_disk: Path, data: Path, tmp_path: Path
) -> None:
    large = tmp_path / "large.nt"
    with large.open("w", encoding="utf-8") as file:
        for n in range(100_000):
            file.write(f'<http://example.org/s{n}> <a:p> "a text {random.random()}" .\n')  # noqa: S311
    folder = small_disk / "store"
    stores.build([data], folder)

    with pytest.raises(StoreError, match="No space left") as caught:
        stores.build([large], folder)

    assert "has room" in caught.value.remedy
    assert not (folder / "building").exists()
    assert len(stores.find(folder).open()) == 1
    assert stores.build([data], folder).record.quads == 1


# Readers

READER = """
import sys, time
from pathlib import Path
from coopera import stores
store = stores.find(Path(sys.argv[1])).open()
print(len(store), flush=True)
sys.stdin.read(1)
print(sum(1 for _ in store), flush=True)
"""


def test_readers_at_once_keep_what_they_opened_while_the_store_is_swapped(
    some: Path, data: Path, folder: Path
) -> None:
    stores.build([some], folder)
    command = [sys.executable, "-c", READER, str(folder)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    readers = [subprocess.Popen(command, **pipes) for _ in range(4)]  # type: ignore[call-overload]
    for reader in readers:
        assert reader.stdout.readline() == "3000\n"

    swapped = stores.build([data], folder)
    after = [reader.communicate("x")[0] for reader in readers]

    assert after == ["3000\n"] * 4
    assert len(stores.find(folder).open()) == 1 == swapped.record.quads


# What it imports may lie where only root may look, so it becomes another user afterwards.
AS_NOBODY = """
import os, sys
import pyoxigraph
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
print(len(pyoxigraph.Store.read_only(sys.argv[1])))
"""


def test_a_store_of_another_user_is_read_where_it_cannot_be_written(
    data: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root can become another user")
    folder = tmp_path_factory.getbasetemp().parent / f"store-{os.getpid()}"
    stores.build([data], folder)
    target = Path("/tmp") / f"coopera-store-{os.getpid()}"  # noqa: S108 - all may enter it
    shutil.copytree(folder / "current", target, symlinks=True)
    target.chmod(0o755)
    try:
        command = [sys.executable, "-c", AS_NOBODY, str(target / "rocksdb")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    finally:
        shutil.rmtree(target)
        shutil.rmtree(folder)

    assert done.stdout == "1\n", done.stderr


# The commands


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "cache" / "coopera" / "stores"


def run(*arguments: object, root: Path | None = None) -> Result:
    before = ["--project", str(root)] if root else []
    return CliRunner().invoke(main, [*before, *map(str, arguments)], catch_exceptions=False)


COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def test_load_keeps_the_project_in_the_cache_and_tells_what_it_did(make: Make, cache: Path) -> None:
    root = make().root

    first, second = run("load", "--lang", "en", root=root), run("load", "--lang", "fr", root=root)

    (folder,) = cache.iterdir()
    triples = stores.find(folder).record.quads
    assert first.stdout.startswith(f"{folder}: made, {triples} triples, 0.")
    assert second.stdout.startswith(f"{folder} : déjà là, intacte, {triples} triplets, 0,")
    assert (first.exit_code, second.exit_code, second.stderr) == (0, 0, "")


def test_query_opens_the_store_of_its_project_in_place_of_the_files(
    make: Make, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make().root
    from_files = run("query", "agreements", root=root)
    run("load", root=root)
    monkeypatch.setattr(graphs, "read_all", lambda _: pytest.fail("the files were read"))

    from_store = run("query", "agreements", root=root)

    assert from_store.stdout == from_files.stdout
    assert from_store.stderr == ""


def test_query_makes_a_stale_store_anew_and_says_so(make: Make, cache: Path) -> None:
    root = make().root
    run("load", root=root)
    before = run("query", "-q", COUNT, "-f", "csv", root=root)
    path = root / "data" / "one" / "agreements.ttl"
    path.write_text(path.read_text("utf-8") + "agreement:b a coop:Agreement .\n", "utf-8")

    after = run("query", "-q", COUNT, "-f", "csv", root=root)
    again = run("query", "-q", COUNT, "-f", "csv", root=root)

    counts = [int(done.stdout.split()[1]) for done in (before, after, again)]
    assert counts == [counts[0], counts[0] + 1, counts[0] + 1]
    assert after.stderr.startswith("the store is made anew: ")
    assert after.stderr.endswith("agreements.ttl has changed.\n")
    assert again.stderr == ""


def test_query_reads_the_files_where_the_store_of_its_project_cannot_be_made_anew(
    make: Make, cache: Path
) -> None:
    root = make().root
    run("load", root=root)
    (folder,) = cache.iterdir()
    path = root / "data" / "one" / "agreements.ttl"
    path.write_text(path.read_text("utf-8") + "agreement:b a coop:Agreement .\n", "utf-8")

    with building._alone(folder):
        done = run("query", "agreements", "--iris", root=root)
        named = run("query", "agreements", "--store", folder, root=root)

    assert done.exit_code == 0
    assert "agreement:b" in done.stdout
    assert "another process is building this store" in done.stderr
    assert named.exit_code == 2


def test_query_makes_a_damaged_store_anew_and_says_so_in_the_language_of_the_place(
    make: Make, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = make().root
    run("load", root=root)
    (folder,) = cache.iterdir()
    spoil_a_block(stores.find(folder))
    monkeypatch.setenv("LANG", "fr_FR.UTF-8")

    done = run("query", "agreements", root=root)

    assert done.exit_code == 0
    assert done.stderr == "la base est refaite : elle est endommagée.\n"
    assert done.stdout == run("query", "agreements", root=root).stdout


def test_query_asks_a_store_of_other_files_by_its_folder(
    make: Make, cache: Path, some: Path, folder: Path
) -> None:
    root = make().root
    run("load", some, "-o", folder)

    done = run("query", "-q", COUNT, "-f", "csv", "--store", folder, root=root)
    spoil_a_block(stores.find(folder))
    again = run("query", "-q", COUNT, "-f", "csv", "--store", folder, root=root)

    assert done.stdout == again.stdout == "n\n3000\n"
    assert again.stderr == "the store is made anew: it is damaged.\n"


def test_query_asks_a_store_for_the_graphs_that_it_kept(
    make: Make, tmp_path: Path, folder: Path
) -> None:
    (tmp_path / "x.trig").write_text(NAMED, "utf-8")
    root = make().root
    done = run("load", "--named-graphs", tmp_path / "x.trig", "-o", folder, "--lang", "en")

    found = run("query", "-q", "ASK { GRAPH <a:g> { ?s ?p 1 } }", "--store", folder, root=root)

    assert "7 quads" in done.stdout
    assert found.stdout == "true\n"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (["--store", "none"], "there is no store in this folder"),
        (["--store", "none", "--engine", "rdflib"], "--store goes with the engine oxigraph"),
    ],
)
def test_query_tells_where_there_is_no_store(
    make: Make, cache: Path, arguments: list[str], problem: str
) -> None:
    done = run("query", "agreements", *arguments, root=make().root)

    assert done.exit_code == 2
    assert problem in done.stderr


def test_a_store_whose_record_is_lost_cannot_tell_its_files(
    data: Path, folder: Path, make: Make, cache: Path
) -> None:
    run("load", data, "-o", folder)
    (stores.find(folder).folder / record.NAME).unlink()

    done = run("query", "agreements", "--store", folder, root=make().root)

    assert done.exit_code == 2
    assert "coopera load" in done.stderr


def test_load_refuses_what_it_cannot_read_with_its_place(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "x.ttl"
    path.write_text("<a:s> <a:p> x:y .", "utf-8")

    done = run("load", path, "-o", folder)

    assert done.exit_code == 2
    assert "x.ttl:1:13: prefix 'x' is not declared" in done.stderr


def test_the_cache_is_told_to_be_set_where_there_is_no_home(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "home", home)

    with pytest.raises(CooperaError, match="no folder for caches") as caught:
        stores.folder_of([data])

    assert "XDG_CACHE_HOME" in caught.value.remedy


def test_a_relative_cache_folder_is_not_followed(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(ROOT))

    assert stores.folder_of([data]).is_relative_to(ROOT / ".cache")
    assert stores.folder_of([data]) != stores.folder_of([data], named_graphs=True)
