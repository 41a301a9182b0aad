"""Addresses of a host's pages: whose repository, which branch or tag, and what a copy can say of one that it lacks."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from conftest import tree

from auditor.facts.hosted import is_folder, no_ref, own_address, page_of, remote
from auditor.facts.places import ours
from auditor.repository import Commit, History

OURS = "https://github.com/lake-42/pond"
WHOLE = History(branches=("main", "dev", "feature/api"), tags=("v1.0",), default_branch="main", origin=f"{OURS}.git")
CLONED = {"README.md": f"# Pond\n\n```sh\ngit clone {OURS}.git\n```\n", "src/a.py": "a = 1\n"}


@pytest.mark.parametrize(
    ("address", "ref", "path", "known"),
    [
        (f"{OURS}/blob/main/src/a.py#L3", "main", "src/a.py", True),
        (f"{OURS}/blob/feature/api/src/a.py", "feature/api", "src/a.py", True),
        (f"{OURS}/tree/feature%2Fapi", "feature/api", "", True),
        (f"{OURS}/blob/refs/heads/dev/src/a.py", "dev", "src/a.py", True),
        (f"{OURS}/blob/refs/heads/web/src/a.py", "web", "src/a.py", False),
        (f"{OURS}/blob/v1.0/src/a.py", "v1.0", "src/a.py", True),
        (f"{OURS}/blob/master/src/a.py", "master", "src/a.py", True),
        (f"{OURS}/blob/0123abc/src/a.py", "0123abc", "src/a.py", True),
        (f"{OURS}/blob/develop/src/a.py", "develop", "src/a.py", False),
        (f"{OURS}/releases/tag/dev", "dev", "", False),
        ("https://gitlab.com/lake-42/pond/-/blob/dev/src/a.py", "dev", "src/a.py", True),
        ("https://raw.githubusercontent.com/lake-42/pond/dev/src/a.py", "dev", "src/a.py", True),
        ("HTTPS://GitHub.com/Lake-42/Pond.git/blob/dev/src/a.py", "dev", "src/a.py", True),
    ],
)
def test_pages(address: str, ref: str, path: str, known: bool) -> None:
    page = page_of(address, WHOLE)
    assert page is not None
    assert (page.repository, page.ref, page.path, page.known) == ("lake-42/pond", ref, path, known)


@pytest.mark.parametrize(
    "address", [OURS, f"{OURS}/pull/3", f"{OURS}/actions", "https://example.com/a/b/blob/x/y", "a/b"]
)
def test_no_page(address: str) -> None:
    assert page_of(address, WHOLE) is None


@pytest.mark.parametrize(
    ("address", "name"),
    [
        (OURS, "lake-42/pond"),
        (f"{OURS}.git", "lake-42/pond"),
        ("git@github.com:Lake-42/pond.git", "lake-42/pond"),
        ("ssh://git@github.com:22/lake-42/pond", "lake-42/pond"),
        ("github.com/lake-42/pond/", "lake-42/pond"),
        ("https://gitlab.com/lake-42/pond.git", "lake-42/pond"),
        ("/srv/class/pond.git", ""),
        ("https://git.example.org/lake-42/pond.git", ""),
        ("https://notgithub.com/lake-42/pond", ""),
    ],
)
def test_remotes(address: str, name: str) -> None:
    assert remote(address) == name


@pytest.mark.parametrize("origin", ["", "/srv/class/7.git", "../7.git", "file:///srv/7", "C:\\class\\7", "~/class/7"])
def test_folders(origin: str) -> None:
    assert is_folder(origin)
    assert own_address(tree(CLONED, replace(WHOLE, origin=origin))) == "lake-42/pond"


@pytest.mark.parametrize(
    ("files", "name"),
    [
        ({"pyproject.toml": f'[project]\nname = "pond"\n[project.urls]\nRepository = "{OURS}"\n'}, "lake-42/pond"),
        ({"pyproject.toml": f'[tool.poetry]\nname = "pond"\nrepository = "{OURS}"\n'}, "lake-42/pond"),
        ({"mkdocs.yml": f"repo_url: {OURS}\n"}, "lake-42/pond"),
        ({"README.md": "git clone git@github.com:lake-42/pond.git\n"}, "lake-42/pond"),
        ({"README.md": f"git clone --depth 1 {OURS}.\n"}, "lake-42/pond"),
        (
            {
                "README.md": f"![x]({OURS}/actions/workflows/tests.yml/badge.svg)\n",
                ".github/workflows/tests.yml": "on: push\n",
            },
            "lake-42/pond",
        ),
        ({"README.md": f"![x]({OURS}/actions/workflows/tests.yml/badge.svg)\n"}, ""),  # of a workflow that is elsewhere
        ({"README.md": f"See {OURS} for what we started from.\n"}, ""),
        ({"README.md": "git clone https://github.com/course/mlops_template\n"}, ""),
        ({"README.md": f"git clone {OURS}\n", "mkdocs.yml": "repo_url: https://github.com/other/lake\n"}, ""),
        ({"README.md": f"git clone {OURS}\n", "mkdocs.yml": f"repo_url: {OURS}.git\n"}, "lake-42/pond"),
        ({"pyproject.toml": "[project\n", "README.md": f"git clone {OURS}\n"}, "lake-42/pond"),
        ({}, ""),
    ],
)
def test_what_the_files_of_a_copy_call_their_own(files: dict[str, str], name: str) -> None:
    assert own_address(tree(files, replace(WHOLE, origin="/srv/class/7.git"))) == name
    assert own_address(tree(files, replace(WHOLE, origin="https://git.example.org/lake/pond.git"))) == ""
    assert own_address(tree(files, replace(WHOLE, origin="https://github.com/a/b"))) == "a/b"


@pytest.mark.parametrize(
    ("history", "told"),
    [
        (WHOLE, True),
        (replace(WHOLE, origin="git@github.com:lake-42/pond.git"), True),
        (replace(WHOLE, origin="/srv/class/7.git"), True),
        (replace(WHOLE, origin=""), True),
        (replace(WHOLE, origin="/srv/class/7.git", branches=("main",)), False),  # a copy of a copy may lack the others
        (replace(WHOLE, branches=("main",)), True),
        (replace(WHOLE, one_branch=True), False),
        (replace(WHOLE, shallow=True), False),
        (replace(WHOLE, default_branch=""), False),
        (replace(WHOLE, origin="https://git.example.org/lake-42/pond"), False),  # a mirror need not have all
        (replace(WHOLE, origin="https://github.com/lake-42/puddle"), False),
    ],
)
def test_a_branch_that_is_not_there(history: History, told: bool) -> None:
    here = tree(CLONED, history)
    lacking = no_ref(here, f"{OURS}/blob/develop/src/a.py")
    assert (lacking is not None) == told
    if lacking:
        assert (
            lacking.said == "This copy of the repository, which has all its branches, knows no branch or tag develop."
        )
    assert no_ref(here, f"{OURS}/blob/main/src/b.py") is None
    assert no_ref(here, f"{OURS}/blob/{{branch}}/src/a.py") is None
    assert no_ref(here, f"{OURS}/blob/<branch>/src/a.py") is None


def test_a_branch_that_was_merged_and_deleted() -> None:
    day = datetime(2026, 1, 20, tzinfo=UTC)
    subject = "Merge pull request #4 from lake-42/feature/web"
    merge = Commit("c" * 40, ("a" * 40, "b" * 40), "Ann", "ann@pond.test", day, "GitHub", day, subject)
    lacking = no_ref(tree(CLONED, replace(WHOLE, commits=(merge,))), f"{OURS}/blob/feature/web/src/a.py")
    assert lacking is not None
    assert lacking.said == "The branch feature/web was merged and is no longer there."
    assert lacking.page.path == "src/a.py"


def test_a_folder_has_no_owner() -> None:
    assert ours(tree({}, History(origin="/srv/class/pond.git"))) == ({"pond"}, frozenset())
    assert ours(tree(CLONED, History(origin="/srv/class/7.git"))) == ({"7", "pond"}, {"lake-42"})
    assert ours(tree({}, History(origin="https://github.com/lake-42/pond.git"))) == ({"pond"}, {"lake-42"})
