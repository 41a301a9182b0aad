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


_NO = wordset("not no never hardly barely nobody none neither")
_DEGREES = wordset("really fully entirely completely truly quite always often much many very properly strictly consistently extensively systematically"
    " regularly actively formally necessarily exactly particularly heavily explicitly thoroughly rigorously significantly especially frequently only just"
    " solely exclusively everywhere")  # fmt: skip
_PAST_VERBS = wordset(
    "had was were used ran did set built began wrote made kept relied chose required based started went"
)
_ONCE = wordset("once first initially originally formerly previously earlier beforehand")


def by_degree(said: Sequence[str]) -> bool:
    """Whether a word of degree follows a negation: what was "not really" or "not always" done was done to some degree."""
    return any(
        (word in _NO or word.endswith("n't")) and not _DEGREES.isdisjoint(said[i + 1 : i + 4])
        for i, word in enumerate(said)
    )


def once_so(said: Sequence[str]) -> bool:
    """Whether it is told of a time that is over: `once had`, `first used`, `was originally`."""
    for i, word in enumerate(said):
        if word not in _ONCE or said[max(0, i - 1) : i] == ["at"]:
            continue
        beside = {*said[i + 1 : i + 2], *(said[max(0, i - 1) : i] if word not in ("once", "first") else ())}
        if beside & _PAST_VERBS:
            return True
    return False


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
        first = parts[0]
        if not first.endswith("*"):
            if first not in said:  # most phrases stand in no sentence
                return 0
            starts = [i for i, word in enumerate(said) if word == first]
        else:
            stem = first[:-1]
            starts = [i for i, word in enumerate(said) if word.startswith(stem)]
        end = next((e for i in reversed(starts) if (e := _end(said, i, parts))), 0)
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
