"""One record against its answer key, and many of them together."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

from auditor.evaluate.keys import Entry, Judged, Key
from auditor.evaluate.matching import Spot, hits, spots
from auditor.models import AuditRecord, Finding, Label, Level, Record, Standing, Usage, Verdict
from auditor.rules import SECRETS
from auditor.trust import speakers, wilson

Status = Literal["match", "holds", "level", "petty", "twice", "wrong", "accepted", "false", "unjudged"]
Finder = Literal["probe", "claim", "judge", "form"]
GOOD: frozenset[str] = frozenset({"match", "accepted", "holds", "level"})
"""What precision counts as holding. Petty ones and repetitions are none of it, nor wrong; what nobody judged counts against it."""
WRONG: frozenset[str] = frozenset({"wrong", "false"})
T = TypeVar("T")


class Wanted(Record):
    """A contradiction of the key, and who found it; `found_by` is empty where nobody did."""

    id: str
    where: str
    quote: str
    kind: str
    severity: str
    certainty: str
    found_by: tuple[str, ...] = ()
    finders: tuple[Finder, ...] = ()


class Read(Record):
    """A finding of the record, and what the key says of it: a `match` of the contradictions `matches`, judged (`holds`,
    `level`, `petty`, `twice`, `wrong`), `accepted`, `false` (the key confirms the statement or rejects the finding), or
    `unjudged`. `by` is who says it first, `speakers` all who do."""

    verdict: str
    fingerprint: str
    rule: str
    level: Level
    standing: Standing
    by: str
    finder: Finder
    speakers: tuple[str, ...]
    where: str
    line: int
    quote: str
    difference: str
    status: Status
    matches: tuple[str, ...] = ()


class BoxRead(Record):
    """A box of the key with the label it should have, and the one that stands in the record; empty where it has none."""

    n: int
    text: str
    want: Label
    got: Label | Literal[""]


class Scored(Record):
    """One submission, held against its key. `findings` are those of the standings that were asked for, `others` the rest."""

    key: str
    repo: str
    commit: str
    judge: str
    wanted: tuple[Wanted, ...]
    findings: tuple[Read, ...]
    others: tuple[Read, ...]
    boxes: tuple[BoxRead, ...]
    usage: Usage
    unjudged: int


class Rate(Record):
    """How many of how many, with the Wilson interval (95 %) of the share."""

    n: int
    of: int
    low: float
    high: float

    @classmethod
    def counted(cls, which: Iterable[bool]) -> "Rate":
        """The rate of what is so."""
        all_ = list(which)
        low, high = wilson(sum(all_), len(all_))
        return cls(n=sum(all_), of=len(all_), low=round(low, 4), high=round(high, 4))


Rates = dict[str, dict[str, Rate]]


class Evaluation(Record):
    """The figures of many submissions: which contradictions were found (`recall`), which findings hold (`precision`), which
    boxes are labelled as in the key, each in all and by what divides them; how often each status occurs; and the submissions."""

    standings: tuple[str, ...]
    judges: tuple[str, ...]
    recall: Rates
    precision: Rates
    boxes: dict[str, Rate]
    statuses: dict[str, int]
    disputed_matches: int
    disputed_others: int
    usage: Usage
    submissions: tuple[Scored, ...]


def score(key: Key, record: AuditRecord, standings: Collection[str] = ("finding",)) -> Scored:
    """What a record has of what its key wants, and what the key says of each of its findings."""
    by_id = {v.id: v for v in record.verdicts}
    reads = [
        _read(key, record, finding, verdict, [by_id[v] for v in finding.verdicts if v in by_id] or [verdict])
        for finding in record.findings
        if (verdict := by_id[finding.verdict]).label == "contradicted" and verdict.by not in ("form", SECRETS)
    ]
    counted = tuple(r for r in reads if r.standing in standings)
    labels = _labels(record)
    return Scored(
        key=key.name,
        repo=key.repo,
        commit=record.submission.commit,
        judge=" ".join(p for p in (record.judge.name, record.judge.model) if p),
        wanted=tuple(
            Wanted(
                id=c.id,
                where=c.where,
                quote=c.quote,
                kind=c.kind or "-",
                severity=c.severity,
                certainty=c.certainty,
                found_by=_once(s for r in counted if c.id in r.matches for s in r.speakers),
                finders=_once(_finder(s) for r in counted if c.id in r.matches for s in r.speakers),
            )
            for c in key.contradictions
        ),
        findings=counted,
        others=tuple(r for r in reads if r.standing not in standings),
        boxes=tuple(BoxRead(n=b.n, text=b.text, want=b.verdict, got=labels.get(b.n, "")) for b in key.checklist),
        usage=record.usage,
        unjudged=len(record.unjudged),
    )


def _once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _read(key: Key, record: AuditRecord, finding: Finding, verdict: Verdict, saying: Sequence[Verdict]) -> Read:
    places = spots(record, finding, verdict)
    matches = tuple(c.id for c in key.contradictions if hits(places, c, key.checklist))
    source = verdict.claim.source
    where = {"item": f"checklist {source.n}", "question": f"Q{source.n}"}.get(source.kind, "report")
    said = _once(s for v in saying for s in speakers(v, finding.rule, record.evidence)) or (verdict.by,)
    return Read(
        verdict=verdict.id,
        fingerprint=finding.fingerprint,
        rule=finding.rule,
        level=finding.level,
        standing=finding.standing,
        by=verdict.by,
        finder=_finder(verdict.by),
        speakers=said,
        where=where,
        line=verdict.claim.line,
        quote=verdict.claim.quote,
        difference=verdict.difference or verdict.repo_shows,
        status="match" if matches else _status(key, finding, verdict.by, places),
        matches=matches,
    )


def _status(key: Key, finding: Finding, by: str, places: Sequence[Spot]) -> Status:
    """What the key says of a finding that is none of its contradictions. What was judged of this very finding goes before
    what is said of its place."""

    def among(entries: Iterable[Entry]) -> bool:
        return any(hits(places, e, key.checklist) for e in entries)

    same = [j for j in key.judged if j.fingerprint in (finding.fingerprint, *finding.formerly)]
    same += [j for j in key.judged if _alike(j, finding, by) and hits(places, j, key.checklist)]
    if same:
        return same[0].says
    if among(key.accepted):
        return "accepted"
    return "false" if among((*key.true_claims, *key.rejected)) else "unjudged"


def _alike(judged: Judged, finding: Finding, by: str) -> bool:
    return (judged.rule, judged.by) == (finding.rule, by)


def _finder(speaker: str) -> Finder:
    """Who that is: whatever has no other name is a probe."""
    return _FINDERS.get(speaker.partition(":")[0], "probe")


_FINDERS: dict[str, Finder] = {"claim": "claim", "reader": "claim", "judge": "judge", "form": "form"}


def _labels(record: AuditRecord) -> dict[int, Label]:
    """The label that stands for each box: who gave it last, or, in a record that does not say, the probes'."""
    labels: dict[int, Label] = {}
    for v in record.verdicts:
        n = v.claim.source.n
        if v.claim.source.kind == "item" and (v.by == "probe" or n not in labels):
            labels[n] = v.label
    return labels | {i.n: i.label for i in record.items}


