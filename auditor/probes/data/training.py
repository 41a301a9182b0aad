"""The model's own code, and its training."""

import ast
import re
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.data.files import CODE, ELSEWHERE
from auditor.readers.commands import commands
from auditor.readers.docker import DOCKERFILES
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import Call, Module, python
from auditor.snapshot import Files

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
            rank = 0 if "model" in file.path.lower() and not ELSEWHERE.search(file.path) else 1
            made.append((rank, file.cite(item.line, item.line)))
        if not classes:
            rank = 3 if ELSEWHERE.search(file.path) else 2
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
