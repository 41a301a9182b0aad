"""How the model is served: the API, specialised servers, and a front end."""

import ast
import re
from collections.abc import Iterator

from auditor.facts.owncode import Code
from auditor.facts.routes import FRAMEWORKS, SERVERS, inference_routes, routes
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES, docker, named_so
from auditor.readers.nodes import is_stub_body, joined_text, literal
from auditor.readers.python import Module, python
from auditor.readers.text import lines_matching, readable
from auditor.readers.yaml import yaml_documents, yaml_root
from auditor.snapshot import File, Files

SCRIPTS = ("**/makefile", "**/*.mk", "**/justfile", "**/*.{sh,bash}", "**/tasks*.py", ".github/workflows/*.y*ml")
CODE = ("**/*.py", "**/*.ipynb", "!tests/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")


@probe(
    "inference-api",
    asks="Does a FastAPI application have a route that does inference?",
    looks_in=SERVERS,
    mentions=("fastapi",),
)
def inference_api(files: Files) -> Iterator[Evidence]:
    """A FastAPI route (of an app, a factory or a router) whose handler runs a model, or that is named after inference and
    calls something that is. An empty stub, the dependency, a course demo (`/items/{id}`), a handler that returns a constant
    and routes of health, drift, reports or metrics do not count, nor do other servers. A route that starts another program or
    asks another service may do it there: that is unknown."""
    runs = [r for r in inference_routes(files) if r.framework == "fastapi"]
    for route in runs:
        note = f"{route.method} {route.path} runs inference"
        yield files.paths[route.file].cite(route.line, route.end, note=note)
    if not runs:
        _handed_on(files)


_HANDS_ON = compile_later(
    r"^(subprocess\.\w+|os\.(system|popen)|asyncio\.create_subprocess_\w+|(requests|httpx)\.(post|request)|.*Client(\(\))?\.post)$"
)


def _handed_on(files: Files) -> None:
    """Tells the search of the routes that start another program or ask another service."""
    code = Code.of(files)
    for route in routes(files):
        if route.framework != "fastapi" or not route.function:
            continue
        files.near = files.near or f"{route.file}:{route.line}"
        for at, function in code.reached(files.paths[route.file], route.function):
            for call in code.calls(at, function):
                if _HANDS_ON.search(call.name):
                    does = (
                        "the route asks another service" if ".post" in call.name else "the route starts another program"
                    )
                    unsure(Hole(at.path, does, call.line))


_SERVER_IMAGES = compile_later(
    r"pytorch/torchserve|tritonserver|tensorflow/serving|vllm/vllm|text-generation-inference|text-embeddings-inference"
    r"|openvino/model_server|kserve/|seldonio/",
    re.IGNORECASE,
)
_SERVER_COMMANDS = (
    ("torchserve",),
    ("bentoml", "serve"),
    ("mlflow", "models", "serve"),
    ("vllm", "serve"),
    ("tritonserver",),
    ("tensorflow_model_server",),
    ("serve", "run"),
    ("ollama", "serve"),
)


@probe(
    "other-serving",
    asks="Is the model served by something other than FastAPI?",
    looks_in=(*SERVERS, *DOCKERFILES, *SCRIPTS, "**/config.pbtxt", "**/bentofile.yaml", "**/*.yaml", "**/*.yml"),
    mentions=(
        *FRAMEWORKS[1:],
        "gradio",
        "ray",
        "torchserve",
        "triton",
        "tensorflow/serving",
        "tensorflow_model_server",
        "vllm",
        "text-generation-inference",
        "text-embeddings-inference",
        "openvino/model_server",
        "mlflow",
        "ollama",
        "kserve",
        "seldon",
        "modal",
        "basehandler",
        "deploy-model",
        "aiplatform",
        "sagemaker",
        'platform: "',
        'backend: "',
    ),
)
def other_serving(files: Files) -> Iterator[Evidence]:
    """BentoML, litserve, Flask, Django or another framework with an inference route; TorchServe, Triton, TF Serving, vLLM,
    Ray Serve, KServe, MLflow as a server; a Gradio app; an endpoint of Vertex AI or SageMaker. Dependencies do not count."""
    for route in inference_routes(files):
        if route.framework not in ("fastapi", "gradio", "prometheus", "static"):
            note = f"{route.framework} serves {route.method} {route.path}"
            yield files.paths[route.file].cite(route.line, route.end, note=note)
    for file in files:
        if file.suffix == "py":
            yield from _other_servers(file)
        elif file.name == "config.pbtxt":
            for line in lines_matching(file, r"^\s*(platform|backend)\s*:"):
                yield file.cite(line, note="a Triton model configuration")
                break
        elif file.suffix in ("yaml", "yml"):
            for document in yaml_documents(file) if "erve" in file.text or "eldon" in file.text else ():
                if document["kind"].text in ("InferenceService", "SeldonDeployment", "RayService"):
                    yield file.cite(document.line_of("kind"), note="a Kubernetes model server")
        yield from _server_processes(file)


