"""Experiment configuration: files with hyperparameters, Hydra."""

import ast
import posixpath
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import Module, python
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import Node, yaml_documents
from auditor.snapshot import File, Files

HYPERPARAMETER = compile_later(
    r"(?i)(train_|eval_|per_device_(train_|eval_)?|micro_|mini_?)?batch[_-]?size|lr|(base_|initial_|max_|min_)?learning[_-]?rate(_init)?|"
    r"((max|num|n|min|total|num_train|training|train)_?)?epochs?|(max|num|total|train|training)_?(train_?)?steps|max_iter|weight_?decay|momentum|"
    r"dropout(_?(rate|prob|p))?|optimi[sz]er(_name)?|lr_scheduler(_type)?|scheduler|hidden_?(dims?|sizes?|units|channels|layers?)|"
    r"(num|n)_(hidden_)?(layers|heads|filters|estimators|trees|blocks|channels|leaves)|max_depth|min_child_weight|subsample|colsample_bytree|"
    r"embed(ding)?_?(dim|size)|kernel_size|latent_dim|warmup_(steps|ratio|epochs)|gradient_accumulation_steps|accumulate_grad_batches|"
    r"label_smoothing|lora_(r|alpha|dropout)|early_stopping(_patience)?|gradient_clip(ping|_val)?|max_grad_norm|loss_fn|criterion|"
    r"betas?|reg_(alpha|lambda)|l2_leaf_reg|num_boost_round|n_neighbors|replay_size|discount(_factor)?"
)
# Keys of the root that make a YAML, TOML or JSON file something else than an experiment's configuration.
_OTHER_KINDS = frozenset(
    ["services", "site_name", "repos", "apiVersion", "kind", "scrape_configs", "workerPoolSpecs", "studySpec", "trialJobSpec",
     "steps", "stages", "jobs", "channels", "on", "outs", "deps", "metrics_path", "bundle", "runtime", "handlers",
     "architectures", "transformers_version", "peft_type", "_wandb", "log_history", "best_model_checkpoint", "cells", "lockfileVersion",
     "machineSpec", "imageUri", "nc", "build-system", "scenarios", "hyper_params_run", "resources", "openapi"]
)  # fmt: skip
_YOLO_RUN = frozenset(["save_dir", "mosaic", "close_mosaic"])


@probe(
    "experiment-config",
    asks="Is there a configuration file with hyperparameters of an experiment?",
    looks_in=(
        "**/*.{yaml,yml,toml,gin}",
        "**/*{conf,param,hyper,experiment,setting}*.json",
        "**/{conf,config,configs,experiments}/**/*.json",
        "**/*{config,configs,configuration,hparams,hyperparameters,params,settings}*.py",
        "**/{config,configs,conf}/**/*.py",
        "!.github/**",
        "!**/pyproject.toml",
        "!**/{pixi,uv,poetry,package,package-lock,tsconfig,params.lock}.{toml,json,lock}",
        "!**/{dvc,mkdocs,docker-compose,cloudbuild}.y*ml",
        "!**/test_*.py",
        "!tests/**/*.py",
        "!reports/**",
        "!notebooks/**",
    ),
    mentions=("batch", "lr", "learning", "epoch", "steps", "dropout", "optim", "hidden", "layers", "estimators", "depth", "embed",
              "kernel", "weight", "momentum", "lora", "param", "max_iter", "latent"),
)  # fmt: skip
def experiment_config(files: Files) -> Iterator[Evidence]:
    """A YAML, TOML, JSON, gin or Python configuration with at least one hyperparameter (batch size, learning rate, epochs,
    optimizer, depth, ...) that has a value; a cloud job's file that hands such options to the training (`args: ["--epochs=10"]`).
    Compose, documentation and CI files, sweeps, saved models' and runs' own configurations, and a seed alone do not count."""
    found: list[tuple[int, Evidence]] = []
    for file in files:
        if file.suffix == "py":
            lines = _python_settings(file)
            if len(lines) > 1:
                found.append((2, file.cite(lines[0][1], lines[-1][1], note=_says(lines))))
        elif file.suffix == "gin":
            lines = [
                (m[1], i)
                for i, row in enumerate(file.lines, 1)
                if (m := re.match(r"^\s*(?:[\w.]+\.)?(\w+)\s*=\s*\S", row)) and HYPERPARAMETER.fullmatch(m[1])
            ]
            if lines:
                found.append((1, file.cite(lines[0][1], note=_says(lines))))
        else:
            lines = _keys(file)
            if lines:
                found.append((len(lines) < 2, file.cite(lines[0][1], lines[0][1] + 4, note=_says(lines))))
            elif options := list(_job_options(file)):
                says = _says(options) + " in the options of a job"
                found.append((2, file.cite(options[0][1], options[-1][1], note=says)))
    yield from (evidence for _, evidence in sorted(found, key=lambda f: f[0]))


