"""What a snapshot with its report is asked without a judge: every probe, every claim, every box."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from itertools import groupby
from typing import TypeVar

from auditor import limits
from auditor.boundary import attempt
from auditor.claims import run
from auditor.claims.run import case_of, numbered, read_patterns
from auditor.claims.settle.practice import explained_boxes
from auditor.deadline import LeftOut, within
from auditor.facts.language import minimum_python
from auditor.facts.past import Memory
from auditor.facts.workflows import CI
from auditor.globs import matches
from auditor.grammar import running
from auditor.holes import Hole
from auditor.idle import idle
from auditor.injection import orders_in_report
from auditor.models import Audited, Evidence, ProbeResult, Problem, Report, Verdict
from auditor.prepared import Book, Prepared
from auditor.probes import Probe, load
from auditor.profile import Item, Profile
from auditor.prose import Prose, read_prose
from auditor.report.notes import cut_of
from auditor.rules import ADDRESSES, Idle, judge_items, lacking, remembered, unsure_of
from auditor.snapshot import File, Snapshot

T = TypeVar("T")


def examine(snapshot: Snapshot, profile: Profile, submission: Audited, judged: bool = True) -> Prepared:
    """Ask a snapshot (with its report) every probe, judge the checklist, check the prose, and number the evidence. A profile
    without a checklist asks no probe. What a document tells its users to do is an order to nobody where no judge reads it
    (`judged`)."""
    assert snapshot.report is not None
    book = Book()
    # without a checklist nothing hangs on them, and they are most of the work
    results, holes = asked(snapshot, profile, book) if profile.items else ({}, {})
    failed: list[Problem] = []
    report = snapshot.report
    prose = bounded("the sentences of the answers", failed, lambda: read_prose(report)) or Prose(report)
    many, prose = len(prose.statements), replace(prose, statements=prose.statements[: limits.SENTENCES.value])
    case = case_of(snapshot, profile, prose)
    placed, unread = read_patterns(case)
    unread += _as_code(prose)
    if many > limits.SENTENCES.value:
        unread.append(Problem(message=f"of {many:,} sentences only the first {limits.SENTENCES} are read"))
    if len(placed) > limits.CLAIMS.value:
        unread.append(Problem(message=f"of {len(placed):,} claims only the first {limits.CLAIMS} are settled"))
        placed = sorted(placed, key=lambda p: p.line)[: limits.CLAIMS.value]
    case.claims = tuple(placed)
    why = None if failed else bounded("the boxes that an answer explains", failed, lambda: explained_boxes(case))
    failed += unread
    explained = {
        item: book.enter(e)
        for item, e in (why or {}).items()
        if not _runs_in_ci(profile.items_by_id.get(item), results, book.evidence)
    }
    boxed = bool(snapshot.report.items)
    unused = bounded("what is there and not used", failed, lambda: idle(snapshot, book.evidence)) if boxed else None
    unused = unused or Idle(unsure="whether what is there is in use was not looked at")
    boxes = judge_items(snapshot.report, profile, results, book.evidence, explained, unused)
    boxes = boxes if why is not None else _unexplained(boxes, snapshot.report)
    remembers = bounded(
        "the history of the boxes", failed, lambda: _remembered(boxes, snapshot, profile, results, book)
    )
    verdicts = _without_past(boxes, snapshot.report, profile, results) if remembers is None else remembers
    typed, broken = run.settle(case, placed, book.enter)
    orders = bounded("what speaks to a judge", failed, lambda: orders_in_report(prose, book.enter))
    claimed = numbered([*(orders or ()), *typed])
    if profile.for_users and not judged:
        claimed = [v for v in claimed if v.rule not in ADDRESSES]
    failed += broken
    return Prepared(
        submission=submission,
        report=snapshot.report,
        results=tuple(results.values()),
        evidence=book.evidence,
        verdicts=(*verdicts, *claimed),
        omitted=(
            *cut_of(snapshot.files[p] for p in snapshot.report.files if p in snapshot.files),
            *_omitted(snapshot, _boxes_of(holes, verdicts, snapshot.report, profile)),
            *failed,
        ),
    )


def _as_code(prose: Prose) -> list[Problem]:
    """The answers that have sentences in a block of code, which are not read as such."""
    made = []
    for n, blocks in groupby(prose.shown_as_code(), key=lambda s: s.question.n):
        path, line = prose.report.place(next(blocks).line)
        said = f"the answer to question {n} has sentences in a block of code: what they claim is not read"
        made.append(Problem(path=path, line=line, message=said))
    return made


def asked(
    snapshot: Snapshot, profile: Profile, book: Book
) -> tuple[dict[str, ProbeResult], dict[str, tuple[Hole, ...]]]:
    """What every probe answers, and what stood in its way."""
    results: dict[str, ProbeResult] = {}
    holes: dict[str, tuple[Hole, ...]] = {}
    for id_, probe in load(profile.items).items():
        answer = probe.run(snapshot)
        holes[id_] = answer.holes
        results[id_] = ProbeResult(
            probe=id_,
            outcome=answer.outcome,
            count=answer.count,
            evidence=tuple(book.enter(e) for e in answer.evidence),
            searched=answer.searched,
            reason=answer.reason,
        )
    return results, holes


def bounded(what: str, failed: list[Problem], make: Callable[[], T]) -> T | None:
    """What a part of the audit makes; None where it fails or takes too long, and the record says so."""
    made, why = attempt(make, what)
    if why:
        failed.append(Problem(message=why))
    return made


def _unexplained(verdicts: Sequence[Verdict], report: Report) -> list[Verdict]:
    """The same verdicts where nobody looked for what the answers say of boxes: an open one is held against nobody."""
    return [
        v if i.checked or v.label != "contradicted" else unsure_of(v, "whether an answer says why was not looked at.")
        for v, i in zip(verdicts, report.items, strict=True)
    ]


def _without_past(
    verdicts: Sequence[Verdict], report: Report, profile: Profile, results: Mapping[str, ProbeResult]
) -> list[Verdict]:
    """The same verdicts where the history was not looked at: what it could show is held against nobody."""
    made = []
    for verdict, item in zip(verdicts, report.items, strict=True):
        spec = profile.items_by_id.get(item.item)
        known = spec is None or not lacking(item, spec, results)
        made.append(verdict if known else unsure_of(verdict, "the history was not looked at."))
    return made


def _runs_in_ci(spec: Item | None, results: Mapping[str, ProbeResult], evidence: Mapping[str, Evidence]) -> bool:
    """Whether a workflow shows an open box's work: it is done at every push, whatever the answer says."""
    if spec is None:
        return False
    by_name = [results[p] for p in (f"ci-{spec.id}", f"ci-runs-{spec.id}") if p in results]
    if any(r.outcome == "found" for r in by_name):
        return True
    found = [results[p] for p in (spec.open_probes or spec.probes)]
    return any(matches(evidence[e].path, CI) for r in found if r.outcome == "found" for e in r.evidence)


