"""From a trigger to the commands that really run: each way of calling a task, and what cannot be followed."""

import time

import pytest
from conftest import ask, tree

from auditor.facts.civalues import ci_values
from auditor.facts.expressions import UNKNOWN, OneOf, condition, evaluate
from auditor.facts.matrix import matrix_of
from auditor.facts.workflows import ci_workflows
from auditor.readers.shell import shell_commands
from auditor.readers.yaml import yaml_root
from auditor.repository import History
from auditor.snapshot import Snapshot

MAIN = History(default_branch="main", branches=("main",))
CI = ".github/workflows/lint.yaml"


def flow(steps: str, top: str = "", job: str = "    runs-on: ubuntu-latest\n", on: str = "on: push") -> str:
    rows = "".join(f"      {row}\n" for row in steps.split("\n"))
    return f"{on}\n{top}jobs:\n  work:\n{job}    steps:\n{rows}"


def run(command: str, more: str = "") -> str:
    return flow(f"- run: {command}" + (f"\n  {more}" if more else ""))


NOX = "import nox\n\n@nox.session(python=['3.11', '3.12'])\ndef lint(session):\n    session.install('ruff')\n    session.run('ruff', 'check', '.')\n\n@nox.session\ndef docs(session):\n    session.run('mkdocs', 'build')\n"
TOX = "[tox]\nenvlist = py{311,312}, lint\n[testenv]\ncommands = pytest {posargs}\n[testenv:lint]\ndeps = ruff\ncommands =\n    lint: ruff check {posargs:src}\n"
TASKFILE = "version: '3'\nvars: {RUFF: uv run ruff}\ntasks:\n  lint:\n    deps: [fmt]\n    cmds: [{task: types}]\n  fmt: echo\n  types:\n    cmds:\n      - '{{.RUFF}} check .'\n"
CALLED = [
    # make
    ("make lint", {"Makefile": "RUFF := uv run ruff\nlint:\n\t$(RUFF) check .\n"}),
    ("make lint", {"Makefile": "PYTHON_INTERPRETER = python\nlint:\n\t$(PYTHON_INTERPRETER) -m ruff check .\n"}),
    ("make -C tools lint", {"tools/Makefile": "lint:\n\truff check .\n"}),
    ("make --directory=tools", {"tools/makefile": "lint:\n\t@ruff check .\n"}),
    ("make -f ci/Checks.mk lint", {"ci/Checks.mk": "lint:\n\truff check .\n"}),
    ("make lint", {"Makefile": "include ci/*.none ci/lint.mk\n", "ci/lint.mk": "lint: ; ruff check .\n"}),
    ("make lint", {"Makefile": "include ci/lint.mk\n", "ci/lint.mk": "lint:\n\t-ruff check .\n"}),
    ("make check-src", {"Makefile": "check-%:\n\truff check $*\n"}),
    ("make", {"Makefile": "T ?= ruff\nT += check\n.PHONY: all\nall: lint\nlint:\n\t${T} .\n"}),
    ("make lint TOOL=ruff", {"Makefile": "TOOL = echo\nlint:\n\t$(TOOL) check .\n"}),
    ("make lint", {"Makefile": "lint:\n\t$(MAKE) -C sub all\n", "sub/Makefile": "all:\n\truff check .\n"}),
    ("make lint", {"Makefile": "ifeq ($(OS),Windows_NT)\nR = echo\nelse\nR = ruff\nendif\nlint:\n\tcd src && $(R) check .\n"}),
    # other runners
    ("task lint", {"Taskfile.yml": TASKFILE}),
    ("task ci:lint", {"Taskfile.yml": "includes: {ci: ./ci}\n", "ci/Taskfile.yml": TASKFILE}),
    ("go-task", {"Taskfile.yaml": "tasks:\n  default:\n    cmds: [ruff check .]\n"}),
    ("task lint", {"pyproject.toml": "[tool.taskipy.tasks]\nlint = 'ruff check .'\n"}),
    ("just lint", {"justfile": "ruff := 'uv run ruff'\n\nlint: fmt\nfmt:\n    {{ruff}} check .\n"}),
    ("just check src", {"justfile": "check what='.':\n    @ruff check {{what}}\n"}),
    ("just", {"justfile": "import 'ci/x.just'\ndefault: lint\n", "ci/x.just": "lint:\n    ruff check .\n"}),
    ("uvx nox -s lint", {"noxfile.py": NOX}),
    ("nox -s lint-3.11", {"noxfile.py": NOX}),
    ("nox", {"noxfile.py": NOX + "\nnox.options.sessions = ['lint']\n"}),
    ("tox -e lint", {"tox.ini": TOX}),
    ("tox run -e lint -- src", {"tox.ini": TOX}),
    ("tox", {"setup.cfg": TOX.replace("[tox]", "[tox:tox]")}),
    ("tox -e lint", {"pyproject.toml": f"[tool.tox]\nlegacy_tox_ini = '''\n{TOX}'''\n"}),
    ("tox -e lint", {"tox.toml": "[env.lint]\ncommands = [['ruff', 'check', '.']]\n"}),
    ("uv run poe lint", {"pyproject.toml": "[tool.poe.tasks]\nfmt = 'ruff check .'\nlint = ['fmt', 'types']\ntypes = 'ty check'\n"}),
    ("poe lint", {"pyproject.toml": "[tool.poe.tasks.lint]\nsequence = [{ref = 'a'}]\n[tool.poe.tasks]\na.shell = 'ruff check .'\n"}),
    ("poe lint", {"pyproject.toml": "[tool.poe.tasks]\nlint.script = 'ci:lint'\n", "ci.py": "import subprocess\ndef lint():\n    subprocess.run(['ruff', 'check'])\n"}),
    ("pdm run lint", {"pyproject.toml": "[tool.pdm.scripts]\nlint = {composite = ['a']}\na.cmd = ['ruff', 'check', '.']\n"}),
    ("pdm lint", {"pyproject.toml": "[tool.pdm.scripts]\nlint = {shell = 'ruff check .'}\n"}),
    ("hatch run style:check", {"pyproject.toml": "[tool.hatch.envs.style.scripts]\ncheck = ['fmt']\nfmt = 'ruff check {args:.}'\n"}),
    ("hatch -e style run check", {"hatch.toml": "[envs.style]\ntemplate = 'base'\n[envs.base.scripts]\ncheck = 'ruff check'\n"}),
    ("rye run lint", {"pyproject.toml": "[tool.rye.scripts]\nlint = {chain = ['a']}\na = ['ruff', 'check']\n"}),
    ("pixi run -e lint lint", {"pixi.toml": "[feature.lint.tasks]\nlint = {cmd = ['ruff', 'check', '.']}\n"}),
    ("pixi run all", {"pyproject.toml": "[tool.pixi.tasks]\nall = {depends-on = ['lint']}\n[tool.pixi.target.linux-64.tasks]\nlint = 'ruff check'\n"}),
    ("npm run check", {"package.json": '{"scripts": {"precheck": "ruff check .", "check": "echo"}}'}),
    ("npm --prefix web test", {"web/package.json": '{"scripts": {"test": "npm run lint", "lint": "ruff check ."}}'}),
    ("inv all", {"tasks.py": "from invoke import task\n@task\ndef lint(c):\n    c.run('ruff check .')\n@task(pre=[lint])\ndef all(c):\n    pass\n"}),
    ("invoke lint", {"tasks.py": "from invoke import task\nRUFF = 'uv run ruff'\n@task\ndef lint(c):\n    c.run(f'{RUFF} check .')\n"}),
    # scripts
    ("./scripts/ci.sh", {"scripts/ci.sh": "#!/bin/bash\nset -e\nlint() {\n  ruff check .\n}\nlint\n"}),
    ("bash ci.sh lint", {"ci.sh": 'TOOL=ruff\n"$TOOL" check .\n'}),
    ("cd scripts && ./ci.sh", {"scripts/ci.sh": "ruff check .\n"}),
    ("python scripts/ci.py", {"scripts/ci.py": "import subprocess\nsubprocess.run(['ruff', 'check', '.'], check=True)\n"}),
    ("python -m app.ci", {"src/app/ci.py": "import os\nos.system('ruff check .')\n"}),
    ("python ci.py", {"ci.py": "import subprocess, sys\nSTEPS = [[sys.executable, '-m', 'ruff', 'check'], ['mypy']]\nfor step in STEPS:\n    subprocess.check_call(step)\n"}),
    ("python ci.py", {"ci.py": "import subprocess\ndef sh(cmd):\n    subprocess.run(cmd, shell=True)\nsh('ruff check .')\n"}),
    ("uv run checks", {"pyproject.toml": "[project.scripts]\nchecks = 'app.cli:main'\n", "src/app/cli.py": "import os\ndef main():\n    os.system('ruff check')\n"}),
    ("pre-commit run -a", {".pre-commit-config.yaml": "repos:\n- repo: local\n  hooks:\n  - id: mine\n    entry: make lint\n", "Makefile": "lint:\n\truff check .\n"}),
    # at the end of a pipe
    ("git diff --name-only | grep py | xargs ruff check", {}),
    ("git ls-files -z | xargs -0 -n 20 nice ruff check", {}),
    ("find src -name '*.py' -exec ruff check {} +", {}),
    ("parallel -j 2 ruff check ::: src tests", {}),
    ("env RUFF_CACHE_DIR=x time ruff check", {}),
    ("bash -lc 'cd src && ruff check .'", {}),
    ("hatch -e style run ruff check", {}),
    ("uv --quiet run --frozen nice -n 5 ruff check", {}),
    ("$(which python) -m ruff check", {}),
]  # fmt: skip


