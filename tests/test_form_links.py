"""Links to branches, tags and commits of the own repository: what no copy can be sure of is left alone."""

from dataclasses import replace

import pytest
from conftest import tree
from test_form import PATH, answer, prose, stored

from auditor.form.check import check_form
from auditor.models import Verdict
from auditor.profile import load_profile
from auditor.report.parse import parse_report
from auditor.repository import History

OURS = "https://github.com/mlops-42/cloudtype"
WHOLE = History(branches=("main", "dev", "feature/api"), tags=("v1.0",), default_branch="main", origin=OURS)


def told(link: str, history: History = WHOLE) -> list[Verdict]:
    snapshot = tree(stored() | {PATH: answer(4, prose(110) + "\n" + link).encode()}, history)
    profile = load_profile()
    report = parse_report(snapshot.files[PATH], profile, snapshot.files, "", OURS)
    found = check_form(snapshot.files[PATH], report, snapshot, profile, lambda _: "E1", url=OURS + ".git")
    return [v for v in found if v.claim.source.n == 4]


@pytest.mark.parametrize(
    ("path", "gone"),
    [
        ("blob/develop/src/cloudtype/train.py", "develop"),
        ("blob/develop/pyproject.toml#L3", "develop"),  # a file that is there, on a branch that is not
        ("tree/develop", "develop"),
        ("tree/feature/web/src", "feature"),
        ("commits/develop", "develop"),
        ("blame/develop/pyproject.toml", "develop"),
        ("releases/tag/v2.0", "v2.0"),
        ("releases/tag/dev", "dev"),  # a branch is no tag
        ("-/tags/v2.0", "v2.0"),
        ("-/blob/develop/pyproject.toml", "develop"),
        ("blob/dev/pyproject.toml", ""),
        ("tree/feature/api/src", ""),
        ("tree/feature%2Fapi", ""),
        ("blob/v1.0/pyproject.toml", ""),
        ("releases/tag/v1.0", ""),
        ("blob/main/pyproject.toml", ""),
        ("blob/master/pyproject.toml", ""),  # a host leads on from a default branch's old name
        ("blob/HEAD/pyproject.toml", ""),
        ("blob/0123abc/pyproject.toml", ""),  # a commit that no branch has any more may still be on the host
        ("blob/0123456789abcdef0123456789abcdef01234567/pyproject.toml", ""),
        ("commit/0123abc", ""),
        ("pull/12", ""),
        ("issues/12", ""),
    ],
)
def test_a_link_to_no_branch_of_the_repository(path: str, gone: str) -> None:
    found = told(f"[here]({OURS}/{path})")
    assert [(v.rule, v.detail) for v in found] == ([("link-broken", True)] if gone else [])
    if gone:
        assert f"{gone}." in found[0].difference
        assert "knows no " in found[0].difference
        assert "`git fetch" in found[0].hint


def test_the_near_miss_is_named() -> None:
    assert told(f"[here]({OURS}/blob/deve/pyproject.toml)")[0].hint.startswith("Link to dev;")
    assert told(f"[here]({OURS}/blob/zzz/pyproject.toml)")[0].hint.startswith("Link to main;")


def test_a_tag_is_made_not_linked_around() -> None:
    assert told(f"[here]({OURS}/releases/tag/v1.1)")[0].hint.startswith("Link to v1.0;")
    assert told(f"[here]({OURS}/releases/tag/final)")[0].hint.startswith("Make the tag and push it")


def test_images_and_raw_addresses_too() -> None:
    raw = "https://raw.githubusercontent.com/mlops-42/cloudtype"
    assert [v.rule for v in told(f"![x]({raw}/develop/reports/figures/a.png)")] == ["link-broken"]
    assert [v.rule for v in told(f"![x]({OURS}/blob/develop/reports/figures/a.png?raw=true)")] == ["link-broken"]
    assert [v.rule for v in told(f"[x]({raw}/dev/pyproject.toml)")] == []


@pytest.mark.parametrize(
    "history",
    [
        replace(WHOLE, one_branch=True),  # other branches may be there
        replace(WHOLE, shallow=True),
        History(),  # nothing is known
    ],
)
def test_a_copy_without_all_branches_says_nothing(history: History) -> None:
    assert told(f"[here]({OURS}/blob/develop/pyproject.toml)", history) == []


def test_other_repositories_are_left_alone() -> None:
    assert told("[here](https://github.com/others/cloudtype/blob/develop/pyproject.toml)") == []
    assert told("[here](https://github.com/mlops-42/another/tree/develop)") == []


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        (f"See {OURS}/blob/develop/pyproject.toml.", f"{OURS}/blob/develop/pyproject.toml"),
        (f"(see {OURS}/tree/develop)", f"{OURS}/tree/develop"),
        (f"See <{OURS}/tree/develop>, and again {OURS}/tree/develop", f"{OURS}/tree/develop"),
        (f"See **{OURS}/tree/develop**", f"{OURS}/tree/develop"),
        (f"See {OURS}/blob/main/none.toml", f"{OURS}/blob/main/none.toml"),
        (f"See {OURS}/blob/dev/none.toml", ""),
        (f"Typed `{OURS}/tree/develop`", ""),
        (f"```\n{OURS}/tree/develop\n```", ""),
        (f"[{OURS}/tree/develop]({OURS}/tree/dev)", ""),  # where it leads, not what it says
    ],
)
def test_addresses_without_markup(text: str, gone: str) -> None:
    found = told(text)
    assert [(v.rule, v.claim.quote) for v in found] == ([("link-broken", gone)] if gone else [])


@pytest.mark.parametrize("url", ["git@github.com:mlops-42/cloudtype.git", OURS, f"{OURS}/", OURS.upper()])
def test_the_own_repository_by_any_address(url: str) -> None:
    snapshot = tree(stored() | {PATH: answer(4, prose(110) + f"\n[x]({OURS}/tree/develop)").encode()}, WHOLE)
    report = parse_report(snapshot.files[PATH], load_profile(), snapshot.files, "", url)
    found = check_form(snapshot.files[PATH], report, snapshot, load_profile(), lambda _: "E1", url=url)
    assert [v.rule for v in found if v.claim.source.n == 4] == ["link-broken"]
