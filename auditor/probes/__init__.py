"""Probes: yes-or-no questions to a repository, each answered with evidence.

A probe is a decorated generator of Evidence. It receives only the files that its globs (and words) let through, without
what is no work of the group's: the course's own files, run output, a template's untouched stub. Its outcome is derived:
any evidence means `found`; else, if it failed or something in its scope could not be read, `unknown`; else `absent`.
Probes never run anything, never use the network and never ask a model.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from auditor import limits
from auditor.boundary import attempt
from auditor.holes import Hole, unsure, watching
from auditor.lazy import dataclass
from auditor.models import Evidence, Outcome, Searched
from auditor.readers.comments import spoken
from auditor.readers.python import Module, python
from auditor.readers.text import readable
from auditor.said import will_ask
from auditor.snapshot import File, Files, Snapshot

if TYPE_CHECKING:
    from auditor.probes.course import Declared

NAMED = 20  # files that a record names of those that a probe looked at

Function = Callable[[Files], Iterator[Evidence]]


@dataclass(frozen=True)
class Answer:
    """What a probe found, before its evidence is numbered. `count` is of all that was found, `evidence` the first few."""

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    count: int
    searched: Searched
    reason: str = ""
    holes: tuple[Hole, ...] = ()

    @property
    def shown(self) -> tuple[Evidence, ...]:
        """The evidence that it is there; none where it was not found."""
        return self.evidence if self.outcome == "found" else ()


@dataclass(frozen=True)
class Probe:
    """One question with the scope in which it is answered."""

    id: str
    asks: str
    looks_in: tuple[str, ...]
    function: Function
    mentions: tuple[str, ...] = ()
    stubs: bool = False
    all: bool = False

    @property
    def explains(self) -> str:
        """What counts and what does not: the function's docstring."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def topic(self) -> str:
        """The file of `auditor.probes` that it lives in, or the folder."""
        return self.function.__module__.removeprefix("auditor.probes.").partition(".")[0]

    def run(self, snapshot: Snapshot) -> Answer:
        """Ask the question of a snapshot. A failure of the probe itself makes the outcome unknown."""
        with watching() as watch:
            chosen: list[Files] = []

            def look() -> list[Evidence]:
                chosen[:] = [snapshot.select(self.looks_in, self.mentions, stubs=self.stubs, all=self.all)]
                return list(self.function(chosen[0]))

            # a broken probe, or one that takes too long, costs certainty, never the run
            found, reason = attempt(look, f"the probe `{self.id}`", "the probe")
        files = chosen[0].named() if chosen else ()
        searched = Searched(globs=self.looks_in, files=len(files), paths=tuple(f.path for f in files[:NAMED]))
        if found:
            kept = tuple(e.model_copy(update={"probe": self.id}) for e in found[: limits.EVIDENCES.value])
            return Answer("found", kept, len(found), searched)
        if reason or watch:
            unsure(*watch.holes)  # whoever asked is as unsure
            why = reason or "; ".join(str(h) for h in watch.holes[:3])
            return Answer("unknown", (), 0, searched, why, watch.holes)
        absence, reason = attempt(lambda: self._absence(searched, chosen[0], snapshot), f"what `{self.id}` looked at")
        if absence is None:
            return Answer("unknown", (), 0, searched, reason)
        return Answer("absent", (absence,), 0, searched)

    def _absence(self, searched: Searched, files: Files, snapshot: Snapshot) -> Evidence:
        """That nothing was found, with the files that were looked at and, where the probe goes by words, the line that
        comes nearest."""

        def absence(what: str, *sources: str) -> Evidence:
            return Evidence(kind="absence", probe=self.id, note=f"{self.asks} No: {what}.", sources=sources)

        if not self.looks_in:
            return absence("nothing in the git history shows it")
        globs = [g for g in self.looks_in if not g.startswith("!")]
        where = ", ".join(f"`{g}`" for g in globs[:3]) + (", ..." if len(globs) > 3 else "")
        others = f" (and {len(self.mentions) - 4} more)" if len(self.mentions) > 4 else ""
        words = " or ".join(f"`{w}`" for w in self.mentions[:4]) + others
        if not searched.files:
            with watching():
                stubs = (
                    () if self.stubs or self.all else snapshot.select(self.looks_in, self.mentions, stubs=True).named()
                )
            said = tuple(f for f in stubs if f.size)  # the template has empty files, too
            if stubs:
                names = [f.path for f in (said or stubs)[:NAMED]]
                more = f" and {len(said or stubs) - 3} more" if len(said or stubs) > 3 else ""
                what = "only the template's untouched ones" if said else "only what is empty"
                return absence(f"{what}: {', '.join(names[:3])}{more}", *names)
        near = files.near or (_mention(files, self.mentions) if self.mentions else "")
        nearest = f"nearest is {near}{', ' * bool(files.why)}{files.why}"
        if not searched.files:
            what = f"no file that matches {where} mentions {words}" if words else f"no file matches {where}"
            return absence(f"{what}; {nearest}", near) if near else absence(what)
        sources = ([near] if near else []) + [p for p in searched.paths if p != near.rsplit(":", 1)[0]]
        many = searched.files > 1
        path = searched.paths[0]
        looked = f"none of the {searched.files} files that match"
        if not many:
            looked = (
                "not in the one file that matches"
                if near.startswith(f"{path}:")
                else f"not in {path}, the one file that matches"
            )
            if state := _empty(files.paths[path]):
                looked = f"{path} {state}, the one file that matches"
        mention = f" and {'mention' if many else 'mentions'} {words}" if words else ""
        what = f"{looked} {where}{mention}"
        return absence(f"{what}; {nearest}" if near else what, *sources)


