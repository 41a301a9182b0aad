"""The systems and versions that CI's tests run on, and what CI keeps between its runs."""

import re
from collections.abc import Iterable, Iterator

from auditor.facts.expressions import UNKNOWN, filled, is_plain, shown
from auditor.facts.jobs import Run
from auditor.facts.matrix import Combination
from auditor.facts.programs import runs_tests
from auditor.facts.workflows import CiWorkflow
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.readers.workflows import Job
from auditor.readers.yaml import Node
from auditor.shapes import number_of
from auditor.snapshot import File

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
    themselves, in the combinations in which they do, added up over jobs and workflows. An axis that no step, container or
    variable reads is left out. A matrix that only a run could tell leaves a hole."""
    seen: dict[str, dict[str, list[tuple[File, int]]]] = {}
    alone: set[str] = set()
    for ci in workflows:
        tests: dict[str, list[Run]] = {}
        for run in ci.runs:
            if runs_tests(run.command):
                tests.setdefault(run.job.id, []).append(run)
        for job, runs in tests.items():
            node = next(j for j in ci.workflow.jobs if j.id == job)
            if job in ci.matrices and not ci.matrices[job].whole:
                line = node.node["strategy"].line_of("matrix") or node.line
                unsure(Hole(ci.path, f"the matrix of the job {job} is only known when it runs", line))
            combinations = [c for run in runs for c in run.combinations]
            for kind, values, line in _job_values(node, ci, combinations):
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


def machines(job: Job, combinations: Iterable[Combination]) -> list[str]:
    """The labels of the machines that a job's combinations run on, each once."""
    return list(dict.fromkeys(str(c["runs-on"]) for c in combinations if c.get("runs-on"))) or list(job.systems)


def machine_line(job: Job) -> int:
    """The line that says what machines a job runs on: the axis that it reads, else its `runs-on`."""
    axes = job.node["strategy"]["matrix"]
    axis = re.search(r"matrix\.([\w-]+)", job.node["runs-on"].text)
    return (axes.line_of(axis[1]) or axes.line_of("include") if axis else 0) or job.node.line_of("runs-on")


def _job_values(job: Job, ci: CiWorkflow, combinations: list[Combination]) -> Iterator[tuple[str, list[str], int]]:
    axes = job.node["strategy"]["matrix"]
    used = _axes_read(job, ci)
    systems = [m[1].lower() for s in machines(job, combinations) if (m := _SYSTEM.match(s))]
    if systems:
        yield "os", list(dict.fromkeys(systems)), machine_line(job)
    values: dict[str, list[str]] = {}
    for combination in combinations:
        for key, value in combination.items():
            if key.startswith("matrix.") and is_plain(value):
                values.setdefault(key[7:], []).append(shown(value))
    for key, found in values.items():
        line = axes.line_of(key.split(".")[0]) or axes.line_of("include") or job.line
        if key not in used:
            continue
        # GitLab variables and versions within an environment's name (`py311`)
        plain = list(dict.fromkeys(v.strip("\"'") for v in found if v))
        if _FRAMEWORK.search(key):
            yield _FRAMEWORK.search(key)[0].lower(), plain, line  # type: ignore[index]
        elif re.search(r"py", key, re.IGNORECASE) or all(_PYTHON.match(v) for v in plain):
            versions = [v for v in plain if re.search(r"\d", v)]
            yield "python", versions, line
    for step in job.steps:
        for key in ("python-version", "python"):
            text = step.inputs[key].text
            if "inputs." in text:  # handed over by the caller
                given = list(dict.fromkeys(t for c in combinations if _PYTHON.match(t := _in(text, c))))
                if given:
                    yield "python", given, step.inputs.line_of(key)
            elif _PYTHON.match(text):
                yield "python", [text], step.inputs.line_of(key)
            elif len(text.split()) > 1 and all(_PYTHON.match(v) for v in text.split()):  # installs all of them
                yield "python", [text.split()[0]], step.inputs.line_of(key)


def _in(text: str, combination: Combination) -> str:
    """A text with what a combination knows put in."""
    return filled(text, lambda name: combination.get(name, UNKNOWN))


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
            and number_of(version[1]) >= 5
            and "enable-cache" not in use.step.inputs
        ):
            found.append(("setup-uv caches by default", use.file, use.step.line))
    return found
