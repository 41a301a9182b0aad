"""Typed claims about continuous integration against trees in a dict."""

import pytest
from rows import case, label, settled

from auditor.claims.settle.trigger import period
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
ONE = (
    "name: Tests\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/setup-python@v5\n"
    "        with:\n          python-version: '3.10'\n      - run: pip install pytest\n      - run: pytest\n"
)
LINT = (
    "name: Lint\n"
    + ON
    + "jobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pip install ruff\n      - run: ruff check .\n"
)
UNCACHED = ONE.replace(
    "actions/setup-python@v5\n        with:\n", "astral-sh/setup-uv@v6\n        with:\n          enable-cache: false\n"
)
HAND = "name: Deploy\non:\n  workflow_dispatch:\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gcloud run deploy api\n"
WEEKLY = "on:\n  schedule:\n    - cron: '0 4 * * 1'\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python -m app.refresh\n"
PULLS = "{pull_request: {branches: [main]}}"
MAIN = History(branches=("main",), default_branch="main")
MASTER = History(branches=("master", "feature"), default_branch="master")
HYGIENE = "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    hooks:\n      - id: trailing-whitespace\n      - id: check-yaml\n"
HOOKS = (
    HYGIENE
    + "  - repo: https://github.com/astral-sh/ruff-pre-commit\n    hooks:\n      - id: ruff\n      - id: ruff-format\n"
)
CONFIG = ".pre-commit-config.yaml"


def at(**files: str) -> dict[str, str]:
    """Workflows by stem."""
    return {f".github/workflows/{name.replace('_', '-')}.yaml": text for name, text in files.items()}


def deploy(on: str = ON, needs: str = "", run: str = "gcloud run deploy api") -> str:
    return f"name: Deploy\n{on}jobs:\n  d:\n    runs-on: ubuntu-latest\n{needs}    steps:\n      - run: {run}\n"


# -- runs --------------------------------------------------------------------------------------------------------------

