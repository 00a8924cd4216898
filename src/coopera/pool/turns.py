"""Turns: clients who want a worker in; whose turn it is, or the limit that they pass, out."""

import asyncio
import math
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from coopera.limits import LimitError, Limits

MOST_CLIENTS = 10_000
"""Clients whose use is remembered."""
MODEST = 1 / 12
"""The part of its seconds that a client may have used to take the last free worker too."""


@dataclass(eq=False)
class Waiter:
    """Someone who waits for a worker."""

    client: str
    turn: "asyncio.Future[Any]"


@dataclass
class Turns:
    """Who waits, who runs, and what each client has used.

    The client that has used least comes first, so one that asks for much waits, not the others.
    The empty client is ourselves: it has no budget.
    """

    limits: Limits
    clock: Callable[[], float] = time.monotonic
    waiting: list[Waiter] = field(default_factory=list)
    _running: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    _used: dict[str, tuple[float, float]] = field(default_factory=dict)
    _mean: float = 0.1
    busy: int = 0

    @property
    def _rate(self) -> float:
        """Give the seconds that a client gets back in each second."""
        return (self.limits.client_seconds or 60.0) / 60.0

    def used(self, client: str) -> float:
        """Give the seconds that a client has used lately, those of its running queries included."""
        now = self.clock()
        seconds, then = self._used.get(client, (0.0, now))
        running = sum(now - start for start in self._running.get(client, ()))
        return max(0.0, seconds - (now - then) * self._rate) + running

    def demand_budget(self, client: str) -> None:
        """Raise LimitError for a client that has used its seconds."""
        if self._is_spent(client, used := self.used(client)):
            raise self._spent(used)

    def _is_spent(self, client: str, used: float) -> bool:
        most = self.limits.client_seconds
        return bool(client and most and used >= most)

    def _spent(self, used: float) -> LimitError:
        over = used - self.limits.client_seconds
        return LimitError(
            "client_seconds",
            429,
            f"you have used {self.limits.client_seconds:g} seconds of query time within a minute.",
            remedy="wait, and ask for less: add LIMIT, or a more selective pattern.",
            retry_after=math.ceil(over / self._rate) + 1,
        )

    def demand_room(self) -> None:
        """Raise LimitError where too many wait already."""
        if len(self.waiting) >= self.limits.queue:
            raise self.full(f"{len(self.waiting)} queries are waiting already")

    def full(self, problem: str) -> LimitError:
        """Make the refusal for a service that is too busy."""
        wait = self._mean * (len(self.waiting) + 1) / self.limits.workers
        return LimitError(
            "queue",
            503,
            f"the service is busy: {problem}.",
            remedy="ask again later.",
            retry_after=max(1, math.ceil(wait)),
        )

    def may_start(self, client: str) -> bool:
        """Say whether a client may have a worker now.

        The last one that is free is kept from a client who runs queries and has used much.
        """
        free = self.limits.workers - self.busy
        if free > 1 or not client or not self.limits.client_seconds:
            return free > 0
        alone = not self._running.get(client)
        return free > 0 and (alone or self.used(client) < self.limits.client_seconds * MODEST)

    def next(self) -> Waiter | None:
        """Take out of the queue whoever's turn it is, `None` where nobody may start."""
        used = {client: self.used(client) for client in {one.client for one in self.waiting}}
        for waiter in self.waiting:
            seconds = used[waiter.client]
            if self._is_spent(waiter.client, seconds) and not waiter.turn.done():
                waiter.turn.set_exception(self._spent(seconds))
        self.waiting = [waiter for waiter in self.waiting if not waiter.turn.done()]
        allowed = {client for client in used if self.may_start(client)}
        ready = [waiter for waiter in self.waiting if waiter.client in allowed]
        if not ready:
            return None
        waiter = min(ready, key=lambda waiter: used[waiter.client])
        self.waiting.remove(waiter)
        return waiter

    def leave(self, waiter: Waiter) -> None:
        """Take out of the queue someone who gave up."""
        if waiter in self.waiting:
            self.waiting.remove(waiter)

    def start(self, client: str) -> float:
        """Note that a client's query starts, and give the moment."""
        now = self.clock()
        self._running[client].append(now)
        self.busy += 1
        return now

    def end(self, client: str, start: float) -> float:
        """Note that it ends, and give the seconds that it took."""
        now = self.clock()
        before = self.used(client)
        self.busy -= 1
        self._running[client].remove(start)
        if not self._running[client]:
            del self._running[client]
        seconds = now - start
        self._mean += (seconds - self._mean) / 20
        if client:
            running = sum(now - other for other in self._running.get(client, ()))
            self._used[client] = (before - running, now)
            if len(self._used) > MOST_CLIENTS:
                self._forget()
        return seconds

    def _forget(self) -> None:
        """Forget the half of the clients that have used least."""
        kept = sorted(self._used, key=self.used)[len(self._used) // 2 :]
        self._used = {client: self._used[client] for client in kept}
