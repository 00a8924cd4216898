"""The default engine: triples in a pyoxigraph store in memory."""

import re
from collections.abc import Iterable
from itertools import pairwise

from pyoxigraph import QueryBoolean, QuerySolutions, Triple

from coopera import graphs
from coopera.engines import Answer, refuse_service
from coopera.errors import QueryError
from coopera.queries import tokens
from coopera.tables import Table


class Oxigraph:
    """Answers from a store in memory."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        """Load the triples into the default graph."""
        self.store = graphs.store(triples)

    def query(self, sparql: str) -> Answer:
        """Answer one query; see `Engine.query`."""
        refuse_service(sparql)
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
        except (RuntimeError, ValueError) as error:
            raise QueryError(f"the query cannot be evaluated: {error}.") from error


def syntax_error(sparql: str, message: str) -> QueryError:
    """Turn Oxigraph's message into line, column, problem and remedy."""
    match = re.match(r"error at (\d+):(\d+): expected (?:one of )?(.*)", message, re.DOTALL)
    if not match:
        return QueryError(f"the query is not SPARQL 1.1: {message}.")
    if undeclared := _undeclared(sparql):
        return undeclared
    line, column = int(match[1]), int(match[2])
    where = f"line {line}, column {column}"
    text = sparql.splitlines()[line - 1] if line <= len(sparql.splitlines()) else ""
    near = text[max(0, column - 1) :].strip()[:30] or "the end of the text"
    for known in (
        "The SELECT contains a variable that is unbound",
        "IRI parsing failed",
    ):
        if known in match[3]:
            return QueryError(f"{where}: {known}, before '{near}'.")
    wanted = re.findall(r'"([^"]{1,12})"', match[3])[:8]
    return QueryError(
        f"{where}: the query is not SPARQL 1.1 at '{near}'.",
        remedy=f"one of {' '.join(wanted)} would fit there." if wanted else "",
    )


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
