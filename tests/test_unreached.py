"""What never runs in Python and in shell scripts is no evidence; what may run, and what only looks alike, still is."""

import time

import pytest
from conftest import ask, tree

from auditor.facts.tests import collect
from auditor.readers.python import Module, python
from auditor.readers.shell import shell_commands
from auditor.snapshot import Snapshot


def module_of(text: str, path: str = "a.py") -> Module:
    module = python(Snapshot({path: text}).files[path])
    assert module is not None
    return module


def called(text: str) -> list[str]:
    return [c.name for c in module_of(text).calls]


NEVER = [
    "if False:\n    a()",
    "if 0:\n    a()",
    "if None: a()",
    "if '': a()",
    "if not True: a()",
    "if 1 == 2: a()",
    "if x and False: a()",
    "while False:\n    a()",
    "while 0: a()",
    "if True:\n    pass\nelse:\n    a()",
    "while True:\n    pass\nelse:\n    a()",
    "while True:\n    pass\na()",
    "while 1:\n    for i in x:\n        break\na()",
    "False and a()",
    "x = 0 and a()",
    "x = True or a()",
    "x = a() if False else 1",
    "x = 1 if True else a()",
    "def f():\n    return 1\n    a()",
    "def f():\n    raise ValueError\n    a()",
    "for i in x:\n    continue\n    a()",
    "for i in x:\n    break\n    a()",
    "if x:\n    raise A\nelse:\n    raise B\na()",
    "raise SystemExit\na()",
    "import os\nos._exit\nif 0: a()",
    "for i in []: a()",
    "for i in (): a()",
    "for i in {}: a()",
    "for i in '': a()",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    a()",
    "import typing as t\nif t.TYPE_CHECKING:\n    a()",
    "try:\n    pass\nexcept Exception:\n    a()",
    "if False:\n    def f():\n        a()",
    "if False:\n    if x:\n        while y:\n            a()",
]


@pytest.mark.parametrize("text", NEVER)
def test_what_never_runs_in_python(text: str) -> None:
    assert "a" not in called(text)


@pytest.mark.parametrize(
    "text",
    [
        "import sys\nsys.exit()\na()",
        "from sys import exit as leave\nimport sys\nsys.exit(main())\na()",
        "exit()\na()",
        "quit(1)\na()",
        "import os\nos._exit(0)\na()",
    ],
)
def test_behind_an_exit(text: str) -> None:
    assert "a" not in called(text)


MAY = [
    "DEBUG = False\nif DEBUG: a()",
    "if x:\n    a()",
    "if False:\n    pass\nelse:\n    a()",
    "while True:\n    a()",
    "while True:\n    if x:\n        break\nelse:\n    pass\na()",
    "while True:\n    for i in x:\n        pass\n    else:\n        break\na()",
    "while x:\n    pass\na()",
    "x and a()",
    "True and a()",
    "False or a()",
    "x = a() if y else 1",
    "def f():\n    if x:\n        return 1\n    a()",
    "def f():\n    return a()",
    "def f():\n    return\na()",
    "def unused():\n    a()",
    "for i in x: a()",
    "for i in [1]: a()",
    "for i in [*x]: a()",
    "for i in []:\n    pass\nelse:\n    a()",
    "def exit():\n    pass\nexit()\na()",
    "from mine import quit\nquit()\na()",
    "sys = 1\nsys.exit()\na()",
    "self.exit()\na()",
    "TYPE_CHECKING = x\nif TYPE_CHECKING: a()",
    "from typing import TYPE_CHECKING\nif not TYPE_CHECKING:\n    a()",
    "try:\n    import x\nexcept ImportError:\n    a()",
    "try:\n    pass\nfinally:\n    a()",
    "try:\n    return_it()\nexcept Exception:\n    pass\na()",
    "if __name__ == '__main__':\n    a()",
    "if [*x]: a()",
    "if (1, 2): a()",
]


@pytest.mark.parametrize("text", MAY)
def test_what_may_run_in_python(text: str) -> None:
    assert "a" in called(text)


