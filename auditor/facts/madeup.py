"""Values in the form of a key that somebody made up, as scanners of keys tell them from real ones.

A service draws its keys at random. A value is made up where it counts (`abc123xyz789`), where it is spelt out of words that say
so (`fake`, `test`), where marks around it say that it is cut or put in later, or where a test of what hides keys holds it up.
"""

from itertools import pairwise

from auditor.lazy import compile_later
from auditor.redact import entropy
from auditor.wording import wordset

_PIECE = compile_later(r"[A-Za-z0-9]+")
_ORDERS = ("0123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm")
_STEPS = frozenset(a + b for order in _ORDERS for pair in pairwise(order) for a, b in (pair, pair[::-1])) | {
    c + c for c in "0123456789abcdefghijklmnopqrstuvwxyz"
}
_RUN = 3  # letters in a row that follow one another
# What nobody draws by chance in a key's length ...
_SAYS_SO = compile_later(r"(?i)fake|dummy|mock|example|sample|invalid|notreal|testing|test|demo|placeholder|changeme")
# ... and what services put before their keys, so that it only tells something of a value without a random part.
_NAMES_IT = wordset("secret token password passwd pass key value private credential")
_RANDOM = 16  # letters of a part that is drawn at random, at least
_HIDES = compile_later(r"(?i)redact|scrub|saniti[sz]|censor|obfuscat|secret_?(?:scan|detect)|detect_?secret")
# Words that mean other things, too (the mask of an image, a leak of memory), and what tells that they do not.
_MAY_HIDE = compile_later(r"(?i)mask|hide|hidden|leak|filter|anonymi[sz]|expos")
_OF_KEYS = compile_later(r"(?i)key|secret|token|credential|passw|sensitive|pii|(?:^|_)auth|(?:^|_)logs?(?:_|$)")
_ENTERS = compile_later(
    r"(?m)^[ \t]{0,40}(?:(?:async[ \t]+)?def[ \t]+(\w{1,200})|class[ \t]+(\w{1,200})|(?:it|test|describe)\([\"'`]([^\"'`\n]{1,200}))"
)


def made_up(text: str, start: int, end: int) -> bool:
    """Whether the value from `start` to `end` of a text is made up by its letters, or by the marks around it."""
    if text[max(start - 1, 0) : start] in ("$", "%", "<", "{") and start:
        return True  # a variable, or a place to be filled
    if text[end : end + 3] in ("...", "***") or text[end : end + 1] == "…":
        return True  # cut
    while end < len(text) and (text[end].isalnum() or text[end] in "_-") and text[end].isascii():
        end += 1
    pieces = _PIECE.findall(text[start:end])
    rest = pieces[1:] or pieces
    if any(_SAYS_SO.search(p) for p in rest):
        return True
    if any(_random(p) for p in pieces):
        return False
    return any(_counts(p) for p in pieces) or any(p.lower() in _NAMES_IT for p in rest)


def _random(piece: str) -> bool:
    return len(piece) >= _RANDOM and not _counts(piece) and entropy(piece) >= 3


def _counts(piece: str) -> bool:
    """Whether at least half of the letters follow one another, in the alphabet, in numbers or on a keyboard."""
    low, inside, run = piece.lower(), 0, 1
    for k in range(1, len(low) + 1):
        if k < len(low) and low[k - 1 : k + 1] in _STEPS:
            run += 1
            continue
        inside += run if run >= _RUN else 0
        run = 1
    return len(low) >= _RUN and inside * 2 >= len(low)


def tests_hiding(path: str, text: str, start: int) -> bool:
    """Whether a place of a test lies in a file, a class or a function that is called by what hides keys: what such a test is given
    looks as real as can be, and is not."""
    entered = list(_ENTERS.finditer(text, 0, start))
    functions = [m[1] or m[3] for m in entered if m[1] or m[3]][-1:]
    classes = [m[2] for m in entered if m[2]][-1:]
    names = (path.rpartition("/")[2], *functions, *classes)
    return any(_HIDES.search(n) or (_MAY_HIDE.search(n) and _OF_KEYS.search(n)) for n in names)
