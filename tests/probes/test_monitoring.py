"""Monitoring probes over small invented trees."""

import json

import pytest
from conftest import ask

REPORT = "from evidently.report import Report\nfrom evidently.metric_preset import DataDriftPreset\n"
RUN = "r = Report(metrics=[DataDriftPreset()])\nr.run(reference_data=a, current_data=b)\n"


def notebook(code: str) -> str:
    return json.dumps({"cells": [{"cell_type": "code", "source": code}]}, indent=1)


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/fish/watch.py": REPORT + RUN}, "found"),
        ({"w.py": "from evidently import Report\nfrom evidently.presets import DataDriftPreset\n" + RUN}, "found"),
        ({"w.py": "from evidently.legacy.test_suite import TestSuite\nTestSuite(tests=[]).run()\n"}, "found"),
        ({"w.py": "import nannyml as nml\nnml.UnivariateDriftCalculator(columns=c)\n"}, "found"),
        ({"w.py": "from alibi_detect.cd import KSDrift\nd = KSDrift(x, p_val=.05)\n"}, "found"),
        ({"n.ipynb": notebook(REPORT + RUN)}, "found"),
        ({"drift.py": "from scipy import stats\ndef check(a, b):\n    return stats.ks_2samp(a, b)\n"}, "found"),
        ({"tools/drift.py": "import numpy as np\ndef shift(a):\n    \"\"\"Drift.\"\"\"\n    b = np.clip(a + np.random.normal(0, 1), 0, 1)\n    return np.mean(b)\n"}, "found"),
        ({"stats.py": "from scipy import stats\ndef compare(a, b):\n    return stats.ks_2samp(a, b)\n"}, "absent"),
        ({"w.py": REPORT}, "absent"),
        ({"requirements.txt": "evidently\n"}, "absent"),
        ({"tests/test_drift.py": REPORT + RUN}, "absent"),
        ({"drift.py": "def check(a, b):\n    raise NotImplementedError\n"}, "absent"),
        ({"n.ipynb": notebook("from sklearn import datasets\nd = datasets.load_iris()\n" + REPORT + RUN)}, "absent"),
        ({"w.py": '"""evidently, drift"""\n# Report(metrics=[DataDriftPreset()])\n'}, "absent"),
        ({"w.py": "import evidently\nReport(\n"}, "unknown"),
    ],
)  # fmt: skip
def test_drift_check(files: dict[str, str], outcome: str) -> None:
    assert ask("drift-check", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"reports/data_drift.html": "<html>" + "x" * 300}, "found"),
        ({"reports/data_drift.html": ""}, "absent"),
        ({"src/drift.py": REPORT + RUN}, "absent"),
    ],
)
def test_drift_report(files: dict[str, str], outcome: str) -> None:
    assert ask("drift-report", files).outcome == outcome


SERVICE = "from fastapi import FastAPI\nfrom fish.watch import compare\napp = FastAPI()\n@app.get('/drift')\ndef drift():\n    return compare()\n"
WATCH = REPORT + "def compare():\n    r = Report(metrics=[DataDriftPreset()])\n    return r\n"
SERVED = {"src/fish/side.py": SERVICE, "src/fish/watch.py": WATCH}


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        (SERVED, "found"),
        ({"app.py": REPORT + "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/report')\ndef get_report():\n    Report(metrics=[]).run()\n"}, "found"),
        ({"app.py": "from fastapi import FastAPI\nfrom fastapi.responses import FileResponse\napp = FastAPI()\n@app.get('/monitoring')\ndef page():\n    return FileResponse('drift.html')\n"}, "absent"),
        ({"app.py": "from fastapi import FastAPI\nfrom fastapi.staticfiles import StaticFiles\napp = FastAPI()\napp.mount('/drift', StaticFiles(directory='r'))\n", "w.py": WATCH}, "absent"),
        ({"tests/app.py": SERVICE, "src/fish/watch.py": WATCH}, "absent"),
        ({"app.py": "from fastapi import FastAPI\n@app.get('/drift'\n"}, "unknown"),
    ],
)  # fmt: skip
def test_drift_service(files: dict[str, str], outcome: str) -> None:
    assert ask("drift-service", files).outcome == outcome


