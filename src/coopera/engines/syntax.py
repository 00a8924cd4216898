"""Syntax: a SPARQL text and what Oxigraph says of it in; place, problem and remedy, out."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from coopera.errors import QueryError
from coopera.queries import FORMS, Token, tokens

PROBLEMS = {
    "The SELECT contains a variable that is unbound": (
        "the SELECT that ends here names a variable that is neither bound nor in GROUP BY.",
        "put it in GROUP BY, or in an aggregate such as SAMPLE(?x).",
    ),
    "The SELECT overrides an existing variable": (
        "the SELECT that ends here gives an expression the name of a variable that is bound.",
        "give it another name after AS.",
    ),
}
"""What Oxigraph says at the end of a SELECT -> problem and remedy."""
UNCLOSED = "the text that begins here is not closed."
START = Token("mark", "", 0)
"""Stands before the first token."""
Mistake = tuple[int, str, str]
"""Offset, problem and remedy."""


def syntax_error(sparql: str, message: str) -> QueryError:
    """Turn Oxigraph's message into line, column, problem and remedy."""
    match = re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", message, re.DOTALL)
    if not match:
        return QueryError(f"the query is not SPARQL 1.1: {message}.")
    at, problem, remedy = _mistake(sparql, _offset(sparql, int(match[1]), int(match[2])), match[3])
    return QueryError(f"{_place(sparql, at)}: {problem}", remedy=remedy)


def _place(sparql: str, at: int) -> str:
    line, column = sparql.count("\n", 0, at) + 1, at - sparql.rfind("\n", 0, at)
    return f"line {line}, column {column}"


def _mistake(sparql: str, told: int, expected: str) -> Mistake:
    """Find the mistake behind an offset that Oxigraph tells, and what it expected there."""
    iri = re.search(r"<[^<>]*>$", sparql[:told]) if "IRI parsing failed" in expected else None
    if iri:
        remedy = "write it whole and without spaces, such as <https://example.org/x>."
        return iri.start(), f"'{iri[0][:60]}' is not a valid IRI.", remedy
    for known, (problem, remedy) in PROBLEMS.items():
        if known in expected:
            return told, problem, remedy
    found = list(tokens(sparql))
    if known_mistakes := [*_misspelt(found), *_nameless(found)]:
        return min(known_mistakes)
    at = _begun(found, told, expected, len(sparql))
    wanted = re.findall(r'"([^"]{1,12})"', expected)[:8]
    remedy = f"one of {' '.join(wanted)} would fit there." if wanted else ""
    if not any(token.is_word(*FORMS) for token in found):
        remedy = "ask with SELECT, ASK, CONSTRUCT or DESCRIBE."
    rest = sparql[at:].lstrip()
    if not rest:
        if opened := _open(found):
            remedy = f"close the {opened.text} of {_place(sparql, opened.start)}."
        return at, "the query ends too early.", remedy
    near = rest.splitlines()[0][:30].strip()
    return len(sparql) - len(rest), f"the query is not SPARQL 1.1 at '{near}'.", remedy


def _open(found: Sequence[Token]) -> Token | None:
    """Give the last bracket that is not closed."""
    opened: list[Token] = []
    for token in found:
        if token.text in ("(", "[", "{"):
            opened.append(token)
        elif token.text in (")", "]", "}") and opened:
            opened.pop()
    return opened[-1] if opened else None


def _misspelt(found: Sequence[Token]) -> Iterator[Mistake]:
    """Look for what Oxigraph 0.5.13 does not name, as it tells of the words that it tried last."""
    declared = {"_:"} | {b.text for a, b in pairwise(found) if a.is_word("PREFIX")}
    for before, token in pairwise([START, *found]):
        prefix = token.text[: token.text.find(":") + 1]
        quote = token.text[0] if token.text[0] in "\"'" else ""
        if quote and before.text == 2 * quote and before.end == token.start:
            yield before.start, UNCLOSED, f"close it with {3 * quote}."
        elif quote and token.kind == "mark":
            yield token.start, UNCLOSED, f"close it with {quote}."
        elif token.kind == "word" and before.is_word("PREFIX"):
            problem = f"the prefix '{token.text}' has no colon."
            yield token.start, problem, f"write PREFIX {token.text}: <…>."
        elif token.kind == "name" and prefix not in declared:
            problem = f"prefix '{prefix[:-1]}' is not declared."
            yield token.start, problem, f"add a line PREFIX {prefix} <…>."


def _nameless(found: Sequence[Token]) -> Iterator[Mistake]:
    """Look for an expression in SELECT without brackets or a name (SPARQL 1.1, 19.8, rule 9)."""
    remedy = "write (… AS ?name)."
    depth, named, start = -1, False, 0  # of brackets; -1 outside of a SELECT clause
    for before, token in pairwise([START, *found]):
        if token.is_word("SELECT"):
            depth = 0
        elif token.text == "{" or (depth == 0 and token.is_word("WHERE", "FROM")):
            depth = -1
        elif depth >= 0 and token.text == "(":
            if depth == 0:
                start, named = token.start, False
                if before.kind == "word" and not before.is_word("SELECT", "DISTINCT", "REDUCED"):
                    yield before.start, "the expression that begins here has no brackets.", remedy
            depth += 1
        elif depth == 1 and token.is_word("AS"):
            named = True
        elif depth > 0 and token.text == ")":
            depth -= 1
            if depth == 0 and not named:
                yield start, "the expression that begins here has no name.", remedy


def _offset(sparql: str, line: int, column: int) -> int:
    """Give the offset of a line and a column, from 1; that of the end for what is behind it."""
    starts = [0, *(match.end() for match in re.finditer("\n", sparql))]
    return min(starts[min(line, len(starts)) - 1] + column - 1, len(sparql))


def _begun(found: Sequence[Token], told: int, expected: str, end: int) -> int:
    """Find where the token begins that does not fit.

    Oxigraph 0.5.13 compares a keyword with as many letters of the text, and tells of the place
    behind them: of the tokens from which a keyword that it expected leads there, the last is meant.
    """
    starts = {token.start for token in found}
    words = re.findall(r"(?<![\"'\w\\])[A-Z][A-Z0-9_]+(?![\"'\w])", expected)
    if re.search(r"\"|\['", expected):  # a sign, or one of several: told where it begins
        starts.add(end)
        words.append("")
    begun = {told - len(word) for word in words} & starts
    if not begun and "[_]" in expected:  # any letter: the text should have ended before, or goes on
        begun = {start for start in starts if start < told}
    return max(begun, default=told)
