"""Data, model and training: the project's layout, its own code for them, and where the data are versioned."""

import ast
import re
from collections.abc import Callable, Iterator
from itertools import islice

from auditor.facts.deps import unresolved
from auditor.facts.ignored import ignore_rule
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES
from auditor.readers.dvc import Remote, dvc_remotes
from auditor.readers.nodes import is_stub_body, joined_text, literal
from auditor.readers.python import Call, Class, Function, Module, python
from auditor.readers.shell import Command, shell_commands
from auditor.readers.text import lines_matching
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_root
from auditor.repository import Unreadable
from auditor.snapshot import File, Files

NO_TESTS = ("!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")
CODE = ("**/*.py", "**/*.ipynb", *NO_TESTS)
SCRIPTS = ("**/*.sh", "**/makefile", "**/justfile", *DOCKERFILES, *WORKFLOWS)

# -- layout ------------------------------------------------------------------------------------------------------------

# generation, folder of the package (`src/*` is any folder below src), its files, how many of them make the layout
_LAYOUTS = (
    ("mlops_template (since December 2024)", "src/*", ("data.py", "model.py", "train.py", "evaluate.py", "visualize.py", "api.py"), 4),
    ("mlops_template (2024)", "*", ("data/make_dataset.py", "models/model.py", "train_model.py", "predict_model.py", "visualizations/visualize.py"), 3),
    ("cookiecutter-data-science (version 1)", "*", ("data/make_dataset.py", "features/build_features.py", "models/train_model.py", "models/predict_model.py", "visualization/visualize.py"), 3),
    ("cookiecutter-data-science (version 2)", "*", ("config.py", "dataset.py", "features.py", "plots.py", "modeling/train.py", "modeling/predict.py"), 4),
)  # fmt: skip
_ANSWERS = compile_later(
    r"(^|/)(\.cruft\.json|\.copier-answers\.ya?ml|\.cookiecutter(rc|\.json|\.ya?ml)|cookiecutter\.json)$", re.I
)
_NAMES_TEMPLATE = compile_later(
    r"cookie-?cutter|\bcruft\b|\bmlops_template\b|copier template|drivendata/|\bccds\b", re.IGNORECASE
)
# a checklist's line, or a quoted question of the report
_ASKED = compile_later(r"^\s*(>|[-*]\s*\[[ xX]?\])")
_DENIES = compile_later(
    r"\b(not|no|without|instead of|rather than|n't)\b[^.]{0,40}(cookie-?cutter|template)", re.IGNORECASE
)
_SUBJECT = compile_later(
    r"cookie-?cutter|\bcruft\b|\bccds\b"
    r"|\b(mlops|project|repo(sitory)?|course|initial|init|base|starter|standard|data[- ]science|dtu|add(ed)?|appl(y|ied)|set ?up|from)\b"
    r"[ _-]+(the )?((mlops|project|course|initial) )?(template|skeleton|scaffold(ing)?)\b(?! for)",
    re.IGNORECASE,
)
_OTHER_TEMPLATE = compile_later(r"\b(report|exam|issue|pull|pr|html|jinja|docker|prompt|readme)\b", re.IGNORECASE)
# what tools write and any project may have
_ANYBODYS = compile_later(
    r"(^|/)(\.dvc.*|\.git.*|LICENSE.*|\.python-version|\.idea/.*|__init__\.py|reports?/.*)$", re.IGNORECASE
)


@probe(
    "template-files",
    asks="Does the project have a project template's files?",
    looks_in=("**/*.py",),
    stubs=True,
)
def template_files(files: Files) -> Iterator[Evidence]:
    """As `template-layout`, by the layout of files and by a template tool's answers file only: what a README or a commit says
    of a template, and a few files kept from one, may be no more than where ideas came from."""
    yield from _layouts(files)
    for path, file in files.paths.items():
        if _ANSWERS.search(path) and not files.aside(path):
            yield file.exists("answers of the template that made the project.")


@probe(
    "template-layout",
    asks="Was the project set up from a cookiecutter or another project template?",
    looks_in=("readme*", "docs/readme.md", "**/*.py"),
    stubs=True,
)
def template_layout(files: Files) -> Iterator[Evidence]:
    """The files of a known template's layout (mlops_template, cookiecutter-data-science, each generation) in their places, a
    template tool's answers file, at least three files that still are the template's own, a README that names the
    template, or an early commit that does. Folders named `data`, `models` or `reports` alone, checklists and questions in a
    README, and report or issue templates do not count."""
    yield from template_files(files)
    for file in files.matching("readme*", "docs/readme.md"):
        for line in lines_matching(file, _NAMES_TEMPLATE, comments=""):
            row = file.lines[line - 1]
            if not _ASKED.match(row) and not _DENIES.search(row):
                yield file.cite(line)
                break
    kept = [
        p
        for p, f in files.paths.items()
        if f.size > 1 and not _ANYBODYS.search(p) and files.aside(p) == "template stub"
    ]
    if len(kept) >= 3:
        note = f"{len(kept)} files still are as the project template brought them: {', '.join(kept[:4])}"
        yield Evidence(kind="fact", note=note + (", ..." if len(kept) > 4 else "."), sources=tuple(kept[:8]))
    for commit in list(reversed(files.history.commits))[:40]:
        subject = commit.subject
        if len(commit.parents) < 2 and _SUBJECT.search(subject) and not _OTHER_TEMPLATE.search(subject):
            yield Evidence(kind="fact", note=f"early commit `{subject[:100]}`.", sources=(f"commit {commit.sha[:10]}",))
            break


