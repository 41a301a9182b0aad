"""Making it faster: loading in parallel, training on several devices, a cheaper model at inference."""

import ast
import re
from collections.abc import Iterator

from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.commands import commands
from auditor.readers.nodes import literal, walk
from auditor.readers.python import Call, Module, python
from auditor.readers.shell import Command
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import Node, yaml_documents
from auditor.shapes import number_of
from auditor.snapshot import File, Files

CODE = (
    "**/*.py",
    "**/*.ipynb",
    "!tests/**",
    "!**/tests/**",
    "!test/**",
    "!**/test_*.py",
    "!**/*_test.py",
    "!**/conftest.py",
)
CONFIGS = (
    "**/*.yaml",
    "**/*.yml",
    "**/*.json",
    "!.github/**",
    "!.devcontainer/**",
    "!.vscode/**",
    "!outputs/**",
    "!**/outputs/**",
    "!artifacts/**",
    "!reports/**",
    "!**/*compose*.y*ml",
    "!**/package*.json",
    "!.pre-commit-config.yaml",
    "!mkdocs.y*ml",
    "!**/mkdocs.y*ml",
)
_WORKERS = ("num_workers", "n_workers", "dataloader_num_workers", "num_loader_workers", "loader_workers", "nworkers")


_WRITTEN = 50_000  # bytes; a larger YAML or JSON file was written by a program
_BESIDE_TRAINING = compile_later(
    r"drift|monitor|evaluat|predict|infer|visuali[sz]|bench|profil|serve|api", re.IGNORECASE
)


# -- loading -----------------------------------------------------------------------------------------------------------


@probe(
    "parallel-loading",
    asks="Does the data loading use more than one process?",
    looks_in=(*CODE, *CONFIGS, "**/*.toml"),
    mentions=("worker", "num_parallel_calls"),
)
def parallel_loading(files: Files) -> Iterator[Evidence]:
    """A data loader whose number of workers is above 0: written in the call or in the arguments that it is handed
    (`**kwargs`), counted from the CPUs, or arriving through variables, parameters, constants and configuration keys (a
    configuration's value goes before a default in code); `num_parallel_calls` of tf.data. Loaders of evaluation, drift or
    profiling scripts alone, `seed_everything(workers=True)`, thread pools, 0, recorded runs and tests do not count. A number
    that is computed or handed in from outside is unknown, not 0.
    """
    direct: list[tuple[bool, Evidence]] = []
    sites: list[tuple[File, Module, ast.expr]] = []  # where a number that is not written there reaches a loader
    modules = [(f, m) for f in files if f.suffix in ("py", "ipynb") and (m := python(f))]
    for file, module in modules:
        for call in module.calls:
            for keyword in call.node.keywords:
                said = _says(module, call, keyword)
                if said and not _BESIDE_TRAINING.search(file.name):
                    direct.append((call.name.endswith("DataLoader"), file.cite(keyword.value.lineno, note=said)))
                elif _is_count(module, call, keyword) and not said:
                    sites.append((file, module, keyword.value))
        sites += [(file, module, value) for value in _spread(module)]
    handed = {name for _, _, value in sites for name in _names(value) if not isinstance(value, ast.Constant)}
    names = handed.union(_WORKERS) if handed else set()
    told = [c for f in files if f.suffix in ("yaml", "yml", "json", "toml") for c in _configured(f)]
    configured = [c for c in told if c[0] in names or c[0] == "dataloader_num_workers"]
    for _, evidence in sorted(direct, key=lambda d: not d[0]):
        yield evidence
    yield from (evidence for _, count, evidence in configured if count > 0)
    keys = {key for key, _, _ in configured}
    if direct or any(count > 0 for _, count, _ in configured):
        return
    if handed:
        for file, module in modules:
            yield from (evidence for name, evidence in _bindings(file, module, names) if name not in keys)
    fixed: dict[str, bool] = {}
    for key, count, _ in told:
        fixed[key] = fixed.get(key, False) or count > 0
    counts = _Counts(modules, fixed)
    for file, module, value in sites:
        if _BESIDE_TRAINING.search(file.name):
            continue
        several = counts.several(module, value)
        if several:
            yield file.cite(value.lineno, note="the number of workers that arrives here is above 0")
        elif several is None:
            unsure(Hole(file.path, "the number of workers is computed or comes from outside", value.lineno))
        else:
            files.near = files.near or f"{file.path}:{value.lineno}"


_OTHER_WORKERS = compile_later(r"(?i)(loader|data_?module|dataset|trainer|\.train|\.fit|trainingarguments)$")


def _is_count(module: Module, call: Call, keyword: ast.keyword) -> bool:
    """Whether an argument is a number of loading processes: by its name, or a framework's own `workers=`."""
    if keyword.arg in _WORKERS:
        return True
    plain = keyword.arg == "workers" and not isinstance(literal(keyword.value), bool)
    return plain and bool(_OTHER_WORKERS.search(call.name)) and not call.name.startswith(("uvicorn.", "gunicorn."))


