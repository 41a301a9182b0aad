"""What sentences say of things that are nowhere in the repository: workflows, files and folders in code marks, lock files."""

from pathlib import Path

import pytest
from build_fixture import git
from conftest import report
from rows import case, settled, verdicts

from auditor.claims.case import Case, load
from auditor.gitsnapshot import open_snapshot
from auditor.profile import load_profile
from auditor.prose import read_prose
from auditor.repository import Repository

CODE = {
    "src/pond/model.py": "class Net:\n    pass\n",
    "README.md": "# Pond\n",
    "tests/test_a.py": "def test_a():\n    assert 1\n",
    "requirements.txt": "numpy\n",
}
WORKFLOW = {
    ".github/workflows/tests.yml": "on: push\njobs:\n  tests:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip install pytest\n      - run: pytest\n"
}


def said(text: str, question: str = "tests", files: dict[str, str] | None = None) -> list[str]:
    here = case({**CODE, **(files or {})}, answers={question: text})
    return [about for about, _ in verdicts(here, *load()[0])]


@pytest.mark.parametrize(
    ("text", "files", "wanted"),
    [
        ("Our GitHub Actions workflow runs pytest and ruff on Ubuntu, Windows and macOS.", {}, ["ci:none"]),
        ("We use GitHub Actions to run our tests.", {}, ["ci:none"]),
        ("GitHub workflows run ruff and mypy.", {}, ["ci:none"]),
        ("Our continuous integration runs ruff and pytest.", {}, []),  # on a server of their own, perhaps
        ("Our workflow runs pytest.", {}, []),
        ("With more time GitHub Actions would run pytest.", {}, []),
        ("GitHub Actions do not run pytest.", {}, []),
        ("Our GitHub Actions workflow runs pytest.", {".gitlab-ci.yml": "tests:\n  script:\n    - pytest\n"}, []),
        ("Our GitHub Actions workflow runs pytest.", {"workflows/tests.yml": WORKFLOW[".github/workflows/tests.yml"]}, []),  # misplaced
        ("Our GitHub Actions workflow runs pytest and ruff.", WORKFLOW, ["runs:ruff"]),
        ("Our continuous integration runs ruff and pytest.", WORKFLOW, ["runs:ruff"]),
    ],
)  # fmt: skip
def test_what_github_runs_without_a_workflow(text: str, files: dict[str, str], wanted: list[str]) -> None:
    assert said(text, "continuous-integration", files) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Our DAG `dags/daily.py` has five tasks and runs each night.", "dags/daily.py"),
        ("Each DAG is ours, as in `dags/daily.py`.", ""),  # one of many, before the name
        ("By names such as e.g. `dags/exp1.yaml` we told which of them was meant for each run.", ""),
        ("A second workflow, `.github/workflows/deploy.yml`, deploys the API for each push to `main`.", ".github/workflows/deploy.yml"),
        ("The container is deployed by our workflow `.github/workflows/deploy.yml`.", ".github/workflows/deploy.yml"),
        ("The container has our script `pond/start.sh`.", ""),
        ("We wrote 7 dbt models, in `dbt/models/`.", "dbt/models"),
        ("Our models are described in `dbt/models/schema.yml`.", "dbt/models/schema.yml"),
        ("We wrote our models in `src/models/`.", ""),  # src is there, and models may be what it writes
        ("Our models lie in `outputs/models/`.", ""),
        ("Our models are saved to `dbt/models/`.", ""),
        ("Our models lie in `proj_x/models/` on GCS.", ""),
        ("Our weights are in `my-bucket-1/models/`.", ""),
        ("Our code mounts `/opt/ml/models/`.", ""),
        ("The package lies in `src/pond/`, the dbt project in `dbt/`.", ""),  # it never was, and nobody says that it is theirs
        ("A package like that lies in `dbt/`.", ""),
        ("In the cookiecutter the pages lie in `site_pages/`.", ""),
        ("We track the raw data in `data/raw.dvc`.", "data/raw.dvc"),
        ("We keep our raw data in `data/raw.json`.", ""),
        ("All dependencies are pinned in `poetry.lock`.", "poetry.lock"),
        ("All our dependencies are pinned in a poetry.lock.", ""),
        ("We use a `poetry.lock` for our dependencies.", ""),
        ("Our dependencies are listed in `requirements-x.lock`.", "requirements-x.lock"),
    ],
)  # fmt: skip
def test_paths_in_code_marks_that_are_nowhere(text: str, wanted: str) -> None:
    assert said(text, files=WORKFLOW) == ([f"path:{wanted}"] if wanted else [])


