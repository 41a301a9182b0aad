"""Batch: requests to files, answers from files, in the line formats of OpenAI's Batch service.

`DIR/requests-001.jsonl` holds what was asked and not answered; whoever answers (the service, another program, a person)
writes lines of results, and `file_results` enters them in the store. What was submitted waits in
`DIR/submitted-<batch>.jsonl`, so that a later run neither asks it again nor forgets what it asked.
"""

import contextlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Final

from auditor import limits, regular
from auditor.errors import UserError
from auditor.judges import Answer, Request, Say, Settings, Store, Usage, key
from auditor.judges.recorded import JUDGE, info, misfit, read_settings, stored, with_params, write_settings
from auditor.lazy import dataclass
from auditor.locks import LOCK, alone
from auditor.whole import write_whole

ENDPOINT: Final = "/v1/chat/completions"
TOKENS = 100_000_000
"""More tokens than this no reply took: such a number is not counted."""


def body(request: Request, settings: Settings, strict: bool = True) -> dict[str, Any]:
    """A request as a chat completion is asked for, online and in a batch alike. Not every server takes `strict`."""
    schema = {"name": request.schema_name, **({"strict": True} if strict else {}), "schema": dict(request.schema)}
    messages: list[dict[str, Any]] = [{"role": role, "content": content} for role, content in request.messages]
    if request.images:
        parts: list[dict[str, Any]] = [{"type": "text", "text": messages[-1]["content"]}]
        for label, data in request.images:
            parts += [{"type": "text", "text": f"Figure {label}:"}, {"type": "image_url", "image_url": {"url": data}}]
        messages[-1]["content"] = parts
    return {
        "model": request.asks or settings.model,
        **settings.params,
        "messages": messages,
        "response_format": {"type": "json_schema", "json_schema": schema},
    }


class BatchFile:
    """Looks answers up in a folder, and writes what it lacks to request files there. Nothing is sent."""

    def __init__(
        self,
        folder: Path,
        model: str = "",
        params: Mapping[str, Any] | None = None,
        say: Say | None = None,
        lines: int = limits.BATCH_LINES.value,
        size: int = limits.BATCH_BYTES.value,
    ) -> None:
        settings = read_settings(folder)
        if settings is None:
            if not model:
                raise UserError(
                    f"{folder / JUDGE}: missing", "the first time, name the model that will answer (--model)"
                )
            settings = with_params(model, params or {})
            write_settings(folder, settings)
        if (model and model != settings.model) or (params and dict(params) != dict(settings.params)):
            raise UserError(
                f"{folder} is for {settings.model}, as {JUDGE} says", "name another folder for another model"
            )
        self.settings, self.store, self.say, self.limits = settings, Store(folder), say, (lines, size)
        self.info = info("batch", settings)

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer]:
        """What the folder holds; for the rest an error that says which file it waits in. What waits there already, from
        another submission or a first pass, is not written again and stays; what is answered goes."""
        with held(self.store.folder, self.say):
            return self._answer(requests)

    def _answer(self, requests: Sequence[Request]) -> dict[str, Answer]:
        answers: dict[str, Answer] = {}
        lacking: dict[str, Request] = {}
        ids: dict[str, str] = {}
        for request in requests:
            if held := stored(self.store, request, self.settings):
                answers[request.id] = held
            else:
                ids[request.id] = key(request, self.settings)
                lacking.setdefault(ids[request.id], request)
        where: dict[str, Path] = {}
        for path in files_of(self.store.folder, "submitted-"):
            where |= dict.fromkeys(keys_in(path), path)
        for path in files_of(self.store.folder, "requests-"):
            where |= dict.fromkeys(self._keep_waiting(path), path)
        where |= self._write({k: r for k, r in lacking.items() if k not in where})
        for id_, k in ids.items():
            hint = "" if where[k].name.startswith("requests-") else ", submitted: auditor answers DIR --collect"
            answers[id_] = Answer(error=f"waiting in {where[k]}{hint}", waiting=True)
        return {r.id: answers[r.id] for r in requests}

    def _keep_waiting(self, path: Path) -> list[str]:
        """Drop the answered lines of a request file, and the file with its last; the keys that still wait there."""
        keys = list(keys_in(path))
        waiting = [k for k in keys if self.store.get(k) is None]
        if not waiting:
            path.unlink(missing_ok=True)
        elif len(waiting) < len(keys):
            kept = set(waiting)
            with regular.opened(path) as rows:
                write_whole(path, b"".join(row for row, k in zip(rows, keys, strict=True) if k in kept), _ROOM)
        return waiting

    def _write(self, lacking: Mapping[str, Request]) -> dict[str, Path]:
        folder, (lines, size) = self.store.folder, self.limits
        numbers = [
            int(number)
            for path in files_of(folder, "requests-")
            if (number := path.stem.removeprefix("requests-")).isdecimal()
        ]
        start = max(numbers, default=0)
        where: dict[str, Path] = {}
        written: list[Path] = []
        rows: list[bytes] = []
        filled, of = 0, ""

        def close() -> None:
            if rows:
                write_whole(written[-1], b"".join(rows), _ROOM)
                rows.clear()

        for k, request in sorted(lacking.items(), key=lambda i: i[1].asks):  # the service takes one model a file
            line = {"custom_id": k, "method": "POST", "url": ENDPOINT, "body": body(request, self.settings)}
            raw = json.dumps(line, ensure_ascii=False).encode() + b"\n"
            if not rows or len(rows) == lines or filled + len(raw) > size or request.asks != of:
                close()
                written.append(folder / f"requests-{start + len(written) + 1:03d}.jsonl")
                filled, of = 0, request.asks
            rows.append(raw)
            filled, where[k] = filled + len(raw), written[-1]
        close()
        if written and self.say is not None:
            tokens = sum(r.tokens for r in lacking.values())
            named = written[0].name + (f" to {written[-1].name}" if len(written) > 1 else "")
            self.say(f"wrote {len(lacking):,} requests, about {tokens:,} tokens, to {folder}: {named}")
        return where


