"""What readers and settlers hand each other: a claim with its place in the report, what it is held against, and what comes out."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from functools import cached_property
from typing import Any, Literal, TypeVar

from auditor.boundary import attempt
from auditor.claims.kinds import KINDS, Strength, Typed, kind_of
from auditor.holes import watching
from auditor.lazy import dataclass
from auditor.models import ChecklistItem, Evidence, Question, Report
from auditor.probes import Answer
from auditor.probes import load as load_probes
from auditor.profile import Profile
from auditor.prose import Prose, Statement
from auditor.repository import History
from auditor.snapshot import Snapshot
from auditor.wording import by_degree, once_so, words


@dataclass(frozen=True)
class Placed:
    """A typed claim where it stands: the question whose answer makes it, the line that its quote starts on, and who read it
    (`patterns`, or `answers` for a model). Its quote is verbatim in the answer, white space aside, or stands there as `written`
    where HTML is written among its words."""

    claim: Typed
    question: Question
    line: int
    reader: str
    written: str = ""

    @property
    def quote(self) -> str:
        """Its words as they stand in the report."""
        return self.written or self.claim.quote


@dataclass
class Case:
    """What claims are held against: the snapshot of one commit, probes' answers about it, each asked once, the course's profile,
    the report, and all claims of it, whoever read them."""

    snapshot: Snapshot
    profile: Profile
    prose: Prose
    claims: tuple[Placed, ...] = ()
    _answers: dict[str, Answer] = field(default_factory=dict)
    remembered: dict[tuple[object, ...], Any] = field(
        default_factory=dict
    )  # what settlers ask of one claim again and again
    _by_claim: tuple[tuple[Placed, ...], dict[int, Placed]] = field(default=((), {}))

    @property
    def history(self) -> History:
        return self.snapshot.history

    @property
    def report(self) -> Report:
        return self.prose.report

    @cached_property
    def squeezed(self) -> list[tuple[Question, str]]:
        """The questions with their answers on one line."""
        return [(q, " ".join(q.answer.split())) for q in self.report.questions]

    def placed(self, claim: Typed) -> Placed | None:
        """The place of a claim, if it is one of the report's."""
        if self._by_claim[0] is not self.claims:
            self._by_claim = (self.claims, {id(p.claim): p for p in reversed(self.claims)})
        return self._by_claim[1].get(id(claim))

    def quoted(self, placed: Placed) -> Evidence:
        """A claim's words in the report as evidence."""
        quote = placed.quote
        note = f"the answer to question {placed.question.n}"
        path, line = self.report.place(placed.line)
        end = line + quote.count("\n")
        return Evidence(kind="excerpt", path=path, start=line, end=end, excerpt=quote, note=note)

    def answer(self, probe: str) -> Answer:
        """A probe's answer about this commit."""
        if probe not in self._answers:
            self._answers[probe] = load_probes(self.profile.items)[probe].run(self.snapshot)
        return self._answers[probe]

    def found(self, *probes: str) -> bool:
        """Whether one of the probes found something."""
        return any(self.answer(p).outcome == "found" for p in probes)

    def absent(self, *probes: str) -> bool:
        """Whether all of the probes are sure that there is nothing."""
        return all(self.answer(p).outcome == "absent" for p in probes)

    def box(self, item: str) -> ChecklistItem | None:
        """The line of the checklist for an item of the profile, if the report has it."""
        return next((i for i in self.report.items if i.item == item), None)

    def box_evidence(self, item: str) -> Evidence | None:
        """That line as evidence."""
        found = self.box(item)
        if found is None:
            return None
        path, line = (self.report.checklist, found.line) if self.report.checklist else self.report.place(found.line)
        return Evidence(
            kind="excerpt",
            path=path,
            start=line,
            end=line,
            excerpt=f"[{found.mark}] {found.text}",
            note="ticked" if found.checked else "open",
        )

    def in_table(self, box: Evidence) -> bool:
        """Whether evidence is a box of the checklist that is written as a row of a table."""
        if box.note not in ("ticked", "open"):
            return False
        line = next((i.line for i in self.report.items if f"[{i.mark}] {i.text}" == box.excerpt), 0)
        file = self.snapshot.files.get(self.report.checklist)
        rows = (file.text if file else self.report.text).split("\n")
        row = rows[line - 1] if 0 < line <= len(rows) else ""
        return row.count("|") > 1 and not any(sign in row for sign in ("[ ]", "[x]", "[X]"))


Rule = Literal["link-broken", "prose-contradicts-repository", "prose-contradicts-checklist", "prose-contradicts-prose"]


@dataclass(frozen=True)
class Settled:
    """What a settler says of a claim. `shows` is what the repository (or the report) has, with its figures, `difference` one sentence
    on how the two differ; `evidence` is what a person can open. `detail`: a number or name is off rather than the thing itself.
    `about` names the thing spoken of (`path:src/a.py`, `count:tests`): one answer gets one finding about it. `hint` is what to
    write instead, where that is known. `moved`: the folder that a path names and that is gone, and the one that has what lay in it; `gone`: the folder that a commit took
    out with all that was in it, and that commit (short, with its day).
    `softened`: what speaks for whoever wrote it, which weighs a level less. `page`: the page in which a link looks for a place that it has not (`missing`). `released`: it is asked of the last release, which
    may still have what the commit has no more. `several`: told in the words of others that share the fault."""

    label: Literal["supported", "contradicted"]
    shows: str
    evidence: tuple[Evidence, ...]
    difference: str = ""
    about: str = ""
    detail: bool = False
    rule: Rule = "prose-contradicts-repository"
    hint: str = ""
    moved: tuple[str, str] = ("", "")
    gone: tuple[str, str] = ("", "")
    page: str = ""
    missing: str = ""
    released: bool = False
    several: bool = False
    softened: str = ""


