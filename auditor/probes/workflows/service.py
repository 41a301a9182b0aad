"""Tests of the API and load tests in workflows."""

import re
from collections.abc import Iterator

from auditor.facts.jobs import Run
from auditor.facts.programs import runs_tests
from auditor.facts.testfiles import Case
from auditor.facts.testrules import options_of
from auditor.facts.tests import collect
from auditor.facts.workflows import CI, ci_workflows, doubt
from auditor.globs import matches
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.workflows.runs import ANY_WORKFLOW, cite, nearest, say, that_check
from auditor.snapshot import Files

_TEST_FILES = ("**/*test*.py", "**/tests/**/*.py", "**/conftest.py")
_PYTEST_SETTINGS = ("pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")


@probe(
    "ci-runs-api-tests",
    asks="Does the CI run tests that call the API?",
    looks_in=(*CI, *_TEST_FILES, *_PYTEST_SETTINGS),
    mentions=(*ANY_WORKFLOW, "test", "nox"),
)
def ci_runs_api_tests(files: Files) -> Iterator[Evidence]:
    """A test function that calls the API through a test client (or the deployed one by its URL), in a file that pytest
    collects, and a workflow that starts by itself for the default branch whose test run reaches it: its paths, `--ignore`
    and the configured `testpaths` are followed. Skipped tests and locust files do not count."""
    cases: dict[str, Case] = {}
    for case in collect(files.matching(*_TEST_FILES)).cases:
        if case.client and not case.skipped:
            cases.setdefault(case.path, case)
    checking = that_check(files, lambda r: isinstance(r, Run) and runs_tests(r.command)) if cases else []
    runs = [(ci, r) for ci in checking for r in ci.runs if runs_tests(r.command)]
    configured = _testpaths(files)
    for path, case in cases.items():
        for ci, run in runs:
            if _reaches(run, path, configured, files):
                note = f"{run.file.path}:{run.line} runs it ({say(ci)})"
                yield files.paths[path].cite(case.line, min(case.end, case.line + 3), note=note)
                break


def _testpaths(files: Files) -> tuple[str, ...]:
    for name in _PYTEST_SETTINGS:
        for file in files.matching(name):
            options = options_of(file)
            if options is not None:
                value = options.get("testpaths")
                return tuple(value.split() if isinstance(value, str) else value if isinstance(value, list) else ())
    return ()


_VALUED = {
    "-k",
    "-m",
    "-n",
    "-c",
    "-p",
    "-o",
    "-W",
    "--ignore",
    "--ignore-glob",
    "--deselect",
    "--cov",
    "--cov-report",
    "--junitxml",
    "--maxfail",
    "--tb",
    "--durations",
    "--rootdir",
    "--source",
    "--timeout",
    "-s",
    "-t",
}


def _reaches(run: Run, path: str, configured: tuple[str, ...], files: Files) -> bool:
    words = list(run.command.bare)
    if run.command.program == "coverage":
        words = words[words.index("-m") + 1 :] if "-m" in words else words
    if words and words[0] == "unittest" and "discover" not in words and len(words) > 1:
        return any(w.replace(".", "/") in path for w in words[1:] if not w.startswith("-"))
    base = run.step.node["working-directory"].text.strip("./") or run.job.node["defaults"]["run"][
        "working-directory"
    ].text.strip("./")
    targets: list[str] = []
    ignored: list[str] = []
    i = 1
    while i < len(words):
        word = words[i]
        if word in (">", ">>", "2>&1", "<") or word.startswith((">", "2>")):
            break
        if word.startswith("--ignore="):
            ignored.append(word.split("=", 1)[1])
        elif word in ("--ignore", "--ignore-glob") and i + 1 < len(words):
            ignored.append(words[i + 1])
        elif word.startswith("--ignore-glob="):
            ignored.append(word.split("=", 1)[1])
        if word in _VALUED:
            # `--cov tests/` may or may not take the path; a path that is there is then both
            if word in ("--cov", "-s", "-p", "-c") and i + 1 < len(words) and files.exists(words[i + 1]):
                targets.append(words[i + 1])
            i += 2
            continue
        if not word.startswith("-") and "$" not in word and word != "discover":
            targets.append(word.split("::")[0])
        i += 1

    def under(place: str) -> bool:
        place = place.removeprefix("./").strip("/")
        place = f"{base}/{place}".strip("/") if base else place
        if place in ("", "."):
            return True
        return path == place or path.startswith(place + "/") or matches(path, (place, place + "/**"))

    if any(under(place) for place in ignored):
        return False
    return any(under(place) for place in targets or configured or ("",))


@probe(
    "ci-load-test",
    asks="Does a workflow run a load test?",
    looks_in=CI,
    mentions=(*ANY_WORKFLOW, "locust", "k6", "vegeta", "artillery", "wrk", "hey ", "oha", "load"),
)
def ci_load_test(files: Files) -> Iterator[Evidence]:
    """locust, k6, vegeta, artillery, wrk, hey or oha, or a script named for load tests, run by an active step; whether the
    workflow starts by itself is said. Commented-out steps and files that GitHub would refuse do not count."""
    workflows = ci_workflows(files)
    nearest(files, (), lambda _: False)
    doubt(workflows)
    for ci in workflows:
        how = say(ci) if ci.automatic else "starts by hand"
        for run in ci.runs:
            words = run.command.bare
            tool = run.command.program in (
                "locust",
                "k6",
                "vegeta",
                "artillery",
                "wrk",
                "hey",
                "oha",
                "jmeter",
                "bombardier",
            )
            asks_only = set(words) & {"--version", "--help", "-V"}
            script = run.command.program.startswith("python") and any(
                re.search(r"load_?-?test|locust", w) for w in words[1:2]
            )
            if (tool or script) and not asks_only:
                yield cite(run, ci, f"a load test; {how}")
        for use in ci.uses:
            if re.search(r"k6-action|run-k6|locust|artillery", use.action.lower()):
                yield use.file.cite(use.step.line, use.step.end, note=f"a load test; {how}")
