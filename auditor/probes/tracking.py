"""Profiling, logging, experiment tracking, sweeps, Lightning."""

import ast
import re
from collections.abc import Callable, Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.config import is_sweep
from auditor.probes.scaling import is_optional
from auditor.readers.commands import commands
from auditor.readers.nodes import is_stub_body, literal
from auditor.readers.python import Call, Module, python
from auditor.readers.text import readable
from auditor.readers.yaml import Node, yaml_documents
from auditor.repository import Unreadable
from auditor.snapshot import LINK, SUBMODULE, File, Files

NO_TESTS = ("!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")
OWN_CODE = ("**/*.py", "**/*.ipynb", "!reports/**/*.py", *NO_TESTS)
SCRIPTS = (
    "**/*.{sh,bash}",
    "**/{makefile,justfile}",
    "**/*.mk",
    "**/*dockerfile*",
    "**/pyproject.toml",
    "**/pixi.toml",
)
LIGHTNING = ("lightning", "pytorch_lightning", "lightning_fabric")


def is_null(node: ast.expr | None) -> bool:
    """Whether an argument is not given, or switched off in plain sight."""
    return node is None or (isinstance(node, ast.Constant) and node.value in (None, False, "", "none", "None"))


def targets_of(file: File) -> Iterator[tuple[str, int, Node]]:
    """The classes that a YAML configuration has made: `_target_` of Hydra, `class_path` of Lightning's CLI."""
    for root in yaml_documents(file):
        for _, node in root.walk():
            for key in ("_target_", "class_path"):
                if node[key].kind == "text":
                    yield node[key].text, node[key].line, node


# -- profiling ---------------------------------------------------------------------------------------------------------

_PROFILERS = (
    "torch.profiler.profile",
    "torch.autograd.profiler.profile",
    "torch.autograd.profiler.emit_nvtx",
    "torch.utils.bottleneck.",
    "torch.cuda.profiler.",
    "cProfile.",
    "profile.Profile",
    "profile.run",
    "pstats.Stats",
    "pyinstrument.Profiler",
    "pyinstrument.profile",
    "line_profiler.",
    "memory_profiler.",
    "viztracer.VizTracer",
    "yappi.start",
    "memray.Tracker",
    "scalene.",
    "tracemalloc.start",
    "jax.profiler.",
    "tensorflow.profiler.",
)
_PROFILER_CLASS = compile_later(r"(PyTorch|Simple|Advanced|XLA)Profiler$")
_PROFILER_PROGRAMS = (
    "cProfile", "profile", "pstats", "py-spy", "scalene", "kernprof", "line_profiler", "pyinstrument", "viztracer",
    "memray", "mprof", "nsys", "ncu", "nvprof", "snakeviz", "austin", "memory_profiler",
)  # fmt: skip
_PRINTED = compile_later(
    r"(?m)^.*\b\d+ function calls (\(\d+ primitive calls\) )?in [\d.]+ seconds|^[^\S\n]*+FIT Profiler Report|"
    r"^.*Self CPU (time total|%)|^\s*ncalls\s+tottime\s+percall"
)


_MAY_PROFILE = (
    "**/*.{py,ipynb,sh,bash,mk,yaml,yml,txt,md,log,out,toml}",
    "**/{makefile,justfile}",
    "!reports/*.md",
    "!**/requirements*.txt",
    "!**/.pre-commit-config.y*ml",
    "!tests/**",
    "!**/test_*.py",
)
_OF_PROFILES = (
    "profile", "pstats", "py-spy", "scalene", "pyinstrument", "viztracer", "memray", "mprof", "nsys", "yappi",
    "tracemalloc", "function calls", "self cpu", "ncalls",
)  # fmt: skip


@probe("profiling", asks="Was the code profiled?", looks_in=_MAY_PROFILE, mentions=_OF_PROFILES)
def profiling(files: Files) -> Iterator[Evidence]:
    """A call of a profiler, a `profiler=` argument that is not off, a command that profiles, a committed trace or dump
    (known by its bytes), or a profile's printed table. A declared profiler, `profiler: null`, and data profiling do not
    count."""
    return _profiles(files, lambda file, inside: True)


