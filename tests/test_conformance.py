"""Conformance: files in; findings at the right spot of the right file, and nothing checked told."""

from dataclasses import replace
from pathlib import Path

import pytest
from conftest import HEAD, Make
from servers import Server

from coopera import conformance, graphs
from coopera.conformance import Asked, Conformance
from coopera.errors import DataError, NothingCheckedError
from coopera.terms import Prefixes

SHAPES = (
    HEAD
    + """
@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetClass coop:Agreement ; dcterms:identifier "COOP777" ;
    sh:property ex:Note , ex:Party .
ex:Note sh:path skos:note ; sh:maxLength 3 ; sh:message "long"@en , "long"@fr .
ex:Party sh:path ( coop:hasParticipation coop:participant ) ; sh:nodeKind sh:IRI .
"""
)
DATA = (
    HEAD
    + """
agreement:a a coop:Agreement ; skos:note "one" , "a long note" ;
    coop:hasParticipation [ coop:participant "nobody" ] .
"""
)


def asked(folder: Path, shapes: str = SHAPES, **changes: object) -> Asked:
    files = {
        "shapes.ttl": shapes,
        "data.ttl": DATA,
        "ontology.ttl": HEAD + "coop:Agreement a owl:Class .",
    }
    for name, text in files.items():
        (folder / name).write_text(text, "utf-8")
    prefixes = Prefixes({"ex": "http://example.org/", "coop": "https://w3id.org/coopera/ontology#"})
    given = {"data": [folder / "data.ttl"], "shapes": [folder / "shapes.ttl"],
             "ontology": [folder / "ontology.ttl"], "prefixes": prefixes}  # fmt: skip
    return Asked(**{**given, **changes})  # type: ignore[arg-type]


def told(found: Conformance) -> list[tuple[str, str, str]]:
    """Give each finding's code, place without its folder, and path."""
    places = [f.place for f in found.findings]
    where = [f"{p.path.name}:{p.line}:{p.column}" if p else "" for p in places]
    return [(f.code, at, f.path) for f, at in zip(found.findings, where, strict=True)]


def test_a_value_and_the_first_step_of_a_sequence_are_the_spots(tmp_path: Path) -> None:
    found = conformance.run(asked(tmp_path))

    assert told(found) == [
        ("COOP777", "data.ttl:16:50", "<http://www.w3.org/2004/02/skos/core#note>"),
        ("COOP777", "data.ttl:17:5", "(coop:hasParticipation/coop:participant)"),
    ]
    places = [f.shape_place for f in found.findings]
    assert [(p.path.name, p.line) for p in places if p] == [("shapes.ttl", 19), ("shapes.ttl", 20)]


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_both_engines_tell_the_same(tmp_path: Path, engine: str) -> None:
    assert told(conformance.run(asked(tmp_path, engine=engine))) == told(
        conformance.run(asked(tmp_path))
    )


def test_large_files_are_not_held_and_give_the_same_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = told(conformance.run(asked(tmp_path)))
    monkeypatch.setattr(conformance, "SMALL", 0)

    assert told(conformance.run(asked(tmp_path))) == expected


def test_a_summary_counts_what_was_looked_at(tmp_path: Path) -> None:
    summary = conformance.run(asked(tmp_path)).summary

    assert summary.counts == {"files": 2, "triples": 6, "shapes": 1, "focus nodes": 1}
    assert summary.reached == {"http://example.org/S": 1}


@pytest.mark.parametrize(
    ("constraint", "problem"),
    [
        ('sh:minLength "x"', "no xsd:integer"),
        ("sh:maxCount 1", "stands on a node shape"),
        ("sh:in ( 1 . ", "not a valid RDF object"),
        ("sh:in [ rdf:first 1 ]", "list of sh:in is broken"),
        ('sh:pattern "("', "no regular expression"),
        ('sh:node "text"', "stands where a shape is due"),
        ("sh:path skos:note ; sh:path rdfs:label", "more than once"),
        ("sh:property [ sh:minCount 1 ]", "without sh:path|no sh:path|node shape"),
        ("sh:nodeKind sh:Thing", "sh:nodeKind is"),
        ("sh:node ex:S", "refers to itself"),
        ("sh:closed 3", "no xsd:boolean"),
    ],
)  # fmt: skip
def test_broken_shapes_are_told_with_their_place_before_any_data_is_read(
    tmp_path: Path, constraint: str, problem: str
) -> None:
    head = "@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .\n" + SHAPES
    wanted = asked(tmp_path, head + f"ex:S {constraint} .", data=[tmp_path / "gone.ttl"])

    with pytest.raises(DataError, match=problem) as caught:
        conformance.run(wanted)

    assert caught.value.place is not None
    assert caught.value.place.path.name == "shapes.ttl"
    assert caught.value.place.line is not None
    assert caught.value.remedy


def test_shapes_that_reach_the_ontology_only_have_checked_nothing(tmp_path: Path) -> None:
    shapes = SHAPES.replace("sh:targetClass coop:Agreement", "sh:targetClass owl:Class")

    with pytest.raises(NothingCheckedError):
        conformance.run(asked(tmp_path, shapes))
    assert conformance.run(asked(tmp_path, shapes, allow_empty=True)).summary.reached


