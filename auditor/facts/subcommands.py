"""The subcommand of a command-line program that typed words lead to, with its own definition."""

import ast
from collections.abc import Mapping, Sequence

from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import literal
from auditor.readers.python import Function, Module


@dataclass(frozen=True)
class Part:
    """A subcommand: where it is defined, the words that lead to it, and the options that it takes. `unknown` is a word that names none
    where one has to stand; then `others` are those that there are, and the definition is that of the group."""

    line: int
    words: tuple[str, ...]
    options: tuple[str, ...] = ()
    unknown: str = ""
    others: tuple[str, ...] = ()


_SUFFIX = compile_later(r"-(?:command|cmd|group|grp)$")  # which newer versions of click leave out


@dataclass(frozen=True)
class _Command:
    line: int
    name: str
    owner: str  # the object that collects it
    held: str  # the name under which it collects others
    group: bool


def part_of(module: Module, typed: Sequence[str], options: Mapping[int, tuple[str, ...]]) -> Part | None:
    """The subcommand of argparse, click or typer that the words of a command name; None where they name none for sure. `options` has
    what the commands of click and typer take, by the line of their decorator."""
    words = [w for w in typed if not w.startswith("-")]
    if not words:
        return None
    parsers = [c for c in module.calls if c.name.endswith(".add_parser")]
    if parsers:
        named = [c for c in parsers if literal(c.argument(0)) == words[0]]
        return Part(named[0].line, (words[0],), _added(module, named[0].node)) if len(named) == 1 else None
    return _collected(module, typed, options)


def _added(module: Module, made: ast.Call) -> tuple[str, ...]:
    """The options that are added to the parser that a call makes, up to where its name is given to another."""
    name, scope = "", [n for n in module.nodes if isinstance(n, ast.Assign)]
    for node in scope:
        if node.value is made and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
    again = [n.lineno for n in scope if any(isinstance(t, ast.Name) and t.id == name for t in n.targets)]
    end = min((line for line in again if line > made.lineno), default=1 << 30)
    calls = module.calls_to(".add_argument") if name else ()
    own = [c for c in calls if made.lineno < c.line < end and _on(c.node) == name]
    return tuple(flag for c in own for a in c.node.args if isinstance(flag := literal(a), str))


def _on(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[0]


def _collected(module: Module, typed: Sequence[str], options: Mapping[int, tuple[str, ...]]) -> Part | None:
    known = [c for f in module.functions for c in _commands(f)]
    at = _root(known, module)
    if at is None:
        return None
    path: list[str] = []
    aliased = any(isinstance(n, ast.keyword) and n.arg and "alias" in n.arg for n in module.nodes)
    for k, word in enumerate(typed if at.group else ()):
        below = [c for c in known if c.owner == at.held]
        found = [c for c in below if word in (c.name, _SUFFIX.sub("", c.name), c.name.replace("-", "_"))]
        if len(found) == 1:
            at = found[0]
            path.append(word)
            if not at.group:
                break
        elif found or not below or aliased or any(w.startswith("-") for w in typed[: k + 1]):
            break  # a flag may have a value, which is no command
        else:
            return Part(at.line, tuple(path), (), word, tuple(sorted({c.name for c in below})))
    return Part(at.line, tuple(path), options[at.line]) if at.line in options else None


def _root(known: Sequence[_Command], module: Module) -> _Command | None:
    """What the words begin at: the one command or group of no other, or the one object that collects (one command alone of it is not
    named)."""
    roots = [c for c in known if not c.owner]
    if roots:
        return roots[0] if len(roots) == 1 else None
    owners = {c.owner for c in known} - {c.held for c in known if c.group}
    if len(owners) != 1:
        return None
    owner = owners.pop()
    below = [c for c in known if c.owner == owner]
    if len(below) == 1 and not any(d.endswith(".callback") for f in module.functions for d in f.decorators):
        return below[0]
    return _Command(min(c.line for c in below), "", "", owner, True)


def _commands(f: Function) -> list[_Command]:
    made = []
    for decorator, name in zip(f.node.decorator_list, f.decorators, strict=True):
        owner, _, method = name.rpartition(".")
        if method not in ("command", "group") or not owner:
            continue
        given = [literal(a) for a in decorator.args[:1]] if isinstance(decorator, ast.Call) else []
        given += (
            [literal(k.value) for k in decorator.keywords if k.arg == "name"] if isinstance(decorator, ast.Call) else []
        )
        called = next((g for g in given if isinstance(g, str)), f.name.replace("_", "-"))
        owner = "" if owner in ("click", "rich_click", "asyncclick", "typer") else owner
        made.append(_Command(decorator.lineno, called, owner, f.name, method == "group"))
    return made
