"""Planted contradictions: the consistent fixture with one fact changed, and exactly the findings that this causes.

What a change in the repository contradicts was true when it was written (`stale`); what a change in the report contradicts
never was (`never`). What two places of the report contradict has no history.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from build_fixture import FIXTURES, build, data, git, quoted

from auditor import pipeline
from auditor.claims import load
from auditor.claims.case import load as settlers
from auditor.models import AuditRecord, Level, Submission
from auditor.profile import load_profile

REPORT = "reports/README.md"
TESTS_YAML = ".github/workflows/tests.yaml"
LINTING_YAML = ".github/workflows/linting.yaml"
DATA_YAML = ".github/workflows/data_change.yaml"
REGISTRY_YAML = ".github/workflows/model_registry.yaml"
API = "src/cloudtype/api.py"
TRAIN = "src/cloudtype/train.py"
API_TESTS = "tests/integration/test_api.py"
DATA_TESTS = "tests/unit/test_data.py"
MODEL_TESTS = "tests/unit/test_model.py"

Files = dict[str, bytes]
Edit = Callable[[Files], None]


@dataclass(frozen=True)
class Found:
    """A finding that must appear: who says it, where, and words of its quote. The level counts where it is given."""

    by: str  # a claim check, or "probe" for a box
    kind: str
    n: int
    words: str
    rule: str
    level: Level | None = None

    def fits(self, rule: str, by: str, kind: str, n: int, quote: str) -> bool:
        """Whether a finding is this one."""
        return (self.rule, self.by, self.kind, self.n) == (rule, by, kind, n) and self.words in quote


@dataclass(frozen=True)
class Planted:
    """One changed fact, as edits of the fixture's files, with all findings that it causes."""

    name: str
    edits: tuple[Edit, ...]
    found: tuple[Found, ...]


def swap(path: str, *pairs: tuple[str, str]) -> Edit:
    """Replace texts that each stand once in the file."""

    def edit(files: Files) -> None:
        text = files[path].decode()
        for old, new in pairs:
            assert text.count(old) == 1, (path, old, text.count(old))
            text = text.replace(old, new)
        files[path] = text.encode()

    return edit


def everywhere(word: str, new: str, *paths: str) -> Edit:
    """Replace a text wherever it stands in these files."""

    def edit(files: Files) -> None:
        for path in paths:
            assert word.encode() in files[path], (path, word)
            files[path] = files[path].replace(word.encode(), new.encode())

    return edit


def without(path: str, pattern: str) -> Edit:
    """Take out what matches the pattern, which must match."""

    def edit(files: Files) -> None:
        text, times = re.subn(pattern, "", files[path].decode(), flags=re.MULTILINE)
        assert times, (path, pattern)
        files[path] = text.encode()

    return edit


def says(old: str, new: str) -> Edit:
    """Change the report's words."""
    return swap(REPORT, (old, new))


def adds(after: str, words: str) -> Edit:
    """Add a sentence to the report, after words that stand there once."""
    return swap(REPORT, (after, f"{after} {words}"))


def box(words: str, mark: str) -> Edit:
    """Set the mark of the box that begins with these words."""
    other = "x" if mark == " " else " "
    return swap(REPORT, (f"* [{other}] {words}", f"* [{mark}] {words}"))


def gone(*paths: str) -> Edit:
    """Delete files."""

    def edit(files: Files) -> None:
        for path in paths:
            del files[path]

    return edit


def moved(old: str, new: str) -> Edit:
    """Rename a file."""

    def edit(files: Files) -> None:
        files[new] = files.pop(old)

    return edit


def put(path: str, text: str) -> Edit:
    """Write a file."""

    def edit(files: Files) -> None:
        files[path] = text.encode()

    return edit


def claim(
    check: str, question: int, words: str, level: Level | None = None, rule: str = "prose-contradicts-repository"
) -> Found:
    """A finding about a sentence of an answer."""
    return Found(f"claim:{check}", "question", question, words, rule, level)


