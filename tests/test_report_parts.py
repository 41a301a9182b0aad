"""The parts that read a report, one by one: numbers in headings, prompts, answers, marks."""

import pytest

from auditor.models import Question
from auditor.profile import load_profile
from auditor.report.answers import answer_rows, known_by_number, names_people
from auditor.report.checklist import listed, where_listed
from auditor.report.headings import number_in, prompt_of, prompts, sections_of, starts_of
from auditor.report.notes import Notes
from auditor.report.parse import version_of

PROFILE = load_profile()
QUESTION = next(q for q in PROFILE.questions if "31" in q.numbers and len(q.texts[0].split()) > 8 and not q.private)


@pytest.mark.parametrize(
    ("title", "n"),
    [
        ("Question 5", 5),
        ("question no 5", 5),
        ("Question nr. 12", 12),
        ("Question number 12 of 30", 12),
        ("Question no", 0),
        ("5. Question", 5),
        ("5 Questions", 5),
        ("Q5", 5),
        ("Q 5 b", 0),
        ("Q5: Why", 0),
        ("A5", 0),
        ("Question", 0),
        ("5", 0),
        ("", 0),
        ("Question 999", 999),
        ("Question 1000", 0),
        ("Question ٥", 0),
        ("Answer to Question 5", 0),
        # one letter off: swapped, another, one more, one less
        ("Qeustion 5", 5),
        ("Quesiton 5", 5),
        ("Questiom 5", 5),
        ("Wuestion 5", 5),
        ("Quesstion 5", 5),
        ("Questions 5", 5),
        ("Qestion 5", 5),
        ("Questio 5", 5),
        ("Uqestion 5", 5),
        ("Quest 5", 0),
        ("Questionss 5", 0),
        ("Suggestion 5", 0),
        ("Digestion 5", 0),
        ("question" + " " * 112 + "5", 0),
        ("question" + " " * 111 + "5", 5),
    ],
)
def test_the_number_in_a_heading(title: str, n: int) -> None:
    assert number_in(title) == n


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["> **Why  so?**", ">", "> Answer:"], "Why so?"),
        ([">**Why**", "> **so?**", "> Recommended answer length: 10-20 words."], "Why so?"),
        ([">", "> Why?", "> *Example*: x"], "Why?"),
        (["> Why?", "> ***Answer:***"], "Why?"),
        (["Not quoted", "  > Why?", "not"], "Why?"),
        (["> Exampled words"], "Exampled words"),
        ([], ""),
    ],
)
def test_the_question_in_a_quote(rows: list[str], said: str) -> None:
    assert prompt_of(rows) == said


def starts(text: str) -> list[tuple[int, int, int, str]]:
    return [(s.line, s.body, s.n, s.how) for s in starts_of(text, text.split("\n"), PROFILE)]


@pytest.mark.parametrize(
    ("heading", "how"),
    [
        ("### Question 5", ""),
        ("# question 5", ""),
        ("### **Question 5**", ""),
        ("### Q5", "by a heading that is written in another way"),
        ("### 5. Question", "by a heading that is written in another way"),
        ("### 1. Question 5", "by a heading with more before it"),
    ],
)
def test_how_a_heading_was_known(heading: str, how: str) -> None:
    (start,) = starts(f"{heading}\n\n> **Why?**\n>\n> Answer:\n\nx\n")
    assert start == (0, 1, number_in(heading.strip("# *")) or 1, how)


def test_other_headings() -> None:
    rest = "\n> **Why?**\n>\n> Answer:\n\nx\n\n"
    text = f"Question 1\n---\n{rest}<h3>Question 2</h3>\n{rest}**Question 3**\n{rest}Question 4\n{rest}Question 5\n\nno quote\n"
    assert [(n, how) for _, _, n, how in starts(text)] == [
        (1, "by an underlined heading"),
        (2, "by a heading in HTML"),
        (3, "by a bold line"),
        (4, "by a line of its own"),
    ]


def test_a_bold_line_is_no_question_that_a_heading_is_already() -> None:
    text = "### Question 1\n\n> **Why?**\n>\n> Answer:\n\n**Question 1**\n\nx\n\n**Question 2**\n\ny\n"
    assert [(line, n) for line, _, n, _ in starts(text)] == [(0, 1), (10, 2)]


def test_a_question_is_known_by_its_text_and_counted_as_in_the_template() -> None:
    text = f"Words.\n\n> **{QUESTION.texts[0]}**\n>\n> Answer:\n\nx\n\nMore.\n\n> What else?\n>\n> Answer:\n\ny\n"
    made = starts_of(text, text.split("\n"), PROFILE)
    assert [(s.line, s.body, s.how, s.prompt) for s in made] == [
        (2, 2, "by its text", QUESTION.id),
        (10, 10, "by its line `> Answer:`", ""),
    ]
    newest = PROFILE.versions[0].layout
    assert made[0].n == QUESTION.numbers.get(newest, 1)
    assert made[1].n == made[0].n + 1
    assert made[0].said == (2, 5)
    (quote, other) = prompts(text, text.split("\n"), PROFILE)
    assert quote == (2, 5, QUESTION.id, True)
    assert other == (10, 13, "", True)


