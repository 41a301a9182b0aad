"""The cache of clones: the host's word each time, healed where it is damaged, by any number of processes at once."""

import http.server
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from test_repository import git, made

from auditor import fetch as fetching
from auditor.errors import UserError
from auditor.fetch import fetch
from auditor.gitdir import settings
from auditor.gitsnapshot import open_snapshot
from auditor.repository import Target, locate


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def host(tmp_path: Path) -> Path:
    """A bare repository with a branch `main` of two commits, `side` and a tag."""
    source = made(tmp_path / "source", "main")
    (source / "a.txt").write_text("one\n")
    git(source, "add", "-A")
    git(source, "commit", "-q", "-m", "two")
    git(source, "branch", "side")
    git(source, "tag", "-a", "-m", "x", "v1")
    git(tmp_path, "clone", "-q", "--bare", str(source), "host.git")
    return tmp_path / "host.git"


def pushed(host: Path, tmp_path: Path, branch: str = "main", name: str = "b.txt") -> str:
    """One more commit on a branch of the host; its id."""
    work = tmp_path / f"work-{branch}-{name}"
    git(tmp_path, "clone", "-q", str(host), str(work))
    git(work, "checkout", "-q", "-B", branch)
    (work / name).write_text("new\n")
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", name)
    git(work, "push", "-q", "-f", "origin", branch)
    return git(work, "rev-parse", "HEAD")


def head(target: Target) -> str:
    sha = target.repository.head()
    with open_snapshot(target.repository, sha) as snapshot:
        assert all(f.bytes() for f in snapshot.files.values())
    return sha


def test_the_default_branch_is_asked_for_each_time(host: Path, tmp_path: Path) -> None:
    first = head(locate(host.as_uri()))
    assert first == git(host, "rev-parse", "main")
    trunk = pushed(host, tmp_path, "trunk")
    assert head(locate(host.as_uri())) == first, "another branch is not the default one"
    git(host, "symbolic-ref", "HEAD", "refs/heads/trunk")
    target = locate(host.as_uri())
    assert (head(target), target.repository.default_branch()) == (trunk, "trunk")
    assert sorted(target.repository.refs) == ["refs/heads/trunk"], "what was fetched before is not this audit's"
    git(host, "branch", "-m", "trunk", "primary")
    target = locate(host.as_uri())
    assert (head(target), target.repository.default_branch()) == (trunk, "primary")
    git(host, "update-ref", "refs/heads/primary", first)
    assert head(locate(host.as_uri())) == first, "a branch that was set back"
    git(host, "update-ref", "--no-deref", "HEAD", trunk)
    target = locate(host.as_uri())
    assert (head(target), target.repository.default_branch()) == (trunk, ""), "a detached HEAD names no branch"


def test_branches_tags_and_commits_by_name(host: Path, tmp_path: Path) -> None:
    main = git(host, "rev-parse", "main")
    side = pushed(host, tmp_path, "side", "c.txt")
    git(host, "update-ref", "refs/pull/1/head", side)
    for ref, sha in (("side", side), ("refs/heads/side", side), ("v1", main), (side, side), (side[:9], side),
                     ("side~1", main), ("refs/pull/1/head", side), ("main", main)):  # fmt: skip
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        target = locate(host.as_uri(), ref=ref)
        assert target.repository.resolve(ref) == sha, ref
        assert head(target) == main
    with pytest.raises(UserError, match="no branch, tag or commit 'nope'"):
        locate(host.as_uri(), ref="nope").repository.resolve("nope")


def test_a_commit_that_no_branch_has_is_asked_for_by_its_id(host: Path) -> None:
    sha = git(host, "commit-tree", "-m", "asked for", "-p", "main", "main^{tree}")
    git(host, "update-ref", "refs/pull/2/head", sha)
    assert locate(host.as_uri(), ref=sha).repository.resolve(sha) == sha


