"""Command lines, and the commands of the project."""

import ast
import builtins
from collections.abc import Iterator

from auditor.facts.commandline import TARGET_FILES, Program, programs, scripts, targets
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.quality.files import NO_TESTS
from auditor.readers.python import python
from auditor.snapshot import File, Files

_TEMPLATE_TARGETS = frozenset(
    ["create_environment", "requirements", "dev_requirements", "preprocess_data", "train", "test", "docker_build", "build_docs",
     "serve_docs", "build_documentation", "serve_documentation", "clean", "data", "help", "lint", "sync_data_to_s3",
     "sync_data_from_s3", "test_environment", ".PHONY", "all", "default"]
)  # fmt: skip


@probe(
    "command-line",
    asks="Does the group's own code offer a command line?",
    looks_in=("**/*.py", "!reports/**", "!report/**", "!**/tasks.py", "!tasks/**", "!setup.py", *NO_TESTS),
    mentions=("typer", "click", "argparse", "fire", "cyclopts", "LightningCLI", "ArgumentParser", "tyro", "docopt", "plac",
              "absl", "simple_parsing", "jsonargparse", "defopt"),
)  # fmt: skip
def command_line(files: Files) -> Iterator[Evidence]:
    """A command of typer, click, argparse, fire, cyclopts, LightningCLI or the like whose function does something, outside
    tests and reports. An import, the template's command around a stub, and Hydra's decorator do not count."""
    found = []
    for file in files:
        for program in programs(file):
            if program.kind != "hydra" and not program.hollow:
                name = f" `{program.name}`" if program.name else ""
                options = f": {', '.join(program.options[:8])}" if program.options else ""
                note = f"{program.kind} command{name}{options}"
                found.append((-len(program.options), file.cite(program.line, program.line + 1, note=note), file.path))
    seen: set[str] = set()
    first = [f for f in sorted(found, key=lambda f: f[0]) if not (f[2] in seen or seen.add(f[2]))]  # type: ignore[func-returns-value]
    yield from (f[1] for f in first)
    yield from (f[1] for f in found if f not in first)


@probe(
    "command-line-plain",
    asks="Does the group's own code offer a command line worth the name?",
    looks_in=("**/*.py", "!reports/**", "!report/**", "!**/tasks.py", "!tasks/**", "!setup.py", *NO_TESTS),
    mentions=("typer", "click", "argparse", "fire", "cyclopts", "LightningCLI", "ArgumentParser", "tyro", "docopt", "plac",
              "absl", "simple_parsing", "jsonargparse", "defopt"),
)  # fmt: skip
def command_line_plain(files: Files) -> Iterator[Evidence]:
    """As `command-line`, from three options or two commands on, of those that have a parameter which is used and whose module can start.
    `typer.run` around one function with a path is no choice of a command line, and around one without any it is the
    template's tail; a top-level name that nothing defines stops a module before its command line."""
    own = [
        (f, p)
        for f in files
        for p in programs(f)
        if p.kind != "hydra" and not p.hollow and _takes_something(f, p) and _can_start(f)
    ]
    if len(own) > 1 or any(len(p.options) > 2 for _, p in own):
        keep = {(f.path, p.line) for f, p in own}
        yield from (e for e in command_line(files) if (e.path, e.start) in keep)


def _can_start(file: File) -> bool:
    """Whether every name that the top of a module uses is bound somewhere in it: below `#from pathlib import Path` a `Path(...)`
    stops it."""
    module = python(file)
    if module is None:
        return False
    bound = {*module.aliases, *module.unreached, *(f.name for f in module.functions), *(c.name for c in module.classes)}
    bound |= {n.id for n in module.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    bound |= {n.arg for n in module.nodes if isinstance(n, ast.arg)}
    bound |= {n.name for n in module.nodes if isinstance(n, ast.ExceptHandler) and n.name}
    imports = [n for n in module.nodes if isinstance(n, ast.Import | ast.ImportFrom)]
    bound |= {(a.asname or a.name).split(".")[0] for n in imports for a in n.names}
    if "*" in bound:
        return True
    used = (
        n.id
        for s in module.tree.body
        if isinstance(s, ast.Assign | ast.AnnAssign | ast.Expr | ast.FunctionDef)
        for top in (_defaults(s) if isinstance(s, ast.FunctionDef) else [s])
        for n in ast.walk(top)
        if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)
    )
    return all(name in bound or hasattr(builtins, name) or name.startswith("__") for name in used)


def _defaults(function: ast.FunctionDef) -> list[ast.expr]:
    """What Python computes when it comes to a function: defaults and decorators (annotations may be put off)."""
    arguments = function.args
    given = [d for d in (*arguments.defaults, *arguments.kw_defaults) if d is not None]
    return [*given, *function.decorator_list]


def _takes_something(file: File, program: Program) -> bool:
    """Whether a command has a parameter that its function uses; a parser whose arguments are not seen may."""
    module = python(file)
    if not program.name or program.kind == "LightningCLI":
        return True
    if not program.options:
        return False
    ends = [f for f in module.functions if f.end == program.end or f.qualname == program.name] if module else []
    if not ends:
        return True
    used = {n.id for f in ends for n in ast.walk(f.node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}
    given = {a.arg for f in ends for a in ast.walk(f.node.args) if isinstance(a, ast.arg)}
    return bool(used & given)


@probe(
    "project-commands",
    asks="Are there project commands of the group's own (tasks, make targets, entry points)?",
    looks_in=(*TARGET_FILES, "setup.py", "!docs/**", "!**/tests/**"),
    mentions=("task", ":", "scripts"),
)
def project_commands(files: Files) -> Iterator[Evidence]:
    """An invoke task, a make or just target, a task of pixi, poe, pdm, hatch, nox or Taskfile with a name that the template
    does not bring, whose commands name only files that exist; or an entry point that leads to a function. The template's
    tasks, Sphinx's Makefile and dead commands do not count."""
    for file in files:
        if file.name in ("pyproject.toml", "setup.py"):
            for script in scripts(file, files):
                if script.kind in ("function", "object"):
                    yield file.cite(script.line, note=f"`{script.name}` leads to {script.found}")
    for file in files:
        if file.path == "tasks.py" and files.exists("tasks/__init__.py"):
            continue  # the package of that name wins
        for target in targets(file, files) if file.name != "setup.py" else ():
            if target.name not in _TEMPLATE_TARGETS and not target.missing:
                yield file.cite(target.line, target.line + 2, note=f"{target.kind} target `{target.name}`")


@probe(
    "template-commands",
    asks="Are there project commands at all, be it the template's?",
    looks_in=(*TARGET_FILES, "!docs/**"),
    stubs=True,
)
def template_commands(files: Files) -> Iterator[Evidence]:
    """Any invoke task, make or just target or the like, those of the template included: a weak sign."""
    for file in files:
        for target in targets(file, files)[:2]:
            yield file.cite(target.line, target.line + 1, note=f"{target.kind} target `{target.name}`")


@probe(
    "hydra-command-line",
    asks="Can a program be configured from the command line through Hydra?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("hydra",),
)
def hydra_command_line(files: Files) -> Iterator[Evidence]:
    """A function decorated with `hydra.main`: its configuration can be overridden on the command line, though no command
    line was written. A weak sign."""
    for file in files:
        for program in programs(file):
            if program.kind == "hydra" and not program.hollow:
                yield file.cite(program.line, program.line + 1)
