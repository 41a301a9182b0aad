"""What continuous integration is for: all of it at one commit, which of its steps serve which purpose, and all that it says."""

import re
from collections.abc import Callable, Iterator
from dataclasses import field

from auditor.facts.cloud import CONFIGURATION, cloud_build, deploy_command, deploy_elsewhere, train_command
from auditor.facts.jobs import Run, Use
from auditor.facts.programs import (
    build_action,
    builds_image,
    lint_action,
    lint_hooks,
    lint_tool,
    only_rewrites,
    runs_pre_commit,
    runs_tests,
)
from auditor.facts.workflows import CI, CiWorkflow, ci_workflows
from auditor.lazy import compile_later, dataclass
from auditor.readers.shell import Command
from auditor.readers.text import readable
from auditor.readers.workflows import Job, Step
from auditor.snapshot import File, Files, Snapshot

HOOKS = ".pre-commit-config.y*ml"
_CONFIGURED = ("pyproject.toml", "pytest.ini", "tox.ini", "setup.cfg")
_NOT_READ = frozenset(["pyproject.toml", "setup.cfg"])  # too much stands there that no step runs


@dataclass(frozen=True)
class Served:
    """A place where a workflow does what is asked for: the step, and the file and line where that is written. `soft`: its failure
    passes; `rewrites`: it is a formatter that puts right what it finds on the runner, and nothing takes that back or looks at it."""

    workflow: CiWorkflow
    job: Job
    step: Step
    file: File
    line: int
    soft: bool = False
    sure: bool = True
    rewrites: bool = False

    @property
    def blocks(self) -> bool:
        """Whether what it finds fails the job."""
        return not self.soft and not self.rewrites


@dataclass(frozen=True)
class Pipelines:
    """The CI of one commit, the template's untouched workflows included: they run as well as any other. `whole`: every
    configuration is GitHub's and is read, so that what is not seen is not there. `hooks` is what the pre-commit hooks say
    (an application of GitHub may run them without a workflow), `builds` are the Cloud Build files, which a trigger in the
    cloud may start. `branches` are those that there are, none where others may be."""

    workflows: tuple[CiWorkflow, ...]
    whole: bool
    hooks: str
    builds: tuple[File, ...]
    branches: frozenset[str]
    texts: dict[str, str] = field(default_factory=dict, repr=False)
    lint_hooks: bool = False

    @property
    def text(self) -> str:
        """What workflows, what they lead to, and hooks say, in small letters."""
        return "\n".join([*self.texts.values(), self.hooks])

    @property
    def own(self) -> str:
        """The same without hooks that no workflow runs."""
        return "\n".join(self.texts.values())


def uncommented(file: File) -> str:
    """A configuration's text in small letters without its comments."""
    return file.once("uncommented", lambda: re.sub(r"(?m)(^|\s)#.*$", "", file.text).lower())


def pipelines(snapshot: Snapshot) -> Pipelines:
    """All of the commit's CI."""
    return snapshot.once("pipelines", lambda: _pipelines(snapshot))


def _pipelines(snapshot: Snapshot) -> Pipelines:
    files = snapshot.select(CI, stubs=True)
    found = tuple(ci_workflows(files))
    whole = bool(found) and all(w.host == "github" for w in found)
    for file in files.chosen:
        if not readable(file) or file.problems.get("yaml") or file.problems.get("workflow"):
            whole = False
    configs = list(snapshot.select((HOOKS,), stubs=True))
    hooks = "\n".join(uncommented(f) for f in configs)
    history = snapshot.history
    branches = frozenset((history.default_branch, *history.branches))
    if "" in branches or history.one_branch:
        branches = frozenset()
    named = {word for c in history.commits for word in re.findall(r"\b(?:main|master)\b", c.subject)}
    cloud = snapshot.select(CONFIGURATION, ("steps",), stubs=True)
    builds = tuple(f for f in cloud if not f.path.startswith(".github/") and cloud_build(f))
    texts = {w.path: _said(w, snapshot, files, hooks, builds) for w in found}
    return Pipelines(found, whole, hooks, builds, branches | named, texts, any(lint_hooks(f) for f in configs))


