"""What speaks for a ticked box without showing it: weak signs, by which a box is not verifiable rather than contradicted."""

import ast
import re
from collections.abc import Iterator

from auditor.facts.civalues import caches, ci_values
from auditor.facts.programs import lint_action, lint_tool, runs_pre_commit, runs_tests
from auditor.facts.workflows import CI, CiWorkflow, ci_workflows, elsewhere
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.scaling.files import CODE, CONFIGS
from auditor.probes.tracking.logs import log_calls
from auditor.readers.nodes import literal
from auditor.readers.python import Module, python
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import Files

_PYTHON = ("**/*.py", "**/*.ipynb", "!reports/*.py", "!report/*.py")
_WRITTEN = 50_000  # bytes; a larger YAML file was written by a program

# -- CI for another branch ---------------------------------------------------------------------------------------------


def _for_others(files: Files) -> Iterator[tuple[CiWorkflow, int, str]]:
    """The workflows that start by themselves, but not for the default branch: with the trigger's line and a note."""
    for ci in ci_workflows(files):
        if ci.checks or not ci.does_something:
            continue
        if found := elsewhere(ci, files):
            trigger, branch = found
            here = files.history.default_branch
            yield ci, trigger.line, f"starts for {branch} only" + (f", not for {here}" if here else "")


@probe(
    "ci-elsewhere",
    asks="Does a workflow that checks the code start for another branch than the default one?",
    looks_in=CI,
)
def ci_elsewhere(files: Files) -> Iterator[Evidence]:
    """A workflow with steps that a push to, or a pull request into, another branch starts which exists, or of which nobody
    knows, since this copy has one branch only. Weak: it runs, but not for what is handed in."""
    for ci, line, note in _for_others(files):
        if any(r.command.program not in ("echo", "") for r in ci.runs) or ci.unfollowed:
            does = "runs the tests" if any(runs_tests(r.command) for r in ci.runs) else "does something"
            yield ci.file.cite(line, note=f"{does}; {note}")


@probe("ci-lints-elsewhere", asks="Does a workflow lint for another branch than the default one?", looks_in=CI)
def ci_lints_elsewhere(files: Files) -> Iterator[Evidence]:
    """As `ci-elsewhere`, where a step runs a linter, a formatter that checks, or pre-commit."""
    for ci, line, note in _for_others(files):
        lints = any(lint_tool(r.command) or runs_pre_commit(r) for r in ci.runs)
        if lints or any(lint_action(u) or runs_pre_commit(u) for u in ci.uses):
            yield ci.file.cite(line, note=f"lints; {note}")


@probe(
    "ci-varies-elsewhere",
    asks="Does a workflow for another branch than the default one cache, or test on several versions?",
    looks_in=CI,
)
def ci_varies_elsewhere(files: Files) -> Iterator[Evidence]:
    """As `ci-elsewhere`, with a cache or with two or more systems or versions."""
    for ci, line, note in _for_others(files):
        if any(True for _ in caches(ci)):
            yield ci.file.cite(line, note=f"keeps a cache; {note}")
        elif any(len(v.values) > 1 for v in ci_values([ci])):
            yield ci.file.cite(line, note=f"tests on several systems or versions; {note}")


@probe(
    "data-workflow",
    asks="Is there a workflow that is named for the data and handles them?",
    looks_in=WORKFLOWS,
    mentions=("data", "dvc"),
)
def data_workflow(files: Files) -> Iterator[Evidence]:
    """A workflow whose file or name says data, which something starts and of which a step runs DVC, CML or the group's own
    code. Weak: it is no change of the data that starts it, or none that can be seen."""
    for ci in ci_workflows(files):
        named = re.search(r"(^|[^a-z])(data|dvc|dataset)([^a-z]|$)", f"{ci.file.name} {ci.name}".lower())
        handles = any(
            r.command.program in ("dvc", "cml", "cml-send-comment") or r.command.program.startswith("python")
            for r in ci.runs
        )
        if named and handles and ci.triggers:
            yield ci.file.cite(ci.triggers[0].line, note="a workflow named for data")


