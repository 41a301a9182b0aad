"""What is reported: from a checkbox and its probes to a verdict, and from verdicts to findings."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from auditor.fingerprints import Marks, one_fault, told_apart
from auditor.lazy import dataclass
from auditor.models import (
    AuditRecord,
    ChecklistItem,
    Citation,
    Claim,
    Evidence,
    Finding,
    Label,
    Level,
    Place,
    ProbeResult,
    Report,
    Rule,
    Source,
    Standing,
    Verdict,
)
from auditor.profile import Item, Profile
from auditor.trust import Trust, speakers

_FORM = "A matter of form, which the group can mend before handing in."
RULES: dict[str, Rule] = {
    r.id: r
    for r in (
        Rule(
            id="checked-but-absent",
            title="A ticked box whose work is not in the repository",
            level="error",
            help="Look where the finding says it was looked for. If the work lies elsewhere, ask the group where.",
            hint="Commit the work that the box stands for, or untick it. An open box is no fault.",
        ),
        Rule(
            id="found-but-unchecked",
            title="An open box whose work is in the repository",
            level="note",
            help="Not a fault: the group may have forgotten the box, or may not count what is there.",
            hint="Tick the box if you count this as done; leave it if not.",
        ),
        Rule(
            id="prose-contradicts-repository",
            title="A sentence that the repository contradicts",
            level="error",
            help="A warning where only a number or name is off, or where the sentence was true when it was written.",
            hint="Write what the repository shows, or change the repository: the two must agree.",
        ),
        Rule(
            id="report-addresses-a-model",
            title="The report speaks to a language model or grader",
            level="error",
            help="Read it. It has had no effect on this audit.",
            hint="Write for the people who read the report, and take this out.",
        ),
        Rule(
            id="repository-addresses-a-model",
            title="A file of the repository speaks to a language model or grader",
            level="warning",
            help="Read it. It has had no effect on this audit.",
            hint="Take it out, or say what it is for where it stands.",
        ),
        Rule(
            id="prose-contradicts-checklist",
            title="A sentence that the report's own checklist contradicts",
            level="error",
            help="One of the two is wrong; ask the group which.",
            hint="Change the sentence or the box, whichever is wrong.",
        ),
        Rule(
            id="prose-contradicts-prose",
            title="Two answers that contradict each other",
            level="warning",
            help="One of the two is wrong; ask the group which.",
            hint="Make the two answers say the same.",
        ),
        Rule(
            id="secret-in-repository",
            title="A key in clear text in the repository",
            level="error",
            help="Anybody who can read the repository can use it, whatever the report says of keys. Tell the group at once: it has to be withdrawn where it was made. One level lower where it may be made up: in code of tests, a saved page, the output of a notebook, beside a certificate for local development, in a document; only a place to look in one that speaks to users. The value is not shown.",
            hint="Withdraw the key where it was made: it stays in the history. Then take it out, and read it from the environment.",
        ),
        # The report's form. `audit` tells the first ones, too; of the others each is told by `check` only. Each finding
        # brings its own hint.
        Rule(id="answer-missing", title="A question without an answer", level="error", help=_FORM),
        Rule(id="question-missing", title="A question of the template that is gone", level="error", help=_FORM),
        Rule(id="placeholder-left", title="A placeholder or filler instead of text", level="error", help=_FORM),
        Rule(id="question-twice", title="Two questions with one number", level="warning", help=_FORM),
        Rule(id="checklist-missing", title="A report without the template's checklist", level="error", help=_FORM),
        Rule(id="item-missing", title="A checklist without some of the template's items", level="warning", help=_FORM),
        Rule(id="item-twice", title="An item that stands twice in the checklist", level="warning", help=_FORM),
        Rule(id="conflict-markers", title="Marks of a merge that was not finished", level="error", help=_FORM),
        Rule(id="image-count", title="Another number of images than asked for", level="error", help=_FORM),
        Rule(id="image-not-found", title="An image that leads to no file", level="error", help=_FORM),
        Rule(id="image-not-rendered", title="An image that does not show", level="error", help=_FORM),
        Rule(id="template-figure-left", title="The template's example figure as an image", level="error", help=_FORM),
        Rule(id="fence-unbalanced", title="A code block that never ends", level="error", help=_FORM),
        Rule(id="checklist-blank", title="No checklist, or one with no box ticked", level="error", help=_FORM),
        Rule(id="report-encoding", title="A report that is not saved as UTF-8 text", level="warning", help=_FORM),
        Rule(id="answer-too-short", title="An answer shorter than asked for", level="warning", help=_FORM),
        Rule(id="answer-too-long", title="An answer longer than asked for", level="warning", help=_FORM),
        Rule(id="template-text-left", title="Text of the template within an answer", level="warning", help=_FORM),
        Rule(id="question-changed", title="A question that is not as in the template", level="warning", help=_FORM),
        Rule(id="item-changed", title="A checklist that is not as in the template", level="warning", help=_FORM),
        Rule(id="mark-unclear", title="A box marked neither done nor open", level="warning", help=_FORM),
        Rule(id="link-broken", title="A link that leads nowhere", level="warning", help=_FORM),
        Rule(id="group-unclear", title="A group or study number that cannot be read", level="warning", help=_FORM),
        Rule(
            id="not-committed", title="A file that the report relies on is not committed", level="warning", help=_FORM
        ),
        Rule(
            id="file-not-there", title="A file that the report names and that is not there", level="warning", help=_FORM
        ),
        Rule(
            id="report-moved",
            title="A report that is not where the course collects it",
            level="error",
            help=_FORM,
        ),
        Rule(
            id="report-elsewhere",
            title="A report that lies where the course does not collect it",
            level="warning",
            help=_FORM,
        ),
        Rule(
            id="docker-copy-missing",
            title="A docker file that copies what the commit has not",
            level="note",
            help="The image cannot be built from a fresh clone, unless something fetches it that nobody could see.",
        ),
        Rule(
            id="secret-in-history",
            title="A key that was taken out and is still in the history",
            level="note",
            help="Whoever can clone the repository can use it. The value is not shown.",
        ),
        Rule(id="image-elsewhere", title="An image kept outside the repository", level="note", help=_FORM),
    )
}
LEVELS: tuple[Level, ...] = ("error", "warning", "note")
STANDINGS: tuple[Standing, ...] = ("finding", "lead", "remark", "disputed")
SECRETS = "secrets"  # who says that there is a key in clear text
UNFINISHED = frozenset(
    [
        "answer-missing",
        "placeholder-left",
        "question-missing",
        "question-twice",
        "checklist-missing",
        "checklist-blank",
        "item-missing",
        "item-twice",
        "conflict-markers",
        "report-elsewhere",
    ]
)  # of the form what an audit tells, too: what there is nothing to audit in
ADDRESSES = ("report-addresses-a-model", "repository-addresses-a-model")
_LONG = 20  # items of a list; where fewer than a quarter are ticked it was not kept, and an open box says nothing


@dataclass(frozen=True)
class Idle:
    """Evidence, by id, that is of no code at work. `stopped` says why its module cannot be imported: it is no reason to tick a
    box, and only a sign for a ticked one. `others` stands in lines that somebody else wrote (a template, a package taken
    over): no reason to tick a box. `unsure` says why neither is known: then no open box is told to be ticked, nor to be
    right."""

    stopped: Mapping[str, str] = field(default_factory=dict)
    others: frozenset[str] = frozenset()
    unsure: str = ""

    def without(self, results: Mapping[str, ProbeResult], ids: Iterable[str], open_: bool) -> dict[str, ProbeResult]:
        """The results of some probes with what is left of their evidence, absent where nothing is."""
        made: dict[str, ProbeResult] = {}
        for id_ in ids:
            result = made[id_] = results[id_]
            if result.outcome != "found":
                continue
            if open_ and self.unsure:
                made[id_] = result.model_copy(update={"outcome": "unknown", "reason": self.unsure})
                continue
            left = [e for e in result.evidence if e not in self.stopped and not (open_ and e in self.others)]
            if len(left) == len(result.evidence):
                continue
            gone = len(result.evidence) - len(left)
            if left:
                made[id_] = result.model_copy(update={"evidence": tuple(left), "count": result.count - gone})
            elif result.count == gone:  # all of it was kept, and none is left
                made[id_] = result.model_copy(update={"outcome": "absent"})
        return made


class _Shown:
    """What the probes of one item show: whether they suffice, and with what evidence."""

    def __init__(self, ids: Sequence[str], require: str, results: Mapping[str, ProbeResult]) -> None:
        outcomes = {i: results[i] for i in ids}
        self.found = [r for r in outcomes.values() if r.outcome == "found"]
        self.absent = [r for r in outcomes.values() if r.outcome == "absent"]
        self.unknown = [r for r in outcomes.values() if r.outcome == "unknown"]
        enough = len(self.found) == len(outcomes) if require == "all" else bool(self.found)
        self.holds = enough and bool(outcomes)
        # `all` is refuted by one absence, `any` only when nothing is left unknown.
        self.refuted = not self.holds and (bool(self.absent) if require == "all" else not self.unknown)


def judge_items(
    report: Report,
    profile: Profile,
    results: Mapping[str, ProbeResult],
    evidence: Mapping[str, Evidence],
    explained: Mapping[str, str] | None = None,
    idle: Idle | None = None,
) -> list[Verdict]:
    """One verdict for each checklist item, in file order, with ids V1, V2, ... An item that stands twice is judged once: by
    its ticked line, else by its first. `explained` has the evidence (by id) of an answer that says why an item (by its id in
    the profile) is open; `idle` says which evidence is of no code at work."""
    why = explained or {}
    idle = idle or Idle()
    judged = judged_once(report)
    return [
        _twice(i, judged[i.item])
        if i.item and judged[i.item] is not i
        else _judge(f"V{i.n}", i, profile.items_by_id.get(i.item), results, evidence, why.get(i.item, ""), idle)
        for i in report.items
    ]


def judged_once(report: Report) -> dict[str, ChecklistItem]:
    """The line that each item is judged by, by the item's id: its ticked one, else its first."""
    judged: dict[str, ChecklistItem] = {}
    for item in report.items:
        if item.item and (item.item not in judged or (item.checked and not judged[item.item].checked)):
            judged[item.item] = item
    return judged


