"""Tests about tests: collection, topics, load tests and coverage over small invented trees."""

import pytest
from conftest import ask, tree

from auditor.facts.tests import Collection, collect

OWN = {
    "pyproject.toml": "[project]\nname = 'orchard'\n",
    "src/orchard/__init__.py": "",
    "src/orchard/data.py": "class Fruits:\n    n = 1\n",
    "src/orchard/model.py": "class Net:\n    n = 1\n",
    "src/orchard/api.py": "app = 1\n",
    "src/orchard/data_drift.py": "def report():\n    return 1\n",
}


def collected(files: dict[str, str]) -> Collection:
    return collect(tree(files).select(("**/*.py",)))


def names(files: dict[str, str]) -> list[str]:
    return [c.name for c in collected(files).cases]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("def test_a():\n    assert 1 == x\ndef helper():\n    pass\n", ["test_a"]),
        (
            "class TestA:\n    def test_a(self):\n        assert x\n    def other(self):\n        pass\n",
            ["TestA.test_a"],
        ),
        ("class Bird:\n    def test_a(self):\n        assert x\n", []),
        ("class TestA:\n    def __init__(self):\n        pass\n    def test_a(self):\n        assert x\n", []),
        (
            "import unittest\nclass Bird(unittest.TestCase):\n    def test_a(self):\n        self.assertTrue(x)\n",
            ["Bird.test_a"],
        ),
        ("class Base:\n    def test_a(self):\n        assert x\nclass TestB(Base):\n    y = 1\n", ["TestB.test_a"]),
        ("import pytest\n@pytest.fixture\ndef test_client():\n    return 1\n", []),
        ("# def test_a():\n#     assert x\n", []),
        ("def test_a():\n    def test_a():\n        assert x\n", ["test_a"]),
        ("def test_a():\n    assert x\ndef test_a():\n    assert y\n", ["test_a"]),
        ("class TestA:\n    __test__ = False\n    def test_a(self):\n        assert x\n", []),
    ],
)
def test_collection(text: str, found: list[str]) -> None:
    assert names({"tests/test_x.py": text}) == found


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"tests/x_test.py": ""}, True),
        ({"tests/checks.py": ""}, False),
        ({"tests/checks.py": "", "pytest.ini": "[pytest]\npython_files = check*.py\n"}, True),
        ({"tests/checks.py": "", "setup.cfg": "[tool:pytest]\npython_files =\n    test_*.py\n    check*.py\n"}, True),
        ({"tests/checks.py": "", "tox.ini": "[pytest]\npython_files = check*.py\n"}, True),
        ({"tests/checks.py": "", "pyproject.toml": "[tool.pytest.ini_options]\npython_files = ['check*.py']\n"}, True),
        ({"tests/test_x.py": "", "pyproject.toml": "[tool.pytest.ini_options]\npython_files = ['check*.py']\n"}, False),
        ({"build/test_x.py": ""}, False),
    ],
)
def test_collection_follows_python_files(files: dict[str, str], found: bool) -> None:
    body = "def test_a():\n    assert x\n"
    files = {path: text or body for path, text in files.items()}
    assert bool(names(files)) == found


@pytest.mark.parametrize(
    ("text", "cases"),
    [
        ("@pytest.mark.parametrize('a', [1, 2, 3])\ndef test_a(a):\n    assert a\n", 3),
        (
            "@pytest.mark.parametrize('a', [1, 2])\n@pytest.mark.parametrize('b', (1, 2, 3))\ndef test_a(a, b):\n    assert a\n",
            6,
        ),
        ("ALL = [1, 2]\n@pytest.mark.parametrize('a', ALL)\ndef test_a(a):\n    assert a\n", 2),
        ("@pytest.mark.parametrize('a', range(4))\ndef test_a(a):\n    assert a\n", 4),
        (
            "ALL = [1, 2]\n@pytest.mark.parametrize('a', [ALL[i] for i in range(len(ALL))])\ndef test_a(a):\n    assert a\n",
            2,
        ),
        ("@pytest.mark.parametrize('a', load())\ndef test_a(a):\n    assert a\n", 0),
        ("@pytest.mark.parametrize('a', [1, *more()])\ndef test_a(a):\n    assert a\n", 0),
        ("@pytest.mark.parametrize('a', [])\ndef test_a(a):\n    assert a\n", 1),
        ("@pytest.mark.parametrize('a', [1, 2])\nclass TestA:\n    def test_a(self, a):\n        assert a\n", 2),
        ("@pytest.fixture(params=[1, 2])\ndef kind(request):\n    return 1\ndef test_a(kind):\n    assert kind\n", 2),
        ("def test_a():\n    assert x\n", 1),
    ],
)
def test_parametrised_count(text: str, cases: int) -> None:
    assert [c.cases for c in collected({"tests/test_x.py": "import pytest\n" + text}).cases] == [cases]


