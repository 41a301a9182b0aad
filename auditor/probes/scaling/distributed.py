"""Training on several devices."""

import ast
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.scaling.files import CODE, CONFIGS, WRITTEN
from auditor.readers.commands import commands
from auditor.readers.nodes import literal, walk
from auditor.readers.python import Call, Module, python
from auditor.readers.shell import Command
from auditor.readers.yaml import Node, yaml_documents
from auditor.shapes import number_of
from auditor.snapshot import File, Files

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
        for document in yaml_documents(file) if file.size < WRITTEN else ():
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
        for document in yaml_documents(file) if file.size < WRITTEN else ():
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
