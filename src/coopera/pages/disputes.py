"""Disputes: the readings of a graph in; those that contradict each other, side by side, out."""

from collections.abc import Collection
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode

from coopera.pages import speech, things
from coopera.pages.index import Index
from coopera.pages.names import part_of
from coopera.pages.reader import Reader, ranked
from coopera.pages.tables import pager
from coopera.pages.views import Fact, Page, Shown
from coopera.tables import Term
from coopera.terms import ORG

WHERE = "disagreements"
SUPERSEDED = "concept/standing/superseded"
PER = 40
"""Disagreements in one part of the page."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """One property of one thing of which sources say different things."""

    subject: Shown
    carrier: Shown | None
    """The dated status, participation or the like that the readings are of."""
    label: Shown
    kept: tuple[Fact, ...]
    others: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """Disagreements under one heading, those of one part of the page."""

    title: str
    lead: str
    anchor: str
    disputes: tuple[Dispute, ...]
    total: int
    """How many there are in all parts."""


def disputed(index: Index) -> list[tuple[str, str]]:
    """List each thing and property of which a reading is not accepted."""
    return sorted(
        (subject, predicate)
        for subject, by_predicate in index.readings.items()
        for predicate, some in by_predicate.items()
        if any(not reading.accepted for reading in some)
    )


def _is_past(reader: Reader, subject: str, predicate: str) -> bool:
    """Say whether all that is not accepted was once right: no source contradicts it today."""
    doubted = (r.standing for r in reader.readings(subject, predicate) if not r.accepted)
    return all(standing == f"{reader.addresses.base}{SUPERSEDED}" for standing in doubted)


def page(reader: Reader, found: Collection[tuple[str, str]], address: str) -> Page:
    """Make the page of the disagreements: those in force, then the readings of the past."""
    whole, at = part_of(address)
    past = {pair for pair in found if _is_past(reader, *pair)}
    ordered = sorted(found, key=lambda pair: (pair in past, _named(reader, pair[0]), pair))
    here = ordered[(at - 1) * PER : at * PER]
    sections = tuple(
        Section(
            reader.word(title),
            "" if title == "disputes_now" else reader.word("disputes_past_lead"),
            anchor,
            tuple(dispute(reader, *pair) for pair in here if (pair in past) == is_past),
            len(past) if is_past else len(ordered) - len(past),
        )
        for title, anchor, is_past in (("disputes_now", "now", False),
                                       ("disputes_past", "past", True))
        if any((pair in past) == is_past for pair in here)
    )  # fmt: skip
    lead = reader.word("disagreements_lead")
    title = reader.word("disagreements")
    context: dict[str, object] = {
        "lead": lead,
        "sections": sections,
        "pager": pager(whole, at, len(ordered), PER),
    }
    named = Shown(title if at == 1 else f"{title} ({at})")
    return Page(address, named, lead, "disagreements.html", (), context)


def _named(reader: Reader, subject: str) -> tuple[str, str]:
    return speech.order(reader.label(reader.owner(subject))[0])


def dispute(reader: Reader, subject: str, predicate: str) -> Dispute:
    """Set what is accepted of a property beside what is not."""
    others = reader.others(subject, predicate)
    doubted = [r.object for r in reader.readings(subject, predicate) if not r.accepted]
    values = [
        value
        for value in reader.index.values(subject, predicate)
        if any(_comparable(predicate, value, other) for other in doubted)
    ]
    owner = reader.owner(subject)
    return Dispute(
        reader.iri(owner),
        reader.iri(subject) if owner != subject else None,
        reader.property(predicate),
        tuple(_kept(reader, subject, predicate, v) for v in sorted(values, key=reader.order)),
        others,
    )


def _kept(reader: Reader, subject: str, predicate: str, value: Term) -> Fact:
    """Show a value that is accepted; where a carrier's key proves it, with the proof of the key."""
    proof = reader.support(subject, predicate, value)
    if not proof and (carried := things.part(reader, subject)):
        proof = tuple(e._replace(lead="") for e in carried.evidence)
    return Fact((reader.term(value),), ranked(proof))


def _comparable(predicate: str, value: Term, other: Term) -> bool:
    """Say whether two values answer the same: identifiers of one register, texts of one tongue."""
    if not (isinstance(value, Literal) and isinstance(other, Literal)):
        return isinstance(value, NamedNode) == isinstance(other, NamedNode)
    if predicate == ORG + "identifier":
        return value.datatype == other.datatype
    return value.language == other.language
