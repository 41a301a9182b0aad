"""`auditor view`: what is decided is on disk at once and is never lost, and nobody else gets anything."""

import contextlib
import csv
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from build_fixture import build

from auditor.batch import Terms, run
from auditor.decisions import load_decisions
from auditor.folder import Folder
from auditor.judges import NoJudge
from auditor.locks import alone
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") or ""
browsing = pytest.mark.skipif(not CHROMIUM, reason="no Chromium")
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
ENV = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {"NO_COLOR": "1"}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A class of three groups: two of them claim too much, one could not be audited."""
    folder = tmp_path_factory.mktemp("view")
    build("overclaiming", folder / "repo")
    groups = [Submission(id=n, repo=str(folder / "repo")) for n in ("group-1", "group-2")]
    groups.insert(1, Submission(id="gone", repo=str(folder / "nothing")))
    terms = Terms.of(load_profile(), NoJudge(), ("html",))
    out = folder / "out"
    run(groups, load_profile(), NoJudge(), Folder(out, ("html",)), terms, workers=1, make=ThreadPoolExecutor)
    return out


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "out")
    return tmp_path / "out"


class Server:
    """`auditor view` as a process: its address, and what it says on standard error."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "auditor", "view", str(folder), "--port", str(port or free())],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENV,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("http://127.0.0.1:"), self.process.communicate()
        self.address = line.split()[0]
        self.port = int(self.address.split(":")[2].split("/")[0])
        self.token = self.address.rstrip("/").rpartition("/")[2]

    def get(self, path: str) -> str:
        with urllib.request.urlopen(self.address + path) as reply:
            return str(reply.read().decode())

    def post(self, name: str, *decisions: dict[str, str]) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.address}decisions/{name}",
            json.dumps({"decisions": decisions}).encode(),
            {"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request) as reply:
                return dict(json.load(reply))
        except urllib.error.HTTPError as error:
            return {"status": error.code, **json.loads(error.read() or b"{}")}

    def raw(self, request: str) -> tuple[int, bytes]:
        """A request as it stands, and its status and body."""
        with socket.create_connection(("127.0.0.1", self.port)) as line:
            line.sendall(request.replace("\n", "\r\n").encode())
            data = b"".join(iter(lambda: line.recv(65536), b""))
        head, _, body = data.partition(b"\r\n\r\n")
        return int(head.split()[1]), body

    def stop(self, how: signal.Signals = signal.SIGINT) -> str:
        """What it had to say."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        return self.process.communicate(timeout=30)[1]


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@contextlib.contextmanager
def viewed(folder: Path, port: int = 0) -> Iterator[Server]:
    server = Server(folder, port)
    try:
        yield server
    finally:
        server.stop(signal.SIGKILL)


def marks(folder: Path, name: str = "group-1") -> list[str]:
    record = AuditRecord.model_validate_json((folder / "groups" / f"{name}.json").read_bytes())
    return [f.fingerprint for f in record.findings]


def stored(folder: Path, name: str = "group-1") -> dict[str, str]:
    path = folder / "decisions" / f"{name}.json"
    return {d.fingerprint: d.decision for d in load_decisions(path).decisions} if path.exists() else {}


# -- who gets something ------------------------------------------------------------------------------------------------


def test_without_the_token_or_under_another_name_there_is_nothing(folder: Path) -> None:
    (folder.parent / "secret.json").write_text("{}")
    (folder / "groups" / "link.html").symlink_to("/etc/passwd")
    mark = marks(folder)[0]
    body = json.dumps({"decisions": [{"fingerprint": mark, "decision": "confirmed"}]})
    with viewed(folder) as server:
        own = f"127.0.0.1:{server.port}"

        def ask(
            path: str, host: str = own, method: str = "GET", more: str = "", content: str = ""
        ) -> tuple[int, bytes]:
            head = f"{method} {path} HTTP/1.1\nHost: {host}\nConnection: close\n{more}"
            return server.raw(f"{head}Content-Length: {len(content)}\n\n{content}")

        t = f"/{server.token}"
        page = f"{t}/groups/group-1.html"
        for path in (
            f"{t}/",
            f"{t}/index.html",
            page,
            f"{t}/gradebook.csv",
            f"{t}/feedback/group-1.html",
            f"{t}/groups/gone.html",
        ):
            assert ask(path)[0] == 200, path
        for path in (
            "/", "/index.html", "/groups/group-1.html", "/wrong/groups/group-1.html", f"{t}x/index.html", f"/{t[2:]}/index.html",
            f"{t}/../secret.json", f"{t}/groups/../summary.json", f"{t}/groups/../../secret.json", f"{t}/%2e%2e/secret.json",
            f"{t}/groups/..%2f..%2fsecret.json", f"{t}/groups/%2e%2e%2f%2e%2e%2fsecret.json", f"{t}/groups/..\\..\\secret.json",
            f"{t}/groups/link.html", f"{t}/groups/nobody.html", f"{t}/state/group-1.json", f"{t}/decisions/../x", f"{t}//etc/passwd",
            f"{t}/decisions/nobody", f"{t}/decisions/gone", f"{t}/feedback/gone.html", "/docs", "/openapi.json",
        ):  # fmt: skip
            assert ask(path) == (404, b""), path
        for host in (
            "evil.example",
            f"evil.example:{server.port}",
            "127.0.0.1",
            f"127.0.0.1:{server.port + 1}",
            f"127.0.0.1.evil.example:{server.port}",
            "",
        ):
            assert ask(page, host) == (404, b""), host
        json_ = "Content-Type: application/json\n"
        save = f"{t}/decisions/group-1"
        assert ask("/decisions/group-1", method="POST", more=json_, content=body)[0] == 404
        assert ask(save, "evil.example", "POST", json_, body) == (404, b"")
        assert ask(save, own, "POST", f"{json_}Origin: http://evil.example\n", body) == (404, b"")
        assert ask(save, own, "POST", "Content-Type: text/plain\n", body) == (
            404,
            b"",
        )  # what a form of another page can send
        assert stored(folder) == {}
        assert ask(save, own, "POST", f"{json_}Origin: http://{own}\n", body)[0] == 200
        assert stored(folder) == {mark: "confirmed"}
        assert server.stop() == ""
        assert server.process.returncode == 0


def test_what_is_no_decision_changes_nothing(folder: Path) -> None:
    with viewed(folder) as server:
        assert server.post("group-1", {"fingerprint": "x", "decision": "maybe"})["status"] == 400
        assert server.post("group-1", {"fingerprint": "x", "decision": "ask", "more": "1"})["status"] == 400
        big = {"fingerprint": "x", "decision": "ask", "note": "n" * 5_000, "claim": "c" * 20_000}
        assert server.post("group-1", *[big] * 100)["status"] == 413
        assert stored(folder) == {}
        # a file that a person has broken is left as it is, and said
        (folder / "decisions").mkdir(exist_ok=True)
        (folder / "decisions" / "group-1.json").write_text("{")
        said = server.post("group-1", {"fingerprint": "x", "decision": "ask"})
        assert said["status"] == 507
        assert "not a file of decisions" in said["error"]
        assert (folder / "decisions" / "group-1.json").read_text() == "{"
        assert "group-1" in server.get("index.html")
        # a group that is being audited again stops nobody
        (folder / "state" / "group-2.json").unlink()
        index = server.get("index.html")
        assert "groups/group-1.html" in index
        assert "groups/group-2.html" not in index
        lines = server.stop().splitlines()
        assert len(lines) == 3, lines  # each once: not saved, not used, and the group


def test_a_folder_that_is_no_batch_and_a_port_that_is_taken_are_one_line(folder: Path, tmp_path: Path) -> None:
    def view(*arguments: object) -> tuple[int, int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "auditor", "view", *map(str, arguments)],
            capture_output=True,
            text=True,
            env=ENV,
            check=False,
        )
        return done.returncode, done.stderr.count("auditor: "), done.stderr

    assert view(tmp_path)[:2] == (2, 1)
    assert view(tmp_path / "nowhere")[:2] == (2, 1)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, lines, said = view(folder, "--port", taken.getsockname()[1])
        assert (code, lines) == (2, 1)
        assert "--port" in said


# -- nothing is lost ---------------------------------------------------------------------------------------------------


def test_two_servers_and_many_savers_lose_nothing(folder: Path) -> None:
    with viewed(folder) as one, viewed(folder) as two:
        names = [f"mark{n}" for n in range(40)]

        def send(server: Server, mine: list[str]) -> None:
            for name in mine:
                server.post("group-1", {"fingerprint": name, "decision": "ask"})

        threads = [
            threading.Thread(target=send, args=(server, names[n::4])) for n, server in enumerate((one, two, one, two))
        ]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert set(stored(folder)) == set(names)
        said = two.stop()
        assert said.count("\n") == 1
        assert "another `auditor view` has it open, too" in said
        assert one.stop() == ""
    assert sorted(p.name for p in (folder / "decisions").iterdir()) == [".lock", ".view", "group-1.json"]


def test_of_one_finding_the_later_decision_stands_and_both_are_kept(folder: Path) -> None:
    with viewed(folder) as server:
        server.post(
            "group-1", {"fingerprint": "a", "decision": "confirmed", "note": "so", "at": "2026-01-01T10:00:00.000Z"}
        )
        server.post("group-1", {"fingerprint": "a", "decision": "dismissed", "at": "2026-01-01T11:00:00.000Z"})
        stands = server.post(
            "group-1", {"fingerprint": "a", "decision": "ask", "at": "2026-01-01T10:30:00.000Z"}
        )  # came late
        assert [d["decision"] for d in stands["decisions"]] == ["dismissed"]
        assert [(d["decision"], d["note"]) for d in stands["history"]] == [("confirmed", "so"), ("ask", "")]
        again = server.post("group-1", {"fingerprint": "a", "decision": "ask", "at": "2026-01-01T10:30:00.000Z"})
        assert again == stands  # sent twice is said once
        # what a clock says of the future was said now: it shuts nobody out
        server.post("group-1", {"fingerprint": "b", "decision": "ask", "at": "2999-01-01T10:30:00.000Z"})
        server.post("group-1", {"fingerprint": "b", "decision": "confirmed"})
        assert stored(folder)["b"] == "confirmed"


def test_killed_in_the_middle_all_that_was_acknowledged_is_there(folder: Path) -> None:
    acknowledged: list[str] = []
    server = Server(folder)

    def send() -> None:
        for n in range(10_000):
            try:
                if "status" not in server.post(
                    "group-1", {"fingerprint": f"m{n}", "decision": "ask", "note": "x" * 3000}
                ):
                    acknowledged.append(f"m{n}")
            except OSError:
                return

    sender = threading.Thread(target=send)
    sender.start()
    while len(acknowledged) < 30:
        sender.join(0.01)
    server.stop(signal.SIGKILL)
    sender.join()
    assert set(acknowledged) <= set(stored(folder))  # and the file is whole
    with viewed(folder) as again:
        again.post("group-1", {"fingerprint": "after", "decision": "ask"})
        assert set(acknowledged) | {"after"} <= set(stored(folder))


# -- the files in the folder -------------------------------------------------------------------------------------------


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


def soon(so: Callable[[], bool]) -> None:
    for _ in range(400):
        if so():
            return
        time.sleep(0.05)
    raise AssertionError("never")


def test_the_files_in_the_folder_are_as_they_stand_after_saving(folder: Path) -> None:
    first, second, third = marks(folder)[:3]
    before = {n: (folder / n).read_bytes() for n in ("index.html", "summary.csv", "summary.json")}
    errors = int(table(folder / "summary.csv")[0]["errors"])
    with viewed(folder) as server:
        server.post("group-1", {"fingerprint": first, "decision": "dismissed"})
        soon(lambda: table(folder / "gradebook.csv")[0]["dismissed"] == "1")
        server.post("group-1", {"fingerprint": second, "decision": "confirmed"})
        soon(lambda: table(folder / "gradebook.csv")[0]["confirmed"] == "1")
        for name in ("findings.csv", "gradebook.csv", "summary.csv"):
            assert server.get(name) == (folder / name).read_text(encoding="utf-8"), name
        # what is decided last is written before it ends
        server.post("group-2", {"fingerprint": third, "decision": "ask"})
        assert server.stop() == ""
    assert [r["to_ask"] for r in table(folder / "gradebook.csv")] == ["0", "", "1"]
    decided = {r["decision"] for r in table(folder / "findings.csv") if r["group"] == "group-1"}
    assert decided >= {"dismissed", "confirmed", "undecided"}
    assert int(table(folder / "summary.csv")[0]["errors"]) == errors - 1  # the first finding is an error
    assert all((folder / n).read_bytes() != b for n, b in before.items())
    assert "3 of " in (folder / "index.html").read_text(encoding="utf-8")
    assert not list(folder.glob("*.part"))


def test_nothing_is_written_where_nothing_was_decided(folder: Path) -> None:
    before = {p.name: p.stat().st_mtime_ns for p in folder.iterdir() if p.is_file()}
    with viewed(folder) as server:
        server.get("index.html")
        server.stop()
    assert {p.name: p.stat().st_mtime_ns for p in folder.iterdir() if p.is_file()} == before


def test_what_a_killed_view_left_behind_is_written_by_the_next(folder: Path) -> None:
    mark = marks(folder)[0]
    with alone(folder / ".auditor.lock", "a batch"):  # a batch that goes on: its files are its own
        with viewed(folder) as server:
            server.post("group-1", {"fingerprint": mark, "decision": "confirmed"})
            server.stop(signal.SIGKILL)
        assert table(folder / "gradebook.csv")[0]["confirmed"] == "0"
        with viewed(folder) as again:
            time.sleep(0.3)
            assert table(folder / "gradebook.csv")[0]["confirmed"] == "0"
            said = again.stop()
    assert said == ""
    with viewed(folder):
        soon(lambda: table(folder / "gradebook.csv")[0]["confirmed"] == "1")


def test_tables_that_cannot_be_written_are_said_once_and_lose_no_decision(folder: Path) -> None:
    one, two = marks(folder)[:2]
    (folder / "gradebook.csv").unlink()
    (folder / "gradebook.csv").mkdir()
    with viewed(folder) as server:
        for mark in (one, two):
            server.post("group-1", {"fingerprint": mark, "decision": "confirmed"})
        assert len(stored(folder)) == 2
        said = server.stop().splitlines()
    assert len(said) == 1, said
    assert "gradebook.csv" in said[0]


def test_what_is_not_ready_to_be_told_leads_to_where_it_is_decided(folder: Path) -> None:
    with viewed(folder) as server:
        page = server.get("feedback/group-1.html")
        assert "Not ready: " in page
        assert '<a href="../groups/group-1.html">Decide them.</a>' in page
        server.post("group-1", *({"fingerprint": m, "decision": "dismissed"} for m in marks(folder)))
        assert "Decide them" not in server.get("feedback/group-1.html")


# -- in a browser ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def tab(browser: Any, address: str) -> Any:
    page = browser.new_context(viewport={"width": 1400, "height": 900}, reduced_motion="reduce").new_page()
    page.set_default_timeout(20_000)
    page.said = []
    page.on("pageerror", lambda e: page.said.append(str(e)))
    page.goto(address)
    return page


def until(page: Any, expression: str) -> None:
    """Wait until something is so on the page; its policy lets playwright's own way of waiting do nothing."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {expression}")


def saved(page: Any) -> None:
    until(page, "document.querySelector('#saving').textContent === 'Saved.' && !localStorage.length")


@browsing
def test_deciding_saves_to_disk_and_is_there_after_a_reload(browser: Any, folder: Path) -> None:
    with viewed(folder) as server:
        page = tab(browser, server.address)
        assert "0/" in page.locator("#groups tbody tr", has_text="group-1").inner_text()
        page.click("#groups a:text-is('group-1')")
        page.wait_for_selector("#tools:not([hidden])")
        page.keyboard.press("j")
        mark = page.evaluate("document.querySelector('.current').dataset.fingerprint")
        page.keyboard.press("c")
        saved(page)
        assert stored(folder) == {mark: "confirmed"}
        # the next finding is there by itself; a note is saved while it is written, before any decision, too
        second = page.evaluate("document.querySelector('.current').dataset.fingerprint")
        page.locator(".current textarea").fill("whose job was it?")
        saved(page)
        assert stored(folder) == {mark: "confirmed", second: "undecided"}
        page.reload()
        pressed = page.locator(f"[data-fingerprint='{mark}'] [data-choice=confirmed]")
        assert pressed.get_attribute("aria-pressed") == "true"
        assert page.locator(f"[data-fingerprint='{second}'] textarea").input_value() == "whose job was it?"
        # the ways: the group that failed is left out
        assert page.locator("nav.groups a").all_inner_texts() == ["All groups", "group-2 →", "Feedback to the group"]
        page.click("nav.groups a[rel=next]")
        page.wait_for_url("**/groups/group-2.html")
        assert page.locator("h1").inner_text().startswith("group-2")
        page.click("nav.groups a:text-is('All groups')")
        page.wait_for_selector("#groups")
        assert re.search(r"\b1/\d+", page.locator("#groups tbody tr", has_text="group-1").inner_text())
        # a dismissal can be seen, and taken back
        page.goto(f"{server.address}groups/group-1.html")
        page.keyboard.press("j")
        page.keyboard.press("d")
        saved(page)
        page.goto(f"{server.address}groups/group-1.html")
        assert page.locator(".finding.dismissed").count() == 1
        assert "Before that" in page.locator(".finding.dismissed .earlier").text_content()
        page.keyboard.press("j")
        page.keyboard.press("d")  # it stays so: a key pressed twice takes nothing back
        assert page.locator(".finding.dismissed").count() == 1
        page.click(".finding.dismissed [aria-pressed=true]")
        until(page, "!document.querySelector('.finding.dismissed') && !localStorage.length")
        assert stored(folder)[mark] == "undecided"
        # at the end it says so, and leads on to the next group
        for _ in range(page.locator(".finding .one").count()):
            page.keyboard.press("a")
        until(page, "document.querySelector('#said').textContent.includes('All decided. Next group: group-2 →')")
        saved(page)
        page.click("#said a")
        page.wait_for_url("**/groups/group-2.html")
        assert page.said == []


@browsing
def test_two_browsers_save_at_once(browser: Any, folder: Path) -> None:
    with viewed(folder) as server:
        address = f"{server.address}groups/group-1.html"
        one, two = tab(browser, address), tab(browser, address)
        one.keyboard.press("j")
        one.keyboard.press("c")
        saved(one)
        for key in ("j", "d", "a"):  # it has not seen the other's
            two.keyboard.press(key)
        until(two, "document.querySelector('#saving').textContent === 'Saved.' && !localStorage.length")
        first, second = marks_in_order(two)[:2]
        assert stored(folder) == {first: "dismissed", second: "ask"}
        history = load_decisions(folder / "decisions" / "group-1.json").history
        assert [(d.fingerprint, d.decision) for d in history] == [(first, "confirmed")]
        one.keyboard.press("j")
        one.keyboard.press("c")  # and sees theirs with its next save
        until(one, "document.querySelectorAll('.finding.dismissed').length === 1")
        assert sorted(stored(folder).values()) == ["ask", "confirmed", "dismissed"]


def another_tab(page: Any, address: str) -> Any:
    """A second tab of the same browser, in front of the first."""
    other = page.context.new_page()
    other.set_default_timeout(20_000)
    other.goto(address)
    other.bring_to_front()
    return other


@browsing
@pytest.mark.parametrize(
    "event", ["window.dispatchEvent(new Event('focus'))", "document.dispatchEvent(new Event('visibilitychange'))"]
)
def test_a_tab_that_comes_to_the_front_shows_what_was_decided_in_another(
    event: str, browser: Any, folder: Path
) -> None:
    with viewed(folder) as server:
        address = f"{server.address}groups/group-1.html"
        one = tab(browser, address)
        one.keyboard.press("j")
        one.locator(".current textarea").fill("mine")
        saved(one)
        two = another_tab(one, address)
        two.keyboard.press("j")
        two.keyboard.press("d")
        saved(two)
        mark = marks_in_order(two)[0]
        assert stored(folder)[mark] == "dismissed"
        chosen = f"document.querySelector(`[data-fingerprint='{mark}'] [aria-pressed=true]`)?.dataset.choice"
        assert one.evaluate(chosen) is None
        one.bring_to_front()
        one.evaluate(event)  # a headless browser's tabs are all in front, always
        until(one, f"{chosen} === 'dismissed'")
        assert one.locator("#done").inner_text().startswith("1 of ")
        assert one.locator(f"[data-fingerprint='{mark}'] textarea").first.input_value() == "mine"
        # what is not saved yet stays as it is typed
        one.evaluate(
            "window.fetched = fetch; window.fetch = (a, o) => o ? new Promise(() => {}) : window.fetched(a); 0"
        )
        one.locator(f"[data-fingerprint='{mark}'] textarea").first.fill("typed")
        one.evaluate(event)
        one.wait_for_timeout(300)
        assert one.locator(f"[data-fingerprint='{mark}'] textarea").first.input_value() == "typed"
        assert one.said == []


@browsing
def test_an_answer_from_before_a_save_undoes_nothing_on_the_page(browser: Any, folder: Path) -> None:
    with viewed(folder) as server:
        page = tab(browser, f"{server.address}groups/group-1.html")
        page.evaluate(
            "window.fetched = fetch; window.fetch = async (a, o) => {"
            " const reply = await window.fetched(a, o); if (!o) await new Promise((r) => window.late = r); return reply; }; 0"
        )
        page.evaluate("window.dispatchEvent(new Event('focus'))")
        until(page, "Boolean(window.late)")
        page.keyboard.press("j")
        page.keyboard.press("c")
        saved(page)
        page.evaluate("window.late()")
        page.wait_for_timeout(200)
        assert page.locator(".finding [data-choice=confirmed][aria-pressed=true]").count() == 1


def marks_in_order(page: Any) -> list[str]:
    """The findings as the page lists them."""
    return list(
        page.evaluate(
            "[...document.querySelectorAll('.index [data-of]')].map(li => document.querySelector(`details:has(#f${li.dataset.of})`).dataset.fingerprint)"
        )
    )


@browsing
def test_what_cannot_be_saved_is_said_kept_and_saved_later(browser: Any, folder: Path) -> None:
    port = free()
    server = Server(folder, port)
    page = tab(browser, f"{server.address}groups/group-1.html")
    server.stop(signal.SIGKILL)
    page.keyboard.press("j")
    page.keyboard.press("c")
    page.wait_for_selector("#saving.failed")
    said = page.locator("#saving").inner_text()
    assert said.startswith("Not saved: auditor view does not answer")
    assert "kept in this browser" in said
    assert stored(folder) == {}
    with viewed(folder, port) as again:
        page.goto(f"{again.address}groups/group-1.html")
        saved(page)
        assert list(stored(folder).values()) == ["confirmed"]
        assert page.evaluate("localStorage.length") == 0


@browsing
def test_a_folder_that_cannot_be_written(browser: Any, folder: Path) -> None:
    (folder / "decisions").write_text("in the way, as a folder without the right to write would be")
    with viewed(folder) as server:
        page = tab(browser, f"{server.address}groups/group-1.html")
        page.keyboard.press("j")
        page.keyboard.press("c")
        page.wait_for_selector("#saving.failed")
        assert "cannot be written" in page.locator("#saving").inner_text()
        page.reload()
        assert page.locator(".finding [data-choice=confirmed][aria-pressed=true]").count() == 1
        said = server.stop()
        assert said.splitlines()[0].endswith("what is decided stays in the browser")


@browsing
def test_a_static_page_keeps_working_without_a_server(browser: Any, folder: Path) -> None:
    page = tab(browser, (folder / "index.html").as_uri())
    page.click("#groups a:text-is('group-2')")
    page.wait_for_selector("#tools:not([hidden])")
    assert page.locator("nav.groups a").all_inner_texts() == ["All groups", "← group-1"]
    page.keyboard.press("j")
    page.locator(".current textarea").fill("before any decision")
    page.reload()
    assert page.locator("textarea").evaluate_all("all => all.map(t => t.value).filter(Boolean)") == [
        "before any decision"
    ]
    page.keyboard.press("c")
    page.click("#more > summary")
    with page.expect_download() as download:
        page.click("#export")
    made = load_decisions(Path(download.value.path()))
    assert [(d.decision, d.note) for d in made.decisions] == [("confirmed", "before any decision")]
    assert page.locator("#saving").inner_text() == ""
    assert not (folder / "decisions").exists()
