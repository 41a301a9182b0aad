"""How work came in: absolutes against the first-parent line."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import contradicted

from auditor.repository import Commit, History

START = datetime(2026, 1, 5, tzinfo=UTC)


def line(
    requests: int, direct: int, subject: str = "fix the loader", rebased: bool = False, shallow: bool = False
) -> History:
    """A default branch with merged pull requests, and direct commits after the first of them."""
    made = [Commit("root", (), "A B", "a@b.dk", START, "A B", START, "Initial commit")]
    for n in range(1, requests + direct + 1):
        time = START + timedelta(hours=n)
        if n == 1 or n > direct + 1:
            head = Commit(f"h{n}", (made[-1].sha,), "A B", "a@b.dk", time, "A B", time, "work")
            made.append(head)
            made.append(
                Commit(
                    f"m{n}",
                    (made[-2].sha, head.sha),
                    "A B",
                    "a@b.dk",
                    time,
                    "GitHub",
                    time,
                    f"Merge pull request #{n} from g/x",
                )
            )
        else:
            later = time + timedelta(minutes=30 if rebased else 0)
            made.append(Commit(f"d{n}", (made[-1].sha,), "A B", "a@b.dk", time, "A B", later, subject))
    return History(tuple(reversed(made)), default_branch="main", shallow=shallow)


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("We never pushed directly to main.", True),
        ("No one could push directly to the main branch.", True),
        ("All changes into the main branch needed to go through a pull request.", True),
        ("Code was only merged into main through pull requests.", True),
        ("Each change was developed on its own branch instead of committing directly to main.", True),
        ("We disabled the ability to push directly to main.", True),
        ("Every new feature had its own branch and was merged with a pull request.", True),
        ("We usually never pushed directly to main.", False),
        ("We tried to merge into main only through pull requests.", False),
        ("Ideally nobody would push directly to main.", False),
        ("Later, all changes to main had to go through a pull request.", False),
        ("We used branches and pull requests.", False),
        ("The main branch was protected.", False),
        ("Every branch was merged into main exclusively through pull requests.", False),
        ("We never pushed directly to main. For the report we pushed directly to main.", False),
        ("In large teams one should never push directly to main.", False),
        ("Pull requests needed one review.", False),
    ],
)
def test_absolutes(answer: str, wrong: bool) -> None:
    found = contradicted("direct-pushes", {"version-control": answer}, {}, history=line(5, 15))
    assert found == (["history:direct-pushes"] if wrong else [])


@pytest.mark.parametrize(
    "history",
    [
        line(5, 9),
        line(60, 15),
        line(0, 0),
        line(5, 15, subject="Update README.md"),
        line(5, 15, rebased=True),
        line(5, 15, shallow=True),
        History(),
    ],
    ids=["few", "a small share", "no requests", "the report only", "rebased", "shallow", "no history"],
)
def test_histories_that_contradict_nothing(history: History) -> None:
    assert (
        contradicted("direct-pushes", {"version-control": "We never pushed directly to main."}, {}, history=history)
        == []
    )


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("We used branches, but we have not used pull requests.", True),
        ("We did not use any pull requests.", True),
        ("We worked with no pull requests.", True),
        ("We did not use pull requests for small changes.", False),
        ("We did not use pull requests much.", False),
        ("We did not use pull request reviews.", False),
        ("At first we did not use pull requests.", False),
        ("If we had not used pull requests, main would have broken.", False),
        ("We used pull requests.", False),
    ],
)
def test_denials(answer: str, wrong: bool) -> None:
    found = contradicted("denied-pull-requests", {"version-control": answer}, {}, history=line(2, 3))
    assert found == (["history:pull-requests"] if wrong else [])
    assert contradicted("denied-pull-requests", {"version-control": answer}, {}) == []
