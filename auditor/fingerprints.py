"""What a finding is known by, so that a decision about it holds in later audits: rule, place and words, never a line's number, nor
what it was found in; and which findings are one fault."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import get_args

from auditor.models import ChecklistItem, Evidence, Finding, Level, Place, Question, Report, Standing, Verdict

_LEVELS: tuple[Level, ...] = get_args(Level)
_STANDINGS: tuple[Standing, ...] = get_args(Standing)


class Marks:
    """The fingerprints of the findings about one report."""

    def __init__(self, report: Report, evidence: Mapping[str, Evidence]) -> None:
        self._items: dict[int, ChecklistItem] = {i.n: i for i in report.items}
        self._questions: dict[int, Question] = {q.n: q for q in report.questions}
        self._evidence = evidence

    def mark(self, rule: str, verdict: Verdict) -> str:
        """What stays the same when lines move, files are renamed or taken away, and questions get other numbers. Of a box it is the rule
        and the item. Of a sentence the rule, the question, the words, and what they are held against; where a box speaks against it,
        the box's words. What a judge says of a sentence is told apart by the cited paths alone."""
        claim = verdict.claim
        source, known = str(claim.source.n), False
        if claim.source.kind == "item" and (item := self._items.get(claim.source.n)):
            source, known = item.item, bool(item.item)
        elif claim.source.kind == "question" and (question := self._questions.get(claim.source.n)):
            source = question.id or _words(question.prompt) or source
        said = "" if known or claim.quote == f"Question {claim.source.n}" else _words(claim.quote)
        if claim.source.kind == "item":
            more = []
        elif verdict.by.startswith("claim:"):
            more = [verdict.by, verdict.about]
        elif verdict.by == "form":
            more = [claim.path]
        else:
            more = self._paths(verdict)
        return _digest([rule, claim.source.kind, source, said, *more, *self._boxes(rule, verdict)])

    def earlier(self, rule: str, verdict: Verdict) -> str:
        """The same as it was made before: with the cited paths, whatever it is about, and the question's number."""
        claim = verdict.claim
        item = self._items.get(claim.source.n) if claim.source.kind == "item" else None
        source = (item.item if item else "") or str(claim.source.n)
        paths, boxes = self._paths(verdict), self._boxes(rule, verdict)
        return _digest([rule, claim.source.kind, source, _words(claim.quote), *paths, *boxes])

    def _paths(self, verdict: Verdict) -> list[str]:
        return sorted({self._evidence[c.evidence].path for c in verdict.citations})

    def _boxes(self, rule: str, verdict: Verdict) -> list[str]:
        if rule != "prose-contradicts-checklist":
            return []
        cited = (self._evidence[c.evidence] for c in verdict.citations)
        return sorted({e.excerpt.partition("]")[2] for e in cited if e.note in ("ticked", "open")})


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _digest(parts: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def told_apart(findings: Sequence[Finding], verdicts: Mapping[str, Verdict]) -> list[Finding]:
    """The same with one finding for each fingerprint, since that is what a person decides about: those that say the very same are
    one, with all their verdicts. Others of one fingerprint get one of their own each, none of them the common one: once one is
    mended, what was decided about it must not be taken for the other's. So it is with what they were known by formerly."""
    alike: dict[str, dict[str, list[Finding]]] = {}
    before: dict[str, dict[str, None]] = {}
    for finding in findings:
        said = _told(verdicts[finding.verdict])
        alike.setdefault(finding.fingerprint, {}).setdefault(said, []).append(finding)
        for mark in finding.formerly:
            before.setdefault(mark, {})[said] = None
    made = []
    for mark, by_words in alike.items():
        for said, same in by_words.items():
            first = min(same, key=lambda f: (_STANDINGS.index(f.standing), _LEVELS.index(f.level)))
            own = _digest([mark, said]) if len(by_words) > 1 else mark
            marks = (m if len(before[m]) == 1 else _digest([m, said]) for f in same for m in f.formerly)
            known = tuple(m for m in dict.fromkeys(marks) if m != own)
            first = first.model_copy(update={"fingerprint": own, "formerly": known})
            if len(same) > 1:
                others = [f for f in same if f.verdict != first.verdict]
                places = tuple(p for f in (first, *others) for p in f.also_at)
                told = (first.verdict, *(f.verdict for f in others))
                first = first.model_copy(update={"verdicts": told, "also_at": places})
            made.append(first)
    return made


def _told(verdict: Verdict) -> str:
    return " ".join(f"{verdict.repo_shows} {verdict.difference}".split())


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