_EVENT = compile_later(r"^functions_framework\.cloud_event$|^firebase_functions\.storage_fn\.")
_SENSORS = compile_later(
    r"^(dagster\.(sensor|asset_sensor)|airflow\.\S*(GCSObject|S3Key|File)\w*Sensor|watchdog\.observers\.Observer)$"
)


@probe(
    "data-event",
    asks="Does a function or sensor wait for new data?",
    looks_in=_PYTHON,
    mentions=("cloud_event", "storage_fn", "sensor", "watchdog"),
)
def data_event(files: Files) -> Iterator[Evidence]:
    """A Cloud Function on an event, a sensor of Airflow or Dagster, a watcher of a folder. Weak: which bucket calls it is
    settled elsewhere."""
    for file in files:
        module = python(file)
        for function in module.functions if module else ():
            if any(_EVENT.search(d) or _SENSORS.search(d) for d in function.decorators):
                yield file.cite(function.line, note="starts on an event")
        for call in module.calls if module else ():
            if _SENSORS.search(call.name):
                yield file.cite(call.line, call.end, note="waits for files")


# -- containers --------------------------------------------------------------------------------------------------------


@probe(
    "container-otherwise",
    asks="Are containers described by something other than a docker file?",
    looks_in=(
        "**/*compose*.y*ml",
        "**/cog.yaml",
        "**/bentofile.y*ml",
        "**/project.toml",
        "**/*.def",
        "**/{singularity,apptainer}*",
    ),
)
def container_otherwise(files: Files) -> Iterator[Evidence]:
    """A compose file with services, Cog, BentoML's `docker:`, a buildpack's project, an Apptainer definition. Weak: there are
    containers, but the box asks for docker files."""
    for file in files:
        first = next((i for i, row in enumerate(file.lines, 1) if row.strip() and not row.lstrip().startswith("#")), 1)
        if "compose" in file.name.lower():
            keys = [d["services"].line for d in yaml_documents(file) if d["services"].entries]
            yield from (file.cite(line, note="a compose file with services") for line in keys[:1])
        elif file.suffix in ("yaml", "yml"):
            keys = [d.line_of(k) for d in yaml_documents(file) for k in ("build", "docker") if d[k].entries]
            yield from (file.cite(line, note=f"{file.name} describes an image") for line in keys[:1])
        elif file.name == "project.toml":
            if "buildpacks" in file.text:
                yield file.cite(first, note="a buildpack's project")
        elif re.search(r"(?im)^bootstrap\s*:", file.text):
            yield file.cite(first, note="an Apptainer definition")


# -- logging -----------------------------------------------------------------------------------------------------------

_SETS_UP = compile_later(
    r"^logging\.(basicConfig|getLogger|config\.(dictConfig|fileConfig))$|^loguru\.logger\.(add|configure)$|^structlog\.(configure|get_logger)$|^absl\.logging\.set_verbosity$"
)


@probe(
    "logging-elsewhere",
    asks="Are events logged in tests or notebooks only, or is a logger only set up?",
    looks_in=_PYTHON,
    mentions=("log",),
)
def logging_elsewhere(files: Files) -> Iterator[Evidence]:
    """Log messages in tests or notebooks, and a logger that is set up though nothing is seen to use it. Weak: not the
    program's own events."""
    set_up = []
    for file in files:
        module = python(file)
        if module is None:
            continue
        if calls := log_calls(module):
            tests = re.search(r"(^|/)tests?/|(^|/)(test_[^/]*|[^/]*_test|conftest)\.py$", file.path)
            where = "in tests only" if tests else "in a notebook only" if file.suffix == "ipynb" else ""
            if where:
                yield file.cite(calls[0].line, note=f"logs {where}")
        elif call := next((c for c in module.calls if _SETS_UP.search(c.name)), None):
            set_up.append(file.cite(call.line, call.end, note="sets a logger up"))
    yield from set_up


# -- configuration -----------------------------------------------------------------------------------------------------


