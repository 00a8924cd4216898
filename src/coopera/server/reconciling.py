"""Reconciliation over HTTP: a request below /reconcile in; the answer of its room out.

W3C Reconciliation Service API 0.2. What a batch asks takes milliseconds a name, so it is worked out
beside the event loop, for a few clients at once.
"""

import asyncio
from typing import TYPE_CHECKING

from coopera import reconciliation
from coopera.reconciliation import LARGEST, MOUNT
from coopera.server import negotiation, sparql
from coopera.server.exchange import Request, Response, Send, form
from coopera.server.problems import Problem
from coopera.terms import LANGUAGES

if TYPE_CHECKING:
    from coopera.server.app import App

AT_ONCE, WAITING = 2, 32
"""Requests that are worked on, and that may wait for it."""


async def room(app: "App", request: Request, _send: Send) -> Response | None:
    """Answer a request to the service."""
    fields: list[tuple[str, str]] = []
    if request.method == "POST":
        kind, _ = request.content_type
        if kind != sparql.FORM:
            told = f"a body of the type '{kind or 'none'}' holds no queries."
            raise Problem(415, told, f"send a form ({sparql.FORM}).", {"accept-post": sparql.FORM})
        fields = form(await request.body(3 * LARGEST))
    if app.looking_up >= AT_ONCE + WAITING:
        raise Problem(503, "many names are being looked up.", "ask again.", {"retry-after": "2"})
    language = negotiation.language(request.header(b"accept-language"), LANGUAGES)
    path = request.path.removeprefix(MOUNT)
    app.looking_up += 1
    try:
        async with app.turns:
            reply = await asyncio.to_thread(
                reconciliation.answer, app.snapshot.loaded.matcher, path, request.method,
                request.fields, fields, language, app.root(request),
            )  # fmt: skip
    finally:
        app.looking_up -= 1
    return Response(reply.body, reply.media_type, reply.status, dict(reply.headers))
