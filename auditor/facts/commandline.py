"""The command-line programs and the project commands of a repository, with their options."""

import ast
import re
from collections.abc import Iterator
from functools import lru_cache

from auditor.facts.just import just_recipes
from auditor.lazy import compile_later, dataclass
from auditor.readers.commands import commands
from auditor.readers.nodes import is_stub_body, literal, walk
from auditor.readers.python import Call, Function, Module, python
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import yaml_root
from auditor.shapes import below, rows_of, table_of, text_of, texts_of
from auditor.snapshot import File, Files

_PARSERS = {
    "argparse.ArgumentParser": "argparse",
    "jsonargparse.ArgumentParser": "jsonargparse",
    "configargparse.ArgumentParser": "configargparse",
    "transformers.HfArgumentParser": "HfArgumentParser",
    "simple_parsing.ArgumentParser": "simple-parsing",
    "simple_parsing.parse": "simple-parsing",
    "jsonargparse.CLI": "jsonargparse",
    "jsonargparse.auto_cli": "jsonargparse",
    "tyro.cli": "tyro",
    "docopt.docopt": "docopt",
    "plac.call": "plac",
    "defopt.run": "defopt",
}
_SAYS = compile_later(
    r"(^|\.)(print|echo|secho|rprint)$|^rich\.|(^|[._])log(ger|ging)?(\(\))?\.\w+$|getLogger|basicConfig"
)


@dataclass(frozen=True)
class Program:
    """One command of a command-line program. `options` are flags and arguments as a user would type them; `hollow` means
    that it does nothing yet: all that it does is print, log, or call what is hollow itself."""

    path: str
    line: int
    end: int
    kind: str
    name: str
    options: tuple[str, ...] = ()
    hollow: bool = False


@dataclass(frozen=True)
class Target:
    """One project command: an invoke task, a make or just target, a task of pixi, poe, taskipy, pdm, hatch, nox or
    Taskfile. `missing` are the files that its commands name and that are not there."""

    path: str
    line: int
    kind: str
    name: str
    commands: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Script:
    """An entry point that an installed package would offer. `found` is the file of its function, empty where it leads
    nowhere; `kind` says what it leads to: `function`, `object` or `web app`."""

    path: str
    line: int
    name: str
    target: str
    found: str = ""
    kind: str = ""


# -- programs ----------------------------------------------------------------------------------------------------------


def programs(file: File) -> tuple[Program, ...]:
    """The commands that a Python file offers on the command line, Hydra's decorated functions included."""
    return file.once("programs", lambda: tuple(_programs(file)))


def _programs(file: File) -> Iterator[Program]:
    module = python(file)
    if module is None:
        return
    apps = _apps(module)
    for f in module.functions:
        for decorator, name in zip(f.node.decorator_list, f.decorators, strict=True):
            kind = ""
            owner, _, method = name.rpartition(".")
            if name == "hydra.main" or name in ("hydra_zen.main",):
                kind = "hydra"
            elif name in ("click.command", "rich_click.command", "asyncclick.command"):
                kind = "click"
            elif method in ("command", "default", "callback") and owner in apps:
                kind = apps[owner] if method != "callback" or _parameters(f) else ""
            elif method == "command" and owner.startswith(("click.", "typer.")):
                kind = owner.split(".")[0]
            if kind:
                yield Program(
                    file.path,
                    decorator.lineno,
                    f.end,
                    kind,
                    _command_name(decorator, f),
                    tuple(_options(module, f, kind)),
                    is_hollow(module, f),
                )
                break
    yield from _called(file, module)


def _apps(module: Module) -> dict[str, str]:
    """The names of the objects that collect commands: `app = typer.Typer()`, a click group, a cyclopts app."""
    made = {"typer.Typer": "typer", "cyclopts.App": "cyclopts", "click.Group": "click", "asyncclick.Group": "click"}
    apps: dict[str, str] = {}
    for statement in module.tree.body:
        if not isinstance(statement, ast.Assign | ast.AnnAssign) or not isinstance(statement.value, ast.Call):
            continue
        if kind := made.get(module.name(statement.value.func)):
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            apps.update({module.name(t): kind for t in targets})
    for f in module.functions:
        if any(d.endswith(".group") and d.split(".")[0] in ("click", "rich_click", *apps) for d in f.decorators):
            apps[f.qualname] = "click"
    for name, full in module.aliases.items():
        # a group of another own file: `from .cli import app` used as `@app.command()`
        if name in ("app", "cli") and full != name:
            apps.setdefault(full, "typer" if "typer" in module.imports else "click")
    return apps


