"""Which workflows a claim speaks of, and how they are shown: what the settlers of continuous integration share."""

import re
from collections.abc import Iterable

from auditor.claims.case import Case, Settled
from auditor.facts.purposes import PLAIN, Pipelines, Served, by_path, pipelines, served
from auditor.facts.workflows import CiWorkflow, doubt
from auditor.lazy import dataclass
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


def sure_of_these(ci: Pipelines, places: Iterable[Served]) -> bool:
    """The same where the workflows that are cited are what matters: a call of another one that cannot run hides nothing."""
    doubt([s.workflow for s in places])
    return ci.whole


def words(quote: str) -> frozenset[str]:
    """The words of a quote in small letters."""
    return frozenset(re.findall(r"[a-z0-9]+", quote.lower()))


def on(workflow: CiWorkflow, note: str = "what starts it") -> Evidence:
    """The lines that say what starts a workflow."""
    lines = [t.line for t in workflow.triggers] or [1]
    return workflow.file.cite(min(lines), max(lines) + 2, note=note)


def contradicted(about: str, shows: str, difference: str, *evidence: Evidence, detail: bool = False) -> Settled:
    """A contradiction by the repository."""
    return Settled("contradicted", shows, evidence, difference, about, detail)


def supported(about: str, shows: str, *evidence: Evidence) -> Settled:
    """A confirmation."""
    return Settled("supported", shows, evidence, about=about)
