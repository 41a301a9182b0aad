"""The HTTP routes of the repository's own servers, and what its own code can reach from them by name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import field, replace

from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import joined_text, literal
from auditor.readers.python import Call, Class, Function, Module, python
from auditor.readers.text import readable
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


def _constant(module: Module, node: ast.AST | None) -> str:
    """A string expression's text; a name is looked up among the module's own constants."""
    if isinstance(node, ast.Name):
        for statement in module.tree.body:
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == node.id for t in statement.targets
            ):
                return joined_text(statement.value)
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


# -- following names ---------------------------------------------------------------------------------------------------


class Code:
    """The repository's own Python as names lead through it. Third-party code is not known and ends a path."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._found: dict[tuple[str, str], str] = {}
        self._imports: dict[str, list[File]] = {}
        self._symbols: dict[tuple[str, str], tuple[str, str]] = {}

    @classmethod
    def of(cls, files: Files) -> "Code":
        """The code of the commit that a selection is part of."""
        return files.once("code", lambda: cls(files))

    def module(self, file: File) -> Module | None:
        """The parsed module of any tracked file."""
        return python(file) if readable(file) else None

    def path_of(self, dotted: str, origin: File) -> str:
        """The tracked file of a module as the file `origin` would import it, or an empty string."""
        key = (origin.folder, dotted)
        if key not in self._found:
            self._found[key] = self._path_of(dotted, origin.folder)
        return self._found[key]

    def _path_of(self, dotted: str, folder: str) -> str:
        parents = folder.split("/") if folder else []
        stripped = dotted.lstrip(".")
        if level := len(dotted) - len(stripped):
            if level - 1 > len(parents):
                return ""
            roots = ["/".join(parents[: len(parents) - (level - 1)])]
        else:
            roots = ["/".join(parents[:i]) for i in range(len(parents), -1, -1)]
            roots = [r for root in roots for r in (root, f"{root}/src" if root else "src")]
        below = stripped.replace(".", "/")
        for root in roots:
            base = f"{root}/{below}" if root and below else root or below
            for path in (f"{base}.py", f"{base}/__init__.py"):
                if path in self._files.paths and (below or path.endswith("__init__.py")):
                    return path
        return ""

    def variable(self, name: str, origin: File) -> tuple[str, str]:
        """Where a name, as written in a file, is defined: the tracked file's path and the name there."""
        module = self.module(origin)
        head, _, rest = name.partition(".")
        if module is None or head not in module.aliases:
            return origin.path, name
        return self.symbol(module.aliases[head] + ("." + rest if rest else ""), origin)

    def symbol(self, dotted: str, origin: File, depth: int = 0) -> tuple[str, str]:
        """As `variable`, for a name that is already resolved through the imports of `origin`."""
        if depth:
            return self._symbol(dotted, origin, depth)
        key = (origin.path, dotted)
        if key not in self._symbols:
            self._symbols[key] = self._symbol(dotted, origin, 0)
        return self._symbols[key]

    def _symbol(self, dotted: str, origin: File, depth: int) -> tuple[str, str]:
        dots = len(dotted) - len(dotted.lstrip("."))
        parts = dotted[dots:].split(".")
        for i in range(len(parts), -1 if dots else 0, -1):
            path = self.path_of("." * dots + ".".join(parts[:i]), origin)
            if not path:
                continue
            name = ".".join(parts[i:])
            there = self.module(self._files.paths[path])
            if name and there and depth < 3 and (head := name.split(".")[0]) in there.aliases and path != origin.path:
                return self.symbol(there.aliases[head] + name[len(head) :], self._files.paths[path], depth + 1)
            return path, name
        return "", dotted

    def imports(self, file: File) -> list[File]:
        """The tracked files that a file imports, anywhere in it."""
        if file.path not in self._imports:
            self._imports[file.path] = self._imported(file)
        return self._imports[file.path]

    def _imported(self, file: File) -> list[File]:
        module = self.module(file)
        paths = [self.symbol(name, file)[0] for name in module.imports] if module else []
        direct = [self.path_of(name.rpartition(".")[0] or name, file) for name in module.imports] if module else []
        return [self._files.paths[p] for p in dict.fromkeys([*paths, *direct]) if p and p != file.path]

    def closure(self, starts: list[File]) -> list[File]:
        """The files and everything of the repository that they import, directly or not."""
        seen = {f.path: f for f in starts}
        todo = list(seen.values())
        while todo:
            for file in self.imports(todo.pop()):
                if file.path not in seen:
                    seen[file.path] = file
                    todo.append(file)
        return list(seen.values())

    def function(self, file: File, qualname: str) -> Function | None:
        """A function of a file by its qualified name."""
        module = self.module(file)
        return next((f for f in module.functions if f.qualname == qualname), None) if module else None

    def reached(self, file: File, qualname: str, hops: int = 3) -> list[tuple[File, Function]]:
        """The function and those of the repository that it calls or hands on, at most `hops` calls away."""
        start = self.function(file, qualname)
        if start is None:
            return []
        found = {(file.path, start.qualname): (file, start)}
        level = [(file, start)]
        for _ in range(hops):
            nearer = []
            for at, function in level:
                for target in self._targets(at, function):
                    key = (target[0].path, target[1].qualname)
                    if key not in found:
                        found[key] = target
                        nearer.append(target)
            level = nearer
        return list(found.values())

    def calls(self, file: File, function: Function) -> list[Call]:
        """The calls in a function's body, those of functions nested in it included."""
        module = self.module(file)
        inner = function.qualname + "."
        return [
            c
            for c in (module.calls if module else ())
            if (c.inside == function.qualname or c.inside.startswith(inner)) and c.line >= function.line
        ]

    def _targets(self, file: File, function: Function) -> Iterator[tuple[File, Function]]:
        module = self.module(file)
        assert module is not None
        for call in self.calls(file, function):
            handed = [
                a
                for a in (*call.node.args, *(k.value for k in call.node.keywords))
                if isinstance(a, ast.Name | ast.Attribute)
            ]
            for node in (call.node.func, *handed):
                if isinstance(node, ast.Name | ast.Attribute):
                    yield from self._definitions(file, module, function, node, called=node is call.node.func)

    def _definitions(
        self, file: File, module: Module, function: Function, node: ast.Name | ast.Attribute, called: bool
    ) -> Iterator[tuple[File, Function]]:
        name = module.name(node)
        if "." not in name:  # the innermost scope first
            scope = function.qualname
            while True:
                wanted = f"{scope}.{name}" if scope else name
                if hit := next((f for f in module.functions if f.qualname == wanted), None):
                    yield file, hit
                    return
                if not scope:
                    break
                scope = scope.rpartition(".")[0]
            if called and any(c.name == name for c in module.classes):
                if hit := next((f for f in module.functions if f.qualname == f"{name}.__init__"), None):
                    yield file, hit
                return
        head, _, method = name.rpartition(".")
        if head in ("self", "cls") and function.owner:
            wanted = f"{function.owner}.{method}"
            if hit := next((f for f in module.functions if f.qualname == wanted), None):
                yield file, hit
                return
        path, attribute = self.symbol(name, file)
        if path and path != file.path:
            there = self._files.paths[path]
            for wanted in (attribute, f"{attribute}.__init__", f"{attribute}.__call__"):
                if hit := self.function(there, wanted):
                    yield there, hit
                    return
        if called and method and len(method) > 3 and method not in _COMMON:
            # A method of an object whose class is not known here: take it where the repository names it only once.
            near = [file, *self.imports(file)]
            hits = [(f, m) for f in near for m in self._methods(f, method)]
            if len(hits) == 1:
                yield hits[0]

    def _methods(self, file: File, name: str) -> list[Function]:
        module = self.module(file)
        return [f for f in module.functions if f.owner and f.name == name] if module else []

    def classes(self, file: File) -> list[Class]:
        """The classes of a file."""
        module = self.module(file)
        return module.classes if module else []


_COMMON = frozenset(
    [
        "append",
        "extend",
        "items",
        "keys",
        "values",
        "read",
        "write",
        "close",
        "open",
        "copy",
        "join",
        "split",
        "strip",
        "format",
        "lower",
        "upper",
        "encode",
        "decode",
        "json",
        "load",
        "loads",
        "dump",
        "dumps",
        "mkdir",
        "exists",
        "post",
        "info",
        "error",
        "warning",
        "debug",
        "exception",
        "execute",
        "commit",
        "fetchall",
        "strftime",
        "isoformat",
        "startswith",
        "endswith",
        "replace",
        "numpy",
        "tolist",
        "item",
    ]
)


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
        if any(runs_model(c) for c in code.calls(at, function)):
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
