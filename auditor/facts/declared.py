"""Which packages a commit declares and locks: known by who refers to a list, not by what the list is called.

The search starts from the files that tools read by name, from what is a conda environment by its content, and from the
commands of images, workflows and scripts (a notebook's are an experiment). From there it follows every reference. A file that only constrains is no
declaration. Where something could not be read or followed, `Declared.unread` says so: then no package is in no list.
"""

import posixpath
import re
from collections.abc import Callable, Iterable
from functools import cached_property, partial
from itertools import islice

from auditor.facts import lists
from auditor.facts.installs import INSTALLED_IN, defaults, in_image, installs, may_install
from auditor.facts.lists import How, Listing, Package, Reference, requirement
from auditor.facts.setup_script import setup_py
from auditor.globs import matches
from auditor.holes import Hole, unsure, watching
from auditor.lazy import compile_later, dataclass
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File, Files

REQUIREMENT_LISTS = (
    "**/*requirements*.txt",
    "**/*requirements*.in",
    "**/requirements/*.txt",
    "**/requirements/*.in",
)
CONDA_LISTS = ("**/environment*.y*ml", "**/*env*.y*ml", "**/conda*.y*ml")
DECLARATIONS = (
    *REQUIREMENT_LISTS,
    "**/pyproject.toml",
    "**/setup.py",
    "**/setup.cfg",
    "**/pipfile",
    *CONDA_LISTS,
    "**/pixi.toml",
)
LOCKS = (
    "**/uv.lock",
    "**/poetry.lock",
    "**/pdm.lock",
    "**/pipfile.lock",
    "**/pixi.lock",
    "**/{,*.}conda-lock.y*ml",
    "**/conda-*.lock",
    "**/pylock*.toml",
)
_SCRIPTS = ("**/*.sh", "**/*.bash", "**/makefile", "**/*.mk", "**/justfile", "**/*cloudbuild*.y*ml", "**/taskfile.y*ml")
_TOLD = ("**/readme*", "**/docs/**/*.md", "**/*install*.md", "**/contributing*", "**/*setup*.md")


@dataclass(frozen=True)
class Declared:
    """What a commit declares. `packages` by path and line; `references` with the path that each leads to (empty: nowhere);
    `unread` is what could hold more declarations and was not read or followed."""

    packages: tuple[Package, ...]
    references: tuple[tuple[Reference, str], ...]
    unread: tuple[Hole, ...]
    lists: frozenset[str]  # the paths of all lists, also of those that list nothing

    @cached_property
    def by_path(self) -> dict[str, tuple[Package, ...]]:
        """What each list declares and each image installs; constraints and other scripts left out."""
        found: dict[str, list[Package]] = {}
        for package in self.packages:
            if package.how in ("listed", "image"):
                found.setdefault(package.path, []).append(package)
        return {path: tuple(packages) for path, packages in found.items()}

    @cached_property
    def names(self) -> frozenset[str]:
        """All that is asked for anywhere, by lists, images and scripts; a constraint asks for nothing."""
        return frozenset(p.name for p in self.packages if p.how != "constraint")

    @cached_property
    def _from(self) -> dict[str, list[tuple[Reference, str]]]:
        found: dict[str, list[tuple[Reference, str]]] = {}
        for reference, to in self.references:
            found.setdefault(reference.path, []).append((reference, to))
        return found

    @cached_property
    def _to(self) -> dict[str, list[Reference]]:
        found: dict[str, list[Reference]] = {}
        for reference, to in self.references:
            if to != reference.path:
                found.setdefault(to, []).append(reference)
        return found

    def referrer(self, path: str) -> Reference | None:
        """Who takes packages from this file."""
        return min(self._to.get(path, ()), key=lambda r: (r.told, r.loose), default=None)

    def _reach(self, path: str, follow: Callable[[Reference], bool]) -> tuple[str, ...]:
        found = {path: None}
        todo = [path]
        for one in todo:
            for reference, to in self._from.get(one, ()):
                if to and to not in found and follow(reference):
                    found[to] = None
                    todo.append(to)
        return tuple(todo)

    def reach(self, path: str) -> tuple[str, ...]:
        """The list and all that it takes packages from."""
        return self._reach(path, lambda r: r.kind != "constraints")

    def constraints(self, paths: Iterable[str]) -> tuple[Package, ...]:
        """What the constraints say that these lists name."""
        files = {to for path in paths for r, to in self._from.get(path, ()) if r.kind == "constraints"}
        return tuple(p for p in self.packages if p.path in files)

    def filled(self, path: str) -> tuple[Package, ...]:
        """What a list declares, itself or in the lists that fill it in (and not only those that its tools install)."""
        reach = self._reach(path, lambda r: r.kind == "requirements" and r.how == "listed" and not r.loose)
        return tuple(p for one in reach for p in self.by_path.get(one, ()) if p.how == "listed")

    def missing(self, path: str) -> tuple[Reference, ...]:
        """The references of a file that lead nowhere in the commit."""
        return tuple(r for r, to in self._from.get(path, ()) if not to)


