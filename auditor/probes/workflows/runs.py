"""What a workflow runs by itself, cited."""

import re
from collections.abc import Callable, Iterable

from auditor.facts.jobs import Run, Use
from auditor.facts.workflows import CiWorkflow, ci_workflows, doubt, misplaced
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.snapshot import Files

PRE_COMMIT = ".pre-commit-config.y*ml"
ANY_WORKFLOW = ("runs-on", "uses:", "script")  # the word that matters may stand in a task that it calls


def say(ci: CiWorkflow) -> str:
    """When a workflow starts, for a note."""
    return "starts on " + ", ".join(e.replace("_", " ") for e in ci.events)


def cite(run: Run, ci: CiWorkflow, note: str = "") -> Evidence:
    parts = [note or say(ci)]
    if run.via:
        parts.append(f"{ci.path} calls it by `{run.via.split(chr(10))[0][:80]}`")
    if run.soft:
        parts.append("its failure does not fail the job")
    return run.file.cite(run.line, note="; ".join(parts))


def that_check(files: Files, counts: Callable[[Run | Use], object]) -> list[CiWorkflow]:
    """The workflows that start by themselves on code or by the clock. What they call and nobody can see leaves the search
    unsure; the nearest miss is what counts in one that nothing starts."""
    workflows = ci_workflows(files)
    nearest(files, (ci for ci in workflows if not ci.checks), counts)
    checking = [ci for ci in workflows if ci.checks]
    doubt(checking)
    return checking


def nearest(files: Files, workflows: Iterable[CiWorkflow], counts: Callable[[Run | Use], object]) -> None:
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


def works(ci: CiWorkflow) -> bool:
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
