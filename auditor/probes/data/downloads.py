"""Data that come by a download or a pull."""

import ast
from collections.abc import Iterator
from functools import lru_cache

from auditor.linear import Linear, linear
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.data.code import ABOUT_MODEL, is_download
from auditor.probes.data.files import CODE, DATA_WORD, ELSEWHERE, SCRIPTS
from auditor.readers.commands import commands
from auditor.readers.nodes import is_stub_body, joined_text
from auditor.readers.python import Module, python
from auditor.readers.shell import Command, shell_commands
from auditor.snapshot import Files

_PULLS = (
    r"\bdvc\s+(pull|fetch|import|import-url|get|get-url)\b"
    r"|\b(gsutil|gcloud storage|aws s3|azcopy|rclone)\b.*?\b(cp|rsync|sync|copy)\s+(-\S+\s+)*[\"']?((gs|s3|https)://|\{\.\.\.\})"
    r"|\bkaggle (datasets|competitions) download\b|\b(huggingface-cli|hf) download\b.*--repo-type[ =]dataset|\bgdown\b"
    r"|\b(wget|curl)\b.*https?://\S*(data|zenodo|kaggle|\.(zip|tar|tgz|gz|csv|parquet|json|npz|h5)\b)"
)

_PROGRAMS = frozenset(["dvc", "gsutil", "gcloud", "aws", "wget", "curl", "kaggle", "uv", "gdown", "azcopy", "rclone"])

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


@lru_cache(maxsize=1)
def _pulling() -> Linear | None:
    return linear(_PULLS)


def _pulls(text: str) -> bool:
    """Whether a command brings data; by RE2, since a line may name ever so many addresses."""
    return (form := _pulling()) is not None and form.within(text)


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
        if module and not ELSEWHERE.search(file.path):
            named = bool(DATA_WORD.search(file.path.rsplit(".", 1)[0]))
            yield from (file.cite(c.line, c.end) for c in module.calls if is_download(c, named))
        for command in _command_lists(module) if module else commands(file):
            if _pulls(command.text) and not ABOUT_MODEL.search(command.text):
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
        if module is None or ELSEWHERE.search(file.path):
            continue
        named = bool(DATA_WORD.search(file.path.rsplit(".", 1)[0]))
        bodies = {f.qualname: f for f in module.functions}
        for call in module.calls:
            inside = call.inside.rsplit(".", 1)[-1]
            stub = call.inside in bodies and is_stub_body(bodies[call.inside].node)
            if (named or DATA_WORD.search(inside)) and not stub and is_download(call, named):
                yield file.cite(call.line, call.end, note="downloads data")
        if named:
            for command in _command_lists(module):
                if _pulls(command.text) and not ABOUT_MODEL.search(command.text):
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
