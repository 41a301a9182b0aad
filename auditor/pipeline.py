"""The straight line from a submission to its record."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from auditor import __version__, limits
from auditor.boundary import attempt
from auditor.claims import run
from auditor.claims.run import case_of, numbered, read_patterns
from auditor.claims.settle.practice import explained_boxes
from auditor.deadline import ORDINARY, Allowance, LeftOut, May, allowed, within
from auditor.errors import UserError
from auditor.facts.language import minimum_python
from auditor.facts.past import Memory
from auditor.facts.workflows import CI
from auditor.globs import matches
from auditor.grammar import running
from auditor.handin import exposed, state_of, with_state
from auditor.holes import Hole
from auditor.idle import idle
from auditor.injection import orders_in, orders_in_report
from auditor.judges import Answer, Judge, NoJudge, Request
from auditor.judges import Usage as TokenUsage
from auditor.models import (
    Audited,
    AuditRecord,
    Evidence,
    Finding,
    ItemLabel,
    JudgeInfo,
    Named,
    ProbeResult,
    Problem,
    Report,
    Side,
    Source,
    Submission,
    Times,
    Tool,
    Usage,
    Verdict,
)
from auditor.prepared import Book, Found, Prepared, opened, with_report
from auditor.probes import Probe, load
from auditor.profile import Item, Profile
from auditor.profile_files import refuse_inside
from auditor.prose import read_prose
from auditor.report import figures_of, find_report, parse_report
from auditor.repository import locate
from auditor.rules import ADDRESSES, Idle, judge_items, lacking, remembered, report_findings, unsure_of
from auditor.snapshot import File, Snapshot

if TYPE_CHECKING:
    from auditor.judges.request import Asking

T = TypeVar("T")


def audit(
    submission: Submission,
    profile: Profile,
    judge: Judge | None = None,
    progress: Callable[[str], None] | None = None,
    asking: "Asking | None" = None,
    figures: bool = False,
    *,
    may: May = ORDINARY,
) -> AuditRecord:
    """One submission, audited. Raises UserError when it cannot be: no repository, no commit, no report. `asking` says what a
    judge is asked and shown; with `figures` the record keeps the report's images, for a page. `may` is the time and the
    memory that the work may take, without fetching a URL and what the judge takes."""
    started, clock = datetime.now(UTC), time.perf_counter()
    judge = judge or NoJudge()
    prepared = prepare(submission, profile, progress, judge.info.name != "none", asking, figures=figures, may=may)
    asked = time.perf_counter()
    answers = dict(judge.answer(prepared.requests))
    judging = time.perf_counter() - asked
    prepared = settled(prepared, profile, answers, may)
    asked = time.perf_counter()
    answers |= judge.answer(rulings(prepared, answers))
    judging = judging + time.perf_counter() - asked if prepared.requests else 0.0
    record = conclude(prepared, profile, answers, judge.info)
    times = Times(
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 3),
        judge_seconds=round(judging, 3),
    )
    return record.model_copy(update={"times": times})


def find(submission: Submission, progress: Callable[[str], None] | None = None) -> Found:
    """The commit that a submission names. A URL is fetched first."""
    before = moment(submission.before) if submission.before else None
    if submission.ref and before:
        raise UserError("--ref and --before name two commits", "give one of them")
    target = locate(submission.repo, ref=submission.ref, before=before, progress=progress)
    if before:
        then = target.repository.before(before)
        return Found(target, then.commit, then.later, (*target.notes, *then.notes))
    return Found(target, target.repository.resolve(submission.ref) if submission.ref else target.repository.head())


def prepare(
    submission: Submission,
    profile: Profile,
    progress: Callable[[str], None] | None = None,
    judged: bool = False,
    asking: "Asking | None" = None,
    *,
    found: Found | None = None,
    look: Callable[[Snapshot], None] | None = None,
    figures: bool = False,
    may: May = ORDINARY,
) -> Prepared:
    """Read the commit that the submission names (`found`, where that is known), parse its report, run probes and claim
    checks; for a judge, write the requests of the readings, as `asking` says. `look` is shown the snapshot; `figures` keeps
    the report's images."""
    found = found or find(submission, progress)
    target, commit, later = found.target, found.commit, found.later
    refuse_inside(profile, target.repository.path)
    with allowed(may) as allowance, opened(found) as snapshot:
        file = find_report(snapshot, submission.report_path, profile)
        report = parse_report(file, profile, snapshot.files, commit, target.url)
        with_report(snapshot, profile, report, target.url)
        prepared = examine(
            snapshot,
            profile,
            Audited(
                id=submission.id,
                repo=submission.repo,
                ref=submission.ref,
                before=submission.before,
                report_path=file.path,
                commit=commit,
                commit_time=snapshot.committed,
                branch=snapshot.history.default_branch,
                later_commits=later,
                url=target.url,
            ),
        )
        notes = tuple(Problem(path="git history", message=note) for note in found.notes)
        prepared = replace(prepared, omitted=(*notes, *prepared.omitted))
        if look is not None:
            look(snapshot)
        if figures:
            prepared = _with_figures(prepared, snapshot)
        if judged:
            prepared = replace(with_requests(prepared, snapshot, profile, asking), found=found)
        return _with_left_out(with_state(prepared, file, snapshot, profile), allowance)


