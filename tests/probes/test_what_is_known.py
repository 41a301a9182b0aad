"""Programs, actions and containers that CI starts: followed, known to be something else, or a hole by name."""

import pytest
from conftest import ask, tree
from test_what_runs import CI, INNER, MAIN, flow

from auditor.facts.known import known_action, known_program
from auditor.facts.make import Makefile
from auditor.readers.shell import Command
from auditor.repository import History

DOCKERFILE = 'FROM python:3.12\nCOPY . .\nENTRYPOINT ["ruff", "check"]\nCMD ["."]\n'
TRAIN = {
    "dockerfiles/train.dockerfile": 'FROM a\nENTRYPOINT ["python", "-u", "src/train.py"]\n',
    "dockerfiles/api.dockerfile": "FROM a\nCMD uvicorn a:b\n",
    "src/train.py": "x = 1\n",
}


def lints(command: str, more: dict[str, str]) -> tuple[str, str]:
    rows = "\n".join("    " + row for row in command.split("\n"))
    answer = ask("ci-lints", {CI: flow(f"- run: |\n{rows}"), **more}, history=MAIN)
    return answer.outcome, answer.reason


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("mise run lint", {"mise.toml": '[tasks.lint]\nrun = ["uv run ruff check .", "uv run mypy src"]\n'}),
        ("mise lint", {".mise.toml": '[tasks.lint]\ndepends = ["a"]\n[tasks]\na = "ruff check ."\n'}),
        ("mise r lint", {".config/mise/config.toml": '[tasks.lint]\nfile = "ci/lint.sh"\n', "ci/lint.sh": "ruff check .\n"}),
        ("mise run ci:lint", {".mise/tasks/ci/lint": "#!/bin/sh\nruff check .\n"}),
        ("mise exec -- ruff check .", {}),
        ("devbox run lint", {"devbox.json": '{"shell": {"scripts": {"lint": ["ruff check ."]}}}'}),
        ("docker compose run --rm lint", {"compose.yaml": "services:\n  lint:\n    image: a\n    command: sh -c 'ruff check . && mypy src'\n"}),
        ("docker-compose -f ci/c.yml run lint", {"ci/c.yml": "services: {lint: {build: ..}}\n", "Dockerfile": DOCKERFILE}),
        ("docker compose up --exit-code-from lint", {"compose.yaml": "services:\n  db: {image: postgres}\n  lint:\n    build: {context: app, dockerfile: l.dockerfile}\n",
          "app/l.dockerfile": "FROM a\nCOPY go.sh /go.sh\nCMD /go.sh\n", "app/go.sh": "ruff check .\n"}),
        ("docker compose run --rm app ruff check .", {"compose.yaml": "services: {app: {image: a}}\n"}),
        ("docker run --rm -v $PWD:/app -w /app img ruff check .", {}),
        ("docker run --rm --entrypoint ruff img check .", {}),
        ("docker build -t lint .\ndocker run lint", {"Dockerfile": DOCKERFILE}),
        ("dvc repro lint", {"dvc.yaml": "stages:\n  lint:\n    cmd: ruff check .\n"}),
        ("uv run -m app.ci", {"src/app/ci.py": "import os\nos.system('ruff check .')\n"}),
        ("lint() { ruff check .; }\nlint", {}),
        # what make computes
        ("make check-all", {"Makefile": "TOOLS = ruff mypy\ncheck-all: $(addprefix run-,$(TOOLS))\nrun-%:\n\tuv run $* $(if $(filter ruff,$*),check .,src)\n"}),
        ("make lint", {"Makefile": "T = lib-a ruff-l\nlint: $(patsubst %-l,go-%,$(filter ruff%,$(T)))\ngo-%:\n\t$* check .\n"}),
        ("make lint", {"Makefile": "lint: $(foreach t,ruff,go-$(t))\ngo-%:\n\t$* check .\n"}),
        ("make lint-ruff", {"Makefile": "lint-%: \n\t$* check .\n"}),
    ],
)  # fmt: skip
def test_what_is_followed(command: str, more: dict[str, str]) -> None:
    assert lints(command, more) == ("found", "")


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("mise run lint", {}),
        ("moon run :lint", {}),
        ("devbox run lint", {}),
        ("dagger call lint", {}),
        ("nx lint app", {}),
        ("bazel test //...", {}),
        ("./bin/tool lint", {}),
        ("./bin/tool.pl", {"bin/tool.pl": "print"}),
        ("uvx strange-tool .", {}),
        ("npx someone", {}),
        ("uv run -m other.mod", {}),
        ("python -m strange", {}),
        ("docker run --rm org/lint:1", {}),
        ("docker compose run lint", {}),
        ("docker compose run lint", {"compose.yaml": "services: {api: {build: .}}\n"}),
        ("docker compose run lint", {"compose.yaml": "services: {lint: {image: org/lint}}\n"}),
    ],
)
def test_what_nobody_knows_is_a_hole_by_name(command: str, more: dict[str, str]) -> None:
    outcome, reason = lints(command, more)
    assert outcome == "unknown"
    assert f"`{command}`" in reason
    # who asks for triggers or caches is not touched by it
    assert ask("ci-caching", {CI: flow(f"- run: {command}"), **more}, history=MAIN).outcome == "absent"


