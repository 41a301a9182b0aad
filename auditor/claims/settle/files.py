"""Files and folders: whether they are there, where things of a class lie, what became of the template's, what stands in them."""

import re

from auditor.claims.case import Case, Settled, absence, answer_of, fact, settles
from auditor.claims.kinds import DefinedIn, File, Location
from auditor.claims.names import (  # fmt: skip
    IGNORED,
    LEFT_OUT,
    Place,
    at_run_time,
    elsewhere,
    file_of,
    find,
    free,
    of_the_host,
    shortens,
    shown,
    specific,
    target,
    word_set,
    words,
)
from auditor.claims.settle.uses import hollow
from auditor.facts.broken import broken
from auditor.facts.classes import CLOSED, definitions, of_class
from auditor.facts.ignored import by_a_tool
from auditor.facts.names import GENERIC, names
from auditor.facts.purposes import pipelines
from auditor.facts.template import kept, template
from auditor.lazy import compile_later
from auditor.markup import anchors, leads_to_anchor
from auditor.readers.python import python
from auditor.snapshot import File as Tracked

_HOLDERS = (".gitkeep", ".keep", ".gitignore", ".placeholder", "readme.md")
# Folders that a project has in more than one place, so that a bare name says nothing of which is meant.
_TWICE = frozenset(["models", "model", "data", "src", "source", "code", "config", "configs", "conf", "reports", "figures", "readme.md"])  # fmt: skip
_ANYBODYS = frozenset(["data", "models", "src", "reports", "figures", "readme.md"])  # whoever adds a file there has added it  # fmt: skip
_OPPOSITE = {"there": "absent", "absent": "there", "empty": "filled", "filled": "empty", "changed": "untouched", "untouched": "changed"}  # fmt: skip


@settles("file", about_holes=True)
def file(claim: File, case: Case) -> Settled | None:
    """Compares the path with the tracked files, from every place where the name could stand, then with the history (renamed,
    removed) and with names that come close; a link or image has to lead there as it is written, an anchor to a heading, and an
    image is not the template's own. A file that is there and cannot be read as what it is contradicts, too. `removed`, `added`,
    `changed` and `untouched` are held against what the commit that brought the template has; `filled` and `empty` against what
    the folder holds beside placeholders and untouched stubs.

    Says nothing of what is made at run time, ignored, kept by DVC or written by own code, of other repositories, branches,
    containers, buckets and machines, of placeholders and examples, of slips of the pen in prose, of names that people use for
    a kind of file, of folders of data and outputs; in a document that speaks to users, of what never was here; nor past what was
    not read."""
    if claim.via != "text":
        return _shows(claim, case)
    if claim.path.strip().lower() == "secrets":
        return None  # a practice's matter
    state = _OPPOSITE.get(claim.state, "") if claim.denied else str(claim.state)
    place = find(case, claim.path, said=claim.quote)
    gone = place.how == "absent" and place.near is not None and state in ("changed", "untouched", "filled")
    if state == "there" or gone:
        return there(claim.path, claim.quote, place, case)
    if state in ("added", "changed", "untouched"):
        return _against_template(claim, state, place, case)
    if state in ("absent", "removed"):
        return _still_there(claim, place, case)
    if state == "renamed":
        return _renamed(claim, place, case)
    return _content(claim, state, place, case) if state else None


def _about(path: str) -> str:
    return f"path:{path.strip().strip('`').removeprefix('./').rstrip('/')}"


# -- there -------------------------------------------------------------------------------------------------------------

_FOLDERS = word_set("folder folders directory directories subfolder subfolders")
# Files of these kinds are made, rendered or read somewhere else more often than they are missing.
_OFTEN_ELSEWHERE = (".js", ".jsx", ".ts", ".tsx", ".html", ".css", ".json", ".lock", ".md", ".rst", ".dvc", ".txt", ".csv", ".png")  # fmt: skip
_CODE = (".py", ".ipynb", ".yaml", ".yml", ".toml", ".sh", ".cfg", ".ini", "dockerfile", "makefile")


_LOCKS = frozenset(["poetry.lock", "uv.lock", "pdm.lock", "pixi.lock", "pipfile.lock"])
"""Files by whose very name a tool finds them, and which pin nothing unless they are committed."""
_LOCKING = word_set("pinned pins pin locked locks lock")


