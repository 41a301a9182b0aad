"""What the programs and actions of CI are: test runners, linters, hooks, image builders."""

import re
from collections.abc import Callable

from auditor.facts.jobs import Run, Use
from auditor.lazy import compile_later
from auditor.readers.shell import Command, shell_commands
from auditor.readers.yaml import Node, yaml_root
from auditor.snapshot import File

# -- what a command is -------------------------------------------------------------------------------------------------

_RUNNERS = ("pytest", "py.test", "unittest", "nose2", "nosetests", "behave", "ward", "robot")
_ASKS_ONLY = {"--version", "-V", "--help", "-h"}


def runs_tests(command: Command) -> bool:
    """Whether a command runs tests; collecting only, or asking the version, does not."""
    if set(command.bare) & (_ASKS_ONLY | {"--collect-only", "--co", "--fixtures", "--markers"}):
        return False
    if command.runs(*_RUNNERS):
        return True
    words = command.bare
    python = len(words) > 2 and command.program.startswith("python")
    return python and words[1:3] in (("setup.py", "test"), ("manage.py", "test"))


LINTERS = frozenset(
    [
        "flake8",
        "pylint",
        "mypy",
        "dmypy",
        "pyright",
        "basedpyright",
        "pyre",
        "pyflakes",
        "pycodestyle",
        "pydocstyle",
        "bandit",
        "prospector",
        "pylama",
        "vulture",
        "codespell",
        "pydoclint",
    ]
)
_RUFF_WORDS = (
    "format",
    "rule",
    "config",
    "linter",
    "clean",
    "version",
    "server",
    "analyze",
    "help",
    "generate-shell-completion",
)


_FORMATTERS = ("black", "isort", "docformatter", "autopep8", "yapf", "blue")


def only_rewrites(command: Command) -> bool:
    """Whether a command is a formatter that puts files right where it runs: it succeeds whatever they were like."""
    words = command.bare
    if command.program == "ruff":
        first = next((w for w in words[1:] if not w.startswith("-")), "")
        return first == "format" and not lint_tool(command)
    return command.program in _FORMATTERS and not lint_tool(command)


def lint_tool(command: Command) -> str:
    """The linter, type checker or checking formatter that a command runs; empty for one that rewrites the files only."""
    words = command.bare
    if not words or set(words) & {"--version", "--help", "-h", "--init", "--show-settings", "--show-files"}:
        return ""
    program = command.program
    if program == "nbqa" and len(words) > 1:
        return lint_tool(Command(" ".join(words[1:]), command.line))
    checking = bool(set(words) & {"--check", "--check-only", "--diff", "-c"})
    if program == "ruff":
        first = next((w for w in words[1:] if not w.startswith("-")), "")
        if first == "format":
            return "ruff format --check" if checking else ""
        return "ruff" if first and first not in _RUFF_WORDS else ""
    if program in _FORMATTERS:
        return (
            f"{program} --check" if checking or "--exit-code" in words or (program == "yapf" and "-d" in words) else ""
        )
    if program in ("ty", "pyrefly"):
        return program if "check" in words[1:] else ""
    return program if program in LINTERS else ""


_LINT_ACTION = compile_later(
    r"(ruff|flake8|pylint|mypy|pyright|black|isort|bandit|codespell)[\w-]*$|super-linter|megalinter|lint-action|action-(ruff|flake8|mypy|pylint|black|isort|pyright)|trunk-io/trunk-action",
    re.IGNORECASE,
)


def lint_action(use: Use) -> str:
    """The linter that an action stands for; empty for one that is none."""
    match = _LINT_ACTION.search(use.action.lower())
    if not match:
        return ""
    if set(use.step.inputs["args"].text.split()) & _ASKS_ONLY:
        return ""
    if (
        "ruff" in match[0]
        and use.step.inputs["args"].text.startswith("format")
        and "--check" not in use.step.inputs["args"].text
    ):
        return ""
    return match[1] or match[0]


def runs_pre_commit(run: Run | Use) -> bool:
    """Whether the step runs the pre-commit hooks (updating them does not)."""
    if isinstance(run, Use):
        return run.action.lower() in ("pre-commit/action", "j178/prek-action", "tox-dev/action-pre-commit-uv") or (
            "pre-commit" in run.action.lower() and "update" not in run.action.lower()
        )
    words = run.command.bare
    return run.command.program in ("pre-commit", "prek") and ("run" in words or len(words) == 1)


_LINT_HOOK = compile_later(
    r"ruff|flake8|pylint|mypy|pyright|black|isort|bandit|pycodestyle|pydocstyle|codespell|yapf|autopep8|autoflake|pyupgrade|^ty(-check)?$|pyrefly|nbqa|typos",
    re.IGNORECASE,
)


_IDLE = compile_later(r"(?:true|:|echo|cat)(?:\s|$)")


def lint_hooks(file: File, without: Callable[[Node], bool] = lambda _: False) -> tuple[tuple[str, int], ...]:
    """The hooks of a pre-commit configuration that lint, check types or format, each with its line; some left out."""
    found = []
    for repo in yaml_root(file)["repos"].items:
        for hook in repo["hooks"].items:
            entry = " ".join([hook["entry"].text, *hook["args"].texts()])
            lints = _LINT_HOOK.search(hook["id"].text) or any(lint_tool(c) for c in shell_commands(entry))
            if lints and not without(hook) and not _IDLE.match(hook["entry"].text):
                found.append((hook["id"].text, hook["id"].line or hook.line))
    return tuple(found)


# -- images ------------------------------------------------------------------------------------------------------------


def builds_image(command: Command) -> str:
    """How a command builds a container image; empty for one that does not. `gcloud builds submit` is left to its file."""
    words = [w for w in command.bare if not w.startswith("-")]
    program = command.program
    if program in ("docker", "podman", "nerdctl", "docker.exe"):
        if "build" in words[1:3] or words[1:3] == ["buildx", "bake"] or words[1:2] == ["bake"]:
            return f"{program} build"
        if words[1:2] == ["compose"] and ("build" in words[2:6] or ("up" in words[2:6] and "--build" in command.bare)):
            return "docker compose"
        if words[1:3] == ["compose", "create"]:
            return "docker compose"
        return ""
    if program == "docker-compose":
        return program if "build" in words or "--build" in command.bare else ""
    if program == "buildah":
        return "buildah" if words[1:2] in (["build"], ["bud"]) else ""
    if program in ("executor", "kaniko"):
        return "kaniko"
    if program == "pack" or program == "skaffold":
        return program if words[1:2] == ["build"] else ""
    if program == "bentoml":
        return "bentoml containerize" if "containerize" in words else ""
    if program == "az" and words[1:3] == ["acr", "build"]:
        return "az acr build"
    return ""


def build_action(use: Use) -> str:
    """The image builder that an action stands for."""
    match = re.search(
        r"docker/(build-push-action|bake-action)|buildah-build|kaniko|docker-build|build-push", use.action.lower()
    )
    return use.action if match else ""
