"""The tests of a repository as pytest would collect them, read without running any of them."""

import ast
import re
import shlex
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from fnmatch import fnmatchcase
from functools import cache, lru_cache, partial

from auditor import ini
from auditor.facts.unimportable import names_of
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import children, literal, walk
from auditor.readers.python import Class, Function, Module, python
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.shapes import below, rows_of, table_of, texts_of
from auditor.snapshot import File, Files

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
_IGNORED = compile_later(r"(^|/)(\.[^/]+|build|dist|node_modules|venv|[^/]+\.egg)/")


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


@dataclass(frozen=True)
class Collection:
    """What pytest would collect from a repository, in path order."""

    cases: tuple[Case, ...]
    uncollected: tuple[Uncollected, ...]
    open: tuple[str, ...] = ()  # what else may add or take tests, in words

    @property
    def expanded(self) -> int:
        """How many tests a plain `pytest` would report; 0 where some of it is computed."""
        run = [c.cases for c in self.cases if c.selected]
        return 0 if self.open or not all(run) else sum(run)

    @property
    def files(self) -> tuple[str, ...]:
        """The files with at least one test."""
        return tuple(dict.fromkeys(c.path for c in self.cases))


@dataclass(frozen=True)
class Rules:
    """pytest's naming rules as the repository sets them; globs, or prefixes where there is no wildcard."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # the words of addopts

    def option(self, *names: str) -> list[str]:
        """The values of an option of addopts."""
        found = []
        for i, word in enumerate(self.options):
            name, equals, value = word.partition("=")
            if name in names:
                found.append(value if equals else next(iter(self.options[i + 1 : i + 2]), ""))
        return found

    def selects(self, path: str) -> bool:
        """Whether a plain `pytest` comes to a file."""
        at = [p.strip("./") for p in self.paths]
        if at and not any(fnmatchcase(path, p) or fnmatchcase(path, f"{p}/*") or not p for p in at):
            return False
        left_out = [p.removeprefix("./").strip("/") for p in self.option("--ignore")]
        globs = [p.removeprefix("./") for p in self.option("--ignore-glob")]
        return not any(path == p or path.startswith(p + "/") for p in left_out) and not any(
            fnmatchcase(path, g) for g in globs
        )

    def collects(self, path: str) -> bool:
        name = path.rsplit("/", 1)[-1]
        hit = any(fnmatchcase(path if "/" in p else name, ("*/" + p) if "/" in p else p) for p in self.files)
        return hit and not _IGNORED.search(path)


def _named(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, p) if re.search(r"[*?\[]", p) else name.startswith(p) for p in patterns)


def rules(files: Files) -> tuple[Rules, tuple[str, ...]]:
    """The naming rules of the first pytest configuration in the root, in pytest's own order, and the folders that it puts
    on the import path."""
    for name in ("pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        file = files.paths.get(name)
        if file is None or not readable(file):
            continue
        options = options_of(file)
        if options is not None:
            made = Rules()
            return Rules(
                _list(options.get("python_files")) or made.files,
                _list(options.get("python_classes")) or made.classes,
                _list(options.get("python_functions")) or made.functions,
                _list(options.get("testpaths")),
                _words(options.get("addopts")),
            ), tuple(p.strip("./") for p in _list(options.get("pythonpath")))
    return Rules(), ()


def options_of(file: File) -> dict[str, object] | None:
    """The pytest options in a configuration file; None where it holds no such section."""
    if file.suffix == "toml":
        data = toml(file)
        told = below(data, "tool", "pytest") if file.name == "pyproject.toml" else data.get("pytest")
        options = dict(table_of(table_of(told).get("ini_options", told)))
        return options if options or file.name == "pytest.toml" else None
    told = ini.sections(file)
    section = "tool:pytest" if file.name == "setup.cfg" else "pytest"
    if section in told:
        return dict(told[section])
    return {} if file.name.endswith("pytest.ini") and "ini" not in file.problems else None


def _list(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(value.split())
    return tuple(str(v) for v in value) if isinstance(value, list) else ()


def _words(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        try:
            return tuple(shlex.split(value))
        except ValueError:
            return tuple(value.split())
    return _list(value)


def collect(files: Files) -> Collection:
    """Every test that pytest would collect from the selected Python files, and the functions that only look like one."""
    naming, roots = rules(files)
    conftests = _conftests(files)

    def read(file: File) -> tuple[list[Case], list[Uncollected]]:
        module = python(file)
        if module is None:
            return [], []
        if not naming.collects(file.path):
            return [], list(_lookalikes(file, module))
        return _cases(files, file, module, naming, roots, conftests)

    cases: list[Case] = []
    missed: list[Uncollected] = []
    for file in files:
        if file.suffix != "py" or file.name == "conftest.py" or "test" not in file.lower:
            continue
        found, lookalikes = file.once("tests", partial(read, file))
        cases += found
        missed += lookalikes
    return Collection(*_selected(files, naming, conftests, cases, missed))


def out_of_reach(files: Files) -> tuple[Case, ...]:
    """The tests in files that pytest does not collect: a name that its rules leave out, a folder that it passes over. They are
    read as though it did. Outside files and folders named for tests only functions `test_...` are ones."""
    naming, roots = rules(files)
    conftests = _conftests(files)

    def read(file: File) -> tuple[Case, ...]:
        module = python(file)
        if module is None:
            return ()
        found, _ = _cases(files, file, module, naming, roots, conftests)
        named = "test" in file.path.lower()
        return tuple(c for c in found if named or c.name.rpartition(".")[2].startswith("test_"))

    found: list[Case] = []
    for file in files:
        if file.suffix == "py" and file.name != "conftest.py" and "test" in file.lower:
            found += () if naming.collects(file.path) else file.once("tests out of reach", partial(read, file))
    return tuple(found)


def _conftests(files: Files) -> "dict[str, _Definitions]":
    made: dict[str, _Definitions] = {}
    for file in files.paths.values():
        if file.name == "conftest.py" and not file.skipped and (module := python(file)) is not None:
            made[file.folder] = _definitions(file, module)
    return made


def _cases(
    files: Files,
    file: File,
    module: Module,
    naming: Rules,
    roots: tuple[str, ...],
    conftests: "dict[str, _Definitions]",
) -> tuple[list[Case], list[Uncollected]]:
    above = [conftests[f] for f in _folders(file.folder) if f in conftests]
    # who changes the path may import a module by any part of its name
    changes_path = (
        "sys.path" in file.text or any(d.changes_path for d in above) or _takes_by_bare_name(files, roots, module)
    )
    key = "tests.loose" if changes_path else "tests.strict"
    own = files.once(key, lambda: own_modules(files, roots, loose=changes_path))
    return _collect(file, module, naming, above, own)


def _takes_by_bare_name(files: Files, roots: tuple[str, ...], module: Module) -> bool:
    """Whether a test takes names from a module of the repository by its bare file name (`from data import Corpus` for
    `src/app/data.py`) which that file, and no module of a root, defines: `PYTHONPATH` is set where the tests run."""
    strict: dict[str, str] | None = None
    for node in module.tree.body:
        if not isinstance(node, ast.ImportFrom) or node.level or not node.module:
            continue
        top = node.module.split(".")[0]
        wanted = {a.name for a in node.names}
        if top in sys.stdlib_module_names or "*" in wanted:
            continue
        strict = files.once("tests.strict", lambda: own_modules(files, roots)) if strict is None else strict
        if top in strict:
            continue
        name = node.module.replace(".", "/")
        for path in files.once("python files by name", lambda: _by_name(files)).get(name.rpartition("/")[2], ()):
            file = files.paths[path]
            if path.endswith(f"/{name}.py") and not file.why_skipped and readable(file):
                found = python(file)
                if found is not None and wanted <= names_of(file, found):
                    return True
    return False


def _by_name(files: Files) -> dict[str, list[str]]:
    """The paths of Python files by the last part of their names, without the ending."""
    found: dict[str, list[str]] = {}
    for path in files.paths:
        if path.endswith(".py"):
            found.setdefault(path.rpartition("/")[2].removesuffix(".py"), []).append(path)
    return found


_CHANGES = ("pytest_ignore_collect", "pytest_collect_file", "pytest_pycollect_makeitem", "pytest_pycollect_makemodule")
_ONLY_NOT = compile_later(r"not (\w+)(?: and not (\w+))*")


def _selected(
    files: Files, naming: Rules, conftests: dict[str, "_Definitions"], cases: list[Case], missed: list[Uncollected]
) -> tuple[tuple[Case, ...], tuple[Uncollected, ...], tuple[str, ...]]:
    """What a plain `pytest` selects of the tests that there are, and what may still change that."""
    unknown: list[str] = []
    for option in ("--doctest-modules", "--doctest-glob", "-k", "-p", "--pyargs"):
        if any(w == option or w.startswith((option + "=", option + " ")) for w in naming.options):
            unknown.append(f"addopts has `{option}`")
    without: list[str] = []
    for said in naming.option("-m"):
        if _ONLY_NOT.fullmatch(said.strip()):
            without += re.findall(r"not (\w+)", said)
        else:
            unknown.append("addopts has `-m`")
    deselected = naming.option("--deselect")
    ignored: list[str] = []
    for folder, d in conftests.items():
        for name in _CHANGES:
            if name in d.functions:
                unknown.append(f"{folder or '.'}/conftest.py has {name}")
        hook = d.functions.get("pytest_collection_modifyitems")
        if hook is not None and _takes_items(d.module, hook):
            unknown.append(f"{folder or '.'}/conftest.py has pytest_collection_modifyitems")
        for name in ("collect_ignore", "collect_ignore_glob"):
            if not any(isinstance(n, ast.Name) and n.id == name for n in d.module.nodes):
                continue
            value = literal(d.values.get(name))
            uses = sum(isinstance(n, ast.Name) and n.id == name for n in d.module.nodes)
            if not isinstance(value, list | tuple) or uses > 1:
                unknown.append(f"{folder or '.'}/conftest.py computes {name}")
                continue
            ignored += [f"{folder}/{v}".strip("/") for v in value if isinstance(v, str)]
    bare = Counter(
        c.rsplit("/", 1)[-1]
        for c in {c.path for c in cases}
        if f"{c.rpartition('/')[0]}/__init__.py".lstrip("/") not in files.paths
    )
    if any(n > 1 for n in bare.values()) and "importlib" not in naming.option("--import-mode"):
        unknown.append("two test files have one name and no package")
    made = []
    for c in cases:
        told = f"{c.path}::{c.name.replace('.', '::')}"
        selected = (
            naming.selects(c.path)
            and not any(fnmatchcase(c.path, i) or c.path.startswith(i + "/") for i in ignored)
            and not any(told == d or told.startswith((d + "::", d + "[")) or c.path == d for d in deselected)
            and not any(f"pytest.mark.{m}" in c.marks for m in without)
        )
        if selected and any(d.startswith(told + "[") for d in deselected):
            c = replace(c, cases=0)
        made.append(c if selected else replace(c, selected=False))
    for file in files:
        unknown += file.parsed.get("tests elsewhere", ())
    return tuple(made), tuple(missed), tuple(dict.fromkeys(unknown))


def _takes_items(module: Module, hook: Function) -> bool:
    """Whether a hook takes tests out of the list, or adds some: marking them does not."""
    for node in walk(hook.node):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in ("remove", "pop", "clear", "append", "extend", "insert", "pytest_deselected"):
                return True
        elif isinstance(node, ast.Assign | ast.Delete | ast.AugAssign):
            targets = [node.target] if isinstance(node, ast.AugAssign) else node.targets
            if any(isinstance(t, ast.Subscript) and module.name(t) == "items" for t in targets):
                return True
    return False


def _folders(folder: str) -> list[str]:
    """A folder and those above it, nearest first."""
    parts = folder.split("/") if folder else []
    return ["/".join(parts[:i]) for i in range(len(parts), -1, -1)]


def _lookalikes(file: File, module: Module) -> Iterator[Uncollected]:
    for f in module.functions:
        if f.name.startswith("test_") and not _is_fixture(f) and "." not in f.qualname and "test" in file.path.lower():
            yield Uncollected(file.path, f.line, f.qualname, "pytest does not collect files of this name")


# -- own modules -------------------------------------------------------------------------------------------------------


def own_modules(files: Files, roots: tuple[str, ...] = (), loose: bool = False) -> dict[str, str]:
    """The repository's own Python modules outside tests, by every dotted name that an import could use for them. A module
    inside a package goes by its bare name only where its folder is a root, or with `loose`."""
    names: dict[str, str] = {}
    for path in files.paths:
        if not path.endswith(".py") or re.search(r"(^|/)(tests?/|test_[^/]*$|conftest\.py$)", path):
            continue
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        for i in range(len(parts)):
            above = "/".join(parts[:i])
            inside = i and f"{above}/__init__.py" in files.paths and above not in roots
            if not (inside and len(parts) - i == 1 and not loose):
                names.setdefault(".".join(parts[i:]), path)
        for i in range(1, len(parts) if loose else 0):
            names.setdefault(parts[i], path)
    for root in roots:
        for path in files.paths:
            if path.startswith(root + "/") and path.count("/") == root.count("/") + 2 and path.endswith(".py"):
                names.setdefault(path[len(root) + 1 :].split("/")[0], path)
    return names


def own_module(name: str, own: dict[str, str]) -> str:
    """The longest part of a dotted name that is a module of the repository; empty where there is none."""
    parts = name.replace("()", "").split(".")
    return next((m for i in range(len(parts), 0, -1) if (m := ".".join(parts[:i])) in own), "")


# -- one file ----------------------------------------------------------------------------------------------------------


class _Definitions:
    """What a test file (or conftest) defines: by name, the dotted names that each definition reaches, whether it checks
    anything, and how many variants a parametrised fixture has."""

    def __init__(self, module: Module) -> None:
        self.module = module
        self.functions = {f.qualname: f for f in module.functions}
        self.reach: dict[str, frozenset[str]] = {}
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
            if _is_fixture(f):
                self.fixture_named.setdefault(_fixture_name(f), f)
        self.classes: dict[str, list[Class]] = {}
        for c in module.classes:
            self.classes.setdefault(c.name, []).append(c)
        self.fixtures: dict[tuple[str, str], Function] = {}  # by the class around it and its name
        self.autouse: list[tuple[str, str]] = []
        for f in module.functions:
            if _is_fixture(f) and (f.owner or "." not in f.qualname):
                key = (f.owner, _fixture_name(f))
                self.fixtures[key] = f
                if any(literal(v) is not False for v in _fixture_options(f, "autouse")):
                    self.autouse.append(key)

    def variants(self, key: tuple[str, str]) -> int:
        """How many tests a fixture makes of one; 0 where that is computed."""
        count = 1
        for value in _fixture_options(self.fixtures[key], "params"):
            if not (isinstance(value, ast.Constant) and value.value is None):
                length = _length(value, self.values)
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


def _definitions(file: File, module: Module) -> _Definitions:
    return file.once("test definitions", lambda: _Definitions(module))


def _names(module: Module, node: ast.AST) -> Iterator[str]:
    for child in walk(node):
        if isinstance(child, ast.Attribute | ast.Name):
            yield module.name(child)
        elif isinstance(child, ast.arg):
            yield child.arg


def _is_fixture(f: Function) -> bool:
    return any(d.rsplit(".", 1)[-1] in ("fixture", "hookimpl") for d in f.decorators)


def _fixture_options(f: Function, name: str) -> list[ast.expr]:
    return [k.value for d in f.node.decorator_list if isinstance(d, ast.Call) for k in d.keywords if k.arg == name]


def _fixture_name(f: Function) -> str:
    for d in f.node.decorator_list:
        if isinstance(d, ast.Call):
            for k in d.keywords:
                if k.arg == "name" and isinstance(name := literal(k.value), str):
                    return name
    return f.name


def _collect(
    file: File, module: Module, naming: Rules, above: list[_Definitions], own: dict[str, str]
) -> tuple[list[Case], list[Uncollected]]:
    here = _definitions(file, module)
    marks = _marks(here.values.get("pytestmark"))
    file_skipped = any(_skips(module, m) for m in marks) or _module_skip(module)
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

    marked: dict[int, list[ast.expr]] = {}

    def add(f: Function, around: list[Class], name: str) -> None:
        owner = around[-1] if around else None
        decorators = list(f.node.decorator_list)
        for outer in around:
            if id(outer) not in marked:
                marked[id(outer)] = [d for level in _lineage(outer, classes) for d in _class_marks(level)]
            decorators += marked[id(outer)]
        reached = _reach(here, above, f, owner)
        every = [*decorators, *marks]
        places = {place_of[id(level)] for outer in around for level in _lineage(outer, classes)}
        count = 1 if owner and _is_case(owner, classes) else _times(here, above, f, every, places)
        for d in every if owner and _is_case(owner, classes) else ():
            count *= _parametrised(module, d, here.values) if "parameterized" in _mark(module, d) else 1
        skipped = file_skipped or any(_skips(module, d) for d in decorators) or _body_skips(module, f)
        modules = tuple(sorted({m for n in reached if (m := own_module(n, own))}))
        cases.append(
            Case(
                file.path,
                f.line,
                f.end,
                name,
                count,
                skipped,
                _checks(here, f, owner, set()),
                reached,
                modules,
                _client(reached),
                marks=tuple(_mark(module, d) for d in every),
            )
        )

    @cache
    def suite_at(place: str) -> bool:
        return _suite_at(place, classes, naming, module)

    for f in module.functions:
        if _is_fixture(f) or not _named(f.name, naming.functions):
            continue
        parent = f.qualname.rpartition(".")[0]
        if last[f.qualname] is not f:
            missed.append(Uncollected(file.path, f.line, f.qualname, f"defined again in line {last[f.qualname].line}"))
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
                    tested = f.name.startswith("test") if is_case else _named(f.name, naming.functions)
                    if tested and not _is_fixture(f) and "property" not in f.decorators:
                        add(f, [*around, c], f"{name}.{f.name}")
            for inner in within.get(place_of[id(level)], ()):
                if inner.name not in seen:
                    seen.add(inner.name)
                    visit(inner, [*around, c], f"{name}.{inner.name}")

    for q, c in classes.items():
        if "." not in q:
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
            yield from _marks(statement.value)


def _named_classes(module: Module) -> dict[str, Class]:
    """The classes of a module and those within classes, by qualified name; of several the last."""
    made: dict[str, Class] = {}
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


def _suite_at(place: str, classes: dict[str, Class], naming: Rules, module: Module) -> bool:
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
                if _named(n.asname or n.name, naming.functions):
                    found.append(f"{file.path}:{node.lineno} imports {n.name}")
                if n.name == "*" and (node.level or "test" in (node.module or "")):
                    found.append(f"{file.path}:{node.lineno} imports all names of a test module")
    for c in classes.values():
        for base in c.bases if _named(c.name, naming.classes) else ():
            if "test" in base.lower() and base not in classes and not base.endswith("TestCase"):
                found.append(f"{file.path}:{c.line} inherits from {base}")
    return found


def _times(here: _Definitions, above: list[_Definitions], f: Function, marks: list[ast.expr], places: set[str]) -> int:
    """How often pytest runs a test: its marks, the fixtures that it and they ask for, and hooks; 0 where it is computed."""
    count, direct, indirect = 1, set[str](), set[str]()
    for d in marks:
        count *= _parametrised(here.module, d, here.values)
        if isinstance(d, ast.Call) and _mark(here.module, d).endswith("mark.parametrize"):
            names = literal(d.args[0] if d.args else next((k.value for k in d.keywords if k.arg == "argnames"), None))
            said = {n.strip() for n in (names.split(",") if isinstance(names, str) else texts_of(names))}
            given = literal(next((k.value for k in d.keywords if k.arg == "indirect"), None))
            through = said if given is True else said.intersection(texts_of(rows_of(given)))
            indirect |= through
            direct |= said - through
    wanted = [a.arg for a in (*f.node.args.posonlyargs, *f.node.args.args, *f.node.args.kwonlyargs)]
    for d in marks:
        if isinstance(d, ast.Call) and _mark(here.module, d).endswith("usefixtures"):
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
                    count *= source.variants(key)
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
                count *= _generated(source, hook, seen - direct)
    return count


def _generated(source: _Definitions, hook: Function, names: set[str]) -> int:
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
            length = _length(made[0].args[1] if len(made[0].args) > 1 else None, source.values)
            count *= 0 if length is None else max(length, 1)
    return count


def _lineage(c: Class, classes: dict[str, Class], depth: int = 0) -> list[Class]:
    """A class and its bases in the same file, itself first."""
    line = [c]
    for base in c.bases if depth < 5 else ():
        if base in classes and base != c.name:
            line += [b for b in _lineage(classes[base], classes, depth + 1) if b not in line]
    return line


def _is_case(c: Class, classes: dict[str, Class]) -> bool:
    return any(b.rsplit(".", 1)[-1].endswith("TestCase") for level in _lineage(c, classes) for b in level.bases)


def _is_suite(c: Class, classes: dict[str, Class], naming: Rules, module: Module) -> bool:
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
    return _named(c.name, naming.classes) and not built and not any(id(k) in _with_init(module) for k in line)


@lru_cache(maxsize=8)
def _with_init(module: Module) -> frozenset[int]:
    """The classes (by their identity, as `_named_classes` gives them) that say how they are made."""
    inits = {f.owner for f in module.functions if f.name in ("__init__", "__new__")}
    return frozenset(id(c) for q, c in _named_classes(module).items() if q in inits)


# -- marks -------------------------------------------------------------------------------------------------------------


def _marks(node: ast.expr | None) -> list[ast.expr]:
    if node is None:
        return []
    return list(node.elts) if isinstance(node, ast.List | ast.Tuple) else [node]


def _mark(module: Module, node: ast.expr) -> str:
    return module.name(node.func if isinstance(node, ast.Call) else node)


def _skips(module: Module, node: ast.expr) -> bool:
    """Whether a mark skips a test whatever happens."""
    name = _mark(module, node)
    if name in ("pytest.mark.skip", "unittest.skip"):
        return True
    if name in ("pytest.mark.skipif", "unittest.skipIf") and isinstance(node, ast.Call) and node.args:
        return literal(node.args[0]) in (True, 1)
    if name == "pytest.mark.xfail" and isinstance(node, ast.Call):
        return any(k.arg == "run" and literal(k.value) is False for k in node.keywords)
    return False


def _module_skip(module: Module) -> bool:
    return any(
        isinstance(s, ast.Expr) and isinstance(s.value, ast.Call) and module.name(s.value.func) == "pytest.skip"
        for s in module.tree.body
    )


def _body_skips(module: Module, f: Function) -> bool:
    """Whether the body skips before anything else but assignments and imports."""
    for statement in f.node.body:
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            return module.name(statement.value.func) in ("pytest.skip", "self.skipTest", "pytest.xfail")
        if isinstance(statement, ast.Raise):
            return "SkipTest" in ast.dump(statement)
        if not isinstance(statement, ast.Import | ast.ImportFrom | ast.Expr | ast.Assign | ast.Pass):
            return False
    return False


def _parametrised(module: Module, node: ast.expr, values: dict[str, ast.expr]) -> int:
    """How many cases a decorator makes of a test: 1 for one that does not parametrise, 0 where it is computed."""
    name = _mark(module, node)
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
    length = _length(value, values)
    return 0 if length is None else max(length, 1)  # an empty list is reported as one skipped case


def _length(node: ast.expr | None, values: dict[str, ast.expr], depth: int = 0) -> int | None:
    """The number of elements of a written-out collection; None where it is computed."""
    if node is None or depth > 4:
        return None
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        total = 0
        for element in node.elts:
            part = _length(element.value, values, depth + 1) if isinstance(element, ast.Starred) else 1
            if part is None:
                return None
            total += part
        return total
    if isinstance(node, ast.Dict):
        return None if None in node.keys else len(node.keys)
    if isinstance(node, ast.Name):
        return _length(values.get(node.id), values, depth + 1)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = _length(node.left, values, depth + 1), _length(node.right, values, depth + 1)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        numbers = [_number(a, values, depth) for a in node.args]
        whole = [n for n in numbers if isinstance(n, int)]
        if node.func.id == "range" and 0 < len(whole) == len(numbers) < 4 and whole[2:] != [0]:
            return len(range(*whole))
        if node.func.id in ("list", "sorted", "tuple", "enumerate") and len(node.args) == 1:
            return _length(node.args[0], values, depth + 1)
    method = node.func if isinstance(node, ast.Call) and not node.args else None
    if isinstance(method, ast.Attribute) and method.attr in ("items", "keys", "values"):
        return _length(method.value, values, depth + 1)
    if isinstance(node, ast.ListComp) and len(node.generators) == 1 and not node.generators[0].ifs:
        return _length(node.generators[0].iter, values, depth + 1)
    return None


def _number(node: ast.expr, values: dict[str, ast.expr], depth: int) -> object:
    """A number that is written out, or the length of a written-out collection."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len" and node.args:
        return _length(node.args[0], values, depth + 1)
    return literal(node)


