"""The one resolver of the names of files as people write them: there, absent, or unknown because.

A name is read from every place where it could stand: the repository, the project's root, the folder of a command, below a
package that is left out, behind the repository's own name or a container's root, as a module, a console script, or a tool's
own file under a short name. What is not there is absent only where nothing explains it: it may be made at run time, kept by
DVC, ignored by git, fetched or written by own code, lie in another repository, a container, a bucket or on somebody's
machine, stand for another name, or lie in what was not read.
"""

import difflib
import posixpath
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Literal
from urllib.parse import unquote

from auditor.facts.commands import declared_scripts, module_file
from auditor.facts.history import pull_requests
from auditor.facts.hosted import HostPage, NoRef, is_folder, no_ref, own_address, page_of
from auditor.facts.likeness import alike, cut, letters
from auditor.facts.names import GENERIC, Names, Near, Rename, names
from auditor.facts.placeholders import placeholder
from auditor.globs import matches
from auditor.holes import watching
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Place:
    """Where a name leads. `there`: `paths`, the likeliest first. `absent`: the file that may be meant (`near`, or `rename`),
    the path that once had this name and when it went (`was`, `sha`, `day`), the branch or tag of an address that is not there
    (`lacking`), else nothing ever had it. `unknown`: `why`."""

    how: Literal["there", "absent", "unknown"]
    name: str = ""
    paths: tuple[str, ...] = ()
    why: str = ""
    near: Near | None = None
    rename: Rename | None = None
    was: str = ""
    sha: str = ""
    day: str = ""
    lacking: NoRef | None = None

    @property
    def path(self) -> str:
        """The one path that a reader would open: where it is, or what may be meant."""
        if self.paths:
            return self.paths[0]
        return self.rename.path if self.rename else self.near.path if self.near else ""

    @property
    def moved(self) -> tuple[str, str]:
        """The folder that a path names and that is not there, and the one that has what lay below it; empty where the file or folder
        itself is called otherwise now, or lies beside where it is said to."""
        mine, theirs = self.name.strip("/").split("/"), self.path.split("/")
        same = 0
        while same < min(len(mine), len(theirs)) and mine[-1 - same] == theirs[-1 - same]:
            same += 1
        return ("/".join(mine[: len(mine) - same]), "/".join(theirs[: len(theirs) - same])) if same else ("", "")

    @property
    def never(self) -> bool:
        """Whether nothing explains the name: it never was, and nothing comes close."""
        return self.how == "absent" and not (
            self.rename or self.was or self.lacking or (self.near and self.near.how != "close")
        )

    @property
    def shows(self) -> str:
        """What the repository has instead, in one sentence."""
        if self.lacking:
            return self.lacking.said
        if self.rename:
            return f"{self.was or self.name} was {self.rename}."
        if self.near:
            return f"There is no {self.name}; {self.near.path} is there."
        if self.was:
            return f"{self.was} was removed on {self.day} (commit {self.sha})."
        return f"There is no {self.name.strip('/')} in the repository."

    def evidence(self, snapshot: Snapshot) -> tuple[Evidence, ...]:
        """What a person can open: the file that is there instead, the commit, and where it was looked for."""
        if self.lacking:
            return (_absence(f"no {'tag' if self.lacking.page.tag else 'branch or tag'} {self.lacking.page.ref}"),)
        total = len(dict.keys(snapshot.files))
        missing = _absence(f"no file or folder {self.name} among the {total} tracked files, from whichever folder")
        if not self.path:
            gone = (_fact(f"{self.was} was removed on {self.day}", f"commit {self.sha}"),) if self.was else ()
            return (missing, *gone)
        there = shown(self.path, snapshot)
        if self.rename:
            return (there, _fact(f"{self.was or self.name} was {self.rename}", f"commit {self.rename.commit}"))
        return (there, missing)


def _absence(note: str) -> Evidence:
    return Evidence(kind="absence", note=note)


def _fact(note: str, source: str) -> Evidence:
    return Evidence(kind="fact", note=note, sources=(source,))