@pytest.mark.parametrize(
    ("command", "more"),
    [
        ("mise install", {}),
        ("earthly --version", {}),
        ("docker run redis:7", {}),
        ("docker run --rm train:latest", TRAIN),
        ("docker run -d -p 80:80 $IMAGE", {"Dockerfile": "FROM a\nCMD exec uvicorn a:b\n"}),
        ("docker build -t a . && docker push a", {"Dockerfile": "FROM a\n"}),
        ("docker compose up -d", {"compose.yaml": "services: {db: {image: org/db}}\n"}),
        ("qa() {\n  ls\n}\nqa", {}),
        ("case $x in a|b) ls;; esac\nfiles=(a b)\nfor i in a b; do echo $i; done", {}),
        ("git fetch && apt-get update && gcloud auth list && curl x | jq . && uv sync && python3.12 -m pip list", {}),
        ("dvc pull && dvc repro", {"dvc.yaml": "stages: {a: {cmd: python a.py}}\n", "a.py": "x = 1\n"}),
    ],
)
def test_what_is_certainly_something_else(command: str, more: dict[str, str]) -> None:
    assert lints(command, more)[0] == "absent"


LOCAL = ".github/actions/d/"
RUNS = "runs:\n  using: {}\n"


@pytest.mark.parametrize(
    ("uses", "more", "outcome", "said"),
    [
        ("some-org/python-quality@v1", {}, "unknown", "uses `some-org/python-quality@v1`, an action that is not known here"),
        ("docker://org/lint:1", {}, "unknown", "docker://org/lint:1"),
        ("acme/release-checks@v1", {}, "unknown", "acme/release-checks@v1"),
        ("actions/whatever@v1", {}, "absent", ""),
        ("acme/setup-thing@v2", {}, "absent", ""),
        ("chartboost/ruff-action@v1", {}, "found", ""),
        ("me/mine/.github/actions/x@main", {".github/actions/x/action.yml": INNER.format("ruff check .")}, "found", ""),
        ("me/mine/.github/actions/x@main", {".github/actions/x/action.yml": INNER.format("ls")}, "absent", ""),
        (f"./{LOCAL}", {f"{LOCAL}action.yml": RUNS.format("docker") + "  image: Dockerfile\n",
          f"{LOCAL}Dockerfile": "FROM a\nENTRYPOINT ruff check . && mypy src\n"}, "found", ""),
        (f"./{LOCAL}", {f"{LOCAL}action.yml": RUNS.format("docker") + "  image: Dockerfile\n",
          f"{LOCAL}Dockerfile": 'FROM a\nCOPY entry.sh /entry.sh\nENTRYPOINT ["/entry.sh"]\n',
          f"{LOCAL}entry.sh": "#!/bin/sh\nruff check .\n"}, "found", ""),
        (f"./{LOCAL}", {f"{LOCAL}action.yml": RUNS.format("docker") + "  image: Dockerfile\n  args: [check, .]\n",
          f"{LOCAL}Dockerfile": 'FROM a\nENTRYPOINT ["ruff"]\n'}, "found", ""),
        (f"./{LOCAL}", {f"{LOCAL}action.yml": RUNS.format("docker") + "  image: docker://org/x\n"}, "unknown", "docker://org/x"),
        (f"./{LOCAL}", {f"{LOCAL}action.yml": RUNS.format("node20") + "  main: dist/index.js\n"}, "unknown", "dist/index.js"),
    ],
)  # fmt: skip
def test_actions(uses: str, more: dict[str, str], outcome: str, said: str) -> None:
    for origin in ("", "https://github.com/me/mine"):
        history = History(default_branch="main", branches=("main",), origin=origin)
        answer = ask("ci-lints", {CI: flow(f"- uses: {uses}"), **more}, history=history)
        assert answer.outcome == outcome, answer.reason
        assert said in answer.reason


