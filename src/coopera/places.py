"""Places: files and triples in; the line and column where each file states them out."""

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

from coopera import graphs, turtle
from coopera.errors import Place
from coopera.tables import Term

Wanted = tuple[Term, Term | None, Term | None]
"""A subject, a predicate and a value; `None` where only what stands before it is known."""
Files = Mapping[Path, Sequence[Triple]] | Iterable[Path]
"""Files, the preferred first; the triples of each, as `graphs.read` gave them, spare a reading."""

_Key = tuple[Term | None, Term | None, Term | None]
_Line = tuple[int, str]
_Where = TypeVar("_Where", int, _Line)
_BREAK = re.compile(r"\r\n?|\n")


@dataclass(frozen=True)
class Spot:
    """A piece of a file: where it starts, and the line and column behind its last character.

    Of RDF/XML and JSON-LD only the file is told.
    """

    place: Place
    end: tuple[int, int] | None = None


def find(files: Files, wanted: Collection[Wanted]) -> dict[Wanted, Spot]:
    """Find the best spot of each triple; what no file mentions is left out.

    From the best: the value in that triple; the predicate, where the subject has it first; the
    subject, where it is described first; the subject, where it is a value. Of equals, that of the
    first file. Ask once for many: each call goes through the triples of the files.

    Raises DataError where a file cannot be read.
    """
    ladders = {one: _ladder(one) for one in wanted}
    keys = {key for ladder in ladders.values() for key in ladder}
    best = {ladder[0] for ladder in ladders.values()}
    spots: dict[_Key, Spot] = {}
    for path in files:
        if best <= spots.keys():
            break
        triples = files[path] if isinstance(files, Mapping) else None
        spots.update(_spots(path, triples, keys - spots.keys()))
    found = (
        (one, next(filter(None, map(spots.get, ladder)), None)) for one, ladder in ladders.items()
    )
    return {one: spot for one, spot in found if spot}


def place_of(
    files: Files, subject: Term, predicate: Term | None = None, value: Term | None = None
) -> Place | None:
    """Find the place of one triple, as `find` does; `None` where no file mentions its subject."""
    wanted = (subject, predicate, value)
    spot = find(files, [wanted]).get(wanted)
    return spot.place if spot else None


def _ladder(wanted: Wanted) -> list[_Key]:
    """List what may stand for a wanted triple, the best first."""
    subject, predicate, value = wanted
    ladder: list[_Key] = [(subject, None, None), (None, None, subject)]
    if predicate is not None:
        ladder.insert(0, (subject, predicate, None))
        if value is not None:
            ladder.insert(0, wanted)
    return ladder


def _spots(path: Path, triples: Sequence[Triple] | None, keys: set[_Key]) -> dict[_Key, Spot]:
    """Give the spots of what a file states: the file alone where no more is told of it."""
    syntax = graphs.syntax(path)
    if syntax in graphs.LINES:
        return dict(_on_lines(path, triples, keys))
    stated = triples if triples is not None else (quad.triple for quad in graphs.stream(path))
    hits, count = _hits(enumerate(stated), keys)
    spots = dict.fromkeys(hits, Spot(Place(path)))
    if hits and syntax in graphs.TERSE:
        spots.update(_in_text(path, hits, count))
    return spots


def _hits(
    rows: Iterable[tuple[_Where, Triple]], keys: set[_Key]
) -> tuple[dict[_Key, tuple[_Where, int]], int]:
    """Find each key first: where, and which part of the triple is meant; and count the rows."""
    subjects = {subject for subject, _, _ in keys}
    values = {value for subject, _, value in keys if subject is None}
    hits: dict[_Key, tuple[_Where, int]] = {}
    count = 0
    for where, triple in rows:
        count += 1
        subject, value = triple.subject, triple.object
        if subject in subjects:
            predicate = triple.predicate
            for key, part in (
                ((subject, predicate, value), 2),
                ((subject, predicate, None), 1),
                ((subject, None, None), 0),
            ):
                if key in keys:
                    hits.setdefault(key, (where, part))
        if value in values:
            hits.setdefault((None, None, value), (where, 2))
    return hits, count


