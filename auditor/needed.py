"""Words of which a text must have one, or an expression matches nowhere in it: looking for these is quicker by far.

They follow from the expression alone: what stands in it as it is, of alternatives one each. Most expressions that are asked of
a sentence or a file match in few of them.
"""

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

_MOST = 60  # words that are looked for one by one
_LONG = 4  # letters from which a word is rare enough
# Letters outside ASCII that one of ASCII stands for where big and small ones are the same.
_LIKE_ASCII = frozenset("\N{KELVIN SIGN}\N{LATIN SMALL LETTER LONG S}\N{LATIN SMALL LETTER DOTLESS I}\u0130")


def needed(source: str, flags: int) -> tuple[str, ...]:
    """The words; in small letters where the expression takes both. None where it is not plain that there are any."""
    try:
        parsed = importlib.import_module("re._parser").parse(source, flags)
        return _of(parsed, bool((flags | parsed.state.flags) & re.IGNORECASE)) or ()
    except (ImportError, AttributeError, TypeError, ValueError, RecursionError):  # another Python's own way
        return ()


def _of(parsed: Iterable[tuple[Any, Any]], small: bool) -> tuple[str, ...] | None:
    """The best words that one part after the other offers."""
    offers: list[tuple[str, ...]] = []
    run = ""
    for code, value in parsed:
        kind = str(code)
        if kind == "LITERAL" and (not small or value < 128):
            run += chr(value).lower() if small else chr(value)
        elif kind not in ("AT", "ASSERT", "ASSERT_NOT"):  # these have no width
            offers += [(run,)] if run else []
            offers += _within(kind, value, small)
            run = ""
    offers += [(run,)] if run else []
    return max(offers, key=_worth, default=None)


def _within(kind: str, value: Any, small: bool) -> Iterator[tuple[str, ...]]:
    """The words that a part which has others in it needs."""
    parts: list[Any] = []
    if kind == "SUBPATTERN" and (small or not value[1] & re.IGNORECASE):
        parts = [value[3]]
    elif kind == "BRANCH":
        parts = value[1]
    elif kind in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0]:
        parts = [value[2]]
    elif kind == "ATOMIC_GROUP":
        parts = [value]
    found = [_of(part, small) for part in parts]
    if found and None not in found:
        words = {w for one in found for w in one or ()}
        yield tuple(sorted(w for w in words if not any(o in w for o in words if o != w)))


def _worth(words: Sequence[str]) -> float:
    return min(min(map(len, words)), _LONG) - len(words) / 8


def guarded(compiled: re.Pattern[str], words: Sequence[str]) -> dict[str, Callable[..., Any]]:
    """The methods of an expression that look for its words first."""
    if not words or len(words) > _MOST or any(len(w) == 1 and w.isalnum() for w in words):
        return {}
    small, search, finditer, sub = (
        bool(compiled.flags & re.IGNORECASE),
        compiled.search,
        compiled.finditer,
        compiled.sub,
    )

    def absent(text: str) -> bool:
        if small:
            if not text.isascii() and not _LIKE_ASCII.isdisjoint(text):
                return False
            text = text.lower()
        for word in words:  # noqa: SIM110, a generator takes as long as the search
            if word in text:
                return False
        return True

    return {
        "search": lambda text, *where: None if absent(text) else search(text, *where),
        "finditer": lambda text, *where: iter(()) if absent(text) else finditer(text, *where),
        "sub": lambda by, text, count=0: text if absent(text) else sub(by, text, count),
    }
