"""Continuous integration: what starts by itself, and what it then checks, builds and publishes."""

import re
from collections.abc import Callable, Iterable, Iterator

from auditor.facts.civalues import caches, ci_values, default_caches
from auditor.facts.cloud import CONFIGURATION, SCRIPTS, TERRAFORM, cloud_build, gcloud_words, terraform
from auditor.facts.jobs import Run, Use
from auditor.facts.linting import hook_only_sorts, only_sorts
from auditor.facts.programs import (
    build_action,
    builds_image,
    lint_action,
    lint_hooks,
    lint_tool,
    runs_pre_commit,
    runs_tests,
)
from auditor.facts.testfiles import Case
from auditor.facts.testrules import options_of
from auditor.facts.tests import collect
from auditor.facts.workflows import CI, CiWorkflow, Trigger, ci_workflows, doubt, misplaced, path_filter_hits
from auditor.globs import matches
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.commands import commands
from auditor.readers.python import python
from auditor.readers.shell import Command
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import Files

_PRE_COMMIT = ".pre-commit-config.y*ml"
_ANY_WORKFLOW = ("runs-on", "uses:", "script")  # the word that matters may stand in a task that it calls


def _say(ci: CiWorkflow) -> str:
    """When a workflow starts, for a note."""
    return "starts on " + ", ".join(e.replace("_", " ") for e in ci.events)


def _cite(run: Run, ci: CiWorkflow, note: str = "") -> Evidence:
    parts = [note or _say(ci)]
    if run.via:
        parts.append(f"{ci.path} calls it by `{run.via.split(chr(10))[0][:80]}`")
    if run.soft:
        parts.append("its failure does not fail the job")
    return run.file.cite(run.line, note="; ".join(parts))


# -- tests and linters -------------------------------------------------------------------------------------------------


@probe(
    "ci-runs-tests",
    asks="Does a workflow that starts by itself for the default branch run the tests?",
    looks_in=CI,
    mentions=(*_ANY_WORKFLOW, "test", "nox", "tox"),
)
def ci_runs_tests(files: Files) -> Iterator[Evidence]:
    """A test runner in an active step, directly or through make, invoke, tox, nox or a script, of a workflow that a push
    to or pull request into the default branch, or a schedule, starts. Workflows that start by hand, on other branches only,
    or that GitHub would refuse do not count, nor do installing a runner and collecting tests."""
    checking = _checking(files, lambda r: isinstance(r, Run) and runs_tests(r.command))
    found = [(ci, r) for ci in checking for r in ci.runs if runs_tests(r.command)]
    for ci, run in sorted(found, key=lambda pair: pair[1].soft):
        yield _cite(run, ci)


def _checking(files: Files, counts: Callable[[Run | Use], object]) -> list[CiWorkflow]:
    """The workflows that start by themselves on code or by the clock. What they call and nobody can see leaves the search
    unsure; the nearest miss is what counts in one that nothing starts."""
    workflows = ci_workflows(files)
    _nearest(files, (ci for ci in workflows if not ci.checks), counts)
    checking = [ci for ci in workflows if ci.checks]
    doubt(checking)
    return checking


def _nearest(files: Files, workflows: Iterable[CiWorkflow], counts: Callable[[Run | Use], object]) -> None:
    """Name what would count if its workflow started: one whose triggers leave the default branch out, or one in a folder
    where GitHub looks for none."""
    branch = files.history.default_branch
    for ci in workflows:
        did: list[Run | Use] = [*ci.runs, *ci.uses]
        for one in did:
            if counts(one):
                line = one.line if isinstance(one, Run) else one.step.line
                files.near = f"{one.file.path}:{line}"
                files.why = f"which nothing starts{f' for the branch {branch}' if branch else ''}: {ci.path}"
                return
    for path in (ci.path for ci in misplaced(files)):
        if not files.near:
            inner = "/.github/workflows/" in path
            files.near = f"{path}:1"
            files.why = "which starts nothing: GitHub runs the workflows of the folder .github" + (
                " at the root only" if inner else "/workflows only"
            )


