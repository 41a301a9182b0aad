"""Style, typing, pre-commit and command-line probes over small invented trees."""

import pytest
from conftest import ask, tree

from auditor.facts.commandline import programs, scripts, targets


def hooks(text: str) -> dict[str, str]:
    return {".pre-commit-config.yaml": "repos:\n" + text}


def ci(run: str) -> dict[str, str]:
    return {".github/workflows/lint-all.yaml": f"on: push\njobs:\n  t:\n    steps:\n      - {run}\n"}


SAMPLE = "- repo: https://github.com/pre-commit/pre-commit-hooks\n  rev: v4.0.0\n  hooks:\n  - id: trailing-whitespace\n  - id: check-yaml\n"
RUFF = "- repo: https://github.com/astral-sh/ruff-pre-commit\n  rev: v0.1.0\n  hooks:\n  - id: ruff\n"
ACTION = "uses: pre-commit/action@v3.0.1"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        (hooks(RUFF), "found"),
        (hooks("- repo: local\n  hooks:\n  - id: style\n    entry: uv run black\n    language: system\n"), "found"),
        (ci("run: uv run ruff check ."), "found"),
        (ci("run: ruff format --check ."), "found"),
        (ci("run: python -m flake8 src"), "found"),
        (ci("uses: astral-sh/ruff-action@v3"), "found"),
        ({**ci(ACTION), **hooks(RUFF)}, "found"),
        ({"pyproject.toml": "[tool.orchard]\n[tool.ruff]\nline-length = 100\n"}, "found"),
        ({"pyproject.toml": "[tool.ruff.lint]\nselect = ['E', 'B']\n"}, "found"),
        ({"pyproject.toml": "[tool.black]\nline-length = 88\n"}, "found"),
        ({"ruff.toml": "line-length = 88\n"}, "found"),
        ({".flake8": "[flake8]\nmax-line-length = 100\n"}, "found"),
        (ci("run: ruff check --extend-select I ."), "found"),
        ({**ci("run: ruff check ."), "pyproject.toml": "[tool.ruff.lint]\nextend-select = ['I']\n"}, "found"),
        ({**hooks(RUFF), "ruff.toml": "[lint]\nselect = ['I', 'F']\n"}, "found"),
        ({}, "absent"),
        (hooks(SAMPLE), "absent"),
        ({**ci(ACTION), **hooks(SAMPLE)}, "absent"),
        (ci("run: ruff format ."), "absent"),
        (ci("run: pip install ruff"), "absent"),
        # what only sorts imports
        ({"setup.cfg": "[isort]\nprofile = black\n"}, "absent"),
        ({"pyproject.toml": "[tool.isort]\nprofile = 'black'\n"}, "absent"),
        (ci("run: isort --check ."), "absent"),
        (ci("run: ruff check --select I --fix ."), "absent"),
        (ci("run: ruff check --select=I001,I002 ."), "absent"),
        ({**ci("run: ruff check ."), "pyproject.toml": "[tool.ruff]\nselect = ['I']\n"}, "absent"),
        ({**hooks(RUFF), "ruff.toml": "[lint]\nselect = ['I']\n"}, "absent"),
        (hooks(RUFF + "    args: [--select, I, --fix]\n"), "absent"),
        (ci("run: pytest  # ruff check"), "absent"),
        (ci("if: false\n        run: ruff check ."), "absent"),
        (ci("run: terraform fmt  # not black"), "absent"),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 120\n[tool.ruff.lint]\nselect = ['I', 'E']\n"}, "absent"),
        ({"pyproject.toml": "[tool.flake8]\nmax-line-length = 100\n"}, "absent"),
        ({"tox.ini": "[flake8]\nmax-line-length = 79\nmax-complexity = 10\n"}, "absent"),
        ({".github/workflows/.pre-commit-config.yaml": "repos:\n" + RUFF}, "absent"),
        ({"pyproject.toml": "[tool.ruff\n"}, "unknown"),
        ({".flake8": "[flake8\nselect\n"}, "unknown"),
    ],
)
def test_style_tool(files: dict[str, str], outcome: str) -> None:
    assert ask("style-tool", files).outcome == outcome