def _with_left_out(prepared: Prepared, allowance: Allowance) -> Prepared:
    """The same with what was left out for want of time or memory."""
    left = [Problem(message=f"{what} {why}") for what, why in allowance.left_out.items()]
    said = {p.message for p in prepared.omitted}
    return replace(
        prepared,
        omitted=(*prepared.omitted, *(p for p in left if p.message not in said)),
        hurried=prepared.hurried or allowance.cut,
    )


def check(
    path: Path,
    profile: Profile,
    *,
    report_path: str = "",
    only: str = "",
    question: int = 0,
    committing: bool = False,
    figures: bool = False,
    may: May = ORDINARY,
) -> AuditRecord:
    """The working tree at a path, checked as a group would before handing in: the report's form, then the audit without a
    judge. `only` is `form` or `audit`; `question` keeps the findings of one answer; `committing` takes what is staged as
    committed, for a hook; `figures` keeps the report's images, for a page."""
    from auditor.disk import Disk, on_disk
    from auditor.form import check_form, uncommitted
    from auditor.loose_ends import loose_ends
    from auditor.moved import find_move, moved, told, without_moved
    from auditor.worktree import open_working_tree, root_of

    started, clock = datetime.now(UTC), time.perf_counter()
    root = root_of(path)
    refuse_inside(profile, root)
    with allowed(may) as allowance, open_working_tree(root) as tree:
        file = _report_on_disk(tree, root, report_path, profile)
        url = tree.repository.origin()
        report = parse_report(file, profile, tree.files, tree.commit, url)
        with_report(tree, profile, report, url)
        if question and question not in {q.n for q in report.questions}:
            numbers = [q.n for q in report.questions]
            have = f"it has {min(numbers)} to {max(numbers)}" if numbers else "it has none"
            raise UserError(f"{file.path}: no question {question}", f"{have}; give one of them with --question")
        submission = Audited(
            id=root.resolve().name,
            repo=str(path),
            report_path=file.path,
            commit=tree.commit,
            commit_time=tree.committed,
            branch=tree.history.default_branch,
            url=url,
            working_tree=True,
        )
        prepared = Prepared(submission, report, (), {}, (), ())
        if only != "form":
            prepared = examine(tree, profile, submission)
        book = Book(prepared.evidence)
        verdicts = prepared.verdicts
        changed = tree.uncommitted - (tree.staged() if committing else frozenset())
        if only != "audit":
            failed: list[Problem] = []

            def checked() -> list[Verdict]:
                disk = Disk(report, tree, tree.head, changed, tree.left_out())
                case = case_of(tree, profile, read_prose(report))
                move = None if report_path else find_move(disk, file.path, profile.collected)
                more = [*on_disk(disk, case, told(move, _told_of(report, verdicts)))]
                if move is not None:
                    more += moved(move, disk, tree.index())
                form = check_form(
                    file, report, tree, profile, book.enter, url=url, on_disk=tree.on_disk, fold=not question, more=more
                )
                named = {p: where[0].line for p in disk.new if (where := disk.naming(p))}
                aside = {p for p in changed if move and move.brought(p)}
                form += uncommitted(file, named, report, changed - aside, tree.head, verdicts, book.evidence, book.enter)
                kept = [v for v in verdicts if not _told(v, form)]
                return [*form, *kept] if move is None else without_moved(move, report, tree.files, [*form, *kept])

            verdicts = tuple(_bounded("the report's form", failed, checked) or verdicts)
            prepared = replace(prepared, omitted=(*prepared.omitted, *failed))
        failed = []
        keys = exposed(tree, book.enter, failed)
        ends = loose_ends(tree, file.path, book.enter, failed) if only != "form" else ()
        prepared = replace(prepared, omitted=(*prepared.omitted, *failed))
        verdicts = (*verdicts, *keys, *ends)
        cited = {book.evidence[c.evidence].path for v in verdicts for c in v.citations} | {file.path}
        submission = submission.model_copy(update={"uncommitted": tuple(sorted(cited & changed))})
        state, _ = attempt(lambda: state_of(file, report, tree, profile, len(keys)), "the state of the report in short")
        prepared = replace(prepared, submission=submission, evidence=book.evidence, verdicts=verdicts, state=state)
        if figures:
            prepared = _with_figures(prepared, tree)
        prepared = _with_left_out(prepared, allowance)
    record = conclude(prepared, profile, {}, JudgeInfo())
    if question:
        about = {v.id for v in verdicts if v.claim.source == Source(kind="question", n=question)}
        record = record.model_copy(update={"findings": tuple(f for f in record.findings if f.verdict in about)})
    times = Times(started=started.isoformat(timespec="seconds"), seconds=round(time.perf_counter() - clock, 3))
    return record.model_copy(update={"times": times})