@probe(
    "profiling-used",
    asks="Was the code profiled by something that the code uses?",
    looks_in=_MAY_PROFILE,
    mentions=_OF_PROFILES,
)
def profiling_used(files: Files) -> Iterator[Evidence]:
    """As `profiling`, without a profiler in a function or class that nothing names, or under a condition (`if
    cfg.profile:`): what was written and perhaps never used is no reason to tick a box. Whatever has a decorator that may hand
    it on (a command, a hook) counts as used."""
    for evidence in _profiles(files, lambda file, inside: _is_named(files, file, inside.partition(".")[0])):
        file = files.paths.get(evidence.path)
        module = python(file) if file and file.suffix in ("py", "ipynb") else None
        if not (module and evidence.start and is_optional(module, evidence.start)):
            yield evidence


def _is_named(files: Files, file: File, name: str) -> bool:
    """Whether a top-level definition (none for a module's own lines) is named anywhere but where it stands."""
    module = python(file)
    if not name or module is None:
        return True
    for f in module.functions:
        if f.qualname == name and any(not d.startswith(("contextlib.", "functools.")) for d in f.decorators):
            return True
    if any(isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) for n in module.nodes):
        return True
    word = compile_later(rf"\b{re.escape(name)}\b")
    stem = compile_later(
        rf"\b{re.escape(file.folder.rpartition('/')[2] if file.name == '__init__.py' else file.name.removesuffix('.py'))}\b"
    )
    others = (
        f
        for f in files.paths.values()
        if f is not file and not f.skipped and f.suffix in ("py", "ipynb", "sh", "toml", "yaml")
    )
    for other in others:
        if readable(other) and word.search(other.text) and (stem.search(other.text) or f"import {name}" in other.text):
            code = python(other) if other.suffix == "py" and other.name != "__init__.py" else None
            if code is None:
                if other.name != "__init__.py":
                    return True
            elif _uses(code, name):
                return True
    return False


def _uses(module: Module, name: str) -> bool:
    """Whether code that takes a name from elsewhere does something with it."""
    return any(
        (isinstance(n, ast.Name) and n.id == name and isinstance(n.ctx, ast.Load) and name in module.aliases)
        or (isinstance(n, ast.Attribute) and n.attr == name)
        for n in module.nodes
    ) or any(full.endswith(f".{name}") and local != name for local, full in module.aliases.items())


def _profiles(files: Files, used: Callable[[File, str], bool]) -> Iterator[Evidence]:
    for file in files:
        if file.suffix in ("py", "ipynb"):
            yield from _profiled(file, used)
        elif file.suffix in ("yaml", "yml"):
            yield from _profiler_key(file)
        elif file.suffix in ("txt", "md", "log", "out") and (match := _PRINTED.search(file.text)):
            yield file.cite(file.text.count("\n", 0, match.end()) + 1, note="a profile's table")
    for file in files.matching("**/*.{sh,bash,mk,py,yaml,yml,toml}", "**/{makefile,justfile}"):
        for command in commands(file) if not _is_readable_only(file) else ():
            if command.program in _PROFILER_PROGRAMS and len(command.bare) > 1:
                yield file.cite(command.line, note="runs a profiler")
    yield from _traces(files)


def _is_readable_only(file: File) -> bool:
    return file.suffix == "py" and not re.search(r"\.run\(|subprocess|os\.system", file.text)