def _said(w: CiWorkflow, snapshot: Snapshot, files: Files, hooks: str, builds: tuple[File, ...]) -> str:
    """All that a workflow says: its file, actions and scripts that it leads to, and settings of what it runs."""
    texts = [uncommented(w.file)]
    led = {f.path: f for f in (*(r.file for r in w.runs), *(u.file for u in w.uses)) if f.path != w.path}
    texts += [uncommented(f) for f in led.values() if f.name not in _NOT_READ]
    texts += [r.command.text.lower() for r in w.runs]
    words = dict.fromkeys(word.removeprefix("./") for run in w.runs for word in run.command.words)
    for word in words:  # a script's work is what it says
        script = snapshot.files.get(word)
        if script is not None and script.suffix in ("py", "sh") and readable(script):
            texts.append(script.text.lower())
    for use in w.uses:  # an own action may lead to files that no step of its shows
        if use.action.startswith("./"):
            folder = use.action.removeprefix("./").strip("/")
            texts += [uncommented(f) for f in files if f.folder == folder]
    texts += [uncommented(f) for run in w.runs for f in submitted(run, builds)]
    if any(map(runs_pre_commit, w.runs)) or any(map(runs_pre_commit, w.uses)):
        texts.append(hooks)
    if any(runs_tests(r.command) for r in w.runs):
        texts += [row.lower() for _, _, row in added_options(snapshot)]
    return "\n".join(texts)


def added_options(snapshot: Snapshot) -> Iterator[tuple[File, int, str]]:
    """The lines that hand pytest options by its configuration."""
    for name in _CONFIGURED:
        config = snapshot.files.get(name)
        if config is not None and readable(config):
            for i, row in enumerate(config.lines, 1):
                if re.search(r"--?cov|addopts", row) and not row.lstrip().startswith("#"):
                    yield config, i, row


def submitted(run: Run, builds: tuple[File, ...]) -> list[File]:
    """The Cloud Build files that a command submits."""
    words = run.command.words
    if "builds" not in words or "submit" not in words:
        return []
    given = re.findall(r"--config[= ]+[\"']?(?:\./)?([^\s\"']+)", run.command.text) or [
        "cloudbuild.yaml",
        "cloudbuild.yml",
    ]
    return [f for f in builds if any("$" in name or f"/{f.path}".endswith(f"/{name}") for name in given)]


# -- purposes ----------------------------------------------------------------------------------------------------------

_TYPING = ("mypy", "dmypy", "pyright", "basedpyright", "pyre", "ty", "pyrefly", "pytype")
_COVERAGE = compile_later(r"--cov\b|--cov=|^coverage\b|\bcodecov|coveralls|covecc")
_FORMAT = compile_later(r"(?:^|\s)ruff format\b|^(?:black|yapf|autopep8|isort|blue|docformatter)\b")
_DOCS = compile_later(r"\bmkdocs\b|\bsphinx|\bpdoc\b|deploy-pages|gh-pages|\bquarto\b|\bzensical\b|\bmike deploy")
_LOAD = compile_later(r"\blocust\b|\bk6\b|\bjmeter\b|\bartillery\b|\bwrk\b|\bvegeta\b|load[-_]?test")
_UPDATES = compile_later(r"\bautoupdate\b|dependabot|renovate|\buv lock --upgrade|\bpur\b|pip-compile.*--upgrade")
_RELEASE = compile_later(r"action-gh-release|create-release|gh release create|\btwine upload|pypi-publish|uv publish|poetry publish|semantic-release|release-drafter|release-please")  # fmt: skip
_TRAIN = compile_later(r"\btrain(?:ing|er)?\b|[_/.-]train\b|\btrain[_.-]|custom-jobs create|\bdvc (?:repro|exp run)")
_EVALUATE = compile_later(r"\beval(?:uat\w+)?\b|[_/.-]eval\w*\b|\beval\w*[_.-]")
_DATA = compile_later(r"\bdvc (?:pull|push|status|repro)|\bdata\b|[_/.-]data\b|\bdata[_.-]|preprocess")
_REGISTRY = compile_later(r"registry|stage[_-]?model|link[_-]?model|promot|\bartifact\b")
_DEPLOYING = compile_later(r"deploy-(?:cloudrun|cloud-functions|appengine|gke|action)|webapps-deploy|flyctl|railway|actions-hf|huggingface|apprunner")  # fmt: skip

Test = Callable[[str, Run | Use], bool]


def _deploys(text: str, one: Run | Use) -> bool:
    if isinstance(one, Use):
        return bool(_DEPLOYING.search(text))
    return bool(deploy_command(one.command) or deploy_elsewhere(one.command))


def _images(text: str, one: Run | Use) -> bool:
    if isinstance(one, Use):
        return bool(build_action(one))
    return bool(builds_image(one.command)) or "builds submit" in one.command.text


