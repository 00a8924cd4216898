"""Workers: pieces of work in; what each gives, in their order, out, done on every core.

Where the platform forks, each core has a process that holds all that its parent held; elsewhere
the work is done one piece after the other.
"""

import contextlib
import gc
import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from coopera.errors import CooperaError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

MOST = 8_192
"""Pieces of one piece of work, at most: their numbers wait in one pipe, four bytes each."""

Given = TypeVar("Given")


class WorkerError(Exception):
    """What a worker said where it failed: its traceback."""


def cores() -> int:
    """Count the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def begun(work: Callable[[], Given]) -> Callable[[], Given]:
    """Begin one piece in a process of its own, and give what waits for what it gives.

    That raises as `done` does. Where the platform does not fork, it does the work.
    """
    if not _forks():
        return work
    import multiprocessing

    fork = multiprocessing.get_context("fork")
    ours, theirs = fork.Pipe(duplex=False)
    gc.collect()
    gc.freeze()
    try:
        process = fork.Process(target=_single, args=(ours, theirs, work), daemon=True)
        process.start()
    finally:
        gc.unfreeze()
    theirs.close()

    @cache
    def told() -> tuple[Any, str]:
        try:
            found: tuple[Any, str] = ours.recv()
        except EOFError:
            _ended(process)
        process.join()
        return found

    def wait() -> Given:
        given, failure = told()
        if failure:
            raise given from WorkerError(f"\n\n{failure}")
        return given  # type: ignore[no-any-return]

    return wait


def _single(parents: "Connection", line: "Connection", work: Callable[[], Any]) -> None:
    """Do one piece, and tell what it gives; nobody, where the parent has ended meanwhile."""
    parents.close()
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        line.send((work(), ""))
    except BaseException as error:
        with contextlib.suppress(OSError):
            line.send((_portable(error), traceback.format_exc()))


def _forks() -> bool:
    """Say whether work can be done in forks: those of macOS may not use the libraries there."""
    return hasattr(os, "fork") and sys.platform != "darwin" and cores() > 1


def done(number: int, work: Callable[[int], Given], processes: int | None = None) -> list[Given]:
    """Do pieces of work, known by their number from 0, and give what each gives.

    What a worker raises is raised here, with its traceback as the cause; no other piece is begun
    then. Raises CooperaError where a worker was killed.
    """
    processes = min(number, cores() if processes is None else processes)
    # A fork of a process that has used the libraries of macOS may not use them.
    if processes < 2 or not hasattr(os, "fork") or sys.platform == "darwin" or number > MOST:
        return [work(at) for at in range(number)]
    found = dict(_spread(number, work, processes))
    return [found[at] for at in range(number)]


def _spread(
    number: int, work: Callable[[int], Given], processes: int
) -> Iterator[tuple[int, Given]]:
    """Do the pieces in processes of their own, and give what comes, as it comes."""
    import multiprocessing  # who does all in one process needs none of it
    from multiprocessing.connection import Connection, wait

    waiting, filling = os.pipe()
    os.write(filling, b"".join(at.to_bytes(4, "little") for at in range(number)))
    os.close(filling)  # so that who reads the last number sees the end
    fork = multiprocessing.get_context("fork")
    started = []
    listening: dict[Connection, Any] = {}
    gc.collect()
    gc.freeze()  # a collection would write to all that is shared, and so copy it
    try:
        for _ in range(processes):
            ours, theirs = fork.Pipe(duplex=False)
            process = fork.Process(target=_worker, args=(waiting, theirs, work, os.getpid()))
            process.start()
            theirs.close()
            started.append(process)
            listening[ours] = process
        while listening:
            for line in wait(list(listening)):
                assert isinstance(line, Connection)  # noqa: S101 - nothing else is waited for
                try:
                    told = line.recv()
                except EOFError:
                    _ended(listening.pop(line))
                    continue
                if told is None:
                    listening.pop(line).join()
                    continue
                at, given, failure = told
                if failure:
                    raise given from WorkerError(f"\n\n{failure}")
                yield at, given
    finally:
        gc.unfreeze()
        os.close(waiting)
        for process in started:
            process.terminate()
            process.join()


def _worker(waiting: int, line: "Connection", work: Callable[[int], Any], parent: int) -> None:
    """Take numbers until there are none, and tell what each piece gives."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever waits here is told, and ends this
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    while os.getppid() == parent and (number := os.read(waiting, 4)):
        at = int.from_bytes(number, "little")
        try:
            line.send((at, work(at), ""))
        except BaseException as error:
            line.send((at, _portable(error), traceback.format_exc()))
            return
    with contextlib.suppress(OSError):
        line.send(None)


def _portable(error: BaseException) -> BaseException:
    """Give what was raised, or what says the same where that cannot be sent."""
    try:
        return pickle.loads(pickle.dumps(error))  # type: ignore[no-any-return] # noqa: S301
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")


def _ended(process: Any) -> NoReturn:
    """Tell that a worker has ended before its work."""
    process.join()
    code = process.exitcode
    reason = f"by signal {-code}" if code and code < 0 else f"with exit code {code}"
    raise CooperaError(
        f"a process that shared the work was ended {reason}.",
        remedy="see that the machine has memory enough, and run the command again.",
    )
