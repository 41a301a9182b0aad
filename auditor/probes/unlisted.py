"""Work done in ways that no list of tools knows, found by what the code does whatever its library: weak signs. Where one of
them finds something, the kind of thing that a box asks for is there, so that its absence is not said."""

import ast
import re
import sys
from collections.abc import Iterator

from auditor.facts.declared import declarations
from auditor.facts.images import editors_stock
from auditor.facts.owncode import Code
from auditor.facts.ownmodules import own_module, own_modules
from auditor.facts.programs import runs_tests
from auditor.facts.pycommands import PythonCommands
from auditor.facts.routes import SERVERS, routes
from auditor.facts.workflows import ci_workflows
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.tests import ELSEWHERE
from auditor.probes.workflows.triggers import watches
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.nodes import is_stub_body, literal
from auditor.readers.python import Module, python
from auditor.readers.shell import Command
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import File, Files

_PYTHON = ("**/*.py", "**/*.ipynb", "!reports/*.py", "!report/*.py")
_CLOUD_BUILD = ("**/*cloudbuild*.{yaml,yml,json}", "**/{.cloudbuild,cloudbuild,cloud-build*}/**/*.{yaml,yml}")

# -- tests -------------------------------------------------------------------------------------------------------------


@probe(
    "tests-of-own-code",
    asks="Is there any test, run or not, of the group's code other than its API?",
    looks_in=("**/*.py", "!reports/**"),
    mentions=("test",),
)
def tests_of_own_code(files: Files) -> Iterator[Evidence]:
    """A function or method `test...`, or a method of a class `test...`, in any capitals, with a body, in a file that imports a
    module of the group other than its API or front end, or starts a program of it; in a file named for tests any such function,
    elsewhere one that begins with `test_`. Weak: whether it is collected, checks anything, and of what, is not asked. Commented-out and
    empty tests are none."""
    own = files.once("tests.loose", lambda: own_modules(files, (), loose=True))
    for file in files:
        if ELSEWHERE.search(file.name.removesuffix(".py")) or not (module := python(file)):
            continue
        named = re.search(r"(^|/)tests?/|(^|_)tests?(_|$)", file.path.lower().removesuffix(".py"))
        tests = [
            f
            for f in module.functions
            if (f.name.startswith("test_") or (named and re.match(r"test", f"{f.owner or f.name}", re.IGNORECASE)))
            and not f.name.startswith("__")
            and not is_stub_body(f.node)
        ]
        if tests and (line := _reaches_own(module, own)):
            first = tests[0]
            yield file.cite(first.line, min(first.end, first.line + 5), note=f"a test; line {line} reaches own code")


def _reaches_own(module: Module, own: dict[str, str]) -> int:
    """The line on which a module imports own code other than an API or front end, or starts a program; 0 for none."""
    for name, line in module.imports.items():
        found = own_module(name.lstrip("."), own)
        if found and not any(ELSEWHERE.search(p) for p in own[found].removesuffix(".py").rsplit("/", 1)[-1:]):
            taken = name.lstrip(".")[len(found) :].strip(".")
            if not (taken and ELSEWHERE.search(taken)):
                return line
    starts = ("subprocess.", "runpy.", "importlib.util.", "importlib.import_module")
    return next((c.line for c in module.calls if c.name.startswith(starts)), 0)


# -- training ----------------------------------------------------------------------------------------------------------

_TRAINS = compile_later(r"^(pre|re)?(train|fit|fine_?tune)(_\w+)?$", re.IGNORECASE)
_TRAINER = compile_later(r"^[\w.-]*?(train|fine-?_?tun(e|ing))[\w-]*$", re.IGNORECASE)
_PREPARES = compile_later(
    r"scaler|encoder|vectori[sz]er|imputer|pca|tokeni[sz]er|umap|tsne|binari[sz]er|transformer|normali[sz]er|selector|preprocess|label|split",
    re.IGNORECASE,
)
_NO_TRAINER = (
    "python", "python3", "make", "invoke", "inv", "just", "task", "dvc", "docker", "podman", "git", "echo", "cd", "mkdir", "cp", "mv",
    "rm", "ls", "cat", "gsutil", "chmod", "pip", "conda", "source", "export", "kubectl", "tar", "unzip", "wget", "curl", "tensorboard",
)  # fmt: skip
_SPLITS = frozenset(
    ("train", "training", "val", "valid", "validation", "test", "eval")
)  # a list of these is no command
_LAUNCHERS = ("accelerate", "torchrun", "deepspeed", "horovodrun")