def _says(module: Module, call: Call, keyword: ast.keyword) -> str:
    """What a call's argument plainly says about its workers, or nothing."""
    if _is_count(module, call, keyword):
        return f"sets {keyword.arg} above 0" if _positive(module, keyword.value) else ""
    if keyword.arg == "num_parallel_calls" and module.imported("tensorflow", "keras"):
        return "maps a tf.data pipeline in parallel"
    return ""


def _spread(module: Module) -> Iterator[ast.expr]:
    """The worker counts in dicts of a module that hands arguments on with `**`: `{"num_workers": n}`, `kw["num_workers"] = n`."""
    if not any(k.arg is None for call in module.calls for k in call.node.keywords):
        return
    for node in module.nodes:
        if isinstance(node, ast.Dict):
            yield from (
                v for k, v in zip(node.keys, node.values, strict=True) if k is not None and literal(k) in _WORKERS
            )
        elif isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Subscript) and literal(target.slice) in _WORKERS:
                    yield node.value


_NAMED_LIKE_CPUS = ("cpu_count", "get_num_threads", "sched_getaffinity", "process_cpu_count")


def _names(node: ast.expr) -> set[str]:
    """The names and keys with `worker` in an expression: `cfg.data.workers`, `hparams["num_workers"]`."""
    found = set()
    for part in walk(node):
        text = (
            part.attr if isinstance(part, ast.Attribute) else part.id if isinstance(part, ast.Name) else literal(part)
        )
        if isinstance(text, str) and "worker" in text.lower():
            found.add(text.lower().lstrip("_"))
    return found or set(_WORKERS)


def _positive(module: Module, node: ast.expr) -> bool:
    """Whether a worker count is plainly above 0: a literal, or something counted from the machine's CPUs."""
    value = literal(node)
    if isinstance(value, int) and not isinstance(value, bool):
        return value > 0
    return any(isinstance(n, ast.Call) and _counts_cpus(module, n) for n in walk(node))


def _counts_cpus(module: Module, call: ast.Call) -> bool:
    return module.name(call.func).rpartition(".")[2] in _NAMED_LIKE_CPUS


class _Counts:
    """Whether a worker count is above 0 (None where that cannot be known), followed through the variables, defaults, keys
    and arguments of the code. `configured` are the keys that a configuration fixes."""

    def __init__(self, modules: list[tuple[File, Module]], configured: dict[str, bool]) -> None:
        self.modules = modules
        self.configured = configured
        self._bound: dict[str, list[tuple[Module, ast.expr | None]]] | None = None

    def several(self, module: Module, node: ast.expr, seen: frozenset[str] = frozenset()) -> bool | None:
        value = literal(node)
        if isinstance(value, int):
            return value > 0
        if isinstance(node, ast.Constant):  # None, or a text that is no number
            return False if node.value is None else None
        if isinstance(node, ast.IfExp):
            return self._any([self.several(module, n, seen) for n in (node.body, node.orelse)])
        if isinstance(node, ast.BoolOp):
            return self._any([self.several(module, n, seen) for n in node.values])
        if isinstance(node, ast.Call):
            return self._called(module, node, seen)
        if isinstance(node, ast.BinOp):
            if any(isinstance(n, ast.Call) and _counts_cpus(module, n) for n in walk(node)):
                return True
            sides = [self.several(module, n, seen) for n in (node.left, node.right)]
            return False if sides[0] is False and isinstance(node.op, ast.Mult | ast.FloorDiv | ast.Div) else None
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if isinstance(node, ast.Subscript) and isinstance(key := literal(node.slice), str):
            name = key
        return self._named(name.lower().lstrip("_"), seen) if name else None

    def _called(self, module: Module, node: ast.Call, seen: frozenset[str]) -> bool | None:
        last = module.name(node.func).rpartition(".")[2]
        if last in _NAMED_LIKE_CPUS:
            return True
        parts = [self.several(module, a, seen) for a in node.args]
        if last == "max" and len(parts) > 1:
            return self._any(parts)
        if last == "min" and len(parts) > 1:
            return False if False in parts else True if all(parts) else None
        if last in ("int", "round", "abs") and parts:
            return parts[0]
        if last in ("get", "getattr", "getenv") and node.args:
            key = next((k for a in node.args if isinstance(k := literal(a), str)), "")
            return self._any([self._named(key.lower(), seen), *parts[1 + (last == "getattr") :]])
        if last in ("Option", "Argument", "Field", "field"):
            default = next((k.value for k in node.keywords if k.arg == "default"), node.args[0] if node.args else None)
            return self.several(module, default, seen) if default is not None else None
        return None

    @staticmethod
    def _any(parts: list[bool | None]) -> bool | None:
        return True if True in parts else None if None in parts else False

    def _named(self, name: str, seen: frozenset[str]) -> bool | None:
        if name in seen or len(seen) > 6 or not name:
            return None
        if name in self.configured:
            return self.configured[name]
        if self._bound is None:
            self._bound = {}
            for _, module in self.modules:
                for bound, value in _bound_values(module):
                    self._bound.setdefault(bound.lower().lstrip("_"), []).append((module, value))
        parts = [
            None if value is None else self.several(module, value, seen | {name})
            for module, value in self._bound.get(name, [])
            if not _is_itself(value, name)
        ]
        return self._any(parts) if parts else None


