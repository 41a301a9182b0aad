"""What a command's tool looks for by itself: a file of its own, a module, an object to serve, a script without its ending."""

import posixpath
import re

from auditor.facts.commands import Call, installed, lacks, module_file
from auditor.facts.images import builds, copies
from auditor.facts.placeholders import clear
from auditor.facts.refusals import Answer, Run
from auditor.facts.runners import defines
from auditor.models import Evidence
from auditor.readers.commands import commands as file_commands
from auditor.snapshot import File, Snapshot


def need(run: Run, call: Call) -> Answer | Call | None:
    """What the commit says of a call that does not name a file; the call itself, or one like it, if it is a file that is named;
    None where it may work."""
    if call.kind == "module":
        return _module(run, call.name)
    if call.kind == "served":
        return _served(run, call)
    if call.kind == "own file":
        return _own_file(run, call)
    return _unsuffixed(run, call) if call.kind == "unsuffixed" else call


def _absence(note: str) -> Evidence:
    return Evidence(kind="absence", note=note)


def _refused(about: str, shows: str, difference: str, evidence: tuple[Evidence, ...], detail: bool = False) -> Answer:
    return Answer(False, about, shows, evidence, difference, detail)


def _there(run: Run, path: str, about: str) -> Answer:
    return Answer(True, about, f"{path} is there.", (run.files[path].exists(f"exists as {path}"),))


def _own_file(run: Run, call: Call) -> Answer | None:
    """A command that needs a file of its own, in whichever folder it is started."""
    what, need = call.name, call.what.removeprefix("a ").removeprefix("an ")
    if what.startswith("docker") and run.folder:
        return None
    try:
        others = lacks(call, run.known)
    except LookupError:
        return None
    missing = _absence(f"no {need} among the {len(dict.keys(run.files))} tracked files")
    evidence = (run.files[others[0]].exists(f"{others[0]} is there"), missing) if others else (missing,)
    shows = f"The repository has no {need}" + (f"; it has {', '.join(others[:3])}." if others else ".")
    return _refused(f"command:{what}", shows, f"`{what}` needs {call.what}.", evidence, bool(others))


def _unsuffixed(run: Run, call: Call) -> Answer | None:
    """`python train_model` where only train_model.py is there."""
    script = call.name
    if not clear(script) or run.known.works(script):
        return None
    path = run.known.file(script + ".py")
    if not path:
        return (_refused(f"command:{script}", "", "", (_absence(f"no {script} at this commit"),)) if run.known.earlier else None)  # fmt: skip
    evidence = (run.files[path].exists(f"{path} is there"), _absence(f"no file or folder {script} among the tracked files"))  # fmt: skip
    return _refused(f"command:{script}", f"There is no {script}; {path} is there.", f"The command names {script}; the script is {path}.", evidence, True)  # fmt: skip


def _module(run: Run, name: str) -> Answer | None:
    """`python -m pkg.module`: a module below any folder will do."""
    if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", name):
        return None
    first, dotted = name.split(".")[0], name.replace(".", "/")
    known, about = run.known, f"module:{name}"
    if path := module_file(name, known):
        return _there(run, path, about)
    if installed(first, run.snapshot) or known.made(f"{dotted}.py") or known.made(f"src/{dotted}.py"):
        return None
    missing = _absence(f"no module {name}: neither {dotted}.py nor a folder of that name, at the root or below any folder")  # fmt: skip
    if known.earlier:
        return _refused(about, "", "", (missing,))
    if rename := known.renamed(f"{dotted}.py"):
        there = run.files[rename.path].exists(f"exists as {rename.path}")
        return _refused(about, f"{dotted}.py was {rename}.", f"The command runs the module {name}; its file was {rename}.", (there, missing), True)  # fmt: skip
    if same := known.file(f"{dotted.rsplit('/', 1)[-1]}.py"):
        there = run.files[same].exists(f"{same} is there")
        return _refused(about, f"There is no module {name}; {same} is there.", f"The command runs the module {name}; the file is {same}.", (there, missing), True)  # fmt: skip
    folder = known.folder(first)
    if not folder or not any(p.startswith(folder + "/") and p.endswith(".py") for p in run.files):
        return None
    return _refused(about, f"There is no {dotted}.py below any folder.", f"The command runs the module {name}; the repository has none.", (missing,))  # fmt: skip


def _served(run: Run, call: Call) -> Answer | Call | None:
    """`uvicorn pkg.api:app`; `uvicorn api:app` needs a file as others do."""
    module, _, name = call.name.partition(":")
    dotted = module.replace(".", "/")
    if run.folder or any(call.name in c.words for f in _runners(run.snapshot) for c in file_commands(f)):
        return None  # so the repository's own scripts start it
    ends = (f"{dotted}.py", f"{dotted}/__init__.py")
    paths = [p for p in run.files if p in ends or p.endswith(tuple("/" + e for e in ends))]
    if not paths:
        return _module(run, module) if "." in module else Call("file", f"{module}.py", "module")
    if any(defines(run.files[p], name) for p in paths):
        return None
    file = run.files[paths[0]]
    shows = f"{file.path} defines no {name} at its top level."
    return _refused(f"command:{call.name}", shows, f"The command serves {call.name}; {file.path} has no {name}.", (file.exists(f"has no {name} at its top level"),), True)  # fmt: skip


def _runners(snapshot: Snapshot) -> tuple[File, ...]:
    globs = ("**/*.{sh,bash}", "**/*dockerfile*", "**/makefile", "tasks.py", ".github/workflows/*.y*ml", "**/*compose*.y*ml")  # fmt: skip
    chosen = snapshot.select(globs, mentions=("uvicorn", "gunicorn"))
    return snapshot.once("claims.runners", lambda: tuple(chosen))


def built_elsewhere(run: Run, name: str, path: str) -> Answer | None:
    """`docker build -f x.dockerfile .` where the docker file lies in a folder that lacks what it copies, while the root has it."""
    if name == path or run.folder or not builds(run.snapshot, path, ""):
        return None
    file = run.files[path]
    lacking = next((c for c in copies(run.snapshot, file, file.folder) if c.state == "missing"), None)
    if lacking is None:
        return None
    return _refused(
        f"command:{posixpath.normpath(name)}", f"There is no {name} in the root; {path} copies {lacking.source}, which is not in {file.folder}.",
        f"The command names {name}; the docker file is {path}, and what it copies lies in the root.",
        (file.cite(lacking.line, note="what it copies"), _absence(f"no file {name} in the root")), True,
    )  # fmt: skip
