"""The nodes of Python's trees: walked, and read where they are plain values."""

import ast
from collections.abc import Iterator, Sequence


def children(node: ast.AST) -> Sequence[ast.AST]:
    """The nodes directly below a node, in the order of the source, but for `Load`, `Store` and `Del`. Kept on the node:
    dozens of probes walk the same trees."""
    fields = node.__dict__
    if (known := fields.get("_below")) is not None:
        return known  # type: ignore[no-any-return]
    found: list[ast.AST] = []
    for value in fields.values():
        kind = value.__class__
        if kind in _NO_NODES:
            continue
        if kind is list:
            found += [v for v in value if isinstance(v, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    fields["_below"] = found or ()
    return found


_NO_NODES = frozenset({int, str, type(None), ast.Load, ast.Store, ast.Del})


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Every node of a tree, outer ones first."""
    todo = [node]
    for one in todo:
        yield one
        todo += children(one)


def literal(node: ast.AST | None) -> object:
    """The value of a literal expression, or None for anything that would have to be computed."""
    if node is None or isinstance(node, _COMPUTED):
        return None
    if isinstance(node, ast.Constant):  # as most are: what reads all kinds makes four functions for each call
        return node.value
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


_COMPUTED = (ast.Name, ast.Attribute, ast.Subscript, ast.JoinedStr)


def is_stub_body(node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> bool:
    """Whether a body does nothing: only docstrings, `pass`, `...`, a return of nothing or `raise NotImplementedError`."""
    for statement in node.body:
        if isinstance(statement, ast.Return) and (
            statement.value is None
            or (isinstance(statement.value, ast.Constant) and statement.value.value in (None, ...))
        ):
            continue
        if isinstance(statement, ast.Pass) or (
            isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
        ):
            continue
        if isinstance(statement, ast.Raise) and "NotImplementedError" in ast.dump(statement):
            continue
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and is_stub_body(statement):
            continue
        return False
    return True


def joined_text(node: ast.AST | None) -> str:
    """The text of a string expression, f-strings and additions included; `{...}` stands for what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{...}" for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return joined_text(node.left) + joined_text(node.right)
    return ""
