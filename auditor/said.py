"""Which words a text has: those that many ask for are looked for at once."""

from functools import lru_cache

from auditor.linear import Words

_USUAL: dict[str, None] = {}


def will_ask(words: tuple[str, ...]) -> None:
    """Note words that many files will be asked for: those are looked for at once."""
    _USUAL.update(dict.fromkeys(_lower(words)))
    _usual_words.cache_clear()


@lru_cache(maxsize=1)
def _usual_words() -> Words:
    return Words(_USUAL)


class Said:
    """The words of a text in small letters, as far as somebody asks for them: the usual ones are looked for at once."""

    __slots__ = ("_text", "_there", "_usual")

    def __init__(self, text: str) -> None:
        words = _usual_words()
        self._text, self._usual, self._there = text, words.words, words.among(text)

    def one_of(self, words: tuple[str, ...]) -> bool:
        """Whether the text has one of the words, ignoring case."""
        usual, others = _parted(words, self._usual)
        return not usual.isdisjoint(self._there) or (bool(others) and any(word in self._text for word in others))


@lru_cache(maxsize=1024)
def _parted(words: tuple[str, ...], usual: frozenset[str]) -> tuple[frozenset[str], tuple[str, ...]]:
    """Those of the words that are among the usual ones, and the others."""
    lower = _lower(words)
    return usual.intersection(lower), tuple(w for w in lower if w not in usual)


@lru_cache(maxsize=512)
def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)