def declarations(files: Files) -> Declared:
    """What the whole commit declares, whatever was selected. Says nothing to the search that is going on: who concludes
    from it that something is in no list passes `unread` on."""
    with watching():
        return files.once("declared", lambda: _Search(files).run())


def locked(files: Iterable[File]) -> tuple[Package, ...]:
    """What lock files hold, with exact versions."""
    found: list[Package] = []
    for file in files:
        if matches(file.path, LOCKS) and readable(file):
            found += file.once("locked", partial(_locked, file))
    return tuple(found)


# -- locks -------------------------------------------------------------------------------------------------------------

_ENTRY = compile_later(r'^\[\[packages?\]\]\s*\nname = "([^"]+)"(?:\nversion = "([^"]+)")?', re.MULTILINE)


def _locked(file: File) -> list[Package]:
    name = file.name.lower()
    found = Listing(file)
    if name in ("uv.lock", "poetry.lock", "pdm.lock") or file.suffix == "toml":
        line, at = 1, 0
        for entry in _ENTRY.finditer(file.text):
            line, at = line + file.text.count("\n", at, entry.start()), entry.start()
            found.add(entry[1], entry[2] or "", line + 1, how="locked")
        if not found.packages:
            toml(file)  # says what is wrong with it
    elif name == "pipfile.lock":
        for group, (_, table) in yaml_root(file).entries.items():
            for key, (line, value) in table.entries.items() if group != "_meta" else ():
                found.add(key, value["version"].text, line, group, how="locked")
    elif "@EXPLICIT" in file.text:
        return lists.requirements(file).packages
    else:  # conda-lock and pixi list packages as items of a shape that their versions change: a name, or a file's address
        for i, row in enumerate(file.lines, 1):
            key, _, text = row.strip().removeprefix("- ").lstrip().partition(":")
            base = text.strip().strip("\"'").rsplit("/", 1)[-1]
            if key == "name" and requirement(base):
                found.add(base, "", i, how="locked")
            elif key in ("conda", "pypi") and "-" in base and "/" in text:
                parts = base.rsplit("-", 2) if key == "conda" else _archive_parts(base)
                found.add(parts[0], parts[1], i, how="locked")
        if not found.packages:
            yaml_root(file)
    return found.packages


def _archive_parts(base: str) -> list[str]:
    """Name and version of a wheel or a source archive."""
    if base.endswith(".whl"):
        return base.split("-")[:2]
    name, _, version = base.rpartition("-")
    return [name or base, version.removesuffix(".zip").removesuffix(".tar.gz")]


# -- the search --------------------------------------------------------------------------------------------------------

_READERS: dict[str, Callable[[File], Listing]] = {
    "pyproject.toml": lists.pyproject,
    "setup.py": setup_py,
    "setup.cfg": lists.setup_cfg,
    "pipfile": lists.pipfile,
    "pixi.toml": lists.pixi,
    "tox.ini": lists.tox_ini,
}
# Keys under which tools name a list (BentoML, Cog, Read the Docs, MLflow, actions that set up conda).
_KEYED = compile_later(
    r"""^[ \t]*(?:-[ \t]+)?["']?(?:requirements(?:[-_](?:txt|file))?|python_requirements|environment(?:-file)?|conda[-_](?:env|file))["']?[ \t]*[:=][ \t]*["']?([\w./-]+\.(?:txt|in|ya?ml))\b""",
    re.MULTILINE,
)
_GONE = "which is not in the repository"
_MADE = r"(?:>|-o|--output-file[= ]|--output[= ])\s*(?:\S{{0,80}}/)?{}\b"


