"""Statements and operands of Python that can never run, taken out of a module's tree."""

import ast
from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from auditor.readers.nodes import children, walk

# What may hold something that never runs. Most modules have blocks and conditions, few have anything to take out of them.
_BODY, _BODY_AND_ELSE = ("body",), ("body", "orelse")
_BLOCKS: dict[type[ast.AST], tuple[str, ...]] = {
    **dict.fromkeys((ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef), _BODY),
    **dict.fromkeys((ast.With, ast.AsyncWith, ast.ExceptHandler, ast.match_case), _BODY),
    **dict.fromkeys((ast.If, ast.While, ast.For, ast.AsyncFor), _BODY_AND_ELSE),
    **dict.fromkeys((ast.Try, ast.TryStar), ("body", "orelse", "finalbody")),
    ast.IfExp: (),
    ast.BoolOp: (),
}
WATCHED = frozenset(_BLOCKS)
_ENDS = frozenset({ast.Return, ast.Raise, ast.Continue, ast.Break, ast.If, ast.While, ast.Expr})
_EXITS = frozenset(["sys.exit", "os._exit", "exit", "quit"])
_BUILT_IN = frozenset(["exit", "quit"])
_COMPARED = (ast.Eq, ast.NotEq, ast.Is, ast.IsNot, ast.Lt, ast.LtE, ast.Gt, ast.GtE)
_TYPE_CHECKING = ("typing.TYPE_CHECKING", "typing_extensions.TYPE_CHECKING")
_DEPTH = 30  # conditions within conditions


class Unreached:
    """Takes out of a tree what never runs, whatever is imported, called or set: bodies of `if False`, operands behind `False
    and`, statements behind a `return` or `sys.exit()` of their block, loops over an empty literal, handlers of a `try` that does
    nothing. Imports among it stay: who reads the file needs them. A function that nobody calls may be called from elsewhere, a
    name that is set to False may be set to True: both stay. `names` are the names that were bound in what was taken out, each
    with its line."""

    def __init__(self, tree: ast.Module, name: Callable[[ast.AST], str], imported: Container[str], cells: bool) -> None:
        self._tree, self._name, self._imported, self._cells = tree, name, imported, cells
        self._rebound: frozenset[str] | None = None
        self._gone: set[int] = set()
        self.changed = False
        self.names: dict[str, int] = {}

    def take_out(self, watched: Sequence[ast.AST]) -> None:
        """Take out what never runs of the nodes of the kinds in WATCHED, outer ones first."""
        for node in watched:
            if self._gone and id(node) in self._gone:
                continue
            kind = node.__class__
            if kind is ast.BoolOp:
                self._operands(node)  # type: ignore[arg-type]
                continue
            for field in _BLOCKS[kind]:
                block = node.__dict__[field]
                if len(block) > 1:
                    self._block(node, field, block)
            if isinstance(node, ast.If | ast.While):
                known = self._truth(node.test)
                if known is False:
                    self._bury(node, "body", node.body)
                elif known and node.orelse and not (isinstance(node, ast.While) and _breaks(node)):
                    self._bury(node, "orelse", node.orelse)
            elif isinstance(node, ast.IfExp):
                known = self._truth(node.test)
                if known is not None:
                    self._replace_operand(node, "orelse" if known else "body")
            elif isinstance(node, ast.For):
                if self.empty(node.iter):
                    self._bury(node, "body", node.body)
            elif isinstance(node, ast.Try | ast.TryStar) and all(_does_nothing(s) for s in node.body):
                for handler in node.handlers:
                    self._bury(handler, "body", handler.body)

    def _truth(self, node: ast.AST) -> bool | None:
        """As `truth`; `TYPE_CHECKING` never holds where a program runs."""
        return None if isinstance(node, ast.Call) else truth(node, self._name)

    def empty(self, node: ast.AST) -> bool:
        """Whether a loop over an expression has no round."""
        return (isinstance(node, ast.Constant) and node.value in ("", b"")) or (
            isinstance(node, ast.List | ast.Tuple | ast.Dict | ast.Set) and self._truth(node) is False
        )

    def _block(self, holder: ast.AST, field: str, block: list[ast.stmt]) -> None:
        """A block to its first statement behind which nothing runs. The cells of a notebook are run one by one."""
        for i, statement in enumerate(block):
            kind = statement.__class__
            if kind not in _ENDS or (kind is ast.Expr and statement.value.__class__ is not ast.Call):  # type: ignore[attr-defined]
                continue
            if i + 1 < len(block) and self._ends(statement) and not (self._cells and holder is self._tree):
                self._bury(holder, field, block[i + 1 :], block[: i + 1])
                return

    def _ends(self, statement: ast.stmt, depth: int = 0) -> bool:
        if isinstance(statement, ast.Return | ast.Raise | ast.Continue | ast.Break):
            return True
        if isinstance(statement, ast.Expr):
            call = statement.value
            func = call.func.__dict__ if isinstance(call, ast.Call) else {}
            if not isinstance(call, ast.Call) or func.get("attr", func.get("id")) not in ("exit", "quit", "_exit"):
                return False
            name = self._name(call.func)
            if name in _BUILT_IN:
                return name not in self._imported and name not in self._bound()
            return name in _EXITS and next(iter(_names_in(call.func)), "") in self._imported
        if isinstance(statement, ast.While):
            return self._truth(statement.test) is True and not _breaks(statement)
        if isinstance(statement, ast.If) and statement.orelse and depth < _DEPTH:
            return self._ends(statement.body[-1], depth + 1) and self._ends(statement.orelse[-1], depth + 1)
        return False

    def _bound(self) -> frozenset[str]:
        """The names that the module binds itself."""
        if self._rebound is None:
            self._rebound = frozenset(_bound_in(walk(self._tree)))
        return self._rebound

    def _operands(self, node: ast.BoolOp) -> None:
        """`False and a()` to `False and False`."""
        decides = isinstance(node.op, ast.Or)
        for i, value in enumerate(node.values[:-1]):
            if self._truth(value) is decides:
                kept = [_constant(decides, v) for v in node.values[i + 1 :]]
                self._note(node.values[i + 1 :])
                node.values[i + 1 :] = kept
                self._touch(node)
                return

    def _replace_operand(self, node: ast.IfExp, field: str) -> None:
        value = getattr(node, field)
        self._note([value])
        setattr(node, field, _constant(None, value))
        self._touch(node)

    def _bury(self, holder: ast.AST, field: str, taken: list[ast.stmt], kept: Sequence[ast.stmt] = ()) -> None:
        """Leave of a block what is kept, and of what is taken its imports."""
        if all(isinstance(s, ast.Pass | ast.Import | ast.ImportFrom) for s in taken):
            return
        imports = [n for s in taken for n in walk(s) if isinstance(n, ast.Import | ast.ImportFrom)]
        left: list[ast.stmt] = [*kept, *imports]
        if not left:
            first = taken[0]
            left = [ast.Pass(lineno=first.lineno, col_offset=first.col_offset, end_lineno=first.lineno, end_col_offset=first.col_offset + 1)]  # fmt: skip
        self._note(taken)
        setattr(holder, field, left)
        self._touch(holder)

    def _note(self, taken: Iterable[ast.AST]) -> None:
        below = [n for one in taken for n in walk(one)]
        self._gone.update(map(id, below))
        for name, line in _bound_in(below).items():
            self.names.setdefault(name, line)

    def _touch(self, node: ast.AST) -> None:
        node.__dict__.pop("_below", None)
        self.changed = True


