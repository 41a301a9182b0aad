"""The tests of a repository as pytest would collect them, read without running any of them."""

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from auditor.facts.fixtures import Definitions, definitions, is_fixture
from auditor.facts.ownmodules import own_modules
from auditor.facts.testfiles import Case, Uncollected, collect_file
from auditor.facts.testrules import Rules, rules
from auditor.facts.unimportable import names_of
from auditor.globs import fits_name
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import literal, walk
from auditor.readers.python import Function, Module, python
from auditor.readers.text import readable
from auditor.snapshot import File, Files


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


def _conftests(files: Files) -> "dict[str, Definitions]":
    made: dict[str, Definitions] = {}
    for file in files.paths.values():
        if file.name == "conftest.py" and not file.skipped and (module := python(file)) is not None:
            made[file.folder] = definitions(file, module)
    return made


def _cases(
    files: Files,
    file: File,
    module: Module,
    naming: Rules,
    roots: tuple[str, ...],
    conftests: "dict[str, Definitions]",
) -> tuple[list[Case], list[Uncollected]]:
    above = [conftests[f] for f in _folders(file.folder) if f in conftests]
    # who changes the path may import a module by any part of its name
    changes_path = (
        "sys.path" in file.text or any(d.changes_path for d in above) or _takes_by_bare_name(files, roots, module)
    )
    key = "tests.loose" if changes_path else "tests.strict"
    own = files.once(key, lambda: own_modules(files, roots, loose=changes_path))
    return collect_file(file, module, naming, above, own)


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
    files: Files, naming: Rules, conftests: dict[str, "Definitions"], cases: list[Case], missed: list[Uncollected]
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
            and not any(fits_name(c.path, i) or c.path.startswith(i + "/") for i in ignored)
            and not any(d and told.startswith(d) for d in deselected)
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
        if f.name.startswith("test_") and not is_fixture(f) and "." not in f.qualname and "test" in file.path.lower():
            yield Uncollected(file.path, f.line, f.qualname, "pytest does not collect files of this name")
