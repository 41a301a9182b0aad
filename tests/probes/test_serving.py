"""Serving probes over small invented trees."""

import pytest
from conftest import ask, tree

from auditor.facts.routes import FRAMEWORKS, SERVERS, inference_routes, routes
from auditor.probes import load
from auditor.readers.docker import docker

API = """from fastapi import FastAPI
app = FastAPI()

@app.get("/health")
def health():
    return {"ok": True}

@app.post("/classify/")
async def classify(text: str):
    return {"label": int(model(text).argmax())}
"""
FACTORY = """import fastapi
def create_app():
    app = fastapi.FastAPI()
    @app.post("/v1/fish")
    def handle(x: float):
        with torch.inference_mode():
            return run(x)
    return app
"""
ROUTER = {
    "src/shop/main.py": "from fastapi import FastAPI\nfrom shop.parts import router\napp = FastAPI()\napp.include_router(router, prefix='/api')\n",
    "src/shop/parts.py": "from fastapi import APIRouter\nfrom shop.brain import answer\nrouter = APIRouter(prefix='/v2')\n@router.post('/ask')\ndef ask(q: str):\n    return answer(q)\n",
    "src/shop/brain.py": "def answer(q):\n    return pipeline.generate(q)\n",
}


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/fish/api.py": API}, "found"),
        ({"backend/web.py": FACTORY}, "found"),
        (ROUTER, "found"),
        ({"app.py": "from fastapi import FastAPI\napp = FastAPI()\napp.add_api_route('/predict', go, methods=['POST'])\ndef go(x: int):\n    return net.predict(x)\n"}, "found"),
        ({"service.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef load_model(f):\n    learn = load_learner('m.pt')\n    return learn.get_X_preds(f)\n"}, "found"),
        ({"service.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef run(f: bytes):\n    return decode(engine_of(f))\n"}, "found"),
        ({"service.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef predict(f):\n    logger.info('asked')\n    return {'n': len(f)}\n"}, "absent"),
        ({"src/fish/api.py": ""}, "absent"),
        ({"pyproject.toml": '[project]\ndependencies = ["fastapi"]\n'}, "absent"),
        ({"tests/app.py": API}, "absent"),
        ({"api.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/items/{item_id}')\ndef read(item_id: int):\n    return {'id': item_id}\n"}, "absent"),
        ({"api.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.post('/predict')\ndef predict():\n    return {'prediction': 'crop'}\n"}, "absent"),
        ({"api.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef read():\n    return json.load(open('saved.json'))\n"}, "absent"),
        ({"api.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/drift')\ndef drift():\n    return model.predict(1)\n"}, "absent"),
        ({"api.py": "from fastapi import FastAPI\napp = FastAPI()\n@app.get('/model')\ndef info():\n    return load_model().name\n"}, "absent"),
        ({"api.py": "\n".join("# " + row for row in API.split("\n"))}, "absent"),
        ({"api.py": "from flask import Flask\napp = Flask(__name__)\n@app.route('/predict')\ndef predict():\n    return model.predict(1)\n"}, "absent"),
        ({"api.py": "from fastapi import FastAPI\napp = FastAPI(\n"}, "unknown"),
        # what runs elsewhere
        ({"api.py": "import subprocess\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post('/evaluate')\ndef go():\n    return subprocess.run(['python', SCRIPT]).returncode\n"}, "unknown"),
        ({"api.py": "import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.post('/ask')\ndef go(t: str):\n    return requests.post(BACKEND, json={'t': t}).json()\n"}, "unknown"),
        ({"api.py": "from fastapi import FastAPI\nfrom helper import start\napp = FastAPI()\n@app.post('/ask')\ndef go(t: str):\n    return start(t)\n", "helper.py": "import os\ndef start(t):\n    return os.popen('python x.py ' + t).read()\n"}, "unknown"),
        ({"api.py": "import requests\nfrom fastapi import FastAPI\napp = FastAPI()\n@app.get('/ok')\ndef go():\n    return 1\nrequests.post('http://x')\n"}, "absent"),
    ],
)  # fmt: skip
def test_inference_api(files: dict[str, str], outcome: str) -> None:
    assert ask("inference-api", files).outcome == outcome


