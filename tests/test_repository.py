"""What git is asked, and what is made of it: the default branch, the deadline, addresses, people who ask for passwords."""

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.errors import UserError
from auditor.facts.history import people
from auditor.gitsnapshot import open_snapshot
from auditor.repository import Repository, Unreadable, address, locate, read_history, same_repository
from auditor.worktree import open_working_tree

DEADLINE = datetime(2026, 1, 23, 23, 59, tzinfo=UTC)


def git(repo: Path, *arguments: str, when: str = "2026-01-10T12:00:00+00:00", who: str = "Ada <ada@x.dk>") -> str:
    name, _, email = who.rstrip(">").partition(" <")
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {
        "GIT_AUTHOR_NAME": name,
        "GIT_AUTHOR_EMAIL": email,
        "GIT_COMMITTER_NAME": name,
        "GIT_COMMITTER_EMAIL": email,
        "GIT_AUTHOR_DATE": when,
        "GIT_COMMITTER_DATE": when,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    done = subprocess.run(["git", "-C", str(repo), *arguments], env=env, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def made(folder: Path, *branches: str, bare: bool = False) -> Path:
    """A repository with these branches, the first checked out."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", branches[0], *(["--bare"] if bare else []))
    if bare:
        tree = git(folder, "hash-object", "-w", "-t", "tree", "/dev/null")
        sha = git(folder, "commit-tree", "-m", "one", tree)
        for branch in branches:
            git(folder, "update-ref", f"refs/heads/{branch}", sha)
    else:
        git(folder, "commit", "-q", "--allow-empty", "-m", "one")
        for branch in branches[1:]:
            git(folder, "branch", branch)
    return folder


@pytest.fixture(autouse=True)
def no_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "GITHUB_BASE_REF", "GITHUB_EVENT_PATH"):
        monkeypatch.delenv(name, raising=False)


# -- the default branch ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("branches", "default"),
    [
        (("main",), "main"),
        (("feature/report", "main"), "main"),
        (("feature/report", "master", "other"), "master"),
        (("wip", "trunk", "develop"), "trunk"),
        (("wip", "develop"), "develop"),
        (("wip",), ""),
        (("main", "master"), ""),
        (("maintenance", "main-2"), ""),
    ],
)
def test_the_default_branch_is_no_guess(branches: tuple[str, ...], default: str, tmp_path: Path) -> None:
    assert Repository(made(tmp_path / "r", *branches)).default_branch() == default


def test_what_a_push_leaves_in_a_runners_checkout(tmp_path: Path) -> None:
    source = made(tmp_path / "source", "main", "gh-pages")
    copy = tmp_path / "copy"
    copy.mkdir()
    git(copy, "init", "-q")
    git(copy, "remote", "add", "origin", str(source))
    git(copy, "fetch", "-q", "origin", "+refs/heads/*:refs/remotes/origin/*")
    git(copy, "checkout", "-q", "-B", "report-fix", "refs/remotes/origin/main")
    assert Repository(copy).default_branch() == "main"
    git(source, "branch", "-m", "main", "primary")
    git(copy, "fetch", "-q", "-p", "origin", "+refs/heads/*:refs/remotes/origin/*")
    assert Repository(copy).default_branch() == ""
    git(copy, "remote", "set-head", "origin", "primary")
    assert Repository(copy).default_branch() == "primary"


def test_a_detached_head_a_bare_repository_and_a_tag_of_that_name(tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "wip", "main")
    git(repo, "checkout", "-q", "--detach")
    assert Repository(repo).default_branch() == "main"
    assert Repository(made(tmp_path / "b.git", "primary", "main", bare=True)).default_branch() == "primary"
    tagged = made(tmp_path / "t", "wip")
    git(tagged, "tag", "main")
    assert Repository(tagged).default_branch() == ""


def test_the_hosts_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    host = made(tmp_path / "host.git", "primary", "main", bare=True)
    git(host, "tag", "-a", "v1", "-m", "one", "main")
    git(host, "tag", "v2", "main")
    target = locate(host.as_uri())
    assert target.repository.default_branch() == "primary"
    assert list(target.branches) == ["main", "primary"]
    assert dict(target.tags) == dict.fromkeys(["v1", "v2"], target.branches["main"]), "the commits, not the tag objects"
    git(host, "symbolic-ref", "HEAD", "refs/heads/main")
    assert locate(host.as_uri()).repository.default_branch() == "main"
    git(host, "update-ref", "-d", "refs/heads/main")
    git(host, "symbolic-ref", "HEAD", "refs/heads/primary")
    assert locate(host.as_uri()).repository.default_branch() == "primary", "the old one is gone from the host"
    checkout = made(tmp_path / "checkout", "wip", "other")
    assert locate(checkout.as_uri()).repository.default_branch() == "", "a checkout's HEAD is nobody's word"


def test_a_run_of_github_actions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo = made(tmp_path / "r", "report-fix")

    def branch() -> str:
        with open_working_tree(repo) as tree:
            return tree.history.default_branch

    event = tmp_path / "event.json"
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert branch() == "", "not in Actions"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path / "elsewhere"))
    assert branch() == "", "another repository than the run's"
    monkeypatch.setenv("GITHUB_WORKSPACE", str(repo))
    assert branch() == "main"
    for text in ("", "[]", '{"repository": null}', '{"repository": {"default_branch": 3}}'):
        event.write_text(text)
        assert branch() == "main"
    event.write_text(json.dumps({"repository": {"default_branch": "primary"}}))
    assert branch() == "primary"
    with open_working_tree(repo) as tree:
        assert tree.history.one_branch, "what else there is was not fetched"
    assert Repository(repo).default_branch() == "", "an audit obeys no variable"


# -- the deadline ------------------------------------------------------------------------------------------------------


def line(folder: Path, *days: str) -> list[str]:
    """A repository whose main line has a commit for each time; their ids."""
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    shas = []
    for day in days:
        git(folder, "commit", "-q", "--allow-empty", "-m", day, when=f"{day}T12:00:00+00:00")
        shas.append(git(folder, "rev-parse", "HEAD"))
    return shas


@pytest.mark.parametrize(
    ("days", "taken", "backwards"),
    [
        (("2026-01-10", "2026-01-23", "2026-01-24", "2026-01-22", "2026-01-25"), 1, True),
        (("2026-01-10", "2026-01-23", "2026-01-24", "2026-01-25"), 1, False),
        (("2026-01-10", "2026-01-23"), 1, False),
        (("2026-01-20", "2026-01-12", "2026-01-22"), 2, False),  # backwards, but all in time
        (("2026-01-10", "2030-01-01", "2026-01-12"), 0, True),
    ],
)
def test_a_commit_on_a_late_one_is_late(days: tuple[str, ...], taken: int, backwards: bool, tmp_path: Path) -> None:
    shas = line(tmp_path / "r", *days)
    then = Repository(tmp_path / "r").before(DEADLINE)
    assert (then.commit, then.later) == (shas[taken], len(days) - taken - 1)
    assert any("dates run backwards" in note for note in then.notes) is backwards


def test_a_merge_in_time_of_a_late_commit_is_told(tmp_path: Path) -> None:
    line(tmp_path / "r", "2026-01-10")
    git(tmp_path / "r", "checkout", "-q", "-b", "late")
    git(tmp_path / "r", "commit", "-q", "--allow-empty", "-m", "late", when="2026-01-25T12:00:00+00:00")
    late = git(tmp_path / "r", "rev-parse", "HEAD")
    git(tmp_path / "r", "checkout", "-q", "main")
    git(tmp_path / "r", "merge", "-q", "--no-ff", "-m", "in", "late", when="2026-01-22T12:00:00+00:00")
    then = Repository(tmp_path / "r").before(DEADLINE)
    assert then.later == 0
    assert then.notes == (
        "dates run backwards: 1 commit that a merge in time brought is dated after the deadline "
        f"(the newest is {late[:10]})",
    )


def test_a_deadline_that_nothing_meets(tmp_path: Path) -> None:
    line(tmp_path / "r", "2026-02-01", "2026-01-12")
    with pytest.raises(UserError, match=r"no commit before .* dates run backwards"):
        Repository(tmp_path / "r").before(DEADLINE)
    line(tmp_path / "late", "2026-01-01", "2026-02-01", "2026-02-02")
    git(tmp_path, "clone", "-q", "--depth", "2", (tmp_path / "late").as_uri(), "shallow")
    with pytest.raises(UserError, match="shallow copy"):
        Repository(tmp_path / "shallow").before(DEADLINE)


def test_the_deadline_is_looked_for_on_the_default_branch(tmp_path: Path) -> None:
    shas = line(tmp_path / "r", "2026-01-10", "2026-01-12")
    git(tmp_path / "r", "checkout", "-q", "-b", "old", shas[0])
    git(tmp_path / "r", "tag", "main", shas[0])
    then = Repository(tmp_path / "r").before(DEADLINE)
    assert (then.commit, then.notes) == (shas[1], ())
    git(tmp_path / "r", "branch", "-m", "main", "ours")
    then = Repository(tmp_path / "r").before(DEADLINE)
    assert then.commit == shas[0]
    assert "default branch is unknown" in then.notes[0]


# -- what is read of it ------------------------------------------------------------------------------------------------


def test_no_name_and_no_subject_hides_a_commit_or_ends_a_line(tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "main")
    for odd in ("a\x1eb", "a\x1fb\x1fc", "a\x1dc", "a\u2028b", "a\x85b", "a\x01b", "a\rb"):
        git(
            repo,
            "commit",
            "-q",
            "--allow-empty",
            "--cleanup=verbatim",
            "-m",
            f"{odd}\n\nCo-authored-by: Bo{odd} <b@x>",
            who=f"A{odd} <x@y>",
        )
    for name in ("a\u2028b", "a\x85b", "ß/\u2029"):
        git(repo, "branch", name)
        git(repo, "tag", name)
    repository = Repository(repo)
    history = read_history(repository, repository.head())
    assert len(history.commits) == 8
    assert {len(c.coauthors) for c in history.commits[:-1]} == {1}
    assert set(history.branches) == {"main", "a\u2028b", "a\x85b", "ß/\u2029"}
    assert len(history.tags) == 3
    assert dict(history.tagged)["a\x85b"] == dict(history.branch_tips)["main"]


def test_a_mailmap_joins_and_does_no_more(tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "main")
    git(repo, "commit", "-q", "--allow-empty", "-m", "x", who="Rune Falk <rune@falkmail.example>")
    git(repo, "commit", "-q", "--allow-empty", "-m", "x", who="RF <old.laptop@elsewhere.example>")
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        assert len(people(snapshot.history)) == 3
    (repo / ".mailmap").write_text("# us\nRune Falk <rune@falkmail.example> <OLD.laptop@elsewhere.example>\n")
    git(repo, "add", ".mailmap")
    git(repo, "commit", "-q", "-m", "x")
    with open_snapshot(repository, git(repo, "rev-parse", "HEAD")) as snapshot:
        assert [p.commits for p in people(snapshot.history)] == [2, 2]
        assert {c.author for c in snapshot.history.commits} == {"Ada", "Rune Falk", "RF"}, "nobody is renamed"


# -- addresses ---------------------------------------------------------------------------------------------------------

HOME = "https://github.com/org/g2"


@pytest.mark.parametrize(
    ("pasted", "leads_to"),
    [
        (HOME, HOME),
        (f"{HOME}/tree/main", HOME),
        (f"{HOME}/tree/feature/x/src", HOME),
        (f"{HOME}/blob/main/reports/README.md#question-3", HOME),
        (f"{HOME}?tab=readme-ov-file", HOME),
        (f"{HOME}/?tab=readme-ov-file#readme", HOME),
        (f"{HOME}#readme", HOME),
        (f"{HOME}/pull/3/files", HOME),
        (f"{HOME}/actions", HOME),
        (f"  {HOME}/ \u00a0", HOME),
        ("www.github.com/org/g2", HOME),
        ("https://www.github.com/org/g2", HOME),
        ("http://github.com/org/g2", HOME),
        ("github.com/org/g2", HOME),
        (f"git clone {HOME}.git", f"{HOME}.git"),
        (f"git clone --depth 1 {HOME}.git folder", f"{HOME}.git"),
        ("git clone git@github.com:org/g2.git", "git@github.com:org/g2.git"),
        (f"[our repo]({HOME})", HOME),
        (f"<{HOME}>", HOME),
        (f"Group 2: {HOME}.", HOME),
        ("https://gitlab.com/a/b/c/-/tree/main?ref_type=heads", "https://gitlab.com/a/b/c"),
        ("https://gitlab.gbar.dtu.dk/s1/p/-/blob/main/x.py", "https://gitlab.gbar.dtu.dk/s1/p"),
        ("https://gitlab.com/a/src/c", "https://gitlab.com/a/src/c"),
        ("https://bitbucket.org/a/b/src/main/", "https://bitbucket.org/a/b"),
        ("https://codeberg.org/a/b/src/branch/main", "https://codeberg.org/a/b"),
        ("https://host.dk/x/y.git", "https://host.dk/x/y.git"),
        ("https://dev.azure.com/org/project/_git/repo", "https://dev.azure.com/org/project/_git/repo"),
        ("git@github.com:org/g2.git", "git@github.com:org/g2.git"),
        ("git@github.com:org/g2.git/", "git@github.com:org/g2.git"),
        ("HTTPS://GitHub.com/org/g2.git/", "https://github.com/org/g2.git"),
        ("https://Me:ToKen@GitHub.com/org/g2", "https://Me:ToKen@github.com/org/g2"),
        ("ssh://git@github.com/org/g2", "ssh://git@github.com/org/g2"),
        ("file:///tmp/x", "file:///tmp/x"),
        ("some/folder", "some/folder"),
        ("my.folder/x", "my.folder/x"),
        (".", "."),
        ("http://example.com/a", "http://example.com/a"),
        ("https::https://x", "https::https://x"),
        ("ext::sh -c id", "ext::sh -c id"),
        ("", ""),
    ],
)
def test_what_people_paste(pasted: str, leads_to: str) -> None:
    assert address(pasted) == leads_to
    assert address(leads_to) == leads_to
    assert same_repository(pasted) == same_repository(leads_to)


def test_a_folder_and_its_address_are_one(tmp_path: Path) -> None:
    (tmp_path / "a b").mkdir()
    assert same_repository(str(tmp_path / "a b")) == same_repository((tmp_path / "a b").as_uri())


def test_a_folder_stays_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "github.com" / "org" / "g2").mkdir(parents=True)
    assert address("github.com/org/g2") == "github.com/org/g2"
    assert address("github.com/org/g2 ") == "github.com/org/g2"


# -- passwords ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def locked() -> Iterator[tuple[str, list[str]]]:
    """A host that wants a password; the `Authorization` headers that it was sent."""
    sent: list[str] = []

    class Host(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            sent.append(self.headers.get("Authorization", ""))
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Host)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/org/private", sent
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("by", ["GIT_ASKPASS", "SSH_ASKPASS", "core.askPass"])
def test_nobody_is_asked_for_a_password(
    by: str, locked: tuple[str, list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, sent = locked
    ask, store, config = tmp_path / "ask.sh", tmp_path / "stored", tmp_path / "gitconfig"
    ask.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path / "asked"}\necho secret\n')
    ask.chmod(0o755)
    store.write_text(url.replace("://", "://me:stored@").replace("/org/private", "") + "\n")
    config.write_text(
        f'[url "{url.rpartition("/")[0]}/"]\n\tinsteadOf = https://locked.example/org/\n[credential]\n\thelper = store --file={store}\n'
        + (f"[core]\n\taskPass = {ask}\n" if by == "core.askPass" else "")
    )
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    if by != "core.askPass":
        monkeypatch.setenv(by, str(ask))
    with pytest.raises(UserError, match="cannot be fetched"):
        locate("https://locked.example/org/private")
    assert not (tmp_path / "asked").exists()
    assert any(header.startswith("Basic ") for header in sent), "what git has stored is used"


@pytest.mark.parametrize("how", ["cut", "emptied", "gone", "whole"])
@pytest.mark.parametrize("first", range(4))
def test_what_is_read_ahead_is_what_git_has(how: str, first: int, tmp_path: Path) -> None:
    """One damaged file costs that file, whether it is asked for or comes along."""
    repo = made(tmp_path / "repo", "main")
    texts = {f"f{n}.py": f"x = {n}\n" * (1 + 9000 * n) for n in range(4)} | {"big.py": "y = 1\n" * 50_000}
    for name, text in texts.items():
        (repo / name).write_text(text)
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "two")
    blob = git(repo, "rev-parse", "HEAD:f1.py")
    loose = repo / ".git" / "objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    if how == "gone":
        loose.unlink()
    elif how != "whole":
        loose.write_bytes(loose.read_bytes()[: 20 if how == "cut" else 0])
    with open_snapshot(Repository(repo), git(repo, "rev-parse", "HEAD")) as snapshot:
        names = list(texts)
        for name in names[first:] + names[:first]:
            if name == "f1.py" and how != "whole":
                with pytest.raises(Unreadable):
                    _ = snapshot.files[name].text
            else:
                assert snapshot.files[name].text == texts[name]


def commit_of(repo: Path, author: str, committer: str, parent: str) -> str:
    """A commit object with these times as they are; an empty one leaves out the line."""
    tree = git(repo, "rev-parse", "HEAD^{tree}")
    rows = [f"tree {tree}", f"parent {parent}"]
    rows += [f"{who} Ada <ada@x.dk> {time}" for who, time in (("author", author), ("committer", committer)) if time]
    said = "\n".join(rows) + "\n\nodd\n"
    where = ["git", "-C", str(repo), "hash-object", "-t", "commit", "-w", "--stdin", "--literally"]
    return subprocess.run(where, input=said, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("1769999000 +0100", "2026-02-02T03:23:20+01:00"),
        ("1769999000 -0330", "2026-02-01T22:53:20-03:30"),
        ("1769999000 +2400", "2026-02-02T02:23:20+00:00"),  # the second is known, though no place has this offset
        ("1769999000 -9999", "2026-02-02T02:23:20+00:00"),
        ("1 -0100", "1969-12-31T23:00:01-01:00"),  # git ends when it is to write this one as a date
        ("99999999999999 +0000", ""),
        ("", ""),
    ],
)
@pytest.mark.parametrize("at_head", [False, True])
def test_odd_times_cost_only_themselves(raw: str, shown: str, at_head: bool, tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "main")
    odd = commit_of(repo, raw, raw, git(repo, "rev-parse", "HEAD"))
    tip = odd if at_head else commit_of(repo, "1769999999 +0000", "1769999999 +0000", odd)
    git(repo, "update-ref", "refs/heads/main", tip)
    repository = Repository(repo)
    history = read_history(repository, tip)
    assert len(history.commits) == 3 - at_head
    assert not history.shallow
    assert repository.committed(odd) == shown
    with open_snapshot(repository, tip) as snapshot:
        assert snapshot.committed == (shown if at_head else "2026-02-02T02:39:59+00:00")


@pytest.mark.parametrize("above", [0, 1, 40])
def test_a_history_that_breaks_off_is_no_short_one(above: int, tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "main")
    line = ["1" * 40]
    for n in range(above + 1):
        line.append(commit_of(repo, f"{1769999000 + n} +0000", f"{1769999000 + n} +0000", line[-1]))
    git(repo, "update-ref", "refs/heads/main", line[-1])
    history = read_history(Repository(repo), line[-1])
    assert [c.sha for c in history.commits] == (line[:1:-1] or [line[-1]])  # git ends over the last one's parents
    assert history.shallow  # what is not found beyond is unknown


def test_a_commit_without_a_time_is_said_to_be_taken_as_in_time(tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "main")
    odd = commit_of(repo, "", "", git(repo, "rev-parse", "HEAD"))
    git(repo, "update-ref", "refs/heads/main", odd)
    then = Repository(repo).before(DEADLINE)
    assert then.commit == odd
    assert "1 commit bears no time that can be read" in then.notes[0]


def test_git_says_itself_why_it_cannot_read_a_repository(tmp_path: Path) -> None:
    repo = made(tmp_path / "r", "main")
    git(repo, "config", "core.repositoryformatversion", "1")
    git(repo, "config", "extensions.objectFormat", "madeup")
    for look in (lambda: Repository(repo).head(), lambda: open_working_tree(repo)):
        with pytest.raises(UserError, match="madeup"):
            look()