def _remembered(
    verdicts: Sequence[Verdict],
    snapshot: Snapshot,
    profile: Profile,
    results: Mapping[str, ProbeResult],
    book: Book,
) -> list[Verdict]:
    """The same verdicts, those on ticked boxes without anything to show for them held against the history, too."""
    assert snapshot.report is not None
    memory, probes, made = Memory(snapshot), load(profile.items), []
    for verdict, item in zip(verdicts, snapshot.report.items, strict=True):
        spec = profile.items_by_id.get(item.item)
        gone = lacking(item, spec, results) if spec else ()
        for id_ in (*gone, *(spec.weak if spec and gone else ())):
            probe = probes[id_]
            if id_ not in gone and probe.stubs:
                continue  # that the template's own is gone says nothing of the group's work
            ask = partial(memory.was_there if id_ in gone else memory.may_have_been, probe.looks_in, probe.mentions)
            try:
                past = within(f"the past of `{id_}`", limits.PIECE, partial(ask, _asking(probe)))
            except LeftOut as left:  # it may have been there
                verdict = unsure_of(verdict, f"{left}.")
                break
            if spec and past:
                fact = Evidence(kind="fact", probe=id_, note=str(past), sources=past.sources)
                piece = fact.model_copy(update={"id": book.enter(fact)})
                verdict = remembered(verdict, spec, str(past), past.days, piece)
                break
        made.append(verdict)
    return made


def _asking(probe: Probe) -> Callable[[Snapshot], tuple[Evidence, ...]]:
    return lambda then: probe.run(then).shown


def _boxes_of(
    holes: Mapping[str, tuple[Hole, ...]], verdicts: Sequence[Verdict], report: Report, profile: Profile
) -> dict[Hole, tuple[int, ...]]:
    """For each hole the boxes that are not verifiable because of it."""
    specs = {i.n: profile.items_by_id.get(i.item) for i in report.items}
    touched: dict[Hole, list[int]] = {}
    for verdict in verdicts:
        spec = specs[verdict.claim.source.n]
        if spec is None or verdict.label != "not_verifiable":
            continue
        asked = {*spec.probes, *spec.half, *spec.weak, *spec.open_probes}
        for hole in {h for probe in asked for h in holes[probe]}:
            touched.setdefault(hole, []).append(verdict.claim.source.n)
    return {hole: tuple(boxes) for hole, boxes in touched.items()}


def _omitted(snapshot: Snapshot, touched: Mapping[Hole, tuple[int, ...]]) -> list[Problem]:
    """What could not be read, made sense of or followed, each once, with the boxes that hang on it."""
    holes = [*snapshot.cut, *(Hole(path, reason) for path, reason in snapshot.unreadable().items())]
    holes += [Hole(f.path, why.removeprefix(f.path).strip()) for f in _own(snapshot) for why in f.problems.values()]
    if any("python" in f.problems for f in _own(snapshot)) and (
        asked := attempt(lambda: minimum_python(snapshot), "the Python that is asked for")[0]
    ):
        path, version = asked
        if version > sys.version_info[:2]:
            why = f"asks for Python {version[0]}.{version[1]} or newer; Python {running()} reads this, so what does not parse may be newer syntax"
            holes.append(Hole(path, why))
    return [
        Problem(path=h.path, line=h.line, message=h.reason, items=touched.get(h, ()))
        for h in sorted({*holes, *touched})
    ]


def _own(snapshot: Snapshot) -> list[File]:
    return [f for f in snapshot.files.values() if not snapshot.aside(f)]
