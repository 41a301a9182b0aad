"""Searches over hyperparameters: the sweeps of W&B as configured, in YAML and in code."""

import ast
import re

from auditor.lazy import dataclass
from auditor.readers.nodes import literal
from auditor.readers.python import python
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Sweep:
    """A W&B sweep as configured; what is not written literally is empty."""

    file: File
    line: int
    method: str
    metric: str
    goal: str


def sweeps(snapshot: Snapshot) -> tuple[tuple[Sweep, ...], bool]:
    """The configured sweeps, and whether other searches may be there, too."""

    def make() -> tuple[tuple[Sweep, ...], bool]:
        found: list[Sweep] = []
        other = False
        for file in snapshot.select(("**/*.y*ml", "**/*sweep*.json"), mentions=("parameters", "sweeper")):
            for document in yaml_documents(file):
                for _, node in document.walk():
                    other = other or bool(node["sweeper"]["params"] or node["sweeper"]["_target_"] or node["studySpec"])
                    if node["parameters"].kind == "map" and node["method"].kind == "text":
                        metric = node["metric"]
                        line = node.line_of("method")
                        found.append(
                            Sweep(
                                file,
                                line,
                                node["method"].text.lower(),
                                metric["name"].text,
                                metric["goal"].text.lower(),
                            )
                        )
        for file in snapshot.select(
            ("**/*.py", "**/*.ipynb"),
            mentions=(
                "parameters",
                "sweep",
                "optuna",
                "ray",
                "gridsearch",
                "randomizedsearch",
                "bayessearch",
                "keras_tuner",
                "hyperopt",
            ),
        ):
            if re.search(r"\boptuna\b|\bray\.tune|from ray import tune|SearchCV|keras_tuner|hyperopt|skopt", file.text):
                other = True
            module = python(file)
            if module is None:
                other = True
                continue
            for part in module.nodes:
                if isinstance(part, ast.Dict):
                    entries = {
                        k.value: v for k, v in zip(part.keys, part.values, strict=True) if isinstance(k, ast.Constant)
                    }
                    if "method" in entries and "parameters" in entries:
                        method = literal(entries["method"])
                        given = literal(entries.get("metric"))
                        metric_ = given if isinstance(given, dict) else {}
                        found.append(
                            Sweep(
                                file,
                                entries["method"].lineno,
                                method.lower() if isinstance(method, str) else "",
                                str(metric_.get("name", "")),
                                str(metric_.get("goal", "")).lower(),
                            )
                        )
                    elif "parameters" in entries and "metric" in entries:
                        other = True
            if re.search(r"sweep\w*\[[\"'](?:method|metric)[\"']\]", file.text):
                other = True
        return tuple(found), other

    return snapshot.once("facts.sweeps", make)
