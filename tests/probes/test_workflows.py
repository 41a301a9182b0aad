"""Probes on continuous integration, and the facts that they share."""

import pytest
from conftest import ask, tree

from auditor.facts.civalues import ci_values
from auditor.facts.workflows import ci_workflows, path_filter_hits
from auditor.probes import load
from auditor.repository import History
from auditor.snapshot import Snapshot

MAIN = History(default_branch="main", branches=("main", "docs"))
CI = ".github/workflows/ci.yml"
PUSH = "on: {push: {branches: [main]}}"


def flow(*steps: str, on: str = PUSH, job: str = "    runs-on: ubuntu-latest\n") -> str:
    rows = "".join("      - " + s.replace("\n", "\n        ") + "\n" for s in steps)
    return f"{on}\njobs:\n  work:\n{job}    steps:\n{rows}"


# -- tests in CI -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (flow("run: pytest"), "found"),
        (flow("run: uv run coverage run -m pytest tests/"), "found"),
        (flow("run: python -m unittest discover"), "found"),
        (flow("run: |\n  pip install .\n  pytest -v"), "found"),
        (flow("run: pytest", on="on: [push, pull_request]"), "found"),
        (flow("run: pytest", on="on:\n  push:\n"), "found"),
        (flow("run: pytest", on="on: {pull_request: {branches: ['**']}}"), "found"),
        (flow("run: pytest", on="on: {schedule: [{cron: '0 0 * * 1'}]}"), "found"),
        (flow("run: pytest || true"), "found"),
        (flow("run: pytest\nif: github.event_name == 'push'"), "found"),
        (flow("run: pytest", on="on: {push: {paths: ['src/**']}}"), "found"),
        (flow("run: pip install pytest"), "absent"),
        (flow("run: pytest --collect-only"), "absent"),
        (flow("run: echo pytest"), "absent"),
        (flow("name: pytest\nrun: ls"), "absent"),
        (flow("run: |\n  # pytest\n  ls"), "absent"),
        (flow("run: pytest\nif: false"), "absent"),
        (flow("run: pytest\nif: github.ref == 'refs/heads/gone'"), "absent"),
        (flow("run: pytest\nif: github.event_name == 'pull_request'"), "absent"),
        (flow("run: pytest", job="    if: ${{ false }}\n"), "absent"),
        (flow("run: pytest", on="on: workflow_dispatch"), "absent"),
        (flow("run: pytest", on="on: {push: {branches: [master]}}"), "absent"),
        (flow("run: pytest", on="on: {push: {tags: ['v*']}}"), "absent"),
        (flow("run: pytest", on="on: {push: {paths: ['lib/**']}}"), "absent"),
        (flow("run: pytest", on="on: workflow_call"), "absent"),
        ("# " + flow("run: pytest").replace("\n", "\n# "), "absent"),
        (flow("run: pytest\nrun: pytest"), "unknown"),
        ("jobs: {t: {steps: [{run: pytest}]}}\n", "unknown"),
        ("on: [push\njobs: {t: {steps: [{run: pytest}]}}\n", "unknown"),
    ],
)
def test_ci_runs_tests(text: str, outcome: str) -> None:
    assert ask("ci-runs-tests", {CI: text, "src/a.py": ""}, history=MAIN).outcome == outcome


def test_an_unknown_default_branch_is_reached() -> None:
    files = {CI: flow("run: pytest", on="on: {push: {branches: [master]}}")}
    assert ask("ci-runs-tests", files).outcome == "found"


INVOKE = "from invoke import task\n\n@task\ndef {}(ctx):\n    ctx.run('{}')\n"