def test_routes_have_their_prefixes() -> None:
    files = tree(ROUTER).select(SERVERS, FRAMEWORKS)
    assert [(r.framework, r.method, r.path, r.function, r.where) for r in routes(files)] == [
        ("fastapi", "POST", "/api/v2/ask", "ask", "src/shop/parts.py:4")
    ]
    assert [r.path for r in inference_routes(files)] == ["/api/v2/ask"]


def test_routes_of_libraries_and_mounted_apps() -> None:
    files = {
        "web/main.py": "from fastapi import FastAPI\nfrom prometheus_client import make_asgi_app\nfrom web.watch import side\nimport gradio as gr\n"
        "app = FastAPI()\napp.mount('/metrics', make_asgi_app())\napp.mount('/watch', side)\ngr.mount_gradio_app(app, demo, path='/ui')\n",
        "web/watch.py": "from fastapi import FastAPI\nside = FastAPI()\n@side.get('/drift')\ndef look():\n    ...\n",
        "web/other.py": "from prometheus_fastapi_instrumentator import Instrumentator\nimport fastapi\nInstrumentator().instrument(app).expose(app)\n",
    }
    found = {(r.framework, r.path) for r in routes(tree(files).select(SERVERS, FRAMEWORKS))}
    assert found == {("prometheus", "/metrics"), ("gradio", "/ui"), ("fastapi", "/watch/drift")}


BENTO = """import bentoml
@bentoml.service(resources={"cpu": "1"})
class Fish:
    def __init__(self):
        self.model = load()

    @bentoml.api
    def predict(self, x: float) -> float:
        return self.model(x)
"""


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"service.py": BENTO}, "found"),
        ({"api.py": "from flask import Flask\napp = Flask(__name__)\n@app.route('/predict', methods=['POST'])\ndef predict():\n    return model.predict(1)\n"}, "found"),
        ({"server.py": "import litserve as ls\nclass Fish(ls.LitAPI):\n    def predict(self, x):\n        return self.model(x)\nls.LitServer(Fish()).run()\n"}, "found"),
        ({"main.py": "import functions_framework\n@functions_framework.http\ndef predict(request):\n    return model.predict(request.json)\n"}, "found"),
        ({"serve.dockerfile": "FROM pytorch/torchserve:latest\nCOPY x.mar /home\n"}, "found"),
        ({"model_repo/fish/config.pbtxt": 'name: "fish"\nplatform: "onnxruntime_onnx"\n'}, "found"),
        ({"deploy.sh": "gcloud ai endpoints deploy-model 123 --region=x\n"}, "found"),
        ({"k8s/serve.yaml": "apiVersion: serving.kserve.io/v1beta1\nkind: InferenceService\n"}, "found"),
        ({"ui.py": "import gradio as gr\ngr.Interface(fn=f).launch()\n"}, "found"),
        ({"api.py": API}, "absent"),
        ({"requirements.txt": "bentoml\nflask\n"}, "absent"),
        ({"deploy.sh": "# vllm serve fish\n"}, "absent"),
    ],
)  # fmt: skip
def test_other_serving(files: dict[str, str], outcome: str) -> None:
    assert ask("other-serving", files).outcome == outcome


