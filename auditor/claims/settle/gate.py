"""Whether one thing happens only after another has succeeded: needs, `workflow_run`, calls, and the order of steps."""

from itertools import product

from auditor.claims.case import Case, Settled, settles
from auditor.claims.kinds import Gate
from auditor.claims.settle.runs import toothless
from auditor.claims.settle.workflows import beyond_github, contradicted, on, supported, sure_of_all, sure_of_these
from auditor.facts.events import starts
from auditor.facts.links import anyway, linked, reviewed, whatever_came_out
from auditor.facts.purposes import PLAIN, Served, pipelines, served
from auditor.facts.quality import hooks
from auditor.facts.traces import hooked, named
from auditor.models import Evidence

_CHECKS = ("tests", "linting", "typing", "formatting", "coverage", "hooks")
_MOST = 100  # places of each that are held against each other
_AT_COMMIT = frozenset(["linting", "typing", "formatting", "hooks"])  # what pre-commit may check before anything else


@settles("gate")
def gate(claim: Gate, case: Case) -> Settled | None:
    """Looks for a link from what serves `first` to what serves `then`: an earlier step of the same job, a job that it needs, a
    workflow that `workflow_run` waits for with success, a call that needs it. Contradicted where a `workflow_run` asks for no
    conclusion; else only where all workflows are read, both are
    found, no such link exists between any two, and nothing else can hold it back: what starts on pushes to the default branch is
    left alone where `first` runs on pull requests (branch protection, which nobody sees, may gate the merge), and what starts by hand
    is. Two workflows on the same event are no gate. A denial is contradicted by a link. Says nothing of builds that Cloud Build may do,
    of hooks that check before a commit, and of parts that are not found. Formatters that only rewrite, and steps whose failure
    passes, hold nothing back: contradicted where no other step of that purpose and no hook is there."""
    ci = pipelines(case.snapshot)
    firsts = _places(claim.first, case)
    thens = list(served(case.snapshot, claim.then)) if claim.then not in ("any", "all", "unknown") else []
    if not firsts or (not thens and claim.then != "any"):
        return None
    about = f"gate:{claim.first}:{claim.then}"
    if not claim.denied and not any(a.blocks for a in firsts):
        return toothless(about, firsts[0]) if _alone(claim, case, firsts) else None
    if not thens:
        return None
    few = firsts[:_MOST], thens[:_MOST]
    found = case.snapshot.once(
        f"facts.gate:{claim.first}:{claim.then}", lambda: [(a, b) for a, b in product(*few) if linked(a, b, ci)]
    )
    sound = next(((a, b) for a, b in found if a.blocks and not whatever_came_out(a, b)), None)
    if sound is not None:
        a, b = sound
        proof = (_cite(a, claim.first), _cite(b, claim.then))
        shows = f"{_where(b)} runs only after {_where(a)}."
        if not claim.denied:
            return supported(about, shows, *proof)
        if not b.sure or anyway(a, b):
            return None
        return contradicted(
            about, shows, f"The sentence says that {claim.then} does not wait for {claim.first}; it does.", *proof
        )
    if claim.denied or not {claim.first, claim.then} <= PLAIN or not sure_of_all(ci):
        return None
    if claim.first in _AT_COMMIT and hooks(case.snapshot).found:
        return None
    if claim.then in ("images", "deployment") and beyond_github(case, ci):
        return None
    if len(firsts) > _MOST or len(thens) > _MOST:
        return None
    if found:
        if not all(whatever_came_out(a, b) for a, b in found):
            return None
        a, b = found[0]
        shows = f"{b.workflow.path} starts by `workflow_run` when {a.workflow.path} is completed, and nothing in it asks for its conclusion."
        return contradicted(
            about,
            shows,
            f"It starts after a failure of {claim.first}, too.",
            on(b.workflow),
            _cite(b, claim.then),
            detail=True,
        )
    if any(reviewed(b, firsts) or not b.workflow.events for b in thens):
        return None
    a, b = firsts[0], thens[0]
    shows = f"{_where(a)} (on {starts(a.workflow)}) and {_where(b)} (on {starts(b.workflow)}) start side by side: neither `needs` nor `workflow_run` links them."
    return contradicted(
        about,
        shows,
        f"Nothing makes what serves {claim.then} wait for {claim.first}.",
        _cite(a, claim.first),
        _cite(b, claim.then),
    )


def _alone(claim: Gate, case: Case, firsts: list[Served]) -> bool:
    """Whether nothing but the workflows can hold something back for what is formatted or linted badly."""
    named_so = claim.first in ("formatting", "linting") and named(claim.quote, claim.first)
    return named_so and sure_of_these(pipelines(case.snapshot), firsts) and not hooked(case.snapshot, claim.first)


def _places(purpose: str, case: Case) -> list[Served]:
    if purpose in ("any", "all"):
        return [s for p in _CHECKS for s in served(case.snapshot, p)]
    return list(served(case.snapshot, purpose)) if purpose != "unknown" else []


def _where(place: Served) -> str:
    return f"{place.workflow.path}:{place.step.line if place.file is place.workflow.file else place.job.line}"


def _cite(place: Served, what: str) -> Evidence:
    return place.file.cite(place.line, note=f"{what}, in the job {place.job.id}")
