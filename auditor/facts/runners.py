"""What can be typed to run something: invoke's tasks by their names and parameters, make's targets, just's recipes."""

import ast
import posixpath
import re
from collections.abc import Iterator
from functools import partial

from auditor.facts.commands import declared_scripts, inner, may_come_with, plain_words
from auditor.facts.just import Justfile
from auditor.facts.names import Names
from auditor.facts.placeholders import placeholder
from auditor.lazy import compile_later, dataclass
from auditor.readers.docker import docker
from auditor.readers.nodes import literal, walk
from auditor.readers.python import python
from auditor.repository import Unreadable
from auditor.shapes import rows_of, texts_of
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Task:
    """A task by the names that it may be typed with (hyphens for underscores), its parameters with whether they have a default,
    and whether it is only reached through a collection (`namespaced`)."""

    names: tuple[str, ...]
    path: str
    line: int
    parameters: tuple[tuple[str, bool], ...]
    namespaced: bool


def tasks(snapshot: Snapshot) -> tuple[Task, ...]:
    """The tasks of a commit."""
    return snapshot.once("facts.runners.tasks", lambda: tuple(_tasks(snapshot)))


def roots(snapshot: Snapshot) -> list[File]:
    """The files that invoke looks for at the root."""
    return [snapshot.files[p] for p in ("tasks.py", "tasks/__init__.py") if p in snapshot.files]


def _tasks(snapshot: Snapshot) -> Iterator[Task]:
    chosen = [
        f
        for p, f in snapshot.files.items()
        if p.endswith("/tasks.py") or re.fullmatch(r"tasks\.py|tasks/[\w/]+\.py", p)
    ]
    root = next(iter(roots(snapshot)), None)
    module = python(root) if root and not root.skipped else None
    calls = module.calls if module else []
    adds = [c for c in calls if c.name.endswith(".add_task")]
    added = {n.attr for c in adds for n in walk(c.node) if isinstance(n, ast.Attribute)}
    gathers = any(c.name.rsplit(".", 1)[-1] in ("Collection", "from_module", "add_collection") for c in calls)
    if any(c.node.args and not isinstance(c.node.args[0], ast.Attribute) for c in adds):
        gathers = False  # tasks that are added in a loop may have any name
    for file in chosen:
        found = python(file) if not file.skipped else None
        for f in found.functions if found else ():
            for decorator, name in zip(f.node.decorator_list, f.decorators, strict=True):
                if name not in ("invoke.task", "invoke.tasks.task"):
                    continue
                given = {k.arg: literal(k.value) for k in decorator.keywords} if isinstance(decorator, ast.Call) else {}
                names = [f.name, *texts_of(rows_of(given.get("aliases"))), *texts_of(given.get("name"))]
                arguments = f.node.args.args[1:]
                without = len(arguments) - len(f.node.args.defaults)
                parameters = tuple((a.arg, i >= without) for i, a in enumerate(arguments))
                here = module is None or f.name not in module.aliases
                inside = gathers and file is not root and f.name not in added and here
                if given.get("default"):
                    yield Task((file.name.removesuffix(".py").replace("_", "-"),), file.path, f.line, parameters, False)
                yield Task(tuple(n.replace("_", "-") for n in names), file.path, f.line, parameters, inside)


def unknown_argument(task: Task, rest: list[str], known: tuple[Task, ...]) -> str:
    """The first word after a task that invoke would not accept."""
    open_ = [p for p, has in task.parameters if not has]
    names_ = {p.replace("_", "-") for p, _ in task.parameters}
    i = 0
    while i < len(rest):
        word = rest[i]
        if word in ("--", "&&", "|") or placeholder(word):
            return ""
        if word.startswith("--"):
            flag = word[2:].split("=")[0].replace("_", "-")
            if flag in ("help", "echo", "dry", "hide", "warn-only", "pty", "debug"):
                return ""
            if flag not in names_ and flag.removeprefix("no-") not in names_:
                return word.split("=")[0]
            open_ = [p for p in open_ if p.replace("_", "-") != flag]
            i += 2 if "=" not in word and i + 1 < len(rest) and not rest[i + 1].startswith("-") else 1
            continue
        if word.startswith("-"):
            return ""  # a short form that invoke makes up
        if any(word.replace("_", "-") in t.names for t in known) or ("." in word and "=" not in word):
            return ""
        if not open_:
            return word if "=" in word or not names_ else ""
        open_ = open_[1:]
        i += 1
    return ""


# -- make and just -----------------------------------------------------------------------------------------------------

_RULE = compile_later(r"^([^\s#=:][^#=:]*?)\s*(?:&?::?)(?!=)(.*)$")
_INCLUDE = compile_later(r"[-s]?include\b")
_CONDITION = compile_later(r"(?:else\s+)?(?:ifn?def|ifn?eq)\b")
_SUFFIXES = compile_later(r"\.[a-z]\w*(?:\.\w+)?")  # `.c.o`, of which any file may be the target


def _beside(snapshot: Snapshot, file: File, path: str) -> File | None:
    return snapshot.files.get(posixpath.normpath(posixpath.join(file.folder, path)))


def targets(snapshot: Snapshot, kind: str) -> tuple[list[File], dict[str, tuple[File, int]]] | None:
    """The makefiles (or justfiles, for `just`) of a commit, and every target by its name with where it stands. None where there
    may be more than can be told: includes, pattern rules, computed names, a file that cannot be read."""
    names = ("justfile", ".justfile") if kind == "just" else ("makefile", "gnumakefile")
    files = [f for p, f in snapshot.files.items() if p.rsplit("/", 1)[-1].lower() in names]
    if any(f.skipped for f in files):
        return None
    known: dict[str, tuple[File, int]] = {}
    for file in files:
        if kind == "just":
            made = Justfile(file, partial(_beside, snapshot, file), {})
            if made.open:
                return None
            known.update(made.names)
            continue
        made_here = _made_by(file)
        if made_here is None:
            return None
        known.update({name: (file, line) for name, line in made_here.items()})
    return files, known


