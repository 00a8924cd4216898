"""The pool: data and questions from anyone in; bounded answers out.

Each query runs in a process of its own that can be killed: without network, with a cap on memory,
time, rows and bytes. One process loads the data and forks the workers from it, so that a new one is
there in milliseconds and shares its memory.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from coopera.errors import CooperaError
from coopera.limits import LimitError, Limits, demand_bounded, demand_known_graph
from coopera.pool.runs import Answer, FormatError, Grant, Question, Run
from coopera.pool.turns import Turns, Waiter
from coopera.pool.version import PoolError, Source, Version, Worker

__all__ = ["Answer", "FormatError", "Pool", "PoolError", "Question", "Source"]

T = TypeVar("T")
LOG = logging.getLogger(__name__)
LOOK = 1.0
"""Seconds between looks at whether the process that holds the data is still there."""
LONGEST_PAUSE = 30.0
"""Seconds between attempts to load the data again, at most."""


class Pool:
    """Answers questions from one source, in processes of their own."""

    def __init__(
        self,
        source: Source,
        limits: Limits | None = None,
        *,
        prefixes: Mapping[str, str] | None = None,
        waive_isolation: bool = False,
    ) -> None:
        """Take the data, the limits, prefixes for written graphs, and whether the network may stay.

        Nothing is started yet.
        """
        self.limits = limits or Limits()
        self.prefixes = dict(prefixes or {})
        self.waive_isolation = waive_isolation
        self.source = source
        self.isolated = False
        """Whether the workers are cut off from the network."""
        self.reason = ""
        """Why they are not."""
        self.counts: Counter[str] = Counter()
        """Questions, answers, kills, forks, reloads, restarts and bytes so far."""
        self.refused: Counter[str] = Counter()
        """Refusals by the name of the limit."""
        self.seconds = 0.0
        """Seconds that queries have taken."""
        self.held = 0
        """Bytes of answers that clients have yet to take."""
        self.turns = Turns(self.limits)
        self._version: Version | None = None
        self._idle: list[Worker] = []
        self._room, self._lack = asyncio.Event(), asyncio.Event()
        self._adopting = asyncio.Lock()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._tender: asyncio.Task[None] | None = None
        self.closed = False

    # Life

    async def start(self) -> None:
        """Load the data and fork the workers.

        Raises DataError for a source that cannot be loaded, PoolError where the workers cannot be
        cut off from the network and that is not waived.
        """
        await self._adopt(self.source)
        self._tender = self._in_background(self._tend())

    async def reload(self, source: Source | None = None) -> None:
        """Take another source, or the same again. Running queries end on the old one.

        Raises as `start` does; the old data are then still served.
        """
        await self._adopt(source or self.source)
        self.counts["reloads"] += 1

    async def _adopt(self, source: Source) -> None:
        async with self._adopting:
            version = Version(source, self.limits, self.prefixes)
            try:
                await version.open()
                if version.reason and not self.waive_isolation:
                    raise PoolError(
                        f"queries cannot be cut off from the network here: {version.reason}.",
                        remedy="allow user namespaces or seccomp filters, or waive the isolation.",
                    )
                workers = [await version.fork() for _ in range(self.limits.workers + 1)]
                if self.closed:
                    raise self.closing()
            except BaseException:
                await version.close()
                raise
            self.counts["forks"] += len(workers)
            old, self._version, self.source = self._version, version, source
            self.isolated, self.reason = not version.reason, version.reason
            idle, self._idle = self._idle, workers
            for worker in idle:
                worker.kill()
                self._in_background(self._bury(worker))
            if old and not old.workers:
                await old.close()
        self._dispatch()

    async def close(self) -> None:
        """Stop every process. Questions that wait or run are refused."""
        self.closed = True
        for waiter in self.turns.waiting:
            if not waiter.turn.done():
                waiter.turn.set_exception(self.closing())
        if self._tender:
            self._tender.cancel()
        for worker in self._version.workers if self._version else ():
            worker.kill()
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)
        self._idle.clear()
        if self._version:
            await self._version.close()

    def closing(self) -> LimitError:
        """Make the refusal of a pool that is closed."""
        return self.turns.full("it is shutting down")

    def _in_background(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _tend(self) -> None:
        """Fork new workers for those that ended; load the data again where their process ended."""
        pause = 0.1
        while not self.closed:
            version = self._version
            try:
                if version is None or version.has_ended:
                    LOG.error("the process that holds the data has ended; it is started again")
                    await self._adopt(self.source)
                    self.counts["restarts"] += 1
                elif len(version.workers) <= self.limits.workers:
                    # Half a request to fork would leave the process that forks out of step.
                    worker = await asyncio.shield(self._in_background(version.fork()))
                    self.counts["forks"] += 1
                    if version is self._version:
                        self._idle.append(worker)
                        self._dispatch()
                    else:
                        await self._bury(worker)
                else:
                    self._lack.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(self._lack.wait(), LOOK)
                pause = 0.1
            except CooperaError as error:
                LOG.error("%s", error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def bury(self, worker: Worker) -> tuple[int | None, str]:
        """End a worker. Give its exit code, `None` where it is not known, and its last words."""
        return await asyncio.shield(self._in_background(self._bury(worker)))

    async def _bury(self, worker: Worker) -> tuple[int | None, str]:
        version = worker.version
        code, text = await version.bury(worker)
        if text:
            LOG.warning("a worker ended with code %s: %s", code, text.strip()[:1000])
        if version is not self._version and not version.workers:
            await version.close()
        self._lack.set()
        return code, text

    @property
    def graphs(self) -> frozenset[str] | None:
        """Give the names of the graphs of the data, `None` where they are very many."""
        return self._version.graphs if self._version else None

    def gauges(self) -> dict[str, float]:
        """Count what is there now: busy and idle workers, queries that wait, bytes held."""
        return {
            "busy": self.turns.busy,
            "idle": len(self._idle),
            "waiting": len(self.turns.waiting),
            "held_bytes": self.held,
        }

    # Questions

    async def ask(self, question: Question, client: str = "") -> Answer:
        """Answer one question; `client` names who asks, and is empty for ourselves.

        Raises LimitError for what passes a limit, QueryError for a query that is not SPARQL 1.1,
        FormatError for an answer that has none of the forms asked for.
        """
        self.counts["questions"] += 1
        try:
            text = demand_bounded(question.sparql, self.limits, self.graphs, question.base)
            if self.graphs is not None:
                for name in (*(question.default_graphs or ()), *(question.named_graphs or ())):
                    demand_known_graph(name, self.graphs)
            try:
                return await self._answer(question, client, text)
            except LimitError as error:
                if error.limit != "worker":
                    raise
            # The process ended, and not by the query's fault as far as one can see.
            return await self._answer(question, client, text)
        except LimitError as error:
            self.refused[error.limit] += 1
            raise

    async def _answer(self, question: Question, client: str, text: str) -> Answer:
        run = Run(self, await self._turn(client), client, text)
        return Answer(run, await run.begin(question))

    async def _turn(self, client: str) -> Grant:
        """Wait for a worker."""
        turns = self.turns
        if self.closed:
            raise self.closing()
        turns.demand_budget(client)
        if not turns.waiting and self._has_idle() and turns.may_start(client):
            return self._grant(client)
        turns.demand_room()
        waiter = Waiter(client, asyncio.get_running_loop().create_future())
        turns.waiting.append(waiter)
        self._dispatch()
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                grant: Grant = await waiter.turn
                return grant
        except BaseException as error:
            turns.leave(waiter)
            if waiter.turn.done() and not waiter.turn.cancelled() and not waiter.turn.exception():
                self.release(waiter.turn.result(), client, well=True)  # it came too late
            if isinstance(error, TimeoutError):
                raise turns.full("no worker was free in time") from None
            raise

    def _has_idle(self) -> bool:
        """Say whether a worker is free, and bury those that have died, or are about to."""
        while self._idle and not self._idle[-1].can_work:
            self._in_background(self._bury(self._idle.pop()))
        return bool(self._idle)

    def _grant(self, client: str) -> Grant:
        return self._idle.pop(), self.turns.start(client)

    def _dispatch(self) -> None:
        """Give idle workers to those whose turn it is."""
        while self.turns.waiting and self._has_idle() and (waiter := self.turns.next()):
            waiter.turn.set_result(self._grant(waiter.client))

    def release(self, grant: Grant, client: str, *, well: bool) -> None:
        """Take a worker back; `well` says whether it can go on."""
        worker, start = grant
        self.seconds += self.turns.end(client, start)
        version = worker.version
        if well and not worker.slowed and version is self._version and not version.closed:
            self._idle.append(worker)
        else:
            self.counts["kills"] += not well
            worker.kill()
            self._in_background(self._bury(worker))
        self._dispatch()

    # Answers that wait for their clients

    async def room(self) -> None:
        """Wait until some client has taken some of its answer."""
        self._room.clear()
        await self._room.wait()

    def take(self, size: int) -> None:
        """Note that so many bytes are not held any more."""
        self.held -= size
        self._room.set()
