"""What is checked about the questions: that they are the template's, each once."""

import difflib
import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from auditor.form.flaw import ALIKE, Flaw, cut, name_of, source_of
from auditor.form.page import Page
from auditor.models import Question, Source
from auditor.report.headings import BEFORE, IN_HTML, UNDERLINED


def check_questions(page: Page) -> Iterator[Flaw]:
    """Questions that are missing, added, renumbered, reworded, twice there, or without the line that starts the answer."""
    version = page.version
    if not page.known and page.profile.questions:
        yield Flaw(
            "question-missing", Source(kind="report", n=0), 1, "Questions", "",
            "None of the template's questions is in the report" + (", so its answers cannot be read." if page.report.questions else "."),
            f"Take the template's report, with {_each(page)}, and put your answers there.",
            fact=f"{len(page.report.questions)} headings of questions, none of them the template's",
        )  # fmt: skip
        return
    if version is None:
        return
    numbers = {q.id: q.numbers[version.layout] for q in page.profile.questions if version.layout in q.numbers}
    if page.layout is not None and "{n}" not in "".join(page.layout.heading):
        numbers = {
            q.id: next((r.n for r in page.known if r.id == q.id), k) for k, q in enumerate(page.profile.questions, 1)
        }
    missing = {id_: n for id_, n in numbers.items() if id_ not in {q.id for q in page.known}}
    seen: dict[int, Question] = {}
    for question in page.report.questions:
        name, here = name_of(question), page.lines[question.line - 1].strip()

        def flaw(
            difference: str, hint: str, detail: bool = False, *, q: Question = question, n: str = name, says: str = here
        ) -> Flaw:
            return Flaw("question-changed", source_of(q), q.line, n, says, difference, hint, detail=detail)

        if question.n in seen and numbers.get(question.id, question.n) == question.n:
            difference = f"There is a question {question.n} already, in line {seen[question.n].line}."
            yield replace(flaw(difference, _one_of(page, seen[question.n], question)), rule="question-twice")
            continue
        if numbers.get(question.id, question.n) == question.n:
            seen[question.n] = question
        if not question.id:
            stands = next((id_ for id_, n in missing.items() if n == question.n), "")
            if stands:
                missing.pop(stands)
                text = page.words_of(stands)
                yield flaw("Its text is not the template's.", f"Restore the template's question: {cut(text, 160)}")
            else:
                yield flaw(
                    "The template has no such question.",
                    "Move its text into the answer that it belongs to.",
                    True,
                )
            continue
        if numbers.get(question.id, question.n) != question.n:
            yield flaw(
                f"In the template this is question {numbers[question.id]}.",
                f"Write `{page.heading(numbers[question.id], question.id)}` in line {question.line}.",
            )
        if question.heading:
            near = _slip(here, question.n)
            yield flaw(
                f"The heading is not the template's; the question was known {question.heading}.",
                f"Write `{page.heading(numbers.get(question.id, question.n), question.id)}` in line {question.line}"
                + (f": it says `{cut(near, 60)}`." if near else "."),
                question.heading in (BEFORE, UNDERLINED, IN_HTML),
            )
        elif page.layout is None and (unlike := _unlike(here)):
            yield flaw(
                unlike,
                f"Write `{page.heading(numbers.get(question.id, question.n), question.id)}` in line {question.line}.",
                True,
            )
        own = page.own_length(question)
        same = [v.words.get(question.id) for v in page.profile.versions if v.layout == version.layout]
        if own and own not in same and version.words.get(question.id):
            few, many = version.words[question.id]
            yield flaw(
                f"The report asks for {own[0]}-{own[1]} words, the template for {few}-{many}.",
                f"Restore the template's line: Recommended answer length: {few}-{many} words.",
                True,
            )
        if question.matched == "number":
            text = page.words_of(question.id)
            yield flaw("Its text is not the template's.", f"Restore the template's question: {cut(text, 160)}")
        elif question.matched == "near":
            yield flaw("Its text differs from the template's by a word or two.", "Restore the template's words.", True)
        if page.mark and not any(
            page.layout.behind(row) is not None
            if page.layout
            else re.match(r"(?i)^\s{0,3}>?\s*[*_]{0,3}answers?\s*[*_]{0,3}\s*:", row)
            for row in (page.lines[n - 1] for n in page.section(question))
        ):
            yield flaw(
                f"The line `{page.mark}` is gone; readers and programs find the answer by it.",
                f"Put `{page.mark}` back above the answer.",
            )
    if len(missing) >= ALIKE:
        said = ", ".join(str(n) for n in sorted(missing.values()))
        yield Flaw(
            "question-missing", Source(kind="report", n=0), max(q.line for q in page.report.questions),
            f"Questions {said}", "", f"{len(missing)} of the template's {len(numbers)} questions are not in the report.",
            f"Put each back with {_each(page)}, and answer it.", fact=f"no questions {said}",
        )  # fmt: skip
        return
    for id_, n in sorted(missing.items(), key=lambda m: m[1]):
        after = max((q.line for q in page.report.questions if q.n < n), default=0)
        if slip := next((i for i in range(after, len(page.lines)) if _slip(page.lines[i].strip(), n)), 0):
            yield Flaw(
                "question-missing", Source(kind="report", n=0), slip + 1, f"Question {n}", cut(page.lines[slip]),
                f"The heading is not read as a question's, so what stands below it is part of the answer before; it may be meant as question {n}.",
                f"Write `### Question {n}` in line {slip + 1}.", fact=f"line {slip + 1}: {cut(page.lines[slip])}",
            )  # fmt: skip
            continue
        first = min((q.line for q in page.report.questions), default=1)
        yield Flaw(
            "question-missing", Source(kind="report", n=0), after or first, f"Question {n}", "",
            f"The template's question {n} is not in the report: {cut(page.words_of(id_))}",
            f"Put `{page.heading(n, id_)}` back{_with(page)}, and answer it.",
            fact=f"no question {n} after line {after}" if after else f"no question {n} before line {first}",
        )  # fmt: skip


