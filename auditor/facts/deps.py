"""Which packages a repository declares, locks and imports, and which of its own modules it lacks."""

import ast
import re
import sys
from collections.abc import Iterable

from auditor.facts.declared import declarations, locked
from auditor.facts.lists import Package, normal_name
from auditor.holes import unsure, watching
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import walk
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.snapshot import File, Files, Snapshot


@dataclass(frozen=True)
class Import:
    """An import: the dotted name as imported, the packages that may bring it (best guess first; none for an own module),
    and where it stands first. `optional`: its failure is caught."""

    name: str
    packages: tuple[str, ...]
    path: str
    line: int
    optional: bool = False


# -- declared and not locked -------------------------------------------------------------------------------------------

# Whose tables each tool writes into its lock; the first lock beside a list is the one in use.
_LOCKED_BY = (
    ("uv.lock", "pyproject.toml", {"project", "groups", "uv"}),
    ("poetry.lock", "pyproject.toml", {"project", "poetry"}),
    ("pdm.lock", "pyproject.toml", {"project", "groups", "pdm"}),
    ("pipfile.lock", "pipfile", {"pipenv"}),
)
_PDM_GROUPS = compile_later(r"^groups = \[([^\]]*)\]", re.MULTILINE)


def missing_from_lock(files: Files) -> tuple[Package, ...]:
    """Packages that a pyproject.toml or Pipfile declares, itself or in the files that it takes them from, and the lock file
    beside it lacks. What is asked for under a condition may rightly be left out of a lock."""
    known = declarations(files)
    found: list[Package] = []
    for path in sorted(known.lists):
        folder, _, source = path.rpartition("/")
        for name, beside, tables in _LOCKED_BY if not files.aside(path) else ():
            lock = _beside(files, folder, name) if source.lower() == beside else None
            held = {p.name for p in locked([lock])} if lock else set()
            if lock is None or not held:
                continue
            groups = _PDM_GROUPS.search(lock.text) if name == "pdm.lock" else None
            for package in known.filled(path):
                left_out = groups and package.group and not re.search(rf'"({re.escape(package.group)}|\*)"', groups[1])
                mine = package.table in tables if package.path == path else True
                if mine and not left_out and not package.marker and package.name not in held:
                    found.append(package)
            break
    return tuple(found)


def _beside(files: Files, folder: str, name: str) -> File | None:
    with watching():  # a name that is looked up in some folder of another repository is not asked about
        written = (name, "Pipfile.lock") if name == "pipfile.lock" else (name,)
        return next((f for n in written if (f := files.paths.get(f"{folder}/{n}".lstrip("/")))), None)


# -- imported ----------------------------------------------------------------------------------------------------------

