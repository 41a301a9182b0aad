"""The text of a report as its reader sees it, as much of it as a report may have."""

from auditor import limits
from auditor.errors import UserError
from auditor.letters import as_read, shortened
from auditor.repository import Unreadable
from auditor.snapshot import File

MARKDOWN = ("md", "markdown", "mdown", "mkd", "mkdn", "mdx")


def readable(file: File) -> bool:
    """Whether a file has text."""
    if file.why_skipped:
        return False
    try:
        file.text  # noqa: B018  (reading it is what may fail)
    except Unreadable:
        return False
    return True


def must_read(file: File) -> str:
    try:
        return file.text
    except Unreadable as reason:
        raise UserError(
            f"{file.path}: the report cannot be read ({reason})", "a report is a markdown text file"
        ) from None


def text_of(file: File) -> str:
    """The text of a report as its reader sees it."""
    return shortened_of(file)[0]


def shortened_of(file: File) -> tuple[str, tuple[int, ...]]:
    return file.once("as read", lambda: shortened(as_read(file.text)))


def lines_of(file: File) -> list[str]:
    """Its lines, without their ends."""
    return file.once("lines as read", lambda: text_of(file).split("\n"))


def text_within(file: File) -> str:
    """As much of its text as a report may have lines."""
    rows = lines_of(file)
    return text_of(file) if len(rows) <= limits.LINES.value else "\n".join(rows[: limits.LINES.value])
