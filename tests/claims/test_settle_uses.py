"""Claims of tools against their traces, and of documentation against its pages."""

import pytest
from rows import case, label, placed, settled, typed

from auditor.claims.case import load

PLAIN = {"src/pkg/train.py": "import torch\n", "pyproject.toml": '[project]\nname = "pkg"\ndependencies = ["torch"]\n'}
IN_TOML = {
    "src/pkg/train.py": "import torch\n",
    "pyproject.toml": '[project]\nname = "pkg"\ndependencies = [\n    "torch",\n    "evidently>=0.4",\n]\n',
}
IMPORTED = {"src/pkg/drift.py": "from evidently.report import Report\n", "requirements.txt": "evidently\n"}
NOTEBOOK = '{"cells": [{"cell_type": "code", "source": ["import evidently"]}]}'


@pytest.mark.parametrize(
    ("tool", "quote", "files", "wanted"),
    [
        ("evidently", "we used Evidently to detect drift", PLAIN, "contradicted"),
        ("Evidently AI", "Evidently AI shows drift", PLAIN, "contradicted"),
        ("evidently", "we used Evidently to detect drift", IMPORTED, "supported"),
        ("evidently", "we used Evidently", {"notebooks/a.ipynb": NOTEBOOK}, "supported"),
        ("evidently", "we used Evidently", {**PLAIN, "drift.dockerfile": "FROM python:3.11\nRUN pip install evidently\n"}, "supported"),
        # prose and lock files are no use
        ("evidently", "we used Evidently", {**PLAIN, "README.md": "evidently", "uv.lock": '[[package]]\nname = "evidently"\n'}, "contradicted"),
        ("evidently", "we used Evidently", IN_TOML, "contradicted"),
        ("evidently", "we used Evidently", {**IN_TOML, "run.sh": "evidently ui\n"}, "supported"),
        # the quote has another name, or turns it round
        ("evidently", "we used our own code", PLAIN, "open"),
        ("evidently", "we did it without Evidently", PLAIN, "open"),
        ("evidently", "tools like Evidently", PLAIN, "open"),
        # what may be used without a trace is not looked for
        ("cprofile", "we used cProfile", PLAIN, "open"),
        ("torch", "we used PyTorch", PLAIN, "supported"),
        ("k6", "we used k6 for the load test", PLAIN, "contradicted"),
        ("k6", "we used k6 for the load test", {**PLAIN, "docs/load.md": "Run `k6 run script.js`."}, "open"),
        ("evidently", "we used Evidently", {**PLAIN, ".gitmodules": '[submodule "x"]\n'}, "open"),
    ],
)  # fmt: skip
def test_used(tool: str, quote: str, files: dict[str, str], wanted: str) -> None:
    assert label(case(files), "uses", quote, tool=tool, role="unknown") == wanted


def test_a_hedged_or_planned_use_is_never_contradicted_by_want_of_a_trace() -> None:
    for strength in ("hedged", "planned", "past", "attempted"):
        assert label(case(PLAIN), "uses", "Evidently", tool="evidently", role="unknown", strength=strength) == "open"


def test_declared_only_is_a_detail_and_cites_the_line() -> None:
    made = settled(case(IN_TOML), "uses", "we used Evidently", tool="evidently", role="unknown")
    assert made is not None
    assert made.detail
    assert (made.evidence[0].path, made.evidence[0].start) == ("pyproject.toml", 5)
    answer = {"dependencies": "We used Evidently."}
    claim = typed("uses", "We used Evidently.", tool="evidently", role="unknown")
    assert load()[1]["uses"].settle(claim, placed(case(IN_TOML, {}, answer), "dependencies", claim)) == (None, "")


@pytest.mark.parametrize(
    ("quote", "files", "role", "wanted"),
    [
        ("we did not use Evidently in our project", IMPORTED, "unknown", "contradicted"),
        ("we did not use Evidently", IN_TOML, "unknown", "open"),
        ("we did not use Evidently for the text data", IMPORTED, "unknown", "open"),
        ("we did not use Evidently", IMPORTED, "training", "open"),
        ("we did not fully use Evidently", IMPORTED, "unknown", "open"),
        ("we did not use Evidently", {"a.py": "try:\n    import evidently\nexcept ImportError:\n    evidently = None\n"}, "unknown", "open"),
    ],
)  # fmt: skip
def test_denied(quote: str, files: dict[str, str], role: str, wanted: str) -> None:
    assert label(case(files), "uses", quote, tool="evidently", role=role, denied=True) == wanted


@pytest.mark.parametrize(
    ("denial", "files", "wanted"),
    [
        ("we did not implement monitoring", IMPORTED, "contradicted"),
        ("we did not implement cloud monitoring", IMPORTED, "open"),
        ("we did not implement monitoring", PLAIN, "open"),
        ("", IMPORTED, "open"),
    ],
)
def test_would_use(denial: str, files: dict[str, str], wanted: str) -> None:
    here = case(files, {}, {"monitoring": "No."})
    claim = typed("uses", "we would use Evidently", tool="evidently", role="monitoring", strength="planned")
    placed(here, "monitoring", claim)
    if denial:
        placed(here, "monitoring", typed("practice", denial, item="cloud-monitoring", denied=True))
    made, failure = load()[1]["uses"].settle(claim, here)
    assert not failure
    assert (made.label if made else "open") == wanted


