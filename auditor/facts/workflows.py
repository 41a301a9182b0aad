"""What the CI configuration does: which workflows start by themselves, and what their active steps run."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import field, replace
from functools import lru_cache

from auditor import limits
from auditor.facts import jobs
from auditor.facts.jobs import Run, Use
from auditor.facts.known import known_action
from auditor.facts.matrix import Matrix
from auditor.facts.programs import lint_action, runs_pre_commit
from auditor.globs import matches
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.linear import Rows
from auditor.readers.shell import shell_commands
from auditor.readers.workflows import WORKFLOWS, Job, Step, Workflow, github_glob, workflow
from auditor.readers.yaml import Node, yaml_root
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
# ... and of hosts whose files nobody here reads.
UNREAD_HOSTS = (
    ".cirrus.y*ml",
    "{,.}appveyor.y*ml",
    ".semaphore/*",
    ".builds/*.yml",
    "codemagic.y*ml",
    ".teamcity/**",
    "wercker.yml",
    "shippable.yml",
)
CI = (*WORKFLOWS, *OTHER_HOSTS, ".github/actions/**/action.y*ml", "action.y*ml")


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
class CiWorkflow:
    """One accepted CI configuration. `events` are the triggers that can start it for the default branch, calls and
    `workflow_run` chains followed; empty for one that starts by hand only, or never. `unfollowed` is what its active
    steps call and that cannot be seen: another repository's workflow, a target that no makefile has, a script that is
    not there. `matrices` are the combinations of each job that can run, by its id."""

    file: File
    name: str
    host: str
    workflow: Workflow
    triggers: tuple[Trigger, ...]
    events: tuple[str, ...]
    runs: tuple[Run, ...] = field(default=(), repr=False)
    uses: tuple[Use, ...] = field(default=(), repr=False)
    unfollowed: tuple[Hole, ...] = field(default=(), repr=False)
    matrices: Mapping[str, Matrix] = field(default_factory=dict, repr=False)

    @property
    def path(self) -> str:
        return self.file.path

    @property
    def checks(self) -> bool:
        """Whether it starts by itself on the code's way into the default branch, or by the clock."""
        return self.does_something and bool(
            {"push", "pull_request", "merge_group", "merge_request", "schedule"} & set(self.events)
        )

    @property
    def automatic(self) -> bool:
        """Whether anything but a person starts it."""
        return self.does_something and bool(self.events)

    @property
    def does_something(self) -> bool:
        """Whether a step of it can run, or something that cannot be seen."""
        return bool(self.runs or self.uses or self.unfollowed)

    @property
    def tools(self) -> tuple[str, ...]:
        """The names of the programs that its active steps run, each once."""
        return tuple(dict.fromkeys(r.command.program for r in self.runs if r.command.program))


def doubt(workflows: Iterable[CiWorkflow]) -> None:
    """Tell a search for commands of what these workflows call and nobody can see."""
    for ci in workflows:
        unsure(*ci.unfollowed)


def ci_workflows(files: Files) -> list[CiWorkflow]:
    """The CI configurations of a selection that their hosts would accept. What they call is followed wherever in the
    commit it lies: other workflows, composite actions, tasks, targets and scripts."""
    chosen = [f for f in files if matches(f.path, (*WORKFLOWS, *OTHER_HOSTS))]
    for file in chosen[limits.WORKFLOWS.value :]:
        file.cannot("workflow", f"{file.path} is not read: there are more than {limits.WORKFLOWS}")
    chosen = chosen[: limits.WORKFLOWS.value]
    return files.once("ci " + "\n".join(f.path for f in chosen), lambda: _ci_workflows(chosen, files))


_MISPLACED = 300  # YAML files that are looked into for a workflow in the wrong place
_WRITTEN = 50_000  # bytes; a larger one was written by a program
_LOOKS_LIKE_ONE = compile_later(r"(?m)^jobs[ \t]*:")
_STARTS = compile_later(r"""(?m)^(on|"on"|'on'|true)[ \t]*:""")


