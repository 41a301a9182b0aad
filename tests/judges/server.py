"""A server that speaks chat completions, files and batches, and does what a test tells it to: good replies and faults.

The last word of a request's last message names the question; the script says what each time it is asked comes back.
"""

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = {"claims": [{"quote": "21 tests", "label": "contradicted"}]}


@dataclass(frozen=True)
class Step:
    """What one request gets: a status, a body, headers; or a silence, or a broken connection."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    wait: float = 0
    close: str = ""  # "at once", or "in the middle" of the body; "drip": a byte now and then


def reply(content: object = GOOD, finish: str = "stop", refusal: str | None = None, cached: int = 0) -> Step:
    """A chat completion; content that is no text goes in as JSON."""
    text = content if isinstance(content, str) or content is None else json.dumps(content)
    return Step(
        body={
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1700000000,
            "model": "test-model",
            "choices": [
                {
                    "index": 0,
                    "finish_reason": finish,
                    "message": {"role": "assistant", "content": text, "refusal": refusal},
                }
            ],
            "usage": {
                "prompt_tokens": 100,
                "completion_tokens": 10,
                "total_tokens": 110,
                "prompt_tokens_details": {"cached_tokens": cached},
            },
        }
    )


def fail(status: int, message: str = "no", code: str | None = None, **headers: str) -> Step:
    """An error as OpenAI words it; the client is told to try again at once."""
    head = {"retry-after-ms": "1"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return Step(status, {"error": {"message": message, "type": "test", "param": None, "code": code}}, head)


class Server(ThreadingHTTPServer):
    """Listens on a free port of this machine; remembers what it was sent."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Mapping[str, Sequence[Step]] | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = {name: list(steps) for name, steps in (script or {}).items()}
        self.asked: list[dict[str, Any]] = []
        self.keys: set[str] = set()
        self.open = self.most = 0
        self.order: list[tuple[str, str]] = []
        self.files: dict[str, bytes] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    @property
    def names(self) -> list[str]:
        """The questions, in the order in which they were asked."""
        return [name for what, name in self.order if what == "asked"]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no matter."""

    def step(self, body: dict[str, Any]) -> Step:
        """The next step of the script for a question; a good reply where the script has none, the last one for ever."""
        with self.lock:
            name = _name(body)
            self.asked.append(body)
            steps = self.script.get(name) or [reply()]
            return steps.pop(0) if len(steps) > 1 else steps[0]


def _name(body: dict[str, Any]) -> str:
    texts = [
        m["content"] if isinstance(m["content"], str) else m["content"][0]["text"]
        for m in body["messages"]
        if m["role"] == "user"
    ]
    questions = [text for text in texts if "?" in text]
    return str(questions[0].split()[-1]) if questions else ""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return "Sat, 21 Nov 2026 00:00:00 GMT"

    def version_string(self) -> str:
        return "test"

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.keys.add(self.headers.get("Authorization", ""))
        if self.path == "/v1/chat/completions":
            self._chat(json.loads(raw))
        elif self.path == "/v1/files":
            content = re.search(rb'name="file".*?\r\n\r\n(.*?)\r\n--', raw, re.S)
            id_ = f"file-{len(self.server.files)}"
            self.server.files[id_] = content[1] if content else b""
            self._send(Step(body={"id": id_, "object": "file", "bytes": len(raw), "purpose": "batch"}))
        elif self.path == "/v1/batches":
            id_ = f"batch_{len(self.server.batches)}"
            self.server.batches[id_] = {"input": json.loads(raw)["input_file_id"], "status": "in_progress"}
            self._send(Step(body=self._batch(id_)))
        else:
            self._send(fail(404))

    def do_GET(self) -> None:
        if found := re.fullmatch(r"/v1/batches/(\w+)", self.path):
            self._send(Step(body=self._batch(found[1])))
        elif found := re.fullmatch(r"/v1/files/(.+)/content", self.path):
            self._raw(200, self.server.files[found[1]], {"Content-Type": "application/jsonl"})
        else:
            self._send(fail(404))

    def _batch(self, id_: str) -> dict[str, Any]:
        batch = self.server.batches[id_]
        lines = [json.loads(line) for line in self.server.files[batch["input"]].splitlines()]
        said = {"id": id_, "object": "batch", "status": batch["status"], "endpoint": "/v1/chat/completions"}
        if batch["status"] in ("completed", "expired"):
            good: list[dict[str, Any]] = []
            bad: list[dict[str, Any]] = []
            for n, line in enumerate(lines):
                step = self.server.step(line["body"])
                response = {"status_code": step.status, "request_id": f"r{n}", "body": step.body}
                (good if step.status == 200 else bad).append(
                    {"id": f"b{n}", "custom_id": line["custom_id"], "response": response, "error": None}
                )
            for name, results in (("output_file_id", good), ("error_file_id", bad)):
                if results:
                    self.server.files[f"{id_}-{name}"] = "\n".join(json.dumps(r) for r in results).encode()
                    said[name] = f"{id_}-{name}"
        if batch["status"] == "failed":
            said["errors"] = {"object": "list", "data": [{"code": "x", "message": "line 1 is too long"}]}
        return said | {"request_counts": {"total": len(lines), "completed": 0, "failed": 0}}

    def _chat(self, body: dict[str, Any]) -> None:
        server, name = self.server, _name(body)
        with server.lock:
            server.order.append(("asked", name))
            server.open += 1
            server.most = max(server.most, server.open)
        step = server.step(body)
        if step.wait:
            time.sleep(step.wait)
        with server.lock:
            server.order.append(("answered", name))
            server.open -= 1
        self._send(step)

    def _send(self, step: Step) -> None:
        raw = step.body.encode() if isinstance(step.body, str) else json.dumps(step.body).encode()
        if "X-Raw" in step.headers:
            self._raw(step.status, bytes.fromhex(step.headers["X-Raw"]), {"Content-Encoding": "gzip"})
            return
        if step.close == "drip":
            self.send_response(step.status)
            self.send_header("Content-Length", str(len(raw)))
            self.end_headers()
            for n in range(len(raw)):
                self.wfile.write(raw[n : n + 1])
                self.wfile.flush()
                time.sleep(0.3)
            return
        if step.close:
            if step.close == "in the middle":
                self.send_response(step.status)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw[:20])
                self.wfile.flush()
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            return
        kind = "text/html" if isinstance(step.body, str) and step.body.startswith("<") else "application/json"
        self._raw(step.status, raw, {"Content-Type": kind} | dict(step.headers))

    def _raw(self, status: int, raw: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


@contextmanager
def serving(script: Mapping[str, Sequence[Step]] | None = None) -> Iterator[Server]:
    """A server for the length of a test."""
    server = Server(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
