"""What is checked about the answers: that they are there, their own, and as long as asked for."""

import re
from collections.abc import Iterator, Sequence

from auditor.form.flaw import Flaw, cut, name_of, source_of
from auditor.form.links import ADDRESS
from auditor.form.page import Page
from auditor.markup import parse, without_comments
from auditor.models import Question
from auditor.profile import is_open, words
from auditor.report.answers import is_placeholder
from auditor.report.headings import ANSWER

_PLACEHOLDER = re.compile(r"question\s+\d+\s+fill\s+here|\bs[xX]{6}\b|figures/<image>\.<extension>", re.IGNORECASE)
# The placeholder's own words as a sentence of their own, before or behind what was written beside them.
_FILL_HERE = re.compile(
    r"(?:^\s*[-*+>(\[_ ]{0,4}fill\s+here\s*(?:[.!:…*_)\]]|-{2,}|$)|[.!?]\s+fill\s+here\s*(?:[.!…]|-{2,}|$))",
    re.IGNORECASE,
)
_TEMPLATE_LINE = re.compile(
    r"^\s*(?:>\s*)?(?:recommended\s+)?answer\s+length\s*:|^\s*(?:>\s*)?\*?example\s*:\s*\*?$", re.IGNORECASE
)
_FILLER = frozenset(
    words(
        "lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna"
        " aliqua todo tbd fixme xxx placeholder asdf"
    )
)
DENIED = re.compile(
    r"\b(no|not|none|never|without|nothing|unable|cannot|skipped|instead)\b|n['’]t\b|\bn/?a\b", re.IGNORECASE
)
# A word that stands for what is still to be written: by itself in a short answer, in a longer one at the start of a line or in brackets.
_TO_WRITE = re.compile(r"(?<![`\w])(?:TODO|TBD|TBA|FIXME|XXX)(?![`\w])")
_TO_WRITE_ROW = re.compile(
    r"^\s*(?:[-*+]\s+)?[\[(<*_]{0,3}(?:TODO|TBD|TBA|FIXME|XXX)(?:[\])>*_]{0,3}\s*$|[\])>*_]{0,3}\s*:)|[\[(<](?:TODO|TBD|TBA|FIXME)\b[^\])>]{0,200}[\])>](?!\()"
)
_FILL = ("fill", "here")
_LONG = 5000  # characters of a line that is nobody's placeholder
_FEW_WORDS = 10  # of an answer beside which a placeholder was only forgotten


def _want(page: Page, question: Question) -> str:
    spans = ((page.length(question), "word"), (page.images(question), "image"))
    asked = [asked_for(span, what) for span, what in spans if span and any(span)]
    return " and ".join(asked)


def as_range(span: tuple[int, int]) -> str:
    """A range in words: `50-100`, `at least 50`, `at most 150`, `1`."""
    few, many = span
    if is_open(span):
        return f"at least {few}"
    return str(many) if few == many else f"{few}-{many}" if few else f"at most {many}"


def asked_for(span: tuple[int, int], what: str) -> str:
    """The same with what is counted."""
    return f"{as_range(span)} {what}{'s' * (max(span) != 1)}"