def evaluate(scored: Sequence[Scored], standings: Collection[str] = ("finding",)) -> Evaluation:
    """The figures of many submissions together."""
    wanted = [w for s in scored for w in s.wanted]
    findings = [f for s in scored for f in s.findings]
    boxes = [b for s in scored for b in s.boxes]
    disputed = [f for s in scored for f in s.others if f.standing == "disputed"]
    finders: tuple[Finder, ...] = ("probe", "claim", "judge")
    recall: Rates = {
        "": {"all": Rate.counted(bool(w.found_by) for w in wanted)},
        "severity": _by(wanted, lambda w: w.severity, lambda w: bool(w.found_by)),
        "certainty": _by(wanted, lambda w: w.certainty, lambda w: bool(w.found_by)),
        "severity and certainty": _by(wanted, lambda w: f"{w.severity} and {w.certainty}", lambda w: bool(w.found_by)),
        "kind": _by(wanted, lambda w: w.kind, lambda w: bool(w.found_by)),
        "finder": {f: Rate.counted(f in w.finders for w in wanted) for f in finders},
    }

    def good(read: Read) -> bool:
        return read.status in GOOD

    precision: Rates = {
        "": {"all": Rate.counted(good(f) for f in findings)},
        "level": _by(findings, lambda f: f.level, good),
        "rule": _by(findings, lambda f: f.rule, good),
        "finder": _by(findings, lambda f: f.finder, good),
        "speaker": _by([(s, f) for f in findings for s in f.speakers], lambda p: p[0], lambda p: good(p[1])),
    }
    statuses: dict[str, int] = dict.fromkeys(STATUSES, 0)
    for f in findings:
        statuses[f.status] += 1
    return Evaluation(
        standings=tuple(standings),
        judges=_once(s.judge for s in scored),
        recall=recall,
        precision=precision,
        boxes={
            "as in the key": Rate.counted(b.want == b.got for b in boxes),
            "contradicted, found": Rate.counted(b.got == "contradicted" for b in boxes if b.want == "contradicted"),
            "called contradicted, so": Rate.counted(b.want == "contradicted" for b in boxes if b.got == "contradicted"),
        },
        statuses=statuses,
        disputed_matches=sum(f.status == "match" for f in disputed),
        disputed_others=sum(f.status != "match" for f in disputed),
        usage=_sum([s.usage for s in scored]),
        submissions=tuple(scored),
    )


STATUSES: tuple[Status, ...] = (
    "match",
    "holds",
    "level",
    "accepted",
    "petty",
    "twice",
    "wrong",
    "false",
    "unjudged",
)


def _by(values: Sequence[T], group: Callable[[T], str], so: Callable[[T], bool]) -> dict[str, Rate]:
    """The rate of each group, the largest first."""
    groups: dict[str, list[bool]] = {}
    for value in values:
        groups.setdefault(group(value), []).append(so(value))
    return {name: Rate.counted(groups[name]) for name in sorted(groups, key=lambda g: (-len(groups[g]), g))}


def _sum(usages: Sequence[Usage]) -> Usage:
    return Usage(
        requests=sum(u.requests for u in usages),
        input_tokens=sum(u.input_tokens for u in usages),
        cached_tokens=sum(u.cached_tokens for u in usages),
        output_tokens=sum(u.output_tokens for u in usages),
        cost=round(sum(u.cost for u in usages), 4),
    )


def counted(scored: Scored) -> Mapping[str, tuple[int, int]]:
    """Of each speaker, how many contradictions the key judges and how many of these hold, whatever their standing: who speaks
    in leads can still earn a voice. What is accepted says nothing of a speaker; what is petty does not hold."""
    made: dict[str, tuple[int, int]] = {}
    for read in (*scored.findings, *scored.others):
        if read.status in ("accepted", "unjudged"):
            continue
        holds = read.status in ("match", "holds", "level", "twice")
        for speaker in read.speakers:
            judged, held = made.get(speaker, (0, 0))
            made[speaker] = (judged + 1, held + holds)
    return made