def there(name: str, said: str, place: Place, case: Case) -> Settled | None:
    """What to say of a file or folder that is said to be there."""
    about = _about(name)
    if place.lacking:
        return None  # an address, which is a link's
    if place.how == "absent" and _short_for_named(place.name, said, case):
        return None
    if place.how == "there":
        if not place.path:
            return None
        if place.path in (unread := broken(case.snapshot)):
            known, problem, line = unread[place.path]
            evidence = (known.cite(line), fact(problem + ".", known.path))
            return Settled("contradicted", f"{problem}.", evidence, f"The sentence relies on {place.path}, which cannot be read as it stands.", about)  # fmt: skip
        return Settled("supported", f"{place.path} is there.", (shown(place.path, case.snapshot),), about=about)
    if place.how == "unknown" or _watched(name, case):
        return None
    known_names = names(case.snapshot)
    if known_names.earlier:
        return Settled("contradicted", place.shows, (absence(f"no {place.name} at this commit"),), "", about)
    base = place.name.rsplit("/", 1)[-1]
    bare_generic = bool(GENERIC.fullmatch(base)) and "/" not in place.name
    marked = specific(place.name, said) or specific(name.strip("`"), said)
    locked = base.lower() in _LOCKS and f"`{base}`" in said and bool(words(said) & _LOCKING)
    gone = bool(place.was) and base.lower().endswith(_CODE)  # it was tracked once, and no run makes one
    named = locked or (gone and f"`{place.name}`" in said)
    if (bare_generic and not named) or (base.lower().endswith(_OFTEN_ELSEWHERE) and not (marked or locked)):
        return None
    says = f"The sentence names {place.name}"
    if place.rename:
        return Settled("contradicted", place.shows, place.evidence(case.snapshot), f"{says}; it was {place.rename}.", about, True, hint=f"The file is now called {place.rename.path}: write that.", moved=_moved(place, case))  # fmt: skip
    if place.near:
        other = place.near.path.rsplit("/", 1)[-1].lower()
        moved = other == base.lower()
        if not marked if moved else other in said.lower():
            return None  # a reader finds it; or both are named, and another one is meant
        lies = "lies at" if moved else "is called"
        return Settled("contradicted", place.shows, place.evidence(case.snapshot), f"{says}; the one that is there {lies} {place.near.path}.", about, True, hint=f"Write {place.near.path}.", moved=_moved(place, case))  # fmt: skip
    if at_run_time(said) and not (gone or base.endswith(".py")):
        return None
    if place.was:
        return Settled("contradicted", place.shows, place.evidence(case.snapshot), f"{says}; it is no longer in the repository.", about, True, hint=f"Take {place.name} out of the sentence, or put the file back.", gone=gone_with(place, case))  # fmt: skip
    code = "." in base or base.lower() in ("dockerfile", "makefile")
    bare = "/" not in name.strip("`")  # a word in code may be anything, unless it is called a folder
    if (
        not (marked or locked)
        or (elsewhere(said) and not of_the_host(place.name))
        or (not code and (f"`{name.strip('`')}`" not in said or (bare and not words(said) & _FOLDERS)))
    ):
        return None
    what = "file" if code else "folder"
    return Settled("contradicted", place.shows, place.evidence(case.snapshot), f"{says}; the repository has no such {what}, and never had one.", about, hint=f"Commit the {what}, or write the name that it has.")  # fmt: skip


def _moved(place: Place, case: Case) -> tuple[str, str]:
    """The folder that is gone and the one that is there instead, where a path only differs by these."""
    old, new = place.moved
    return (old, new) if old and old not in case.snapshot.folders and new in case.snapshot.folders else ("", "")


def gone_with(place: Place, case: Case) -> tuple[str, str]:
    """The outermost folder of a file that was removed, if that is gone as well, and the commit."""
    parts = place.was.split("/")[:-1] if place.sha and not place.path else []
    folders = ("/".join(parts[: n + 1]) for n in range(len(parts)))
    folder = next((f for f in folders if f not in case.snapshot.folders), "")
    return (folder, f"{place.sha} ({place.day})") if folder else ("", "")


def _watched(name: str, case: Case) -> bool:
    """Whether a workflow's path filter names it so: the sentence tells what starts the workflow, which is as written."""
    bare = name.strip("`").removeprefix("./")
    return any(bare in t.paths for w in pipelines(case.snapshot).workflows for t in w.triggers)