@pytest.mark.parametrize(("command", "more"), CALLED)
def test_a_call_leads_to_its_commands(command: str, more: dict[str, str]) -> None:
    text = f"{flow('- run: |')}          {command}\n"
    answer = ask("ci-lints", {CI: text, **more}, history=MAIN)
    assert answer.outcome == "found", answer.reason
    other = {path: t.replace("ruff", "wc") for path, t in more.items()}
    answer = ask("ci-lints", {CI: text.replace("ruff", "wc"), **other}, history=MAIN)
    assert (answer.outcome == "found") is ("mypy" in str(other) or "ty check" in str(other)), answer.reason


INNER = "runs:\n  using: composite\n  steps:\n  - run: {}\n    shell: bash\n"
OUTER = "runs:\n  using: composite\n  steps:\n  - uses: ./.github/actions/inner\n"
LINT = flow("- run: ruff check .", on="on: workflow_call")
ELSEWHERE = "on: push\njobs:\n  a:\n    uses: {}\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({CI: flow("- run: $RUFF check .", top="env: {RUFF: uv run ruff}\n")}, "found"),
        ({CI: flow("- run: ${R} check .", job="    runs-on: a\n    env: {R: ruff}\n")}, "found"),
        ({CI: flow("- run: ${{ env.R }} check .\n  env: {R: ruff}")}, "found"),
        ({CI: flow('- run: echo "R=ruff" >> $GITHUB_ENV\n- run: $R check .')}, "found"),
        ({CI: flow("- run: $R check .\n  env: {R: echo}")}, "absent"),
        ({CI: flow("- run: $R check .")}, "unknown"),
        ({CI: flow("- run: make lint\n  working-directory: app"), "app/Makefile": "lint:\n\truff check\n"}, "found"),
        ({CI: flow("- run: ./ci.sh", top="defaults: {run: {working-directory: app}}\n"), "app/ci.sh": "ruff check"}, "found"),
        ({CI: flow("- uses: ./.github/actions/outer"), ".github/actions/outer/action.yml": OUTER,
          ".github/actions/inner/action.yaml": INNER.format("ruff check .")}, "found"),
        ({CI: flow("- uses: ./.github/actions/inner"), ".github/actions/inner/action.yml": OUTER}, "absent"),
        ({CI: flow("- uses: ./.github/actions/inner\n  with: {tool: ruff}"), ".github/actions/inner/action.yml":
          "inputs: {tool: {default: echo}}\n" + INNER.format("${{ inputs.tool }} check .")}, "found"),
        ({CI: flow("- uses: ./.github/actions/gone")}, "unknown"),
        ({CI: flow("- uses: actions/checkout@v4\n- uses: codecov/codecov-action@v5\n- run: ls")}, "absent"),
        ({CI: ELSEWHERE.format("me/mine/.github/workflows/_l.yaml@main"), ".github/workflows/_l.yaml": LINT}, "found"),
        ({CI: ELSEWHERE.format("some-org/shared/.github/workflows/python.yaml@v3")}, "unknown"),
        ({CI: ELSEWHERE.format("./.github/workflows/gone.yaml")}, "unknown"),
        ({CI: flow("- run: ${{ matrix.c }}", job="    runs-on: a\n    strategy: {matrix: {c: [ls, ruff check .]}}\n")}, "found"),
        ({CI: run("make lint"), "Makefile": "test:\n\tpytest\n"}, "unknown"),
        ({CI: run("make lint")}, "unknown"),
        ({CI: run("make lint"), "Makefile": "lint:\n\techo\n"}, "absent"),
        ({CI: run("task lint"), "Taskfile.yml": "tasks: {a: ls}\n"}, "unknown"),
        ({CI: run("tox -e ${{ inputs.x }}"), "tox.ini": TOX}, "unknown"),
        ({CI: run("python ci.py"), "ci.py": "import subprocess, sys\nsubprocess.run(sys.argv[1:])\n"}, "unknown"),
        ({CI: run("python train.py"), "train.py": "import subprocess\nsubprocess.run(['nvidia-smi'])\n"}, "absent"),
        ({CI: run("make lint\n  if: false")}, "absent"),
        ({CI: flow("- run: make lint", on="on: workflow_dispatch")}, "absent"),
        ({"lib/big.sh": "ruff check .\n", CI: run("ls")}, "absent"),
        # an installed program by its place is no script of the repository's
        ({CI: run("$HOME/.local/bin/poetry install && ./venv/bin/pip list && make --version")}, "absent"),
        ({CI: run("./venv/bin/ruff check .")}, "found"),
        ({CI: run("$SCRIPTS/lint.sh")}, "unknown"),
        # GitLab
        ({".gitlab-ci.yml": ".a:\n  script: [ruff check .]\nb:\n  extends: .a\n"}, "found"),
        ({".gitlab-ci.yml": "include: [{local: /ci/l.yml}]\n", "ci/l.yml": "b:\n  script: ruff check .\n"}, "found"),
        ({".gitlab-ci.yml": ".a:\n  script: [ruff check .]\nb:\n  script: [ls, !reference [.a, script]]\n"}, "found"),
        ({".gitlab-ci.yml": "default:\n  before_script: [ruff check .]\nb:\n  script: ls\n"}, "found"),
        ({".gitlab-ci.yml": "include: [{project: a/b, file: x.yml}]\nb:\n  script: ls\n"}, "unknown"),
        ({".gitlab-ci.yml": "b:\n  script: ruff check .\n  rules: [{when: manual}]\n"}, "absent"),
        ({".gitlab-ci.yml": "b:\n  parallel: {matrix: [{T: [ls, ruff]}]}\n  script: $T check .\n"}, "found"),
        # Cloud Build
        ({CI: run("gcloud builds submit --config=ci/c.yaml"), "ci/c.yaml":
          "steps:\n- name: python\n  entrypoint: bash\n  args: [-c, ruff check .]\n"}, "found"),
        ({CI: run("gcloud builds submit --config=ci/gone.yaml")}, "unknown"),
    ],
)  # fmt: skip
def test_where_a_step_leads(files: dict[str, str], outcome: str) -> None:
    answer = ask("ci-lints", files, history=MAIN)
    assert answer.outcome == outcome, answer.reason


