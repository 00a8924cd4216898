"""History: a small CSV file in; what was measured on each day, from the first, out."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import astuple, dataclass, fields
from datetime import date
from pathlib import Path

from coopera import files
from coopera.errors import DataError, Place

NAME = "quality-history.csv"
"""The file beside `coopera.toml` that holds a project's history."""


@dataclass(frozen=True, order=True)
class Entry:
    """The measures of one day."""

    date: str
    """As `YYYY-MM-DD`."""
    triples: int
    error: int
    warning: int
    info: int
    gaps: int
    """Pairs of a thing and a property that its shapes name and that it lacks."""


COLUMNS = tuple(field.name for field in fields(Entry))


def read(path: Path) -> tuple[Entry, ...]:
    """Read a history, whatever the order of its lines.

    Raises DataError, with the line, for what is not a history.
    """
    reader = csv.reader(io.StringIO(files.text(path), newline=""), strict=True)
    entries: dict[str, Entry] = {}
    head = True
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise _damaged(path, reader.line_num, f"the line is not CSV: {error}") from error
        if row is None:
            break
        if head and tuple(row) != COLUMNS:
            raise _damaged(path, 1, f"the first line is not {','.join(COLUMNS)}")
        if not head:
            entry = _entry(path, reader.line_num, row)
            if entry.date in entries:
                raise _damaged(path, reader.line_num, f"{entry.date} is there twice")
            entries[entry.date] = entry
        head = False
    if head:
        raise _damaged(path, 1, "the history is empty")
    return tuple(sorted(entries.values()))


def _entry(path: Path, line: int, row: list[str]) -> Entry:
    if len(row) != len(COLUMNS):
        raise _damaged(path, line, f"{len(row)} cells stand under {len(COLUMNS)} columns")
    day, *cells = row
    if not is_day(day):
        raise _damaged(path, line, f"{day!r} is no date")
    for name, cell in zip(COLUMNS[1:], cells, strict=True):
        if not re.fullmatch("[0-9]{1,15}", cell):
            raise _damaged(path, line, f"{name} is {cell!r}, which is no whole number")
    return Entry(day, *map(int, cells))


def is_day(text: str) -> bool:
    """Say whether a text is a date as `YYYY-MM-DD`."""
    try:
        return bool(re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) and date.fromisoformat(text))
    except ValueError:
        return False


def _damaged(path: Path, line: int, problem: str) -> DataError:
    remedy = "mend or delete the line; the file is written by coopera report --record."
    return DataError(f"{problem}.", place=Place(path, line), remedy=remedy)


def recorded(entries: Iterable[Entry], new: Entry) -> tuple[Entry, ...]:
    """Add the measures of a day, in the place of those that the day may have."""
    return tuple(sorted([*(entry for entry in entries if entry.date != new.date), new]))


def text(entries: Iterable[Entry]) -> str:
    """Write a history, a line a day."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(map(astuple, sorted(entries)))
    return written.getvalue()
