"""Parsed views of files, with line numbers: Python, YAML, workflows, Dockerfiles, shell, TOML.

A reader never raises for what a file contains. What it cannot parse it notes in `file.problems` and answers with nothing;
a probe that finds nothing is then `unknown` with that reason instead of `absent`. Each file is parsed once.
"""

import ast
import json
import re
import shlex
import tomllib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from functools import cached_property, lru_cache
from typing import TypeVar

import yaml

from auditor import errors, grammar, limits
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.linear import ACROSS, FOLDERS, WITHIN, Linear, character_class, escape, linear
from auditor.nesting import too_deep, why_not_yaml
from auditor.repository import Unreadable
from auditor.shapes import Table, below, table_of, tame, text_of, whole
from auditor.snapshot import File

T = TypeVar("T")


def _bounded(
    file: File, kind: str, make: Callable[[File], T], nothing: Callable[[], T], *, by_content: bool = True
) -> T:
    """A reader's boundary: what it makes of a file, remembered on it (or, `by_content`, once for all files with this
    content); nothing of a file without text, or where the reader fails or takes too long, which is a hole."""

    def made(file: File) -> T:
        try:
            return make(file)
        except Unreadable:  # a hole where the text was asked for
            return nothing()
        except errors.PASSED:
            raise
        except Exception as error:
            file.cannot(kind, f"{file.path} could not be read as {kind} ({type(error).__name__})")
            return nothing()

    return file.parse(kind, made, nothing, by_content=by_content)


# -- Python ------------------------------------------------------------------------------------------------------------


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


class Module:
    """One parsed Python file. `nodes` are all of its nodes, outer ones first; `imports` maps each imported dotted name to its first line (`from a.b import c` gives
    `a.b.c`, relative ones keep their dots); `aliases` maps local names to them."""

    def __init__(self, tree: ast.Module) -> None:
        self.tree = tree
        self.nodes = _all_nodes(tree)
        self.imports: dict[str, int] = {}
        self.aliases: dict[str, str] = {}
        self.calls: list[Call] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        for node in self.nodes:
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
        parts.append(self.aliases.get(node.id, node.id) if isinstance(node, ast.Name) else "")
        return ".".join(reversed(parts)).replace(".()", "()")

    def imported(self, *packages: str) -> int:
        """The line of the first import of one of the packages (or of something in them); 0 if there is none."""
        lines = [line for name, line in self.imports.items() for p in packages if name == p or name.startswith(p + ".")]
        return min(lines, default=0)

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


def python(file: File) -> Module | None:
    """The parsed module of a `.py` file, or of a notebook's code cells (lines are then the notebook file's). None if it
    does not parse."""
    return _bounded(file, "python", _python, lambda: None)


def _python(file: File) -> Module | None:
    try:
        if file.room is not None and file.room.nodes <= 0:
            raise grammar.NotRead(f"is not read as Python: the files before it have more than {limits.ALL_NODES}")
        module = Module(_tame(_notebook(file) if file.suffix == "ipynb" else grammar.parse(file.text), file.text))
        if file.room is not None:
            file.room.nodes -= len(module.nodes)
        return module
    except grammar.NotRead as error:
        file.cannot("python", f"{file.path} {error.why}" + (f" at line {error.line}" if error.line else ""))
    except (RecursionError, MemoryError):
        file.cannot("python", f"{file.path} is too large or too deep to read as Python")
    return None


_WILD = compile_later(r"\\[uU](?:0000)?[dD][89a-fA-F]|0[xXoObB][\da-fA-F_]{40}")


def _tame(tree: ast.Module, text: str) -> ast.Module:
    """The tree without what no program means and no text can show: halves of characters, numbers of thousands of digits."""
    for node in walk(tree) if _WILD.search(text) else ():
        if isinstance(node, ast.Constant):
            node.value = tame(node.value)
    return tree


def _notebook(file: File) -> ast.Module:
    """The code of a notebook's cells, each node with its line in the file. Cells in another language are left out; one that
    does not parse costs itself alone."""
    tree = ast.Module([], [])
    cells = _cells(file)
    if sum(code.count("\n") + code.count(";") for code in cells) > limits.STATEMENTS.value:
        raise grammar.NotRead(f"is too large to read as Python (more than {limits.STATEMENTS})")
    places = _Places(file.text, frozenset(line for code in cells for line in code.split("\n") if line.strip()))
    for code in cells:
        rows = [places.row(line) for line in code.split("\n")]
        if code.lstrip().startswith("%%"):
            head, _, rest = code.lstrip().partition("\n")
            if head.split()[0] not in _TIMED:
                continue
            code = "\n" * code[: len(code) - len(rest)].count("\n") + rest
        try:
            cell = _cell(code)
        except grammar.NotRead as error:
            where = rows[min(error.line, len(rows)) - 1] if error.line else rows[0]
            file.cannot("python", f"{file.path} has a cell that {error.why} at line {where}")
            continue
        for node in walk(cell):
            if hasattr(node, "lineno"):
                node.lineno = rows[min(node.lineno, len(rows)) - 1]
            if getattr(node, "end_lineno", None):
                node.end_lineno = rows[min(node.end_lineno, len(rows)) - 1]  # type: ignore[attr-defined]
        tree.body += cell.body
    return tree


