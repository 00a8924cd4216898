"""Syntax: a SPARQL text and what Oxigraph says of it in; place, problem and remedy, out."""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from coopera.errors import QueryError
from coopera.queries import FORMS, Token, tokens

PROBLEMS = {
    "The SELECT contains a variable that is unbound": (
        "the SELECT that ends here names a variable that is neither bound nor in GROUP BY.",
        "put it in GROUP BY, or in an aggregate such as SAMPLE(?x); a condition on an aggregate "
        "stands in HAVING.",
    ),
    "The SELECT overrides an existing variable": (
        "the SELECT that ends here gives an expression the name of a variable that is bound.",
        "give it another name after AS.",
    ),
    "Duplicated variable name in SELECT": (
        "the SELECT that ends here names a variable twice.",
        "leave it out once, or give the expression another name after AS.",
    ),
    "is not authorized with GROUP BY": (
        "the query that ends here groups its solutions and does not name its variables.",
        "name variables and aggregates after SELECT, in place of *.",
    ),
}
"""What Oxigraph says at the end of a query -> problem and remedy."""
START = Token("mark", "", 0)
"""Stands before the first token and after the last."""
BEFORE_LIST = ("SELECT", "DISTINCT", "REDUCED")
AFTER_SELECT = ("WHERE", "FROM", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
SPACE = " \t\r\n"
"""White space (SPARQL 1.1, 19.8, rule 162)."""
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
    if known_mistakes := [*_misspelt(sparql, found), *_nameless(found)]:
        return min(known_mistakes)
    at = _begun(found, told, expected, len(sparql))
    wanted = re.findall(r'"([^"]{1,12})"', expected)[:8]
    remedy = f"one of {' '.join(wanted)} would fit there." if wanted else ""
    if not any(token.is_word(*FORMS) for token in found):
        remedy = "ask with SELECT, ASK, CONSTRUCT or DESCRIBE."
    rest = sparql[at:].lstrip(SPACE)
    if not rest:
        if opened := _open(found):
            remedy = f"close the {opened.text} of {_place(sparql, opened.start)}."
        return at, "the query ends too early.", remedy
    near = rest.splitlines()[0][:30].strip()
    return len(sparql) - len(rest), f"the query is not SPARQL 1.1 from '{near}' on.", remedy


def _open(found: Sequence[Token]) -> Token | None:
    """Give the last bracket that is not closed."""
    opened: list[Token] = []
    for token in found:
        if token.text in ("(", "[", "{"):
            opened.append(token)
        elif token.text in (")", "]", "}") and opened:
            opened.pop()
    return opened[-1] if opened else None


def _misspelt(sparql: str, found: Sequence[Token]) -> Iterator[Mistake]:
    """Look for what Oxigraph 0.5.13 does not name, as it tells of the words that it tried last."""
    asked = next((at for at, token in enumerate(found) if token.is_word(*FORMS)), len(found))
    declared = {"_:"} | {name.text for name, iri in pairwise(found[:asked]) if iri.kind == "iri"}
    declared |= {name.text for before, name in pairwise(found) if before.is_word("PREFIX")}
    for at, (before, token) in enumerate(pairwise([START, *found])):
        prefix = token.text[: token.text.find(":") + 1]
        quote = token.text[0] if token.text[0] in "\"'" else ""
        touching = before.end == token.start and before.kind == "mark"
        if token.kind == "mark" and token.text.isspace():
            problem = f"the white space here, U+{ord(token.text):04X}, is none of SPARQL's."
            yield token.start, problem, "write a plain space."
        elif quote and before.text == 2 * quote and before.end == token.start:
            yield before.start, "the text that begins here is not closed.", _close(3 * quote)
        elif quote and token.kind == "mark":
            remedy = f"{_close(quote)[:-1]}, on the same line, and \\{quote} for any {quote} in it."
            yield token.start, "the text that begins here is not closed.", remedy
        elif token.kind == "name" and sparql.startswith("//", token.end) and prefix == token.text:
            if touching and before.text == "<":
                yield before.start, "the IRI that begins here is not closed.", _close(">")
            else:
                problem = "the IRI that begins here is not between < and >."
                yield token.start, problem, f"write <{token.text}//…>."
        elif token.kind == "word" and before.is_word("PREFIX"):
            name = re.split(r"[\s<]", sparql[token.start : token.start + 60])[0]
            problem = f"the prefix '{name}' has no colon."
            yield token.start, problem, f"write PREFIX {name}: <…>."
        elif (
            token.kind == "name" and at > asked and prefix not in declared
            and not (touching and before.text.isalpha())
        ):  # fmt: skip
            problem = f"prefix '{prefix[:-1]}' is not declared."
            yield token.start, problem, f"add a line PREFIX {prefix} <…>."


def _close(sign: str) -> str:
    return f"write {sign} where it ends."


def _nameless(found: Sequence[Token]) -> Iterator[Mistake]:
    """Look for an expression in SELECT without brackets or a name (SPARQL 1.1, 19.8, rule 9)."""
    remedy = "write (… AS ?name)."
    plain = "write the variables without brackets and commas."
    depth = -1  # of brackets; -1 outside of a SELECT clause
    start, function, inside = START, False, [START]
    for before, token in pairwise([START, *found]):
        if token.is_word("SELECT"):
            depth = 0
        elif token.text == "{" or (depth == 0 and token.is_word(*AFTER_SELECT)):
            depth = -1
        elif depth == 0 and token.text == ",":
            yield token.start, "a comma stands in SELECT.", plain
        elif depth >= 0 and token.text == "(":
            if depth == 0:
                bare = before.kind in ("word", "name", "iri") and not before.is_word(*BEFORE_LIST)
                function = bare and before.end == token.start
                if bare and not function:
                    depth = -1  # a word that is no part of the clause
                    continue
                start, inside = before if function else token, []
            depth += 1
        elif depth > 0 and token.text == ")":
            depth -= 1
            if depth == 0 and not any(one.is_word("AS") for one in inside):
                if function:
                    yield start.start, "the expression that begins here has no brackets.", remedy
                elif all(one.kind == "variable" or one.text == "," for one in inside):
                    yield start.start, "a bracket stands in SELECT without an expression.", plain
                else:
                    yield start.start, "the expression that begins here has no name.", remedy
        elif depth == 1:
            inside.append(token)


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
