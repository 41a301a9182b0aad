"""The combinations that a job's matrix makes, as its host builds them."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.facts.expressions import UNKNOWN, Look, Value, is_plain, shown, value_of
from auditor.lazy import dataclass
from auditor.readers.yaml import Node

LIMIT = 256  # GitHub's own
_VALUES = 50_000  # of all combinations together: each has every axis, and what `include` adds to it

Combination = Mapping[str, Value]  # `matrix.os` or `inputs.python` with its value


@dataclass(frozen=True)
class Matrix:
    """What a `strategy.matrix` comes to. `whole`: every axis and entry is written down or known from the caller."""

    combinations: tuple[Combination, ...]
    whole: bool = True


def matrix_of(node: Node, look: Look) -> Matrix:
    """The combinations of a GitHub matrix: the product of its axes, without what `exclude` matches, then each `include`
    added to those whose axes it leaves as they are, else as one of its own."""
    if not node:
        return Matrix(({},))
    written = plain(node, look)
    if not isinstance(written, dict):
        return Matrix(({},), whole=False)
    whole = True
    axes: dict[str, list[Any]] = {}
    for key, value in written.items():
        if key in ("include", "exclude"):
            continue
        values = value if isinstance(value, list) else [value]
        if value is UNKNOWN or any(v is UNKNOWN for v in values):
            whole, values = False, [v for v in values if v is not UNKNOWN] or [UNKNOWN]
        if values:
            axes[key] = values
    includes, excludes = written.get("include", []), written.get("exclude", [])
    whole = whole and isinstance(includes, list) and isinstance(excludes, list)
    excludes = [e for e in excludes if isinstance(e, dict) and e] if isinstance(excludes, list) else []
    left = _VALUES
    product = itertools.islice(itertools.product(*axes.values()), max(1, min(LIMIT, left // max(1, len(axes)))))
    made: list[dict[str, Any]] = [dict(zip(axes, chosen, strict=True)) for chosen in product] if axes else []
    made = [c for c in made if not any(_covers(c, e) for e in excludes[:LIMIT])]
    originals = [(dict(c), c) for c in made]
    whole = whole and len(excludes) <= LIMIT and len(includes) <= LIMIT
    for entry in includes[:LIMIT] if isinstance(includes, list) else ():
        left -= len(entry) * len(made) if isinstance(entry, dict) else 0
        if not isinstance(entry, dict) or left < 0:
            whole = False
            continue
        fitting = [c for original, c in originals if all(original.get(k, v) == v for k, v in entry.items())]
        for combination in fitting:
            combination.update(entry)
        if not fitting:
            made.append(dict(entry))
    if not made and not whole:
        made = [{}]
    kept, left = [], _VALUES
    for combination in made[:LIMIT]:
        kept.append({f"matrix.{k}": v for k, v in _flat(combination)})
        left -= len(kept[-1])
        if left < 0:
            whole = False
            break
    return Matrix(tuple(kept), whole)


def _covers(combination: Any, entry: Any) -> bool:
    if isinstance(entry, dict) and isinstance(combination, dict):
        return all(k in combination and _covers(combination[k], v) for k, v in entry.items())
    return bool(shown(combination) == shown(entry)) if is_plain(combination) and is_plain(entry) else False


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for key, value in values.items():
        yield key, value
        if isinstance(value, dict):
            for sub, part in _flat(value):
                yield f"{key}.{sub}", part


def plain(node: Node, look: Look) -> Value:
    """A YAML node as lists, dicts and texts, its expressions put in where they are known."""
    if node.kind == "text":
        return value_of(node.text, look)
    if node.kind == "list":
        return [plain(item, look) for item in node.items]
    if node.kind == "map":
        return {key: plain(value, look) for key, (_, value) in node.entries.items()}
    return ""


def gitlab_matrix(node: Node) -> Matrix:
    """The combinations of GitLab's `parallel:matrix`: each entry's product, one after the other."""
    made: list[Combination] = []
    for entry in node.items:
        axes = {key: value.texts() for key, (_, value) in entry.entries.items() if value.texts()}
        room = min(LIMIT - len(made), max(1, _VALUES // max(1, len(axes))))
        for chosen in itertools.islice(itertools.product(*axes.values()), room):
            made.append({f"matrix.{k}": v for k, v in zip(axes, chosen, strict=True)})
        if len(made) >= LIMIT:
            break
    return Matrix(tuple(made) or ({},))
