"""What the CI configuration does: which workflows start by themselves, what their active steps run and with which values."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.readers import (
    WORKFLOWS,
    Command,
    Job,
    Node,
    Step,
    Workflow,
    commands,
    github_glob,
    literal,
    python,
    shell_commands,
    toml,
    toml_line,
    workflow,
    yaml_root,
)
from auditor.repository import History
from auditor.snapshot import File, Files

OTHER_HOSTS = (
    ".circleci/config.y*ml",
    "azure-pipelines*.y*ml",
    ".azure/*.y*ml",
    "bitbucket-pipelines.yml",
    ".travis.yml",
    ".drone.y*ml",
    ".woodpecker.y*ml",
    ".woodpecker/*.y*ml",
    ".buildkite/*.y*ml",
    "jenkinsfile*",
)
CI = (*WORKFLOWS, *OTHER_HOSTS, ".github/actions/**/action.y*ml", "action.y*ml")
TASKS = (
    "makefile",
    "gnumakefile",
    "**/*.mk",
    "justfile",
    ".justfile",
    "tasks.py",
    "tasks/**/*.py",
    "noxfile.py",
    "tox.ini",
    "setup.cfg",
    "pyproject.toml",
    "pixi.toml",
    "package.json",
    "**/*.sh",
    "**/*.bash",
)


@dataclass(frozen=True)
class Trigger:
    """One event of a workflow with its filters, as written. `starts` says whether it can start the workflow for the
    default branch: its branch filters let that through, and its path filters match a tracked file."""

    event: str
    line: int
    branches: tuple[str, ...] = ()
    branches_ignore: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    cron: tuple[str, ...] = ()
    starts: bool = False


@dataclass(frozen=True)
class Run:
    """One command that an active step runs, or that a task does which the step calls (`via` is then the step's own
    command). `file` and `line` are where the command stands, `soft` whether its failure passes."""

    command: Command
    file: File
    line: int
    job: Job
    step: Step
    soft: bool = False
    via: str = ""


@dataclass(frozen=True)
class Use:
    """One action that an active step uses, without its version."""

    action: str
    file: File
    job: Job
    step: Step


@dataclass(frozen=True)
class CiWorkflow:
    """One accepted CI configuration. `events` are the triggers that can start it for the default branch, calls and
    `workflow_run` chains followed; empty for one that starts by hand only, or never."""

    file: File
    name: str
    host: str
    workflow: Workflow
    triggers: tuple[Trigger, ...]
    events: tuple[str, ...]
    runs: tuple[Run, ...] = field(default=(), repr=False)
    uses: tuple[Use, ...] = field(default=(), repr=False)

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def checks(self) -> bool:
        """Whether it starts by itself on the code's way into the default branch, or by the clock."""
        return bool({"push", "pull_request", "merge_group", "merge_request", "schedule"} & set(self.events))

    @property
    def automatic(self) -> bool:
        """Whether anything but a person starts it."""
        return bool(self.events)

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the programs that its active steps run, each once."""
        return tuple(dict.fromkeys(r.command.program for r in self.runs if r.command.program))


def ci_workflows(files: Files) -> list[CiWorkflow]:
    """The CI configurations of a selection that their hosts would accept. Tasks that they call (make, invoke, tox, nox,
    scripts, ...) and composite actions are followed as far as the selection holds them."""
    found = {f.path: w for f in files if matches(f.path, (*WORKFLOWS, *OTHER_HOSTS)) and (w := _read(f))}
    tracked = tuple(files.paths)
    triggers = {path: _triggers(w, files.history.default_branch, tracked) for path, w in found.items()}
    events = {path: [t.event for t in ts if t.starts] for path, ts in triggers.items()}
    for _ in range(3):  # chains are short
        for path, w in found.items():
            for caller, other in found.items():
                called = any(j.node["uses"].text.removeprefix("./") == path for j in other.jobs if not j.disabled)
                follows = other.name in w.triggers.get("workflow_run", Node())["workflows"].texts() or (
                    not other.name and caller in w.triggers.get("workflow_run", Node())["workflows"].texts()
                )
                if caller != path and (called or follows):
                    events[path] += [e for e in events[caller] if e not in events[path]]
    tasks = Tasks(files)
    made = []
    for path, w in found.items():
        runs: list[Run] = []
        uses: list[Use] = []
        for job, step, file in _steps(w, files, files.history):
            if step.uses:
                uses.append(Use(step.uses.split("@")[0], file, job, step))
            soft = step.soft or job.node["continue-on-error"].text == "true"
            for command in step.commands:
                runs.append(Run(command, file, command.line, job, step, soft or command.soft))
                for where, inner in tasks.follow(command):
                    runs.append(
                        Run(inner, where, inner.line, job, step, soft or command.soft or inner.soft, command.text)
                    )
        made.append(
            CiWorkflow(
                files.paths[path],
                w.name,
                w.host,
                w,
                triggers[path],
                tuple(dict.fromkeys(events[path])),
                tuple(runs),
                tuple(uses),
            )
        )
    return made


def _read(file: File) -> Workflow | None:
    return workflow(file) if matches(file.path, WORKFLOWS) else file.once("other-ci", lambda: _other_host(file))


def _other_host(file: File) -> Workflow | None:
    """The commands of another host's configuration, as one job that a push starts."""
    if file.name.lower().startswith("jenkinsfile"):
        root = Node("map", 1, len(file.lines))
        found = [
            c
            for i, row in enumerate(file.lines, 1)
            if (m := re.match(r"""\s*(?:sh|bat)\s*\(?\s*(?:script:\s*)?(['"]+)(.+?)\1""", row))
            for c in shell_commands(m[2], i)
        ]
        for block in re.finditer(r"""(?s)\b(?:sh|bat)\s*\(?\s*(?:script:\s*)?('{3}|"{3})(.+?)\1""", file.text):
            found += shell_commands(block[2], file.text.count("\n", 0, block.start(2)) + 1)
    else:
        root = yaml_root(file)
        found = [
            c
            for keys, node in root.walk()
            if node.kind == "text"
            and keys
            and keys[-1] in ("run", "command", "commands", "script", "bash", "before_script")
            for c in shell_commands(node.text, node.line)
        ]
    if not found:
        return None
    step = Step(1, root.end, "", "", tuple(found), Node(), False, False, root)
    job = Job("all", 1, root, (step,), {}, (), False)
    return Workflow(file.path, "", root, {"push": Node()}, (job,), host=file.path)