def test_what_cannot_be_followed_is_named() -> None:
    answer = ask("ci-lints", {CI: run("make lint"), "Makefile": "test:\n\tpytest\n"}, history=MAIN)
    assert answer.reason == f"{CI}:6: calls `make lint`, a target that Makefile does not have"
    called = ELSEWHERE.format("org/shared/.github/workflows/p.yaml@v3")
    assert "org/shared/.github/workflows/p.yaml@v3" in ask("ci-lints", {CI: called}, history=MAIN).reason
    # who asks for triggers or caches is not touched by it
    assert ask("ci-caching", {CI: run("make lint")}, history=MAIN).outcome == "absent"
    assert ask("data-trigger", {CI: run("make lint")}, history=MAIN).outcome == "absent"


def test_the_own_repository_by_its_full_name() -> None:
    files = {CI: ELSEWHERE.format("Me/Mine/.github/workflows/_l.yaml@main"), ".github/workflows/_l.yaml": LINT}
    for origin, outcome in (("https://github.com/me/mine.git", "found"), ("git@github.com:you/other.git", "unknown")):
        history = History(default_branch="main", branches=("main",), origin=origin)
        assert ask("ci-lints", files, history=history).outcome == outcome


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("proj/.github/workflows/ci.yaml", "proj/.github/workflows/ci.yaml:1"),
        ("a/b/.github/workflows/x.yml", "a/b/.github/workflows/x.yml:1"),
    ],
)
def test_a_workflow_in_a_folder_starts_nothing(text: str, near: str) -> None:
    for probe in ("ci-runs-tests", "ci-lints", "ci-workflow", "ci-matrix", "ci-caching", "image-build-automatic"):
        answer = ask(probe, {text: flow("- run: pytest\n- run: ruff check .")}, history=MAIN)
        assert answer.outcome == "absent"
        assert f"nearest is {near}, which starts nothing" in answer.evidence[0].note, probe
        assert near in answer.evidence[0].sources


