"""Graphs: what is read, how blank nodes are named, and what bad files get."""

import gzip
import os
import time
import tracemalloc
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

import pytest
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    Triple,
    parse,
)

from coopera import graphs
from coopera.errors import DataError
from coopera.terms import RDF

EX = "http://example.org/"
XML = f'<r:RDF xmlns:r="{RDF}" xmlns="{EX}">\n%s</r:RDF>'


@pytest.mark.parametrize(
    ("name", "text", "line", "problem", "remedy"),
    [
        ("x.ttl", "@prefix a: <http://a/> .\na:b a:c x:d .", 2, "prefix 'x' is not", "declare x:"),
        ("x.ttl", "<http://a> <http://b>\n  .", 2, "", "mend the line"),
        ("x.nt", '<a:a> <a:b> "x" .\n<a:a> <a:b>', 2, "", "mend the line"),
        ("x.jsonld", '[\n{"@id": "http://a/",}]', 2, "", "mend the line"),
    ],
)  # fmt: skip
def test_a_syntax_error_has_place_problem_and_remedy(
    tmp_path: Path, name: str, text: str, line: int, problem: str, remedy: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    with pytest.raises(DataError) as caught:
        graphs.read(path)

    assert caught.value.place is not None
    assert (caught.value.place.path, caught.value.place.line) == (path, line)
    assert problem in caught.value.problem
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("name", "problem"), [("x.docx", "no ending"), ("x.ttl", "cannot be read")]
)
def test_a_file_that_is_absent_or_of_no_known_kind_is_told(
    tmp_path: Path, name: str, problem: str
) -> None:
    with pytest.raises(DataError, match=problem):
        graphs.read(tmp_path / name)


