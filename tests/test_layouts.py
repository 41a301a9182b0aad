"""Layouts: forms of headings, boxes as questions, several files as one report."""

from typing import Any

import pytest

from auditor.layouts import Layout, form, wrong
from auditor.markup import outline
from auditor.models import Report
from auditor.profile import Profile
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.snapshot import Snapshot


@pytest.mark.parametrize(
    ("source", "text", "read"),
    [
        ("## {n}. {title}", "## 3. Testing", ("3", "Testing")),
        ("## {n}. {title}", "## 3.  testing of  it", ("3", "testing of it")),
        ("## {n}. {title}", "### 3. Testing", None),
        ("## {n}. {title}", "## 3.", ("3", "")),
        ("## {n} {title}", "## 1.2 Testing", ("1.2", "Testing")),
        ("{#} {title}", "#### Testing", ("", "Testing")),
        ("{#} Aufgabe {n}: {title}", "## aufgabe 12: Testen", ("12", "Testen")),
        ("{#} Aufgabe {n}: {title}", "## Aufgaben 12: Testen", None),
        ("**{n}) {title}**", "**4) Testing**", ("4", "Testing")),
        ("**{n}) {title}**", "## 4) Testing", None),
        ("## {title} ({*} points)", "## Testing (10 points)", ("", "Testing")),
        ("## {title} ({*} points)", "## Testing", None),
        ("# {title}", "Testing\n=====", ("", "Testing")),
        ("## {title}", "<h2>Testing</h2>", ("", "Testing")),
        ("/^Part (?P<n>[0-9]+) (?P<title>.+)$/", "## Part 2 Testing", ("2", "Testing")),
        ("## {n}. {title}", "```\n## 3. Testing\n```", None),
    ],
)
def test_forms_of_headings(source: str, text: str, read: tuple[str, str] | None) -> None:
    assert wrong(source) == ""
    made = form(source)
    found = [r for h in outline(text) if made.at(h) and (r := made.read(h.text)) is not None]
    assert [(r.n, r.title) for r in found] == ([read] if read else [])


def profile(**more: Any) -> Profile:
    items = [
        {"id": f"box-{w}", "texts": [f"Write the {w} part"], "observable": False, "reason": "-", "topics": ["tests"]}
        for w in ("first", "second", "third", "fourth")
    ]
    return Profile.model_validate({"name": "x", "title": "X", "items": items, **more})


def parsed(course: Profile, files: dict[str, str]) -> Report:
    snapshot = Snapshot(files)
    return parse_report(find_report(snapshot, "", course), course, snapshot.files)


BOXES = """\
# Phase

- [x] **1.1 Write the first part**
    - [x] Write the second part

        We wrote it in Rust.
        It has 13 tests.

    - [ ] Write the third part
- [x] Write the fourth part

  In the README.

## After

Nothing.
"""


@pytest.mark.parametrize(
    ("mark", "row", "behind"),
    [
        ("Answer:", "Answer: text", " text"),
        ("Answer:", "**Answer:** text", "** text"),
        ("Answer:", "**Answer**: text", " text"),
        ("Answer:", "> *answer:* text", "* text"),
        ("> Answer:", "Answer: text", " text"),
        ("**Answer**", "__Answer__ text", "__ text"),
        ("**Answer**", "Answers are given below", None),
        ("Answer:", "The answer: text", None),
        ("Answer:", "Answer text", None),
        ("Answer:", "", None),
        ("**", "** text", " text"),
    ],
)
def test_the_mark_of_an_answer_in_bold_or_not(mark: str, row: str, behind: str | None) -> None:
    assert Layout(name="x", answer=mark).behind(row) == behind


def test_an_answer_behind_a_mark_in_bold_is_read() -> None:
    layouts = [{"name": "new", "heading": ["## {n}. {title}"], "answer": "Answer:"}]
    course = profile(report=["R.md"], layouts=layouts, questions=SEVERAL["questions"])
    report = parsed(course, {"R.md": "## 1. Testing\n\n**Answer:** We test.\n\nMuch.\n\n## 2. Data\n\nAnswer:\n\nB.\n"})
    assert [q.answer for q in report.questions] == ["We test.\nMuch.", "B."]


