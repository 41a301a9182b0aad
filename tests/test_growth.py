"""Four times the text costs at most some five times the work, whatever the text is made of.

Work is counted, not timed: calls of functions, of Python and of C. What an expression does inside is not seen by that; the
processor's time bounds it, less strictly, and `test_expressions` looks at the expressions themselves. The default run takes
some of the rows; `AUDITOR_STRESS=all` takes all of them."""

import cProfile
import os
import time

import pytest
import stress
from stress import ROWS, Row

_FEW = (
    "glob: workflow paths",
    "report: We have 3 tests.",
    "report: ![[",
    "report: Question blocks",
    "files: blanks in Python",
    "files: ${{ in a script",
    "files: find -exec",
)
CHOSEN = ROWS if os.environ.get("AUDITOR_STRESS") == "all" else [r for r in ROWS if r.name in _FEW]


def _cost(row: Row, n: int) -> tuple[int, float]:
    """Calls and seconds of one run."""
    counter = cProfile.Profile()
    start = time.process_time()
    counter.enable()
    try:
        stress.work(row, n)
    finally:
        counter.disable()
    return sum(entry.callcount for entry in counter.getstats()), time.process_time() - start


@pytest.mark.parametrize("row", CHOSEN, ids=lambda r: r.name)
def test_work_grows_as_the_text_does(row: Row) -> None:
    n = max(row.n // 4, 1)
    stress.work(row, 2 * n)  # what is compiled once; another text than those below, which nothing has kept
    stress.work(row, 0)
    none, _ = _cost(row, 0)
    small, quick = _cost(row, n)
    large, slow = _cost(row, 4 * n)
    # what is within a tenth of the whole is noise of caches
    assert large - none <= 5 * max(small - none, none // 10), (none, small, large)
    assert slow <= 10 * max(quick, 0.5), (quick, slow)
