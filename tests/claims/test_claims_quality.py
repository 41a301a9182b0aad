"""Claim checks about hooks, linters, their settings, and how much is documented."""

import pytest
from conftest import contradicted, settle

HYGIENE = "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    hooks:\n      - id: trailing-whitespace\n      - id: check-yaml\n"
RUFF = (
    HYGIENE
    + "  - repo: https://github.com/astral-sh/ruff-pre-commit\n    hooks:\n      - id: ruff\n      - id: ruff-format\n"
)
CONFIG = ".pre-commit-config.yaml"
LINT = "on: [push]\njobs:\n  lint:\n    runs-on: ubuntu-latest\n    steps:\n      - run: ruff check .\n      - run: mypy src\n"


def said(check: str, sentence: str, files: dict[str, str], question: str = "code-quality") -> list[str]:
    return contradicted(check, {question: sentence}, files)


@pytest.mark.parametrize(
    ("sentence", "config", "expected"),
    [
        ("Ruff runs via pre-commit hooks.", RUFF, []),
        ("Ruff runs via pre-commit hooks.", HYGIENE, ["hook:ruff"]),
        ("Our pre-commit hooks (ruff, mypy) keep the code clean.", RUFF, ["hook:mypy"]),
        ("We use pre-commit hooks that run black and isort.", RUFF, ["hook:black", "hook:isort"]),
        ("We set up pre-commit to run linting before each commit.", HYGIENE, ["hook:linting"]),
        ("We set up pre-commit to run linting before each commit.", RUFF, []),
        ("Type checking was integrated into pre-commit and CI.", RUFF, ["hook:type-checking"]),
        ("The pre-commit hooks run the unit tests.", RUFF, ["hook:tests"]),
        ("The pre-commit hooks run the unit tests.", RUFF + "  - repo: local\n    hooks:\n      - id: pytest\n        entry: pytest tests\n", []),
        ("Pre-commit strips white space, formats with ruff and checks types with mypy.", RUFF, ["hook:mypy"]),
        ("Pre-commit checks YAML files, and our CI runs mypy.", RUFF, []),
        (
            "We use pre-commit, with hooks that trim white space, fix the ends of files, check YAML, check TOML, lint and format with ruff and check types with mypy.",
            RUFF,
            ["hook:mypy"],
        ),
        (
            "We use pre-commit, with hooks that trim white space, fix the ends of files, check YAML, check TOML, lint and format with ruff, and we also run mypy by hand.",
            RUFF,
            [],
        ),
        (
            "We use pre-commit, with hooks that trim white space, fix the ends of files, check YAML, check TOML, lint with ruff, which keeps our types ready for mypy.",
            RUFF,
            [],
        ),
        ("Pre-commit: ruff for the format.", HYGIENE, ["hook:ruff"]),
        ("We use ruff for style. Our pre-commit hooks run these checks automatically.", HYGIENE, ["hook:linting"]),
        ("We use ruff for style. Our pre-commit hooks run these checks automatically.", RUFF, []),
        # white-space hooks format, too; what stands beside pre-commit is not in it; not a claim of how it is
        ("Pre-commit runs hygiene checks and enforces formatting.", HYGIENE, []),
        ("The workflow executes pre-commit hooks (e.g. white space), ruff for linting and mypy for types.", HYGIENE, []),
        ("We would run ruff via pre-commit hooks.", HYGIENE, []),
        ("We do not run ruff via pre-commit hooks.", HYGIENE, []),
        ("Initially we ran ruff via pre-commit hooks.", HYGIENE, []),
        ("Pre-commit hooks can run mypy.", HYGIENE, []),
        # a script's work is not told
        ("Ruff runs via pre-commit hooks.", HYGIENE + "  - repo: local\n    hooks:\n      - id: all\n        entry: make check\n", []),
    ],
)  # fmt: skip
def test_hook_contents(sentence: str, config: str, expected: list[str]) -> None:
    assert said("hook-contents", sentence, {CONFIG: config}) == expected


CHECKED = RUFF.replace("      - id: ruff-format\n", "      - id: ruff-format\n        args: [--check]\n")
SORTED = (
    RUFF + "  - repo: https://github.com/pycqa/isort\n    hooks:\n      - id: isort\n        args: [--profile=black]\n"
)


@pytest.mark.parametrize(
    ("sentence", "config", "expected"),
    [
        ("Our pre-commit hooks include `ruff format --check` and `ruff check`.", RUFF, ["hook:ruff-format:--check"]),
        ("Our precomit hooks include `ruff format --check` and `ruff check`.", RUFF, ["hook:ruff-format:--check"]),
        ("Our pre-commit hooks include `ruff format --check` and `ruff check`.", CHECKED, []),
        ("Our pre-commit hooks include `ruff format --check`.", CHECKED.replace("--check", "--diff"), []),
        ("Our pre-commit hooks include `ruff check --fix`.", RUFF, ["hook:ruff-check:--fix"]),
        ("Our pre-commit hooks include `ruff check --force-exclude`.", RUFF, []),
        ("Our pre-commit hooks include `isort --profile=black`.", SORTED, []),
        ("Our pre-commit hooks include `ruff format` and `ruff check`.", RUFF, []),
        ("Our CI includes `ruff format --check`, and pre-commit hooks format.", RUFF, []),
        ("We run `ruff format --check` beside the pre-commit hooks.", RUFF, []),
        ("Our pre-commit hooks do not include `ruff format --check`.", RUFF, []),
        ("Our pre-commit hooks would include `ruff format --check`.", RUFF, []),
        ("Initially our pre-commit hooks included `ruff format --check`.", RUFF, []),
    ],
)
def test_hook_arguments(sentence: str, config: str, expected: list[str]) -> None:
    assert said("hook-contents", sentence, {CONFIG: config}) == expected


