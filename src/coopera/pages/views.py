"""Views: what a template shows, as plain data.

Those of which a page has many are tuples with names: they are made in a third of the time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

ROOMS = (1.0, 0.5, 0.25, 0.12)
"""The shares of what a page shows of a long list or a large picture: the first with which the page
is no heavier than `HEAVIEST` bytes. Pages of their own hold the rest."""
HEAVIEST = 60_000


def share(most: int, room: float, least: int = 1) -> int:
    """Give how much is shown where there is less room."""
    return max(round(most * room), least)


class Shown(NamedTuple):
    """A term as a reader sees it."""

    text: str
    lang: str | None = None
    """Language of the text, where it is not the page's."""
    href: str | None = None
    """Where it leads within the site, from the language's folder."""
    url: str | None = None
    """Where it leads elsewhere; http or https alone."""
    title: str = ""
    """The IRI behind the label, or the definition behind the word."""
    datetime: str | None = None
    anchor: str = ""
    """Where on that page."""
    code: bool = False
    unknown: bool = False
    lead: str = ""
    """Words before it: "at least", the name of an identifier."""
    file: str | None = None
    """Where it leads within the site, from its root, where that is no page."""


class Badge(NamedTuple):
    """A status or a standing, as a mark: its words, their sense, and how firm it looks."""

    text: str
    style: str
    title: str = ""
    when: Shown | None = None
    """The day, month or year as of which it is known, said so."""
    marks: tuple[Shown, ...] = ()
    """The readings that the graph does not accept, each with its row on the page of the thing."""


class Evidence(NamedTuple):
    """One reading: the phrase, where it stands, how it was read, and what became of it."""

    href: str | None
    quote: str
    quote_lang: str | None
    where: str
    sources: tuple[tuple[Shown, Shown | None], ...]
    """Each source with its date of issue, where known."""
    mode: Shown | None
    standing: Badge | None
    """Only where it is not accepted."""
    lead: str = ""
    """What it proves, where evidence of several things stands together."""
    translated: bool = False
    """It proves the text in the other language, of which this one is our translation."""
    rank: tuple[bool, str, int] = (True, "", 0)
    """Quotations first, then by source and by place in it."""


class Fact(NamedTuple):
    """One value with its evidence; the parts of a carrier stand in `values` together."""

    values: tuple[Shown, ...]
    evidence: tuple[Evidence, ...] = ()
    others: "tuple[Fact, ...]" = ()
    """Readings that the graph does not accept, shown beside it."""
    badge: Badge | None = None
    asides: tuple[Shown, ...] = ()
    more: str | None = None
    """Page of the carrier itself."""
    standing: Badge | None = None


class Row(NamedTuple):
    """What one property says, in its own words."""

    label: Shown
    anchor: str
    facts: tuple[Fact, ...] = ()
    others: tuple[Fact, ...] = ()
    unknown: bool = False
    parts: "tuple[Group, ...]" = ()
    """The facts again, in parts with headings."""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows, or facts, under a heading."""

    title: str
    anchor: str
    rows: tuple[Row, ...] = ()
    facts: tuple[Fact, ...] = ()
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table: its columns, its rows of cells, and what it is called."""

    columns: tuple[str, ...]
    rows: tuple[tuple[tuple[Shown | Badge, ...], ...], ...]
    title: str = ""
    anchor: str = ""
    note: str = ""
    anchors: tuple[str, ...] = ()
    """Where each row can be pointed to; empty where none can."""
    total: int | None = None
    """How many rows there would be, where it holds only the first."""
    marks: tuple[str, ...] = ()
    """The numbers of the choices that fit each row, for the script; empty without facets."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One value of a facet: its name, which leads to the list of what has it, and how many do."""

    shown: Shown
    count: int
    number: int = 0
    """The number by which rows refer to it."""
    current: bool = False
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Something by which the things of a list are told apart, and its values."""

    name: str
    title: Shown
    choices: tuple[Choice, ...]
    more: tuple[Choice, ...] = ()
    """Those that are shown on demand."""
    total: int = 0


@dataclass(frozen=True, slots=True)
class Pager:
    """Where a long list goes on: the parts that it is cut into."""

    part: int
    parts: int
    before: str = ""
    """Addresses of the neighbours."""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: its heading, its anchor, and what draws it, given the way to its language."""

    title: str
    anchor: str
    draw: Callable[[str], str]
    note: str = ""
    """What it leaves out."""
    legend: str = ""
    script: str = ""
    """The script of ours that makes it movable, where what that needs is here."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form: one parameter of a query, with the values to choose from, if listed."""

    name: str
    label: str
    kind: str
    """The type of the parameter."""
    value: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    """Value and label of each choice."""


@dataclass(frozen=True)
class Page:
    """All that the frame of a page needs, and the context of its template."""

    address: str
    title: Shown
    description: str
    template: str
    kicker: tuple[Shown, ...] = ()
    context: dict[str, object] = field(default_factory=dict)
    elsewhere: str = ""
    """The same page in the other language, where it does not stand at the same address."""
