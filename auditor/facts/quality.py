"""What the project asks of its code: the hooks of pre-commit, the settings of linters, type checkers and coverage, and how much
of its functions is typed and documented."""

import ast
import re
from collections.abc import Callable, Iterator

from auditor.lazy import compile_later, dataclass
from auditor.readers.python import Function, python
from auditor.readers.shell import shell_commands
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.readers.yaml import Node, yaml_root
from auditor.shapes import table_of, texts_of
from auditor.snapshot import File, Snapshot

# -- pre-commit --------------------------------------------------------------------------------------------------------

HOOK_CONFIG = ".pre-commit-config.yaml"
_OTHER_MANAGERS = (
    "{lefthook,.lefthook}.y*ml", "**/{lefthook,.lefthook}.y*ml", "**/.husky/**", "**/prek.toml", "**/.githooks/**", "**/githooks/**", "**/.hooks/**",
    "**/hooks/pre-commit*", "**/lint-staged*", "**/.lintstagedrc*",
)  # fmt: skip
_SCRIPTS = frozenset(
    ["make", "just", "invoke", "inv", "bash", "sh", "python", "python3", "nox", "tox", "task", "poe", "npm", "npx"]
)


@dataclass(frozen=True)
class Hook:
    """One hook: its id, where it stands, and all that its entry says (id, name, entry, arguments, repository)."""

    id: str
    line: int
    says: str


@dataclass(frozen=True)
class Hooks:
    """The hooks of the root's configuration. `sure`: nothing else could be meant (no other hook manager, no configuration
    elsewhere, no hook that runs a script or task). `stub`: they are the template's."""

    file: File | None
    found: tuple[Hook, ...]
    sure: bool
    stub: bool = False


def hooks(snapshot: Snapshot) -> Hooks:
    """The pre-commit hooks of the commit."""
    return snapshot.once("hooks", lambda: _hooks(snapshot))


def _hooks(snapshot: Snapshot) -> Hooks:
    package = snapshot.files.get("package.json")
    sure = not len(snapshot.select(_OTHER_MANAGERS, all=True)) and not (
        package and readable(package) and re.search(r"husky|lint-staged|simple-git-hooks", package.text)
    )
    file = snapshot.files.get(HOOK_CONFIG)
    if file is None:
        named = snapshot.select(("**/{.pre-commit,pre-commit}{-config,}.y*ml", "!.github/workflows/**"), all=True)
        return Hooks(None, (), sure and not len(named))
    if not readable(file):
        return Hooks(None, (), False)
    found = []
    for source in yaml_root(file)["repos"].items:
        for hook in source["hooks"].items:
            name = hook["id"].text
            about = (
                name,
                hook["name"].text,
                hook["entry"].text,
                *hook["args"].texts(),
                source["repo"].text.rsplit("/", 1)[-1],
            )
            found.append(Hook(name, hook["id"].line or hook.line, " ".join(about).lower()))
            sure = sure and not _script(hook)
    sure = sure and bool(found) and not file.problems.get("yaml")
    return Hooks(file, tuple(found), sure, bool(snapshot.aside(file)))


def _script(hook: Node) -> bool:
    """Whether a hook runs something whose work its words do not tell: a script, a task."""
    return any(c.program in _SCRIPTS or c.program.endswith((".sh", ".py")) for c in shell_commands(hook["entry"].text))


# -- settings ----------------------------------------------------------------------------------------------------------

SETTINGS = (
    "**/pyproject.toml", "**/{ruff.toml,.ruff.toml,.flake8,tox.ini,setup.cfg,mypy.ini,.mypy.ini,.pylintrc,pylintrc,.style.yapf,.isort.cfg,.pycodestyle,.editorconfig,.coveragerc,pytest.ini,pyrightconfig.json}",
    HOOK_CONFIG, ".github/workflows/*.y*ml", ".github/actions/**/action.y*ml", ".gitlab-ci.y*ml", "{makefile,justfile,noxfile.py}", "**/tasks.py", "**/*.sh", ".vscode/settings.json",
)  # fmt: skip
DEFAULT_LENGTHS = {"ruff": 88, "black": 88, "flake8": 79, "pycodestyle": 79, "pylint": 100, "autopep8": 79, "yapf": 79}
_TOOLS = ("ruff", "black", "isort", "flake8", "pylint", "pycodestyle", "autopep8", "yapf", "mypy", "coverage", "pytest")


@dataclass(frozen=True)
class Setting:
    """A value that some tool is told (`tool` is empty where nothing says which), with where."""

    tool: str
    value: float
    file: File
    line: int


