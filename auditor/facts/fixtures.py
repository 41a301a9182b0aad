"""The fixtures and hooks of a file of tests, and how often they make a test run."""

import ast
from collections.abc import Iterator

from auditor.facts.testmarks import TOO_MANY, cases_of, length_of, mark_of
from auditor.readers.nodes import literal, walk
from auditor.readers.python import Class, Function, Module
from auditor.shapes import rows_of, texts_of
from auditor.snapshot import File

_REACHED = 200_000  # names that the tests of one file are followed through, each by itself


class Definitions:
    """What a test file (or conftest) defines: by name, the dotted names that each definition reaches, whether it checks
    anything, and how many variants a parametrised fixture has."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.functions = {f.qualname: f for f in module.functions}
        self.reach: dict[str, frozenset[str]] = {}
        self.left = _REACHED  # names that tests may still be followed through
        self.checked: dict[tuple[int, str], tuple[bool, list[Function]]] = {}
        self._set_up: dict[int, frozenset[str]] = {}
        self.values: dict[str, ast.expr] = {}
        self.changes_path = "sys" in module.imports and any(
            True for _ in module.calls_to("sys.path.", "pytest.syspath_prepend")
        )
        for statement in module.tree.body:
            targets: list[ast.expr] = []
            value: ast.expr | None = None
            if isinstance(statement, ast.Assign):
                targets, value = statement.targets, statement.value
            elif isinstance(statement, ast.AnnAssign):
                targets, value = [statement.target], statement.value
            for target in targets:
                if isinstance(target, ast.Name) and value is not None:
                    self.values[target.id] = value
        self.hooks = [f for f in module.functions if f.name == "pytest_generate_tests"]
        self.fixture_named: dict[str, Function] = {}  # wherever it stands, the first of a name
        for f in self.functions.values():
            if is_fixture(f):
                self.fixture_named.setdefault(_fixture_name(f), f)
        self.classes: dict[str, list[Class]] = {}
        for c in module.classes:
            self.classes.setdefault(c.name, []).append(c)
        self.fixtures: dict[tuple[str, str], Function] = {}  # by the class around it and its name
        self.autouse: list[tuple[str, str]] = []
        for f in module.functions:
            if is_fixture(f) and (f.owner or "." not in f.qualname):
                key = (f.owner, _fixture_name(f))
                self.fixtures[key] = f
                if any(literal(v) is not False for v in fixture_options(f, "autouse")):
                    self.autouse.append(key)

    def variants(self, key: tuple[str, str]) -> int:
        """How many tests a fixture makes of one; 0 where that is computed."""
        count = 1
        for value in fixture_options(self.fixtures[key], "params"):
            if not (isinstance(value, ast.Constant) and value.value is None):
                length = length_of(value, self.values)
                count = 0 if length is None else max(length, 1)
        return count

    def names(self, key: str, node: ast.AST) -> frozenset[str]:
        """The dotted names that a definition mentions, resolved through the file's imports."""
        if key not in self.reach:
            self.reach[key] = frozenset(_names(self.module, node))
        return self.reach[key]

    def set_up(self, owner: Class) -> frozenset[str]:
        """The dotted names in a class that serve each of its tests: all but those of the tests themselves."""
        if id(owner) not in self._set_up:
            rest = [
                s
                for s in owner.node.body
                if not (isinstance(s, ast.FunctionDef | ast.AsyncFunctionDef) and s.name.startswith("test"))
            ]
            self._set_up[id(owner)] = frozenset(name for s in rest for name in _names(self.module, s))
        return self._set_up[id(owner)]


def definitions(file: File, module: Module) -> Definitions:
    return file.once("test definitions", lambda: Definitions(module))


def _names(module: Module, node: ast.AST) -> Iterator[str]:
    for child in walk(node):
        if isinstance(child, ast.Attribute | ast.Name):
            yield module.name(child)
        elif isinstance(child, ast.arg):
            yield child.arg


def is_fixture(f: Function) -> bool:
    return any(d.rsplit(".", 1)[-1] in ("fixture", "hookimpl") for d in f.decorators)


def fixture_options(f: Function, name: str) -> list[ast.expr]:
    return [k.value for d in f.node.decorator_list if isinstance(d, ast.Call) for k in d.keywords if k.arg == name]


