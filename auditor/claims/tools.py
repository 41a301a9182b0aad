"""Libraries and services that leave a trace when they are used: said to be used without one, said not to be used with one; the
list of cloud services; the lock file; configuration that does not parse; secrets in clear text.
"""

import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, absence, check
from auditor.claims.boxes import monitoring_denied, plainly_denied
from auditor.facts.cloud import (
    CONFIGURATION,
    SCRIPTS,
    cloud_build,
    cloud_commands,
    deploy_command,
    does,
    gcloud_words,
    training_specs,
)
from auditor.facts.declared import DECLARATIONS, declarations
from auditor.facts.deps import Import, imported
from auditor.facts.tests import Case, collect
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.prose import Prose, Statement
from auditor.readers import WORKFLOWS, readable, yaml_documents
from auditor.snapshot import LINK, File, Snapshot

# -- the tools ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tool:
    """A tool by the words that a report uses for it (`said`), the words of which at least one stands in some file of a
    repository that uses it (`trace`, looked for without case), and the imports that show its use (`imports`, packages)."""

    id: str
    name: str
    said: str
    trace: str
    imports: tuple[str, ...] = ()


# Only what cannot be used without a trace in the repository. What may be used by hand (cProfile, ab, the Kaggle and gcloud
# programs, pipreqs, editors) or in the browser (Grafana, Dependabot alerts, Codecov's app, consoles) is not here.
TOOLS = (
    # drift and data checks
    Tool("evidently", "Evidently", r"[Ee]vidently(?: ?AI)?", r"evidently", ("evidently",)),
    Tool("nannyml", "NannyML", r"(?i:nanny ?ml)", r"nannyml", ("nannyml",)),
    Tool("alibi-detect", "Alibi Detect", r"(?i:alibi[- ]detect)", r"alibi", ("alibi-detect",)),
    Tool("whylogs", "whylogs", r"(?i:whylogs|whylabs)", r"whylogs|whylabs", ("whylogs",)),
    Tool("deepchecks", "Deepchecks", r"(?i:deepchecks)", r"deepchecks", ("deepchecks",)),
    Tool(
        "great-expectations",
        "Great Expectations",
        r"(?i:great[- ]expectations)",
        r"great.?expectations",
        ("great-expectations",),
    ),
    Tool("pandera", "Pandera", r"(?i:pandera)", r"pandera", ("pandera",)),
    # metrics
    Tool(
        "prometheus",
        "Prometheus",
        r"(?i:prometheus(?:[-_ ](?:client|fastapi[-_ ]instrumentator))?)",
        r"prometheus|run-gmp|opentelemetry",
        ("prometheus-client", "prometheus-fastapi-instrumentator"),
    ),
    Tool(
        "opentelemetry",
        "OpenTelemetry",
        r"(?i:open ?telemetry)",
        r"opentelemetry|otel|signoz",
        ("opentelemetry-sdk", "opentelemetry-api"),
    ),
    Tool("sentry", "Sentry", r"\bSentry", r"sentry", ("sentry-sdk",)),
    # serving
    Tool("fastapi", "FastAPI", r"(?i:fast ?api)", r"fastapi", ("fastapi",)),
    Tool("flask", "Flask", r"\bFlask", r"flask", ("flask",)),
    Tool("bentoml", "BentoML", r"(?i:bento ?ml)", r"bento", ("bentoml",)),
    Tool("onnx", "ONNX", r"\bONNX(?: ?[Rr]untime)?|\bonnxruntime|\bonnx", r"onnx", ("onnx", "onnxruntime")),
    Tool("litserve", "LitServe", r"(?i:lit ?serve)", r"litserve", ("litserve",)),
    Tool("torchserve", "TorchServe", r"(?i:torch ?serve)", r"torchserve|torch-model-archiver|torch.?serve|\.mar\b", ()),
    Tool("triton-server", "Triton Inference Server", r"(?i:triton inference server)", r"triton", ()),
    Tool("tensorrt", "TensorRT", r"(?i:tensor ?rt)", r"tensorrt|\btrt", ("tensorrt",)),
    Tool("vllm", "vLLM", r"(?i:vllm)", r"vllm", ("vllm",)),
    # front ends
    Tool("streamlit", "Streamlit", r"(?i:streamlit)", r"streamlit", ("streamlit",)),
    Tool("gradio", "Gradio", r"(?i:gradio)", r"gradio", ("gradio",)),
    # tracking
    Tool(
        "wandb",
        "Weights & Biases",
        r"(?i:\bwandb\b|\bw\s?&\s?b\b|weights (?:&|and) bias(?:es)?)",
        r"wandb|weights.{1,9}biases",
        ("wandb",),
    ),
    Tool("mlflow", "MLflow", r"(?i:ml ?flow)\b", r"mlflow", ("mlflow",)),
    Tool("tensorboard", "TensorBoard", r"(?i:tensor ?board)", r"tensorboard|lightning|summarywriter", ()),
    Tool("clearml", "ClearML", r"(?i:clearml)", r"clearml", ("clearml",)),
    Tool("neptune", "Neptune", r"\bNeptune(?:\.ai)?", r"neptune", ("neptune",)),
    # models and training
    Tool(
        "lightning",
        "PyTorch Lightning",
        r"(?i:py ?torch[- ]lightning|\blightning\.ai)|\bLightning\b(?! ?AI)",
        r"lightning",
        ("lightning", "pytorch-lightning"),
    ),
    Tool(
        "transformers",
        "Hugging Face Transformers",
        r"(?i:hugging ?face(?:'s)? transformers)|`transformers`",
        r"transformers",
        ("transformers",),
    ),
    Tool("timm", "timm", r"\b(?:timm|TIMM)\b|(?i:py ?torch image models)", r"\btimm", ("timm",)),
    Tool("xgboost", "XGBoost", r"(?i:xg-?boost)", r"xgb", ("xgboost",)),
    Tool("lightgbm", "LightGBM", r"(?i:light ?gbm)", r"lightgbm|\blgbm?", ("lightgbm",)),
    Tool("catboost", "CatBoost", r"(?i:catboost)", r"catboost", ("catboost",)),
    Tool("sklearn", "scikit-learn", r"(?i:scikit-? ?learn|sklearn)", r"sklearn|scikit", ("scikit-learn",)),
    Tool("albumentations", "Albumentations", r"(?i:albumentations?)\b", r"albument", ("albumentations",)),
    Tool("monai", "MONAI", r"\bMONAI\b", r"monai", ("monai",)),
    Tool("ultralytics", "Ultralytics", r"(?i:ultralytics)", r"ultralytics|yolo", ("ultralytics",)),
    Tool("spacy", "spaCy", r"\b[Ss]pa[Cc]y\b", r"spacy", ("spacy",)),
    Tool(
        "sentence-transformers",
        "Sentence Transformers",
        r"(?i:sentence[- ]transformers)",
        r"sentence.?transformers",
        ("sentence-transformers",),
    ),
    Tool("peft", "PEFT", r"\bPEFT\b|`peft`", r"\bpeft\b|\blora", ("peft",)),
    Tool("kornia", "Kornia", r"(?i:kornia)", r"kornia", ("kornia",)),
    Tool("opencv", "OpenCV", r"(?i:open ?cv)", r"cv2|opencv", ("opencv-python",)),
    Tool("torchmetrics", "TorchMetrics", r"(?i:torch ?metrics)", r"torchmetrics", ("torchmetrics",)),
    Tool(
        "torch-geometric",
        "PyTorch Geometric",
        r"(?i:py ?torch[- ]geometric)|\bPyG\b",
        r"torch.?geometric|\bpyg\b",
        ("torch-geometric",),
    ),
    Tool("diffusers", "Diffusers", r"(?i:hugging ?face(?:'s)? diffusers)|`diffusers`", r"diffusers", ("diffusers",)),
    # configuration, command line, logging
    Tool("hydra", "Hydra", r"\b[Hh]ydra\b", r"hydra", ("hydra-core",)),
    Tool("omegaconf", "OmegaConf", r"(?i:omega ?conf)", r"omegaconf|hydra", ("omegaconf",)),
    Tool("typer", "Typer", r"\bTyper\b|`typer`", r"typer", ("typer",)),
    Tool("loguru", "Loguru", r"(?i:loguru)", r"loguru", ("loguru",)),
    # search
    Tool("optuna", "Optuna", r"(?i:optuna)", r"optuna", ("optuna",)),
    Tool("ray-tune", "Ray Tune", r"\bRay Tune\b", r"\bray\b", ("ray",)),
    # data
    Tool("dvc", "DVC", r"\b(?:DVC|dvc)\b", r"\bdvc\b", ()),
    Tool("kagglehub", "kagglehub", r"(?i:kaggle ?hub)\b", r"kagglehub", ("kagglehub",)),
    Tool("git-lfs", "Git LFS", r"(?i:git[- ]lfs|git large file storage)", r"filter=lfs|git.lfs", ()),
    # tests and services around the repository
    Tool("locust", "Locust", r"\b[Ll]ocust\b", r"locust", ("locust",)),
    Tool("k6", "k6", r"\bk6\b", r"\bk6\b", ()),
    Tool("codecov", "Codecov", r"(?i:\bcodecov\b)", r"codecov", ()),
    Tool("terraform", "Terraform", r"(?i:terraform)", r"terraform|tofu|provider\s*\"google\"", ()),
    Tool("airflow", "Airflow", r"\bAirflow\b", r"airflow", ("apache-airflow",)),
    Tool("celery", "Celery", r"\bCelery\b", r"celery", ("celery",)),
    Tool("redis", "Redis", r"\bRedis\b", r"redis", ("redis",)),
)