def unknown(name: str, why: str) -> Place:
    """That nothing can be said of a name."""
    return Place("unknown", name, why=why)


def shown(path: str, snapshot: Snapshot) -> Evidence:
    """That a file, or a folder by a file in it, is there."""
    files = snapshot.files
    inside = path if path in files else next((p for p in sorted(dict.keys(files)) if p.startswith(f"{path}/")), "")
    return files[inside].exists(f"exists as {path}" if inside == path else f"lies in {path}")


def file_of(place: Place, snapshot: Snapshot) -> File | None:
    """The tracked file that a place is, if it is one and can be read."""
    file = snapshot.files.get(place.paths[0]) if place.paths else None
    return file if file is not None and not file.why_skipped else None


# -- whose name it is --------------------------------------------------------------------------------------------------


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as a set to look words up in."""
    return frozenset(text.split())


# A first part of a path that is where an image or a machine keeps the repository.
_ROOTS = frozenset(["repo", "root", "app", "code", "project", "workspace", "home", "."])
# Words beside a name that place it where this repository does not reach, as written and in small letters.
_OTHERS = word_set("course courses exercise exercises tutorial tutorials template cookiecutter lecture official upstream")  # fmt: skip
_ELSEWHERE = word_set(
    """bucket buckets container containers vm vms machine server hpc registry registries drive kaggle huggingface gs s3 artifact artifacts endpoint endpoints route routes url urls
    documentation"""
)
# ... and words that say that it comes about when something runs.
_MADE = word_set(
    "generate generates generated produce produces produced save saves saved saving store stores stored write writes written output outputs export exports exported "
    "download downloads downloaded upload uploads uploaded log logs logged dump dumps fetch fetches fetched creates render renders rendered"
)
_WORD = compile_later(r"[A-Za-z0-9]+")


@lru_cache(maxsize=256)
def words(text: str) -> frozenset[str]:
    """The words of a text outside its code spans, in small letters."""
    found = _WORD.findall(re.sub(r"`[^`]*`", " ", text.replace("cookie-cutter", "cookiecutter")))
    return frozenset(" ".join(found).lower().split())


def elsewhere(said: str) -> bool:
    """Whether words beside a name place it outside the repository."""
    return bool(words(said) & (_ELSEWHERE | _OTHERS))


def of_the_host(name: str) -> bool:
    """Whether a file is one that the host reads from the repository: it lies nowhere else, whatever it builds and deploys."""
    return name.lower().startswith((".github/workflows/", ".gitlab-ci.y"))


def at_run_time(said: str) -> bool:
    """Whether words beside a name say that it is made, kept or fetched when something runs."""
    return bool(words(said) & _MADE)


_LAST = compile_later(r"[/:]([\w.-]+)/([\w.-]+?)(?:\.git)?/?$")
_ADDRESS = compile_later(r"https?://[^\s)>\]\"]+")


Ours = tuple[frozenset[str], frozenset[str]]


# documents that every repository has: a link to one says nothing of whose it is
_COMMON = frozenset(
    [
        "readme",
        "license",
        "licence",
        "copying",
        "notice",
        "contributing",
        "code_of_conduct",
        "changelog",
        "changes",
        "history",
        "security",
        "citation",
        "authors",
        "model_card",
    ]
)


def _common(path: str) -> bool:
    return posixpath.basename(path).partition(".")[0].partition("-")[0].lower() in _COMMON


def ours(snapshot: Snapshot, told: Iterable[str] = ()) -> Ours:
    """The names and owners (small letters) that the group's repository goes by: the address it was cloned from (of a folder the name,
    and what its own files give), what links with a path that is here say (in `told`), the pull requests' owners."""
    known, owners = set(), {p.owner.lower() for p in pull_requests(snapshot.history) if p.owner}
    if address := own_address(snapshot):
        owners.add(address.partition("/")[0])
        known.add(address.partition("/")[2])
    if match := _LAST.search(snapshot.history.origin):
        known.add(match[2].lower())
        owners.update(() if is_folder(snapshot.history.origin) else (match[1].lower(),))
    for text in told:
        for address in _ADDRESS.findall(text) if "://" in text else ():
            page = page_of(address, snapshot.history)
            if page and _tracked(_plain(page.path), snapshot) and not _common(_plain(page.path)):
                known.add(page.name.lower())
                owners.add(page.owner.lower())
    return frozenset(known), frozenset(owners)