def _layouts(files: Files) -> Iterator[Evidence]:
    paths = files.paths
    parents = {p.rpartition("/")[0] for p in paths if p.endswith(".py")}
    packages = {
        f.split("/", depth)[depth - 1] if depth == 1 else "/".join(f.split("/")[:depth])
        for f in parents
        if f
        for depth in (1, 2)
    }
    for generation, where, names, needed in _LAYOUTS:
        for package in sorted(packages):
            if ("/" in package) != ("/" in where) or not package.startswith(where.rstrip("*")):
                continue
            there = [f"{package}/{n}" for n in names if f"{package}/{n}" in paths]
            if len(there) >= needed:
                note = f"layout of {generation}: {len(there)} of {len(names)} files in `{package}/`."
                yield Evidence(kind="fact", note=note, sources=tuple(there))
    if "test_environment.py" in paths and "Makefile" in paths:
        note = "layout of cookiecutter-data-science (version 1): `test_environment.py` beside its Makefile."
        yield Evidence(kind="fact", note=note, sources=("test_environment.py", "Makefile"))


# -- data code ---------------------------------------------------------------------------------------------------------

_DATASET_BASES = compile_later(
    r"(^|\.)(\w*Dataset|\w*DataModule|IterDataPipe|PyDataset|GeneratorBasedBuilder|ImageFolder|DatasetFolder|Sequence)$"
)
_DATASET_PACKAGES = ("torch", "torchvision", "torchaudio", "torchdata", "torch_geometric", "lightning", "pytorch_lightning", "datasets", "tensorflow", "keras", "tensorflow_datasets", "dgl", "monai", "torchgeo")  # fmt: skip
_LOADER_METHODS = frozenset(
    [
        "__getitem__",
        "__iter__",
        "setup",
        "prepare_data",
        "train_dataloader",
        "process",
        "download",
        "preprocess",
        "load",
    ]
)
_DATA_WORD = compile_later(
    r"data(?!base|_?drift)|pre_?process|download|fetch|ingest|etl|prepar|split|tokeni[sz]|normali[sz]|corpus|loader|clean|features?\b|build_features"
    r"|transform|augment|scrap|extract|embed",
    re.IGNORECASE,
)
# not data of the training: what serves, watches, shows or profiles the model
_ELSEWHERE = compile_later(
    r"(^|/)(api|apps?|endpoints?|frontend|backend|server|serving|streamlit|ui|web|monitoring|dashboard|load_?tests?)(/|\w*\.py$)|locust|drift|\bgui\b",
    re.I,
)
_READS = compile_later(
    r"^(pandas|polars|dask\.dataframe|geopandas|pyarrow(\.\w+)*|cudf)\.(read_\w+|scan_\w+)$"
    r"|^(numpy\.(load|loadtxt|genfromtxt|fromfile|memmap)|PIL\.Image\.open|cv2\.imread|skimage\.io\.imread|imageio(\.\w+)*\.imread)$"
    r"|^(torchvision\.(io|datasets)\.\w+|torchaudio\.(load|datasets\.\w+)|librosa\.load|soundfile\.read|h5py\.File|nibabel\.load|pydicom\.dcmread)$"
    r"|^(datasets\.(load_dataset|load_from_disk|Dataset\.\w+)|xarray\.open_\w+|rasterio\.open|scipy\.io\.\w+|csv\.(reader|DictReader)|json\.loads?)$"
    r"|^(sklearn\.datasets\.\w+|tensorflow_datasets\.load|tensorflow\.keras\.datasets\.\w+\.load_data|keras\.datasets\.\w+\.load_data|tensorflow\.data\.\w+(\.\w+)*|tensorflow\.keras\.utils\.\w+_from_directory)$"
    r"|^(torch_geometric\.datasets\.\w+|ogb\.\w+\.\w+|seaborn\.load_dataset|medmnist\.\w+|zipfile\.ZipFile|tarfile\.open|torch\.load)$"
)
_WRITES = compile_later(
    r"(^|\.)(to_csv|to_parquet|to_feather|to_json|to_pickle|write_csv|write_parquet|save_to_disk|imwrite|extractall|savez?|savez_compressed|write_image)$"
    r"|^(torch\.save|pickle\.dump|joblib\.dump|json\.dump|numpy\.(save|savez|savez_compressed|savetxt)|shutil\.(copy\w*|move|unpack_archive))$"
)
_SHAPES = compile_later(
    r"^(torchvision\.transforms(\.v2)?\.Compose|albumentations\.Compose|sklearn\.model_selection\.train_test_split"
    r"|torch\.utils\.data\.(random_split|DataLoader|TensorDataset|Subset)|torch\.utils\.data\.dataset\.\w+)$"
)
_TEXT_PACKAGES = ("transformers", "tokenizers", "nltk", "torchtext", "tensorflow", "keras", "spacy", "sentencepiece")
_TOKENIZER = compile_later(r"(^|\.)(\w*[tT]okenizer\w*)(\(\)|\.from_pretrained|\.encode|\.batch_encode_plus)?$")


@probe(
    "data-code",
    asks="Is there own code that loads, downloads or preprocesses the data?",
    looks_in=CODE,
    mentions=("data", "preprocess", "download"),
)
def data_code(files: Files) -> Iterator[Evidence]:
    """A dataset or data module class with a body of its own, or a function (or script) about data that reads, writes,
    downloads, splits or transforms them. Stubs, the template's untouched `data.py`, tests, and what an API, a frontend or a
    monitoring job reads do not count."""
    found: list[tuple[int, str, Evidence]] = []
    for file in files:
        module = python(file)
        if module is None or _ELSEWHERE.search(file.path):
            continue
        named = bool(_DATA_WORD.search(file.path.rsplit(".", 1)[0]))
        rank = (0 if re.search(r"(^|/)(data|make_dataset|dataset)\.py$", file.path) else 1) + (
            2 if file.suffix == "ipynb" else 0
        )
        for made in _data_pieces(file, module, named):
            found.append((rank, file.path, made))
            if sum(path == file.path for _, path, _ in found) >= 3:
                break
    for _, _, evidence in sorted(found, key=lambda f: f[:2]):
        yield evidence


