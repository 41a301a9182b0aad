"""What a person decided about findings: read back in later audits of the same group, and as questions for the exam."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor import regular
from auditor.errors import UserError
from auditor.escape import code, log, plain
from auditor.models import AuditRecord, Finding, Standing, Verdict
from auditor.moments import shown

Choice = Literal["confirmed", "dismissed", "ask", "undecided"]
WORDS: dict[str, str] = {"confirmed": "confirmed", "dismissed": "dismissed", "ask": "to ask", "undecided": ""}


class Decision(BaseModel):
    """What was decided about the finding with a fingerprint: `undecided` is a note alone, or a decision taken back. `rule` and
    `claim` are there for whoever reads the file; `at` is when it was decided (UTC), empty where nobody wrote that down."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    fingerprint: str = Field(min_length=1, max_length=100)
    decision: Choice
    note: str = Field(default="", max_length=5_000)
    rule: str = ""
    claim: str = ""
    at: str = Field(default="", pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)?$")


class Decisions(BaseModel):
    """A file of decisions, as the page exports it: of one submission, known by its id or its repository's address. `history` has
    those that a later one replaced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    decisions_version: Literal["1"] = "1"
    submission: str
    url: str = ""
    decisions: tuple[Decision, ...] = ()
    history: tuple[Decision, ...] = ()

    def by_fingerprint(self) -> dict[str, Decision]:
        """The last decision about each finding."""
        return {d.fingerprint: d for d in self.decisions}


def merge(stored: Decisions, made: Iterable[Decision], now: str) -> Decisions:
    """The stored decisions with others that were made: of each finding the later one stands, and the other goes to the history.
    What has no time, or one to come, was made `now`. The same decision twice is one; a note that was only written on replaces
    its shorter self."""
    current, history = stored.by_fingerprint(), list(stored.history)
    for new in made:
        if not new.at or new.at > now:
            new = new.model_copy(update={"at": now})
        old = current.get(new.fingerprint)
        if old is None or (old.decision, old.note) == (new.decision, new.note):
            current.setdefault(new.fingerprint, new)
        elif old.at > new.at:
            if new not in history:
                history.append(new)
        else:
            if old.decision != new.decision or not new.note.startswith(old.note):
                history.append(old)
            current[new.fingerprint] = new
    return stored.model_copy(update={"decisions": tuple(current.values()), "history": tuple(history)})


def tally(fingerprints: Iterable[str], chosen: Mapping[str, Decision]) -> dict[str, int]:
    """How many findings were confirmed, are to be asked about, were dismissed, and are undecided."""
    counts = dict.fromkeys(("confirmed", "ask", "dismissed", "undecided"), 0)
    for mark in fingerprints:
        counts[chosen[mark].decision if mark in chosen else "undecided"] += 1
    return counts


def to_decide(findings: Iterable[tuple[str, Standing]], chosen: Mapping[str, Decision]) -> list[str]:
    """The fingerprints that are counted: every finding, and of leads, remarks and what is disputed that on which somebody has decided,
    since it is told like a finding from then on."""
    counted = (
        mark
        for mark, standing in findings
        if standing == "finding" or (mark in chosen and chosen[mark].decision != "undecided")
    )
    return list(dict.fromkeys(counted))


def load_decisions(path: Path, *, given: bool = False) -> Decisions:
    """The decisions in a file, which a user may have `given`. Raises UserError for anything that the page would not have written."""
    try:
        return Decisions.model_validate_json(regular.read_bytes(path, given=given))
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
    if not same_submission(decisions, ours.id, ours.url):
        raise UserError(
            f"the decisions are about {decisions.submission or 'another submission'}, the audit about {ours.id}",
            'if it is the same group, change "submission" in the file',
        )
    return made_about(record.findings, decisions)


class Known(Protocol):
    """What a decision can be about."""

    @property
    def fingerprint(self) -> str: ...
    @property
    def formerly(self) -> tuple[str, ...]: ...


def made_about(findings: Iterable[Known], decisions: Decisions | None) -> dict[str, Decision]:
    """The decisions about some findings, by today's fingerprints: that about the finding as it is known today, else as it was formerly."""
    made = decisions.by_fingerprint() if decisions else {}
    found = ((f, next((m for m in (f.fingerprint, *f.formerly) if m in made), "")) for f in findings)
    return {f.fingerprint: made[mark].model_copy(update={"fingerprint": f.fingerprint}) for f, mark in found if mark}


