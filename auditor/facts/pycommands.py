"""The commands that Python code starts: what it hands to `subprocess`, `os.system`, invoke's and nox's `run`, `sh`."""

import ast
import shlex
from collections.abc import Iterable, Iterator, Mapping

from auditor import limits
from auditor.readers.nodes import children, walk
from auditor.readers.python import Function, Module
from auditor.readers.shell import Command, shell_commands
from auditor.snapshot import File

_SHELL = frozenset(
    ["os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput", "asyncio.create_subprocess_shell"]
)
_WORDS = frozenset(
    [
        "subprocess.run",
        "subprocess.call",
        "subprocess.check_call",
        "subprocess.check_output",
        "subprocess.Popen",
    ]
)
_REPLACED = {f"os.{how}{what}": int(how == "spawn") for how in ("exec", "spawn") for what in ("l", "lp", "v", "vp")}
_LIMIT = 200  # commands of one file, and values of one name
_COMPUTED = "{...}"

Names = Mapping[str, list[ast.expr]]


class PythonCommands:
    """The commands of a module, names followed to the literals that they stand for: constants, lists that a loop goes
    through, parameters of a helper to what its callers hand over. `computed` are the lines of commands whose program is
    only known when it runs."""

    def __init__(self, module: Module, sessions: bool = False) -> None:
        self._module = module
        self._sessions = sessions
        self._functions = {f.qualname: f for f in module.functions}
        self._names: dict[str, list[ast.expr]] | None = None
        self._local: dict[str, dict[str, list[ast.expr]]] = {}
        self._callers: dict[tuple[str, str], list[ast.expr]] = {}
        # Names that stand for names, many values each: followed once, or a few lines take for ever.
        self._followed: dict[tuple[str, str, int], list[ast.expr]] = {}
        self._joined: dict[tuple[int, str, int], str] = {}
        self._split: dict[tuple[int, str, int], list[str]] = {}
        self.computed: list[int] = []

    def found(self, function: Function | None = None) -> Iterator[Command]:
        """The commands in a function (its nested ones too), or in the whole module."""
        made = 0
        module = self._module
        for call in module.calls_in(function.line, function.end) if function else module.calls:
            name = call.name
            texts: list[tuple[str, bool]] | None = None
            if name in _SHELL or name in _WORDS:
                first = call.argument(0, "args") or call.argument(0, "cmd") or call.argument(0, "command")
                texts = self._commands(first, call.inside)
            elif name.endswith((".run", ".run_always", ".run_install", ".sudo")) and call.node.args and "." in name:
                if self._sessions:
                    words = [w for a in call.node.args for w in self._words(a, call.inside, 0)]
                    texts = [(_line(words), True)]
                elif self._module.name(call.node.func).split(".")[0] in self._parameters(call.inside):
                    texts = self._commands(call.node.args[0], call.inside)
            elif name == "asyncio.create_subprocess_exec":
                texts = [(_line(w for a in call.node.args for w in self._words(a, call.inside, 0)), True)]
            elif name in _REPLACED:  # a mode, the program, then its words, the first of which is what it calls itself
                given = [w for a in call.node.args for w in self._words(a, call.inside, 0)][_REPLACED[name] :]
                texts = [(_line([*given[:1], *given[2:]]), True)]
            elif name == "pytest.main" or name == "unittest.main":
                given = self._words(call.node.args[0], call.inside, 0) if call.node.args else []
                texts = [(_line([name.split(".")[0], *given]), True)]
            elif name.startswith("sh.") and "." not in name[3:] and self._module.imported("sh"):
                texts = [
                    (_line([name[3:], *(w for a in call.node.args for w in self._words(a, call.inside, 0))]), True)
                ]
            for text, plain in texts if texts is not None else ():
                if made >= _LIMIT:
                    self.computed.append(call.line)
                    return
                if not text or text.startswith((_COMPUTED, "'{...}'")) or len(text) > limits.COMMAND.value:
                    self.computed.append(call.line)
                    continue
                made += 1
                yield from [Command(text, call.line)] if plain else shell_commands(text, call.line)

    def _commands(self, node: ast.expr | None, inside: str) -> list[tuple[str, bool]]:
        """The commands that an argument may be: (text, whether it is words and no shell's line)."""
        if node is None:
            return []
        made: list[tuple[str, bool]] = []
        for one in self._values(node, inside, 0):
            if (
                isinstance(one, ast.List | ast.Tuple)
                or (isinstance(one, ast.BinOp) and self._is_list(one.left, inside))
                or (isinstance(one, ast.Call) and self._module.name(one.func).endswith(("split", "().split")))
            ):
                made.append((_line(self._words(one, inside, 0)), True))
            else:
                made.append((self._text(one, inside, 0), False))
        return made

    def _is_list(self, node: ast.expr, inside: str) -> bool:
        return any(isinstance(v, ast.List | ast.Tuple) for v in self._values(node, inside, 0))

    def _values(self, node: ast.expr, inside: str, depth: int) -> list[ast.expr]:
        """What an expression may be, names followed."""
        if depth > 5:
            return [node]
        if isinstance(node, ast.IfExp):
            return [*self._values(node.body, inside, depth + 1), *self._values(node.orelse, inside, depth + 1)]
        if isinstance(node, ast.Name):
            key = node.id, inside, depth
            if (found := self._followed.get(key)) is None:
                known = self._named(inside).get(node.id) or self._given(node.id, inside) or self._named("").get(node.id)
                found = [v for k in known[:_LIMIT] for v in self._values(k, inside, depth + 1)] if known else []
                self._followed[key] = found = found[:_LIMIT]
            return found or [node]
        return [node]

    def _text(self, node: ast.AST | None, inside: str, depth: int) -> str:
        """The text that an expression makes; longer than any command it is as good as computed."""
        if depth > 5 or node is None:
            return _COMPUTED
        key = id(node), inside, depth
        if (known := self._joined.get(key)) is None:
            known = self._made(node, inside, depth)
            self._joined[key] = known = _whole([known])
        return known

    def _made(self, node: ast.AST, inside: str, depth: int) -> str:
        if isinstance(node, ast.Constant):
            return node.value if isinstance(node.value, str) else str(node.value)
        if isinstance(node, ast.JoinedStr):
            return _whole(
                self._text(v.value if isinstance(v, ast.FormattedValue) else v, inside, depth + 1) for v in node.values
            )
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Div):
            sign = "/" if isinstance(node.op, ast.Div) else ""
            return self._text(node.left, inside, depth + 1) + sign + self._text(node.right, inside, depth + 1)
        if isinstance(node, ast.Name):
            values = self._values(node, inside, depth)
            return self._text(values[0], inside, depth + 1) if values and values[0] is not node else _COMPUTED
        if isinstance(node, ast.Attribute) and self._module.name(node) == "sys.executable":
            return "python"
        if isinstance(node, ast.Call):
            name = self._module.name(node.func)
            if name in ("str", "shlex.quote", "os.fspath", "pathlib.Path", "Path") and node.args:
                return self._text(node.args[0], inside, depth + 1)
            if name.endswith(".join") and node.args and isinstance(node.func, ast.Attribute):
                glue = self._text(node.func.value, inside, depth + 1)
                if name not in ("os.path.join", "shlex.join"):
                    return _whole(self._words(node.args[0], inside, depth + 1), glue)
            if name == "shlex.join" and node.args:
                return _line(self._words(node.args[0], inside, depth + 1))
            if name == "shutil.which" and node.args:
                return self._text(node.args[0], inside, depth + 1)
            if name in ("textwrap.dedent", "dedent") and node.args:
                return self._text(node.args[0], inside, depth + 1)
        return _COMPUTED

    def _words(self, node: ast.expr, inside: str, depth: int) -> list[str]:
        """The words that an expression makes, as many as a command may have letters."""
        if depth > 5:
            return [_COMPUTED]
        key = id(node), inside, depth
        if (known := self._split.get(key)) is None:
            known = self._split[key] = self._listed(node, inside, depth)[: limits.COMMAND.value]
        return known

    def _listed(self, node: ast.expr, inside: str, depth: int) -> list[str]:
        if isinstance(node, ast.List | ast.Tuple):
            return [w for e in node.elts for w in self._words(e, inside, depth + 1)]
        if isinstance(node, ast.Starred):
            return [w for v in self._values(node.value, inside, 0)[:1] for w in self._words(v, inside, depth + 1)]
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and self._is_list(node.left, inside):
            return [*self._words(node.left, inside, depth + 1), *self._words(node.right, inside, depth + 1)]
        if isinstance(node, ast.Name):
            values = self._values(node, inside, depth)
            if values and isinstance(values[0], ast.List | ast.Tuple):
                return self._words(values[0], inside, depth + 1)
        if isinstance(node, ast.Call):
            name = self._module.name(node.func)
            inner = node.args[0] if name == "shlex.split" and node.args else None
            if name.endswith(".split") and isinstance(node.func, ast.Attribute) and not inner:
                inner = node.func.value
            if inner is not None:
                return self._text(inner, inside, depth + 1).split()
        return [self._text(node, inside, depth)]

    # -- names -----------------------------------------------------------------------------------------------------

    def _parameters(self, inside: str) -> list[str]:
        function = self._functions.get(inside)
        return [a.arg for a in function.node.args.args] if function else []

    def _given(self, name: str, inside: str) -> list[ast.expr]:
        """What the callers of a function hand over as one of its parameters, its default with them."""
        key = name, inside
        if key not in self._callers:
            self._callers[key] = self._handed_over(name, inside)
        return self._callers[key]

    def _handed_over(self, name: str, inside: str) -> list[ast.expr]:
        function = self._functions.get(inside)
        if not function or name not in self._parameters(inside):
            arguments = function.node.args if function else None
            if not arguments or not arguments.vararg or arguments.vararg.arg != name:
                return []
            named = function.name if function else ""
            given: list[ast.expr] = [
                ast.List(elts=list(c.node.args), ctx=ast.Load()) for c in self._module.calls if c.name == named
            ]
            return given[:_LIMIT]
        at = self._parameters(inside).index(name)
        calls = (c for c in self._module.calls if c.name == function.name or c.name.endswith(f".{function.name}"))
        return [v for c in calls if (v := c.argument(at, name)) is not None][:_LIMIT]

    def _named(self, inside: str) -> Names:
        """The values that names are given in a function, or at the module's top level."""
        if inside not in self._local:
            made: dict[str, list[ast.expr]] = {}
            function = self._functions.get(inside)
            if not inside or function:
                for node in self._statements(function.node if function else self._module.tree, bool(function)):
                    _bind(node, made)
            self._local[inside] = made
        return self._local[inside]

    def _statements(self, top: ast.AST, deep: bool) -> Iterator[ast.AST]:
        if deep:
            yield from walk(top)
            return
        todo = [top]
        for one in todo:
            yield one
            todo += [
                c
                for c in children(one)
                if not isinstance(c, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
            ]


def python_commands(
    file: File, module: Module, function: Function | None = None, sessions: bool = False
) -> tuple[tuple[Command, ...], list[int]]:
    """The commands in a function of a file, or in the whole of it, and the lines of those whose program is computed. Read once,
    however often a command leads there."""
    key = f"commands of Python, sessions {sessions}"

    def read() -> tuple[tuple[Command, ...], list[int]]:
        reader = file.once(key, lambda: PythonCommands(module, sessions))
        before = len(reader.computed)
        return tuple(reader.found(function)), reader.computed[before:]

    return file.once(f"{key}, {function.qualname}:{function.line}" if function else f"{key}, all", read)


def _whole(parts: Iterable[str], glue: str = "") -> str:
    """Parts of a text put together, as far as that can be a command."""
    kept: list[str] = []
    size = 0
    for part in parts:
        size += len(part) + len(glue)
        if size > limits.COMMAND.value:
            return _COMPUTED
        kept.append(part)
    return glue.join(kept)


def _line(words: Iterable[str]) -> str:
    """Words as a line of a shell."""
    return _whole(map(shlex.quote, words), " ")


def _bind(node: ast.AST, made: dict[str, list[ast.expr]]) -> None:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        made.setdefault(node.targets[0].id, []).append(node.value)
    elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
        made.setdefault(node.target.id, []).append(node.value)
    elif isinstance(node, ast.For | ast.comprehension):
        source: ast.expr = node.iter
        if (
            isinstance(source, ast.Call)
            and isinstance(source.func, ast.Attribute)
            and source.func.attr in ("items", "values")
        ):
            keys, source = source.func.attr == "items", source.func.value
            if isinstance(source, ast.Name) and made.get(source.id):
                source = made[source.id][0]
            if isinstance(source, ast.Dict):
                pairs: list[ast.expr] = [
                    ast.Tuple(elts=[k, v], ctx=ast.Load()) if keys else v
                    for k, v in zip(source.keys, source.values, strict=True)
                    if k is not None
                ]
                source = ast.List(elts=pairs, ctx=ast.Load())
        _bind_each(node.target, source, made)


def _bind_each(target: ast.expr, source: ast.expr, made: dict[str, list[ast.expr]]) -> None:
    if isinstance(source, ast.Name):
        source = made[source.id][0] if made.get(source.id) else source
    if not isinstance(source, ast.List | ast.Tuple):
        return
    if isinstance(target, ast.Name):
        made.setdefault(target.id, []).extend(source.elts)
    elif isinstance(target, ast.Tuple):
        for i, part in enumerate(target.elts):
            if isinstance(part, ast.Name):
                values = [e.elts[i] for e in source.elts if isinstance(e, ast.Tuple | ast.List) and i < len(e.elts)]
                made.setdefault(part.id, []).extend(values)
