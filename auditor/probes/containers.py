"""Container images: what describes them, and what builds them by hand."""

import re
from collections.abc import Iterator

from auditor.facts.images import editors_stock
from auditor.facts.programs import builds_image
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import PROBES, probe
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.shell import Command, shell_commands
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import File, Files

_NOT_DOCKERFILES = (
    "!**/*.{md,txt,sh,bash,py,yaml,yml,json,toml,ps1,bat,png,jpg,svg,rst,html,bak,log}",
    "!**/*.{dockerignore,gitkeep,deactivated,disabled,old}",
)


@probe("dockerfile", asks="Is there a docker file of the group's own?", looks_in=(*DOCKERFILES, *_NOT_DOCKERFILES))
def dockerfile(files: Files) -> Iterator[Evidence]:
    """A Dockerfile or Containerfile that starts from an image and does something with it (RUN, COPY, ADD, CMD or
    ENTRYPOINT), in whatever folder. The template's untouched ones, the one that an editor writes for its development
    container, a compose file and copies that end in another suffix do not count."""
    for file in files:
        instructions = docker(file)
        start = next((i for i in instructions if i.name == "FROM"), None)
        active = [i for i in instructions if i.name in ("RUN", "COPY", "ADD", "CMD", "ENTRYPOINT")]
        if start and active:
            if editors_stock(instructions):
                files.near, files.why = f"{file.path}:{start.line}", "an editor's development container"
                continue
            stages = sum(i.name == "FROM" for i in instructions)
            note = f"{len(active)} instructions follow" if len(active) > 1 else "1 instruction follows"
            yield file.cite(start.line, note=note + (f", in {stages} stages" if stages > 1 else ""))


_BUILDERS = (
    ".github/workflows/*.y*ml",
    ".gitlab-ci.y*ml",
    "**/*.{sh,bash,mk,yaml,yml}",
    "**/{makefile,justfile,tasks.py}",
)


@probe(
    "image-built-from",
    asks="Is an image built from a docker file of another name?",
    looks_in=_BUILDERS,
    mentions=("docker", "podman", "kaniko", "buildah"),
)
def image_built_from(files: Files) -> Iterator[Evidence]:
    """A tracked file of any name that starts from an image, and that a command builds (`-f path`, `--dockerfile=path`) or a
    compose file names (`dockerfile: path`). The template's untouched one does not count."""
    seen = set()
    for place, named in _named_docker_files(files):
        bare = named.replace("\\", "/").removeprefix("./")
        for path in (bare, f"{place.folder}/{bare}", bare.removeprefix("/workspace/")):
            file = files.paths.get(path)
            if file is None or path in seen or file.skipped or files.aside(path):
                continue
            seen.add(path)
            instructions = docker(file)
            start = next((i for i in instructions if i.name == "FROM"), None)
            active = [i for i in instructions if i.name in ("RUN", "COPY", "ADD", "CMD", "ENTRYPOINT")]
            if start and active and not editors_stock(instructions):
                yield file.cite(start.line, note=f"{place.path} builds it")


def _named_docker_files(files: Files) -> Iterator[tuple[File, str]]:
    """The docker files that build commands and compose files name, each with the file that names it."""
    for file in files:
        for command in commands(file):
            if builds_image(command) or any("kaniko" in w or w.startswith("--dockerfile") for w in command.bare):
                for i, word in enumerate(command.bare):
                    option, equals, value = word.partition("=")
                    if option in ("-f", "--file", "--dockerfile"):
                        yield file, value if equals else command.bare[i + 1] if i + 1 < len(command.bare) else ""
        if file.suffix in ("yaml", "yml") and "dockerfile:" in file.text:
            for document in yaml_documents(file):
                for keys, node in document.walk():
                    if keys and keys[-1] == "dockerfile" and node.kind == "text":
                        yield file, node.text


@probe(
    "docker-build-command",
    asks="Is a command that builds or runs the images written down?",
    looks_in=(
        "**/*.{md,sh,bash,mk}",
        "**/makefile",
        "**/justfile",
        "**/tasks.py",
        "**/*tasks*.py",
        "**/tasks/**/*.py",
        "pyproject.toml",
        "pixi.toml",
        "package.json",
    ),
    mentions=("docker", "podman"),
)
def docker_build_command(files: Files) -> Iterator[Evidence]:
    """A weak sign: `docker build`, `docker run` or `docker compose` in a task, a script, a Makefile or a code block of a
    document. Whether it was ever run cannot be seen. A command whose docker file is not there does not count."""
    for file in files:
        found = _in_code_blocks(file.lines) if file.suffix == "md" else commands(file)
        for command in found:
            if _handles_images(command) and not _missing(command, files):
                yield file.cite(command.line)


def _in_code_blocks(lines: list[str]) -> Iterator[Command]:
    fence, start = "", 0
    block: list[str] = []
    for i, row in enumerate(lines, 1):
        mark = re.match(r"\s*(```+|~~~+)", row)
        if mark and not fence:
            fence, start, block = mark[1], i + 1, []
        elif mark and row.strip().startswith(fence):
            fence = ""
            yield from shell_commands("\n".join(re.sub(r"^\s*[$>] ", "", r) for r in block), start, by_hand=True)
        elif fence:
            block.append(row)


def _handles_images(command: Command) -> bool:
    if builds_image(command):
        return True
    words = [w for w in command.bare if not w.startswith("-")]
    if command.program in ("docker", "podman"):
        return words[1:2] == ["run"] or (words[1:2] == ["compose"] and bool({"up", "run"} & set(words)))
    return command.program in ("docker-compose", "podman-compose") and bool({"up", "run", "build"} & set(words))


def _missing(command: Command, files: Files) -> bool:
    """Whether the command names a docker file that is not there; a name with a variable in it may be."""
    words = command.bare
    for i, word in enumerate(words[:-1]):
        if word in ("-f", "--file"):
            path = words[i + 1].replace("\\", "/").removeprefix("./")
            if not re.search(r"[${<*]|\.\./", path):
                return not any(p == path or p.endswith("/" + path) for p in files.paths)
    return False


@probe(
    "image-build-kept",
    asks="Does something build the container images automatically and keep them?",
    looks_in=(".github/workflows/*.y*ml", ".gitlab-ci.y*ml", "**/*.tf", "**/cloudbuild*.y*ml"),
    mentions=("push", "gcloud builds", "google_cloudbuild_trigger", "images", "deploy"),
)
def image_build_kept(files: Files) -> Iterator[Evidence]:
    """As `image-build-automatic`, where the file that builds also pushes or deploys: an image that a test job builds and throws
    away is no reason to tick a box."""
    for evidence in PROBES["image-build-automatic"].function(files):
        file = files.paths.get(evidence.path)
        if file and _KEEPS.search(file.text):
            yield evidence


_KEEPS = compile_later(
    r"(?m)^[^\S\n]*+push:\s*(?:true|\$)|\b(?:docker|podman)\s+(?:image\s+|compose\s+)?push\b|--push\b|gcloud builds (?:submit|triggers)|"
    r"google_cloudbuild_trigger|gcloud run deploy|deploy-cloudrun"
)
