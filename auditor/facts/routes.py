"""The HTTP routes of the repository's own servers, and what its own code can reach from them by name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import field, replace
from functools import lru_cache

from auditor.facts.owncode import Code
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import joined_text, literal
from auditor.readers.python import Call, Function, Module, python
from auditor.shapes import text_of
from auditor.snapshot import File, Files

SERVERS = (
    "**/*.py",
    "!tests/**",
    "!**/tests/**",
    "!test/**",
    "!**/test_*.py",
    "!**/*_test.py",
    "!**/conftest.py",
    "!**/locustfile*.py",
)
FRAMEWORKS = (
    "fastapi",
    "starlette",
    "flask",
    "quart",
    "sanic",
    "litestar",
    "bottle",
    "robyn",
    "aiohttp",
    "django",
    "litserve",
    "bentoml",
    "functions_framework",
)


@dataclass(frozen=True)
class Route:
    """One route: the framework that serves it, its method in capitals (`MOUNT` for a mounted app), its path with every
    literal prefix in front, and its handler's qualified name (empty for what a library brings). `line` to `end` is the
    declaration."""

    framework: str
    method: str
    path: str
    function: str
    file: str
    line: int
    end: int

    @property
    def where(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass
class _Declared:
    """What one file says about routes, before prefixes of other files are known. Owners are names as the file sees them."""

    apps: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> framework, own prefix
    routes: list[tuple[str, Route]] = field(default_factory=list)
    included: list[tuple[str, str, str]] = field(default_factory=list)  # parent, child, prefix


_APPS = {
    "fastapi.FastAPI": "fastapi",
    "fastapi.applications.FastAPI": "fastapi",
    "fastapi.APIRouter": "fastapi",
    "fastapi.routing.APIRouter": "fastapi",
    "fastapi.routers.APIRouter": "fastapi",
    "starlette.applications.Starlette": "starlette",
    "flask.Flask": "flask",
    "flask.app.Flask": "flask",
    "flask.Blueprint": "flask",
    "quart.Quart": "quart",
    "sanic.Sanic": "sanic",
    "bottle.Bottle": "bottle",
    "robyn.Robyn": "robyn",
    "aiohttp.web.Application": "aiohttp",
    "bentoml.Service": "bentoml",
}
_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "websocket")


def routes(files: Files) -> tuple[Route, ...]:
    """Every route that the files of a selection declare, in path order."""
    code = Code.of(files)
    servers = (f for f in files if f.suffix == "py")
    declared = {f.path: found for f in servers if (found := _declared(f)).routes or found.included or found.apps}
    prefixes: dict[tuple[str, str], str] = {}
    parents: dict[tuple[str, str], tuple[str, str]] = {}
    for path, found in declared.items():
        for parent, child, prefix in found.included:
            key = code.variable(child, files.paths[path])
            prefixes[key] = prefix
            parents[key] = code.variable(parent, files.paths[path])

    def prefix_of(key: tuple[str, str], depth: int = 0) -> str:
        own = declared[key[0]].apps.get(key[1], ("", ""))[1] if key[0] in declared else ""
        above = prefix_of(parents[key], depth + 1) if key in parents and depth < 5 else ""
        return above + prefixes.get(key, "") + own

    made = []
    for path, found in declared.items():
        for owner, route in found.routes:
            key = code.variable(owner, files.paths[path])
            framework = route.framework
            if key[0] in declared and key[1] in declared[key[0]].apps:
                framework = framework or declared[key[0]].apps[key[1]][0]
            if framework:
                made.append(replace(route, framework=framework, path=prefix_of(key) + route.path))
    return tuple(made)


def _declared(file: File) -> _Declared:
    return file.once("routes", lambda: _declare(file))


def _declare(file: File) -> _Declared:
    found = _Declared()
    module = python(file)
    if module is None:
        return found
    for node in module.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            name = module.name(node.value.func)
            framework = _APPS.get(name, "")
            if not framework:
                continue
            prefix = joined_text(_keyword(node.value, "prefix") or _keyword(node.value, "url_prefix"))
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found.apps[_plain(target)] = (framework, prefix)
    fallback = next((f for f in FRAMEWORKS if module.imported(f)), "")
    for function in module.functions:
        for decorator in function.node.decorator_list:
            found.routes.extend(_decorated(file, module, function, decorator, found.apps, fallback))
    for call in module.calls:
        _called(file, module, call, found, fallback)
    for made in module.classes:
        if any(b in ("litserve.LitAPI", "litserve.api.LitAPI") for b in made.bases):
            server = next(module.calls_to("litserve.LitServer", "litserve.server.LitServer"), None)
            path = text_of(literal(server.keyword("api_path"))) if server else ""
            found.routes.append(
                (
                    "",
                    Route(
                        "litserve", "POST", path or "/predict", f"{made.name}.predict", file.path, made.line, made.line
                    ),
                )
            )
    return found


def _plain(node: ast.AST) -> str:
    """A name or attribute as written (`app`, `self.app`), before imports are looked up."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_plain(node.value)}.{node.attr}"
    return ""