def _with_figures(prepared: Prepared, snapshot: Snapshot) -> Prepared:
    figures = figures_of(prepared.report, snapshot.files)
    return replace(prepared, report=prepared.report.model_copy(update={"figures": figures}))


def _report_on_disk(tree: Snapshot, root: Path, path: str, profile: Profile) -> File:
    """The report of a working tree; `path` counts from where the user stands, or from the repository's root."""
    here = Path(path).absolute()
    if path and here.is_file() and here.is_relative_to(root.absolute()):
        path = here.relative_to(root.absolute()).as_posix()
    try:
        return find_report(tree, path, profile)
    except UserError as error:
        raise UserError(error.message.replace("in the commit", "in the working tree"), error.hint) from None


def _told_of(report: Report, verdicts: Sequence[Verdict]) -> Callable[[int, str], bool]:
    """Whether a name in a line is a link's or image's, which the form is about, or a claim's that is contradicted."""
    shown = {(i.line, i.target.removeprefix("./")) for q in report.questions for i in (*q.images, *q.links)}
    wrong = [(v.claim.line, v.claim.quote) for v in verdicts if v.label == "contradicted" and v.by.startswith("claim:")]
    return lambda line, name: (
        any(n == line and target.endswith(name) for n, target in shown)
        or any(n == line and name in quote for n, quote in wrong)
    )


def _told(verdict: Verdict, form: Sequence[Verdict]) -> bool:
    """Whether the form has a finding about the image or link that a claim check contradicts."""
    shown = any(mark in verdict.claim.quote for mark in ("](", "<img", "<a ", "://"))
    if verdict.by != "claim:file" or verdict.label != "contradicted" or not shown:
        return False
    same = [
        v for v in form if v.claim.source == verdict.claim.source and v.rule.startswith(("image", "link", "template-"))
    ]
    return any(v.claim.quote in verdict.claim.quote or v.claim.line == verdict.claim.line for v in same)


def examine(snapshot: Snapshot, profile: Profile, submission: Audited) -> Prepared:
    """Ask a snapshot (with its report) every probe, judge the checklist, check the prose, and number the evidence."""
    assert snapshot.report is not None
    book = Book()
    results: dict[str, ProbeResult] = {}
    holes: dict[str, tuple[Hole, ...]] = {}
    for id_, probe in load().items():
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
    prose = read_prose(snapshot.report)
    many, prose = len(prose.statements), replace(prose, statements=prose.statements[: limits.SENTENCES.value])
    case = case_of(snapshot, profile, prose)
    placed, unread = read_patterns(case)
    if many > limits.SENTENCES.value:
        unread.append(Problem(message=f"of {many:,} sentences only the first {limits.SENTENCES} are read"))
    if len(placed) > limits.CLAIMS.value:
        unread.append(Problem(message=f"of {len(placed):,} claims only the first {limits.CLAIMS} are settled"))
        placed = sorted(placed, key=lambda p: p.line)[: limits.CLAIMS.value]
    case.claims = tuple(placed)
    failed = [*unread]
    explained = {
        item: book.enter(e)
        for item, e in (
            _bounded("the boxes that an answer explains", failed, lambda: explained_boxes(case)) or {}
        ).items()
        if not _runs_in_ci(profile.items_by_id.get(item), results, book.evidence)
    }
    unused = _bounded("what is there and not used", failed, lambda: idle(snapshot, book.evidence))
    unused = unused or Idle(unsure="whether what is there is in use was not looked at")
    boxes = judge_items(snapshot.report, profile, results, book.evidence, explained, unused)
    remembers = _bounded(
        "the history of the boxes", failed, lambda: _remembered(boxes, snapshot, profile, results, book)
    )
    verdicts = _without_past(boxes, snapshot.report, profile, results) if remembers is None else remembers
    typed, broken = run.settle(case, placed, book.enter)
    orders = _bounded("what speaks to a judge", failed, lambda: orders_in_report(prose, book.enter))
    claimed = numbered([*(orders or ()), *typed])
    failed += broken
    return Prepared(
        submission=submission,
        report=snapshot.report,
        results=tuple(results.values()),
        evidence=book.evidence,
        verdicts=(*verdicts, *claimed),
        omitted=(*_omitted(snapshot, _boxes_of(holes, verdicts, snapshot.report, profile)), *failed),
    )