_FEW = 2  # words; of more, the first line that has one of them says nothing
_WIDE = 200  # characters; a longer line is data
_COMMENTS = ("#", "//", "<!--", "*", ";", "--")


def _mention(files: Files, words: tuple[str, ...]) -> str:
    """The line that names one of a probe's few words, as `path:line`: the first of code, else the first that is neither a
    comment nor of a notebook. Where there are many words, there is none."""
    if len(words) > _FEW:
        return ""
    lower = [w.lower() for w in words]
    other = ""
    for file in files:
        text = file.lower
        if not any(w in text for w in lower):
            continue
        module = python(file) if file.suffix in ("py", "ipynb") else None
        names = file.once("names of the code", lambda: tuple(_names(module))) if module else ()  # noqa: B023
        if named := min((line for name, line in names if any(w in name for w in lower)), default=0):
            return f"{file.path}:{named}"
        if file.suffix == "ipynb" or other:
            continue
        rows = [
            (row.lstrip().startswith(_COMMENTS), i)
            for i, row in enumerate(text.split("\n"), 1)
            if len(row) <= _WIDE and any(w in row for w in lower)
        ]
        other = f"{file.path}:{min(rows)[1]}" if rows else ""
    return other


def _names(module: Module) -> Iterator[tuple[str, int]]:
    """The names that code uses, in small letters, with their lines: no strings, no comments."""
    yield from ((name.lower(), line) for name, line in module.imports.items())
    for node in module.nodes:
        if isinstance(node, ast.Name):
            yield node.id.lower(), node.lineno
        elif isinstance(node, ast.Attribute):
            yield node.attr.lower(), node.lineno
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name.lower(), node.lineno
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg.lower(), node.value.lineno


PROBES: dict[str, Probe] = {}


def probe(
    id: str,
    *,
    asks: str,
    looks_in: tuple[str, ...],
    mentions: tuple[str, ...] = (),
    stubs: bool = False,
    all: bool = False,
) -> Callable[[Function], Function]:
    """Register a generator of Evidence as the probe `id`.

    `mentions`: words (any case) of which a file must contain at least one to be looked at; any evidence must need one.
    `stubs`: a template's untouched files count too. `all`: so do course material and run output.
    """

    def register(function: Function) -> Function:
        if id in PROBES:
            raise ValueError(f"two probes are called {id}")
        will_ask(mentions)
        PROBES[id] = Probe(id, asks, looks_in, function, mentions, stubs, all)
        return function

    return register


def _empty(file: File) -> str:
    """That a file says nothing, in words; empty for one that does, or that cannot be read."""
    if not file.size or (readable(file) and not file.text.strip()):
        return "is empty"
    return "has nothing but comments" if readable(file) and not any(row.strip() for row in spoken(file)) else ""


def is_hollow(file: File) -> bool:
    """Whether a file whose name is the evidence holds next to nothing. One that could not be read (a pointer of Git LFS, an
    object that is missing here) is not."""
    return file.size < 200 and (readable(file) or file.why_skipped == "binary")


def load(items: "Iterable[Declared]" = ()) -> dict[str, Probe]:
    """Every probe by id, with those that a course's items declare. The imports are the registry."""
    from auditor.probes import (  # noqa: F401
        atwork,
        cloud,
        config,
        containers,
        course,
        data,
        deps,
        docs,
        history,
        monitoring,
        quality,
        scaling,
        serving,
        signs,
        tests,
        tracking,
        unlisted,
        ways,
        workflows,
    )

    # by topic, whatever was imported first: the numbers of evidence depend on it
    return {p.id: p for p in sorted(PROBES.values(), key=lambda p: p.topic)} | course.declared(items)