def _short_for_named(name: str, said: str, case: Case) -> bool:
    """Whether the answer names a file in full of whose name this is the end: where `--config=vertex_config.yaml` stands, "the
    config.yaml file" is that one."""
    question = answer_of(said, case)
    if question is None or "/" in name or not name:
        return False
    low = name.lower()
    named = (w.rsplit("/", 1)[-1].rstrip(".") for w in _PATHLIKE.findall(question.answer.lower()) if low in w)
    return any(w.endswith(low) and w[: -len(low)].endswith(("_", "-", ".")) for w in named)


_PATHLIKE = compile_later(r"[\w./-]+")


# -- links and images --------------------------------------------------------------------------------------------------


_ADDRESS = compile_later(r"[a-z]+://[^\s)>\]]+")


def _shows(claim: File, case: Case) -> Settled | None:
    what = "image" if claim.via == "image" else "link"
    if "://" not in claim.path and any(claim.path in address for address in _ADDRESS.findall(claim.quote)):
        return None  # the end of an address, which leads to a page of the host
    if claim.path.startswith("#"):
        return _anchor(claim, case)
    placed = case.placed(claim)
    place = target(case, claim.path, placed.line if placed else 1)
    about = f"{what}:{place.name or claim.path}"
    if claim.denied or claim.state != "there":
        return None
    if place.how != "there" and (made := _off_the_host(claim, place, case, about)):
        return made
    if place.how == "unknown" or (what == "link" and _is_where_it_was_made(place, case)):
        return None
    if place.how == "there":
        file = case.snapshot.files.get(place.path)
        if what == "image" and file is not None and case.snapshot.aside(file) == "template stub":
            evidence = (file.exists("the same content as the template's figure"),)
            return Settled("contradicted", f"{place.path} is the template's own example figure.", evidence, "The image shown is the template's example, not the group's own.", about)  # fmt: skip
        if place.path in broken(case.snapshot):
            return there(place.path, claim.quote, place, case)
        return Settled("supported", f"{place.path} is there.", (shown(place.path, case.snapshot),), about=about)
    if place.lacking:
        head = "The image does not show" if what == "image" else "The link leads nowhere"
        ref, default = place.lacking.page.ref, case.history.default_branch
        why = f"there is no {'tag' if place.lacking.page.tag else 'branch'} {ref}."
        return Settled("contradicted", place.shows, place.evidence(case.snapshot), f"{head}: {why}", f"{what}:{claim.path}", True, rule="link-broken", hint=f"Link to {place.lacking.near or default}.")  # fmt: skip
    thing = "folder" if place.path in case.snapshot.folders else "file"
    if place.rename:
        why = f"the {thing} was {place.rename}."
    elif place.near:
        why = f"the {thing} exists as {place.near.path}."
    else:
        why = "its address leads to no file of the repository."
    head = "The image does not show" if what == "image" else "The link leads nowhere"
    return Settled("contradicted", place.shows, place.evidence(case.snapshot), f"{head}: {why}", about, bool(place.path), moved=_moved(place, case), gone=gone_with(place, case))  # fmt: skip


_MARKS = "()[]<>{}\"'`“”‘’ "
_BARE_HOST = compile_later(
    r"(?i)www\.[\w-]+\.[a-z]{2,}|[\w-]{1,60}(?:\.[\w-]{1,60}){0,4}\.(?:com|org|io|app|dev|ai|net)(?:/|$)"
)


def _off_the_host(claim: File, place: Place, case: Case, about: str) -> Settled | None:
    """What is wrong with an address whose form says what was meant: marks that became part of it (`[a]((https://b.c))`), no `https://`
    before a host."""
    bare = claim.path.rpartition("](")[2].strip(_MARKS) if claim.path[:1] in _MARKS else ""
    placed = case.placed(claim)
    if placed is None:
        return None
    line = case.report.place(placed.line)[1]
    what = "image" if claim.via == "image" else "link"
    if bare and ("://" in bare or target(case, bare, placed.line).how == "there"):
        shows = f"The address of the {what} is `{claim.path}`, with its marks; a host takes that for a path in the repository."
        said = f"The {what} leads nowhere as it is written; {bare} without the marks around it is meant."
        return Settled("contradicted", shows, (case.quoted(placed),), said, about, True, hint=f"Write [...]({bare}) in line {line}.")  # fmt: skip
    if not case.profile.for_users or what != "link":
        return None
    if _BARE_HOST.match(claim.path):
        shows = f"The address of the link is `{claim.path}`; without `https://` a host takes it for a path in the repository."
        return Settled("contradicted", shows, (case.quoted(placed),), "The link leads nowhere: it lacks `https://`.", about, True, hint=f"Write https://{claim.path} in line {line}.")  # fmt: skip
    return None


