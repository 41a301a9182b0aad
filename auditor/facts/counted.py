"""How many there are of what may be counted in several honest ways: workflows, jobs, images, endpoints, hooks, tasks, pull requests."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from math import inf

from auditor.facts.cloud import training_specs
from auditor.facts.commandline import TARGET_FILES, targets
from auditor.facts.history import own_pull_requests, pull_requests
from auditor.facts.images import bases, dockerfiles, editors_stock
from auditor.facts.routes import Route, routes
from auditor.facts.suites import TESTS_FOLDER, Suite, TestFile, in_words, other_tests, suite
from auditor.facts.workflows import ci_workflows
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.readers.docker import DOCKERFILES
from auditor.readers.text import readable
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_root
from auditor.repository import History
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Band:
    """What a number of things may be. Each of `right` is a count of them; `other` may be meant as well. Below `low`, or above
    `high`, no way of counting all of them gives the number. `shows` says it in words, `name` what it is about where that is
    more than the thing."""

    thing: str
    shows: str
    evidence: tuple[Evidence, ...]
    right: frozenset[int] = frozenset()
    other: frozenset[int] = frozenset()
    low: float = 0
    high: float = inf
    name: str = ""

    @property
    def none(self) -> bool:
        """Whether there is none of them."""
        return not any(self.right)


def plural(n: int, one: str) -> str:
    """A number with its noun."""
    return f"{n} {one}{'s' * (n != 1)}"


def computed(note: str, sources: Iterable[str]) -> Evidence:
    """A count with what was counted."""
    return Evidence(kind="fact", note=note, sources=tuple(sources)[:40])


def _listed(what: str, found: Iterable[str]) -> Evidence:
    names = list(found)
    return computed(f"{what}: {', '.join(names[:20]) or 'none'}{', ...' if len(names) > 20 else ''}", names[:20])


def _some(*numbers: int) -> frozenset[int]:
    return frozenset(numbers) - {0}


# -- tests -----------------------------------------------------------------------------------------------------------


def by_file(files: tuple[TestFile, ...]) -> Evidence:
    """How many tests each file has, the fullest first."""
    many = sorted(files, key=lambda f: (-f.count, f.path))
    rest = f", and {len(many) - 20} more" if len(many) > 20 else ""
    listed = ", ".join(f"{f.path} {f.count}" for f in many[:20]) or "none"
    return computed(f"tests by file: {listed}{rest}", [f.path for f in many[:20]])


def tests_of_subject(tests: Suite, stem: str, band: Band) -> Band:
    """The tests of one subject: those of the files that are called after it with all others that have it in their name or reach a
    module of that name. Only more than these is wrong: fewer may be some of them."""
    files = [f for f in tests.files if any(w.startswith(stem) for w in f.subjects)]
    paths = {f.path for f in files}
    others = [
        c
        for c in tests.collection.cases
        if c.path not in paths
        and (
            stem in c.name.lower()
            or any(stem in own.lower() for own in (*c.own, c.path))
            or (stem == "api" and c.client)
        )
    ]
    if not files or tests.open_end:
        return band
    right = tests.sums(files)
    most = max(right) + sum(c.cases for c in others)
    asserts = {f.asserts for f in files} | {sum(f.asserts for f in files)}
    shows = f"{', '.join(f.path for f in files)} {'has' if len(files) == 1 else 'have'} {in_words(files)}"
    shows += f", and {plural(len(others), 'test')} of other files may belong to it" if others else ""
    return replace(band, shows=shows, right=right, other=frozenset(asserts), high=most, name=f"tests:{stem}")


def test_files(snapshot: Snapshot) -> Band:
    """The files with tests, with those that are called so, by folder, and all below folders for tests."""
    tests = suite(snapshot)
    paths = [p for p in snapshot.files if p.endswith(".py") and not p.endswith("__init__.py")]
    named = [p for p in paths if any("test" in folder.lower() for folder in p.split("/")[:-1])]
    empty = [p for p in paths if matches(p, ("**/test_*.py", "**/*_test.py"))]
    holding = {f.path for f in tests.holding}
    right = {len(holding), len(holding | set(empty))}
    every = {*named, *empty, *(f.path for f in tests.files)}
    folders: dict[str, int] = {}
    for path in every:
        parts = path.split("/")
        for i in range(1, len(parts)):
            above = "/".join(parts[:i])
            folders[above] = folders.get(above, 0) + 1
    other = {
        len(named),
        len(tests.files),
        len(every),
        *folders.values(),
        len([p for p in named if "conftest" not in p]),
    }
    high = inf if other_tests(snapshot) else max(right | other)
    shows = f"the repository has {plural(len(holding), 'file')} with tests"
    return Band(
        "test file", shows, (by_file(tests.holding),), frozenset(right), frozenset(other), min(right | other), high
    )


# -- workflows and jobs ------------------------------------------------------------------------------------------------

_MAY_BE_ONE = (".github/**/*.y*ml*", ".github/workflows/*", ".github/dependabot*", "**/*cloudbuild*.y*ml", "**/*cloud_build*.y*ml", ".gitlab-ci*", ".circleci/*", ".travis*", "**/azure-pipelines*", "**/jenkinsfile*", ".pre-commit-config.y*ml")  # fmt: skip
_AUXILIARY = compile_later(
    r"doc|page|mkdocs|dependabot|auto|update|stale|label|release|claude|copilot|greet|codeql|template", re.IGNORECASE
)
_CI_WORK = compile_later(
    r"\b(?:pytest|unittest|tox|nox|coverage|ruff|flake8|black|isort|mypy|pylint|pre-commit|invoke|lint|test)\b", re.I
)


def workflows(snapshot: Snapshot, text: str) -> Band:
    """From the workflows that test or lint, without a template's and those that publish or update, to every file that may be
    called one (Dependabot, Cloud Build, pre-commit, switched-off files). A `text` that names a file which neither tests nor
    lints counts all of the group's own."""
    found = ci_workflows(snapshot.select(WORKFLOWS, all=True))
    daily = [w for w in found if not _AUXILIARY.search(f"{w.file.name} {w.name}")]
    own = [w.path for w in daily if snapshot.aside(w.file) != "template stub"]
    checks = [p for p in own if _CI_WORK.search(snapshot.files[p].text)]
    if any(p.rsplit("/", 1)[-1] in text for p in set(own) - set(checks)):
        checks = own
    paths = [w.path for w in found]
    possible = {*paths, *(p for p in snapshot.files if matches(p, _MAY_BE_ONE))}
    bare = ", ".join(p.rsplit("/", 1)[-1] for p in paths[:8]) or "none"
    shows = f"the repository has {plural(len(paths), 'workflow')} ({bare})"
    right = _some(len(paths), len(own))
    return Band("workflow", shows, (_listed("workflow files", paths),), right, low=len(checks), high=len(possible))