def test_two_files_keep_their_blank_nodes_apart(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.ttl").write_text(f'_:x <http://a/p> "{name}" .', "utf-8")

    read = graphs.read_all(sorted(tmp_path.iterdir()))

    assert len({t.subject for t in read}) == 2


BLANK = {
    "x.ttl": "[ <a:p> ( 1 _:x ) ] <a:q> [] . _:x <a:p> _:y .",
    "y.ttl": "<a:s> <a:p> [] .",
    "z.ttl": "<a:s> <a:p> ( 1 2 ) .",
    "x.trig": "_:g { [] <a:p> _:x } <a:g> { _:x <a:p> [] }",
    "x.nt": "_:x <a:p> _:y .\n<a:s> <a:p> _:x .\n_:y <a:q> _:z .",
    "x.nq": "_:x <a:p> _:y _:g .\n_:y <a:p> _:x .",
    "x.jsonld": '[{"a:p": {"a:q": "_:x"}}, {"@id": "_:x", "a:p": {"@list": [1, {"@id": "_:x"}]}}]',
    "x.rdf": XML % '<r:Description><p r:nodeID="a"/><q><r:Description/></q></r:Description>',
}


def default(triple: Triple | Quad) -> Quad:
    """Give a triple in the default graph."""
    return Quad(triple.subject, triple.predicate, triple.object)


def canonical(triples: Iterable[Triple | Quad]) -> Dataset:
    dataset = Dataset(map(default, triples))
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


@pytest.mark.parametrize("name", BLANK)
def test_blank_nodes_are_named_for_their_file_and_their_turn_in_it(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(BLANK[name], "utf-8")

    read = graphs.read(path)
    terms = [term for triple in read for term in (triple.subject, triple.object)]
    turns = list(dict.fromkeys(t.value for t in terms if isinstance(t, BlankNode)))
    [stem] = {value[:-8] for value in turns}

    assert graphs.read(path) == read
    assert turns == [f"{stem}{n:08x}" for n in range(len(turns))]
    assert len(stem) == 16
    assert canonical(read) == canonical(parse(path=path, format=graphs.SYNTAXES[path.suffix]))


def test_a_blank_node_has_the_same_name_wherever_the_project_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = set()
    for folder in ("here", "there"):
        path = tmp_path / folder / "data" / "x.ttl"
        path.parent.mkdir(parents=True)
        path.write_text("[] <a:p> 1 .", "utf-8")
        monkeypatch.chdir(tmp_path / folder)
        names |= {t.subject for p in (path, Path("data/x.ttl")) for t in graphs.read(p)}

    assert len(names) == 1


@pytest.mark.parametrize("name", BLANK)
def test_a_stream_gives_what_a_reading_gives_in_the_default_graph(
    tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.write_text(BLANK[name], "utf-8")

    assert list(graphs.stream(path)) == list(map(default, graphs.read(path)))


DEEP = 100_000
STATED = "<a:s> <a:p> "
ENTITIES = [f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in pairwise("abcdefghijklmnop")]
BOMB = f'<!DOCTYPE x [<!ENTITY a "ha">{"".join(ENTITIES)}]>\n'
HTTP, FILE = "http://127.0.0.1:9/x", "file:///etc/hostname"


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("x.ttl", STATED + "[<a:p> " * DEEP + "1" + "]" * DEEP + ".", "100000 brackets are open"),
        ("x.ttl", STATED + "(" * 65 + ")" * 65 + ".", "65 brackets"),
        ("x.ttl", STATED + "[<a:p> (" * 33 + ' "]]" ' + ")]" * 33 + ".", "66 brackets"),
        ("x.ttl", STATED + "[ <a:p> ']' , \"\"\"\"]\"\"\" ; <a:]> #]\n " * 65 + "1" + "]" * 65 + ".", "65 brackets"),
        ("x.ttl", "PREFIX : <a:> " + r":\)\'\" :p [" * 65 + "1" + "]" * 65 + ".", "65 brackets"),
        ("x.trig", "<a:g> { " + STATED + "[<a:p> " * 65 + "1" + "]" * 65 + "}", "66 brackets"),
        ("x.ttl", STATED + "<<(<a:s> <a:p> " * DEEP + "1" + ")>>" * DEEP + ".", "100000 brackets"),
        ("x.ttl", "PREFIX :<a:> " + STATED + "<<(_:a:p" * DEEP + "[]" + ")>>" * DEEP + ".", "100001 brackets"),
        ("x.ttl", STATED + "<<<a:#> <a:p> " + "<<(<a:s> <a:p> " * DEEP + "1" + ")>>" * DEEP + ">>.", "100000 brackets"),
        ("x.nt", STATED + "<<( <a:s> <a:p> " * DEEP + "<a:o>" + " )>>" * DEEP + ".", "100000 brackets"),
        ("x.nq", STATED + "<<(<a:s><a:p>" * DEEP + "<a:o>" + ")>>" * DEEP + ".", "100000 brackets"),
        ("x.jsonld", '{"a:p":' * 30_000 + "1" + "}" * 30_000, "30000 brackets"),
        ("x.jsonld", r'["\"]\\", "]",' * 65 + "1" + "]" * 65, "65 brackets"),
        ("x.jsonld", '{"@context":' + '{"a":{"@id":"a:b","@context":' * DEEP + "{}" + "}}" * DEEP + "}", "200002 brackets"),
        ("x.rdf", XML % ("<r:Description><p>" * 40 + "</p></r:Description>" * 40), "81 elements"),
        ("x.rdf", XML % ('<!-- </p> --><?x </p>?><p a="/>"><![CDATA[</p>]]><p/>' * 64 + "</p>" * 64), "65 elements"),
        ("x.rdf", BOMB + XML % "<r:Description><p>&p;</p></r:Description>", "DOCTYPE"),
        ("x.rdf", "<?xml version='1.0'?>\n<!doctype x>" + XML % "", "DOCTYPE"),
        ("x.jsonld", f'{{"@context": "{HTTP}", "a:p": 1}}', "not fetched"),
        ("x.jsonld", f'{{"@context": {{"@version": 1.1, "@import": "{HTTP}"}}, "a:p": 1}}', "not fetched|JSON-LD 1.1"),
        ("x.jsonld", f'{{"@context": "{FILE}", "a:p": 1}}', "not fetched"),
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_what_could_exhaust_the_parser_or_reach_elsewhere_is_refused(
    tmp_path: Path, name: str, text: str, problem: str
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    with pytest.raises(DataError, match=problem) as caught:
        graphs.read(path)

    assert caught.value.place
    assert caught.value.place.path == path
    assert caught.value.remedy


RDF_12 = (
    "<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> .",
    '<a:s> <a:p> "x"@ar--rtl .',
    "<< <a:s> <a:p> <a:o> >> <a:p> <a:o> .",
    "<a:s> <a:p> <a:o> ~ <a:r> .",
    "<a:s> <a:p> <a:o> {| <a:p> <a:o> |} .",
)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *((f"x.{ending}", text) for ending in ("ttl", "trig") for text in RDF_12),
        *((f"x.{ending}", text) for ending in ("nt", "nq") for text in RDF_12[:2]),
        ("x.rdf", XML % '<r:Description><p r:parseType="Triple" r:version="1.2">'
         '<r:Description r:about="a:s"><q>x</q></r:Description></p></r:Description>'),
    ],
)  # fmt: skip
def test_rdf_12_is_refused_in_every_syntax(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    with pytest.raises(DataError, match=r"is RDF 1\.2"):
        graphs.read(path)


QUOTED = r"[ ( \u0022 " * 40


@pytest.mark.parametrize(
    ("name", "text", "count"),
    [
        ("x.ttl", STATED + "[<a:p> (" * 32 + ")]" * 32 + ".", 95),
        ("x.ttl", rf"PREFIX : <a:> :a\(\( :p '''{QUOTED}''' , '{QUOTED}' , :\( # (((" "\n.", 3),
        ("x.ttl", "".join(f"{STATED}() , [] , <a:{n}((((> .\n" for n in range(65)), 195),
        ("x.nt", f'{STATED}"<<(" .\n' * 65, 65),
        ("x.jsonld", '{"a:p": "' + r"\\\"[{" * 65 + '"}', 1),
        ("x.jsonld", "[" + '[{"a:p": 1}],' * 65 + "[]]", 65),
        ("x.rdf", XML % ('<r:Description xmlns:e="a:>/>"><p>x</p><q/></r:Description>' * 65), 130),
    ],
    ids=lambda text: str(text)[:30],
)  # fmt: skip
def test_brackets_that_do_not_nest_are_no_depth(
    tmp_path: Path, name: str, text: str, count: int
) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    assert len(graphs.read(path)) == count


@pytest.mark.parametrize("piece", ["<!--", "<![CDATA[", "<?x", "<a '", '<a b="<" ', "</"])
def test_looking_for_depth_takes_no_more_than_the_file_is_long(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "x.rdf"
    path.write_text(XML % (piece * 50_000), "utf-8")
    started = time.process_time()

    with pytest.raises(DataError):
        graphs.read(path)

    assert time.process_time() - started < 5


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    with path.open("wb") as file:
        file.truncate(graphs.LARGEST + 1)  # it is all holes

    with pytest.raises(DataError, match=r"2\.0 GiB; at most 2") as caught:
        graphs.read(path)

    assert "--endpoint" in caught.value.remedy


@pytest.mark.parametrize("name", ["x.ttl", "x.nt", "x.ttl.gz"])
def test_a_compressed_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"<a:s> <a:p> 1 ."))

    with pytest.raises(DataError, match="compressed") as caught:
        graphs.read(tmp_path / name)

    assert "gunzip" in caught.value.remedy


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    make(tmp_path / "x.ttl")

    with pytest.raises(DataError, match="no file"):
        graphs.read(tmp_path / "x.ttl")


def test_a_store_holds_the_triples_in_its_default_graph() -> None:
    triple = Triple(NamedNode(EX + "a"), NamedNode(EX + "p"), Literal("x"))

    assert [quad.triple for quad in graphs.store([triple, triple])] == [triple]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.trig", "<a:s> <a:p> 1 . <a:g> { <a:s> <a:p> 2 } _:h { _:h <a:p> 3 }"),
        ("x.nq", '<a:s> <a:p> "1" .\n<a:s> <a:p> "2" <a:g> .\n_:h <a:p> "3" _:h .\n'),
    ],
)
def test_a_dataset_keeps_the_names_of_its_graphs(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    quads = list(graphs.dataset(path))

    assert [quad.triple for quad in quads] == graphs.read(path)
    assert quads[0].graph_name == DefaultGraph()
    assert quads[1].graph_name == NamedNode("a:g")
    assert quads[2].graph_name == quads[2].subject
    assert quads == list(graphs.dataset(path)), "another reading gives other names"


@pytest.mark.parametrize("piece", range(1, 8))
def test_what_stands_where_two_parts_of_a_file_meet_is_seen(
    tmp_path: Path, piece: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(graphs, "_PIECE", piece)
    (tmp_path / "a.nt").write_text("<a:s> <a:p> _:x .\n", "utf-8")
    (tmp_path / "b.nt").write_text("<a:s> <a:p> <<( <a:s> <a:p> <a:o> )>> .\n", "utf-8")

    (triple,) = graphs.read(tmp_path / "a.nt")

    assert triple.object != BlankNode("x")
    with pytest.raises(DataError, match=r"RDF 1\.2"):
        graphs.read(tmp_path / "b.nt")


def test_looking_through_a_large_file_holds_only_a_part_of_it(tmp_path: Path) -> None:
    path = tmp_path / "x.nt"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f'<a:s> <a:p> "{n} {"x" * 900}" .\n' for n in range(64_000))

    tracemalloc.start()
    try:
        assert sum(1 for _ in graphs.stream(path)) == 64_000
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < path.stat().st_size / 2


def test_files_are_loaded_as_they_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("<a:s> <a:p> [] , 1 .", "utf-8")
    (tmp_path / "b.nq").write_text('<a:s> <a:p> "2" <a:g> .', "utf-8")
    paths = sorted(tmp_path.iterdir())

    assert {quad.triple for quad in graphs.load(paths)} == set(graphs.read_all(paths))
    with pytest.raises(DataError, match="cannot be read"):
        graphs.load([*paths, tmp_path / "none.ttl"])
