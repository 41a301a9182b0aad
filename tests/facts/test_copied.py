"""Whether a repository is a copy of another one that the report speaks of."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conftest import report, tree

from auditor.facts.copied import spoken_of
from auditor.repository import Commit, History

RUN = "See https://github.com/pears/orchard/actions/runs/1 for a run."
FILE = "It is [here](https://github.com/pears/orchard/blob/main/src/model.py)."
GONE = "It is [here](https://github.com/pears/orchard/blob/main/.github/workflows/ci.yml)."
HERE = "https://github.com/apples/copy.git"


def history(count: int) -> History:
    day = datetime(2026, 1, 2, tzinfo=UTC)
    one = Commit("", (), "a", "", day, "a", day, "x")
    return History(commits=tuple(replace(one, sha=f"{n:040}") for n in range(count)))


@pytest.mark.parametrize(
    ("answer", "url", "commits", "copied"),
    [
        (RUN, HERE, 2, True),
        (FILE, HERE, 2, True),
        ("[![x](https://github.com/pears/orchard/actions/workflows/ci.yml/badge.svg)](x)", HERE, 1, True),
        (f"{FILE} {GONE}", "", 2, True),
        # its own name, however it is written
        (RUN, "git@github.com:Pears/Orchard.git", 2, False),
        (RUN, "https://github.com/pears/orchard/", 2, False),
        # a name that changed: the work itself is here
        (RUN, HERE, 60, False),
        # where it comes from is not known, and nothing is missing
        (FILE, "", 2, False),
        (GONE, "", 2, False),
        # others' projects, templates and the course
        ("We built on https://github.com/pears/orchard.", HERE, 2, False),
        ("From https://github.com/pears/orchard/blob/main/net/upstream.py", HERE, 2, False),
        ("From https://github.com/pears/mlops_template/tree/main/src", HERE, 2, False),
        ("", HERE, 2, False),
    ],
)
def test_spoken_of(answer: str, url: str, commits: int, copied: bool) -> None:
    snapshot = tree({"src/model.py": "x = 1\n"}, history(commits), report({"continuous-integration": answer}))
    hole = spoken_of(snapshot, url)
    assert bool(hole) == copied
    assert hole is None or ("pears/orchard" in hole.reason and hole.line == 100)


def test_nothing_is_absent_in_a_copy() -> None:
    from auditor.probes import load

    snapshot = tree({"src/model.py": "x = 1\n"}, history(1), report({"continuous-integration": RUN}))
    assert load()["frontend"].run(snapshot).outcome == "absent"
    hole = spoken_of(snapshot, HERE)
    assert hole is not None
    snapshot.beyond = (hole,)
    answer = load()["frontend"].run(snapshot)
    assert answer.outcome == "unknown"
    assert "pears/orchard" in answer.reason
