"""A batch's folder in a browser: index, group pages and feedback made as they are asked for, and decisions saved to disk at once.

The server listens on this machine alone. Every address begins with a random token; a request without it, under another host's name
or with anything but a known group's name in its path gets nothing.
"""

import contextlib
import hashlib
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from auditor import regular
from auditor.decision_files import read_for, save
from auditor.decisions import Decision, Decisions
from auditor.errors import UserError
from auditor.lazy import dataclass
from auditor.models import AuditRecord, GroupEntry
from auditor.overview import (
    UNFINISHED,
    Beside,
    listed,
    load_entry,
    load_figures,
    standing_class,
    standing_entries,
    ways_between,
)
from auditor.pages import Around, page
from auditor.render import feedback, index, one_line, tables
from auditor.render.ways import Served, Ways
from auditor.stored import load_record

if TYPE_CHECKING:
    from starlette.applications import Starlette

HOST = "127.0.0.1"
PORT = 8642
"""The same each time where it is free: a browser keeps what could not be saved by the address of its page."""

MOST = 2_000_000
"""Bytes of one request: some hundred decisions with long notes."""

_TABLES = {
    "summary.csv": "text/csv",
    "findings.csv": "text/csv",
    "gradebook.csv": "text/csv",
    "summary.json": "application/json",
}
_OWN = {".json": "application/json", ".md": "text/markdown", ".txt": "text/plain", ".sarif": "application/json"}
_HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Posted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    decisions: tuple[Decision, ...] = Field(max_length=2_000)


@dataclass
class Desk:
    """A batch's folder, as it is worked through: what a request can ask of it."""

    folder: Path
    tell: Callable[[str], None]
    decided: Callable[[], None] = lambda: None  # told of each save

    @property
    def beside(self) -> Beside:
        """The decisions in it."""
        return Beside(self.folder, tell=self.tell)

    def group(self, name: str) -> GroupEntry | None:
        """A group by the name of its files."""
        return load_entry(self.folder, name)

    def index(self) -> str:
        """The index with what is decided by now."""
        course = standing_class(self.folder, self.tell)
        pages = {g.id: f"groups/{g.name}.html" for g in course.groups if g.error != UNFINISHED}
        told = {g.id: f"feedback/{g.name}.html" for g in course.groups if not g.error}
        return "".join(index.render(course, pages, told))

    def table(self, name: str) -> str:
        """A table of the class as it stands now."""
        if name == "summary.csv":
            return index.to_csv(standing_class(self.folder, self.tell))
        groups = standing_entries(self.folder, self.tell)
        if name == "summary.json":
            return "".join(index.to_json(standing_class(self.folder, self.tell), groups))
        return "".join(tables.findings(groups) if name == "findings.csv" else tables.gradebook(groups))

    def page(self, entry: GroupEntry) -> str:
        """A group's page with its decisions as they are on disk."""
        served = Served(
            save=f"../decisions/{entry.name}",
            folder=hashlib.sha256(os.fsencode(self.folder.resolve())).hexdigest()[:12],
            feedback=f"../feedback/{entry.name}.html",
        )
        around = Around(decisions=self._decided(entry), ways=self._ways(entry))
        return page(self._record(entry), around, load_figures(self.folder, entry.name), served=served)

    def feedback(self, entry: GroupEntry) -> str:
        """What a group would be told now."""
        page = f"../groups/{entry.name}.html"
        return feedback.html(self._record(entry), self._decided(entry), ways=self._ways(entry), page=page)

    def decisions(self, entry: GroupEntry) -> Decisions:
        """What was decided about a group."""
        return read_for(self.folder, entry.name, entry.id, entry.repo) or Decisions(submission=entry.id)

    def save(self, entry: GroupEntry, made: tuple[Decision, ...]) -> Decisions:
        """Save decisions; what then stands."""
        stands = save(self.folder, entry.name, entry.id, self._record(entry).submission.url, made)
        self.decided()
        return stands

    def _decided(self, entry: GroupEntry) -> Decisions | None:
        return self.beside.decisions(entry.id, entry.repo)

    def _ways(self, entry: GroupEntry) -> Ways:
        there = [(id_, name) for id_, name, audited in listed(self.folder) if audited]
        return ways_between(there).get(entry.name) or Ways()

    def _record(self, entry: GroupEntry) -> AuditRecord:
        return load_record(self.folder / "groups" / f"{entry.name}.json")


# -- the server --------------------------------------------------------------------------------------------------------


