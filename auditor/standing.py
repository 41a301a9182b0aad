"""Who is right: never a vote, but whoever brings the line that settles it.

The label of a box is the probe's, unless both readings agree on another with citations that stand, or the ruling says another
with such; what the probe and a reading both found, no ruling makes `contradicted`. A finding of program code stands unless the
ruling brings words against it that the finding does not have already; a finding of a reading stands once the ruling upholds it.
Where report or repository speak to whoever judges, nothing that the judge says in the group's favour moves anything. All sides
are kept.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field

from auditor.judges.request import Contested, Found
from auditor.judges.wire import JudgedCite, Ruled
from auditor.lazy import dataclass
from auditor.models import (
    ChecklistItem,
    Citation,
    Claim,
    Evidence,
    Finding,
    ItemLabel,
    Label,
    Level,
    Place,
    Report,
    Said,
    Side,
    Source,
    Standing,
    Verdict,
)
from auditor.rules import ADDRESSES, LEVELS, box_says, level_of, sorted_findings
from auditor.verify import same_words

Verify = Callable[[Sequence[JudgedCite]], tuple[Citation, ...]]
_RANK: dict[Standing, int] = {"finding": 0, "remark": 1, "lead": 2, "disputed": 3}


# -- boxes -------------------------------------------------------------------------------------------------------------


def contested(
    items: Sequence[ChecklistItem], probes: Mapping[int, Verdict], sides: Mapping[int, Sequence[Side]]
) -> list[Contested]:
    """The boxes on which the sides differ: these are ruled on, also where both readings agree against the probe."""
    made = []
    for item in items:
        said = [s.label for s in sides.get(item.n, ()) if _counts(s)]
        if not said or item.n not in probes or set(said) == {probes[item.n].label}:
            continue
        made.append(Contested(item.n, (probes[item.n].label, *said)))
    return made


def _counts(side: Side) -> bool:
    return not side.demoted and side.label != "not_verifiable"


def _agreed(sides: Sequence[Side]) -> Label | None:
    """The label that both readings give, each with citations that stand."""
    labels = {s.label for s in sides}
    return labels.pop() if len(sides) > 1 and len(labels) == 1 and all(_counts(s) for s in sides) else None


def label_items(
    items: Sequence[ChecklistItem],
    probes: Mapping[int, Verdict],
    sides: Mapping[int, Sequence[Side]],
    ruled: Mapping[int, Side],
    addressed: bool,
) -> list[ItemLabel]:
    """The label that stands for each box, with what every side says."""
    made = []
    for item in items:
        probe = probes.get(item.n)
        if probe is None:
            continue
        label, by = probe.label, "probe"
        said = tuple(sides.get(item.n, ()))
        agreed, ruling = _agreed(said), ruled.get(item.n)
        if ruling is not None and not ruling.demoted and ruling.citations:
            label, by = ruling.label, "ruling" if ruling.label != probe.label else "probe"
        elif agreed is not None:
            label, by = agreed, "readings" if agreed != probe.label else "probe"
        if (
            label == "contradicted"
            and probe.label == "supported"
            and any(s.label == "supported" for s in said if _counts(s))
        ):
            label, by = probe.label, "probe"  # two have lines that show it
        if addressed and label != "contradicted" and label != probe.label:
            label, by = probe.label, "probe"
        kept = (
            (Side(by="probe", label=probe.label, citations=probe.citations), *said, *((ruling,) if ruling else ()))
            if said
            else ()
        )
        made.append(ItemLabel(n=item.n, label=label, by=by, sides=kept))
    return made


def box_verdicts(report: Report, items: Sequence[ItemLabel], evidence: Mapping[str, Evidence]) -> list[Verdict]:
    """A verdict of the judge for each box whose label it moved to `contradicted`, unnumbered (`J`)."""
    boxes = {i.n: i for i in report.items}
    made = []
    for item in items:
        if item.label != "contradicted" or item.by == "probe":
            continue
        sides = [s for s in item.sides if s.label == item.label and s.by != "probe" and not s.demoted and s.citations]
        citations = tuple(dict.fromkeys(c for s in sides for c in s.citations))[:4]
        box = boxes[item.n]
        places = [evidence[c.evidence] for c in citations[:3]]
        made.append(
            Verdict(
                id="J",
                claim=Claim(source=Source(kind="item", n=box.n), quote=box.text, line=box.line),
                label="contradicted",
                citations=citations,
                report_says=box_says(box),
                repo_shows="; ".join(f"{e.path}:{e.start}" if e.start else e.note or e.path for e in places),
                difference="The box is ticked; what is there does not show it."
                if box.checked
                else "The box is open although the repository shows it.",
                by="judge",
                reading=item.by,
            )
        )
    return made


# -- findings ----------------------------------------------------------------------------------------------------------


def rulable(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The contradictions that a ruling is asked about: sentences, by whomever; not boxes, the form, or words to a judge."""
    return [
        v
        for v in verdicts
        if v.label == "contradicted"
        and v.claim.source.kind == "question"
        and v.by != "form"
        and v.rule not in ADDRESSES
    ]