def jobs(snapshot: Snapshot, path: str) -> Band | None:
    """The jobs of the workflow at a path, or of all; each also once for every combination of its matrix."""
    found = ci_workflows(snapshot.select(WORKFLOWS, all=True))
    if path:
        found = [w for w in found if w.file.name.lower() == path.rsplit("/", 1)[-1].lower()]
    every = [(w, job) for w in found for job in w.workflow.jobs]
    unseen = any(w.unfollowed or not all(m.whole for m in w.matrices.values()) for w in found)
    if not every or unseen or (path and len(found) != 1):
        return None
    runs = sum(max(len(w.matrices[j.id].combinations), 1) if j.id in w.matrices else 1 for w, j in every)
    where = found[0].path if path else "the workflows"
    other = _some(sum(not j.disabled for _, j in every), *(len(w.workflow.jobs) for w in found))
    shows = f"{where} {'has' if path else 'have'} {plural(len(every), 'job')}"
    evidence = computed(f"jobs: {', '.join(j.id for _, j in every[:30])}", [f"{w.path}:{j.line}" for w, j in every])
    low = len(every) if path else 0
    return Band("job", shows, (evidence,), _some(len(every), runs), other, low, max(len(every), runs), f"jobs:{where}")


_MENTIONS = {
    "systems": compile_later(r"\b(?:ubuntu|windows|macos|linux|debian|self-hosted)(?:-[\w.]+)?", re.IGNORECASE),
    "pythons": compile_later(r"(?<![\d.])3\.\d{1,2}(?![\d.])"),
}


