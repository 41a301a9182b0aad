"""Values put into texts, within bounds: a value of values doubles with each, and a text may hold thousands of them."""

import re
from collections.abc import Callable

from auditor import limits


def put_in(pattern: re.Pattern[str], value: Callable[[re.Match[str]], str], text: str) -> str:
    """As `pattern.sub(value, text)`, as long as what is put in is no longer than a command together. What would be put in
    after that stays as it is written, like what is not known."""
    room = limits.COMMAND.value

    def one(match: re.Match[str]) -> str:
        nonlocal room
        if room < 0:
            return match[0]
        made = value(match)
        room -= len(made)
        return match[0] if room < 0 else made

    return pattern.sub(one, text)
