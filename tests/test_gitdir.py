"""Git reads objects and refs, and nobody's settings: not the repository's, not the user's, not the machine's; and never those
of another repository than the one that was named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_repository import git, made

from auditor import gitdir
from auditor.errors import GitError, UserError
from auditor.gitdir import Directory, find, settings
from auditor.gitsnapshot import open_snapshot
from auditor.groups import read_groups
from auditor.repository import Repository, Unreadable, read_history
from auditor.worktree import open_working_tree


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    path = made(tmp_path / "repo", "main", "side")
    (path / "a.txt").write_text("one\ntwo\n")
    git(path, "add", "-A")
    git(path, "commit", "-q", "-m", "ærlig\n\nCo-authored-by: Bo <bo@x.dk>")
    (path / "b.txt").write_text("three\n")
    git(path, "rm", "-q", "--cached", "a.txt")
    git(path, "add", "b.txt")
    git(path, "commit", "-q", "-m", "third")
    (path / "a.txt").unlink()
    return path


def seen(path: Path) -> list[object]:
    """What an audit reads of a repository."""
    repository = Repository(path)
    head = repository.head()
    with open_snapshot(repository, head) as snapshot:
        texts = {p: f.text for p, f in snapshot.files.items()}
        log = repository.raw("log", "--root", "-m", "--raw", "--numstat", "-z", "--format=%H%cI%s", head)
        blamed = repository.blame(head, "b.txt")
        return [head, texts, log, blamed, snapshot.history, repository.default_branch(), repository.refs]


# -- the right repository ----------------------------------------------------------------------------------------------


def test_a_folder_is_never_taken_for_the_repository_around_it(repo: Path) -> None:
    handed_in = repo / "submissions" / "group1"
    handed_in.mkdir(parents=True)
    with pytest.raises(UserError, match=r"group1: not a git repository, only a folder in the one at .*repo$"):
        Repository(handed_in)
    (handed_in / ".git").mkdir()
    with pytest.raises(UserError, match=r"not a git repository any more \(it has no HEAD\)"):
        Repository(handed_in)
    (handed_in / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    with pytest.raises(UserError, match=r"it has no objects"):
        Repository(handed_in)
    (handed_in / ".git" / "objects").mkdir()
    with pytest.raises(UserError, match="no commit that HEAD points at"):
        Repository(handed_in).head()


def test_a_damaged_group_of_a_folder_is_no_other_group(repo: Path, tmp_path: Path) -> None:
    groups = repo / "class"
    groups.mkdir()
    for name in ("g1", "g2"):
        git(tmp_path, "clone", "-q", str(repo), str(groups / name))
    (groups / "g1" / ".git" / "HEAD").unlink()
    listed = read_groups(groups, before="", check_time=lambda _: None, note=lambda _: None)
    assert [s.id for s in listed] == ["g1", "g2"]
    with pytest.raises(UserError, match="no HEAD"):
        Repository(Path(listed[0].repo))
    assert Repository(Path(listed[1].repo)).head()


@pytest.mark.parametrize("how", ["link", "file", "objects", "refs", "commondir"])
def test_what_was_handed_in_leads_to_no_other_work(how: str, repo: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    if how in ("link", "file"):
        mine.mkdir()
        if how == "link":
            (mine / ".git").symlink_to(repo / ".git")
        else:
            (mine / ".git").write_text(f"gitdir: {repo / '.git'}\n")
    else:
        made(mine, "main")
        own = Repository(mine).head()
        if how == "commondir":
            (mine / ".git" / "commondir").write_text(f"{repo / '.git'}\n")
            assert Repository(mine).head() == own, "its own refs are read"
            return
        part = mine / ".git" / how
        part.rename(mine / "away")
        part.symlink_to(repo / ".git" / how)
    with pytest.raises(UserError, match=r"leads to|is a link to|are a link to"):
        Repository(mine)


def test_work_trees_and_submodules_are_repositories(repo: Path, tmp_path: Path) -> None:
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "side")
    assert Repository(tmp_path / "tree").head() == git(repo, "rev-parse", "side")
    outer = made(tmp_path / "outer", "main")
    git(outer, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(repo), "inner")
    assert Repository(outer / "inner").head() == git(repo, "rev-parse", "HEAD")
    git(tmp_path, "clone", "-q", "--separate-git-dir", str(tmp_path / "elsewhere.git"), str(repo), str(tmp_path / "s"))
    assert Repository(tmp_path / "s").head() == git(repo, "rev-parse", "HEAD")


# -- nobody's settings -------------------------------------------------------------------------------------------------

BENT = """
[i18n]
    logOutputEncoding = UTF-16
    commitEncoding = latin1
