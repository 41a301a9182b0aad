"""What became of the template's files, told from a history made here."""

import os
import subprocess
from pathlib import Path

from auditor.facts.template import Kept, kept
from auditor.gitsnapshot import open_snapshot
from auditor.repository import locate


def git(folder: Path, *arguments: str, day: str = "2026-01-02") -> str:
    when = f"{day}T12:00:00+00:00"
    env = {**os.environ, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
    who = ("-c", "user.name=s000001", "-c", "user.email=s000001@example.org")
    done = subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], capture_output=True, text=True, check=True, env=env
    )
    return done.stdout


def test_untouched_changed_and_removed(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    for i in range(10):
        (tmp_path / f"f{i}.txt").write_text(f"from the template {i}\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "template")
    known = {row.split()[2] for row in git(tmp_path, "ls-tree", "HEAD").splitlines()}
    for day, text in (("2026-01-05", "ours\n"), ("2026-01-09", "ours again\n")):
        (tmp_path / "f1.txt").write_text(text, encoding="utf-8")
        git(tmp_path, "commit", "-qam", "work", day=day)
    (tmp_path / "f2.txt").unlink()
    git(tmp_path, "commit", "-qam", "away", day="2026-01-10")
    repository = locate(str(tmp_path)).repository
    with open_snapshot(repository, repository.head(), lambda f: "template stub" if f.blob in known else "") as snapshot:
        found = kept(snapshot)
    assert found[:3] == (
        Kept("f0.txt", "untouched"),
        Kept("f1.txt", "changed", "2026-01-05"),
        Kept("f2.txt", "removed", "2026-01-10"),
    )
    assert {k.state for k in found[3:]} == {"untouched"}
