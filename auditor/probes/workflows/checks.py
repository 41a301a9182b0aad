"""Tests, linters and their caches and matrices in workflows."""

import re
from collections.abc import Iterator

from auditor.facts.civalues import caches, ci_values, default_caches
from auditor.facts.jobs import Run
from auditor.facts.linting import hook_only_sorts, only_sorts
from auditor.facts.programs import lint_action, lint_hooks, lint_tool, runs_pre_commit, runs_tests
from auditor.facts.workflows import CI, CiWorkflow, ci_workflows
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.workflows.runs import ANY_WORKFLOW, PRE_COMMIT, cite, nearest, say, that_check, works
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import Files


@probe(
    "ci-runs-tests",
    asks="Does a workflow that starts by itself for the default branch run the tests?",
    looks_in=CI,
    mentions=(*ANY_WORKFLOW, "test", "nox", "tox"),
)
def ci_runs_tests(files: Files) -> Iterator[Evidence]:
    """A test runner in an active step, directly or through make, invoke, tox, nox or a script, of a workflow that a push
    to or pull request into the default branch, or a schedule, starts. Workflows that start by hand, on other branches only,
    or that GitHub would refuse do not count, nor do installing a runner and collecting tests."""
    checking = that_check(files, lambda r: isinstance(r, Run) and runs_tests(r.command))
    found = [(ci, r) for ci in checking for r in ci.runs if runs_tests(r.command)]
    for ci, run in sorted(found, key=lambda pair: pair[1].soft):
        yield cite(run, ci)


@probe(
    "ci-workflow",
    asks="Is there a workflow of the group's own that starts by itself?",
    looks_in=CI,
    mentions=("on:", "on :", "script", "steps", "run", "sh "),
)
def ci_workflow(files: Files) -> Iterator[Evidence]:
    """A configuration that its host accepts, that a push, pull request, schedule or another event starts, and of which a
    step does more than set up, install and print. The template's untouched workflows, and one that only updates the pre-commit hooks, do not
    count."""
    nearest(files, (), lambda _: False)
    for ci in ci_workflows(files):
        if not ci.automatic:
            files.near, files.why = f"{ci.path}:1", "which nothing starts by itself"
        elif works(ci) and not _only_updates(ci):
            line = next((t.line for t in ci.triggers if t.starts), ci.triggers[0].line if ci.triggers else 1)
            yield ci.file.cite(line, note=say(ci))


@probe(
    "ci-template",
    asks="Is a workflow of the project template left as it came?",
    looks_in=WORKFLOWS,
    stubs=True,
)
def ci_template(files: Files) -> Iterator[Evidence]:
    """A weak sign: an untouched template workflow that runs tests or a linter and starts for the default branch."""
    for ci in ci_workflows(files):
        if ci.checks and files.aside(ci.path) == "template stub":
            for run in ci.runs:
                if runs_tests(run.command) or lint_tool(run.command):
                    yield cite(run, ci, f"as the template brings it; {say(ci)}")
                    break


def _lints(files: Files, sorts: bool = False) -> Iterator[tuple[CiWorkflow, Evidence]]:
    """The steps that lint; those that only look at the order of imports are left out, or with `sorts` nothing else is in."""
    hooks = [
        h for f in files.matching(PRE_COMMIT) for h in lint_hooks(f, lambda h: hook_only_sorts(h, files) is not sorts)
    ]
    held = ", ".join(sorted({name for name, _ in hooks})[:4])
    soft: list[tuple[CiWorkflow, Evidence]] = []
    for ci in that_check(files, lambda r: lint_tool(r.command) if isinstance(r, Run) else lint_action(r)):
        for run in ci.runs:
            tool = lint_tool(run.command)
            tool = tool if tool and only_sorts(run, files) is sorts else ""
            weak = run.soft or "--exit-zero" in run.command.bare
            if tool or (runs_pre_commit(run) and hooks):
                what = tool or f"pre-commit, whose hooks hold {held}"
                piece = cite(run, ci, f"{what}; {say(ci)}")
                if weak and not run.soft:
                    piece = cite(run, ci, f"{what} with --exit-zero, which never fails; {say(ci)}")
                if weak:
                    soft.append((ci, piece))
                else:
                    yield ci, piece
        for use in ci.uses:
            at = use.step.line, use.step.end
            if runs_pre_commit(use):
                if hooks:
                    yield ci, use.file.cite(*at, note=f"pre-commit, whose hooks hold {held}; {say(ci)}")
            elif (tool := lint_action(use)) and only_sorts(use, files) is sorts:
                yield ci, use.file.cite(*at, note=f"{tool}; {say(ci)}")
    yield from soft


