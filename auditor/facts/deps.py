"""Which packages a repository declares, locks and imports, and which of its own modules it lacks."""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.readers import (
    DECLARATIONS,
    DOCKERFILES,
    LOCKS,
    commands,
    dependencies,
    normal_name,
    python,
    readable,
    toml,
    toml_line,
    walk,
)
from auditor.snapshot import File, Files

# A requirement file may carry its part's name in front: `backend_requirements.txt`.
DECLARED_IN = (*DECLARATIONS, "**/*requirements*.txt", "**/*requirements*.in")
INSTALLED_IN = (*DOCKERFILES, ".devcontainer/**")
LOCKED_IN = LOCKS


@dataclass(frozen=True)
class Package:
    """A declared or locked package: its normalised name, the version part as written, where it stands, and its group."""

    name: str
    spec: str
    path: str
    line: int
    group: str = ""


@dataclass(frozen=True)
class Import:
    """An import: the dotted name as imported, the packages that may bring it (best guess first; none for an own module),
    and where it stands first. `optional`: its failure is caught."""

    name: str
    packages: tuple[str, ...]
    path: str
    line: int
    optional: bool = False


# -- declared and locked -----------------------------------------------------------------------------------------------


def declared(files: Iterable[File]) -> tuple[Package, ...]:
    """What dependency lists of all kinds name, and what Dockerfiles and the dev container install by name. Lock files and
    what a CI step installs are no declarations."""
    found: list[Package] = []
    for file in files:
        if not readable(file) or matches(file.path, LOCKED_IN):
            continue
        if matches(file.path, DECLARED_IN):
            found += [Package(d.name, d.spec, file.path, d.line, d.group) for d in dependencies(file)]
        elif matches(file.path, INSTALLED_IN) and "install" in file.text:
            found += _installed(file)
    return tuple(found)


def locked(files: Iterable[File]) -> tuple[Package, ...]:
    """What lock files hold, with exact versions."""
    found: list[Package] = []
    for file in files:
        if matches(file.path, LOCKED_IN) and readable(file):
            found += file.once("locked", partial(_locked, file))
    return tuple(found)


def _locked(file: File) -> list[Package]:
    if dependencies(file):
        return [Package(d.name, d.spec, file.path, d.line, d.group) for d in dependencies(file)]
    found = []
    # conda-lock and pixi list packages as YAML items of a shape that their versions change: `name:` or a file's URL
    if file.suffix in ("yml", "yaml", "lock"):
        pattern = re.compile(
            r"""^\s*-?\s*(?:name:\s*["']?([A-Za-z0-9][\w.-]*)|(?:conda|pypi):\s*\S*/([A-Za-z0-9][\w.]*(?:[-_][A-Za-z]\w*)*)-\d)"""
        )
        for i, row in enumerate(file.lines, 1):
            if match := pattern.match(row):
                found.append(Package(normal_name(match[1] or match[2]), "", file.path, i))
    return found


_INSTALLERS = frozenset(
    ["pip", "uv", "setuptools", "wheel", "poetry", "pipenv", "pdm", "hatch", "pixi", "conda", "mamba"]
)
_OPTION_WITH_VALUE = frozenset(
    [
        "-r",
        "--requirement",
        "-c",
        "--constraint",
        "-e",
        "--editable",
        "-i",
        "--index-url",
        "--extra-index-url",
        "-f",
        "--find-links",
        "-t",
        "--target",
        "--prefix",
        "--root",
        "--python",
        "-p",
        "--index",
        "--group",
        "--extra",
        "--cache-dir",
        "--timeout",
        "--retries",
        "--no-binary",
        "--only-binary",
        "--platform",
        "--src",
        "--index-strategy",
        "-n",
        "--name",
        "--channel",
        "--file",
        "--torch-backend",
        "--trusted-host",
    ]
)