def test_a_setting_stands_for_an_argument() -> None:
    files = {CONFIG: RUFF, "pyproject.toml": "[tool.ruff]\nfix = true\n"}
    assert said("hook-contents", "Our pre-commit hooks include `ruff check --fix`.", files) == []


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("We have set up pre-commit hooks.", {"README.md": "x"}, ["tool:pre-commit"]),
        ("We have not set up pre-commit hooks.", {"README.md": "x"}, []),
        ("We have set up pre-commit hooks.", {"lefthook.yml": "pre-commit:\n  commands: {}\n"}, []),
        ("We have set up pre-commit hooks.", {"backend/.pre-commit-config.yaml": RUFF}, []),
        ("Ruff runs via pre-commit hooks.", {CONFIG: HYGIENE, "lefthook.yml": "a: b\n"}, []),
    ],
)
def test_hooks_at_all(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("hook-contents", sentence, files) == expected


PYPROJECT = "[tool.ruff]\nline-length = 120\n\n[tool.ruff.lint]\nselect = ['E', 'I', 'D1']\n"


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("Ruff has a line length of 120.", {"pyproject.toml": PYPROJECT}, []),
        ("Ruff has a line length of 100 characters.", {"pyproject.toml": PYPROJECT}, ["setting:line-length"]),
        ("Ruff enforces a maximum of 100 characters per line.", {"pyproject.toml": PYPROJECT}, ["setting:line-length"]),
        ("Ruff has a line length of 120.", {"pyproject.toml": PYPROJECT, "ruff.toml": "line-length = 99\n"}, ["setting:line-length"]),
        ("The line length is 99.", {"pyproject.toml": PYPROJECT, "setup.cfg": "[flake8]\nmax-line-length = 99\n"}, []),
        # a default counts for a tool with a trace
        ("The line length is 79.", {"pyproject.toml": PYPROJECT}, ["setting:line-length"]),
        ("The line length is 79.", {"pyproject.toml": PYPROJECT, "requirements.txt": "flake8\n"}, []),
        ("The line length is 88.", {"pyproject.toml": PYPROJECT}, ["setting:line-length"]),
        ("The line length is 88.", {"pyproject.toml": PYPROJECT, "uv.lock": '[[package]]\nname = "black"\n'}, []),
        ("We format with black. The line length is 88.", {"pyproject.toml": PYPROJECT}, []),
        ("The line length is 88.", {"pyproject.toml": PYPROJECT, CONFIG: HYGIENE + "  - repo: x\n    hooks:\n      - id: black\n"}, []),
        ("PEP8 recommends a line length of 79, and 72 in comments.", {"pyproject.toml": PYPROJECT}, []),
        ("Ruff could have a line length of 100.", {"pyproject.toml": PYPROJECT}, []),
        ("Ruff has a line length of 100.", {"README.md": "x"}, []),
    ],
)  # fmt: skip
def test_line_length(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("line-length", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("In ruff we selected the rules `E` and `I`.", []),
        ("In ruff we selected the rules `E`, `D` and `N`.", ["rule:N"]),
        ("In ruff we enabled the N (naming) rule set.", ["rule:N"]),
        ("In ruff we did not select the rules `N`.", []),
        ("In ruff we selected rules but ignored `N`.", []),
        ("In flake8 we selected the rules `N`.", []),
    ],
)
def test_ruff_rules(sentence: str, expected: list[str]) -> None:
    assert said("ruff-rules", sentence, {"pyproject.toml": PYPROJECT}) == expected


def test_score_threshold() -> None:
    files = {".github/workflows/lint.yaml": LINT.replace("ruff check .", "pylint src --fail-under=8.5")}
    assert said("score-threshold", "Pylint has to reach at least a score of 8.5.", files) == []
    assert said("score-threshold", "Pylint has to reach at least a score of 9.", files) == ["setting:pylint-score"]
    assert said("score-threshold", "Pylint gave us a score of 9.", files) == []
    assert said("score-threshold", "Pylint has to reach at least a score of 9.", {"a.py": ""}) == []


def test_strict_typing() -> None:
    plain = {"pyproject.toml": "[tool.mypy]\nignore_missing_imports = true\n", ".github/workflows/lint.yaml": LINT}
    assert said("strict-typing", "We run mypy in strict mode.", plain) == ["setting:mypy-strict"]
    assert said("strict-typing", "We run mypy in strict mode.", {**plain, "mypy.ini": "[mypy]\nstrict = True\n"}) == []
    assert said("strict-typing", "We do not run mypy in strict mode.", plain) == []
    assert said("strict-typing", "We run mypy in strict mode.", {"a.py": ""}) == []


