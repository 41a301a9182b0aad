"""What a claim on a number that is no number of tests may be about, by its words; nothing where they do not say that it is this."""

from collections.abc import Callable
from dataclasses import replace

from auditor.claims.case import Case, answer_of
from auditor.claims.kinds import Count
from auditor.facts import counted
from auditor.facts.counted import Band, paths_in
from auditor.numbers import bag, near, part, tokens, total

RUNNERS = bag("invoke make makefile just nox poe pixi task hatch pdm")
_ALONE = bag("only just single sole merely")
_CI = bag("ci workflow workflows actions matrix test tests tested testing")
_MADE = bag("created made wrote written defined added implemented prepared have has are keep contains maintain")
_DOCKER = bag("docker dockerfile dockerfiles container containers containerizing built registry")
_KINDS = {
    "vertex": "job specification",
    "sweep": "sweep file",
    "experiment": "experiment file",
    "experiments": "experiment file",
}


def whole(claim: Count, scope: bool = True) -> bool:
    """Whether fewer than there are would be wrong: it is said of all (`scope`), no word beside the number makes it a part, and `one`
    is not just the first of a row."""
    alone = claim.value != 1 or total(claim.quote) or bool(_ALONE & near(claim.quote, 1))
    return (claim.scope == "whole" or not scope) and alone and not part(claim.quote, claim.value)


def _words(claim: Count) -> set[str]:
    return {t.word for t in tokens(claim.quote)}


def kept(band: Band | None, fewer: bool) -> Band | None:
    """The band, with its low end only where fewer would be wrong."""
    return band if band is None or fewer else replace(band, low=0)


def _workflows(claim: Count, case: Case) -> Band | None:
    question = answer_of(claim.quote, case)
    return kept(counted.workflows(case.snapshot, question.answer if question else ""), whole(claim))


def _jobs(claim: Count, case: Case) -> Band | None:
    if not claim.path and not _words(claim) & {"workflow", "workflows", "ci", "actions"}:
        return None
    return kept(counted.jobs(case.snapshot, claim.path), whole(claim, scope=False))


def _images(claim: Count, case: Case) -> Band | None:
    files = claim.of == "dockerfiles"
    question = answer_of(claim.quote, case)
    asked = question is not None and "containers" in question.topics
    if not files and not asked and not _words(claim) & _DOCKER:
        return None  # images may be data
    return kept(counted.images(case.snapshot, files), whole(claim))


def _endpoints(claim: Count, case: Case) -> Band | None:
    holding = case.prose.holding(claim.quote)
    sentence = holding.text if holding else claim.quote
    named = paths_in(sentence)
    if claim.value < 2 or "vertex" in _words(claim):
        return None
    closed = claim.scope in ("whole", "api", "named") and whole(claim, scope=False)
    one_method = not named and bool({"get", "post"} & near(claim.quote, claim.value))
    return kept(counted.endpoints(case.snapshot, named, f"{sentence} {claim.path}"), closed and not one_method)


def _hooks(claim: Count, case: Case) -> Band | None:
    found = counted.hooks(case.snapshot)
    low = claim.quote.lower()
    if found is None or not any(w in low for w in ("commit", *(i.lower() for i in found[1]))):
        return None
    return kept(found[0], whole(claim))


def _tasks(claim: Count, case: Case) -> Band | None:
    spoken = {w.removesuffix("file") for w in near(claim.quote, claim.value) & RUNNERS} - {"task"}
    if not spoken and "tasks.py" not in f"{claim.quote} {claim.path}":
        return None
    return counted.tasks(case.snapshot, next(iter(spoken)) if len(spoken) == 1 else "")


def _configurations(claim: Count, case: Case) -> Band | None:
    kind = next((_KINDS[w] for w in near(claim.quote, claim.value, before=0) if w in _KINDS), "")
    if not kind and not _words(claim) & {"file", "files", "yaml", "config", "configs"}:
        return None  # configurations may be runs
    fewer = whole(claim, scope=False) and bool(_words(claim) & _MADE)
    return kept(counted.configurations(case.snapshot, kind if claim.value > 1 and fewer else ""), fewer)


def _tested(what: str) -> Callable[[Count, Case], Band | None]:
    return lambda claim, case: counted.in_ci(case.snapshot, what) if _words(claim) & _CI else None


COUNTED: dict[str, Callable[[Count, Case], Band | None]] = {
    "workflows": _workflows,
    "jobs": _jobs,
    "dockerfiles": _images,
    "images": _images,
    "endpoints": _endpoints,
    "hooks": _hooks,
    "tasks": _tasks,
    "configuration files": _configurations,
    "pull requests": lambda claim, case: (
        kept(counted.requests(case.history), whole(claim)) if claim.value > 2 else None
    ),
    "commits": lambda claim, case: counted.commits(case.history),
    "releases": lambda claim, case: counted.releases(case.history),
    "operating systems": _tested("systems"),
    "python versions": _tested("pythons"),
}
