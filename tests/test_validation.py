"""Validation: what a report says of each result, and what each shape reaches."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from conftest import HEAD
from pyoxigraph import NamedNode, RdfFormat, Triple, parse

from coopera import validation
from coopera.errors import NothingCheckedError
from coopera.findings import ValidationResult
from coopera.validation import Report
from coopera.validation.scans import Once

EX = "http://example.org/"
PREFIXES = HEAD + f"@prefix ex: <{EX}> .\n"
DATA = """
ex:School a owl:Class ; rdfs:subClassOf ex:Institution . ex:Institution a owl:Class .
ex:a a ex:School . ex:b a ex:Institution ; ex:part ex:a .
"""


def read(turtle: str) -> list[Triple]:
    return [q.triple for q in parse(input=PREFIXES + turtle, format=RdfFormat.TURTLE)]


def validate(shapes: str, data: str = DATA) -> Report:
    found = read(data)
    return validation.validate(found, read(shapes), {t.subject for t in found})


def only(report: Report) -> ValidationResult:
    (result,) = report.results
    return result


@pytest.mark.parametrize(
    ("target", "reached"),
    [
        ("sh:targetClass ex:Institution", 2),
        ("sh:targetClass ex:School", 1),
        ("sh:targetSubjectsOf ex:part", 1),
        ("sh:targetObjectsOf ex:part", 1),
        ("sh:targetNode ex:b", 1),
        ("sh:targetNode ex:b , ex:a ; sh:targetClass ex:School", 2),
        ("sh:deactivated false ; sh:targetClass ex:School", 1),
    ],
)
def test_a_shape_reaches_the_focus_nodes_of_its_targets(target: str, reached: int) -> None:
    report = validate(f"ex:S a sh:NodeShape ; {target} .")

    assert report.reached == {f"{EX}S": reached}
    assert report.conforms


def test_a_shape_that_is_a_class_reaches_its_instances() -> None:
    report = validate("ex:Institution a sh:NodeShape , rdfs:Class .")

    assert report.reached == {f"{EX}Institution": 2}


def test_a_shape_that_is_deactivated_reaches_nothing() -> None:
    with pytest.raises(NothingCheckedError):
        validate("ex:S a sh:NodeShape ; sh:deactivated true ; sh:targetClass ex:School .")


def test_a_result_tells_focus_node_path_value_severity_and_code() -> None:
    result = only(
        validate(
            """ex:S a sh:NodeShape ; sh:targetClass ex:Institution ; sh:property ex:P .
            ex:P a sh:PropertyShape ; sh:path ex:part ; sh:maxCount 0 ; sh:severity sh:Warning ;
                dcterms:identifier "COOP777" ; sh:message "none"@en , "aucun"@fr ."""
        )
    )

    assert result.focus_node == NamedNode(EX + "b")
    assert result.result_path == NamedNode(EX + "part")
    assert (result.severity, result.code) == ("warning", "COOP777")
    assert result.message == {"en": "none", "fr": "aucun"}


def test_an_info_is_a_result_too() -> None:
    shape = "ex:S sh:targetNode ex:a ; sh:severity sh:Info ; sh:class ex:Gone ."

    assert only(validate("ex:S a sh:NodeShape . " + shape)).severity == "info"


def test_a_property_shape_without_a_code_has_that_of_its_node_shape() -> None:
    result = only(
        validate(
            """ex:S a sh:NodeShape ; sh:targetClass ex:School ; dcterms:identifier "COOP778" ;
                sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
        )
    )

    assert result.code == "COOP778"


def test_messages_of_a_sparql_constraint_keep_their_languages_and_are_filled_in() -> None:
    result = only(
        validate(
            """ex:S a sh:NodeShape ; sh:targetClass ex:School ; dcterms:identifier "COOP779" ;
                sh:sparql [ sh:message "{?name} is a school"@en , "{?name} est une école"@fr ;
                    sh:select "SELECT $this ('A' AS ?name) WHERE { $this ?p ?o }" ] ."""
        )
    )

    assert result.message == {"en": "A is a school", "fr": "A est une école"}


def test_details_of_a_nested_shape_are_no_results_of_their_own() -> None:
    report = validate(
        """ex:S a sh:NodeShape ; sh:targetClass ex:School ; sh:node ex:N .
        ex:N a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ."""
    )

    assert only(report).source_shape == NamedNode(EX + "S")


@pytest.mark.parametrize("written", ["1e3", "01", "+1.50"])
def test_a_literal_is_judged_as_it_is_written(written: str) -> None:
    pattern = written.replace("+", "[+]").replace(".", "[.]")
    shape = f'ex:S a sh:NodeShape ; sh:targetObjectsOf ex:v ; sh:pattern "^{pattern}$" .'
    data = read(f'ex:a ex:v "{written}"^^xsd:decimal .')

    # Oxigraph counts the focus nodes, and holds such a literal in its canonical form.
    assert validation.validate(data, read(shape), (), allow_empty=True).conforms


def test_target_classes_that_nothing_declares_are_listed() -> None:
    report = validate("ex:S a sh:NodeShape ; sh:targetClass ex:School , ex:Gone .")

    assert report.undeclared == (NamedNode(EX + "Gone"),)


def test_a_report_without_results_conforms_and_one_with_any_does_not() -> None:
    assert Report((), {}).conforms
    assert not validate(
        "ex:S a sh:NodeShape ; sh:targetNode ex:a ; sh:nodeKind sh:Literal ."
    ).conforms


def test_what_several_threads_ask_for_is_made_once() -> None:
    made: list[int] = []
    once: Once[int] = Once()
    waiting = Barrier(4)

    def make() -> int:
        made.append(1)
        return len(made)

    def ask(_turn: int) -> int:
        waiting.wait()
        return once.get("key", make)

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(ask, range(4)))

    assert found == [1, 1, 1, 1]
    assert made == [1]


def test_what_cannot_be_made_is_refused_each_time() -> None:
    once: Once[float] = Once()

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            once.get("key", lambda: 1 / 0)