def _keyword(node: ast.Call, name: str) -> ast.expr | None:
    return next((k.value for k in node.keywords if k.arg == name), None)


@lru_cache(maxsize=8)
def _constants(module: Module) -> dict[str, ast.expr]:
    """What each name is given first at the top level of a module."""
    found: dict[str, ast.expr] = {}
    for statement in module.tree.body:
        for target in statement.targets if isinstance(statement, ast.Assign) else ():
            if isinstance(target, ast.Name):
                found.setdefault(target.id, statement.value)  # type: ignore[attr-defined]
    return found


def _constant(module: Module, node: ast.AST | None) -> str:
    """A string expression's text; a name is looked up among the module's own constants."""
    if isinstance(node, ast.Name):
        return joined_text(_constants(module).get(node.id, node))
    return joined_text(node)


def _decorated(
    file: File,
    module: Module,
    function: Function,
    decorator: ast.expr,
    apps: dict[str, tuple[str, str]],
    fallback: str,
) -> Iterator[tuple[str, Route]]:
    call = decorator if isinstance(decorator, ast.Call) else None
    target = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = module.name(target)
    if name in ("functions_framework.http", "bentoml.api") or name.endswith(
        ("modal.web_endpoint", "modal.fastapi_endpoint")
    ):
        path = (joined_text(_keyword(call, "route")) if call else "") or (
            "/" + function.name if name == "bentoml.api" else "/"
        )
        framework = name.split(".")[0]
        yield "", Route(framework, "POST", path, function.qualname, file.path, decorator.lineno, function.line)
        return
    if not isinstance(target, ast.Attribute):
        return
    owner = _plain(target.value)
    known = apps.get(owner, ("", ""))[0]
    if known == "bentoml" and target.attr == "api":
        path = joined_text(_keyword(call, "route")) if call else ""
        path = path or "/" + function.name
        yield owner, Route("bentoml", "POST", path, function.qualname, file.path, decorator.lineno, function.line)
        return
    if call is None or target.attr not in (*_METHODS, "api_route", "route"):
        return
    first = call.args[0] if call.args else _keyword(call, "path") or _keyword(call, "rule")
    path = _constant(module, first)
    if not (path.startswith("/") or "/" in path or (known and isinstance(first, ast.expr))):
        return
    methods = [target.attr.upper()]
    if target.attr in ("api_route", "route"):
        given = literal(_keyword(call, "methods"))
        methods = [str(m).upper() for m in given] if isinstance(given, list | tuple | set) else ["GET"]
    imported = owner.split(".")[0] in module.aliases
    for method in methods:
        framework = known or ("" if imported and not fallback else fallback)
        route = Route(framework, method, path, function.qualname, file.path, decorator.lineno, function.line)
        yield owner, route


def _called(file: File, module: Module, call: Call, found: _Declared, fallback: str) -> None:
    node, at = call.node, (file.path, call.line, call.end)
    if not isinstance(node.func, ast.Attribute | ast.Name):
        return
    attribute = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    owner = _plain(node.func.value) if isinstance(node.func, ast.Attribute) else ""
    if attribute in ("include_router", "register_blueprint", "mount"):
        key, first = ("url_prefix", 0) if attribute == "register_blueprint" else ("prefix", 0)
        if attribute == "mount":
            first = 1
        child = node.args[first] if len(node.args) > first else _keyword(node, "app") or _keyword(node, "router")
        if child is None:
            return
        prefix = _constant(module, _keyword(node, key))
        if attribute == "mount":
            prefix = _constant(module, call.argument(0, "path"))
            inner = module.name(child)
            if isinstance(child, ast.Call) or re.search(r"metrics", inner, re.I):
                known = "prometheus" if "make_asgi_app" in inner or "metrics" in inner.lower() else "static"
                if "StaticFiles" in inner or known == "prometheus":
                    found.routes.append((owner, Route(known, "MOUNT", prefix, "", *at)))
                    return
        found.included.append((owner, _plain(child), prefix))
    elif attribute in ("add_api_route", "add_url_rule", "add_route", "add_post", "add_get"):
        path = _constant(module, call.argument(0, "path") or call.keyword("rule"))
        position = 2 if attribute == "add_url_rule" else 1
        handler = call.argument(position, "endpoint") if attribute != "add_url_rule" else call.argument(2, "view_func")
        given = literal(call.keyword("methods"))
        methods = [str(m).upper() for m in given] if isinstance(given, list | tuple) else ["GET"]
        if attribute.startswith("add_") and attribute[4:] in ("post", "get"):
            methods = [attribute[4:].upper()]
        known = found.apps.get(owner, (fallback, ""))[0]
        if path.startswith("/"):
            found.routes.extend(
                (owner, Route(known, m, path, _plain(handler) if handler else "", *at)) for m in methods
            )
    elif call.name in ("starlette.routing.Route", "fastapi.routing.APIRoute", "django.urls.path"):
        path = _constant(module, call.argument(0, "path"))
        handler = call.argument(1, "endpoint") or call.keyword("view")
        given = literal(call.keyword("methods"))
        methods = [str(m).upper() for m in given] if isinstance(given, list | tuple) else ["GET"]
        known = call.name.split(".")[0]
        found.routes.extend(("", Route(known, m, path, _plain(handler) if handler else "", *at)) for m in methods)
    elif call.name in ("gradio.mount_gradio_app", "gradio.routes.mount_gradio_app"):
        path = _constant(module, call.argument(2, "path"))
        parent = _plain(node.args[0]) if node.args else ""
        found.routes.append((parent, Route("gradio", "MOUNT", path, "", *at)))
    elif attribute == "expose" and module.imported("prometheus_fastapi_instrumentator"):
        path = _constant(module, call.keyword("endpoint")) or "/metrics"
        found.routes.append(("", Route("prometheus", "GET", path, "", *at)))


