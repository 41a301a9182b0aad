"""What a setup.py asks for: lists behind names, sums and calls, and the files that it reads them from.

Nothing is run. Names stand for all that is ever assigned or appended to them, so that what may be asked for is there; what
must be computed is a hole, unless it comes from a file that the code names.
"""

import ast
import re
from collections.abc import Callable

from auditor.facts.lists import Listing, normal_name
from auditor.readers.nodes import joined_text, literal, walk
from auditor.readers.python import Module, python
from auditor.snapshot import File

_WRAPPERS = frozenset(
    ["list", "sorted", "set", "tuple", "sum", "chain", "frozenset", "from_iterable", "fromkeys", "filter"]
)
_TEXT_METHODS = frozenset(["split", "splitlines", "strip", "read", "values", "copy", "format", "keys", "items"])
_LIST_SUFFIXES = (".txt", ".in", ".pip", ".reqs")
_DEPTH = 50
_LOST = 50  # computed parts that are looked into


def setup_py(file: File) -> Listing:
    """The requirements and extras that a setup.py hands to `setup`."""
    listing = Listing(file)
    module = python(file)
    if module is None:
        return listing
    script: _Script | None = None
    for call in (c for c in module.calls if c.name.rsplit(".", 1)[-1] == "setup"):
        script = script or _Script(module, listing)
        given = {k.arg: k.value for k in call.node.keywords if k.arg}
        for spread in (k.value for k in call.node.keywords if k.arg is None):
            given |= script.entries(spread, call.line)
        name = literal(given.get("name"))
        listing.own = normal_name(name) if isinstance(name, str) else ""
        for key, group in (("install_requires", ""), ("tests_require", "test"), ("extras_require", "extra")):
            if (value := given.get(key)) is not None:
                script.take(value, group, by_key=key == "extras_require")
    return listing


