"""The text of a report as its reader sees it, as much of it as a report may have."""

from dataclasses import replace

from auditor import decoding, limits
from auditor.decoding import Saved
from auditor.errors import UserError
from auditor.lazy import dataclass
from auditor.letters import as_read, shortened
from auditor.repository import Unreadable
from auditor.snapshot import File

RESTRUCTURED = ("rst", "rest")
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
        odd = saved_as(file)
        why, hint = (
            (odd.says, odd.mend[0].lower() + odd.mend[1:].rstrip("."))
            if odd
            else (str(reason), "a report is a markdown text file, saved as UTF-8")
        )
        raise UserError(f"{file.path}: the report cannot be read ({why})", hint) from None


def saved_as(file: File) -> Saved | None:
    """What is odd about how a file was saved; nothing of one that git does not have."""
    try:
        return decoding.saved_as(file.bytes())
    except Unreadable:
        return None


@dataclass(frozen=True)
class Shown:
    """The text of a report as its reader sees it, as much as is read. `cut` are the rows, from 0, of which only a part is;
    `many` is the number of rows in the file."""

    text: str
    cut: tuple[int, ...]
    many: int

    @property
    def kept(self) -> int:
        """The number of rows that are read."""
        return self.text.count("\n") + 1


def shown_of(file: File) -> Shown:
    """What of a report is read; reStructuredText as the markdown that it would be."""

    def read() -> Shown:
        shown = _shown(file.text)
        if file.suffix not in RESTRUCTURED:
            return shown
        from auditor.report.rst import as_markdown

        return replace(shown, text=as_markdown(shown.text))

    return file.once("as read", read)


def _shown(text: str) -> Shown:
    text, lost = shortened(as_read(text))
    many = text.count("\n") + 1
    if many > limits.LINES.value or len(text) > limits.REPORT.value:
        rows, room = [], limits.REPORT.value
        for row in text.split("\n", limits.LINES.value)[: limits.LINES.value]:
            room -= len(row) + 1
            if room < 0:
                break
            rows.append(row)
        text = "\n".join(rows)
        lost = tuple(i for i in lost if i < len(rows))
    return Shown(text, lost, many)


def text_of(file: File) -> str:
    """The text of a report as its reader sees it, whole rows within the limits of a report."""
    return shown_of(file).text


def lines_of(file: File) -> list[str]:
    """Its lines, without their ends."""
    return file.once("lines as read", lambda: text_of(file).split("\n"))
