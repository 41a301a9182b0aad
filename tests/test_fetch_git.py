"""What a host says of itself, what a fetch wants of it, and how git is run for it."""

import io
import os
import subprocess
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import pytest

from auditor import fetch as fetching
from auditor.errors import UserError
from auditor.fetch import _DETACHED, _Failed, _told, _wanted, fetch
from auditor.gitdir import Directory

A, B, C, D = (letter * 40 for letter in "abcd")
SAID = f"""ref: refs/heads/main\tHEAD
{A}\tHEAD
{A}\trefs/heads/main
{B}\trefs/heads/feature/x
{C}\trefs/tags/v1
{B}\trefs/tags/v1^{{}}
{D}\trefs/tags/light
"""
TOLD = {
    "branches": {"feature/x": B, "main": A},
    "tags": {"v1": B, "light": D},
    "objects": {"v1": C, "light": D},
    "head": "ref: refs/heads/main",
    "default": "main",
}


def test_what_a_host_has() -> None:
    assert _told(SAID) == TOLD
    assert list(_told(SAID)["branches"]) == ["feature/x", "main"]
    detached = _told(f"{D}\tHEAD\n{A}\trefs/heads/main\n")
    assert (detached["head"], detached["default"]) == (D, "")
    assert _told("") == {"branches": {}, "tags": {}, "objects": {}, "head": "", "default": ""}
    odd = _told(f"ref: refs/tags/v1\tHEAD\n{C}\trefs/tags/v1\n")
    assert (odd["head"], odd["default"]) == ("", "")


@pytest.mark.parametrize(
    ("ref", "more"),
    [
        ("", {}),
        ("main", {}),
        ("feature/x", {"refs/heads/feature/x": B}),
        ("refs/heads/feature/x", {"refs/heads/feature/x": B}),
        ("feature/x~2", {"refs/heads/feature/x": B}),
        ("feature/x^{/word}", {"refs/heads/feature/x": B}),
        ("v1", {"refs/tags/v1": C}),
        ("refs/tags/v1@{0}", {"refs/tags/v1": C}),
        ("refs/heads/v1", {}),
        ("refs/tags/feature/x", {}),
        ("nothing", {}),
        (B, {}),
    ],
)
def test_what_is_wanted_of_a_host(ref: str, more: dict[str, str]) -> None:
    assert _wanted(TOLD, ref) == {"refs/heads/main": A} | more
    assert _wanted(TOLD | {"head": D}, ref) == {_DETACHED: D} | ({"refs/heads/main": A} if ref == "main" else more)
    assert _wanted(TOLD | {"head": "ref: refs/heads/gone"}, "v1") == {"refs/tags/v1": C}


def test_of_two_of_one_name_a_branch_is_meant() -> None:
    told = TOLD | {"branches": {"main": A, "v1": D}}
    assert _wanted(told, "v1") == {"refs/heads/main": A, "refs/heads/v1": D}
    assert _wanted(told, "refs/tags/v1") == {"refs/heads/main": A, "refs/tags/v1": C}
    assert fetching._has_ref(told, "refs/heads/v1", D)
    assert not fetching._has_ref(told, "refs/heads/v1", C)
    assert fetching._has_ref(told, "refs/tags/v1", C)
    assert not fetching._has_ref(told, "refs/tags/v2", C)


@pytest.mark.parametrize(
    ("said", "again"),
    [
        ("fatal: unable to access 'https://x/': Operation timed out after 9 ms", True),
        ("error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: early EOF", True),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", True),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 503", True),
        # of ssh the second line follows whatever has failed
        ("ssh: Could not resolve hostname x\nfatal: Could not read from remote repository.", True),
        ("kex_exchange: Connection reset by peer\nfatal: Could not read from remote repository.", True),
        ("git@x: Permission denied (publickey).\nfatal: Could not read from remote repository.", False),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", False),
        ("remote: Repository not found.\nfatal: repository 'https://x/team503/' not found", False),
        ("fatal: '/x' does not appear to be a git repository", False),
        ("fatal: transport 'http' not allowed", False),
        ("fatal: bad object", False),
    ],
)
def test_what_may_pass_is_tried_three_times(said: str, again: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("tenacity.nap.time.sleep", waited.append)
    calls: list[int] = []

    def fails(times: int) -> str:
        calls.append(1)
        if len(calls) <= times:
            raise _Failed(said)
        return "done"

    with pytest.raises(_Failed):
        fetching._retry(lambda: fails(9))
    assert len(calls) == (3 if again else 1)
    assert sum(waited) <= 10
    calls.clear()
    if again:
        assert fetching._retry(lambda: fails(2)) == "done"
    with pytest.raises(ValueError, match="reset"):
        fetching._retry(lambda: (_ for _ in ()).throw(ValueError("reset")))


def test_what_is_hopeless_is_not_tried_again_whatever_else_is_said() -> None:
    for word in (
        "not found",
        "Permission denied",
        "does not exist",
        "does not appear",
        "not allowed",
        "Authentication failed",
    ):
        assert not fetching._transient(_Failed(f"connection reset\nfatal: {word}"))
    for word in ("could not read Username for", "could not read Password for"):
        assert not fetching._transient(_Failed(f"connection reset\nfatal: {word}"))
    for word in ("timed out", "reset", "early EOF", "Could not resolve", "unexpected disconnect", "502", "503", "429"):
        assert fetching._transient(_Failed(f"fatal: {word}"))


@pytest.fixture
def at_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., fetching._Git]]:
    """Git for an address, as a fetch runs it."""
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("GIT_SSL_NO_VERIFY", "1")
    monkeypatch.setenv("GIT_TRACE_SETUP", "0")
    monkeypatch.setenv("GIT_ASKPASS", "window")
    with Directory(None) as nobodys:
        yield lambda url="https://x.example/a", progress=None: fetching._Git(nobodys, url, progress)