def test_what_somebody_has_checked_out_is_no_default_branch(host: Path, tmp_path: Path) -> None:
    assert fetch(host.as_uri()).default_branch == "main"
    found = fetch((tmp_path / "source").as_uri())
    assert (found.default_branch, found.head) == ("", "ref: refs/heads/main")
    assert sorted(found.branches) == ["main", "side"]


def test_a_clone_is_called_as_its_address(host: Path, cache: Path) -> None:
    first, second = fetch(host.as_uri()).path, fetch(host.as_uri() + "/").path
    for path in (first, second):
        assert path.parent == cache
        assert re.fullmatch(r"[A-Za-z0-9.][A-Za-z0-9.-]*-host-[0-9a-f]{12}", path.name)
        assert len(path.name) <= 73
    assert first != second
    assert dict(settings(first))["remote.origin.url"] == host.as_uri()


def test_an_empty_host_and_one_that_is_filled_later(tmp_path: Path) -> None:
    host = tmp_path / "empty.git"
    git(tmp_path, "init", "-q", "--bare", "-b", "main", str(host))
    with pytest.raises(UserError, match="no commit that HEAD points at"):
        locate(host.as_uri()).repository.head()
    sha = pushed(host, tmp_path)
    assert head(locate(host.as_uri())) == sha


DAMAGE = {
    "the pack is cut": lambda clone: _cut(next((clone / "objects/pack").glob("*.pack")), 40),
    "the pack is empty": lambda clone: _cut(next((clone / "objects/pack").glob("*.pack")), 0),
    "a byte is another": lambda clone: _flip(next((clone / "objects/pack").glob("*.pack"))),
    "the index is gone": lambda clone: next((clone / "objects/pack").glob("*.idx")).unlink(),
    "HEAD is gone": lambda clone: (clone / "HEAD").unlink(),
    "HEAD is empty": lambda clone: _cut(clone / "HEAD", 0),
    "the state is cut": lambda clone: _cut(clone / "auditor.json", 30),
    "the state is empty": lambda clone: _cut(clone / "auditor.json", 0),
    "the state is a list": lambda clone: (clone / "auditor.json").write_text("[]"),
    "the state is another clone's": lambda clone: _foreign(clone / "auditor.json"),
    "no objects": lambda clone: shutil.rmtree(clone / "objects"),
    "the config is odd": lambda clone: (clone / "config").write_text("[core\n"),
    "a lock was left": lambda clone: (clone / "refs/heads/main.lock").write_text(""),
    "packed refs are locked": lambda clone: (clone / "packed-refs.lock").write_text(""),
    "it is a file": lambda clone: (shutil.rmtree(clone), clone.write_text("x")),
}


def _cut(file: Path, size: int) -> None:
    file.chmod(0o644)
    data = file.read_bytes()[:size]
    file.write_bytes(data)


def _flip(file: Path) -> None:
    file.chmod(0o644)
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 0xFF
    file.write_bytes(data)


def _foreign(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | {"url": "https://elsewhere.example/x"}))


@pytest.mark.parametrize("what", DAMAGE)
def test_a_damaged_clone_is_made_anew(what: str, host: Path, cache: Path, tmp_path: Path) -> None:
    clone = locate(host.as_uri()).repository.path
    sha = pushed(host, tmp_path)
    DAMAGE[what](clone)
    assert head(locate(host.as_uri())) == sha
    DAMAGE[what](clone)
    assert head(locate(host.as_uri())) == sha, "also where the host has nothing new"
    assert not list(cache.glob("*.part"))


def test_what_killed_runs_left_is_removed_and_what_runs_is_not(host: Path, cache: Path, tmp_path: Path) -> None:
    from filelock import FileLock

    clone = locate(host.as_uri()).repository.path
    other = "file-other-0123456789ab"
    for name in (f"{clone.name}.77-1.part", f"{clone.name}.x.part", f"{other}.7.part", "odd.part"):
        (cache / name / "objects").mkdir(parents=True)
    for name in ("objects/pack/tmp_pack_x", ".auditor.json.77.part", "shallow.lock"):
        (clone / name).write_text("x")
    with FileLock(cache / f"{other}.lock"):
        head(locate(host.as_uri()))
        assert [p.name for p in cache.glob("*.part")] == [f"{other}.7.part"]
    head(locate(host.as_uri()))
    assert not list(cache.glob("*.part"))
    assert not [*clone.glob("objects/pack/tmp_*"), *clone.glob(".*.part"), *clone.glob("*.lock")]


