"""Validation: data and shapes in; a W3C validation report, and what each shape reached, out."""

from collections.abc import Callable, Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.errors import NothingCheckedError
from coopera.findings import ValidationResult
from coopera.tables import Term
from coopera.terms import SH, TYPE
from coopera.validation import messages
from coopera.validation import shapes as room
from coopera.validation.compiled import Run, Validation
from coopera.validation.compiler import UncompilableError
from coopera.validation.data import DataGraph, original
from coopera.validation.nodes import Nodes
from coopera.validation.remote import Refusal, RemoteGraph, RemoteRun
from coopera.validation.shapes import Shape, Shapes


@dataclass(frozen=True)
class Report:
    """A validation report (SHACL, 3.6.1), with the number of focus nodes of each shape."""

    results: tuple[ValidationResult, ...]
    reached: dict[str, int]
    """IRI of each shape with a target -> how many focus nodes it has."""
    undeclared: tuple[NamedNode, ...] = ()
    """Target classes that the ontology does not declare."""
    handed: tuple[tuple[Term, Mapping[str, str]], ...] = ()
    """The shapes that pySHACL evaluated because they do not compile, each with the reason."""
    fetched: tuple[tuple[Term, Mapping[str, str]], ...] = ()
    """The shapes that were evaluated here and not on the endpoint, each with the reason."""
    refused: tuple[Refusal, ...] = ()
    """What was not evaluated, because the endpoint may have changed literals that decide it."""

    @property
    def conforms(self) -> bool:
        """Say whether there is no result, of whatever severity (SHACL, 3.6.1.1)."""
        return not self.results


Only = Mapping[Term, Collection[Term] | None]
"""Root shape -> the only focus nodes to look at, `None` for all; of an absent shape, none."""
Validator = Callable[[DataGraph, Shapes, Only | None], Run]


def validate(
    data: Sequence[Triple] | DataGraph,
    shapes: Sequence[Triple] | Shapes,
    described: Container[Term] | None = None,
    validator: str = "compiled",
    allow_empty: bool = False,
    only: Only | None = None,
) -> Report:
    """Validate data, which holds its ontology, against shapes.

    `described` are the nodes that the check is about, all unless given; `only` restricts it to
    some focus nodes. Raises NothingCheckedError where no shape reaches any node that the check is
    about, unless `allow_empty`, and DataError for shapes that cannot be used.
    """
    read = shapes if isinstance(shapes, Shapes) else room.read(Nodes(shapes))
    graph = data if isinstance(data, DataGraph) else DataGraph(data)
    run = VALIDATORS[validator](graph, read, only)
    if not allow_empty and not _about(graph, read, run, described):
        raise NothingCheckedError(
            f"nothing was checked: none of {len(read.roots)} shapes reaches any node of the data.",
            remedy="look whether a class was renamed; --allow-empty accepts it.",
        )
    results = sorted(run.results, key=_order)
    handed = tuple((shape.node, reason) for shape, reason in run.handed.items())
    report = Report(tuple(results), dict(sorted(run.reached.items())),
                    undeclared_targets(graph, read), handed)  # fmt: skip
    if isinstance(run, RemoteRun):
        fetched = tuple((shape.node, reason) for shape, reason in run.fetched.items())
        report = replace(report, fetched=fetched, refused=tuple(run.refused))
    return report


def _order(result: ValidationResult) -> tuple[str, ...]:
    return (
        str(result.focus_node),
        result.code,
        str(result.source_shape),
        str(result.result_path),
        str(result.component),
        str(result.value_node),
    )


def _about(graph: DataGraph, shapes: Shapes, run: Run, described: Container[Term] | None) -> bool:
    """Say whether a focus node is one that the check is about: on an endpoint, each is."""
    if isinstance(graph, RemoteGraph):
        return any(run.reached.values())
    if run.handed:
        return True  # pySHACL has looked; what its shapes reach may not be known here
    validation = Validation(graph, shapes)
    return any(
        described is None or node in described
        for shape in shapes.roots
        for frame in validation.frames(shape)
        for node in validation.stream(frame)
    )


def _compiled(graph: DataGraph, shapes: Shapes, only: Only | None) -> Run:
    run: Run
    if isinstance(graph, RemoteGraph):
        run = graph.run(shapes, only)
    else:
        run = Validation(graph, shapes, only).run()
    if run.handed:
        asked = _with_targets(graph, shapes, list(run.handed), only)
        run.results += _by_pyshacl(graph, shapes, asked)
    return run