DOCKER = 'FROM python:3.12\nCMD ["uvicorn", "fish.side:app", "--host", "0.0.0.0"]\n'
DEPLOY = """steps:
- name: gcr.io/cloud-builders/docker
  args: ['build', '-t', 'eu/p/watcher:1', '-f', 'dockerfiles/side.dockerfile', '.']
- name: gcr.io/google.com/cloudsdktool/cloud-sdk
  entrypoint: gcloud
  args: ['run', 'deploy', 'watcher', '--image', 'eu/p/watcher:1']
"""
BUILD = DEPLOY.split("- name: gcr.io/google.com")[0]


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({**SERVED, "dockerfiles/side.dockerfile": DOCKER, "cloudbuild.yaml": DEPLOY}, "found"),
        ({**SERVED, "dockerfiles/side.dockerfile": DOCKER, "cloudbuild.yaml": BUILD, "deploy.sh": "gcloud run deploy w --image eu/p/watcher:1\n"}, "found"),
        ({**SERVED, "dockerfiles/side.dockerfile": DOCKER, "cloudbuild.yaml": BUILD}, "absent"),
        ({**SERVED, "dockerfiles/side.dockerfile": DOCKER, "cloudbuild.yaml": BUILD, "deploy.sh": "gcloud run deploy w --image eu/p/other:1\n"}, "absent"),
        ({**SERVED, "dockerfiles/side.dockerfile": DOCKER, "cloudbuild.yaml": DEPLOY.replace("fish", "x").replace("side", "main").replace("watcher", "main")}, "absent"),
        ({"src/fish/watch.py": WATCH, "dockerfiles/side.dockerfile": DOCKER, "cloudbuild.yaml": DEPLOY}, "absent"),
        (SERVED, "absent"),
    ],
)  # fmt: skip
def test_drift_service_deployed(files: dict[str, str], outcome: str) -> None:
    assert ask("drift-service-deployed", files).outcome == outcome


def api(body: str, more: str = "") -> str:
    rows = "\n".join("    " + row for row in body.split("\n"))
    return f"from fastapi import FastAPI\n{more}\napp = FastAPI()\n@app.post('/predict')\ndef predict(x, tasks):\n    y = model.predict(x)\n{rows}\n    return y\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"api.py": api("bucket.blob('a').upload_from_string(json.dumps([x, y]))")}, "found"),
        ({"api.py": api("tasks.add_task(keep, x, y)", "def keep(x, y):\n    with open('p.csv', 'a') as f:\n        f.write(x)\n")}, "found"),
        ({"src/fish/api.py": api("tasks.add_task(keep, x, y)", "from fish.store import keep"), "src/fish/store.py": "from fish.db import put\ndef keep(x, y):\n    put((x, y))\n", "src/fish/db.py": "def put(row):\n    client.insert_rows_json('t', [row])\n"}, "found"),
        ({"src/fish/api.py": api("store.keep(x, y)", "from .store import Store\nstore = Store()"), "src/fish/store.py": "class Store:\n    def keep(self, x, y):\n        self.db.execute('INSERT INTO seen VALUES (?, ?)', (x, y))\n"}, "found"),
        ({"api.py": api("session.add(Row(x, y))\nsession.commit()")}, "found"),
        ({"api.py": api("db.collection('seen').add({'x': x, 'y': y})")}, "found"),
        ({"api.py": api("print(json.dumps({'x': x, 'y': y}))")}, "found"),
        ({"api.py": api("frame.to_csv('seen.csv', mode='a')")}, "found"),
        ({"api.py": api("with open('upload.jpg', 'wb') as f:\n    f.write(x)")}, "absent"),
        ({"api.py": api("storage.Client().bucket('b').blob('m').download_to_filename('m')")}, "absent"),
        ({"api.py": api("logger.info('took %s', y)")}, "absent"),
        ({"api.py": api("answer = frame.to_csv(index=False)")}, "absent"),
        ({"api.py": api("seen = set()\nseen.add(x)")}, "absent"),
        ({"api.py": api("pass") + "@app.post('/feedback')\ndef feedback(label):\n    db.execute('INSERT INTO f VALUES (1)')\n"}, "absent"),
        ({"api.py": api("pass"), "train.py": "bucket.blob('m').upload_from_filename('m.pt')\n"}, "absent"),
        ({"api.py": "from fastapi import FastAPI\ndef predict(:\n"}, "unknown"),
    ],
)  # fmt: skip
def test_data_collection(files: dict[str, str], outcome: str) -> None:
    assert ask("data-collection", files).outcome == outcome


