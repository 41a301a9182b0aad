"""Data loaded in parallel, and measured."""

import ast
import re
from collections.abc import Iterator

from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.scaling.files import CODE, CONFIGS, WRITTEN
from auditor.readers.nodes import literal, walk
from auditor.readers.python import Call, Module, python
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import File, Files

_WORKERS = ("num_workers", "n_workers", "dataloader_num_workers", "num_loader_workers", "loader_workers", "nworkers")
_BESIDE_TRAINING = compile_later(
    r"drift|monitor|evaluat|predict|infer|visuali[sz]|bench|profil|serve|api", re.IGNORECASE
)


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


_FOLLOWED = 20_000  # values of names: each may be a name with as many


class _Counts:
    """Whether a worker count is above 0 (None where that cannot be known), followed through the variables, defaults, keys
    and arguments of the code. `configured` are the keys that a configuration fixes."""

    def __init__(self, modules: list[tuple[File, Module]], configured: dict[str, bool]) -> None:
        self.modules = modules
        self.configured = configured
        self._bound: dict[str, list[tuple[Module, ast.expr | None]]] | None = None
        self._left = _FOLLOWED

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
        self._left -= 1
        if name in seen or len(seen) > 6 or not name or self._left < 0:
            return None
        if name in self.configured:
            return self.configured[name]
        if self._bound is None:
            self._bound = {}
            for _, module in self.modules:
                for bound, value in _bound_values(module):
                    self._bound.setdefault(bound.lower().lstrip("_"), []).append((module, value))
        values = self._bound.get(name, [])
        self._left -= len(values)
        parts = [
            None if value is None else self.several(module, value, seen | {name})
            for module, value in (values if self._left >= 0 else ())
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
    for document in yaml_documents(file) if file.size < WRITTEN else ():
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
        asks = module.imported("requests", "httpx", "aiohttp", "locust", "urllib.request")  # workers of a load test
        for loop in module.nodes if timed and not asks else ():
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