def _of_tool(test: Callable[[str], bool]) -> Test:
    def serves(text: str, one: Run | Use) -> bool:
        tool = lint_action(one) if isinstance(one, Use) else lint_tool(one.command)
        return bool(tool) and test(tool.split()[0])

    return serves


def _by_text(pattern: re.Pattern[str]) -> Test:
    return lambda text, one: bool(pattern.search(text))


_SERVES: dict[str, Test] = {
    "tests": lambda text, one: isinstance(one, Run) and runs_tests(one.command),
    "linting": _of_tool(lambda tool: tool not in _TYPING),
    "typing": _of_tool(lambda tool: tool in _TYPING),
    "formatting": lambda text, one: bool(_FORMAT.search(text)) or (isinstance(one, Use) and "black" in one.action),
    "coverage": _by_text(_COVERAGE),
    "hooks": lambda text, one: runs_pre_commit(one),
    "images": _images,
    "training": lambda text, one: (isinstance(one, Run) and bool(train_command(one.command))) or bool(_TRAIN.search(text)),
    "evaluation": _by_text(_EVALUATE),
    "deployment": _deploys,
    "docs": _by_text(_DOCS),
    "data": _by_text(_DATA),
    "model registry": _by_text(_REGISTRY),
    "load tests": _by_text(_LOAD),
    "dependency updates": _by_text(_UPDATES),
    "release": _by_text(_RELEASE),
}  # fmt: skip
_BUILT = {"images": "build", "deployment": "deploy", "training": "train"}  # what a step of Cloud Build does
_BY_HOOKS = frozenset(["linting", "formatting", "typing"])
PLAIN = frozenset(["tests", "linting", "typing", "formatting", "coverage", "hooks", "docs", "load tests", "dependency updates", "release", "images", "deployment"])  # fmt: skip
"""The purposes that a step's program tells; the others are known by words only."""


def served(snapshot: Snapshot, purpose: str, among: tuple[CiWorkflow, ...] | None = None) -> tuple[Served, ...]:
    """Every place where a workflow serves a purpose (`any`, `all`: does anything), in order."""
    every = snapshot.once(f"served {purpose}", lambda: tuple(_served(snapshot, purpose)))
    return every if among is None else tuple(s for s in every if s.workflow in among)


def _served(snapshot: Snapshot, purpose: str) -> Iterator[Served]:
    ci = pipelines(snapshot)
    test = _SERVES.get(purpose)
    for w in ci.workflows:
        steps: tuple[Run | Use, ...] = (*w.runs, *w.uses)
        for one in steps:
            text = one.command.text if isinstance(one, Run) else f"{one.action} {one.step.name.lower()}"
            done = (
                {s.does for f in submitted(one, ci.builds) if (b := cloud_build(f)) for s in b.steps}
                if isinstance(one, Run)
                else set()
            )
            hooked = purpose in _BY_HOOKS and ci.lint_hooks and runs_pre_commit(one)
            if (
                test is None
                or test(text if isinstance(one, Use) else _bare(one.command), one)
                or hooked
                or _BUILT.get(purpose) in done
            ):
                yield place(w, one)


def _bare(command: Command) -> str:
    return " ".join(command.bare) or command.text


_TAKEN_BACK = compile_later(
    r"git (?:\S+ )*?(?:commit|push|diff|status)\b|commit|create-pull-request|autofix|reviewdog|suggest"
)


def place(w: CiWorkflow, one: Run | Use) -> Served:
    """Where a workflow has a step."""
    if isinstance(one, Run):
        soft = one.soft or "--exit-zero" in one.command.bare
        alone = only_rewrites(one.command) and not _TAKEN_BACK.search(uncommented(w.file))
        return Served(w, one.job, one.step, one.file, one.line, soft, one.sure, alone)
    return Served(w, one.job, one.step, one.file, one.step.line, one.step.soft)


def by_path(snapshot: Snapshot, written: str) -> CiWorkflow | None:
    """The one workflow that a report means by a path, a file's name with or without its ending, or a display name."""
    key = _normal(re.sub(r"\.ya?ml$", "", written.strip().strip("`\"'").rsplit("/", 1)[-1]))
    ci = pipelines(snapshot).workflows
    for names in ([w.file.name.rsplit(".", 1)[0] for w in ci], [w.name for w in ci]):
        found = [w for w, name in zip(ci, names, strict=True) if key and _normal(name) == key]
        if found:
            return found[0] if len(found) == 1 else None
    return None


def _normal(text: str) -> str:
    return re.sub(r"[^a-z0-9]+|workflow", "", text.lower())