def test_sections_of_the_template() -> None:
    title = PROFILE.headings[0]
    text = f"# {title}\n\n### {title}\n\n## Ours\n\n```\n# {title}\n"
    assert sections_of(text, text.split("\n"), PROFILE) == [0, 7]


# -- answers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "rows", "span", "fence"),
    [
        ("> Answer:\n\na\nb  \n\n", [(3, "a"), (4, "b")], (3, 4), 0),
        ("> Answer: a  \nb", [(1, "a"), (2, "b")], (1, 2), 0),
        ("> Answer:\n> a\n>b\nc\n> d", [(2, "a"), (3, "b"), (4, "c"), (5, "> d")], (2, 5), 0),
        ("> Answer:\n>\n\n> a", [(4, "a")], (4, 4), 0),
        ("> Answer:\n\n---\na\n***\nb\n_ _ _\n", [(4, "a"), (6, "b")], (4, 6), 0),
        ("> Answer:\n\n--- question 3 fill here ---\n", [], (0, 0), 0),
        ("> Answer:\n\nquestion 3 fill here\n`--- question 3 fill here ---`\n", [], (0, 0), 0),
        ("> Answer:\n\n--- done ---\n", [(3, "done")], (3, 3), 0),
        ("> Answer:\n\n--- a\nb\nc ---\n", [(3, "a"), (4, "b"), (5, "c")], (3, 5), 0),
        ("> Answer:\n\n--- a\nb", [(3, "--- a"), (4, "b")], (3, 4), 0),
        ("> Answer:\n\n```\n---\n```\na", [(3, "```"), (4, "---"), (5, "```"), (6, "a")], (3, 6), 0),
        ("> Answer:\n\n```\n---\n``` x", [(3, "```"), (4, "---"), (5, "``` x")], (3, 5), 3),
        ("> Answer:\n\n````\n```\n---", [(3, "````"), (4, "```"), (5, "---")], (3, 5), 3),
        ("> Answer:\n\n~~~\n```\n~~~~\n---\na", [(3, "~~~"), (4, "```"), (5, "~~~~"), (7, "a")], (3, 7), 0),
        ("> Answer:\n\n```x```\n---\na", [(3, "```x```"), (5, "a")], (3, 5), 0),
    ],
)  # fmt: skip
def test_the_rows_of_an_answer(text: str, rows: list[tuple[int, str]], span: tuple[int, int], fence: int) -> None:
    lines = text.split("\n")
    assert answer_rows(lines, 0, len(lines)) == (rows, span, fence)


def test_an_answer_without_a_mark_and_its_end() -> None:
    lines = ["> Answer: a", "> b", "c", "d"]
    assert answer_rows(lines, 0, 3, marked=False) == ([(2, "> b"), (3, "c")], (2, 3), 0)


@pytest.mark.parametrize(
    ("id_", "matched", "prompt", "said", "private"),
    [
        (next(q.id for q in PROFILE.questions if q.private), "exact", "x", "x", True),
        (QUESTION.id, "exact", "x", "by s123456", False),
        (QUESTION.id, "annotated", QUESTION.texts[0], "by s123456", False),
        ("", "", "Why?", "by s123456.", True),
        ("", "", "Why?", "by S123456 and a.b@c.dk", True),
        ("", "", "Why?", "by s12345 or s1234567", False),
        ("", "", "Why?", "@ada and a@b", False),
        ("", "", "Why?", "", False),
    ],
)
def test_an_answer_that_names_people(id_: str, matched: str, prompt: str, said: str, private: bool) -> None:
    assert names_people(id_, matched, prompt, said, PROFILE) is private


def numbered(n: int, id_: str, prompt: str = "") -> Question:
    return Question(n=n, line=1, prompt=prompt, answer="x", answer_lines=(1, 1), id=id_)


def test_a_question_without_its_prompt_is_known_by_its_number() -> None:
    asked = [q for q in PROFILE.questions if "31" in q.numbers]
    all_ = [numbered(q.numbers["31"], q.id) for q in asked]
    gone = [all_[0].model_copy(update={"id": ""}), *all_[1:]]
    (first, *rest) = known_by_number(gone, PROFILE)
    assert (first.id, first.matched, first.topics) == (asked[0].id, "number", PROFILE.topics_of(asked[0].id))
    assert first.private == asked[0].private
    assert rest == all_[1:]
    assert known_by_number(all_, PROFILE) == all_
    seven, eight = "a b c d e f g", "a b c d e f g h"
    assert known_by_number([gone[0].model_copy(update={"prompt": seven}), *rest], PROFILE)[0].id == asked[0].id
    assert not known_by_number([gone[0].model_copy(update={"prompt": eight}), *rest], PROFILE)[0].id
    assert not known_by_number([gone[0], *all_[1:5]], PROFILE)[0].id  # four others are too few
    assert not known_by_number([*gone, all_[0].model_copy(update={"n": 99})], PROFILE)[0].id


