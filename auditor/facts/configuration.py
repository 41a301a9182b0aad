"""What an override on the command line may name: the keys, groups and files of a repository's configuration."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from auditor.readers import Node, literal, python, yaml_documents
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot

_NO_CONFIGURATION = (
    "!.github/**",
    "!.dvc/**",
    "!**/{mkdocs,cloudbuild,docker-compose,compose,dvc,environment,conda,dependabot,action,prometheus}.y*ml",
    "!**/.pre-commit-config.y*ml",
    "!reports/**",
)
_SETTINGS_LIMIT = 200_000  # bytes; larger YAML is data


@dataclass
class Configuration:
    """The configuration of a commit.

    `keys` are full dotted keys as a file or its group spells them, with where they stand; `leaves` the last parts of all of
    them and of what code declares (dataclass fields, arguments, dictionary keys). `groups` maps a group's name to its options;
    `files` maps a YAML file's stem to its paths. `broken` are files that do not parse: with one of them nothing is sure.
    """

    snapshot: Snapshot
    keys: dict[str, tuple[str, int]] = field(default_factory=dict)
    leaves: set[str] = field(default_factory=set)
    groups: dict[str, set[str]] = field(default_factory=dict)
    folders: dict[str, str] = field(default_factory=dict)
    files: dict[str, list[str]] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def has_key(self, key: str) -> bool:
        """Whether the whole key, or only its last part, is known anywhere."""
        last = key.rsplit(".", 1)[-1]
        return key in self.keys or last in self.leaves or last in self.declared

    @cached_property
    def declared(self) -> frozenset[str]:
        """The names that code declares; `files` and `groups` are completed by what a ConfigStore holds."""
        names: set[str] = set()
        _declared(self, names)
        return frozenset(names)

    def group(self, name: str) -> str:
        """The group that an override's left side names: `model`, `db/mysql`, `model@encoder`; empty if none."""
        name = name.split("@")[0].strip("/")
        return name if name in self.groups else ""


def configuration(snapshot: Snapshot) -> Configuration:
    """The configuration of a commit: its YAML files and TOML settings, and the names that code declares."""
    return snapshot.once("facts.configuration", lambda: _configuration(snapshot))


def _configuration(snapshot: Snapshot) -> Configuration:
    found = Configuration(snapshot)
    for file in snapshot.select(("**/*.{yaml,yml}", *_NO_CONFIGURATION), stubs=True).named():
        if file.skipped or file.size > _SETTINGS_LIMIT:
            continue
        stem = file.name.rsplit(".", 1)[0]
        found.files.setdefault(stem, []).append(file.path)
        try:
            documents = yaml_documents(file)
        except Unreadable:
            found.broken.append(file.path)
            continue
        if "yaml" in file.problems:
            found.broken.append(file.path)
        for root in documents:
            _keys(found, file, root)
        if file.folder:
            folder = file.folder.rsplit("/", 1)[-1]
            for name in _group_names(file.folder):
                found.groups.setdefault(name, set()).add(stem)
                found.folders.setdefault(name, file.folder)
            found.leaves.add(folder)
    return found


def _group_names(folder: str) -> Iterator[str]:
    """The names that a folder of options may go by below any root: `conf/db/mysql` is `mysql`, `db/mysql`, `conf/db/mysql`."""
    parts = folder.split("/")
    for n in range(len(parts)):
        yield "/".join(parts[n:])


def _keys(found: Configuration, file: File, root: Node) -> None:
    if root.kind != "map":
        return
    package = next((m[1] for row in file.lines[:3] if (m := re.match(r"#\s*@package\s+(\S+)", row))), "")
    group = [p for p in file.folder.split("/") if p]
    for path, node in _walk(root):
        dotted = ".".join(path)
        at = (file.path, node)
        for n in range(len(group) + 1):
            found.keys.setdefault(".".join([*group[n:], dotted]), at)
        found.keys.setdefault(dotted, at)
        if package and package not in ("_global_", "_group_"):
            found.keys.setdefault(f"{package}.{dotted}", at)
        found.leaves.update(path)
    for entry in root["defaults"].items:
        for key in entry.entries:
            found.leaves.add(re.sub(r"^(override\s+|optional\s+)*/?", "", key).split("@")[0].rsplit("/", 1)[-1])
            if "@" in key:
                found.leaves.update(key.rsplit("@", 1)[-1].split("."))


def _walk(node: Node, path: tuple[str, ...] = (), depth: int = 0) -> Iterator[tuple[tuple[str, ...], int]]:
    for key, (line, value) in node.entries.items():
        yield (*path, key), line
        if depth < 8:
            yield from _walk(value, (*path, key), depth + 1)
    for i, item in enumerate(node.items):
        if depth < 8:
            yield from _walk(item, (*path, str(i)), depth + 1)


def _declared(found: Configuration, names: set[str]) -> None:
    """Names that code declares and an override may reach: fields of dataclasses and models, `add_argument` flags, and the
    keys of dictionaries where a configuration is made in code."""
    for file in found.snapshot.select(
        ("**/*.py",), mentions=("dataclass", "config", "argparse", "omegaconf", "hydra"), stubs=True
    ):
        module = python(file)
        if module is None:
            continue
        for c in module.classes:
            decorated = any(isinstance(d, ast.Name | ast.Attribute | ast.Call) for d in c.node.decorator_list)
            if (
                decorated
                or any(b.endswith(("BaseModel", "BaseSettings", "Config")) for b in c.bases)
                or "onfig" in c.name
            ):
                for s in c.node.body:
                    if isinstance(s, ast.AnnAssign) and isinstance(s.target, ast.Name):
                        names.add(s.target.id)
        if module.imported("hydra", "omegaconf", "hydra_zen"):
            for node in module.nodes:
                if isinstance(node, ast.Dict):
                    names.update(k.value for k in node.keys if isinstance(k, ast.Constant) and isinstance(k.value, str))
            for call in module.calls_to("hydra_zen.builds", "hydra_zen.make_config", ".store"):
                names.update(k.arg for k in call.node.keywords if k.arg)
                if isinstance(name := literal(call.keyword("name")), str):
                    found.files.setdefault(name, []).append(file.path)
                    group = literal(call.keyword("group"))
                    if isinstance(group, str):
                        found.groups.setdefault(group, set()).add(name)
        for call in module.calls_to(".add_argument"):
            names.update(
                flag.lstrip("-").replace("-", "_") for a in call.node.args if isinstance(flag := literal(a), str)
            )


def values(file: File) -> dict[str, tuple[str, int]]:
    """The scalar values of a YAML file by full dotted key, with their lines; empty if it does not parse."""

    def make() -> dict[str, tuple[str, int]]:
        made: dict[str, tuple[str, int]] = {}
        documents = yaml_documents(file)
        if "yaml" in file.problems or len(documents) != 1:
            return made
        for path, node in documents[0].walk():
            if node.kind == "text":
                made[".".join(path)] = (node.text, node.line)
        return made

    return file.once("facts.configuration.values", make)