CLEAN = "import os\n\n\ndef here():\n    return os.getcwd()\n"


@pytest.mark.parametrize(
    ("files", "clean", "fair"),
    [
        ({"src/a.py": CLEAN}, "found", "found"),
        ({"src/a.py": CLEAN * 20 + "import sys\n"}, "found", "found"),
        (
            {"src/a.py": CLEAN * 30 + "import sys\nimport json\ntry:\n    x = here()\nexcept:\n    y = 2 \n"},
            "absent",
            "found",
        ),
        ({"src/a.py": "import os, sys\nif x == None: y = 1\n"}, "absent", "absent"),
        ({"src/a.py": "from os import *\n"}, "absent", "absent"),
        # a long line and white space at ends are nothing to a linter that was told nothing
        ({"src/a.py": "x = call(" + "a, " * 50 + ")\n"}, "absent", "found"),
        ({"src/a.py": "x = 1  \ny = 2  \n"}, "absent", "found"),
        ({"src/a.py": "f = lambda: 1\ng = lambda: 2\n"}, "absent", "absent"),
        # the limit is the project's own, and a long address cannot be broken
        ({"src/a.py": "x = call(" + "a, " * 50 + ")\n", "ruff.toml": "line-length = 200\n"}, "found", "found"),
        ({"src/a.py": "# https://" + "x" * 200 + "\nx = 1\n"}, "found", "found"),
        ({"src/a.py": 'CSS = """\nb { x: y; }\n  if: z;\n"""\n'}, "found", "found"),
        ({"tests/test_a.py": CLEAN}, "absent", "absent"),
        ({}, "absent", "absent"),
    ],
)
def test_measured_style(files: dict[str, str], clean: str, fair: str) -> None:
    assert ask("code-style-clean", files).outcome == clean
    assert ask("code-style-fair", files).outcome == fair


def test_measured_style_gives_figures() -> None:
    note = ask("code-style-clean", {"src/a.py": CLEAN * 20 + "import sys\n"}).evidence[0].note
    assert note == "1.6 style findings per 100 code lines (1 in 61 lines: unused import 1)."


def functions(documented: int, typed: int, plain: int) -> str:
    rows = [f"def d{i}(x):\n    '''Says.'''\n    return x\n" for i in range(documented)]
    rows += [f"def t{i}(x: int):\n    return x\n" for i in range(typed)]
    rows += [f"def p{i}(x):\n    return x\n" for i in range(plain)]
    return "".join(rows)


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/a.py": functions(1, 0, 3)}, "found"),
        ({"src/a.py": functions(0, 1, 3)}, "found"),
        ({"src/a.py": functions(1, 1, 8)}, "absent"),
        ({"src/a.py": functions(0, 0, 4), "tests/test_a.py": functions(9, 9, 0)}, "absent"),
        ({"src/a.py": functions(0, 0, 4), "tasks.py": functions(9, 9, 0)}, "absent"),
        # lifecycle methods do not dilute the shares, yet stand in where there is nothing else
        (
            {
                "src/a.py": functions(1, 0, 0)
                + "class A:\n"
                + "".join(f"    def _h{i}(self): return 1\n" for i in range(9))
            },
            "found",
        ),
        ({"src/a.py": "def main() -> None:\n    print(1)\n"}, "found"),
        ({"src/a.py": "x = 1\n"}, "absent"),
        ({"src/a.py": "def f(:\n"}, "unknown"),
    ],
)
def test_typed_and_documented(files: dict[str, str], outcome: str) -> None:
    assert ask("typed-and-documented", files).outcome == outcome


def test_typed_and_documented_gives_shares() -> None:
    evidence = ask("typed-and-documented", {"src/model.py": functions(1, 2, 1)}).evidence[0]
    assert evidence.note.startswith("Of 4 public functions 1 (25 %) have a docstring and 2 (50 %) an annotation")
    assert evidence.sources == ("src/model.py",)