def _bounded(what: str, failed: list[Problem], make: Callable[[], T]) -> T | None:
    """What a part of the audit makes; None where it fails or takes too long, and the record says so."""
    made, why = attempt(make, what)
    if why:
        failed.append(Problem(message=why))
    return made


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
    memory, probes, made = Memory(snapshot), load(), []
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


def with_requests(prepared: Prepared, snapshot: Snapshot, profile: Profile, asking: "Asking | None" = None) -> Prepared:
    """The same with the readings that a judge is asked for, and with what packed files say to whoever judges."""
    from auditor.facts.summary import summary
    from auditor.judges.figures import shown
    from auditor.judges.request import Asking, make_brief, readings

    asking = asking or Asking()
    figures = shown(prepared.report, snapshot.files, asking.private) if asking.figures else ()
    brief = make_brief(
        snapshot, prepared.report, profile, summary(snapshot), prepared.results, prepared.evidence, asking, figures
    )
    brief, requests = readings(brief, prepared.report)
    if asking.read == "answers":  # no file goes to anybody, so that none can speak to whoever reads it
        return replace(prepared, brief=brief, requests=tuple(requests))
    book = Book(prepared.evidence)
    ordering = orders_in(((c.path, c.rows, c.lines) for c in brief.files), book.enter)
    return replace(
        prepared,
        brief=brief,
        requests=tuple(requests),
        evidence=book.evidence,
        verdicts=(*prepared.verdicts, *ordering),
    )


def settled(prepared: Prepared, profile: Profile, answers: Mapping[str, Answer], may: May = ORDINARY) -> Prepared:
    """The same with what programs settle of the claims that a judge read in the answers alone. It comes between the readings and the
    ruling, which is about these, too."""
    if prepared.brief is None:
        return prepared
    from auditor.replies import settle_claims

    with allowed(may) as allowance:
        return _with_left_out(settle_claims(prepared, profile, answers), allowance)


def _by_probe(prepared: Prepared) -> dict[int, Verdict]:
    return {v.claim.source.n: v for v in prepared.verdicts if v.by == "probe" and v.claim.source.kind == "item"}


def rulings(prepared: Prepared, answers: Mapping[str, Answer]) -> list[Request]:
    """The second requests: one ruling over everything that readings and programs found, and over the boxes on which they
    differ. None while a reading is still waited for: its list would be another."""
    if prepared.brief is None or not prepared.brief.asking.rules:
        return []
    from auditor.judges.request import ruling_requests
    from auditor.replies import read_replies
    from auditor.standing import contested, to_rule_on

    book = Book(prepared.evidence)
    read = read_replies(prepared, answers, book)
    if read.waiting or not read.any:
        return []
    found, _ = to_rule_on((*prepared.verdicts, *read.verdicts), book.evidence)
    boxes = contested(prepared.report.items, _by_probe(prepared), read.sides)
    return ruling_requests(prepared.brief, prepared.report, found, boxes)


def conclude(prepared: Prepared, profile: Profile, answers: Mapping[str, Answer], info: JudgeInfo) -> AuditRecord:
    """The record of what was prepared and answered: replies to verdicts, verdicts to findings, and who is right."""
    book = Book(prepared.evidence)
    verdicts, unjudged, judged = list(prepared.verdicts), list[Problem](), 0
    items = [ItemLabel(n=n, label=v.label, by="probe") for n, v in sorted(_by_probe(prepared).items())]
    findings = report_findings(prepared.report, profile, verdicts, book.evidence)
    if prepared.brief is not None:
        verdicts, findings, items, unjudged, judged = _judge(prepared, profile, answers, book)
    more = []
    if len(findings) > limits.FINDINGS.value:
        more = [Problem(message=f"of {len(findings):,} findings only the first {limits.FINDINGS} are kept")]
        findings = findings[: limits.FINDINGS.value]
    usage = sum((a.usage for a in answers.values()), start=TokenUsage())
    prompt = Named(name="none")
    if prepared.brief is not None:
        used = prepared.brief.asking.prompts
        prompt = Named(name=" + ".join(p.name for p in used), hash="+".join(p.hash for p in used))
        asking = prepared.brief.asking
        info = info.model_copy(update={"second": asking.second, "answers_only": asking.read == "answers"})
    return AuditRecord(
        tool=Tool(version=__version__, python=running()),
        submission=prepared.submission,
        profile=Named(name=profile.name, hash=profile.hash),
        prompt=prompt,
        judge=info,
        report=prepared.report,
        results=prepared.results,
        evidence=book.evidence,
        verdicts=tuple(verdicts),
        findings=tuple(findings),
        items=tuple(items),
        report_state=prepared.state,
        docs=profile.docs,
        claims=prepared.claims,
        omitted=(*prepared.omitted, *_left_out(prepared), *more),
        judged=judged,
        unjudged=tuple(unjudged),
        usage=Usage(
            requests=usage.requests,
            input_tokens=usage.input,
            cached_tokens=usage.cached,
            output_tokens=usage.output,
            cost=_cost(usage),
        ),
    )


