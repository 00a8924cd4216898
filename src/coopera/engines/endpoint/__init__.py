"""A SPARQL endpoint: a URL and a query in; a whole Table, triples or a boolean, out.

SPARQL 1.1 Protocol, 2.1, and Query Results JSON. A server may be busy, cut its answer short or
break off in the middle of it under a status of 200: what is not whole is asked for again, or is an
error.
"""

import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, NamedNode

from coopera import graphs
from coopera.engines import Answer, refuse_service
from coopera.engines.endpoint import constructs, quirks, solutions
from coopera.engines.endpoint.credentials import PASSWORD, USER
from coopera.engines.endpoint.requests import GRAPHS, TABLES, EndpointError, Limits, reply
from coopera.errors import DataError, QueryError
from coopera.findings import plain
from coopera.queries import Token, expand, tokens
from coopera.tables import Quads, Row, Rows, Table

__all__ = ["PASSWORD", "USER", "CutError", "Endpoint", "EndpointError"]

_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE", "INSERT", "DELETE", "LOAD", "CLEAR", "DROP",
          "CREATE", "ADD", "MOVE", "COPY", "WITH")  # fmt: skip
_RAISE_LIMIT = "raise the limit of rows on the server (Virtuoso: ResultSetMaxRows)."

T = TypeVar("T")


class CutError(EndpointError):
    """A table of which the server gave other rows than it counts."""

    def __init__(self, url: str, variables: tuple[str, ...], got: int, number: int) -> None:
        """Take the URL, the columns, the number of rows that came, and of those that there are."""
        super().__init__(url, f"it gives {got} rows of {number}.", remedy=_RAISE_LIMIT, status=200)
        self.variables, self.got, self.number = variables, got, number

    def but(self, more: str, remedy: str = _RAISE_LIMIT) -> EndpointError:
        """Make an error that goes on with what became of the pages."""
        return EndpointError(self.url, f"{self.problem[:-1]}, {more}.", remedy=remedy, status=200)


