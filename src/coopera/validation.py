"""Validation: data and shapes in; a W3C validation report, and what each shape reached, out."""

import logging
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from pyoxigraph import Literal, NamedNode, QuerySolutions, Store, Triple

from coopera import graphs
from coopera.engines import refuse_service
from coopera.errors import DataError, NothingCheckedError
from coopera.tables import Term
from coopera.terms import DCTERMS, OWL, RDFS, SH, TYPE

SEVERITY = {SH + "Violation": "error", SH + "Warning": "warning", SH + "Info": "info"}


@dataclass(frozen=True)
class ValidationResult:
    """One sh:ValidationResult (SHACL, 3.6.2)."""

    focus_node: Term
    severity: str
    """`error` for sh:Violation, `warning`, `info`."""
    source_shape: Term
    component: NamedNode
    message: dict[str, str]  # language tag -> text
    code: str
    """The `dcterms:identifier` of the source shape, e.g. `COOP201`."""
    result_path: Term | None = None
    value_node: Term | None = None


@dataclass(frozen=True)
class Report:
    """A validation report (SHACL, 3.6.1), with the number of focus nodes of each shape."""

    results: tuple[ValidationResult, ...]
    reached: dict[str, int]
    """IRI of each shape with a target -> how many focus nodes it has."""
    undeclared: tuple[NamedNode, ...] = ()
    """Target classes that the ontology does not declare."""

    @property
    def conforms(self) -> bool:
        """Say whether there is no result, of whatever severity (SHACL, 3.6.1.1)."""
        return not self.results


Validator = Callable[[Sequence[Triple], Sequence[Triple]], tuple[ValidationResult, ...]]


def validate(
    data: Sequence[Triple],
    shapes: Sequence[Triple],
    described: Collection[Term],
    validator: str = "pyshacl",
    allow_empty: bool = False,
) -> Report:
    """Validate data, which holds its ontology, against shapes.

    `described` are the subjects that the check is about. Raises NothingCheckedError where no shape
    reaches any of them, unless `allow_empty`, and DataError for shapes that cannot be used.
    """
    nodes = focus_nodes(data, shapes)
    reached = {shape: len(found) for shape, found in nodes.items()}
    if not allow_empty and all(found.isdisjoint(described) for found in nodes.values()):
        raise NothingCheckedError(
            f"nothing was checked: none of {len(reached)} shapes reaches any node of the data.",
            remedy="look whether a class was renamed; --allow-empty accepts it.",
        )
    results = VALIDATORS[validator](data, shapes)
    return Report(results, reached, undeclared_targets(data, shapes))


_TARGETS = {
    "targetClass": f"SELECT DISTINCT ?x {{ ?class <{RDFS}subClassOf>* ?target . ?x a ?class }}",
    "targetSubjectsOf": "SELECT DISTINCT ?x { ?x ?target ?o }",
    "targetObjectsOf": "SELECT DISTINCT ?x { ?s ?target ?x }",
    "targetNode": "SELECT ?x { VALUES ?x { ?target } }",
}  # fmt: skip


def focus_nodes(data: Sequence[Triple], shapes: Sequence[Triple]) -> dict[str, set[Term]]:
    """Find the focus nodes of each active shape that has a target (SHACL, 2.1.3).

    Raises DataError for a target that is no IRI.
    """
    store = graphs.store(data)
    asleep = {
        t.subject
        for t in shapes
        if t.predicate == NamedNode(SH + "deactivated") and str(t.object).startswith('"true"')
    }
    nodes: dict[str, set[Term]] = {}
    for triple in shapes:
        query = _TARGETS.get(triple.predicate.value.removeprefix(SH))
        if query is None or triple.subject in asleep:
            continue
        if not isinstance(triple.object, NamedNode) and "VALUES" not in query:
            raise DataError(
                f"{triple.predicate.value} of {_name(triple.subject)} is no IRI: {triple.object}.",
                remedy="write the IRI of a class or of a property.",
            )
        if isinstance(triple.object, NamedNode | Literal):
            found = _select(store, query.replace("?target", str(triple.object)))
            nodes.setdefault(_name(triple.subject), set()).update(found)
    for shape in _implicit_classes(shapes) - asleep:
        found = _select(store, _TARGETS["targetClass"].replace("?target", str(shape)))
        nodes.setdefault(shape.value, set()).update(found)
    return dict(sorted(nodes.items()))


def _implicit_classes(shapes: Sequence[Triple]) -> set[NamedNode]:
    """Find shapes that are classes too, and so target their instances (SHACL, 2.1.3.3)."""
    classes = {NamedNode(OWL + "Class"), NamedNode(RDFS + "Class")}
    shape_types = {NamedNode(SH + "NodeShape"), NamedNode(SH + "PropertyShape")}
    typed = {(t.subject, t.object) for t in shapes if t.predicate == TYPE}
    return {s for s, o in typed if o in classes and isinstance(s, NamedNode)} & {
        s for s, o in typed if o in shape_types and isinstance(s, NamedNode)
    }