@pytest.mark.parametrize(
    ("files", "own", "any_at_all"),
    [
        (hooks(SAMPLE + RUFF), "found", "found"),
        (hooks("- repo: x\n  hooks:\n  - id: detect-private-key\n"), "found", "found"),
        (hooks(SAMPLE), "absent", "found"),
        (hooks(SAMPLE + "# - repo: x\n#   hooks:\n#   - id: ruff\n"), "absent", "found"),
        (hooks(RUFF.replace("- id: ruff", "- id: ruff\n    stages: [manual]")), "absent", "absent"),
        ({".pre-commit-config.yaml": ""}, "absent", "absent"),
        ({".github/workflows/.pre-commit-config.yaml": "repos:\n" + RUFF}, "absent", "absent"),
        ({"requirements_dev.txt": "pre-commit\n"}, "absent", "absent"),
        ({"lefthook.yml": "pre-commit:\n  commands:\n    lint:\n      run: ruff check\n"}, "found", "absent"),
        ({".husky/pre-commit": "#!/bin/sh\nruff check\n"}, "found", "absent"),
        ({".pre-commit-config.yaml": "repos: [\n"}, "unknown", "unknown"),
    ],
)
def test_pre_commit(files: dict[str, str], own: str, any_at_all: str) -> None:
    assert ask("pre-commit-hooks", files).outcome == own
    assert ask("pre-commit-template", files).outcome == any_at_all


TEMPLATE_DATA = (
    "import typer\nclass MyDataset:\n    def preprocess(self, out):\n        '''Preprocess.'''\n"
    "def preprocess(data_path, out):\n    print('Preprocessing data...')\n    d = MyDataset(data_path)\n    d.preprocess(out)\n"
    "if __name__ == '__main__':\n    typer.run(preprocess)\n"
)
APP = "import typer\napp = typer.Typer()\n@app.command()\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/a.py", APP + "def go(lr: float = 0.1):\n    run(lr)\n", "found"),
        ("src/a.py", "import click\n@click.command()\n@click.option('--lr')\ndef go(lr):\n    run(lr)\n", "found"),
        ("src/a.py", "import click\n@click.group()\ndef cli():\n    pass\n@cli.command()\ndef go():\n    run()\n", "found"),
        ("src/a.py", "import argparse\np = argparse.ArgumentParser()\np.add_argument('--lr')\na = p.parse_args()\n", "found"),
        ("src/a.py", "import fire\ndef go(lr=1):\n    return lr * 2\nfire.Fire(go)\n", "found"),
        ("src/a.py", "from cyclopts import App\napp = App()\n@app.default\ndef go(lr: float):\n    run(lr)\n", "found"),
        ("src/a.py", "from lightning.pytorch.cli import LightningCLI\nLightningCLI(M)\n", "found"),
        ("src/data.py", TEMPLATE_DATA.replace("'''Preprocess.'''", "save(self.x, out)"), "found"),
        ("src/data.py", TEMPLATE_DATA, "absent"),
        ("src/a.py", "import typer\n", "absent"),
        ("src/a.py", APP + "def go():\n    ...\n", "absent"),
        ("src/a.py", "import argparse\np = argparse.ArgumentParser()\n", "absent"),
        ("src/a.py", "import hydra\n@hydra.main()\ndef go(cfg):\n    run(cfg)  # no typer\n", "absent"),
        ("src/make.py", "import click, logging\n@click.command()\n@click.argument('input_filepath')\ndef main(input_filepath):\n"
         "    logger = logging.getLogger(__name__)\n    logger.info('making final data set from raw data')\n", "absent"),
        ("reports/report.py", APP + "def go():\n    run()\n", "absent"),
        ("tests/test_a.py", APP + "def go():\n    run()\n", "absent"),
        ("src/a.py", APP + "def go(:\n", "unknown"),
    ],
)  # fmt: skip
def test_command_line(path: str, text: str, outcome: str) -> None:
    assert ask("command-line", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("text", "options"),
    [
        (APP + "def go(path: str, lr: float = 0.1, n_steps: int = typer.Option(3, '--steps', '-n')):\n    run()\n",
         ("path", "--lr", "--steps", "-n")),
        ("import click\n@click.command()\n@click.option('--lr', '-l')\n@click.argument('path')\ndef go(lr, path):\n    run()\n",
         ("--lr", "-l", "path")),
        ("import argparse\np = argparse.ArgumentParser()\np.add_argument('path')\np.add_argument('--lr')\np.parse_args()\n",
         ("path", "--lr")),
        ("import fire\ndef go(a, b_c=1):\n    return a\nfire.Fire(go)\n", ("a", "--b-c")),
    ],
)  # fmt: skip
def test_options_of_programs(text: str, options: tuple[str, ...]) -> None:
    assert [p.options for p in programs(tree({"src/a.py": text}).files["src/a.py"])] == [options]


