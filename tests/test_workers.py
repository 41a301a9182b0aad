"""The executor that outlives its workers."""

import contextlib
import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import pytest

from auditor import workers
from auditor.workers import Failure, TimeUp, Workers, default_workers, limited, processes, small_files

pytestmark = pytest.mark.block_network(allowed_hosts=["/.*"])  # a pool talks to its processes through such sockets


def square_or_die(n: int) -> int:
    if n == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return n * n


def die_once(path: str) -> str:
    if not Path(path).exists():
        Path(path).touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "alive"


def sleep(seconds: float) -> float:
    if seconds < 0:
        raise ValueError("no time")
    time.sleep(seconds)
    return seconds


def test_a_task_that_kills_its_worker_fails_alone() -> None:
    pool = Workers(processes, 2)
    got = dict(pool.run(square_or_die, range(8)))
    pool.close()
    assert {n: r for n, r in got.items() if n != 3} == {n: n * n for n in range(8) if n != 3}
    assert got[3] == Failure("its worker process died twice (out of memory, or killed)")


def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path) -> None:
    pool = Workers(processes, 2)
    assert dict(pool.run(die_once, [str(tmp_path / "a"), str(tmp_path / "b")])) == {
        str(tmp_path / "a"): "alive",
        str(tmp_path / "b"): "alive",
    }
    pool.close()


def test_failures_are_data_and_the_lost_are_given_up() -> None:
    pool = Workers(ThreadPoolExecutor, 2, patience=1)
    got = dict(pool.run(sleep, [0.01, -1, 3]))
    assert got == {0.01: 0.01, -1: Failure("ValueError: no time"), 3: Failure("nothing heard of it for 1 s")}
    pool.close()


def test_time_up_passes_every_boundary() -> None:
    with pytest.raises(TimeUp), limited(0.2), contextlib.suppress(Exception):
        time.sleep(5)
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)
    with pytest.raises(TimeUp):
        slow_to_end()
    with limited(0):
        assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def slow_to_end() -> None:
    """Work that is rung for: again after five seconds, and what is stuck half a minute longer is ended by the kernel."""
    before = signal.getsignal(signal.SIGALRM)
    try:
        with limited(30):
            assert [round(t) for t in signal.getitimer(signal.ITIMER_REAL)] == [30, 5]
            assert 55 < signal.getitimer(signal.ITIMER_PROF)[0] < 61
            signal.raise_signal(signal.SIGALRM)
    finally:
        assert signal.getsignal(signal.SIGALRM) is before
        assert signal.getitimer(signal.ITIMER_REAL) == signal.getitimer(signal.ITIMER_PROF) == (0, 0)


def test_a_thread_has_no_signals() -> None:
    ended: list[object] = []

    def work() -> None:
        with limited(0.01):
            time.sleep(0.1)
        ended.append(signal.getitimer(signal.ITIMER_REAL))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert ended == [(0, 0)]


def test_tasks_are_drawn_as_there_is_room_for_them() -> None:
    drawn: list[int] = []

    def tasks() -> Iterator[int]:
        for n in range(8):
            drawn.append(n)
            yield n

    pool = Workers(ThreadPoolExecutor, 2)
    results = pool.run(lambda n: n * n, tasks())
    first = next(results)
    assert first[1] == first[0] ** 2
    assert drawn == [0, 1, 2, 3]
    assert sorted([first, *results]) == [(n, n * n) for n in range(8)]
    pool.close()


def test_what_is_given_up_is_not_waited_for() -> None:
    pool = Workers(ThreadPoolExecutor, 1, patience=0.1)
    started = time.monotonic()
    assert list(pool.run(sleep, [4])) == [(4, Failure("nothing heard of it for 0 s"))]
    pool.close()
    assert time.monotonic() - started < 3.5
    pool = Workers(ThreadPoolExecutor, 1)
    running = pool._submit(sleep, 0.3)
    pool.close()
    assert running.done()


def test_what_was_under_way_when_a_worker_died_is_run_alone() -> None:
    made: list[int] = []

    class Broken(ThreadPoolExecutor):
        """An executor in which nothing lives."""

        def submit(self, *_: object, **__: object) -> Future[object]:  # type: ignore[override]
            future: Future[object] = Future()
            future.set_exception(workers.BrokenExecutor("x"))
            return future

    def make(count: int) -> ThreadPoolExecutor:
        made.append(count)
        return Broken(count) if made in ([2], [2, 1]) else ThreadPoolExecutor(count)

    pool = Workers(make, 2, patience=1)
    assert list(pool.run(sleep, [0.01])) == [(0.01, 0.01)]
    assert made == [2, 1, 1]  # each alone, twice
    made.clear()
    pool = Workers(make, 2, patience=0.2)
    assert pool._alone(sleep, 3) == Failure("nothing heard of it for 0 s")


