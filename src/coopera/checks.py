"""Checks: a project in; what stands in the way of publishing it out."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pyoxigraph import Literal, Triple

from coopera import (
    answers,
    conformance,
    derived,
    engines,
    evidence,
    files,
    identifiers,
    lint,
    queries,
    validation,
    verification,
    workers,
)
from coopera.errors import Place, QueryError
from coopera.findings import Finding, Summary, order
from coopera.project import Project
from coopera.tables import Quads, Term
from coopera.validation.data import DataGraph


@dataclass(frozen=True)
class Outcome:
    """What the checks found, and what they looked at."""

    findings: tuple[Finding, ...]
    triples: Quads
    """The one default graph, vocabulary and data, in the order of its files."""
    summary: Summary
    shapes: Sequence[Triple]
    """The triples of the shapes graph."""

    @property
    def failed(self) -> bool:
        """Say whether an error is among the findings."""
        return any(finding.severity == "error" for finding in self.findings)


@dataclass(frozen=True)
class Begun:
    """Checks that have read all files, and may be at work in other processes."""

    triples: Quads
    """As in the outcome."""
    outcome: Callable[[], Outcome]
    """Waits for what the checks find, once; raises as `run` does."""


def run(project: Project, allow_empty: bool = False) -> Outcome:
    """Parse everything, validate, check evidence and derived triples, run the saved queries.

    Raises CooperaError where something cannot be checked: a file that does not parse, a folder
    that is empty, shapes that are not well-formed or reach nothing.
    """
    return begin(project, allow_empty, apart=lambda work: work).outcome()


Apart = Callable[[Callable[[], Any]], Callable[[], Any]]
"""Begins a piece of work, and gives what waits for its result."""


def begin(project: Project, allow_empty: bool = False, apart: Apart = workers.begun) -> Begun:
    """Read all files, and begin to check them, in processes of their own where that can be.

    Raises CooperaError for a file that does not parse, and shapes that are not well-formed.
    """
    started = time.perf_counter()
    by_file = conformance.parse(project.graph_files)
    shape_files = conformance.parse(project.shape_files)
    shapes = conformance.read_shapes(shape_files)
    triples = [t for some in by_file.values() for t in some]
    _parse_queries(project)
    rows = evidence.assertions(project)
    by_hand = {path: by_file[path] for path in conformance.by_hand(by_file)}
    stated = [t for path in project.data_files for t in by_file[path]]
    described: set[Term] = {t.subject for t in stated}
    described |= {t.object for t in stated if isinstance(t.object, Literal)}

    def validated() -> tuple[list[Finding], dict[str, int], list[dict[str, str]]]:
        graph = DataGraph(triples)
        report = validation.validate(graph, shapes, described, allow_empty=allow_empty)
        found = conformance.findings(report, by_hand, shape_files, shapes, project.prefixes, graph)
        return list(found), report.reached, list(conformance.handed(report, project.prefixes))

    def compared() -> list[Finding]:
        engine = engines.ENGINES["oxigraph"](triples)
        return [
            *evidence.check(project, by_file, rows),
            *derived.check(project, by_file),
            *_stale(evidence.generated(project)),
            *identifiers.check(project, by_file),
            *lint.check(project),
            *answers.check(project, engine),
            *verification.run(project, engine),
        ]

    pending = apart(validated), apart(compared)

    @cache
    def outcome() -> Outcome:
        findings, reached, notes = pending[0]()
        findings += pending[1]()
        counts = {
            "files": len(by_file),
            "triples": len(set(triples)),
            "assertions": sum(map(len, rows.values())),
            "shapes": len(reached),
            "focus nodes": sum(reached.values()),
            "queries": len(project.queries),
        }
        summary = Summary(counts, reached, time.perf_counter() - started, tuple(notes))
        return Outcome(tuple(order(findings)), triples, summary, shapes.nodes.triples)

    return Begun(triples, outcome)


def _parse_queries(project: Project) -> None:
    """Parse every saved query and rule against an empty store, where an answer costs nothing."""
    empty = engines.ENGINES["oxigraph"]([])
    failures = []
    for path in [*(q.path for q in project.queries.values()), *project.rules]:
        try:
            empty.query(files.text(path, queries.LARGEST))
        except QueryError as error:
            failures.append(queries.at(path, error))
    conformance.raise_all(failures)


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
