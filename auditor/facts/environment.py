"""Environment variables: where code reads them, where files set them, and which are set nowhere."""

import ast
import re
from collections.abc import Iterator

from auditor.facts.names import names
from auditor.lazy import compile_later, dataclass
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.nodes import literal
from auditor.readers.python import Module, python
from auditor.readers.shell import Command, shell_commands
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import Node, yaml_documents
from auditor.shapes import text_of, texts_of
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Place:
    """Where a variable is read or set. `default`: the reader goes on without it. `how` is a word for the place: `code`,
    `settings`, `yaml`, `shell`; `image`, `workflow`, `compose`, `job`, `dotenv`, `command`, `document`, `terraform`."""

    path: str
    line: int
    how: str
    default: bool = False


@dataclass(frozen=True)
class Variable:
    """One environment variable that own code or scripts read. `state`: `set` (somewhere in the repository), `default` (each
    reader goes on without it), `given` (a platform or a shell sets it), `dotenv` (only a `.env` file, kept out of git, may set
    it), `documented` (only a document tells to set it), `nowhere`."""

    name: str
    state: str
    read: tuple[Place, ...]
    set: tuple[Place, ...] = ()


# What shells, systems, CI, clouds and launchers set by themselves.
_GIVEN = compile_later(
    r"(HOME|PATH|PWD|OLDPWD|USER|USERNAME|LOGNAME|SHELL|HOSTNAME|LANG|LC_\w+|TERM|TZ|TMPDIR|TEMP|TMP|EDITOR|DISPLAY|UID|GID|EUID|SECONDS|RANDOM|BASH\w*|PYTHON\w*|VIRTUAL_ENV"
    r"|CI|GITHUB_\w+|RUNNER_\w+|ACTIONS_\w+|CI_\w+|GITLAB_\w+|PORT|K_SERVICE|K_REVISION|K_CONFIGURATION|CLOUD_RUN_\w+|AIP_\w+|CLOUD_ML_\w+|GOOGLE_CLOUD_PROJECT|GCLOUD_PROJECT"
    r"|PROJECT_ID|BUILD_ID|COMMIT_SHA|SHORT_SHA|BRANCH_NAME|TAG_NAME|REVISION_ID|REPO_NAME|_\w+|RANK|LOCAL_RANK|WORLD_SIZE|MASTER_ADDR|MASTER_PORT|NODE_RANK|SLURM_\w+|LSB_\w+|PBS_\w+"
    r"|CUDA_VISIBLE_DEVICES|CONDA_\w+|COLAB_\w+|KAGGLE_\w+|PYTEST_\w+|KUBERNETES_\w+|DOCKER_\w+|BUILDPLATFORM|TARGETPLATFORM|TARGETARCH|TARGETOS|MAKE\w*|CURDIR|SHELLOPTS|IFS|PS1|OSTYPE)"
)
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_SHELL_READ = compile_later(rf"\$(?:\{{({_NAME})(:?[-=+?][^}}]*)?\}}|([A-Z][A-Z0-9_]+)\b)")
_OC_ENV = compile_later(rf"\$\{{(?:oc\.)?env:({_NAME})(,[^}}]*)?\}}")
_ASSIGN = compile_later(rf"^(?:export\s+|set\s+)?({_NAME})=")
_GITHUB_ENV = compile_later(rf"\b({_NAME})=.*\$\{{?GITHUB_ENV")
_LONG_ROW = 4000  # characters; what is longer was not typed
_PAIRS = ("--set-env-vars", "--update-env-vars", "--set-secrets", "--update-secrets", "--set-build-env-vars", "--env-vars", "--env", "-e", "--build-arg", "--container-env", "--substitutions")  # fmt: skip
_DOTENV = ("**/.env", "**/.env.*", "**/*.env", "**/{env,example}.env*", "**/env.{example,sample,template}")


def environment(snapshot: Snapshot) -> tuple[Variable, ...]:
    """The variables that the repository's own files read, by name."""
    return snapshot.once("facts.environment", lambda: tuple(_environment(snapshot)))


def _environment(snapshot: Snapshot) -> Iterator[Variable]:
    read: dict[str, list[Place]] = {}
    written: dict[str, list[Place]] = {}
    for name, place in _reads(snapshot):
        read.setdefault(name, []).append(place)
    if not read:
        return
    for name, place in _sets(snapshot):
        written.setdefault(name, []).append(place)
    known = names(snapshot)
    hidden = known.ignored(".env") and len(snapshot.select(("**/*.py", "**/*compose*.y*ml", "**/*.sh"), mentions=("dotenv", ".env"))) > 0  # fmt: skip
    for name in sorted(read):
        places, given = read[name], written.get(name, [])
        told = [p for p in given if p.how == "document"]
        if len(told) < len(given):
            state = "set"
        elif all(p.default for p in places):
            state = "default"
        elif _GIVEN.fullmatch(name):
            state = "given"
        else:
            state = "dotenv" if hidden else "documented" if told else "nowhere"
        yield Variable(name, state, tuple(places), tuple(given))