def test_an_executor_that_takes_no_more_is_renewed() -> None:
    made: list[ThreadPoolExecutor] = []

    class Once(ThreadPoolExecutor):
        def submit(self, *given: object, **__: object) -> Future[object]:  # type: ignore[override]
            if self is made[0]:
                raise workers.BrokenExecutor("x")
            return super().submit(*given)  # type: ignore[arg-type]

    def make(count: int) -> ThreadPoolExecutor:
        made.append(Once(count))
        return made[-1]

    pool = Workers(make, 1)
    assert list(pool.run(sleep, [0.01, 0.02])) == [(0.01, 0.01), (0.02, 0.02)]
    assert len(made) == 2
    assert made[0]._shutdown
    pool.close()


def test_a_task_that_was_called_off_has_failed() -> None:
    future: Future[int] = Future()
    future.cancel()
    assert workers._outcome(future) == Failure("cancelled")


def begun(module: str) -> tuple[bool, bool]:
    return module in sys.modules, signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_a_worker_begins_with_its_modules_and_leaves_ctrl_c_to_others() -> None:
    with processes(1, ("colorsys",)) as executor:
        assert executor.submit(begun, "colorsys").result() == (True, True)


@pytest.mark.skipif("not __import__('sys').platform.startswith('linux')")
def test_a_worker_writes_no_large_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with small_files(1):
        assert resource.getrlimit(resource.RLIMIT_FSIZE) == before  # this is no worker
    monkeypatch.setattr(multiprocessing, "parent_process", lambda: "a parent")
    with small_files(0):
        assert resource.getrlimit(resource.RLIMIT_FSIZE) == before
    with small_files(3):
        assert resource.getrlimit(resource.RLIMIT_FSIZE) == (3_000_000, before[1])
        with pytest.raises(OSError, match="File too large"):
            (tmp_path / "a").write_bytes(b"x" * 3_000_001)
    assert resource.getrlimit(resource.RLIMIT_FSIZE) == before


@pytest.mark.skipif("not __import__('sys').platform.startswith('linux')")
def test_there_are_as_many_workers_as_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 5, 9})
    assert default_workers() == 3


class Kept(ThreadPoolExecutor):
    """An executor that writes down how it is ended, with a process that has ended."""

    def __init__(self, done: list[str]) -> None:
        super().__init__(1)
        self.done = done
        self._processes = {1: self}

    def kill(self) -> None:
        self.done.append("killed")
        raise OSError(3, "No such process")

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self.done.append("waited for" if wait else "left")
        super().shutdown(wait)


def test_how_workers_are_let_go() -> None:
    done: list[str] = []
    pool = Workers(lambda _: Kept(done), 1)
    pool.close()
    assert done == ["waited for"]
    done.clear()
    pool.stop()
    assert done == ["killed", "left"]
    done.clear()
    pool._abandoned = True
    pool.close()
    assert done == ["killed", "left"]
    workers._end(ThreadPoolExecutor(1))  # has no processes


def test_a_task_has_its_time_from_when_it_was_handed_on() -> None:
    pool = Workers(ThreadPoolExecutor, 2, patience=20)
    assert dict(pool.run(sleep, [0.01, 0.3])) == {0.01: 0.01, 0.3: 0.3}
    pool.close()


def test_what_a_worker_does_first(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[object] = []
    threads: list[threading.Thread] = []
    with monkeypatch.context() as patch:
        patch.setattr(workers.signal, "signal", lambda *given: done.append(given))
        patch.setattr(workers.importlib, "import_module", done.append)
        patch.setattr(workers.gc, "collect", lambda: done.append("collect"))
        patch.setattr(workers.gc, "freeze", lambda: done.append("freeze"))
        patch.setattr(workers.multiprocessing, "parent_process", lambda: SimpleNamespace(sentinel=7))
        patch.setattr(workers, "wait_for", lambda waits: done.append(waits))
        patch.setattr(workers.os, "_exit", lambda code: done.append(f"ends with {code}"))
        patch.setattr(threading.Thread, "start", lambda thread: threads.append(thread))
        workers._start(("a", "b"))
        assert done == [(signal.SIGINT, signal.SIG_IGN), "a", "b", "collect", "freeze"]
        assert [t.daemon for t in threads] == [True]
        threads[0].run()
        assert done[5:] == [[7], "ends with 1"]


@pytest.mark.skipif("'forkserver' not in __import__('multiprocessing').get_all_start_methods()")
def test_workers_are_made_from_a_process_that_has_their_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted: list[object] = []
    context = multiprocessing.get_context("forkserver")
    monkeypatch.setattr(type(context), "set_forkserver_preload", lambda _, modules: wanted.append(modules))
    executor = processes(3, ("colorsys",))
    assert executor._mp_context.get_start_method() == "forkserver"  # type: ignore[attr-defined]
    assert executor._max_workers == 3  # type: ignore[attr-defined]
    assert wanted == [["colorsys"]]
    executor.shutdown()
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    assert processes(1)._mp_context.get_start_method() == "spawn"  # type: ignore[attr-defined]
    assert len(wanted) == 1