MAKE = {"Makefile": "check:\n\tmypy src\n"}
CLOUD = {
    "cloudbuild.yaml": "steps:\n  - name: gcr.io/cloud-builders/gcloud\n    args: [run, deploy, api, --image, x]\n"
}


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({"tool": "ruff"}, at(tests=TESTS, lint=LINT), "supported"),
        ({"tool": "ruff check"}, at(tests=TESTS, lint=LINT), "supported"),
        ({"tool": "ruff"}, at(tests=TESTS), "contradicted"),
        ({"tool": "flake8"}, at(lint=LINT), "contradicted"),
        ({"tool": "mypy"}, at(lint=LINT.replace("ruff check .", "make check")) | MAKE, "supported"),
        ({"tool": "mypy"}, at(lint=LINT + "      # - run: mypy src\n"), "contradicted"),
        ({"tool": "mypy"}, at(lint=LINT.replace("ruff check .", "tools/check.sh")), "open"),  # a script that is not there
        ({"tool": "mypy"}, {".github/workflows/lint.yaml": "jobs: [\n"} | at(tests=TESTS), "open"),
        ({"tool": "mypy"}, {".gitlab-ci.yml": "test:\n  script:\n    - pytest\n"}, "open"),
        ({"tool": "flake8"}, at(lint=LINT + "      - uses: super-linter/super-linter@v7\n"), "open"),
        ({"tool": "frobnicate"}, at(lint=LINT), "open"),  # nobody knows what it would leave
        # the hooks may run by pre-commit.ci; by a step they do
        ({"tool": "ruff"}, at(tests=TESTS) | {CONFIG: HOOKS}, "open"),
        ({"tool": "ruff"}, at(tests=TESTS, lint=LINT.replace("ruff check .", "pre-commit run -a")) | {CONFIG: HOOKS}, "supported"),
        ({"tool": "ruff", "place": "unknown"}, at(tests=TESTS) | {CONFIG: HOOKS}, "supported"),
        ({"tool": "ruff", "place": "unknown"}, at(tests=TESTS), "open"),
        # purposes, and tools that run through others
        ({"tool": "linting"}, at(tests=TESTS), "contradicted"),
        ({"tool": "type checking"}, at(tests=TESTS, lint=LINT), "contradicted"),
        ({"tool": "unit tests"}, at(lint=LINT), "contradicted"),
        ({"tool": "coverage"}, at(tests=TESTS), "contradicted"),
        ({"tool": "coverage"}, at(tests=TESTS.replace("pytest tests/", "pytest --cov=app tests/")), "supported"),
        ({"tool": "coverage"}, at(tests=TESTS) | {"pyproject.toml": '[tool.pytest.ini_options]\naddopts = "--cov=app"\n'}, "supported"),
        ({"tool": "codecov"}, at(tests=TESTS), "contradicted"),
        ({"tool": "codecov"}, at(tests=TESTS.replace("pytest tests/", "coverage run -m pytest")), "open"),  # it is often said for coverage
        ({"tool": "formatting"}, at(lint=LINT.replace("ruff check .", "ruff format --check .")), "supported"),
        ({"tool": "docker build"}, at(tests=TESTS), "contradicted"),
        ({"tool": "docker build"}, at(tests=TESTS) | CLOUD, "open"),
        ({"tool": "deployment"}, at(tests=TESTS), "contradicted"),
        ({"tool": "deployment"}, at(tests=TESTS, d=deploy()), "supported"),
        ({"tool": "deployment"}, at(d=deploy(run="gcloud builds submit --config cloudbuild.yaml")) | CLOUD, "supported"),
        # one workflow
        ({"tool": "ruff", "place": "workflow", "path": "lint.yaml"}, at(tests=TESTS, lint=LINT), "supported"),
        ({"tool": "ruff", "place": "workflow", "path": "tests.yaml"}, at(tests=TESTS, lint=LINT), "contradicted"),
        ({"tool": "ruff", "place": "workflow", "path": "Unit Tests"}, at(tests=TESTS, lint=LINT), "contradicted"),
        ({"tool": "ruff", "place": "workflow", "path": "quality.yaml"}, at(tests=TESTS, lint=LINT), "open"),
        ({"tool": "ruff", "place": "workflow", "purpose": "tests"}, at(tests=TESTS, lint=LINT), "open"),
        ({"tool": "ruff", "place": "workflow", "purpose": "tests"}, at(tests=TESTS), "contradicted"),
        # denials, and what cannot fail
        ({"tool": "ruff", "denied": True}, at(lint=LINT), "contradicted"),
        ({"tool": "mypy", "denied": True}, at(lint=LINT), "supported"),
        ({"tool": "ruff", "blocks": True}, at(lint=LINT), "supported"),
        ({"tool": "ruff", "blocks": True}, at(lint=LINT.replace("ruff check .", "ruff check . || true")), "contradicted"),
        ({"tool": "ruff", "blocks": True}, at(lint=LINT.replace("ruff check .", "ruff check . --exit-zero")), "contradicted"),
        # whom a reader puts for what is done, and hooks where a workflow is spoken of
        ({"tool": "mypy", "quote": "types are checked"}, at(lint=LINT), "open"),
        ({"tool": "deployment", "quote": "updates are pushed to the cloud"}, at(tests=TESTS), "open"),
        ({"tool": "ruff", "quote": "a GitHub workflow runs ruff"}, at(tests=TESTS) | {CONFIG: HOOKS}, "contradicted"),
        # how firmly
        ({"tool": "ruff", "strength": "planned"}, at(tests=TESTS), "open"),
        ({"tool": "ruff", "strength": "past"}, at(tests=TESTS), "open"),
        ({"tool": "ruff", "strength": "hedged"}, at(lint=LINT), "supported"),
    ],
)  # fmt: skip
def test_runs(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files), "runs", **{"quote": f"We use {claim['tool']}.", "place": "ci", **claim}) == expected


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({"tool": "ruff"}, {CONFIG: HOOKS}, "supported"),
        ({"tool": "mypy"}, {CONFIG: HOOKS}, "contradicted"),
        ({"tool": "ruff"}, {CONFIG: HYGIENE}, "contradicted"),
        ({"tool": "linting"}, {CONFIG: HYGIENE}, "contradicted"),
        ({"tool": "linting"}, {CONFIG: HOOKS}, "supported"),
        ({"tool": "formatting"}, {CONFIG: HYGIENE}, "open"),  # white space is a matter of form
        ({"tool": "tests"}, {CONFIG: HOOKS}, "contradicted"),
        ({"tool": "ruff"}, {"README.md": "x"}, "contradicted"),
        ({"tool": "ruff"}, {"backend/.pre-commit-config.yaml": HYGIENE}, "open"),
        ({"tool": "mypy"}, {CONFIG: HOOKS, "lefthook.yml": "a: b\n"}, "open"),
        ({"tool": "mypy"}, {CONFIG: HOOKS + "  - repo: local\n    hooks:\n      - id: all\n        entry: make check\n"}, "open"),
        ({"tool": "frobnicate"}, {CONFIG: HOOKS}, "open"),
        ({"tool": "pre-commit"}, {CONFIG: HOOKS}, "supported"),
        ({"tool": "pre-commit", "denied": True}, {CONFIG: HOOKS}, "contradicted"),
        ({"tool": "pre-commit", "denied": True}, {CONFIG: HYGIENE}, "open"),  # the template's
        ({"tool": "mypy", "denied": True}, {CONFIG: HOOKS}, "open"),
        ({"tool": "ruff", "denied": True}, {CONFIG: HOOKS}, "contradicted"),
        ({"tool": "ruff format --check"}, {CONFIG: HOOKS}, "contradicted"),
        ({"tool": "ruff format --check"}, {CONFIG: HOOKS + "        args: [--check]\n"}, "supported"),
        ({"tool": "ruff check --fix"}, {CONFIG: HOOKS}, "contradicted"),
        ({"tool": "ruff check --fix"}, {CONFIG: HOOKS, "pyproject.toml": "[tool.ruff]\nfix = true\n"}, "supported"),
        ({"tool": "ruff check --force-exclude"}, {CONFIG: HOOKS}, "supported"),
    ],
)  # fmt: skip
def test_runs_in_hooks(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files), "runs", **{"quote": f"We use {claim['tool']}.", "place": "hooks", **claim}) == expected


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({}, at(tests=TESTS), "supported"),
        ({}, at(tests=ONE), "contradicted"),
        ({}, at(tests=ONE.replace("actions/setup-python@v5", "astral-sh/setup-uv@v6")), "supported"),
        ({}, at(tests=ONE.replace("actions/setup-python@v5", "astral-sh/setup-uv@v3")), "contradicted"),
        ({}, at(tests=UNCACHED), "contradicted"),
        ({"every": True}, at(tests=TESTS, lint=UNCACHED), "contradicted"),
        ({"every": True}, at(tests=TESTS, lint=UNCACHED.replace("false", "true")), "supported"),
        ({"denied": True}, at(tests=TESTS), "contradicted"),
        ({"denied": True}, at(tests=ONE), "open"),
        ({"every": True}, at(tests=TESTS, lint=LINT), "contradicted"),
        ({"every": True}, at(tests=TESTS, deploy=HAND), "supported"),  # it installs nothing
        ({"path": "lint.yaml"}, at(tests=TESTS, lint=LINT), "contradicted"),
        ({"purpose": "tests", "place": "workflow"}, at(tests=TESTS, lint=LINT), "supported"),
        ({}, at(tests=ONE + "  more:\n    uses: other/repo/.github/workflows/t.yaml@v1\n"), "open"),
    ],
)
def test_caching(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files), "runs", **{"tool": "caching", "place": "ci", **claim}) == expected