@probe(
    "ci-workflow",
    asks="Is there a workflow of the group's own that starts by itself?",
    looks_in=CI,
    mentions=("on:", "on :", "script", "steps", "run", "sh "),
)
def ci_workflow(files: Files) -> Iterator[Evidence]:
    """A configuration that its host accepts, that a push, pull request, schedule or another event starts, and of which a
    step does more than set up, install and print. The template's untouched workflows, and one that only updates the pre-commit hooks, do not
    count."""
    _nearest(files, (), lambda _: False)
    for ci in ci_workflows(files):
        if not ci.automatic:
            files.near, files.why = f"{ci.path}:1", "which nothing starts by itself"
        elif _works(ci) and not _only_updates(ci):
            line = next((t.line for t in ci.triggers if t.starts), ci.triggers[0].line if ci.triggers else 1)
            yield ci.file.cite(line, note=_say(ci))


_IDLE = frozenset(
    [
        "",
        "echo",
        "printf",
        "ls",
        "pwd",
        "cat",
        "exit",
        "cd",
        "sleep",
        "true",
        "set",
        "export",
        "mkdir",
        "which",
        "[",
        "[[",
        "test",
        "fi",
        "done",
        "for",
        "case",
        "esac",
        "}",
        ")",
        "pip",
        "apt-get",
        "apt",
        "brew",
        "conda",
        "mamba",
    ]
)
_SETS_UP = compile_later(
    r"^actions/(checkout|cache)\b|(^|[/-])(setup-[\w-]+|install-poetry|auth|login-action)(/|$)", re.I
)


def _works(ci: CiWorkflow) -> bool:
    """Whether a step does more than set up, install and print."""
    for run in ci.runs:
        first = run.command.bare[:2]
        installs = first[:1] in (("uv",), ("poetry",), ("pdm",), ("pixi",)) and first[1:] != ("build",)
        if run.command.program not in _IDLE and not installs:
            return True
    if any(not _SETS_UP.search(use.action.lower()) and not use.action.startswith("./") for use in ci.uses):
        return True
    doubt([ci])
    return False


@probe(
    "ci-template",
    asks="Is a workflow of the project template left as it came?",
    looks_in=WORKFLOWS,
    stubs=True,
)
def ci_template(files: Files) -> Iterator[Evidence]:
    """A weak sign: an untouched template workflow that runs tests or a linter and starts for the default branch."""
    for ci in ci_workflows(files):
        if ci.checks and files.aside(ci.path) == "template stub":
            for run in ci.runs:
                if runs_tests(run.command) or lint_tool(run.command):
                    yield _cite(run, ci, f"as the template brings it; {_say(ci)}")
                    break


def _lints(files: Files, sorts: bool = False) -> Iterator[tuple[CiWorkflow, Evidence]]:
    """The steps that lint; those that only look at the order of imports are left out, or with `sorts` nothing else is in."""
    hooks = [
        h for f in files.matching(_PRE_COMMIT) for h in lint_hooks(f, lambda h: hook_only_sorts(h, files) is not sorts)
    ]
    held = ", ".join(sorted({name for name, _ in hooks})[:4])
    soft: list[tuple[CiWorkflow, Evidence]] = []
    for ci in _checking(files, lambda r: lint_tool(r.command) if isinstance(r, Run) else lint_action(r)):
        for run in ci.runs:
            tool = lint_tool(run.command)
            tool = tool if tool and only_sorts(run, files) is sorts else ""
            weak = run.soft or "--exit-zero" in run.command.bare
            if tool or (runs_pre_commit(run) and hooks):
                what = tool or f"pre-commit, whose hooks hold {held}"
                piece = _cite(run, ci, f"{what}; {_say(ci)}")
                if weak and not run.soft:
                    piece = _cite(run, ci, f"{what} with --exit-zero, which never fails; {_say(ci)}")
                if weak:
                    soft.append((ci, piece))
                else:
                    yield ci, piece
        for use in ci.uses:
            at = use.step.line, use.step.end
            if runs_pre_commit(use):
                if hooks:
                    yield ci, use.file.cite(*at, note=f"pre-commit, whose hooks hold {held}; {_say(ci)}")
            elif (tool := lint_action(use)) and only_sorts(use, files) is sorts:
                yield ci, use.file.cite(*at, note=f"{tool}; {_say(ci)}")
    yield from soft