def misplaced(files: Files) -> list[CiWorkflow]:
    """The files anywhere else that GitHub would take for a workflow (`on:` and `jobs:`) if they lay in `.github/workflows`:
    nothing starts them. Read as though they lay there. The template's untouched ones and course material are left out."""

    def make() -> list[CiWorkflow]:
        chosen = []
        paths = [p for p in files.names if p.endswith((".yml", ".yaml")) and not matches(p, (*WORKFLOWS, *OTHER_HOSTS))]
        for path in sorted(paths, key=lambda p: (p.count("/"), p))[:_MISPLACED]:
            file = files.paths[path]
            if file.size > _WRITTEN or file.why_skipped or files.aside(path):
                continue
            if _LOOKS_LIKE_ONE.search(file.text) and _STARTS.search(file.text):
                chosen.append(file)
        return _ci_workflows(chosen, files, workflow) if chosen else []

    return files.once("misplaced workflows", make)


def _ci_workflows(
    chosen: list[File], files: Files, read: Callable[[File], Workflow | None] | None = None
) -> list[CiWorkflow]:
    found = {f.path: w for f in chosen if (w := (read or _read)(f))}
    tracked = files.names  # a submodule counts by its own path
    triggers = {path: _triggers(w, files.history.default_branch, tracked) for path, w in found.items()}
    events = {path: [t.event for t in ts if t.starts] for path, ts in triggers.items()}
    walker = jobs.Walker(found, files, events)
    named = {path: set(w.triggers.get("workflow_run", Node())["workflows"].texts()) for path, w in found.items()}
    for _ in range(3):  # chains are short
        for path in found:
            for caller, other in found.items() if named[path] else ():
                if caller != path and (other.name or caller) in named[path]:
                    events[path] += [e for e in events[caller] if e not in events[path]]
            for call in walker.callers(path):
                events[path] += [e for e in call.events if e not in events[path]]
    made = []
    for path, w in found.items():
        seen = walker.walk(path)
        made.append(
            CiWorkflow(
                files.paths[path],
                w.name,
                w.host,
                replace(w, jobs=seen.jobs),
                triggers[path],
                tuple(dict.fromkeys(events[path])),
                seen.runs,
                seen.uses,
                (*seen.unfollowed, *(_strange(use) for use in seen.uses if not _known(use))),
                seen.matrices,
            )
        )
    return made


def _known(use: Use) -> bool:
    return use.followed or known_action(use.action) or bool(lint_action(use)) or runs_pre_commit(use)


def _strange(use: Use) -> Hole:
    return Hole(use.file.path, f"uses `{use.step.uses}`, an action that is not known here", use.step.line)


def _read(file: File) -> Workflow | None:
    return workflow(file) if matches(file.path, WORKFLOWS) else file.once("other-ci", lambda: _other_host(file))


def _other_host(file: File) -> Workflow | None:
    """The commands of another host's configuration, as one job that a push starts."""
    if file.name.lower().startswith("jenkinsfile"):
        root = Node("map", 1, len(file.lines))
        text = _GROOVY.sub(_without_comment, file.text)
        found = [
            c
            for i, row in enumerate(text.split("\n"), 1)
            if (m := re.match(r"""\s*(?:sh|bat)\s*\(?\s*(?:script:\s*)?(['"]+)(.+?)\1""", row))
            for c in shell_commands(m[2], i)
        ]
        for block in re.finditer(r"""(?s)\b(?:sh|bat)\s*\(?\s*(?:script:\s*)?('{3}|"{3})(.+?)\1""", text):
            found += shell_commands(block[2], text.count("\n", 0, block.start(2)) + 1)
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
    return Workflow(file.path, "", root, _started_by(file, root), (job,), host=file.path)


# a string, which may hold what looks like a comment, or a comment
_GROOVY = compile_later(
    r"""'{3}.*?(?:'{3}|\Z)|"{3}.*?(?:"{3}|\Z)|'(?:[^'\\\n]|\\.)*+'?|"(?:[^"\\\n]|\\.)*+"?|/\*.*?(?:\*/|\Z)|//[^\n]*+""",
    re.DOTALL,
)