@pytest.mark.parametrize(
    ("body", "active"),
    [
        ("assert f() == 1", True),
        ("with pytest.raises(ValueError):\n        f()", True),
        ("torch.testing.assert_close(f(), 1)", True),
        ("mock.assert_called_once()", True),
        ("if f():\n        raise AssertionError('x')", True),
        ("check(f())", True),
        ("f()", False),
        ("assert True", False),
        ("pass", False),
        ("def test_a():\n        assert f()", False),
        ("def inner():\n        assert f()\n    inner()", True),
        ("pytest.skip('later')\n    assert f()", False),
        ("if not g():\n        pytest.skip('no data')\n    assert f()", True),
    ],
)
def test_a_test_must_run_and_check(body: str, active: bool) -> None:
    text = f"import pytest, torch\ndef check(x):\n    assert x\ndef test_a():\n    {body}\n"
    assert [c.active for c in collected({"tests/test_x.py": text}).cases] == [active]


@pytest.mark.parametrize(
    ("mark", "skipped"),
    [
        ("@pytest.mark.skip", True),
        ("@pytest.mark.skip(reason='x')", True),
        ("@pytest.mark.skipif(True, reason='x')", True),
        ("@pytest.mark.skipif(not exists('data'), reason='x')", False),
        ("@pytest.mark.xfail(run=False)", True),
        ("@pytest.mark.slow", False),
    ],
)
def test_skips(mark: str, skipped: bool) -> None:
    text = f"import pytest\n{mark}\ndef test_a():\n    assert f()\n"
    assert [c.skipped for c in collected({"tests/test_x.py": text}).cases] == [skipped]
    text = f"import pytest\npytestmark = {mark[1:]}\ndef test_a():\n    assert f()\n"
    assert [c.skipped for c in collected({"tests/test_x.py": text}).cases] == [skipped]


def test_uncollected_functions_say_why() -> None:
    found = collected(
        {
            "tests/api_testing.py": "def test_a():\n    assert x\n",
            "tests/test_x.py": "def test_a():\n    assert x\ndef test_a():\n    def test_b():\n        assert x\n    assert y\n",
        }
    )
    assert [(u.name, u.reason) for u in found.uncollected] == [
        ("test_a", "pytest does not collect files of this name"),
        ("test_a", "defined again in line 3"),
        ("test_a.test_b", "nested in a function, so never run by pytest"),
    ]


@pytest.mark.parametrize(
    ("imports", "settings", "own"),
    [
        ("from orchard.data import Fruits", "", ("orchard.data",)),
        ("from src.orchard.data import Fruits", "", ("src.orchard.data",)),
        ("from data import Fruits", "", ("data",)),  # only PYTHONPATH can make that work
        ("from data import Birds", "", ()),
        ("from data import Fruits", "[tool.pytest.ini_options]\npythonpath = ['src/orchard']\n", ("data",)),
        ("import sys\nsys.path.append('src/orchard')\nfrom data import Fruits", "", ("data",)),
        ("from torch.utils.data import Fruits", "", ()),
    ],
)
def test_own_modules_of_a_test(imports: str, settings: str, own: tuple[str, ...]) -> None:
    test = f"{imports}\ndef test_a():\n    assert Fruits()\n"
    files = {**OWN, "pyproject.toml": settings or OWN["pyproject.toml"], "tests/test_data.py": test}
    assert collected(files).cases[0].own == own


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"tests/test_x.py": "def test_a():\n    assert x\n"}, "found"),
        ({"tests/test_x.py": "def test_a():\n    pass\n"}, "absent"),
        ({"tests/test_x.py": ""}, "absent"),
        ({"tests/test_x.py": "# def test_a():\n#    assert x\n"}, "absent"),
        ({"src/x.py": "def test_a():\n    assert x\n"}, "absent"),
        ({"tests/test_x.py": "def test_a(:\n    assert x\n"}, "unknown"),
    ],
)
def test_any_tests(files: dict[str, str], outcome: str) -> None:
    assert ask("any-tests", files).outcome == outcome