def _in_text(
    path: Path, hits: Mapping[_Key, tuple[int, int]], count: int
) -> Iterator[tuple[_Key, Spot]]:
    """Find the hits in Turtle or TriG, whose i-th triple is the i-th of the walk through it."""
    state = path.stat()
    offsets = _offsets(path, state.st_mtime_ns, state.st_size)
    if len(offsets) != 6 * count:  # the file has changed since it was read
        return
    starts = [0, *(match.end() for match in _BREAK.finditer(_text(path)))]

    def position(offset: int) -> tuple[int, int]:
        line = bisect_right(starts, offset)
        return line, offset - starts[line - 1] + 1

    for key, (number, part) in hits.items():
        at = 6 * number + 2 * part
        start, end = offsets[at : at + 2]
        yield key, Spot(Place(path, *position(start)), position(end))


@lru_cache(maxsize=64)
def _offsets(path: Path, _changed: int, _size: int) -> "array[int]":
    """Walk through a file, once for each of its states: 24 bytes a triple are kept."""
    return turtle.offsets(_text(path))


def _text(path: Path) -> str:
    return path.read_bytes().decode()


def _on_lines(
    path: Path, triples: Sequence[Triple] | None, keys: set[_Key]
) -> Iterator[tuple[_Key, Spot]]:
    """Find the hits in N-Triples or N-Quads, which have a triple a line."""
    meant = {value if subject is None else subject for subject, _, value in keys}
    named = not any(isinstance(term, BlankNode | Triple) for key in keys for term in key)
    if triples is None and named:
        nodes = {node for node in meant if isinstance(node, NamedNode)}
        hits, _ = _hits(_lines(path, {str(node)[:-1] for node in nodes}, _first), keys)
        found = {subject for subject, _, _ in hits}
        lost = {term for term in meant if term not in found and term is not None}
        if lost:
            rest = {key for key in keys if (key[2] if key[0] is None else key[0]) in lost}
            terms = _value if graphs.syntax(path) == RdfFormat.N_TRIPLES else _all
            hits |= _hits(_lines(path, set(map(_written, lost)), terms), rest)[0]
    else:
        hits, _ = _hits(_numbered(path, triples), keys)
    for key, ((number, line), part) in hits.items():
        offsets = turtle.offsets(line)
        # The graph of a quad walks like one more value, and may come first.
        row = min(range(0, len(offsets), 6), key=lambda at: offsets[at + 4])
        start, end = offsets[row + 2 * part : row + 2 * part + 2]
        yield key, Spot(Place(path, number, start + 1), (number, end + 1))


def _written(term: Term) -> str:
    """Write an IRI, or a literal whose text needs no escape, without its end."""
    return f'"{term.value}"' if isinstance(term, Literal) else str(term)[:-1]


def _first(line: str) -> tuple[str, ...]:
    """Give the first term of a line, without its last bracket."""
    return (line[: line.find(">")].lstrip(),)


def _value(line: str) -> Collection[str]:
    """Give the last term of a line of three IRIs that is written as most write it; else all."""
    if line.endswith("> .\n") and line.count("<") == 3 and '"' not in line:
        return (line[line.rfind("<") : -4],)
    return _all(line)


def _all(line: str) -> list[str]:
    """Give the terms of a line, IRIs without their last brackets, texts without what follows."""
    opened = line.find('"')
    if opened < 0:
        return line.replace(" ", "").replace("\t", "").split(">")
    terms = line[:opened].replace(" ", "").replace("\t", "").split(">")
    return [*terms, line[opened : line.find('"', opened + 1) + 1]]


def _lines(
    path: Path, names: Collection[str], terms: Callable[[str], Collection[str]]
) -> Iterator[tuple[_Line, Triple]]:
    """Give the lines of N-Triples or N-Quads that name some terms, each with its triple."""
    wanted = frozenset(names)
    escaped = re.compile(r"\\" if any(name.startswith('"') for name in names) else r"\\[uU]")
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            named = not wanted.isdisjoint(terms(line))
            if named or ("\\" in line and escaped.search(line)):
                for quad in parse(input=line, format=RdfFormat.N_QUADS):
                    yield (number, line), quad.triple


def _numbered(path: Path, triples: Sequence[Triple] | None) -> Iterator[tuple[_Line, Triple]]:
    """Give every line with its triple: a blank node is known by its turn in the whole file."""
    every = triples if triples is not None else (q.triple for q in graphs.stream(path))
    with path.open(encoding="utf-8") as file:
        lines = enumerate(file, 1)
        stated = (line for line in lines if line[1].lstrip()[:1] not in ("", "#"))
        yield from zip(stated, every, strict=False)