def test_boxes_are_the_questions_and_what_stands_below_is_the_answer() -> None:
    course = profile(report=["PHASE1.md"], layouts=[{"name": "boxes", "questions": "boxes"}])
    report = parsed(course, {"PHASE1.md": BOXES, "README.md": "# x\n"})
    assert report.layout == "boxes"
    assert [i.checked for i in report.items] == [True, True, False, True]
    answers = {q.id: q for q in report.questions}
    assert answers["box-second"].answer == "We wrote it in Rust.\nIt has 13 tests."
    assert answers["box-second"].topics == ("tests",)
    assert answers["box-second"].answer_lines == (6, 7)
    assert answers["box-third"].answer == ""
    assert answers["box-fourth"].answer == "In the README."


TEXTS = {
    "docs/PHASE1.md": "# Phase 1\n\n- [x] Write the first part\n\n## 1. Data\n\nWe have data.\n\n```\nnever closed\n",
    "docs/PHASE2.md": "# Phase 2\n\n- [ ] Write the second part\n- [x] Write the third part\n\n## 1. Testing\n\nWe have 13 tests.\n\n![x](a.png)\n",
    "docs/a.png": "x",
    "README.md": "# Ours\n",
}
SEVERAL: dict[str, Any] = {
    "questions": [{"id": "testing", "titles": ["Testing"], "topics": ["tests"]}, {"id": "data", "titles": ["Data"]}],
    "layouts": [
        {"name": "phases", "heading": ["## {n}. {title}"], "report": ["docs/PHASE*.md", "PHASE*.md"], "several": True}
    ],
}


def test_several_files_are_one_report() -> None:
    report = parsed(profile(**SEVERAL), TEXTS)
    assert report.path == "docs/PHASE1.md"
    assert report.files == ("docs/PHASE1.md", "docs/PHASE2.md")
    assert [i.item for i in report.items] == ["box-first", "box-second", "box-third"]
    data, testing = report.questions
    assert (data.id, data.n, testing.id, testing.n, testing.label) == ("data", 1, "testing", 2, "1")
    assert testing.answer.startswith("We have 13 tests.")
    assert report.text.split("\n")[testing.answer_lines[0] - 1] == "We have 13 tests."
    path, line = report.place(testing.answer_lines[0])
    assert (path, TEXTS[path].split("\n")[line - 1]) == ("docs/PHASE2.md", "We have 13 tests.")
    assert report.line_of(path, line) == testing.answer_lines[0]
    assert [i.path for i in testing.images] == ["docs/a.png"]


def test_a_finding_names_the_file_that_it_stands_in() -> None:
    from conftest import tree

    from auditor.claims.case import Case
    from auditor.claims.run import read_patterns, settle
    from auditor.prose import read_prose

    course = profile(**SEVERAL)
    report = parsed(course, TEXTS)
    snapshot = tree(TEXTS | {"tests/test_a.py": "def test_a():\n    assert 1\n"}, report=report)
    case = Case(snapshot, course, read_prose(report))
    case.claims = tuple(read_patterns(case)[0])
    (placed,) = [p for p in case.claims if "13 tests" in p.claim.quote]
    quoted = case.quoted(placed)
    assert (quoted.path, quoted.start) == ("docs/PHASE2.md", 8)
    made, _ = settle(case, case.claims, lambda e: "E1")
    (verdict,) = [v for v in made if "13 tests" in v.claim.quote]
    assert report.at(verdict.claim.source, verdict.claim.line) == ("docs/PHASE2.md", 8)


def test_headings_as_questions_of_nobodys_template() -> None:
    layouts = [
        {
            "name": "readme",
            "heading": ["{#} {title}"],
            "others": "questions",
            "checklist": "none",
            "report": ["README.md"],
        }
    ]
    course = Profile.model_validate(
        {"name": "r", "title": "R", "report": ["README.md"], "layouts": layouts, "questions": [{"id": "tests", "titles": ["Testing", "Tests"], "topics": ["tests"]}]}
    )  # fmt: skip
    report = parsed(course, {"README.md": "# Ours\n\nWhat it is.\n\n## Tests\n\nRun pytest.\n\n### More\n\nMuch.\n"})
    assert [(q.id, q.prompt, q.answer) for q in report.questions] == [
        ("", "Ours", "What it is."), ("tests", "Tests", "Run pytest."), ("", "More", "Much."),
    ]  # fmt: skip
    assert report.items == ()


