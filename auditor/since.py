"""What is new since an earlier audit: findings are compared by their fingerprints, which stay the same when lines move."""

from pathlib import Path

from auditor.lazy import dataclass
from auditor.models import AuditRecord, Gone, Since
from auditor.stored import load_record


@dataclass(frozen=True)
class Past:
    """An earlier audit, as far as it is compared with: what stood in it as a finding."""

    submission: str
    commit: str
    commit_time: str
    made_with: tuple[str, str, str]
    findings: tuple[Gone, ...]


def load_past(path: Path) -> Past:
    """The earlier audit in a record. Raises UserError for what is none."""
    return past_of(load_record(path))


def past_of(record: AuditRecord) -> Past:
    """A record, as a later audit is compared with it."""
    verdicts = {v.id: v for v in record.verdicts}
    private = {q.n for q in record.report.questions if q.private}
    findings = []
    for finding in record.findings:
        if finding.standing == "finding":
            claim = verdicts[finding.verdict].claim
            hidden = claim.source.kind == "question" and claim.source.n in private
            findings.append(
                Gone(
                    fingerprint=finding.fingerprint,
                    rule=finding.rule,
                    level=finding.level,
                    source=claim.source,
                    line=claim.line,
                    quote="" if hidden else claim.quote,
                )
            )
    s = record.submission
    return Past(s.id, s.commit, s.commit_time, _made_with(record), tuple(findings))


def since(record: AuditRecord, past: Past) -> Since:
    """What is new in a record, what is still there, and what is gone. A finding that is now a mere lead, or disputed, is not
    gone: it is still spoken of."""
    known = {f.fingerprint for f in past.findings}
    here = dict.fromkeys(f.fingerprint for f in record.findings if f.standing == "finding")
    spoken_of = {f.fingerprint for f in record.findings}
    names = ("auditor", "profile", "judge")
    other = [n for n, then, now in zip(names, past.made_with, _made_with(record), strict=True) if then != now]
    return Since(
        commit=past.commit,
        commit_time=past.commit_time,
        new=tuple(mark for mark in here if mark not in known),
        still=tuple(mark for mark in here if mark in known),
        gone=tuple(f for f in past.findings if f.fingerprint not in spoken_of),
        note=f"not the same {', '.join(other)} as then, which may be the reason" if other else "",
    )


def marked(record: AuditRecord, past: Past | None) -> AuditRecord:
    """The record with what is new in it; without, where there is nothing to compare with."""
    return record.model_copy(update={"since": since(record, past) if past and not record.error else None})


def _made_with(record: AuditRecord) -> tuple[str, str, str]:
    judge = " ".join(filter(None, (record.judge.name, record.judge.model, record.judge.second)))
    return record.tool.version, record.profile.hash, judge
