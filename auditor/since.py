"""What is new since an earlier audit: findings are compared by their fingerprints, which stay the same when lines move,
and by those that they had formerly."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import field
from pathlib import Path

from auditor.fingerprints import Marks
from auditor.lazy import dataclass
from auditor.models import AuditRecord, Claim, Finding, Gone, Since, Source
from auditor.stored import load_record


@dataclass(frozen=True)
class Past:
    """An earlier audit, as far as it is compared with: what stood in it as a finding."""

    submission: str
    commit: str
    commit_time: str
    made_with: tuple[str, str, str]
    findings: tuple[Gone, ...]
    marks: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """All by which each of them is known: as they were made then, before, and are made today."""

    def called(self, finding: Finding) -> str:
        """What a finding was called then; empty where there was none like it."""
        mine = {finding.fingerprint, *finding.formerly}
        if exact := next((m for m in (finding.fingerprint, *finding.formerly) if m in self.marks), ""):
            return exact
        return next((mark for mark, known in self.marks.items() if known & mine), "")


def load_past(path: Path, *, given: bool = False) -> Past:
    """The earlier audit in a record, which a user may have `given`. Raises UserError for what is none."""
    return past_of(load_record(path, given=given))


def past_of(record: AuditRecord) -> Past:
    """A record, as a later audit is compared with it."""
    verdicts = {v.id: v for v in record.verdicts}
    private = {q.n for q in record.report.questions if q.private}
    findings = []
    marks = Marks(record.report, record.evidence)
    today = Counter(marks.mark(f.rule, verdicts[f.verdict]) for f in record.findings)
    called: dict[str, frozenset[str]] = {}
    for finding in record.findings:
        if finding.standing == "finding":
            claim = verdicts[finding.verdict].claim
            own = marks.mark(finding.rule, verdicts[finding.verdict])
            # one that several have is nobody's
            called[finding.fingerprint] = frozenset(
                {finding.fingerprint, *finding.formerly, *({own} if today[own] == 1 else ())}
            )
            hidden = claim.source.kind == "question" and claim.source.n in private
            findings.append(
                Gone(
                    fingerprint=finding.fingerprint,
                    rule=finding.rule,
                    level=finding.level,
                    source=claim.source,
                    line=claim.line,
                    quote="" if hidden else claim.quote,
                    by=verdicts[finding.verdict].by,
                )
            )
    s = record.submission
    return Past(s.id, s.commit, s.commit_time, _made_with(record), tuple(findings), called)


def since(record: AuditRecord, past: Past) -> Since:
    """What is new in a record, what is still there, and what is gone. A finding that is now a mere lead, or disputed, is not
    gone: it is still spoken of."""
    here = {f.fingerprint: past.called(f) for f in record.findings if f.standing == "finding"}
    spoken_of = {past.called(f) for f in record.findings}
    names = ("auditor", "profile", "judge")
    other = [n for n, then, now in zip(names, past.made_with, _made_with(record), strict=True) if then != now]
    new = tuple(mark for mark, then in here.items() if not then)
    gone = tuple(f for f in past.findings if f.fingerprint not in spoken_of)
    return Since(
        commit=past.commit,
        commit_time=past.commit_time,
        new=new,
        still=tuple(mark for mark, then in here.items() if then),
        gone=gone,
        like=_alike(record, new, gone),
        note=f"not the same {', '.join(other)} as then, which may be the reason" if other else "",
    )


_LIKE = 0.75  # of the words: a path of four words with another name is still the same path
_PAIRS = 20  # findings of one check about one question that are compared, of each side
_WORDS = 200  # of a sentence that are compared


def _alike(record: AuditRecord, new: Collection[str], gone: Sequence[Gone]) -> dict[str, str]:
    """Which new finding is like which that is gone: of the same rule and check about the same question, in words that are nearly the
    same. So it is where a file was renamed and the report follows, or a sentence was mended and is still wrong. Each of them is like one
    at most, the likest first. A box is known by its item, and of a private answer there are no words."""
    verdicts = {v.id: v for v in record.verdicts}
    private = {q.n for q in record.report.questions if q.private}
    left: dict[tuple[str, str, Source], list[Gone]] = {}
    for g in gone:
        if g.quote and g.source.kind != "item":
            left.setdefault((g.rule, g.by, g.source), []).append(g)
    came: dict[tuple[str, str, Source], list[tuple[str, Claim]]] = {}
    for f in record.findings:
        verdict = verdicts[f.verdict]
        key = (f.rule, verdict.by, verdict.claim.source)
        hidden = verdict.claim.source.kind == "question" and verdict.claim.source.n in private
        if f.fingerprint in new and key in left and not hidden:
            came.setdefault(key, []).append((f.fingerprint, verdict.claim))
    pairs = [
        (-share, abs(claim.line - g.line), mark, g.fingerprint)
        for key, these in came.items()
        for mark, claim in these[:_PAIRS]
        for g in left[key][:_PAIRS]
        if (share := _shared(claim.quote, g.quote)) >= _LIKE
    ]
    made: dict[str, str] = {}
    for _, _, mark, then in sorted(pairs):
        if mark not in made and then not in made.values():
            made[mark] = then
    return made


def _shared(one: str, other: str) -> float:
    """The share of the words that two sentences have in common."""
    a, b = (Counter(re.findall(r"[^\W_]+", text.lower())[:_WORDS]) for text in (one, other))
    return 2 * (a & b).total() / max(a.total() + b.total(), 1)


def marked(record: AuditRecord, past: Past | None) -> AuditRecord:
    """The record with what is new in it; without, where there is nothing to compare with. A finding that was called otherwise then is
    known by that, too: it is what was decided about."""
    if past is None or record.error:
        return record.model_copy(update={"since": None})
    told = since(record, past)
    found = []
    for finding in record.findings:
        then = past.called(finding)
        new = then and then not in (finding.fingerprint, *finding.formerly)
        found.append(finding.model_copy(update={"formerly": (*finding.formerly, then)}) if new else finding)
    return record.model_copy(update={"since": told, "findings": tuple(found)})


def _made_with(record: AuditRecord) -> tuple[str, str, str]:
    judge = " ".join(filter(None, (record.judge.name, record.judge.model, record.judge.second)))
    return record.tool.version, record.profile.hash, judge
