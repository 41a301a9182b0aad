"""The history probes and the facts that they share with claim checks."""

from datetime import UTC, datetime, timedelta

import pytest
from conftest import ask

from auditor.facts.history import direct_commits, is_bot, main_line, own_pull_requests, people, pull_requests, span
from auditor.repository import Commit, History

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def sha(n: int) -> str:
    return f"{n:010x}".ljust(40, "0")


def commit(n: int, author: str = "Ada Byron <ada@mail.dk>", subject: str = "work", **more: object) -> Commit:
    """The n-th commit, child of the one before, a day later."""
    name, _, email = author.rstrip(">").partition(" <")
    made = {
        "sha": sha(n),
        "parents": (sha(n - 1),) if n else (),
        "author": name,
        "email": email,
        "time": START + timedelta(days=n),
        "committer": name,
        "committed": START + timedelta(days=n),
        "subject": subject,
    }
    return Commit(**{**made, **more})  # type: ignore[arg-type]


def merge(n: int, subject: str, second: int = 0, author: str = "Ada Byron <ada@mail.dk>") -> Commit:
    return commit(n, author, subject, parents=(sha(n - 1), sha(second)), committer="GitHub")


def history(*commits: Commit, **more: object) -> History:
    return History(commits=tuple(reversed(commits)), default_branch="main", **more)  # type: ignore[arg-type]


def test_git_history() -> None:
    work = history(commit(0), commit(1, "Bo Ek <bo@mail.dk>"), merge(2, "Merge pull request #3 from team/data", 1))
    answer = ask("git-history", {}, history=work)
    assert answer.outcome == "found"
    note = answer.evidence[0].note
    assert note == "3 commits from 2026-01-05 to 2026-01-07 by 2 people; 1 merged pull request visible."
    assert "Bo Ek" not in note
    assert answer.evidence[0].sources == ("commit 0000000000", "commit 0000000002")


def test_one_upload_is_no_history() -> None:
    assert ask("git-history", {}, history=history(commit(0))).outcome == "absent"


@pytest.mark.parametrize("probe", ["git-history", "merged-pull-requests", "several-people"])
def test_a_shallow_or_missing_history_is_unknown(probe: str) -> None:
    assert ask(probe, {}, history=history(commit(0), shallow=True)).outcome == "unknown"
    assert ask(probe, {}).outcome == "unknown"


def test_git_history_warns_of_an_older_block() -> None:
    old = START - timedelta(days=700)
    work = history(commit(0, time=old), commit(1, time=old + timedelta(days=3)), commit(2), commit(3))
    assert "the first 2 commits precede the rest by 699 days" in ask("git-history", {}, history=work).evidence[0].note
    assert "precede" not in ask("git-history", {}, history=history(commit(0), commit(1))).evidence[0].note


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        (merge(2, "Merge pull request #7 from team/feature/data-loader", 1), "found"),
        (commit(2, subject="Add the loader (#7)", committer="GitHub"), "found"),
        (merge(2, "Merged in loader (pull request #7)", 1), "found"),
        (merge(2, "Merge branch 'loader' into 'main'", 1), "found"),
        (merge(2, "Merge branch 'main' into 'loader'", 1), "absent"),
        (merge(2, "Merge branch 'loader'", 1), "absent"),
        (merge(2, "Merge branch 'main' of https://github.com/team/project", 1), "absent"),
        (commit(2, subject="Fix the crash of issue (#7)"), "absent"),
        (commit(2, subject="Merge pull request #7 from team/data"), "absent"),
        (commit(2, subject="Bump torch (#7)", author="dependabot[bot] <x@y.z>", committer="GitHub"), "absent"),
        (merge(2, "Merge pull request #7 from team/dependabot/uv/torch-2.6", 1), "absent"),
        (merge(2, "Merge pull request #7 from team/1a2b3cdependabot/uv/torch-2.6", 1), "absent"),
        (merge(2, "Merge pull request #7 from team/main", 1), "absent"),
    ],
)
def test_merged_pull_requests(last: Commit, outcome: str) -> None:
    assert ask("merged-pull-requests", {}, history=history(commit(0), commit(1), last)).outcome == outcome


