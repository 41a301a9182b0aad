"""Dependencies: locked, declared; broken files."""

import pytest
from conftest import contradicted

PLAIN = {"src/pkg/train.py": "import torch\n", "pyproject.toml": '[project]\nname = "pkg"\ndependencies = ["torch"]\n'}


LOCKED = {
    "pyproject.toml": PLAIN["pyproject.toml"],
    "uv.lock": 'version = 1\n\n[[package]]\nname = "torch"\nversion = "2.0"\n',
}
STALE = {**LOCKED, "pyproject.toml": '[project]\nname = "pkg"\ndependencies = ["torch", "loguru"]\n'}


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        ("All exact versions are pinned in uv.lock.", STALE, ["lock"]),
        ("The lock file reproduces the same environment for all members.", STALE, ["lock:environment"]),
        ("Running `uv sync` installs exactly the same versions for all.", STALE, ["lock:environment"]),
        ("A uv.lock is generated, which pins all versions. Running `uv sync` then gives an identical environment.", STALE, ["lock:environment", "lock"]),
        ("Running `uv sync` installs exactly the same versions for all.", LOCKED, []),
        ("Running `uv sync` should install exactly the same versions for all.", STALE, []),
        ("Initially `uv sync` installed exactly the same versions for all.", STALE, []),
        ("All exact versions are pinned in uv.lock.", LOCKED, []),
        ("All exact versions would be pinned in uv.lock.", STALE, []),
        ("The uv.lock does not pin all versions.", STALE, []),
        ("We used uv.", STALE, []),
    ],
)  # fmt: skip
def test_lock(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("lock-in-sync", {"dependencies": answer}, files) == abouts


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        (
            "The settings are in `configs/train.yaml`.",
            {"configs/train.yaml": "a: [1\nb: 2\n"},
            ["path:configs/train.yaml"],
        ),
        ("The settings are in train.yaml.", {"configs/train.yaml": "a: [1\nb: 2\n"}, ["path:configs/train.yaml"]),
        ("The settings are in `configs/train.yaml`.", {"configs/train.yaml": "a: 1\n"}, []),
        ("The settings are in `configs/train.yaml`.", {"configs/train.yaml": "a: {{ value }}\nb: [\n"}, []),
        ("Everything is in `pyproject.toml`.", {"pyproject.toml": "[project\n"}, ["path:pyproject.toml"]),
        ("The settings are not in `configs/train.yaml`.", {"configs/train.yaml": "a: [1\nb: 2\n"}, []),
        ("Initially the settings were in `configs/train.yaml`.", {"configs/train.yaml": "a: [1\nb: 2\n"}, []),
    ],
)
def test_parses(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("named-file-parses", {"configuration": answer}, files) == abouts


def test_a_toml_file_that_another_reader_took_for_yaml_is_fine() -> None:
    assert contradicted("named-file-parses", {"configuration": "All is in `pyproject.toml`."}, PLAIN) == []


USES = {"src/pkg/a.py": "import torch\nimport polars\nimport PIL\n", "pyproject.toml": PLAIN["pyproject.toml"]}


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        ("All dependencies are declared in `pyproject.toml`.", USES, ["dependencies:all"]),
        ("The requirements.txt contains all packages.", USES, ["dependencies:all"]),
        ("All dependencies are declared in `pyproject.toml`.", PLAIN, []),
        ("All dependencies are declared in `pyproject.toml`.", {**USES, "uv.lock": '[[package]]\nname = "polars"\nversion = "1"\n'}, []),
        ("All dependencies are declared in `pyproject.toml`.", {**USES, "api.dockerfile": "FROM python\nRUN pip install polars\n"}, []),
        ("All dependencies are declared in `pyproject.toml`.", {**USES, "src/pkg/a.py": "try:\n    import polars\nexcept ImportError:\n    pass\n"}, []),
        ("All dependencies are declared in `pyproject.toml`.", {**PLAIN, "tests/test_a.py": "import polars\n"}, []),
        ("Almost all dependencies are declared in `pyproject.toml`.", USES, []),
        ("Not all dependencies are declared in `pyproject.toml`.", USES, []),
        ("All dependencies would be declared in `pyproject.toml`.", USES, []),
        ("Initially all dependencies were declared in `pyproject.toml`.", USES, []),
        ("Run `uv sync` to install all dependencies of pyproject.toml.", USES, []),
        ("The main dependencies are declared in `pyproject.toml`.", USES, []),
    ],
)  # fmt: skip
def test_all_declared(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("dependencies-all-declared", {"dependencies": answer}, files) == abouts


HOOKS = "repos:\n  - repo: https://github.com/a/b\n    rev: v1\n    hooks:\n      - id: ruff\n"


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        ("We integrated Ruff with pre-commit hooks, so that every commit is checked.", {".pre-commit-config.yaml": HOOKS + "   - bad: [\n"}, ["path:.pre-commit-config.yaml"]),
        ("We integrated Ruff with pre-commit hooks.", {".pre-commit-config.yaml": HOOKS.replace("    rev: v1\n", "")}, ["path:.pre-commit-config.yaml"]),
        ("We integrated Ruff with pre-commit hooks.", {".pre-commit-config.yaml": HOOKS.replace("id: ruff", "name: ruff")}, ["path:.pre-commit-config.yaml"]),
        ("We integrated Ruff with pre-commit hooks.", {".pre-commit-config.yaml": HOOKS}, []),
        ("We did not integrate Ruff with pre-commit hooks.", {".pre-commit-config.yaml": "a: [\n"}, []),
        ("We would run Ruff with pre-commit hooks.", {".pre-commit-config.yaml": "a: [\n"}, []),
        ("Initially we ran Ruff with pre-commit hooks.", {".pre-commit-config.yaml": "a: [\n"}, []),
        ("Our CI runs the tests on every push.", {".github/workflows/a.yaml": "on: push\njobs: [\n"}, ["path:.github/workflows/a.yaml"]),
        ("Our CI runs the tests on every push.", {".github/workflows/a.yaml": "on: push\njobs: [\n", ".github/workflows/b.yaml": "on: push\n"}, []),
        ("We manage the environment with `uv sync`.", {"pyproject.toml": "[project\n"}, ["path:pyproject.toml"]),
        ("We use Hydra to load our configuration.", {"configs/config.yaml": "a: [\nb: 1\n"}, ["path:configs/config.yaml"]),
        ("CI runs tests in general.", {".github/workflows/a.yaml": "on: push\njobs: [\n"}, []),
    ],
)  # fmt: skip
def test_what_relies_on_a_broken_file(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("named-file-parses", {"continuous-integration": answer}, files) == abouts
