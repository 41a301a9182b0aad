"""The commands of workflows, images, recipes and documents: the files that they call and the options that they give.

`calls` tells what a command names, whoever typed it: the claims about commands in the answers use the same rule.
"""

import posixpath
import re
import sys
from collections.abc import Iterator
from itertools import islice, pairwise

from auditor import limits
from auditor.facts.commandline import Script, scripts
from auditor.facts.declared import DECLARATIONS, declarations
from auditor.facts.images import builds, inside_image
from auditor.facts.lists import normal_name
from auditor.facts.names import Names, names
from auditor.facts.placeholders import clear, placeholder
from auditor.facts.takes import refuses
from auditor.lazy import dataclass
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.shell import Command, shell_commands
from auditor.readers.workflows import WORKFLOWS, workflow
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot
from auditor.wording import wordset

DOCUMENTS = ("**/*.md", "!**/node_modules/**", "!**/changelog*.md")
_OTHERS = (
    "**/{makefile,gnumakefile}",
    "**/*.mk",
    "**/{justfile,.justfile}",
    "**/*.{sh,bash}",
    "tasks.py",
    "**/tasks.py",
)


@dataclass(frozen=True)
class Call:
    """One thing that a command needs. `kind`: `file` (a path), `module` (dotted), `served` (`module:object`), `unsuffixed` (a
    script without its ending), `own file` (what a tool looks for by itself, `name` being the reason). `what` says in a word
    what the file is to the command."""

    kind: str
    name: str
    what: str = "file"


# -- what a command names ----------------------------------------------------------------------------------------------

_ENVIRONMENT_VALUES = frozenset(
    ["--group", "--extra", "--with", "--python", "-p", "--project", "--directory", "--env-file", "-n", "--name", "-e", "--only-group", "--package", "--environment"]
)  # fmt: skip
_DOCKER_VALUES = frozenset(
    ["-v", "-p", "-e", "--name", "--gpus", "--env-file", "--mount", "--network", "-w", "--entrypoint", "--platform", "--shm-size", "--memory", "-u", "--volume",
     "--env", "--publish", "--user", "-m", "--cpus", "--ipc", "--workdir", "-h", "--add-host", "--label", "-l", "--restart", "--build-arg", "-t", "--tag",
     "--target", "--progress", "--secret", "--cache-from", "--cache-to", "-o", "--output", "--build-context", "--ulimit", "--runtime", "--pull"]
)  # fmt: skip
_PYTEST_VALUES = frozenset(
    ["-k", "-m", "-n", "-c", "-p", "-o", "--maxfail", "--cov", "--tb", "-W", "--cov-report", "--durations", "--rootdir"]
)


def value(words: tuple[str, ...], *flags: str) -> str:
    """The value of an option, given with a space or an equals sign; empty without it."""
    for i, word in enumerate(words):
        for flag in flags:
            if word == flag and i + 1 < len(words):
                return words[i + 1]
            if word.startswith(flag + "=") and len(word) > len(flag) + 1:
                return word[len(flag) + 1 :]
    return ""


def plain_words(words: tuple[str, ...], valued: frozenset[str] = _DOCKER_VALUES) -> list[str]:
    """The words that are neither options nor their values."""
    plain, i = [], 0
    while i < len(words):
        if words[i].startswith("-") and words[i] != "-":
            i += 2 if words[i] in valued else 1
        else:
            plain.append(words[i])
            i += 1
    return plain


