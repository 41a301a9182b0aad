"""Statements about continuous integration: what it runs on, what starts it, what it keeps, which tools it runs."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from auditor.claims import Repo, Settled, check, fact
from auditor.facts.cloud import CONFIGURATION, cloud_build, deploy_command, deploy_elsewhere
from auditor.facts.workflows import (
    CI,
    TASKS,
    CiWorkflow,
    Run,
    Trigger,
    build_action,
    builds_image,
    caches,
    ci_values,
    ci_workflows,
    default_caches,
    lint_action,
    lint_hooks,
    lint_tool,
    runs_pre_commit,
    runs_tests,
)
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.readers import WORKFLOWS, Command, readable, yaml_root
from auditor.snapshot import File, matches

# -- facts -------------------------------------------------------------------------------------------------------------

_LOOKED = ".github/workflows and other CI files, composite actions, pre-commit hooks and the tasks that they call"
_TASK_TEXTS = tuple(g for g in TASKS if g not in ("pyproject.toml", "setup.cfg"))
_HOOKS = ".pre-commit-config.y*ml"


@dataclass(frozen=True)
class Facts:
    """The CI of one commit. `whole`: every configuration is GitHub's, is read, and calls nothing that lies elsewhere, so
    that what is not seen is not there. `text` is everything that CI, hooks and tasks say, in small letters, without comments;
    `own_text` leaves the hooks out where no workflow runs them. `active` is what the steps that can run do, in small letters:
    names, actions with their inputs, commands, and the tasks, scripts, hooks and Cloud Build files that these lead to.
    `deploys`: one of them deploys; `deploys_by_trigger`: a Cloud Build file that a trigger outside may start does; `built_by_trigger`: there is one."""

    workflows: tuple[CiWorkflow, ...]
    whole: bool
    text: str
    own_text: str
    branches: frozenset[str]
    by_purpose: dict[str, tuple[CiWorkflow, ...]] = field(default_factory=dict)
    active: str = ""
    deploys: bool = False
    deploys_by_trigger: bool = False
    built_by_trigger: bool = False


def ci_facts(repo: Repo) -> Facts:
    """The CI of this commit, a template's untouched workflows included: they run as well as any other."""
    return repo.snapshot.once("claims-ci", lambda: _facts(repo))


def _facts(repo: Repo) -> Facts:
    files = repo.snapshot.select((*CI, *TASKS, "cloudbuild*.y*ml", "**/cloudbuild*.y*ml"), stubs=True)
    found = tuple(ci_workflows(files))
    whole = bool(found) and all(w.host == "github" for w in found)
    texts = []
    for file in files.chosen:
        if not readable(file):
            whole = False
            continue
        if file.problems.get("yaml") or file.problems.get("workflow"):
            whole = whole and not matches(file.path, CI)
        if matches(file.path, (*CI, *_TASK_TEXTS)) or file.name.lower().startswith("cloudbuild"):
            texts.append(uncommented(file))
    hooks = [uncommented(f) for f in repo.snapshot.select((_HOOKS,), stubs=True)]
    for w in found:
        whole = whole and not any(
            j.node["uses"].text and not j.node["uses"].text.startswith("./") for j in w.workflow.jobs
        )
        texts += [" ".join(r.command.words).lower() for r in w.runs if r.via]
    branches = frozenset((repo.history.default_branch, *repo.history.branches)) - {""}
    named = {word for c in repo.history.commits for word in re.findall(r"\b(?:main|master)\b", c.subject)}
    runs_hooks = any(any(map(runs_pre_commit, w.runs)) or any(map(runs_pre_commit, w.uses)) for w in found)
    everything = "\n".join([*texts, *hooks])
    own = everything if runs_hooks else "\n".join(texts)
    purposes = {k: tuple(f) for k, f in _purposes(found, repo)}
    active, builds = _active(found, repo)
    if runs_hooks:
        active += "\n" + "\n".join(hooks)
    deploys = any(_deploys(r.command) for w in found for r in w.runs) or bool(_DEPLOYING.search(active))
    deploys = deploys or any(_deploys(s.command) for f in builds if (b := cloud_build(f)) for s in b.steps)
    every = repo.snapshot.select(CONFIGURATION, ("steps",), stubs=True)
    outside = [b for f in every if not f.path.startswith(".github/") and (b := cloud_build(f))]
    trigger = any(_deploys(s.command) for b in outside for s in b.steps)
    return Facts(found, whole, everything, own, branches | named, purposes, active, deploys, trigger, bool(outside))


_DEPLOYING = compile_later(
    r"(?<![\w/.-])deploy(?:s|ing|ment)?(?![\w/.-])|deploy-(?:cloudrun|cloud-functions|appengine|gke|action)|\bkubectl\b|\bhelm\b|terraform|pulumi|flyctl|railway|"
    r"render\.com|heroku|vercel|netlify|huggingface|hf upload|streamlit|webapps|app-?runner|\brsync\b|\bscp\b|\bssh\b|compute instances|update-container|services update"
)


def _deploys(command: Command) -> bool:
    return bool(deploy_command(command) or deploy_elsewhere(command))


def _active(found: tuple[CiWorkflow, ...], repo: Repo) -> tuple[str, list[File]]:
    """What the active steps say and do, and the Cloud Build files that they submit."""
    texts: list[str] = []
    builds: dict[str, File] = {}
    cloud = [
        f for f in repo.snapshot.select(CONFIGURATION, ("steps",), stubs=True) if not f.path.startswith(".github/")
    ]
    for w in found:
        for use in w.uses:
            inputs = [f"{'.'.join(k)}: {n.text}" for k, n in use.step.inputs.walk() if n.kind == "text"]
            texts.append("\n".join([use.step.name, use.action, *inputs]))
        for run in w.runs:
            texts += [run.step.name, run.command.text]
            words = run.command.words
            if "builds" in words and "submit" in words:
                given = re.findall(r"--config[= ]+[\"']?(?:\./)?([^\s\"']+)", run.command.text)
                given = given or ["cloudbuild.yaml", "cloudbuild.yml"]
                for file in cloud:
                    if any("$" in g or f"/{file.path}".endswith(f"/{g}") for g in given):
                        builds[file.path] = file
            for word in words:  # a script's work is what it says
                script = repo.snapshot.files.get(word.removeprefix("./"))
                if script is not None and script.suffix == "py" and readable(script):
                    texts.append(script.text)
    texts += [uncommented(f) for f in builds.values()]
    if any(runs_tests(r.command) for w in found for r in w.runs):
        for name in ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg"):
            config = repo.snapshot.files.get(name)
            if config is not None and readable(config):
                texts += [
                    row
                    for row in config.lines
                    if re.search(r"--?cov|addopts", row) and not row.lstrip().startswith("#")
                ]
    return re.sub(r"\b(?:git|dvc) push\b", "", "\n".join(texts).lower()), list(builds.values())


def uncommented(file: File) -> str:
    """A configuration's text in small letters without its comments."""
    return file.once("uncommented", lambda: re.sub(r"(?m)(^|\s)#.*$", "", file.text).lower())


def _purposes(found: tuple[CiWorkflow, ...], repo: Repo) -> Iterator[tuple[str, list[CiWorkflow]]]:
    hooks = any(lint_hooks(f) for f in repo.snapshot.select((_HOOKS,), stubs=True))
    yield "tests", [w for w in found if any(runs_tests(r.command) for r in w.runs)]
    yield (
        "linting",
        [
            w
            for w in found
            if any(
                lint_tool(r.command)
                or r.command.program in ("ruff", "black", "isort")
                or (hooks and runs_pre_commit(r))
                for r in w.runs
            )
            or any(lint_action(u) or (hooks and runs_pre_commit(u)) for u in w.uses)
        ],
    )
    yield (
        "images",
        [
            w
            for w in found
            if any(builds_image(r.command) or "builds submit" in r.command.text for r in w.runs)
            or any(build_action(u) for u in w.uses)
        ],
    )
    yield "hook update", [w for w in found if any("autoupdate" in r.command.bare for r in w.runs)]


def _on(workflow: CiWorkflow, note: str = "") -> Evidence:
    """The lines that say what starts a workflow."""
    first = min((t.line for t in workflow.triggers), default=1)
    last = max((t.line for t in workflow.triggers), default=first)
    return workflow.file.cite(first, last + 2, note=note or "what starts it")