def check_answers(page: Page) -> Iterator[Flaw]:
    """Answers that are missing, placeholders that are left, and text that only fills the space."""
    for question in filter(page.wants, page.report.questions):
        left = _left(page, question)
        length, images = page.length(question), page.images(question)
        wanted = (length is None or length[0] > 0) or bool(images)
        want = _want(page, question)
        empty = not words(question.answer) and not question.images
        if empty and wanted:
            line = left[0] if left else question.line
            if not left and (cutting := _cut_by(page, question)):
                yield Flaw(
                    "answer-missing", source_of(question), cutting, name_of(question), cut(page.lines[cutting - 1]),
                    f"This heading ends the answer before it has begun: it is as high as the question's own, so what stands below it is no part of the answer to {name_of(question)}.",
                    f"Make the heading in line {cutting} lower (`#{page.lines[cutting - 1].strip()}`), or a bold line.",
                )  # fmt: skip
                continue
            yield Flaw(
                "answer-missing", source_of(question), line, name_of(question),
                cut(page.lines[line - 1]) if left else f"nothing below `{page.mark or page.heading(question.n, question.id)}`",
                "There is no answer.",
                f"Write the answer{f' ({want})' if want else ''} "
                + (f"in place of {'' if is_placeholder(page.lines[line - 1]) else 'the placeholder in '}line {line}." if left else f"below the line `{page.mark or page.heading(question.n, question.id)}`."),
            )  # fmt: skip
        elif left:
            yield Flaw(
                "placeholder-left", source_of(question), left[0], name_of(question), cut(page.lines[left[0] - 1]),
                "The template's placeholder is still there.",
                _instead(page, question, left[0], wanted), detail=not wanted, beside=len(words(question.answer)) >= _FEW_WORDS,
            )  # fmt: skip
        elif (said := words(without_comments(question.answer))) and _fills(said):
            yield Flaw(
                "placeholder-left", source_of(question), question.answer_lines[0], name_of(question), cut(question.answer),
                "The text only fills the space.", f"Write the answer{f' ({want})' if want else ''}.",
            )  # fmt: skip
        elif to_write := _to_write(page, question):
            yield Flaw(
                "placeholder-left", source_of(question), to_write, name_of(question), cut(page.lines[to_write - 1]),
                "A word stands there for what is still to be written.", f"Write in line {to_write} what is meant.",
                detail=not wanted, beside=len(words(question.answer)) >= _FEW_WORDS,
            )  # fmt: skip
        else:
            yield from _leftovers(page, question)


def _left(page: Page, question: Question) -> list[int]:
    """The lines of a question on which the template's placeholder still stands. Its words within a sentence, and in code beside an
    answer, are somebody's own."""
    found = {
        n
        for n in page.section(question)
        if len(row := page.lines[n - 1]) < _LONG
        and _PLACEHOLDER.search(row)
        and not _example(row)
        and (n >= question.answer_lines[0] or _fill_here(row))
    }
    fence, alone = False, words(question.answer) == _FILL
    inside = {n for n, _ in page.rows(question)}
    for n in page.section(question):
        row = page.lines[n - 1]
        if row.lstrip().startswith(("```", "~~~")) and not is_placeholder(row):
            fence = not fence
            continue
        said = match[1] if len(row) < _LONG and (match := ANSWER.match(row)) else row.lstrip().removeprefix(">")
        if "here" not in row.lower() or len(row) >= _LONG or (fence and not alone):
            continue
        if is_placeholder(said) or (n in inside and _FILL_HERE.search(said)):
            found.add(n)
    return sorted(found)


def _cut_by(page: Page, question: Question) -> int:
    """The line of the group's own heading that stands where an empty answer should, with text below it; 0 for none."""
    rows = [n for n in page.section(question) if n > question.line]
    mark = page.layout.behind if page.layout else ANSWER.match
    top = next(
        (n for n in rows if len(page.lines[n - 1]) < _LONG and mark(page.lines[n - 1]) is not None), question.line
    )
    below = [n for n in rows if n > top and page.lines[n - 1].strip()]
    if (
        len(below) < 2
        or not page.lines[below[0] - 1].startswith("#")
        or words(page.lines[below[0] - 1]) in {words(h) for h in page.profile.headings}
    ):
        return 0
    return 0 if page.lines[below[1] - 1].startswith("#") else below[0]