def _called(file: File, module: Module) -> Iterator[Program]:
    parsers: list[Call] = []
    for call in module.calls:
        last = call.name.rsplit(".", 1)[-1]
        if call.name in ("typer.run", "fire.Fire", "cyclopts.run"):
            kind = call.name.split(".")[0]
            first = call.argument(0)
            name = module.name(first) if first is not None else ""
            f = next((f for f in module.functions if f.qualname == name), None)
            hollow = f is not None and is_hollow(module, f)
            options = tuple(_options(module, f, kind)) if f else ()
            yield Program(file.path, call.line, call.end, kind, name, options, hollow)
        elif last == "LightningCLI" or any(
            c.name == call.name and any(b.endswith("LightningCLI") for b in c.bases) for c in module.classes
        ):
            yield Program(file.path, call.line, call.end, "LightningCLI", "")
        elif call.name in _PARSERS:
            parsers.append(call)
        elif call.name.startswith("absl.flags.DEFINE_"):
            yield Program(file.path, call.line, call.end, "absl", "", (f"--{literal(call.argument(0)) or ''}",))
    if parsers:
        options = tuple(
            dict.fromkeys(
                flag
                for call in module.calls_to(".add_argument")
                for a in call.node.args
                if isinstance(flag := literal(a), str)
            )
        )
        parses = any(True for _ in module.calls_to(".parse_args", ".parse_known_args", ".parse_args_into_dataclasses"))
        for call in parsers:
            whole = not call.name.endswith("ArgumentParser") or call.name.startswith("simple_parsing")
            if whole or parses:
                yield Program(file.path, call.line, call.end, _PARSERS[call.name], "", options)


def _parameters(f: Function) -> list[ast.arg]:
    return [
        a
        for a in (*f.node.args.posonlyargs, *f.node.args.args, *f.node.args.kwonlyargs)
        if a.arg not in ("self", "ctx")
    ]


def _command_name(decorator: ast.expr, f: Function) -> str:
    if isinstance(decorator, ast.Call):
        given = [literal(a) for a in decorator.args[:1]]
        given += [literal(k.value) for k in decorator.keywords if k.arg == "name"]
        if given and isinstance(given[0], str) and "." not in f.qualname:
            return given[0]
    return f.name.replace("_", "-")


def _options(module: Module, f: Function, kind: str) -> Iterator[str]:
    """The flags and arguments of a command's function."""
    if kind == "click":
        for d in f.node.decorator_list:
            if isinstance(d, ast.Call) and re.search(r"click\.(option|argument)$", module.name(d.func)):
                yield from (flag for a in d.args if isinstance(flag := literal(a), str))
    elif kind in ("typer", "fire", "cyclopts"):
        arguments = f.node.args
        plain = [*arguments.posonlyargs, *arguments.args]
        without = len(plain) - len(arguments.defaults)
        defaults: dict[str, ast.expr | None] = {
            a.arg: (arguments.defaults[i - without] if i >= without else None) for i, a in enumerate(plain)
        }
        defaults |= {a.arg: d for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)}
        for a in _parameters(f):
            default = defaults.get(a.arg)
            declared = [n for n in walk(a.annotation) if isinstance(n, ast.Call)] if a.annotation else []
            declared += [default] if isinstance(default, ast.Call) else []
            flags = [
                flag
                for call in declared
                if module.name(call.func).endswith((".Option", ".Parameter"))
                for v in call.args
                if isinstance(flag := literal(v), str) and flag.startswith("-")
            ]
            is_argument = any(module.name(call.func).endswith(".Argument") for call in declared)
            is_option = any(module.name(call.func).endswith(".Option") for call in declared)
            if flags:
                yield from (part for flag in flags for part in flag.split("/"))
            elif is_argument or (default is None and not is_option):
                yield a.arg
            else:
                yield "--" + a.arg.replace("_", "-")


@lru_cache(maxsize=8)
def _hollow(module: Module) -> dict[tuple[int, int], bool]:
    """What is known of a module's functions: they call each other, many times each."""
    return {}


def is_hollow(module: Module, f: Function, depth: int = 0) -> bool:
    """Whether a function does nothing yet: a stub, or a body that only prints, logs and calls what is hollow itself."""
    known = _hollow(module)
    if (id(f), depth) not in known:
        known[id(f), depth] = _does_nothing(module, f, depth)
    return known[id(f), depth]


