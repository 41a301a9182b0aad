"""The record as annotations of a workflow's log: one line for each finding, on the report's line."""

from auditor.escape import data, one_line, prop
from auditor.models import AuditRecord
from auditor.render.sides import also, explained, ruling, who
from auditor.rules import hint

_COMMANDS = {"error": "error", "warning": "warning", "note": "notice"}


def render(record: AuditRecord) -> str:
    """One workflow command a finding, gravest first; what does not count is a notice. Nothing in it can start a command of its
    own."""
    verdicts = {v.id: v for v in record.verdicts}
    rows = []
    for finding in record.findings:
        verdict = verdicts[finding.verdict]
        shows = "" if verdict.by == "form" else verdict.repo_shows
        parts: tuple[str, ...] = (
            verdict.claim.quote,
            verdict.difference or shows or verdict.report_says,
            hint(verdict, finding),
        )
        for name, words in (
            ("for the group", verdict.softened),
            ("also at", also(finding)),
            ("said by", who(record, finding, verdicts)),
            ("ruling", ruling(record, finding)),
            ("explained by", explained(record, finding, verdicts)),
        ):
            parts = (*parts, f"{name}: {words}" if words else "")
        message = "\n".join(one_line(part) for part in parts if part)
        path, line = record.report.spot(verdict.claim)
        place = f"file={prop(path)},line={max(line, 1)}"
        counts = finding.standing == "finding"
        title = finding.rule if counts else f"{finding.standing}: {finding.rule}"
        command = _COMMANDS[finding.level] if counts else "notice"
        rows.append(f"::{command} {place},title={prop(title)}::{data(message)}\n")
    if record.error:
        rows.append(f"::error::{data(one_line(record.error))}\n")
    return "".join(rows)
