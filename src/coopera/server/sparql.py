"""The SPARQL endpoint: a request of the protocol in; the answer of a bounded query out.

SPARQL 1.1 Protocol, 2.1: GET with a query string, POST of a form, POST of the query itself.
Nothing here writes: an update is refused. What the client may hold already is not answered again.
"""

import asyncio
import hashlib
import re
from collections.abc import Coroutine
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from coopera.errors import QueryError
from coopera.limits import LimitError
from coopera.pool import Answer, FormatError, Question
from coopera.server import description, negotiation, views
from coopera.server.exchange import Request, Response, Send, form, found, only, start
from coopera.server.lookups import Manner
from coopera.server.memory import Reply
from coopera.server.problems import Problem
from coopera.server.snapshot import Snapshot

if TYPE_CHECKING:
    from coopera.server.app import App

JSON, XML = "application/sparql-results+json", "application/sparql-results+xml"
CSV, TSV, HTML = "text/csv", "text/tab-separated-values", "text/html"
TURTLE, N_TRIPLES, RDF_XML = "text/turtle", "application/n-triples", "application/rdf+xml"
JSON_LD, TRIG, N_QUADS = "application/ld+json", "application/trig", "application/n-quads"

TABLES = {
    JSON: JSON, XML: XML, CSV: CSV, TSV: TSV, HTML: HTML,
    "application/json": JSON, "application/xml": XML, "text/xml": XML,
}  # fmt: skip
"""The media types of tables and booleans that a client may ask for -> what they are."""
GRAPHS = {
    TURTLE: TURTLE, N_TRIPLES: N_TRIPLES, RDF_XML: RDF_XML, JSON_LD: JSON_LD, TRIG: TRIG,
    N_QUADS: N_QUADS, HTML: HTML, "application/x-turtle": TURTLE, "application/json": JSON_LD,
    "application/xml": RDF_XML, "text/xml": RDF_XML,
}  # fmt: skip
ALL = tuple(sorted((*TABLES.items(), *GRAPHS.items()), key=lambda pair: pair[0] != pair[1]))
"""What may be asked for of a query whose kind is not known yet, true names before others."""
SHORT = {
    "json": JSON, "xml": XML, "csv": CSV, "tsv": TSV, "html": HTML, "turtle": TURTLE,
    "ttl": TURTLE, "nt": N_TRIPLES, "ntriples": N_TRIPLES, "rdfxml": RDF_XML, "jsonld": JSON_LD,
    "trig": TRIG, "nquads": N_QUADS,
}  # fmt: skip
"""What `format=` names: a link in a page cannot send an Accept header."""
FORM, QUERY = "application/x-www-form-urlencoded", "application/sparql-query"
UPDATE = "application/sparql-update"
PATIENCE = 0.1
"""Seconds of a query after which somebody looks whether the client is still there."""
METHODS = "GET, HEAD, POST, OPTIONS"
PER_ANSWER = re.compile(rb"\\|\b(?:NOW|RAND|UUID|STRUUID|BNODE)\b", re.IGNORECASE)
"""Functions whose value is another at each answer, and what could spell one in another way."""


async def room(app: "App", request: Request, send: Send) -> Response | None:
    """Answer a request of the protocol; what the client holds already with 304."""
    if (other := only(request, METHODS)) is not None:
        return other
    asked = await operation(request, app.limits.query_bytes)
    url = f"{app.root(request)}/sparql"
    if asked is None:
        return _without_query(app, request, url)
    wanted = formats(request.accept, asked.format, ALL)
    if wanted.html_first:
        return await views.answered(app, request, asked)
    return await answer(app, request, send, asked, wanted, url)


@dataclass(frozen=True)
class Formats:
    """The formats that a client takes, the best first."""

    names: dict[str, str]
    """The media type of a format -> the name by which the client asks for it."""
    html_first: bool

    @property
    def asked(self) -> str:
        """Give the media types, as the pool takes them."""
        return ", ".join(self.names)


@lru_cache(maxsize=1024)
def formats(accept: str | None, asked: str | None, known: tuple[tuple[str, str], ...]) -> Formats:
    """Choose among formats by `format=`, else by an Accept header.

    Raises Problem, with the list of what there is, for a client that takes none of it.
    """
    offers = dict(known)
    if asked is not None:
        kind = SHORT.get(asked)
        if kind in offers:
            return Formats({kind: kind}, kind == HTML)
        fit = ", ".join(name for name, of in SHORT.items() if of in offers)
        raise Problem(406, f"format={asked[:30]} does not fit the answer.", f"use one of {fit}.")
    liked = negotiation.ordered(accept, list(offers))
    if not liked:
        told = ", ".join(offers)
        raise Problem(406, "no format of the answer is acceptable.", f"accept one of {told}.")
    names: dict[str, str] = {}
    for name in liked:
        for of, kind in known:
            if of == name:
                names.setdefault(kind, name)
    return Formats(names, next(iter(names)) == HTML)