def to_rule_on(
    verdicts: Sequence[Verdict], evidence: Mapping[str, Evidence]
) -> tuple[list[Found], dict[int, tuple[str, ...]]]:
    """What the ruling is asked about, numbered so that no number tells who found it; and the verdicts of each number: those
    that say the same of the same words by the same files are asked about once."""

    def key(v: Verdict) -> tuple[int, str]:
        said = f"{v.claim.quote}\0{v.repo_shows}\0{v.difference}".encode("utf-8", "surrogatepass")
        return v.claim.line, hashlib.sha256(said).hexdigest()

    groups: list[list[Verdict]] = []
    for v in sorted(rulable(verdicts), key=key):
        alike = next((g for g in groups if all(_alike(v, other, evidence) for other in g)), None)
        if alike is None:
            groups.append([v])
        else:
            alike.append(v)
    found = []
    for n, group in enumerate(groups, 1):
        v = max(group, key=lambda v: (len(v.repo_shows) + len(v.difference), v.claim.quote))
        cited = dict.fromkeys(c for one in (v, *group) for c in one.citations)
        cites = tuple((evidence[c.evidence].path, evidence[c.evidence].start, c.quote) for c in cited)
        where = f"line {v.claim.line}, question {v.claim.source.n}"
        found.append(Found(n, where, v.claim.line, v.claim.quote, v.repo_shows, v.difference, cites))
    return found, {n: tuple(v.id for v in group) for n, group in enumerate(groups, 1)}


def _alike(one: Verdict, other: Verdict, evidence: Mapping[str, Evidence]) -> bool:
    """Whether two verdicts say the same of the same words, as far as a program can tell."""
    a, b = (re.findall(r"\w+", v.claim.quote.lower()) for v in (one, other))
    if (
        one.claim.source != other.claim.source
        or sum(w in b for w in a) < 0.8 * len(a)
        or sum(w in a for w in b) < 0.8 * len(b)
    ):
        return False
    paths = [{evidence[c.evidence].path for c in v.citations} for v in (one, other)]
    return bool(paths[0] & paths[1])


@dataclass
class _Case:
    """A finding while it is being ruled on."""

    finding: Finding
    verdict: Verdict
    standing: Standing
    level: Level
    ruling: Said | None = None
    twice: str = ""
    also: str = ""
    told: list[str] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    @property
    def program(self) -> bool:
        return self.verdict.by != "judge"


def stand(
    findings: Sequence[Finding],
    verdicts: Sequence[Verdict],
    items: Sequence[ItemLabel],
    numbers: Mapping[int, Sequence[str]],
    ruled: Mapping[int, Ruled],
    verify: Verify,
    *,
    expected: bool,
    addressed: bool,
) -> list[Finding]:
    """The findings with their standing, one for each fault and sentence. `expected`: a ruling was asked for, so that what a
    reading says alone is a lead until it is there. What comes as a lead, said by a program that has not earned more, is a
    question to the ruling: it stands once that upholds it."""
    by_id = {v.id: v for v in verdicts}
    labels = {i.n: i for i in items}
    cases = {
        f.verdict: _Case(
            f,
            by_id[f.verdict],
            f.standing,
            _level(f, by_id[f.verdict]),
            told=list(f.verdicts[1:]),
            places=list(f.also_at),
        )
        for f in findings
    }
    for case in cases.values():
        source = case.verdict.claim.source
        if source.kind == "item" and case.verdict.by == "probe":
            _box(case, labels.get(source.n))
        elif not case.program and source.kind == "question" and expected:
            case.standing = "lead"
    first = {n: next((id_ for id_ in ids if id_ in cases), "") for n, ids in numbers.items()}
    for n, ruling in ruled.items():
        for id_ in numbers.get(n, ()):
            if (settled := cases.get(id_)) is not None:
                _rule(settled, ruling, verify, addressed)
                settled.twice, settled.also = (first.get(m, "") for m in (ruling.twice, ruling.also))
    for id_ in list(cases):
        _merge(id_, cases)
    _merge_same(cases)
    made = [
        c.finding.model_copy(
            update={
                "level": c.finding.level if c.standing == c.finding.standing == "lead" else c.level,
                "standing": c.standing,
                "verdicts": (c.finding.verdict, *dict.fromkeys(t for t in c.told if t != c.finding.verdict)),
                "also_at": tuple(sorted(c.places, key=lambda p: (p.line, p.quote))),
                "ruling": c.ruling,
            }
        )
        for c in cases.values()
    ]
    return sorted_findings(made, by_id)


