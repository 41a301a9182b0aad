"""The executor that outlives its workers."""

import contextlib
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from auditor.workers import Failure, TimeUp, Workers, limited, processes

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
