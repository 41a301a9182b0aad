"""Whether a tool runs in continuous integration, in the hooks or as a task: what the steps lead to decides, not a word in a file."""

import re

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Runs
from auditor.claims.settle.workflows import beyond_github, contradicted, meant, supported, sure_of_all, words
from auditor.facts.civalues import caches, default_caches
from auditor.facts.past import was_there
from auditor.facts.programs import LINTERS
from auditor.facts.purposes import Served, pipelines, served
from auditor.facts.quality import hooks, without_option
from auditor.facts.traces import (
    BUNDLES,
    PURPOSE_OF,
    hook_pattern,
    installs,
    keeps_no_cache,
    named,
    places_of,
    tool_named,
    tools_of,
    trace,
)
from auditor.facts.workflows import CI, CiWorkflow
from auditor.models import Evidence
from auditor.readers.text import readable


@settles("runs")
def runs(claim: Runs, case: Case) -> Settled | None:
    """Compares a tool (or a purpose: tests, linting, coverage, caching) with what the steps of the workflows lead to: actions, tasks,
    targets, scripts, hooks where a step or pre-commit.ci runs them, pytest's options, Cloud Build files that are submitted; for hooks with
    the root's pre-commit configuration. Contradicted where GitHub is said to run it and there is no CI of any kind, and where nothing that CI says so much as names a tool that must leave its name; a denial by
    a step of a workflow that starts by itself; `blocks` where every run of it lets its failure pass. Says nothing of tools by hand, of
    images, of CI on other hosts or that calls what cannot be seen, of builds and deployments that Cloud Build may do, and of actions that
    bundle linters."""
    tool = tool_named(claim.tool)
    if tool in ("caching", "cache"):
        return _caching(claim, case)
    if claim.place == "hooks":
        return _in_hooks(claim, tool, case)
    if claim.place == "task":
        return _in_tasks(tool, case) if not claim.denied else None
    if claim.place == "image":
        return None
    ci = pipelines(case.snapshot)
    workflows = ci.workflows
    called = "CI"
    if not workflows and not claim.denied and claim.place in ("ci", "workflow"):
        return _without_ci(claim, case)
    if claim.place == "workflow" or claim.path:
        found_by = meant(case, claim.path, claim.purpose)
        if found_by is None:
            return None
        workflows, called = found_by.workflows, found_by.called
    found = [s for s in places_of(tool, case.snapshot) if s.workflow in workflows]
    if claim.denied:
        return _denied(claim, tool, called, found, case)
    about = f"runs:{tool}"
    if found:
        first = found[0]
        if claim.blocks and not any(s.blocks for s in found):
            return toothless(f"soft:{tool}", first)
        if claim.every:  # whatever starts it
            found = [s for s in found if s.sure and s.workflow.automatic]
        found = [s for s in found if s.blocks or not claim.blocks]
        shown = [f"{s.file.path}:{s.line} runs {tool}." for s in found[:1]]
        return supported(about, shown[0], _cite(found[0])) if found else None
    if claim.place == "unknown":
        made = _in_hooks(claim, tool, case)
        return made if made and made.label == "supported" else None
    left = trace(tool)
    every = ci.own if {"workflow", "workflows", "github"} & words(claim.quote) else ci.text
    text = every if workflows == ci.workflows else "\n".join(ci.texts[w.path] for w in workflows)
    if (
        left is None
        or not workflows
        or not named(claim.quote, tool)
        or left.search(text)
        or BUNDLES.search(ci.text)
        or not sure_of_all(ci)
    ):
        return None
    if PURPOSE_OF.get(tool) in ("images", "deployment") and beyond_github(case, ci):
        return None
    elsewhere = workflows != ci.workflows and bool(left.search(ci.text))
    if elsewhere and not claim.path:  # the purpose may be another's
        return None
    does = ", ".join(tools_of(workflows)[:5])
    many = len(workflows) > 1
    shows = (
        f"{'None of' if many else 'Neither'} {_files(workflows)}, nor a hook, task or script that {'one' if many else 'it'} runs, names {tool}"
        + (f"; {'they run' if many else 'it runs'} {does}." if does else ".")
    )
    alike = tool in LINTERS and any(t in LINTERS for t in tools_of(workflows))  # the job is done, by another tool
    return contradicted(
        about,
        shows,
        f"The sentence says that {called} runs {claim.tool}; nothing there does.",
        absence(shows),
        detail=elsewhere or alike,
    )


_GITHUBS = frozenset(["action", "actions", "workflow", "workflows"])
_ANY_CI = ("ci-runs-tests", "ci-workflow", "ci-template", "ci-elsewhere", "ci-misplaced", "ci-other-host", "ci-anything")  # fmt: skip


