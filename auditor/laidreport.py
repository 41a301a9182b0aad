"""A report that is laid out as one of its course's layouts says, as a record: of one file or of several."""

import hashlib
from collections.abc import Collection, Mapping, Sequence

from auditor.checklist import entries
from auditor.laidout import Laid, Numbers, Section, boxed, sections, sure, without_skipped
from auditor.models import ChecklistItem, Part, Question, Report
from auditor.profile import Profile
from auditor.report.answers import LENGTH, answer_rows, names_people, private_by_place
from auditor.report.checklist import listed, where_listed
from auditor.report.find import with_checklist
from auditor.report.headings import prompts
from auditor.report.links import Resolver, targets
from auditor.report.notes import FEW, Notes, note_saved
from auditor.report.parse import version_of
from auditor.report.text import lines_of, text_of
from auditor.snapshot import File


def parse_laid(
    file: File,
    laid: Laid,
    profile: Profile,
    tracked: Collection[str] | Mapping[str, File],
    commit: str,
    repository: str,
) -> Report:
    """The report that was found by a layout. Of several files every line counts in all of them together, one below the other."""
    layout, notes = laid.layout, Notes()
    starts: list[int] = []
    rows: list[str] = []
    texts = [t.removesuffix("\n") if len(laid.files) > 1 else t for _, t in laid.files]
    for text in texts:
        starts.append(len(rows))
        rows += text.split("\n")
    whole = "\n".join(rows)
    files: Mapping[str, File] = tracked if isinstance(tracked, Mapping) else {}
    for (path, _), first in zip(laid.files, starts, strict=True):
        note_saved(files.get(path, file), notes, first)
    found: list[Section] = []
    if layout.questions == "boxes":
        boxes = [e for e in entries(whole, 0, len(rows), profile) if sure(e, profile)]
        found = boxed(boxes, whole, rows, profile)
    else:
        numbers = Numbers(layout, profile)
        for text, first in zip(texts, starts, strict=True):
            found += sections(text, layout, profile, prompts(text, text.split("\n"), profile), numbers, first)
    items, listed_in = _items(file, laid, whole, rows, found, profile, files, notes)
    resolvers = [Resolver(p.rpartition("/")[0], frozenset(tracked), repository) for p, _ in laid.files]
    questions, lengths = [], []
    for section in found:
        part = next(k for k in reversed(range(len(starts))) if starts[k] <= section.line)
        question, length = _question(rows, section, laid, profile, resolvers[part], notes)
        questions.append(question)
        lengths.append(length)
    questions = private_by_place(questions, [rows[s.line] for s in found], profile, layout.name)
    for item in items:
        if not item.item:
            notes.add("item", item.line, f"checklist item is not one of the template's: {item.text[:80]}", listed_in)
    version = version_of(items, questions, lengths, profile)
    several = len(laid.files) > 1
    content = "\0".join(t for _, t in laid.files).encode() if several else file.bytes()
    return Report(
        path=file.path,
        commit=commit,
        sha256=hashlib.sha256(content).hexdigest(),
        template=version.name if version else "",
        layout=layout.name,
        parts=tuple(Part(path=p, line=s + 1) for (p, _), s in zip(laid.files, starts, strict=True)) if several else (),
        checklist=listed_in,
        unlisted=layout.checklist == "none" or not profile.items,
        items=tuple(items),
        questions=tuple(questions),
        problems=notes.problems(),
        text=whole,
    )


def _items(
    file: File,
    laid: Laid,
    whole: str,
    rows: Sequence[str],
    found: Sequence[Section],
    profile: Profile,
    files: Mapping[str, File],
    notes: Notes,
) -> tuple[list[ChecklistItem], str]:
    """The checklist, and the file that it stands in where that is none of the report's."""
    layout = laid.layout
    if layout.checklist == "none":
        return [], ""
    if len(laid.files) > 1 or layout.questions == "boxes":
        kept = {s.line for s in found} if layout.questions == "boxes" else None
        items = [i for i in listed(whole, 0, len(rows), profile, notes, layout=layout) if i.item and (kept is None or i.line - 1 in kept)]  # fmt: skip
        return [i.model_copy(update={"n": n}) for n, i in enumerate(items, 1)], ""
    first, last = where_listed(whole, rows, [s.line for s in found], profile)
    items = list(listed(whole, first, last, profile, notes, layout=layout))
    if sum(bool(i.item) for i in items) < FEW and (others := with_checklist(files, (file.path,), profile)):
        text = text_of(others[0])
        return list(listed(text, 0, len(lines_of(others[0])), profile, notes, others[0].path, layout)), others[0].path
    return items, ""


def _question(
    rows: Sequence[str], section: Section, laid: Laid, profile: Profile, resolver: Resolver, notes: Notes
) -> tuple[Question, tuple[int, int] | None]:
    layout = laid.layout
    said = " ".join(" ".join(rows[slice(*section.said)]).replace("**", " ").split()) if section.said[1] else ""
    if layout.answer and section.mark < 0 and section.id:
        notes.add("marker", section.line + 1, f"question {section.n} has no line `{layout.answer}`")
    above = rows[section.body : section.mark if section.mark >= 0 else section.end]
    if section.mark >= 0:
        answer, span, fence = answer_rows(rows, section.mark, section.end)
        own = (layout.behind(rows[section.mark]) or "").strip(" *_")
        answer = [r for r in answer if r[0] != section.mark + 1]
        answer = [(section.mark + 1, own), *answer] if own else answer
    else:
        answer, span, fence = answer_rows(rows, section.answer - 1, section.end, marked=False)
    if fence:
        notes.add("fence", fence, f"question {section.n}: a code fence is not closed")
    answer = without_skipped(layout, answer)
    span = (answer[0][0], answer[-1][0]) if answer else (0, 0)
    text = "\n".join(row for _, row in answer)
    images, links = targets(text, [n for n, _ in answer], resolver)
    if section.how:
        notes.add(
            "heading",
            section.line + 1,
            f"read as question {section.n}, {section.how}: {rows[section.line].strip()[:60]}",
        )
    if not section.id and layout.others != "questions":
        notes.add("unknown", section.line + 1, f"question {section.n} is not one of the template's")
    question = Question(
        n=section.n,
        line=section.line + 1,
        prompt=said or " ".join(rows[section.line].strip("# ").split()),
        answer=text,
        answer_lines=span,
        row_lines=tuple(n for n, _ in answer) if answer and len(answer) != span[1] - span[0] + 1 else (),
        id=section.id,
        matched=section.matched,
        label=section.label,
        topics=profile.topics_of(section.id),
        heading=section.how,
        private=names_people(section.id, section.matched, said or rows[section.line], text, profile),
        images=images,
        links=links,
    )
    length = next((m for row in above if len(row) < 400 and (m := LENGTH.search(row))), None)
    return question, (int(length[1]), int(length[2])) if length else None