def _by_pyshacl(
    graph: DataGraph, shapes: Shapes, asked: Sequence[Triple]
) -> list[ValidationResult]:
    from coopera.validation import reference

    return [_in_our_words(result, shapes) for result in reference.results(graph.triples(), asked)]


def _in_our_words(result: ValidationResult, shapes: Shapes) -> ValidationResult:
    """Say in English and in French what pySHACL says in English where the shape has no message."""
    shape = shapes.all.get(result.source_shape)
    if shape is None or shape.messages:
        return result
    meant = [c for c in shape.constraints if c.component == result.component.value]
    if not meant or any(one.sparql or one.validator for one in meant):
        return result
    return replace(result, message=messages.default(meant[0], known=len(meant) == 1))


def _with_targets(
    graph: DataGraph, shapes: Shapes, wanted: Collection[Shape], only: Only | None
) -> list[Triple]:
    """Write a shapes graph in which some shapes alone have targets: their focus nodes themselves.

    Where these cannot be told, a shape keeps its own targets. Rules are left out: they would add
    to the data.
    """
    validation = Validation(graph if not isinstance(graph, RemoteGraph) else
                            DataGraph(graph.triples()), shapes, only)  # fmt: skip
    target = NamedNode(SH + "targetNode")
    given: list[Triple] = []
    own: set[Term] = set()
    for shape in wanted:
        try:
            nodes = validation.nodes(validation.frames(shape))
            assert not isinstance(shape.node, Literal)  # noqa: S101 - no literal is a shape
            given += [Triple(shape.node, target, original(node)) for node in nodes]
        except UncompilableError:
            own.add(shape.node)
    roots = {shape.node for shape in shapes.all.values() if shape.targets}
    kept = [
        t
        for t in shapes.nodes.triples
        if t.predicate.value != SH + "rule"
        and (
            t.subject in own
            or t.subject not in roots
            or not (
                t.predicate.value.startswith(SH + "target")
                or (t.predicate == TYPE and t.object in shapes.classes)
            )
        )
    ]
    return [*kept, *given]


def _kept(
    results: Iterable[ValidationResult], shapes: Shapes, only: Only | None
) -> list[ValidationResult]:
    """Keep the results of the focus nodes that some shape was to look at.

    pySHACL does not tell from which of them it came to a property shape within a property shape,
    and gives blank nodes other labels: what may be such a result is kept.
    """
    if only is None or None in only.values():
        return list(results)
    nodes = {node for found in only.values() for node in found or ()}
    inner = {
        shape.node
        for outer in shapes.all.values()
        for constraint in outer.constraints
        if outer.path is not None and constraint.name == "Property"
        for shape in constraint.shapes
    }
    unnamed = any(isinstance(node, BlankNode) for node in inner)
    return [
        result
        for result in results
        if result.focus_node in nodes
        or isinstance(result.focus_node, BlankNode)
        or result.source_shape in inner
        or (unnamed and isinstance(result.source_shape, BlankNode))
    ]


def _pyshacl(graph: DataGraph, shapes: Shapes, only: Only | None) -> Run:
    if isinstance(graph, RemoteGraph):
        raise NothingCheckedError(
            "pySHACL does not validate what is on an endpoint.",
            remedy="take the compiled engine, or a dump of the endpoint's data.",
        )
    rule = SH + "rule"
    asked = [triple for triple in shapes.nodes.triples if triple.predicate.value != rule]
    found = _by_pyshacl(graph, shapes, asked)
    validation = Validation(graph, shapes, only)
    reached: dict[str, int] = {}
    for shape in shapes.roots:
        try:
            reached[validation.name(shape)] = validation.count(validation.frames(shape))
        except UncompilableError:
            reached[validation.name(shape)] = len({r.focus_node for r in found})
    return Run(_kept(found, shapes, only), reached)


def undeclared_targets(graph: DataGraph, shapes: Shapes) -> tuple[NamedNode, ...]:
    """List the target classes that nothing declares as a class."""
    wanted = {
        target.value
        for shape in shapes.roots
        for target in shape.targets
        if target.kind == "class" and target.value != shape.node
    }
    kinds = sorted(shapes.classes, key=str)
    gone = {
        kind
        for kind in wanted
        if isinstance(kind, NamedNode)
        and not any(graph.has(kind, TYPE, one) for one in kinds)
        and not set(shapes.nodes.values(kind, TYPE.value)) & shapes.classes
    }
    return tuple(sorted(gone, key=str))


VALIDATORS: dict[str, Validator] = {"compiled": _compiled, "pyshacl": _pyshacl}
"""The engines by name."""
