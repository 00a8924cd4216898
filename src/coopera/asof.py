"""As of a date: triples and a day in; those of what had begun, and was known, by then, out.

What a date says:

- A date that is not a day counts from its last day on. What began "in 2022" is there from the end
  of 2022, since before that it may not have begun; a day that is asked for as "2022" is its last.
- A signing is there from its `dcterms:date`, a strategy from `schema:validFrom`, a document from
  `dcterms:issued`, a status record from `coop:asOf`, which is when its status was known.
- An agreement is there from the first of its signing, `schema:validFrom` and its status records, a
  commitment from its first status record, a partnership from `coop:startsNotAfter`, or where there
  is none not before `coop:startsNotBefore`.
- What has no date is there: nothing tells that it is later.

What follows:

- With a thing goes all that is said of it, and what is a part of it alone: participations,
  signings, status records.
- An assertion stays while a document that supports it does, and all things that it names do.
- `coop:currentStatus` is derived anew, from the records that stay.
- What has ended stays: it was known. A query that has a day tells what was in force.
- What a later document tells of an earlier time stays, without its evidence: the graph is what was
  so at the date, as it is known today, with the evidence of the date. Institutions have today's
  names.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from coopera import dates, derived
from coopera.errors import QueryError
from coopera.project import Project
from coopera.tables import Term
from coopera.terms import COOP, DCTERMS, FOAF, OA, RDF, SCHEMA, TYPE

STATUS = NamedNode(COOP + "currentStatus")
_RECORD, _SIGNING = NamedNode(COOP + "hasStatusRecord"), NamedNode(COOP + "signedDuring")
_AS_OF, _VALID = NamedNode(COOP + "asOf"), NamedNode(SCHEMA + "validFrom")
_BEFORE, _AFTER = NamedNode(COOP + "startsNotBefore"), NamedNode(COOP + "startsNotAfter")
_SUPPORT, _SOURCE = NamedNode(COOP + "supportedBy"), NamedNode(OA + "hasSource")
_NAMED = (NamedNode(RDF + "subject"), NamedNode(RDF + "object"))
_DATED = {
    NamedNode(COOP + "SigningEvent"): NamedNode(DCTERMS + "date"),
    NamedNode(FOAF + "Document"): NamedNode(DCTERMS + "issued"),
}
"""Classes whose members have one date, and its property."""
_PARTS = (
    NamedNode(COOP + "hasParticipation"), _RECORD, _SIGNING, _SUPPORT,
    NamedNode(OA + "hasSelector"), NamedNode(OA + "refinedBy"),
)  # fmt: skip


@dataclass(frozen=True)
class AsOf:
    """What of a graph was there on a day."""

    day: str
    triples: list[Triple]
    left_out: dict[str, int]
    """CURIE of a class -> how many of its members are not there; a thing may have two classes."""
    gone: int = 0
    """How many things are not there, evidence included, each counted once."""


def day(text: str) -> str:
    """Read a date of any precision as its last day. Raises QueryError for what is none."""
    if not dates.precision(text):
        raise QueryError(
            f"'{text}' is no date for --as-of.", remedy="write it like 2025-07-17, 2025-07 or 2025."
        )
    return dates.last_day(text)


def reduce(project: Project, triples: Iterable[Triple], date: str) -> AsOf:
    """Reduce a graph to what was there on a date; the last day of a month or a year counts."""
    last = day(date)
    graph = _Graph(triples)
    gone = graph.later(last)
    kept = [
        triple
        for triple in graph.triples
        if triple.predicate != STATUS and triple.subject not in gone and triple.object not in gone
    ]
    kept += [t for t in derived.follow(project, kept) if t.predicate == STATUS]
    kinds = Counter(
        project.prefixes.text(kind) for node in gone for kind in graph.values(node, TYPE)
    )
    number = sum(1 for node in gone if graph.values(node, TYPE))
    return AsOf(last, kept, dict(sorted(kinds.items())), number)


class _Graph:
    """Triples by subject and property, and back."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        self.triples = list(dict.fromkeys(triples))
        self.objects: defaultdict[tuple[Term, NamedNode], list[Term]] = defaultdict(list)
        self.subjects: defaultdict[NamedNode, dict[Term, list[Term]]] = defaultdict(dict)
        for triple in self.triples:
            self.objects[triple.subject, triple.predicate].append(triple.object)
            self.subjects[triple.predicate].setdefault(triple.object, []).append(triple.subject)

    def values(self, node: Term, *path: NamedNode) -> list[Term]:
        """Follow properties from a node."""
        found = [node]
        for step in path:
            found = [value for one in found for value in self.objects.get((one, step), ())]
        return found

    def later(self, day: str) -> set[Term]:
        """Give the things that were not there on a day."""
        gone = {node for node, days in self._begun().items() if days and min(days) > day}
        gone |= self._partnerships(day)
        new = gone
        while new:
            new = (self._parts(new, gone) | self._assertions(gone)) - gone
            gone |= new
        return gone

    def _begun(self) -> dict[Term, list[str]]:
        """Give the days from which on each thing is there, as far as its dates can be read."""
        begun: dict[Term, list[str]] = {}
        for kind, dated in _DATED.items():
            for node in self.subjects[TYPE].get(kind, ()):
                begun[node] = _days(self.values(node, dated))
        paths = ((_AS_OF,), (_VALID,), (_SIGNING, NamedNode(DCTERMS + "date")), (_RECORD, _AS_OF))
        for path in paths:
            for node in {s for subjects in self.subjects[path[0]].values() for s in subjects}:
                begun[node] = begun.get(node, []) + _days(self.values(node, *path))
        return begun

    def _partnerships(self, day: str) -> set[Term]:
        found = set()
        starts = (self.subjects[_AFTER], self.subjects[_BEFORE])
        for node in {s for some in starts for subjects in some.values() for s in subjects}:
            latest = _days(self.values(node, _AFTER))
            earliest = _days(self.values(node, _BEFORE), first=True)
            if min(latest, default="") > day or (not latest and max(earliest, default="") > day):
                found.add(node)
        return found

    def _parts(self, new: set[Term], gone: set[Term]) -> set[Term]:
        """Give what is a part of things that are gone, and of nothing else."""
        parts = {value for node in new for part in _PARTS for value in self.values(node, part)}
        return {
            part
            for part in parts
            if all(owner in gone for way in _PARTS for owner in self.subjects[way].get(part, ()))
        }

    def _assertions(self, gone: set[Term]) -> set[Term]:
        """Give excerpts of documents that are gone, and assertions about things that are gone.

        So are assertions all of whose excerpts are.
        """
        excerpts = {e for node in gone for e in self.subjects[_SOURCE].get(node, ())
                    if all(source in gone for source in self.values(e, _SOURCE))}  # fmt: skip
        about = {a for node in gone for way in _NAMED for a in self.subjects[way].get(node, ())}
        unsupported = {
            assertion
            for excerpt in excerpts | gone
            for assertion in self.subjects[_SUPPORT].get(excerpt, ())
            if all(e in excerpts | gone for e in self.values(assertion, _SUPPORT))
        }
        return excerpts | about | unsupported


def _days(values: list[Term], first: bool = False) -> list[str]:
    """Give the last, or the first, day of each date that can be read."""
    bound = dates.first_day if first else dates.last_day
    return [
        bound(value.value)
        for value in values
        if isinstance(value, Literal) and dates.precision(value.value)
    ]