def test_pull_requests_are_counted_once() -> None:
    work = history(
        commit(0),
        merge(1, "Merge pull request #4 from team/a"),
        merge(2, "Merge pull request #4 from team/a"),
        merge(3, "Merge pull request #5 from team/main"),
        merge(4, "Merge pull request #6 from guest/main"),
        merge(5, "Merge pull request #8 from team/dependabot/pip/x"),
    )
    found = pull_requests(work)
    assert [p.number for p in found] == [8, 6, 5, 4]
    assert [p.number for p in found if p.bot] == [8]
    assert [p.number for p in found if p.back_merge] == [5]
    assert [(p.number, p.owner, p.branch) for p in own_pull_requests(work)] == [(6, "guest", "main"), (4, "team", "a")]
    note = ask("merged-pull-requests", {}, history=work).evidence[0].note
    assert (
        note
        == "2 pull requests (#4 to #6) of people merged, 1 of bots, 1 that brought the default branch into another."
    )


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Byron <ada@mail.dk>", "ada byron <s123456@uni.dk>", True),
        ("Ada Byron <ada@mail.dk>", "adab <ada@mail.dk>", True),
        ("Ada Byron <ada@mail.dk>", "Byron, Ada <s123456@uni.dk>", True),
        ("Ada Byron <ada@mail.dk>", "adabyron <77+adabyron@users.noreply.github.com>", True),
        ("s123456 <77+abyron@users.noreply.github.com>", "Ada <s123456@uni.dk>", True),
        ("Ada Maria Byron <a@one.dk>", "Ada Byron <b@two.dk>", True),
        ("Åse Øst <a@one.dk>", "Ase Ost <b@two.dk>", True),
        ("s123456 <a@one.dk>", "s123457 <b@two.dk>", False),
        ("Ada Byron <ada@mail.dk>", "Bo Ek <bo@mail.dk>", False),
        ("root <root@abc>", "root <root@def>", False),
        ("Ada Byron <you@example.com>", "Bo Ek <you@example.com>", False),
        ("Ada Byron <student@one.dk>", "Bo Ek <student@two.dk>", False),
    ],
)
def test_people_are_merged_by_what_they_share(one: str, other: str, same: bool) -> None:
    assert len(people(history(commit(0, one), commit(1, other)))) == (1 if same else 2)


RUNE, LAPTOP = "Rune Falk <rune@falkmail.example>", "RF <old.laptop@elsewhere.example>"


@pytest.mark.parametrize(
    ("mailmap", "other", "joined"),
    [
        ("Rune Falk <rune@falkmail.example> <old.laptop@elsewhere.example>", LAPTOP, True),
        ("<rune@falkmail.example> <old.laptop@elsewhere.example>  # mine", LAPTOP, True),
        ("Rune Falk <old.laptop@elsewhere.example>", LAPTOP, True),
        ("Rune Falk <RUNE@falkmail.example> rf <Old.Laptop@elsewhere.example>", LAPTOP, True),
        ("Rune Falk <rune@falkmail.example> XY <old.laptop@elsewhere.example>", LAPTOP, False),
        ("Rune Falk <rune@falkmail.example> <old@elsewhere.example>", LAPTOP, False),
        ("# Rune Falk <rune@falkmail.example> <old.laptop@elsewhere.example>", LAPTOP, False),
        ("Rune Falk <rune@falkmail.example", LAPTOP, False),
        ("<<>> <> <a> <b\0> x" * 3000, LAPTOP, False),
        ("Rune Falk <rune@falkmail.example> <me@github-actions.dk>", "github-actions <me@github-actions.dk>", False),
        ("Rune Falk <rune@falkmail.example> <you@example.com>", "X <you@example.com>", True),
    ],
)
def test_a_mailmap_joins_people(mailmap: str, other: str, joined: bool) -> None:
    work = history(commit(0, RUNE), commit(1, other), mailmap=mailmap)
    assert len(people(work)) == (1 if joined else 2)