# -- triggers ----------------------------------------------------------------------------------------------------------

FOLLOWS = HAND.replace("workflow_dispatch:", "workflow_run:\n    workflows: [X]")
BUILDS = HAND.replace("gcloud run deploy api", "docker build .")


@pytest.mark.parametrize(
    ("claim", "files", "history", "expected"),
    [
        ({"of": "tests", "events": ["push", "pull request"]}, at(tests=TESTS), MAIN, "supported"),
        ({"of": "tests", "events": ["pull request"]}, at(tests=ONE), MAIN, "open"),  # a push to any branch is one of it
        ({"of": "tests", "events": ["pull request"]}, at(tests=ONE.replace("[push]", "{push: {branches: [main]}}")), MAIN, "contradicted"),
        ({"of": "tests", "events": ["push"]}, at(tests=ONE.replace("[push]", PULLS)), MAIN, "contradicted"),
        ({"of": "tests", "events": ["merge"]}, at(tests=ONE.replace("[push]", PULLS)), MAIN, "open"),
        ({"of": "tests", "events": ["push", "pull request"], "quote": "on push or pull request"}, at(tests=ONE.replace("[push]", PULLS)), MAIN, "open"),
        ({"of": "tests", "events": ["push"]}, at(tests=TESTS), MASTER, "contradicted"),  # waits for a branch that is not there
        ({"of": "tests", "events": ["push"], "branch": "main"}, at(tests=TESTS), MAIN, "supported"),
        ({"of": "tests", "events": ["push"], "branch": "feature"}, at(tests=TESTS.replace("pull_request:", "workflow_dispatch:")), MASTER, "contradicted"),
        ({"of": "tests", "events": ["push"], "denied": True}, at(tests=TESTS), MAIN, "contradicted"),
        ({"of": "tests", "events": ["tag"]}, at(tests=TESTS), MAIN, "contradicted"),
        ({"of": "tests", "events": ["push"]}, at(tests=TESTS, more=ONE.replace("[push]", PULLS)), MAIN, "supported"),
        ({"of": "tests", "events": ["push"]}, at(lint=LINT), MAIN, "open"),
        ({"of": "unknown", "events": ["push"]}, at(deploy=HAND), MAIN, "open"),
        ({"of": "training", "events": ["push"]}, at(t=HAND.replace("gcloud run deploy api", "python train.py")), MAIN, "open"),
        # a named workflow
        ({"path": "deploy.yaml", "events": ["push"]}, at(deploy=HAND, tests=TESTS), MAIN, "contradicted"),
        ({"path": "deploy.yaml", "events": ["manual"]}, at(deploy=HAND), MAIN, "supported"),
        ({"path": "tests.yaml", "events": ["manual"]}, at(tests=TESTS), MAIN, "contradicted"),
        ({"path": "docs.yaml", "events": ["push"]}, at(tests=TESTS), MAIN, "open"),
        ({"path": "follow.yaml", "events": ["push"]}, at(follow=FOLLOWS), MAIN, "open"),
        ({"path": "follow.yaml", "events": ["another workflow"]}, at(follow=FOLLOWS), MAIN, "supported"),
        ({"path": "tests.yaml", "events": ["push"], "only": True}, at(tests=TESTS), MAIN, "contradicted"),
        ({"path": "tests.yaml", "events": ["push", "pull request"], "only": True}, at(tests=TESTS), MAIN, "supported"),
        # images may be built by Cloud Build
        ({"of": "images", "events": ["push"]}, at(b=BUILDS), MAIN, "contradicted"),
        ({"of": "images", "events": ["push"]}, at(b=BUILDS) | CLOUD, MAIN, "open"),
        # all of them
        ({"of": "all", "events": ["push"], "every": True}, at(tests=TESTS, lint=LINT), MAIN, "supported"),
        ({"of": "all", "events": ["push"], "every": True}, at(tests=TESTS, refresh=WEEKLY), MAIN, "contradicted"),
        ({"of": "all", "events": ["push"]}, at(tests=TESTS, refresh=WEEKLY), MAIN, "supported"),
        # how often
        ({"path": "refresh.yaml", "events": ["schedule"], "period": "week"}, at(refresh=WEEKLY), MAIN, "supported"),
        ({"path": "refresh.yaml", "events": ["schedule"], "period": "day"}, at(refresh=WEEKLY), MAIN, "contradicted"),
        ({"path": "tests.yaml", "events": ["schedule"], "period": "day"}, at(tests=TESTS), MAIN, "contradicted"),
        # not plainly
        ({"path": "deploy.yaml", "events": ["push"], "strength": "planned"}, at(deploy=HAND), MAIN, "open"),
    ],
)  # fmt: skip
def test_trigger(claim: dict[str, object], files: dict[str, str], history: History, expected: str) -> None:
    assert label(case(files, history=history), "trigger", **claim) == expected


