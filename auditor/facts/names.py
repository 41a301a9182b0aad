"""What a name of a file means: one resolver for links, commands, configuration and prose.

A name alone says nothing of where one stands. It is read from the folder of what names it, from the project's root (the
nearest folder above with a project file) and from the repository's root; a command works where any folder of the commit
makes it work. What is not there may be made at run time, may have been renamed, may be a tool's own file under a short
name, or may be a slip of the pen for a file that is there.
"""

import contextlib
import difflib
import posixpath
import re
from collections.abc import Sequence
from dataclasses import field
from functools import cached_property

from auditor.facts import changes
from auditor.facts.ignored import by_a_tool, ignore_rule
from auditor.facts.likeness import closest, cut, keys_of, letters, of_one_kind, slip, tried_keys, without_its_form
from auditor.facts.placeholders import clear
from auditor.gitsnapshot import OpenSnapshot
from auditor.holes import unsure, watching
from auditor.lazy import compile_later, dataclass
from auditor.linear import Linear
from auditor.readers.yaml import yaml_documents
from auditor.repository import GitError, Unreadable
from auditor.snapshot import Snapshot

# A folder with one of them is the root of a project, wherever it lies in the repository.
PROJECT_FILES = frozenset(
    ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "environment.yaml", "environment.yml", "pipfile", "pixi.toml", "package.json"]
)  # fmt: skip


_FOLDERS = 20  # that once ended in a name, and are followed


@dataclass(frozen=True)
class Near:
    """A file that a wrong name may mean. `how` says what differs: `case`, `ending`, `spelling` (a slip of the pen), `form`
    (another form of the word: `trainer` for `train`), `folder`."""

    path: str
    how: str

    @property
    def slip(self) -> bool:
        """Whether a reader finds the file all the same."""
        return self.how in ("case", "ending", "spelling")


@dataclass(frozen=True)
class Rename:
    """Where a file went that once had another path: `path` is what it is called now."""

    path: str
    commit: str
    day: str

    def __str__(self) -> str:
        return f"renamed to {self.path} in {self.commit} ({self.day})"


@dataclass(frozen=True)
class Meant:
    """What a name means. `how`: `there`; `unclear` (a placeholder, a variable, a place outside the repository); `run time`
    (ignored, kept by DVC, written by a tool or by own code); `renamed`; `near`; `removed`; `nowhere`. `path` is the tracked
    file or folder, or the one that was there before."""

    how: str
    path: str = ""
    near: Near | None = None
    rename: Rename | None = None

    @property
    def missing(self) -> bool:
        """Whether something is named that is not there, and nothing explains it."""
        return self.how in ("renamed", "near", "removed", "nowhere")


# What people call a tool's own file (letters only) and how the file is really called.
_SHORT = {
    "precommit": r"\.pre-commit-config\.ya?ml",
    "precommitconfig": r"\.pre-commit-config\.ya?ml",
    "precommithook": r"\.pre-commit-config\.ya?ml",
    "dependabot": r"dependabot\.ya?ml",
    "dockercompose": r"(docker-)?compose[\w.-]*\.ya?ml",
    "compose": r"(docker-)?compose[\w.-]*\.ya?ml",
    "dockerignore": r"([\w.-]*\.)?\.?dockerignore",
    "gitignore": r"\.gitignore",
    "gcloudignore": r"\.gcloudignore",
    "coveragerc": r"\.coveragerc",
    "coverage": r"\.coveragerc",
    "codecov": r"\.?codecov\.ya?ml",
    "flake8": r"\.flake8",
    "pylintrc": r"\.?pylintrc",
    "editorconfig": r"\.editorconfig",
    "ruff": r"\.?ruff\.toml",
    "mypy": r"\.?mypy\.ini",
    "pytest": r"pytest\.ini",
    "mkdoc": r"mkdocs[\w.-]*\.ya?ml",
    "cloudbuild": r"[\w.-]*cloudbuild[\w.-]*\.(ya?ml|json)",
    "conda": r"(environment|conda)[\w.-]*\.ya?ml",
    "condaenvironment": r"(environment|conda)[\w.-]*\.ya?ml",
    "prometheu": r"prometheus[\w.-]*\.ya?ml",
    "devcontainer": r"\.?devcontainer\.json",
}