@probe(
    "hydra-parts",
    asks="Does the code use parts of Hydra without its entry points?",
    looks_in=_PYTHON,
    mentions=("hydra",),
)
def hydra_parts(files: Files) -> Iterator[Evidence]:
    """A call into Hydra other than `hydra.main` and `initialize`, such as `hydra.utils.instantiate`; a configuration stored
    with it; or either in tests and notebooks. Weak: what loads the configuration is not seen. An import alone is none."""
    for file in files:
        module = python(file)
        if module is None or not module.imported("hydra", "hydra_zen", "hydra_plugins"):
            continue
        call = next((c for c in module.calls if re.match(r"hydra(_zen)?\.", c.name)), None)
        if call and call.name not in ("hydra.main", "hydra.utils.get_original_cwd", "hydra.utils.to_absolute_path"):
            yield file.cite(call.line, call.end, note=f"calls {call.name}")


_READS = compile_later(
    r"^(yaml\.(safe_load|load|full_load)|omegaconf\.OmegaConf\.\w+|toml\.loads?|tomllib\.loads?|tomli\.loads?|"
    r"configparser\.(ConfigParser|RawConfigParser)|dynaconf\.Dynaconf|ml_collections\.ConfigDict|confuse\.\w+|jsonargparse\.\w+|"
    r"transformers\.(\w*TrainingArguments|HfArgumentParser)|trl\.\w+Config)$"
)


@probe(
    "config-read",
    asks="Does the code read a configuration, or hold one as a class?",
    looks_in=CODE,
    mentions=(
        "yaml",
        "omegaconf",
        "toml",
        "configparser",
        "dynaconf",
        "config",
        "jsonargparse",
        "trainingarguments",
        "settings",
    ),
)
def config_read(files: Files) -> Iterator[Evidence]:
    """A call that reads YAML, TOML or INI, OmegaConf, arguments of a training as an object, or a data class or settings class
    that is named for a configuration. Weak: the values may not be an experiment's."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        if call := next((c for c in module.calls if _READS.search(c.name)), None):
            yield file.cite(call.line, call.end, note="reads or makes a configuration")
        for made in module.classes:
            data = any(b.endswith(("BaseModel", "BaseSettings")) for b in made.bases)
            data = data or any("dataclass" in ast.unparse(d) for d in made.node.decorator_list)
            if data and re.search(r"(?i)config|settings|param|args", made.name):
                yield file.cite(made.line, note="a configuration as a class")
                break


# -- Lightning ---------------------------------------------------------------------------------------------------------

_BUILT_ON_LIGHTNING = ("pytorch_forecasting", "anomalib", "torchgeo.trainers", "darts.models", "neuralforecast", "nemo", "terratorch",
                       "chemprop", "scvi", "pl_bolts", "flash", "lightly", "lightly_train", "pythae", "autogluon")  # fmt: skip


@probe(
    "lightning-within",
    asks="Is the training built on a library that is built on Lightning?",
    looks_in=_PYTHON,
    mentions=(*(p.partition(".")[0] for p in _BUILT_ON_LIGHTNING), "lightning"),
)
def lightning_within(files: Files) -> Iterator[Evidence]:
    """A library whose models are Lightning modules (PyTorch Forecasting, Anomalib, TorchGeo, NeuralForecast, ...), or a call
    into Lightning in tests or notebooks. Weak: Lightning is used, if by another hand. Seeding alone does not count."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        if line := module.imported(*_BUILT_ON_LIGHTNING):
            yield file.cite(line, note="a library that is built on Lightning")
        for call in module.calls:
            if re.match(r"(pytorch_)?lightning\.(\w+\.)*(Trainer|LightningCLI|Fabric)$", call.name):
                yield file.cite(call.line, note="makes Lightning's Trainer")
                break


_TRAINERS = compile_later(
    r"^(transformers|trl|sentence_transformers|setfit|fastai|ultralytics|keras|tensorflow\.keras|tf\.keras|catalyst|ignite|nnunetv2|skorch|mmengine|detectron2|composer|flair"
    r"|accelerate|autogluon|stable_baselines3)\.(\w+\.)*(\w*Trainer\w*|\w*Learner|YOLO\w*|Sequential|Model|Accelerator|Engine|Runner|\w*Predictor|\w*Classifier|PPO|DQN)$"
)


