"""Work that no list of tools knows, and what an open box needs to be at work."""

import pytest
from conftest import ask, tree

from auditor.idle import idle
from auditor.models import Evidence
from auditor.probes import load
from auditor.profile import load_profile

MODEL = {"src/app/model.py": "class Net:\n    pass\n", "src/app/api.py": "def serve():\n    pass\n"}
TEST = "from app.model import Net\n\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("tests/test_net.py", TEST + "def test_it():\n    assert Net()\n", "found"),
        ("tests/test_net.py", TEST + "def test_it():\n    Net()\n", "found"),
        ("tests/net.py", TEST + "class testClassNet:\n    def shape(self):\n        assert Net()\n", "found"),
        ("tests/net.py", TEST + "def testShape():\n    assert Net()\n", "found"),
        ("tests/run.py", "import subprocess\ndef test_run():\n    subprocess.run(['app'])\n", "found"),
        ("src/check.py", TEST + "def test_it():\n    assert Net()\n", "found"),
        ("src/check.py", TEST + "def testing():\n    assert Net()\n", "absent"),
        ("tests/test_net.py", TEST + "# def test_it():\n#    assert Net()\n", "absent"),
        ("tests/test_net.py", TEST + "def test_it():\n    pass\n", "absent"),
        ("tests/test_net.py", "import numpy\ndef test_it():\n    assert numpy.ones(1)\n", "absent"),
        ("tests/test_it.py", "from app.api import serve\ndef test_it():\n    assert serve()\n", "absent"),
        ("tests/test_api.py", TEST + "def test_it():\n    assert Net()\n", "absent"),
    ],
)
def test_tests_of_own_code(path: str, text: str, outcome: str) -> None:
    assert ask("tests-of-own-code", MODEL | {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/train.py", "from newlib import Writer\nm = Writer('small')\nm.train('data.csv', args=1)\n", "found"),
        ("src/train.py", "import newlib\nnewlib.finetune(model, data)\n", "found"),
        ("src/train.py", "import subprocess\nsubprocess.run(['segnet_train', '621', '2d'])\n", "found"),
        ("src/train.py", "import subprocess\ndef go(cmd):\n    subprocess.run(cmd)\nx = ['segnet_train', str(n)]\ngo(x)\n", "found"),
        ("src/train.py", "import os\nos.system('detect train data=a.yaml')\n", "found"),
        ("scripts/run.sh", "autotrainer llm --train\n", "found"),
        ("Makefile", "train:\n\taccelerate launch src/main.py\n", "found"),
        ("src/train.py", "def go(model):\n    model.train()\n    model.train(True)\n    model.train(mode=False)\n", "absent"),
        ("src/train.py", "from a import b\nscaler = b()\nscaler.fit(x)\n", "absent"),
        ("src/train.py", "class A:\n    def go(self):\n        self.train(1)\n", "absent"),
        ("src/train.py", "import subprocess\nfor s in ['train', 'val', 'test']:\n    subprocess.run(['ls', s])\n", "absent"),
        ("src/train.py", "import subprocess\nfor s in ['val', 'train']:\n    subprocess.run(['ls', s])\n", "absent"),
        ("tests/test_a.py", "import newlib\nnewlib.train(1)\n", "absent"),
        ("Makefile", "train:\n\tpython src/train.py\n", "absent"),
    ],
)  # fmt: skip
def test_trained_anyhow(path: str, text: str, outcome: str) -> None:
    assert ask("trained-anyhow", {path: text}).outcome == outcome


def test_own_function_is_no_library() -> None:
    own = {"src/app/fit.py": "def train(a):\n    pass\n", "src/main.py": "from app import fit\nfit.train(1)\n"}
    assert ask("trained-anyhow", own).outcome == "absent"


APP = "from fastapi import FastAPI\nfrom {0} import {1}\napp = FastAPI()\nthing = {1}('a')\n@app.post('/text')\ndef text(t: str):\n    {2}\n"


