"""The jobs of CI configurations, walked as their hosts would: combination by combination, step by step."""

import itertools
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import field, replace

from auditor import limits
from auditor.facts import gitlab
from auditor.facts.expressions import PERSON, UNKNOWN, Look, OneOf, Value, condition, filled, is_plain, shown, value_of
from auditor.facts.hosted import remote
from auditor.facts.matrix import LIMIT, Combination, Matrix, gitlab_matrix, matrix_of
from auditor.facts.resolve import Reached, Resolver, assigned
from auditor.facts.scenes import Call, Script, shell_folder
from auditor.facts.started import image as image_starts
from auditor.holes import Hole, watching
from auditor.lazy import dataclass
from auditor.readers.shell import Command, shell_commands
from auditor.readers.workflows import Job, Step, Workflow, shows_only
from auditor.readers.yaml import Node, yaml_root
from auditor.snapshot import File, Files

_DEPTH = 10  # of composite actions, and of workflows that call each other
_SMALL = 20  # values, jobs or commands that weigh as much as one step does
_FOLLOWED = 5  # commands that were followed anew, likewise


@dataclass(frozen=True)
class Run:
    """One command that an active step runs, or that a task does which the step calls (`via` is then the step's own
    command). `file` and `line` are where the command stands, `folder` where it runs, `soft` whether its failure passes,
    `combinations` those of the job in which it runs; `sure`: no condition in front of it is unknown."""

    command: Command
    file: File
    line: int
    job: Job
    step: Step
    soft: bool = False
    via: str = ""
    folder: str = ""
    combinations: tuple[Combination, ...] = ({},)
    sure: bool = True


@dataclass(frozen=True)
class Use:
    """One action that an active step uses, without its version. `followed`: its own steps or commands were read."""

    action: str
    file: File
    job: Job
    step: Step
    combinations: tuple[Combination, ...] = ({},)
    followed: bool = False


@dataclass(frozen=True)
class Caller:
    """A job that calls a workflow of the repository: the events that start it and what it hands over."""

    events: tuple[str, ...]
    inputs: tuple[Combination, ...]


@dataclass
class Walked:
    """What the jobs of one configuration come to."""

    jobs: tuple[Job, ...]
    runs: tuple[Run, ...] = ()
    uses: tuple[Use, ...] = ()
    unfollowed: tuple[Hole, ...] = ()
    matrices: dict[str, Matrix] = field(default_factory=dict)


