"""What makes all that stands below it another text: a fence that never ends, a merge that was not finished, an encoding that git and
pages do not read."""

import re
from collections.abc import Iterator

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
    """The marks that a merge leaves where two versions differ: all three of them, in their order."""
    opened = parted = 0
    for n, row in enumerate(page.lines, 1):
        if row.startswith("<<<<<<< "):
            opened, parted = n, 0
        elif opened and row.rstrip() == "=======":
            parted = n
        elif parted and row.startswith(">>>>>>> "):
            yield Flaw(
                "conflict-markers", Source(kind="report", n=0), opened, f"lines {opened} to {n}", cut(page.lines[opened - 1]),
                "A merge was not finished here: both versions stand in the report, with git's marks.",
                f"Keep one version of lines {opened} to {n}, and delete the lines {opened}, {parted} and {n}.",
                fact=f"git's marks in lines {opened}, {parted} and {n}",
            )  # fmt: skip
            opened = parted = 0


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