@pytest.mark.parametrize(
    ("library", "name", "body", "outcome"),
    [
        ("newlib", "Writer", "return {'text': thing.write_text(t)}", "found"),
        ("newlib", "Writer", "out = thing(t)\n    return out", "found"),
        ("newlib", "Writer", "thing.count(t)\n    return 'ok'", "absent"),
        ("newlib", "Writer", "return 'ok'", "absent"),
        ("newlib", "make", "return thing.write_text(t)", "absent"),
        ("google.cloud.storage", "Client", "return thing.bucket(t)", "absent"),
        ("pathlib", "Path", "return thing.read_text()", "absent"),
    ],
)
def test_route_asks_other(library: str, name: str, body: str, outcome: str) -> None:
    assert ask("route-asks-other", {"src/api.py": APP.format(library, name, body)}).outcome == outcome


FLOW = "on: {{push: {{branches: [main], paths: ['{}']}}}}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: {}\n"


@pytest.mark.parametrize(
    ("paths", "run", "outcome"),
    [
        ("**/*.dvc", "echo data have changed", "found"),
        ("**/*.dvc", "dvc pull", "absent"),
        ("nothing/**/*.dvc", "echo data have changed", "absent"),
    ],
)
def test_data_trigger_prints(paths: str, run: str, outcome: str) -> None:
    flow = {".github/workflows/data.yml": FLOW.format(paths, run), "data.dvc": "outs: []\n"}
    assert ask("data-trigger-prints", flow).outcome == outcome


BUILD = "steps:\n- name: gcr.io/cloud-builders/docker\n  args: [build, ., -f, docker/check.dockerfile]\n"


@pytest.mark.parametrize(
    ("rows", "build", "outcome"),
    [
        ("RUN dvc pull\nCMD [\"pytest\", \"checks/\"]\n", BUILD, "found"),
        ("RUN dvc pull\nRUN python src/train.py\n", BUILD, "found"),
        ("RUN dvc pull\nCMD uvicorn a:b\n", BUILD, "absent"),
        ("CMD pytest\n", BUILD, "absent"),
        ("RUN dvc pull\nCMD pytest\n", "steps: []\n", "absent"),
    ],
)  # fmt: skip
def test_data_build(rows: str, build: str, outcome: str) -> None:
    files = {"docker/check.dockerfile": f"FROM python:3.12\n{rows}", "cloudbuild_check.yaml": build}
    assert ask("data-build", files).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("notebooks/a.ipynb.py", "import mlflow\n", "found"),
        ("requirements.txt", "numpy\nwandb>=0.16\n", "found"),
        ("requirements.txt", "numpy\nwandbox\n", "absent"),
        ("src/a.py", "# wandb\n", "absent"),
    ],
)
def test_tracker_named(path: str, text: str, outcome: str) -> None:
    assert ask("tracker-named", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("on: workflow_dispatch\njobs: {a: {runs-on: ubuntu-latest, steps: [{run: make all}]}}\n", "found"),
        ("on: push\njobs: {a: {runs-on: ubuntu-latest, if: false, steps: [{run: make all}]}}\n", "absent"),
    ],
)
def test_ci_anything(text: str, outcome: str) -> None:
    assert ask("ci-anything", {".github/workflows/a.yml": text}).outcome == outcome


@pytest.mark.parametrize(
    ("row", "outcome"),
    [
        ('ENTRYPOINT ["python", "-u", "app/train.py"]', "found"),
        ("COPY src/app src/app", "found"),
        ("COPY src/ src/", "absent"),
        ('ENTRYPOINT ["python", "-u", "app/gone.py"]', "absent"),
        ("RUN pip install torch", "absent"),
    ],
)
def test_dockerfile_kept(row: str, outcome: str) -> None:
    snapshot = tree({"train.dockerfile": f"FROM a\n{row}\n", "app/train.py": "x = 1\n", "src/app/a.py": "x = 1\n"})
    snapshot.set_aside = lambda file: "template stub" if file.path == "train.dockerfile" else ""
    assert load()["dockerfile"].run(snapshot).outcome == "absent"
    assert load()["dockerfile-kept"].run(snapshot).outcome == outcome


