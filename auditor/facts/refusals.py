"""What a command's words are refused by: tasks, targets, declared entry points, a program's options, Hydra's configuration."""

import difflib
import re
import sys
from functools import cached_property

from auditor.facts.commandline import TARGET_FILES, programs
from auditor.facts.commandline import targets as project_commands
from auditor.facts.commands import TOOLS_OF_OTHERS, declared_scripts, flags_of, inner, may_be_installed, value
from auditor.facts.configuration import Configuration, configuration
from auditor.facts.names import Names
from auditor.facts.placeholders import placeholder
from auditor.facts.runners import Task, image_program, program_file, roots, targets, tasks, unknown_argument
from auditor.facts.takes import refuses
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.shapes import below
from auditor.snapshot import File, Snapshot

_PROGRAMS = """docker docker-compose podman python python3 py uv uvx poetry pdm rye hatch pixi pipenv invoke inv make just pip pip3 uvicorn gunicorn fastapi
    streamlit locust dvc pytest pre-commit mkdocs cd git bash sh conda mamba coverage nohup bentoml gradio torchrun accelerate source nox tox task"""
PROGRAMS = frozenset(_PROGRAMS.split())
"""What a command that can be checked begins with."""


def own_programs(snapshot: Snapshot) -> frozenset[str]:
    """The programs that an install of the project brings: its declared entry points."""
    return frozenset(s.name for s in declared_scripts(snapshot))


@dataclass(frozen=True)
class Run:
    """One simple command: its words as typed, and the folder where it is run (empty: not said; None: out of reach)."""

    typed: tuple[str, ...]
    folder: str | None
    known: Names

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words without what only chooses an environment (`uv run`)."""
        found = inner(self.typed)
        return (
            ("invoke", *found[3:]) if found[:3] in (("python", "-m", "invoke"), ("python3", "-m", "invoke")) else found
        )

    @property
    def snapshot(self) -> Snapshot:
        return self.known.snapshot

    @property
    def files(self) -> dict[str, File]:
        return self.known.snapshot.files


@dataclass(frozen=True)
class Answer:
    """Whether the commit takes what a command gives (`fits`), with the thing in a word (`task:train`), what is there, how the two
    differ, and the evidence. `detail`: something of nearly that name is there. `released`: it is asked of the last release."""

    fits: bool
    about: str
    shows: str
    evidence: tuple[Evidence, ...]
    difference: str = ""
    detail: bool = False
    released: bool = False


def answers(run: Run) -> list[Answer]:
    """What tasks, targets, entry points, programs and configuration say of a command, refusals first."""
    found = [made for ask in (_task, _target, _entry, _options, _overrides) if (made := ask(run))]
    return sorted(found, key=lambda a: a.fits)


def like(name: str, known: list[str]) -> str:
    """The name that comes closest, if it is close at all."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.7)
    part = [n for n in known if name in re.split(r"[-_]", n)]
    return found[0] if found else part[0] if len(part) == 1 else ""


def _refused(about: str, shows: str, difference: str, evidence: tuple[Evidence, ...], detail: bool = False) -> Answer:
    return Answer(False, about, shows, evidence, difference, detail)


def _gone(note: str) -> Evidence:
    return Evidence(kind="absence", note=note[:300])


# -- tasks, targets, entry points --------------------------------------------------------------------------------------


def _task(run: Run) -> Answer | None:
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
    known, top = tasks(run.snapshot), roots(run.snapshot)
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
        return _refused(about, f"{task.path}:{task.line} defines the task within a collection: {called}.", f"The command runs {name}; the task is called {called}.", (file.cite(task.line, task.line + 1),), True)  # fmt: skip
    if len(fits) > 1:
        return None
    if wrong := unknown_argument(task, rest[1:], known):
        takes = ", ".join(p for p, _ in task.parameters) or "no arguments"
        return _refused(about, f"{task.path}:{task.line}: the task {name} takes {takes}.", f"The command gives {wrong}; the task {name} takes {takes}.", (file.cite(task.line, task.line + 1, f"takes {takes}"),), True)  # fmt: skip
    return Answer(True, about, f"{task.path}:{task.line} is the task {name}.", (file.cite(task.line),))