_LENGTH = compile_later(r"""["']?(?:--)?(?:max[-_ ]?)?(?:line[-_. ]?(?:length|width)|column[-_]limit)["']?\s*[=:]?\s*["']?(\d{2,3})\b""", re.I)  # fmt: skip
_FAIL_UNDER = compile_later(r"fail[-_]under[\"']?\s*[=:\s]\s*[\"']?(\d{1,3}(?:\.\d+)?)", re.I)


def line_lengths(snapshot: Snapshot) -> tuple[Setting, ...]:
    """Every line length that a configuration, hook, workflow or task sets. `ruff.toml` goes before pyproject.toml."""
    own = any(p in snapshot.files for p in ("ruff.toml", ".ruff.toml"))
    found = snapshot.once("line lengths", lambda: tuple(_settings(snapshot, _LENGTH)))
    return tuple(s for s in found if not (own and s.file.path == "pyproject.toml" and s.tool == "ruff"))


def thresholds(snapshot: Snapshot) -> tuple[Setting, ...]:
    """Every score below which something fails: of coverage, or of pylint (which goes up to 10)."""
    return snapshot.once("thresholds", lambda: tuple(_settings(snapshot, _FAIL_UNDER)))


def _settings(snapshot: Snapshot, pattern: re.Pattern[str]) -> Iterator[Setting]:
    for file in snapshot.select(SETTINGS, stubs=True, all=True):
        table = ""
        for i, row in enumerate(file.lines, 1):
            if head := re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", row):
                table = head[1].lower()
            if match := pattern.search(row.split("#")[0]):
                said = f"{file.name.lower()} {table} {row.lower()}"
                yield Setting(next((t for t in _TOOLS if t in said), ""), float(match[1]), file, i)


@dataclass(frozen=True)
class Ruff:
    """The rules that ruff takes, and the line that says so (of a file that selects none: its first). `sure`: no other
    configuration, command or hook chooses others."""

    selected: tuple[str, ...]
    file: File
    line: int
    sure: bool
    ignored: tuple[str, ...] = ()

    def checks(self, *codes: str) -> bool:
        """Whether a rule of one of these codes is selected."""
        return "ALL" in self.selected or any(s.startswith(c) or c.startswith(s) for s in self.selected for c in codes)


def ruff(snapshot: Snapshot) -> Ruff | None:
    """What ruff is told at the root; None where no file of its kind is there."""
    return snapshot.once("ruff", lambda: _ruff(snapshot))


def _ruff(snapshot: Snapshot) -> Ruff | None:
    places = ("ruff.toml", ".ruff.toml", "pyproject.toml")
    file = next((f for p in places if (f := snapshot.files.get(p)) and readable(f)), None)
    if file is None:
        return None
    data = toml(file)
    if file.problems.get("toml"):
        return None
    told = table_of(data, "tool", "ruff") if file.name == "pyproject.toml" else data
    lint = table_of(told, "lint")

    def rules(key: str) -> list[str]:
        found = lint.get(key) or told.get(key)
        return texts_of(found) if isinstance(found, list) else []

    chosen = (rules("select") or ["E4", "E7", "E9", "F"]) + rules("extend-select")
    line = next((i for i, row in enumerate(file.lines, 1) if re.match(r"\s*(extend-)?select\s*=", row)), 0)
    others = [f for f in snapshot.select(SETTINGS, ("ruff",), stubs=True, all=True) if f is not file]
    sure = "extend" not in told and not any(
        re.search(r"--(extend-)?select\b|^\s*(extend-)?select\s*=", f.text, re.M) for f in others
    )
    return Ruff(tuple(chosen), file, line or 1, sure, tuple(rules("ignore")))


def mentions(snapshot: Snapshot, pattern: str, *words: str) -> list[tuple[File, int]]:
    """Where settings, hooks, workflows and tasks say something: the lines that an expression matches, comments left out."""
    found = []
    rx = re.compile(pattern, re.I)
    for file in snapshot.select(SETTINGS, words, stubs=True, all=True):
        found += [(file, i) for i, row in enumerate(file.lines, 1) if rx.search(row.split("#")[0])]
    return found


_ALIKE = ({"--check", "--diff", "--check-only"}, {"--fix", "--fix-only"})
_GIVEN = frozenset(
    ["--force-exclude", "--filter-files", "--ignore-missing-imports", "--scripts-are-modules", "--all-files"]
)  # by the hooks' own definitions
_IDS = {"ruff": {"ruff", "ruff-check"}, "ruff check": {"ruff", "ruff-check"}, "ruff format": {"ruff-format"}}