def _other_servers(file: File) -> Iterator[Evidence]:
    module = python(file)
    if module is None:
        return
    for made in module.classes:
        if any(b.startswith("ts.torch_handler.") for b in made.bases) and not is_stub_body(made.node):
            yield file.cite(made.line, note="a TorchServe handler")
        for decorator in made.node.decorator_list:
            target = decorator.func if isinstance(decorator, ast.Call) else decorator
            if module.name(target) == "ray.serve.deployment":
                yield file.cite(decorator.lineno, made.line, note="a Ray Serve deployment")
    for call in module.calls_to("gradio.Interface", "gradio.ChatInterface", "gradio.Blocks"):
        yield file.cite(call.line, note="a Gradio app, which also answers as an API")
        break
    for call in module.calls_to(".deploy"):
        if module.imported("google.cloud.aiplatform", "sagemaker", "azure.ai.ml") and call.name != "wandb.deploy":
            yield file.cite(call.line, call.end, note="deploys a model to a managed endpoint")


def _server_processes(file: File) -> Iterator[Evidence]:
    for instruction in docker(file) if named_so(file) else ():
        if instruction.name == "FROM" and instruction.values and _SERVER_IMAGES.search(instruction.values[0]):
            yield file.cite(instruction.line, note="an image of a model server")
    if file.suffix == "pbtxt":
        return
    for command in commands(file):
        bare = command.bare
        if any(bare[: len(c)] == c for c in _SERVER_COMMANDS) and bare[:2] != ("serve", "run-"):
            yield file.cite(command.line, note="starts a model server")
        elif bare[:3] == ("gcloud", "ai", "endpoints") and "deploy-model" in bare:
            yield file.cite(command.line, note="deploys a model to a Vertex AI endpoint")


@probe(
    "specialised-serving",
    asks="Is the model served with BentoML, ONNX Runtime or another inference engine?",
    looks_in=(*SERVERS, *DOCKERFILES, "**/config.pbtxt"),
    mentions=(*FRAMEWORKS, "triton", 'platform: "', 'backend: "', "model_server"),
)
def specialised_serving(files: Files) -> Iterator[Evidence]:
    """A BentoML service with an API method; an ONNX Runtime session (or OpenVINO, TensorRT, Optimum's ORTModel) in a module
    that serves routes or in something that it imports; a Triton model configuration or an image of Triton or the OpenVINO
    model server. An ONNX export or benchmark that no server imports does not count, nor do dependencies, TorchServe and
    litserve."""
    found = routes(files)
    for route in found:
        if route.framework == "bentoml":
            yield files.paths[route.file].cite(route.line, route.end, note="an API method of a BentoML service")
    servers = dict.fromkeys(r.file for r in found if r.framework not in ("prometheus", "static"))
    code = Code.of(files)
    for file in code.closure([files.paths[p] for p in servers]):
        module = code.module(file)
        for call in module.calls if module else ():
            if engine := _engine(call.name):
                yield file.cite(call.line, call.end, note=f"the server runs the model with {engine}")
    for file in files:
        if file.name == "config.pbtxt":
            for line in lines_matching(file, r"^\s*(platform|backend)\s*:"):
                yield file.cite(line, note="a Triton model configuration")
                break
        elif named_so(file):
            for instruction in docker(file):
                image = instruction.values[0] if instruction.name == "FROM" and instruction.values else ""
                if re.search(r"tritonserver|openvino/model_server", image):
                    yield file.cite(instruction.line, note="an image of a model server")