def _says(lines: list[tuple[str, int]]) -> str:
    names = list(dict.fromkeys(name for name, _ in lines))
    return "sets " + ", ".join(names[:6]) + (" and more" if len(names) > 6 else "")


def _keys(file: File) -> list[tuple[str, int]]:
    """The hyperparameters of a configuration file with their lines; none for a file of another kind."""
    if file.suffix == "toml":
        rows: list[tuple[str, int]] = []
        tables: list[dict[str, object]] = [toml(file)]
        if _OTHER_KINDS & set(tables[0]):
            return []
        while tables:
            for key, value in tables.pop().items():
                if isinstance(value, dict):
                    tables.append(value)
                if HYPERPARAMETER.fullmatch(key) and value not in ("", None, {}, []):
                    rows.append((key, toml_line(file, key)))
        return sorted(rows, key=lambda r: r[1])
    if file.size > 100_000:
        return []  # data, a trace or results
    documents = yaml_documents(file)
    if "yaml" in file.problems and file.suffix != "json":
        # a tag or a merge conflict must not hide a plain key
        return [
            (m[1], i)
            for i, row in enumerate(file.lines, 1)
            if (m := re.match(r"^\s*([\w-]+)\s*:\s*[^\s#]", row)) and HYPERPARAMETER.fullmatch(m[1])
        ]
    rows = []
    for root in documents:
        if root.kind == "map" and not _is_other(root):
            rows += list(_walk(root, 0))
    return sorted(dict.fromkeys(rows), key=lambda r: r[1])


_JOBS = frozenset(["workerPoolSpecs", "trialJobSpec", "jobSpec", "taskGroups"])
_JOB_KINDS = frozenset(["Job", "CronJob", "PyTorchJob", "TFJob", "RayJob", "TrainJob", "MPIJob", "CustomJob"])


def _job_options(file: File) -> Iterator[tuple[str, int]]:
    """The hyperparameters among the options that a job's file hands to its container: `--epochs=10`, `--lr`, `0.1`,
    `training.epochs=10`."""
    if file.suffix not in ("yaml", "yml", "json") or file.size > 100_000:
        return
    for root in yaml_documents(file):
        if not (_JOBS & set(root.entries) or root["kind"].text in _JOB_KINDS or root["trialJobSpec"]):
            continue
        for _, node in root.walk():
            for key in ("args", "command"):
                words = [(i.text, i.line) for i in node[key].items if i.kind == "text"]
                for n, (text, line) in enumerate(words):
                    name, equals, value = text.lstrip("-").partition("=")
                    value = value if equals else words[n + 1][0] if text.startswith("--") and n + 1 < len(words) else ""
                    if value and HYPERPARAMETER.fullmatch(name.rpartition(".")[2].replace("-", "_")):
                        yield name, line


def _is_other(root: Node) -> bool:
    keys = set(root.entries)
    if keys & _OTHER_KINDS or {"channels", "dependencies"} <= keys or _YOLO_RUN & keys:
        return True
    return is_sweep(root)


def is_sweep(root: Node) -> bool:
    """Whether a mapping is a W&B sweep: `parameters` with a method, metric, program or command."""
    return root["parameters"].kind == "map" and any(k in root for k in ("method", "metric", "program", "command"))


def _walk(node: Node, depth: int) -> Iterator[tuple[str, int]]:
    for key, (line, value) in node.entries.items():
        if is_sweep(value):
            continue
        if HYPERPARAMETER.fullmatch(key) and (value.kind == "text" or value.entries or value.items):
            yield key, line
        if depth < 6:
            yield from _walk(value, depth + 1)
    for item in node.items:
        if depth < 6:
            yield from _walk(item, depth + 1)


