"""Two configurations on the same submissions: whether one is better, pair by pair, and what changed."""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

from auditor.evaluate.matching import words
from auditor.evaluate.score import Read, Scored
from auditor.models import Record


class Pairs(Record):
    """How many of the same things only this side has right, only the other one, both and neither; and how probable so uneven a
    split is where they do not differ (McNemar's test, exact)."""

    this: int
    other: int
    both: int
    neither: int
    p: float

    @classmethod
    def counted(cls, pairs: Iterable[tuple[bool, bool]]) -> "Pairs":
        """The counts of pairs (this side, the other)."""
        all_ = list(pairs)
        this, other = all_.count((True, False)), all_.count((False, True))
        return cls(
            this=this,
            other=other,
            both=all_.count((True, True)),
            neither=all_.count((False, False)),
            p=round(mcnemar(this, other), 6),
        )


class Change(Record):
    """One thing that is not as on the other side: a contradiction `found` or `missed`, a finding `new`, `gone` or with another
    `status`, a box now `right` or `wrong`. `text` is what it is about."""

    key: str
    what: Literal["found", "missed", "new", "gone", "status", "right", "wrong"]
    where: str
    text: str
    by: str = ""
    status: str = ""


class Comparison(Record):
    """This side against another one: contradictions found, the major and certain of them, boxes labelled as in the key, and
    every change."""

    contradictions: Pairs
    major_and_certain: Pairs
    boxes: Pairs
    changes: tuple[Change, ...]


def mcnemar(this: int, other: int) -> float:
    """The two-sided probability of a split at least as uneven, where each side is as likely to be the right one."""
    n = this + other
    tail = sum(math.comb(n, k) for k in range(min(this, other) + 1))
    return min(1.0, 2.0 * tail / float(2**n))


def compare(these: Sequence[Scored], others: Sequence[Scored]) -> Comparison:
    """Two lists of the same submissions, in the same order, scored by the same keys."""
    wanted = [pair for a, b in zip(these, others, strict=True) for pair in zip(a.wanted, b.wanted, strict=True)]
    boxes = [pair for a, b in zip(these, others, strict=True) for pair in zip(a.boxes, b.boxes, strict=True)]
    grave = [(a, b) for a, b in wanted if (a.severity, a.certainty) == ("major", "certain")]
    return Comparison(
        contradictions=Pairs.counted((bool(a.found_by), bool(b.found_by)) for a, b in wanted),
        major_and_certain=Pairs.counted((bool(a.found_by), bool(b.found_by)) for a, b in grave),
        boxes=Pairs.counted((a.got == a.want, b.got == b.want) for a, b in boxes),
        changes=tuple(c for a, b in zip(these, others, strict=True) for c in _changes(a, b)),
    )


def _changes(this: Scored, other: Scored) -> Iterable[Change]:
    key = this.key
    for a, b in zip(this.wanted, other.wanted, strict=True):
        if bool(a.found_by) != bool(b.found_by):
            by = ", ".join(a.found_by or b.found_by)
            yield Change(
                key=key, what="found" if a.found_by else "missed", where=a.where, text=f"{a.id} {a.quote}", by=by
            )
    ours, theirs = _known(this), _known(other)
    for name, read in ours.items():
        if name not in theirs:
            yield _changed(key, "new", read)
        elif theirs[name].status != read.status:
            yield _changed(key, "status", read, f"{theirs[name].status}, now {read.status}")
    for name, read in theirs.items():
        if name not in ours:
            yield _changed(key, "gone", read)
    for one, two in zip(this.boxes, other.boxes, strict=True):
        if one.got != two.got:
            moved = f"{two.got or 'missing'}, now {one.got or 'missing'}; the key says {one.want}"
            what: Literal["right", "wrong"] = "right" if one.got == one.want else "wrong"
            yield Change(key=key, what=what, where=f"checklist {one.n}", text=one.text, status=moved)


def _known(scored: Scored) -> dict[tuple[str, str, str], Read]:
    """The findings by what makes two of them the same: place, rule and words."""
    return {(f.where, f.rule, " ".join(words(f.quote))): f for f in scored.findings}


def _changed(key: str, what: Literal["new", "gone", "status"], read: Read, status: str = "") -> Change:
    by = ", ".join(read.speakers)
    return Change(key=key, what=what, where=read.where, text=read.quote, by=by, status=status or read.status)
