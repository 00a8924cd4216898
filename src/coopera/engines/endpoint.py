"""A SPARQL endpoint: a URL and a query in; a whole Table, or a boolean, out.

SPARQL 1.1 Protocol, 2.1, and Query Results JSON. A server may be busy, cut its answer short or
break off in the middle of it under a status of 200: what is not whole is asked for again, or is an
error.
"""

import json
import os
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from pyoxigraph import BlankNode, Literal, NamedNode

from coopera.engines import refuse_service
from coopera.errors import CooperaError, QueryError
from coopera.findings import plain
from coopera.queries import tokens
from coopera.tables import Row, Table, Term

USER, PASSWORD = "COOPERA_ENDPOINT_USER", "COOPERA_ENDPOINT_PASSWORD"
"""The environment variables of who asks (RFC 7617). They are never shown."""
BUSY = (429, 503)
LONGEST_WAIT = 60.0
"""Seconds to wait before a busy server is asked again; one that wants more is given up."""
LONGEST_GET = 2000
"""Characters of a request that still goes into a URL."""
_JSON = ("application/sparql-results+json", "application/json")


class EndpointError(CooperaError):
    """An endpoint that does not answer, or not with a whole SPARQL result."""

    def __init__(
        self, url: str, problem: str, *, remedy: str = "", status: int | None = None
    ) -> None:
        """Take the URL, the problem as a sentence, what to do about it, and the HTTP status."""
        super().__init__(problem, remedy=remedy)
        self.url, self.status = url, status

    def __str__(self) -> str:
        """Give `URL: problem`, and the remedy on a line of its own."""
        return plain(f"{self.url}: {super().__str__()}")


