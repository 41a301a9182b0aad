"""How alike a course's own words are to known ones: by the words that tell one known text from the others."""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import lru_cache

from auditor.lazy import dataclass
from auditor.profile import words
from auditor.wording import wordset

_STOP = wordset(
    "a an and any are as at be by can do does for from have has how if in into is it make of on or our so some such"
    " sure that the their then there this to up use used using was we were what where which why will with you your"
    " group project code write add create get part related one more running not"
)
_SAME = 0.9  # from here on two texts are the same but for the wording
_ALIKE = 0.6  # below this, two texts have some words in common and ask for different things
_NEAR = 0.3
_TOLD = 0.5  # of the weight of the words by which a text is told from the next one: as much must be there


@dataclass(frozen=True)
class Match:
    """A known text that another one is like: whose it is, which, and how like (1 is the same words)."""

    id: str
    text: str
    share: float


def telling(text: str) -> frozenset[str]:
    """The words of a text that say what it is about, without endings: `tests` and `testing` are one."""
    return _telling(text)


@lru_cache(maxsize=4096)
def _telling(text: str) -> frozenset[str]:
    return frozenset(_stem(w) for w in words(text) if w not in _STOP)


def first_telling(text: str, most: int) -> list[str]:
    """The first words of a text that say what it is about, as they stand there."""
    return [w for w in words(text) if w not in _STOP][:most]


def _stem(word: str) -> str:
    for end in ("ing", "ed", "es", "s"):
        if word.endswith(end) and len(word) - len(end) >= 3 and not word.endswith("ss"):
            word = word[: -len(end)]
            if len(word) > 3 and word[-1] == word[-2] and word[-1] not in "sl":
                word = word[:-1]
            break
    return word[:-1] if len(word) > 4 and word.endswith("e") else word


class Known:
    """Known texts by the ids that they belong to. A word weighs the more the fewer of them have it."""

    def __init__(self, entries: Iterable[tuple[str, Sequence[str]]]) -> None:
        self.entries = [(id_, tuple(texts)) for id_, texts in entries]
        self.words = {id_: frozenset().union(*map(telling, texts)) for id_, texts in self.entries}
        self.counts = Counter(w for said in self.words.values() for w in said)

    def weight(self, said: Iterable[str]) -> float:
        return sum(math.log((len(self.words) + 1) / (self.counts[w] + 0.5)) for w in said)

    def share(self, a: str, b: str) -> float:
        """The share of their words, by weight, that two texts have in common."""
        one, other = telling(a), telling(b)
        both = self.weight(one) + self.weight(other)
        return 2 * self.weight(one & other) / both if both > 0 else 0.0

    def nearest(self, text: str, most: int = 3) -> list[Match]:
        """The known ones that a text has telling words in common with, the likest first, each with its likest text."""
        found = []
        for id_, texts in self.entries:
            share, said = max(((self.share(text, t), t) for t in texts), default=(0.0, ""))
            if share >= _NEAR:
                found.append(Match(id_, said, share))
        return sorted(found, key=lambda m: -m.share)[:most]

    def fitting(self, text: str) -> Match | None:
        """The known one that a text asks for, if that is plain: its words are those, and among them the words by which it is told from
        the next one (`Deploy the API to the cloud` is no drift service, however many words the two share)."""
        near = self.nearest(text)
        if not near or near[0].share < _ALIKE:
            return None
        best, said = near[0], telling(text)
        if best.share >= _SAME:
            return best
        others = [telling(m.text) for m in near[1:]]
        of_best = telling(best.text)
        told = of_best - others[0] if others else of_best
        if self.weight(told & said) < _TOLD * self.weight(told):
            return None
        most = max((self.weight([w]) for w in told), default=0.0)
        rarest = [w for w in told if self.weight([w]) >= most]
        return best if 2 * len(said.intersection(rarest)) >= len(rarest) else None