TASK = "from invoke import task\n@task\ndef {name}(ctx):\n    ctx.run('{run}')\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"tasks.py": TASK.format(name="deploy", run="gcloud run deploy")}, "found"),
        ({"tasks/__init__.py": "", "tasks/more.py": TASK.format(name="deploy", run="gcloud run deploy")}, "found"),
        ({"Makefile": "serve:\n\tuvicorn app:app\n"}, "found"),
        ({"justfile": "serve port='80':\n    uvicorn app:app\n"}, "found"),
        ({"pixi.toml": "[tasks]\nserve = 'uvicorn app:app'\n"}, "found"),
        ({"pyproject.toml": "[tool.poe.tasks]\nserve = 'uvicorn app:app'\n"}, "found"),
        ({"Taskfile.yml": "version: 3\ntasks:\n  serve:\n    cmds: [uvicorn app:app]\n"}, "found"),
        ({"pyproject.toml": "[project.scripts]\ngo = 'orchard.train:main'\n", "src/orchard/train.py": "def main():\n    run()\n"}, "found"),
        ({"tasks.py": TASK.format(name="train", run="python src/x/train.py --fast")}, "absent"),
        ({"tasks.py": TASK.format(name="deploy", run="python src/gone.py")}, "absent"),
        ({"tasks.py": "from invoke import task\n# @task\ndef deploy(ctx):\n    ctx.run('x')\n"}, "absent"),
        ({"tasks.py": TASK.format(name="deploy", run="gcloud run deploy"), "tasks/__init__.py": ""}, "absent"),
        ({"Makefile": "VAR := 1\n.PHONY: clean\nclean:\n\trm -r x\n# serve:\n#\tuvicorn\n"}, "absent"),
        ({"docs/Makefile": "html:\n\tsphinx-build . _build\n"}, "absent"),
        ({"pyproject.toml": "[project.scripts]\ngo = 'orchard.train:main'\n", "src/orchard/train.py": "x = 1\n"}, "absent"),
        ({"pyproject.toml": "[project.scripts]\ngo = 'orchard.api:app'\n",
          "src/orchard/api.py": "from fastapi import FastAPI\napp = FastAPI()\n"}, "absent"),
        ({"tasks.py": "from invoke import task\n@task\ndef deploy(ctx:\n"}, "unknown"),
    ],
)  # fmt: skip
def test_project_commands(files: dict[str, str], outcome: str) -> None:
    assert ask("project-commands", files).outcome == outcome


def test_targets_of_a_project_in_a_subfolder_name_its_files() -> None:
    files = {"proj/Makefile": "go:\n\tpython src/here.py\n", "proj/src/here.py": "", "proj/pyproject.toml": ""}
    snapshot = tree(files)
    assert [t.missing for t in targets(snapshot.files["proj/Makefile"], snapshot.select(("**",)))] == [()]
    assert ask("project-commands", files).outcome == "found"