@probe(
    "trainer-elsewhere",
    asks="Does a library other than Lightning take the training loop over?",
    looks_in=_PYTHON,
    mentions=(
        "Trainer",
        "YOLO",
        "fastai",
        "keras",
        "Accelerator",
        "Learner",
        "nnunet",
        "skorch",
        "ignite",
        "autogluon",
    ),
)
def trainer_elsewhere(files: Files) -> Iterator[Evidence]:
    """The trainer of Transformers, TRL, fastai, Ultralytics, Keras, Accelerate, nnU-Net, skorch and the like, made or derived
    from. Weak: there is no boilerplate left that Lightning could take away."""
    for file in files:
        module = python(file)
        if module is None:
            continue
        named = [(c.name, c.line) for c in module.calls] + [(b, c.line) for c in module.classes for b in c.bases]
        if line := next((line for name, line in named if _TRAINERS.search(name)), 0):
            yield file.cite(line, note="another library's trainer")


# -- data in git -------------------------------------------------------------------------------------------------------

_DATA_FOLDER = compile_later(r"(^|/)(data|datasets?|raw|processed|interim|external)(/|$)", re.IGNORECASE)
_DATA_FILE = compile_later(
    r"\.(csv|tsv|parquet|feather|arrow|jsonl|ndjson|json|npy|npz|h5|hdf5|pt|pkl|pickle|txt|xml|zip|tar|gz|tgz|bz2|7z|sqlite3?|db|xlsx?|"
    r"png|jpe?g|tiff?|bmp|webp|gif|wav|mp3|flac|ogg|mp4|avi|nii|dcm|mat|geojson|las|ply)$",
    re.IGNORECASE,
)
_NO_DATA = compile_later(
    r"(^|/)(tests?|docs?|reports?|figures|node_modules|\.\w[^/]*|models?|outputs?|wandb|mlruns|site-packages|frontend|static|assets|public|conf|configs?)/",
    re.IGNORECASE,
)


@probe("data-in-git", asks="Are the data kept in git itself?", looks_in=("**/*",))
def data_in_git(files: Files) -> Iterator[Evidence]:
    """Three or more data files in folders for data, or one of 50 kB or more, tracked by git. Weak: git keeps their versions,
    though no tool for data does. Files of tests, reports, models, configurations and hidden folders do not count."""
    held = []
    for file in files.named():
        folder = _DATA_FOLDER.search(file.folder)
        if folder and _DATA_FILE.search(file.name) and not _NO_DATA.search(file.path) and file.size > 100:
            held += [file] if not file.name.lower().startswith(("requirements", "readme", "package")) else []
    if len(held) > 2 or any(f.size >= 50_000 for f in held):
        most = max(held, key=lambda f: f.size)
        count = f"{len(held)} data files" if len(held) > 1 else "a data file"
        yield most.exists(f"{count} in git itself, not in DVC")


# -- style -------------------------------------------------------------------------------------------------------------


@probe(
    "style-set-up",
    asks="Is a linter or formatter set up at all, be it by the template?",
    looks_in=(
        "**/{ruff.toml,.ruff.toml,.flake8,.pylintrc,pylintrc,.style.yapf,.isort.cfg,.pycodestyle,.editorconfig}",
        "**/.pre-commit-config.y*ml",
        ".vscode/settings.json",
        "**/{tasks.py,makefile,justfile,noxfile.py,tox.ini,setup.cfg,pyproject.toml}",
    ),
    mentions=("ruff", "black", "flake8", "isort", "pylint", "yapf", "autopep8", "pycodestyle", "trim_trailing_whitespace", "indent_size"),
)  # fmt: skip
def style_set_up(files: Files) -> Iterator[Evidence]:
    """A section, a hook, an editor's setting or a task of a linter or formatter in a file that is not the template's untouched
    one. Weak: a laptop on which it ran leaves no trace. A dependency alone is none."""
    for file in files:
        if file.name in ("pyproject.toml", "setup.cfg", "tox.ini"):
            line = next((i for i, row in enumerate(file.lines, 1) if _SECTION.match(row)), 0)
        else:
            line = next(
                (i for i, row in enumerate(file.lines, 1) if _NAMES.search(row) and not row.lstrip().startswith("#")), 0
            )
        if line:
            yield file.cite(line, note="a style tool is set up")


