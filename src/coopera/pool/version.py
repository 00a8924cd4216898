"""One version of the data: a source in; processes that each answer questions from it out."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO

from coopera.errors import CooperaError, DataError, Place
from coopera.limits import Limits
from coopera.pool import worker as program

START = 30.0
"""Seconds for a request to the process that forks, and for a worker to open a store and greet."""


class PoolError(CooperaError):
    """A pool that cannot start, or whose processes fail."""


@dataclass(frozen=True)
class Source:
    """Where the data are: a file of N-Quads, or the folder of a pyoxigraph store."""

    path: Path

    @property
    def is_folder(self) -> bool:
        """Say whether it is a store on disk."""
        return self.path.is_dir()


@dataclass(eq=False)
class Worker:
    """A process that answers one question at a time."""

    version: "Version"
    number: int
    """Its process id. No other process gets it before the worker is buried."""
    channel: socket.socket
    errors: int
    """The reading end of its standard error."""
    slowed: bool = False
    buried: bool = False
    """Whether it may be gone, and its number be another's."""

    def kill(self) -> None:
        """Stop it now."""
        if not self.buried:
            with suppress(ProcessLookupError):
                os.kill(self.number, signal.SIGKILL)

    @property
    def can_work(self) -> bool:
        """Say whether it is still there, while it has no question."""
        if self.version.closed:
            return False
        try:
            return bool(self.channel.recv(1, socket.MSG_PEEK))
        except BlockingIOError:
            return True
        except OSError:
            return False

    def slow_down(self) -> None:
        """Let it have the processor when nobody else wants it. That cannot be taken back."""
        if not self.buried:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self.number, 15)
        self.slowed = True


