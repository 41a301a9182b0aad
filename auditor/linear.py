"""Patterns that a repository brings, matched in time that grows with the text alone, whatever they are; and many words looked
for at once.

Python's own expressions try one way after another, so that a pattern with a few stars can take for ever. These are given to
RE2, which reads a text once. What it refuses (a look around, a reference back, a pattern of absurd size) is refused here.
"""

import re
from collections.abc import Iterable
from typing import Any

from auditor import limits

ONE, WITHIN, ACROSS = r"[^/\n]", r"[^/\n]*", r"[^\n]*"  # a character of a name, any of a name, any of a path
FOLDERS = r"(?:[^\n]*/)?"  # any folders, or none


class Linear:
    """A compiled pattern. Texts are compared as bytes: a path need not be Unicode."""

    __slots__ = ("_compiled",)

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def fits(self, text: str) -> bool:
        """Whether the whole text matches."""
        return self._compiled.fullmatch(_bytes(text)) is not None

    def among(self, rows: "Rows") -> list[int]:
        """The numbers of the paths that match as a whole."""
        return rows.fitting(self._compiled.pattern.decode("utf-8", "replace"))

    def within(self, text: str) -> bool:
        """Whether it matches somewhere in the text."""
        return self._compiled.search(_bytes(text)) is not None


class Rows:
    """Many paths, so that a pattern is held against all of them at once."""

    def __init__(self, texts: Iterable[str]) -> None:
        rows = [_bytes(t) for t in texts]
        self._text = b"\n".join(rows)
        self._at: dict[int, int] = {}
        start = 0
        for n, row in enumerate(rows):
            self._at[start] = n
            start += len(row) + 1

    def fitting(self, source: str) -> list[int]:
        """The numbers of those that a pattern fits as a whole."""
        compiled = _compiled(rf"(?m)^(?:{source})$")
        if compiled is None:
            return []
        starts = (m.start() for m in compiled.finditer(self._text))
        return [self._at[s] for s in starts if s in self._at]


class Words:
    """Many words, or expressions of RE2, looked for in one pass over a text."""

    def __init__(self, words: Iterable[str], expressions: Iterable[str] = ()) -> None:
        self._words = (*dict.fromkeys(words),)
        self.words = frozenset(self._words)
        self._expressions = (*expressions,)
        self._set: Any = None

    def among(self, text: str) -> frozenset[str]:
        """Those that a text has."""
        if self._set is None:
            self._set = self._compiled()
        found = self._set.Match(text.encode("utf-8", "surrogatepass") + _MARK)
        names = (*self._words, *self._expressions)
        if len(names) in found:
            return frozenset([names[n] for n in found if n < len(names)])
        # RE2 had not memory enough to come as far as the mark at the end
        there = [word for word in self._words if word in text]
        return frozenset([*there, *(one for one in self._expressions if re.search(one, text))])

    def _compiled(self) -> Any:
        import re2

        made = re2.Set.SearchSet()
        for source in (*map(escape, self._words), *self._expressions, r"\x00\x01\x00$"):
            made.Add(source.encode())
        made.Compile()
        return made


_MARK = b"\0\1\0"


def linear(source: str) -> Linear | None:
    """A pattern in the syntax that Python and RE2 share; None where RE2 refuses it."""
    compiled = _compiled(source)
    return None if compiled is None else Linear(compiled)


def _compiled(source: str) -> Any:
    import re2

    if len(source) > limits.PATTERN.value:
        return None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(source.encode("utf-8", "replace"), options)
    except re2.error:
        return None


def _bytes(text: str) -> bytes:
    return text.replace("\n", "\0").encode("utf-8", "replace")


def character_class(glob: str, start: int) -> tuple[str, int] | None:
    """The class that opens at `[` in a glob, as an expression, and the place behind it; None where it does not close. None
    stands for a slash, whatever is listed."""
    negated = glob[start + 1 : start + 2] in ("!", "^")
    i = first = start + 1 + negated
    if negated and glob[i : i + 1] == "]" and "]" not in glob[i + 1 : start + 500]:
        negated, i, first = False, i - 1, i - 1  # `[!]` and nothing that closes behind it: a class of one
    out = ""
    while i < start + 500:
        if glob[i : i + 1] == "]" and i > first:
            if negated:
                return rf"[^/\n{out}]", i + 1
            return (f"[{out}]" if out else r"[^\s\S]"), i + 1
        low, i = _member(glob, i)
        if glob[i : i + 1] == "-" and glob[i + 1 : i + 2] not in ("]", ""):
            high, i = _member(glob, i + 1)
            parts = ((low, "."), ("0", high)) if low <= "/" <= high else ((low, high),)
            out += "".join(f"{escape(a)}-{escape(b)}" for a, b in parts if a <= b)  # else the range is empty
        elif low:
            out += escape(low) if low != "/" else ""
        else:
            return None
    return None


def _member(glob: str, at: int) -> tuple[str, int]:
    """A character of a class, be it behind a backslash, and the place behind it."""
    at += glob[at : at + 1] == "\\" and at + 1 < len(glob)
    return glob[at : at + 1], at + 1


def escape(text: str) -> str:
    """A text as an expression that matches it alone. What is no Unicode is a question mark, as in the texts."""
    text = text.encode("utf-8", "replace").decode()
    return "".join(c if c.isalnum() or c == "_" or ord(c) > 127 else f"\\x{ord(c):02x}" for c in text)
