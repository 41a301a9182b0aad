"""What a test does: what it reaches, the client that it calls a service with, whether it checks anything."""

import ast
from collections.abc import Iterable, Iterator

from auditor.facts.fixtures import Definitions
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.readers.nodes import children, literal, walk
from auditor.readers.python import Class, Function, Module
from auditor.readers.unreached import truth
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


_FAILED, _ERRORS, _ALL = 1, 2, 3  # what is swallowed: failed assertions, every Exception, pytest's own failures too


def _own_nodes(body: Iterable[ast.AST], module: Module) -> Iterator[tuple[ast.AST, int]]:
    """The nodes of a body without those of functions and classes defined in it: these run only when they are called. Each with
    which of its failures a `try` around it swallows."""
    stack = [(node, 0) for node in body]
    while stack:
        node, swallowed = stack.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            continue
        yield node, swallowed
        below = children(node)
        if isinstance(node, ast.Try) and node.handlers:
            tried = max(swallowed, _swallowed_by(node, module))
            inside = {id(s) for s in node.body}
            stack += [(n, tried if id(n) in inside else swallowed) for n in below]
        else:
            stack += [(n, swallowed) for n in below]


def _swallowed_by(node: ast.Try, module: Module) -> int:
    """What the handler that takes a failed assertion lets pass. One that raises, asserts, fails or leaves a word that is looked
    at later lets nothing pass."""
    for handler in node.handlers:
        caught = {module.name(t) for t in _types(handler.type)}
        level = (
            _ALL if handler.type is None or "BaseException" in caught else _ERRORS if "Exception" in caught else _FAILED
        )
        if level == _FAILED and "AssertionError" not in caught:
            continue
        for child in (n for s in handler.body for n in walk(s)):
            if isinstance(child, ast.Raise | ast.Assert | ast.Assign | ast.AugAssign | ast.Return):
                return 0
            if isinstance(child, ast.Call) and not _TELLS.search(module.name(child.func)):
                return 0
        return level
    return 0


_TELLS = compile_later(
    r"^print$|^traceback\.print_|^warnings\.warn$|^pytest\.skip$|^(str|repr)$|(^|\.)log\w*(\(\))?\.\w+$|\.format$"
)


def _types(node: ast.expr | None) -> list[ast.expr]:
    return [] if node is None else list(node.elts) if isinstance(node, ast.Tuple) else [node]


_HELPERS = 30  # functions of which helpers are looked at, too
_LOOKED_AT = 500  # functions; whoever calls more does something


def checks_anything(here: Definitions, f: Function, owner: Class | None) -> bool:
    """Whether a function can fail on purpose: an assertion of any library that does not hold whatever happens, `pytest.raises`,
    a raise, or a call of a helper of the same file that has one. One whose failure a `try` around it swallows is none. Each
    helper is looked at once."""
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
    for node, swallowed in _own_nodes(f.node.body, here.module):
        if isinstance(node, ast.Assert):
            if swallowed < _FAILED and truth(node.test) is not True and not _same(node.test):
                return True, []
        elif isinstance(node, ast.Raise):
            if swallowed < _ERRORS and node.exc is not None and "Skip" not in ast.dump(node.exc):
                return True, []
        elif isinstance(node, ast.Call):
            name = here.module.name(node.func)
            if _is_check(name) and swallowed < (_ALL if name.startswith("pytest.") else _FAILED):
                return True, []
            if swallowed:
                continue
            for key in (
                f"{f.qualname}.{name}",
                name,
                f"{owner.name}.{name[5:]}" if owner and name[:5] == "self." else "",
            ):
                if key in here.functions:
                    helpers.setdefault(key, here.functions[key])
    return False, list(helpers.values())


def _same(test: ast.expr) -> bool:
    """Whether a test is that a name is itself: `x is x`. `x == x` fails for what is no number, and is written to find that."""
    return (
        isinstance(test, ast.Compare)
        and [type(o) for o in test.ops] == [ast.Is]
        and isinstance(test.left, ast.Name)
        and isinstance(test.comparators[0], ast.Name)
        and test.left.id == test.comparators[0].id
    )


def _is_check(name: str) -> bool:
    last = name.rsplit(".", 1)[-1]
    return (
        last.startswith("assert")
        or name
        in ("pytest.raises", "pytest.warns", "pytest.fail", "pytest.deprecated_call", "self.fail", "unittest.mock.seal")
        or name.startswith(("pytest_check.", "self.assert", "assertpy.", "hamcrest.", "expects."))
        or last == "raise_for_status"
    )