# Where the name of the import is not the name of the package (or several packages bring it).
_BROUGHT_BY: dict[str, tuple[str, ...]] = {
    "absl": ("absl-py",),
    "airflow": ("apache-airflow",),
    "attr": ("attrs",),
    "bio": ("biopython",),
    "bs4": ("beautifulsoup4",),
    "box": ("python-box",),
    "community": ("python-louvain",),
    "crypto": ("pycryptodome",),
    "cv2": (
        "opencv-python",
        "opencv-python-headless",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
        "opencv",
    ),
    "dateutil": ("python-dateutil",),
    "decouple": ("python-decouple",),
    "discord": ("discord-py",),
    "docx": ("python-docx",),
    "dotenv": ("python-dotenv",),
    "faiss": ("faiss-cpu", "faiss-gpu", "faiss-gpu-cu12", "faiss"),
    "ffmpeg": ("ffmpeg-python",),
    "fitz": ("pymupdf",),
    "haiku": ("dm-haiku",),
    "git": ("gitpython",),
    "googleapiclient": ("google-api-python-client",),
    "hydra": ("hydra-core",),
    "imblearn": ("imbalanced-learn",),
    "jose": ("python-jose",),
    "jwt": ("pyjwt",),
    "levenshtein": ("levenshtein", "python-levenshtein"),
    "lightning": ("lightning",),
    "magic": ("python-magic",),
    "mpl_toolkits": ("matplotlib",),
    "multipart": ("python-multipart",),
    "nacl": ("pynacl",),
    "onnxruntime": ("onnxruntime", "onnxruntime-gpu"),
    "openssl": ("pyopenssl",),
    "pil": ("pillow", "pillow-simd"),
    "pkg_resources": ("setuptools",),
    "pptx": ("python-pptx",),
    "psycopg2": ("psycopg2-binary", "psycopg2"),
    "pylab": ("matplotlib",),
    "pytorch_lightning": ("pytorch-lightning", "lightning"),
    "lightning_fabric": ("lightning", "pytorch-lightning"),
    "pynvml": ("nvidia-ml-py", "pynvml"),
    "pywt": ("pywavelets",),
    "rdkit": ("rdkit", "rdkit-pypi"),
    "serial": ("pyserial",),
    "skimage": ("scikit-image",),
    "sklearn": ("scikit-learn",),
    "skopt": ("scikit-optimize",),
    "slugify": ("python-slugify",),
    "surprise": ("scikit-surprise",),
    "telegram": ("python-telegram-bot",),
    "tensorflow": ("tensorflow", "tensorflow-cpu", "tensorflow-gpu", "tensorflow-macos"),
    "torch": ("torch", "pytorch"),
    "umap": ("umap-learn",),
    "websocket": ("websocket-client",),
    "whisper": ("openai-whisper",),
    "win32com": ("pywin32",),
    "xgboost": ("xgboost", "xgboost-cpu"),
    "yaml": ("pyyaml",),
    "zmq": ("pyzmq",),
    "google.api_core": ("google-api-core",),
    "google.auth": ("google-auth",),
    "google.genai": ("google-genai",),
    "google.generativeai": ("google-generativeai",),
    "google.oauth2": ("google-auth",),
    "google.protobuf": ("protobuf",),
    "google.cloud.secretmanager": ("google-cloud-secret-manager",),
    "vertexai": ("google-cloud-aiplatform",),
}
# Packages that share one top name: the import's next part belongs to the package's name.
_SHARED_TOPS = {"google": 3, "azure": 3, "opentelemetry": 2, "ruamel": 2}


def packages_of(name: str) -> tuple[str, ...]:
    """The packages that may bring an import (`google.cloud.storage.Client`, `cv2`), best guess first."""
    parts = name.split(".")
    low = [p.lower() for p in parts]
    for depth in (3, 2, 1):
        key = ".".join(low[:depth])
        if len(parts) >= depth and key in _BROUGHT_BY:
            return _BROUGHT_BY[key]
    if low[0] == "opentelemetry":
        guess = "-".join(low[:3])
        return (guess, "opentelemetry-sdk", "opentelemetry-api")
    depth = _SHARED_TOPS.get(low[0], 1)
    low[:depth] = [re.sub(r"_v\d+\w*$", "", p) if depth > 1 else p for p in low[:depth]]  # google.cloud.run_v2
    if (key := ".".join(low[:depth])) in _BROUGHT_BY:
        return _BROUGHT_BY[key]
    return (normal_name("-".join(low[:depth])),)


def _may_bring(held: Iterable[str], name: str) -> bool:
    """Whether a listed package may well bring an import, though no table says so: the import's name is a part of the package's
    (`entsoe` of entsoe-py, `openbabel` of openbabel-wheel), or begins or ends it (`osgeo` of pyosgeo). Nothing but the package
    itself says which modules it has."""
    top = name.split(".")[0].lower()
    if top in _SHARED_TOPS or len(top) < 3:  # so short a name is a part of many
        return False
    bare = top.replace("_", "")
    for package in held:
        whole = package.replace("-", "")
        if top.replace("_", "-") in package or whole.startswith(bare) or whole.endswith(bare):
            return True
    return False


_NICKNAMES = {"pytorch": "torch", "weights-biases": "wandb", "opencv": "opencv-python"}


