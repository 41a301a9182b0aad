"""What one file lists as dependencies, and which other files it takes more of them from.

Each reader follows the tool that reads the file in earnest: pip's requirement files, the tables of pyproject.toml, a
conda environment, a Pipfile, setup.cfg, a script's own block. What a reader cannot make out leaves a hole.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import Any, Literal

from auditor import ini, limits
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.readers.shell import words_of
from auditor.readers.toml import toml
from auditor.readers.yaml import Node, yaml_root
from auditor.shapes import Table, below, rows_of, table_of, texts_of
from auditor.snapshot import File

How = Literal["listed", "image", "script", "constraint", "locked"]
Kind = Literal["requirements", "constraints", "conda", "script"]


@dataclass(frozen=True)
class Package:
    """A package that the project asks for: its normalised name, the version part as written, where it stands, and its group
    or extra. `how`: in a list of dependencies, by an image that installs it, by another script, only as a constraint on
    others, or in a lock. `table`: the tool whose table names it. `marker`: the condition under which it is asked for."""

    name: str
    spec: str
    path: str
    line: int
    group: str = ""
    how: How = "listed"
    table: str = ""
    marker: str = ""

    @property
    def pinned(self) -> bool:
        """Whether one exact version is asked for (`==`, a conda `=`, an address)."""
        return self.spec.startswith(("=", "@")) and "*" not in self.spec


@dataclass(frozen=True)
class Reference:
    """That the file `path` takes packages from the file that it names as `target`. `loose`: it is a command's, whose folder
    is not certain. `told`: nobody needs it to be there (a guide that names it)."""

    path: str
    line: int
    target: str
    kind: Kind = "requirements"
    group: str = ""
    loose: bool = False
    told: bool = False
    how: How = "listed"


@dataclass
class Listing:
    """What one file lists, and what it refers to."""

    file: File
    packages: list[Package] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)
    own: str = ""  # the project's own name

    def add(self, name: str, spec: str, line: int, group: str = "", **more: Any) -> None:
        """List a package, unless it is the project itself: `all = ["cloudtype[plots]"]` asks for its own extra."""
        if (normal := normal_name(name)) != self.own:
            self.packages.append(Package(normal, spec.strip(), self.file.path, line, group, **more))

    def refer(self, target: str, line: int, kind: Kind = "requirements", group: str = "", **more: Any) -> None:
        """Note that packages are taken from another file."""
        if len(self.references) >= limits.REFERENCES.value:
            self.lost(0, "refers to more files than are followed")
        elif target:
            self.references.append(Reference(self.file.path, line, target, kind, group, **more))

    def lost(self, line: int, reason: str) -> None:
        """Note that something here could list packages and is not understood."""
        unsure(Hole(self.file.path, reason, line))

    def requirement(self, text: str, line: int, group: str = "", **more: Any) -> bool:
        """List what one requirement names; whether it is one."""
        if len(self.packages) >= limits.PACKAGES.value:
            self.lost(0, "lists more packages than are read")
            return True
        found = requirement(text)
        if found is None:
            return False
        if found.name:
            self.add(found.name, found.spec, line, group, marker=found.marker, **more)
        if found.guessed:
            self.lost(line, f"installs a package from `{found.guessed}`, which does not say what it is called")
        return True


# -- one requirement ---------------------------------------------------------------------------------------------------


def normal_name(name: str) -> str:
    """A package name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@dataclass(frozen=True)
class Requirement:
    """One requirement: name (empty for a folder of the project's own), version part, marker, and the address that the name
    was only guessed from."""

    name: str
    spec: str = ""
    marker: str = ""
    guessed: str = ""


_NAMED = compile_later(r"\s*([A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:\[[^\]]*\])?\s*(.*)", re.DOTALL)
_ADDRESS = compile_later(r"(?:[a-z]+\+)?(?:https?|git|ssh|file|hg|svn)(?::|\+)|git@", re.IGNORECASE)
_EGG = compile_later(r"[#&]egg=([A-Za-z0-9][\w.-]*)")
_ARCHIVES = (".tar.gz", ".zip", ".tar.bz2", ".tgz", ".whl")


