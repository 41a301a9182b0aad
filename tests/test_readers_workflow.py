"""The readers of workflows, shell scripts and Dockerfiles."""

import pytest

from auditor.readers.commands import commands
from auditor.readers.docker import docker
from auditor.readers.shell import shell_commands
from auditor.readers.workflows import github_glob, workflow
from auditor.snapshot import File, Snapshot


def file(path: str, text: str) -> File:
    return Snapshot({path: text}).files[path]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("pytest -v", [("pytest", "-v")]),
        ("uv run pytest # all of them", [("pytest",)]),
        ("# pytest\nruff check .", [("ruff", "check", ".")]),
        ("uv run --group dev python -W error -m pytest tests", [("pytest", "tests")]),
        ("uvx ruff@0.8 check", [("ruff", "check")]),
        ("FOO=1 timeout 60 pytest", [("pytest",)]),
        ("if ! pytest; then\n  exit 1\nfi", [("pytest",), (), ("exit", "1"), ("fi",)]),
        ("docker build \\\n  -t a \\\n  .", [("docker", "build", "-t", "a", ".")]),
        ("a && b || c; d | e", [("a",), ("b",), ("c",), ("d",), ("e",)]),
        ("echo 'a && pytest'", [("echo", "a && pytest")]),
        ('echo "say \\"pytest; ruff\\""', [("echo", 'say "pytest; ruff"')]),
        ('python -c "\nimport os\npytest\n"\nmypy .', [("python", "-c", "\nimport os\npytest\n"), ("mypy", ".")]),
        ("JOB=$(gcloud ai jobs \\\n  list | tail -1)", [("gcloud", "ai", "jobs", "list"), ("tail", "-1"), ()]),
        ('echo "$(date)"', [("date",), ("echo", "$()")]),
        ("echo $((1 << 2))\npytest", [("echo", "$((1", "<<", "2))"), ("pytest",)]),
        ("pytest 2>&1", [("pytest", "2>&1")]),
        ("echo ${{ a || b }}", [("echo", "${{a||b}}")]),
        # heredocs: their bodies are no commands, and what only looks like one hides nothing
        ("cat <<EOF > a\npytest\nEOF\nruff check", [("cat", "<<EOF", ">", "a"), ("ruff", "check")]),
        ("cat <<-'END' | tee a\npytest\nEND\nmypy", [("cat", "<<-END"), ("tee", "a"), ("mypy",)]),
        ('echo "out<<EOF" >> $OUT\npytest', [("echo", "out<<EOF", ">>", "$OUT"), ("pytest",)]),
        ('tr a b <<< "x"\npytest', [("tr", "a", "b", "<<<", "x"), ("pytest",)]),
        # what is never closed swallows nothing
        ("echo don't\npytest", [("echo", "don't"), ("pytest",)]),
    ],
)
def test_shell_commands(script: str, expected: list[tuple[str, ...]]) -> None:
    assert [c.bare for c in shell_commands(script)] == expected


@pytest.mark.parametrize(
    ("script", "soft"),
    [
        ("pytest", False),
        ("pytest || true", True),
        ("pytest || :", True),
        ("pytest || echo failed", True),
        ("pytest | tee log || true", True),
        ("pytest; ruff check || true", False),
        ("pytest || exit 1", False),
        ("pytest || { echo failed; exit 1; }", False),
    ],
)
def test_a_swallowed_failure(script: str, soft: bool) -> None:
    assert shell_commands(script)[0].soft is soft


def test_lines_of_commands() -> None:
    found = shell_commands("a\n\nb \\\n  c\nd <<E\nx\nE\ne", 10)
    assert [(c.text.split()[0], c.line) for c in found] == [("a", 10), ("b", 12), ("d", 14), ("e", 17)]


@pytest.mark.parametrize(
    ("pattern", "path", "hit"),
    [
        ("main", "main", True),
        ("main", "maintenance", False),
        ("*", "main", True),
        ("*", "feature/a", False),
        ("**", "feature/a", True),
        ("releases/**", "releases/1/2", True),
        ("*.dvc", "data.dvc", True),
        ("*.dvc", "data/raw.dvc", False),
        ("**.dvc", "data/raw.dvc", True),
        ("**/*.dvc", "raw.dvc", True),
        ("**/docs/**", "docs/a.md", True),
        ("data/**", "database/a.csv", False),
        ("data/**", "data/a/b.csv", True),
        ("*.jsx?", "a.js", True),
        ("v[12].[0-9]+", "v1.10", True),
        ("data", "data/a.csv", False),
        ("[z-a]", "a", False),
    ],
)
def test_github_glob(pattern: str, path: str, hit: bool) -> None:
    compiled = github_glob(pattern)
    assert (compiled is not None and compiled.fits(path)) is hit


JOBS = "jobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"


