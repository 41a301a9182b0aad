"""Points in time as people write them, and how long after a deadline a commit is, by the time that it bears."""

from contextlib import suppress
from datetime import date, datetime

from auditor.errors import UserError
from auditor.lazy import compile_later

_MINUTE = compile_later(r"[T ]\d\d(?::?\d\d)?(?=[Zz+-]|$)")  # a time of day without seconds


def moment(text: str) -> datetime:
    """A point in time from ISO 8601. A date alone is the end of that day; a time without offset is local time. Raises
    UserError for anything else."""
    try:
        when = datetime.fromisoformat(text)
        with suppress(ValueError):
            date.fromisoformat(text)  # a date alone, however it is written
            when = when.replace(hour=23, minute=59, second=59)
        when = when if when.tzinfo else when.astimezone()
        when.timestamp()
    except (ValueError, OverflowError, OSError):
        raise UserError(f"--before {text}: not a time", "write it like 2026-01-23T23:59+01:00") from None
    return when


def hours_late(committed: str, due: str) -> float:
    """The hours by which a commit's time is after a deadline; 0 for one that is in time, and where either is not known. A deadline of
    23:59 holds until that minute is over: nobody is called late for its seconds. Whoever makes a commit writes its time: it is what
    the commit says, and no proof in either direction."""
    if not committed or not due:
        return 0.0
    try:
        seconds = (moment(committed) - moment(due)).total_seconds()
    except UserError:  # of a stored record
        return 0.0
    grace = 59 if _MINUTE.search(due) else 0
    return seconds / 3600 if seconds > grace else 0.0


def shown(committed: str) -> str:
    """A commit's time as people read it, to the minute."""
    return committed[:16].replace("T", " ") or "no time that can be read"


def late(committed: str, due: str) -> str:
    """By how much, in words (`10 h`); empty where it is not late."""
    hours = hours_late(committed, due)
    if not hours:
        return ""
    if hours < 1:
        return f"{max(int(hours * 60), 1)} min"
    return f"{int(hours)} h" if hours < 72 else f"{int(hours / 24)} days"