class _Places:
    """The lines of a notebook's file in which lines of its code stand, asked for in their order."""

    def __init__(self, text: str, code: frozenset[str]) -> None:
        self._text, self._code = text, code
        self._row, self._at = 1, 0
        self._strings: dict[str, list[int]] | None = None

    def row(self, line: str) -> int:
        """The number of the line where the next line of code stands; of a blank one that of the line before it."""
        if line.strip():
            found = (
                self._text.find(json.dumps(line, ensure_ascii=False)[1:-1], self._at) if self._strings is None else -1
            )
            if found < 0:  # written with other escapes, as more lines may be: looked up from here on
                self._strings = self._strings if self._strings is not None else self._read_strings()
                places = self._strings.get(line, [])
                at = bisect_left(places, self._at)
                found = places[at] if at < len(places) else self._at
            self._row += self._text.count("\n", self._at, found)
            self._at = found
        return self._row

    def _read_strings(self) -> dict[str, list[int]]:
        """Where the strings begin that have a line of the code in them."""
        found: dict[str, list[int]] = {}
        for match in _STRING.finditer(self._text):
            try:
                value = json.loads(match[0], strict=False)
            except ValueError:
                continue
            for line in self._code.intersection(value.split("\n")):
                found.setdefault(line, []).append(match.start())
        return found


_STRING = compile_later(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_TIMED = ("%%time", "%%timeit", "%%capture", "%%prun", "%%python", "%%python3", "%%memit", "%%mprun")


def _cells(file: File) -> list[str]:
    """The sources of the code cells of a Python notebook, of any format; none for one in another language."""
    if too_deep(file.text, "json"):
        raise grammar.NotRead(f"is nested too deep to read as a notebook (more than {limits.NESTING})")
    try:
        book = json.loads(file.text)
    except (ValueError, RecursionError):
        raise grammar.NotRead("does not parse as a notebook") from None
    if not isinstance(book, dict):
        raise grammar.NotRead("is no notebook")
    meta = book.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        told = meta.get(key) if isinstance(meta, dict) else None
        language = told.get(name) if isinstance(told, dict) else None
        if isinstance(language, str) and language and "python" not in language.lower():
            return []
    sheets = book.get("worksheets")
    found = []
    for holder in [book, *(sheets if isinstance(sheets, list) else ())]:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if not isinstance(cell, dict) or cell.get("cell_type") != "code":
                continue
            source = cell.get("source", cell.get("input"))
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                found.append(whole(source))
    return found


_SHELL = compile_later(r"^(\s*)((?:[\w.]+(?:\s*,\s*[\w.]+)*\s*=\s*)?)([%!?].*|[\w.]+\?{1,2}\s*)$")


def _cell(code: str) -> ast.Module:
    """A cell's tree. Only what does not parse has its shell and magic lines taken for what they are."""
    try:
        return grammar.parse(code)
    except grammar.NotRead:
        rows, goes_on = [], False
        for line in code.split("\n"):
            match = None if goes_on else _SHELL.match(line)
            if goes_on or match:
                goes_on = line.rstrip().endswith("\\")
                line = f"{match[1]}{match[2]}{'...' if match[2] else 'pass'}" if match else ""
            rows.append(line)
        return grammar.parse("\n".join(rows))


def literal(node: ast.AST | None) -> object:
    """The value of a literal expression, or None for anything that would have to be computed."""
    if node is None:
        return None
    try:
        return ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return None


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


# -- YAML --------------------------------------------------------------------------------------------------------------


class _TooLarge(ValueError):
    """More nodes than any configuration has, or deeper ones; the message goes on after the path."""


class Node:
    """A YAML node with its line. Scalars keep their text (`on` stays `on`, `3.10` stays `3.10`). A missing key gives an
    empty node, which is false, so that look-ups chain."""

    __slots__ = ("duplicates", "end", "entries", "items", "kind", "line", "text")

    def __init__(self, kind: str = "none", line: int = 0, end: int = 0, text: str = "") -> None:
        self.kind = kind  # "map", "list", "text", "none"
        self.line = line
        self.end = end
        self.text = text
        self.entries: dict[str, tuple[int, Node]] = {}  # key -> (line of the key, value)
        self.items: list[Node] = []
        self.duplicates: list[str] = []

    def __bool__(self) -> bool:
        return self.kind != "none"

    def __getitem__(self, key: str) -> "Node":
        return self.entries[key][1] if key in self.entries else Node()

    def __contains__(self, key: str) -> bool:
        return key in self.entries

    def line_of(self, key: str) -> int:
        """The line of a key; 0 if it is not there."""
        return self.entries[key][0] if key in self.entries else 0

    def texts(self) -> list[str]:
        """The scalars of a list, or the one scalar that stands for a list of one."""
        return [self.text] if self.kind == "text" else [i.text for i in self.items if i.kind == "text"]

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], "Node"]]:
        """Every node below with its keys; items of a list have their list's path."""
        yield path, self
        for key, (_, value) in self.entries.items():
            yield from value.walk((*path, key))
        for item in self.items:
            yield from item.walk(path)


def yaml_documents(file: File) -> list[Node]:
    """The documents of a YAML (or JSON) file; empty if it does not parse."""
    return _bounded(file, "yaml", _yaml, list)


def yaml_root(file: File) -> Node:
    """The first document of a YAML file; an empty node if there is none."""
    documents = yaml_documents(file)
    return documents[0] if documents else Node()


def _yaml(file: File) -> list[Node]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    if why := why_not_yaml(file.text, loader):
        file.cannot("yaml", f"{file.path} {why}")
        return []
    try:
        seen = [0]
        return [_node(n, seen, 0) for n in yaml.compose_all(file.text, Loader=loader) if n is not None]
    except _TooLarge as error:
        file.cannot("yaml", f"{file.path} {error}")
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        file.cannot("yaml", f"{file.path} does not parse as YAML{where}")
    return []


