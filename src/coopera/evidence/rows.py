"""Rows: `evidence.csv` in; assertions out, or the place of the row that cannot be read."""

import csv
import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import NamedNode, Triple

from coopera.errors import DataError, Place
from coopera.project import Project
from coopera.terms import Prefixes

COLUMNS = (
    "claim",
    "subject",
    "predicate",
    "object",
    "source",
    "start",
    "quote",
    "mode",
    "standing",
)
STANDINGS = ("accepted", "disputed", "superseded")
MODES = ("verbatim", "paraphrase", "inferred", "translated", "recorded", "reported", "editorial")
FIELD = re.compile(r"[^#]+#(/[^/]*)*")
"""How `start` names a field of a register: `<record id>#<JSON Pointer>` (RFC 6901)."""


@dataclass(frozen=True)
class Assertion:
    """One row of `evidence.csv`: a triple, where it is said, how it was read, where it stands."""

    claim: str
    triple: Triple
    source: NamedNode
    start: str
    """Offset of the quote in code points of the NFC text, or `<record>#<JSON Pointer>`."""
    quote: str
    mode: str
    standing: str
    place: Place

    @property
    def key(self) -> str:
        """Give the hash in its IRI: of subject, predicate, object, source and start."""
        return _hash(str(self.triple), str(self.source), self.start)

    @property
    def excerpt(self) -> str:
        """Give the hash in the IRI of the passage that it rests on."""
        return _hash(str(self.source), self.start, self.quote)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read(path: Path, prefixes: Prefixes) -> list[Assertion]:
    """Read one `evidence.csv`. Raises DataError, with its line, for a row that cannot be read."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:  # as Excel saves CSV
            rows = csv.DictReader(file, strict=True)
            if tuple(rows.fieldnames or ()) != COLUMNS:
                raise DataError(
                    f"the columns are {', '.join(rows.fieldnames or ['none'])}.",
                    place=Place(path, 1),
                    remedy=f"write the header {','.join(COLUMNS)}.",
                )
            return [_assertion(row, Place(path, rows.line_num), prefixes) for row in rows]
    except (UnicodeDecodeError, OSError, csv.Error) as error:
        raise DataError(f"the file is not CSV in UTF-8: {error}.", place=Place(path)) from error


def _assertion(row: Mapping[str, str | None], place: Place, prefixes: Prefixes) -> Assertion:
    cells = {name: row[name] for name in COLUMNS}
    if None in row or None in cells.values():
        raise DataError(
            "the row has not nine cells.", place=place, remedy='quote cells that hold commas: "…".'
        )
    texts = {name: unicodedata.normalize("NFC", str(cell)) for name, cell in cells.items()}
    try:
        triple = Triple(
            prefixes.iri(texts["subject"]),
            prefixes.iri(texts["predicate"]),
            prefixes.term(texts["object"]),
        )
        source = prefixes.iri(texts["source"])
    except ValueError as error:
        raise DataError(
            f"{error}.", place=place, remedy="write terms as in Turtle, with declared prefixes."
        ) from error
    mode, standing, start, quote = (texts[n] for n in ("mode", "standing", "start", "quote"))
    problem = _misfit(mode, standing, start, quote)
    if problem:
        raise DataError(problem[0], place=place, remedy=problem[1])
    return Assertion(texts["claim"], triple, source, start, quote, mode, standing, place)


def _misfit(mode: str, standing: str, start: str, quote: str) -> tuple[str, str] | None:
    if mode not in MODES:
        return f"'{mode}' is no mode.", f"write one of {', '.join(MODES)}."
    if standing not in STANDINGS:
        return f"'{standing}' is no standing.", f"write one of {', '.join(STANDINGS)}."
    field = FIELD.fullmatch(start) is not None
    quoting = mode in ("verbatim", "paraphrase") or (mode == "inferred" and not field)
    if quoting and not quote:
        return (
            f"a {mode} reading needs the quote it rests on.",
            "quote the phrase, or say reported.",
        )
    if mode in ("recorded", "reported", "editorial") and quote:
        return f"a {mode} statement has no quote.", "leave the cell empty."
    if quote and not re.fullmatch(r"[0-9]{1,9}", start):
        problem = f"'{start}' is no offset" if start else "the quote has no offset"
        return f"{problem}.", "write the offset of its first character as start, from 0."
    if mode == "recorded" and not field:
        return "a recorded statement needs its record.", "write <record>#<JSON Pointer> as start."
    if mode in ("reported", "editorial") and start:
        return f"a {mode} statement has no start.", "leave the cell empty."
    return None


def assertions(project: Project) -> dict[Path, list[Assertion]]:
    """Read every `evidence.csv`, by data set. Raises DataError as `read` does."""
    return {f: read(f / "evidence.csv", project.prefixes) for f in project.data_sets}
