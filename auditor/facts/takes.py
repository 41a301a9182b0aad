"""The options that a Python program takes, and those that it refuses."""

import ast
import re
import sys
from collections.abc import Iterator, Sequence

from auditor.facts.commandline import programs
from auditor.facts.names import Names
from auditor.facts.subcommands import Part, part_of
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import literal, walk
from auditor.readers.python import Module, python
from auditor.readers.text import readable
from auditor.snapshot import File

_HYDRA_FLAGS = frozenset(
    ["--help", "--hydra-help", "--version", "--cfg", "-c", "--resolve", "--package", "-p", "--run", "-r", "--multirun", "-m", "--shell-completion", "-sc",
     "--config-path", "-cp", "--config-name", "-cn", "--config-dir", "-cd", "--experimental-rerun", "--info", "-i", "-h"]
)  # fmt: skip
_READS_ARGUMENTS = compile_later(
    r"argv|argparse|click|typer|hydra|\bfire\b|absl|tyro|docopt|jsonargparse|configargparse|simple_parsing|LightningCLI|HfArgumentParser|BaseSettings|\bplac\b|defopt|cyclopts|from_cli|OptionParser|getopt"
    r"|\bexec\(|\brunpy\b|unittest\.main|fileinput|parse_args|optparse"  # code that is read as it runs may read them
)


_BUILT_IN = frozenset(["--help", "--install-completion", "--show-completion", "--version"])
_MAKES = ("ArgumentParser", "add_parser", "add_argument_group", "add_mutually_exclusive_group", "add_subparsers")


@dataclass(frozen=True)
class Refusal:
    """An option that a program does not take, with what it takes and where it says so."""

    flag: str
    line: int
    takes: str
    part: Part | None = None


def refuses(file: File, flags: list[str], names: Names, typed: Sequence[str] = ()) -> Refusal | None:
    """The first of the options that a Python file does not take, with what the subcommand takes that was `typed`. None where it takes all of them, or may: parsers that are
    built elsewhere, from data or passed on, unknown arguments that are let through, a file that does not parse."""
    module = python(file) if flags and readable(file) else None
    if module is None:
        return None
    offered = programs(file)
    kinds = {p.kind for p in offered}
    if any(name.partition(".")[0] in _BUILDS for name in module.imports):
        return None  # `python setup.py install --user`
    if not offered:
        reached = (file, *_reached(file, names))
        may = any(_READS_ARGUMENTS.search(f.text) or _of_others(f, names) for f in reached)
        return None if may else Refusal(flags[0], 1, "takes no options")
    if kinds == {"hydra"}:
        wrong = next((f for f in flags if f not in _HYDRA_FLAGS and not any(h.startswith(f) for h in _HYDRA_FLAGS)), "")
        return Refusal(wrong, offered[0].line, "is a Hydra program, which takes key=value") if wrong else None
    if not kinds <= {"argparse", "click", "typer"} or len(kinds) > 1 or _passed_on(file, module):
        return None
    options = {o for p in offered for o in p.options}
    options |= {("--no-" + o[2:]) for o in options if o.startswith("--")} | _BUILT_IN
    spelt = {o for o in options if o.startswith("--")}
    for flag in flags:
        if flag in options or (kinds == {"argparse"} and any(o.startswith(flag) for o in spelt)):
            continue
        if re.search(rf"{re.escape(flag)}(?![\w-])", "".join((file.text, *imported_text(file, names)))):
            continue
        if not spelt - _BUILT_IN and kinds != {"typer"}:
            return None
        part = part_of(module, typed, {p.line: p.options for p in offered})
        taken = part.options if part else tuple(o for p in offered for o in p.options)
        long_ = sorted({o for o in taken if o.startswith("--")})
        said = f"takes {', '.join(long_[:12])}" if long_ else "takes no options"
        return Refusal(flag, part.line if part else offered[0].line, said, part)
    return None


_BUILDS = frozenset(["setuptools", "distutils", "skbuild"])
# Packages that take no words of a command line for themselves; of others nobody here knows.
_SILENT = frozenset(
    [
        "numpy",
        "pandas",
        "torch",
        "torchvision",
        "torchaudio",
        "torchmetrics",
        "sklearn",
        "scipy",
        "matplotlib",
        "seaborn",
        "plotly",
        "PIL",
        "cv2",
        "skimage",
        "requests",
        "httpx",
        "yaml",
        "dotenv",
        "tqdm",
        "loguru",
        "rich",
        "joblib",
        "transformers",
        "datasets",
        "tokenizers",
        "huggingface_hub",
        "timm",
        "albumentations",
        "xgboost",
        "lightgbm",
        "catboost",
        "wandb",
        "mlflow",
        "pytorch_lightning",
        "lightning",
        "tensorflow",
        "keras",
        "jax",
        "flax",
        "optax",
        "polars",
        "pyarrow",
        "h5py",
        "zarr",
        "nltk",
        "spacy",
        "gensim",
        "sentence_transformers",
        "openai",
        "anthropic",
        "langchain",
        "google",
        "googleapiclient",
        "boto3",
        "botocore",
        "azure",
        "pydantic",
        "omegaconf",
        "fastapi",
        "starlette",
        "flask",
        "jinja2",
        "bs4",
        "lxml",
        "networkx",
        "sympy",
        "statsmodels",
        "optuna",
        "ray",
        "dask",
        "evidently",
        "prometheus_client",
        "opentelemetry",
        "sqlalchemy",
        "psycopg2",
        "pymongo",
        "redis",
        "gradio",
        "onnx",
        "onnxruntime",
        "einops",
        "kornia",
        "ultralytics",
        "monai",
        "librosa",
        "soundfile",
        "shap",
        "dateutil",
        "pytz",
        "toml",
        "tomli",
        "attr",
        "attrs",
        "typing_extensions",
        "tabulate",
        "colorama",
        "psutil",
        "packaging",
    ]
)