def test_a_workflow_that_nothing_starts_is_the_nearest() -> None:
    text = flow("- run: ruff check .", on="on: {push: {branches: [trunk]}}")
    (piece,) = ask("ci-lints", {CI: text}, history=MAIN).evidence
    assert f"nearest is {CI}:6, which nothing starts for the branch main" in piece.note


# -- conditions and combinations ---------------------------------------------------------------------------------------

AXES = "    runs-on: ${{ matrix.os }}\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest, macos-latest]\n        py: ['3.11', '3.12']\n"
SETUP = "- uses: actions/setup-python@v5\n  with: {python-version: '${{ matrix.py }}'}\n"


@pytest.mark.parametrize(
    ("axes", "step", "systems", "pythons"),
    [
        ("", "", "ubuntu windows macos", "3.11 3.12"),
        ("        exclude: [{os: windows-latest}, {os: macos-latest}]\n", "", "ubuntu", "3.11 3.12"),
        ("        exclude: [{py: '3.11'}]\n", "", "ubuntu windows macos", "3.12"),
        ("        exclude: [{os: macos-latest, py: '3.11'}]\n", "", "ubuntu windows macos", "3.11 3.12"),
        ("        include: [{os: ubuntu-latest, py: '3.13'}]\n", "", "ubuntu windows macos", "3.11 3.12 3.13"),
        ("", "\n  if: matrix.os == 'ubuntu-latest'", "ubuntu", "3.11 3.12"),
        ("", "\n  if: runner.os != 'Windows' && matrix.py == '3.12'", "ubuntu macos", "3.12"),
        ("", "\n  if: startsWith(matrix.os, 'mac')", "macos", "3.11 3.12"),
        ("", "\n  if: ${{ !contains(fromJSON('[\"macos-latest\"]'), matrix.os) }}", "ubuntu windows", "3.11 3.12"),
    ],
)
def test_combinations_are_built(axes: str, step: str, systems: str, pythons: str) -> None:
    text = flow(f"{SETUP}- run: pytest{step}", job=AXES + axes)
    found = {v.kind: v.values for v in ci_values(ci_workflows(tree({CI: text}, history=MAIN).select((CI,))))}
    assert found == {"os": tuple(systems.split()), "python": tuple(pythons.split())}


