"""Descriptions: the index of a graph and an IRI in; the triples that describe it out."""

from pyoxigraph import BlankNode, NamedNode, Triple

from coopera.pages.index import Index, key
from coopera.tables import Quads


def describe(index: Index, iri: str, *, incoming: bool = True) -> Quads:
    """Give the triples whose subject, or object, an IRI is, sorted by their N-Triples text.

    Blank nodes that it leads to are described with it. An IRI that the graph does not describe
    gives nothing.
    """
    found: set[Triple] = set()
    done: set[str] = set()
    todo: list[NamedNode | BlankNode] = [NamedNode(iri)] if iri in index.facts else []
    while todo:
        node = todo.pop()
        if (name := key(node)) in done:
            continue
        done.add(name)
        for predicate, values in index.facts.get(name, {}).items():
            for value in values:
                found.add(Triple(node, NamedNode(predicate), value))
                if isinstance(value, BlankNode):
                    todo.append(value)
    if iri in done and incoming:
        for predicate, subjects in index.links.get(iri, {}).items():
            found |= {
                Triple(subject_of(subject), NamedNode(predicate), NamedNode(iri))
                for subject in subjects
            }
    return sorted(found, key=str)


def subject_of(name: str) -> NamedNode | BlankNode:
    """Give the node that the index keeps under a name."""
    return BlankNode(name[2:]) if name.startswith("_:") else NamedNode(name)