def test_any_tests_counts() -> None:
    text = (
        "import pytest\n@pytest.mark.parametrize('a', [1, 2])\ndef test_a(a):\n    assert a\ndef test_b():\n    f()\n"
    )
    note = ask("any-tests", {"tests/test_x.py": text}).evidence[0].note
    assert note == "2 test functions (3 with parametrisation) in 1 files; 1 without a check."


DATA = "from orchard.data import Fruits\ndef test_a():\n    assert len(Fruits()) == 3\n"
MODEL = "from orchard.model import Net\ndef test_a():\n    assert Net()(1).shape == (1, 2)\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("tests/test_data.py", DATA, "found"),
        ("tests/test_first.py", DATA, "found"),
        ("tests/test_data.py", "import torch\ndef test_a():\n    assert torch.load('data/processed/x.pt') is not None\n", "found"),
        ("tests/test_data.py", "import pytest\nfrom orchard.data import Fruits\n@pytest.fixture\ndef d():\n    return Fruits()\n"
         "def test_a(d):\n    assert len(d) == 3\n", "found"),
        ("tests/test_data.py", "import pytest\nfrom orchard.data import Fruits\n@pytest.mark.skip\ndef test_a():\n    assert Fruits()\n", "absent"),
        ("tests/test_data.py", "from orchard.data import Fruits\ndef test_a():\n    def test_a():\n        assert Fruits()\n", "absent"),
        ("tests/test_data.py", "from orchard.data import Fruits\ndef test_a():\n    Fruits()\n", "absent"),
        ("tests/test_model.py", MODEL, "absent"),
        ("tests/test_drift.py", "from orchard.data_drift import report\ndef test_a():\n    assert report()\n", "absent"),
        ("tests/test_api.py", "from fastapi.testclient import TestClient\nfrom orchard.api import app\nc = TestClient(app)\n"
         "def test_data():\n    assert c.get('/data').json()\n", "absent"),
        ("tests/test_data.py", "def test_a():\n    assert 1 + 1 == 2\n", "absent"),
        ("tests/test_data.py", "def test_a(:\n", "unknown"),
    ],
)  # fmt: skip
def test_data_tests(path: str, text: str, outcome: str) -> None:
    assert ask("data-tests", {**OWN, path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "own", "others"),
    [
        ("tests/test_model.py", MODEL, "found", "absent"),
        ("tests/unit/test_first.py", MODEL, "found", "absent"),
        ("tests/test_model.py", "from hydra.utils import instantiate\ndef test_a():\n    assert instantiate({}).n\n", "found", "absent"),
        ("tests/test_model.py", "from vit_pytorch import ViT\ndef test_a():\n    assert ViT()(1).shape\n", "absent", "found"),
        ("tests/test_model.py", "", "absent", "absent"),
        ("tests/test_data.py", DATA, "absent", "absent"),
        ("tests/test_model.py", MODEL.replace("assert ", ""), "absent", "absent"),
        ("tests/test_predict_api.py", "from fastapi.testclient import TestClient\nfrom orchard.api import app\n"
         "def test_predict():\n    assert TestClient(app).get('/predict')\n", "absent", "absent"),
        ("tests/test_model.py", "def test_a(:\n", "unknown", "unknown"),
    ],
)  # fmt: skip
def test_model_tests(path: str, text: str, own: str, others: str) -> None:
    assert ask("model-tests", {**OWN, path: text}).outcome == own
    assert ask("model-tests-of-others", {**OWN, path: text}).outcome == others


def test_idle_tests_are_weak_signs() -> None:
    unchecked = {"tests/test_data.py": DATA.replace("assert ", ""), "tests/test_model.py": MODEL.replace("assert ", "")}
    assert ask("idle-data-tests", {**OWN, **unchecked}).outcome == "found"
    assert ask("idle-model-tests", {**OWN, **unchecked}).outcome == "found"
    live = {"tests/test_data.py": DATA, "tests/test_model.py": MODEL, "tests/test_observations.py": DATA}
    assert ask("idle-data-tests", {**OWN, **live}).outcome == "absent"
    assert ask("idle-model-tests", {**OWN, **live}).outcome == "absent"
    assert ask("data-tests", {**OWN, "tests/test_observations.py": DATA}).outcome == "found"


