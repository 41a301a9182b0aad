"""Who said what of a finding and of a box, in words that every view shares."""

import shlex
from collections import Counter
from collections.abc import Mapping

from auditor.models import FILES_OF, AuditRecord, Finding, ItemLabel, Label, Standing, Verdict
from auditor.moments import shown
from auditor.rules import ADDRESSES, SECRETS

STANDINGS = {"finding": "finding", "lead": "lead", "remark": "remark", "disputed": "disputed"}
MANY = {"finding": "findings", "lead": "leads", "remark": "remarks", "disputed": "disputed"}
_OTHERS: tuple[Standing, ...] = ("lead", "remark", "disputed")
WORTH = "Worth a look: a program says so, and it may be wrong"  # how a group's own check calls leads
TITLES = {
    "lead": "Leads: nobody has settled these",
    "remark": "Remarks: so, and too small to count",
    "disputed": "Disputed: words stand against these",
}


def said_by(verdict: Verdict) -> str:
    """Who says a verdict."""
    if verdict.by == "judge":
        return (
            f"reading {verdict.reading}"
            if verdict.reading not in ("", "readings", "ruling")
            else f"the {verdict.reading or 'judge'}"
        )
    if not verdict.by.startswith("claim:"):
        return verdict.by
    kind = verdict.by.removeprefix("claim:")
    if verdict.reading == "answers":
        return f"a program ({kind}), from the sentence as a model understood it"
    return f"a program ({kind}), from the sentence itself" + (
        ", and as a model understood it" if verdict.by_model else ""
    )


def explained(record: AuditRecord, finding: Finding, verdicts: Mapping[str, Verdict]) -> str:
    """The command that explains a finding's check or probes, or else its rule; with the profile where it alone knows the probe."""
    verdict = verdicts.get(finding.verdict)
    ids: list[str] = []
    if verdict and verdict.by.startswith("claim:") and finding.rule not in ADDRESSES:
        ids = [verdict.by.removeprefix("claim:")]
    elif verdict and verdict.by == "probe":
        cited = (record.evidence[c.evidence].probe for c in verdict.citations)
        ids = list(dict.fromkeys(p for p in cited if p and not p.startswith("claim:")))[:3]
    known = record.profile.file or record.profile.name
    of = f" --profile {shlex.quote(known)}" if any(id_.startswith(FILES_OF) for id_ in ids) else ""
    return f"auditor probes {' | '.join(ids) or finding.rule}{of}"


def voice(every: Mapping[str, Verdict], finding: Finding | None, verdict: Verdict) -> str:
    """Whether a program says it, a reader of the prose (a model), or both: a program that settled what a model understood, or
    each of them by itself, or a ruling that holds it."""
    said = [every[id_] for id_ in finding.verdicts if id_ in every] if finding else []
    kinds = set()
    for v in said or [verdict]:
        kinds |= {"reader"} if v.by == "judge" else {"program", "reader"} if v.by_model else {"program"}
    if finding and finding.ruling and finding.ruling.says == "holds" and finding.ruling.moved:
        kinds.add("reader")
    return "both" if len(kinds) > 1 else kinds.pop()


def judge_of(record: AuditRecord) -> str:
    """Who judged, and what was shown and answered."""
    if record.judge.name == "none":
        return "none"
    said = [f"{record.judged} of {record.judged + len(record.unjudged)} requests answered"]
    if record.judge.answers_only:
        said.append("shown the answers alone")
    if record.claims is not None:
        stand, dropped = sum(record.claims.kinds.values()), sum(record.claims.dropped.values())
        said.append(f"{stand} statements typed" + (f", {dropped} dropped" if dropped else ""))
    return f"{record.judge.name} ({'; '.join(said)})"


def who(record: AuditRecord, finding: Finding, verdicts: Mapping[str, Verdict]) -> str:
    """Everybody who says a finding; empty where only programs were asked, and one of them says it."""
    if record.judge.name == "none":
        return ""
    return ", ".join(
        dict.fromkeys(said_by(verdicts[id_]) for id_ in finding.verdicts or (finding.verdict,) if id_ in verdicts)
    )


def ruling(record: AuditRecord, finding: Finding) -> str:
    """What the ruling says of a finding, with the words that it rests on where they are against it."""
    said = finding.ruling
    if said is None:
        return ""
    places = []
    for citation in said.citations[:2] if said.says == "disputed" else ():
        evidence = record.evidence[citation.evidence]
        where = f"{evidence.path}:{evidence.start}" if evidence.start else evidence.path
        places.append(
            f"{where} `{' '.join(citation.quote.split())[:160]}`" if where else " ".join(citation.quote.split())[:200]
        )
    kept = "" if said.moved else " (nothing moved: no words that stand)"
    return f"{said.says}{kept}: {said.why}" + (f" [{'; '.join(places)}]" if places else "")


def compared(record: AuditRecord) -> str:
    """How the findings differ from an earlier audit's, in one line; empty where none was named."""
    since = record.since
    if since is None:
        return ""
    counts = f"{len(since.new)} new, {len(since.still)} still there, {len(since.gone)} gone"
    note = f" ({since.note})" if since.note else ""
    return f"since {since.commit[:12]} of {shown(since.commit_time)}: {counts}{note}"


def is_new(record: AuditRecord, finding: Finding) -> bool:
    """Whether a finding was not there in the earlier audit that was named."""
    return record.since is not None and finding.fingerprint in record.since.new


def also(finding: Finding) -> str:
    """Where else the same fault is."""
    return "; ".join(f"line {p.line}: {' '.join(p.quote.split())[:120]}" for p in finding.also_at)


def sides(item: ItemLabel) -> str:
    """What each side says of a box, where they differ or the label is not the probe's."""
    labels = {s.label for s in item.sides}
    if item.by == "probe" and len(labels) < 2:
        return ""
    said = ", ".join(f"{s.by}: {s.label.replace('_', ' ')}{' (not believed)' if s.demoted else ''}" for s in item.sides)
    return f"{said}; stands: {item.label.replace('_', ' ')} ({item.by})"


def counts(record: AuditRecord) -> Counter[Label]:
    """Claims by label: boxes by the label that stands, sentences once, however many say the same."""
    labels: Counter[Label] = Counter(i.label for i in record.items)
    known = {i.n for i in record.items}
    stands = {f.verdict for f in record.findings if f.standing == "finding"}
    for v in record.verdicts:
        if v.by in ("form", SECRETS) or (v.claim.source.kind == "item" and v.claim.source.n in known):
            continue
        if v.label != "contradicted" or v.id in stands:
            labels[v.label] += 1
    return labels


def totals(record: AuditRecord) -> str:
    """How many findings of each level, and how many that do not count: `2 errors, 1 note; 3 leads`."""
    levels = Counter(f.level for f in record.findings if f.standing == "finding")
    found = (
        ", ".join(f"{levels[x]} {x}{'s' * (levels[x] > 1)}" for x in ("error", "warning", "note") if levels[x])
        or "none"
    )
    rest = Counter(f.standing for f in record.findings)
    words: dict[Standing, str] = {s: s if rest[s] == 1 else MANY[s] for s in _OTHERS}
    words |= {"lead": "worth a look"} if record.submission.working_tree else {}
    other = ", ".join(f"{rest[s]} {word}" for s, word in words.items() if rest[s])
    return f"{found} ({other})" if other else found