def _data_pieces(file: File, module: Module, named: bool) -> Iterator[Evidence]:
    for made in module.classes:
        if _is_dataset(made) and (method := _own_method(made)):
            yield file.cite(made.line, made.line, note=f"class with its own `{method}`.")
    calls = [(c, "downloads" if _downloads(c, named) else _data_call(c, module)) for c in module.calls]
    bodies: dict[str, Function] = {f.qualname: f for f in module.functions}
    seen: set[str] = set()
    for call, what in calls:
        if not what or call.inside in seen:
            continue
        function = bodies.get(call.inside)
        inside = call.inside.rsplit(".", 1)[-1]
        if not named and not _DATA_WORD.search(inside):
            continue
        if _ABOUT_MODEL.search(inside) and not re.search("data", inside):
            continue
        if what == "writes" and not named and re.search(r"metric|plot|figure|result", inside):
            continue
        if function and is_stub_body(function.node):
            continue
        seen.add(call.inside)
        yield file.cite(call.line, call.end, note=f"{f'`{inside}` ' if inside else ''}{what} data.")


def _is_dataset(made: Class) -> bool:
    return any(
        _DATASET_BASES.search(b) and (b.split(".")[0] in _DATASET_PACKAGES or b.endswith(("Dataset", "DataModule")))
        for b in made.bases
    )


def _own_method(made: Class) -> str:
    for node in made.node.body:
        if (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and node.name in _LOADER_METHODS
            and not is_stub_body(node)
        ):
            return node.name
    return ""


def _data_call(call: Call, module: Module) -> str:
    if _READS.match(call.name):
        return "reads"
    if _WRITES.search(call.name):
        return "writes"
    if _SHAPES.match(call.name) or (_TOKENIZER.search(call.name) and module.imported(*_TEXT_PACKAGES)):
        return "transforms"
    return ""


# -- downloads ---------------------------------------------------------------------------------------------------------

_DATA_HOSTS = compile_later(
    r"^(datasets\.load_dataset|kagglehub\.(dataset_\w+|competition_\w+|load_dataset)|opendatasets\.download|sklearn\.datasets\.fetch_\w+"
    r"|tensorflow_datasets\.load|(tensorflow\.)?keras\.datasets\.\w+\.load_data|tensorflow\.keras\.utils\.get_file|seaborn\.load_dataset"
    r"|torchvision\.datasets\.utils\.download_\w+|ucimlrepo\.fetch_ucirepo|quickdraw\.QuickDraw\w+|yfinance\.\w+|ir_datasets\.load"
    r"|torch_geometric\.datasets\.\w+|ogb\.\w+\.\w+PygDataset|openml\.datasets\.get_dataset|dvc\.api\.(open|read|get_url|DVCFileSystem)|dvc\.repo\.Repo\.pull)$"
    r"|\.(dataset_download_files?|dataset_download_cli|competition_download_files?)$"
)
# what fetches anything: data only where the file, the function or an argument says so
_FETCHES = compile_later(
    r"^(requests\.get|urllib\.request\.(urlretrieve|urlopen)|httpx\.(get|stream)|urllib3\.\w+|aiohttp\.\w+|gdown\.\w+|wget\.download|pooch\.\w+)$"
    r"|^requests\.Session\(\)\.get$"
    r"|\.(download_to_filename|download_as_(bytes|string|text)|download_blob_to_file|download_to_file|download_file|download_fileobj)$"
)
_ABOUT_MODEL = compile_later(r"model|checkpoint|weights|ckpt|\.(pth|onnx|safetensors)\b|report|artifact", re.IGNORECASE)
_PULLS = compile_later(
    r"\bdvc\s+(pull|fetch|import|import-url|get|get-url)\b"
    r"|\b(gsutil|gcloud storage|aws s3|azcopy|rclone)\b.*?\b(cp|rsync|sync|copy)\s+(-\S+\s+)*[\"']?((gs|s3|https)://|\{\.\.\.\})"
    r"|\bkaggle (datasets|competitions) download\b|\b(huggingface-cli|hf) download\b.*--repo-type[ =]dataset|\bgdown\b"
    r"|\b(wget|curl)\b.*https?://\S*(data|zenodo|kaggle|\.(zip|tar|tgz|gz|csv|parquet|json|npz|h5)\b)"
)
_PROGRAMS = frozenset(["dvc", "gsutil", "gcloud", "aws", "wget", "curl", "kaggle", "uv", "gdown", "azcopy", "rclone"])


def _downloads(call: Call, named: bool) -> bool:
    if _DATA_HOSTS.search(call.name):
        return True
    if call.name.startswith(("torchvision.datasets.", "torchaudio.datasets.", "medmnist.")):
        download = call.keyword("download")
        return download is not None and literal(download) is not False
    if call.name in ("huggingface_hub.snapshot_download", "huggingface_hub.hf_hub_download"):
        return joined_text(call.keyword("repo_type")) == "dataset"
    if _FETCHES.search(call.name):
        inside = call.inside.rsplit(".", 1)[-1]
        shown = " ".join([inside, ast.unparse(call.node.func), *(ast.unparse(a) for a in call.node.args)])
        about_data = re.search(r"(?<!meta)data(?!base|_?drift)", shown, re.IGNORECASE)
        return not _ABOUT_MODEL.search(shown) and (named or about_data is not None)
    return False


_DOWNLOAD_WORDS = (
    "download",
    "load_dataset",
    "fetch_",
    "dvc",
    "gsutil",
    "gcloud storage",
    "wget",
    "curl",
    "urlretrieve",
    "requests",
    "gdown",
    "kaggle",
    "datasets",
    "s3",
    "urlopen",
    "httpx",
    "load_data",
)