def without_dismissed(record: AuditRecord, chosen: Mapping[str, Decision]) -> AuditRecord:
    """The record without the findings that a person has dismissed."""
    kept = tuple(f for f in record.findings if not _is(chosen, f, "dismissed"))
    return record.model_copy(update={"findings": kept})


def questions(record: AuditRecord, chosen: Mapping[str, Decision]) -> str:
    """The questions for the oral exam as Markdown: the findings marked `to ask`, in the report's order."""
    return log("\n".join(_questions(record, chosen)) + "\n")


def question(verdict: Verdict, rule: str) -> str:
    """What an examiner could ask about a finding: the verdict's own question, or that of its rule. Nothing of the report's form: what
    is not filled in says nothing that could be asked about."""
    return verdict.ask or _ASKED.get(rule, "")


_ASKED = {
    "checked-but-absent": "Where is the work that this box stands for, and what does it do?",
    "found-but-unchecked": "The repository has this; why is the box open?",
    "prose-contradicts-repository": "Which of the two is right, and since when?",
    "prose-contradicts-checklist": "The sentence and the box differ; which is right?",
    "prose-contradicts-prose": "The two answers differ; which is right?",
    "report-addresses-a-model": "Whom is this text meant for?",
    "repository-addresses-a-model": "Whom is this text meant for?",
    "secret-in-repository": "Who could have used this key, and has it been withdrawn?",
}


def _questions(record: AuditRecord, chosen: Mapping[str, Decision]) -> Iterator[str]:
    s = record.submission
    verdicts = {v.id: v for v in record.verdicts}
    asked = [f for f in record.findings if _is(chosen, f, "ask")]
    asked.sort(key=lambda f: verdicts[f.verdict].claim.line)
    yield f"### {plain(s.id)}: questions for the oral exam"
    yield ""
    yield f"commit {code(s.commit[:12])} of {plain(shown(s.commit_time))}, report {code(s.report_path)}"
    private = {q.n for q in record.report.questions if q.private}
    for n, finding in enumerate(asked, 1):
        verdict, note = verdicts[finding.verdict], chosen[finding.fingerprint].note
        hidden = verdict.claim.source.kind == "question" and verdict.claim.source.n in private
        yield ""
        yield f"{n}. **{plain(question(verdict, finding.rule) or verdict.difference or verdict.claim.quote, 200)}**"
        if note:
            yield f"   - Note: {plain(note)}"
        quoted = "a private answer" if hidden else code(verdict.claim.quote, 300)
        path, line = record.report.spot(verdict.claim)
        yield f"   - The report says ({code(f'{path}:{line}')}): {quoted}"
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
    said = tally(to_decide(((f.fingerprint, f.standing) for f in record.findings), chosen), chosen)
    counts = ", ".join(f"{said[word]} {word}" for word in ("confirmed", "dismissed") if said[word])
    open_ = said["undecided"]
    yield ""
    yield f"{len(asked)} to ask{', ' + counts if counts else ''}, {open_} not decided. A question is no accusation."


def _is(chosen: Mapping[str, Decision], finding: Finding, choice: Choice) -> bool:
    return finding.fingerprint in chosen and chosen[finding.fingerprint].decision == choice


def same_submission(decisions: Decisions, id_: str, url: str) -> bool:
    """Whether decisions are about the submission with this id or this address."""
    return decisions.submission == id_ or (bool(url) and _address(decisions.url) == _address(url))


def _address(url: str) -> str:
    return re.sub(r"^(\w+://)?([^@/]*@)?", "", url).replace(":", "/").removesuffix("/").removesuffix(".git").lower()
