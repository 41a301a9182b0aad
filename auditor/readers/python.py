"""Python files: their imports, calls, functions and classes, names resolved through the imports."""

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import cached_property

from auditor import grammar, limits
from auditor.lazy import dataclass
from auditor.readers.boundary import bounded
from auditor.readers.nodes import children, walk
from auditor.readers.notebooks import notebook
from auditor.readers.unreached import WATCHED, Unreached
from auditor.shapes import UNTAMED, tame
from auditor.snapshot import File


@dataclass(frozen=True)
class Call:
    """A call, its name resolved through the imports: `nn.Linear(...)` is `torch.nn.Linear`. `inside` is the qualified name
    of the function or class around it."""

    name: str
    line: int
    end: int
    node: ast.Call
    inside: str = ""

    def keyword(self, name: str) -> ast.expr | None:
        """The value of a keyword argument."""
        return next((k.value for k in self.node.keywords if k.arg == name), None)

    def argument(self, position: int, name: str = "") -> ast.expr | None:
        """An argument by position or by name."""
        if position < len(self.node.args):
            return self.node.args[position]
        return self.keyword(name) if name else None


@dataclass(frozen=True)
class Function:
    """A function or method. `decorators` are resolved names; a decorator with arguments is named without them."""

    name: str
    qualname: str
    line: int
    end: int
    node: ast.FunctionDef | ast.AsyncFunctionDef
    decorators: tuple[str, ...]
    owner: str = ""  # the class around it


@dataclass(frozen=True)
class Class:
    """A class with its bases' resolved names."""

    name: str
    line: int
    end: int
    bases: tuple[str, ...]
    node: ast.ClassDef


def _all_nodes(tree: ast.Module) -> list[ast.AST]:
    """As `walk`. Raises NotRead for a tree that is deeper than those who go down it can."""
    nodes: list[ast.AST] = [tree]
    start = 0
    for _ in range(limits.PYTHON_NESTING.value):
        end = len(nodes)
        for node in nodes[start:end]:
            nodes += children(node)
        if len(nodes) == end:
            return nodes
        start = end
    line = next((line for node in nodes[start:] if (line := getattr(node, "lineno", 0))), 0)
    raise grammar.NotRead(f"is nested too deep to read as Python (more than {limits.PYTHON_NESTING})", line)


_NOTED = frozenset({ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Call})


_WATCHED = WATCHED | {ast.Import, ast.ImportFrom}