def test_what_a_caller_hands_over() -> None:
    caller = "on: push\njobs:\n  a:\n    strategy: {matrix: {os: [ubuntu-latest, windows-latest]}}\n    uses: ./.github/workflows/_t.yaml\n    with: {os: '${{ matrix.os }}', pys: '[\"3.11\", \"3.12\"]'}\n"
    called = flow(
        f"{SETUP}- run: pytest",
        on="on: {workflow_call: {inputs: {os: {type: string}, pys: {type: string}}}}",
        job="    runs-on: ${{ inputs.os }}\n    strategy: {matrix: {py: '${{ fromJSON(inputs.pys) }}'}}\n",
    )
    files = {CI: caller, ".github/workflows/_t.yaml": called}
    found = {
        v.kind: v.values
        for v in ci_values(ci_workflows(tree(files, history=MAIN).select((".github/workflows/*.yaml",))))
    }
    assert found == {"os": ("ubuntu", "windows"), "python": ("3.11", "3.12")}
    computed = called.replace("fromJSON(inputs.pys)", "fromJSON(needs.a.outputs.b)")
    assert (
        ask(
            "ci-matrix",
            {CI: computed.replace("inputs.os", "'ubuntu-latest'").replace("workflow_call", "push")},
            history=MAIN,
        ).outcome
        == "unknown"
    )


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        (flow("- run: pytest"), "found"),
        (flow("- run: pytest", on="on: {push: {paths-ignore: ['**']}}"), "absent"),
        (flow("- run: pytest", on="on: {push: {paths-ignore: ['docs/**', '*.md']}}"), "found"),
        (flow("- run: pytest", on="on: {push: {branches-ignore: [main]}}"), "absent"),
        (flow("- run: pytest", job="    runs-on: a\n    if: github.actor == 'dependabot[bot]'\n"), "absent"),
        (flow("- run: pytest", job="    runs-on: a\n    if: github.actor != 'dependabot[bot]'\n"), "found"),
        (flow("- run: pytest", job="    runs-on: a\n    if: github.repository == 'other/upstream'\n"), "absent"),
        (flow("- run: pytest", job="    runs-on: a\n    if: github.repository == 'Me/Mine'\n"), "found"),
        (flow("- run: pytest", job="    runs-on: a\n    if: github.event_name == 'pull_request' || false\n"), "absent"),
        (flow("- run: pytest", job="    runs-on: a\n    if: github.head_ref == 'dev'\n"), "absent"),
        (flow("- run: pytest") + "  x:\n    if: false\n", "found"),
        (flow("- run: pytest", job="    runs-on: a\n    needs: x\n") + "  x:\n    if: false\n", "absent"),
        (flow("- run: pytest", job="    runs-on: a\n    needs: x\n    if: always()\n") + "  x:\n    if: false\n", "found"),
    ],
)  # fmt: skip
def test_conditions_and_filters(text: str, outcome: str) -> None:
    history = History(default_branch="main", branches=("main",), origin="https://github.com/me/mine")
    for probe in ("ci-workflow", "ci-runs-tests"):
        assert ask(probe, {CI: text, "docs/a.txt": "", "b.py": ""}, history=history).outcome == outcome


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.x == 'One' && !false", True),
        ("a.x == 'two' || a.y", UNKNOWN),
        ("a.y && false", False),
        ("format('{0}-{1}', a.x, 3)", "one-3"),
        ("fromJSON('{\"k\": [1, 2]}').k[1]", 2),
        ("github.ref == 'main'", UNKNOWN),
        ("github.ref != 'other'", True),
        ("contains('hello', 'ELL')", True),
        ("(a.x", UNKNOWN),
        ("(" * 500 + "a.x", UNKNOWN),
    ],
)
def test_expressions(text: str, value: object) -> None:
    known = {"a.x": "one", "github.ref": OneOf(frozenset(["main", "dev"]))}
    assert evaluate(text, lambda name: known.get(name, UNKNOWN)) == value


