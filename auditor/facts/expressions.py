"""GitHub's expressions (`${{ ... }}` and `if:`), evaluated as far as their values are known: what is not stays unknown."""

import json
import re
from collections.abc import Callable
from typing import Any

from auditor import limits
from auditor.facts.filling import put_in
from auditor.lazy import compile_later, dataclass


class Unknown:
    """The value of whatever only a run could tell."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()
PERSON = Unknown()  # somebody's name: unknown, but no bot's
Value = Any  # text, a number, a truth value, None, a list, a dict, `OneOf` or `UNKNOWN`
Look = Callable[[str], Value]


@dataclass(frozen=True)
class OneOf:
    """A text that is one of several, it depends on what starts the run which."""

    values: frozenset[str]


_DEPTH = 40
_WITHIN = compile_later(r"\$\{\{((?:[^$]|\$(?!\{\{))*?)\}\}")
_PLACE = compile_later(r"\{(\d)\}")
_TOKEN = compile_later(
    r"\s*(?:('(?:[^']|'')*')|(-?\d+(?:\.\d+)?)|([A-Za-z_][\w-]*)|(&&|\|\||==|!=|<=|>=|[!<>()\[\],.*]))"
)


class _Odd(ValueError):
    """No expression as GitHub would read it."""


def evaluate(text: str, look: Look) -> Value:
    """The value of an expression; `look` gives that of a context's entry (`matrix.os`)."""
    try:
        return _Reader(text, look).whole()
    except (_Odd, RecursionError):
        return UNKNOWN


def condition(text: str, look: Look) -> bool | None:
    """Whether an `if:` holds; None where that is not known."""
    text = text.strip()
    if not text:
        return True
    if text.startswith("${{") and text.endswith("}}") and "${{" not in text[3:]:
        text = text[3:-2]
    elif "${{" in text:
        return None
    return truth(evaluate(text, look))


def filled(text: str, look: Look) -> str:
    """A text with the known ones of its expressions put in."""
    if "${{" not in text:
        return text

    def put(match: re.Match[str]) -> str:
        value = evaluate(match[1], look)
        return shown(value) if is_plain(value) else match[0]

    return put_in(_WITHIN, put, text)


def value_of(text: str, look: Look) -> Value:
    """The value of a text: that of the expression that it is, else the text with its expressions put in."""
    stripped = text.strip()
    if stripped.startswith("${{") and stripped.endswith("}}") and "${{" not in stripped[3:]:
        return evaluate(stripped[3:-2], look)
    made = filled(text, look)
    return UNKNOWN if "${{" in made else made


def is_plain(value: Value) -> bool:
    """Whether a value is one text, number or truth value."""
    return value is None or isinstance(value, str | int | float | bool)


