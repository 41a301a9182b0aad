"""What a finding is known by, so that a decision about it holds in later audits: rule, place and words, never a line's number; and which
findings are one fault."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import get_args

from auditor.models import Evidence, Finding, Level, Place, Standing, Verdict

_LEVELS: tuple[Level, ...] = get_args(Level)
_STANDINGS: tuple[Standing, ...] = get_args(Standing)


def fingerprint(rule: str, verdict: Verdict, source: str, evidence: Mapping[str, Evidence]) -> str:
    """What stays the same when lines move: rule, source, the claim's words, the cited paths and, where a box speaks against a
    sentence, its words, hashed to 16 digits."""
    said = " ".join(re.findall(r"\w+", verdict.claim.quote.lower()))
    cited = [evidence[c.evidence] for c in verdict.citations]
    paths = sorted({e.path for e in cited})
    boxes = sorted({e.excerpt.partition("]")[2] for e in cited if e.note in ("ticked", "open")})
    boxes = boxes if rule == "prose-contradicts-checklist" else []
    key = "\n".join([rule, verdict.claim.source.kind, source or str(verdict.claim.source.n), said, *paths, *boxes])
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def told_apart(findings: Sequence[Finding], verdicts: Mapping[str, Verdict]) -> list[Finding]:
    """The same with one finding for each fingerprint, since that is what a person decides about: those that say the very same are
    one, with all their verdicts. Others of one fingerprint get one of their own each, none of them the common one: once one is
    mended, what was decided about it must not be taken for the other's."""
    alike: dict[str, dict[str, list[Finding]]] = {}
    for finding in findings:
        verdict = verdicts[finding.verdict]
        said = " ".join(f"{verdict.repo_shows} {verdict.difference}".split())
        alike.setdefault(finding.fingerprint, {}).setdefault(said, []).append(finding)
    made = []
    for mark, by_words in alike.items():
        for said, same in by_words.items():
            first = min(same, key=lambda f: (_STANDINGS.index(f.standing), _LEVELS.index(f.level)))
            if len(by_words) > 1:
                own = hashlib.sha256(f"{mark}\n{said}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
                first = first.model_copy(update={"fingerprint": own})
            if len(same) > 1:
                others = [f for f in same if f.verdict != first.verdict]
                places = tuple(p for f in (first, *others) for p in f.also_at)
                told = (first.verdict, *(f.verdict for f in others))
                first = first.model_copy(update={"verdicts": told, "also_at": places})
            made.append(first)
    return made


_NAMING = ("claim:command", "claim:file")  # of these a link, a command and a sentence may name one file


def one_fault(
    findings: Sequence[Finding], verdicts: Mapping[str, Verdict], evidence: Mapping[str, Evidence]
) -> tuple[list[Finding], dict[str, list[Place]]]:
    """The findings without those of sentences that differ from the repository in the very same way as another one, and the places
    of these by the verdict that speaks for them. Only what a program settled: it says the same in the same words, or, of a file
    that a link, a command and a sentence name, shows the same by the same absence."""
    first: dict[tuple[str, ...], Finding] = {}
    places: dict[str, list[Place]] = {}
    kept = []
    by_line = sorted(findings, key=lambda f: (_LEVELS.index(f.level), verdicts[f.verdict].claim.line))
    for finding in by_line:
        verdict = verdicts[finding.verdict]
        key: tuple[str, ...] = (finding.rule, verdict.by, verdict.difference, verdict.repo_shows)
        if verdict.by in _NAMING and _of_absence(verdict, evidence):
            key = (finding.rule, finding.standing, verdict.repo_shows)
        known = first.setdefault(key, finding) if verdict.by.startswith("claim:") else finding
        if known is finding:
            kept.append(finding)
        else:
            claim = verdict.claim
            also = Place(source=claim.source, line=claim.line, quote=claim.quote, verdict=verdict.id)
            places.setdefault(known.verdict, []).append(also)
    return kept, places


def _of_absence(verdict: Verdict, evidence: Mapping[str, Evidence]) -> bool:
    """Whether a verdict rests on an absence alone, with what history says of it."""
    cited = [evidence[c.evidence] for c in verdict.citations if c.evidence in evidence]
    return bool(cited) and all(e.kind in ("absence", "fact") for e in cited)