class _Script:
    """A setup.py with what its names stand for."""

    def __init__(self, module: Module, listing: Listing) -> None:
        self.listing = listing
        self.values: dict[str, list[ast.expr]] = {}
        self.functions = {f.name: f.node for f in module.functions}
        for node in module.nodes:
            if isinstance(node, ast.Assign):
                for target in node.targets:
                    self._bind(target, node.value)
            elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value is not None:
                self._bind(node.target, node.value)
            elif isinstance(node, ast.withitem) and node.optional_vars is not None:
                self._bind(node.optional_vars, node.context_expr)
            elif isinstance(node, ast.For):
                self._bind(node.target, node.iter)
            elif isinstance(node, ast.arguments):
                for argument, default in zip(
                    reversed([*node.posonlyargs, *node.args]), reversed(node.defaults), strict=False
                ):
                    self.values.setdefault(argument.arg, []).append(default)
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                self._changed(node, node.func)

    def _changed(self, call: ast.Call, method: ast.Attribute) -> None:
        """What a method adds to the list, set or dict that a name stands for."""
        to = method.value
        if isinstance(to, ast.Call) and isinstance(to.func, ast.Attribute) and to.func.attr == "setdefault":
            to = to.func.value  # extras.setdefault("plots", []).append(...)
        to = to.value if isinstance(to, ast.Subscript) else to
        if method.attr in ("append", "add", "insert") and call.args:
            self._bind(to, ast.List([call.args[-1]], ast.Load()))
        elif method.attr in ("extend", "update") and call.args:
            self._bind(to, call.args[0])
        if method.attr == "update" and call.keywords:
            named = [k for k in call.keywords if k.arg]
            self._bind(to, ast.Dict([ast.Constant(k.arg) for k in named], [k.value for k in named]))

    def _bind(self, target: ast.AST, value: ast.expr) -> None:
        if isinstance(target, ast.Name):
            self.values.setdefault(target.id, []).append(value)
        elif isinstance(target, ast.Subscript) and isinstance(target.value, ast.Name):
            self.values.setdefault(target.value.id, []).append(ast.Dict([target.slice], [value]))
        elif isinstance(target, ast.Tuple | ast.List) and isinstance(value, ast.Tuple | ast.List):
            for one, part in zip(target.elts, value.elts, strict=False):
                self._bind(one, part)

    def entries(self, node: ast.expr, line: int) -> dict[str, ast.expr]:
        """The entries of a dict that is spread into the call."""
        found: dict[str, ast.expr] = {}
        for value in self.values.get(node.id, []) if isinstance(node, ast.Name) else [node]:
            pairs: list[tuple[ast.expr | None, ast.expr]]
            if isinstance(value, ast.Dict):
                pairs = list(zip(value.keys, value.values, strict=True))
            elif isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "dict":
                pairs = [(ast.Constant(k.arg), k.value) for k in value.keywords if k.arg]
            else:
                pairs = []
                self.listing.lost(line, "hands on settings that are computed")
            found |= {k.value: v for k, v in pairs if isinstance(k, ast.Constant) and isinstance(k.value, str)}
        if isinstance(node, ast.Name) and node.id not in self.values:
            self.listing.lost(line, "hands on settings that are computed")
        return found

    def take(self, value: ast.expr, group: str, by_key: bool) -> None:
        """List the requirements that an argument stands for."""
        lost: list[ast.AST] = []
        self._strings(value, group, by_key, lost, set(), 0)
        for node in lost[:_LOST]:
            paths: dict[str, None] = {}
            self._paths(node, paths, set(), 0)
            line = getattr(node, "lineno", 0) or getattr(value, "lineno", 1)
            for path in paths:
                self.listing.refer(path, line, group=group)
            if not paths:
                self.listing.lost(line, "requirements that are computed")

    def _text(self, text: str, node: ast.AST, group: str, lost: list[ast.AST]) -> None:
        for row in text.split("\n"):
            piece = row.split(" #")[0].strip()
            if (
                piece
                and not piece.startswith("#")
                and not self.listing.requirement(piece, getattr(node, "lineno", 1), group)
            ):
                lost.append(node)

    def _begun(self, node: ast.expr, group: str, lost: list[ast.AST]) -> None:
        """A requirement whose end is computed: `"torch==" + VERSION`. Its name must be whole."""
        first: ast.expr = node
        while isinstance(first, ast.BinOp):
            first = first.left
        text, whole = joined_text(first), isinstance(literal(node), str)
        begun = text.split("{...}")[0]
        if whole or re.search(r"[=<>~!@;\[]", begun):
            self._text(begun, node, group, lost)
        else:
            lost.append(node)

    def _strings(
        self, node: ast.AST, group: str, by_key: bool, lost: list[ast.AST], seen: set[str], depth: int
    ) -> None:
        def go(inner: ast.AST, within: str = group, keyed: bool = by_key) -> None:
            self._strings(inner, within, keyed, lost, seen, depth + 1)

        if depth > _DEPTH:
            lost.append(node)
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                self._text(node.value, node, group, lost)
            elif node.value is not None and not isinstance(node.value, int):
                lost.append(node)
        elif isinstance(node, ast.List | ast.Tuple | ast.Set):
            for item in node.elts:
                go(item)
        elif isinstance(node, ast.Starred):
            go(node.value)
        elif isinstance(node, ast.Dict):
            for key, inner in zip(node.keys, node.values, strict=True):
                name = literal(key) if key is not None else None
                go(inner, name.split(":")[0] if isinstance(name, str) and by_key else group, False if name else by_key)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            if any(isinstance(n, ast.JoinedStr) or isinstance(literal(n), str) for n in (node.left, node.right)):
                self._begun(node, group, lost)
            else:
                go(node.left)
                go(node.right)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            go(node.left)
        elif isinstance(node, ast.BoolOp):
            for inner in node.values:
                go(inner)
        elif isinstance(node, ast.IfExp):
            go(node.body)
            go(node.orelse)
        elif isinstance(node, ast.JoinedStr):
            self._begun(node, group, lost)
        elif isinstance(node, ast.Name):
            if node.id in self.values:
                if node.id not in seen:
                    seen.add(node.id)
                    for value in self.values[node.id]:
                        go(value)
            else:
                lost.append(node)
        elif isinstance(node, ast.Subscript):
            go(node.value)
        elif isinstance(node, ast.Attribute) and node.attr in self.values:  # of a class in the file
            go(ast.Name(node.attr))
        elif isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp) and self._plain(node):
            targets = {part.target.id for part in node.generators if isinstance(part.target, ast.Name)}
            for part in node.generators:
                if not (isinstance(part.iter, ast.Name) and part.iter.id in targets):
                    go(part.iter)
        elif isinstance(node, ast.Call):
            self._call(node, go, lost, seen)
        else:
            lost.append(node)

    def _call(self, node: ast.Call, go: Callable[[ast.AST], None], lost: list[ast.AST], seen: set[str]) -> None:
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        if name == "dict" and not node.args:
            go(
                ast.Dict(
                    [ast.Constant(k.arg) for k in node.keywords if k.arg], [k.value for k in node.keywords if k.arg]
                )
            )
        elif name in _WRAPPERS and node.args:
            for inner in node.args:
                if not isinstance(inner, ast.Lambda) and not (name == "filter" and inner is node.args[0]):
                    go(inner)
        elif isinstance(node.func, ast.Attribute) and name in _TEXT_METHODS and not self._reads(node.func.value):
            text, at = literal(node.func.value), literal(node.args[0]) if node.args else None
            if name == "split" and isinstance(text, str) and (not node.args or (isinstance(at, str) and at)):
                go(
                    ast.List(
                        [ast.Constant(w, lineno=node.lineno) for w in text.split(at if isinstance(at, str) else None)],
                        ast.Load(),
                    )
                )
            else:
                go(node.func.value)
        elif (function := self.functions.get(name)) is not None and not node.args and not node.keywords:
            if name + "()" in seen:
                return
            seen.add(name + "()")
            returned = [n.value for n in walk(function) if isinstance(n, ast.Return) and n.value is not None]
            for value in returned:
                go(value)
            if not returned:
                lost.append(node)
        else:
            lost.append(node)

    def _reads(self, node: ast.AST) -> bool:
        """Whether a file is read within the expression."""
        return any(
            isinstance(n, ast.Call)
            and (getattr(n.func, "id", "") == "open" or getattr(n.func, "attr", "") in ("open", "read", "read_text"))
            for n in walk(node)
        )

    def _plain(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> bool:
        """Whether a comprehension gives what it goes through, but for white space: `[r.strip() for r in rows if r]`."""
        kept: ast.AST = node.elt
        while isinstance(kept, ast.Call) and isinstance(kept.func, ast.Attribute):
            kept = kept.func.value
        last = node.generators[-1].target
        return isinstance(kept, ast.Name) and isinstance(last, ast.Name) and kept.id == last.id

    def _paths(self, node: ast.AST, found: dict[str, None], seen: set[str], depth: int) -> None:
        """The names of requirement files that an expression, and what it calls, would read."""
        if depth > _DEPTH:
            return
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.endswith(_LIST_SUFFIXES) and "\n" not in node.value:
                found[node.value] = None
            return
        joins = isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)
        joins = joins or (isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("join", "joinpath"))
        if joins:
            words = [n for n in walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
            parts = [
                str(n.value)
                for n in sorted(words, key=lambda n: (getattr(n, "lineno", 0), getattr(n, "col_offset", 0)))
            ]
            if parts and parts[-1].endswith(_LIST_SUFFIXES):
                found["/".join(p for p in parts if p not in (".", ""))] = None
                return
        if isinstance(node, ast.Name):
            if node.id not in seen:
                seen.add(node.id)
                for value in self.values.get(node.id, []):
                    self._paths(value, found, seen, depth + 1)
                if node.id in self.functions:
                    self._paths(self.functions[node.id], found, seen, depth + 1)
            return
        for child in ast.iter_child_nodes(node):
            self._paths(child, found, seen, depth + 1)