ONNX_MODEL = "import onnxruntime as ort\nclass Runner:\n    def __init__(self):\n        self.session = ort.InferenceSession('m.onnx')\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"service.py": BENTO}, "found"),
        ({"old.py": "import bentoml\nsvc = bentoml.Service('fish')\n@svc.api(input=a, output=b)\ndef classify(x):\n    return runner.run(x)\n"}, "found"),
        ({"src/fish/api.py": "from fish.engine import Runner\n" + API, "src/fish/engine.py": ONNX_MODEL}, "found"),
        ({"src/fish/api.py": "from .engine import Runner\n" + API, "src/fish/engine.py": ONNX_MODEL}, "found"),
        ({"triton.dockerfile": "FROM nvcr.io/nvidia/tritonserver:24.01-py3\n"}, "found"),
        ({"src/fish/api.py": API, "src/fish/engine.py": ONNX_MODEL}, "absent"),
        ({"src/fish/api.py": API, "export.py": "import torch\ntorch.onnx.export(m, x, 'm.onnx')\n"}, "absent"),
        ({"pyproject.toml": '[project]\ndependencies = ["bentoml", "onnxruntime"]\n'}, "absent"),
        ({"tests/test_api.py": ONNX_MODEL + API}, "absent"),
        ({"service.py": "import bentoml\n@bentoml.service(\n"}, "unknown"),
    ],
)  # fmt: skip
def test_specialised_serving(files: dict[str, str], outcome: str) -> None:
    assert ask("specialised-serving", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"export.py": "import torch\ntorch.onnx.export(m, x, 'm.onnx')\n"}, "found"),
        ({"train.py": "# to ONNX\nmodel.to_onnx('m.onnx')\n"}, "found"),
        ({"gate.py": ONNX_MODEL}, "found"),
        ({"y.py": "from ultralytics import YOLO\nYOLO('a.pt').export(format='onnx')\n"}, "found"),
        ({"run.sh": "optimum-cli export onnx --model x out/\n"}, "found"),
        ({"train.py": "# torch.onnx.export(m, x)\n"}, "absent"),
        ({"tests/test_export.py": "import torch\ntorch.onnx.export(m, x, 'm.onnx')\n"}, "absent"),
        ({"requirements.txt": "onnx\n"}, "absent"),
    ],
)
def test_onnx_export(files: dict[str, str], outcome: str) -> None:
    assert ask("onnx-export", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"a.dockerfile": "FROM pytorch/torchserve:0.9\nRUN torch-model-archiver --model-name a\n"}, "found"),
        ({"handler.py": "from ts.torch_handler.base_handler import BaseHandler\nclass H(BaseHandler):\n    def handle(self, d):\n        return 1\n"}, "found"),
        ({"serve/config.properties": "inference_address=http://0.0.0.0:8080\n"}, "found"),
        ({"model_store/fish.mar": b"PK\0"}, "found"),
        ({"requirements.txt": "torchserve\ntorch-model-archiver\n"}, "absent"),
        ({".gitignore": "# torchserve\n*.mar\n"}, "absent"),
        ({"a.dockerfile": "FROM python:3.12\n# FROM pytorch/torchserve\n"}, "absent"),
    ],
)  # fmt: skip
def test_torchserve(files: dict[str, str], outcome: str) -> None:
    assert ask("torchserve", files).outcome == outcome