def _does_nothing(module: Module, f: Function, depth: int) -> bool:
    if is_stub_body(f.node):
        return True
    calls = [c for c in module.calls_in(f.line + 1, f.end) if c.inside == f.qualname]
    simple = all(isinstance(s, ast.Expr | ast.Assign | ast.AnnAssign | ast.Pass) for s in f.node.body)
    if not simple or depth > 3:
        return False
    objects = {
        t.id: module.name(s.value.func)
        for s in f.node.body
        if isinstance(s, ast.Assign) and isinstance(s.value, ast.Call)
        for t in s.targets
        if isinstance(t, ast.Name)
    }
    for call in calls:
        if _SAYS.search(call.name) or call.name in ("str", "len", "repr", "pathlib.Path", "super", "cast"):
            continue
        root, _, method = call.name.partition(".")
        names = [call.name, f"{objects.get(root, root)}.{method}"] if method else [call.name]
        local = [g for n in names for g in module.by_qualname.get(n, ())]
        if local and all(is_hollow(module, g, depth + 1) for g in local if g is not f):
            continue
        if call.name in module.class_names:
            continue  # making an object: what it then does is looked at by its methods
        return False
    return bool(calls) or not any(isinstance(s, ast.Assign | ast.AnnAssign) for s in f.node.body)


# -- project commands --------------------------------------------------------------------------------------------------

TARGET_FILES = (
    "tasks.py",
    "tasks/**/*.py",
    "**/tasks.py",
    "**/{makefile,gnumakefile}",
    "**/*.mk",
    "**/{justfile,.justfile}",
    "**/taskfile.y*ml",
    "noxfile.py",
    "dodo.py",
    "pyproject.toml",
    "pixi.toml",
    "hatch.toml",
)
_RULE = compile_later(r"^([A-Za-z0-9_][\w.\-/ ]*?)\s*::?(?!=)(?:[^=]|$)")


def targets(file: File, files: Files) -> tuple[Target, ...]:
    """The project commands that a file defines."""
    return file.once("targets", lambda: tuple(_targets(file, files)))


def _targets(file: File, files: Files) -> Iterator[Target]:
    name = file.name.lower()
    if file.suffix == "py":
        yield from _invoked(file, files)
    elif name in ("justfile", ".justfile"):
        for recipe in just_recipes(file).values():
            said = [text.lstrip("@-") for _, text in recipe.body if not text.lstrip("@-").startswith("#")]
            if said:
                yield Target(file.path, recipe.line, "just", recipe.name, tuple(said), _missing(said, files))
    elif name in ("makefile", "gnumakefile") or name.endswith(".mk"):
        if "sphinx-build" in file.lower and file.folder:
            return  # what sphinx-quickstart writes
        yield from _ruled(file, files)
    elif file.suffix in ("yml", "yaml"):
        for key, (line, node) in yaml_root(file)["tasks"].entries.items():
            texts = [n.text for _, n in node.walk() if n.kind == "text"]
            yield Target(file.path, line, "task", key, tuple(texts), _missing(texts, files))
    elif file.suffix == "toml":
        yield from _tabled(file, files)


def _invoked(file: File, files: Files) -> Iterator[Target]:
    module = python(file)
    kinds = {"invoke.task": "invoke", "invoke.tasks.task": "invoke", "nox.session": "nox", "duty.duty": "duty"}
    for f in module.functions if module else ():
        kind = next((kinds[d] for d in f.decorators if d in kinds), "")
        if not kind or is_stub_body(f.node):
            continue
        texts = [c.text for c in commands(file) if f.line <= c.line <= f.end]
        yield Target(file.path, f.line, kind, f.name, tuple(texts), _missing(texts, files))
    if file.name == "dodo.py":
        for f in module.functions if module else ():
            if f.name.startswith("task_") and not is_stub_body(f.node):
                yield Target(file.path, f.line, "doit", f.name.removeprefix("task_"))


def _ruled(file: File, files: Files) -> Iterator[Target]:
    rows = file.lines
    for i, row in enumerate(rows):
        match = _RULE.match(row)
        if not match or row.startswith("export ") or "%" in match[1]:
            continue
        recipe = []
        for inner in rows[i + 1 :]:
            if inner.strip() and not inner[0].isspace():
                break
            if inner.strip() and not inner.lstrip().lstrip("@-").startswith("#"):
                recipe.append(inner.strip().lstrip("@-"))
        inline = row.split(";", 1)[1].strip() if ";" in row else ""
        recipe += [inline] if inline else []
        if recipe:
            for name in match[1].split():
                yield Target(file.path, i + 1, "make", name, tuple(recipe), _missing(recipe, files))