@pytest.mark.parametrize(
    ("on", "events", "reaches"),
    [
        ("on: push", {"push"}, True),
        ("on: [push, pull_request]", {"push", "pull_request"}, True),
        ("on:\n  push:\n", {"push"}, True),
        ('"on":\n  push:\n    branches: [master]', {"push"}, False),
        ("on:\n  push:\n    branches: main", {"push"}, True),
        ("on:\n  push:\n    branches: ['**', '!main']", {"push"}, False),
        ("on:\n  push:\n    branches-ignore: [main]", {"push"}, False),
        ("on:\n  push:\n    branches-ignore: [dev]\n    tags-ignore: [v0]", {"push"}, True),
        ("on:\n  push:\n    tags: ['v*']", {"push"}, False),
        ("on:\n  push:\n    tags-ignore: ['v*']", {"push"}, False),
        ("on:\n  pull_request:\n    branches: ['ma*']", {"pull_request"}, True),
        ("on: workflow_dispatch", {"workflow_dispatch"}, False),
    ],
)
def test_triggers(on: str, events: set[str], reaches: bool) -> None:
    found = workflow(file(".github/workflows/a.yml", f"{on}\n{JOBS}"))
    assert found is not None
    assert set(found.triggers) == events
    assert found.reaches("main") is reaches
    assert found.by_hand_only is (events == {"workflow_dispatch"})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", False),
        ("# on: push\n# jobs:\n", False),
        ("repos:\n  - repo: x\n", False),  # another tool's file
        ("jobs:\n  t: {}\n", True),
        ("on: push\n", True),
        ("on: push\njobs:\n  t:\n    steps:\n      - run: a\n        run: b\n", True),
        ("on: [push\n", True),
    ],
)
def test_no_workflow(text: str, problem: bool) -> None:
    made = file(".github/workflows/a.yml", text)
    assert workflow(made) is None
    assert bool(made.problems) is problem


def test_switched_off_steps_run_nothing() -> None:
    text = """on: push
jobs:
  off:
    if: false
    steps: [{run: a}]
  on:
    steps:
      - run: b
        if: ${{ false && always() }}
      - run: |
          c
          d || true
        continue-on-error: true
      # - run: e
"""
    found = workflow(file(".github/workflows/a.yml", text))
    assert found is not None
    assert [(c.text, c.line) for c in found.commands()] == [("c", 11), ("d", 12), ("true", 12)]
    assert [step.soft for _, step in found.active_steps] == [True]


def test_matrix() -> None:
    text = """on: push
jobs:
  t:
    strategy:
      matrix:
        os: [ubuntu-latest, windows-latest]
        python: [3.9, 3.10]
        config:
          - {name: a, cuda: 11}
          - {name: b, cuda: 12}
        include:
          - os: macos-latest
            python: 3.12
    runs-on: ${{ matrix.os }}
    steps: [{run: pytest}]
"""
    found = workflow(file(".github/workflows/a.yml", text))
    assert found is not None
    job = found.jobs[0]
    assert job.matrix["python"] == ("3.9", "3.10", "3.12")
    assert job.matrix["config.cuda"] == ("11", "12")
    assert job.systems == ("ubuntu-latest", "windows-latest", "macos-latest")


def test_gitlab() -> None:
    text = """stages: [test]
.base: {script: [no]}
test:
  parallel:
    matrix:
      - PYTHON: ["3.11"]
      - PYTHON: ["3.12", "3.13"]
  before_script: [pip install .]
  script:
    - pytest || true
never:
  when: never
  script: ruff check
"""
    found = workflow(file(".gitlab-ci.yml", text))
    assert found is not None
    assert [j.id for j in found.jobs] == ["test", "never"]
    assert found.jobs[0].matrix == {"PYTHON": ("3.11", "3.12", "3.13")}
    assert [c.program for c in found.commands()] == ["pip", "pytest", "true"]


def test_docker() -> None:
    text = """# syntax=docker/dockerfile:1
ARG BASE=python:3.12
FROM ${BASE} AS build
RUN --mount=type=cache,target=/root \\
    # a comment between
    uv sync && \\
    pytest
RUN ["pip", "install", "a b"]
RUN <<EOF
ruff check
EOF
COPY --from=build /a /b
CMD ["python", "-m", "app"]
"""
    made = file("deploy/api.dockerfile", text)
    assert [i.name for i in docker(made)] == ["ARG", "FROM", "RUN", "RUN", "RUN", "COPY", "CMD"]
    assert docker(made)[5].flags == ("--from=build",)
    assert [c.bare for c in commands(made)][:5] == [
        ("uv", "sync"),
        ("pytest",),
        ("pip", "install", "a b"),
        ("ruff", "check"),
        ("EOF",),
    ]
    assert commands(made)[-1].bare == ("app",)


@pytest.mark.parametrize("text", ["", "# FROM python\n", "hello\nFROM python:3\n", "RUN a\nFROM b\n"])
def test_no_dockerfile(text: str) -> None:
    assert docker(file("Dockerfile", text)) == ()


def test_a_script_named_for_docker_is_a_script() -> None:
    assert [c.text for c in commands(file("build_dockerfile.sh", "docker build .\n"))] == ["docker build ."]


def test_cloud_build_steps() -> None:
    text = """steps:
- name: gcr.io/cloud-builders/docker
  args: [build, -t, a, .]
- name: gcr.io/google.com/cloudsdktool/cloud-sdk:slim
  entrypoint: bash
  args:
    - -c
    - |
      gcloud run deploy a
      # gcloud run deploy b
- name: gcr.io/cloud-builders/gcloud
  args:
    - run
    - deploy
    - c
"""
    found = commands(file("cloudbuild.yaml", text))
    assert [(c.text, c.line) for c in found] == [
        ("docker build -t a .", 3),
        ("gcloud run deploy a", 9),
        ("gcloud run deploy c", 13),
    ]