def _tracked(path: str, snapshot: Snapshot) -> bool:
    return path in snapshot.files or path in snapshot.folders


def _plain(target: str) -> str:
    return posixpath.normpath(unquote(target).replace("\\_", "_").replace("\\", "/").rstrip("/.,:;`*_-")).lstrip("/")


# -- names in sentences and commands -----------------------------------------------------------------------------------

_NAME = compile_later(r"(?:\.{1,2}/)*/?\.?\w[\w.@+-]*(?:/[\w.@+-]+)*/?")
# Folders that hold what git need not hold, or what a tool makes: that one is not there says nothing.
_FREE = compile_later(
    r"(?i)(^|/)\.?(data|datasets?|raw|processed|interim|external|outputs?|wandb|logs?|mlruns|lightning_logs|checkpoints?|results?|artifacts?|models?|weights|multirun|"
    r"tmp|temp|cache|site|dist|build|htmlcov|venv|env|node_modules|runs?|profiles?|profil\w+|keys?|secrets?|figures?|images?|references|trained_models|gcs|mnt|bucket)(/|$)"
)
_PICTURE = compile_later(r"(?i)\.(?:png|jpe?g|gif|svg|webp|bmp|avif|ico|tiff?|pdf)$")
_EXAMPLE = compile_later(r"(?i)(^|[/_.-])(foo|bar|baz|xxx*|your|my|some|name|filename|example|sample|dummy)([/_.-]|$)|\.\.\.|_\.\w+$|(^|/)_test\.py$")  # fmt: skip
_LIBRARIES = compile_later(r"(?i)(coverage|memory_profiler|manim|torch|numpy|spacy|pip|hydra|web|cherry|wandb|next|node|vue|react|chart|d3|three)\.(py|js)|[\w.]+\.(com|org|io|ai|net)")  # fmt: skip


SLIP = "a slip of the pen"
LEFT_OUT = "folders left out"
IGNORED = "ignored by git"


def free(name: str) -> bool:
    """Whether git need not hold a file or folder of this name: data, models, outputs, logs, keys."""
    return bool(_FREE.search(name.rstrip("/")))


_KEPT_AWAY = word_set("gcs gcp cloud remote remotes storage azure aws blob hub dvc minio sharepoint onedrive dropbox")


def _may_lack(plain: str, nowhere: bool) -> bool:
    """Whether git need not hold a file or folder of this name. Pointers of DVC are there to be committed; and what is said to lie in a
    folder of the code's (`dbt/models/`) is no output where there is not even that folder (`nowhere`)."""
    return free(plain) and not plain.lower().endswith(".dvc") and not nowhere


def _nowhere(known: Names, own: Ours, plain: str, typed: str, said: str) -> bool:
    """Whether a path begins with a folder of the project's own that the repository has nowhere: none of data or outputs, of a machine, an
    image or a store, nor the repository's own name."""
    first, _, rest = plain.lower().partition("/")
    if not rest or typed.startswith(("/", "..")) or not first.isidentifier() or words(said) & _KEPT_AWAY:
        return False
    return not (free(first) or first in known.folder_names or first in _ROOTS or first in own[0] or first in own[1])


