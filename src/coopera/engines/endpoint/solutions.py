"""Solutions: the bytes of a SPARQL result in JSON in; its rows, one by one, out.

SPARQL 1.1 Query Results JSON Format. The text of a large table is never held as a whole.
"""

import codecs
import json
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.tables import Row, Rows, Term
from coopera.terms import XSD

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
LONGEST = 64 * 2**20
"""Characters of one solution at most, or of what is no solution."""
_BOOLEANS = {"1": "true", "0": "false"}


class BrokenError(ValueError):
    """A text that breaks off, or is no JSON."""


class _Text:
    """The text of an answer, of which as much is held as it takes."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.pieces = pieces
        self.decoder = codecs.getincrementaldecoder("utf-8")()
        self.text, self.at, self.ended = "", 0, False
        self.end = ""
        """The last characters that were read."""

    def more(self) -> bool:
        """Read on, about as much as is held; say whether there was anything."""
        if self.ended:
            return False
        kept = self.text[self.at :]
        if len(kept) > LONGEST:
            raise BrokenError(f"one value has more than {LONGEST} characters")
        read: list[str] = []
        wanted = max(1, len(kept))
        while wanted > 0 and not self.ended:
            piece = next(self.pieces, b"")
            self.ended = not piece
            self.end = (self.end + piece[-60:].decode("utf-8", "replace"))[-60:]
            read.append(self.decoder.decode(piece, final=not piece))
            wanted -= len(piece)
        self.text, self.at = kept + "".join(read), 0
        return True

    def next(self) -> str:
        """Give the next character that is no space, without taking it; nothing at the end."""
        while True:
            found = _SPACE.match(self.text, self.at)
            self.at = found.end() if found else self.at
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def take(self, marks: str) -> str:
        """Take one of these characters."""
        mark = self.next()
        if not mark or mark not in marks:
            raise BrokenError(f"one of {marks} is wanted")
        self.at += 1
        return mark

    def value(self) -> Any:
        """Take one value of JSON, which is then held as a whole."""
        first = self.next()
        while True:
            try:
                value, end = _DECODER.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                if self.more():
                    continue
                raise BrokenError(str(error)) from error
            # A number, or a word, may go on in the next piece.
            if end == len(self.text) and first not in '{["' and self.more():
                continue
            self.at = end
            return value

    def members(self) -> Iterator[str]:
        """Take the names of an object's members; whoever asks takes the value of each."""
        self.take("{")
        if self.next() == "}":
            self.take("}")
            return
        while True:
            name = self.value()
            self.take(":")
            yield name
            if self.take(",}") == "}":
                return

    def items(self) -> Iterator[Any]:
        """Take the items of an array."""
        self.take("[")
        if self.next() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return


def read(
    pieces: Iterator[bytes], broken: Callable[[str], Exception], virtuoso: bool = False
) -> Rows | bool | None:
    """Read an answer: its rows as they come, the boolean of an ASK, or `None` for neither.

    Raises what `broken` makes of the last characters where the text breaks off; for rows, while
    they are read. Raises ValueError for what is no RDF term.
    """
    text = _Text(pieces)

    def guarded(steps: Iterable[Any]) -> Iterator[Any]:
        try:
            yield from steps
        except (BrokenError, UnicodeDecodeError, RecursionError) as error:
            raise broken(text.end) from error

    parts = guarded(_parts(text))
    names: tuple[str, ...] | None = None
    early: list[Any] | None = None
    for kind, value in parts:
        if kind == "head":
            names = value
        elif kind == "boolean":
            for _ in parts:
                pass
            return bool(value)
        elif names is not None:
            return Rows(names, _rows(names, guarded(value), parts, virtuoso))
        else:  # rows that come before their names
            early = list(guarded(value))
    if names is None or early is None:
        return None
    return Rows(names, _rows(names, early, (), virtuoso))


def _parts(text: _Text) -> Iterator[tuple[str, Any]]:
    """Give the parts of an answer in their order: the names, the rows, a boolean."""
    if text.next() != "{":
        text.value()
        return
    for member in text.members():
        if member == "results" and text.next() == "{":
            for name in text.members():
                if name == "bindings" and text.next() == "[":
                    rows = text.items()
                    yield "rows", rows
                    for _ in rows:  # those that nobody took
                        pass
                else:
                    text.value()
            continue
        match member, text.value():
            case "head", {"vars": list(names)}:
                yield "head", tuple(map(str, names))
            case "boolean", bool(value):
                yield "boolean", value
    if text.next():
        raise BrokenError("there is more text after the answer")


def _rows(
    names: tuple[str, ...], found: Iterable[Any], rest: Iterable[Any], virtuoso: bool
) -> Iterator[Row]:
    for solution in found:
        if not isinstance(solution, dict):
            raise ValueError(f"{solution!r}"[:60])
        cells = map(solution.get, names)
        yield tuple(None if cell is None else _term(cell, virtuoso) for cell in cells)
    for _ in rest:
        pass


def _term(cell: Any, virtuoso: bool) -> Term:
    try:
        kind, value = cell["type"], cell["value"]
        if kind == "uri":
            return NamedNode(value)
        if kind == "bnode":
            # Virtuoso 7.2.5 names them nodeID://b1.
            fits = re.fullmatch(r"[A-Za-z0-9]+", value) and not value.startswith("hex")
            return BlankNode(value if fits else f"hex{value.encode().hex()}")
        if kind not in ("literal", "typed-literal"):  # the latter in SPARQL 1.0, and from Virtuoso
            raise ValueError(f"a term of the type {kind}")
        if "xml:lang" in cell:
            return Literal(value, language=cell["xml:lang"])
        if "datatype" in cell:
            return literal(value, cell["datatype"], virtuoso)
        return Literal(value)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(str(error)) from error


def literal(value: str, datatype: str, virtuoso: bool) -> Literal:
    """Give a literal; Virtuoso 7.2.5 shows the values of xsd:boolean as 1 and 0."""
    if virtuoso and datatype == XSD + "boolean":
        value = _BOOLEANS.get(value, value)
    return Literal(value, datatype=NamedNode(datatype))


def smoothed(triple: Triple) -> Triple:
    """Give a triple as it was before Virtuoso 7.2.5 showed its value; see `literal`."""
    value = triple.object
    if isinstance(value, Literal) and value.language is None:
        value = literal(value.value, value.datatype.value, True)
    return Triple(triple.subject, triple.predicate, value)
