"""What stands below a heading of thanks or of a list of changes: it tells what once was, and nothing of the repository as it is."""

import re

from auditor.claims.case import Case, Placed
from auditor.lazy import compile_later
from auditor.markup import outline

# Titles as people give them to such parts, whole, in small letters.
_PAST = frozenset(
    [
        "changelog", "change log", "changes", "recent changes", "latest changes", "history", "release history", "release notes", "releases", "version history", "project history",
        "news", "updates", "what's new", "whats new", "what is new", "unreleased", "migration guide", "thanks", "special thanks", "thanks to", "thank you", "credits", "credit",
        "acknowledgement", "acknowledgements", "acknowledgment", "acknowledgments", "acknowledgement and credits", "contributors", "authors", "our contributors",
    ]
)  # fmt: skip
# ... and what is said beside them in one title.
_BESIDE = frozenset(["license", "licence", "contact", "citation", "citing", "references", "support", "contributing", "contact us"])  # fmt: skip
# A title that is a release: its number, and perhaps its day.
_RELEASE = compile_later(
    r"(?i)\[?(?:(?:version|release|v)\s{0,2}\d+(?:\.\d+){0,3}|\d+\.\d+\.\d+)[\w.+-]{0,20}\]?(?:\s*[-\u2013\u2014(:,/].{0,60})?|\[?\d+(?:\.\d+){1,3}\]?\s*[-\u2013\u2014(:,/]?\s*\(?\d{4}-\d{2}-\d{2}\)?"
)
_WORDS = compile_later(r"[^a-z' ]+")


def of_past_work(placed: Placed, case: Case) -> bool:
    """Whether a claim stands below a heading, near or far, that is a release or names nothing but thanks, authors or changes. A
    link or an image is there to lead somewhere, whatever it stands in."""
    if getattr(placed.claim, "via", "text") != "text":
        return False
    return any(past_title(title) for title in _above(placed.line, case))


def _above(line: int, case: Case) -> list[str]:
    """The titles that a line stands below: the nearest heading and those that it belongs to."""
    found: list[str] = []
    level = 7
    for heading in reversed(outline(case.report.text)):
        if heading.line < line and 0 < heading.level < level:
            found.append(heading.text)
            level = heading.level
            if level == 1:
                break
    return found


def past_title(title: str) -> bool:
    """Whether a heading's title is a release or names nothing but thanks, authors or changes."""
    plain = title.strip().lower()
    if _RELEASE.fullmatch(plain):
        return True
    parts = [" ".join(_WORDS.sub(" ", p).split()) for p in re.split(r"\band\b|[&/,]", plain.replace("\u2019", "'"))]
    parts = [p for p in parts if p]
    return any(p in _PAST for p in parts) and all(p in _PAST or p in _BESIDE for p in parts)
