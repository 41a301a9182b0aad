"""Which Python a repository is written in."""

import re
from collections.abc import Iterator

from auditor.facts.images import bases, dockerfiles
from auditor.ini import sections
from auditor.lazy import compile_later, dataclass
from auditor.readers.nodes import literal
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.readers.workflows import WORKFLOWS
from auditor.shapes import below, number_of, table_of, text_of
from auditor.snapshot import File, Snapshot

_LEAST = compile_later(r"(?:>=|===?|\^|~=?|^)\s*v?(\d+)\.(\d+)")
_SAID_IN = (("project", "requires-python"), ("tool", "poetry", "dependencies", "python"))


def minimum_python(snapshot: Snapshot) -> tuple[str, tuple[int, int]] | None:
    """The oldest Python that the project at the root asks for, with the file that says so; None where none does, or in
    other words than a version to start at."""
    for name in ("pyproject.toml", ".python-version"):
        file = snapshot.files.get(name)
        if file is None or not readable(file):
            continue
        said = [file.text.strip()] if name == ".python-version" else [text_of(below(toml(file), *k)) for k in _SAID_IN]
        for one in said:
            if match := _LEAST.search(one):
                return name, (number_of(match[1]), number_of(match[2]))
    return None


@dataclass(frozen=True)
class Named:
    """A place that names a Python version: the `project` (a range), an `image` or a `workflow`."""

    place: str
    version: str
    file: File
    line: int


_PINNED = compile_later(r"\s*-\s*python\s*=+\s*(\d+\.\d+)")
_STATED = compile_later(r"(?<![\d.])3\.\d{1,2}(?!\d)")


def pythons(snapshot: Snapshot) -> tuple[Named, ...]:
    """Where a commit names a version of Python."""
    return snapshot.once("facts.pythons", lambda: tuple(_pythons(snapshot)))


def _pythons(snapshot: Snapshot) -> Iterator[Named]:
    globs = ("pyproject.toml", "*/pyproject.toml", ".python-version", "**/environment.y*ml")
    for file in snapshot.select(globs, stubs=True):
        if file.name == "pyproject.toml":
            yield from _of_pyproject(file)
            continue
        for i, row in enumerate(file.lines, 1):
            if pin := re.match(r"\s*(\d+\.\d+)", row) if file.name == ".python-version" else _PINNED.match(row):
                yield Named("project", f"=={pin[1]}.*", file, i)
    for file, _ in dockerfiles(snapshot):
        yield from (Named("image", b.python, file, b.line) for b in bases(file) if b.python and not b.open)
    for file in snapshot.select(WORKFLOWS, stubs=True):
        for i, row in enumerate(file.lines, 1):
            if "python" in row.lower() and not row.lstrip().startswith("#"):
                yield from (Named("workflow", m[0], file, i) for m in _STATED.finditer(row))


def _of_pyproject(file: File) -> Iterator[Named]:
    for keys, row_of in zip(_SAID_IN, (r"\s*\W?requires-python\W", r"\s*python\s*="), strict=True):
        spec = text_of(below(toml(file), *keys))
        line = next((i for i, row in enumerate(file.lines, 1) if re.match(row_of, row)), 0)
        if spec and line:
            yield Named("project", spec if keys[0] == "project" else _of_poetry(spec), file, line)


def required(snapshot: Snapshot, folder: str) -> tuple[Named, ...]:
    """What the project that a document in a folder speaks of requires: that of the nearest folder above with a package's file; of a
    workspace, of each of its packages as well; where none is above, of those that there are. Nothing where a package's file
    computes it, and nothing of what developers pin for themselves."""
    said = [n for f in snapshot.select(("**/pyproject.toml",), stubs=True) if readable(f) for n in _of_pyproject(f)]
    parts = folder.split("/") if folder else []
    for n in range(len(parts), -1, -1):
        here = "/".join(parts[:n])
        files = [f for name in _PACKAGES if (f := snapshot.files.get(f"{here}/{name}".lstrip("/")))]
        if not files:
            continue
        if any(f.name == "pyproject.toml" and _is_workspace(f) for f in files):
            return tuple(said)
        found = [n for n in said if n.file in files]
        if not any(f.name != "pyproject.toml" for f in files) or found:
            return tuple(found)
        return tuple(_of_setuptools(files))
    return tuple(said)