def inner(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without `uv run`, `poetry run`, `nohup` and the like, with their options; `python -m` stays."""
    for _ in range(3):
        if (
            len(words) > 2
            and words[0] in ("uv", "poetry", "pdm", "rye", "pixi", "pipenv", "hatch", "conda", "mamba")
            and words[1] == "run"
        ):
            i = 2
            while i < len(words) and words[i].startswith("-"):
                i += 2 if words[i] in _ENVIRONMENT_VALUES else 1
            words = words[i:]
        elif words and words[0] in ("nohup", "time", "uvx", "sudo"):
            words = words[1:]
        else:
            break
    return words


def build_of(words: tuple[str, ...]) -> tuple[str, str] | None:
    """The docker file and the context that `docker build` is given, each empty where it is not; None for another command."""
    if words[:1] not in (("docker",), ("podman",)) or not (
        words[1:2] == ("build",) or words[1:3] in (("buildx", "build"), ("image", "build"))
    ):
        return None
    plain = plain_words(words[2:] if words[1] == "build" else words[3:], _DOCKER_VALUES | {"-f", "--file"})
    return value(words, "-f", "--file"), plain[-1] if plain else ""


def built_images(snapshot: Snapshot, told: tuple[Command, ...] = ()) -> Iterator[tuple[str, str]]:
    """The names under which commands build images, each with its docker file: those of workflows, recipes, scripts and documents,
    and those that are told. What a compose file builds is not looked up."""
    known = names(snapshot)
    for command in (*(c for _, _, c, _ in _commands(snapshot)), *told):
        words = inner(command.words)
        built = build_of(words) if words else None
        if built is None:
            continue
        given = built[0] or f"{built[1].rstrip('/')}/Dockerfile".removeprefix("./")
        path = known.file(given) or next((p for p in known.works(given) if p in snapshot.files), "")
        for flag, name in pairwise(words):
            if flag in ("-t", "--tag") and path and "$" not in name:
                yield name, path


def calls(words: tuple[str, ...]) -> Iterator[Call]:
    """What a command needs: the scripts, modules and files that it names, and those that its tool looks for. `words` are
    without what only chooses an environment (see `inner`)."""
    if not words:
        return
    program, rest = words[0], words[1:]
    if program == "docker-compose":
        program, rest = "docker", ("compose", *rest)
    if program == "uv" and rest[:1] == ("pip",):
        program, rest = "pip", rest[1:]
    if program in ("docker", "podman"):
        yield from _docker(program, rest)
    elif program.endswith(".py") and not program.startswith("-"):
        yield Call("file", program, "script")
    elif (program == "coverage" and rest[:1] == ("run",)) or program == "torchrun":
        yield from (Call("file", w, "script") for w in [w for w in rest if w.endswith(".py")][:1])
    elif re.fullmatch(r"python[\d.]*|py", program):
        yield from _python(rest)
    elif (program == "streamlit" and rest[:1] == ("run",)) or program in ("bash", "sh"):
        script = next((w for w in (rest[1:] if program == "streamlit" else rest[:1]) if not w.startswith("-")), "")
        if script.endswith((".py", ".sh", ".bash")):
            yield Call("file", script)
    elif program == "locust":
        if (given := value(words, "-f", "--locustfile")).endswith(".py"):
            yield Call("file", given)
    elif program in ("pip", "pip3") and rest[:1] == ("install",):
        for i, word in enumerate(rest):
            if word in ("-r", "--requirement", "-c", "--constraint") and i + 1 < len(rest):
                yield Call("file", rest[i + 1].rstrip(".,"))
            elif word.startswith("-r") and len(word) > 2:
                yield Call("file", word[2:].rstrip(".,"))
    elif program in ("conda", "mamba") and rest[:2] in (("env", "create"), ("env", "update")):
        if given := value(words, "-f", "--file"):
            yield Call("file", given)
    elif program == "pytest":
        for word in plain_words(rest, _PYTEST_VALUES):
            if (name := word.split("::")[0]).endswith(".py"):
                yield Call("file", name, "test file")
    elif program in ("uvicorn", "gunicorn"):
        target = next((w for w in rest if re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", w)), "")
        if target and "--app-dir" not in words and "--chdir" not in words:
            yield Call("served", target)
    elif program == "dvc" and rest[:1] in (("repro",), ("dag",)):
        yield Call("own file", f"dvc {rest[0]}", "a dvc.yaml")
    elif program == "dvc" and rest[:1] in (("pull",), ("push",)):
        yield Call("own file", f"dvc {rest[0]}", "a DVC configuration")
    elif program == "pre-commit" and rest[:1] in (("run",), ("install",)) and "-c" not in rest:
        yield Call("own file", f"pre-commit {rest[0]}", "a .pre-commit-config.yaml in the root")
    elif (
        program == "mkdocs"
        and rest[:1] in (("serve",), ("build",), ("gh-deploy",))
        and (given := value(words, "-f", "--config-file"))
    ):
        yield Call("file", given)


def _docker(program: str, rest: tuple[str, ...]) -> Iterator[Call]:
    built = build_of((program, *rest))
    if built:
        if built[0]:
            yield Call("file", built[0], "Dockerfile")
        elif built[1] == ".":
            yield Call("own file", "docker build .", "a Dockerfile in the root")
    elif rest[:1] == ("compose",):
        if given := value(rest, "-f", "--file"):
            yield Call("file", given, "compose file")
        elif "up" in rest:
            yield Call("own file", "docker compose up", "a compose file")
    elif rest[:1] == ("run",):
        plain = plain_words(rest[1:])
        inside = rest[rest.index(plain[0]) + 1 :] if plain else ()
        if inside[:1] in (("python",), ("python3",)) and "-m" in inside[:3]:
            yield from (Call("module", w) for w in inside[inside.index("-m") + 1 : inside.index("-m") + 2])


def _python(rest: tuple[str, ...]) -> Iterator[Call]:
    if "-m" in rest[:3]:
        at = rest.index("-m")
        module = rest[at + 1 : at + 2]
        if module in (("pytest",), ("streamlit",), ("uvicorn",), ("coverage",), ("pip",)):
            yield from calls((module[0], *rest[at + 2 :]))
        elif module:
            yield Call("module", module[0].rstrip(".,"))
        return
    script = next((w for w in rest[:3] if not w.startswith("-")), "")
    if script.endswith((".py", ".ipynb")):
        yield Call("file", script, "script")
    elif script and re.fullmatch(r"[\w./-]*[a-z]_?\w+", script) and not rest[0].startswith("-c"):
        yield Call("unsuffixed", script, "script")


# -- whether it is there -----------------------------------------------------------------------------------------------


def may_be_installed(name: str, snapshot: Snapshot) -> bool:
    """Whether the project asks for a package of this name, or a list of its dependencies could not be read."""
    known = declarations(snapshot.select(DECLARATIONS, stubs=True))
    return normal_name(name) in known.names or bool(known.unread)


def installed(first: str, snapshot: Snapshot) -> bool:
    """Whether a top-level module comes with Python or may come with a declared package."""
    return first in sys.stdlib_module_names or may_be_installed(first, snapshot)


# What people install to work on a project, by the names that their commands have.
TOOLS_OF_OTHERS = wordset("""ruff black mypy isort flake8 pylint wandb mlflow tensorboard jupyter ipython nbconvert typer hypercorn alembic celery prefect kedro zenml snakeviz sphinx-build
    optuna ray hf huggingface-cli dask label-studio evidently cookiecutter codespell pyright bandit pipreqs cml feast flask django-admin litserve ipykernel kaggle
    gcloud yolo rasa airflow dagster metaflow guardrails vllm trainer lightning litgpt twine build hydra""")


def may_come_with(first: str, snapshot: Snapshot) -> bool:
    """Whether a top-level module comes with Python, with a declared package or with a tool that people install beside."""
    beside = ("pip", "pytest", "nose", "coverage", "virtualenv", "sphinx", "mkdocs", "setuptools", "wheel", "pipx", "tox", "nox", "spacy", "nltk", "notebook")  # fmt: skip
    return first in TOOLS_OF_OTHERS or first in beside or installed(first, snapshot)


def module_file(dotted: str, known: Names) -> str:
    """The file or folder of a module below any folder; empty without one."""
    path = dotted.replace(".", "/")
    return known.file(f"{path}.py") or known.folder(path)


def lacks(call: Call, known: Names) -> list[str]:
    """The tracked files that a tool could do with where its own file is not there for it; a list with nothing in it where
    there is none at all. Raises LookupError where the file is there."""
    files = known.snapshot.files
    bases = known.by_name
    if call.name in ("dvc repro", "dvc dag"):
        fits = list(bases.get("dvc.yaml", ()))
    elif call.name in ("dvc pull", "dvc push"):
        fits = [
            p for p in files if p.startswith(".dvc/") or "/.dvc/" in p or p.endswith((".dvc", "dvc.yaml", "dvc.lock"))
        ]
    elif call.name.startswith("pre-commit"):
        fits = [p for p in (".pre-commit-config.yaml", ".pre-commit-config.yml") if p in files]
        if not fits and ".pre-commit-hooks.yaml" in files:  # it offers hooks: the command is for those who take them
            raise LookupError
        if not fits:
            return [p for p in files if re.search(r"(^|/)\.?pre-commit(-config)?[\w.-]*$", p)]
    elif call.name == "docker compose up":
        if known.made("docker-compose.yml"):
            raise LookupError
        fits = [
            p for n, paths in bases.items() if re.fullmatch(r"(docker-)?compose(\.override)?\.ya?ml", n) for p in paths
        ]
        if not fits:
            return [p for p in files if re.search(r"(^|/)(docker-)?compose[\w.-]*\.ya?ml$", p)]
    else:  # docker build .
        fits = [*bases.get("dockerfile", ()), *bases.get("containerfile", ())]
        if not fits:
            return [p for p in files if re.search(r"(?i)(^|/)dockerfile|\.dockerfile$", p)]
    if fits:
        raise LookupError
    return []


def builds_somewhere(given: str, context: str, known: Names) -> tuple[bool, str]:
    """Whether `docker build -f given context` works in some folder of the commit; and where not, the docker file that it means.
    A docker file works where it lies and all that it copies is in the context, seen from the same folder."""
    context = context or "."  # docker needs one: a full stop at the end of a sentence is it
    found = [p for p in known.works(given) if p in known.snapshot.files]
    plain = posixpath.normpath(given)
    if not found or not clear(context) or plain.startswith(".."):
        return bool(found), found[0] if found else ""
    for path in found:
        base = path[: -len(plain)].rstrip("/")
        folder = posixpath.normpath(posixpath.join(base, context))
        if folder.startswith("..") or builds(known.snapshot, path, "" if folder == "." else folder):
            return True, path
    return False, found[0]


# -- all commands of a commit ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """One file or module that a command of the commit calls. `kind` is where the command stands: `workflow`, `image`,
    `recipe`, `document`. `state`: `there` (`found` is the path), `run time`, `missing` (`near` names the file that it may
    mean), `unknown`. `refused` are the options that the program called does not take."""

    path: str
    line: int
    kind: str
    program: str
    name: str
    state: str
    found: str = ""
    near: str = ""
    refused: tuple[str, ...] = ()


def called(snapshot: Snapshot) -> tuple[Called, ...]:
    """What the commands of workflows, docker files, recipes, scripts and documents call."""
    return snapshot.once("facts.commands", lambda: tuple(_called(snapshot)))


def _called(snapshot: Snapshot) -> Iterator[Called]:
    known = names(snapshot)
    for file, kind, command, folder in _commands(snapshot):
        words = inner(command.words)
        for call in calls(words):
            if call.kind == "own file" or placeholder(call.name):
                continue
            state, found, near = _state(call, words, folder, known)
            if kind == "image" and (state == "missing" or call.name.startswith("/")):
                state, found, near = _in_image(file, command.line, call, (state, found, near), snapshot)
            refused: tuple[str, ...] = ()
            # what other programs are given is theirs: `streamlit run app.py --server.port 80`
            own = re.fullmatch(r"python[\d.]*|py|.*\.py", words[0]) is not None
            if own and found.endswith(".py") and call.kind in ("file", "module") and call.what != "test file":
                refusal = refuses(snapshot.files[found], flags_after(words, call), known)
                refused = (refusal.flag,) if refusal else ()
            yield Called(file.path, command.line, kind, words[0], call.name, state, found, near, refused)
        if words and (script := _entry(words[0], snapshot)) and script.found:
            refusal = refuses(snapshot.files[script.found], flags_of(words[1:]), known)
            refused = (refusal.flag,) if refusal else ()
            yield Called(file.path, command.line, kind, words[0], script.target, "there", script.found, "", refused)


def _in_image(
    file: File, line: int, call: Call, outside: tuple[str, str, str], snapshot: Snapshot
) -> tuple[str, str, str]:
    """The state of a file that an image runs, by where its docker file copies things to."""
    if call.kind != "file" or placeholder(call.name):
        return outside
    inside = inside_image(snapshot, file, line, call.name)
    if inside:
        return "there", inside if inside in snapshot.files else "", ""
    brings = any(
        (i.name in ("COPY", "ADD") and (any(f.startswith("--from") for f in i.flags) or "://" in i.text))
        or (
            i.name == "RUN"
            and re.search(r"\b(git clone|curl|wget|gsutil|gcloud storage|dvc|tar|unzip|mv|cp)\b", i.text)
        )
        for i in docker(file)
    )
    if brings or call.name.startswith("/"):
        return "unknown", "", ""
    return outside


def flags_of(words: tuple[str, ...]) -> list[str]:
    """The long options among words, without their values, up to `--`."""
    until = words.index("--") if "--" in words else len(words)
    return [m[1] for w in words[:until] if (m := re.fullmatch(r"(--[A-Za-z][^\s=]*)(?:=.*)?", w, re.DOTALL))]


def flags_after(words: tuple[str, ...], call: Call) -> list[str]:
    """The long options that a called script or module is given."""
    at = next((i for i, w in enumerate(words) if w.rstrip(".,") == call.name), len(words))
    return flags_of(words[at + 1 :])


def _entry(name: str, snapshot: Snapshot) -> Script | None:
    return next((s for s in declared_scripts(snapshot) if s.name == name), None)


def declared_scripts(snapshot: Snapshot) -> tuple[Script, ...]:
    """The entry points that the projects of a commit declare."""

    def make() -> tuple[Script, ...]:
        files = snapshot.select(("pyproject.toml", "setup.py", "setup.cfg", "*/pyproject.toml"), stubs=True)
        return tuple(s for f in files for s in scripts(f, files))

    return snapshot.once("facts.scripts", make)


def _state(call: Call, words: tuple[str, ...], folder: str, known: Names) -> tuple[str, str, str]:
    if call.kind == "served" or call.kind == "module":
        dotted = call.name.partition(":")[0]
        if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)*", dotted):
            return "unknown", "", ""
        found = module_file(dotted, known)
        if found:
            return "there", found if found in known.snapshot.files else known.file(f"{found}/__main__.py"), ""
        path = dotted.replace(".", "/") + ".py"
        if installed(dotted.split(".")[0], known.snapshot) or known.made(path) or known.made(f"src/{path}"):
            return "run time", "", ""
        own = known.folder(dotted.split(".")[0])
        return ("missing", "", known.file(path.rsplit("/", 1)[-1])) if own else ("unknown", "", "")
    name = call.name if call.kind == "file" else f"{call.name}.py"
    if not clear(name):
        return "unknown", "", ""
    if direct := known.read_from(name, folder):
        return "there", direct if direct in known.snapshot.files else "", ""
    meant = known.resolve(name, in_code=True)
    if meant.how == "there":
        built = build_of(words)
        if built and not (fits := builds_somewhere(built[0], built[1], known))[0]:
            return "missing", "", fits[1]
        return "there", meant.path if meant.path in known.snapshot.files else "", ""
    if call.kind == "unsuffixed" and not meant.near:
        return "unknown", "", ""
    return ("missing", "", meant.path if meant.how != "removed" else "") if meant.missing else ("run time", "", "")


def _commands(snapshot: Snapshot) -> Iterator[tuple[File, str, Command, str]]:
    """All commands with where they stand and the folder that they start in."""
    for file in snapshot.select(WORKFLOWS, stubs=True):
        found = workflow(file)
        for command in islice(found.commands(), limits.COMMANDS.value) if found else ():
            yield file, "workflow", command, ""
    for file in snapshot.select(DOCKERFILES, stubs=True):
        if docker(file):
            yield from ((file, "image", c, file.folder) for c in islice(commands(file), limits.COMMANDS.value))
    for file in snapshot.select(_OTHERS, stubs=True):
        yield from ((file, "recipe", c, file.folder) for c in islice(commands(file), limits.COMMANDS.value))
    for file in snapshot.select(DOCUMENTS):
        if snapshot.report and file.path in snapshot.report.files:
            continue  # what the report says is settled by the claims
        for text, line in fences(file):
            yield from (
                (file, "document", c, file.folder)
                for c in shell_commands(text, line, by_hand=True)[: limits.COMMANDS.value]
            )


_SHELLS = frozenset(["bash", "sh", "shell", "console", "zsh", "shell-session", "terminal"])


def fences(file: File) -> tuple[tuple[str, int], ...]:
    """The shell code of a Markdown document's fences, with the line that each begins on. A fence without a language is no
    command: it may be a tree of folders or what a program prints."""
    return file.once("facts.fences", lambda: tuple(_fences(file)))


def _fences(file: File) -> Iterator[tuple[str, int]]:
    try:
        rows = file.lines
    except Unreadable:
        return
    mark, start, info = "", 0, ""
    for i, row in enumerate(rows, 1):
        bare = row.strip()
        if not mark and bare.startswith(("```", "~~~")):
            mark, start = bare[0] * (len(bare) - len(bare.lstrip(bare[0]))), i
            info = bare[len(mark) :].strip().split(" ")[0].strip("{}.").lower()
        elif mark and bare.startswith(mark) and not bare.strip(mark[0]):
            if info in _SHELLS:
                text = "\n".join(re.sub(r"^\s*[$>]\s+", "", r) for r in rows[start : i - 1])
                yield text, start + 1
            mark = ""