def _is_where_it_was_made(place: Place, case: Case) -> bool:
    """Whether users may have what a link leads to although no commit does, since a tool makes it when they run it: the report of
    the coverage that the line above has them make."""
    if not case.profile.for_users or place.how == "there":
        return False
    if place.why == IGNORED and names(case.snapshot).ignored_by(f"{place.name}/"):
        return True
    return place.never and (by_a_tool(place.name) or "_build" in place.name.split("/"))


def _anchor(claim: File, case: Case) -> Settled | None:
    placed = case.placed(claim)
    page = case.snapshot.files.get(case.report.place(placed.line)[0] if placed else case.report.path)
    if page is None or page.why_skipped or claim.denied or not page.text.strip() or page.suffix in ("rst", "txt"):
        return None  # of other markup the places are not known
    known = page.once("anchors", lambda: anchors(page.text))
    if leads_to_anchor(claim.path, known, page.path):
        return None
    gone = absence(f"no heading of {page.path} gives the anchor {claim.path}")
    bare = claim.path.strip("#-").lower()
    near = next(
        (a for a in sorted(known) if bare and a.strip("-\ufe0f") == bare), ""
    )  # an emoji before it leaves its blank
    missing = f"{claim.path} (#{near} is there)" if near else claim.path
    return Settled("contradicted", f"{page.path} has no anchor {missing}.", (gone,), "The link leads to no place of the page.", f"link:{claim.path}", True, page=page.path, missing=missing)  # fmt: skip


# -- absent, removed, renamed ------------------------------------------------------------------------------------------


def _bare(claim: File) -> bool:
    """Whether the name alone does not say which of several is meant."""
    name = claim.path.strip("`/ ").lower()
    return "/" not in name and name in _TWICE


def _held(place: Place, case: Case) -> tuple[str, list[Tracked]]:
    """The one folder or file that a name means (from the root, or the only one), with the tracked files of it."""
    files = case.snapshot.files
    folder = names(case.snapshot).named_folder(place.name)
    if folder and folder not in files:
        return folder, [files[p] for p in sorted(dict.keys(files)) if p.startswith(folder + "/")]
    if len(place.paths) == 1 and place.path in files:
        return place.path, [files[place.path]]
    return "", []


def _still_there(claim: File, place: Place, case: Case) -> Settled | None:
    if place.how != "there" or place.why not in ("", LEFT_OUT) or _bare(claim):
        if place.how == "absent":
            return Settled("supported", place.shows, place.evidence(case.snapshot), about=_about(claim.path))
        return None
    path, held = _held(place, case)
    typed = place.name.lower()
    if not held or not (shortens(typed, path) or typed.endswith(path.lower())):
        return None
    if GENERIC.fullmatch(path.rsplit("/", 1)[-1]) and path.lower() != typed:
        return None  # one of several that a project may have
    if claim.state != "removed" and any(case.snapshot.aside(f) for f in held):
        return None  # the template's or the course's, of which a group says that it has none of its own
    real = [f for f in held if f.name.lower() not in _HOLDERS]
    if not real:
        return None  # a placeholder that was left is not worth a word
    stub = " (the template's own, unchanged)" if case.snapshot.aside(real[0]) == "template stub" else ""
    says = "was removed" if claim.state == "removed" else "is not in the repository"
    more = f"{path}/ holds {len(held)} tracked file{'s' * (len(held) > 1)}, {real[0].path} among them."
    has = f"{path} is tracked{stub}." if path == real[0].path else more
    evidence = tuple(f.exists(f"{f.path} is tracked{stub}") for f in real[:4])
    return Settled("contradicted", has, evidence, f"The sentence says that {place.name} {says}; it is there.", _about(claim.path), hint=f"Remove it (git rm -r {path}), or say that it is still there.")  # fmt: skip