# -- the checklist and the version -------------------------------------------------------------------------------------


def test_where_a_checklist_begins_and_ends() -> None:
    boxes = [f"* [x] {i.texts[0]}" for i in PROFILE.items[:9]]
    rows = [
        "# Report",
        "",
        "## Overall project checklist",
        "",
        *boxes,
        "",
        "## Group information",
        "",
        "### Question 1",
    ]
    text = "\n".join(rows)
    at = rows.index("### Question 1")
    assert where_listed(text, rows, [at], PROFILE) == (2, at - 2)
    rows[at - 2] = "## Other"
    assert where_listed("\n".join(rows), rows, [at], PROFILE) == (2, at)
    assert where_listed("\n".join(rows[2:-1]), rows[2:-1], [], PROFILE) == (0, len(rows) - 3)
    below = ["### Question 1", "", "x", "", "# Done", "", "## The checklist", "", *boxes, "", "### Question 2", ""]
    last = below.index("### Question 2")
    assert where_listed("\n".join(below), below, [0, last], PROFILE) == (6, last)
    assert where_listed("\n".join(below[:last]), below[:last], [0], PROFILE) == (6, last)
    below[6] = "## Ticked"
    assert where_listed("\n".join(below), below, [0, last], PROFILE) == (6, last)


def test_items_and_what_is_noted_of_them() -> None:
    item = PROFILE.items[0].texts[0]
    rows = [f"* [x] {item}", f"* [X] {item}", f"* [✓] {item}", f"* [_] {item}", f"* [~] {item}", f"* [ ] ✅ {item}", f"* {item}", "* [x] Done", f"* [ ] {item}"]  # fmt: skip
    text, notes = "# Checklist\n" + "\n".join(rows), Notes()
    made = list(listed(text, 0, 10, PROFILE, notes))
    assert [(i.n, i.line, i.checked, i.partly) for i in made] == [
        (1, 2, True, False),
        (2, 3, True, False),
        (3, 4, True, False),
        (4, 5, False, False),
        (5, 6, False, True),
        (6, 7, False, True),
        (7, 8, False, True),
        (8, 10, False, False),
    ]
    assert [(p.line, p.message.split(":")[0].split(";")[0]) for p in notes.problems()] == [
        (4, "marked ✓ and read as ticked"),
        (5, "marked _ and read as open"),
        (6, "mark [~] is neither ticked nor open"),
        (7, "an open box with a check mark beside it"),
        (8, "checklist item without a box"),
        (9, "not counted as a checklist item"),
    ]


def test_the_version_of_a_report() -> None:
    for version in PROFILE.versions:
        asked = [numbered(q.numbers[version.layout], q.id) for q in PROFILE.questions if version.layout in q.numbers]
        lengths = [version.words.get(q.id) for q in asked]
        found = version_of([], asked, lengths, PROFILE)
        assert found is not None
        assert found.layout == version.layout
    assert version_of([], [], [], PROFILE) is None
    assert version_of([], [numbered(1, "")], [None], PROFILE) is None


def test_blank_rows_and_the_top_of_a_report() -> None:
    assert starts("> What?\n>\n> Answer:\n\nx\n") == [(0, 0, 1, "by its line `> Answer:`")]
    assert starts("\n\n> What?\n>\n> Answer:\n\nx\n") == [(2, 2, 1, "by its line `> Answer:`")]


def test_a_heading_without_a_number_above_the_text_of_a_question() -> None:
    quote = f"> **{QUESTION.texts[0]}**\n>\n> Answer:\n\nx\n"
    assert [(line, body) for line, body, *_ in starts(f"### Why so\n{quote}")] == [(0, 1)]
    assert starts(f"### Point 77\n{quote}")[0][2] == 77
    assert starts(f"### Point 7 of 77\n{quote}")[0][2] not in (7, 77)


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("- -- done ---", "- -- done ---"),
        ("a --- done ---", "a --- done ---"),
        ("---- done -----", "done"),
        ("````--- done ---````", "````--- done ---````"),
    ],
)
def test_dashes_around_an_answer(row: str, kept: str) -> None:
    assert answer_rows(["> Answer:", "first", row, "last"], 0, 4)[0][1:-1] == [(3, kept)]


def test_a_rule_or_a_placeholder_does_not_end_an_answer() -> None:
    lines = ["> Answer:", "a", "---", "question 3 fill here", "b"]
    assert answer_rows(lines, 0, 5)[0] == [(2, "a"), (5, "b")]


def test_few_boxes_below_and_lists_without_a_heading() -> None:
    boxes = [f"* [x] {i.texts[0]}" for i in PROFILE.items[:9]]
    rows = ["### Question 1", "", "x", "", *boxes, "", "### Question 2", ""]
    last = rows.index("### Question 2")
    assert where_listed("\n".join(rows), rows, [0, last], PROFILE) == (4, last)
    few = [*rows[:5], "", "### Question 2"]
    assert where_listed("\n".join(few), few, [0, 6], PROFILE) == (0, 0)
