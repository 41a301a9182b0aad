"""The counters of what is no test: each gives the numbers that there may be said to be of a thing."""

from collections.abc import Callable

from auditor.claims.case import Case, fact
from auditor.claims.kinds import Count
from auditor.claims.numbers import bag, near, shown, tokens
from auditor.claims.settle.bands import Band, listed, sentence, whole
from auditor.facts.commandline import TARGET_FILES, targets
from auditor.facts.counted import ci_mentions, configurations_of, endpoints, image_numbers, paths_in, workflow_files
from auditor.facts.history import own_pull_requests, pull_requests
from auditor.facts.workflows import ci_workflows
from auditor.globs import matches
from auditor.readers import WORKFLOWS, readable, yaml_root

# -- workflows and jobs ------------------------------------------------------------------------------------------------


def _workflows(claim: Count, case: Case) -> Band | None:
    """From the workflows that test or lint, without a template's and those that publish or update, to every file that may be
    called one."""
    found = workflow_files(case.snapshot)
    low = len(found.checks) if whole(claim) else 0
    bare = ", ".join(p.rsplit("/", 1)[-1] for p in found.accepted[:8]) or "none"
    shows = f"the repository has {shown(len(found.accepted), 'workflow')} ({bare})"
    right = frozenset({len(found.accepted), len(found.own)} - {0})
    evidence = (listed("workflow files", list(found.accepted)),)
    return Band("workflow", shows, evidence, right, frozenset(), low, len(found.possible))


def _jobs(claim: Count, case: Case) -> Band | None:
    """The jobs of the named workflow, or of all; each also once for every combination of its matrix."""
    found = ci_workflows(case.snapshot.select(WORKFLOWS, all=True))
    said = {t.word for t in tokens(claim.quote)}
    if claim.path:
        base = claim.path.rsplit("/", 1)[-1].lower()
        found = [w for w in found if w.file.name.lower() == base]
    if (claim.path and len(found) != 1) or not (claim.path or {"workflow", "workflows", "ci", "actions"} & said):
        return None
    jobs = [(w, job) for w in found for job in w.workflow.jobs]
    if not jobs or any(w.unfollowed or not all(m.whole for m in w.matrices.values()) for w in found):
        return None
    plain = len(jobs)
    runs = sum(max(len(w.matrices[j.id].combinations), 1) if j.id in w.matrices else 1 for w, j in jobs)
    where = found[0].path if claim.path else "the workflows"
    names_ = [f"{w.path}:{j.line}" for w, j in jobs]
    right = {plain, runs} if claim.path or claim.scope == "whole" else {plain}
    other = {sum(not j.disabled for _, j in jobs)} | {len(w.workflow.jobs) for w in found}
    low = plain if claim.path and whole(claim, scope=False) else 0
    shows = f"{where} {'has' if claim.path else 'have'} {shown(plain, 'job')}"
    evidence = (fact(f"jobs: {', '.join(j.id for _, j in jobs[:30])}", *names_[:30]),)
    return Band("job", shows, evidence, frozenset(right), frozenset(other), low, max(plain, runs), f"jobs:{where}")


_TESTED = bag("ci workflow workflows actions matrix test tests tested testing")


def _in_ci(label: str, thing: str) -> Callable[[Count, Case], Band | None]:
    def counter(claim: Count, case: Case) -> Band | None:
        """The different values that any workflow or test runner's file mentions: an upper end, whatever uses them."""
        seen = ci_mentions(case.snapshot, label)
        if not _TESTED & {t.word for t in tokens(claim.quote)} or not seen:
            return None
        kinds = sorted({s.split("-")[0] for s in seen})
        file, line = next(iter(seen.values()))
        shows = f"the workflows name {shown(len(kinds), thing)} ({', '.join(kinds)})"
        return Band(thing, shows, (file.cite(line),), frozenset({len(kinds)}), frozenset(), 0, len(seen), label)

    return counter


# -- images ------------------------------------------------------------------------------------------------------------


_DOCKER = bag("docker dockerfile dockerfiles container containers containerizing built registry")