def _is_itself(value: ast.expr | None, name: str) -> bool:
    """Whether a value only hands a name on under the same name: `self.num_workers = num_workers`, `f(workers=workers)`."""
    said = value.attr if isinstance(value, ast.Attribute) else value.id if isinstance(value, ast.Name) else ""
    return said.lower().lstrip("_") == name


def _configured(file: File) -> Iterator[tuple[str, int, Evidence]]:
    """Each number of workers in a configuration file, by key in small letters."""
    tables: list[dict[str, object]] = [toml(file)] if file.suffix == "toml" else []
    while tables:
        for key, value in tables.pop().items():
            if isinstance(value, dict):
                tables.append(value)
            elif "worker" in key.lower() and isinstance(value, int) and not isinstance(value, bool):
                yield key.lower(), value, file.cite(toml_line(file, key), note="the configured number of workers")
    if file.suffix == "toml":
        return
    for document in yaml_documents(file) if file.size < _WRITTEN else ():
        for path, node in document.walk():
            known = path and "worker" in path[-1].lower()
            if known and node.kind == "text" and re.fullmatch(r"\d{1,6}", node.text):
                yield path[-1].lower(), int(node.text), file.cite(node.line, note="the configured number of workers")


def _bound_values(module: Module) -> Iterator[tuple[str, ast.expr | None]]:
    """What the code binds names to: defaults, constants, fields, keys, options and arguments. None where a parameter has no
    default and nothing in the code says what it is given."""
    for node in module.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            places = [*node.args.posonlyargs, *node.args.args]
            defaults = node.args.defaults
            yield from zip([a.arg for a in places[len(places) - len(defaults) :]], defaults, strict=True)
            yield from zip([a.arg for a in node.args.kwonlyargs], node.args.kw_defaults, strict=True)
        elif isinstance(node, ast.Assign):
            yield from ((_last_name(t), node.value) for t in node.targets)
            yield from (
                (key, node.value)
                for t in node.targets
                if isinstance(t, ast.Subscript) and isinstance(key := literal(t.slice), str)
            )
        elif isinstance(node, ast.AnnAssign):
            if node.value is not None:
                yield _last_name(node.target), node.value
        elif isinstance(node, ast.Dict):
            yield from ((str(literal(k)), v) for k, v in zip(node.keys, node.values, strict=True) if k is not None)
        elif isinstance(node, ast.Call):
            yield from ((k.arg, k.value) for k in node.keywords if k.arg)
            option = next((o for a in node.args if isinstance(o := literal(a), str) and o.startswith("--")), "")
            if option:
                default = next((k.value for k in node.keywords if k.arg == "default"), None)
                yield option.lstrip("-").replace("-", "_"), default


def _bindings(file: File, module: Module, names: set[str]) -> Iterator[tuple[str, Evidence]]:
    """Each positive value that the code binds to a worker count's name: a default, a constant, a field, an option."""
    for name, value in _bound_values(module):
        if value is None or name.lower().lstrip("_") not in names:
            continue
        if isinstance(value, ast.Call) and module.name(value.func).rpartition(".")[2] in (
            "Option",
            "Argument",
            "Field",
            "field",
        ):
            value = (
                value.args[0] if value.args else next((k.value for k in value.keywords if k.arg == "default"), value)
            )
        if _positive(module, value):
            yield name.lower(), file.cite(value.lineno, note=f"{name} is above 0 by default")


def _last_name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


_LOADERS = (
    "ray.data.",
    "webdataset.",
    "nvidia.dali.",
    "ffcv.",
    "streaming.StreamingDataset",
    "litdata.",
    "torchdata.",
    "petastorm.",
    "datasets.distributed.split_dataset_by_node",
    "grain.python.DataLoader",
    "mosaicml_streaming.",
)