@probe(
    "data-download",
    asks="Does something in the repository download or pull the data?",
    looks_in=(*CODE, *SCRIPTS, "**/cloudbuild*.y*ml"),
    mentions=_DOWNLOAD_WORDS,
)
def data_download(files: Files) -> Iterator[Evidence]:
    """Code or a command that gets the data from where they are: a dataset library, Kaggle, a bucket, a web address, or `dvc
    pull`. Downloads of models and what an API or its client requests do not count. Expecting the files in a folder is no
    fault: the course itself pulls them with DVC."""
    pulls: list[Evidence] = []
    for file in files:
        module = python(file) if file.suffix in ("py", "ipynb") else None
        if module and not _ELSEWHERE.search(file.path):
            named = bool(_DATA_WORD.search(file.path.rsplit(".", 1)[0]))
            yield from (file.cite(c.line, c.end) for c in module.calls if _downloads(c, named))
        for command in _command_lists(module) if module else commands(file):
            if _PULLS.search(command.text) and not _ABOUT_MODEL.search(command.text):
                pulls.append(file.cite(command.line))
    yield from pulls


@probe(
    "data-fetched",
    asks="Does the group's own data code download the data?",
    looks_in=CODE,
    mentions=_DOWNLOAD_WORDS,
)
def data_fetched(files: Files) -> Iterator[Evidence]:
    """As `data-download`, for an open box: in Python code of the group's own that a file's name, or a function's, gives to the
    data. Reading a local file downloads nothing, and a pull in a workflow or a Dockerfile is no data file filled out."""
    for file in files:
        module = python(file) if file.suffix == "py" else None
        if module is None or _ELSEWHERE.search(file.path):
            continue
        named = bool(_DATA_WORD.search(file.path.rsplit(".", 1)[0]))
        bodies = {f.qualname: f for f in module.functions}
        for call in module.calls:
            inside = call.inside.rsplit(".", 1)[-1]
            stub = call.inside in bodies and is_stub_body(bodies[call.inside].node)
            if (named or _DATA_WORD.search(inside)) and not stub and _downloads(call, named):
                yield file.cite(call.line, call.end, note="downloads data")
        if named:
            for command in _command_lists(module):
                if _PULLS.search(command.text) and not _ABOUT_MODEL.search(command.text):
                    yield file.cite(command.line, note="downloads data")


def _command_lists(module: Module) -> Iterator[Command]:
    """The commands that Python code runs: lists of words that start with a known program, and a task's strings."""
    for node in module.nodes:
        if isinstance(node, ast.List) and node.elts and joined_text(node.elts[0]) in _PROGRAMS:
            words = [joined_text(e) or "{...}" for e in node.elts]
            yield Command(" ".join(words), node.lineno)
    for call in module.calls:
        runs = call.name.endswith(".run") or call.name.startswith(("subprocess.", "os.system"))
        if runs and (text := joined_text(call.argument(0, "command"))):
            yield from shell_commands(text, call.line)


# -- model and training ------------------------------------------------------------------------------------------------

_MODEL_BASES = compile_later(
    r"^(torch\.nn\.(Module|Sequential|modules\.\w+\.Module)|(pytorch_lightning|lightning(\.pytorch)?)(\.core(\.\w+)?)?\.LightningModule"
    r"|(tensorflow\.)?keras\.(models\.)?(Model|Sequential|layers\.Layer)|flax\.(linen|nnx)\.Module|equinox\.Module|haiku\.Module|paddle\.nn\.Layer"
    r"|transformers\.(\w*PreTrainedModel|\w*For\w+|\w*Model)|torch_geometric\.nn\.\w*(MessagePassing|Conv|Module)|segmentation_models_pytorch\.\w+"
    r"|torchvision\.models(\.\w+)*\.\w+|sklearn\.base\.\w+|mlx\.nn\.Module|gpytorch\.models\.\w+|pyro\.nn\.PyroModule)$"
)
_MODEL_MADE = compile_later(
    r"^(timm\.create_model|torchvision\.models\.(\w+\.)*(?!\w*Weights)\w+|segmentation_models_pytorch\.[A-Z]\w+|segmentation_models_pytorch\.create_model|ultralytics(\.\w+)*\.(YOLO|RTDETR|SAM)|torch\.hub\.load"
    r"|transformers\.(AutoModel\w*|TFAutoModel\w*|[A-Z]\w*(Model|For[A-Z]\w+|LMHeadModel))(\.from_pretrained|\.from_config)?|sentence_transformers\.(SentenceTransformer|CrossEncoder)|setfit\.SetFitModel\.from_pretrained"
    r"|diffusers\.\w+\.from_pretrained|monai\.networks\.nets\.\w+|torch_geometric\.nn\.models\.\w+|torch\.nn\.Sequential|(tensorflow\.)?keras\.(models\.)?(Sequential|Model)|(tensorflow\.)?keras\.applications\.(\w+\.)?\w+"
    r"|xgboost\.(XGB\w+|train)|lightgbm\.(LGBM\w+|train)|catboost\.(CatBoost\w*)|prophet\.Prophet|stable_baselines3\.\w+|autogluon(\.\w+)*\.\w+Predictor|open_clip\.create_model\w*|unsloth\.\w+\.from_pretrained|peft\.get_peft_model"
    r"|sklearn\.(linear_model|ensemble|svm|tree|neighbors|naive_bayes|neural_network|gaussian_process|discriminant_analysis|cluster|pipeline)\.[A-Z]\w+|sklearn\.pipeline\.make_pipeline|anomalib\.models\.\w+)$"
)
_MODEL_WORDS = (
    "nn.",
    "parameters()",
    "Module",
    "model",
    "YOLO",
    "sklearn",
    "xgboost",
    "lightgbm",
    "catboost",
    "timm",
    "transformer",
)