@pytest.mark.parametrize(
    ("run", "more", "outcome"),
    [
        ("make test", {"Makefile": "test: deps\n\tpytest\ndeps:\n\tpip install .\n"}, "found"),
        ("make all", {"Makefile": "all: lint check\ncheck:\n\t@pytest\nlint:\n\truff check\n"}, "found"),
        ("make lint", {"Makefile": "test:\n\tpytest\nlint:\n\truff check\n"}, "absent"),
        ("make test", {"Makefile": "test:\n\t# pytest\n\techo no\n"}, "absent"),
        ("just test", {"justfile": "test:\n    pytest\n"}, "found"),
        ("uv run invoke run-tests", {"tasks.py": INVOKE.format("run_tests", "pytest")}, "found"),
        ("uv run invoke build", {"tasks.py": INVOKE.format("build", "mkdocs build")}, "absent"),
        ("uv run invoke build", {"tasks.py": INVOKE.format("run_tests", "pytest")}, "unknown"),
        ("tox", {"tox.ini": "[tox]\nenvlist = py\n[testenv]\ncommands =\n    pytest {posargs}\n"}, "found"),
        ("tox -e lint", {"tox.ini": "[testenv]\ncommands = pytest\n[testenv:lint]\ncommands = ruff check\n"}, "absent"),
        ("tox", {"tox.ini": "[testenv]\ndeps = pytest\ncommands = ruff check\n"}, "absent"),
        (
            "nox -s tests",
            {"noxfile.py": "import nox\n@nox.session\ndef tests(s):\n    s.run('pytest', 'tests')\n"},
            "found",
        ),
        ("pixi run test", {"pixi.toml": "[tasks]\ntest = 'pytest'\n"}, "found"),
        ("poe test", {"pyproject.toml": "[tool.poe.tasks]\ntest = 'pytest'\n"}, "found"),
        (
            "hatch run ci:cov",
            {"pyproject.toml": "[tool.hatch.envs.ci.scripts]\ncov = 'coverage run -m pytest'\n"},
            "found",
        ),
        ("bash scripts/test.sh", {"scripts/test.sh": "set -e\npytest\n"}, "found"),
        ("./gone.sh", {"scripts/test.sh": "pytest\n"}, "unknown"),
    ],
)
def test_tasks_are_followed(run: str, more: dict[str, str], outcome: str) -> None:
    assert ask("ci-runs-tests", {CI: flow(f"run: {run}"), **more}, history=MAIN).outcome == outcome


def test_a_task_is_cited_where_it_stands() -> None:
    files = {CI: flow("run: make test"), "Makefile": "test:\n\tpytest\n"}
    (piece,) = ask("ci-runs-tests", files, history=MAIN).evidence
    assert (piece.path, piece.start) == ("Makefile", 2)
    assert f"{CI} calls it by `make test`" in piece.note


def test_composite_actions_calls_and_chains_are_followed() -> None:
    action = "runs:\n  using: composite\n  steps:\n    - run: pytest\n      shell: bash\n"
    files = {CI: flow("uses: ./.github/actions/test"), ".github/actions/test/action.yml": action}
    assert ask("ci-runs-tests", files, history=MAIN).outcome == "found"
    called = {
        CI: f"{PUSH}\njobs:\n  t:\n    uses: ./.github/workflows/tests.yml\n",
        ".github/workflows/tests.yml": flow("run: pytest", on="on: workflow_call"),
    }
    assert ask("ci-runs-tests", called, history=MAIN).outcome == "found"
    chain = {
        CI: "name: Build\n" + flow("run: make"),
        ".github/workflows/tests.yml": flow("run: pytest", on="on: {workflow_run: {workflows: [Build]}}"),
    }
    assert ask("ci-runs-tests", chain, history=MAIN).outcome == "found"
    chain[CI] = "name: Other\n" + flow("run: ls")
    assert ask("ci-runs-tests", chain, history=MAIN).outcome == "absent"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (".gitlab-ci.yml", "test:\n  script:\n    - pip install .\n    - pytest\n"),
        (".circleci/config.yml", "jobs:\n  t:\n    steps:\n      - checkout\n      - run: pytest\n"),
        ("azure-pipelines.yml", "steps:\n- script: pytest\n"),
        ("bitbucket-pipelines.yml", "pipelines:\n  default:\n    - step:\n        script:\n          - pytest\n"),
        ("Jenkinsfile", "pipeline {\n  stages {\n    sh 'pytest -v'\n  }\n}\n"),
    ],
)
def test_other_hosts(path: str, text: str) -> None:
    assert ask("ci-runs-tests", {path: text}).outcome == "found"
    assert ask("ci-runs-tests", {path: text.replace("pytest", "ls test")}).outcome == "absent"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (flow("run: make"), "found"),
        (flow("run: make", on="on: {release: {types: [published]}}"), "found"),
        (flow("run: echo hello"), "absent"),
        (flow("run: make", on="on: workflow_dispatch"), "absent"),
        (flow("run: pre-commit autoupdate", on="on: {schedule: [{cron: '0 0 * * 1'}]}"), "absent"),
        ("on: push\n", "unknown"),
    ],
)
def test_ci_workflow(text: str, outcome: str) -> None:
    assert ask("ci-workflow", {CI: text}, history=MAIN).outcome == outcome