def _fixture_name(f: Function) -> str:
    for d in f.node.decorator_list:
        if isinstance(d, ast.Call):
            for k in d.keywords:
                if k.arg == "name" and isinstance(name := literal(k.value), str):
                    return name
    return f.name


def times(here: Definitions, above: list[Definitions], f: Function, marks: list[ast.expr], places: set[str]) -> int:
    """How often pytest runs a test: its marks, the fixtures that it and they ask for, and hooks; 0 where it is computed."""
    count, direct, indirect = 1, set[str](), set[str]()
    for d in marks:
        count = min(count * cases_of(here.module, d, here.values), TOO_MANY)
        if isinstance(d, ast.Call) and mark_of(here.module, d).endswith("mark.parametrize"):
            names = literal(d.args[0] if d.args else next((k.value for k in d.keywords if k.arg == "argnames"), None))
            said = {n.strip() for n in (names.split(",") if isinstance(names, str) else texts_of(names))}
            given = literal(next((k.value for k in d.keywords if k.arg == "indirect"), None))
            through = said if given is True else said.intersection(texts_of(rows_of(given)))
            indirect |= through
            direct |= said - through
    wanted = [a.arg for a in (*f.node.args.posonlyargs, *f.node.args.args, *f.node.args.kwonlyargs)]
    for d in marks:
        if isinstance(d, ast.Call) and mark_of(here.module, d).endswith("usefixtures"):
            wanted += [str(literal(a)) for a in d.args]
    for source in (here, *above):
        wanted += [name for owner, name in source.autouse if not owner or (source is here and owner in places)]
    seen = set(direct)
    sources = [(here, place) for place in sorted(places, key=len, reverse=True)] + [(s, "") for s in (here, *above)]
    todo = [(name, 0) for name in wanted]
    while todo:
        name, start = todo.pop()
        if name in seen and not start:
            continue
        seen.add(name)
        for i in range(start, len(sources)):
            source, place = sources[i]
            if (key := (place, name)) in source.fixtures:
                if name not in indirect:
                    count = min(count * source.variants(key), TOO_MANY)
                arguments = source.fixtures[key].node.args
                # a fixture that asks for its own name gets the one above it
                todo += [(a.arg, i + 1 if a.arg == name else 0) for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)]  # fmt: skip
                break
        else:
            if name in here.module.aliases and "." in here.module.aliases[name]:
                count = 0  # a fixture that is imported: its parameters are elsewhere
    for source in (here, *above):
        for hook in source.hooks:
            if not hook.owner or hook.owner in places:
                count = min(count * _generated(source, hook, seen - direct), TOO_MANY)
    return 0 if count == TOO_MANY else count


def _generated(source: Definitions, hook: Function, names: set[str]) -> int:
    """How many tests `pytest_generate_tests` makes of one that asks for these fixtures; 0 where it is computed. A plain
    hook is read: `if "x" in metafunc.fixturenames: metafunc.parametrize("x", [...])`."""
    count = 1
    for statement in hook.node.body:
        guard = ""
        body = [statement]
        if isinstance(statement, ast.If) and not statement.orelse:
            test = statement.test
            if isinstance(test, ast.Compare) and len(test.ops) == 1 and isinstance(test.ops[0], ast.In):
                guard = str(literal(test.left) or "")
            if guard:
                body = list(statement.body)
        for one in body:
            calls = [n for n in walk(one) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
            made = [n for n in calls if isinstance(n.func, ast.Attribute) and n.func.attr == "parametrize"]
            if not made:
                continue
            said = literal(made[0].args[0]) if made[0].args else None
            plain = isinstance(one, ast.Expr) and one.value is made[0] and isinstance(said, str)
            if not plain:
                mentioned = {
                    n.value for n in walk(statement) if isinstance(n, ast.Constant) and isinstance(n.value, str)
                }
                if mentioned & names or not mentioned:
                    return 0
                continue
            if guard and guard not in names:
                continue
            if not {n.strip() for n in str(said).split(",")} & names:
                continue
            length = length_of(made[0].args[1] if len(made[0].args) > 1 else None, source.values)
            count = min(count * (0 if length is None else max(length, 1)), TOO_MANY)
    return count
