"""The one place that opens a connection: the client for an OpenAI-compatible server, its faults in plain words, and the
Batch service behind `auditor answers DIR --submit` and `--collect`.

The key comes from AUDITOR_API_KEY or OPENAI_API_KEY, and appears in no file, message or record.
"""

import contextlib
import ipaddress
import json
import os
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from auditor import limits, regular
from auditor.errors import UserError
from auditor.extras import need
from auditor.judges import REPLY, Say, Store
from auditor.judges.batchfile import ENDPOINT, Filing, file_held, files_of, held, requests_in
from auditor.judges.prices import Gate, Load
from auditor.lazy import dataclass
from auditor.whole import write_whole

if TYPE_CHECKING:
    import openai

HOSTED = "https://api.openai.com/v1"
TIMEOUT = 900.0
"""Seconds that a request may take with all its tries: a local server may read a long prompt for minutes."""
RETRIES = 4
"""How often the client sends a request again after 408, 409, 429, 5xx, a timeout or a broken connection. Nothing else does."""
BATCHES = "batches.json"


@dataclass(frozen=True)
class Server:
    """An address and the key for it; the key stays out of every text."""

    url: str = field(repr=False)
    key: str = field(repr=False)

    @property
    def host(self) -> str:
        """Host and port, without credentials."""
        parts = urlsplit(self.url)
        return (parts.hostname or "") + (f":{parts.port}" if parts.port else "")

    def connect(self, timeout: float = TIMEOUT, retries: int = RETRIES) -> "openai.OpenAI":
        """A client; nothing is sent yet."""
        import openai

        return openai.OpenAI(
            base_url=self.url,
            api_key=self.key,
            timeout=timeout,
            max_retries=retries,
            http_client=_client(timeout, self),
        )


_until = threading.local()


def begin(seconds: float) -> None:
    """Let what this thread sends from now on take so long together, tries included."""
    _until.at = time.monotonic() + seconds


def _client(timeout: float, server: Server) -> Any:
    """An HTTP client that follows no redirect (what is sent is for one host only), asks for no compression and takes none, reads
    no more than a reply has, and keeps the deadline however slowly bytes come."""
    import httpx2

    class Bounded(httpx2.SyncByteStream):
        def __init__(self, stream: Any) -> None:
            self.stream = stream

        def __iter__(self) -> Iterator[bytes]:
            size = 0
            for chunk in self.stream:
                size += len(chunk)
                if size > limits.REPLY_BYTES.value:
                    raise Unusable(f"the server's reply is larger than {limits.REPLY_BYTES.value // 1_000_000} MB")
                if _left() <= 0:
                    raise httpx2.ReadTimeout("the deadline has passed")
                yield chunk

        def close(self) -> None:
            self.stream.close()

    class Transport(httpx2.HTTPTransport):
        def handle_request(self, request: Any) -> Any:
            left = _left()
            if left <= 0:
                raise httpx2.ReadTimeout("the deadline has passed", request=request)
            times = dict(request.extensions.get("timeout") or {})
            request.extensions["timeout"] = times | {
                "read": min(times.get("read") or left, left),
                "connect": min(60.0, left),
            }
            response = super().handle_request(request)
            if response.headers.get("content-encoding", "identity") not in ("identity", ""):
                response.close()
                raise Unusable("the server compresses its reply, which was not asked for")
            response.stream = Bounded(response.stream)
            return response

    return httpx2.Client(
        transport=Transport(proxy=_proxy(server)),
        timeout=timeout,
        follow_redirects=False,
        headers={"accept-encoding": "identity"},
        trust_env=False,
    )


def _proxy(server: Server) -> str | None:
    """The proxy that the environment names for a server."""
    from urllib.request import getproxies, proxy_bypass

    parts = urlsplit(server.url)
    if _local(parts.hostname or "") or proxy_bypass(parts.hostname or ""):
        return None
    found = getproxies()
    return found.get(parts.scheme) or found.get("all")


def _left() -> float:
    until: float = getattr(_until, "at", float("inf"))
    return min(until - time.monotonic(), 86_400.0)


