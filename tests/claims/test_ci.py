"""Claim checks about continuous integration."""

import pytest
from conftest import contradicted, settle

from auditor.claims.ci import period
from auditor.repository import History

ON = "on:\n  push:\n    branches: [main]\n  pull_request:\n    branches: [main]\n"
TESTS = (
    "name: Unit Tests\n" + ON + "jobs:\n  test:\n    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n"
    "        os: [ubuntu-latest, windows-latest]\n        python-version: ['3.11', '3.12']\n    steps:\n"
    "      - uses: actions/checkout@v4\n      - uses: actions/setup-python@v5\n        with:\n"
    "          python-version: ${{ matrix.python-version }}\n          cache: pip\n"
    "      - run: pip install -r requirements.txt\n      - run: pytest tests/\n"
)
BY_UV = TESTS.replace("pip install -r requirements.txt", "uv sync").replace("pytest tests/", "uv run pytest tests/")
PINNED = {".github/workflows/tests.yaml": BY_UV, ".python-version": "3.11\n"}
ONE = (
    "name: Tests\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-python@v5\n"
    "        with:\n          python-version: '3.10'\n      - run: pip install pytest\n      - run: pytest\n"
)
LINT = (
    "name: Lint\n"
    + ON
    + "jobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip install ruff\n      - run: ruff check .\n"
)
HAND = "name: Deploy\non:\n  workflow_dispatch:\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gcloud run deploy api\n"
WEEKLY = "on:\n  schedule:\n    - cron: '0 4 * * 1'\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python -m app.refresh\n"
NIGHTLY_HOOKS = "on:\n  schedule:\n    - cron: '0 0 * * *'\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pre-commit autoupdate\n"


def at(**files: str) -> dict[str, str]:
    """Workflows by stem."""
    return {f".github/workflows/{name.replace('_', '-')}.yaml": text for name, text in files.items()}