def _no_task(run: Run, name: str, known: tuple[Task, ...], top: list[File]) -> Answer | None:
    if any(name.replace("-", "_") in f.text or "import *" in f.text for f in top) or (top and not known):
        return None  # made there in another way
    if not top and any(re.search(r"invoke\.ya?ml$|fabfile", p) for p in run.files):
        return None
    about, said = f"task:{name}", f"The command runs the task {name}"
    called = sorted({t.names[0] for t in known})
    missing = _gone(f"no task {name}; tasks are: {', '.join(called) or 'none, there is no tasks.py'}"[:300])
    if not known:
        return _refused(about, "The repository has no tasks.py.", f"{said}; there is no tasks.py.", (missing,))
    near = like(name, called)
    task = next((t for t in known if t.names[0] == near), known[0])
    evidence = (run.files[task.path].cite(task.line, task.line + 1, f"the task {task.names[0]}"), missing)
    shows = f"{known[0].path} has no task {name}" + (f"; it has {near} ({task.path}:{task.line})." if near else ".")
    return _refused(about, shows, f"{said}; there is none of that name.", evidence, bool(near))


_BUILT = ("c", "cc", "cpp", "C", "f", "F", "s", "S", "sh", "l", "y")


def _target(run: Run) -> Answer | None:
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
    told = targets(run.snapshot, given[0])
    if told is None:
        return None
    files, known = told
    missing = next((w for w in wanted if w not in known), "")
    what, called = ("recipe", "justfile") if given[0] == "just" else ("target", "Makefile")
    about = f"target:{missing or wanted[0]}"
    if what == "target" and any(f"{missing}.{end}" in run.files for end in _BUILT):
        return None  # which make makes by a rule of its own
    if not missing or missing in run.files:
        return Answer(True, about, f"The {called} has {wanted[0]}.", (known[wanted[0]][0].cite(known[wanted[0]][1]),)) if wanted[0] in known else None  # fmt: skip
    if not files:
        return _refused(about, f"The repository has no {called}.", f"The command runs the {what} {missing}; there is no {called}.", (_gone(f"no {called} among the tracked files"),))  # fmt: skip
    near = like(missing, sorted(known))
    gone = _gone(f"no {what} {missing}; there are: {', '.join(sorted(n for n in known if not n.startswith('.')))}"[:300])  # fmt: skip
    shows = f"{files[0].path} has no {what} {missing}" + (f"; it has {near} (line {known[near][1]})." if near else ".")
    evidence = (known[near][0].cite(known[near][1]), gone) if near else (gone,)
    none = f"The command runs the {what} {missing}; there is none of that name"
    if what == "target" and missing in run.snapshot.folders:
        none += ", and make takes the folder of that name for done"
    return _refused(about, shows, f"{none}.", evidence, bool(near))


def _named_in_metadata(name: str, run: Run) -> bool:
    """Whether a package's files name a script otherwise (a graphical one, one of another builder, one that is computed), or leave what
    scripts there are to the builder."""
    for path in ("pyproject.toml", "setup.py", "setup.cfg"):
        file = run.files.get(path)
        if file is None:
            continue
        if not readable(file):
            return True
        if path == "pyproject.toml":
            dynamic = below(toml(file), "project", "dynamic")
            if isinstance(dynamic, list) and {"scripts", "gui-scripts"} & {str(d) for d in dynamic}:
                return True
            if _among_scripts(name, toml(file), 0):
                return True
        elif re.search(rf"(?<![\w.-]){re.escape(name)}[\"']?\s{{0,4}}=|/{re.escape(name)}[\"']", file.text):
            return True
    return False


def _among_scripts(name: str, table: object, depth: int) -> bool:
    """Whether a table of scripts, whoever's it is, has the name: a group of dependencies may have it as well."""
    if not isinstance(table, dict) or depth > 5:
        return False
    held = [v for k, v in table.items() if isinstance(k, str) and k.replace("_", "-").endswith("scripts")]
    return any(isinstance(v, dict) and name in v for v in held) or any(
        _among_scripts(name, v, depth + 1) for v in table.values()
    )