def _instead(page: Page, question: Question, line: int, wanted: bool) -> str:
    """What to write instead of a template's placeholder. A line may only go where an answer stands beside it, or none is asked for."""
    row = page.lines[line - 1]
    if re.search(r"\bs[xX]{6}\b", row):
        return f"Write yours in line {line}, in place of each `sXXXXXX`: the s and six digits of every member."
    if _fill_here(row) and question.answer.strip():
        if not is_placeholder(row) and words(question.answer) != _FILL:
            return f"Delete the placeholder (`fill here`) from line {line}; the answer stands beside it."
        if wanted and words(question.answer) == _FILL:
            return f"Write yours in place of the placeholder in line {line}."
        return f"Delete line {line}; the answer stands beside it."
    if wanted:
        return f"Write yours in place of the placeholder in line {line}."
    return f"Write what is meant in line {line}, or delete the line if there is nothing to say."


def _to_write(page: Page, question: Question) -> int:
    """The line of an answer on which a word such as TODO stands for what is missing; 0 for none. What is told of such words in a
    sentence, and what stands in code, is left alone."""
    few, fence = len(words(question.answer)) < _FEW_WORDS, False
    for n, row in page.rows(question):
        if row.lstrip().startswith(("```", "~~~")):
            fence = not fence
        elif not fence and len(row) < _LONG and (_TO_WRITE if few else _TO_WRITE_ROW).search(row):
            return n
    return 0


def _example(row: str) -> bool:
    """A line of the template's quote: it may show a placeholder as an example."""
    return row.lstrip().startswith(">") and not _fill_here(row)


def _fill_here(row: str) -> bool:
    return " ".join(_FILL) in " ".join(row.lower().split())


def _fills(said: tuple[str, ...]) -> bool:
    filler = sum(w in _FILLER for w in said)
    return filler > len(said) / 2 or (len(said) >= 30 and len(set(said)) <= 3)


def _leftovers(page: Page, question: Question) -> Iterator[Flaw]:
    rows = page.rows(question)
    examples = _examples(page, question)
    fence = False
    for n, row in rows:
        if row.lstrip().startswith(("```", "~~~")):
            fence = not fence
        if fence:
            continue
        if len(row) > _LONG:
            continue
        copied = next((e for e in examples if e in " ".join(row.replace("*", "").split())), "")
        if _TEMPLATE_LINE.match(row) or copied:
            yield Flaw(
                "template-text-left", source_of(question), n, name_of(question), cut(row), "This is the template's own text.",
                f"Fill line {n} in with what your project does." if copied else f"Delete line {n}.",
            )  # fmt: skip
            return
        if "<!--" in row and "`" not in row:
            yield Flaw(
                "template-text-left", source_of(question), n, name_of(question), cut(row),
                "A comment is left in the answer; readers of the page do not see it.",
                f"Delete the comment in line {n}, or write it as text.", detail=True,
            )  # fmt: skip
            return


def _examples(page: Page, question: Question) -> list[str]:
    """The template's example sentences with gaps to fill in."""
    section = page.section(question)
    end = question.answer_lines[0] or section.stop
    quoted = [
        page.lines[n - 1].lstrip()[1:].strip()
        for n in section
        if n < end and page.lines[n - 1].lstrip().startswith(">")
    ]
    after = quoted[
        next((i for i, row in enumerate(quoted) if re.match(r"\*?example", row, re.IGNORECASE)), len(quoted)) :
    ]
    rows = [" ".join(row.replace("*", "").split()) for row in after]
    return [row for row in rows if row.count("...") and len(words(row)) >= 5]


def check_lengths(page: Page) -> Iterator[Flaw]:
    """Answers shorter or longer than asked, however their words are counted. One within a tenth of it is a detail."""
    for question in page.report.questions:
        length, said = page.length(question), words(question.answer)
        if not length or not said or _fills(said):
            continue
        (few, many), (fewest, most) = length, count_words(question.answer)
        rule, has, detail = "", 0, False
        if most < few:
            rule, has, detail = "answer-too-short", most, most >= 0.9 * few
            hint = f"Write at least {few - most} more, on what a reader needs to follow it; if there is nothing to tell, say why."
        elif fewest > many and not is_open(length):
            rule, has, detail = "answer-too-long", fewest, fewest <= 1.1 * many
            hint = f"Cut at least {fewest - many}; code, tables and images are not counted."
        if rule:
            says = f"{has} word{'s' * (has != 1)}; {as_range(length)} are asked for"
            own = page.own_length(question)  # a report that asks for another length than its template may have reasons
            detail = detail or bool(own and own[0] <= has <= own[1])
            yield Flaw(
                rule,
                source_of(question),
                question.answer_lines[0],
                name_of(question),
                says,
                "",
                hint,
                fact=says,
                detail=detail,
            )