def ci(check: str, sentence: str, files: dict[str, str], **more: object) -> list[str]:
    return contradicted(check, {"continuous-integration": sentence}, files, **more)


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("Our tests run on Ubuntu and Windows.", at(tests=TESTS), []),
        ("Our tests run on Ubuntu, Windows and macOS.", at(tests=TESTS), ["os:macos"]),
        ("We test on multiple operating systems (Linux, Mac OS).", at(tests=TESTS), ["os:macos"]),
        ("The tests run on three operating systems.", at(tests=TESTS), ["count:systems"]),
        ("The tests run on two operating systems.", at(tests=TESTS), []),
        ("GitHub runs the tests on three operating systems.", at(tests=TESTS), ["count:systems"]),
        ("GitHub runs the tests on two operating systems.", at(tests=TESTS), []),
        ("We run the tests across several operating systems.", at(tests=ONE), ["os:several"]),
        ("We run the tests across several operating systems.", at(tests=TESTS), []),
        ("We do not test on multiple operating systems.", at(tests=TESTS), ["os:several"]),
        ("We dont test several operating systems.", at(tests=TESTS), ["os:several"]),
        ("We do not test on multiple operating systems.", at(tests=ONE), []),
        ("We only run the tests on Ubuntu.", at(tests=TESTS), ["os:only"]),
        ("We only run the tests on Ubuntu.", at(tests=ONE), []),
        ("The tests run on Ubuntu and Windows; the other workflows only run on Ubuntu.", at(tests=TESTS), []),
        ("The linting workflow only runs on Ubuntu.", at(tests=TESTS, lint=LINT), []),
        # not a claim of how it is
        ("We would like to run the tests on macOS.", at(tests=TESTS), []),
        ("Initially the tests ran on Ubuntu and macOS.", at(tests=TESTS), []),
        ("GitHub allows you to run tests on macOS.", at(tests=TESTS), []),
        ("We do not run the tests on macOS.", at(tests=TESTS), []),
        (
            "We test two operating systems (Linux and Windows - macOS was difficult to get running).",
            at(tests=TESTS),
            [],
        ),
        ("Our group consists of users of Windows and macOS, so we test on what we have.", at(tests=TESTS), []),
        ("The tests run on our macOS laptops before a commit.", at(tests=TESTS), []),
        # a custom runner elsewhere may be the test that is meant; another host; a runner that is not told
        ("Our tests run on macOS.", at(tests=TESTS, smoke=HAND.replace("ubuntu-latest", "macos-latest")), []),
        ("Our tests run on macOS.", at(tests=TESTS.replace("windows-latest", "self-hosted")), []),
        ("Our tests run on macOS.", {".gitlab-ci.yml": "test:\n  script:\n    - pytest\n"}, []),
        (
            "Our tests run on macOS.",
            at(tests=TESTS + "  more:\n    uses: other/repo/.github/workflows/t.yaml@v1\n"),
            [],
        ),
    ],
)
def test_ci_systems(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert ci("ci-systems", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("We test on Python 3.11 and 3.12.", at(tests=TESTS), []),
        ("We test on Python 3.10 and 3.11.", at(tests=TESTS), ["python:3.10"]),
        ("The matrix runs on Python 3.11, 3.12 and 3.13.", at(tests=TESTS), ["python:3.13"]),
        ("We do not test multiple Python versions.", at(tests=TESTS), ["python:several"]),
        ("We run our tests on multiple Python versions.", at(tests=ONE), ["python:several"]),
        ("We run our tests on multiple Python versions, though in the end only one was kept.", at(tests=ONE), []),
        ("We only test Python 3.11.", at(tests=TESTS), ["python:only"]),
        ("We test on Python 3.10.4.", at(tests=ONE), []),
        ("The tests run on 3.11 and 3.12; the linting workflow uses only Python 3.11.", at(tests=TESTS), []),
        ("We could test on Python 3.9 as well.", at(tests=TESTS), []),
        ("We tested on Python versions < 3.9 without luck.", at(tests=TESTS), []),
        ("The docker image and the tests use Python 3.9.", at(tests=TESTS), []),
        ("Our tests run with Python 3.9.", at(tests=TESTS.replace("${{ matrix.python-version }}", "${{ env.PY }}").replace("jobs:", "env:\n  PY: '3.9'\njobs:")), []),
        # uv takes what .python-version says, unless it is told otherwise
        ("We test on Python 3.11 and 3.12.", PINNED, ["python:pinned"]),
        ("We run the tests on multiple Python versions.", PINNED, ["python:pinned"]),
        ("We test on Python 3.11.", PINNED, []),
        ("We test on Python 3.11 and 3.12.", {**PINNED, ".python-version": "3.11\n3.12\n"}, []),
        ("We test on Python 3.11 and 3.12.", {k: v for k, v in PINNED.items() if "python-version" not in k}, []),
        ("We test on Python 3.11 and 3.12.", {**PINNED, **at(tests=BY_UV.replace("uv run pytest", "pytest"))}, []),
        ("We test on Python 3.11 and 3.12.", {**PINNED, **at(tests=BY_UV.replace("uv sync", "uv sync --python ${{ matrix.python-version }}"))}, []),
        ("We test on Python 3.11 and 3.12.", {**PINNED, **at(tests=BY_UV.replace("jobs:", "env:\n  UV_PYTHON: ${{ matrix.python-version }}\njobs:"))}, []),
        ("We test on Python 3.11 and 3.12.", {**PINNED, **at(tests=BY_UV.replace("setup-python@v5", "setup-uv@v5").replace("actions/setup-uv", "astral-sh/setup-uv"))}, []),
        # an axis that nothing reads
        ("We test on Python 3.11 and 3.12.", at(tests=TESTS.replace("${{ matrix.python-version }}", "'3.11'")), ["python:3.12"]),
    ],
)  # fmt: skip
def test_ci_python(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert ci("ci-python", sentence, files) == expected


def test_ci_frameworks() -> None:
    files = at(
        tests=TESTS.replace("python-version: ['3.11', '3.12']", "torch: ['2.1.0', '2.2.0']").replace(
            "matrix.python-version", "matrix.torch"
        )
    )
    assert ci("ci-frameworks", "We test the PyTorch versions 2.1.0 and 2.2.0.", files) == []
    assert ci("ci-frameworks", "We test the PyTorch versions 2.1.0 and 2.3.0.", files) == ["torch:2.3.0"]
    assert ci("ci-frameworks", "We do not test the PyTorch versions 2.1.0 and 2.3.0.", files) == []


MAIN = History(branches=("main",), default_branch="main")
MASTER = History(branches=("master", "feature"), default_branch="master")


@pytest.mark.parametrize(
    ("sentence", "files", "history", "expected"),
    [
        ("The tests run on every push and pull request.", at(tests=TESTS), MAIN, []),
        ("The tests run on every pull request.", at(tests=ONE), MAIN, []),  # any branch's push
        ("The tests run on every pull request.", at(tests=ONE.replace("[push]", "{push: {branches: [main]}}")), MAIN, ["trigger:tests"]),
        ("The tests run on every push.", at(tests=ONE.replace("push", "pull_request")), MAIN, ["trigger:tests"]),
        ("The tests run on every push to a pull request.", at(tests=ONE.replace("push", "pull_request")), MAIN, []),
        ("The tests run on every push or pull request.", at(tests=ONE.replace("push", "pull_request")), MAIN, []),
        ("`deploy.yaml` runs on every push to main.", at(deploy=HAND, tests=TESTS), MAIN, ["trigger:deploy.yaml"]),
        ("The API is deployed by `deploy.yaml` on merge to main.", at(deploy=HAND, tests=TESTS), MAIN, ["trigger:deploy.yaml"]),
        ("`deploy.yaml` is started manually, not on every push.", at(deploy=HAND, tests=TESTS), MAIN, []),
        ("Ideally `deploy.yaml` would run on every push.", at(deploy=HAND, tests=TESTS), MAIN, []),
        ("GitHub allows `deploy.yaml` to run on every push.", at(deploy=HAND, tests=TESTS), MAIN, []),
        ("Previously `deploy.yaml` ran on every push.", at(deploy=HAND, tests=TESTS), MAIN, []),
        ("The tests run on every push.", at(tests=TESTS), MASTER, ["trigger:tests"]),  # waits for a branch that is not there
        ("Our CI runs on every push.", at(tests=TESTS), MASTER, ["trigger:ci"]),
        ("Our CI runs on every push.", at(tests=TESTS), MAIN, []),
        ("`tests.yaml` builds docker images and pushes them to the registry.", at(tests=TESTS), MAIN, []),
        ("`docs.yaml` runs on every push.", at(tests=TESTS), MAIN, []),  # no such file: another check's
        ("Our images are automatically built by GitHub Actions.", at(b=HAND.replace("gcloud run deploy api", "docker build .")), MAIN, ["trigger:images"]),
        ("Our images are automatically built by Cloud Build and GitHub Actions.", at(b=HAND.replace("gcloud run deploy api", "docker build .")), MAIN, []),
        ("`follow.yaml` runs on every push.", at(follow=HAND.replace("workflow_dispatch:", "workflow_run:\n    workflows: [X]")), MAIN, []),
        ("`deploy.yaml` is triggered manually.", at(deploy=HAND), MAIN, []),
        ("`tests.yaml` is triggered manually.", at(tests=TESTS), MAIN, ["trigger:tests.yaml"]),
        ("`tests.yaml` need not be triggered manually.", at(tests=TESTS), MAIN, []),
        ("The tests are triggered by pushes to `main` and by pull requests.", at(tests=HAND.replace("gcloud run deploy api", "pytest")), MAIN, ["trigger:tests"]),
        ("The tests are triggered by pushes to `main` and by pull requests.", at(tests=TESTS), MAIN, []),
        ("The tests are started by each push.", at(tests=ONE.replace("push", "pull_request")), MAIN, ["trigger:tests"]),
        ("The images are tagged by commit before the tests run.", at(tests=ONE.replace("push", "pull_request")), MAIN, []),
        # two purposes: the one that a person has to start
        ("Tests and linting are triggered by pushes to `main`.", at(tests=TESTS, lint=HAND.replace("gcloud run deploy api", "ruff check .")), MAIN, ["trigger:linting"]),
        ("Tests and linting are triggered by pushes to `main`.", at(tests=TESTS, lint=LINT), MAIN, []),
        ("The linting runs on every push and the tests on pull requests.", at(tests=ONE.replace("push", "pull_request"), lint=LINT), MAIN, []),
        ("Tests are triggered by pushes to `main`, while linting is started manually.", at(tests=TESTS, lint=HAND.replace("gcloud run deploy api", "ruff check .")), MAIN, []),
        ("Tests and linting would be triggered by pushes.", at(tests=TESTS, lint=HAND.replace("gcloud run deploy api", "ruff check .")), MAIN, []),
        ("Pre-commit runs the tests on every commit.", at(tests=ONE.replace("push", "pull_request")), MAIN, []),
    ],
)  # fmt: skip
def test_ci_triggers(sentence: str, files: dict[str, str], history: History, expected: list[str]) -> None:
    assert ci("ci-triggers", sentence, files, history=history) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("`refresh.yaml` runs weekly.", []),
        ("`refresh.yaml` is a workflow that runs every night.", ["trigger:refresh.yaml"]),
        ("`refresh.yaml` runs every month.", ["trigger:refresh.yaml"]),
        ("`refresh.yaml` would run every month.", []),
        ("`refresh.yaml` does not run daily.", []),
        ("A workflow updates our pre-commit hooks weekly.", ["trigger:hooks.yaml"]),
        ("A workflow updates our pre-commit hooks every day.", []),
        ("`tests.yaml` runs nightly.", ["trigger:tests.yaml"]),
        ("Dependabot opens pull requests once a week.", ["trigger:dependabot"]),
        ("Dependabot opens pull requests once a month.", []),
        ("We had a stand-up every day.", []),
        ("The alert policy is evaluated daily.", []),
    ],
)
def test_ci_schedule(sentence: str, expected: list[str]) -> None:
    files = at(refresh=WEEKLY, hooks=NIGHTLY_HOOKS, tests=TESTS)
    files[".github/dependabot.yaml"] = (
        "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule:\n      interval: monthly\n"
    )
    assert ci("ci-schedule", sentence, files) == expected