TWO = {
    "src/pkg/api.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    "src/pkg/other.py": "from fastapi import FastAPI\n",
}


@pytest.mark.parametrize(
    ("tool", "role", "path", "files", "wanted"),
    [
        ("fastapi", "unknown", "", TWO, "supported"),
        ("fastapi", "unknown", "src/pkg/api.py", TWO, "contradicted"),
        ("flask", "unknown", "src/pkg/api.py", TWO, "supported"),
        ("fastapi", "unknown", "src/pkg/train.py", TWO, "open"),  # no such file: another claim's matter
        ("wandb", "training", "", {"src/pkg/train.py": "import mlflow\n", "src/pkg/sweep.py": "import wandb\n"}, "contradicted"),
        ("wandb", "training", "", {"src/pkg/train.py": "import torch\n", "src/pkg/sweep.py": "import wandb\n"}, "open"),
        ("wandb", "training", "", {"src/pkg/train.py": "import mlflow\n", "configs/a.yaml": "logger: wandb\n"}, "open"),
        ("wandb", "training", "", {"src/pkg/train.py": "import mlflow\nfrom pkg import log\n", "src/pkg/log.py": "import wandb\n", "src/pkg/__init__.py": ""}, "supported"),
        ("wandb", "evaluation", "", {"src/pkg/train.py": "import mlflow\n", "src/pkg/sweep.py": "import wandb\n"}, "open"),
        ("wandb", "experiment tracking", "", {"src/pkg/train.py": "import torch\n", "src/pkg/sweep.py": "import wandb\n"}, "supported"),
    ],
)  # fmt: skip
def test_roles(tool: str, role: str, path: str, files: dict[str, str], wanted: str) -> None:
    quote = {"fastapi": "FastAPI", "flask": "Flask"}.get(tool, "we log with wandb")
    assert label(case(files), "uses", quote, tool=tool, role=role, path=path) == wanted


SITE = {"mkdocs.yml": "site_name: x\nplugins:\n  - mkdocstrings\n", "docs/index.md": "# Title\n\nWelcome.\n"}
REFERENCE = {**SITE, "docs/reference.md": "# Reference\n\n::: pkg.train\n"}
WRITTEN = {**SITE, "docs/guide.md": "How to train the model with our data. " * 12}


@pytest.mark.parametrize(
    ("tool", "quote", "files", "wanted"),
    [
        ("mkdocstrings", "mkdocstrings generates the API documentation", SITE, "contradicted"),
        ("mkdocstrings", "mkdocstrings generates the API documentation", REFERENCE, "supported"),
        ("mkdocs", "the documentation is made with MkDocs", SITE, "contradicted"),
        ("mkdocs", "the documentation is made with MkDocs", WRITTEN, "supported"),
        ("mkdocs", "our workflows are used for generating documentation using MkDocs", SITE, "supported"),
        ("mkdocs", "MkDocs deploys the documentation", SITE, "supported"),
        ("mkdocs", "MkDocs generates documentation from the code", WRITTEN, "contradicted"),
        ("sphinx", "we wrote the documentation with Sphinx", SITE, "contradicted"),
        (
            "mkdocs",
            "the documentation is made with MkDocs",
            {**SITE, "mkdocs.yml": "plugins:\n  - gen-files\n"},
            "supported",
        ),
    ],
)
def test_documentation(tool: str, quote: str, files: dict[str, str], wanted: str) -> None:
    assert label(case(files), "uses", quote, tool=tool, role="documentation") == wanted


LOAD = {
    "src/pkg/train.py": "import hydra\n",
    "tests/load.py": "from locust import HttpUser\n",
    "tasks.py": "from invoke import task\nfrom omegaconf import OmegaConf\n\ndef _read(path):\n    return OmegaConf.load(path)\n\n@task\ndef load(ctx):\n    ctx.run(f'locust -f {_read(1).file}')\n",
}


@pytest.mark.parametrize(
    ("more", "wanted"),
    [
        ({}, "contradicted"),
        ({"tests/load.py": "import hydra\nfrom locust import HttpUser\n"}, "supported"),
        ({"tasks.py": LOAD["tasks.py"].replace("OmegaConf.load(path)", "path")}, "open"),
        ({"tasks.py": LOAD["tasks.py"] + "\n@task\ndef train(ctx):\n    ctx.run(str(_read(2)))\n"}, "open"),
        ({"tasks.py": "import hydra\n" + LOAD["tasks.py"]}, "open"),
    ],
)  # fmt: skip
def test_a_configuration_that_is_read_without_hydra(more: dict[str, str], wanted: str) -> None:
    assert (
        label(case({**LOAD, **more}), "uses", "Hydra manages the load test", tool="hydra", role="load tests") == wanted
    )