@pytest.mark.parametrize("probe", ["ci-template", "ci-lints-template"])
def test_the_templates_workflow(probe: str) -> None:
    def outcome(name: str, branch: str, aside: str) -> str:
        snapshot = Snapshot(
            {CI: flow("run: uv run ruff check .")},
            history=History(default_branch=branch),
            set_aside=lambda _: aside,
        )
        return load()[name].run(snapshot).outcome

    assert outcome(probe, "main", "template stub") == "found"
    assert outcome(probe, "master", "template stub") == "absent"
    assert outcome(probe, "main", "") == "absent"
    assert outcome("ci-lints", "main", "template stub") == "absent"


# -- linters -----------------------------------------------------------------------------------------------------------

HOOKS = "repos:\n- repo: a\n  hooks:\n  - id: {}\n"


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("run: ruff check .", "found"),
        ("run: uv run ruff check --fix src", "found"),
        ("run: ruff --output-format=github .", "found"),
        ("run: ruff format --check .", "found"),
        ("run: uvx ruff@0.9 check", "found"),
        ("run: python -m mypy src", "found"),
        ("run: flake8 . --exit-zero", "found"),
        ("run: black . --check", "found"),
        ("run: ty check", "found"),
        ("run: nbqa flake8 notebooks", "found"),
        ("uses: astral-sh/ruff-action@v3", "found"),
        ("uses: psf/black@stable", "found"),
        ("uses: super-linter/super-linter@v7", "found"),
        ("run: ruff format .", "absent"),
        ("run: ruff --version", "absent"),
        ("run: ruff check --show-settings .", "absent"),
        ("run: black .", "absent"),
        ("run: isort src", "absent"),
        ("run: isort -c .", "absent"),
        ("run: ruff check --select I --fix", "absent"),
        ("run: ruff check --select=I . && ruff check --select=I001 .", "absent"),
        ("uses: isort/isort-action@v1", "absent"),
        ("uses: astral-sh/ruff-action@v3\nwith:\n  args: check --select I", "absent"),
        ("run: pip install flake8 mypy", "absent"),
        ("run: pre-commit autoupdate", "absent"),
        ("run: terraform fmt -check", "absent"),
        ("uses: actions/labeler@v5", "absent"),
        ("uses: astral-sh/ruff-action@v3\nwith:\n  args: format", "absent"),
        ("run: ruff check .\nif: false", "absent"),
    ],
)
def test_ci_lints(step: str, outcome: str) -> None:
    assert ask("ci-lints", {CI: flow(step)}, history=MAIN).outcome == outcome


@pytest.mark.parametrize(
    ("step", "hook", "outcome"),
    [
        ("uses: pre-commit/action@v3", "ruff", "found"),
        ("run: uv run pre-commit run --all-files", "mypy", "found"),
        ("uses: pre-commit/action@v3", "trailing-whitespace", "absent"),
        ("run: pre-commit run --all-files", "trailing-whitespace", "absent"),
        ("run: pre-commit install", "ruff", "absent"),
        ("run: ls", "ruff", "absent"),
    ],
)
def test_pre_commit_in_ci(step: str, hook: str, outcome: str) -> None:
    files = {CI: flow(step), ".pre-commit-config.yaml": HOOKS.format(hook)}
    assert ask("ci-lints", files, history=MAIN).outcome == outcome


def test_pre_commit_ci() -> None:
    files = {".pre-commit-config.yaml": "ci:\n  autofix_prs: true\n" + HOOKS.format("ruff")}
    assert ask("ci-lints", files).outcome == "found"


@pytest.mark.parametrize(
    ("step", "files", "outcome"),
    [
        ("run: ruff check .", {"pyproject.toml": '[tool.ruff.lint]\nselect = ["I"]\n'}, "absent"),
        ("run: ruff check .", {"pyproject.toml": '[tool.ruff]\nlint.select = ["I"]\nline-length = 88\n'}, "absent"),
        ("run: ruff check .", {"ruff.toml": 'select = ["I001"]\n'}, "absent"),
        ("uses: astral-sh/ruff-action@v3", {"ruff.toml": 'lint.select = ["I"]\n'}, "absent"),
        ("run: make lint", {"Makefile": "lint:\n\truff check --select I .\n"}, "absent"),
        ("uses: pre-commit/action@v3", {".pre-commit-config.yaml": HOOKS.format("isort")}, "absent"),
        ("run: ruff check .", {"ruff.toml": 'lint.select = ["I", "F"]\n'}, "found"),
        ("run: ruff check .", {"ruff.toml": 'lint.extend-select = ["I"]\n'}, "found"),
        ("run: ruff check .", {"ruff.toml": 'lint.select = ["I"]\nlint.extend-select = ["E"]\n'}, "found"),
        ("run: ruff check --select E .", {"ruff.toml": 'lint.select = ["I"]\n'}, "found"),
        ("run: ruff check .", {"tools/ruff.toml": 'lint.select = ["I"]\n'}, "found"),
        ("run: ruff check --select I . && ruff format --check .", {}, "found"),
        ("run: isort -c . && mypy src", {}, "found"),
    ],
)
def test_sorting_imports_is_no_linting(step: str, files: dict[str, str], outcome: str) -> None:
    answer = ask("ci-lints", {CI: flow(step), **files}, history=MAIN)
    assert answer.outcome == outcome
    if outcome == "absent":
        assert "which only looks at the order of imports" in answer.evidence[0].note
        assert ask("ci-sorts-imports", {CI: flow(step), **files}, history=MAIN).outcome == "found"


