"""Git reads objects and refs, and nobody's settings: not the repository's, not the user's, not the machine's; and never those
of another repository than the one that was named."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from test_repository import git, made

from auditor.errors import UserError
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
