"""Commands that a reader could type: whether they find their files, modules, tasks, targets and entry points."""

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Command
from auditor.claims.names import Place, find, own, shown, word_set, words
from auditor.facts.commands import Call, build_of, builds_somewhere, calls, installed, lacks, module_file
from auditor.facts.images import builds, copies
from auditor.facts.names import clear, names, placeholder
from auditor.facts.refusals import PROGRAMS, Run, answers
from auditor.facts.runners import defines, program_file
from auditor.facts.starting import keeps_image, keeps_script
from auditor.models import Evidence
from auditor.readers import commands as file_commands
from auditor.readers import shell_commands
from auditor.snapshot import File


@dataclass(frozen=True)
class Claimed(Run):
    """One simple command of a claim."""

    claim: Command
    case: Case


@settles("command")
def command(claim: Command, case: Case) -> Settled | None:
    """Compares what the command needs with the commit, from whichever folder makes it work: the files and modules that docker,
    python, pip, uvicorn, streamlit, locust, pytest and the like are given, the file of its own that a tool looks for, what a
    docker file copies; the tasks of invoke with their parameters, the targets of make and just, declared entry points; the
    options that an own program takes; the keys, groups and options of Hydra; the repository that `git clone` names.

    Says nothing of placeholders, of what is made at run time or installed, of paths out of the repository, of commands of an
    image's own (its entry point), of parsers and parameters that are made elsewhere, of configuration that does not parse, and
    of what happens after the start."""
    if claim.denied:
        return None
    fits: Settled | None = None
    for run in _runs(claim, case):
        needed = [made for ask in (_clone, _needed) if (made := ask(run))]
        taken = [_settled(a.fits, a.about, a.shows, a.difference, a.evidence, a.detail) for a in answers(run)]
        if obstacle := _obstacle(run):
            taken.append(obstacle)
        for made in (*needed, *taken):
            if made.label == "contradicted":
                return made
            fits = fits or made
    return fits


def _obstacle(run: Claimed) -> Settled | None:
    """What keeps it from starting at all."""
    told = [c for p in run.case.claims if isinstance(p.claim, Command) for c in shell_commands(p.claim.line)]
    found = keeps_image(run.typed, run.known, told)
    if found is None and run.words[:1] in (("python",), ("python3",)):
        script, _ = program_file(run.typed, run.known, run.folder or "")
        found = keeps_script(script) if script else None
    if found is None:
        return None
    return _settled(False, f"start:{found.file.path}", found.shows, found.difference, (found.file.cite(found.line),), True)  # fmt: skip


def _settled(
    fits: bool, about: str, shows: str, difference: str, evidence: tuple[Evidence, ...], detail: bool = False
) -> Settled:
    return Settled("supported" if fits else "contradicted", shows, evidence, difference, about, detail and not fits)


def _runs(claim: Command, case: Case) -> Iterator[Claimed]:
    folder: str | None = claim.folder.strip("`/ ").removeprefix("./")
    text = re.sub(r"(?m)^\s*(?:\(\w[\w.-]*\)\s*)?[$%>!]\s+", "", claim.line.strip("`").replace("\\_", "_").replace("\\-", "-"))  # fmt: skip
    before = claim.after.strip("`$ ").split()
    if before[:1] == ["cd"] and len(before) == 2:
        folder = posixpath.normpath(posixpath.join(folder or "", before[1]))
    for one in shell_commands(text):
        if not one.words or not (one.words[0] in PROGRAMS or one.words[0].endswith(".py")):
            continue
        if one.words[0] == "cd" and len(one.words) > 1:
            out = one.words[1].startswith(("/", "~", "$")) or folder is None
            folder = None if out else posixpath.normpath(posixpath.join(folder or "", one.words[1]))
            continue
        yield Claimed(one.words, folder, names(case.snapshot), claim, case)


# -- files and modules -------------------------------------------------------------------------------------------------


_INSIDE = word_set("entrypoint entrypoints cmd container containers inside")


