"""Finds expressions that may try one text in many ways: two open repeats of which the second begins where the first may end, on
characters that both take, so that a text of n such characters can be divided between them in n ways (or, nested, in 2^n).

It reads the tree that Python compiles. A repeat is open if it has no end below a hundred and is not possessive; what stands
in an atomic group has one way only. A pair counts only if something behind it can fail, for else nothing is tried again."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as p  # type: ignore[attr-defined]
from typing import Any

_OPEN = 100
_SAMPLE = [chr(i) for i in range(32, 127)] + ["\n", "\t", "\u00a0", "\u00e6", "\u4e2d"]
_EVERY = frozenset(_SAMPLE)
_CATEGORY = {
    c.CATEGORY_DIGIT: r"\d", c.CATEGORY_NOT_DIGIT: r"\D", c.CATEGORY_SPACE: r"\s", c.CATEGORY_NOT_SPACE: r"\S",
    c.CATEGORY_WORD: r"\w", c.CATEGORY_NOT_WORD: r"\W",
}  # fmt: skip


@dataclass(frozen=True)
class Piece:
    """A stretch of an expression: what it takes, whether it may take nothing, whether it repeats openly."""

    takes: frozenset[str]
    empty: bool
    open: bool


def _set(items: Any) -> frozenset[str]:
    found: set[str] = set()
    negated = False
    for op, value in items:
        if op is c.NEGATE:
            negated = True
        elif op is c.LITERAL:
            found.add(chr(value))
        elif op is c.RANGE:
            found.update(s for s in _SAMPLE if value[0] <= ord(s) <= value[1])
        elif op is c.CATEGORY:
            found.update(s for s in _SAMPLE if re.match(_CATEGORY[value], s))
    return _EVERY - found if negated else frozenset(found)


def _flat(tree: Any, dotall: bool, sure: bool) -> Iterator[Piece | str]:
    """The pieces of a sequence in their order; `fail` for what only looks. Nested open repeats are told as `nested`."""
    for op, value in tree:
        if op is c.LITERAL:
            yield Piece(frozenset([chr(value)]), False, False)
        elif op is c.NOT_LITERAL:
            yield Piece(_EVERY - {chr(value)}, False, False)
        elif op is c.ANY:
            yield Piece(_EVERY if dotall else _EVERY - {"\n"}, False, False)
        elif op is c.IN:
            yield Piece(_set(value), False, False)
        elif op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            low, high, inner = value
            pieces = list(_flat(inner, dotall, sure or op is c.POSSESSIVE_REPEAT))
            repeats = high >= _OPEN and op is not c.POSSESSIVE_REPEAT and not sure
            solid = [q for q in pieces if isinstance(q, Piece)]
            if repeats and _ambiguous(solid):
                yield "nested"
            takes = frozenset().union(*(q.takes for q in solid)) if solid else frozenset()
            if repeats or high > 1:
                yield Piece(takes, low == 0 or all(q.empty for q in solid), repeats)
            else:
                for q in pieces:
                    yield Piece(q.takes, q.empty or low == 0, q.open) if isinstance(q, Piece) else q
        elif op is c.SUBPATTERN:
            yield from _flat(value[3], dotall or bool(value[1] & re.DOTALL), sure)
        elif op is c.ATOMIC_GROUP:
            yield from _flat(value, dotall, True)
        elif op is c.BRANCH:
            ways = [list(_flat(way, dotall, sure)) for way in value[1]]
            yield from (q for way in ways for q in way if q == "nested")
            solid = [[q for q in way if isinstance(q, Piece)] for way in ways]
            takes = frozenset().union(*(q.takes for way in solid for q in way))
            yield Piece(
                takes, any(all(q.empty for q in way) for way in solid), any(q.open for way in solid for q in way)
            )
        elif op is c.GROUPREF:
            yield Piece(_EVERY, False, False)
        elif op in (c.AT, c.ASSERT, c.ASSERT_NOT, c.GROUPREF_EXISTS):
            yield "fail"


def _ambiguous(pieces: list[Piece]) -> bool:
    """Whether what repeats may be told apart in more than one way: an open repeat inside, with nothing beside it that it does
    not take itself."""
    for i, piece in enumerate(pieces):
        if piece.open and all(q.empty or q.takes <= piece.takes for j, q in enumerate(pieces) if j != i):
            return True
    return False


def faults(source: str, flags: int = 0) -> list[str]:
    """What is wrong with an expression; nothing for one that tries each text in few ways."""
    tree = p.parse(source, flags)
    dotall = bool((flags | tree.state.flags) & re.DOTALL)
    pieces = list(_flat(tree, dotall, False))
    found = ["one open repeat within another"] if "nested" in pieces else []
    for i, first in enumerate(pieces):
        if not isinstance(first, Piece) or not first.open:
            continue
        for j in range(i + 1, len(pieces)):
            second = pieces[j]
            if not isinstance(second, Piece):
                continue
            both = first.takes & second.takes
            if (
                second.open
                and both
                and any(q == "fail" or (isinstance(q, Piece) and not q.empty) for q in pieces[j + 1 :])
            ):
                found.append(f"piece {i + 1} and piece {j + 1} both take {sorted(both)[:6]}")
            if not second.empty and not second.takes & first.takes:
                break
    return found
