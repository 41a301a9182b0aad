"""What a person decided about findings: read back in later audits of the same group, and as questions for the exam."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor.errors import UserError
from auditor.models import AuditRecord, Finding, Verdict
from auditor.render.markdown import code, plain

Choice = Literal["confirmed", "dismissed", "ask"]
WORDS: dict[str, str] = {"confirmed": "confirmed", "dismissed": "dismissed", "ask": "to ask"}


class Decision(BaseModel):
    """What was decided about the finding with a fingerprint. `rule` and `claim` are there for whoever reads the file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str
    decision: Choice
    note: str = Field(default="", max_length=5_000)
    rule: str = ""
    claim: str = ""


class Decisions(BaseModel):
    """A file of decisions, as the page exports it: of one submission, known by its id or its repository's address."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decisions_version: Literal["1"] = "1"
    submission: str
    url: str = ""
    decisions: tuple[Decision, ...] = ()

    def by_fingerprint(self) -> dict[str, Decision]:
        """The last decision about each finding."""
        return {d.fingerprint: d for d in self.decisions}


def load_decisions(path: Path) -> Decisions:
    """The decisions in a file. Raises UserError for anything that the page would not have written."""
    try:
        return Decisions.model_validate_json(path.read_bytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})", "give the path of exported decisions") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "the file"
        raise UserError(
            f"{path}: not a file of decisions ({where}: {first['msg']})", "export it from the page of the submission"
        ) from None


def decided(record: AuditRecord, decisions: Decisions) -> dict[str, Decision]:
    """The decisions about the record's findings, by fingerprint. Raises UserError where they are another group's: the
    same box without its work has the same fingerprint everywhere."""
    ours = record.submission
    same = decisions.submission == ours.id or (bool(ours.url) and _address(decisions.url) == _address(ours.url))
    if not same:
        raise UserError(
            f"the decisions are about {decisions.submission or 'another submission'}, the audit about {ours.id}",
            'if it is the same group, change "submission" in the file',
        )
    known = {f.fingerprint for f in record.findings}
    return {f: d for f, d in decisions.by_fingerprint().items() if f in known}


def without_dismissed(record: AuditRecord, chosen: Mapping[str, Decision]) -> AuditRecord:
    """The record without the findings that a person has dismissed."""
    kept = tuple(f for f in record.findings if not _is(chosen, f, "dismissed"))
    return record.model_copy(update={"findings": kept})


def questions(record: AuditRecord, chosen: Mapping[str, Decision]) -> str:
    """The questions for the oral exam as Markdown: the findings marked `to ask`, in the report's order."""
    return "\n".join(_questions(record, chosen)) + "\n"


def question(verdict: Verdict, rule: str) -> str:
    """What an examiner could ask about a finding: the verdict's own question, or one made of its parts."""
    if verdict.ask:
        return verdict.ask
    return _ASKED.get(rule, "How does what the report says fit with what the repository shows?")


_ASKED = {
    "checked-but-absent": "Where is the work that this box stands for, and what does it do?",
    "found-but-unchecked": "The repository has this; why is the box open?",
    "prose-contradicts-repository": "Which of the two is right, and since when?",
    "prose-contradicts-checklist": "The sentence and the box differ; which is right?",
    "prose-contradicts-prose": "The two answers differ; which is right?",
    "report-addresses-a-model": "Whom is this text meant for?",
}


def _questions(record: AuditRecord, chosen: Mapping[str, Decision]) -> Iterator[str]:
    s = record.submission
    verdicts = {v.id: v for v in record.verdicts}
    asked = [f for f in record.findings if _is(chosen, f, "ask")]
    asked.sort(key=lambda f: verdicts[f.verdict].claim.line)
    yield f"### {plain(s.id)}: questions for the oral exam"
    yield ""
    yield f"commit {code(s.commit[:12])} of {plain(s.commit_time[:16].replace('T', ' '))}, report {code(s.report_path)}"
    private = {q.n for q in record.report.questions if q.private}
    for n, finding in enumerate(asked, 1):
        verdict, note = verdicts[finding.verdict], chosen[finding.fingerprint].note
        hidden = verdict.claim.source.kind == "question" and verdict.claim.source.n in private
        yield ""
        yield f"{n}. **{plain(question(verdict, finding.rule))}**"
        if note:
            yield f"   - Note: {plain(note)}"
        said = "a private answer" if hidden else code(verdict.claim.quote, 300)
        path, line = record.report.at(verdict.claim.source, verdict.claim.line)
        yield f"   - The report says ({code(f'{path}:{line}')}): {said}"
        if hidden:
            continue
        places = [record.evidence[c.evidence] for c in verdict.citations[:3]]
        where = ", ".join(code(f"{e.path}:{e.start}" if e.start else e.path) for e in places if e.path)
        shows = re.sub(r"\.$", "", plain(verdict.repo_shows, 400))
        yield f"   - The repository shows: {shows or 'see the citation'}{f' ({where})' if where else ''}."
        if verdict.difference:
            yield f"   - Difference: {plain(verdict.difference, 400)}"
    if not asked:
        yield ""
        yield "No finding is marked to be asked about."
    others = [WORDS[d.decision] for d in chosen.values() if d.decision != "ask"]
    counts = ", ".join(f"{others.count(word)} {word}" for word in ("confirmed", "dismissed") if word in others)
    open_ = sum(f.fingerprint not in chosen for f in record.findings)
    yield ""
    yield f"{len(asked)} to ask{', ' + counts if counts else ''}, {open_} not decided. A question is no accusation."


def _is(chosen: Mapping[str, Decision], finding: Finding, choice: Choice) -> bool:
    return finding.fingerprint in chosen and chosen[finding.fingerprint].decision == choice


def _address(url: str) -> str:
    return re.sub(r"^(\w+://)?([^@/]*@)?", "", url).replace(":", "/").removesuffix("/").removesuffix(".git").lower()