def test_a_lock_that_git_ignores_may_be_there() -> None:
    assert said("All dependencies are pinned in `poetry.lock`.", files={".gitignore": "*.lock\n"}) == []


def test_the_difference_says_what_is_not_there() -> None:
    made = settled(case(CODE), "runs", "We use pre-commit hooks with mypy.", tool="mypy", place="hooks")
    assert made is not None
    assert made.difference == "The sentence says that pre-commit hooks are used; nothing sets one up."


def test_a_folder_that_once_was_is_told_of_a_sentence_that_says_what_lies_there(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    for step in ({**CODE, "dbt/models/schema.yml": "version: 2\n" * 9}, {}):
        for path, text in step.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(text, encoding="utf-8")
        if not step:
            (tmp_path / "dbt/models/schema.yml").unlink()
        git(tmp_path, "add", "-A")
        git(tmp_path, "-c", "user.name=A", "-c", "user.email=a@example.org", "commit", "-q", "-m", "step")
    with open_snapshot(Repository(tmp_path), git(tmp_path, "rev-parse", "HEAD").strip()) as snapshot:
        for text, wanted in (
            ("The package lies in `src/pond/`, the dbt project in `dbt/`.", ["path:dbt"]),
            ("Our models are described in `dbt/models/schema.yml`.", ["path:dbt/models/schema.yml"]),
        ):
            made = report({"tests": text}, {})
            snapshot.report = made
            here = Case(snapshot, load_profile(), read_prose(made))
            assert [about for about, _ in verdicts(here, *load()[0])] == wanted


def test_a_workflow_that_once_was_or_that_a_branch_has_is_no_absence(tmp_path: Path) -> None:
    text = "Our GitHub Actions workflow runs pytest."
    me = ("-c", "user.name=A", "-c", "user.email=a@example.org")
    made = report({"continuous-integration": text}, {})
    found: list[list[str]] = []
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "README.md").write_text("# Pond\n", encoding="utf-8")
    git(tmp_path, "add", "-A")
    git(tmp_path, *me, "commit", "-q", "-m", "first")

    def now() -> list[str]:
        with open_snapshot(Repository(tmp_path), git(tmp_path, "rev-parse", "HEAD").strip()) as snapshot:
            snapshot.report = made
            return [about for about, _ in verdicts(Case(snapshot, load_profile(), read_prose(made)), "ci-lists")]

    found.append(now())
    git(tmp_path, "checkout", "-q", "-b", "other")
    (tmp_path / ".github" / "workflows").mkdir(parents=True)
    (tmp_path / ".github" / "workflows" / "tests.yml").write_text(WORKFLOW[".github/workflows/tests.yml"])
    git(tmp_path, "add", "-A")
    git(tmp_path, *me, "commit", "-q", "-m", "ci")
    git(tmp_path, "checkout", "-q", "main")
    found.append(now())  # a branch that was not merged has it
    git(tmp_path, "merge", "-q", "other")
    git(tmp_path, "rm", "-q", "-r", ".github")
    git(tmp_path, *me, "commit", "-q", "-m", "gone")
    git(tmp_path, "branch", "-D", "-q", "other")
    found.append(now())  # it was there
    assert found == [["ci:none"], [], []]
