"""Weak signs over small invented trees, and the boxes that they soften."""

import pytest
from conftest import ask, report, tree

from auditor.probes import Probe, _mention, load
from auditor.profile import load_profile
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import python
from auditor.repository import History
from auditor.snapshot import Snapshot

CI = ".github/workflows/ci.yml"
TWO = History(default_branch="main", branches=("develop", "main"))
ONE = History(default_branch="main", branches=("main",))
COPY = History(default_branch="main", branches=("main",), one_branch=True)


def flow(on: str, *runs: str) -> str:
    steps = "".join(f"      - {run}\n" for run in runs)
    return f"on: {on}\njobs:\n  work:\n    runs-on: ubuntu-latest\n    steps:\n{steps}"


DEVELOP = "{push: {branches: [develop]}}"
MATRIX = "on: {push: {branches: [develop]}}\njobs:\n  t:\n    strategy: {matrix: {os: [ubuntu-latest, windows-latest]}}\n    runs-on: ${{ matrix.os }}\n    steps: [{run: pytest}]\n"


@pytest.mark.parametrize(
    ("probe", "text", "history", "outcome"),
    [
        ("ci-elsewhere", flow(DEVELOP, "run: pytest"), TWO, "found"),
        ("ci-elsewhere", flow("{pull_request: {branches: [master, develop]}}", "run: pytest"), TWO, "found"),
        ("ci-elsewhere", flow("{push: {branches-ignore: [main]}}", "run: pytest"), TWO, "found"),
        ("ci-elsewhere", flow(DEVELOP, "run: pytest"), COPY, "found"),
        ("ci-elsewhere", flow(DEVELOP, "run: pytest"), ONE, "absent"),
        ("ci-elsewhere", flow("{push: {branches: [gone]}}", "run: pytest"), TWO, "absent"),
        ("ci-elsewhere", flow("{push: {branches: [develop], paths: ['lib/**']}}", "run: pytest"), TWO, "absent"),
        ("ci-elsewhere", flow("workflow_dispatch", "run: pytest"), TWO, "absent"),
        ("ci-elsewhere", flow("push", "run: pytest"), TWO, "absent"),
        ("ci-lints-elsewhere", flow(DEVELOP, "run: ruff check ."), TWO, "found"),
        ("ci-lints-elsewhere", flow(DEVELOP, "run: pytest"), TWO, "absent"),
        ("ci-lints-elsewhere", flow(DEVELOP, "uses: pre-commit/action@v3"), TWO, "found"),
        ("ci-lints-elsewhere", flow("push", "run: ruff check ."), TWO, "absent"),
        ("ci-varies-elsewhere", flow(DEVELOP, "{uses: actions/setup-python@v5, with: {cache: pip}}"), TWO, "found"),
        ("ci-varies-elsewhere", MATRIX, TWO, "found"),
        ("ci-varies-elsewhere", flow(DEVELOP, "run: pytest"), TWO, "absent"),
        ("docs-hosted", flow(DEVELOP, "run: mkdocs gh-deploy"), TWO, "found"),
        ("docs-hosted", flow(DEVELOP, "run: mkdocs build"), TWO, "absent"),
    ],
)
def test_for_another_branch(probe: str, text: str, history: History, outcome: str) -> None:
    assert ask(probe, {CI: text, "src/a.py": ""}, history=history).outcome == outcome


def test_the_branches_are_named() -> None:
    answer = ask("ci-elsewhere", {CI: flow(DEVELOP, "run: pytest")}, history=TWO)
    assert answer.evidence[0].note == "runs the tests; starts for develop only, not for main"


