"""Commands that a reader could type: whether they find their files, modules, tasks, targets and entry points."""

import difflib
import posixpath
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Command
from auditor.claims.names import Place, find, own, shown, word_set, words
from auditor.facts.commandline import TARGET_FILES, refuses
from auditor.facts.commandline import targets as project_commands
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
)
from auditor.facts.images import builds, copies
from auditor.facts.names import Names, clear, names, placeholder
from auditor.facts.runners import Task, defines, image_program, program_file, roots, targets, tasks, unknown_argument
from auditor.models import Evidence
from auditor.readers import commands as file_commands
from auditor.readers import python, shell_commands
from auditor.snapshot import File

PROGRAMS = word_set("""docker docker-compose podman python python3 py uv uvx poetry pdm rye hatch pixi pipenv invoke inv make just pip pip3 uvicorn gunicorn fastapi
    streamlit locust dvc pytest pre-commit mkdocs cd git bash sh conda mamba coverage nohup bentoml gradio torchrun accelerate source nox tox task""")
"""What a command that can be checked begins with."""


@dataclass(frozen=True)
class Run:
    """One simple command of a claim: its words as typed, and the folder where it is run (empty: not said; None: out of reach)."""

    claim: Command
    typed: tuple[str, ...]
    folder: str | None
    case: Case

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words without what only chooses an environment (`uv run`)."""
        found = inner(self.typed)
        return (("invoke", *found[3:]) if found[:3] in (("python", "-m", "invoke"), ("python3", "-m", "invoke")) else found)  # fmt: skip

    @property
    def known(self) -> Names:
        return names(self.case.snapshot)

    @property
    def files(self) -> dict[str, File]:
        return self.case.snapshot.files


@settles("command")
def command(claim: Command, case: Case) -> Settled | None:
    """Compares what the command needs with the commit, from whichever folder makes it work: the files and modules that docker,
    python, pip, uvicorn, streamlit, locust, pytest and the like are given, the file of its own that a tool looks for, what a
    docker file copies; the tasks of invoke with their parameters, the targets of make and just, declared entry points; the
    options that an own program takes; the keys, groups and options of Hydra; the repository that `git clone` names.

    Says nothing of placeholders, of what is made at run time or installed, of paths out of the repository, of commands of an
    image's own (its entry point), of parsers and parameters that are made elsewhere, of configuration that does not parse, and
    of what happens after the start."""
    from auditor.claims.settle.overrides import overrides

    if claim.denied:
        return None
    fits: Settled | None = None
    for run in _runs(claim, case):
        for check in (_clone, _needed, _task, _target, _entry, _options, overrides):
            made = check(run)
            if made and made.label == "contradicted":
                return made
            fits = fits or made
    return fits


def _runs(claim: Command, case: Case) -> Iterator[Run]:
    folder: str | None = claim.folder.strip("`/ ").removeprefix("./")
    text = re.sub(r"(?m)^\s*(?:\(\w[\w.-]*\)\s*)?[$%>!]\s+", "", claim.line.strip("`").replace("\\_", "_").replace("\\-", "-"))  # fmt: skip
    before = claim.after.strip("`$ ").split()
    if before[:1] == ["cd"] and len(before) == 2:
        folder = posixpath.normpath(posixpath.join(folder or "", before[1]))
    for one in shell_commands(text):
        if not one.words or not (one.words[0] in PROGRAMS or one.words[0].endswith(".py")):
            continue
        if one.words[0] == "cd" and len(one.words) > 1:
            out = one.words[1].startswith(("/", "~", "$")) or folder is None
            folder = None if out else posixpath.normpath(posixpath.join(folder or "", one.words[1]))
            continue
        yield Run(claim, one.words, folder, case)


def like(name: str, known: list[str]) -> str:
    """The name that comes closest, if it is close at all."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    part = [n for n in known if name in re.split(r"[-_]", n)]
    return found[0] if found else part[0] if len(part) == 1 else ""


def _says(
    run: Run, about: str, shows: str, difference: str, evidence: tuple[Evidence, ...], detail: bool = False
) -> Settled:
    return Settled("contradicted", shows, evidence, difference, about, detail)


# -- files and modules -------------------------------------------------------------------------------------------------


