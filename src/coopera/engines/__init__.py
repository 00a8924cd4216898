"""Engines: SPARQL 1.1 in; a Table, triples or a boolean out."""

import re
from collections.abc import Callable, Iterable
from string import ascii_uppercase
from typing import Protocol

from pyoxigraph import Triple

from coopera.errors import QueryError
from coopera.queries import SavedQuery, expand, prologue, tokens, value_blocks
from coopera.tables import Quads, Table, Term

Answer = Table | Quads | bool


class Engine(Protocol):
    """Answers SPARQL 1.1 queries. It has no verb that writes."""

    def query(self, sparql: str) -> Answer:
        """SELECT gives a Table, CONSTRUCT and DESCRIBE sorted triples, ASK a bool.

        Raises QueryError for a text that does not parse or that would contact a server.
        """
        ...


def bound_terms(engine: Engine, saved: SavedQuery, text: str) -> dict[str, tuple[Term | None, ...]]:
    """Give the terms that a text of a saved query has for each parameter; `None` is UNDEF."""
    blocks = {name: text[start:end] for name, start, end in value_blocks(text)}
    found: dict[str, tuple[Term | None, ...]] = {}
    for parameter in saved.parameters:
        block = blocks.get(parameter.name, "")
        asked = f"{prologue(text)}\nSELECT ?v WHERE {{ VALUES ?v {{ {block} }} }}"
        values = engine.query(asked)
        found[parameter.name] = values.column("v") if isinstance(values, Table) else ()
    return found


def refuse_service(sparql: str) -> None:
    """Refuse what would contact another server (SPARQL 1.1 Federated Query).

    Raises QueryError for SERVICE, and for FROM, since our data is one default graph.
    """
    for text in _readings(sparql):
        for token in tokens(text) if _may_name(text) else ():
            if token.is_word("SERVICE", "FROM"):
                word = token.text.upper()
                raise QueryError(
                    f"{word} is not answered here: the data is one default graph, and nothing is "
                    "fetched from other servers.",
                    remedy=f"take {word} out of the query.",
                )


def _readings(sparql: str) -> set[str]:
    """Give the texts that engines may see in a text."""
    texts = {sparql, expand(sparql)} if "\\" in sparql else {sparql}
    # A carriage return ends a comment (SPARQL 1.1, 19.4); rdflib 7.6 reads on.
    return texts | {text.replace("\r", " ") for text in texts if "\r" in text}


_HEAD = re.compile(r"(?:#[^\r\n]*+[\r\n]++)*+")
_IN_A_NAME = frozenset(f"{ascii_uppercase}:?$")


def _may_name(text: str) -> bool:
    """Say whether SERVICE or FROM may be among the tokens, which take longer to find.

    They are not in the comments at the head, nor behind a letter: that is a name or a variable.
    """
    head = _HEAD.match(text)
    body = text[head.end() if head else 0 :]
    upper = body.upper()
    for word in ("SERVICE", "FROM"):
        at = upper.find(word)
        while at >= 0:
            if upper[at - 1 : at] not in _IN_A_NAME or not body.isascii():
                return True
            at = upper.find(word, at + 1)
    return False


def _oxigraph(triples: Iterable[Triple]) -> Engine:
    from coopera.engines.oxigraph import Oxigraph

    return Oxigraph(triples)


def _rdflib(triples: Iterable[Triple]) -> Engine:
    from coopera.engines.rdflib import Rdflib

    return Rdflib(triples)


ENGINES: dict[str, Callable[[Iterable[Triple]], Engine]] = {
    "oxigraph": _oxigraph,
    "rdflib": _rdflib,
}
