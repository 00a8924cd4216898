"""Reach: what changed and the shapes in; the focus nodes whose results may have changed out."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cached_property, lru_cache

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from coopera.changes.reads import Reads
from coopera.tables import Term
from coopera.terms import RDFS, TYPE, XSD
from coopera.validation.shapes import Shape

Nodes = Mapping[Term, frozenset[Term] | None]
"""The node of each shape with a target -> its focus nodes; `None`: any."""

_SUBCLASS = NamedNode(RDFS + "subClassOf")


def affected(changed: Collection[Triple], roots: Iterable[Shape], data: Sequence[Triple]) -> Nodes:
    """Find the focus nodes of each shape from which evaluation can come upon a changed triple.

    `changed` are the triples that came and went, `data` those of now. A focus node that is not
    among them has the results that it had: the first look-up that differs would start at a node
    that unchanged triples lead to, and these are all in `data`. So it is enough to go back from the
    changed triples, step by step, to the focus nodes.
    """
    if not changed:
        return {shape.node: frozenset() for shape in roots}
    reads = Reads(roots)
    at, everywhere = _seeds(reads, changed)
    graph = _Graph(data)
    into: dict[int, list[tuple[int, NamedNode | None, bool]]] = defaultdict(list)
    same: dict[int, list[int]] = defaultdict(list)
    for before, predicate, turned, after in reads.steps:
        into[after].append((before, predicate, turned))
    for before, after in reads.free:
        same[after].append(before)

    queue = list(everywhere)
    while queue:
        state = queue.pop()
        for before in {*same[state], *(step[0] for step in into[state])} - everywhere:
            everywhere.add(before)
            queue.append(before)
    waiting = [(state, node) for state, nodes in at.items() for node in nodes]
    while waiting:
        state, node = waiting.pop()
        if state in everywhere:
            continue
        found = [(before, node) for before in same[state]]
        for before, predicate, turned in into[state]:
            found += [(before, other) for other in graph.before(predicate, turned, node)]
        for before, other in found:
            if other not in at[before]:
                at[before].add(other)
                waiting.append((before, other))
    return {
        shape.node: graph.focus_nodes(shape, None if start in everywhere else at[start])
        for shape, start in reads.starts.items()
    }


def _seeds(reads: Reads, changed: Iterable[Triple]) -> tuple[dict[int, set[Term]], set[int]]:
    """Find the states and nodes at which a look-up gives a changed triple, and those of `whole`."""
    by_predicate: dict[NamedNode | None, list[Triple]] = defaultdict(list)
    for triple in changed:
        by_predicate[triple.predicate].append(triple)
        by_predicate[None].append(triple)
    at: dict[int, set[Term]] = defaultdict(set)
    for state, predicate, turned, _ in reads.steps:
        at[state].update(t.object if turned else t.subject for t in by_predicate.get(predicate, ()))
    everywhere = {
        state
        for state, read in reads.whole
        if by_predicate and (read is None or not read.isdisjoint(by_predicate))
    }
    return at, everywhere


def _joined(term: Term) -> Term:
    """Give the term with which SPARQL engines that hold literals by value would join this one."""
    if isinstance(term, Literal) and term.datatype.value.startswith(XSD):
        return term if term.datatype.value == XSD + "string" else _by_value(term)
    return term


@lru_cache(maxsize=65536)
def _by_value(literal: Literal) -> Term:
    # Oxigraph 0.5 gives back "01"^^xsd:integer as 1.
    store, node = Store(), NamedNode("urn:x")
    store.add(Quad(node, node, literal))
    held: Term = next(iter(store)).object
    return held


class _Graph:
    """The data, by predicate and end; made as far as it is asked for."""

    def __init__(self, data: Sequence[Triple]) -> None:
        self.data = data
        self._ends: dict[tuple[NamedNode | None, bool], dict[Term, list[Term]]] = {}

    @cached_property
    def _by_predicate(self) -> dict[NamedNode, list[Triple]]:
        found: dict[NamedNode, list[Triple]] = defaultdict(list)
        for triple in self.data:
            found[triple.predicate].append(triple)
        return found

    def triples(self, predicate: NamedNode | None) -> Sequence[Triple]:
        return self.data if predicate is None else self._by_predicate.get(predicate, ())

    def before(self, predicate: NamedNode | None, turned: bool, node: Term) -> Sequence[Term]:
        """Give the nodes from which a step leads to this one."""
        key = predicate, turned
        if key not in self._ends:
            ends: dict[Term, list[Term]] = defaultdict(list)
            for triple in self.triples(predicate):
                subject, value = triple.subject, triple.object
                start, end = (value, subject) if turned else (subject, value)
                ends[_joined(end)].append(start)
            self._ends[key] = ends
        return self._ends[key].get(_joined(node), ())

    def focus_nodes(self, shape: Shape, among: set[Term] | None) -> frozenset[Term] | None:
        """Give the focus nodes of a shape, all or those among some; `None` where that is unknown.

        That is so for a SPARQL-based target only: only a query engine can tell its focus nodes.
        """
        if among is not None and (not among or any(t.kind == "sparql" for t in shape.targets)):
            return frozenset(among)
        found: set[Term] = set()
        for target in shape.targets:
            value = target.value
            if target.kind == "node":
                found.add(value)
            elif target.kind == "class":
                found.update(self._instances(value))
            elif target.kind in ("subjectsOf", "objectsOf") and isinstance(value, NamedNode):
                of_subjects = target.kind == "subjectsOf"
                found.update(t.subject if of_subjects else t.object for t in self.triples(value))
            else:
                return None
        return frozenset(found if among is None else found & among)

    def _instances(self, kind: Term) -> Iterable[Term]:
        classes, queue = {kind}, [kind]
        for one in queue:
            narrower = [c for c in self.before(_SUBCLASS, False, one) if c not in classes]
            classes.update(narrower)
            queue += narrower
        return (node for one in classes for node in self.before(TYPE, False, one))
