"""What keeps a container or a script from starting: a variable that nothing sets, arguments that nothing gives, an option that a
parser is given twice."""

import ast
import re
from collections.abc import Iterable
from itertools import pairwise

from auditor.facts.commands import built_images, inner, plain_words
from auditor.facts.names import Names
from auditor.facts.refusals import Answer, Run
from auditor.facts.runners import program_file
from auditor.lazy import compile_later, dataclass
from auditor.readers.docker import Instruction, docker
from auditor.readers.nodes import literal
from auditor.readers.python import Module, python
from auditor.readers.shell import Command
from auditor.readers.text import readable
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Obstacle:
    """What keeps it from starting, with where that stands."""

    file: File
    line: int
    shows: str
    difference: str


# -- images ------------------------------------------------------------------------------------------------------------


def image_file(name: str, snapshot: Snapshot, told: Iterable[Command] = ()) -> File | None:
    """The one docker file that an image is built from: by the commands that build it under this name, in the commit or as told,
    else by the file's own name. None where several could be meant."""
    bare = _bare(name)
    by_command = {path for image, path in built_images(snapshot, tuple(told)) if _bare(image) == bare}
    if by_command:
        path = next(iter(by_command)) if len(by_command) == 1 else ""
        return snapshot.files.get(path)
    form = re.compile(r"(?i)(?:.*/)?(?:([\w-]+)\.dockerfile|dockerfile\.([\w-]+)|([\w-]+)/dockerfile)")
    short = re.sub(r"[-_](image|container)$", "", bare)
    matched = [(f, form.fullmatch(p)) for p, f in snapshot.files.items()]
    named = [f for f, m in matched if m and {bare, short} & {g.lower() for g in m.groups() if g} and not f.skipped]
    return named[0] if len(named) == 1 else None


def _bare(image: str) -> str:
    return image.rsplit("/", 1)[-1].split(":")[0].split("@")[0].lower()


def _last(file: File, name: str) -> Instruction | None:
    made = docker(file)
    stage = max((n for n, i in enumerate(made) if i.name == "FROM"), default=0)
    return next((i for i in reversed(made[stage:]) if i.name == name), None)


def _shell_form(i: Instruction) -> str:
    """The line that a shell runs: of the shell form, or of `["sh", "-c", ...]`."""
    if not re.match(r"\s*\w+\s*\[", i.text):
        return i.values[0] if i.values else ""
    return i.values[2] if len(i.values) > 2 and i.values[0].endswith("sh") and i.values[1] in ("-c", "-lc") else ""


_OPTION = compile_later(r"(--[\w-]+)[ =]\"?\$(?:\{(\w+)\}|(\w+))\"?(?=\s|$)")


def keeps_image(typed: tuple[str, ...], known: Names, told: Iterable[Command] = ()) -> Obstacle | None:
    """Why `docker run IMAGE words` cannot start what its image starts: an option's value is a variable that neither the image nor
    the command sets, or the program needs arguments that nobody gives. None for images of others, of another entry point, of
    several docker files, and of programs whose arguments are not plain to see."""
    words = inner(typed)
    plain = plain_words(words[2:])
    if words[:2] not in (("docker", "run"), ("podman", "run")) or not plain or "--entrypoint" in " ".join(words):
        return None
    at = words.index(plain[0])
    given = words[at + 1 :]
    file = image_file(plain[0], known.snapshot, told)
    if file is None or not readable(file):
        return None
    entry, cmd = _last(file, "ENTRYPOINT"), _last(file, "CMD")
    start = entry or (None if given else cmd)
    if start is None:
        return None
    if line := _shell_form(start):
        return _unset(file, start, line, words[2:at])
    argv = (*start.values, *(given or (cmd.values if cmd and not _shell_form(cmd) else ())) * (start is entry))
    program, rest = program_file(tuple(w for w in inner(argv) if w != "-u"), known)
    return (keeps_script(program) or _without(program, rest, start, file)) if program else None


def _unset(file: File, start: Instruction, line: str, options: tuple[str, ...]) -> Obstacle | None:
    if any(w.startswith("--env-file") for w in options):
        return None
    keys = ("-e", "--env")
    passed = {v.split("=")[0] for o, v in pairwise(options) if o in keys}
    passed |= {w.split("=")[1] for w in options if w.startswith("--env=")}
    made = {v.split("=")[0] for i in docker(file) if i.name in ("ENV", "ARG") for v in i.values}
    for flag, braced, bare in _OPTION.findall(line):
        name = braced or bare
        if name not in passed | made and not re.search(rf"\b{name}=", line):
            shows = f"{file.path}:{start.line} starts with `{flag} ${name}`; no ENV of the image sets {name}."
            return Obstacle(file, start.line, shows, f"The command passes no {name}, so {flag} has no value.")
    return None


def _without(program: File, rest: tuple[str, ...], start: Instruction, file: File) -> Obstacle | None:
    needs = required(program)
    if needs is None:
        return None
    line, positional, options = needs
    lacking = [o[0] for o in options if not any(w.split("=")[0] in o for w in rest)]
    lacking = lacking or (list(positional) if positional and not rest else [])
    if not lacking:
        return None
    shows = f"{file.path}:{start.line} starts {program.path}, which needs {', '.join(lacking)} ({program.path}:{line})."
    return Obstacle(program, line, shows, f"Neither the image nor the command gives {', '.join(lacking)}.")


# -- scripts -----------------------------------------------------------------------------------------------------------