class Module:
    """One parsed Python file without what never runs in it (see `Unreached`; the names bound there are `unreached`). `nodes`
    are all of its nodes, outer ones first; `imports` maps each imported dotted name to its first line (`from a.b import c` gives
    `a.b.c`, relative ones keep their dots); `aliases` maps local names to them."""

    def __init__(self, tree: ast.Module, cells: bool = False) -> None:
        self.tree = tree
        self.nodes = _all_nodes(tree)
        self.imports: dict[str, int] = {}
        self.aliases: dict[str, str] = {}
        self.calls: list[Call] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        watched: list[ast.AST] = []
        for node in self.nodes:
            if node.__class__ not in _WATCHED:
                continue
            if isinstance(node, ast.Import):
                for name in node.names:
                    self.imports.setdefault(name.name, node.lineno)
                    self.aliases[name.asname or name.name.split(".")[0]] = (
                        name.name if name.asname else name.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom):
                module = "." * node.level + (node.module or "")
                for name in node.names:
                    full = f"{module}.{name.name}" if module and not module.endswith(".") else module + name.name
                    self.imports.setdefault(full, node.lineno)
                    self.aliases[name.asname or name.name] = full
            else:
                watched.append(node)
        self._shadows = _shadows(tree, self.aliases)
        unreached = Unreached(tree, self.name, self.aliases, cells)
        unreached.take_out(watched)
        self.unreached = unreached.names
        if unreached.changed:
            self.nodes = _all_nodes(tree)
        self._visit(children(tree), "", "")

    def _visit(self, nodes: Sequence[ast.AST], inside: str, owner: str) -> None:
        for child in nodes:
            below = children(child)
            if child.__class__ not in _NOTED:
                if below:
                    self._visit(below, inside, owner)
            elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                qualname = f"{inside}.{child.name}" if inside else child.name
                names = tuple(self.name(d.func if isinstance(d, ast.Call) else d) for d in child.decorator_list)
                end = child.end_lineno or child.lineno
                self.functions.append(Function(child.name, qualname, child.lineno, end, child, names, owner))
                self._visit(below, qualname, "")
            elif isinstance(child, ast.ClassDef):
                qualname = f"{inside}.{child.name}" if inside else child.name
                bases = tuple(self.name(b) for b in child.bases)
                self.classes.append(Class(child.name, child.lineno, child.end_lineno or child.lineno, bases, child))
                self._visit(below, qualname, qualname)
            elif isinstance(child, ast.Call):
                name = self.name(child.func)
                self.calls.append(Call(name, child.lineno, child.end_lineno or child.lineno, child, inside))
                self._visit(below, inside, owner)

    def name(self, node: ast.AST) -> str:
        """The dotted name of an expression, resolved through the imports; a call within it shows as `()`, anything else
        as an empty part."""
        parts: list[str] = []
        while True:
            if isinstance(node, ast.Attribute):
                parts.append(node.attr)
                node = node.value
            elif isinstance(node, ast.Call):
                parts.append("()")
                node = node.func
            elif isinstance(node, ast.Subscript):
                node = node.value
            else:
                break
        if isinstance(node, ast.Name):
            full = self.aliases.get(node.id, node.id)
            if self._shadows and node.id in self._shadows and node.lineno > self._shadows[node.id]:
                full = node.id if full != node.id or parts[-1:] in ([], ["()"]) else f"own:{node.id}"
            parts.append(full)
        else:
            parts.append("")
        return ".".join(reversed(parts)).replace(".()", "()")

    def imported(self, *packages: str) -> int:
        """The line of the first import of one of the packages (or of something in them); 0 if there is none."""
        lines = [line for name, line in self.imports.items() for p in packages if name == p or name.startswith(p + ".")]
        return min(lines, default=0)

    @cached_property
    def by_qualname(self) -> dict[str, list[Function]]:
        """The functions of each qualified name, in their order."""
        made: dict[str, list[Function]] = {}
        for function in self.functions:
            made.setdefault(function.qualname, []).append(function)
        return made

    @cached_property
    def class_names(self) -> frozenset[str]:
        """The plain names of its classes."""
        return frozenset(c.name for c in self.classes)

    @cached_property
    def _lines_of_calls(self) -> tuple[list[int], list[int]]:
        order = sorted(range(len(self.calls)), key=lambda i: self.calls[i].line)
        return [self.calls[i].line for i in order], order

    def calls_in(self, first: int, last: int) -> list[Call]:
        """The calls that begin in some lines, in the order of `calls`."""
        lines, order = self._lines_of_calls
        return [self.calls[i] for i in sorted(order[bisect_left(lines, first) : bisect_right(lines, last)])]

    def calls_to(self, *names: str) -> Iterator[Call]:
        """The calls whose resolved name is one of `names`; a name that starts with a dot matches any object's method
        (`.fit`), one that ends with a dot anything in that package (`wandb.`)."""
        for call in self.calls:
            for name in names:
                if (
                    call.name == name
                    or (name[0] == "." and call.name.endswith(name))
                    or (name[-1] == "." and call.name.startswith(name))
                ):
                    yield call
                    break


def _shadows(tree: ast.Module, aliases: dict[str, str]) -> dict[str, int]:
    """The names that a class or function at the top of a module takes from an import above it, each with the line from which on
    it is no longer the import's. One below an `if` or `try` may be what stands in where the import fails."""
    found: dict[str, int] = {}
    for statement in tree.body:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if statement.name in aliases or (isinstance(statement, ast.ClassDef) and statement.name.islower()):
                found[statement.name] = statement.end_lineno or statement.lineno
        elif found and not isinstance(statement, ast.Expr):
            for node in walk(statement):
                if isinstance(node, ast.alias):
                    found.pop((node.asname or node.name).split(".")[0], None)
                elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                    found.pop(node.id, None)
    return found


def python(file: File) -> Module | None:
    """The parsed module of a `.py` file, or of a notebook's code cells (lines are then the notebook file's). None if it
    does not parse."""
    return bounded(file, "python", _python, lambda: None)


def _python(file: File) -> Module | None:
    try:
        if file.room is not None and file.room.nodes <= 0:
            raise grammar.NotRead(f"is not read as Python: the files before it have more than {limits.ALL_NODES}")
        cells = file.suffix == "ipynb"
        module = Module(_tame(notebook(file) if cells else grammar.parse(file.text), file.text), cells)
        if file.room is not None:
            file.room.nodes -= len(module.nodes)
        return module
    except grammar.NotRead as error:
        file.cannot("python", f"{file.path} {error.why}" + (f" at line {error.line}" if error.line else ""))
    except (RecursionError, MemoryError):
        file.cannot("python", f"{file.path} is too large or too deep to read as Python")
    return None


def _tame(tree: ast.Module, text: str) -> ast.Module:
    """The tree without what no program means and no text can show: halves of characters, numbers of thousands of digits."""
    for node in walk(tree) if UNTAMED.search(text) else ():
        if isinstance(node, ast.Constant):
            node.value = tame(node.value)
    return tree
