"""The request that shows a judge the answers and nothing else: each concrete statement comes back as a typed claim.

Nothing of the repository is in it: no file, no path list, no history. Its instructions are made of `prompts/claims.v1.md` and of what
`claims/kinds.py` says of each kind, so that vocabulary, documentation and prompt are one text; both are in the hash that keys
and records name. The schema is one that strict servers take: every field required, no defaults, `anyOf`.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict

from auditor.claims.kinds import KINDS, LISTS, Typed, kind_of
from auditor.judges import Request
from auditor.judges.gate import Block, Gate
from auditor.models import Named, Report
from auditor.profile import Profile
from auditor.prompts import Prompt, load_prompt

PROMPT = "claims.v1"
READING = "answers"
REPLIED = 2
"""A reply takes about twice as many tokens as the answers that it types."""
LEAST = 3_000
"""Characters of answers that a request takes however small the budget is."""


class Typing(BaseModel):
    """The claims of a reply. Each is held against its kind by itself: a broken one costs no other."""

    model_config = ConfigDict(extra="forbid")
    claims: list[Any]


# -- what is asked ------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def claims_prompt() -> Prompt:
    """The prompt with what is said of the kinds filled in; its hash is of both."""
    prompt, kinds = load_prompt(PROMPT), kinds_text()
    digest = hashlib.sha256(f"{prompt.named.hash}\0{kinds}".encode()).hexdigest()[:16]
    system = prompt.system.replace("$kinds", kinds.replace("$", "$$"))
    return replace(prompt, system=system, named=Named(name=PROMPT, hash=digest))


def kinds_text() -> str:
    """What a model is told of the kinds: what all have, the shared lists, and each kind's docstring and fields."""
    rows = [" ".join((Typed.__doc__ or "").split()), "", "Lists that several kinds share:"]
    rows += [f"- {name} ({meaning}): {' | '.join(get_args(values))}" for name, values, meaning in LISTS]
    for model in KINDS:
        fields = [f"{name} ({_said(f.annotation)})" for name, f in _own(model)]
        rows += ["", f"`{kind_of(model)}` {' '.join((model.__doc__ or '').split())}"]
        rows += [f"  Fields: {'; '.join(fields)}."] if fields else []
    return "\n".join(rows)


def _own(model: type[Typed]) -> list[tuple[str, Any]]:
    return [(n, f) for n, f in model.model_fields.items() if n not in Typed.model_fields and n != "kind"]


def _said(annotation: Any) -> str:
    """A field's type in words."""
    for name, values, _ in LISTS:
        if annotation == values:
            return f"of the list {name}"
    if get_origin(annotation) is Literal:
        return " | ".join(map(str, get_args(annotation)))
    if get_origin(annotation) is tuple:
        return f"list of: {_said(get_args(annotation)[0])}"
    if get_origin(annotation) in (Union, UnionType):
        return f"{_said(next(a for a in get_args(annotation) if a is not NoneType))} or null"
    return {str: "text", float: "number", int: "number", bool: "true or false"}[annotation]


# -- what comes back ----------------------------------------------------------------------------------------------------


def claims_schema() -> dict[str, Any]:
    """The JSON schema of a reply. Lists that stand in several kinds stand in it once."""
    kinds = []
    for model in KINDS:
        fields = {"question": {"type": "integer"}}
        fields |= {name: _strict(field) for name, field in model.model_json_schema()["properties"].items()}
        kinds.append(_object(fields))
    count = Counter(json.dumps(e) for e in _lists(kinds))
    names = {text: f"list{n}" for n, text in enumerate((t for t, times in count.items() if times > 1), 1)}
    schema = _object({"claims": {"type": "array", "items": {"anyOf": _referring(kinds, names)}}})
    return schema | {"$defs": {name: json.loads(text) for text, name in names.items()}}


def _object(properties: Mapping[str, Any]) -> dict[str, Any]:
    fields = dict(properties)
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def _strict(field: Mapping[str, Any]) -> dict[str, Any]:
    """A field's schema without what strict servers refuse or the prompt has said already."""
    made = {k: v for k, v in field.items() if k not in ("title", "default", "description", "const")}
    if "const" in field:
        made["enum"] = [field["const"]]
    if "items" in field:
        made["items"] = _strict(field["items"])
    if "anyOf" in field:
        made["anyOf"] = [_strict(one) for one in field["anyOf"]]
    return made


def _lists(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict) and "enum" in node:
        yield node
    elif isinstance(node, dict | list):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _lists(child)


def _referring(node: Any, names: Mapping[str, str]) -> Any:
    if isinstance(node, dict):
        name = names.get(json.dumps(node)) if "enum" in node else None
        return {"$ref": f"#/$defs/{name}"} if name else {k: _referring(v, names) for k, v in node.items()}
    return [_referring(child, names) for child in node] if isinstance(node, list) else node


# -- the request --------------------------------------------------------------------------------------------------------


def cut(sizes: Mapping[int, int], budget: float, items: int) -> list[tuple[int, ...]]:
    """The answers (characters by place in the report) in as few requests as a budget of characters allows, replies included."""
    room = max((budget - len(claims_prompt().system) - items) / (1 + REPLIED), LEAST)
    parts: list[list[int]] = [[]]
    filled = 0
    for at, size in sizes.items():
        if parts[-1] and filled + size > room:
            parts.append([])
            filled = 0
        parts[-1].append(at)
        filled += size
    return [tuple(part) for part in parts if part]


def item_blocks(gate: Gate, report: Report, profile: Profile) -> list[Block]:
    """The practices that a claim may be about, by id: those of the report's own checklist, each once; without one, all of the
    course's. The marks are left out: what is ticked must not steer what a sentence is taken to say."""
    of = dict.fromkeys(i.item for i in report.items if i.item) or dict.fromkeys(profile.items_by_id)
    return [Block(f"{id_}:", gate.line(profile.items_by_id[id_].texts[0])) for id_ in of]


def claims_request(gate: Gate, id_: str, answers: Sequence[Block], items: Sequence[Block]) -> Request:
    """The request about some answers."""
    prompt = claims_prompt()
    messages = gate.messages(prompt, {"items": items, "report": answers})
    reply = REPLIED * int(sum(len(b.text) for b in answers) / 3.6)
    return Request(id_, messages, "claims", claims_schema(), prompt.named, 0, Typing, reply=reply)
