"""Dependencies: what the project declares, what it locks, and whether it has an environment of its own."""

from collections.abc import Iterator

from auditor.facts.declared import CONDA_LISTS, DECLARATIONS, LOCKS, REQUIREMENT_LISTS, Declared, declarations, locked
from auditor.facts.deps import missing_from_lock, undeclared
from auditor.facts.installs import INSTALLED_IN
from auditor.facts.lists import Package
from auditor.globs import matches
from auditor.holes import unsure
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import File, Files


@probe(
    "dependencies-declared",
    asks="Are the project's packages declared?",
    looks_in=(*DECLARATIONS, *INSTALLED_IN),
    stubs=True,
)
def dependencies_declared(files: Files) -> Iterator[Evidence]:
    """A list that names at least one package: requirement files under any name that something refers to, pyproject.toml (also
    dynamic, uv, Poetry, PDM, hatch, pixi), setup.py, setup.cfg, Pipfile, a conda environment, a script's own block, or what a
    Dockerfile or the dev container installs by name. A pyproject.toml that only configures tools, an empty list,
    constraints, or an environment file of another kind does not count."""
    known = declarations(files)
    for path in sorted(known.by_path, key=_rank):
        packages = known.by_path[path]
        note = f"{_many(len({p.name for p in packages}), 'package')} declared{_referred(known, path)}"
        dead = list(dict.fromkeys(r.target for r in known.missing(path)))
        note += f"; refers to {', '.join(dead[:6])}, which is not in the repository" if dead else ""
        yield _first(files.paths[path], packages, note + ".")
    if not known.by_path:
        unsure(*known.unread)


_SIDE_LISTS = ("**/*{dev,test,doc,lint,_ci,-ci}*.txt",)


@probe(
    "dependencies-locked",
    asks="Are the packages' exact versions locked?",
    looks_in=(*LOCKS, *REQUIREMENT_LISTS, *CONDA_LISTS, "**/pyproject.toml"),
)
def dependencies_locked(files: Files) -> Iterator[Evidence]:
    """A lock file that holds packages (uv, Poetry, PDM, pixi, Pipenv, conda-lock, pylock), or a main list of at least five
    packages (or one with hashes), with the lists that it takes in, in which every one is pinned exactly (`==`, also by
    constraints; with its build in a conda export). A pinned list for development or tests alone does not count. Names
    declared packages that the lock lacks."""
    known = declarations(files)
    lacking = missing_from_lock(files)
    some = False
    for file in files.matching(*LOCKS):
        packages = locked([file])
        if packages:
            out = sorted({p.name for p in lacking if p.path.rpartition("/")[0] == file.folder})
            note = f"{_many(len({p.name for p in packages}), 'package')} locked"
            note += f"; declared but not locked: {', '.join(out[:6])}" if out else ""
            some = True
            yield _first(file, packages, note + ".")
    for path in sorted(known.lists, key=_rank):
        file = files.paths[path]
        if not _plain_list(file) or files.aside(path) or matches(path, _SIDE_LISTS):
            continue
        referrer = known.referrer(path)
        if referrer and files.paths[referrer.path].suffix in ("txt", "in") and referrer.path in known.lists:
            continue  # a part of that one
        reach = known.reach(path)
        listed = [p for one in reach for p in known.by_path.get(one, ())]
        pins = {p.name for p in known.constraints(reach) if p.pinned}
        hashed = "--hash=" in file.text
        if listed and (len(listed) >= 5 or hashed) and all(p.pinned or p.name in pins for p in listed):
            some = True
            first = files.paths[listed[0].path]
            by = "" if first is file else f", in {first.path}, which {path} takes in"
            yield first.cite(listed[0].line, listed[0].line + 2, f"all {len(listed)} packages pinned{by}.")
    if not some:  # only a list can be pinned: neither a command nor a project's own table is a lock
        unsure(*(h for h in known.unread if h.path not in files.paths or _plain_list(files.paths[h.path])))


def _plain_list(file: File) -> bool:
    """Whether it is a requirement file or a conda environment, not a project's own tables."""
    return file.suffix in ("txt", "in", "yml", "yaml", "pip", "lock") and not matches(file.path, WORKFLOWS)


_ENVIRONMENT_FILES = (
    "**/.python-version",
    "**/.tool-versions",
    "**/{.mise,mise}.toml",
    "**/runtime.txt",
    "**/{flake,shell,default,devenv}.nix",
    "**/devbox.json",
    "**/devcontainer.json",
    "**/.devcontainer.json",
    "**/{meta,recipe}.yaml",
)


@probe(
    "environment-declared",
    asks="Does the project declare an environment of its own?",
    looks_in=(*DECLARATIONS, *INSTALLED_IN, *LOCKS, *_ENVIRONMENT_FILES),
    stubs=True,
)
def environment_declared(files: Files) -> Iterator[Evidence]:
    """Something from which an environment for this project can be made: a lock file, declared packages, a conda file, a
    dev container, a Nix shell, a pinned Python version. The environment itself is on a laptop and cannot be seen."""
    for file in files.matching(*LOCKS):
        if packages := locked([file]):
            yield _first(file, packages, f"{_many(len({p.name for p in packages}), 'package')} locked.")
    known = declarations(files)
    for path in sorted(known.by_path, key=_rank):
        packages = known.by_path[path]
        note = f"{_many(len({p.name for p in packages}), 'package')} declared{_referred(known, path)}."
        yield _first(files.paths[path], packages, note)
    if not known.by_path:
        unsure(*known.unread)
    for file in files.matching(*_ENVIRONMENT_FILES):
        line = next(
            (i for i, row in enumerate(file.lines, 1) if row.strip() and not row.lstrip().startswith(("#", "//"))), 0
        )
        if line and (file.name.lower() not in ("meta.yaml", "recipe.yaml") or "requirements:" in file.text):
            yield file.cite(line, note="pins Python or describes the environment.")


@probe(
    "imports-undeclared",
    asks="Does the code import a package that no list of the project names?",
    looks_in=("**/*.py", "!**/tests/**", "!**/test/**", "!**/test_*.py", "!**/conftest.py", "!**/setup.py"),
)
def imports_undeclared(files: Files) -> Iterator[Evidence]:
    """Imports of third-party packages that neither a declaration nor a lock names, one piece per package. A remark, not a
    fault: most come along with a declared package. Guarded imports, tests, the standard library and own modules are left
    out. Says nothing where no package is declared at all, or where a list could not be read or followed."""
    for item in undeclared(files):
        yield files.paths[item.path].cite(item.line, note=f"`{item.packages[0]}` is in no list and no lock.")


_ORDER = (
    "pyproject.toml",
    "requirements.txt",
    "environment.yml",
    "environment.yaml",
    "pipfile",
    "pixi.toml",
    "setup.py",
)


def _rank(path: str) -> tuple[int, int, str]:
    """Root before folders, the main list before side ones."""
    name = path.rpartition("/")[2].lower()
    return (path.count("/"), _ORDER.index(name) if name in _ORDER else len(_ORDER), path)


def _referred(known: Declared, path: str) -> str:
    """Who refers to a list, where its name alone does not tell."""
    by = known.referrer(path)
    return f"; {by.path}:{by.line} refers to it" if by and (not by.loose or not matches(path, DECLARATIONS)) else ""


def _first(file: File, packages: tuple[Package, ...], note: str) -> Evidence:
    start = packages[0].line
    last = max((p.line for p in packages if start <= p.line < start + 3), default=start)
    return file.cite(start, last, note)


def _many(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