def _python_settings(file: File) -> list[tuple[str, int]]:
    """Hyperparameters that a Python module of settings fixes: module constants, class fields with a value, dict entries."""
    module = python(file)
    rows: list[tuple[str, int]] = []
    bodies = [module.tree.body, *(c.node.body for c in module.classes)] if module else []
    for body in bodies:
        for s in body:
            targets = s.targets if isinstance(s, ast.Assign) else [s.target] if isinstance(s, ast.AnnAssign) else []
            value = s.value if isinstance(s, ast.Assign | ast.AnnAssign) else None
            for t in targets:
                if isinstance(t, ast.Name) and value is not None and HYPERPARAMETER.fullmatch(t.id):
                    rows.append((t.id, s.lineno))
            if isinstance(value, ast.Dict):
                rows += [
                    (k.value, k.lineno)
                    for k in value.keys
                    if isinstance(k, ast.Constant) and isinstance(k.value, str) and HYPERPARAMETER.fullmatch(k.value)
                ]
    return sorted(rows, key=lambda r: r[1])


@probe(
    "sweep-config",
    asks="Does a sweep's file set hyperparameters of an experiment?",
    looks_in=("**/*.{yaml,yml}", "!.github/**", "!reports/**"),
    mentions=("parameters",),
)
def sweep_config(files: Files) -> Iterator[Evidence]:
    """A W&B sweep in YAML among whose parameters is a hyperparameter (batch size, learning rate, ...): a configuration of
    experiments, if not of a single one."""
    for file in files:
        for root in yaml_documents(file) if file.size < 100_000 else ():
            if is_sweep(root):
                lines = list(_walk(root["parameters"], 0))
                if lines:
                    yield file.cite(lines[0][1], lines[0][1] + 4, note=f"a sweep that {_says(lines)}")


@probe(
    "uses-hydra",
    asks="Does the code load its configuration with Hydra?",
    looks_in=("**/*.py", "**/*.ipynb", "!tests/**", "!**/tests/**", "!**/test_*.py", "!**/conftest.py"),
    mentions=("hydra",),
)
def uses_hydra(files: Files) -> Iterator[Evidence]:
    """A `hydra.main` decorator on a function that does something, or `hydra.initialize*` with `compose`, outside tests. The
    dependency alone, OmegaConf alone, an import, and committed `.hydra` output do not count."""
    for file in files:
        module = python(file)
        if module is None or not module.imported("hydra", "hydra_zen"):
            continue
        for f in module.functions:
            decorated = {"hydra.main", "hydra.experimental.main", "hydra_zen.main"} & set(f.decorators)
            if decorated and not is_stub_body(f.node):
                yield file.cite(min(d.lineno for d in f.node.decorator_list), f.line)
        for call in module.calls:
            if isinstance(call.node.func, ast.Call) and module.name(call.node.func.func) == "hydra.main":
                yield file.cite(call.line)  # hydra.main(...)(run)()
        composes = [c for c in module.calls if c.name in ("hydra.compose", "hydra.experimental.compose")]
        starts = [
            c for c in module.calls if re.match(r"hydra\.(experimental\.)?initialize(_config_(dir|module))?$", c.name)
        ]
        if composes and starts:
            yield file.cite(starts[0].line, composes[0].line)
        for call in module.calls_to("hydra_zen.zen"):
            yield file.cite(call.line)


@probe(
    "hydra-at-work",
    asks="Does the code load with Hydra a configuration that is there?",
    looks_in=("**/*.py", "**/*.ipynb", "!tests/**", "!**/tests/**", "!**/test_*.py", "!**/conftest.py"),
    mentions=("hydra",),
)
def hydra_at_work(files: Files) -> Iterator[Evidence]:
    """As `uses-hydra`, without a `hydra.main` whose `config_path` and `config_name` are plain text and lead to no file of the
    commit: it stops before its first line."""
    for evidence in uses_hydra(files):
        module = python(files.paths[evidence.path])
        if module is None or not _leads_nowhere(files, evidence, module):
            yield evidence


def _leads_nowhere(files: Files, evidence: Evidence, module: Module) -> bool:
    for call in module.calls_to("hydra.main", "hydra.experimental.main"):
        if not evidence.start <= call.line <= evidence.end:
            continue
        path, name = (
            value.value if isinstance(value := call.keyword(k), ast.Constant) and isinstance(value.value, str) else ""
            for k in ("config_path", "config_name")
        )
        if not path or not name or path.startswith("/") or ":" in path:
            return False
        folder = posixpath.normpath(posixpath.join(posixpath.dirname(evidence.path), path))
        stem = name.removesuffix(".yaml").removesuffix(".yml")
        if folder.startswith(".."):
            return False
        at = "" if folder == "." else f"{folder}/"
        return not any(files.exists(f"{at}{stem}{suffix}") for suffix in (".yaml", ".yml"))
    return False
