"""The files of a class (tests, docker files, notebooks, ...), and where a name is defined."""

from collections.abc import Iterator

from auditor.readers.docker import DOCKERFILES
from auditor.readers.python import python
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import File, Snapshot

_CLASSES = {
    "tests": ("**/test_*.py", "**/*_test.py"),
    "dockerfiles": DOCKERFILES,
    "workflows": WORKFLOWS,
    "notebooks": ("**/*.ipynb",),
    "cloud build files": ("**/*cloudbuild*.{yml,yaml,json}",),
    "configuration": ("**/*.{yaml,yml,toml,json,ini,cfg}", "!**/.*/**", "!**/.*", "!**/*lock*", "!package*.json", "!pyproject.toml", "!**/mkdocs*", "!**/*compose*"),
    "source": ("**/*.py",),
    "scripts": ("**/*.{sh,py,bash,ps1}",),
    "documentation": ("**/*.{md,rst,ipynb,qmd}",),
    "reports": ("**/*.{md,pdf,png,html}",),
    "data": ("**/*.dvc", "**/*.{csv,parquet,json,pt,npy,png,jpg}"),
    "models": ("**/*.{pt,pth,ckpt,onnx,dvc,py,pkl,joblib,safetensors}",),
}  # fmt: skip
# Classes that a file's name settles: what lies elsewhere is of the class for sure.
CLOSED = frozenset(["tests", "dockerfiles", "notebooks", "cloud build files"])


def of_class(snapshot: Snapshot, what: str) -> list[File]:
    """The files of a class. A script may be called `test_model.py` and hold no test."""
    chosen = snapshot.select((*_CLASSES[what], "!**/.*/**") if what in CLOSED else _CLASSES[what])
    return [f for f in chosen.named() if what != "tests" or (not f.why_skipped and "def test" in f.lower)]


def definitions(name: str, snapshot: Snapshot) -> Iterator[tuple[File, int]]:
    """The Python files that define a function or class of a name, with the first line of each."""
    for file in snapshot.select(("**/*.py",), mentions=(name,)):
        if (module := python(file)) is None:
            continue
        lines = [f.line for f in module.functions if f.name == name] + [c.line for c in module.classes if c.name == name]  # fmt: skip
        lines += [module.unreached[name]] if name in module.unreached else []
        yield from ((file, line) for line in lines[:1])
