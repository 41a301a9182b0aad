"""Which Python a repository is written in."""

from auditor.lazy import compile_later
from auditor.readers import readable, toml
from auditor.snapshot import Snapshot

_LEAST = compile_later(r"(?:>=|===?|\^|~=?|^)\s*v?(\d+)\.(\d+)")
_SAID_IN = (("project", "requires-python"), ("tool", "poetry", "dependencies", "python"))


def minimum_python(snapshot: Snapshot) -> tuple[str, tuple[int, int]] | None:
    """The oldest Python that the project at the root asks for, with the file that says so; None where none does, or in
    other words than a version to start at."""
    for name in ("pyproject.toml", ".python-version"):
        file = snapshot.files.get(name)
        if file is None or not readable(file):
            continue
        said: list[object] = [file.text.strip()] if name == ".python-version" else []
        for keys in _SAID_IN if not said else ():
            at: object = toml(file)
            for key in keys:
                at = at.get(key) if isinstance(at, dict) else None
            said.append(at)
        for text in said:
            if isinstance(text, str) and (match := _LEAST.search(text)):
                return name, (int(match[1]), int(match[2]))
    return None
