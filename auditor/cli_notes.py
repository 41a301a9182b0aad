"""What commands say beside their result, the codes that they leave with, and what they need to begin."""

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import typer

from auditor.options import FailOn

if TYPE_CHECKING:
    from auditor.deadline import Allowance
    from auditor.models import AuditRecord


def note(line: str) -> None:
    typer.echo(one_line(line), err=True)


def one_line(text: str) -> str:
    """One line for a terminal or a log, whatever stands in it."""
    from auditor.escape import note as escaped

    return escaped(text)


FAILING: dict[str, set[str]] = {
    "error": {"error"},
    "contradicted": {"error", "warning"},
    "note": {"error", "warning", "note"},
    "never": set(),
}


def exit_code(record: "AuditRecord", fail_on: FailOn, exit_zero: bool = False) -> int:
    """2 when a judge was asked and could not answer everything, a report has no questions or no checklist that is read, or the
    time of the audit was over before all was looked at, else 0 or 1: whether something that stands as a finding is at or
    above a level (`contradicted` means errors and warnings)."""
    if record.unjudged or record.error or record.report.unread or _ended_early(record):
        return 2
    counted = [f for f in record.findings if f.standing == "finding"]
    return int(not exit_zero and any(f.level in FAILING[fail_on] for f in counted))


def _ended_early(record: "AuditRecord") -> bool:
    from auditor.deadline import ended_early

    return ended_early(p.message for p in record.omitted)


def tell_of_the_end(record: "AuditRecord", allowance: "Allowance") -> bool:
    """Say what the time did not suffice for; whether the page, or a part of it, is among that."""
    if _ended_early(record):
        note(f"{EARLY}; give it more with --timeout")
    told = {p.message for p in (*record.omitted, *record.unjudged)}
    late = [said for what, why in allowance.left_out.items() if (said := f"{what} {why}") not in told]
    for said in late:
        note(f"{said}; give it more with --timeout")
    return bool(late)


EARLY = "the time was over before all was looked at; of what was left out nothing is known"


def need_git() -> None:
    """Raises UserError where git is not to be found: what needs it says so in words of its own, each in others."""
    from auditor.gitdir import program

    program()


def on_progress() -> Callable[[str], None] | None:
    """A line on standard error that git's progress overwrites; nothing when nobody looks."""
    if not sys.stderr.isatty():
        return None

    def say(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{one_line(line)[:100]}")
        if "done" in line:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return say