async def answer(
    app: "App", request: Request, send: Send, asked: "Operation", wanted: Formats, url: str
) -> Response | None:
    """Answer a query in one of the formats wanted, unless the client holds the answer."""
    graphs = (asked.default_graphs, asked.named_graphs)
    headers = kept(app.snapshot, asked.query, wanted.asked, url, *graphs)
    tag = headers.get("etag")
    if tag and holds(request, tag):
        return Response(b"", "", 304, headers)
    if tag and (known := app.memory.get(tag)) is not None:
        return Response(known[1], with_charset(known[0]), 200, headers)
    lookups = app.snapshot.lookups
    may_look_up = tag and graphs == (None, None) and next(iter(wanted.names)) == JSON
    if may_look_up and (looked := lookups.answer(asked.query)) is not None:
        response = Response(looked, wanted.names[JSON], 200, headers)
        lookups.learn(request, Manner(wanted.asked, url, response.template()))
        return response
    found_answer = await ask(app, request, asked, wanted.asked, url)
    media = wanted.names[found_answer.media_type]
    if tag and found_answer.whole:
        app.memory.put(tag, (media, found_answer.first), len(found_answer.first))
    await respond(request, send, found_answer, media, headers)
    return None


def _without_query(app: "App", request: Request, url: str) -> Response:
    """Give the page of the endpoint, or its service description (Service Description, 2)."""
    offers = [*GRAPHS]
    chosen = negotiation.best(request.accept, offers)
    if chosen is None:
        raise Problem(406, "no format is acceptable.", f"accept one of {', '.join(offers)}.")
    if GRAPHS[chosen] == HTML:
        return views.asking(app, request)
    body = description.text(app.snapshot, url, app.limits, GRAPHS[chosen])
    tag = etag(app.snapshot, "description", url, chosen)
    return Response(body, chosen, 200, found(tag, {"vary": "Accept"}.items()))


@dataclass(frozen=True)
class Operation:
    """A query operation (SPARQL 1.1 Protocol, 2.1)."""

    query: bytes
    default_graphs: tuple[str, ...] | None = None
    named_graphs: tuple[str, ...] | None = None
    format: str | None = None
    """The short name of a format, where one is asked for in place of an Accept header."""


async def operation(request: Request, longest: int) -> Operation | None:
    """Read a request; `None` where it asks for no query. Raises Problem for what is no query."""
    fields = request.fields
    query: list[bytes] = []
    if request.method == "POST":
        kind, charset = request.content_type
        if kind == UPDATE:
            raise read_only()
        if kind not in (FORM, QUERY) or charset not in ("", "utf-8", "utf8"):
            raise Problem(
                415,
                f"a body of the type '{kind or 'none'}' is no query.",
                f"send {QUERY}, or a form ({FORM}), in UTF-8.",
                {"accept-post": f"{QUERY}, {FORM}"},
            )
        body = await request.body(4 * longest if kind == FORM else longest)
        if kind == FORM:
            fields = fields + form(body)
        else:
            query.append(body)
    query += [value.encode() for name, value in fields if name == "query"]
    if any(name == "update" for name, _ in fields):
        raise read_only()
    if len(query) > 1:
        raise Problem(400, f"there are {len(query)} queries in one request.", "send one.")
    if not query:
        if request.method == "POST":
            raise Problem(400, "there is no query in the request.", "send it as query=….")
        return None
    graphs = {
        name: tuple(value for key, value in fields if key == name)
        for name in ("default-graph-uri", "named-graph-uri")
    }
    given = any(graphs.values())
    return Operation(
        query[0],
        graphs["default-graph-uri"] if given else None,
        graphs["named-graph-uri"] if given else None,
        next((value for name, value in fields if name == "format"), None),
    )


def read_only() -> Problem:
    """Refuse an update."""
    return Problem(403, "an update is refused: the graph is for reading.", "send a query.")