@probe(
    "ci-lints",
    asks="Does a workflow that starts by itself run a linter, a type checker or a formatter that checks?",
    looks_in=(*CI, _PRE_COMMIT),
)
def ci_lints(files: Files) -> Iterator[Evidence]:
    """ruff, flake8, pylint, mypy and their like, `black --check`, or pre-commit with such hooks, in an active step of a
    workflow that reaches the default branch; or pre-commit.ci, which needs no workflow: its settings among the hooks, or its
    own commits. A formatter that only rewrites, an installed linter,
    pre-commit with white-space hooks, and what only looks at the order of imports (isort, ruff with the rules `I` alone) do
    not count. A linter whose failure passes is found, and said to be so."""
    found = False
    for _, piece in _lints(files):
        found = True
        yield piece
    service = next((c for c in files.history.commits if c.author.startswith("pre-commit-ci")), None)
    for file in files.matching(_PRE_COMMIT):
        if (service or "ci:" in file.text) and (hooks := lint_hooks(file, lambda h: hook_only_sorts(h, files))):
            line = next((i for i, row in enumerate(file.lines, 1) if re.match(r"ci:", row)), 0)
            if line:
                found = True
                yield file.cite(line, note=f"pre-commit.ci is set up; the hooks hold {hooks[0][0]}")
            elif service:
                found = True
                note = f"pre-commit.ci runs the hooks (commit {service.sha[:10]}), which hold {hooks[0][0]}"
                yield file.cite(hooks[0][1], note=note)
    if not found and (sorting := next(ci_sorts_imports(files), None)):
        files.near, files.why = f"{sorting.path}:{sorting.start}", "which only looks at the order of imports"


@probe("ci-sorts-imports", asks="Does a workflow check the order of imports?", looks_in=(*CI, _PRE_COMMIT))
def ci_sorts_imports(files: Files) -> Iterator[Evidence]:
    """isort, or ruff with the rules `I` alone, in a workflow as `ci-lints` takes it. Weak: it says nothing of the rest of the
    code."""
    for _, piece in _lints(files, sorts=True):
        yield piece


@probe(
    "ci-lints-template",
    asks="Is the template's linting workflow left as it came?",
    looks_in=(*WORKFLOWS, _PRE_COMMIT),
    stubs=True,
)
def ci_lints_template(files: Files) -> Iterator[Evidence]:
    """A weak sign: an untouched template workflow that lints and starts for the default branch."""
    for ci, piece in _lints(files):
        if files.aside(ci.path) == "template stub":
            yield piece


@probe("ci-caching", asks="Does the CI keep dependencies or other results between its runs?", looks_in=CI)
def ci_caching(files: Files) -> Iterator[Evidence]:
    """`cache:` of a set-up action, `enable-cache`, actions/cache, docker layers from a cache, GitLab's `cache:`, in an
    active step of a workflow that starts by itself; also setup-uv from version 5 on, which caches unless told not to.
    Not in a workflow that only updates the pre-commit hooks."""
    unasked = []
    _nearest(files, (), lambda _: False)
    for ci in ci_workflows(files):
        if not ci.automatic or _only_updates(ci):
            continue
        for what, file, line in caches(ci):
            yield file.cite(line, note=what)
        unasked += default_caches(ci)
    for what, file, line in unasked:
        yield file.cite(line, note=what)


@probe("ci-caching-and-matrix", asks="Is caching asked for, and do the tests run on several versions?", looks_in=CI)
def ci_caching_and_matrix(files: Files) -> Iterator[Evidence]:
    """Both halves of one box, plainly: caching that a step asks for (not an action's default), and two or more values of a
    kind over the jobs that run tests."""
    workflows = ci_workflows(files)
    asked = [(what, file, line) for ci in workflows if ci.automatic for what, file, line in caches(ci)]
    several = [v for v in ci_values(ci for ci in workflows if ci.checks) if len(v.values) > 1]
    if asked and several:
        what, file, line = asked[0]
        yield file.cite(line, note=what)
        for where, at in several[0].places[:1]:
            yield where.cite(at, note=f"{', '.join(several[0].values)}")


def _only_updates(ci: CiWorkflow) -> bool:
    updates = any(r.command.program in ("pre-commit", "prek") and "autoupdate" in r.command.bare for r in ci.runs)
    return updates and not any(runs_tests(r.command) or lint_tool(r.command) for r in ci.runs)


@probe(
    "ci-matrix",
    asks="Do the CI's tests run on two or more operating systems, Python or framework versions?",
    looks_in=CI,
)
def ci_matrix(files: Files) -> Iterator[Evidence]:
    """Two or more values of one kind over the jobs that run tests, in workflows that start by themselves for the default
    branch. A matrix of one value, one that builds images, and an axis that no step reads do not count."""
    for found in ci_values(_checking(files, lambda r: isinstance(r, Run) and runs_tests(r.command))):
        if len(found.values) < 2:
            continue
        kind = {"os": "operating systems", "python": "Python versions"}.get(found.kind, f"{found.kind} versions")
        note = f"{len(found.values)} {kind}: {', '.join(found.values)}"
        if not found.matrix:
            note += ", added up over jobs"
        for file, line in found.places[:3]:
            yield file.cite(line, note=note)


