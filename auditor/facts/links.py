"""What a step of continuous integration waits for: jobs, calls, and workflows that are to be done first."""

import re

from auditor.facts.purposes import Pipelines, Served
from auditor.facts.workflows import CiWorkflow
from auditor.lazy import compile_later

_ANYWAY = compile_later(r"\b(always|failure|cancelled)\s*\(")


def linked(a: Served, b: Served, ci: Pipelines) -> bool:
    """Whether the second waits for the first in some way, generously: a condition that lets it run after a failure is not looked at."""
    if a.workflow is b.workflow:
        if a.job.id == b.job.id:
            return _before(a, b)
        return a.job.id in needs(b.workflow, b.job.id)
    if _waits(b.workflow, a.workflow, ci, set()):
        return True
    # a workflow that calls both, or calls one and has the other
    for outer in ci.workflows:
        mine = {j.id: j.node["uses"].text.split("@")[0] for j in outer.workflow.jobs}
        one = {i for i, uses in mine.items() if uses.endswith(f"/{a.workflow.file.name}")} | (
            {a.job.id} if outer is a.workflow else set()
        )
        two = {i for i, uses in mine.items() if uses.endswith(f"/{b.workflow.file.name}")} | (
            {b.job.id} if outer is b.workflow else set()
        )
        if any(one & needs(outer, job) for job in two):
            return True
    return False


def _before(a: Served, b: Served) -> bool:
    """Whether a step comes first in its job; steps within an action, and commands of one step, are taken to."""
    lines = [s.line for s in a.job.steps]
    if a.step.line not in lines or b.step.line not in lines:
        return True
    return a.step.line <= b.step.line


def needs(w: CiWorkflow, job: str) -> set[str]:
    """The jobs that a job waits for, over any number of steps."""
    jobs = w.file.once("facts.links.needs", lambda: {j.id: j.node["needs"].texts() for j in w.workflow.jobs})
    found: set[str] = set()
    todo = list(jobs.get(job, ()))
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo += jobs.get(name, ())
    return found


def _waits(late: CiWorkflow, early: CiWorkflow, ci: Pipelines, seen: set[str]) -> bool:
    """Whether a workflow starts when another is done, over any number of workflows."""
    if late.path in seen:
        return False
    named = (
        late.workflow.triggers["workflow_run"]["workflows"].texts() if "workflow_run" in late.workflow.triggers else []
    )
    if early.name in named or early.path in named:
        return True
    between = [w for w in ci.workflows if w.name in named or w.path in named]
    seen.add(late.path)  # none is asked twice: it leads there or it does not
    return any(_waits(w, early, ci, seen) for w in between)


def whatever_came_out(a: Served, b: Served) -> bool:
    """Whether the second runs after the first by `workflow_run` alone, which starts it after a failure, too, where nothing in the
    workflow asks for the conclusion."""
    other = a.workflow is not b.workflow and "workflow_run" in b.workflow.workflow.triggers
    return other and "conclusion" not in b.workflow.file.text and "success" not in b.workflow.file.text


def anyway(a: Served, b: Served) -> bool:
    """Whether what follows runs after a failure, too."""
    return not a.blocks or bool(_ANYWAY.search(b.job.node["if"].text) or _ANYWAY.search(b.step.node["if"].text))


def reviewed(b: Served, firsts: list[Served]) -> bool:
    """Whether a merge may stand between the two: the second starts on no more than pushes to branches that are named (or for tags, releases
    and by the clock), while the first runs on pull requests, or on pushes to any branch."""
    events = [t for t in b.workflow.triggers if t.event in ("push", "pull_request")]
    conditions = " ".join(n["if"].text for n in (b.job.node, b.step.node)) + " ".join(
        j.node["if"].text for j in b.workflow.workflow.jobs if j.id in needs(b.workflow, b.job.id)
    )
    narrow = re.search(r"github\.(ref|event_name|event)", conditions)
    open_push = any(t.event == "push" and not t.branches and not t.branches_ignore and not t.tags for t in events)
    on_pull = any(t.event == "pull_request" for t in events)
    if (on_pull or open_push) and not narrow:
        return False
    early = {t.event for a in firsts for t in a.workflow.triggers}
    any_push = any(t.event == "push" and not t.branches for a in firsts for t in a.workflow.triggers)
    return "pull_request" in early or any_push or any(t.event in ("workflow_dispatch", "workflow_call", "repository_dispatch", "release", "tag", "schedule", "workflow_run") for t in b.workflow.triggers)  # fmt: skip