def find(snapshot: Snapshot, own: Ours, name: str, *, strict: bool = False, folder: str = "", said: str = "") -> Place:
    """Where the name of a file or folder leads. `strict`: it has to work as typed (a command, a link); otherwise a reader
    forgives snapshot, ending and a slip of the pen. `folder`: where a command stands. `said`: the words around the name."""
    typed = name.strip().strip("`'\"").replace("\\_", "_").replace("\\", "/").strip()
    if page := page_of(typed, snapshot.history):
        return _page(snapshot, own, page, typed)
    if "://" in typed or typed.startswith(("~", "www.", "gs:", "s3:")) or re.match(r"[A-Za-z]:", typed):
        return unknown(name, "an address, or a path on a machine")
    known = names(snapshot)
    if typed.lower() in (".", "./", "/", "root", "root folder", "root directory"):
        return Place("there", ".", ("",))
    if 0 < typed.count("*") <= 4 and not placeholder(typed.replace("**", "*")):
        hits = tuple(p for p in dict.keys(snapshot.files) if matches(p, (typed, f"**/{typed.lstrip('./')}")))
        return Place("there", typed, hits[:20]) if hits else unknown(name, "a pattern")
    if (
        not _NAME.fullmatch(typed)
        or placeholder(typed)
        or _EXAMPLE.search(typed)
        or typed.lower() in ("unknown", "none")
    ):
        return known_earlier(known, typed) or unknown(name, "a placeholder, an example, or no path")
    plain = posixpath.normpath(typed)
    while plain.startswith("../"):
        plain = plain[3:]
    plain = plain.lstrip("/")
    if plain in ("", ".", ".."):
        return unknown(name, "the root")
    with watching() as watch:
        place = _found(known, snapshot, own, plain, typed, strict, folder)
        if place is None and known.earlier:
            return Place("absent", plain)
        if place is None:
            nowhere = not strict and _nowhere(known, own, plain, typed, said)
            place = _missing(known, plain, typed, strict, said, nowhere)
    if place.how == "absent" and watch:
        return unknown(plain, f"may lie in {watch.holes[0]}")
    return place


def known_earlier(known: Names, name: str) -> Place | None:
    """At an earlier commit, which is only asked whether it had what a later one lacks, what is not there is absent."""
    return Place("absent", name) if known.earlier else None


def _page(snapshot: Snapshot, own: Ours, page: HostPage, address: str) -> Place:
    """A page of a file on the host: this repository's where name or owner is, and only its default branch. What stands on a branch or
    tag that this copy does not have is absent where it would have it, else unknown."""
    path = _plain(page.path)
    if lacking := no_ref(snapshot, address):
        return Place("absent", path, lacking=lacking)
    if not page.known or page.tag or not page.path:
        return unknown(path, "another branch")
    if _tracked(path, snapshot):
        return Place("there", path, (path,))
    earlier = names(snapshot).earlier
    if page.ref not in {"main", "master", "HEAD", snapshot.history.default_branch} or re.search(r"[<>{}*]", path):
        return unknown(path, "another branch")
    if not earlier and page.name.lower() not in own[0]:
        return unknown(path, "another repository")
    return Place("absent", path) if earlier else find(snapshot, own, path, strict=True)


def _found(
    known: Names, snapshot: Snapshot, own: Ours, plain: str, typed: str, strict: bool, folder: str
) -> Place | None:
    if folder and (direct := known.read_from(typed, folder.strip("/"))):
        return Place("there", plain, (direct,))
    if works := known.works(plain):
        return Place("there", plain, works)
    first, _, rest = plain.partition("/")
    if rest and first.lower() not in known.folder_names:
        behind = _ROOTS | own[0]
        if (
            (first.lower() in behind or "/" in rest)
            and (works := known.works(rest))
            and (first.lower() in behind or rest in works)
        ):
            return Place("there", plain, works)
    if strict:
        return None
    if works := known.works(f"{plain}.py"):
        return Place("there", plain, works, why="without its ending")
    if "/" not in plain and (module := module_file(plain, known)):
        return Place("there", plain, (module,), why="a module")
    scripts = declared_scripts(snapshot) if re.fullmatch(r"[A-Za-z][\w-]*", plain) else ()
    if script := next((s for s in scripts if s.name == plain), None):
        return Place("there", plain, (script.found or script.path,), why="a console script")
    if short := known.short(plain):
        return Place("there", plain, (short,), why="a short name")
    if spelled := known.named_folder(plain):
        return Place("there", plain, (spelled,))
    base = plain.rsplit("/", 1)[-1]
    if (rename := known.renamed(plain)) and not rename.path.endswith("/" + plain):
        return Place("absent", plain, rename=rename, was=known.was(plain))
    near = known.near(plain) or (known.near(plain, folders=True) if typed.endswith("/") or "." not in base else None)
    if near and (near.slip or alike(plain, near.path)):
        return Place("there", plain, (near.path,), why=SLIP)
    if near and shortens(plain, near.path):
        return Place("there", plain, (near.path,), why=LEFT_OUT)
    return None