# -- reading -----------------------------------------------------------------------------------------------------------


def _reads(snapshot: Snapshot) -> Iterator[tuple[str, Place]]:
    code = ("environ", "getenv", "basesettings", "envvar", "decouple", "environs")
    for file in snapshot.select(("**/*.py", "**/*.ipynb", "!tests/**", "!**/tests/**", "!**/test_*.py"), mentions=code):
        module = python(file)
        if module is not None:
            yield from _read_in_code(file, module)
    for file in snapshot.select(("**/*.y*ml", "!.github/**"), mentions=("env:",)):
        for i, row in enumerate(file.lines, 1):
            if not row.lstrip().startswith("#") and len(row) < _LONG_ROW:
                yield from ((m[1], Place(file.path, i, "yaml", bool(m[2]))) for m in _OC_ENV.finditer(row))
    for file in snapshot.select(("**/*.{sh,bash}",)):
        yield from _read_in_shell(file)


def _read_in_code(file: File, module: Module) -> Iterator[tuple[str, Place]]:
    constants = {
        t.id: s.value.value
        for s in module.tree.body
        if isinstance(s, ast.Assign) and isinstance(s.value, ast.Constant) and isinstance(s.value.value, str)
        for t in s.targets
        if isinstance(t, ast.Name)
    }

    def named(node: ast.AST | None) -> str:
        return constants.get(node.id, "") if isinstance(node, ast.Name) else text_of(literal(node))

    tested = {
        named(n.left)
        for n in module.nodes
        if isinstance(n, ast.Compare) and any(module.name(c) == "os.environ" for c in n.comparators)
    }
    for node in module.nodes:
        if _environ(module, node, ast.Load) and isinstance(node, ast.Subscript) and (name := named(node.slice)):
            yield name, Place(file.path, node.lineno, "code", name in tested)
    for call in module.calls:
        reads = call.name in ("os.getenv", "os.environ.get", "os.environ.pop", "decouple.config")
        if reads and (name := named(call.argument(0, "key"))):
            default = call.argument(1, "default")
            # without one the reader gets None, and may still stop: that is no default
            yield name, Place(file.path, call.line, "code", default is not None)
        for keyword in call.node.keywords:
            if keyword.arg == "envvar" and call.name.rsplit(".", 1)[-1] in ("Option", "option", "Argument", "argument"):
                for name in texts_of(literal(keyword.value)):
                    yield name, Place(file.path, call.line, "settings", True)
    for made in module.classes:
        if any(b.rsplit(".", 1)[-1] == "BaseSettings" for b in made.bases):
            yield from _settings(file, module, made.node)


def _environ(module: Module, node: ast.AST, how: type[ast.expr_context]) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.ctx, how) and module.name(node.value) == "os.environ"


def _settings(file: File, module: Module, node: ast.ClassDef) -> Iterator[tuple[str, Place]]:
    """The variables of a pydantic settings class: its fields with its prefix, or the aliases that they are given."""
    prefix = ""
    for call in (n for n in ast.walk(node) if isinstance(n, ast.Call)):
        for keyword in call.keywords:
            if keyword.arg == "env_prefix" and isinstance(given := literal(keyword.value), str):
                prefix = given
    for statement in node.body:
        if isinstance(statement, ast.ClassDef) and statement.name == "Config":
            for inner in statement.body:
                if isinstance(inner, ast.Assign) and any(isinstance(t, ast.Name) and t.id == "env_prefix" for t in inner.targets):  # fmt: skip
                    prefix = text_of(literal(inner.value)) or prefix
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if statement.target.id == "model_config":
            continue
        name, default = f"{prefix}{statement.target.id}", statement.value is not None
        if isinstance(statement.value, ast.Call) and module.name(statement.value.func).rsplit(".", 1)[-1] == "Field":
            field = statement.value
            default = bool(field.args and literal(field.args[0]) is not ...) or any(
                k.arg in ("default", "default_factory") for k in field.keywords
            )
            for keyword in field.keywords:
                if keyword.arg in ("alias", "validation_alias", "env") and isinstance(
                    given := literal(keyword.value), str
                ):
                    name = given
        yield name.upper(), Place(file.path, statement.lineno, "settings", default)


def _read_in_shell(file: File) -> Iterator[tuple[str, Place]]:
    """The variables in capitals that a script uses and does not make itself."""
    made: set[str] = set()
    for command in shell_commands(file.text):
        for match in re.finditer(
            rf"(?:^|\s)(?:export\s+|local\s+|readonly\s+|declare\s+(?:-\w+\s+)?)?({_NAME})=", command.text
        ):
            made.add(match[1])
        if loop := re.match(rf"(?:for|read(?:\s+-\w+)*|select)\s+({_NAME})", command.text):
            made.add(loop[1])
    seen: set[str] = set()
    for i, row in enumerate(file.lines, 1):
        bare = row.lstrip()
        if bare.startswith("#") or len(row) > _LONG_ROW:
            continue
        for match in _SHELL_READ.finditer(re.sub(r"'[^']*'", "", row)):
            name = match[1] or match[3]
            if name.isupper() and name not in made and name not in seen:
                seen.add(name)
                yield name, Place(file.path, i, "shell", bool(match[2]))


