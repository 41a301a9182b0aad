"""Which events start a workflow: surely, or as far as anybody can see; and how often a clock does."""

import re

from auditor.facts.purposes import Pipelines, served
from auditor.facts.workflows import CiWorkflow, Trigger
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File, Snapshot

_BEHIND = (
    "workflow_run",
    "workflow_call",
    "repository_dispatch",
    "merge_group",
    "release",
    "tag",
)  # what is behind it is not read here
EVENTS = {
    "push": ("push",), "pull request": ("pull_request",), "merge": ("push", "pull_request"), "tag": ("tag", "create"), "release": ("release",),
    "schedule": ("schedule",), "manual": ("workflow_dispatch", "repository_dispatch"), "another workflow": ("workflow_run", "workflow_call"),
}  # fmt: skip


def surely_starts(w: CiWorkflow, event: str) -> bool:
    """Whether an event is sure to start it for the default branch; a merge is a push."""
    names = ("push",) if event == "merge" else EVENTS[event]
    return any(
        t.event in names and (t.starts or t.event in ("workflow_dispatch", "workflow_run", "workflow_call"))
        for t in w.triggers
    )


def may_start(w: CiWorkflow, event: str, branch: str, ci: Pipelines) -> bool:
    """Whether an event can start a workflow, generously: any branch that there is; what is behind a call may be anything."""
    if event == "manual":
        return any("dispatch" in t.event or t.event == "workflow_call" for t in w.triggers)
    if any(t.event in _BEHIND for t in w.triggers):
        return True
    if set(w.events) & {"push", "tag", "release"} and event in ("push", "merge") and not branch:
        return True
    if not branch and (EVENTS[event][-1] in w.events or EVENTS[event][0] in w.events):
        return True
    for t in w.triggers:
        if t.event in EVENTS[event] and not waits_for_nothing(t, ci) and _on_branch(t, branch, ci):
            return True
        # a push to any branch starts it for the branch of a pull request, too; one without filters for a tag
        if (
            t.event == "push"
            and event in ("pull request", "tag")
            and (not t.branches or any(set(b) & set("*!+?[") for b in t.branches))
        ):
            return True
    return event == "tag" and any(t.event in ("push", "create") and not t.branches for t in w.triggers)


def waits_for_nothing(t: Trigger, ci: Pipelines) -> bool:
    """Whether a trigger waits for branches only of which none is there."""
    plain = all(re.fullmatch(r"[\w./-]+", b) for b in t.branches)
    return bool(t.branches) and plain and bool(ci.branches) and not set(t.branches) & ci.branches


def _on_branch(t: Trigger, branch: str, ci: Pipelines) -> bool:
    """Whether a trigger's filters let a branch through; `main` and `master` are the default branch, whichever it is called."""
    if not branch or not t.branches or any(set(b) & set("*!+?[") for b in t.branches):
        return True
    name = branch.lower().removeprefix("the ").removesuffix(" branch").strip("` ")
    usual = {"main", "master", "default"}
    return (
        (name not in usual and name not in ci.branches)
        or name in t.branches
        or bool(name in usual and usual & set(t.branches))
    )


def period(cron: str) -> str:
    """How often a cron line fires: hour, day, week, month; empty for anything else."""
    parts = cron.split()
    if len(parts) != 5:
        return ""
    minute, hour, day, month, weekday = parts
    if not re.fullmatch(r"\d+", minute) or month != "*":
        return ""
    if day == "*" and weekday in ("*", "?"):
        return "hour" if hour == "*" else "day" if hour.isdigit() else ""
    if not hour.isdigit():
        return ""
    if day in ("*", "?"):
        return "week" if re.fullmatch(r"[0-7]|[A-Za-z]{3}", weekday) else ""
    return "month" if day.isdigit() and weekday in ("*", "?") else ""


_CALLED = {
    "workflow_dispatch": "by hand",
    "pull_request": "pull request",
    "workflow_call": "a call",
    "workflow_run": "another workflow",
}


def starts(workflow: CiWorkflow) -> str:
    """What starts a workflow, for a sentence."""
    said = []
    for t in workflow.triggers:
        text = _CALLED.get(t.event, t.event.replace("_", " "))
        if t.branches and t.event in ("push", "pull_request"):
            text += f" ({', '.join(t.branches[:4])})"
        if t.cron:
            text += f" ({'; '.join(t.cron)})"
        said.append(text)
    return ", ".join(said) or "nothing"


def update_periods(snapshot: Snapshot) -> list[tuple[str, File, int, str]]:
    """How often dependencies are looked at, by Dependabot's `interval` and the clocks of workflows that update hooks or locks: the
    period (empty for an odd one), where it is written, and in words."""
    named = {"daily": "day", "weekly": "week", "monthly": "month"}
    told: list[tuple[str, File, int, str]] = []
    for file in snapshot.select((".github/dependabot.y*ml",), stubs=True):
        for update in yaml_root(file)["updates"].items:
            interval = update["schedule"]["interval"]
            told.append((named.get(interval.text, ""), file, interval.line, f"sets the interval {interval.text}"))
    for w in {s.workflow.path: s.workflow for s in served(snapshot, "dependency updates")}.values():
        told += [(period(c), w.file, t.line, f"has the schedule `{c}`") for t in w.triggers for c in t.cron]
    return told