def _profiled(file: File, used: Callable[[File, str], bool]) -> Iterator[Evidence]:
    module = python(file)
    if module is None:
        return
    seen: set[tuple[str, str]] = set()
    for call in module.calls:
        by_call = any(call.name == p or (p[-1] == "." and call.name.startswith(p)) for p in _PROFILERS)
        if by_call or _PROFILER_CLASS.search(call.name):
            wanted = call.name != "torch.profiler.ProfilerActivity" and (call.name, call.inside) not in seen
            if wanted and used(file, call.inside):
                seen.add((call.name, call.inside))
                yield file.cite(call.line, min(call.end, call.line + 3))
        elif (
            call.name.rsplit(".", 1)[-1] in ("Trainer", "Fabric", "dict")
            and not is_null(value := call.keyword("profiler"))
            and value is not None
        ):
            yield file.cite(value.lineno, note="the trainer is given a profiler")
    for f in module.functions:
        if any(d.startswith(("line_profiler.", "memory_profiler.", "pyinstrument.profile")) for d in f.decorators):
            yield file.cite(f.node.decorator_list[0].lineno, f.line)
    if file.suffix == "ipynb" and (match := re.search(r'"\s*%%?(prun|lprun|mprun|scalene)\b', file.text)):
        yield file.cite(file.text.count("\n", 0, match.start()) + 1, note="profiles a cell")


def _profiler_key(file: File) -> Iterator[Evidence]:
    for root in yaml_documents(file):
        for _, node in root.walk():
            value = node["profiler"]
            if (
                value.text.lower() in ("simple", "advanced", "pytorch", "xla")
                or value["_target_"]
                or value["class_path"]
            ):
                yield file.cite(node.line_of("profiler"), note="the configuration switches a profiler on")


def _traces(files: Files) -> Iterator[Evidence]:
    """Committed profiles: cProfile's dumps by their first bytes, chrome traces by their head."""
    for path, file in files.paths.items():
        name = file.name.lower()
        if not re.search(r"prof|pstats|trace|cpu_?time", name) or file.why_skipped.startswith((LINK, SUBMODULE)):
            continue
        if name.endswith((".py", ".ipynb", ".png", ".md", ".toml", ".lock", ".html", ".svg", ".pyc", ".js", ".css")):
            continue
        try:
            head = file.start(4096)
        except Unreadable:
            continue
        if head[:1] in (b"\xfb", b"{") and head[1:2] in (b")", b"\xa9") and head[2:3] == b"\x03":
            yield file.exists(f"{path} is a dump of cProfile")
        elif b'"traceEvents"' in head or b'"deviceProperties"' in head:
            yield file.exists(f"{path} is a trace of a profiler")
        elif head[:2] == b"\x1f\x8b" and name.endswith(".pt.trace.json.gz"):
            yield file.exists(f"{path} is a packed trace of the PyTorch profiler")


# -- logging -----------------------------------------------------------------------------------------------------------

_LEVELS = frozenset(["debug", "info", "warning", "warn", "error", "exception", "critical", "success", "fatal", "trace"])
_LOGGER = compile_later(r"(?i)(^|[._])(\w*logger\w*|logging|log|logs|structlog|getLogger|get_logger)$")


def log_calls(module: Module) -> list[Call]:
    """The calls that emit a log message: a level's method on an object whose name says log."""
    emitted = []
    named = _loggers(module)
    for call in module.calls:
        owner, _, method = call.name.rpartition(".")
        plain = owner.replace("()", "").removesuffix(".bind").removesuffix(".opt")
        if method in ("log_struct", "log_text") and module.imported("google.cloud.logging"):
            emitted.append(call)
        elif (
            method in _LEVELS
            and (_LOGGER.search(plain) or plain in named)
            and "wandb" not in plain.lower()
            and call.node.args
        ):
            text = literal(call.node.args[0])
            # the one message of the old template's stub
            if text != "making final data set from raw data":
                emitted.append(call)
        elif call.name == "logging.log" or (method == "log" and re.match(r"loguru\.|logging\.getLogger", plain)):
            emitted.append(call)
    return emitted


def _loggers(module: Module) -> frozenset[str]:
    """The names that a module binds to a logger, whatever they are called: `lg = logging.getLogger(__name__)`."""
    found = set()
    for node in module.nodes:
        value = node.value if isinstance(node, ast.Assign) else None
        if isinstance(value, ast.Call) and module.name(value.func).endswith(("getLogger", "get_logger")):
            found |= {module.name(t) for t in node.targets}  # type: ignore[attr-defined]
    return frozenset(found)


