"""Excerpts: places in; the lines of their files, made harmless and fit for a screen, out."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from coopera.errors import Place
from coopera.findings import plain

WIDTH = 96
"""Columns of a screen that a line of a file may take."""
TAB = 4
AROUND = 1
"""Lines shown before and after the one at fault."""

End = tuple[int, int]
"""A line and a column, from 1, behind the last character."""

_REACH = 4 * WIDTH
"""Characters of a line that are looked at, before and after a column: lines may have millions."""
_GAP = "…"

# What turns the direction of a text round would show a line that is not the one in the file.
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_SPACE = re.compile("[\t-\r\x1c-\x1f\x85\u2028\u2029 ]+")

_TOKEN = re.compile(
    r"""
      (?P<quoted> \"{3} (?:[^"\\]|\\.|\"(?!\"\"))* (?:\"{3}|$)
                | '{3} (?:[^'\\]|\\.|'(?!''))* (?:'{3}|$)
                | "(?:[^"\\]|\\.)*(?:"|$)
                | '(?:[^'\\]|\\.)*(?:'|$) )
      (?: @[A-Za-z-]+[A-Za-z0-9-]* | \^\^ (?: <[^<>\s]*> | [^\s;,\[\](){}"'<>]+ ) )?
    | <[^<>\s]*>
    | [^\s;,\[\](){}"'<>]+
    | .
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Excerpt:
    """A few lines of a file, cut to `WIDTH`, with nothing in them that a terminal would obey."""

    lines: tuple[tuple[int, str], ...]
    """Number and text of each."""
    line: int
    """The number of the line at fault."""
    mark: tuple[int, int] | None = None
    """The characters of that line, from and to, that the place names; `None` without a column."""


def harmless(text: str) -> str:
    """Take out what a terminal would obey or would show in another order; lines stay lines."""
    return _TURNS.sub("\N{REPLACEMENT CHARACTER}", plain(text))


def one_line(text: str) -> str:
    """Give a harmless text on one line, whatever breaks it had."""
    return harmless(_SPACE.sub(" ", text).strip())


def short(text: str, most: int) -> str:
    """Cut a text to so many characters."""
    return text if len(text) <= most else text[: most - 1] + _GAP


def width(text: str) -> int:
    """Count the columns of a screen that a text takes: 2 for a wide character, 0 for an accent."""
    return len(text) if text.isascii() else sum(map(_columns, text))


def _columns(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def excerpts(
    places: Iterable[Place], ends: Mapping[Place, End] | None = None
) -> dict[Place, Excerpt]:
    """Give the excerpt of each place that has a line; each file is read once.

    `ends` are known ends; of another place, that of the Turtle term which begins there is taken.
    A file that cannot be read has none; bytes that are not UTF-8 are replaced.
    """
    lined = {place: place.line for place in places if place.line is not None}
    wanted: dict[Path, set[int]] = {}
    for place, line in lined.items():
        wanted.setdefault(place.path, set()).update(range(line - AROUND, line + AROUND + 1))
    texts = {path: _lines(path, numbers) for path, numbers in wanted.items()}
    return {
        place: _excerpt(texts[place.path], line, place.column, (ends or {}).get(place))
        for place, line in lined.items()
        if line in texts[place.path]
    }


def _lines(path: Path, numbers: set[int]) -> dict[int, str]:
    try:
        if not path.is_file():  # a pipe would wait for ever
            return {}
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            read = enumerate(islice(file, max(numbers)), 1)
            return {number: line.rstrip("\n") for number, line in read if number in numbers}
    except OSError:
        return {}


def _excerpt(texts: dict[int, str], line: int, column: int | None, known: End | None) -> Excerpt:
    near = [n for n in range(line - AROUND, line + AROUND + 1) if n in texts]
    text = texts[line]
    if column is None or not 1 <= column <= len(text):
        return Excerpt(tuple((n, _window(texts[n], 0)[0]) for n in near), line)
    start = column - 1
    if known is None or known <= (line, column):
        end = _end(text, start)
    else:
        end = min(known[1] - 1, len(text)) if known[0] == line else len(text.rstrip())
    first = _first(text, start, end)
    shown = {n: _window(texts[n], first)[0] for n in near}
    shown[line], starts = _window(text, first)
    mark = (starts[start - first], starts[min(end - first, len(starts) - 1)])
    return Excerpt(tuple(shown.items()), line, mark)


def _end(text: str, start: int) -> int:
    """Find where the term, word or mark ends that begins at a character of a line."""
    token = _TOKEN.match(text, start, start + _REACH)
    end = token.end() if token else start + 1
    if token and end - start > 1 and text[end - 1] == "." and end != token.end("quoted"):
        return end - 1  # the full stop that ends the statement
    return end


def _first(text: str, start: int, end: int) -> int:
    """Choose the first character to show, so that what is marked and both sides are in sight."""
    if start < _REACH and _room(text[:end]) < WIDTH:
        return 0
    third = WIDTH // 3
    after = min(_room(text[end : end + third]), third)
    left = WIDTH - 2 - min(_room(text[start:end]), third) - after
    first = start
    while first and (left := left - _room(text[first - 1])) >= 0:
        first -= 1
    return first


def _room(text: str) -> int:
    """Count the columns that a text takes at most, each tab at its widest."""
    return width(text) + (TAB - 1) * text.count("\t")


def _window(text: str, first: int) -> tuple[str, list[int]]:
    """Give what is seen of a line from a character on, and where each character begins in it."""
    seen = _GAP if first else ""
    taken = len(seen)
    starts = []
    for at, character in enumerate(harmless(text[first : first + _REACH]), first + 1):
        shown = " " * (TAB - taken % TAB) if character == "\t" else character
        taken += len(shown) if shown.isascii() else width(shown)
        if taken > WIDTH - (at < len(text)):
            seen += _GAP
            break
        starts.append(len(seen))
        seen += shown
    return seen, [*starts, len(seen)]
