"""What the readers of rigid forms make of answers about CI, quality and git."""

import pytest
from rows import case, read

TESTS = "name: Unit Tests\non: [push]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
FILES = {".github/workflows/tests.yaml": TESTS, ".github/workflows/lint.yaml": TESTS.replace("pytest", "ruff check .")}


def said(reader: str, answer: str, question: str = "continuous-integration", *fields: str) -> list[tuple[object, ...]]:
    found = read(reader, case(FILES, answers={question: answer}))
    return [tuple(getattr(c, f) for f in fields) for c in found]


@pytest.mark.parametrize(
    ("answer", "tools"),
    [
        ("Our pre-commit hooks (ruff, mypy) keep the code clean.", ["ruff", "mypy"]),
        ("We use pre-commit hooks that run black and isort.", ["black", "isort"]),
        ("Pre-commit runs ruff for linting, black for formatting and `mypy`.", ["ruff", "black", "mypy"]),
        ("Ruff and mypy run via pre-commit hooks.", ["ruff", "mypy"]),
        ("Our precommit hooks include `ruff format --check` and `ruff check`.", ["ruff format --check", "ruff"]),
        ("The pre-commit hooks run the unit tests.", ["tests"]),
        ("Before each commit, pre-commit runs ruff and mypy.", ["ruff", "mypy"]),
        (
            "We use pre-commit, with hooks that trim white space, check YAML, lint with ruff and check types with mypy.",
            ["ruff", "mypy"],
        ),
        # what stands beside, in another place, or is not said to be so
        (
            "We use pre-commit, with hooks that trim white space and lint with ruff, and we also run mypy by hand.",
            ["ruff"],
        ),
        ("We used mypy and pre-commit.", []),
        ("We used pre-commit for formatting and mypy for typing.", []),
        ("Pre-commit runs ruff, and our CI runs mypy.", []),
        ("We would run ruff via pre-commit hooks.", []),
        ("We do not run ruff via pre-commit hooks.", []),
        ("Pre-commit hooks can run mypy.", []),
        ("Initially pre-commit hooks ran mypy.", []),
    ],
)
def test_hook_lists(answer: str, tools: list[str]) -> None:
    assert said("hook-lists", answer, "code-quality", "tool") == [(t,) for t in tools]


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Our CI runs ruff and mypy.", [("ruff", "ci", ""), ("mypy", "ci", "")]),
        ("We run ruff, mypy and bandit in our CI.", [("ruff", "ci", ""), ("mypy", "ci", ""), ("bandit", "ci", "")]),
        ("Two files:\n\n1. `lint.yaml` runs `ruff check`, `bandit` and mypy.", [("ruff", "workflow", "lint.yaml"), ("bandit", "workflow", "lint.yaml"), ("mypy", "workflow", "lint.yaml")]),
        ("Our CI has these steps:\n\n- Ruff for the style\n- mypy", [("ruff", "ci", ""), ("mypy", "ci", "")]),
        ("The GitHub Actions workflows run linting and unit tests.", [("linting", "ci", ""), ("tests", "ci", "")]),
        ("`other.yaml` runs bandit.", []),
        ("The CI uses mypy instead of pyright.", []),
        ("The CI could use mypy.", []),
        ("The CI does not run mypy.", []),
        ("We ran mypy locally before the CI.", []),
        ("Cloud Build is our CI with pytest.", []),
    ],
)  # fmt: skip
def test_ci_lists(answer: str, found: list[tuple[str, str, str]]) -> None:
    assert said("ci-lists", answer, "continuous-integration", "tool", "place", "path") == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("Our tests run on Ubuntu, Windows and macOS.", [("os", ("linux", "windows", "macos"), False)]),
        ("We test on Python 3.11 and 3.12.", [("python", ("3.11", "3.12"), False)]),
        ("The matrix tests Python versions 3.10, 3.11 on `ubuntu-latest` and `windows-latest`.", [("os", ("linux", "windows"), False), ("python", ("3.10", "3.11"), False)]),
        ("We do not test multiple operating systems.", [("os", (), True)]),
        ("We run the tests on several Python versions.", [("python", (), False)]),
        ("Our group uses Ubuntu and macOS machines to run tests.", []),
        ("We would run the tests on Ubuntu and macOS.", []),
        ("We do not run the tests on Windows and macOS.", []),
        ("We test two systems (Linux and Mac - Windows was hard to get running).", [("os", ("linux", "macos"), False)]),
        ("The docker image and the tests use Python 3.9.", []),
        ("Ubuntu and Windows are systems.", []),
    ],
)  # fmt: skip
def test_ci_matrix(answer: str, found: list[tuple[object, ...]]) -> None:
    assert said("ci-matrix", answer, "continuous-integration", "axis", "values", "denied") == found


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("The tests run on every push and pull request.", [(("push", "pull request"), "tests", "", False)]),
        ("`lint.yaml` is triggered by pushes to main and by pull requests.", [(("push", "pull request"), "unknown", "lint.yaml", False)]),
        ("All workflows run on every push.", [(("push",), "all", "", True)]),
        ("The linting runs for each pull request.", [(("pull request",), "linting", "", False)]),
        ("Tests and linting run on every push.", [(("push",), "tests", "", False), (("push",), "linting", "", False)]),
        ("The linting runs on every push and the tests on pull requests.", []),
        ("`tests.yaml` and `lint.yaml` run when a pull request is opened.", [(("pull request",), "unknown", "tests.yaml", False), (("pull request",), "unknown", "lint.yaml", False)]),
        ("Tests run when we push images to the registry on each push to the registry.", []),
        ("The tests only run on every push.", []),
        ("Pre-commit runs the tests on every commit and every push.", []),
        ("`docs.yaml` runs on every push.", []),
        ("Ideally the tests would run on every push.", []),
        ("Someone writes tests for a pull request template.", []),
    ],
)  # fmt: skip
def test_ci_events(answer: str, found: list[tuple[object, ...]]) -> None:
    assert said("ci-events", answer, "continuous-integration", "events", "of", "path", "every") == found