TRAINER = "from lightning import Trainer\ndef train(cfg):\n    Trainer(accelerator='gpu', {})\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"train.py": TRAINER.format("devices=cfg.train.devices"), "config/train.yaml": "devices: 1\n"}, "found"),
        ({"train.py": TRAINER.format("strategy=cfg.strategy, devices=1")}, "found"),
        ({"train.py": TRAINER.format("devices=args.gpus")}, "found"),
        ({"train.py": "from lightning import Trainer\nN = 4\nTrainer(devices=N)\n"}, "found"),
        ({"train.py": "from lightning import Trainer\nN = 1\nTrainer(devices=N)\n"}, "absent"),
        ({"train.py": TRAINER.format("devices=1")}, "absent"),
        ({"train.py": TRAINER.format("devices=[0]")}, "absent"),
        ({"train.py": "x = 1\n", "config/train.yaml": "strategy: ddp\n"}, "found"),
        ({"train.py": "x = 1\n", "config/train.yaml": "launcher: torchrun\n"}, "found"),
        ({"train.py": "x = 1\n", "config/train.yaml": "wrap: {parallel_backend: x, data_parallel: true, num_gpus: 1}\n"}, "found"),
        ({"train.py": "x = 1\n", "config/train.yaml": "num_gpus: 1\nstrategy: auto\ndistributed: false\n"}, "absent"),
        ({"train.py": "import torch\nn = torch.cuda.device_count()\n"}, "found"),
        ({"docs/guide.md": "# Distributed training\nSet `devices` to the number of GPUs.\n"}, "absent"),
    ],
)  # fmt: skip
def test_devices_that_are_not_fixed(files: dict[str, str], outcome: str) -> None:
    assert ask("distributed-training", files).outcome == "absent"
    assert ask("distributed-ready", files).outcome == outcome


OWN = "FROM python:3.12\nCOPY . .\nCMD python train.py\n"
STOCK = "FROM mcr.microsoft.com/devcontainers/python:3.12\n\nRUN pip install ruff\n"


@pytest.mark.parametrize(
    ("files", "probe", "outcome"),
    [
        ({".devcontainer/train.dockerfile": OWN}, "dockerfile", "found"),
        ({".docker/Dockerfile": OWN}, "dockerfile", "found"),
        ({".cloudbuild/train.dockerfile": OWN}, "dockerfile", "found"),
        ({".devcontainer/Dockerfile": STOCK}, "dockerfile", "absent"),
        ({".devcontainer/Dockerfile": STOCK + "COPY environment.yml* .devcontainer/noop.txt /tmp/conda-tmp/\n"}, "dockerfile", "absent"),
        ({".devcontainer/Dockerfile": STOCK + "COPY src src\nCMD python src/train.py\n"}, "dockerfile", "found"),
        ({"docker/train": OWN, "cloudbuild.yaml": "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, -f, docker/train, .]\n"}, "image-built-from", "found"),
        ({"docker/train": OWN, "build.sh": "docker build -f docker/train -t t .\n"}, "image-built-from", "found"),
        ({"docker/train": OWN, "compose.yaml": "services: {t: {build: {context: ., dockerfile: docker/train}}}\n"}, "image-built-from", "found"),
        ({"docker/train": "x = 1\n", "build.sh": "docker build -f docker/train -t t .\n"}, "image-built-from", "absent"),
        ({"build.sh": "docker build -f docker/train -t t .\n"}, "image-built-from", "absent"),
        ({"compose.yaml": "services: {db: {image: postgres}}\n"}, "container-otherwise", "found"),
        ({"cog.yaml": "build: {python_version: '3.11'}\npredict: predict.py:P\n"}, "container-otherwise", "found"),
        ({"train.def": "Bootstrap: docker\nFrom: python:3.12\n"}, "container-otherwise", "found"),
        ({"compose.yaml": "# nothing\n"}, "container-otherwise", "absent"),
    ],
)  # fmt: skip
def test_docker_files(files: dict[str, str], probe: str, outcome: str) -> None:
    assert ask(probe, files).outcome == outcome


