"""Fingerprints: what may change about a finding and what may not."""

from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from coopera.errors import Place
from coopera.findings import Finding, ValidationResult
from coopera.fingerprints import fingerprint, fingerprints, name

EX = "http://example.org/"
RESULT = ValidationResult(
    focus_node=NamedNode(EX + "a"),
    severity="error",
    source_shape=NamedNode(EX + "S"),
    component=NamedNode("http://www.w3.org/ns/shacl#PatternConstraintComponent"),
    message={"en": "no", "fr": "non"},
    code="COOP201",
    result_path=NamedNode(EX + "p"),
    value_node=Literal("12:30:00"),
)
FINDING = Finding(
    "COOP201", "error", RESULT.message, Place(Path("a.ttl"), 3, 4), "ex:a", "ex:p", result=RESULT
)
OTHER = Finding("COOP563", "error", {"en": "stale", "fr": "périmé"}, Place(Path("a.csv"), 3))


def with_result(**changes: object) -> Finding:
    return replace(FINDING, result=replace(RESULT, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "same",
    [
        pytest.param(replace(FINDING, place=Place(Path("b.ttl"), 40, 1)), id="place"),
        pytest.param(replace(FINDING, place=None), id="no place"),
        pytest.param(replace(FINDING, message={"en": "reworded"}), id="wording"),
        pytest.param(replace(FINDING, severity="warning"), id="severity"),
        pytest.param(replace(FINDING, subject="<http://example.org/a>"), id="prefix"),
    ],
)
def test_a_fingerprint_outlives_a_change_of(same: Finding) -> None:
    assert fingerprint(same) == fingerprint(FINDING)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(FINDING, code="COOP202"), id="code"),
        pytest.param(with_result(focus_node=NamedNode(EX + "b")), id="focus node"),
        pytest.param(with_result(source_shape=NamedNode(EX + "T")), id="shape"),
        pytest.param(with_result(component=NamedNode(EX + "c")), id="component"),
        pytest.param(with_result(result_path=NamedNode(EX + "q")), id="path"),
        pytest.param(with_result(result_path=None), id="no path"),
        pytest.param(with_result(value_node=Literal("12:45:00")), id="value"),
        pytest.param(with_result(value_node=Literal("12:30:00", language="en")), id="language"),
    ],
)
def test_a_fingerprint_changes_with_the(other: Finding) -> None:
    assert fingerprint(other) != fingerprint(FINDING)


def test_a_fingerprint_does_not_know_the_labels_of_blank_nodes() -> None:
    first, second = (
        with_result(focus_node=BlankNode(n), result_path=BlankNode(n), source_shape=BlankNode(n))
        for n in ("x1", "x2")
    )

    assert fingerprint(first) == fingerprint(second)
    assert fingerprint(first) != fingerprint(replace(first, path="ex:p/ex:q"))


def test_a_finding_of_another_check_is_told_by_its_message_and_its_file() -> None:
    moved = replace(OTHER, place=Place(Path("a.csv"), 9))
    twin = {"en": "twin of a.csv:12, _:b1 is late"}
    same = {"en": "twin of a.csv:40, _:b7 is late"}

    assert fingerprint(moved) == fingerprint(OTHER)
    assert fingerprint(replace(OTHER, message=twin)) == fingerprint(replace(OTHER, message=same))
    assert fingerprint(replace(OTHER, place=Place(Path("b.csv"), 3))) != fingerprint(OTHER)
    assert fingerprint(replace(OTHER, message={"en": "late"})) != fingerprint(OTHER)


def test_a_file_has_one_name_from_wherever_the_check_is_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    monkeypatch.chdir(tmp_path / "data")

    assert name(Path("a.ttl"), tmp_path) == "data/a.ttl"
    assert name(Path("../data/a.ttl"), tmp_path) == "data/a.ttl"
    assert name(tmp_path / "data" / "a.ttl", tmp_path) == "data/a.ttl"
    assert name(Path("a.ttl")) == "a.ttl"
    assert name(Path("/elsewhere/a.ttl"), tmp_path) == "/elsewhere/a.ttl"


def test_equal_findings_are_numbered() -> None:
    told = fingerprints([FINDING, OTHER, FINDING, FINDING])

    assert len(set(told)) == 4
    assert told[:2] == [fingerprint(FINDING), fingerprint(OTHER)]
    assert told == fingerprints([FINDING, OTHER, FINDING, FINDING])


def test_a_name_of_a_file_that_is_not_unicode_has_a_fingerprint() -> None:
    assert len(fingerprint(replace(OTHER, place=Place(Path("\udcff.ttl"))))) == 32