def _dockerfiles(claim: Count, case: Case) -> Band | None:
    """The docker files, and for images their named stages and the services of compose files, too. Fewer than there are is
    contradicted only below half of the group's own: variants are often left out."""
    found = image_numbers(case.snapshot)
    images = claim.of == "images"
    if images and not _DOCKER & {t.word for t in tokens(claim.quote)}:
        return None
    low = len(found.own) // 2 if whole(claim) else 0
    shows = f"the repository has {shown(len(found.files), 'docker file')}"
    right = frozenset({len(found.files), len(found.own)} - {0})
    evidence = (listed("docker files", list(found.files)),)
    high = found.most if images else len(found.files)
    thing = "image" if images else "docker file"
    return Band(thing, shows, evidence, right, frozenset(), low, high, "images", bool(found.files))


# -- endpoints ---------------------------------------------------------------------------------------------------------


def _endpoints(claim: Count, case: Case) -> Band | None:
    """The routes that servers declare, by path and by call. Fewer is contradicted where one file is meant (see `endpoints`) and it
    declares more even without the root, health, metrics and documentation that the sentence does not name."""
    named = paths_in(sentence(claim, case))
    found = endpoints(case.snapshot, named, f"{claim.quote} {claim.path}")
    if found is None or claim.value < 2 or "vertex" in claim.quote.lower():
        return None
    closed = claim.scope in ("whole", "api", "named") and whole(claim, scope=False)
    methods = {"get", "post"} & near(claim.quote, claim.value) if not named else set()
    low = len(found.counted) + found.brought if found.one and closed and not methods else 0
    files = sorted({r.file for r in found.routes})
    calls = ", ".join(sorted({f"{r.method} {r.path or '/'}" for r in found.routes}))
    shows = f"{', '.join(files[:3])} {'declares' if len(files) == 1 else 'declare'} {shown(len(found.paths), 'path')} ({calls[:160]})"
    if named and low and found.unnamed:
        shows += f"; the sentence does not name {', '.join(found.unnamed)[:200]}"
    first = found.routes[0]
    cited = case.snapshot.files[first.file].cite(first.line, first.end)
    evidence = (cited, fact(f"routes: {calls}", *[r.where for r in found.routes]))
    right = frozenset({len(found.paths)} | ({len(found.counted)} if len(files) == 1 else set()))
    return Band("endpoint", shows, evidence, right, frozenset({found.calls}), low, found.most, "endpoints")


# -- hooks, tasks, configuration files ---------------------------------------------------------------------------------


def _hooks(claim: Count, case: Case) -> Band | None:
    """The hooks of the root's pre-commit configuration; a total may be that of their repositories."""
    file = next((case.snapshot.files[p] for p in HOOK_FILES if p in case.snapshot.files), None)
    if file is None or not readable(file):
        return None
    root = yaml_root(file)
    repos = root["repos"].items
    hooks = [h["id"].text for r in repos for h in r["hooks"].items if h["id"].text]
    low_quote = claim.quote.lower()
    if file.problems.get("yaml") or not hooks or not any(w in low_quote for w in ("commit", *map(str.lower, hooks))):
        return None
    evidence = (file.cite(root.line_of("repos")), fact(f"hooks: {', '.join(hooks)}", file.path))
    low = len(hooks) if whole(claim) else 0
    shows = f"{file.path} lists {shown(len(hooks), 'hook')}"
    other = frozenset({len(repos), len(set(hooks))})
    return Band("hook", shows, evidence, frozenset({len(hooks)}), other, low, len(hooks))


HOOK_FILES = (".pre-commit-config.yaml", ".pre-commit-config.yml")
RUNNERS = bag("invoke make makefile just nox poe pixi task hatch pdm")


def _tasks(claim: Count, case: Case) -> Band | None:
    """The tasks of the runner that the words name, else of all; only more than there are is wrong."""
    files = case.snapshot.select(TARGET_FILES, stubs=True)
    spoken = {w.removesuffix("file") for w in near(claim.quote, claim.value) & RUNNERS} - {"task"}
    found = [t for f in files for t in targets(f, files)]
    if len(spoken) == 1:
        found = [t for t in found if t.kind.lower() in spoken]
    if not found or not (spoken or "tasks.py" in f"{claim.quote} {claim.path}"):
        return None
    evidence = (fact(f"tasks: {', '.join(t.name for t in found)}", *[f"{t.path}:{t.line}" for t in found]),)
    tool = next(iter(spoken)) if len(spoken) == 1 else ""
    own = [t for t in found if tool or t.kind == found[0].kind]
    shows = f"there are {shown(len(found), f'{tool} task'.strip())} ({', '.join(t.name for t in found)[:120]})"
    name = f"tasks:{tool}" if tool else "tasks"
    return Band("task", shows, evidence, frozenset({len(own), len(found)}), frozenset(), 0, len(found), name)


