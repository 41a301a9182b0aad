"""A class as tables for a spreadsheet: a row for each finding, and one for each group. There is no score in either."""

from collections.abc import Iterable, Iterator

from auditor.decisions import WORDS
from auditor.escape import csv_row
from auditor.models import GroupEntry, ReportState
from auditor.moments import hours_late
from auditor.render.index import _status as status
from auditor.render.index import unanswered

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
    "answers_too_short",
    "answers_too_long",
    "answers_without_images",
    "report_expected_at",
    "late",
)


def findings(groups: Iterable[GroupEntry]) -> Iterator[str]:
    """One row a finding, in pieces: of leads, remarks and disputed ones, too, told apart by their standing; last in each group those
    of an earlier audit that are `gone`, of which only that audit knows the difference."""
    yield csv_row(_FINDINGS)
    for group in groups:
        for f in group.findings:
            decision = WORDS.get(f.decision, "") or ("undecided" if f.standing == "finding" else "")
            yield csv_row(
                (group.id, f.rule, f.level, f.standing, f.place, f.quote, f.difference, f.link, decision, f.since)
            )
        for g in group.gone_findings:
            place = f"{group.report_path}:{g.line}" if g.line else group.report_path
            yield csv_row((group.id, g.rule, g.level, "finding", place, g.quote, "", "", "", "gone"))


def gradebook(groups: Iterable[GroupEntry]) -> Iterator[str]:
    """One row a group, with what people have decided and what the report leaves open. Of a group that could not be audited
    nothing is known, so that its cells are empty; nor are there boxes to fill in where there is no checklist. An open box is filled
    in: it says that something was not done. A list without any mark is not. Answers are counted that are plainly shorter or longer
    than asked for, or have fewer images; where the report lies at its place, none is expected elsewhere. `late` are the hours by which the
    commit that the list names is after the deadline, by its own time: empty for one that is not."""
    yield csv_row(_GROUPS)
    for group in groups:
        counts: tuple[object, ...] = ("",) * 11
        if not group.error:
            s = group.statistics
            decided = [group.decided.get(k, 0) for k in ("confirmed", "ask", "dismissed", "undecided")]
            blank = s.items if not s.ticked else 0
            form = group.report_state or ReportState()
            hours = hours_late(group.commit_time, group.due)
            late = max(round(hours, 1), 0.1) if hours else ""
            asked = (len(form.short), len(form.long), len(form.images), form.collected, late)
            counts = (*decided, len(unanswered(group)), blank if s.items else "", *asked)
        yield csv_row((group.id, status(group), *counts))