[blame]
    ignoreRevsFile = .git-blame-ignore-revs
    date = relative
[log]
    showSignature = true
    mailmap = true
    diffMerges = off
    date = relative
    follow = true
    decorate = full
    showRoot = false
[diff]
    renames = copies
    orderFile = /nowhere
    relative = true
    ignoreSubmodules = all
    external = /bin/false
    algorithm = patience
[format]
    pretty = oneline
[color]
    ui = always
[core]
    abbrev = 4
    quotePath = true
    attributesFile = /nowhere
    commentChar = o
    logAllRefUpdates = always
    sparseCheckout = true
    preferSymlinkRefs = true
[trailer]
    separators = "="
[notes]
    displayRef = *
[mailmap]
    file = /nowhere
[safe]
    bareRepository = explicit
    directory = /nowhere
[protocol]
    allow = always
[extensions]
    partialClone = origin
[remote "origin"]
    promisor = true
    url = ext::false
[transfer]
    hideRefs = refs/heads/side
[include]
    path = /nowhere/else
"""


@pytest.mark.parametrize("whose", ["repository", "user", "caller"])
def test_no_setting_changes_what_is_read(
    whose: str, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = seen(repo)
    if whose == "repository":
        with (repo / ".git" / "config").open("a") as config:
            config.write(BENT)
        first = plain[4].commits[-1].sha  # type: ignore[attr-defined]
        (repo / ".git" / "info" / "grafts").write_text(f"{plain[0]}\n{first}\n")
        (repo / ".git" / "info" / "attributes").write_text("* binary working-tree-encoding=UTF-16\n")
        (repo / ".git" / "config.worktree").write_text("[core]\n\tbare = true\n")
    elif whose == "user":
        (tmp_path / ".gitconfig").write_text(BENT)
        monkeypatch.setenv("HOME", str(tmp_path))
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / ".gitconfig"))
    else:
        monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
        monkeypatch.setenv("GIT_CONFIG_KEY_0", "i18n.logOutputEncoding")
        monkeypatch.setenv("GIT_CONFIG_VALUE_0", "UTF-16")
        monkeypatch.setenv("GIT_OBJECT_DIRECTORY", "/nowhere")
        monkeypatch.setenv("GIT_INDEX_FILE", "/nowhere")
        monkeypatch.setenv("GIT_NAMESPACE", "x")
    bent = seen(repo)
    assert bent[:4] == plain[:4]
    assert bent[4].commits == plain[4].commits  # type: ignore[attr-defined]
    assert bent[5:] == plain[5:]


@pytest.mark.parametrize(
    "text", ["[core\n", "[extensions]\n\tfuture = yes\n[core]\n\trepositoryformatversion = 9\n", "\0"]
)
def test_a_configuration_that_git_refuses_stops_nothing(text: str, repo: Path) -> None:
    plain = seen(repo)
    (repo / ".git" / "config").write_text(text)
    assert seen(repo)[:4] == plain[:4]
    (repo / ".git" / "config").unlink()
    assert seen(repo)[:4] == plain[:4]


def test_sha256_is_read(tmp_path: Path) -> None:
    path = tmp_path / "wide"
    path.mkdir()
    git(path, "init", "-q", "-b", "main", "--object-format=sha256")
    git(path, "commit", "-q", "--allow-empty", "-m", "one")
    repository = Repository(path)
    assert len(read_history(repository, repository.head()).commits[0].sha) == 64


@pytest.mark.parametrize("url", ["ext::{script}", "{other}", "ssh://nowhere.invalid/x", "file://{other}"])
def test_a_git_that_knows_no_lazy_fetch_runs_nothing(
    url: str, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A missing object of a partial clone: git before 2.45 fetches it whatever GIT_NO_LAZY_FETCH says."""
    marker, script = tmp_path / "ran", tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\nexit 1\n")
    script.chmod(0o755)
    other = made(tmp_path / "other", "main")
    for key, value in (
        ("core.repositoryformatversion", "1"),
        ("extensions.partialClone", "origin"),
        ("remote.origin.promisor", "true"),
        ("remote.origin.url", url.format(script=script, other=other)),
        ("remote.origin.uploadpack", str(script)),
        ("remote.origin.vcs", "evil"),
        ("core.sshCommand", str(script)),
        ("core.alternateRefsCommand", str(script)),
        ("protocol.allow", "always"),
        ("protocol.ext.allow", "always"),
        ("protocol.file.allow", "always"),
        ("trailer.x.command", str(script)),
        ("core.fsmonitor", str(script)),
    ):
        git(repo, "config", key, value)
    blob = git(repo, "rev-parse", "HEAD:b.txt")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repository = Repository(repo)
    repository.directory.environment.pop("GIT_NO_LAZY_FETCH")
    with open_snapshot(repository, repository.head()) as snapshot:
        with pytest.raises(Unreadable):
            _ = snapshot.files["b.txt"].text
        repository.blame(snapshot.commit, "b.txt")
    with open_working_tree(repo) as tree:
        assert tree.history.commits
    assert not marker.exists()