PRIVATE = "\n".join(f"def _helper{i}(x):\n    return x\n" for i in range(6))
# dunder, nested and empty functions, stubs and overloads need none
EMPTY = (
    "from typing import overload\n\nclass A:\n    def __len__(self):\n        return 1\n\n    def __iter__(self):\n        yield 1\n\n"
    "    def run(self):\n        raise NotImplementedError\n\n    def stop(self): ...\n\n    def forward(self, x):\n        return x\n\n@overload\ndef g(x): return x\n\n"
    'def outer():\n    """Says."""\n    def inner():\n        return 1\n    return inner\n'
)


def functions(documented: int, bare: int) -> dict[str, str]:
    rows = [f'def good{i}(x: int) -> int:\n    """Says."""\n    return x\n' for i in range(documented)]
    rows += [f"def bare{i}(x):\n    return x\n" for i in range(bare)]
    return {"src/app/core.py": "\n".join(rows), "tests/test_core.py": "def test_a():\n    assert True\n" * 9}


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("All functions have docstrings.", functions(12, 6), ["all:docstrings"]),
        ("Every function in our project has type hints.", functions(12, 6), ["all:types"]),
        ("We added docstrings to all of the functions.", functions(12, 6), ["all:docstrings"]),
        ("All functions have docstrings.", functions(120, 5), []),  # over nineteen of twenty
        ("All functions have docstrings.", functions(60, 5), ["all:docstrings"]),
        ("Each function has a docstring.", functions(60, 5), ["all:docstrings"]),
        ("Each function has a docstring.", {**functions(20, 0), "src/app/b.py": PRIVATE}, ["all:docstrings"]),
        ("Each public function has a docstring.", {**functions(20, 0), "src/app/b.py": PRIVATE}, []),
        ("Each function has a docstring.", {**functions(20, 0), "scripts/b.py": PRIVATE}, ["all:docstrings"]),
        ("Each function of the package has a docstring.", {**functions(20, 0), "scripts/b.py": PRIVATE}, []),
        ("Initially all functions had docstrings.", functions(60, 5), []),
        ("We plan to give all functions docstrings.", functions(60, 5), []),
        ("Almost all functions have docstrings.", functions(60, 5), []),
        ("All functions have docstrings.", {**functions(60, 0), "src/app/b.py": EMPTY}, []),
        ("All functions have docstrings.", functions(4, 4), []),  # hardly any
        ("All important functions have docstrings.", functions(12, 6), []),
        ("Most of all functions have docstrings.", functions(12, 6), []),
        ("Docstrings in every function help a reader, which is good practice.", functions(12, 6), []),
        ("Not all functions have docstrings.", functions(12, 6), []),
        ("Every function should have a docstring.", functions(12, 6), []),
        ("Every function requires a docstring.", functions(12, 6), []),
        ("All functions have docstrings.", {**functions(12, 6), "src/app/broken.py": "def f(:\n"}, []),
    ],
)
def test_all_functions(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("all-functions", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("We implemented isort and black as formatters.", {"requirements.txt": "isort\n"}, ["tool:black"]),
        ("We implemented isort and black as formatters.", {"requirements.txt": "isort\nblack==24.1\n"}, []),
        ("We used black by hand.", {"README.md": "x"}, []),
        ("We configured ruff, which is faster than black.", {"pyproject.toml": PYPROJECT}, []),
        ("We did not set up mypy.", {"README.md": "x"}, []),
        ("We wanted to set up mypy.", {"README.md": "x"}, []),
        ("We integrated mypy into our project.", {".vscode/settings.json": '{"mypy.enabled": true}'}, []),
    ],
)
def test_quality_tools(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("quality-tools", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We did not use mypy.", ["tool:mypy"]),
        ("We did not implement any linting.", ["tool:linting"]),
        ("We did not use mypy in pre-commit.", []),
        ("We did not use mypy much.", []),
        ("We did not use black.", []),
        ("At first we did not use mypy.", []),
    ],
)
def test_quality_denied(sentence: str, expected: list[str]) -> None:
    assert said("quality-denied", sentence, {".github/workflows/checks.yaml": LINT}) == expected


@pytest.mark.parametrize(
    ("sentence", "config", "expected"),
    [
        ("We did not use any pre-commit hooks.", RUFF, ["tool:pre-commit"]),
        ("We did not use any pre-commit hooks.", HYGIENE, []),  # the template's are no work of the group's
        ("We did not use pre-commit hooks for the tests.", RUFF, []),
        ("Initially we did not use any pre-commit hooks.", RUFF, []),
    ],
)
def test_hooks_denied(sentence: str, config: str, expected: list[str]) -> None:
    assert said("quality-denied", sentence, {CONFIG: config}) == expected


def test_a_hook_is_confirmed() -> None:
    found = settle("hook-contents", {"code-quality": "Ruff runs via pre-commit hooks."}, {CONFIG: RUFF})
    assert [(s.about, s.label) for s in found] == [("hook:ruff", "supported")]