def _entry(run: Run) -> Answer | None:
    if run.typed[:2] not in tuple((p, "run") for p in ("uv", "poetry", "pdm", "rye", "pixi")) or not run.words:
        return None
    name, known = run.words[0], run.known
    if not re.fullmatch(r"[A-Za-z][\w-]*", name) or name in PROGRAMS | TOOLS_OF_OTHERS | sys.stdlib_module_names or run.folder or run.folder is None:  # fmt: skip
        return None
    chosen = run.snapshot.select(TARGET_FILES, stubs=True)
    scripts = {s.name: s for s in declared_scripts(run.snapshot)}
    kinds = ("pixi", "poe", "pdm", "rye", "hatch", "taskipy")
    declared = set(scripts) | {t.name for f in chosen for t in project_commands(f, chosen) if t.kind in kinds}
    if name in scripts:
        one = scripts[name]
        return Answer(True, f"script:{name}", f"{one.path} declares {name}.", (run.files[one.path].cite(one.line),))  # fmt: skip
    if name in declared or may_be_installed(name, run.snapshot) or known.works(name) or _named_in_metadata(name, run):
        return None
    missing = _gone(f"no script {name}; declared are: {', '.join(sorted(declared)) or 'none'}"[:300])
    about, said = f"script:{name}", f"The command runs {name}; no such entry point is declared."
    if known.earlier:
        return _refused(about, "", "", (missing,))
    near, same = like(name, sorted(declared)), known.file(f"{name.replace('-', '_')}.py")
    task = next((t for t in tasks(run.snapshot) if name.replace("_", "-") in t.names), None)
    if near:
        evidence = (run.files[scripts[near].path].cite(scripts[near].line), missing) if near in scripts else (missing,)
        return _refused(about, f"No script {name} is declared; there is {near}.", said, evidence, True)
    if task:
        evidence = (run.files[task.path].cite(task.line, task.line + 1), missing)
        return _refused(about, f"No script {name} is declared; there is the invoke task {task.names[0]}.", said, evidence, True)  # fmt: skip
    if same:
        evidence = (run.files[same].exists(f"{same} is there"), missing)
        return _refused(about, f"No script {name} is declared; there is {same}.", said, evidence, True)
    return None


# -- options -----------------------------------------------------------------------------------------------------------


def _options(run: Run) -> Answer | None:
    """The `--options` that an own program is given."""
    if run.words[:2] in (("docker", "run"), ("podman", "run")):
        file, rest, _ = image_program(run.typed, run.known)
    else:
        file, rest = program_file(run.typed, run.known, run.folder or "")
    flags = flags_of(rest)
    if file is None or not flags or any(placeholder(f) for f in flags):
        return None
    refusal = refuses(file, flags, run.known, rest)
    if refusal is None:
        return None
    flag, takes, part = refusal.flag, refusal.takes, refusal.part
    if part and part.unknown:
        has = f"has no command {' '.join((*part.words, part.unknown))}; it has {', '.join(part.others[:12])}"
        evidence = (file.cite(refusal.line, refusal.line + 2), _gone(f"no command {part.unknown} in {file.path}"))
        return _refused(f"option:{flag}", f"{file.path} {has}.", f"The command runs {part.unknown}; {file.path} {has}.", evidence, True)  # fmt: skip
    if part and part.words:
        takes = f"{takes} with {' '.join(part.words)}"
    evidence = (file.cite(refusal.line, refusal.line + 2, takes), _gone(f"no option {flag} in {file.path}"))
    return _refused(f"option:{flag}", f"{file.path}:{refusal.line} {takes}.", f"The command gives {flag}; {file.path} {takes}.", evidence, True)  # fmt: skip


# -- Hydra --------------------------------------------------------------------------------------------------------------

_OVERRIDE = compile_later(r"^(\+{0,2}|~)?([A-Za-z_][\w./@-]*)=(.*)$", re.DOTALL)
_OTHERS = frozenset(["docker", "git", "conda", "mamba", "pip", "pip3", "gcloud", "make", "invoke", "inv", "cd"])


def _overrides(run: Run) -> Answer | None:
    """`key=value` and `--config-name N` after a program that uses Hydra, against all YAML configuration and dataclasses (the last
    part of a key is enough), the folders that are groups, and their options. Keys that are added with `+`, `hydra.*`, values
    of environment variables and a repository with configuration that does not parse are left alone."""
    given = _given(run)
    if not any("=" in w or w.startswith(("--config-name", "-cn")) for w in given):
        return None
    config = configuration(run.snapshot)
    if config.broken or not config.files:
        word = next((w.split("=")[0] for w in given if "=" in w), "")
        return (_refused(f"config:{word}", "", "", (_gone("no configuration at this commit"),)) if run.known.earlier and word else None)  # fmt: skip
    name = value(tuple(given), "--config-name", "-cn").removesuffix(".yaml")
    last = name.rsplit("/", 1)[-1]
    if name and not placeholder(name) and re.fullmatch(r"[\w./-]+", name) and last not in config.files and name not in config.declared:  # fmt: skip
        return _no_config(run, name, config)
    for word in given:
        match = _OVERRIDE.match(word.strip(",;"))
        if match and not match[1] and (made := _override(run, match[2], match[3], config)):
            return made
    return None