def _tabled(file: File, files: Files) -> Iterator[Target]:
    data = toml(file)
    tool = below(data, "tool") if file.name.lower() == "pyproject.toml" else {"pixi": data, "hatch": data}
    places = (("pixi", "tasks"), ("poe", "tasks"), ("taskipy", "tasks"), ("pdm", "scripts"), ("rye", "scripts"))
    found: list[tuple[str, object]] = [(kind, below(tool, kind, key)) for kind, key in places]
    found += [("pixi", below(v, "tasks")) for v in table_of(tool, "pixi", "feature").values()]
    found += [("hatch", below(v, "scripts")) for v in table_of(tool, "hatch", "envs").values()]
    for kind, told in found:
        for key, value in table_of(told).items():
            said = texts_of(list(value.values()) if isinstance(value, dict) else value)
            yield Target(file.path, toml_line(file, key), kind, key, tuple(said), _missing(said, files))


_PATH = compile_later(r"(?<![\w./{}$()-])((?:[\w.{}-]+/)*[\w.{}-]+\.(?:py|dockerfile|sh|ipynb))(?![\w/])")


def _missing(said: list[str], files: Files) -> tuple[str, ...]:
    """The programs and Dockerfiles that commands name and that no folder of the commit has at that path. A path with anything
    computed in it, behind a `cd`, or out of the repository is left alone."""
    missing = []
    for one in said:
        if re.search(r"(^|[;&]\s*)cd\s|\$|>\s|\b(scp|ssh|gsutil|curl|rm|touch)\b", one):
            continue
        for path in _PATH.findall(one):
            plain = path.removeprefix("./")
            if "{" in plain or plain.startswith(("/", "../", "~")) or "*" in plain or "/" not in plain:
                continue
            if plain not in files.paths and not any(p.endswith("/" + plain) for p in files.paths):
                missing.append(plain)
    return tuple(dict.fromkeys(missing))


# -- entry points ------------------------------------------------------------------------------------------------------


def scripts(file: File, files: Files) -> tuple[Script, ...]:
    """The entry points that a pyproject.toml, setup.py or setup.cfg declares, followed to their function."""
    return file.once("scripts", lambda: tuple(_scripts(file, files)))


def _scripts(file: File, files: Files) -> Iterator[Script]:
    declared: list[tuple[str, str, int]] = []
    if file.name == "pyproject.toml":
        data = toml(file)
        for keys in (("project", "scripts"), ("tool", "poetry", "scripts")):
            for key, value in table_of(data, *keys).items():
                target = text_of(below(value, "reference") or value)
                line = next(
                    (
                        i
                        for i, r in enumerate(file.lines, 1)
                        if re.match(rf'^\s*["\']?{re.escape(key)}["\']?\s*=.*:', r)
                    ),
                    1,
                )
                declared.append((key, target, line))
    elif file.name == "setup.py":
        module = python(file)
        for call in module.calls_to("setuptools.setup", "setup") if module else ():
            points = literal(call.keyword("entry_points"))
            for row in texts_of(rows_of(below(points, "console_scripts"))):
                key, _, target = row.partition("=")
                declared.append((key.strip(), target.strip(), call.line))
    for key, target, line in declared:
        found, kind = _resolve(target, files)
        yield Script(file.path, line, key, target, found, kind)


def _resolve(target: str, files: Files) -> tuple[str, str]:
    dotted, _, attribute = target.partition(":")
    base = dotted.strip().replace(".", "/")
    attribute = attribute.split("[")[0].strip()
    ends = (f"{base}.py", f"{base}/__init__.py")
    for path, candidate in files.paths.items():
        if not path.endswith(ends) or not any(path in (e, "src/" + e) or path.endswith("/" + e) for e in ends):
            continue
        module = None if candidate.skipped else python(candidate)
        if module is None:
            continue
        root = attribute.split(".")[0]
        if any(f.qualname == root for f in module.functions):
            return path, "function"
        for statement in module.tree.body:
            targets = statement.targets if isinstance(statement, ast.Assign) else []
            if any(isinstance(t, ast.Name) and t.id == root for t in targets):
                value = statement.value  # type: ignore[attr-defined]
                made = module.name(value.func) if isinstance(value, ast.Call) else ""
                return path, "web app" if made.endswith((".FastAPI", ".Flask", ".Litestar", ".Starlette")) else "object"
        if root in module.aliases or any(c.name == root for c in module.classes):
            return path, "object"
    return "", ""