_NAMING = (
    "**/*.{py,sh,yaml,yml,toml,cfg,ini,ipynb,tf,mk,ps1,js,ts}",
    "**/*dockerfile*",
    "**/{makefile,justfile}",
)
_WRITES = compile_later(
    r"writ|sav(?:e|ing)|dump|out(?:put|file)|download|fetch|export|compile|freeze|generat|render|creat|copyfile|shutil|--from=|curl|wget|gsutil|"
    r"\bopen\(|(?<![-=])>(?!=)|\b(?:cp|mv|tee|touch|sed|envsubst|get|pull)\b|\becho\b(?!=)|(?<!\w)-o\b",
    re.IGNORECASE,
)
# Names that people use for a kind of file, whether they have one or not.
GENERIC = compile_later(
    r"(?i)(setup\.(py|cfg)|requirements(_dev|-dev|_tests?)?\.txt|environment\.ya?ml|(docker-)?compose\.ya?ml|dockerfile|makefile|readme\.md|conftest\.py"
    r"|__init__\.py|package(-lock)?\.json|pyproject\.toml|dvc\.(yaml|lock)|poetry\.lock|uv\.lock|tox\.ini|setup\.cfg|main\.py|app\.py|\.pre-commit-config\.yaml"
    r"|claude\.md|agents\.md|license\.txt|robots\.txt|index\.html|pixi\.(toml|lock)|openapi\.json|dependabot\.ya?ml|cookiecutter\.json)"
)


