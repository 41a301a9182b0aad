"""Tools that check the style of the code."""

import re
from collections.abc import Iterator

from auditor import ini
from auditor.facts.linting import command_only_sorts, hook_only_sorts
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.quality.hooks import entry_of, hooks_of
from auditor.readers.shell import Command
from auditor.readers.toml import toml, toml_line
from auditor.readers.workflows import workflow
from auditor.shapes import table_of, texts_of
from auditor.snapshot import File, Files

_STYLE_HOOK = compile_later(
    r"^(ruff([-_](check|lint|format))?|black(-jupyter)?|flake8|isort|pylint|yapf|autopep8|pycodestyle|pydocstyle|blue|"
    r"pyupgrade|autoflake|docformatter|nbqa-\w+|darglint|pyink|usort|reorder-python-imports)$"
)
_TOOL_SECTIONS = (
    "black",
    "pylint",
    "yapf",
    "pydocstyle",
    "autopep8",
    "pycodestyle",
    "pylic",
    "pyink",
    "docformatter",
)
_TEMPLATE_SELECT = frozenset(["I", "N", "E", "W"])


def _says_more(ruff: dict[str, object]) -> bool:
    """Whether a ruff section holds more than the template's line length and rule letters, or the order of imports."""
    rest = {k: v for k, v in ruff.items() if k not in ("line-length", "lint") and (k, v) != ("select", ["I"])}
    lint = table_of(ruff, "lint")
    more = lint.keys() - {"select"}
    return (
        bool(rest or more)
        or not _TEMPLATE_SELECT.issuperset(texts_of(lint.get("select")))
        or ruff.get("line-length", 120) != 120
    )


@probe(
    "style-tool",
    asks="Did the group set up a formatter or linter of its own?",
    looks_in=(
        "**/pyproject.toml",
        "**/{ruff.toml,.ruff.toml,.flake8,tox.ini,setup.cfg,.pylintrc,pylintrc,.style.yapf,.isort.cfg,.pycodestyle}",
        "**/.pre-commit-config.y*ml",
        ".github/workflows/*.y*ml",
        ".gitlab-ci.y*ml",
    ),
    mentions=("ruff", "line-length", "line_length", "max-line-length", "select", "ignore", "black", "flake8", "isort", "pylint",
              "yapf", "pycodestyle", "autopep8", "pre-commit", "pep8", "super-linter"),
)  # fmt: skip
def style_tool(files: Files) -> Iterator[Evidence]:
    """A style hook in the pre-commit configuration, a step of a workflow that checks the style, or a configuration of ruff,
    black, flake8, pylint or the like that says more than the template's. An installed linter that nothing runs, a formatter
    that rewrites in CI without `--check`, `[tool.flake8]`, which flake8 does not read, and what only sorts imports (isort,
    ruff with the rules `I` alone) do not count."""
    hooks, steps, configured = [], [], []
    styled, sorts = False, ""
    for file in files:
        if file.name.startswith(".pre-commit-config") and not file.path.startswith(".github/"):
            for node, line in hooks_of(file):
                if hook_only_sorts(node, files):
                    sorts = sorts or f"{file.path}:{line}"
                elif _STYLE_HOOK.match(node["id"].text) or any(_checks_style(c, True) for c in entry_of(node)):
                    styled = True
                    hooks.append(file.cite(line, note="a style hook"))
    for file in files:
        if file.path.startswith(".github/workflows/") or file.name.startswith(".gitlab-ci"):
            found = workflow(file)
            for _, step in found.active_steps if found else ():
                for command in step.commands:
                    if _checks_style(command) and command_only_sorts(command, files):
                        sorts = sorts or f"{file.path}:{command.line}"
                    elif _checks_style(command) or (
                        styled and command.program == "pre-commit" and "run" in command.bare
                    ):
                        soft = (
                            " (it cannot fail)" if step.soft or command.soft or "--exit-zero" in command.words else ""
                        )
                        steps.append(file.cite(command.line, note=f"checks the style in CI{soft}"))
                if re.match(
                    r"(astral-sh|chartboost)/ruff(-action)?@|psf/black@|py-actions/flake8@|"
                    r"(super-linter|github)/super-linter|reviewdog/action-(flake8|black|ruff)|oxsecurity/megalinter",
                    step.uses,
                ) or (styled and re.match(r"pre-commit(-ci)?/(lite-)?action@", step.uses)):
                    steps.append(file.cite(step.line, note="checks the style in CI"))
        elif file.name == "pyproject.toml":
            tool = table_of(toml(file).get("tool"))
            beside = f"{file.folder}/" if file.folder else ""
            if _says_more(table_of(tool, "ruff")) and not any(
                beside + name in files.paths for name in ("ruff.toml", ".ruff.toml")
            ):
                configured.append(file.cite(_section_line(file, "ruff"), note="ruff's configuration"))
            configured += [
                file.cite(_section_line(file, name), note=f"{name}'s configuration")
                for name in _TOOL_SECTIONS
                if tool.get(name)
            ]
        elif file.suffix == "toml":
            if _says_more(toml(file)):
                configured.append(file.cite(1, 5, note="ruff's configuration"))
        elif not file.name.startswith(".pre-commit"):
            for name, options in ini.sections(file, without="flake8").items():
                base = name.split(":")[-1].split(".")[0].lower()
                # the old data-science template's tox.ini
                template = (
                    options.keys() <= {"max-line-length", "max-complexity"} and options.get("max-line-length") == "79"
                )
                named = base in ("flake8", "pycodestyle", "pylint", "yapf", "pydocstyle", "pep8", "style")
                if (named or "pylint" in file.name) and options and not template:
                    line = next((i for i, r in enumerate(file.lines, 1) if r.strip().startswith(f"[{name}")), 1)
                    configured.append(file.cite(line, line + 3, note="a style tool's configuration"))
                    break
    if sorts and not (hooks or steps or configured):
        files.near, files.why = sorts, "which only looks at the order of imports"
    yield from hooks[:1] + steps[:1] + configured[:2] + hooks[1:] + steps[1:] + configured[2:]


def _section_line(file: File, name: str) -> int:
    return next((i for i, r in enumerate(file.lines, 1) if r.startswith(f"[tool.{name}")), 0) or toml_line(file, name)


def _checks_style(command: Command, rewrites: bool = False) -> bool:
    """Whether a command looks at style and fails for what it finds; with `rewrites` a formatter counts too."""
    words = command.bare
    program, rest = command.program, words[1:]
    checks = rewrites or any(re.match(r"--(check|check-only|diff)(=|$)|^-c$", w) for w in rest)
    if any(w in ("--version", "--help", "--show-settings", "--show-files") for w in rest):
        return False
    if program == "ruff":
        return (
            checks
            if rest[:1] == ("format",)
            else bool(rest) and rest[0] not in ("clean", "rule", "config", "server", "version")
        )
    if program in ("black", "isort", "yapf", "autopep8", "blue"):
        return checks and (rewrites or bool(rest))
    return program in ("flake8", "pylint", "pycodestyle", "pydocstyle", "pyflakes", "prospector", "pylama", "flake8-nb")
