"""Expressions as an earlier run compiled them, kept beside the bytecode of the package: those of one audit take a twelfth of its
time to compile.

It is with them as with bytecode. Nothing hangs on the file: what is not in it is compiled as ever, and one that is missing,
damaged, or of another version of Python or of auditor is none. Where nobody may write, or Python was told to write no
bytecode, none is made. Who can change it can change the program as well.
"""

import contextlib
import importlib
import importlib.util
import marshal
import os
import re
import sys
import zlib
from array import array
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from auditor import __version__

_MOST = 5_000  # expressions that are kept; of an older program's some are never asked for again
_Row = tuple[str, int, int, bytes, int, dict[str, int], tuple[str | None, ...]]
_rows: dict[tuple[str, int], _Row] | None = None
_new: dict[tuple[str, int], _Row] = {}


def compiled(source: str, flags: int) -> re.Pattern[str]:
    """As `re.compile`."""
    global _rows
    flags = int(flags)
    if _rows is None:
        _rows = _read()
    try:
        engine, compiler = importlib.import_module("_sre"), importlib.import_module("re._compiler")
        row = _rows.get((source, flags)) or _new.get((source, flags))
        if row is None:
            row = _new[source, flags] = _compile(compiler, source, flags)
        _, _, all_flags, code, groups, by_name, names = row
        made: re.Pattern[str] = engine.compile(source, all_flags, array("I", code).tolist(), groups, by_name, names)
    except (
        ImportError,
        AttributeError,
        TypeError,
        ValueError,
        OverflowError,
        RuntimeError,
    ):  # another Python's own way
        _new.pop((source, flags), None)
        return re.compile(source, flags)
    return made


def _compile(compiler: Any, source: str, flags: int) -> _Row:
    """What `re` does, kept before it becomes a pattern."""
    parsed = importlib.import_module("re._parser").parse(source, flags)
    code = array("I", [int(c) for c in compiler._code(parsed, flags)])
    by_name: dict[str, int] = parsed.state.groupdict
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in by_name.items():
        names[number] = name
    return source, flags, int(flags | parsed.state.flags), code.tobytes(), len(names) - 1, by_name, tuple(names)


def keep() -> None:
    """Write down what this run had to compile, for the next ones."""
    if not _new or sys.dont_write_bytecode or (path := _path()) is None:
        return
    rows = {**(_rows or {}), **_new}
    data = marshal.dumps([*(rows if len(rows) <= _MOST else _new).items()])
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(exist_ok=True)
        with part.open("xb") as opened:
            opened.write(zlib.crc32(data).to_bytes(4, "big") + data)
        part.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            part.unlink()
    _new.clear()


def _read() -> dict[tuple[str, int], _Row]:
    path = _path()
    try:
        said = path.read_bytes() if path is not None else b""
        if zlib.crc32(said[4:]).to_bytes(4, "big") != said[:4]:
            return {}
        rows: Iterable[tuple[tuple[str, int], _Row]] = marshal.loads(said[4:])
        return dict(rows)
    except (OSError, EOFError, ValueError, TypeError):
        return {}


def _path() -> Path | None:
    """The file: beside the bytecode of this module, for this Python and this auditor."""
    try:
        beside = Path(importlib.util.cache_from_source(__file__))
        engine = importlib.import_module("_sre")
        kind = f"{engine.MAGIC}-{engine.CODESIZE}-{sys.byteorder}"
    except (ImportError, AttributeError, NotImplementedError):
        return None
    return beside.with_name(f"{beside.stem}.{__version__}.{kind}.expressions")
