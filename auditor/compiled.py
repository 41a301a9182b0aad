"""Expressions and generated functions as an earlier run compiled them: those of one audit take a tenth of its time to compile.

A process that is the command asks here for all of them, those of the libraries that it imports, too (`take_over`). What
is made of names in a repository or a report is compiled and never kept.
"""

import builtins
import dataclasses
import importlib
import marshal
import re
import sys
import typing
from array import array
from functools import cache
from types import CodeType, FrameType
from typing import Any

from auditor import kept
from auditor.needed import needed

_IN_A_FUNCTION = 1  # of a code's flags, as `inspect` has them: CO_OPTIMIZED
Source = str | bytes
_Row = tuple[int, bytes, int, dict[str, int], tuple[str | None, ...]]


def compiled(source: Source, flags: int) -> Any:
    """As `re.compile`."""
    made = _made(source, int(flags))
    return re.compile(source, flags) if made is None else made


def _made(source: Source, flags: int, always: bool = True) -> Any:
    """An expression from what is kept, which it is added to; None where this Python has another way to make one, and where
    it is not kept and need not be (`always`)."""
    try:
        row: _Row | None = kept.known((source, flags))
        if row is None:
            if not (always or _is_written(source)):
                return None
            row = _compile(source, flags)
            kept.add((source, flags), row)
        all_flags, code, groups, by_name, names = row
        engine = importlib.import_module("_sre")
        return engine.compile(source, all_flags, array("I", code).tolist(), groups, by_name, names)
    except (ImportError, AttributeError, TypeError, ValueError, OverflowError, RuntimeError):
        return None


def words_of(source: str, flags: int) -> tuple[str, ...]:
    """As `needed.needed`, from what is kept."""
    known: tuple[str, ...] | None = kept.known(("words", source, flags))
    if known is None:
        known = needed(source, flags)
        kept.add(("words", source, flags), known)
    return known


@cache
def code_of(text: str, mode: str = "exec") -> CodeType:
    """A text of Python that the program generates, compiled for `exec` or `eval`."""
    known = kept.known((mode, text))
    if known is None:
        made: CodeType = builtins.compile(text, "<string>", mode)
        kept.add((mode, text), marshal.dumps(made))
        return made
    again: CodeType = marshal.loads(known)
    return again


def take_over() -> None:
    """From now on `re`, `dataclasses` and `typing` (for annotations that are text) themselves ask here, in this process."""

    def execute(text: str, *names: dict[str, Any]) -> None:
        exec(code_of(text), *names)

    def read(text: Any, name: str, mode: str) -> CodeType:
        plain = isinstance(text, str) and (name, mode) == ("<string>", "eval")
        return code_of(text, mode) if plain else builtins.compile(text, name, mode)

    dataclasses.__dict__.setdefault("exec", execute)  # before the built-in ones
    typing.__dict__.setdefault("compile", read)
    try:
        compiler = importlib.import_module("re._compiler")
        plainly, debug = compiler.compile, int(re.DEBUG)
    except (ImportError, AttributeError):  # another Python's own way
        return

    def compile(source: Any, flags: int = 0) -> Any:
        made = None
        if isinstance(source, str | bytes) and not flags & debug:
            made = _made(source, flags, always=False)
        return plainly(source, flags) if made is None else made

    if plainly.__module__ == compiler.__name__:
        compiler.__dict__["compile"] = compile


def _is_written(source: Source) -> bool:
    """Whether the code that has an expression compiled says it itself: as a literal, or outside all functions."""
    frame: FrameType | None = sys._getframe(3)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "re":
        frame = frame.f_back
    return frame is not None and (not frame.f_code.co_flags & _IN_A_FUNCTION or source in frame.f_code.co_consts)


def _compile(source: Source, flags: int) -> _Row:
    """What `re` does, kept before it becomes a pattern."""
    compiler = importlib.import_module("re._compiler")
    parsed = importlib.import_module("re._parser").parse(source, flags)
    code = array("I", [int(c) for c in compiler._code(parsed, flags)])
    by_name: dict[str, int] = parsed.state.groupdict
    names: list[str | None] = [None] * parsed.state.groups
    for name, number in by_name.items():
        names[number] = name
    return int(flags | parsed.state.flags), code.tobytes(), len(names) - 1, by_name, tuple(names)
