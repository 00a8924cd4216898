"""Said: a subject and what is said of it, as plain values, in; triples out."""

from collections.abc import Iterator

from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from coopera.tables import Quads, Term
from coopera.terms import XSD

Value = Term | str | dict[str, str] | list["Value"] | None
"""A text is an IRI; a dict a text in each language; a list several values; `None` is none."""


def said(subject: str, facts: dict[str, Value]) -> Quads:
    """Give a triple for each value of each property."""
    node = NamedNode(subject)
    return [
        Triple(node, NamedNode(predicate), term)
        for predicate, value in facts.items()
        for term in _terms(value)
    ]


def _terms(value: Value) -> Iterator[NamedNode | BlankNode | Literal]:
    match value:
        case None | Triple():
            return
        case str():
            yield NamedNode(value)
        case dict():
            yield from (Literal(text, language=tag) for tag, text in value.items())
        case list():
            for one in value:
                yield from _terms(one)
        case _:
            yield value


def typed(value: object, name: str) -> Literal:
    """Give a literal of a datatype of XML Schema."""
    return Literal(str(value), datatype=NamedNode(XSD + name))