_KINDS = {
    "vertex": "job specification",
    "sweep": "sweep file",
    "experiment": "experiment file",
    "experiments": "experiment file",
}


def _configurations(claim: Count, case: Case) -> Band | None:
    """The YAML, TOML, JSON and INI files outside CI; of job specifications, sweeps and experiments (as a word between number and noun
    says) those of the kind, less than half of which is contradicted, too."""
    every = [p for p in case.snapshot.files if matches(p, ("**/*.{yaml,yml,toml,json,ini,cfg}", "!.github/**"))]
    kind = next((_KINDS[w] for w in near(claim.quote, claim.value, before=0) if w in _KINDS), "")
    there = configurations_of(kind, case.snapshot) if kind and claim.value > 1 else ()
    if there and whole(claim, scope=False):
        shows = f"the repository has {shown(len(there), kind)}: {', '.join(there[:6])}"
        evidence, low = (listed(f"{kind}s", list(there)),), len(there) // 2 + 1
        name = f"configs:{kind.split()[0]}"
        return Band("configuration", shows, evidence, frozenset({len(there)}), frozenset(), low, len(every), name)
    shows = f"the repository has {shown(len(every), 'file')} that could be one"
    return Band("configuration file", shows, (listed("configuration files", every),), high=len(every), name="configs")


# -- the history -------------------------------------------------------------------------------------------------------


def _pull_requests(claim: Count, case: Case) -> Band | None:
    """From the group's own merged ones to all that were ever opened, where a mirror's refs tell it, else to the highest number
    that any bears. A history that shows none says nothing: rebasing leaves none."""
    history = case.history
    merged = pull_requests(history)
    if claim.value < 3 or not merged or history.shallow:
        return None
    own = own_pull_requests(history)
    # issues share the numbers of pull requests, a mirror's refs count them alone
    refs = history.pull_refs if history.pull_refs >= len(merged) else 0
    most = refs or max(len(merged), *(p.number for p in merged))
    bound = f"{refs} opened by anybody" if refs else f"highest number #{most}"
    shows = f"the history has {shown(len(own), 'pull request')} of people merged, {len(merged)} with bots' ({bound})"
    low = len(own) - 1 if whole(claim) else 0
    right = frozenset(range(len(own), len(merged) + 1))
    evidence = (fact(shows, *[p.commit[:12] for p in merged[:20]]),)
    return Band("pull request", shows, evidence, right, frozenset(), low, most + 1, "pull-requests")


def _commits(claim: Count, case: Case) -> Band | None:
    """The commits that lead to the audited one; half as many again may lie on other branches or were squashed."""
    there = len(case.history.commits)
    if case.history.shallow or not there:
        return None
    shows = f"{shown(there, 'commit')} lead to the audited one"
    merges = sum(len(c.parents) > 1 for c in case.history.commits)
    right = frozenset({there, there - merges})
    return Band("commit", shows, (fact(shows),), right, frozenset(), 0, max(1.5 * there, there + 30))


def _releases(claim: Count, case: Case) -> Band | None:
    """The tags; more is contradicted only where there are some, for a copy may lack all."""
    tags = case.history.tags
    shows = f"the repository has {shown(len(tags), 'tag')} ({', '.join(tags[:10])})"
    if not tags or case.history.shallow:
        return None
    return Band("release", shows, (listed("tags", list(tags)),), frozenset({len(tags)}), frozenset(), 0, len(tags))


COUNTED: dict[str, Callable[[Count, Case], Band | None]] = {
    "workflows": _workflows,
    "jobs": _jobs,
    "dockerfiles": _dockerfiles,
    "images": _dockerfiles,
    "endpoints": _endpoints,
    "hooks": _hooks,
    "tasks": _tasks,
    "configuration files": _configurations,
    "pull requests": _pull_requests,
    "commits": _commits,
    "releases": _releases,
    "operating systems": _in_ci("systems", "operating system"),
    "python versions": _in_ci("pythons", "Python version"),
}
