"""The files of a class, kept as they stand while people decide: the index and the tables in a batch's folder are written anew once
something is decided, in a thread of their own, so that nobody waits for them."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from auditor.errors import UserError
from auditor.locks import LOCK, if_free
from auditor.overview import standing_class, standing_entries, write_summaries
from auditor.whole import write_whole

RETRY = 1.0
"""Seconds until another try while a batch, or another view, writes to the folder."""

TRIES = 5
"""Tries at the end; a batch that goes on after that writes the files itself."""

REST = 4
"""After a large class was written, nothing is for this many times as long: what is decided meanwhile is written with the next."""


class Keeper:
    """Writes the files of a class anew after `stir`; of many decisions in a row not after each. What cannot be written is told, and
    tried again with the next one."""

    def __init__(self, folder: Path, tell: Callable[[str], None]) -> None:
        self.folder = folder
        self.tell = tell
        self._due = _behind(folder)  # what a view that was killed has left behind is written at once
        self._news = threading.Condition()
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)
        self._thread.start()

    def stir(self) -> None:
        """Something was decided."""
        with self._news:
            self._due = True
            self._news.notify()

    def end(self) -> None:
        """End, with everything written."""
        self._ending.set()
        with self._news:
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        tries = TRIES
        while tries:
            with self._news:
                self._news.wait_for(lambda: self._due or self._ending.is_set())
                if not self._due:
                    return
                self._due = False
            began = time.monotonic()
            if self._write():
                self._ending.wait(REST * (time.monotonic() - began))
                continue
            self.stir()
            if self._ending.wait(RETRY):
                tries -= 1
                time.sleep(RETRY if tries else 0)

    def _write(self) -> bool:
        """Write the files, where nobody else writes to the folder; whether there is no need to try again."""
        with if_free(self.folder / f".auditor{LOCK}") as free:
            if free:
                try:
                    write_class(self.folder, self.tell)
                except UserError as error:
                    self.tell(f"{error.message}; the index and the tables in the folder are as they were")
        return free


def write_class(folder: Path, tell: Callable[[str], None]) -> None:
    """The index and the tables of a class, with what is decided by now."""
    course = standing_class(folder, tell)
    html = any("html" in g.files for g in course.groups)
    write_summaries(
        lambda name, text: write_whole(folder / name, text), course, lambda: standing_entries(folder, tell), html
    )


def _behind(folder: Path) -> bool:
    """Whether something was decided since the tables were written."""
    try:
        written = (folder / "gradebook.csv").stat().st_mtime_ns
        return any(p.stat().st_mtime_ns > written for p in (folder / "decisions").glob("*.json"))
    except OSError:
        return False


@contextlib.contextmanager
def kept(folder: Path, tell: Callable[[str], None]) -> Iterator[Keeper]:
    """While a class is decided about: who keeps its files."""
    keeper = Keeper(folder, tell)
    try:
        yield keeper
    finally:
        keeper.end()
