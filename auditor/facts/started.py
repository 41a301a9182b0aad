"""What containers, mise and devbox start: a compose service's command, an image's entry point, a task of mise.toml."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from typing import Protocol

from auditor.facts.known import known_program
from auditor.facts.scenes import Call, Lookup, Script, said, shell_folder
from auditor.lazy import compile_later
from auditor.readers.docker import docker
from auditor.readers.shell import shell_commands, words_of
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import Node, yaml_root
from auditor.shapes import below, rows_of, table_of, text_of, texts_of
from auditor.snapshot import File


class Images(Lookup, Protocol):
    """What a follower of containers may ask besides."""

    def dockerfiles(self) -> list[File]:
        """The docker files of the commit."""


# -- images ------------------------------------------------------------------------------------------------------------


def starts(file: File) -> list[str]:
    """The command lines that an image starts with: those of its last stage's ENTRYPOINT and CMD."""
    entry, default = "", ""
    for i in docker(file):
        if i.name == "FROM":
            entry = default = ""
        elif i.name in ("ENTRYPOINT", "CMD") and i.values:
            text = shlex.join(i.values) if len(i.values) > 1 else i.values[0]
            entry, default = (text, "") if i.name == "ENTRYPOINT" else (entry, text)
    if entry and default:
        return [f"{entry} {default}"]
    return [entry or default] if entry or default else []


def image(lookup: Lookup, call: Call, file: File, given: list[str], folder: str) -> Iterator[Script]:
    """What a container of a docker file's image runs: its entry point with the words that it is given, else its command.
    A script that the image was given is read where the commit has it."""
    found = starts(file)
    entry = [i for i in docker(file) if i.name == "ENTRYPOINT"]
    if given:
        head = shlex.join(entry[-1].values) if entry and len(entry[-1].values) > 1 else ""
        head = head or (entry[-1].values[0] if entry and entry[-1].values else "")
        found = [f"{head} {shlex.join(given)}".strip()]
    if not found:
        lookup.lost(call, f"and {file.path} does not say what its image starts")
    line = next((i.line for i in reversed(docker(file)) if i.name in ("CMD", "ENTRYPOINT")), 1)
    for text in found:
        yield said(file, _own_paths(lookup, text, (folder, file.folder)), line, call, folder)


def _own_paths(lookup: Lookup, text: str, folders: tuple[str, ...]) -> str:
    """A command line with the places of scripts within the image put back to where the commit has them."""
    words = []
    for word in text.split(" "):
        if re.fullmatch(r"[./\w-]*/[\w.-]+", word) and word.startswith(("/", "./")):
            tried = (word.strip("./"), posixpath.basename(word))
            there = next((f for d in folders for t in tried if (f := lookup.find(d, t))), None)
            if there is not None:  # seen from the folder that the command is run in
                word = "./" + posixpath.relpath(there.path, folders[0] or ".")
        words.append(word)
    return " ".join(words)


_RUN_FLAGS = compile_later(
    r"--(rm|init|interactive|tty|detach|privileged|read-only|no-deps|build|quiet|remove-orphans|service-ports|publish-all|"
    r"use-aliases|quiet-pull|no-healthcheck|oom-kill-disable|abort-on-container-exit|wait|force-recreate|no-build|no-start|"
    r"renew-anon-volumes|always-recreate-deps|no-recreate|attach-dependencies|sig-proxy|no-TTY)(=.*)?|-[itdqTVP]+"
)


def _after_options(words: list[str]) -> tuple[list[str], dict[str, str]]:
    """The words from the first that is no option, and the options with a value."""
    options: dict[str, str] = {}
    at = 0
    while at < len(words) and words[at].startswith("-"):
        if "=" in words[at]:
            options[words[at].split("=")[0]] = words[at].split("=", 1)[1]
        elif not _RUN_FLAGS.fullmatch(words[at]):
            options[words[at]] = words[at + 1] if at + 1 < len(words) else ""
            at += 1
        at += 1
    return words[at:], options


def containers(lookup: Images, call: Call) -> Iterator[Script] | None:
    """`docker run`, `docker exec`, `docker compose run`, `exec` and `up`; building and the rest start nothing that is asked
    for."""
    words = list(call.words[1:])
    if call.words[0].rsplit("/", 1)[-1] in ("docker-compose", "podman-compose"):
        return _compose(lookup, call, words)
    while words and words[0].startswith("-"):
        words = words[1:] if "=" in words[0] or words[0] in ("-D", "--debug", "--tls") else words[2:]
    if words[:1] == ["compose"]:
        return _compose(lookup, call, words[1:])
    words = words[1:] if words[:1] == ["container"] else words
    if words[:1] not in (["run"], ["exec"]):
        return None
    rest, options = _after_options(words[1:])
    entry = words_of(options.get("--entrypoint", ""))
    inside = [*entry, *rest[1:]]
    if inside and (entry or words[0] == "exec"):
        return iter([said(call.file, shlex.join(inside), call.line, call)])
    return _image_run(lookup, call, rest) if rest and words[0] == "run" else iter(())


