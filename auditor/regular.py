"""Files that are read as files: whatever lies where one is expected, nobody waits for it, and it has an end.

A pipe waits for whoever writes to it, a device may have no end, and either may be put, or linked, into any folder that is not
git's own store. So all that is read from such a folder is opened here: what is no regular file is refused before it is opened,
and what is larger than it can be is not read. It raises OSError, as any file that cannot be read does.
"""

import contextlib
import errno
import os
import select
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from auditor import limits

PATIENCE = 2.0
"""Seconds in which somebody has to open a pipe for writing that a user gave as a file."""

_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_BINARY", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
)
_LOCK = (
    os.O_RDWR | os.O_CREAT | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
)


def read_bytes(path: Path, most: limits.Limit = limits.OWN, *, given: bool = False) -> bytes:
    """The content of a regular file of at most so many bytes; of one that a user has `given`, a pipe's as well: a shell makes one
    of `<(command)`. Raises OSError for all else."""
    with opened(path, given=given) as file:
        if os.fstat(file.fileno()).st_size > most.value:
            raise _larger(path, most)
        data = file.read(most.value + 1)
    if len(data) > most.value:
        raise _larger(path, most)
    return data


def read_text(path: Path, most: limits.Limit = limits.OWN, *, given: bool = False) -> str:
    """The same as UTF-8 with line ends as `\n`. Raises OSError, and ValueError for what is no UTF-8."""
    return read_bytes(path, most, given=given).decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")


def opened(path: Path, *, given: bool = False) -> BinaryIO:
    """A regular file, to be read by its lines; the same holds."""
    _refuse(os.stat(path).st_mode, path, given)
    handle = os.open(path, _FLAGS)
    with _closing(handle) as kept:
        mode = os.fstat(handle).st_mode  # another thing may lie there by now
        _refuse(mode, path, given)
        if stat.S_ISFIFO(mode):
            _await(handle, path)
            os.set_blocking(handle, True)
        kept.pop_all()
    return os.fdopen(handle, "rb")


def lock_file(path: Path) -> BinaryIO:
    """A file to lock, made where there is none. Raises OSError for a link and all else that is no regular file."""
    refuse_odd(path)
    handle = os.open(path, _LOCK, 0o666)
    with _closing(handle) as kept:
        _refuse(os.fstat(handle).st_mode, path, False)
        kept.pop_all()
    return os.fdopen(handle, "rb")


@contextlib.contextmanager
def _closing(handle: int) -> Iterator[contextlib.ExitStack]:
    """Close a handle where what is done in the `with` fails."""
    with contextlib.ExitStack() as kept:
        kept.callback(os.close, handle)
        yield kept


def refuse_odd(path: Path) -> None:
    """Raises OSError where a name is taken by what is no regular file: a link as well, since what is written there would go
    elsewhere."""
    try:
        mode = os.lstat(path).st_mode
    except FileNotFoundError:
        return
    _refuse(mode, path, False)


def _refuse(mode: int, path: Path, given: bool) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode) and not (given and stat.S_ISFIFO(mode)):
        raise OSError(errno.EINVAL, "no regular file", str(path))


def _larger(path: Path, most: limits.Limit) -> OSError:
    return OSError(errno.EFBIG, f"larger than {most}", str(path))


def _await(handle: int, path: Path) -> None:
    """Wait for the first byte or the end of a pipe; for as long as it takes only where somebody has opened it for writing."""
    if select.select([handle], [], [], PATIENCE)[0]:
        return
    try:
        os.read(handle, 1)
    except BlockingIOError:
        return
    raise OSError(errno.EPIPE, "a pipe that nobody writes to", str(path))