def called(package: str) -> set[str]:
    """The names under which a package may be listed."""
    plain = normal_name(package.strip("` ").replace(" & ", "-").replace(" ", "-"))
    return {plain, _NICKNAMES.get(plain, plain), *packages_of(plain.replace("-", "_"))}


def imported(files: Files) -> tuple[Import, ...]:
    """The third-party packages that the Python files of a selection import, once per file. The standard library and the
    repository's own modules are left out."""
    own = _Own(files)
    found = []
    for file in files:
        module = python(file) if file.suffix in ("py", "ipynb") else None
        if module is None:
            continue
        guarded = _guarded(file, module.tree)
        seen: set[tuple[str, ...]] = set()
        for name, line in module.imports.items():
            top = name.split(".")[0]
            if not top or top in sys.stdlib_module_names or own.has(top, file) or own.through(name):
                continue
            packages = packages_of(name)
            if packages not in seen:
                seen.add(packages)
                found.append(Import(name, packages, file.path, line, line in guarded))
    return tuple(found)


def undeclared(files: Files) -> tuple[Import, ...]:
    """The imports of a selection that no list of the repository names and no lock holds, one per package. Most are brought
    along by a declared package (numpy by torch): that is no fault by itself. None where a list could not be read or followed:
    it may name them."""
    known = declarations(files)
    with watching() as watch:
        lists = [f for f in files.paths.values() if files.aside(f.path) in ("", "template stub")]
        held = known.names.union(p.name for p in locked(lists))
    if not held:
        return ()
    if unread := (*known.unread, *watch.holes):
        unsure(*unread)
        return ()
    found: dict[str, Import] = {}
    for item in imported(files):
        if not item.optional and not held.intersection(item.packages) and not _may_bring(held, item.name):
            found.setdefault(item.packages[0], item)
    return tuple(found.values())


# What many a declared package brings along; not to list these is common and does no harm.
_BROUGHT_ALONG_NAMES = """
    numpy pandas scipy torch torchvision torchaudio torchmetrics pillow requests setuptools wheel pip pydantic pydantic-core pyyaml packaging tqdm click
    typing-extensions jinja2 protobuf google-api-core google-auth google-cloud-storage google-cloud-core google-genai huggingface-hub transformers tokenizers datasets accelerate
    safetensors fsspec starlette uvicorn anyio httpx httpcore aiohttp certifi urllib3 six python-dateutil pytz rich markdown-it-py pygments psutil omegaconf antlr4-python3-runtime
    prometheus-client matplotlib scikit-learn joblib filelock sympy networkx attrs markupsafe werkzeug gitpython sentry-sdk python-multipart python-dotenv lightning-utilities lightning
    pytorch-lightning tensorboard grpcio cloudpickle cachetools regex sentencepiece opencv-python pytest pluggy coverage ipython ipykernel jupyter nbformat virtualenv altair pyarrow
    opentelemetry-api opentelemetry-sdk dill multiprocess xxhash absl-py marshmallow jsonschema orjson plotly imageio scikit-image einops kagglehub gcsfs s3fs boto3 botocore
    google-cloud-aiplatform google-cloud-bigquery google-cloud-logging google-cloud-secret-manager google-cloud-pubsub ts torch-model-archiver colorama docutils dvc fastapi
"""
_BROUGHT_ALONG = frozenset(_BROUGHT_ALONG_NAMES.split())
_INSTALLING = (
    "**/*dockerfile*",
    "**/*.y*ml",
    "**/*.sh",
    "**/makefile",
    "**/tasks.py",
    "**/*.txt",
    "**/*.toml",
    "**/*.cfg",
)