def _made_by(file: File) -> dict[str, int] | None:
    """The targets of one makefile with their lines; None where there may be others."""
    if "eval" in file.text or ".RECIPEPREFIX" in file.text:
        return None
    found: dict[str, int] = {}
    rows, i = file.lines, 0
    while i < len(rows):
        line, row = i + 1, rows[i]
        while row.endswith("\\") and i + 1 < len(rows):
            i += 1
            row = f"{row[:-1]} {rows[i].strip()}"
        i += 1
        text = row.strip()
        if row.startswith("\t") or text.startswith("#") or _CONDITION.match(text):
            continue
        if text.startswith("define "):
            while i < len(rows) and rows[i].strip() != "endef":
                i += 1
            continue
        rule = _RULE.match(text)
        if _INCLUDE.match(text) or (rule and set(rule[1]) & set("$%")):
            return None
        named = rule[1].split() if rule else []
        if ".DEFAULT" in named or any(_SUFFIXES.fullmatch(n) for n in named):
            return None
        if ".PHONY" in named and rule:
            named += [n for n in rule[2].split() if "$" not in n]
        for name in named:
            found.setdefault(name, line)
    return found


# -- programs -----------------------------------------------------------------------------------------------------------


def defines(file: File, name: str) -> bool:
    """Whether a module has a name at its top level; an unreadable one may have any."""
    try:
        module = python(file)
    except Unreadable:
        return True
    if module is None or name in module.aliases or name in module.unreached:
        return True
    if any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in module.tree.body):
        return True
    if any(isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store) and n.id == name for n in module.nodes):
        return True
    return name in {f.name for f in module.functions} | {c.name for c in module.classes}


def _one(name: str, folder: str, known: Names) -> str:
    """The one file that a path names: in the folder that a `cd` before it leads to, in the root, or the only one there is."""
    found = [p for p in known.works(name) if p in known.snapshot.files]
    here = posixpath.normpath(posixpath.join(folder, name))
    return here if here in found else found[0] if found[:1] == [posixpath.normpath(name)] or len(found) == 1 else ""


def _module(dotted: str, folder: str, known: Names) -> str:
    """The own file that `python -m` starts: below the folder where it is run, a project's root or its `src`; elsewhere only by the
    name of a module within a package, and one that no package of others has."""
    plain = dotted.replace(".", "/")
    ends = (f"{plain}/__main__.py", f"{plain}.py")
    roots = dict.fromkeys((folder, *known.projects))
    paths = [posixpath.join(root, below, end) for root in roots for below in ("", "src", "lib") for end in ends]
    if there := next((p for p in map(posixpath.normpath, paths) if p in known.snapshot.files), ""):
        return there
    if may_come_with(dotted.partition(".")[0], known.snapshot):
        return ""
    return next((p for end in reversed(ends) if (p := known.file(end))), "")


def program_file(typed: tuple[str, ...], known: Names, folder: str = "") -> tuple[File | None, tuple[str, ...]]:
    """The own Python file that a command starts, and the words after it."""
    given = inner(typed)
    path, rest = "", given[1:]
    if given[:1] in (("python",), ("python3",), ("py",)):
        at = next((i for i, w in enumerate(rest) if not w.startswith("-")), len(rest))
        if "-m" in rest[: at + 1] and rest.index("-m") + 1 < len(rest):
            path = _module(rest[rest.index("-m") + 1], folder, known)
            rest = rest[rest.index("-m") + 2 :]
        elif at < len(rest):
            path, rest = _one(rest[at].replace("\\", "/"), folder, known), rest[at + 1 :]
    elif given and given[0].endswith(".py"):
        path = _one(given[0], folder, known)
    elif given and (typed[0] in ("uv", "poetry", "pdm", "rye") or given == typed):
        path = next((s.found for s in declared_scripts(known.snapshot) if s.name == given[0]), "")
    file = known.snapshot.files.get(path) if path.endswith(".py") else None
    return (file if file and not file.skipped else None), rest


def image_program(typed: tuple[str, ...], known: Names) -> tuple[File | None, tuple[str, ...], bool]:
    """The own program that `docker run IMAGE words` starts by the entry point of the one Dockerfile that is named like the
    image, the words that it is given, and whether such a Dockerfile was found."""
    words = inner(typed)
    plain = plain_words(words[2:])
    if not plain or "--entrypoint" in " ".join(words):
        return None, (), True
    image = plain[0].rsplit("/", 1)[-1].split(":")[0].split("@")[0].lower()
    given = words[words.index(plain[0]) + 1 :]
    form = re.compile(r"(?i)(?:.*/)?(?:([\w-]+)\.dockerfile|dockerfile\.([\w-]+)|([\w-]+)/dockerfile)")
    matched = [(f, form.fullmatch(p)) for p, f in known.snapshot.files.items()]
    named = [f for f, m in matched if m and image in {g.lower() for g in m.groups() if g} and not f.skipped]
    if len(named) != 1:
        return None, given, False
    entry = [i for i in docker(named[0]) if i.name == "ENTRYPOINT"]
    if not entry or len(entry[-1].values) < 2:
        return None, (), True
    start = tuple(w for w in inner(tuple(entry[-1].values)) if w != "-u")
    found, fixed = program_file(start, known)
    return found, (*fixed, *given), True
