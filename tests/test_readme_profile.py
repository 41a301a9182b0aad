"""Kinds of sentences in a README that were once read wrong: what tells of the past, folders that moved, ranges of Python."""

import subprocess
from pathlib import Path

import pytest
from build_fixture import git
from test_profiles_packaged import findings

from auditor import pipeline
from auditor.claims.past_work import past_title
from auditor.facts.language import outside
from auditor.models import Submission
from auditor.profile import load_profile

# -- what tells of the past --------------------------------------------------------------------------------------------

SOLD = "The sentence names tools/make.py; the repository has no such file, and never had one."


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("# pond\n\n## Use\n\nWe make it with `tools/make.py`.\n", [SOLD]),
        ("# pond\n\n## Thanks\n\n* Ada Lake for a fix of `tools/make.py`.\n", []),
        ("# pond\n\n## :heart: Special thanks\n\nAda Lake wrote `tools/make.py`.\n", []),
        ("# pond\n\n## License & Acknowledgements\n\nAda Lake wrote `tools/make.py`.\n", []),
        ("# pond\n\n## Changelog\n\n### Old\n\n- Added `tools/make.py`, for Python 3.6+\n", []),
        ("# pond\n\n## v1.2\n\n- Added `tools/make.py`.\n", []),
        ("# pond\n\n## [1.2.0] - 2024-01-02\n\n- Added `tools/make.py`.\n", []),
        ("# pond\n\n## Changelog\n\nMuch.\n\n## Use\n\nWe make it with `tools/make.py`.\n", [SOLD]),
        ("# pond\n\n## Changelog\n\nMuch.\n\n# Use\n\nWe make it with `tools/make.py`.\n", [SOLD]),
        ("# pond\n\n## Search history\n\nWe make it with `tools/make.py`.\n", [SOLD]),
        ("# pond\n\n## Installation and updates\n\nWe make it with `tools/make.py`.\n", [SOLD]),
        ("# pond\n\n## 1.2 Use\n\nWe make it with `tools/make.py`.\n", [SOLD]),
        ("# pond\n\n## 1.2\n\nWe make it with `tools/make.py`.\n", [SOLD]),
    ],
)
def test_what_stands_below_thanks_and_changes_tells_of_the_past(text: str, want: list[str], tmp_path: Path) -> None:
    graded = tmp_path / "graded.toml"
    graded.write_text('extends = "readme"\nname = "graded"\ntitle = "A README that is graded"\nspeaks_to = "course"\n')
    files = {"README.md": text, "pyproject.toml": '[project]\nrequires-python = ">=3.10"\n'}
    assert findings(str(graded), files, "README.md") == want


def test_a_link_below_thanks_has_to_lead_somewhere() -> None:
    files = {"README.md": "# pond\n\n## Thanks\n\nSee [all](docs/thanks.md).\n"}
    assert findings("readme", files, "README.md")[0].startswith("The link leads nowhere")


@pytest.mark.parametrize(
    ("title", "want"),
    [
        ("Thanks", True),
        ("🙏 Acknowledgments", True),
        ("What’s new", True),
        ("Authors and acknowledgment", True),
        ("Release Notes", True),
        ("0.3.1", True),
        ("v2.0", True),
        ("Version 3", True),
        ("2.1 (2020-01-01)", True),
        ("History of lakes", False),
        ("License", False),
        ("Contributing", False),
        ("2. Testing", False),
        ("3.11", False),
        ("", False),
    ],
)
def test_titles(title: str, want: bool) -> None:
    assert past_title(title) is want


# -- folders that moved ------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def moved(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository in which a folder moved twice, with a README that was not changed."""
    folder = tmp_path_factory.mktemp("moved")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.com")
    text = "# pond\n\n## Use\n\nSee [all](app/cli/forms) and\n[one](app/cli/forms/a.tpl), [two](app/cli/forms/deep/b.tpl).\n\n## More\n\nSee [three](app/cli/forms/).\n\n## Other\n\nSee [four](lost/place).\n"
    (folder / "README.md").write_text(text, encoding="utf-8")
    for name in ("a", "deep/b", "c"):
        file = folder / f"app/cli/forms/{name}.tpl"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{name}\n" * 30, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    for old, new in (("app", "src"), ("src/cli", "src/app")):
        (folder / new).parent.mkdir(exist_ok=True)
        (folder / old).rename(folder / new)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "moved")
    return folder


def test_a_folder_that_moved_is_one_finding_with_its_new_place(moved: Path) -> None:
    done = pipeline.audit(Submission(id="pond", repo=str(moved)), load_profile("readme"))
    by_id = {v.id: v for v in done.verdicts}
    told = [(f.level, by_id[f.verdict].repo_shows, len(f.also_at)) for f in done.findings if f.standing == "finding"]
    assert told == [
        ("error", "There is no lost/place in the repository.", 0),
        ("warning", "There is no folder app/cli; what is said to lie in it lies in src/app.", 1),
    ]


