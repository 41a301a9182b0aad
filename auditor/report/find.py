"""Which file of a commit is the report, and which has its checklist."""

from collections.abc import Collection, Mapping

from auditor import limits
from auditor.checklist import marked
from auditor.deadline import LeftOut, within
from auditor.errors import UserError
from auditor.globs import matches
from auditor.laidout import asks
from auditor.markup import outline
from auditor.profile import Profile
from auditor.report.headings import number_in
from auditor.report.notes import FEW
from auditor.report.text import MARKDOWN, lines_of, must_read, readable, text_of
from auditor.snapshot import File, Link, Snapshot


class NoReport(UserError):
    """That a commit has no report, or none where it is said to be."""


def find_in_time(snapshot: Snapshot, path: str = "", profile: Profile | None = None) -> File:
    """As `find_report`; where that takes too long (see `auditor.deadline`), the file that lies where the profile says, whatever
    is in it. Raises UserError where there is none."""
    try:
        return within("which file is the report", limits.PIECE, lambda: find_report(snapshot, path, profile))
    except LeftOut as left:
        if (due := _where_due(snapshot.files, profile, look=False)) is not None:
            return due
        raise UserError(str(left), "say which it is with --report PATH") from None


def find_report(snapshot: Snapshot, path: str = "", profile: Profile | None = None) -> File:
    """The report's file: at `path`, else where the profile says that it lies, else the one markdown file with questions, else
    the one with most of the profile's checklist. Of a report of several files the first.

    A link to a tracked file is read. Raises UserError if there is none, more than one, or if it is not text.
    """
    if path:
        file = snapshot.files.get(path.lstrip("./")) or snapshot.files.get(path)
        if file is None:
            raise NoReport(f"{path}: not in the commit", "give --report a path from the repository's root")
        must_read(file)
        return file
    default = _where_due(snapshot.files, profile)
    if default and readable(default) and (_asks(default, profile) or "checklist" in text_of(default).lower()):
        return default
    found = like_reports(snapshot.files, profile)
    if len(found) > 1 and default in found:
        return default
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(f.path for f in found[:8])
        raise UserError(f"more than one file looks like the report: {paths}", "say which with --report PATH")
    if default:  # where the report belongs, whatever is in it
        must_read(default)
        return default
    if profile and (listed := with_checklist(snapshot.files, (), profile)):
        return listed[0]
    raise _no_report(snapshot.files, profile)


def _where_due(files: Mapping[str, File], profile: Profile | None, look: bool = True) -> File | None:
    """The file that lies where the profile says, by its likeliest place; of several the one that has questions, unless nobody
    is to look into them."""
    for glob in profile.due if profile else ("reports/README.md",):
        there = sorted((f for f in files.values() if matches(f.path, (glob,))), key=lambda f: f.path)
        if there:
            return next((f for f in there if look and readable(f) and _asks(f, profile)), there[0])
    return None


def _asks(file: File, profile: Profile | None) -> bool:
    """Whether a file has as many of the course's questions as a report has: five headings with a number, or half of them, three
    at least, by one of the profile's layouts."""
    if profile is not None and profile.layouts:
        known = sum(bool(x.numbers or x.titles) for x in profile.questions)
        if asks(file.path, text_of(file), profile) >= min(max(known // 2, 1), FEW):
            return True
    return _questions(text_of(file)) >= 5


def like_reports(files: Mapping[str, File], profile: Profile | None) -> list[File]:
    """The markdown files with as many questions as a report; of a file and the links to it the file. A prompt for an agent that
    speaks of the course's questions is none."""
    found = [f for f in files.values() if f.suffix in MARKDOWN and readable(f) and _asks(f, profile)]
    found = [f for f in found if not _of_the_course(f, profile)]
    own = {f.blob for f in found if not isinstance(f, Link)}
    return [f for f in found if not (isinstance(f, Link) and f.blob in own)]


def _of_the_course(file: File, profile: Profile | None) -> bool:
    """Whether a file is the course's own, such as a prompt for agents; what lies where reports lie is the group's."""
    there = file.folder.lower() in ("report", "reports") or (profile is not None and matches(file.path, profile.due))
    return profile is not None and not there and profile.set_aside(file) == "course material"


def _no_report(files: Mapping[str, File], profile: Profile | None) -> NoReport:
    """That there is no report, with the file that may be meant as one."""
    due = profile.due if profile else ("reports/README.md",)
    beside = [f for f in files.values() if f.folder.lower() in ("report", "reports", "") and f.suffix not in MARKDOWN]
    for file in sorted(beside, key=lambda f: f.path):
        if (file.suffix in ("txt", "rst", "adoc", "html", "qmd", "rmd") or not file.suffix) and readable(file):
            if _questions(text_of(file)) >= 5:
                hint = f"rename it to {due[0]}, or audit it as it is with --report {file.path}"
                return NoReport(f"no report in the commit: {file.path} looks like one, but is no markdown file", hint)
        elif file.folder and file.suffix in ("pdf", "docx", "doc", "odt", "ipynb", "tex"):
            hint = f"hand in the report as {due[0]}; other formats are not read"
            return NoReport(f"no report in the commit: {file.path} is no markdown file", hint)
    pages = [f for f in files.values() if f.suffix in MARKDOWN and readable(f)]
    most = max(((_questions(text_of(f)), f.path) for f in pages), default=(0, ""))
    beside_it = f"; {most[1]} has {most[0]}, too few to be sure" if most[0] else ""
    headings = next((x.written("N", "Title") for x in profile.layouts if x.heading), "") if profile else ""
    return NoReport(
        f"no report in the commit: no {' or '.join(due)}, and no markdown file with headings like `{headings or '### Question N'}`{beside_it}",
        "name it with --report PATH",
    )


def _questions(text: str) -> int:
    """How many headings of questions a text has; one that hardly speaks of questions is not looked at."""
    if text.lower().count("question") < 5:
        return 0
    return len({n for h in outline(text) if h.how != "plain" and (n := number_in(h.text))})


def with_checklist(files: Mapping[str, File], but: Collection[str], profile: Profile) -> list[File]:
    """Other markdown files that have the checklist, the one with the most of it first."""
    found = []
    for file in files.values():
        if file.suffix in MARKDOWN and file.path not in but and readable(file) and not _of_the_course(file, profile):
            count = len(list(marked(lines_of(file), profile)))
            if count >= FEW:
                found.append((-count, file.path.count("/"), file.path, file))
    return [f for *_, f in sorted(found, key=lambda t: t[:3])]