def test_a_host_that_is_away_after_the_deadline(host: Path, tmp_path: Path) -> None:
    then = datetime(2026, 1, 15, tzinfo=UTC)
    first = locate(host.as_uri(), before=then)
    sha = first.repository.before(then).commit
    state = first.repository.path / "auditor.json"
    host.rename(tmp_path / "away.git")
    with pytest.raises(UserError, match="cannot be fetched"):
        locate(host.as_uri())
    again = locate(host.as_uri(), before=then)
    assert again.repository.before(then).commit == sha
    assert re.fullmatch(r"the host could not be asked; as it was at \d{4}-\d\d-\d\dT\d\d:\d\d", again.notes[0])
    assert locate(host.as_uri(), ref=sha).repository.head() == sha, "a commit is what it is"
    for wrong in ("2026-01-10T00:00:00+00:00", "2999-01-01T00:00:00+00:00"):  # before it; by a clock that was ahead
        state.write_text(json.dumps(json.loads(state.read_text()) | {"fetched": wrong}))
        with pytest.raises(UserError, match="cannot be fetched"):
            locate(host.as_uri(), before=then)


@pytest.mark.parametrize(
    "setting",
    [
        "safe.bareRepository=explicit",
        "safe.directory=/nowhere",
        "protocol.allow=never",
        "protocol.file.allow=never",
        "fetch.fsckObjects=true",
        "clone.defaultRemoteName=upstream",
        "clone.rejectShallow=true",
        "remote.origin.fetch=+refs/heads/side:refs/heads/main",
        "remote.origin.url=/nowhere",
        "remote.origin.mirror=true",
        "remote.pushDefault=x",
        "init.templateDir=/nowhere",
        "init.defaultBranch=other",
        "core.logAllRefUpdates=always",
        "fetch.prune=true",
        "fetch.unpackLimit=100000",
        "i18n.logOutputEncoding=UTF-16",
        "core.hooksPath={hooks}",
        "core.bare=false",
        "core.worktree=/nowhere",
        "core.quotePath=true",
        "submodule.recurse=true",
        "credential.helper=!touch {hooks}/ran",
    ],
)
def test_no_setting_of_the_user_stops_a_fetch(
    setting: str, host: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("reference-transaction", "post-checkout"):
        (hooks / name).write_text(f"#!/bin/sh\ntouch {hooks}/ran\n")
        (hooks / name).chmod(0o755)
    config = tmp_path / "gitconfig"
    key, _, value = setting.format(hooks=hooks).partition("=")
    subprocess.run(["git", "config", "--file", str(config), key, value], check=True)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    assert head(locate(host.as_uri())) == git(host, "rev-parse", "main")
    sha = pushed(host, tmp_path)
    target = locate(host.as_uri())
    assert (head(target), list(target.repository.refs)) == (sha, ["refs/heads/main"])
    assert not (hooks / "ran").exists()


def test_a_protocol_that_a_setting_leads_to_runs_nothing(
    host: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config, ran = tmp_path / "gitconfig", tmp_path / "ran"
    config.write_text(f'[url "ext::touch {ran} "]\n\tinsteadOf = {host.as_uri()}\n[protocol]\n\tallow = always\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    with pytest.raises(UserError, match="cannot be fetched"):
        locate(host.as_uri())
    assert not ran.exists()


def test_a_callers_variables_lead_nowhere_else(host: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_INDEX_FILE", "GIT_NAMESPACE", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, "/nowhere")
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "none")
    assert head(locate(host.as_uri())) == git(host, "rev-parse", "main")


# -- over HTTP ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """`git http-backend` behind a small server: what is in the folder, by its name."""

    class Host(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            env = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(tmp_path),
                "GIT_HTTP_EXPORT_ALL": "1",
                "PATH_INFO": parts.path,
                "QUERY_STRING": parts.query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(length),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_ADDR": "127.0.0.1",
            }
            sent = self.rfile.read(length)
            made = subprocess.run(["git", "http-backend"], input=sent, capture_output=True, env=env, check=False).stdout
            header, _, content = made.partition(b"\r\n\r\n")
            fields = dict(row.split(": ", 1) for row in header.decode().split("\r\n") if ": " in row)
            self.send_response(int(fields.pop("Status", "200").split()[0]))
            for name, value in fields.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def url(web: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An https address that a setting of the user leads to the small server."""
    config = tmp_path / "gitconfig"
    config.write_text(f'[url "{web}/"]\n\tinsteadOf = https://git.example/\n')
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    return "https://git.example/host.git"


def test_over_http(url: str, host: Path, tmp_path: Path) -> None:
    assert head(locate(url)) == git(host, "rev-parse", "main")
    trunk = pushed(host, tmp_path, "trunk")
    git(host, "symbolic-ref", "HEAD", "refs/heads/trunk")
    assert head(locate(url)) == trunk
    assert locate(url, ref="side").repository.resolve("side") == git(host, "rev-parse", "side")
    with pytest.raises(UserError, match="cannot be fetched"):
        locate(url.replace("host", "nothing"))


ONE = """
import sys
from auditor.repository import locate
from auditor.gitsnapshot import open_snapshot
target = locate(sys.argv[1])
sha = target.repository.head()
with open_snapshot(target.repository, sha) as snapshot:
    assert all(f.bytes() for f in snapshot.files.values())
print(sha)
"""


@pytest.mark.parametrize("damaged", [False, True])
def test_many_at_once(damaged: bool, url: str, host: Path, cache: Path) -> None:
    if damaged:
        _cut(next((locate(url).repository.path / "objects/pack").glob("*.pack")), 40)
    started = [
        subprocess.Popen([sys.executable, "-c", ONE, url], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    ended = [(p.communicate(timeout=120), p.returncode) for p in started]
    assert [code for _, code in ended] == [0] * len(ended), ended
    assert {out for (out, _), _ in ended} == {git(host, "rev-parse", "main") + "\n"}
    assert not list(cache.glob("*.part"))


def test_a_password_in_an_address_is_not_shown(host: Path, cache: Path) -> None:
    with pytest.raises(UserError, match=r"^file://x/nothing: cannot be fetched") as error:
        fetch("file://ada:w0rd@x/nothing")
    assert "w0rd" not in str(error.value)
    assert [p.name for p in cache.iterdir() if "w0rd" in p.name] == []


def test_what_is_known_of_a_clone_holds_as_long_as_it_is_as_it_was_left(host: Path) -> None:
    url = host.as_uri()
    clone = fetch(url).path
    state = fetching._state(clone, url)
    assert state is not None
    assert {Path(name).suffix for name in state["files"]} == {".pack", ".idx", ""}
    assert fetching._state(clone, f"{url}/") is None
    written = (clone / "auditor.json").read_text()
    for key in ("fetched", "branches", "tags", "objects", "default", "head", "refs", "files", "url"):
        (clone / "auditor.json").write_text(json.dumps({k: v for k, v in state.items() if k != key}))
        assert fetching._state(clone, url) is None, key
    (clone / "auditor.json").write_text(json.dumps(state | {"fetched": "soon"}))
    assert fetching._state(clone, url) is None
    (clone / "auditor.json").write_text(written)
    (clone / "objects/pack/pack-more.pack").write_text("x")
    assert fetching._state(clone, url) == state  # what came to it
    os.utime(next((clone / "objects/pack").glob("*.idx")), ns=(1, 1))
    assert fetching._state(clone, url) is None
