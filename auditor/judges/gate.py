"""The one gate of a request: nothing of a group reaches a judge but through it.

A prompt's variables take `Block`s only, a block holds `Shown` text only, and `Shown` is made here alone: personal data and
secrets replaced, then cut, then without characters that steer or hide. Blocks stand between marks that occur in none of them.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence

from auditor.escape import safe
from auditor.judges.private import Veil
from auditor.lazy import dataclass
from auditor.prompts import Prompt

LINE = 400
"""Characters of a line that are shown."""
_SELECTORS = re.compile("[\ufe00-\ufe0e]")
_SESAME = object()


class Shown:
    """Text that went through the gate. Only `Gate` makes it."""

    __slots__ = ("text",)

    def __init__(self, text: str, made_by: object) -> None:
        if made_by is not _SESAME:
            raise TypeError("text for a judge is made by the gate")
        self.text = text

    def __reduce__(self) -> tuple[object, ...]:
        return _again, (self.text,)

    def __len__(self) -> int:
        return len(self.text)

    @property
    def rows(self) -> list[str]:
        return self.text.split("\n")


def _again(text: str) -> Shown:
    return Shown(text, _SESAME)


@dataclass(frozen=True)
class Block:
    """Something shown between marks: own words in the head (an id, a number), then text of the group; `lines` number the
    body's rows, where it is (part of) a file, and a jump in them is marked. A `marked` block starts with the mark itself."""

    head: str = ""
    name: Shown | None = None
    body: Shown | None = None
    lines: tuple[int, ...] = ()
    marked: bool = False

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9 .,:;()\[\]/#-]*", self.head):
            raise TypeError("a block's head is the program's own words")

    @property
    def text(self) -> str:
        """The block as it is shown, without its mark."""
        head = " ".join(part for part in (self.head, self.name.text if self.name else "") if part)
        if self.body is None:
            return head
        if not self.lines:
            return f"{head}\n{self.body.text}" if head else self.body.text
        rows, before = [head] if head else [], self.lines[0] - 1
        for n, row in zip(self.lines, self.body.rows, strict=True):
            if n != before + 1:
                rows.append("     ...")
            rows.append(f"{n:>4} {row}")
            before = n
        return "\n".join(rows)


class Gate:
    """Makes text fit to be shown, and requests of it."""

    def __init__(self, veil: Veil) -> None:
        self.veil = veil

    def text(self, value: str, width: int = LINE) -> Shown:
        """Several lines: hidden, then each cut, then clean. Lines stay lines."""
        hidden = self.veil.hide(value)
        return Shown("\n".join(_clean(row)[:width] for row in hidden.split("\n")), _SESAME)

    def line(self, value: str, width: int = 2000) -> Shown:
        """One line, whatever the value holds: a path may have a line break."""
        return Shown(" ".join(_clean(self.veil.hide(value)).split())[:width], _SESAME)

    def rows(self, shown: Shown, rows: Sequence[int]) -> Shown:
        """Some rows of what is shown."""
        every = shown.rows
        return Shown("\n".join(every[i] for i in rows), _SESAME)

    def messages(self, prompt: Prompt, blocks: Mapping[str, Sequence[Block]]) -> tuple[tuple[str, str], ...]:
        """The chat messages of a prompt, each variable filled with its blocks between marks. The mark is the same for the same
        texts, and stands in none of them."""
        for some in blocks.values():
            for block in some:
                if not isinstance(block, Block):
                    raise TypeError("a prompt takes blocks only")
        fence = _fence(b.text for some in blocks.values() for b in some if b.name is not None or b.body is not None)
        values = {name: _fenced(fence, name, some) for name, some in blocks.items()}
        return (("system", prompt.system_text(fence=fence)), ("user", prompt.user_text(fence=fence, **values)))


def _fenced(fence: str, name: str, blocks: Sequence[Block]) -> str:
    body = "\n".join(f"{fence} {b.text}" if b.marked else b.text for b in blocks) or "(none)"
    return f"{fence} {name}\n{body}\n{fence} end of {name}"


def _fence(texts: Iterable[str]) -> str:
    """A mark that stands in none of the texts."""
    listed = list(texts)
    digest = hashlib.sha256("\0".join(listed).encode("utf-8", "surrogatepass")).hexdigest()
    for size in range(8, 64):
        mark = "=====" + digest[:size]
        if not any(mark in text for text in listed):
            return mark
    raise ValueError("no mark is free")  # would take a text that knows its own hash


def _clean(text: str) -> str:
    return safe(_SELECTORS.sub("\N{REPLACEMENT CHARACTER}", text))
