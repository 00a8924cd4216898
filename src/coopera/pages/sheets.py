"""Sheets: a table of a page in; CSV that a spreadsheet opens without harm out."""

import csv
import io
import re
from collections.abc import Iterable

from coopera.pages.reader import Reader
from coopera.pages.views import Badge, Grid, Shown

BOM = "\ufeff"
SEPARATOR = {"en": ",", "fr": ";"}
"""What a spreadsheet of each language takes for the end of a cell."""
_MARKED = re.compile(r"\d{1,3}([,\u202f]\d{3})+")
BETWEEN = " | "
"""What stands between the values of one cell."""


def safe(text: str) -> str:
    """Keep a spreadsheet from taking a text for a formula (OWASP, CSV injection)."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else text


def written(rows: Iterable[Iterable[str]], language: str) -> str:
    """Write rows of texts."""
    made = io.StringIO(newline="")
    writer = csv.writer(made, delimiter=SEPARATOR[language], lineterminator="\r\n")
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return BOM + made.getvalue()


def of_grid(grid: Grid, iris: Iterable[str], reader: Reader) -> str:
    """Write a table whose rows tell of some IRIs; dates as `2025-07-17`, statuses with theirs."""
    dated = [
        any(isinstance(c, Badge) for row in grid.rows for c in row[at])
        for at in range(len(grid.columns))
    ]
    head: list[str] = []
    for at, name in enumerate(grid.columns):
        head += [name, "IRI"] if at == 0 else [name]
        head += [reader.word("status_as_of")] if dated[at] else []
    rows: list[list[str]] = [head]
    for row, iri in zip(grid.rows, iris, strict=True):
        cells = []
        for at, cell in enumerate(row):
            cells.append(BETWEEN.join(map(said, cell)))
            if at == 0:
                cells.append(iri)
            if dated[at]:
                days = [
                    c.when.datetime or c.when.text for c in cell if isinstance(c, Badge) and c.when
                ]
                cells.append(BETWEEN.join(days))
        rows.append(cells)
    return written(rows, reader.language)


def said(part: Shown | Badge) -> str:
    """Say a part of a cell."""
    if isinstance(part, Badge):
        return part.text
    text = part.datetime or part.text
    if text[:1].isdecimal() and _MARKED.fullmatch(text):
        text = re.sub(r"\D", "", text)  # a spreadsheet does not count with marks of thousands
    return f"{part.lead} {text}" if part.lead else text