@probe(
    "logging",
    asks="Does the group's own code log events?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("log",),
)
def logging(files: Files) -> Iterator[Evidence]:
    """A message emitted through logging, loguru, structlog or a framework's logger, outside tests. A logger that is never
    called, `print`, metrics sent to W&B or `self.log`, and the template's one sentence do not count."""
    found = []
    for file in files:
        module = python(file)
        if module is None:
            continue
        if calls := log_calls(module):
            count = len(calls)
            found.append((count, file.cite(calls[0].line, note=f"{count} log message{'s' * (count > 1)} in this file")))
    yield from (evidence for _, evidence in sorted(found, key=lambda f: -f[0]))


@probe(
    "logging-throughout",
    asks="Does the group's own code log events in more than a place or two?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("log",),
)
def logging_throughout(files: Files) -> Iterator[Evidence]:
    """As `logging`, from three messages on: one that a framework's example brought along is no reason to tick a box."""
    if sum(len(log_calls(module)) for file in files if (module := python(file))) > 2:
        yield from logging(files)


_KEEPS_A_LOG = compile_later(r"^_?(log|write_log|append_log)(_|$)|_log$")
_WRITES = compile_later(
    r"(^|\.)(open|write|writerow|dump|dumps|to_csv|append|put_object|insert_\w+|upload_\w+|_?append_\w+|_?upload_\w+)$"
)


@probe(
    "own-log",
    asks="Does a function of the group's own that is named for logging, or a CSVLogger, write records?",
    looks_in=("**/*.py", "!reports/**", *NO_TESTS),
    mentions=("log_", "_log", "csvlogger"),
)
def own_log(files: Files) -> Iterator[Evidence]:
    """A function called `log_...` or `..._log` that writes to a file, a table or a bucket; or Lightning's `CSVLogger`, which writes
    what a run does into files. Weak: a log of the group's own making, if without a logger."""
    for file in files:
        module = python(file)
        for f in module.functions if module else ():
            if (
                _KEEPS_A_LOG.search(f.name)
                and module
                and any(
                    c.inside == f.qualname and _WRITES.search(c.name) and "wandb" not in c.name for c in module.calls
                )
            ):
                yield file.cite(f.line, note="an own log")
        kept = (c for c in module.calls if c.name.rpartition(".")[2] == "CSVLogger") if module else ()
        yield from (file.cite(c.line, c.end, note="logs runs into files (CSVLogger)") for c in kept)


# -- experiment tracking -----------------------------------------------------------------------------------------------


@probe(
    "experiment-tracking",
    asks="Does the code log its experiments to Weights & Biases?",
    looks_in=(*OWN_CODE, "**/*.{yaml,yml}", "!.github/**"),
    mentions=("wandb",),
)
def experiment_tracking(files: Files) -> Iterator[Evidence]:
    """A live `wandb.init`, a `WandbLogger`, W&B's callback, `report_to` with wandb, or a configuration that makes a
    WandbLogger, outside tests; then what is logged with it. A dependency, keys in a configuration, `wandb.login`, a
    commented-out logger and a run that is switched off for good do not count."""
    starts, rest = [], []
    for file in files:
        if file.suffix in ("yaml", "yml"):
            starts += [
                file.cite(line, note="the configuration makes a W&B logger")
                for target, line, _ in targets_of(file)
                if re.search(r"(^|\.)(WandbLogger|wandb\.init|WandbCallback)$", target)
            ]
            starts += [file.cite(line, note="reports to W&B") for line in _reports_to(file, "wandb")]
            continue
        module = python(file)
        if module is None:
            continue
        for call in module.calls:
            last = call.name.rsplit(".", 1)[-1]
            if call.name in ("wandb.init", "wandb.sdk.init") or re.fullmatch(
                r"Wandb(Logger|Callback|MetricsLogger|ModelCheckpoint)", last
            ):
                if literal(call.keyword("mode")) != "disabled" and not _is_off(call):
                    starts.append(file.cite(call.line, min(call.end, call.line + 5)))
            elif _reports(call, "wandb"):
                starts.append(file.cite(call.line, min(call.end, call.line + 5), note="reports to W&B"))
            elif call.name in ("wandb.log", "wandb.Artifact", "wandb.log_artifact") or last in (
                "log_artifact",
                "link_artifact",
            ):
                rest.append((call.name, file, call))
    yield from starts
    if starts:
        seen: set[tuple[str, str]] = set()
        for name, file, call in rest:
            if (name, file.path) not in seen and "mlflow" not in name:
                seen.add((name, file.path))
                yield file.cite(call.line, note="an artifact" if "rtifact" in name else "metrics")


