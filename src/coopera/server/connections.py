"""Connections: bytes of a client in; requests whose heads are whole, in time and bounded, out.

uvicorn 0.54 waits for the head of a request as long as a client likes, and takes one of any size.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from coopera.server.app import App
from coopera.server.memory import Reply
from coopera.server.problems import Problem

HEAD_BYTES = 262_144
"""Of a request line with its headers: a query of 64 KiB may be three times as long in a URL."""
HEAD_SECONDS = 10.0
"""In which a head must be whole, from its first byte, or from the opening of the connection."""
END = b"\r\n\r\n"
"""What ends a head."""
MOST = 1000
"""Connections that are open at once."""


class Connection(HttpToolsProtocol):
    """One connection of a client."""

    _head = 0
    _timer: asyncio.TimerHandle | None = None
    _in_head = True
    _begun = False
    _chunk = b""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._replies: list[bytes] = []
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take bytes; a head that grows too long ends the connection."""
        if not self._begun and data.startswith(b"GET ") and self._is_idle():
            self._chunk = data if data.find(END) == len(data) - len(END) else b""
            if self._chunk and (reply := self._app.known(data)):
                self._reply(reply)
                return
        if self._in_head:
            self._head += len(data)
            if self._timer is None:
                self._wait()
        super().data_received(data)
        if self._in_head and self._head > HEAD_BYTES:
            self._refuse(431, f"The head of the request is longer than {HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        """Let who answers break the connection off, so that no part is taken for the whole."""
        super().on_message_begin()
        self._begun = True
        self.scope["extensions"] = {
            "coopera.abort": {"call": self.transport.abort},
            "coopera.head": {"bytes": self._chunk},
        }
        self._chunk = b""

    def on_headers_complete(self) -> None:
        """Stop waiting: what comes is the body, which who answers bounds."""
        self._in_head = False
        self._stop()
        if self._head > HEAD_BYTES + 65_536 and len(self.url) > HEAD_BYTES:
            self._refuse(431, f"The head of the request is longer than {HEAD_BYTES} bytes.")
            return
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Wait for the next head."""
        super().on_message_complete()
        self._in_head, self._head, self._begun = True, 0, False

    def shutdown(self) -> None:
        """Send what is ready before the connection ends."""
        self._flush()
        super().shutdown()

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP, or has a URL of more than 65,535 bytes."""
        self._refuse(400, f"{msg} A URL has at most 65,535 bytes; send a longer query by POST.")

    @property
    def _app(self) -> App:
        app: App = self.config.app  # type: ignore[assignment]
        return app

    def _is_idle(self) -> bool:
        """Say whether everything that was asked has been answered, and the client reads it."""
        answered = self.cycle is None or self.cycle.response_complete
        return answered and not self.flow.write_paused

    def _reply(self, reply: Reply) -> None:
        """Give a reply that is kept, as uvicorn would have given it."""
        self._stop()
        self._unset_keepalive_if_required()
        of_all = [b"%s: %s\r\n" % pair for pair in self.server_state.default_headers]
        if not self._replies:
            self.loop.call_soon(self._flush)
        self._replies += (STATUS_LINE[reply.status], *of_all, reply.content)
        self.server_state.total_requests += 1
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )

    def _flush(self) -> None:
        """Send the replies of this turn of the loop, all together: to wake a client costs much."""
        if self._replies and not self.transport.is_closing():
            self.transport.write(b"".join(self._replies))
        self._replies.clear()

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEAD_SECONDS, self._late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        self._refuse(408, f"The head of the request did not come within {HEAD_SECONDS:g} seconds.")

    def _refuse(self, status: int, text: str) -> None:
        kind, body = Problem(status, text).body(None)
        head = f"content-type: {kind}\r\ncontent-length: {len(body)}\r\nconnection: close\r\n\r\n"
        self._flush()
        self.transport.write(STATUS_LINE[status] + head.encode() + body)
        self.transport.close()


class Server(uvicorn.Server):
    """uvicorn's server, which says where it listens and ends as a program that is asked to."""

    def __init__(self, config: uvicorn.Config, listening: Callable[[int], None]) -> None:
        """Take the settings, and what to do with the port once it listens."""
        super().__init__(config)
        self.listening = listening

    async def startup(self, *arguments: object, **named: object) -> None:
        """Listen, and say so."""
        await super().startup(*arguments, **named)  # type: ignore[arg-type]
        for one in self.servers:
            for line in one.sockets:
                self.listening(line.getsockname()[1])
                return

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGINT and SIGTERM. uvicorn 0.54 would then die of the signal, at once."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        for one in signals:
            loop.add_signal_handler(one, self.handle_exit, one, None)
        try:
            yield
        finally:
            for one in signals:
                loop.remove_signal_handler(one)
