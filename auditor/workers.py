"""Many tasks over an executor, of which some may kill their worker or never come back."""

import contextlib
import gc
import importlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Executor, Future, ProcessPoolExecutor, wait
from functools import partial
from multiprocessing.connection import wait as wait_for
from types import FrameType
from typing import Any, TypeVar

from auditor.lazy import dataclass

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Failure:
    """Why a task has no result."""

    reason: str


class Workers:
    """An executor that is renewed when a task breaks it: whatever was under way is run again, each task alone, and only one
    that breaks even that, twice, has failed. `patience` is how many seconds a task may be out, 0 for ever."""

    def __init__(self, make: Callable[[int], Executor], count: int, patience: float = 0) -> None:
        self.make, self.count, self.patience = make, count, patience
        self._executor = make(count)
        self._abandoned = False

    def run(self, function: Callable[[T], R], tasks: Iterable[T]) -> Iterator[tuple[T, R | Failure]]:
        """Each task with its result, in the order in which they are done. Tasks are drawn as there is room for them."""
        queue = iter(tasks)
        suspects: deque[T] = deque()
        running: dict[Future[R], tuple[T, float]] = {}
        while True:
            while len(running) < 2 * self.count and not suspects:
                task = next(queue, None)
                if task is None:
                    break
                running[self._submit(function, task)] = (task, time.monotonic())
            if not running:
                if not suspects:
                    return
                task = suspects.popleft()
                yield task, self._alone(function, task)
                continue
            for future in wait(running, timeout=1, return_when=FIRST_COMPLETED).done:
                task, _ = running.pop(future)
                if isinstance(future.exception() if not future.cancelled() else None, BrokenExecutor):
                    suspects.append(task)
                else:
                    yield task, _outcome(future)
            for future, (task, since) in list(running.items()):
                if self.patience and time.monotonic() - since > self.patience:
                    del running[future]
                    future.cancel()
                    self._abandoned = True
                    yield task, Failure(f"nothing heard of it for {self.patience:.0f} s")

    def _submit(self, function: Callable[[T], R], task: T) -> Future[R]:
        try:
            return self._executor.submit(function, task)
        except BrokenExecutor:
            self._executor.shutdown(wait=False)
            self._executor = self.make(self.count)
            return self._executor.submit(function, task)

    def _alone(self, function: Callable[[T], R], task: T) -> R | Failure:
        for _ in range(2):  # it may have been another's fault that it never ran before
            executor = self.make(1)
            try:
                future = executor.submit(function, task)
                if not wait([future], timeout=self.patience or None).done:
                    return Failure(f"nothing heard of it for {self.patience:.0f} s")
            finally:
                _end(executor)
            if not isinstance(future.exception(), BrokenExecutor):
                outcome: R | Failure = _outcome(future)
                return outcome
        return Failure("its worker process died twice (out of memory, or killed)")

    def close(self) -> None:
        """Let the workers go; what is under way is not waited for if something was given up."""
        if self._abandoned:
            self.stop()
        else:
            self._executor.shutdown()

    def stop(self) -> None:
        """End the worker processes, whatever they do."""
        _end(self._executor)


def _end(executor: Executor) -> None:
    """End an executor's processes. Threads cannot be ended: they are not waited for."""
    for process in list((getattr(executor, "_processes", None) or {}).values()):
        with contextlib.suppress(OSError, ValueError):
            process.kill()
    executor.shutdown(wait=False)


def _outcome(future: Future[Any]) -> Any:
    if future.cancelled():
        return Failure("cancelled")
    error = future.exception()
    return Failure(f"{type(error).__name__}: {error}") if error else future.result()


# -- worker processes --------------------------------------------------------------------------------------------------


def processes(count: int, modules: tuple[str, ...] = ()) -> Executor:
    """A pool of processes that have these modules imported, and end when this process does, however it ends."""
    method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        context.set_forkserver_preload(list(modules))
    return ProcessPoolExecutor(count, mp_context=context, initializer=partial(_start, modules))


def _start(modules: tuple[str, ...]) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the main process to decide
    for module in modules:
        importlib.import_module(module)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    gc.collect()
    gc.freeze()


def _end_with(sentinel: int) -> None:
    """End this process once its parent has: a worker that waits for a killed parent would wait for ever."""
    wait_for([sentinel])
    os._exit(1)


class TimeUp(BaseException):
    """A task's time is over. No boundary that turns an Exception into data may hold it up."""


@contextlib.contextmanager
def limited(seconds: float) -> Iterator[None]:
    """Raise TimeUp in this block after so many seconds (0: never); a process stuck in C code is ended by the kernel soon
    after. Only in a main thread and where there are such signals; elsewhere `Workers.patience` has to do."""
    if not seconds or sys.platform == "win32" or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeUp

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds, 5)
    signal.setitimer(signal.ITIMER_PROF, seconds + 30)  # nobody handles its signal, which ends the process
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGALRM, before)


@contextlib.contextmanager
def small_files(megabytes: int) -> Iterator[None]:
    """Let no file grow beyond so many megabytes (0: any), git's included. Only in the main thread of a worker process: it
    holds for the whole process."""
    alone = multiprocessing.parent_process() and threading.current_thread() is threading.main_thread()
    if not megabytes or sys.platform == "win32" or not alone:
        yield
        return
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    wanted = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_FSIZE, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def default_workers() -> int:
    """As many as there are processors for this process."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
