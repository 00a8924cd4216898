"""Conformance: files of data and of shapes in; findings with their places, and a summary, out."""

import re
import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, NamedNode, RdfFormat, Triple

from coopera import graphs, places, validation
from coopera.errors import CooperaError, DataError
from coopera.findings import Finding, Summary, ValidationResult, order
from coopera.places import Spot
from coopera.tables import Term
from coopera.terms import SH, Prefixes
from coopera.validation import paths, shapes
from coopera.validation.data import DataGraph
from coopera.validation.nodes import IllFormedError, Nodes
from coopera.validation.shapes import Shapes

if TYPE_CHECKING:
    from coopera.changes import Belongs, Scope

SMALL = 32 << 20
"""Bytes of a file whose triples are held; those of a larger one go straight into the store."""
NEAR, MOST_NEAR, LARGE = 0.7, 50, 1_000_000
"""How alike names are, from 0 to 1, of which one may be the other misspelt; for how many IRIs, and
in how many triples at most, such names are looked for.
"""
USES = 100
"""Triples among which the first that uses a predicate or a datatype is looked for."""
Read = Mapping[Path, Sequence[Triple]]
Wanted = places.Wanted


@dataclass(frozen=True)
class Asked:
    """What to validate, and how."""

    data: Sequence[Path]
    """The files that the check is about."""
    shapes: Sequence[Path]
    prefixes: Prefixes
    ontology: Sequence[Path] = ()
    """Files that are read with the data, such as classes."""
    context: Sequence[Path] = ()
    """Files that the data refer to: what is wrong with their own nodes is not told."""
    engine: str = "compiled"
    endpoint: str | None = None
    """The URL of a SPARQL endpoint that holds the data; there are no files of data then."""
    graph: str | None = None
    """The IRI of the endpoint's named graph that is the data graph; its default graph if none."""
    as_held: bool = False
    """Whether the endpoint's literals are taken as it shows them, whatever it made of them."""
    inference: str = "none"
    meta: bool = False
    """Whether the shapes are validated first, with the shapes of SHACL itself."""
    since: str | None = None
    """A git ref: only focus nodes whose neighbourhood has changed since are looked at."""
    facts: "Belongs | None" = None
    """Says of a file that is gone whether it was among data, ontology and context; with `since`."""
    rules: "Belongs | None" = None
    """Says so of the shapes."""
    allow_empty: bool = False
    tell_unused: bool = True
    """Whether a shape that reaches no node is a finding."""


@dataclass(frozen=True)
class Conformance:
    """What a validation found."""

    findings: tuple[Finding, ...]
    summary: Summary
    shapes: Sequence[Triple] = field(repr=False)
    complete: bool = True
    """Whether all was evaluated: an endpoint may change literals that decide on a constraint."""


class _Except(Container[Term]):
    """Every node but some."""

    def __init__(self, nodes: Container[Term]) -> None:
        self.nodes = nodes

    def __contains__(self, node: object) -> bool:
        return node not in self.nodes


def run(asked: Asked) -> Conformance:
    """Validate files of data against files of shapes.

    Raises DataError for shapes that are not well-formed, before any data is read, and for what
    cannot be read; NothingCheckedError where no shape reaches a node of the data.
    """
    started = time.perf_counter()
    shape_files = parse(asked.shapes)
    read = read_shapes(shape_files)
    if asked.meta:
        _meta(shape_files, asked.prefixes)
    context = parse(asked.context)
    ontology = {**parse(asked.ontology), **context}
    held = parse(asked.data) if asked.endpoint is None and _held(asked) else None
    background = {t.subject for t in _triples(ontology)}
    untold = {t.subject for t in _triples(context)}
    about: Container[Term] = _Except(background)
    graph: DataGraph
    if asked.endpoint is not None:
        graph = _remote(asked.endpoint, asked.graph, asked.as_held)
    elif held is not None:
        described: set[Term] = {t.subject for t in _triples(held)}
        untold -= described
        about = described | {t.object for t in _triples(held)} - (background - described)
        graph = DataGraph(_inferred([*_triples(held), *_triples(ontology)], asked.inference))
    else:
        files = [*asked.data, *ontology]
        graph = DataGraph(chain.from_iterable(map(graphs.stream, files)))
    notes: list[dict[str, str]] = []
    only = None
    if asked.since is not None:
        scope = _scope(asked, held or {}, ontology, shape_files)
        only, notes = scope.nodes, [*scope.notes]
    report = validation.validate(graph, read, about, asked.engine, asked.allow_empty, only)
    told = [result for result in report.results if result.focus_node not in untold]
    if not ontology:
        report = replace(report, undeclared=())  # nothing was given that would declare a class
    report = replace(report, results=tuple(told))
    kept = held if held is not None else {}
    where = {path: kept[path] for path in by_hand(kept)} or by_hand(asked.data)
    # Of what was not looked at, nothing tells whether a shape reaches it.
    unused, reached = asked.tell_unused, report.reached
    if asked.since is not None:
        unused, reached = False, {shape: number for shape, number in reached.items() if number}
    found = findings(report, where, shape_files, read, asked.prefixes, graph, unused)
    counts = {
        "files": len(asked.data) + len(ontology),
        "triples": graph.size,
        "shapes": len(report.reached),
        "focus nodes": sum(report.reached.values()),
    }
    notes += handed(report, asked.prefixes)
    notes += _of_endpoint(report, asked.prefixes)
    seconds = time.perf_counter() - started
    summary = Summary(counts, reached, seconds, tuple(notes))
    return Conformance(tuple(found), summary, read.nodes.triples, not report.refused)