def held(folder: Path, say: Say | None = None) -> contextlib.AbstractContextManager[None]:
    """Have a folder of requests alone: what waits in it is counted, and rewritten as it is answered."""
    return alone(folder / f".auditor{LOCK}", f"another run is at {folder}", say, _ROOM)


_ROOM = "name another folder, or free some room"


def keys_in(path: Path) -> Iterator[str]:
    """The keys of a request file, without reading what is asked: a line starts with its key."""
    with regular.opened(path) as rows:
        for row in rows:
            match = re.match(rb'\{"custom_id": "([0-9a-f]+)"', row)
            yield match[1].decode() if match else ""


@dataclass
class Filing:
    """What became of lines of results: how many were filed, how many were there already, and why others were refused (each
    reason with its count and the first place where it applied)."""

    filed: int = 0
    already: int = 0
    refused: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def refuse(self, reason: str, where: str) -> None:
        """Count a line that was not filed."""
        self.refused[reason] += 1
        self.first.setdefault(reason, where)

    def add(self, other: "Filing") -> None:
        """Count another account in."""
        self.filed, self.already = self.filed + other.filed, self.already + other.already
        self.refused.update(other.refused)
        self.first = other.first | self.first

    @property
    def lines(self) -> list[str]:
        """The account, one line per reason, the most frequent first."""
        done = f"{self.filed} filed" + (f", {self.already} filed before" if self.already else "")
        return [
            f"{done}, {self.refused.total()} refused",
            *(
                f"  {n} {reason} (first: {self.first[reason]})"
                for reason, n in sorted(self.refused.items(), key=lambda i: (-i[1], i[0]))
            ),
        ]


def file_results(folder: Path, results: Iterable[Path]) -> Filing:
    """Enter results in the folder's store: the lines of the Batch service, or of anybody who writes the same ones.

    Each line stands for itself: what is good is filed whatever is beside it. A reply that was filed before stays. Refused is
    what is no complete reply to a request of this folder: nothing is mended, not even a fence around the JSON."""
    with held(folder):
        return file_held(folder, results)


def file_held(folder: Path, results: Iterable[Path]) -> Filing:
    """As `file_results`, for whoever has the folder alone."""
    asked: dict[str, tuple[Settings, Mapping[str, Any]]] = {}
    for path in (*files_of(folder, "requests-"), *files_of(folder, "submitted-")):
        for k, line in requests_in(path):
            asked[k] = _asked(line)
    if not asked:
        raise UserError(f"{folder}: no request files", f"write them with: auditor audit TARGET --judge batch:{folder}")
    filing, store = Filing(), Store(folder)
    for path in results:
        for number, raw in _lines(path, given=True):
            where = f"{path.name}:{number}"
            try:
                k, reply, usage = _reply(raw, asked)
            except _Refused as reason:
                filing.refuse(str(reason), where)
                continue
            if store.get(k) is not None:
                filing.already += 1
                continue
            store.put(k, reply, asked[k][0], usage)
            filing.filed += 1
    return filing


