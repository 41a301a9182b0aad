"""TOML files, and the lines of their keys."""

import re
import tomllib
from bisect import bisect_left

from auditor import limits
from auditor.lazy import compile_later
from auditor.nesting import too_deep
from auditor.readers.boundary import bounded
from auditor.shapes import UNTAMED, Table, table_of, tame
from auditor.snapshot import File


def toml(file: File) -> Table:
    """A TOML file as a dict; empty if it does not parse. What is in it is asked for its type (see `auditor.shapes`)."""
    return bounded(file, "toml", _toml, dict)


def _toml(file: File) -> Table:
    if too_deep(file.text, "toml"):
        file.cannot("toml", f"{file.path} is nested too deep to read as TOML (more than {limits.NESTING})")
        return {}
    try:
        data = tomllib.loads(file.text)
        return table_of(tame(data)) if UNTAMED.search(file.text) else data
    except tomllib.TOMLDecodeError as error:
        file.cannot("toml", f"{file.path} does not parse as TOML ({error})")
        return {}
    except (ValueError, RecursionError) as error:  # such as an integer of thousands of digits
        file.cannot("toml", f"{file.path} cannot be read as TOML ({error})")
        return {}


def toml_line(file: File, *keys: str) -> int:
    """The line where the last of the keys stands, looked for after the lines of those before it; 1 if it is not seen."""
    words: dict[str, list[int]] = file.once("lines by word", lambda: _lines_by_word(file))
    at = 0
    for key in keys:
        # a line that has a key has its first word; one without a word is looked for line by line
        first = _WORD.search(key)
        rows = words.get(first[0], []) if first else range(len(file.lines))
        pattern = re.compile(rf"""^\s*+(\[++[^\]]*?)?["']?{re.escape(key)}["']?\s*(=|\]|\.)|["']{re.escape(key)}\b""")
        at = next((i for i in rows[bisect_left(rows, at) :] if pattern.search(file.lines[i])), at)
    return at + 1


_WORD = compile_later(r"\w+")


def _lines_by_word(file: File) -> dict[str, list[int]]:
    """The numbers of the lines, from 0, that have a word."""
    found: dict[str, list[int]] = {}
    for i, line in enumerate(file.lines):
        for word in set(_WORD.findall(line)):
            found.setdefault(word, []).append(i)
    return found