_MOST = 2000  # names that a missing one is compared with


def _missing(known: Names, plain: str, typed: str, strict: bool, said: str, nowhere: bool) -> Place:
    base = plain.rsplit("/", 1)[-1]
    is_folder = typed.endswith("/") or ("." not in base and base.lower() not in ("dockerfile", "makefile", "justfile"))
    if known.made(plain + "/" * is_folder) or known.made(f"src/{plain}"):
        return unknown(plain, "made at run time, ignored by git, or kept by DVC")
    if words(said) & _OTHERS:
        return unknown(plain, "told of another project")
    if not strict and (_LIBRARIES.fullmatch(base) or (_may_lack(plain, nowhere) and "." not in base)):
        return unknown(plain, "data, output, or a tool's name")
    if is_folder:
        near, rename, was = (known.near(plain, folders=True), known.moved_folder(plain) if "/" in plain else None, min((p for p in known.ever if f"/{plain}/" in f"/{p}"), default=""))  # fmt: skip
    else:
        meant = known.resolve(plain)
        if meant.how in ("unclear", "run time"):
            return unknown(plain, "made at run time, or written by own code")
        near, rename, was = meant.near, meant.rename, known.was(plain)
    if rename:
        return Place("absent", plain, rename=rename, was=was)
    away = elsewhere(said) and not of_the_host(plain)
    if near:
        return unknown(plain, "told of another place") if away else Place("absent", plain, near=near)
    if was:
        sha, day = known.removed(was)
        left = away and known.named_in_code(base)  # where code still names it, one like it may be made in another place
        return (Place("absent", plain, was=was, sha=sha, day=day) if sha and not left else unknown(plain, "on another branch"))  # fmt: skip
    if away or (not strict and _may_lack(plain, nowhere)):
        return unknown(plain, "told of another place, or what git need not hold")
    if not strict and not is_folder and (longer := _longer(known, base)):
        return Place("absent", plain, near=Near(longer, "close"))
    alone = "/" not in plain or (is_folder and not (nowhere and base.lower() not in known.folder_names))
    if not strict and alone and _part_of_another(known, base, is_folder):
        return unknown(plain, "part of the name of another, which may be meant")
    kin = [] if strict or is_folder else [b for b in known.by_name if cut(b)[1] == cut(base.lower())[1]]
    close = difflib.get_close_matches(base.lower(), kin[:_MOST], n=1, cutoff=0.8)
    return Place("absent", plain, near=Near(known.by_name[close[0]][0], "close") if close else None)


def _longer(known: Names, base: str) -> str:
    """The one file whose name has the same pieces, one of them longer (`make_dataset.py` for `make_data.py`)."""
    stem, ending = cut(base.lower())
    mine = stem.split("_")
    found = []
    for other, paths in known.by_name.items():
        theirs = cut(other)[0].split("_")
        same = len(theirs) == len(mine) > 1 and cut(other)[1] == ending and mine[0] == theirs[0]
        if same and all(t.startswith(m) and len(m) > 3 for m, t in zip(mine[1:], theirs[1:], strict=True)):
            found += paths
    return found[0] if len(found) == 1 else ""


def _part_of_another(known: Names, base: str, is_folder: bool) -> bool:
    """Whether a bare name is part of the name of a file of its kind (`config.yaml` where `train_config.yaml` is there), a folder's
    of the name of any file or folder."""
    stem, ending = cut(base.lower())
    plain = letters(stem)
    others = [cut(b) for b in (*known.by_name, *(known.folder_names if is_folder else ()))]
    return len(plain) > 2 and any((is_folder or e == ending) and plain in letters(s) for s, e in others)