def ticked(n: int, words: str, level: Level = "warning") -> Found:
    """A finding about a ticked box: a warning where the history still shows the work, an error where nothing ever did."""
    return Found("probe", "item", n, words, "checked-but-absent", level)


def unticked(n: int, words: str) -> Found:
    """A finding about an open box."""
    return Found("probe", "item", n, words, "found-but-unchecked", "note")


CHECKLIST = "prose-contradicts-checklist"
PROSE = "prose-contradicts-prose"


def planted(name: str, *parts: Edit | Found) -> Planted:
    """A mutation: its name, its edits, its findings."""
    edits = tuple(p for p in parts if not isinstance(p, Found))
    return Planted(name, edits, tuple(p for p in parts if isinstance(p, Found)))


NOTEBOOK = '{"cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["import torch"]}]}'

PLANTED: tuple[Planted, ...] = (
    # Tests
    planted(
        "tests-removed",
        without(DATA_TESTS, r"def test_photo_is_scaled(.|\n)+\Z"),
        without(MODEL_TESTS, r"def test_one_class_is_refused(.|\n)+\Z"),
        without(API_TESTS, r"def test_predict_refuses_text(.|\n)+\Z"),
        claim("test-count", 7, "13 test functions", "note"),
        claim("test-count-by-file", 25, "four tests in `tests/integration/test_api.py`", "note"),
    ),
    planted(
        "api-test-added",
        swap(
            API_TESTS,
            (
                "def test_predict_refuses_text",
                "def test_health(client):\n    assert client.get('/health').json()\n\n\ndef test_predict_refuses_text",
            ),
        ),
        claim("test-count", 7, "13 test functions", "note"),
        claim("test-count-by-file", 25, "four tests in `tests/integration/test_api.py`", "note"),
    ),
    planted(
        "api-tests-emptied",
        put(API_TESTS, ""),
        ticked(35, "Write API tests"),
        claim("test-count", 7, "13 test functions", "note"),
        claim("test-count-by-file", 25, "four tests in `tests/integration/test_api.py`", "note"),
    ),
    planted(
        "api-test-not-collected",
        swap(API_TESTS, ("def test_predict_refuses_text", "def predict_refuses_text")),
        claim("test-count-by-file", 25, "four tests in `tests/integration/test_api.py`", "note"),
    ),
    planted(
        "data-tests-deleted",
        gone(DATA_TESTS),
        ticked(21, "Write unit tests related to the data part"),
        claim("test-count", 7, "13 test functions"),
        claim("paths-named", 7, "tests/unit/test_data.py", "note"),
    ),
    planted(
        "model-tests-deleted",
        gone(MODEL_TESTS),
        ticked(22, "Write unit tests related to model construction"),
        claim("test-count", 7, "13 test functions"),
        claim("paths-named", 7, "tests/unit/test_model.py"),
    ),
    planted(
        "said-31-tests",
        says("13 test functions", "31 test functions"),
        claim("test-count", 7, "31 test functions", "warning"),
    ),
    planted(
        "said-eight-files",
        says("in three files; pytest", "in eight files; pytest"),
        claim("test-file-count", 7, "eight files", "warning"),
    ),
    # Coverage
    planted(
        "coverage-report-replaced",
        swap("reports/coverage.txt", ("170    41%", "110    62%")),
        claim("coverage-report", 8, "41%", "note"),
    ),
    planted(
        "said-71-per-cent",
        says("of our code is 41%", "of our code is 71%"),
        claim("coverage-report", 8, "71%", "warning"),
    ),
    planted(
        "said-minimum-80",
        says("We set a minimum of 40% in", "We set a minimum coverage of 80% in"),
        claim("coverage-threshold", 8, "80%", "warning"),
    ),
    planted(
        "said-minimum-80-alone",
        says("We set a minimum of 40% in", "We set a minimum of 80% in"),
        claim("coverage-threshold", 8, "minimum of 80%", "warning"),
    ),
    planted(
        "threshold-raised",
        swap(TESTS_YAML, ("--fail-under=40", "--fail-under=35")),
        claim("coverage-threshold", 8, "minimum of 40%", "note"),
    ),
    planted(
        "said-fails-below-80",
        adds("keeps the layers of the images in the cache of GitHub.", "CI fails when the coverage is below 80%."),
        claim("coverage-threshold", 11, "below 80%"),
        claim("coverage-below-threshold", 8, "41%", rule=PROSE),
    ),
    planted(
        "coverage-said-twice",
        adds("With 200 users the median rose to more than a second.", "The total code coverage is 63%."),
        claim("coverage-twice", 25, "63%", rule=PROSE),
    ),
    # Continuous integration
    planted(
        "macos-dropped",
        swap(TESTS_YAML, (", macos-latest", "")),
        claim("ci-systems", 11, "macOS"),
        claim("ci-systems", 29, "three operating systems"),
    ),
    planted("python-312-dropped", swap(TESTS_YAML, ('["3.11", "3.12"]', '["3.11"]')), claim("ci-python", 11, "3.12")),
    planted(
        "said-python-310",
        says("Python 3.11 and 3.12, which", "Python 3.10 and 3.12, which"),
        claim("ci-python", 11, "3.10", "warning"),
    ),
    planted(
        "said-one-system",
        adds(
            "six jobs; the other workflows only run on Ubuntu.", "Our workflows do not test multiple operating systems."
        ),
        claim("ci-systems", 11, "not test multiple"),
    ),
    planted(
        "data-change-by-hand",
        swap(
            DATA_YAML,
            (
                '  pull_request:\n    branches: [main]\n    paths:\n      - "data/*.dvc"\n      - ".dvc/config"\n',
                "  workflow_dispatch:\n",
            ),
        ),
        claim("ci-triggers", 11, "runs when a pull request changes"),
    ),
    planted(
        "linting-on-another-branch",
        swap(
            LINTING_YAML,
            (
                "  push:\n    branches: [main]\n  pull_request:\n    branches: [main]\n",
                "  push:\n    branches: [dev]\n",
            ),
        ),
        ticked(26, "Add a linting step"),
        claim("ci-triggers", 9, "linting.yaml` run on every pull request"),
    ),
    planted(
        "dependabot-weekly",
        swap(".github/dependabot.yaml", ("monthly", "weekly")),
        claim("ci-schedule", 11, "once a month", "note"),
    ),
    planted(
        "linting-deleted",
        gone(LINTING_YAML),
        ticked(26, "Add a linting step"),
        claim("paths-named", 6, ".github/workflows/linting.yaml", "note"),
        claim("paths-named", 9, "linting.yaml"),
        claim("paths-named", 11, "linting.yaml"),
    ),
    planted(
        "linting-by-hand",
        swap(
            LINTING_YAML,
            (
                "  push:\n    branches: [main]\n  pull_request:\n    branches: [main]\n",
                "  workflow_dispatch:\n",
            ),
        ),
        ticked(26, "Add a linting step"),
        claim("ci-triggers", 9, "linting.yaml` run on every pull request"),
        claim("ci-triggers", 11, "Tests and linting are triggered by pushes"),
        claim("ci-triggers", 29, "GitHub runs the tests"),
    ),
    planted(
        "said-lint-yaml",
        says("in `.github/workflows/linting.yaml`. In larger", "in `.github/workflows/lint.yaml`. In larger"),
        claim("paths-named", 6, ".github/workflows/lint.yaml", "warning"),
    ),
    planted(
        "said-bandit-in-a-list",
        says("runs `ruff check`, `ruff format --check` and mypy.", "runs `ruff check`, `bandit` and mypy."),
        claim("ci-tools", 11, "`bandit`", "error"),
    ),
    planted(
        "said-four-systems",
        says(
            "The tests run on Ubuntu, Windows and macOS, each", "GitHub runs the tests on four operating systems, each"
        ),
        claim("ci-systems", 11, "four operating systems"),
    ),
    planted(
        "lint-steps-removed",
        without(LINTING_YAML, r"^      - name: (Lint|Format|Types)\n.*\n"),
        ticked(26, "Add a linting step"),
        claim("ci-tools", 11, "and mypy"),
        claim("ci-tools", 11, "`ruff check`"),
    ),
    planted(
        "said-no-caching",
        says(
            "We do make use of caching: five of the six workflows set up uv with `enable-cache: true`, and the sixth one, `build_images.yaml`, keeps the layers of the images in the cache of GitHub.",
            "We do not make use of caching.",
        ),
        claim("ci-caching", 11, "not make use of caching"),
        claim("practice", 11, "not make use of caching", "warning", CHECKLIST),
    ),
    planted(
        "said-twelve-workflows",
        says("into six workflows", "into twelve workflows"),
        claim("workflow-count", 11, "twelve workflows", "warning"),
    ),
    planted(
        "workflow-renamed",
        moved(DATA_YAML, ".github/workflows/data.yaml"),
        claim("links", 10, "data_change.yaml", "note"),
        claim("paths-named", 11, "data_change.yaml", "note"),
    ),
    planted(
        "said-bandit", adds("once a month.", "Our workflows also run bandit."), claim("ci-tools", 11, "bandit", "error")
    ),
    planted(
        "said-images-on-pulls",
        says(
            "`build_images.yaml` builds the images for training and for the API",
            "`build_images.yaml` builds the images on every pull request",
        ),
        claim("ci-triggers", 11, "on every pull request"),
    ),
    planted(
        "said-all-workflows",
        adds("once a month.", "All workflows run on every push and pull request."),
        claim("ci-all-workflows", 11, "All workflows"),
    ),
    planted(
        "said-nightly",
        adds("once a month.", 'The "Nightly benchmarks" workflow measures the speed.'),
        claim("ci-workflow-names", 11, "Nightly benchmarks"),
    ),
    planted(
        "broken-yaml",
        swap(DATA_YAML, ("permissions:\n", "permissions: {\n")),
        claim("named-file-parses", 10, "data_change.yaml"),
        claim("named-file-parses", 11, "data_change.yaml"),
    ),
    # Hooks and code quality
    planted(
        "said-pyright-hook",
        says(
            "with hooks that trim white space, check YAML, lint and format with ruff and check types with mypy",
            "with hooks that lint with ruff and check types with pyright",
        ),
        claim("hook-contents", 11, "pyright", "warning"),
    ),
    planted(
        "mypy-hook-dropped",
        without(".pre-commit-config.yaml", r"  - repo: .*mirrors-mypy\n(.+\n)+"),
        claim("hook-contents", 11, "mypy"),
    ),
    planted(
        "said-also-nine-hooks",
        says("We also use pre-commit, with hooks that trim", "We also use pre-commit, with nine hooks that trim"),
        claim("hook-count", 11, "nine hooks", "warning"),
    ),
    planted(
        "said-line-length-88",
        says("The line length is 100", "The line length is 88"),
        claim("line-length", 6, "88", "warning"),
    ),
    planted(
        "hooks-deleted",
        gone(".pre-commit-config.yaml"),
        ticked(27, "Add pre-commit hooks"),
        claim("hook-contents", 11, "We also use pre-commit"),
        claim("commands-files", 4, "pre-commit install"),
    ),
    planted(
        "said-line-length-90",
        says("The line length is 100", "The line length is 90"),
        claim("line-length", 6, "90", "warning"),
    ),
    planted(
        "said-rule-n",
        says("the rules E, F, I, W and D1", "the ruff rules `E`, `F`, `I` and `N`"),
        claim("ruff-rules", 6, "`N`"),
    ),
    planted(
        "said-nine-hooks",
        says("We also use pre-commit, with hooks that trim", "We use pre-commit with nine hooks, which trim"),
        claim("hook-count", 11, "nine hooks", "warning"),
    ),
    planted(
        "said-pylint",
        says("We used ruff for linting and for formatting", "We set up pylint for linting and ruff for formatting"),
        claim("quality-tools", 6, "pylint", "error"),
    ),
    planted(
        "said-no-mypy",
        says("and mypy for type checking", "but we did not use mypy for type checking"),
        claim("quality-denied", 6, "not use mypy", "error"),
    ),
    # Files that answers name
    planted(
        "module-renamed",
        moved("src/cloudtype/optimize.py", "src/cloudtype/optimizer.py"),
        claim("paths-named", 5, "optimize.py", "note"),
        claim("paths-named", 28, "optimize.py", "note"),
    ),
    planted(
        "drift-deleted",
        gone("src/cloudtype/drift.py"),
        ticked(39, "Check how robust"),
        claim("paths-named", 5, "drift.py", "note"),
        claim("paths-named", 26, "drift.py", "note"),
    ),
    planted(
        "evaluate-deleted",
        gone("src/cloudtype/evaluate.py"),
        claim("paths-named", 5, "evaluate.py", "note"),
    ),
    planted(
        "frontend-renamed",
        moved("src/cloudtype/frontend.py", "src/cloudtype/front_end.py"),
        claim("paths-named", 5, "frontend.py", "note"),
        claim("paths-named", 28, "frontend.py", "note"),
    ),
    planted(
        "said-trainer-py",
        says("`model.py`, `train.py`, `evaluate.py` and", "`model.py`, `trainer.py`, `evaluate.py` and"),
        claim("paths-named", 5, "trainer.py", "warning"),
    ),
    planted(
        "said-shell-folder",
        adds("because W&B draws the figures that we needed.", "The `shell/` folder contains our scripts."),
        claim("folders-named", 5, "`shell/` folder"),
    ),
    planted(
        "said-workflow-link",
        says("(../.github/workflows/tests.yaml)", "(../.github/workflows/test.yaml)"),
        claim("links", 11, "tests.yaml"),
    ),
    planted("bucket-image-deleted", gone("reports/figures/bucket.png"), claim("images", 19, "figures/bucket.png")),
    planted(
        "diagram-deleted",
        gone("reports/figures/architecture.png"),
        ticked(51, "Create an architectural diagram", "error"),
        claim("images", 29, "figures/architecture.png"),
    ),
    planted(
        "said-sweep-image",
        says("(figures/wandb_sweep.png)", "(figures/sweep.png)"),
        claim("images", 14, "figures/sweep.png"),
    ),
    # Structure
    planted(
        "notebook-added",
        put("notebooks/explore.ipynb", NOTEBOOK),
        claim("notebooks-denied", 5, "notebooks"),
        claim("folders-removed", 5, "notebooks"),
    ),
    planted(
        "said-removed-module",
        says("We also removed `visualize.py` from the package, because", "We also removed `drift.py`, because"),
        claim("folders-removed", 5, "removed `drift.py`"),
    ),
    planted(
        "said-scripts-added",
        adds("because W&B draws the figures that we needed.", "We have added a `scripts` folder for the deployment."),
        claim("folders-added", 5, "scripts"),
    ),
    planted(
        "said-docs-empty",
        adds("because W&B draws the figures that we needed.", "The `docs` folder is left empty."),
        claim("folders-empty", 5, "docs"),
    ),
    # Commands and configuration
    planted(
        "key-renamed",
        everywhere("lr:", "learning_rate:", "configs/train/default.yaml"),
        everywhere("train.lr", "train.learning_rate", "configs/sweep.yaml", TRAIN),
        claim("commands-overrides", 12, "train.lr", "note"),
    ),
    planted(
        "group-option-renamed",
        moved("configs/model/large.yaml", "configs/model/big.yaml"),
        everywhere("large]", "big]", "configs/sweep.yaml"),
        claim("commands-overrides", 12, "model=large"),
        claim("commands-overrides", 15, "model=large"),
    ),
    planted(
        "said-model-huge",
        says("docker run train:latest model=large", "docker run train:latest model=huge"),
        claim("commands-overrides", 15, "model=huge"),
    ),
    planted(
        "task-renamed", swap("tasks.py", ("def train_cloud", "def vertex")), claim("commands-tasks", 22, "train-cloud")
    ),
    planted(
        "task-option-renamed",
        swap("tasks.py", ("users: int = 50", "clients: int = 50"), ("--users {users}", "--users {clients}")),
        claim("commands-tasks", 25, "--users"),
    ),
    planted(
        "entry-point-renamed",
        swap("pyproject.toml", ("cloudtype-drift =", "cloudtype-check =")),
        claim("commands-tasks", 26, "cloudtype-drift"),
    ),
    planted(
        "said-trainer-dockerfile",
        says(". -f dockerfiles/train.dockerfile", ". -f dockerfiles/trainer.dockerfile"),
        claim("commands-files", 15, "dockerfiles/trainer.dockerfile"),
    ),
    planted(
        "said-requirements",
        says("uv sync --locked\nuv run pre-commit", "pip install -r requirements.txt\nuv run pre-commit"),
        claim("commands-files", 4, "requirements.txt"),
    ),
    planted(
        "said-weights-option",
        adds(
            "With `uv run invoke train` the default configuration is used.",
            "A checkpoint is tested by `uv run python src/cloudtype/evaluate.py --weights best.ckpt`.",
        ),
        claim("commands-options", 12, "--weights"),
    ),
    planted(
        "said-shuffle-option",
        adds(
            "With `uv run invoke train` the default configuration is used.",
            "The data is prepared by `uv run python src/cloudtype/data.py preprocess --shuffle`.",
        ),
        claim("commands-options", 12, "--shuffle"),
    ),
    planted(
        "said-offline",
        adds(
            "With `uv run invoke train` the default configuration is used.",
            "The file `configs/config.yaml` has `mode: offline`.",
        ),
        claim("configuration-values", 12, "mode: offline"),
    ),
    planted(
        "said-batch-size",
        adds(
            "With `uv run invoke train` the default configuration is used.",
            "The batch size is 128 in `configs/config.yaml`.",
        ),
        claim("setting-in-named-file", 12, "batch size is 128"),
    ),
    planted(
        "said-seed-42", says("sets the seed to 77", "sets the seed to 42"), claim("seed-value", 13, "42", "warning")
    ),
    planted(
        "sweep-random",
        swap("configs/sweep.yaml", ("method: bayes", "method: random")),
        claim("sweep-configured", 14, "Bayesian"),
    ),
    planted(
        "machine-changed",
        swap("configs/vertex.yaml", ("n1-highmem-4", "n1-standard-8")),
        claim("cloud-value-in-named-file", 18, "n1-highmem-4", "note"),
    ),
    planted(
        "said-bucket",
        says("`gs://cloudtype-data`, as", "`gs://cloudtypes-data`, as"),
        claim("service", 10, "gs://cloudtypes-data"),
    ),
    planted(
        "lock-line-dropped",
        without("uv.lock", r'\[\[package\]\]\nname = "timm"\n(.+\n)+'),
        claim("lock-in-sync", 4, "uv.lock"),
    ),
    # Containers
    planted(
        "base-images-changed",
        everywhere(
            "FROM python:3.12-slim",
            "FROM python:3.11-slim",
            "dockerfiles/api.dockerfile",
            "dockerfiles/frontend.dockerfile",
        ),
        claim("base-image", 15, "python:3.12-slim"),
    ),
    planted(
        "said-base-image",
        says("starts from `python:3.12-slim`", "starts from `python:3.10-slim`"),
        claim("base-image", 15, "python:3.10-slim", "warning"),
    ),
    planted(
        "one-stage",
        swap(
            "dockerfiles/api.dockerfile",
            (" AS build\n", "\n"),
            ("\nFROM python:3.12-slim\n\nWORKDIR /app\nCOPY --from=build /app/.venv .venv\n", "\n"),
        ),
        claim("multi-stage", 15, "multi-stage"),
    ),
    planted(
        "said-five-images",
        says("we developed three images:", "we developed five images:"),
        claim("count-parts", 15, "five images", "note", PROSE),
    ),
    planted(
        "said-nine-images",
        says(
            "we developed three images: one for training, one for the API and one for the front end.",
            "we developed nine images.",
        ),
        claim("image-count", 15, "nine images"),
    ),
    planted(
        "said-port",
        adds("The API listens on port 8080 in its container.", "The `frontend.dockerfile` exposes port 5000."),
        claim("image-port", 15, "port 5000", "warning"),
    ),
    planted(
        "said-compose",
        adds(
            "and those for training and the API are also built by a workflow.",
            "We use docker compose to run all of them together.",
        ),
        claim("compose-file", 15, "docker compose"),
    ),
    planted(
        "said-healthcheck",
        adds("and those for training and the API are also built by a workflow.", "The images have a HEALTHCHECK."),
        claim("image-settings", 15, "HEALTHCHECK"),
    ),
    # Version control
    planted(
        "said-twenty-pulls",
        says("there were eight pull requests; seven", "there were twenty pull requests; seven"),
        claim("pull-request-count", 9, "twenty pull requests"),
    ),
    planted(
        "said-no-pulls",
        says("We made use of both branches and pull requests.", "We did not use pull requests."),
        claim("denied-pull-requests", 9, "did not use pull requests"),
    ),
    # Tools, services, boxes
    planted(
        "metrics-removed",
        without(API, r"^.*prometheus_client.*\n|^.*_total.*\n|^latency.*\n|^app.mount.*\n"),
        swap(API, ("with latency_seconds.time(), torch", "with torch")),
        ticked(42, "Instrument your API"),
        claim("uses", 26, "prometheus_client"),
    ),
    planted(
        "remote-local",
        # the bucket need not be the remote of DVC: the box is not settled
        swap(".dvc/config", ("gs://cloudtype-data", "/mnt/photographs")),
    ),
    planted("box-onnx", box("Create a more specialized", "x"), ticked(37, "Create a more specialized", "error")),
    planted(
        "box-distributed",
        box("If applicable, optimize the performance of your training", "x"),
        ticked(46, "distributed training"),
    ),
    planted(
        "box-frontend-open",
        box("Create a frontend", " "),
        unticked(38, "Create a frontend"),
        claim("practice", 28, "front end", rule=CHECKLIST),
    ),
    planted(
        "box-hydra-open",
        box("Used Hydra", " "),
        unticked(15, "Used Hydra"),
        claim("practice", 12, "Hydra", rule=CHECKLIST),
    ),
    planted(
        "said-no-dvc",
        without(REPORT, r"^We did make use of DVC\.(.*\n)"),
        swap(REPORT, ("*pipeline*\n>\n> Answer:\n", "*pipeline*\n>\n> Answer:\n\nWe did not use DVC.")),
        claim("practice", 10, "We did not use DVC.", rule=CHECKLIST),
    ),
    planted(
        "said-gradio",
        says("front end for our API with Streamlit", "front end for our API with Gradio"),
        claim("uses", 28, "Gradio", "error"),
    ),
    planted(
        "said-no-lightning",
        adds("only with a small learning rate.", "We did not use PyTorch Lightning."),
        claim("practice", 14, "not use PyTorch Lightning", "error"),
    ),
    planted(
        "said-no-timm",
        adds(
            "to configure two sizes, `resnet18` and `resnet50`, without another line of code.", "We did not use timm."
        ),
        claim("uses", 3, "not use timm", "error"),
    ),
    planted(
        "service-left-out",
        says("Cloud Build, Vertex AI and Cloud Run. Cloud", "Cloud Build and Cloud Run. Cloud"),
        says(" Vertex AI runs our training jobs.", ""),
        claim("service", 17, "Cloud Build and Cloud Run"),
    ),
    # One box each
    planted(
        "hydra-unused",
        swap(
            TRAIN,
            ("import hydra\n", ""),
            ('@hydra.main(version_base="1.3", config_path="../../configs", config_name="config")\n', ""),
            ("    main()", '    main(OmegaConf.load("configs/config.yaml"))'),
        ),
        ticked(15, "Used Hydra"),
    ),
    planted(
        "workers-zero",
        everywhere("num_workers: 4", "num_workers: 0", "configs/config.yaml"),
        ticked(45, "data loading"),
    ),
    planted(
        "predictions-not-stored", without(API, r"^    blob.*\n|^    tasks.add_task.*\n"), ticked(40, "Setup collection")
    ),
    planted(
        "box-dvc-open",
        box("Setup version control for your data", " "),
        unticked(10, "Setup version control"),
        claim("practice", 10, "make use of DVC", "warning", CHECKLIST),
    ),
    planted(
        "said-configs",
        says("We used configuration files with Hydra.", "We used fifteen configuration files with Hydra."),
        claim("config-count", 12, "fifteen configuration files", "warning"),
    ),
)


