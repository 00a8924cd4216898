"""Exchanges: an ASGI request in; its parts, bounded, and one response out.

Every response says that its type is not to be guessed and that nothing from elsewhere belongs to
it; a body is read up to a limit of bytes and seconds.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import unquote_to_bytes

from coopera.server.negotiation import LONGEST
from coopera.server.problems import Problem

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_FIELDS = 200
"""Fields of a query string or a form."""
BODY_SECONDS = 10.0
"""Seconds in which a body must have come."""
SAFE = (
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'self'; form-action 'self'; base-uri 'none'; "
     b"frame-ancestors 'self'"),
    (b"referrer-policy", b"no-referrer"),
    (b"access-control-allow-origin", b"*"),
)  # fmt: skip
"""Headers of every response. All is for reading and for all, so any origin may read it."""


OF_MORE = (b"content-length", b"transfer-encoding", b"expect", b"upgrade")
"""Headers that say that more belongs to a request than its head."""
_HOST = re.compile(r"(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


@dataclass(frozen=True)
class Request:
    """One request. Its texts are those of the client: bounded, not yet believed."""

    scope: Scope
    receive: Receive

    @property
    def method(self) -> str:
        """Give the method."""
        return str(self.scope["method"])

    @property
    def root(self) -> str:
        """Give the path below which the server stands, without a slash at its end."""
        return str(self.scope.get("root_path", "")).rstrip("/")

    @property
    def path(self) -> str:
        """Give the path below the root, its percent-encoding taken off."""
        return str(self.scope["path"]).removeprefix(self.root)

    @property
    def url(self) -> str:
        """Give the URL of the server's root, as the client wrote its host, without a slash."""
        host = self.header(b"host") or ""
        if not _HOST.fullmatch(host):
            raise Problem(400, "the Host header names no host.", "name the host.")
        return f"{self.scope['scheme']}://{host}{self.root}"

    @property
    def client(self) -> str:
        """Give the address of who asks; empty where it is not known."""
        client = self.scope.get("client")
        return str(client[0]) if client else ""

    @cached_property
    def headers(self) -> dict[bytes, str]:
        """Give the headers; several of a name are joined (RFC 9110, 5.2)."""
        found: dict[bytes, str] = {}
        for name, value in self.scope["headers"]:
            text = value.decode("latin-1")
            found[name] = f"{found[name]}, {text}" if name in found else text
        return found

    def header(self, name: bytes) -> str | None:
        """Give a header by its name in small letters."""
        return self.headers.get(name)

    @cached_property
    def accept(self) -> str | None:
        """Give the Accept header, of one that is very long the part that is looked at."""
        accept = self.header(b"accept")
        return accept and accept[:LONGEST]

    @property
    def fields(self) -> list[tuple[str, str]]:
        """Give the fields of the query string. Raises Problem for what is not UTF-8."""
        return form(self.scope["query_string"])

    @property
    def content_type(self) -> tuple[str, str]:
        """Give the media type of the body, and its charset where one is named."""
        kind, _, rest = (self.header(b"content-type") or "").partition(";")
        named = dict(part.strip().partition("=")[::2] for part in rest.split(";"))
        charset = next((v for k, v in named.items() if k.lower() == "charset"), "")
        return kind.strip().lower(), charset.strip('"').lower()

    @property
    def head(self) -> bytes | None:
        """Give the bytes of its head, where they are all that the client has sent and will send."""
        head: bytes | None = self.scope.get("extensions", {}).get("coopera.head", {}).get("bytes")
        if self.method != "GET" or self.scope["http_version"] != "1.1" or not head:
            return None
        after = (self.header(b"connection") or "keep-alive").lower()
        return None if after != "keep-alive" or any(map(self.header, OF_MORE)) else head

    def abort(self) -> None:
        """Break the connection off, so that no part of a body is taken for the whole."""
        extension = self.scope.get("extensions", {}).get("coopera.abort")
        if extension:
            extension["call"]()

    async def body(self, limit: int) -> bytes:
        """Read the body. Raises Problem for one that is too long or comes too slowly."""
        announced = self.header(b"content-length") or ""
        if announced.isdecimal() and int(announced) > limit:
            raise _too_long(limit)
        try:
            async with asyncio.timeout(BODY_SECONDS):
                pieces, size, more = [], 0, True
                while more:
                    message = await self.receive()
                    if message["type"] == "http.disconnect":
                        raise Problem(400, "the request broke off.")
                    pieces.append(message.get("body", b""))
                    size += len(pieces[-1])
                    if size > limit:
                        raise _too_long(limit)
                    more = message.get("more_body", False)
        except TimeoutError as error:
            raise Problem(408, f"the body did not come within {BODY_SECONDS:g} seconds.") from error
        return b"".join(pieces)