def test_a_linter_that_cannot_fail_is_said_to_be_so() -> None:
    (piece,) = ask("ci-lints", {CI: flow("run: mypy src || true")}, history=MAIN).evidence
    assert "its failure does not fail the job" in piece.note
    assert (
        ask("ci-lints", {CI: flow("run: mypy .", on="on: {push: {branches: [dev]}}")}, history=MAIN).outcome == "absent"
    )


# -- caches and matrices -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "outcome"),
    [
        ("uses: actions/setup-python@v5\nwith: {cache: pip}", "found"),
        ("uses: astral-sh/setup-uv@v3\nwith: {enable-cache: true}", "found"),
        ("uses: astral-sh/setup-uv@v6", "found"),
        ("uses: actions/cache@v4\nwith: {path: a, key: b}", "found"),
        ("uses: docker/build-push-action@v6\nwith: {cache-from: type=gha}", "found"),
        ("run: docker build --cache-from a .", "found"),
        ("uses: actions/setup-python@v5", "absent"),
        ("uses: actions/setup-python@v5\nwith:\n  python-version: 3.12\n  # cache: pip", "absent"),
        ("uses: astral-sh/setup-uv@v6\nwith: {enable-cache: false}", "absent"),
        ("uses: astral-sh/setup-uv@v4", "absent"),
        ("uses: actions/cache@v4\nif: false", "absent"),
    ],
)
def test_ci_caching(step: str, outcome: str) -> None:
    assert ask("ci-caching", {CI: flow(step, "run: pytest")}, history=MAIN).outcome == outcome


def test_caching_for_an_update_of_hooks_is_none() -> None:
    text = flow("uses: actions/setup-python@v5\nwith: {cache: pip}", "run: pre-commit autoupdate")
    assert ask("ci-caching", {CI: text}, history=MAIN).outcome == "absent"


def test_gitlab_cache() -> None:
    assert ask("ci-caching", {".gitlab-ci.yml": "cache: {paths: [.cache]}\nt:\n  script: pytest\n"}).outcome == "found"


def matrix(axes: str, runs_on: str = "ubuntu-latest") -> str:
    return f"    runs-on: {runs_on}\n    strategy:\n      matrix:\n        {axes}\n"


PYTHON = "uses: actions/setup-python@v5\nwith:\n  python-version: ${{ matrix.py }}"


@pytest.mark.parametrize(
    ("job", "steps", "outcome"),
    [
        (matrix("os: [ubuntu-latest, windows-latest]", "${{ matrix.os }}"), ["run: pytest"], "found"),
        (matrix("platform: [ubuntu-22.04, macos-14]", "${{ matrix.platform }}"), ["run: pytest"], "found"),
        (matrix("py: ['3.11', '3.12']"), [PYTHON, "run: pytest"], "found"),
        (matrix("py: [3.9, 3.10]"), ["run: uv run --python ${{ matrix.py }} pytest"], "found"),
        (matrix("torch: ['2.4', '2.5']"), ["run: pip install torch==${{ matrix.torch }}", "run: pytest"], "found"),
        (matrix("include: [{os: ubuntu-latest}, {os: windows-latest}]", "${{ matrix.os }}"), ["run: pytest"], "found"),
        (matrix("os: [ubuntu-latest]", "${{ matrix.os }}"), ["run: pytest"], "absent"),
        (matrix("os: [ubuntu-22.04, ubuntu-24.04]", "${{ matrix.os }}"), ["run: pytest"], "absent"),
        (matrix("os: [ubuntu-latest, windows-latest]"), ["run: pytest"], "absent"),
        (
            matrix("py: ['3.11', '3.12']"),
            ["uses: actions/setup-python@v5\nwith: {python-version: '3.11'}", "run: pytest"],
            "absent",
        ),
        (matrix("py: ['3.11', '3.12']"), ["name: on ${{ matrix.py }}\nrun: pytest"], "absent"),
        (matrix("os: [ubuntu-latest, windows-latest]", "${{ matrix.os }}"), ["run: docker build ."], "absent"),
        ("    runs-on: [ubuntu-latest, windows-latest]\n", ["run: pytest"], "absent"),
        (matrix("os: [ubuntu-latest] #, windows-latest]", "${{ matrix.os }}"), ["run: pytest"], "absent"),
    ],
)
def test_ci_matrix(job: str, steps: list[str], outcome: str) -> None:
    assert ask("ci-matrix", {CI: flow(*steps, job=job)}, history=MAIN).outcome == outcome