@probe(
    "loading-measured",
    asks="Is the data loading distributed over processes by a sampler, or its speed measured over worker counts?",
    looks_in=CODE,
    mentions=(
        "DistributedSampler",
        "workers",
        "ray.data",
        "webdataset",
        "dali",
        "ffcv",
        "streaming",
        "litdata",
        "torchdata",
        "petastorm",
        "split_dataset_by_node",
        "grain",
        "distribute_dataset",
    ),
)
def loading_measured(files: Files) -> Iterator[Evidence]:
    """A DistributedSampler, a loop that builds loaders with different numbers of workers and takes the time, or a library
    for distributed loading (Ray Data, WebDataset, DALI, FFCV, Mosaic Streaming, LitData, ...). A plain `num_workers` does
    not count."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        for call in module.calls:
            if call.name.rpartition(".")[2] in ("DistributedSampler", "DistributedSamplerWrapper"):
                yield file.cite(call.line, call.end, note="gives each process its share of the data")
            elif call.name.startswith(_LOADERS) or call.name.endswith(
                ("experimental_distribute_dataset", "distribute_datasets_from_function")
            ):
                yield file.cite(call.line, call.end, note="loads with a library for distributed loading")
        timed = any(
            c.name.rpartition(".")[2] in ("time", "perf_counter", "default_timer", "timeit", "process_time")
            for c in module.calls
        )
        for loop in module.nodes if timed else ():
            if isinstance(loop, _LOOPS) and _varies_workers(loop):
                yield file.cite(loop.lineno, loop.lineno + 3, note="measures loading over worker counts")


_LOOPS = (ast.For, ast.While, ast.ListComp, ast.DictComp, ast.SetComp, ast.GeneratorExp)


def _varies_workers(loop: ast.AST) -> bool:
    """Whether what a loop varies (its variable, or what its body computes of that or counts up) is handed on as a number of workers."""
    varied: set[str] = set()
    for node in walk(loop):
        if isinstance(node, ast.For | ast.comprehension | ast.AugAssign):
            varied |= _named(node.target)
        elif isinstance(node, ast.Assign) and _named(node.value) & varied and not isinstance(node.value, ast.Call):
            varied |= {name for target in node.targets for name in _named(target)}
    if isinstance(loop, ast.While):
        varied &= _named(loop.test)
    for node in walk(loop):
        if isinstance(node, ast.Call):
            if any(k.arg in _WORKERS and _named(k.value) & varied for k in node.keywords):
                return True
            if any(isinstance(a, ast.Name) and a.id in varied and "worker" in a.id for a in node.args):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if called not in ("print", "append", "info", "str", "len"):
                    return True
    return False


def _named(node: ast.AST) -> set[str]:
    """The plain names in an expression."""
    return {n.id for n in walk(node) if isinstance(n, ast.Name)}


# -- training ----------------------------------------------------------------------------------------------------------

_STRATEGY = compile_later(
    r"^(ddp|fsdp|deepspeed|dp$|hpu_parallel|xla|tpu_spawn|horovod|bagua|colossalai|modelparallel)", re.IGNORECASE
)
_PARALLEL = compile_later(
    r"(^|\.)(DistributedDataParallel|DataParallel|FullyShardedDataParallel|fully_shard|init_process_group|DDPStrategy|FSDPStrategy"
    r"|DeepSpeedStrategy|MirroredStrategy|MultiWorkerMirroredStrategy|TPUStrategy|DistributedOptimizer)$"
)
_PARALLEL_NAMES = (
    "deepspeed.initialize",
    "horovod.torch.init",
    "horovod.tensorflow.init",
    "ray.train.torch.TorchTrainer",
    "ray.train.torch.prepare_model",
    "jax.pmap",
    "jax.experimental.pmap",
    "jax.experimental.shard_map.shard_map",
    "torch.multiprocessing.spawn",
    "colossalai.launch",
    "torch.distributed.run.run",
)
_TRAIN_WORDS = (
    "strategy",
    "DataParallel",
    "fully_shard",
    "init_process_group",
    "devices",
    "gpus",
    "num_nodes",
    "torchrun",
    "torch.distributed",
    "accelerate",
    "deepspeed",
    "horovod",
    "ray.train",
    "pmap",
    "shard_map",
    "multiprocessing",
    "colossalai",
    "num_processes",
    "Trainer(",
    "lightning.Trainer",
    "trainer.Trainer",
    "pytorch.Trainer",
    "instantiate(",
    "LightningCLI",
    "Fabric(",
    "parallel",
    "distributed",
    "device_count",
    "launcher",
    "world_size",
    "accelerator",
    "replica",
    "ddp",
    "fsdp",
)
_RUN_FILES = (
    "**/*.{sh,bash,slurm,job,lsf}",
    "**/makefile",
    "**/justfile",
    "**/*dockerfile*",
    "**/pyproject.toml",
    "**/*jobscript*",
)


@probe(
    "distributed-training",
    asks="Is training set up to run on more than one device or process?",
    looks_in=(*CODE, *CONFIGS, *_RUN_FILES),
    mentions=_TRAIN_WORDS,
)
def distributed_training(files: Files) -> Iterator[Evidence]:
    """A Trainer's strategy DDP, FSDP or DeepSpeed, more than one device or node, `DistributedDataParallel`, `DataParallel`,
    Horovod, Ray Train, a distribution strategy of TensorFlow, `torchrun` or `accelerate launch` with more than one process.
    A single device, `devices="auto"`, a strategy on one device, `strategy: matrix` of CI, `save_strategy`, and the accelerate
    package alone do not count."""
    yield from (e for sure, e in _distributed(files) if sure)


@probe(
    "distributed-ready",
    asks="Would training take several devices if the machine had them?",
    looks_in=(*CODE, *CONFIGS, *_RUN_FILES),
    mentions=_TRAIN_WORDS,
)
def distributed_ready(files: Files) -> Iterator[Evidence]:
    """What `distributed-training` takes, or `devices` set to `auto` or -1, Accelerate in the training loop, `torchrun`, a
    strategy on one device, or a Trainer that takes all devices unless it is told otherwise (Lightning's without
    `devices`, in code or in a configuration, that of transformers); a number of devices or a strategy that a configuration or an option gives; a
    launcher, a strategy or several devices named in a configuration; code that counts the devices. Weak: nothing shows that
    more than one process was meant."""
    yield from (e for _, e in sorted(_distributed(files), key=lambda pair: not pair[0]))
    yield from _asked_for(files)


_DEVICE_OPTIONS = ("devices", "gpus", "num_nodes", "strategy", "distributed_backend", "num_processes")
_ASKED = compile_later(
    r"^_*(n|num|nr)?_?(of_)?(devices|gpus|gpu_count|processes|world_size|nproc_per_node|nnodes|num_nodes)(_per_(node|worker))?$|^world_?size$|^accelerator_?count$"
    r"|^replica_?count$|^(is_|use_)?(distributed|ddp|fsdp|multi_?gpu|data_?parallel|parallel_training)$|^(distributed_)?(strategy|launcher|backend)$",
    re.IGNORECASE,
)
_BY_NAME = compile_later(
    r"^(ddp\w*|fsdp\w*|deepspeed\w*|dp|horovod|torchrun|accelerate|torch\.distributed\S*|(Distributed|FullySharded)?DataParallel|nccl|gloo)$",
    re.IGNORECASE,
)
_COUNTS_DEVICES = ("torch.cuda.device_count", "torch.distributed.is_initialized", "torch.distributed.get_rank",
                   "torch.distributed.get_world_size", "jax.device_count", "jax.local_device_count")  # fmt: skip


def _asked_for(files: Files) -> Iterator[Evidence]:
    """What leaves the number of devices open: options of a Trainer that are no literals, configured names and numbers."""
    for file in files.matching("**/*.py", "**/*.ipynb"):
        module = python(file)
        fixed = _constants(module) if module else {}
        for call in module.calls if module else ():
            if call.name in _COUNTS_DEVICES:
                yield file.cite(call.line, call.end, note="asks how many devices there are")
            if call.name.rpartition(".")[2] not in ("Trainer", "Fabric", "trainer_class"):
                continue
            for keyword in call.node.keywords:
                if keyword.arg in _DEVICE_OPTIONS and _is_open(keyword.value, fixed):
                    note = f"{keyword.arg} is not fixed in the code"
                    yield file.cite(keyword.value.lineno, note=note)
    for file in files.matching(*CONFIGS):
        for document in yaml_documents(file) if file.size < _WRITTEN else ():
            for path, node in document.walk():
                if not path or node.kind != "text" or not _ASKED.search(path[-1]) or {"jobs", "services"} & set(path):
                    continue
                text = node.text.lower()
                told = text in ("true", "yes", "-1", "auto") and path[-1] not in ("strategy", "backend", "launcher")
                if told or number_of(text) > 1 or _BY_NAME.match(text):
                    yield file.cite(node.line, note=f"`{path[-1]}: {node.text[:30]}` in a configuration")


def _constants(module: Module) -> dict[str, object]:
    """The names that a module binds once, to a literal."""
    found: dict[str, object] = {}
    bound: dict[str, int] = {}
    for node in module.nodes:
        for target in node.targets if isinstance(node, ast.Assign) else ():
            if isinstance(target, ast.Name):
                bound[target.id] = bound.get(target.id, 0) + 1
                found[target.id] = literal(node.value)  # type: ignore[attr-defined]
    return {name: value for name, value in found.items() if bound[name] == 1 and value is not None}


def _is_open(node: ast.expr, fixed: dict[str, object]) -> bool:
    """Whether an option's value comes from outside the code: not a literal, nor a name that is bound to one device."""
    if (isinstance(node, ast.Name) and node.id in fixed) or isinstance(node, ast.Constant):
        value = fixed[node.id] if isinstance(node, ast.Name) else node.value
        return _several(value) or value in ("auto", -1, "-1")
    if isinstance(node, ast.IfExp):
        return _is_open(node.body, fixed) or _is_open(node.orelse, fixed)
    return not isinstance(node, ast.List | ast.Tuple | ast.UnaryOp)


