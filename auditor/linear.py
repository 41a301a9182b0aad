"""Whether a regular expression takes time in proportion to the text, whatever the text: for expressions that somebody else
wrote."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

_LONG = 300
_SOME = 1000  # a count from which a bounded repeat is as good as an endless one
_TRIED = [chr(c) for c in range(32, 127)] + ["\n", "\t", "ä", "ß", "✔", "漢"]


def why_not(source: str) -> str:
    """Why an expression is refused; empty for one that is not.

    Refused is what does not compile, is longer than 300 characters, looks around or back, repeats what itself repeats or
    chooses, or has two repeats side by side (nothing between them that must stand there) that can take the same character:
    each of these can make a match take ages."""
    if len(source) > _LONG:
        return f"it is longer than {_LONG} characters"
    try:
        re.compile(source)
        from re import _parser  # type: ignore[attr-defined]

        tree = _parser.parse(source)
    except (re.error, RecursionError, OverflowError) as error:
        return f"it does not compile ({error})"
    return _why(list(tree))


def _why(parts: Sequence[tuple[Any, Any]]) -> str:
    open_: list[frozenset[str]] = []  # what repeats since the last part that must stand there can take
    for kind, value in _flat(parts):
        name = str(kind)
        if name in ("ASSERT", "ASSERT_NOT", "GROUPREF", "GROUPREF_EXISTS"):
            return "it looks around or refers back to a group"
        if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            least, most, inner = value
            if int(most) <= 1 and not _repeats(inner):
                continue
            if _repeats(inner) or any(str(k) == "BRANCH" for k, _ in _flat(inner)):
                return "it repeats something that itself repeats or chooses"
            if int(most) >= _SOME:
                taken = _taken(inner)
                if any(taken & before for before in open_):
                    return "two repeats side by side can take the same characters"
                open_.append(taken)
                continue
            if least:
                open_ = []
        elif name == "BRANCH":
            for branch in value[1]:
                if reason := _why(branch):
                    return reason
            if any(_repeats(branch) for branch in value[1]):
                open_.append(frozenset(_TRIED))
        elif name != "AT":
            taken = _taken([(kind, value)])
            open_ = [before for before in open_ if taken & before]
    return ""


def _flat(parts: Iterable[tuple[Any, Any]]) -> Iterable[tuple[Any, Any]]:
    """The parts, those of groups in their place."""
    for kind, value in parts:
        if str(kind) == "SUBPATTERN":
            yield from _flat(value[3])
        elif str(kind) == "ATOMIC_GROUP":
            yield from _flat(value)
        else:
            yield kind, value


def _repeats(parts: Iterable[tuple[Any, Any]]) -> bool:
    return any(
        "REPEAT" in str(kind) or (str(kind) == "BRANCH" and any(_repeats(b) for b in value[1]))
        for kind, value in _flat(parts)
    )


def _taken(parts: Iterable[tuple[Any, Any]]) -> frozenset[str]:
    """The characters of a sample that one of the parts takes."""
    taken: set[str] = set()
    for kind, value in _flat(parts):
        name = str(kind)
        if name == "ANY" or name == "NOT_LITERAL":
            taken.update(_TRIED)
        elif name == "LITERAL":
            taken.add(chr(value))
        elif name == "CATEGORY":
            taken.update(c for c in _TRIED if _in_category(str(value), c))
        elif name == "IN":
            taken.update(c for c in _TRIED if _in_set(value, c))
    return frozenset(taken)


def _in_set(value: Iterable[tuple[Any, Any]], char: str) -> bool:
    found, turned = False, False
    for kind, what in value:
        name = str(kind)
        if name == "NEGATE":
            turned = True
        elif name == "LITERAL":
            found = found or ord(char) == what
        elif name == "RANGE":
            found = found or what[0] <= ord(char) <= what[1]
        elif name == "CATEGORY":
            found = found or _in_category(str(what), char)
    return found is not turned


def _in_category(name: str, char: str) -> bool:
    tests = {"DIGIT": char.isdigit(), "SPACE": char.isspace(), "WORD": char.isalnum() or char == "_"}
    fits = next((fits for key, fits in tests.items() if name.endswith(key)), True)
    return fits is not ("NOT" in name)
