"""How a long run is stopped: the first signal ends what is under way, the second ends everything."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from types import FrameType

_SIGNALS = ("SIGINT", "SIGTERM", "SIGHUP")


@contextlib.contextmanager
def stoppable() -> Iterator[None]:
    """Raise KeyboardInterrupt in this block at the first Ctrl-C, SIGTERM or SIGHUP, and end the process with code 2 at the
    second, whatever it is at: all that is written is whole at any moment. What the caller ignores stays ignored."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    heard: list[int] = []

    def ring(number: int, frame: FrameType | None) -> None:
        heard.append(number)
        if len(heard) > 1:
            with contextlib.suppress(OSError):
                os.write(2, b"auditor: stopped\n")
            end_at_once()
        raise KeyboardInterrupt

    # what the second signal leaves behind, the tracker of multiprocessing removes, and need not say so
    quiet = (os.environ.get("PYTHONWARNINGS"), "ignore:resource_tracker")
    os.environ["PYTHONWARNINGS"] = ",".join(w for w in quiet if w)
    numbers = [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]
    before = {n: signal.signal(n, ring) for n in numbers if signal.getsignal(n) not in (signal.SIG_IGN, None)}
    try:
        yield
    finally:
        if not heard:  # else a further signal on the way out has to end it, too
            for number, handler in before.items():
                signal.signal(number, handler)


def end_soon(code: int = 2, seconds: float = 2) -> None:
    """End this process as usual, unless a thread does not come to its end: a judge may take long to answer."""
    until = time.monotonic() + seconds
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join(max(0, until - time.monotonic()))
            if thread.is_alive():
                end_at_once(code)
    for name in _SIGNALS:  # as it closes, the interpreter would let them kill it
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    sys.exit(code)


def end_at_once(code: int = 2) -> None:
    """End this process and its workers without waiting for anything."""
    for worker in multiprocessing.active_children():
        with contextlib.suppress(OSError, ValueError):
            worker.kill()
    os._exit(code)
