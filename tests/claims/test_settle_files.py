"""Typed claims about files, folders, links, images, where things lie and what stands in them."""

import hashlib
import json
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from build_fixture import git
from conftest import report
from rows import case, label, settled

from auditor.claims.case import Case
from auditor.gitsnapshot import open_snapshot
from auditor.profile import load_profile
from auditor.prose import read_prose
from auditor.repository import History, Repository
from auditor.snapshot import SUBMODULE, File, Snapshot

NOTEBOOK = json.dumps(
    {"cells": [{"cell_type": "code", "source": ["x = 1\n"]}], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
)
FILES: dict[str, str | bytes] = {
    "src/pkg/model.py": "class Net:\n    pass\n\ndef train_model(cfg):\n    return cfg\n",
    "src/pkg/data.py": "from pkg.model import Net\n",
    "src/pkg/stub.py": "",
    "configs/config.yaml": "lr: 1\n",
    "configs/broken.yaml": "a: [\n",
    "docker/api.dockerfile": "FROM python:3.12\n",
    "docker/train.dockerfile": "FROM python:3.12\n",
    "extra.dockerfile": "FROM python:3.12\n",
    "notebooks/a.ipynb": NOTEBOOK,
    "docs/.gitkeep": "",
    "src/pkg/test_run.py": "print(1)\n",
    ".devcontainer/Dockerfile": "FROM python:3.12\n",
    "tests/test_model.py": "def test_a():\n    assert 1\n",
    "tests/unit/test_data.py": "def test_b():\n    assert 1\n",
    "pyproject.toml": "[project]\nname='pkg'\n",
    "reports/README.md": "## Our results\n\n## What & why?\n",
    "reports/figures/loss.png": b"\x89PNG",
}


@pytest.mark.parametrize(
    ("path", "state", "quote", "more", "expected"),
    [
        # there
        ("src/pkg/model.py", "there", "in `src/pkg/model.py`", {}, "supported"),
        ("model.py", "there", "in `model.py`", {}, "supported"),
        ("models.py", "there", "in models.py", {}, "supported"),  # a slip of the pen
        ("src/pkg/drift.py", "there", "in `src/pkg/drift.py`", {}, "contradicted"),
        ("drift.py", "there", "in `drift.py`", {}, "contradicted"),
        ("drift.py", "there", "in drift.py", {}, "open"),  # no code, no path
        ("src/drift", "there", "the src/drift folder", {}, "open"),
        ("monitoring/", "there", "the `monitoring/` folder", {}, "contradicted"),
        ("monitoring", "there", "a monitoring folder", {}, "open"),
        ("tests/model.py", "there", "in `tests/model.py`", {}, "contradicted"),
        ("trained_model.py", "there", "in trained_model.py", {}, "open"),
        ("app.py", "there", "in `app.py`", {}, "open"),  # what people call any such file
        ("frontend/package.json", "there", "in `frontend/package.json`", {}, "open"),
        ("src/pkg/drift.py", "there", "the course has `src/pkg/drift.py`", {}, "open"),
        ("outputs/config.yaml", "there", "in `outputs/config.yaml`", {}, "open"),
        ("models/", "there", "the `models/` folder", {}, "open"),
        ("all scripts", "there", "all scripts", {}, "open"),
        # what a reader takes for a file and is none, or may be another
        ("README", "there", "in the `README`", {}, "open"),
        ("val_loss", "there", "the metric `val_loss`", {}, "open"),
        ("main", "there", "on `main`", {}, "open"),
        ("FastAPI", "there", "we use `FastAPI`", {}, "open"),
        ("src/pkg/model", "there", "in `src/pkg/model`", {}, "supported"),
        ("net.py", "there", "in `net.py`", {}, "contradicted"),
        ("fig.yaml", "there", "in `fig.yaml`", {}, "open"),  # part of config.yaml
        ("config", "there", "the `config` folder", {}, "supported"),
        ("broke", "there", "the `broke/` folder", {}, "open"),  # part of broken.yaml
        ("web_pages", "there", "the `web_pages` folder", {}, "contradicted"),
        ("unknown", "there", "somewhere", {}, "open"),
        ("configs/broken.yaml", "there", "in `configs/broken.yaml`", {}, "contradicted"),  # cannot be read
        # how firmly, and denied
        ("src/pkg/drift.py", "there", "in `src/pkg/drift.py`", {"strength": "planned"}, "open"),
        ("src/pkg/drift.py", "there", "in `src/pkg/drift.py`", {"strength": "hedged"}, "open"),
        ("src/pkg/drift.py", "there", "no `src/pkg/drift.py`", {"denied": True}, "supported"),
        ("src/pkg/model.py", "there", "no `src/pkg/model.py`", {"denied": True}, "contradicted"),
        # absent, removed
        ("notebooks", "absent", "no notebooks folder", {}, "contradicted"),
        ("notebooks", "removed", "the notebooks folder", {}, "contradicted"),
        ("references", "removed", "the references folder", {}, "open"),
        ("docs/", "removed", "the docs folder", {}, "open"),  # its placeholder
        ("src/data.py", "removed", "`src/data.py`", {}, "contradicted"),  # of the package
        ("models", "removed", "the models folder", {}, "open"),
        ("data", "removed", "the data folder", {}, "open"),
        ("config", "removed", "the config folder", {}, "open"),  # one of several that a project has
        ("web_app", "removed", "the web_app folder", {}, "supported"),
        ("Dockerfile", "removed", "the Dockerfile", {}, "open"),
        # filled and empty
        ("docs", "filled", "filled out the docs folder", {}, "contradicted"),
        ("notebooks", "filled", "filled out the notebooks", {}, "open"),
        ("notebooks", "empty", "the notebooks are empty", {}, "contradicted"),
        ("docs", "empty", "docs is empty", {}, "open"),
        ("src/pkg/stub.py", "filled", "filled out stub.py", {}, "contradicted"),
        ("notebooks", "filled", "not filled", {"denied": True}, "contradicted"),
        ("everything", "filled", "filled out everything", {"every": True}, "contradicted"),
        ("everything", "filled", "filled out everything", {}, "open"),
        # renamed
        ("src/pkg/model.py", "renamed", "`src/pkg/model.py` to `src/pkg/net_of_ours.py`", {"to": "src/pkg/net_of_ours.py"}, "contradicted"),
        ("src/pkg/old.py", "renamed", "`old.py` to `model.py`", {"to": "src/pkg/model.py"}, "open"),
        # against a template that no commit shows
        ("tests", "added", "a tests folder", {}, "open"),
        ("src/pkg/model.py", "untouched", "as it came", {}, "open"),
        ("web_pages/", "added", "a `web_pages/` folder", {}, "contradicted"),
    ],
)  # fmt: skip
def test_files(path: str, state: str, quote: str, more: dict[str, object], expected: str) -> None:
    assert label(case(FILES), "file", quote, path=path, state=state, **more) == expected


def test_says_what_there_is() -> None:
    near = settled(case(FILES), "file", "in `tests/data.py`", path="tests/data.py", state="there")
    assert near is not None
    assert ("src/pkg/data.py is there" in near.shows, near.detail, near.about) == (True, True, "path:tests/data.py")


@pytest.mark.parametrize(
    ("path", "via", "expected"),
    [
        ("figures/loss.png", "image", "supported"),
        ("figures/gone_now.png", "image", "contradicted"),
        ("figures/loss.jpg", "image", "contradicted"),
        ("https://github.com/user-attachments/assets/1", "image", "open"),
        ("figures/<image>.<extension>", "image", "open"),
        ("../src/pkg/model.py#L3", "link", "supported"),
        ("../src/pkg/models.py", "link", "contradicted"),
        ("mailto:a@b.c", "link", "open"),
        ("#our-results", "link", "supported or open"),
        ("#what--why", "link", "supported or open"),
        ("#our-result", "link", "contradicted"),
    ],
)
def test_links_and_images(path: str, via: str, expected: str) -> None:
    said = label(case(FILES), "file", path=path, via=via, state="there")
    assert said in expected.split(" or ")


def test_the_templates_own_figure() -> None:
    here = case(FILES)
    here.snapshot.set_aside = lambda f: "template stub" if f.path.endswith("loss.png") else ""
    made = settled(here, "file", path="figures/loss.png", via="image", state="there")
    assert made is not None
    assert (made.label, made.about) == ("contradicted", "image:reports/figures/loss.png")


@pytest.mark.parametrize(
    ("what", "folder", "more", "expected"),
    [
        ("dockerfiles", "docker", {}, "supported"),
        ("dockerfiles", "docker", {"every": True}, "contradicted"),
        ("dockerfiles", "docs", {}, "contradicted"),
        ("dockerfiles", ".", {}, "supported"),
        ("dockerfiles", ".", {"every": True}, "contradicted"),
        ("tests", "tests", {"every": True}, "supported"),  # a script called test_ is none
        ("tests", "tests/unit", {"every": True}, "contradicted"),
        ("tests", "tests/unit", {}, "supported"),
        ("notebooks", "notebooks/", {"every": True}, "supported"),
        ("notebooks", "src", {}, "contradicted"),
        ("configuration", "configs", {"every": True}, "supported"),
        ("configuration", "docker", {}, "open"),  # what is configuration no name says
        ("configuration", "`settings/`", {}, "open"),
        ("data", "data", {}, "open"),
        ("models", "gs://bucket/models", {}, "open"),
        ("unknown", "docker", {}, "open"),
        ("dockerfiles", "docs", {"denied": True}, "open"),
        ("dockerfiles", "unknown", {}, "open"),
    ],
)
def test_locations(what: str, folder: str, more: dict[str, object], expected: str) -> None:
    assert label(case(FILES), "location", what=what, folder=folder, **more) == expected


MKDOCS = {"docs/mkdocs.yaml": "site_name: x\nplugins:\n  - mkdocstrings\n"}
STUB_PAGE = {**MKDOCS, "docs/source/index.md": "## Documentation\n\nDocumentation for pkg\n"}
REAL_PAGE = {**MKDOCS, "docs/source/index.md": "# Guide\n\n" + "This page tells how to train the model. " * 10}
REFERENCE = {**STUB_PAGE, "docs/source/api.md": "# API\n\n::: pkg.model\n"}


@pytest.mark.parametrize(
    ("quote", "files", "wrong"),
    [
        ("documentation from the code by mkdocstrings", STUB_PAGE, True),
        ("documentation from the code by mkdocstrings", REAL_PAGE, True),
        ("documentation from the code by mkdocstrings", REFERENCE, False),
        ("by mkdocstrings", {"docs/mkdocs.yaml": "plugins:\n  - gen-files\n  - mkdocstrings\n"}, False),
        ("documentation made with MkDocs", {}, True),
        ("the docs folder", STUB_PAGE, True),
        ("the docs folder", REAL_PAGE, False),
        ("the docs folder", {}, False),
    ],
)
def test_documentation(quote: str, files: dict[str, str], wrong: bool) -> None:
    made = settled(case(files), "location", quote, what="documentation", folder="docs")
    assert (made is not None and made.label == "contradicted") is wrong


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("Net", "src/pkg/model.py", "supported"),
        ("train_model()", "model.py", "supported"),
        ("train_model", "data.py", "contradicted"),
        ("pkg.model.train_model", "src/pkg/data.py", "contradicted"),
        ("nowhere_at_all", "src/pkg/data.py", "open"),
        ("train_model", "src/pkg/drift.py", "contradicted"),
        ("train_model", "configs/config.yaml", "open"),
        ("the model", "model.py", "open"),
        ("train_model", "unknown", "open"),
    ],
)
def test_defined_in(name: str, path: str, expected: str) -> None:
    assert label(case(FILES), "defined_in", f"`{name}` in `{path}`", name=name, path=path) == expected


