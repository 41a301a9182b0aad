"""Container images: what describes them, and what builds them by hand."""

import re
from collections.abc import Iterator

from auditor.facts.programs import builds_image
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import PROBES, probe
from auditor.readers import DOCKERFILES, Command, commands, docker, shell_commands
from auditor.snapshot import Files

_NOT_DOCKERFILES = (
    "!**/*.{md,txt,sh,bash,py,yaml,yml,json,toml,ps1,bat,png,jpg,svg,rst,html,bak,log}",
    "!**/*.{dockerignore,gitkeep,deactivated,disabled,old}",
    "!**/.devcontainer/**",
)


@probe("dockerfile", asks="Is there a docker file of the group's own?", looks_in=(*DOCKERFILES, *_NOT_DOCKERFILES))
def dockerfile(files: Files) -> Iterator[Evidence]:
    """A Dockerfile or Containerfile that starts from an image and does something with it (RUN, COPY, ADD, CMD or
    ENTRYPOINT). The template's untouched ones, a compose file, a development container and copies that end in another
    suffix do not count."""
    for file in files:
        instructions = docker(file)
        start = next((i for i in instructions if i.name == "FROM"), None)
        active = [i for i in instructions if i.name in ("RUN", "COPY", "ADD", "CMD", "ENTRYPOINT")]
        if start and active:
            stages = sum(i.name == "FROM" for i in instructions)
            note = f"{len(active)} instructions follow" if len(active) > 1 else "1 instruction follows"
            yield file.cite(start.line, note=note + (f", in {stages} stages" if stages > 1 else ""))


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
            yield from shell_commands("\n".join(re.sub(r"^\s*[$>] ", "", r) for r in block), start)
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
    r"(?m)^\s*push:\s*(?:true|\$)|\b(?:docker|podman)\s+(?:image\s+|compose\s+)?push\b|--push\b|gcloud builds (?:submit|triggers)|"
    r"google_cloudbuild_trigger|gcloud run deploy|deploy-cloudrun"
)