def _needed(run: Run) -> Settled | None:
    if run.folder is None or words(run.claim.quote) & {"entrypoint", "entrypoints"}:
        return None
    for call in calls(run.words):
        kinds: dict[str, Callable[[Run, Call], Settled | None]] = {
            "module": lambda r, c: _module(r, c.name), "served": _served, "own file": _own_file, "unsuffixed": _unsuffixed
        }  # fmt: skip
        made = kinds.get(call.kind, _file)(run, call)
        if made:
            return made
    return None


def _file(run: Run, call: Call) -> Settled | None:
    built = build_of(run.words)
    if built and call.what == "Dockerfile" and clear(call.name):
        works, path = builds_somewhere(built[0], built[1], run.known)
        if path:
            return _fits(run, path, call.name) if works else _built_elsewhere(run, call.name, path)
    return _missing(run, find(run.case, call.name, strict=True, folder=run.folder or ""), call.name, call.what)


def _fits(run: Run, path: str, name: str) -> Settled:
    return Settled("supported", f"{path} is there.", (shown(path, run.case),), about=f"command:{posixpath.normpath(name)}")  # fmt: skip


def _missing(run: Run, place: Place, name: str, what: str) -> Settled | None:
    if place.how == "there":
        return _fits(run, place.path, name) if place.path else None
    if place.how == "unknown" or not clear(name):
        return None
    about = f"command:{posixpath.normpath(name.replace(chr(92), '/'))}"
    said = f"The command names {place.name}"
    if place.rename:
        return _says(run, about, place.shows, f"{said}; the file was {place.rename}.", place.evidence(run.case), True)
    if place.near:
        if place.near.how == "folder" and run.folder:
            return None
        return _says(run, about, place.shows, f"{said}; the {what} is {place.near.path}.", place.evidence(run.case), True)  # fmt: skip
    return _says(run, about, place.shows, f"{said}; the repository has no such file.", place.evidence(run.case))


def _built_elsewhere(run: Run, name: str, path: str) -> Settled | None:
    """`docker build -f x.dockerfile .` where the docker file lies in a folder that lacks what it copies, while the root has it."""
    if name == path or run.folder or not builds(run.case.snapshot, path, ""):
        return None
    file = run.files[path]
    lacking = next((c for c in copies(run.case.snapshot, file, file.folder) if c.state == "missing"), None)
    if lacking is None:
        return None
    return _says(
        run, f"command:{posixpath.normpath(name)}", f"There is no {name} in the root; {path} copies {lacking.source}, which is not in {file.folder}.",
        f"The command names {name}; the docker file is {path}, and what it copies lies in the root.",
        (file.cite(lacking.line, note="what it copies"), absence(f"no file {name} in the root")), True,
    )  # fmt: skip


def _own_file(run: Run, call: Call) -> Settled | None:
    """A command that needs a file of its own, in whichever folder it is started."""
    what, need = call.name, call.what.removeprefix("a ").removeprefix("an ")
    if what.startswith("docker") and run.folder:
        return None
    try:
        others = lacks(call, run.known)
    except LookupError:
        return None
    missing = absence(f"no {need} among the {len(dict.keys(run.files))} tracked files")
    evidence = (run.files[others[0]].exists(f"{others[0]} is there"), missing) if others else (missing,)
    shows = f"The repository has no {need}" + (f"; it has {', '.join(others[:3])}." if others else ".")
    return _says(run, f"command:{what}", shows, f"`{what}` needs {call.what}.", evidence, bool(others))


def _unsuffixed(run: Run, call: Call) -> Settled | None:
    """`python train_model` where only train_model.py is there."""
    script = call.name
    if not clear(script) or run.known.works(script):
        return None
    path = run.known.file(script + ".py")
    if not path:
        return (_says(run, f"command:{script}", "", "", (absence(f"no {script} at this commit"),)) if run.known.earlier else None)  # fmt: skip
    evidence = (run.files[path].exists(f"{path} is there"), absence(f"no file or folder {script} among the tracked files"))  # fmt: skip
    return _says(run, f"command:{script}", f"There is no {script}; {path} is there.", f"The command names {script}; the script is {path}.", evidence, True)  # fmt: skip