def _node(node: yaml.Node, seen: list[int], depth: int) -> Node:
    seen[0] += 1
    if seen[0] > limits.NODES.value:  # aliases may make a small file grow without end
        raise _TooLarge(f"is too large to read as YAML (more than {limits.NODES})")
    if depth > 2 * limits.NESTING.value:
        raise _TooLarge(f"is too deep to read as YAML (more than {limits.NESTING})")
    line = node.start_mark.line + 1
    end = max(line, node.end_mark.line + (1 if node.end_mark.column else 0))
    if isinstance(node, yaml.MappingNode):
        made = Node("map", line, end)
        for key, value in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in made.entries:
                made.duplicates.append(name)
            if name == "<<":
                merged = _node(value, seen, depth + 1)
                for source in merged.items or [merged]:
                    for k, v in source.entries.items():
                        made.entries.setdefault(k, v)
                continue
            made.entries[name] = (key.start_mark.line + 1, _node(value, seen, depth + 1))
        return made
    if isinstance(node, yaml.SequenceNode):
        made = Node("list", line, end)
        made.items = [_node(i, seen, depth + 1) for i in node.value]
        return made
    assert isinstance(node, yaml.ScalarNode)
    if node.tag == "tag:yaml.org,2002:null" or (node.value == "" and node.style is None):
        return Node("none", line, end)
    # A block scalar's text starts on the line after its indicator.
    return Node("text", line + (1 if node.style in ("|", ">") else 0), end, str(node.value))


# -- shell -------------------------------------------------------------------------------------------------------------


_BEFORE_A_COMMAND = frozenset(
    ["sudo", "time", "exec", "command", "if", "elif", "while", "until", "then", "do", "else", "!", "@", "-"]
)


@dataclass(frozen=True)
class Command:
    """One simple command of a script. `soft` means that its failure is swallowed (`|| true`)."""

    text: str
    line: int
    soft: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The command's words, without assignments in front of it."""
        # `${{ matrix.python }}` is one word
        text = self.text
        if "${{" in text:
            text = re.sub(r"\$\{\{.*?\}\}", lambda m: re.sub(r"\s+", "", m[0]), text)
        try:
            words = shlex.split(text, comments=False)
        except ValueError:
            words = text.split()
        while words and (re.match(r"^\w+=", words[0]) or words[0] in _BEFORE_A_COMMAND):
            words = words[1:]
        return tuple(w.lstrip("@") if i == 0 else w for i, w in enumerate(words))

    @cached_property
    def bare(self) -> tuple[str, ...]:
        """The words without what only chooses an environment or how the program is started: `uv run --group dev python -m
        pytest -v` is `pytest -v`, and so is `xargs nice pytest -v`."""
        words = list(self.words)
        for _ in range(8):
            inner = peeled(words)
            if inner is None:
                break
            words = inner
        return tuple(words)

    @property
    def program(self) -> str:
        """The name of the program that does the work, without its folder."""
        return self.bare[0].rsplit("/", 1)[-1] if self.bare else ""

    def runs(self, *programs: str) -> bool:
        """Whether the command starts one of the programs, directly or under `coverage run -m`."""
        if self.program in programs:
            return True
        if self.program == "coverage" and "run" in self.bare and "-m" in self.bare:
            at = self.bare.index("-m") + 1
            return at < len(self.bare) and self.bare[at] in programs
        return False


_TAKES_VALUE = frozenset(
    [
        "--group",
        "--extra",
        "--with",
        "--with-requirements",
        "--python",
        "-p",
        "--project",
        "--directory",
        "--env-file",
        "--package",
        "--index",
        "--only-group",
        "--no-group",
        "-n",
        "--name",
        "--prefix",
        "-e",
        "--environment",
        "--from",
        "--spec",
        "-f",
    ]
)


_MANAGERS = frozenset(
    ["uv", "poetry", "pdm", "pixi", "hatch", "rye", "pipenv", "pipx", "conda", "mamba", "micromamba", "bundle"]
)
# programs that start the program behind them, with their options that take a word
_STARTERS: dict[str, frozenset[str]] = {
    "xvfb-run": frozenset(["-n", "-s", "-e", "-f", "-p"]),
    "nohup": frozenset(),
    "env": frozenset(["-u", "-C", "-S"]),
    "dotenv": frozenset(["-f", "-e"]),
    "accelerate-launch": frozenset(),
    "xargs": frozenset(["-n", "-P", "-I", "-L", "-d", "-s", "-E", "-a", "--max-args", "--max-procs", "--delimiter"]),
    "parallel": frozenset(["-j", "--jobs", "-N", "-n", "-a", "--colsep", "--delay", "--timeout", "--results"]),
    "nice": frozenset(["-n", "--adjustment"]),
    "ionice": frozenset(["-c", "-n", "-p"]),
    "stdbuf": frozenset(["-i", "-o", "-e"]),
    "setsid": frozenset(),
    "unbuffer": frozenset(),
    "script": frozenset(),
    "time": frozenset(["-f", "-o"]),
    "/usr/bin/time": frozenset(["-f", "-o"]),
    "catchsegv": frozenset(),
    "doppler": frozenset(),
    "npx": frozenset(["-p", "--package"]),
}


