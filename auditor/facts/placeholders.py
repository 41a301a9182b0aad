"""Whether a word is meant as it stands, or stands for another one that whoever types it has to put there."""

import re

from auditor.lazy import compile_later
from auditor.wording import wordset

_UNCLEAR = compile_later(
    r"<[^>]*>|\[[^\]=,]*\]|\{[^}]*\}|\*{2,}|\.\.\.|…|\$\w|\$\{|\$\(|%\w+%|path[/_]to"
    r"|(?i:(^|[/_-])(your|my|some|foo|bar|xxx+|example|script|file|filename|name)(?=[/_.-]|$))"
)
_NO_PATH = compile_later(r"[<>{}$*?\[\]|~=,'\"()]|://|^[A-Za-z]:")
_LONGEST = 500  # characters; what is longer is no name
# Words that name no thing, but the place of one; a text of such words alone is to be replaced by whoever types it.
_ANY = wordset("some any your my other another new old the a an to of for with value values param params parameter parameters key keys arg args"
    " argument arguments option options optional override overrides overridden overwrite variable placeholder something anything whatever")  # fmt: skip
_PLACES = wordset("value param parameter key arg argument override placeholder something anything whatever")


def placeholder(text: str) -> bool:
    """Whether a text stands for another one: `<name>`, `path/to/x`, `$FILE`, `your_script.py`, `param_to_override`, `some value`."""
    return len(text) > _LONGEST or bool(_UNCLEAR.search(text)) or _for_any(text)


def _for_any(text: str) -> bool:
    """Whether a text of several words says of nothing in particular that it belongs there."""
    said = [w for w in re.split(r"[^a-z]+", text.lower()) if w]
    return len(said) > 1 and _ANY.issuperset(said) and any(w.removesuffix("s") in _PLACES for w in said)


def clear(name: str) -> bool:
    """Whether a word is a path as written, rather than a placeholder, a variable or a place outside the repository."""
    return bool(name) and not placeholder(name) and not _NO_PATH.search(name) and not name.startswith("/")