def test_images_of_a_report_that_speaks_of_cloud_build_stay_open() -> None:
    here = case(at(b=BUILDS), answers={"architecture": "Cloud Build builds them."}, history=MAIN)
    assert label(here, "trigger", of="images", events=["push"]) == "open"


BOT = "version: 2\nupdates:\n  - package-ecosystem: pip\n    directory: /\n    schedule:\n      interval: monthly\n"
NIGHTLY = WEEKLY.replace("0 4 * * 1", "0 0 * * *").replace("python -m app.refresh", "pre-commit autoupdate")


@pytest.mark.parametrize(
    ("said", "files", "expected"),
    [
        ("month", {".github/dependabot.yaml": BOT}, "supported"),
        ("week", {".github/dependabot.yaml": BOT}, "contradicted"),
        ("day", {".github/dependabot.yaml": BOT} | at(hooks=NIGHTLY), "supported"),
        ("week", {".github/dependabot.yaml": BOT} | at(hooks=NIGHTLY), "contradicted"),
        ("week", at(tests=TESTS), "open"),
    ],
)
def test_updates(said: str, files: dict[str, str], expected: str) -> None:
    assert label(case(files), "trigger", of="dependency updates", events=["schedule"], period=said) == expected


@pytest.mark.parametrize(
    ("cron", "expected"),
    [("0 0 * * *", "day"), ("0 * * * *", "hour"), ("5 4 * * 1", "week"), ("0 0 * * SUN", "week"), ("0 0 1 * *", "month"), ("0 0 * * 1-5", ""), ("*/5 * * * *", ""), ("0 0 1 1 *", ""), ("x", "")],
)  # fmt: skip
def test_period(cron: str, expected: str) -> None:
    assert period(cron) == expected