def _module(run: Run, name: str) -> Settled | None:
    """`python -m pkg.module`: a module below any folder will do."""
    if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", name):
        return None
    first, dotted = name.split(".")[0], name.replace(".", "/")
    known, about = run.known, f"module:{name}"
    if path := module_file(name, known):
        return Settled("supported", f"{path} is there.", (shown(path, run.case),), about=about)
    if installed(first, run.case.snapshot) or known.made(f"{dotted}.py") or known.made(f"src/{dotted}.py"):
        return None
    missing = absence(f"no module {name}: neither {dotted}.py nor a folder of that name, at the root or below any folder")  # fmt: skip
    if known.earlier:
        return _says(run, about, "", "", (missing,))
    if rename := known.renamed(f"{dotted}.py"):
        there = run.files[rename.path].exists(f"exists as {rename.path}")
        return _says(run, about, f"{dotted}.py was {rename}.", f"The command runs the module {name}; its file was {rename}.", (there, missing), True)  # fmt: skip
    if same := known.file(f"{dotted.rsplit('/', 1)[-1]}.py"):
        there = run.files[same].exists(f"{same} is there")
        return _says(run, about, f"There is no module {name}; {same} is there.", f"The command runs the module {name}; the file is {same}.", (there, missing), True)  # fmt: skip
    folder = known.folder(first)
    if not folder or not any(p.startswith(folder + "/") and p.endswith(".py") for p in run.files):
        return None
    return _says(run, about, f"There is no {dotted}.py below any folder.", f"The command runs the module {name}; the repository has none.", (missing,))  # fmt: skip


def _served(run: Run, call: Call) -> Settled | None:
    """`uvicorn pkg.api:app`."""
    module, _, name = call.name.partition(":")
    dotted = module.replace(".", "/")
    if run.folder or any(call.name in c.words for f in _runners(run.case) for c in file_commands(f)):
        return None  # so the repository's own scripts start it
    ends = (f"{dotted}.py", f"{dotted}/__init__.py")
    paths = [p for p in run.files if p in ends or p.endswith(tuple("/" + e for e in ends))]
    if not paths:
        return _module(run, module) if "." in module else _file(run, Call("file", f"{module}.py", "module"))
    if any(defines(run.files[p], name) for p in paths):
        return None
    file = run.files[paths[0]]
    shows = f"{file.path} defines no {name} at its top level."
    return _says(run, f"command:{call.name}", shows, f"The command serves {call.name}; {file.path} has no {name}.", (file.exists(f"has no {name} at its top level"),), True)  # fmt: skip


def _runners(case: Case) -> tuple[File, ...]:
    globs = ("**/*.{sh,bash}", "**/*dockerfile*", "**/makefile", "tasks.py", ".github/workflows/*.y*ml", "**/*compose*.y*ml")  # fmt: skip
    chosen = case.snapshot.select(globs, mentions=("uvicorn", "gunicorn"))
    return case.snapshot.once("claims.runners", lambda: tuple(chosen))


def _clone(run: Run) -> Settled | None:
    """`git clone` of a repository that is not the group's: both owner and name must differ from what it goes by."""
    address = next((w for w in run.typed if "github.com" in w), "") if run.typed[:2] == ("git", "clone") else ""
    match = re.search(r"github\.com[/:]([\w.-]+)/([\w.-]+)", address)
    ours, owners = own(run.case)
    if match is None or not ours or run.known.earlier or placeholder(address):
        return None
    owner, name = match[1].lower(), match[2].lower().removesuffix(".git")
    if owner in owners or name in ours or any(w in address.lower() for w in ("skaftenicki", "mlops", "template", "cookiecutter", "dataset", "huggingface")):  # fmt: skip
        return None
    looked = absence(f"{owner}/{name} is neither the repository's address nor named by its own links and pull requests")
    return _says(run, f"repo:{owner}/{name}", f"The group's own repository is called {sorted(ours)[0]}.", f"The command clones {match[1]}/{match[2]}, which is another repository.", (looked,))  # fmt: skip


# -- tasks, targets, entry points --------------------------------------------------------------------------------------