def _level(finding: Finding, verdict: Verdict) -> Level:
    """The level at which a finding would stand: a lead's own one says only that nobody has settled it."""
    return level_of(finding.rule, verdict) if finding.standing == "lead" else finding.level


def _box(case: _Case, item: ItemLabel | None) -> None:
    """A box whose label does not stand has words against it; a lead stands where a reading or the ruling says the same."""
    if item is None:
        return
    if item.label == case.verdict.label:
        if any(s.by != "probe" and s.label == item.label and _counts(s) for s in item.sides):
            case.standing = "finding"
        return
    sides = [s for s in item.sides if s.by != "probe" and s.label == item.label and not s.demoted]
    case.standing = "disputed"
    cited = tuple(dict.fromkeys(c for s in sides for c in s.citations))[:4]
    case.ruling = Said(
        says="disputed",
        why=f"{' and '.join(s.by for s in sides)}: {item.label.replace('_', ' ')}",
        citations=cited,
        moved=True,
    )


def _rule(case: _Case, ruling: Ruled, verify: Verify, addressed: bool) -> None:
    """What one ruling does to one finding. Program code gives way to words that stand, and to nothing else."""
    cites, against = verify(ruling.cites), verify(ruling.disputed)
    own = set(case.verdict.citations)
    new = tuple(c for c in dict.fromkeys((*against, *(() if against else cites))) if c not in own)
    free = not case.program or (bool(cites or against) and not addressed)
    why = " ".join(ruling.why.split())[:600]
    if ruling.open:
        case.ruling = Said(says="open", why=why, citations=cites, moved=free)
        case.standing = "lead" if free else case.standing
    elif not ruling.holds:
        moved = bool(new) and free
        case.ruling = Said(says="disputed", why=why, citations=new, moved=moved)
        if moved:
            case.standing = "disputed"
    elif ruling.petty or ruling.level == "note":
        case.ruling = Said(says="petty", why=why, citations=cites, moved=free)
        if free:
            case.standing, case.level = "remark", "note"
    else:
        case.ruling = Said(says="holds", why=why, citations=cites, moved=True)
        case.standing = "finding"
        if free:
            case.level = max(case.level, ruling.level, key=LEVELS.index)


def _merge(id_: str, cases: dict[str, _Case]) -> None:
    """Put a finding that the ruling calls the same as another, or the same fault elsewhere, to that other one."""
    case = cases.get(id_)
    if case is None:
        return
    target = cases.get(case.twice or case.also)
    if target is None or target is case or case.ruling is None or case.ruling.says not in ("holds", "petty"):
        return
    if target.standing not in ("finding", "remark") or case.standing not in ("finding", "remark"):
        return
    if case.program and not (case.ruling.citations and case.ruling.moved and target.program):
        # what program code found is not put under something else for nothing
        if case.twice and not target.program and _one_sentence(case, target):
            _put(target, case, cases)
        return
    if case.twice and _one_sentence(case, target):
        _put(case, target, cases)
    elif _rest_alike(case, target) or not case.program:
        v = case.verdict
        target.places.append(Place(source=v.claim.source, line=v.claim.line, quote=v.claim.quote, verdict=v.id))
        target.places += case.places
        target.level = min(target.level, case.level, key=LEVELS.index)
        target.standing = min(target.standing, case.standing, key=lambda s: _RANK[s])
        del cases[case.finding.verdict]


def _put(case: _Case, target: _Case, cases: dict[str, _Case]) -> None:
    target.told += [case.finding.verdict, *case.told]
    target.places += case.places
    if _RANK[case.standing] <= _RANK["remark"]:
        target.level = min(target.level, case.level, key=LEVELS.index)
    target.standing = min(target.standing, case.standing, key=lambda s: _RANK[s])
    cases.pop(case.finding.verdict, None)


def _one_sentence(one: _Case, other: _Case) -> bool:
    a, b = one.verdict.claim, other.verdict.claim
    return a.source == b.source and (same_words(a.quote, b.quote) or a.line == b.line)


def _rest_alike(one: _Case, other: _Case) -> bool:
    """Whether two findings rest on the same evidence or are of the same check."""
    cited = {c.evidence for c in one.verdict.citations} & {c.evidence for c in other.verdict.citations}
    return bool(cited) or one.verdict.by == other.verdict.by


def _merge_same(cases: dict[str, _Case]) -> None:
    """Two findings of the same words are one, where they stand alike: a program's before a reading's."""
    for case in [c for c in cases.values() if not c.program]:
        for other in list(cases.values()):
            alike = case.standing == other.standing or {case.standing, other.standing} <= {"finding", "lead"}
            if other is case or not alike or case.verdict.claim.source.kind != "question":
                continue
            if case.verdict.claim.source == other.verdict.claim.source and same_words(
                case.verdict.claim.quote, other.verdict.claim.quote
            ):
                _put(case, other, cases)
                break
