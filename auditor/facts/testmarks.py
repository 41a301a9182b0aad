"""The marks of tests: what skips one, and how many cases its parameters make of it."""

import ast

from auditor.readers.nodes import literal
from auditor.readers.python import Function, Module
from auditor.readers.unreached import truth


def marks_in(node: ast.expr | None) -> list[ast.expr]:
    if node is None:
        return []
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def mark_of(module: Module, node: ast.expr) -> str:
    return module.name(node.func if isinstance(node, ast.Call) else node)


def always_skips(module: Module, node: ast.expr) -> bool:
    """Whether a mark skips a test whatever happens."""
    name = mark_of(module, node)
    if name in ("pytest.mark.skip", "unittest.skip"):
        return True
    if name in ("pytest.mark.skipif", "unittest.skipIf", "unittest.skipUnless") and isinstance(node, ast.Call):
        said = node.args[0] if node.args else next((k.value for k in node.keywords if k.arg == "condition"), None)
        if isinstance(said, ast.Constant) and isinstance(said.value, str) and name == "pytest.mark.skipif":
            return said.value.strip() in ("True", "1")  # an expression as text, which pytest reads
        return said is not None and truth(said) is (name != "unittest.skipUnless")
    if name == "pytest.mark.parametrize" and isinstance(node, ast.Call):
        values = (
            node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "argvalues"), None)
        )
        return isinstance(values, ast.List | ast.Tuple) and not values.elts
    if name == "pytest.mark.xfail" and isinstance(node, ast.Call):
        return any(k.arg == "run" and literal(k.value) is False for k in node.keywords)
    return False


def skips_module(module: Module) -> bool:
    return any(
        isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) and module.name(s.value.func) == "pytest.skip"
        for s in module.tree.body
    )


def skips_body(module: Module, f: Function) -> bool:
    """Whether the body skips before anything else but assignments and imports."""
    for statement in f.node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return module.name(statement.value.func) in ("pytest.skip", "self.skipTest", "pytest.xfail")
        if isinstance(statement, ast.Raise):
            return "SkipTest" in ast.dump(statement)
        if not isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr | ast.Assign | ast.Pass):
            return False
    return False


def cases_of(module: Module, node: ast.expr, values: dict[str, ast.expr]) -> int:
    """How many cases a decorator makes of a test: 1 for one that does not parametrise, 0 where it is computed."""
    name = mark_of(module, node)
    if not isinstance(node, ast.Call):
        return 1
    if name.endswith("mark.parametrize"):
        value = (
            node.args[1] if len(node.args) > 1 else next((k.value for k in node.keywords if k.arg == "argvalues"), None)
        )
    elif name.endswith("parameterized.expand") and node.args:
        value = node.args[0]
    else:
        return 1
    length = length_of(value, values)
    return 0 if length is None else max(length, 1)  # an empty list is reported as one skipped case


TOO_MANY = 1_000_000  # cases of one test: as many as are computed


def length_of(node: ast.expr | None, values: dict[str, ast.expr], depth: int = 0) -> int | None:
    """The number of elements of a written-out collection of a file in which names have these values; None where it is computed."""
    if node is None or depth > 4:
        return None
    known = node.__dict__.setdefault("_length", {})  # lists of lists of names are asked for again and again
    if depth not in known:
        known[depth] = _length_of(node, values, depth)
    return known[depth]  # type: ignore[no-any-return]


def _length_of(node: ast.expr, values: dict[str, ast.expr], depth: int) -> int | None:
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        total = 0
        for element in node.elts:
            part = length_of(element.value, values, depth + 1) if isinstance(element, ast.Starred) else 1
            if part is None:
                return None
            total += part
        return total
    if isinstance(node, ast.Dict):
        return None if None in node.keys else len(node.keys)
    if isinstance(node, ast.Name):
        return length_of(values.get(node.id), values, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = length_of(node.left, values, depth + 1), length_of(node.right, values, depth + 1)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        numbers = [_number(a, values, depth) for a in node.args]
        whole = [n for n in numbers if isinstance(n, int)]
        if node.func.id == "range" and 0 < len(whole) == len(numbers) < 4 and whole[2:] != [0]:
            start, stop, step = (0, whole[0], 1) if len(whole) == 1 else (*whole, 1)[:3]
            return max(0, (stop - start + step - (1 if step > 0 else -1)) // step)  # as `len` cannot count it
        if node.func.id in ("list", "sorted", "tuple", "enumerate") and len(node.args) == 1:
            return length_of(node.args[0], values, depth + 1)
    method = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(method, ast.Attribute) and method.attr in ("items", "keys", "values"):
        return length_of(method.value, values, depth + 1)
    if isinstance(node, ast.ListComp) and len(node.generators) == 1 and not node.generators[0].ifs:
        return length_of(node.generators[0].iter, values, depth + 1)
    return None


def _number(node: ast.expr, values: dict[str, ast.expr], depth: int) -> object:
    """A number that is written out, or the length of a written-out collection."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and node.args:
        return length_of(node.args[0], values, depth + 1)
    return literal(node)