def test_the_cells_of_a_notebook_are_run_one_by_one() -> None:
    import json

    cells = [{"cell_type": "code", "source": s} for s in ("exit()", "a()", "if False:\n    b()")]
    text = json.dumps({"cells": cells, "nbformat": 4, "metadata": {}})
    assert [c.name for c in module_of(text, "a.ipynb").calls] == ["exit", "a"]


def test_lines_and_imports_stay() -> None:
    module = module_of("import x\nif False:\n    import y\n    def f():\n        pass\n    z = 1\n\na()\n")
    assert module.imports == {"x": 1, "y": 3}
    assert [(c.name, c.line) for c in module.calls] == [("a", 8)]
    assert not module.functions
    assert module.unreached == {"y": 3, "f": 4, "z": 6}


def test_a_tree_deep_in_what_never_runs_is_read_once() -> None:
    nested = "".join(f"{' ' * i}if 0:\n" for i in range(60))
    body = "".join(f"{' ' * 60}a({i})\n" for i in range(4000))
    start = time.perf_counter()
    assert not called(nested + body)
    assert time.perf_counter() - start < 3


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("import logging\nclass logging:\n    pass\nlogging.info(1)", "own:logging.info"),
        ("class wandb:\n    pass\nwandb.init()", "own:wandb.init"),
        ("from p import instrument\ndef instrument(a):\n    pass\ninstrument(1)", "instrument"),
        # what still is the library
        ("try:\n    from x import y\nexcept ImportError:\n    def y(): pass\ny()", "x.y"),
        ("from x import y\nif z:\n    def y(): pass\ny()", "x.y"),
        ("def y(): pass\nfrom x import y\ny()", "x.y"),
        ("from x import y\n@y(1)\ndef y(): pass\n", "x.y"),
        ("import logging\nclass A:\n    def logging(self): pass\nlogging.info(1)", "logging.info"),
        ("class Model:\n    pass\nModel.load()", "Model.load"),
    ],
)
def test_own_names_are_no_library(text: str, name: str) -> None:
    assert called(text)[-1] == name


def ran(text: str, whole: bool = False) -> list[str]:
    return [p for c in shell_commands(text, whole=whole) if (p := c.program) in ("ruff", "mypy")]


