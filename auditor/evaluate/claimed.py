"""Planted typed claims: each false of a consistent submission, and a twin that is true of it.

A reader makes a typed claim of a sentence; here both are given. The sentence is added to the answer, the claim is settled as in an
audit, beside all that the readers of rigid forms make of the report. The settler has to contradict the claim, and must not
contradict its twin.
"""

import hashlib
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from auditor.claims.case import Case, Placed, Settled, load
from auditor.claims.kinds import CLAIM, Typed
from auditor.claims.run import case_of, read_patterns
from auditor.errors import UserError
from auditor.evaluate.matching import place
from auditor.evaluate.planted import Claimed, Outcome, plant
from auditor.gitsnapshot import OpenSnapshot, open_snapshot
from auditor.models import Question, Report
from auditor.prepared import with_report
from auditor.profile import Profile
from auditor.prose import read_prose
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.repository import Repository


@dataclass
class Bench:
    """A commit of the submission, to hold claims against. `read` is what the readers of rigid forms make of a report, by its hash:
    most rows leave the report alone."""

    snapshot: OpenSnapshot
    profile: Profile
    read: dict[str, tuple[Placed, ...]]
    stubs: frozenset[str] = frozenset()  # the blobs that a planted template brings
    _plain: Report | None = None

    def settle(self, given: dict[str, Any], at: str, beside: Sequence[dict[str, Any]] = ()) -> Settled | None:
        """What the settler says of a typed claim whose quote stands at the end of the answer `at`, and of `beside` others, which
        each name their place. Raises UserError for a claim that fits no kind, an answer that is not there, and a settler that fails."""
        plain = self._plain = self._plain or self._report()
        if plain.sha256 not in self.read:
            self.read[plain.sha256] = tuple(read_patterns(self._case(plain))[0])
        claims = [(_typed(c), place(c["at"])[1]) for c in ({**given, "at": at}, *beside)]
        asked = {q.n: q for q in plain.questions}
        for claim, n in claims:
            if n not in asked or not asked[n].answer:
                raise UserError(f"question {n}: the report has no such answer to add a sentence to", _MEND)
            asked[n] = _saying(asked[n], claim.quote)
        said = hashlib.sha256("\n".join(q.answer for q in asked.values()).encode()).hexdigest()
        case = self._case(plain.model_copy(update={"questions": tuple(asked.values()), "sha256": said}))
        placed = [Placed(claim, asked[n], asked[n].answer_lines[1], "answers") for claim, n in claims]
        case.claims = (*self.read[plain.sha256], *placed)
        settled, failure = load()[1][given["kind"]].settle(claims[0][0], case)
        if failure:
            raise UserError(failure, "mend the settler")
        return settled

    def _case(self, report: Report) -> Case:
        with_report(self.snapshot, self.profile, report, "")
        known = self.snapshot.set_aside
        self.snapshot.set_aside = lambda f: "template stub" if f.blob in self.stubs else known(f)
        return case_of(self.snapshot, self.profile, read_prose(report))

    def _report(self) -> Report:
        file = find_report(self.snapshot, "", self.profile)
        return parse_report(file, self.profile, self.snapshot.files, self.snapshot.commit)


def _saying(question: Question, sentence: str) -> Question:
    """A question whose answer ends with a paragraph more. The lines of other answers stay as they are."""
    first, last = question.answer_lines
    rows = (*question.row_lines, last + 1, last + 2) if question.row_lines else ()
    answer = f"{question.answer}\n\n{sentence}"
    return question.model_copy(update={"answer": answer, "answer_lines": (first, last + 2), "row_lines": rows})


_MEND = "mend the planted claim"


def _typed(given: dict[str, Any]) -> Typed:
    try:
        claim: Typed = CLAIM.validate_python({k: v for k, v in given.items() if k != "at"})
    except ValidationError as error:
        first = error.errors()[0]
        raise UserError(
            f"{given.get('quote')}: {'.'.join(str(p) for p in first['loc'])}: {first['msg']}", _MEND
        ) from None
    return claim


def outcome(row: Claimed, bench: Bench) -> Outcome:
    """Whether a claim is contradicted as it has to be, and its twin is not."""
    made = bench.settle(row.claim, row.at, row.beside)
    said = f"{made.difference} {made.shows}" if made else ""
    right = made is not None and made.label == "contradicted" and made.rule == row.rule and row.differs in said
    twin = bench.settle({**row.claim, **row.true}, row.at, row.beside)
    what = f"{made.label}: {said}" if made else "open"
    by = f"claim:{row.claim['kind']} {row.at}"
    missed = () if right else (f"{row.rule} {by}: {row.claim['quote']} ({what})",)
    wrong = twin is not None and twin.label == "contradicted"
    strange = (f"{twin.rule} {by}: {row.true.get('quote', row.claim['quote'])}",) if twin and wrong else ()
    return Outcome(name=row.name, found=int(right), missed=missed, strange=strange)


def run(
    rows: Sequence[Claimed], base: Path, profile: Profile, say: Callable[[str], None] = lambda _: None
) -> Iterator[Outcome]:
    """The outcome of each claim, held against the repository `base` as it is, or with what the row plants in it. What has tags is
    planted in a copy of its own."""
    rows = sorted(rows, key=lambda r: bool(r.commits or r.tags))  # what holds of the commit as it is, together
    with tempfile.TemporaryDirectory(prefix="auditor-claimed-") as folder:
        plain = plant([], base, Path(folder) / "plain.git")  # a search through all refs sees no row's
        shared = plant([r for r in rows if r.commits], base, Path(folder) / "shared.git")
        n, read = 0, dict[str, tuple[Placed, ...]]()
        for planted, group in groupby(rows, key=lambda r: r.name if r.commits or r.tags else ""):
            held = list(group)
            repository = Repository(shared if held[0].commits else plain)
            if held[0].tags:
                repository = Repository(plant(held if held[0].commits else [], base, Path(folder) / f"{planted}.git"))
                for tag in held[0].tags:
                    repository.git("update-ref", f"refs/tags/{tag}", "HEAD")
            commit = repository.resolve(f"refs/planted/{planted}") if held[0].commits else repository.head()
            stubs = frozenset(_blob(e.text) for e in held[0].brought)
            with open_snapshot(repository, commit) as snapshot:
                bench = Bench(snapshot, profile, read, stubs)
                for row in held:
                    n += 1
                    say(f"{n}/{len(rows)} claims: {row.name}")
                    yield outcome(row, bench)


def _blob(text: str) -> str:
    content = text.encode()
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
