"""The configuration of CI, GitHub's and GitLab's: triggers, jobs and steps."""

import re
from collections.abc import Iterator
from functools import lru_cache

from auditor import limits
from auditor.lazy import compile_later, dataclass
from auditor.linear import ACROSS, FOLDERS, WITHIN, Linear, character_class, escape, linear
from auditor.readers.boundary import bounded
from auditor.readers.shell import Command, shell_commands
from auditor.readers.yaml import Node, yaml_documents
from auditor.snapshot import File


@dataclass(frozen=True)
class Step:
    """One step of a job: an action that it uses or a script that it runs. `soft`: its failure does not fail the job."""

    line: int
    end: int
    name: str
    uses: str
    commands: tuple[Command, ...]
    inputs: Node
    soft: bool
    disabled: bool
    node: Node


@dataclass(frozen=True)
class Job:
    """One job. `matrix` holds the values of each axis as text, `include` entries added; `systems` are the values of
    `runs-on` with the matrix filled in."""

    id: str
    line: int
    node: Node
    steps: tuple[Step, ...]
    matrix: dict[str, tuple[str, ...]]
    systems: tuple[str, ...]
    disabled: bool


@dataclass(frozen=True)
class Workflow:
    """A CI configuration that its host would accept. `triggers` maps each event to its filters."""

    path: str
    name: str
    node: Node
    triggers: dict[str, Node]
    jobs: tuple[Job, ...]
    host: str = "github"

    @property
    def active_steps(self) -> Iterator[tuple[Job, Step]]:
        """The steps that can run: neither they nor their job are switched off by `if: false`."""
        for job in self.jobs:
            if not job.disabled:
                yield from ((job, step) for step in job.steps if not step.disabled)

    def commands(self) -> Iterator[Command]:
        """Every command of every step that can run."""
        for _, step in self.active_steps:
            yield from step.commands

    @property
    def by_hand_only(self) -> bool:
        """Whether nothing but a person (or another workflow's call) starts it."""
        return set(self.triggers) <= {"workflow_dispatch", "workflow_call"}

    def reaches(self, branch: str) -> bool:
        """Whether a push to the branch, or a pull request into it, starts the workflow as far as its branch filters go. An
        unknown branch (empty) is reached."""
        for event in ("push", "pull_request", "pull_request_target"):
            if event in self.triggers and _branch_allowed(self.triggers[event], branch):
                return True
        return False


def _branch_allowed(filters: Node, branch: str) -> bool:
    if not branch:
        return True
    if filters["branches-ignore"] and any(_branch_glob(p, branch) for p in filters["branches-ignore"].texts()):
        return False
    if filters["branches"]:
        allowed = False
        for pattern in filters["branches"].texts():
            if pattern.startswith("!"):
                allowed = allowed and not _branch_glob(pattern[1:], branch)
            else:
                allowed = allowed or _branch_glob(pattern, branch)
        return allowed
    # With a filter on tags alone, a push to a branch starts nothing.
    return not ((filters["tags"] or filters["tags-ignore"]) and not filters["branches-ignore"])


def _branch_glob(pattern: str, branch: str) -> bool:
    return (fits := github_glob(pattern)) is not None and fits.fits(branch)


@lru_cache(maxsize=1024)
def github_glob(pattern: str) -> Linear | None:
    """GitHub's filter pattern for branches and paths: `*` stops at `/`, `**` does not, `?` and `+` repeat what stands
    before them, `[]` is a choice. None for a pattern that GitHub would refuse: it matches nothing."""
    if len(pattern) > limits.PATTERN.value:
        return None
    out: list[str] = []
    i = 0
    while i < len(pattern):
        c = pattern[i]
        if pattern.startswith("**/", i) and (i == 0 or pattern[i - 1] == "/"):
            out.append(FOLDERS)
            i += 3
        elif c == "*":
            stars = 2 if pattern.startswith("**", i) else 1
            out.append(ACROSS if stars == 2 else WITHIN)
            i += stars
        elif c in "?+" and out:
            out[-1], i = f"(?:{out[-1]}){c}", i + 1
        elif c == "[" and (found := character_class(pattern, i)):
            out.append(found[0])
            i = found[1]
        elif c == "\\" and i + 1 < len(pattern):
            out.append(escape(pattern[i + 1]))
            i += 2
        else:
            out.append(escape(c))
            i += 1
    return linear("".join(out))


WORKFLOWS = (".github/workflows/*.yml", ".github/workflows/*.yaml", ".gitlab-ci.yml", ".gitlab-ci.yaml")


def workflow(file: File) -> Workflow | None:
    """The CI configuration in a file; None, with the reason noted, for one that does not parse or that the host would
    refuse (no trigger, no job, a key twice)."""
    return bounded(file, "workflow", _workflow, lambda: None, by_content=False)


