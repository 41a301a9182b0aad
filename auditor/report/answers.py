"""The questions of a report with their answers."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

from auditor.checklist import match_text
from auditor.lazy import compile_later
from auditor.models import Question
from auditor.profile import Profile, words
from auditor.report.headings import ANSWER, Start, prompt_of
from auditor.report.links import Resolver, targets
from auditor.report.notes import Notes
from auditor.shapes import number_of

_BARE_ANSWER = compile_later(r"^\s{0,3}[*_]{0,3}answer\s*:\s*(?:[*_]{1,3}\s*)?$", re.IGNORECASE)
_RULE = compile_later(r"^\s*([-*_])(\s*\1){2,}\s*$")
_PLACEHOLDER = compile_later(
    r"\s*[-`*_<(\[\"']{0,12}\s*(?:question\s+\d+\s+)?fill\s+here\s*[.!:]{0,3}\s*[-`*_>)\]\"']{0,12}\s*", re.IGNORECASE
)
_FENCE = compile_later(r"^\s*(`{3,}(?!.*`)|~{3,})")  # backticks after an opening fence make it inline code
LENGTH = compile_later(r"length:?\W*(\d+)\s*(?:-|–|to)\s*(\d+)\s*words", re.IGNORECASE)
_LONG = 5000  # characters of a line that is neither a rule nor a placeholder


def read_question(
    lines: Sequence[str],
    start: Start,
    end: int,
    sections: Sequence[int],
    profile: Profile,
    resolver: "Resolver",
    notes: Notes,
) -> tuple[tuple[int, int] | None, Question]:
    marker = next((i for i in range(start.body, end) if len(lines[i]) < _LONG and ANSWER.match(lines[i])), None)
    if marker is None:
        marker = next((i for i in range(start.body, end) if _BARE_ANSWER.match(lines[i])), None)
    if marker is None:
        quoted = [i for i in range(start.body, end) if lines[i].lstrip().startswith(">")]
        said = start.said[1] - 1 if start.said[1] else start.body - 1
        marker = max(quoted[0] if quoted else said, said)
        while marker + 1 < end and lines[marker + 1].lstrip().startswith(">"):
            marker += 1
        notes.add("marker", start.line + 1, f"question {start.n} has no `> Answer:` line")
    asked = lines[start.body : marker + 1]
    prompt = prompt_of(asked)
    if not prompt and start.said[1]:
        prompt = " ".join(" ".join(lines[slice(*start.said)]).replace("**", " ").split())
    id_, matched = match_text(prompt, profile.known_questions)
    later = bisect_right(sections, marker)
    end = min(end, sections[later]) if later < len(sections) else end
    answer, span, fence = answer_rows(lines, marker, end)
    if fence:
        notes.add("fence", fence, f"question {start.n}: a code fence is not closed")
    length = next((m for row in asked if row.lstrip().startswith(">") and (m := LENGTH.search(row))), None)
    said_text = "\n".join(row for _, row in answer)
    images, links = targets(said_text, [n for n, _ in answer], resolver)
    question = Question(
        n=start.n,
        line=start.line + 1,
        prompt=prompt,
        answer=said_text,
        answer_lines=span,
        row_lines=tuple(i for i, _ in answer) if len(answer) != span[1] - span[0] + 1 and answer else (),
        id=id_,
        matched=matched,
        topics=profile.topics_of(id_),
        heading=start.how,
        private=names_people(id_, matched, prompt, said_text, profile),
        images=images,
        links=links,
    )
    return (number_of(length[1]), number_of(length[2])) if length else None, question


def names_people(id_: str, matched: str, prompt: str, answer: str, profile: Profile) -> bool:
    """Whether an answer names people: by its question; where the profile does not know that, by what is asked for or by
    study numbers and addresses in the answer."""
    if any(q.private for q in profile.questions if q.id == id_):
        return True
    if id_ and matched != "annotated":
        return False
    asked = words(prompt)
    if id_:  # only what the group's version of the template asks beside the profile's question
        known = Counter(w for q in profile.questions if q.id == id_ for t in q.texts for w in words(t))
        asked = tuple(w for w in asked if w not in known)
        return any(_has(asked, words(phrase)) for phrase in profile.private)
    return any(_has(asked, words(phrase)) for phrase in profile.private) or bool(_PERSON.search(answer))


_PERSON = compile_later(r"\bs\d{6}\b|[\w.+-]{1,64}@[\w-]{1,64}\.\w", re.IGNORECASE)


def private_by_place(
    questions: Sequence[Question], titles: Sequence[str], profile: Profile, layout: str = ""
) -> list[Question]:
    """The same, where one with the number of a private question is private, whatever it asks, and one that the profile does not
    know whose heading asks for people, or that asks nothing and stands behind a private one. Only a question that the profile
    knows by its text keeps a private one's number, where that one has another here: numbers may have been shifted.
    `layout` numbers the questions; else the one that most of them agree with."""
    numbers = {q.id: q.numbers for q in profile.questions}
    kept = {q.id for q in profile.questions if q.private}
    if not kept and not profile.private:
        return list(questions)
    votes = Counter(name for q in questions for name, n in numbers.get(q.id, {}).items() if n == q.n)
    best = layout or next((name for name, _ in votes.most_common(1)), "")
    sure = votes[best] >= 5
    here = {table[best]: id_ for id_, table in numbers.items() if best in table}
    private = {n for id_ in kept for n in numbers.get(id_, {}).values()}
    had = {q.id for q in questions}
    made: list[Question] = []
    for question, title in zip(questions, titles, strict=True):
        own = here.get(question.n, "")
        if question.private:
            hide = True
        elif question.id:
            hide = sure and own in kept and own not in had
        else:
            asked = words(title)
            digits = next((i + 1 for i, w in enumerate(asked) if w.isdigit()), 0)  # `Question number 5` asks for none
            hide = (
                own in kept
                or (not own and question.n in private)
                or any(_has(asked[digits:], words(phrase)) for phrase in profile.private)
                or bool(not question.prompt and made and made[-1].private)
            )
        made.append(question if hide == question.private else question.model_copy(update={"private": hide}))
    return made


def _has(said: tuple[str, ...], phrase: tuple[str, ...]) -> bool:
    return any(said[i : i + len(phrase)] == phrase for i in range(len(said) - len(phrase) + 1))


def answer_rows(
    lines: Sequence[str], marker: int, end: int, marked: bool = True
) -> tuple[list[tuple[int, str]], tuple[int, int], int]:
    """The answer's lines with their numbers, its first and last number, and the line of a fence that is never closed. It stands
    behind a line, which has its mark and may be in the same quote where answers are `marked`."""
    rows: list[tuple[int, str]] = []
    match = ANSWER.match(lines[marker]) if marked else None
    if match and match[1].strip() and not is_placeholder(match[1]):
        rows.append((marker + 1, match[1].rstrip()))
    quoted = marked
    fence, fence_line = "", 0
    for i in range(marker + 1, end):
        row = lines[i]
        if quoted:
            if row.lstrip().startswith(">"):
                row = re.sub(r"^\s{0,3}>\s?", "", row)
            elif row.strip():
                quoted = False
        if mark := _FENCE.match(row):
            if not fence:
                fence, fence_line = mark[1], i + 1
            elif mark[1].startswith(fence) and not row.strip().strip(mark[1][0]):
                fence, fence_line = "", 0
        elif not fence and len(row) < _LONG:
            if _RULE.match(row) or is_placeholder(row):
                continue
            if (inner := _within_dashes(row)) is not None:
                if not inner or is_placeholder(inner):
                    continue
                row = inner
        rows.append((i + 1, row.rstrip()))
    while rows and not rows[0][1].strip():
        rows.pop(0)
    while rows and not rows[-1][1].strip():
        rows.pop()
    # `--- text` on the first line and `text ---` on the last wrap the whole answer.
    if rows and re.match(r"^\s*-{3,}\s+\S", rows[0][1]) and re.search(r"\S\s+-{3,}\s*$", rows[-1][1]):
        rows[0] = (rows[0][0], re.sub(r"^\s*-{3,}\s+", "", rows[0][1]))
        rows[-1] = (rows[-1][0], rows[-1][1].rstrip().rstrip("-").rstrip())
    span = (rows[0][0], rows[-1][0]) if rows else (0, 0)
    return rows, span, fence_line


def is_placeholder(row: str) -> bool:
    """Whether a row is the template's placeholder and nothing else: `--- question 3 fill here ---`, with or without its dashes and
    number."""
    return len(row) < _LONG and _PLACEHOLDER.fullmatch(row) is not None


def _within_dashes(row: str) -> str | None:
    """What stands between the dashes that a row begins and ends with, be it in backticks; None for other rows."""
    bare = row.strip()
    ticks = min(3, len(bare) - len(bare.lstrip("`")))
    bare = bare[ticks:].strip()
    bare = bare[: len(bare) - min(3, len(bare) - len(bare.rstrip("`")))].strip()
    if len(bare) < 6 or not bare.startswith("---") or not bare.endswith("---"):
        return None
    return bare.lstrip("-").rstrip("-").strip()


def known_by_number(questions: list[Question], profile: Profile) -> list[Question]:
    """Questions whose prompt was removed, known by their number in the layout that the others agree with."""
    numbers = {q.id: q.numbers for q in profile.questions}
    layouts = {name for table in numbers.values() for name in table}
    votes = {name: sum(numbers.get(q.id, {}).get(name) == q.n for q in questions) for name in sorted(layouts)}
    best = max(votes, key=lambda name: votes[name], default="")
    if not best or votes[best] < 5:
        return questions
    by_number = {table[best]: id_ for id_, table in numbers.items() if best in table}
    taken = {q.id for q in questions}
    result = []
    for question in questions:
        id_ = by_number.get(question.n, "")
        # only for a prompt that is gone or cut short: a reworded one may ask for something else
        if not question.id and id_ and id_ not in taken and len(words(question.prompt)) < 8:
            private = question.private or any(q.private for q in profile.questions if q.id == id_)
            question = question.model_copy(
                update={"id": id_, "matched": "number", "topics": profile.topics_of(id_), "private": private}
            )
        result.append(question)
    return result
