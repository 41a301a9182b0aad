"""A submission on its way from its commit to its record: what was found of it, and how its repository is opened."""

import hashlib
from collections.abc import Mapping
from functools import cached_property, partial
from typing import TYPE_CHECKING

from auditor import limits
from auditor.boundary import attempt
from auditor.deadline import within
from auditor.facts.copied import spoken_of
from auditor.gitsnapshot import OpenSnapshot, open_snapshot
from auditor.judges import Request
from auditor.lazy import dataclass
from auditor.models import Audited, Evidence, ProbeResult, Problem, ReadClaims, Report, ReportState, Submission, Verdict
from auditor.profile import Profile
from auditor.repository import Target
from auditor.snapshot import Snapshot

if TYPE_CHECKING:
    from auditor.judges.request import Brief


@dataclass(frozen=True)
class Found:
    """A submission's repository on this machine, the commit of it that is meant, how many came later, and what is odd
    about that."""

    target: Target
    commit: str
    later: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prepared:
    """A submission, read, probed and checked: everything that a verdict may rest on, and what a judge is to be asked, or why it cannot be
    (`unasked`). `found` is where its repository lies, for a second look."""

    submission: Audited
    report: Report
    results: tuple[ProbeResult, ...]
    evidence: dict[str, Evidence]
    verdicts: tuple[Verdict, ...]
    omitted: tuple[Problem, ...]
    brief: "Brief | None" = None
    requests: tuple[Request, ...] = ()
    unasked: tuple[Problem, ...] = ()
    found: Found | None = None
    claims: ReadClaims | None = None
    state: ReportState | None = None
    hurried: bool = False  # something was left out for want of time or memory
    spent: float = 0.0  # seconds of the audit's time


def meant(submission: Submission, found: Found, path: str = "", committed: str = "") -> Audited:
    """What a submission is, as far as it is known before anything of it is read."""
    repository = found.target.repository
    return Audited(
        id=submission.id,
        repo=submission.repo,
        ref=submission.ref,
        before=submission.before,
        due=submission.due,
        report_path=path or submission.report_path,
        commit=found.commit,
        commit_time=committed or repository.committed(found.commit),
        branch=repository.default_branch(),
        later_commits=found.later,
        url=found.target.url,
    )


def opened(found: Found) -> OpenSnapshot:
    """The commit, with its history and its files listed. Raises LeftOut where that takes too long (see `auditor.deadline`)."""
    target = found.target
    ask = partial(open_snapshot, known_branches=target.branches, known_tags=target.tags)
    return within("opening the commit", limits.OPENING, partial(ask, target.repository, found.commit))


def with_report(snapshot: Snapshot, profile: Profile, report: Report, url: str) -> None:
    """Tell a snapshot its report, which is no evidence of itself, and may speak of another repository than the one at `url`."""
    own = {p for p in report.files if not profile.is_own_page(p)}
    snapshot.set_aside = lambda f: "course material" if f.path in own else profile.set_aside(f)
    snapshot.report = report
    copied, _ = attempt(lambda: spoken_of(snapshot, url), "whose repository the report speaks of")
    snapshot.beyond = (copied,) if copied else ()


class Book:
    """Gives evidence its ids, which come from its content: a new probe changes no other id."""

    def __init__(self, known: Mapping[str, Evidence] | None = None) -> None:
        self.evidence: dict[str, Evidence] = dict(known or {})

    @cached_property
    def _ids(self) -> dict[tuple[object, ...], str]:
        return {_content(e): id_ for id_, e in self.evidence.items()}

    def enter(self, piece: Evidence) -> str:
        """The id of a piece of evidence: `E` and seven hex digits, more where another piece has those."""
        content = _content(piece)
        if content not in self._ids:
            what = (piece.probe, piece.kind, piece.path, piece.start, piece.end, piece.excerpt, piece.note)
            digest = hashlib.sha256("\0".join(map(str, what)).encode("utf-8", "surrogatepass")).hexdigest()
            id_ = next(i for n in range(7, 65) if (i := "E" + digest[:n]) not in self.evidence)
            self._ids[content] = id_
            self.evidence[id_] = piece.model_copy(update={"id": id_})
        return self._ids[content]


def _content(piece: Evidence) -> tuple[object, ...]:
    """All that a piece of evidence says, without its id."""
    return tuple(value for name, value in piece if name != "id")