def _without_ci(claim: Runs, case: Case) -> Settled | None:
    """What GitHub is said to run, where no file of any host's is there or ever was: GitHub runs what lies in the repository and nothing
    else. Says nothing of CI without a host's name, which a server of the group's own may run."""
    said = words(claim.quote)
    if "github" not in said or said.isdisjoint(_GITHUBS) or not case.absent(*_ANY_CI):
        return None
    if was_there(case.snapshot, CI):  # in an earlier commit, or on a branch, for which GitHub runs it, too
        return None
    shows = "There is no file in `.github/workflows`, nor of another host of continuous integration."
    return contradicted("ci:none", shows, "The sentence says what GitHub runs; there is no workflow that it could run.", absence(shows))  # fmt: skip


def toothless(about: str, place: Served) -> Settled:
    """The contradiction of what is to keep something out, by a step that fails nothing."""
    alone = "rewrites the files on the runner, and nothing commits or compares them"
    shows = f"{place.file.path}:{place.line} {alone if place.rewrites else 'lets its failure pass'}."
    proof = _cite(place, "what it finds fails nothing")
    return contradicted(about, shows, "What it finds does not fail the job.", proof)


def _files(workflows: tuple[CiWorkflow, ...]) -> str:
    names = [w.path for w in workflows]
    more = f" and {len(names) - 6} more" if len(names) > 6 else ""
    return (
        f"the {len(names)} workflows ({', '.join(names[:6])}{more})"
        if len(names) > 1
        else f"the one workflow ({names[0]})"
    )


def none_of(workflows: tuple[CiWorkflow, ...], does: str, lacks: str) -> str:
    """That no workflow does it, or that the only one lacks it."""
    return (
        f"None of {_files(workflows)} {does}"
        if len(workflows) > 1
        else f"The one workflow ({workflows[0].path}) {lacks}"
    )


def _cite(place: Served, note: str = "") -> Evidence:
    return place.file.cite(
        place.line, note=note or f"in {place.workflow.path}" * (place.file.path != place.workflow.path)
    )


def _denied(claim: Runs, tool: str, called: str, found: list[Served], case: Case) -> Settled | None:
    """A denial: contradicted by a step that a workflow of the group's own is sure to run."""
    own = [s for s in found if s.sure and s.workflow.automatic and not case.snapshot.aside(s.workflow.file)]
    if own:
        first = own[0]
        shows = f"{first.file.path}:{first.line} runs {tool} in {first.workflow.path}."
        return contradicted(
            f"runs:{tool}", shows, f"The sentence says that {called} does not run {claim.tool}; it does.", _cite(first)
        )
    ci = pipelines(case.snapshot)
    left = trace(tool)
    if found or left is None or left.search(ci.text) or not sure_of_all(ci):
        return None
    shows = f"{none_of(ci.workflows, f'names {tool}', f'does not name {tool}')}."
    return supported(f"runs:{tool}", shows, absence(shows))


# -- hooks and tasks ---------------------------------------------------------------------------------------------------


