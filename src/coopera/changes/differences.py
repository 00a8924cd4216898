"""Differences: two graphs in; the triples that only one of them has out, blank nodes paired."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from pyoxigraph import BlankNode, Triple

from coopera.tables import Term

_FARTHEST = 64
"""How far a blank node looks around itself for what tells it from others, in steps."""


@dataclass(frozen=True)
class Change:
    """What came to a graph and what went from it."""

    added: frozenset[Triple] = frozenset()
    removed: frozenset[Triple] = frozenset()
    """Their blank nodes are those of the new graph, where it has one that looks the same."""

    @property
    def triples(self) -> frozenset[Triple]:
        """Give both."""
        return self.added | self.removed


def compare(old: Iterable[Triple], new: Iterable[Triple]) -> Change:
    """Compare two graphs, which share no blank node, as sets of triples.

    A blank node of the old one is paired with one of the new one that looks the same. A pair badly
    chosen makes the difference larger than it need be, but it stays a difference of these graphs.
    """
    before, after = set(old), set(new)
    pairs = _pairs(before, after)
    if pairs:
        before = {_renamed(triple, pairs) for triple in before}
    return Change(frozenset(after - before), frozenset(before - after))


def _pairs(old: Collection[Triple], new: Collection[Triple]) -> dict[Term, BlankNode]:
    """Pair the blank nodes of the old graph with those of the new one by what stands around."""
    around: dict[BlankNode, list[tuple[bool, Term, Term]]] = {}
    for triple in (*old, *new):
        subject, value = triple.subject, triple.object
        if isinstance(subject, BlankNode):
            around.setdefault(subject, []).append((True, triple.predicate, value))
        if isinstance(value, BlankNode):
            around.setdefault(value, []).append((False, triple.predicate, subject))
    looks: dict[Term, int] = dict.fromkeys(around, 0)
    kinds = 0
    for _ in range(_FARTHEST):
        looks = {
            node: hash(tuple(sorted(hash((way, by, looks.get(end, end))) for way, by, end in seen)))
            for node, seen in around.items()
        }
        former, kinds = kinds, len(set(looks.values()))
        if kinds == former:
            break
    present = {t.subject for t in new} | {t.object for t in new}
    alike: Counter[tuple[bool, int]] = Counter()
    found: dict[bool, dict[tuple[int, int], BlankNode]] = {True: {}, False: {}}
    for node in around:
        side = node in present
        found[side][looks[node], alike[side, looks[node]]] = node
        alike[side, looks[node]] += 1
    return {node: found[True][name] for name, node in found[False].items() if name in found[True]}


def _renamed(triple: Triple, pairs: Mapping[Term, BlankNode]) -> Triple:
    subject, value = triple.subject, triple.object
    return Triple(pairs.get(subject) or subject, triple.predicate, pairs.get(value) or value)