@pytest.mark.parametrize(
    "text",
    [
        "if false; then\n  ruff check .\nfi",
        "if false\nthen\n  ruff check .\nfi",
        "if ! true; then ruff; fi",
        "if true; then echo; else ruff; fi",
        "if true; then echo; elif x; then ruff; fi",
        "if x; then echo; elif false; then ruff; fi",
        "if false; then if x; then ruff; fi; fi",
        "false && ruff check .",
        "false && x && ruff",
        "false &&\n  ruff check .",
        "false && (cd a; ruff)",
        "true || ruff",
        ": || ruff",
        "true || { echo; ruff; }",
        "exit 0\nruff check .",
        "echo; exit; ruff",
        "(exit 0; ruff)",
        "if x; then\n  exit 0\n  ruff\nfi",
        "exec gunicorn app\nruff",
        "set -n\nruff",
        "set -en\nruff",
        "set -o noexec\nruff",
        "for f in ; do ruff $f; done",
        "for f in\ndo\n  ruff $f\ndone",
        "while false; do ruff; done",
        "until true; do ruff; done",
        "ruff() { true; }\nruff check .",
        "ruff () {\n  echo skipped\n}\nif x; then ruff check .; fi",
        "function ruff { true; }\nruff check .",
        "f() { return 0; ruff; }\nf",
        "bash -n -c 'ruff check .'",
        ": ruff check .",
        "x=$(false && ruff)",
    ],
)
def test_what_never_runs_in_a_shell(text: str) -> None:
    assert ran(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "if true; then ruff; fi",
        "if false; then echo; else ruff; fi",
        "if [ false ]; then ruff; fi",
        "if $false; then ruff; fi",
        "if ruff; then exit 0; fi",
        'if [ "$A" = true ]; then exit 0; fi\nruff',
        "false || ruff",
        "false; ruff",
        "true && ruff",
        "true; ruff",
        "true | ruff",
        "x || true && ruff",
        "x || exit 1\nruff",
        "x && exit 0\nruff",
        "(exit 1)\nruff",
        "exit 0 | cat\nruff",
        "if x; then exit 1; fi\nruff",
        "exec > log\nruff",
        "exec 2>&1\nruff",
        "exec ruff check .",
        "set -e\nruff",
        "set -euxo pipefail\nruff",
        "return 0\nruff",
        "for f in a b; do ruff $f; done",
        "for f in $(ls); do ruff $f; done",
        "for f; do ruff $f; done",
        "while true; do ruff; done",
        "while false; do echo; done; ruff",
        'ruff() { uv run ruff "$@"; }\nruff check .',
        "ruff() { command ruff check .; }\nruff",
        "if x; then ruff() { true; }; fi\nruff",
        "ruff\nruff() { true; }",
        "case $1 in\n  lint) ruff ;;\n  *) exit 1 ;;\nesac\nruff",
        "f() { return 1; }\nf\nruff",
        "lint() {\n  ruff check .\n}",
        "python -c 'exit(0)'\nruff",
        "if false; then echo\nruff",  # not the plain form
    ],
)
def test_what_may_run_in_a_shell(text: str) -> None:
    assert "ruff" in ran(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("lint() {\n  ruff check .\n}", []),
        ("lint() { ruff check .; }", []),
        ("function lint { ruff; }\nmypy", ["mypy"]),
        ("lint() { ruff; }\nlint", ["ruff"]),
        ("lint() { ruff; }\nall() { lint; }\nall", ["ruff"]),
        ('lint() { ruff; }\n"$@"', ["ruff"]),
        ("lint() { ruff; }\n. other.sh", ["ruff"]),
        ("lint() { ruff; }\nexport -f lint", ["ruff"]),
        ("lint() { ruff; }\ntrap lint EXIT", ["ruff"]),
    ],
)
def test_functions_that_a_whole_script_never_calls(text: str, found: list[str]) -> None:
    assert ran(text, whole=True) == found


def test_people_go_on_behind_an_exit() -> None:
    assert [c.program for c in shell_commands("exit\nruff", by_hand=True)] == ["exit", "ruff"]


def linted(run: str, **files: str) -> str:
    rows = "".join(f"          {row}\n" for row in run.split("\n"))
    text = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n{rows}"
    given = {"pyproject.toml": "[project]\nname = 'a'\n", "src/a.py": "x = 1\n", ".github/workflows/ci.yml": text}
    return ask("ci-lints", given | {k.replace("__", "."): v for k, v in files.items()}).outcome


@pytest.mark.parametrize(
    ("run", "outcome"),
    [
        ("ruff check .", "found"),
        ("if false; then\n  ruff check .\nfi", "absent"),
        ("lint() {\n  ruff check .\n}", "absent"),
        ("lint() {\n  ruff check .\n}\nlint", "found"),
        ("make lint", "found"),
        ("make -n lint", "absent"),
        ("make --dry-run lint", "absent"),
        ("make -j lint", "found"),
        ("bash lint.sh", "found"),
        ("bash -n lint.sh", "absent"),
        ("bash -e lint.sh", "found"),
        ("bash functions.sh", "absent"),
        ("source functions.sh\nlint", "found"),
    ],
)
def test_a_workflow_that_never_lints(run: str, outcome: str) -> None:
    files = {"Makefile": "lint:\n\truff check .\n", "lint__sh": "ruff check .\n"}
    assert linted(run, **files, functions__sh="lint() {\n  ruff check .\n}\n") == outcome


def active(text: str) -> bool:
    cases = collect(tree({"tests/test_a.py": text}).select(("**/*.py",))).cases
    return any(c.active for c in cases)