def test_values_are_added_up_over_workflows() -> None:
    files = {
        CI: flow("run: pytest"),
        ".github/workflows/win.yml": flow("run: pytest", job="    runs-on: windows-latest\n"),
        ".github/workflows/mac.yml": flow("run: pytest", on="on: workflow_dispatch", job="    runs-on: macos-latest\n"),
    }
    answer = ask("ci-matrix", files, history=MAIN)
    assert answer.outcome == "found"
    assert answer.evidence[0].note == "2 operating systems: ubuntu, windows, added up over jobs"


def test_values_as_facts() -> None:
    text = flow(PYTHON, "run: pytest", job=matrix("py: ['3.11', '3.12']"))
    files = tree({CI: text}, history=MAIN).select((CI,))
    assert [(v.kind, v.values, v.matrix) for v in ci_values(ci_workflows(files))] == [
        ("os", ("ubuntu",), False),
        ("python", ("3.11", "3.12"), True),
    ]


# -- triggers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["data/**"], ["data/raw/a.csv", "data/b.dvc"]),
        (["**.dvc"], ["data/b.dvc", "models.dvc"]),
        (["*.dvc"], ["models.dvc"]),
        (["data/**", "!data/raw/**"], ["data/b.dvc"]),
        (["!data/raw/**", "data/**"], ["data/raw/a.csv", "data/b.dvc"]),
        (["!data/**"], []),
        (["Data/**"], []),
        (["data"], []),
    ],
)
def test_path_filter_hits(patterns: list[str], expected: list[str]) -> None:
    tracked = ["data/raw/a.csv", "data/b.dvc", "models.dvc", "src/data.py"]
    assert list(path_filter_hits(tracked, patterns)) == expected


def paths(*patterns: str, branches: str = "main", event: str = "push") -> str:
    listed = ", ".join(f"'{p}'" for p in patterns)
    return f"on: {{{event}: {{branches: [{branches}], paths: [{listed}]}}}}"


@pytest.mark.parametrize(
    ("on", "tracked", "alive", "dead"),
    [
        (paths("data/**"), "data/raw.dvc", True, False),
        (paths("**/*.dvc", event="pull_request"), "data.dvc", True, False),
        (paths("data/**"), "data/raw/a.csv", True, False),
        (paths("dvc.lock"), "dvc.lock", True, False),
        (paths("data/**"), "data.dvc", False, True),
        (paths("data/**"), "data/.gitkeep", False, True),
        (paths(".dvc/**"), ".dvc/config", False, True),
        (paths("data/**", branches="dev"), "data/raw.dvc", False, True),
        (paths("data/**", "!data/raw.dvc"), "data/raw.dvc", False, True),
        (paths("src/**"), "src/data/load.py", False, False),
        (paths("src/data/**"), "src/data/load.py", False, False),
        (paths("src/**/data.py"), "src/a/data.py", False, False),
        (paths("**"), "data/raw.dvc", False, False),
        (paths("models/*.dvc"), "models/a.dvc", False, False),
        ("on: push", "data.dvc", False, False),
        ("on: {repository_dispatch: {types: [new-dataset]}}", "a.py", True, False),
        ("on: {repository_dispatch: {types: [staged_model]}}", "a.py", False, False),
    ],
)
def test_data_trigger(on: str, tracked: str, alive: bool, dead: bool) -> None:
    files = {CI: flow("run: dvc pull", on=on), tracked: ""}
    assert (ask("data-trigger", files, history=MAIN).outcome == "found") is alive
    assert (ask("data-trigger-dead", files, history=MAIN).outcome == "found") is dead


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("infra/main.tf", 'resource "google_storage_notification" "n" {\n}\n', "found"),
        ("setup.sh", "gcloud storage buckets notifications create gs://a --topic=b\n", "found"),
        ("deploy.sh", "gcloud functions deploy f --trigger-bucket=a\n", "found"),
        (
            "setup.sh",
            "gcloud eventarc triggers create t --event-filters=type=google.cloud.storage.object.v1.finalized\n",
            "found",
        ),
        ("setup.sh", "# gcloud storage buckets notifications create gs://a\n", "absent"),
        ("setup.sh", "gcloud storage cp gs://bucket/a .\n", "absent"),
        (CI, flow("run: echo changed", on=paths("data/**")), "absent"),
        (CI, "on: {push: {paths: ['data/**'\n", "unknown"),
    ],
)
def test_data_events(path: str, text: str, outcome: str) -> None:
    assert ask("data-trigger", {path: text, "data/a.dvc": ""}, history=MAIN).outcome == outcome