def test_bots_stand_apart() -> None:
    work = history(
        commit(0), commit(1, "dependabot[bot] <ada@mail.dk>"), commit(2, coauthors=("Copilot <c@github.com>",))
    )
    found = people(work)
    assert [(p.commits, p.coauthored, p.bot) for p in found] == [(2, 0, False), (1, 0, True), (0, 1, True)]
    assert ask("several-people", {}, history=work).outcome == "absent"


@pytest.mark.parametrize(
    ("name", "email", "bot"),
    [
        ("dependabot[bot]", "", True),
        ("github-actions", "", True),
        ("our-project-bot", "", True),
        ("Claude", "noreply@anthropic.com", True),
        ("ImgBotApp", "ImgBotHelp@gmail.com", True),
        ("Overleaf", "noreply@overleaf.com", True),
        ("GitHub Classroom", "noreply@github.com", True),
        ("github-classroom[bot]", "1+github-classroom[bot]@users.noreply.github.com", True),
        ("GitHub", "noreply@github.com", True),
        ("all-contributors", "x@y.dk", True),
        ("Renovate Bot", "bot@renovateapp.com", True),
        ("DeepSource Bot", "bot@deepsource.io", True),
        ("Mary Jenkins", "mary@mail.dk", False),
        ("Travis Holm", "travis@mail.dk", False),
        ("Ada", "7+ada@users.noreply.github.com", False),
        ("Claude Monet", "cm@mail.dk", False),
        ("Bothilde Abbott", "b@mail.dk", False),
        ("Robot Lover", "r@mail.dk", False),
    ],
)
def test_is_bot(name: str, email: str, bot: bool) -> None:
    assert is_bot(name, email) is bot


def test_several_people_shows_numbers_not_names() -> None:
    work = history(
        commit(0),
        commit(1),
        commit(2, "Bo Ek <bo@mail.dk>", parents=(sha(0),)),
        merge(3, "Merge pull request #2 from team/x", 2),
    )
    work = History(commits=(work.commits[0], work.commits[1], work.commits[2], work.commits[3]), default_branch="main")
    answer = ask("several-people", {}, history=work)
    assert answer.outcome == "found"
    assert answer.evidence[0].note.startswith("2 people authored commits (3, 1); ")
    assert "Ada" not in answer.evidence[0].note


def test_direct_commits_are_those_of_the_main_line() -> None:
    work = history(
        commit(0),
        commit(1, subject="Add x (#1)", committer="GitHub"),
        commit(2, "dependabot[bot] <d@d.d>"),
        commit(3),
        commit(4, parents=(sha(3),)),
        commit(5, parents=(sha(3), sha(4)), subject="Merge pull request #2 from team/y"),
    )
    assert [c.sha for c in direct_commits(work)] == [sha(n) for n in (3, 0)]


def test_span_leaves_out_impossible_dates() -> None:
    work = history(commit(0, time=datetime(1970, 1, 1, tzinfo=UTC)), commit(1), commit(4))
    found = span(work)
    assert found is not None
    assert (found.first.day, found.days, found.gap, found.older) == (6, 3, 3, 1)
    assert span(History()) is None


def test_the_main_line_leaves_a_branch_that_was_brought_up_to_date() -> None:
    """The newest commits are a branch's own: it was audited, or pushed to main, after a merge of main into it."""
    work = history(
        commit(0),
        commit(1, subject="a feature"),
        commit(2, parents=(sha(0), sha(1)), subject="Merge pull request #1 from team/feature"),
        commit(3, parents=(sha(0),), subject="a report"),
        commit(4, subject="more of the report"),
        commit(5, parents=(sha(4), sha(2)), subject="Merge branch 'main' into report"),
        commit(6, subject="the last words"),
    )
    assert [c.sha for c in main_line(work)] == [sha(n) for n in (2, 0)]
    assert [c.sha for c in direct_commits(work)] == [sha(0)]
    pulled = history(
        commit(0),
        commit(1, subject="ours"),
        commit(2, parents=(sha(0),), subject="theirs"),
        commit(3, parents=(sha(1), sha(2)), subject="Merge branch 'main' of https://example.com/team/repo"),
    )
    assert [c.sha for c in direct_commits(pulled)] == [sha(n) for n in (1, 0)]