HEAD = "import contextlib\nimport pytest\nimport unittest\n\n\n"


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    assert (x, 'm')\n",
        "def test_a():\n    assert x or True\n",
        "def test_a():\n    assert [1]\n",
        "def test_a():\n    assert 1 == 1\n",
        "def test_a():\n    assert x is x\n",
        "def test_a():\n    return\n    assert x\n",
        "def test_a():\n    if False:\n        assert x\n",
        "def test_a():\n    for i in []:\n        assert i\n",
        "def test_a():\n    try:\n        assert x\n    except:\n        pass\n",
        "def test_a():\n    try:\n        assert x\n    except Exception as e:\n        print(e)\n",
        "def test_a():\n    try:\n        assert x\n    except AssertionError:\n        pass\n",
        "def test_a():\n    try:\n        assert x\n    except (ValueError, AssertionError):\n        pass\n",
        "def test_a():\n    try:\n        raise ValueError\n    except Exception:\n        pass\n",
        "def test_a():\n    try:\n        pytest.fail('x')\n    except BaseException:\n        pass\n",
        "@pytest.mark.skipif(1 == 1, reason='x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.skipif(condition=True, reason='x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.skipif('True', reason='x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.skipif(not False, reason='x')\ndef test_a():\n    assert x\n",
        "@unittest.skipUnless(False, 'x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.parametrize('y', [])\ndef test_a(y):\n    assert y\n",
        "@pytest.mark.parametrize(argnames='y', argvalues=())\ndef test_a(y):\n    assert y\n",
        "def test_a():\n    assert x\n\n\ndel test_a\n",
        "class TestA:\n    def test_a(self):\n        assert x\n\n\ndel TestA\n",
    ],
)
def test_a_test_that_cannot_fail(text: str) -> None:
    assert not active(HEAD + text)


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    assert x, 'm'\n",
        "def test_a():\n    assert ()\n",
        "def test_a():\n    assert x or y\n",
        "def test_a():\n    assert [*x]\n",
        "def test_a():\n    assert x == x\n",  # not for what is no number
        "def test_a():\n    assert x is y\n",
        "def test_a():\n    if x:\n        return\n    assert x\n",
        "def test_a():\n    for i in x:\n        assert i\n",
        "def test_a():\n    try:\n        y()\n    except ValueError:\n        pytest.fail('x')\n",
        "def test_a():\n    try:\n        assert x\n    except ValueError:\n        pass\n",
        "def test_a():\n    try:\n        assert x\n    except AssertionError:\n        raise\n",
        "def test_a():\n    try:\n        assert x\n    except Exception as e:\n        pytest.fail(str(e))\n",
        "def test_a():\n    try:\n        y()\n    except Exception:\n        pass\n    else:\n        assert x\n",
        "def test_a():\n    try:\n        y()\n    except Exception:\n        pass\n    assert x\n",
        "def test_a():\n    try:\n        pytest.fail('x')\n    except Exception:\n        pass\n",
        "def test_a():\n    try:\n        raise ValueError\n    except AssertionError:\n        pass\n",
        "def test_a():\n    try:\n        assert x\n    finally:\n        y()\n",
        "@pytest.mark.skipif(x, reason='x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.skipif(False, reason='x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.skipif('sys.platform == 1', reason='x')\ndef test_a():\n    assert x\n",
        "@unittest.skipUnless(True, 'x')\ndef test_a():\n    assert x\n",
        "@pytest.mark.parametrize('y', [1])\ndef test_a(y):\n    assert y\n",
        "@pytest.mark.parametrize('y', ROWS)\ndef test_a(y):\n    assert y\n",
        "def test_a():\n    assert x\n\n\ndel x\n",
        "def test_a():\n    pass\n\n\ndel test_a\n\n\ndef test_a():\n    assert x\n",
    ],
)
def test_a_test_that_can_fail(text: str) -> None:
    assert active(HEAD + text)