class _Refused(Exception):
    """Why a line of results is not filed; nothing of the line's own text."""


def _reply(raw: bytes, asked: Mapping[str, tuple[Settings, Mapping[str, Any]]]) -> tuple[str, str, Usage]:
    """The key, the reply's JSON text and the usage of one line of results."""
    line = _json(raw, "not a line of results (broken JSON)")
    if not isinstance(line, dict):
        raise _Refused("not a line of results (no object)")
    k = line.get("custom_id")
    if not isinstance(k, str) or k not in asked:
        raise _Refused("with a custom_id that was not asked for here (audit again with this judge, then file again)")
    if line.get("error"):
        raise _Refused(f"failed at the service{_code(line['error'])}")
    response = line.get("response")
    if not isinstance(response, dict):
        raise _Refused("without a response")
    if (status := response.get("status_code")) != 200:
        raise _Refused(
            f"failed at the service (status {status})" if isinstance(status, int) else "without a status code"
        )
    try:
        choice = response["body"]["choices"][0]
        message, reason = choice["message"], choice.get("finish_reason")
        content, refusal = message.get("content"), message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise _Refused("without a reply (no chat completion in the body)") from None
    if refusal:
        raise _Refused("refused by the model")
    if reason == "length":
        raise _Refused("cut off (finish_reason length)")
    if reason == "content_filter":
        raise _Refused("filtered by the service (finish_reason content_filter)")
    if not isinstance(content, str) or not content.strip():
        raise _Refused("with an empty reply")
    value = _json(content.encode("utf-8", "surrogatepass"), "whose reply is not JSON")
    text = json.dumps(value, ensure_ascii=False)
    if not _encodable(text):
        raise _Refused("whose reply is not JSON")
    if where := misfit(value, asked[k][1]):
        raise _Refused(f"whose reply does not fit the schema (at {_printable(where)})")
    return k, text, usage_of(response["body"].get("usage"))


def _json(raw: bytes, otherwise: str) -> Any:
    try:
        return json.loads(raw.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise _Refused(otherwise) from None


def _encodable(text: str) -> bool:
    """Not with half a surrogate pair in it, which JSON can write and no file can hold."""
    try:
        text.encode()
        return True
    except UnicodeEncodeError:
        return False


def _no_number(name: str) -> float:
    raise ValueError(name)


def _code(error: object) -> str:
    code = error.get("code") if isinstance(error, dict) else None
    return f" ({_printable(code)})" if isinstance(code, str | int) else ""


def _printable(text: object) -> str:
    return "".join(c if c.isprintable() else " " for c in str(text))[:100]


def usage_of(usage: object) -> Usage:
    """The usage of one chat completion, from its JSON or from the client's object; what is missing counts as nothing."""

    def part(of: object, name: str) -> object:
        return of.get(name) if isinstance(of, dict) else getattr(of, name, None)

    def number(of: object, name: str) -> int:
        value = part(of, name)
        return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= TOKENS else 0

    cached = number(part(usage, "prompt_tokens_details"), "cached_tokens")
    asked = number(usage, "prompt_tokens")
    return Usage(1, asked, min(cached, asked), number(usage, "completion_tokens"))


def _asked(line: Mapping[str, Any]) -> tuple[Settings, Mapping[str, Any]]:
    what = dict(line["body"])
    schema = what.pop("response_format")["json_schema"]["schema"]
    what.pop("messages")
    return Settings(what.pop("model"), what), schema


def files_of(folder: Path, prefix: str) -> list[Path]:
    """The files of a folder that begin with `requests-` or `submitted-`, in their order."""
    return sorted(folder.glob(f"{prefix}*.jsonl"))


def requests_in(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The requests of a file by key. UserError where a line is none: these files are the tool's own."""
    for number, raw in _lines(path):
        try:
            line = json.loads(raw)
            _asked(line)
            yield str(line["custom_id"]), line
        except (ValueError, KeyError, TypeError, RecursionError):
            raise UserError(
                f"{path}:{number}: not a request", "remove the file, and audit again with this judge"
            ) from None


def _lines(path: Path, given: bool = False) -> Iterator[tuple[int, bytes]]:
    try:
        with regular.opened(path, given=given) as file:
            for number, raw in enumerate(file, 1):
                if content := raw.removeprefix(b"\xef\xbb\xbf").strip():
                    yield number, content
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})", "give the path of a file of results") from None