def test_template_commands_and_hydra_are_weak_signs() -> None:
    files = {"tasks.py": TASK.format(name="train", run="python src/x/train.py"), "src/x/train.py": ""}
    assert ask("template-commands", files).outcome == "found"
    assert ask("template-commands", {"src/x/train.py": "x = 1\n"}).outcome == "absent"
    hydra = "import hydra\n@hydra.main(config_path='c')\ndef go(cfg):\n    run(cfg)\n"
    assert ask("hydra-command-line", {"src/t.py": hydra}).outcome == "found"
    assert ask("hydra-command-line", {"src/t.py": hydra.replace("@", "# @")}).outcome == "absent"


def test_targets_name_missing_files_and_scripts_resolve() -> None:
    files = {
        "Makefile": "go: data\n\tpython src/gone.py\n\tpython src/here.py\nalso:\n\tcd app && python x/y.py\n",
        "src/here.py": "",
        "pyproject.toml": "[project.scripts]\na = 'pkg.m:f'\nb = 'pkg.m:app'\nc = 'pkg.gone:f'\n",
        "pkg/m.py": "from typer import Typer\napp = Typer()\ndef f():\n    return 1\n",
    }
    snapshot = tree(files)
    every = snapshot.select(("**",))
    assert [(t.name, t.line, t.missing) for t in targets(snapshot.files["Makefile"], every)] == [
        ("go", 1, ("src/gone.py",)),
        ("also", 4, ()),
    ]
    assert [(s.name, s.line, s.found, s.kind) for s in scripts(snapshot.files["pyproject.toml"], every)] == [
        ("a", 2, "pkg/m.py", "function"),
        ("b", 3, "pkg/m.py", "object"),
        ("c", 4, "", ""),
    ]


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("def a(x: int):\n    return x\n\ndef b() -> int:\n    return 1\n\ndef c(x: str):\n    return x\n", "found"),
        ("def a(x):\n    return x\n\ndef b() -> int:\n    return 1\n", "found"),
        ("def a(x):\n    return x\n", "absent"),
        ("def a(x):\n    return x\n" * 30 + "def b() -> int:\n    return 1\n", "absent"),
        ('class A:\n    """Holds the pictures of a run."""\n', "found"),
        ('def a(x):\n    """Do it."""\n' * 3, "absent"),
        ('def a(x):\n    """Turn the picture into rows."""\n' * 3, "found"),
    ],
)
def test_typed_somewhere(text: str, outcome: str) -> None:
    assert ask("typed-somewhere", {"src/a.py": text}).outcome == outcome


TYPED = 'def f(a: int) -> int:\n    """Doubles a number."""\n    return a\n'
BARE = "def g(a):\n    return a\n"


TAIL = "import typer\ndef preprocess():\n    return go()\nif __name__ == '__main__':\n    typer.run(preprocess)\n"
USED = "import typer\ndef show(path: str):\n    return go(path)\nif __name__ == '__main__':\n    typer.run(show)\n"
UNUSED = USED.replace("go(path)", "go()")