def count_words(answer: str) -> tuple[int, int]:
    """The words of an answer without code, tables and images, and with everything that white space parts."""
    everything = len(without_comments(answer).split())
    prose = 0
    tokens = parse(answer)
    table = False
    for token in tokens:
        if token.type in ("table_open", "table_close"):
            table = token.type == "table_open"
        if token.type != "inline" or table:
            continue
        text = ""
        for child in token.children or ():
            if child.type == "text":
                text += child.content
            elif child.type in ("softbreak", "hardbreak"):
                text += " "
            elif child.type == "code_inline":
                text += "code"
        prose += sum(
            (word[0].isalnum() or any(c.isalnum() or c == "_" for c in word)) and not ADDRESS.match(word)
            for word in text.split()
        )
    return min(prose, everything), everything


def check_group(page: Page) -> Iterator[Flaw]:
    """A group number or study numbers that nobody can read. Other ways of naming members are left alone."""
    for question in page.known:
        answer = question.answer
        unfinished = (
            _PLACEHOLDER.search(answer) or _left(page, question) or _fills(words(answer)) or _to_write(page, question)
        )
        if not answer.strip() or unfinished:
            continue

        def flaw(says: str, difference: str, hint: str, detail: bool = False, *, q: Question = question) -> Flaw:
            line = q.answer_lines[0]
            return Flaw(
                "group-unclear", source_of(q), line, name_of(q), says, difference, hint, fact=difference, detail=detail
            )

        if "group" in question.topics:
            if not re.search(r"\d", answer) and not DENIED.search(answer):
                yield flaw(cut(answer), "There is no number in it.", "Write your group's number, like 42.", True)
        elif "members" in question.topics:
            numbers = [n.lower() for n in re.findall(r"\bs\d+\b", answer, re.IGNORECASE)]
            wrong = [n for n in numbers if len(n) != 7]
            if wrong:
                yield flaw(
                    f"{len(numbers)} study numbers",
                    f"{len(wrong)} of them {'has' if len(wrong) == 1 else 'have'} not six digits after the s.",
                    "Write each as s and six digits.",
                )
            elif len(set(numbers)) != len(numbers):
                yield flaw(
                    f"{len(numbers)} study numbers",
                    "One of them stands there twice.",
                    "Write each member's number once.",
                )
            elif len(numbers) > 8:
                yield flaw(
                    f"{len(numbers)} study numbers",
                    "That is more than a group has.",
                    "Keep the numbers of your group's members.",
                )
            elif numbers and (left_out := _named_elsewhere(page, question, numbers)):
                lines = f"line{'s' * (len(left_out) > 1)} {', '.join(str(n) for n in left_out)}"
                yield flaw(
                    f"{len(numbers)} study number{'s' * (len(numbers) != 1)}",
                    f"Another answer names a study number that is not among them ({lines}).",
                    f"Write every member's number here, or mend the one in {lines}.",
                )


def _named_elsewhere(page: Page, question: Question, numbers: Sequence[str]) -> list[int]:
    """The lines of other answers with a study number that the answer on the members lacks."""
    return [
        n
        for other in page.report.questions
        if other is not question
        for n, row in page.rows(other)
        if len(row) < _LONG and {s.lower() for s in re.findall(r"\bs\d{6}\b", row, re.IGNORECASE)} - set(numbers)
    ][:5]
