"""How pytest is set up: the names that it collects by, and the folders that it looks in."""

import re
from collections.abc import Iterable

from auditor import ini, limits
from auditor.globs import fits_name
from auditor.holes import Hole, unsure
from auditor.lazy import compile_later, dataclass
from auditor.readers.shell import words_of
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.shapes import below, table_of
from auditor.snapshot import File, Files

_IGNORED = compile_later(r"(^|/)(\.[^/]+|build|dist|node_modules|venv|[^/]+\.egg)/")


@dataclass(frozen=True)
class Rules:
    """pytest's naming rules as the repository sets them; globs, or prefixes where there is no wildcard."""

    files: tuple[str, ...] = ("test_*.py", "*_test.py")
    classes: tuple[str, ...] = ("Test",)
    functions: tuple[str, ...] = ("test",)
    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()  # the words of addopts

    def option(self, *names: str) -> list[str]:
        """The values of an option of addopts."""
        found = []
        for i, word in enumerate(self.options):
            name, equals, value = word.partition("=")
            if name in names:
                found.append(value if equals else next(iter(self.options[i + 1 : i + 2]), ""))
        return found

    def selects(self, path: str) -> bool:
        """Whether a plain `pytest` comes to a file."""
        at = [p.strip("./") for p in self.paths]
        if at and not any(fits_name(path, p) or fits_name(path, f"{p}/*") or not p for p in at):
            return False
        left_out = [p.removeprefix("./").strip("/") for p in self.option("--ignore")]
        globs = [p.removeprefix("./") for p in self.option("--ignore-glob")]
        return not any(path == p or path.startswith(p + "/") for p in left_out) and not any(
            fits_name(path, g) for g in globs
        )

    def collects(self, path: str) -> bool:
        name = path.rsplit("/", 1)[-1]
        hit = any(fits_name(path if "/" in p else name, ("*/" + p) if "/" in p else p) for p in self.files)
        return hit and not _IGNORED.search(path)


def fits(name: str, patterns: Iterable[str]) -> bool:
    return any(fits_name(name, p) if re.search(r"[*?\[]", p) else name.startswith(p) for p in patterns)


def rules(files: Files) -> tuple[Rules, tuple[str, ...]]:
    """The naming rules of the first pytest configuration in the root, in pytest's own order, and the folders that it puts
    on the import path."""
    for name in ("pytest.toml", "pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg"):
        file = files.paths.get(name)
        if file is None or not readable(file):
            continue
        options = options_of(file)
        if options is not None:
            made = Rules()
            return Rules(
                _list(file, options.get("python_files")) or made.files,
                _list(file, options.get("python_classes")) or made.classes,
                _list(file, options.get("python_functions")) or made.functions,
                _list(file, options.get("testpaths")),
                _words(file, options.get("addopts")),
            ), tuple(p.strip("./") for p in _list(file, options.get("pythonpath")))
    return Rules(), ()


def options_of(file: File) -> dict[str, object] | None:
    """The pytest options in a configuration file; None where it holds no such section."""
    if file.suffix == "toml":
        data = toml(file)
        told = below(data, "tool", "pytest") if file.name == "pyproject.toml" else data.get("pytest")
        options = dict(table_of(table_of(told).get("ini_options", told)))
        return options if options or file.name == "pytest.toml" else None
    told = ini.sections(file)
    section = "tool:pytest" if file.name == "setup.cfg" else "pytest"
    if section in told:
        return dict(told[section])
    return {} if file.name.endswith("pytest.ini") and "ini" not in file.problems else None


def _list(file: File, value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return _some(file, value.split())
    return _some(file, [str(v) for v in value]) if isinstance(value, list) else ()


def _words(file: File, value: object) -> tuple[str, ...]:
    return _some(file, words_of(value)) if isinstance(value, str) else _list(file, value)


def _some(file: File, values: list[str]) -> tuple[str, ...]:
    """The values of a setting; the first ones, and a hole, of one that goes on for ever."""
    if len(values) > limits.PATTERNS.value:
        unsure(Hole(file.path, f"a setting of pytest is read to {limits.PATTERNS}"))
    return tuple(values[: limits.PATTERNS.value])