CLIENT = "from fastapi.testclient import TestClient\nfrom orchard.api import app\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"tests/test_api.py": CLIENT + "c = TestClient(app)\ndef test_a():\n    assert c.get('/').status_code == 200\n"}, "found"),
        ({"tests/conftest.py": "import pytest\n" + CLIENT + "@pytest.fixture\ndef web():\n    return TestClient(app)\n",
          "tests/api/test_root.py": "def test_a(web):\n    assert web.get('/').status_code == 200\n"}, "found"),
        ({"tests/test_api.py": "import requests\ndef test_a():\n    assert requests.get('http://localhost:8000').ok\n"}, "found"),
        ({"tests/test_api.py": "import httpx\nasync def test_a():\n    async with httpx.AsyncClient() as c:\n"
          "        assert (await c.get('/')).is_success\n"}, "found"),
        ({"tests/test_api.py": "from orchard.web import app\ndef test_a():\n    assert app.test_client().get('/').status_code == 200\n"}, "found"),
        ({"tests/test_api.py": CLIENT + "c = TestClient(app)\ndef test_a():\n    c.get('/')\n"}, "absent"),
        ({"tests/test_api.py": CLIENT + "# def test_a():\n#    assert TestClient(app).get('/')\n"}, "absent"),
        ({"tests/api_testing.py": CLIENT + "def test_a():\n    assert TestClient(app).get('/')\n"}, "absent"),
        ({"tests/test_api.py": ""}, "absent"),
        ({"tests/test_data.py": "import requests\n" + DATA}, "absent"),
        ({"tests/locustfile.py": "from locust import HttpUser, task\nclass U(HttpUser):\n    @task\n    def test_a(self):\n"
          "        self.client.get('/')\n"}, "absent"),
        ({"tests/test_api.py": CLIENT + "def test_a(:\n"}, "unknown"),
    ],
)  # fmt: skip
def test_api_tests(files: dict[str, str], outcome: str) -> None:
    assert ask("api-tests", {**OWN, **files}).outcome == outcome


LOCUST = "from locust import HttpUser, task\nclass U(HttpUser):\n    @task\n    def root(self):\n        self.client.get('/')\n"
BURST = (
    "import time, requests\nfrom concurrent.futures import ThreadPoolExecutor\ndef hit(i):\n    t = time.perf_counter()\n"
    "    requests.post('http://x')\n    return time.perf_counter() - t\n# latencies\nwith ThreadPoolExecutor() as p:\n    p.map(hit, range(9))\n"
)


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"tests/locustfile.py": LOCUST}, "found"),
        ({"tests/perf.js": "import http from 'k6/http';\nexport default function () { http.get('x'); }\n"}, "found"),
        ({"load.jmx": "<jmeterTestPlan><ThreadGroup/></jmeterTestPlan>"}, "found"),
        ({"artillery.yml": "config:\n  target: http://x\nscenarios:\n  - flow: []\n"}, "found"),
        ({"Makefile": "load:\n\they -n 100 http://x\n"}, "found"),
        (
            {
                "tasks.py": "from invoke import task\n@task\ndef load(ctx):\n    ctx.run('uv run locust -f l.py --headless')\n"
            },
            "found",
        ),
        ({"tests/load_test_api.py": BURST}, "found"),
        ({"tests/locustfile.py": ""}, "absent"),
        ({"tests/locustfile.py": LOCUST.replace("        self.client.get('/')", "        pass")}, "absent"),
        ({"tests/locustfile.py": "\n".join("# " + row for row in LOCUST.split("\n"))}, "absent"),
        ({"requirements_tests.txt": "locust\n"}, "absent"),
        ({"tests/load_test_api.py": "import requests, time\ntime.time()\nrequests.get('http://x')\n"}, "absent"),
        ({"src/download.py": BURST.replace("latencies", "files")}, "absent"),
        ({"Makefile": "setup:\n\tpip install locust\n"}, "absent"),
        ({"tests/locustfile.py": "from locust import HttpUser\nclass U(HttpUser:\n"}, "unknown"),
    ],
)
def test_load_test(files: dict[str, str], outcome: str) -> None:
    assert ask("load-test", files).outcome == outcome


TESTS = {"tests/test_x.py": "def test_a():\n    assert x\n"}