@probe("model-defined", asks="Does the own code define or build a model?", looks_in=CODE, mentions=_MODEL_WORDS)
def model_defined(files: Files) -> Iterator[Evidence]:
    """A network class with a body (PyTorch, Lightning, Keras, JAX), or a call that makes a model of a library: timm,
    torchvision, transformers, ultralytics, scikit-learn, boosted trees, or whatever gives an optimizer its `parameters()`.
    Empty classes, losses, the template's untouched `model.py` and tests do not count."""
    made: list[tuple[int, Evidence]] = []
    for file in files:
        module = python(file)
        if module is None:
            continue
        classes = [
            c
            for c in module.classes
            if any(_MODEL_BASES.match(b) for b in c.bases) and not is_stub_body(c.node) and not c.name.endswith("Loss")
        ]
        for item in classes[:2]:
            rank = 0 if "model" in file.path.lower() and not _ELSEWHERE.search(file.path) else 1
            made.append((rank, file.cite(item.line, item.line)))
        if not classes:
            rank = 3 if _ELSEWHERE.search(file.path) else 2
            calls = [c for c in module.calls if _MODEL_MADE.match(c.name)]
            made += [(rank, file.cite(c.line, c.end, "makes a model.")) for c in calls[:1]]
            if not calls and not made and (call := _optimized(module)):
                made.append((4, file.cite(call.line, call.end, "makes the model that is trained.")))
    yield from (evidence for _, evidence in sorted(made, key=lambda m: m[0]))


def _optimized(module: Module) -> Call | None:
    """The call that made what gives its `parameters()`: a model of whatever library."""
    receivers = {_receiver(c, module) for c in module.calls_to(".parameters")}
    if not receivers:
        return None
    assigned = _assigned(module)
    made = {assigned[r] for r in receivers if r in assigned}
    return next((c for c in module.calls if c.name in made and c.name[:1] not in ("", ".")), None)


_TRAIN_WORDS = (
    "backward",
    ".fit",
    ".train(",
    "cli(",
    "optax",
    "apply_gradients",
    "fine_tune",
    "learn(",
    "trainer",
    "update(",
)
_LIGHTNING = ("lightning", "pytorch_lightning")
_HF_TRAINERS = (
    "transformers",
    "trl",
    "sentence_transformers",
    "setfit",
    "unsloth",
    "adapters",
    "peft",
    "llamafactory",
    "simpletransformers",
)
_ESTIMATORS = ("sklearn", "xgboost", "lightgbm", "catboost", "tensorflow", "keras", "autogluon", "prophet", "statsmodels", "flaml", "pycaret", "tpot", "imblearn", "hmmlearn", "surprise", "darts", "pytorch_tabnet", "anomalib", "skorch", "torchmetrics")  # fmt: skip
_PREPARES = compile_later(
    r"scaler|encoder|vectori[sz]er|imputer|pca|tokenizer|umap|tsne|binari[sz]er|transformer|normali[sz]er|selector|knn|nearest|preprocessor|label",
    re.IGNORECASE,
)
_PREPARING = compile_later(
    r"^sklearn\.(preprocessing|decomposition|impute|feature_\w+(\.\w+)?|compose|manifold|neighbors\.NearestNeighbors)\b"
)
_SHELL_TRAIN = compile_later(
    r"^(accelerate launch|torchrun|deepspeed|python\d? -m torch\.distributed\.\w+) .*train"
    r"|^(yolo\b.*\btrain\b|axolotl train|tune run|spacy train|llamafactory-cli train|nnUNetv2_train|mlx_lm\.lora|ns-train|rasa train|tao \w+ train|mim train|lightning run|fabric run)\b"
)


@probe(
    "training-code",
    asks="Does own code train a model?",
    looks_in=(*CODE, "**/*.sh", "**/makefile", *DOCKERFILES),
    mentions=(*_TRAIN_WORDS, *("torchrun", "accelerate launch", "deepspeed", "yolo", "axolotl", "tune run")),
)
def training_code(files: Files) -> Iterator[Evidence]:
    """A training call in own code: Lightning's `fit` or its command line, a hand-written loop (`backward` and an optimizer's
    `step`), a transformers trainer, ultralytics, Keras, JAX, scikit-learn or boosted trees; or a shell script that starts a
    framework's training. `model.train()` only sets a mode; fitting a scaler, tests and stubs do not count."""
    made: list[tuple[int, str, Evidence]] = []
    for file in files:
        if file.suffix in ("py", "ipynb"):
            module = python(file)
            found = next(_trainings(module), None) if module else None
            if found:
                rank = 0 if re.match(r"train(_model)?\.py$", file.name) else 1 if file.name.startswith("train") else 2
                made.append((rank, file.path, file.cite(found[0].line, found[0].end, note=found[1])))
        else:
            shell = next((c for c in commands(file) if _SHELL_TRAIN.search(" ".join(c.bare))), None)
            if shell:
                made.append((3, file.path, file.cite(shell.line, note="starts a training.")))
    yield from (evidence for _, _, evidence in sorted(made, key=lambda m: m[:2]))