def peeled(words: list[str]) -> list[str] | None:
    """A command's words without the outermost program that only starts another; None if it is the program itself."""
    if not words:
        return None
    first = words[0]
    if len(words) > 1 and first in _MANAGERS:
        if words[1] == "tool" and words[2:3] == ["run"]:
            return ["uvx", *words[3:]]
        if first == "bundle":
            return words[2:] if words[1] == "exec" and len(words) > 2 else None
        at = 1  # options of the manager itself may stand before its verb
        while at < len(words) and words[at].startswith("-"):
            at += 2 if words[at] in _TAKES_VALUE else 1
        return _skip_options(words[at + 1 :]) if words[at : at + 1] == ["run"] else None
    if first == "uvx":
        inner = _skip_options(words[1:])
        return [re.split(r"[@=<>]", inner[0])[0], *inner[1:]] if inner else inner
    if at := _module_at(words):
        return words[at:]
    if first == "timeout":
        inner = _skip_options(words[1:])
        return inner[1:] if len(inner) > 1 else None
    if first in _STARTERS and len(words) > 1:
        takes, at = _STARTERS[first], 1
        if first in ("npx", "script"):  # npx may start a package that nobody installed: its name is the program's
            return _skip_options(words[1:]) if first == "npx" and words[1] in ("--yes", "-y", "--no") else None
        while at < len(words) and words[at].startswith("-") and words[at] != "-":
            if words[at] == "--":
                at += 1
                break
            at += 2 if words[at] in takes else 1
        inner = words[at:]
        if first == "doppler" or (first == "dotenv" and inner[:1] == ["run"]):
            inner = _skip_options(inner[1:])
        while inner and re.match(r"^\w+=", inner[0]):
            inner = inner[1:]
        return inner or None
    return None


def _module_at(words: list[str]) -> int:
    """Where the module's name stands in `python [options] -m module`; 0 for any other command."""
    if not re.fullmatch(r"(?:.*/)?(python|py)[\d.]*(\.exe)?", words[0]):
        return 0
    at = 1
    while at < len(words) and words[at].startswith("-") and words[at] not in ("-m", "-c"):
        at += 2 if words[at] in ("-W", "-X") else 1
    return at + 1 if at + 1 < len(words) and words[at] == "-m" else 0


_SHELLS = frozenset(["bash", "sh", "zsh", "dash", "ash"])


def _within(command: Command, depth: int) -> Iterator[Command]:
    """The commands that a command holds as text or starts for each of its finds: `bash -c 'a && b'`, `find -exec a ;`,
    `parallel ::: 'a' 'b'`, `eval 'a'`."""
    if not any(word in command.text for word in ("-c", "-exec", "-ok", ":::", "eval", "hatch", "-lc", "-ec")):
        return
    words = command.bare
    program = command.program
    scripts: list[str] = []
    if program in _SHELLS:
        at = next((i for i, w in enumerate(words[1:], 1) if re.fullmatch(r"-[a-z]*c", w)), 0)
        scripts = [words[at + 1]] if at and at + 1 < len(words) else []
    elif program == "eval":
        scripts = [" ".join(words[1:])]
    elif program == "find":
        starts = [i for i, w in enumerate(words) if w in ("-exec", "-execdir", "-ok", "-okdir")]
        for at in starts:
            end = next((i for i in range(at + 1, len(words)) if words[i] in (";", "+")), len(words))
            scripts.append(shlex.join(words[at + 1 : end]))
    elif "parallel" in command.words[:4] and program == ":::":
        scripts = list(words[1:])
    for script in scripts:
        if script != command.text:
            for inner in shell_commands(script, command.line, depth + 1):
                yield Command(inner.text, command.line, command.soft or inner.soft)


def _skip_options(words: list[str]) -> list[str]:
    i = 0
    while i < len(words) and words[i].startswith("-") and words[i] != "--":
        i += 2 if words[i] in _TAKES_VALUE else 1
    return words[i + 1 :] if i < len(words) and words[i] == "--" else words[i:]


_AHEAD = 100  # lines to look for the end of a string that goes on over lines


def shell_commands(text: str, line: int = 1, depth: int = 0) -> list[Command]:
    """The simple commands of a script, without comments, with the line each starts on. Heredoc bodies are left out. `depth` is
    how many commands it is written within."""
    commands: list[Command] = []
    if depth > limits.SHELL_NESTING.value:
        unsure(Hole("", f"commands within commands are read to {limits.SHELL_NESTING}"))
        return commands
    rows = text.split("\n")
    i = 0
    while i < len(rows):
        start, joined = i, rows[i]
        while joined.rstrip().endswith("\\") and i + 1 < len(rows):
            i += 1
            # a comment between continued lines ends them in a shell, but not in a Dockerfile
            joined = joined.rstrip()[:-1] + " " + ("" if rows[i].lstrip().startswith("#") else rows[i].lstrip())
            if rows[i].lstrip().startswith("#"):
                joined += "\\"
        while ("'" in joined or '"' in joined) and _open_quote(joined):  # a string that goes on over lines
            ahead = range(i + 1, min(i + _AHEAD, len(rows)))
            close = next((k for k in ahead if not _open_quote(joined + "\n" + rows[k])), 0)
            if not close:
                break
            joined += "\n" + "\n".join(rows[i + 1 : close + 1])
            i = close
        heredoc = "<<" in joined and re.search(r"(?<![<\w(])<<-?\s*(['\"]?)([A-Za-z_]\w*)\1", _unquoted(joined))
        i += 1
        if heredoc:
            while i < len(rows) and rows[i].strip() != heredoc.group(2):
                i += 1
            i += 1
        while "$(" in joined and i < min(start + _AHEAD, len(rows)) and _inner(joined)[2]:
            joined += "\n" + rows[i]
            i += 1
        joined, inner, _ = _inner(joined) if "$(" in joined else (joined, [], False)
        for script in inner:
            commands += shell_commands(script, line + start, depth + 1)
        pieces = _split(joined)
        for (piece, _), soft in zip(pieces, _swallowed(pieces), strict=True):
            if piece:
                command = Command(piece, line + start, soft)
                commands.append(command)
                commands += _within(command, depth)
    return commands


def _swallowed(pieces: list[tuple[str, str]]) -> list[bool]:
    """For each command of a line whether what stands after it, up to the next `;`, makes its failure a success."""
    soft = [False] * len(pieces)
    fails = False  # what stands further right ends with a failure all the same
    for k in range(len(pieces) - 2, -1, -1):
        after, operator = pieces[k + 1][0], pieces[k][1]
        fails = fails or re.match(r"exit [1-9$]|return [1-9]|false\b", after) is not None
        if operator == "||" and re.match(r"(true|:|exit 0|echo)(\s|$)", after):
            soft[k] = not fails
        elif operator not in (";", "&"):
            soft[k] = soft[k + 1]
    return soft