# -- data and model triggers -------------------------------------------------------------------------------------------

_CODE = compile_later(
    r"\.(py|ipynb|sh|toml|lock|cfg|ini|md|rst|ya?ml|dockerfile|html?|css|js|ts|tsx|tf)$|(^|/)(\.git\w+|\.?dockerfile|makefile|license|\.gitkeep)$",
    re.I,
)
_DATA_WORD = compile_later(r"(^|[/_.*-])(data|datasets?|raw|processed|interim|dvc)([/_.*-]|$)", re.I)
_DATA_FILE = compile_later(r"\.(csv|tsv|parquet|feather|jsonl|arrow|npy|npz|h5|hdf5|zip|tar|gz|sqlite|db)$", re.I)
_MODEL_WORD = compile_later(r"(^|[/_.*-])(models?|checkpoints?|weights|registry|model_?registry)([/_.*-]|$)", re.I)
_MODEL_FILE = compile_later(r"\.(pt|pth|ckpt|onnx|pkl|joblib|h5|keras|safetensors|mar|tflite|bin|pb)(\.dvc)?$", re.I)


def _targets_data(pattern: str) -> bool:
    plain = pattern.lstrip("!")
    if plain.endswith("dvc.lock"):
        return True
    if _CODE.search(plain) or _targets_model(plain):
        return False
    return bool(_DATA_WORD.search(plain) or _DATA_FILE.search(plain))


def _targets_model(pattern: str) -> bool:
    plain = pattern.lstrip("!")
    if re.search(r"\.(py|ipynb|sh|toml|md)$", plain, re.I):
        return False
    return bool(_MODEL_WORD.search(plain) or _MODEL_FILE.search(plain))


def _is_data(path: str) -> bool:
    if path == "dvc.lock" or path.endswith("/dvc.lock"):
        return True
    if path.startswith(".dvc/") or "/.dvc/" in path:  # DVC's settings, not the data
        return False
    if _MODEL_WORD.search(path) and not _DATA_WORD.search(path.removesuffix(".dvc")):
        return False
    return path.endswith(".dvc") or not _CODE.search(path)