def _trainings(module: Module) -> Iterator[tuple[Call, str]]:
    assigned = _assigned(module) if any(c.name.endswith((".fit", ".train")) for c in module.calls) else {}
    lightning, hugging = module.imported(*_LIGHTNING), module.imported(*_HF_TRAINERS)
    estimators = module.imported(*_ESTIMATORS)
    for call in module.calls:
        method = call.name.rsplit(".", 1)[-1] if "." in call.name else ""
        receiver = _receiver(call, module)
        source = assigned.get(receiver, receiver)
        count = len(call.node.args) + len(call.node.keywords)
        if call.name.endswith("LightningCLI") or call.name.endswith(".cli.LightningCLI"):
            yield call, "Lightning's command line, which fits."
        elif (
            method == "fit"
            and (source.endswith("Trainer") or "trainer" in receiver.lower())
            and (lightning or not estimators)
            and (count or module.imported("ray"))
        ):
            yield call, "a trainer's `fit`."
        elif (
            method == "fit" and estimators and count and not _PREPARING.match(source) and not _PREPARES.search(receiver)
        ):
            if (
                count > 1
                or _MODEL_MADE.match(source)
                or re.search(r"model|clf|classifier|regressor|estimator|pipe|search|grid|predictor|\(\)$", receiver)
            ):
                yield call, "fits an estimator."
        elif (
            method == "train"
            and count >= 0
            and hugging
            and (source.endswith("Trainer") or "trainer" in receiver.lower())
        ):
            yield call, "a transformers trainer."
        elif method == "fit" and module.imported("sentence_transformers") and count:
            yield call, "fits a sentence transformer."
        elif (
            method == "train"
            and module.imported("ultralytics")
            and any(k.arg in ("data", "epochs", "cfg", None) for k in call.node.keywords)
        ):
            yield call, "ultralytics' training."
        elif call.name in (
            "xgboost.train",
            "lightgbm.train",
            "catboost.train",
            "lightgbm.cv",
            "xgboost.cv",
            "fasttext.train_supervised",
        ):
            yield call, "trains boosted trees."
        elif method == "learn" and module.imported("stable_baselines3", "sb3_contrib"):
            yield call, "reinforcement learning."
        elif method in ("fit_one_cycle", "fine_tune", "fit_flat_cos") and module.imported("fastai"):
            yield call, "fastai's training."
        elif (method == "apply_updates" and call.name.startswith("optax.")) or (
            method == "apply_gradients" and module.imported("jax", "flax", "optax", "tensorflow")
        ):
            yield call, "a training step."
    backward = next((c for c in module.calls if c.name.endswith(".backward")), None)
    if backward and any(c.name.endswith((".step", ".step()")) for c in module.calls):
        yield backward, "a hand-written training loop."


def _assigned(module: Module) -> dict[str, str]:
    """What names were last assigned the result of: `trainer` -> `transformers.Trainer`."""
    made: dict[str, str] = {}
    for node in module.nodes:
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Call):
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                if isinstance(target, ast.Name | ast.Attribute):
                    made[module.name(target)] = module.name(node.value.func)
    return made


def _receiver(call: Call, module: Module) -> str:
    """What a method is called on: a name, or the call that made it (`Trainer(...).fit` is on `Trainer`)."""
    function = call.node.func
    if not isinstance(function, ast.Attribute):
        return ""
    if isinstance(function.value, ast.Call):
        return module.name(function.value.func)
    return module.name(function.value)


# -- data under version control ----------------------------------------------------------------------------------------

_POINTER = ("**/*.dvc", "!**/.dvc/**")
_CONFIG = ("**/.dvc/config",)
_DVC = (*_POINTER, *_CONFIG, "**/dvc.yaml")  # in this order: a `!` glob removes what those before it let in
_HELD = compile_later(r"(?m)^[ \t]*(?:-[ \t]*)?(md5|etag|checksum|hash|version_id|cloud|files|nfiles)\s*:\s*(?:\S|$)")
_MODEL_PATH = compile_later(
    r"(^|/)(models?|checkpoints?|ckpts?|weights|trained_models|artifacts)(/|\.dvc$)|\.(ckpt|pth|onnx|safetensors|h5)\.dvc$",
    re.I,
)


def _pointers(files: Files) -> list[tuple[File, int]]:
    """The DVC pointer files that point at something, each with the line of its outputs; those of data before models. A
    list of files may make a pointer large: only its beginning is read then."""
    found = []
    for file in files.matching(*_POINTER).named():
        try:
            text = file.text if not file.skipped else file.start(65536).decode("utf-8", errors="replace")
        except Unreadable as reason:
            unsure(Hole(file.path, str(reason)))
            continue
        if re.search(r"(?m)^(outs|deps)\s*:", text) and _HELD.search(text):
            line = next((i for i, row in enumerate(text.split("\n"), 1) if row.startswith("outs")), 1)
            found.append((bool(_MODEL_PATH.search(file.path)), _is_tiny(text), file.path.count("/"), file.path, line))
    return [(files.paths[path], line) for _, _, _, path, line in sorted(found)]


def _is_tiny(text: str) -> bool:
    """Whether a pointer's target is one file of less than a hundred bytes: a try-out, no data."""
    sizes = [int(n) for n in re.findall(r"(?m)^[ \t]*(?:-[ \t]*)?size:\s*(\d{1,15})\s*$", text)]
    return len(sizes) == 1 and sizes[0] < 100


def _data_pointers(files: Files) -> list[tuple[File, int]]:
    return [
        (f, line)
        for f, line in _pointers(files)
        if not _MODEL_PATH.search(f.path) and (f.skipped or not _is_tiny(f.text))
    ]


def _show(file: File, line: int, note: str) -> Evidence:
    return file.exists(note) if file.skipped else file.cite(line, line + 5, note)


def _remotes(files: Files) -> list[tuple[File, Remote]]:
    """The remotes that DVC would use: per configuration the default one; where none is the default, all of them."""
    found = []
    for file in files.matching(*_CONFIG):
        remotes = [r for r in dvc_remotes(file) if r.url]
        by_name = {r.name: r for r in remotes}
        chosen = [r for r in remotes if r.default] or remotes
        for remote in chosen:
            hop = re.match(r"remote://([^/]+)", remote.url)
            found.append((file, by_name.get(hop[1], remote) if hop else remote))
    return found


