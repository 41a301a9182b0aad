"""What a document says to users of a repository (`speaks_to = "users"`): much of what it names lies in projects of their own.

A README tells its readers to open `shop/models.py`, to run `python manage.py migrate`, to tag the stages of their Dockerfile. A path
in a sentence or a command is this repository's where it is here as it is written, where its history shows that it was, or where it
is a letter off from what is in the same folder; what never was here is the reader's. What is said of images and workflows is held
against this repository's only with a path of it. Links and images lead somewhere or not, whoever reads them.
"""

import posixpath

from auditor.claims.case import Case, Placed, Settled
from auditor.claims.kinds import Command, Count, Docker, File, Gate, Location, Runs, Setting, Trigger, Version
from auditor.facts.commands import Call
from auditor.facts.names import GENERIC, Rename, names
from auditor.facts.places import Place, unknown, word_set, words
from auditor.facts.refusals import Answer, Run
from auditor.lazy import compile_later
from auditor.readers.text import readable

# Files that frameworks put into any project, beside those that people use for a kind of file.
_FRAMEWORKS = frozenset(["manage.py", "settings.py", "urls.py", "models.py", "views.py", "forms.py", "admin.py", "wsgi.py", "asgi.py", "celery.py"])  # fmt: skip
_GENERAL = (Docker, Gate, Runs, Trigger)
_PARTS = frozenset(["dockerfiles", "images", "workflows", "jobs", "services", "hooks", "endpoints", "tasks"])
# What a command's tool looks for in the root, by a word of the command.
_OWN_FILES = {
    "compose": compile_later(r"(?i)(?:docker-)?compose(?:\.override)?\.ya?ml"),
    "pre-commit": compile_later(r"(?i)\.pre-commit-config\.ya?ml"),
    "dvc": compile_later(r"(?i)dvc\.(?:yaml|lock)|\.dvc"),
    "docker": compile_later(r"(?i)(?:docker|container)file"),
}
_RECIPES = frozenset(["makefile", "gnumakefile", "justfile", ".justfile", "tasks.py", "tasks"])


def for_users(case: Case) -> bool:
    """Whether the document speaks to users. An earlier commit is only asked whether it had what a later one lacks."""
    return case.profile.for_users and not names(case.snapshot).earlier


def as_users_read(place: Place, case: Case, folder: str = "", strict: bool = False, said: str = "") -> Place:
    """The place of a name in a sentence or a command (`strict`): what is absent and never was here is unknown, and what was here is
    told with what history says of it, never with what lies in another folder. A bare name is the reader's where it ends as what
    people configure, or where the words around it (`said`) have the reader make or change a file; so is what a command names in
    a folder that is none of this project's."""
    if place.how != "absent" or not for_users(case):
        return place
    known, base = names(case.snapshot), posixpath.basename(place.name.rstrip("/"))
    own = unknown(place.name, "of the reader's own project")
    anybodys = base.lower() in _FRAMEWORKS or bool(GENERIC.fullmatch(base))
    if "/" not in place.name.strip("/") and (base.lower() in _FRAMEWORKS or (anybodys and not strict)):
        return own
    if (
        not strict
        and "/" not in place.name.strip("/")
        and (base.lower().endswith(_CONFIGURED) or words(said) & _BY_READERS)
    ):
        return own
    if strict and folder and not _of_this(folder, case):
        return own
    paths = _paths(place.name, case, folder)
    if place.near and place.near.slip and not anybodys and posixpath.dirname(place.near.path) in map(posixpath.dirname, paths):  # fmt: skip
        return place
    path, was = next(((p, w) for p in paths if (w := _was(p, case))), ("", ""))
    if not was:
        return own
    if place.rename and _same(place.rename, known.renamed(path) if was == path else known.moved_folder(path)):
        return place
    sha, day = known.removed(was)
    return Place("absent", place.name, was=was, sha=sha, day=day) if sha else own


_ASKS = frozenset(
    ["require", "requires", "required", "need", "needs", "needed", "support", "supports", "runs", "works"]
)
_ITSELF = frozenset(
    [
        "it",
        "this",
        "these",
        "we",
        "you",
        "they",
        "our",
        "minimum",
        "package",
        "library",
        "module",
        "project",
        "tool",
        "app",
        "application",
        "bot",
        "plugin",
        "program",
        "script",
        "repository",
        "repo",
        "code",
        "software",
        "framework",
        "client",
        "server",
        "service",
        "api",
        "sdk",
        "cli",
        "extension",
        "addon",
        "installation",
        "everything",
    ]
)
_TOKEN = compile_later(r"[^\W_]+(?:[.+-][^\W_]+)*")
_RELEASE = compile_later(r"v?\d+(?:\.(?:\d+|x))+")


def of_this_project(placed: Placed, case: Case) -> bool:
    """Whether a sentence that says which Python is needed says it of this project as it is: it names no release and nobody else before
    (`NumPy requires ...`, `1.x: ...`)."""
    quote = placed.claim.quote
    at = quote.lower().find("python")
    if at < 0 or quote.startswith("http"):
        return True
    before = [m[0].lower() for m in _TOKEN.finditer(quote, 0, at)]
    if any(_RELEASE.fullmatch(w) for w in before):
        return False
    subject = before[: next((i for i, w in enumerate(before) if w in _ASKS), 0)]
    return not subject or bool(_ITSELF & set(subject)) or bool(_called(case) & {_letters(w) for w in subject})