def _engine(name: str) -> str:
    if re.fullmatch(r"onnxruntime(\.\w+)*\.InferenceSession", name):
        return "ONNX Runtime"
    if re.match(r"bentoml\.(onnx|pytorch|sklearn|mlflow|keras|xgboost|transformers)\.get", name) or name in (
        "bentoml.models.get",
        "bentoml.models.BentoModel",
    ):
        return "BentoML"
    if re.match(r"optimum\.onnxruntime\.ORT\w*(Model|Pipeline)\w*\.from_pretrained$", name):
        return "ONNX Runtime (Optimum)"
    if re.match(r"openvino(\.\w+)*\.(Core(\(\))?\.compile_model|compile_model|Core)$", name):
        return "OpenVINO"
    if re.match(r"(tensorrt\.Runtime|torch_tensorrt\.(compile|load)|tritonclient\.\w+\.InferenceServerClient)", name):
        return "TensorRT or Triton"
    return ""


@probe(
    "onnx-export",
    asks="Does the code export a model to ONNX, or run one?",
    looks_in=(*CODE, *SCRIPTS, *DOCKERFILES),
    mentions=("onnx",),
)
def onnx_export(files: Files) -> Iterator[Evidence]:
    """An export to ONNX (torch, Lightning, Optimum, skl2onnx, tf2onnx, Ultralytics) or an ONNX Runtime session anywhere
    outside tests. The dependency alone does not count. Alone it is a weak sign of a specialised deployment API."""
    for file in files:
        module = python(file) if file.suffix in ("py", "ipynb") else None
        for call in module.calls if module else ():
            last = call.name.rpartition(".")[2]
            if (
                call.name in ("torch.onnx.export", "torch.onnx.dynamo_export")
                or call.name.startswith(
                    ("optimum.exporters.onnx.", "tf2onnx.convert", "skl2onnx.", "onnxmltools.convert")
                )
                or last == "to_onnx"
                or (last == "export" and literal(call.keyword("format")) == "onnx")
            ):
                yield file.cite(call.line, call.end, note="exports a model to ONNX")
            elif _engine(call.name).startswith("ONNX"):
                yield file.cite(call.line, call.end, note="runs an ONNX model")
        for command in commands(file):
            if command.bare[:3] == ("optimum-cli", "export", "onnx") or command.program == "tf2onnx.convert":
                yield file.cite(command.line, note="exports a model to ONNX")


@probe(
    "torchserve",
    asks="Is the model packed for or served by TorchServe?",
    looks_in=(*CODE, *SCRIPTS, *DOCKERFILES, "**/*.mar", "**/config.properties"),
    mentions=("torchserve", "torch-model-archiver", "ts.torch_handler", "ts.", "inference_address", "load_models"),
)
def torchserve(files: Files) -> Iterator[Evidence]:
    """A TorchServe image, `torch-model-archiver` or `torchserve` as a command, a handler class, a model archive (`.mar`) or
    TorchServe's own `config.properties`. Dependencies and ignore files do not count."""
    for file in files:
        if file.suffix == "properties":
            for line in lines_matching(file, r"^\s*(inference_address|load_models|model_store)\s*="):
                yield file.cite(line, note="TorchServe's configuration")
                break
            continue
        module = python(file) if file.suffix in ("py", "ipynb") else None
        for made in module.classes if module else ():
            if any(b.startswith("ts.torch_handler.") for b in made.bases) and not is_stub_body(made.node):
                yield file.cite(made.line, note="a TorchServe handler")
        for instruction in docker(file) if named_so(file) else ():
            if instruction.name == "FROM" and instruction.values and "torchserve" in instruction.values[0].lower():
                yield file.cite(instruction.line, note="a TorchServe image")
        for command in commands(file):
            if command.runs("torch-model-archiver", "torchserve"):
                yield file.cite(command.line, note="packs or starts a TorchServe model")
    for path, file in files.paths.items():
        if file.suffix == "mar" and not files.aside(path):
            yield file.exists("a TorchServe model archive")


# -- front end ---------------------------------------------------------------------------------------------------------

