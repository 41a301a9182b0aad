"""Which modules of the project cannot be imported: they take a name from one of the project's own modules that is not there."""

import ast
import posixpath
import sys
from collections.abc import Iterator, Mapping

from auditor.facts.deps import WELL_KNOWN
from auditor.holes import watching
from auditor.lazy import dataclass
from auditor.readers.python import Module, python
from auditor.readers.text import readable
from auditor.snapshot import File, Snapshot

_STEPS = 20  # imports of imports that are followed
_OPEN = frozenset(["__getattr__", "globals", "exec", "vars", "setattr", "import_module"])


@dataclass(frozen=True)
class Broken:
    """The import that stops a module: its line, the name that it asks for, and the file that does not have it."""

    line: int
    name: str
    file: str

    def __str__(self) -> str:
        return f"line {self.line} imports `{self.name}`, which {self.file} does not have"


def broken_imports(snapshot: Snapshot) -> Mapping[str, Broken]:
    """The modules that stop at an import, by path, those that import one of them included.

    Only imports at the top of a module count (none in a function, under `try`, `if` or `with`), of names from files of the
    commit that could be read. A file with a star import, `__getattr__` or names made at run time may have any name. Where
    several files could be meant, none of them may have it.
    """
    return snapshot.once("broken imports", lambda: _broken(snapshot))


def _broken(snapshot: Snapshot) -> dict[str, Broken]:
    with watching():
        files = {p: f for p, f in dict.items(snapshot.files) if p.endswith(".py") and not f.why_skipped and readable(f)}
        by_end: dict[str, list[str]] = {}
        for path in files:
            by_end.setdefault(_module_path(path).rsplit("/", 1)[-1], []).append(path)
        modules = {p: m for p, f in files.items() if (m := python(f)) is not None}
        found: dict[str, Broken] = {}
        needs: dict[str, list[tuple[int, str, str]]] = {}
        for path, module in modules.items():
            for line, name, targets in _imports(path, module, by_end):
                lacking = [t for t in targets if not _has(t, name, files, modules)]
                if lacking and len(lacking) == len(targets):
                    found.setdefault(path, Broken(line, name, targets[0]))
                elif len(targets) == 1:
                    needs.setdefault(path, []).append((line, name, targets[0]))
        for _ in range(_STEPS):
            more = {
                path: Broken(line, name, target)
                for path, wanted in needs.items()
                if path not in found
                for line, name, target in wanted
                if target in found and target != path
            }
            if not more:
                break
            found |= {p: Broken(b.line, b.name, found[b.file].file) for p, b in more.items()}
        return found


def _module_path(path: str) -> str:
    return path.removesuffix(".py").removesuffix("/__init__")


def _imports(path: str, module: Module, by_end: Mapping[str, list[str]]) -> Iterator[tuple[int, str, list[str]]]:
    """Each name that a module takes at its top, with the files of the commit that it could be taken from."""
    folder = posixpath.dirname(path)
    for node in module.tree.body:
        if not isinstance(node, ast.ImportFrom):
            continue
        inner = (node.module or "").replace(".", "/")
        if node.level:
            base = folder
            for _ in range(node.level - 1):
                base = posixpath.dirname(base)
            wanted = posixpath.normpath(posixpath.join(base, inner)) if inner else base
            targets = [p for p in by_end.get(wanted.rsplit("/", 1)[-1], ()) if _module_path(p) == wanted]
        else:
            ends = by_end.get(inner.rsplit("/", 1)[-1], ()) if inner else ()
            targets = [p for p in ends if f"/{_module_path(p)}".endswith(f"/{inner}")]
            if (top := inner.split("/")[0]) in sys.stdlib_module_names or top in WELL_KNOWN:
                continue
            if "/" not in inner and not any(posixpath.dirname(p) == folder for p in targets):
                continue  # a bare name is a file beside it, or another package
        for alias in node.names if targets else ():
            if alias.name != "*":
                yield node.lineno, alias.name, targets


def _has(path: str, name: str, files: Mapping[str, File], modules: Mapping[str, Module]) -> bool:
    """Whether a module has a name, or may have it: every name that is bound anywhere in it counts."""
    module = modules.get(path)
    if module is None or name.startswith("__"):
        return True
    if path.endswith("/__init__.py"):
        folder = path.removesuffix("__init__.py") + name
        if f"{folder}.py" in files or any(p.startswith(folder + "/") for p in files):
            return True
    names = names_of(files[path], module)
    return name in names or bool(names & _OPEN) or "*" in names


def names_of(file: File, module: Module) -> frozenset[str]:
    """Every name that is bound somewhere in a module, and those of `globals`, `exec` and the like that it mentions."""

    def make() -> frozenset[str]:
        names = {f.name for f in module.functions} | {c.name for c in module.classes} | set(module.aliases)
        names |= module.unreached.keys()
        for node in module.nodes:
            if isinstance(node, ast.Name) and (isinstance(node.ctx, ast.Store) or node.id in _OPEN):
                names.add(node.id)
            elif isinstance(node, ast.Attribute) and node.attr in _OPEN:
                names.add(node.attr)
            elif isinstance(node, ast.MatchAs | ast.MatchStar) and node.name:
                names.add(node.name)
        return frozenset(names)

    return file.once("names of a module", make)