_SECTION = compile_later(r"^\[(tool\.)?(ruff|black|flake8|isort|pylint|yapf|autopep8|pycodestyle)\b")
_NAMES = compile_later(
    r"\b(ruff|black|flake8|isort|pylint|yapf|autopep8|pycodestyle|select|line-length|max-line-length|trim_trailing_whitespace|indent_size)\b"
)


# -- a cheaper model ---------------------------------------------------------------------------------------------------

_HALF = compile_later(
    r"(^|\.)(autocast|GradScaler|half|bfloat16)$|^torch\.set_float32_matmul_precision$|mixed_precision\.(set_global_policy|set_policy|Policy)$"
)
_FLAGS = frozenset(["fp16", "bf16", "amp", "use_amp", "mixed_precision", "precision", "torch_compile", "compile", "compile_model", "use_compile", "quantize",
                    "quantization", "prune", "pruning", "optimization_level"])  # fmt: skip


def _lowers(key: str, value: object) -> bool:
    if key not in _FLAGS:
        return False
    if isinstance(value, str):
        value = value.lower()
        return value not in (
            "false",
            "no",
            "none",
            "null",
            "",
            "32",
            "64",
            "32-true",
            "64-true",
            "fp32",
            "full",
            "0",
            "off",
            "highest",
            "float32",
        )
    return value not in (32, 64, None, False, 0)


@probe(
    "inference-cheaper",
    asks="Is half or mixed precision used, or a compilation prepared?",
    looks_in=(*CODE, *CONFIGS),
    mentions=("autocast", "gradscaler", ".half(", "bfloat16", "precision", "fp16", "bf16", "amp", "torch.compile", "compile", "float16", "prun", "quantiz"),
)  # fmt: skip
def inference_cheaper(files: Files) -> Iterator[Evidence]:
    """Mixed precision (`autocast`, `GradScaler`, `precision="16-mixed"`, `fp16=True`), `.half()`, a model loaded as float16, a
    switch for compiling, pruning or quantizing in a configuration, `torch.compile` in a comment. Weak: fewer bits, or a try."""
    for file in files:
        if file.suffix in ("yaml", "yml", "json"):
            for document in yaml_documents(file) if file.size < _WRITTEN else ():
                keys = ((p[-1].lower(), n) for p, n in document.walk() if p and n.kind == "text")
                if found := next((n for key, n in keys if _lowers(key, n.text)), None):
                    yield file.cite(found.line, note="a switch for lower precision or compilation")
            continue
        module = python(file)
        if module is None:
            continue
        if line := _half(module):
            yield file.cite(line, note="half or mixed precision")
        elif file.suffix == "py" and "torch.compile" in file.text:
            at = next(i for i, row in enumerate(file.lines, 1) if "torch.compile" in row)
            yield file.cite(at, note="names torch.compile")


def _half(module: Module) -> int:
    """The first line that uses fewer bits than 32; 0 without one."""
    for call in module.calls:
        if _HALF.search(call.name):
            return call.line
        for keyword in call.node.keywords:
            key, value = (keyword.arg or "").lower(), literal(keyword.value)
            if key != "compile" and _lowers(key, value) and (key != "precision" or _few_bits(value)):
                return call.line
            if key in ("torch_dtype", "dtype") and module.name(keyword.value) in (
                "torch.float16",
                "torch.bfloat16",
                "torch.half",
            ):
                return call.line
    for function in module.functions:
        if any(d.endswith("autocast") for d in function.decorators):
            return function.line
    return 0


def _few_bits(value: object) -> bool:
    """Whether a Trainer's precision is below 32 bits; scikit-learn and pandas have a `precision` of digits."""
    return value in (16, 8) or (isinstance(value, str) and bool(re.search(r"16|8", value)))


# -- loading -----------------------------------------------------------------------------------------------------------