def _renamed(claim: File, place: Place, case: Case) -> Settled | None:
    to = find(case, claim.to, said=claim.quote) if claim.to else None
    if place.rename and to is not None and to.path == place.rename.path:
        return Settled("supported", place.shows, place.evidence(case.snapshot), about=_about(claim.path))
    if to is None or to.how != "absent" or place.how != "there" or place.why or not specific(claim.to, claim.quote):
        return None
    evidence = (shown(place.path, case.snapshot), *to.evidence(case.snapshot))
    return Settled("contradicted", f"{place.path} is there, {to.name} is not.", evidence, f"The sentence says that {place.name} was renamed to {to.name}; it was not.", _about(claim.path))  # fmt: skip


# -- the template ------------------------------------------------------------------------------------------------------


def _against_template(claim: File, state: str, place: Place, case: Case) -> Settled | None:
    name = claim.path.strip("`/ ").removeprefix("./")
    if state == "added":
        if place.how == "absent":
            return there(claim.path, claim.quote, place, case)
        found = template(case.snapshot) if place.how == "there" and name.lower() not in _ANYBODYS else None
        brought = found.brought(name) if found else None
        if found is None or brought is None or (brought.name == ".gitkeep" and _own(place, case)):
            return None
        note = f"{brought.path} was added by commit {found.commit[:7]} of {found.date}, together with {len(found.files) - 1} other files, and its lines are the template's."
        shows = (f"Commit {found.commit[:7]} ({found.date}), which brought the project template, has {brought.path} from it.")  # fmt: skip
        return Settled("contradicted", shows, (fact(note, brought.path),), f"The sentence says that {name} was added; it came with the template.", f"template:{name.lower()}", True)  # fmt: skip
    known = [k for k in kept(case.snapshot) if k.path == name or k.path.endswith("/" + name)]
    if len(known) != 1:
        return None
    one = known[0]
    if (state == "changed") == (one.state != "untouched"):
        return None
    shows = f"{one.path} is as the template brought it." if state == "changed" else f"{one.path} was {one.state} on {one.since}." if one.since else f"{one.path} was {one.state}."  # fmt: skip
    path = one.path if one.path in case.snapshot.files else place.path
    evidence = (shown(path, case.snapshot),) if path else (fact(shows, one.path),)
    return Settled("contradicted", shows, evidence, f"The sentence says that {name} is {state}; it is not.", f"template:{name.lower()}", True)  # fmt: skip


def _own(place: Place, case: Case) -> list[Tracked]:
    """What a folder (or file) holds that is neither a placeholder nor as the template brought it."""
    held = _held(place, case)[1]
    return [f for f in held if f.name.lower() not in _HOLDERS and f.size > 1 and not case.snapshot.aside(f)]


def _content(claim: File, state: str, place: Place, case: Case) -> Settled | None:
    """`filled` and `empty`."""
    if claim.path.strip("`/ ").lower() in ("all", "every", "everything"):
        return _all_filled(claim, case) if state == "filled" and claim.every else None
    path, held = _held(place, case) if place.how == "there" and not place.why and not _bare(claim) else ("", [])
    own = _own(place, case) if held else []
    if not held or free(path) or any(path in f.lower for f in case.snapshot.files.values() if f.name == ".gitignore" and not f.why_skipped):  # fmt: skip
        return None
    if state == "empty" and own:
        shows = f"{path}/ holds {own[0].path}." if own[0].path != path else f"{path} has {own[0].size:,} bytes."
        evidence = tuple(f.exists(f"{f.path} is tracked") for f in own[:4])
        return Settled("contradicted", shows, evidence, f"The sentence says that {path} is empty; it holds {len(own)} file{'s' * (len(own) > 1)}.", _about(path))  # fmt: skip
    if state == "filled" and not own and all(f.suffix != "py" or not f.size or case.snapshot.aside(f) == "template stub" for f in held):  # fmt: skip
        shows = f"{path} holds only {', '.join(f.path for f in held[:4])}." if held[0].path != path else f"{path} is {'as the template brought it' if held[0].size else 'empty'}."  # fmt: skip
        evidence = tuple(f.exists(f"{f.path} is tracked") for f in held[:4])
        return Settled("contradicted", shows, evidence, f"The sentence says that {path} was filled out; it holds nothing of the group's own.", _about(path), True)  # fmt: skip
    return None


