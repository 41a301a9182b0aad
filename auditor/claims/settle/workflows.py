"""Which workflows a claim speaks of, and how they are shown: what the settlers of continuous integration share."""

import re
from dataclasses import dataclass

from auditor.claims.case import Case, Settled
from auditor.facts.purposes import PLAIN, Pipelines, by_path, pipelines, served
from auditor.facts.traces import PURPOSE_OF
from auditor.facts.workflows import CiWorkflow, doubt
from auditor.models import Evidence


@dataclass(frozen=True)
class Meant:
    """The workflows that a claim speaks of and how they are called in a sentence. `sure`: they are all that could be meant,
    so that what none of them does is not done."""

    workflows: tuple[CiWorkflow, ...]
    called: str
    about: str
    sure: bool


def meant(case: Case, path: str, purpose: str) -> Meant | None:
    """The workflow of a path, or all that serve a purpose; None where no workflow is there that could be meant. A purpose that
    only words tell is never sure; nor is one that Cloud Build may serve, whose triggers lie in a console."""
    ci = pipelines(case.snapshot)
    if path:
        found = by_path(case.snapshot, path)
        return Meant((found,), found.path, found.file.name, ci.whole) if found else None
    if purpose in ("unknown", ""):
        return None
    if purpose in ("any", "all"):
        return Meant(ci.workflows, "a workflow", purpose, ci.whole) if ci.workflows else None
    places = served(case.snapshot, purpose)
    workflows = tuple({s.workflow.path: s.workflow for s in places}.values())
    sure = ci.whole and purpose in PLAIN and not (purpose in ("images", "deployment") and beyond_github(case, ci))
    return Meant(workflows, f"a workflow for {purpose}", purpose, sure) if workflows else None


def beyond_github(case: Case, ci: Pipelines) -> bool:
    """Whether Cloud Build may build or deploy: it has a file here, or the report speaks of it."""
    return bool(ci.builds) or any(
        "cloud build" in q.answer.lower() or "cloudbuild" in q.answer.lower() for q in case.report.questions
    )


def sure_of_all(ci: Pipelines) -> bool:
    """Whether what no workflow does is not done by CI. What they call and nobody can see leaves a hole."""
    doubt(ci.workflows)
    return ci.whole


def words(quote: str) -> frozenset[str]:
    """The words of a quote in small letters."""
    return frozenset(re.findall(r"[a-z0-9]+", quote.lower()))


_STEMS = {
    "tests": "test", "linting": "lint", "typing": "typ", "formatting": "format", "coverage": "cover", "hooks": "commit", "images": "docker image container build",
    "deployment": "deploy", "docs": "doc", "load tests": "load performance stress locust", "security": "secur vulnerab scan",
}  # fmt: skip


def named(quote: str, tool: str) -> bool:
    """Whether a quote has a tool's own name, or the stem of a word for what is done: a reader that puts a tool for what is done,
    or a deployment for a push to the cloud, has not read it there."""
    if tool in PURPOSE_OF and tool != "pytest":
        return any(stem in quote.lower() for stem in _STEMS[PURPOSE_OF[tool]].split())
    return _letters(tool) in _letters(quote)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


def on(workflow: CiWorkflow, note: str = "what starts it") -> Evidence:
    """The lines that say what starts a workflow."""
    lines = [t.line for t in workflow.triggers] or [1]
    return workflow.file.cite(min(lines), max(lines) + 2, note=note)


_WORDS = {
    "workflow_dispatch": "by hand",
    "pull_request": "pull request",
    "workflow_call": "a call",
    "workflow_run": "another workflow",
}


def starts(workflow: CiWorkflow) -> str:
    """What starts a workflow, for a sentence."""
    said = []
    for t in workflow.triggers:
        text = _WORDS.get(t.event, t.event.replace("_", " "))
        if t.branches and t.event in ("push", "pull_request"):
            text += f" ({', '.join(t.branches[:4])})"
        if t.cron:
            text += f" ({'; '.join(t.cron)})"
        said.append(text)
    return ", ".join(said) or "nothing"


def contradicted(about: str, shows: str, difference: str, *evidence: Evidence, detail: bool = False) -> Settled:
    """A contradiction by the repository."""
    return Settled("contradicted", shows, evidence, difference, about, detail)


def supported(about: str, shows: str, *evidence: Evidence) -> Settled:
    """A confirmation."""
    return Settled("supported", shows, evidence, about=about)