_SAID = {t.id: compile_later(t.said) for t in TOOLS}
# Letters that a mention has in any spelling, white space and hyphens aside; its id where nothing else is listed.
_LETTERS = {
    "great-expectations": ("greatexpect",),
    "alibi-detect": ("alibi",),
    "whylogs": ("whyl",),
    "triton-server": ("triton",),
    "wandb": ("wandb", "w&b", "weights"),
    "transformers": ("transformers",),
    "timm": ("timm", "imagemodels"),
    "sklearn": ("sklearn", "scikit"),
    "albumentations": ("albument",),
    "sentence-transformers": ("sentencetrans",),
    "torch-geometric": ("geometric", "pyg"),
    "ray-tune": ("raytune",),
    "git-lfs": ("lfs", "largefile"),
}
_LOOKED_FOR = tuple((t, _LETTERS.get(t.id, (t.id,))) for t in TOOLS)
_TRACE = {t.id: compile_later(t.trace) for t in TOOLS}

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
_TEXT = ("py", "ipynb", "yaml", "yml", "toml", "json", "sh", "txt", "cfg", "js", "ts", "tf")
_FIRST = ("**/*.py", *DECLARATIONS, *WORKFLOWS, "**/*dockerfile*", "**/*.y*ml", "**/*.toml", "**/*.cfg")


