"""What a service measures of itself."""

import ast
import re
from collections.abc import Iterator

from auditor.facts.owncode import Code
from auditor.facts.routes import FRAMEWORKS, SERVERS, Route, routes
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import Call, Module
from auditor.snapshot import Files

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