def _starts(workflow: CiWorkflow) -> str:
    """What starts a workflow, for a sentence."""
    said = []
    for t in workflow.triggers:
        word = {
            "workflow_dispatch": "by hand",
            "push": "push",
            "pull_request": "pull request",
            "workflow_call": "a call",
        }
        text = word.get(t.event, t.event.replace("_", " "))
        if t.branches and t.event in ("push", "pull_request"):
            text += f" ({', '.join(t.branches[:4])})"
        if t.cron:
            text += f" ({'; '.join(t.cron)})"
        said.append(text)
    return ", ".join(said) or "nothing"


# -- reading sentences -------------------------------------------------------------------------------------------------

_CLAUSE = compile_later(
    r";|,? \b(?:but|however|although|though|while|whereas|yet|except)\b|[.!?]\s+(?=(?-i:[A-Z])|[\w./-]+\.(?:ya?ml|py|toml)\b)",
    re.IGNORECASE,
)
_GENERAL = compile_later(
    r"\b(allows?|allowing|enables? (?:us|you)|can|cannot|possible|possibility|easily|extend\w*|optional|important|useful|beneficial|supports?|"
    r"advantage|if (?:we|you|one|the)|e\.g|for example|for instance|consider\w*|need(?:ed)? to|relevant|instead of|rather than|course|"
    r"unfortunately|limited|removed|disabled|skip\w*|exclud\w*|except|issues?|problems?|fail\w*|cost\w*|quota)\b",
    re.IGNORECASE,
)
_HERE = compile_later(
    r"\b(CI(?:/CD)?|continuous integration|github actions?|workflows?|actions|pipeline|matrix|github (?:runs|tests|executes|checks|builds))\b",
    re.IGNORECASE,
)


def clauses(statement: Statement) -> list[str]:
    """The parts of a sentence between `but`, `while` and the like, as read."""
    return [part.strip(" ,") for part in _CLAUSE.split(statement.plain) if part and part.strip(" ,")]


def _as_written(word: str) -> str:
    """A pattern for a word as the report may have it: marks before its punctuation, typographic quotes and dashes."""
    match = re.fullmatch(r"""([(\["']*)(.*?)([.,;:!?)\]"']*)""", word)
    before, bare, after = match.groups() if match else ("", word, "")
    text = rf"{re.escape(before)}[`*_]*{re.escape(bare)}[`*_]*{re.escape(after)}"
    return text.replace("'", "['’‘]").replace('"', '["“”]').replace(r"\-", "[-–]")


def quote(statement: Statement, clause: str) -> str:
    """The clause as the report has it, marks included, where the sentence is long or several; else nothing, for the whole sentence."""
    words = clause.split()
    several = re.search(
        r"[.!?]\s+\S+\.\w", statement.plain
    )  # a sentence that starts with a file's name is not split off
    if (len(" ".join(statement.text.split())) <= 250 and not several) or len(words) < 5:
        return ""
    parts = [_as_written(word) for word in words]
    found = re.search(r"\s+".join(parts) + r"[`*_]*", statement.text)
    return found[0] if found else ""


def _answers(prose: Prose) -> Iterator[tuple[Statement, bool]]:
    """The firm sentences of all answers, and whether each stands in the CI answer or speaks of CI itself."""
    for statement in prose.sentences():
        if statement.firm and statement.question.id not in ("contributions", "struggles", "credits"):
            yield (
                statement,
                statement.question.id == "continuous-integration" or bool(_HERE.search(statement.plain)),
            )


# -- operating systems, Python, frameworks -----------------------------------------------------------------------------

