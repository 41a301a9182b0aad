"""Judges read what a program cannot: requests in, answers out, and nothing else between them and the network.

Every judge keeps its answers in one store, a folder of files named by the hash of what was asked: cache, resume, replay,
test cassette and batch are the same thing. A judge never raises for one question: an answer carries its error.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Protocol

from pydantic import BaseModel

from auditor import regular
from auditor.lazy import dataclass
from auditor.models import JudgeInfo, Named
from auditor.whole import write_whole

Say = Callable[[str], None]
REPLY = 12_000
"""Tokens of a usual reply: a reading labels every box and reports what it finds."""


@dataclass(frozen=True)
class Request:
    """One question to a judge: chat messages (role, content), the JSON schema of the reply, and the prompt they came from.
    `id` is unique within a run; `shared` is how many characters of the last message are the submission's common prefix;
    `model` is what replies are validated with (no part of the key; without one, the schema itself); `asks` is another model
    than the judge's own; `images` are labels with data URIs that go with the last message; `reply` is how many tokens a reply is
    taken to have in an estimate."""

    id: str
    messages: tuple[tuple[str, str], ...]
    schema_name: str
    schema: Mapping[str, Any]
    prompt: Named
    shared: int = 0
    model: type[BaseModel] | None = None  # the reply's shape, for a client that validates; its schema is in the key
    asks: str = ""
    images: tuple[tuple[str, str], ...] = ()
    reply: int = REPLY

    @property
    def tokens(self) -> int:
        """About how many tokens it takes, at 3.6 characters a token (code and English, measured to be on the high side)."""
        return int(sum(len(content) for _, content in self.messages) / 3.6) + 1_100 * len(self.images)


@dataclass(frozen=True)
class Settings:
    """What else decides an answer: the model and its parameters."""

    model: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """What answers took. `cached` input tokens are part of `input`."""

    requests: int = 0
    input: int = 0
    cached: int = 0
    output: int = 0
    seconds: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            self.requests + other.requests,
            self.input + other.input,
            self.cached + other.cached,
            self.output + other.output,
            self.seconds + other.seconds,
        )


@dataclass(frozen=True)
class Answer:
    """A reply as JSON text that fits the schema's shape, or the reason why there is none. `stored`: it came from the store,
    nothing was sent for it now, and `usage` is what it took then, so that a replay gives the same record. `waiting`: there will
    be one, from a batch that is under way."""

    text: str = ""
    error: str = ""
    usage: Usage = Usage()
    stored: bool = False
    waiting: bool = False


class Judge(Protocol):
    """Answers requests, keyed by their ids; each of them gets an answer."""

    @property
    def info(self) -> JudgeInfo: ...

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer]: ...


def key(request: Request, settings: Settings) -> str:
    """The hash (32 hex digits) of everything that decides an answer: prompt, model, parameters, messages and schema."""
    what = {
        "prompt": [request.prompt.name, request.prompt.hash],
        "model": request.asks or settings.model,
        "params": dict(settings.params),
        "messages": [list(m) for m in request.messages],
        "schema": [request.schema_name, request.schema],
    }
    if request.images:
        what["images"] = [list(i) for i in request.images]
    return hashlib.sha256(json.dumps(what, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:32]


class Store:
    """A folder of answers: `<key>.json` with the reply, its usage and what it was asked by. Written whole or not at all;
    only complete replies enter it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def get(self, key: str) -> Answer | None:
        """The stored answer, with what it took when it was given; None where there is none, or the file is not this one."""
        try:
            data = json.loads(regular.read_text(self.folder / f"{key}.json"))
            if data.get("key", key) != key:
                return None
            return Answer(text=str(data["reply"]), usage=_usage(data.get("usage", {})), stored=True)
        except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return None

    def put(self, key: str, reply: str, settings: Settings, usage: Usage) -> None:
        """Enter a reply. Raises UserError when the folder cannot be written."""
        data = {"key": key, "model": settings.model, "reply": reply, "usage": vars(usage)}
        text = json.dumps(data, ensure_ascii=False, indent=1) + "\n"
        write_whole(self.folder / f"{key}.json", text, "name another folder, or free some room")


def _usage(stored: Mapping[str, Any]) -> Usage:
    """A usage as it was stored; ValueError for one that none can be."""
    usage = Usage(**stored)
    if not all(isinstance(n, int | float) and 0 <= n <= 1e9 for n in vars(usage).values()):
        raise ValueError("no usage")
    return usage


class NoJudge:
    """Reads nothing."""

    info = JudgeInfo(name="none")

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer]:
        """Nothing for anybody."""
        return {}