def ci(run: str) -> dict[str, str]:
    return {".github/workflows/ci.yaml": f"on: push\njobs:\n  t:\n    steps:\n      - {run}\n"}


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({**TESTS, **ci("run: uv run coverage run -m pytest")}, "found"),
        ({**TESTS, **ci("run: pytest --cov=src tests")}, "found"),
        ({**TESTS, "Makefile": "cov:\n\tpython -m pytest --cov src\n"}, "found"),
        ({**TESTS, "pyproject.toml": "[tool.pytest.ini_options]\naddopts = '-q --cov=src'\n"}, "found"),
        ({**TESTS, "tox.ini": "[pytest]\naddopts = --cov\n"}, "found"),
        ({"docs/coverage.md": "| File | Cover |\n|---|---|\n| TOTAL | 80% |\n"}, "found"),
        ({"coverage.xml": "<coverage line-rate='0.8'></coverage>\n"}, "found"),
        ({".coverage": b"SQLite format 3\0"}, "found"),
        ({**TESTS, **ci("run: pip install coverage")}, "absent"),
        ({**TESTS, **ci("run: pytest  # --cov")}, "absent"),
        ({**TESTS, **ci("if: false\n        run: pytest --cov")}, "absent"),
        (ci("run: pytest --cov"), "absent"),
        ({"tests/test_x.py": "", **ci("run: pytest --cov")}, "absent"),
        ({**TESTS, ".gitignore": ".coverage\n", "requirements_dev.txt": "coverage==7\n"}, "absent"),
        ({**TESTS, "pyproject.toml": "[tool.coverage.run]\nomit = ['tests/*']\n"}, "absent"),
        ({"docs/coverage.md": "Our coverage could be better.\n"}, "absent"),
        ({**TESTS, ".github/workflows/ci.yaml": "on: push\njobs: [\n# coverage\n"}, "unknown"),
    ],
)
def test_coverage(files: dict[str, str | bytes], outcome: str) -> None:
    assert ask("coverage", files).outcome == outcome


def test_the_template_task_measures_coverage_and_is_no_reason_to_tick_the_box() -> None:
    text = 'from invoke import task\n@task\ndef test(ctx):\n    ctx.run("coverage run -m pytest tests/", echo=True)\n'
    files = {**TESTS, "tasks.py": text + "# changed\n"}
    assert ask("coverage", files).outcome == "found"
    assert ask("coverage-own", files).outcome == "absent"
    own = {**TESTS, "tasks.py": text.replace("tests/", "tests/ -q")}
    assert ask("coverage-own", own).outcome == "found"
    assert ask("coverage", {"tasks.py": text}).outcome == "absent"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"requirements_dev.txt": "pytest-cov\n"}, "found"),
        ({"pyproject.toml": "[dependency-groups]\ndev = ['coverage>=7']\n"}, "found"),
        ({"pyproject.toml": "[tool.coverage.run]\nbranch = true\n"}, "found"),
        ({".coveragerc": "[run]\n# coverage\n"}, "found"),
        ({"requirements_dev.txt": "pytest\n# coverage\n"}, "absent"),
        ({"pyproject.toml": "[tool.coverage\n"}, "unknown"),
    ],
)
def test_coverage_dependency(files: dict[str, str], outcome: str) -> None:
    assert ask("coverage-dependency", files).outcome == outcome


def test_coverage_picture() -> None:
    assert ask("coverage-picture", {"reports/figures/code_coverage.png": b"\x89PNG"}).outcome == "found"
    assert ask("coverage-picture", {"reports/figures/wandb.png": b"\x89PNG"}).outcome == "absent"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"tests/api_testing.py": CLIENT + "def test_a():\n    assert TestClient(app).get('/')\n"}, "found"),
        ({"tests/test_api.py": "from orchard.api import app\ndef test_a():\n    assert app\n"}, "found"),
        ({"tests/test_data.py": DATA}, "absent"),
        ({"src/orchard/web.py": CLIENT}, "absent"),
    ],
)
def test_api_tests_idle(files: dict[str, str], outcome: str) -> None:
    assert ask("api-tests-idle", {**OWN, **files}).outcome == outcome


NET = "from torch import nn\nclass Heron(nn.Module):\n    def forward(self, x):\n        return x\nclass Egret(Heron):\n    pass\n"
BIRDS = "from torch.utils.data import Dataset\nclass Nests(Dataset):\n    def __len__(self):\n        return 3\n"


