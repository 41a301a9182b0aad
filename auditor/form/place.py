"""What is checked about where the report lies: at the path at which the course collects it."""

import shlex
from collections.abc import Iterator

from auditor.form.flaw import Flaw
from auditor.form.page import Page
from auditor.globs import matches
from auditor.models import Source
from auditor.profile import Profile
from auditor.snapshot import Snapshot


def elsewhere(path: str, snapshot: Snapshot, profile: Profile) -> str:
    """The path at which the course collects the report, where this one lies at none of the places that the profile names: nothing lies
    there, or another text, which would be handed in; else nothing. A profile whose likeliest place is no single path says
    nothing of it."""
    if not profile.collected or matches(path, profile.due):
        return ""
    return profile.due[0]


def check_place(page: Page) -> Iterator[Flaw]:
    """That the report lies elsewhere than where the course collects it, and that nothing lies there, or another text."""
    path = page.report.path
    due = elsewhere(path, page.snapshot, page.profile) if page.placed else ""
    if not due:
        return
    other = next((p for p in dict.keys(page.snapshot.files) if p.lower() == page.profile.collected), "")
    if other:
        yield Flaw(
            "report-elsewhere", Source(kind="report", n=0), 1, path, f"the report is {path}",
            f"The course collects {other}, which is another text.",
            f"Put the report there: {page.move(path)} -f {shlex.quote(path)} {shlex.quote(other)}", fact=f"{other} is collected; {path} is read as the report",
        )  # fmt: skip
        return
    folder = due.rpartition("/")[0]
    make = f"mkdir -p {shlex.quote(folder)} && " if folder and folder not in page.snapshot.folders else ""
    yield Flaw(
        "report-elsewhere", Source(kind="report", n=0), 1, path, f"the report is {path}",
        f"The course collects it at {due}, where nothing is.",
        f"Move it there: {make}{page.move(path)} {shlex.quote(path)} {shlex.quote(due)}", fact=f"there is no {due}; {path} is read as the report",
    )  # fmt: skip