@pytest.mark.parametrize(
    ("on", "tracked", "alive", "dead"),
    [
        ("on: {repository_dispatch: {types: [staged_model]}}", "a", True, False),
        ("on: {repository_dispatch: {types: promote}}", "a", True, False),
        ("on: repository_dispatch", "a", True, False),
        (paths("models/**"), "models/best.onnx", True, False),
        (paths("models/*.dvc"), "models/best.ckpt.dvc", True, False),
        (paths("model_registry/**"), "model_registry/latest.json", True, False),
        (paths("models/**"), "models/.gitkeep", False, True),
        (paths("models/**"), "models/README.md", False, True),
        (paths("models/**", branches="dev"), "models/best.onnx", False, True),
        (paths("src/models/**"), "src/models/net.py", False, False),
        (paths("src/model.py"), "src/model.py", False, False),
        ("on: {repository_dispatch: {types: [data-changed]}}", "a", False, False),
        ("on: workflow_dispatch", "models/best.onnx", False, False),
    ],
)
def test_registry_trigger(on: str, tracked: str, alive: bool, dead: bool) -> None:
    files = {CI: flow("run: python promote.py", on=on), tracked: ""}
    assert (ask("registry-trigger", files, history=MAIN).outcome == "found") is alive
    assert (ask("registry-trigger-dead", files, history=MAIN).outcome == "found") is dead


def test_a_dispatch_that_only_prints_is_none() -> None:
    files = {CI: flow("run: echo promoted", "run: python promote.py\nif: false", on="on: repository_dispatch")}
    assert ask("registry-trigger", files).outcome == "absent"
    assert ask("registry-trigger-dead", files).outcome == "found"
    setup = ["uses: astral-sh/setup-uv@v6", "run: |\n  uv sync\n  echo promoted", "uses: google-github-actions/auth@v2"]
    files = {CI: flow(*setup, on="on: repository_dispatch")}
    assert ask("registry-trigger", files).outcome == "absent"
    assert ask("registry-trigger-dead", files).outcome == "found"
    files = {CI: flow(*setup, "run: uv run python promote.py", on="on: repository_dispatch")}
    assert ask("registry-trigger", files).outcome == "found"
    assert ask("registry-trigger-dead", files).outcome == "absent"


def test_an_automation_made_by_code() -> None:
    text = "import wandb\napi = wandb.Api()\napi.create_automation(event >> action, name='a')\n"
    assert ask("registry-trigger", {"scripts/hook.py": text}).outcome == "found"
    assert ask("registry-trigger", {"scripts/hook.py": "# " + text.replace("\n", "\n# ")}).outcome == "absent"


# -- images ------------------------------------------------------------------------------------------------------------

BUILD = "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -t, a, .]\nimages: [a]\n"
TRAIN = "steps:\n- name: gcr.io/cloud-builders/gcloud\n  args: [ai, custom-jobs, create]\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({CI: flow("run: docker build -t a .")}, "found"),
        ({CI: flow("uses: docker/build-push-action@v6")}, "found"),
        ({CI: flow("run: docker compose build")}, "found"),
        ({CI: flow("run: docker buildx build .", on="on: {push: {tags: ['v*']}}")}, "found"),
        ({CI: flow("run: docker build .", on="on: {release: {types: [published]}}")}, "found"),
        ({CI: flow("run: gcloud builds submit . --config=ci/b.yaml"), "ci/b.yaml": BUILD}, "found"),
        ({CI: flow("run: gcloud builds submit --tag a")}, "found"),
        ({CI: flow("run: make image"), "Makefile": "image:\n\tdocker build .\n"}, "found"),
        ({".gitlab-ci.yml": "image:build:\n  script: docker build .\n"}, "found"),
        ({"infra/ci.tf": 'resource "google_cloudbuild_trigger" "t" {\n}\n'}, "found"),
        ({"setup.sh": "gcloud builds triggers create github --repo-name=a\n"}, "found"),
        ({CI: flow("run: gcloud builds submit . --config=ci/t.yaml"), "ci/t.yaml": TRAIN}, "absent"),
        ({CI: flow("run: docker build .", on="on: workflow_dispatch")}, "absent"),
        ({CI: flow("run: docker build .", on="on: {push: {branches: [old]}}")}, "absent"),
        ({CI: flow("run: docker build .\nif: false")}, "absent"),
        ({CI: flow("run: docker run redis:7")}, "absent"),
        ({CI: flow("run: docker run a")}, "unknown"),
        ({"cloudbuild.yaml": BUILD}, "absent"),
        ({CI: flow("run: docker build .\nrun: a")}, "unknown"),
    ],
)
def test_image_build_automatic(files: dict[str, str], outcome: str) -> None:
    assert ask("image-build-automatic", files, history=MAIN).outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (BUILD, "found"),
        ("steps:\n- name: gcr.io/kaniko-project/executor\n  args: [--destination=a]\n", "found"),
        ("steps:\n- name: gcr.io/cloud-builders/docker\n  entrypoint: bash\n  args: [-c, 'docker build .']\n", "found"),
        (TRAIN, "absent"),
        ("steps:\n- name: gcr.io/cloud-builders/docker\n  args: [push, a]\n", "absent"),
        ("# " + BUILD.replace("\n", "\n# "), "absent"),
        ("steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build\n", "unknown"),
    ],
)
def test_image_build_config(text: str, outcome: str) -> None:
    assert ask("image-build-config", {"config/anything.yaml": text}).outcome == outcome