def _all_filled(claim: File, case: Case) -> Settled | None:
    left = [f for f in case.snapshot.files.values() if f.suffix == "py" and f.name not in ("__init__.py", "tasks.py") if not f.size or (f.size > 10 and case.snapshot.aside(f) == "template stub")]  # fmt: skip
    if not left:
        return None
    shows = f"{left[0].path} is {'empty' if not left[0].size else 'as the template brought it'}."
    note = fact("Empty, or as the template brought them: " + ", ".join(f.path for f in left[:10]), *(f.path for f in left[:10]))  # fmt: skip
    return Settled("contradicted", shows, (note,), "The sentence says that everything was filled out; this was not.", "structure:filled", True)  # fmt: skip


# -- where things lie --------------------------------------------------------------------------------------------------


@settles("location")
def location(claim: Location, case: Case) -> Settled | None:
    """Compares the folder with where the files of the class lie: contradicted if the folder is not there, if it holds none of
    them while another one does (of a class that names settle), or, where all are said to lie in it, if one lies elsewhere;
    documentation also if nothing in it is the group's own. Says nothing of data and models, which git need not hold, of
    classes that are not known by name, of untouched template files, and of folders of buckets and containers."""
    place = find(case, claim.folder, said=claim.quote)
    if claim.denied or claim.what == "unknown":
        return None
    if claim.what == "documentation" and place.how != "absent":
        said = claim.quote.lower()
        if made := hollow(any(w in said for w in ("mkdocstrings", "autodoc")), True, case):
            return made
    if place.how == "unknown":
        return None
    if place.how == "absent":
        return None if claim.what in ("data", "models") else there(claim.folder, claim.quote, place, case)
    found = [f.path for f in of_class(case.snapshot, claim.what)]
    if place.paths == ("",):
        below = [p for p in found if "/" not in p]
    else:
        below = [p for p in found if any(p == root or p.startswith(f"{root}/") for root in place.paths)]
    outside = [p for p in found if p not in set(below)]
    about = f"location:{claim.what}"
    if below and not (claim.every and claim.what in CLOSED and outside):
        shows = f"{below[0]} lies in {place.path or 'the repository'}."
        return Settled("supported", shows, (shown(below[0], case.snapshot),), about=about)
    if not outside or claim.what not in CLOSED or place.why:
        return None
    evidence = tuple(shown(p, case.snapshot) for p in outside[:4])
    more = f" and {len(outside) - 1} more" if len(outside) > 1 else ""
    where = place.path or "the root"
    says = f"all {claim.what} lie in {where}" if below else f"{claim.what} lie in {where}"
    return Settled("contradicted", f"{outside[0]}{more}: not in {where}.", evidence, f"The sentence says that {says}; these do not.", about, bool(below))  # fmt: skip


# -- what stands in a file ---------------------------------------------------------------------------------------------


@settles("defined_in")
def defined_in(claim: DefinedIn, case: Case) -> Settled | None:
    """Compares the identifier with what the file defines: contradicted if the file never mentions it while another own Python
    file defines a function or class of exactly that name, or if there is no such file. Says nothing where the file imports
    everything from elsewhere, cannot be read, or is not Python, and where nothing defines the name."""
    place = find(case, claim.path, said=claim.quote)
    name = claim.name.strip("`() ").rsplit(".", 1)[-1]
    if claim.denied:
        return None
    if place.how == "absent":
        return there(claim.path, claim.quote, place, case)
    file = file_of(place, case.snapshot)
    if file is None or not re.fullmatch(r"[A-Za-z_]\w*", name):
        return None
    about = f"defined:{name}"
    row = next((i for i, r in enumerate(file.lines, 1) if re.search(rf"\b{name}\b", r)), 0)
    if row:
        return Settled("supported", f"{file.path}:{row} has {name}.", (file.cite(row),), about=about)
    module = python(file) if file.suffix == "py" else None
    if module is None or "import *" in file.text or len(place.paths) > 1:
        return None
    elsewhere_defined = list(definitions(name, case.snapshot))
    if not elsewhere_defined or len(elsewhere_defined) > 3 or len(name) < 4:
        return None
    other, line = elsewhere_defined[0]
    missing = absence(f"{file.path} does not mention {name}")
    return Settled("contradicted", f"{other.path}:{line} defines {name}; {file.path} does not mention it.", (other.cite(line), missing), f"The sentence says that {name} is in {file.path}.", about, True)  # fmt: skip
