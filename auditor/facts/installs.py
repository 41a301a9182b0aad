"""What commands install: by name, and by the lists that they hand to an installer."""

import posixpath
import re
import shlex
from collections.abc import Iterator

from auditor.facts.lists import How, Kind, Listing, requirement, valued
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.nodes import joined_text, literal
from auditor.readers.python import python
from auditor.readers.shell import Command, shell_commands
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File

INSTALLED_IN = (*DOCKERFILES, ".devcontainer/**")
INSTALLERS = frozenset(
    ["pip", "uv", "setuptools", "wheel", "poetry", "pipenv", "pdm", "hatch", "pixi", "conda", "mamba", "python"]
)
_TAKES_VALUE = frozenset(
    [
        "-r",
        "--requirement",
        "--requirements",
        "-c",
        "--constraint",
        "-e",
        "--editable",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--python",
        "-p",
        "--index",
        "--group",
        "-G",
        "--extra",
        "--cache-dir",
        "--timeout",
        "--retries",
        "--no-binary",
        "--only-binary",
        "--platform",
        "--src",
        "--index-strategy",
        "-n",
        "--name",
        "--channel",
        "--file",
        "--torch-backend",
        "--trusted-host",
        "--default-index",
        "--override",
        "--build-constraint",
        "--script",
        "--package",
        "--source",
        "--feature",
        "--environment",
    ]
)
_LISTS = ("-r", "--requirement", "--requirements")
_CONDA = frozenset(["conda", "mamba", "micromamba"])
_WORD = compile_later(r"[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?(?:\s*[=<>!~@;].*)?", re.DOTALL)
_CALLS_PIP = compile_later(
    r"\b(?:pip3?|uv|poetry|pdm|pixi|pipenv|conda|mamba|micromamba|hatch|session)\b|pip_install", re.IGNORECASE
)


def installs(file: File, how: How, told: bool = False) -> Listing:
    """What a file's commands install. `told`: the file only tells a reader to."""
    listing = Listing(file)
    for command in _commands(file):
        _installed(listing, command, how, told)
    if file.suffix == "py":
        _by_call(listing)
    elif file.suffix in ("yaml", "yml") and file.name.lower() in ("bentofile.yaml", "bentofile.yml", "cog.yaml"):
        root = yaml_root(file)
        for node in (root["python"]["packages"], root["build"]["python_packages"]):
            for item in node.items:
                listing.requirement(item.text, item.line, how="image")
    return listing


def _commands(file: File) -> Iterator[Command]:
    if file.suffix in ("md", "rst"):
        for i, row in enumerate(file.lines, 1):
            if "install" in row or "env create" in row or "env update" in row:
                for piece in row.split("`"):
                    told = piece.strip().removeprefix("$").removeprefix(">").strip()
                    if _TOLD.match(told):
                        yield from shell_commands(told, i, by_hand=True)
    elif file.suffix == "json":
        line, at = 1, 0
        for match in _CREATED.finditer(file.text):
            line, at = line + file.text.count("\n", at, match.start()), match.start()
            yield from shell_commands(match[1].replace('\\"', '"'), line)
    elif matches(file.path, WORKFLOWS) or matches(file.path, DOCKERFILES) or file.suffix != "txt":
        yield from commands(file)


_TOLD = compile_later(r"(?:uv |python3? -m )?(?:pip3?|conda|mamba|micromamba|uv)\s")
_CREATED = compile_later(r'"(?:postCreate|onCreate|updateContent|postStart)Command"\s*:\s*"((?:[^"\\]|\\.)*)"')


