"""Snapshots: what is read of a commit, what is skipped, and that nothing of the repository is obeyed."""

import os
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from auditor.decoding import decode
from auditor.errors import UserError
from auditor.gitsnapshot import open_snapshot
from auditor.globs import matches
from auditor.probes import load as load_probes
from auditor.repository import Repository, Unreadable, is_url, locate
from auditor.snapshot import Snapshot

WHO = {
    "GIT_AUTHOR_NAME": "Ada Example",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada Example",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


def git(repo: Path, *arguments: str, when: str = "2026-01-10T12:00:00+01:00") -> str:
    env = os.environ | WHO | {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    return subprocess.run(
        ["git", "-C", str(repo), *arguments], env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    path = tmp_path / "repo"
    path.mkdir()
    git(path, "init", "-q", "-b", "main")
    (path / "a.txt").write_text("one\ntwo\n")
    (path / "crlf.txt").write_bytes(b"one\r\ntwo\r\n")
    (path / "latin.txt").write_bytes("na\u00efve".encode("cp1252"))
    (path / "picture.png").write_bytes(b"\x89PNG\0\0")
    (path / "data").write_bytes(b"a\0b")
    (path / "big.csv").write_text("1,2\n" * 400_000)
    os.symlink("/etc/passwd", path / "link")
    git(path, "add", "-A")
    git(path, "update-index", "--add", "--cacheinfo", "160000," + "1" * 40 + ",sub")
    git(path, "commit", "-q", "-m", "first")
    (path / "a.txt").write_text("three\n")
    git(path, "add", "a.txt")
    git(path, "commit", "-q", "-m", "second (#3)", when="2026-01-20T12:00:00+01:00")
    return path


def test_a_mirror_knows_how_many_pull_requests_there_were(repo: Path) -> None:
    for name in ("pull/1/head", "pull/1/merge", "pull/7/head", "merge-requests/9/head", "heads/pull/8/head"):
        git(repo, "update-ref", f"refs/{name}", "HEAD")
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        assert snapshot.history.pull_refs == 3
        assert snapshot.history.until(snapshot.commit).pull_refs == 3


def test_files_are_read_and_skipped_with_reasons(repo: Path) -> None:
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        assert snapshot.files["a.txt"].text == "three\n"
        assert snapshot.files["crlf.txt"].lines == ["one", "two", ""]
        assert snapshot.files["latin.txt"].text == "na\u00efve"
        assert snapshot.unreadable() == {
            "big.csv": "larger than 1,000,000 bytes",
            "link": "a symbolic link to a place outside the repository",
            "sub": "a submodule",
        }
        for path, reason in {
            "picture.png": "binary",
            "data": "binary",
            "link": "a symbolic link to a place outside the repository",
        }.items():
            with pytest.raises(Unreadable, match=reason):
                snapshot.files[path].text  # noqa: B018
        assert [c.subject for c in snapshot.history.commits] == ["second (#3)", "first"]
        assert snapshot.history.default_branch == "main"


def test_a_missing_blob_is_named(repo: Path) -> None:
    blob = git(repo, "rev-parse", "HEAD:a.txt")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        assert snapshot.files["a.txt"].skipped == "missing from this copy of the repository"
        assert snapshot.files["crlf.txt"].text == "one\ntwo\n"


def test_the_deadline_takes_the_last_commit_before_it(repo: Path) -> None:
    repository = Repository(repo)
    then = repository.before(datetime(2026, 1, 15, tzinfo=UTC))
    assert (then.commit, then.later, then.notes) == (git(repo, "rev-parse", "HEAD~1"), 1, ())
    with pytest.raises(UserError, match="no commit before"):
        repository.before(datetime(2020, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize("ref", ["nope", "--output=x", "HEAD; echo", "", "a.txt"])
def test_what_is_no_commit_is_an_error(repo: Path, ref: str) -> None:
    with pytest.raises(UserError, match="no branch, tag or commit"):
        Repository(repo).resolve(ref)
    assert not (repo / "x").exists()


def test_bad_folders(tmp_path: Path, repo: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        Repository(tmp_path / "nope")
    with pytest.raises(UserError, match="not a folder"):
        Repository(repo / "a.txt")
    (tmp_path / "plain").mkdir()
    with pytest.raises(UserError, match="not a git repository"):
        Repository(tmp_path / "plain")
    (tmp_path / "empty").mkdir()
    git(tmp_path / "empty", "init", "-q")
    with pytest.raises(UserError, match="no commit"):
        Repository(tmp_path / "empty").head()
    subprocess.run(["cp", "-r", repo / ".git", tmp_path / "bare.git"], check=True)
    (tmp_path / "bare.git" / "config").unlink()
    assert Repository(tmp_path / "bare.git").head() == git(repo, "rev-parse", "HEAD"), "no setting is needed"


def test_the_repositorys_own_settings_run_nothing(repo: Path, tmp_path: Path) -> None:
    marker = tmp_path / "ran"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {marker}\n")
    script.chmod(0o755)
    for key in (
        "core.fsmonitor",
        "core.pager",
        "gpg.program",
        "diff.external",
        "core.sshCommand",
        "core.editor",
        "filter.x.smudge",
    ):
        git(repo, "config", key, str(script))
    git(repo, "config", "log.showSignature", "true")
    git(repo, "config", "remote.origin.url", f"ext::sh {script}")
    git(repo, "config", "remote.origin.promisor", "true")
    git(repo, "config", "extensions.partialClone", "origin")
    blob = git(repo, "rev-parse", "HEAD:a.txt")
    (repo / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    (repo / ".git" / "hooks" / "post-checkout").write_text(script.read_text())
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        with pytest.raises(Unreadable):
            snapshot.files["a.txt"].text  # noqa: B018
        assert snapshot.files["crlf.txt"].text
        assert snapshot.history.commits
    assert not marker.exists()


def test_replacement_objects_are_not_believed(repo: Path) -> None:
    head, first = git(repo, "rev-parse", "HEAD"), git(repo, "rev-parse", "HEAD~1")
    git(repo, "replace", head, first)
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        assert snapshot.files["a.txt"].text == "three\n"


def test_a_callers_git_variables_do_not_lead_elsewhere(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "elsewhere"))
    assert Repository(repo).head() == git_without_dir(repo)


def git_without_dir(repo: Path) -> str:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return subprocess.run(
        ["git", "-C", str(repo), "rev-parse", "HEAD"], env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("https://github.com/a/b", True),
        ("git@github.com:a/b.git", True),
        ("file:///tmp/x", True),
        ("ext::sh -c id", True),
        ("http://example.com/a", True),
        ("some/folder", False),
        (".", False),
    ],
)
def test_what_is_a_url(target: str, url: bool) -> None:
    assert is_url(target) == url


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "ext::sh -c 'touch x'",
        "ftp://example.com/x",
        "git://example.com/x",
        "fd::3",
        "https::https://x",
    ],
)
def test_forbidden_schemes(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path))
    with pytest.raises(UserError, match="only https, ssh and file"):
        locate(url)
    assert list(tmp_path.iterdir()) == []


def test_a_url_is_cloned_once_and_fetched_again_when_needed(
    repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    git(repo, "branch", "gh-pages")
    url = repo.as_uri()
    target = locate(url)
    first = target.repository.head()
    assert list(target.branches) == ["gh-pages", "main"]
    assert (target.repository.path / "HEAD").is_file()
    assert not (target.repository.path / "a.txt").exists()
    (repo / "new.txt").write_text("new\n")
    git(repo, "add", "new.txt")
    git(repo, "commit", "-q", "-m", "third")
    assert locate(url, ref=first).repository.head() == first, "a known commit needs no fetch"
    then = datetime(2026, 1, 15, tzinfo=UTC)
    assert locate(url, before=then).repository.before(then).commit == git(repo, "rev-parse", "HEAD~2")
    second = locate(url).repository.head()
    assert second == git(repo, "rev-parse", "HEAD") != first
    git(repo, "checkout", "-q", "-b", "side")
    git(repo, "commit", "-q", "--allow-empty", "-m", "aside")
    git(repo, "checkout", "-q", "main")
    side = locate(url, ref="side")
    assert side.repository.resolve("side") == git(repo, "rev-parse", "side")
    assert side.repository.head() == second


def test_an_unreachable_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    with pytest.raises(UserError, match="cannot be fetched"):
        locate((tmp_path / "nothing").as_uri())


@pytest.mark.parametrize(
    ("glob", "path", "hit"),
    [
        ("**/*.py", "a.py", True),
        ("**/*.py", "src/pkg/a.py", True),
        ("*.py", "src/a.py", False),
        ("tests/**", "tests/unit/test_a.py", True),
        (".github/workflows/*.y*ml", ".github/workflows/ci.yaml", True),
        ("**/*dockerfile*", "Docker/Train.Dockerfile", True),
        ("a.{yml,yaml}", "a.yaml", True),
        ("a[bc].txt", "ac.txt", True),
        ("a?c", "abc", True),
        ("a.c", "abc", False),
    ],
)
def test_globs(glob: str, path: str, hit: bool) -> None:
    assert matches(path, (glob,)) == hit
    assert not matches(path, (glob, "!" + glob))


def test_decoding() -> None:
    assert decode("\ufeffa\r\nb\rc".encode()) == "a\nb\nc"
    assert decode("hé".encode("utf-16")) == "hé"
    with pytest.raises(Unreadable, match="binary"):
        decode(b"a\0b")


def test_an_excerpt_is_verbatim_and_stops_before_a_secret() -> None:
    key = "0badcafe" * 5
    snapshot = Snapshot({"job.yaml": f"env:\n  - name: WANDB_API_KEY\n    value: {key}\n    other: 1\n" + "x" * 500})
    file = snapshot.files["job.yaml"]
    evidence = file.cite(2, 4)
    assert evidence.excerpt == "  - name: WANDB_API_KEY\n    value: \n    other: 1"
    assert key not in evidence.model_dump_json()
    assert len(file.cite(5).excerpt) == 240
    assert (file.cite(99).start, file.cite(1, 99).end) == (5, 5)


def test_globs_are_looked_up_as_they_match() -> None:
    """`select` looks globs up in an index of the paths; it lets through what `matches` does, for every probe's globs."""
    paths = (
        "README.md", "readme.MD", "src/pkg/data.py", "src/pkg/test_data.py", "tests/test_model.py", "tests/a/b/conftest.py",
        ".github/workflows/tests.yaml", ".github/workflows/Lint.YML", "docker/api.dockerfile", "Dockerfile", "dockerfiles/Dockerfile.gpu",
        "configs/a.yaml", "configs/exp/b.yml", "data.dvc", "data/raw/x.csv", ".dvc/config", "reports/figures/drift.png", "pyproject.toml",
        "requirements.txt", "requirements_dev.txt", "docs/index.md", "src/tests.py", "a/requirements/b.txt", "tasks.py", "k8s/x.yaml.tpl",
        "notebooks/one.ipynb", "src/pkg/drift_report.html", "uv.lock", "tests/load/locustfile.py", "ops/alert.policy.json",
    )  # fmt: skip
    snapshot = Snapshot(dict.fromkeys(paths, "x"))
    globs = {p.looks_in for p in load_probes().values()} | {("**/*.{py,md}", "!tests/**"), ("*",), ("**",), ("[dr]*",)}
    for some in globs:
        chosen = [f.path for f in snapshot.select(some, all=True).named()]
        assert chosen == [p for p in sorted(paths) if matches(p, some)], some


def test_the_files_of_another_commit_are_counted(repo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repository = Repository(repo)
    (repo / "src" / "b c").mkdir(parents=True)
    (repo / "src" / "b c" / "é.py").write_text("")
    (repo / "src" / "d.py").write_text("")
    git(repo, "add", "src")
    git(repo, "commit", "-q", "-m", "third")
    with open_snapshot(repository, repository.head()) as snapshot:
        counted = [snapshot.count(c.sha) for c in snapshot.history.commits]
        assert counted == [10, 8, 8]  # with the link and the submodule
        assert counted[0] == len(git(repo, "ls-tree", "-r", "HEAD").splitlines())
        with pytest.raises(Unreadable):
            snapshot.count("1" * 40)
        with pytest.raises(Unreadable):
            snapshot.count(git(repo, "rev-parse", "HEAD:a.txt"))
        assert snapshot.blob(git(repo, "rev-parse", "HEAD:a.txt")) == b"three\n"
        with pytest.raises(Unreadable):  # a folder is no blob, and what comes after it is still read
            snapshot.blob(git(repo, "rev-parse", "HEAD:src"))
        assert snapshot.blob(git(repo, "rev-parse", "HEAD:a.txt")) == b"three\n"
    with open_snapshot(repository, repository.head()) as snapshot:
        monkeypatch.setattr("auditor.blobs._TREES", 2)
        with pytest.raises(Unreadable):
            snapshot.count(repository.head())


def test_folders_that_hold_one_another_many_times_are_counted_once(repo: Path) -> None:
    def folder(rows: str) -> str:
        command = ["git", "-C", str(repo), "mktree"]
        return subprocess.run(command, input=rows, check=True, capture_output=True, text=True).stdout.strip()

    blob = git(repo, "rev-parse", "HEAD:a.txt")
    tree = folder(f"100644 blob {blob}\ta\n100644 blob {blob}\tb\n")
    for _ in range(39):
        tree = folder(f"040000 tree {tree}\ta\n040000 tree {tree}\tb\n")
    commit = git(repo, "commit-tree", "-m", "many", tree)
    repository = Repository(repo)
    with open_snapshot(repository, repository.head()) as snapshot:
        assert snapshot.count(commit) == 2**40
