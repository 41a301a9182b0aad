"""Commands that a reader could type: whether they find their files, modules, tasks, targets and entry points."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Command
from auditor.claims.names import Place, find, own, shown, word_set, words
from auditor.claims.settle.files import gone_with
from auditor.claims.users import for_users, of_a_readers_call, of_a_readers_program
from auditor.facts.commands import Call, build_of, builds_somewhere, calls
from auditor.facts.history import pull_requests
from auditor.facts.hosted import is_folder, own_address
from auditor.facts.names import names
from auditor.facts.needs import built_elsewhere, need
from auditor.facts.offered import extras
from auditor.facts.placeholders import clear, placeholder
from auditor.facts.refusals import PROGRAMS, Answer, Run, answers, own_programs
from auditor.facts.starting import keeps
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.readers.shell import shell_commands


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
    options that an own program takes; the extras that the own package is asked for; what its container or script needs to start; the keys, groups and options of Hydra; the repository that `git clone` names.

    Says nothing of commands that are told to fail, in a clone of another repository, of what a line before makes, of placeholders, of what is made at run time or installed, of paths out of the repository, of commands of an
    image's own (its entry point), of parsers and parameters that are made elsewhere, of configuration that does not parse, and
    of what happens after the start; in a document that speaks to users, of files, recipes and programs that never were here."""
    if claim.denied or _told_to_fail(claim):
        return None
    fits: Settled | None = None
    for run in _runs(claim, case):
        needed = [made for ask in (_clone, _needed) if (made := ask(run))]
        told = (
            c for p in case.claims if isinstance(p.claim, Command) for c in shell_commands(p.claim.line, by_hand=True)
        )
        said = (*answers(run), *keeps(run, told), *filter(None, [extras(run)]))
        taken = [_of(a) for a in said if not of_a_readers_program(run, a, case) and not _chosen_of_a_reader(run, a)]
        for made in (*needed, *taken):
            if made.label == "contradicted":
                return made
            fits = fits or made
    return fits


_FAILS = word_set(
    "fails fail failed failing crashes crashed crash error errors breaks broke broken hangs hung refuses refused"
)


def _told_to_fail(claim: Command) -> bool:
    """Whether the words right behind the command say that it does not work."""
    quote, line = " ".join(claim.quote.split()), " ".join(claim.line.strip("`").split())
    after = (quote.partition(line)[2] if line else "").lower().replace("`", " ").split()[:5]
    said = [w.strip(".,:;()'\"") for w in after]
    return any(w in _FAILS for w in said) or any(a in _HELPS and b in _WORKS for a, b in pairwise(said))


_HELPS = word_set("not doesn't didn't don't won't cannot can't never")
_WORKS = word_set("work worked run start succeed find finish")


def _of(answer: Answer) -> Settled:
    made = _settled(answer.fits, answer.about, answer.shows, answer.difference, answer.evidence, answer.detail)
    return replace(made, released=True) if answer.released else made


def _settled(
    fits: bool, about: str, shows: str, difference: str, evidence: tuple[Evidence, ...], detail: bool = False
) -> Settled:
    return Settled("supported" if fits else "contradicted", shows, evidence, difference, about, detail and not fits)


def _runs(claim: Command, case: Case) -> Iterator[Claimed]:
    folder: str | None = claim.folder.strip("`/ ").removeprefix("./")
    text = re.sub(r"(?m)^\s*+(?:\(\w[\w.-]*+\)\s*+)?[$%>!]\s+", "", claim.line.strip("`").replace("\\_", "_").replace("\\-", "-"))  # fmt: skip
    text = re.sub(r"(?<=[\w.])\\(?=[\w.])", "/", text)  # a path as Windows writes it
    foreign = _cloned(claim, case)
    before = claim.after.strip("`$ ").split()
    starts = PROGRAMS | own_programs(case.snapshot)
    if before[:1] == ["cd"] and len(before) == 2:
        folder = posixpath.normpath(posixpath.join(folder or "", before[1]))
    for one in shell_commands(text, by_hand=True):
        if not one.words or not (one.words[0] in starts or one.words[0].endswith(".py")):
            continue
        if one.words[0] == "cd" and len(one.words) > 1:
            out = one.words[1].startswith(("/", "~", "$")) or folder is None or one.words[1].strip("/") in foreign
            folder = None if out else posixpath.normpath(posixpath.join(folder or "", one.words[1]))
            continue
        yield Claimed(one.words, folder, names(case.snapshot), claim, case)