def _installed(listing: Listing, command: Command, how: How, told: bool) -> None:
    """What one `pip install`, `uv add`, `conda env create` or the like installs."""
    words = list(command.bare)
    module = next((i for i in range(min(4, len(words) - 1)) if words[i] == "-m" and words[i + 1] == "pip"), -1)
    words = words[module + 1 :]  # [sys.executable, "-m", "pip", ...], $(PYTHON) -m pip
    if not words:
        return
    program = re.sub(r"[\d.]+$", "", words[0].rsplit("/", 1)[-1])
    at = 2 if program == "uv" and words[1:2] == ["pip"] else 1
    verb = words[at : at + 1]
    rest = words[at + 1 :]
    line = command.line

    def refer(target: str, kind: Kind = "requirements") -> None:
        if target not in ("-", "/dev/stdin", "pyproject.toml", "setup.py") and not target.endswith("/pyproject.toml"):
            listing.refer(target, line, kind, loose=True, told=told)

    if program in _CONDA:
        if verb == ["env"] and rest[:1] in (["create"], ["update"]):
            for _, value in valued(rest[1:], ("-f", "--file")):
                refer(value, "conda")
            return
        if verb not in (["install"], ["create"], ["env"]):
            return
        for _, value in valued(rest, ("-f", "--file")):
            refer(value, "conda" if value.endswith(("yml", "yaml")) else "requirements")
    elif program == "pip-compile" or (program == "uv" and at == 2 and verb == ["compile"]):
        for word in _plain(words[1:] if program == "pip-compile" else rest):
            if word.endswith((".in", ".txt")):
                refer(word)
        return
    elif program == "pip-sync" or (program == "uv" and at == 2 and verb == ["sync"]):
        for word in _plain(words[1:] if program == "pip-sync" else rest):
            refer(word)
        return
    elif program == "conda-lock":
        for _, value in valued(words[1:], ("-f", "--file")):
            refer(value, "conda")
        return
    elif program in ("pip", "pipenv") or (program == "uv" and at == 2):
        if verb not in (["install"], ["wheel"], ["download"]):
            return
    elif program not in ("uv", "poetry", "pdm", "pixi", "pipx") or verb not in (["add"], ["install"]):
        return
    if program not in _CONDA:
        for _, value in valued(rest, _LISTS):
            refer(value)
        for _, value in valued(rest, ("-c", "--constraint")):
            refer(value, "constraints")
    if told:
        return
    for _, value in valued(rest, ("-e", "--editable")) if program in ("pip", "uv") else ():
        if "://" in value:
            listing.requirement(value, line, how=how)
    for word in _plain(rest):
        if word.startswith("$") and len(word) > 1:
            listing.lost(line, f"installs `{word}`, whose value is not known")
        elif (_WORD.fullmatch(word) or "://" in word or word.endswith(".whl")) and not word.endswith((".txt", ".toml")):
            found = requirement(word.split("::")[-1] if program in _CONDA else word)
            if found and found.name and re.sub(r"[-_.]+", "-", found.name).lower() not in INSTALLERS:
                listing.requirement(word.split("::")[-1] if program in _CONDA else word, line, how=how)


def _plain(words: list[str]) -> Iterator[str]:
    """The words that are no options and no option's value."""
    skip = False
    for word in words:
        if skip:
            skip = False
        elif word.startswith("-"):
            skip = word in _TAKES_VALUE
        else:
            yield word


def _by_call(listing: Listing) -> None:
    """What Python code installs: a nox session, an image that is described in Python."""
    file = listing.file
    if not re.search(r"\.(?:uv_)?pip_install|session\.|\.install\(", file.text):
        return
    module = python(file)
    for call in module.calls if module else ():
        method = call.name.rsplit(".", 1)[-1]
        if method in ("pip_install", "uv_pip_install") or (method == "install" and call.name.startswith("session.")):
            how: How = "script" if method == "install" else "image"
            texts: list[str] = []
            for argument in call.node.args:
                value = literal(argument)
                if isinstance(value, list | tuple):
                    texts += [v for v in value if isinstance(v, str)]
                elif text := joined_text(argument).split("{...}")[0]:
                    texts.append(text)
                elif not isinstance(value, str):
                    listing.lost(call.line, "installs packages that are computed")
            _installed(listing, Command(shlex.join(["pip", "install", *texts]), call.line), how, False)
        elif method == "pip_install_from_requirements":
            listing.refer(joined_text(call.argument(0, "requirements_txt")), call.line, loose=True)


def may_install(file: File) -> bool:
    """Whether a text speaks of installing at all."""
    text = file.text
    return (
        "install" in text or " add " in text or "pip-compile" in text or "env create" in text or "env update" in text
    ) and (_CALLS_PIP.search(text) is not None)


def in_image(file: File) -> dict[str, str]:
    """For the names that files get in an image, where they come from: `COPY deploy/reqs.txt r.txt`, bind mounts."""
    return file.once("in-image", lambda: _in_image(file))


def _in_image(file: File) -> dict[str, str]:
    found: dict[str, str] = {}
    if not matches(file.path, DOCKERFILES):
        return found
    for instruction in docker(file):
        if instruction.name in ("COPY", "ADD") and len(instruction.values) >= 2:
            if not any(f.startswith("--from") for f in instruction.flags):
                *sources, to = instruction.values
                for source in sources:
                    name = posixpath.basename(source.rstrip("/"))
                    if len(sources) == 1 and not to.endswith(("/", ".")):
                        found[posixpath.basename(to)] = source
                    found.setdefault(name, source)
        elif instruction.name == "RUN":
            for flag in instruction.flags:
                parts = dict(p.partition("=")[::2] for p in flag.removeprefix("--mount=").split(","))
                source, to = parts.get("source", parts.get("src", "")), parts.get("target", parts.get("dst", ""))
                if parts.get("type") == "bind" and source and to and "from" not in parts:
                    found[posixpath.basename(to)] = source
    return found


def defaults(file: File) -> dict[str, str]:
    """The values that a Dockerfile gives its variables."""
    found: dict[str, str] = {}
    for instruction in docker(file) if matches(file.path, DOCKERFILES) else ():
        if instruction.name == "ARG":
            for value in instruction.values:
                name, _, default = value.partition("=")
                if default:
                    found[name] = default.strip("\"'")
        elif instruction.name == "ENV":
            for name, value in zip(instruction.values[::2], instruction.values[1::2], strict=False):
                found[name] = value.strip("\"'")
    return found
