"""The application: ASGI requests in; pages, data, answers and refusals out.

Every request is answered from the snapshot that is current when it comes, whatever is loaded
meanwhile. One table of rooms says who answers which first step of a path.
"""

import asyncio
import sys
import time
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, TextIO

from coopera.errors import CooperaError
from coopera.limits import Limits
from coopera.pages import fronts
from coopera.queries import SavedQuery
from coopera.server import api, reconciling, refusals, sparql, things, views
from coopera.server.exchange import Receive, Request, Response, Scope, Send, only
from coopera.server.memory import Memory, Reply
from coopera.server.metrics import MEDIA_TYPE, Metrics
from coopera.server.problems import Problem
from coopera.server.snapshot import Snapshot
from coopera.terms import LANGUAGES

Room = Callable[["App", Request, Send], Awaitable[Response | None]]
"""Answers a request: gives the response to be sent, or `None` where it has sent one itself."""


@dataclass
class App:
    """What the server is made of, and the ASGI callable."""

    snapshot: Snapshot
    limits: Limits
    url: str | None = None
    """The URL of the root as the world knows it; from the Host header if not given."""
    log: TextIO | None = None
    """Where each request is told; not at all if `None`."""
    metrics: Metrics = field(default_factory=Metrics)
    memory: Memory[str, tuple[str, bytes]] = field(default_factory=Memory)
    looking_up: int = 0
    """Requests for reconciliation that are worked on or wait."""
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(reconciling.AT_ONCE))
    problem: str = ""
    """Why the files as they are now could not be loaded."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        started = time.perf_counter()
        request = Request(scope, receive)
        name, room = _room(request.path)
        replies = self.snapshot.replies
        told = {"status": 0, "size": 0}

        async def counted(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
            else:
                told["size"] += len(message.get("body", b""))
            await send(message)

        try:
            response = await self._answer(room, request, counted)
            if response is not None:
                await response.send(counted, request.method)
                if "etag" in response.headers and (head := request.head):
                    content = response.written()
                    line = f"GET {_visible(request.path)}"
                    reply = Reply(name, line, response.status, told["size"], content)
                    replies.put(head, reply, len(content))
        except Exception:  # a bug of ours: told in full here, and to the client as one
            traceback.print_exc(file=sys.stderr)
            if not told["status"]:
                kind, body = Problem(500, "the server has a bug.").body(request.accept)
                await Response(body, kind, 500).send(counted, request.method)
        finally:
            line = f"{request.method} {_visible(request.path)}"
            self._note(name, line, told["status"], told["size"], time.perf_counter() - started)

    def known(self, head: bytes) -> Reply | None:
        """Give the reply to a request whose head is known, or all of it but what it looks up."""
        started = time.perf_counter()
        reply = self.snapshot.replies.get(head) or sparql.looked_up(self.snapshot, head)
        if reply is not None:
            seconds = time.perf_counter() - started
            self._note(reply.room, reply.line, reply.status, reply.size, seconds)
        return reply

    def _note(self, room: str, line: str, status: int, size: int, seconds: float) -> None:
        self.metrics.count(room, status, size, seconds)
        if self.log is not None:
            print(f"{line} {status} {size} B {seconds * 1000:.1f} ms", file=self.log)

    async def _answer(self, room: Room, request: Request, send: Send) -> Response | None:
        try:
            return await room(self, request, send)
        except Problem as problem:
            return refusals.response(self, request, problem)
        except CooperaError as error:
            return refusals.response(self, request, Problem(400, error.problem, error.remedy))

    @property
    def questions(self) -> dict[str, SavedQuery]:
        """Give the saved queries by the name of their page's file."""
        saved = self.snapshot.project.queries.values()
        return {f"{fronts.address(one)}.html": one for one in saved}

    def root(self, request: Request) -> str:
        """Give the URL of the server's root, without a slash at its end."""
        return self.url.rstrip("/") if self.url else request.url


def _visible(path: str) -> str:
    return path.encode("ascii", "backslashreplace").decode()


def _room(path: str) -> tuple[str, Room]:
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return ROOMS.get(first, ("page", _page))


async def _page(app: App, request: Request, _send: Send) -> Response | None:
    if (other := only(request)) is not None:
        return other
    name = request.path.removeprefix("/") or "index.html"
    if name in LANGUAGES or name.removesuffix("/") in LANGUAGES:
        return things.to(request, f"/{name.removesuffix('/')}/index.html", {})
    first, _, rest = name.partition("/")
    saved = app.questions.get(rest) if first in LANGUAGES else None
    if saved is not None:
        return await views.question(app, request, first, saved)
    if name.startswith(things.SLOW):
        found = await asyncio.to_thread(things.file, app.snapshot, request, name)
    else:
        found = things.file(app.snapshot, request, name) or things.thing(app.snapshot, request)
    if found is None:
        raise Problem(404, f"there is nothing at {request.path[:200]}.", "look at /index.html.")
    return found


async def _ontology(app: App, request: Request, send: Send) -> Response | None:
    if things.VERSION.fullmatch(request.path):
        return only(request) or things.to(request, "/ontology", {})
    if request.path not in ("/ontology", "/ontology/"):
        return await _page(app, request, send)
    return only(request) or things.ontology(app.snapshot, request)


async def _health(app: App, request: Request, _send: Send) -> Response | None:
    if (other := only(request)) is not None:
        return other
    told = f"ok\nversion {app.snapshot.version[:32]}\n"
    if app.problem:
        told += f"the files have changed and cannot be loaded: {app.problem}\n"
    return Response(told.encode(), "text/plain; charset=utf-8", 200, {"cache-control": "no-store"})


async def _metrics(app: App, request: Request, _send: Send) -> Response | None:
    if (other := only(request)) is not None:
        return other
    pool = app.snapshot.pool
    gauges = {f"pool_{name}": value for name, value in pool.gauges().items()}
    gauges |= {f"pool_{name}_total": float(value) for name, value in pool.counts.items()}
    gauges |= {f"pool_refused_{name}_total".replace("-", "_"): float(value)
               for name, value in pool.refused.items()}  # fmt: skip
    gauges["pool_query_seconds_total"] = pool.seconds
    gauges["kept_answers_bytes"] = app.memory.size
    gauges["kept_answers_hits_total"] = app.memory.hits
    gauges["lookups_total"] = app.snapshot.lookups.answered
    gauges["kept_replies_bytes"] = app.snapshot.replies.size
    gauges["triples"] = len(app.snapshot.publication.triples)
    gauges["files_stale"] = 1.0 if app.problem else 0.0
    text = app.metrics.text(gauges)
    return Response(text.encode(), MEDIA_TYPE, 200, {"cache-control": "no-store"})


ROOMS: dict[str, tuple[str, Room]] = {
    "sparql": ("sparql", sparql.room),
    "api": ("api", api.room),
    "reconcile": ("reconcile", reconciling.room),
    "ontology": ("page", _ontology),
    "healthz": ("health", _health),
    "metrics": ("metrics", _metrics),
}
"""The first step of a path -> the name under which it is counted, and who answers."""
