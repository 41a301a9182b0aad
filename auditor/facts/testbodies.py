"""What a test does: what it reaches, the client that it calls a service with, whether it checks anything."""

import ast
from collections.abc import Iterable, Iterator

from auditor.facts.fixtures import Definitions
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.readers.nodes import children, literal
from auditor.readers.python import Class, Function
from auditor.snapshot import File

CLIENTS = (
    "fastapi.testclient.TestClient",
    "starlette.testclient.TestClient",
    "litestar.testing.TestClient",
    "flask.testing.FlaskClient",
    "httpx.ASGITransport",
    "httpx.AsyncClient",
    "httpx.Client",
    "aiohttp.ClientSession",
    "bentoml.SyncHTTPClient",
    "bentoml.AsyncHTTPClient",
    "gradio_client.Client",
)
_REQUEST = compile_later(
    r"(requests|httpx)\.(get|post|put|patch|delete|request|head|Session)$|requests\.Session\(\)\..+"
)


def reached_by(
    file: File, here: Definitions, above: list[Definitions], f: Function, owner: Class | None
) -> frozenset[str]:
    """The dotted names that a test reaches through helpers, module variables and fixtures."""
    names = set(here.names(f.qualname, f.node))
    names |= here.set_up(owner) if owner else frozenset()
    for d in f.node.decorator_list:
        if isinstance(d, ast.Call) and here.module.name(d.func).endswith("usefixtures"):
            names |= {str(literal(a)) for a in d.args}
    seen: set[str] = set()
    queue = list(names)
    while queue:
        name = queue.pop()
        here.left -= 1
        if here.left < 0:
            unsure(Hole(file.path, "has tests that reach more than is followed", f.line))
            break
        root = name.split(".")[0].removesuffix("()")
        if not root or root in seen:
            continue
        seen.add(root)
        for source in (here, *above):
            node: ast.AST | None = None
            if root in source.functions and source.functions[root].node is not f.node:
                found = source.functions[root]
                node = found.node
            else:
                if (fixture := source.fixture_named.get(root)) is not None:
                    node = fixture.node
                elif root in source.values:
                    node = source.values[root]
                elif c := next((c for c in source.classes.get(root, ()) if c is not owner), None):
                    node = c.node
            if node is not None:
                new = source.names(root, node) - names
                names |= new
                queue += new
                break
    return frozenset(names)


def client_of(names: frozenset[str]) -> str:
    """The client with which a test speaks to an API, if any."""
    for name in sorted(names):
        plain = name.replace("()", "")
        for client in CLIENTS:
            if plain == client or plain.startswith(client + "."):
                return client
        if _REQUEST.match(name) or _REQUEST.match(plain):
            return plain
        if plain.endswith(".test_client"):
            return plain
    return ""


def _own_nodes(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """The nodes of a body without those of functions and classes defined in it: these run only when they are called."""
    stack = list(body)
    while stack:
        node = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        yield node
        stack += children(node)


_HELPERS = 30  # functions of which helpers are looked at, too
_LOOKED_AT = 500  # functions; whoever calls more does something


def checks_anything(here: Definitions, f: Function, owner: Class | None) -> bool:
    """Whether a function can fail on purpose: an assertion of any library, `pytest.raises`, a raise, or a call of a helper
    of the same file that has one. Each helper is looked at once."""
    seen: set[str] = set()
    todo = [f]
    while todo:
        one = todo.pop()
        if one.qualname in seen:
            continue
        seen.add(one.qualname)
        key = (id(one.node), owner.name if owner else "")
        if key not in here.checked:
            here.checked[key] = _checks(here, one, owner)
        checks, helpers = here.checked[key]
        if checks or len(seen) > _LOOKED_AT:
            return True
        if len(seen) < _HELPERS:
            todo += reversed(helpers)
    return False


def _checks(here: Definitions, f: Function, owner: Class | None) -> tuple[bool, list[Function]]:
    """Whether a function's own body has a check, else the helpers of the same file that it calls."""
    helpers: dict[str, Function] = {}
    for node in _own_nodes(f.node.body):
        if isinstance(node, ast.Assert):
            if not (isinstance(node.test, ast.Constant) and node.test.value):
                return True, []
        elif isinstance(node, ast.Raise):
            if node.exc is not None and "Skip" not in ast.dump(node.exc):
                return True, []
        elif isinstance(node, ast.Call):
            name = here.module.name(node.func)
            if _is_check(name):
                return True, []
            for key in (
                f"{f.qualname}.{name}",
                name,
                f"{owner.name}.{name[5:]}" if owner and name[:5] == "self." else "",
            ):
                if key in here.functions:
                    helpers.setdefault(key, here.functions[key])
    return False, list(helpers.values())


def _is_check(name: str) -> bool:
    last = name.rsplit(".", 1)[-1]
    return (
        last.startswith("assert")
        or name
        in ("pytest.raises", "pytest.warns", "pytest.fail", "pytest.deprecated_call", "self.fail", "unittest.mock.seal")
        or name.startswith(("pytest_check.", "self.assert", "assertpy.", "hamcrest.", "expects."))
        or last == "raise_for_status"
    )