@probe(
    "metrics-tracked",
    asks="Does the code send the metrics of its training to Weights & Biases?",
    looks_in=(*OWN_CODE, "**/*.{yaml,yml}", "!.github/**"),
    mentions=("wandb",),
)
def metrics_tracked(files: Files) -> Iterator[Evidence]:
    """As `experiment-tracking`, where metrics are logged, or a logger or callback does so: a run that is started to fetch a
    model is no tracking of a training."""
    found = list(experiment_tracking(files))
    logs = any(e.note == "metrics" or re.search(r"Wandb\w+|_target_|class_path|report_to", e.excerpt) for e in found)
    if found and (logs or any(_logs_on_a_run(file) for file in files.matching("**/*.py", "**/*.ipynb"))):
        yield from found


def _logs_on_a_run(file: File) -> bool:
    """Whether a module of W&B's calls `log` on what is named for a run: `run.log({...})`."""
    module = python(file)
    if module is None or not module.imported("wandb"):
        return False
    owners = (call.name.rpartition(".")[0].lower() for call in module.calls if call.name.endswith(".log"))
    return any(re.search(r"run|wandb|experiment", owner) for owner in owners)


def _is_off(call: Call) -> bool:
    return literal(call.keyword("offline")) == "never" or literal(call.keyword("disabled")) is True


def _reports(call: Call, tool: str) -> bool:
    value = literal(call.keyword("report_to"))
    return value == tool or (isinstance(value, list | tuple) and tool in value)


def _reports_to(file: File, tool: str) -> Iterator[int]:
    for root in yaml_documents(file):
        for _, node in root.walk():
            if tool in node["report_to"].texts():
                yield node.line_of("report_to")


_OTHER = compile_later(
    r"^mlflow\.(start_run|log_\w+|autolog|set_experiment|\w+\.autolog|\w+\.log_model)$|^clearml\.Task\.init$|"
    r"^comet_ml\.(Experiment|start|init)|^neptune\.(init_run|init)|^aim\.Run$|^dvclive\.|^swanlab\.init$|^trackio\.init$|"
    r"(^|\.)(MLFlowLogger|CometLogger|NeptuneLogger|TensorBoardLogger|ClearMLLogger|DVCLiveLogger|SummaryWriter|AimLogger)$|"
    r"^tensorflow\.summary\.create_file_writer$|(^|\.)keras\.callbacks\.TensorBoard$"
)


@probe(
    "other-tracking",
    asks="Does the code log its experiments to another tracker than Weights & Biases?",
    looks_in=(*OWN_CODE, "**/*.{yaml,yml}", "!.github/**"),
    mentions=(
        "mlflow",
        "clearml",
        "comet",
        "neptune",
        "tensorboard",
        "SummaryWriter",
        "aim",
        "dvclive",
        "swanlab",
        "trackio",
    ),
)
def other_tracking(files: Files) -> Iterator[Evidence]:
    """A live call of MLflow, ClearML, Comet, Neptune, Aim, DVCLive or TensorBoard outside tests, or a configuration that
    makes their logger. For an item that names W&B this is the weaker sign."""
    for file in files:
        if file.suffix in ("yaml", "yml"):
            yield from (file.cite(line) for target, line, _ in targets_of(file) if _OTHER.search(target))
            continue
        module = python(file)
        seen: set[str] = set()
        for call in module.calls if module else ():
            if call.name not in seen and (
                _OTHER.search(call.name)
                or any(_reports(call, t) for t in ("mlflow", "tensorboard", "clearml", "comet_ml", "neptune"))
            ):
                seen.add(call.name)
                yield file.cite(call.line, min(call.end, call.line + 3))