def test_another_repositorys_action_is_not_the_own_one() -> None:
    more = {".github/actions/x/action.yml": INNER.format("ruff check .")}
    history = History(default_branch="main", branches=("main",), origin="https://github.com/you/other")
    files = {CI: flow("- uses: me/mine/.github/actions/x@main"), **more}
    assert ask("ci-lints", files, history=history).outcome == "unknown"


@pytest.mark.parametrize("text", ["git push", "uv sync", "${{ x }}", "$X y", "}", "python3.11 x.py", "Write-Host a"])
def test_known_programs(text: str) -> None:
    assert known_program(Command(text, 1))
    assert not known_program(Command("quality-gate .", 1))
    assert known_action("Docker/Login-Action")
    assert not known_action("acme/quality")


def test_a_target_that_needs_what_only_make_computes() -> None:
    assert lints("make all", {"Makefile": "all: $(wildcard x-*)\nx-%:\n\tls\n"})[0] == "unknown"
    assert lints("make all", {"Makefile": "all: b\nb: ; ls\nc: $(wildcard x)\n"})[0] == "absent"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$(addsuffix .o,a b)", "a.o b.o"),
        ("$(notdir x/a.c y/b.c)", "a.c b.c"),
        ("$(subst a,b,aa c)", "bb c"),
        ("$(filter-out a%,ab c)", "c"),
        ("$(if ,a,b,c)", "b"),
        ("$(sort b a b)", "a b"),
        ("$(firstword x y) $(lastword x y)", "x y"),
        ("$(filter a,$(wildcard *))", "$()"),
    ],
)
def test_functions_of_make(text: str, value: str) -> None:
    file = tree({"Makefile": "\n"}, history=MAIN).files["Makefile"]
    made = Makefile(file, lambda _: None, {}, {})
    assert made.expand(text) == value


@pytest.mark.parametrize(
    ("filters", "condition", "one", "outcome"),
    [
        ("", "github.ref == 'refs/heads/release'", False, "absent"),
        ("", "github.ref == 'refs/heads/release'", True, "found"),
        ("{branches: ['rel/*']}", "github.ref_name == 'rel/1'", True, "found"),
        ("{branches: [main, release]}", "github.ref == 'refs/heads/release'", True, "found"),
        ("{branches: [main]}", "github.ref == 'refs/heads/release'", True, "absent"),
    ],
)
def test_a_condition_on_a_branch_that_a_copy_may_not_have(
    filters: str, condition: str, one: bool, outcome: str
) -> None:
    history = History(default_branch="main", branches=("main",), one_branch=one)
    on = f"on: {{push: {filters}}}" if filters else "on: push"
    text = flow("- run: pytest", on=on, job=f"    runs-on: a\n    if: {condition}\n")
    if "rel/" not in filters:
        assert ask("ci-runs-tests", {CI: text}, history=history).outcome == outcome
    gitlab = {".gitlab-ci.yml": "b:\n  script: pytest\n  only: [release]\n"}
    assert ask("ci-runs-tests", gitlab, history=history).outcome == ("found" if one else "absent")
