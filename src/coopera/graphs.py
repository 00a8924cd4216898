"""Graphs: files in; triples out, and the lines on which they stand."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from pyoxigraph import Literal, Quad, RdfFormat, Store, Triple, parse

from coopera.errors import DataError, Place
from coopera.tables import Quads, Term

SYNTAXES: dict[str, RdfFormat] = {
    ".ttl": RdfFormat.TURTLE,
    ".nt": RdfFormat.N_TRIPLES,
    ".nq": RdfFormat.N_QUADS,
    ".trig": RdfFormat.TRIG,
    ".jsonld": RdfFormat.JSON_LD,
    ".rdf": RdfFormat.RDF_XML,
}
"""File name endings and the syntaxes that they stand for."""


def read(path: Path) -> Quads:
    """Read the triples of one file, in its order; graph names are dropped.

    Raises DataError, with line and column, for a file that is absent or not what its name says.
    """
    syntax = SYNTAXES.get(path.suffix)
    if syntax is None:
        raise DataError(
            f"'{path.suffix}' is no ending of an RDF file.",
            place=Place(path),
            remedy=f"use one of {' '.join(SYNTAXES)}.",
        )
    try:
        return [
            _rdf_11(path, quad.triple)
            for quad in parse(path=path, format=syntax, rename_blank_nodes=True)
        ]
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror or error}.", place=Place(path)
        ) from error
    except SyntaxError as error:
        raise syntax_error(path, error) from error


def _rdf_11(path: Path, triple: Triple) -> Triple:
    """Refuse what RDF 1.2 adds, which neither rdflib nor our writers can hold."""
    value = triple.object
    if isinstance(value, Triple) or (isinstance(value, Literal) and value.direction is not None):
        raise DataError(
            f"{value} is RDF 1.2, which is not used here.",
            place=Place(path),
            remedy="write RDF 1.1: no triple terms, no base directions.",
        )
    return triple


def syntax_error(path: Path, error: SyntaxError) -> DataError:
    """Turn the parser's error into ours: place, problem, remedy."""
    problem = re.sub(r"^Parser error at .*?: ", "", str(error.msg)).rstrip(".")
    remedy = "mend the line; the parser could read the file up to there."
    if undeclared := re.fullmatch(r"The prefix (.*): has not been declared", problem):
        problem = f"prefix '{undeclared[1]}' is not declared"
        remedy = f"declare {undeclared[1]}: with @prefix in this file, or mend its spelling."
    return DataError(f"{problem}.", place=Place(path, error.lineno, error.offset), remedy=remedy)


def read_all(paths: Iterable[Path]) -> Quads:
    """Read the triples of several files. Raises DataError as `read` does."""
    return [triple for path in paths for triple in read(path)]


def store(triples: Iterable[Triple]) -> Store:
    """Put triples into the default graph of a store in memory."""
    filled = Store()
    filled.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in triples)
    return filled


class _LineFeed:
    """Hands a parser one line per `read`, so that the count of lines tells where it is."""

    def __init__(self, path: Path) -> None:
        self.lines = path.read_bytes().splitlines(keepends=True)
        self.number = 0

    def read(self, _size: int = -1) -> bytes:
        self.number += 1
        return self.lines[self.number - 1] if self.number <= len(self.lines) else b""


def lines(path: Path) -> Iterator[tuple[Triple, int]]:
    """Give each triple of a file with the line, from 1, on which its object ends.

    It leans on how pyoxigraph 0.5.13 reads ahead (not at all); a test pins it.
    """
    feed = _LineFeed(path)
    for quad in parse(input=feed, format=SYNTAXES[path.suffix]):  # type: ignore[arg-type]
        yield quad.triple, min(feed.number, len(feed.lines))


def place_of(
    paths: Iterable[Path], subject: Term, predicate: Term | None = None, value: Term | None = None
) -> Place | None:
    """Find the line that states a triple, else one with its predicate, else its subject's first."""
    best: tuple[int, Place] | None = None
    for path in paths:
        for triple, line in _statements(path, path.stat().st_mtime_ns).get(subject, ()):
            fit = 1 + (triple.predicate == predicate) * (1 + (triple.object == value))
            if best is None or fit > best[0]:
                best = (fit, Place(path, line))
    return best[1] if best else None


@lru_cache(maxsize=256)
def _statements(path: Path, _changed: int) -> dict[Term, list[tuple[Triple, int]]]:
    """Gather a file's triples by subject, once for each state of the file."""
    found: dict[Term, list[tuple[Triple, int]]] = {}
    for triple, line in lines(path):
        found.setdefault(triple.subject, []).append((triple, line))
    return found
