"""Disputes: the readings of a graph in; those that contradict each other, side by side, out."""

from collections.abc import Iterable
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


def disputed(index: Index) -> list[tuple[str, str]]:
    """List each thing and property of which a reading is not accepted."""
    return sorted(
        (subject, predicate)
        for subject, by_predicate in index.readings.items()
        for predicate, some in by_predicate.items()
        if any(not reading.accepted for reading in some)
    )


def page(reader: Reader, found: Iterable[tuple[str, str]], address: str) -> Page:
    """Make the page of the disagreements."""
    whole, at = part_of(address)
    ordered = sorted(found, key=lambda pair: (_named(reader, pair[0]), pair))
    shown = tuple(dispute(reader, *pair) for pair in ordered[(at - 1) * PER : at * PER])
    lead = reader.word("disagreements_lead")
    title = reader.word("disagreements")
    context: dict[str, object] = {
        "lead": lead,
        "disputes": shown,
        "total": speech.count(
            len(ordered),
            reader.word("disagreement_one"), reader.word("disagreement_many"),
            reader.language,
        ),
        "pager": pager(whole, at, len(ordered), PER),
    }  # fmt: skip
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