@cache
def unchanged() -> Files:
    """The fixture's files."""
    base = FIXTURES / "consistent" / "files"
    return {p.relative_to(base).as_posix(): p.read_bytes() for p in base.rglob("*") if p.is_file()}


def changed(planted: Planted) -> dict[str, bytes | None]:
    """The files that a mutation changes, with their new content; None for what it deletes."""
    files = dict(unchanged())
    for edit in planted.edits:
        edit(files)
    paths = sorted(files.keys() | unchanged().keys())
    return {path: files.get(path) for path in paths if files.get(path) != unchanged().get(path)}


def commits() -> Iterator[bytes]:
    """A commit on top of `main` for each mutation, in the language of `git fast-import`."""
    for planted in PLANTED:
        yield f"commit refs/planted/{planted.name}\n".encode()
        yield b"committer Ada Example <ada@example.com> 1769180400 +0100\n"
        yield from data(b"Last changes\n")
        yield b"from refs/heads/main^0\n"
        for path, content in changed(planted).items():
            if content is None:
                yield f"D {quoted(path)}\n".encode()
            else:
                yield f"M 100644 inline {quoted(path)}\n".encode()
                yield from data(content)
        yield b"\n"
    yield b"done\n"


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built fixture with all mutations, each under a ref that is no branch: no audit sees another's."""
    made = build("consistent", tmp_path_factory.mktemp("planted") / "consistent")
    git(made, "fast-import", "--quiet", "--done", stdin=b"".join(commits()))
    return made


