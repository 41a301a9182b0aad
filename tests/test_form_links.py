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


# -- paths that climb out of the repository, and anchors of other files -----------------------------------------------


def rules_of(link: str, history: History = WHOLE, url: str = OURS) -> list[tuple[str, bool]]:
    snapshot = tree(stored() | {PATH: answer(4, prose(110) + "\n" + link).encode(), "docs/plain.md": PLAIN}, history)
    report = parse_report(snapshot.files[PATH], load_profile(), snapshot.files, "", url)
    found = check_form(snapshot.files[PATH], report, snapshot, load_profile(), lambda _: "E1", url=url)
    return [(f"{v.difference} {v.hint}", v.detail) for v in found if v.claim.source.n == 4]


PLAIN = b'# Set up\n\n## Run it!\n\n## Run it!\n\nOld\n---\n\n<a id="by-hand"></a>\n\n<h3>In HTML</h3>\n\n```\n# no heading\n```\n'
OUT = "leads out of the repository"


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("../../../blob/develop/dockerfiles/api.dockerfile", "knows no branch or tag develop"),
        ("../../develop/dockerfiles/api.dockerfile", "knows no branch or tag develop"),
        ("../../../tree/develop", "knows no branch or tag develop"),
        ("../../../blob/dev/dockerfiles/api.dockerfile", ""),
        ("../../dev/anything.py", ""),
        ("../../v1.0/pyproject.toml", ""),
        ("../../../blob/main/pyproject.toml", ""),
        ("../../../blob/main/none.toml", "There is no none.toml"),
        ("../../main/dockerfiles/apo.dockerfile", "dockerfiles/api.dockerfile is there"),
        ("../../../issues", ""),
        ("../../../pull/3#discussion", ""),
        ("../../..", ""),  # the repository's own page
        ("../../../actions/workflows/none.yaml", "There is no .github/workflows/none.yaml"),
        ("../../dockerfiles/api.dockerfile", "Write ../dockerfiles/api.dockerfile in line"),
        ("../../../../../dockerfiles/api.dockerfile", "Write ../dockerfiles/api.dockerfile in line"),
        ("../..", OUT),
        ("../../../none/thing.py", OUT),
        ("../../../../neighbour/README.md", OUT),
        ("../../../../../../../etc/passwd", OUT),
    ],
)
def test_a_path_that_climbs_out_is_followed_as_the_host_does(target: str, says: str) -> None:
    found = rules_of(f"[here]({target})")
    assert bool(found) == bool(says)
    for told_, detail in found:
        assert says in told_
        assert detail == ("knows no" in told_)


def test_where_the_address_is_not_known_only_what_leads_nowhere_at_all_is_told() -> None:
    here = replace(WHOLE, origin="/home/ann/cloudtype")
    for target in ("../../../blob/develop/x.py", "../../develop/x.py", "../../../issues"):
        assert rules_of(f"[x]({target})", here, "") == []
    assert OUT in rules_of("[x](../../../none/thing.py)", here, "")[0][0]
    lab = "https://gitlab.com/mlops-42/cloudtype"
    assert rules_of("[x](../../../../-/blob/develop/x.py)", replace(WHOLE, origin=lab), lab) == []
    assert rules_of("[x](../../../none/x.py)", replace(WHOLE, default_branch="")) == []
    assert rules_of("[x](../../develop/x.py)", replace(WHOLE, one_branch=True)) == []


def test_a_picture_that_climbs_out() -> None:
    assert rules_of("![x](../../../blob/dev/reports/figures/a.png?raw=true)") == []
    assert "knows no branch" in rules_of("![x](../../../raw/develop/reports/figures/a.png)")[0][0]
    assert OUT in rules_of("![x](../../../../pictures/a.png)")[0][0]
    assert "figures/bucket.png in line" in rules_of("![x](../../reports/figures/bucket.png)")[0][0]


@pytest.mark.parametrize(
    ("anchor", "there"),
    [
        ("set-up", True),
        ("Set-Up", True),
        ("run-it", True),
        ("run-it-1", True),
        ("old", True),
        ("by-hand", True),
        ("in-html", True),
        ("L10", True),
        ("L10-L12", True),
        (":~:text=Set", True),
        ("", True),
        ("nowhere", False),
        ("run-it-2", False),
        ("no-heading", False),
    ],
)
def test_an_anchor_of_another_file(anchor: str, there: bool) -> None:
    for link in (f"../docs/plain.md#{anchor}", f"{OURS}/blob/main/docs/plain.md#{anchor}", f"/docs/plain.md#{anchor}"):
        found = rules_of(f"[here]({link})")
        assert (found == []) == there
        assert there or f"No heading of docs/plain.md has the anchor #{anchor}" in found[0][0]
    assert rules_of(f"[here]({OURS}/blob/dev/docs/plain.md#{anchor})") == []


def test_the_anchor_that_comes_near_is_named() -> None:
    assert "Link to #set-up," in rules_of("[here](../docs/plain.md#setup)")[0][0]


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("docs/other.md", "# A\n\n<script>make()</script>\n"),
        ("docs/other.md", "# A {#own}\n"),
        ("docs/other.md", "# A\n\n::: package.module\n"),
        ("docs/other.md", "# {{ title }}\n"),
        ("docs/other.rst", "A\n=\n"),
        ("docs/other.txt", "# A\n"),
        ("docs/other.ipynb", "{}"),
        ("docs/other.py", "# A\n"),
    ],
)
def test_anchors_that_nobody_can_tell(path: str, content: str) -> None:
    changed = answer(4, prose(110) + f"\n[x](../{path}#nowhere)")
    snapshot = tree(stored() | {PATH: changed.encode(), path: content.encode()}, WHOLE)
    report = parse_report(snapshot.files[PATH], load_profile(), snapshot.files)
    found = check_form(snapshot.files[PATH], report, snapshot, load_profile(), lambda _: "E1")
    assert [v for v in found if v.claim.source.n == 4] == []
