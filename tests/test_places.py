"""Places: the text at each place is what the parser read there, whatever the layout."""

import re
from array import array
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest
import rdflib
from conftest import HEAD, SHARED, SMALL, Make
from hypothesis import given, settings
from hypothesis import strategies as st
from layouts import PREFIXES, Layout
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse, serialize

from coopera import checks, graphs, identifiers, places, turtle
from coopera.errors import DataError, Place
from coopera.places import Spot
from coopera.terms import RDF, Prefixes

EX = "http://example.org/"
FIRST, REST = NamedNode(RDF + "first"), NamedNode(RDF + "rest")
a, b, c, p, q, z = (NamedNode(EX + name) for name in "abcpqz")


def cut(path: Path, spot: Spot) -> str:
    """Give the text of a spot, by its lines and columns."""
    line, column = spot.place.line, spot.place.column
    assert line
    assert column
    assert spot.end
    lines = re.findall(r"[^\r\n]*(?:\r\n|\r|\n|$)", path.read_bytes().decode())
    below, behind = spot.end
    if below == line:
        return str(lines[line - 1][column - 1 : behind - 1])
    middle = lines[line : below - 1]
    return "".join([lines[line - 1][column - 1 :], *middle, lines[below - 1][: behind - 1]])


def shown(path: Path, *wanted: Any) -> str:
    """Give `line:column text` of what is found in one file, with and without its triples."""
    asked = (*wanted, None, None)[:3]
    spot = places.find([path], [asked])[asked]
    assert places.find({path: graphs.read(path)}, [asked]) == {asked: spot}
    return f"{spot.place.line}:{spot.place.column} {cut(path, spot)}"


def meant(text: str, head: str) -> list[Triple]:
    """Parse a text as an object; the triple that has it comes first, those inside it follow."""
    found = parse(input=f"{head}<x:s> <x:p> {text} .", format=RdfFormat.TURTLE)
    triples = [quad.triple for quad in found]
    return sorted(triples, key=lambda t: t.subject != NamedNode("x:s"))


def check(path: Path) -> int:
    """Demand that each triple's place holds a text that parses to its object; count them."""
    triples = graphs.read(path)
    wanted = [(t.subject, t.predicate, t.object) for t in triples]
    spots = places.find({path: triples}, wanted)
    assert spots == places.find([path], wanted)
    assert spots.keys() == set(wanted)
    labels: dict[str, BlankNode] = {}
    checked = set()
    for one, head in zip(wanted, heads(path), strict=True):
        if one in checked:
            continue
        checked.add(one)
        _, predicate, value = one
        text = cut(path, spots[one])
        if predicate == REST and text[0] == "(":
            assert text[-1] == ")"
        elif not isinstance(value, BlankNode):
            assert [t.object for t in meant(text, head)] == [value]
        elif text[0] in "[(":
            assert text[-1] == {"[": "]", "(": ")"}[text[0]]
            within = {t.object for t in meant(text, head)[1:]}
            mine = {t.object for t in triples if t.subject == value}
            assert {t for t in mine if isinstance(t, Literal)} <= within
        else:
            assert text[:2] == "_:"
            assert labels.setdefault(text, value) == value
    assert len(set(labels.values())) == len(labels)
    return len(checked)


def heads(path: Path) -> Iterator[str]:
    """Give, for each triple of a file, the declarations that hold where it stands."""
    parser = parse(path=path, format=graphs.SYNTAXES[path.suffix])
    for _ in parser:
        base = f"@base <{parser.base_iri}> .\n" if parser.base_iri else ""
        yield base + "".join(f"@prefix {p}: <{n}> .\n" for p, n in parser.prefixes.items())


@settings(max_examples=300, deadline=None)
@given(seed=st.integers(0, 2**64))
@pytest.mark.parametrize("suffix", [".ttl", ".trig"])
def test_the_text_at_each_place_parses_to_the_object_of_its_triple(
    tmp_path_factory: pytest.TempPathFactory, suffix: str, seed: int
) -> None:
    """It pins in which order pyoxigraph tells the triples of lists, which nothing promises."""
    layout = Layout(Random(seed))  # noqa: S311 - no secret
    path = tmp_path_factory.getbasetemp() / f"layout{suffix}"
    path.write_bytes((layout.document() if suffix == ".ttl" else layout.dataset()).encode())

    assert check(path)


