"""The straight line from a submission to its record."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from auditor import __version__, limits
from auditor.boundary import attempt
from auditor.deadline import ORDINARY, Allowance, May, allowed, needed, waiting, within, write_now
from auditor.errors import UserError
from auditor.examine import asked, examine
from auditor.grammar import running
from auditor.handin import with_state
from auditor.injection import orders_in
from auditor.judges import Answer, Judge, NoJudge, Request
from auditor.judges import Usage as TokenUsage
from auditor.missing import no_report
from auditor.models import (
    AuditRecord,
    Finding,
    ItemLabel,
    JudgeInfo,
    Named,
    Problem,
    Side,
    Submission,
    Times,
    Tool,
    Usage,
    Verdict,
)
from auditor.moments import moment
from auditor.prepared import Book, Found, Prepared, meant, opened, with_report
from auditor.profile import Profile
from auditor.profile_files import refuse_inside
from auditor.report.figures import figures_of
from auditor.report.find import NoReport, find_in_time
from auditor.report.parse import parse_in_time
from auditor.repository import Target, locate
from auditor.rules import ADDRESSES, report_findings
from auditor.snapshot import Snapshot

if TYPE_CHECKING:
    from auditor.judges.request import Asking


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
    asked = judge.info.name != "none"
    judging = 0.0
    with allowed(may):
        found = find(submission, progress)
        prepared = prepare(submission, profile, judged=asked, asking=asking, found=found, figures=figures)
        answers, seconds = _answered(judge, prepared.requests)
        prepared = settled(prepared, profile, answers)
        then, more = _answered(judge, rulings(prepared, answers))
        answers |= then
        judging = seconds + more if prepared.requests else 0.0
        record = conclude(prepared, profile, answers, judge.info)
    times = Times(
        started=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 3),
        judge_seconds=round(judging, 3),
    )
    return record.model_copy(update={"times": times})


def _answered(judge: Judge, requests: Sequence[Request]) -> tuple[dict[str, Answer], float]:
    """The answers to requests, and the seconds that they took."""
    clock = time.perf_counter()
    with waiting():
        return dict(judge.answer(requests)), time.perf_counter() - clock


def find(submission: Submission, progress: Callable[[str], None] | None = None) -> Found:
    """The commit that a submission names. A URL is fetched first, which takes none of the audit's time."""
    before = moment(submission.before) if submission.before else None
    if submission.ref and before:
        raise UserError("--ref and --before name two commits", "give one of them")
    with waiting():
        target = locate(submission.repo, ref=submission.ref, before=before, progress=progress)
    ask = partial(_commit_of, target, submission.ref, before)
    return needed(lambda: within("finding the commit", limits.OPENING, ask))


def _commit_of(target: Target, ref: str, before: datetime | None) -> Found:
    if before:
        then = target.repository.before(before)
        return Found(target, then.commit, then.later, (*target.notes, *then.notes))
    return Found(target, target.repository.resolve(ref) if ref else target.repository.head())


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
    target, commit = found.target, found.commit
    refuse_inside(profile, target.repository.path)
    with allowed(may) as allowance, needed(lambda: opened(found)) as snapshot:
        try:
            file = find_in_time(snapshot, submission.report_path, profile)
        except NoReport as error:
            raise no_report(error, found, submission, profile, snapshot.committed) from None
        report, read = parse_in_time(file, profile, snapshot.files, commit, target.url)
        with_report(snapshot, profile, report, target.url)
        prepared = examine(snapshot, profile, meant(submission, found, file.path, snapshot.committed), judged=judged)
        notes = tuple(Problem(path="git history", message=note) for note in found.notes)
        prepared = replace(prepared, omitted=(*notes, *prepared.omitted))
        if look is not None:
            look(snapshot)
        if figures:
            prepared = with_figures(prepared, snapshot)
        if judged and read:
            prepared = replace(_with_requests_in_time(prepared, snapshot, profile, asking), found=found)
        placed = not submission.report_path
        prepared = with_state(prepared, file, snapshot, profile, placed=placed, read=read)
        return with_left_out(prepared, allowance)


def with_left_out(prepared: Prepared, allowance: Allowance) -> Prepared:
    """The same with what was left out for want of time or memory."""
    left = [Problem(message=f"{what} {why}") for what, why in allowance.left_out.items()]
    said = {p.message for p in (*prepared.omitted, *prepared.unasked)}
    return replace(
        prepared,
        omitted=(*prepared.omitted, *(p for p in left if p.message not in said)),
        hurried=prepared.hurried or allowance.cut,
        spent=allowance.spent,
    )


def with_figures(prepared: Prepared, snapshot: Snapshot) -> Prepared:
    figures, _ = attempt(lambda: figures_of(prepared.report, snapshot.files), "the images of the report")
    if figures is None:
        return prepared
    return replace(prepared, report=prepared.report.model_copy(update={"figures": figures}))


def _with_requests_in_time(
    prepared: Prepared, snapshot: Snapshot, profile: Profile, asking: "Asking | None"
) -> Prepared:
    """As `with_requests`; where that fails or takes too long, no judge is asked, and the record says so."""
    write = partial(with_requests, prepared, snapshot, profile, asking)
    made, why = attempt(write, "writing the judge's requests", share=limits.ASKING)
    return made or replace(prepared, unasked=(Problem(message=why),))


def with_requests(prepared: Prepared, snapshot: Snapshot, profile: Profile, asking: "Asking | None" = None) -> Prepared:
    """The same with the readings that a judge is asked for, and with what packed files say to whoever judges."""
    from auditor.facts.summary import summary
    from auditor.judges.figures import shown
    from auditor.judges.request import Asking, make_brief, readings

    asking = asking or Asking()
    if not prepared.results:  # a profile without a checklist: what they point at is what a judge is shown first
        book = Book(prepared.evidence)
        results, _ = asked(snapshot, profile, book)
        prepared = replace(prepared, results=tuple(results.values()), evidence=book.evidence)
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

    with allowed(may, prepared.spent) as allowance:
        return with_left_out(settle_claims(prepared, profile, answers), allowance)


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
    write_now()
    book = Book(prepared.evidence)
    verdicts, unjudged, judged = list(prepared.verdicts), [*prepared.unasked], 0
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
        profile=profile.told,
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
    """What the judge was not shown for want of room, and which words of the report for somebody's name."""
    if prepared.brief is None:
        return []
    return [*(p for p in prepared.brief.omitted if p.message.startswith("did not fit")), *prepared.brief.veiled]