@probe(
    "distributed-by-default",
    asks="Does training run on more than one device or process without being asked to?",
    looks_in=(*CODE, *CONFIGS, *_RUN_FILES),
    mentions=_TRAIN_WORDS,
)
def distributed_by_default(files: Files) -> Iterator[Evidence]:
    """As `distributed-training`, without code that stands under a condition (`if args.multi_gpu:`): an option that nobody
    need ever have chosen is no reason to tick a box."""
    for sure, evidence in _distributed(files):
        file = files.paths[evidence.path]
        module = python(file) if file.suffix in ("py", "ipynb") else None
        if sure and not (module and is_optional(module, evidence.start)):
            yield evidence


def is_optional(module: Module, line: int) -> bool:
    """Whether a line stands under a condition other than `if __name__ == "__main__"`."""
    for node in module.nodes:
        if not isinstance(node, ast.If) or any(isinstance(n, ast.Name) and n.id == "__name__" for n in walk(node.test)):
            continue
        if node.body[0].lineno <= line <= (node.end_lineno or node.lineno):
            return True
    return False


def _distributed(files: Files) -> Iterator[tuple[bool, Evidence]]:
    consumed = False
    for file in files.matching("**/*.py", "**/*.ipynb"):
        module = python(file)
        if module is None:
            continue
        consumed = consumed or any(
            c.name.endswith(("Trainer", "instantiate", "LightningCLI", "Fabric")) for c in module.calls
        )
        for call in module.calls:
            last = call.name.rpartition(".")[2]
            if _PARALLEL.search(call.name) or call.name in _PARALLEL_NAMES or (last == "DistributedOptimizer"):
                yield True, file.cite(call.line, call.end, note="trains in parallel")
            elif call.name == "accelerate.notebook_launcher":
                count = literal(call.argument(2, "num_processes"))
                yield count not in (0, 1), file.cite(call.line, call.end, note="trains through Accelerate's launcher")
            elif last in ("Trainer", "Fabric", "LightningCLI", "trainer_class") or call.keyword("strategy") is not None:
                settings = {k.arg: literal(k.value) for k in call.node.keywords if k.arg}
                if found := _trainer(settings):
                    lines = [
                        k.value.lineno
                        for k in call.node.keywords
                        if k.arg in ("strategy", "devices", "gpus", "num_nodes")
                    ]
                    yield found[0], file.cite(min(lines), max(lines), note=found[1])
                elif _takes_all(call, settings):
                    yield False, file.cite(call.line, call.end, note="trains on whatever devices there are")
            elif call.name in ("accelerate.Accelerator", "accelerate.accelerator.Accelerator"):
                yield False, file.cite(call.line, call.end, note="trains through Accelerate")
    for file in files.matching(*CONFIGS):
        for document in yaml_documents(file) if file.size < _WRITTEN else ():
            for path, node in document.walk():
                if node.kind == "map":
                    yield from _configured_trainer(file, path, node, consumed)
                elif node.kind == "list" and node.items:
                    words = [i.text for i in node.items if i.kind == "text"]
                    if words and (said := _launch(Command(" ".join(words), node.line))) is not None:
                        yield said, file.cite(node.line, node.end, note="starts training through a launcher")
    for file in files.matching(*_RUN_FILES, "**/tasks*.py"):
        for command in commands(file):
            if (said := _launch(command)) is not None:
                yield said, file.cite(command.line, note="starts training through a launcher")