ROWS = "a,b\n" * 60


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({f"data/raw/{i}.csv": ROWS for i in range(3)}, "found"),
        ({"dataset/all.json": "[1]" * 20_000}, "found"),
        ({f"data/pictures/{i}.png": b"\x89PNG" + b"\0" * 200 for i in range(4)}, "found"),
        ({f"src/pkg/data/{i}.parquet": b"PAR1" + b"\0" * 200 for i in range(4)}, "found"),
        ({"data/raw/1.csv": ROWS}, "absent"),
        ({f"tests/data/{i}.csv": ROWS for i in range(5)}, "absent"),
        ({f"reports/figures/{i}.png": b"\x89PNG" + b"\0" * 200 for i in range(5)}, "absent"),
        ({f"src/data/{i}.py": ROWS for i in range(5)}, "absent"),
        ({f"data/{i}/.gitkeep": "" for i in range(5)}, "absent"),
    ],
)
def test_data_in_git(files: dict[str, str | bytes], outcome: str) -> None:
    answer = ask("data-in-git", files)
    assert answer.outcome == outcome
    assert outcome == "absent" or answer.evidence[0].note.endswith("in git itself, not in DVC")


BOX = "```\n┌──────┐   ┌──────┐\n│ data │──►│ model│\n└──────┘   └──────┘\n```\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"app/ARCHITECTURE.md": "# The system\n" + BOX}, "found"),
        ({"docs/a.md": "~~~text\n+------+     +------+\n| data | --> | API  |\n+------+     +------+\n~~~\n"}, "found"),
        ({"README.md": "```\n[data] --> [train]\n[train] --> [API]\n```\n"}, "found"),
        ({"README.md": "## Architecture\n![it](figures/one.png)\n"}, "found"),
        ({"README.md": "```\n┌─────┐\n│ data│\n└──┬──┘\n   │\n┌──┴──┐\n│ API │\n└─────┘\n```\n"}, "found"),
        ({"README.md": "# It\n" + BOX.rstrip("`\n")}, "found"),
        ({"design.drawio": "<mxfile>" + "x" * 300}, "found"),
        ({"design.excalidraw": "{" + "x" * 300}, "found"),
        ({"docs/figures/system.svg": "<svg>" + "x" * 300}, "found"),
        ({"draw.py": "from diagrams import Diagram\nwith Diagram('MLOps'):\n    pass\n"}, "found"),
        ({"README.md": "```\n┌───┬───┐\n│ a │ b │\n└───┴───┘\n```\n"}, "absent"),
        ({"README.md": "```\n+---+\n| a |\n+---+\n```\n"}, "absent"),
        ({"README.md": "```\n├── src\n│   └── a.py\n└── tests\n```\n"}, "absent"),
        ({"README.md": "```\n+---+---+\n```\n## Results\n![it](figures/one.png)\n"}, "absent"),
        ({"frontend/public/icon.svg": "<svg>" + "x" * 300}, "absent"),
        ({"README.md": "```bash\npytest tests/\n```\n"}, "absent"),
    ],
)
def test_drawings(files: dict[str, str], outcome: str) -> None:
    assert ask("architecture-drawn", files).outcome == outcome