def in_ci(snapshot: Snapshot, what: str) -> Band | None:
    """The operating systems (`systems`) or Python versions (`pythons`) that any workflow, action or test runner's file mentions: an
    upper end, whatever uses them. None where a workflow calls what is not seen."""
    if any(w.unfollowed for w in ci_workflows(snapshot.select(WORKFLOWS, all=True))):
        return None
    seen: dict[str, tuple[File, int]] = {}
    for file in snapshot.select((*WORKFLOWS, "tox.ini", "noxfile.py", ".github/actions/**/*.y*ml"), all=True):
        for m in _MENTIONS[what].finditer(file.text):
            seen.setdefault(m[0].lower(), (file, file.text.count("\n", 0, m.start()) + 1))
    kinds = sorted({s.split("-")[0] for s in seen})
    thing = "operating system" if what == "systems" else "Python version"
    shows = f"the workflows name {plural(len(kinds), thing)} ({', '.join(kinds)})"
    cited = tuple(file.cite(line) for file, line in list(seen.values())[:1])
    return Band(thing, shows, cited, _some(len(kinds)), high=len(seen), name=what) if seen else None


# -- images ------------------------------------------------------------------------------------------------------------

_BY_ARGUMENT = compile_later(r"--build-arg|--target|build-args:|gcloud run deploy[^\n]*--source")
_BUILDERS = ("**/*cloudbuild*.y*ml", ".github/workflows/*.y*ml", "**/tasks.py", "**/*.sh", "**/makefile")


_VARIANT = frozenset(
    [
        "gpu",
        "cpu",
        "cuda",
        "dev",
        "development",
        "local",
        "prod",
        "production",
        "base",
        "test",
        "tests",
        "debug",
        "slim",
        "cloud",
        "gcp",
        "vertex",
        "deploy",
        "staging",
        "dockerfile",
        "docker",
        "containerfile",
        "images",
        "image",
        "dockerfiles",
    ]
)


_EXERCISE = frozenset(["wandb", "exercise", "hello", "tester", "example", "old", "template"])


def _plain_name(path: str) -> str | None:
    """What a docker file is called beside words for variants: by its own name, else by the nearest folder that has one, else nothing.
    None for the course's exercises."""
    for part in reversed(path.lower().split("/")):
        found = [w for w in re.split(r"[^a-z]+", part) if w and w not in _VARIANT]
        if found:
            return None if _EXERCISE & set(found) else "_".join(found)
    return ""