def test_the_layout_that_fits_is_taken() -> None:
    layouts = [
        {"name": "old", "heading": ["### {title}"], "answer": "**Answer**"},
        {"name": "new", "heading": ["## {n}) {title}"], "skip": ["Please write {*} words"]},
    ]
    course = profile(report=["R.md"], layouts=layouts, questions=SEVERAL["questions"])
    new = parsed(course, {"R.md": "## 1) Testing\n\nPlease write 20 words\n\nA.\n\n## 2) Data\n\nB.\n"})
    assert (new.layout, [q.answer for q in new.questions]) == ("new", ["A.", "B."])
    old = parsed(course, {"R.md": "### Testing\n\nSay it.\n\n**Answer**\nA.\n\n### Data\n\n**Answer** B.\n"})
    assert (old.layout, [q.answer for q in old.questions]) == ("old", ["A.", "B."])
    usual = "\n".join(f"### Question {n}\n\n> Answer:\n\nA {n}.\n" for n in range(1, 7))
    assert parsed(course, {"R.md": usual}).layout == "question-n"


RUBRIC = """\
|Notes|Self assessment|evidence|
|-----|---------------|--------|
|Write the first part|3|https://example.com/a|
|Write the second part|0||
|Write the third part|Yes|tests/test_a.py|
|Write the fourth part|||
"""


def test_a_rubric_with_scores_is_a_checklist() -> None:
    """A score says neither done nor open, so it is held against nobody."""
    layouts = [{"name": "rubric", "questions": "boxes", "checklist": "table", "report": ["RUBRIC.md"]}]
    report = parsed(profile(report=["RUBRIC.md"], layouts=layouts), {"RUBRIC.md": RUBRIC})
    assert [(i.item, i.mark, i.checked, i.partly) for i in report.items] == [
        ("box-first", "3", False, True), ("box-second", "0", False, True), ("box-third", "Yes", True, False), ("box-fourth", "", False, False),
    ]  # fmt: skip


def test_a_table_whose_every_mark_is_unclear_is_there() -> None:
    """Where the course's checklist is a table, one without any known mark is still the checklist; beside one it is another table."""
    layouts = [{"name": "rubric", "questions": "boxes", "checklist": "table", "report": ["RUBRIC.md"]}]
    unclear = "|Part|Mark|\n|-|-|\n|Write the first part|MIT|\n|Write the second part|+|\n"
    course = profile(report=["RUBRIC.md"], layouts=layouts)
    told = [(i.item, i.mark, i.partly) for i in parsed(course, {"RUBRIC.md": unclear}).items]
    assert told == [("box-first", "MIT", True), ("box-second", "+", True)]
    both = parsed(course, {"RUBRIC.md": f"{RUBRIC}\n{unclear}"}).items
    assert [i.mark for i in both] == ["3", "0", "Yes", ""]


def test_one_document_for_each_exercise_in_any_language() -> None:
    course = Profile.model_validate(
        {
            "name": "j",
            "title": "J",
            "report": ["journal1/README.md"],
            "questions": [{"id": "tests", "titles": ["Prüfung und Abnahme"], "topics": ["tests"]}, {"id": "docker", "titles": ["Behälter"], "topics": ["containers"]}],
            "layouts": [{"name": "j", "heading": ["{#} {title}"], "checklist": "none", "report": ["*/README.md"], "several": True}],
        }
    )  # fmt: skip
    files = {
        "journal1/README.md": "# Eins\n\n## Prüfung und Abnahme\n\nMit pytest.\n",
        "journal2/README.md": "# Zwei\n\n## Behälter\n\nMit Docker.\n\n## Prüfung und Abnahme\n\nNoch einmal.\n",
    }
    report = parsed(course, files)
    assert report.files == ("journal1/README.md", "journal2/README.md")
    assert [(q.id, q.answer) for q in report.questions] == [
        ("tests", "Mit pytest."), ("docker", "Mit Docker."), ("tests", "Noch einmal."),
    ]  # fmt: skip