def shortens(name: str, path: str) -> bool:
    """Whether a path only leaves out folders of the real one (`src/data.py` for `src/project/data.py`): it leads a reader to
    the file all the same."""
    parts = iter(path.lower().split("/"))
    return all(part in parts for part in name.lower().split("/"))


def specific(name: str, said: str) -> bool:
    """Whether a name is one file's on purpose: a path, or in a code span, and not what people call any such file."""
    base = name.rstrip("/").rsplit("/", 1)[-1]
    marked = f"`{name}`" in said.replace("\\_", "_") or ("/" in name.rstrip("/") and not any("." in p[1:] for p in name.split("/")[:-1]))  # fmt: skip
    return marked and not GENERIC.fullmatch(base)


# -- addresses ---------------------------------------------------------------------------------------------------------


def target(snapshot: Snapshot, own: Ours, page: str, address: str) -> Place:
    """Where the address of a link or image leads: from the report's folder, the repository's root, the root of the report's
    project; a page on the host if it is this repository's. Pages elsewhere, mail and placeholders are unknown."""
    if page_of(address, snapshot.history):
        return find(snapshot, own, address, strict=True)
    host = re.match(r"[\w-]+(?:\.[\w-]+)*\.[A-Za-z]{2,}/", address)  # `example.com/a`, which no folder is called
    if not address or re.match(r"[A-Za-z][\w+.-]*:|//|www\.", address) or host:
        return unknown(address, "an address")
    raw = unquote(re.split(r"[?#]", address)[0]).replace("\\_", "_").replace("\\", "/")
    known, start = names(snapshot), posixpath.dirname(page)
    tries: Iterable[str] = (posixpath.join(start, raw), raw.lstrip("/"), *(posixpath.join(root, raw.lstrip("/")) for root in known.roots(start)[1:]), raw.lstrip("./"))  # fmt: skip
    paths = [posixpath.normpath(p) for p in tries]
    with watching() as watch:
        there = next((p for p in paths if _tracked(p, snapshot)), "")
    if there:
        return Place("there", there, (there,))
    path = paths[1] if raw.startswith("/") else paths[0]
    if known.earlier:
        return Place("absent", path)
    if (
        watch
        or re.search(r"[<>{}*$|…]|\s|path[/_-]to\b", address.replace("%20", ""))
        or path.startswith("..")
        or (_EXAMPLE.search(path) and not _PICTURE.search(path))
    ):
        return unknown(path, "not read, or a placeholder")
    if "/" not in address and "." not in address:
        return unknown(path, "no path")
    folder = raw.endswith("/") or "." not in posixpath.basename(path)
    if known.ignored(path + "/" * folder):
        return unknown(path, IGNORED)
    rename = known.renamed(path) or (known.moved_folder(path) if folder else None)
    near = None if rename else _meant(known, path, folder)
    was = known.was(path)
    sha, day = known.removed(was) if was and not rename else ("", "")
    return Place("absent", path, near=near, rename=rename, was=was if rename or sha else "", sha=sha, day=day)


_TEXTS = frozenset(["", "md", "rst", "txt", "markdown"])


def _meant(known: Names, path: str, folder: bool) -> Near | None:
    """What an address that leads nowhere is meant for: what lies beside, with another ending, in another case or with a slip of the
    pen; else what moved by its name, which it alone has."""
    stem, ending = cut(posixpath.basename(path).lower())
    if ending in _TEXTS:
        for other in sorted(_TEXTS - {ending}):
            same = known.by_name.get(f"{stem}.{other}".rstrip("."), ())
            if beside := next((p for p in same if posixpath.dirname(p) == posixpath.dirname(path)), ""):
                return Near(beside, "ending")
    near = known.near(path)
    if near and known.moved_alone(path, near.path):
        return near
    near = known.near(path, folders=True) if folder else None
    return near if near and known.moved_alone(path, near.path, folders=True) else None