def _inner(text: str) -> tuple[str, list[str], bool]:
    """The text with each `$(...)` made `$()`, what stood in them, and whether the last of them is still open."""
    out, inner, quote, i = "", [], "", 0
    while i < len(text):
        c = text[i]
        if c == "\\" and quote != "'":
            out += text[i : i + 2]
            i += 2
            continue
        if c == quote:
            quote = ""
        elif c in "'\"" and not quote:
            quote = c
        elif c == "#" and not quote and (i == 0 or text[i - 1].isspace()):
            end = text.find("\n", i)
            out += text[i : end if end >= 0 else len(text)]
            i = end if end >= 0 else len(text)
            continue
        elif text.startswith("$(", i) and quote != "'" and not text.startswith("$((", i):
            depth, k = 1, i + 2
            while k < len(text) and depth:
                depth += (text[k] == "(") - (text[k] == ")")
                k += 1
            if depth:
                return text, [], True
            script = text[i + 2 : k - 1]
            found = re.fullmatch(r"\s*(?:which|command -v|type -p)\s+([\w./-]+)\s*", script)
            inner += [] if found else [script]
            out += found[1] if found else "$()"  # where a program stands is no other program
            i = k
            continue
        out += c
        i += 1
    return out, inner, False


def _open_quote(text: str) -> bool:
    """Whether a string is still open at the end of the text."""
    return _unquoted(text).endswith("\0")


def _unquoted(text: str) -> str:
    """The text with what stands in quotes or a comment left out (the word of a heredoc keeps its quotes); a null at the
    end stands for an open quote."""
    out, quote, i = "", "", 0
    while i < len(text):
        c = text[i]
        if quote:
            if c == "\\" and quote == '"':
                i += 1
            elif c == quote:
                quote = ""
        elif c == "\\":
            i += 1
        elif c in "'\"":
            if word := re.match(r"(['\"])\w+\1", text[i:]) if re.search(r"<<-?\s*$", out) else None:
                out += word.group()
                i += word.end()
                continue
            quote = c
        elif c == "#" and (i == 0 or text[i - 1].isspace()):
            while i < len(text) and text[i] != "\n":
                i += 1
            continue
        else:
            out += c
        i += 1
    return out + ("\0" if quote else "")


def _split(text: str) -> list[tuple[str, str]]:
    """The parts of a line between `&&`, `||`, `;`, `|` and `&`, each with the operator after it; quotes are kept whole and
    a comment ends the line."""
    parts: list[tuple[str, str]] = []
    current, quote, i = "", "", 0
    while i < len(text):
        c = text[i]
        if quote:
            if c == "\\" and quote == '"':
                current += text[i : i + 2]
                i += 2
                continue
            quote = "" if c == quote else quote
        elif c == "\\":
            current += text[i : i + 2]
            i += 2
            continue
        elif c in "'\"":
            quote = c
        elif c == "#" and (not current or current[-1].isspace()):
            break
        elif text.startswith("${{", i):
            end = text.find("}}", i)
            end = len(text) if end < 0 else end + 2
            current += text[i:end]
            i = end
            continue
        elif c in "&|;":
            op = text[i : i + 2] if text[i : i + 2] in ("&&", "||") else c
            if c == "&" and (current.endswith(">") or text[i + 1 : i + 2] == ">"):  # 2>&1
                current += c
                i += 1
                continue
            parts.append((current.strip(), op))
            current = ""
            i += len(op)
            continue
        current += c
        i += 1
    parts.append((current.strip().lstrip("({ "), ""))
    return [(_unwrapped(p), op) for p, op in parts]


def _unwrapped(text: str) -> str:
    """A part of a line without the parentheses and braces of a group that it opens or closes."""
    text = text.lstrip("({ ")
    while text.endswith(")") and text.count(")") > text.count("("):
        text = text[:-1].rstrip()
    return text


# -- workflows ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """One step of a job: an action that it uses or a script that it runs. `soft`: its failure does not fail the job."""

    line: int
    end: int
    name: str
    uses: str
    commands: tuple[Command, ...]
    inputs: Node
    soft: bool
    disabled: bool
    node: Node


@dataclass(frozen=True)
class Job:
    """One job. `matrix` holds the values of each axis as text, `include` entries added; `systems` are the values of
    `runs-on` with the matrix filled in."""

    id: str
    line: int
    node: Node
    steps: tuple[Step, ...]
    matrix: dict[str, tuple[str, ...]]
    systems: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True)
class Workflow:
    """A CI configuration that its host would accept. `triggers` maps each event to its filters."""

    path: str
    name: str
    node: Node
    triggers: dict[str, Node]
    jobs: tuple[Job, ...]
    host: str = "github"

    @property
    def active_steps(self) -> Iterator[tuple[Job, Step]]:
        """The steps that can run: neither they nor their job are switched off by `if: false`."""
        for job in self.jobs:
            if not job.disabled:
                yield from ((job, step) for step in job.steps if not step.disabled)

    def commands(self) -> Iterator[Command]:
        """Every command of every step that can run."""
        for _, step in self.active_steps:
            yield from step.commands

    @property
    def by_hand_only(self) -> bool:
        """Whether nothing but a person (or another workflow's call) starts it."""
        return set(self.triggers) <= {"workflow_dispatch", "workflow_call"}

    def reaches(self, branch: str) -> bool:
        """Whether a push to the branch, or a pull request into it, starts the workflow as far as its branch filters go. An
        unknown branch (empty) is reached."""
        for event in ("push", "pull_request", "pull_request_target"):
            if event in self.triggers and _branch_allowed(self.triggers[event], branch):
                return True
        return False