_SIDE_BY_SIDE = compile_later(
    r"^(concurrent\.futures\.\w+Executor|multiprocessing\.(Pool|pool\.\w+|Process)|torch\.multiprocessing\.(Pool|Process|spawn)|joblib\.Parallel|"
    r"dask(\.\w+)*\.\w+|ray\.(init|remote)|pandarallel\.\w+(\.initialize)?|modin\.\S+|tqdm\.contrib\.concurrent\.\w+|pyspark\.\S+)$|\.prefetch$"
)
_LOADING_OPTIONS = ("num_proc", "prefetch_factor", "persistent_workers", "pin_memory")


@probe(
    "loading-elsewhere",
    asks="Is work with the data done side by side, or its loading tuned?",
    looks_in=_PYTHON,
    mentions=("executor", "multiprocessing", "parallel", "dask", "num_proc", "prefetch", "persistent_workers", "pin_memory", "ray", "num_workers", "pyspark"),
)  # fmt: skip
def loading_elsewhere(files: Files) -> Iterator[Evidence]:
    """A pool of processes or threads, joblib, Dask, `num_proc` of datasets, `pin_memory`, prefetching, or workers in scripts
    beside the training and in tests. Weak: not the training's own loader with more than one process."""
    for file in files:
        module = python(file)
        for call in module.calls if module else ():
            tuned = any(
                k.arg in _LOADING_OPTIONS and literal(k.value) not in (None, False, 0, 1) for k in call.node.keywords
            )
            workers = literal(call.keyword("num_workers"))
            if tuned or _SIDE_BY_SIDE.search(call.name) or (isinstance(workers, int) and workers > 0):
                yield file.cite(call.line, call.end, note="works side by side, or tunes the loading")
                break


# -- documentation -----------------------------------------------------------------------------------------------------


@probe(
    "docs-hosted",
    asks="Is a host for pages set up, or the documentation published for another branch?",
    looks_in=("**/{netlify.toml,vercel.json,wrangler.toml,.gitbook.yaml,book.toml,_config.yml,.nojekyll}", "**/CNAME", "docs/**/*.html", "site/**/*.html", *CI),
)  # fmt: skip
def docs_hosted(files: Files) -> Iterator[Evidence]:
    """A configuration of Netlify, Vercel, GitBook or Jekyll, a `.nojekyll`, built pages in `docs` (Pages can serve a folder of
    the default branch), or a workflow that publishes for another branch. Weak: the switch is a setting of the host."""
    for file in files.named():
        if file.suffix == "html":
            if file.name == "index.html":
                yield file.exists("built pages, which GitHub can serve")
        elif file.name.lower() in (
            "netlify.toml",
            "vercel.json",
            "wrangler.toml",
            ".gitbook.yaml",
            "book.toml",
            "_config.yml",
            ".nojekyll",
            "cname",
        ):
            yield file.exists("set up for a host of pages")
    for ci, line, note in _for_others(files):
        publishes = any({"gh-deploy", "ghp-import", "mike"} & set(r.command.bare) for r in ci.runs)
        if publishes or any(re.search(r"pages|mkdocs", u.action.lower()) for u in ci.uses):
            yield ci.file.cite(line, note=f"publishes pages; {note}")


# -- architecture ------------------------------------------------------------------------------------------------------

_NAMED = compile_later(
    r"archit|overview|diagram|pipeline|system[_ -]?design|flow[_ -]?chart|mlops|infrastructure|workflow", re.IGNORECASE
)
_PART_OF_PAGE = compile_later(r"(^|/)(public|static|icons?|node_modules|dist|data|datasets?)/", re.IGNORECASE)
_ORNAMENT = compile_later(
    r"(^|/)(public|static|icons?|assets|src|dist|data|datasets?)/|badge|logo|icon|coverage|interrogate", re.IGNORECASE
)
_CORNERS = "┌┐┘╔╗╚╝╭╮╯╰"
_FENCE = compile_later(r"^\s{0,12}(```+|~~~+)")
_EMBEDS = compile_later(r"!\[[^\]]{0,300}\]\(|<img\b", re.IGNORECASE)


