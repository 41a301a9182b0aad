"""Libraries and services that leave a trace where they are used, and where that trace stands.

The table is closed: only what cannot be used without an import, a declaration, a configuration, a workflow or an image. What may
be used by hand (cProfile, ab, the Kaggle and gcloud programs, pipreqs, editors) or in a browser (Grafana, Dependabot alerts,
Codecov's app, consoles) is not here.
"""

import re
from collections.abc import Iterator

from auditor.facts.declared import DECLARATIONS, declarations
from auditor.facts.deps import Import, imported
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.readers.text import readable
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import LINK, File, Files, Snapshot


@dataclass(frozen=True)
class Tool:
    """A tool by the names that people write for it (one with a capital letter counts only as written: `Flask`, `Redis`), the words
    of which at least one stands in some file of a repository that uses it (`trace`, looked for without case), and the packages
    whose import shows its use."""

    name: str
    names: tuple[str, ...]
    trace: str
    imports: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The letters and digits of its first name."""
        return key(self.names[0])


def key(name: str) -> str:
    """The letters and digits of a name, small."""
    return "".join(c for c in name.lower() if c.isalnum())


def _table() -> Iterator[Tool]:
    for row in _ROWS.strip().split("\n"):
        name, names, trace, imports = (cell.strip() for cell in row.split("|"))
        yield Tool(name, tuple(n.strip() for n in names.split(",")), trace.replace("¦", "|"), tuple(imports.split()))


# name | names in prose | trace (¦ between words) | packages
_ROWS = r"""
Evidently | Evidently, evidentlyai, evidently ai | evidently | evidently
NannyML | nannyml, nanny ml | nannyml | nannyml
Alibi Detect | alibi detect, alibi-detect | alibi | alibi-detect
whylogs | whylogs, whylabs | whylogs¦whylabs | whylogs
Deepchecks | deepchecks | deepchecks | deepchecks
Great Expectations | great expectations, great-expectations | great.?expectations | great-expectations
Pandera | pandera | pandera | pandera
Prometheus | prometheus, prometheus client, prometheus-client, prometheus_client, prometheus-fastapi-instrumentator, prometheus_fastapi_instrumentator | prometheus¦run-gmp¦opentelemetry | prometheus-client prometheus-fastapi-instrumentator
OpenTelemetry | opentelemetry, open telemetry | opentelemetry¦otel¦signoz | opentelemetry-sdk opentelemetry-api
Sentry | Sentry | sentry | sentry-sdk
FastAPI | fastapi, fast api | fastapi | fastapi
Flask | Flask | flask | flask
BentoML | bentoml, bento ml | bento | bentoml
ONNX | ONNX, ONNX Runtime, ONNXRuntime, onnxruntime, onnx | onnx | onnx onnxruntime
LitServe | litserve | litserve | litserve
TorchServe | torchserve, torch serve | torchserve¦torch-model-archiver¦torch.?serve¦\.mar\b |
Triton Inference Server | triton inference server | triton |
TensorRT | tensorrt, tensor rt | tensorrt¦\btrt | tensorrt
vLLM | vllm | vllm | vllm
Streamlit | streamlit | streamlit | streamlit
Gradio | gradio | gradio | gradio
Weights & Biases | wandb, w&b, w & b, weights & biases, weights and biases, weights&biases | wandb¦weights.{1,9}biases | wandb
MLflow | mlflow, ml flow | mlflow | mlflow
TensorBoard | tensorboard | tensorboard¦lightning¦summarywriter |
ClearML | clearml | clearml | clearml
Neptune | Neptune, neptune.ai | neptune | neptune
PyTorch Lightning | pytorch lightning, pytorch-lightning, Lightning | lightning | lightning pytorch-lightning
Hugging Face Transformers | hugging face transformers, huggingface transformers | transformers | transformers
timm | timm, TIMM, pytorch image models, pytorch-image-models | \btimm | timm
XGBoost | xgboost, xg-boost | xgb | xgboost
LightGBM | lightgbm, light gbm | lightgbm¦\blgbm? | lightgbm
CatBoost | catboost | catboost | catboost
scikit-learn | scikit-learn, scikit learn, sklearn | sklearn¦scikit | scikit-learn
Albumentations | albumentations, albumentation | albument | albumentations
MONAI | MONAI | monai | monai
Ultralytics | ultralytics | ultralytics¦yolo | ultralytics
spaCy | spaCy, SpaCy, spacy | spacy | spacy
Sentence Transformers | sentence transformers, sentence-transformers | sentence.?transformers | sentence-transformers
PEFT | PEFT | \bpeft\b¦\blora | peft
Kornia | kornia | kornia | kornia
OpenCV | opencv, open cv | cv2¦opencv | opencv-python
Pillow | Pillow | \bpil\b¦pillow¦torchvision¦timm¦keras | pillow
TorchMetrics | torchmetrics, torch metrics | torchmetrics | torchmetrics
PyTorch Geometric | pytorch geometric, pytorch-geometric, PyG | torch.?geometric¦\bpyg\b | torch-geometric
Diffusers | hugging face diffusers, huggingface diffusers | diffusers | diffusers
Seaborn | seaborn | seaborn | seaborn
Polars | Polars | polars | polars
Hydra | hydra | hydra | hydra-core
OmegaConf | omegaconf, omega conf | omegaconf¦hydra | omegaconf
Typer | Typer | typer | typer
Click | Click | \bclick\b¦typer¦flask¦dvc | click
Loguru | loguru | loguru | loguru
Optuna | optuna | optuna | optuna
Ray Tune | ray tune | \bray\b | ray
DVC | DVC, dvc | \bdvc\b |
kagglehub | kagglehub, kaggle hub | kagglehub | kagglehub
Git LFS | git lfs, git-lfs, git large file storage | filter=lfs¦git.lfs |
Locust | locust | locust | locust
k6 | k6 | \bk6\b |
Codecov | codecov | codecov |
Terraform | terraform | terraform¦tofu¦provider\s*\"google\" |
Airflow | Airflow | airflow | apache-airflow
Celery | Celery | celery | celery
Redis | Redis | redis | redis
MkDocs | mkdocs, Material for MkDocs | mkdocs |
mkdocstrings | mkdocstrings | mkdocstrings |
Sphinx | Sphinx | sphinx¦^\.\.\s |
Invoke | Invoke | invoke | invoke
"""
TOOLS = tuple(_table())
_BY_KEY = {key(n): t for t in TOOLS for n in (t.name, *t.names)}


def tool(name: str) -> Tool | None:
    """The tool of the table that goes by a name, however it is spelled."""
    return _BY_KEY.get(key(name))


def _pattern(tool: Tool) -> re.Pattern[str]:
    return _TRACES[tool.id]


_TRACES = {t.id: compile_later(t.trace, re.MULTILINE) for t in TOOLS}

# -- traces ------------------------------------------------------------------------------------------------------------

# Prose about the project is no trace; neither is a lock file, which holds what other packages bring along.
_NO_TRACE = (
    "**/*.{md,markdown,rst,txt.license,html,svg,drawio,excalidraw,css,csv,tsv,jsonl,bib,tex,lock}",
    "**/license*",
    "**/package-lock.json",
    "**/yarn.lock",
    "**/conda-lock.yml",
    "**/pylock*.toml",
    "**/docs/**/*.txt",
)
_SHOWN = ("**/*.{md,png,jpg,jpeg,svg,html,pdf}",)
_TEXT = ("py", "ipynb", "yaml", "yml", "toml", "json", "sh", "txt", "cfg", "js", "ts", "tf")
_FIRST = ("**/*.py", *DECLARATIONS, *WORKFLOWS, "**/*dockerfile*", "**/*.y*ml", "**/*.toml", "**/*.cfg")


def places(snapshot: Snapshot) -> list[File]:
    """The files in which a tool may leave a trace, the likely ones first."""

    def make() -> list[File]:
        kept = [
            f
            for f in snapshot.files.values()
            if not matches(f.path, _NO_TRACE) and snapshot.aside(f) not in ("course material", "run output")
        ]
        likely = {f.path for f in kept if matches(f.path, _FIRST)}
        return sorted(kept, key=lambda f: f.path not in likely)

    return snapshot.once("tool-places", make)


def _unread(file: File) -> bool:
    """Whether the file cannot be read and might have said something."""
    return not readable(file) and file.suffix in _TEXT and not file.why_skipped.startswith(LINK)


def _path_with(pattern: re.Pattern[str], snapshot: Snapshot, but: tuple[str, ...]) -> str:
    listed = snapshot.once("tool-paths", lambda: "\n".join(snapshot.files).lower())
    if not pattern.search(listed):
        return ""
    return next((p for p in snapshot.files if pattern.search(p.lower()) and not matches(p, but)), "")


def trace(tool: Tool, snapshot: Snapshot) -> str:
    """Where a word of the tool stands first (a path), whatever it is doing there; empty if nowhere. A file that cannot be read
    counts: it may hold one. A tool that is no library may be run by hand as the documentation says."""

    def make() -> str:
        pattern = _pattern(tool)
        if path := _path_with(pattern, snapshot, _SHOWN):
            return path
        unread = ""
        for file in places(snapshot):
            if readable(file) and pattern.search(file.lower):
                return file.path
            unread = unread or (file.path if _unread(file) else "")
        if not unread and not tool.imports:
            pages = snapshot.select(("**/*.md", "**/*.rst"))
            unread = next((f.path for f in pages if pattern.search(f.lower)), "")
        return unread

    return snapshot.once(f"tool-trace:{tool.id}", make)


_HASHED = ("py", "yaml", "yml", "toml", "sh", "cfg", "ini")
_REQUIREMENT = compile_later(
    r"""^\s*(?:["'][a-z][\w.\[\]-]*\s*(?:[<>=!~@^;,].*)?["'],?\s*$|[a-z][\w-]*\s*=\s*["'{])|["'][a-z][\w.-]*(?:\[[^\]]*\])?\s*[<>=~!]=?[^"']*["']"""
)


def at_work(tool: Tool, snapshot: Snapshot) -> str:
    """Where the tool is more than declared or named in a comment (`path:line`, or a path whose name says it); empty if nowhere."""

    def make() -> str:
        pattern = _pattern(tool)
        lists = dependency_lists(snapshot)
        if path := _path_with(pattern, snapshot, (*_SHOWN, "**/*requirements*")):
            return path
        unread = ""
        for file in places(snapshot):
            if not readable(file):
                unread = unread or (file.path if _unread(file) else "")
                continue
            if not pattern.search(file.lower) or (file.path in lists and file.suffix != "toml"):
                continue
            if line := _line_at_work(file, pattern):
                return f"{file.path}:{line}"
        return unread

    return snapshot.once(f"tool-code:{tool.id}", make)


def _line_at_work(file: File, pattern: re.Pattern[str]) -> int:
    for n, row in enumerate(file.lines, 1):
        code = row.lower().split("#", 1)[0] if file.suffix in _HASHED else row.lower()
        if pattern.search(code) and not (file.name.lower() == "pyproject.toml" and _REQUIREMENT.match(code)):
            return n
    return 0


def works_in(tool: Tool, file: File) -> int:
    """The line of a file where the tool is more than named in a comment; 0 for none."""
    return _line_at_work(file, _pattern(tool)) if readable(file) and _pattern(tool).search(file.lower) else 0


def dependency_lists(snapshot: Snapshot) -> frozenset[str]:
    """The paths of the lists of dependencies, whatever they are called."""
    known = declarations(snapshot.select(DECLARATIONS, stubs=True)).lists
    return snapshot.once("dependency-lists", lambda: known | {p for p in snapshot.files if matches(p, DECLARATIONS)})


def declared_at(tool: Tool, snapshot: Snapshot) -> tuple[File, int] | None:
    """The list of dependencies that names the tool, with the line."""
    for file in places(snapshot):
        if file.path in dependency_lists(snapshot) and readable(file) and _pattern(tool).search(file.lower):
            rows = enumerate(file.lines, 1)
            return file, next((n for n, row in rows if _pattern(tool).search(row.lower())), 1)
    return None


def imports(snapshot: Snapshot) -> tuple[Import, ...]:
    """What the repository's Python files import of others."""
    return snapshot.once("tool-imports", lambda: imported(python_files(snapshot)))


def python_files(snapshot: Snapshot) -> Files:
    """The group's own Python files."""
    return snapshot.select(("**/*.py",))


def imported_by(tool: Tool, snapshot: Snapshot) -> list[Import]:
    """The imports of a tool that must succeed, in own code."""
    return [i for i in imports(snapshot) if set(i.packages) & set(tool.imports) and not i.optional]
