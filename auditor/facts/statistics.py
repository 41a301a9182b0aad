"""What a class is compared by: commits, people, hours, counts and sizes of files, and how complete the report is."""

import re

from auditor.facts.history import main_line, own_pull_requests, people, span
from auditor.globs import matches
from auditor.models import Statistics
from auditor.repository import Unreadable
from auditor.snapshot import Snapshot

_KINDS = {
    "python_files": ("**/*.py",),
    "test_files": ("**/test_*.py", "**/*_test.py"),
    "notebooks": ("**/*.ipynb",),
    "docker_files": ("**/*dockerfile*", "**/*.dockerfile"),
    "workflow_files": (".github/workflows/*.yml", ".github/workflows/*.yaml"),
    "requirements_files": ("**/*requirements*.txt",),
    "cloudbuild_files": ("**/*cloudbuild*.yaml", "**/*cloudbuild*.yml"),
    "dvc_files": ("**/*.dvc", ".dvc/config"),
}


def statistics(snapshot: Snapshot) -> Statistics:
    """The statistics of a snapshot and its report. A file counts by its name, whoever made it; a question counts as
    answered when there is a word in its answer."""
    history, report = snapshot.history, snapshot.report
    hours = [[0] * 24 for _ in range(7)]
    for commit in history.commits:
        hours[commit.time.weekday()][commit.time.hour] += 1
    known = [p.commits for p in people(history) if not p.bot and p.commits]
    worked = span(history)
    subjects = [len(c.subject) for c in history.commits]
    answers = [q.answer for q in report.questions] if report else []
    return Statistics(
        commits=len(history.commits),
        main_commits=len(main_line(history)),
        authors=len(known),
        per_author=tuple(sorted(known, reverse=True)),
        merged_pull_requests=len(own_pull_requests(history)),
        first_commit=worked.first.isoformat() if worked else "",
        last_commit=worked.last.isoformat() if worked else "",
        message_length=round(sum(subjects) / len(subjects), 1) if subjects else 0.0,
        hours=tuple(tuple(row) for row in hours),
        files=len(snapshot.files),
        bytes=sum(f.size for f in snapshot.files.values()),
        **{kind: sum(matches(path, globs) for path in snapshot.files) for kind, globs in _KINDS.items()},
        readme_words=_readme_words(snapshot),
        items=len(report.items) if report else 0,
        ticked=sum(i.checked for i in report.items) if report else 0,
        questions=len(answers),
        answered=sum(bool(re.search(r"\w", a)) for a in answers),
        report_words=sum(len(a.split()) for a in answers),
        images=sum(len(q.images) for q in report.questions) if report else 0,
    )


def _readme_words(snapshot: Snapshot) -> int:
    """The words of the first README at the root; 0 without one that can be read."""
    for path, file in snapshot.files.items():
        if re.fullmatch(r"readme(\.(md|rst|txt))?", path.lower()):
            try:
                return len(file.text.split())
            except Unreadable:
                continue
    return 0
