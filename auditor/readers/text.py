"""Files as plain text."""

import re
from collections.abc import Iterator

from auditor.repository import Unreadable
from auditor.snapshot import File


def lines_matching(file: File, pattern: str | re.Pattern[str], comments: str = "#") -> Iterator[int]:
    """The numbers of the lines in which a pattern is found before any comment (`comments` starts one)."""
    regex = re.compile(pattern) if isinstance(pattern, str) else pattern
    for i, row in enumerate(file.lines, 1):
        code = row.split(comments, 1)[0] if comments else row
        if regex.search(code):
            yield i


def readable(file: File) -> bool:
    """Whether the file has text."""
    try:
        return file.text is not None
    except Unreadable:
        return False
