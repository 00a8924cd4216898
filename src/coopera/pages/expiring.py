"""Expiring: the ends of the agreements in; the page and the sheet that list them out.

Neither knows what day it is: they stand in the order of the ends, and never tell what is left.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from pyoxigraph import Literal, NamedNode

from coopera.pages import lists, sheets, speech, things, words
from coopera.pages.ends import KNOWN, OPEN, UNKNOWN, End
from coopera.pages.index import Index
from coopera.pages.names import part_of, parts
from coopera.pages.reader import Reader
from coopera.pages.tables import pager
from coopera.pages.views import Badge, Grid, Page, Shown
from coopera.tables import Table, Term
from coopera.terms import COOP, XSD

WHERE = "expiring"
PER = 40
"""Agreements in one part of the page."""

_DAY = NamedNode(XSD + "date")
COLUMNS: tuple[lists.Column, ...] = tuple(
    column
    for column in lists.COLUMNS[things.AGREEMENT]
    if column[0] in ("type", "parties", "signed", "status")
)


def said(reader: Reader, end: End) -> tuple[Shown | Badge, ...]:
    """Say an end: the date as it is stated, and the last day where that is a bound."""
    if end.stated is None or end.last is None:
        word = "open_ended" if end.kind == OPEN else "unknown_short"
        return (Shown(reader.word(word), unknown=True),)
    stated = reader.term(end.stated)
    if end.exact:
        return (stated,)
    day = speech.date(end.last.isoformat(), reader.language)
    return (stated, Shown(reader.word("at_latest").format(day)))


def grid(reader: Reader, some: Sequence[End], title: str = "", anchor: str = "") -> Grid:
    """Make the table of some ends."""
    by_iri = {end.agreement: end for end in some}

    def ending(reader: Reader, iri: str) -> lists.Cell:
        return said(reader, by_iri[iri])

    def term(reader: Reader, iri: str) -> lists.Cell:
        found = reader.index.iris(iri, COOP + "termKind")
        return tuple(reader.iri(t) for t in found) or (
            Shown(reader.word("unknown_short"), unknown=True),
        )

    shown = (("end", ending), ("term_kind", term), *COLUMNS)
    made = lists.grid(reader, shown, by_iri)
    return Grid(made.columns, made.rows, title, anchor)


def sheet(reader: Reader, found: Sequence[End]) -> str:
    """Write the ends as CSV, with the last day that each can be."""

    def last(_reader: Reader, iri: str) -> lists.Cell:
        day = by_iri[iri].last
        return (Shown(day.isoformat()),) if day else ()

    def stated(reader: Reader, iri: str) -> lists.Cell:
        return said(reader, by_iri[iri])[:1]

    by_iri = {end.agreement: end for end in found}
    made = lists.grid(reader, (("end", stated), ("last_day", last), *COLUMNS), by_iri)
    return sheets.of_grid(made, by_iri, reader)


def within(found: Iterable[End], begin: date, until: date, known: bool = False) -> list[End]:
    """Give the ends that may come between two days, both included, and those that are unknown."""
    return [
        end
        for end in found
        if (end.last is not None and begin <= end.last <= until)
        or (end.kind == UNKNOWN and not known)
    ]


def headings(variables: Iterable[str], language: str) -> tuple[str, ...]:
    """Give the headings of a table of ends, for people."""
    return tuple(words.word(words.VARIABLES, name, language) or name for name in variables)


def table(index: Index, found: Iterable[End], begin: date) -> Table:
    """Give ends as a table, with the days that are left from a day to the last that each can be."""

    def first(iri: str, name: str) -> Term | None:
        return index.first(iri, COOP + name)

    return Table(
        ("agreement", "validThrough", "latest", "days", "termKind", "status"),
        tuple(
            (
                NamedNode(end.agreement),
                end.stated,
                Literal(end.last.isoformat(), datatype=_DAY) if end.last else None,
                Literal((end.last - begin).days) if end.last else None,
                first(end.agreement, "termKind"),
                first(end.agreement, "currentStatus"),
            )
            for end in found
        ),
    )


@dataclass(frozen=True)
class Calendar:
    """The ends of the agreements, gathered once for all parts of the page."""

    ends: Sequence[End]
    groups: dict[str, tuple[End, int]]
    """By the anchor of a year or a kind: its first end, and the part in which that stands."""
    kinds: Counter[str]


def calendar(found: Sequence[End]) -> Calendar:
    """Gather what the page tells of all ends."""
    groups: dict[str, tuple[End, int]] = {}
    for place, end in enumerate(found):
        groups.setdefault(_anchor(end), (end, place // PER + 1))
    return Calendar(found, groups, Counter(end.kind for end in found))


def page(reader: Reader, known: Calendar, address: str) -> Page:
    """Make a part of the page."""
    _, at = part_of(address)
    found = known.ends
    where = parts(WHERE, len(found), PER)
    shown = found[(at - 1) * PER : at * PER]
    grids = []
    for anchor, some in groupby(shown, key=_anchor):
        group = list(some)
        grids.append(grid(reader, group, _title(reader, group[0]), anchor))
    numbers = [
        speech.count(n, reader.word(f"{word}_one"), reader.word(f"{word}_many"), reader.language)
        for word, n in (
            ("end_known", known.kinds[KNOWN]),
            ("end_unknown", known.kinds[UNKNOWN]),
            ("end_none", known.kinds[OPEN]),
        )
        if n or word != "end_none"
    ]
    lead = reader.word("expiring_lead")
    title = reader.word("expiring")
    context: dict[str, object] = {
        "lead": lead,
        "numbers": numbers,
        "jumps": tuple(
            Shown(_title(reader, end), href=where[part - 1], anchor=anchor)
            for anchor, (end, part) in known.groups.items()
        ),
        "grids": tuple(grids),
        "pager": pager(WHERE, at, len(found), PER),
    }
    named = Shown(title if at == 1 else f"{title} ({at})")
    return Page(address, named, lead, "expiring.html", (), context)


def _anchor(end: End) -> str:
    return f"end-{end.last.year}" if end.last else f"end-{end.kind}"


def _title(reader: Reader, end: End) -> str:
    if end.last:
        return reader.word("ends_in").format(end.last.year)
    return reader.word("ends_never" if end.kind == OPEN else "ends_unknown")
