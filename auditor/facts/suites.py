"""How many tests there are, however one counts: functions, collected, parametrised, active, classes, assertions, load tests."""

import ast
import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property

from auditor.facts.testfiles import Case
from auditor.facts.testrules import options_of, rules
from auditor.facts.tests import Collection, collect
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.snapshot import Snapshot


@dataclass(frozen=True)
class TestFile:
    """A file that holds tests, however one counts: `functions` as defined, `collected` by pytest, `expanded` over its
    parametrisations (0 where they are computed), `active` without the skipped ones, `classes` of tests, `asserts`, and
    locust `tasks`."""

    path: str
    functions: int
    collected: int
    expanded: int
    active: int
    classes: int
    asserts: int
    tasks: int

    @property
    def count(self) -> int:
        """The plain number."""
        return self.collected or self.functions

    @property
    def closed(self) -> bool:
        """Whether its tests can be counted to their end: no parametrisation is computed."""
        return bool(self.expanded) or not self.collected

    @property
    def subjects(self) -> tuple[str, ...]:
        """The words of its name (`test_data_loader.py`: data, loader)."""
        words = re.split(r"[^a-z0-9]+", self.path.rsplit("/", 1)[-1].removesuffix(".py").lower())
        return tuple(w for w in words if len(w) > 2 and w not in ("test", "tests", "unit", "integration"))


@dataclass(frozen=True)
class Suite:
    """All of them. `sure` is false where a file could not be read; `open_end` where more tests may be run than are counted
    here (another language, doctests, computed parametrisations)."""

    files: tuple[TestFile, ...]
    sure: bool
    open_end: bool
    collection: Collection

    @property
    def holding(self) -> tuple[TestFile, ...]:
        """The files with at least one test function."""
        return tuple(f for f in self.files if f.functions or f.collected)

    def sums(self, files: Iterable[TestFile]) -> frozenset[int]:
        """Every number of tests that these files together may be said to hold: functions, collected, active, over
        parametrisations, each with and without load tests."""
        chosen = list(files)
        functions, collected = sum(f.functions for f in chosen), sum(f.collected for f in chosen)
        expanded = sum(f.expanded or f.collected for f in chosen)
        made = {functions, collected, sum(f.active for f in chosen), sum(max(f.functions, f.collected) for f in chosen)}
        made |= {expanded, expanded + functions - collected}
        return frozenset(made | {m + sum(f.tasks for f in chosen) for m in made})

    @cached_property
    def parts(self) -> frozenset[int]:
        """Numbers that may be called the number of tests, too: per folder, without one folder or file, assertions, classes,
        files."""
        made: set[int] = set()
        for folder in {f.path.rpartition("/")[0] for f in self.holding}:
            inside = [f for f in self.files if f.path.startswith(folder + "/")]
            made |= self.sums(inside) | self.sums(f for f in self.files if f not in inside)
        for file in self.holding:
            made |= self.sums([file]) | self.sums(f for f in self.files if f != file)
        made |= {sum(f.asserts for f in self.files), sum(f.classes for f in self.files)}
        made |= {sum(f.classes or f.functions for f in self.files), len(self.holding), len(self.files)}
        return frozenset(made - {0})

    def about(self, text: str) -> tuple[TestFile, ...]:
        """The files whose name, or whose subject (`test_data.py`: data), stands in a text."""
        low = text.lower()
        words = set(re.findall(r"[a-z0-9]+", low))
        return tuple(
            f
            for f in self.files
            if f.path.rsplit("/", 1)[-1].removesuffix(".py").lower() in low
            or any(w.startswith(s) for s in f.subjects for w in words)
        )

    def at(self, name: str) -> tuple[TestFile, ...]:
        """The file that a path or name means, or the files of a folder; none where several may be meant."""
        name = name.replace("\\", "/").removeprefix("./").strip("/").lower()
        inside = [f for f in self.files if f"/{f.path.lower()}".find(f"/{name}/") >= 0]
        name += "" if "." in name or inside else ".py"
        found = [f for f in self.files if f"/{f.path.lower()}".endswith("/" + name)]
        above = {f.path.lower().split(name + "/")[0] for f in inside}
        return tuple(found if len(found) == 1 else inside if name and len(above) == 1 else ())

    def cases(self, path: str) -> tuple[Case, ...]:
        """The collected tests of one file."""
        return tuple(c for c in self.collection.cases if c.path == path)