def _task(run: Run) -> Settled | None:
    if run.words[:1] not in (("invoke",), ("inv",)) or run.folder or run.folder is None:
        return None
    rest, i = list(run.words[1:]), 0
    while i < len(rest) and rest[i].startswith("-"):
        if rest[i] in ("-c", "--collection", "-r", "--search-root", "-l", "--list", "--version", "-h", "--help"):
            return None
        i += 2 if rest[i] in ("-f", "--config", "-T", "--command-timeout") else 1
    rest = rest[i:]
    if not rest or placeholder(rest[0]) or not re.fullmatch(r"[A-Za-z][\w.-]*", rest[0]):
        return None
    known, top = tasks(run.case.snapshot), roots(run.case.snapshot)
    name = rest[0].rstrip(".").replace("_", "-")
    if any(f.skipped or python(f) is None for f in top):
        return None
    fits = [t for t in known if name in t.names or ("." in name and name.rsplit(".", 1)[-1] in t.names)]
    if not fits:
        return _no_task(run, name, known, top)
    task = min(fits, key=lambda t: (t.namespaced, t.path.rsplit("/", 1)[-1] != f"{name.split('.')[0]}.py"))
    file = run.files[task.path]
    about = f"task:{name}"
    if task.namespaced and "." not in name:
        called = " or ".join([f"{t.path.rsplit('/', 1)[-1].removesuffix('.py')}.{name}" for t in fits][:3])
        return _says(run, about, f"{task.path}:{task.line} defines the task within a collection: {called}.", f"The command runs {name}; the task is called {called}.", (file.cite(task.line, task.line + 1),), True)  # fmt: skip
    if len(fits) > 1:
        return None
    if wrong := unknown_argument(task, rest[1:], known):
        takes = ", ".join(p for p, _ in task.parameters) or "no arguments"
        return _says(run, about, f"{task.path}:{task.line}: the task {name} takes {takes}.", f"The command gives {wrong}; the task {name} takes {takes}.", (file.cite(task.line, task.line + 1, f"takes {takes}"),), True)  # fmt: skip
    return Settled("supported", f"{task.path}:{task.line} is the task {name}.", (file.cite(task.line),), about=about)


def _no_task(run: Run, name: str, known: tuple[Task, ...], top: list[File]) -> Settled | None:
    if any(name.replace("-", "_") in f.text for f in top) or (top and not known):
        return None  # made there in another way
    if not top and any(re.search(r"invoke\.ya?ml$|fabfile", p) for p in run.files):
        return None
    about, said = f"task:{name}", f"The command runs the task {name}"
    called = sorted({t.names[0] for t in known})
    missing = absence(f"no task {name}; tasks are: {', '.join(called) or 'none, there is no tasks.py'}"[:300])
    if not known:
        return _says(run, about, "The repository has no tasks.py.", f"{said}; there is no tasks.py.", (missing,))
    near = like(name, called)
    task = next((t for t in known if t.names[0] == near), known[0])
    evidence = (run.files[task.path].cite(task.line, task.line + 1, f"the task {task.names[0]}"), missing)
    shows = f"{known[0].path} has no task {name}" + (f"; it has {near} ({task.path}:{task.line})." if near else ".")
    return _says(run, about, shows, f"{said}; there is none of that name.", evidence, bool(near))


def _target(run: Run) -> Settled | None:
    given = run.words
    if given[:1] not in (("make",), ("just",)) or len(given) < 2 or run.folder or run.folder is None:
        return None
    if "-C" in given or "-f" in given or any(w.startswith(("--directory", "--file")) for w in given):
        return None
    wanted = [w for w in given[1:] if not w.startswith("-") and "=" not in w][: 1 if given[0] == "just" else None]
    if (
        not wanted
        or any(placeholder(w) or not re.fullmatch(r"[\w.-]+", w) for w in wanted)
        or run.known.made("Makefile")
    ):
        return None
    told = targets(run.case.snapshot, given[0])
    if told is None:
        return None
    files, known = told
    missing = next((w for w in wanted if w not in known), "")
    what, called = ("recipe", "justfile") if given[0] == "just" else ("target", "Makefile")
    about = f"target:{missing or wanted[0]}"
    if not missing or missing in run.files:
        return Settled("supported", f"The {called} has {wanted[0]}.", (known[wanted[0]][0].cite(known[wanted[0]][1]),), about=about) if wanted[0] in known else None  # fmt: skip
    if not files:
        return _says(run, about, f"The repository has no {called}.", f"The command runs the {what} {missing}; there is no {called}.", (absence(f"no {called} among the tracked files"),))  # fmt: skip
    near = like(missing, sorted(known))
    gone = absence(f"no {what} {missing}; there are: {', '.join(sorted(n for n in known if not n.startswith('.')))}"[:300])  # fmt: skip
    shows = f"{files[0].path} has no {what} {missing}" + (f"; it has {near} (line {known[near][1]})." if near else ".")
    evidence = (known[near][0].cite(known[near][1]), gone) if near else (gone,)
    return _says(run, about, shows, f"The command runs the {what} {missing}; there is none of that name.", evidence, bool(near))  # fmt: skip


