"""What starts a workflow: its events with their filters, held against the branches and files that there are."""

import re

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Trigger as Claim
from auditor.claims.settle.runs import none_of
from auditor.claims.settle.workflows import Meant, contradicted, meant, on, supported
from auditor.facts.events import EVENTS, may_start, period, starts, surely_starts, update_periods, waits_for_nothing
from auditor.facts.purposes import Pipelines, pipelines
from auditor.facts.quality import hooks
from auditor.facts.workflows import CiWorkflow
from auditor.numbers import bag
from auditor.wording import words

_MERGED = bag("merged closed accepted merging")  # what is done to a pull request in the end
_ELSEWHERE = bag("training evaluation data deployment images release unknown any") | {"model registry", "load tests"}


@settles("trigger")
def trigger(claim: Claim, case: Case) -> Settled | None:
    """Compares what is said to start a workflow, or all that serve a purpose, with `on:`: branch filters against the branches that
    there are, `if:` and path filters where they let nothing through, calls and `workflow_run` followed, the period of a cron line (and
    of Dependabot). Contradicted where none of the workflows has the event, generously read (a push to any branch is one of a pull
    request's, a merge is a push); with `every` of all workflows where one lacks it; with `only` where a named workflow has another
    one, too. Says nothing of purposes that may be served outside GitHub (a trigger of Cloud Build lies in a console), of a manual
    start of anything but a named workflow, and past calls that cannot be seen."""
    if claim.of == "dependency updates" and claim.period and not claim.path:
        return _updates(claim, case)
    if "pull request" in claim.events and bag(" ".join(words(claim.quote))) & _MERGED:
        claim = claim.model_copy(update={"events": tuple("merge" if e == "pull request" else e for e in claim.events)})
    if "data change" in claim.events or "registry change" in claim.events:
        return _on_change(claim, case)
    found = meant(case, claim.path, claim.of)
    if found is None or not claim.events:
        return None
    ci = pipelines(case.snapshot)
    about = f"trigger:{found.about}"
    proof = tuple(on(w) for w in found.workflows[:3])
    shows = "; ".join(_shown(w, ci) for w in found.workflows[:3]) + "."
    if claim.denied:
        return _denied(claim, found, shows, ci, case)
    lacking = [e for e in claim.events if not any(may_start(w, e, claim.branch, ci) for w in found.workflows)]
    if claim.of == "all" and claim.every and not claim.path:
        return _every(claim, found, ci, case)
    if lacking:
        if (
            not found.sure
            or ("manual" in lacking and not claim.path)
            or (claim.of in _ELSEWHERE and not claim.path and claim.of not in ("images", "deployment"))
        ):
            return None
        if len(claim.events) > 1 and "manual" in claim.events and lacking == ["manual"]:
            return None
        if "push" in lacking and "commit" in claim.quote.lower() and hooks(case.snapshot).file is not None:
            return None  # the hooks run at each commit, too
        if len(lacking) < len(claim.events) and re.search(r"\bor\b|/", claim.quote):  # one of the two is enough
            return None
        where = f" on {claim.branch}" if claim.branch else ""
        what = {"manual": "person", "schedule": "clock"}.get(lacking[0], lacking[0])
        some = len(lacking) < len(claim.events)
        return contradicted(about, shows, f"No {what}{where} starts {found.called}.", *proof, detail=some)
    if claim.period and "schedule" in claim.events and (made := _period(claim, found, about)):
        return made
    if claim.only and claim.path and found.sure:
        w = found.workflows[0]
        allowed = {name for e in claim.events for name in EVENTS[e]} | {"workflow_dispatch", "workflow_call"}
        extra = [t for t in w.triggers if t.event not in allowed and (t.starts or t.event == "push")]
        if extra:
            word = extra[0].event.replace("_", " ")
            return contradicted(about, shows, f"A {word} starts it, too.", *proof, detail=True)
    crons = {period(c) for w in found.workflows for t in w.triggers for c in t.cron}
    if (claim.only and not (claim.path and found.sure)) or (claim.period and claim.period not in crons):
        return None  # not all that is said is seen
    sure = all(
        any(surely_starts(w, e) and may_start(w, e, claim.branch, ci) for w in found.workflows) for e in claim.events
    )
    return supported(about, shows, *proof) if sure else None


def _shown(w: CiWorkflow, ci: Pipelines) -> str:
    dead = sorted({b for t in w.triggers if waits_for_nothing(t, ci) for b in t.branches})
    return f"{w.path} starts on {starts(w)}" + (f"; there is no branch {' or '.join(dead)}" if dead else "")