@probe(
    "ci-lints",
    asks="Does a workflow that starts by itself run a linter, a type checker or a formatter that checks?",
    looks_in=(*CI, PRE_COMMIT),
)
def ci_lints(files: Files) -> Iterator[Evidence]:
    """ruff, flake8, pylint, mypy and their like, `black --check`, or pre-commit with such hooks, in an active step of a
    workflow that reaches the default branch; or pre-commit.ci, which needs no workflow: its settings among the hooks, or its
    own commits. A formatter that only rewrites, an installed linter,
    pre-commit with white-space hooks, and what only looks at the order of imports (isort, ruff with the rules `I` alone) do
    not count. A linter whose failure passes is found, and said to be so."""
    found = False
    for _, piece in _lints(files):
        found = True
        yield piece
    service = next((c for c in files.history.commits if c.author.startswith("pre-commit-ci")), None)
    for file in files.matching(PRE_COMMIT):
        if (service or "ci:" in file.text) and (hooks := lint_hooks(file, lambda h: hook_only_sorts(h, files))):
            line = next((i for i, row in enumerate(file.lines, 1) if re.match(r"ci:", row)), 0)
            if line:
                found = True
                yield file.cite(line, note=f"pre-commit.ci is set up; the hooks hold {hooks[0][0]}")
            elif service:
                found = True
                note = f"pre-commit.ci runs the hooks (commit {service.sha[:10]}), which hold {hooks[0][0]}"
                yield file.cite(hooks[0][1], note=note)
    if not found and (sorting := next(ci_sorts_imports(files), None)):
        files.near, files.why = f"{sorting.path}:{sorting.start}", "which only looks at the order of imports"


@probe("ci-sorts-imports", asks="Does a workflow check the order of imports?", looks_in=(*CI, PRE_COMMIT))
def ci_sorts_imports(files: Files) -> Iterator[Evidence]:
    """isort, or ruff with the rules `I` alone, in a workflow as `ci-lints` takes it. Weak: it says nothing of the rest of the
    code."""
    for _, piece in _lints(files, sorts=True):
        yield piece


@probe(
    "ci-lints-template",
    asks="Is the template's linting workflow left as it came?",
    looks_in=(*WORKFLOWS, PRE_COMMIT),
    stubs=True,
)
def ci_lints_template(files: Files) -> Iterator[Evidence]:
    """A weak sign: an untouched template workflow that lints and starts for the default branch."""
    for ci, piece in _lints(files):
        if files.aside(ci.path) == "template stub":
            yield piece


@probe("ci-caching", asks="Does the CI keep dependencies or other results between its runs?", looks_in=CI)
def ci_caching(files: Files) -> Iterator[Evidence]:
    """`cache:` of a set-up action, `enable-cache`, actions/cache, docker layers from a cache, GitLab's `cache:`, in an
    active step of a workflow that starts by itself; also setup-uv from version 5 on, which caches unless told not to.
    Not in a workflow that only updates the pre-commit hooks."""
    unasked = []
    nearest(files, (), lambda _: False)
    for ci in ci_workflows(files):
        if not ci.automatic or _only_updates(ci):
            continue
        for what, file, line in caches(ci):
            yield file.cite(line, note=what)
        unasked += default_caches(ci)
    for what, file, line in unasked:
        yield file.cite(line, note=what)


@probe("ci-caching-and-matrix", asks="Is caching asked for, and do the tests run on several versions?", looks_in=CI)
def ci_caching_and_matrix(files: Files) -> Iterator[Evidence]:
    """Both halves of one box, plainly: caching that a step asks for (not an action's default), and two or more values of a
    kind over the jobs that run tests."""
    workflows = ci_workflows(files)
    asked = [(what, file, line) for ci in workflows if ci.automatic for what, file, line in caches(ci)]
    several = [v for v in ci_values(ci for ci in workflows if ci.checks) if len(v.values) > 1]
    if asked and several:
        what, file, line = asked[0]
        yield file.cite(line, note=what)
        for where, at in several[0].places[:1]:
            yield where.cite(at, note=f"{', '.join(several[0].values)}")


def _only_updates(ci: CiWorkflow) -> bool:
    updates = any(r.command.program in ("pre-commit", "prek") and "autoupdate" in r.command.bare for r in ci.runs)
    return updates and not any(runs_tests(r.command) or lint_tool(r.command) for r in ci.runs)


@probe(
    "ci-matrix",
    asks="Do the CI's tests run on two or more operating systems, Python or framework versions?",
    looks_in=CI,
)
def ci_matrix(files: Files) -> Iterator[Evidence]:
    """Two or more values of one kind over the jobs that run tests, in workflows that start by themselves for the default
    branch. A matrix of one value, one that builds images, and an axis that no step reads do not count."""
    for found in ci_values(that_check(files, lambda r: isinstance(r, Run) and runs_tests(r.command))):
        if len(found.values) < 2:
            continue
        kind = {"os": "operating systems", "python": "Python versions"}.get(found.kind, f"{found.kind} versions")
        note = f"{len(found.values)} {kind}: {', '.join(found.values)}"
        if not found.matrix:
            note += ", added up over jobs"
        for file, line in found.places[:3]:
            yield file.cite(line, note=note)