# -- documentation -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({CI: flow("run: uv run mkdocs gh-deploy --force")}, "found"),
        ({CI: flow("run: mike deploy latest", on="on: workflow_dispatch")}, "found"),
        ({CI: flow("uses: peaceiris/actions-gh-pages@v4")}, "found"),
        ({CI: flow("uses: actions/deploy-pages@v4")}, "found"),
        ({CI: flow("run: mkdocs gh-deploy\nif: github.ref == 'refs/heads/main'")}, "found"),
        ({".gitlab-ci.yml": "pages:\n  script: mkdocs build -d public\n"}, "found"),
        ({".readthedocs.yaml": "version: 2\nmkdocs: {configuration: mkdocs.yml}\n"}, "found"),
        ({CI: flow("run: mkdocs build")}, "absent"),
        ({CI: flow("run: mkdocs gh-deploy\nif: github.ref == 'refs/heads/master'")}, "absent"),
        ({CI: flow("run: mkdocs gh-deploy", on="on: {push: {branches: [master]}}")}, "absent"),
        ({CI: flow("run: |\n  # mkdocs gh-deploy\n  mkdocs build")}, "absent"),
        ({"tasks.py": INVOKE.format("docs", "mkdocs build")}, "absent"),
        ({CI: "on: [push\njobs: {a: {steps: [{run: mkdocs gh-deploy}]}}\n"}, "unknown"),
    ],
)
def test_docs_deployed(files: dict[str, str], outcome: str) -> None:
    assert ask("docs-deployed", files, history=MAIN).outcome == outcome


@pytest.mark.parametrize(
    ("branch", "outcome"), [("gh-pages", "found"), ("origin/gh-pages", "found"), ("docs", "absent")]
)
def test_the_pages_branch(branch: str, outcome: str) -> None:
    history = History(default_branch="main", branches=("main", branch))
    assert ask("docs-deployed", {"README.md": ""}, history=history).outcome == outcome


# -- API and load tests ------------------------------------------------------------------------------------------------

API_TEST = """from fastapi.testclient import TestClient
from app.main import app

client = TestClient(app)


def test_predict():
    assert client.post("/predict", json={}).status_code == 200
"""