# What dependencies install under names of their own.
_INSTALLED = word_set("""ruff black mypy isort flake8 pylint wandb mlflow tensorboard jupyter ipython nbconvert typer hypercorn alembic celery prefect kedro zenml snakeviz sphinx-build
    optuna ray hf huggingface-cli dask label-studio evidently cookiecutter codespell pyright bandit pipreqs cml feast flask django-admin litserve ipykernel kaggle
    gcloud yolo rasa airflow dagster metaflow guardrails vllm trainer lightning litgpt twine build hydra""")


def _entry(run: Run) -> Settled | None:
    if run.typed[:2] not in tuple((p, "run") for p in ("uv", "poetry", "pdm", "rye", "pixi")) or not run.words:
        return None
    name, known = run.words[0], run.known
    if not re.fullmatch(r"[A-Za-z][\w-]*", name) or name in PROGRAMS | _INSTALLED | sys.stdlib_module_names or run.folder or run.folder is None:  # fmt: skip
        return None
    chosen = run.case.snapshot.select(TARGET_FILES, stubs=True)
    scripts = {s.name: s for s in declared_scripts(run.case.snapshot)}
    kinds = ("pixi", "poe", "pdm", "rye", "hatch", "taskipy")
    declared = set(scripts) | {t.name for f in chosen for t in project_commands(f, chosen) if t.kind in kinds}
    setup = run.files.get("setup.cfg")
    if name in scripts:
        one = scripts[name]
        return Settled("supported", f"{one.path} declares {name}.", (run.files[one.path].cite(one.line),), about=f"script:{name}")  # fmt: skip
    if (
        name in declared
        or may_be_installed(name, run.case.snapshot)
        or known.works(name)
        or (setup and name in setup.text)
    ):
        return None
    missing = absence(f"no script {name}; declared are: {', '.join(sorted(declared)) or 'none'}"[:300])
    about, said = f"script:{name}", f"The command runs {name}; no such entry point is declared."
    if known.earlier:
        return _says(run, about, "", "", (missing,))
    near, same = like(name, sorted(declared)), known.file(f"{name.replace('-', '_')}.py")
    task = next((t for t in tasks(run.case.snapshot) if name.replace("_", "-") in t.names), None)
    if near:
        evidence = (run.files[scripts[near].path].cite(scripts[near].line), missing) if near in scripts else (missing,)
        return _says(run, about, f"No script {name} is declared; there is {near}.", said, evidence, True)
    if task:
        evidence = (run.files[task.path].cite(task.line, task.line + 1), missing)
        return _says(run, about, f"No script {name} is declared; there is the invoke task {task.names[0]}.", said, evidence, True)  # fmt: skip
    if same:
        evidence = (run.files[same].exists(f"{same} is there"), missing)
        return _says(run, about, f"No script {name} is declared; there is {same}.", said, evidence, True)
    return None


# -- options -----------------------------------------------------------------------------------------------------------


def _options(run: Run) -> Settled | None:
    """The `--options` that an own program is given."""
    if run.words[:2] in (("docker", "run"), ("podman", "run")):
        file, rest, _ = image_program(run.typed, run.known)
    else:
        file, rest = program_file(run.typed, run.known, run.folder or "")
    flags = [w.split("=")[0] for w in rest if re.match(r"--[A-Za-z]", w)]
    if file is None or not flags or any(placeholder(f) for f in flags):
        return None
    refusal = refuses(file, flags, run.known)
    if refusal is None:
        return None
    flag, takes = refusal.flag, refusal.takes
    evidence = (file.cite(refusal.line, refusal.line + 2, takes), absence(f"no option {flag} in {file.path}"))
    return _says(run, f"option:{flag}", f"{file.path}:{refusal.line} {takes}.", f"The command gives {flag}; {file.path} {takes}.", evidence, True)  # fmt: skip