def test_the_settings_that_a_fetch_is_run_with(at_hand: Callable[..., fetching._Git]) -> None:
    run = at_hand()
    no = "core.fsmonitor credential.interactive fetch.fsckObjects transfer.fsckObjects fetch.prune fetch.pruneTags fetch.writeCommitGraph submodule.recurse maintenance.auto transfer.bundleURI"
    wanted = dict.fromkeys(no.split(), "false") | {
        "core.hooksPath": os.devnull, "core.askPass": "", "fetch.unpackLimit": "1", "transfer.unpackLimit": "1", "fetch.negotiationAlgorithm": "default",
        "gc.auto": "0", "uploadpack.packObjectsHook": "",
    }  # fmt: skip
    said = dict(row.partition("\n")[::2] for row in run("config", "--null", "--list").split("\0") if row)
    assert {k.lower(): v for k, v in wanted.items()}.items() <= said.items()
    own = run.environment
    assert "GIT_DIR" not in own
    assert (own["GIT_SSL_NO_VERIFY"], own["GIT_TRACE_SETUP"], own["GIT_ASKPASS"], own["LC_ALL"]) == ("1", "0", "", "C")
    assert (own["GIT_LFS_SKIP_SMUDGE"], own["GIT_NO_REPLACE_OBJECTS"], own["GIT_TERMINAL_PROMPT"]) == ("1", "1", "0")
    assert "BatchMode=yes" in own["GIT_SSH_COMMAND"]
    assert (own["GIT_HTTP_LOW_SPEED_LIMIT"], own["GIT_HTTP_LOW_SPEED_TIME"]) == ("1", "60")
    with pytest.raises(_Failed, match=r"^git rev-parse ended with code 1$"):
        run("rev-parse", "--verify", "--quiet", "nothing")


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("https://x.example/a", "https"), ("HTTPS://x.example/a", "https"), ("ssh://x.example/a", "ssh"), ("git@x.example:o/r.git", "ssh"),
        ("file:///x/a", "file"), ("/x/a", "file"), ("./a", "file"), ("http://x.example/a", "http"), ("git://x.example/a", "git"),
        ("ftp://x.example/a", ""),
    ],
)  # fmt: skip
def test_one_protocol_is_allowed(url: str, protocol: str, at_hand: Callable[..., fetching._Git]) -> None:
    assert at_hand(url).environment["GIT_ALLOW_PROTOCOL"] == protocol


def test_what_git_says_is_listened_to(at_hand: Callable[..., fetching._Git]) -> None:
    told: list[str] = []
    rows = "Receiving objects:  10% (1/10)\rReceiving objects:  50% (5/10)\r" + "%" * 300 + "\rfatal: x\n"
    process = SimpleNamespace(stderr=io.BytesIO(rows.encode()))
    assert at_hand(progress=told.append)._listen(process) == rows.replace("\r", "\n")
    assert told == ["fetching: 5 of 10 objects"]
    process = SimpleNamespace(stderr=io.BytesIO(b"a" * 200_000 + b"z"))
    assert at_hand()._listen(process) == "a" * 65_535 + "z"


def test_what_a_fetch_has_started_ends_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    process = subprocess.Popen(["sleep", "60"], start_new_session=True)
    fetching._end(process)
    assert process.returncode == -9
    process = subprocess.Popen(["sleep", "60"])  # leads no group of its own
    fetching._end(process)
    assert process.returncode == -9


def test_the_reason_is_the_line_that_says_why() -> None:
    assert (
        _Failed("Cloning\nERROR: Repository not found.\nfatal: Could not read").reason == "ERROR: Repository not found."
    )
    assert _Failed("warning: x\n  fatal: no such thing \nhint: y\n").reason == "no such thing"
    assert _Failed("one\nlast\n").reason == "last"
    assert _Failed("fatal: " + "x" * 500).reason == "x" * 193 + "x" * 7


@pytest.mark.parametrize(
    "url", ["http://ada:w0rd@x.example/a", "ext::sh -c true", "-x", "ftp://x/a", "https://x/a::b", "git://x/a", "x"]
)
def test_only_some_addresses_are_fetched_and_no_password_is_shown(url: str) -> None:
    with pytest.raises(UserError, match="only https, ssh and file addresses are fetched") as error:
        fetch(url)
    assert "w0rd" not in str(error.value)


def test_only_numbers_of_the_progress_are_told() -> None:
    said: list[str] = []
    tell = fetching._teller(said.append)
    for row in (
        "Receiving objects:  50% (5/10)",
        "Receiving objects: 100% (10/10), 1.2 KiB | 1.2 MiB/s, done.",
        "Resolving deltas:  40% (2/5)",
        "remote: Compressing objects:  50% (5/10)",
        "remote: \x1b[31m 50% of nothing",
    ):
        tell(row)
    assert said == [
        "fetching: 5 of 10 objects",
        "fetching: 10 of 10 objects, done",
        "fetching: 2 of 5 deltas",
    ]
