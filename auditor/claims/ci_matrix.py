"""Statements about what continuous integration runs on: operating systems, Python and framework versions."""

import re
from collections.abc import Iterable, Iterator

from auditor.claims import Repo, Settled, check
from auditor.claims.ci import GENERAL, Facts, ci_facts, ci_sentences, clauses, quote, uncommented
from auditor.facts.civalues import ci_values, machine_line, machines
from auditor.facts.expressions import is_plain, shown
from auditor.facts.jobs import Run
from auditor.facts.programs import runs_tests
from auditor.facts.workflows import CiWorkflow, doubt
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.prose import Prose
from auditor.readers import readable

TESTING = compile_later(
    r"\b(tests?|tested|testing|unit-?tests?|pytest|matrix|CI|workflows?|runs? on|ran on|run on)\b", re.I
)
_SYSTEM = compile_later(r"\b(?:(ubuntu|linux)|(windows)|(mac ?os(?:[ -]?x)?|osx|macs?))\b", re.IGNORECASE)
_MACHINES = compile_later(
    r"\b(users?|members?|teammates?|laptops?|computers?|machines? of|developers?|developed|locally|local|subsystem|wsl|vm|instance|"
    r"docker\w*|containers?|images?|cloud|notebook|runtime|API|frontend|deploy\w*)\b",
    re.IGNORECASE,
)
_SEVERAL_SYSTEMS = compile_later(
    r"\b(?:multiple|several|various|different|all (?:three|major)|both)\s+(?:operating[ -]?systems?|OS(?:es|'s|s)?|platforms)\b",
    re.IGNORECASE,
)
_ONE_SYSTEM = compile_later(
    r"\b(?:do|did|does|are|were|is|was|have|has)(?:n'?t| not)\b[^.;]{0,30}\b(?:test\w*|run|running|use|using|check)\b[^.;]{0,30}"
    r"\b(?:multiple|several|different|other|more than one|various)\s+(?:operating[ -]?systems?|OS(?:es|s)?|platforms)\b"
    r"|\b(?:only|just)\s+(?:test\w*|run|use)?[^.;,]{0,30}\b(?:one|a single)\s+(?:operating[ -]?system|OS|platform)\b"
    r"|\b(?:single|one)\s+(?:operating[ -]?system|OS)\s+only\b",
    re.IGNORECASE,
)
# `only` is then said of something else than the tests
OTHERS = compile_later(
    r"\b(?:others?|rest|remaining|isort|flake8|ruff|lint\w*|docs?|documentation|build\w*|deploy\w*|coverage|API|integration|load|second|third|one of)\b",
    re.IGNORECASE,
)
_NUMBERS = {"two": 2, "2": 2, "three": 3, "3": 3, "four": 4, "4": 4, "five": 5, "5": 5}
_COUNT_SYSTEMS = compile_later(
    r"\b(two|three|four|five|[2-5])\s+(?:different |main |major |distinct |separate )?(?:operating[ -]?systems|OS(?:es|'s|s)?|platforms)\b",
    re.IGNORECASE,
)
_NAMES = {"ubuntu": "Ubuntu", "windows": "Windows", "macos": "macOS"}


@dataclass(frozen=True)
class Systems:
    """The machines by family: of the jobs that run tests (`tested`; `live` where anything starts them), of all jobs (`used`),
    and of the jobs of workflows with a purpose that is not known (`unclear`); the labels of the first, and the systems with
    the Python versions that they have in one combination (`pairs`)."""

    tested: tuple[str, ...]
    live: frozenset[str]
    used: frozenset[str]
    unclear: frozenset[str]
    labels: frozenset[str]
    known: bool
    evidence: tuple[Evidence, ...]
    shown: str
    pairs: frozenset[tuple[str, str]]