@pytest.mark.parametrize(
    ("reader", "question", "answer", "fields"),
    [
        ("ci-periods", "continuous-integration", "`tests.yaml` runs weekly.", {"path": "tests.yaml", "period": "week"}),
        ("ci-periods", "continuous-integration", "Dependabot opens pull requests once a month.", {"of": "dependency updates", "period": "month"}),
        ("ci-periods", "continuous-integration", "`.github/dependabot.yaml` asks once a month.", {"of": "dependency updates", "period": "month"}),
        ("ci-periods", "continuous-integration", "We had a stand-up every day.", None),
        ("ci-caching", "continuous-integration", "We use caching to speed up the runs.", {"tool": "caching", "denied": False}),
        ("ci-caching", "continuous-integration", "We do not make use of caching.", {"tool": "caching", "denied": True}),
        ("ci-caching", "continuous-integration", "Caching is used so that nothing doesn't need to be installed twice.", {"denied": False}),
        ("ci-caching", "continuous-integration", "The linting workflow runs without cache.", None),
        ("ci-caching", "continuous-integration", "Docker layers are cached.", None),
        ("ci-caching", "continuous-integration", "Installed packages are cached between the runs.", {"denied": False}),
        ("ci-caching", "continuous-integration", "The tests run with uv's own caching.", {"denied": False}),
        ("ci-caching", "continuous-integration", "We avoided caching, since the runs are short.", None),
        ("ci-caching", "continuous-integration", "We used `--no-cache-dir` to keep pip from caching packages.", None),
        ("ci-caching", "continuous-integration", "We switched caching off.", None),
        ("ci-caching", "continuous-integration", "Caching could speed up the CI.", None),
        ("all-functions", "code-quality", "All functions have docstrings.", {"rule": "docstrings", "everywhere": True}),
        ("all-functions", "code-quality", "We have added type hints to all of the functions.", {"rule": "annotations"}),
        ("all-functions", "code-quality", "Add docstrings to all functions.", None),
        ("all-functions", "code-quality", "Use type hints in all functions.", None),
        ("all-functions", "code-quality", "We use type hints in all functions.", {"rule": "annotations"}),
        ("all-functions", "code-quality", "Almost all functions have docstrings.", None),
        ("all-functions", "code-quality", "Every function should have a docstring.", None),
        ("all-functions", "code-quality", "All important functions have docstrings.", None),
        ("git-absolutes", "version-control", "We did not use pull requests.", {"what": "pull requests", "denied": True}),
        ("git-absolutes", "version-control", "We did not use pull requests for small changes.", None),
        ("git-absolutes", "version-control", "We never pushed directly to main.", {"what": "direct commits", "denied": True}),
        ("git-absolutes", "version-control", "We usually never pushed directly to main.", None),
        ("git-absolutes", "version-control", "In large teams one should never push directly to main.", None),
    ],
)  # fmt: skip
def test_one_form(reader: str, question: str, answer: str, fields: dict[str, object] | None) -> None:
    found = read(reader, case(FILES, answers={question: answer}))
    assert [{k: getattr(c, k) for k in fields or {}} for c in found] == ([fields] if fields else [])