def _judge(
    prepared: Prepared, profile: Profile, answers: Mapping[str, Answer], book: Book
) -> tuple[list[Verdict], list[Finding], list[ItemLabel], list[Problem], int]:
    """Verdicts, findings with their standing, labels of boxes, and what was not answered, of a submission with a judge."""
    from auditor.judges.wire import Ruled, Ruling
    from auditor.replies import name_of, read_replies
    from auditor.standing import box_verdicts, contested, label_items, stand, to_rule_on
    from auditor.verify import check_boxes, cite_all, parse

    brief = prepared.brief
    assert brief is not None
    read = read_replies(prepared, answers, book)
    verdicts = [*prepared.verdicts, *read.verdicts]
    _, numbers = to_rule_on(verdicts, book.evidence)
    probes = _by_probe(prepared)
    boxes = contested(prepared.report.items, probes, read.sides)
    unjudged, judged = list(read.unjudged), read.judged
    ruled: dict[int, Ruled] = {}
    ruled_boxes: dict[int, Side] = {}
    if brief.asking.rules:
        asked = [r.id for r in rulings(prepared, answers)]
        if read.waiting:
            unjudged.append(Problem(message="the ruling: not asked for before every reading is there"))
        for id_ in asked:
            answer = answers.get(id_, Answer(error="not asked"))
            reply = None if answer.error else parse(Ruling, answer.text)
            if reply is None:
                unjudged.append(
                    Problem(message=f"{name_of(id_)}: {answer.error or 'the reply does not fit its schema'}")
                )
                continue
            judged += 1
            for one in reply.findings:
                ruled.setdefault(one.n, one)
            said = check_boxes(reply.boxes, {b.n for b in boxes}, "ruling", brief, book.enter)
            ruled_boxes = said | ruled_boxes
    addressed = any(v.rule in ADDRESSES for v in verdicts)
    items = label_items(prepared.report.items, probes, read.sides, ruled_boxes, addressed)
    verdicts += [
        v.model_copy(update={"id": f"J{n}"})
        for n, v in enumerate(box_verdicts(prepared.report, items, book.evidence), len(read.verdicts) + 1)
    ]
    findings = stand(
        report_findings(prepared.report, profile, verdicts, book.evidence),
        verdicts,
        items,
        numbers,
        ruled,
        lambda cites: tuple(c for c, _ in cite_all(cites, brief, book.enter)[0]),
        expected=brief.asking.rules,
        addressed=addressed,
    )
    return verdicts, findings, items, unjudged, judged


def _cost(usage: TokenUsage) -> float:
    """What the answers cost at the configured prices; 0 without any."""
    if not usage.requests:
        return 0.0
    from auditor.judges.prices import prices

    configured = prices()
    return round(configured.cost(usage), 4) if configured else 0.0


def _left_out(prepared: Prepared) -> list[Problem]:
    """What the judge was not shown for want of room."""
    left = prepared.brief.omitted if prepared.brief else ()
    return [p for p in left if p.message.startswith("did not fit")]


def moment(text: str) -> datetime:
    """A point in time from ISO 8601. A date alone is the end of that day; a time without offset is local time. Raises
    UserError for anything else."""
    try:
        when = datetime.fromisoformat(text)
        with suppress(ValueError):
            date.fromisoformat(text)  # a date alone, however it is written
            when = when.replace(hour=23, minute=59, second=59)
        when = when if when.tzinfo else when.astimezone()
        when.timestamp()
    except (ValueError, OverflowError, OSError):
        raise UserError(f"--before {text}: not a time", "write it like 2026-01-23T23:59+01:00") from None
    return when
