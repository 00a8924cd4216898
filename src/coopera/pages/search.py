"""Search: the pages of a graph in; what has a name, from A to Z, and the search's index out."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from pyoxigraph import Literal

from coopera.pages import speech
from coopera.pages.facets import INSTITUTION
from coopera.pages.names import part_of, parts
from coopera.pages.reader import PARTS, Reader
from coopera.pages.tables import pager
from coopera.pages.things import (
    AGREEMENT,
    ASSERTION,
    COMMITMENT,
    DOCUMENT,
    EXCERPT,
    PARTNERSHIP,
)
from coopera.pages.views import Page, Shown
from coopera.terms import COOP, DCTERMS, ORG, SKOS

ALL = "all"
"""The address of the list of everything."""
PER = 240
"""Names in one part of it."""
OTHER = "#"
"""The heading of names that begin with no letter of A to Z and no digit."""

FIRST = (INSTITUTION, AGREEMENT, PARTNERSHIP, COMMITMENT, COOP + "ResearchAxis", DOCUMENT)
"""The classes of things that a reader looks for, the most wanted first."""

_NAMES = (
    *(SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel")),
    ORG + "identifier",
    DCTERMS + "title",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that can be looked for: its name, its page, and what it is."""

    shown: Shown
    kind: str
    others: str = ""
    """Other names, between bars."""
    rank: int = 0
    """The smaller, the sooner a reader looks for it."""

    @property
    def letter(self) -> str:
        """Give the heading under which it stands."""
        first = speech.order(self.shown.text)[0][:1].upper()
        return "0–9" if first.isdecimal() else first if "A" <= first <= "Z" else OTHER


def things(reader: Reader, addresses: dict[str, str]) -> Iterable[Entry]:
    """Give the things that have a name of their own: no assertion, no excerpt, no carrier."""
    index = reader.index
    unnamed = (ASSERTION, EXCERPT, *PARTS)
    for at, iri in addresses.items():
        if iri not in index.facts or reader.page(iri) != at:
            continue
        of = index.kinds(iri)
        if not of.isdisjoint(unnamed):
            continue
        text, lang = reader.label(iri)
        kinds = index.types(iri)
        kind = reader.class_label(kinds[0]) if kinds else ""
        rank = next((nth for nth, n in enumerate(FIRST) if n in of), 9)
        shown = Shown(speech.capital(text), lang, href=at)
        yield Entry(shown, kind, _others(reader, iri, text), rank)


def _others(reader: Reader, iri: str, text: str) -> str:
    """Give the other names of a thing, in any language, and its identifiers."""
    found = {
        value.value
        for name in _NAMES
        for value in reader.index.values(iri, name)
        if isinstance(value, Literal)
    }
    return "|".join(sorted(found - {text}))


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Order entries from A to Z."""
    place = {"0–9": 1, OTHER: 2}
    return sorted(
        entries,
        key=lambda e: (place.get(e.letter, 0), speech.order(e.shown.text), e.shown.href or ""),
    )


def script(entries: Iterable[Entry]) -> str:
    """Write the index of the search as a script, since a page on a disk may not fetch a file."""
    entries = sorted(entries, key=lambda entry: entry.rank)
    kinds = sorted({entry.kind for entry in entries})
    number = {kind: at for at, kind in enumerate(kinds)}
    rows = [
        _trimmed([e.shown.text, number[e.kind], e.shown.href, e.others, e.shown.lang])
        for e in entries
    ]
    lines = ",\n".join(_json(row) for row in rows)
    return f'cooperaIndex({{"kinds":{_json(kinds)},"rows":[\n{lines}\n]}});\n'


def _trimmed(row: list[object]) -> list[object]:
    while not row[-1]:
        row.pop()
    return row


def _json(value: object) -> str:
    """Write JSON that neither a script nor a page can take for anything else."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return "".join(f"\\u{ord(c):04x}" if c in "<>&\u2028\u2029" else c for c in text)


def letters_of(entries: list[Entry]) -> dict[str, int]:
    """Give the part of the list of everything in which each heading begins."""
    letters: dict[str, int] = {}
    for place, entry in enumerate(entries):
        letters.setdefault(entry.letter, place // PER + 1)
    return letters


def page(reader: Reader, entries: list[Entry], letters: dict[str, int], address: str) -> Page:
    """Make a part of the list of everything."""
    _, at = part_of(address)
    shown = entries[(at - 1) * PER : at * PER]
    where = parts(ALL, len(entries), PER)
    title = reader.word("everything")
    context: dict[str, object] = {
        "letters": tuple(
            Shown(letter, href=where[part - 1], anchor=_anchor(letter))
            for letter, part in letters.items()
        ),
        "groups": tuple(
            (letter, _anchor(letter), tuple(some))
            for letter, some in groupby(shown, key=lambda entry: entry.letter)
        ),
        "pager": pager(ALL, at, len(entries), PER),
        "total": speech.count(
            len(entries), reader.word("things_one"), reader.word("things_many"), reader.language
        ),
    }
    lead = reader.word("everything_lead")
    shown_title = Shown(title if at == 1 else f"{title} ({at})")
    return Page(address, shown_title, lead, "all.html", (), context | {"lead": lead})


def _anchor(letter: str) -> str:
    return {"0–9": "digits", OTHER: "others"}.get(letter, letter.lower())