async def ask(app: "App", request: Request, asked: "Operation", kinds: str, base: str) -> Answer:
    """Ask the pool. Raises Problem for a query that is refused or fails.

    A graph that the protocol names and that is not here is empty: nothing is fetched.
    """
    snapshot = app.snapshot
    default, named = (
        None if graphs is None else tuple(g for g in graphs if g in snapshot.loaded.graphs)
        for graphs in (asked.default_graphs, asked.named_graphs)
    )
    try:
        question = Question(asked.query, kinds, base, default, named)
        return await while_there(request, snapshot.pool.ask(question, request.client))
    except LimitError as error:
        raise limited(error) from error
    except FormatError as error:
        raise Problem(406, error.problem, error.remedy) from error
    except QueryError as error:
        raise malformed(error) from error


def limited(error: LimitError) -> Problem:
    """Tell of a limit that a query meets."""
    if error.limit == "update":
        return read_only()
    headers = {}
    if error.retry_after is not None:
        headers["retry-after"] = str(error.retry_after)
    return Problem(error.status, error.problem, error.remedy, headers, {"limit": error.limit})


def malformed(error: QueryError) -> Problem:
    """Tell of a query that cannot be evaluated, with its line and column where they are known."""
    where = re.match(r"line (\d+), column (\d+)", error.problem)
    more: dict[str, object] = {}
    if where:
        more = {"line": int(where[1]), "column": int(where[2])}
    return Problem(400, error.problem, error.remedy, {}, more)


def etag(snapshot: Snapshot, *parts: object) -> str:
    """Name an answer by the data, the question and the format."""
    told = repr((snapshot.version, parts)).encode("utf-8", "surrogatepass")
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


async def respond(request: Request, send: Send, found_answer: Answer, media: str,
                  headers: dict[str, str]) -> None:  # fmt: skip
    """Send an answer; one that fails after its first bytes is left without its end.

    The client then sees that the connection breaks off, and takes no part for the whole.
    """
    if found_answer.whole or request.method == "HEAD":
        await found_answer.close()
        response = Response(found_answer.first, with_charset(media), 200, headers)
        await response.send(send, request.method)
        return
    gone = asyncio.ensure_future(disconnected(request))
    try:
        await start(send, 200, with_charset(media), headers)
        await send({"type": "http.response.body", "body": found_answer.first, "more_body": True})
        async for piece in found_answer.rest:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})
    except LimitError:
        request.abort()
    finally:
        gone.cancel()
        await found_answer.close()


def with_charset(media: str) -> str:
    """Say of a text that it is UTF-8."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


async def while_there(request: Request, work: Coroutine[Any, Any, Answer]) -> Answer:
    """Do some work, unless the client leaves. Raises Problem, for nobody, when it has left."""
    loop, doing = asyncio.get_running_loop(), asyncio.ensure_future(work)
    watching: asyncio.Task[None] | None = None

    async def watch() -> None:
        await disconnected(request)
        doing.cancel()

    def begin() -> None:
        nonlocal watching
        watching = loop.create_task(watch())

    timer = loop.call_later(PATIENCE, begin)
    try:
        return await doing
    except asyncio.CancelledError:
        if watching is not None and watching.done():
            raise Problem(400, "the client has left.") from None
        raise
    finally:
        timer.cancel()
        if watching is not None:
            watching.cancel()


async def disconnected(request: Request) -> None:
    """Wait until the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def kept(snapshot: Snapshot, query: bytes, *parts: object) -> dict[str, str]:
    """Give the headers of an answer, with its entity tag where it may be kept."""
    vary = {"vary": "Accept"}
    if PER_ANSWER.search(query):
        return {"cache-control": "no-store", **vary}
    return found(etag(snapshot, query, *parts), vary.items())


def holds(request: Request, tag: str) -> bool:
    """Say whether the client holds an answer."""
    reads = request.method in ("GET", "HEAD")
    return reads and negotiation.matches(request.header(b"if-none-match"), tag)


def looked_up(snapshot: Snapshot, head: bytes) -> Reply | None:
    """Give the reply to a look-up, where all of its head but the query is known already."""
    asked = snapshot.lookups.asked(head)
    if asked is None or PER_ANSWER.search(asked[0]):
        return None
    query, manner = asked
    body = snapshot.lookups.answer(query)
    if body is None:
        return None
    tag = etag(snapshot, query, manner.kinds, manner.url, None, None)
    content = manner.headers % (len(body), tag.encode()) + body
    reply = Reply("sparql", "GET /sparql", 200, len(body), content)
    snapshot.replies.put(head, reply, len(content))
    return reply