def _installed(file: File) -> Iterator[Package]:
    """The packages that a file's `pip install`, `uv add` or `conda install` names."""
    for command in commands(file):
        words = command.bare
        if not words:
            continue
        program = re.sub(r"[\d.]+$", "", command.program)
        at = 2 if program == "uv" and words[1:2] == ("pip",) else 1
        verbs = ("add", "install") if program in ("uv", "poetry", "pdm", "pixi") else ("install",)
        known = program in ("pip", "uv", "poetry", "pdm", "pixi", "pipenv", "conda", "mamba", "micromamba")
        if not known or words[at : at + 1] not in [(v,) for v in verbs]:
            continue
        skip = False
        for word in words[at + 1 :]:
            if skip or word.startswith("-"):
                skip = not skip and word in _OPTION_WITH_VALUE | ({"-c"} if program != "pip" else set())
                continue
            match = re.match(r"^([A-Za-z0-9][A-Za-z0-9._-]*)(\[[^\]]*\])?((?:[=<>!~@].*)?)$", word)
            if match and normal_name(match[1]) not in _INSTALLERS and not re.search(r"\.(txt|whl|toml|gz|zip)$", word):
                yield Package(normal_name(match[1]), match[3], file.path, command.line)


def missing_lists(files: Files) -> tuple[tuple[str, str, int], ...]:
    """Requirement files that a pyproject.toml's `dynamic` table names and nobody committed: (file, where, line)."""
    found = []
    for file in files:
        if file.name.lower() != "pyproject.toml":
            continue
        setuptools = toml(file).get("tool", {}).get("setuptools", {})
        dynamic = setuptools.get("dynamic", {}) if isinstance(setuptools, dict) else {}
        tables = [dynamic.get("dependencies", {}), *_values(dynamic.get("optional-dependencies", {}))]
        for table in tables:
            names = table.get("file", []) if isinstance(table, dict) else []
            for name in [names] if isinstance(names, str) else names:
                path = f"{file.folder}/{name}".strip("/")
                if isinstance(name, str) and not files.exists(path.removeprefix("./")):
                    found.append((path, file.path, toml_line(file, name)))
    return tuple(found)


def _values(table: object) -> list[object]:
    return list(table.values()) if isinstance(table, dict) else []


def missing_from_lock(files: Iterable[File]) -> tuple[Package, ...]:
    """Packages that a pyproject.toml declares and the lock file beside it lacks."""
    by_path = {f.path: f for f in files}
    found: list[Package] = []
    for file in by_path.values():
        if file.name.lower() != "pyproject.toml" or not readable(file):
            continue
        for name in ("uv.lock", "poetry.lock", "pdm.lock"):
            lock = by_path.get(f"{file.folder}/{name}".lstrip("/"))
            held = {p.name for p in locked([lock])} if lock else set()
            if held:
                found += [p for p in declared([file]) if p.name not in held]
                break
    return tuple(found)


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
            if not top or top in sys.stdlib_module_names or own.has(top, file):
                continue
            packages = packages_of(name)
            if packages not in seen:
                seen.add(packages)
                found.append(Import(name, packages, file.path, line, line in guarded))
    return tuple(found)


def undeclared(files: Files) -> tuple[Import, ...]:
    """The imports of a selection that no list of the repository names and no lock holds, one per package. Most are brought
    along by a declared package (numpy by torch): that is no fault by itself."""
    lists = [f for f in files.paths.values() if not files.aside(f.path) or files.aside(f.path) == "template stub"]
    held = {p.name for p in (*declared(lists), *locked(lists))}
    if not held:
        return ()
    found: dict[str, Import] = {}
    for item in imported(files):
        if not item.optional and not held.intersection(item.packages):
            found.setdefault(item.packages[0], item)
    return tuple(found.values())


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
        return top.lower() not in _WELL_KNOWN and top.lower() not in _BROUGHT_BY


# Package names that a module of one's own often has too (`evaluate.py`, `datasets/`, `docker/`).
_WELL_KNOWN = frozenset(
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