DATA = "on:\n  push:\n    paths: ['data/**']\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python check.py\n"


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({"events": ["data change"]}, at(data=DATA) | {"data/raw.dvc": "outs: []\n", "check.py": "print(1)\n"}, "supported"),
        ({"events": ["data change"]}, at(data=DATA) | {"check.py": "print(1)\n"}, "contradicted"),
        ({"events": ["data change"]}, at(tests=TESTS), "open"),  # a function of the cloud may
        ({"events": ["data change"], "path": "deploy.yaml"}, at(deploy=HAND), "contradicted"),
        ({"events": ["registry change"], "path": "tests.yaml"}, at(tests=TESTS), "contradicted"),
        ({"events": ["registry change"]}, at(m=HAND.replace("workflow_dispatch", "repository_dispatch")), "supported"),
    ],
)  # fmt: skip
def test_changes(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files, history=MAIN), "trigger", **claim) == expected


# -- gates -------------------------------------------------------------------------------------------------------------

PUSHED = "on:\n  push:\n    branches: [main]\n"
ANY = "on: [push, pull_request]\n"
IN_ONE = "name: All\n" + PUSHED + (
    "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
    "  d:\n    runs-on: ubuntu-latest\n    needs: test\n    steps:\n      - run: gcloud run deploy api\n"
)  # fmt: skip
STEPS = "on: [push]\njobs:\n  d:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n      - run: gcloud run deploy api\n"
AFTER = "on:\n  workflow_run:\n    workflows: [Unit Tests]\n    types: [completed]\n"
PLAIN = ONE.replace("on: [push]\n", PUSHED)


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({}, at(all=IN_ONE), "supported"),
        ({"denied": True}, at(all=IN_ONE), "contradicted"),
        ({}, at(all=IN_ONE.replace("    needs: test\n", "")), "contradicted"),
        ({}, at(all=STEPS), "supported"),
        ({}, at(all=STEPS.replace("pytest", "x").replace("gcloud run deploy api", "pytest").replace("- run: x", "- run: gcloud run deploy api")), "contradicted"),
        ({}, at(tests=TESTS, d=deploy(AFTER, "    if: github.event.workflow_run.conclusion == 'success'\n")), "supported"),
        ({}, at(tests=TESTS, d=deploy(AFTER)), "contradicted"),  # after a failure, too
        ({"denied": True}, at(tests=TESTS, d=deploy(AFTER)), "open"),
        # two workflows on the same event are no gate; but a merge may stand between, and a person
        ({}, at(tests=ONE.replace("on: [push]\n", ANY), d=deploy(ANY)), "contradicted"),
        ({}, at(tests=PLAIN, d=deploy(PUSHED)), "contradicted"),
        ({}, at(tests=TESTS, d=deploy(PUSHED)), "open"),
        ({}, at(tests=TESTS, d=HAND), "open"),
        ({"then": "any"}, at(all=IN_ONE), "open"),
        ({}, at(tests=ONE, d=deploy("on:\n  release:\n")), "open"),
        ({}, at(tests=ONE.replace("on: [push]\n", ANY), d=deploy(ANY, "    if: github.ref == 'refs/heads/main'\n")), "open"),
        # one part is not found, elsewhere, or not to be seen
        ({}, at(tests=PLAIN), "open"),
        ({}, at(tests=PLAIN, d=deploy(PUSHED)) | CLOUD, "open"),
        ({}, at(tests=PLAIN, d=deploy(PUSHED).replace("    steps", "    uses: other/r/.github/workflows/x.yml@v1\n    xsteps")), "open"),
        ({"first": "linting"}, at(lint=LINT.replace(ON, PUSHED), d=deploy(PUSHED)) | {CONFIG: HOOKS}, "open"),
        ({"first": "linting"}, at(lint=LINT.replace(ON, PUSHED), d=deploy(PUSHED)), "contradicted"),
        ({"first": "all"}, at(tests=PLAIN, d=deploy(PUSHED)), "open"),
        ({"then": "training"}, at(tests=PLAIN, d=deploy(PUSHED, run="python train.py")), "open"),
        # a workflow that calls both
        (
            {},
            at(
                tests=PLAIN.replace(PUSHED, "on: workflow_call\n"),
                d=deploy("on: workflow_call\n"),
                all="on: [push]\njobs:\n  a:\n    uses: ./.github/workflows/tests.yaml\n  b:\n    needs: a\n    uses: ./.github/workflows/d.yaml\n",
            ),
            "supported",
        ),
    ],
)  # fmt: skip
def test_gate(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files, history=MAIN), "gate", **{"first": "tests", "then": "deployment", **claim}) == expected


