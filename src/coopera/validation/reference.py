"""The reference engine: pySHACL's results for data and shapes, as results of ours."""

import logging
import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from pyoxigraph import NamedNode, Triple

from coopera.engines import refuse_service
from coopera.errors import DataError
from coopera.findings import ValidationResult
from coopera.tables import Term
from coopera.terms import DCTERMS, SH
from coopera.validation.nodes import SEVERITY


def results(data: Sequence[Triple], shapes: Sequence[Triple]) -> tuple[ValidationResult, ...]:
    """Validate with pySHACL. Raises DataError for shapes that it cannot use."""
    import pyshacl
    import rdflib
    from rdflib.namespace import SH as R_SH

    from coopera.engines.rdflib import graph, term

    # rdflib 7.6 logs a traceback for each ill-typed literal; the results say it better.
    logging.getLogger("rdflib.term").setLevel(logging.CRITICAL)
    shape_graph = graph(shapes)
    for triple in shapes:
        if triple.predicate.value in (SH + "select", SH + "ask"):
            refuse_service(getattr(triple.object, "value", ""))
    try:
        _conforms, found, _text = pyshacl.validate(
            graph(data),
            shacl_graph=shape_graph,
            inference="none",
            allow_infos=False,
            advanced=any(t.predicate.value == SH + "target" for t in shapes),
        )
    except (
        Exception
    ) as error:  # pySHACL 0.40.1 raises its own, rdflib's, and TypeError on odd terms
        raise DataError(
            f"pySHACL cannot evaluate the shapes: {type(error).__name__}: {error}.",
            remedy="mend the shape that it names, or the literals that it compares.",
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

    told = []
    for node in found.objects(None, R_SH.result):  # not those of sh:detail
        shape = found.value(node, R_SH.sourceShape)
        messages = list(found.objects(node, R_SH.resultMessage))
        told.append(
            ValidationResult(
                focus_node=_must(term(found.value(node, R_SH.focusNode))),
                severity=SEVERITY.get(str(found.value(node, R_SH.resultSeverity)), "error"),
                source_shape=_must(term(shape)),
                component=NamedNode(str(found.value(node, R_SH.sourceConstraintComponent))),
                message=dict(_in_language(message, templates(shape)) for message in messages),
                code=code(shape),
                result_path=term(found.value(node, R_SH.resultPath)),
                value_node=term(found.value(node, R_SH.value)),
                source_constraint=term(found.value(node, R_SH.sourceConstraint)),
            )
        )
    return tuple(sorted(told, key=lambda r: (str(r.focus_node), r.code, str(r.value_node))))


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