def by_rdflib(form: str) -> Callable[[Sequence[Triple]], str]:
    def write(triples: Sequence[Triple]) -> str:
        graph = rdflib.Dataset() if form == "trig" else rdflib.Graph()
        for prefix, namespace in PREFIXES.items():
            graph.bind(prefix, namespace)
        # rdflib 7.6 makes up a prefix that ends in "%".
        kept = [t for t in triples if "%" not in str(t)]
        lines = serialize(kept, format=RdfFormat.N_TRIPLES) or b""
        return graph.parse(data=lines.decode(), format="nt").serialize(format=form)

    return write


def by_pyoxigraph(form: RdfFormat) -> Callable[[Sequence[Triple]], str]:
    def write(triples: Sequence[Triple]) -> str:
        lines = serialize(triples, format=form, prefixes=PREFIXES)
        assert lines
        return lines.decode()

    return write


WRITERS: dict[str, Callable[[Sequence[Triple]], str]] = {
    "rdflib.nt": by_rdflib("nt"),
    "rdflib.ttl": by_rdflib("turtle"),
    "rdflib-long.ttl": by_rdflib("longturtle"),
    "rdflib.trig": by_rdflib("trig"),
    "pyoxigraph.nt": by_pyoxigraph(RdfFormat.N_TRIPLES),
    "pyoxigraph.nq": by_pyoxigraph(RdfFormat.N_QUADS),
    "pyoxigraph.ttl": by_pyoxigraph(RdfFormat.TURTLE),
    "pyoxigraph.trig": by_pyoxigraph(RdfFormat.TRIG),
    "ours.ttl": lambda triples: turtle.text(triples, Prefixes(PREFIXES)),
}


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**64))
@pytest.mark.parametrize("name", WRITERS)
def test_the_places_in_what_others_write_are_as_exact(
    tmp_path_factory: pytest.TempPathFactory, name: str, seed: int
) -> None:
    source = tmp_path_factory.getbasetemp() / "layout.ttl"
    source.write_bytes(Layout(Random(seed)).document().encode())  # noqa: S311 - no secret
    path = source.with_name(name)
    path.write_bytes(WRITERS[name](graphs.read(source)).encode())

    assert check(path) or "rdflib" in name


SUITE = sorted(SHARED.glob("w3c/rdf-turtle/*.ttl")) + sorted(SHARED.glob("w3c/rdf-turtle/*.nt"))


@pytest.mark.skipif(not SUITE, reason="the W3C suite is not beside this checkout")
def test_the_places_in_the_turtle_suite_of_the_w3c_are_as_exact() -> None:
    counts = []
    for path in SUITE:
        try:
            graphs.read(path)
        except DataError:
            continue  # a negative test, or an IRI relative to where the suite stands
        counts.append(check(path))

    assert len(counts) > 200


TIGHT = """\
@prefix:<http://example.org/>.BASE<http://example.org/>VERSION"1.2"<a>a<b>.prefix
a.b:<x:>a.b:c.d:e<p>"x".GRAPHS
_:s:p"x","y"@fr,5.0,(:-5:.5"a"'b'<y>true[:p()]);a<T>.[]a[].()a().[:p 1].#
"""