def _cloned(claim: Command, case: Case) -> set[str]:
    """The folders that the answer's `git clone` of repositories with another name makes."""
    placed = case.placed(claim)
    text = f"{claim.line}\n{placed.question.answer if placed and 'clone' in placed.question.answer else ''}"
    named = {m[1].removesuffix(".git").lower(): m[1].removesuffix(".git") for m in _CLONE.finditer(text)}
    return {name for low, name in named.items() if low not in own(case)[0]} if own(case)[0] else set()


_CLONE = compile_later(r"\bgit clone (?:-\S++ )*+\S{0,300}[/:]([\w.-]++)")


def _made_before(run: Claimed, name: str) -> bool:
    """Whether another line of the answer, or the line itself before it, writes a file of this name: `uv export > requirements.txt`."""
    placed, base = run.case.placed(run.claim), name.rsplit("/", 1)[-1]
    rows = (placed.question.answer if placed else run.claim.quote).split("\n")
    for row in rows:
        for part in re.split(r"&&|;|\.\s", row) if base in row else ():
            said = part.replace(base, " ").lower().split()
            into = part.partition(base)[0].rstrip("\"'").rsplit(">", 1)
            if len(into) == 2 and " " not in into[1].strip() and "<" not in into[0]:
                return True
            if base in part and any(w in _WRITERS or w.startswith(("--output", "--outfile")) for w in said):
                return True
    return False


def _chosen_of_a_reader(run: Claimed, answer: Answer) -> bool:
    """Whether the configuration that a command chooses, and that is not there, is one that the answer has its reader make or fetch."""
    about, _, chosen = answer.about.partition(":")
    name = chosen.rpartition("=")[2].removesuffix(".yaml")
    return about == "config" and not answer.fits and _made_before(run, f"{name}.yaml")


_CHECKOUTS = (("git", "checkout"), ("git", "switch"))
_MAKERS = word_set("django-admin poetry uv hatch pdm rye cargo npm")
_STARTS = word_set("init new startproject startapp create quickstart scaffold bootstrap")


def _of_another_tree(run: Claimed) -> bool:
    """Whether a line above has the reader go to another commit, or make a project of their own, so that the files are of that."""
    placed = run.case.placed(run.claim)
    if placed is None:
        return False
    above = placed.question.answer.partition(run.claim.quote)[0]
    makers = _MAKERS | own_programs(run.snapshot) if for_users(run.case) else frozenset()
    for one in shell_commands(above, by_hand=True) if "checkout" in above or "switch" in above or makers else ():
        if one.words[:2] in _CHECKOUTS and one.words[2:3] not in (
            (),
            ("-b",),
            ("-c",),
            ("--",),
            ("main",),
            ("master",),
        ):
            return True
        if one.words[:1] in (("cookiecutter",), ("copier",)) or (
            one.words and one.words[0] in makers and set(one.words[1:2]) & _STARTS
        ):
            return bool(makers)
    return False


_WRITERS = word_set(
    "nano vim vi code emacs notepad gedit -o cp mv touch tee wget curl export exported exports freeze freezes compile compiled generate generated generates gsutil download downloads unzip tar mkdir"
)


# -- files and modules -------------------------------------------------------------------------------------------------


_INSIDE = word_set("entrypoint entrypoints cmd container containers inside")


def _needed(run: Claimed) -> Settled | None:
    own_docker = run.words[:1] in (("docker",), ("podman",), ("docker-compose",))
    if run.folder is None or (not own_docker and words(run.claim.quote) & _INSIDE):
        return None  # its paths are the image's
    for call in calls(run.words):
        answer = need(run, call)
        if isinstance(answer, Answer) and of_a_readers_call(run, call, answer, run.case):
            continue
        made = _file(run, answer) if isinstance(answer, Call) else _of(answer) if answer else None
        if made:
            return made
    return None


