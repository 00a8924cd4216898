"""Pieces: a SPARQL text in; its tokens out, with each number and each literal in one."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from coopera import queries
from coopera.queries import Token

_NUMBER = re.compile(r"(?:\d+\.\d*|\.?\d+)[eE][+-]?\d+|\d*\.\d+|\d+")
_SUFFIX = re.compile(
    r"@[A-Za-z]+(?:-[A-Za-z0-9]+)*|\s*\^\^\s*(?:<[^>]*>|[\w.-]*:(?:\\.|[\w.:%-])*[\w:%-])"
)
_REST = re.compile(r"(?:\\.|[\w.:%-])*(?:\\.|[\w:%-])")


def pieces(sparql: str) -> Iterator[Token]:
    """Cut a text into tokens; numbers, and literals with their tags, are one each."""
    end = 0
    for token in queries.tokens(sparql):
        if token.start < end:
            continue
        kind, end = token.kind, token.end
        if number := _NUMBER.match(sparql, token.start):
            kind, end = "number", number.end()
        elif kind == "string" and (suffix := _SUFFIX.match(sparql, end)):
            end = suffix.end()
        elif (
            kind == "name" and sparql[end : end + 1] == "\\" and (rest := _REST.match(sparql, end))
        ):
            end = rest.end()
        yield Token(kind, sparql[token.start : end], token.start)


def variable(token: Token) -> str | None:
    """Give the name of a variable, or that of a blank node, which is one too."""
    if token.kind == "variable":
        return token.text[1:]
    return token.text if token.kind == "name" and token.text.startswith("_:") else None


def selected_names(tokens: Sequence[Token]) -> set[str] | None:
    """Give the variables that a SELECT gives, `None` for all."""
    names, depth = set(), 0
    for before, token in pairwise(tokens):
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.text == "*":
            return None
        name = variable(token)
        if name and (depth == 0 or before.is_word("AS")):
            names.add(name)
    return names