def test_a_drawing_in_the_report_counts() -> None:
    made = report({"architecture": "Below."})
    assert ask("architecture-drawn", {"reports/README.md": BOX}, report=made).outcome == "found"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("tests/test_a.py", "import logging\nlogging.info('x')\n", "found"),
        ("notebooks/a.py", "import logging\nlogging.basicConfig()\n", "found"),
        ("src/a.py", "from loguru import logger\nlogger.add('x.log')\n", "found"),
        (
            "src/a.py",
            "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x', help='log file')\n",
            "absent",
        ),
        ("src/a.py", "import wandb\nwandb.log({})\n", "absent"),
    ],
)
def test_logging_elsewhere(path: str, text: str, outcome: str) -> None:
    assert ask("logging-elsewhere", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    "text",
    [
        "import logging\nlg = logging.getLogger(__name__)\nlg.info('x')\n",
        "from google.cloud import logging\nc = logging.Client().logger('a')\nc.log_struct({})\n",
        "import structlog\nout = structlog.get_logger()\nout.info('x')\n",
    ],
)
def test_loggers_by_any_name(text: str) -> None:
    assert ask("logging", {"src/a.py": text}).outcome == "found"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"train.py": "import torch\nwith torch.autocast('cuda'):\n    pass\n"}, "found"),
        ({"train.py": "from torch.amp import GradScaler\ns = GradScaler()\n"}, "found"),
        ({"train.py": "m = m.half()\n"}, "found"),
        ({"train.py": "from lightning import Trainer\nTrainer(precision='16-mixed')\n"}, "found"),
        ({"train.py": "x = 1\n", "configs/a.yaml": "trainer: {precision: 16}\n"}, "found"),
        ({"train.py": "x = 1\n", "configs/a.yaml": "amp: true\n"}, "found"),
        ({"train.py": "# model = torch.compile(model)\n"}, "found"),
        ({"train.py": "from lightning import Trainer\nTrainer(precision=32)\n"}, "absent"),
        ({"train.py": "import pandas\npandas.set_option(precision=3)\n"}, "absent"),
        ({"train.py": "x = 1\n", "configs/a.yaml": "amp: false\ncompile: false\nprecision: 32\n"}, "absent"),
        ({"train.py": "import re\nre.compile('a')\nprecision = precision_score(a, b)\n"}, "absent"),
    ],
)
def test_fewer_bits(files: dict[str, str], outcome: str) -> None:
    assert ask("inference-optimised", files).outcome == "absent"
    assert ask("inference-cheaper", files).outcome == outcome


@pytest.mark.parametrize(
    ("probe", "files", "outcome"),
    [
        ("hydra-parts", {"a.py": "from hydra.utils import instantiate\ninstantiate(cfg)\n"}, "found"),
        ("hydra-parts", {"a.py": "import hydra\n"}, "absent"),
        ("config-read", {"a.py": "import yaml\nyaml.safe_load(f)\n"}, "found"),
        ("config-read", {"a.py": "from pydantic import BaseModel\nclass TrainConfig(BaseModel):\n    lr: float = 1\n"}, "found"),
        ("config-read", {"a.py": "x = 1  # config\n"}, "absent"),
        ("lightning-within", {"a.py": "from anomalib.engine import Engine\n"}, "found"),
        ("lightning-within", {"a.py": "from lightning import seed_everything\nseed_everything(1)\n"}, "absent"),
        ("loading-elsewhere", {"a.py": "from joblib import Parallel\nParallel(n_jobs=2)(x)\n"}, "found"),
        ("loading-elsewhere", {"a.py": "ds.map(f, num_proc=4)\n"}, "found"),
        ("loading-elsewhere", {"a.py": "DataLoader(d, num_workers=0, pin_memory=False)\n"}, "absent"),
        ("data-event", {"main.py": "import functions_framework\n@functions_framework.cloud_event\ndef f(e):\n    pass\n"}, "found"),
        ("data-event", {"main.py": "import functions_framework\n@functions_framework.http\ndef f(e):\n    pass\n"}, "absent"),
        ("data-workflow", {".github/workflows/cml_data.yaml": flow("push", "run: dvc pull", "run: python src/a.py")}, "found"),
        ("data-workflow", {".github/workflows/tests.yaml": flow("push", "run: dvc pull", "run: pytest")}, "absent"),
        ("docs-hosted", {"netlify.toml": "[build]\n"}, "found"),
        ("docs-hosted", {"docs/index.md": "# Docs\n"}, "absent"),
        ("style-set-up", {"pyproject.toml": "[project]\nname = 'birds'\nkeywords = ['birds', 'songs']\n[tool.ruff]\nline-length = 120\n"}, "found"),
        ("style-set-up", {"Makefile": "lint:\n\truff check .\n"}, "found"),
        ("style-set-up", {"pyproject.toml": "[project]\ndependencies = ['ruff']\n"}, "absent"),
    ],
)  # fmt: skip
def test_other_signs(probe: str, files: dict[str, str], outcome: str) -> None:
    assert ask(probe, files).outcome == outcome


