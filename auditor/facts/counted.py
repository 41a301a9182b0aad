"""What there may be several honest numbers of: workflows, images, configuration files of a kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from auditor.facts.cloud import training_specs
from auditor.facts.images import bases, dockerfiles, editors_stock
from auditor.facts.workflows import ci_workflows
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.readers import DOCKERFILES, WORKFLOWS, readable, yaml_root
from auditor.snapshot import Snapshot

# -- workflows ---------------------------------------------------------------------------------------------------------

_MAY_BE_ONE = (".github/**/*.y*ml*", ".github/workflows/*", ".github/dependabot*", "**/*cloudbuild*.y*ml", "**/*cloud_build*.y*ml", ".gitlab-ci*", ".circleci/*", ".travis*", "**/azure-pipelines*", "**/jenkinsfile*", ".pre-commit-config.y*ml")  # fmt: skip
_AUXILIARY = compile_later(
    r"doc|page|mkdocs|dependabot|auto|update|stale|label|release|claude|copilot|greet|codeql|template", re.IGNORECASE
)
_CI_WORK = compile_later(
    r"\b(?:pytest|unittest|tox|nox|coverage|ruff|flake8|black|isort|mypy|pylint|pre-commit|invoke|lint|test)\b", re.I
)


@dataclass(frozen=True)
class WorkflowFiles:
    """The `possible` files that may be called a workflow (Dependabot, Cloud Build, pre-commit and switched-off files, too), those
    that a host `accepted`, the group's daily `own` among these (none of a template, none that publishes or updates), and
    the ones of these that test or lint (`checks`)."""

    possible: tuple[str, ...]
    accepted: tuple[str, ...]
    own: tuple[str, ...]
    checks: tuple[str, ...]


def workflow_files(snapshot: Snapshot) -> WorkflowFiles:
    """The workflows, as one may count them."""

    def make() -> WorkflowFiles:
        found = ci_workflows(snapshot.select(WORKFLOWS, all=True))
        daily = [w for w in found if not _AUXILIARY.search(f"{w.file.name} {w.name}")]
        own = [w.path for w in daily if snapshot.aside(w.file) != "template stub"]
        checks = [p for p in own if _CI_WORK.search(snapshot.files[p].text)]
        accepted = [w.path for w in found]
        possible = dict.fromkeys([*accepted, *(p for p in snapshot.files if matches(p, _MAY_BE_ONE))])
        return WorkflowFiles(tuple(possible), tuple(accepted), tuple(own), tuple(checks))

    return snapshot.once("facts.counted.workflows", make)


# -- images ------------------------------------------------------------------------------------------------------------

_BY_ARGUMENT = compile_later(r"--build-arg|--target|build-args:|gcloud run deploy[^\n]*--source")


@dataclass(frozen=True)
class ImageNumbers:
    """The docker files, the group's own ones among them, and the most images that they and what else builds images can be said
    to make: named stages and compose services count, and one docker file may be built several times."""

    files: tuple[str, ...]
    own: tuple[str, ...]
    most: float


def image_numbers(snapshot: Snapshot) -> ImageNumbers:
    """The docker files and images, as one may count them."""

    def make() -> ImageNumbers:
        paths = [
            p for p in snapshot.files if matches(p, DOCKERFILES) and not p.lower().endswith((".dockerignore", ".md"))
        ]
        read = dockerfiles(snapshot)
        kept = [f for f, made in read if not editors_stock(made)]
        own = [f.path for f in kept if not re.search(r"copy|\.old|backup", f.path, re.I)]
        found = [b for f, _ in read for b in bases(f)]
        most: float = inf if any(b.open for b in found) else len(paths) + sum(bool(b.name) for b in found)
        for path, file in snapshot.files.items():
            if matches(path, ("**/*compose*.y*ml", "**/bentofile.y*ml", "**/project.toml", "**/*skaffold*")):
                most += max(len(yaml_root(file)["services"].entries), 1) if readable(file) else inf
            elif matches(path, _BUILDERS) and (not readable(file) or _BY_ARGUMENT.search(file.text)):
                most = inf
        return ImageNumbers(tuple(paths), tuple(own), most)

    return snapshot.once("facts.counted.images", make)


_BUILDERS = ("**/*cloudbuild*.y*ml", ".github/workflows/*.y*ml", "**/tasks.py", "**/*.sh", "**/makefile")

# -- configuration files -----------------------------------------------------------------------------------------------


def configurations_of(kind: str, snapshot: Snapshot) -> tuple[str, ...]:
    """The files of one kind of configuration: `job specification`, `sweep file` or `experiment file`."""
    return snapshot.once(f"facts.counted.{kind}", lambda: tuple(_of_kind(kind, snapshot)))


def _of_kind(kind: str, snapshot: Snapshot) -> Iterator[str]:
    """A cloud job's worker pools, a sweep's method with parameters, or an option of a folder called after experiments."""
    files = snapshot.select(("**/*.{yaml,yml,json}", "!.github/**", "!**/outputs/**", "!**/.hydra/**", "!**/wandb/**", "!**/data/**"))  # fmt: skip
    for file in files:
        if kind == "job specification":
            if re.search(r"worker_?pool_?specs", file.text, re.I) and training_specs(file):
                yield file.path
        elif kind == "sweep file":
            if re.search(r"(?m)^method:", file.text) and re.search(r"(?m)^parameters:", file.text):
                yield file.path
        elif re.search(r"(?:^|/)experiments?/[^/]+\.ya?ml$", file.path, re.I) and file.text.strip():
            yield file.path
