"""The words of a sentence, and whether a name stands among them."""

from collections.abc import Sequence
from functools import lru_cache

from auditor.lazy import compile_later


def phrases(listed: str) -> tuple[str, ...]:
    """The phrases of a list with commas between."""
    return tuple(" ".join(p.split()) for p in listed.split(","))


def wordset(listed: str) -> frozenset[str]:
    """The words of a list with blanks between."""
    return frozenset(listed.split())


_WORD = compile_later(r"[a-z0-9&/'.+_]+|[,;:!?()]")


def words(text: str) -> list[str]:
    """A text as small words and marks; hyphens part words, a full stop ends one and stands alone."""
    return list(_words(text))


@lru_cache(maxsize=2048)
def _words(text: str) -> tuple[str, ...]:
    small = text.lower().replace("’", "'").replace("-", " ").replace("`", " ").replace("*", " ")
    made: list[str] = []
    for word in _WORD.findall(small):
        bare = word.strip(".'") if len(word) > 1 else word
        if bare:
            made.append(bare)
        if word.endswith(".") and len(word) > 1:
            made.append(".")
    return tuple(made)


def _fits(word: str, pattern: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


@lru_cache(maxsize=4096)
def _parts(phrase: str) -> tuple[str, ...]:
    return tuple(phrase.split())


def at(said: Sequence[str], start: int, phrase: str) -> int:
    """Where the phrase ends if it stands at a place of the words; 0 if it does not."""
    parts = _parts(phrase)
    end = start + len(parts)
    return end if end <= len(said) and all(_fits(said[start + k], part) for k, part in enumerate(parts)) else 0


def stands(said: Sequence[str], phrase: str) -> int:
    """Where the phrase last ends in the words; 0 if it stands nowhere. Parts joined by `+` may stand apart, in any order."""
    ends = []
    for part in phrase.split("+"):
        first = _parts(part)[0]
        if not first.endswith("*") and first not in said:  # most phrases stand in no sentence
            return 0
        ends.append(max((e for i in range(len(said)) if (e := at(said, i, part))), default=0))
    return max(ends) if all(ends) else 0


def names(said: Sequence[str], phrases: Sequence[str]) -> bool:
    """Whether one of the phrases stands in the words."""
    return any(stands(said, p) for p in phrases)