@dataclass(frozen=True)
class Endpoint:
    """Answers queries over a URL. It has no verb that writes."""

    url: str
    graph: str | None = None
    """The IRI of the named graph to take as the default graph; all that the server has, if none."""
    timeout: float = 60.0
    """Seconds that one request may make us wait, from its first byte to the last of its answer."""
    most_bytes: int = 128 * 2**20
    """Bytes of an answer that are read at most."""
    tries: int = 4
    """How often a busy server is asked."""
    most_rows: int = 2_000_000
    """Rows of a table that are fetched at most, in as many pages as it takes."""
    sure: int = 1000
    """A table of fewer rows is taken to be whole; a longer one is compared with a COUNT."""
    stable: bool = False
    """Whether a blank node has one label in all answers, not in one only."""
    smooth: bool = False
    """Whether the values that Virtuoso changes on the way are changed back where that is sure."""
    seen: set[str] = field(default_factory=set, compare=False, repr=False)
    """What the server says that it is, as far as it has been asked."""

    def __post_init__(self) -> None:
        """Refuse what is no plain URL of a web server."""
        parts = urlsplit(self.url)
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if parts.username or parts.password:
            remedy = f"set {USER} and {PASSWORD}, or write a netrc file, instead."
            raise EndpointError(shown, "the URL holds a password.", remedy=remedy)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            remedy = "write http://… or https://…"
            raise EndpointError(shown, "this is no URL of a web server.", remedy=remedy)
        if parts.query or parts.fragment:
            remedy = "take away what follows ? or #; a graph is named apart."
            raise EndpointError(shown, "the URL of an endpoint ends in its path.", remedy=remedy)
        if self.graph is not None:
            try:
                NamedNode(self.graph)
            except ValueError as error:
                raise EndpointError(self.url, f"{self.graph!r} names no graph: {error}.") from error

    def query(self, sparql: str) -> Answer:
        """Answer a query; see `Engine.query`. The answer is whole, and held as a whole.

        Raises QueryError for a text that is no query, EndpointError for a server that fails.
        """
        form = self._form(sparql)
        header, body = sparql[: form.start], sparql[form.start :]
        if form.is_word("SELECT"):
            return self.read(sparql, lambda found: Table(found.variables, tuple(found.rows)))
        if form.is_word("ASK"):
            return self._boolean(sparql)
        if form.is_word("CONSTRUCT"):
            return self._construct(header, body)
        return self._describe(sparql)

    def read(self, sparql: str, use: Callable[[Rows], T]) -> T:
        """Answer a SELECT with what `use` makes of its rows, as they come.

        `use` is called again, with all the rows anew, where the server left some out: what it made
        of those before is not an answer. Raises EndpointError also while the rows are taken.
        """
        form = self._form(sparql)
        if not form.is_word("SELECT"):
            raise QueryError("rows come of SELECT only.")
        header, body = sparql[: form.start], sparql[form.start :]
        try:
            return use(self._rows(header, body))
        except CutError as cut:
            return use(self._pages(header, body, cut))

    def doubt(self, sparql: str) -> dict[str, str] | None:
        """Say, in fr and en, why the answer to a query may be wrong though it is whole.

        Virtuoso 7.2.5 loses solutions, or mixes them up, behind a property path that may have
        several steps or none, if its plan runs one of them for many rows at once.
        """
        server = next((name for name in self.seen if name.startswith("Virtuoso")), None)
        if server is None or not quirks.closes(sparql):
            return None
        name = plain(server.split()[0])
        return {
            "en": f"{name}: Virtuoso 7.2.5 was seen to answer property paths with ?, * or + "
            "wrongly; compare with another engine.",
            "fr": f"{name} : Virtuoso 7.2.5 répond parfois mal aux chemins de propriétés avec ?, * "
            "ou + ; comparez avec un autre moteur.",
        }

    def failure(self, problem: str, remedy: str = "", status: int | None = None) -> EndpointError:
        """Make an error about this endpoint."""
        return EndpointError(self.url, problem, remedy=remedy, status=status)

    def _form(self, sparql: str) -> Token:
        """Give the word that names the form of a query. Raises QueryError where there is none."""
        refuse_service(sparql)
        if "\0" in expand(sparql):  # behind which Virtuoso 7.2.5 reads nothing of a literal
            raise QueryError("no server is asked about a character U+0000.")
        form = next((token for token in tokens(sparql) if token.is_word(*_FORMS)), None)
        if form is None or not form.is_word(*_FORMS[:4]):
            raise QueryError("that is no SELECT, ASK, CONSTRUCT or DESCRIBE.")
        return form

    # Tables

    def _rows(self, header: str, body: str) -> Rows:
        """Give the rows of a SELECT. Raises CutError behind the last where they are not all."""
        told: dict[str, bool] = {}
        found = self._solutions(header + body, told)

        def whole() -> Iterator[Row]:
            got = 0
            for got, row in enumerate(found.rows, 1):  # noqa: B007 - the last number counts
                yield row
            if told["cut"] or got >= self.sure:
                number = self._number(header, body)
                if number != got:
                    raise CutError(self.url, found.variables, got, number)

        rows = whole()
        if told["virtuoso"] and "DISTINCT" in (words := quirks.modifiers(body)):
            rows = self._distinct(rows, bool(words & {"LIMIT", "OFFSET"}))
        return Rows(found.variables, rows)

    def _solutions(self, sparql: str, told: dict[str, bool] | None = None) -> Rows:
        """Ask for a table, and give what comes; tell whether it is cut, and by whom."""
        answer = self._first(sparql, told)
        if isinstance(answer, Rows):
            return answer
        raise self.failure("its answer is no table of solutions.", "", 200)

    def _first(self, sparql: str, told: dict[str, bool] | None = None) -> Rows | bool | None:
        steps = self._steps(sparql, told)
        answer = next(steps)
        if not isinstance(answer, Rows):
            steps.close()
            return answer

        def rows() -> Iterator[Row]:
            try:
                yield from answer.rows
            except ValueError as error:
                problem = f"its answer holds what is no RDF term: {error}."
                raise self.failure(problem, "", 200) from error
            finally:
                steps.close()

        return Rows(answer.variables, rows())

    def _steps(
        self, sparql: str, told: dict[str, bool] | None
    ) -> Generator[Rows | bool | None, None, None]:
        """Give an answer, and hold the connection while it is read."""
        text = quirks.smooth(sparql)
        with reply(self.url, self.graph, text, TABLES, self._limits) as got:

            def broken(end: str) -> EndpointError:
                return self.failure(
                    f"its answer, status {got.status}, is not whole; it ends in {plain(end)!r}.",
                    "the server stopped in the middle: raise its time limit, or ask for less.",
                )

            self.seen.add(got.server)
            if told is not None:
                told |= {"cut": got.cut, "virtuoso": got.virtuoso}
            yield solutions.read(got.pieces, broken, got.virtuoso and self.smooth)

    @property
    def _limits(self) -> Limits:
        return Limits(self.timeout, self.most_bytes, self.tries)

    def _distinct(self, rows: Iterable[Row], some: bool) -> Iterator[Row]:
        """Give each row once: Virtuoso 7.2.5 repeats those with dates, DISTINCT or not."""
        seen: set[bytes] = set()
        for row in rows:
            mark = _mark(row)
            if mark not in seen:
                seen.add(mark)
                yield row
            elif some:
                problem = "it repeats rows under DISTINCT, so that LIMIT counts too few."
                raise self.failure(problem, "take LIMIT and OFFSET out of the query.", 200)

    def _number(self, header: str, body: str) -> int:
        """Let the server count the rows of a query."""
        counted = self._solutions(f"{header}SELECT (COUNT(*) AS ?n) {{ {{ {body} }} }}")
        try:
            (number,) = (int(getattr(row[0], "value", "")) for row in counted.rows)
        except ValueError as error:
            raise self.failure("it does not count the rows of a query.", "", 200) from error
        return number

    def _pages(self, header: str, body: str, cut: CutError) -> Rows:
        """Fetch a table that was cut in pages.

        Pages of rows that do not repeat are whole where there are as many as the server counts.
        A page of a query that has an order begins with the row that ended the one before.
        """
        got, number = cut.got, cut.number
        words = quirks.modifiers(body)
        ordered = "ORDER" in words
        if number < got or number > self.most_rows or got < 2 * ordered or not got:
            raise cut
        if words & {"LIMIT", "OFFSET"} and not ordered:
            raise cut.but(
                "and LIMIT without ORDER BY gives no pages", "order the rows by all their columns."
            )
        names = " ".join(f"?{name}" for name in cut.variables)
        # Oxigraph 0.5.13 aborts where it is to put terms of many kinds in order.
        order = " ".join(f"STR(?{name})" for name in cut.variables)
        inner = body if ordered else f"SELECT DISTINCT {names} {{ {{ {body} }} }} ORDER BY {order}"
        return Rows(cut.variables, self._paged(header, inner, names, cut, ordered))

    def _paged(
        self, header: str, inner: str, names: str, cut: CutError, ordered: bool
    ) -> Iterator[Row]:
        seen: set[bytes] = set()
        named, last = True, None
        for start in range(0, cut.number, cut.got - ordered):
            page = f"{header}SELECT {names} {{ {{ {inner} }} }} LIMIT {cut.got} OFFSET {start}"
            rows = self._solutions(page).rows
            if ordered and last is not None and next(rows, None) != last:
                raise cut.but("and pages in another order")
            for row in rows:
                mark = _mark(row)
                if mark not in seen:
                    seen.add(mark)
                    named = named and not any(isinstance(term, BlankNode) for term in row)
                    last = row
                    yield row
        if len(seen) != cut.number:
            raise cut.but(f"and {len(seen)} in pages")
        if not (self.stable or named):
            raise cut.but("and pages with blank nodes do not fit")

    # Booleans

    def _boolean(self, sparql: str) -> bool:
        answer = self._first(sparql)
        if isinstance(answer, bool):
            return answer
        if answer is not None and answer.variables == ("__ASK_RETVAL",):  # Virtuoso 7.2.5
            return any(getattr(row[0], "value", "") == "1" for row in answer.rows)
        raise self.failure("its answer to an ASK is no boolean.", "", 200)

    # Graphs

    def _construct(self, header: str, body: str) -> Quads:
        """Answer a CONSTRUCT; where rows may have been left out, from its solutions.

        A server that limits rows gives fewer triples, and says nothing of it.
        """
        parts = constructs.template(body)
        if parts is None:
            raise QueryError("the template of the CONSTRUCT is not understood.")
        inner, rest, names = parts
        variables = " ".join(f"?{name}" for name in names)
        if not names or self._number(header, f"SELECT {variables} {rest}") < self.sure:
            return self._triples(header + body)
        once = quirks.modifiers(f"SELECT {rest}").isdisjoint({"LIMIT", "OFFSET"})
        distinct = "DISTINCT " if once and not constructs.makes_blank_nodes(inner) else ""
        return self.read(
            f"{header}SELECT {distinct}{variables} {rest}",
            lambda found: constructs.triples(header, inner, names, found.rows),
        )

    def _describe(self, sparql: str) -> Quads:
        triples = self._triples(sparql)
        if len(triples) >= self.sure:
            raise self.failure(
                f"it describes something in {len(triples)} triples, and nothing tells whether "
                "these are all.",
                "ask by CONSTRUCT, whose solutions can be counted.",
                200,
            )
        return triples

    def _triples(self, sparql: str) -> Quads:
        """Ask for a graph, and read it as a file is read: bounded, and RDF 1.1 only."""
        text = quirks.smooth(sparql)
        with (
            reply(self.url, self.graph, text, tuple(GRAPHS), self._limits) as got,
            tempfile.TemporaryDirectory(prefix="coopera-") as folder,
        ):
            if not got.framed:
                raise self.failure(
                    "it does not say how long its answer is, so that nobody knows whether it is "
                    "whole.",
                    "ask by SELECT, whose answer has an end.",
                    200,
                )
            self.seen.add(got.server)
            path = Path(folder) / f"answer{GRAPHS[got.kind]}"
            with path.open("wb") as file:
                file.writelines(got.pieces)
            try:
                triples = graphs.read(path)
            except DataError as error:
                at = f" at line {error.place.line}" if error.place and error.place.line else ""
                problem = f"its answer is no {got.kind}, or not whole{at}: {error.problem}"
                raise self.failure(problem, "", 200) from error
        if got.virtuoso and self.smooth:
            triples = list(map(solutions.smoothed, triples))
        return sorted(set(triples), key=str)


def _mark(row: Row) -> bytes:
    """Give what stands for a row where all rows cannot be held."""
    return blake2b(repr(row).encode(), digest_size=16).digest()
