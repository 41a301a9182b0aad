"""A report's file as a record."""

import hashlib
from collections.abc import Collection, Mapping, Sequence
from functools import partial

from auditor import limits
from auditor.deadline import LeftOut, within
from auditor.laidout import chosen
from auditor.layouts import BUILT_IN
from auditor.markup import too_deep
from auditor.models import ChecklistItem, Question, Report
from auditor.profile import Profile, Version
from auditor.report.answers import known_by_number, private_by_place, read_question
from auditor.report.checklist import listed, where_listed
from auditor.report.find import like_reports, with_checklist
from auditor.report.headings import sections_of, starts_of
from auditor.report.links import Resolver
from auditor.report.notes import FEW, Notes, note_saved
from auditor.report.text import MARKDOWN, lines_of, must_read, readable, text_of
from auditor.snapshot import File


def parse_report(
    file: File,
    profile: Profile,
    tracked: Collection[str] | Mapping[str, File] = (),
    commit: str = "",
    repository: str = "",
) -> Report:
    """The report in a file. `tracked` are the paths that links may lead to, with their files where another of them may hold
    the checklist; `repository` is the name that the host knows the repository by, so that links to it are recognised."""
    must_read(file)
    lines, text = lines_of(file), text_of(file)
    files: Mapping[str, File] = tracked if isinstance(tracked, Mapping) else {}
    texts = {f.path: partial(text_of, f) for f in files.values() if f.suffix in MARKDOWN and readable(f)}
    if profile.layouts and (laid := chosen(file.path, texts | {file.path: lambda: text}, profile)):
        from auditor.laidreport import parse_laid

        return parse_laid(file, laid, profile, tracked, commit, repository)
    starts = starts_of(text, lines, profile)
    notes = Notes()
    note_saved(file, notes)
    first, last = where_listed(text, lines, [s.line for s in starts], profile)
    items = list(listed(text, first, last, profile, notes))
    below = sum(bool(i.item) for i in items) >= FEW  # else an answer has an item's words, and is no checklist
    questions = []
    lengths: list[tuple[int, int] | None] = []
    sections = sections_of(text, lines, profile)
    resolver = Resolver(file.folder, frozenset(tracked), repository)
    for k, start in enumerate(starts):
        end = starts[k + 1].line if k + 1 < len(starts) else len(lines)
        if below and start.line < first < end:
            end = first  # the checklist stands below this question
        length, question = read_question(lines, start, end, sections, profile, resolver, notes)
        lengths.append(length)
        questions.append(question)
    questions = known_by_number(questions, profile)
    questions = private_by_place(questions, [lines[s.line] for s in starts], profile)
    for question, start in zip(questions, starts, strict=True):
        if start.how:
            notes.add(
                "heading",
                question.line,
                f"read as question {question.n}, {start.how}: {lines[start.line].strip()[:60]}",
            )
        if not question.id:
            notes.add("unknown", question.line, f"question {question.n} is not one of the template's")
    listed_in = ""
    if sum(bool(i.item) for i in items) < FEW and (others := with_checklist(files, (file.path,), profile)):
        listed_in = others[0].path
        items = list(listed(text_of(others[0]), 0, len(lines_of(others[0])), profile, notes, listed_in))
    for item in items:
        if not item.item:
            notes.add("item", item.line, f"checklist item is not one of the template's: {item.text[:80]}", listed_in)
    _counts(items, questions, listed_in, notes)
    if len(deep := too_deep(lines)) >= FEW:
        notes.add("deep", deep[0] + 1, f"{len(deep)} lines of lists are nested too deep, and read as less deep")
    for other in like_reports(files, profile) if len(questions) >= 5 else ():
        if other.path != file.path and other.blob != file.blob:
            notes.add("other", 0, f"{other.path} looks like a report, too; this one was read", other.path)
    version = version_of(items, questions, lengths, profile)
    return Report(
        path=file.path,
        commit=commit,
        sha256=hashlib.sha256(file.bytes()).hexdigest(),
        template=version.name if version else "",
        layout=BUILT_IN,
        checklist=listed_in,
        unlisted=not profile.items,
        items=tuple(items),
        questions=tuple(questions),
        problems=notes.problems(),
        text=text,
    )


def parse_in_time(
    file: File,
    profile: Profile,
    tracked: Mapping[str, File],
    commit: str = "",
    repository: str = "",
) -> tuple[Report, bool]:
    """As `parse_report`, and True; or, where that takes too long (see `auditor.deadline`), a report of which no word is known,
    and False: nothing may be said of what it lacks."""
    must_read(file)
    try:
        return within(
            "the report", limits.PIECE, lambda: parse_report(file, profile, tracked, commit, repository)
        ), True
    except LeftOut:
        digest = hashlib.sha256(file.bytes()).hexdigest()
        return Report(path=file.path, commit=commit, sha256=digest, unlisted=not profile.items), False


def version_of(
    items: Sequence[ChecklistItem],
    questions: Sequence[Question],
    lengths: Sequence[tuple[int, int] | None],
    profile: Profile,
) -> Version | None:
    """The template's version that a report was written in: by its numbers, then its items, then the lengths it asks for.
    None where neither questions nor items of the template are there."""
    numbers = {q.id: q.numbers for q in profile.questions}
    known = {i.item for i in items if i.item}
    asked = [(q, length) for q, length in zip(questions, lengths, strict=True) if q.id]

    def likeness(version: Version) -> tuple[int, int, int]:
        same = sum(numbers.get(q.id, {}).get(version.layout) == q.n for q, _ in asked)
        return same, -len(known ^ set(version.items)), sum(length == version.words.get(q.id) for q, length in asked)

    if not profile.versions or (not asked and len(known) < FEW):
        return None
    return max(profile.versions, key=likeness)


def _counts(items: Sequence[ChecklistItem], questions: Sequence[Question], listed_in: str, notes: Notes) -> None:
    if not items:
        notes.add("count", 0, "no checklist found")
    elif not any(i.checked for i in items):
        notes.add("count", items[0].line, "no box of the checklist is ticked", listed_in)
    if listed_in:
        notes.add("count", items[0].line if items else 0, f"the checklist stands in {listed_in}", listed_in)
    if not questions:
        notes.add("count", 0, "no questions found")
    seen: dict[str, int] = {}
    for item in items:
        if item.item and item.item in seen:
            said = f"the checklist has this item twice (first on line {seen[item.item]}): {item.text[:80]}"
            notes.add("twice", item.line, said, listed_in)
        seen.setdefault(item.item, item.line)
    numbers: dict[int, int] = {}
    for question in questions:
        if question.n in numbers:
            said = f"question {question.n} stands twice (first on line {numbers[question.n]})"
            notes.add("again", question.line, said)
        numbers.setdefault(question.n, question.line)