def _file(run: Claimed, call: Call) -> Settled | None:
    built = build_of(run.words)
    if built and call.what == "Dockerfile" and clear(call.name):
        works, path = builds_somewhere(built[0], built[1], run.known)
        if path:
            if works:
                return _fits(run, path, call.name)
            answer = None if for_users(run.case) else built_elsewhere(run, call.name, path)
            return _of(answer) if answer else None
    return _missing(run, find(run.case, call.name, strict=True, folder=run.folder or ""), call.name, call.what)


def _fits(run: Claimed, path: str, name: str) -> Settled:
    return Settled("supported", f"{path} is there.", (shown(path, run.case.snapshot),), about=f"command:{posixpath.normpath(name)}")  # fmt: skip


def _missing(run: Claimed, place: Place, name: str, what: str) -> Settled | None:
    if place.how == "there":
        return _fits(run, place.path, name) if place.path else None
    if place.how == "unknown" or not clear(name) or _made_before(run, place.name) or _of_another_tree(run):
        return None
    about = f"command:{posixpath.normpath(name.replace(chr(92), '/'))}"
    said = f"The command names {place.name}"
    if place.rename:
        return _settled(
            False, about, place.shows, f"{said}; the file was {place.rename}.", place.evidence(run.case.snapshot), True
        )
    if "/" not in name and _brought(run, name):
        return None
    if place.near:
        if place.near.how == "folder" and run.folder:
            return None
        if place.near.path.rsplit("/", 1)[-1] == name.rsplit("/", 1)[-1] + ".py":
            return None  # the script without its ending: a reader finds it
        return _settled(False, about, place.shows, f"{said}; the {what} is {place.near.path}.", place.evidence(run.case.snapshot), True)  # fmt: skip
    missing = f"{said}; the repository has no such file."
    made = _settled(False, about, place.shows, missing, place.evidence(run.case.snapshot))
    return replace(made, gone=gone_with(place, run.case))


_PYTHON = ("python", "py", "python3")


def _brought(run: Claimed, name: str) -> bool:
    """Whether the text around a command says where its file is from: an address that ends in its name, from which it is fetched,
    or Python code above the command, which a reader is to put into it."""
    placed = run.case.placed(run.claim)
    if placed is None:
        return False
    if any(
        "://" in word and word.strip("`'\"<>()[].,;").endswith(f"/{name}") for word in placed.question.answer.split()
    ):
        return True
    return name.endswith(".py") and any(
        s.kind == "fence" and s.info.split(" ")[0].strip("{}.").lower() in _PYTHON and s.line < placed.line
        for s in run.case.prose.of()
        if s.question.n == placed.question.n
    )


def _clone(run: Claimed) -> Settled | None:
    """`git clone` of a repository that is not the group's: both owner and name must differ from what it goes by. A folder that this copy
    was made from says nothing of that, nor does what the files of such a copy give, which may have come with a template, unless
    pull requests were merged there."""
    address = next((w for w in run.typed if "github.com" in w), "") if run.typed[:2] == ("git", "clone") else ""
    match = re.search(r"github\.com[/:]([\w.-]+)/([\w.-]+)", address)
    ours, owners = own(run.case)
    if is_folder(origin := run.case.history.origin):
        at, _, name = own_address(run.case.snapshot).partition("/")
        merged = any(p.owner.lower() == at for p in pull_requests(run.case.history))
        ours -= {origin.rstrip("/").rpartition("/")[2].removesuffix(".git").lower(), "" if merged else name}
    if match is None or not ours or run.known.earlier or placeholder(address):
        return None
    owner, name = match[1].lower(), match[2].lower().removesuffix(".git")
    if owner in owners or name in own(run.case)[0] or any(w in address.lower() for w in ("skaftenicki", "mlops", "template", "cookiecutter", "dataset", "huggingface")):  # fmt: skip
        return None
    looked = absence(f"{owner}/{name} is neither the repository's address nor named by its own links and pull requests")
    return _settled(False, f"repo:{owner}/{name}", f"The group's own repository is called {sorted(ours)[0]}.", f"The command clones {match[1]}/{match[2]}, which is another repository.", (looked,))  # fmt: skip
