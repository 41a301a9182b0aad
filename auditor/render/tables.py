"""A class as tables for a spreadsheet: a row for each finding, and one for each group. There is no score in either."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from auditor.decisions import WORDS
from auditor.escape import cell
from auditor.models import GroupEntry
from auditor.render.index import _status as status

_FINDINGS = ("group", "rule", "level", "standing", "place", "quote", "difference", "link", "decision", "since")
_GROUPS = (
    "group",
    "status",
    "confirmed",
    "to_ask",
    "dismissed",
    "undecided",
    "unanswered_questions",
    "boxes_not_filled_in",
)


def findings(groups: Iterable[GroupEntry]) -> Iterator[str]:
    """One row a finding, in pieces: of leads, remarks and disputed ones, too, told apart by their standing; last in each group those
    of an earlier audit that are `gone`, of which only that audit knows the difference."""
    yield _row(_FINDINGS)
    for group in groups:
        for f in group.findings:
            decision = WORDS.get(f.decision, "") or ("undecided" if f.standing == "finding" else "")
            yield _row(
                (group.id, f.rule, f.level, f.standing, f.place, f.quote, f.difference, f.link, decision, f.since)
            )
        for g in group.gone_findings:
            place = f"{group.report_path}:{g.line}" if g.line else group.report_path
            yield _row((group.id, g.rule, g.level, "finding", place, g.quote, "", "", "", "gone"))


def gradebook(groups: Iterable[GroupEntry]) -> Iterator[str]:
    """One row a group, with what people have decided and what the report leaves open. Of a group that could not be audited
    nothing is known, so that its cells are empty; nor are there boxes to fill in where there is no checklist."""
    yield _row(_GROUPS)
    for group in groups:
        counts: tuple[object, ...] = ("",) * 6
        if not group.error:
            s = group.statistics
            decided = [group.decided.get(k, 0) for k in ("confirmed", "ask", "dismissed", "undecided")]
            counts = (*decided, s.questions - s.answered, s.items - s.ticked if s.items else "")
        yield _row((group.id, status(group), *counts))


def _row(values: Sequence[object]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([cell(v) for v in values])
    return out.getvalue()