def _branch_allowed(filters: Node, branch: str) -> bool:
    if not branch:
        return True
    if filters["branches-ignore"] and any(_branch_glob(p, branch) for p in filters["branches-ignore"].texts()):
        return False
    if filters["branches"]:
        allowed = False
        for pattern in filters["branches"].texts():
            if pattern.startswith("!"):
                allowed = allowed and not _branch_glob(pattern[1:], branch)
            else:
                allowed = allowed or _branch_glob(pattern, branch)
        return allowed
    # With a filter on tags alone, a push to a branch starts nothing.
    return not ((filters["tags"] or filters["tags-ignore"]) and not filters["branches-ignore"])


def _branch_glob(pattern: str, branch: str) -> bool:
    return (fits := github_glob(pattern)) is not None and fits.fits(branch)


@lru_cache(maxsize=1024)
def github_glob(pattern: str) -> Linear | None:
    """GitHub's filter pattern for branches and paths: `*` stops at `/`, `**` does not, `?` and `+` repeat what stands
    before them, `[]` is a choice. None for a pattern that GitHub would refuse: it matches nothing."""
    out: list[str] = []
    i = 0
    while i < len(pattern):
        c = pattern[i]
        if pattern.startswith("**/", i) and (i == 0 or pattern[i - 1] == "/"):
            out.append(FOLDERS)
            i += 3
        elif c == "*":
            stars = 2 if pattern.startswith("**", i) else 1
            out.append(ACROSS if stars == 2 else WITHIN)
            i += stars
        elif c in "?+" and out:
            out[-1], i = f"(?:{out[-1]}){c}", i + 1
        elif c == "[" and (found := character_class(pattern, i)):
            out.append(found[0])
            i = found[1]
        elif c == "\\" and i + 1 < len(pattern):
            out.append(escape(pattern[i + 1]))
            i += 2
        else:
            out.append(escape(c))
            i += 1
    return linear("".join(out))


WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".gitlab-ci.yaml")


def workflow(file: File) -> Workflow | None:
    """The CI configuration in a file; None, with the reason noted, for one that does not parse or that the host would
    refuse (no trigger, no job, a key twice)."""
    return _bounded(file, "workflow", _workflow, lambda: None, by_content=False)


def _workflow(file: File) -> Workflow | None:
    documents = yaml_documents(file)
    if file.problems.get("yaml"):
        return None
    root = documents[0] if documents else Node()
    if file.name.startswith(".gitlab-ci"):
        return _gitlab(file, root)
    triggers = root["on"] if "on" in root else root["true"]
    duplicate = next((key for _, node in root.walk() for key in node.duplicates), "")
    refused = ""
    if root.kind != "map":
        refused = "holds no workflow (empty or commented out)"
    elif not triggers:
        refused = "has no `on:` trigger"
    elif root["jobs"].kind != "map":
        refused = "has no jobs"
    elif duplicate:
        refused = f"has the key `{duplicate}` twice"
    if refused:
        # An empty file, a commented-out one and another tool's are plainly no workflow; the others are broken ones.
        if root.kind == "map" and (triggers or root["jobs"]):
            file.cannot("workflow", f"{file.path} {refused}, so GitHub would refuse it")
        return None
    events = {key: value for key, (_, value) in triggers.entries.items()} or {t: Node() for t in triggers.texts()}
    jobs = tuple(_job(name, line, node) for name, (line, node) in root["jobs"].entries.items())
    return Workflow(file.path, root["name"].text, root, events, jobs)


def _job(name: str, line: int, node: Node) -> Job:
    matrix: dict[str, tuple[str, ...]] = {}
    axes = node["strategy"]["matrix"]
    for key, (_, value) in axes.entries.items():
        if key in ("include", "exclude"):
            continue
        if value.texts():
            matrix[key] = tuple(value.texts())
        for item in value.items:  # `matrix.config.os`
            for sub, (_, part) in item.entries.items():
                if part.kind == "text":
                    matrix[f"{key}.{sub}"] = (*matrix.get(f"{key}.{sub}", ()), part.text)
    for extra in axes["include"].items:
        for key, (_, value) in extra.entries.items():
            if value.kind == "text" and value.text not in matrix.get(key, ()):
                matrix[key] = (*matrix.get(key, ()), value.text)
    systems: list[str] = []
    for label in node["runs-on"].texts():
        axis = re.fullmatch(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}", label)
        systems += matrix.get(axis.group(1), ()) if axis else (label,)
    steps = tuple(_step(s) for s in node["steps"].items if s.kind == "map")
    return Job(name, line, node, steps, matrix, tuple(systems), _never(node["if"].text))


def _never(condition: str) -> bool:
    return re.fullmatch(r"(\$\{\{)?\s*false(\s*&&[^|]*)?\s*(\}\})?", condition.strip(), re.IGNORECASE) is not None


def _step(node: Node) -> Step:
    run = node["run"]
    commands = tuple(shell_commands(run.text, run.line)) if run.kind == "text" else ()
    return Step(
        line=node.line,
        end=max([node.end, *(v.end for _, v in node.entries.values())]),
        name=node["name"].text,
        uses=node["uses"].text,
        commands=commands,
        inputs=node["with"],
        soft=node["continue-on-error"].text == "true",
        disabled=_never(node["if"].text),
        node=node,
    )


GITLAB_WORDS = frozenset(
    [
        "image",
        "services",
        "stages",
        "variables",
        "cache",
        "before_script",
        "after_script",
        "default",
        "include",
        "workflow",
        "pages",
        "spec",
        "stage",
    ]
)


