"""The default engine: triples in a pyoxigraph store in memory, or a store on disk."""

import re
from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Self

from pyoxigraph import QueryBoolean, QuerySolutions, Store, Triple

from coopera import graphs
from coopera.engines import Answer, refuse_service
from coopera.errors import QueryError, StoreError
from coopera.limits import refuse_deep
from coopera.queries import tokens
from coopera.tables import Table


class Oxigraph:
    """Answers from a store."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Load the triples into the default graph of a store in memory."""
        self.store = graphs.store(triples)
        self._renew: Callable[[], Store] | None = None

    @classmethod
    def of(cls, store: Store, renew: Callable[[], Store] | None = None) -> Self:
        """Answer from a store that is there, such as one on disk.

        Where that turns out to be damaged, `renew` gives another, once.
        """
        engine = cls.__new__(cls)
        engine.store, engine._renew = store, renew
        return engine

    def query(self, sparql: str) -> Answer:
        """Answer one query; see `Engine.query`. Raises StoreError for a store that is damaged."""
        refuse_service(sparql)
        refuse_deep(sparql)
        try:
            return self._answer(sparql)
        except StoreError:
            if self._renew is None:
                raise
        self.store, self._renew = self._renew(), None
        return self._answer(sparql)

    def _answer(self, sparql: str) -> Answer:
        try:
            found = self.store.query(sparql)
            if isinstance(found, QueryBoolean):
                return bool(found)
            if isinstance(found, QuerySolutions):
                names = tuple(variable.value for variable in found.variables)
                return Table(names, tuple(tuple(solution) for solution in found))
            return sorted(set(found), key=str)
        except SyntaxError as error:
            raise syntax_error(sparql, str(error)) from error
        except (OSError, RuntimeError, ValueError) as error:
            # pyoxigraph 0.5.13 raises RuntimeError, which is also for much else, for bad blocks.
            if isinstance(error, OSError) or str(error).startswith("Corruption"):
                raise StoreError(
                    f"the store cannot be read: {error}.",
                    remedy="make it anew from its files, with coopera load.",
                ) from error
            raise QueryError(f"the query cannot be evaluated: {error}.") from error


def syntax_error(sparql: str, message: str) -> QueryError:
    """Turn Oxigraph's message into line, column, problem and remedy."""
    match = re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", message, re.DOTALL)
    if not match:
        return QueryError(f"the query is not SPARQL 1.1: {message}.")
    if undeclared := _undeclared(sparql):
        return undeclared
    told = _offset(sparql, int(match[1]), int(match[2]))
    problems = ("The SELECT contains a variable that is unbound", "IRI parsing failed")
    problem = next((known for known in problems if known in match[3]), "")
    at = told if problem else _begun(sparql, told, match[3])
    line = sparql.count("\n", 0, at) + 1
    where = f"line {line}, column {at - sparql.rfind(chr(10), 0, at)}"
    near = sparql[at:].partition("\n")[0].strip()[:30] or "the end of the text"
    if problem:
        return QueryError(f"{where}: {problem}, before '{near}'.")
    wanted = re.findall(r'"([^"]{1,12})"', match[3])[:8]
    return QueryError(
        f"{where}: the query is not SPARQL 1.1 at '{near}'.",
        remedy=f"one of {' '.join(wanted)} would fit there." if wanted else "",
    )


def _offset(sparql: str, line: int, column: int) -> int:
    """Give the offset of a line and a column, from 1; that of the end for what is behind it."""
    starts = [0, *(match.end() for match in re.finditer("\n", sparql))]
    return min(starts[min(line, len(starts)) - 1] + column - 1, len(sparql))


def _begun(sparql: str, told: int, expected: str) -> int:
    """Find where the token begins that does not fit.

    Oxigraph 0.5.13 compares a keyword with as many letters of the text, and tells of the place
    behind them: of the tokens from which a keyword that it expected leads there, the last is meant.
    """
    starts = {token.start for token in tokens(sparql)}
    words = re.findall(r"(?<![\"'\w\\])[A-Z][A-Z0-9_]+(?![\"'\w])", expected)
    if re.search(r"\"|\['", expected):  # a sign, or one of several: told where it begins
        starts.add(len(sparql))
        words.append("")
    found = {told - len(word) for word in words} & starts
    if not found and "[_]" in expected:  # any letter: the text should have ended before, or goes on
        found = {start for start in starts if start < told}
    return max(found, default=told)


def _undeclared(sparql: str) -> QueryError | None:
    """Look for a prefix without a declaration, which Oxigraph 0.5.13 does not always name."""
    found = list(tokens(sparql))
    declared = {"_:"} | {b.text for a, b in pairwise(found) if a.is_word("PREFIX")}
    for token in found:
        prefix = token.text[: token.text.find(":") + 1]
        if token.kind == "name" and prefix not in declared:
            line = sparql.count("\n", 0, token.start) + 1
            column = token.start - sparql.rfind("\n", 0, token.start)
            return QueryError(
                f"line {line}, column {column}: prefix '{prefix[:-1]}' is not declared.",
                remedy=f"add a line PREFIX {prefix} <…>.",
            )
    return None