# -- matrices ----------------------------------------------------------------------------------------------------------

SELF = TESTS.replace("windows-latest", "self-hosted")
SMOKE = HAND.replace("ubuntu-latest", "macos-latest")


@pytest.mark.parametrize(
    ("claim", "files", "expected"),
    [
        ({"values": ["linux", "windows"]}, at(tests=TESTS), "supported"),
        ({"values": ["Ubuntu", "Windows", "macOS"]}, at(tests=TESTS), "contradicted"),
        ({"values": ["ubuntu-latest"], "complete": True}, at(tests=TESTS), "supported"),
        ({"values": ["ubuntu-latest"], "complete": True, "every": True}, at(tests=TESTS), "contradicted"),
        ({"values": []}, at(tests=TESTS), "supported"),
        ({"values": []}, at(tests=ONE), "contradicted"),
        ({"values": [], "denied": True}, at(tests=TESTS), "contradicted"),
        ({"values": [], "denied": True}, at(tests=ONE), "open"),
        ({"values": ["macos"], "denied": True}, at(tests=TESTS), "open"),
        ({"values": ["windows"], "denied": True}, at(tests=TESTS), "contradicted"),
        ({"values": ["macos"]}, at(tests=TESTS, smoke=SMOKE), "open"),  # that may be the test that is meant
        ({"values": ["macos"]}, at(tests=SELF), "open"),
        ({"values": ["macos"]}, {".gitlab-ci.yml": "test:\n  script:\n    - pytest\n"}, "open"),
        ({"values": ["macos"]}, at(tests=TESTS + "  more:\n    uses: other/repo/.github/workflows/t.yaml@v1\n"), "open"),
        ({"values": ["macos"], "purpose": "linting"}, at(tests=TESTS, lint=LINT), "open"),
        ({"values": ["solaris"]}, at(tests=TESTS), "open"),
    ],
)  # fmt: skip
def test_systems(claim: dict[str, object], files: dict[str, str], expected: str) -> None:
    assert label(case(files), "matrix", axis="os", **claim) == expected


AXES = "        os: [ubuntu-latest, windows-latest, macos-latest]\n"
THREE = TESTS.replace("        os: [ubuntu-latest, windows-latest]\n", AXES)
RUN = "      - run: pytest tests/\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (THREE, "supported"),
        (
            THREE.replace("    steps:", "        exclude: [{os: windows-latest}, {os: macos-latest}]\n    steps:"),
            "contradicted",
        ),
        (
            THREE.replace(RUN, RUN + "        if: matrix.os == 'ubuntu-latest'\n"),
            "contradicted",
        ),
        (THREE.replace(RUN, RUN + "        if: needs.x.outputs.y == 'true'\n"), "open"),
    ],
)
def test_systems_in_combinations(text: str, expected: str) -> None:
    assert (
        label(case(at(tests=text), history=MAIN), "matrix", axis="os", values=["linux", "windows", "macos"]) == expected
    )