def _takes_all(call: Call, settings: dict[str, object]) -> bool:
    """Whether a Trainer takes every device that the machine has because nothing is said."""
    if call.name.startswith("transformers."):
        return True
    lightning = call.name.split(".")[0] in ("lightning", "pytorch_lightning", "lightning_fabric")
    said = {"devices", "gpus", "strategy", "num_nodes"} & settings.keys() or any(
        k.arg is None for k in call.node.keywords
    )
    return lightning and not said and settings.get("accelerator", "auto") in ("auto", "gpu", "cuda")


def _trainer(settings: dict[str, object]) -> tuple[bool, str] | None:
    """What a Trainer's arguments say: whether it is surely more than one process, with a note."""
    strategy = settings.get("strategy")
    devices = settings.get("devices", settings.get("gpus"))
    several = _several(devices) or _several(settings.get("num_nodes"))
    if several:
        return True, "trains on more than one device"
    if isinstance(strategy, str) and _STRATEGY.match(strategy):
        one = devices in (1, "1") or (isinstance(devices, list) and len(devices) == 1)
        return (
            (False, "a strategy for several devices, on one device")
            if one
            else (True, f"trains with the strategy {strategy}")
        )
    if devices in ("auto", -1, "-1"):
        return False, "trains on whatever devices there are"
    return None


def _several(value: object) -> bool:
    if isinstance(value, list | tuple):
        return len(value) > 1
    if isinstance(value, str):
        return bool(re.fullmatch(r"\d+(\s*,\s*\d+)+", value)) or number_of(value) > 1
    return isinstance(value, int) and not isinstance(value, bool) and value > 1