@pytest.mark.parametrize(
    ("body", "stub"),
    [
        ('"""Nothing yet."""\n    return', True),
        ('"""Nothing yet."""\n    return None', True),
        ("return ...", True),
        ("pass\n    return", True),
        ("return 0", False),
        ("return x", False),
        ("x()\n    return", False),
    ],
)
def test_a_body_that_only_returns(body: str, stub: bool) -> None:
    module = python(Snapshot({"a.py": f"def f(x):\n    {body}\n"}).files["a.py"])
    assert module is not None
    assert is_stub_body(module.functions[0].node) is stub


@pytest.mark.parametrize(
    ("files", "words", "near"),
    [
        ({"a.py": "# log here\np(help='the log')\nlogging()\n"}, ("log",), "a.py:3"),
        ({"a.py": "# log here\np(help='the log')\n"}, ("log",), "a.py:2"),
        ({"a.py": "# log here\n"}, ("log",), "a.py:1"),
        ({"a.py": "# log here\n", "b.py": "log()\n"}, ("log",), "b.py:1"),
        ({"a.ipynb": '{"cells": [{"cell_type": "code", "source": ["x = 1"], "outputs": [{"png": "logbase64"}]}]}'}, ("log",), ""),
        ({"a.yaml": "x: " + "log" * 100 + "\n"}, ("log",), ""),
        ({"a.py": "log()\n"}, ("log", "b", "c"), ""),
    ],
)  # fmt: skip
def test_the_nearest_line(files: dict[str, str], words: tuple[str, ...], near: str) -> None:
    assert _mention(tree(files).select(("**/*",)), words) == near


def test_the_profile_asks_every_sign() -> None:
    asked = {p for i in load_profile().items for p in (*i.probes, *i.weak, *i.open_probes)}
    signs: list[Probe] = [p for p in load().values() if p.topic in ("signs", "ways")]
    assert not [p.id for p in signs if p.id not in asked]


API = "from fastapi import FastAPI\nimport {}\napp = FastAPI()\n@app.get('/')\ndef root():\n    return {{}}\n"


@pytest.mark.parametrize(
    ("probe", "files", "outcome"),
    [
        ("ci-other-host", {"cloudbuild.yaml": "steps:\n- name: python\n  entrypoint: bash\n  args: [-c, pytest tests]\n"}, "found"),
        ("ci-other-host", {"buildspec.yml": "phases: {build: {commands: [echo pytest]}}\n"}, "absent"),
        ("registry-workflow", {".github/workflows/stage_model.yaml": flow("workflow_dispatch", "run: python src/a.py")}, "found"),
        ("registry-workflow", {".github/workflows/artifact_registry.yaml": flow("push", "run: docker build .")}, "absent"),
        ("registry-workflow", {".github/workflows/load_test.yaml": flow("workflow_dispatch", "run: locust -f a.py")}, "absent"),
        ("data-changes-elsewhere", {".gitlab-ci.yml": "t:\n  script: [pytest]\n  rules: [{changes: [data/**/*]}]\n"}, "found"),
        ("data-changes-elsewhere", {".gitlab-ci.yml": "t:\n  script: [pytest]\n  rules: [{changes: [src/**/*]}]\n"}, "absent"),
        ("fastapi-with-model", {"app.py": API.format("torch")}, "found"),
        ("fastapi-with-model", {"app.py": API.format("json")}, "absent"),
        ("frontend-other", {"ui.py": "import tkinter\n"}, "found"),
        ("frontend-other", {"bot.py": "from telegram.ext import Application\n"}, "found"),
        ("frontend-other", {"web/src/App.vue": "<template></template>\n"}, "found"),
        ("frontend-other", {"app.py": API.format("json")}, "absent"),
        ("robustness-tried", {"src/a.py": "def corrupt_images(x):\n    return x\n"}, "found"),
        ("robustness-tried", {"tests/test_robustness.py": "def test_robust():\n    assert True\n"}, "found"),
        ("robustness-tried", {"src/a.py": "import torchattacks\n"}, "found"),
        ("robustness-tried", {"src/a.py": "def evaluate(x):\n    '''A robust one.'''\n"}, "absent"),
        ("metrics-anywhere", {"src/a.py": "from prometheus_client import Counter\n"}, "found"),
        ("metrics-anywhere", {"compose.yaml": "services: {grafana: {image: grafana/grafana}}\n"}, "found"),
        ("metrics-anywhere", {"src/a.py": "# prometheus\n"}, "absent"),
        ("arguments-read", {"src/a.py": "import sys\nx = sys.argv[1]\n"}, "found"),
        ("arguments-read", {"run.sh": "python train.py --lr $1\n"}, "found"),
        ("arguments-read", {"src/a.py": "import sys\nsys.exit()\n"}, "absent"),
        ("wandb-traces", {"wandb/run-20240101_1-abc/files/config.yaml": "wandb: 1\n"}, "found"),
        ("wandb-traces", {"tests/test_a.py": "import wandb\nwandb.init()\n"}, "found"),
        ("wandb-traces", {"train.dockerfile": "FROM x\nENV WANDB_API_KEY=$K\n"}, "found"),
        ("wandb-traces", {"src/a.py": "import wandb\n"}, "absent"),
    ],
)  # fmt: skip
def test_other_ways(probe: str, files: dict[str, str], outcome: str) -> None:
    assert ask(probe, files).outcome == outcome