def _in_hooks(claim: Runs, tool: str, case: Case) -> Settled | None:
    """Formatting is left alone, since the hooks for white space format, too."""
    known = hooks(case.snapshot)
    purpose = PURPOSE_OF.get(tool, "") if tool != "pytest" else ""
    about = f"hook:{tool}"
    if purpose == "hooks" and known.file is not None:
        answer = case.answer("pre-commit-hooks" if claim.denied else "pre-commit-template")
        other = claim.purpose not in ("unknown", "any", "hooks", "formatting")
        wanted = re.compile(hook_pattern(claim.purpose)) if other else None
        if answer.outcome != "found" or (wanted and not any(wanted.search(h.says) for h in known.found)):
            return None
        shows = (
            f"{answer.evidence[0].path}:{answer.evidence[0].start} sets a hook up"
            + " that the template does not bring." * claim.denied
        )
        denied = contradicted(
            "tool:pre-commit", shows, "The sentence says that there are no hooks; there are.", *answer.evidence[:2]
        )
        return denied if claim.denied else supported("tool:pre-commit", shows + ".", *answer.evidence[:1])
    if known.file is None:
        if claim.denied or not known.sure or claim.place != "hooks":
            return None
        shows = "There is no `.pre-commit-config.yaml` and no file of another hook manager in the repository."
        says = "The sentence says that pre-commit hooks are used; nothing sets one up."
        return contradicted("tool:pre-commit", shows, says, absence(shows))
    pattern = hook_pattern(tool)
    hit = next((h for h in known.found if pattern and re.search(pattern, h.says)), None)
    names = ", ".join(dict.fromkeys(h.id for h in known.found))
    if hit and claim.place == "hooks" and not claim.denied and (bare := without_option(case.snapshot, claim.tool)):
        hook, flag = bare
        shows = f"{known.file.path}:{hook.line} has the hook {hook.id} without {flag}."
        proof = known.file.cite(hook.line, hook.line + 1, note=f"the hook {hook.id}")
        lacks = f"The sentence says `{claim.tool}`; the hook is not given {flag}."
        return contradicted(f"hook:{tool}:{flag}", shows, lacks, proof, detail=True)
    if hit:
        shows = f"{known.file.path}:{hit.line} has the hook {hit.id}."
        proof = known.file.cite(hit.line, hit.line + 1, note=f"the hook {hit.id}")
        if not claim.denied:
            return supported(about, shows, proof)
        own = not known.stub and not purpose
        return (
            contradicted(about, shows, f"The sentence says that no hook runs {claim.tool}; one does.", proof)
            if own
            else None
        )
    if not pattern or not known.sure or claim.denied or not (purpose or (trace(tool) and named(claim.quote, tool))):
        return None
    first = min(h.line for h in known.found)
    shows = f"{known.file.path} has the hooks {names}" + (", as the template brings it." if known.stub else ".")
    proof = known.file.cite(first, first + 7, note=f"the hooks: {names}")
    what = _DONE_BY.get(claim.tool, claim.tool)
    return contradicted(about, shows, f"No hook runs {what}.", proof, detail=not known.stub)  # hooks there are


def _in_tasks(tool: str, case: Case) -> Settled | None:
    """Confirms at most: a task may run anything by another name."""
    left = trace(tool)
    for file in case.snapshot.select(("{tasks.py,makefile,justfile,noxfile.py,tox.ini}", "tasks/*.py")):
        for i, row in enumerate(file.lines if readable(file) and left else (), 1):
            if left and left.search(row.split("#")[0].lower()):
                return supported(f"runs:{tool}", f"{file.path}:{i} names {tool}.", file.cite(i))
    return None


_DONE_BY = {"typing": "a type checker", "linting": "a linter", "formatting": "a formatter", "tests": "the tests"}


# -- caching -----------------------------------------------------------------------------------------------------------


def _caching(claim: Runs, case: Case) -> Settled | None:
    """`cache` anywhere in what the workflows say, and actions that cache unasked; for a denial, a cache that a workflow for tests or
    linting keeps; with `every`, each workflow that installs packages."""
    ci = pipelines(case.snapshot)
    if claim.place not in ("ci", "workflow", "unknown") or not ci.workflows:
        return None
    one = (
        meant(case, claim.path, claim.purpose) if claim.path or claim.purpose not in ("unknown", "any", "all") else None
    )
    if (claim.path and one is None) or not sure_of_all(ci):
        return None
    workflows = one.workflows if one else ci.workflows
    kept = [(w, c) for w in workflows for c in (*caches(w), *default_caches(w)) if c[0] != "docker layers"]
    if claim.denied:
        checks = [*served(case.snapshot, "tests"), *served(case.snapshot, "linting")]
        own = [
            c for w, c in kept if w.automatic and any(s.workflow is w for s in checks) and c not in default_caches(w)
        ]
        if not own:
            return None
        what, file, line = own[0]
        shows = f"{file.path}:{line}: {what}."
        return contradicted(
            "cache:ci", shows, "The sentence says that there is no caching; there is.", file.cite(line, note=what)
        )
    lacking = [w for w in workflows if keeps_no_cache(ci.texts[w.path])]
    if len(lacking) == len(workflows):
        shows = f"{none_of(workflows, 'keeps a cache', 'keeps no cache')} (no `cache:`, `enable-cache`, actions/cache or action that caches unasked)."
        says = "The sentence says that caching is used; no workflow keeps a cache."
        return contradicted("cache:ci", shows, says, absence(shows))
    bare = [(w, r) for w in lacking for r in w.runs if w.automatic and installs(r)]
    if claim.every and bare and not any(u.action.startswith("./") for u in bare[0][0].uses):
        w, run = bare[0]
        shows = f"{w.path} installs packages (line {run.line}) and keeps no cache."
        proof = run.file.cite(run.line, note="installs without a cache")
        return contradicted(
            "cache:all", shows, "The sentence says that all of them use a cache; this one does not.", proof, detail=True
        )
    if kept:
        what, file, line = kept[0][1]
        return supported("cache:ci", f"{file.path}:{line}: {what}.", file.cite(line, note=what))
    return None
