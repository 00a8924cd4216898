"""Validation on endpoints: what servers find is what is found here, or is refused by name.

The servers are those of the PyPI package `oxigraph` and, where it is installed, Virtuoso 7.
"""

import csv
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import count, islice, repeat
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given, seed, settings
from pyoxigraph import BlankNode, Literal, NamedNode, Triple
from servers import ROWS, Server
from shacl_cases import EX, FAMILIES, HEAD, LITERALS, Graph, Pair, pairs, read, row

from coopera import graphs, project, validation
from coopera.engines import Answer
from coopera.engines.endpoint import Endpoint, EndpointError
from coopera.errors import NothingCheckedError
from coopera.tables import Rows, Table
from coopera.terms import SH, XSD
from coopera.validation import Report, lexical, probes, remote
from coopera.validation import shapes as room
from coopera.validation.nodes import Nodes
from coopera.validation.remote import RemoteGraph
from coopera.validation.shapes import Shape

LINKED = """
ex:a a ex:C ; ex:p ex:b , ex:c ; ex:t "x"@en , "y"@fr . ex:b ex:q ex:c . ex:c ex:r ex:a .
ex:d a ex:C ; ex:t "z"@en .
"""


pytestmark = pytest.mark.xdist_group("virtuoso")


@pytest.fixture(scope="module", params=["oxigraph", "virtuoso"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    found: Server = request.getfixturevalue(f"{request.param}_server")
    with known(found):
        yield found


@pytest.fixture(scope="module")
def exact(oxigraph_server: Server) -> Iterator[Server]:
    """Give a server that passes every probe."""
    with known(oxigraph_server):
        yield oxigraph_server


proved, doubts = probes.proved, probes.doubts


@contextmanager
def known(server: Server) -> Iterator[None]:
    """Put the probes to a server once: it is the same whatever it holds."""
    endpoint = server.load(read(LINKED))

    def once(probe: Callable[[Endpoint], Any]) -> Callable[[Endpoint], Any]:
        told = probe(endpoint)
        return lambda e: told if type(e) is Endpoint and e.url == endpoint.url else probe(e)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(probes, "proved", once(proved))
        patch.setattr(probes, "doubts", once(doubts))
        yield


# What is compared


def tree(shape: Shape, found: set[object]) -> set[object]:
    """Give the nodes of a shape and of all shapes in it."""
    if shape.node not in found:
        found.add(shape.node)
        for constraint in shape.constraints:
            for inner in (*constraint.shapes, *constraint.siblings):
                tree(inner, found)
    return found


@dataclass
class Found:
    """What two validations found, without what the endpoint's refuses."""

    here: Counter[str]
    there: Counter[str]
    report: Report
    reached: tuple[dict[str, int], dict[str, int]] = field(default=({}, {}))

    def assert_same(self) -> None:
        """Assert that both found the same."""
        assert self.there == self.here
        assert self.reached[0] == self.reached[1]


def both(
    endpoint: Endpoint, data: Sequence[Triple], shapes: Sequence[Triple], as_held: bool = False
) -> Found:
    """Validate triples here and on an endpoint that was given them."""
    parsed = room.read(Nodes(shapes))
    here = validation.validate(data, parsed, allow_empty=True)
    there = validation.validate(RemoteGraph(endpoint, as_held), parsed, allow_empty=True)
    refused = {(refusal.shape, refusal.component) for refusal in there.refused}
    roots = {str(r.root).strip("<>") for r in there.refused if r.component is None}
    whole: set[object] = set()
    for shape in parsed.roots:
        if str(shape.node).strip("<>") in roots:
            tree(shape, whole)
    graph = Graph(shapes)
    own = blank(shapes) - blank(data)

    def rows(report: Report) -> Counter[str]:
        kept = [r for r in report.results if r.source_shape not in whole
                and (r.source_shape, r.component) not in refused]  # fmt: skip
        return Counter(unlabelled(row(result, graph).text(), own) for result in kept)

    reached = [{name: n for name, n in report.reached.items() if name not in roots}
               for report in (here, there)]  # fmt: skip
    return Found(rows(here), rows(there), there, (reached[0], reached[1]))


def blank(triples: Iterable[Triple]) -> set[str]:
    """Give the blank nodes of triples."""
    return {str(n) for t in triples for n in (t.subject, t.object) if isinstance(n, BlankNode)}


def unlabelled(text: str, own: set[str]) -> str:
    """Take away the labels of blank nodes of the data, which each server chooses."""
    return " ".join("_:" if p.startswith("_:") and p not in own else p for p in text.split(" "))


def shown(endpoint: Endpoint) -> list[Triple]:
    """Give the triples that an endpoint shows."""
    table = replace(endpoint, stable=True).query("SELECT ?s ?p ?o { ?s ?p ?o }")
    assert isinstance(table, Table)
    return probes.triples(table.rows)


def ours() -> tuple[list[Triple], list[Triple]]:
    """Give the project's own graph and shapes."""
    found = project.find(ROOT)
    return graphs.read_all(found.graph_files), graphs.read_all(found.shape_files)


def made(size: int, folder: Path) -> tuple[list[Triple], list[Triple], int]:
    """Give a made-up graph, its shapes, and the number of results that it has."""
    path = ROOT / "benchmarks/cooperation.py"
    subprocess.run([sys.executable, path, str(size), folder], check=True, capture_output=True)
    data = [t for name in ("data.nt", "ontology.ttl") for t in graphs.read(folder / name)]
    with (folder / "expected.csv").open(encoding="utf-8") as lines:
        expected = len(list(csv.reader(lines))) - 1
    return data, graphs.read(ROOT / "benchmarks/shapes.ttl"), expected


# The same as here


@pytest.mark.parametrize("as_held", [False, True])
def test_our_graph_gives_on_a_server_what_it_gives_here(server: Server, as_held: bool) -> None:
    data, shapes = ours()
    endpoint = server.load(data)

    found = both(endpoint, shown(endpoint) if as_held else data, shapes, as_held)

    found.assert_same()
    assert found.here
    assert bool(found.report.refused) is not as_held


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_made_up_graph_gives_the_results_that_it_must(
    server: Server, tmp_path: Path, size: int
) -> None:
    data, shapes, expected = made(size, tmp_path)
    endpoint = server.load(data)

    found = both(endpoint, data, shapes)

    found.assert_same()
    assert found.there.total() >= expected * 2 // 3
    if server.name == "oxigraph":  # which shows the literals of this graph as they were
        whole = both(endpoint, data, shapes, as_held=True)
        whole.assert_same()
        assert whole.there.total() == expected
        assert not whole.report.refused
        assert not whole.report.fetched


NASTY = [one for some in LITERALS.values() for one in some
         if isinstance(one, Literal) and not lexical.huge(one)]  # fmt: skip
ABOUT_VALUES = HEAD + "".join(
    f"ex:S{n} sh:targetClass ex:C ; sh:property [ sh:path ex:p ; {text} ] .\n"
    for n, text in enumerate([
        *(f"sh:datatype {name}" for name in (
            "xsd:integer", "xsd:decimal", "xsd:byte", "xsd:nonNegativeInteger", "xsd:boolean",
            "xsd:date", "xsd:dateTime", "xsd:gYear", "xsd:string", "rdf:langString", "ex:t",
        )),
        "sh:nodeKind sh:IRI", "sh:minInclusive 1", "sh:maxExclusive 2.5", "sh:minLength 2",
        'sh:maxInclusive "2020-01-02"^^xsd:date', 'sh:minExclusive "2020-01-01T00:00:00Z"^^xsd:dateTime',
        "sh:maxLength 1", 'sh:pattern "^.$"', 'sh:pattern "^[0-9.]+$"', 'sh:languageIn ( "en" )',
        'sh:in ( 1 1.0 true "a" "a"@en "2020-01-01"^^xsd:date )', "sh:hasValue 01", "sh:maxCount 3",
        "sh:uniqueLang true", "sh:lessThan ex:q", "sh:lessThanOrEquals ex:q", "sh:equals ex:q",
        "sh:disjoint ex:q", "sh:not [ sh:minInclusive 1 ]", "sh:class ex:D", "sh:minCount 1",
        "sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMaxCount 1",
    ])
)  # fmt: skip


@pytest.mark.parametrize("as_held", [False, True])
def test_nasty_literals_are_judged_rightly_or_refused(server: Server, as_held: bool) -> None:
    nodes = {name: NamedNode(EX + name) for name in ("C", "p", "q", "a", "b")}
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    data = [Triple(nodes[n], kind, nodes["C"]) for n in "ab"]
    data += [Triple(nodes["a"], nodes["p"], literal) for literal in NASTY]
    data += [Triple(nodes["b"], nodes["p"], literal) for literal in NASTY[::3]]
    data += [Triple(nodes["b"], nodes["q"], literal) for literal in NASTY[::4]]
    shapes = read(ABOUT_VALUES.removeprefix(HEAD))
    endpoint = server.load(data)

    found = both(endpoint, shown(endpoint) if as_held else data, shapes, as_held)

    found.assert_same()
    if as_held:
        assert found.here.total() > 500
        assert not found.report.refused
    else:
        # Only that there is a value is no matter of how it is written.
        assert {r.shape for r in found.report.refused}
        assert len(found.report.refused) == ABOUT_VALUES.count("sh:path") - 1


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_generated_shapes_give_on_a_server_what_they_give_here(server: Server, family: str) -> None:
    told: Counter[str] = Counter()

    @seed(7)
    @settings(max_examples=8, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(pairs(FAMILIES[family]))
    def run(pair: Pair) -> None:
        endpoint = server.load(pair.data)
        for as_held in (False, True):
            data = shown(endpoint) if as_held else pair.data
            found = both(endpoint, data, pair.shapes, as_held)
            found.assert_same()
            told["results"] += found.here.total()

    run()

    assert told["results"]


def test_values_that_a_server_holds_as_one_are_told_apart_or_refused(server: Server) -> None:
    data = read(
        """ex:a a ex:C ; ex:p "2020"^^xsd:gYear , "2020-01-01"^^xsd:date ; ex:q 1 , 1.0 .
        ex:b a ex:C ; ex:p "2020-01"^^xsd:gYearMonth , "2020-01-01T00:00:00"^^xsd:dateTime ."""
    )
    shapes = read(
        """ex:S sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:class ex:D ; sh:maxCount 1 ] ;
        sh:property [ sh:path ex:q ; sh:maxCount 1 ] , [ sh:path ex:p ; sh:minCount 1 ] ,
            [ sh:path ex:r ; sh:minCount 1 ] ."""
    )

    found = both(server.load(data), data, shapes)

    found.assert_same()
    assert found.here


# What servers do not do


def test_virtuoso_is_not_trusted_with_what_it_gets_wrong(server: Server) -> None:
    if server.name != "virtuoso":
        pytest.skip("this is about Virtuoso")
    endpoint = server.load(read("ex:a ex:p ex:b . ex:b ex:q ex:c . ex:c ex:r ex:a ."))

    found = proved(endpoint)
    changed = {doubt.datatype.removeprefix(XSD) for doubt in doubts(endpoint)}

    assert {"VALUES", "COUNT", "IN"} <= found.words
    assert {"SAMETERM", "DATATYPE", "<", "REGEX", "LANGMATCHES"} <= found.failed
    assert {"boolean", "integer", "date", "dateTime", "gYear", "decimal"} <= changed


def test_a_table_that_virtuoso_cuts_is_whole(server: Server) -> None:
    triples = read("".join(f"ex:a{n} ex:p ex:b .\n" for n in range(ROWS * 2 + 5)))
    endpoint = server.load(triples)

    table = endpoint.query("SELECT ?s { ?s ex:p ?o }".replace("ex:p", f"<{EX}p>"))

    assert isinstance(table, Table)
    assert {s for (s,) in table.rows} == {t.subject for t in triples}


def test_oxigraph_passes_every_probe(exact: Server) -> None:
    found = proved(exact.load(read("ex:a ex:p ex:b . ex:b ex:q ex:c . ex:c ex:r ex:a .")))

    assert not found.failed
    assert {"EXISTS", "COALESCE", "SAMETERM", "REGEX", "LANGMATCHES", "DATATYPE", "STRLEN", "GROUP",
            "HAVING", "COUNT", "UNION", "BIND", "IF", "IN", "VALUES", "OPTIONAL", "<", "=", "!",
            "&", "|", "+", "*", "^", "?", "/"} <= found.words  # fmt: skip


@dataclass(frozen=True)
class Lying(Endpoint):
    """An endpoint that gets some queries wrong."""

    about: str = ""
    """The queries that it gets wrong are those with this text."""

    def query(self, sparql: str) -> Answer:
        """Leave the last solution out."""
        table = super().query(sparql)
        if isinstance(table, Table) and self.about in sparql:
            return replace(table, rows=table.rows[:-1])
        return table


EVERY = {"Tags", "Kinds", "Classes", "Counts", "Several"}


@pytest.mark.parametrize(
    ("about", "failed", "fetched"),
    [
        ("LANGMATCHES(", {"LANGMATCHES"}, {"Tags"}),
        ("REGEX(", {"REGEX"}, {"Kinds"}),
        ("EXISTS {", {"EXISTS", "IF"}, {"Classes", "Counts", "Several"}),
        ("sameTerm(", {"SAMETERM", "!", "|"}, EVERY),
        ("HAVING(", {"GROUP", "HAVING", "COUNT"}, EVERY),
    ],
)
def test_a_shape_with_words_that_a_server_gets_wrong_is_evaluated_here(
    exact: Server, about: str, failed: set[str], fetched: set[str]
) -> None:
    shapes = read(
        """ex:Tags sh:targetClass ex:C ; sh:property [ sh:path ex:t ; sh:languageIn ( "en" ) ] .
        ex:Kinds sh:targetClass ex:C ; sh:property [ sh:path ex:t ; sh:pattern "^[xy]$" ] .
        ex:Classes sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:class ex:D ] .
        ex:Counts sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ; sh:maxCount 1 ] .
        ex:Several sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 2 ] ."""
    )
    honest = exact.load(read(LINKED))
    lying = Lying(honest.url, about=about)

    found = both(lying, read(LINKED), shapes)

    found.assert_same()
    assert found.here.total() == 7
    assert proved(lying).failed == failed
    assert {str(shape).strip("<>").removeprefix(EX) for shape, _ in found.report.fetched} == fetched
    assert not both(honest, read(LINKED), shapes).report.fetched


def test_a_word_that_no_probe_knows_is_not_sent(exact: Server) -> None:
    shapes = read(
        """ex:S sh:targetClass ex:C ; sh:sparql [ sh:select
        "SELECT $this WHERE { $this <http://example.org/t> ?t FILTER(SHA1(STR(?t)) != 'a') }" ] ."""
    )

    found = both(exact.load(read(LINKED)), read(LINKED), shapes)

    found.assert_same()
    assert found.here.total() == 3
    assert [why["en"] for _, why in found.report.fetched] == [
        "the endpoint is not proved to understand SHA1"
    ]


@pytest.mark.parametrize(
    ("sparql", "wanted"),
    [
        ("SELECT DISTINCT ?s { ?s a ?c . }", set()),
        ("PREFIX e: <http://e/> SELECT * { ?s e:p ?o FILTER(?o != 1) }", {"!", "="}),
        ('SELECT (COUNT(*) AS ?n) { ?s ?p "COALESCE"^^<http://e/t>, "a"@en-GB }', {"COUNT"}),
        ("SELECT ?s { ?s <http://e/p>+ ?o FILTER(REGEX(?o, 'a')) }", {"+", "REGEX"}),
        ("SELECT ?s { ?s (<http://e/p>|^<http://e/q>)* ?o }", {"|", "^", "*"}),
        ("SELECT ?s { ?s ?p ?o FILTER(<http://e/cast>(?o) || e:f(?o)) }", {"()", "|"}),
        ("SELECT ?s { ?s ?p ?o FILTER(?o NOT IN (<http://e/p>)) }", {"IN"}),
    ],
)
def test_the_words_and_signs_of_a_query_are_those_that_mean_something(
    sparql: str, wanted: set[str]
) -> None:
    assert probes.words(sparql) == wanted


@dataclass(frozen=True)
class Relabelling(Endpoint):
    """An endpoint whose labels of blank nodes are good for one answer only."""

    answers: Iterator[int] = field(default_factory=count)

    def query(self, sparql: str) -> Answer:
        """Give blank nodes other labels."""
        table = super().query(sparql)
        if not isinstance(table, Table):
            return table
        labels: dict[BlankNode, BlankNode] = {}
        number = next(self.answers)

        def other(term: Any) -> Any:
            if isinstance(term, BlankNode):
                return labels.setdefault(term, BlankNode(f"a{number}n{len(labels)}"))
            return term

        return replace(table, rows=tuple(tuple(map(other, row)) for row in table.rows))


NAMELESS = """
_:x a ex:C ; ex:p _:y ; ex:q 1 . _:y ex:p ex:a ; a ex:D . _:z a ex:C ; ex:p ex:a , _:x .
ex:a ex:p _:x ; ex:q ex:b . ex:b ex:q _:y , _:z .
"""


def test_blank_nodes_are_the_same_in_all_answers_or_in_one_only(exact: Server) -> None:
    shapes = read(
        """ex:S sh:targetClass ex:C ; sh:targetObjectsOf ex:p ; sh:nodeKind sh:IRI ;
        sh:property [ sh:path ex:p ; sh:class ex:D ; sh:maxCount 1 ; sh:xone (
            [ sh:path ex:p ; sh:maxCount 2 ; sh:minCount 2 ] [ sh:class ex:D ] ) ] ."""
    )
    kept = exact.load(read(NAMELESS))
    changed = Relabelling(kept.url)

    stable, moving = both(kept, read(NAMELESS), shapes), both(changed, read(NAMELESS), shapes)

    stable.assert_same()
    moving.assert_same()
    assert stable.here.total() == 12
    assert not stable.report.fetched
    assert [why["en"] for _, why in moving.report.fetched] == [
        "blank nodes have other labels in each of its answers"
    ]


def test_labels_that_count_from_zero_in_each_answer_are_seen_through(exact: Server) -> None:
    @dataclass(frozen=True)
    class Counting(Relabelling):
        answers: Iterator[int] = field(default_factory=lambda: repeat(0))

    data = read("ex:a ex:p _:x . _:x ex:p _:y . _:y ex:p _:z . _:z ex:p _:y .")
    shapes = read(
        """ex:S sh:targetSubjectsOf ex:p ; sh:targetObjectsOf ex:p ; sh:nodeKind sh:IRI ;
        sh:property [ sh:path [ sh:inversePath ex:p ] ; sh:maxCount 1 ] ."""
    )

    found = both(Counting(exact.load(data).url), data, shapes)

    found.assert_same()
    assert found.here.total() == 4


def test_a_server_that_gives_few_rows_is_seen_through(
    exact: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    @dataclass(frozen=True)
    class Few(Endpoint):
        def _solutions(self, sparql: str, told: dict[str, bool] | None = None) -> Rows:
            found = super()._solutions(sparql, told)
            return replace(found, rows=islice(found.rows, 7))

    for name in ("proved", "doubts"):  # which would take thousands of pages
        whole = getattr(probes, name)
        monkeypatch.setattr(probes, name, lambda e, ask=whole: ask(Endpoint(e.url)))
    data = read("".join(f"ex:a{n} ex:p ex:b{n % 4} .\n" for n in range(30)))
    shapes = read("ex:S sh:targetSubjectsOf ex:p ; sh:nodeKind sh:Literal .")

    found = both(Few(exact.load(data).url), data, shapes)

    found.assert_same()
    assert found.here.total() == 30


def test_a_server_that_does_not_heed_the_graph_is_refused(exact: Server) -> None:
    @dataclass(frozen=True)
    class Heedless(Endpoint):
        def query(self, sparql: str) -> Answer:
            return Endpoint(self.url).query(sparql)

    endpoint = exact.load(read(LINKED))

    with pytest.raises(EndpointError, match="does not heed"):
        RemoteGraph(Heedless(endpoint.url, graph=EX + "g"))


# What is refused


def refusals(report: Report) -> set[tuple[str, str]]:
    """Give the shapes and components that are refused."""
    return {
        (
            str(refusal.root).strip("<>").removeprefix(EX),
            refusal.component.value.removeprefix(SH).removesuffix("ConstraintComponent")
            if refusal.component else "",
        )
        for refusal in report.refused
    }  # fmt: skip


def test_only_what_changed_literals_may_decide_is_refused(exact: Server) -> None:
    data = read(
        """ex:a a ex:C ; ex:p 01 , 1 ; ex:q "x" ; ex:d "2020-01-01"^^xsd:date .
        ex:b a ex:C ; ex:q 1 ; ex:f true , "1"^^xsd:boolean . ex:c a ex:C ; ex:d "2020-01-01+00:00"^^xsd:date ; ex:t "y" ."""
    )
    shapes = read(
        """ex:Some sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 1 ] .
        ex:Two sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:minCount 2 ; sh:maxCount 1 ] .
        ex:Back sh:targetNode ex:a ; sh:property [
            sh:path ( ex:p [ sh:inversePath ex:p ] ) ; sh:minCount 1 ] .
        ex:Deep sh:targetClass ex:C ; sh:property [ sh:path ex:p ; sh:property [
            sh:path ex:t ; sh:minCount 1 ] ] .
        ex:Flag sh:targetClass ex:C ; sh:property [ sh:path ex:f ; sh:maxCount 1 ] .
        ex:Text sh:targetClass ex:C ; sh:property [ sh:path ex:t ; sh:datatype xsd:string ;
            sh:minLength 2 ; sh:pattern "z" ] .
        ex:Pair sh:targetClass ex:C ; sh:property [ sh:path ex:t ; sh:disjoint ex:q ; sh:minCount 1 ] .
        ex:Day sh:targetClass ex:C ; sh:property [ sh:path ex:d ; sh:datatype xsd:date ] .
        ex:Or sh:targetClass ex:C ; sh:or ( [ sh:path ex:p ; sh:minCount 1 ]
            [ sh:path ex:t ; sh:minCount 1 ] ) ; sh:nodeKind sh:BlankNode .
        ex:Shut sh:targetClass ex:C ; sh:closed true ; sh:ignoredProperties ( rdf:type ex:d ) .
        ex:Values sh:targetObjectsOf ex:p ; sh:minLength 2 .
        ex:Texts sh:targetObjectsOf ex:t ; sh:minLength 2 .
        ex:Asks sh:targetClass ex:C ; sh:sparql [ sh:select
            "SELECT $this WHERE { $this <http://example.org/p> ?p FILTER(?p > 0) }" ] .
        ex:AsksAny sh:targetClass ex:C ; sh:sparql [ sh:select
            "SELECT $this WHERE { $this ?any ?p FILTER(isLiteral(?p)) }" ] .
        ex:AsksOther sh:targetClass ex:C ; sh:sparql [ sh:select
            "SELECT $this WHERE { $this <http://example.org/t> ?t }" ] ."""
    )

    found = both(exact.load(data), data, shapes)

    found.assert_same()
    assert found.here
    assert refusals(found.report) == {
        ("Two", "MinCount"), ("Two", "MaxCount"), ("Back", "MinCount"), ("Deep", "MinCount"),
        ("Flag", "MaxCount"), ("Pair", "Disjoint"), ("Day", "Datatype"), ("Or", "Or"),
        ("Shut", "Closed"), ("Values", ""), ("Asks", "SPARQL"), ("AsksAny", "SPARQL"),
    }  # fmt: skip
    reasons = {r.reason["en"] for r in found.report.refused if str(r.root) == f"<{EX}Day>"}
    assert reasons == {
        f"the endpoint may have changed literals (xsd:date) that are values of <{EX}d>"
    }
    assert all(set(refusal.reason) == {"en", "fr"} for refusal in found.report.refused)


def test_what_names_a_blank_node_is_refused(exact: Server) -> None:
    shapes = read(
        """ex:In sh:targetClass ex:C ; sh:in ( _:x ex:a ) ; sh:nodeKind sh:Literal .
        ex:Has sh:targetClass ex:C ; sh:not [ sh:path ex:p ; sh:hasValue _:y ] .
        ex:Aimed sh:targetNode _:x ; sh:nodeKind sh:Literal ."""
    )

    found = both(exact.load(read(LINKED)), read(LINKED), shapes, as_held=True)

    found.assert_same()
    assert refusals(found.report) == {("In", "In"), ("Has", "Not"), ("Aimed", "")}
    assert {refusal.reason["fr"] for refusal in found.report.refused} == {
        "elle parle d'un nœud anonyme, qui n'est pas un nœud du serveur"
    }


def test_numbers_too_long_to_be_compared_are_not_compared_there(exact: Server) -> None:
    data = read("ex:a ex:p 99999999999999999999 , 5 .")
    shapes = read(
        """ex:S sh:targetSubjectsOf ex:p ; sh:property [ sh:path ex:p ; sh:maxInclusive 9 ] .
        ex:T sh:targetNode 99999999999999999999 ; sh:minInclusive 9 ."""
    )

    found = both(exact.load(data), data, shapes, as_held=True)

    found.assert_same()
    assert found.here.total() == 1
    assert len(found.report.fetched) == 2


def test_more_triples_than_may_be_fetched_are_refused(exact: Server) -> None:
    endpoint = replace(exact.load(read(LINKED)), most_rows=5)
    shapes = read(
        """ex:S sh:targetClass ex:C ; sh:sparql [ sh:select
        "SELECT $this WHERE { $this a ?c } GROUP BY $this" ] ."""
    )

    with pytest.raises(EndpointError, match="9 triples would have to be fetched; 5 are at most"):
        validation.validate(RemoteGraph(endpoint, as_held=True), shapes)


# The rest


def test_queries_start_from_many_nodes_in_parts(
    exact: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = read("".join(f"ex:a{n} ex:p ex:b{n % 4} .\n" for n in range(10)))
    shapes = read(
        """ex:S sh:target [ sh:select "SELECT ?this WHERE { ?this <http://example.org/p> ?o }" ] ;
        a sh:NodeShape ; sh:property [ sh:path ex:p ; sh:class ex:D ; sh:maxCount 0 ;
            sh:qualifiedValueShape [ sh:path ex:q ; sh:minCount 2 ] ; sh:qualifiedMinCount 1 ] ;
        sh:sparql [ sh:select "SELECT $this ?value WHERE { $this <http://example.org/p> ?value }" ] ."""
    )
    endpoint = exact.load(data)
    monkeypatch.setattr(remote, "CHUNK", 3)

    found = both(endpoint, data, shapes)

    found.assert_same()
    assert found.here.total() == 40
    assert found.reached[1] == {EX + "S": 10}
    assert not found.report.fetched


def test_only_some_focus_nodes_are_looked_at(exact: Server) -> None:
    shapes = read("ex:S sh:targetClass ex:C ; sh:nodeKind sh:Literal .")
    endpoint = exact.load(read(LINKED))
    shape, node = NamedNode(EX + "S"), NamedNode(EX + "a")

    report = validation.validate(RemoteGraph(endpoint), shapes, only={shape: [node]})

    assert [result.focus_node for result in report.results] == [node]


def test_nothing_checked_is_an_error(exact: Server) -> None:
    graph = RemoteGraph(exact.load(read(LINKED)))
    shapes = read("ex:S sh:targetClass ex:None ; sh:nodeKind sh:Literal .")

    with pytest.raises(NothingCheckedError):
        validation.validate(graph, shapes)
    report = validation.validate(graph, shapes, allow_empty=True)

    assert report.undeclared == (NamedNode(EX + "None"),)


def test_pyshacl_is_not_for_endpoints(exact: Server) -> None:
    graph = RemoteGraph(exact.load(read(LINKED)))
    shapes = read("ex:S sh:targetClass ex:C ; sh:nodeKind sh:Literal .")

    with pytest.raises(NothingCheckedError, match="pySHACL"):
        validation.validate(graph, shapes, validator="pyshacl")


def test_a_graph_of_an_endpoint_tells_its_size_and_its_links(exact: Server) -> None:
    graph = RemoteGraph(exact.load(read(LINKED)))
    a, b = NamedNode(EX + "a"), NamedNode(EX + "b")

    assert graph.size == 9
    assert graph.link(a, b) == NamedNode(EX + "p")
    assert graph.link(b, a) is None
    assert graph.link(a, Literal("x", language="en")) == NamedNode(EX + "t")
    assert graph.has(a, NamedNode(EX + "p"), None)
    assert not graph.has(a, NamedNode(EX + "p"), a)
    assert set(graph.triples()) == set(read(LINKED))


def test_validation_without_an_endpoint_loads_no_client() -> None:
    script = "import coopera.validation, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    loaded = set(done.stdout.split())
    assert "coopera.validation.remote" in loaded
    assert not {"coopera.engines.endpoint", "SPARQLWrapper", "http.client"} & loaded
