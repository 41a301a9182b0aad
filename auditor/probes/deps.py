"""Dependencies: what the project declares, what it locks, and whether it has an environment of its own."""

from collections.abc import Iterator

from auditor.facts.deps import (
    DECLARED_IN,
    INSTALLED_IN,
    LOCKED_IN,
    Package,
    declared,
    locked,
    missing_from_lock,
    missing_lists,
    undeclared,
)
from auditor.globs import matches
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers import dependencies
from auditor.snapshot import File, Files


@probe(
    "dependencies-declared",
    asks="Are the project's packages declared?",
    looks_in=(*DECLARED_IN, *INSTALLED_IN),
    stubs=True,
)
def dependencies_declared(files: Files) -> Iterator[Evidence]:
    """A list that names at least one package: requirement files, pyproject.toml (also dynamic, uv, Poetry, PDM, pixi),
    setup.py, Pipfile, a conda environment, or what a Dockerfile or the dev container installs by name. A pyproject.toml
    that only configures tools, an empty list, or an environment file of another kind does not count."""
    lost = missing_lists(files)
    for file in sorted(files, key=_rank):
        packages = declared([file])
        if not packages:
            continue
        note = f"{_many(len({p.name for p in packages}), 'package')} declared"
        dead = [name for name, path, _ in lost if path == file.path]
        note += f"; refers to {', '.join(dead)}, which is not in the repository" if dead else ""
        yield _first(file, packages, note + ".")


_LISTS = ("**/*requirements*.txt", "**/requirements/*.txt")
_SIDE_LISTS = ("**/*{dev,test,doc,lint,_ci,-ci}*.txt",)
_CONDA = ("**/environment*.y*ml", "**/*env*.y*ml", "**/conda*.y*ml")


@probe(
    "dependencies-locked",
    asks="Are the packages' exact versions locked?",
    looks_in=(*LOCKED_IN, *_LISTS, *_CONDA, "**/pyproject.toml"),
)
def dependencies_locked(files: Files) -> Iterator[Evidence]:
    """A lock file that holds packages (uv, Poetry, PDM, pixi, Pipenv, conda-lock, pylock), or a main list of at least five
    packages in which every one is pinned exactly (`==`; with its build in a conda export). A pinned list for development
    or tests alone does not count. Names declared packages that the lock lacks."""
    lacking = missing_from_lock(files)
    for file in files.matching(*LOCKED_IN):
        packages = locked([file])
        if packages:
            out = sorted({p.name for p in lacking if p.path.rpartition("/")[0] == file.folder})
            note = f"{_many(len({p.name for p in packages}), 'package')} locked"
            note += f"; declared but not locked: {', '.join(out[:6])}" if out else ""
            yield _first(file, packages, note + ".")
    for file in sorted(files.matching(*_LISTS, *_CONDA), key=_rank):
        listed = dependencies(file)
        pinned = len(listed) >= 5 and all(d.spec.startswith(("=", "@")) and "*" not in d.spec for d in listed)
        if pinned and not matches(file.path, (*_SIDE_LISTS, *LOCKED_IN)):
            yield file.cite(listed[0].line, listed[0].line + 2, f"all {len(listed)} packages pinned.")


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
    looks_in=(*DECLARED_IN, *INSTALLED_IN, *LOCKED_IN, *_ENVIRONMENT_FILES),
    stubs=True,
)
def environment_declared(files: Files) -> Iterator[Evidence]:
    """Something from which an environment for this project can be made: a lock file, declared packages, a conda file, a
    dev container, a Nix shell, a pinned Python version. The environment itself is on a laptop and cannot be seen."""
    for file in files.matching(*LOCKED_IN):
        if packages := locked([file]):
            yield _first(file, packages, f"{_many(len({p.name for p in packages}), 'package')} locked.")
    for file in sorted(files.matching(*DECLARED_IN, *INSTALLED_IN), key=_rank):
        if not matches(file.path, LOCKED_IN) and (packages := declared([file])):
            yield _first(file, packages, f"{_many(len({p.name for p in packages}), 'package')} declared.")
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
    out. Says nothing where no package is declared at all."""
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


def _rank(file: File) -> tuple[int, int, str]:
    """Root before folders, the main list before side ones."""
    name = file.name.lower()
    return (file.path.count("/"), _ORDER.index(name) if name in _ORDER else len(_ORDER), file.path)


def _first(file: File, packages: tuple[Package, ...], note: str) -> Evidence:
    start = packages[0].line
    last = max((p.line for p in packages if start <= p.line < start + 3), default=start)
    return file.cite(start, last, note)


def _many(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"
