"""What makes all that stands below it another text: a fence that never ends, a merge that was not finished, an encoding that git and
pages do not read."""

import re
from collections.abc import Iterator, Sequence

from auditor.form.flaw import Flaw, cut
from auditor.form.page import Page
from auditor.models import Source
from auditor.report.text import readable, saved_as
from auditor.shapes import number_of


def check_fences(page: Page) -> Iterator[Flaw]:
    """Code fences that are never closed."""
    for problem in page.report.problems:
        if match := re.fullmatch(r"question (\d+): a code fence is not closed", problem.message):
            yield Flaw(
                "fence-unbalanced", Source(kind="question", n=number_of(match[1])), problem.line, f"Question {match[1]}",
                cut(page.lines[problem.line - 1]),
                "A code block starts here and never ends: everything below it shows as code.",
                f"Close it with a line ``` where the code ends, or delete line {problem.line}.",
            )  # fmt: skip


def check_conflicts(page: Page) -> Iterator[Flaw]:
    """The marks that a merge leaves where two versions differ: all three of them in their order, or the first or last alone. What a
    code block shows is an example."""
    for marks in torn(page.lines, fenced=True):
        opened, last = marks[0], marks[-1]
        said, alone = cut(page.lines[opened - 1]), len(marks) == 1
        listed = ", ".join(map(str, marks[:-1]))
        yield Flaw(
            "conflict-markers", Source(kind="report", n=0), opened, f"line {opened}" if alone else f"lines {opened} to {last}", said,
            "A merge was not finished here: one of git's marks was left."
            if alone
            else "A merge was not finished here: both versions stand in the report, with git's marks.",
            f"Read what stands around line {opened}, which may be there in two versions, and delete the line."
            if alone
            else f"Keep one version of lines {opened} to {last}, and delete the lines {listed} and {last}.",
            fact=f"one of git's marks in line {opened}" if alone else f"git's marks in lines {listed} and {last}",
        )  # fmt: skip


_APART = 100  # lines between two marks of one conflict: farther above, `=======` underlines a heading


def torn(rows: Sequence[str], fenced: bool = False) -> Iterator[tuple[int, ...]]:
    """What a merge left of its marks, as the numbers of their lines: the three of one conflict, or the first or last alone (seven signs
    at the start of a line and a word), with the middle one where it is there. Where code can be `fenced`, a mark within a block that
    ends is none."""
    shown = _in_fences(rows) if fenced else frozenset()
    opened = parted = 0
    for n, row in enumerate(rows, 1):
        if row.startswith("<<<<<<< ") and n not in shown and row[8:].strip():
            if opened:
                yield (opened, parted) if parted else (opened,)
            opened, parted = n, 0
        elif row.rstrip() == "=======" and (opened or n not in shown):
            parted = n
        elif row.startswith(">>>>>>> ") and row[8:].strip():
            if opened and parted:
                yield opened, parted, n
            elif n not in shown:
                if opened:
                    yield (opened,)
                yield (parted, n) if parted and n - parted <= _APART else (n,)
            else:
                continue
            opened = parted = 0
    if opened:
        yield (opened, parted) if parted else (opened,)


def _in_fences(rows: Sequence[str]) -> frozenset[int]:
    """The numbers of the lines within blocks of code that are closed."""
    found: list[int] = []
    fence, start = "", 0
    for n, row in enumerate(rows, 1):
        text = row.strip()
        mark = text[: len(text) - len(text.lstrip(text[0]))] if text.startswith(("```", "~~~")) else ""
        if not fence and mark and not (mark[0] == "`" and "`" in text[len(mark) :]):
            fence, start = mark, n
        elif fence and mark.startswith(fence) and text == mark:
            found += range(start, n + 1)
            fence = ""
    return frozenset(found)


def check_saved(page: Page) -> Iterator[Flaw]:
    """Files of the report that are no UTF-8 text. Where the repository has git encode them anew, what is on the disk says nothing."""
    if any(
        f.name == ".gitattributes" and readable(f) and "working-tree-encoding" in f.text
        for f in page.snapshot.files.values()
    ):
        return
    for path in page.report.files:
        if path in page.snapshot.files and (odd := saved_as(page.snapshot.files[path])):
            yield Flaw(
                "report-encoding", Source(kind="report", n=0), page.report.line_of(path, odd.line), path, odd.says,
                f"{odd.means[0].upper()}{odd.means[1:]}.", odd.mend, fact=f"{path}: {odd.says}", detail=odd.slight,
            )  # fmt: skip