def _too_long(limit: int) -> Problem:
    return Problem(
        413,
        f"the body is longer than {limit} bytes.",
        "send a shorter one.",
        {"connection": "close"},
        {"limit": "body_bytes", "value": limit},
    )


def form(data: bytes) -> list[tuple[str, str]]:
    """Read `application/x-www-form-urlencoded`. Raises Problem for what is not UTF-8."""
    pieces = data.split(b"&") if data else []
    if len(pieces) > MOST_FIELDS:
        raise Problem(400, f"there are more than {MOST_FIELDS} parameters.")
    try:
        # urllib's parse_qsl decodes each field twice; look-ups feel that.
        pairs = (piece.replace(b"+", b" ").partition(b"=") for piece in pieces if piece)
        return [(_decoded(name), _decoded(value)) for name, _, value in pairs]
    except UnicodeDecodeError as error:
        remedy = "encode it as UTF-8, then in %XX."
        raise Problem(400, "a parameter is not UTF-8.", remedy) from error


def _decoded(text: bytes) -> str:
    return unquote_to_bytes(text).decode("utf-8")


@dataclass(frozen=True)
class Response:
    """A whole response."""

    body: bytes
    media_type: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)

    async def send(self, send: Send, method: str = "GET") -> None:
        """Send it; to HEAD without its body (RFC 9110, 9.3.2)."""
        await start(send, self.status, self.media_type, self.headers, len(self.body))
        await send({"type": "http.response.body", "body": b"" if method == "HEAD" else self.body})

    def written(self) -> bytes:
        """Give the headers and the body as they go over a connection."""
        pairs = _headers(self.status, self.media_type, self.headers, len(self.body))
        return _lines(pairs) + self.body

    def template(self) -> bytes:
        """Give its headers for other bodies: `%d` is the length of one, `%b` its entity tag."""
        pairs = dict(_headers(self.status, self.media_type, self.headers, len(self.body)))
        return _lines((pairs | {b"content-length": b"%d", b"etag": b"%b"}).items())


def _lines(pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join([*(b"%b: %b\r\n" % pair for pair in pairs), b"\r\n"])


async def start(
    send: Send,
    status: int,
    media_type: str,
    headers: dict[str, str] | None = None,
    length: int | None = None,
) -> None:
    """Send the status and the headers."""
    sent = _headers(status, media_type, headers, length)
    await send({"type": "http.response.start", "status": status, "headers": sent})


def _headers(
    status: int, media_type: str, headers: dict[str, str] | None, length: int | None
) -> list[tuple[bytes, bytes]]:
    own = {name.lower().encode("latin-1") for name in headers or ()}
    sent = [pair for pair in SAFE if pair[0] not in own]
    if media_type:
        sent.append((b"content-type", media_type.encode("latin-1")))
    if length is not None and status not in (204, 304):
        sent.append((b"content-length", str(length).encode()))
    for name, value in (headers or {}).items():
        sent.append((name.lower().encode("latin-1"), header_safe(value).encode("latin-1")))
    return sent


def header_safe(value: str) -> str:
    """Write a header's value in visible ASCII alone: nothing that a client sent ends a line."""
    if value.isascii() and value.isprintable():
        return value
    return "".join(c if " " <= c <= "~" else "?" for c in value)


def found(etag: str, more: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
    """Give the headers of what may be kept and asked for again by its entity tag."""
    return {"etag": etag, "cache-control": "no-cache", **dict(more)}


READ = "GET, HEAD, OPTIONS"


def only(request: Request, allowed: str = READ) -> Response | None:
    """Answer OPTIONS. Raises Problem for a method that is not among those allowed."""
    if request.method == "OPTIONS":
        headers = {
            "allow": allowed,
            "access-control-allow-methods": allowed,
            "access-control-allow-headers": "Accept, Accept-Language, Content-Type, If-None-Match",
            "access-control-max-age": "86400",
        }
        return Response(b"", "", 204, headers)
    if request.method not in allowed.split(", "):
        told = f"{request.method[:20]} is not allowed here."
        raise Problem(405, told, f"use {allowed}.", {"allow": allowed})
    return None