# -- inference ---------------------------------------------------------------------------------------------------------

_LIKE = compile_later(
    r"predict|infer|classif|translat|generat|embed|segment|summar|caption|detect|recogni[sz]|forecast|recommend|transcri"
    r"|(?:^|[/_.])(?:ask|chat|answer|score|sentiment|diagnos|upscale|denoise|colou?ri[sz]e)|complet|analy[sz]e|estimat",
    re.IGNORECASE,
)
_NOT_ROUTE = compile_later(
    r"drift|monitor|report|metric|health|ready|status|latest|recent|feedback|histor|stats|logs?(?:$|[/_])|docs|version|schema"
    r"|(?:^|[/_])(?:re)?(?:train|load)",
    re.IGNORECASE,
)
_NOT_CALL = compile_later(
    r"drift|monitor|report|metric|health|latest|feedback|histor|stats|save|store|upload|background|add_to|record|logg?(?:er|_)"
    r"|HTTPException|Response|Request",
    re.IGNORECASE,
)
_RUNS = compile_later(
    r"(?:^|\.)(?:predict\w*|forward|generate|infer\w*|transcribe|classify\w*|invoke|ainvoke|no_grad|inference_mode)$"
    r"|(?:sess|session|runner|engine)\w*\.(?:async_)?run$|\.run_async$"
)
_MODEL = compile_later(
    r"(?:^|[._])(?:model|net|network|pipe|pipeline|classifier|predictor|detector|embedder|learner|estimator|regressor|llm"
    r"|generator|transformer|clf|unet|vae|gan)s?(?:\(\))?$",
    re.IGNORECASE,
)
_PREDICTIONS = compile_later(r"(?:^|\.)get_(?:\w+_)?pred(?:iction)?s?$")  # fastai, tsai
_NAMED_SO = compile_later(r"predict|infer(?!red)|classif", re.IGNORECASE)
_TRIVIAL = compile_later(
    r"(?:^|\.)(?:print|len|str|int|float|list|dict|range|isinstance|time|now|utcnow|perf_counter|strftime|json|dumps|format"
    r"|debug|info|warning|error|exception|sleep|get|post|put|route|Query|Form|File|Body|Depends|Path|Header)$"
)
_MAKES = compile_later(
    r"(?:^|[._])(?:load|get|init|build|create|make|setup|download|fetch|save|warm|reload|ensure|from)\w*$", re.I
)


def runs_model(call: Call) -> bool:
    """Whether a call is plainly an inference: a model's `predict`, `forward`, `generate`, `session.run`, a call of
    something named `model`, or the switch into inference mode."""
    name = call.name.removesuffix("()")
    last = name.rpartition(".")[2]
    if _PREDICTIONS.search(name):
        return True
    if _MAKES.search(last) or _NOT_CALL.search(last):
        return False
    return bool(_RUNS.search(name) or _MODEL.search(name))


def infers(code: Code, files: Files, route: Route) -> bool:
    """Whether a route does inference: it is named so and calls something that is, its handler plainly runs a model, or its
    path says `predict` and its handler works. A handler that returns a constant, and one of drift, reports, metrics or
    health, does not."""
    file = files.paths[route.file]
    label = f"{route.path} {route.function}"
    if not route.function or _NOT_ROUTE.search(route.path):
        return False
    so = bool(_NAMED_SO.search(route.path))
    if not so and _NOT_ROUTE.search(route.function.rpartition(".")[2]):
        return False
    reached = code.reached(file, route.function)
    if not reached:
        return False
    for at, function in reached:
        key = (at.path, function.qualname, function.line)
        if key not in code.runs:  # many routes may lead to it
            code.runs[key] = any(map(runs_model, code.calls(at, function)))
        if code.runs[key]:
            return True
    if not _LIKE.search(label):
        return False
    own = [c for c in code.calls(*reached[0]) if not _NOT_CALL.search(c.name)]
    return any(_LIKE.search(c.name) or (so and not _TRIVIAL.search(c.name)) for c in own)


def inference_routes(files: Files) -> list[Route]:
    """The routes that do inference, those named `predict` first."""
    code = Code.of(files)
    found = [r for r in routes(files) if infers(code, files, r)]
    return sorted(found, key=lambda r: (not _LIKE.search(r.path), r.file, r.line))