def _unlike(row: str) -> str:
    """How a heading with the template's words is not as high as the template's, or shows as none; else nothing."""
    signs = row[: len(row) - len(row.lstrip("#"))]
    if signs and not row[len(signs) : len(signs) + 1].isspace():
        return f"Without a blank behind {signs} pages show no heading here; it is read as one all the same."
    if signs not in ("", "###"):
        return f"The template writes this heading with ###, the report with {signs}; it is read all the same."
    return ""


def _one_of(page: Page, first: Question, second: Question) -> str:
    """What to do about two questions with one number: of the same question twice one goes, another one gets its own number."""
    if first.id != second.id or not first.id:
        return "Restore the template's numbers."
    one, other = (_lines_of(page, q) for q in (second, first))
    same = "" if first.answer == second.answer else ": keep the answer that is meant"
    return f"Delete {one}, or {other.removeprefix('lines ')}{same}."


def _lines_of(page: Page, question: Question) -> str:
    """The lines of a question and its answer, up to the next question or the template's next section."""
    lines = page.section(question)
    later = bisect_right(page.sections, question.line)
    last = min(lines.stop, page.sections[later] if later < len(page.sections) else lines.stop) - 1
    if last == len(page.lines) and not page.lines[-1].strip():
        last -= 1  # what stands behind the end of the file's last line
    return f"lines {question.line} to {last}"


def _each(page: Page) -> str:
    """What each question of the template has: as the report is laid out, else as the course has it first."""
    layout = page.layout or next((x for x in page.profile.layouts if x.heading), None)
    heading = layout.written("N", "...") if layout else "### Question N"
    mark = layout.answer if layout else page.mark
    return f"`{heading}`, each question's text and `{mark}`" if mark else f"`{heading}`"


def _with(page: Page) -> str:
    return f" with its text and `{page.mark}`" if page.mark else ""


def _slip(row: str, n: int) -> str:
    """A heading's words, where they are those of a question's heading but for a letter or two; else nothing."""
    match = re.fullmatch(r"#{1,6}\s*(.{4,40}?)\s*#*", row)
    said = match[1].strip("*_: ").lower() if match else ""
    right = f"question {n}"
    digits = re.search(r"\d+", said)
    if not match or said == right or (digits and int(digits[0]) != n):
        return ""
    alike = difflib.SequenceMatcher(None, re.sub(r"\W*\d+\W*$", "", said), "question").ratio()
    return match[1] if alike >= 0.75 else ""
