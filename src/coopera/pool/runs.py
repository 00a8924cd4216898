"""Runs: a question and a worker in; an answer in pieces, or why there is none, out."""

import asyncio
import json
import signal
import time
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from coopera.engines.syntax import syntax_error
from coopera.errors import CooperaError, QueryError
from coopera.limits import LimitError, Limits, too_deep
from coopera.pool import worker as program
from coopera.pool.version import PoolError, Worker

if TYPE_CHECKING:
    from coopera.pool import Pool

Grant = tuple[Worker, float]
"""A worker that a client may use, and the moment since which it does."""
FIRST = 65_536
"""Bytes of an answer that are held back until they are known to be good."""
PATIENCE = 0.5
"""Seconds after which a query goes on only when nobody else wants the processor."""


class FormatError(QueryError):
    """An answer that has no form in any of the media types asked for."""


@dataclass(frozen=True)
class Question:
    """One query, and how it is to be answered."""

    sparql: str | bytes
    format: str = "application/sparql-results+json, text/turtle"
    """Media types, the preferred first; the first that fits the kind of the answer is taken."""
    base: str | None = None
    default_graphs: tuple[str, ...] | None = None
    """The graphs whose union is the default graph (SPARQL 1.1 Protocol, 2.1.4), over FROM."""
    named_graphs: tuple[str, ...] | None = None
    rows: int | None = None
    """Rows of the answer at most, at least 1, where that is not the limit of all."""

    @property
    def formats(self) -> list[str]:
        """List the media types, without parameters."""
        return [part.partition(";")[0].strip().lower() for part in self.format.split(",")]


class Run:
    """One question at a worker."""

    def __init__(self, pool: "Pool", grant: Grant, client: str, text: str) -> None:
        """Take whose worker it is, the worker and since when, who asks, and the query."""
        self.pool, self.client, self.text = pool, client, text
        self.worker, self.start = grant
        self.limits: Limits = pool.limits
        self.loop = asyncio.get_running_loop()
        self.kind = self.media_type = ""
        self.pieces: deque[bytes] = deque()
        self.size = 0
        self.failure: CooperaError | None = None
        self.ended = self.closed = False
        self.news = asyncio.Event()
        self.pump: asyncio.Task[None] | None = None
        self.buffer = bytearray()
        self.timer = self.loop.call_later(min(PATIENCE, self.limits.seconds), self._slow_down)

    # The worker's time

    def _slow_down(self) -> None:
        left = self.start + self.limits.seconds - time.monotonic()
        if left > 0:
            self.worker.slow_down()
            self.timer = self.loop.call_later(left, self._expire)
        else:
            self._expire()

    def _expire(self) -> None:
        self.failure = out_of_time(self.limits)
        self.worker.kill()  # whoever reads its frames sees it end
        if self.pump:
            self.pump.cancel()  # it may wait for room, and read nothing

    def _end(self, *, well: bool) -> None:
        """Give the worker back, once."""
        if not self.ended:
            self.ended = True
            self.timer.cancel()
            self.pool.release((self.worker, self.start), self.client, well=well)

    def stop(self) -> None:
        """Stop at once: nobody wants the answer, or it cannot be had."""
        self.closed = True
        if self.pump:
            self.pump.cancel()
        self._end(well=False)
        self._drop()

    # Frames

    async def begin(self, question: Question) -> bytes:
        """Ask the worker, and give the first of the answer. Raises what is wrong with the query."""
        request = {
            "sparql": self.text,
            "base": question.base,
            "formats": question.formats,
            "default_graphs": question.default_graphs,
            "named_graphs": question.named_graphs,
            "rows": self.limits.rows if question.rows is None else question.rows,
            "bytes": self.limits.answer_bytes,
            "seconds": self.limits.seconds,
        }
        first: list[bytes] = []
        try:
            content = json.dumps(request).encode()
            frame = program.FRAME.pack(b"Q", len(content)) + content
            try:
                await self._send(frame)
                while self.size < FIRST and (piece := await self._data()) is not None:
                    first.append(piece)
            except (EOFError, OSError) as error:
                raise await self._autopsy() from error
        except BaseException:
            self.stop()
            raise
        if not self.ended:
            self.pump = self.loop.create_task(self._pump())
        return b"".join(first)

    async def _send(self, frame: bytes) -> None:
        # Nearly always it goes at once, and asyncio has nothing to do with it.
        try:
            sent = self.worker.channel.send(frame)
        except BlockingIOError:
            sent = 0
        if sent < len(frame):
            await self.loop.sock_sendall(self.worker.channel, memoryview(frame)[sent:])

    async def _data(self) -> bytes | None:
        """Give the next piece of data, `None` where the answer is whole."""
        while True:
            while (frame := self._frame()) is None:
                piece = await self.loop.sock_recv(self.worker.channel, 2 * program.PIECE)
                if not piece:
                    raise EOFError
                self.buffer += piece
            kind, content = frame
            if kind == b"D":
                self.size += len(content)
                if self.size > self.limits.answer_bytes:
                    raise too_long("answer_bytes", self.limits.answer_bytes)
                return content
            if kind == b"K":
                self.kind, self.media_type = content.decode().split()
            elif kind == b"E":
                self._end(well=content == program.WELL)
                return None
            else:
                told = json.loads(content)
                self._end(well=told["error"] != "MemoryError")
                raise self._refusal(told)

    def _frame(self) -> tuple[bytes, bytes] | None:
        """Take the kind and the content of the next frame, `None` where not all of it is there."""
        start = program.FRAME.size
        if len(self.buffer) < start:
            return None
        kind, length = program.FRAME.unpack_from(self.buffer)
        if len(self.buffer) < start + length:
            return None
        content = bytes(self.buffer[start : start + length])
        del self.buffer[: start + length]
        return kind, content

    def _refusal(self, told: dict[str, Any]) -> CooperaError:
        """Say what is wrong with the query, by what the worker tells."""
        message = str(told["message"])
        match told["error"]:
            case "limit":
                return too_long(message, told["most"])
            case "format":
                return FormatError(
                    f"the answer is a {message}, which has none of the forms asked for.",
                    remedy="ask for a media type that can hold it.",
                )
            case "SyntaxError":
                return syntax_error(self.text, message)
            case "MemoryError":
                return out_of_memory(self.limits)
            case "OSError":
                return PoolError(
                    f"the store on disk cannot be read: {message}.",
                    remedy="make it again from the files that it was made from.",
                )
        return QueryError(f"the query cannot be evaluated: {message}.")

    async def _autopsy(self) -> CooperaError:
        """Say why the worker died."""
        if self.failure or self.pool.closed:
            return self.failure or self.pool.closing()
        code, text = await self.pool.bury(self.worker)
        return cause(code, text, self.limits)

    # What is not taken yet

    async def _pump(self) -> None:
        """Take the rest from the worker, who is then free, whatever the client's speed is."""
        try:
            while (piece := await self._data()) is not None:
                self.pieces.append(piece)
                self.pool.held += len(piece)
                self.news.set()
                while self.pool.held > self.limits.waiting_bytes:
                    await self.pool.room()
        except (EOFError, OSError):
            self.failure = await self._autopsy()
        except CooperaError as error:
            self.failure = error
        finally:
            if isinstance(self.failure, LimitError):
                self.pool.refused[self.failure.limit] += 1
            self._end(well=False)
            self.news.set()
            if not self.closed:
                self.timer = self.loop.call_later(self.limits.client_patience, self._forget)

    def _forget(self) -> None:
        if self.pieces:
            self.failure = LimitError(
                "client_patience",
                422,
                f"the answer was not taken within {self.limits.client_patience:g} seconds.",
            )
            self._drop()

    def _drop(self) -> None:
        self.timer.cancel()
        self.pool.take(sum(map(len, self.pieces)))
        self.pieces.clear()
        self.news.set()

    async def rest(self) -> AsyncIterator[bytes]:
        """Give what follows the first piece. Raises where the answer ends before it is whole."""
        while True:
            if self.pieces:
                piece = self.pieces.popleft()
                self.pool.take(len(piece))
                yield piece
            elif self.failure:
                raise self.failure
            elif self.ended:
                return
            else:
                self.news.clear()
                await self.news.wait()


