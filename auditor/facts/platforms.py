"""What continuous integration runs tests on: operating systems by family, and Python versions as they are really set up."""

import re
from collections.abc import Iterable

from auditor.facts.civalues import Values, ci_values, machine_line, machines
from auditor.facts.programs import runs_tests
from auditor.facts.purposes import pipelines, served, uncommented
from auditor.facts.workflows import CiWorkflow
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.readers.text import readable
from auditor.readers.workflows import Job
from auditor.snapshot import Snapshot

_FAMILY = compile_later(r"ubuntu|windows|macos", re.I)
_CALLED = {"ubuntu": "linux", "windows": "windows", "macos": "macos"}


@dataclass(frozen=True)
class Systems:
    """The machines by family (`linux`, `windows`, `macos`): of the jobs that run tests or serve another purpose (`tested`, and `live`
    where anything starts them and no condition is unknown), of all jobs (`used`), and of the other jobs (`others`). `known`: every job's machine is written
    down."""

    tested: tuple[str, ...]
    live: frozenset[str]
    used: frozenset[str]
    others: frozenset[str]
    known: bool
    evidence: tuple[Evidence, ...]
    shown: str


def systems(snapshot: Snapshot, among: tuple[CiWorkflow, ...] | None = None, purpose: str = "tests") -> Systems:
    """The systems of the workflows, or of some of them, by the jobs that serve a purpose."""
    places = served(snapshot, purpose) if purpose != "tests" else ()
    tested: dict[str, None] = {}
    others: set[str] = set()
    live: set[str] = set()
    used: set[str] = set()
    known, evidence, said_on = True, [], []
    for w in pipelines(snapshot).workflows if among is None else among:
        runs = [r for r in w.runs if runs_tests(r.command)]
        for job in (j for j in w.workflow.jobs if not j.disabled):
            matched = [_FAMILY.match(label) for label in job.systems]
            # a job that calls a workflow of this repository has its machines there
            known = known and (bool(job.node["uses"]) or (bool(matched) and all(matched)))
            used |= set(_families(job.systems))
            steps = {s.step.line for s in places if s.workflow is w and s.job.id == job.id}
            serving = [r for r in w.runs if r.step.line in steps] if purpose != "tests" else runs
            mine = [r for r in serving if r.job.id == job.id]
            if not mine and not steps:  # a step of an action has no commands
                others |= set(_families(job.systems))
                continue
            on = machines(job, (c for r in mine for c in r.combinations))
            if w.automatic and any(r.sure for r in mine):
                live |= set(_families(machines(job, (c for r in mine if r.sure for c in r.combinations))))
            known = known and (job.id not in w.matrices or w.matrices[job.id].whole)
            tested.update(dict.fromkeys(_families(on)))
            line, said = machine_line(job), ", ".join(sorted(set(on)))
            last = line + (len(_families(on)) if "matrix." in job.node["runs-on"].text else 0)
            evidence.append(w.file.cite(line, last, note=f"the job {job.id} runs {purpose} on {said}"))
            said_on.append(f"{w.path}:{line} runs {purpose} on {said}")
    return Systems(
        tuple(tested),
        frozenset(live),
        frozenset(used),
        frozenset(others),
        known,
        tuple(evidence[:3]),
        "; ".join(said_on[:3]),
    )


def _families(labels: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(_CALLED[m[0].lower()] for label in labels if (m := _FAMILY.match(label))))


# -- Python ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pythons:
    """The versions that jobs with tests set up. `pinned` is the one that uv takes instead, whatever the matrix says, with what
    shows it; `silent`: a job sets up a Python that is not written in it; `sure`: no run of tests hangs on an unknown condition."""

    values: Values
    silent: bool
    sure: bool
    pinned: str = ""
    proof: tuple[Evidence, ...] = ()

    @property
    def minors(self) -> set[str]:
        return {".".join(v.split(".")[:2]) for v in self.values.values}


