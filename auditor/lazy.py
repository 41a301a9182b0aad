"""What makes a start slow, made cheap: dataclasses that share what each would have generated, and regular expressions that are
compiled when they are first used: an audit of one report needs half of them."""

import re
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    def dataclass(cls=None, /, *, frozen=False):
        """As `dataclasses.dataclass`, at a fifth of its price: of six functions it generates only `__init__`. That nothing
        is set in a frozen one is for the type checker to see to, which takes this for the original."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen)
        cls.__doc__ = (
            cls.__doc__ or cls.__name__
        )  # else it is made from the signature, which takes longer than all else
        made = dataclasses.dataclass(eq=False, repr=False)(cls)
        fields = dataclasses.fields(made)
        shown = tuple(f.name for f in fields if f.repr)
        values = attrgetter(*(f.name for f in fields))

        def __eq__(self, other):
            return values(self) == values(other) if other.__class__ is self.__class__ else NotImplemented

        def __repr__(self):
            return f"{self.__class__.__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in shown)})"

        made.__eq__, made.__repr__ = __eq__, __repr__
        made.__hash__ = (lambda self: hash(values(self))) if frozen else None
        return made


__all__ = ["compile_later", "dataclass"]


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