def _bound_in(nodes: Iterable[ast.AST]) -> dict[str, int]:
    """The names that nodes bind, with the first line of each."""
    found: dict[str, int] = {}
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.setdefault(node.name, node.lineno)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.setdefault(node.id, node.lineno)
        elif isinstance(node, ast.arg):
            found.setdefault(node.arg, node.lineno)
        elif isinstance(node, ast.alias):
            found.setdefault((node.asname or node.name).split(".")[0], node.lineno)
    return found


def truth(node: ast.AST, name: Callable[[ast.AST], str] | None = None, depth: int = 0) -> bool | None:
    """Whether a condition always holds or never does; None where that depends. `name` resolves names."""
    if isinstance(node, ast.Constant):
        return bool(node.value)
    if isinstance(node, ast.Name | ast.Attribute):
        known = name is not None and getattr(node, "id", getattr(node, "attr", "")) == "TYPE_CHECKING"
        return False if known and name and name(node) in _TYPE_CHECKING else None
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not) and depth < _DEPTH:
        inner = truth(node.operand, name, depth + 1)
        return None if inner is None else not inner
    if isinstance(node, ast.BoolOp) and depth < _DEPTH:
        decides = isinstance(node.op, ast.Or)
        found = [truth(v, name, depth + 1) for v in node.values]
        return decides if decides in found else None if None in found else not decides
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return False if not node.elts else None if all(isinstance(e, ast.Starred) for e in node.elts) else True
    if isinstance(node, ast.Dict):
        return False if not node.keys else None if all(k is None for k in node.keys) else True
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], _COMPARED):
        return _compared(node.left, node.ops[0], node.comparators[0])
    return None


def _names_in(node: ast.AST) -> Iterator[str]:
    return (n.id for n in walk(node) if isinstance(n, ast.Name))


def _constant(value: bool | None, where: ast.expr) -> ast.Constant:
    return ast.copy_location(ast.Constant(value), where)


def _does_nothing(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


_HOLD = (ast.If, ast.With, ast.AsyncWith, ast.Try, ast.TryStar, ast.Match, ast.ExceptHandler, ast.match_case)


def _breaks(loop: ast.While) -> bool:
    """Whether a loop may be left by a `break` of its own."""
    todo: list[ast.AST] = [*loop.body]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Break):
            return True
        if isinstance(node, ast.For | ast.AsyncFor | ast.While):
            todo += node.orelse  # a `break` there is of the loop around
        elif isinstance(node, _HOLD):
            todo += children(node)
    return False


def _compared(left: ast.AST, how: ast.cmpop, right: ast.AST) -> bool | None:
    """What a comparison of two written-out numbers, texts or names of the language comes to."""
    if not (isinstance(left, ast.Constant) and isinstance(right, ast.Constant)):
        return None
    one, other = left.value, right.value
    if isinstance(how, ast.Is | ast.IsNot):
        if not all(v is None or isinstance(v, bool) for v in (one, other)):
            return None
        return (one is other) is isinstance(how, ast.Is)
    if isinstance(how, ast.Eq | ast.NotEq):
        return (one == other) is isinstance(how, ast.Eq)
    if isinstance(one, int | float) and isinstance(other, int | float):
        return {ast.Lt: one < other, ast.LtE: one <= other, ast.Gt: one > other, ast.GtE: one >= other}[type(how)]
    return None
