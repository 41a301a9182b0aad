"""The counters of what is no test: each gives the numbers that there may be said to be of a thing."""

import re
from collections.abc import Callable

from auditor.claims.case import Case, fact
from auditor.claims.kinds import Count
from auditor.claims.numbers import near, shown, tokens
from auditor.claims.settle.bands import Band, listed, whole
from auditor.facts.commandline import TARGET_FILES, targets
from auditor.facts.counted import configurations_of, image_numbers, workflow_files
from auditor.facts.history import own_pull_requests, pull_requests
from auditor.facts.routes import Route, routes
from auditor.facts.suites import TESTS_FOLDER
from auditor.facts.workflows import ci_workflows
from auditor.globs import matches
from auditor.lazy import compile_later
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
    if claim.path:
        base = claim.path.rsplit("/", 1)[-1].lower()
        found = [w for w in found if w.file.name.lower() == base]
        if len(found) != 1:
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


_TESTED = frozenset(["ci", "workflow", "workflows", "actions", "matrix", "test", "tests", "tested", "testing"])


def _in_ci(label: str, thing: str, word: re.Pattern[str]) -> Callable[[Count, Case], Band | None]:
    def counter(claim: Count, case: Case) -> Band | None:
        """The different values that any workflow or test runner's file mentions: an upper end, whatever uses them."""
        files = case.snapshot.select((*WORKFLOWS, "tox.ini", "noxfile.py", ".github/actions/**/*.y*ml"), all=True)
        seen = {m[0].lower(): (f, f.text.count("\n", 0, m.start()) + 1) for f in files for m in word.finditer(f.text)}
        families = {re.split(r"[-_]", s)[0] for s in seen} if thing == "operating system" else set(seen)
        if (
            not _TESTED & {t.word for t in tokens(claim.quote)}
            or not seen
            or any(w.unfollowed for w in ci_workflows(case.snapshot.select(WORKFLOWS, all=True)))
        ):
            return None
        first, line = next(iter(seen.values()))
        shows = f"the workflows name {shown(len(families), thing)} ({', '.join(sorted(families))})"
        return Band(thing, shows, (first.cite(line),), frozenset({len(families)}), frozenset(), 0, len(seen), label)

    return counter


_SYSTEM = compile_later(r"\b(?:ubuntu|windows|macos|mac-os|linux|debian|self-hosted)(?:-[\w.]+)?", re.IGNORECASE)
_PYTHON = compile_later(r"(?<![\d.])3\.\d{1,2}(?![\d.])")

# -- images ------------------------------------------------------------------------------------------------------------


def _dockerfiles(claim: Count, case: Case) -> Band | None:
    """The docker files, and for images their named stages and the services of compose files, too. Fewer than there are is
    contradicted only below half of the group's own: variants are often left out."""
    found = image_numbers(case.snapshot)
    images = claim.of == "images"
    low = len(found.own) // 2 if whole(claim) else 0
    shows = f"the repository has {shown(len(found.files), 'docker file')}"
    right = frozenset({len(found.files), len(found.own)} - {0})
    evidence = (listed("docker files", list(found.files)),)
    high = found.most if images else len(found.files)
    thing = "image" if images else "docker file"
    return Band(thing, shows, evidence, right, frozenset(), low, high, "images", bool(found.files))


# -- endpoints ---------------------------------------------------------------------------------------------------------

_TRIVIAL = compile_later(
    r"^/?$|health|metric|docs|openapi|redoc|ready|live|status|ping|favicon|static|version|info", re.IGNORECASE
)
_BROUGHT = compile_later(r"docs|redoc|openapi|metric|static|favicon|assets", re.IGNORECASE)
_PATH = compile_later(r"(?<![\w.:/])/(?:[a-z_][\w{}-]*(?:/[\w{}-]+)*)?(?=[\s,.;:)`'\"]|$)", re.IGNORECASE)
_COUNTABLE = frozenset(["fastapi", "flask", "starlette", "quart", "sanic"])


def paths_in(text: str) -> frozenset[str]:
    """The paths of endpoints that a sentence names (`/predict`), the root among them."""
    return frozenset(m[0].rstrip("/") or "/" for m in _PATH.finditer(text.replace("`", " ")))


def _endpoints(claim: Count, case: Case) -> Band | None:
    """The routes that servers declare, by path and by call. Fewer is contradicted where one file is meant (the only one with
    routes, or the one that has all paths that the sentence names) and it declares more even without the root, health, metrics
    and documentation that the sentence does not name."""
    snapshot = case.snapshot
    declared = snapshot.once("facts.routes", lambda: routes(snapshot.select(("**/*.py",), stubs=True)))
    declared = tuple(r for r in declared if not TESTS_FOLDER.search(r.file))
    own = [r for r in declared if r.function or not _BROUGHT.search(r.path)]
    named = paths_in(claim.quote)
    app = _app(claim, own, named)
    told = app or own
    if not own or claim.value < 2 or any(r.method == "MOUNT" or r.framework not in _COUNTABLE for r in told):
        return None
    paths = {(r.file, r.path) for r in told}
    automatic = {p for p in named if _TRIVIAL.search(p)} - {r.path.rstrip("/") or "/" for r in own}
    high = len({(r.file, r.path, r.method) for r in declared}) + len(automatic)
    counted = {p for p in paths if not _TRIVIAL.search(p[1]) or (p[1].rstrip("/") or "/") in named}
    closed = claim.scope in ("whole", "api", "named") and whole(claim, scope=False)
    methods = {"get", "post"} & near(claim.quote, claim.value) if not named else set()
    low = len(counted) + len(automatic) if app and closed and not methods else 0
    calls = sorted({f"{r.method} {r.path or '/'}" for r in told})
    files = sorted({r.file for r in told})
    shows = f"{', '.join(files[:3])} {'declares' if len(files) == 1 else 'declare'} {shown(len(paths), 'path')} ({', '.join(calls)[:160]})"
    more = sorted(
        {
            f"{p} (line {r.line})"
            for r in app
            if (p := r.path.rstrip("/") or "/") not in named and (r.file, r.path) in counted
        }
    )
    if named and more and low:
        shows += f"; the sentence does not name {', '.join(more)[:200]}"
    evidence = (
        snapshot.files[told[0].file].cite(told[0].line, told[0].end),
        fact(f"routes: {', '.join(calls)}", *[r.where for r in told]),
    )
    right = {len(paths), len(counted)} if len(files) == 1 else {len(paths)}
    return Band("endpoint", shows, evidence, frozenset(right), frozenset({len(calls)}), low, high, "endpoints")


