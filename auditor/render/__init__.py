"""Renderers: one record in, one text out. Everything that comes from a repository or a report is hostile text here."""

import re

# C0 and C1 controls, bidirectional overrides and isolates, zero-width and tag characters, line separators.
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


def safe(text: str) -> str:
    """The text without characters that steer a terminal or reorder what a reader sees; each shows as `\N{REPLACEMENT CHARACTER}`."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", "    "))


def one_line(text: str, width: int = 0) -> str:
    """Safe text on one line, cut to `width` with an ellipsis."""
    line = " ".join(safe(text).split())
    return line if not width or len(line) <= width else line[: width - 1] + "…"