@probe(
    "trained-anyhow",
    asks="Does own code call anything that trains, of whatever library or program?",
    looks_in=(*_PYTHON, "!**/tests/**", "!**/test_*.py", "**/*.{sh,bash,slurm}", "**/makefile", "**/justfile", "**/dvc.yaml", *DOCKERFILES),
    mentions=("train", "fit", "finetun", "fine_tun", "fine-tun"),
)  # fmt: skip
def trained_anyhow(files: Files) -> Iterator[Evidence]:
    """A call with arguments of a method or function `train`, `fit`, `finetune` and the like that is not the group's own, or a
    program or its command of such a name that code or a script starts. Weak: the library is not known. Setting the mode
    (`model.train()`), fitting what prepares data, and running an own script are none."""
    own = files.once("tests.loose", lambda: own_modules(files, (), loose=True))
    for file in files:
        if file.suffix in ("py", "ipynb"):
            module = python(file)
            for call in module.calls if module else ():
                receiver, dot, method = call.name.rpartition(".")
                values = (*call.node.args, *(k.value for k in call.node.keywords))
                if not dot or not _TRAINS.match(method) or all(isinstance(literal(v), bool) for v in values):
                    continue
                head = receiver.removesuffix("()")
                plain = call.name.startswith(("self.", "cls.", "super", ".")) or own_module(call.name, own)
                if not plain and not _PREPARES.search(head):
                    yield file.cite(call.line, call.end, note=f"calls `{method}` of another's code")
                    break
            found = _written(module) if module and _starts_programs(module) else iter(())
        else:
            found = iter(commands(file))
        if command := next((c for c in found if _trains(c)), None):
            yield file.cite(command.line, note=f"starts `{command.program}`")


def _starts_programs(module: Module) -> bool:
    return any(c.name.startswith(("subprocess.", "os.")) or c.name.endswith(".run") for c in module.calls)


def _written(module: Module) -> Iterator[Command]:
    """The commands that code starts, and the lists that begin as one and that it may hand on to a function which does."""
    yield from PythonCommands(module).found()
    for node in module.nodes:
        if not isinstance(node, ast.List) or len(node.elts) < 2:
            continue
        words = [literal(e) for e in node.elts[:3]]
        plain = [w for w in words if isinstance(w, str) and w and not re.search(r"\s", w)]
        if plain and plain[0] == words[0] and not set(plain[:3:2]) & _SPLITS and not _SPLITS & {*plain[1:]} - {"train"}:
            yield Command(" ".join(plain), node.lineno)


def _trains(command: Command) -> bool:
    words = command.bare
    if not words or command.program in _NO_TRAINER:
        return False
    if command.program in _LAUNCHERS:
        return True
    return any(_TRAINER.match(w) and not w.endswith((".py", ".sh")) and "/" not in w for w in words[:3])


# -- inference ---------------------------------------------------------------------------------------------------------

_NO_MODELS = (
    "fastapi", "starlette", "pydantic", "pydantic_settings", "google", "prometheus_client", "prometheus_fastapi_instrumentator", "jinja2", "dotenv",
    "boto3", "redis", "sqlalchemy", "sqlmodel", "pymongo", "httpx", "requests", "aiohttp", "loguru", "structlog", "opentelemetry", "pandas", "polars", "numpy", "PIL",
    "evidently", "wandb", "hydra", "omegaconf", "rich", "slowapi", "celery", "psutil", "uvicorn", "typer", "click", "matplotlib", "yaml",
)  # fmt: skip


@probe(
    "route-asks-other",
    asks="Does a FastAPI route return what an object of another's class gives?",
    looks_in=SERVERS,
    mentions=("fastapi",),
)
def route_asks_other(files: Files) -> Iterator[Evidence]:
    """A route whose handler uses the result of a method of an object that its file makes from an imported class, of no library for the
    web, storage, tables or metrics. Weak: that the class is a model is not known."""
    code = Code.of(files)
    for route in routes(files):
        module = code.module(files.paths[route.file]) if route.framework == "fastapi" and route.function else None
        made = _objects(module) if module else {}
        function = next((f for f in module.functions if f.qualname == route.function), None) if module else None
        if not made or function is None:
            continue
        dropped = {id(n.value) for n in ast.walk(function.node) if isinstance(n, ast.Expr)}
        for node in ast.walk(function.node):
            called = node.func if isinstance(node, ast.Call) and id(node) not in dropped else None
            base = called.value if isinstance(called, ast.Attribute) else called
            if isinstance(base, ast.Name) and base.id in made:
                note = f"{route.method} {route.path} asks an object of `{made[base.id]}`"
                yield files.paths[route.file].cite(route.line, route.end, note=note)
                break


def _objects(module: Module) -> dict[str, str]:
    """The names that a module binds to what another's class makes, with the class."""
    made = {}
    for node in module.nodes:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or not isinstance(node.value, ast.Call):
            continue
        name = module.name(node.value.func)
        top, last = name.split(".")[0], name.rpartition(".")[2]
        imported = any(i == name or name.startswith(i + ".") for i in module.imports)
        if imported and last[:1].isupper() and top not in _NO_MODELS and top not in sys.stdlib_module_names:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name):
                    made[target.id] = name
    return made


