"""What there may be several honest numbers of: workflows, images, configuration files of a kind."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from math import inf

from auditor.facts.cloud import training_specs
from auditor.facts.images import bases, dockerfiles, editors_stock
from auditor.facts.routes import Route, routes
from auditor.facts.suites import TESTS_FOLDER
from auditor.facts.workflows import ci_workflows
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.readers import DOCKERFILES, WORKFLOWS, readable, yaml_root
from auditor.snapshot import File, Snapshot

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


# -- what CI runs on ---------------------------------------------------------------------------------------------------

_MENTIONS = {
    "systems": compile_later(r"\b(?:ubuntu|windows|macos|linux|debian|self-hosted)(?:-[\w.]+)?", re.IGNORECASE),
    "pythons": compile_later(r"(?<![\d.])3\.\d{1,2}(?![\d.])"),
}


def ci_mentions(snapshot: Snapshot, what: str) -> dict[str, tuple[File, int]]:
    """The operating systems (`systems`) or Python versions (`pythons`) that any workflow, action or test runner's file mentions, with
    the first place of each: an upper end. Empty where a workflow calls what is not seen."""

    def make() -> dict[str, tuple[File, int]]:
        if any(w.unfollowed for w in ci_workflows(snapshot.select(WORKFLOWS, all=True))):
            return {}
        found: dict[str, tuple[File, int]] = {}
        for file in snapshot.select((*WORKFLOWS, "tox.ini", "noxfile.py", ".github/actions/**/*.y*ml"), all=True):
            for m in _MENTIONS[what].finditer(file.text):
                found.setdefault(m[0].lower(), (file, file.text.count("\n", 0, m.start()) + 1))
        return found

    return snapshot.once(f"facts.counted.{what}", make)


# -- endpoints ---------------------------------------------------------------------------------------------------------

_TRIVIAL = compile_later(
    r"^/?$|health|metric|docs|openapi|redoc|ready|live|status|ping|favicon|static|version|info", re.IGNORECASE
)
_BROUGHT = compile_later(r"docs|redoc|openapi|metric|static|favicon|assets", re.IGNORECASE)
_PATH = compile_later(r"(?<![\w.:/])/(?:[a-z_][\w{}-]*(?:/[\w{}-]+)*)?(?=[\s,.;:)`'\"]|$)", re.IGNORECASE)
_COUNTABLE = frozenset(["fastapi", "flask", "starlette", "quart", "sanic"])


@dataclass(frozen=True)
class Endpoints:
    """The `routes` of the `one` file that is spoken of, or of all; their `paths`, and those that count whatever one thinks of root,
    health, metrics and documentation (`counted`); how many `calls` they are by path and method; how many named ones a library
    brings; the `most` that there may be said to be; those that are not named, with their lines."""

    routes: tuple[Route, ...]
    one: bool
    paths: frozenset[tuple[str, str]]
    counted: frozenset[tuple[str, str]]
    calls: int
    brought: int
    most: int
    unnamed: tuple[str, ...]


def paths_in(text: str) -> frozenset[str]:
    """The paths of endpoints that a text names (`/predict`), the root among them."""
    return frozenset(m[0].rstrip("/") or "/" for m in _PATH.finditer(text.replace("`", " ")))


def endpoints(snapshot: Snapshot, named: frozenset[str], text: str) -> Endpoints | None:
    """The endpoints that a text with these paths may speak of: of the only file with routes, the one that it names, the one that alone
    declares all paths; else all. None where there are none, or more than their declarations show (mounted applications,
    frameworks without paths)."""
    declared = snapshot.once("facts.counted.routes", lambda: routes(snapshot.select(("**/*.py",), stubs=True)))
    declared = tuple(r for r in declared if not TESTS_FOLDER.search(r.file))
    own = [r for r in declared if r.function or not _BROUGHT.search(r.path)]
    of = {f: {_plain(r) for r in own if r.file == f} for f in sorted({r.file for r in own})}
    files = list(of)
    if len(files) > 1:
        sought = {p for p in named if not _TRIVIAL.search(p)}
        files = [f for f in of if f.rsplit("/", 1)[-1] in text] or [
            f for f in of if len(sought) > 1 and sought <= of[f]
        ]
    one = len(files) == 1
    told = tuple(r for r in own if not one or r.file == files[0])
    if not told or any(r.method == "MOUNT" or r.framework not in _COUNTABLE for r in told):
        return None
    paths = frozenset((r.file, r.path) for r in told)
    counted = frozenset(p for p in paths if not _TRIVIAL.search(p[1]) or (p[1].rstrip("/") or "/") in named)
    brought = len({p for p in named if _TRIVIAL.search(p)} - {_plain(r) for r in own})
    more = {_plain(r): r.line for r in told if _plain(r) not in named and (r.file, r.path) in counted}
    calls = len({(r.path, r.method) for r in told})
    most = len({(r.file, r.path, r.method) for r in declared}) + brought
    return Endpoints(
        told, one, paths, counted, calls, brought, most, tuple(f"{p} (line {n})" for p, n in sorted(more.items()))
    )


def _plain(route: Route) -> str:
    return route.path.rstrip("/") or "/"
