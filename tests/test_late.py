"""A commit that the list names, and the deadline that holds for it."""

import csv
import io
from pathlib import Path

import pytest
from build_fixture import build, git
from test_batch import auditor

from auditor.models import AuditRecord
from auditor.moments import hours_late, late


@pytest.mark.parametrize(
    ("committed", "due", "by"),
    [
        ("2026-01-24T09:59:00+01:00", "2026-01-23T23:59+01:00", "10 h"),
        ("2026-01-24T08:59:00Z", "2026-01-23T23:59+01:00", "10 h"),  # the same in another zone
        ("2026-01-24T00:00:30+01:00", "2026-01-23T23:59:00+01:00", "1 min"),
        ("2026-01-24T00:00:00+01:00", "2026-01-23T23:59+01:00", "1 min"),
        ("2026-01-23T23:59:59+01:00", "2026-01-23T23:59+01:00", ""),  # within the minute that is named
        ("2026-01-23T22:59:59Z", "20260123T2359+0100", ""),
        ("2026-01-23T23:59:59Z", "2026-01-23 23:59Z", ""),
        ("2026-01-23T23:59:59Z", "20260123T235900Z", "1 min"),
        ("2026-01-23T23:59:30+01:00", "2026-01-23T23:59:00+01:00", "1 min"),  # to the second, where it is written so
        ("2026-01-24T00:40:00+01:00", "2026-01-23T23:59:00+01:00", "41 min"),
        ("2026-01-27T12:00:00+00:00", "2026-01-23T12:00+00:00", "4 days"),
        ("2026-01-23T23:59:00+01:00", "2026-01-23T23:59+01:00", ""),  # at the very time
        ("2026-01-23T12:00:00+01:00", "2026-01-23", ""),  # a date is all of that day
        ("2020-01-01T00:00:00+00:00", "2026-01-23T12:00+00:00", ""),
        ("2026-01-24T09:59:00+01:00", "", ""),
        ("", "2026-01-23", ""),
        ("soon", "2026-01-23", ""),  # of a record that somebody else wrote
    ],
)
def test_by_how_much_a_commit_is_late(committed: str, due: str, by: str) -> None:
    assert late(committed, due) == by
    assert bool(hours_late(committed, due)) == bool(by)


def test_a_named_commit_after_the_deadline_is_late_everywhere(tmp_path: Path) -> None:
    repo = tmp_path / "repo"
    build("overclaiming", repo)
    head, time = git(repo, "log", "-1", "--format=%H %cI").split()
    day = time[:10]
    listed = tmp_path / "groups.csv"
    listed.write_text(f"group,repo,ref\nlate,repo,{head}\nchosen,repo,\nbroken,repo,no-such-branch\n")
    out = tmp_path / "out"
    first = git(repo, "log", "--format=%cI", "--reverse").split()[0]
    args = ("--before", first, "--workers", "1", "--exit-zero")
    done = auditor("batch", listed, "--out", out, *args, AUDITOR_CACHE=str(tmp_path / "cache"))
    record = AuditRecord.model_validate_json((out / "groups" / "late.json").read_bytes())
    by = late(time, first)
    assert by
    assert record.submission.due == first
    assert done.stdout.count(f"late: after the deadline by {by}") == 1
    assert "1 audited, 1 after the deadline, 2 failed" in done.stdout  # the first commit has no report
    assert f"after the deadline by {by}" in done.stderr
    index = (out / "index.html").read_text(encoding="utf-8")
    assert f"after the deadline by {by}" in index
    assert "1 after the deadline, by the time that the commit bears" in index
    assert f"after the deadline by {by}" in (out / "groups" / "late.html").read_text(encoding="utf-8")
    rows = {r["group"]: r for r in csv.DictReader(io.StringIO((out / "gradebook.csv").read_text()))}
    assert float(rows["late"]["late"]) == pytest.approx(hours_late(time, first), abs=0.06)
    assert rows["chosen"]["late"] == rows["broken"]["late"] == ""
    again = auditor("batch", listed, "--out", tmp_path / "then", "--before", f"{int(day[:4]) + 1}-01-01", "--workers", "1", AUDITOR_CACHE=str(tmp_path / "cache"))  # fmt: skip
    assert "after the deadline" not in again.stdout + again.stderr
    page = (tmp_path / "then" / "groups" / "late.html").read_text(encoding="utf-8")
    assert "in time, by the time that this commit bears" in page
