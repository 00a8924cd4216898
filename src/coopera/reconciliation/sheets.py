"""Sheets: a CSV file of any office in; its rows, and a text safe for a spreadsheet, out."""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from coopera.errors import DataError, Place
from coopera.queries import nearest

LARGEST = 64 << 20
"""Bytes of a file, at most."""
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab"}
_LOOK = 50
"""Rows by which the delimiter is guessed."""
_UNSAFE = re.compile(r"[=+\-@\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]+)?")
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


@dataclass(frozen=True)
class Sheet:
    """A table of texts: the names of its columns, and rows that are as long."""

    path: Path
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """On which line each row ends, from 1."""
    delimiter: str
    encoding: str
    """`utf-8`, `utf-8-sig`, `utf-16` or `cp1252`; the last is a guess."""

    def column(self, name: str) -> int:
        """Find a column by its name, else by its name in other capitals.

        Raises DataError where none or several have it.
        """
        for same in (str.strip, lambda text: text.strip().casefold()):
            found = [at for at, called in enumerate(self.header) if same(called) == same(name)]
            if len(found) == 1:
                return found[0]
            if found:
                raise DataError(
                    f"{len(found)} columns are called '{name}'.",
                    place=Place(self.path, 1),
                    remedy="give each column a name of its own.",
                )
        raise DataError(
            f"no column is called '{name}'.",
            place=Place(self.path, 1),
            remedy=nearest(name, [called for called in self.header if called]),
        )


def read(path: Path, delimiter: str | None = None) -> Sheet:
    """Read a CSV file whose first row names the columns; guess its delimiter and its encoding.

    Raises DataError, with the line, for a file that is no such table or is over `LARGEST`.
    """
    text, encoding = _text(path)
    if "\0" in text:
        raise DataError(
            "the file holds zero bytes, as no text does.",
            place=Place(path, text.count("\n", 0, text.index("\0")) + 1),
            remedy="save the sheet as CSV, in UTF-8.",
        )
    chosen = delimiter or _guessed(text)
    rows: list[tuple[str, ...]] = []
    lines: list[int] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=chosen, strict=True)
    try:
        for row in reader:
            rows.append(tuple(row))
            lines.append(reader.line_num)
    except csv.Error as error:
        raise DataError(
            f"this is no CSV: {error}.",
            place=Place(path, reader.line_num),
            remedy='write a cell that holds " as "…""…", and close what " opens.',
        ) from error
    if not rows or not any(rows[0]):
        raise DataError(
            "the file has no row of column names.",
            place=Place(path),
            remedy="write the names of the columns into its first row.",
        )
    width = len(rows[0])
    for cells, line in zip(map(len, rows), lines, strict=True):
        if cells > width:
            raise DataError(
                f"{cells} cells under {width} columns.",
                place=Place(path, line),
                remedy=f"quote cells that hold the {DELIMITERS.get(chosen, 'delimiter')}, "
                "or choose --delimiter.",
            )
    filled = tuple(row + ("",) * (width - len(row)) for row in rows)
    return Sheet(path, filled[0], filled[1:], tuple(lines[1:]), chosen, encoding)


def text(header: Iterable[str], rows: Iterable[Iterable[str]], delimiter: str = ",") -> str:
    """Write CSV whose cells a spreadsheet takes for texts or numbers, never for formulas."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=delimiter, lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in (header, *rows))
    return written.getvalue()


def safe(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would compute; numbers stay."""
    return f"'{cell}" if _UNSAFE.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _text(path: Path) -> tuple[str, str]:
    """Read a file as what its first bytes say, else as UTF-8, else as Windows-1252."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror or error}.", place=Place(path)
        ) from error
    if len(data) > LARGEST:
        raise DataError(
            f"the file has more than {LARGEST >> 20} MiB.", place=Place(path), remedy="split it."
        )
    told = next((name for mark, name in _MARKS.items() if data.startswith(mark)), None)
    for encoding in (told,) if told else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise DataError(
        "the file is neither UTF-8 nor Windows-1252.", place=Place(path), remedy="save it as UTF-8."
    )


def _guessed(text: str) -> str:
    """Choose the delimiter that cuts most of the first rows into as many cells as the header."""

    def fit(delimiter: str) -> tuple[int, int]:
        reader = csv.reader(io.StringIO(text[: 1 << 20], newline=""), delimiter=delimiter)
        widths: list[int] = []
        try:
            for row in reader:
                widths.append(len(row))
                if len(widths) == _LOOK:
                    break
        except csv.Error:
            return (0, 0)
        first = widths[0] if widths else 0
        return (Counter(widths)[first] if first > 1 else 0, first)

    return max(DELIMITERS, key=fit)