def _configured_trainer(
    file: File, path: tuple[str, ...], node: Node, consumed: bool
) -> Iterator[tuple[bool, Evidence]]:
    if node["distributed_type"].text.upper() in (
        "MULTI_GPU",
        "FSDP",
        "DEEPSPEED",
        "MULTI_CPU",
        "XLA",
        "TPU",
        "MEGATRON_LM",
    ):
        yield True, file.cite(node.line_of("distributed_type"), note="Accelerate runs several processes")
        return
    if not consumed or "matrix" in node["strategy"] or "jobs" in path or "services" in path:
        return
    target = node["strategy"]["_target_"].text or node["_target_"].text
    if re.search(r"(DDP|FSDP|DeepSpeed)Strategy$", target):
        yield True, file.cite(node.line, note="a strategy for several devices")
        return
    devices = node["devices"] or node["gpus"]
    value: object = [i.text for i in devices.items] if devices.kind == "list" else devices.text
    settings: dict[str, object] = {
        "strategy": node["strategy"].text,
        "devices": value,
        "num_nodes": node["num_nodes"].text,
    }
    if found := _trainer(settings):
        line = node.line_of("strategy") or node.line_of("devices") or node.line_of("gpus") or node.line_of("num_nodes")
        yield found[0], file.cite(line, note=found[1])
    elif (
        re.match(r"(pytorch_)?lightning\.(\w+\.){0,4}Trainer$", target)
        and not any(settings.values())
        and node["accelerator"].text in ("", "auto", "gpu", "cuda")
    ):
        yield False, file.cite(node.line_of("_target_"), note="trains on whatever devices there are")


def _launch(command: Command) -> bool | None:
    """Whether a launcher starts more than one process; None for a command that is no launcher."""
    words = command.bare
    if not words:
        return None
    program = command.program
    text = " ".join(words)
    count = re.search(r"--(?:nproc[_-]per[_-]node|num[_-]processes|num[_-]gpus)[= ](\S+)", text)
    if program in ("torchrun", "torch.distributed.launch", "torch.distributed.run"):
        return bool(count and count[1] not in ("1", '"1"')) or bool(re.search(r"--nnodes[= ]([2-9]|\d\d)", text))
    if program == "accelerate" and words[1:2] == ("launch",):
        return not (count and count[1] == "1") and (bool(count) or "--multi_gpu" in words or "--config_file" in text)
    if program == "deepspeed" and any(w.endswith(".py") for w in words):
        return not (count and count[1] == "1")
    if program == "horovodrun":
        return True
    return None


# -- inference ---------------------------------------------------------------------------------------------------------

_OPTIMISES = (
    (compile_later(r"^torch\.compile$"), "compiles the model"),
    (
        compile_later(r"^torch\.jit\.(script|trace|trace_module|freeze|optimize_for_inference|script_if_tracing)$"),
        "compiles to TorchScript",
    ),
    (compile_later(r"\.to_torchscript$"), "compiles to TorchScript"),
    (
        compile_later(r"^torch\.(ao\.)?quantization\.(\w+\.)*(quantize\w*|prepare\w*|convert\w*|fuse_modules\w*)$"),
        "quantizes the model",
    ),
    (compile_later(r"^torchao\.(\w+\.)*quantize_$"), "quantizes the model"),
    (compile_later(r"^onnxruntime\.quantization\.(\w+\.)*(quantize\w*)$"), "quantizes the ONNX model"),
    (compile_later(r"(^|\.)BitsAndBytesConfig$"), "loads the model quantized"),
    (compile_later(r"^bitsandbytes\.nn\.Linear(8bitLt|4bit|NF4|FP4)$"), "quantizes the model"),
    (
        compile_later(
            r"^optimum\.(\w+\.)*(ORTQuantizer|ORTOptimizer|OVQuantizer|INCQuantizer|quanto\.quantize|quanto\.freeze|quantize)(\.\w+)?$"
        ),
        "optimises the model with Optimum",
    ),
    (
        compile_later(
            r"^(auto_gptq|gptqmodel|awq|llmcompressor|neural_compressor|nncf|intel_extension_for_pytorch|quanto)\."
        ),
        "quantizes the model",
    ),
    (compile_later(r"(^|\.)(GPTQConfig|AwqConfig|QuantoConfig|HqqConfig|TorchAoConfig)$"), "quantizes the model"),
    (compile_later(r"^torch\.nn\.utils\.prune\.\w+$"), "prunes the model"),
    (compile_later(r"^(torch_pruning|tensorflow_model_optimization|sparseml)\."), "prunes or quantizes the model"),
    (compile_later(r"(^|\.)(ModelPruning|QuantizationAwareTraining)$"), "prunes or quantizes while training"),
    (compile_later(r"^(torch_tensorrt|tensorrt)\.(compile|Builder)$"), "compiles with TensorRT"),
    (
        compile_later(
            r"^openvino(\.\w+)*(\.Core\(\))?\.(convert_model|compile_model)$|^optimum\.intel\.(\w+\.)*OVModel\w*\."
        ),
        "compiles with OpenVINO",
    ),
    (compile_later(r"^ctranslate2\.converters\."), "converts to a faster model"),
    (compile_later(r"TFLiteConverter\.\w+$"), "converts to TensorFlow Lite"),
)
_LOW_BITS = ("load_in_8bit", "load_in_4bit")