def _twice(item: ChecklistItem, other: ChecklistItem) -> Verdict:
    claim = Claim(source=Source(kind="item", n=item.n), quote=item.text, line=item.line)
    difference = f"The item stands twice; it is judged where it is {'ticked' if other.checked else 'first'}, in line {other.line}."
    return Verdict(
        id=f"V{item.n}",
        claim=claim,
        label="not_verifiable",
        report_says=box_says(item),
        difference=difference,
        by="probe",
    )


def box_says(item: ChecklistItem) -> str:
    """What the box says, with its mark where that is not the template's."""
    said = "ticked" if item.checked else "neither ticked nor open" if item.partly else "open"
    return said if item.mark.strip() in ("", "x", "X") else f"{said} (marked [{item.mark.strip()}])"


def _judge(
    id_: str,
    item: ChecklistItem,
    spec: Item | None,
    results: Mapping[str, ProbeResult],
    evidence: Mapping[str, Evidence],
    explained: str,
    idle: Idle,
) -> Verdict:
    claim = Claim(source=Source(kind="item", n=item.n), quote=item.text, line=item.line)
    says = box_says(item)

    def verdict(label: Label, shown: Iterable[ProbeResult], shows: str, difference: str = "") -> Verdict:
        cited = [evidence[e] for r in shown for e in r.evidence[:3]]
        return Verdict(
            id=id_,
            claim=claim,
            label=label,
            citations=tuple(Citation(evidence=e.id, quote=e.excerpt or e.note) for e in cited),
            report_says=says,
            repo_shows=shows,
            difference=difference,
            by="probe",
        )

    if spec is None:
        return verdict("not_verifiable", (), "", "The profile does not know this item.")
    if not spec.observable:
        return verdict("not_verifiable", (), spec.unseen)
    shown = _Shown(spec.probes, spec.require, results)
    if item.checked:
        if shown.holds:
            working = _Shown(spec.probes, spec.require, idle.without(results, spec.probes, open_=False))
            if working.holds or spec.once:  # what is done once may have stopped working since
                there = working.found if working.holds else shown.found
                return verdict("supported", there, _places(there, evidence))
            stops = next(idle.stopped[e] for r in shown.found for e in r.evidence if e in idle.stopped)
            shows = f"{_places(shown.found, evidence)}; {stops}."
            return verdict("not_verifiable", shown.found, shows, "There is a sign of it, but not the thing itself.")
        if not shown.refuted:
            return verdict(
                "not_verifiable",
                shown.unknown,
                _reasons(shown.unknown),
                "Part of the repository could not be read or followed, so absence is not certain.",
            )
        weak = [results[w] for w in spec.weak if results[w].outcome == "found"]
        half = [results[h] for h in spec.half if results[h].outcome == "found"]
        whole = all(w in half for w in weak) and not any(results[w].outcome == "unknown" for w in spec.weak)
        if half and whole:  # no sign of the other half, nor a place where one may lie
            signs = [*shown.absent, *half]
            return verdict(
                "contradicted", signs, _sentences([*half, *shown.absent], evidence), f"The box is ticked; {spec.lacks}."
            ).model_copy(update={"softened": "The other half of it is there."})
        if weak:
            signs = [*shown.absent, *(r for r in weak if r not in shown.absent)]
            return verdict(
                "not_verifiable",
                signs,
                _sentences([*weak, *shown.absent], evidence),
                "There is a sign of it, but not the thing itself.",
            )
        if dim := [results[w] for w in spec.weak if results[w].outcome == "unknown"]:
            # a sign may lie in what could not be read: that is no absence either
            return verdict(
                "not_verifiable",
                shown.absent,
                _reasons(dim),
                "Part of the repository could not be read or followed, so absence is not certain.",
            )
        if spec.absence == "contradicted" and (item.note or item.matched == "annotated"):
            return verdict(
                "not_verifiable",
                shown.absent,
                _sentences(shown.absent, evidence),
                "Nothing in the repository shows it; the group has added words of its own to the item.",
            )
        if spec.absence == "contradicted":
            return verdict(
                "contradicted",
                shown.absent,
                _sentences(shown.absent, evidence),
                "The box is ticked; nothing in the repository shows it.",
            ).model_copy(update={"softened": spec.allows})
        return verdict(
            spec.absence,
            shown.absent,
            _sentences(shown.absent, evidence),
            "The repository may lack what was done elsewhere.",
        )
    asked, require = (spec.open_probes, "any") if spec.open_probes else (spec.probes, spec.require)
    plain = _Shown(asked, require, idle.without(results, asked, open_=True))
    if plain.holds:
        shows = _places(plain.found, evidence)
        if item.partly:  # done in part, says the group: whatever of it is there does not contradict that
            return verdict("supported", plain.found, shows)
        if (item.matched == "annotated" or item.note) and spec.open == "contradicted":
            said = "The box is open, and the group has added words of its own to the item."
            return verdict("not_verifiable", plain.found, shows, said)
        if explained and spec.open == "contradicted":
            why = evidence[explained]
            open_ = verdict(
                "not_verifiable",
                plain.found,
                shows,
                f"The box is open, and line {why.start} of the report says that it was not done, or not in full.",
            )
            return open_.model_copy(
                update={"citations": (*open_.citations, Citation(evidence=explained, quote=why.excerpt))}
            )
        return verdict(
            spec.open,
            plain.found,
            shows,
            "The box is open although the repository shows it." if spec.open == "contradicted" else "",
        )
    if not plain.refuted:
        return verdict(
            "not_verifiable",
            plain.unknown,
            _reasons(plain.unknown),
            "Part of the repository could not be read or followed, so absence is not certain.",
        )
    if item.partly and _PART.search(item.mark):  # some of it is done, says the group, and nothing of it is seen
        return verdict(
            "not_verifiable", plain.absent, _sentences(plain.absent, evidence), "The mark says neither done nor open."
        )
    return verdict("supported", plain.absent or plain.found, _sentences(plain.absent, evidence))