def _of_others(file: File, names: Names) -> bool:
    """Whether a file imports a package of others that may read the command line."""
    module = python(file) if readable(file) else None
    for name in module.imports if module else ():
        first = name.partition(".")[0]
        if not first or first in sys.stdlib_module_names or first in _SILENT:
            continue
        if not (names.works(f"{first}.py") or names.works(first)):
            return True
    return False


_GROUPS = frozenset(
    ["Group", "MultiCommand", "TyperGroup", "AliasedGroup", "RichGroup", "Command", "BaseCommand", "ArgumentParser"]
)


def _passed_on(file: File, module: Module) -> bool:
    """Whether more than the file shows may be accepted: unknown arguments, parents, parsers or commands made elsewhere."""
    if re.search(
        r"parse_known_args|ignore_unknown_options|allow_extra_args|UNPROCESSED|from_argparse_args|add_typer|add_command|\*\*kwargs|set_defaults\(func|REMAINDER"
        r"|nargs\s*=\s*[\"']\.\.\.[\"']|\.(?:command|group)\([^()\n]{0,200}\bcls\s*=|entry_points|CommandCollection|\.command\([^()\n]{0,200}\)\(",
        file.text,
    ):
        return True
    if any(b.rsplit(".", 1)[-1] in _GROUPS for c in module.classes for b in c.bases):
        return True
    for f in module.functions:
        if any(d.endswith((".command", ".main", ".group")) for d in f.decorators) and any(
            not re.match(r"(click|typer|rich_click|functools|hydra)\.|[\w.]+\.(command|group|callback|main)$", d)
            for d in f.decorators
        ):
            return True  # a decorator of its own may add options
    made = {
        name.id
        for node in walk(module.tree)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call)
        if ast.unparse(node.value.func).rsplit(".", 1)[-1] in _MAKES
        for name in node.targets
        if isinstance(name, ast.Name)
    }
    held = {t.attr for t in _kept(module)}
    for call in module.calls:
        last = call.name.rsplit(".", 1)[-1]
        if last in _MAKES and any(k.arg in ("parents", None) for k in call.node.keywords):
            return True
        if last in ("add_argument", "parse_args", "ArgumentParser", "add_argument_group"):
            if call.name.endswith("add_argument") and not any(isinstance(literal(a), str) for a in call.node.args):
                return True
            continue
        given = (*call.node.args, *(k.value for k in call.node.keywords))
        if any(isinstance(a, ast.Name) and a.id in {"parser", "arg_parser", "argparser", *made} for a in given):
            return True
        if held and any((isinstance(a, ast.Attribute) and a.attr in held) or (isinstance(a, ast.Name) and a.id == "self") for a in given):  # fmt: skip
            return True  # with the parser, or with what holds it
    return False


def _kept(module: Module) -> Iterator[ast.Attribute]:
    """The attributes that hold a parser."""
    for node in walk(module.tree):
        made = node.value.func if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) else None
        if made is not None and ast.unparse(made).rsplit(".", 1)[-1] in _MAKES:
            yield from (t for t in getattr(node, "targets", ()) if isinstance(t, ast.Attribute))


def imported_text(file: File, names: Names) -> Iterator[str]:
    """The text of the own modules that a file imports, directly."""
    for found in _imported(file, names):
        yield found.text


def _imported(file: File, names: Names) -> Iterator[File]:
    module = python(file) if readable(file) else None
    for name in module.imports if module else ():
        parts = name.strip(".").split(".")
        for n in (len(parts), len(parts) - 1):
            path = names.file("/".join(parts[:n]) + ".py") if n else ""
            if path and not names.snapshot.files[path].skipped:
                yield names.snapshot.files[path]
                break


_REACHED = 60  # own modules that a program's imports are followed through


def _reached(file: File, names: Names) -> Iterator[File]:
    """The own modules that a file imports, and those that they import: the arguments may be read far from where the
    program begins. Of the latter, what is a program of its own reads them for itself."""
    seen, next_ = {file.path}, [(f, True) for f in _imported(file, names)]
    while next_ and len(seen) <= _REACHED:
        one, direct = next_.pop(0)
        if one.path in seen or not (direct or "__main__" not in one.text):
            continue
        seen.add(one.path)
        yield one
        next_ += [(f, False) for f in _imported(one, names)]
