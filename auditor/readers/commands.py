"""The commands that a file would run, whatever its kind."""

import ast
import re
import shlex
from collections.abc import Iterator

from auditor.readers.boundary import bounded
from auditor.readers.docker import docker
from auditor.readers.nodes import joined_text, literal
from auditor.readers.python import python
from auditor.readers.shell import Command, shell_commands, typed
from auditor.readers.toml import toml, toml_line
from auditor.readers.workflows import workflow
from auditor.readers.yaml import yaml_root
from auditor.shapes import below, table_of, text_of
from auditor.snapshot import File

_SCRIPTS = ("sh", "bash", "zsh", "py", "yaml", "yml", "json", "toml", "mk")


def commands(file: File) -> list[Command]:
    """The commands that a file would run, whatever its kind: a workflow's active steps, a Dockerfile's RUN, CMD and
    ENTRYPOINT, a Makefile's or justfile's recipes, a shell script, the strings that an invoke task or `subprocess` runs, a
    Cloud Build step, a pre-commit hook's own entry, the tasks of pyproject.toml, pixi.toml and package.json."""
    return bounded(file, "commands", lambda f: list(_commands(f)), list, by_content=False)


def _commands(file: File) -> Iterator[Command]:
    name = file.name.lower()
    if file.path.startswith(".github/workflows/") or name.startswith(".gitlab-ci"):
        found = workflow(file)
        yield from found.commands() if found else ()
    elif (re.search(r"dockerfile|containerfile", name) or name.endswith(".docker")) and file.suffix not in _SCRIPTS:
        for instruction in docker(file):
            if instruction.name == "RUN" and len(instruction.values) > 1:
                yield from typed(shlex.join(instruction.values), instruction.line)
            elif instruction.name == "RUN":
                body = re.sub(
                    r"^\s*RUN\s+(--\S+\s+)*",
                    "",
                    "\n".join(file.lines[instruction.line - 1 : instruction.end]),
                    flags=re.I,
                )
                heredoc = re.match(r"<<-?['\"]?\w+['\"]?\s*\n", body)
                yield from shell_commands(body[heredoc.end() :] if heredoc else body, instruction.line + bool(heredoc))
            elif instruction.name in ("CMD", "ENTRYPOINT"):
                yield from shell_commands(
                    " ".join(shlex.quote(v) if len(instruction.values) > 1 else v for v in instruction.values),
                    instruction.line,
                )
    elif name in ("makefile", "gnumakefile", "justfile") or name.endswith(".mk"):
        recipe = [(i, r) for i, r in enumerate(file.lines, 1) if r[:1] in ("\t", " ") and r.strip()]
        for i, row in recipe:
            yield from shell_commands(row.strip().lstrip("@-+"), i)
    elif name.endswith((".sh", ".bash", ".zsh")):
        yield from shell_commands(file.text)
    elif file.suffix == "py":
        module = python(file)
        for call in module.calls if module else ():
            if call.name.endswith(".run") or call.name.startswith(("subprocess.", "os.system")):
                first = call.argument(0, "command")
                if isinstance(first, ast.List | ast.Tuple):
                    words = [str(w) for w in (literal(e) for e in first.elts) if isinstance(w, str)]
                    yield from typed(shlex.join(words), first.lineno)
                elif text := joined_text(first):
                    yield from shell_commands(text, first.lineno if first is not None else call.line)
    elif file.suffix in ("yaml", "yml", "json") and re.search(r"\b(steps|entry|scripts)[\"']?\s*:", file.text):
        yield from _configured(file)
    elif name in ("pyproject.toml", "pixi.toml"):
        tool = below(toml(file), "tool") if name == "pyproject.toml" else {"pixi": toml(file)}
        for runner in ("pixi", "poe", "taskipy"):
            for key, value in table_of(tool, runner, "tasks").items():
                yield from shell_commands(text_of(below(value, "cmd") or value), toml_line(file, key))


def _configured(file: File) -> Iterator[Command]:
    root = yaml_root(file)
    for step in root["steps"].items:  # Cloud Build
        program = re.sub(r":.*$", "", step["name"].text.rsplit("/", 1)[-1])
        entry = step["entrypoint"].text
        arguments = step["args"].texts()
        if step["script"].kind == "text":
            yield from shell_commands(step["script"].text, step["script"].line)
        elif entry.rsplit("/", 1)[-1] in ("bash", "sh") and len(arguments) > 1:
            yield from shell_commands(arguments[-1], step["args"].items[-1].line)
        elif arguments:
            yield from typed(
                shlex.join(
                    [entry or {"cloud-sdk": "gcloud", "cloudsdktool": "gcloud"}.get(program, program), *arguments]
                ),
                step["args"].line,
            )
    for repo in root["repos"].items:  # pre-commit
        for hook in repo["hooks"].items:
            if hook["entry"].kind == "text":
                yield from shell_commands(hook["entry"].text + " " + " ".join(hook["args"].texts()), hook["entry"].line)
    for _, (line, value) in root["scripts"].entries.items():  # package.json
        if value.kind == "text":
            yield from shell_commands(value.text, line)
