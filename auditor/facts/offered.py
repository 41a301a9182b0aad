"""The extras that the project offers, and commands that ask for others: `pip install ".[dev]"`, `uv sync --extra dev`."""

from collections.abc import Iterator

from auditor.facts.lists import normal_name
from auditor.facts.refusals import Answer, Run, like
from auditor.ini import sections
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.shapes import below, table_of, text_of
from auditor.snapshot import File

_INSTALLS = (("pip", "install"), ("pip3", "install"), ("uv", "pip", "install"), ("python", "-m", "pip", "install"), ("python3", "-m", "pip", "install"))  # fmt: skip
_TAKES_EXTRAS = {("uv", "sync"): ("--extra",), ("uv", "run"): ("--extra",), ("poetry", "install"): ("--extras", "-E")}


_ANY = compile_later(r"(?i)(?:extras?|features?|options?|groups?|names?|foo|bar|baz|x|your|some|my)(?:[-_]?(?:\d+|name|[a-z]))?")  # for any of them  # fmt: skip


@dataclass(frozen=True)
class Offered:
    """What the project at the root calls itself (empty: not said) and which extras it has, by their normal names, and where."""

    name: str
    extras: frozenset[str]
    file: File


def offered(run: Run) -> Offered | None:
    """The project's extras. None where there is no project at the root, or where its extras are made as it is built."""
    return run.snapshot.once("facts.offered", lambda: _offered(run))


def _offered(run: Run) -> Offered | None:
    if (setup := run.files.get("setup.py")) and _computed(setup):
        return None
    name, extras, place = "", set[str](), None
    if (file := run.files.get("pyproject.toml")) and readable(file):
        table = toml(file)
        project, poetry = table_of(below(table, "project")), table_of(below(table, "tool", "poetry"))
        dynamic = project.get("dynamic")
        # hooks of a build may add to what is written
        if (isinstance(dynamic, list) and "optional-dependencies" in dynamic) or "metadata" in table_of(below(table, "tool", "hatch")):  # fmt: skip
            return None
        backend = text_of(below(table, "build-system", "build-backend")) or "setuptools"
        if not project and not poetry and ("setup.cfg" not in run.files or not backend.startswith("setuptools")):
            return None
        name = text_of(project.get("name")) or text_of(poetry.get("name"))
        extras |= {*table_of(project.get("optional-dependencies")), *table_of(poetry.get("extras"))}
        place = file if project or poetry else None
    if (file := run.files.get("setup.cfg")) and readable(file):
        told = sections(file)
        name = name or told.get("metadata", {}).get("name", "")
        extras |= set(told.get("options.extras_require", {}))
        place = place or file
    if place is None:
        return None
    for other in run.snapshot.select(
        ("*/**/pyproject.toml",), mentions=("optional-dependencies", "extras"), stubs=True
    ):
        table = toml(other) if readable(other) else {}
        mine = table_of(below(table, "project")) or table_of(below(table, "tool", "poetry"))
        if name and normal_name(text_of(mine.get("name"))) == normal_name(
            name
        ):  # the package of a workspace of its name
            extras |= {*table_of(mine.get("optional-dependencies")), *table_of(mine.get("extras"))}
    return Offered(normal_name(name) if name else "", frozenset(map(normal_name, extras)), place)


def _computed(setup: File) -> bool:
    """Whether a setup.py may give extras that nobody reads in it: it names them, takes its arguments from elsewhere, or leaves them to
    pbr."""
    if not readable(setup) or "extras_require" in setup.text or "pbr" in setup.text:
        return True
    module = python(setup)
    calls = [*module.calls_to("setuptools.setup", "setup", "distutils.core.setup", "skbuild.setup")] if module else []
    return not calls or any(k.arg is None for c in calls for k in c.node.keywords)


def extras(run: Run) -> Answer | None:
    """Whether the project has the extras that a command asks for. A tool only warns of one that is not there, and installs
    nothing for it."""
    asked = list(_asked(run))
    if not asked or run.folder is None or (known := offered(run)) is None:
        return None
    ours = [extra for of, extra in asked if of in (".", known.name) and of and not _ANY.fullmatch(extra)]
    if not ours or (run.folder and any(of == "." for of, _ in asked)):
        return None
    wrong = next((e for e in ours if normal_name(e) not in known.extras), "")
    about = f"extra:{wrong or ours[0]}"
    if not wrong:
        return Answer(True, about, f"{known.file.path} has the extra {ours[0]}.", (_said(known, ours[0]),))
    names = sorted(known.extras)
    has = f"has the extras {', '.join(names[:12])}" if names else "has no extras"
    shows = f"{known.file.path} {has}."
    gone = Evidence(kind="absence", path=known.file.path, note=f"no extra {wrong} in {known.file.path}, which {has}")
    asks = f"The command asks for the extra {wrong}; the project {has}."
    released = all(of != "." for of, extra in asked if extra == wrong)
    return Answer(False, about, shows, (gone,), asks, bool(like(wrong, names)), released)


def _said(known: Offered, extra: str) -> Evidence:
    line = next((n for n, row in enumerate(known.file.lines, 1) if row.strip().startswith((extra, f'"{extra}"'))), 1)
    return known.file.cite(line)


def _asked(run: Run) -> Iterator[tuple[str, str]]:
    """What a command asks extras of (`.` for the project in its folder) and which; what has a placeholder is left alone."""
    for words in (run.typed, run.words):
        for start in _INSTALLS:
            if words[: len(start)] == start:
                for word in words[len(start) :]:
                    of, bracket, rest = word.partition("[")
                    inside, closed, _ = rest.partition("]")
                    if bracket and closed and not set(inside) & set("<>{}$*"):
                        name = "." if of in (".", "./") else normal_name(of)
                        yield from ((name, e.strip()) for e in inside.split(",") if e.strip())
                return
    for start, flags in _TAKES_EXTRAS.items():
        if run.typed[: len(start)] == start:
            for flag, value in zip(run.typed, run.typed[1:], strict=False):
                if flag in flags and not set(value) & set("<>{}$*-"):
                    yield from ((".", e) for e in value.replace(",", " ").split())
            return
