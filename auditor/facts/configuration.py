"""What an override on the command line may name, and what code reads: the keys, groups and files of a repository's configuration."""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from functools import cached_property

from auditor import limits
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import literal
from auditor.readers.python import python
from auditor.readers.yaml import Node, yaml_documents
from auditor.repository import Unreadable
from auditor.snapshot import File, Files, Snapshot

_NO_CONFIGURATION = (
    "!.github/**",
    "!.dvc/**",
    "!**/{mkdocs,cloudbuild,docker-compose,compose,dvc,environment,conda,dependabot,action,prometheus}.y*ml",
    "!**/.pre-commit-config.y*ml",
    "!reports/**",
)


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
        if file.skipped or file.size > limits.SETTINGS.value:
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
            found.leaves.add(re.sub(r"^(?:(?:override|optional)\s++)*+/?", "", key).split("@")[0].rsplit("/", 1)[-1])
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


# -- which keys code reads ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """One key of a configuration file that own code loads. `state`: `read` (by name, as an attribute, a string, an
    interpolation, a parameter of what `_target_` names), `unread`, `unknown` (its mapping is passed on whole, or keys are
    computed)."""

    path: str
    line: int
    key: str
    state: str
    where: str = ""  # the `path:line` of a reader


_OWN_WORDS = frozenset(["defaults", "hydra", "_self_", "override", "optional"])
_LOADERS = ("hydra", "omegaconf", "yaml", "tomllib", "toml", "tomli", "json", "pydantic", "dynaconf", "confuse", "box", "ruamel", "jsonargparse", "lightning")  # fmt: skip
# What the files of tools begin with: sweeps, jobs, builds, clusters, compose, workflows, hooks, pipelines, documentation.
_OF_A_TOOL = tuple(
    frozenset(marks.split())
    for marks in (
        "parameters method", "parameters program", "workerPoolSpecs", "worker_pool_specs", "steps", "kind apiVersion", "services", "jobs", "repos", "stages",
        "version updates", "site_name", "dependencies channels", "scrape_configs", "outs", "openapi", "runtime", "swagger",
    )
)  # fmt: skip
_CONFIGURES = compile_later(r"(?i)^(cfg|conf|config|configs|configuration|params|parameters|hparams|settings|hyperparameters|hps|opts?)$|_(cfg|config|params|hparams)$")  # fmt: skip


@dataclass
class _Uses:
    """What own code does with configurations: names that it reads (with a place), mappings that it passes on whole, and
    whether it reads keys that are computed."""

    names: dict[str, str] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)
    computed: str = ""


def keys(snapshot: Snapshot) -> tuple[Key, ...]:
    """Every key of the configuration files that own code loads, and whether it reads it."""
    return snapshot.once("facts.config-keys", lambda: tuple(_keys_read(snapshot)))


def _keys_read(snapshot: Snapshot) -> Iterator[Key]:
    chosen = snapshot.select(("**/*.{yaml,yml}", *_NO_CONFIGURATION))
    files = [f for f in chosen if f.size <= limits.SETTINGS.value]
    code = snapshot.select(("**/*.py", "**/*.ipynb"))
    if not files or not len(code):
        return
    loaded = _loaded(files, code)
    if not loaded:
        return
    uses = _uses(code)
    for file in files:
        for row in file.lines:
            for inside in re.findall(r"\$\{([\w.]+)", row):
                for part in inside.split("."):
                    uses.names.setdefault(part, file.path)
    for file in loaded:
        documents = yaml_documents(file)
        if "yaml" in file.problems or len(documents) != 1 or documents[0].kind != "map":
            continue
        if any(marks <= documents[0].entries.keys() for marks in _OF_A_TOOL):
            continue
        yield from _of_file(file, documents[0], uses)


def _of_file(file: File, root: Node, uses: _Uses) -> Iterator[Key]:
    group = file.folder.rsplit("/", 1)[-1]
    # an option of a group lies below the group's name, which may be passed on whole
    whole = bool({group} & uses.whole)

    def below(node: Node, path: tuple[str, ...], whole: bool, depth: int) -> Iterator[Key]:
        target = "_target_" in node
        for name, (line, value) in node.entries.items():
            if name.startswith("_") or (not path and name in _OWN_WORDS):
                continue
            dotted = ".".join((*path, name))
            if name in uses.names:
                state, where = "read", uses.names[name]
            elif target:
                state, where = "read", f"{file.path}:{node.line_of('_target_')}"
            else:
                state, where = ("unknown", uses.computed) if whole or uses.computed else ("unread", "")
            if value.kind == "map" and value.entries and depth < 8:
                inside = list(below(value, (*path, name), whole or target or name in uses.whole, depth + 1))
                yield from inside
                if state == "unread" and any(k.state != "unread" for k in inside):
                    state, where = "read", next(k.where for k in inside if k.state != "unread")
            yield Key(file.path, line, dotted, state, where)

    yield from below(root, (), whole, 0)


def _loaded(files: list[File], code: Files) -> list[File]:
    """The files that own code loads: below a folder that Hydra is told of, or named in code."""
    folders: set[str] = set()
    texts: list[str] = []
    for file in code:
        module = python(file)
        if module is None or not module.imported(*_LOADERS):
            continue
        texts += [n.value for n in module.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str) and len(n.value) < 200]  # fmt: skip
        for call in module.calls_to("hydra.main", "hydra.initialize", "hydra.initialize_config_dir", "hydra.initialize_config_module"):  # fmt: skip
            given = literal(call.argument(0, "config_path")) or literal(call.keyword("config_dir"))
            if isinstance(given, str):
                folders.add(posixpath.normpath(posixpath.join(file.folder, given)))
            elif call.name == "hydra.main":
                folders.add(file.folder or ".")
    named = " ".join(texts)
    found = []
    for file in files:
        below = any(f == "." or file.path.startswith(f + "/") for f in folders if not f.startswith(".."))
        if below or file.name in named:
            found.append(file)
    return found


def _uses(code: Files) -> _Uses:
    found = _Uses()
    for file in code:
        module = python(file)
        if module is None:
            found.computed = found.computed or file.path
            continue
        for node in module.nodes:
            if isinstance(node, ast.Attribute):
                found.names.setdefault(node.attr, f"{file.path}:{node.lineno}")
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
                for part in node.value.split("."):
                    found.names.setdefault(part, f"{file.path}:{node.lineno}")
            elif isinstance(node, ast.Subscript) and not isinstance(node.slice, ast.Constant):
                if _CONFIGURES.search(_last(node.value)) and not isinstance(node.slice, ast.Slice):
                    found.computed = found.computed or f"{file.path}:{node.lineno}"
            elif isinstance(node, ast.Call):
                _passed(file, node, found)
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                # a field of a schema, which whoever builds it takes by name
                found.names.setdefault(node.target.id, f"{file.path}:{node.lineno}")
        for function in module.functions:
            for argument in (*function.node.args.args, *function.node.args.kwonlyargs):
                found.names.setdefault(argument.arg, f"{file.path}:{function.line}")
    return found


def _passed(file: File, node: ast.Call, found: _Uses) -> None:
    """A call that takes a mapping whole, or a key that is computed."""
    for keyword in node.keywords:
        if keyword.arg is None:
            found.whole.add(_last(keyword.value))
            if isinstance(keyword.value, ast.Name) and _CONFIGURES.search(keyword.value.id):
                found.computed = found.computed or f"{file.path}:{node.lineno}"
        elif keyword.arg:
            found.names.setdefault(keyword.arg, f"{file.path}:{node.lineno}")
    called = _last(node.func)
    if called == "getattr" and len(node.args) > 1 and not isinstance(node.args[1], ast.Constant):
        if _CONFIGURES.search(_last(node.args[0])):
            found.computed = found.computed or f"{file.path}:{node.lineno}"
    elif called in ("items", "values", "keys") and isinstance(node.func, ast.Attribute):
        owner = _last(node.func.value)
        found.whole.add(owner)
        if _CONFIGURES.search(owner):
            found.computed = found.computed or f"{file.path}:{node.lineno}"
    elif called in ("to_container", "instantiate", "dict", "asdict", "to_object", "deepcopy", "model_validate", "vars"):
        for argument in node.args[:1]:
            found.whole.add(_last(argument))


def _last(node: ast.AST) -> str:
    """The last name of an expression: `optimizer` for `cfg.optimizer`, `cfg["optimizer"]` and `OmegaConf.to_container(cfg.optimizer)`."""
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str):
        return node.slice.value
    if isinstance(node, ast.Call) and node.args:
        return _last(node.args[0])
    return ""


# -- settings by what people call them -----------------------------------------------------------------------------------

# What people call a setting, and what its key is called.
_KEYS = {
    "batch_size": r"batch_?size|bs|train_batch_size|per_device_train_batch_size", "epochs": r"(?:max_|num_|n_)?epochs?", "epoch": r"(?:max_|num_|n_)?epochs?",
    "number_of_epochs": r"(?:max_|num_|n_)?epochs?", "max_epochs": r"(?:max_|num_|n_)?epochs?", "learning_rate": r"lr|learning_?rate", "lr": r"lr|learning_?rate",
    "workers": r"(?:num_|n_)?workers", "num_workers": r"(?:num_|n_)?workers", "number_of_workers": r"(?:num_|n_)?workers", "dropout": r"dropout\w*",
    "dropout_rate": r"dropout\w*", "patience": r"\w*patience", "weight_decay": r"weight_?decay|wd",
}  # fmt: skip


@dataclass(frozen=True)
class Held:
    """A setting as a file has it."""

    file: File
    key: str
    value: str
    line: int


def held(files: Iterable[File], name: str) -> list[Held]:
    """The settings of YAML files that go by a name (small, with underscores), whatever stands before the last part of their key."""
    last = name.rsplit(".", 1)[-1]
    form = re.compile(_KEYS.get(last, re.escape(last)))
    chosen = [f for f in files if f.suffix in ("yaml", "yml")]
    return [Held(f, k, *v) for f in chosen for k, v in values(f).items() if _called(name, k, form)]


def number(text: str) -> float | None:
    """A number as people write it."""
    try:
        return float(text.replace(",", "").replace("_", ""))
    except ValueError:
        return None


def same_value(said: str, value: str) -> bool:
    """Whether a value is the one that is said."""
    a, b = number(said), number(value)
    return abs(a - b) <= 1e-12 if a is not None and b is not None else said.lower() == value.strip("'\" ").lower()


def _called(name: str, key: str, form: re.Pattern[str]) -> bool:
    """Whether a key of a file is the setting: by its last name, and by what the sentence says before it."""
    low = [p.lower() for p in key.split(".") if not p.isdigit()]
    # `value`, `values`, `default`: how a sweep or a schema says what a key has
    while len(low) > 1 and low[-1] in ("value", "values", "default"):
        low.pop()
    return bool(low and form.fullmatch(low[-1])) and all(p in low for p in name.split(".")[:-1])
