"""What makes a start slow, made cheap: dataclasses that share what each would have generated, and regular expressions that are
compiled when they are first used. There are more than a thousand, and an audit of one report needs half of them; what they
were compiled to can be kept for the next run, as Python keeps its modules."""

import contextlib
import marshal
import os
import re
import sys
from array import array
from collections.abc import Callable, Iterator
from functools import cached_property
from importlib import import_module
from operator import attrgetter
from pathlib import Path
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


__all__ = ["compile_later", "dataclass", "kept_expressions"]


class _Later:
    """Stands for a compiled expression, and becomes as fast as one with its first use."""

    def __init__(self, pattern: str, flags: int) -> None:
        self._source = (pattern, flags)

    def __getattr__(self, name: str) -> Any:
        compiled = _kept.compile(*self._source) if _kept else re.compile(*self._source)
        for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "subn", "split"):
            self.__dict__[method] = getattr(compiled, method)
        return getattr(compiled, name)


def compile_later(source: str, flags: int = 0) -> re.Pattern[str]:
    """As `re.compile`, later, for what stands in the code: nothing of a repository may be in it. The functions of `re` do not
    take it; its own methods do all."""
    return cast("re.Pattern[str]", _Later(source, int(flags)))


# -- kept from one run to the next -------------------------------------------------------------------------------------

_MOST = 4000  # expressions of a file, those of other versions of the code among them
_FEW = 20  # new ones, for which it is not written again

# By source and flags: all flags, the engine's code as 32-bit words, how many groups there are, and their names.
_Code = tuple[int, bytes, int, dict[str, int]]


class _Kept:
    """What expressions were compiled to: compiling them takes a quarter of an audit. In a file of one version of the engine,
    which checks what it is given; without the file, or with one that is not right, all is compiled as ever."""

    def __init__(self, folder: Callable[[], Path]) -> None:
        self._folder = folder
        self._engine: Any = import_module("_sre")
        self._read = 0

    @cached_property
    def _path(self) -> Path:
        engine = f"{sys.implementation.cache_tag}-{self._engine.MAGIC}-{self._engine.CODESIZE}-{sys.byteorder}"
        return self._folder() / f"expressions-{engine}"

    @cached_property
    def _codes(self) -> dict[tuple[str, int], _Code]:
        codes: dict[tuple[str, int], _Code] = {}
        with contextlib.suppress(OSError, ValueError, EOFError, TypeError):
            codes = dict(marshal.loads(self._path.read_bytes()))
        self._read = len(codes)
        return codes

    def compile(self, pattern: str, flags: int) -> re.Pattern[str]:
        with contextlib.suppress(ImportError, AttributeError, RuntimeError, TypeError, ValueError):
            if (code := self._codes.get((pattern, flags))) is None:
                code = self._codes[pattern, flags] = _translated(pattern, flags)
            all_flags, words, groups, names = code
            numbered = {number: name for name, number in names.items()}
            named = tuple(numbered.get(n) for n in range(groups + 1))
            code_words = array("I", words).tolist()
            return cast("re.Pattern[str]", self._engine.compile(pattern, all_flags, code_words, groups, names, named))
        return re.compile(pattern, flags)

    def write(self) -> None:
        if "_codes" not in self.__dict__ or len(self._codes) < self._read + _FEW:
            return
        own = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            own.parent.mkdir(parents=True, exist_ok=True)
            own.write_bytes(marshal.dumps(dict(list(self._codes.items())[-_MOST:])))
            own.replace(self._path)


_kept: _Kept | None = None


@contextlib.contextmanager
def kept_expressions(folder: Callable[[], Path]) -> Iterator[None]:
    """Take compiled expressions from a file of this folder, which is asked for with the first of them, and put new ones there
    at the end."""
    global _kept
    _kept = kept = _Kept(folder)
    try:
        yield
    finally:
        _kept = None
        kept.write()


def _translated(pattern: str, flags: int) -> _Code:
    """What `re` does before it calls its engine."""
    parser: Any = import_module("re._parser")
    compiler: Any = import_module("re._compiler")
    parsed = parser.parse(pattern, flags)
    words = array("I", compiler._code(parsed, flags)).tobytes()
    return int(flags | parsed.state.flags), words, parsed.state.groups - 1, dict(parsed.state.groupdict)
