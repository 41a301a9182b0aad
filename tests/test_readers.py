"""The readers of Python, YAML, TOML and DVC configuration (workflows have a file of their own)."""

import json

import pytest

from auditor.readers.commands import commands
from auditor.readers.dvc import dvc_remotes
from auditor.readers.nodes import is_stub_body, literal
from auditor.readers.python import python
from auditor.readers.toml import toml, toml_line
from auditor.readers.yaml import yaml_documents, yaml_root
from auditor.snapshot import File, Snapshot


def made(path: str, text: str | bytes) -> File:
    return Snapshot({path: text}).files[path]


def test_names_are_resolved_through_imports() -> None:
    module = python(
        made(
            "a.py",
            "import torch.nn as nn\nimport wandb\nfrom torch.utils.data import DataLoader as DL\nfrom .model import Net\n"
            "def f():\n    nn.Linear(1)\n    DL(x, num_workers=4)\n    wandb.init().log({})\n    Net()\n    self.log('a')\n",
        )
    )
    assert module is not None
    assert [(c.name, c.line, c.inside) for c in module.calls] == [
        ("torch.nn.Linear", 6, "f"),
        ("torch.utils.data.DataLoader", 7, "f"),
        ("wandb.init().log", 8, "f"),
        ("wandb.init", 8, "f"),
        (".model.Net", 9, "f"),
        ("self.log", 10, "f"),
    ]
    assert module.imported("torch") == 1
    assert module.imported("tor") == 0
    (loader,) = module.calls_to("torch.utils.data.DataLoader")
    assert literal(loader.keyword("num_workers")) == 4
    assert [c.name for c in module.calls_to(".log")] == ["wandb.init().log", "self.log"]
    assert [c.name for c in module.calls_to("wandb.")] == ["wandb.init().log", "wandb.init"]


def test_functions_and_classes() -> None:
    module = python(
        made(
            "a.py",
            "import typer\napp = typer.Typer()\n@app.command()\ndef f(): ...\nclass A(list):\n    @property\n    def g(self):\n        return 1\n",
        )
    )
    assert module is not None
    assert [(f.qualname, f.decorators, f.owner) for f in module.functions] == [
        ("f", ("app.command",), ""),
        ("A.g", ("property",), "A"),
    ]
    assert [is_stub_body(f.node) for f in module.functions] == [True, False]
    assert module.classes[0].bases == ("list",)


def test_what_does_not_parse_is_noted() -> None:
    file = made("a.py", "def f(:\n")
    assert python(file) is None
    assert file.problems == {"python": "a.py does not parse as Python at line 1"}
    assert python(made("b.py", "x = '" + "(" * 300 + "'")) is not None
    deep = made("c.py", "(" * 2000 + ")" * 2000)
    assert python(deep) is None
    assert deep.problems


def test_a_notebook_is_read_by_its_code_cells() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["import nothing"]},
        {
            "cell_type": "code",
            "source": ["%matplotlib inline\n", "!pip install x\n", "import torch\n", "torch.compile(net)"],
        },
    ]
    file = made("n.ipynb", json.dumps({"cells": cells}, indent=1))
    module = python(file)
    assert module is not None
    (call,) = module.calls
    assert call.name == "torch.compile"
    assert "torch.compile" in file.lines[call.line - 1]
    assert python(made("broken.ipynb", "{")) is None


def test_yaml_keeps_text_and_lines() -> None:
    root = yaml_root(
        made(
            "a.yaml",
            "on:\n  push:\n    branches: [main]\nversions: [3.10, '3.11']\nempty:\nrun: |\n  one\n  two\nx: !!python/name:os.system\n",
        )
    )
    assert list(root.entries) == ["on", "versions", "empty", "run", "x"]
    assert root["versions"].texts() == ["3.10", "3.11"]
    assert root["on"]["push"]["branches"].texts() == ["main"]
    assert not root["empty"]
    assert not root["nothing"]["at"]["all"]
    assert (root["run"].text, root["run"].line, root.line_of("run")) == ("one\ntwo\n", 7, 6)


@pytest.mark.parametrize("text", ["a: [1", "a: b: c", "\t- x", "a: &a [*b]", "- " * 500])
def test_broken_yaml_is_noted(text: str) -> None:
    file = made("a.yaml", text)
    assert yaml_documents(file) == []
    assert "as YAML" in file.problems["yaml"]


def test_yaml_that_grows_without_end_is_refused() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"] + [
        f"a{i}: &a{i} [{', '.join(['*a' + str(i - 1)] * 10)}]" for i in range(1, 9)
    ]
    file = made("bomb.yaml", "\n".join(rows))
    assert yaml_documents(file) == []
    assert file.problems


def test_duplicate_keys_are_kept_in_mind() -> None:
    assert yaml_root(made("a.yaml", "run: a\nrun: b\n")).duplicates == ["run"]


def test_toml_lines() -> None:
    file = made("pyproject.toml", "[tool.ruff]\nline-length = 120\n[tool.ruff.lint]\nselect = ['E']\n")
    assert toml(file)["tool"]["ruff"]["line-length"] == 120
    assert toml_line(file, "line-length") == 2
    assert toml_line(file, "tool.ruff.lint", "select") == 4


def test_dvc_remotes() -> None:
    text = "[core]\r\n    remote = storage\r\n['remote \"old\"']\r\n    url = gdrive://abc\r\n# ['remote \"no\"']\r\n['remote \"storage\"']\r\n    url = gs://bucket/x\r\n    version_aware = true\r\n"
    remotes = dvc_remotes(made(".dvc/config", text))
    assert [(r.name, r.url, r.line, r.default) for r in remotes] == [
        ("storage", "gs://bucket/x", 7, True),
        ("old", "gdrive://abc", 4, False),
    ]


@pytest.mark.parametrize(
    ("path", "text", "programs"),
    [
        ("Makefile", "test:\n\t@pytest tests/  # all\n\t-rm x\n", ["pytest", "rm"]),
        (
            "tasks.py",
            "def test(ctx):\n    ctx.run('uv run pytest tests/', echo=True)\n    ctx.run(f'docker build -t {name} .')\n",
            ["pytest", "docker"],
        ),
        (
            "run.sh",
            "#!/bin/bash\n# pytest\nset -e; cd x && python -m pytest | tee log\n",
            ["set", "cd", "pytest", "tee"],
        ),
        (
            "cloudbuild.yaml",
            "steps:\n- name: gcr.io/cloud-builders/docker\n  args: ['build', '-t', 'x', '.']\n- name: gcr.io/google.com/cloudsdktool/cloud-sdk\n  entrypoint: gcloud\n  args:\n  - run\n  - deploy\n- name: x\n  entrypoint: bash\n  args: ['-c', 'gcloud ai custom-jobs create']\n",
            ["docker", "gcloud", "gcloud"],
        ),
        ("package.json", '{"scripts": {"dev": "vite"}}', ["vite"]),
        ("pixi.toml", '[tasks]\ntest = "pytest -q"\nlint = { cmd = "ruff check" }\n', ["pytest", "ruff"]),
    ],
)
def test_commands_of_any_file(path: str, text: str, programs: list[str]) -> None:
    assert [c.program for c in commands(made(path, text))] == programs