def _gitlab(file: File, root: Node) -> Workflow | None:
    if root.kind != "map":
        file.cannot("workflow", f"{file.path} holds no jobs")
        return None
    jobs = []
    for name, (line, node) in root.entries.items():
        if (name in GITLAB_WORDS and name != "pages") or name.startswith(".") or "script" not in node:
            continue
        commands = [
            c
            for key in ("before_script", "script", "after_script")
            for item in (node[key].items or [node[key]])
            if item.kind == "text"
            for c in shell_commands(item.text, item.line)
        ]
        step = Step(
            line,
            node.end,
            name,
            "",
            tuple(commands),
            Node(),
            node["allow_failure"].text == "true",
            node["when"].text == "never",
            node,
        )
        axes = node["parallel"]["matrix"].items
        matrix: dict[str, tuple[str, ...]] = {}
        for axis in axes:
            for key, (_, value) in axis.entries.items():
                matrix[key] = (*matrix.get(key, ()), *value.texts())
        jobs.append(Job(name, line, node, (step,), matrix, tuple(node["tags"].texts()), node["when"].text == "never"))
    return Workflow(file.path, file.name, root, {"push": Node(), "merge_request": Node()}, tuple(jobs), host="gitlab")


# -- Dockerfiles and other scripts -------------------------------------------------------------------------------------

DOCKERFILES = ("**/*dockerfile*", "**/*containerfile*", "**/*.docker")


@dataclass(frozen=True)
class Instruction:
    """One instruction of a Dockerfile: its name in capitals, its values, and its flags (`--from=x`)."""

    name: str
    values: tuple[str, ...]
    flags: tuple[str, ...]
    line: int
    end: int
    text: str


_FROM = compile_later(r"(?im)^[^\S\n]*+FROM\s+\S")


def docker(file: File) -> tuple[Instruction, ...]:
    """The instructions of a Dockerfile; empty for a file that is none (no FROM at its start, or not parseable)."""
    return _bounded(file, "docker", _docker, tuple)


def _docker(file: File) -> tuple[Instruction, ...]:
    if not _FROM.search(file.text):
        head = next((row.lstrip() for row in file.lines if row.strip() and not row.lstrip().startswith("#")), "")
        if re.match(r"(?i)[^\sA-Z]\S{0,8}FROM\s", head):
            file.cannot("docker", f"{file.path} does not parse as a Dockerfile (odd letters before FROM)")
        return ()
    import dockerfile  # compiled; only where there is one to read

    try:
        parsed = dockerfile.parse_string(file.text)
    except (dockerfile.GoParseError, ValueError) as error:
        file.cannot("docker", f"{file.path} does not parse as a Dockerfile ({str(error)[:80]})")
        return ()
    made = tuple(
        Instruction(c.cmd.upper(), tuple(c.value), tuple(c.flags), c.start_line, c.end_line, c.original) for c in parsed
    )
    first = next((i.name for i in made if i.name != "ARG"), "")
    return made if first == "FROM" else ()


_SCRIPTS = ("sh", "bash", "zsh", "py", "yaml", "yml", "json", "toml", "mk")


def commands(file: File) -> list[Command]:
    """The commands that a file would run, whatever its kind: a workflow's active steps, a Dockerfile's RUN, CMD and
    ENTRYPOINT, a Makefile's or justfile's recipes, a shell script, the strings that an invoke task or `subprocess` runs, a
    Cloud Build step, a pre-commit hook's own entry, the tasks of pyproject.toml, pixi.toml and package.json."""
    return _bounded(file, "commands", lambda f: list(_commands(f)), list, by_content=False)


def _commands(file: File) -> Iterator[Command]:
    name = file.name.lower()
    if file.path.startswith(".github/workflows/") or name.startswith(".gitlab-ci"):
        found = workflow(file)
        yield from found.commands() if found else ()
    elif (re.search(r"dockerfile|containerfile", name) or name.endswith(".docker")) and file.suffix not in _SCRIPTS:
        for instruction in docker(file):
            if instruction.name == "RUN" and len(instruction.values) > 1:
                yield Command(shlex.join(instruction.values), instruction.line)
            elif instruction.name == "RUN":
                body = re.sub(
                    r"^\s*RUN\s+(--\S+\s+)*",
                    "",
                    "\n".join(file.lines[instruction.line - 1 : instruction.end]),
                    flags=re.I,
                )
                heredoc = re.match(r"<<-?['\"]?\w+['\"]?\s*\n", body)
                yield from shell_commands(body[heredoc.end() :] if heredoc else body, instruction.line + bool(heredoc))
            elif instruction.name in ("CMD", "ENTRYPOINT"):
                yield from shell_commands(
                    " ".join(shlex.quote(v) if len(instruction.values) > 1 else v for v in instruction.values),
                    instruction.line,
                )
    elif name in ("makefile", "gnumakefile", "justfile") or name.endswith(".mk"):
        recipe = [(i, r) for i, r in enumerate(file.lines, 1) if r[:1] in ("\t", " ") and r.strip()]
        for i, row in recipe:
            yield from shell_commands(row.strip().lstrip("@-+"), i)
    elif name.endswith((".sh", ".bash", ".zsh")):
        yield from shell_commands(file.text)
    elif file.suffix == "py":
        module = python(file)
        for call in module.calls if module else ():
            if call.name.endswith(".run") or call.name.startswith(("subprocess.", "os.system")):
                first = call.argument(0, "command")
                if isinstance(first, ast.List | ast.Tuple):
                    words = [str(w) for w in (literal(e) for e in first.elts) if isinstance(w, str)]
                    yield Command(shlex.join(words), first.lineno)
                elif text := joined_text(first):
                    yield from shell_commands(text, first.lineno if first is not None else call.line)
    elif file.suffix in ("yaml", "yml", "json") and re.search(r"\b(steps|entry|scripts)[\"']?\s*:", file.text):
        yield from _configured(file)
    elif name in ("pyproject.toml", "pixi.toml"):
        tool = below(toml(file), "tool") if name == "pyproject.toml" else {"pixi": toml(file)}
        for runner in ("pixi", "poe", "taskipy"):
            for key, value in table_of(tool, runner, "tasks").items():
                yield from shell_commands(text_of(below(value, "cmd") or value), toml_line(file, key))


