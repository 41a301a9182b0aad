"""Numbers as they stand in words, and the closed lists of words by which one is told to be a total, a part or no exact figure."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

from auditor.lazy import compile_later, dataclass


def bag(text: str) -> frozenset[str]:
    """A list of words, as one line."""
    return frozenset(text.split())


_NAMES = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty"
)
WORDS = {name: n for n, name in enumerate(_NAMES.split())}
TOTALS = bag("total altogether overall totalling totaling")
# beside a number they say that it is one of a part, of a rank, or of one of several rows
PARTS = bag(
    "main primary core key important essential critical basic active focused other others another additional further remaining "
    "rest first last next new more these those each every per also extra my added"
)
_PIECES = bag("for to that which")
EXCEPTED = bag("excluding except besides apart aside without plus each per respectively")
FOREIGN = bag("course exercise exercises template lecture cookiecutter")
_OPERATORS = {
    "at least": "at least", "minimum of": "at least", "over": "more than", "more than": "more than", "upwards of": "at least",
    "above": "more than", ">": "more than", "at most": "at most", "up to": "at most", "maximum of": "at most",
    "fewer than": "fewer than", "less than": "fewer than", "under": "fewer than", "below": "fewer than", "<": "fewer than",
    "about": "about", "around": "about", "approximately": "about", "approx": "about", "roughly": "about", "circa": "about",
    "ca": "about", "nearly": "about", "almost": "about", "some": "about", "close to": "about", "~": "about", "≈": "about",
    "between": "about", "or": "about", "to": "about", "-": "about",
}  # fmt: skip
_TOKEN = compile_later(r"\d{1,3}(?:,\d{3})+(?![\w])|\d+(?:\.\d+)?|[^\W\d_]+(?:[-'][^\W\d_]+)*|[~≈<>%-]")


@dataclass(frozen=True)
class Token:
    """A word or number in small letters with its place. `glued`: it is part of something longer (`3.12-slim`, `file_2.py`)."""

    word: str
    start: int
    end: int
    glued: bool

    @property
    def value(self) -> float | None:
        """The number that it is; None for another word, or a piece of a name."""
        if self.glued:
            return None
        bare = self.word.replace(",", "")
        return float(bare) if bare.replace(".", "", 1).isdecimal() else WORDS.get(bare)


@lru_cache(maxsize=256)
def tokens(text: str) -> tuple[Token, ...]:
    """The words, numbers and signs of a text; kept, since each claim of a sentence asks for them."""
    made = []
    for m in _TOKEN.finditer(text):
        word, (start, end) = m[0], m.span()
        before, after = text[start - 1 : start], text[end : end + 2]
        if word.isalpha():  # a word is a word; only of numbers it matters that they stand alone
            beside = before + after[:1]
            glued = not before.isspace() and (
                _goes_on(beside[:1], "/\\@") or (beside[:1] == "." and _goes_on(beside[1:]))
            )
        else:
            glued = (
                _goes_on(before, ".#$/\\=:@-")
                or _goes_on(after[:1], "/\\=@")
                or (after[:1] in (".", ":", ",", "-") and _goes_on(after[1:]))
            )
        made.append(Token(word.lower(), start, end, glued))
    return tuple(made)


def _goes_on(mark: str, marks: str = "") -> bool:
    """Whether a character, if there is one, is a word's or one of the marks."""
    return mark.isalnum() or mark == "_" or (mark != "" and mark in marks)


def operator(before: Sequence[Token]) -> str:
    """How a number is bounded by the one or two words before it."""
    last = [t.word for t in before[-2:]]
    return _OPERATORS.get(" ".join(last)) or (_OPERATORS.get(last[-1], "") if last else "") or "exactly"


def near(text: str, n: float, before: int = 5, after: int = 4) -> frozenset[str]:
    """The words beside a number; all words where the number does not stand there."""
    found = tokens(text)
    at = next((i for i, t in enumerate(found) if t.value == n), None)
    return frozenset(t.word for t in (found if at is None else found[max(0, at - before) : at + after + 1]))


def part(text: str, n: float) -> bool:
    """Whether words beside a number say that it is not one of all: `three other tests`, `two main workflows`, `one for linting, one
    for tests and three that deploy`."""
    found = tokens(text)
    at = next((i for i, t in enumerate(found) if t.value == n), 0)
    pieces = [
        (i, a.value or 0) for i, (a, b) in enumerate(pairwise(found)) if a.value and b.word in _PIECES and i != at
    ]
    if any(i < at for i, _ in pieces) or (pieces and sum(v for _, v in pieces) != n):
        return True
    words = {w for t in near(text, n, after=2) for w in (t, *t.split("-"))}
    every = {t.word for t in found}
    return bool(words & PARTS or every & EXCEPTED)


def foreign(text: str) -> bool:
    """Whether a text speaks of the course's or the template's things."""
    return bool(FOREIGN & {t.word for t in tokens(text)})


def total(text: str) -> bool:
    """Whether a text calls its number the total."""
    low = " ".join(text.lower().split())
    return bool(TOTALS & {t.word for t in tokens(text)}) or "in all" in low