class Answer:
    """The answer to a question: `first`, then `rest`. It must be closed."""

    def __init__(self, run: Run, first: bytes) -> None:
        """Take the run and the first of its bytes."""
        self._run, self.first = run, first
        self.kind, self.media_type = run.kind, run.media_type
        """`table`, `graph` or `boolean`; and the media type of the bytes."""
        self.whole = run.ended
        """Whether `first` is all of it."""
        self.rest: AsyncIterator[bytes] = run.rest()
        """The pieces after the first. Raises where the answer breaks off."""

    async def close(self) -> None:
        """Stop the worker if it still works on this."""
        self._run.stop()

    async def __aenter__(self) -> "Answer":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def out_of_time(limits: Limits) -> LimitError:
    """Make the refusal of a query that takes too long."""
    return LimitError(
        "seconds",
        422,
        f"the query was stopped after {limits.seconds:g} seconds.",
        remedy="ask for less: add LIMIT, or patterns that join what is now multiplied.",
    )


def out_of_memory(limits: Limits) -> LimitError:
    """Make the refusal of a query that takes too much memory."""
    return LimitError(
        "memory",
        422,
        f"the query needs more than {limits.memory >> 20:,} MiB of memory.",
        remedy="ask for less: ORDER BY, DISTINCT and GROUP BY hold all that they see.",
    )


def too_long(limit: str, most: int) -> LimitError:
    """Make the refusal of a query whose answer is too long."""
    what = "rows" if limit == "rows" else "bytes"
    return LimitError(
        limit,
        422,
        f"the answer has more than {most:,} {what}.",
        remedy="add LIMIT, and OFFSET with ORDER BY for what follows.",
    )


def cause(code: int | None, text: str, limits: Limits) -> LimitError:
    """Say why a worker died that nobody killed, from its exit code and its last words."""
    code = -code if code else 0
    if code in (signal.SIGSEGV, signal.SIGBUS):
        return too_deep(limits)
    if "panicked" in text:
        return LimitError(
            "engine",
            422,
            "the engine gave this query up.",
            remedy="where values of many kinds are sorted, write ORDER BY STR(?x).",
        )
    if code in (signal.SIGABRT, signal.SIGKILL):
        return out_of_memory(limits)
    if code == signal.SIGXCPU:
        return out_of_time(limits)
    return LimitError(
        "worker", 503, "the process that answered has ended.", remedy="ask again.", retry_after=1
    )