def _systems(facts: Facts) -> Systems:
    tested: dict[str, None] = {}
    labels: set[str] = set()
    live: set[str] = set()
    used: set[str] = set()
    unclear: set[str] = set()
    known = True
    evidence, said_on = [], []
    pairs: set[tuple[str, str]] = set()
    served = {w.path for some in facts.by_purpose.values() for w in some}
    for w in facts.workflows:
        runs = [r for r in w.runs if runs_tests(r.command)]
        testing = {r.job.id for r in runs}
        for job in w.workflow.jobs:
            if job.disabled:
                continue
            matched = [re.match(r"ubuntu|windows|macos", label, re.I) for label in job.systems]
            families = _families(job.systems)
            # a job that calls a workflow of this repository has its machines there
            known = known and (bool(job.node["uses"]) or (bool(matched) and all(matched)))
            used |= set(families)
            if w.path not in served:
                unclear |= set(families)
            if job.id in testing:
                mine = [r for r in runs if r.job.id == job.id]
                on = machines(job, (c for r in mine for c in r.combinations))
                sure = machines(job, (c for r in mine if r.sure for c in r.combinations))
                live |= set(_families(sure)) if w.automatic and any(r.sure for r in mine) else set()
                families = _families(on)
                known = known and (job.id not in w.matrices or w.matrices[job.id].whole)
                tested.update(dict.fromkeys(families))
                labels |= set(on)
                said = ", ".join(sorted(set(on)))
                line = machine_line(job)
                last = line + (len(families) if "matrix." in job.node["runs-on"].text else 0)
                evidence.append(w.file.cite(line, last, note=f"the job {job.id} runs tests on {said}"))
                pairs |= _pairs(mine) if w.automatic else set()
                said_on.append(f"{w.path}:{line} runs tests on {said}")
    return Systems(
        tuple(tested),
        frozenset(live),
        frozenset(used),
        frozenset(unclear),
        frozenset(labels),
        known,
        tuple(evidence[:3]),
        "; ".join(said_on[:3]),
        frozenset(pairs),
    )


def _each_with(clause: str, named: set[str], systems: Systems) -> bool:
    """Whether each of the systems runs the tests on each Python version that stands beside them."""
    versions = _VERSION.findall(clause)
    if not systems.pairs:  # no axis has a version: what the steps set up is another question
        return not versions
    return all(
        any(_same(version, known) for family, known in systems.pairs if family == name)
        for version in versions
        for name in named
    )


def _pairs(runs: Iterable[Run]) -> set[tuple[str, str]]:
    """The systems with the Python versions of the combinations in which tests are sure to run."""
    found = set()
    for combination in (c for r in runs if r.sure for c in r.combinations):
        versions = [
            shown(v)
            for k, v in combination.items()
            if k.startswith(("matrix.", "inputs.")) and is_plain(v) and _VERSION.fullmatch(shown(v))
        ]
        found |= {(f, v) for f in _families([str(combination.get("runs-on", ""))]) for v in versions}
    return found


def _families(labels: Iterable[str]) -> list[str]:
    """The systems of some machines' labels, each once."""
    matched = (re.match(r"ubuntu|windows|macos", label, re.I) for label in labels)
    return list(dict.fromkeys(m[0].lower() for m in matched if m))