def _named(words: str) -> Iterator[tuple[Tool, re.Match[str]]]:
    """The tools that the words name, each where it stands."""
    squeezed = words.lower().replace(" ", "").replace("-", "")
    for tool, letters in _LOOKED_FOR:
        if any(part in squeezed for part in letters) and (match := _SAID[tool.id].search(words)):
            yield tool, match


def _lower(file: File) -> str:
    return file.lower


def _places(snapshot: Snapshot) -> list[File]:
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


_SHOWN = ("**/*.{md,png,jpg,jpeg,svg,html,pdf}",)


def trace(tool: Tool, snapshot: Snapshot) -> str:
    """Where a word of the tool stands first (a path), whatever it is doing there; empty if nowhere."""

    def make() -> str:
        pattern = _TRACE[tool.id]
        if path := _path_with(pattern, snapshot, _SHOWN):
            return path
        unread = ""
        for file in _places(snapshot):
            if readable(file) and pattern.search(_lower(file)):
                return file.path
            unread = unread or (file.path if _unread(file) else "")
        if not unread and not tool.imports:
            unread = _documented(pattern, snapshot)
        return unread

    return snapshot.once(f"tool-trace:{tool.id}", make)


def _documented(pattern: re.Pattern[str], snapshot: Snapshot) -> str:
    """The documentation that speaks of a tool: one that is no library may be run by hand as it says."""
    pages = snapshot.select(("**/*.md", "**/*.rst"))
    return next((f.path for f in pages if pattern.search(_lower(f))), "")


# -- said to be used ---------------------------------------------------------------------------------------------------

_SUBJECT = (
    r"\b(?:we|our [\w -]{0,40}?|the (?:project|code|codebase|api|application|app|frontend|backend|model|training(?: \w+)?|service|pipeline|dashboard|data)|it|which|(?:all )?(?:experiments|runs|metrics|hyper-?parameters|configurations?|results))"
    r"(?: (?:also|have|has|is|are|was|were|then|therefore|further|additionally|mainly|primarily|both|successfully|instead|decided to|chose to|been|made))*"
)
_USES = (
    r"(?:use[sd]?|using|utili[sz]e[sd]?|employ(?:s|ed)?|integrate[sd]?|implement(?:s|ed)?|instrument(?:s|ed)?|make use of|made use of|use of|rel(?:y|ies|ied) on|built|buil[dt]s?|"
    r"chose|choose|creat(?:e|ed|es)|developed|deployed|set ?up|incorporate[sd]?|adopt(?:s|ed)?|leverage[sd]?|added|logged?|logs|track(?:s|ed)?|monitor(?:s|ed)?|served?|wrote|written|"
    r"configured?|ran|run|perform(?:s|ed)?|conducted|expose[sd]?|train(?:s|ed)?|fine-?tuned|convert(?:s|ed)?|export(?:s|ed)?|upload(?:s|ed)?|load[- ]tested|tested|handled|managed?|tuned|optimi[sz]ed)"
)
_CLAIM = compile_later(rf"{_SUBJECT} {_USES}\b", re.IGNORECASE)
_ACTIVE = compile_later(
    r"^\s*(?:\([^)]*\) )?(?:manages|handles|tracks|logs|collects|exposes|orchestrates|detects|monitors|serves)\b",
    re.IGNORECASE,
)
_PASSIVE = compile_later(
    r"^\s*(?:\([^)]*\) )?(?:is|was|are|were|has been|have been) (?:also |then |mainly |primarily )?(?:used|integrated|implemented|added|configured|employed|set up|utili[sz]ed|chosen)\b",
    re.IGNORECASE,
)
# close before the tool, it names an example, an alternative or a comparison ...
_INSTEAD = compile_later(
    r"\b(?:like|such as|e\.g\.?|for example|for instance|similar to|alternatives?(?: to)?|instead of|rather than|compared (?:to|with)|versus|vs\.?|over|than|either|or|against|from|compatible with|inspired by|support(?:s|ed)? for)\W[^,;:.]{0,50}$",
    re.IGNORECASE,
)
# ... and anywhere, the sentence is not about plain use
_NOT_USED = compile_later(
    r"\b(?:exercises?|lectures?|consider\w*|looked (?:into|at)|explor\w+|experiment(?:ed|ing) with|familiar\w*|learn\w*|possib\w+|thinking|thought|discuss\w*|idea|branch(?:es)?|another repository|separate repository|"
    r"other repository|manual(?:ly)?|installed|optional(?:ly)?|spaces?|vercel|netlify|when enabled|replaced|switched|prepared? (?:for|to)|template|merged?)\b",
    re.IGNORECASE,
)
_COVERED = compile_later(
    r",?\s*\b(?:which|that|and|but|although|though|even though|as it)?\s*(?:was|is|were|are|wasn't|isn't)?\s*(?:not )?(?:directly |explicitly |really )?(?:covered|taught|part of|introduced)(?: (?:in|by|during|of))?(?: the)? (?:course|lectures?)(?: material)?",
    re.IGNORECASE,
)
_BUT_NOT = compile_later(r"\b(?:but|however|although|though)\b[^.]*(?:\b(?:not|never|no)\b|n't\b)", re.IGNORECASE)
_CONTRARY = compile_later(r"^(?:no\b|unfortunately|we (?:did not|didn't|have not|haven't)|not\b|sadly)", re.IGNORECASE)
_OTHER_REPO = compile_later(
    r"\b(?:separate|another|other|different|second|dedicated|own) (?:github )?(?:repo|repository|repositories)\b",
    re.IGNORECASE,
)