def _workflow(file: File) -> Workflow | None:
    documents = yaml_documents(file)
    if file.problems.get("yaml"):
        return None
    root = documents[0] if documents else Node()
    if file.name.startswith(".gitlab-ci"):
        return _gitlab(file, root)
    triggers = root["on"] if "on" in root else root["true"]
    duplicate = next((key for _, node in root.walk() for key in node.duplicates), "")
    refused = ""
    if root.kind != "map":
        refused = "holds no workflow (empty or commented out)"
    elif not triggers:
        refused = "has no `on:` trigger"
    elif root["jobs"].kind != "map":
        refused = "has no jobs"
    elif duplicate:
        refused = f"has the key `{duplicate}` twice"
    elif missing := _missing(root["jobs"]):
        refused = f"needs the job `{missing}`, which it does not have"
    if refused:
        # An empty file, a commented-out one and another tool's are plainly no workflow; the others are broken ones.
        if root.kind == "map" and (triggers or root["jobs"]):
            file.cannot("workflow", f"{file.path} {refused}, so GitHub would refuse it")
        return None
    events = {key: value for key, (_, value) in triggers.entries.items()} or {t: Node() for t in triggers.texts()}
    jobs = tuple(_job(name, line, node) for name, (line, node) in root["jobs"].entries.items())
    return Workflow(file.path, root["name"].text, root, events, jobs)


def _missing(jobs: Node) -> str:
    """The first job that another one needs and that is not there."""
    known = {name.lower() for name in jobs.entries}
    needed = (name for _, (_, job) in jobs.entries.items() for name in job["needs"].texts())
    return next((name for name in needed if name.lower() not in known and "$" not in name), "")


def _job(name: str, line: int, node: Node) -> Job:
    matrix: dict[str, tuple[str, ...]] = {}
    axes = node["strategy"]["matrix"]
    for key, (_, value) in axes.entries.items():
        if key in ("include", "exclude"):
            continue
        if value.texts():
            matrix[key] = tuple(value.texts())
        for item in value.items:  # `matrix.config.os`
            for sub, (_, part) in item.entries.items():
                if part.kind == "text":
                    matrix[f"{key}.{sub}"] = (*matrix.get(f"{key}.{sub}", ()), part.text)
    for extra in axes["include"].items:
        for key, (_, value) in extra.entries.items():
            if value.kind == "text" and value.text not in matrix.get(key, ()):
                matrix[key] = (*matrix.get(key, ()), value.text)
    systems: list[str] = []
    for label in node["runs-on"].texts():
        axis = re.fullmatch(r"\$\{\{\s*matrix\.([\w.-]+)\s*\}\}", label)
        systems += matrix.get(axis.group(1), ()) if axis else (label,)
    steps = tuple(_step(s) for s in node["steps"].items if s.kind == "map")
    return Job(name, line, node, steps, matrix, tuple(systems), _never(node["if"].text))


def _never(condition: str) -> bool:
    return re.fullmatch(r"(\$\{\{)?\s*false(\s*&&[^|]*)?\s*(\}\})?", condition.strip(), re.IGNORECASE) is not None


_SHOWS = compile_later(r"(?:cat|echo|true|:)(?:\s|$)|(?:ba|da|z|k)?sh\s(?:.*\s)?-[a-z]*n[a-z]*\s")


def shows_only(step: Node) -> bool:
    """Whether a step's shell runs nothing of its script: `cat {0}`, `bash -n {0}`."""
    return bool(step["shell"]) and _SHOWS.match(step["shell"].text) is not None


def _step(node: Node) -> Step:
    run = node["run"]
    commands = tuple(shell_commands(run.text, run.line, whole=True)) if run.kind == "text" else ()
    return Step(
        line=node.line,
        end=max([node.end, *(v.end for _, v in node.entries.values())]),
        name=node["name"].text,
        uses=node["uses"].text,
        commands=() if shows_only(node) else commands,
        inputs=node["with"],
        soft=node["continue-on-error"].text == "true",
        disabled=_never(node["if"].text),
        node=node,
    )


GITLAB_WORDS = frozenset(
    [
        "image",
        "services",
        "stages",
        "variables",
        "cache",
        "before_script",
        "after_script",
        "default",
        "include",
        "workflow",
        "pages",
        "spec",
        "stage",
    ]
)


def _gitlab(file: File, root: Node) -> Workflow | None:
    if root.kind != "map":
        file.cannot("workflow", f"{file.path} holds no jobs")
        return None
    jobs = []
    for name, (line, node) in root.entries.items():
        if (name in GITLAB_WORDS and name != "pages") or name.startswith(".") or "script" not in node:
            continue
        commands = [
            c
            for key in ("before_script", "script", "after_script")
            for item in (node[key].items or [node[key]])
            if item.kind == "text"
            for c in shell_commands(item.text, item.line)
        ]
        step = Step(
            line,
            node.end,
            name,
            "",
            tuple(commands),
            Node(),
            node["allow_failure"].text == "true",
            node["when"].text == "never",
            node,
        )
        axes = node["parallel"]["matrix"].items
        matrix: dict[str, tuple[str, ...]] = {}
        for axis in axes:
            for key, (_, value) in axis.entries.items():
                matrix[key] = (*matrix.get(key, ()), *value.texts())
        jobs.append(Job(name, line, node, (step,), matrix, tuple(node["tags"].texts()), node["when"].text == "never"))
    return Workflow(file.path, file.name, root, {"push": Node(), "merge_request": Node()}, tuple(jobs), host="gitlab")
