"""What an earlier run worked out of the program's own texts (expressions, tables), kept beside the bytecode of the package.

It is with it as with bytecode. Nothing hangs on the file: what is not in it is worked out as ever, and one that is missing,
damaged, or of another version of Python or of auditor is none. Where nobody may write, or Python was told to write no
bytecode, none is made. Who can change it can change the program as well. Nothing of a repository or a report is in it.
"""

import contextlib
import importlib
import importlib.util
import marshal
import os
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from auditor import __version__

_MOST = 5_000  # entries; of an older program's some are never asked for again
Key = tuple[Any, ...]
_rows: dict[Key, Any] | None = None
_new: dict[Key, Any] = {}


def known(key: Key) -> Any:
    """What is kept under a key, as it was kept: it is nobody's to change. None if there is nothing."""
    global _rows
    if _rows is None:
        _rows = _read()
    found = _rows.get(key)
    return _new.get(key) if found is None else found


def add(key: Key, value: Any) -> None:
    """Keep what `marshal` can write, from the end of the run on."""
    _new[key] = value


def keep() -> None:
    """Write down what this run had to work out, for the next ones."""
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


def _read() -> dict[Key, Any]:
    path = _path()
    try:
        said = path.read_bytes() if path is not None else b""
        if zlib.crc32(said[4:]).to_bytes(4, "big") != said[:4]:
            return {}
        rows: Iterable[tuple[Key, Any]] = marshal.loads(said[4:])
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
    return beside.with_name(f"{beside.stem}.{__version__}.{kind}")
