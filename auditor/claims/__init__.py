"""Claim checks: concrete statements of the prose, settled against the repository without a model.

A check is a decorated generator. It finds its kind of statement in the answers and yields what settles it, with the
statement's own words and the settling evidence. A check that is not sure says nothing: a false alarm costs a group an
accusation. Checks see a `Repo`: the snapshot, and any probe's answer about it.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from auditor.holes import Watch, watching
from auditor.models import Evidence, Label, Report
from auditor.probes import Answer
from auditor.probes import load as load_probes
from auditor.prose import Prose, Statement
from auditor.repository import History
from auditor.snapshot import Snapshot


@dataclass
class Repo:
    """What a check may look at: the snapshot of one commit, and probes' answers about it, each asked once."""

    snapshot: Snapshot
    _answers: dict[str, Answer] = field(default_factory=dict)

    @property
    def history(self) -> History:
        return self.snapshot.history

    def answer(self, probe: str) -> Answer:
        """A probe's answer about this commit."""
        if probe not in self._answers:
            self._answers[probe] = load_probes()[probe].run(self.snapshot)
        return self._answers[probe]

    def found(self, *probes: str) -> bool:
        """Whether one of the probes found something."""
        return any(self.answer(p).outcome == "found" for p in probes)

    def absent(self, *probes: str) -> bool:
        """Whether all of the probes are sure that there is nothing."""
        return all(self.answer(p).outcome == "absent" for p in probes)


@dataclass(frozen=True)
class Settled:
    """What a check says of a statement.

    `quote` is verbatim in the statement (empty: the whole of it). `about` names the thing spoken of (`path:src/a.py`,
    `count:tests`): one answer gets one finding about it. `detail`: a number or name is off, rather than something claimed
    that is not there or denied that is. `rule` is the rule that reports it.
    """

    statement: Statement
    about: str
    shows: str
    difference: str
    evidence: tuple[Evidence, ...]
    quote: str = ""
    label: Label = "contradicted"
    detail: bool = False
    rule: str = "prose-contradicts-repository"

    def rests_past(self, watch: Watch, snapshot: Snapshot) -> bool:
        """Whether what was not read or followed could settle it otherwise. The report's own words it cannot; and a
        submodule somewhere else leaves alone what lines and files show that are there."""
        if not watch or self.rule in _REPORTS_OWN:
            return False
        return not (all(e.path for e in self.evidence) and set(watch.holes) <= set(snapshot.elsewhere))

    @property
    def said(self) -> str:
        """The words that the report is held to."""
        return self.quote or self.statement.text


_REPORTS_OWN = ("prose-contradicts-checklist", "prose-contradicts-prose")
Function = Callable[[Prose, Repo], Iterator[Settled]]


@dataclass(frozen=True)
class Check:
    """One kind of statement with the function that settles it."""

    id: str
    asks: str
    function: Function
    about_holes: bool = False

    @property
    def explains(self) -> str:
        """What it takes as such a statement, what settles it, and what it leaves alone: the function's docstring."""
        return " ".join((self.function.__doc__ or "").split())

    @property
    def topic(self) -> str:
        """The file that it lives in."""
        return self.function.__module__.rsplit(".", 1)[-1]

    def run(self, prose: Prose, repo: Repo) -> tuple[list[Settled], str]:
        """What the check settles, and the reason if it failed: a broken check loses its own say and nothing else.

        A contradiction that was reached past something unread or not followed is none (see `Settled.rests_past`)."""
        settled = []
        try:
            with watching() as watch:
                for piece in self.function(prose, repo):
                    if piece.label != "contradicted" or self.about_holes or not piece.rests_past(watch, repo.snapshot):
                        settled.append(piece)
            return settled, ""
        except Exception as error:
            return [], f"claim check {self.id} failed: {type(error).__name__}: {error}"


CHECKS: dict[str, Check] = {}


def check(id: str, *, asks: str, about_holes: bool = False) -> Callable[[Function], Function]:
    """Register a generator of Settled as the claim check `id`. `about_holes`: that a file cannot be read is what it is about."""

    def register(function: Function) -> Function:
        if id in CHECKS:
            raise ValueError(f"two claim checks are called {id}")
        CHECKS[id] = Check(id, asks, function, about_holes)
        return function

    return register


def load() -> Mapping[str, Check]:
    """Every check by id. The imports are the registry."""
    from auditor.claims import (  # noqa: F401
        ci,
        ci_matrix,
        ci_tools,
        commands,
        containers,
        counts,
        coverage,
        history,
        paths,
        quality,
        reproducibility,
        structure,
        tools,
    )

    return {c.id: c for c in sorted(CHECKS.values(), key=lambda c: c.topic)}


def fact(note: str, *sources: str, path: str = "") -> Evidence:
    """A computed fact with what it was computed from (`path` or `path:line`)."""
    return Evidence(kind="fact", note=note, sources=tuple(sources), path=path)


def absence(note: str) -> Evidence:
    """That something is not there, with where it was looked for."""
    return Evidence(kind="absence", note=note)


def item_evidence(report: Report, item: str) -> Evidence | None:
    """The line of the report's checklist that shows an item, as evidence for prose against boxes."""
    found = next((i for i in report.items if i.item == item), None)
    if found is None:
        return None
    return Evidence(
        kind="excerpt",
        path=report.path,
        start=found.line,
        end=found.line,
        excerpt=f"[{found.mark}] {found.text}",
        note="ticked" if found.checked else "open",
    )