@pytest.mark.parametrize(
    ("cron", "expected"),
    [("0 0 * * *", "day"), ("0 * * * *", "hour"), ("5 4 * * 1", "week"), ("0 0 * * SUN", "week"), ("0 0 1 * *", "month"), ("0 0 * * 1-5", ""), ("*/5 * * * *", ""), ("0 0 1 1 *", ""), ("x", "")],
)  # fmt: skip
def test_period(cron: str, expected: str) -> None:
    assert period(cron) == expected


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("All workflows run on every push and on pull requests.", at(tests=TESTS, lint=LINT), []),
        ("All our workflows run on every push and on pull requests.", at(tests=TESTS, refresh=WEEKLY), ["trigger:all"]),
        ("Both workflows run on every push.", at(tests=TESTS, deploy=HAND), ["trigger:all"]),
        ("Both workflows run on every push.", at(tests=TESTS, lint=LINT, deploy=HAND), []),  # which two?
        ("All workflows must pass on every pull request.", at(tests=TESTS, refresh=WEEKLY), []),
        ("Most of all workflows run on every push.", at(tests=TESTS, refresh=WEEKLY), []),
        ("All workflows should run on every push.", at(tests=TESTS, refresh=WEEKLY), []),
        ("Not all workflows run on every push.", at(tests=TESTS, refresh=WEEKLY), []),
        (
            "All workflows use concurrency groups that cancel earlier runs on every push.",
            at(tests=TESTS, refresh=WEEKLY),
            [],
        ),
    ],
)
def test_ci_all_workflows(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert ci("ci-all-workflows", sentence, files) == expected


DATA = "on:\n  push:\n    paths: ['data/**']\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python check.py\n"


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("A workflow starts when the data changes.", at(data=DATA) | {"data/raw.dvc": "outs: []\n"}, []),
        ("A workflow starts when the data changes.", at(data=DATA) | {"README.md": "x"}, ["trigger:data"]),
        ("A workflow starts when the data changes.", at(tests=TESTS), ["trigger:data"]),
        ("A workflow could start when the data changes.", at(tests=TESTS), []),
        ("A workflow does not start when the data changes.", at(tests=TESTS), []),
        ("A cloud function triggers when the data changes in the bucket.", at(tests=TESTS), []),
        ("A workflow is triggered when the model registry changes.", at(tests=TESTS), ["trigger:registry"]),
        ("A workflow is triggered when the model registry changes.", at(m=HAND.replace("workflow_dispatch", "repository_dispatch")), []),
        ("A W&B webhook triggers a workflow when the model registry changes.", at(tests=TESTS), []),
    ],
)  # fmt: skip
def test_ci_data_trigger(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert ci("ci-data-trigger", sentence, files, history=MAIN) == expected


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("We use caching to speed up the CI.", at(tests=TESTS), []),
        ("We use caching to speed up the CI.", at(tests=ONE), ["cache:ci"]),
        ("We use caching to speed up the CI.", at(tests=ONE.replace("actions/setup-python@v5", "astral-sh/setup-uv@v6")), []),
        ("We use caching to speed up the CI.", at(tests=ONE.replace("actions/setup-python@v5", "astral-sh/setup-uv@v3")), ["cache:ci"]),
        ("We do not make use of caching.", at(tests=TESTS), ["cache:ci"]),
        ("We do not make use of caching.", at(tests=ONE), []),
        ("The docker build does not use caching.", at(tests=TESTS), []),
        ("Docker layers are cached.", at(tests=ONE), []),
        ("Caching could speed up the CI.", at(tests=ONE), []),
        ("Both workflows make use of caching.", at(tests=TESTS, lint=LINT), ["cache:all"]),
        ("All workflows make use of caching.", at(tests=TESTS, deploy=HAND), []),  # it installs nothing
        ("All test workflows make use of caching.", at(tests=TESTS, lint=LINT), []),
    ],
)  # fmt: skip
def test_ci_caching(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert ci("ci-caching", sentence, files) == expected


HOOKS = "repos:\n  - repo: https://github.com/psf/black\n    hooks:\n      - id: black\n"


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("A workflow runs ruff on the code.", at(tests=TESTS, lint=LINT), []),
        ("A workflow runs ruff on the code.", at(tests=TESTS), ["tool:ruff"]),
        ("GitHub Actions checks the code using Flake8.", at(lint=LINT), ["tool:flake8"]),
        ("The CI uses mypy for type checking.", at(lint=LINT), ["tool:mypy"]),
        ("The CI uses mypy instead of pyright.", at(lint=LINT), []),
        ("The CI could use mypy.", at(lint=LINT), []),
        ("The CI does not run mypy.", at(lint=LINT), []),
        ("We ran mypy locally before the CI checks.", at(lint=LINT), []),
        ("Our CI runs black.", at(lint=LINT) | {".pre-commit-config.yaml": HOOKS}, []),
        ("A GitHub workflow runs black.", at(lint=LINT) | {".pre-commit-config.yaml": HOOKS}, ["tool:black"]),
        ("A GitHub workflow runs black.", at(lint=LINT.replace("ruff check .", "pre-commit run -a")) | {".pre-commit-config.yaml": HOOKS}, []),
        ("Our CI runs mypy.", at(lint=LINT.replace("ruff check .", "make check")) | {"Makefile": "check:\n\tmypy src\n"}, []),
        ("Our CI runs mypy.", at(lint=LINT + "      # - run: mypy src\n"), ["tool:mypy"]),
        ("Linting runs in a GitHub workflow.", at(tests=TESTS), ["ci:linting"]),
        ("The workflow `linting.yaml` runs on every push.", at(tests=TESTS), []),  # a name is no work
        ("Coverage is uploaded to Codecov by the tests workflow.", at(tests=TESTS), ["tool:codecov"]),
        ("Our CI runs the unit tests.", at(lint=LINT), ["ci:tests"]),
        ("A workflow builds the docker images.", at(tests=TESTS), ["ci:images"]),
        ("A workflow builds the docker images.", at(tests=TESTS, b=HAND.replace("gcloud run deploy api", "docker build .")), []),
        ("A trigger of Cloud Build, no workflow, builds the images.", at(tests=TESTS), []),
        ("The docs are deployed by a GitHub workflow.", at(tests=TESTS), ["ci:documentation"]),
        ("The docs are deployed by a GitHub workflow.", at(tests=TESTS, d=HAND.replace("gcloud run deploy api", "mkdocs gh-deploy")), []),
        ("Our CI runs mypy.", {".github/workflows/lint.yaml": "jobs: [\n"} | at(tests=TESTS), []),
        # a workflow named by its file only
        ("We have two:\n\n1. `lint.yaml` runs `ruff check`, `bandit` and mypy.\n2. `tests.yaml` runs pytest.", at(lint=LINT, tests=TESTS), ["tool:bandit", "tool:mypy"]),
        ("- `lint.yaml`: ruff, executed with bandit", at(lint=LINT), ["tool:bandit"]),
        ("`lint.yaml` runs `ruff check`.", at(lint=LINT), []),
        ("`lint.yaml` runs `ruff check` rather than flake8.", at(lint=LINT), []),
        ("`lint.yaml` does not run bandit.", at(lint=LINT), []),
        ("`cloudbuild.yaml` runs bandit.", at(lint=LINT), []),
        ("`other.yaml` runs bandit.", at(lint=LINT), []),
        ("`lint.yaml` runs flake8.", at(lint=LINT + "      - uses: super-linter/super-linter@v7\n"), []),
    ],
)  # fmt: skip
def test_ci_tools(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert ci("ci-tools", sentence, files) == expected


DEPLOY_STEP = "steps:\n  - name: gcr.io/cloud-builders/gcloud\n    args: [run, deploy, api, --image, x]\n"
BUILD_STEP = "steps:\n  - name: gcr.io/cloud-builders/docker\n    args: [build, ., -t, x]\n"
DEPLOYS = "The deploy workflow builds the API and deploys it to Cloud Run."
PUSHES = "The workflow builds and pushes the images to the registry."


def step(run: str) -> str:
    return "name: Release\n" + ON + f"jobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {run}\n"


@pytest.mark.parametrize(
    ("question", "sentence", "files", "expected"),
    [
        ("structure", "We extended the workflows folder with pipelines for linting, type checking and coverage reporting, as the template had none.", at(tests=TESTS, lint=LINT), ["ci:type-checking", "ci:coverage"]),
        ("structure", "We defined GitHub Actions workflows for testing and coverage reporting.", at(tests=TESTS), ["ci:coverage"]),
        ("structure", "We defined GitHub Actions workflows for testing and coverage reporting.", at(tests=TESTS.replace("pytest tests/", "pytest --cov=app tests/")), []),
        ("structure", "We defined GitHub Actions workflows for testing and coverage reporting.", at(tests=TESTS) | {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov=app"\n'}, []),
        ("structure", "We would define GitHub Actions workflows for coverage reporting.", at(tests=TESTS), []),
        ("structure", "Our GitHub Actions workflows have no coverage reporting.", at(tests=TESTS), []),
        ("structure", "GitHub Actions run checks (linting, type checking where enabled).", at(tests=TESTS), []),
        ("structure", "Initially a GitHub Actions workflow did the type checking.", at(tests=TESTS), []),
        ("architecture", "GitHub Actions run the tests and check coverage.", at(tests=TESTS), ["ci:coverage"]),
        ("deployment", DEPLOYS, at(tests=TESTS), ["ci:deployment"]),
        ("deployment", DEPLOYS, at(tests=TESTS, release=step("gcloud run deploy api --image x")), []),
        ("deployment", DEPLOYS, at(tests=TESTS, release=step("make deploy")) | {"Makefile": "deploy:\n\tgcloud run deploy api\n"}, []),
        ("deployment", DEPLOYS, at(tests=TESTS, release=step("gcloud builds submit --config ci/api.yaml")) | {"ci/api.yaml": DEPLOY_STEP}, []),
        ("deployment", DEPLOYS, at(tests=TESTS, release=step("gcloud builds submit --config ci/image.yaml")) | {"ci/image.yaml": BUILD_STEP}, ["ci:deployment"]),
        ("deployment", DEPLOYS, at(tests=TESTS, release=step("'true'").replace("- run: 'true'", "- uses: google-github-actions/deploy-cloudrun@v2")), []),
        # a trigger of Cloud Build may run the file
        ("deployment", DEPLOYS, at(tests=TESTS) | {"cloudbuild.yaml": DEPLOY_STEP}, []),
        ("deployment", "The Release workflow deploys the API to Cloud Run.", at(release=step("pytest")) | {"cloudbuild.yaml": DEPLOY_STEP}, ["ci:deployment"]),
        ("deployment", "Our GitHub Actions workflow deploys the API to Cloud Run.", at(tests=TESTS) | {"cloudbuild.yaml": DEPLOY_STEP}, ["ci:deployment"]),
        ("deployment", "Our CI/CD pipeline deploys the API to Cloud Run.", at(tests=TESTS), []),
        ("deployment", "A Cloud Build trigger, started by the GitHub workflow, deploys the API.", at(tests=TESTS), []),
        ("deployment", "The workflow should deploy the API; a GitHub workflow would be used to deploy it.", at(tests=TESTS), []),
        ("deployment", "The GitHub workflow does not deploy the API.", at(tests=TESTS), []),
        ("deployment", "At first the GitHub workflow deploys the API.", at(tests=TESTS), []),
        ("api-tests", "A GitHub workflow tests the deployed API with locust.", at(tests=TESTS), []),
        ("docker", PUSHES, at(tests=TESTS), ["ci:images", "ci:pushing"]),
        ("docker", PUSHES, at(tests=TESTS, b=step("docker build -t x . && docker push x")), []),
        ("docker", PUSHES, at(tests=TESTS, b=step("docker build -t x .")), ["ci:pushing"]),
        ("docker", PUSHES, at(tests=TESTS) | {"cloudbuild.yaml": BUILD_STEP}, []),
        ("docker", "When we push to main, the workflow builds the images.", at(tests=TESTS, b=step("docker build -t x .")), []),
        ("docker", "A workflow builds the images.", at(tests=TESTS, b=step("docker build .").replace("    steps:", "    if: false\n    steps:")), ["ci:images"]),
        ("extra", "The GitHub workflow builds and publishes the docs.", at(tests=TESTS), ["ci:documentation"]),
        ("contributions", "One of us made the workflow that deploys the API.", at(tests=TESTS), []),
    ],
)  # fmt: skip
def test_purposes_of_ci(question: str, sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert sorted(contradicted("ci-tools", {question: sentence}, files)) == sorted(expected)


@pytest.mark.parametrize(
    ("sentence", "run", "expected"),
    [
        ("The workflow blocks a merge when ruff finds something.", "ruff check . || true", ["soft:ruff"]),
        ("The workflow blocks a merge when ruff finds something.", "ruff check . --exit-zero", ["soft:ruff"]),
        ("The workflow blocks a merge when ruff finds something.", "ruff check .", []),
        ("In the workflow, ruff is non-blocking and does not block a merge.", "ruff check . || true", []),
        ("The workflow would block a merge when ruff finds something.", "ruff check . || true", []),
    ],
)
def test_ci_cannot_fail(sentence: str, run: str, expected: list[str]) -> None:
    assert ci("ci-cannot-fail", sentence, at(lint=LINT.replace("ruff check .", run))) == expected


def test_ci_workflow_names() -> None:
    assert ci("ci-workflow-names", 'The "Unit Tests" workflow runs pytest.', at(tests=TESTS)) == []
    assert ci("ci-workflow-names", 'The "Nightly Benchmarks" workflow runs.', at(tests=TESTS)) == [
        "workflow:nightly benchmarks"
    ]
    assert ci("ci-workflow-names", 'The "Nightly Benchmarks" workflow was removed, not kept.', at(tests=TESTS)) == []


def test_what_is_supported() -> None:
    found = settle("ci-systems", {"continuous-integration": "The tests run on Ubuntu and Windows."}, at(tests=TESTS))
    assert [(s.about, s.label) for s in found] == [("os:named", "supported")]


def test_a_long_sentence_is_quoted_in_part() -> None:
    long = "We set up **GitHub Actions** for all of the work that has to be done again and again by somebody in the group, "
    long += "from the smallest check of a file's end to the largest run of everything that we have written so far; "
    answer = long + "the group’s **tests** run on `ubuntu` and `macos` machines."
    found = settle("ci-systems", {"continuous-integration": answer}, at(tests=TESTS))
    quoted = "the group’s **tests** run on `ubuntu` and `macos` machines."
    assert [(s.about, s.quote) for s in found] == [("os:macos", quoted)]
