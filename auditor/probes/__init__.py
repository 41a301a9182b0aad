"""Probes: yes-or-no questions to a repository, each answered with evidence.

A probe is a decorated generator of Evidence. It receives only the files that its globs (and words) let through, without
what is no work of the group's: the course's own files, run output, a template's untouched stub. Its outcome is derived:
any evidence means `found`; else, if it failed or something in its scope could not be read, `unknown`; else `absent`.
Probes never run anything, never use the network and never ask a model.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.models import Evidence, Outcome, Searched
from auditor.snapshot import Files, Snapshot

KEPT = 6  # pieces of evidence that a record keeps of one probe

Function = Callable[[Files], Iterator[Evidence]]


@dataclass(frozen=True)
class Answer:
    """What a probe found, before its evidence is numbered. `count` is of all that was found, `evidence` the first few."""

    outcome: Outcome
    evidence: tuple[Evidence, ...]
    count: int
    searched: Searched
    reason: str = ""


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
        """The file that it lives in."""
        return self.function.__module__.rsplit(".", 1)[-1]

    def run(self, snapshot: Snapshot) -> Answer:
        """Ask the question of a snapshot. A failure of the probe itself makes the outcome unknown."""
        files = snapshot.select(self.looks_in, self.mentions, stubs=self.stubs, all=self.all)
        found: list[Evidence] = []
        reason = ""
        try:
            found = list(self.function(files))
        except Exception as error:  # one of the three boundaries: a broken probe costs certainty, never the run
            reason = f"the probe failed: {type(error).__name__}: {error}"
        searched = Searched(globs=self.looks_in, files=len(files))
        if found:
            kept = tuple(e.model_copy(update={"probe": self.id}) for e in found[:KEPT])
            return Answer("found", kept, len(found), searched, reason)
        unread = [f"{path}: {why}" for path, why in files.unread.items() if why != "binary"]
        broken = [problem for file in files.chosen for problem in file.problems.values()]
        if reason or unread or broken:
            return Answer("unknown", (), 0, searched, (reason or "; ".join([*broken, *unread][:3])))
        return Answer("absent", (self._absence(searched),), 0, searched)

    def _absence(self, searched: Searched) -> Evidence:
        if not self.looks_in:
            return Evidence(kind="absence", probe=self.id, note=f"{self.asks} No: nothing in the git history shows it.")
        globs = [g for g in self.looks_in if not g.startswith("!")]
        where = ", ".join(f"`{g}`" for g in globs[:3]) + (", ..." if len(globs) > 3 else "")
        words = " that has " + " or ".join(f"`{w}`" for w in self.mentions[:4]) if self.mentions else ""
        if not searched.files:
            return Evidence(kind="absence", probe=self.id, note=f"{self.asks} No: no file matches {where}{words}.")
        files = f"none of the {searched.files} files" if searched.files > 1 else "not in the one file"
        return Evidence(kind="absence", probe=self.id, note=f"{self.asks} No: {files} matching {where}{words}.")


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
        PROBES[id] = Probe(id, asks, looks_in, function, mentions, stubs, all)
        return function

    return register


def load() -> dict[str, Probe]:
    """Every probe by id. The imports are the registry."""
    from auditor.probes import (  # noqa: F401
        cloud,
        config,
        containers,
        data,
        deps,
        docs,
        history,
        monitoring,
        quality,
        scaling,
        serving,
        tests,
        tracking,
        workflows,
    )

    # by topic, whatever was imported first: the numbers of evidence depend on it
    return {p.id: p for p in sorted(PROBES.values(), key=lambda p: p.topic)}