STEP = "    runs-on: ubuntu-latest\n    steps:\n      - {}\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("Jenkinsfile", "/*\n sh 'ruff check .'\n*/\n", "absent"),
        ("Jenkinsfile", "// sh 'ruff check .'\n", "absent"),
        ("Jenkinsfile", "/* never closed\nsh 'ruff check .'\n", "absent"),
        ("Jenkinsfile", "/* linted */\nsh 'ruff check .'\n", "found"),
        ("Jenkinsfile", "sh 'curl https://a.dk/*'\nsh 'ruff check .'\nsh 'ls b/*/'\n", "found"),
        ("Jenkinsfile", "sh '''\n  curl https://a.dk\n  ruff check .\n'''\n", "found"),
        ("azure-pipelines.yml", "trigger: none\npr: none\nsteps:\n  - script: ruff check .\n", "absent"),
        ("azure-pipelines.yml", "trigger: none\nsteps:\n  - script: ruff check .\n", "found"),
        ("azure-pipelines.yml", "pr: none\nsteps:\n  - script: ruff check .\n", "found"),
        ("azure-pipelines.yml", "trigger: [main]\nsteps:\n  - script: ruff check .\n", "found"),
        ("ci.yml", "on: push\njobs:\n  a:\n    needs: [b]\n" + STEP.format("run: ruff check ."), "unknown"),
        ("ci.yml", "on: push\njobs:\n  b:\n" + STEP.format("run: ls") + "  a:\n    needs: B\n" + STEP.format("run: ruff check ."), "found"),
        ("ci.yml", "on: push\njobs:\n  a:\n" + STEP.format("{run: ruff check ., shell: 'cat {0}'}"), "absent"),
        ("ci.yml", "on: push\njobs:\n  a:\n" + STEP.format("{run: ruff check ., shell: 'bash -n {0}'}"), "absent"),
        ("ci.yml", "on: push\njobs:\n  a:\n" + STEP.format("{run: ruff check ., shell: 'bash -el {0}'}"), "found"),
        ("ci.yml", "on: push\njobs:\n  a:\n" + STEP.format("{run: ruff check ., shell: 'bash --norc {0}'}"), "found"),
        ("ci.yml", "on: push\njobs:\n  a:\n" + STEP.format("{uses: astral-sh/ruff-action@v3, with: {args: '--version'}}"), "absent"),
        ("ci.yml", "on: push\njobs:\n  a:\n" + STEP.format("{uses: astral-sh/ruff-action@v3, with: {args: check}}"), "found"),
        ("ci.yml", "on: push\njobs:\n  a:\n    if: ${{ false }}\n" + STEP.format("run: ruff check ."), "absent"),
        ("ci.yml", "on:\n  schedule:\n    - cron: '0 0 30 2 *'\njobs:\n  a:\n" + STEP.format("run: ruff check ."), "absent"),
        ("ci.yml", "on:\n  schedule:\n    - cron: '0 0 31 4,5 *'\njobs:\n  a:\n" + STEP.format("run: ruff check ."), "found"),
        ("ci.yml", "on:\n  schedule:\n    - cron: '0 0 29 2 *'\njobs:\n  a:\n" + STEP.format("run: ruff check ."), "found"),
    ],
)  # fmt: skip
def test_hosts_that_never_lint(path: str, text: str, outcome: str) -> None:
    place = f".github/workflows/{path}" if path == "ci.yml" else path
    assert ask("ci-lints", {"pyproject.toml": "[project]\nname = 'a'\n", "src/a.py": "x = 1\n", place: text}).outcome == outcome  # fmt: skip


@pytest.mark.parametrize(
    ("hook", "outcome"),
    [
        ("{id: ruff, name: r, language: system, entry: 'true'}", "absent"),
        ("{id: ruff, name: r, language: system, entry: echo ruff}", "absent"),
        ("{id: ruff, name: r, language: system, entry: ruff check}", "found"),
        ("{id: lint, name: r, language: system, entry: uv run ruff check}", "found"),
    ],
)
def test_a_hook_that_does_nothing(hook: str, outcome: str) -> None:
    files = {
        "pyproject.toml": "[project]\nname = 'a'\n",
        ".pre-commit-config.yaml": f"repos:\n- repo: local\n  hooks:\n  - {hook}\n",
        ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n" + STEP.format("uses: pre-commit/action@v3"),
    }
    assert ask("ci-lints", files).outcome == outcome