def _configured(file: File) -> Iterator[Command]:
    root = yaml_root(file)
    for step in root["steps"].items:  # Cloud Build
        program = re.sub(r":.*$", "", step["name"].text.rsplit("/", 1)[-1])
        entry = step["entrypoint"].text
        arguments = step["args"].texts()
        if step["script"].kind == "text":
            yield from shell_commands(step["script"].text, step["script"].line)
        elif entry.rsplit("/", 1)[-1] in ("bash", "sh") and len(arguments) > 1:
            yield from shell_commands(arguments[-1], step["args"].items[-1].line)
        elif arguments:
            yield Command(
                shlex.join(
                    [entry or {"cloud-sdk": "gcloud", "cloudsdktool": "gcloud"}.get(program, program), *arguments]
                ),
                step["args"].line,
            )
    for repo in root["repos"].items:  # pre-commit
        for hook in repo["hooks"].items:
            if hook["entry"].kind == "text":
                yield from shell_commands(hook["entry"].text + " " + " ".join(hook["args"].texts()), hook["entry"].line)
    for _, (line, value) in root["scripts"].entries.items():  # package.json
        if value.kind == "text":
            yield from shell_commands(value.text, line)


def joined_text(node: ast.AST | None) -> str:
    """The text of a string expression, f-strings and additions included; `{...}` stands for what is computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{...}" for v in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return joined_text(node.left) + joined_text(node.right)
    return ""


# -- TOML --------------------------------------------------------------------------------------------------------------


def toml(file: File) -> Table:
    """A TOML file as a dict; empty if it does not parse. What is in it is asked for its type (see `auditor.shapes`)."""
    return _bounded(file, "toml", _toml, dict)


def _toml(file: File) -> Table:
    if too_deep(file.text, "toml"):
        file.cannot("toml", f"{file.path} is nested too deep to read as TOML (more than {limits.NESTING})")
        return {}
    try:
        data = tomllib.loads(file.text)
        return table_of(tame(data)) if _WILD.search(file.text) else data
    except (ValueError, RecursionError) as error:  # an integer of thousands of digits is a ValueError of its own
        file.cannot("toml", f"{file.path} does not parse as TOML ({error})")
        return {}


def toml_line(file: File, *keys: str) -> int:
    """The line where the last of the keys stands, looked for after the lines of those before it; 1 if it is not seen."""
    words: dict[str, list[int]] = file.once("lines by word", lambda: _lines_by_word(file))
    at = 0
    for key in keys:
        # a line that has a key has its first word; one without a word is looked for line by line
        first = _WORD.search(key)
        rows = words.get(first[0], []) if first else range(len(file.lines))
        pattern = re.compile(rf"""^\s*+(\[++[^\]]*?)?["']?{re.escape(key)}["']?\s*(=|\]|\.)|["']{re.escape(key)}\b""")
        at = next((i for i in rows[bisect_left(rows, at) :] if pattern.search(file.lines[i])), at)
    return at + 1


_WORD = compile_later(r"\w+")


def _lines_by_word(file: File) -> dict[str, list[int]]:
    """The numbers of the lines, from 0, that have a word."""
    found: dict[str, list[int]] = {}
    for i, line in enumerate(file.lines):
        for word in set(_WORD.findall(line)):
            found.setdefault(word, []).append(i)
    return found


# -- text --------------------------------------------------------------------------------------------------------------


def lines_matching(file: File, pattern: str | re.Pattern[str], comments: str = "#") -> Iterator[int]:
    """The numbers of the lines in which a pattern is found before any comment (`comments` starts one)."""
    regex = re.compile(pattern) if isinstance(pattern, str) else pattern
    for i, row in enumerate(file.lines, 1):
        code = row.split(comments, 1)[0] if comments else row
        if regex.search(code):
            yield i


@dataclass
class Remote:
    """A DVC remote: its name and URL with their line."""

    name: str
    url: str
    line: int
    default: bool = False
    options: dict[str, str] = field(default_factory=dict)


def dvc_remotes(file: File) -> list[Remote]:
    """The remotes of a `.dvc/config`, the default one first."""
    remotes: dict[str, Remote] = {}
    section, default = "", ""
    for i, row in enumerate(file.lines, 1):
        row = row.strip()
        if not row or row[0] in "#;":
            continue
        if match := re.fullmatch(r"""\[\s*'?\s*(\w+)\s*(?:["']([^"']*)["'])?\s*'?\s*\]""", row):
            section = match[2] if match[1] == "remote" and match[2] else "[" + match[1]
            if not section.startswith("["):
                remotes.setdefault(section, Remote(section, "", i))
        elif "=" in row:
            key, value = (part.strip() for part in row.split("=", 1))
            if section == "[core" and key == "remote":
                default = value
            elif section in remotes:
                remotes[section].options[key] = value
                if key == "url":
                    remotes[section].url, remotes[section].line = value, i
    for remote in remotes.values():
        remote.default = remote.name == default
    return sorted(remotes.values(), key=lambda r: not r.default)


def readable(file: File) -> bool:
    """Whether the file has text."""
    try:
        return file.text is not None
    except Unreadable:
        return False