def _select(store: Store, query: str) -> set[Term]:
    found = store.query(query)
    assert isinstance(found, QuerySolutions)  # noqa: S101 - the texts above are SELECTs
    return {row["x"] for row in found}


def undeclared_targets(data: Sequence[Triple], shapes: Sequence[Triple]) -> tuple[NamedNode, ...]:
    """List the target classes that no triple of the data declares as a class."""
    classes = (NamedNode(OWL + "Class"), NamedNode(RDFS + "Class"))
    declared = {t.subject for t in data if t.predicate == TYPE and t.object in classes}
    target = NamedNode(SH + "targetClass")
    wanted = {t.object for t in shapes if t.predicate == target}
    return tuple(sorted((c for c in wanted - declared if isinstance(c, NamedNode)), key=str))


def _name(term: Term) -> str:
    return str(term) if isinstance(term, (Literal, Triple)) else term.value


def _pyshacl(data: Sequence[Triple], shapes: Sequence[Triple]) -> tuple[ValidationResult, ...]:
    import pyshacl
    import rdflib
    from pyparsing import ParseBaseException
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError
    from rdflib.namespace import SH as R_SH

    from coopera.engines.rdflib import graph, term

    # rdflib 7.6 logs a traceback for each ill-typed literal; the results say it better.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    shape_graph = graph(shapes)
    for triple in shapes:
        if triple.predicate.value in (SH + "select", SH + "ask"):
            refuse_service(_name(triple.object))
    try:
        _conforms, found, _text = pyshacl.validate(
            graph(data), shacl_graph=shape_graph, inference="none", allow_infos=False
        )
    except (ShapeLoadError, ConstraintLoadError, ReportableRuntimeError, re.error) as error:
        raise DataError(
            f"the shapes cannot be used: {error}.", remedy="mend the shape that it names."
        ) from error
    except ParseBaseException as error:
        raise DataError(
            f"the shapes cannot be used: {error}.", remedy="mend the shape that it names."
        ) from error
    if not isinstance(found, rdflib.Graph):  # pySHACL 0.40.1 gives its failure in place of a report
        raise DataError(f"the shapes cannot be used: {found}.", remedy="mend the shape.")

    @cache
    def code(shape: Any) -> str:
        identifier = shape_graph.value(shape, rdflib.URIRef(DCTERMS + "identifier"))
        if identifier is not None:
            return str(identifier)
        parent = next(shape_graph.subjects(R_SH.property, shape), None)
        return code(parent) if parent is not None else "COOP000"

    @cache
    def templates(shape: Any) -> list[Any]:
        queries = shape_graph.objects(shape, R_SH.sparql)
        return [m for s in (shape, *queries) for m in shape_graph.objects(s, R_SH.message)]

    results = []
    for node in found.objects(None, R_SH.result):  # not those of sh:detail
        shape = found.value(node, R_SH.sourceShape)
        messages = list(found.objects(node, R_SH.resultMessage))
        results.append(
            ValidationResult(
                focus_node=_must(term(found.value(node, R_SH.focusNode))),
                severity=SEVERITY.get(str(found.value(node, R_SH.resultSeverity)), "error"),
                source_shape=_must(term(shape)),
                component=NamedNode(str(found.value(node, R_SH.sourceConstraintComponent))),
                message=dict(_in_language(message, templates(shape)) for message in messages),
                code=code(shape),
                result_path=term(found.value(node, R_SH.resultPath)),
                value_node=term(found.value(node, R_SH.value)),
            )
        )
    return tuple(sorted(results, key=lambda r: (str(r.focus_node), r.code, str(r.value_node))))


def _in_language(message: Any, templates: Sequence[Any]) -> tuple[str, str]:
    """Give the language of a message, and its text.

    pySHACL 0.40.1 fills {?x} into the messages of SPARQL-based constraints (SHACL, 5.3.2) and
    drops their language tags, so the template that fits tells the language.
    """
    for template in templates:
        parts = re.split(r"\{[?$]\w+\}", str(template))
        if re.fullmatch(".*".join(map(re.escape, parts)), str(message), re.DOTALL):
            return str(template.language or message.language or "en"), str(message)
    return str(message.language or "en"), str(message)


def _must(term: Term | None) -> Term:
    if term is None:
        raise ValueError("a validation result lacks its focus node or its source shape")
    return term


VALIDATORS: dict[str, Validator] = {"pyshacl": _pyshacl}
