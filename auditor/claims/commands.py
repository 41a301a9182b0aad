"""Claims about commands: whether what an answer tells to type would find its file, task, target, option or setting."""

import ast
import difflib
import posixpath
import re
import sys
from collections.abc import Iterator

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.claims.paths import Mention, Places, clause, mentions, places
from auditor.facts.commandline import TARGET_FILES, programs, refuses, targets
from auditor.facts.commands import (
    Call,
    build_of,
    builds_somewhere,
    calls,
    declared_scripts,
    inner,
    installed,
    lacks,
    may_be_installed,
    module_file,
    plain_words,
    value,
)
from auditor.facts.configuration import Configuration, configuration, values
from auditor.facts.images import builds, copies
from auditor.facts.names import clear, placeholder
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence, Question
from auditor.prose import Prose, Statement
from auditor.readers import commands as file_commands
from auditor.readers import docker, literal, python, shell_commands, walk
from auditor.repository import Unreadable
from auditor.snapshot import File

# -- commands in the prose ---------------------------------------------------------------------------------------------

_PROGRAMS = frozenset(
    ["docker", "docker-compose", "podman", "python", "python3", "py", "uv", "uvx", "poetry", "pdm", "rye", "hatch", "pixi", "pipenv", "invoke", "inv",
     "make", "just", "pip", "pip3", "uvicorn", "gunicorn", "fastapi", "streamlit", "locust", "dvc", "pytest", "pre-commit", "mkdocs", "cd", "git", "bash", "sh",
     "conda", "mamba", "coverage", "nohup", "bentoml", "gradio", "torchrun", "accelerate", "source", "nox", "tox", "task"]
)  # fmt: skip
_SHELLS = frozenset(
    [
        "",
        "bash",
        "sh",
        "shell",
        "console",
        "zsh",
        "text",
        "txt",
        "terminal",
        "cmd",
        "powershell",
        "ps1",
        "shell-session",
        "shellscript",
        "plaintext",
        "batch",
        "ps",
    ]
)
_LINE = compile_later(
    r"(?:^|(?<=[\"'“”‘’«:])|(?<=\b(?i:command) )|(?<=\b(?i:running) ))[ \t]*(?:\$ )?((?:docker(?:-compose| compose| build| run| buildx)|python3?|uv run|poetry run|pip install|conda env create|invoke|inv|uvicorn|streamlit run|locust -f|pixi run|dvc repro)[ \t]+[^\n\"“”‘’`]+)",
    re.MULTILINE,
)
_PROSE = compile_later(
    r"[.;,:](?:\s|$)|\s(?:and|then|which|where|to|in order|followed|will|for|you|we|from|with|the|is|it|as|or)(?:\s|$)"
)
_SPAN = compile_later(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_SUPPOSED = compile_later(
    r"\b(if (?:we|one|you) (?:had|were|wanted)|(?:could|would|should) have|in the future|ideally|something like|similar to|plan(?:ned)? to|intend(?:ed)? to|imagine|suppose"
    r"|we (?:could|would|should|might)|will be|we will|we'll|hypothetical\w*|courses?|exercises?|tutorials?|template|cookie-?cutter)\b",
    re.IGNORECASE,
)
_DENIED = compile_later(
    r"\b(not|no|never|without|instead of|rather than|removed?|replaced|former\w*|cannot|fail\w*|error\w*|deprecated)\b|n't\b",
    re.IGNORECASE,
)
_FROM = compile_later(
    r"\b(?:from|in|inside|within|into|navigat\w+ to|under) (?:the |our |its )?[`'\"]?[\w./-]+[`'\"]? (?:folder|directory)|working directory|\bcd\b",
    re.IGNORECASE,
)


_IN_IMAGE = compile_later(
    r"\b(?:entry ?-?points?|CMD|(?:containers?|images?|services?) (?:that |which |then |simply )?(?:runs?|starts?|executes?|launch\w*))\b"
)


@dataclass(frozen=True)
class Typed:
    """One command as the prose gives it. `at` is its place in the statement's text, `raw` its words there; `sure` where it
    stands in code; `folder` where a `cd` before it leads, None where that is unknown."""

    statement: Statement
    words: tuple[str, ...]
    raw: str
    at: int
    sure: bool
    folder: str | None = ""

    @property
    def quote(self) -> str:
        """The words that a finding quotes: the statement, or the command's own where the statement is long."""
        if len(self.statement.text) <= 250:
            return ""
        if self.statement.kind == "fence":
            row = self.raw.split("\n")[0].strip()
            return row if len(row.split()) >= 3 else ""
        return clause(self.statement, self.at, len(self.raw))


def typed(prose: Prose, where: Places) -> tuple[Typed, ...]:
    """The commands of all answers, without plans, denials, the past and what other projects do."""

    def make() -> tuple[Typed, ...]:
        return tuple(c for s in prose.of() for c in _typed(s, where))

    return where.snapshot.once(f"claims.typed:{prose.report.sha256}:{len(prose.statements)}:{id(prose)}", make)


def _typed(statement: Statement, where: Places) -> Iterator[Typed]:
    if not where.earlier:
        about = f"{statement.lead} " if statement.kind == "fence" else statement.plain
        if _SUPPOSED.search(about) or statement.past or statement.attempted:
            return
    if statement.kind == "fence":
        if statement.info.split(" ")[0].strip("{}.").lower() in _SHELLS and not _DENIED.search(statement.lead[-60:]):
            yield from _parsed(statement, statement.text, 0, True)
        return
    if statement.kind == "heading":
        return
    masked = list(statement.text)
    for span in _SPAN.finditer(statement.text):
        masked[span.start() : span.end()] = " " * (span.end() - span.start())
        before = statement.text[max(0, span.start() - 50) : span.start()]
        if " " in span[2].strip() and (where.earlier or not _DENIED.search(before)):
            body = re.sub(r"^(?:bash|sh|shell|console)\n", "", span[2]) if "\n" in span[2] else span[2]
            yield from _parsed(statement, body, statement.text.find(body, span.start()), True)
    rest = "".join(masked)
    for line in _LINE.finditer(rest):
        before = rest[max(0, line.start() - 50) : line.start()]
        if where.earlier or not _DENIED.search(before):
            body = _PROSE.split(line[1])[0].rstrip(" '")
            alone = (
                body == line[1].rstrip()
                and rest[line.end() :][:1] in ("", "\n")
                and rest[: line.start(1)].rstrip(" $")[-1:] in ("", "\n")
            )
            yield from _parsed(statement, body, line.start(1), alone)


def _parsed(statement: Statement, text: str, at: int, sure: bool) -> Iterator[Typed]:
    folder: str | None = ""
    clean = re.sub(
        r"(?m)^\s*(?:\(\w[\w.-]*\)\s*)?[$%>!]\s+|^\s*[$!](?=[a-z])", "", text.replace("\\_", "_").replace("\\-", "-")
    )
    rows = text.split("\n")
    for command in shell_commands(clean):
        words = command.words
        if not words or words[0] not in _PROGRAMS:
            continue
        row = rows[min(command.line - 1, len(rows) - 1)]
        found = Typed(
            statement,
            words,
            row if len(rows) > 1 else text,
            at + sum(len(r) + 1 for r in rows[: command.line - 1]),
            sure,
            folder,
        )
        yield found
        if words[0] == "cd" and len(words) > 1 and folder is not None:
            folder = (
                None if words[1].startswith(("/", "~", "$")) else posixpath.normpath(posixpath.join(folder, words[1]))
            )


# -- files that a command names ----------------------------------------------------------------------------------------


def _absent(command: Typed, name: str, where: Places, what: str) -> Settled | None:
    """What to say of a file that a command names where no folder of the commit makes it work; nothing where it may be made
    or meant otherwise."""
    path = posixpath.normpath(name.replace("\\", "/"))
    about = f"command:{path}"
    said = f"The command names {path}"
    missing = absence(f"no file {path} among the {len(where.snapshot.files)} tracked files, from whichever folder")
    if where.earlier:
        if not clear(name) or where.works(name):
            return None
        return Settled(command.statement, about, f"There is no {path}.", f"{said}.", (missing,), command.quote)
    meant = where.resolve(name)
    if not meant.missing:
        return None
    if meant.rename:
        to = where.snapshot.files[meant.path]
        return Settled(
            command.statement, about, f"{where.was(path)} was {meant.rename}.", f"{said}; the file was {meant.rename}.",
            (to.exists(f"exists as {to.path}"), fact(f"it was {meant.rename}", f"commit {meant.rename.commit}")), command.quote, detail=True,
        )  # fmt: skip
    if meant.near:
        if meant.near.how == "folder" and (
            _FROM.search(command.statement.plain) or _FROM.search(command.statement.lead) or command.folder
        ):
            return None
        evidence = (where.snapshot.files[meant.path].exists(f"exists as {meant.path}"), missing)
        shows = f"There is no {path}; {meant.path} is there."
        return Settled(
            command.statement,
            about,
            shows,
            f"{said}; the {what} is {meant.path}.",
            evidence,
            command.quote,
            detail=True,
        )
    if (not command.sure and not re.search(r"[/_-]", path)) or (
        command.statement.negated and command.statement.kind != "fence"
    ):
        return None
    if meant.how == "nowhere" and meant.path:
        return None  # on another branch
    was = meant.path if meant.how == "removed" else ""
    sha, day = where.removed(was) if was else ("", "")
    shows = (
        f"{was} was removed on {day} (commit {sha})."
        if was
        else f"No tracked file is called {path.rsplit('/', 1)[-1]}."
    )
    return Settled(
        command.statement, about, shows, f"{said}; the repository has no such file.", (missing,), command.quote
    )


@check("commands-files", asks="Do the files exist that the commands in the answers name?")
def commands_files(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: commands in code spans, fences and on lines of their own: `docker build -f`, `docker compose -f`, `python` with a
    script or `-m`, `pip install -r`, `conda env create -f`, `uvicorn`, `streamlit run`, `locust -f`, `bash`, `pytest`, and what
    needs a file of its own (`dvc repro`, `docker compose up`, `docker build .`, `pre-commit run`).

    Settled by: the tracked files, from any folder of the commit: a bare name says nothing of where one stands. A docker file
    must find there what it copies, too. A renamed file, or a name that comes close, is told.
    Leaves alone: placeholders, variables, paths out of the repository, what is ignored or written by own code or by a tool,
    installed packages' modules, commands that are planned, denied, past or somebody else's, and those that an image runs."""
    where = places(repo)
    for command in typed(prose, where):
        words = inner(command.words)
        if not words or command.folder is None:
            continue
        if command.statement.kind != "fence" and _IN_IMAGE.search(command.statement.plain):
            continue  # its paths are the image's
        for call in calls(words):
            yield from _told(_called(command, call, words, where, repo), command, where)


def _called(command: Typed, call: Call, words: tuple[str, ...], where: Places, repo: Repo) -> Settled | None:
    if call.kind == "module":
        return _module(command, call.name, where)
    if call.kind == "served":
        return _served(command, call.name, where, repo)
    if call.kind == "own file":
        return _needs(command, call, where)
    if call.kind == "unsuffixed":
        return _unsuffixed(command, call.name, where) if command.sure or "--" in command.raw else None
    built = build_of(words)
    if built and call.what == "Dockerfile" and clear(call.name):
        works, path = builds_somewhere(built[0], built[1], where)
        if path:
            return None if works else _elsewhere_built(command, call.name, path, where)
    return _absent(command, call.name, where, call.what)


def _elsewhere_built(command: Typed, name: str, path: str, where: Places) -> Settled | None:
    """`docker build -f x.dockerfile .` where the docker file lies in a folder that lacks what it copies, while the root has it."""
    if name == path or command.folder or _FROM.search(command.statement.plain) or not builds(where.snapshot, path, ""):
        return None
    file = where.snapshot.files[path]
    lacking = next((c for c in copies(where.snapshot, file, file.folder) if c.state == "missing"), None)
    if lacking is None:
        return None
    return Settled(
        command.statement,
        f"command:{posixpath.normpath(name)}",
        f"There is no {name} in the root; {path} copies {lacking.source}, which is not in {file.folder}.",
        f"The command names {name}; the docker file is {path}, and what it copies lies in the root.",
        (file.cite(lacking.line, note="what it copies"), absence(f"no file {name} in the root")),
        command.quote,
        detail=True,
    )


def _told(settled: Settled | None, command: Typed, where: Places) -> Iterator[Settled]:
    """What would be said, unless the sentence only supposes and there is nothing that the command could have meant."""
    if settled and (
        settled.detail or where.earlier or not command.statement.planned or command.statement.kind == "fence"
    ):
        yield settled


def _needs(command: Typed, call: Call, where: Places) -> Settled | None:
    """A command that needs a file of its own, in whichever folder it is started."""
    if not command.sure or (command.statement.negated and not where.earlier):
        return None
    what, need = call.name, call.what
    if what.startswith("docker") and (command.folder or _FROM.search(command.statement.plain)):
        return None
    try:
        others = lacks(call, where)
    except LookupError:
        return None
    missing = absence(
        f"no {need.removeprefix('a ').removeprefix('an ')} among the {len(where.snapshot.files)} tracked files"
    )
    evidence: tuple[Evidence, ...] = (missing,)
    shows = f"The repository has no {need.removeprefix('a ')}."
    if others:
        evidence = (where.snapshot.files[others[0]].exists(f"{others[0]} is there"), missing)
        shows = f"The repository has no {need.removeprefix('a ')}; it has {', '.join(others[:3])}."
    return Settled(
        command.statement,
        f"command:{what}",
        shows,
        f"`{what}` needs {need}.",
        evidence,
        command.quote,
        detail=bool(others),
    )


def _unsuffixed(command: Typed, script: str, where: Places) -> Settled | None:
    """`python train_model` where only train_model.py is there."""
    if not clear(script) or where.works(script):
        return None
    path = where.file(script + ".py")
    if not path and not where.earlier:
        return None
    missing = absence(f"no file or folder {script} among the tracked files")
    evidence = (where.snapshot.files[path].exists(f"{path} is there"), missing) if path else (missing,)
    shows = f"There is no {script}; {path} is there."
    return Settled(
        command.statement,
        f"command:{script}",
        shows,
        f"The command names {script}; the script is {path}.",
        evidence,
        command.quote,
        detail=True,
    )


def _module(command: Typed, name: str, where: Places) -> Settled | None:
    """`python -m pkg.module`: a module below any folder will do."""
    if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", name):
        return None
    first, dotted = name.split(".")[0], name.replace(".", "/")
    if (
        installed(first, where.snapshot)
        or module_file(name, where)
        or where.made(f"{dotted}.py")
        or where.made(f"src/{dotted}.py")
    ):
        return None
    about = f"module:{name}"
    missing = absence(
        f"no module {name}: neither {dotted}.py nor a folder of that name, at the root or below any folder"
    )
    if where.earlier:
        return Settled(command.statement, about, "", "", (missing,), command.quote)
    rename = where.renamed(f"{dotted}.py")
    if rename:
        to = where.snapshot.files[rename.path]
        return Settled(
            command.statement, about, f"{dotted}.py was {rename}.", f"The command runs the module {name}; its file was {rename}.",
            (to.exists(f"exists as {to.path}"), missing), command.quote, detail=True,
        )  # fmt: skip
    same = where.file(f"{dotted.rsplit('/', 1)[-1]}.py")
    own = where.folder(first) and any(
        p.startswith(where.folder(first) + "/") and p.endswith(".py") for p in where.snapshot.files
    )
    if same:
        evidence = (where.snapshot.files[same].exists(f"{same} is there"), missing)
        return Settled(
            command.statement, about, f"There is no module {name}; {same} is there.", f"The command runs the module {name}; the file is {same}.",
            evidence, command.quote, detail=True,
        )  # fmt: skip
    if not own:
        return None
    shows = f"There is no {dotted}.py below any folder."
    return Settled(
        command.statement,
        about,
        shows,
        f"The command runs the module {name}; the repository has none.",
        (missing,),
        command.quote,
    )


def _served(command: Typed, target: str, where: Places, repo: Repo) -> Settled | None:
    """`uvicorn pkg.api:app`."""
    if command.folder or _FROM.search(command.statement.plain):
        return None
    module, _, name = target.partition(":")
    dotted = module.replace(".", "/")
    if any(target in c.words for f in _runners(repo) for c in file_commands(f)):
        return None  # so the repository's own scripts start it
    paths = [
        p
        for p in where.snapshot.files
        if p in (f"{dotted}.py", f"{dotted}/__init__.py") or p.endswith((f"/{dotted}.py", f"/{dotted}/__init__.py"))
    ]
    if not paths:
        return _module(command, module, where) if "." in module else _absent(command, f"{module}.py", where, "module")
    if any(_defines(where.snapshot.files[p], name) for p in paths):
        return None
    file = where.snapshot.files[paths[0]]
    evidence = (file.exists(f"has no {name} at its top level"),)
    shows = f"{file.path} defines no {name} at its top level."
    return Settled(
        command.statement,
        f"command:{target}",
        shows,
        f"The command serves {target}; {file.path} has no {name}.",
        evidence,
        command.quote,
        detail=True,
    )


def _runners(repo: Repo) -> tuple[File, ...]:
    globs = (
        "**/*.{sh,bash}",
        "**/*dockerfile*",
        "**/makefile",
        "tasks.py",
        ".github/workflows/*.y*ml",
        "**/*compose*.y*ml",
    )
    return tuple(
        repo.snapshot.once(
            "claims.runners", lambda: list(repo.snapshot.select(globs, mentions=("uvicorn", "gunicorn")))
        )
    )


def _defines(file: File, name: str) -> bool:
    """Whether a module has a name at its top level; an unreadable one may have any."""
    try:
        module = python(file)
    except Unreadable:
        return True
    if module is None or name in module.aliases:
        return True
    if any(isinstance(n, ast.ImportFrom) and any(a.name == "*" for a in n.names) for n in module.tree.body):
        return True
    for node in module.nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id == name:
            return True
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node.name == name:
            return True
    return False


# -- tasks and targets -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Task:
    """An invoke task: its names as typed, and its parameters with whether they have a default."""

    names: tuple[str, ...]
    path: str
    line: int
    parameters: tuple[tuple[str, bool], ...]
    namespaced: bool


def _tasks(where: Places) -> tuple[_Task, ...]:
    return where.snapshot.once("claims.tasks", lambda: tuple(_read_tasks(where)))


def _read_tasks(where: Places) -> Iterator[_Task]:
    files = where.snapshot.files
    chosen = [
        f
        for p, f in files.items()
        if p == "tasks.py" or re.fullmatch(r"tasks/[\w/]+\.py", p) or p.endswith("/tasks.py")
    ]
    root = files.get("tasks.py") or files.get("tasks/__init__.py")
    module = python(root) if root and not root.skipped else None
    calls = module.calls if module else []
    gathers = any(c.name.rsplit(".", 1)[-1] in ("Collection", "from_module", "add_collection") for c in calls)
    added = {
        n.attr for c in calls if c.name.endswith(".add_task") for n in walk(c.node) if isinstance(n, ast.Attribute)
    }
    if any(
        c.name.endswith(".add_task") and c.node.args and not isinstance(c.node.args[0], ast.Attribute) for c in calls
    ):
        gathers = False  # tasks that are added in a loop may have any name
    for file in chosen:
        found = python(file) if not file.skipped else None
        for f in found.functions if found else ():
            for decorator, name in zip(f.node.decorator_list, f.decorators, strict=True):
                if name not in ("invoke.task", "invoke.tasks.task"):
                    continue
                names = [f.name]
                for k in decorator.keywords if isinstance(decorator, ast.Call) else ():
                    given = literal(k.value)
                    names += [given] if k.arg == "name" and isinstance(given, str) else []
                    names += [str(a) for a in given] if k.arg == "aliases" and isinstance(given, list | tuple) else []
                arguments = f.node.args.args[1:]
                without = len(arguments) - len(f.node.args.defaults)
                parameters = tuple((a.arg, i >= without) for i, a in enumerate(arguments))
                inside = (
                    gathers
                    and file is not root
                    and f.name not in added
                    and (module is None or f.name not in module.aliases)
                )
                if isinstance(decorator, ast.Call) and any(
                    k.arg == "default" and literal(k.value) for k in decorator.keywords
                ):
                    yield _Task(
                        (file.name.removesuffix(".py").replace("_", "-"),), file.path, f.line, parameters, False
                    )
                yield _Task(tuple(n.replace("_", "-") for n in names), file.path, f.line, parameters, inside)


@check("commands-tasks", asks="Do the tasks, targets and entry points exist that the commands in the answers run?")
def commands_tasks(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: `invoke T` with its arguments, `make T`, `just T`, `uv run X` (poetry, pixi, pdm, rye) in code spans and fences.

    Settled by: the tasks of tasks.py (underscore and hyphen alike, aliases, collections) and their parameters; the rules of
    the Makefile or justfile; the declared scripts and tasks, where X is not installed by a dependency and an own module,
    task or script has its name.
    Leaves alone: placeholders, included and pattern rules, files that do not parse, words after `--`."""
    where = places(repo)
    for command in typed(prose, where):
        words = inner(command.words)
        if words[:2] and words[0] in ("python", "python3") and words[1:3] == ("-m", "invoke"):
            words = ("invoke", *words[3:])
        if not words or not (command.sure or words[0] in ("invoke", "inv")):
            continue
        if words[0] in ("invoke", "inv"):
            yield from _told(_invoke(command, words, where), command, where)
        elif words[0] in ("make", "just"):
            yield from _told(_make(command, words, where), command, where)
        elif command.words[0] in ("uv", "poetry", "pdm", "rye", "pixi") and command.words[1:2] == ("run",):
            yield from _told(_entry(command, words[0], where, repo), command, where)


def _invoke(command: Typed, words: tuple[str, ...], where: Places) -> Settled | None:
    rest, i = list(words[1:]), 0
    while i < len(rest) and rest[i].startswith("-"):
        if rest[i] in ("-c", "--collection", "-r", "--search-root", "-l", "--list", "--version", "-h", "--help"):
            return None
        i += 2 if rest[i] in ("-f", "--config", "-T", "--command-timeout") else 1
    rest = rest[i:]
    if not rest or placeholder(rest[0]) or not re.fullmatch(r"[A-Za-z][\w.-]*", rest[0]) or command.folder:
        return None
    known = _tasks(where)
    name = rest[0].rstrip(".").replace("_", "-")
    if not command.sure and not known:
        return None
    if not command.sure and not re.search(r"[-_]", name) and not any(name in t.names for t in known):
        return None  # "invoke the service"
    roots = [where.snapshot.files[p] for p in ("tasks.py", "tasks/__init__.py") if p in where.snapshot.files]
    if any(f.skipped or python(f) is None for f in roots):
        return None
    fits = [t for t in known if name in t.names or ("." in name and name.rsplit(".", 1)[-1] in t.names)]
    task = min(
        fits, key=lambda t: (t.namespaced, t.path.rsplit("/", 1)[-1] != f"{name.split('.')[0]}.py"), default=None
    )
    about = f"task:{name}"
    if task is None:
        if any(name.replace("-", "_") in f.text for f in roots):
            return None  # made there in another way
        if (roots and not known) or (
            not roots and any(re.search(r"invoke\.ya?ml$|fabfile", p) for p in where.snapshot.files)
        ):
            return None
        names = sorted({t.names[0] for t in known})
        missing = absence(f"no task {name}; tasks are: {', '.join(names) or 'none, there is no tasks.py'}"[:300])
        evidence: tuple[Evidence, ...] = (missing,)
        if known:
            like = _like(name, names)
            shown = next(t for t in known if t.names[0] == like) if like else known[0]
            evidence = (
                where.snapshot.files[shown.path].cite(shown.line, shown.line + 1, f"the task {shown.names[0]}"),
                missing,
            )
            shows = f"{known[0].path} has no task {name}" + (
                f"; it has {like} ({shown.path}:{shown.line})." if like else "."
            )
            return Settled(
                command.statement,
                about,
                shows,
                f"The command runs the task {name}; there is none of that name.",
                evidence,
                command.quote,
                detail=bool(like),
            )
        return Settled(
            command.statement,
            about,
            "The repository has no tasks.py.",
            f"The command runs the task {name}; there is no tasks.py.",
            evidence,
            command.quote,
        )
    file = where.snapshot.files[task.path]
    if task.namespaced and "." not in name:
        called = [f"{t.path.rsplit('/', 1)[-1].removesuffix('.py')}.{name}" for t in fits]
        return Settled(
            command.statement, about, f"{task.path}:{task.line} defines the task within a collection: {' or '.join(called[:3])}.",
            f"The command runs {name}; the task is called {' or '.join(called[:3])}.", (file.cite(task.line, task.line + 1),), command.quote, detail=True,
        )  # fmt: skip
    if len(fits) > 1:
        return None
    unknown = _unknown_argument(task, rest[1:], known) if command.sure else ""
    if not unknown:
        return None
    takes = ", ".join(p for p, _ in task.parameters) or "no arguments"
    return Settled(
        command.statement, about, f"{task.path}:{task.line}: the task {name} takes {takes}.",
        f"The command gives {unknown}; the task {name} takes {takes}.", (file.cite(task.line, task.line + 1, f"takes {takes}"),), command.quote, detail=True,
    )  # fmt: skip


def _unknown_argument(task: _Task, rest: list[str], known: tuple[_Task, ...]) -> str:
    """The first word after a task that invoke would not accept."""
    open_ = [p for p, has in task.parameters if not has]
    names = {p.replace("_", "-") for p, _ in task.parameters}
    i = 0
    while i < len(rest):
        word = rest[i]
        if word in ("--", "&&", "|") or placeholder(word):
            return ""
        if word.startswith("--"):
            flag = word[2:].split("=")[0].replace("_", "-")
            if flag in ("help", "echo", "dry", "hide", "warn-only", "pty", "debug"):
                return ""
            bare = flag.removeprefix("no-")
            if flag not in names and bare not in names:
                return word.split("=")[0]
            open_ = [p for p in open_ if p.replace("_", "-") != flag]
            i += 2 if "=" not in word and i + 1 < len(rest) and not rest[i + 1].startswith("-") else 1
            continue
        if word.startswith("-"):
            return ""  # a short form that invoke makes up
        if any(word.replace("_", "-") in t.names for t in known) or ("." in word and "=" not in word):
            return ""
        if not open_:
            return word if "=" in word or not names else ""
        open_ = open_[1:]
        i += 1
    return ""


def _like(name: str, names: list[str]) -> str:
    """The name that comes closest, if it is close at all."""
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    part = [n for n in names if name in re.split(r"[-_]", n)]
    return found[0] if found else part[0] if len(part) == 1 else ""


_RULE = compile_later(r"^([^\s#:=][^#:=]*?)\s*::?(?!=)")


def _make(command: Typed, words: tuple[str, ...], where: Places) -> Settled | None:
    kind = words[0]
    if (
        len(words) < 2
        or command.folder
        or "-C" in words
        or "-f" in words
        or any(w.startswith(("--directory", "--file")) for w in words)
    ):
        return None
    wanted = [w for w in words[1:] if not w.startswith("-") and "=" not in w]
    if kind == "just":
        wanted = wanted[:1]
    if not wanted or any(placeholder(w) or not re.fullmatch(r"[\w.-]+", w) for w in wanted):
        return None
    names = ("justfile", ".justfile") if kind == "just" else ("makefile", "gnumakefile")
    files = [f for p, f in where.snapshot.files.items() if p.rsplit("/", 1)[-1].lower() in names]
    if where.made("Makefile") or any(f.skipped for f in files):
        return None
    known: dict[str, tuple[File, int]] = {}
    for file in files:
        for i, row in enumerate(file.lines, 1):
            if (
                re.match(r"-?(include|import|mod)\b", row)
                or ("%" in row and _RULE.match(row))
                or ((match := _RULE.match(row)) and "$(" in match[1])
            ):
                return None
            match = re.match(r"^@?([\w-]+)(?:\s[^:=]*)?:(?!=)", row) if kind == "just" else _RULE.match(row)
            if match and not row[:1].isspace():
                named = match[1].split() if not match[1].startswith(".PHONY") else row.split(":", 1)[1].split()
                known.update(dict.fromkeys(named, (file, i)))
            elif kind == "just" and (alias := re.match(r"alias\s+([\w-]+)\s*:=", row)):
                known[alias[1]] = (file, i)
    missing = next((w for w in wanted if w not in known), "")
    if not missing or missing in where.snapshot.files:
        return None
    about = f"target:{missing}"
    what = "recipe" if kind == "just" else "target"
    if not files:
        called = "justfile" if kind == "just" else "Makefile"
        return Settled(
            command.statement, about, f"The repository has no {called}.", f"The command runs the {what} {missing}; there is no {called}.",
            (absence(f"no {called} among the tracked files"),), command.quote,
        )  # fmt: skip
    like = _like(missing, sorted(known))
    gone = absence(
        f"no {what} {missing}; there are: {', '.join(sorted(n for n in known if not n.startswith('.')))}"[:300]
    )
    shows = f"{files[0].path} has no {what} {missing}" + (f"; it has {like} (line {known[like][1]})." if like else ".")
    evidence = (known[like][0].cite(known[like][1]), gone) if like else (gone,)
    return Settled(
        command.statement,
        about,
        shows,
        f"The command runs the {what} {missing}; there is none of that name.",
        evidence,
        command.quote,
        detail=bool(like),
    )


# What dependencies install under names of their own.
_INSTALLED = frozenset(
    ["ruff", "black", "mypy", "isort", "flake8", "pylint", "wandb", "mlflow", "tensorboard", "jupyter", "ipython", "nbconvert", "typer", "hypercorn",
     "alembic", "celery", "prefect", "kedro", "zenml", "snakeviz", "sphinx-build", "optuna", "ray", "hf", "huggingface-cli", "dask", "label-studio",
     "evidently", "cookiecutter", "codespell", "pyright", "bandit", "pipreqs", "cml", "feast", "flask", "django-admin", "litserve", "ipykernel", "kaggle",
     "gcloud", "yolo", "rasa", "airflow", "dagster", "metaflow", "guardrails", "vllm", "trainer", "lightning", "litgpt", "twine", "build", "hydra"]
)  # fmt: skip


def _entry(command: Typed, name: str, where: Places, repo: Repo) -> Settled | None:
    if (
        not re.fullmatch(r"[A-Za-z][\w-]*", name)
        or name in _PROGRAMS
        or command.folder
        or name in sys.stdlib_module_names
        or name in _INSTALLED
    ):
        return None
    known = {s.name for s in declared_scripts(where.snapshot)}
    chosen = where.snapshot.select(TARGET_FILES, stubs=True)
    known |= {
        t.name
        for f in chosen
        for t in targets(f, chosen)
        if t.kind in ("pixi", "poe", "pdm", "rye", "hatch", "taskipy")
    }
    setup = where.snapshot.files.get("setup.cfg")
    if name in known or may_be_installed(name, where.snapshot) or where.works(name) or (setup and name in setup.text):
        return None
    same = where.file(f"{name.replace('-', '_')}.py")
    like = _like(name, sorted(known))
    task = next((t for t in _tasks(where) if name.replace("_", "-") in t.names), None)
    about = f"script:{name}"
    missing = absence(f"no script {name}; declared are: {', '.join(sorted(known)) or 'none'}"[:300])
    if where.earlier:
        return Settled(command.statement, about, "", "", (missing,), command.quote)
    if not same and not like and not task:
        return None
    shown = like or (task and f"the invoke task {task.names[0]}") or same
    evidence: tuple[Evidence, ...] = (missing,)
    if like:
        script = next((s for s in declared_scripts(where.snapshot) if s.name == like), None)
        evidence = (where.snapshot.files[script.path].cite(script.line), missing) if script else (missing,)
    elif task:
        evidence = (where.snapshot.files[task.path].cite(task.line, task.line + 1), missing)
    elif same:
        evidence = (where.snapshot.files[same].exists(f"{same} is there"), missing)
    return Settled(
        command.statement, about, f"No script {name} is declared; there is {shown}.", f"The command runs {name}; no such entry point is declared.",
        evidence, command.quote, detail=True,
    )  # fmt: skip


# -- options and overrides ---------------------------------------------------------------------------------------------


@check("commands-options", asks="Do the programs take the options that the commands in the answers give them?")
def commands_options(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: `--options` of `python SCRIPT`, `python -m MODULE` and declared entry points of the repository.

    Settled by: what argparse, click, typer or fire declares in that file (abbreviations included), Hydra's own options for a
    Hydra program, or that neither the script nor an own module that it imports reads the command line at all.
    Leaves alone: parsers that are built elsewhere, from data or passed on, unknown arguments that are let through,
    placeholders, programs that could not be parsed."""
    where = places(repo)
    for command in typed(prose, where):
        if not command.sure:
            continue
        words = inner(command.words)
        if words[:2] in (("docker", "run"), ("podman", "run")):
            file, rest, _ = _image_program(words, where)
        else:
            file, rest = _program_file(command, words, where)
        flags = [w.split("=")[0] for w in rest if re.match(r"--[A-Za-z]", w)]
        if where.earlier and file is None:
            gone = absence("no such program at this commit")
            yield from (
                Settled(command.statement, f"option:{w.split('=')[0]}", "", "", (gone,))
                for w in words
                if w.startswith("--")
            )
        if file is None or not flags or any(placeholder(f) for f in flags):
            continue
        yield from _told(_options(command, file, flags, where), command, where)


def _options(command: Typed, file: File, flags: list[str], where: Places) -> Settled | None:
    refusal = refuses(file, flags, where)
    if refusal is None:
        return None
    flag, takes = refusal.flag, refusal.takes
    return Settled(
        command.statement, f"option:{flag}", f"{file.path}:{refusal.line} {takes}.", f"The command gives {flag}; {file.path} {takes}.",
        (file.cite(refusal.line, refusal.line + 2, takes), absence(f"no option {flag} in {file.path}")), command.quote, detail=True,
    )  # fmt: skip


def _one(name: str, command: Typed, where: Places) -> str:
    """The one file that a path names: in the folder that a `cd` before it leads to, in the root, or the only one there is."""
    found = [p for p in where.works(name) if p in where.snapshot.files]
    here = posixpath.normpath(posixpath.join(command.folder or "", name))
    return here if here in found else found[0] if found[:1] == [posixpath.normpath(name)] or len(found) == 1 else ""


def _program_file(command: Typed, words: tuple[str, ...], where: Places) -> tuple[File | None, tuple[str, ...]]:
    """The own Python file that a command starts, and the words after it."""
    if not words:
        return None, ()
    path, rest = "", words[1:]
    if words[0] in ("python", "python3", "py"):
        at = next((i for i, w in enumerate(rest) if not w.startswith("-")), len(rest))
        if "-m" in rest[: at + 1] and rest.index("-m") + 1 < len(rest):
            dotted = rest[rest.index("-m") + 1].replace(".", "/")
            path, rest = where.file(f"{dotted}.py") or where.file(f"{dotted}/__main__.py"), rest[rest.index("-m") + 2 :]
        elif at < len(rest):
            name = rest[at].replace("\\", "/")
            path = _one(name, command, where)
            rest = rest[at + 1 :]
    elif words[0].endswith(".py"):
        path = _one(words[0], command, where)
    elif command.words[0] in ("uv", "poetry", "pdm", "rye"):
        script = next((s for s in declared_scripts(where.snapshot) if s.name == words[0]), None)
        path = script.found if script else ""
    file = where.snapshot.files.get(path) if path.endswith(".py") else None
    return (file if file and not file.skipped else None), rest


def _image_program(words: tuple[str, ...], where: Places) -> tuple[File | None, tuple[str, ...], bool]:
    """The own program that `docker run IMAGE words` starts by the entry point of the one Dockerfile that is named like the
    image, the words that it is given, and whether such a Dockerfile was found."""
    plain = plain_words(words[2:])
    if not plain or "--entrypoint" in " ".join(words):
        return None, (), True
    image = plain[0].rsplit("/", 1)[-1].split(":")[0].split("@")[0].lower()
    given = words[words.index(plain[0]) + 1 :]
    named = []
    for path, file in where.snapshot.files.items():
        match = re.fullmatch(r"(?i)(?:.*/)?(?:([\w-]+)\.dockerfile|dockerfile\.([\w-]+)|([\w-]+)/dockerfile)", path)
        if match and image in {g.lower() for g in match.groups() if g} and not file.skipped:
            named.append(file)
    if len(named) != 1:
        return None, given, False
    entry = [i for i in docker(named[0]) if i.name == "ENTRYPOINT"]
    if not entry or len(entry[-1].values) < 2:
        return None, (), True
    start = inner(tuple(entry[-1].values))
    start = tuple(w for w in start if w != "-u")
    found, fixed = _program_file(Typed(Statement(_NOWHERE, "fence", "", 0), start, "", 0, True), start, where)
    return found, (*fixed, *given), True


_NOWHERE = Question(n=0, line=0, prompt="", answer="", answer_lines=(0, 0))
_OVERRIDE = compile_later(r"^(\+{0,2}|~)?([A-Za-z_][\w./@-]*)=(.*)$", re.DOTALL)


@check(
    "commands-overrides", asks="Do the configuration keys and groups exist that the commands in the answers override?"
)
def commands_overrides(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: `key=value` and `--config-name N` after a program of a repository that uses Hydra, also after `docker run IMAGE`.

    Settled by: the keys of all YAML configuration and of dataclasses (the last part of a key is enough), the folders that
    are groups, and their options.
    Leaves alone: keys that are added with `+`, `hydra.*`, environment variables and options' values, placeholders, programs
    that are known not to be Hydra's, repositories with a configuration that does not parse."""
    where = places(repo)
    given = [(c, rest) for c in typed(prose, where) if (rest := _overriding(c, inner(c.words), where))]
    given = [(c, rest) for c, rest in given if any("=" in w or w.startswith(("--config-name", "-cn")) for w in rest)]
    if not given:
        return
    config = configuration(repo.snapshot)
    if where.earlier and (config.broken or not config.files):
        gone = absence("no configuration at this commit")
        for command, rest in given:
            yield from (Settled(command.statement, f"config:{w.split('=')[0]}", "", "", (gone,)) for w in rest)
            yield from (Settled(command.statement, f"config:{w}", "", "", (gone,)) for w in rest)
    if config.broken or not config.files:
        return
    for command, rest in given:
        if not command.sure and not re.search(r"\.py|-m ", command.raw):
            continue
        name = value(tuple(rest), "--config-name", "-cn").removesuffix(".yaml")
        if (
            name
            and not placeholder(name)
            and re.fullmatch(r"[\w./-]+", name)
            and name.rsplit("/", 1)[-1] not in config.files
            and name not in config.declared
            and name.rsplit("/", 1)[-1] not in config.files
        ):
            yield from _told(_no_config(command, name, config, where), command, where)
        for word in rest:
            match = _OVERRIDE.match(word.strip(",;"))
            if match and not match[1]:
                yield from _told(_override(command, match[2], match[3], config, where), command, where)


def _overriding(command: Typed, words: tuple[str, ...], where: Places) -> list[str]:
    """The words in which a Hydra program would see overrides; none for other commands."""
    if words[:2] in (("docker", "run"), ("podman", "run")):
        file, given, known = _image_program(words, where)
        if not known:
            return (
                [w for w in given if not w.startswith("--")]
                if where.snapshot.once("claims.hydra-only", lambda: _only_hydra(where))
                else []
            )
        return list(given) if file and "hydra" in {p.kind for p in programs(file)} else []
    if not words or words[0] in (
        "docker",
        "git",
        "conda",
        "mamba",
        "pip",
        "pip3",
        "gcloud",
        "make",
        "invoke",
        "inv",
        "cd",
    ):
        return []
    file, rest = _program_file(command, words, where)
    if file is None:
        return list(words[1:]) if where.earlier else []
    kinds = {p.kind for p in programs(file)}
    if "hydra" in kinds or (not kinds and "hydra" in file.text):
        return list(rest)
    return []


def _only_hydra(where: Places) -> bool:
    """Whether what trains by its name is a Hydra program."""
    trains = [f for p, f in where.snapshot.files.items() if re.search(r"(^|/)train\w*\.py$", p) and not f.skipped]
    return bool(trains) and all("hydra" in {p.kind for p in programs(f)} for f in trains)


def _no_config(command: Typed, name: str, config: Configuration, where: Places) -> Settled:
    like = _like(name, sorted(config.files))
    missing = absence(f"no configuration file {name}.yaml")
    evidence: tuple[Evidence, ...] = (missing,)
    shows = f"There is no configuration {name}.yaml."
    if like:
        path = config.files[like][0]
        evidence = (where.snapshot.files[path].exists(f"{path} is there"), missing)
        shows = f"There is no configuration {name}.yaml; {path} is there."
    return Settled(
        command.statement,
        f"config:{name}",
        shows,
        f"The command takes the configuration {name}; there is none of that name.",
        evidence,
        command.quote,
        detail=bool(like),
    )


def _override(command: Typed, key: str, value: str, config: Configuration, where: Places) -> Settled | None:
    if key.startswith("hydra") or placeholder(key) or re.search(r"\s", key) or key.isupper():
        return None
    group = config.group(key)
    about = f"config:{key}"
    if group and key not in config.keys:
        options = [o for o in re.split(r",\s*", value.strip("'\"[]")) if o]
        folder = config.folders.get(group, "")
        for option in options:
            if (
                placeholder(option)
                or not re.fullmatch(r"[\w./-]+", option)
                or option in ("null", "default")
                or option.startswith(("choice", "range", "glob"))
            ):
                return None
            stem = option.removesuffix(".yaml").rsplit("/", 1)[-1]
            if (
                stem in config.groups[group]
                or stem in config.leaves
                or stem in config.declared
                or stem in config.groups[group]
            ):
                continue
            known = sorted(config.groups[group])
            like = _like(stem, known)
            path = next((p for p in config.files.get(like or known[0], ()) if p.startswith(folder)), "")
            missing = absence(f"no {folder}/{stem}.yaml; the group {group} has: {', '.join(known)}"[:300])
            evidence = (
                (where.snapshot.files[path].exists(f"{path} is there"), missing)
                if path in where.snapshot.files
                else (missing,)
            )
            return Settled(
                command.statement, f"config:{key}={option}", f"The group {group} ({folder}) has no option {stem}.",
                f"The command chooses {key}={option}; the group has {', '.join(known[:6])}.", evidence, command.quote, detail=True,
            )  # fmt: skip
        return None
    if config.has_key(key) or "@" in key:
        return None
    if "/" in key and key.split("/")[-1] in config.groups:
        return None
    known = sorted({k for k in config.keys if k.count(".") == key.count(".") and not re.search(r"\.\d+(\.|$)", k)})
    like = _like(key, known) or _like(key.rsplit(".", 1)[-1], sorted(config.groups))
    missing = absence(f"no configuration key {key}, nor any that ends in {key.rsplit('.', 1)[-1]}")
    evidence = (missing,)
    shows = f"No configuration file has a key {key}."
    if like in config.keys:
        path, line = config.keys[like]
        evidence = (where.snapshot.files[path].cite(line), missing)
        shows = f"No configuration file has a key {key}; {path}:{line} has {like}."
    elif like:
        shows = f"No configuration file has a key {key}; there is a group {like}."
    return Settled(
        command.statement,
        about,
        shows,
        f"The command sets {key}; the configuration has no such key.",
        evidence,
        command.quote,
        detail=True,
    )


_STATED = compile_later(r"^([A-Za-z_][\w.]*)\s*[:=]\s*(-?[\w.+-]+|\"[^\"]*\"|'[^']*')$")


_CHANGED = compile_later(
    r"\b(overrid\w+|overwrit\w+|chang\w+|set to|instead|e\.g|for example|example|such as|default\w*|sweep\w*|from|increas\w+|decreas\w+)\b",
    re.IGNORECASE,
)


@check("configuration-values", asks="Do the configuration files hold the values that the answers state?")
def configuration_values(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a code span `key: value` in a firm sentence that names exactly one YAML file of the repository.

    Settled by: the scalar of exactly that key in that file (a last part will do where it stands there once).
    Leaves alone: changes, overrides, examples, options; values that are computed or interpolated; keys that are not there."""
    where = places(repo)
    for statement in prose.sentences():
        if not any(_STATED.match(span) for span in statement.code):
            continue
        if not statement.firm or statement.negated or _CHANGED.search(statement.plain):
            continue
        files = {p for m in _yaml_names(statement) if (p := where.file(m.name))}
        if len(files) != 1:
            continue
        file = where.snapshot.files[files.pop()]
        if file.skipped or len(where.by_name.get(file.name.lower(), ())) != 1:
            continue
        held = values(file)
        for span in statement.code:
            match = _STATED.match(span)
            if not match:
                continue
            keys = [k for k in held if k == match[1]] or [k for k in held if k.endswith("." + match[1])]
            if len(keys) != 1:
                continue
            text, line = held[keys[0]]
            said = match[2].strip("'\"")
            if "$" in text or _same_value(said, text):
                continue
            yield Settled(
                statement, f"config:{keys[0]}", f"{file.path}:{line} has {keys[0]}: {text}.", f"The sentence says {said}; the file says {text}.",
                (file.cite(line),), clause(statement, statement.text.find(span), len(span)), detail=True,
            )  # fmt: skip


def _yaml_names(statement: Statement) -> list[Mention]:
    return [m for m in mentions(statement) if m.name.endswith((".yaml", ".yml"))]


def _same_value(a: str, b: str) -> bool:
    try:
        return float(a) == float(b)
    except ValueError:
        return a.strip().lower() == b.strip().strip("'\"").lower()


# -- other repositories ------------------------------------------------------------------------------------------------

_CLONE = compile_later(
    r"git clone\s+(?:-\S+\s+)*(?:https?://(?:\S+@)?(?:www\.)?github\.com/|git@github\.com:)([\w.-]+)/([\w.-]+)"
)
_COURSE = compile_later(r"(?i)skaftenicki|dtu_mlops|mlops_template|cookiecutter|template|dataset|huggingface")


@check("foreign-clone", asks="Is the repository that a new member is told to clone the group's own?")
def foreign_clone(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: `git clone` of a GitHub repository in a sentence or a fence.

    Settled by: the names and owners that the address it was cloned from, the pull requests and the report's own links to
    tracked files give; both name and owner must differ.
    Leaves alone: forks and renamed repositories (one of the two is the same), the course's and a template's, libraries and
    data sets, placeholders; a group whose own name is not known."""
    where = places(repo)
    names, owners = where.own(prose)
    if not names or where.earlier:
        return
    for statement in prose.of("dependencies", "structure", "configuration", "reproducibility", "docker"):
        for match in _CLONE.finditer(statement.text):
            owner, name = match[1].lower(), match[2].lower().removesuffix(".git")
            if (
                owner in owners
                or name in names
                or _COURSE.search(match[0])
                or placeholder(match[0])
                or statement.planned
            ):
                continue
            own = sorted(names)[0]
            yield Settled(
                statement, f"repo:{owner}/{name}", f"The group's own repository is called {own}.",
                f"The command clones {match[1]}/{match[2]}, which is another repository.",
                (absence(f"{owner}/{name} is neither the repository's address nor named by its own links and pull requests"),),
                clause(statement, match.start(), len(match[0])),
            )  # fmt: skip