_UI_CALLS = {
    "Streamlit": compile_later(
        r"streamlit\.(?:\w+\.)?(title|header|subheader|write|markdown|text_input|text_area|button|file_uploader|form"
        r"|chat_input|selectbox|slider|image|number_input|set_page_config|camera_input|data_editor|multiselect|radio)$"
    ),
    "Gradio": compile_later(r"gradio\.(Interface|Blocks|ChatInterface|TabbedInterface|load)$"),
    "Dash": compile_later(r"dash\.Dash$"),
    "NiceGUI": compile_later(r"nicegui\.ui\.\w+$"),
    "Chainlit": compile_later(r"chainlit\.(Message|Action|AskUserMessage)$"),
    "Reflex": compile_later(r"reflex\.App$"),
    "Panel": compile_later(r"panel\.(\w+\.)*(servable|serve|Column|Row|template\.\w+)$"),
    "Solara": compile_later(r"solara\.\w+$"),
    "Mesop": compile_later(r"mesop\.\w+$"),
    "Flet": compile_later(r"flet\.app$"),
    "Shiny": compile_later(r"shiny\.App$"),
    "Taipy": compile_later(r"taipy\.(gui\.)?Gui$"),
}
_UI_PACKAGES = tuple(name.lower() for name in _UI_CALLS)
_JS_FRAMEWORKS = ("react", "vue", "svelte", "next", "nuxt", "@angular/core", "solid-js", "preact", "astro", "lit")
_HTML_INPUT = compile_later(r"<(form|input|textarea|button|select)\b", re.IGNORECASE)
_HTML_SENDS = compile_later(
    r"\bfetch\s*\(|XMLHttpRequest|\baxios\b|<form\b[^>]*\baction|<form\b[^>]*\bmethod|\$\.(ajax|post|get)\(|\bhx-(post|get)",
    re.IGNORECASE,
)
_CALLS_API = compile_later(r"^(requests|httpx|aiohttp|urllib3?|gradio_client|websockets?)\b")


@probe(
    "frontend",
    asks="Is there a front end for the model?",
    looks_in=(
        *SERVERS,
        "**/*.html",
        "**/*.jinja*",
        "**/*.j2",
        "**/package.json",
        "!docs/**",
        "!**/docs/**",
        "!reports/**",
        "!**/public/**",
        "!**/dist/**",
    ),
    mentions=(
        *_UI_PACKAGES,
        "htmlresponse",
        "render_template",
        "<form",
        "<input",
        "<button",
        "<textarea",
        '"dependencies"',
    ),
)
def frontend(files: Files) -> Iterator[Evidence]:
    """A user interface with Streamlit, Gradio, Dash, NiceGUI, Chainlit, Reflex or the like; HTML (a file, a template or a
    string that a route returns) with inputs that send something; a JavaScript application with its sources. A dependency,
    a dockerfile, saved reports and documentation sites do not count."""
    for file in files.matching("**/*.py", "**/package.json"):
        if file.suffix == "py":
            yield from _python_frontend(file)
        else:
            yield from _javascript_frontend(file, files)
    for file in files.named():  # a page too large to be read was not written by hand
        if file.suffix not in ("py", "json") and file.size < 300_000 and readable(file):
            yield from _html_frontend(file, files)


_APP_HOSTS = compile_later(
    r"https?://[\w.-]+\.(?:streamlit\.app|hf\.space|vercel\.app|netlify\.app|web\.app|firebaseapp\.com|lovable\.app|gradio\.live)\b[^\s)\]>\"']*"
    r"|https?://huggingface\.co/spaces/[\w./-]+",
    re.IGNORECASE,
)
_REPOSITORY = compile_later(
    r"https?://(?:www\.)?(?:github|gitlab)\.com/([\w.-]+)/[\w.-]+(?:/(?:blob|tree|raw)/[\w.-]+/([^\s)\]>\"'#?]+))?"
)
_MAKERS = frozenset(
    ["streamlit", "gradio-app", "plotly", "fastapi", "tiangolo", "skaftenicki", "cookiecutter", "actions"]
)
_FRONT = compile_later(r"front[- ]?end|web ?app|streamlit|gradio|user interface|\bui\b", re.IGNORECASE)


@probe(
    "frontend-elsewhere",
    asks="Does the report or a document give the address of a front end that is kept or runs elsewhere?",
    looks_in=("**/*.{md,rst}", "!.github/**", "!**/{agents,claude,gemini}.md"),
    mentions=("http",),
    all=True,
)
def frontend_elsewhere(files: Files) -> Iterator[Evidence]:
    """An address of an app host (Streamlit, Hugging Face Spaces, Vercel, ...), or of another repository in a line that names a
    front end. Weak: what is there is not part of the commit. A link to a file of this repository, and a tool's own
    repository, do not count."""
    for file in files:
        for i, row in enumerate(file.lines, 1):
            if "http" in row and (_APP_HOSTS.search(row) or (_FRONT.search(row) and _is_elsewhere(row, files))):
                yield file.cite(i, note="the address of something kept elsewhere")
                break