@probe(
    "data-versioned",
    asks="Are data of the project under version control?",
    looks_in=(*_DVC, "**/.gitattributes", "**/*.sh", "**/makefile", "**/*.tf", *WORKFLOWS, *CODE),
)
def data_versioned(files: Files) -> Iterator[Evidence]:
    """A DVC pointer or stage with outputs (shown with the remote), Git LFS for files that are there and no model weights, a
    data set logged as an artifact (W&B, MLflow) or pushed to a hub, lakeFS, Pachyderm, Delta tables, or a bucket that is told
    to keep versions. `.dvc/config` without a pointer, an empty pointer, a pointer at a try-out file of a few bytes and
    pointers at models alone do not count."""
    remotes = _remotes(files)
    pointers = _data_pointers(files)
    where = (
        f" Remote: {remotes[0][1].url.split('?')[0]}"
        if remotes and re.match(r"^\w+://[^@\s]*$", remotes[0][1].url)
        else ""
    )
    if not remotes:
        where = " No remote is configured."
    for file, line in pointers[:4]:
        yield _show(file, line, "DVC pointer." + where)
    if pointers and remotes:
        config, remote = remotes[0]
        yield config.cite(remote.line, note="the remote that DVC uses.")
    for file in files.matching("**/dvc.yaml"):
        for name, (line, stage) in yaml_root(file)["stages"].entries.items():
            if stage["outs"] or stage["do"]["outs"]:
                yield file.cite(line, line + 5, f"DVC stage `{name}` with outputs.")
                break
    yield from _large_files(files)
    for file in files.matching("**/*.py", "**/*.ipynb"):
        if any(
            word in file.text
            for word in ("Artifact", "mlflow", "push_to_hub", "lakefs", "pachyderm", "deltalake", "versioning_enabled")
        ):
            module = python(file)
            for call in module.calls if module else ():
                if note := _versions(call):
                    yield file.cite(call.line, call.end, note)
                    break
    for file in files.matching("**/*.sh", "**/makefile", *WORKFLOWS):
        if "versioning" in file.text or "lakectl" in file.text or "pachctl" in file.text:
            for command in commands(file):
                if re.search(
                    r"gsutil versioning set on|buckets (create|update) .*--versioning|put-bucket-versioning.*Enabled|^(lakectl|pachctl) (commit|put)",
                    command.text,
                ):
                    yield file.cite(command.line)
    for file in files.matching("**/*.tf"):
        if block := re.search(
            r"versioning\w*\"?[^{}]*\{[^{}]*(enabled\s*=\s*true|status\s*=\s*\"Enabled\")", file.text
        ):
            yield file.cite(file.text.count("\n", 0, block.start()) + 1, note="the bucket keeps versions.")


_WEIGHTS = compile_later(
    r"\.(pt|pth|ckpt|onnx|safetensors|bin|h5|pkl|joblib|model)\b|model|weights|checkpoint", re.IGNORECASE
)
_RULES = 200  # lines of one .gitattributes that are held against the paths
_PICTURES = compile_later(r"\.(png|jpe?g|gif|svg|pdf|mp4)\b", re.IGNORECASE)


def _large_files(files: Files) -> Iterator[Evidence]:
    for file in files.matching("**/.gitattributes"):
        for line in islice(lines_matching(file, r"\bfilter=lfs\b"), _RULES):
            words = file.lines[line - 1].split()
            if not words or _WEIGHTS.search(words[0]):
                continue
            rule = ignore_rule(words[0])  # attributes have the patterns of .gitignore
            if rule is None:
                continue
            base = file.folder + "/" if file.folder else ""
            held = [
                p
                for p in files.paths
                if p.startswith(base) and rule[0].fits(p.removeprefix(base)) and not _WEIGHTS.search(p)
            ]
            if any(not _PICTURES.search(p) or re.search(r"(^|/)data", p) for p in held):
                yield file.cite(line, note=f"Git LFS holds {len(held)} such files.")


def _versions(call: Call) -> str:
    if call.name in ("wandb.Artifact", "wandb.sdk.Artifact"):
        kind = joined_text(call.argument(1, "type")).lower()
        return "a data set as W&B artifact." if "data" in kind else ""
    if call.name in ("mlflow.log_input", "mlflow.log_inputs") or call.name.startswith("mlflow.data."):
        return "a data set logged to MLflow."
    if call.name.endswith(".push_to_hub") and re.search(
        r"(^|[._])(ds|data|dataset|datasets|dataset_dict|train|split)\w*\.push_to_hub$", call.name, re.I
    ):
        return "a data set pushed to a hub that keeps versions."
    if call.name.startswith(("lakefs.", "lakefs_client.", "python_pachyderm.", "pachyderm_sdk.")):
        return "a versioned data store."
    return "a versioned table." if call.name == "deltalake.write_deltalake" else ""


@probe("dvc-configured", asks="Is DVC set up?", looks_in=_DVC)
def dvc_configured(files: Files) -> Iterator[Evidence]:
    """A DVC configuration that names a remote, a pointer at anything (also a model), or a pipeline. Weaker than data under
    version control: nothing may be tracked."""
    for file, remote in _remotes(files):
        yield file.cite(remote.line)
    for file, line in _pointers(files)[:3]:
        yield _show(file, line, "")
    for file in files.matching("**/dvc.yaml"):
        if stages := yaml_root(file)["stages"]:
            yield file.cite(stages.line)


