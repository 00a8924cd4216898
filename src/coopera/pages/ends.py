"""Ends: an index in; when each agreement ends, as far as a source says, out.

An end that no source states is unknown: that is neither "none" nor a date. An end of which only
the month or the year is stated has a last day that it can be: a bound, and no date.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pyoxigraph import Literal

from coopera.pages import things
from coopera.pages.index import Index
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, SCHEMA

KNOWN, UNKNOWN, OPEN = "known", "unknown", "open"
"""An end is stated; none is, and the agreement may run on; or the agreement says it has none."""

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2])(?:-(0[1-9]|[12]\d|3[01]))?)?")
_OVER = ("/agreement-status/expired", "/agreement-status/terminated")


@dataclass(frozen=True, slots=True)
class End:
    """What is known of the end of one agreement."""

    agreement: str
    kind: str
    """`KNOWN`, `UNKNOWN` or `OPEN`."""
    stated: Literal | None = None
    last: date | None = None
    """The last day that the stated end can be."""

    @property
    def exact(self) -> bool:
        """Say whether the day itself is stated."""
        return self.stated is not None and len(self.stated.value) == len("2025-07-17")


def last_day(text: str) -> date | None:
    """Give the last day of a date, month or year; `None` for what is none, or no day of a month."""
    match = _DATE.fullmatch(text)
    if not match or match[1] == "0000":
        return None
    year, month = int(match[1]), int(match[2] or 12)
    longest = calendar.monthrange(year, month)[1]
    day = int(match[3] or longest)
    return date(year, month, day) if day <= longest else None


def first_day(text: str) -> date | None:
    """Give the first day of a date, month or year; `None` for what is none."""
    match = _DATE.fullmatch(text)
    if not match or last_day(text) is None:
        return None
    return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))


def exact_day(term: Term | None) -> date | None:
    """Give a date of which the day is stated."""
    if not isinstance(term, Literal) or len(term.value) != len("2025-07-17"):
        return None
    return last_day(term.value)


def ends(index: Index, agreements: Iterable[str]) -> list[End]:
    """Give the ends of agreements: the known ones by their last day, the unknown, those of none.

    Those without a day stand from the newest agreement to the oldest. Of those whose end no source
    states, what is said to be over, or replaced, is left out.
    """
    newest_first = sorted(agreements, key=lambda iri: (things.first_day(index, iri), iri))[::-1]
    found = [end for iri in newest_first if (end := end_of(index, iri)) is not None]
    order = {KNOWN: 0, UNKNOWN: 1, OPEN: 2}
    return sorted(found, key=lambda e: (order[e.kind], e.last or date.max))


def end_of(index: Index, agreement: str) -> End | None:
    """Give the end of one agreement; `None` where it is over though no source states its end."""
    stated = [v for v in index.values(agreement, SCHEMA + "validThrough") if isinstance(v, Literal)]
    dated = [(day, v) for v in stated if (day := last_day(v.value)) is not None]
    if dated:
        last, literal = max(dated, key=lambda pair: (pair[0], pair[1].value))
        return End(agreement, KNOWN, literal, last)
    if any(t.endswith("/term-kind/open-ended") for t in index.iris(agreement, COOP + "termKind")):
        return End(agreement, OPEN)
    over = any(s.endswith(_OVER) for s in index.iris(agreement, COOP + "currentStatus"))
    replaced = index.sources_of(agreement, DCTERMS + "replaces")
    if over or replaced or index.iris(agreement, DCTERMS + "isReplacedBy"):
        return None
    return End(agreement, UNKNOWN)


def newest(index: Index, agreement: str) -> date | None:
    """Give the last date of what is known of an agreement: of a source, a status or a signing.

    It is the first day that such a date can be, so that it is never after the fact.
    """
    carriers = [
        *index.iris(agreement, COOP + "hasStatusRecord"),
        *index.iris(agreement, COOP + "signedDuring"),
    ]
    terms: list[Term] = []
    for node in carriers:
        terms += [*index.values(node, COOP + "asOf"), *index.values(node, DCTERMS + "date")]
    for node in (agreement, *carriers):
        for readings in index.readings.get(node, {}).values():
            for source in {s for reading in readings for s in reading.sources}:
                terms += index.values(source, DCTERMS + "issued")
    days = [day for t in terms if isinstance(t, Literal) and (day := first_day(t.value))]
    return max(days, default=None)


def data_day(index: Index) -> date:
    """Give the day of the data: the last on which a data set was changed, else the last known."""
    for names in (("modified",), ("issued", "created")):
        terms = [
            value
            for iri in index.instances.get("http://www.w3.org/ns/dcat#Dataset", ())
            for name in names
            for value in index.values(iri, DCTERMS + name)
        ]
        days = [day for t in terms if isinstance(t, Literal) and (day := last_day(t.value[:10]))]
        if days:
            return max(days)
    known = [newest(index, a) for a in index.instances.get(things.AGREEMENT, ())]
    return max((day for day in known if day), default=date(1970, 1, 1))