def _given(run: Run) -> list[str]:
    """The words in which a Hydra program would see overrides; none for other commands."""
    if run.words[:2] in (("docker", "run"), ("podman", "run")):
        file, given, known = image_program(run.typed, run.known)
        if not known:
            return [w for w in given if not w.startswith("--")] if _only_hydra(run) else []
        return list(given) if file and "hydra" in {p.kind for p in programs(file)} else []
    if not run.words or run.words[0] in _OTHERS:
        return []
    file, rest = program_file(run.typed, run.known, run.folder or "")
    if file is None:
        return list(run.words[1:]) if run.known.earlier else []
    kinds = {p.kind for p in programs(file)}
    return list(rest) if "hydra" in kinds or (not kinds and "hydra" in file.text) else []


def _only_hydra(run: Run) -> bool:
    """Whether what trains by its name is a Hydra program."""
    trains = [f for p, f in run.files.items() if re.search(r"(^|/)train\w*\.py$", p) and readable(f)]
    return bool(trains) and all("hydra" in {p.kind for p in programs(f)} for f in trains)


def _no_config(run: Run, name: str, config: Configuration) -> Answer | None:
    if any("path/to" in w for w in run.typed):
        return None  # a pattern to be filled in
    near = like(name, sorted(config.files))
    missing = _gone(f"no configuration file {name}.yaml")
    said = f"The command takes the configuration {name}; there is none of that name."
    if not near:
        return _refused(f"config:{name}", f"There is no configuration {name}.yaml.", said, (missing,))
    path = config.files[near][0]
    return _refused(f"config:{name}", f"There is no configuration {name}.yaml; {path} is there.", said, (run.files[path].exists(f"{path} is there"), missing), True)  # fmt: skip


def _override(run: Run, key: str, given: str, config: Configuration) -> Answer | None:
    if (
        key.startswith("hydra")
        or any(map(placeholder, (key, given, f"{key} {given}")))
        or re.search(r"\s", key)
        or key.isupper()
    ):
        return None
    group = config.group(key)
    if group and key not in config.keys:
        return _option(run, key, given, group, config)
    if config.has_key(key) or "@" in key or ("/" in key and key.split("/")[-1] in config.groups):
        return None
    known = sorted({k for k in config.keys if k.count(".") == key.count(".") and not re.search(r"\.\d+(\.|$)", k)})
    near = like(key, known) or like(key.rsplit(".", 1)[-1], sorted(config.groups))
    evidence: tuple[Evidence, ...] = (
        _gone(f"no configuration key {key}, nor any that ends in {key.rsplit('.', 1)[-1]}"),
    )
    shows = f"No configuration file has a key {key}"
    if near in config.keys:
        path, line = config.keys[near]
        evidence = (run.files[path].cite(line), *evidence)
        shows += f"; {path}:{line} has {near}"
    elif near:
        shows += f"; there is a group {near}"
    return _refused(
        f"config:{key}", f"{shows}.", f"The command sets {key}; the configuration has no such key.", evidence, True
    )


def _option(run: Run, key: str, given: str, group: str, config: Configuration) -> Answer | None:
    """An option of a group that none of its files gives."""
    folder = config.folders.get(group, "")
    if any(f"/{group}/" in w and (":" in w or w.startswith(("type=", "dst=", "target="))) for w in run.typed):
        return None  # a file is mounted into the group
    for option in [o for o in re.split(r",\s*", given.strip("'\"[]")) if o]:
        computed = option in ("null", "default") or option.startswith(("choice", "range", "glob"))
        if placeholder(option) or computed or not re.fullmatch(r"[\w./-]+", option):
            return None
        stem = option.removesuffix(".yaml").rsplit("/", 1)[-1]
        if (
            stem in config.groups[group]
            or stem in config.leaves
            or stem in config.declared
            or stem in config.groups[group]
        ):
            continue  # what a ConfigStore holds completes the groups once `declared` is asked for
        known = sorted(config.groups[group])
        path = next((p for p in config.files.get(like(stem, known) or known[0], ()) if p.startswith(folder)), "")
        missing = _gone(f"no {folder}/{stem}.yaml; the group {group} has: {', '.join(known)}"[:300])
        evidence = (run.files[path].exists(f"{path} is there"), missing) if path in run.files else (missing,)
        return _refused(f"config:{key}={option}", f"The group {group} ({folder}) has no option {stem}.", f"The command chooses {key}={option}; the group has {', '.join(known[:6])}.", evidence, True)  # fmt: skip
    return None