def _remote_probe(files: Files, wanted: Callable[[str], bool]) -> Iterator[Evidence]:
    remotes = [(f, r) for f, r in _remotes(files) if wanted(r.url)]
    if not remotes:
        return
    pointers = _pointers(files)
    stages = [
        f for f in files.matching("**/dvc.yaml") if any(s["outs"] for _, s in yaml_root(f)["stages"].entries.values())
    ]
    if not pointers and not stages:
        return
    for file, remote in remotes:
        kind = "default remote" if remote.default else "remote (none is the default)"
        yield file.cite(remote.line, note=f"{kind} `{remote.name}` in {_scheme(remote.url)}.")
    for file, line in pointers[:2]:
        yield _show(file, line, "tracked with DVC.")
    for file in stages[:1]:
        yield file.cite(yaml_root(file)["stages"].line, note="DVC stages with outputs.")


_SCHEMES = {
    "gs": "Google Cloud Storage",
    "s3": "Amazon S3",
    "azure": "Azure storage",
    "abfs": "Azure storage",
    "gdrive": "Google Drive",
    "ssh": "a host by ssh",
    "oss": "Alibaba storage",
    "webdav": "WebDAV",
    "webdavs": "WebDAV",
    "http": "a web server",
    "https": "a web server",
    "hdfs": "HDFS",
}


def _scheme(url: str) -> str:
    name = url.split("://")[0].lower() if "://" in url else ""
    return _SCHEMES.get(name, f"{name}://" if name else "a local folder")


@probe("dvc-remote-gcs", asks="Is DVC linked with a bucket of Google Cloud Storage?", looks_in=_DVC)
def dvc_remote_gcs(files: Files) -> Iterator[Evidence]:
    """The remote that DVC uses (the default one, or any where none is the default) is `gs://` with a bucket's name, and
    something is tracked. A left-over remote beside another default, a comment or a placeholder does not count."""
    yield from _remote_probe(files, lambda url: re.match(r"gs://[A-Za-z0-9]", url) is not None)


@probe("dvc-remote-elsewhere", asks="Is DVC linked with a remote outside Google Cloud Storage?", looks_in=_DVC)
def dvc_remote_elsewhere(files: Files) -> Iterator[Evidence]:
    """The remote that DVC uses is in another store (S3, Azure, Google Drive, ssh, a web server) and something is tracked. A
    folder on somebody's disk does not count."""
    yield from _remote_probe(
        files, lambda url: re.match(r"(?!gs:|file:|local:)[a-z0-9+]{2,}://\S", url, re.I) is not None
    )


_BUCKET = compile_later(r"^\s*(?:gs://|/gcs/)[A-Za-z0-9{]")


@probe(
    "bucket-used",
    asks="Does own code or configuration use a bucket of Google Cloud Storage?",
    looks_in=(
        "**/*.py",
        "**/*.ipynb",
        "**/*.y*ml",
        "**/*.sh",
        "**/makefile",
        "**/*.toml",
        "**/*.json",
        "**/*.tf",
        *DOCKERFILES,
        *_CONFIG,
        *NO_TESTS,
    ),
    mentions=("gs://", "/gcs/", "storage.Client", "import storage", "google_storage_bucket", "gcsfs"),
)
def bucket_used(files: Files) -> Iterator[Evidence]:
    """A `gs://` or `/gcs/` path in code, a script or a configuration, or a storage client. Weak for versioned data: the
    bucket may hold models, logs or images. Comments and docstrings do not count."""
    for file in files:
        if file.suffix in ("py", "ipynb"):
            module = python(file)
            line = module and next(module.calls_to("google.cloud.storage.Client", "gcsfs.GCSFileSystem"), None)
            if line:
                yield file.cite(line.line)
            elif module and ("gs://" in file.text or "/gcs/" in file.text):
                nodes = (n for n in module.nodes if isinstance(n, ast.Constant | ast.JoinedStr))
                node = next((n for n in nodes if _BUCKET.match(joined_text(n))), None)
                if node:
                    yield file.cite(node.lineno)
        else:
            found = next(
                lines_matching(
                    file, r"(?:^|[\s\"'=(])(?:gs://|/gcs/)[A-Za-z0-9$]|^\s*resource\s+\"google_storage_bucket\"", "#"
                ),
                0,
            )
            if found:
                yield file.cite(found)


# -- all code ----------------------------------------------------------------------------------------------------------


@probe(
    "code-uploaded",
    asks="Is own, working source code in the repository?",
    looks_in=("**/*.py", "**/*.ipynb", *NO_TESTS),
)
def code_uploaded(files: Files) -> Iterator[Evidence]:
    """Own Python with content: functions or classes with a body, or a script of statements, outside tests and beyond the
    template's untouched files. Counts files and lines, and names imports of own modules that the repository lacks."""
    own: list[File] = []
    lines = 0
    for file in files:
        module = python(file)
        if module is not None and _has_content(module):
            own.append(file)
            lines += sum(bool(row.strip()) for row in file.lines) if file.suffix == "py" else 0
    if not own:
        return
    note = f"{len(own)} own Python file{'s' * (len(own) > 1)} outside tests, {lines} lines of code"
    lost = unresolved(files)
    if lost:
        named = [f"`{i.name}` ({i.path}:{i.line})" for i in lost[:5]]
        note += f"; imported but not in the repository: {', '.join(named)}{', ...' if len(lost) > 5 else ''}"
    broken = [f.path for f in files.chosen if "python" in f.problems]
    note += f"; does not parse: {', '.join(broken[:3])}" if broken else ""
    largest = sorted(own, key=lambda f: -f.size if f.suffix == "py" else 0)
    yield Evidence(kind="fact", note=note + ".", sources=tuple(f.path for f in largest[:8]))


def _has_content(module: Module) -> bool:
    if any(not is_stub_body(f.node) for f in module.functions):
        return True
    statements = [
        s for s in module.tree.body if not isinstance(s, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
    ]
    return sum(not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)) for s in statements) >= 3