_PART = re.compile(r"[%½~/\d]")  # other marks (`?`, `soon`) claim nothing


def lacking(item: ChecklistItem, spec: Item, results: Mapping[str, ProbeResult]) -> tuple[str, ...]:
    """The probes of a ticked box that found nothing, where nothing else speaks for it either and its history is worth a
    look: the box is contradicted, or stands for what is done once."""
    if not (item.checked and spec.observable and (spec.absence == "contradicted" or spec.once)):
        return ()
    shown = _Shown(spec.probes, spec.require, results)
    if not shown.refuted or any(results[w].outcome == "found" for w in (*spec.weak, *spec.half)):
        return ()
    return tuple(r.probe for r in shown.absent)


def remembered(verdict: Verdict, spec: Item, shows: str, was: str, piece: Evidence) -> Verdict:
    """The verdict on a box that `lacking` named, with what the history shows of it: taken out since (`was` says from when
    to when it was there), which weighs less than never there, or, where that is empty, on an unmerged branch only."""
    told = {
        "repo_shows": f"{verdict.repo_shows} {shows}".strip(),
        "citations": (*verdict.citations, Citation(evidence=piece.id, quote=piece.note)),
    }
    if not was:
        difference = "It stands on a branch that was never merged."
        return verdict.model_copy(update={**told, "label": "not_verifiable", "difference": difference})
    if verdict.label != "contradicted":
        return verdict.model_copy(update=told)
    over = " It can be done once and be over." if spec.once else ""
    return verdict.model_copy(
        update={
            **told,
            "difference": "The box is ticked; what showed it has been taken out of the repository.",
            "softened": f"It was there {was}.{over}",
        }
    )