def by_hand(files: Iterable[Path]) -> list[Path]:
    """Sort files that are made from others last: a place in what people write says more."""
    return sorted(files, key=lambda path: path.name in ("derived.ttl", "evidence.ttl"))


def _remote(url: str, graph: str | None, as_held: bool) -> DataGraph:
    from coopera.engines.endpoint import Endpoint
    from coopera.validation.remote import RemoteGraph

    return RemoteGraph(Endpoint(url, graph), as_held)


def _of_endpoint(report: validation.Report, prefixes: Prefixes) -> list[dict[str, str]]:
    """Tell which shapes were evaluated here over fetched triples, and what was not evaluated."""
    notes = [
        {
            "en": f"{prefixes.text(shape)} was evaluated here, not on the endpoint: {why['en']}.",
            "fr": f"{prefixes.text(shape)} a été évaluée ici, non sur le serveur : {why['fr']}.",
        }
        for shape, why in report.fetched
    ]
    for refusal in report.refused:
        name = prefixes.text(refusal.shape)
        if refusal.component is not None:
            name += f" ({prefixes.text(refusal.component)})"
        notes.append(
            {
                "en": f"{name} was NOT evaluated: {refusal.reason['en']}",
                "fr": f"{name} n'a PAS été évaluée : {refusal.reason['fr']}",
            }
        )
    return notes


def parse(files: Iterable[Path]) -> dict[Path, list[Triple]]:
    """Read files; where some cannot be read, raise one error that tells of each."""
    read, failures = {}, []
    for path in files:
        try:
            read[path] = graphs.read(path)
        except DataError as error:
            failures.append(error)
    raise_all(failures)
    return read


def raise_all(failures: Sequence[CooperaError]) -> None:
    """Raise one error that tells of each, if there is any."""
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise CooperaError("\n".join(str(failure) for failure in failures))


