"""The facts of a submission in words: what a reader (or a judge) should not have to count.

Each is an Evidence of kind `fact` that lists the places that it was computed from. Nothing here names a person.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from itertools import islice

from auditor.boundary import attempt
from auditor.facts.changes import Straight, changes, largest, straight, worked_on
from auditor.facts.civalues import caches, ci_values
from auditor.facts.cloud import cloud_build, cloud_commands, cloud_values, deploy_command, training_specs
from auditor.facts.commandline import programs, scripts, targets
from auditor.facts.commands import called
from auditor.facts.configuration import keys
from auditor.facts.declared import DECLARATIONS, LOCKS, declarations, locked
from auditor.facts.deps import imported, missing_from_lock, undeclared
from auditor.facts.environment import environment
from auditor.facts.history import (
    branches,
    direct_commits,
    main_line,
    own_pull_requests,
    people,
    pull_requests,
    self_merged,
    span,
    tags,
)
from auditor.facts.images import bases, copies, dockerfiles
from auditor.facts.models import models
from auditor.facts.results import Result, results
from auditor.facts.routes import routes
from auditor.facts.template import kept
from auditor.facts.tests import collect
from auditor.facts.workflows import ci_workflows
from auditor.models import Evidence
from auditor.readers.docker import DOCKERFILES, docker
from auditor.readers.dvc import dvc_remotes
from auditor.readers.python import python
from auditor.readers.toml import toml
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_root
from auditor.shapes import table_of
from auditor.snapshot import Snapshot

PYTHON = ("**/*.py",)
MANIFESTS = ("**/pyproject.toml", "**/setup.py", "**/setup.cfg")
TARGETS = (
    "**/tasks.py",
    "**/tasks/*.py",
    "**/makefile",
    "**/justfile",
    "**/noxfile.py",
    "**/tox.ini",
    "**/taskfile.y*ml",
    *MANIFESTS,
)
_LISTED = 40  # names of one kind that a fact spells out
_TOLD = 8  # commits that one spells out
_SOON = timedelta(minutes=2)  # too short a time for somebody else to look


def summary(snapshot: Snapshot) -> list[Evidence]:
    """All facts, in a fixed order. A fact that cannot be computed is left out."""
    made = []
    for name, maker in _MAKERS.items():
        found, _ = attempt(lambda maker=maker: list(maker(snapshot)), f"the summary `{name}`")  # type: ignore[misc]
        made += [e.model_copy(update={"probe": f"fact:{name}"}) for e in found or ()]
    return made


def _fact(note: str, sources: Iterable[str]) -> Evidence:
    return Evidence(kind="fact", note=note, sources=tuple(dict.fromkeys(sources)))


def _names(names: Iterable[str]) -> str:
    listed = list(dict.fromkeys(names))
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    return ", ".join(listed[:_LISTED]) + more


def _tests(snapshot: Snapshot) -> Iterator[Evidence]:
    files = snapshot.select((*PYTHON, "**/pyproject.toml", "**/pytest.ini", "**/tox.ini", "**/setup.cfg"))
    found = collect(files)
    if not found.cases and not found.uncollected:
        yield _fact("Pytest would collect no test.", ())
        return
    per_file = Counter(c.path for c in found.cases)
    parts = [f"Pytest would collect {len(found.cases)} test functions in {len(per_file)} files"]
    cases = [c.cases for c in found.cases]
    if any(c != 1 for c in cases):
        known = sum(cases)
        unknown = cases.count(0)
        parts.append(
            f"with parametrisation written out {known} cases"
            + (f" and {unknown} functions whose cases are computed" if unknown else "")
        )
    parts.append("per file: " + _names(f"{path} {n}" for path, n in sorted(per_file.items())))
    if skipped := [f"{c.path}:{c.line}" for c in found.cases if c.skipped]:
        parts.append(f"always skipped: {_names(skipped)}")
    if hollow := [f"{c.path}:{c.line} {c.name}" for c in found.cases if not c.checks]:
        parts.append(f"without any check: {_names(hollow)}")
    if found.uncollected:
        parts.append("not collected: " + _names(f"{u.path}:{u.line} {u.name} ({u.reason})" for u in found.uncollected))
    if left_out := [f"{c.path}:{c.line}" for c in found.cases if not c.selected]:
        parts.append(f"left out of a plain `pytest` by its options: {_names(left_out)}")
    if found.open:
        parts.append(f"the number may differ: {_names(found.open)}")
    yield _fact("; ".join(parts) + ".", [f"{c.path}:{c.line}" for c in found.cases])


def _models(snapshot: Snapshot) -> Iterator[Evidence]:
    for m in islice(models(snapshot), _LISTED):
        if m.unread:
            parts = [f"{m.size} bytes, {m.unread}"]
        else:
            parts = [f"{len(m.tensors)} arrays with {m.parameters} numbers"] if m.tensors else []
            parts += [f"last linear layer puts out {m.outputs}"] if m.outputs else []
            ends = [*m.tensors[:2], *m.tensors[2:][-3:]]
            parts += [_names(f"{t.name or 'array'} {list(t.shape)} {t.dtype}".strip() for t in ends)] if ends else []
            own = [c for c in m.classes if not c.startswith(("collections.", "torch._utils.", "numpy."))]
            parts += [f"its pickle names {', '.join(own[:10])}"] if own else []
        yield _fact(f"Committed {m.kind} file {m.path}: {'; '.join(parts) or 'nothing in it is named'}.", [m.path])


def _results(snapshot: Snapshot) -> Iterator[Evidence]:
    by_file: dict[str, list[Result]] = {}
    for r in results(snapshot):
        by_file.setdefault(r.path, []).append(r)
    for path, found in islice(by_file.items(), _LISTED):
        values = _names(f"{r.name} {r.value}" for r in found)
        yield _fact(f"Committed {found[0].kind} in {path}: {values}.", [f"{path}:{r.line}" for r in found])


def _workflows(snapshot: Snapshot) -> Iterator[Evidence]:
    files = snapshot.select(WORKFLOWS, stubs=True)
    for ci in ci_workflows(files):
        triggers = []
        for t in ci.triggers:
            filters = [
                ("branches", t.branches),
                ("not branches", t.branches_ignore),
                ("paths", t.paths),
                ("types", t.types),
                ("cron", t.cron),
            ]
            detail = "; ".join(f"{name} {', '.join(values)}" for name, values in filters if values)
            triggers.append(
                f"{t.event}"
                + (f" ({detail})" if detail else "")
                + ("" if t.starts or t.event.startswith("workflow_") else " [cannot start it here]")
            )
        jobs = []
        for job in ci.workflow.jobs:
            axes = "; ".join(f"{k}: {', '.join(v)}" for k, v in job.matrix.items())
            jobs.append(
                f"{job.id} on {', '.join(dict.fromkeys(job.systems)) or '?'}"
                + (f" with matrix {axes}" if axes else "")
                + (" [switched off]" if job.disabled else "")
            )
        steps = _names([" ".join(r.command.bare)[:80] for r in ci.runs] + [u.action for u in ci.uses])
        note = f"Workflow {ci.path} (`{ci.name}`): starts on {', '.join(triggers) or 'nothing'}; jobs: {'; '.join(jobs)}; runs: {steps}"
        if kept := caches(ci):
            note += f"; caches: {_names(c[0] for c in kept)}"
        yield _fact(note + ".", [ci.path, *(f"{ci.path}:{t.line}" for t in ci.triggers if t.line)])


def _matrix(snapshot: Snapshot) -> Iterator[Evidence]:
    files = snapshot.select(WORKFLOWS, stubs=True)
    for values in ci_values(ci_workflows(files)):
        yield _fact(
            f"Jobs that test use {values.kind}: {', '.join(values.values)}.",
            [f"{f.path}:{line}" for f, line in values.places],
        )


def _containers(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.select(DOCKERFILES, stubs=True):
        instructions = docker(file)
        if not instructions:
            continue
        stages = [i for i in instructions if i.name == "FROM"]
        parts = [
            f"Dockerfile {file.path}: {len(stages)} stage{'s' * (len(stages) > 1)}, FROM {_names(' '.join(i.values) for i in stages)}"
        ]
        for name in ("ENTRYPOINT", "CMD", "EXPOSE", "USER", "WORKDIR"):
            if found := [i for i in instructions if i.name == name]:
                parts.append(f"{name} {' '.join(found[-1].values)[:120]}")
        if env := [i.values[0] for i in instructions if i.name == "ENV" and i.values]:
            parts.append(f"sets {_names(env)}")
        yield _fact(
            "; ".join(parts) + ".",
            [f"{file.path}:{i.line}" for i in instructions if i.name in ("FROM", "ENTRYPOINT", "CMD")],
        )


def _dependencies(snapshot: Snapshot) -> Iterator[Evidence]:
    files = snapshot.select((*DECLARATIONS, *DOCKERFILES), stubs=True)
    known = declarations(files)
    for path, packages in known.by_path.items():
        names = [p.name + (f" [{p.group}]" if p.group else "") for p in packages]
        by = known.referrer(path)
        note = f" ({by.path} refers to it)" if by and not by.loose else ""
        yield _fact(f"{path} declares {len(set(names))} packages: {_names(names)}{note}.", [path])
    for hole in known.unread:
        yield _fact(f"Dependencies not read: {hole}.", [hole.path] if hole.path in dict.keys(snapshot.files) else [])
    locks = snapshot.select(LOCKS)
    held = locked(locks)
    for path, n in Counter(p.path for p in held).items():
        yield _fact(f"{path} locks {n} packages.", [path])
    if lacking := missing_from_lock(files):
        yield _fact(
            f"Declared but not in the lock file: {_names(p.name for p in lacking)}.",
            [f"{p.path}:{p.line}" for p in lacking],
        )
    source = snapshot.select((*PYTHON, *DECLARATIONS, *LOCKS, *DOCKERFILES), stubs=True)
    used = imported(source)
    yield _fact(
        f"Third-party packages imported: {_names(sorted({i.packages[0] for i in used if i.packages})) or 'none'}.", []
    )
    if unlisted := undeclared(source):
        yield _fact(
            f"Imported but declared nowhere: {_names(i.name for i in unlisted)}.",
            [f"{i.path}:{i.line}" for i in unlisted],
        )


def _command_line(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.select(
        PYTHON, mentions=("typer", "click", "argparse", "hydra", "fire", "cyclopts", "lightning")
    ):
        for p in programs(file):
            options = f" with {_names(p.options)}" if p.options else ""
            yield _fact(
                f"{p.path} is a {p.kind} command `{p.name}`{options}"
                + (", which does nothing yet." if p.hollow else "."),
                [f"{p.path}:{p.line}"],
            )
    files = snapshot.select(TARGETS, stubs=True)
    found = [t for file in files for t in targets(file, files)]
    for kind in dict.fromkeys(t.kind for t in found):
        of_kind = [t for t in found if t.kind == kind]
        missing = _names(f"{t.name} ({', '.join(t.missing)})" for t in of_kind if t.missing)
        note = f"{kind} commands: {_names(t.name for t in of_kind)}" + (
            f"; naming files that are not there: {missing}" if missing else ""
        )
        yield _fact(note + ".", [f"{t.path}:{t.line}" for t in of_kind])
    for file in snapshot.select(MANIFESTS, stubs=True):
        for s in scripts(file, files):
            where = f"found in {s.found}" if s.found else "which leads nowhere"
            yield _fact(f"Entry point `{s.name}` = {s.target}, {where}.", [f"{s.path}:{s.line}"])


def _calls(snapshot: Snapshot) -> Iterator[Evidence]:
    found = called(snapshot)
    gone = [c for c in found if c.state == "missing"]
    if gone:
        said = _names(
            f"{c.path}:{c.line} {c.program} {c.name}" + (f" (there is {c.near})" if c.near else "") for c in gone
        )
        yield _fact(
            f"Commands that call a file or module that no folder of the commit has: {said}.",
            [f"{c.path}:{c.line}" for c in gone],
        )
    if refused := [c for c in found if c.refused]:
        said = _names(f"{c.path}:{c.line} gives {', '.join(c.refused)} to {c.found}" for c in refused)
        yield _fact(
            f"Commands with an option that the program does not take: {said}.",
            [f"{c.path}:{c.line}" for c in refused],
        )


def _copies(snapshot: Snapshot) -> Iterator[Evidence]:
    for file, _ in dockerfiles(snapshot):
        for base in bases(file):
            if base.python and base.repository != "python":
                yield _fact(
                    f"{file.path}:{base.line} starts from Python {base.python}"
                    + (f" ({base.variant})" if base.variant else "")
                    + f" as published by {base.publisher}.",
                    [f"{file.path}:{base.line}"],
                )
        if lost := [c for c in copies(snapshot, file) if c.state in ("missing", "ignored")]:
            said = _names(
                f"{c.source} (line {c.line}" + (", left out by .dockerignore)" if c.state == "ignored" else ")")
                for c in lost
            )
            yield _fact(
                f"{file.path} copies what is not in its context: {said}.", [f"{file.path}:{c.line}" for c in lost]
            )


def _settings(snapshot: Snapshot) -> Iterator[Evidence]:
    found = keys(snapshot)
    if not found:
        return
    unread = [k for k in found if k.state == "unread"]
    unknown = sum(k.state == "unknown" for k in found)
    yield _fact(
        f"Configuration keys of files that own code loads: {len(found)}, of which code names {sum(k.state == 'read' for k in found)}"
        + (f", {unknown} are passed on whole or computed" if unknown else "")
        + (f"; named nowhere: {_names(f'{k.path}:{k.line} {k.key}' for k in unread)}" if unread else "")
        + ".",
        [f"{k.path}:{k.line}" for k in unread] or list(dict.fromkeys(k.path for k in found)),
    )


def _variables(snapshot: Snapshot) -> Iterator[Evidence]:
    says = {
        "set": "set in the repository",
        "default": "read with a default",
        "dotenv": "to be set in a .env file outside git",
        "documented": "set by a document's commands only",
        "nowhere": "set nowhere",
    }
    found = environment(snapshot)
    for state, words in says.items():
        if of_state := [v for v in found if v.state == state]:
            yield _fact(
                f"Environment variables that code reads, {words}: {_names(v.name for v in of_state)}.",
                [f"{p.path}:{p.line}" for v in of_state for p in (*v.read[:1], *v.set[:1])],
            )


def _cloud_values(snapshot: Snapshot) -> Iterator[Evidence]:
    found = cloud_values(snapshot)
    for kind in ("region", "zone", "registry", "bucket", "machine"):
        of_kind = [v for v in found if v.kind == kind]
        if of_kind:
            yield _fact(
                f"Cloud {kind} in files: {_names(f'{v.value} ({v.path}:{v.line})' for v in of_kind)}.",
                [f"{v.path}:{v.line}" for v in of_kind],
            )


def _routes(snapshot: Snapshot) -> Iterator[Evidence]:
    by_file: dict[str, list[str]] = {}
    places: dict[str, list[str]] = {}
    for route in routes(snapshot.select(("**/*.py", "!tests/**", "!**/test_*.py"))):
        by_file.setdefault(route.file, []).append(f"{route.method} {route.path}")
        places.setdefault(route.file, []).append(f"{route.file}:{route.line}")
    for path, found in by_file.items():
        yield _fact(f"{path} serves {len(found)} routes: {_names(found)}.", places[path])


def _cloud(snapshot: Snapshot) -> Iterator[Evidence]:
    files = snapshot.select(
        ("**/*.y*ml", "**/*.json", "!**/package*.json"), mentions=("workerpool", "worker_pool", "steps", "machine")
    )
    for file in files:
        for spec in training_specs(file):
            accelerator = (
                f", accelerator {spec.count or '1'} x {spec.accelerator}" if spec.accelerator else ", no accelerator"
            )
            yield _fact(
                f"Training job in {file.path}: machine {spec.machine or 'not named'}{accelerator}, image {spec.image or 'none'}.",
                [f"{file.path}:{spec.line}"],
            )
        if build := cloud_build(file):
            doing = _names(s.does or s.command.program for s in build.steps)
            yield _fact(
                f"Cloud Build file {file.path}: {doing}"
                + (f"; images {_names(build.images)}" if build.images else "")
                + ".",
                [f"{file.path}:{s.line}" for s in build.steps],
            )
    every = snapshot.select(("**/*.y*ml", "**/*.sh", "**/makefile", "**/tasks.py", "**/*.py"), mentions=("gcloud",))
    for file, command, how in cloud_commands(every):
        if service := deploy_command(command):
            yield _fact(f"{file.path} deploys to {service} ({how}).", [f"{file.path}:{command.line}"])


def _data(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.select(("**/.dvc/config",)):
        for remote in dvc_remotes(file):
            scheme = remote.url.split("://")[0] if "://" in remote.url else "a local path"
            yield _fact(
                f"DVC remote `{remote.name}` ({'default' if remote.default else 'not the default'}): {scheme}.",
                [f"{file.path}:{remote.line}"],
            )
    pointers = [f.path for f in snapshot.files.values() if f.path.endswith(".dvc") and f.size]
    stages = [k for file in snapshot.select(("**/dvc.yaml",)) for k in yaml_root(file)["stages"].entries]
    if pointers or stages:
        yield _fact(
            f"DVC tracks {_names(pointers) or 'nothing by pointer'}"
            + (f"; stages {_names(stages)}" if stages else "")
            + ".",
            pointers,
        )


def _hooks(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.select((".pre-commit-config.y*ml",), stubs=True):
        hooks = [h["id"].text for r in yaml_root(file)["repos"].items for h in r["hooks"].items]
        stub = " (the template's own, untouched)" if snapshot.aside(file) == "template stub" else ""
        yield _fact(f"Pre-commit hooks in {file.path}{stub}: {_names(hooks)}.", [file.path])


def _sweeps(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.select(("**/*.y*ml",), mentions=("parameters",)):
        root = yaml_root(file)
        if root["parameters"].kind == "map" and (root["method"] or root["metric"] or root["program"]):
            metric = root["metric"]
            note = f"Sweep configuration {file.path}: method {root['method'].text or 'not named'}, metric {metric['name'].text or 'none'} ({metric['goal'].text or 'no goal'}), parameters {_names(root['parameters'].entries)}."
            yield _fact(note, [f"{file.path}:{root.line_of('parameters')}"])


def _quality(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.select(("pyproject.toml", "ruff.toml", ".ruff.toml"), stubs=True):
        data = toml(file)
        ruff = table_of(data, "tool", "ruff") if file.name == "pyproject.toml" else data
        if ruff:
            select = table_of(ruff, "lint").get("select", ruff.get("select", "the default"))
            yield _fact(
                f"Ruff in {file.path}: line length {ruff.get('line-length', 'the default (88)')}, rules {select}.",
                [file.path],
            )


def _history(snapshot: Snapshot) -> Iterator[Evidence]:
    history = snapshot.history
    when = span(history)
    if not history.commits or when is None:
        return
    everyone = people(history)
    bots = [p for p in everyone if p.bot]
    requests, own = pull_requests(history), own_pull_requests(history)
    began = f", the first on {min(p.time for p in own).date()}" if own else ""
    direct, line = direct_commits(history), main_line(history)
    yield _fact(
        f"{len(history.commits)} commits from {when.first.date()} to {when.last.date()} by {len(everyone) - len(bots)} people"
        f"{f' and {len(bots)} bots' if bots else ''}; {len(requests)} merged pull requests are visible, {len(own)} of them people's own{began}; "
        f"{len(direct)} of {len(line)} commits on the line of the default branch came without a pull request or merge; "
        f"branches in this copy: {_names(history.branches) or 'none'}; default branch {history.default_branch or 'unknown'}.",
        ["git log"],
    )
    yield from _ways_in(snapshot)


def _ways_in(snapshot: Snapshot) -> Iterator[Evidence]:
    """How work came onto the default branch, by kind of file, and what is left of its branches."""
    history, came = snapshot.history, straight(snapshot)
    if came.by_kind:
        kinds = ", ".join(f"{len(commits)} change {kind}" for kind, commits in came.by_kind.items())
        new = f"; {len(came.features)} of them bring a new file of code, tests or workflows" if came.features else ""
        yield _fact(f"Of the commits that came straight to the default branch {kinds}{new}.", ["git log"])
        yield from _largest(snapshot, came)
    merged = self_merged(history)
    if merged.told:
        soon = sum(timedelta() <= m.after <= _SOON for m in merged.own)
        quick = f", {soon} of these within two minutes of their last commit" if soon else ""
        yield _fact(
            f"Of {merged.told} pull requests of which the history tells who merged them, {len(merged.own)} were merged by the "
            f"only author of their commits{quick}.",
            ["git log"],
        )
    for state, said in (
        ("merged", "are still there after their merge"),
        ("unmerged", "hold commits that were not merged as they are"),
    ):
        names = [b.name for b in branches(history) if b.state == state]
        if names:
            yield _fact(f"Branches that {said}: {_names(names)}.", [f"branch {name}" for name in names])
    if found := tags(history):
        on = {"line": "on the default branch's line", "history": "off its line", "elsewhere": "on no commit of it"}
        yield _fact(
            "Tags: " + "; ".join(f"{t.name} {on[t.on]}" for t in found[:12]) + ".", [f"tag {t.name}" for t in found]
        )


def _largest(snapshot: Snapshot, came: Straight) -> Iterator[Evidence]:
    """Those of them that hold most work, with what they touch: whether they are features is for a reader to say."""
    changed = changes(snapshot)
    commits = list(dict.fromkeys(c for kind in ("code", "tests", "workflows") for c in came.by_kind.get(kind, ())))
    told = []
    for commit in [c for c in largest(snapshot, commits) if c.parents][:_TOLD]:
        made = changed[commit.sha]
        new = {c.path for c in made if c.status == "A"}
        files = [f"{'new ' if path in new else ''}{path}" for path in worked_on(made)]
        told.append(f'{commit.sha[:9]} of {commit.time.date()} "{commit.subject[:80]}" ({_names(files[:4])})')
    if told:
        yield _fact(f"The largest of them: {'; '.join(told)}.", ["git log"])


def _template(snapshot: Snapshot) -> Iterator[Evidence]:
    untouched = [f.path for f in snapshot.files.values() if f.size > 10 and snapshot.aside(f) == "template stub"]
    empty = [
        f.path for f in snapshot.files.values() if f.path.endswith(".py") and not f.size and f.name != "__init__.py"
    ]
    if untouched:
        yield _fact(f"Files that the project template brought and nobody changed: {_names(untouched)}.", untouched)
    for state in ("changed", "removed"):
        if those := [k for k in kept(snapshot) if k.state == state]:
            told = _names(f"{k.path}{f' ({k.since})' if k.since else ''}" for k in those)
            yield _fact(
                f"Files of the project template that the group {state}, with the day of the first time: {told}.", ()
            )
    if empty:
        yield _fact(f"Empty Python files: {_names(empty)}.", empty)


def _broken(snapshot: Snapshot) -> Iterator[Evidence]:
    for file in snapshot.files.values():
        if not snapshot.aside(file) and file.suffix == "py":
            python(file)
        for problem in file.problems.values():
            if not snapshot.aside(file):
                yield _fact(problem + ".", [file.path])


def _figures(snapshot: Snapshot) -> Iterator[Evidence]:
    if snapshot.report is None:
        return
    for question in snapshot.report.questions:
        for image in question.images:
            where = f"shows {image.path}" if image.path else f"shows {image.target}, which is not a tracked file"
            stub = (
                image.path and snapshot.aside(snapshot.files[image.path]) == "template stub"
                if image.path in snapshot.files
                else False
            )
            note = (
                f"Question {question.n} {where}"
                + (" (the template's own figure)" if stub else "")
                + ("" if image.renders else " (inside code, so it does not render)")
            )
            yield _fact(note + ".", [f"{snapshot.report.path}:{image.line}"])


_MAKERS: dict[str, Callable[[Snapshot], Iterator[Evidence]]] = {
    "history": _history,
    "tests": _tests,
    "workflows": _workflows,
    "matrix": _matrix,
    "containers": _containers,
    "dependencies": _dependencies,
    "command-line": _command_line,
    "calls": _calls,
    "copies": _copies,
    "settings": _settings,
    "environment": _variables,
    "routes": _routes,
    "cloud": _cloud,
    "cloud-values": _cloud_values,
    "data": _data,
    "hooks": _hooks,
    "sweeps": _sweeps,
    "quality": _quality,
    "template": _template,
    "models": _models,
    "results": _results,
    "broken": _broken,
    "figures": _figures,
}
