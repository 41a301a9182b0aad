"""What could not be read or followed: the third value beside found and absent.

Whoever searches does so under a watch. Reading a file that has no text, selecting where a submodule might hold a match,
parsing what does not parse and calling what cannot be followed each leave a hole in the watch, whether the searcher
looks at it or not. Where there is a hole, nothing is absent: the answer is unknown because of it.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Hole:
    """Something that could hold what is looked for and was not read or followed: a file or folder of the commit (`path`,
    empty for what is none, such as the history), with the reason in words that go on after the path."""

    path: str
    reason: str
    line: int = 0

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: {self.reason}" if where else self.reason


class Watch:
    """The holes that a search has come upon so far, each once, in their order."""

    __slots__ = ("_seen",)

    def __init__(self) -> None:
        self._seen: dict[Hole, None] = {}

    def __bool__(self) -> bool:
        return bool(self._seen)

    @property
    def holes(self) -> tuple[Hole, ...]:
        return tuple(self._seen)

    def add(self, holes: Iterable[Hole]) -> None:
        self._seen.update(dict.fromkeys(holes))


_WATCH: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watching() -> Iterator[Watch]:
    """Collects the holes that the code in the `with` comes upon. They do not reach a watch around it: whoever passes a
    result on passes its holes on, with `unsure`."""
    watch = Watch()
    token = _WATCH.set(watch)
    try:
        yield watch
    finally:
        _WATCH.reset(token)


def unsure(*holes: Hole) -> None:
    """Tells the search that is going on that it has come upon holes. Without a search, nothing happens."""
    if holes and (watch := _WATCH.get()) is not None:
        watch.add(holes)