def _needed(run: Claimed) -> Settled | None:
    own_docker = run.words[:1] in (("docker",), ("podman",), ("docker-compose",))
    if run.folder is None or (not own_docker and words(run.claim.quote) & _INSIDE):
        return None  # its paths are the image's
    for call in calls(run.words):
        kinds: dict[str, Callable[[Claimed, Call], Settled | None]] = {
            "module": lambda r, c: _module(r, c.name), "served": _served, "own file": _own_file, "unsuffixed": _unsuffixed
        }  # fmt: skip
        made = kinds.get(call.kind, _file)(run, call)
        if made:
            return made
    return None


def _file(run: Claimed, call: Call) -> Settled | None:
    built = build_of(run.words)
    if built and call.what == "Dockerfile" and clear(call.name):
        works, path = builds_somewhere(built[0], built[1], run.known)
        if path:
            return _fits(run, path, call.name) if works else _built_elsewhere(run, call.name, path)
    return _missing(run, find(run.case, call.name, strict=True, folder=run.folder or ""), call.name, call.what)


def _fits(run: Claimed, path: str, name: str) -> Settled:
    return Settled("supported", f"{path} is there.", (shown(path, run.case.snapshot),), about=f"command:{posixpath.normpath(name)}")  # fmt: skip


def _missing(run: Claimed, place: Place, name: str, what: str) -> Settled | None:
    if place.how == "there":
        return _fits(run, place.path, name) if place.path else None
    if place.how == "unknown" or not clear(name):
        return None
    about = f"command:{posixpath.normpath(name.replace(chr(92), '/'))}"
    said = f"The command names {place.name}"
    if place.rename:
        return _settled(
            False, about, place.shows, f"{said}; the file was {place.rename}.", place.evidence(run.case.snapshot), True
        )
    if place.near:
        if place.near.how == "folder" and run.folder:
            return None
        return _settled(False, about, place.shows, f"{said}; the {what} is {place.near.path}.", place.evidence(run.case.snapshot), True)  # fmt: skip
    return _settled(
        False, about, place.shows, f"{said}; the repository has no such file.", place.evidence(run.case.snapshot)
    )


def _built_elsewhere(run: Claimed, name: str, path: str) -> Settled | None:
    """`docker build -f x.dockerfile .` where the docker file lies in a folder that lacks what it copies, while the root has it."""
    if name == path or run.folder or not builds(run.case.snapshot, path, ""):
        return None
    file = run.files[path]
    lacking = next((c for c in copies(run.case.snapshot, file, file.folder) if c.state == "missing"), None)
    if lacking is None:
        return None
    return _settled(
        False, f"command:{posixpath.normpath(name)}", f"There is no {name} in the root; {path} copies {lacking.source}, which is not in {file.folder}.",
        f"The command names {name}; the docker file is {path}, and what it copies lies in the root.",
        (file.cite(lacking.line, note="what it copies"), absence(f"no file {name} in the root")), True,
    )  # fmt: skip


def _own_file(run: Claimed, call: Call) -> Settled | None:
    """A command that needs a file of its own, in whichever folder it is started."""
    what, need = call.name, call.what.removeprefix("a ").removeprefix("an ")
    if what.startswith("docker") and run.folder:
        return None
    try:
        others = lacks(call, run.known)
    except LookupError:
        return None
    missing = absence(f"no {need} among the {len(dict.keys(run.files))} tracked files")
    evidence = (run.files[others[0]].exists(f"{others[0]} is there"), missing) if others else (missing,)
    shows = f"The repository has no {need}" + (f"; it has {', '.join(others[:3])}." if others else ".")
    return _settled(False, f"command:{what}", shows, f"`{what}` needs {call.what}.", evidence, bool(others))


def _unsuffixed(run: Claimed, call: Call) -> Settled | None:
    """`python train_model` where only train_model.py is there."""
    script = call.name
    if not clear(script) or run.known.works(script):
        return None
    path = run.known.file(script + ".py")
    if not path:
        return (_settled(False, f"command:{script}", "", "", (absence(f"no {script} at this commit"),)) if run.known.earlier else None)  # fmt: skip
    evidence = (run.files[path].exists(f"{path} is there"), absence(f"no file or folder {script} among the tracked files"))  # fmt: skip
    return _settled(False, f"command:{script}", f"There is no {script}; {path} is there.", f"The command names {script}; the script is {path}.", evidence, True)  # fmt: skip