def _is_model(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    if path.startswith(".dvc/"):
        return False
    if path.endswith(".dvc") or _MODEL_FILE.search(path):
        return True
    listed = re.search(r"\.(ya?ml|json|txt|toml)$", name, re.I)
    return bool(
        listed
        and re.search(r"registry|version|latest|production|staging|metadata|metrics|model_?info|alias", path, re.I)
    )


def watches(
    files: Files, targets: str, workflows: Iterable[CiWorkflow] | None = None, idle: bool = False
) -> Iterator[tuple[CiWorkflow, Trigger, str, int, tuple[str, ...]]]:
    """The path patterns of working workflows (`idle`: of those whose steps only set up and print) that are meant for data (or
    models), with the tracked ones they match."""
    aims, counts = (_targets_data, _is_data) if targets == "data" else (_targets_model, _is_model)
    tracked = tuple(files.paths)
    for ci in ci_workflows(files) if workflows is None else workflows:
        if not any(True for _ in ci.workflow.active_steps) or _works(ci) is idle:
            continue
        for trigger in ci.triggers:
            for pattern in trigger.paths:
                if pattern.startswith("!") or not aims(pattern):
                    continue
                hits = path_filter_hits(tracked, [pattern])
                let_through = (
                    set(path_filter_hits(hits, trigger.paths))
                    if any(p.startswith("!") for p in trigger.paths)
                    else set(hits)
                )
                mine = tuple(p for p in hits if p in let_through and counts(p))
                if not mine and any(p.endswith(".py") for p in hits):
                    continue  # a filter on code
                line = next(
                    (i for i in range(trigger.line, len(ci.file.lines) + 1) if pattern in ci.file.lines[i - 1]),
                    trigger.line,
                )
                yield ci, trigger, pattern, line, mine


@probe(
    "data-trigger",
    asks="Does a workflow start when the data changes?",
    looks_in=(*WORKFLOWS, *SCRIPTS, *TERRAFORM),
    mentions=(
        "paths",
        "repository_dispatch",
        "eventarc",
        "notification",
        "trigger-bucket",
        "storage.object",
        "finalize",
        "bucket",
    ),
)
def data_trigger(files: Files) -> Iterator[Evidence]:
    """A `paths:` filter that matches a tracked DVC pointer or data file, in a workflow that starts for the default branch
    and does something; a `repository_dispatch` named for data; a bucket's notification or an Eventarc trigger in tracked
    configuration. Filters on code, `dvc pull` in a workflow that any push starts, and a filter that matches nothing tracked
    do not count."""
    _nearest(files, (), lambda _: False)
    done = set()
    for ci, trigger, pattern, line, mine in watches(files, "data"):
        if mine and trigger.starts and (ci.path, trigger.event) not in done:
            done.add((ci.path, trigger.event))
            shown = ", ".join(mine[:3])
            note = f"`{pattern}` on {trigger.event} matches {len(mine)} tracked file{'s' * (len(mine) > 1)}: {shown}"
            yield ci.file.cite(trigger.line, line, note=note)
    for ci in ci_workflows(files):
        for trigger in ci.triggers:
            if (
                trigger.event == "repository_dispatch"
                and _works(ci)
                and any(_DATA_WORD.search(t) for t in trigger.types)
            ):
                yield ci.file.cite(trigger.line, trigger.line + 1, note="a dispatch named for data starts it")
    for file in files.matching(*TERRAFORM):
        for resource in terraform(file):
            if resource.kind in (
                "google_storage_notification",
                "google_eventarc_trigger",
                "aws_s3_bucket_notification",
            ):
                yield file.cite(resource.line, note="an event of the bucket")
    for file in files.matching(*SCRIPTS):
        if re.search(r"(?i)eventarc|notification|trigger-(bucket|resource|event)", file.text):
            for command in commands(file):
                if _bucket_event(command):
                    yield file.cite(command.line, note="an event of the bucket")


def _bucket_event(command: Command) -> bool:
    words = gcloud_words(command)
    text = command.text
    if words[:3] == ("eventarc", "triggers", "create"):
        return "storage.object" in text
    if words[:2] == ("functions", "deploy"):
        return "--trigger-bucket" in text or "storage.object" in text
    if words[:4] in (("storage", "buckets", "notifications", "create"),):
        return True
    return command.program == "gsutil" and command.bare[1:3] == ("notification", "create")


@probe(
    "data-trigger-dead",
    asks="Does a workflow watch a data path that no tracked file matches?",
    looks_in=WORKFLOWS,
    mentions=("paths",),
)
def data_trigger_dead(files: Files) -> Iterator[Evidence]:
    """A weak sign: a `paths:` filter that is meant for data but cannot fire on a change of it, since no tracked data file
    or DVC pointer matches, or the branch filter leaves the default branch out."""
    yield from _dead(files, "data")


def _dead(files: Files, targets: str) -> Iterator[Evidence]:
    alive = {(ci.path, t.event) for ci, t, _, _, mine in watches(files, targets) if mine and t.starts}
    done = set()
    for ci, trigger, pattern, line, mine in watches(files, targets):
        if (ci.path, trigger.event) in alive or (ci.path, trigger.event) in done:
            continue
        done.add((ci.path, trigger.event))
        reason = f"`{pattern}` matches no tracked {'data file or DVC pointer' if targets == 'data' else 'model'}"
        if mine:
            reason = f"the branch filter leaves the default branch out ({', '.join(trigger.branches or trigger.branches_ignore)})"
        yield ci.file.cite(trigger.line, line, note=reason)


@probe(
    "registry-trigger",
    asks="Does a workflow start when the model registry changes?",
    looks_in=(*WORKFLOWS, "**/*.py", "!tests/**", "!**/test_*.py"),
    mentions=("repository_dispatch", "paths", "webhook", "create_automation"),
)
def registry_trigger(files: Files) -> Iterator[Evidence]:
    """`repository_dispatch` (the registry's webhook sends it) in a workflow with a working step, a `paths:` filter that
    matches a tracked model or its DVC pointer, or code that creates such an automation. The sender in W&B leaves no trace.
    A dispatch named for data, steps that only print, and a folder without a tracked model do not count."""
    _nearest(files, (), lambda _: False)
    for ci in ci_workflows(files):
        for trigger in ci.triggers:
            if (
                trigger.event == "repository_dispatch"
                and _works(ci)
                and not any(_DATA_WORD.search(t) for t in trigger.types)
            ):
                types = ", ".join(trigger.types) or "of any type"
                yield ci.file.cite(trigger.line, trigger.line + 1, note=f"starts on a dispatch ({types})")
    done = set()
    for ci, trigger, pattern, line, mine in watches(files, "model"):
        if mine and trigger.starts and (ci.path, trigger.event) not in done:
            done.add((ci.path, trigger.event))
            yield ci.file.cite(
                trigger.line, line, note=f"`{pattern}` matches {len(mine)} tracked: {', '.join(mine[:3])}"
            )
    for file in files.matching("**/*.py"):
        if "webhook" in file.lower or "create_automation" in file.text:
            module = python(file)
            for call in (
                module.calls_to(".create_automation", ".create_webhook", ".create_registry_webhook") if module else ()
            ):
                yield file.cite(call.line, call.end, note="creates the registry's automation")


@probe(
    "registry-trigger-dead",
    asks="Is there a workflow for the model registry that cannot fire, or does nothing?",
    looks_in=WORKFLOWS,
    mentions=("paths", "repository_dispatch"),
)
def registry_trigger_dead(files: Files) -> Iterator[Evidence]:
    """A weak sign: a `paths:` filter on a folder for models in which no model is tracked, or on another branch: it cannot
    fire when a model is registered. Also a dispatch behind which steps only set up and print."""
    yield from _dead(files, "model")
    for ci in ci_workflows(files):
        for trigger in ci.triggers:
            if trigger.event == "repository_dispatch" and not _works(ci):
                yield ci.file.cite(trigger.line, trigger.line + 1, note="its active steps only set up and print")


# -- images ------------------------------------------------------------------------------------------------------------


@probe(
    "image-build-automatic",
    asks="Does something build the container images automatically?",
    looks_in=(*CI, *SCRIPTS, *TERRAFORM, *CONFIGURATION),
    mentions=(
        *_ANY_WORKFLOW,
        "docker",
        "podman",
        "buildah",
        "kaniko",
        "builds",
        "skaffold",
        "bentoml",
        "pack ",
        "acr build",
        "cloudbuild",
    ),
)
def image_build_automatic(files: Files) -> Iterator[Evidence]:
    """An image built by an active step of a workflow that a push, pull request, tag, release, schedule or another workflow
    starts for the default branch (`gcloud builds submit` counts if its file builds an image), a Cloud Build trigger in
    Terraform or a script, GitLab. A workflow that starts by hand or on a dead branch does not count; a Cloud Build file
    alone is `image-build-config`."""
    workflows = ci_workflows(files)
    _nearest(
        files,
        (ci for ci in workflows if not ci.automatic),
        lambda r: builds_image(r.command) if isinstance(r, Run) else build_action(r),
    )
    doubt(ci for ci in workflows if ci.automatic)
    for ci in workflows:
        if not ci.automatic:
            continue
        for use in ci.uses:
            if what := build_action(use):
                yield use.file.cite(use.step.line, use.step.end, note=f"{what}; {_say(ci)}")
        for run in ci.runs:
            if what := builds_image(run.command) or _submits_build(run.command):
                yield _cite(run, ci, f"{what}; {_say(ci)}")
    for file in files.matching(*TERRAFORM):
        for resource in terraform(file):
            if resource.kind == "google_cloudbuild_trigger":
                yield file.cite(resource.line, note="a Cloud Build trigger")
    for file in files.matching(*SCRIPTS):
        if "triggers" in file.text and not matches(file.path, WORKFLOWS):
            for command in commands(file):
                words = gcloud_words(command)
                if words[:3] in (("builds", "triggers", "create"), ("builds", "triggers", "import")):
                    yield file.cite(command.line, note="creates a Cloud Build trigger")


def _submits_build(command: Command) -> str:
    """Whether Cloud Build is asked to build without a file (what a file says is followed)."""
    if gcloud_words(command)[:2] != ("builds", "submit"):
        return ""
    named = any(w in ("-t", "--tag", "--pack") or w.startswith(("--tag=", "--pack=")) for w in command.bare)
    return "Cloud Build builds the image" if named else ""


@probe(
    "image-build-config",
    asks="Is there a Cloud Build file that builds a container image?",
    looks_in=CONFIGURATION,
    mentions=("cloud-builders", "kaniko", "docker"),
)
def image_build_config(files: Files) -> Iterator[Evidence]:
    """A weak sign: a Cloud Build file with a step that builds an image. What triggers it stands in the cloud's console, or
    nowhere. Files that only train or deploy do not count."""
    for file in files:
        build = cloud_build(file)
        for step in build.doing("build") if build else ():
            yield file.cite(step.line, step.end, note="the trigger, if there is one, is not in the repository")


# -- documentation -----------------------------------------------------------------------------------------------------


@probe(
    "docs-deployed",
    asks="Is the documentation published?",
    looks_in=(*CI, ".readthedocs.y*ml", "readthedocs.yml"),
    mentions=(
        *_ANY_WORKFLOW,
        "mkdocs",
        "mike",
        "pages",
        "sphinx",
        "ghp-import",
        "documentation",
        "gh-deploy",
        "readthedocs",
        "docs",
        "quarto",
        "mkdoc",
        "zensical",
    ),
)
def docs_deployed(files: Files) -> Iterator[Evidence]:
    """A workflow that starts by itself, or by hand, with `mkdocs gh-deploy`, `mike deploy`, ghp-import, a Pages action or
    GitLab's pages job; the branch gh-pages; or a Read the Docs configuration. Building only (`mkdocs build`), and a deploying
    step that asks for a branch that is not there, do not count."""
    for ci in ci_workflows(files):
        how = _say(ci) if ci.automatic else "starts by hand"
        if not ci.automatic and not ci.workflow.by_hand_only:
            _nearest(files, [ci], lambda r: isinstance(r, Run) and _publishes(r.command))
            continue
        doubt([ci])
        for use in ci.uses:
            if re.search(
                r"actions-gh-pages|deploy-pages$|github-pages-deploy-action|mkdocs.*deploy|deploy-mkdocs|mkdocs-gh",
                use.action.lower(),
            ):
                yield use.file.cite(use.step.line, use.step.end, note=f"publishes the pages; {how}")
        for run in ci.runs:
            if _publishes(run.command):
                yield _cite(run, ci, f"publishes the pages; {how}")
        if ci.host == "gitlab" and "pages" in {j.id for j in ci.workflow.jobs}:
            yield ci.file.cite(ci.workflow.node.line_of("pages"), note="GitLab publishes what this job makes")
    pages = [b for b in files.history.branches if b.rsplit("/", 1)[-1] in ("gh-pages", "gh_pages")]
    if pages:
        yield Evidence(kind="fact", note="the repository has the branch gh-pages", sources=(f"branch {pages[0]}",))
    elif files.history.one_branch:
        unsure(Hole("gh-pages", "this copy of the repository has one branch only"))
    for file in files.matching(".readthedocs.y*ml", "readthedocs.yml"):
        yield file.cite(1, 4, note="set up for Read the Docs, which is not GitHub Pages")


def _publishes(command: Command) -> bool:
    words = command.bare
    if command.program in ("mkdocs", "zensical"):
        return "gh-deploy" in words
    if command.program == "mike":
        return "deploy" in words
    if command.program == "quarto":
        return "publish" in words
    if command.program == "git" and "push" in words:
        return any("gh-pages" in w for w in words)
    return command.program in ("ghp-import", "gh-pages") or (command.program == "npx" and "gh-pages" in words)


# -- API and load tests ------------------------------------------------------------------------------------------------

_TEST_FILES = ("**/*test*.py", "**/tests/**/*.py", "**/conftest.py")
_PYTEST_SETTINGS = ("pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


@probe(
    "ci-runs-api-tests",
    asks="Does the CI run tests that call the API?",
    looks_in=(*CI, *_TEST_FILES, *_PYTEST_SETTINGS),
    mentions=(*_ANY_WORKFLOW, "test", "nox"),
)
def ci_runs_api_tests(files: Files) -> Iterator[Evidence]:
    """A test function that calls the API through a test client (or the deployed one by its URL), in a file that pytest
    collects, and a workflow that starts by itself for the default branch whose test run reaches it: its paths, `--ignore`
    and the configured `testpaths` are followed. Skipped tests and locust files do not count."""
    cases: dict[str, Case] = {}
    for case in collect(files.matching(*_TEST_FILES)).cases:
        if case.client and not case.skipped:
            cases.setdefault(case.path, case)
    checking = _checking(files, lambda r: isinstance(r, Run) and runs_tests(r.command)) if cases else []
    runs = [(ci, r) for ci in checking for r in ci.runs if runs_tests(r.command)]
    configured = _testpaths(files)
    for path, case in cases.items():
        for ci, run in runs:
            if _reaches(run, path, configured, files):
                note = f"{run.file.path}:{run.line} runs it ({_say(ci)})"
                yield files.paths[path].cite(case.line, min(case.end, case.line + 3), note=note)
                break


def _testpaths(files: Files) -> tuple[str, ...]:
    for name in _PYTEST_SETTINGS:
        for file in files.matching(name):
            options = options_of(file)
            if options is not None:
                value = options.get("testpaths")
                return tuple(value.split() if isinstance(value, str) else value if isinstance(value, list) else ())
    return ()


_VALUED = {
    "-k",
    "-m",
    "-n",
    "-c",
    "-p",
    "-o",
    "-W",
    "--ignore",
    "--ignore-glob",
    "--deselect",
    "--cov",
    "--cov-report",
    "--junitxml",
    "--maxfail",
    "--tb",
    "--durations",
    "--rootdir",
    "--source",
    "--timeout",
    "-s",
    "-t",
}


def _reaches(run: Run, path: str, configured: tuple[str, ...], files: Files) -> bool:
    words = list(run.command.bare)
    if run.command.program == "coverage":
        words = words[words.index("-m") + 1 :] if "-m" in words else words
    if words and words[0] == "unittest" and "discover" not in words and len(words) > 1:
        return any(w.replace(".", "/") in path for w in words[1:] if not w.startswith("-"))
    base = run.step.node["working-directory"].text.strip("./") or run.job.node["defaults"]["run"][
        "working-directory"
    ].text.strip("./")
    targets: list[str] = []
    ignored: list[str] = []
    i = 1
    while i < len(words):
        word = words[i]
        if word in (">", ">>", "2>&1", "<") or word.startswith((">", "2>")):
            break
        if word.startswith("--ignore="):
            ignored.append(word.split("=", 1)[1])
        elif word in ("--ignore", "--ignore-glob") and i + 1 < len(words):
            ignored.append(words[i + 1])
        elif word.startswith("--ignore-glob="):
            ignored.append(word.split("=", 1)[1])
        if word in _VALUED:
            # `--cov tests/` may or may not take the path; a path that is there is then both
            if word in ("--cov", "-s", "-p", "-c") and i + 1 < len(words) and files.exists(words[i + 1]):
                targets.append(words[i + 1])
            i += 2
            continue
        if not word.startswith("-") and "$" not in word and word != "discover":
            targets.append(word.split("::")[0])
        i += 1

    def under(place: str) -> bool:
        place = place.removeprefix("./").strip("/")
        place = f"{base}/{place}".strip("/") if base else place
        if place in ("", "."):
            return True
        return path == place or path.startswith(place + "/") or matches(path, (place, place + "/**"))

    if any(under(place) for place in ignored):
        return False
    return any(under(place) for place in targets or configured or ("",))


@probe(
    "ci-load-test",
    asks="Does a workflow run a load test?",
    looks_in=CI,
    mentions=(*_ANY_WORKFLOW, "locust", "k6", "vegeta", "artillery", "wrk", "hey ", "oha", "load"),
)
def ci_load_test(files: Files) -> Iterator[Evidence]:
    """locust, k6, vegeta, artillery, wrk, hey or oha, or a script named for load tests, run by an active step; whether the
    workflow starts by itself is said. Commented-out steps and files that GitHub would refuse do not count."""
    workflows = ci_workflows(files)
    _nearest(files, (), lambda _: False)
    doubt(workflows)
    for ci in workflows:
        how = _say(ci) if ci.automatic else "starts by hand"
        for run in ci.runs:
            words = run.command.bare
            tool = run.command.program in (
                "locust",
                "k6",
                "vegeta",
                "artillery",
                "wrk",
                "hey",
                "oha",
                "jmeter",
                "bombardier",
            )
            asks_only = set(words) & {"--version", "--help", "-V"}
            script = run.command.program.startswith("python") and any(
                re.search(r"load_?-?test|locust", w) for w in words[1:2]
            )
            if (tool or script) and not asks_only:
                yield _cite(run, ci, f"a load test; {how}")
        for use in ci.uses:
            if re.search(r"k6-action|run-k6|locust|artillery", use.action.lower()):
                yield use.file.cite(use.step.line, use.step.end, note=f"a load test; {how}")
