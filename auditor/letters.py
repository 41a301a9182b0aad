"""Letters that a reader does not see or takes for others. One list for all: what is read is freed of them here, what is
written shows them as replacement characters (`auditor/escape.py`)."""

import re
import unicodedata
from html import unescape

from auditor import limits
from auditor.lazy import compile_later

UNSEEN = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""For a class of an expression: zero-width and format letters, direction marks, fillers, tag letters."""

_ODD_ENDS = compile_later("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BEFORE_BLOCKS = compile_later("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029](?= {0,3}(?:[#>]|[-*+] |`{3}))")
_ODD_SPACES = compile_later("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2800]")
_TAGS = compile_later("[\U000e0020-\U000e007f]{12,}")  # a hidden text, which the search for orders reads
_ODD = compile_later(
    # Joiners and selectors shape other scripts and emoji: beside a plain letter they shape nothing.
    f"[{UNSEEN.replace(chr(0x200B) + '-' + chr(0x200F), chr(0x200B) + chr(0x200E) + chr(0x200F))}]"
    "|(?<![^\x00-\u024f])[\u200c\u200d\ufe00-\ufe0f]|[\u200c\u200d](?![^\x00-\u024f])|[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]"
)
_ENTITY = compile_later(r"&(?:#\d{1,8}|#[xX][0-9a-fA-F]{1,7}|[A-Za-z]{2,32});")
# Strokes through or below a letter: no language writes them so, and a reader sees the letter.
_STROKES = compile_later("(?<=[A-Za-z])[\u0332\u0333\u0335-\u0338\u033f\u0347\u035c-\u0362]+")
_IN_WORDS = compile_later(
    r"(?<=\w)(?:<!--(?:(?!-->)[^\n]){0,400}-->|</?(?:b|i|em|strong|span|u|s|a|wbr|font|sub|sup|small|big|mark|bdo|bdi|ins|del)\b[^<>\n]{0,100}>){1,20}(?=\w)",
    re.IGNORECASE,
)
_WORD = compile_later(r"[^\W_]+")
# What looks like a Latin letter or a digit in the scripts that most fonts draw alike.
_ALIKE = str.maketrans(
    "аеорсухіѕјԛԝһԁӏАВЕКМНОРСТУХІЅЈԚԜΑΒΕΖΗΙΚΜΝΟΡΤΥΧονρυιαϲⅼıɡ",
    "aeopcyxisjqwhdlABEKMHOPCTYXISJQWABEZHIKMNOPTYXovpuiaclig",
)


def as_read(text: str) -> str:
    """A text of prose as its reader sees it: no space is odd, what is not seen is not there, and letters of other scripts
    that stand for Latin ones are Latin. Words of other scripts, emoji and long runs of hidden tag letters (see
    `auditor/injection.py`) stay. Odd line ends are ends where the text has hardly any other or a heading, quote or item
    follows, else blanks: an editor counts no line at one that stands within a paragraph."""
    if text.isascii() and not ("&" in text or "<" in text or _ODD_ENDS.search(text) or _ODD.search(text)):
        return text
    odd = _ODD_ENDS.findall(text)
    if odd:
        text = _ODD_ENDS.sub("\n", text) if len(odd) > text.count("\n") else _BEFORE_BLOCKS.sub("\n", text)
        text = _ODD_ENDS.sub(" ", text)
    if "&" in text:
        text = _ENTITY.sub(_entity, text)
    if "<" in text:
        text = "\n".join(_whole_words(row) if "<" in row else row for row in text.split("\n"))
    if _TAGS.search(text):
        kept = _TAGS.findall(text)
        pieces = [_visible(piece) for piece in _TAGS.split(text)]
        return "".join(a + b for a, b in zip(pieces, [*kept, ""], strict=True))
    return _visible(text)


_LOOKED_AT = 500  # characters; whatever a shorter row is made of, it takes no time
_BLANKS = compile_later(r"[^\S\n]{200,}+")
_RUN = compile_later(r"\S{4000,}+")
_KEPT = 100, 1000  # of a run of blanks, and of what has none at either end


def shortened(text: str) -> tuple[str, tuple[int, ...]]:
    """A text without what nobody types: a run of hundreds of blanks is a shorter one, of thousands of characters without a
    blank (an image written out) only both ends stay, and a row ends at its limit. The rows, from 0, that lost more than
    blanks."""
    rows = text.split("\n")
    lost = []
    for i, row in enumerate(rows):
        if len(row) > _LOOKED_AT:
            squeezed = _BLANKS.sub(lambda m: m[0][: _KEPT[0]], row)
            rows[i] = _RUN.sub(lambda m: f"{m[0][: _KEPT[1]]}…{m[0][-_KEPT[1] :]}", squeezed)[: limits.ROW.value]
            if rows[i] != squeezed:
                lost.append(i)
    return "\n".join(rows), tuple(lost)


def _whole_words(row: str) -> str:
    """A row in which no tag or comment stands within a word; what a comment says goes to the row's end."""
    behind: list[str] = []

    def gone(match: re.Match[str]) -> str:
        behind.extend(said for said in re.findall(r"<!--.*?-->", match[0]) if re.search(r"\w", said))
        return ""

    row = _IN_WORDS.sub(gone, row)
    return " ".join([row, *behind]) if behind else row


def _visible(text: str) -> str:
    text = _ODD.sub("", _ODD_SPACES.sub(" ", text))
    if text.isascii():
        return text
    return _WORD.sub(_latin, _STROKES.sub("", text))


def _entity(match: re.Match[str]) -> str:
    """What is not seen goes however it is written; other entities are the markdown parser's."""
    said = unescape(match[0])
    if said == match[0]:
        return said
    if _ODD_SPACES.fullmatch(said):
        return " "
    if _ODD.fullmatch(said) and said != "\0":
        return ""
    return (
        said
        if _latin_of(said) != said or (match[0].startswith("&#") and said.isascii() and said.isalnum())
        else match[0]
    )


def _latin(match: re.Match[str]) -> str:
    word = match[0]
    return word if word.isascii() else _latin_of(word)


def _latin_of(word: str) -> str:
    """The word in Latin letters where each of its letters is one or looks like one: a word of another script has others."""
    folded = unicodedata.normalize("NFKC", word) if any(_is_form(c) for c in word) else word
    folded = folded.translate(_ALIKE)
    if all(c < "\u0250" or c in "\u1e9e" for c in folded):
        return folded
    return word


def _is_form(letter: str) -> bool:
    """Whether a letter is another form of a plain one: full width, mathematical, enclosed."""
    return "\uff01" <= letter <= "\uff5e" or "\U0001d400" <= letter <= "\U0001d7ff" or "\u2100" <= letter <= "\u214f"