# -- sweeps ------------------------------------------------------------------------------------------------------------

_SEARCHES = compile_later(
    r"^optuna\.(create_study|study\.create_study|integration\.OptunaSearchCV)$|^ray\.tune\.(run|Tuner|Tuner\(\)\.fit)$|"
    r"(^|\.)(GridSearchCV|RandomizedSearchCV|HalvingGridSearchCV|HalvingRandomSearchCV|BayesSearchCV|HyperparameterTuningJob)$|"
    r"^hyperopt\.fmin$|^keras_tuner\.|^skopt\.(gp|forest|gbrt)_minimize$|^ax\.(service|api|modelbridge)\.|^nevergrad\.|(^|\.)hyperparameter_search$|^azure\..*\.sweep$"
)


def varies(parameters: Node) -> bool:
    """Whether a sweep has a parameter with more than one value to try."""
    for _, value in parameters.entries.values():
        drawn = value["distribution"] and value["distribution"].text not in ("constant", "categorical")
        if drawn or len(value["values"].items) > 1 or (value["min"] and value["max"]):
            return True
        if value["parameters"] and varies(value["parameters"]):
            return True
    return False


@probe(
    "sweep",
    asks="Is there a hyperparameter sweep?",
    looks_in=(*OWN_CODE, "**/*.{yaml,yml}", "**/*{sweep,tune,tuning,hyper,study}*.json", *SCRIPTS, "!.github/**"),
    mentions=("parameters", "wandb", "optuna", "ray", "hydra", "SearchCV", "HyperparameterTuning", "studySpec", "hyperopt",
              "tuner", "skopt", "multirun", "hyperparameter_search", "nevergrad"),
)  # fmt: skip
def sweep(files: Files) -> Iterator[Evidence]:
    """A W&B sweep in YAML or as a dict with at least one varied parameter, `wandb.sweep` or an agent; an Optuna, Ray Tune,
    scikit-learn, Keras or Vertex search; a Hydra sweeper with parameters, or a multirun command that varies one. Hydra's
    `sweep: dir`, a sweep file that pins every parameter, and a declared library do not count."""
    configs: list[Evidence] = []
    starts: list[Evidence] = []
    searches: list[Evidence] = []
    pinned = False
    for file in files:
        if file.suffix in ("yaml", "yml", "json"):
            if "parameters" in file.text or "sweeper" in file.text or "studySpec" in file.text:
                for root in yaml_documents(file):
                    for _, node in root.walk():
                        if is_sweep(node):
                            if varies(node["parameters"]):
                                configs.append(
                                    file.cite(node.line_of("parameters"), node["parameters"].end, note="a W&B sweep")
                                )
                            else:
                                pinned = True
                        elif node["sweeper"]["params"].entries or (
                            node["sweeper"]["search_space"].entries and node["sweeper"]["_target_"]
                        ):
                            searches.append(
                                file.cite(node.line_of("sweeper"), node["sweeper"].end, note="a Hydra sweeper")
                            )
                        elif node["studySpec"]["parameters"]:
                            searches.append(file.cite(node.line_of("studySpec"), note="a Vertex AI tuning job"))
        elif file.suffix in ("py", "ipynb"):
            module = python(file)
            for call in module.calls if module else ():
                if call.name in ("wandb.sweep", "wandb.agent"):
                    starts.append(file.cite(call.line, min(call.end, call.line + 3)))
                elif _SEARCHES.search(call.name) and not call.name.endswith("parameters"):
                    searches.append(file.cite(call.line, min(call.end, call.line + 3)))
            for line, end, varied in _sweep_dicts(module) if module and "parameters" in file.text else ():
                if varied:
                    configs.append(file.cite(line, end, note="a W&B sweep"))
                else:
                    pinned = True
    for file in files:
        if file.suffix != "ipynb" and re.search(r"wandb|multirun|\s-m\s", file.text):
            for command in commands(file):
                words = command.bare
                if command.program == "wandb" and words[1:2] in (("agent",), ("sweep",)):
                    starts.append(file.cite(command.line, note="starts a sweep"))
                elif ("--multirun" in words or ("-m" in words and command.program.startswith("python"))) and any(
                    re.match(r"^[\w./+]+=.*(,|range\(|choice\(|interval\()", w) for w in words
                ):
                    searches.append(file.cite(command.line, note="a Hydra multirun"))
    yield from configs
    yield from searches
    if configs or not pinned:
        yield from starts
        ran = [p for p in files.paths if re.search(r"(^|/)wandb/sweep-[^/]+/config-[^/]+\.yaml$", p)]
        if ran:
            yield Evidence(
                kind="fact", note=f"W&B left {len(ran)} configurations of sweep runs.", sources=tuple(ran[:5])
            )