@pytest.mark.parametrize("kind", ["file", "location"])
def test_past_a_submodule_nothing_is_missing(kind: str) -> None:
    kept = [File(p, "1" * 40, 0, lambda: b"") for p in ("pyproject.toml", "reports/README.md")]
    fields = (
        {"path": "src/app/loop.py", "state": "there"} if kind == "file" else {"folder": "src/app/", "what": "source"}
    )
    for extra in ([File("src", "0" * 40, 0, lambda: b"", SUBMODULE)], []):
        here = case({})
        here.snapshot = Snapshot(files=[*extra, *kept])
        said = label(here, kind, "in `src/app/loop.py` and `src/app/`", **fields)
        assert said == ("open" if extra else "contradicted")


# -- what history shows ------------------------------------------------------------------------------------------------

CODE = "import torch\n\n\ndef fit(model, data):\n    for batch in data:\n        model.step(batch)\n    return model\n"


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose files were moved: one twice, one whose new name was deleted afterwards."""
    folder = tmp_path_factory.mktemp("renamed")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.com")
    steps = (
        {"src/fit.py": CODE, "gone_for_good.py": CODE.replace("fit", "go"), "reports/figures/a.png": "\x89PNG" + "a" * 200},
        {"src/train.py": CODE, "src/fit.py": "", "reports/figures/b.png": "\x89PNG" + "a" * 200, "reports/figures/a.png": ""},
        {"src/app/training.py": CODE, "src/train.py": "", "moved.py": CODE.replace("fit", "go"), "gone_for_good.py": ""},
        {"moved.py": ""},
    )  # fmt: skip
    for step in steps:
        for path, text in step.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if text:
                file.write_text(text, encoding="utf-8")
            else:
                file.unlink()
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "step", "--date", "2026-01-10T12:00:00Z")
    return folder


def test_what_was_renamed_or_removed_is_told_with_its_commit(renamed: Path) -> None:
    with open_snapshot(Repository(renamed), git(renamed, "rev-parse", "HEAD").strip()) as snapshot:
        here = Case(snapshot, load_profile(), read_prose(report({})))
        for kind, fields, shows in (
            ("file", {"path": "src/train.py", "state": "there"}, "src/train.py was renamed to src/app/training.py"),
            ("file", {"path": "../src/fit.py", "state": "there", "via": "link"}, "src/fit.py was renamed to src/app/training.py"),
            ("file", {"path": "figures/a.png", "state": "there", "via": "image"}, "reports/figures/a.png was renamed to reports/figures/b.png"),
            ("file", {"path": "moved.py", "state": "there"}, "moved.py was removed on"),
            ("command", {"line": "python src/fit.py"}, "src/fit.py was renamed to src/app/training.py"),
        ):  # fmt: skip
            made = settled(here, kind, "in `src/train.py`", **fields)
            assert made is not None, fields
            assert (made.label, made.shows.startswith(shows)) == ("contradicted", True), made.shows
        said = {"path": "src/train.py", "to": "src/app/training.py", "state": "renamed"}
        assert label(here, "file", **said) == "supported"


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
OWN = {"src/pkg/api.py": "z = 1\n", "cloud/job.yaml": "a: 1\n", "tests/test_model.py": "y = 2\nassert y\n"}
KNOWN = {hashlib.sha1(b"blob %d\0" % len(v) + v.encode()).hexdigest() for v in BROUGHT.values()}


@pytest.fixture(scope="module")
def grown(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    folder = tmp_path_factory.mktemp("grown") / "r"
    folder.mkdir()
    run = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
    subprocess.run([*run, "init", "--quiet"], check=True)
    for files in ({"README.md": "hello\n"}, BROUGHT, OWN):
        for path, text in files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)
        subprocess.run([*run, "add", "--all"], check=True)
        subprocess.run([*run, "commit", "--quiet", "-m", "work"], check=True)
    return Repository(folder)


@pytest.mark.parametrize(
    ("path", "state", "expected"),
    [
        ("tasks.py", "added", "contradicted"),
        ("docs/", "added", "contradicted"),
        ("configs", "added", "contradicted"),
        (".github/workflows", "added", "contradicted"),
        (".devcontainer", "added", "contradicted"),
        ("cloud/", "added", "open"),
        ("api.py", "added", "open"),
        ("src", "added", "open"),
        ("model.py", "changed", "contradicted"),
        ("model.py", "untouched", "open"),
        ("tests/test_model.py", "untouched", "contradicted"),
        ("tests/test_model.py", "changed", "open"),
    ],
)
def test_against_the_template(grown: Repository, path: str, state: str, expected: str) -> None:
    with open_snapshot(grown, grown.head(), lambda f: "template stub" if f.blob in KNOWN else "") as snapshot:
        then = snapshot.at(snapshot.history.commits[0].sha)
        for here in (snapshot, then):
            assert label(Case(here, load_profile(), read_prose(report({}))), "file", path=path, state=state) == expected


def test_a_changed_file_of_nearly_that_name_is_not_there() -> None:
    files = {"src/data/make_dataset.py": "x = 1\n", "src/models/train_model.py": "y = 1\n", "configs/train_config.yaml": "a: 1\n"}  # fmt: skip
    wanted = {"make_data.py": "contradicted", "make_dataset.py": "open", "config.yaml": "open"}
    for path, expected in wanted.items():
        quote = f"`{path}` has been changed"
        assert label(case(files), "file", quote, path=path, state="changed", via="text") == expected, path


def test_the_end_of_an_address_is_no_path() -> None:
    page = "[tests](https://github.com/example/pond/actions/workflows/tests.yaml)"
    assert (
        label(
            case({".github/workflows/tests.yaml": "on: push\n"}),
            "file",
            page,
            path="tests.yaml",
            state="there",
            via="link",
        )
        == "open"
    )


HOSTED = History(branches=("main", "dev", "feature/api"), default_branch="main", origin="git@github.com:rain/lake.git")


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ("blob/main/src/pkg/data.py", "supported"),
        ("blob/dev/src/pkg/data.py", "supported"),
        ("blob/feature/api/src/pkg/data.py", "supported"),
        ("blob/develop/src/pkg/data.py", "contradicted"),
        ("tree/develop/src", "contradicted"),
        ("blob/develop/src/none.py", "contradicted"),
        ("tree/develop", "contradicted"),
        ("commits/develop", "contradicted"),
        ("releases/tag/v2", "contradicted"),
        ("tree/main", "open"),
        ("blob/0123abc/src/pkg/data.py", "supported"),
        ("blob/dev/src/none.py", "open"),
    ],
)
def test_a_link_to_a_branch(path: str, wanted: str) -> None:
    address = f"https://github.com/rain/lake/{path}"
    here = case({"src/pkg/data.py": "a = 1\n"}, history=HOSTED)
    made = settled(here, "file", address, path=address, state="there", via="link")
    assert (made.label if made else "open") == wanted
    if made and wanted == "contradicted":
        assert (made.rule, made.detail) == ("link-broken", True)
        assert made.evidence[0].kind == "absence"
    for unsure in (replace(HOSTED, one_branch=True), replace(HOSTED, origin="https://github.com/snow/lake")):
        elsewhere = case({"src/pkg/data.py": "a = 1\n"}, history=unsure)
        assert label(elsewhere, "file", address, path=address, state="there", via="link") == (
            wanted if wanted != "contradicted" else "open"
        )