def without_option(snapshot: Snapshot, written: str) -> tuple[Hook, str] | None:
    """The hook of a tool that is written with an option (`ruff format --check`) which neither it nor a setting of that name is
    given, and the option."""
    words = written.lower().split()
    name = " ".join(w for w in words if not w.startswith("-"))
    chosen = [h for h in hooks(snapshot).found if h.id in _IDS.get(name, {name})]
    for flag in (w.split("=")[0] for w in words if w.startswith("--")):
        alike = next((a for a in _ALIKE if flag in a), {flag})
        key = flag.strip("-").replace("-", "[-_]")
        given = any(a in h.says.split() or f"{a}=" in h.says for a in alike for h in chosen)
        if chosen and not given and flag not in _GIVEN and not mentions(snapshot, rf"^\s*[\"']?{key}[\"']?\s*[=:]"):
            return chosen[0], flag
    return None


# -- functions ---------------------------------------------------------------------------------------------------------

OWN_CODE = (
    "**/*.py", "!reports/**", "!report/**", "!docs/**", "!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py",
    "!tasks.py", "!setup.py", "!noxfile.py", "!notebooks/**",
)  # fmt: skip
# methods whose name and purpose a framework gives
_OVERRIDES = compile_later(r"(?:forward|\w+_step|configure_\w+|setup|teardown|prepare_data|on_\w+|\w+_dataloader)$")
_STAND_INS = frozenset(["property", "setter", "overload", "cached_property", "getter"])
Lacking = tuple[tuple[File, int, str], ...]


@dataclass(frozen=True)
class Measured:
    """Of some functions: how many there are (`documentable` without overrides), and those without a docstring, without any annotation, `bare`
    of one for a parameter (or, without parameters, for the value that they return), and not annotated in full."""

    total: int
    documentable: int
    undocumented: Lacking
    untyped: Lacking
    bare: Lacking
    partly: Lacking


def measured(snapshot: Snapshot) -> tuple[Measured, ...] | None:
    """The functions of the own code in three readings: all, public ones, those below src. Tests, tasks, nested, dunder and
    empty functions, properties and overloads are left out. None where a file does not parse."""
    return snapshot.once("functions measured", lambda: _measured(snapshot))


def _measured(snapshot: Snapshot) -> tuple[Measured, ...] | None:
    rows: list[tuple[File, Function]] = []
    for file in snapshot.select(OWN_CODE):
        module = python(file)
        if module is None:
            return None
        for f in module.functions:
            stands_in = any(d.rsplit(".", 1)[-1] in _STAND_INS for d in f.decorators)
            own = f.qualname == f.name or f.owner
            if own and not stands_in and not re.fullmatch(r"__\w+__", f.name) and not _empty(f.node):
                rows.append((file, f))
    readings: tuple[Callable[[File, str], bool], ...] = (
        lambda file, name: True,
        lambda file, name: not name.startswith("_"),
        lambda file, name: file.path.startswith("src/"),
    )
    return tuple(_of([(file, f) for file, f in rows if keep(file, f.name)]) for keep in readings)


def _of(rows: list[tuple[File, Function]]) -> Measured:
    """One reading."""

    def lacking(test: Callable[[Function], bool]) -> Lacking:
        return tuple((file, f.line, f.name) for file, f in rows if test(f))

    def annotated(f: Function) -> list[bool]:
        arguments = f.node.args
        every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
        return [a.annotation is not None for a in every if a.arg not in ("self", "cls")]

    def documentable(f: Function) -> bool:
        return not (f.owner and _OVERRIDES.match(f.name))

    return Measured(
        len(rows),
        sum(documentable(f) for _, f in rows),
        lacking(lambda f: documentable(f) and ast.get_docstring(f.node) is None),
        lacking(lambda f: f.node.returns is None and bool(annotated(f)) and not any(annotated(f))),
        lacking(lambda f: not all(annotated(f)) or (not annotated(f) and f.node.returns is None and _gives(f.node))),
        lacking(lambda f: not all(annotated(f)) or f.node.returns is None),
    )


def _gives(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Return) and n.value is not None for n in ast.walk(node))


def _empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    """Whether a function is a mere declaration: `...`, `pass`, or that it is not implemented."""
    return all(
        isinstance(part, ast.Pass)
        or (isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant))
        or (isinstance(part, ast.Raise) and "NotImplemented" in ast.unparse(part))
        for part in node.body
    )