def _app(claim: Count, own: list[Route], named: frozenset[str]) -> list[Route]:
    """The routes of the one file that a claim speaks of; empty where that is not clear."""
    files = sorted({r.file for r in own})
    if len(files) > 1:
        spoken = [f for f in files if f.rsplit("/", 1)[-1] in f"{claim.quote} {claim.path}"]
        paths = {f: {r.path.rstrip("/") or "/" for r in own if r.file == f} for f in files}
        sought = {p for p in named if not _TRIVIAL.search(p)}
        files = spoken or ([f for f in files if sought <= paths[f]] if len(sought) > 1 else [])
    return [r for r in own if r.file == files[0]] if len(files) == 1 else []


# -- hooks, tasks, configuration files ---------------------------------------------------------------------------------


def _hooks(claim: Count, case: Case) -> Band | None:
    """The hooks of the root's pre-commit configuration; a total may be that of their repositories."""
    paths = [p for p in (".pre-commit-config.yaml", ".pre-commit-config.yml") if p in case.snapshot.files]
    if not paths or not readable(file := case.snapshot.files[paths[0]]):
        return None
    root = yaml_root(file)
    repos = root["repos"].items
    hooks = [h["id"].text for r in repos for h in r["hooks"].items if h["id"].text]
    if file.problems.get("yaml") or not hooks:
        return None
    evidence = (file.cite(root.line_of("repos")), fact(f"hooks: {', '.join(hooks)}", file.path))
    low = len(hooks) if whole(claim) else 0
    shows = f"{file.path} lists {shown(len(hooks), 'hook')}"
    other = frozenset({len(repos), len(set(hooks))})
    return Band("hook", shows, evidence, frozenset({len(hooks)}), other, low, len(hooks))


RUNNERS = frozenset(["invoke", "make", "makefile", "just", "nox", "poe", "pixi", "task", "hatch", "pdm"])


def _tasks(claim: Count, case: Case) -> Band | None:
    """The tasks of the runner that the words name, else of all; only more than there are is wrong."""
    files = case.snapshot.select(TARGET_FILES, stubs=True)
    spoken = {w.removesuffix("file") for w in near(claim.quote, claim.value) & RUNNERS} - {"task"}
    found = [t for f in files for t in targets(f, files)]
    if len(spoken) == 1:
        found = [t for t in found if t.kind.lower() in spoken]
    if not found:
        return None
    evidence = (fact(f"tasks: {', '.join(t.name for t in found)}", *[f"{t.path}:{t.line}" for t in found]),)
    tool = next(iter(spoken)) if len(spoken) == 1 else ""
    own = [t for t in found if tool or t.kind == found[0].kind]
    shows = f"there are {shown(len(found), f'{tool} task'.strip())} ({', '.join(t.name for t in found)[:120]})"
    name = f"tasks:{tool}" if tool else "tasks"
    return Band("task", shows, evidence, frozenset({len(own), len(found)}), frozenset(), 0, len(found), name)


_KINDS = {
    "vertex": "job specification", "job": "job specification", "cloud": "job specification", "sweep": "sweep file",
    "experiment": "experiment file", "experiments": "experiment file",
}  # fmt: skip


def _configurations(claim: Count, case: Case) -> Band | None:
    """The YAML, TOML, JSON and INI files outside CI; of job specifications, sweeps and experiments (as a word beside the number
    says) those of the kind, less than half of which is contradicted, too."""
    said = near(claim.quote, claim.value)
    kinds = {_KINDS[w] for w in said & set(_KINDS)}
    every = [p for p in case.snapshot.files if matches(p, ("**/*.{yaml,yml,toml,json,ini,cfg}", "!.github/**"))]
    if len(kinds) == 1 and claim.value > 1:
        kind = kinds.pop()
        there = configurations_of(kind, case.snapshot)
        if there and whole(claim, scope=False):
            shows = f"the repository has {shown(len(there), kind)}: {', '.join(there[:6])}"
            evidence = (listed(f"{kind}s", list(there)),)
            right, low = frozenset({len(there)}), len(there) // 2 + 1
            return Band(
                "configuration", shows, evidence, right, frozenset(), low, len(every), f"configs:{kind.split()[0]}"
            )
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
    "operating systems": _in_ci("systems", "operating system", _SYSTEM),
    "python versions": _in_ci("pythons", "Python version", _PYTHON),
}