def requirement(text: str) -> Requirement | None:
    """A requirement as pip takes it: `name[extra]>=1; marker`, `name @ address`, an address, a wheel, a folder. Lenient
    about what writers get wrong (`torch = 2.0`, `torch 2.0`); None for what is none."""
    text = text.strip()
    if _ADDRESS.match(text):
        return _addressed(text)
    path = text.split(";")[0].split("[")[0].strip()
    if path.endswith(_ARCHIVES) and " " not in path:
        return _archive(path)
    if path in (".", "..") or path.startswith(("./", "../", "/", ".\\", "~")):
        return Requirement("")
    match = _NAMED.fullmatch(text)
    if match is None:
        return None
    name, rest = match[1], match[2]
    if rest.startswith("@"):
        address, _, marker = rest.partition(" ;")
        return Requirement(name, address, marker.strip())
    spec, _, marker = rest.partition(";")
    if spec and spec[0] not in "<>=!~^(*" and not re.match(r"v?\d[\w.+!-]*\s*$", spec):
        return None
    return Requirement(name, spec.strip(), marker.strip())


def _archive(path: str) -> Requirement:
    base = posixpath.basename(path)
    if base.endswith(".whl"):
        return Requirement(base.split("-")[0] if "*" not in base else "", "@ " + path)
    stem = next(base.removesuffix(a) for a in _ARCHIVES if base.endswith(a))
    versioned = re.fullmatch(r"(.+)-v?\d[\w.]*", stem)
    return Requirement(versioned[1], "@ " + path) if versioned else Requirement("", guessed=path)


def _addressed(text: str) -> Requirement:
    address, _, marker = text.partition(" ;")
    address = address.strip()
    if egg := _EGG.search(address):
        return Requirement(egg[1].split("[")[0], "@ " + address, marker.strip())
    bare = re.split(r"[#?]", address)[0].rstrip("/")
    if bare.endswith(_ARCHIVES) and "/archive/" not in bare:
        return _archive(bare)
    bare = bare.split("/archive/")[0].split("/releases/")[0]
    last = bare.rsplit("/", 1)[-1].rsplit(":", 1)[-1].split("@")[0].removesuffix(".git")
    named = re.fullmatch(r"[A-Za-z0-9][\w.-]*", last)
    return Requirement(last if named else "", "@ " + address, marker.strip(), guessed=address)


# -- requirement files -------------------------------------------------------------------------------------------------


def _logical(lines: Iterable[str], start: int) -> Iterator[tuple[int, str]]:
    """The lines as pip joins them: those that end in a backslash go on, comments end them."""
    held, first = "", 0
    for i, row in enumerate(lines, start):
        first = first or i
        if row.endswith("\\") and not row.lstrip().startswith("#"):
            held += row[:-1] + " "
            continue
        yield first, re.sub(r"(^|\s)#.*$", "", held + row).strip()
        held, first = "", 0
    if held:
        yield first, re.sub(r"(^|\s)#.*$", "", held).strip()


def requirements(file: File) -> Listing:
    """A requirement file as pip reads it: continued lines, options, `-r`, `-c`, `-e`, hashes; also a conda list of exact
    packages (`@EXPLICIT`)."""
    listing = Listing(file)
    if any(row.strip() == "@EXPLICIT" for row in file.lines[:40]):
        for i, row in enumerate(file.lines, 1):
            if row.startswith(("http", "file:")) and row.split("#")[0].endswith((".conda", ".tar.bz2")):
                parts = row.split("#")[0].rsplit("/", 1)[-1].rsplit("-", 2)
                if len(parts) == 3:
                    listing.add(parts[0], "=" + parts[1], i)
        return listing
    strange = requirement_lines(listing, file.lines)
    if strange and len(strange) <= len(listing.packages):  # a page of prose is no list
        listing.lost(strange[0], "a line that is no requirement")
    return listing


def requirement_lines(
    listing: Listing, lines: Iterable[str], start: int = 1, group: str = "", how: How = "listed"
) -> list[int]:
    """Adds what these lines ask for; gives the numbers of those that are no requirements."""
    strange = []
    for i, row in _logical(lines, start):
        if not row:
            continue
        words = row.split()
        at = next((k for k, w in enumerate(words) if w.startswith("-")), len(words))
        if at:
            text = " ".join(words[:at])
            if not listing.requirement(text, i, group, how=how):
                strange.append(i)
            continue
        _options(listing, words_of(row), i, group, how)
    return strange


_FROM: dict[str, Kind] = {
    "-r": "requirements",
    "--requirement": "requirements",
    "-c": "constraints",
    "--constraint": "constraints",
}


def _options(listing: Listing, words: list[str], line: int, group: str, how: How) -> None:
    for option, value in valued(words, (*_FROM, "-e", "--editable")):
        if option in _FROM:
            listing.refer(value, line, _FROM[option], group, how=how)
        elif (found := requirement(value)) and found.name:
            listing.requirement(value, line, group, how=how)
        elif value.strip("./"):  # a folder: its own list has its packages
            listing.add(posixpath.basename(value.split("[")[0].rstrip("/")), "@ " + value, line, group, how=how)