@check("ci-systems", asks="Do the tests run in CI on the operating systems that the report names?")
def ci_systems(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that tests or CI run on named systems, on several or a number of them, or only on
    one. Settled by: `runs-on` with the matrix filled in, over the jobs that run tests; a system that any other job uses is
    left alone. Leaves alone: plans, the past, generalities, members' own machines, containers, CI on other hosts."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    doubt(facts.workflows)
    systems = _systems(facts)
    if not systems.tested or not systems.known:
        return
    for statement, here in ci_sentences(prose):
        if not here or statement.attempted:
            continue
        for clause in clauses(statement):
            if not (TESTING.search(clause) or _COUNT_SYSTEMS.search(clause)) or _MACHINES.search(clause):
                continue
            said = quote(statement, clause)
            few = _ONE_SYSTEM.search(clause)
            if few:
                if not OTHERS.search(clause) and len(systems.tested) > 1:
                    yield Settled(
                        statement,
                        "os:several",
                        systems.shown + ".",
                        "The sentence says that one system is used; the tests run on " + _listed(systems.tested) + ".",
                        systems.evidence,
                        said,
                    )
                continue
            if GENERAL.search(clause) or re.search(r"\b(not|n't|never|without|no longer)\b|n't\b", clause):
                continue
            named = {("ubuntu", "windows", "macos")[m.lastindex - 1] for m in _SYSTEM.finditer(clause) if m.lastindex}
            # a job that tests by a means unknown here may be the one that is meant
            elsewhere = systems.unclear if re.search(r"\btest", clause, re.I) else systems.used
            missing = sorted(n for n in named if n not in systems.tested and n not in elsewhere)
            if missing and re.search(r"\b(on|across|for|over|:|\(|both|systems?|platforms?|OS|latest)\b|[(:]", clause):
                for name in missing:
                    yield Settled(
                        statement,
                        f"os:{name}",
                        systems.shown + ".",
                        f"No job that runs tests uses {_NAMES[name]}.",
                        systems.evidence,
                        said,
                        detail=True,
                    )
                continue
            only = re.search(r"\bonly\b", clause, re.I)
            if only and OTHERS.search(clause):
                continue
            if (
                only
                and len(named) == 1
                and re.search(r"\bonly\b[^.;,]{0,60}\b(ubuntu|linux|windows|mac ?os)", clause, re.I)
            ):
                extra = sorted(set(systems.tested) - named)
                if extra and not re.search(r"\b(isort|flake8|lint\w*|coverage|docs?|build|deploy)\b", clause, re.I):
                    yield Settled(
                        statement,
                        "os:only",
                        systems.shown + ".",
                        f"The tests also run on {_listed(extra)}.",
                        systems.evidence,
                        said,
                        detail=True,
                    )
                continue
            if only:
                continue
            count = _COUNT_SYSTEMS.search(clause)
            if count and re.search(r"\btest|matrix|pytest", statement.plain, re.I):
                n = _NUMBERS[count[1].lower()]
                if n not in (len(systems.tested), len(systems.labels)):
                    yield Settled(
                        statement,
                        "count:systems",
                        systems.shown + ".",
                        f"The sentence says {n}; the tests run on {len(systems.tested)}: {_listed(systems.tested)}.",
                        systems.evidence,
                        said,
                        detail=True,
                    )
                    continue
            elif _SEVERAL_SYSTEMS.search(clause) and not named and re.search(r"\btest|matrix|pytest", clause, re.I):
                if len(systems.used) == 1:
                    yield Settled(
                        statement,
                        "os:several",
                        systems.shown + ".",
                        f"All jobs of all workflows run on {_listed(systems.used)}.",
                        systems.evidence,
                        said,
                    )
                continue
            if len(named) > 1 and named <= systems.live and _each_with(clause, named, systems):
                yield Settled(
                    statement,
                    "os:named",
                    systems.shown + ".",
                    "The tests run on these systems.",
                    systems.evidence,
                    said,
                    "supported",
                )


def _listed(names: Iterable[str]) -> str:
    shown = [_NAMES.get(n, n) for n in sorted(names)]
    return " and ".join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


_VERSION = compile_later(r"(?<![\d.\w])3\.(?:[5-9]|1\d)(?:\.\d{1,2})?(?![\d]|\.\d)")
_SEVERAL_PYTHONS = compile_later(
    r"\b(?:multiple|several|various|different|both)\s+(?:operating[ -]?systems?|OS(?:es|s)?|platforms)?(?:,? (?:and|&|/) )?(?:multiple |several |different )?python[ -]?versions?\b",
    re.IGNORECASE,
)
_ONE_PYTHON = compile_later(
    r"\b(?:do|did|does|are|were)(?:n't| not)\b[^.;]{0,30}\b(?:test\w*|run|running|use|using)\b[^.;]{0,30}"
    r"\b(?:multiple|several|different|other|more than one|various)\s+(?:(?:operating[ -]?systems?|OS(?:es|s)?|platforms),? (?:or|and|nor) )?python[ -]?versions?\b"
    r"|\b(?:only|just)\b[^.;,]{0,40}\b(?:one|a single)\s+(?:version of python|python[ -]?version)\b"
    r"|\b(?:a |one )single python[ -]?version\b",
    re.IGNORECASE,
)


@check("ci-python", asks="Do the tests run in CI on the Python versions that the report names?")
def ci_python(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that tests or CI run on named Python versions, on several, or on one only. Settled
    by: the versions that the jobs with tests really set up (an axis that no step reads is none, and uv takes the version in
    `.python-version` over the one that setup-python brings); a version that stands anywhere else in the CI's files is left
    alone. Leaves alone: plans, the past, comparisons (`< 3.9`), images, and jobs whose version is not written down."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    doubt(facts.workflows)
    value = next((v for v in ci_values(facts.workflows) if v.kind == "python"), None)
    if value is None or not all(re.fullmatch(r"3\.\d+(\.\d+|\.x)?", v) for v in value.values):
        return
    silent = _without_version(facts)
    sure = all(r.sure for w in facts.workflows for r in w.runs if runs_tests(r.command))
    pin = _pinned(facts, repo)
    evidence = tuple(f.cite(line, note="the Python of a job that runs tests") for f, line in value.places[:3])
    where = ", ".join(dict.fromkeys(f"{f.path}:{line}" for f, line in value.places[:3]))
    shows = f"{where}: tests run on Python {', '.join(value.values)}."
    kept = repo.snapshot.files.get(".python-version")
    text = facts.text + ("\n" + kept.text if kept and readable(kept) else "")
    for statement, here in ci_sentences(prose):
        if not here or "python" not in statement.plain.lower():
            continue
        for clause in clauses(statement):
            low = clause.lower()
            if (
                "python" not in low
                or not TESTING.search(clause)
                or re.search(r"\b(docker\w*|image|container|api|conda)\b|[<>]", low)
            ):
                continue
            said = quote(statement, clause)
            if _ONE_PYTHON.search(clause):
                if not OTHERS.search(clause) and len(_minors(value.values)) > 1:
                    yield Settled(
                        statement,
                        "python:several",
                        shows,
                        "The sentence says that one version is used; the tests run on several.",
                        evidence,
                        said,
                    )
                continue
            if GENERAL.search(clause) or re.search(r"\b(not|never|without|no)\b|n't\b", low):
                continue
            versions = list(dict.fromkeys(_VERSION.findall(clause)))
            idle = [v for v in versions if pin and not _same(v, pin.version) and any(_same(v, k) for k in value.values)]
            several = pin and not versions and _SEVERAL_PYTHONS.search(clause) and len(_minors(value.values)) > 1
            if pin and (idle or several):
                yield Settled(
                    statement,
                    "python:pinned",
                    f"{shows} They run through uv, which takes the version of .python-version ({pin.version}), whatever "
                    "setup-python has put on the path.",
                    f"No test runs on Python {idle[0]}." if idle else f"Every test runs on Python {pin.version}.",
                    (*pin.evidence, *evidence[:1]),
                    said,
                    detail=True,
                )
                continue
            absent = [v for v in versions if not any(_same(v, known) for known in value.values)]
            for version in absent:
                listed = re.search(rf"(?<![\d.]){re.escape('.'.join(version.split('.')[:2]))}(?!\d)", text)
                unread = _unread(version, facts)
                if listed and not unread:
                    continue
                if silent:
                    continue
                about = f"python:{version}"
                if unread:
                    workflow, line, axis = unread
                    proof = (workflow.file.cite(line, note=f"no step reads the axis `{axis}`"), *evidence)
                    yield Settled(
                        statement,
                        about,
                        f"{workflow.path}:{line} lists {version}, but no step reads the axis `{axis}`; {shows}",
                        f"No test runs on Python {version}.",
                        proof,
                        said,
                        detail=True,
                    )
                else:
                    yield Settled(
                        statement, about, shows, f"No workflow names Python {version}.", evidence, said, detail=True
                    )
            if absent:
                continue
            only = re.search(r"\b(?:only|just)\b[^.;,]{0,40}python|python[^.;,]{0,20}\bonly\b", low)
            if only and OTHERS.search(clause):
                continue
            if (
                only
                and len(versions) == 1
                and len(_minors(value.values)) > 1
                and not re.search(r"\b(isort|flake8|lint\w*|coverage|docs?|build|deploy)\b", low)
            ):
                yield Settled(
                    statement,
                    "python:only",
                    shows,
                    "The tests also run on another version.",
                    evidence,
                    said,
                    detail=True,
                )
            elif (
                _SEVERAL_PYTHONS.search(clause)
                and not versions
                and not silent
                and not re.search(r"\bonly\b", statement.plain, re.I)
                and len(_minors(value.values)) == 1
                and re.search(r"\btest|matrix|pytest", low)
            ):
                yield Settled(
                    statement,
                    "python:several",
                    shows,
                    "The jobs that run tests set up one version only.",
                    evidence,
                    said,
                )
            elif versions and not only and sure and re.search(r"\btest|pytest|matrix", low):
                yield Settled(
                    statement, "python:named", shows, "The tests run on these versions.", evidence, said, "supported"
                )


@dataclass(frozen=True)
class _Pin:
    """The Python that uv takes in every job with tests, whatever their matrix sets up."""

    version: str
    evidence: tuple[Evidence, ...]


_CHOSEN = compile_later(
    r"uv_python|--python\b|\suv\b[^\n]*\s-p\b|uv (?:python|venv|pip)|(?<!\w)\.python-version|working-directory"
)


def _pinned(facts: Facts, repo: Repo) -> _Pin | None:
    """`.python-version` outranks the interpreter that actions/setup-python puts on the path
    (docs.astral.sh/uv/concepts/python-versions); setup-uv's own input, `UV_PYTHON` and `--python` outrank both."""
    file = repo.snapshot.files.get(".python-version")
    if file is None or not readable(file):
        return None
    versions = [row.strip() for row in file.lines if row.strip() and not row.lstrip().startswith("#")]
    if len(versions) != 1 or not re.fullmatch(r"3\.\d+(\.\d+)?", versions[0]):
        return None
    run_by = []
    for w in facts.by_purpose["tests"]:
        for job in w.workflow.jobs:
            runs = [r for r in w.runs if r.job.id == job.id and runs_tests(r.command)]
            brought = any(s.uses.startswith("astral-sh/setup-uv") and s.inputs["python-version"] for s in job.steps)
            if runs and (brought or job.node["container"] or any(r.command.words[:2] != ("uv", "run") for r in runs)):
                return None
            run_by += [r.file.cite(r.line, note="runs the tests through uv") for r in runs[:1]]
        if _CHOSEN.search(uncommented(w.file)):
            return None
    if not run_by:
        return None
    return _Pin(
        versions[0], (file.cite(file.lines.index(versions[0]) + 1 if versions[0] in file.lines else 1), run_by[0])
    )


def _minors(versions: Iterable[str]) -> set[str]:
    return {".".join(v.split(".")[:2]) for v in versions}


def _same(said: str, known: str) -> bool:
    """Whether two versions agree as far as both go."""
    a, b = said.split("."), known.replace(".x", "").split(".")
    return a[: len(b)] == b[: len(a)]


def _without_version(facts: Facts) -> bool:
    """Whether a job with tests sets up a Python that is not written in it."""
    for w in facts.by_purpose["tests"]:
        for job in w.workflow.jobs:
            if not any(r.job.id == job.id and runs_tests(r.command) for r in w.runs):
                continue
            said = [s.inputs[k].text for s in job.steps for k in ("python-version", "python") if s.inputs[k]]
            by_command = any(
                c.words[:3] == ("uv", "python", "install") or c.program == "pyenv"
                for s in job.steps
                for c in s.commands
            )
            if not said or by_command or job.node["container"] or any("fromjson" in t.lower() for t in said):
                return True
    return False


def _unread(version: str, facts: Facts) -> tuple[CiWorkflow, int, str] | None:
    """The matrix axis that lists a version and that nothing in its job reads."""
    found = None
    minor = ".".join(version.split(".")[:2])
    for w in facts.workflows:
        for job in w.workflow.jobs:
            body = "\n".join(w.file.lines[job.line - 1 : job.node.end])
            rest = body
            for axis, values in job.matrix.items():
                if not any(_same(version, v) for v in values):
                    continue
                if re.search(rf"matrix\.{re.escape(axis)}\b|matrix\[|tojson\(\s*matrix", body, re.I):
                    # a job's name or a cache's key tests nothing, but says that the axis is meant: leave it
                    return None
                line = job.node["strategy"]["matrix"].line_of(axis.split(".")[0]) or job.line
                found = (w, line, axis)
                rest = "\n".join(
                    r for i, r in enumerate(body.split("\n"), job.line) if not line <= i <= line + len(values)
                )
            if re.search(rf"(?<![\d.]){re.escape(minor)}(?!\d)", re.sub(r"(?m)(^|\s)#.*$", "", rest)):
                return None
    return found


_FRAMEWORK = compile_later(r"\b(py ?torch|torch|tensorflow|jax)\b", re.IGNORECASE)
_ANY_VERSION = compile_later(r"(?<![\d.\w])v?(\d{1,2}\.\d{1,2}(?:\.\d{1,2})?)(?![\d%]|\.\d)")


@check("ci-frameworks", asks="Do the tests run in CI on the framework versions that the report names?")
def ci_frameworks(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names two or more versions of PyTorch, TensorFlow or JAX that CI tests. Settled by: the
    matrix of the jobs that run tests. Leaves alone: a single version, and versions where no matrix holds that framework."""
    facts = ci_facts(repo)
    doubt(facts.workflows)
    values = [v for v in ci_values(facts.workflows) if v.kind in ("torch", "tensorflow", "jax") and v.matrix]
    if not facts.whole or not values:
        return
    for statement, here in ci_sentences(prose):
        name = _FRAMEWORK.search(statement.plain)
        if not here or not name or statement.negated or not TESTING.search(statement.plain):
            continue
        kind = "torch" if "torch" in name[0].lower() else name[0].lower()
        value = next((v for v in values if v.kind == kind), None)
        tail = statement.plain[name.start() :]
        versions = [] if re.search(r"python", tail, re.I) else list(dict.fromkeys(_ANY_VERSION.findall(tail)))
        if value is None or len(versions) < 2:
            continue
        evidence = tuple(f.cite(line, note=f"the versions of {kind} under test") for f, line in value.places[:2])
        shows = f"{value.places[0][0].path}:{value.places[0][1]} tests {kind} {', '.join(value.values)}."
        for version in versions:
            if not any(_same(version, v.strip("=<>~^v")) for v in value.values) and version not in facts.text:
                yield Settled(
                    statement, f"{kind}:{version}", shows, f"No workflow names {kind} {version}.", evidence, detail=True
                )