def pythons(snapshot: Snapshot, among: tuple[CiWorkflow, ...] | None = None) -> Pythons | None:
    """The Python versions of the workflows' tests; None where they are not plain versions."""
    workflows = pipelines(snapshot).workflows if among is None else among
    value = next((v for v in ci_values(workflows) if v.kind == "python"), None)
    if value is None or not all(re.fullmatch(r"3\.\d+(\.\d+|\.x)?", v) for v in value.values):
        return None
    sure = all(r.sure for w in workflows for r in w.runs if runs_tests(r.command))
    pinned, proof = _pinned(snapshot, workflows)
    silent = any(
        _silent(j)
        for w in workflows
        for j in w.workflow.jobs
        if any(r.job.id == j.id and runs_tests(r.command) for r in w.runs)
    )
    return Pythons(value, silent, sure, pinned, proof)


_CHOSEN = compile_later(
    r"uv_python|--python\b|\suv\b[^\n]*\s-p\b|uv (?:python|venv|pip)|(?<!\w)\.python-version|working-directory"
)


def _pinned(snapshot: Snapshot, workflows: Iterable[CiWorkflow]) -> tuple[str, tuple[Evidence, ...]]:
    """`.python-version` outranks the interpreter that actions/setup-python puts on the path
    (docs.astral.sh/uv/concepts/python-versions); setup-uv's own input, `UV_PYTHON` and `--python` outrank both."""
    file = snapshot.files.get(".python-version")
    if file is None or not readable(file):
        return "", ()
    versions = [row.strip() for row in file.lines if row.strip() and not row.lstrip().startswith("#")]
    if len(versions) != 1 or not re.fullmatch(r"3\.\d+(\.\d+)?", versions[0]):
        return "", ()
    run_by = []
    for w in dict.fromkeys(s.workflow.path for s in served(snapshot, "tests")):
        flow = next((f for f in workflows if f.path == w), None)
        if flow is None:
            continue
        for job in flow.workflow.jobs:
            runs = [r for r in flow.runs if r.job.id == job.id and runs_tests(r.command)]
            brought = any(s.uses.startswith("astral-sh/setup-uv") and s.inputs["python-version"] for s in job.steps)
            if runs and (brought or job.node["container"] or any(r.command.words[:2] != ("uv", "run") for r in runs)):
                return "", ()
            run_by += [r.file.cite(r.line, note="runs the tests through uv") for r in runs[:1]]
        if _CHOSEN.search(uncommented(flow.file)):
            return "", ()
    line = file.lines.index(versions[0]) + 1 if versions[0] in file.lines else 1
    return (versions[0], (file.cite(line), run_by[0])) if run_by else ("", ())


def _silent(job: Job) -> bool:
    """Whether a job sets up a Python that is not written in it."""
    said = [s.inputs[k].text for s in job.steps for k in ("python-version", "python") if s.inputs[k]]
    by_command = any(
        c.words[:3] == ("uv", "python", "install") or c.program == "pyenv" for s in job.steps for c in s.commands
    )
    return not said or by_command or bool(job.node["container"]) or any("fromjson" in t.lower() for t in said)


def same_version(said: str, known: str) -> bool:
    """Whether two versions agree as far as both go."""
    a, b = said.split("."), known.replace(".x", "").split(".")
    return a[: len(b)] == b[: len(a)]


def unread_axis(version: str, workflows: Iterable[CiWorkflow]) -> tuple[CiWorkflow, int, str] | None:
    """The matrix axis that lists a version and that nothing in its job reads (a job's name or a cache's key tests nothing, but
    says that the axis is meant: then None)."""
    found = None
    minor = ".".join(version.split(".")[:2])
    for w in workflows:
        for job in w.workflow.jobs:
            body = "\n".join(w.file.lines[job.line - 1 : job.node.end])
            rest = body
            for axis, values in job.matrix.items():
                if not any(same_version(version, v) for v in values):
                    continue
                if re.search(rf"matrix\.{re.escape(axis)}\b|matrix\[|tojson\(\s*matrix", body, re.I):
                    return None
                line = job.node["strategy"]["matrix"].line_of(axis.split(".")[0]) or job.line
                found = (w, line, axis)
                rest = "\n".join(
                    r for i, r in enumerate(body.split("\n"), job.line) if not line <= i <= line + len(values)
                )
            if re.search(rf"(?<![\d.]){re.escape(minor)}(?!\d)", re.sub(r"(?m)(^|\s)#.*$", "", rest)):
                return None
    return found
