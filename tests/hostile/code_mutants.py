"""Mutation testing: one small change in a module at a time, and whether a test notices.

`PYTHONPATH=tests python -m tests.hostile code auditor/verify.py tests/test_verify.py [more tests] [--number N] [--all]` runs the
tests once to see which of them reach which line; then each of N mutants (60; the same on every machine) lives in a process of
its own, made after everything is imported, in which the functions of the module have the changed code and the tests that
reach the changed line run until one fails. What survives is printed with its change, for a reader: some changes mean the same.

Not mutated: docstrings, annotations, imports, texts of three words or more (messages), and what a class says outside of its methods
(a class that is in use is not made anew).
"""

import ast
import copy
import functools
import gc
import os
import pickle
import random
import signal
import sys
import time
import types
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from auditor.profile import load_profile

SWAPS: dict[type, tuple[type, ...]] = {
    ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE), ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,), ast.Or: (ast.And,), ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.FloorDiv,), ast.FloorDiv: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.RShift: (ast.LShift,), ast.Mod: (ast.Mult,),
}  # fmt: skip
SECONDS = 120
"""What the tests of one mutant may take; a mutant that never ends is noticed."""


Change = tuple[int, str, int, int]
"""A line, what is changed there in words, the place of the node, and which of its ways."""


def changes(tree: ast.Module) -> Iterator[Change]:
    """Every mutant of a module."""
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and isinstance(node.body[0], ast.Expr):
            skipped.add(id(node.body[0].value))
        if isinstance(node, ast.ClassDef):
            rows = [row for row in node.body if not isinstance(row, ast.FunctionDef)]
            skipped |= {id(x) for row in (*rows, *node.decorator_list) for x in ast.walk(row)}
        for note in (getattr(node, "annotation", None), getattr(node, "returns", None)):
            skipped |= {id(x) for x in ast.walk(note)} if note else set()
    nodes = list(ast.walk(tree))
    for at, node in enumerate(nodes):
        if id(node) in skipped or not hasattr(node, "lineno"):
            continue
        for n, (said, _) in enumerate(_ways(node)):
            yield node.lineno, said, at, n


def mutated(tree: ast.Module, change: Change) -> ast.Module:
    """The tree with one change. The lines stay what they were."""
    made = copy.deepcopy(tree)
    target = list(ast.walk(made))[change[2]]
    _replace(made, target, list(_ways(target))[change[3]][1])
    return ast.fix_missing_locations(made)


def _ways(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """The ways in which one node can be changed, each with what stands there instead."""

    def with_(**new: Any) -> ast.AST:
        made = copy.copy(node)
        for name, value in new.items():
            setattr(made, name, value)
        return made

    match node:
        case ast.Compare(ops=ops):
            for i, op in enumerate(ops):
                for other in SWAPS.get(type(op), ()):
                    yield f"{type(op).__name__} -> {other.__name__}", with_(ops=[*ops[:i], other(), *ops[i + 1 :]])
        case ast.BoolOp(op=op, values=values):
            for other in SWAPS[type(op)]:
                yield f"{type(op).__name__} -> {other.__name__}", with_(op=other())
            for i in range(len(values)):
                yield f"without {ast.unparse(values[i])[:60]}", with_(values=[*values[:i], *values[i + 1 :]])
        case ast.BinOp(op=op) if type(op) in SWAPS:
            yield f"{type(op).__name__} -> {SWAPS[type(op)][0].__name__}", with_(op=SWAPS[type(op)][0]())
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"without not: {ast.unparse(operand)[:60]}", operand
        case ast.IfExp(test=test):
            yield f"the other of {ast.unparse(node)[:60]}", with_(test=ast.UnaryOp(ast.Not(), test))
        case ast.If(test=test) | ast.While(test=test) if not isinstance(test, (ast.Compare, ast.BoolOp)):
            yield f"if not {ast.unparse(test)[:60]}", with_(test=ast.UnaryOp(ast.Not(), test))
        case ast.Constant(value=bool(value)):
            yield f"{value} -> {not value}", with_(value=not value)
        case ast.Constant(value=int(value)):
            yield f"{value} -> {value + 1}", with_(value=value + 1)
        case ast.Constant(value=str(value)) if len(value.split()) < 3 or "\\" in value:
            yield f"{value[:40]!r} -> another", with_(value=f"XX{value}" if value else "XX")
        case ast.Return(value=value) if value is not None and not (
            isinstance(value, ast.Constant) and value.value is None
        ):
            yield f"return nothing, not {ast.unparse(value)[:60]}", with_(value=ast.Constant(None))
        case ast.Break():
            yield "break -> continue", ast.copy_location(ast.Continue(), node)
        case ast.Continue():
            yield "continue -> break", ast.copy_location(ast.Break(), node)
        case ast.Expr(value=ast.Call()) | ast.AugAssign():
            yield f"without {ast.unparse(node)[:60]}", ast.copy_location(ast.Pass(), node)
        case ast.Call(keywords=keywords):
            for i, word in enumerate(keywords):
                yield f"call without {ast.unparse(word)[:60]}", with_(keywords=[*keywords[:i], *keywords[i + 1 :]])


def _replace(tree: ast.Module, old: ast.AST, new: ast.AST) -> None:
    for parent in ast.walk(tree):
        for name, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, name, new)
            elif isinstance(value, list):
                setattr(parent, name, [new if one is old else one for one in value])