def _every(claim: Claim, found: Meant, ci: Pipelines, case: Case) -> Settled | None:
    """All workflows, but one lacks an event. The template's update of the hooks is left out."""
    if not found.sure:
        return None
    for w in found.workflows:
        if case.snapshot.aside(w.file) and any("autoupdate" in r.command.bare for r in w.runs):
            continue
        lacks = [e for e in claim.events if not may_start(w, e, claim.branch, ci)]
        if lacks:
            shows = f"{w.path} starts on {starts(w)}."
            return contradicted("trigger:all", shows, f"No {' or '.join(lacks)} starts {w.path}.", on(w), detail=True)
    return supported(
        "trigger:all",
        "; ".join(_shown(w, ci) for w in found.workflows[:4]) + ".",
        *[on(w) for w in found.workflows[:3]],
    )


def _denied(claim: Claim, found: Meant, shows: str, ci: Pipelines, case: Case) -> Settled | None:
    """`It does not start on ...`: contradicted where a named workflow, or each that serves the purpose, is sure to."""
    if not (claim.path or claim.of in ("tests", "linting")) or claim.branch:
        return None
    if all(
        surely_starts(w, e) and w.automatic for w in found.workflows for e in claim.events if e != "manual"
    ) and claim.events != ("manual",):
        word = " or ".join(claim.events)
        return contradicted(
            f"trigger:{found.about}",
            shows,
            f"A {word} does start {found.called}.",
            *[on(w) for w in found.workflows[:3]],
        )
    return None


# -- clocks ------------------------------------------------------------------------------------------------------------


def _period(claim: Claim, found: Meant, about: str) -> Settled | None:
    crons = [(w, t, c) for w in found.workflows for t in w.triggers for c in t.cron]
    known = {period(c) for _, _, c in crons}
    if not crons or "" in known or claim.period in known or not found.sure:
        return None
    w, t, cron = crons[0]
    shows = f"{w.path}:{t.line} has the schedule `{cron}`, once a {period(cron)}."
    proof = w.file.cite(t.line, t.line + 1, note="the schedule")
    return contradicted(
        about, shows, f"The sentence says once a {claim.period}; the file says otherwise.", proof, detail=True
    )


def _updates(claim: Claim, case: Case) -> Settled | None:
    """Dependabot's `interval`, and the clocks of workflows that update hooks or locks: one that agrees is enough."""
    told = update_periods(case.snapshot)
    if not told or any(not each for each, *_ in told) or claim.denied:
        return None
    hit = next((t for t in told if t[0] == claim.period), None)
    _, file, line, says = hit or told[0]
    shows = f"{file.path}:{line} {says}."
    if hit:
        return supported("trigger:updates", shows, file.cite(line, line + 1))
    return contradicted(
        "trigger:updates",
        shows,
        f"The sentence says once a {claim.period}; the file says otherwise.",
        file.cite(line, line + 1),
        detail=True,
    )


# -- data and models ---------------------------------------------------------------------------------------------------


def _on_change(claim: Claim, case: Case) -> Settled | None:
    """Changes of the data or the model registry, by the probes for them: path filters against tracked files, dispatches, events of
    a bucket. Contradicted where they are sure that there is none; a named workflow by its own events."""
    kind, noun = ("data", "the data") if "data change" in claim.events else ("registry", "the model registry")
    ci = pipelines(case.snapshot)
    answer = case.answer(f"{kind}-trigger")
    if claim.denied:
        return None
    if answer.outcome == "found":
        return supported(
            f"trigger:{kind}", f"{answer.evidence[0].path}: {answer.evidence[0].note}.", *answer.evidence[:2]
        )
    if claim.path and (found := meant(case, claim.path, "")) is not None:
        w = found.workflows[0]
        if found.sure and {t.event for t in w.triggers} <= {"workflow_dispatch"}:
            return contradicted(
                f"trigger:{found.about}", f"{_shown(w, ci)}.", "Nothing but a person can start it.", on(w)
            )
    if answer.outcome != "absent" or not ci.whole:
        return None
    dead = case.answer(f"{kind}-trigger-dead")
    if dead.outcome == "found":
        first = dead.evidence[0]
        shows = f"{first.path}:{first.start}: {first.note}."
        return contradicted(
            f"trigger:{kind}", shows, f"No change of {noun} that git sees can start it.", *dead.evidence[:2]
        )
    events = [t for w in ci.workflows for t in w.triggers]
    if (
        any(t.paths or t.event in ("repository_dispatch", "workflow_dispatch", "schedule") for t in events)
        or not claim.path
    ):
        return None  # a webhook, a function or a poll may start it
    many, one = (
        "has a `paths:` filter or a `repository_dispatch` trigger",
        "has neither a `paths:` filter nor a `repository_dispatch` trigger",
    )
    shows = f"{none_of(ci.workflows, many, one)}."
    return contradicted(f"trigger:{kind}", shows, f"No workflow waits for changes of {noun}.", absence(shows))