def unlisted(snapshot: Snapshot) -> list[Import]:
    """The undeclared imports of own code outside tests that no common package brings along and that no image, workflow, script
    or list of any kind names."""
    code = ("**/*.py", "!**/tests/**", "!tests/**", "!**/test_*.py", "!**/{docs,notebooks,scripts}/**")
    lacking = [
        i
        for i in undeclared(snapshot.select(code))
        if i.packages[0] not in _BROUGHT_ALONG and not i.name.startswith((".", "_"))
    ]
    if not lacking:
        return []
    texts = [f.text for f in snapshot.select(_INSTALLING, stubs=True) if f.size < 400_000]
    return [i for i in lacking if not any(_naming(p).search(t) for t in texts for p in i.packages)]


def lacks_imports(snapshot: Snapshot, path: str, tests: bool) -> list[Import]:
    """The imports of own code that neither a list, nor what fills it in, nor any other list or lock names, whatever an image or a
    script installs by hand; what common packages bring along only where something installs it by hand. None where a list could
    not be read."""
    code = ("**/*.py",) if tests else ("**/*.py", "!**/tests/**", "!tests/**", "!**/test_*.py")
    files = snapshot.select((*code, "!**/{docs,notebooks}/**"))
    known = declarations(files)
    with watching() as watch:
        held = {
            p.name for p in locked([f for f in files.paths.values() if files.aside(f.path) in ("", "template stub")])
        }
    if known.unread or watch.holes or not known.filled(path):
        return []
    listed = {p.name for p in known.packages if p.how == "listed"} | held
    by_hand = {p.name for p in known.packages if p.how in ("image", "script")}
    found: dict[str, Import] = {}
    for item in imported(files):
        named = listed.intersection(item.packages) or _may_bring(listed, item.name)
        aside = item.optional or item.name.startswith((".", "_")) or named
        common = item.packages[0] in _BROUGHT_ALONG and not by_hand.intersection(item.packages)
        if not aside and not common:
            found.setdefault(item.packages[0], item)
    return list(found.values())


def _naming(package: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(package).replace('-', '[-_.]')}(?![\w-])", re.IGNORECASE)


def _guarded(file: File, tree: ast.AST) -> set[int]:
    """The lines within a `try` that expects the import to fail, or that only a type checker reads."""
    if "ImportError" not in file.text and "ModuleNotFoundError" not in file.text and "TYPE_CHECKING" not in file.text:
        return set()
    lines: set[int] = set()
    for node in walk(tree):
        body: list[ast.stmt] = []
        if isinstance(node, ast.Try):
            caught = {n for h in node.handlers for n in ([ast.dump(h.type)] if h.type else ["Exception"])}
            if any(
                "ImportError" in c or "ModuleNotFoundError" in c or "'Exception'" in c or c == "Exception"
                for c in caught
            ):
                body = node.body
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            body = node.body
        for statement in body:
            lines.update(range(statement.lineno, (statement.end_lineno or statement.lineno) + 1))
    return lines


# -- own modules -------------------------------------------------------------------------------------------------------


class _Own:
    """The repository's modules: `src/pkg/data` for a file `src/pkg/data.py` or a folder of modules."""

    def __init__(self, files: Files) -> None:
        self.modules: dict[str, File] = {}
        self.folders: set[str] = set()
        for path, file in files.paths.items():
            if file.suffix in ("py", "pyi", "so", "pyx") and files.aside(path) in ("", "template stub"):
                stem = path.rsplit(".", 1)[0]
                self.modules[stem] = file
                while "/" in stem:
                    stem = stem.rsplit("/", 1)[0]
                    if stem in self.folders:
                        break
                    self.folders.add(stem)
        self.ends = {"/".join(m.rsplit("/", 2)[-2:]) for m in self.modules}
        self.names = {m.rsplit("/", 1)[-1] for m in (*self.modules, *self.folders)}

    def roots(self, file: File) -> list[str]:
        """Where Python may look for the file's imports: its own folder and those above, and their `src`."""
        folder, roots = file.folder, []
        while True:
            roots += [folder, f"{folder}/src".lstrip("/")]
            if not folder:
                return roots
            folder = folder.rsplit("/", 1)[0] if "/" in folder else ""

    def at(self, root: str, dotted: str) -> str:
        """The path without ending of a module below a root, if it is tracked."""
        path = f"{root}/{dotted.replace('.', '/')}".strip("/")
        return path if path in self.modules or path in self.folders else ""

    def has(self, top: str, file: File) -> bool:
        """Whether the top name of an import is one of the repository's modules, wherever it is put on the path."""
        if top not in self.names:
            return False
        if any(self.at(root, top) for root in self.roots(file)):
            return True
        # elsewhere in the tree: own, unless a package that the world knows by this name is meant
        return top.lower() not in WELL_KNOWN and top.lower() not in _BROUGHT_BY

    def through(self, name: str) -> bool:
        """Whether an import leads to one of the repository's modules through a name of its folder, as where it was cloned
        (`MY_PROJECT.models.model`): what stands behind the first part is such a module."""
        top, *rest = name.split(".")
        inner = "/".join(rest[:2])
        if top.lower() in WELL_KNOWN or top.lower() in _BROUGHT_BY:
            return False
        return "/" in inner and inner in self.ends