def _module(run: Claimed, name: str) -> Settled | None:
    """`python -m pkg.module`: a module below any folder will do."""
    if not re.fullmatch(r"[A-Za-z_]\w*(\.\w+)+", name):
        return None
    first, dotted = name.split(".")[0], name.replace(".", "/")
    known, about = run.known, f"module:{name}"
    if path := module_file(name, known):
        return Settled("supported", f"{path} is there.", (shown(path, run.case.snapshot),), about=about)
    if installed(first, run.case.snapshot) or known.made(f"{dotted}.py") or known.made(f"src/{dotted}.py"):
        return None
    missing = absence(f"no module {name}: neither {dotted}.py nor a folder of that name, at the root or below any folder")  # fmt: skip
    if known.earlier:
        return _settled(False, about, "", "", (missing,))
    if rename := known.renamed(f"{dotted}.py"):
        there = run.files[rename.path].exists(f"exists as {rename.path}")
        return _settled(False, about, f"{dotted}.py was {rename}.", f"The command runs the module {name}; its file was {rename}.", (there, missing), True)  # fmt: skip
    if same := known.file(f"{dotted.rsplit('/', 1)[-1]}.py"):
        there = run.files[same].exists(f"{same} is there")
        return _settled(False, about, f"There is no module {name}; {same} is there.", f"The command runs the module {name}; the file is {same}.", (there, missing), True)  # fmt: skip
    folder = known.folder(first)
    if not folder or not any(p.startswith(folder + "/") and p.endswith(".py") for p in run.files):
        return None
    return _settled(False, about, f"There is no {dotted}.py below any folder.", f"The command runs the module {name}; the repository has none.", (missing,))  # fmt: skip


def _served(run: Claimed, call: Call) -> Settled | None:
    """`uvicorn pkg.api:app`."""
    module, _, name = call.name.partition(":")
    dotted = module.replace(".", "/")
    if run.folder or any(call.name in c.words for f in _runners(run.case) for c in file_commands(f)):
        return None  # so the repository's own scripts start it
    ends = (f"{dotted}.py", f"{dotted}/__init__.py")
    paths = [p for p in run.files if p in ends or p.endswith(tuple("/" + e for e in ends))]
    if not paths:
        return _module(run, module) if "." in module else _file(run, Call("file", f"{module}.py", "module"))
    if any(defines(run.files[p], name) for p in paths):
        return None
    file = run.files[paths[0]]
    shows = f"{file.path} defines no {name} at its top level."
    return _settled(False, f"command:{call.name}", shows, f"The command serves {call.name}; {file.path} has no {name}.", (file.exists(f"has no {name} at its top level"),), True)  # fmt: skip


def _runners(case: Case) -> tuple[File, ...]:
    globs = ("**/*.{sh,bash}", "**/*dockerfile*", "**/makefile", "tasks.py", ".github/workflows/*.y*ml", "**/*compose*.y*ml")  # fmt: skip
    chosen = case.snapshot.select(globs, mentions=("uvicorn", "gunicorn"))
    return case.snapshot.once("claims.runners", lambda: tuple(chosen))


def _clone(run: Claimed) -> Settled | None:
    """`git clone` of a repository that is not the group's: both owner and name must differ from what it goes by."""
    address = next((w for w in run.typed if "github.com" in w), "") if run.typed[:2] == ("git", "clone") else ""
    match = re.search(r"github\.com[/:]([\w.-]+)/([\w.-]+)", address)
    ours, owners = own(run.case)
    if match is None or not ours or run.known.earlier or placeholder(address):
        return None
    owner, name = match[1].lower(), match[2].lower().removesuffix(".git")
    if owner in owners or name in ours or any(w in address.lower() for w in ("skaftenicki", "mlops", "template", "cookiecutter", "dataset", "huggingface")):  # fmt: skip
        return None
    looked = absence(f"{owner}/{name} is neither the repository's address nor named by its own links and pull requests")
    return _settled(False, f"repo:{owner}/{name}", f"The group's own repository is called {sorted(ours)[0]}.", f"The command clones {match[1]}/{match[2]}, which is another repository.", (looked,))  # fmt: skip
