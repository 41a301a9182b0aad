"""What a course's own items name as data: files, and words that one of them says. Each such item is a probe of its own."""

from collections.abc import Iterable, Iterator
from typing import Protocol

from auditor.models import Evidence
from auditor.probes import Probe
from auditor.repository import Unreadable
from auditor.snapshot import File, Files

_CODE = frozenset(["py", "toml", "yml", "yaml", "cfg", "ini", "sh", "r", "jl", "tf", "dockerfile", "makefile", "txt"])
"""Ends of names (or names) of files in which a line that starts with `#` is a comment; in a page it is a heading."""
_DASHES = frozenset(["sql", "lua", "hs"])
_SLASHES = frozenset(["js", "ts", "tsx", "jsx", "java", "go", "rs", "c", "cpp", "h", "scala", "kt", "cs", "swift"])


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
            elif at := _line(file, item.mentions):
                yield file.cite(at)

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


def _line(file: File, words: tuple[str, ...]) -> int:
    """The first line that says one of the words and is no comment; 0 for none. A word that starts with the comment's own mark
    is looked for in comments, too."""
    lower = tuple(w.lower() for w in words)
    mark = _mark(file)
    aloud = tuple(w for w in lower if mark and w.startswith(mark))
    for n, row in enumerate(file.lower.split("\n"), 1):
        if any(w in row for w in (aloud if mark and row.lstrip().startswith(mark) else lower)):
            return n
    return 0


def _mark(file: File) -> str:
    kind = file.suffix if file.suffix else file.name.lower()
    return "#" if kind in _CODE else "--" if kind in _DASHES else "//" if kind in _SLASHES else ""
