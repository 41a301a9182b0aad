"""Who is to be unknown: names by their letters, in any spelling, and what is no name though somebody bears it."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from importlib import resources

from auditor.wording import wordset

NOBODY = wordset("""
    runner user users app root vscode jovyan appuser ubuntu nonroot shared public default admin airflow circleci
    docker node mambauser micromamba guest worker app-user me you username user-name your-name yourname your_name
    name xxx test developer dev student students git team group ec2-user azureuser postgres mysql redis sa
    oauth2accesstoken aws none null token __token__ json_key oauth2 x-access-token _json_key tmp work
    """)
"""User names that are nobody's."""
_MONTHS = wordset("january february march april may june july august september october november december")
# Names that are words of prose as well: replacing them everywhere would hide what is to be read. They are replaced as part of a
# full name, and where a capital letter within a sentence says that somebody is meant.
_SHY = _MONTHS | wordset("""
    art autumn baker banks bay bell best bill black brown can chase cliff cook dale day dean den der drew east faith field
    fields ford gold good grace grant gray green grey hall hill hope hunter joy king knight lane little long love major mark
    marks mason max miller noble north page park pat power price ram ray reed rich rivers rose sharp short silver sky small
    smith south spring stone sue summer swift taylor van von wade west white will winter wood woods wright young
    """)
# Names that stand for something else beside these words, and for somebody anywhere else.
_MEANT = {
    "adam": wordset("optimizer optimizers optimiser optimisers optim optimization torch keras import algorithm w max")
}
# Words of code that are always small, and somebody's name with a capital letter.
_SMALL = frozenset(["elif"])
_TWO = wordset("""
    ai an as at be by do go he hi id if in io is it me ml my no of ok on or os pr py so to uk up us uv we cd ci db
    gb js kb ln ls mb ms ns pi rm sh tf ts ui vm
    """)
_RUN = re.compile("(?:[^\\W\\d_][\u0300-\u036f]*)+")
_HUMP = re.compile(r"[A-Z]+(?![a-zà-ÿ])|[A-Z][a-zà-ÿø-ɏ]*|[^\W\d_A-Z]+[\u0300-\u036f]*")
_LETTERS = str.maketrans(
    {"ø": "o", "æ": "ae", "å": "a", "ß": "ss", "ð": "d", "þ": "th", "ł": "l", "đ": "d", "œ": "oe", "ı": "i"}
)


@lru_cache(maxsize=200_000)
def fold(word: str) -> str:
    """A word by its letters alone: small, without accents, and `oe`, `aa`, `ae`, `ue` as the one letter that they stand for."""
    low = word.casefold()
    if not low.isascii():
        low = "".join(c for c in unicodedata.normalize("NFKD", low.translate(_LETTERS)) if not unicodedata.combining(c))
    for two, one in (("oe", "o"), ("aa", "a"), ("ae", "a"), ("ue", "u")):
        low = low.replace(two, one)
    return low


@lru_cache(maxsize=1)
def ordinary() -> frozenset[str]:
    """Words of English, of code and of the field, which say nothing of anybody. The list was drawn from documentation of Python and
    of its packages, and has no word that is foremost a person's name."""
    text = resources.files("auditor.judges").joinpath("words.txt").read_text(encoding="ascii")
    return frozenset(w for word in text.split() for w in (word, fold(word)))


