"""Quirks of servers: the text of a query in; one that means the same, and is understood, out."""

from collections.abc import Iterator

from coopera.queries import Token, tokens


def smooth(sparql: str) -> str:
    """Take out each `VALUES ?x { UNDEF }`, which joins with one solution that binds nothing.

    Virtuoso 7.2.5 does not show what a property path binds to a variable that such a block names.
    """
    found = list(tokens(sparql))
    if any(_selects_all(found, at) for at in range(len(found))):
        return sparql  # the block may be all that names a column
    for at in range(len(found) - 5, -1, -1):
        block = found[at : at + 5]
        texts = [token.text.upper() for token in block]
        if (
            block[0].is_word("VALUES")
            and block[1].kind == "variable"
            and texts[2:] == ["{", "UNDEF", "}"]
        ):
            sparql = sparql[: block[0].start] + sparql[block[4].end :]
    return sparql


def closes(sparql: str) -> bool:
    """Say whether a query has a property path with `?`, `*` or `+`."""
    found = list(tokens(sparql))
    for at, token in enumerate(found[1:], 1):
        before = found[at - 1]
        if token.kind != "mark" or token.text not in "?*+":
            continue
        if before.kind in ("iri", "name") or before.text == "a" or _is_path(found, at - 1):
            return True
    return False


def _is_path(found: list[Token], close: int) -> bool:
    """Say whether a bracket closes a group of a path: it holds no variable, nor a literal."""
    depth = 0
    for token in reversed(found[: close + 1]):
        depth += {")": 1, "(": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if depth == 0:
            return token.text == "("
        if token.kind in ("variable", "string") or token.text.isdigit():
            return False
    return False


def _selects_all(found: list[Token], at: int) -> bool:
    after = (t for t in found[at + 1 : at + 3] if not t.is_word("DISTINCT", "REDUCED"))
    return found[at].is_word("SELECT") and next((t.text for t in after), "") == "*"


def modifiers(body: str) -> set[str]:
    """Give those of DISTINCT, ORDER, LIMIT and OFFSET that a query itself has, not one within it.

    The text starts with SELECT.
    """
    found = list(tokens(body))
    kept = {token.text.upper() for token in _outer(found)}
    words = kept & {"ORDER", "LIMIT", "OFFSET"}
    return words | ({"DISTINCT"} if found[1:2] and found[1].is_word("DISTINCT") else set())


def _outer(found: list[Token]) -> Iterator[Token]:
    """Give the words that stand in no braces."""
    depth = 0
    for token in found:
        depth += {"{": 1, "}": -1}.get(token.text, 0) if token.kind == "mark" else 0
        if depth == 0 and token.kind == "word":
            yield token
