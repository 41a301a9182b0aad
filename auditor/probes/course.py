"""What a course's own items name as data: files, and words that one of them says. Each such item is a probe of its own."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from auditor.models import Evidence
from auditor.probes import Probe
from auditor.readers.comments import signs, spoken
from auditor.repository import Unreadable
from auditor.snapshot import File, Files


class Declared(Protocol):
    """What an item says of its evidence."""

    @property
    def id(self) -> str: ...
    @property
    def files(self) -> tuple[str, ...]: ...
    @property
    def mentions(self) -> tuple[str, ...]: ...
    @property
    def named(self) -> str: ...
    @property
    def own_probe(self) -> str: ...


def declared(items: Iterable[Declared]) -> dict[str, Probe]:
    """The probes of the items that name files, by id."""
    return {item.own_probe: _probe(item) for item in items if item.files}


def _probe(item: Declared) -> Probe:
    asks = f"Is there what the course asks for: {item.named}?"

    def of_the_course(files: Files) -> Iterator[Evidence]:
        for file in files if item.mentions else files.named():
            if not item.mentions:
                yield from _there(file)
                continue
            at, silent = _lines(file, item.mentions)
            if at:
                yield file.cite(at)
            elif silent and not files.near:
                files.near, files.why = f"{file.path}:{silent}", "a comment"

    said = " or ".join(f"`{word}`" for word in item.mentions)
    of_the_course.__doc__ = (
        f"The profile says it: a file of one of the globs with {said} in a line that is no comment, whatever the case."
        if item.mentions
        else "The profile says it: a file of one of the globs that is not empty."
    )
    return Probe(item.own_probe, asks, item.files, of_the_course, item.mentions)


def _there(file: File) -> Iterator[Evidence]:
    """A file that is not empty: by its first line that says something, or as it is where it has no text (an image, a pointer of Git
    LFS)."""
    try:
        at = next((n for n, row in enumerate(file.lines, 1) if row.strip()), 0)
    except Unreadable:
        if file.size:
            yield file.exists("a file of the kind that the course names")
        return
    if at:
        yield file.cite(at)


def _lines(file: File, words: tuple[str, ...]) -> tuple[int, int]:
    """The first line that says one of the words and is no comment, and the first comment that does; 0 for none. A word that starts
    with the comment's own mark is looked for in comments, too."""
    lower = tuple(w.lower() for w in words)
    marks = signs(file)
    aloud = tuple(w for w in lower if marks and w.startswith(marks))
    silent = 0
    for n, (said, row) in enumerate(zip(spoken(file), file.lower.split("\n"), strict=True), 1):
        if any(w in said for w in lower) or any(w in row for w in aloud):
            return n, 0
        if not silent and any(w in row for w in lower):
            silent = n
    return 0, silent