class _Search:
    """Reads lists and follows what they refer to, each file once."""

    def __init__(self, files: Files) -> None:
        self.paths = files.paths
        self.aside = files.aside
        self.listings: dict[str, Listing] = {}
        self.references: list[tuple[Reference, str]] = []
        self.lists: set[str] = set()
        self.by_name: dict[str, list[str]] | None = None
        self.queue: list[Listing] = []

    def run(self) -> Declared:
        with watching() as watch:
            for file in self.paths.values():
                if self.aside(file.path) in ("", "template stub") and not matches(file.path, LOCKS):
                    self._start(file)
            for listing in self.queue:  # grows while it is gone through
                self._follow(listing)
            packages = self._packages()
        unread = tuple(h for h in watch.holes if not self._set_aside(h))
        return Declared(packages, tuple(self.references), unread, frozenset(self.lists))

    def _set_aside(self, hole: Hole) -> bool:
        """Whether a hole is where nobody declares anything: in what is set aside, or in a workflow that GitHub would refuse
        (it installs nothing)."""
        if matches(hole.path, WORKFLOWS) and hole.path in self.paths and not self.paths[hole.path].why_skipped:
            return hole.line == 0
        if self.aside(hole.path) not in ("", "template stub"):
            return True
        folder = posixpath.dirname(hole.path)
        beside = [p for p in self.paths if p.startswith(folder + "/") and p != hole.path] if folder else []
        return bool(beside) and all(self.aside(p) not in ("", "template stub") for p in beside)

    def _start(self, file: File) -> None:
        name = file.name.lower()
        if (read := _READERS.get(name)) is not None:
            if readable(file):
                self._read(file, "list", read)
                if name in ("pyproject.toml", "pixi.toml") and "install" in file.text:
                    self._read(file, "commands", partial(installs, how="script"))
        elif matches(file.path, REQUIREMENT_LISTS):
            if readable(file):
                self._read(file, "list", lists.requirements)
        elif matches(file.path, CONDA_LISTS):
            if readable(file):
                self._read(file, "list", lists.conda)
        elif matches(file.path, (*INSTALLED_IN, *WORKFLOWS, *_SCRIPTS)):
            if readable(file) and may_install(file):
                how: How = "image" if matches(file.path, INSTALLED_IN) else "script"
                self._read(file, "commands", partial(installs, how=how))
            if not file.why_skipped and file.suffix in ("yml", "yaml"):
                self._keyed(file)
        elif file.suffix in ("py", "yml", "yaml") or name == "mlproject" or matches(file.path, _TOLD):
            # anything may list or install; what is larger than a text is data
            if file.why_skipped.startswith("larger") or not readable(file):
                return
            if file.suffix == "py":
                if "# /// script" in file.text:
                    self._read(file, "block", lists.inline)
                if "install" in file.text and may_install(file):
                    self._read(file, "commands", partial(installs, how="script"))
            elif matches(file.path, _TOLD):
                if "install" in file.text or "env create" in file.text:
                    self._read(file, "commands", partial(installs, how="script", told=True))
            else:
                self._other(file)

    def _other(self, file: File) -> None:
        """A YAML file of no known name."""
        text = file.text
        if "dependencies:" in text and re.search(r"(?m)^dependencies:", text) and lists.is_conda(yaml_root(file)):
            self._read(file, "list", lists.conda)
            return
        self._keyed(file)
        if file.name.lower() in ("bentofile.yaml", "bentofile.yml", "cog.yaml"):
            self._read(file, "commands", partial(installs, how="image"))

    def _keyed(self, file: File) -> None:
        text = file.text
        if "requirements" not in text and "environment" not in text and "conda" not in text:
            return
        listing = Listing(file)
        for match in islice(_KEYED.finditer(text), 100):
            kind: lists.Kind = "conda" if match[1].endswith("ml") else "requirements"
            listing.refer(match[1], text.count("\n", 0, match.start(1)) + 1, kind, loose=True, told=True)
        self.queue.append(listing)

    def _read(self, file: File, what: str, read: Callable[[File], Listing]) -> None:
        listing = file.once(f"declared-{what}", lambda: read(file))
        if what == "list":
            self.lists.add(file.path)
        self.listings[f"{file.path}\0{what}"] = listing
        self.queue.append(listing)

    # -- references

    def _follow(self, listing: Listing) -> None:
        for reference in listing.references:
            if reference.kind == "script":  # dynamic dependencies: the build backend's own files
                folder = posixpath.dirname(reference.path)
                if not any(posixpath.join(folder, n) in self.paths for n in ("setup.py", "setup.cfg")):
                    unsure(Hole(reference.path, "dynamic dependencies that nothing readable fills in", reference.line))
                continue
            path, why = self._target(listing.file, reference)
            if not path and (not why or reference.told):
                continue
            if why.endswith(_GONE) and reference.loose and not matches(reference.path, (*INSTALLED_IN, *WORKFLOWS)):
                continue  # a task that nobody has run since
            if path or why.endswith(_GONE):
                self.references.append((reference, path))
            if not path:
                unsure(Hole(reference.path, why, reference.line))
                continue
            target = self.paths[path]
            if f"{path}\0list" in self.listings:
                continue
            if (not reference.loose or self.aside(path) in ("", "template stub")) and readable(target):
                conda = reference.kind == "conda" and target.suffix in ("yml", "yaml")
                self._read(
                    target, "list", _READERS.get(target.name.lower(), lists.conda if conda else lists.requirements)
                )

    def _target(self, file: File, reference: Reference) -> tuple[str, str]:
        """The path that a reference leads to, or why it leads nowhere; neither where the file itself makes the list."""
        target = reference.target.strip("\"'").replace("\\", "/")
        if re.match(r"[a-z+]+://", target):
            return "", f"takes requirements from the address {target[:80]}"
        image = in_image(file) if reference.loose else {}
        for name, value in (defaults(file) if "$" in target else {}).items():
            target = target.replace(f"${{{name}}}", value).replace(f"${name}", value)
        if re.search(r"[${}*`]", target):
            return "", f"takes requirements from `{reference.target[:80]}`, a name that is computed"
        base = posixpath.basename(target)
        if not reference.loose:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(file.path), target))
            return (path, "") if path in self.paths else ("", f"refers to {path}, {_GONE}")
        candidates: list[str] = []
        for written in (image.get(base, ""), target):
            if written:
                written = written.lstrip("/") if written.startswith("/") else written
                folder = file.folder
                while True:
                    candidates.append(posixpath.normpath(posixpath.join(folder, written)))
                    if not folder:
                        break
                    folder = posixpath.dirname(folder)
        for path in candidates:
            if path in self.paths:
                return path, ""
        if same := self._named(base, target):
            return same, ""
        if re.search(_MADE.format(re.escape(base)), file.text):
            return "", ""
        return "", f"installs from {target}, {_GONE}"

    def _named(self, base: str, target: str) -> str:
        """The one tracked file that a command in an unknown folder can mean."""
        if self.by_name is None:
            self.by_name = {}
            for path in self.paths:
                self.by_name.setdefault(posixpath.basename(path), []).append(path)
        same = [p for p in self.by_name.get(base, []) if self.aside(p) in ("", "template stub")]
        ends = [p for p in same if p.endswith("/" + target.lstrip("./"))] or same
        return ends[0] if len(ends) == 1 else ""

    # -- what came of it

    def _packages(self) -> tuple[Package, ...]:
        constraints = self._constraints()
        found: dict[Package, None] = {}
        for listing in self.listings.values():
            for package in listing.packages:
                if package.path in constraints:
                    package = Package(package.name, package.spec, package.path, package.line, how="constraint")
                found[package] = None
        return tuple(sorted(found, key=lambda p: p.path))

    def _constraints(self) -> frozenset[str]:
        """The files that only constrain: nothing but constraints refers to them, or `constraints` is their name."""
        only: set[str] = {p for p in self.lists if re.match(r"constraints?\b", posixpath.basename(p).lower())}
        incoming: dict[str, list[Reference]] = {}
        for reference, to in self.references:
            if to:
                incoming.setdefault(to, []).append(reference)
        for _ in range(8):
            more = {path for path, by in incoming.items() if all(r.kind == "constraints" or r.path in only for r in by)}
            asked = {p for p, by in incoming.items() if any(r.kind != "constraints" and r.path not in only for r in by)}
            if (only | more) - asked == only:
                break
            only = (only | more) - asked
        return frozenset(only)