@dataclass(eq=False)
class Version:
    """A process that has loaded the data, and the workers that were forked from it."""

    source: Source
    limits: Limits
    prefixes: Mapping[str, str]
    reason: str = ""
    """Why the workers are not cut off from the network; empty where they are."""
    graphs: frozenset[str] | None = None
    """The names of its graphs, `None` where they are very many."""
    workers: set[Worker] = field(default_factory=set)
    closed: bool = False
    _process: "subprocess.Popen[bytes] | None" = None
    _control: socket.socket | None = None
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def open(self) -> None:
        """Load the data. Raises DataError for damaged data, PoolError for a process that dies."""
        if sys.platform == "win32":
            raise PoolError(
                "queries run in forked processes, which Windows does not have.",
                remedy="run the server on Linux, for example in WSL.",
            )
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        self._control = ours
        try:
            with theirs, self._input() as file:
                self._process = subprocess.Popen(  # noqa: S603
                    [sys.executable, "-I", "-S", program.__file__, str(theirs.fileno())],
                    stdin=file,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    cwd="/",
                    env={},
                    start_new_session=True,
                )
            settings = json.dumps(self._settings()).encode()
            frame = program.FRAME.pack(b"S", len(settings)) + settings
            await asyncio.get_running_loop().sock_sendall(ours, frame)
            kind, content = await read_frame(ours)
        except OSError as error:
            await self.close()
            raise DataError(
                f"the data cannot be read: {error.strerror or error}.",
                place=Place(self.source.path),
            ) from error
        except EOFError as error:
            code = await self.close()
            raise PoolError(f"the process that loads the data ended with code {code}.") from error
        told = json.loads(content)
        if kind == b"X":
            await self.close()
            raise self._damaged(told)
        self.reason = told["reason"]
        self.graphs = _names(told)

    def _settings(self) -> dict[str, Any]:
        import pyoxigraph

        folder = str(self.source.path.absolute()) if self.source.is_folder else None
        return {
            "parent": os.getpid(),
            "library": str(Path(pyoxigraph.__file__).parents[1]),
            "folder": folder,
            "graphs": None,
            "memory": self.limits.memory,
            "prefixes": dict(self.prefixes),
        }

    def _input(self) -> BinaryIO:
        return Path(os.devnull if self.source.is_folder else self.source.path).open("rb")

    def _damaged(self, told: Mapping[str, Any]) -> DataError:
        return DataError(
            f"the data cannot be loaded: {told['message']}.",
            place=Place(self.source.path, told.get("line")),
            remedy="make it again from the files that it was made from.",
        )

    @property
    def has_ended(self) -> bool:
        """Say whether its process is gone."""
        self.closed |= self._process is None or self._process.poll() is not None
        return self.closed

    async def fork(self) -> Worker:
        """Give a new worker that is ready. Raises as `open` does."""
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        errors, errors_end = os.pipe()
        os.set_blocking(errors, False)
        try:
            with theirs:
                number = await self._request(b"F", 0, theirs.fileno(), errors_end)
        except PoolError:
            ours.close()
            os.close(errors)
            raise
        finally:
            os.close(errors_end)
        worker = Worker(self, number, ours, errors)
        self.workers.add(worker)
        try:
            kind, content = await asyncio.wait_for(read_frame(ours), START)
        except (OSError, EOFError, TimeoutError) as error:
            status, text = await self.bury(worker)
            raise PoolError(f"a worker ended with code {status} before it began. {text}") from error
        told = json.loads(content)
        if kind == b"X":
            await self.bury(worker)
            raise self._damaged(told)
        if self.source.is_folder:
            self.graphs = _names(told)
        return worker

    async def bury(self, worker: Worker) -> tuple[int | None, str]:
        """End a worker. Give its exit code, as subprocess does, and what it last said."""
        if worker not in self.workers:
            return None, ""
        self.workers.discard(worker)
        worker.kill()
        worker.buried = True
        # Whoever reads its answer is told now: an event loop never tells of what is closed.
        with suppress(OSError):
            worker.channel.shutdown(socket.SHUT_RDWR)
        await asyncio.sleep(0)
        try:
            code: int | None = await self._request(b"R", worker.number)
        except PoolError:
            code = None
        text = b""
        with suppress(OSError):
            text = os.read(worker.errors, 4096)
        os.close(worker.errors)
        worker.channel.close()
        return code, text.decode("utf-8", "replace")

    async def _request(self, order: bytes, number: int, *descriptors: int) -> int:
        async with self._lock:
            try:
                if self._control is None:
                    raise EOFError
                request = program.REQUEST.pack(order, number)
                async with asyncio.timeout(START):
                    socket.send_fds(self._control, [request], descriptors)
                    answer = await _read(self._control, program.REQUEST.size)
            except (OSError, EOFError) as error:  # TimeoutError is an OSError
                self.closed = True
                raise PoolError("the process that holds the data does not answer.") from error
        return int(program.REQUEST.unpack(answer)[1])

    async def close(self) -> int | None:
        """End the process and all its workers. Give the process's exit code."""
        self.closed = True
        for worker in list(self.workers):
            await self.bury(worker)
        async with self._lock:
            if self._control:
                self._control.close()
                self._control = None
        process, self._process = self._process, None
        if process is None:
            return None
        # It ends by itself when nobody can ask it any more.
        for _ in range(100):
            if process.poll() is not None:
                return process.returncode
            await asyncio.sleep(0.01)
        process.kill()
        return await asyncio.to_thread(process.wait)


def _names(told: Mapping[str, Any]) -> frozenset[str] | None:
    return None if told["graphs"] is None else frozenset(told["graphs"])


async def _read(channel: socket.socket, size: int) -> bytes:
    """Read so many bytes. Raises EOFError where the other end is closed before."""
    loop = asyncio.get_running_loop()
    found = b""
    while len(found) < size:
        piece = await loop.sock_recv(channel, size - len(found))
        if not piece:
            raise EOFError
        found += piece
    return found


async def read_frame(channel: socket.socket) -> tuple[bytes, bytes]:
    """Read one frame: its kind and its content."""
    kind, length = program.FRAME.unpack(await _read(channel, program.FRAME.size))
    return kind, await _read(channel, length)