def unsure_of(verdict: Verdict, why: str) -> Verdict:
    """The verdict on a box that `lacking` named, where its history was not looked at: nothing is held against it."""
    return verdict.model_copy(update={"label": "not_verifiable", "difference": why[:1].upper() + why[1:]})


def _places(results: Iterable[ProbeResult], evidence: Mapping[str, Evidence]) -> str:
    parts = []
    for result in results:
        first = evidence[result.evidence[0]]
        where = f"{first.path}:{first.start}" if first.start else first.path
        more = f" and {result.count - 1} more" if result.count > 1 else ""
        said = ": ".join(p for p in (where, first.note) if p)
        parts.append((said.removesuffix(".") if more else said) + more)
    return "; ".join(parts)


def _sentences(results: Iterable[ProbeResult], evidence: Mapping[str, Evidence]) -> str:
    parts = []
    for result in results:
        first = evidence[result.evidence[0]]
        parts.append(first.note if first.kind == "absence" else _places([result], evidence).rstrip(".") + ".")
    return " ".join(parts)


def _reasons(results: Iterable[ProbeResult]) -> str:
    return "; ".join(dict.fromkeys(r.reason for r in results))


def report_findings(
    report: Report, profile: Profile, verdicts: Iterable[Verdict], evidence: Mapping[str, Evidence]
) -> list[Finding]:
    """The contradicted verdicts as findings, gravest first, then by the report's lines. Where the profile knows how often each
    speaker was right, those who were wrong too often speak as leads, and an error about a ticked box has to be earned."""
    ticked = sum(i.checked for i in report.items)
    blank = len(report.items) >= _LONG and ticked * 4 < len(report.items)
    items = {i.n: i for i in report.items}
    marks = Marks(report, evidence)
    by_id = {v.id: v for v in verdicts}
    found: list[Finding] = []
    for verdict in by_id.values():
        if verdict.label != "contradicted":
            continue
        item = items.get(verdict.claim.source.n) if verdict.claim.source.kind == "item" else None
        rule = verdict.rule or ("checked-but-absent" if item and item.checked else "found-but-unchecked")
        if rule == "found-but-unchecked" and (blank or (item and item.mark.strip())):
            continue  # one problem says that the list was left blank; a box that says no was not forgotten
        spec = profile.items_by_id.get(item.item) if item else None
        level, standing = _as_loud(rule, verdict, evidence, profile.trust)
        if rule == "found-but-unchecked" and spec and spec.measured:
            level, standing = "note", "remark"  # whether a share is enough is the group's to say
        mark, before = marks.mark(rule, verdict), (marks.earlier(rule, verdict),)
        found.append(
            Finding(fingerprint=mark, formerly=before, rule=rule, level=level, verdict=verdict.id, standing=standing)
        )
    return sorted_findings(told_apart(list(_each_once(found, by_id, report.items, evidence)), by_id), by_id)