LOCUST = "from locust import HttpUser, task\nclass U(HttpUser):\n    @task\n    def go(self):\n        {}\n"
API = "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef p(x: int):\n    return model.predict(x)\n@app.get('/items/{id}')\ndef i(id: int):\n    return id\n"


@pytest.mark.parametrize(
    ("does", "outcome"),
    [
        ("self.client.post('/predict', json={})", "found"),
        ("self.client.get('/items/3?q=1')", "found"),
        ("self.client.get('/hello')\n        self.client.post('/predict')", "found"),
        ("self.client.get(PATH)", "found"),
        ("self.client.get('/hello')\n        self.client.get(f'/item?id={3}')", "absent"),
    ],
)
def test_load_test_of_api(does: str, outcome: str) -> None:
    files = {"tests/locustfile.py": LOCUST.format(does), "src/api.py": API}
    assert ask("load-test", files).outcome == "found"
    assert ask("load-test-of-api", files).outcome == outcome
    assert ask("load-test-of-api", {"tests/locustfile.py": files["tests/locustfile.py"]}).outcome == "found"


DEPLOY = {"deploy.sh": "gcloud run deploy app --image app:latest\n"}
HELLO = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef root():\n    return {'Hello': 'World'}\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/api.py": API}, "found"),
        ({"src/api.py": "import torch\n" + HELLO}, "found"),
        ({"src/a.py": "x = 1\n"}, "found"),
        ({"src/api.py": HELLO}, "absent"),
    ],
)
def test_cloud_deploy_model(files: dict[str, str], outcome: str) -> None:
    assert ask("cloud-deploy", DEPLOY | files).outcome == "found"
    assert ask("cloud-deploy-model", DEPLOY | files).outcome == outcome


def test_monitoring_of_the_cloud() -> None:
    local = {"monitoring/dash.json": '{"panels": [], "schemaVersion": 3}'}
    assert ask("cloud-monitoring", local).outcome == "found"
    assert ask("cloud-monitoring-cloud", local).outcome == "absent"
    cloud = {"infra/main.tf": 'resource "google_monitoring_dashboard" "a" {\n}\n'}
    assert ask("cloud-monitoring-cloud", cloud).outcome == "found"


@pytest.mark.parametrize(
    ("settings", "outcome"),
    [
        ("max_epochs: 3\n", "found"),
        ("max_epochs: 3\naccelerator: gpu\n", "found"),
        ("max_epochs: 3\naccelerator: cpu\n", "absent"),
        ("max_epochs: 3\ndevices: 1\n", "absent"),
    ],
)
@pytest.mark.parametrize("package", ["pytorch_lightning", "lightning", "lightning.pytorch"])
def test_configured_trainer_without_devices(package: str, settings: str, outcome: str) -> None:
    files = {
        "configs/trainer.yaml": f"_target_: {package}.Trainer\n{settings}",
        "train.py": "from hydra.utils import instantiate\ninstantiate(cfg.trainer).fit(m)\n",
    }
    assert ask("distributed-ready", files).outcome == outcome
    assert ask("distributed-training", files).outcome == "absent"


def test_lines_of_the_templates_workflow_are_nobodys() -> None:
    rows = '      matrix:\n        operating-system: ["ubuntu-latest"]\n'
    snapshot = tree({".github/workflows/tests.yaml": rows})
    snapshot.set_aside = lambda file: "template stub"
    pieces = {
        str(n): Evidence(kind="excerpt", probe=probe, path=".github/workflows/tests.yaml", start=1, end=2)
        for n, probe in enumerate(("ci-caching-and-matrix", "ci-matrix"))
    }
    assert idle(snapshot, pieces).others == {"0"}


def test_the_profile_asks_them() -> None:
    items = load_profile().items_by_id
    for item, weak in {
        "data-tests": "tests-of-own-code", "model-tests": "tests-of-own-code", "training": "trained-anyhow", "fastapi": "route-asks-other",
        "data-trigger": "data-build", "dockerfiles": "dockerfile-kept", "ci": "ci-anything", "experiment-tracking": "tracker-named",
    }.items():  # fmt: skip
        assert weak in items[item].weak
        assert weak in load()
