"""Sweeps over hyperparameters."""

import ast
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.config import is_sweep
from auditor.probes.tracking.files import OWN_CODE, SCRIPTS
from auditor.readers.commands import commands
from auditor.readers.python import Module, python
from auditor.readers.yaml import Node, yaml_documents
from auditor.snapshot import Files

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
