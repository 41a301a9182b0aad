"""The tests of one file, by its functions and classes."""

import ast
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice

from auditor.facts.fixtures import Definitions, definitions, is_fixture, times
from auditor.facts.ownmodules import own_module
from auditor.facts.testbodies import checks_anything, client_of, reached_by
from auditor.facts.testmarks import TOO_MANY, always_skips, cases_of, mark_of, marks_in, skips_body, skips_module
from auditor.facts.testrules import Rules, fits
from auditor.lazy import dataclass
from auditor.readers.nodes import children, literal
from auditor.readers.python import Class, Function, Module
from auditor.snapshot import File

_MARKS = 200  # of a file or a class that each of its tests has
_LINEAGE = 100  # classes that one inherits from


class _Classes(dict[str, Class]):
    """Classes by qualified name, with what they inherit: it is asked for each of their tests."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: dict[tuple[int, int], list[Class]] = {}
        self.cases: dict[int, bool] = {}


@dataclass(frozen=True)
class Case:
    """One collected test function or method. `cases` is how often pytest would run it, 0 where that is computed. `skipped`
    means always; `checks` that its body, or a helper of the same file that it calls, can fail on purpose. `uses` are the
    dotted names that it reaches through its body, helpers and fixtures; `own` the repository's own modules among them;
    `client` the HTTP client that it speaks to an API with."""

    path: str
    line: int
    end: int
    name: str
    cases: int
    skipped: bool
    checks: bool
    uses: frozenset[str]
    own: tuple[str, ...]
    client: str = ""
    selected: bool = True  # whether a plain `pytest` runs it: no `--ignore`, `-m`, `testpaths` leaves it out
    marks: tuple[str, ...] = ()

    @property
    def active(self) -> bool:
        """Whether it runs and can fail."""
        return self.checks and not self.skipped


@dataclass(frozen=True)
class Uncollected:
    """A function that looks like a test and is not collected, with the reason."""

    path: str
    line: int
    name: str
    reason: str


def collect_file(
    file: File, module: Module, naming: Rules, above: list[Definitions], own: dict[str, str]
) -> tuple[list[Case], list[Uncollected]]:
    here = definitions(file, module)
    marks = marks_in(here.values.get("pytestmark"))[:_MARKS]
    file_skipped = any(always_skips(module, m) for m in marks) or skips_module(module)
    classes = _named_classes(module)
    place_of = {id(c): q for q, c in classes.items()}
    within: dict[str, list[Class]] = {}
    for q, c in classes.items():
        within.setdefault(q.rpartition(".")[0], []).append(c)
    by_owner: dict[str, list[Function]] = {}
    for f in module.functions:
        by_owner.setdefault(f.owner, []).append(f)
    cases: list[Case] = []
    missed: list[Uncollected] = []
    last = {f.qualname: f for f in module.functions}
    nested = {f.qualname for f in module.functions}
    off = {
        t.value.id
        for s in module.tree.body
        if isinstance(s, ast.Assign) and literal(s.value) is False
        for t in s.targets
        if isinstance(t, ast.Attribute) and t.attr == "__test__" and isinstance(t.value, ast.Name)
    }
    if literal(here.values.get("__test__")) is False:
        return cases, [Uncollected(file.path, f.line, f.qualname, "`__test__` is off") for f in module.functions if f.name.startswith("test_")]  # fmt: skip
    file.parsed["tests elsewhere"] = _elsewhere(file, module, naming, classes)

    deleted = {
        t.id: s.lineno
        for s in module.tree.body
        if isinstance(s, ast.Delete)
        for t in s.targets
        if isinstance(t, ast.Name)
    }

    marked: dict[int, list[ast.expr]] = {}

    def add(f: Function, around: list[Class], name: str) -> None:
        owner = around[-1] if around else None
        decorators = list(f.node.decorator_list)
        for outer in around:
            if id(outer) not in marked:
                inherited = (d for level in _lineage(outer, classes) for d in _class_marks(level))
                marked[id(outer)] = list(islice(inherited, _MARKS))
            decorators += marked[id(outer)]
        reached = reached_by(file, here, above, f, owner)
        every = [*decorators, *marks]
        places = {place_of[id(level)] for outer in around for level in _lineage(outer, classes)}
        count = 1 if owner and _is_case(owner, classes) else times(here, above, f, every, places)
        for d in every if owner and _is_case(owner, classes) else ():
            count *= cases_of(module, d, here.values) if "parameterized" in mark_of(module, d) else 1
            count = 0 if count >= TOO_MANY else count
        skipped = file_skipped or any(always_skips(module, d) for d in decorators) or skips_body(module, f)
        modules = tuple(sorted({m for n in reached if (m := own_module(n, own))}))
        cases.append(
            Case(
                file.path,
                f.line,
                f.end,
                name,
                count,
                skipped,
                checks_anything(here, f, owner),
                reached,
                modules,
                client_of(reached),
                marks=tuple(mark_of(module, d) for d in every),
            )
        )

    @cache
    def suite_at(place: str) -> bool:
        return _suite_at(place, classes, naming, module)

    for f in module.functions:
        if is_fixture(f) or not fits(f.name, naming.functions):
            continue
        parent = f.qualname.rpartition(".")[0]
        if last[f.qualname] is not f:
            missed.append(Uncollected(file.path, f.line, f.qualname, f"defined again in line {last[f.qualname].line}"))
        elif not parent and deleted.get(f.name, 0) > f.line:
            missed.append(Uncollected(file.path, f.line, f.qualname, f"deleted in line {deleted[f.name]}"))
        elif not parent and f.name in off:
            missed.append(Uncollected(file.path, f.line, f.qualname, "`__test__` is off"))
        elif not parent:
            add(f, [], f.name)
        elif parent in nested:
            missed.append(Uncollected(file.path, f.line, f.qualname, "nested in a function, so never run by pytest"))
        elif f.owner in classes and not suite_at(f.owner):
            missed.append(Uncollected(file.path, f.line, f.qualname, "in a class that pytest does not collect"))

    def visit(c: Class, around: list[Class], name: str) -> None:
        if not _is_suite(c, classes, naming, module) or len(around) > 5:
            return
        seen: set[str] = set()
        is_case = _is_case(c, classes)
        for level in _lineage(c, classes):
            for f in by_owner.get(place_of[id(level)], ()):
                if f.name not in seen and last[f.qualname] is f:
                    seen.add(f.name)
                    tested = f.name.startswith("test") if is_case else fits(f.name, naming.functions)
                    if tested and not is_fixture(f) and "property" not in f.decorators:
                        add(f, [*around, c], f"{name}.{f.name}")
            for inner in within.get(place_of[id(level)], ()):
                if inner.name not in seen:
                    seen.add(inner.name)
                    visit(inner, [*around, c], f"{name}.{inner.name}")

    for q, c in classes.items():
        if "." not in q and deleted.get(c.name, 0) < c.line:
            visit(c, [], c.name)
    cases.sort(key=lambda c: c.line)
    return cases, missed


def _class_marks(c: Class) -> Iterator[ast.expr]:
    """The decorators of a class and its `pytestmark`."""
    yield from c.node.decorator_list
    for statement in c.node.body:
        if isinstance(statement, ast.Assign) and any(
            isinstance(t, ast.Name) and t.id == "pytestmark" for t in statement.targets
        ):
            yield from marks_in(statement.value)


def _named_classes(module: Module) -> _Classes:
    """The classes of a module and those within classes, by qualified name; of several the last."""
    made = _Classes()
    known = {id(c.node): c for c in module.classes}

    def visit(node: ast.AST, inside: str, depth: int) -> None:
        for child in children(node) if depth < 12 else ():
            if isinstance(child, ast.ClassDef):
                name = f"{inside}.{child.name}" if inside else child.name
                made[name] = known[id(child)]
                visit(child, name, depth + 1)
            elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.expr):
                visit(child, inside, depth + 1)

    visit(module.tree, "", 0)
    return made


def _suite_at(place: str, classes: _Classes, naming: Rules, module: Module) -> bool:
    """Whether a class and all around it are collected."""
    parts = place.split(".")
    return all(
        (name := ".".join(parts[: i + 1])) in classes and _is_suite(classes[name], classes, naming, module)
        for i in range(len(parts))
    )


def _elsewhere(file: File, module: Module, naming: Rules, classes: dict[str, Class]) -> list[str]:
    """What a test file takes tests from that is not in it: classes to inherit from, functions to import."""
    found = []
    for node in module.nodes:
        if isinstance(node, ast.ImportFrom):
            for n in node.names:
                if fits(n.asname or n.name, naming.functions):
                    found.append(f"{file.path}:{node.lineno} imports {n.name}")
                if n.name == "*" and (node.level or "test" in (node.module or "")):
                    found.append(f"{file.path}:{node.lineno} imports all names of a test module")
    for c in classes.values():
        for base in c.bases if fits(c.name, naming.classes) else ():
            if "test" in base.lower() and base not in classes and not base.endswith("TestCase"):
                found.append(f"{file.path}:{c.line} inherits from {base}")
    return found


def _lineage(c: Class, classes: _Classes, depth: int = 0) -> list[Class]:
    """A class and its bases in the same file, itself first."""
    key = (id(c), depth)
    if key not in classes.lines:
        line = {id(c): c}
        for base in c.bases if depth < 5 else ():
            if base in classes and base != c.name and len(line) < _LINEAGE:
                line |= {id(b): b for b in _lineage(classes[base], classes, depth + 1) if id(b) not in line}
        classes.lines[key] = list(line.values())
    return classes.lines[key]


def _is_case(c: Class, classes: _Classes) -> bool:
    if id(c) not in classes.cases:
        bases = (b for level in _lineage(c, classes) for b in level.bases)
        classes.cases[id(c)] = any(b.rsplit(".", 1)[-1].endswith("TestCase") for b in bases)
    return classes.cases[id(c)]


def _is_suite(c: Class, classes: _Classes, naming: Rules, module: Module) -> bool:
    line = _lineage(c, classes)
    for level in line:
        for statement in level.node.body:
            if isinstance(statement, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "__test__" for t in statement.targets
            ):
                if literal(statement.value) is False:
                    return False
                break
        else:
            continue
        break
    if _is_case(c, classes):
        return True
    built = any(
        module.name(d.func if isinstance(d, ast.Call) else d).endswith("dataclass") for d in c.node.decorator_list
    )
    return fits(c.name, naming.classes) and not built and not any(id(k) in _with_init(module) for k in line)


@lru_cache(maxsize=8)
def _with_init(module: Module) -> frozenset[int]:
    """The classes (by their identity, as `_named_classes` gives them) that say how they are made."""
    inits = {f.owner for f in module.functions if f.name in ("__init__", "__new__")}
    return frozenset(id(c) for q, c in _named_classes(module).items() if q in inits)