class Names:
    """Who is to be unknown: names in any spelling, and handles as they are. `at_home` says of a word in small letters that the
    repository's code has it as its own: it is a name only as part of a full one, since whoever writes a commit chooses
    what he is called."""

    def __init__(self, at_home: Callable[[str], bool] = lambda word: False) -> None:
        self._at_home = at_home
        self.parts: set[str] = set()  # folded words that are names
        self.mates: dict[str, set[str]] = {}  # of folded names that are words, too: the other parts of the name
        self.short: set[str] = set()  # names of two letters, as they are written
        self.joined: set[str] = set()  # folded parts of one name, written together
        self.handles: set[str] = set()
        self.wholes: set[tuple[str, ...]] = set()  # names of which each part is a word

    def plain(self, word: str) -> bool:
        """Whether a word says nothing of anybody where it stands alone."""
        low = word.casefold()
        if len(word) == 2 and (word.isupper() or low in _TWO):
            return True
        return low in ordinary() or fold(word) in ordinary() or self._at_home(low)

    def common(self, word: str) -> bool:
        """Whether a word is one of prose or code, be it a name as well."""
        return fold(word) in _SHY or self.plain(word)

    def person(self, name: str) -> None:
        """A person's name, of one word or more."""
        words = [w for run in _RUN.findall(name) for w in (_HUMP.findall(run) if not run.isupper() else [run])]
        if not words or len(words) > 8 or (len(words) == 1 and self.common(words[0])):
            return
        folded = [fold(w) for w in words]
        sure = False
        for word, plain in zip(words, folded, strict=True):
            if len(word) == 2 and word[0].isupper() and word.lower() not in _TWO:
                self.short.add(word)
                sure = True
            elif len(plain) > 2:
                if self.common(word):
                    self.mates.setdefault(plain, set()).update(w for w in folded if w != plain)
                else:
                    self.parts.add(plain)
                    sure = True
        if not sure and any(self.plain(w) for w in words):
            self.wholes.add(tuple(_RUN.findall(name)))
        for i, one in enumerate(folded):
            for j, other in enumerate(folded):
                if i != j and len(one + other) > 4:
                    self._join(one + other)
                    if i < j and len(other) > 3:
                        self._join(one[0] + other)
        if 2 < len(folded) < 6:
            self._join("".join(folded))

    def _join(self, word: str) -> None:
        if not self.common(word):
            self.joined.add(word)

    def handle(self, handle: str) -> None:
        """A user name: as a whole, and what of it is plainly a name."""
        plain = handle.strip().lower()
        runs = _RUN.findall(handle)
        if len(plain) < 3 or plain in NOBODY or plain.isdigit() or self.common(plain):
            return
        if all(self.plain(run) for run in runs):
            return
        self.handles.add(plain)
        if len(runs) == 1 and len(runs[0]) > 3 and not self.common(runs[0]):
            self.parts.add(fold(runs[0]))

    def address(self, email: str) -> None:
        """The part of an address before the host."""
        local = re.split(r"@|＠|%40|&#64;|&commat;|\s*[\[({<]|\s", email)[0]
        local = re.sub(r"^\d+\+", "", local).split("+")[0]
        if local.lower() in NOBODY or self.common(local) or not re.search(r"[^\W\d_]{3}", local):
            return
        self.handle(local)
        for run in _RUN.findall(local):
            if len(run) > 2 and not self.common(run):
                self.parts.add(fold(run))

    def __call__(self, word: str) -> bool:
        """Whether a word of letters is a name, possessive or not."""
        plain = fold(word)
        if plain in self.parts or plain in self.joined or word in self.short:
            return True
        return len(plain) > 4 and plain[-1] == "s" and plain[:-1] in self.parts and not self.common(word)

    def shy(self, word: str) -> bool:
        """Whether a word is a name that is a word of prose, too."""
        plain = fold(word)
        return plain in self.mates and plain in _SHY and not self._at_home(word.casefold())

    def hidden(self, text: str, put: Callable[[str], str]) -> str:
        """The text with `put` of each name in it."""
        if not (self.parts or self.joined or self.short or self.mates):
            return text
        made, at = list[str](), 0
        runs = list(_RUN.finditer(text))
        for n, match in enumerate(runs):
            run, taken = match[0], ""
            if self(run):
                if not self._means(run, text, runs, n):
                    taken = put(run)
            elif run[0].isupper() and fold(run) in self.mates and self._somebody(text, runs, n):
                taken = put(run)
            elif not (run.isupper() or run.islower()):
                taken = _HUMP.sub(lambda m: put(m[0]) if len(m[0]) > 2 and self(m[0]) else m[0], run)
            made += [text[at : match.start()], taken or run]
            at = match.end()
        made.append(text[at:])
        return "".join(made)

    def found(self, text: str) -> list[str]:
        """The names in a text, in small letters."""
        there: list[str] = []

        def put(name: str) -> str:
            there.append(name.casefold())
            return name

        self.hidden(text, put)
        return there

    def _somebody(self, text: str, runs: Sequence[re.Match[str]], n: int) -> bool:
        """Whether a word with a capital letter, which is a name as well, means somebody: by its neighbours or its place."""
        run, plain = runs[n], fold(runs[n][0])
        shy = self.shy(run[0])
        for other in _beside(runs, n):
            near = fold(other) in self.mates[plain]
            if self(other) and (shy or near):
                return True
            if near and other[0].isupper() and (shy or self.shy(other)):
                return True
        before = text[max(run.start() - 2, 0) : run.start()]
        return shy and run[0][1:].islower() and plain not in _MONTHS and bool(re.search(r"[a-z,;] $", before))

    def _means(self, run: str, text: str, runs: Sequence[re.Match[str]], n: int) -> bool:
        """Whether a name stands for what its neighbours say."""
        if run in _SMALL:
            return True
        meant = _MEANT.get(fold(run))
        if meant is None:
            return False
        return text[runs[n].end() : runs[n].end() + 1] == "(" or any(w.lower() in meant for w in _beside(runs, n))


def _beside(runs: Sequence[re.Match[str]], n: int) -> list[str]:
    """The words right before and behind a word."""
    beside = []
    if n and runs[n].start() - runs[n - 1].end() <= 3:
        beside.append(runs[n - 1][0])
    if n + 1 < len(runs) and runs[n + 1].start() - runs[n].end() <= 3:
        beside.append(runs[n + 1][0])
    return beside


def any_of(words: Iterable[str], flags: int = re.IGNORECASE) -> re.Pattern[str] | None:
    """One expression for all of the words, the longest first; None for none."""
    listed = sorted(set(words), key=lambda w: (-len(w), w))
    if not listed:
        return None
    return re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, listed)) + r")(?![A-Za-z0-9])", flags)


def full(wholes: Iterable[tuple[str, ...]]) -> re.Pattern[str] | None:
    """One expression for full names, each as it is written or in capitals, whatever joins its words."""
    made = set()
    for words in wholes:
        if len(words) > 1:
            for some in (words, tuple(w.capitalize() for w in words), tuple(w.upper() for w in words)):
                made.add("[ _.-]{1,2}".join(map(re.escape, some)))
    if not made:
        return None
    return re.compile(r"(?<![^\W_])(?:" + "|".join(sorted(made, key=lambda m: (-len(m), m))) + r")(?![^\W_])")