@pytest.mark.parametrize(
    ("probe", "files", "outcome"),
    [
        ("pre-commit-hooks", {"proj/.pre-commit-config.yaml": "repos:\n" + RUFF}, "found"),
        ("style-tool", {"proj/.pre-commit-config.yaml": "repos:\n" + RUFF}, "found"),
        ("style-tool", {"proj/pyproject.toml": "[tool.ruff]\nline-length = 88\nfix = true\n"}, "found"),
        ("style-tool", {"proj/.flake8": "[flake8]\nmax-line-length = 100\n"}, "found"),
        # what an open box needs
        ("mostly-typed-and-documented", {"a.py": TYPED * 2 + BARE}, "found"),
        ("mostly-typed-and-documented", {"a.py": TYPED + BARE}, "absent"),
        ("mostly-typed-and-documented", {"a.py": "def f(a: int) -> int:\n    return a\n"}, "absent"),
        ("style-checked-and-clean", {"a.py": TYPED, ".pre-commit-config.yaml": "repos:\n" + RUFF}, "found"),
        ("style-checked-and-clean", {"a.py": TYPED}, "absent"),
        ("style-checked-and-clean", {"a.py": "x = 1;\n", ".pre-commit-config.yaml": "repos:\n" + RUFF}, "absent"),
        ("command-line-plain", {"a.py": "import typer\ndef f(path: str):\n    return show(path)\ntyper.run(f)\n"}, "absent"),
        ("command-line-plain", {"a.py": TAIL, "b.py": TAIL}, "absent"),
        ("command-line-plain", {"a.py": TAIL, "b.py": TAIL.replace("go()", "go(path)")}, "absent"),
        ("command-line-plain", {"a.py": UNUSED, "b.py": UNUSED}, "absent"),
        ("command-line-plain", {"a.py": USED, "b.py": USED}, "found"),
        ("command-line-plain", {"a.py": USED, "b.py": TAIL}, "absent"),
        ("command-line-plain", {"a.py": USED, "b.py": "HERE = Path('a')\n" + USED}, "absent"),
        ("command-line-plain", {"a.py": USED, "b.py": "from pathlib import Path\nHERE = Path('a')\n" + USED}, "found"),
        ("command-line-plain", {"a.py": USED, "b.py": "from lib import *\nHERE = Path('a')\n" + USED}, "found"),
        ("command-line-plain", {"a.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--a')\np.add_argument('--b')\np.add_argument('--c')\nfit(p.parse_args())\nfit = 1\n"}, "found"),
        ("command-line-plain", {"a.py": "import click\n@click.command()\n@click.option('--a')\n@click.option('--b')\n@click.option('--c')\ndef f(a, b, c):\n    fit(a, b, c)\n"}, "found"),
        ("command-line-plain", {"a.py": "import typer\ndef f(lr: float, epochs: int, seed: int):\n    return fit(lr, epochs, seed)\ntyper.run(f)\n"}, "found"),
    ],
)  # fmt: skip
def test_project_folders_and_plain_evidence(probe: str, files: dict[str, str], outcome: str) -> None:
    assert ask(probe, files).outcome == outcome


def test_set_aside_stubs_are_named() -> None:
    answer = ask("style-tool", {"pyproject.toml": "[tool.ruff]\nline-length = 120\n"})
    assert answer.outcome == "absent"
    assert "only the template's untouched ones: pyproject.toml" in answer.evidence[0].note


@pytest.mark.parametrize(
    ("hooks", "outcome"),
    [
        (SAMPLE, "absent"),
        (SAMPLE + "  - id: check-json\n  - id: debug-statements\n", "absent"),
        (SAMPLE + "  - id: check-json\n  - id: debug-statements\n  - id: check-ast\n", "found"),
        (SAMPLE + RUFF, "found"),
        ("- repo: local\n  hooks:\n  - id: tests\n    entry: pytest\n", "found"),
        ("", "absent"),
    ],
)
def test_pre_commit_hooks_chosen(hooks: str, outcome: str) -> None:
    assert ask("pre-commit-hooks-chosen", {".pre-commit-config.yaml": "repos:\n" + hooks}).outcome == outcome


def test_a_hook_in_a_file_that_does_not_parse_is_written_down() -> None:
    """An argument that is indented too far makes the whole file unreadable; that a hook was set up is still to be seen."""
    slipped = "repos:\n  - repo: local\n    hooks:\n      - id: tests\n          args: [--all]\n"
    answer = ask("pre-commit-template", {".pre-commit-config.yaml": slipped})
    assert answer.outcome == "found"
    assert answer.evidence[0].start == 4
    assert "does not parse" in answer.evidence[0].note
    assert ask("pre-commit-template", {".pre-commit-config.yaml": "repos:\n  - a: [\n"}).outcome == "unknown"


def test_comments_document_a_bit() -> None:
    rows = "".join(f"    # the step with the number {n} of the walk\n    walk({n})\n" for n in range(8))
    assert ask("typed-somewhere", {"train.py": f"def train():\n{rows}"}).outcome == "found"
    short = "def train():\n    # the first step of the walk\n    walk(1)\n    # walk(2) and walk(3)\n"
    assert ask("typed-somewhere", {"train.py": short}).outcome == "absent"