def application(desk: Desk, token: str, hosts: Collection[str]) -> "Starlette":
    """What answers: below the token, and for these hosts alone."""
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import Route

    def reply(text: str | bytes, kind: str, status: int = 200) -> Response:
        return Response(text, status, _HEADERS, media_type=f"{kind}; charset=utf-8")

    def nothing() -> Response:
        return Response(b"", 404, _HEADERS)

    def allowed(request: Request) -> bool:
        given = str(request.path_params.get("token", "")).encode()
        return request.headers.get("host", "") in hosts and secrets.compare_digest(given, token.encode())

    def known(request: Request) -> GroupEntry | None:
        return desk.group(str(request.path_params["name"]))

    def guarded(answer: Callable[[Request], Response]) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            if not allowed(request):
                return nothing()
            try:
                return answer(request)
            except UserError as error:
                desk.tell(error.message)
                return reply(f"{one_line(error.message)}\n{one_line(error.hint)}\n", "text/plain", 500)

        return endpoint

    def home(request: Request) -> Response:
        return reply(desk.index(), "text/html")

    def table(request: Request) -> Response:
        name = str(request.path_params["table"])
        return reply(desk.table(name), _TABLES[name]) if name in _TABLES else nothing()

    def group(request: Request) -> Response:
        entry, ending = known(request), f".{request.path_params['ending']}"
        if entry is None or (ending != ".html" and ending not in _OWN):
            return nothing()
        if ending == ".html":
            return reply(desk.page(entry), "text/html")
        try:
            return reply(regular.read_bytes(desk.folder / "groups" / f"{entry.name}{ending}"), _OWN[ending])
        except OSError:
            return nothing()

    def told(request: Request) -> Response:
        entry = known(request)
        return nothing() if entry is None or entry.error else reply(desk.feedback(entry), "text/html")

    async def decisions(request: Request) -> Response:
        if not allowed(request):
            return nothing()
        body = b""
        if request.method == "POST":
            origin = request.headers.get("origin", "")
            own = origin.removeprefix("http://") in hosts or not origin
            if not own or request.headers.get("content-type", "").partition(";")[0] != "application/json":
                return nothing()
            async for piece in request.stream():
                body += piece
                if len(body) > MOST:
                    return reply(json.dumps({"error": "more than can be saved at once."}), "application/json", 413)
        return await run_in_threadpool(decide, request, body)

    def decide(request: Request, body: bytes) -> Response:
        try:
            entry = known(request)
            if entry is None or entry.error:
                return nothing()
            stands = desk.save(entry, _Posted.model_validate_json(body).decisions) if body else desk.decisions(entry)
        except ValidationError as error:
            said = error.errors()[0]
            where = ".".join(map(str, said["loc"]))
            return reply(json.dumps({"error": f"not decisions ({where}: {said['msg']})."}), "application/json", 400)
        except UserError as error:
            desk.tell(error.message)
            return reply(json.dumps({"error": f"{one_line(error.message)}."}), "application/json", 507)
        return reply(stands.model_dump_json(), "application/json")

    from starlette.concurrency import run_in_threadpool

    app = Starlette(
        routes=[
            Route("/{token}/", guarded(home)),
            Route("/{token}/index.html", guarded(home)),
            Route("/{token}/{table}", guarded(table)),
            Route("/{token}/groups/{name}.{ending}", guarded(group)),
            Route("/{token}/feedback/{name}.html", guarded(told)),
            Route("/{token}/decisions/{name}", decisions, methods=["GET", "POST"]),
        ],
        exception_handlers={404: lambda *_: nothing(), 405: lambda *_: nothing()},
    )
    app.router.redirect_slashes = False
    return app


def listen(port: int) -> socket.socket:
    """A socket of this machine alone: at the port, or at another one where it is the usual one and taken. Raises UserError."""
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind((HOST, port or PORT))
        except OSError:
            if port:
                raise
            made.bind((HOST, 0))
        made.listen(64)
    except OSError as error:
        made.close()
        raise UserError(f"port {port or PORT}: {error.strerror}", "give another one with --port") from None
    return made


def serve(desk: Desk, server: socket.socket, token: str) -> None:
    """Answer until the process is told to stop."""
    import uvicorn

    port = server.getsockname()[1]
    app = application(desk, token, {f"{HOST}:{port}", f"localhost:{port}"})
    config = uvicorn.Config(
        app,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        lifespan="off",
        ws="none",
    )
    with contextlib.suppress(KeyboardInterrupt):  # how it is ended
        uvicorn.Server(config).run(sockets=[server])


def new_token() -> str:
    """What an address begins with; nobody can guess it."""
    return secrets.token_urlsafe(24)


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[str]:
    """While a folder is viewed; what there is to say about that: that it cannot be written, or that another one views it, too."""
    place = folder / "decisions"
    try:
        place.mkdir(exist_ok=True)
        lock = regular.lock_file(place / ".view")
    except OSError as error:
        yield f"{place}: cannot be written ({error.strerror}); what is decided stays in the browser"
        return
    with lock:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(lock.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                yield f"{folder}: another `auditor view` has it open, too; what is decided in both is merged"
                return
        yield ""