HEAD = "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef root():\n    return 1\n"
METER = "from prometheus_client import Counter, make_asgi_app\nseen = Counter('seen', 'seen')\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"api.py": HEAD + "from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app).expose(app)\n"}, "found"),
        ({"api.py": HEAD + METER + "app.mount('/metrics', make_asgi_app())\ndef f():\n    seen.inc()\n"}, "found"),
        ({"src/a/api.py": HEAD + "from a.meters import seen, expose\nexpose(app)\nseen.inc()\n", "src/a/meters.py": METER + "def expose(app):\n    app.mount('/metrics', make_asgi_app())\n"}, "found"),
        ({"api.py": HEAD + "from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor\nFastAPIInstrumentor.instrument_app(app)\n"}, "found"),
        ({"api.py": HEAD + "import psutil\n@app.get('/metrics')\ndef metrics():\n    return {'cpu': psutil.cpu_percent()}\n"}, "found"),
        ({"api.py": HEAD + "from starlette_exporter import PrometheusMiddleware\napp.add_middleware(PrometheusMiddleware)\n"}, "found"),
        ({"api.py": HEAD + METER + "app.mount('/metrics', make_asgi_app())\n"}, "absent"),
        ({"api.py": HEAD + "from prometheus_client import make_asgi_app\napp.mount('/metrics', make_asgi_app())\n"}, "absent"),
        ({"api.py": HEAD + METER + "seen.inc()\n"}, "absent"),
        ({"api.py": HEAD + "from collections import Counter\nimport sklearn.metrics\nCounter([1])\n"}, "absent"),
        ({"api.py": HEAD, "meters.py": METER + "make_asgi_app()\nseen.inc()\n"}, "absent"),
        ({"uv.lock": '[[package]]\nname = "prometheus-client"\n'}, "absent"),
        ({"api.py": HEAD + "Instrumentator(\n"}, "unknown"),
    ],
)  # fmt: skip
def test_api_metrics(files: dict[str, str], outcome: str) -> None:
    assert ask("api-metrics", files).outcome == outcome


TWO = (
    METER.replace("Counter,", "Counter, Histogram, generate_latest,") + "took = Histogram('took', 'took')\nseen.inc()\n"
)
STACKED = "@app.get('/metrics', make_asgi_app())\n@app.post('/predict')\ndef predict(x: int):\n    seen.inc()\n    return net(x)\n"


