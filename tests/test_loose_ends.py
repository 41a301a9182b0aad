"""What a check tells of the repository beside the report: torn files, docker files that copy nothing, keys in the history."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from build_fixture import build, git

from auditor import checking
from auditor.form.broken import torn
from auditor.loose_ends import loose_ends
from auditor.models import Verdict
from auditor.profile import load_profile
from auditor.worktree import open_working_tree

ADA = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")
PROFILE = load_profile()
KEY = "AKIA" + "".join("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[b % 26] for b in hashlib.sha256(b"made up").digest())[:16]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return build("consistent", tmp_path / "consistent")


def commit(repo: Path) -> None:
    git(repo, "add", "-Af")
    git(repo, *ADA, "commit", "-qm", "x")


def ends(repo: Path, only: str = "") -> list[tuple[str, str, int, Verdict]]:
    record = checking.check(repo, PROFILE, only=only)
    verdicts = {v.id: v for v in record.verdicts}
    return [
        (f.level, f.rule, v.claim.path_line, v)
        for f in record.findings
        if (v := verdicts[f.verdict]).claim.path and f.rule != "secret-in-repository"
    ]


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("tasks.py", "import os\n<<<<<<< HEAD\nA = 1\n=======\nA = 2\n>>>>>>> other\n", 2),
        ("configs/extra.yaml", "a: 1\n<<<<<<< HEAD\nb: 1\n=======\nb: 2\n>>>>>>> 3f2a1b0 (x)\n", 2),
        ("notes.txt", "<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n", 1),
        ("src/cloudtype/extra.py", "<<<<<<< HEAD\nA = 1\n", 1),  # what is left of one
        ("notes.txt", "<<<<<<< HEAD\na\n", 0),
        ("tests/merge.py", 'TORN = """\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n"""\n', 0),  # a text that shows one
        ("docs/git.md", "```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n```\n", 0),  # told, not torn
        ("src/cloudtype/extra.py", 'A = "<<<<<<< HEAD"\nB = ">>>>>>> x"\n', 0),
        ("notes.txt", "Heading\n=======\n\nText\n", 0),
        ("docs/git.md", "Text\n\n>>>>>>> 1a2b3c4 (report)\n", 3),
        ("docs/git.md", "> > > > > > > deep\n", 0),
    ],
)
def test_a_merge_that_was_not_finished(repo: Path, path: str, text: str, line: int) -> None:
    (repo / path).write_text(text, encoding="utf-8")
    told = [(level, v.claim.path, n) for level, rule, n, v in ends(repo) if rule == "conflict-markers"]
    assert told == ([("error", path, line)] if line else [])


def test_marks_in_their_order() -> None:
    assert list(torn([">>>>>>> a", "=======", "<<<<<<< b"])) == [(1,), (3,)]
    assert list(torn(["<<<<<<< a", ">>>>>>> b"])) == [(1,), (2,)]
    assert list(torn(["a", "=======", "b", ">>>>>>> a"])) == [(2, 4)]
    assert list(torn(["Title", "=======", *["b"] * 200, ">>>>>>> a"])) == [(203,)]
    assert list(torn(["<<<<<<< a", "b", "=======", "c"])) == [(1, 3)]
    assert list(torn(["<<<<<<< a", "<<<<<<< b", "=======", ">>>>>>> b"])) == [(1,), (2, 3, 4)]
    assert list(torn(["<<<<<<<", ">>>>>>>>> a", " <<<<<<< a", "<<<<<<<< a", "Title", "======="])) == []
    fence = ["```", "<<<<<<< a", "=======", ">>>>>>> b", "```"]
    assert list(torn(fence, fenced=True)) == []
    assert list(torn(fence)) == list(torn(fence[:-1], fenced=True)) == [(2, 3, 4)]
    assert list(torn(["~~~~", "```", ">>>>>>> b", "~~~~", "<<<<<<< c"], fenced=True)) == [(5,)]
    assert list(torn(["<<<<<<< a", "```", "x", "=======", "```", ">>>>>>> b"], fenced=True)) == [(1, 4, 6)]


MERGE = """
git checkout -q -b other; {0}; git commit -qam other
git checkout -q -; {1}; git commit -qam own
git merge -q other || true
"""
NAMES = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@x"}


@pytest.mark.parametrize("further", [False, True])
@pytest.mark.parametrize(
    ("commands", "told"),
    [
        (MERGE.format("echo a >> LICENSE", "echo b >> LICENSE") + "echo c > LICENSE", ["LICENSE"]),  # both changed
        (MERGE.format("echo a >> LICENSE", "git rm -q LICENSE"), ["LICENSE"]),  # deleted by us
        (MERGE.format("echo a > x.txt; git add x.txt", "echo b > x.txt; git add x.txt"), ["x.txt"]),  # both added, with marks
        (MERGE.format("echo a >> LICENSE", "echo b >> LICENSE") + "echo c > LICENSE; git add LICENSE", []),
    ],
)  # fmt: skip
def test_what_git_has_in_two_versions(
    repo: Path, tmp_path: Path, commands: str, told: list[str], further: bool
) -> None:
    (repo / "LICENSE").write_text("MIT\n")
    commit(repo)
    place = repo
    if further:
        place = tmp_path / "further"
        subprocess.run(["git", "-C", repo, "worktree", "add", "-q", place, "-b", "more"], check=True)
    subprocess.run(["bash", "-c", commands], cwd=place, env=os.environ | NAMES, check=True, capture_output=True)
    with open_working_tree(place) as tree:
        found = loose_ends(tree, "reports/README.md", lambda _: "E1", [], tree.unmerged())
    assert [v.claim.path for v in found if v.rule == "conflict-markers"] == told


@pytest.mark.parametrize(
    ("source", "more", "told"),
    [
        ("weights", {}, True),
        ("extras/labels.json", {}, True),
        ("src", {}, False),
        ("weights", {".gitignore": "weights/\n"}, False),
        ("weights", {"weights.dvc": "outs:\n- md5: 0123456789abcdef0123456789abcdef.dir\n  path: weights\n"}, False),
        ("weights", {"scripts/fetch.sh": "gsutil cp gs://b/best.bin weights/\n"}, False),
        ("$THERE", {}, False),
        ("https://example.com/a.tgz", {}, False),
    ],
)
def test_a_docker_file_that_copies_what_is_not_there(repo: Path, source: str, more: dict[str, str], told: bool) -> None:
    file = repo / "dockerfiles" / "train.dockerfile"
    rows = file.read_text(encoding="utf-8").split("\n")
    at = next(i for i, row in enumerate(rows) if row.startswith("COPY"))
    file.write_text("\n".join([*rows[:at], f"COPY {source} /there/", *rows[at:]]), encoding="utf-8")
    for path, text in more.items():
        (repo / path).parent.mkdir(exist_ok=True)
        with (repo / path).open("a", encoding="utf-8") as out:
            out.write(text)
    commit(repo)
    found = [(level, n) for level, rule, n, _ in ends(repo) if rule == "docker-copy-missing"]
    assert found == ([("note", at + 1)] if told else [])


def test_a_key_that_was_taken_out_is_still_in_the_history(repo: Path) -> None:
    (repo / ".env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n", encoding="utf-8")
    commit(repo)
    assert not [e for e in ends(repo) if e[1] == "secret-in-history"]  # it is there, and told as that
    (repo / ".env").unlink()
    commit(repo)
    ((level, rule, line, verdict),) = ends(repo)
    assert (level, rule, line, verdict.claim.path) == ("note", "secret-in-history", 1, ".env")
    assert KEY not in verdict.model_dump_json()
    assert ends(repo, only="form") == []


def test_a_key_that_only_moved_is_not_in_the_history_alone(repo: Path) -> None:
    (repo / "a.env").write_text(f"AWS_ACCESS_KEY_ID={KEY}\n", encoding="utf-8")
    commit(repo)
    (repo / "a.env").rename(repo / "b.env")
    commit(repo)
    assert not [e for e in ends(repo) if e[1] == "secret-in-history"]
