"""The straight line from a submission to its record."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from auditor import __version__
from auditor.claims.settle import settle
from auditor.errors import UserError
from auditor.models import (
    Audited,
    AuditRecord,
    Evidence,
    Named,
    ProbeResult,
    Problem,
    Report,
    Submission,
    Times,
    Tool,
    Verdict,
)
from auditor.probes import load
from auditor.profile import Profile
from auditor.prose import read_prose
from auditor.report import find_report, parse_report
from auditor.rules import judge_items, report_findings
from auditor.snapshot import File, Snapshot, locate, open_snapshot


@dataclass(frozen=True)
class Prepared:
    """A submission, read and probed: everything that a verdict may rest on."""

    submission: Audited
    report: Report
    results: tuple[ProbeResult, ...]
    evidence: dict[str, Evidence]
    verdicts: tuple[Verdict, ...]
    omitted: tuple[Problem, ...]


def audit(submission: Submission, profile: Profile, progress: Callable[[str], None] | None = None) -> AuditRecord:
    """One submission, audited. Raises UserError when it cannot be: no repository, no commit, no report."""
    started, clock = datetime.now(UTC), time.perf_counter()
    record = conclude(prepare(submission, profile, progress), profile)
    times = Times(started=started.isoformat(timespec="seconds"), seconds=round(time.perf_counter() - clock, 3))
    return record.model_copy(update={"times": times})


def prepare(submission: Submission, profile: Profile, progress: Callable[[str], None] | None = None) -> Prepared:
    """Read the commit that the submission names, parse its report, run the probes. A URL is fetched first."""
    before = moment(submission.before) if submission.before else None
    target = locate(submission.repo, ref=submission.ref, before=before, progress=progress)
    repository, later = target.repository, 0
    if submission.ref and before:
        raise UserError("--ref and --before name two commits", "give one of them")
    if before:
        commit, later = repository.before(before)
    else:
        commit = repository.resolve(submission.ref) if submission.ref else repository.head()
    with open_snapshot(repository, commit, known_branches=target.branches) as snapshot:
        file = find_report(snapshot, submission.report_path)
        snapshot.set_aside = lambda f: "course material" if f is file else profile.set_aside(f)
        snapshot.report = parse_report(file, profile, snapshot.files, commit, target.url)
        return examine(
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


def examine(snapshot: Snapshot, profile: Profile, submission: Audited) -> Prepared:
    """Ask a snapshot (with its report) every probe, judge the checklist, check the prose, and number the evidence."""
    assert snapshot.report is not None
    book = _Book()
    results: dict[str, ProbeResult] = {}
    for id_, probe in load().items():
        answer = probe.run(snapshot)
        results[id_] = ProbeResult(
            probe=id_,
            outcome=answer.outcome,
            count=answer.count,
            evidence=tuple(book.enter(e) for e in answer.evidence),
            searched=answer.searched,
            reason=answer.reason,
        )
    verdicts = judge_items(snapshot.report, profile, results, book.evidence)
    claimed, failed = settle(read_prose(snapshot.report), snapshot, book.enter)
    return Prepared(
        submission=submission,
        report=snapshot.report,
        results=tuple(results.values()),
        evidence=book.evidence,
        verdicts=(*verdicts, *claimed),
        omitted=(*_omitted(snapshot), *failed),
    )


class _Book:
    """Numbers evidence in the order that it comes in; the same piece of the same probe keeps its number."""

    def __init__(self) -> None:
        self.evidence: dict[str, Evidence] = {}
        self._ids: dict[Evidence, str] = {}

    def enter(self, piece: Evidence) -> str:
        """The id of a piece of evidence."""
        if piece not in self._ids:
            self._ids[piece] = f"E{len(self._ids) + 1}"
            self.evidence[self._ids[piece]] = piece.model_copy(update={"id": self._ids[piece]})
        return self._ids[piece]


def _omitted(snapshot: Snapshot) -> list[Problem]:
    """What could not be read, or not be made sense of."""
    problems = [Problem(path=path, message=reason) for path, reason in snapshot.unreadable().items()]
    problems += [Problem(path=f.path, message=why) for f in _own(snapshot) for why in f.problems.values()]
    return sorted(problems, key=lambda p: (p.path, p.message))


def _own(snapshot: Snapshot) -> list[File]:
    return [f for f in snapshot.files.values() if not snapshot.aside(f)]


def conclude(prepared: Prepared, profile: Profile) -> AuditRecord:
    """The record of what was prepared: verdicts to findings."""
    return AuditRecord(
        tool=Tool(version=__version__),
        submission=prepared.submission,
        profile=Named(name=profile.name, hash=profile.hash),
        report=prepared.report,
        results=prepared.results,
        evidence=prepared.evidence,
        verdicts=prepared.verdicts,
        findings=tuple(report_findings(prepared.report, profile, prepared.verdicts, prepared.evidence)),
        omitted=prepared.omitted,
    )


def moment(text: str) -> datetime:
    """A point in time from ISO 8601. A date alone is the end of that day; a time without offset is local time. Raises
    UserError for anything else."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise UserError(f"--before {text}: not a time", "write it like 2026-01-23T23:59+01:00") from None
    if len(text) == 10:
        when = when.replace(hour=23, minute=59, second=59)
    return when if when.tzinfo else when.astimezone()