def shown(value: Value) -> str:
    """A plain value as GitHub writes it into a text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def truth(value: Value) -> bool | None:
    """Whether a value counts as true; None where it is not known."""
    if value is UNKNOWN:
        return None
    if value is PERSON:
        return True
    if isinstance(value, OneOf):
        found = {bool(v) for v in value.values}
        return found.pop() if len(found) == 1 else None
    return bool(value)


def _equal(a: Value, b: Value) -> bool | None:
    if PERSON in (a, b):
        other = b if a is PERSON else a
        return False if isinstance(other, str) and other.endswith("[bot]") else None
    if a is UNKNOWN or b is UNKNOWN:
        return None
    if isinstance(b, OneOf):
        a, b = b, a
    if isinstance(a, OneOf):
        if not is_plain(b):
            return None
        known = {shown(b).lower() == v.lower() for v in a.values}
        return known.pop() if len(known) == 1 else None
    if is_plain(a) and is_plain(b):
        return shown(a).lower() == shown(b).lower()
    return bool(a == b)


def _test(name: str, whole: Value, part: Value) -> Value:
    if part is UNKNOWN or whole is UNKNOWN or not is_plain(part):
        return UNKNOWN
    low = shown(part).lower()
    if whole is PERSON:
        return False if low.endswith("[bot]") else UNKNOWN
    if isinstance(whole, list):
        return any(shown(item).lower() == low for item in whole if is_plain(item))

    def holds(text: str) -> bool:
        text = text.lower()
        return (
            low in text if name == "contains" else text.startswith(low) if name == "startswith" else text.endswith(low)
        )

    if isinstance(whole, OneOf):
        found = {holds(v) for v in whole.values}
        return found.pop() if len(found) == 1 else UNKNOWN
    return holds(shown(whole)) if is_plain(whole) else UNKNOWN


class _Reader:
    def __init__(self, text: str, look: Look) -> None:
        self._look = look
        self._tokens: list[tuple[str, str]] = []
        self._at = self._depth = 0
        at, text = 0, text.strip()
        if len(text) > limits.EXPRESSION.value:
            raise _Odd("too long")
        while at < len(text):
            match = _TOKEN.match(text, at)
            if not match:
                raise _Odd(text[at:])
            at = match.end()
            kind = ("text", "number", "name", "sign")[(match.lastindex or 1) - 1]
            self._tokens.append((kind, match[match.lastindex or 1]))

    def whole(self) -> Value:
        value = self._or()
        if self._at < len(self._tokens):
            raise _Odd("goes on")
        return value

    def _next(self, *signs: str) -> str:
        if self._at < len(self._tokens) and self._tokens[self._at][1] in signs:
            if self._tokens[self._at][0] != "sign":
                return ""
            self._at += 1
            return self._tokens[self._at - 1][1]
        return ""

    def _or(self) -> Value:
        self._depth += 1
        if self._depth > _DEPTH:
            raise _Odd("too deep")
        left = self._and()
        while self._next("||"):
            right = self._and()
            known = truth(left)
            left = left if known else right if known is False else (True if truth(right) else UNKNOWN)
        self._depth -= 1
        return left

    def _and(self) -> Value:
        left = self._compared()
        while self._next("&&"):
            right = self._compared()
            known = truth(left)
            left = right if known else left if known is False else (False if truth(right) is False else UNKNOWN)
        return left

    def _compared(self) -> Value:
        left = self._unary()
        while sign := self._next("==", "!=", "<", ">", "<=", ">="):
            right = self._unary()
            if sign in ("==", "!="):
                same = _equal(left, right)
                left = UNKNOWN if same is None else same is (sign == "==")
            else:
                try:
                    a, b = float(left), float(right)
                    left = a < b if sign == "<" else a > b if sign == ">" else a <= b if sign == "<=" else a >= b
                except (TypeError, ValueError, OverflowError):
                    left = UNKNOWN
        return left

    def _unary(self) -> Value:
        turns = 0
        while self._next("!"):
            turns += 1
        value = self._part()
        if turns:
            known = truth(value)
            return UNKNOWN if known is None else known is (turns % 2 == 0)
        return value

    def _part(self) -> Value:
        if self._next("("):
            value = self._or()
            if not self._next(")"):
                raise _Odd("not closed")
            return self._below(value)
        if self._at >= len(self._tokens):
            raise _Odd("ends early")
        kind, word = self._tokens[self._at]
        self._at += 1
        if kind == "text":
            return word[1:-1].replace("''", "'")
        if kind == "number":
            return float(word) if "." in word else int(word)
        if kind != "name":
            raise _Odd(word)
        if word in ("true", "false", "null"):
            return {"true": True, "false": False, "null": None}[word]
        if self._next("("):
            given: list[Value] = []
            while not self._next(")"):
                given.append(self._or())
                if not self._next(",") and (self._at >= len(self._tokens) or self._tokens[self._at][1] != ")"):
                    raise _Odd("not closed")
            return self._below(_call(word.lower(), given))
        names = [word]
        while self._at < len(self._tokens):
            if self._next("."):
                names.append(self._tokens[self._at][1] if self._at < len(self._tokens) else "")
                self._at += 1
            elif self._next("["):
                key = self._or()
                if not self._next("]"):
                    raise _Odd("not closed")
                names.append(shown(key) if is_plain(key) else "*")
            else:
                break
        return UNKNOWN if "*" in names else self._look(".".join(names))

    def _below(self, value: Value) -> Value:
        while self._at < len(self._tokens):
            if self._next("."):
                key: Value = self._tokens[self._at][1] if self._at < len(self._tokens) else ""
                self._at += 1
            elif self._next("["):
                key = self._or()
                if not self._next("]"):
                    raise _Odd("not closed")
            else:
                break
            if isinstance(value, dict) and is_plain(key):
                value = value.get(key, "")
            elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
                value = value[key]
            else:
                value = UNKNOWN
        return value


def _call(name: str, given: list[Value]) -> Value:
    """What a function gives; not known where that is a text that is longer than any command: calls within calls double it."""
    made = _given_by(name, given)
    return UNKNOWN if isinstance(made, str) and len(made) > limits.COMMAND.value else made


def _given_by(name: str, given: list[Value]) -> Value:
    if name in ("always", "success"):
        return True
    if name in ("contains", "startswith", "endswith") and len(given) == 2:
        return _test(name, *given)
    if name == "fromjson" and len(given) == 1:
        if not isinstance(given[0], str):
            return given[0] if is_plain(given[0]) else UNKNOWN
        try:
            return json.loads(given[0])
        except (ValueError, RecursionError):
            return UNKNOWN
    if name == "tojson" and len(given) == 1:
        try:
            return json.dumps(given[0])
        except (TypeError, RecursionError):  # something in it is not known
            return UNKNOWN
    if name == "format" and given and all(is_plain(g) for g in given):
        more = given[1:]
        if (
            sum(len(shown(more[int(n)])) for n in _PLACE.findall(shown(given[0])) if int(n) < len(more))
            > limits.COMMAND.value
        ):
            return UNKNOWN
        return _PLACE.sub(lambda m: shown(more[int(m[1])]) if int(m[1]) < len(more) else m[0], shown(given[0]))
    if name == "join" and given and isinstance(given[0], list) and all(is_plain(g) for g in given[0]):
        glue, parts = shown(given[1]) if len(given) > 1 else ",", [shown(g) for g in given[0]]
        return glue.join(parts) if len(glue) * len(parts) <= limits.COMMAND.value else UNKNOWN
    return UNKNOWN