@dataclass
class Names:
    """Where files are, were, may be made at run time, and which name comes close to a wrong one."""

    snapshot: Snapshot
    _named: dict[str, bool] = field(default_factory=dict)
    _ignore: dict[str, list[tuple[Linear, bool, bool, int]]] = field(default_factory=dict)
    _ignoring: dict[tuple[str, bool], tuple[str, int] | None] = field(default_factory=dict)
    _close: dict[tuple[str, bool], Near | None] = field(default_factory=dict)
    _by_key: dict[bool, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def earlier(self) -> bool:
        """Whether this is an earlier commit, which is only asked whether what a later one lacks was there: there a missing
        file is missing, whatever else would make a reader hesitate."""
        return bool(self.snapshot.commit) and not isinstance(self.snapshot, OpenSnapshot)

    # -- what is there

    @cached_property
    def by_name(self) -> dict[str, list[str]]:
        """Paths by their last part in small letters."""
        found: dict[str, list[str]] = {}
        for path in dict.keys(
            self.snapshot.files
        ):  # no search: a name that is not found tells of the holes (`_unseen`)
            found.setdefault(path.rsplit("/", 1)[-1].lower(), []).append(path)
        return found

    def _unseen(self) -> None:
        """A name that is not there may lie in what is not in the commit: a submodule, a folder that is a link out."""
        unsure(*self.snapshot.elsewhere)

    @cached_property
    def folder_names(self) -> dict[str, list[str]]:
        """Folders by their last part in small letters."""
        found: dict[str, list[str]] = {}
        for path in sorted(self.snapshot.folders):
            found.setdefault(path.rsplit("/", 1)[-1].lower(), []).append(path)
        return found

    @cached_property
    def projects(self) -> tuple[str, ...]:
        """The folders with a project file, the repository's root first whether it has one or not."""
        found = {p.rpartition("/")[0] for name in PROJECT_FILES for p in self.by_name.get(name, ())}
        return ("", *sorted(found - {""}))

    def roots(self, start: str) -> tuple[str, ...]:
        """The folders from which a name that stands in the folder `start` may be read: that folder, the project's root (the
        nearest folder at or above it with a project file), the repository's root."""
        parts = start.split("/") if start else []
        above = ["/".join(parts[:n]) for n in range(len(parts), 0, -1)]
        project = next((folder for folder in above if folder in self.projects), "")
        return tuple(dict.fromkeys((start, project, "")))

    def read_from(self, name: str, start: str) -> str:
        """The tracked file or folder that a relative name means to a reader in the folder `start`; empty without one."""
        plain = name.replace("\\", "/")
        for root in self.roots(start):
            path = posixpath.normpath(posixpath.join(root, plain.lstrip("/")))
            if path in self.snapshot.files or path in self.snapshot.folders:
                return path
        return ""

    def works(self, name: str) -> tuple[str, ...]:
        """The tracked files and folders that a relative name leads to from some folder of the commit, the shortest first: where
        a command names one, there is a place from which it works."""
        plain = posixpath.normpath(name.replace("\\", "/").rstrip("/") or ".")
        while plain.startswith("../"):
            plain = plain[3:]
        if plain in (".", ".."):
            return ("",)
        base = plain.rsplit("/", 1)[-1].lower()
        known = (*self.by_name.get(base, ()), *self.folder_names.get(base, ()))
        found = [p for p in known if p == plain or p.endswith("/" + plain)]
        if not found and plain in self.snapshot.files:  # through a linked folder
            found = [plain]
        if not found:
            self._unseen()
        return tuple(sorted(found, key=lambda p: (len(p), p)))

    def has(self, name: str) -> bool:
        """Whether a file or folder has this path, or ends in it."""
        return self.file(name) != "" or self.folder(name) != ""

    def file(self, name: str) -> str:
        """The file that has this path or ends in it, the shortest first; empty without one."""
        if name in self.snapshot.files:
            return name
        ends = [p for p in self.by_name.get(name.rsplit("/", 1)[-1].lower(), ()) if p == name or p.endswith("/" + name)]
        if not ends:
            self._unseen()
        return min(ends, key=len, default="")

    def folder(self, name: str) -> str:
        """The folder that has this path or ends in it; empty without one."""
        name = name.rstrip("/")
        if name in self.snapshot.folders:
            return name
        ends = [p for p in self.folder_names.get(name.rsplit("/", 1)[-1].lower(), ()) if p.endswith("/" + name)]
        if not ends:
            self._unseen()
        return min(ends, key=len, default="")

    def named_folder(self, name: str) -> str:
        """The folder that a name in a sentence means, whatever its case: from the root of the repository or of a project in it; for
        a path, wherever it ends so, the package's own folder being often left out (`src/models` for `src/app/models`). Empty
        without one."""
        low = name.strip("/").lower()
        known = {f.lower(): f for f in sorted(self.snapshot.folders, reverse=True)}
        for root in self.projects:
            if found := known.get(f"{root}/{low}".lower().lstrip("/")):
                return found
        self._unseen()
        if "/" not in low:
            return ""
        ends = [f for f in known if f.endswith("/" + low)]
        if not ends and low.startswith("src/"):
            ends = [f for f in known if re.fullmatch(rf"src/[^/]+/{re.escape(low[4:])}", f)]
            ends = ends if len(ends) == 1 else []
        return known[min(ends, key=lambda f: (f.count("/"), f))] if ends else ""

    def short(self, name: str) -> str:
        """The tool's own file that a short name means: `pre-commit.yaml` is `.pre-commit-config.yaml`, `dependabot` is
        `.github/dependabot.yml`. Empty without one."""
        base = name.rsplit("/", 1)[-1].lstrip(".")
        stem = base if base.lower().endswith(("ignore", "rc")) else cut(base)[0]
        pattern = _SHORT.get(letters(stem))
        if not pattern:
            return ""
        fits = re.compile(pattern)
        found = [p for known, paths in self.by_name.items() if fits.fullmatch(known) for p in paths]
        return min(found, key=lambda p: (p.count("/"), len(p)), default="")

    # -- what was there

    @cached_property
    def ever(self) -> frozenset[str]:
        """Every path that any branch of this copy ever added."""
        if not isinstance(self.snapshot, OpenSnapshot):
            return frozenset(self.snapshot.files)
        try:
            out = self.snapshot.repository.raw(
                "log", "--all", "--no-renames", "--diff-filter=A", "--name-only", "--format=", "-z"
            )
        except GitError:
            return frozenset(self.snapshot.files)
        return frozenset(out.decode("utf-8", errors="replace").replace("\n", "\0").split("\0")) - {""}

    def was(self, name: str) -> str:
        """A path that once had this name and is no longer in the tree."""
        ends = [p for p in self.ever if p == name or p.endswith("/" + name)]
        return min(ends, key=lambda p: (len(p), p), default="")

    def removed(self, path: str) -> tuple[str, str]:
        """The commit (short) and day that took a file out of the audited line; empty if none did."""
        if not isinstance(self.snapshot, OpenSnapshot):
            return "", ""
        try:
            out = self.snapshot.repository.git(
                "log", "-1", "--no-renames", "--diff-filter=D", "--format=%h %cs", self.snapshot.commit, "--", path
            ).split()
        except GitError:
            return "", ""
        return (out[0], out[1]) if len(out) == 2 else ("", "")

    def renamed(self, name: str) -> Rename | None:
        """The file that has taken over from the one that once had this name (or ended in it), if history shows it moved and it is
        still there."""
        old = self.was(name)
        moved = self._moved(old) if old else None
        return moved if moved is not None and moved.path in self.snapshot.files else None

    def moved_folder(self, name: str) -> Rename | None:
        """Where a folder went that once had this path (or ended in it): with most of the files that were moved out of it, to one
        that is there."""
        low = f"/{name.strip('/')}/"
        olds = {f"/{p}".partition(low)[0] + low for p in self.ever if low in f"/{p}"}
        for old in sorted(olds, key=lambda p: (len(p), p))[:_FOLDERS]:
            if (moved := self._moved(old.strip("/"))) is not None:
                return moved
        return None

    def _moved(self, old: str) -> Rename | None:
        if not isinstance(self.snapshot, OpenSnapshot):
            return None
        with watching():  # that the name is not there is sure without the history, which only says why
            moved = changes.renamed(self.snapshot, old)
        if moved is None:
            return None
        return Rename(moved.path, moved.commit.sha[:7], f"{moved.commit.committed:%Y-%m-%d}")

    # -- what comes close

    def near(self, name: str, folders: bool = False) -> Near | None:
        """As `_near`, remembered."""
        if (name, folders) not in self._close:
            self._close[name, folders] = self._near(name, folders)
        return self._close[name, folders]

    def _likely(self, stem: str, folders: bool) -> set[str]:
        """The names whose stem may be the same but for a slip, the ending or the form of the word."""
        if folders not in self._by_key:
            keys: dict[str, list[str]] = {}
            for other in self.folder_names if folders else self.by_name:
                for key in keys_of(cut(other)[0]):
                    keys.setdefault(key, []).append(other)
            self._by_key[folders] = keys
        found: set[str] = set()
        for key in tried_keys(stem):
            known = self._by_key[folders].get(key, ())
            if len(known) <= _ALIKE:  # what so many share tells none of them
                found.update(known)
        return found

    def _near(self, name: str, folders: bool) -> Near | None:
        """The one file (or folder) that a wrong name plainly means: another case, ending, number or hyphen, a letter, or
        another folder. None where several could be meant alike."""
        index = self.folder_names if folders else self.by_name
        base = name.rsplit("/", 1)[-1]
        same = index.get(base.lower(), [])
        if same:
            exact = [p for p in same if p.rsplit("/", 1)[-1] == base]
            if not exact:
                tail = [p for p in same if p.lower() == name.lower() or p.lower().endswith("/" + name.lower())]
                return Near(min(tail or same, key=len), "case")
            likest = closest(name, exact)
            alike = difflib.SequenceMatcher(None, name.lower(), likest.lower()).ratio()
            return Near(likest, "folder") if alike >= (0.75 if GENERIC.fullmatch(base) else 0.55) else None
        stem, ending = cut(base)
        close: list[tuple[int, str, str]] = []
        for other in sorted(self._likely(stem, folders)):
            theirs, their_ending = cut(other)
            if theirs == stem.lower() and (
                of_one_kind(ending, their_ending) or (_PROJECT.match(stem) and ending and their_ending)
            ):
                rank, how = 0, "ending"
            elif (ending.lower() == their_ending or of_one_kind(ending, their_ending)) and letters(stem) == letters(
                theirs
            ):
                rank, how = 1, "spelling"
            elif ending.lower() == their_ending and slip(stem.lower(), theirs):
                rank, how = 2, "spelling"
            elif ending.lower() == their_ending and without_its_form(stem) == without_its_form(theirs):
                rank, how = 3, "form"
            else:
                continue
            close.append((rank, closest(name, index[other]), how))
        if not close:
            return None
        best = min(rank for rank, _, _ in close)
        found = [Near(path, how) for rank, path, how in close if rank == best]
        if len(found) > 1:
            folder = name.rsplit("/", 1)[0] if "/" in name else ""
            found = [n for n in found if folder and n.path.startswith(folder + "/")]
        return found[0] if len(found) == 1 else None

    def moved_alone(self, name: str, path: str, folders: bool = False) -> bool:
        """Whether a path that comes close to a name is the very thing: it lies in the folder that the name says; or it is the only one
        of its name, and one of the two lies in a folder that the other has as well, or in none."""
        here, there = (posixpath.dirname(p).lower() for p in (name, path))
        if here == there:
            return True
        index = self.folder_names if folders else self.by_name
        if len(index.get(posixpath.basename(path).lower(), ())) > 1:
            return False
        mine, theirs = here.split("/"), there.split("/")
        return not here or not there or mine[-1] in theirs or theirs[-1] in mine

    # -- what is made at run time

    def _rules(self, folder: str) -> list[tuple[Linear, bool, bool, int]]:
        """The rules of the .gitignore in a folder, the last one first: patterns, whether for folders only, whether what fits
        is taken back, and their lines."""
        if folder not in self._ignore:
            file = self.snapshot.files.get(f"{folder}.gitignore")
            rows: Sequence[str] = ()
            with contextlib.suppress(Unreadable):
                rows = file.lines if file is not None else ()
            found = [(*rule, line) for line, row in enumerate(rows, 1) if (rule := ignore_rule(row))]
            self._ignore[folder] = found[::-1]
        return self._ignore[folder]

    def ignored(self, path: str) -> bool:
        """Whether git would ignore a file of this path, or a folder of it: a name alone is tried at the root."""
        return self.ignored_by(path) is not None

    def ignored_by(self, path: str) -> tuple[str, int] | None:
        """The .gitignore and its line by which git would ignore a file of this path, or a folder (`path/`)."""
        parts = path.strip("/").split("/")
        for n in range(1, len(parts) + 1):
            piece = "/".join(parts[:n]), n < len(parts) or path.endswith("/")
            if piece not in self._ignoring:
                self._ignoring[piece] = self._rule_for(*piece)
            if by := self._ignoring[piece]:
                return by
        return None

    def _rule_for(self, piece: str, is_folder: bool) -> tuple[str, int] | None:
        """The last rule that fits a file or folder itself, of the nearest folder that has one, unless that takes it back."""
        end = len(piece)
        while end >= 0:
            end = piece.rfind("/", 0, end)
            folder, below = piece[: end + 1], piece[end + 1 :]
            for pattern, only_folders, negated, line in self._rules(folder):
                if (is_folder or not only_folders) and pattern.fits(below):
                    return None if negated else (f"{folder}.gitignore", line)
        return None

    @cached_property
    def versioned(self) -> frozenset[str]:
        """What DVC keeps: the files and folders of `.dvc` files and of the outputs of `dvc.yaml`."""
        found = set()
        for path, file in dict.items(self.snapshot.files):
            if path.endswith(".dvc") and file.name != ".dvc":
                found.add(path.removesuffix(".dvc"))
            elif file.name in ("dvc.yaml", "dvc.lock") or path.endswith(".dvc"):
                try:
                    documents = yaml_documents(file)
                except Unreadable:
                    continue
                for root in documents:
                    for key, node in root.walk():
                        if node.kind == "text" and {"outs", "path", "plots", "metrics"} & set(key):
                            found.add(posixpath.normpath(posixpath.join(file.folder, node.text)))
        return frozenset(found)

    def made(self, path: str) -> bool:
        """Whether such a file would be made, fetched or kept out of git, seen from the root of the repository or of a project
        in it: ignored, below what DVC keeps, or what a tool always writes."""
        path = path.removeprefix("./")
        if by_a_tool(path):
            return True
        return any(self._made(f"{root}/{path}" if root else path) for root in self.projects)

    def _made(self, path: str) -> bool:
        parts = path.strip("/").split("/")
        below = any("/".join(parts[:n]) in self.versioned for n in range(1, len(parts) + 1))
        named = len(parts) == 1 and any(
            kept.endswith(f"/{parts[0]}") for kept in self.versioned
        )  # by its last part alone
        return below or named or self.ignored(path)

    def named_in_code(self, base: str) -> bool:
        """Whether own code, configuration or CI names a file so: it may be written, fetched or rendered there."""
        if base not in self._named:
            naming = self.snapshot.select((*_NAMING, "!reports/**"), mentions=(base,))
            whole = re.compile(rf"(?<![a-z]){re.escape(base)}", re.IGNORECASE)  # `docs.yaml` is not in `mkdocs.yaml`
            self._named[base] = any(whole.search(f.text) for f in naming)
        return self._named[base]

    def made_by_code(self, name: str) -> bool:
        """Whether own code names a file so and may write, fetch or render it. What the audited line of history once held and
        no line writes is a name left over."""
        base = name.rsplit("/", 1)[-1]
        if not self.named_in_code(base):
            return False
        was = self.was(name)
        return not (was and self.removed(was)[0]) or self.written(base)

    def written(self, base: str) -> bool:
        """Whether a line that names a file, or the one before it, seems to write it."""
        for file in self.snapshot.select((*_NAMING, "!reports/**"), mentions=(base,)):
            rows = file.lines
            for i, row in enumerate(rows):
                if base in row and any(_WRITES.search(r.replace(base, "")) for r in rows[max(0, i - 1) : i + 1]):
                    return True
        return False

    # -- all of it

    def resolve(self, name: str, in_code: bool = False) -> Meant:
        """What a name in a command or link means, from whichever folder of the commit makes it work. `in_code`: the name stands
        in the repository's own code, so that its being named there is no sign that something makes it."""
        made_by_code = (lambda n: self.written(n.rsplit("/", 1)[-1])) if in_code else self.made_by_code
        if not clear(name):
            return Meant("unclear")
        plain = posixpath.normpath(name.replace("\\", "/"))
        if there := self.works(plain):
            return Meant("there", there[0])
        while plain.startswith("../"):
            plain = plain[3:]
        if self.made(plain):
            return Meant("run time")
        if rename := self.renamed(plain):
            return Meant("renamed", rename.path, rename=rename)
        near = self.near(plain)
        if near and (near.how in ("folder", "case") or not made_by_code(plain)):
            return Meant("near", near.path, near)
        if made_by_code(plain):
            return Meant("run time")
        was = self.was(plain)
        return Meant("removed", was) if was and self.removed(was)[0] else Meant("nowhere", was)


def names(snapshot: Snapshot) -> Names:
    """The resolver of a commit."""
    return snapshot.once("facts.names", lambda: Names(snapshot))


_PROJECT = compile_later(
    r"(?i)(pyproject|requirements\w*|mkdocs|cloudbuild|docker-compose)$"
)  # stems that have one ending

_ALIKE = 200  # names that share a piece
