"""One process at a time: for a clone in the cache, and for a folder that a batch is written to. The system frees a lock when
its holder ends, however it ends."""

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from auditor import regular
from auditor.errors import UserError

LOCK = ".lock"


@contextlib.contextmanager
def alone(lock: Path, what: str, say: Callable[[str], None] | None = None, hint: str = "") -> Iterator[None]:
    """Hold a lock for this block. Whoever has to wait for it is told of `what`, once."""
    from filelock import FileLock, Timeout

    held = FileLock(lock)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        regular.refuse_odd(lock)
    except OSError as error:
        at = lock if os.path.lexists(lock) else lock.parent
        raise UserError(f"{at}: cannot be written ({error.strerror})", "take it away" if at is lock else hint) from None
    try:
        try:
            held.acquire(timeout=1)
        except Timeout:
            if say is not None:
                say(f"{what}; waiting for it to end")
            held.acquire()
    except OSError as error:
        raise UserError(f"{lock.parent}: cannot be written ({error.strerror})", hint) from None
    try:
        yield
    finally:
        held.release()


@contextlib.contextmanager
def if_free(lock: Path) -> Iterator[bool]:
    """Hold a lock for this block, if nobody else has it; whether that is so."""
    from filelock import FileLock, Timeout

    held = FileLock(lock)
    try:
        regular.refuse_odd(lock)
        held.acquire(timeout=0)
    except (Timeout, OSError):
        yield False
        return
    try:
        yield True
    finally:
        held.release()