class _Telling(ast.NodeTransformer):
    """Every statement of a function tells that it is reached; one of several lines tells each."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self.generic_visit(node)
        return node

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            rows = getattr(node, name, None)
            if isinstance(rows, list) and not isinstance(node, (ast.Module, ast.ClassDef)):
                setattr(node, name, [one for row in rows for one in (*self._told(row), row)])
        return node

    def _told(self, row: ast.stmt) -> Iterator[ast.stmt]:
        inner = getattr(row, "body", None)
        last = inner[0].lineno - 1 if isinstance(inner, list) else row.end_lineno or row.lineno
        for line in range(row.lineno, max(last, row.lineno) + 1):
            call = ast.Call(ast.Name("__reached__", ast.Load()), [ast.Constant(line)], [])
            yield ast.fix_missing_locations(ast.copy_location(ast.Expr(call), row))


def _telling(tree: ast.Module) -> ast.Module:
    made = copy.deepcopy(tree)
    for node in [n for n in made.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))]:
        _Telling().visit(node)
    return made


def put(module: types.ModuleType, tree: ast.Module, path: str) -> None:
    """Give the functions of a module that is in use the code of a mutant, and its constants their new values: of the classes that are
    in use, or what asks for their class finds none."""
    plain: dict[str, Any] = {"__name__": module.__name__, "__file__": path}
    plain |= {name: one for name, one in vars(module).items() if isinstance(one, type)}
    old = [f for f in gc.get_objects() if isinstance(f, types.FunctionType) and f.__code__.co_filename == path]
    code = compile(tree, path, "exec")
    codes = {(c.co_qualname, c.co_firstlineno): c for c in _codes(code)}
    for function in old:
        key = function.__code__.co_qualname, function.__code__.co_firstlineno
        if key in codes and len(codes[key].co_freevars) == len(function.__code__.co_freevars):
            function.__code__ = codes[key]
    rows = [row for row in tree.body if not isinstance(row, ast.ClassDef)]
    exec(compile(ast.Module(rows, []), path, "exec"), plain)
    for name, value in plain.items():
        was = module.__dict__.get(name)
        if isinstance(value, types.FunctionType) and isinstance(was, types.FunctionType):
            was.__defaults__, was.__kwdefaults__ = value.__defaults__, value.__kwdefaults__
        elif name.startswith("__") or isinstance(value, (type, types.ModuleType)) or callable(value):
            continue
        elif was is not None:
            for other in [m for n, m in sys.modules.items() if n.startswith("auditor")]:
                for its, held in list(vars(other).items()):
                    if held is was and not isinstance(was, (int, str)):
                        setattr(other, its, value)
            setattr(module, name, value)
    for cached in [o for o in gc.get_objects() if isinstance(o, functools._lru_cache_wrapper)]:
        if getattr(cached, "__module__", "").startswith("auditor") and cached.__name__ != "load_profile":
            cached.cache_clear()


def _codes(code: types.CodeType) -> Iterator[types.CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, types.CodeType):
            yield from _codes(one)


class Mutating:
    """A plugin of pytest: runs the tests as they are, then each mutant."""

    def __init__(self, path: Path, number: int) -> None:
        self.path, self.number = str(path.resolve()), number
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.reached: dict[str, set[int]] = {}
        self.of_fixtures: dict[str, set[int]] = {}
        self.seconds: dict[str, float] = {}
        self.failed = False
        self.lines: set[int] = set()
        self.result = 0, 0

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any) -> Iterator[None]:
        before, self.lines = self.lines, set()
        try:
            return (yield)
        finally:
            self.of_fixtures.setdefault(fixturedef.argname, set()).update(self.lines)
            self.lines = before | self.lines

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed |= report.failed

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        module = next(m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == self.path)
        self._as_they_are(items, module)
        for item in items:
            for name in getattr(item, "fixturenames", ()):
                self.reached[item.nodeid] |= self.of_fixtures.get(name, set())
        every = list(changes(self.tree))
        chosen = (
            every
            if self.number <= 0
            else random.Random(self.path.rpartition("auditor/")[2]).sample(every, min(self.number, len(every)))
        )
        killed = 0
        for change in sorted(chosen):
            line, said = change[:2]
            known = [i for i in items if line in self.reached[i.nodeid]] or (items if self._outside(line) else [])
            how = self._lives(known, module, change) if known else "no test gets there"
            killed += not how
            if how:
                print(f"{how}: {self.path.rpartition('auditor/')[2]}:{line}: {said}", file=sys.__stderr__, flush=True)
        self.result = len(chosen), killed
        print(f"{self.path}: {killed} of {len(chosen)} mutants of {len(every)} killed", file=sys.__stderr__, flush=True)
        return True

    def _as_they_are(self, items: Sequence[pytest.Item], module: types.ModuleType) -> None:
        """Which lines each test reaches. In a process of its own: what runs threads, as a library in Go does, does not live on in
        those that are made after it."""
        source, sink = os.pipe()
        process = os.fork()
        if not process:
            try:
                put(module, _telling(self.tree), self.path)
                module.__dict__["__reached__"] = lambda line: self.lines.add(line)
                for item, after in zip(items, [*items[1:], None], strict=True):
                    self.lines, started = set(), time.perf_counter()
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                    self.reached[item.nodeid] = self.lines
                    self.seconds[item.nodeid] = time.perf_counter() - started
                with os.fdopen(sink, "wb") as out:
                    pickle.dump((self.failed, self.reached, self.seconds, self.of_fixtures), out)
            finally:
                os._exit(0)
        os.close(sink)
        with os.fdopen(source, "rb") as told:
            self.failed, self.reached, self.seconds, self.of_fixtures = pickle.load(told)
        os.waitpid(process, 0)
        if self.failed:
            sys.exit("the tests fail as they are")
        load_profile()  # once, not for every mutant

    def _outside(self, line: int) -> bool:
        """Whether a line belongs to no function's body: it ran when the module was imported."""
        return not any(
            isinstance(n, ast.FunctionDef) and n.body[0].lineno <= line <= (n.end_lineno or 0)
            for n in ast.walk(self.tree)
        )

    def _lives(self, items: Sequence[pytest.Item], module: types.ModuleType, change: Change) -> str:
        """Run the tests against a mutant in a process of its own: "survived", or nothing where one failed."""
        sys.stdout.flush()
        process = os.fork()
        if not process:
            code = 1
            try:
                os.setsid()
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, 1)
                os.dup2(null, 2)
                put(module, mutated(self.tree, change), self.path)
                self.failed = False
                quick = sorted(items, key=lambda i: self.seconds[i.nodeid])
                for item, after in zip(quick, [*quick[1:], None], strict=True):
                    item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
                    if self.failed:
                        break
                code = 1 if self.failed else 0
            finally:
                os._exit(code)
        return "survived" if _ended(process) == 0 else ""


def _ended(process: int) -> int:
    """How a process ended; what takes too long is ended, with what it has started. (Its own alarm would not do: the tests set it, too.)"""
    late = time.monotonic() + SECONDS
    while time.monotonic() < late:
        ended, status = os.waitpid(process, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.02)
    os.killpg(process, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def told(arguments: Sequence[str]) -> bool:
    """Run the mutants of a module; whether at least 80 of 100 were noticed."""
    rest = list(arguments)
    number = 60
    if "--all" in rest:
        rest.remove("--all")
        number = 0
    if "--number" in rest:
        at = rest.index("--number")
        number = int(rest[at + 1])
        del rest[at : at + 2]
    plugin = Mutating(Path(rest[0]), number)
    pytest.main(["-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--no-header", *rest[1:]], plugins=[plugin])
    made, killed = plugin.result
    return bool(made) and killed >= 0.8 * made
