"""Turns: who gets a worker next, and what is held against whom."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from coopera.limits import LimitError, Limits
from coopera.pool import turns as room
from coopera.pool.turns import Turns, Waiter


@dataclass
class Clock:
    """A clock that goes on when it is told to."""

    now: float = 1_000.0

    def __call__(self) -> float:
        """Give the time."""
        return self.now


@dataclass
class Service:
    """Turns by a clock of our own, and the starts of those that run."""

    limits: Limits = field(default_factory=lambda: Limits(workers=2, client_seconds=60))
    clock: Clock = field(default_factory=Clock)

    def __post_init__(self) -> None:
        self.turns = Turns(self.limits, self.clock)

    def use(self, client: str, seconds: float) -> None:
        """Let a client's query take some seconds."""
        start = self.turns.start(client)
        self.clock.now += seconds
        assert self.turns.end(client, start) == pytest.approx(seconds)

    def wait(self, *clients: str) -> list[Waiter]:
        """Let clients wait."""
        waiters = [Waiter(client, asyncio.Future()) for client in clients]
        self.turns.waiting += waiters
        return waiters


def in_a_loop(work: Callable[[], None]) -> None:
    async def inside() -> None:
        work()

    asyncio.run(inside())


def test_what_a_client_has_used_comes_back_in_a_minute() -> None:
    service = Service()
    service.use("a", 30)
    assert service.turns.used("a") == pytest.approx(30)
    service.clock.now += 20
    assert service.turns.used("a") == pytest.approx(10)
    service.clock.now += 20
    assert service.turns.used("a") == 0
    assert service.turns.used("b") == 0


def test_what_runs_counts_too() -> None:
    service = Service()
    service.turns.start("a")
    service.turns.start("a")
    service.clock.now += 4

    assert service.turns.used("a") == pytest.approx(8)


def test_a_spent_budget_is_told_with_the_seconds_to_wait() -> None:
    service = Service()
    service.use("a", 75)

    with pytest.raises(LimitError) as caught:
        service.turns.demand_budget("a")

    assert (caught.value.status, caught.value.retry_after) == (429, 16)
    service.clock.now += 16
    service.turns.demand_budget("a")
    service.turns.demand_budget("b")


@pytest.mark.parametrize(("client", "seconds"), [("", 60.0), ("a", 0.0)])
def test_we_ourselves_and_everyone_without_a_budget_are_not_refused(
    client: str, seconds: float
) -> None:
    service = Service(Limits(workers=2, client_seconds=seconds))
    service.use(client, 500)
    service.turns.start(client)

    service.turns.demand_budget(client)
    assert service.turns.may_start(client)


def test_who_has_used_least_comes_first_then_who_came_first() -> None:
    def work() -> None:
        service = Service()
        service.use("much", 30)
        service.use("some", 10)
        much, some, one, two = service.wait("much", "some", "new", "other")
        for expected in (one, two, some, much):
            assert service.turns.next() is expected
        assert service.turns.next() is None

    in_a_loop(work)


def test_the_last_free_worker_is_kept_from_who_runs_and_has_used_much() -> None:
    service = Service()
    assert service.turns.may_start("a")
    service.turns.start("a")
    assert service.turns.may_start("a"), "so far it has used little"
    service.clock.now += 6
    assert not service.turns.may_start("a")
    assert service.turns.may_start("b")
    assert service.turns.may_start("")
    service.turns.start("b")
    assert not service.turns.may_start("c"), "no worker is free"


def test_one_worker_serves_every_client() -> None:
    service = Service(Limits(workers=1, client_seconds=60))
    service.use("a", 30)

    assert service.turns.may_start("a")


def test_who_waits_and_has_spent_the_budget_meanwhile_is_refused() -> None:
    def work() -> None:
        service = Service()
        start = service.turns.start("a")
        first, second = service.wait("a", "b")
        service.clock.now += 61
        service.turns.end("a", start)

        assert service.turns.next() is second
        assert isinstance(first.turn.exception(), LimitError)
        assert service.turns.waiting == []

    in_a_loop(work)


def test_a_full_queue_is_told_with_the_seconds_to_wait() -> None:
    def work() -> None:
        service = Service(Limits(workers=1, queue=3))
        for _ in range(100):
            service.use("", 4)
        service.wait("a", "b")
        service.turns.demand_room()
        service.wait("c")
        with pytest.raises(LimitError, match="3 queries are waiting") as caught:
            service.turns.demand_room()
        assert caught.value.status == 503
        assert caught.value.retry_after == pytest.approx(16, abs=2)

    in_a_loop(work)


def test_only_so_many_clients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "MOST_CLIENTS", 10)
    service = Service()
    service.use("greedy", 50)
    for number in range(100):
        service.use(f"client {number}", 0.01)

    assert len(service.turns._used) <= 11
    assert service.turns.used("greedy") > 40