_PACKAGES = ("pyproject.toml", "setup.py", "setup.cfg")


def _is_workspace(file: File) -> bool:
    """Whether a pyproject.toml holds packages together rather than being one."""
    tool = below(toml(file), "tool") if readable(file) else {}
    return bool(
        table_of(tool, "uv", "workspace")
        or table_of(tool, "rye", "workspace")
        or below(tool, "poetry", "package-mode") is False
        or below(tool, "uv", "package") is False
    )


def _of_setuptools(files: list[File]) -> Iterator[Named]:
    """What setup.cfg and setup.py require, where the latter says it as it stands."""
    for file in files:
        if not readable(file) or "python_requires" not in file.text:
            continue
        line = next((i for i, row in enumerate(file.lines, 1) if "python_requires" in row), 1)
        if file.name == "setup.cfg" and (spec := sections(file).get("options", {}).get("python_requires")):
            yield Named("project", spec if isinstance(spec, str) else "", file, line)
        module = python(file) if file.name == "setup.py" else None
        for call in module.calls_to("setuptools.setup", "setup") if module else ():
            if isinstance(given := literal(call.keyword("python_requires")), str):
                yield Named("project", given, file, line)


def _of_poetry(spec: str) -> str:
    """Poetry's `^3.9` and `~3.9` as the range that they stand for; others as they are."""
    if match := re.fullmatch(r"([\^~])\s*(\d+)\.(\d+)(\.\d+)?", spec.strip()):
        kind, major, minor, patch = match.groups("")
        end = f"{number_of(major) + 1}" if kind == "^" else f"{major}.{number_of(minor) + 1}"
        return f">={major}.{minor}{patch},<{end}"
    return spec


def begins(held: str, said: str) -> bool:
    """Whether one version is the other, or a more exact form of it."""
    a, b = held.split("."), said.split(".")
    return a[: len(b)] == b or b[: len(a)] == a


def allows(spec: str, said: str) -> bool:
    """Whether a range holds a version, or one that begins so; a range that is not understood may."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet
    from packaging.version import InvalidVersion, parse

    try:
        allowed, ends = SpecifierSet(spec), ("", ".0", ".5", ".99") if said.count(".") == 1 else ("",)
        return any(parse(said + end) in allowed for end in ends)
    except (InvalidSpecifier, InvalidVersion):
        return True


_RELEASES = ("2.6", "2.7", *(f"3.{n}" for n in range(31)))
_BEYOND = "3.30"  # a range that holds this has no end


def outside(said: str, held: str) -> str:
    """The first release of Python (as `3.8`, or to the patch where `said` begins at one) that the range `said` holds and `held` does
    not; empty where there is none, or one of them is not understood. Of a range without an end only where it begins counts: that
    it promises releases to come is nobody's claim."""
    from packaging.specifiers import InvalidSpecifier, SpecifierSet

    try:
        one, other = SpecifierSet(said), SpecifierSet(held)
    except InvalidSpecifier:
        return ""

    def has(spec: SpecifierSet, release: str) -> bool:
        return any(f"{release}.{patch}" in spec for patch in (*range(20), 99))

    mine = [release for release in _RELEASES if has(one, release)]
    if not mine:
        return ""
    if mine[-1] == _BEYOND:
        mine = mine[:1]
    least = [s.version for s in one if s.operator in (">=", "~=") and s.version.count(".") == 2]
    exact = next((v for v in least if v.startswith(mine[0] + ".") and v in one and v not in other), "")
    return exact or next((release for release in mine if not has(other, release)), "")
