"""Requests: a URL and a query in; the bytes of a whole answer, as they come, out.

SPARQL 1.1 Protocol, 2.1. A busy server is asked again; what is too long, too late or not whole is
an error.
"""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from coopera.engines.endpoint.credentials import PASSWORD, USER, credentials
from coopera.errors import CooperaError
from coopera.findings import plain

BUSY = (429, 503)
LONGEST_WAIT = 60.0
"""Seconds to wait before a busy server is asked again; one that wants more is given up."""
LONGEST_GET = 2000
"""Characters of a request that still goes into a URL."""
TABLES = ("application/sparql-results+json", "application/json")
GRAPHS = {"application/n-triples": ".nt", "text/turtle": ".ttl"}
"""The media types of graphs that are read, and the file endings that they stand for."""


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
class Limits:
    """What a request may cost."""

    timeout: float = 60.0
    """Seconds that one request may make us wait, from its first byte to the last of its answer."""
    most_bytes: int = 128 * 2**20
    """Bytes of an answer that are read at most."""
    tries: int = 4
    """How often a busy server is asked."""


@dataclass
class Reply:
    """An answer of which the head is known; its bytes come one after another, once."""

    kind: str
    """Its media type."""
    status: int
    server: str
    """What the server says that it is."""
    cut: bool
    """Whether the server says that it left rows out."""
    framed: bool
    """Whether it says where its body ends."""
    pieces: Iterator[bytes]

    @property
    def virtuoso(self) -> bool:
        """Whether the server says that it is Virtuoso."""
        return self.server.startswith("Virtuoso")


@contextmanager
def reply(
    url: str, graph: str | None, sparql: str, accept: tuple[str, ...], limits: Limits
) -> Iterator[Reply]:
    """Ask a query, in one of some media types. Raises EndpointError, also while it is read."""
    with _open(url, _request(url, graph, sparql, accept), limits) as response:
        yield _reply(url, response, accept, limits)


def _request(url: str, graph: str | None, sparql: str, accept: tuple[str, ...]) -> Request:
    from SPARQLWrapper import POST, SELECT, SPARQLWrapper

    wrapper = SPARQLWrapper(url, agent="coopera")
    wrapper.setOnlyConneg(True)
    # SPARQLWrapper 2.0.0 looks for the query form by patterns that comments and names mislead.
    wrapper.queryString, wrapper.queryType = sparql, SELECT
    if graph is not None:
        wrapper.addDefaultGraph(graph)
    if len(url) + len(sparql) > LONGEST_GET:
        wrapper.setMethod(POST)
    if known := credentials(urlsplit(url).hostname or ""):
        wrapper.setCredentials(*known)
    # SPARQLWrapper 2.0.0 follows redirects to anywhere with the password in hand, reads
    # without end and hides Retry-After, so its requests are sent here.
    request: Request = wrapper._createRequest()
    request.add_header("Accept", ",".join(accept))
    return request


def _open(url: str, request: Request, limits: Limits) -> HTTPResponse:
    """Send a request; again, while the server is busy."""
    for turn in range(1, limits.tries + 1):
        try:
            # A URL that is no web address was refused, and redirects are looked at.
            opened: HTTPResponse = build_opener(_Redirects(url)).open(
                request, timeout=limits.timeout
            )
            return opened
        except HTTPError as error:
            with error:
                wait = _wait(error, turn)
                if error.code not in BUSY or turn == limits.tries or wait > LONGEST_WAIT:
                    raise _refusal(url, error, turn) from error
            time.sleep(wait)
        except TimeoutError as error:
            raise _late(url, limits) from error
        except URLError as error:
            if isinstance(error.reason, TimeoutError):
                raise _late(url, limits) from error
            raise EndpointError(
                url, f"it cannot be reached: {error.reason}.", remedy="look at the URL."
            ) from error
        except (HTTPException, OSError) as error:
            raise EndpointError(url, f"its answer breaks off: {error!r}.") from error
    raise AssertionError("unreachable")


def _reply(url: str, response: HTTPResponse, accept: tuple[str, ...], limits: Limits) -> Reply:
    headers = response.headers
    kind = headers.get_content_type()
    if kind not in accept:
        wanted = (
            "no SPARQL result in JSON" if TABLES[0] in accept else "neither N-Triples nor Turtle"
        )
        raise EndpointError(
            url,
            f"it answers with {kind}, {wanted}.",
            remedy="give the URL of the endpoint itself, not of a page about it.",
        )
    if headers.get("X-SQL-State"):  # Virtuoso, out of time
        told = headers.get("X-SQL-Message", "")[:200]
        raise EndpointError(url, f"it stopped early: {told}")
    return Reply(
        kind,
        response.status,
        headers.get("Server", ""),
        headers.get("X-SPARQL-MaxRows") is not None,  # Virtuoso
        response.length is not None or response.chunked,
        _read(url, response, limits),
    )


def _read(url: str, response: Any, limits: Limits) -> Iterator[bytes]:
    size, waited = 0, 0.0
    while True:
        started = time.monotonic()
        try:
            piece = response.read1(2**16)
        except TimeoutError as error:
            raise _late(url, limits) from error
        except (HTTPException, OSError) as error:
            raise EndpointError(url, f"its answer breaks off: {error!r}.") from error
        waited += time.monotonic() - started
        if not piece:
            break
        size += len(piece)
        if size > limits.most_bytes:
            raise EndpointError(url, f"its answer is longer than {limits.most_bytes} bytes.")
        if waited > limits.timeout:
            raise _late(url, limits)
        yield piece
    if response.length:
        raise EndpointError(url, f"its answer lacks {response.length} bytes of what it announced.")


def _late(url: str, limits: Limits) -> EndpointError:
    return EndpointError(
        url,
        f"it did not answer within {limits.timeout:g} seconds.",
        remedy="allow it more time.",
    )


def _refusal(url: str, error: HTTPError, turn: int) -> EndpointError:
    """Tell of a status that is no success (SPARQL 1.1 Protocol, 2.1.5 and 2.1.6)."""
    try:
        body = error.read(2000).decode("utf-8", "replace")
    except (OSError, HTTPException):
        body = ""
    told = " ".join(re.sub(r"<[^>]*>", " ", body).split())[:300]
    problem = f"status {error.code}{f': {told}' if told else ''}"
    account = f"set {USER} and {PASSWORD}, or write a netrc file"
    remedies = {
        401: f"{account}.",
        403: f"{account}, or ask for access.",
        404: "look at the path of the URL, often /sparql or /query.",
    }
    if error.code in BUSY:
        after = error.headers.get("Retry-After")
        return EndpointError(
            url,
            f"it is busy, asked {turn} times: {problem}.",
            remedy=f"try again after {after} (Retry-After)." if after else "try again later.",
        )
    remedy = remedies.get(error.code, "")
    return EndpointError(url, f"{problem}.", remedy=remedy, status=error.code)


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

    def __init__(self, url: str) -> None:
        self.url = url

    def redirect_request(
        self, req: Request, fp: Any, code: int, msg: str, headers: Any, newurl: str
    ) -> Request | None:
        here, there = _server(req.full_url), _server(newurl)
        if req.data is not None or (
            here != there and (here[0], 80, 443) != (there[0], here[1], there[1])
        ):
            raise EndpointError(
                self.url,
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
