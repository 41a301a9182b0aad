"""Which files do a job of the project: its entry points by what they are called or import, and all that they import."""

from auditor.facts.owncode import Code
from auditor.facts.tests import collect
from auditor.facts.tools import imports, python_files
from auditor.lazy import compile_later
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.snapshot import File, Snapshot

# Components by the names of their entry points, and by what those import.
_STEMS = {
    "training": compile_later(r"train(?:_?model|ing|er)?"),
    "evaluation": compile_later(r"eval(?:uat\w*)?"),
    "prediction": compile_later(r"predict\w*|inference"),
    "drift detection": compile_later(r"\w*drift\w*"),
    "data loading": compile_later(r"data|dataset\w*|data_?loader\w*|make_dataset"),
    "preprocessing": compile_later(r"pre_?process\w*|make_dataset"),
}
_IMPORTS = {
    "api": frozenset(["fastapi", "flask", "litserve", "bentoml"]),
    "frontend": frozenset(["streamlit", "gradio"]),
    "load tests": frozenset(["locust"]),
}


TOLD_BY_FILES = frozenset([*_STEMS, *_IMPORTS, "tests"])
_STARTED_BY = {"load tests": "locust"}


def starters(name: str, snapshot: Snapshot) -> tuple[File, ...]:
    """The root's files of tasks with a task that starts a component by its program, where every call of a configuration's reader
    in the file stands in such a task; none for a component without a program of its own."""
    program = _STARTED_BY.get(name)
    file = snapshot.files.get("tasks.py") if program else None
    module = python(file) if file is not None and readable(file) else None
    if file is None or module is None:
        return ()
    mine = {
        f.qualname for f in module.functions if (program or "-") in "\n".join(file.lines[f.line - 1 : f.end]).lower()
    }
    for _ in range(_HELPERS):  # a helper belongs to them if nothing else calls it
        callers = {
            c.name: [d.inside for d in module.calls if d.name == c.name] for c in module.calls if c.inside in mine
        }
        mine |= {name for name, by in callers.items() if set(by) <= mine}
    reads = [c for c in module.calls if c.name.endswith("OmegaConf.load")]
    return (file,) if mine and all(c.inside in mine for c in reads) else ()


_HELPERS = 3  # helpers of helpers that are followed


def component(name: str, snapshot: Snapshot) -> tuple[File, ...]:
    """The files of a component; none for one whose files nothing tells."""
    return snapshot.once(f"component:{name}", lambda: _component(name, snapshot))


def _component(name: str, snapshot: Snapshot) -> tuple[File, ...]:
    files = python_files(snapshot)
    if name == "tests":
        return tuple(snapshot.files[p] for p in collect(files).files)
    starts: list[File] = []
    if name in _STEMS:
        starts = [f for f in files if _STEMS[name].fullmatch(f.name.removesuffix(".py").lower()) and not _test(f)]
    elif name in _IMPORTS:
        paths = {i.path for i in imports(snapshot) if _IMPORTS[name] & set(i.packages)}
        starts = [f for f in files if f.path in paths and (name == "load tests" or not _test(f))]
    return tuple(Code.of(files).closure(starts)) if starts else ()


def _test(file: File) -> bool:
    return file.name.startswith("test_") or "tests" in file.path.split("/")[:-1]