# -- what is written and does nothing where it lies ---------------------------------------------------------------------

DATA_FLOW = flow(
    "{pull_request: {branches: [main], paths: ['**/*.dvc', '.dvc/**']}}", "run: dvc pull", "run: python count.py"
)
MODEL_FLOW = "name: New models\n" + flow("{repository_dispatch: {types: [model-new]}}", "run: python check.py")


@pytest.mark.parametrize(
    ("probe", "files", "outcome"),
    [
        ("data-workflow-misplaced", {"cml_data.yaml": DATA_FLOW}, "found"),
        ("data-workflow-misplaced", {"ci/on_change.yml": DATA_FLOW}, "found"),
        ("data-workflow-misplaced", {".github/flows/w.yml": DATA_FLOW}, "found"),
        ("data-workflow-misplaced", {".github/workflows/more/w.yml": DATA_FLOW}, "found"),
        ("data-workflow-misplaced", {".github/workflows/w.yml": DATA_FLOW}, "absent"),
        ("data-workflow-misplaced", {"lint.yaml": flow("push", "run: ruff check .")}, "absent"),
        ("data-workflow-misplaced", {"data.yaml": "jobs:\n  a: 1\n"}, "absent"),
        ("data-workflow-misplaced", {"data.yaml": "on: 3\njobs: [a, b]\n"}, "unknown"),
        ("data-workflow-misplaced", {"data.yaml": flow("push")}, "absent"),
        ("registry-workflow-misplaced", {"w.yaml": MODEL_FLOW}, "found"),
        ("registry-workflow-misplaced", {"cml_registry.yaml": flow("workflow_dispatch", "run: python a.py")}, "found"),
        ("registry-workflow-misplaced", {"w.yaml": DATA_FLOW}, "absent"),
        ("ci-misplaced", {"github/workflows/tests.yaml": flow("push", "run: pytest")}, "found"),
        ("ci-misplaced", {CI: flow("push", "run: pytest")}, "absent"),
        ("ci-misplaced", {"docker-compose.yaml": "services: {a: {image: b}}\n"}, "absent"),
        ("ci-lints-misplaced", {"workflows/lint.yaml": flow("push", "run: ruff check .")}, "found"),
        ("ci-lints-misplaced", {"workflows/lint.yaml": flow("push", "run: pytest")}, "absent"),
        ("ci-varies-misplaced", {"old/ci.yaml": MATRIX}, "found"),
        ("ci-varies-misplaced", {"old/ci.yaml": flow("push", "run: pytest")}, "absent"),
    ],
)
def test_workflows_where_nothing_starts_them(probe: str, files: dict[str, str], outcome: str) -> None:
    answer = ask(probe, files)
    assert answer.outcome == outcome
    if outcome == "found":
        assert "outside .github/workflows, so it never runs" in answer.evidence[0].note


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("data-trigger", DATA_FLOW),
        ("registry-trigger", MODEL_FLOW),
        ("ci-linting", flow("push", "run: ruff check .")),
        ("ci", flow("push", "run: pytest")),
        ("ci-caching-and-matrix", MATRIX),
    ],
)
def test_a_box_with_a_workflow_in_the_wrong_place(item: str, text: str) -> None:
    spec = load_profile().items_by_id[item]
    shown = [ask(p, {"later.yml": text}) for p in spec.probes]
    assert all(a.outcome == "absent" for a in shown)
    assert any("later.yml:1, which starts nothing" in a.evidence[0].note for a in shown), [a.evidence for a in shown]
    assert any(ask(w, {"later.yml": text}).outcome == "found" for w in spec.weak)