def required(file: File) -> tuple[int, tuple[str, ...], tuple[tuple[str, ...], ...]] | None:
    """What a Python program of one command needs on its command line: the line that says so, its positional arguments, and its
    options (each with all spellings). None where it is not plain to see, and where nothing is needed."""
    module = python(file)
    if module is None or re.search(
        r"parents=|add_subparsers|parse_known_args|add_typer|add_command|sys\.argv|\.callback\(", file.text
    ):
        return None
    found = _argparse(module) or _decorated(module)
    return found if found and (found[1] or found[2]) else None


def _argparse(module: Module) -> tuple[int, tuple[str, ...], tuple[tuple[str, ...], ...]] | None:
    if sum(c.name == "argparse.ArgumentParser" for c in module.calls) != 1:
        return None
    parses = list(module.calls_to(".parse_args"))
    if len(parses) != 1 or parses[0].node.args:
        return None
    line, positional, options = 0, [], []
    for call in module.calls_to(".add_argument"):
        names = tuple(n for a in call.node.args if isinstance(n := literal(a), str))
        if not names or len(names) != len(call.node.args):
            return None
        given = {k.arg: literal(k.value) for k in call.node.keywords}
        if not names[0].startswith("-"):
            if given.get("nargs") not in ("?", "*") and "default" not in given:
                positional.append(names[0])
                line = line or call.line
        elif given.get("required") is True:
            options.append(names)
            line = line or call.line
    return line, tuple(positional), tuple(options)


def _decorated(module: Module) -> tuple[int, tuple[str, ...], tuple[tuple[str, ...], ...]] | None:
    """`typer.run(f)`, or the one `@app.command()`, with plain parameters that have no default."""
    run = [module.name(c.node.args[0]) for c in module.calls if c.name == "typer.run" and c.node.args]
    typed = [f for f in module.functions if f.qualname in run or any(d.endswith(".command") for d in f.decorators)]
    if (
        len(typed) != 1
        or not any(a.startswith("typer") for a in module.aliases.values())
        or any("click" in d for d in typed[0].decorators)
    ):
        return None
    arguments = typed[0].node.args
    defaults = [None] * (len(arguments.args) - len(arguments.defaults)) + list(arguments.defaults)
    positional, options = [], []
    for argument, default in zip(arguments.args, defaults, strict=True):
        named = argument.annotation is None or isinstance(argument.annotation, ast.Name)
        if "Context" in ast.dump(argument):
            continue
        if default is None:
            if not named or arguments.kwonlyargs:
                return None  # what an annotation says of it may be anything
            positional.append(argument.arg)
        elif isinstance(default, ast.Call) and default.args and literal(default.args[0]) is ...:
            kind = module.name(default.func)
            spelt = tuple(s for a in default.args[1:] if isinstance(s := literal(a), str) and s.startswith("-"))
            if kind.endswith(".Argument"):
                positional.append(argument.arg)
            elif kind.endswith(".Option") and not any(k.arg == "envvar" for k in default.keywords):
                options.append((*spelt, "--" + argument.arg.replace("_", "-")))
    return typed[0].line, tuple(positional), tuple(options)


def keeps_script(file: File) -> Obstacle | None:
    """An option that the one parser of a script is given twice: argparse stops there, whatever the command line says."""
    module = python(file)
    if (
        module is None
        or sum(c.name == "argparse.ArgumentParser" for c in module.calls) != 1
        or "conflict_handler" in file.text
    ):
        return None
    seen: dict[tuple[str, str, int, str], int] = {}
    bound = [n for n in module.nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    conditions = _conditions(module)
    for call in module.calls_to(".add_argument"):
        skipped = any(first <= call.line <= last for first, last in conditions)
        if not isinstance(call.node.func, ast.Attribute) or skipped:
            continue
        on = call.node.func.value
        if isinstance(on, ast.Call):
            continue  # a parser that is made there
        root = next((n.id for n in ast.walk(on) if isinstance(n, ast.Name)), "")
        since = max((n.lineno for n in bound if n.id == root and n.lineno <= call.line), default=0)
        for argument in call.node.args:
            flag = literal(argument)
            if isinstance(flag, str) and flag.startswith("-"):
                key = (call.inside, ast.dump(on), since, flag)  # a name may stand for one parser after another
                if key in seen:
                    shows = (
                        f"{file.path}:{call.line} adds {flag}, which line {seen[key]} has added to the parser before."
                    )
                    return Obstacle(
                        file, call.line, shows, f"{file.path} cannot start: argparse refuses {flag} a second time."
                    )
                seen[key] = call.line
    return None


def _conditions(module: Module) -> list[tuple[int, int]]:
    """The lines of what may be skipped: under a condition, but that the file is the program."""
    return [
        (n.lineno, n.end_lineno or n.lineno)
        for n in module.nodes
        if isinstance(n, ast.If | ast.Try | ast.Match | ast.IfExp)
        and not (isinstance(n, ast.If) and "__name__" in ast.dump(n.test))
    ]


def keeps(run: Run, told: Iterable[Command] = ()) -> list[Answer]:
    """What keeps a command from starting, if anything does. `told`: commands of the report, which may build its image."""
    found = keeps_image(run.typed, run.known, told)
    if found is None and run.words[:1] in (("python",), ("python3",)):
        script, _ = program_file(run.typed, run.known, run.folder or "")
        found = keeps_script(script) if script else None
    if found is None:
        return []
    return [
        Answer(False, f"start:{found.file.path}", found.shows, (found.file.cite(found.line),), found.difference, True)
    ]
