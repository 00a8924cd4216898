"""Constructs: a CONSTRUCT, and its solutions, in; its template, and triples, out."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, NamedNode, Triple

from coopera.engines.oxigraph import Oxigraph
from coopera.queries import tokens
from coopera.tables import Quads, Row, Term

CHUNK = 10_000
"""Solutions from which triples are made at a time."""
_BLANK = "urn:coopera:blank:"


def template(body: str) -> tuple[str, str, tuple[str, ...]] | None:
    """Cut a CONSTRUCT in two: the template, and what gives its solutions; and name its variables.

    The text starts with CONSTRUCT. Gives `None` for one that is not understood.
    """
    found = list(tokens(body))
    short = found[1:2] and found[1].is_word("WHERE")
    start = 2 if short else 1
    if len(found) <= start or found[start].text != "{":
        return None
    depth = 0
    for at in range(start, len(found)):
        depth += {"{": 1, "}": -1}.get(found[at].text, 0) if found[at].kind == "mark" else 0
        if depth == 0:
            break
    else:
        return None
    inner = body[found[start].start : found[at].end]
    names = [t.text[1:] for t in found[start : at + 1] if t.kind == "variable"]
    rest = body[found[1].start :] if short else body[found[at].end :]
    return inner, rest, tuple(dict.fromkeys(names))


def makes_blank_nodes(inner: str) -> bool:
    """Say whether a template makes blank nodes, new ones for each solution."""
    return any(t.text == "[" or t.text.startswith("_:") for t in tokens(inner))


def triples(header: str, inner: str, names: tuple[str, ...], rows: Iterator[Row]) -> Quads:
    """Make the triples of a template, whose prefixes the header declares, from solutions."""
    engine = Oxigraph([])
    made: set[Triple] = set()
    while chunk := list(islice(rows, CHUNK)):
        # VALUES takes no blank nodes: each goes in as an IRI, and comes out as what it was.
        blank: dict[Term, BlankNode] = {
            NamedNode(_BLANK + term.value): term
            for row in chunk
            for term in row
            if isinstance(term, BlankNode)
        }
        values = "\n".join(f"({' '.join(map(_written, row))})" for row in chunk)
        variables = " ".join(f"?{name}" for name in names)
        answer = engine.query(
            f"{header}CONSTRUCT {inner} WHERE {{ VALUES ({variables}) {{ {values} }} }}"
        )
        assert isinstance(answer, list)  # noqa: S101 - the text is a CONSTRUCT
        for triple in answer:
            ends: list[Any] = [blank.get(end, end) for end in (triple.subject, triple.object)]
            made.add(Triple(ends[0], triple.predicate, ends[1]))
    return sorted(made, key=str)


def _written(term: Term | None) -> str:
    if term is None:
        return "UNDEF"
    return f"<{_BLANK}{term.value}>" if isinstance(term, BlankNode) else str(term)
