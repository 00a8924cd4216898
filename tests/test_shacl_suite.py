"""The test suite of the W3C for SHACL, over each validator."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from conftest import SHARED
from pyoxigraph import NamedNode, Triple, parse
from shacl_cases import Graph, Row, isomorphic, row

from coopera import validation
from coopera.errors import DataError
from coopera.tables import Term
from coopera.terms import SH
from coopera.validation import VALIDATORS
from coopera.validation.nodes import SEVERITY

SUITE = SHARED / "w3c" / "shacl-tests"
MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
UNLISTED = SUITE / "sparql" / "component" / "nodeValidator-001.ttl"
"""A test that is proposed, not approved, and that no manifest includes."""

EXCEPTIONS = {
    ("pyshacl", "core/property/uniqueLang-002"): (
        'rdflib 7.6 takes "1"^^xsd:boolean for true, and the specification does not.'
    ),
    ("pyshacl", "sparql/node/prefixes-001"): (
        "pySHACL 0.40.1 does not follow owl:imports from sh:prefixes (SHACL, 5.2.1)."
    ),
    ("pyshacl", "sparql/pre-binding/shapesGraph-001"): (
        "pySHACL 0.40.1 does not support $shapesGraph, which is optional (SHACL, 5.3.1)."
    ),
}
"""Validator and test -> why the validator departs from the suite there."""


@dataclass(frozen=True)
class Case:
    """One sht:Validate: two graphs, and the results that they must give."""

    name: str
    data: Path
    shapes: Path
    expected: tuple[Row, ...] | None
    """`None` where the validation must fail."""


@cache
def triples(path: Path) -> list[Triple]:
    """Read a file once, so that the graphs that it is all share their blank nodes."""
    return [
        quad.triple for quad in parse(path=path, base_iri=path.as_uri(), rename_blank_nodes=True)
    ]


def file(term: Term | None) -> Path:
    assert isinstance(term, NamedNode)
    return Path(term.value.removeprefix("file://"))


def cases(path: Path) -> Iterator[Case]:
    """Walk along a manifest, and along those that it includes."""
    graph = Graph(triples(path))
    for included in graph.objects(NamedNode(path.as_uri()), MF + "include"):
        yield from cases(file(included))
    for entry in graph.items(graph.value(NamedNode(path.as_uri()), MF + "entries")):
        action, result = (must(graph, entry, MF + name) for name in ("action", "result"))
        yield Case(
            path.relative_to(SUITE).with_suffix("").as_posix(),
            file(graph.value(action, SHT + "dataGraph")),
            file(graph.value(action, SHT + "shapesGraph")),
            None if result == NamedNode(SHT + "Failure") else tuple(report(graph, result)),
        )


def must(graph: Graph, subject: Term, predicate: str) -> Term:
    found = graph.value(subject, predicate)
    assert found is not None, f"{subject} lacks {predicate}"
    return found


def report(graph: Graph, node: Term) -> Iterator[Row]:
    """Read an expected report."""
    for result in graph.objects(node, SH + "result"):
        path = graph.value(result, SH + "resultPath")
        component = must(graph, result, SH + "sourceConstraintComponent")
        assert isinstance(component, NamedNode)
        messages = graph.objects(result, SH + "resultMessage")
        yield Row(
            must(graph, result, SH + "focusNode"),
            "" if path is None else graph.path(path),
            graph.value(result, SH + "value"),
            component,
            severity(must(graph, result, SH + "resultSeverity")),
            must(graph, result, SH + "sourceShape"),
            graph.value(result, SH + "sourceConstraint"),
            frozenset(m.value for m in messages if not isinstance(m, Triple)),
        )


def severity(term: Term) -> str:
    return SEVERITY.get(getattr(term, "value", ""), "error")


CASES = [*cases(SUITE / "manifest.ttl"), *cases(UNLISTED)] if SUITE.is_dir() else []
needs_suite = pytest.mark.skipif(not CASES, reason="the W3C's suite is not beside this checkout")


def runs() -> Iterator[object]:
    """Pair each validator with each test, and mark those that are expected to fail."""
    for validator in VALIDATORS:
        for case in CASES:
            reason = EXCEPTIONS.get((validator, case.name))
            marks = [pytest.mark.xfail(strict=True, reason=reason)] if reason else []
            yield pytest.param(validator, case, marks=marks, id=f"{validator}-{case.name}")


@needs_suite
@pytest.mark.parametrize(("validator", "case"), list(runs()))
def test_a_validator_gives_the_report_that_the_suite_expects(validator: str, case: Case) -> None:
    data, shapes = triples(case.data), triples(case.shapes)
    if case.expected is None:
        with pytest.raises(DataError):
            validation.validate(data, shapes, (), validator, allow_empty=True)
        return

    found = validation.validate(data, shapes, (), validator, allow_empty=True)

    # Messages that the suite does not ask for are the validator's own affair.
    asked = frozenset().union(*(r.messages for r in case.expected))
    graph = Graph(shapes)
    rows = [r._replace(messages=r.messages & asked) for r in (row(f, graph) for f in found.results)]
    assert isomorphic(rows, case.expected), "\n".join(
        [
            "expected",
            *sorted(r.text() for r in case.expected),
            "found",
            *sorted(r.text() for r in rows),
        ]
    )


@needs_suite
def test_the_suite_is_whole() -> None:
    names = [case.name for case in CASES]

    assert len(names) == len(set(names))
    assert sum(name.startswith("core/") for name in names) == 98
    assert sum(name.startswith("sparql/") for name in names) == 23


@needs_suite
def test_each_exception_names_a_test_of_the_suite() -> None:
    # One that is no exception any more fails as `XPASS(strict)`.
    names = {case.name for case in CASES}

    assert {name for _, name in EXCEPTIONS} <= names
    assert {validator for validator, _ in EXCEPTIONS} <= set(VALIDATORS)
