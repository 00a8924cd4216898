"""Workers: what each piece gives, in order; what fails says so whole."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from test_site import bytes_of

from coopera import graphs, site, workers
from coopera.errors import CooperaError, Place
from coopera.project import Project

FORKS = hasattr(os, "fork") and sys.platform != "darwin"
needs_fork = pytest.mark.skipif(not FORKS, reason="this platform does not fork")


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_what_each_piece_gives_comes_in_the_order_of_the_pieces(processes: int) -> None:
    def work(at: int) -> int:
        time.sleep(0.01 if at % 3 else 0.03)
        return at * at

    assert workers.done(40, work, processes) == [at * at for at in range(40)]


@needs_fork
def test_pieces_are_done_in_as_many_processes_as_asked_and_none_of_them_is_ours() -> None:
    def work(_: int) -> int:
        time.sleep(0.02)
        return os.getpid()

    found = set(workers.done(20, work, 2))

    assert len(found) == 2
    assert os.getpid() not in found


@needs_fork
def test_a_piece_that_was_begun_is_done_in_a_process_of_its_own_while_we_go_on() -> None:
    begun = [workers.begun(os.getpid) for _ in range(2)]
    found = {wait() for wait in begun}

    assert len(found) == 2
    assert os.getpid() not in found


@needs_fork
def test_what_a_piece_that_was_begun_raises_is_raised_where_it_is_waited_for() -> None:
    def guilty() -> None:
        raise CooperaError("wrong.", place=Place(Path("a.ttl"), 3), remedy="mend it.")

    wait = workers.begun(guilty)

    for _ in range(2):
        with pytest.raises(CooperaError, match=r"a\.ttl:3: wrong") as caught:
            wait()
        assert "in guilty" in str(caught.value.__cause__)


@needs_fork
def test_a_piece_whose_parent_has_ended_ends_too() -> None:
    script = (
        "import os, signal, time\nfrom coopera import workers\n"
        "def large():\n    time.sleep(0.5)\n    return b'x' * 1_000_000\n"
        "workers.begun(large)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # The process has the standard output too, so that is open until it ends.
    done = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, timeout=30)

    assert done.returncode == -signal.SIGKILL


@needs_fork
def test_a_piece_whose_process_is_killed_says_so() -> None:
    wait = workers.begun(lambda: os.kill(os.getpid(), signal.SIGKILL))

    with pytest.raises(CooperaError, match="by signal 9"):
        wait()


def test_a_piece_is_done_here_where_the_platform_does_not_fork(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(workers, "_forks", lambda: False)

    assert workers.begun(os.getpid)() == os.getpid()


@needs_fork
def test_a_bug_of_a_worker_comes_with_its_traceback() -> None:
    def guilty(at: int) -> int:
        return {0: 0}[at]

    with pytest.raises(KeyError) as caught:
        workers.done(5, guilty, 2)

    assert "in guilty" in str(caught.value.__cause__)


@needs_fork
def test_what_a_reader_can_mend_keeps_its_place_and_its_remedy() -> None:
    def work(at: int) -> int:
        raise CooperaError("wrong.", place=Place(Path("a.ttl"), 3), remedy="mend it.")

    with pytest.raises(CooperaError) as caught:
        workers.done(5, work, 2)

    assert str(caught.value) == "a.ttl:3: wrong.\n  Remedy: mend it."


@needs_fork
def test_an_exception_that_cannot_be_sent_is_told_in_words() -> None:
    class LocalError(Exception):
        """One that another process cannot find."""

    def work(at: int) -> int:
        raise LocalError("of here")

    with pytest.raises(RuntimeError, match="LocalError: of here"):
        workers.done(5, work, 2)


@needs_fork
def test_a_worker_that_is_killed_is_noticed() -> None:
    def work(at: int) -> int:
        if at == 7:
            os.kill(os.getpid(), signal.SIGKILL)
        return at

    with pytest.raises(CooperaError, match="ended by signal 9"):
        workers.done(20, work, 2)


def children() -> set[str]:
    """Give the processes that this one has started, such as servers of other tests."""
    return {
        pid
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text("ascii").split()
    }


@needs_fork
def test_no_worker_outlives_a_failure() -> None:
    before = children()

    def work(at: int) -> int:
        if at == 0:
            raise ValueError(os.getpid())
        time.sleep(60)
        return at

    with pytest.raises(ValueError, match=r"\d+") as caught:
        workers.done(4, work, 2)

    assert not Path(f"/proc/{caught.value}").exists()
    assert children() == before


def test_a_site_written_by_several_processes_is_that_written_by_one_to_the_byte(
    coopera_project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    village = Path(__file__).parent / "data" / "village.ttl"
    triples = graphs.read_all([*coopera_project.vocabulary_files, village])
    counts = []
    for number in (1, 3):
        monkeypatch.setattr(workers, "cores", lambda number=number: number)
        counts.append(site.write(coopera_project, triples, tmp_path / str(number)))

    assert counts[0] == counts[1]
    assert bytes_of(tmp_path / "1") == bytes_of(tmp_path / "3")