def audited(repository: Path, ref: str) -> AuditRecord:
    """The record of a commit; no check may have failed."""
    record = pipeline.audit(Submission(id="planted", repo=str(repository), ref=ref), load_profile())
    assert not [p.message for p in record.omitted if " failed: " in p.message]
    return record


def test_the_unchanged_fixture_has_no_finding(repository: Path) -> None:
    assert audited(repository, "main").findings == ()


@pytest.mark.parametrize("planted", PLANTED, ids=lambda p: p.name)
def test_planted(planted: Planted, repository: Path) -> None:
    record = audited(repository, f"refs/planted/{planted.name}")
    when = "never" if list(changed(planted)) == [REPORT] else "stale"
    verdicts = {v.id: v for v in record.verdicts}
    left, strange = list(planted.found), []
    for finding in record.findings:
        verdict = verdicts[finding.verdict]
        said, source = verdict.claim.quote, verdict.claim.source
        match = next((f for f in left if f.fits(finding.rule, verdict.by, source.kind, source.n, said)), None)
        if match is None:
            strange.append((finding.rule, verdict.by, source.kind, source.n, said, verdict.difference))
            continue
        left.remove(match)
        assert match.level in (None, finding.level), said
        assert verdict.when == (when if finding.rule == "prose-contradicts-repository" else ""), said
    assert (left, strange) == ([], [])


def test_no_mutation_changes_the_report_and_the_repository() -> None:
    for planted in PLANTED:
        assert REPORT not in changed(planted) or list(changed(planted)) == [REPORT], planted.name


def test_the_table_is_wide() -> None:
    found = [f for planted in PLANTED for f in planted.found]
    checks = {f.by.removeprefix("claim:") for f in found if f.kind == "question"}
    assert len({p.name for p in PLANTED}) == len(PLANTED) >= 50
    assert len(checks) >= 25
    assert checks <= {*load(), *settlers()[1]}
    assert len({f.n for f in found if f.kind == "item"}) >= 8