def _is_elsewhere(row: str, files: Files) -> bool:
    """Whether a line has the address of a repository that is neither a tool's nor, by the file that it leads to, this one."""
    for match in _REPOSITORY.finditer(row):
        if match[1].lower() not in _MAKERS and not (match[2] and files.exists(match[2])):
            return True
    return False


@probe(
    "page-served",
    asks="Is there a page of the group's own, or a start of a user interface in a notebook?",
    looks_in=("**/*.{py,ipynb,html,js,ts}", "!docs/**", "!**/docs/**", "!reports/**", "!tests/**", "!**/dist/**"),
    mentions=("htmlresponse", "jinja2templates", "render_template", "<form", "<input", "<button", "gradio", "ipywidgets", "streamlit"),
)  # fmt: skip
def page_served(files: Files) -> Iterator[Evidence]:
    """HTML with inputs, or a server's HTML answer or template, though nothing of it is seen to be sent to the model; Gradio,
    Streamlit or widgets in a notebook. Weak: a front end in the making, or one whose other half is computed."""
    for file in files:
        if file.suffix in ("html", "js", "ts"):
            if not any(len(row) > 5000 for row in file.lines) and (
                line := next(lines_matching(file, _HTML_INPUT, comments=""), 0)
            ):
                yield file.cite(line, note="a page with inputs")
            continue
        module = python(file)
        for call in module.calls if module else ():
            last = call.name.rpartition(".")[2]
            notebook = file.suffix == "ipynb" and call.name.startswith(("gradio.", "ipywidgets.", "streamlit."))
            if notebook or last in ("HTMLResponse", "Jinja2Templates", "TemplateResponse", "render_template"):
                yield file.cite(call.line, call.end, note="answers with a page")
                break


def _python_frontend(file: File) -> Iterator[Evidence]:
    module = python(file)
    if module is None:
        return
    for kind, pattern in _UI_CALLS.items():
        if not module.imported(kind.lower()):
            continue
        call = next((c for c in module.calls if pattern.match(c.name)), None)
        if call:
            remote = any(_CALLS_API.match(c.name) for c in module.calls)
            tail = "; it calls an API" if remote else ""
            yield file.cite(call.line, call.end, note=f"a user interface with {kind}{tail}")
            return
    if not any(name.endswith((".HTMLResponse", ".render_template_string")) for name in module.imports):
        return
    for node in module.nodes:
        if isinstance(node, ast.Constant | ast.JoinedStr):
            text = joined_text(node)
            if _HTML_INPUT.search(text) and _HTML_SENDS.search(text) and not _is_docstring(module, node):
                yield file.cite(node.lineno, node.lineno + 3, note="a page with a form, written in the server's code")
                return


def _is_docstring(module: Module, node: ast.AST) -> bool:
    return any(isinstance(s, ast.Expr) and s.value is node for s in module.nodes)


def _javascript_frontend(file: File, files: Files) -> Iterator[Evidence]:
    root = yaml_root(file)
    packages = [k for k in ("dependencies", "devDependencies") for k in root[k].entries]
    name = next((p for p in _JS_FRAMEWORKS if p in packages), "")
    folder = f"{file.folder}/" if file.folder else ""
    sources = [
        p
        for p, f in files.paths.items()
        if p.startswith(folder)
        and f.suffix in ("tsx", "jsx", "vue", "svelte", "astro", "ts", "js")
        and f.size > 50
        and not files.aside(p)
    ]
    sources = [p for p in sources if not p.endswith((".config.js", ".config.ts", ".d.ts"))]
    if name and sources:
        line = next((root[k].line_of(name) for k in ("dependencies", "devDependencies") if name in root[k]), 1)
        yield file.cite(line, note=f"a JavaScript application ({len(sources)} source files, such as {sources[0]})")


def _html_frontend(file: File, files: Files) -> Iterator[Evidence]:
    if any(len(row) > 5000 for row in file.lines):  # a bundle or a saved report
        return
    line = next(lines_matching(file, _HTML_INPUT, comments=""), 0)
    if not line:
        return
    folder = f"{file.folder}/" if file.folder else ""
    scripts = [
        f
        for p, f in files.paths.items()
        if f.suffix in ("js", "ts") and p.startswith(folder) and f.size < 200_000 and f.name in file.text
    ]
    sends = _HTML_SENDS.search(file.text) or any(_HTML_SENDS.search(f.text) for f in scripts if not f.skipped)
    if sends:
        yield file.cite(line, line + 2, note="a web page with inputs that sends them to a server")