C = TypeVar("C", bound=Typed)
Function = Callable[[C, Case], Settled | None]


@dataclass(frozen=True)
class Settler:
    """Holds claims of one kind against the repository. `speaks` are the strengths whose claims it may contradict; of another it
    confirms at most. `about_holes`: that something cannot be read is what it is about."""

    kind: str
    function: Callable[[Typed, Case], Settled | None]
    speaks: tuple[Strength, ...] = ("plain",)
    about_holes: bool = False

    @property
    def id(self) -> str:
        return self.kind

    @property
    def topic(self) -> str:
        """The file that it lives in."""
        return self.function.__module__.rsplit(".", 1)[-1]

    @property
    def asks(self) -> str:
        """What claims of the kind state."""
        model = next(m for m in KINDS if kind_of(m) == self.kind)
        return " ".join((model.__doc__ or "").split()).partition(".")[0].removeprefix("States ") + "."

    @property
    def explains(self) -> str:
        """What it compares, and when it says nothing: the function's docstring."""
        return " ".join((self.function.__doc__ or "").split())

    def settle(self, claim: Typed, case: Case) -> tuple[Settled | None, str]:
        """What it says of a claim, None where that stays open, and the reason if it failed: a broken settler loses its own say and
        nothing else. A contradiction that was reached past something unread or not followed is none."""
        with watching() as watch:
            made, failure = attempt(lambda: self.function(claim, case), f"settler {self.kind}")
        if failure:
            return None, failure
        if made is None or made.label == "supported":
            return made, ""
        if claim.strength not in self.speaks or _leaves_room(claim):
            return None, ""
        if watch and not self.about_holes and made.rule == "prose-contradicts-repository":
            # a submodule somewhere else leaves alone what lines and files show that are there
            aside = set(case.snapshot.elsewhere).difference(case.snapshot.cut)
            there = all(e.path for e in made.evidence) and aside.issuperset(watch.holes)
            if not there:
                return None, ""
        return made, ""


def _leaves_room(claim: Typed) -> bool:
    """Whether the quote itself says less than the typed claim: not really, not always; or what was once so."""
    said = words(claim.quote)
    return (claim.denied and by_degree(said)) or once_so(said)


@dataclass(frozen=True)
class Reader:
    """A rigid form of statement, read without a model: a generator of typed claims, each with the statement that makes it. One
    with `topics` reads the answers to questions of these alone."""

    id: str
    function: Callable[[Prose, Case], Iterator[tuple[Statement, Typed]]]
    topics: tuple[str, ...] = ()

    @property
    def topic(self) -> str:
        """The file that it lives in."""
        return self.function.__module__.rsplit(".", 1)[-1]

    @property
    def asks(self) -> str:
        """Which forms it takes, in short."""
        return self.explains.partition(". ")[0].removesuffix(".") + "."

    @property
    def explains(self) -> str:
        """Which forms it takes, and what it leaves alone: the function's docstring."""
        return " ".join((self.function.__doc__ or "").split())

    def read(self, prose: Prose, case: Case) -> tuple[list[Placed], str]:
        """Its claims in their places, and the reason if it failed."""
        with watching():
            made, failure = attempt(
                lambda: [_placed(s, claim) for s, claim in self.function(prose, case)], f"reader {self.id}"
            )
        return made or [], failure


def _placed(statement: Statement, claim: Typed) -> Placed:
    written = statement.written(claim.quote)
    line = statement.line_of(claim.quote)
    return Placed(claim, statement.question, line, "patterns", "" if written == claim.quote else written)


SETTLERS: dict[str, Settler] = {}
READERS: dict[str, Reader] = {}


def settles(
    kind: str, *, speaks: tuple[Strength, ...] = ("plain",), about_holes: bool = False
) -> Callable[[Function[C]], Function[C]]:
    """Register a function of (claim, case) as the settler of a kind. It returns None where the claim stays open."""

    def register(function: Function[C]) -> Function[C]:
        if kind in SETTLERS:
            raise ValueError(f"two settlers of {kind}")
        SETTLERS[kind] = Settler(kind, function, speaks, about_holes)  # type: ignore[arg-type]
        return function

    return register


def reads(id: str, *topics: str) -> Callable[[Callable[[Prose, Case], Iterator[tuple[Statement, Typed]]]], Reader]:
    """Register a generator of (statement, claim) as a reader of rigid forms, in the answers to questions of these topics (else in all)."""

    def register(function: Callable[[Prose, Case], Iterator[tuple[Statement, Typed]]]) -> Reader:
        if id in READERS:
            raise ValueError(f"two readers are called {id}")
        READERS[id] = Reader(id, function, topics)
        return READERS[id]

    return register


def load() -> tuple[Mapping[str, Reader], Mapping[str, Settler]]:
    """Every reader and settler. The imports are the registry."""
    from auditor.claims import patterns, settle  # noqa: F401

    return READERS, SETTLERS


def fact(note: str, *sources: str, path: str = "") -> Evidence:
    """A computed fact with what it was computed from (`path` or `path:line`)."""
    return Evidence(kind="fact", note=note, sources=tuple(sources), path=path)


def absence(note: str) -> Evidence:
    """That something is not there, with where it was looked for."""
    return Evidence(kind="absence", note=note)


def answer_of(quote: str, case: Case) -> Question | None:
    """The first question whose answer has a quote."""
    said = " ".join(quote.split())
    found = next((q for q, answer in case.squeezed if said in answer), None)
    if found is None and (holding := case.prose.holding(said)):
        return holding.question
    return found
