"""Nodes: the triples of a shapes graph in; the values of each node's properties out."""

from collections.abc import Iterable

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.errors import DataError
from coopera.tables import Term
from coopera.terms import RDF, SH

SEVERITY = {SH + "Violation": "error", SH + "Warning": "warning", SH + "Info": "info"}
"""The severities of SHACL (SHACL, 2.1.4), and ours."""


class IllFormedError(DataError):
    """A shape that is not well-formed (SHACL, 1.2 and 4), at a node of the shapes graph."""

    def __init__(self, problem: str, node: Term, remedy: str = "") -> None:
        """Take the problem as a clause, and the node that it is about."""
        super().__init__(f"{problem}.", remedy=remedy)
        self.node = node


class Nodes:
    """A shapes graph, to be asked for the values of a node's property."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Take the triples of the shapes graph; a triple that is there twice counts once."""
        self._values: dict[tuple[Term, str], dict[Term, None]] = {}
        self._subjects: dict[tuple[str, Term], dict[Term, None]] = {}
        self.predicates: dict[Term, dict[str, None]] = {}
        self.triples = list(dict.fromkeys(triples))
        for triple in self.triples:
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            self._values.setdefault((subject, predicate), {})[value] = None
            self._subjects.setdefault((predicate, value), {})[subject] = None
            self.predicates.setdefault(subject, {})[predicate] = None

    def values(self, node: Term, predicate: str) -> list[Term]:
        """Give the values of a property, in the order of the files."""
        return list(self._values.get((node, predicate), ()))

    def shacl(self, node: Term, name: str) -> list[Term]:
        """Give the values of a property of the SHACL namespace."""
        return self.values(node, SH + name)

    def subjects(self, predicate: str, value: Term) -> list[Term]:
        """Give the subjects that have this value."""
        return list(self._subjects.get((predicate, value), ()))

    def one(self, node: Term, name: str) -> Term | None:
        """Give the value of a SHACL property that a node has once at most."""
        found = self.shacl(node, name)
        if len(found) > 1:
            raise IllFormedError(f"sh:{name} is there more than once", node, "keep one value.")
        return found[0] if found else None

    def members(self, node: Term) -> list[Term]:
        """Give the members of a SHACL list (SHACL, 1.2). Raises IllFormedError for a broken one."""
        found: list[Term] = []
        seen = set()
        head = node
        while head != NamedNode(RDF + "nil"):
            first, rest = self.values(head, RDF + "first"), self.values(head, RDF + "rest")
            literal = isinstance(head, Literal)
            if literal or head in seen or len(first) != 1 or len(rest) != 1:
                raise IllFormedError("an RDF list is broken: it needs one rdf:first, one rdf:rest "
                                "and an end", node, "write it as ( … ).")  # fmt: skip
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    def name(self, node: Term) -> str:
        """Name a node for a message: its IRI, or the nearest named node that leads to it."""
        seen: set[Term] = set()
        queue = [node]
        while queue:
            at = queue.pop(0)
            if not isinstance(at, BlankNode):
                return str(at) if at == node else f"a blank node under {at}"
            seen.add(at)
            queue += [s for (_, o), found in self._subjects.items() if o == at
                      for s in found if s not in seen]  # fmt: skip
        return str(node)