@probe(
    "architecture-drawn",
    asks="Is there a drawing of text, a drawing's source, or a figure that may be one of the architecture?",
    looks_in=("**/*.{md,mdx,rst,qmd}", "**/*.{svg,png,jpg,jpeg,webp,gif,pdf,drawio,excalidraw,vsdx,dot,gv,tldr,canvas}", "**/*.py", "!**/node_modules/**"),
    all=True,
)  # fmt: skip
def architecture_drawn(files: Files) -> Iterator[Evidence]:
    """Boxes drawn with characters in a fenced block of any document, an image shown below a heading that names an architecture
    or pipeline, an own SVG or drawing file, a figure so named anywhere, code that draws with `diagrams` or Graphviz. Weak: what
    it shows is not read. Trees of folders do not count."""
    report = files.report.path if files.report else ""
    for file in files.named():
        if file.suffix in ("md", "mdx", "rst", "qmd", "py") or files.aside(file.path) or file.size < 200:
            continue
        drawing = file.suffix in ("drawio", "excalidraw", "vsdx", "dot", "gv", "tldr", "canvas")
        vector = file.suffix == "svg" and not _ORNAMENT.search(file.path)
        if drawing or vector or (_NAMED.search(file.name) and not _PART_OF_PAGE.search(file.path)):
            yield file.exists("a drawing" if drawing else "a figure that may be a diagram")
    for file in files.matching("**/*.{md,mdx,rst,qmd}"):
        if files.aside(file.path) and file.path != report:
            continue
        drawn = next((b for b in _fenced(file.lines) if _is_drawn(file.lines[b[0] - 1 : b[1]])), None)
        if drawn:
            yield file.cite(*drawn, note="a diagram drawn with characters")
        elif file.path != report and (line := _image_below(file.lines)):
            yield file.cite(line, note="an image below a heading that names an architecture")
    for file in files.matching("**/*.py"):
        module = python(file) if "diagrams" in file.text or "graphviz" in file.text else None
        for call in module.calls if module else ():
            if call.name in ("diagrams.Diagram", "graphviz.Digraph", "graphviz.Graph"):
                yield file.cite(call.line, note="code that draws a diagram")
                break


def _fenced(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The first and last line of what stands in each fence; one that is not closed goes on to the end."""
    fence, start = "", 0
    for i, row in enumerate(lines, 1):
        if mark := _FENCE.match(row):
            if fence and row.strip().startswith(fence):
                yield start, i - 1
                fence = ""
            elif not fence:
                fence, start = mark[1], i + 1
    if fence:
        yield start, len(lines)


def _image_below(lines: list[str]) -> int:
    """The first line with an image below a heading that names an architecture or a pipeline; 0 without one."""
    named = False
    for i, row in enumerate(lines, 1):
        if row.startswith("#"):
            named = bool(_NAMED.search(row[:300]))
        elif named and _EMBEDS.search(row[:2000]):
            return i
    return 0


def _is_drawn(rows: list[str]) -> bool:
    """Whether rows draw boxes: corners, `+---+` edges with sides, or boxes joined by arrows. A tree of folders and a table have none."""
    text = "\n".join(row[:300] for row in rows[:200])
    corners = sum(text.count(c) for c in _CORNERS)
    filled = [row.strip() for row in rows if row.strip()]
    joined = any(c in filled[0] for c in "┬╤┳╦") if filled else False
    printed = joined and all(row[0] in "│├└┌╞║╔╚╠╟┃┡┏┗┢┠╭╰" for row in filled)  # a table that a program printed
    if corners >= 3 and not printed:
        return True
    edges = sum(bool(re.search(r"\+-{3,40}\+", row[:300])) for row in rows if "+---" in row)
    if edges >= 2 and "|" in text and ("->" in text or re.search(r"-\+ {2,40}\+-", text)):
        return True
    arrows = sum(any(a in row for a in ("-->", "──>", "─►", "→", "▼", "↓", "==>", "<--")) for row in rows)
    if arrows < 2:
        return False
    boxes = sum(bool(re.search(r"\[[^\[\]]{2,60}\]|\([^()]{2,60}\)", row[:300])) for row in rows)
    return (boxes >= 2 or any(a in text for a in ("▼", "↓"))) and "├──" not in text
