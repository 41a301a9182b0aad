"""TOML as data; that of files which the program brings is kept from one run to the next."""

import contextlib
import hashlib
import marshal
import tomllib
from typing import Any

from auditor import kept, limits


def loads(text: str, *, ours: bool = False) -> dict[str, Any]:
    """As `tomllib.loads`, which is not asked to go down deeper than anybody writes, nor along endless keys. `ours`: the text is one
    that the program brings."""
    if not ours:
        from auditor.nesting import too_deep

        if too_deep(text, "toml"):
            raise tomllib.TOMLDecodeError(f"deeper than {limits.NESTING}, or a key of more than {limits.KEY_PARTS}")
        return tomllib.loads(text)
    key = ("toml", hashlib.sha256(text.encode()).digest())
    data = kept.known(key)
    if data is None:
        made = tomllib.loads(text)
        with contextlib.suppress(ValueError):  # a date, which `marshal` does not know
            kept.add(key, marshal.dumps(made))
        return made
    again: dict[str, Any] = marshal.loads(data)  # anew each time, since a profile is made by changing it
    return again