PINNED = {".github/workflows/tests.yaml": BY_UV, ".python-version": "3.11\n"}


@pytest.mark.parametrize(
    ("values", "files", "expected"),
    [
        (["3.11", "3.12"], at(tests=TESTS), "supported"),
        (["3.10", "3.11"], at(tests=TESTS), "contradicted"),
        (["Python 3.13"], at(tests=TESTS), "contradicted"),
        ([], at(tests=ONE), "contradicted"),
        ([], at(tests=TESTS), "supported"),
        (["3.10.4"], at(tests=ONE), "supported"),
        (["3.9"], at(tests=TESTS.replace("${{ matrix.python-version }}", "${{ env.PY }}").replace("jobs:", "env:\n  PY: '3.9'\njobs:")), "open"),
        (["3"], at(tests=TESTS), "open"),
        # uv takes what .python-version says, unless it is told otherwise
        (["3.11", "3.12"], PINNED, "contradicted"),
        ([], PINNED, "contradicted"),
        (["3.11"], PINNED, "supported"),
        (["3.11", "3.12"], {**PINNED, ".python-version": "3.11\n3.12\n"}, "supported"),
        (["3.11", "3.12"], {**PINNED, **at(tests=BY_UV.replace("uv run pytest", "pytest"))}, "supported"),
        (["3.11", "3.12"], {**PINNED, **at(tests=BY_UV.replace("uv sync", "uv sync --python ${{ matrix.python-version }}"))}, "supported"),
        (["3.11", "3.12"], {**PINNED, **at(tests=BY_UV.replace("actions/setup-python@v5", "astral-sh/setup-uv@v5"))}, "supported"),
        # an axis that nothing reads
        (["3.11", "3.12"], at(tests=TESTS.replace("${{ matrix.python-version }}", "'3.11'")), "contradicted"),
    ],
)  # fmt: skip
def test_pythons(values: list[str], files: dict[str, str], expected: str) -> None:
    assert label(case(files), "matrix", axis="python", values=values) == expected


def test_one_version_only() -> None:
    here = case(at(tests=TESTS))
    assert label(here, "matrix", axis="python", values=["3.11"], complete=True, every=True) == "contradicted"
    assert label(here, "matrix", axis="python", values=["3.11"], complete=True) == "supported"
    assert label(here, "matrix", axis="python", values=[], denied=True) == "contradicted"


def test_versions_of_a_dependency() -> None:
    text = TESTS.replace("python-version: ['3.11', '3.12']", "torch: ['2.1.0', '2.2.0']").replace(
        "matrix.python-version", "matrix.torch"
    )
    here = case(at(tests=text))
    assert label(here, "matrix", axis="dependency", values=["2.1.0", "torch 2.2.0"]) == "supported"
    assert label(here, "matrix", axis="dependency", values=["2.1.0", "2.3.0"]) == "contradicted"
    assert label(case(at(tests=TESTS)), "matrix", axis="dependency", values=["2.3.0"]) == "open"


def test_what_is_shown() -> None:
    made = settled(case(at(tests=TESTS)), "matrix", axis="os", values=["macos"])
    assert made is not None
    assert made.difference == "No job that runs tests uses macOS."
    assert made.evidence[0].start == 12
    made = settled(case(at(lint=LINT)), "runs", "We use bandit.", tool="bandit", place="ci")
    assert made is not None
    assert "lint.yaml" in made.shows
    assert "ruff" in made.shows


LINTED = """on: [push]
jobs:
  lint:
    runs-on: ubuntu-latest
    steps:
      - run: ruff check .
  test:
    runs-on: ${{ matrix.os }}
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest, macos-latest]
    steps:
      - run: pytest
"""