@dataclass(frozen=True)
class Endpoint:
    """Answers SELECT and ASK queries over a URL. It has no verb that writes."""

    url: str
    graph: str | None = None
    """The IRI of the named graph to take as the default graph; all that the server has, if none."""
    timeout: float = 60.0
    """Seconds for one request, from its first byte to the last of its answer."""
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

    def __post_init__(self) -> None:
        """Refuse what is no plain URL of a web server."""
        parts = urlsplit(self.url)
        shown = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
        if parts.username or parts.password:
            remedy = f"set {USER} and {PASSWORD} instead."
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

    def query(self, sparql: str) -> Table | bool:
        """Answer a SELECT with all its solutions, or an ASK.

        Raises QueryError for a query of another form, EndpointError for a server that fails.
        """
        refuse_service(sparql)
        form = next((t for t in tokens(sparql) if t.is_word("SELECT", "ASK", "CONSTRUCT",
                     "DESCRIBE", "INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD",
                     "MOVE", "COPY", "WITH")), None)  # fmt: skip
        if form is None or not form.is_word("SELECT", "ASK"):
            raise QueryError("an endpoint is asked by SELECT or ASK only.")
        answer, cut = self._ask(sparql)
        if form.is_word("ASK"):
            return self._boolean(answer)
        table = self._table(answer)
        if cut or len(table.rows) >= self.sure:
            return self._whole(sparql[: form.start], sparql[form.start :], table)
        return table

    def _whole(self, header: str, body: str, table: Table) -> Table:
        """Compare the number of rows with a COUNT; fetch the rest of them in pages.

        Pages of rows that do not repeat are whole where there are as many as the server counts.
        """
        got = len(table.rows)
        counted = self._table(self._ask(f"{header}SELECT (COUNT(*) AS ?n) {{ {{ {body} }} }}")[0])
        try:
            (number,) = (int(getattr(row[0], "value", "")) for row in counted.rows)
        except ValueError as error:
            raise self.failure("it does not count the rows of a query.", "", 200) from error
        if number == got:
            return table
        cut = f"it gives {got} rows of {number}"
        remedy = "raise the limit of rows on the server (Virtuoso: ResultSetMaxRows)."
        if number < got or number > self.most_rows or not got:
            raise self.failure(f"{cut}.", remedy, 200)
        names = " ".join(f"?{name}" for name in table.variables)
        # Oxigraph 0.5.13 aborts where it is to put terms of many kinds in order.
        order = " ".join(f"STR(?{name})" for name in table.variables)
        ordered = f"SELECT DISTINCT {names} {{ {{ {body} }} }} ORDER BY {order}"
        rows: dict[Row, None] = {}
        for start in range(0, number, got):
            page = f"{header}SELECT {names} {{ {{ {ordered} }} }} LIMIT {got} OFFSET {start}"
            rows |= dict.fromkeys(self._table(self._ask(page)[0]).rows)
        if len(rows) != number:
            raise self.failure(f"{cut}, and {len(rows)} in pages.", remedy, 200)
        if not (self.stable or _named(rows)):
            raise self.failure(f"{cut}, and pages with blank nodes do not fit.", remedy, 200)
        return Table(table.variables, tuple(rows))

    def failure(self, problem: str, remedy: str = "", status: int | None = None) -> EndpointError:
        """Make an error about this endpoint."""
        return EndpointError(self.url, problem, remedy=remedy, status=status)

    # One request

    def _ask(self, sparql: str) -> tuple[Any, bool]:
        """Give the JSON of an answer, and whether the server says that it cut its rows."""
        request = self._request(sparql)
        for turn in range(1, self.tries + 1):
            try:
                return self._answer(request)
            except HTTPError as error:
                with error:
                    wait = _wait(error, turn)
                    if error.code not in BUSY or turn == self.tries or wait > LONGEST_WAIT:
                        raise self._refusal(error, turn) from error
                time.sleep(wait)
            except TimeoutError as error:
                raise self._late() from error
            except URLError as error:
                if isinstance(error.reason, TimeoutError):
                    raise self._late() from error
                raise self.failure(
                    f"it cannot be reached: {error.reason}.", remedy="look at the URL."
                ) from error
            except (HTTPException, OSError) as error:
                raise self.failure(f"its answer breaks off: {error!r}.") from error
        raise AssertionError("unreachable")

    def _request(self, sparql: str) -> Request:
        from SPARQLWrapper import JSON, POST, SPARQLWrapper

        wrapper = SPARQLWrapper(self.url, returnFormat=JSON, agent="coopera")
        wrapper.setOnlyConneg(True)
        wrapper.setQuery(sparql)
        if self.graph is not None:
            wrapper.addDefaultGraph(self.graph)
        if len(self.url) + len(sparql) > LONGEST_GET:
            wrapper.setMethod(POST)
        user, password = os.environ.get(USER), os.environ.get(PASSWORD)
        if user and password:
            wrapper.setCredentials(user, password)
        # SPARQLWrapper 2.0.0 follows redirects to anywhere with the password in hand, reads
        # without end and hides Retry-After, so its requests are sent here.
        request: Request = wrapper._createRequest()
        return request

    def _answer(self, request: Request) -> tuple[Any, bool]:
        deadline = time.monotonic() + self.timeout
        # A URL that is no web address was refused, and redirects are looked at.
        with build_opener(_Redirects(self)).open(request, timeout=self.timeout) as response:
            kind = response.headers.get_content_type()
            if kind not in _JSON:
                raise self.failure(
                    f"it answers with {kind}, no SPARQL result in JSON.",
                    remedy="give the URL of the endpoint itself, not of a page about it.",
                )
            if response.headers.get("X-SQL-State"):  # Virtuoso, out of time
                raise self.failure(
                    f"it stopped early: {response.headers.get('X-SQL-Message', '')[:200]}"
                )
            body = b"".join(self._read(response, deadline))
            cut = response.headers.get("X-SPARQL-MaxRows") is not None  # Virtuoso
        try:
            return json.loads(body), cut
        except (ValueError, RecursionError) as error:
            end = plain(body[-60:].decode("utf-8", "replace"))
            raise self.failure(
                f"its answer, status {response.status}, is not whole; it ends in {end!r}.",
                remedy="the server stopped in the middle: raise its time limit, or ask for less.",
            ) from error

    def _read(self, response: Any, deadline: float) -> Iterator[bytes]:
        size = 0
        while piece := response.read1(2**16):
            size += len(piece)
            if size > self.most_bytes:
                raise self.failure(f"its answer is longer than {self.most_bytes} bytes.")
            if time.monotonic() > deadline:
                raise self._late()
            yield piece
        if response.length:
            raise self.failure(f"its answer lacks {response.length} bytes of what it announced.")

    def _late(self) -> EndpointError:
        return self.failure(
            f"it did not answer within {self.timeout:g} seconds.", remedy="allow it more time."
        )

    def _refusal(self, error: HTTPError, turn: int) -> EndpointError:
        """Tell of a status that is no success (SPARQL 1.1 Protocol, 2.1.5 and 2.1.6)."""
        try:
            body = error.read(2000).decode("utf-8", "replace")
        except (OSError, HTTPException):
            body = ""
        told = " ".join(re.sub(r"<[^>]*>", " ", body).split())[:300]
        problem = f"status {error.code}{f': {told}' if told else ''}"
        remedies = {
            401: f"set {USER} and {PASSWORD}.",
            403: f"set {USER} and {PASSWORD}, or ask for access.",
            404: "look at the path of the URL, often /sparql or /query.",
        }
        if error.code in BUSY:
            after = error.headers.get("Retry-After")
            return self.failure(
                f"it is busy, asked {turn} times: {problem}.",
                remedy=f"try again after {after} (Retry-After)." if after else "try again later.",
            )
        return self.failure(f"{problem}.", remedies.get(error.code, ""), error.code)

    # The answer

    def _boolean(self, answer: Any) -> bool:
        match answer:
            case {"boolean": bool(value)}:
                return value
            case {"head": {"vars": ["__ASK_RETVAL"]}}:  # Virtuoso 7.2.5 answers with a table
                return any(getattr(row[0], "value", "") == "1" for row in self._table(answer).rows)
        raise self.failure("its answer to an ASK is no boolean.", "", 200)

    def _table(self, answer: Any) -> Table:
        """Read a table (SPARQL 1.1 Query Results JSON Format, 3)."""
        match answer:
            case {"head": {"vars": list(names)}, "results": {"bindings": list(rows)}}:
                try:
                    return Table(
                        tuple(map(str, names)),
                        tuple(tuple(_term(row.get(name)) for name in names) for row in rows),
                    )
                except (ValueError, KeyError, TypeError, AttributeError) as error:
                    told = f"its answer holds what is no RDF term: {error}."
                    raise self.failure(told, "", 200) from error
        raise self.failure("its answer is no table of solutions.", "", 200)