def _hypothetical(prose: Prose) -> set[int]:
    """The answers that open with a denial: what follows says what one might do."""
    found = set()
    seen = set()
    for statement in prose.sentences():
        if statement.question.n not in seen:
            seen.add(statement.question.n)
            if _CONTRARY.match(statement.plain):
                found.add(statement.question.n)
    return found


def _claims_use(statement: Statement, match: re.Match[str], words: str) -> bool:
    """Whether the sentence says that the group uses the tool that it names there."""
    before, after = words[: match.start()], words[match.end() :]
    if _NEGATED.search(before) or _BUT_NOT.search(after) or _INSTEAD.search(before):
        return False
    if _PASSIVE.match(after) or (statement.question.id == "architecture" and _ACTIVE.match(after)):
        return True
    verbs = list(_CLAIM.finditer(before))
    return bool(verbs) and len(before) - verbs[-1].end() <= 90 and not _BREAKS.search(before[verbs[-1].end() :])


_NEGATED = compile_later(r"\b(?:no|not|never|none|neither|nor|without|cannot|lacks?|lacking)\b|n't\b", re.IGNORECASE)
_BREAKS = compile_later(r"[;:]|\b(?:but|because|which|that|if|when|while|since|so)\b", re.IGNORECASE)


def _used_in_code(tool: Tool, snapshot: Snapshot) -> str:
    """Where the tool is more than declared or named in a comment; empty if nowhere."""

    def make() -> str:
        pattern = _TRACE[tool.id]
        lists = _dependency_lists(snapshot)
        if path := _path_with(pattern, snapshot, (*_SHOWN, "**/*requirements*")):
            return path
        unread = ""
        for file in _places(snapshot):
            if not readable(file):
                unread = unread or (file.path if _unread(file) else "")
                continue
            if not pattern.search(_lower(file)) or (file.path in lists and file.suffix != "toml"):
                continue
            for row in file.lines:
                code = row.lower().split("#", 1)[0] if file.suffix in _HASHED else row.lower()
                if pattern.search(code) and not (file.name.lower() == "pyproject.toml" and _REQUIREMENT.match(code)):
                    return file.path
        return unread

    return snapshot.once(f"tool-code:{tool.id}", make)


_HASHED = ("py", "yaml", "yml", "toml", "sh", "cfg", "ini")
_REQUIREMENT = compile_later(
    r"""^\s*(?:["'][a-z][\w.\[\]-]*\s*(?:[<>=!~@^;,].*)?["'],?\s*$|[a-z][\w-]*\s*=\s*["'{])|["'][a-z][\w.-]*(?:\[[^\]]*\])?\s*[<>=~!]=?[^"']*["']"""
)