def test_an_unused_shape_is_told_as_information(tmp_path: Path) -> None:
    shapes = SHAPES + "ex:U a sh:NodeShape ; sh:targetSubjectsOf ex:gone ; sh:nodeKind sh:IRI ."

    found = conformance.run(asked(tmp_path, shapes)).findings

    assert [(f.severity, f.place.line if f.place else 0) for f in found if f.code == "COOP002"] == [
        ("info", 21)
    ]


@pytest.mark.parametrize(
    ("inference", "number"), [("none", 2), ("rdfs", 3), ("owlrl", 3), ("both", 3)]
)
def test_inference_comes_before_validation(tmp_path: Path, inference: str, number: int) -> None:
    wanted = asked(tmp_path, inference=inference)
    with (tmp_path / "ontology.ttl").open("a") as file:
        file.write("coop:Treaty a owl:Class ; rdfs:subClassOf coop:Agreement .\n")
        file.write("skos:note rdfs:domain coop:Treaty .\n")
    with (tmp_path / "data.ttl").open("a") as file:
        file.write('agreement:b skos:note "a note without a type" .\n')

    assert len(conformance.run(wanted).findings) == number


def test_shapes_of_shapes_find_what_reading_lets_pass(tmp_path: Path) -> None:
    shapes = SHAPES + 'ex:U a sh:NodeShape ; sh:targetNode ex:x ; sh:severity "bad" .'

    with pytest.raises(DataError):
        conformance.run(asked(tmp_path, shapes, meta=True))
    assert conformance.run(asked(tmp_path, meta=True)).findings


def test_the_project_s_own_shapes_pass_the_shapes_of_shapes(make: Make) -> None:
    project = make()
    found = conformance.run(
        Asked(
            project.data_files,
            project.shape_files,
            project.prefixes,
            project.vocabulary_files,
            meta=True,
        )
    )

    assert found.findings == ()


def test_an_endpoint_gives_the_findings_of_its_triples(
    tmp_path: Path, oxigraph_server: Server
) -> None:
    wanted = asked(tmp_path)
    endpoint = oxigraph_server.load(graphs.read_all([*wanted.data, *wanted.ontology]))

    far = conformance.run(
        replace(wanted, data=[], ontology=[], endpoint=endpoint.url, graph=endpoint.graph)
    )

    assert far.complete
    assert sorted((f.code, f.path, f.place) for f in far.findings) == sorted(
        (f.code, f.path, None) for f in conformance.run(wanted).findings
    )


def test_a_thing_that_nothing_describes_is_said_to_be_missing_with_names_like_it(
    tmp_path: Path,
) -> None:
    shapes = (
        HEAD
        + """@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetSubjectsOf coop:participant ; dcterms:identifier "COOP779" ;
    sh:property [ sh:path coop:participant ; sh:class coop:Institution ;
        sh:message "An organization."@en , "Un organisme."@fr ] .
"""
    )
    data = """institution:uts a coop:Institution .
agreement:a a coop:Agreement .
participation:a coop:participant institution:utss .
participation:b coop:participant institution:zzz .
participation:c coop:participant agreement:a .
participation:d coop:participant <http://example.org/elsewhere/utss> .
"""
    wanted = asked(tmp_path, shapes)
    (tmp_path / "data.ttl").write_text(HEAD + data, "utf-8")

    found = conformance.run(wanted).findings

    base = "https://w3id.org/coopera/id/institution/"
    missing, like = "is not described anywhere", f": did you mean <{base}uts>?"
    assert [finding.message["en"] for finding in found] == [
        f"<{base}utss> {missing}{like} An organization.",
        f"<{base}zzz> {missing}. An organization.",
        "An organization.",
        "An organization.",
    ]
    assert found[0].message["fr"] == (
        f"<{base}utss> n'est décrit nulle part : vouliez-vous dire <{base}uts> ? Un organisme."
    )


UNKNOWN = """
@prefix ex: <http://example.org/> .
ex:S a sh:NodeShape ; sh:targetNode ex:graph ; dcterms:identifier "COOP778" ; sh:sparql [
    sh:message "{?value}"@en , "{?value}"@fr ;
    sh:select '''SELECT DISTINCT $this ?value {
        { ?s ?value ?o } UNION { ?s ?p ?o . FILTER(isLiteral(?o)) BIND(DATATYPE(?o) AS ?value) }
        FILTER(STRSTARTS(STR(?value), "http://example.org/")) }''' ] .
"""


@pytest.mark.parametrize("engine", ["compiled", "pyshacl"])
def test_an_unknown_predicate_or_datatype_is_told_where_it_is_first_used(
    tmp_path: Path, engine: str
) -> None:
    """The query's focus node, which the data mention too, is not what is to be mended."""
    wanted = asked(tmp_path, HEAD + UNKNOWN, engine=engine)
    more = """
agreement:a skos:note "one" ;
    foaf:homepage <http://example.org/graph> .
agreement:z <http://example.org/p> 1 .
agreement:b <http://example.org/p> 2 ; skos:note "2"^^<http://example.org/d> .
agreement:c skos:note "1"^^<http://example.org/d> .
"""
    (tmp_path / "data.ttl").write_text(HEAD + more, "utf-8")

    found = conformance.run(wanted)

    where = [(f.value, f.place.line, f.place.column) for f in found.findings if f.place is not None]
    assert where == [("ex:p", 18, 13), ("ex:d", 19, 50)]
