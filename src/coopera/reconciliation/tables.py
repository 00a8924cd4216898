"""Tables: a sheet and a matcher in; what each of its names means, written in a form, out."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pyoxigraph import Literal

from coopera import formats
from coopera.reconciliation import sheets
from coopera.reconciliation.matching import Candidate, Matcher
from coopera.reconciliation.sheets import Sheet
from coopera.tables import Table
from coopera.terms import Prefixes

SHOWN = 5
"""Candidates of a name that JSON shows."""
ADDED = (
    "match",
    "match_iri",
    "match_name",
    "match_score",
    "second_iri",
    "second_name",
    "second_score",
)
"""The columns that are added to a sheet."""


@dataclass(frozen=True)
class Found:
    """A name of a sheet, and the organizations that it may mean, the best first."""

    line: int
    text: str
    candidates: tuple[Candidate, ...]

    @property
    def standing(self) -> str:
        """Give `sure`, `unsure`, `none` without a candidate, or `empty` without a name."""
        if not self.text:
            return "empty"
        if not self.candidates:
            return "none"
        return "sure" if self.candidates[0].match else "unsure"


def reconciled(
    matcher: Matcher, sheet: Sheet, column: int, country: int | None, threshold: float
) -> list[Found]:
    """Look each name of a column up, with the country beside it where there is such a column."""
    known: dict[tuple[str, str], tuple[Candidate, ...]] = {}
    found = []
    for row, line in zip(sheet.rows, sheet.lines, strict=True):
        name, where = row[column].strip(), row[country].strip() if country is not None else ""
        if name and (name, where) not in known:
            given = matcher.given("schema:location", [where]) if where else None
            every = matcher.match(name, limit=SHOWN, given=[given] if given else ())
            known[name, where] = tuple(one for one in every if one.score >= threshold)
        found.append(Found(line, name, known.get((name, where), ())))
    return found


def csv(sheet: Sheet, found: Sequence[Found], language: str) -> str:
    """Write the sheet with the columns of `ADDED`, safe to open in a spreadsheet."""
    added = []
    for name in ADDED:
        while name in sheet.header:
            name += "_"
        added.append(name)
    rows = []
    for row, one in zip(sheet.rows, found, strict=True):
        first, second = (*map(_cells(language), one.candidates[:2]), _NONE, _NONE)[:2]
        match = {"sure": "true", "empty": ""}.get(one.standing, "false")
        rows.append((*row, match, *first, *second))
    # A sheet with a byte order mark, or in an older encoding, came from a program that needs one.
    mark = "" if sheet.encoding == "utf-8" else "\ufeff"
    return mark + sheets.text((*sheet.header, *added), rows, sheet.delimiter)


_NONE = ("", "", "")


def _cells(language: str) -> Callable[[Candidate], tuple[str, str, str]]:
    return lambda one: (one.entity.id, one.entity.name(language), f"{one.score:g}")


def human(_sheet: Sheet, found: Sequence[Found], language: str) -> str:
    """Write a table for a terminal, one row for each name."""
    french = language == "fr"
    head = (
        ("ligne", "nom", "verdict", "score", "candidat", "second")
        if french
        else ("line", "name", "verdict", "score", "candidate", "second")
    )
    words = {
        "sure": ("sure", "sûr"), "unsure": ("to be checked", "à vérifier"),
        "none": ("none", "aucun"), "empty": ("empty", "vide"),
    }  # fmt: skip
    rows = []
    for one in found:
        best, second = (*one.candidates[:2], None, None)[:2]
        rows.append(
            (
                str(one.line),
                one.text,
                words[one.standing][french],
                f"{best.score:g}" if best else "",
                best.entity.name(language) if best else "",
                f"{second.entity.name(language)} ({second.score:g})" if second else "",
            )
        )
    table = Table(head, tuple(tuple(map(Literal, row)) for row in rows))
    return formats.human(table, Prefixes({})).rpartition("\n")[0].rpartition("\n")[0] + "\n"


def as_json(_sheet: Sheet, found: Sequence[Found], language: str) -> str:
    """Write a JSON array, one object for each name, with up to `SHOWN` candidates."""
    document = [
        {
            "line": one.line,
            "name": one.text,
            "verdict": one.standing,
            "candidates": [
                {
                    "iri": each.entity.id,
                    "name": each.entity.name(language),
                    "description": each.entity.described(language),
                    "score": each.score,
                    "match": each.match,
                    "found_by": each.by,
                    "features": dict(each.features),
                }
                for each in one.candidates
            ],
        }
        for one in found
    ]
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


WRITERS: dict[str, Callable[[Sheet, Sequence[Found], str], str]] = {
    "csv": csv,
    "table": human,
    "json": as_json,
}
"""Forms of the answer by name."""
