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
    return _end(said, start, _parts(phrase))


def _end(said: Sequence[str], start: int, parts: tuple[str, ...]) -> int:
    end = start + len(parts)
    if end > len(said):
        return 0
    for word, part in zip(said[start:end], parts, strict=True):
        if word != part and not (part.endswith("*") and _fits(word, part)):
            return 0
    return end


def stands(said: Sequence[str], phrase: str) -> int:
    """Where the phrase last ends in the words; 0 if it stands nowhere. Parts joined by `+` may stand apart, in any order."""
    last = 0
    for parts in _pieces(phrase):
        if not parts[0].endswith("*") and parts[0] not in said:  # most phrases stand in no sentence
            return 0
        end = next((e for i in range(len(said) - len(parts), -1, -1) if (e := _end(said, i, parts))), 0)
        if not end:
            return 0
        last = max(last, end)
    return last


@lru_cache(maxsize=4096)
def _pieces(phrase: str) -> tuple[tuple[str, ...], ...]:
    return tuple(_parts(part) for part in phrase.split("+"))


def names(said: Sequence[str], phrases: Sequence[str]) -> bool:
    """Whether one of the phrases stands in the words."""
    by_first, others = _by_first(tuple(phrases))
    if not by_first.keys().isdisjoint(said) and any(stands(said, p) for word in said for p in by_first.get(word, ())):
        return True
    return any(stands(said, p) for p in others)


@lru_cache(maxsize=512)
def _by_first(phrases: tuple[str, ...]) -> tuple[dict[str, list[str]], list[str]]:
    """The phrases by the word that they begin with, and those that begin with any word of a kind."""
    by_first: dict[str, list[str]] = {}
    others = []
    for phrase in phrases:
        first = _pieces(phrase)[0][0]
        if first.endswith("*"):
            others.append(phrase)
        else:
            by_first.setdefault(first, []).append(phrase)
    return by_first, others