def _each_once(
    findings: Sequence[Finding],
    verdicts: Mapping[str, Verdict],
    items: Sequence[ChecklistItem],
    evidence: Mapping[str, Evidence],
) -> Iterable[Finding]:
    """The same, but a sentence that tells of what an open box leaves out is said with the box, where that has a finding of its own:
    the sentence is true, and the box alone is off. One fault that several answers have is one finding, the gravest and first of
    them, with the other places."""
    boxes = {
        f"[{i.mark}] {i.text}": f.verdict
        for f in findings
        if f.rule == "found-but-unchecked"
        for i in items
        if i.n == verdicts[f.verdict].claim.source.n and not i.checked
    }
    told: dict[str, list[Place]] = {}
    kept = []
    for finding in findings:
        verdict = verdicts[finding.verdict]
        cited = [evidence[c.evidence] for c in verdict.citations if c.evidence in evidence]
        box = next((boxes[e.excerpt] for e in cited if e.note == "open" and e.excerpt in boxes), "")
        if finding.rule == "prose-contradicts-checklist" and box:
            claim = verdict.claim
            told.setdefault(box, []).append(Place(source=claim.source, line=claim.line, quote=claim.quote))
        else:
            kept.append(finding)
    kept, again = one_fault(kept, verdicts, evidence)
    told = {v: [*told.get(v, ()), *again.get(v, ())] for v in (*told, *again)}
    return [
        f.model_copy(update={"also_at": tuple(dict.fromkeys(told[f.verdict]))}) if f.verdict in told else f
        for f in kept
    ]