@check("tools-without-trace", asks="Does a tool that the group says it uses leave any trace in the repository?")
def tools_without_trace(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we used / integrated X", "X was used", of libraries and services that cannot be used without an import, a
    declaration, a configuration, a workflow or an image. Settled by: no file of the commit but prose and lock files has a word
    of it, template stubs and comments included. Leaves alone: examples, comparisons, plans, attempts, the past, negations,
    answers that open with a denial, what may be used by hand or in a browser, other repositories and branches."""
    if any(_OTHER_REPO.search(s.plain) for s in prose.sentences()) or ".gitmodules" in repo.snapshot.files:
        return
    supposed = _hypothetical(prose)
    reported: set[str] = set()
    for statement in prose.sentences():
        if statement.question.n in supposed or not statement.firm:
            continue
        words = (
            _COVERED.sub("", statement.plain)
            if "cover" in statement.plain or "course" in statement.plain
            else statement.plain
        )
        for tool, match in _named(words):
            if tool.id in reported or _NOT_USED.search(words) or not _claims_use(statement, match, words):
                continue
            if not trace(tool, repo.snapshot):
                reported.add(tool.id)
                yield Settled(
                    statement,
                    about=f"tool:{tool.id}",
                    shows=f"No code, dependency list, configuration, workflow, notebook or Dockerfile mentions {tool.name}.",
                    difference=f"The sentence says that {tool.name} is used; nothing in the repository uses it.",
                    evidence=(
                        absence(
                            f"`{tool.trace}` was looked for (in any case) in the names and texts of all tracked files but prose and lock files: no match."
                        ),
                    ),
                )
            elif tool.imports and statement.question.id != "dependencies" and not _used_in_code(tool, repo.snapshot):
                reported.add(tool.id)
                file = repo.snapshot.files[trace(tool, repo.snapshot)]
                declares = _declares(tool, repo.snapshot) or file
                line = next((i for i, row in enumerate(declares.lines, 1) if _TRACE[tool.id].search(row.lower())), 1)
                yield Settled(
                    statement,
                    about=f"tool:{tool.id}",
                    shows=f"{declares.path}:{line} names {tool.name}, but no code imports it and nothing runs it.",
                    difference=f"The sentence says that {tool.name} is used; the repository only declares it.",
                    evidence=(
                        declares.cite(line),
                        absence(
                            f"`{tool.trace}` was looked for in all code, configuration and scripts without their comments: no match."
                        ),
                    ),
                    detail=True,
                )


def _dependency_lists(snapshot: Snapshot) -> frozenset[str]:
    """The paths of the lists of dependencies, whatever they are called."""
    known = declarations(snapshot.select(DECLARATIONS, stubs=True)).lists
    return snapshot.once("dependency-lists", lambda: known | {p for p in snapshot.files if matches(p, DECLARATIONS)})


def _declares(tool: Tool, snapshot: Snapshot) -> File | None:
    return next(
        (
            f
            for f in _places(snapshot)
            if f.path in _dependency_lists(snapshot) and readable(f) and _TRACE[tool.id].search(_lower(f))
        ),
        None,
    )


# -- said not to be used -----------------------------------------------------------------------------------------------

# Tools whose denial is a practice of its own (boxes.py) are left to that check.
_PRACTICES = frozenset(["dvc", "wandb", "hydra", "lightning", "fastapi"])


def _imports(snapshot: Snapshot) -> tuple[Import, ...]:
    return snapshot.once("tool-imports", lambda: imported(snapshot.select(("**/*.py",))))


@check("tools-denied", asks="Does the group's own code import a tool that the group says it did not use?")
def tools_denied(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we did not use / implement X" in its plain shape, of a library. Settled by: an import of X in own, non-template
    Python code. Leaves alone: denials that are softened or narrowed to one purpose, guarded imports, notebooks."""
    for statement in prose.sentences():
        if not statement.negated:
            continue
        for tool, _ in _named(statement.plain):
            if not tool.imports or tool.id in _PRACTICES:
                continue
            if not plainly_denied(statement, tool.id, tool.said):
                continue
            used = [i for i in _imports(repo.snapshot) if set(i.packages) & set(tool.imports) and not i.optional]
            if used:
                file = repo.snapshot.files[used[0].path]
                yield Settled(
                    statement,
                    about=f"tool:{tool.id}",
                    shows=f"{file.path}:{used[0].line} imports {used[0].name}.",
                    difference=f"The sentence says that {tool.name} was not used; the code uses it.",
                    evidence=tuple(repo.snapshot.files[i.path].cite(i.line) for i in used[:3]),
                )


_WATCHING = ("evidently", "nannyml", "alibi-detect", "whylogs", "prometheus", "opentelemetry")
_WOULD = compile_later(
    r"\b(?:would|could)\b[^.;]{0,60}?\b(?:us(?:e|ing)|implement\w*|set ?up|add\w*|integrat\w+|introduc\w+|with|employ\w*|adopt\w*)\b",
    re.IGNORECASE,
)


@check("monitoring-would-use", asks="Is a tool in the code that a group without monitoring says it would use for it?")
def monitoring_would_use(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we would use X to detect drift" in an answer that plainly says that there is no monitoring. Settled by: an import of X,
    a library for drift or metrics, in own code outside tests. Leaves alone: examples (such as, like), narrowed denials, tools
    that are only declared, guarded imports."""
    if monitoring_denied(prose) is None:
        return
    for statement in prose.sentences("monitoring"):
        would = _WOULD.search(statement.plain)
        if not would or statement.negated:
            continue
        for tool, match in _named(statement.plain):
            if (
                tool.id not in _WATCHING
                or match.start() < would.end()
                or _INSTEAD.search(statement.plain[: match.start()])
            ):
                continue
            used = [
                i
                for i in _imports(repo.snapshot)
                if set(i.packages) & set(tool.imports)
                and not i.optional
                and not re.search(r"(?:^|/)tests?/|(?:^|/)test_", i.path)
            ]
            if used:
                yield Settled(
                    statement,
                    about=f"tool:{tool.id}",
                    shows=f"{used[0].path}:{used[0].line} imports {used[0].name}.",
                    difference=f"The sentence speaks of {tool.name} as something that one could add; the code uses it.",
                    evidence=tuple(repo.snapshot.files[i.path].cite(i.line) for i in used[:3]),
                )


# -- said not to be tested ---------------------------------------------------------------------------------------------

# What an answer calls a part of the code, and the names of modules that it may mean.
_PARTS = (
    ("the API", r"(?:(?:fast)?api(?: endpoints?)?|endpoints?|backend)", r"(?:\w+_)?(?:fast_?api|api|backend)(?:_\w+)?|app|main|server"),
    ("the evaluation", r"(?:evaluat(?:ion|e))", r"evaluat\w*|eval"),
    ("the visualisation", r"(?:visuali[sz](?:ations?|e))", r"visuali[sz]\w*"),
    ("the training", r"(?:training|train)", r"train(?:_?model|ing|er)?"),
    ("the prediction", r"(?:predictions?|inference|predict)", r"predict\w*|inference"),
    ("the data code", r"(?:data(?: ?(?:loading|loaders?|processing|sets?))?|pre-?processing|datasets?)", r"data|make_dataset|dataset\w*|dataloader\w*|pre_?process\w*"),
    ("the model", r"(?:models?)", r"model|models"),
    ("the drift code", r"(?:(?:data )?drift(?:ing)?(?: detection)?|monitoring)", r"\w*drift\w*|monitoring"),
    ("the frontend", r"(?:front-?end)", r"front_?end\w*"),
    ("the command line", r"(?:cli|command line interface)", r"cli"),
)  # fmt: skip
_PART = r"[\w/]+\.py|" + "|".join(said for _, said, _ in _PARTS)
_PART_KIND = (
    r"(?: (?:modules?|scripts?|code|parts?|components?|functions?|files?|pipelines?|routes?|functionality|logic))?"
)
_PART_LIST = (
    rf"(?P<list>(?:{_PART}){_PART_KIND}(?:\s*(?:, and|, or|,|and|or|nor|&|/)\s+(?:the |our )?(?:{_PART}){_PART_KIND})*)"
)
_PART_END = r"(?=\s*(?:[.,;:!()](?!\w)|$)|\s+(?:because|since|due|but|so|and|as|which|yet|at all|in (?:our|the|this) (?:project|tests?|test suite|repository)|by (?:our|the|any|unit) tests?|with (?:pytest|unit tests?)|though|although)\b)"
_UNTESTED = (
    compile_later(
        rf"\b(?:the |our )?{_PART_LIST} (?:(?:still |currently |therefore |therefor )?(?:remains?|is|are|was|were|stays?|has been|have been)(?: left| currently| still| therefore)* )(?:untested|not (?:unit )?(?:tested|covered by (?:any |our |the |unit )*tests?)|without (?:any )?(?:unit )?tests?){_PART_END}",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\bwe (?:did not|didn't|have not|haven't|do not|don't)(?: (?:unit )?test(?:ed)?| (?:write|implement|create|have|add|make|written|implemented|created|added|made) (?:any )?(?:unit ?)?tests? (?:for|of)) (?:the |our )?{_PART_LIST}{_PART_END}",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\b(?:there (?:are|were|is) no|we (?:have|had|wrote|made) no|no) (?:unit ?)?tests? (?:for|of|cover(?:s|ing)?|(?:were|was|are|is|exist) (?:written |made |implemented )?(?:for|of)) (?:the |our )?{_PART_LIST}{_PART_END}",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\b{_PART_LIST},? (?:which|that|for which) (?:we (?:did not|didn't|have not|haven't) (?:(?:unit )?test(?:ed)?|(?:write|create|make|implement|add|have|written|created) (?:any )?tests? for)|(?:are|is|were|was) (?:not tested|untested)){_PART_END}",
        re.IGNORECASE,
    ),
)
_NOT_PLAIN = compile_later(
    r"\b(?:load|stress|performance|manual\w*|integration|end-to-end|e2e|fully|extensive\w*|thorough\w*|direct\w*|explicit\w*|partial\w*|parts? of|some|certain|large\w*|most(?:ly)?|rest|remaining|other|edge|error|if|whether|gpu|cuda|locally|cloud|deployed|production|several|multiple|different|all|every|entire\w*|whole|before|until|on \w+ (?:os|systems?))\b",
    re.IGNORECASE,
)


@check("untested-denied", asks="Do tests reach a module that the group says is not tested?")
def untested_denied(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "the X and Y modules remain untested", "we did not test the X", "no tests for x.py". Settled by: collected tests that can
    fail and whose bodies, helpers or fixtures use the module (for an API: through an HTTP client, too), where the repository has
    one module that the words can mean or all of them are tested. Leaves alone: denials that are softened (fully, some, most) or
    narrowed to a kind of test or a case, plans, the past."""
    for statement in prose.sentences():
        words = statement.plain
        if (
            not _NEGATED_TEST.search(words)
            or statement.planned
            or statement.past
            or statement.attempted
            or statement.personal
        ):
            continue
        for pattern in _UNTESTED:
            match = pattern.search(words)
            if (
                match is None
                or _NOT_PLAIN.search(match[0])
                or _NOT_PLAIN.search(words[max(0, match.start() - 25) : match.start()])
            ):
                continue
            tested = [t for part in _parts(match["list"]) if (t := _tested(part, repo.snapshot))]
            if tested:
                names = ", ".join(name for name, _ in tested)
                case = tested[0][1]
                yield Settled(
                    statement,
                    about="practice:api-tests" if tested[0][0] == "the API" else f"untested:{tested[0][0]}",
                    shows=f"{case.path}:{case.line} tests {tested[0][0]} (`{case.name}`).",
                    difference=f"The sentence says that there are no tests of {names}; the repository has such tests.",
                    evidence=tuple(
                        repo.snapshot.files[c.path].cite(c.line, min(c.end, c.line + 5)) for _, c in tested[:3]
                    ),
                )
            break


_NEGATED_TEST = compile_later(
    r"\buntested\b|\btest\w*\b.*\b(?:no|not|without)\b|(?:\b(?:no|not|without)\b|n't\b).*\btest", re.IGNORECASE
)


def _parts(listed: str) -> list[str]:
    return [p for p in re.split(r"\s*(?:, and|, or|,|\band\b|\bor\b|\bnor\b|&|(?<!\w)/)\s+(?:the |our )?", listed) if p]


def _tested(part: str, snapshot: Snapshot) -> tuple[str, Case] | None:
    """A test that reaches the part of the code, with the part's name; None unless all modules that it may mean are tested."""
    part = re.sub(rf"{_PART_KIND}$", "", part.strip()) if not part.endswith(".py") else part
    if part.endswith(".py"):
        name, stem = part, re.escape(part.rsplit("/", 1)[-1].removesuffix(".py"))
    else:
        found = next(((n, m) for n, said, m in _PARTS if re.fullmatch(said, part, re.IGNORECASE)), None)
        if found is None:
            return None
        name, stem = found
    own = [
        f.path
        for f in snapshot.files.values()
        if re.fullmatch(rf"(?:{stem})\.py", f.name, re.IGNORECASE)
        and not re.search(r"(?:^|/)tests?/|(?:^|/)test_", f.path)
        and f.size > 10
        and not snapshot.aside(f)
    ]
    reached: dict[str, Case] = {}
    for case in _cases(snapshot):
        if not case.active or (name == "the API" and not case.client):
            continue
        for module in case.own:
            path = module.replace(".", "/") + ".py"
            for file in own:
                if file == path or file.endswith("/" + path):
                    reached.setdefault(file, case)
    if own and all(f in reached for f in own):
        return name, reached[own[0]]
    return None


def _cases(snapshot: Snapshot) -> tuple[Case, ...]:
    return snapshot.once("tool-cases", lambda: collect(snapshot.select(("**/*.py",))).cases)


# -- the list of cloud services ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Use:
    """A place where an executable file uses a cloud service."""

    service: str
    file: File
    line: int


_SERVICES = {
    "Cloud Run": r"cloud[- ]?run|\brun\b",
    "Cloud Functions": r"functions?",
    "App Engine": r"app engine",
    "Vertex AI": r"vertex|ai platform",
    "Artifact Registry": r"registry|artifacts?\b|\bgcr\b|\bgar\b",
    "Cloud Build": r"cloud[- ]?build|\bbuilds?\b|triggers?",
    "Secret Manager": r"secrets?\b",
    "Pub/Sub": r"pub ?/? ?sub",
    "BigQuery": r"big ?query",
    "Cloud SQL": r"cloud ?sql|\bsql\b|postgres|database",
    "Kubernetes Engine": r"kubernetes|\bgke\b",
    "Cloud Storage": r"storage|buckets?|\bgcs\b",
    "Compute Engine": r"compute|engine|\bvms?\b|virtual machine",
    "Cloud Scheduler": r"scheduler",
    "Eventarc": r"event ?arc",
    "Firestore": r"fire ?store|firebase|datastore",
}
_WORDS = {
    ("pubsub",): "Pub/Sub",
    ("sql",): "Cloud SQL",
    ("scheduler", "jobs"): "Cloud Scheduler",
    ("eventarc", "triggers"): "Eventarc",
    ("container", "clusters"): "Kubernetes Engine",
    ("secrets", "versions"): "Secret Manager",
    ("secrets", "create"): "Secret Manager",
    ("ai", "custom-jobs"): "Vertex AI",
    ("ai", "models"): "Vertex AI",
    ("ai", "endpoints"): "Vertex AI",
    ("builds", "submit"): "Cloud Build",
    ("compute", "instances"): "Compute Engine",
}
_MODULES = {
    "google.cloud.pubsub": "Pub/Sub",
    "google.cloud.bigquery": "BigQuery",
    "google.cloud.secretmanager": "Secret Manager",
    "google.cloud.aiplatform": "Vertex AI",
    "google.cloud.storage": "Cloud Storage",
    "google.cloud.firestore": "Firestore",
    "vertexai": "Vertex AI",
}
_COMPLETE = compile_later(
    r"\b(?:all(?: of)? (?:the )?(?:gcp|google cloud)? ?services|(?:the )?(?:following|these|below)(?: \w+){0,4} ?(?:services|gcp|google cloud|list|tools|components)|the following|services (?:we|that we) (?:have )?used (?:are|were|is))\b",
    re.IGNORECASE,
)
_SOME = compile_later(
    r"\b(?:main(?:ly)?|primar(?:y|ily)|most(?:ly)?|important|core|some|includ\w+|such as|e\.g|for example|among|key|several|central)\b",
    re.IGNORECASE,
)


def _service_uses(snapshot: Snapshot) -> dict[str, Use]:
    """The first use of each cloud service in own commands, Cloud Build files and imports; and the first job specification, which
    may never have been handed in."""

    def make() -> dict[str, Use]:
        found: dict[str, Use] = {}

        def add(service: str, file: File, line: int) -> None:
            if service in _SERVICES or service == _SPECIFIED:
                found.setdefault(service, Use(service, file, line))

        files = snapshot.select(
            (*SCRIPTS, *CONFIGURATION), mentions=("gcloud", "pkg.dev", "workerpool", "worker_pool", "secretmanager")
        )
        for file, command, how in cloud_commands(files):
            words = gcloud_words(command)
            service = deploy_command(command)
            add("Vertex AI" if service.startswith("a Vertex") else service, file, command.line)
            if "--help" not in command.bare:
                for length in (1, 2):
                    add(_WORDS.get(words[:length], ""), file, command.line)
            if "pkg.dev" in command.text and does(command) == "push":
                add("Artifact Registry", file, command.line)
            if "--set-secrets" in command.text or "--update-secrets" in command.text:
                rows = enumerate(file.lines[command.line - 1 :], command.line)
                add("Secret Manager", file, next((n for n, row in rows if "-secrets" in row), command.line))
            if how == "Cloud Build":
                add("Cloud Build", file, command.line)
        for file in files:
            if file.suffix not in ("yaml", "yml", "json"):
                continue
            for spec in training_specs(file):
                add(_SPECIFIED, file, spec.line)
            if file.suffix in ("yaml", "yml") and "availableSecrets" in file.text:
                for root in yaml_documents(file):
                    if root["availableSecrets"]["secretManager"]:
                        add("Secret Manager", file, root.line_of("availableSecrets"))
        for item in _imports(snapshot):
            if re.match(r"(?:.*/)?tests?/|.*test_", item.path) or item.optional:
                continue
            for module, service in _MODULES.items():
                if item.name.startswith(module):
                    add(service, snapshot.files[item.path], item.line)
        return found

    return snapshot.once("tool-services", make)


_SPECIFIED = "Vertex AI (specified)"
_COUNTED = compile_later(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|\d+) (?:different |distinct )?(?:gcp |google(?: cloud)? |cloud |google cloud platform |gcp cloud )?(?:\(gcp\) )?services\b",
    re.IGNORECASE,
)
_LIST = compile_later(
    r"\b(?:we|our (?:project|group|team|pipeline)|the project)(?: (?:have|has|also|then))* (?:used|use|uses|using|made use of|make use of|utili[sz]e[sd]?|leverage[sd]?|employ(?:ed|s)?|rel(?:y|ied) on)\b",
    re.IGNORECASE,
)
_OPEN_END = compile_later(
    r"\b(?:among (?:others|other things)|etc\b|and (?:so on|more|others|many more)|to name a few|not (?:an )?exhaustive|amongst others|other services)",
    re.IGNORECASE,
)
_ANY_SERVICE = compile_later("|".join(f"(?:{p})" for p in _SERVICES.values()), re.IGNORECASE)


def _services_named(words: str) -> set[str]:
    return {name for name, pattern in _SERVICES.items() if re.search(pattern, words, re.IGNORECASE)}


def _complete_list(told: list[Statement], opener: Statement) -> bool:
    """Whether the answer is a list of the services: it is introduced as such, or its first sentence names at least two with
    commas or counts them."""
    if not opener.firm or _SOME.search(opener.plain) or any(_OPEN_END.search(s.plain) for s in told):
        return False
    if _COMPLETE.search(opener.plain) or _COUNTED.search(opener.plain):
        return True
    verb = _LIST.search(opener.plain)
    if verb and re.search(r",|:|\band\b", opener.plain[verb.end() :]):
        if len(_services_named(opener.plain[verb.end() :])) > 1 and "," in opener.plain:
            return True
        if opener.plain.rstrip().endswith(":"):
            return True
    return False


def _spelled(service: str) -> str:
    """The service's own name in its spellings."""
    words = service.removesuffix(" AI").removesuffix(" (specified)").split()
    return r"(?:google )?" + "[ -]?".join(re.escape(w) for w in words)


def _given_up(service: str, prose: Prose) -> bool:
    """Whether an answer tells that the service was only tried, or left out after all."""
    name = _spelled(service)
    pattern = re.compile(
        rf"\b(?:instead of|rather than|without|did(?:n't| not) (?:end up )?(?:use|using)|not (?:use|using)|tried|attempted|trying|gave up)\b(?: \w+){{0,4}}? {name}\b"
        rf"|\b{name}\b[^.;]{{0,60}}\b(?:unsuccess\w+|did(?:n't| not) (?:work|succeed)|was not used|abandon\w+|deprecated|unused)",
        re.IGNORECASE,
    )
    return any(pattern.search(s.plain) for s in prose.sentences())


def _affirmed(service: str, prose: Prose) -> bool:
    """Whether another answer tells firmly of it."""
    name = re.compile(rf"\b{_spelled(service)}\b|{_spelled(service)}\.ya?ml", re.IGNORECASE)
    others = (s for s in prose.sentences() if s.question.id != "gcp-services")
    return any(s.firm and not s.negated and name.search(s.plain) for s in others)


@check("cloud-services-listed", asks="Do the files use a cloud service that a list called complete does not name?")
def cloud_services_listed(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: the answer to the question that asks for all Google Cloud services, where it is a list: one introduced as "the following
    services" or counted, or "We used A, B and C." Settled by: a command, Cloud Build file or import of the
    group's own that uses a service which no sentence of that answer names in any of its forms; a job specification only where
    another answer tells of its use; all such services in one finding. Leaves alone: lists without such a sentence, of the main services or with an open end, images, what is set up in the
    console, services that an answer calls tried or abandoned."""
    told = list(prose.sentences("gcp-services"))
    if not told or not _complete_list(told, told[0]):
        return
    opener = told[0]
    words = " ".join(s.plain for s in prose.of("gcp-services"))
    used = dict(_service_uses(repo.snapshot))
    if (specified := used.pop(_SPECIFIED, None)) and "Vertex AI" not in used:
        used["Vertex AI"] = specified
    left_out = {}
    for service, use in used.items():
        # a job specification or a build's steps may never have run
        idle = use is specified or (service == "Cloud Build" and cloud_build(use.file) is not None)
        named = re.search(_SERVICES[service], words, re.IGNORECASE)
        if not (named or _given_up(service, prose) or (idle and not _affirmed(service, prose))):
            left_out[service] = use
    if not left_out:
        return
    listed = _COMPLETE.search(opener.plain) or _COUNTED.search(opener.plain)
    names = list(left_out)
    several = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    yield Settled(
        opener,
        about="services",
        shows="; ".join(f"{use.file.path}:{use.line} uses {service}" for service, use in left_out.items()) + ".",
        difference=f"The list of services leaves out {several}."
        if listed
        else f"The question asks for all services; the answer leaves out {several}.",
        evidence=tuple(use.file.cite(use.line) for use in left_out.values()),
        detail=True,
    )