def images(snapshot: Snapshot, files_only: bool) -> Band:
    """The docker files, and for images their named stages and the services of compose files, too; several from one docker file by
    argument or target have no end. The low end is half of the group's own, as variants are often left out, or as many as have names of
    their own once words for variants are left out, but one: one may not be thought of."""
    paths = [p for p in snapshot.files if matches(p, DOCKERFILES) and not p.lower().endswith((".dockerignore", ".md"))]
    read = dockerfiles(snapshot)
    says = {f.path for f, _ in read}
    hollow = [
        p for p in paths if p not in says and readable(snapshot.files[p])
    ]  # empty, or comments alone: no docker file
    paths = [p for p in paths if p not in hollow]
    kept = [f for f, made in read if not editors_stock(made)]
    own = [f.path for f in kept if not re.search(r"copy|\.old|backup", f.path, re.I)]
    froms = [b for f, _ in read for b in bases(f)]
    most: float = len(paths)
    if not files_only:
        most = inf if any(b.open for b in froms) else most + sum(bool(b.name) for b in froms)
        for path, file in snapshot.files.items():
            if matches(path, ("**/*compose*.y*ml", "**/bentofile.y*ml", "**/project.toml", "**/*skaffold*")):
                most += max(len(yaml_root(file)["services"].entries), 1) if readable(file) else inf
            elif matches(path, _BUILDERS) and (not readable(file) or _BY_ARGUMENT.search(file.text)):
                most = inf
    shows, right = f"the repository has {plural(len(paths), 'docker file')}", _some(len(paths), len(own))
    if hollow and not paths:
        shows = f"{', '.join(hollow[:3])} has no instruction that is not a comment, and there is no other docker file"
    thing = "docker file" if files_only else "image"
    apart = {_plain_name(p) for p in own if snapshot.aside(snapshot.files[p]) != "template stub"} - {None}
    low, listed = max(len(own) // 2, len(apart) - 1), _listed("docker files", paths)
    return Band(thing, shows, (listed,), right, low=low, high=most, name="images")


# -- endpoints ---------------------------------------------------------------------------------------------------------

_TRIVIAL = compile_later(
    r"^/?$|health|metric|docs|openapi|redoc|ready|live|status|ping|favicon|static|version|info", re.IGNORECASE
)
_BROUGHT = compile_later(r"docs|redoc|openapi|metric|static|favicon|assets", re.IGNORECASE)
_PATH = compile_later(r"(?<![\w.:/])/(?:[a-z_][\w{}-]*(?:/[\w{}-]+)*)?(?=[\s,.;:)`'\"]|$)", re.IGNORECASE)
_COUNTABLE = frozenset(["fastapi", "flask", "starlette", "quart", "sanic"])


def paths_in(text: str) -> frozenset[str]:
    """The paths of endpoints that a text names (`/predict`), the root among them."""
    return frozenset(m[0].rstrip("/") or "/" for m in _PATH.finditer(text.replace("`", " ")))


def endpoints(snapshot: Snapshot, named: frozenset[str], text: str) -> Band | None:
    """The endpoints that a text which names these paths may speak of: of the only file with routes, the one that it names, the one that
    alone declares all paths; else all. The low end leaves out root, health, metrics and documentation that are not named, and
    is 0 where it is not clear which file is meant. None where there are none, or more than their declarations show (mounted
    applications, frameworks without paths)."""
    declared = snapshot.once("facts.counted.routes", lambda: routes(snapshot.select(("**/*.py",), stubs=True)))
    declared = tuple(r for r in declared if not TESTS_FOLDER.search(r.file))
    own = [r for r in declared if r.function or not _BROUGHT.search(r.path)]
    of = {f: {_plain(r) for r in own if r.file == f} for f in sorted({r.file for r in own})}
    files = list(of)
    if len(files) > 1:
        sought = {p for p in named if not _TRIVIAL.search(p)}
        files = [f for f in of if f.rsplit("/", 1)[-1] in text] or [
            f for f in of if len(sought) > 1 and sought <= of[f]
        ]
    one = len(files) == 1
    told = [r for r in own if not one or r.file == files[0]]
    if not told or any(r.method == "MOUNT" or r.framework not in _COUNTABLE for r in told):
        return None
    counted = {_plain(r): r.line for r in told if not _TRIVIAL.search(r.path) or _plain(r) in named}
    brought = len({p for p in named if _TRIVIAL.search(p)} - {_plain(r) for r in own})  # by a library
    where, paths = sorted({r.file for r in told}), {(r.file, r.path) for r in told}
    calls = sorted({f"{r.method} {r.path or '/'}" for r in told})
    shows = f"{', '.join(where[:3])} {'declares' if len(where) == 1 else 'declare'} {plural(len(paths), 'path')} ({', '.join(calls)[:160]})"
    if named and one and (more := [f"{p} (line {n})" for p, n in sorted(counted.items()) if p not in named]):
        shows += f"; the sentence does not name {', '.join(more)[:200]}"
    cited = snapshot.files[told[0].file].cite(told[0].line, told[0].end)
    evidence = (cited, computed(f"routes: {', '.join(calls)}", [r.where for r in told]))
    right = _some(len(paths) + brought, len(counted) + brought) if one else _some(len(paths))
    most = len({(r.file, r.path, r.method) for r in declared}) + brought
    return Band("endpoint", shows, evidence, right, _some(len(calls)), len(counted) + brought if one else 0, most)


def _plain(route: Route) -> str:
    return route.path.rstrip("/") or "/"


# -- hooks, tasks, configuration files ---------------------------------------------------------------------------------

_HOOKS = (".pre-commit-config.yaml", ".pre-commit-config.yml")


def hooks(snapshot: Snapshot) -> tuple[Band, tuple[str, ...]] | None:
    """The hooks of the root's pre-commit configuration, with their names; a total may be that of their repositories."""
    file = next((snapshot.files[p] for p in _HOOKS if p in snapshot.files), None)
    if file is None or not readable(file):
        return None
    root = yaml_root(file)
    repos = root["repos"].items
    ids = tuple(h["id"].text for r in repos for h in r["hooks"].items if h["id"].text)
    if file.problems.get("yaml") or not ids:
        return None
    evidence = (file.cite(root.line_of("repos")), computed(f"hooks: {', '.join(ids)}", [file.path]))
    shows, n = f"{file.path} lists {plural(len(ids), 'hook')}", len(ids)
    return Band("hook", shows, evidence, _some(n), _some(len(repos), len(set(ids))), n, n), ids


def tasks(snapshot: Snapshot, tool: str) -> Band | None:
    """The tasks of a runner, or of all; which of them are spoken of is rarely said, so there is no low end."""
    files = snapshot.select(TARGET_FILES, stubs=True)
    found = [t for f in files for t in targets(f, files) if not tool or t.kind.lower() == tool]
    if not found:
        return None
    names = ", ".join(t.name for t in found)
    evidence = computed(f"tasks: {names}", [f"{t.path}:{t.line}" for t in found])
    shows = f"there are {plural(len(found), f'{tool} task'.strip())} ({names[:120]})"
    right = _some(sum(t.kind == found[0].kind for t in found), len(found))
    return Band("task", shows, (evidence,), right, high=len(found), name=f"tasks:{tool}".rstrip(":"))


def configurations(snapshot: Snapshot, kind: str) -> Band:
    """The YAML, TOML, JSON and INI files outside CI; of a `job specification`, `sweep file` or `experiment file` those of the kind, with
    half of them as the low end."""
    every = [p for p in snapshot.files if matches(p, ("**/*.{yaml,yml,toml,json,ini,cfg}", "!.github/**"))]
    there = snapshot.once(f"facts.counted.{kind}", lambda: tuple(_of_kind(kind, snapshot))) if kind else ()
    if there:
        shows = f"the repository has {plural(len(there), kind)}: {', '.join(there[:6])}"
        evidence, name = (_listed(f"{kind}s", there),), f"configs:{kind.split()[0]}"
        return Band(
            "configuration", shows, evidence, _some(len(there)), low=len(there) // 2 + 1, high=len(every), name=name
        )
    shows = f"the repository has {plural(len(every), 'file')} that could be one"
    return Band(
        "configuration file",
        shows,
        (_listed("configuration files", every),),
        _some(len(every)),
        high=len(every),
        name="configs",
    )


def _of_kind(kind: str, snapshot: Snapshot) -> Iterator[str]:
    """A cloud job's worker pools, a sweep's method with parameters, or an option of a folder called after experiments."""
    files = snapshot.select(("**/*.{yaml,yml,json}", "!.github/**", "!**/outputs/**", "!**/.hydra/**", "!**/wandb/**", "!**/data/**"))  # fmt: skip
    for file in files:
        if kind == "job specification":
            if re.search(r"worker_?pool_?specs", file.text, re.I) and training_specs(file):
                yield file.path
        elif kind == "sweep file":
            if re.search(r"(?m)^method:", file.text) and re.search(r"(?m)^parameters:", file.text):
                yield file.path
        elif re.search(r"(?:^|/)experiments?/[^/]+\.ya?ml$", file.path, re.I) and file.text.strip():
            yield file.path


# -- the history -------------------------------------------------------------------------------------------------------


def requests(history: History) -> Band | None:
    """From the group's own merged pull requests to all that were ever opened, where a mirror's refs tell it, else to the highest number
    that any bears. A history that shows none says nothing: rebasing leaves none."""
    merged, own = pull_requests(history), own_pull_requests(history)
    if not merged or history.shallow:
        return None
    # issues share the numbers of pull requests, a mirror's refs count them alone
    refs = history.pull_refs if history.pull_refs >= len(merged) else 0
    most = refs or max(len(merged), *(p.number for p in merged))
    bound = f"{refs} opened by anybody" if refs else f"highest number #{most}"
    shows = f"the history has {plural(len(own), 'pull request')} of people merged, {len(merged)} with bots' ({bound})"
    evidence = computed(shows, [p.commit[:12] for p in merged[:20]])
    right = frozenset(range(len(own), len(merged) + 1))
    return Band(
        "pull request",
        shows,
        (evidence,),
        right,
        low=len(own) - 1,
        high=most + max(1, most // 20),
        name="pull-requests",
    )


def commits(history: History) -> Band | None:
    """The commits that lead to the audited one; half as many again may lie on other branches or were squashed."""
    there = len(history.commits)
    shows = f"{plural(there, 'commit')} lead to the audited one"
    right = _some(there, there - sum(len(c.parents) > 1 for c in history.commits))
    high = max(1.5 * there, there + 30)
    return Band("commit", shows, (computed(shows, ()),), right, high=high) if there and not history.shallow else None


def releases(history: History) -> Band | None:
    """The tags, where there are some: a copy may lack all."""
    tags = history.tags
    shows = f"the repository has {plural(len(tags), 'tag')} ({', '.join(tags[:10])})"
    band = Band("release", shows, (_listed("tags", tags),), _some(len(tags)), high=len(tags))
    return band if tags and not history.shallow else None
