"""Statements about continuous integration: what starts it, and what it keeps. What it runs on and does stands in
`ci_matrix` and `ci_tools`."""

import re
from collections.abc import Iterator
from dataclasses import field

from auditor.claims import Repo, Settled, check, fact
from auditor.facts.civalues import caches, default_caches
from auditor.facts.cloud import CONFIGURATION, cloud_build, deploy_command, deploy_elsewhere
from auditor.facts.jobs import Run
from auditor.facts.programs import (
    build_action,
    builds_image,
    lint_action,
    lint_hooks,
    lint_tool,
    runs_pre_commit,
    runs_tests,
)
from auditor.facts.workflows import CI, CiWorkflow, Trigger, ci_workflows
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.readers import WORKFLOWS, Command, readable, yaml_root
from auditor.snapshot import File

# -- facts -------------------------------------------------------------------------------------------------------------

LOOKED = ".github/workflows and other CI files, composite actions, pre-commit hooks and the tasks that they call"
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
    files = repo.snapshot.select(CI, stubs=True)
    found = tuple(ci_workflows(files))
    whole = bool(found) and all(w.host == "github" for w in found)
    texts = []
    for file in files.chosen:
        if not readable(file):
            whole = False
            continue
        if file.problems.get("yaml") or file.problems.get("workflow"):
            whole = False
        texts.append(uncommented(file))
    # what the steps lead to is read whole: a tool that a script names may be run in a way that is not seen
    led = {r.file.path: r.file for w in found for r in w.runs if r.via}
    texts += [uncommented(f) for f in led.values() if f.name not in ("pyproject.toml", "setup.cfg")]
    hooks = [uncommented(f) for f in repo.snapshot.select((_HOOKS,), stubs=True)]
    for w in found:
        texts += [" ".join(r.command.words).lower() for r in w.runs if r.via]
    branches = frozenset((repo.history.default_branch, *repo.history.branches))
    if "" in branches or repo.history.one_branch:  # the default branch, or others, may be there under another name
        branches = frozenset()
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
GENERAL = compile_later(
    r"\b(allows?|allowing|enables? (?:us|you)|can|cannot|possible|possibility|easily|extend\w*|optional|important|useful|beneficial|supports?|"
    r"advantage|if (?:we|you|one|the)|e\.g|for example|for instance|consider\w*|need(?:ed)? to|relevant|instead of|rather than|course|"
    r"unfortunately|difficult\w*|troubl\w*|struggl\w*|gave up|unable|limited|removed|disabled|skip\w*|exclud\w*|except|issues?|problems?|fail\w*|cost\w*|quota)\b",
    re.IGNORECASE,
)
OF_CI = compile_later(
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


def ci_sentences(prose: Prose) -> Iterator[tuple[Statement, bool]]:
    """The firm sentences of all answers, and whether each stands in the CI answer or speaks of CI itself."""
    for statement in prose.sentences():
        if statement.firm and statement.question.id not in ("contributions", "struggles", "credits"):
            yield (
                statement,
                statement.question.id == "continuous-integration" or bool(OF_CI.search(statement.plain)),
            )


# -- which workflow a sentence speaks of -------------------------------------------------------------------------------

YAML_NAME = compile_later(r"([\w./-]*?)([\w-]+(?:\.[\w-]+)*)\.ya?ml\b", re.IGNORECASE)


def normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "", text.lower())


@dataclass(frozen=True)
class Subject:
    """A workflow named in a sentence and where in `plain` its name ends."""

    workflow: CiWorkflow
    end: int


def _named(statement: Statement, facts: Facts) -> tuple[list[Subject], bool]:
    """The workflows that a sentence names by file, or by display name in quotes or before a colon; and whether it names
    a YAML file that is none of them."""
    stems = {normal(w.file.name.rsplit(".", 1)[0]): w for w in facts.workflows}
    found: list[Subject] = []
    strange = False
    for match in YAML_NAME.finditer(statement.plain):
        w = stems.get(normal(match[2]))
        if w is not None and (not match[1] or "workflows" in match[1] or match[1] in ("./", "/")):
            found.append(Subject(w, match.end()))
        else:
            strange = True
    if not found and not strange:
        names = {normal(w.name): w for w in facts.workflows if w.name}
        head = re.match(r"(?:\d+[.)]\s*|[-*]\s*)?[\"']?([\w &/+-]{4,40}?)[\"']?(?:\s+workflow)?\s*:\s", statement.plain)
        for match in filter(
            None,
            [head, *re.finditer(r"[\"']([\w &/+-]{4,40})[\"'](?=\s+(?:workflow|action|pipeline)\b)", statement.plain)],
        ):
            w = stems.get(normal(match[1])) or names.get(normal(match[1]))
            if w is not None and sum(normal(o.name) == normal(match[1]) for o in facts.workflows) <= 1:
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
SOMEWHERE_ELSE = compile_later(
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
    for statement, here in ci_sentences(prose):
        plain = statement.plain
        if not _EVENTFUL.search(plain) or not (here or YAML_NAME.search(plain)):
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
            if _ONCE.search(clause) or SOMEWHERE_ELSE.search(clause) or GENERAL.search(clause):
                continue
            if re.search(r"\b(?:cancel\w*|concurren\w*)\b", clause, re.I):  # what a push stops is not what it starts
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
            blocked = _ONCE.search(plain) or SOMEWHERE_ELSE.search(plain) or not _GITHUB.search(plain)
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
    for statement, here in ci_sentences(prose):
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
    for statement, _ in ci_sentences(prose):
        subject = _ALL.search(statement.plain)
        if not subject or statement.negated or statement.hedged or SOMEWHERE_ELSE.search(statement.plain):
            continue
        events = [
            e for e, rx in (("push", _ON_PUSH), ("pull_request", _ON_PR)) if rx.search(statement.plain, subject.start())
        ]
        if (
            not events
            or re.search(
                r"\b(pass|passed|succeed\w*|green|must|before|after|cancel\w*|concurren\w*)\b", statement.plain, re.I
            )
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
    for statement, here in ci_sentences(prose):
        if not here or statement.negated or GENERAL.search(statement.plain):
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
    for statement, here in ci_sentences(prose):
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
                if kept and not GENERAL.search(clause):
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
            if re.search(r"\b(?:not|never|without|no)\b|n't\b", clause, re.I) or GENERAL.search(clause):
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