def test_one_path_of_a_folder_that_moved_is_told_by_itself(moved: Path, tmp_path: Path) -> None:
    here = tmp_path / "one"
    subprocess.run(["git", "clone", "-q", str(moved), str(here)], check=True)
    (here / "README.md").write_text("# pond\n\nSee [all](app/cli/forms).\n", encoding="utf-8")
    git(here, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qam", "shorter")
    done = pipeline.audit(Submission(id="pond", repo=str(here)), load_profile("readme"))
    shown = [v.repo_shows for v in done.verdicts if v.label == "contradicted"]
    assert len(shown) == 1
    assert shown[0].startswith("app/cli/forms was renamed to src/app/forms in ")


def test_a_folder_under_another_path_is_near() -> None:
    files = {"README.md": "# pond\n\nSee [all](pond/cli/forms).\n", "src/pond/forms/a.tpl": "x\n"}
    assert findings("readme", files, "README.md")[0] == "The link leads nowhere: the folder exists as src/pond/forms."


# -- ranges of Python --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "held", "want"),
    [
        (">=3.7.1,<3.11", ">=3.8,<3.11", "3.7.1"),
        (">=3.7,<3.11", ">=3.8,<3.11", "3.7"),
        (">=3.8,<3.11", ">=3.8,<3.11", ""),
        (">=3.9,<3.10", ">=3.8,<3.11", ""),
        (">=3.8,<3.12", ">=3.8,<3.11", "3.11"),
        (">=3.8,<3.12,!=3.11.*", ">=3.8,<3.11", ""),
        (">=3.8.1,<3.11", ">=3.8,<3.11", ""),
        (">=3.8,<3.11", ">=3.8.1,<3.11", ""),
        (">=3.8.0,<3.11", ">=3.8.1,<3.11", "3.8.0"),
        (">=3.8", ">=3.8,<3.13", ""),
        (">=3.8,<4", ">=3.8,<3.13", ""),
        (">=3.8,<4", ">=3.9", "3.8"),
        (">=2.7", ">=3.9", "2.7"),
        ("~=3.8.2", ">=3.8", ""),
        ("==3.12.*", ">=3.10,<3.12", "3.12"),
        ("==3.12.*", ">=3.10", ""),
        ("about 3.8", ">=3.9", ""),
        (">=3.8", "^3.9", ""),
    ],
)
def test_ranges_are_compared_release_by_release(said: str, held: str, want: str) -> None:
    assert outside(said, held) == want


def of_python(text: str, held: str) -> list[str]:
    files = {"README.md": text, "pyproject.toml": f'[project]\nname = "pond"\nrequires-python = "{held}"\n'}
    return findings("readme", files, "README.md")


@pytest.mark.parametrize(
    ("text", "held", "want"),
    [
        ("* Python >=3.7.1,<3.11", ">=3.8,<3.11", ">=3.7.1,<3.11, and 3.7.1"),
        ("* Python >= 3.7, < 3.11", ">=3.8,<3.11", ">=3.7,<3.11, and 3.7"),
        ("* Python (≥3.7, ≤3.11)", ">=3.8,<3.13", ">=3.7,<=3.11, and 3.7"),
        ("Pond requires Python >=3.8,<3.13.", ">=3.8,<3.12", ">=3.8,<3.13, and 3.12"),
        ("Pond requires Python >=3.8,<3.12.", ">=3.8,<3.12", ""),
        ("Pond requires torch >=2.0,<3.0 and Python.", ">=3.8", ""),
        ("We dropped Python >=3.5,<3.8 long ago, as required.", ">=3.8", ""),
        ("Lakes were drawn with Python >=3.5,<3.8.", ">=3.8", ""),
        ("![p](https://img.shields.io/badge/python-3.8%2B-blue.svg)", ">=3.10", "3.8"),
        ("![p](https://img.shields.io/badge/Python-%3E%3D%203.8-blue)", ">=3.10", "3.8"),
        ("[![p](https://img.shields.io/badge/python-3.9%20%7C%203.10-blue)](https://www.python.org)", ">=3.10", "3.9, 3.10, and 3.9"),
        ("![p](https://img.shields.io/badge/python-3.10_|_3.11-blue)", ">=3.10", ""),
        ("![p](https://img.shields.io/badge/python-3.8--3.12-blue)", ">=3.9", ">=3.8,<=3.12.99, and 3.8"),
        ('<img src="https://img.shields.io/badge/python%20version-3.8-blue?logo=python">', ">=3.10", "3.8, and 3.8"),
        ("![p](https://img.shields.io/badge/python-3-blue)", ">=3.10", ""),
        ("![p](https://img.shields.io/badge/python-ready-blue)", ">=3.10", ""),
        ("![p](https://img.shields.io/badge/pythonista-3.6-blue)", ">=3.10", ""),
        ("![p](https://img.shields.io/pypi/pyversions/pond)", ">=3.10", ""),
    ],
)  # fmt: skip
def test_a_range_after_the_word_python_and_badges(text: str, held: str, want: str) -> None:
    made = [f"The sentence says Python {want}{' is not in that range' * (',' in want)}."] if want else []
    assert of_python(f"# pond\n\n{text}\n", held) == made