def test_a_condition_with_text_around_it_is_not_known() -> None:
    assert condition("${{ false }} && true", lambda _: UNKNOWN) is None
    assert condition("${{ false }}", lambda _: UNKNOWN) is False


@pytest.mark.parametrize(
    ("matrix", "combinations", "whole"),
    [
        ("{a: [1, 2], b: [x]}", [{"a": "1", "b": "x"}, {"a": "2", "b": "x"}], True),
        ("{a: [1, 2], include: [{a: 1, c: y}]}", [{"a": "1", "c": "y"}, {"a": "2"}], True),
        ("{a: [1], include: [{c: y}, {a: 3}]}", [{"a": "1", "c": "y"}, {"a": "3"}], True),
        ("{include: [{a: 1}, {a: 2}]}", [{"a": "1"}, {"a": "2"}], True),
        ("{a: [1, 2], exclude: [{a: 2}]}", [{"a": "1"}], True),
        ("'${{ fromJSON(''{\"a\": [\"z\"]}'') }}'", [{"a": "z"}], True),
        ("'${{ fromJSON(needs.x.outputs.m) }}'", [{}], False),
    ],
)
def test_matrices(matrix: str, combinations: list[dict[str, str]], whole: bool) -> None:
    node = yaml_root(Snapshot({"a.yml": f"m: {matrix}\n"}).files["a.yml"])["m"]
    found = matrix_of(node, lambda _: UNKNOWN)
    assert [{k.removeprefix("matrix."): v for k, v in c.items()} for c in found.combinations] == combinations
    assert found.whole is whole