# -- workflows and builds ----------------------------------------------------------------------------------------------


@probe("ci-anything", asks="Is there any workflow of the group's own that runs something?", looks_in=WORKFLOWS)
def ci_anything(files: Files) -> Iterator[Evidence]:
    """A workflow with a step that runs or uses something, whatever starts it. The template's untouched ones are none. Weak: it
    may be no integration."""
    for ci in ci_workflows(files):
        if ci.does_something:
            yield ci.file.cite(ci.triggers[0].line if ci.triggers else 1, note="a workflow with steps")


@probe(
    "data-trigger-prints",
    asks="Does a workflow start when the data changes, and only say so?",
    looks_in=WORKFLOWS,
    mentions=("paths",),
)
def data_trigger_prints(files: Files) -> Iterator[Evidence]:
    """A `paths:` filter that matches tracked data or DVC pointers in a workflow whose steps only set up and print. Weak: it
    starts when data change, and does nothing with them."""
    for ci, trigger, pattern, line, mine in watches(files, "data", idle=True):
        if mine:
            yield ci.file.cite(trigger.line, line, note=f"`{pattern}` matches tracked data; its steps only print")


@probe(
    "data-build",
    asks="Does a build of the cloud fetch the data and test or train with them?",
    looks_in=(*_CLOUD_BUILD, *DOCKERFILES),
    mentions=("dvc", "cloudbuild", "steps"),
)
def data_build(files: Files) -> Iterator[Evidence]:
    """A Cloud Build file that pulls data with DVC and runs tests or training, or one that builds a docker file which does. Weak:
    what starts it is kept in the console, and may be a change of the data."""
    builds = files.matching(*_CLOUD_BUILD)
    for file in builds:
        if _pulls_and_works(file):
            yield file.cite(1, note="pulls data and works with them; its trigger is not in the repository")
    for file in files.matching(*DOCKERFILES):
        if _pulls_and_works(file) and (by := next((b for b in builds if file.path in b.text), None)):
            yield file.cite(1, note=f"pulls data and works with them; {by.path} builds it")


def _pulls_and_works(file: File) -> bool:
    if "dvc" not in file.text:
        return False
    found = list(commands(file))
    pulls = any(c.program == "dvc" and {"pull", "repro", "fetch"} & set(c.bare[1:3]) for c in found)
    return pulls and any(runs_tests(c) or "train" in " ".join(c.bare) for c in found)


@probe(
    "dockerfile-kept",
    asks="Does a docker file that came with the template name the group's own files?",
    looks_in=DOCKERFILES,
    stubs=True,
)
def dockerfile_kept(files: Files) -> Iterator[Evidence]:
    """A docker file of the template, as it came, whose instructions copy or start a script or package of the group's own.
    Weak: nobody had to write it. `COPY src/` names nothing."""
    for file in files:
        instructions = docker(file)
        if not any(i.name == "FROM" for i in instructions) or editors_stock(instructions):
            continue
        for instruction in instructions:
            words = re.findall(r"[\w./-]{3,200}", instruction.text) if instruction.name != "FROM" else []
            mine = (w.removeprefix("./").strip("/") for w in words)
            if any(re.match(r"src/\w|.*\.py$", w) and files.exists(w) and not files.aside(w) for w in mine):
                yield file.cite(instruction.line, note="names own code, as the template brings it")
                break


# -- tracking ----------------------------------------------------------------------------------------------------------

_TRACKERS = ("wandb", "mlflow", "clearml", "comet_ml", "neptune", "aim", "dvclive", "swanlab", "trackio", "tensorboard", "tensorboardX",
             "torch.utils.tensorboard", "tensorboard_logger", "sacred", "guild", "polyaxon", "codecarbon")  # fmt: skip


@probe(
    "tracker-named",
    asks="Is a tracker of experiments imported or depended on?",
    looks_in=(*_PYTHON, "**/*requirements*.txt", "**/pyproject.toml", "**/environment*.y*ml", "**/setup.py"),
    mentions=tuple(t.partition(".")[0].lower() for t in _TRACKERS),
)
def tracker_named(files: Files) -> Iterator[Evidence]:
    """An import of W&B, MLflow or another tracker in any code, tests and notebooks included, or a declared dependency on one.
    Weak: what it tracks is not seen."""
    for file in files.matching(*_PYTHON):
        module = python(file)
        if module and (line := module.imported(*_TRACKERS)):
            yield file.cite(line, note="imports a tracker")
            return
    names = {t.replace("_", "-").lower() for t in _TRACKERS}
    for package in declarations(files).packages:
        if package.name.replace("_", "-").lower() in names and package.path in files.paths:
            yield files.paths[package.path].cite(package.line, note="depends on a tracker")
            return
