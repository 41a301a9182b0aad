"""The repository's own Python as names lead through it: modules, functions, what calls what."""

import ast
from collections.abc import Iterator

from auditor.holes import Hole, unsure
from auditor.readers.python import Call, Class, Function, Module, python
from auditor.readers.text import readable
from auditor.snapshot import File, Files


class Code:
    """The repository's own Python as names lead through it. Third-party code is not known and ends a path."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._found: dict[tuple[str, str], str] = {}
        self._imports: dict[str, list[File]] = {}
        self._symbols: dict[tuple[str, str], tuple[str, str]] = {}
        self._calls: dict[tuple[str, str, int], list[Call]] = {}
        self._called: dict[tuple[str, str, int], list[tuple[File, Function]]] = {}
        self.runs: dict[tuple[str, str, int], bool] = {}  # whether a function runs a model
        self._named: dict[str, dict[str, list[Function]]] = {}

    @classmethod
    def of(cls, files: Files) -> "Code":
        """The code of the commit that a selection is part of."""
        return files.once("code", lambda: cls(files))

    def module(self, file: File) -> Module | None:
        """The parsed module of any tracked file."""
        return python(file) if readable(file) else None

    def path_of(self, dotted: str, origin: File) -> str:
        """The tracked file of a module as the file `origin` would import it, or an empty string."""
        key = (origin.folder, dotted)
        if key not in self._found:
            self._found[key] = self._path_of(dotted, origin.folder)
        return self._found[key]

    def _path_of(self, dotted: str, folder: str) -> str:
        parents = folder.split("/") if folder else []
        stripped = dotted.lstrip(".")
        if level := len(dotted) - len(stripped):
            if level - 1 > len(parents):
                return ""
            roots = ["/".join(parents[: len(parents) - (level - 1)])]
        else:
            roots = ["/".join(parents[:i]) for i in range(len(parents), -1, -1)]
            roots = [r for root in roots for r in (root, f"{root}/src" if root else "src")]
        below = stripped.replace(".", "/")
        for root in roots:
            base = f"{root}/{below}" if root and below else root or below
            for path in (f"{base}.py", f"{base}/__init__.py"):
                if path in self._files.paths and (below or path.endswith("__init__.py")):
                    return path
        return ""

    def variable(self, name: str, origin: File) -> tuple[str, str]:
        """Where a name, as written in a file, is defined: the tracked file's path and the name there."""
        module = self.module(origin)
        head, _, rest = name.partition(".")
        if module is None or head not in module.aliases:
            return origin.path, name
        return self.symbol(module.aliases[head] + ("." + rest if rest else ""), origin)

    def symbol(self, dotted: str, origin: File, depth: int = 0) -> tuple[str, str]:
        """As `variable`, for a name that is already resolved through the imports of `origin`."""
        if depth:
            return self._symbol(dotted, origin, depth)
        key = (origin.path, dotted)
        if key not in self._symbols:
            self._symbols[key] = self._symbol(dotted, origin, 0)
        return self._symbols[key]

    def _symbol(self, dotted: str, origin: File, depth: int) -> tuple[str, str]:
        dots = len(dotted) - len(dotted.lstrip("."))
        parts = dotted[dots:].split(".")
        for i in range(len(parts), -1 if dots else 0, -1):
            path = self.path_of("." * dots + ".".join(parts[:i]), origin)
            if not path:
                continue
            name = ".".join(parts[i:])
            there = self.module(self._files.paths[path])
            if name and there and depth < 3 and (head := name.split(".")[0]) in there.aliases and path != origin.path:
                return self.symbol(there.aliases[head] + name[len(head) :], self._files.paths[path], depth + 1)
            return path, name
        return "", dotted

    def imports(self, file: File) -> list[File]:
        """The tracked files that a file imports, anywhere in it."""
        if file.path not in self._imports:
            self._imports[file.path] = self._imported(file)
        return self._imports[file.path]

    def _imported(self, file: File) -> list[File]:
        module = self.module(file)
        paths = [self.symbol(name, file)[0] for name in module.imports] if module else []
        direct = [self.path_of(name.rpartition(".")[0] or name, file) for name in module.imports] if module else []
        return [self._files.paths[p] for p in dict.fromkeys([*paths, *direct]) if p and p != file.path]

    def closure(self, starts: list[File]) -> list[File]:
        """The files and everything of the repository that they import, directly or not."""
        seen = {f.path: f for f in starts}
        todo = list(seen.values())
        while todo:
            for file in self.imports(todo.pop()):
                if file.path not in seen:
                    seen[file.path] = file
                    todo.append(file)
        return list(seen.values())

    def function(self, file: File, qualname: str) -> Function | None:
        """A function of a file by its qualified name."""
        module = self.module(file)
        return next(iter(module.by_qualname.get(qualname, ())), None) if module else None

    def reached(self, file: File, qualname: str, hops: int = 3) -> list[tuple[File, Function]]:
        """The function and those of the repository that it calls or hands on, at most `hops` calls away."""
        start = self.function(file, qualname)
        if start is None:
            return []
        found = {(file.path, start.qualname): (file, start)}
        level = [(file, start)]
        for _ in range(hops):
            nearer = []
            for at, function in level:
                for target in self._reaches(at, function):
                    key = (target[0].path, target[1].qualname)
                    if key not in found and len(found) >= _REACHED:
                        unsure(Hole(file.path, "calls more functions than are followed", start.line))
                        return list(found.values())
                    if key not in found:
                        found[key] = target
                        nearer.append(target)
            level = nearer
        return list(found.values())

    def _reaches(self, file: File, function: Function) -> list[tuple[File, Function]]:
        """As `_targets`, remembered: whatever calls the function is asked on."""
        key = (file.path, function.qualname, function.line)
        if key not in self._called:
            self._called[key] = list(self._targets(file, function))
        return self._called[key]

    def calls(self, file: File, function: Function) -> list[Call]:
        """The calls in a function's body, those of functions nested in it included."""
        key = (file.path, function.qualname, function.line)
        if key not in self._calls:
            module, inner = self.module(file), function.qualname + "."
            calls = module.calls_in(function.line, function.end) if module else ()
            self._calls[key] = [c for c in calls if c.inside == function.qualname or c.inside.startswith(inner)]
        return self._calls[key]

    def _targets(self, file: File, function: Function) -> Iterator[tuple[File, Function]]:
        module = self.module(file)
        assert module is not None
        for call in self.calls(file, function):
            handed = [
                a
                for a in (*call.node.args, *(k.value for k in call.node.keywords))
                if isinstance(a, ast.Name | ast.Attribute)
            ]
            for node in (call.node.func, *handed):
                if isinstance(node, ast.Name | ast.Attribute):
                    yield from self._definitions(file, module, function, node, called=node is call.node.func)

    def _definitions(
        self, file: File, module: Module, function: Function, node: ast.Name | ast.Attribute, called: bool
    ) -> Iterator[tuple[File, Function]]:
        name = module.name(node)
        if "." not in name:  # the innermost scope first
            scope = function.qualname
            while True:
                wanted = f"{scope}.{name}" if scope else name
                if hit := self.function(file, wanted):
                    yield file, hit
                    return
                if not scope:
                    break
                scope = scope.rpartition(".")[0]
            if called and name in module.class_names:
                if hit := self.function(file, f"{name}.__init__"):
                    yield file, hit
                return
        head, _, method = name.rpartition(".")
        if head in ("self", "cls") and function.owner:
            wanted = f"{function.owner}.{method}"
            if hit := self.function(file, wanted):
                yield file, hit
                return
        path, attribute = self.symbol(name, file)
        if path and path != file.path:
            there = self._files.paths[path]
            for wanted in (attribute, f"{attribute}.__init__", f"{attribute}.__call__"):
                if hit := self.function(there, wanted):
                    yield there, hit
                    return
        if called and method and len(method) > 3 and method not in _COMMON:
            # A method of an object whose class is not known here: take it where the repository names it only once.
            near = [file, *self.imports(file)]
            hits = [(f, m) for f in near for m in self._methods(f, method)]
            if len(hits) == 1:
                yield hits[0]

    def _methods(self, file: File, name: str) -> list[Function]:
        if file.path not in self._named:
            made = self._named[file.path] = {}
            for f in module.functions if (module := self.module(file)) else ():
                if f.owner:
                    made.setdefault(f.name, []).append(f)
        return self._named[file.path].get(name, [])

    def classes(self, file: File) -> list[Class]:
        """The classes of a file."""
        module = self.module(file)
        return module.classes if module else []


_REACHED = 1_000  # functions that one leads to
_COMMON = frozenset(
    [
        "append",
        "extend",
        "items",
        "keys",
        "values",
        "read",
        "write",
        "close",
        "open",
        "copy",
        "join",
        "split",
        "strip",
        "format",
        "lower",
        "upper",
        "encode",
        "decode",
        "json",
        "load",
        "loads",
        "dump",
        "dumps",
        "mkdir",
        "exists",
        "post",
        "info",
        "error",
        "warning",
        "debug",
        "exception",
        "execute",
        "commit",
        "fetchall",
        "strftime",
        "isoformat",
        "startswith",
        "endswith",
        "replace",
        "numpy",
        "tolist",
        "item",
    ]
)
