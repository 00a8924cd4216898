"""The catalogue of the data sets: what DCAT-AP 3.0.1 asks for, what VoID says, and the files."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from coopera.publication.dumps import FORMS, RDF_FORMS
from coopera.publication.types import type_of

DATA = Path(__file__).parents[1] / "data"
BASE = "https://w3id.org/coopera/"
GENERATED = {"evidence.ttl", "derived.ttl"}

NAMESPACES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dataset": BASE + "id/dataset/",
    "dcterms": "http://purl.org/dc/terms/",
    "document": BASE + "id/document/",
    "eu": "http://publications.europa.eu/resource/authority/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "iana": "http://www.iana.org/assignments/media-types/",
    "organization": BASE + "id/organization/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "schema": "https://schema.org/",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "void": "http://rdfs.org/ns/void#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}

Term = NamedNode | BlankNode | Literal
Graph = frozenset[Triple]
Check = Callable[[Graph, list[Term]], bool]
"""Says whether the values of one property are of the right kind."""


def iri(curie: str) -> NamedNode:
    prefix, _, name = curie.partition(":")
    return NamedNode(NAMESPACES[prefix] + name)


TYPE = iri("rdf:type")
COOPERA = iri("organization:coopera")


def read(turtle: bytes) -> Graph:
    return frozenset(quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE))


def values(graph: Graph, subject: Term, predicate: str) -> list[Term]:
    return [
        triple.object
        for triple in graph
        if triple.subject == subject
        and triple.predicate == iri(predicate)
        and not isinstance(triple.object, Triple)
    ]


def members(graph: Graph, kind: str) -> set[NamedNode]:
    return {
        triple.subject
        for triple in graph
        if triple.predicate == TYPE
        and triple.object == iri(kind)
        and isinstance(triple.subject, NamedNode)
    }


# Kinds of values


def in_both_languages(graph: Graph, found: list[Term]) -> bool:
    languages = [term.language for term in found if isinstance(term, Literal)]
    return len(languages) == len(found) and set(languages) == {"fr", "en"}


def one_in_each_language(graph: Graph, found: list[Term]) -> bool:
    return in_both_languages(graph, found) and len(found) == 2


def within(*namespaces: str) -> Check:
    """Make a check: IRIs, and each within one of the namespaces."""
    starts = tuple(iri(namespace).value for namespace in namespaces)

    def check(graph: Graph, found: list[Term]) -> bool:
        return all(isinstance(t, NamedNode) and t.value.startswith(starts) for t in found)

    return check


def described_as(kind: str) -> Check:
    """Make a check: IRIs, and each described in the catalogue as of one class."""

    def check(graph: Graph, found: list[Term]) -> bool:
        return set(found) <= members(graph, kind)

    return check


def one_address(graph: Graph, found: list[Term]) -> bool:
    return len(found) == 1 and all(
        isinstance(t, NamedNode) and t.value.startswith(("http://", "https://")) for t in found
    )


def addresses(graph: Graph, found: list[Term]) -> bool:
    return all(one_address(graph, [term]) for term in found)


def one_date(graph: Graph, found: list[Term]) -> bool:
    kinds = {iri("xsd:" + name) for name in ("date", "gYearMonth", "gYear")}
    return len(found) == 1 and all(isinstance(t, Literal) and t.datatype in kinds for t in found)


@dataclass(frozen=True)
class Requirement:
    """A mandatory or recommended property of DCAT-AP 3.0.1."""

    section: str  # the anchor in https://semiceu.github.io/DCAT-AP/releases/3.0.1/
    kind: str
    level: str
    path: str
    check: Check

    def broken(self, graph: Graph) -> set[NamedNode]:
        """Give the nodes of the class that lack the property, or hold a value of another kind."""
        return {
            node
            for node in members(graph, self.kind)
            if not (found := values(graph, node, self.path)) or not self.check(graph, found)
        }


LICENCE = described_as("dcterms:LicenseDocument")
PUBLISHER = described_as("foaf:Agent")

ASKED: list[tuple[str, str, list[tuple[str, str, Check]]]] = [
    (
        "#Agent",
        "foaf:Agent",
        [
            ("mandatory", "foaf:name", one_in_each_language),
            ("recommended", "dcterms:type", addresses),
        ],
    ),
    (
        "#Catalogue",
        "dcat:Catalog",
        [
            ("mandatory", "dcterms:title", one_in_each_language),
            ("mandatory", "dcterms:description", one_in_each_language),
            ("mandatory", "dcterms:publisher", PUBLISHER),
            ("recommended", "dcat:dataset", described_as("dcat:Dataset")),
            ("recommended", "dcterms:spatial", within("eu:country/")),
            ("recommended", "foaf:homepage", one_address),
            ("recommended", "dcterms:language", within("eu:language/")),
            ("recommended", "dcterms:license", LICENCE),
            ("recommended", "dcterms:modified", one_date),
            ("recommended", "dcterms:issued", one_date),
            ("recommended", "dcat:themeTaxonomy", within("eu:data-theme")),
        ],
    ),
    (
        "#Dataset",
        "dcat:Dataset",
        [
            ("mandatory", "dcterms:title", one_in_each_language),
            ("mandatory", "dcterms:description", one_in_each_language),
            ("recommended", "dcat:contactPoint", described_as("vcard:Kind")),
            ("recommended", "dcat:distribution", described_as("dcat:Distribution")),
            ("recommended", "dcterms:spatial", within("eu:country/")),
            ("recommended", "dcat:keyword", in_both_languages),
            ("recommended", "dcterms:publisher", PUBLISHER),
            ("recommended", "dcterms:temporal", described_as("dcterms:PeriodOfTime")),
            ("recommended", "dcat:theme", within("eu:data-theme/")),
        ],
    ),
    (
        "#Distribution",
        "dcat:Distribution",
        [
            ("mandatory", "dcat:accessURL", addresses),
            ("recommended", "dcatap:availability", within("eu:planned-availability/")),
            ("recommended", "dcterms:description", one_in_each_language),
            ("recommended", "dcterms:format", within("eu:file-type/")),
            ("recommended", "dcterms:license", LICENCE),
        ],
    ),
    (
        "#LicenceDocument",
        "dcterms:LicenseDocument",
        [("recommended", "dcterms:type", addresses)],
    ),
    (
        "#PeriodofTime",
        "dcterms:PeriodOfTime",
        [
            ("recommended", "dcat:startDate", one_date),
            ("recommended", "dcat:endDate", one_date),
        ],
    ),
    (
        "#controlled-vocs",
        "dcat:Distribution",
        [("optional", "dcat:mediaType", within("iana:"))],
    ),
]

REQUIREMENTS = [
    Requirement(section, kind, level, path, check)
    for section, kind, rows in ASKED
    for level, path, check in rows
]

WAIVED = {
    "dcat:service": "#Catalogue, recommended: there is no public data service to describe",
    "dcat:bbox": "#Location, recommended: a place is an IRI of the EU's list, described there",
    "dcat:centroid": "#Location, recommended: for the same reason",
}

MINIATURE = "".join(f"@prefix {p}: <{n}> .\n" for p, n in NAMESPACES.items()) + (
    """
    dataset:catalog a dcat:Catalog ; dcterms:title "C"@en , "C"@fr ;
        dcterms:description "D"@en , "D"@fr ; dcterms:publisher organization:coopera ;
        dcat:dataset dataset:d ; dcterms:language <http://publications.europa.eu/resource/authority/language/FRA> ;
        dcterms:spatial <http://publications.europa.eu/resource/authority/country/FRA> ;
        foaf:homepage <https://example.org/> ; dcterms:license <https://example.org/licence> ;
        dcterms:issued "2026-01-01"^^xsd:date ; dcterms:modified "2026-01-02"^^xsd:date ;
        dcat:themeTaxonomy <http://publications.europa.eu/resource/authority/data-theme> .
    dataset:d a dcat:Dataset , void:Dataset ; dcterms:title "T"@en , "T"@fr ;
        dcterms:description "D"@en , "D"@fr ; dcterms:publisher organization:coopera ;
        dcat:contactPoint organization:contact ; dcat:keyword "a"@en , "b"@en , "a"@fr ;
        dcat:theme <http://publications.europa.eu/resource/authority/data-theme/EDUC> ;
        dcterms:spatial <http://publications.europa.eu/resource/authority/country/FRA> ;
        dcterms:temporal dataset:d-period ;
        dcat:distribution <https://w3id.org/coopera/data/d/agreements.ttl> ;
        void:dataDump <https://w3id.org/coopera/data/d/agreements.ttl> .
    dataset:d-period a dcterms:PeriodOfTime ; dcat:startDate "2000"^^xsd:gYear ;
        dcat:endDate "2025-07"^^xsd:gYearMonth .
    <https://w3id.org/coopera/data/d/agreements.ttl> a dcat:Distribution ;
        dcterms:creator organization:coopera ; dcterms:description "D"@en , "D"@fr ;
        dcat:accessURL <https://w3id.org/coopera/data/d/agreements.ttl> ;
        dcatap:availability <http://publications.europa.eu/resource/authority/planned-availability/STABLE> ;
        dcterms:format <http://publications.europa.eu/resource/authority/file-type/RDF_TURTLE> ;
        dcat:mediaType <http://www.iana.org/assignments/media-types/text/turtle> ;
        dcterms:license <https://example.org/licence> .
    <https://example.org/licence> a dcterms:LicenseDocument ;
        dcterms:type <http://purl.org/adms/licencetype/Attribution> .
    organization:coopera a foaf:Agent ; foaf:name "P"@en , "P"@fr ;
        dcterms:type <http://purl.org/adms/publishertype/NonProfitOrganisation> .
    organization:contact a vcard:Kind , vcard:Organization ; vcard:hasURL <https://example.org/> .
    """
)
"""A whole catalogue, as small as can be; the tests below break it in each way."""


def label(requirement: Requirement) -> str:
    return f"{requirement.kind} {requirement.path} ({requirement.level})"


@pytest.fixture(scope="module")
def catalog() -> Graph:
    return read((DATA / "catalog.ttl").read_bytes())


@pytest.fixture(scope="module")
def miniature() -> Graph:
    return read(MINIATURE.encode())


def without(graph: Graph, requirement: Requirement) -> Graph:
    nodes = members(graph, requirement.kind)
    path = iri(requirement.path)
    return frozenset(t for t in graph if not (t.subject in nodes and t.predicate == path))


# What DCAT-AP asks for


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=label)
def test_each_property_that_dcat_ap_asks_for_is_there_and_of_its_kind(
    catalog: Graph, requirement: Requirement
) -> None:
    assert members(catalog, requirement.kind)
    assert requirement.broken(catalog) == set()


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=label)
def test_a_missing_property_is_found(miniature: Graph, requirement: Requirement) -> None:
    broken = [r for r in REQUIREMENTS if r.broken(without(miniature, requirement))]

    assert broken == [requirement]


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=label)
def test_a_value_of_another_kind_is_found(miniature: Graph, requirement: Requirement) -> None:
    nodes = members(miniature, requirement.kind)
    wrong = {Triple(node, iri(requirement.path), Literal("some text")) for node in nodes}

    assert requirement.broken(miniature | wrong) == nodes


@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=label)
def test_the_miniature_meets_the_same_demands(miniature: Graph, requirement: Requirement) -> None:
    assert requirement.broken(miniature) == set()


@pytest.mark.parametrize("path", WAIVED)
def test_a_waived_property_is_absent_so_that_its_reason_still_holds(
    catalog: Graph, path: str
) -> None:
    assert iri(path) not in {triple.predicate for triple in catalog}


def unlisted(graph: Graph) -> set[NamedNode]:
    listed = {triple.object for triple in graph if triple.predicate == iri("dcat:dataset")}
    return {node for node in members(graph, "dcat:Dataset") if node not in listed}


def test_the_catalogue_lists_every_data_set(catalog: Graph) -> None:
    assert unlisted(catalog) == set()


def test_a_data_set_outside_the_catalogue_is_found(miniature: Graph) -> None:
    other = iri("dataset:other")

    assert unlisted(miniature | {Triple(other, TYPE, iri("dcat:Dataset"))}) == {other}


# Both languages


def untranslated(graph: Graph) -> set[tuple[str, str]]:
    """Give subjects and properties whose tagged values are not in both languages."""
    tagged: dict[tuple[str, str], set[str]] = {}
    for triple in graph:
        if isinstance(triple.object, Literal) and triple.object.language:
            key = (str(triple.subject), triple.predicate.value)
            tagged.setdefault(key, set()).add(triple.object.language)
    return {key for key, languages in tagged.items() if languages != {"fr", "en"}}


def test_every_text_is_in_french_and_in_english(catalog: Graph) -> None:
    assert untranslated(catalog) == set()


def test_a_text_in_one_language_is_found(miniature: Graph) -> None:
    node, name = iri("dataset:d"), iri("adms:versionNotes")

    assert untranslated(miniature | {Triple(node, name, Literal("First.", language="en"))}) == {
        (str(node), name.value)
    }


# The files


def data_files(folder: Path) -> set[str]:
    """Give the IRI of each Turtle file that people write, below the folder of the data."""
    return {
        f"{BASE}data/{path.relative_to(folder).as_posix()}"
        for path in folder.glob("*/*.ttl")
        if path.name not in GENERATED
    }


def described_files(graph: Graph) -> set[str]:
    """Give the files whose description names their data set, their address and their creator."""
    return {
        node.value
        for node in members(graph, "dcat:Distribution")
        if node.value.startswith(BASE + "data/")
        and node in values(graph, iri(f"dataset:{node.value.split('/')[-2]}"), "dcat:distribution")
        and node in values(graph, node, "dcat:accessURL")
        and COOPERA in values(graph, node, "dcterms:creator")
    }


def test_every_data_file_is_described_and_every_description_has_its_file(catalog: Graph) -> None:
    assert described_files(catalog) == data_files(DATA)


def test_a_file_without_description_and_a_description_without_file_are_found(
    tmp_path: Path, miniature: Graph
) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    for name in ("institutions.ttl", "evidence.ttl"):
        (folder / name).touch()

    assert data_files(tmp_path) - described_files(miniature) == {f"{BASE}data/d/institutions.ttl"}
    assert described_files(miniature) - data_files(tmp_path) == {f"{BASE}data/d/agreements.ttl"}


def test_a_file_without_creator_does_not_count_as_described(miniature: Graph) -> None:
    creator = iri("dcterms:creator")

    assert described_files(frozenset(t for t in miniature if t.predicate != creator)) == set()


WHOLE = iri("dataset:coopera")
DUMPS = {NamedNode(f"{BASE}dumps/{name}") for name in FORMS if not name.endswith(".parquet")}


def other_than_dumps(graph: Graph) -> set[Term]:
    """Give what the whole lacks of the dumps, and what it offers beside them."""
    return DUMPS ^ set(values(graph, WHOLE, "dcat:distribution"))


def test_the_whole_is_offered_as_the_dumps_that_every_build_makes(catalog: Graph) -> None:
    assert other_than_dumps(catalog) == set()


def test_a_missing_dump_is_found(catalog: Graph) -> None:
    dump = Triple(WHOLE, iri("dcat:distribution"), NamedNode(BASE + "dumps/coopera.nt"))

    assert other_than_dumps(catalog - {dump}) == {dump.object}


# VoID

COUNTS = {
    iri("void:" + name)
    for name in (
        "triples",
        "entities",
        "classes",
        "properties",
        "distinctSubjects",
        "distinctObjects",
        "documents",
    )
}


def other_dumps(graph: Graph) -> set[NamedNode]:
    """Give the data sets whose dumps for VoID are not their distributions in RDF for DCAT."""
    return {
        node
        for node in members(graph, "void:Dataset")
        if set(values(graph, node, "void:dataDump"))
        != {d for d in values(graph, node, "dcat:distribution") if is_rdf(graph, d)}
    }


def is_rdf(graph: Graph, distribution: Term) -> bool:
    kinds = {iri(f"iana:{type_of(name)}") for name in RDF_FORMS}
    return bool(kinds & set(values(graph, distribution, "dcat:mediaType")))


def hand_counts(graph: Iterable[Triple]) -> set[Triple]:
    return {triple for triple in graph if triple.predicate in COUNTS}


def test_the_data_sets_of_void_are_those_of_dcat_with_the_same_files(catalog: Graph) -> None:
    assert members(catalog, "void:Dataset") == members(catalog, "dcat:Dataset")
    assert other_dumps(catalog) == set()


def test_a_dump_that_is_no_distribution_is_found(miniature: Graph) -> None:
    extra = Triple(iri("dataset:d"), iri("void:dataDump"), NamedNode(BASE + "dumps/other.nt"))

    assert other_dumps(miniature | {extra}) == {iri("dataset:d")}


def missing_of_the_whole(graph: Graph) -> set[str]:
    """Give the properties for VoID that the whole lacks, or whose values are not the right ones."""
    subsets = members(graph, "void:Dataset") - {WHOLE}
    holds = {
        "void:uriSpace": values(graph, WHOLE, "void:uriSpace") == [Literal(BASE + "id/")],
        "void:vocabulary": NamedNode(BASE + "ontology#") in values(graph, WHOLE, "void:vocabulary"),
        "void:subset": set(values(graph, WHOLE, "void:subset")) == subsets,
    }
    return {path for path, found in holds.items() if not found}


def test_the_whole_has_its_space_its_vocabularies_and_its_parts(catalog: Graph) -> None:
    assert missing_of_the_whole(catalog) == set()


def test_a_whole_without_space_vocabularies_and_parts_is_found(miniature: Graph) -> None:
    found = missing_of_the_whole(miniature)

    assert found == {"void:uriSpace", "void:vocabulary", "void:subset"}


def unknown_examples(graph: Graph, data: Graph) -> set[Term]:
    """Give the example resources that the data do not describe."""
    known = {triple.subject for triple in data}
    nodes = members(graph, "void:Dataset")
    examples = {e for node in nodes for e in values(graph, node, "void:exampleResource")}
    return {example for example in examples if example not in known}


def test_every_example_resource_is_described_in_the_data(catalog: Graph) -> None:
    data = frozenset(t for path in DATA.glob("*/*.ttl") for t in read(path.read_bytes()))

    assert unknown_examples(catalog, data) == set()
    assert all(
        values(catalog, node, "void:exampleResource") for node in members(catalog, "void:Dataset")
    )


def test_an_example_that_the_data_do_not_describe_is_found(miniature: Graph) -> None:
    example = Triple(iri("dataset:d"), iri("void:exampleResource"), iri("dataset:nowhere"))

    assert unknown_examples(miniature | {example}, miniature) == {iri("dataset:nowhere")}


def test_no_count_is_written_by_hand(catalog: Graph) -> None:
    assert hand_counts(catalog) == set()


def test_a_count_written_by_hand_is_found(miniature: Graph) -> None:
    count = Triple(iri("dataset:d"), iri("void:triples"), Literal(12))

    assert hand_counts(miniature | {count}) == {count}


# Rights, contact, nodes


LICENSED = ("dcat:Catalog", "dcat:Dataset", "dcat:Distribution")
CC_BY = NamedNode("https://creativecommons.org/licenses/by/4.0/")
RIGHTS = iri("document:coopera-rights")


def unlicensed(graph: Graph) -> set[NamedNode]:
    """Give the nodes that are not under CC BY with the note on quotations."""
    return {
        node
        for kind in LICENSED
        for node in members(graph, kind)
        if values(graph, node, "dcterms:license") != [CC_BY]
        or values(graph, node, "dcterms:rights") != [RIGHTS]
    }


def test_all_is_under_cc_by_with_the_note_that_excludes_quotations(catalog: Graph) -> None:
    notes = values(catalog, RIGHTS, "dcterms:description")

    assert unlicensed(catalog) == set()
    assert in_both_languages(catalog, notes)
    assert all("CC BY 4.0" in str(note) for note in notes)
    assert any("quotations" in str(note) for note in notes)


def test_another_licence_and_a_missing_note_are_found(miniature: Graph) -> None:
    node = iri("dataset:d")
    licensed = frozenset(t for t in miniature if t.predicate != iri("dcterms:license")) | {
        Triple(node, iri("dcterms:license"), CC_BY)
    }

    assert node in unlicensed(miniature)
    assert node in unlicensed(licensed)
    assert node not in unlicensed(licensed | {Triple(node, iri("dcterms:rights"), RIGHTS)})


def personal(graph: Graph) -> set[Triple]:
    """Give the triples that tell of a contact point more than a name and an address on the web."""
    allowed = {TYPE, iri("vcard:fn"), iri("vcard:hasURL")}
    kinds = {iri("vcard:Organization"), iri("vcard:Kind")}
    return {
        triple
        for triple in graph
        if triple.subject in members(graph, "vcard:Kind")
        and (
            triple.predicate not in allowed
            or (triple.predicate == TYPE and triple.object not in kinds)
        )
    }


def test_the_contact_point_is_no_person_and_has_no_mailbox(catalog: Graph) -> None:
    assert personal(catalog) == set()


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("vcard:hasEmail", NamedNode("mailto:someone@example.org")),
        ("vcard:hasTelephone", NamedNode("tel:000")),
        ("rdf:type", iri("vcard:Individual")),
    ],
)
def test_contact_data_of_a_person_are_found(miniature: Graph, path: str, value: NamedNode) -> None:
    extra = Triple(iri("organization:contact"), iri(path), value)

    assert personal(miniature | {extra}) == {extra}


def anonymous(graph: Graph) -> set[Triple]:
    return {t for t in graph if BlankNode in (type(t.subject), type(t.object))}


def test_every_node_has_an_iri(catalog: Graph) -> None:
    assert anonymous(catalog) == set()


def test_a_blank_node_is_found() -> None:
    graph = read(MINIATURE.encode() + b"dataset:d dcterms:relation [ a dcat:Dataset ] .")

    assert len(anonymous(graph)) == 2