@pytest.mark.parametrize(
    ("purpose", "quote", "values", "expected"),
    [
        ("linting", "We lint on Linux and Windows", ("linux", "windows"), "contradicted"),
        ("linting", "We lint on several systems", (), "contradicted"),
        ("linting", "We lint and test on Linux and Windows", ("linux", "windows"), "open"),
        ("linting", "Checks run on Linux and Windows", ("linux", "windows"), "open"),
        ("linting", "We lint on Ubuntu", ("ubuntu",), "supported"),
        ("tests", "We test on Linux and Windows", ("linux", "windows"), "supported"),
        ("unknown", "It runs on Linux and Windows", ("linux", "windows"), "supported"),
        ("typing", "We check types on Linux and Windows", ("linux", "windows"), "open"),  # by no job
    ],
)
def test_systems_of_the_jobs_that_are_meant(purpose: str, quote: str, values: tuple[str, ...], expected: str) -> None:
    here = case({".github/workflows/ci.yaml": LINTED})
    assert label(here, "matrix", quote, axis="os", values=values, purpose=purpose) == expected


@pytest.mark.parametrize(
    ("kind", "claim", "expected"),
    [
        ("runs", {"tool": "pytest", "place": "ci"}, "supported"),
        ("runs", {"tool": "pytest", "place": "ci", "every": True}, "supported"),
        ("runs", {"tool": "mkdocs", "place": "ci"}, "supported"),
        ("runs", {"tool": "mkdocs", "place": "ci", "every": True}, "open"),  # by hand only
        ("runs", {"tool": "mkdocs", "place": "ci", "blocks": True}, "contradicted"),
        ("trigger", {"of": "tests", "events": ["push"], "only": True}, "open"),
        ("trigger", {"of": "tests", "events": ["push"], "branch": "main"}, "supported"),
        ("trigger", {"of": "tests", "events": ["push"], "period": "week"}, "open"),
    ],
)
def test_all_that_is_said_is_confirmed(kind: str, claim: dict[str, object], expected: str) -> None:
    docs = "on: workflow_dispatch\njobs:\n  docs:\n    runs-on: ubuntu-latest\n    steps:\n      - run: mkdocs build || true\n"
    here = case({".github/workflows/ci.yaml": LINTED, ".github/workflows/docs.yaml": docs})
    assert label(here, kind, **claim) == expected


def test_a_count_of_one_sort_is_not_that_of_all() -> None:
    files = {f"{name}.dockerfile": "FROM python:3.12\n" for name in ("train", "api")}
    said = {"of": "images", "op": "exactly", "value": 2}
    assert label(case(files), "count", "two Docker images", scope="whole", **said) == "supported"
    assert label(case(files), "count", "two Docker images", scope="training", **said) == "open"


def test_hooks_run_at_each_commit() -> None:
    """Where hooks are configured, a test on each commit need not be the host's work."""
    ci = "on: pull_request\njobs:\n  t:\n    steps:\n      - run: pytest\n"
    hook = "repos:\n- repo: local\n  hooks:\n  - {id: t, name: t, entry: pytest, language: system, always_run: true}\n"
    files = {".github/workflows/ci.yml": ci, "tests/test_a.py": "def test_a():\n    assert 1\n"}
    claim = {"of": "tests", "events": ("push",)}
    assert (
        label(
            case(files, history=History(default_branch="main", branches=("main",))),
            "trigger",
            "The tests run on each commit",
            **claim,
        )
        == "contradicted"
    )
    assert (
        label(case({**files, ".pre-commit-config.yaml": hook}), "trigger", "The tests run on each commit", **claim)
        == "open"
    )


@pytest.mark.parametrize(
    ("tool", "one", "two"),
    [
        ("caching", "The one workflow (.github/workflows/a.yml) keeps no cache (no `cache:`", "None of the 2 workflows (.github/workflows/a.yml, .github/workflows/b.yml) keeps a cache (no `cache:`"),
        ("mypy", "Neither the one workflow (.github/workflows/a.yml), nor a hook, task or script that it runs, names mypy; it runs pytest.",
         "None of the 2 workflows (.github/workflows/a.yml, .github/workflows/b.yml), nor a hook, task or script that one runs, names mypy; they run pytest."),
    ],
)  # fmt: skip
def test_one_workflow_is_no_number(tool: str, one: str, two: str) -> None:
    flow = "on: push\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pip install .\n      - run: pytest\n"
    files = {".github/workflows/a.yml": flow}
    quote = f"Our workflows run {tool}."
    for tree, says in ((files, one), ({**files, ".github/workflows/b.yml": flow}, two)):
        made = settled(case(tree), "runs", quote, tool=tool, place="ci")
        assert made is not None
        assert made.shows.startswith(says)
