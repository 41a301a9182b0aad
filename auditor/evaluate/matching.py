"""Whether a finding and an entry of an answer key speak of the same: the same place, and words that overlap."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from auditor.evaluate.keys import Box, Entry
from auditor.models import AuditRecord, Finding, Source, Verdict


@dataclass(frozen=True)
class Spot:
    """A place that a finding speaks of. `anywhere` is a line of the report that it cites: its words count, wherever they
    stand."""

    kind: str
    n: int
    quote: str


def words(text: str) -> list[str]:
    """The words of a quote, as they are compared."""
    return re.findall(r"[a-z0-9]+", text.lower())


def overlap(one: str, other: str) -> bool:
    """Whether two quotes speak of the same claim: they share a run of four words, or three quarters of the shorter one's. A
    quote of less than four words has to stand in the other."""
    short, long = sorted((words(one), words(other)), key=len)
    if not short:
        return False
    if len(short) < 4:
        return " ".join(short) in " ".join(long)
    runs = {tuple(short[i : i + 4]) for i in range(len(short) - 3)}
    if any(tuple(long[i : i + 4]) in runs for i in range(len(long) - 3)):
        return True
    return len(set(short) & set(long)) >= 0.75 * len(set(short))


def place(where: str) -> tuple[str, int]:
    """The kind and number of a place as a key writes it; 0 for a checklist item that is known by its text alone."""
    number = re.search(r"\d+", where)
    n = int(number[0]) if number and len(number[0]) < 9 else 0
    if where.strip().lower().startswith("checklist"):
        return "item", n
    return ("question", n) if number else ("?", 0)


def spots(record: AuditRecord, finding: Finding, verdict: Verdict) -> list[Spot]:
    """Every place that a finding speaks of: its own, where else the same fault is, and the report's lines that it cites."""
    return list(_spots(record, finding, verdict))


def _spots(record: AuditRecord, finding: Finding, verdict: Verdict) -> Iterator[Spot]:
    yield from _spot(verdict.claim.source, verdict.claim.quote)
    for other in finding.also_at:
        yield from _spot(other.source, other.quote)
    for citation in verdict.citations:
        evidence = record.evidence.get(citation.evidence)
        if evidence is not None and evidence.path == record.submission.report_path:
            yield Spot("anywhere", 0, citation.quote)


def _spot(source: Source, quote: str) -> Iterator[Spot]:
    if source.kind != "report":
        yield Spot(source.kind, source.n, quote)


def item_number(quote: str, boxes: Sequence[Box]) -> int:
    """The item that a quote of the checklist shows: the one with whose text it has most words in common from the start, its
    mark aside; 0 for none."""
    said = words(re.sub(r"^\s*[*-]?\s*\[[^\]]*\]", "", quote))
    best, most = 0, 0
    for box in boxes:
        same = 0
        for one, other in zip(words(box.text), said, strict=False):
            if one != other:
                break
            same += 1
        if same > most:
            best, most = box.n, same
    return best


def hits(places: Sequence[Spot], entry: Entry, boxes: Sequence[Box]) -> bool:
    """Whether a finding with these places speaks of an entry."""
    kind, n = place(entry.where)
    if kind == "item" and not n:
        n = item_number(entry.quote, boxes)
    for spot in places:
        if spot.kind == "anywhere" and overlap(spot.quote, entry.quote):
            return True
        if spot.kind != kind or spot.n != n:
            continue
        if kind == "item" or (kind == "question" and overlap(spot.quote, entry.quote)):
            return True
    return False