PAGE = '<html><body><input id="t"><button>go</button><script src="app.js"></script></body></html>'


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"ui/home.py": "import streamlit as st\nimport requests\nst.title('Fish')\n"}, "found"),
        ({"demo.py": "import gradio as gr\nwith gr.Blocks() as demo:\n    pass\n"}, "found"),
        ({"chat.py": "import chainlit as cl\n@cl.on_message\nasync def main(m):\n    await cl.Message(content='x').send()\n"}, "found"),
        ({"web/index.html": PAGE, "web/app.js": "document.onclick = () => fetch('/predict')"}, "found"),
        ({"static/index.html": "<form action='/predict' method='post'><input name='x'></form>"}, "found"),
        ({"api.py": "from fastapi.responses import HTMLResponse\nPAGE = '''<form action='/x'><input></form>'''\n"}, "found"),
        ({"web/package.json": '{"dependencies": {"react": "^18"}}', "web/src/App.tsx": "export default function App() { return <main>Fish and more fish</main> }"}, "found"),
        ({"web/package.json": '{"dependencies": {"react": "^18"}}'}, "absent"),
        ({"web/index.html": PAGE}, "absent"),
        ({"docs/index.html": PAGE + "<script>fetch('/search')</script>"}, "absent"),
        ({"reports/drift.html": PAGE + "<script>fetch('/search')</script>"}, "absent"),
        ({"out/drift.html": PAGE + "<script>fetch(1);" + "x" * 6000 + "</script>"}, "absent"),
        ({"big.html": PAGE + "<script>fetch(1)</script>\n" * 50_000}, "absent"),
        ({"requirements_frontend.txt": "streamlit\n"}, "absent"),
        ({"api.py": "from fastapi.responses import HTMLResponse\ndef report():\n    return HTMLResponse(open('drift.html').read())\n"}, "absent"),
        ({"ui.py": "import streamlit as st\nst.title(\n"}, "unknown"),
    ],
)  # fmt: skip
def test_frontend(files: dict[str, str], outcome: str) -> None:
    assert ask("frontend", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"README.md": "The front end is at https://github.com/somegroup/leaf-web.\n"}, "found"),
        ({"README.md": "Try it: https://leaf-finder.streamlit.app/\n"}, "found"),
        ({"docs/use.md": "Our demo: https://huggingface.co/spaces/somegroup/leaf\n"}, "found"),
        ({"reports/README.md": "The frontend lies in [a repository](https://gitlab.com/somegroup/leaf-web).\n"}, "found"),
        ({"README.md": "The frontend uses https://github.com/streamlit/streamlit.\n"}, "absent"),
        ({"README.md": "Clone https://github.com/somegroup/leaf first.\n"}, "absent"),
        ({"README.md": "The [frontend](https://github.com/g/leaf/blob/main/src/web.py).\n", "src/web.py": ""}, "absent"),
        ({".github/agents/a.md": "Use https://x.streamlit.app as a frontend\n"}, "absent"),
    ],
)  # fmt: skip
def test_front_ends_elsewhere(files: dict[str, str], outcome: str) -> None:
    assert ask("frontend-elsewhere", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"web/index.html": "<html><input id='x'></html>\n"}, "found"),
        ({"api.py": "from fastapi.templating import Jinja2Templates\nt = Jinja2Templates(directory='t')\n"}, "found"),
        (
            {"api.py": "from fastapi.responses import HTMLResponse\ndef a():\n    return HTMLResponse(page())\n"},
            "found",
        ),
        ({"web/index.html": "<html><p>Hello</p></html>\n"}, "absent"),
        ({"reports/drift.html": "<html><button>x</button></html>\n"}, "absent"),
    ],
)
def test_pages_are_a_sign_of_a_front_end(files: dict[str, str], outcome: str) -> None:
    assert ask("page-served", files).outcome == outcome


@pytest.mark.parametrize("path", ["src/api.py", "src/dockerfile_maker.py", "docs/dockerfile.md", "src/api.ipynb"])
def test_a_file_of_another_language_is_no_dockerfile(path: str) -> None:
    """One that cannot be read as what it is, least of all."""
    said = "<<<<<<< HEAD\nfrom fastapi import FastAPI\nENV names[int(x)]\n=======\nimport ts.torch_handler\n>>>>>>> a\n"
    files = tree({path: said})
    for name in ("torchserve", "specialised-serving", "other-serving"):
        load()[name].run(files)
    assert docker(files.files[path]) == ()
    assert "docker" not in files.files[path].problems


@pytest.mark.parametrize("path", ["Dockerfile.py", "api.dockerfile", "Containerfile", "build/api.txt"])
def test_what_is_called_so_or_built_from_is_one(path: str) -> None:
    assert docker(tree({path: "FROM python:3.12\nRUN true\n"}).files[path])
