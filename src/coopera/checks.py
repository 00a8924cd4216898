"""Checks: a project in; what stands in the way of publishing it out."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode

from coopera import answers, derived, engines, evidence, files, graphs, identifiers, validation
from coopera.errors import CooperaError, DataError, Place, QueryError
from coopera.findings import Finding, order
from coopera.project import Project
from coopera.tables import Quads, Term
from coopera.terms import SH


@dataclass(frozen=True)
class Outcome:
    """What the checks found, and what they looked at."""

    findings: tuple[Finding, ...]
    triples: Quads
    """The one default graph, vocabulary and data, in the order of its files."""
    counts: dict[str, int]
    reached: dict[str, int]
    """IRI of each shape with a target -> the number of its focus nodes."""

    @property
    def failed(self) -> bool:
        """Say whether an error is among the findings."""
        return any(finding.severity == "error" for finding in self.findings)


def run(project: Project, allow_empty: bool = False) -> Outcome:
    """Parse everything, validate, check evidence and derived triples, run the saved queries.

    Raises CooperaError where something cannot be checked: a file that does not parse, a folder
    that is empty, shapes that reach nothing.
    """
    by_file = parse(project.graph_files)
    shapes = [t for some in parse(project.shape_files).values() for t in some]
    triples = [t for some in by_file.values() for t in some]
    engine = engines.ENGINES["oxigraph"](triples)
    _parse_queries(project)
    rows = evidence.assertions(project)
    # A place in a file that people write says more than one in a file that is made from it.
    by_hand = sorted(by_file, key=lambda path: path.name in ("derived.ttl", "evidence.ttl"))
    stated = [t for path in project.data_files for t in by_file[path]]
    described: set[Term] = {t.subject for t in stated}
    described |= {t.object for t in stated if isinstance(t.object, Literal)}
    report = validation.validate(triples, shapes, described, allow_empty=allow_empty)
    findings = [
        *(_undeclared(project, target) for target in report.undeclared),
        *(_told(project, by_hand, result) for result in report.results),
        *evidence.check(project, by_file, rows),
        *derived.check(project, by_file),
        *_stale(evidence.generated(project)),
        *identifiers.check(project, by_file),
        *answers.check(project, engine),
    ]
    counts = {
        "files": len(by_file),
        "triples": len(set(triples)),
        "assertions": sum(map(len, rows.values())),
        "shapes": len(report.reached),
        "focus nodes": sum(report.reached.values()),
        "queries": len(project.queries),
    }
    return Outcome(tuple(order(findings)), triples, counts, report.reached)


def parse(paths: Iterable[Path]) -> dict[Path, Quads]:
    """Read files; where some do not parse, raise one DataError that tells of each."""
    read, failures = {}, []
    for path in paths:
        try:
            read[path] = graphs.read(path)
        except DataError as error:
            failures.append(error)
    _raise_all(failures)
    return read


def _raise_all(failures: Sequence[CooperaError]) -> None:
    if len(failures) == 1:
        raise failures[0]
    if failures:
        raise CooperaError("\n".join(str(failure) for failure in failures))


def _parse_queries(project: Project) -> None:
    """Parse every saved query and rule against an empty store, where an answer costs nothing."""
    empty = engines.ENGINES["oxigraph"]([])
    failures = []
    for path in [*(q.path for q in project.queries.values()), *project.rules]:
        try:
            empty.query(files.text(path))
        except QueryError as error:
            failures.append(at(path, error))
    _raise_all(failures)


def at(path: Path, error: QueryError) -> QueryError:
    """Move the line and column that an error names into its place."""
    match = re.match(r"line (\d+), column (\d+): ", error.problem)
    place = Place(path, int(match[1]), int(match[2])) if match else Place(path)
    problem = error.problem[match.end() :] if match else error.problem
    return QueryError(problem, place=place, remedy=error.remedy)


def _undeclared(project: Project, target: NamedNode) -> Finding:
    name = project.prefixes.text(target)
    return Finding(
        "COOP001",
        "error",
        {
            "en": f"the ontology does not declare {name}, which a shape targets: nothing of it is "
            "checked.",
            "fr": f"l'ontologie ne déclare pas {name}, que vise une forme : rien n'en est vérifié.",
        },
        graphs.place_of(project.shape_files, *_any_target(project, target)),
    )


def _any_target(project: Project, target: NamedNode) -> tuple[Term, NamedNode, NamedNode]:
    predicate = NamedNode(SH + "targetClass")
    for path in project.shape_files:
        for triple in graphs.read(path):
            if triple.predicate == predicate and triple.object == target:
                return triple.subject, predicate, target
    raise LookupError(target)


def _told(project: Project, paths: Sequence[Path], result: validation.ValidationResult) -> Finding:
    """Turn a validation result into a finding with the line of its triple or focus node."""
    path = result.result_path if isinstance(result.result_path, NamedNode) else None
    at_value = result.value_node if path else None
    message = {
        language: f"{text} [{project.prefixes.text(path)}]" if path else text
        for language, text in result.message.items()
    }
    return Finding(
        result.code,
        result.severity,
        message,
        graphs.place_of(paths, result.focus_node, path, at_value),
        project.prefixes.text(result.focus_node),
    )


def _stale(generated: Mapping[Path, str]) -> list[Finding]:
    """COOP563: a generated file is not what its source gives."""
    found = []
    for path, text in generated.items():
        if not files.holds(path, text):
            message = {
                "en": "the file is not what the CSV beside it gives; run coopera evidence.",
                "fr": "le fichier ne suit pas le CSV voisin ; lancez coopera evidence.",
            }
            found.append(Finding("COOP563", "error", message, Place(path)))
    return found