def _as_loud(
    rule: str, verdict: Verdict, evidence: Mapping[str, Evidence], trust: Trust | None
) -> tuple[Level, Standing]:
    """The level and standing of those who say a contradiction: a lead from who is known to be wrong too often; about a ticked box
    an error only from probes that have earned it, each of them, else a warning; the full level from all others. A key that is softened is a lead. What a judge says is the ruling's to weigh; the
    form is counted, and words to a judge are shown, whatever is known of either."""
    level = level_of(rule, verdict)
    if verdict.by == SECRETS and verdict.softened:
        return "note", "lead"
    if trust is None or verdict.by in ("judge", "form", SECRETS) or rule in ADDRESSES:
        return level, "finding"
    speaking = speakers(verdict, rule, evidence)
    if not trust.allows(rule, speaking):
        return "note", "lead"
    if rule == "checked-but-absent" and not trust.proven(speaking):
        return max(level, "warning", key=LEVELS.index), "finding"
    return level, "finding"


def sorted_findings(findings: Iterable[Finding], verdicts: Mapping[str, Verdict]) -> list[Finding]:
    """Findings before leads, remarks and what is disputed; the gravest first, within a level by weight, then by the report's
    lines."""

    def key(f: Finding) -> tuple[int, int, int, int, str]:
        verdict = verdicts[f.verdict]
        level = LEVELS.index(f.level)
        return STANDINGS.index(f.standing), level, weight(f, verdict), verdict.claim.line, f.verdict

    return sorted(findings, key=key)


_WEIGHTS = (
    ("secret-in-repository",),
    ADDRESSES,
    (
        "report-moved",
        "report-elsewhere",
        "conflict-markers",
        "checklist-missing",
        "checklist-blank",
        "question-missing",
    ),
    ("checked-but-absent", "prose-contradicts-repository", "prose-contradicts-checklist", "prose-contradicts-prose"),
)
_SMALL = ("claim:command", "claim:file", "claim:service")  # where a reader finds what is meant all the same


def weight(finding: Finding, verdict: Verdict) -> int:
    """What a finding weighs among those of its level, the heaviest 0: what is urgent, what leaves nothing to audit, what is
    claimed and not so; then a number or name that is off; then a name that a reader finds all the same; then the form."""
    if finding.rule in _WEIGHTS[-1] and (verdict.detail or verdict.softened):
        return len(_WEIGHTS) + (verdict.by in _SMALL)
    return next((n for n, rules in enumerate(_WEIGHTS) if finding.rule in rules), len(_WEIGHTS) + 2)


def open_but_there(record: AuditRecord) -> int:
    """How many boxes are open whose work is in the repository, by the labels that stand: no reproach, and of a list that
    nobody filled in no findings either."""
    open_ = {i.n for i in record.report.items if not i.checked}
    return sum(i.label == "contradicted" and i.n in open_ for i in record.items)


def level_of(rule: str, verdict: Verdict) -> Level:
    """The rule's level, one lower for a mere detail, for what a judge saw in a figure or for what was true when it was written,
    and one lower where the history speaks for the group."""
    less = (verdict.detail or verdict.seen or verdict.when == "stale") + bool(verdict.softened)
    step = LEVELS.index(RULES[rule].level) + less
    return LEVELS[min(step, len(LEVELS) - 1)]


def hint(verdict: Verdict, finding: Finding) -> str:
    """What the group can change: the verdict's own hint, or the rule's; nothing for a rule that this version lacks."""
    rule = RULES.get(finding.rule)
    return verdict.hint or (rule.hint if rule else "")
