"""The decisions about a class on disk: `DIR/decisions/ID.json`, one file a group, which several people and programs may save
to at once. Nothing is lost: who saves reads what is there under a lock, merges, and writes the file whole."""

import contextlib
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from auditor import regular
from auditor.decisions import Decision, Decisions, load_decisions, merge, same_submission
from auditor.errors import UserError
from auditor.whole import write_whole

PATIENCE = 10.0
"""Seconds to wait for another program that is saving, before one says so."""

_HERE = threading.Lock()  # threads of one server: a lock on a file is the process's


def read(folder: Path, name: str) -> Decisions | None:
    """A group's decisions; None where nobody has decided anything. Raises UserError where its file is none of decisions."""
    path = _path(folder, name)
    return load_decisions(path) if path.exists() else None


def read_for(folder: Path, name: str, id_: str, url: str) -> Decisions | None:
    """The same, refused where they are another group's."""
    found = read(folder, name)
    if found is not None and not same_submission(found, id_, url):
        raise UserError(
            f"{_path(folder, name)}: about {found.submission or 'another submission'}, not about {id_}",
            'if it is the same group, change "submission" in the file',
        )
    return found


def save(folder: Path, name: str, id_: str, url: str, made: Iterable[Decision]) -> Decisions:
    """Merge decisions into a group's file; what then stands there. Raises UserError, and changes nothing, where the file cannot
    be written or is none of this group's decisions."""
    with _alone(folder / "decisions"):
        stored = read_for(folder, name, id_, url)
        merged = merge(stored or Decisions(submission=id_, url=url), made, now())
        if merged != stored:
            write_whole(_path(folder, name), merged.model_dump_json(indent=1) + "\n")
    return merged


def now() -> str:
    """The time as decisions have it: UTC, to the millisecond."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _path(folder: Path, name: str) -> Path:
    return folder / "decisions" / f"{name}.json"


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else saves meanwhile: no thread, and where the system has locks that end with their process, no other program."""
    with _HERE:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = regular.lock_file(folder / ".lock")
        except OSError as error:
            raise UserError(
                f"{folder}: cannot be written ({error.strerror})", "see who owns the folder, and whether there is room"
            ) from None
        with lock:
            if sys.platform != "win32":
                _wait(lock.fileno(), folder)
            yield


def _wait(file: int, folder: Path) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    end = time.monotonic() + PATIENCE
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() > end:
                raise UserError(f"{folder}: another program is saving there, and does not end", "try again") from None
            time.sleep(0.02)
        except OSError:  # a file system without locks: one server is still safe
            return