# what these images are for is known: servers, bare systems and languages
_SERVERS = """
    postgres redis mysql mariadb mongo rabbitmq nginx httpd memcached elasticsearch minio mosquitto registry traefik caddy
    prometheus grafana mlflow hello-world busybox alpine ubuntu debian node-exporter cadvisor alertmanager loki jaeger
    zookeeper kafka influxdb neo4j qdrant weaviate chroma localstack cloud-sdk wait dockerize curl aws-cli
"""
_SERVES = frozenset(_SERVERS.split())


def _image_run(lookup: Images, call: Call, rest: list[str]) -> Iterator[Script]:
    name = rest[0].split("@")[0]
    short = name.rsplit("/", 1)[-1].split(":")[0].lower()
    files = lookup.dockerfiles()
    named = [f for f in files if short and _called(f) and (_called(f) in short or short in _called(f))]
    own = named or (files if len(files) == 1 else [])
    if len(rest) > 1:  # the image's entry point may go before it; whatever it is, these words are run
        if len(own) == 1 and any(i.name == "ENTRYPOINT" for i in docker(own[0])):
            yield from image(lookup, call, own[0], rest[1:], "")
        yield said(call.file, shlex.join(rest[1:]), call.line, call)
    elif short in _SERVES:
        return
    elif len(own) == 1:
        yield from image(lookup, call, own[0], [], "")
    elif not files or any(_unclear(f) for f in files):
        lookup.lost(call, "an image whose commands are not known")


def _called(file: File) -> str:
    """What a docker file is called after: `train` of train.dockerfile, Dockerfile.train and train/Dockerfile."""
    stem = re.sub(r"(?i)\.?(dockerfile|containerfile)\.?", "", file.name)
    return (stem or file.folder.rsplit("/", 1)[-1]).lower()


def _unclear(file: File) -> bool:
    """Whether an image may start tests or a linter: its command is none of a server's or of a plain script's."""
    return any(not known_program(c) for text in starts(file) for c in shell_commands(text)) or not starts(file)


# -- compose -----------------------------------------------------------------------------------------------------------

_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")


def _compose(lookup: Images, call: Call, words: list[str]) -> Iterator[Script] | None:
    given: list[str] = []
    folder = call.folder
    while words and words[0].startswith("-"):
        key, _, value = words[0].partition("=")
        value = value or (words[1] if len(words) > 1 else "")
        given += [value] if key in ("-f", "--file") else []
        folder = shell_folder(folder, value) if key == "--project-directory" else folder
        words = words[1:] if "=" in words[0] or words[0] in ("--ansi", "--compatibility", "--verbose") else words[2:]
    if words[:1] not in (["run"], ["exec"], ["up"]):
        return None
    return _service_run(lookup, call.moved(folder, call.base), words, given)


def _service_run(lookup: Images, call: Call, words: list[str], given: list[str]) -> Iterator[Script]:
    rest, options = _after_options(words[1:])
    if words[0] == "exec" or (words[0] == "run" and len(rest) > 1):
        entry = words_of(options.get("--entrypoint", ""))
        yield said(call.file, shlex.join([*entry, *rest[1:]]), call.line, call)
        if words[0] == "exec":
            return
    files = [f for name in given if (f := lookup.beside(call, name))]
    if not given and (found := lookup.upward(call, *_COMPOSE)):
        files = [found]
    if not files:
        lookup.lost(call, "and no compose file is there to be read")
        return
    services = [(f, name, s) for f in files for name, (_, s) in yaml_root(f)["services"].entries.items()]
    if words[0] == "run":
        mine = [s for s in services if s[1] == rest[0]] if rest else []
        if not mine:
            lookup.lost(call, f"a service that {files[0].path} does not have")
        for file, _, service in mine:
            yield from _service(lookup, call, file, service, rest[1:], True)
        return
    for file, name, service in services:
        if not rest or name in rest:
            yield from _service(lookup, call, file, service, [], False)


def _line(node: Node) -> str:
    return node.text if node.kind == "text" else shlex.join(node.texts())


def _service(lookup: Images, call: Call, file: File, service: Node, given: list[str], asked: bool) -> Iterator[Script]:
    """What a service starts; one that is only brought up and whose image is somebody's serves something."""
    entry, command = _line(service["entrypoint"]), shlex.join(given) or _line(service["command"])
    line = service.line_of("command") or service.line_of("entrypoint") or service.line
    build = service["build"]
    context = shell_folder(file.folder, (build["context"] or build).text)
    if (entry or command) and not (build and not entry):
        yield said(file, f"{entry} {command}".strip(), line, call, context if build else file.folder)
        return
    if build:
        name = build["dockerfile"].text or "Dockerfile"
        if found := lookup.find(context, name):
            yield from image(lookup, call, found, command.split() if command else [], context)
            return
        if command:
            yield said(file, command, line, call, context)
            return
        lookup.lost(call, f"whose {name} is not there to be read")
    elif asked and service["image"].text.rsplit("/", 1)[-1].split(":")[0] not in _SERVES:
        lookup.lost(call, "an image whose commands are not known")


