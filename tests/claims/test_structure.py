"""Folders and files said to be removed, added, empty, filled out or not used."""

import hashlib
import json
import subprocess
from pathlib import Path

import pytest
from conftest import contradicted, report, settle

from auditor.claims import Repo
from auditor.claims import load as load_checks
from auditor.prose import read_prose
from auditor.repository import Repository
from auditor.snapshot import open_snapshot

NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": ["x = 1\n"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
)
EMPTY_NOTEBOOK = json.dumps({"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
CODE = {"src/pkg/model.py": "x = 1\n", "src/pkg/data.py": "y = 1\n"}


@pytest.mark.parametrize(
    ("sentence", "files", "abouts"),
    [
        ("We removed the notebooks folder.", {"notebooks/.gitkeep": ""}, ["path:notebooks/"]),
        ("We removed the notebooks folder.", {"src/pkg/a.py": ""}, []),
        ("We removed the `notebooks` and `docs` folders.", {"docs/index.md": "x"}, ["path:docs/"]),
        ("We have deleted `references/`, `notebooks/` and `docs/`.", {"references/a.txt": "x"}, ["path:references/"]),
        ("We also deleted the folders notebooks/, src/features/ and src/visualization/.", {"src/pkg/features/a.py": "x = 1"}, ["path:src/pkg/features/"]),
        ("The docs folder was removed.", {"docs/index.md": "x"}, ["path:docs/"]),
        ("We removed `visualize.py` since we had no time.", {**CODE, "src/pkg/visualize.py": "x = 1"}, ["path:src/pkg/visualize.py"]),
        ("We removed `visualize.py` since we had no time.", CODE, []),
        ("We removed `visualize.py` from the template.", {**CODE, "src/pkg/visualize.py": "x = 1"}, ["path:src/pkg/visualize.py"]),
        ("We removed `visualize.py` from the original template.", {**CODE, "src/pkg/visualize.py": "x = 1"}, ["path:src/pkg/visualize.py"]),
        ("We removed `visualize.py` from the old pipeline.", {**CODE, "src/pkg/visualize.py": "x = 1"}, []),
        ("We did not remove the docs folder.", {"docs/index.md": "x"}, []),
        ("We would have removed the docs folder.", {"docs/index.md": "x"}, []),
        ("We removed the docs folder but added it again.", {"docs/index.md": "x"}, []),
        ("We removed some of the docs folder's content.", {"docs/index.md": "x"}, []),
        ("We removed unused files from the docs folder.", {"docs/index.md": "x"}, []),
        ("We removed the models folder from the package.", {"models/a.dvc": "x"}, []),  # a project has it in several places
        ("We removed notebooks because scripts are better.", {"notebooks/.gitkeep": ""}, []),
        ("We have removed the following folders:\n\n- docs\n- notebooks: we used scripts\n", {"notebooks/a.ipynb": NOTEBOOK}, ["path:notebooks/"]),
    ],
)  # fmt: skip
def test_removed(sentence: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("folders-removed", {"structure": sentence}, files) == abouts


def test_a_lone_placeholder_is_a_detail() -> None:
    (lone,) = settle("folders-removed", {"structure": "We removed the notebooks folder."}, {"notebooks/.gitkeep": ""})
    (whole,) = settle(
        "folders-removed", {"structure": "We removed the notebooks folder."}, {"notebooks/a.ipynb": NOTEBOOK}
    )
    assert (lone.detail, whole.detail) == (True, False)


@pytest.mark.parametrize(
    ("sentence", "files", "abouts"),
    [
        ("We added a `pipelines` folder for the jobs.", CODE, ["path:pipelines/"]),
        ("We added a `pipelines` folder for the jobs.", {"src/pipeline/a.py": "x = 1"}, []),
        ("We added a `pipelines` folder for the jobs.", {**CODE, ".gitignore": "pipelines/\n"}, []),
        ("We added a `logs` folder for the jobs.", CODE, []),  # made when a program runs
        ("We would have added a `pipelines` folder.", CODE, []),
        ("We added a new folder for the jobs.", CODE, []),
        ("Initially we added a `pipelines` folder.", CODE, []),
        ("We have not added a `pipelines` folder.", CODE, []),
    ],
)
def test_added(sentence: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("folders-added", {"structure": sentence}, files) == abouts


@pytest.mark.parametrize(
    ("sentence", "files", "abouts"),
    [
        ("The notebooks folder is empty.", {"notebooks/a.ipynb": NOTEBOOK}, ["path:notebooks/"]),
        ("The notebooks folder is empty.", {"notebooks/.gitkeep": ""}, []),
        ("The notebooks folder is not empty.", {"notebooks/a.ipynb": NOTEBOOK}, []),
        ("Initially the notebooks folder was empty.", {"notebooks/a.ipynb": NOTEBOOK}, []),
    ],
)
def test_empty(sentence: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("folders-empty", {"structure": sentence}, files) == abouts


@pytest.mark.parametrize(
    ("sentence", "files", "abouts"),
    [
        ("We filled out every folder.", {**CODE, "src/pkg/evaluate.py": ""}, ["structure:filled"]),
        ("We filled out all of the files.", {**CODE, "src/pkg/evaluate.py": ""}, ["structure:filled"]),
        ("We filled out every folder.", CODE, []),
        ("We filled out almost every folder.", {**CODE, "src/pkg/evaluate.py": ""}, []),
        ("We did not fill out every folder.", {**CODE, "src/pkg/evaluate.py": ""}, []),
        ("We filled out every folder except one.", {**CODE, "src/pkg/evaluate.py": ""}, []),
    ],
)
def test_filled(sentence: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("folders-filled", {"structure": sentence}, files) == abouts


@pytest.mark.parametrize(
    ("sentence", "files", "abouts"),
    [
        (
            "We filled out the src, notebooks and tests folders.",
            {**CODE, "notebooks/.gitkeep": ""},
            ["path:notebooks/"],
        ),
        ("We filled out the src, notebooks and tests folders.", {**CODE, "notebooks/a.ipynb": NOTEBOOK}, []),
        (
            "We filled out the src, notebooks and tests folders.",
            {**CODE, "notebooks/.gitkeep": "", ".gitignore": "notebooks/\n"},
            [],
        ),
        ("We filled out the models folder.", {**CODE, "models/.gitkeep": ""}, []),
        ("We have not filled out the notebooks folder.", {**CODE, "notebooks/.gitkeep": ""}, []),
    ],
)
def test_filled_by_name(sentence: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("folders-filled-named", {"structure": sentence}, files) == abouts


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("We did not use Jupyter notebooks in our project.", {"notebooks/a.ipynb": NOTEBOOK}, True),
        ("We removed it as we did not use any notebooks.", {"a.ipynb": NOTEBOOK}, True),
        ("We did not use the notebooks folder.", {"notebooks/a.ipynb": NOTEBOOK}, True),
        ("We did not use the notebooks folder.", {"src/a.ipynb": NOTEBOOK}, False),
        ("We did not use Jupyter notebooks.", {"notebooks/.gitkeep": ""}, False),
        ("We did not use Jupyter notebooks.", {"a.ipynb": EMPTY_NOTEBOOK}, False),
        ("We did not use notebooks for training.", {"a.ipynb": NOTEBOOK}, False),
        ("We used notebooks.", {"a.ipynb": NOTEBOOK}, False),
    ],
)
def test_notebooks(sentence: str, files: dict[str, str], wrong: bool) -> None:
    assert contradicted("notebooks-denied", {"structure": sentence}, files) == (["notebooks"] if wrong else [])


BROUGHT = {
    "tasks.py": "from invoke import task\n",
    "docs/mkdocs.yaml": "site_name: x\n",
    "docs/source/index.md": "# Docs\n",
    "configs/.gitkeep": "",
    "dockerfiles/train.dockerfile": "FROM python\n",
    ".github/workflows/tests.yaml": "on: push\n",
    ".devcontainer/devcontainer.json": "{}\n",
    "notebooks/a.ipynb": "{ }\n",
    "src/pkg/model.py": "x = 1\n",
    "tests/test_model.py": "y = 1\n",
}
OWN = {"src/pkg/api.py": "z = 1\n", "cloud/job.yaml": "a: 1\n", "scripts/run.sh": "ls\n"}


def made(folder: Path, *commits: dict[str, str]) -> Repository:
    """A repository with one commit for each set of files."""
    folder.mkdir()
    run = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run([*run, "init", "--quiet"], check=True)
    for files in commits:
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        subprocess.run([*run, "add", "--all"], check=True)
        subprocess.run([*run, "commit", "--quiet", "-m", "work"], check=True)
    return Repository(folder)


KNOWN = {hashlib.sha1(b"blob %d\0" % len(v) + v.encode()).hexdigest() for v in BROUGHT.values()}


def added(repository: Repository, sentence: str, then: bool = False) -> list[str]:
    with open_snapshot(repository, repository.head(), lambda f: "template stub" if f.blob in KNOWN else "") as snapshot:
        at = snapshot.at(snapshot.history.commits[0].sha) if then else snapshot
        prose = read_prose(report({"structure": sentence}))
        found, failure = load_checks()["came-with-template"].run(prose, Repo(at))
        assert not failure, failure
        return [f.about for f in found]


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    folder = tmp_path_factory.mktemp("grown")
    return made(folder / "r", {"README.md": "hello\n"}, BROUGHT, OWN)


@pytest.mark.parametrize(
    ("sentence", "abouts"),
    [
        ("We added `tasks.py` to run commands.", ["template:tasks.py"]),
        ("To run commands, we added a tasks.py file.", ["template:tasks.py"]),
        ("We added a docs/ folder.", ["template:docs"]),
        ("We have also added a folder named dockerfiles, which holds images.", ["template:dockerfiles"]),
        ("We added a scripts folder as well as .devcontainer directory.", ["template:.devcontainer"]),
        ("We added a .github/workflows folder, as this was not included in the template.", ["template:.github/workflows"]),
        ("The configs folder was added to hold settings.", ["template:configs"]),
        ("We added several folders: .devcontainer for the editor, cloud/ for jobs.", ["template:.devcontainer"]),
        ("We added the following folders:\n\n- dockerfiles: images\n- cloud: jobs\n", ["template:dockerfiles"]),
        ("We added a cloud/ folder and scripts/run.sh.", []),
        ("We extended tasks.py with new commands.", []),
        ("We added commands to tasks.py.", []),
        ("We added new tasks to `tasks.py` and tests to `tests/test_model.py`.", []),
        ("We added a scripts/ folder to docs/, tests/ and src/.", []),
        ("We filled out the docs/ folder and added an api.py file.", []),
        ("We did not add a docs/ folder.", []),
        ("We would add a docs/ folder.", []),
        ("Initially we added a docs/ folder.", []),
        ("We removed the docs/ folder but added it again.", []),
        ("The template has a docs/ folder.", []),
        ("One of us added a docs/ folder.", []),
        ("We have added a new folder for the data.", []),
    ],
)  # fmt: skip
def test_what_came_with_the_template(grown: Repository, sentence: str, abouts: list[str]) -> None:
    assert added(grown, sentence) == abouts
    assert added(grown, sentence, then=True) == abouts


def test_a_template_in_a_folder_of_its_own_and_none_at_all(tmp_path: Path) -> None:
    inside = {"name/" + p: t for p, t in BROUGHT.items()} | {"name/README.md": "x\n", ".idea/a.xml": "<a/>\n"}
    assert added(made(tmp_path / "a", inside, BROUGHT), "We added `tasks.py`.") == ["template:tasks.py"]
    few = dict(list(BROUGHT.items())[:6])
    assert added(made(tmp_path / "b", few, OWN), "We added `tasks.py`.") == []
    changed = BROUGHT | {"tasks.py": "import os\n"}
    assert added(made(tmp_path / "c", changed, OWN), "We added `tasks.py`.") == []
    assert contradicted("came-with-template", {"structure": "We added `tasks.py`."}, BROUGHT) == []


MKDOCS = {"docs/mkdocs.yaml": "site_name: x\nplugins:\n  - mkdocstrings\n"}
STUB_PAGE = {**MKDOCS, "docs/source/index.md": "## Documentation\n\nDocumentation for pkg\n"}
REAL_PAGE = {**MKDOCS, "docs/source/index.md": "# Guide\n\n" + "This page tells how to train the model. " * 10}
REFERENCE = {**STUB_PAGE, "docs/source/api.md": "# API\n\n::: pkg.model\n"}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("Our API documentation is generated from the docstrings with mkdocstrings.", STUB_PAGE, True),
        ("Our API documentation is generated from the docstrings with mkdocstrings.", REAL_PAGE, True),
        ("Our API documentation is generated from the docstrings with mkdocstrings.", REFERENCE, False),
        ("Our API documentation is generated from the docstrings with mkdocstrings.", {"docs/mkdocs.yaml": "plugins:\n  - gen-files\n  - mkdocstrings\n"}, False),
        ("We used MkDocs to automatically generate documentation from our source code.", STUB_PAGE, True),
        ("We documented the project with MkDocs.", STUB_PAGE, True),
        ("We documented the project with MkDocs.", {}, True),
        ("We documented the project with MkDocs.", REAL_PAGE, False),
        ("Documentation was handled through docstrings and a `docs/` folder.", STUB_PAGE, True),
        ("Documentation was handled through docstrings and a `docs/` folder.", REAL_PAGE, False),
        ("Documentation was handled through docstrings and the README.", STUB_PAGE, False),
        ("The API documentation is generated by FastAPI from our source code.", STUB_PAGE, False),
        ("We did not document the project with MkDocs.", STUB_PAGE, False),
        ("We would document the project with MkDocs.", STUB_PAGE, False),
        ("Initially we documented the project with MkDocs.", STUB_PAGE, False),
        ("We tried to document the project with MkDocs.", STUB_PAGE, False),
        ("MkDocs is one of our dependencies.", STUB_PAGE, False),
        ("The template comes with MkDocs for documentation, which we used.", STUB_PAGE, False),
        ("A workflow deploys the MkDocs documentation to GitHub Pages.", STUB_PAGE, False),
    ],
)  # fmt: skip
def test_documentation(sentence: str, files: dict[str, str], wrong: bool) -> None:
    found = settle("documentation-generated", {"code-quality": sentence}, files)
    assert [(f.about, f.detail) for f in found] == ([("docs:generated", False)] if wrong else [])


def test_folders_of_a_project_in_a_subfolder() -> None:
    files = {
        "proj/pyproject.toml": "",
        "proj/notebooks/a.ipynb": "{}",
        "proj/src/app/models/a.py": "x = 1\n",
        "reports/README.md": "",
    }
    said = {
        "structure": "We removed the `notebooks` folder. We removed the `src/models` folder. We removed the `docs` folder."
    }
    assert contradicted("folders-removed", said, files) == ["path:proj/notebooks/"]
    said = {"structure": "We have added a `note-books` folder. We have added a `web_pages` folder."}
    assert contradicted("folders-added", said, files) == ["path:web_pages/"]