def _without_comment(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n") if match[0].startswith("/") else match[0]


def _started_by(file: File, root: Node) -> dict[str, Node]:
    """The events of another host's configuration. Azure's may be switched off, one by one."""
    if not file.name.lower().startswith("azure-pipelines"):
        return {"push": Node()}
    on = {event: Node() for event, key in (("push", "trigger"), ("pull_request", "pr")) if root[key].text != "none"}
    clocks = [item for item in root["schedules"].items if item["cron"]]
    return on | ({"schedule": root["schedules"]} if clocks else {})


# -- triggers ----------------------------------------------------------------------------------------------------------


def path_filter_hits(paths: Iterable[str], patterns: Iterable[str]) -> tuple[str, ...]:
    """The paths that a `paths:` filter lets through: patterns in order, the last one that matches decides, `!` takes out."""
    every = tuple(paths)
    rows, through = _rows(every), set[int]()
    for pattern in patterns:
        keeps, glob = not pattern.startswith("!"), pattern.removeprefix("!")
        fits = github_glob(glob) if "\n" not in glob else None  # rows end there; no path does
        hits = set(fits.among(rows)) if fits is not None else set()
        through = through | hits if keeps else through - hits
    return tuple(every[n] for n in sorted(through))


@lru_cache(maxsize=8)
def _rows(paths: tuple[str, ...]) -> Rows:
    return Rows(paths)


_CODE_EVENTS = ("push", "pull_request", "pull_request_target", "merge_request")
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
        if event in _CODE_EVENTS:
            only = replace(found, triggers={"push": node})
            starts = only.reaches(branch)
            if event == "push" and tags and not branches and not node["branches-ignore"]:
                name, starts = "tag", True
            starts = starts and _through_paths(node, tracked)
        elif event == "merge_group":
            starts = True
        elif event == "schedule":
            starts = any(item["cron"] and _comes(item["cron"].text) for item in node.items)
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


_LAST = {2: 29, 4: 30, 6: 30, 9: 30, 11: 30}


def _comes(cron: str) -> bool:
    """Whether a clock strikes: no month that it names lacks the day that it names."""
    parts = cron.split()
    if len(parts) != 5 or parts[4] not in ("*", "?") or not re.fullmatch(r"\d{1,2}", parts[2]):
        return True
    if not re.fullmatch(r"\d{1,2}(?:,\d{1,2})*", parts[3]):
        return True
    return any(int(parts[2]) <= _LAST.get(int(month), 31) for month in parts[3].split(","))


def _through_paths(node: Node, tracked: tuple[str, ...]) -> bool:
    """Whether an event's path filters let any tracked file through."""
    paths, ignored = node["paths"].texts(), node["paths-ignore"].texts()
    if paths and not path_filter_hits(tracked, paths):
        return False
    return not ignored or len(path_filter_hits(tracked, ignored)) < len(tracked)


def elsewhere(ci: CiWorkflow, files: Files) -> tuple[Trigger, str] | None:
    """The trigger by which a workflow that nothing starts for the default branch starts for another one, and that branch:
    one that exists, or, in a copy of one branch only, the first that the filter names."""
    here = files.history.default_branch
    others = [b for b in files.history.branches if b != here]
    for trigger in ci.triggers:
        node = ci.workflow.triggers.get(trigger.event) or ci.workflow.triggers.get("pull_request_target")
        if trigger.starts or trigger.event not in _CODE_EVENTS or node is None or not _through_paths(node, files.names):
            continue
        only = replace(ci.workflow, triggers={"push": node})
        if found := next((b for b in others if only.reaches(b)), ""):
            return trigger, found
        if files.history.one_branch and (named := [b for b in trigger.branches if b != here and not b.startswith("!")]):
            return trigger, named[0]
    return None


def _line_of(root: Node, event: str) -> int:
    on = root["on"] if "on" in root else root["true"]
    listed = next((i.line for i in on.items if i.text == event), 0)
    return on.line_of(event) or listed or on.line or 1
