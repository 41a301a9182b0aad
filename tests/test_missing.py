"""A commit without a report, where a later commit or another branch has one: which is which is told, and what to do next works."""

import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from build_fixture import FIXTURES, git

from auditor import pipeline
from auditor.batch import audit_many
from auditor.classwide import class_notes
from auditor.errors import UserError
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile

PROFILE = load_profile()
REPORT = (FIXTURES / "consistent" / "files" / "reports" / "README.md").read_text(encoding="utf-8")
DEADLINE = "2026-01-23T23:59:59+01:00"


def commit(repo: Path, when: str, **files: str | None) -> str:
    """A commit of these files (`reports__README_md` for `reports/README.md`; None takes one away) at a moment."""
    for name, text in files.items():
        path = repo / name.replace("__", "/").replace("_md", ".md").replace("_py", ".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8") if text is not None else path.unlink()
    git(repo, "add", "-A")
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@pond.test"]
    environment = {
        "GIT_COMMITTER_DATE": when,
        "GIT_AUTHOR_DATE": when,
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "PATH": "/usr/bin:/bin",
    }
    subprocess.run(["git", "-C", str(repo), *who, "commit", "-qm", "x", "--allow-empty"], check=True, env=environment)
    return git(repo, "rev-parse", "HEAD").strip()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    made = tmp_path / "group"
    made.mkdir()
    git(made, "init", "-q", "-b", "main")
    commit(made, "2026-01-20T10:00:00+01:00", src__a_py="a = 1\n", README_md="# Pond\n")
    return made


def said(repo: Path, **more: str) -> tuple[str, str, str]:
    with pytest.raises(UserError) as raised:
        pipeline.audit(Submission(id="g", repo=str(repo), **more), PROFILE)
    return raised.value.message, raised.value.hint, raised.value.listed


def test_a_report_that_came_a_second_late(repo: Path) -> None:
    chosen = git(repo, "rev-parse", "HEAD").strip()
    late = commit(repo, "2026-01-24T00:00:00+01:00", reports__README_md=REPORT)
    message, hint, listed = said(repo, before=DEADLINE)
    assert message == (
        f"no report yet in the commit {chosen[:10]} (2026-01-20 10:00:00+01:00), which --before {DEADLINE} chose; "
        f"the later commit {late[:10]} (2026-01-24 00:00:00+01:00), has reports/README.md"
    )
    assert hint == f"audit that one with --ref {late[:10]}, or give a later --before"
    assert late[:10] in listed
    record = pipeline.audit(Submission(id="g", repo=str(repo), ref=late[:10]), PROFILE)
    assert record.submission.report_path == "reports/README.md"
    record = pipeline.audit(Submission(id="g", repo=str(repo), before="2026-01-24T00:00:00+01:00"), PROFILE)
    assert record.submission.commit == late


def test_the_first_of_several_later_ones_is_named(repo: Path) -> None:
    commit(repo, "2026-01-24T00:00:00+01:00", src__b_py="b = 2\n")
    first = commit(repo, "2026-01-24T01:00:00+01:00", reports__README_md=REPORT)
    commit(repo, "2026-01-24T02:00:00+01:00", src__b_py="b = 3\n")
    assert f"of the 3 later commits the first with it, {first[:10]} (" in said(repo, before=DEADLINE)[0]


@pytest.mark.parametrize("path", ["reports/README.md", "docs/answers.md"])
def test_a_report_that_is_named(repo: Path, path: str) -> None:
    late = commit(repo, "2026-01-24T00:00:00+01:00", **{path.replace("/", "__").replace(".md", "_md"): REPORT})
    message, hint, _ = said(repo, before=DEADLINE, report_path=path)
    assert message.endswith(f"has {path}")
    assert late[:10] in hint


def test_a_report_that_no_commit_has(repo: Path) -> None:
    chosen = git(repo, "rev-parse", "HEAD").strip()
    commit(repo, "2026-01-24T00:00:00+01:00", src__b_py="b = 2\n")
    message, hint, _ = said(repo, before=DEADLINE)
    assert message.startswith(f"no report in the commit {chosen[:10]} (2026-01-20 10:00:00+01:00), which --before")
    assert hint == "name it with --report PATH"
    assert said(repo)[0].startswith("no report in the commit ")
    message, hint, _ = said(repo, before=DEADLINE, report_path="x.md")
    assert message.startswith(f"x.md: not in the commit {chosen[:10]} (")


def test_a_report_that_was_taken_away_is_not_said_to_come_later(repo: Path) -> None:
    commit(repo, "2026-01-21T00:00:00+01:00", reports__README_md=REPORT)
    commit(repo, "2026-01-22T00:00:00+01:00", reports__README_md=None)
    commit(repo, "2026-01-24T00:00:00+01:00", src__b_py="b = 2\n")
    assert "later commit" not in said(repo, before=DEADLINE)[0]


def test_a_report_on_another_branch(repo: Path) -> None:
    git(repo, "checkout", "-qb", "hand-in")
    tip = commit(repo, "2026-01-22T00:00:00+01:00", reports__README_md=REPORT)
    git(repo, "checkout", "-q", "main")
    for more in ({}, {"before": DEADLINE}):
        message, hint, listed = said(repo, **more)
        assert f"the branch hand-in, at {tip[:10]} (" in message
        assert "--ref hand-in" in hint
        assert "hand-in as its `ref`" in listed
    assert pipeline.audit(Submission(id="g", repo=str(repo), ref="hand-in"), PROFILE).submission.commit == tip


def test_the_record_of_a_batch_names_the_commit_and_what_came_later(repo: Path) -> None:
    chosen = git(repo, "rev-parse", "HEAD").strip()
    late = commit(repo, "2026-01-24T00:00:00+01:00", reports__README_md=REPORT)
    commit(repo, "2026-01-25T00:00:00+01:00", src__b_py="b = 2\n")
    done = list(audit_many([Submission(id="g", repo=str(repo), before=DEADLINE)], PROFILE, make=ThreadPoolExecutor))
    record = AuditRecord.model_validate_json(
        next(text for name, text in done[0].files.items() if name.endswith("json"))
    )
    assert record.submission.commit == chosen
    assert record.submission.commit_time == "2026-01-20T10:00:00+01:00"
    assert record.submission.later_commits == 2
    assert record.error.startswith(f"no report yet in the commit {chosen[:10]}")
    assert f"(in a list of groups: {late[:10]} as its `ref`, or a later `before`)" in record.error
    assert done[0].entry is not None
    assert (done[0].entry.commit, done[0].entry.later_commits) == (chosen, 2)
    entries = [done[0].entry.model_copy(update={"id": str(n)}) for n in range(3)]
    assert class_notes(entries, PROFILE) == [
        "No group has its report in the commit that --before chose, and each has one in a later commit: see whether that is the date."
    ]
