"""Shapes: each finds the fault that its case shows, there and nowhere else."""

import logging
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import cast

import pyshacl
import pytest
import rdflib
from pyoxigraph import QuerySolutions, RdfFormat, Store
from pyshacl.graph_abstraction import DataGraph
from pyshacl.shape import Shape
from pyshacl.validator import Validator
from rdflib import DCTERMS, OWL, RDF, RDFS, SH, BNode, Graph, Literal, Namespace, URIRef
from rdflib.collection import Collection
from rdflib.plugins.sparql import processor
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.term import IdentifiedNode, Node

ROOT = Path(__file__).parents[1]
ONTOLOGY = ROOT / "ontology"
CASES = Path(__file__).parent / "shapes"
VIOLATING = sorted(CASES.glob("*/violates-*.ttl"))
CONFORMING = sorted(CASES.glob("*/conforms-*.ttl"))
COOP = Namespace("https://w3id.org/coopera/ontology#")
COOPSH = Namespace("https://w3id.org/coopera/shapes#")
ANY_BLANK = BNode("any")
"""Stands for whichever blank node: `# focus: _:`."""

# rdflib 7.6 logs a traceback for each ill-typed literal.
logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)


@pytest.fixture(autouse=True, scope="module")
def _each_query_is_parsed_once() -> Iterator[None]:
    """Parse each text once: rdflib 7.6 takes 50 ms, and pySHACL asks at each focus node."""
    prepared = cache(lambda text: translateQuery(parseQuery(text)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(processor, "parseQuery", lambda text: text)
        patch.setattr(processor, "translateQuery", lambda text, base, spaces: prepared(text))
        yield


@dataclass(frozen=True)
class Result:
    """What a case expects of one sh:ValidationResult."""

    shape: str
    focus: Node
    path: str


def graph(paths: Iterable[Path]) -> Graph:
    """Read Turtle files into one graph, which knows the prefixes of the project only."""
    found = Graph(bind_namespaces="none")
    # Else rdflib 7.6 reads "1e3"^^xsd:decimal as 1000, and drops the Z of a date.
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rdflib, "NORMALIZE_LITERALS", False)
        for path in paths:
            found.parse(path, format="turtle")
    return found


@cache
def shapes() -> Graph:
    return graph([*sorted((ONTOLOGY / "shapes").glob("*.ttl")), ONTOLOGY / "prefixes.ttl"])


@cache
def vocabulary() -> Graph:
    """Give the ontology and the concepts, with what is derived from them."""
    return graph([ONTOLOGY / "coop.ttl", *sorted((ONTOLOGY / "concepts").glob("*.ttl"))])


@cache
def world() -> Graph:
    """Give the vocabulary and the few things that the cases refer to."""
    return vocabulary() + graph([CASES / "world.ttl"])


@cache
def declarations() -> Graph:
    """Give the part of the vocabulary that tells which terms of ours are declared."""
    found = Graph()
    for term, home in vocabulary().subject_objects(RDFS.isDefinedBy):
        if isinstance(term, URIRef) and term in COOP:
            found.add((term, RDFS.isDefinedBy, home))
    return found


def data_graph(triples: Graph) -> DataGraph:
    return DataGraph.from_rdflib(triples)


@cache
def validator() -> Validator:
    return Validator(data_graph(Graph()), shacl_graph=shapes())


@cache
def targeted() -> tuple[Shape, ...]:
    """Give the shapes that have targets."""
    return tuple(shape for shape in validator().shacl_graph.shapes if any(shape.target()))


def focus_nodes(shape: Shape, data: DataGraph) -> set[IdentifiedNode | Literal]:
    return set(shape.focus_nodes(data))  # type: ignore[no-untyped-call]


@contextmanager
def together(base: Graph, case: Graph) -> Iterator[DataGraph]:
    """Lend the base with the case in it: a copy for each case would take most of the time."""
    added = [triple for triple in case if triple not in base]
    for triple in added:
        base.add(triple)
    try:
        yield data_graph(base)
    finally:
        for triple in added:
            base.remove(triple)


def nodes(case: Graph) -> set[Node]:
    return {node for s, _, o in case for node in (s, o)}


def results(case: Graph, focus: set[Node]) -> Counter[Result]:
    """Validate a case, in its world, against all shapes, at the focus nodes that are its own.

    Shapes that scan the whole graph from one node (sh:targetNode) read the case alone: what they
    find in the vocabulary does not change with it, and another test looks at that.
    """
    # pySHACL 0.40.1 applies its option focus_nodes to nested shapes too, which then pass.
    executor = validator().make_executor()
    found: Counter[Result] = Counter()
    with together(world(), case) as whole, together(declarations(), case) as alone:
        for shape in targeted():
            scans = any(shapes()[shape.node : SH.targetNode])
            data = alone if scans else whole
            reached = focus_nodes(shape, data)
            if not scans:
                reached &= focus
            if reached:
                _, reports = shape.validate(executor, data, focus=list(reached))
                found.update(result(triples) for _, _, triples in reports)
    return found


def result(triples: list[tuple[Node, Node, object]]) -> Result:
    # pySHACL gives nodes as pairs of a graph and a node; details come after the result itself.
    own = [(p, o[1] if isinstance(o, tuple) else o) for s, p, o in triples if s == triples[0][0]]
    facts = {p: o for p, o in own if isinstance(o, (URIRef, BNode, Literal))}
    focus = facts[SH.focusNode]
    # A query may bind ?path, which the message then names; the case tells the shape's own.
    path = shapes().value(facts[SH.sourceShape], SH.path)
    return Result(
        shape=curie(facts[SH.sourceShape]),
        focus=ANY_BLANK if isinstance(focus, BNode) else focus,
        path=path_text(path) if path is not None else "-",
    )


def curie(term: Node) -> str:
    if not isinstance(term, URIRef):
        return str(term)
    spaces = {p: str(n) for p, n in prefixes().items() if term.startswith(n)}
    prefix = max(spaces, key=lambda p: len(spaces[p]))
    return f"{prefix}:{term.removeprefix(spaces[prefix])}"


@cache
def prefixes() -> dict[str, str]:
    declared = shapes().subject_objects(SH.prefix)
    return {str(p): str(shapes().value(node, SH.namespace)) for node, p in declared}


def path_text(path: Node) -> str:
    """Write a path (SHACL, 2.3.1) as SPARQL does."""
    if isinstance(path, URIRef):
        return curie(path)
    inverse = shapes().value(path, SH.inversePath)
    if inverse is not None:
        return "^" + path_text(inverse)
    alternative = shapes().value(path, SH.alternativePath)
    parts = Collection(shapes(), alternative if alternative is not None else path)
    return ("|" if alternative is not None else "/").join(map(path_text, parts))


def expected(path: Path) -> Counter[Result]:
    """Read the head of a violating case: groups of `# shape:`, `# focus:`, `# path:`."""
    text = path.read_text("utf-8")
    group = r"^# shape: (\S+)\n# focus: (.+)\n# path: (\S+)$"
    return Counter(Result(s, term(f), p) for s, f, p in re.findall(group, text, re.MULTILINE))


def term(text: str) -> Node:
    if text == "_:":
        return ANY_BLANK
    head = "".join(f"@prefix {p}: <{n}> .\n" for p, n in prefixes().items())
    return next(Graph().parse(data=f"{head}[] <urn:x> {text} .", format="turtle").objects())


def case_id(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", VIOLATING, ids=case_id)
def test_a_violating_case_gives_exactly_the_results_in_its_head(path: Path) -> None:
    case = graph([path])

    assert results(case, nodes(case)) == expected(path)


@pytest.mark.parametrize("path", CONFORMING, ids=case_id)
def test_a_conforming_case_gives_no_result(path: Path) -> None:
    case = graph([path])

    assert results(case, nodes(case)) == Counter()


def test_the_vocabulary_and_the_world_of_the_cases_conform() -> None:
    conforms, _, text = pyshacl.validate(world(), shacl_graph=shapes(), inference="none")

    assert conforms, text


def test_the_shapes_are_well_formed() -> None:
    """The shapes of SHACL itself (SHACL, C) accept them."""
    data = graph([CASES / "site" / "conforms-campus.ttl"])
    pyshacl.validate(data, shacl_graph=shapes(), meta_shacl=True)


CODED = set(shapes().subjects(DCTERMS.identifier))


def test_every_shape_with_a_code_occurs_in_a_violating_case() -> None:
    shown = {found.shape for path in VIOLATING for found in expected(path)}

    assert shown == set(map(curie, CODED))


def test_every_shape_with_a_code_reaches_a_node_of_a_conforming_case() -> None:
    reached: set[Node] = set()
    for path in CONFORMING:
        case = graph([path])
        with together(world(), case) as data:
            for shape in targeted():
                if shape.node not in reached and (
                    any(shapes()[shape.node : SH.targetNode])
                    or focus_nodes(shape, data) & nodes(case)
                ):
                    reached |= {shape.node, *shapes().objects(shape.node, SH.property)}
    # To conform to a shape that forbids its own target is not to be reached.
    forbidding = set(shapes().subjects(SH.maxCount, Literal(0)))

    assert set(map(curie, CODED - reached - forbidding)) == set()


def test_codes_are_unique_and_well_formed() -> None:
    codes = Counter(str(code) for code in shapes().objects(None, DCTERMS.identifier))

    assert [code for code, times in codes.items() if times > 1] == []
    assert [code for code in codes if not re.fullmatch(r"COOP[1-8]\d\d", code)] == []


def test_a_code_of_a_shape_is_none_that_the_tool_reports() -> None:
    sources = sorted((ROOT / "src").rglob("*.py"))
    # Quoted: a comment may name the code of a shape.
    reported = {
        c for path in sources for c in re.findall(r'"(COOP\d{3})"', path.read_text("utf-8"))
    }

    assert "COOP000" in reported
    assert reported & set(map(str, shapes().objects(None, DCTERMS.identifier))) == set()


@pytest.mark.parametrize("predicate", [SH.name, SH.message], ids=["name", "message"])
def test_what_people_read_is_in_french_and_in_english(predicate: URIRef) -> None:
    speaking = CODED | set(shapes().subjects(predicate))
    languages = {s: sorted(_languages(s, predicate)) for s in speaking}

    assert {curie(s): found for s, found in languages.items() if found != ["en", "fr"]} == {}


def _languages(shape: Node, predicate: URIRef) -> list[str]:
    texts = shapes().objects(shape, predicate)
    return [text.language or "" for text in texts if isinstance(text, Literal)]


def test_both_messages_name_the_same_variables() -> None:
    for shape in CODED:
        messages = [str(text) for text in shapes().objects(shape, SH.message)]
        assert len({frozenset(re.findall(r"{[?$]\w+}", text)) for text in messages}) == 1, messages


def test_every_shape_that_can_report_has_an_iri_a_code_and_a_severity() -> None:
    about = {RDF.type, DCTERMS.identifier, SH.name, SH.message, SH.severity, SH.path, SH.property}
    targets = {SH.targetClass, SH.targetNode, SH.targetObjectsOf, SH.targetSubjectsOf}
    with_target = {s for target in targets for s in shapes().subjects(target)}
    reporting = with_target | {p for s in with_target for p in shapes().objects(s, SH.property)}
    constrained = {s for s in reporting if set(shapes().predicates(s)) - about - targets}

    assert [s for s in reporting if not isinstance(s, URIRef)] == []
    assert set(map(curie, constrained)) == set(map(curie, CODED))
    assert {s for s in CODED if shapes().value(s, SH.severity) is None} == set()


def test_every_target_class_is_declared_in_the_ontology() -> None:
    targets = set(shapes().objects(None, SH.targetClass))

    assert {t for t in targets if (t, RDF.type, OWL.Class) not in vocabulary()} == set()


def test_every_shape_that_is_named_is_described_once() -> None:
    named = {t for t in shapes().all_nodes() if isinstance(t, URIRef) and t in COOPSH}
    described = [s for s, kind in shapes().subject_objects(RDF.type) if s in named]

    assert sorted(map(curie, named)) == sorted(map(curie, described))


def test_no_exists_of_a_query_holds_two_patterns() -> None:
    """Oxigraph 0.5.13 joins them as if the outer variable were free: quadratic time."""
    queries = [str(query) for query in shapes().objects(None, SH.select)]
    inside = [body for query in queries for body in re.findall(r"EXISTS\s*{([^}]*)}", query)]

    assert inside
    assert [body for body in inside if re.search(r"[.;,]\s+\S", body)] == []


def test_the_queries_run_in_oxigraph_and_find_nothing_in_the_world() -> None:
    store = Store()
    store.load(world().serialize(format="nt").encode(), format=RdfFormat.N_TRIPLES)
    found = {
        curie(node): len(list(cast(QuerySolutions, store.query(str(text), prefixes=prefixes()))))
        for node, text in shapes().subject_objects(SH.select)
    }

    assert found
    assert {node: rows for node, rows in found.items() if rows} == {}


def test_no_query_uses_what_pre_binding_forbids() -> None:
    """SHACL, 5.2.1: no MINUS, VALUES or SERVICE."""
    queries = [str(query) for query in shapes().objects(None, SH.select)]

    assert [q for q in queries if re.search(r"\b(MINUS|VALUES|SERVICE)\b", q)] == []