@pytest.mark.parametrize("name", ["x.ttl", "x.trig"])
def test_places_are_exact_where_next_to_no_space_is_left(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    graphs_ = {"x.ttl": "", "x.trig": ":{:a<p>1}{[]:p[]}graph[]{}_:s{_:s:p'z'}"}[name]
    path.write_text(TIGHT.replace("GRAPHS", graphs_), "utf-8")

    assert check(path) == {"x.ttl": 29, "x.trig": 32}[name]


MANY = '''@prefix : <http://example.org/> . # :a :p 9
:a a :T ; :p 1 , "é" , 3 . :b :p :a .

:b :p """three
lines""" , [ :q 5 ; :p ( 6 _:x ) ] ; :q "x"
  .
[ :q 7 ] :p _:x .
'''


@pytest.fixture
def many(tmp_path: Path) -> Path:
    path = tmp_path / "many.ttl"
    path.write_text(MANY, "utf-8")
    return path


def test_a_spot_is_the_value_else_the_predicate_else_the_subject_else_a_mention(many: Path) -> None:
    assert shown(many, a, p, Literal("é")) == '2:18 "é"'
    assert shown(many, a, p, Literal(3)) == "2:24 3"
    assert shown(many, a, p) == "2:11 :p"
    assert shown(many, a, p, z) == "2:11 :p"
    assert shown(many, a, z, Literal(3)) == "2:1 :a"
    assert shown(many, a) == "2:1 :a"
    assert shown(many, NamedNode(EX + "T"), p) == "2:6 :T"
    assert shown(many, Literal(5), p) == "5:17 5"
    assert places.find([many], [(z, None, None)]) == {}


def test_a_term_in_brackets_stands_where_they_do(many: Path) -> None:
    outer, last = (
        t.object if t.subject == b else t.subject
        for t in graphs.read(many)
        if isinstance(t.object if t.subject == b else t.subject, BlankNode)
        and (t.subject == b or t.object == Literal(7))
    )

    assert shown(many, b, p, outer) == "5:12 [ :q 5 ; :p ( 6 _:x ) ]"
    assert shown(many, outer) == "5:12 [ :q 5 ; :p ( 6 _:x ) ]"
    assert shown(many, outer, q) == "5:14 :q"
    assert shown(many, outer, q, Literal(5)) == "5:17 5"
    assert shown(many, last) == "7:1 [ :q 7 ]"
    assert shown(many, last, p) == "7:10 :p"


def test_a_list_stands_at_its_members_and_as_a_whole(many: Path) -> None:
    first, second = (t for t in graphs.read(many) if t.predicate == FIRST)

    assert shown(many, first.subject, FIRST, Literal(6)) == "5:26 6"
    assert shown(many, second.subject, FIRST, second.object) == "5:28 _:x"
    assert shown(many, first.subject, REST, second.subject) == "5:24 ( 6 _:x )"
    assert shown(many, second.subject) == "5:24 ( 6 _:x )"


def test_a_text_over_lines_stands_where_it_starts(many: Path) -> None:
    wanted = (b, p, Literal("three\nlines"))

    assert places.find([many], [wanted]) == {wanted: Spot(Place(many, 4, 7), (5, 9))}


def test_a_text_ends_on_its_line_though_the_statement_goes_on_below(many: Path) -> None:
    """The lines that the parser has read when it tells a text reach to the next token."""
    assert shown(many, b, q, Literal("x")) == '5:41 "x"'


def test_the_best_spot_wins_and_of_equals_that_of_the_first_file(tmp_path: Path) -> None:
    texts = {
        "1.ttl": "<x:y> :q :a .",
        "2.ttl": ":a :q 1 .",
        "3.trig": ":g { :a :p 1 }",
        "4.ttl": ":a :p 1 .",
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(f"PREFIX : <{EX}>\n{text}", "utf-8")

    def found(*terms: Any, files: Sequence[str] = tuple(texts)) -> str:
        place = places.place_of([tmp_path / file for file in files], *terms)
        return place.path.name if place else ""

    assert found(a) == "2.ttl"
    assert found(a, p) == "3.trig"
    assert found(a, p, Literal(1)) == "3.trig"
    assert found(a, p, Literal(1), files=["1.ttl", "4.ttl", "3.trig"]) == "4.ttl"
    assert found(a, z, files=["1.ttl"]) == "1.ttl"
    assert found(z) == ""

    both = places.find([tmp_path / file for file in texts], [(a, None, None), (z, None, None)])
    assert [spot.place.path.name for spot in both.values()] == ["2.ttl"]


def test_no_file_is_read_once_all_is_found(many: Path) -> None:
    files = [many, many.with_name("absent.ttl")]

    assert places.place_of(files, a, p, Literal(3)) == Place(many, 2, 24)
    with pytest.raises(DataError, match="absent"):
        places.place_of(files, a, z)


LINES = """\
# <http://example.org/a>

\t<http://example.org/b><http://example.org/p>"<http://example.org/a>"GRAPH.\r
<http://example.org/\\u0061> <http://example.org/p> _:x GRAPH . # _:y\r\
_:y  <http://example.org/p>\t_:x GRAPH .
_:x <http://example.org/p> "é\\n\U0001d4b3" GRAPH.
<http://example.org/z> <http://example.org/q> <http://example.org/c> GRAPH .
"""


@pytest.mark.parametrize(("name", "graph"), [("x.nt", ""), ("x.nq", "<http://example.org/g>")])
def test_n_triples_and_n_quads_are_searched_by_their_lines(
    tmp_path: Path, name: str, graph: str
) -> None:
    path = tmp_path / name
    path.write_bytes(LINES.replace("GRAPH", graph).encode())
    x, y = (t.object if t.subject == a else t.subject for t in graphs.read(path)[1:3])

    assert shown(path, a) == r"4:1 <http://example.org/\u0061>"
    assert shown(path, a, p, x) == "4:52 _:x"
    assert shown(path, b, p, Literal("<http://example.org/a>")) == '3:46 "<http://example.org/a>"'
    assert shown(path, y, p) == "5:6 <http://example.org/p>"
    assert shown(path, x, p, Literal("é\n\U0001d4b3")) == '6:28 "é\\n\U0001d4b3"'
    assert shown(path, Literal("<http://example.org/a>"), p).startswith("3:46 ")
    assert shown(path, Literal("é\n\U0001d4b3")) == '6:28 "é\\n\U0001d4b3"'
    assert shown(path, c) == "7:47 <http://example.org/c>"
    assert places.find([path], [(NamedNode(EX), None, None)]) == {}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.jsonld", '{"@id": "http://example.org/a", "http://example.org/p": 1}'),
        ("x.rdf", f'<r:RDF xmlns:r="{RDF}" xmlns="{EX}"><r:Description r:about="{EX}a"><p>1</p>'
         "</r:Description></r:RDF>"),
    ],
)  # fmt: skip
def test_of_other_syntaxes_only_the_file_is_told(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")

    assert places.place_of([path], a, p) == Place(path)
    assert places.place_of([path], b) is None


def test_a_file_that_has_changed_since_it_was_read_has_no_lines(many: Path) -> None:
    triples = graphs.read(many)
    many.write_text(MANY + ":a :q 1 .", "utf-8")

    assert places.place_of({many: triples}, a) == Place(many)
    assert places.place_of([many], a, q) == Place(many, 8, 4)


def test_only_what_is_asked_for_is_walked_through(
    tmp_path: Path, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tmp_path / "x.nt"
    lines.write_text("".join(f"<x:{n}> <x:p> <x:o> .\n" for n in range(1000)), "utf-8")
    walked: list[str] = []
    walk = turtle.offsets

    def offsets(text: str) -> "array[int]":
        walked.append(text)
        return walk(text)

    monkeypatch.setattr(turtle, "offsets", offsets)

    assert places.place_of([many, lines], NamedNode("x:500")) == Place(lines, 501, 1)
    assert walked == ["<x:500> <x:p> <x:o> .\n"]
    assert places.find([many], []) == {}
    assert places.place_of([many, lines], a) == places.place_of([many], a)
    assert walked == ["<x:500> <x:p> <x:o> .\n", MANY]


def test_a_finding_on_a_blank_node_has_its_place(make: Make) -> None:
    shape = "[] a sh:NodeShape ; sh:targetSubjectsOf foaf:name ;\n"
    shape += "    sh:property [ sh:path foaf:name ; sh:maxLength 2 ] ."
    data = SMALL["data/one/agreements.ttl"]
    project = make({
        "ontology/shapes/name.ttl": HEAD + shape,
        "data/one/agreements.ttl": data + 'agreement:a foaf:page [ foaf:name "lang" , "x" ] .',
    })  # fmt: skip

    found = [f for f in checks.run(project).findings if f.result and f.value == '"lang"']

    assert [(f.place and (f.place.line, f.place.column)) for f in found] == [(24, 35)]
    assert [(f.shape_place and (f.shape_place.line, f.shape_place.column)) for f in found] == [
        (len(HEAD.splitlines()) + 2, 17)
    ]


def test_a_misspelt_identifier_is_told_at_its_value(make: Make) -> None:
    fact = "agreement:a <https://schema.org/sameAs> agreement:b , <https://ror.org/0bad00000> ."
    project = make({"data/one/agreements.ttl": SMALL["data/one/agreements.ttl"] + fact})

    [finding] = identifiers.check(project, {p: graphs.read(p) for p in project.data_files})

    assert finding.place == Place(project.data / "one" / "agreements.ttl", 24, 55)