# -- triggers ----------------------------------------------------------------------------------------------------------


def path_filter_hits(paths: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """The paths that a `paths:` filter lets through: patterns in order, the last one that matches decides, `!` takes out."""
    compiled = [(not p.startswith("!"), github_glob(p.removeprefix("!"))) for p in patterns]
    hits = []
    for path in paths:
        through = False
        for keeps, regex in compiled:
            if through != keeps and regex.fullmatch(path):
                through = keeps
        if through:
            hits.append(path)
    return tuple(hits)


_ELSEWHERE = frozenset(
    ["release", "repository_dispatch", "create", "delete", "deployment", "deployment_status", "registry_package", "tag"]
)


def _triggers(found: Workflow, branch: str, tracked: tuple[str, ...]) -> tuple[Trigger, ...]:
    made = []
    for event, node in found.triggers.items():
        paths = tuple(node["paths"].texts())
        tags = tuple(node["tags"].texts())
        branches = tuple(node["branches"].texts())
        name = "pull_request" if event == "pull_request_target" else event
        if event in ("push", "pull_request", "pull_request_target", "merge_request"):
            only = replace(found, triggers={"push": node})
            starts = only.reaches(branch)
            if event == "push" and tags and not branches and not node["branches-ignore"]:
                name, starts = "tag", True
            starts = starts and (not paths or bool(path_filter_hits(tracked, paths)))
        elif event == "merge_group":
            starts = True
        elif event == "schedule":
            starts = any(item["cron"] for item in node.items)
        else:
            starts = event in _ELSEWHERE
        made.append(
            Trigger(
                event=name,
                line=_line_of(found.node, event),
                branches=branches,
                branches_ignore=tuple(node["branches-ignore"].texts()),
                tags=tags,
                paths=paths,
                types=tuple(node["types"].texts()),
                cron=tuple(item["cron"].text for item in node.items if item["cron"]),
                starts=starts,
            )
        )
    return tuple(made)


def _line_of(root: Node, event: str) -> int:
    on = root["on"] if "on" in root else root["true"]
    listed = next((i.line for i in on.items if i.text == event), 0)
    return on.line_of(event) or listed or on.line or 1


# -- steps -------------------------------------------------------------------------------------------------------------


def _steps(found: Workflow, files: Files, history: History) -> Iterator[tuple[Job, Step, File]]:
    """The steps that can run, those of the repository's own composite actions in place of their call."""
    here = files.paths[found.path]
    for job, step in found.active_steps:
        if _cannot_be(job.node["if"].text, found, history) or _cannot_be(step.node["if"].text, found, history):
            continue
        yield job, step, here
        if step.uses.startswith("./"):
            folder = step.uses.removeprefix("./").strip("/")
            for name in ("action.yml", "action.yaml"):
                action = next((f for f in files.chosen if f.path == f"{folder}/{name}".lstrip("/")), None)
                if action:
                    yield from ((job, inner, action) for inner in _action(action))


def _action(file: File) -> tuple[Step, ...]:
    def read() -> tuple[Step, ...]:
        made = []
        for node in yaml_root(file)["runs"]["steps"].items:
            run = node["run"]
            found = tuple(shell_commands(run.text, run.line)) if run.kind == "text" else ()
            made.append(
                Step(node.line, node.end, node["name"].text, node["uses"].text, found, node["with"], False, False, node)
            )
        return tuple(made)

    return file.once("action", read)


def _cannot_be(condition: str, found: Workflow, history: History) -> bool:
    """Whether a condition asks for a branch that is not there, or for an event that the workflow does not listen to."""
    if not condition or "||" in condition or "!" in condition.replace("!=", ""):
        return False
    for part in condition.strip().removeprefix("${{").removesuffix("}}").split("&&"):
        match = re.fullmatch(r"""[\s(]*github\.(ref|ref_name|event_name)\s*==\s*["']([^"']*)["'][\s)]*""", part)
        if not match:
            continue
        if match[1] == "event_name":
            if found.host == "github" and match[2] not in found.triggers and "workflow_call" not in found.triggers:
                return True
        elif history.default_branch and (match[1] == "ref_name" or match[2].startswith("refs/heads/")):
            branch = match[2].removeprefix("refs/heads/")
            tags = any(t["tags"] for t in found.triggers.values())
            if branch not in (history.default_branch, *history.branches) and not tags:
                return True
    return False


# -- tasks that a step calls -------------------------------------------------------------------------------------------

Found = list[tuple[File, Command]]


class Tasks:
    """The named tasks of a selection: make and just targets, invoke tasks, nox sessions, tox environments, tasks of
    pyproject.toml and its like, shell scripts. They are read when the first command asks for one."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._named: dict[tuple[str, str], Found] | None = None

    def follow(self, command: Command, depth: int = 0) -> Found:
        """The commands that a command leads to; none for one that calls no task."""
        wanted = _calls(command)
        if not wanted or depth > 3:
            return []
        if self._named is None:
            self._named = {}
            for file in self._files.matching(*TASKS):
                for key, name, inner in _tasks_of(file):
                    self._named.setdefault((key, name), []).append((file, inner))
        reached: Found = []
        for call in wanted:
            for file, inner in self._named.get(call, ()):
                reached.append((file, inner))
                reached += self.follow(inner, depth + 1)
        return reached


def _calls(command: Command) -> list[tuple[str, str]]:
    words = command.bare
    if not words:
        return []
    program = command.program
    names = [w for w in words[1:] if not w.startswith("-") and "=" not in w]
    if program in ("make", "gmake", "just"):
        runner = "just" if program == "just" else "make"
        return [(runner, n) for n in names] or [(runner, "")]
    if program in ("invoke", "inv"):
        return [("invoke", n.replace("_", "-").rsplit(".", 1)[-1]) for n in names]
    if program in ("tox", "nox"):
        chosen = [words[i + 1] for i, w in enumerate(words[:-1]) if w in ("-e", "-s", "--session", "--sessions")]
        return [(program, part) for c in chosen for part in c.split(",")] or [(program, "")]
    if program in ("npm", "yarn", "pnpm", "bun"):
        return [("package", n) for n in names if n != "run"]
    if program in ("poe", "task", "taskipy") and names:
        return [("named", names[0])]
    if program in ("bash", "sh", "zsh", "source", ".") and names:
        return [("script", names[0].removeprefix("./"))]
    if words[0].endswith((".sh", ".bash")):
        return [("script", words[0].removeprefix("./"))]
    if command.words[:1] and command.words[0] in ("pixi", "pdm", "hatch", "poetry", "rye") and "run" in command.words:
        return [("named", words[0].rsplit(":", 1)[-1])]
    return []


def _tasks_of(file: File) -> Iterator[tuple[str, str, Command]]:
    name = file.name.lower()
    if name in ("makefile", "gnumakefile", "justfile", ".justfile") or name.endswith(".mk"):
        yield from _recipes(file, "just" if "just" in name else "make")
    elif name.endswith((".sh", ".bash")):
        for command in commands(file):
            yield "script", file.path, command
            if "/" in file.path:
                yield "script", file.name, command
    elif name == "noxfile.py":
        module = python(file)
        for call in module.calls if module else ():
            if call.name.endswith(".run") and call.inside:
                words = [w for a in call.node.args if isinstance(w := literal(a), str)]
                for session in (call.inside, ""):
                    yield "nox", session, Command(" ".join(words), call.line)
    elif file.suffix == "py":
        module = python(file)
        for function in module.functions if module else ():
            if any(d.rsplit(".", 1)[-1] == "task" for d in function.decorators):
                for command in commands(file):
                    if function.line <= command.line <= function.end:
                        yield "invoke", function.name.replace("_", "-"), command
    elif name in ("tox.ini", "setup.cfg"):
        yield from _environments(file, file.text, 1)
    elif name in ("pyproject.toml", "pixi.toml"):
        yield from _declared(file)
    elif name == "package.json":
        for key, (line, value) in yaml_root(file)["scripts"].entries.items():
            for command in shell_commands(value.text, line):
                yield "package", key, command


_MAKE = compile_later(r"^([A-Za-z0-9_.][\w .%/-]*?)\s*:(?!=)\s*([^#=;]*)")
_JUST = compile_later(r"^@?([A-Za-z0-9_][\w-]*)(?:\s[^:=]*(?:=[^:]*)?)?:(?!=)\s*([^#=;]*)")


def _recipes(file: File, runner: str) -> Iterator[tuple[str, str, Command]]:
    pattern = _JUST if runner == "just" else _MAKE
    targets: list[str] = []
    first = True
    for i, row in enumerate(file.lines, 1):
        head = pattern.match(row)
        if head:
            targets = head[1].split()
            if first and not targets[0].startswith("."):  # `.PHONY` is nobody's default
                targets, first = [*targets, ""], False
            for target in targets:
                for needed in head[2].split():
                    yield runner, target, Command(f"{runner} {needed}", i)
        elif row[:1] in ("\t", " ") and row.strip():
            for command in shell_commands(row.strip().lstrip("@-+"), i):
                for target in targets:
                    yield runner, target, command
        elif row.strip() and not row.startswith("#"):
            targets = []


def _environments(file: File, text: str, line: int) -> Iterator[tuple[str, str, Command]]:
    environment, inside = "", False
    for i, row in enumerate(text.split("\n"), line):
        if section := re.match(r"\[testenv(?::([^\]]+))?\]", row):
            environment, inside = section[1] or "default", False
        elif row.startswith("["):
            environment, inside = "", False
        elif environment and (start := re.match(r"commands\s*=\s*(.*)", row)):
            inside, row = True, " " + start[1]
        elif not row.startswith((" ", "\t")):
            inside = False
        if environment and inside and row.strip():
            for command in shell_commands(row.strip().lstrip("-"), i):
                yield "tox", "", command
                yield "tox", environment, command
                if environment == "default":
                    for factor in ("py", "py39", "py310", "py311", "py312", "py313"):
                        yield "tox", factor, command


def _declared(file: File) -> Iterator[tuple[str, str, Command]]:
    data = toml(file)
    tool = data.get("tool", {}) if file.name.lower() == "pyproject.toml" else {"pixi": data}
    tables = [
        tool.get(a, {}).get(b, {})
        for a, b in (("pixi", "tasks"), ("poe", "tasks"), ("taskipy", "tasks"), ("pdm", "scripts"))
    ]
    for environment in tool.get("hatch", {}).get("envs", {}).values():
        tables.append(environment.get("scripts", {}) if isinstance(environment, dict) else {})
    for table in tables:
        for key, value in table.items() if isinstance(table, dict) else ():
            texts = value.get("cmd", value.get("shell", "")) if isinstance(value, dict) else value
            for text in texts if isinstance(texts, list) else [texts]:
                if isinstance(text, str):
                    for command in shell_commands(text, toml_line(file, key)):
                        yield "named", key, command
    legacy = tool.get("tox", {}).get("legacy_tox_ini", "")
    if isinstance(legacy, str) and legacy:
        yield from _environments(file, legacy, toml_line(file, "legacy_tox_ini") + 1)
    environments = {
        "default": tool.get("tox", {}).get("env_run_base", {}),
        **(tool.get("tox", {}).get("env", {}) or {}),
    }
    for name, environment in environments.items():
        for item in environment.get("commands", []) if isinstance(environment, dict) else ():
            if isinstance(item, list):
                command = Command(" ".join(str(w) for w in item if isinstance(w, str)), toml_line(file, "commands"))
                yield "tox", "", command
                yield "tox", name, command


# -- what a command is -------------------------------------------------------------------------------------------------

_RUNNERS = ("pytest", "py.test", "unittest", "nose2", "nosetests", "behave", "ward", "robot")
_ASKS_ONLY = {"--version", "-V", "--help", "-h"}


def runs_tests(command: Command) -> bool:
    """Whether a command runs tests; collecting only, or asking the version, does not."""
    if set(command.bare) & (_ASKS_ONLY | {"--collect-only", "--co", "--fixtures", "--markers"}):
        return False
    if command.runs(*_RUNNERS):
        return True
    words = command.bare
    return words[:2] == ("hatch", "test") or (
        len(words) > 2
        and command.program.startswith("python")
        and words[1:3] in (("setup.py", "test"), ("manage.py", "test"))
    )


_LINTERS = frozenset(
    [
        "flake8",
        "pylint",
        "mypy",
        "dmypy",
        "pyright",
        "basedpyright",
        "pyre",
        "pyflakes",
        "pycodestyle",
        "pydocstyle",
        "bandit",
        "prospector",
        "pylama",
        "vulture",
        "codespell",
        "pydoclint",
    ]
)
_RUFF_WORDS = (
    "format",
    "rule",
    "config",
    "linter",
    "clean",
    "version",
    "server",
    "analyze",
    "help",
    "generate-shell-completion",
)


def lint_tool(command: Command) -> str:
    """The linter, type checker or checking formatter that a command runs; empty for one that rewrites the files only."""
    words = command.bare
    if not words or set(words) & {"--version", "--help", "-h", "--init", "--show-settings", "--show-files"}:
        return ""
    program = command.program
    if program == "nbqa" and len(words) > 1:
        return lint_tool(Command(" ".join(words[1:]), command.line))
    checking = bool(set(words) & {"--check", "--check-only", "--diff", "-c"})
    if program == "ruff":
        first = next((w for w in words[1:] if not w.startswith("-")), "")
        if first == "format":
            return "ruff format --check" if checking else ""
        return "ruff" if first and first not in _RUFF_WORDS else ""
    if program in ("black", "isort", "docformatter", "autopep8", "yapf", "blue"):
        return (
            f"{program} --check" if checking or "--exit-code" in words or (program == "yapf" and "-d" in words) else ""
        )
    if program in ("ty", "pyrefly"):
        return program if "check" in words[1:] else ""
    if program == "hatch" and words[1:2] == ("fmt",):
        return "hatch fmt" if "--check" in words else ""
    return program if program in _LINTERS else ""


_LINT_ACTION = compile_later(
    r"(ruff|flake8|pylint|mypy|pyright|black|isort|bandit|codespell)[\w-]*$|super-linter|megalinter|lint-action|action-(ruff|flake8|mypy|pylint|black|isort|pyright)|trunk-io/trunk-action",
    re.IGNORECASE,
)


def lint_action(use: Use) -> str:
    """The linter that an action stands for; empty for one that is none."""
    match = _LINT_ACTION.search(use.action.lower())
    if not match:
        return ""
    if (
        "ruff" in match[0]
        and use.step.inputs["args"].text.startswith("format")
        and "--check" not in use.step.inputs["args"].text
    ):
        return ""
    return match[1] or match[0]


def runs_pre_commit(run: Run | Use) -> bool:
    """Whether the step runs the pre-commit hooks (updating them does not)."""
    if isinstance(run, Use):
        return run.action.lower() in ("pre-commit/action", "j178/prek-action", "tox-dev/action-pre-commit-uv") or (
            "pre-commit" in run.action.lower() and "update" not in run.action.lower()
        )
    words = run.command.bare
    return run.command.program in ("pre-commit", "prek") and ("run" in words or len(words) == 1)


_LINT_HOOK = compile_later(
    r"ruff|flake8|pylint|mypy|pyright|black|isort|bandit|pycodestyle|pydocstyle|codespell|yapf|autopep8|autoflake|pyupgrade|^ty(-check)?$|pyrefly|nbqa|typos",
    re.IGNORECASE,
)


def lint_hooks(file: File) -> tuple[tuple[str, int], ...]:
    """The hooks of a pre-commit configuration that lint, check types or format, each with its line."""
    found = []
    for repo in yaml_root(file)["repos"].items:
        for hook in repo["hooks"].items:
            entry = " ".join([hook["entry"].text, *hook["args"].texts()])
            if _LINT_HOOK.search(hook["id"].text) or any(lint_tool(c) for c in shell_commands(entry)):
                found.append((hook["id"].text, hook["id"].line or hook.line))
    return tuple(found)


# -- matrices and caches -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Values:
    """Values that jobs really use, with the lines of one kind's axes: `kind` is `os`, `python` or a framework's name."""

    kind: str
    values: tuple[str, ...]
    places: tuple[tuple[File, int], ...]
    matrix: bool  # one job alone uses two or more of them


_SYSTEM = compile_later(r"^(ubuntu|windows|macos)\b", re.IGNORECASE)
_PYTHON = compile_later(r"^(3\.\d+(\.\d+|\.x)?(-dev)?|pypy-?3[\w.]*|\d\.x)$")
_FRAMEWORK = compile_later(
    r"torch|tensorflow|^tf\b|jax|lightning|transformers|keras|numpy|scikit|sklearn|cuda", re.IGNORECASE
)


def ci_values(workflows: Iterable[CiWorkflow]) -> list[Values]:
    """The operating systems, Python and framework versions of the jobs that run tests in workflows that start by
    themselves, added up over jobs and workflows. An axis that no step, container or variable reads is left out."""
    seen: dict[str, dict[str, list[tuple[File, int]]]] = {}
    alone: set[str] = set()
    for ci in workflows:
        for job in dict.fromkeys(r.job.id for r in ci.runs if runs_tests(r.command)):
            node = next(j for j in ci.workflow.jobs if j.id == job)
            for kind, values, line in _job_values(node, ci):
                for value in values:
                    seen.setdefault(kind, {}).setdefault(value, []).append((ci.file, line))
                if len(set(values)) > 1:
                    alone.add(kind)
    return [
        Values(
            kind, tuple(values), tuple(dict.fromkeys(p for places in values.values() for p in places)), kind in alone
        )
        for kind, values in seen.items()
    ]


def _job_values(job: Job, ci: CiWorkflow) -> Iterator[tuple[str, list[str], int]]:
    axes = job.node["strategy"]["matrix"]
    used = _axes_read(job, ci)
    systems = [m[1].lower() for s in job.systems if (m := _SYSTEM.match(s))]
    if systems:
        axis = re.fullmatch(r"\$\{\{\s*matrix\.([\w-]+).*\}\}", job.node["runs-on"].text)
        # a list of labels asks for one machine that has them all
        several = bool(axis)
        yield (
            "os",
            list(dict.fromkeys(systems)) if several else systems[:1],
            (axes.line_of(axis[1]) if axis else 0) or job.node.line_of("runs-on"),
        )
    for key, values in job.matrix.items():
        line = axes.line_of(key.split(".")[0]) or axes.line_of("include") or job.line
        if key not in used:
            continue
        # GitLab variables and versions within an environment's name (`py311`)
        plain = [v.strip("\"'") for v in values]
        if _FRAMEWORK.search(key):
            yield _FRAMEWORK.search(key)[0].lower(), plain, line  # type: ignore[index]
        elif re.search(r"py", key, re.IGNORECASE) or all(_PYTHON.match(v) for v in plain):
            versions = [v for v in plain if re.search(r"\d", v)]
            yield "python", list(dict.fromkeys(versions)), line
    for step in job.steps:
        for key in ("python-version", "python"):
            text = step.inputs[key].text
            if _PYTHON.match(text):
                yield "python", [text], step.inputs.line_of(key)
            elif len(text.split()) > 1 and all(_PYTHON.match(v) for v in text.split()):  # installs all of them
                yield "python", [text.split()[0]], step.inputs.line_of(key)


def _axes_read(job: Job, ci: CiWorkflow) -> set[str]:
    """The axes that anything but a name or a cache's key reads."""
    if ci.host != "github":
        return set(job.matrix)
    read = set()
    for keys, node in job.node.walk():
        if (
            node.kind == "text"
            and "matrix." in node.text
            and not (keys and keys[-1] in ("name", "key", "restore-keys", "if"))
        ):
            read |= set(re.findall(r"matrix\.([\w-]+(?:\.[\w-]+)?)", node.text))
    return read


def caches(ci: CiWorkflow) -> list[tuple[str, File, int]]:
    """What a workflow's active steps keep between runs: (what, file, line)."""
    found: list[tuple[str, File, int]] = []
    for use in ci.uses:
        step, action = use.step, use.action.lower()
        inputs = step.inputs

        def said(key: str, inputs: Node = inputs) -> str:
            return inputs[key].text.strip().lower()

        if action in ("actions/cache", "actions/cache/restore", "actions/cache/save"):
            found.append(("actions/cache", use.file, step.line))
        elif action in ("actions/setup-python", "actions/setup-node") and said("cache") not in ("", "false"):
            found.append((f"{use.action} keeps {said('cache')}", use.file, inputs.line_of("cache")))
        elif action == "astral-sh/setup-uv" and said("enable-cache") in ("true", "auto"):
            found.append(("setup-uv keeps uv's cache", use.file, inputs.line_of("enable-cache")))
        elif action in ("mamba-org/setup-micromamba", "prefix-dev/setup-pixi", "pdm-project/setup-pdm"):
            key = next((k for k in ("cache", "cache-environment", "cache-downloads") if said(k) == "true"), "")
            if key:
                found.append((f"{use.action} {key}", use.file, inputs.line_of(key)))
        elif action.startswith("docker/") and re.search(r"type=(gha|registry)|.+", said("cache-from")):
            found.append(("docker layers", use.file, inputs.line_of("cache-from")))
        elif action.startswith("docker/") and "cache-from" in said("set"):
            found.append(("docker layers", use.file, inputs.line_of("set")))
    for run in ci.runs:
        if run.command.program == "docker" and any(w.startswith("--cache-from") for w in run.command.words):
            found.append(("docker layers", run.file, run.line))
    if ci.host == "gitlab":
        root = ci.workflow.node
        if root["cache"] or root["default"]["cache"]:
            found.append(("GitLab cache", ci.file, root.line_of("cache") or root["default"].line_of("cache")))
        found += [("GitLab cache", ci.file, j.node.line_of("cache")) for j in ci.workflow.jobs if j.node["cache"]]
    elif ci.host != "github":
        for keys, node in ci.workflow.node.walk():
            if keys and keys[-1] in ("cache", "caches", "restore_cache", "save_cache") and node:
                found.append(("cache", ci.file, node.line))
                break
    return found


def default_caches(ci: CiWorkflow) -> list[tuple[str, File, int]]:
    """Steps whose action caches without being asked: setup-uv does on GitHub's own machines since its version 5."""
    found = []
    for use in ci.uses:
        version = re.search(r"@v(\d+)", use.step.uses)
        if (
            use.action.lower() == "astral-sh/setup-uv"
            and version
            and int(version[1]) >= 5
            and "enable-cache" not in use.step.inputs
        ):
            found.append(("setup-uv caches by default", use.file, use.step.line))
    return found


# -- images ------------------------------------------------------------------------------------------------------------


def builds_image(command: Command) -> str:
    """How a command builds a container image; empty for one that does not. `gcloud builds submit` is left to its file."""
    words = [w for w in command.bare if not w.startswith("-")]
    program = command.program
    if program in ("docker", "podman", "nerdctl", "docker.exe"):
        if "build" in words[1:3] or words[1:3] == ["buildx", "bake"] or words[1:2] == ["bake"]:
            return f"{program} build"
        if words[1:2] == ["compose"] and ("build" in words[2:6] or ("up" in words[2:6] and "--build" in command.bare)):
            return "docker compose"
        if words[1:3] == ["compose", "create"]:
            return "docker compose"
        return ""
    if program == "docker-compose":
        return program if "build" in words or "--build" in command.bare else ""
    if program == "buildah":
        return "buildah" if words[1:2] in (["build"], ["bud"]) else ""
    if program in ("executor", "kaniko"):
        return "kaniko"
    if program == "pack" or program == "skaffold":
        return program if words[1:2] == ["build"] else ""
    if program == "bentoml":
        return "bentoml containerize" if "containerize" in words else ""
    if program == "az" and words[1:3] == ["acr", "build"]:
        return "az acr build"
    return ""


def build_action(use: Use) -> str:
    """The image builder that an action stands for."""
    match = re.search(
        r"docker/(build-push-action|bake-action)|buildah-build|kaniko|docker-build|build-push", use.action.lower()
    )
    return use.action if match else ""