def _named(rows: Iterable[Row]) -> bool:
    """Say whether no row has a blank node."""
    return not any(isinstance(term, BlankNode) for row in rows for term in row)


def _term(cell: Any) -> Term | None:
    if cell is None:
        return None
    kind, value = cell["type"], cell["value"]
    if kind == "uri":
        return NamedNode(value)
    if kind == "bnode":
        # Virtuoso 7.2.5 names them nodeID://b1.
        fits = re.fullmatch(r"[A-Za-z0-9]+", value) and not value.startswith("hex")
        return BlankNode(value if fits else f"hex{value.encode().hex()}")
    if kind not in ("literal", "typed-literal"):  # the latter in SPARQL 1.0, and from Virtuoso
        raise ValueError(f"a term of the type {kind}")
    if "xml:lang" in cell:
        return Literal(value, language=cell["xml:lang"])
    return Literal(value, datatype=NamedNode(cell["datatype"]) if "datatype" in cell else None)


def _wait(error: HTTPError, turn: int) -> float:
    """Give the seconds to wait: Retry-After (RFC 9110, 10.2.3), else more from turn to turn."""
    after = error.headers.get("Retry-After") or ""
    if after.isdecimal():
        return float(after)
    try:
        moment = parsedate_to_datetime(after)
        return max(0.0, (moment - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError):
        return 2.0 ** (turn - 1)


class _Redirects(HTTPRedirectHandler):
    """Follows redirects within a server only: a query, and a password, are for that server."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        here, there = _server(req.full_url), _server(newurl)
        if req.data is not None or (
            here != there and (here[0], 80, 443) != (there[0], here[1], there[1])
        ):
            raise self.endpoint.failure(
                f"it sends us on to {newurl.partition('?')[0]}.",
                remedy="give that URL, if you trust it.",
            )
        return super().redirect_request(req, fp, code, msg, headers, newurl)


def _server(url: str) -> tuple[str | None, int | None]:
    parts = urlsplit(url)
    ports = {"http": 80, "https": 443}
    return (
        (parts.hostname, parts.port or ports[parts.scheme])
        if parts.scheme in ports
        else (None, None)
    )
