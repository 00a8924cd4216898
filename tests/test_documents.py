"""Documents: what a graph says of an IRI is the same in every syntax, and is all of it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable
from xml.etree import ElementTree

import pytest
from conftest import Make
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import (
    BlankNode,
    CanonicalizationAlgorithm,
    Dataset,
    Literal,
    NamedNode,
    Quad,
    RdfFormat,
    Triple,
    parse,
)

from coopera import graphs
from coopera.pages.index import index
from coopera.project import Project
from coopera.publication import Publication
from coopera.publication.context import Context
from coopera.publication.documents import WRITERS
from coopera.publication.graph import named
from coopera.publication.rdfxml import can_hold, rdf_xml
from coopera.tables import Quads
from coopera.terms import Prefixes

BASE = "https://w3id.org/coopera/"
KTP = "id/agreement/imt-uts-ktp-2025"
SYNTAXES = {
    ".ttl": RdfFormat.TURTLE, ".nt": RdfFormat.N_TRIPLES, ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}  # fmt: skip


def canonical(triples: Iterable[Triple | Quad]) -> frozenset[str]:
    """Give triples as texts that are equal where the graphs are (RDFC-1.0)."""
    kept = {Triple(t.subject, t.predicate, t.object) for t in triples}
    if not any(BlankNode in (type(t.subject), type(t.object)) for t in kept):
        return frozenset(map(str, kept))
    dataset = Dataset(Quad(t.subject, t.predicate, t.object) for t in kept)
    dataset.canonicalize(CanonicalizationAlgorithm.RDFC_1_0)
    return frozenset(str(quad.triple) for quad in dataset)


def read(content: bytes, ending: str) -> frozenset[str]:
    return canonical(parse(content, format=SYNTAXES[ending]))


@pytest.fixture(scope="module")
def published(coopera_project: Project) -> Publication:
    return Publication(coopera_project, graphs.read_all(coopera_project.graph_files))


@pytest.fixture(scope="module")
def stems(published: Publication) -> list[str]:
    return sorted({name.rpartition(".")[0] for name in published.documents.names()})


def test_each_document_says_the_same_in_every_syntax(
    published: Publication, stems: list[str]
) -> None:
    assert set(SYNTAXES) == set(WRITERS)
    for stem in stems:
        told = {e: read(published.content(f"{stem}{e}"), e) for e in SYNTAXES}
        assert len(set(told.values())) == 1, stem


def test_a_document_about_a_thing_says_what_the_graph_says_of_it(
    published: Publication, stems: list[str], coopera_project: Project
) -> None:
    expected: dict[object, Quads] = defaultdict(list)
    for triple in published.triples:
        expected[triple.subject].append(triple)
        expected[triple.object].append(triple)
    for stem in stems:
        if not stem.startswith(("id/", "concept/")):
            continue
        iri = NamedNode(f"{BASE}{stem}")
        assert read(published.content(f"{stem}.nt"), ".nt") == canonical(expected[iri]), stem
    things = {
        t.subject.value[len(BASE) :]
        for t in published.triples
        if isinstance(t.subject, NamedNode) and t.subject.value.startswith(f"{BASE}id/")
    }
    assert things <= set(stems)


def test_the_document_of_the_ontology_holds_each_term_and_what_leads_from_it(
    published: Publication,
) -> None:
    text = published.content("ontology.nt").decode()

    assert f"<{BASE}ontology#Agreement> <http://www.w3.org/2002/07/owl#deprecated>" not in text
    for kind in ("Class", "ObjectProperty", "DatatypeProperty"):
        for iri in published.pages.index.instances[f"http://www.w3.org/2002/07/owl#{kind}"]:
            if iri.startswith(f"{BASE}ontology#"):
                assert f"<{iri}> " in text
    assert "<http://www.w3.org/ns/shacl#prefix>" in text, "blank nodes are described with it"


def test_the_document_of_the_shapes_holds_all_of_them(
    published: Publication, coopera_project: Project
) -> None:
    expected = graphs.read_all(sorted((coopera_project.ontology / "shapes").rglob("*.ttl")))

    assert read(published.content("shapes.ttl"), ".ttl") == canonical(expected)


def test_with_the_published_context_a_document_says_the_same(
    published: Publication, stems: list[str]
) -> None:
    whole = json.loads(published.content("context.jsonld"))["@context"]
    for stem in stems:
        content = published.content(f"{stem}.jsonld")
        document = json.loads(content)
        if isinstance(document, dict):
            for name, meaning in document["@context"].items():
                assert whole[name] == meaning, (stem, name)
            document["@context"] = whole
            written = json.dumps(document).encode()
            assert read(written, ".jsonld") == read(content, ".jsonld"), stem


def test_other_readers_read_the_same(published: Publication) -> None:
    import rdflib

    for stem in (KTP, "ontology", "concept/commitment-status", "id/dataset/coopera"):
        expected = read(published.content(f"{stem}.nt"), ".nt")
        for ending, name in ((".rdf", "xml"), (".jsonld", "json-ld"), (".ttl", "turtle")):
            graph = rdflib.Graph().parse(published.content(f"{stem}{ending}"), format=name)
            written = graph.serialize(format="nt", encoding="utf-8")
            assert read(written, ".nt") == expected, (stem, ending)


def test_json_of_a_thing_begins_with_it_and_reads_as_json_does(published: Publication) -> None:
    document = json.loads(published.content(f"{KTP}.jsonld"))

    assert document["id"] == f"{BASE}{KTP}"
    assert document["type"] == "Agreement"
    assert document["prefLabel"]["fr"].startswith("Accord")
    assert document["currentStatus"] == f"{BASE}concept/agreement-status/signed"
    assert {"id": f"{BASE}id/partnership/imt-uts"} in document["@reverse"]["framedBy"]
    observed = json.loads(published.content("id/observation/imt-students.jsonld"))
    assert isinstance(observed["minValue"], int)


def test_turtle_of_a_thing_begins_with_it(published: Publication) -> None:
    lines = published.content("id/institution/uts.ttl").decode().splitlines()
    statements = [line for line in lines if line and not line.startswith("@prefix")]

    assert statements[0].startswith("institution:uts a coop:Institution")


def test_prefixes_that_are_not_used_are_not_carried(published: Publication) -> None:
    for ending in (".jsonld", ".rdf", ".ttl"):
        text = published.content(f"{KTP}{ending}").decode()
        assert "http://www.w3.org/ns/oa#" not in text


def test_the_context_names_our_properties_and_classes(published: Publication) -> None:
    context = json.loads(published.content("context.jsonld"))["@context"]

    assert context["party"] == {"@id": "coop:party", "@type": "@id"}
    assert context["prefLabel"] == {"@id": "skos:prefLabel", "@container": "@language"}
    assert context["earliest"] == {"@id": "coop:earliest", "@type": "xsd:date"}
    assert context["asOf"] == "coop:asOf", "dates of several precisions carry their datatype"
    assert context["Agreement"] == "coop:Agreement"
    assert context["role"] == f"{BASE}concept/role/", "a prefix keeps its name"
    assert context["coop"] == f"{BASE}ontology#"


# --- What must not be lost ---------------------------------------------------------------------------

OWL = "http://www.w3.org/2002/07/owl#"
XSD = "http://www.w3.org/2001/XMLSchema#"
SCHEMA = "https://schema.org/"
EX = "https://example.org/"
PREFIXES = Prefixes({"ex": EX, "xsd": XSD, "odd": "https://odd.example/x=", "schema": SCHEMA})


def vocabulary() -> Quads:
    """Declare one property of each kind."""
    kinds = {
        "link": "ObjectProperty",
        "day": "DatatypeProperty",
        "count": "DatatypeProperty",
        "sure": "DatatypeProperty",
        "any": "DatatypeProperty",
        "Thing": "Class",
    }
    triples = [
        Triple(NamedNode(EX + name), NamedNode(TYPE), NamedNode(OWL + kind))
        for name, kind in kinds.items()
    ]
    ranges = {"day": "date", "count": "integer", "sure": "boolean"}
    triples += [
        Triple(NamedNode(EX + name), NamedNode(SCHEMA + "rangeIncludes"), NamedNode(XSD + datatype))
        for name, datatype in ranges.items()
    ]
    return triples


TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
CONTEXT = Context(index(vocabulary()), PREFIXES)
TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
IRIS = st.sampled_from(
    [f"{EX}{name}" for name in ("a", "b/c", "x#y", "%C3%A9", "été", "a?b=c&d", "q'r")]
    + ["urn:isbn:1", "ex:looks-like-a-prefix", "mailto:a@example.org", "https://odd.example/x=1"]
).map(NamedNode)
NODES = st.one_of(IRIS, st.sampled_from(["b0", "b1"]).map(BlankNode))
LITERALS = st.one_of(
    TEXTS.map(Literal),
    st.builds(
        lambda text, tag: Literal(text, language=tag),
        TEXTS,
        st.sampled_from(["en", "fr", "zh-hant-tw", "x-klingon"]),
    ),
    st.builds(
        lambda text, name: Literal(text, datatype=NamedNode(name)),
        st.one_of(TEXTS, st.sampled_from(["1", "01", "-0", "1e3", "true", "1.0", "9" * 30])),
        st.sampled_from(
            [XSD + n for n in ("integer", "boolean", "date", "double", "decimal", "anyURI")]
            + [EX + "own", "urn:own", TYPE.replace("type", "XMLLiteral")]
        ),
    ),
)
PREDICATES = st.sampled_from(
    [EX + n for n in ("link", "day", "count", "sure", "any", "other", "Thing", "1", "a/", "é")]
    + ["http://www.w3.org/2004/02/skos/core#prefLabel", TYPE, "urn:p", "ex:q", "https://odd.example/x=p"]
    + [TYPE.replace("type", name) for name in ("li", "_1", "first", "Description")]
).map(NamedNode)  # fmt: skip
GRAPHS = st.lists(st.builds(Triple, NODES, PREDICATES, st.one_of(NODES, LITERALS)), max_size=8)


@given(GRAPHS)
@settings(max_examples=400, deadline=None)
def test_json_ld_loses_nothing(triples: Quads) -> None:
    kept = named(triples)
    for about in (None, EX + "a"):
        written = CONTEXT.document(kept, about)
        found = canonical(parse(written, format=RdfFormat.JSON_LD))
        assert found == canonical(kept), written.decode()


@given(GRAPHS)
@settings(max_examples=400, deadline=None)
def test_rdf_xml_loses_nothing_that_it_can_hold_and_is_xml(triples: Quads) -> None:
    kept = [triple for triple in named(triples) if can_hold(triple)]
    written = rdf_xml(kept, PREFIXES)

    ElementTree.fromstring(written)  # noqa: S314 - our own text
    assert canonical(parse(written, format=RdfFormat.RDF_XML)) == canonical(kept)


@pytest.mark.parametrize(
    ("predicate", "value"),
    [
        (EX + "a/", "x"),
        (EX + "1", "x"),
        (TYPE.replace("type", "li"), "x"),
        (EX + "p", "bell \x07"),
        (EX + "p", "\ufffe"),
    ],
)
def test_what_rdf_xml_cannot_state_is_known(predicate: str, value: str) -> None:
    assert not can_hold(Triple(NamedNode(EX + "a"), NamedNode(predicate), Literal(value)))


def test_a_carriage_return_survives_any_reader_of_xml() -> None:
    triple = Triple(NamedNode(EX + "a"), NamedNode(EX + "p"), Literal("one\r\ntwo\rthree"))
    tree = ElementTree.fromstring(rdf_xml([triple], PREFIXES))  # noqa: S314 - our own text

    assert tree[0][0].text == "one\r\ntwo\rthree"


def test_a_name_that_two_vocabularies_share_stands_for_neither() -> None:
    other = "https://other.example/"
    shared = [
        Triple(NamedNode(space + "shared"), NamedNode(TYPE), NamedNode(OWL + "ObjectProperty"))
        for space in (EX, other)
    ]
    ours = Triple(
        NamedNode("https://own.example/shared"), NamedNode(TYPE), NamedNode(OWL + "Class")
    )

    assert "shared" not in Context(index(shared), PREFIXES).terms.values()
    first = Context(index([*shared, ours]), PREFIXES, ["https://own.example/"])
    assert first.terms["https://own.example/shared"] == "shared"
    assert list(first.terms.values()).count("shared") == 1


# --- The files ---------------------------------------------------------------------------------------


def small(make: Make, more: str) -> Publication:
    project = make({"data/one/more.ttl": f"@base <{BASE}> .\n{more}"})
    return Publication(project, graphs.read_all(project.graph_files))


def test_a_document_does_not_take_the_place_of_a_file_of_the_data(make: Make) -> None:
    made = small(make, '<data/one/more> <http://purl.org/dc/terms/title> "More"@en .')

    assert b"@base" in made.content("data/one/more.ttl")
    assert made.documents.endings("data/one/more") == ()
    assert "data/one/more.nt" not in made.files


def test_an_iri_with_capitals_has_its_document_where_it_has_its_page(make: Make) -> None:
    made = small(make, '<id/agreement/IMT> <http://purl.org/dc/terms/title> "IMT"@en .')

    assert b"IMT" in made.content("id/agreement/~49~4d~54.ttl")
    assert made.documents.about("id/agreement/~49~4d~54.ttl") == f"{BASE}id/agreement/IMT"


def test_what_xml_cannot_hold_has_no_file_and_no_link_in_rdf_xml(make: Make) -> None:
    made = small(make, '<id/agreement/bell> <http://purl.org/dc/terms/title> "\\u0007"@en .')

    assert "id/agreement/bell.rdf" not in made.files
    assert {f"id/agreement/bell{e}" for e in (".ttl", ".nt", ".jsonld")} <= made.files
    assert "id/agreement/a.rdf" in made.files
    with pytest.raises(KeyError):
        made.content("id/agreement/bell.rdf")
    assert "application/rdf+xml" not in made.pages.text("id/agreement/bell", "en")


@pytest.mark.parametrize(
    "name", ["id/agreement/none.ttl", f"{KTP}.exe", f"{KTP}", "id/../coopera.toml", "", "."]
)
def test_a_file_that_is_not_there_is_a_key_error(published: Publication, name: str) -> None:
    assert published.documents.about(name) is None
    with pytest.raises(KeyError):
        published.content(name)


@pytest.mark.parametrize("address", [KTP, "ontology", "ontology/Agreement", "concept/role"])
def test_a_page_leads_to_the_documents_about_its_thing(
    published: Publication, address: str
) -> None:
    html = published.content(f"fr/{address}.html").decode()
    found = re.findall(r'<link rel="alternate" type="([^"]*)" href="([^"]*)">', html)
    root = "../" * (address.count("/") + 1)

    assert found == [
        ("text/turtle", f"{root}{address}.ttl"),
        ("application/ld+json", f"{root}{address}.jsonld"),
        ("application/n-triples", f"{root}{address}.nt"),
        ("application/rdf+xml", f"{root}{address}.rdf"),
    ]


def test_a_page_names_the_url_at_which_it_stands(make: Make) -> None:
    made = small(make, "")
    assert f'<link rel="canonical" href="{BASE}en/id/agreement/a.html">' in made.pages.text(
        "id/agreement/a", "en"
    )

    project = make({"coopera.toml": 'url = "https://data.example.org/coop/"'})
    other = Publication(project, graphs.read_all(project.graph_files))
    html = other.pages.text("id/agreement/a", "fr")
    assert (
        '<link rel="canonical" href="https://data.example.org/coop/fr/id/agreement/a.html">' in html
    )
