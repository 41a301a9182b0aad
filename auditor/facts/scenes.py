"""Where a command runs: what the followers of tasks hand to each other."""

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol, Self

from auditor.holes import Hole
from auditor.lazy import dataclass
from auditor.readers.shell import Command, shell_commands
from auditor.snapshot import File


@dataclass(frozen=True)
class Call:
    """A command that may call a task: its words, the folder that it runs in, the one where its step began (`base`), the
    variables of its environment, and where it stands."""

    words: tuple[str, ...]
    folder: str
    base: str
    values: Mapping[str, str]
    file: File
    line: int

    def with_words(self, words: list[str]) -> Self:
        """The same call without what stood before these words."""
        return replace(self, words=tuple(words))

    def moved(self, folder: str, base: str) -> Self:
        """The same call from other folders."""
        return replace(self, folder=folder, base=base)


@dataclass(frozen=True)
class Script:
    """Commands that run one after the other from one folder, with where they stand."""

    file: File
    commands: tuple[Command, ...]
    folder: str
    values: Mapping[str, str]

    def softened(self) -> Self:
        """The same where a failure is swallowed outside."""
        return replace(self, commands=tuple(Command(c.text, c.line, True) for c in self.commands))


class Lookup(Protocol):
    """What a follower may ask of the commit."""

    holes: dict[Hole, None]

    def find(self, folder: str, name: str) -> File | None:
        """The file that a path leads to."""

    def beside(self, call: Call, *names: str) -> File | None:
        """The first of these files where the call runs."""

    def upward(self, call: Call, *names: str) -> File | None:
        """The first of these files there or above."""

    def lost(self, call: Call, why: str) -> None:
        """Note that the call could not be followed."""

    def goes_on(self, call: Call, depth: int) -> bool:
        """Whether one more task may be followed, so many tasks within tasks; where not, that is noted."""


def shell_folder(folder: str, into: str) -> str:
    """The folder that `cd into` leads to; the same one for what only a run could tell."""
    if not into or into in ("-", ".") or "$" in into or into.startswith("~"):
        return folder
    path = posixpath.normpath(posixpath.join(folder, into))
    return "" if path in (".", "/") or path.startswith("..") else path.strip("/")


def said(file: File, text: str, line: int, call: Call, folder: str | None = None) -> Script:
    """A line of shell that stands in a file, run where the call runs (or in `folder`)."""
    where = call.folder if folder is None else folder
    return Script(file, tuple(Command(c.text, line, c.soft) for c in shell_commands(text, line)), where, call.values)