def test_a_graph_of_commits_that_lies_is_not_believed(repo: Path) -> None:
    plain = seen(repo)
    git(repo, "commit-graph", "write", "--reachable")
    graph = repo / ".git" / "objects" / "info" / "commit-graph"
    data = bytearray(graph.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    graph.chmod(0o644)
    graph.write_bytes(data)
    assert seen(repo)[:4] == plain[:4]


def test_what_the_user_ignores_is_no_part_of_a_working_tree(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ignored").write_text("*.mine\n")
    (tmp_path / ".gitconfig").write_text(f"[core]\n\texcludesFile = {tmp_path / 'ignored'}\n")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (repo / ".git" / "info" / "exclude").write_text("*.local\n")
    for name in ("x.mine", "x.local", "x.txt"):
        (repo / name).write_text("x\n")
    with open_working_tree(repo) as tree:
        assert set(tree.files) == {"b.txt", "x.txt"}


# -- odd objects and what is left behind ------------------------------------------------------------------------------


@pytest.mark.parametrize("share", [0, 10, 2, 1.01])
def test_an_object_that_is_cut_costs_itself(share: float, repo: Path) -> None:
    (repo / "b.txt").write_bytes(b"".join(b"%d\n" % (n * n) for n in range(40_000)))
    (repo / "c.txt").write_text("more\n")
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "c")
    blob = git(repo, "rev-parse", "HEAD:b.txt")
    loose = repo / ".git" / "objects" / blob[:2] / blob[2:]
    loose.chmod(0o644)
    loose.write_bytes(loose.read_bytes()[: int(loose.stat().st_size / share)] if share else b"")
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        with pytest.raises(Unreadable):
            _ = snapshot.files["b.txt"].text
        assert snapshot.files["c.txt"].text == "more\n"


def test_nothing_is_left_of_a_process_that_was_killed(repo: Path, tmp_path: Path) -> None:
    script = (
        "import os, sys, signal\nfrom pathlib import Path\nfrom auditor.repository import Repository\n"
        f"r = Repository(Path({str(repo)!r}))\nprint(r.head(), flush=True)\n"
        "if sys.argv[1:]: os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    for more in (("kill",), ()):
        subprocess.run([sys.executable, "-c", script, *more], env=environment, check=False)
    assert not [p for folder in tmp_path.glob("auditor-*") for p in folder.iterdir()]


# -- where it is, and how it is run ------------------------------------------------------------------------------------


def test_what_is_no_repository_is_told_as_what_it_is(repo: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost" / ".git").write_text("gitdir: ../nowhere\n")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / ".git").write_text("what: ../repo/.git\n")
    for name, why in (
        ("nothing", "no such folder"),
        ("file", "not a folder"),
        ("folder", "not a git repository$"),
        ("lost", r"not a git repository \(its .git is a file that leads to none\)"),
        ("odd", r"not a git repository \(its .git is a file that leads to none\)"),
    ):
        with pytest.raises(UserError, match=f"{name}: {why}") as error:
            find(tmp_path / name)
        assert error.value.hint
    place = find(repo)
    assert (place.own, place.common, place.tree) == (repo / ".git", repo / ".git", True)
    place = find(repo / ".git")
    assert (place.own, place.common, place.tree) == (repo / ".git", repo / ".git", False)
    git(repo, "worktree", "add", "-q", str(tmp_path / "tree"), "side")
    place = find(tmp_path / "tree")
    assert (place.own, place.common, place.tree) == (repo / ".git/worktrees/tree", repo / ".git", True)


def test_a_link_within_a_repository_is_its_own(repo: Path) -> None:
    (repo / ".git" / "objects").rename(repo / ".git" / "store")
    (repo / ".git" / "objects").symlink_to("store")
    assert Repository(repo).head() == git(repo, "rev-parse", "main")


def test_a_head_that_is_a_link_stands_on_its_branch(repo: Path) -> None:
    (repo / ".git" / "HEAD").unlink()
    (repo / ".git" / "HEAD").symlink_to("refs/heads/side")
    assert Repository(repo).head() == git(repo, "rev-parse", "side")


SETTINGS = {
    "": [],
    "[core]\n\tbare = false\n": [("core.bare", "false")],
    "[Core]\n\tBare = false\n  Filemode=true\n": [("core.bare", "false"), ("core.filemode", "true")],
    '[remote "Origin"]\n\turl = https://x.example/A b\n': [("remote.Origin.url", "https://x.example/A b")],
    "[user]\n\tname = Ada  \n": [("user.name", "Ada")],
    '[user]\n\tname = "Ada # x"\n': [("user.name", "Ada # x")],
    "[user]\n\tname = Ada # x\n": [("user.name", "Ada")],
    "# x\n[a]\n\tb = 1\n": [("a.b", "1")],
    "[a]\n\tb\n\tc = 2\n": [("a.b", ""), ("a.c", "2")],
    "[a]\n\tb = 1\\\n2\n": [("a.b", "12")],
    "[a] b = 1\n": [("a.b", "1")],
    '[a "x\\"y"]\n\tb = 1\n': [('a.x"y.b', "1")],
    "[user]\n\tname = Bjørn\n": [("user.name", "Bjørn")],
    "[a]\n\tb = " + "x" * 20_000 + "\n": [("a.b", "x" * 20_000)],
    "b = 1\n": [],
    "[core\n": [],
}


@pytest.mark.parametrize("text", SETTINGS)
def test_settings_are_read_as_git_reads_them(text: str, tmp_path: Path) -> None:
    (tmp_path / "config").write_text(text)
    assert settings(tmp_path) == SETTINGS[text]
    assert gitdir._plain_settings(tmp_path / "config") in (None, SETTINGS[text])


def test_settings_that_git_itself_writes_need_no_git(repo: Path, tmp_path: Path) -> None:
    git(repo, "remote", "add", "origin", "https://x.example/a.git")
    said = gitdir._plain_settings(repo / ".git" / "config")
    assert said is not None
    assert dict(said)["remote.origin.url"] == "https://x.example/a.git"
    assert gitdir._plain_settings(tmp_path / "none") is None
    assert gitdir._plain_settings(tmp_path) is None
    assert settings(tmp_path / "none") == []


def test_small_files_of_git_are_read_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" * 5_000)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("a")
    assert [gitdir._short(tmp_path / n) for n in ("a", "pipe", "link", "none")] == ["x" * 4096, "", "", ""]


def test_a_git_command_and_how_it_fails(repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Directory(find(repo)) as directory:
        path = directory.path
        assert (
            directory.run("hash-object", "--stdin", stdin=b"what is up, doc?")
            == b"bd9dbf5aae1a3862dd1526723246b20206e5fc37\n"
        )
        assert directory.run("stripspace") == b""  # nothing waits for somebody to type
        assert directory.run("rev-parse", "--git-dir").decode().strip() == str(path)
        assert directory.run("var", "GIT_EDITOR", environment={"GIT_EDITOR": "x"}) == b"x\n"
        monkeypatch.setenv("EDITOR", "of mine")
        with pytest.raises(GitError, match=r"^fatal: Needed a single revision$"):
            directory.run("rev-parse", "--verify", "--end-of-options", "nothing^{nothing")
        with pytest.raises(GitError, match="git rev-parse ended with code 1"):
            directory.run("rev-parse", "--verify", "--quiet", "nothing")
        with pytest.raises(GitError, match="git cat-file took longer than 0 seconds"):
            directory.run("cat-file", "--batch", seconds=0.0001)
        assert directory.run("rev-parse", "--show-prefix", cwd=tmp_path) == b"\n"
        with pytest.raises(UserError, match="gone: no such folder any more"):
            directory.run("version", cwd=tmp_path / "gone")
        monkeypatch.setattr(gitdir.Directory, "command", staticmethod(lambda *_: ["no-such-git"]))
        with pytest.raises(UserError, match="git is not installed"):
            directory.run("version")
        with pytest.raises(UserError, match="git is not installed"):
            directory.run("version", cwd=tmp_path)
    assert not path.exists()


def test_whoever_runs_git_leaves_a_callers_variables_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "/nowhere")
    monkeypatch.setenv("LC_ALL", "da_DK")
    monkeypatch.setenv("SSH_ASKPASS", "window")
    monkeypatch.setenv("GITHUB_X", "kept")
    found = gitdir.callers_environment()
    assert {k: v for k, v in found.items() if k.startswith(("GIT_", "GITHUB_X", "SSH_ASK", "GCM"))} == {
        "GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "SSH_ASKPASS_REQUIRE": "never", "GCM_INTERACTIVE": "never",
        "GITHUB_X": "kept",
    }  # fmt: skip
    assert found["LC_ALL"] == "C"
    with Directory(None) as nobodys:
        own = nobodys.environment
        for name in ("GIT_DIR", "HOME", "XDG_CONFIG_HOME"):
            assert own[name] == str(nobodys.path)
        assert own["GIT_CONFIG_GLOBAL"] == os.devnull
        assert (own["GIT_CONFIG_NOSYSTEM"], own["GIT_ATTR_NOSYSTEM"], own["GIT_ALLOW_PROTOCOL"]) == ("1", "1", "")
        assert (own["GIT_NO_LAZY_FETCH"], own["GIT_NO_REPLACE_OBJECTS"], own["GIT_OPTIONAL_LOCKS"]) == ("1", "1", "0")
        assert nobodys.run("symbolic-ref", "HEAD") == b"refs/heads/main\n"
        for key, value in (
            ("core.bare", "true"), ("core.hooksPath", os.devnull), ("core.fsmonitor", "false"), ("core.quotePath", "false"), ("core.commitGraph", "false"),
            ("core.multiPackIndex", "false"), ("core.attributesFile", os.devnull), ("protocol.allow", "never"), ("gc.auto", "0"),
            ("maintenance.auto", "false"), ("core.repositoryformatversion", "0"),
        ):  # fmt: skip
            assert nobodys.run("config", key).decode().strip() == value


def test_other_refs_and_another_head_are_taken_for_a_repositorys_own(repo: Path) -> None:
    side, main = git(repo, "rev-parse", "side"), git(repo, "rev-parse", "main")
    with Directory(find(repo), refs={"refs/heads/x": side, "refs/tags/y": main}, head="ref: refs/heads/x") as directory:
        rows = directory.run("for-each-ref", "--format=%(refname) %(objectname)").decode().split("\n")
        assert rows == [f"refs/heads/x {side}", f"refs/tags/y {main}", ""]
        assert directory.run("rev-parse", "HEAD").decode().strip() == side
    git(repo, "pack-refs", "--all")
    (repo / ".git" / "shallow").write_text(f"{main}\n")
    with Directory(find(repo), {"extensions.objectformat": "SHA1", "extensions.refstorage": "[x"}) as directory:
        assert directory.run("rev-parse", "refs/heads/side").decode().strip() == side
        assert directory.run("rev-list", "--count", "HEAD") == b"1\n"  # where the copy ends
        assert "\tobjectformat = sha1\n" in (directory.path / "config").read_text()
        assert "[x" not in (directory.path / "config").read_text()


def test_a_folder_of_ones_own_under_a_name_that_somebody_else_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(gitdir.atexit, "register", lambda *_: None)
    name = f"auditor-{os.getuid()}"
    first = gitdir._open_room()
    assert first.parent == tmp_path / name
    assert (first.parent.stat().st_mode & 0o777, first.stat().st_mode & 0o777) == (0o700, 0o700)
    (tmp_path / name / "77-left").mkdir()
    second = gitdir._open_room()
    assert sorted(p.name for p in (tmp_path / name).iterdir()) == sorted(
        [first.name, second.name]
    )  # what is held stays
    (tmp_path / name).chmod(0o777)
    third = gitdir._open_room()
    assert third.parent != tmp_path / name
    assert third.parent.name.startswith(f"{name}-")
    assert first.exists()
    gitdir._close_room(os.getpid() + 1, third)
    assert third.exists()  # a parent's
    gitdir._close_room(os.getpid(), third)
    assert not third.exists()


def test_files_are_copied_where_links_are_a_privilege(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "symlink_to", fails)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b").write_text("x")
    gitdir._link(tmp_path / "a", tmp_path / "c")
    gitdir._link(tmp_path / "a" / "b", tmp_path / "d")
    assert ((tmp_path / "c" / "b").read_text(), (tmp_path / "d").read_text()) == ("x", "x")