def _called(case: Case) -> frozenset[str]:
    """What this project may be called in a sentence: by its repository, its title, its packages and their metadata, by letters alone."""

    def look() -> frozenset[str]:
        files = case.snapshot.files
        title = next((row for row in case.report.text.split("\n") if row.strip().strip("=-")), "")
        packages = [p.split("/")[-2] for p in dict.keys(files) if p.endswith("/__init__.py") and p.count("/") <= 2]
        said = [
            f.text for name in ("pyproject.toml", "setup.cfg", "setup.py") if (f := files.get(name)) and readable(f)
        ]
        named = [m[1] for text in said for m in _NAMED.finditer(text)]
        known = [*(m[0] for m in _TOKEN.finditer(title)), *packages, *named]
        return frozenset(map(_letters, known)) - {""}

    return case.snapshot.once(f"claims.called:{case.report.sha256}", look)


_NAMED = compile_later(r"(?m)^\s*name\s*=\s*[\"']?([\w.-]+)")


def _letters(word: str) -> str:
    return "".join(c for c in word.lower() if c.isalnum())


_CONFIGURED = (".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".conf", ".env", ".txt", ".csv", ".xml")
_BY_READERS = word_set(
    "create creates creating add adding make making write writing save put your own call called name named edit open copy paste new"
)


def _of_this(folder: str, case: Case) -> bool:
    """Whether a folder that a command is run in is one of this project's, or what a clone of it is called."""
    first = folder.strip("/").split("/")[0]
    ever = names(case.snapshot).ever
    return first in ("", ".", "..") or any(p.startswith(f"{first}/") for p in ever) or _letters(first) in _called(case)


def _same(one: Rename, other: Rename | None) -> bool:
    return other is not None and one.path == other.path


def _paths(name: str, case: Case, folder: str = "") -> list[str]:
    """The paths that a name is as it is written: from the root, from the document's folder, from that of a command."""
    plain = name.strip("/").replace("\\", "/")
    starts = dict.fromkeys(("", posixpath.dirname(case.report.path), folder))
    return [posixpath.normpath(posixpath.join(start, plain)) for start in starts]


def _was(path: str, case: Case) -> str:
    """The file that once was a path, or lay in the folder that it was; empty where history shows none."""
    ever = names(case.snapshot).ever
    return path if path in ever else min((p for p in ever if p.startswith(f"{path}/")), default="")


def _exactly(name: str, case: Case, folder: str = "") -> bool:
    """Whether a file or folder is here as its name is written."""
    return any(p in case.snapshot.files or p in case.snapshot.folders for p in _paths(name, case, folder))


def _here(name: str, case: Case) -> bool:
    """Whether a name is one of this repository: as it is written, or the end of one path alone and not what any project has."""
    if _exactly(name, case):
        return True
    base = posixpath.basename(name)
    anybodys = base.lower() in _FRAMEWORKS or GENERIC.fullmatch(base)
    return not anybodys and len(names(case.snapshot).works(posixpath.normpath(name.strip("`/ ")))) == 1


def of_a_reader(placed: Placed, made: Settled, case: Case) -> bool:
    """Whether what contradicts a claim says nothing of it, since the document speaks to users and the claim may be of their own
    project: of a path that is not here, or of images and workflows in general. What was here is held against it."""
    if not for_users(case) or made.rule != "prose-contradicts-repository":
        return False
    claim = placed.claim
    if isinstance(claim, Command):
        return False  # asked of each of its parts
    if isinstance(claim, Setting):
        return True  # what readers are to set, or may
    gone = any(e.kind == "absence" or any(s.startswith("commit ") for s in e.sources) for e in made.evidence)
    if isinstance(claim, File):
        plain = claim.state == "there" and not claim.denied
        return claim.via == "text" and not (plain and (gone or _exactly(claim.path.strip("` "), case)))
    if isinstance(claim, Location):
        return not gone and not _exactly(claim.folder.strip("` "), case)
    if path := getattr(claim, "path", "").strip("` "):
        return not _here(path, case)
    if isinstance(claim, Count):
        return claim.of in _PARTS
    return isinstance(claim, _GENERAL) or (isinstance(claim, Version) and claim.place == "image")


def of_a_readers_call(run: Run, call: Call, answer: Answer, case: Case) -> bool:
    """Whether what a command's tool looks for by itself never was here, so that the command is for a project of the reader's."""
    if answer.fits or not for_users(case):
        return False
    if call.kind == "own file":
        word = next((w for w in _OWN_FILES if w in call.name), "docker")
        return not any(_OWN_FILES[word].fullmatch(p) for p in names(case.snapshot).ever)
    if call.kind == "unsuffixed":
        paths = _paths(f"{call.name}.py", case, run.folder or "")
    else:
        dotted = call.name.partition(":")[0].replace(".", "/")
        paths = [f"{start}{dotted}{end}" for start in ("", "src/") for end in (".py", "/__init__.py")]
    ever = names(case.snapshot).ever
    return not any(p in ever or p in case.snapshot.files for p in paths)


def of_a_readers_program(run: Run, answer: Answer, case: Case) -> bool:
    """Whether the program or the recipes that refuse a command are not those that the command names: it is a script that is not
    here as it is written, or the root has no recipes."""
    if answer.fits or not for_users(case):
        return False
    script = next((w for w in run.words if w.endswith(".py")), "")
    if script and not _exactly(script, case, run.folder or ""):
        return True
    what = answer.about.partition(":")[0]
    if what in ("task", "target"):
        return not any(p.lower() in _RECIPES for p in (*case.snapshot.files, *case.snapshot.folders))
    return what == "script" and not any(e.path and "/" not in e.path for e in answer.evidence)