# -- mise, devbox ------------------------------------------------------------------------------------------------------

_MISE = ("mise.toml", ".mise.toml", "mise/config.toml", ".mise/config.toml", ".config/mise.toml", ".config/mise/config.toml")  # fmt: skip
_MISE_TASKS = ("mise-tasks", ".mise-tasks", "mise/tasks", ".mise/tasks", ".config/mise/tasks")
_MISE_VERBS = """install i use up upgrade trust activate env settings plugins plugin ls list ls-remote version doctor cache self-update
    prune where which reshim set unset config current global local outdated registry search sync tasks implode"""
_MISE_OWN = frozenset(_MISE_VERBS.split())


def mise(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`mise run NAME`, `mise NAME`: `run`, `depends`, `file`, and the task files; `mise exec -- COMMAND`."""
    words = list(call.words[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in ("-C", "--cd", "-E", "--env") else words[1:]
    if not words or words[0] in _MISE_OWN:
        return iter(())
    if words[0] in ("exec", "x"):
        inside = words[words.index("--") + 1 :] if "--" in words else []
        return iter([said(call.file, shlex.join(inside), call.line, call)] if inside else [])
    names = words[1:] if words[0] in ("run", "r") else words
    names = [n for n in names if not n.startswith("-")]
    return _mise(lookup, call, names[0], 0, set()) if names else iter(())


def _mise(lookup: Lookup, call: Call, name: str, depth: int, done: set[str]) -> Iterator[Script]:
    if name in done or not lookup.goes_on(call, depth):
        return
    done.add(name)
    found = lookup.upward(call, *_MISE)
    task = below(toml(found), "tasks", name) if found else None
    if task is None or found is None:
        path = name.replace(":", "/")
        if own := lookup.upward(call, *(f"{d}/{path}{e}" for d in _MISE_TASKS for e in ("", ".sh"))):
            yield Script(own, tuple(shell_commands(own.text)), call.base, call.values)
        else:
            lookup.lost(call, "a task that no file of the repository has")
        return
    root = found.folder.removesuffix(".config/mise").removesuffix(".config").removesuffix(".mise").removesuffix("mise")
    root = root.rstrip("/")
    line = toml_line(found, name)
    told = table_of(task) or {"run": task}
    into = shell_folder(root, text_of(told.get("dir")))
    for need in texts_of(told.get("depends")):
        if words := need.split():
            yield from _mise(lookup, call, words[0], depth + 1, done)
    for one in rows_of(told.get("run")) or [told.get("run")]:
        if isinstance(other := below(one, "task"), str):
            yield from _mise(lookup, call, other, depth + 1, done)
        elif isinstance(one, str):
            yield said(found, re.sub(r"\{\{(?:[^{\n]|\{(?!\{))*?\}\}", "$()", one), line, call, into)
    if isinstance(own_file := told.get("file"), str):
        yield said(found, f"./{own_file.removeprefix('./')}", line, call, root)


def devbox(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`devbox run NAME`: the scripts of devbox.json, else the words themselves."""
    words = [w for w in call.words[1:] if not w.startswith("-")]
    if words[:1] != ["run"] or len(words) < 2:
        return iter(())
    found = lookup.upward(call, "devbox.json")
    scripts = yaml_root(found)["shell"]["scripts"] if found else Node()
    if found and words[1] in scripts:
        node = scripts[words[1]]
        return iter([said(found, t.text, t.line, call, found.folder) for t in (node.items or [node])])
    if found is None:
        lookup.lost(call, "and no devbox.json is there to be read")
        return iter(())
    return iter([said(call.file, shlex.join(words[1:]), call.line, call)])


# -- dvc ---------------------------------------------------------------------------------------------------------------


def dvc(lookup: Lookup, call: Call) -> Iterator[Script] | None:
    """`dvc repro`, `dvc exp run`: the commands of the stages in dvc.yaml, of those before one that is named, too."""
    words = [w for w in call.words[1:] if not w.startswith("-")]
    if words[:1] != ["repro"] and words[:2] != ["exp", "run"]:
        return None
    found = lookup.beside(call, "dvc.yaml")
    if found is None:
        return iter(())
    return iter(_stages(found, call))


def _stages(file: File, call: Call) -> Iterator[Script]:
    for _, stage in yaml_root(file)["stages"].entries.values():
        inner = stage["do"] if stage["foreach"] else stage
        for command in inner["cmd"].items or [inner["cmd"]]:
            if command.text:
                yield said(file, command.text, command.line, call, shell_folder(file.folder, inner["wdir"].text))