def valued(words: list[str], options: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """The values of these options, however they are joined: `-r x`, `-rx`, `--requirement=x`."""
    for i, word in enumerate(words):
        for option in options:
            if word == option:
                if i + 1 < len(words):
                    yield option, words[i + 1]
            elif word.startswith(option + "=") or (len(option) == 2 and word.startswith(option) and word[1] != "-"):
                yield option, word[len(option) :].lstrip("=")


# -- TOML --------------------------------------------------------------------------------------------------------------


class _Lines:
    """Finds the lines of words in their order. A file may bring more of them than is worth looking for: then the line of what
    stands around them has to do."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows
        self.left = 1_000_000  # rows to look at
        self._last: dict[tuple[str, ...], tuple[int, int]] = {}

    def at(self, keys: tuple[str, ...], word: str) -> int:
        """The line of a word below the lines of these keys, each looked for from the one before it on."""
        if keys not in self._last:
            start = 0
            for key in keys:
                found = self._row(key, start)
                start = found if found >= 0 else start
            self._last[keys] = start, start
        start, last = self._last[keys]
        found = self._row(word, last) if word else -1
        if found < 0 and last > start:
            found = self._row(word, start)
        if found < 0:
            return start + 1
        self._last[keys] = start, found
        return found + 1

    def _row(self, word: str, start: int) -> int:
        """The index of the next row that has the word on its own; -1 if there is none."""
        for i in range(start, min(len(self.rows), start + max(self.left, 0))):
            self.left -= 1
            row = self.rows[i]
            k = row.find(word)
            if k >= 0 and len(row) > 2_000:
                return i
            while k >= 0:
                around = row[k - 1 : k] + row[k + len(word) : k + len(word) + 1]
                if not any(c.isalnum() or c in "_-" for c in around):
                    return i
                k = row.find(word, k + 1)
        return -1


def _first_word(text: str) -> str:
    return re.split(r"[\s\[<>=!~;@(#]", text.strip(), maxsplit=1)[0]


class _Tables:
    """Adds the tables of a TOML file to its listing."""

    def __init__(self, file: File) -> None:
        self.file = file
        self.listing = Listing(file)
        self.lines = _Lines(file.lines)

    def line(self, *keys: str) -> int:
        """The line of the last of these words, each looked for from the one before it on."""
        return self.lines.at(keys[:-1], keys[-1])

    def items(self, value: object, keys: tuple[str, ...], group: str = "", tool: str = "", how: How = "listed") -> None:
        """A list of requirement strings."""
        for item in texts_of(value):  # an include of another group of this file is a table
            text = item.removeprefix("-e ").strip()
            line = self.lines.at(keys, _first_word(text))
            if not self.listing.requirement(text, line, group, table=tool, how=how):
                self.listing.lost(line, "an entry that is no requirement")

    def table(self, value: object, keys: tuple[str, ...], group: str = "", tool: str = "") -> None:
        """A table of names with versions."""
        for key, held in table_of(value).items():
            if key.lower() == "python":
                continue
            first = held[0] if isinstance(held, list) and held else held
            details = table_of(first)
            spec = first if isinstance(first, str) else details.get("version", "")
            if any(k in details for k in ("path", "git", "url", "file")):
                spec = spec or "@"
            marker = any(k in details for k in ("markers", "python", "platform", "sys_platform"))
            self.listing.add(
                key,
                spec if isinstance(spec, str) else "",
                self.lines.at(keys, key),
                group,
                table=tool,
                marker="yes" if marker else "",
            )

    def pixi(self, table: Table, keys: tuple[str, ...], group: str = "", depth: int = 0) -> None:
        """A pixi workspace, feature, target or package with all that stands below it."""
        for name, value in table.items():
            if name.endswith("dependencies"):
                self.table(value, (*keys, name), group, "pixi")
            elif name in ("target", "feature") and depth < 3:
                for key, inner in table_of(value).items():
                    self.pixi(table_of(inner), (*keys, name, key), key if name == "feature" else group, depth + 1)
            elif name == "package" and depth < 3:
                self.pixi(table_of(value), (*keys, name), group, depth + 1)


def pyproject(file: File) -> Listing:
    """A pyproject.toml: the project's own tables, dependency groups, and those of uv, Poetry, PDM, pixi, hatch, rye, flit and
    tox; what setuptools and hatch fill in from files."""
    data = toml(file)
    tables = _Tables(file)
    listing = tables.listing
    project, tool = table_of(data, "project"), table_of(data, "tool")
    poetry, pdm, uv, hatch = (table_of(tool.get(k)) for k in ("poetry", "pdm", "uv", "hatch"))
    name = project.get("name") or poetry.get("name")
    listing.own = normal_name(name) if isinstance(name, str) else ""

    tables.items(project.get("dependencies"), ("project", "dependencies"), "", "project")
    for group, items in table_of(project, "optional-dependencies").items():
        tables.items(items, ("optional-dependencies", group), group, "project")
    groups = table_of(data, "dependency-groups")
    for group, items in groups.items():
        tables.items(items, ("dependency-groups", group), group, "groups")
        for item in rows_of(items):
            included = below(item, "include-group")
            if isinstance(included, str) and normal_name(included) not in {normal_name(g) for g in groups}:
                listing.lost(
                    tables.line("dependency-groups", group), f"includes a group `{included}` that is not there"
                )
    for group, items in table_of(pdm, "dev-dependencies").items():
        tables.items(items, ("dev-dependencies", group), group, "pdm")
    tables.items(uv.get("dev-dependencies"), ("dev-dependencies",), "dev", "uv")
    tables.items(uv.get("constraint-dependencies"), ("constraint-dependencies",), "", "uv", "constraint")
    tables.items(uv.get("override-dependencies"), ("override-dependencies",), "", "uv", "constraint")
    tables.items(table_of(tool, "rye").get("dev-dependencies"), ("rye", "dev-dependencies"), "dev", "rye")
    flit = table_of(tool, "flit", "metadata")
    tables.items(flit.get("requires"), ("flit", "requires"), "", "flit")
    for group, items in table_of(flit, "requires-extra").items():
        tables.items(items, ("requires-extra", group), group, "flit")

    tables.table(poetry.get("dependencies"), ("poetry", "dependencies"), "", "poetry")
    tables.table(poetry.get("dev-dependencies"), ("poetry", "dev-dependencies"), "dev", "poetry")
    for group, value in table_of(poetry, "group").items():
        tables.table(table_of(value).get("dependencies"), ("poetry", group, "dependencies"), group, "poetry")
    tables.pixi(table_of(tool, "pixi"), ("pixi",))
    for group, value in table_of(hatch, "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            tables.items(table_of(value).get(key), ("envs", group, key), group, "hatch")
    tox = table_of(tool, "tox")
    environments = {**table_of(tox, "env"), "": tox.get("env_run_base")}
    for group, value in environments.items():
        requirement_lines(
            listing,
            texts_of(below(value, "deps")),
            tables.line("tox", *([group] if group else []), "deps"),
            group,
            "script",
        )
    _dynamic(tables, project, tool)
    return listing


def _dynamic(tables: _Tables, project: Table, tool: Table) -> None:
    """What the build backend fills in: from files where it says so, from setup.py, or from nobody knows where."""
    listing = tables.listing
    filled = False
    setuptools = table_of(tool, "setuptools", "dynamic")
    if "dependencies" in setuptools:
        filled = True
        for name in texts_of(table_of(setuptools["dependencies"]).get("file")):
            listing.refer(name, tables.line("dynamic", name))
    for group, value in table_of(setuptools, "optional-dependencies").items():
        for name in texts_of(table_of(value).get("file")):
            listing.refer(name, tables.line("dynamic", name), group=group)
    hooks = table_of(table_of(tool, "hatch", "metadata").get("hooks"))
    for key, value in hooks.items():
        hook = table_of(value)
        names = [*texts_of(hook.get("files")), *texts_of(hook.get("filename"))]
        if key == "requirements_txt" and not names:
            names = ["requirements.txt"]  # what the hook reads unless told
        for name in names if key in ("requirements_txt", "requirements-txt") else ():
            filled = True
            listing.refer(name, tables.line("hooks", name))
        for group, more in table_of(hook, "optional-dependencies").items():
            for name in texts_of(more):
                if name.endswith((".txt", ".in")):
                    listing.refer(name, tables.line("hooks", name), group=group)
        if literal := texts_of(hook.get("dependencies")):
            filled = True
            requirement_lines(listing, literal, tables.line("hooks", "dependencies"))
    dynamic = texts_of(project.get("dynamic"))
    if "dependencies" in dynamic and not filled and not table_of(tool, "poetry", "dependencies"):
        listing.refer("setup.py", tables.line("dynamic", "dependencies"), "script")


def pixi(file: File) -> Listing:
    """A pixi.toml."""
    tables = _Tables(file)
    data = toml(file)
    name = table_of(data, "package").get("name")
    tables.listing.own = normal_name(name) if isinstance(name, str) else ""
    tables.pixi(data, ())
    return tables.listing


def pipfile(file: File) -> Listing:
    """A Pipfile: its packages, and those of every category of one's own."""
    tables = _Tables(file)
    for key, value in toml(file).items():
        if key not in ("source", "requires", "scripts", "pipenv", "pipfile"):
            group = {"packages": "", "dev-packages": "dev"}.get(key, key)
            tables.table(value, (f"[{key}]",), group, "pipenv")
    return tables.listing


def inline(file: File) -> Listing:
    """The dependencies in a script's own block (`# /// script`)."""
    import tomllib

    listing = Listing(file)
    rows = file.lines
    start = next((i for i, r in enumerate(rows) if r.rstrip() == "# /// script"), -1)
    end = next((i for i in range(start + 1, len(rows)) if rows[i].rstrip() == "# ///"), -1) if start >= 0 else -1
    if end < 0:
        return listing
    try:
        data = tomllib.loads("\n".join(r[2:] if r.startswith("# ") else r[1:] for r in rows[start + 1 : end]))
    except (ValueError, RecursionError):
        listing.lost(start + 1, "the script's block of dependencies does not parse")
        return listing
    places = _Lines(rows[start : end + 1])
    for item in texts_of(data.get("dependencies")):
        listing.requirement(item, start + places.at((), _first_word(item)), "script")
    return listing


# -- conda -------------------------------------------------------------------------------------------------------------


def is_conda(root: Node) -> bool:
    """Whether a YAML file is a conda environment by what it says: a list of texts as dependencies, with channels, a part for
    pip, or Python itself among them."""
    items = root["dependencies"].items
    texts = [i.text for i in items if i.kind == "text"]
    if not texts or any(i.kind == "map" and not i["pip"].items for i in items):
        return False
    return (
        bool(root["channels"].items)
        or any(i["pip"].items for i in items)
        or any(re.match(r"(\S+::)?(python|pip)\b(?!-)", t) for t in texts)
    )


def conda(file: File) -> Listing:
    """A conda environment: names, `channel::name`, builds, and the part that pip installs, with what that refers to."""
    listing = Listing(file)
    for item in yaml_root(file)["dependencies"].items:
        if item.kind == "text":
            text = item.text.split("::")[-1]
            if match := _NAMED.fullmatch(text):
                listing.add(match[1], match[2], item.line)
        for inner in item["pip"].items:
            requirement_lines(listing, inner.text.split("\n"), inner.line, "pip")
    return listing


# -- configuration files in INI form -----------------------------------------------------------------------------------


def setup_cfg(file: File) -> Listing:
    """The requirements in a setup.cfg, on one line or many, its extras, and the files that it takes them from."""
    listing = Listing(file)
    told = ini.sections(file)
    lines = _Lines(file.lines)
    name = told.get("metadata", {}).get("name", "")
    listing.own = normal_name(name) if name and ":" not in name else ""
    options = told.get("options", {})
    values = [("", "install_requires", options.get("install_requires", ""))]
    values += [("test", "tests_require", options.get("tests_require", ""))]
    values += [(group, group, value) for group, value in told.get("options.extras_require", {}).items()]
    for group, key, value in values:
        keys = ("options.extras_require", key) if group == key else (key,)
        start = lines.at(keys[:-1], key)
        if value.strip().startswith("file:"):
            for target in re.split(r"[,\n]", value.strip()[5:]):
                listing.refer(target.strip(), start, group=group)
            continue
        for item in value.split("\n") if "\n" in value else value.split(";"):
            if item.strip():
                line = lines.at(keys, _first_word(item))
                if requirement_lines(listing, [item], line, group):
                    listing.lost(line, "an entry that is no requirement")
    return listing


def tox_ini(file: File) -> Listing:
    """What the environments of a tox.ini install."""
    listing = Listing(file)
    lines = _Lines(file.lines)
    for section, values in ini.sections(file).items():
        if section.startswith("testenv") and values.get("deps"):
            group = section.partition(":")[2]
            for row in values["deps"].split("\n"):
                row = re.sub(r"^[\w,.!-]+:\s+", "", row.strip()).replace("{toxinidir}/", "").replace("{tox_root}/", "")
                if row and "{" not in row:
                    requirement_lines(listing, [row], lines.at((section, "deps"), row), group, "script")
    return listing