@probe(
    "inference-optimised",
    asks="Is the model quantized, compiled, pruned or distilled?",
    looks_in=CODE,
    mentions=(
        "torch.compile", "compile", "jit", "torchscript", "quantiz", "quantis", "torchao", "bitsandbytes", "load_in_", "prun",
        "distil", "optimum", "gptq", "awq", "neural_compressor", "nncf", "tensorrt", "openvino", "ctranslate2", "tflite", "int8", "sparseml",
    ),
)  # fmt: skip
def inference_optimised(files: Files) -> Iterator[Evidence]:
    """A call that quantizes (torch, torchao, ONNX Runtime, bitsandbytes, Optimum, GPTQ, ...), compiles (`torch.compile`,
    TorchScript, TensorRT, OpenVINO), prunes or distils a model, in a notebook too. Mixed precision, an ONNX export alone,
    `re.compile`, Keras's `model.compile`, `docker prune` and integer arrays do not count."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        seen = set()
        for call in module.calls:
            note = _optimises(module, call)
            if note and note not in seen:
                seen.add(note)
                yield file.cite(call.line, call.end, note=note)
        for function in module.functions:
            for name in function.decorators:
                if name in ("torch.compile", "torch.jit.script"):
                    yield file.cite(function.node.decorator_list[0].lineno, function.line, note="compiles a function")
        if found := _distils(file, module):
            yield found


@probe(
    "inference-optimised-beyond-training",
    asks="Is a model quantized, pruned, distilled or compiled outside its training, for speed and not only for a format?",
    looks_in=CODE,
    mentions=(
        "compile", "jit", "torchscript", "quantiz", "quantis", "torchao", "bitsandbytes", "load_in_", "prun", "distil", "optimum",
        "gptq", "awq", "neural_compressor", "nncf", "tensorrt", "openvino", "ctranslate2", "tflite", "int8", "sparseml",
    ),
)  # fmt: skip
def inference_optimised_beyond_training(files: Files) -> Iterator[Evidence]:
    """As `inference-optimised`, without a compilation or a model loaded in few bits in a file that trains (there it speeds up
    training, or makes it fit), and without TorchScript, which a server may need as a format."""
    for evidence in inference_optimised(files):
        file = files.paths[evidence.path]
        if "TorchScript" in evidence.note or evidence.note == "compiles a function":
            continue
        if ("compiles" in evidence.note or "loads" in evidence.note) and _TRAINS.search(file.text):
            continue
        yield evidence


_OPTIMISED_GRAPH = compile_later(
    r"^onnxoptimizer\.optimize$|^(onnxsim|onnxslim)\.(simplify|slim)$|^onnxruntime\.transformers\.optimizer\.optimize_model$|"
    r"^onnxruntime(\.\w+)*\.(SessionOptions|InferenceSession|GraphOptimizationLevel)$|^optimum\.onnxruntime\.\w+\.from_pretrained$|"
    r"^torch\.onnx\.(export|dynamo_export)$|\.to_onnx$|^optimum\.exporters\.|^torch\.export\.export$|^coremltools\.convert$"
)
_GRAPH_FORMATS = ("onnx", "engine", "openvino", "tflite", "coreml", "ncnn", "torchscript", "edgetpu", "mnn")


@probe(
    "inference-graph",
    asks="Is the model exported to or run as an optimised graph (ONNX, OpenVINO, TensorRT, ...)?",
    looks_in=CODE,
    mentions=("onnx", "openvino", "tensorrt", "torch.export", "coremltools", "format"),
)
def inference_graph(files: Files) -> Iterator[Evidence]:
    """An export to ONNX or another graph format, a graph that is simplified, or an ONNX Runtime session, which optimises the
    graph that it loads. Weak: a sign of compilation for inference, which may have been done for the format alone."""
    for file in files:
        module = python(file)
        for call in module.calls if module else ():
            exported = call.name.endswith(".export") and literal(call.keyword("format")) in _GRAPH_FORMATS
            if exported or _OPTIMISED_GRAPH.search(call.name):
                yield file.cite(call.line, call.end, note="exports or runs an optimised graph")
                break


_TRAINS = compile_later(r"\.backward\(|optimizer\.step\(|\.fit\(|\btraining_step\b")


def _optimises(module: Module, call: Call) -> str:
    for pattern, note in _OPTIMISES:
        if pattern.search(call.name):
            return note
    for name in _LOW_BITS:
        if literal(call.keyword(name)) is True:
            return "loads the model quantized"
    if call.name.endswith(".export") and literal(call.keyword("int8")) is True:
        return "exports the model quantized"
    return ""


def _distils(file: File, module: Module) -> Evidence | None:
    """A loss between a student's and a teacher's outputs."""
    for call in module.calls:
        if call.name.rpartition(".")[2] in ("kl_div", "KLDivLoss"):
            names = {n.id.lower() for n in module.nodes if isinstance(n, ast.Name)} | {
                a.arg.lower() for a in module.nodes if isinstance(a, ast.arg)
            }
            if any("teacher" in n for n in names) or re.search(r"distil", f"{file.path} {call.inside}", re.IGNORECASE):
                return file.cite(call.line, call.end, note="distils a model")
    return None
