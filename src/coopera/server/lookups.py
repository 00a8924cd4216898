"""Look-ups: a query for what is said of one thing in; its answer, or `None` for any other, out.

One triple pattern whose subject is named costs what its few rows cost, so it needs no process of
its own: it is answered here, in JSON, and a worker is asked for all else. What a head says beside
its query is read once for all requests that have the same.
"""

import re
from dataclasses import dataclass, field
from functools import lru_cache
from json import JSONEncoder
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Store

from coopera.limits import Limits
from coopera.server.exchange import Request
from coopera.server.memory import LARGEST, Memory
from coopera.tables import Term
from coopera.terms import RDF, XSD

JSON = "application/sparql-results+json"
LONGEST = 16_384
"""Bytes of an answer that is given here, about: less than a millisecond, whatever the graph."""
STRING = XSD + "string"
HEADS = 1 << 20
"""Bytes of heads that are remembered."""
_quoted = JSONEncoder(ensure_ascii=False).encode
_IRI = r"<([A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*)>"
_WS = r"[ \t\r\n]*+"
_LOOKUP = re.compile(
    # Nothing that is matched once is tried another way: a hostile text costs its length.
    rf"{_WS}SELECT{_WS}(\*|(?:[?$]\w++{_WS})++){_WS}(?:WHERE{_WS})?+"
    rf"\{{{_WS}{_IRI}{_WS}(?:[?$](\w++)|{_IRI}|(?-i:a)){_WS}(?:[?$](\w++)|{_IRI}){_WS}\.?+{_WS}\}}{_WS}",
    re.ASCII | re.IGNORECASE,
)
_TARGET = re.compile(rb"GET /sparql\?query=([^&#\x00-\x20\x7f-\xff]+) HTTP/1\.1\r\n")


class Manner(NamedTuple):
    """What the head of a request says beside its query."""

    kinds: str
    """The media types of the answer that are taken, the best first."""
    url: str
    """Of the endpoint, as the client knows it."""
    headers: bytes
    """Of a reply, with places for the length of its body and its entity tag."""


@dataclass
class Lookups:
    """Answers from the default graph of a store."""

    store: Store
    limits: Limits
    answered: int = 0
    _manners: Memory[bytes, Manner] = field(default_factory=lambda: Memory(HEADS))

    def answer(self, query: bytes) -> bytes | None:
        """Give an answer in JSON (SPARQL 1.1 Query Results JSON Format); `None` for a worker's."""
        if len(query) > self.limits.query_bytes:
            return None
        try:
            match = _LOOKUP.fullmatch(query.decode())
            body = self._written(*match.groups()) if match else None
        except ValueError:  # neither text nor IRI: a worker tells what is wrong
            return None
        self.answered += body is not None
        return body

    def _written(
        self,
        names: str,
        subject: str,
        predicate: str | None,
        iri: str | None,
        value: str | None,
        value_iri: str | None,
    ) -> bytes | None:
        """Give the answer of one pattern: the name of a variable or an IRI, at each place."""
        form = _form(names, predicate, value)
        if form is None or "/." in f"{subject}{iri}{value_iri}":
            return None
        before, row = form
        rows: list[str] = []
        size, most = 0, min(LONGEST, self.limits.answer_bytes)
        for quad in self.store.quads_for_pattern(
            NamedNode(subject),
            None if predicate else NamedNode(iri or RDF + "type"),
            NamedNode(value_iri) if value_iri else None,
            DefaultGraph(),
        ):
            rows.append(row % (_json(quad.predicate), _json(quad.object)))
            size += len(rows[-1])
            if size > most or len(rows) > self.limits.rows:
                return None
        return f"{before}{','.join(rows)}]}}}}".encode()

    def learn(self, request: Request, manner: Manner) -> None:
        """Take what a head says beside the query, where that is all that belongs to a request."""
        head = request.head
        if head and not request.header(b"if-none-match") and (parts := _TARGET.match(head)):
            rest = head[parts.end() :]
            self._manners.put(rest, manner, len(rest))

    def asked(self, head: bytes) -> tuple[bytes, Manner] | None:
        """Give the query of a request and the rest of what its head says, if that was learnt."""
        parts = _TARGET.match(head) if len(head) <= LARGEST else None
        manner = self._manners.get(head[parts.end() :]) if parts else None
        if parts is None or manner is None:
            return None
        return unquote_to_bytes(parts[1].replace(b"+", b" ")), manner


@lru_cache(maxsize=256)
def _form(names: str, predicate: str | None, value: str | None) -> tuple[str, str] | None:
    """Give the text before the rows, and that of a row with places for predicate and object.

    Names are those of variables. `None` for what asks for more than each triple's own row.
    """
    variables = [name for name in (predicate, value) if name]
    chosen = sorted(variables) if names == "*" else re.findall(r"\w+", names)
    repeats = predicate == value or len({*chosen}) < len(chosen)
    if not chosen or repeats or not {*chosen} <= {*variables}:
        return None
    # What is not chosen is written with no character.
    cells = [f'"{name}":%s' if name in chosen else "%.0s" for name in (predicate, value)]
    comma = "," if len(chosen) == 2 else ""
    head = ",".join(f'"{name}"' for name in chosen)
    return f'{{"head":{{"vars":[{head}]}},"results":{{"bindings":[', f"{{{comma.join(cells)}}}"


def _json(term: Term) -> str:
    """Write a term. Raises ValueError for one that SPARQL 1.1 has no form for."""
    if isinstance(term, NamedNode):
        return _uri(term.value)
    if isinstance(term, Literal) and term.direction is None:
        text = f'{{"type":"literal","value":{_quoted(term.value)}'
        if term.language:
            return f'{text},"xml:lang":"{term.language}"}}'
        kind = term.datatype.value
        return f"{text}}}" if kind == STRING else f'{text},"datatype":{_quoted(kind)}}}'
    if isinstance(term, BlankNode):
        return f'{{"type":"bnode","value":"{term.value}"}}'
    raise ValueError(term)


@lru_cache(maxsize=4096)
def _uri(iri: str) -> str:
    return f'{{"type":"uri","value":{_quoted(iri)}}}'