@pytest.mark.parametrize(
    ("run", "more", "outcome"),
    [
        ("pytest", {}, "found"),
        ("uv run coverage run -m pytest tests/", {}, "found"),
        ("pytest tests/api/test_api.py::test_predict", {}, "found"),
        ("pytest ./tests/api", {}, "found"),
        ("pytest tests/*/test_api.py", {}, "found"),
        ("pytest --cov=src --ignore=tests/data", {}, "found"),
        ("pytest -m 'not slow' -k api", {}, "found"),
        ("pytest tests/unit", {}, "absent"),
        ("pytest --ignore=tests/api", {}, "absent"),
        ("pytest --ignore tests/api tests", {}, "absent"),
        ("pytest", {"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests/unit']\n"}, "absent"),
        ("pytest", {"pytest.ini": "[pytest]\ntestpaths = tests\n"}, "found"),
        ("pip install pytest", {}, "absent"),
    ],
)
def test_ci_runs_api_tests(run: str, more: dict[str, str], outcome: str) -> None:
    files = {CI: flow(f"run: {run}"), "tests/api/test_api.py": API_TEST, "app/main.py": "app = 1\n", **more}
    assert ask("ci-runs-api-tests", files, history=MAIN).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("tests/test_api.py", API_TEST, "found"),
        (
            "tests/test_api.py",
            "import requests\n\ndef test_up():\n    assert requests.get('https://a.run.app').ok\n",
            "found",
        ),
        ("tests/test_api.py", "", "absent"),
        ("tests/api_checks.py", API_TEST, "absent"),
        ("tests/test_api.py", "# " + API_TEST.replace("\n", "\n# "), "absent"),
        ("tests/test_api.py", API_TEST.replace("def test_predict", "def check"), "absent"),
        (
            "tests/test_api.py",
            "import pytest\n" + API_TEST.replace("\ndef test", "\n@pytest.mark.skip\ndef test"),
            "absent",
        ),
        ("tests/test_model.py", "def test_a():\n    assert 1 + 1 == 2\n", "absent"),
        ("tests/test_api.py", "def test_(:\n", "unknown"),
    ],
)
def test_which_tests_call_the_api(path: str, text: str, outcome: str) -> None:
    assert ask("ci-runs-api-tests", {CI: flow("run: pytest"), path: text}, history=MAIN).outcome == outcome


def test_a_client_that_is_a_fixture() -> None:
    fixture = "import pytest\nfrom fastapi.testclient import TestClient\nfrom app import app\n\n@pytest.fixture\ndef client():\n    return TestClient(app)\n"
    files = {
        CI: flow("run: pytest"),
        "tests/conftest.py": fixture,
        "tests/test_routes.py": "def test_root(client):\n    assert client.get('/').status_code == 200\n",
    }
    assert ask("ci-runs-api-tests", files, history=MAIN).outcome == "found"


def test_a_working_directory_is_followed() -> None:
    files = {CI: flow("run: pytest tests\nworking-directory: ./api"), "api/tests/test_api.py": API_TEST}
    assert ask("ci-runs-api-tests", files, history=MAIN).outcome == "found"
    files = {CI: flow("run: pytest tests\nworking-directory: ./core"), "api/tests/test_api.py": API_TEST}
    assert ask("ci-runs-api-tests", files, history=MAIN).outcome == "absent"


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (flow("run: uv run locust -f tests/locustfile.py --headless"), "found"),
        (flow("run: k6 run load.js", on="on: workflow_dispatch"), "found"),
        (flow("uses: grafana/run-k6-action@v1"), "found"),
        (flow("run: locust --version"), "absent"),
        (flow("run: pip install locust"), "absent"),
        (flow("run: |\n  # locust --headless\n  ls"), "absent"),
        ("name: load\njobs:\n  a:\n    steps:\n      - run: locust --headless\n", "unknown"),
    ],
)
def test_ci_load_test(text: str, outcome: str) -> None:
    assert ask("ci-load-test", {CI: text}, history=MAIN).outcome == outcome


def test_a_copy_of_one_branch_does_not_know_of_others() -> None:
    from auditor.repository import History

    assert ask("docs-deployed", {"README.md": "# x"}, history=History(branches=("main",))).outcome == "absent"
    alone = ask("docs-deployed", {"README.md": "# x"}, history=History(branches=("main",), one_branch=True))
    assert (alone.outcome, "one branch" in alone.reason) == ("unknown", True)


@pytest.mark.parametrize(
    ("setup", "matrix", "outcome"),
    [
        ("uses: actions/setup-python@v5\nwith: {cache: pip}", "[ubuntu-latest, windows-latest]", "found"),
        ("uses: astral-sh/setup-uv@v6\nwith: {enable-cache: true}", "[ubuntu-latest, windows-latest]", "found"),
        ("uses: astral-sh/setup-uv@v6", "[ubuntu-latest, windows-latest]", "absent"),
        ("uses: actions/setup-python@v5\nwith: {cache: pip}", "[ubuntu-latest]", "absent"),
    ],
)
def test_ci_caching_and_matrix(setup: str, matrix: str, outcome: str) -> None:
    """An action's default is nothing that the group set up."""
    steps = f"{setup}\n- run: pytest".replace("\n", "\n      ").replace("\n      - ", "\n    - ")
    text = (
        "on: [push]\njobs:\n  t:\n    strategy:\n      matrix:\n        os: "
        f"{matrix}\n    runs-on: ${{{{ matrix.os }}}}\n    steps:\n    - {steps}\n"
    )
    assert ask("ci-caching-and-matrix", {CI: text}, history=MAIN).outcome == outcome