FISH = (
    "import torch\nclass Fish(torch.utils.data.Dataset):\n    def __getitem__(self, i):\n        return self.rows[i]\n"
)
OF_DATA = "from fish.data import Fish\ndef test_rows():\n    assert len(Fish()) == 3\n"
OF_MODEL = "from fish.model import Net\ndef test_shape():\n    assert Net()(1).shape == (1, 2)\n"
NET = "import torch\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x\n"


@pytest.mark.parametrize(
    ("probe", "path", "text", "outcome"),
    [
        ("idle-data-tests", "tests/old-data-test.py", OF_DATA, "found"),
        ("idle-data-tests", "tests/data.py", OF_DATA, "found"),
        ("idle-data-tests", "checks/rows.py", OF_DATA, "found"),
        ("idle-data-tests", "tests/test_data.py", OF_DATA, "absent"),
        ("idle-data-tests", "tests/old-data-test.py", OF_DATA.replace("assert ", ""), "absent"),
        ("idle-data-tests", "tests/old-data-test.py", OF_MODEL, "absent"),
        ("idle-model-tests", "tests/model-check.py", OF_MODEL, "found"),
        ("idle-model-tests", "tests/unit/testing_net.py", OF_MODEL, "found"),
        ("idle-model-tests", "src/fish/checks.py", OF_MODEL, "found"),
        ("idle-model-tests", "src/fish/run.py", OF_MODEL.replace("test_shape", "test"), "absent"),
        ("idle-model-tests", "tests/test_model.py", OF_MODEL, "absent"),
    ],
)
def test_tests_that_pytest_does_not_collect(probe: str, path: str, text: str, outcome: str) -> None:
    files = {"src/fish/__init__.py": "", "src/fish/data.py": FISH, "src/fish/model.py": NET, path: text}
    answer = ask(probe, files)
    assert answer.outcome == outcome
    strong = {"idle-data-tests": "data-tests", "idle-model-tests": "model-tests"}[probe]
    if outcome == "found":
        assert "pytest does not collect" in answer.evidence[0].note
        assert ask(strong, files).outcome == "absent"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("from transformers import Trainer\n\ntrainer = Trainer(model)\n", "found"),
        ("from transformers import Trainer\n\nclass Mine(Trainer):\n    pass\n", "found"),
        ("from ultralytics import YOLO\n\nmodel = YOLO('a.pt')\n", "found"),
        ("from accelerate import Accelerator\n\na = Accelerator()\n", "found"),
        ("from transformers import AutoModel\n\nmodel = AutoModel.from_pretrained('a')\n", "absent"),
        ("from ours import Trainer\n\nTrainer()\n", "absent"),
    ],
)
def test_another_librarys_trainer(code: str, outcome: str) -> None:
    assert ask("trainer-elsewhere", {"src/birds/train.py": code}).outcome == outcome