class Walker:
    """Walks the workflows of a commit. `events` are those that start each by itself, and grow while chains are followed."""

    def __init__(self, found: Mapping[str, Workflow], files: Files, events: Mapping[str, list[str]]) -> None:
        self._found, self._files, self._events = found, files, events
        self._handed: dict[tuple[str, int, int], list[Combination]] = {}
        self._followed: dict[tuple[object, ...], tuple[list[Reached], tuple[Hole, ...]]] = {}
        self._calls: dict[str, list[tuple[str, Job]]] | None = None
        self._left = limits.STEPS.value
        self._origin = remote(files.history.origin)

    # -- limits --------------------------------------------------------------------------------------------------------

    def affords(self, weight: int) -> bool:
        """Whether so much more may be walked, in all workflows together."""
        self._left -= weight
        return self._left >= 0

    @property
    def spent(self) -> bool:
        """Whether something was left out because there is too much to walk."""
        return self._left < 0

    # -- calls ---------------------------------------------------------------------------------------------------------

    def called(self, uses: str) -> str:
        """The path of the repository's own workflow (or action's folder) that a `uses:` names; empty for another's."""
        if uses.startswith("./"):
            return uses.removeprefix("./").split("@")[0].strip("/")
        match = re.fullmatch(r"([\w.-]+/[\w.-]+)/(\.?[\w./-]+)@\S+", uses)
        if not match or (self._origin and match[1].lower() != self._origin):
            return ""
        own = self._origin or match[2] in self._found or self.action(match[2].strip("/")) is not None
        return match[2].strip("/") if own else ""

    def callers(self, path: str, depth: int = 0) -> Iterator[Caller]:
        """The jobs that call a workflow."""
        if self._calls is None:
            self._calls = {}
            for name, flow in self._found.items():
                for job in flow.jobs:
                    if job.node["uses"].text and (own := self.called(job.node["uses"].text)):
                        self._calls.setdefault(own, []).append((name, job))
        runs: dict[tuple[str, str], dict[str, bool | None]] = {}
        for name, job in self._calls.get(path, ()) if depth <= _DEPTH else ():
            if name == path or not self.affords(1):
                continue
            flow = self._found[name]
            for event in self._events[name]:
                if (name, event) not in runs:
                    runs[name, event] = self._which_run(flow, {}, event)
            events = tuple(e for e in self._events[name] if runs[name, e][job.id] is not False)
            if events or not self._events[name]:
                yield Caller(events, tuple(itertools.islice(self._handed_over(flow, job, depth), LIMIT)))

    def _handed_over(self, flow: Workflow, job: Job, depth: int) -> Iterator[Combination]:
        """What a job hands to the workflow that it calls, in each of its combinations."""
        for outer in self._inputs(flow.path, depth + 1):
            matrix = matrix_of(job.node["strategy"]["matrix"], self._look(flow, outer, True, "", {}))
            for combination in matrix.combinations:
                given = job.node["with"].entries.items()
                if not self.affords(1 + len(given) + len(outer) // _SMALL):
                    return
                look = self._look(flow, {**outer, **combination}, matrix.whole, "", {})
                yield {f"inputs.{k}": value_of(v.text, look) for k, (_, v) in given}

    def _inputs(self, path: str, depth: int = 0) -> list[Combination]:
        """What the callers of a workflow hand over, its defaults with them; one empty one for a workflow that none calls."""
        key = (path, depth, sum(map(len, self._events.values())))  # events only grow
        if key not in self._handed:
            declared = self._found[path].triggers.get("workflow_call", Node())["inputs"]
            defaults = {f"inputs.{k}": v["default"].text for k, (_, v) in declared.entries.items() if v["default"]}
            given = ({**defaults, **c} for call in self.callers(path, depth) for c in call.inputs) if declared else ()
            unique: list[Combination] = []
            for one in given:
                if one not in unique:
                    unique.append(one)
                if len(unique) >= LIMIT:
                    break
            self._handed[key] = unique or [defaults]
        return self._handed[key]

    # -- what is known -------------------------------------------------------------------------------------------------

    def _look(self, flow: Workflow, known: Combination, whole: bool, event: str, env: Mapping[str, str]) -> Look:
        branch, others = self._files.history.default_branch, self._files.history.branches

        def refs() -> Value:
            if not branch or event not in ("push", "schedule", "workflow_run", "workflow_dispatch", "merge_request"):
                return UNKNOWN
            if event == "workflow_dispatch" and self._files.history.one_branch:
                return UNKNOWN
            if event != "push":
                return OneOf(frozenset([branch]))
            only = replace(flow, triggers={"push": flow.triggers["push"]}) if "push" in flow.triggers else None
            filters = flow.triggers.get("push", Node())
            if self._files.history.one_branch and not _plain(filters["branches"].texts()):
                return UNKNOWN  # a branch that this copy does not have may start it
            through = {b for b in (branch, *others) if only is None or only.reaches(b)}
            through |= set(filters["branches"].texts()) if self._files.history.one_branch else set()
            tags = bool(filters["tags"]) or not (filters["branches"] or filters["branches-ignore"])
            return OneOf(frozenset([*through, *(["\0tag"] if tags else [])])) if through else UNKNOWN

        def look(name: str) -> Value:
            name = name.lower() if not name.startswith(("matrix.", "inputs.", "env.")) else name
            if name in known:
                return known[name]
            if name.startswith("matrix."):
                return "" if whole else UNKNOWN
            if name.startswith("env."):
                return env.get(name[4:], UNKNOWN)
            if name == "github.event_name":
                return event or UNKNOWN
            if name in ("github.ref", "github.ref_name"):
                if event.startswith("pull_request"):
                    return UNKNOWN if name == "github.ref_name" else "refs/pull/1/merge"
                named = refs()
                if name == "github.ref_name" or not isinstance(named, OneOf):
                    return named
                return OneOf(frozenset("refs/tags/\0" if v == "\0tag" else f"refs/heads/{v}" for v in named.values))
            if name in ("github.head_ref", "github.base_ref"):
                return UNKNOWN if not event or event.startswith("pull_request") else ""
            if name in ("github.actor", "github.triggering_actor", "github.event.pull_request.user.login"):
                return PERSON
            if name == "github.repository" and self._origin:
                return self._origin
            if name == "github.repository_owner" and self._origin:
                return self._origin.split("/")[0]
            return UNKNOWN

        return look

    def _starting(self, path: str) -> list[str]:
        """The events under which conditions are tried: those that start it by themselves, else any that it names."""
        own = self._events.get(path, [])
        names = ["push" if e == "tag" else e for e in own] or list(self._found[path].triggers)
        return list(dict.fromkeys(names)) or [""]

    def _holds(self, text: str, flow: Workflow, known: Combination, whole: bool, env: Mapping[str, str]) -> bool | None:
        """Whether a condition holds under one of the events: yes, no, or not known."""
        if not text.strip():
            return True
        found = [condition(text, self._look(flow, known, whole, e, env)) for e in self._starting(flow.path)]
        return True if True in found else None if None in found else False

    def _which_run(self, flow: Workflow, known: Combination, event: str) -> dict[str, bool | None]:
        """Whether each job runs on an event: its own condition, and those of the jobs that it needs."""
        look = self._look(flow, known, True, event, {})
        runs: dict[str, bool | None] = {}
        waiting: dict[str, list[str]] = {}
        for job in flow.jobs:
            text = job.node["if"].text
            runs[job.id] = False if job.disabled else condition(text, look) if text else True
            if not re.search(r"\b(always|failure|cancelled)\s*\(", text):
                for name in job.node["needs"].texts():
                    waiting.setdefault(name, []).append(job.id)
        todo = [name for name, holds in runs.items() if holds is False]
        while todo:
            for later in waiting.pop(todo.pop(), ()):
                if runs[later] is not False:
                    runs[later] = False
                    todo.append(later)
        return runs

    # -- walking -------------------------------------------------------------------------------------------------------

    def walk(self, path: str) -> Walked:
        """The active steps of a configuration and what they lead to."""
        flow = self._found[path]
        walk = _Walk(self, flow, self._files.paths[path])
        if flow.host == "gitlab":
            return walk.gitlab()
        if flow.host != "github":
            for job in flow.jobs:
                for step in job.steps:
                    walk.step(job, step, walk.file, {}, True, {}, "", True, 0)
            return walk.made(flow.jobs, {j.id: Matrix(({},)) for j in flow.jobs})
        made, matrices = [], {}
        given: list[tuple[Combination, list[dict[str, bool | None]]]] = []
        for inputs in self._inputs(path):
            if self.affords(len(flow.jobs) // _SMALL):
                given.append((inputs, [self._which_run(flow, inputs, e) for e in self._starting(path)]))
        for job in flow.jobs:
            combinations: list[Combination] = []
            whole, runs = True, False
            for inputs, states in given:
                found = [state[job.id] for state in states]
                if found and all(f is False for f in found):
                    continue
                runs = True
                if len(combinations) >= LIMIT or self.spent:
                    break
                outer = self._look(flow, inputs, True, "", {})
                matrix = matrix_of(job.node["strategy"]["matrix"], outer)
                whole = whole and matrix.whole
                for one in matrix.combinations[: LIMIT - len(combinations)]:
                    if not self.affords(1 + (len(inputs) + len(one)) // _SMALL):
                        break
                    known: dict[str, Value] = {**inputs, **one}
                    self._machine(job, known, self._look(flow, known, matrix.whole, "", {}))
                    combinations.append(known)
                    walk.job(job, known, matrix.whole, None not in found or True in found)
            runs, whole = runs or self.spent, whole and not self.spent
            matrices[job.id] = Matrix(tuple(combinations), whole)
            made.append(_seen(job, combinations, runs))
        return walk.made(tuple(made), matrices)

    def _machine(self, job: Job, known: dict[str, Value], look: Look) -> None:
        node = job.node["runs-on"]
        labels = [value_of(t, look) for t in (node.texts() or node["labels"].texts())]
        first: Value = next(iter(labels), "")
        first = next((v for v in first if isinstance(v, str)), "") if isinstance(first, list) else first
        known["runs-on"] = shown(first) if is_plain(first) else node.text
        low = known["runs-on"].lower()
        system = next(
            (s for w, s in (("ubuntu", "Linux"), ("windows", "Windows"), ("macos", "macOS")) if low.startswith(w)), ""
        )
        known["runner.os"] = system or UNKNOWN

    def action(self, folder: str) -> File | None:
        """The file of a composite action in a folder."""
        for name in ("action.yml", "action.yaml"):
            if found := self._files.paths.get(f"{folder}/{name}".lstrip("/")):
                return found
        return None

    def follow(
        self, step: Step, file: File, texts: tuple[Command, ...], folder: str, env: Mapping[str, str]
    ) -> tuple[list[Reached], tuple[Hole, ...]]:
        """What commands lead to from a folder, each way once."""
        key = (file.path, step.line, tuple(c.text for c in texts), folder, tuple(sorted(env.items())))
        if key not in self._followed:
            resolver = Resolver(self._files)
            found = list(resolver.script(Script(file, texts, folder, env)))
            self._followed[key] = found, tuple(resolver.holes)
            self.affords(resolver.made // _FOLLOWED)
        return self._followed[key]

    @property
    def files(self) -> Files:
        return self._files

    look = _look
    holds = _holds


def _plain(patterns: list[str]) -> bool:
    """Whether a filter names branches one by one."""
    return bool(patterns) and not any(set(p) & set("*?+[]!") for p in patterns)


def _seen(job: Job, combinations: list[Combination], runs: bool) -> Job:
    """A job with the values that its combinations really have."""
    matrix: dict[str, tuple[str, ...]] = {}
    for combination in combinations:
        for key, value in combination.items():
            if key.startswith("matrix.") and is_plain(value) and shown(value) not in matrix.get(key[7:], ()):
                matrix[key[7:]] = (*matrix.get(key[7:], ()), shown(value))
    systems = tuple(dict.fromkeys(str(c["runs-on"]) for c in combinations if c.get("runs-on")))
    return replace(job, matrix=matrix, systems=systems, disabled=job.disabled or not runs)


class _Walk:
    """The walk over one configuration."""

    def __init__(self, walker: Walker, flow: Workflow, file: File) -> None:
        self._walker, self._flow, self.file = walker, flow, file
        self._runs: dict[tuple[object, ...], Run] = {}
        self._uses: dict[tuple[object, ...], Use] = {}
        self._holes: dict[Hole, None] = {}
        self._asked: set[tuple[object, ...]] = set()  # what actions were asked to do

    def made(self, jobs: tuple[Job, ...], matrices: dict[str, Matrix]) -> Walked:
        if self._walker.spent:
            self._hole(f"is not walked to its end: there are more than {limits.STEPS}", 0)
        return Walked(jobs, tuple(self._runs.values()), tuple(self._uses.values()), tuple(self._holes), matrices)

    def job(self, job: Job, known: Combination, whole: bool, sure: bool) -> None:
        """One combination of a job."""
        uses = job.node["uses"].text
        if uses:
            own = self._walker.called(uses)
            if not own:
                self._hole(f"calls `{uses}`, a workflow of another repository", job.node.line_of("uses"))
            elif own not in self._walker.files.paths:
                self._hole(f"calls `{uses}`, which is not in the repository", job.node.line_of("uses"))
            return
        root = self._flow.node
        env = self._env(root["env"], known, whole, {})
        env = self._env(job.node["env"], known, whole, env)
        folder = (job.node["defaults"]["run"]["working-directory"] or root["defaults"]["run"]["working-directory"]).text
        for step in job.steps:
            if not step.disabled:
                env = self.step(job, step, self.file, known, whole, env, folder, sure, 0)

    def _hole(self, why: str, line: int, file: File | None = None) -> None:
        self._holes[Hole((file or self.file).path, why, line)] = None

    def _env(self, node: Node, known: Combination, whole: bool, env: Mapping[str, str]) -> dict[str, str]:
        made = dict(env)
        look = self._walker.look(self._flow, known, whole, "", env)
        for key, (_, value) in node.entries.items():
            text = filled(value.text, look)
            if "${{" not in text:
                made[key] = text
            else:
                made.pop(key, None)
        return made

    def step(
        self,
        job: Job,
        step: Step,
        file: File,
        known: Combination,
        whole: bool,
        env: dict[str, str],
        folder: str,
        sure: bool,
        depth: int,
        via: str = "",
    ) -> dict[str, str]:
        """One step in one combination; gives the environment of those after it."""
        if not self._walker.affords(1 + (len(step.commands) + len(env) + len(known)) // _SMALL):
            return env
        holds = self._walker.holds(step.node["if"].text, self._flow, known, whole, env)
        if holds is False:
            return env
        sure = sure and holds is True
        here = self._env(step.node["env"], known, whole, env)
        look = self._walker.look(self._flow, known, whole, "", here)
        at = filled(step.node["working-directory"].text, look) or filled(folder, look)
        at = shell_folder("", at.removeprefix("./"))
        soft = step.soft or job.node["continue-on-error"].text == "true"
        if step.uses:
            self._use(job, step, file, known, whole, here, sure, depth, look)
        texts = tuple(_put(c, look) for c in step.commands)
        if not texts:
            return env
        reached, holes = self._walker.follow(step, file, texts, at, here)
        self._holes.update(dict.fromkeys(holes))
        self._walker.affords(len(reached) // _SMALL)
        own = {c.line for c in texts}
        said = ""
        for one in reached:
            outer = one.file is file and one.command.line in own
            said = one.command.text if outer else said
            key = (one.file.path, one.command.line, outer, one.command.bare[:2], job.id)
            if key in self._runs:
                before = self._runs[key]
                if len(before.combinations) < LIMIT and known not in before.combinations:
                    self._runs[key] = replace(
                        before, combinations=(*before.combinations, known), sure=before.sure or sure
                    )
                continue
            self._runs[key] = Run(
                one.command, one.file, one.command.line, job, step, soft or one.command.soft,
                via or ("" if outer else said), one.folder, (known,), sure,
            )  # fmt: skip
        for command in texts:
            if "GITHUB_ENV" in command.text:
                assigned(command, env)
        return env

    def _use(
        self,
        job: Job,
        step: Step,
        file: File,
        known: Combination,
        whole: bool,
        env: dict[str, str],
        sure: bool,
        depth: int,
        look: Look,
    ) -> None:
        uses = filled(step.uses, look)
        name = uses.split("@")[0]
        key = (name, file.path, step.line, job.id)
        if key not in self._uses:
            self._uses[key] = Use(name, file, job, step, (known,))
        elif len(self._uses[key].combinations) < LIMIT and known not in self._uses[key].combinations:
            self._uses[key] = replace(self._uses[key], combinations=(*self._uses[key].combinations, known))
        if re.search(r"retry|xvfb", name):
            for word in ("command", "run"):
                text = filled(step.inputs[word].text, look)
                if text:
                    self._uses[key] = replace(self._uses[key], followed=True)
                    inner = replace(
                        step, uses="", commands=tuple(shell_commands(text, step.inputs.line_of(word), whole=True))
                    )
                    self.step(job, inner, file, known, whole, env, "", sure, depth + 1)
        own = self._walker.called(uses)
        if not uses.startswith("./") and not own:
            return
        with watching() as watch:
            action = self._walker.action(own)
            steps = _action(action) if action else ()
        self._holes.update(dict.fromkeys(watch.holes))
        if depth >= _DEPTH:
            self._hole(f"uses `{uses}`, which lies deeper than is followed", step.line, file)
            return
        self._uses[key] = replace(self._uses[key], followed=True)
        if action is None:
            if not watch and uses.startswith("./"):
                self._hole(f"uses `{uses}`, which is not in the repository", step.line, file)
            return
        declared = yaml_root(action)["inputs"].entries.items()
        given = {f"inputs.{k}": filled(v["default"].text, look) for k, (_, v) in declared}
        for word, (_, value) in step.inputs.entries.items():
            given[f"inputs.{word}"] = value_of(value.text, look)
        kept = {k: v for k, v in known.items() if not k.startswith("inputs.")}
        asked = (
            job.id,
            action.path,
            sure,
            repr(sorted(given.items())),
            repr(sorted(kept.items())),
            *sorted(env.items()),
        )
        if asked in self._asked:  # actions that use actions, several times each
            return
        self._asked.add(asked)
        if not steps:
            self._other_action(job, step, action, {**kept, **given}, whole, env, sure, depth, look)
        inner_env = dict(env)
        for inner in steps:
            inner_env = self.step(job, inner, action, {**kept, **given}, whole, inner_env, "", sure, depth + 1)

    def _other_action(
        self, job: Job, step: Step, action: File, known: Combination, whole: bool, env: dict[str, str], sure: bool,
        depth: int, look: Look,
    ) -> None:  # fmt: skip
        """An action of the repository's own that has no steps: its docker file is followed, its program is not."""
        runs = yaml_root(action)["runs"]
        image = runs["image"].text
        found = self._walker.files.paths.get(posixpath.normpath(posixpath.join(action.folder, image)))
        if runs["using"].text != "docker" or not image or image.startswith("docker://") or found is None:
            what = f"runs `{image or runs['main'].text or runs['using'].text}`, which is not followed"
            self._hole(what, runs.line_of("image") or runs.line_of("main") or runs.line, action)
            return
        resolver = Resolver(self._walker.files)
        inside: Look = lambda name: known[name] if name in known else look(name)  # noqa: E731
        given = [filled(t, inside) for t in runs["args"].texts()]
        entry = filled(runs["entrypoint"].text, inside)
        call = Call((step.uses,), action.folder, action.folder, env, action, runs.line_of("image") or runs.line)
        with watching() as watch:
            scripts = list(image_starts(resolver, call, found, [entry, *given] if entry else given, action.folder))
        self._holes.update(dict.fromkeys([*watch.holes, *resolver.holes]))
        for script in scripts:
            inner = replace(step, uses="", commands=script.commands, node=Node("map", step.line, step.end))
            self.step(job, inner, script.file, known, whole, env, action.folder, sure, depth + 1)

    def gitlab(self) -> Walked:
        """The jobs of a GitLab configuration."""
        files, resolver = self._walker.files, Resolver(self._walker.files)
        history = files.history
        read = gitlab.read(self.file, resolver, files)
        jobs, matrices = [], {}
        for job, pieces in gitlab.jobs_of(read, "" if history.one_branch else history.default_branch, history.branches):
            matrix = gitlab_matrix(job.node["parallel"]["matrix"])
            matrices[job.id] = matrix
            jobs.append(_seen(job, list(matrix.combinations), True))
            if job.disabled:
                continue
            top = read.words.get("variables", (self.file, Node()))[1]
            for known in matrix.combinations:
                if not self._walker.affords((len(top.entries) + len(job.node["variables"].entries)) // _SMALL):
                    break
                env = {
                    k: v.text
                    for k, (_, v) in (*top.entries.items(), *job.node["variables"].entries.items())
                    if v.kind == "text"
                }
                env.update({k[7:]: shown(v) for k, v in known.items()})
                at = ""
                for step, file in pieces if not self._walker.spent else ():  # one shell goes through all of them
                    self.step(job, step, file, known, True, env, at, True, 0)
                    for command in step.commands:
                        assigned(command, env)
                        if command.words[:1] == ("cd",) and len(command.words) > 1:
                            at = shell_folder(at, command.words[1])
        self._holes.update(dict.fromkeys([*read.holes, *resolver.holes]))
        return self.made(tuple(replace(j, systems=tuple(j.node["tags"].texts())) for j in jobs), matrices)


def _put(command: Command, look: Look) -> Command:
    if "${{" not in command.text:
        return command
    return Command(filled(command.text, look), command.line, command.soft)


def _action(file: File) -> tuple[Step, ...]:
    """The steps of a composite action."""

    def read() -> tuple[Step, ...]:
        made = []
        for node in yaml_root(file)["runs"]["steps"].items:
            run = node["run"]
            found = tuple(shell_commands(run.text, run.line, whole=True)) if run.kind == "text" else ()
            found = () if shows_only(node) else found
            soft = node["continue-on-error"].text == "true"
            made.append(
                Step(node.line, node.end, node["name"].text, node["uses"].text, found, node["with"], soft, False, node)
            )
        return tuple(made)

    return file.once("action", read)