_TESTING = compile_later(
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
_OTHERS = compile_later(
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
    and of the jobs of workflows with a purpose that is not known (`unclear`); and the labels of the first."""

    tested: tuple[str, ...]
    live: frozenset[str]
    used: frozenset[str]
    unclear: frozenset[str]
    labels: frozenset[str]
    known: bool
    evidence: tuple[Evidence, ...]
    shown: str


def _systems(facts: Facts) -> Systems:
    tested: dict[str, None] = {}
    labels: set[str] = set()
    live: set[str] = set()
    used: set[str] = set()
    unclear: set[str] = set()
    known = True
    evidence, shown = [], []
    served = {w.path for some in facts.by_purpose.values() for w in some}
    for w in facts.workflows:
        testing = {r.job.id for r in w.runs if runs_tests(r.command)}
        for job in w.workflow.jobs:
            if job.disabled:
                continue
            matched = [re.match(r"ubuntu|windows|macos", label, re.I) for label in job.systems]
            families = list(dict.fromkeys(m[0].lower() for m in matched if m))
            # a job that calls a workflow of this repository has its machines there
            known = known and (bool(job.node["uses"]) or (bool(matched) and all(matched)))
            used |= set(families)
            if w.path not in served:
                unclear |= set(families)
            if job.id in testing:
                live |= set(families) if w.automatic else set()
                tested.update(dict.fromkeys(families))
                labels |= set(job.systems)
                machines = ", ".join(sorted(set(job.systems)))
                axis = re.search(r"matrix\.([\w-]+)", job.node["runs-on"].text)
                axes = job.node["strategy"]["matrix"]
                line = (axes.line_of(axis[1]) or axes.line_of("include") if axis else 0) or job.node.line_of("runs-on")
                last = line + (len(families) if axis else 0)
                evidence.append(w.file.cite(line, last, note=f"the job {job.id} runs tests on {machines}"))
                shown.append(f"{w.path}:{line} runs tests on {machines}")
    return Systems(
        tuple(tested),
        frozenset(live),
        frozenset(used),
        frozenset(unclear),
        frozenset(labels),
        known,
        tuple(evidence[:3]),
        "; ".join(shown[:3]),
    )


@check("ci-systems", asks="Do the tests run in CI on the operating systems that the report names?")
def ci_systems(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that tests or CI run on named systems, on several or a number of them, or only on
    one. Settled by: `runs-on` with the matrix filled in, over the jobs that run tests; a system that any other job uses is
    left alone. Leaves alone: plans, the past, generalities, members' own machines, containers, CI on other hosts."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    systems = _systems(facts)
    if not systems.tested or not systems.known:
        return
    for statement, here in _answers(prose):
        if not here or statement.attempted:
            continue
        for clause in clauses(statement):
            if not (_TESTING.search(clause) or _COUNT_SYSTEMS.search(clause)) or _MACHINES.search(clause):
                continue
            said = quote(statement, clause)
            few = _ONE_SYSTEM.search(clause)
            if few:
                if not _OTHERS.search(clause) and len(systems.tested) > 1:
                    yield Settled(
                        statement,
                        "os:several",
                        systems.shown + ".",
                        "The sentence says that one system is used; the tests run on " + _listed(systems.tested) + ".",
                        systems.evidence,
                        said,
                    )
                continue
            if _GENERAL.search(clause) or re.search(r"\b(not|n't|never|without|no longer)\b|n't\b", clause):
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
            if only and _OTHERS.search(clause):
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
            if len(named) > 1 and named <= systems.live:
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
    by: the versions that the jobs with tests really set up (an axis that no step reads is none); a version that stands
    anywhere else in the CI's files is left alone. Leaves alone: plans, the past, comparisons (`< 3.9`), images, and jobs
    whose version is not written down."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    value = next((v for v in ci_values(facts.workflows) if v.kind == "python"), None)
    if value is None or not all(re.fullmatch(r"3\.\d+(\.\d+|\.x)?", v) for v in value.values):
        return
    silent = _without_version(facts)
    evidence = tuple(f.cite(line, note="the Python of a job that runs tests") for f, line in value.places[:3])
    where = ", ".join(dict.fromkeys(f"{f.path}:{line}" for f, line in value.places[:3]))
    shows = f"{where}: tests run on Python {', '.join(value.values)}."
    kept = repo.snapshot.files.get(".python-version")
    text = facts.text + ("\n" + kept.text if kept and readable(kept) else "")
    for statement, here in _answers(prose):
        if not here or "python" not in statement.plain.lower():
            continue
        for clause in clauses(statement):
            low = clause.lower()
            if (
                "python" not in low
                or not _TESTING.search(clause)
                or re.search(r"\b(docker\w*|image|container|api|conda)\b|[<>]", low)
            ):
                continue
            said = quote(statement, clause)
            if _ONE_PYTHON.search(clause):
                if not _OTHERS.search(clause) and len(_minors(value.values)) > 1:
                    yield Settled(
                        statement,
                        "python:several",
                        shows,
                        "The sentence says that one version is used; the tests run on several.",
                        evidence,
                        said,
                    )
                continue
            if _GENERAL.search(clause) or re.search(r"\b(not|never|without|no)\b|n't\b", low):
                continue
            versions = list(dict.fromkeys(_VERSION.findall(clause)))
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
            if only and _OTHERS.search(clause):
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
            elif versions and not only and re.search(r"\btest|pytest|matrix", low):
                yield Settled(
                    statement, "python:named", shows, "The tests run on these versions.", evidence, said, "supported"
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
    values = [v for v in ci_values(facts.workflows) if v.kind in ("torch", "tensorflow", "jax") and v.matrix]
    if not facts.whole or not values:
        return
    for statement, here in _answers(prose):
        name = _FRAMEWORK.search(statement.plain)
        if not here or not name or statement.negated or not _TESTING.search(statement.plain):
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


# -- which workflow a sentence speaks of -------------------------------------------------------------------------------

_YAML_NAME = compile_later(r"([\w./-]*?)([\w-]+(?:\.[\w-]+)*)\.ya?ml\b", re.IGNORECASE)


def _normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


@dataclass(frozen=True)
class Subject:
    """A workflow named in a sentence and where in `plain` its name ends."""

    workflow: CiWorkflow
    end: int


def _named(statement: Statement, facts: Facts) -> tuple[list[Subject], bool]:
    """The workflows that a sentence names by file, or by display name in quotes or before a colon; and whether it names
    a YAML file that is none of them."""
    stems = {_normal(w.file.name.rsplit(".", 1)[0]): w for w in facts.workflows}
    found: list[Subject] = []
    strange = False
    for match in _YAML_NAME.finditer(statement.plain):
        w = stems.get(_normal(match[2]))
        if w is not None and (not match[1] or "workflows" in match[1] or match[1] in ("./", "/")):
            found.append(Subject(w, match.end()))
        else:
            strange = True
    if not found and not strange:
        names = {_normal(w.name): w for w in facts.workflows if w.name}
        head = re.match(r"(?:\d+[.)]\s*|[-*]\s*)?[\"']?([\w &/+-]{4,40}?)[\"']?(?:\s+workflow)?\s*:\s", statement.plain)
        for match in filter(
            None,
            [head, *re.finditer(r"[\"']([\w &/+-]{4,40})[\"'](?=\s+(?:workflow|action|pipeline)\b)", statement.plain)],
        ):
            w = stems.get(_normal(match[1])) or names.get(_normal(match[1]))
            if w is not None and sum(_normal(o.name) == _normal(match[1]) for o in facts.workflows) <= 1:
                found.append(Subject(w, match.end()))
    return found, strange


def _at(subjects: list[Subject], position: int) -> CiWorkflow | None:
    """The workflow that a phrase at this position is said of: the last one named before it, or the only one."""
    before = [s for s in subjects if s.end <= position]
    if before:
        return before[-1].workflow
    return subjects[0].workflow if len({s.workflow.path for s in subjects}) == 1 else None


# -- triggers ----------------------------------------------------------------------------------------------------------

_PR = r"(?:pull[- ]requests?|PRs?|merge requests?)\b(?! (?:comments?|template|labels?|reviews?|descriptions?))"
_PUSHED = r"(?:push(?:es)?|commits?)\b(?! (?:images?|docker|hooks?|messages?|hash\w*|sha))(?!-)(?! to (?:a |an |the |our )?(?:PR|pull|artifact|container|docker|registr|gcr|hub|hugging|bucket|gcs|cloud))"
_STARTED = r"(?:triggered|started|activated|launched|initiated|invoked|kicked off)"
_ON_PUSH = compile_later(
    rf"\b(?:on|upon|after|for|at|with) (?:both )?(?:every |each |any |all |new |code |git |a |main )*{_PUSHED}"
    rf"|\b(?:every|each) (?:git |code |new |single )?{_PUSHED}"
    rf"|\b{_STARTED} by (?:both )?(?:every |each |any |all |new |code |git |a |main )*{_PUSHED}"
    r"|\b(?:when(?:ever)?|every time|each time|any ?time|once)\b (?:\w+ ){0,3}?(?:is |are |gets? |get |being |been )?push(?:es|ed|ing)?\b(?! (?:to|into) (?:a |an |the |our )?(?:PR|pull|artifact|container|docker|registr|gcr|hub|hugging|bucket|gcs|cloud))(?! (?:image|docker|a docker|the docker))",
    re.IGNORECASE,
)
_ON_PR = compile_later(
    rf"\b(?:on|upon|for|with) (?:both )?(?:every |each |any |all |new |(?:every |each )?push(?:es)? (?:and|&) (?:every |each |on )?)*{_PR}"
    rf"|\b(?:every|each|any) (?:push(?:es)? and |new |open(?:ed)? )*(?:pull[- ]request|PR|merge request)\b(?! (?:comment|template|label|review))"
    rf"|\bpush(?:es)?(?:,| and| &) (?:every |each |on |on every |by )*{_PR}"
    rf"|\b{_STARTED}\b[^.;]{{0,60}}? by (?:both )?(?:every |each |any |all |new |opened |a )*{_PR}"
    rf"|\bwhen(?:ever)? (?:a |an |new )*(?:pull[- ]request|PR)\b (?:is |gets )?(?:opened|created|made|updated)",
    re.IGNORECASE,
)
_ON_MERGE = compile_later(
    r"\b(?:on|upon|after|for|with) (?:every |each |any |all |a |the )*merges?\b|\b(?:when(?:ever)?|every time|each time|once)\b[^.;,]{0,40}\bmerg(?:e|es|ed|ing)\b",
    re.IGNORECASE,
)
_BY_ITSELF = compile_later(
    r"\b(?:automatically|is automated|are automated)\b|\bwhen(?:ever)? [^.;,]{0,50}\b(?:chang\w+|updat\w+|modif\w+)\b",
    re.IGNORECASE,
)
_EVENTFUL = compile_later(r"push|commit|pull|PR|merg|utomat|anual|dispatch|chang|updat|modif", re.IGNORECASE)
_BY_HAND = compile_later(
    r"\b(?:trigger\w*|start\w*|run|runs|launch\w*|dispatch\w*|executed) (?:only )?manually\b|\bmanual(?:ly)? (?:trigger\w*|start\w*|dispatch\w*|run\b|executed)|\bworkflow_dispatch\b",
    re.IGNORECASE,
)
_NOT_BY_HAND = compile_later(
    r"\b(?:not|never|no|without|instead|rather|avoid\w*|than|no longer|used to|before)\b|n't\b", re.IGNORECASE
)
_WEAK_LINK = compile_later(
    r"(?:pull[- ]requests?|PRs?|push(?:es)?)\s*(?:/|or)\s*(?:a |git |on |every |each )*(?:pull|push|PR)", re.I
)
_ONCE = compile_later(
    r"\b(?:only|not|never|except|unless|instead|disabled?|turned off|manual\w*|by hand|no longer|commented)\b|n't\b",
    re.I,
)
_PURPOSE = {
    "tests": compile_later(
        r"\b(?:unit[ -]?|integration[ -]?|automated )?tests?\b(?! (?:set|data))|\bpytest\b|\bunit-?testing\b", re.I
    ),
    "linting": compile_later(r"\b(?:ruff|flake8|lint\w*|mypy|code ?-?check\w*)\b", re.I),
}
_ELSEWHERE = compile_later(
    r"\b(cloud ?build|gcp|google cloud|gcloud|vertex|cloud run|cloud functions?|triggers?\b(?= (?:in|on) (?:gcp|google|cloud))|locally|pre-?commits?|hooks?|dependabot|kubernetes|argo)\b",
    re.IGNORECASE,
)


_IMAGES_BUILT = compile_later(
    r"\b(?:images?|containers?|docker ?files?|docker)\b[^.;]{0,40}\b(?:buil[dt]\w*|created)\b|\bbuil[dt]\w*[^.;]{0,30}\b(?:images?|containers?)\b",
    re.IGNORECASE,
)
_GITHUB = compile_later(r"\bgithub[ -]actions?\b|\bgithub workflows?\b", re.IGNORECASE)
_WHOLE_CI = compile_later(
    r"\b(?:our|the) (?:CI|continuous integration|CI/CD)(?: pipeline| setup)?\b(?! (?:can|and docker))|\bgithub actions (?:runs?|checks?|are|is)\b",
    re.IGNORECASE,
)
_OTHER_WORK = compile_later(
    r"\b(docker\w*|images?|containers?|deploy\w*|train\w*|data\w*|docs|documentation|models?|releas\w+|publish\w*|this workflow|that workflow)\b",
    re.IGNORECASE,
)
_SERVING = {
    "trigger:tests": "a workflow that runs tests",
    "trigger:linting": "a workflow that lints",
    "trigger:images": "a workflow that builds images",
    "trigger:ci": "a workflow that tests or lints",
}


def _served(clause: str, facts: Facts) -> tuple[tuple[CiWorkflow, ...], str]:
    """The workflows that serve what a clause speaks of, and its name; none where that is not one thing."""
    purposes = [p for p, rx in _PURPOSE.items() if rx.search(clause)]
    if _IMAGES_BUILT.search(clause):
        return (facts.by_purpose["images"], "trigger:images") if not purposes and _GITHUB.search(clause) else ((), "")
    if len(purposes) == 1:
        return facts.by_purpose[purposes[0]], f"trigger:{purposes[0]}"
    if not purposes and _WHOLE_CI.search(clause) and not _OTHER_WORK.search(clause):
        both = (*facts.by_purpose["tests"], *facts.by_purpose["linting"])
        return tuple({w.path: w for w in both}.values()), "trigger:ci"
    return (), ""


def _idle(clause: str, facts: Facts) -> tuple[tuple[CiWorkflow, ...], str]:
    """Of several purposes that a clause speaks of, the first that only workflows serve which a person has to start: whichever
    event is said of it, none is there."""
    purposes = [p for p, rx in _PURPOSE.items() if rx.search(clause)]
    if len(purposes) < 2 or _OTHER_WORK.search(clause):
        return (), ""
    for purpose in purposes:
        found = facts.by_purpose[purpose]
        if found and all({t.event for t in w.triggers} == {"workflow_dispatch"} for w in found):
            return found, f"trigger:{purpose}"
    return (), ""


def _has(workflow: CiWorkflow, event: str, facts: Facts) -> bool:
    """Whether an event (push, pull_request or merge) can start a workflow, generously: any branch that there is."""
    if set(workflow.events) & {"push", "tag", "release"} and event in ("push", "merge"):
        return True
    if event in workflow.events or (event == "merge" and "pull_request" in workflow.events):
        return True
    for t in workflow.triggers:
        if t.event in ("workflow_run", "workflow_call", "repository_dispatch", "merge_group", "release", "tag"):
            return True  # what is behind it is not read here
        fits = {"push": ("push",), "pull_request": ("pull_request",), "merge": ("push", "pull_request")}[event]
        if t.event.removesuffix("_target") in fits and not _dead_branches(t, facts):
            return True
        # a push to any branch starts it for the branch of a pull request, too
        if (
            event == "pull_request"
            and t.event == "push"
            and (not t.branches or any(set(b) & set("*!+?[") for b in t.branches))
        ):
            return True
    return False


def _dead_branches(trigger: Trigger, facts: Facts) -> bool:
    """Whether a trigger waits for branches only of which none is there."""
    plain = all(re.fullmatch(r"[\w./-]+", b) for b in trigger.branches)
    return bool(trigger.branches) and plain and bool(facts.branches) and not set(trigger.branches) & facts.branches


def _why(workflow: CiWorkflow, facts: Facts) -> str:
    dead = sorted({b for t in workflow.triggers if _dead_branches(t, facts) for b in t.branches})
    text = f"{workflow.path} starts on {_starts(workflow)}"
    if dead:
        text += f"; there is no branch {' or '.join(dead)}"
    return text


@check("ci-triggers", asks="Do pushes, pull requests and merges start the workflows of which the report says so?")
def ci_triggers(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that a named workflow, the tests, the linting or a CI of one workflow starts on
    every push, on pull requests, on merges, or automatically. Settled by: `on:` with its branch filters, held against the
    branches that there are; for a purpose, over all workflows that serve it. Leaves alone: which branch it is; workflows
    that other workflows call or follow; images that the cloud builds; pre-commit; `or` and `/` between two events."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    for statement, here in _answers(prose):
        plain = statement.plain
        if not _EVENTFUL.search(plain) or not (here or _YAML_NAME.search(plain)):
            continue
        claims = [
            (event, m)
            for event, rx in (("push", _ON_PUSH), ("pull_request", _ON_PR), ("merge", _ON_MERGE))
            for m in rx.finditer(plain)
        ]
        subjects, strange = _named(statement, facts)
        if not claims and not subjects and not _IMAGES_BUILT.search(plain):
            continue
        both = _WEAK_LINK.search(plain)
        done: set[str] = set()
        for event, match in claims:
            clause = _clause_at(plain, match.start())
            if _ONCE.search(clause) or _ELSEWHERE.search(clause) or _GENERAL.search(clause):
                continue
            if (
                event == "push"
                and _ON_PR.search(clause)
                and re.search(rf"push(?:es)? (?:to|on) (?:\w+ ){{0,4}}{_PR}", clause, re.I)
            ):
                continue
            workflows: tuple[CiWorkflow, ...] = ()
            about = ""
            if subjects:
                w = _at(subjects, match.start())
                workflows, about = ((w,), f"trigger:{w.file.name}") if w else ((), "")
            elif not strange and re.search(
                r"\b(?:start|run|trigger|execut|activat|launch|perform|kick|check|test|lint|appl|automat)\w*",
                clause,
                re.I,
            ):
                workflows, about = _served(clause, facts)
                if not workflows and "commit" not in match[0].lower():
                    workflows, about = _idle(clause, facts)
            if not workflows or about in done:
                continue
            events = {event, "push", "pull_request"} if both else {event}
            if any(_has(w, e, facts) for w in workflows for e in events):
                continue
            done.add(about)
            word = {"push": "push", "pull_request": "pull request", "merge": "merge"}[event]
            what = "it" if subjects else _SERVING[about]
            yield Settled(
                statement,
                about,
                "; ".join(_why(w, facts) for w in workflows[:3]) + ".",
                f"No {word} starts {what}.",
                tuple(_on(w) for w in workflows[:3]),
                quote(statement, clause),
            )
        if not subjects and not strange and not claims and _IMAGES_BUILT.search(plain) and _BY_ITSELF.search(plain):
            workflows = facts.by_purpose["images"]
            blocked = _ONCE.search(plain) or _ELSEWHERE.search(plain) or not _GITHUB.search(plain)
            if (
                workflows
                and not blocked
                and all({t.event for t in w.triggers} <= {"workflow_dispatch"} for w in workflows)
            ):
                shows = "; ".join(_why(w, facts) for w in workflows[:3]) + "."
                yield Settled(
                    statement,
                    "trigger:images",
                    shows,
                    "A person has to start the workflow that builds images.",
                    tuple(_on(w) for w in workflows[:3]),
                )
        for match in _BY_HAND.finditer(plain) if subjects else ():
            w = _at(subjects, match.start())
            clause = _clause_at(plain, match.start())
            if w is None or f"trigger:{w.file.name}" in done or _NOT_BY_HAND.search(clause) or not w.triggers:
                continue
            if not any("dispatch" in t.event or t.event == "workflow_call" for t in w.triggers):
                done.add(f"trigger:{w.file.name}")
                said = quote(statement, clause)
                yield Settled(
                    statement,
                    f"trigger:{w.file.name}",
                    _why(w, facts) + ".",
                    "A person cannot start it.",
                    (_on(w),),
                    said,
                )
        for match in _BY_ITSELF.finditer(plain) if subjects else ():
            w = _at(subjects, match.start())
            clause = _clause_at(plain, match.start())
            if w is None or f"trigger:{w.file.name}" in done or _ONCE.search(clause):
                continue
            only_hand = {t.event for t in w.triggers} <= {"workflow_dispatch"}
            stopped = not w.automatic and all(
                t.event == "workflow_dispatch" or _dead_branches(t, facts) for t in w.triggers
            )
            changes = "chang" in match[0].lower() or "updat" in match[0].lower() or "modif" in match[0].lower()
            if (only_hand and changes) or (stopped and not only_hand):
                done.add(f"trigger:{w.file.name}")
                yield Settled(
                    statement,
                    f"trigger:{w.file.name}",
                    _why(w, facts) + ".",
                    "Nothing but a person can start it.",
                    (_on(w),),
                    quote(statement, clause),
                )


def _clause_at(plain: str, position: int) -> str:
    """The clause of a sentence around a position."""
    cuts = [0, *(m.end() for m in _CLAUSE.finditer(plain)), len(plain)]
    start = max(c for c in cuts if c <= position)
    end = min(c for c in (*(m.start() for m in _CLAUSE.finditer(plain)), len(plain)) if c > position)
    return plain[start:end].strip(" ,")


_PERIOD = compile_later(
    r"\b(hourly|nightly|daily|weekly|monthly|(?:every|each|once (?:a|per|every)|per) (?:single )?(hour|night|day|week|month)|(?:every|each) (monday|tuesday|wednesday|thursday|friday|saturday|sunday))\b",
    re.IGNORECASE,
)
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def period(cron: str) -> str:
    """How often a cron line fires: hour, day, week, month; empty for anything else."""
    parts = cron.split()
    if len(parts) != 5:
        return ""
    minute, hour, day, month, weekday = parts
    if not re.fullmatch(r"\d+", minute):
        return ""
    if month != "*":
        return ""
    if day == "*" and weekday in ("*", "?"):
        return "hour" if hour == "*" else "day" if hour.isdigit() else ""
    if not hour.isdigit():
        return ""
    if day in ("*", "?"):
        return "week" if re.fullmatch(r"[0-7]|[A-Za-z]{3}", weekday) else ""
    return "month" if day.isdigit() and weekday in ("*", "?") else ""


def _said_period(match: re.Match[str]) -> str:
    word = (match[2] or match[1]).lower()
    if match[3]:
        return "week"
    return {
        "hourly": "hour",
        "nightly": "day",
        "night": "day",
        "daily": "day",
        "weekly": "week",
        "monthly": "month",
    }.get(word, word)


@check("ci-schedule", asks="Do the scheduled workflows start as often as the report says?")
def ci_schedule(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that gives a period (nightly, weekly, monthly, every day) for a named workflow, for the
    updates of the pre-commit hooks or for Dependabot, or speaks of a scheduled workflow with a period. Settled by: `cron`,
    and Dependabot's `interval`. Leaves alone: schedulers of the cloud, people's own habits, and cron lines of another shape."""
    facts = ci_facts(repo)
    bots = list(repo.snapshot.select((".github/dependabot.y*ml",), stubs=True))
    for statement, here in _answers(prose):
        found = list(_PERIOD.finditer(statement.plain))
        if len(found) != 1 or re.search(
            r"\b(cloud scheduler|meeting\w*|we met|sprint|stand-?ups?|not|never)\b|n't\b", statement.plain, re.I
        ):
            continue
        said = _said_period(found[0])
        if "dependabot" in statement.plain.lower() and not re.search(r"workflow|pre-?commit", statement.plain, re.I):
            intervals = {u["schedule"]["interval"].text for f in bots for u in yaml_root(f)["updates"].items} - {""}
            known = {"daily": "day", "weekly": "week", "monthly": "month"}
            if bots and intervals and intervals <= set(known) and said not in {known[i] for i in intervals}:
                line = next((i for i, row in enumerate(bots[0].lines, 1) if "interval" in row), 1)
                yield Settled(
                    statement,
                    "trigger:dependabot",
                    f"{bots[0].path}:{line} sets the interval {', '.join(sorted(intervals))}.",
                    f"The sentence says once a {said}.",
                    (bots[0].cite(line, note="Dependabot's interval"),),
                    detail=True,
                )
            continue
        if not facts.whole:
            continue
        subjects, strange = _named(statement, facts)
        workflows: tuple[CiWorkflow, ...] = ()
        w = _at(subjects, found[0].start()) if subjects else None
        if w is not None:
            workflows = (w,)
        elif (
            not subjects
            and not strange
            and here
            and re.search(r"pre-?commit", statement.plain, re.I)
            and re.search(r"\bupdat\w+|auto-?update", statement.plain, re.I)
            and "dependabot" not in statement.plain.lower()
        ):
            workflows = facts.by_purpose["hook update"]
        if not workflows or any(t.event in ("workflow_run", "workflow_call") for x in workflows for t in x.triggers):
            continue
        crons = [(x, t, c) for x in workflows for t in x.triggers for c in t.cron]
        periods = {period(c) for _, _, c in crons}
        if said in periods or "" in periods:
            if said in periods:
                x, t, c = next(p for p in crons if period(p[2]) == said)
                yield Settled(
                    statement,
                    f"trigger:{x.file.name}",
                    f"{x.path}:{t.line} has the schedule `{c}`.",
                    "This is the period.",
                    (x.file.cite(t.line, t.line + 1),),
                    label="supported",
                )
            continue
        x = workflows[0]
        said_here = quote(statement, _clause_at(statement.plain, found[0].start()))
        if crons:
            t = crons[0][1]
            shows = f"{x.path}:{t.line} has the schedule `{crons[0][2]}`, once a {period(crons[0][2])}."
            yield Settled(
                statement,
                f"trigger:{x.file.name}",
                shows,
                f"The sentence says once a {said}.",
                (x.file.cite(t.line, t.line + 1, note="the schedule"),),
                said_here,
                detail=True,
            )
        else:
            yield Settled(
                statement,
                f"trigger:{x.file.name}",
                f"{x.path} starts on {_starts(x)}.",
                "It has no schedule.",
                (_on(x),),
                said_here,
            )


# -- all workflows -----------------------------------------------------------------------------------------------------

_ALL = compile_later(
    r"(?<!most of )(?<!almost )(?<!nearly )(?<!not )\b(?:all|both|every|each)(?: of)?(?: the| our| these| those)?(?: (?:github actions?|CI|test(?:ing)?))? workflows?\b",
    re.I,
)


@check("ci-all-workflows", asks="Is what the report says of all workflows true of each?")
def ci_all_workflows(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that all, both or every workflow starts on pushes and pull requests. Settled by: each
    workflow's `on:`. Leaves alone: hedges, the hooks' update of the template, workflows that follow others, caches (see
    ci-caching)."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    for statement, _ in _answers(prose):
        subject = _ALL.search(statement.plain)
        if not subject or statement.negated or statement.hedged or _ELSEWHERE.search(statement.plain):
            continue
        events = [
            e for e, rx in (("push", _ON_PUSH), ("pull_request", _ON_PR)) if rx.search(statement.plain, subject.start())
        ]
        if (
            not events
            or re.search(r"\b(pass|passed|succeed\w*|green|must|before|after)\b", statement.plain, re.I)
            or _named(statement, facts)[0]
        ):
            continue
        both = _WEAK_LINK.search(statement.plain)
        among = facts.by_purpose["tests"] if re.search(r"\btest", subject[0], re.I) else facts.workflows
        among = tuple(
            w
            for w in among
            if repo.snapshot.aside(w.file) != "template stub" or w not in facts.by_purpose["hook update"]
        )
        if "both" in subject[0].lower() and len(among) != 2:
            continue
        for w in among:
            lacks = [e for e in events if not _has(w, e, facts)]
            if lacks and not (both and len(lacks) < len(events)):
                words = " or ".join(e.replace("_", " ") for e in lacks)
                yield Settled(
                    statement,
                    "trigger:all",
                    f"{w.path} starts on {_starts(w)}.",
                    f"No {words} starts {w.path}.",
                    (_on(w),),
                    detail=True,
                )
                break


# -- data and model registry -------------------------------------------------------------------------------------------

_CHANGES = r"(?:chang\w*|updat\w*|modif\w*|new|added|push\w*|move\w*|promot\w*)"
_ON_DATA = compile_later(
    rf"\b(?:when(?:ever)?|if|upon|on|after|every time|each time)\b[^.;,]{{0,40}}\b(?:data|datasets?|dvc(?:[- ]tracked)?(?: pointer)?(?: files?)?)\b[^.;,]{{0,25}}\b{_CHANGES}"
    rf"|\b(?:on|by|upon|to) (?:any |every |all )?(?:changes?|updates?|modifications?) (?:in|to|of) (?:the |our |any )?(?:data|datasets?|dvc|\.dvc)\b",
    re.IGNORECASE,
)
_ON_REGISTRY = compile_later(
    r"\b(?:when(?:ever)?|if|upon|on|after|every time|each time)\b[^.;,]{0,50}\b(?:model registry|model[- ]registry|registered model|registry)\b[^.;,]{0,30}"
    r"|\b(?:when(?:ever)?|every time)\b[^.;,]{0,20}\bnew model\b[^.;,]{0,30}\bregist",
    re.IGNORECASE,
)


@check(
    "ci-data-trigger",
    asks="Do changes of the data or of the model registry start the workflows of which the report says so?",
)
def ci_data_trigger(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that a workflow starts when the data (or the model registry) changes. Settled by: the
    probes data-trigger and registry-trigger (path filters against tracked files, dispatches, bucket events): contradicted
    where they are sure that there is none, or where the only filter matches nothing tracked. Leaves alone: triggers of the
    cloud's console, webhooks, and sentences of something other than a workflow."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    for statement, here in _answers(prose):
        if not here or statement.negated or _GENERAL.search(statement.plain):
            continue
        if re.search(
            r"\b(cloud functions?|eventarc|bucket|webhook\w*|console|cloud build|dashboard|drift|artifact registry|container registry|dvc (?:add|push|repro))\b",
            statement.plain,
            re.I,
        ):
            continue
        if not re.search(r"\b(?:workflows?|github actions?|actions?|CI|triggers?|triggered)\b", statement.plain, re.I):
            continue
        for kind, rx in (("data", _ON_DATA), ("registry", _ON_REGISTRY)):
            match = rx.search(statement.plain)
            if not match or not repo.absent(f"{kind}-trigger"):
                continue
            if kind == "registry" and "push" in match[0].lower():
                continue
            clause = _clause_at(statement.plain, match.start())
            dead = repo.answer(f"{kind}-trigger-dead")
            noun = "the data" if kind == "data" else "the model registry"
            if dead.outcome == "found":
                first = dead.evidence[0]
                shows = f"{first.path}:{first.start}: {first.note}."
                yield Settled(
                    statement,
                    f"trigger:{kind}",
                    shows,
                    f"No change of {noun} that git sees can start it.",
                    dead.evidence[:2],
                    quote(statement, clause),
                )
            elif not any(t.paths or t.event == "repository_dispatch" for w in facts.workflows for t in w.triggers):
                shows = "No workflow has a `paths:` filter or a `repository_dispatch` trigger."
                yield Settled(
                    statement,
                    f"trigger:{kind}",
                    shows,
                    f"No workflow waits for changes of {noun}.",
                    (fact(shows, *(w.path for w in facts.workflows)),),
                    quote(statement, clause),
                )


# -- caching -----------------------------------------------------------------------------------------------------------

_CACHE = compile_later(r"\bcach(?:e|es|ed|ing|eing)\b", re.IGNORECASE)
_NO_CACHE = compile_later(
    r"\b(?:do|did|does|have|has|is|are|was|were)(?:n't| not)\b[^.;,]{0,30}\b(?:cach(?:e|es|ed|ing)|use of cach\w+)\b|\bno (?:dependency )?cach(?:e|ing)\b|\bwithout (?:any )?cach(?:e|ing)\b",
    re.IGNORECASE,
)
_OTHER_CACHE = compile_later(
    r"\b(docker|layers?|images?|container|dataset|data|dvc|model|redis|lru|results?|predictions?|cloud ?build|vms?|memory|browser)\b",
    re.I,
)
_KEEPERS = compile_later(
    r"setup-uv@v?(?:[5-9]|[1-9]\d|[0-9a-f]{7,}|main)|setup-pixi|setup-go|setup-node@v(?:[5-9])|rust-cache|gradle"
)


@check("ci-caching", asks="Is the CI's caching as the report says?")
def ci_caching(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence of the CI answer (or one that speaks of CI) that claims caching, denies it, or claims it for
    all or both workflows. Settled by: `cache` anywhere in the workflows' active text and actions that cache unasked; for a
    denial, a cache that a test or lint job keeps; for all, each workflow that installs packages. Leaves alone: caches of
    docker layers, data and models, and hedges."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    text = "\n".join(uncommented(f) for f in repo.snapshot.select((*WORKFLOWS, *CI), stubs=True))
    any_cache = "cache" in re.sub(
        r"cache:\s*['\"]?false|enable-cache:\s*['\"]?false|--no-cache\S*", "", text
    ) or _KEEPERS.search(text)
    paths = tuple(w.path for w in facts.workflows)
    for statement, here in _answers(prose):
        if (
            not here
            or not _CACHE.search(statement.plain)
            or statement.question.id not in ("continuous-integration", "architecture", "extra")
        ):
            continue
        for clause in clauses(statement):
            match = _CACHE.search(clause)
            if not match or _OTHER_CACHE.search(clause) or re.search(r"\b\w+_cache|\.\w+cache", clause):
                continue
            said = quote(statement, clause)
            if _NO_CACHE.search(clause):
                kept = [
                    (w, c)
                    for name in ("tests", "linting")
                    for w in facts.by_purpose[name]
                    if w.automatic
                    for c in caches(w)
                ]
                if kept and not _GENERAL.search(clause):
                    what, file, line = kept[0][1]
                    yield Settled(
                        statement,
                        "cache:ci",
                        f"{file.path}:{line}: {what}.",
                        "The sentence says that there is no caching.",
                        (file.cite(line, note=what),),
                        said,
                    )
                continue
            if re.search(r"\b(?:not|never|without|no)\b|n't\b", clause, re.I) or _GENERAL.search(clause):
                continue
            if not any_cache:
                shows = "No workflow keeps a cache (no `cache:`, `enable-cache`, actions/cache or action that caches unasked)."
                yield Settled(
                    statement,
                    "cache:ci",
                    shows,
                    "The sentence says that caching is used.",
                    (fact(shows, *paths),),
                    said,
                )
                continue
            every = _ALL.search(clause)
            if (every and not statement.hedged) or (every and every[0].lower().startswith("both")):
                among = facts.by_purpose["tests"] if re.search(r"\btest", every[0], re.I) else facts.workflows
                among = tuple(
                    w for w in among if w.automatic and _installs(w) and w not in facts.by_purpose["hook update"]
                )
                if (
                    every[0].lower().startswith("both")
                    and len([w for w in facts.workflows if w not in facts.by_purpose["hook update"]]) != 2
                ):
                    continue
                lacking = [
                    w
                    for w in among
                    if not caches(w)
                    and not default_caches(w)
                    and "cache" not in uncommented(w.file)
                    and not _KEEPERS.search(uncommented(w.file))
                ]
                if lacking and not any(u.action.startswith("./") for w in lacking for u in w.uses):
                    w = lacking[0]
                    run = next(r for r in w.runs if _is_install(r))
                    yield Settled(
                        statement,
                        "cache:all",
                        f"{w.path} installs packages (line {run.line}) and keeps no cache.",
                        "The sentence says that all of them use a cache.",
                        (run.file.cite(run.line, note="installs without a cache"),),
                        said,
                        detail=True,
                    )


def _is_install(run: Run) -> bool:
    words = run.command.words
    return (
        (words[:1] in (("pip",), ("pip3",), ("poetry",), ("conda",)) and "install" in words)
        or words[:2] in (("uv", "sync"), ("uv", "pip"))
        or (words[1:4] == ("-m", "pip", "install"))
    )


def _installs(workflow: CiWorkflow) -> bool:
    return any(_is_install(r) for r in workflow.runs)


# -- tools in CI -------------------------------------------------------------------------------------------------------

# what stands for a tool or a purpose in the text of workflows, hooks and tasks
_TOOLS = {
    "ruff": r"\bruff", "black": r"\bblack\b|psf/black", "isort": r"\bisort\b", "flake8": r"flake8", "mypy": r"\bd?mypy", "pylint": r"pylint",
    "pyright": r"pyright", "codespell": r"codespell", "bandit": r"bandit", "pytest": r"pytest|py\.test|\btox\b|\bnox\b|hatch test", "codecov": r"codecov",
    "coveralls": r"coveralls", "trivy": r"trivy", "pip-audit": r"pip-audit|pip_audit", "sonarcloud": r"sonar", "sonarqube": r"sonar", "codeql": r"codeql",
    "snyk": r"snyk", "yapf": r"yapf", "autopep8": r"autopep8", "pydocstyle": r"pydocstyle|ruff", "hadolint": r"hadolint", "gitleaks": r"gitleaks",
}  # fmt: skip
_TOOL = compile_later(r"(?<![\w./@-])(" + "|".join(_TOOLS) + r")(?![\w/]|\.\w|-\w|\(\))", re.IGNORECASE)
_NOT_USED = compile_later(
    r"\b(instead of|rather than|replac\w+|faster than|compared|unlike|similar to|such as|like|equivalent\w*|combin\w+|alternative\w*|e\.g|for example|for instance|including checks|"
    r"not|never|without|no longer|neither|nor|local\w*|manual\w*|ourselves|editor|vs ?code|extension|pre-?commits?|hooks?|remov\w+|course|exercise|incorporates|handled by|tool like|tools like)\b|n't\b",
    re.IGNORECASE,
)
_IN_CI = compile_later(r"\b(CI|CI/CD|continuous integration|github[ -]actions?|workflows?|actions?)\b", re.IGNORECASE)
_PURPOSES = {
    "linting": (compile_later(r"\b(?:lint(?:ing|ers?|s)?)\b", re.I), r"lint|ruff|flake8|pyflakes|pycodestyle|black|isort|mypy|sonar|codeclimate|trunk|prospector|\bty check|pyright|pre-commit run|pre-commit/action|prek|pep8|codacy"),
    "tests": (compile_later(r"\b(?:unit|integration|automated) ?-?tests?\b(?! (?:set|data|coverage))", re.I), r"(?<!la)test|\btox\b|\bnox\b|coverage|behave|robot"),
    "type checking": (compile_later(r"\b(?:static )?type[- ]?check\w*|\bstatic typing\b", re.I), r"mypy|pyright|\bty check|uvx ty|pyre\b|pytype|pyrefly|\btsc\b|beartype|typeguard|type-?check"),
    "security": (compile_later(r"\b(?:security|vulnerabilit\w+) (?:scan\w*|audit\w*)\b", re.I), r"bandit|trivy|codeql|audit|safety|snyk|sonar|gitleaks|trufflehog|grype|detect-|dependency-review|semgrep|scorecard|ruff"),
    "coverage": (compile_later(r"\b(?:code |test )?coverage (?:report\w*|check\w*|upload\w*|analys\w+|tests?|measure\w*|threshold)\b|\b(?:check\w*|report\w*|measur\w+|comput\w+|with) (?:the |code |test )*coverage\b", re.I), r"cov"),
    "pushing": (compile_later(r"\bpush(?:es|ed|ing)? (?:(?!to\b|on\b)[\w-]+ ){0,4}?(?:images?|containers?)\b|\b(?:images?|containers?)\b[^.;,]{0,60}\b(?:pushe[sd]|pushing|publish\w*|uploads?|uploaded)\b|\bbuil(?:ds?|t|ding) and (?:pushes|push|pushed|pushing)\b", re.I),
        r"\bpush\b(?!: *['\"]?false)|builds submit|kaniko|--source|buildah|skopeo|crane|build-push|registry|\bgcr\b|pkg\.dev|docker ?hub|ghcr"),
    "deployment": (compile_later(r"\b(?:workflows?|github[ -]actions?)\b[^.;]{0,150}?\b(?:deploys|deploying|to deploy|(?:and|for|of|automat\w+) deployment(?! of (?:the )?(?:docs|documentation))|handles? deployment)\b(?! (?:the |our )?(?:docs|documentation|site|mkdocs|pages|website))|\b(?:is|are|gets?|be) (?:\w+ly )?deployed (?:\w+ )?(?:by|via|through|using|with) (?:the |our |a |an )?(?:\w+ )?(?:github[ -]actions?|(?:github )?workflows?)\b|\bgithub[ -]actions?\b[^.;,]{0,60}\b(?:is|are) (?:\w+ly )?deployed\b", re.I), r""),
    "images": (compile_later(r"\b(?:images?|containers?)\b[^.;]{0,25}\bbuil[dt]\w*|\bbuil[dt]\w*\b[^.;]{0,25}\b(?:images?|containers?)\b", re.I), r"docker|builds submit|kaniko|podman|buildah|cloudbuild|bentoml|skaffold|pack build|build-push|image|acr build|codebuild"),
    "documentation": (compile_later(r"\b(?:deploy\w*|publish\w*|build\w*)\b[^.;]{0,30}\b(?:documentation|docs|mkdocs)\b|\b(?:documentation|docs)\b[^.;]{0,30}\b(?:deployed|published|built)\b", re.I), r"mkdocs|sphinx|pages|mike|quarto|docs|documentation|zensical|pdoc"),
}  # fmt: skip


_IN_WORKFLOW = compile_later(r"\bgithub[ -]actions?\b|\bworkflows?\b", re.IGNORECASE)
_DOES = {
    "linting": "lints",
    "tests": "runs tests",
    "type checking": "checks types",
    "security": "scans for security",
    "coverage": "measures coverage",
    "pushing": "pushes an image",
    "deployment": "deploys a service",
    "images": "builds an image",
    "documentation": "builds or publishes documentation",
}


@check("ci-tools", asks="Do workflows or hooks run the tools that the report says CI runs?")
def ci_tools(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that CI, a workflow or GitHub Actions runs a named tool (a linter, a formatter, a
    type checker, Codecov, a scanner), or lints, checks types, scans for security, runs tests, reports coverage, builds or pushes images, builds documentation, or deploys. Settled by: no trace
    of the tool, or of any tool of that kind, in the active text of workflows, composite actions, hooks and tasks; for a
    purpose, in what the steps that can run do, and the tasks, scripts, hooks and Cloud Build files that they lead to.
    Leaves alone: comparisons, tools used by hand, hooks (see hook-contents), deployments that a trigger of Cloud Build
    may make, unless a GitHub workflow is named as what deploys, and CI that is not wholly readable."""
    facts = ci_facts(repo)
    if not facts.whole or not facts.workflows:
        return
    done: set[tuple[int, str]] = set()
    for statement, _ in _answers(prose):
        for clause in clauses(statement):
            for name, about, text in (*_named_tools(statement, clause, facts), *_purposes_said(clause, facts)):
                if (statement.question.n, about) in done:
                    continue
                done.add((statement.question.n, about))
                what = f"names {name}" if about.startswith("tool:") else _DOES[name]
                shows = f"No workflow, nor a hook or task that one runs, {what}; looked in {_LOOKED}."
                if name == "deployment" and facts.deploys_by_trigger:
                    shows = f"No step of a workflow deploys; only a Cloud Build file that no workflow submits does. Looked in {_LOOKED}."
                runs = sorted(
                    {
                        t
                        for w in facts.workflows
                        for t in (*(lint_tool(r.command) for r in w.runs), *(lint_action(u) for u in w.uses))
                        if t
                    }
                )
                proof = [fact(shows, *(w.path for w in facts.workflows))]
                difference = f"The sentence says that {text} does it."
                if about.startswith("tool:"):
                    extra = f" CI runs {', '.join(runs[:4])}." if runs else ""
                    difference = f"The sentence says that CI runs {name}.{extra}"
                yield Settled(
                    statement,
                    about,
                    shows,
                    difference,
                    tuple(proof),
                    quote(statement, clause),
                )


_TOOL_QUESTIONS = (
    "continuous-integration", "code-quality", "version-control", "architecture", "tests", "coverage", "extra", "structure",
    "debugging-and-profiling",
)  # fmt: skip
_RUNS = compile_later(
    r"\b(run|runs|ran|running|use|uses|used|using|with|via|by|execut\w+|perform\w*|check\w*|enforc\w+|includ\w+|through|for|upload\w*|automat\w+|appl\w+|buil[dt]\w*|deploy\w*|publish\w*|push\w*|handl\w+)\b",
    re.IGNORECASE,
)


def _named_tools(statement: Statement, clause: str, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """The tools that a clause says CI runs and that leave no trace."""
    by_file = False
    if (
        statement.question.id not in _TOOL_QUESTIONS
        or not (_IN_CI.search(clause) or (by_file := _tells_of_file(clause, facts)))
        or _NOT_USED.search(clause)
        or _GENERAL.search(clause)
        or _ELSEWHERE.search(clause)
        or not _RUNS.search(clause)
    ):
        return
    if _BUNDLES.search(facts.own_text):
        return
    text = facts.own_text if by_file or _IN_WORKFLOW.search(clause) else facts.text
    for match in _TOOL.finditer(clause):
        name = match[1].lower()
        if not re.search(_TOOLS[name], text):
            yield name, f"tool:{name}", "CI"


# actions that bring many tools without a word of them
_BUNDLES = compile_later(r"super-linter|megalinter|mega-linter|trunk-io|trunk check|codacy|reviewdog|qodana|prospector")


def _tells_of_file(clause: str, facts: Facts) -> bool:
    """Whether a clause begins with a workflow's file and says what it runs (`lint.yaml runs ...`, `lint.yaml: ...`)."""
    match = re.match(
        r"(?:\d+[.)]\s*|[-*]\s*)?(?:the |our )?(?:[\w./-]*/)?([\w.-]+\.ya?ml)(?:,? (?:which|that|file))?(?:\s*[:-] |,? (?:\w+ly )?(?:runs?|executes?|performs?|checks?|lints?|uses?)\b)",
        clause,
        re.IGNORECASE,
    )
    return bool(match) and any(w.file.name.lower() == match[1].lower() for w in facts.workflows if match)


# what follows tells why, or what else is so
_WHY = compile_later(
    r",? \b(?:as|since|because|so that|so|which|that (?:means|ensures|makes)|ensuring|making|meaning|allowing|enabling|to ensure|to guarantee|to make sure|in order to|thus|thereby|before|after|once|until|when(?:ever)?|if|where|unless)\b",
    re.IGNORECASE,
)
_PARTLY = compile_later(
    r"\b(?:where|if|when|as) (?:enabled|applicable|needed|relevant|possible|configured|desired|required)\b",
    re.IGNORECASE,
)
_LOOSELY = compile_later(_GENERAL.pattern.replace(r"extend\w*|", ""), re.IGNORECASE)
_CLOUD_BUILD = compile_later(
    r"\bcloud ?build (?:workflow|trigger|pipeline|job)s?\b|\btriggers?\b[^.;]{0,30}\bcloud ?build\b", re.IGNORECASE
)


def _purposes_said(clause: str, facts: Facts) -> Iterator[tuple[str, str, str]]:
    """The purposes that a clause says CI or a workflow serves and that no active step serves."""
    if _PARTLY.search(clause):
        return
    pieces = [p for p in _WHY.split(clause) if p]
    core = next((p for p in pieces if _IN_CI.search(p)), "")
    if (
        not core
        or _NOT_USED.search(core)
        or _LOOSELY.search(core)
        or not _RUNS.search(core)
        or _CLOUD_BUILD.search(core)
    ):
        return
    github = bool(_IN_WORKFLOW.search(core))
    # a host beside GitHub may be what is called a workflow
    low = core.lower()
    exact = any((w.name and w.name.lower() in low) or w.file.name.lower() in low for w in facts.workflows)
    named = "github" in low or exact
    tools = [m[1].lower() for m in _TOOL.finditer(core)]
    core = _YAML_NAME.sub("workflow", core)  # a file's name says nothing of its work
    for name, (rx, trace) in _PURPOSES.items():
        if not rx.search(core) or any(re.search(trace, t) for t in tools if trace):
            continue
        if name in ("images", "documentation", "pushing", "deployment"):
            if not github or (
                facts.deploys_by_trigger and not named if name == "deployment" else facts.built_by_trigger and not exact
            ):
                continue
            if name == "images" and _ELSEWHERE.search(core):
                continue
        elif _ELSEWHERE.search(core):
            continue
        text = facts.active if github else f"{facts.text}\n{facts.active}"
        if name == "deployment":
            if facts.deploys or _PURPOSES["documentation"][0].search(core):
                continue
        elif re.search(trace, text):
            continue
        if name == "coverage" and not facts.by_purpose["tests"]:
            continue
        yield name, f"ci:{name.replace(' ', '-')}", "a workflow" if github else "CI"


# -- checks that cannot fail -------------------------------------------------------------------------------------------

_BLOCKS = compile_later(
    r"\b(?:block\w*|prevent\w*|cannot be merged|can't be merged|can not be merged|must pass|has to pass|have to pass|required? to pass|before (?:it|code|they|changes|a PR|anything) (?:can|could) be merged|"
    r"fails? the (?:build|pipeline|workflow|job|CI)|only (?:well-\w+|code that)|reject\w*|quality gate|strict(?:ly)?|not be merged)\b",
    re.IGNORECASE,
)
_SOFTLY = compile_later(
    r"\b(?:non-?blocking|soft|warning\w*|advisory|continue-on-error|does not fail|doesn't fail|not fail|optional|only if|docker|deploy\w*)\b",
    re.I,
)


@check("ci-cannot-fail", asks="Can the checks fail of which the report says that they block a merge?")
def ci_cannot_fail(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that a named linter, type checker or test runner in CI blocks a merge or must pass.
    Settled by: every active step that runs it swallows its failure (`|| true`, `continue-on-error`, `--exit-zero`). Leaves
    alone: branch protection, which no file shows, formatters that rewrite, and hedges."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    for statement, here in _answers(prose):
        if (
            not _BLOCKS.search(statement.plain)
            or _SOFTLY.search(statement.plain)
            or not (here or _HERE.search(statement.plain))
        ):
            continue
        for name in dict.fromkeys(m[1].lower() for m in _TOOL.finditer(statement.plain)):
            runs = [
                r
                for w in facts.workflows
                for r in w.runs
                if (runs_tests(r.command) if name == "pytest" else (lint_tool(r.command).split() or [""])[0] == name)
            ]
            acted = any(lint_action(u) == name for w in facts.workflows for u in w.uses)
            hooked = name in facts.text and any(
                any(map(runs_pre_commit, w.runs)) or any(map(runs_pre_commit, w.uses)) for w in facts.workflows
            )
            if runs and not acted and not hooked and all(r.soft or "--exit-zero" in r.command.bare for r in runs):
                r = runs[0]
                yield Settled(
                    statement,
                    f"soft:{name}",
                    f"{r.file.path}:{r.line} runs {name} and lets its failure pass.",
                    "A finding of it does not fail the job.",
                    (r.file.cite(r.line, note="its failure passes"),),
                )


# -- names of workflows ------------------------------------------------------------------------------------------------

_DISPLAYED = compile_later(
    r"(?:[\"“]([A-Z][\w &/+-]{3,40})[\"”]|\*{1,2}([A-Z][\w &/+-]{3,40})\*{1,2})\s+(?:GitHub (?:Actions? )?)?workflow\b"
)


@check("ci-workflow-names", asks="Are there workflows of the names that the report quotes?")
def ci_workflow_names(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence of the CI answer with a name in quotes or bold straight before `workflow`. Settled by: the
    `name:` of workflows and jobs and the file names, without regard to case, marks and word endings; contradicted only where
    nothing shares a word with it. Leaves alone: plain words and descriptions."""
    facts = ci_facts(repo)
    if not facts.whole:
        return
    known = [
        _words(w.name)
        | _words(w.file.name.rsplit(".", 1)[0])
        | {x for j in w.workflow.jobs for x in _words(j.id + " " + j.node["name"].text)}
        for w in facts.workflows
    ]
    for statement in prose.sentences("continuous-integration"):
        if not statement.firm or statement.negated:
            continue
        for match in _DISPLAYED.finditer(statement.text):
            name = match[1] or match[2]
            said = _words(name)
            if (
                said
                and not any(said & k for k in known)
                and not any(_normal(name) in _normal(w.file.text) for w in facts.workflows)
            ):
                names = ", ".join(f"{w.file.name} ({w.name})" if w.name else w.file.name for w in facts.workflows[:8])
                shows = f"The workflows are {names}."
                yield Settled(
                    statement,
                    f"workflow:{name.lower()}",
                    shows,
                    f"None of them is called {name}.",
                    (fact(shows, *(w.path for w in facts.workflows)),),
                    detail=True,
                )


def _words(text: str) -> set[str]:
    return {re.sub(r"(ings?|ers?|s|ed)$", "", w) for w in re.findall(r"[a-z]+", text.lower()) if len(w) > 1} - {
        "workflow",
        "run",
        "ci",
        "code",
        "check",
        "and",
        "the",
    }
