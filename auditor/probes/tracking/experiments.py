"""Experiments that are tracked."""

import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.tracking.files import OWN_CODE, targets_of
from auditor.readers.nodes import literal
from auditor.readers.python import Call, python
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import File, Files


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
