"""What was parsed, asked for its type before it is used.

TOML, JSON and Python literals come as `object`: whoever takes a value for a table, a list or a text asks for one here, and
gets an empty one where a file has something else in its place. So an odd value costs itself, and the type checker sees
to it that nobody forgets to ask.
"""

from typing import Any, cast

from auditor.lazy import compile_later

Table = dict[str, object]


def below(value: object, *keys: str) -> object:
    """What lies below the keys; None where something on the way is missing or no table."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def table_of(value: object, *keys: str) -> Table:
    """What lies below the keys if it is a table, else an empty one. Keys that are no text are left out."""
    value = below(value, *keys)
    if not isinstance(value, dict):
        return {}
    if all(isinstance(key, str) for key in value):
        return cast("Table", value)
    return {key: held for key, held in value.items() if isinstance(key, str)}


def rows_of(value: object) -> list[object]:
    """The value's members if it is a list or tuple, else none."""
    return list(value) if isinstance(value, list | tuple) else []


def text_of(value: object) -> str:
    """The value if it is a text, else an empty one."""
    return value if isinstance(value, str) else ""


def texts_of(value: object) -> list[str]:
    """The texts of a list, or the one text that stands for a list of one."""
    return [value] if isinstance(value, str) else [v for v in rows_of(value) if isinstance(v, str)]


def tables_of(value: object) -> list[Table]:
    """The tables of a list."""
    return [table_of(v) for v in rows_of(value) if isinstance(v, dict)]


def number_of(text: str | bytes) -> int:
    """The whole number that a text writes in up to 15 plain digits; 0 for anything else. Other scripts have digits that are no
    numbers, and a number of thousands of digits is refused by Python itself."""
    return int(text) if len(text) <= 15 and text.isascii() and text.isdigit() else 0


_MOST = 2**63 - 1  # what a setting's number is at most
# of a text that has none of these, `tame` changes nothing
UNTAMED = compile_later(r"\\[uU](?:0000)?[dD][89a-fA-F]|0[xXoObB][\da-fA-F_]{40}")


def tame(value: object) -> Any:
    """A value without halves of characters and without numbers beyond 64 bits, of which some cannot even be written."""
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return max(-_MOST, min(value, _MOST)) if abs(value) > _MOST else value
    if isinstance(value, dict):
        return {tame(key): tame(held) for key, held in value.items()}
    return [tame(held) for held in value] if isinstance(value, list) else value


def whole(value: str) -> str:
    """The text without halves of characters: a JSON or Python escape can write one, and no encoding has a place for it."""
    if value.isascii():
        return value
    return value.encode("utf-8", "replace").decode("utf-8") if any("\ud800" <= c <= "\udfff" for c in value) else value