@pytest.mark.parametrize(
    ("probe", "files", "outcome"),
    [
        # a network is a model whatever its name, and wherever its test stands
        ("model-tests", {"src/birds/wings.py": NET, "tests/test_wings.py": "from birds.wings import Heron\ndef test_it():\n    assert Heron()(1) == 1\n"}, "found"),
        ("model-tests", {"src/birds/wings.py": NET, "tests/test_data.py": "from birds.wings import Egret\ndef test_shape():\n    assert Egret()(1) == 1\n"}, "found"),
        ("model-tests", {"src/birds/model.py": NET, "tests/test_data.py": "from birds.model import Heron\ndef test_model():\n    assert Heron()(1) == 1\n"}, "found"),
        ("model-tests", {"src/birds/wings.py": "class Heron:\n    pass\n", "tests/test_wings.py": "from birds.wings import Heron\ndef test_it():\n    assert Heron()\n"}, "absent"),
        # a helper of the training script is not the model
        ("model-tests-plain", {"src/birds/train.py": "def count_nests(f):\n    return 3\n", "tests/test_train.py": "from birds.train import count_nests\ndef test_it():\n    assert count_nests('x') == 3\n"}, "absent"),
        ("model-tests-plain", {"src/birds/train.py": "def train(f):\n    return 3\n", "tests/test_train.py": "from birds.train import train\ndef test_it():\n    assert train('x') == 3\n"}, "found"),
        ("model-tests-plain", {"src/birds/wings.py": NET, "tests/test_wings.py": "from birds.wings import Heron\ndef test_it():\n    assert Heron()(1) == 1\n"}, "found"),
        # data by what it is, or listed where it lies
        ("data-tests", {"src/birds/twigs.py": BIRDS, "tests/test_twigs.py": "from birds.twigs import Nests\ndef test_it():\n    assert len(Nests()) == 3\n"}, "found"),
        ("data-tests", {"tests/test_data.py": "from google.cloud import storage\ndef test_names():\n    names = [b.name for b in storage.Client().list_blobs('nests')]\n    assert 'a.csv' in names\n"}, "found"),
        ("data-tests", {"tests/test_bucket.py": "import gcsfs\ndef test_data_is_there():\n    assert 'nests/a.csv' in gcsfs.GCSFileSystem().ls('nests')\n"}, "found"),
        ("data-tests", {"tests/test_data.py": "import os\nfrom tests import FOLDER\ndef test_files():\n    assert os.listdir(FOLDER)\n"}, "found"),
        ("data-tests", {"tests/test_data.py": "import pickle\ndef load(p):\n    return pickle.load(open(p, 'rb'))\ndef test_len():\n    assert len(load('x')) == 4\n"}, "found"),
        ("data-tests", {"tests/test_names.py": "import os\ndef test_home():\n    assert os.listdir('.')\n"}, "absent"),
    ],
)  # fmt: skip
def test_by_what_is_tested(probe: str, files: dict[str, str], outcome: str) -> None:
    assert ask(probe, files).outcome == outcome


@pytest.mark.parametrize(
    ("head", "outcome"),
    [
        ("from data import Fruits\n", "found"),
        ("from orchard.data import Fruits\n", "found"),
        # not what that file has
        ("from data import Birds\n", "absent"),
        ("from pears import Fruits\n", "absent"),
    ],
)
@pytest.mark.parametrize("ci", ["pytest tests", "pytest tests --ignore=tests/test_data.py"])
def test_a_module_by_its_bare_name(head: str, outcome: str, ci: str) -> None:
    """`PYTHONPATH` is set where the tests run; that a workflow leaves them out does not make them unwritten."""
    files = OWN | {
        "tests/test_data.py": head + "fruits = Fruits()\ndef test_length():\n    assert len(fruits) == 3\n",
        ".github/workflows/ci.yml": f"on: push\njobs:\n  a:\n    steps:\n    - run: {ci}\n",
    }
    assert ask("data-tests", files).outcome == outcome


@pytest.mark.parametrize(
    "options",
    [
        "addopts = '--ignore=tests/test_data.py'",
        "addopts = '--deselect tests/test_data.py::test_length'",
        "addopts = '-k model'",
        "addopts = '-m \"not slow\"'",
        "testpaths = ['tests/other']",
    ],
)
def test_what_is_left_out_is_written(options: str) -> None:
    files = OWN | {
        "pyproject.toml": f"[tool.pytest.ini_options]\n{options}\n",
        "tests/test_data.py": "import pytest\nfrom orchard.data import Fruits\n@pytest.mark.slow\ndef test_length():\n    assert Fruits.n == 1\n",
    }
    assert ask("data-tests", files).outcome == "found"
