"""As of a day: the triples of a graph in; those that held, or were known, on that day out.

Left out are the states that were told later, and what begins later: agreements, partnerships and
strategies whose validity, or whose signing, starts after the day, with their participations,
commitments and states. What has ended before the day stays: it was known. A date without its day
counts from its first day, since it may have been then; what has no date stays, since nobody says
that it came later. The current status is told anew by the rules, from the states that are left.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from pyoxigraph import Literal, NamedNode, Triple

from coopera import derived
from coopera.errors import QueryError
from coopera.project import Project
from coopera.tables import Quads, Term
from coopera.terms import COOP, RDF, TYPE

DATED = {COOP + name for name in ("StatusRecord", "SigningEvent", "Agreement", "Partnership",
                                  "Strategy")}  # fmt: skip
"""The classes whose members are left out by their own first day."""
PARTS = {COOP + name for name in ("hasParticipation", "hasStatusRecord", "setsOut",
                                  "signedDuring")}  # fmt: skip
"""The properties that lead from a thing to what is left out with it."""
EARLIEST, SIGNED = NamedNode(COOP + "earliest"), COOP + "signedDuring"
STATUS = NamedNode(COOP + "currentStatus")
ABOUT = {RDF + "subject", RDF + "object"}


def last_day(text: str) -> str:
    """Give the last day of a day, a month or a year. Raises QueryError for anything else."""
    parts = text.split("-")
    try:
        if [len(part) for part in parts] == [4, 2, 2][: len(parts)] and text.isascii():
            numbers = [int(part) for part in parts]
            first = date(*(*numbers, 1, 1)[:3])
            if len(numbers) == 1:
                return first.replace(month=12, day=31).isoformat()
            if len(numbers) == 2:
                after = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
                return (after - timedelta(days=1)).isoformat()
            return first.isoformat()
    except ValueError:
        pass
    raise QueryError(f"'{text}' is no date.", remedy="write 2025-07-17, 2025-07 or 2025.")


def reduced(project: Project, triples: Iterable[Triple], day: str) -> Quads:
    """Give what held, or was known, at the end of a day, a month or a year.

    Raises QueryError for a text that is no date.
    """
    graph = list(triples)
    gone = _later(graph, last_day(day))
    kept = [t for t in graph if t.predicate != STATUS and not _speaks_of(t, gone)]
    # Assertions about what is left out go with it, and then nothing of them stays.
    told: set[Term] = {t.subject for t in graph if t.predicate.value in ABOUT and t.object in gone}
    kept = [t for t in kept if not _speaks_of(t, told)]
    return kept + sorted(
        (t for t in derived.follow(project, kept) if t.predicate == STATUS), key=str
    )


def _speaks_of(triple: Triple, nodes: set[Term]) -> bool:
    return triple.subject in nodes or triple.object in nodes


def _later(graph: Iterable[Triple], day: str) -> set[Term]:
    """Find the things that came after a day, and their parts."""
    kinds: dict[Term, set[str]] = defaultdict(set)
    owners: dict[Term, set[Term]] = defaultdict(set)
    parts: dict[Term, set[Term]] = defaultdict(set)
    signings: dict[Term, set[Term]] = defaultdict(set)
    first: dict[Term, str] = {}
    for triple in graph:
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        if predicate == TYPE and isinstance(value, NamedNode):
            kinds[subject].add(value.value)
        elif predicate == EARLIEST and isinstance(value, Literal):
            first[subject] = min(value.value, first.get(subject, value.value))
        elif predicate.value in PARTS:
            owners[value].add(subject)
            parts[subject].add(value)
            if predicate.value == SIGNED:
                signings[value].add(subject)
    later = {node for node, start in first.items() if start > day and kinds[node] & DATED}
    gone: set[Term] = set()
    todo = [*later, *(signed for node in later for signed in signings[node])]
    while todo:
        node = todo.pop()
        if node in gone:
            continue
        gone.add(node)
        # What belongs to something that stays, stays.
        todo += [part for part in parts[node] if owners[part] <= gone]
    return gone