# -- setting -----------------------------------------------------------------------------------------------------------


def _sets(snapshot: Snapshot) -> Iterator[tuple[str, Place]]:
    for file in snapshot.select(("**/*.py", "**/*.ipynb"), mentions=("environ", "putenv", "setenv")):
        yield from _set_in_code(file)
    for file in snapshot.select(DOCKERFILES, stubs=True):
        for i in docker(file):
            if i.name == "ENV":
                yield from ((k, Place(file.path, i.line, "image")) for k in i.values[::2])
            elif i.name == "ARG":
                yield from ((v.split("=")[0], Place(file.path, i.line, "image")) for v in i.values)
    for file in snapshot.select(_DOTENV, stubs=True):
        for n, row in enumerate(file.lines, 1):
            if match := _ASSIGN.match(row.strip()):
                yield match[1], Place(file.path, n, "dotenv")
    for file in snapshot.select(("**/*.y*ml", "**/*.json", "!**/package*.json"), mentions=("env", "substitutions")):
        how = "workflow" if file.path.startswith(".github/") else "compose" if "compose" in file.name else "job"
        for document in yaml_documents(file):
            yield from ((name, Place(file.path, line, how)) for name, line in _mapped(document))
    for file in snapshot.select(("**/*.tf",), mentions=("env",)):
        for n, row in enumerate(file.lines, 1):
            if match := re.match(rf'\s*name\s*=\s*"({_NAME})"', row):
                yield match[1], Place(file.path, n, "terraform")
    globs = (*WORKFLOWS, "**/*.{sh,bash}", "**/makefile", "**/justfile", "**/tasks.py", "**/*cloudbuild*.y*ml")
    for file in snapshot.select(globs, stubs=True):
        for command in commands(file):
            yield from ((name, Place(file.path, command.line, "command")) for name in _of_command(command))
    from auditor.facts.commands import DOCUMENTS, fences

    for file in snapshot.select(DOCUMENTS):
        for text, line in fences(file):
            for command in shell_commands(text, line):
                yield from ((name, Place(file.path, command.line, "document")) for name in _of_command(command))


def _set_in_code(file: File) -> Iterator[tuple[str, Place]]:
    module = python(file)
    for node in module.nodes if module else ():
        stored = module is not None and _environ(module, node, ast.Store)
        if stored and isinstance(node, ast.Subscript) and isinstance(name := literal(node.slice), str):
            yield name, Place(file.path, node.lineno, "code")
    for call in module.calls_to("os.environ.setdefault", "os.putenv", ".setenv") if module else ():
        if isinstance(name := literal(call.argument(0, "key")), str):
            yield name, Place(file.path, call.line, "code")


_HOLDERS = frozenset(["env", "environment", "env_variables", "envVars", "environmentVariables", "substitutions", "variables", "secretEnv", "args"])  # fmt: skip


def _mapped(node: Node, depth: int = 0) -> Iterator[tuple[str, int]]:
    """The names that `env:`, `environment:` and their like hold: a mapping, `NAME=value` texts, or entries with a `name`."""
    for key, (_, value) in node.entries.items():
        if key in _HOLDERS:
            yield from ((name, at) for name, (at, _) in value.entries.items() if re.fullmatch(_NAME, name))
            for item in value.items:
                if item.kind == "text" and (match := re.match(rf"({_NAME})(?:=|$)", item.text)):
                    yield match[1], item.line
                elif item["name"].kind == "text":
                    yield item["name"].text, item.line
        if depth < 12:
            yield from _mapped(value, depth + 1)
    for item in node.items:
        if depth < 12:
            yield from _mapped(item, depth + 1)


def _of_command(command: Command) -> Iterator[str]:
    """The variables that a command sets for itself, for what follows, or for what it starts."""
    text = rest = command.text[:_LONG_ROW]
    while match := _ASSIGN.match(rest):
        yield match[1]
        rest = rest[match.end() :].partition(" ")[2]
    if "GITHUB_ENV" in text and (match := _GITHUB_ENV.search(text)):
        yield match[1]
    words = command.words
    for i, word in enumerate(words):
        option, _, held = word.partition("=")
        if option not in _PAIRS:
            continue
        given = held or (words[i + 1] if i + 1 < len(words) else "")
        for pair in re.split(r"[,^]", given):
            if match := re.match(rf"({_NAME})(?:=|$)", pair.strip("\"' ")):
                yield match[1]
