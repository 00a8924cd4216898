"""Promises: the commitments of a graph in; the tracker, by status, with proof and dispute, out."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode

from coopera.pages import speech, things
from coopera.pages.index import Index
from coopera.pages.names import part_of, parts, step
from coopera.pages.reader import STYLES, Reader, ranked
from coopera.pages.tables import pager
from coopera.pages.views import Badge, Evidence, Fact, Page, Shown
from coopera.terms import COOP, DCTERMS

WHERE = "promises"
PER = 30
"""Promises in one part of the list of a status."""
FIRST = 12
"""Promises of each status that the tracker itself shows."""
NONE = "unknown"
"""The last step of the address of those without a status."""

SAYS = (
    (COOP + "setsOut", True),
    (COOP + "usesForm", False),
    (DCTERMS + "hasPart", True),
    (COOP + "guest", False),
    (DCTERMS + "relation", True),
    (COOP + "committedParty", False),
)
"""Properties that say what was promised, and whether they lead to it, the plainest first."""

_FIRM = ("done", "way", "plan", "study", "wish", "gone", "plain", "")


@dataclass(frozen=True, slots=True)
class Promise:
    """One commitment: who made it, where, and each status that is known of it."""

    shown: Shown
    badge: Badge | None
    parties: tuple[Shown, ...]
    frames: tuple[Shown, ...]
    """The agreements and strategies that set it out."""
    proof: tuple[Evidence, ...]
    """The evidence of the promise itself, apart from that of its status."""
    history: tuple[Fact, ...]
    """Its status records, the newest first, each with its proof and the readings against it."""

    @property
    def disputed(self) -> bool:
        """Say whether a reading of its status is not accepted."""
        return any(fact.others for fact in self.history)


@dataclass(frozen=True)
class Tracker:
    """The commitments of a graph by their status; the same in every language."""

    by_status: dict[str, list[str]]
    """The IRI of the status, empty for none, and the commitments."""
    slugs: dict[str, str] = field(default_factory=dict)
    ordered: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    """The commitments of a language and status in their order, once they were asked for."""

    def addresses(self) -> Iterator[str]:
        """List the pages of the tracker."""
        yield WHERE
        for status, iris in self.by_status.items():
            yield from parts(f"{WHERE}/{self.slugs[status]}", len(iris), PER)


def tracker(index: Index, members: Iterable[str]) -> Tracker:
    """Gather the commitments by their current status, the firmest first."""
    found: dict[str, list[str]] = {}
    for iri in members:
        for status in index.iris(iri, COOP + "currentStatus")[:1] or [""]:
            found.setdefault(status, []).append(iri)
    ordered = sorted(found, key=lambda status: (_firmness(status), status))
    slugs: dict[str, str] = {}
    for status in ordered:
        slug = step(status.rpartition("/")[2]) if status else NONE
        taken = slug in slugs.values() or (slug == NONE and status != "")
        slugs[status] = f"{slug}~z{len(slugs)}" if taken else slug
    return Tracker({status: found[status] for status in ordered}, slugs)


def _firmness(status: str) -> int:
    style = STYLES.get(status.rpartition("/")[2], "plain") if status else ""
    return _FIRM.index(style) if style in _FIRM else len(_FIRM)


def page(reader: Reader, found: Tracker, address: str) -> Page:
    """Make the tracker, or the list of the promises of one status."""
    whole, at = part_of(address)
    if whole == WHERE:
        return _overview(reader, found, address)
    slug = whole.removeprefix(f"{WHERE}/")
    status = next(s for s, known in found.slugs.items() if known == slug)
    iris = _ordered(reader, found, status)
    badge = _badge(reader, status)
    title = reader.word("promises_of").format(badge.text)
    shown = Shown(title if at == 1 else f"{title} ({at})")
    context: dict[str, object] = {
        "lead": badge.title,
        "tally": _tally(reader, found, status),
        "sections": (),
        "promises": tuple(promise(reader, iri) for iri in iris[(at - 1) * PER : at * PER]),
        "total": len(iris),
        "pager": pager(whole, at, len(iris), PER),
    }
    kicker = (Shown(reader.word("promises"), href=WHERE),)
    return Page(address, shown, badge.title or title, "promises.html", kicker, context)


def _overview(reader: Reader, found: Tracker, address: str) -> Page:
    sections = []
    for status, iris in found.by_status.items():
        made = tuple(promise(reader, iri) for iri in _ordered(reader, found, status)[:FIRST])
        more = f"{WHERE}/{found.slugs[status]}" if len(iris) > FIRST else ""
        anchor = found.slugs[status]
        sections.append((_badge(reader, status), anchor, made, len(iris), more))
    context: dict[str, object] = {
        "lead": reader.word("promises_lead"),
        "tally": _tally(reader, found, None),
        "sections": tuple(sections),
        "promises": (),
        "total": sum(map(len, found.by_status.values())),
        "pager": None,
    }
    title = Shown(reader.word("promises_title"))
    return Page(address, title, reader.word("promises_lead"), "promises.html", (), context)


def _badge(reader: Reader, status: str) -> Badge:
    return reader.badge(status) if status else Badge(reader.word("no_status"), "plain")


def _tally(
    reader: Reader, found: Tracker, current: str | None
) -> tuple[tuple[Badge, str, int, bool], ...]:
    return tuple(
        (_badge(reader, status), f"{WHERE}/{found.slugs[status]}", len(iris), status == current)
        for status, iris in found.by_status.items()
    )


def tally(reader: Reader, commitments: Iterable[str]) -> tuple[tuple[Badge, str, int], ...]:
    """Count some commitments by status, the firmest first; with the page of the status."""
    found = tracker(reader.index, commitments)
    return tuple(
        (_badge(reader, status), (reader.page(status) or "") if status else "", len(iris))
        for status, iris in found.by_status.items()
    )


def _ordered(reader: Reader, found: Tracker, status: str) -> list[str]:
    """Order promises: those that are disputed first, then by their name."""
    key = (reader.language, status)
    if key not in found.ordered:
        found.ordered[key] = sorted(
            found.by_status[status],
            key=lambda iri: (not reader.contested(iri), reader.order(NamedNode(iri))),
        )
    return found.ordered[key]


def promise(reader: Reader, iri: str) -> Promise:
    """Gather what is known of one promise."""
    index = reader.index
    records = [
        (index.first(record, COOP + "asOf"), record)
        for record in index.iris(iri, COOP + "hasStatusRecord")
    ]
    records.sort(
        key=lambda found: (found[0].value if isinstance(found[0], Literal) else "", found[1]),
        reverse=True,
    )
    told = [things.part(reader, record, iri) for _, record in records]
    frames = sorted(
        {
            *index.sources_of(iri, COOP + "setsOut"),
            *(s for s in index.sources_of(iri, DCTERMS + "hasPart")),
        }
    )
    badge = reader.status(iri)
    proof, history = _together(reader, _proof(reader, iri), [fact for fact in told if fact])
    return Promise(
        reader.iri(iri),
        badge._replace(marks=()) if badge else None,
        tuple(reader.iri(p) for p in _by_name(reader, index.iris(iri, COOP + "committedParty"))),
        tuple(reader.iri(f) for f in _by_name(reader, frames)),
        proof,
        history,
    )


def _proof(reader: Reader, iri: str) -> tuple[Evidence, ...]:
    """Give the evidence that something was promised: that of the first of `SAYS` with a phrase."""
    found: list[tuple[Evidence, ...]] = []
    for predicate, inward in SAYS:
        index = reader.index
        if inward:
            triples = [(s, NamedNode(iri)) for s in index.sources_of(iri, predicate)]
        else:
            triples = [(iri, NamedNode(o)) for o in index.iris(iri, predicate)]
        told = ranked(e for s, o in triples for e in reader.support(s, predicate, o))
        found += [told] if told else []
    chosen = next((told for told in found if told[0].quote), found[0] if found else ())
    lead = reader.word("promise")
    return tuple({_phrase(e): e._replace(lead=lead) for e in reversed(chosen)}.values())[::-1]


def _phrase(evidence: Evidence) -> tuple[object, ...]:
    """Tell evidence by what a reader sees of it."""
    return evidence.quote, evidence.where, evidence.sources, evidence.mode


def _together(
    reader: Reader, proof: tuple[Evidence, ...], history: list[Fact]
) -> tuple[tuple[Evidence, ...], tuple[Fact, ...]]:
    """Show a phrase that proves a promise and its status once, and say that it proves both."""
    both = {_phrase(e) for e in proof} & {_phrase(e) for f in history for e in f.evidence}

    def told(evidence: Evidence) -> Evidence:
        lead = f"{reader.word('promise')}, {evidence.lead}"
        return evidence._replace(lead=lead) if _phrase(evidence) in both else evidence

    facts = (f._replace(evidence=tuple(map(told, f.evidence))) for f in history)
    return tuple(e for e in proof if _phrase(e) not in both), tuple(facts)


def _by_name(reader: Reader, iris: Iterable[str]) -> list[str]:
    return sorted(iris, key=lambda i: speech.order(reader.label(i)[0]))
