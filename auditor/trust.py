"""How often each speaker was right, and so how loud it may speak: data of a profile, written by `auditor eval --write-trust`.

A speaker is who says that the report is contradicted: a probe about ticked or about open boxes, what settles a claim, who read
the claim, a reading of a judge. The file has, for each speaker and each submission on which somebody judged what it said, how many of its
contradictions were judged and how many held. Submissions are named by a hash: whose they are is nobody's business. Where a
profile has no such file, everybody speaks as a finding.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Literal

from auditor.errors import UserError
from auditor.models import Evidence, Verdict
from auditor.tomldata import loads

Voice = Literal["finding", "lead"]

BOUND = 0.8
"""At least four of five things said hold: what the lower end of the interval must reach to earn the loudest voice, and the upper
end to keep a finding's."""
FEWEST = 5
"""Fewer judged than this prove nothing, however many held or failed."""
DEVIATIONS = 1.0
"""How far below the share that was seen the lower end lies. With one standard deviation (five times in six the true share is
higher) five of five suffice, one wrong asks for twelve and two wrong for nineteen; with the usual 1.96 it would be sixteen of
sixteen, which a check that speaks on one submission in ten never reaches."""

_BY_MODEL = ", read by a model"
_SILENT = ("reader:patterns",)
"""Who decides nothing: a rigid form is read without doubt, and what settles the claim is right or wrong."""

TICKED, OPEN = "checked-but-absent", "found-but-unchecked"


def wilson(held: int, judged: int, deviations: float = 1.96) -> tuple[float, float]:
    """The Wilson interval of a share; all of 0 to 1 where nothing was counted."""
    if not judged:
        return 0.0, 1.0
    share, square = held / judged, deviations * deviations
    middle = (share + square / (2 * judged)) / (1 + square / judged)
    half = deviations * (share * (1 - share) / judged + square / (4 * judged * judged)) ** 0.5 / (1 + square / judged)
    return max(0.0, middle - half), min(1.0, middle + half)


@dataclass(frozen=True)
class Count:
    """How many contradictions were judged, how many of them held, and on how many submissions."""

    judged: int = 0
    held: int = 0
    submissions: int = 0

    @property
    def earned(self) -> bool:
        """Whether they suffice for the loudest voice: even the lower end of the interval reaches the bound."""
        return self.judged >= FEWEST and wilson(self.held, self.judged, DEVIATIONS)[0] >= BOUND - 1e-9

    @property
    def lost(self) -> bool:
        """Whether they suffice to take a finding's voice away: not even the upper end of the interval reaches the bound."""
        return self.judged >= FEWEST and wilson(self.held, self.judged, DEVIATIONS)[1] < BOUND


@dataclass(frozen=True)
class Trust:
    """What was judged of each speaker: by speaker and submission, (judged, held)."""

    counts: Mapping[str, Mapping[str, tuple[int, int]]] = field(default_factory=dict)

    def of(self, speaker: str) -> Count:
        """What was judged of one speaker, over all submissions."""
        known = self.counts.get(speaker, {})
        return Count(sum(j for j, _ in known.values()), sum(h for _, h in known.values()), len(known))

    def voice(self, speaker: str) -> Voice:
        """`lead` for a speaker who is known to be wrong too often; `finding` for all others."""
        return "lead" if self.of(speaker).lost else "finding"

    def allows(self, rule: str, speaking: Collection[str]) -> bool:
        """Whether those who say one contradiction speak as a finding. None may have lost its voice, since each is needed: every
        probe of an absence, who read a claim and what settled it. Of an open box one probe is enough."""
        known = [self.voice(s) == "finding" for s in speaking if s not in _SILENT]
        return not known or (any(known) if rule == OPEN else all(known))

    def proven(self, speaking: Collection[str]) -> bool:
        """Whether each of those who say one contradiction has earned the loudest voice."""
        return all(self.of(s).earned for s in speaking if s not in _SILENT)

    def with_submission(self, submission: str, counted: Mapping[str, tuple[int, int]]) -> "Trust":
        """The same with what was judged on one submission, in place of what was known of it: counting it twice changes
        nothing."""
        made = {s: {k: c for k, c in known.items() if k != submission} for s, known in self.counts.items()}
        for speaker, count in counted.items():
            made.setdefault(speaker, {})[submission] = count
        return Trust({s: dict(sorted(known.items())) for s, known in sorted(made.items()) if known})


