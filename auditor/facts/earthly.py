"""Targets of Earthfiles: what `earthly +test` runs, with the targets that it is built from."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import field

from auditor import limits
from auditor.facts.scenes import Call, Lookup, Script, shell_folder
from auditor.lazy import compile_later, dataclass
from auditor.readers.shell import Command, shell_commands
from auditor.snapshot import File

_HEAD = compile_later(r"([A-Za-z][\w.-]*):\s*(?:#.*)?$")
_REFERENCE = compile_later(r"(?:^|[\s(=])((?:\.{0,2}/?[\w./-]*|[\w-]+)\+[A-Za-z][\w.-]*)")
_BUILDS = ("BUILD", "FROM", "COPY", "DO", "WITH")
_VALUED = ("--mount", "--secret", "--network", "--aws-profile")


@dataclass
class _Earthfile:
    """The instructions of each target (of the file's base under an empty name) with their lines, and its imports."""

    targets: dict[str, list[tuple[int, str]]] = field(default_factory=lambda: {"": []})
    imports: dict[str, str] = field(default_factory=dict)


def _read(file: File) -> _Earthfile:
    made = _Earthfile()
    name, joined, start = "", "", 0
    for line, row in enumerate(file.lines, 1):
        bare = row.strip()
        if not bare or bare.startswith("#"):
            continue
        if not joined and row[0] not in " \t" and (head := _HEAD.match(row)):
            name = head[1]
            made.targets.setdefault(name, [])
            continue
        start = start if joined else line
        joined += bare.removesuffix("\\").rstrip() + " "
        if not bare.endswith("\\"):
            made.targets[name].append((start, joined.strip()))
            joined = ""
    for _, text in made.targets[""]:
        words = text.split()
        if words[0] == "IMPORT" and len(words) > 1:
            made.imports[words[3] if words[2:3] == ["AS"] else words[1].rsplit("/", 1)[-1]] = words[1]
    return made


def earthly(lookup: Lookup, call: Call) -> Iterator[Script]:
    """The commands of the target that is asked for and of those that it builds, starts from, copies from or calls."""
    wanted = next((w for w in call.words[1:] if "+" in w and not w.startswith("-") and "=" not in w.split("+")[0]), "")
    if not wanted:
        if not set(call.words[1:]) & {"bootstrap", "account", "org", "prune", "config", "ls", "doc"}:
            lookup.lost(call, "and no target of it is named")
        return
    yield from _target(lookup, call, call.folder, wanted.split("/")[0] if wanted.startswith("+") else wanted, set())


def _target(
    lookup: Lookup, call: Call, folder: str, reference: str, done: set[tuple[str, str]], base: bool = True
) -> Iterator[Script]:
    where, _, name = reference.partition("+")
    name = name.split("/")[0]
    elsewhere = "$" in reference or (where and not where.startswith("."))
    into = shell_folder(folder, where) if where else folder
    found = None if elsewhere else lookup.find(into, "Earthfile")
    if found is None:
        lookup.lost(call, f"whose target `{reference[:60]}` is not there to be read")
        return
    read = found.once("earthfile", lambda: _read(found))
    if name != "base" and name not in read.targets:
        lookup.lost(call, f"a target that {found.path} does not have")
        return
    if (found.path, name) in done or len(done) >= limits.TARGETS.value:
        return
    done.add((found.path, name))
    rows = read.targets.get(name, []) if name != "base" else []
    if base and (found.path, "") not in done:  # each target begins with what the file begins with
        done.add((found.path, ""))
        rows = [*read.targets[""], *rows]
    for line, text in rows:
        word, _, rest = text.partition(" ")
        if word in _BUILDS:
            for match in _REFERENCE.finditer(rest):
                target = match[1]
                alias = target.partition("+")[0]
                if alias in read.imports:
                    target = f"{read.imports[alias]}+{target.partition('+')[2]}"
                yield from _target(lookup, call, found.folder, target, done)
        elif word == "RUN":
            yield Script(found, _commands(rest, line), found.folder, call.values)


def _commands(text: str, line: int) -> tuple[Command, ...]:
    """The commands of a RUN instruction, without its options; the form of a list of words too."""
    while text.startswith("--"):
        option, _, text = text.partition(" ")
        text = text.lstrip()
        if option in _VALUED:
            text = text.partition(" ")[2].lstrip()
    if text.startswith("[") and text.endswith("]"):
        words = re.findall(r"\"([^\"]*)\"", text)
        text = shlex.join(words) if words else text
    return tuple(Command(c.text, line, c.soft) for c in shell_commands(text, line))