def test_a_submodule_that_no_step_calls_makes_nothing_unknown() -> None:
    from auditor.snapshot import SUBMODULE, File

    def outcome(step: str) -> str:
        module = File("vendor", "0", 0, lambda: b"", SUBMODULE)
        made = Snapshot(files=[*tree({CI: run(step)}).files.values(), module], history=MAIN)
        from auditor.probes import load

        return load()["ci-lints"].run(made).outcome

    assert outcome("ls") == "absent"
    assert outcome("bash vendor/ci.sh") == "unknown"


@pytest.mark.parametrize(
    "variables",
    [
        "A = $(A) $(A)\n",  # make says that it references itself, and stops
        "A = $(B) $(B)\nB = $(A) $(A)\n",
        "A0 = x\n" + "".join(f"A{i} = $(A{i - 1}) $(A{i - 1})\n" for i in range(1, 30)) + "A = $(A29)\n",
        f"A = $(foreach a,{'x ' * 200},$(foreach b,{'x ' * 200},$(foreach c,{'x ' * 200},$(a)$(b))))\n",
        f"B = {'x' * 30_000}\nA = $(B){'$(B)' * 200}\n",
        f"A = {'$(if ' * 5_000}\n",
        "f = $(call f,$(1)a) $(call f,$(1)b)\nA = $(call f,a)\n",
    ],
)
def test_bounded_work(variables: str) -> None:
    loop = {
        CI: run("make a"),
        "Makefile": variables + "a: b\n\t$(A) x\n\tmake a\n\tmake a Q=$(Q)q\nb: a\n\tbash x.sh\n",
        "x.sh": "make a\n./x.sh\n",
    }
    started = time.process_time()
    assert ask("ci-lints", loop, history=MAIN).outcome in ("absent", "unknown")
    assert time.process_time() - started < 10


def test_bounded_shells() -> None:
    assert len(shell_commands("bash -c " * 50 + "'ls'")) < 200