# -- what a test does --------------------------------------------------------------------------------------------------


def _reach(here: _Definitions, above: list[_Definitions], f: Function, owner: Class | None) -> frozenset[str]:
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


def _client(names: frozenset[str]) -> str:
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


def _checks(here: _Definitions, f: Function, owner: Class | None, seen: set[str]) -> bool:
    """Whether a function can fail on purpose: an assertion of any library, `pytest.raises`, a raise, or a call of a helper
    of the same file that has one."""
    seen.add(f.qualname)
    helpers: list[Function] = []
    for node in _own_nodes(f.node.body):
        if isinstance(node, ast.Assert):
            if not (isinstance(node.test, ast.Constant) and node.test.value):
                return True
        elif isinstance(node, ast.Raise):
            if node.exc is not None and "Skip" not in ast.dump(node.exc):
                return True
        elif isinstance(node, ast.Call):
            name = here.module.name(node.func)
            if _is_check(name):
                return True
            for key in (
                f"{f.qualname}.{name}",
                name,
                f"{owner.name}.{name[5:]}" if owner and name[:5] == "self." else "",
            ):
                if key in here.functions and key not in seen:
                    helpers.append(here.functions[key])
    return len(seen) < 30 and any(_checks(here, helper, owner, seen) for helper in helpers)


def _is_check(name: str) -> bool:
    last = name.rsplit(".", 1)[-1]
    return (
        last.startswith("assert")
        or name
        in ("pytest.raises", "pytest.warns", "pytest.fail", "pytest.deprecated_call", "self.fail", "unittest.mock.seal")
        or name.startswith(("pytest_check.", "self.assert", "assertpy.", "hamcrest.", "expects."))
        or last == "raise_for_status"
    )