def in_words(files: Iterable[TestFile]) -> str:
    """How many tests these files hold, with their parametrisation and load tests."""
    chosen = [f for f in files if f.functions or f.collected or f.tasks]
    plain, tasks = sum(f.count for f in chosen), sum(f.tasks for f in chosen)
    expanded = sum(f.expanded or f.count for f in chosen)
    holding = sum(bool(f.functions) for f in chosen)
    text = f"{plain} test function{'s' * (plain != 1)} in {holding} file{'s' * (holding != 1)}"
    text += f" ({expanded} with parametrisation)" if expanded != plain else ""
    return text + (f", and {tasks} locust task{'s' * (tasks != 1)}" if tasks else "")


TESTS_FOLDER = compile_later(r"(^|/)[\w-]*tests?[\w-]*/", re.IGNORECASE)
_OTHER_TESTS = ("**/*.{test,spec,cy}.{js,jsx,ts,tsx,mjs}", "**/__tests__/**", "**/*.feature", "**/*.bats", "**/*.robot", "**/*_test.go", "**/test*/**/*.{sh,js,ipynb}", "**/test*.{sh,js,ipynb}")  # fmt: skip


def suite(snapshot: Snapshot) -> Suite:
    """The repository's tests, counted in all ways at once."""
    return snapshot.once("facts.suite", lambda: _suite(snapshot))


def _suite(snapshot: Snapshot) -> Suite:
    files = snapshot.select(("**/*.py",), stubs=True)
    naming, _ = rules(files)
    found = collect(files)
    collected = Counter(c.path for c in found.cases)
    expanded: Counter[str] = Counter()
    active: Counter[str] = Counter()
    computed = {c.path for c in found.cases if not c.cases}
    for case in found.cases:
        expanded[case.path] += case.cases or 1
        active[case.path] += case.active
    made, sure = [], True
    for file in files:
        path = file.path
        place = naming.collects(path) or bool(TESTS_FOLDER.search(path))
        if not place and "locust" not in file.text and not collected[path]:
            continue
        module = python(file)
        if module is None:
            sure = sure and not (place and "def test" in file.text)
            continue
        tests = [f for f in module.functions if place and f.name.lower().startswith("test")]
        functions = sum(not any(d.endswith("fixture") for d in f.decorators) for f in tests)
        tasks = 0
        if "locust" in file.text:
            tasks = sum(any(d in ("locust.task", "locust.tag") for d in f.decorators) for f in module.functions)
        called_test = place and (file.name.startswith("test") or file.name.endswith("_test.py"))
        if not (functions or tasks or collected[path] or called_test):
            continue
        asserts = sum(isinstance(n, ast.Assert) for n in module.nodes) if place else 0
        classes = len({f.owner for f in module.functions if f.owner and f.name.startswith("test")})
        many = 0 if path in computed else expanded[path]
        made.append(TestFile(path, functions, collected[path], many, active[path], classes, asserts, tasks))
    sure = sure and not any(matches(p, ("**/test*.py", "**/*_test.py")) for p in (h.path for h in files.holes))
    return Suite(tuple(made), sure, bool(computed or found.open) or other_tests(snapshot), found)


def other_tests(snapshot: Snapshot) -> bool:
    """Whether there are tests that pytest's rules do not count: of another language, or doctests."""
    if any(matches(p, _OTHER_TESTS) for p in snapshot.files):
        return True
    for name in ("pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        file = snapshot.files.get(name)
        if file is not None and readable(file) and "doctest" in str(options_of(file) or ""):
            return True
    return False