def server(base_url: str = "") -> Server:
    """The server at an address (else OPENAI_BASE_URL, else OpenAI's own). UserError for an address that is none, or where a
    key is needed and there is none: a server on this machine or network needs none."""
    need("judge", "a judge that is asked over the network")
    url = base_url or os.environ.get("OPENAI_BASE_URL", "") or HOSTED
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        host = ""
    if not host or parts.scheme not in ("http", "https"):
        raise UserError(
            "the server's address is not an http or https URL", "give one such as --base-url http://localhost:11434/v1"
        )
    secret = (os.environ.get("AUDITOR_API_KEY") or os.environ.get("OPENAI_API_KEY") or "").strip()
    if not secret and not _local(host):
        raise UserError(f"no key for {host}", "set OPENAI_API_KEY (or AUDITOR_API_KEY) in the environment")
    if not (secret.isascii() and secret.isprintable()):
        raise UserError(f"the key for {host} holds characters that no key has", "copy it again into OPENAI_API_KEY")
    return Server(url, secret or "none")


def _local(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.endswith((".local", ".localhost", ".internal"))


class Unusable(Exception):
    """A reply that is none, and that asking again in other words does not mend."""


def fault(error: BaseException, model: str, server: Server) -> str:
    """What went wrong and what to do, on one line, without the key."""
    import openai

    host = server.host
    if isinstance(error, Unusable):
        return str(error)
    if isinstance(error, openai.APITimeoutError):
        return f"{host} did not answer in time (--judge-timeout); run again: what is answered is kept"
    if isinstance(error, openai.APIConnectionError):
        if isinstance(error.__cause__, Unusable):
            return str(error.__cause__)
        if refused(error):
            return f"{host} cannot be reached; check --base-url and that the server runs"
        return f"the connection to {host} broke; run again: what is answered is kept"
    if isinstance(error, openai.APIStatusError):
        status, detail = error.status_code, _detail(error.body, server)
        if 300 <= status < 400:
            return f"{status}: {host} sends elsewhere, where nothing is sent; check --base-url"
        if status in (400, 413) and re.search(
            r"context|too long|too large|maximum.{0,20}(?:token|length)|exceed", detail
        ):
            return f"{status}: the request is too long for {model} at {host}{detail}; give a smaller --budget"
        return f"{status}: " + {
            401: f"{host} does not accept the key; set OPENAI_API_KEY to one that is valid there",
            403: f"{host} does not let this key use {model}{detail}",
            404: f"{host} has no model {model}, or --base-url is wrong (it usually ends in /v1)",
            429: f"{host} is busy or the quota is used up{detail}; run again later: what is answered is kept",
        }.get(
            status,
            f"{host} fails{detail}; run again later: what is answered is kept"
            if status >= 500
            else f"{host} rejects the request{detail}; check the model's name and its context length",
        )
    return f"{host} sent something that is no reply ({type(error).__name__}); check --base-url"


def refused(error: BaseException) -> bool:
    """Whether nothing could be connected to at all."""
    import httpx2

    return isinstance(error.__cause__, httpx2.ConnectError)


def _detail(body: object, server: Server) -> str:
    """The server's own words in brackets: one line, cut, without the key."""
    text = body.get("message") if isinstance(body, dict) else None
    if not isinstance(text, str) or not text.strip():
        return ""
    if len(server.key) > 4:
        text = text.replace(server.key, "[key]")
    text = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f" ({text[:160]}…)" if len(text) > 160 else f" ({text})"


def submit(folder: Path, server: Server, gate: Gate, say: Say) -> int:
    """Upload the request files of a folder and start a batch for each; returns how many. What has been answered since they
    were written is not sent. Ids are noted in `batches.json` at once, and the file becomes `submitted-<id>.jsonl`."""
    with held(folder, say):
        return _submit(folder, server, gate, say)


def _submit(folder: Path, server: Server, gate: Gate, say: Say) -> int:
    import openai

    store = Store(folder)
    load, models = Load(0, 0), set()
    for path in files_of(folder, "requests-"):
        lines = [line for k, line in requests_in(path) if store.get(k) is None]
        _rewrite(path, lines)
        load = Load(
            load.requests + len(lines), load.tokens + sum(map(_tokens, lines)), 0, load.replies + REPLY * len(lines)
        )
        models |= {line["body"]["model"] for line in lines}
    paths = files_of(folder, "requests-")
    if not paths:
        raise UserError(f"{folder}: no requests wait", f"write them with: auditor audit TARGET --judge batch:{folder}")
    gate.admit(", ".join(sorted(models)), server.host, load, f" in {len(paths)} batch{'es' if len(paths) > 1 else ''}")
    noted = _noted(folder)
    with server.connect() as client:
        for path in paths:
            try:
                uploaded = client.files.create(file=path, purpose="batch")
                batch = client.batches.create(input_file_id=uploaded.id, endpoint=ENDPOINT, completion_window="24h")
                submitted = folder / f"submitted-{_name(batch.id)}.jsonl"
            except (openai.OpenAIError, TypeError, ValueError) as error:
                raise UserError(
                    f"{path.name} was not submitted: {fault(error, 'Batch service', server)}", _AGAIN
                ) from None
            count = sum(1 for _ in requests_in(path))
            noted.append(
                {"id": batch.id, "host": server.host, "requests": count, "file": submitted.name, "state": "submitted"}
            )
            _note(folder, noted)
            path.replace(submitted)
            say(f"{path.name}: {count:,} requests submitted as {batch.id}")
    return len(paths)


def collect(folder: Path, server: Server, say: Say) -> Filing:
    """Fetch the results of the folder's batches that have ended, keep them as `results-<id>.jsonl`, and file them. What an
    ended batch did not answer is free to be asked again."""
    with held(folder, say):
        return _collect(folder, server, say)


def _collect(folder: Path, server: Server, say: Say) -> Filing:
    import openai

    noted = _noted(folder)
    waiting = [batch for batch in noted if batch["state"] == "submitted"]
    if not waiting:
        raise UserError(f"{folder}: no batch is under way", f"start one with: auditor answers {folder} --submit")
    filing = Filing()
    with server.connect() as client:
        for entry in waiting:
            if entry["host"] != server.host:
                say(f"{entry['id']}: was submitted to {entry['host']}, not to {server.host}; give its --base-url")
                continue
            try:
                batch = client.batches.retrieve(entry["id"])
                if batch.status not in ("completed", "expired", "cancelled", "failed"):
                    counts = batch.request_counts
                    say(
                        f"{batch.id}: {batch.status}"
                        + (f", {counts.completed:,} of {counts.total:,} done" if counts else "")
                    )
                    continue
                found = [client.files.content(i).content for i in (batch.output_file_id, batch.error_file_id) if i]
            except (openai.OpenAIError, TypeError, ValueError) as error:
                say(f"{entry['id']}: not collected: {fault(error, 'Batch service', server)}")
                continue
            results = folder / f"results-{_name(entry['id'])}.jsonl"
            write_whole(results, b"\n".join(found), "free some room, then collect again")
            one = file_held(folder, [results])
            filing.add(one)
            why = "; ".join(str(e.message) for e in (batch.errors.data or [])[:2]) if batch.errors else ""
            left = entry["requests"] - one.filed - one.already
            say(
                f"{entry['id']}: {batch.status}"
                + (f" ({why[:160]})" if why else "")
                + (f", {left:,} without an answer" if left > 0 else "")
            )
            entry["state"] = batch.status
            _note(folder, noted)
            (folder / entry["file"]).unlink(missing_ok=True)
    return filing


_AGAIN = "run --submit again: what was submitted before it is noted"


def _tokens(line: dict[str, Any]) -> int:
    total = 0.0
    for message in line["body"]["messages"]:
        parts = message["content"] if isinstance(message["content"], list) else [{"text": message["content"]}]
        total += sum(len(p["text"]) / 3.6 if "text" in p else 1_100 for p in parts)
    return int(total)


def _name(id: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]", "-", id)[:100]


def _rewrite(path: Path, lines: list[dict[str, Any]]) -> None:
    """Leave only these lines in a request file."""
    if not lines:
        with contextlib.suppress(OSError):  # an empty request file of an earlier run: it does no harm
            path.unlink()
        return
    rows = (json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    write_whole(path, rows, "free some room, then submit again")


def _noted(folder: Path) -> list[dict[str, Any]]:
    path = folder / BATCHES
    try:
        noted = json.loads(regular.read_text(path))
        for entry in noted:
            if not {"id", "host", "requests", "file", "state"} <= set(entry):
                raise ValueError
        return list(noted)
    except FileNotFoundError:
        return []
    except (OSError, ValueError, TypeError, RecursionError):
        raise UserError(
            f"{path}: cannot be read", "it lists the batches that were submitted: mend it, or move it away"
        ) from None


def _note(folder: Path, noted: list[dict[str, Any]]) -> None:
    text = json.dumps(noted, indent=1) + "\n"
    write_whole(folder / BATCHES, text, "free some room; the last batch's id is not noted")
