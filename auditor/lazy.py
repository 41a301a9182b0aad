"""Regular expressions that are compiled when they are first used: there are more than a thousand, and an audit of one report
needs only some of them."""

import re
from typing import Any, cast


class _Later:
    """Stands for a compiled expression, and becomes as fast as one with its first use."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = re.compile(*self._source)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"):
            self.__dict__[method] = getattr(compiled, method)
        return getattr(compiled, name)


def compile_later(source: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, later. The functions of `re` do not take it; its own methods do all."""
    return cast("re.Pattern[str]", _Later(source, int(flags)))
