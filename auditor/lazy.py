"""What makes a start slow, made cheap: dataclasses that share what each would have generated, and regular expressions that are
compiled when they are first used: an audit of one report needs half of them."""

import re
import threading
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from auditor.compiled import compiled as compiled_before
from auditor.compiled import words_of
from auditor.needed import guarded

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    from auditor.compiled import code_of

    def dataclass(cls=None, /, *, frozen=False):
        """As `dataclasses.dataclass`, at a tenth of its price: of six functions it generates only `__init__`, and that when the
        first object is made; an audit of one report makes objects of half of the classes. That nothing is set in a frozen
        one is for the type checker to see to, which takes this for the original."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen)

        def __init__(self, *values, **named):
            _generate(cls)
            cls.__init__(self, *values, **named)

        cls.__init__, cls.__eq__, cls.__repr__ = __init__, _same, _shown
        cls.__hash__, cls.__setstate__ = _hash if frozen else None, _restored
        _WAITING.add(cls)
        return cls

    def _generate(cls):
        """Make the class what it was declared as, after those that it builds on."""
        with _AT_ONCE:
            for one in reversed(cls.__mro__):
                if one not in _WAITING:
                    continue
                # without a text of its own, one is made from the signature, which takes longer than all else
                one.__doc__ = one.__doc__ or one.__name__
                dataclasses.dataclass(eq=False, repr=False, init=False)(one)
                fields = dataclasses.fields(one)
                one.__shown__ = tuple(f.name for f in fields if f.repr)
                one.__values__ = attrgetter(*(f.name for f in fields))
                one.__init__ = _init(one, fields)  # in one step: another thread may make an object just now
                _WAITING.remove(one)

    def _init(cls, fields):
        """What sets the fields."""
        rows, given = ["pass"], {"_new": object()}
        head = ["self"]
        for f in fields:
            name, default, new = f.name, f"_default_{f.name}", f"_new_{f.name}"
            given |= {default: f.default, new: f.default_factory}
            if f.default_factory is not dataclasses.MISSING:
                head.append(f"{name}=_new")
                rows.append(f"self.{name} = {new}() if {name} is _new else {name}")
            else:
                head.append(name if f.default is dataclasses.MISSING else f"{name}={default}")
                rows.append(f"self.{name} = {name}")
        if hasattr(cls, "__post_init__"):
            rows.append("self.__post_init__()")
        made = {}
        exec(code_of(f"def __init__({', '.join(head)}):\n " + "\n ".join(rows)), given, made)
        made["__init__"].__qualname__ = f"{cls.__qualname__}.__init__"
        return made["__init__"]

    def _same(self, other):
        return self.__values__(self) == self.__values__(other) if other.__class__ is self.__class__ else NotImplemented

    def _shown(self):
        return f"{self.__class__.__qualname__}({', '.join(f'{n}={getattr(self, n)!r}' for n in self.__shown__)})"

    def _hash(self):
        return hash(self.__values__(self))

    def _restored(self, state):
        """An object that comes from another process is made without `__init__`."""
        _generate(self.__class__)
        self.__dict__.update(state)

    _WAITING = set()
    _AT_ONCE = threading.RLock()


__all__ = ["compile_later", "dataclass"]


class _Later:
    """Stands for a compiled expression, and becomes as fast as one with its first use."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = compiled_before(*self._source)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"):
            self.__dict__[method] = getattr(compiled, method)
        self.__dict__.update(guarded(compiled, words_of(*self._source)))
        return self.__dict__.get(name) or getattr(compiled, name)


def compile_later(source: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, later. The functions of `re` do not take it; its own methods do all."""
    return cast("re.Pattern[str]", _Later(source, int(flags)))
