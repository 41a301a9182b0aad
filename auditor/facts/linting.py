"""What a linter's run comes to: one that only looks at the order of imports says nothing of the code."""

import re

from auditor.facts.jobs import Run, Use
from auditor.readers.shell import Command
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.readers.yaml import Node
from auditor.shapes import rows_of, table_of, texts_of
from auditor.snapshot import Files

_SORTERS = frozenset(["isort", "usort", "reorder-python-imports", "reorder_python_imports", "zimports"])
_RUFF_FILES = ("ruff.toml", ".ruff.toml", "pyproject.toml")


def only_sorts(run: Run | Use, files: Files) -> bool:
    """Whether a step's command or action checks the order of imports, and nothing else."""
    if isinstance(run, Run):
        return command_only_sorts(run.command, files, run.folder)
    action = run.action.lower()
    if "isort" in action:
        return True
    said = run.step.inputs["args"].text or "check"
    return "ruff" in action and command_only_sorts(Command(f"ruff {said}", run.step.line), files)


def command_only_sorts(command: Command, files: Files, folder: str = "") -> bool:
    """isort and its like, and ruff whose rules (the command's, else those of the nearest configuration) are of `I` alone;
    `extend-select` adds to the rules that ruff has by itself."""
    words = command.bare
    if command.program in _SORTERS:
        return True
    if command.program != "ruff" or "format" in words[1:2]:
        return False
    said = _options(words)
    if said.get("extend-select"):
        return False
    if rules := said.get("select"):
        return _of_imports(rules)
    if "config" in said or "isolated" in said:
        return False
    return _of_imports(_configured(files, folder))


def hook_only_sorts(hook: Node, files: Files) -> bool:
    """The same of a hook of pre-commit."""
    if hook["id"].text in _SORTERS:
        return True
    arguments = " ".join(hook["args"].texts())
    return hook["id"].text in ("ruff", "ruff-check") and command_only_sorts(
        Command(f"ruff check {arguments}", hook.line), files
    )


def _options(words: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for word, after in zip(words, [*words[1:], ""], strict=True):
        name, given, value = word.partition("=")
        if name in ("--select", "--extend-select", "--config", "--isolated"):
            value = value if given else after
            found[name[2:]] = f"{found.get(name[2:], '')},{value}".strip(",") or "-"
    return found


def _of_imports(rules: str) -> bool:
    """Whether rules of ruff are those of isort alone: `I`, `I001`, `I002`."""
    said = [r for r in re.split(r"[,\s]+", rules) if r]
    return bool(said) and all(re.fullmatch(r"I\d*", r) for r in said)


def _configured(files: Files, folder: str) -> str:
    """The rules that the nearest configuration of ruff selects, with commas; empty where it leaves ruff's own."""
    while True:
        for name in _RUFF_FILES:
            file = files.paths.get(f"{folder}/{name}" if folder else name)
            if file is None:
                continue
            if not readable(file):
                return ""
            told = toml(file)
            if name == "pyproject.toml":
                told = table_of(told, "tool", "ruff")
                if not told:
                    continue
            lint = table_of(told, "lint")
            if told.get("extend-select") or lint.get("extend-select") or told.get("extend"):
                return ""
            return ",".join(texts_of(rows_of(lint.get("select", told.get("select")))))
        if not folder:
            return ""
        folder = folder.rpartition("/")[0]