@probe(
    "sweep-ran",
    asks="Is there a trace of a sweep that ran?",
    looks_in=("**/wandb/sweep-*/config-*.yaml", "**/optuna*.db", "**/multirun/**"),
    all=True,
)
def sweep_ran(files: Files) -> Iterator[Evidence]:
    """What W&B leaves of a sweep's runs, an Optuna study's database, the folders of a Hydra multirun. A sweep's file is a plan."""
    for file in files.named()[:5]:
        yield file.exists("left by a sweep that ran")


def _sweep_dicts(module: Module) -> Iterator[tuple[int, int, bool]]:
    """The dicts of a module that are W&B sweeps: their lines, and whether they vary anything."""
    for node in module.nodes:
        if not isinstance(node, ast.Dict):
            continue
        entries = {k.value: v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)}
        parameters = entries.get("parameters")
        if parameters is not None and entries.keys() & {"method", "metric", "program", "command"}:
            written = isinstance(parameters, ast.Dict)
            varied = not written or any(_varied(v) for v in parameters.values)  # type: ignore[attr-defined]
            yield node.lineno, node.end_lineno or node.lineno, varied


def _varied(node: ast.expr) -> bool:
    if not isinstance(node, ast.Dict):
        return True
    keys = {k.value: v for k, v in zip(node.keys, node.values, strict=True) if isinstance(k, ast.Constant)}
    values = keys.get("values")
    if isinstance(values, ast.List | ast.Tuple):
        return len(values.elts) > 1
    return values is not None or "distribution" in keys or {"min", "max"} <= keys.keys() or "parameters" in keys


# -- Lightning ---------------------------------------------------------------------------------------------------------


def _is_lightning(name: str) -> bool:
    return name.split(".")[0] in LIGHTNING


@probe(
    "uses-lightning",
    asks="Is the training built on PyTorch Lightning?",
    looks_in=(*OWN_CODE, "**/*.{yaml,yml}", "!.github/**"),
    mentions=("lightning",),
)
def uses_lightning(files: Files) -> Iterator[Evidence]:
    """An own class derived from LightningModule, Lightning's Trainer, Fabric or LightningCLI, or a configuration that makes
    its Trainer, outside tests. The dependency, another library's Trainer, loggers and seeding alone do not count."""
    modules, trainers = [], []
    for file in files:
        if file.suffix in ("yaml", "yml"):
            trainers += [
                file.cite(line)
                for target, line, _ in targets_of(file)
                if _is_lightning(target) and target.endswith((".Trainer", ".Fabric"))
            ]
            continue
        module = python(file)
        if module is None or not module.imported(*LIGHTNING):
            continue
        for c in module.classes:
            if any(b.rsplit(".", 1)[-1] == "LightningModule" for b in c.bases) and not is_stub_body(c.node):
                modules.append(file.cite(c.line, note="a Lightning module"))
        for call in module.calls:
            last = call.name.rsplit(".", 1)[-1]
            if last in ("Trainer", "Fabric", "LightningCLI") and _is_lightning(call.name):
                trainers.append(file.cite(call.line, min(call.end, call.line + 5)))
    yield from modules[:1] + trainers[:1] + modules[1:] + trainers[1:]