def _held(asked: Asked) -> bool:
    """Say whether the triples of the data are to be held too, not only in the store."""
    if asked.inference != "none" or asked.since is not None:
        return True
    # A place in N-Triples is found without the triples, and they are read at full speed.
    return not any(
        graphs.syntax(path) == RdfFormat.N_TRIPLES or _size(path) > SMALL for path in asked.data
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _triples(read: Read) -> Iterator[Triple]:
    return (triple for some in read.values() for triple in some)


def _inferred(triples: list[Triple], inference: str) -> list[Triple]:
    if inference == "none":
        return triples
    from coopera.validation.inference import inferred

    return inferred(triples, inference)


def _scope(asked: Asked, data: Read, ontology: Read, shape_files: Read) -> "Scope":
    from coopera import changes

    graph = {**data, **ontology}
    return changes.scope(
        asked.since or "",
        next(iter(asked.data), Path("data")).absolute().parent,
        changes.Group(graph, asked.facts or changes.under(graph)),
        changes.Group(shape_files, asked.rules or changes.under(shape_files)),
        inference=asked.inference != "none",
    )


def read_shapes(shape_files: Read) -> Shapes:
    """Read the shapes of files. Raises DataError, with its place, for one that is ill-formed."""
    try:
        return shapes.read(Nodes(_triples(shape_files)))
    except IllFormedError as error:
        place = places.place_of(shape_files, error.node)
        raise DataError(f"COOP003 {error.problem}", place=place, remedy=error.remedy) from error


def _meta(shape_files: Read, prefixes: Prefixes) -> None:
    """Validate the shapes with the shapes of SHACL (SHACL, appendix C). Raises DataError."""
    from coopera.validation.meta import shapes_of_shapes

    graph = DataGraph(_triples(shape_files))
    own = shapes.read(Nodes(shapes_of_shapes()))
    report = replace(validation.validate(graph, own, allow_empty=True), undeclared=())
    found = findings(report, shape_files, {}, own, prefixes, graph, tell_unused=False)
    raise_all([
        DataError(
            f"COOP003 {finding.message['en']} ({finding.subject} {finding.path})",
            place=finding.place,
            remedy="mend the shape; SHACL's own shapes demand it.",
        )
        for finding in found
        if finding.severity == "error"
    ])  # fmt: skip


def handed(report: validation.Report, prefixes: Prefixes) -> list[dict[str, str]]:
    """Tell which shapes pySHACL evaluated."""
    return [
        {
            "en": f"{prefixes.text(shape)} was evaluated by pySHACL: {why['en']}.",
            "fr": f"{prefixes.text(shape)} a été évaluée par pySHACL : {why['fr']}.",
        }
        for shape, why in report.handed
    ]


def findings(
    report: validation.Report,
    files: places.Files,
    shape_files: Read,
    read: Shapes,
    prefixes: Prefixes,
    graph: DataGraph,
    tell_unused: bool = True,
) -> list[Finding]:
    """Turn a report into findings, sorted: of its results, of targets and of unused shapes.

    `files` are those of the data, the preferred first.
    """
    known = read.all
    wanted = _wanted(report.results, known, graph) if files else [[] for _ in report.results]
    every = set(chain.from_iterable(wanted))
    spots = places.find(files, every) if every else {}
    target = NamedNode(SH + "targetClass")
    undeclared = {
        kind: (shape.node, target, kind)
        for kind in report.undeclared
        for shape in known.values()
        if any(t.value == kind for t in shape.targets)
    }
    told_of = {shape for shape, _, _ in undeclared.values()}
    unused = [
        shape
        for shape in known.values()
        if report.reached.get(shape_name(shape.node)) == 0 and shape.node not in told_of
    ]
    asked: set[Wanted] = {(result.source_shape, None, None) for result in report.results}
    asked |= {*undeclared.values(), *((shape.node, None, None) for shape in unused)}
    at = places.find(shape_files, asked)
    told = [
        _finding(result, _first(filter(None, map(spots.get, triples))), at, known, prefixes)
        for result, triples in zip(report.results, wanted, strict=True)
    ]
    if files:
        values = dict.fromkeys(result.value_node for result in report.results)
        said = _undescribed(values, prefixes, graph)
        told = [_with(finding, said) for finding in told]
    told += [_undeclared(prefixes.text(k), at.get(w)) for k, w in undeclared.items()]
    told += [
        _unused(prefixes.text(shape.node), at.get((shape.node, None, None)))
        for shape in unused
        if tell_unused
    ]
    return order(told)


def shape_name(node: Term) -> str:
    """Name a shape as `Report.reached` does."""
    return node.value if isinstance(node, NamedNode) else str(node)


def _first(spots: Iterable[Spot]) -> Spot | None:
    """Choose the spot that comes first, by file and line."""

    def order(spot: Spot) -> tuple[str, int, int]:
        return (str(spot.place.path), spot.place.line or 0, spot.place.column or 0)

    return min(spots, key=order, default=None)


def _wanted(
    results: Sequence[ValidationResult], known: Mapping[Term, shapes.Shape], graph: DataGraph
) -> list[list[Wanted]]:
    """Choose for each the triple that is at fault, or those any of which is: its value, else focus.

    A value to which no predicate leads from the focus node may be itself a predicate or a datatype.
    """
    found = [_of_focus(result, known, graph) for result in results]
    odd = {
        at: result.value_node
        for at, (result, wanted) in enumerate(zip(results, found, strict=True))
        if wanted[1] is None and result.value_node != result.focus_node
        and isinstance(result.value_node, NamedNode)
    }  # fmt: skip
    uses = graph.uses(set(odd.values()), USES)
    chosen = [[wanted] for wanted in found]
    for at, value in odd.items():
        chosen[at] = [
            (use.subject, use.predicate, None if use.predicate == value else use.object)
            for use in uses[value]
        ] or chosen[at]
    return chosen


def _of_focus(
    result: ValidationResult, known: Mapping[Term, shapes.Shape], graph: DataGraph
) -> Wanted:
    """Choose a triple of the focus node: its value, else its predicate, else its subject."""
    focus, value, path = result.focus_node, result.value_node, result.result_path
    if isinstance(path, NamedNode):
        return (focus, path, value)
    shape = known.get(result.source_shape)
    step = shape.path if shape else None
    if isinstance(step, paths.Sequence):
        step, value = step.parts[0], None
    if isinstance(step, paths.Step):
        if not step.inverse:
            return (focus, step.predicate, value)
        if value is not None:
            return (value, step.predicate, focus)
    if path is None and value is not None and value != focus:
        predicate = graph.link(focus, value)
        if predicate is not None:
            return (focus, predicate, value)
    return (focus, None, None)


def _finding(
    result: ValidationResult, spot: Spot | None, at: Mapping[Wanted, Spot],
    known: Mapping[Term, shapes.Shape], prefixes: Prefixes,
) -> Finding:  # fmt: skip
    shape = known.get(result.source_shape)
    path = prefixes.text(result.result_path)
    if isinstance(result.result_path, BlankNode):
        path = paths.text(shape.path, prefixes.text) if shape and shape.path else ""
    there = at.get((result.source_shape, None, None))
    return Finding(
        result.code,
        result.severity,
        result.message,
        spot.place if spot else None,
        prefixes.text(result.focus_node),
        path=path,
        value=prefixes.text(result.value_node),
        shape=prefixes.text(result.source_shape),
        shape_place=there.place if there else None,
        result=result,
        end=spot.end if spot else None,
    )


Texts = dict[str, str]
"""A text by its language."""


def _undescribed(
    values: Iterable[Term | None], prefixes: Prefixes, graph: DataGraph
) -> dict[Term, Texts]:
    """Say of IRIs that nothing describes, where others are like them, that they may be misspelt."""
    from difflib import get_close_matches

    missing = (v for v in values if isinstance(v, NamedNode) and not graph.described(v))
    chosen = list(islice(missing, MOST_NEAR))
    if not chosen or graph.size > LARGE:
        return {}
    stems = tuple({value.value.removesuffix(_step(value.value)) for value in chosen})
    siblings: dict[str, dict[str, str]] = {stem: {} for stem in stems}
    for iri in graph.subjects():
        if iri.startswith(stems):
            for stem in filter(iri.startswith, stems):
                siblings[stem][_step(iri)] = iri
    found: dict[Term, Texts] = {}
    for value in chosen:
        step, name = _step(value.value), prefixes.text(value)
        known = siblings[value.value.removesuffix(step)]
        near = get_close_matches(step, sorted(known), 3, NEAR)
        like = ", ".join(prefixes.text(NamedNode(known[one])) for one in near)
        if known:
            found[value] = {
                "en": f"{name} is not described anywhere"
                + (f": did you mean {like}?" if like else "."),
                "fr": f"{name} n'est décrit nulle part"
                + (f" : vouliez-vous dire {like} ?" if like else "."),
            }
    return found


def _step(iri: str) -> str:
    """Give what stands behind the last slash or hash of an IRI."""
    return re.split(r"[/#]", iri)[-1]


def _with(finding: Finding, said: Mapping[Term, Texts]) -> Finding:
    """Put what is to be said of its value before what the shape says."""
    value = finding.result.value_node if finding.result else None
    more = said.get(value) if value is not None else None
    if more is None:
        return finding
    message = {tag: f"{more.get(tag, more['en'])} {text}" for tag, text in finding.message.items()}
    return replace(finding, message=message)


def _undeclared(name: str, spot: Spot | None) -> Finding:
    message = {
        "en": f"the ontology does not declare {name}, which a shape targets.",
        "fr": f"l'ontologie ne déclare pas {name}, que vise une forme.",
    }
    return _of_shape("COOP001", "error", message, spot)


def _unused(name: str, spot: Spot | None) -> Finding:
    message = {
        "en": f"the shape {name} reaches no node: nothing is checked with it.",
        "fr": f"la forme {name} n'atteint aucun nœud : rien n'est vérifié avec elle.",
    }
    return _of_shape("COOP002", "info", message, spot)


def _of_shape(code: str, severity: str, message: dict[str, str], spot: Spot | None) -> Finding:
    place, end = (spot.place, spot.end) if spot else (None, None)
    return Finding(code, severity, message, place, end=end)