def submission_id(repo: str, commit: str) -> str:
    """By what a submission is known in the file: nothing that tells whose it is."""
    return hashlib.sha256(f"{repo}\n{commit}".encode()).hexdigest()[:10]


def speakers(verdict: Verdict, rule: str, evidence: Mapping[str, Evidence]) -> tuple[str, ...]:
    """Who says a contradiction: `checked-but-absent:<probe>` or `found-but-unchecked:<probe>` for each probe that a box's
    verdict cites; `claim:<id>`, or `claim:<id>, read by a model` where one understood the sentence so, and, where the verdict says who
    read the claim, `reader:<name>`; or `judge:<reading>`. What a settler makes of rigid forms alone is judged apart: there the
    reading is wrong more often than the settling."""
    if verdict.by == "probe":
        cited = [evidence[c.evidence].probe for c in verdict.citations if c.evidence in evidence]
        return tuple(dict.fromkeys(f"{rule}:{probe}" for probe in cited if probe))
    if verdict.by == "judge":
        return (f"judge:{verdict.reading}" if verdict.reading else "judge",)
    if not verdict.reading:
        return (verdict.by,)
    if verdict.by_model:
        return f"{verdict.by}{_BY_MODEL}", "reader:answers"
    return verdict.by, f"reader:{verdict.reading}"


def parse_trust(text: str, name: str, *, ours: bool = False) -> Trust:
    """The content of a trust file. Raises UserError for anything that `write` would not have written. `ours`: it is one that the
    program brings."""
    hint = "make it anew with: auditor eval KEYS... --write-trust FILE"
    try:
        data = loads(text, ours=ours)
    except ValueError as error:
        raise UserError(f"{name}: not TOML ({error})", hint) from None
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    for speaker, known in data.items():
        for submission, count in known.items() if isinstance(known, dict) else [("", None)]:
            match count:
                case [int(judged), int(held)] if 0 <= held <= judged:
                    counts.setdefault(speaker, {})[submission] = (judged, held)
                case _:
                    raise UserError(f"{name}: {speaker}: not a count of judged and held", hint)
    return Trust(counts)


def write(trust: Trust) -> str:
    """The content of a trust file: a line for each speaker."""
    lines = [
        "# How many contradictions of each speaker were judged and how many held, as [judged, held], by submission.",
        "# Written by `auditor eval KEYS... --write-trust FILE`; submissions are named by a hash of repository and commit.",
    ]
    for speaker, known in sorted(trust.counts.items()):
        counts = ", ".join(f"{k} = [{judged}, {held}]" for k, (judged, held) in sorted(known.items()))
        lines.append(f'"{speaker}" = {{ {counts} }}')
    return "\n".join(lines) + "\n"


def total(trust: Trust, id_: str) -> Count:
    """What was judged of a probe or of what settles a claim, however it speaks."""
    known = [trust.of(speaker) for speaker in _ways(id_)]
    return Count(sum(c.judged for c in known), sum(c.held for c in known), max(c.submissions for c in known))


def _ways(id_: str) -> tuple[str, ...]:
    return f"{TICKED}:{id_}", f"{OPEN}:{id_}", f"claim:{id_}", f"claim:{id_}{_BY_MODEL}"


def figures(trust: Trust, id_: str) -> list[str]:
    """What is known of a probe or of what settles a claim, a line for each way in which it speaks."""
    return _told(trust, _ways(id_))


def others(trust: Trust) -> list[str]:
    """What is known of readers and of a judge's readings: these are in no catalogue."""
    return _told(trust, sorted(s for s in trust.counts if s.partition(":")[0] in ("reader", "judge")))


def _told(trust: Trust, names: Collection[str]) -> list[str]:
    told = []
    for speaker in names:
        count = trust.of(speaker)
        if not count.judged:
            continue
        kind, _, name = speaker.partition(":")
        prefix = "" if kind == "claim" else f"{kind}: " if kind in (TICKED, OPEN) else f"{kind} {name}: "
        on = f"{count.submissions} submission{'s' * (count.submissions != 1)}"
        loud = "at its full level"
        if speaker in _SILENT:
            loud = "by what settles its claims"
        elif count.lost and kind != "judge":
            loud = "as a lead: too many did not hold"
        elif speaker.startswith(TICKED) and not count.earned:
            loud = "as a warning: not enough to say more"
        told.append(f"{prefix}{count.held} of {count.judged} judged on {on} held; it speaks {loud}")
    return told