# Package names that a module of one's own often has too (`evaluate.py`, `datasets/`, `docker/`).
WELL_KNOWN = frozenset(
    [
        "evaluate",
        "datasets",
        "transformers",
        "torch",
        "lightning",
        "fastapi",
        "docker",
        "locust",
        "wandb",
        "mlflow",
        "dvc",
        "invoke",
        "typer",
        "click",
        "hydra",
        "prometheus_client",
        "streamlit",
        "gradio",
        "evidently",
        "bentoml",
        "onnx",
        "tokenizers",
        "accelerate",
        "peft",
    ]
)


_GENERATED = compile_later(r"(^|\.)(_version|version|__version__|\w+_pb2(_grpc)?)(\.|$)")


def unresolved(files: Files) -> tuple[Import, ...]:
    """Imports of own modules that are not in the repository: `from pkg.models import model` where `pkg/models/model.py`
    was deleted, renamed or ignored by git. Generated modules and guarded imports are left out."""
    own = _Own(files)
    found: dict[tuple[str, str], Import] = {}
    for file in files:
        module = python(file) if file.suffix == "py" else None
        if module is None:
            continue
        guarded: set[int] | None = None
        for name, line in module.imports.items():
            if _GENERATED.search(name) or name.lstrip(".").endswith("*"):
                name = name.removesuffix(".*")
                if _GENERATED.search(name):
                    continue
            if _resolves(name, file, own):
                continue
            guarded = _guarded(file, module.tree) if guarded is None else guarded
            if line not in guarded:
                found.setdefault((file.path, name), Import(name, (), file.path, line))
    return tuple(found.values())


def _resolves(name: str, file: File, own: _Own) -> bool:
    dots = len(name) - len(name.lstrip("."))
    if dots:
        parts = file.folder.split("/") if file.folder else []
        if dots - 1 > len(parts):
            return False
        roots = ["/".join(parts[: len(parts) - (dots - 1)])]
        name = name.lstrip(".")
        if not name:
            return True
        if "." not in name:
            return _member(roots[0], name, own)
    else:
        top = name.split(".")[0]
        if top not in own.names or top in sys.stdlib_module_names:
            return True
        roots = [root for root in own.roots(file) if own.at(root, top)]
        if not roots or "." not in name:
            return True
    parent, _, last = name.rpartition(".")
    held = [path for root in roots if (path := own.at(root, parent))]
    return any(path in own.modules or _member(path, last, own) for path in held)


def _member(folder: str, name: str, own: _Own) -> bool:
    """Whether a package's folder has a module, or its `__init__.py` something, of this name."""
    path = f"{folder}/{name}".strip("/")
    if path in own.modules or path in own.folders:
        return True
    start = own.modules.get(f"{folder}/__init__".strip("/"))
    if start is None:
        return False
    if not readable(start):
        return True
    return re.search(rf"\b{re.escape(name)}\b|import \*|__getattr__", start.text) is not None
