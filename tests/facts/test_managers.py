"""What package managers run by themselves, and targets of Earthfiles: linters (L) and tests (T) that a step reaches."""

import pytest
from conftest import ask

from auditor.repository import History

MAIN = History(default_branch="main", branches=("main",))
CI = ".github/workflows/ci.yml"
PROJECT = '[project]\nname = "pond"\n'
HATCH = PROJECT + '[tool.hatch.envs.types.scripts]\ncheck = "mypy --install-types {args:src tests}"\n'
FMT = PROJECT + '[tool.hatch.envs.hatch-static-analysis.scripts]\nlint-check = "flake8 ."\nformat-check = "true"\n'
ENV = PROJECT + '[tool.hatch.envs.lint.scripts]\ncheck = "ruff check ."\n'
TOX = "[tox]\nlabels =\n  all = lint, t\n[testenv:lint]\nlabels = check\ncommands = ruff check .\n[testenv:t]\ncommands = pytest\n"
EARTH = """VERSION 0.8
FROM python:3.12
IMPORT ./libs AS libs

all:
    BUILD +lint
    BUILD ./sub+test
lint:
    COPY . .
    RUN --mount=type=cache,target=/root/.cache \\
        ruff check .
list:
    RUN ["ruff", "check", "."]
after:
    FROM +lint
    RUN echo done
called:
    DO +CHECK --args=src
CHECK:
    FUNCTION
    ARG args
    RUN ruff check $args
inside:
    LOCALLY
    IF [ -d src ]
        RUN ruff check .
    END
imported:
    BUILD libs+test
copied:
    COPY (+lint/out --x=1) .
loop:
    BUILD +loop
    RUN echo
away:
    BUILD github.com/o/r+test
nothing:
    RUN echo hello  # ruff check
"""
FILES = {"Earthfile": EARTH, "sub/Earthfile": "VERSION 0.8\ntest:\n    FROM python\n    RUN pytest\n"}
FILES["libs/Earthfile"] = FILES["sub/Earthfile"]


@pytest.mark.parametrize(
    ("command", "files", "reached"),
    [
        ("hatch fmt --check", {}, "L"),
        ("hatch fmt", {}, "L"),  # as `ruff check --fix`
        ("hatch fmt -f", {}, ""),
        ("hatch fmt --formatter --check", {}, "L"),
        ("hatch fmt --linter --check", {}, "L"),
        ("uvx hatch fmt --check", {}, "L"),
        ("hatch fmt --check", {"pyproject.toml": FMT}, "L"),
        ("hatch fmt --check -f", {"pyproject.toml": FMT}, ""),
        ("hatch test", {}, "T"),
        ("hatch test --cover -py 3.12", {}, "T"),
        ("hatch run hatch-test:run", {"pyproject.toml": PROJECT}, "T"),
        ("hatch run types:check", {"pyproject.toml": HATCH}, "L"),
        ("hatch run types:check", {"pyproject.toml": PROJECT}, "?"),
        ("hatch env run -e lint check", {"pyproject.toml": ENV}, "L"),
        ("hatch env run -e test -- pytest -v", {"pyproject.toml": ENV}, "T"),
        ("hatch -e lint run check", {"pyproject.toml": ENV}, "L"),
        ("hatch build", {}, ""),
        ("hatch inspect", {}, "?"),
        ("uv format", {}, ""),
        ("uv format --check", {}, "L"),
        ("uv format -- --diff", {}, "L"),
        ("uv sync", {}, ""),
        ("rye fmt", {}, ""),
        ("rye fmt --check", {}, "L"),
        ("rye lint", {}, "L"),
        ("rye check --fix", {}, "L"),
        ("rye test", {}, "T"),
        ("rye run pytest", {}, "T"),
        ("pixi exec ruff check .", {}, "L"),
        ("pixi x --spec ruff ruff check .", {}, "L"),
        ("poetry poe lint", {"pyproject.toml": '[tool.poe.tasks]\nlint = "ruff check ."\n'}, "L"),
        ("poetry install", {}, ""),
        ("tox -m check", {"tox.ini": TOX}, "L"),
        ("tox run -m all", {"tox.ini": TOX}, "LT"),
        ("tox -m check", {"tox.toml": '[env.lint]\nlabels = ["check"]\ncommands = [["ruff", "check"]]\n'}, "L"),
        ("tox -m all", {"tox.toml": 'labels.all = ["lint"]\n[env.lint]\ncommands = [["ruff", "check"]]\n'}, "L"),
        ("earthly +lint", FILES, "L"),
        ("earthly --ci -P +all", FILES, "LT"),
        ("earthly ./sub+test", FILES, "T"),
        ("earthly +list", FILES, "L"),
        ("earthly +after", FILES, "L"),
        ("earthly +called", FILES, "L"),
        ("earthly +inside", FILES, "L"),
        ("earthly +imported", FILES, "T"),
        ("earthly +copied", FILES, "L"),
        ("earthly +loop", FILES, ""),
        ("earthly +nothing", FILES, ""),
        ("earthly +away", FILES, "?"),
        ("earthly +gone", FILES, "?"),
        ("earthly github.com/o/r+test", FILES, "?"),
        ("earthly +lint", {}, "?"),
        ("earthly", FILES, "?"),
    ],
)
def test_what_a_step_reaches(command: str, files: dict[str, str], reached: str) -> None:
    workflow = f"on: [push]\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n"
    lints = ask("ci-lints", {CI: workflow, **files}, history=MAIN)
    tests = ask("ci-runs-tests", {CI: workflow, **files}, history=MAIN)
    found = "L" * (lints.outcome == "found") + "T" * (tests.outcome == "found")
    assert (found or "?" * ("unknown" in (lints.outcome, tests.outcome))) == reached