@pytest.mark.parametrize(
    ("rest", "plain"),
    [
        ("from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app).expose(app)\n", True),
        ("from prometheus_fastapi_instrumentator import Instrumentator\nInstrumentator().instrument(app)\n", False),
        (TWO + "app.mount('/metrics', make_asgi_app())\n", True),
        (TWO + "metrics = make_asgi_app()\napp.mount('/metrics', metrics)\n", True),
        (TWO + "app.mount(path='/metrics', app=make_asgi_app())\n", True),
        (TWO + "from starlette.routing import Mount\napp.routes.append(Mount('/metrics', make_asgi_app()))\n", True),
        (TWO + "@app.get('/metrics')\ndef metrics():\n    return Response(generate_latest())\n", True),
        (TWO + "from prometheus_client import start_http_server\nstart_http_server(8001)\n", True),
        (TWO + "metrics = make_asgi_app()\n", False),
        (TWO + STACKED, False),
        (METER + STACKED, False),
        (METER + "seen.inc()\napp.mount('/metrics', make_asgi_app())\n", False),
        ("import psutil\n@app.get('/metrics')\ndef metrics():\n    return {'cpu': psutil.cpu_percent()}\n", True),
        ("@app.get('/metrics')\n@app.get('/metrics/')\ndef metrics():\n    return measured(app)\n", True),
        ("@app.get('/metrics')\n@app.post('/predict')\ndef predict(x: int):\n    return net(x)\n", False),
    ],
)  # fmt: skip
def test_what_an_open_box_of_metrics_needs(rest: str, plain: bool) -> None:
    assert ask("api-metrics-plain", {"api.py": HEAD + rest}).outcome == ("found" if plain else "absent")


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ("from prometheus_client import make_asgi_app\napp.mount('/metrics', make_asgi_app())\n", "found"),
        ("from sklearn.metrics import f1_score\n", "absent"),
    ],
)
def test_metrics_endpoint(more: str, outcome: str) -> None:
    assert ask("metrics-endpoint", {"api.py": HEAD + more}).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"notebooks/a.ipynb": '{"cells": [{"source": ["from evidently.report import Report\\n"]}]}'}, "found"),
        ({"scripts/drift_demo.sh": "#!/bin/sh\n# drift\n" + "python src/pond/data.py --augment colour\n" * 4}, "found"),
        ({"dockerfiles/drift.dockerfile": "FROM python:3.12\nCOPY src/drift.py .\n" * 3}, "found"),
        (
            {
                "tools/drift_check.py": "# drift\nimport torch\n\n\ndef main() -> None:\n    print(torch.load('model.pt')('a shorter prompt'))\n"
                * 3
            },
            "found",
        ),
        ({"tools/drift_check.py": "# drift\n" * 40}, "absent"),
        ({"tools/drift.py": "import torch\n"}, "absent"),
        ({"scripts/train.sh": "# drift is not looked at\n" + "python src/pond/train.py\n" * 9}, "absent"),
        ({"src/pond/data.py": "# evidently, the drift is large\n"}, "absent"),
    ],
)
def test_drift_tried(files: dict[str, str], outcome: str) -> None:
    assert ask("drift-tried", files).outcome == outcome


API_ON = "import json, logging\nfrom fastapi import FastAPI\nfrom google.cloud import storage\nlog = logging.getLogger(__name__)\napp = FastAPI()\n@app.post('/predict')\ndef predict(x: float):\n    y = model(x)\n"


@pytest.mark.parametrize(
    ("line", "kept", "logged"),
    [
        ("    storage.Client().bucket('b').blob('c').upload_from_string(json.dumps([x, y]))\n", "found", "absent"),
        ("    open('log.csv', 'a').write(str(y))\n", "absent", "absent"),
        ("    log.info(f'answered {y}')\n", "absent", "found"),
        ("    log.info('asked')\n", "absent", "absent"),
        ("    print(y)\n", "absent", "found"),
    ],
)
def test_what_is_kept_of_predictions(line: str, kept: str, logged: str) -> None:
    files = {"src/leaf/api.py": API_ON + line + "    return {'y': float(y)}\n"}
    assert ask("data-collection-kept", files).outcome == kept
    assert ask("predictions-logged", files).outcome == logged


def test_a_report_on_drift_is_there_though_it_cannot_be_read() -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 9\n"
    assert ask("drift-report", {"reports/drift.html": pointer}).outcome == "found"
    assert ask("drift-report", {"reports/drift.html": "<p></p>"}).outcome == "absent"


@pytest.mark.parametrize(
    ("line", "outcome"),
    [
        ("    a = time.time()\n    y = model(x)\n    log.info(time.time() - a)\n", "found"),
        ("    cpu = psutil.cpu_percent()\n", "found"),
        ("    a = time.time()\n", "absent"),
        ("    # psutil.cpu_percent()\n", "absent"),
    ],
)
def test_an_api_that_measures_itself(line: str, outcome: str) -> None:
    text = "import time\nimport psutil\n" + API_ON + line + "    return {'y': float(y)}\n"
    assert ask("api-measured", {"src/leaf/api.py": text}).outcome == outcome
