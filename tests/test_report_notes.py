"""What is noted while a report is read, which file it is, where its links lead: word for word, and at the edges of each rule."""

from typing import Any, NoReturn

import pytest

from auditor import limits
from auditor.deadline import LeftOut
from auditor.errors import UserError
from auditor.models import Report
from auditor.profile import Profile, load_profile
from auditor.report.answers import answer_rows, known_by_number
from auditor.report.checklist import where_listed
from auditor.report.find import find_in_time, find_report, like_reports, with_checklist
from auditor.report.links import Resolver, targets
from auditor.report.notes import FEW, Notes, cut_of
from auditor.report.parse import parse_in_time, parse_report, version_of
from auditor.snapshot import File, Link, Snapshot

PROFILE = load_profile()
ITEMS = [item for item in PROFILE.items if item.texts][:8]
BOXES = [f"* [x] {item.texts[0]}" for item in ITEMS]
HEAD = "## Overall project checklist\n\n"


def parse(text: str, path: str = "reports/README.md", **others: str) -> Report:
    snapshot = Snapshot({path: text, **others})
    return parse_report(snapshot.files[path], PROFILE, snapshot.files, "c0ffee")


def told(report: Report) -> list[tuple[int, str]]:
    return [(p.line, p.message) for p in report.problems]


def asked(*numbers: int, answer: str = "We did.", title: str = "Question") -> str:
    return "".join(f"### {title} {n}\n\n> **Why {n}?**\n>\n> Answer:\n\n{answer}\n\n" for n in numbers)


# -- notes -------------------------------------------------------------------------------------------------------------


def test_a_report_without_anything_says_what_it_lacks() -> None:
    report = parse("Hello.\n")
    assert [(p.path, p.line, p.message) for p in report.problems] == [("", 0, "no checklist found"), ("", 0, "no questions found")]  # fmt: skip
    assert (report.template, report.layout, report.checklist) == ("", "question-n", "")


def test_a_checklist_without_a_tick_says_so_at_its_first_box() -> None:
    report = parse("Hello.\n\n" + HEAD + "\n".join(b.replace("[x]", "[ ]") for b in BOXES) + "\n\n" + asked(1))
    assert (5, "no box of the checklist is ticked") in told(report)
    assert not [m for _, m in told(parse(HEAD + "\n".join(BOXES) + "\n\n" + asked(1))) if "ticked" in m]


def test_what_stands_twice_is_noted_with_both_lines() -> None:
    twice = parse(HEAD + "\n".join([*BOXES, BOXES[0], BOXES[0]]) + "\n\n" + asked(1, 2, 1))
    text = ITEMS[0].texts[0][:80]
    said = told(twice)
    assert (11, f"the checklist has this item twice (first on line 3): {text}") in said
    assert (12, f"the checklist has this item twice (first on line 3): {text}") in said
    assert (30, "question 1 stands twice (first on line 14)") in said


def test_headings_of_another_form_are_noted_as_they_are_read() -> None:
    title = "Qeustion 2: " + "x" * 80
    report = parse(
        HEAD + "\n".join(BOXES) + "\n\n" + asked(1) + f"### {title}\n\n> **Why 2?**\n>\n> Answer:\n\nWe did.\n"
    )
    read = [(line, m) for line, m in told(report) if "read as question 2" in m]
    assert [line for line, _ in read] == [20]
    assert read[0][1].endswith(": " + f"### {title}"[:60])
    assert not [m for _, m in told(report) if "read as question 1" in m]


def test_questions_of_others_and_items_of_others_are_noted() -> None:
    foreign = "Brought the cake " + "to all of the meetings " * 6
    report = parse(HEAD + "\n".join([*BOXES, f"* [x] {foreign}"]) + "\n\n" + asked(41))
    said = told(report)
    assert (11, f"checklist item is not one of the template's: {foreign[:80]}") in said
    assert (13, "question 41 is not one of the template's") in said


def test_a_few_notes_of_a_kind_stand_alone_and_many_are_one() -> None:
    notes = Notes()
    for line in (9, 3, 5):
        notes.add("same", line, "m", "p")
    assert FEW == 3
    assert [(p.line, p.message, p.path) for p in notes.problems()] == [(3, "m", "p"), (5, "m", "p"), (9, "m", "p")]
    notes.add("same", 4, "m", "p")
    assert [(p.line, p.message, p.path) for p in notes.problems()] == [(9, "m (and 3 more like this one)", "p")]
    for line in (1, 2, 3, 4):
        notes.add("fence", line, "f")
    assert [(p.line, p.message, p.path) for p in notes.problems()][:4] == [(n, "f", "") for n in (1, 2, 3, 4)]


def test_what_is_cut_is_noted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "ROW", limits.Limit(50, "characters of a line", "a test sets it"))

    def noted(text: str) -> list[tuple[int, str]]:
        found = cut_of(Snapshot({"a.md": text}).files.values())
        assert {p.path for p in found} <= {"a.md"}
        return [(p.line, p.message) for p in found]

    long = "a very long line is cut: what is left out of it is not read"
    assert noted("a\n" + "b" * 5_000 + "\nc\n") == [(2, long)]
    assert noted("a\n" * 10) == []
    monkeypatch.setattr(limits, "LINES", limits.Limit(4, "lines of the report", "a test sets it"))
    assert noted("a\n" * 3) == []  # four rows, the last of them empty
    assert noted("a\n" * 10) == [(4, "of 11 lines only the first 4 are read (4 lines of the report at most)")]
    monkeypatch.setattr(limits, "REPORT", limits.Limit(5, "characters of the report", "a test sets it"))
    assert noted("a\n" * 10) == [(2, "of 11 lines only the first 2 are read (5 characters of the report at most)")]


def test_lists_that_are_too_deep_are_noted_at_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    def deep(n: int) -> list[tuple[int, str]]:
        rows = "".join(f"{' ' * 100}- x\n" for _ in range(n))
        return [(line, m) for line, m in told(parse(f"Hello.\n\n{rows}\n")) if "too deep" in m]

    assert deep(2) == []
    assert deep(3) == [(3, "3 lines of lists are nested too deep, and read as less deep")]


# -- which file --------------------------------------------------------------------------------------------------------


def test_another_report_is_noted_by_its_path() -> None:
    mine, other = asked(1, 2, 3, 4, 5), asked(1, 2, 3, 4, 5, answer="They did.")
    report = parse(mine, **{"docs/old.md": other, "docs/copy.md": mine})
    said = "docs/old.md looks like a report, too; this one was read"
    assert [(p.path, p.line, p.message) for p in report.problems if "looks like" in p.message] == [
        ("docs/old.md", 0, said)
    ]
    few = parse(asked(1, 2, 3, 4), **{"docs/old.md": other})  # of which it is not said that it is a report itself
    assert not [p for p in few.problems if "looks like" in p.message]


def test_a_checklist_of_another_file_is_read_and_told() -> None:
    listed = "# Work\n\n" + "\n".join(b.replace("[x]", "[ ]") for b in BOXES) + "\n"
    report = parse(asked(1), **{"CHECKLIST.md": listed, "docs/some.md": "\n".join(BOXES[:4]) + "\n"})
    assert (report.checklist, len(report.items)) == ("CHECKLIST.md", len(BOXES))
    assert ("CHECKLIST.md", 3, "the checklist stands in CHECKLIST.md") in [
        (p.path, p.line, p.message) for p in report.problems
    ]
    assert ("CHECKLIST.md", 3, "no box of the checklist is ticked") in [
        (p.path, p.line, p.message) for p in report.problems
    ]
    two = parse(HEAD + "\n".join(BOXES[:2]) + "\n\n" + asked(1), **{"CHECKLIST.md": listed})
    assert two.checklist == "CHECKLIST.md"
    three = parse(HEAD + "\n".join(BOXES[:3]) + "\n\n" + asked(1), **{"CHECKLIST.md": listed})
    assert (three.checklist, len(three.items)) == ("", 3)


def test_the_file_with_most_of_the_checklist_goes_first_and_the_report_itself_is_none() -> None:
    snapshot = Snapshot(
        {
            "a/b/deep.md": "\n".join(BOXES),
            "z.md": "\n".join(BOXES),
            "few.md": "\n".join(BOXES[:2]),
            "some.md": "\n".join(BOXES[:3]),
        }
    )
    assert [f.path for f in with_checklist(snapshot.files, (), PROFILE)] == ["z.md", "a/b/deep.md", "some.md"]
    assert [f.path for f in with_checklist(snapshot.files, ("z.md",), PROFILE)] == ["a/b/deep.md", "some.md"]


def found(tree: dict[str, str], path: str = "") -> str:
    return find_report(Snapshot(tree), path, PROFILE).path


def test_a_path_is_taken_as_it_is_typed() -> None:
    tree = {"x/r.md": "Hello.", ".github/r.md": "Hello."}
    assert found(tree, "x/r.md") == found(tree, "./x/r.md") == found(tree, "/x/r.md") == "x/r.md"
    assert found(tree, ".github/r.md") == ".github/r.md"
    with pytest.raises(UserError, match=r"^nope\.md: not in the commit$"):
        found(tree, "nope.md")


def test_where_it_belongs_goes_before_what_looks_like_one() -> None:
    assert (
        found({"reports/README.md": "Our checklist is gone.", "docs/r.md": asked(1, 2, 3, 4, 5)}) == "reports/README.md"
    )
    assert found({"reports/README.md": "Hello.", "docs/r.md": asked(1, 2, 3, 4, 5)}) == "docs/r.md"
    assert found({"reports/README.md": "Hello."}) == "reports/README.md"
    both = {"docs/r.md": asked(1, 2, 3, 4, 5), "docs/s.md": asked(1, 2, 3, 4, 6)}
    with pytest.raises(UserError, match=r"^more than one file looks like the report: docs/r\.md, docs/s\.md$"):
        found(both)
    with pytest.raises(UserError, match=r"^no report in the commit"):
        found({"docs/r.md": asked(1, 2, 3, 4)})
    assert found({"list.md": "\n".join(BOXES)}) == "list.md"


def test_what_may_be_meant_is_named() -> None:
    def said(tree: dict[str, str]) -> tuple[str, str]:
        with pytest.raises(UserError) as caught:
            found(tree)
        return caught.value.message, caught.value.hint

    five = asked(1, 2, 3, 4, 5)
    for path in ("report.txt", "reports/report.rst", "report/report.html", "report"):
        assert said({path: five}) == (
            f"no report in the commit: {path} looks like one, but is no markdown file",
            f"rename it to reports/README.md, or audit it as it is with --report {path}",
        )
    nothing = "no report in the commit: no reports/README.md, and no markdown file with headings like `### Question N`"
    assert said({"report.txt": asked(1, 2, 3, 4)}) == (nothing, "name it with --report PATH")
    assert said({"src/report.txt": five}) == (nothing, "name it with --report PATH")
    assert (
        said({"a.md": asked(1, 2, 3, 4, answer="Which question?"), "b.md": "Hello."})[0]
        == f"{nothing}; a.md has 4, too few to be sure"
    )
    for path in ("reports/report.pdf", "report/report.docx", "reports/report.ipynb"):
        assert said({path: "x"})[0] == f"no report in the commit: {path} is no markdown file"
    assert said({"report.pdf": "x"})[0] == nothing  # anything may lie at the top


def test_a_link_to_a_report_is_no_second_one() -> None:
    own = Snapshot({"docs/r.md": asked(1, 2, 3, 4, 5)}).files["docs/r.md"]
    files: dict[str, File] = {own.path: own, "r.md": Link("r.md", own)}
    assert [f.path for f in like_reports(files, PROFILE)] == ["docs/r.md"]
    assert [f.path for f in like_reports({"r.md": files["r.md"]}, PROFILE)] == ["r.md"]


# -- where links lead --------------------------------------------------------------------------------------------------

TRACKED = frozenset(["reports/figures/a b.png", "src/train.py", "figures/top.png", "reports/b%20c.png", "..odd/x.md"])


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("figures/a%20b.png", "reports/figures/a b.png"),
        ("figures\\a b.png", "reports/figures/a b.png"),
        ("../src/train.py", "src/train.py"),
        ("src/train.py", "src/train.py"),  # from the repository's root
        ("/src/train.py", "src/train.py"),
        ("//host/src/train.py", ""),
        ("figures/top.png", "figures/top.png"),
        ("b%20c.png", "reports/b%20c.png"),  # a name that is written with a per cent sign
        ("src", "src"),
        ("src/", "src"),
        ("../src/train.py#L3", "src/train.py"),
        ("file:src/train.py", ""),
        ("#top", ""),
        ("?x", ""),
        ("", ""),
        ("http://[", ""),
        ("https://example.org/src/train.py", ""),
        ("https://github.com/o/mine/blob/main/src/train.py", "src/train.py"),
        ("https://www.gitlab.com/o/MINE/-/raw/main/src/train.py?x=1#L2", "src/train.py"),
        ("https://github.com/o/mine/tree/main/src", "src"),
        ("https://github.com/o/other/blob/main/src/train.py", ""),
        ("https://github.com/o/mine/blob/main/figures/a%20b.png", ""),  # from the root, as it says
        ("../../etc/passwd", ""),
    ],
)
def test_links_lead_to_tracked_files(target: str, path: str) -> None:
    assert Resolver("reports", TRACKED, "https://github.com/o/Mine.git/").path(target) == path


def test_without_a_name_of_its_own_every_repository_may_be_meant() -> None:
    for name in ("", "https://github.com/x/other.git"):
        found = Resolver("reports", TRACKED, name).path("https://github.com/o/other/blob/main/src/train.py")
        assert found == "src/train.py"


def test_images_and_links_stand_on_the_lines_of_their_answer() -> None:
    images, links = targets("![a](figures/top.png)\n\n[b](src/train.py)", [7, 9, 12], Resolver("", TRACKED))
    assert [(i.line, i.target, i.path, i.renders) for i in images] == [(7, "figures/top.png", "figures/top.png", True)]
    assert [(i.line, i.target, i.path) for i in links] == [(12, "src/train.py", "src/train.py")]
    assert targets("a\n\n[b](c)", [4], Resolver("", TRACKED))[1][0].line == 4
    assert targets("[b](c)", [], Resolver("", TRACKED))[1][0].line == 0


# -- the checklist and the answers -------------------------------------------------------------------------------------


def placed(text: str) -> tuple[int, int]:
    lines = text.split("\n")
    starts = [i for i, row in enumerate(lines) if row.startswith("### Question")]
    return where_listed(text, lines, starts, PROFILE)


def test_a_checklist_below_the_questions_is_found_from_three_items_on() -> None:
    below = "\n".join(BOXES[:3])
    assert placed(f"### Question 1\n\nx\n\n## Our checklist\n\n{below}\n") == (4, 10)
    assert placed(f"### Question 1\n\nx\n\n## Work\n\n{below}\n\n### Question 2\n") == (4, 10)
    assert placed(f"### Question 1\n\nx\n\n{below}\n") == (4, 8)
    two = "\n".join(BOXES[:2])
    assert placed(f"### Question 1\n\nx\n\n## Our checklist\n\n{two}\n") == (0, 0)
    assert placed(f"{below}\n\n### Question 1\n\nx\n\n## Our checklist\n\n{below}\n") == (0, 4)
    assert placed(f"{two}\n\n### Question 1\n\nx\n\n## Our checklist\n\n{below}\n") == (7, 13)


def test_a_checklist_above_the_questions_begins_at_its_heading() -> None:
    text = "# Us\n\n## Checklist\n\n" + "\n".join(BOXES[:3]) + "\n\n## Group information\n\n### Question 1\n"
    assert placed(text) == (2, 8)
    assert placed(text.replace("## Group information", "## Others")) == (2, 10)
    assert placed("## Group information\n\n" + text)[0] == 4


def test_boxes_go_before_the_bare_words_of_items() -> None:
    bare = "\n".join(f"* {item.texts[0]}" for item in ITEMS[:4])
    below = "\n".join(BOXES[:3])
    assert placed(f"### Question 1\n\n{bare}\n\n### Question 2\n\n## List\n\n{below}\n")[0] == 9
    assert placed(f"### Question 1\n\n## List\n\n{bare}\n\n### Question 2\n\n" + "\n".join(BOXES[:2]))[0] == 2


def test_rules_placeholders_and_dashes_are_no_answer() -> None:
    rows = ["> Answer:", "", "---", "--- question 3 fill here ---", "We did.", "* * *", "--- and more ---", "`--- x ---`", "-----", "- - x", ""]  # fmt: skip
    kept, span, fence = answer_rows(rows, 0, len(rows))
    assert kept == [(5, "We did."), (7, "and more"), (8, "x"), (10, "- - x")]
    assert (span, fence) == ((5, 10), 0)
    wrapped = ["> Answer: here", "--- The first", "last of it ---"]
    assert answer_rows(wrapped, 0, 3)[0] == [(1, "here"), (2, "--- The first"), (3, "last of it ---")]
    assert answer_rows(["> Answer:", *wrapped[1:]], 0, 3)[0] == [(2, "The first"), (3, "last of it")]


def test_a_fence_that_never_closes_is_told_at_its_line() -> None:
    rows = ["> Answer:", "```py", "---", "``` more", "~~~", "x"]
    kept, span, fence = answer_rows(rows, 0, len(rows))
    assert [n for n, _ in kept] == [2, 3, 4, 5, 6]
    assert (span, fence) == ((2, 6), 2)
    assert answer_rows([*rows, "````"], 0, 7)[2] == 0
    assert answer_rows([*rows, "``"], 0, 7)[2] == 2


def test_a_prompt_that_is_gone_is_known_by_its_number_once_five_others_agree() -> None:
    named = [q for q in PROFILE.questions if "31" in q.numbers and not q.private][:7]
    base = parse(asked(1)).questions[0]
    others = [base.model_copy(update={"n": q.numbers["31"], "id": q.id}) for q in named[:5]]
    gone = base.model_copy(update={"n": named[5].numbers["31"], "id": "", "matched": "", "prompt": ""})
    assert known_by_number([*others[:4], gone], PROFILE)[-1].id == ""
    known = known_by_number([*others, gone], PROFILE)
    assert (known[-1].id, known[-1].matched) == (named[5].id, "number")
    assert known[:5] == others
    cut = gone.model_copy(update={"prompt": "one two three four five six seven"})
    assert known_by_number([*others, cut], PROFILE)[-1].id == named[5].id
    reworded = gone.model_copy(update={"prompt": "one two three four five six seven eight"})
    assert known_by_number([*others, reworded], PROFILE)[-1].id == ""
    elsewhere = others[0].model_copy(update={"id": named[5].id, "n": 99})
    assert known_by_number([*others, elsewhere, gone], PROFILE)[-1].id == ""  # it is there already


# -- what takes too long -----------------------------------------------------------------------------------------------


def late(what: str, *_: object, **__: object) -> NoReturn:
    raise LeftOut(what, "took too long")


def test_a_report_that_is_not_read_in_time_is_known_by_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = Snapshot({"reports/README.md": asked(1), "reports/x.md": b"\xff\x00\xfe\x00"})
    file = snapshot.files["reports/README.md"]
    whole, read = parse_in_time(file, PROFILE, snapshot.files, "c0ffee", "https://github.com/o/r")
    assert (whole, read) == (parse_report(file, PROFILE, snapshot.files, "c0ffee", "https://github.com/o/r"), True)
    monkeypatch.setattr("auditor.report.parse.within", late)
    unknown, read = parse_in_time(file, PROFILE, snapshot.files, "c0ffee")
    assert not read
    assert (unknown.path, unknown.commit, unknown.sha256) == (whole.path, "c0ffee", whole.sha256)
    assert (unknown.questions, unknown.items, unknown.text, unknown.unlisted) == ((), (), "", False)
    bare = PROFILE.model_copy(update={"items": ()})
    assert parse_in_time(file, bare, snapshot.files)[0].unlisted
    with pytest.raises(UserError, match="cannot be read"):
        parse_in_time(snapshot.files["reports/x.md"], PROFILE, snapshot.files)


def test_a_report_that_is_not_found_in_time_lies_where_reports_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = {"reports/README.md": "Hello.", "docs/r.md": asked(1, 2, 3, 4, 5)}
    assert find_in_time(Snapshot(tree), "", PROFILE).path == "docs/r.md"
    monkeypatch.setattr("auditor.report.find.within", late)
    assert find_in_time(Snapshot(tree), "", PROFILE).path == "reports/README.md"
    with pytest.raises(UserError, match=r"^which file is the report took too long$") as caught:
        find_in_time(Snapshot({"docs/r.md": asked(1, 2, 3, 4, 5)}), "", PROFILE)
    assert caught.value.hint == "say which it is with --report PATH"


# -- the edges of rules ------------------------------------------------------------------------------------------------


def course(titles: int, **more: Any) -> Profile:
    """A course whose questions are known by their titles alone."""
    questions = [
        {"id": f"q{n}", "texts": [f"What of the {w}?"], "titles": [w.title()]} for n, w in enumerate(WORDS[:titles])
    ]
    layout = {"name": "own", "heading": ("## {title}",)}
    return Profile.model_validate({"name": "x", "title": "X", "questions": questions, "layouts": [layout], **more})


WORDS = ("apples", "pears", "plums", "cherries", "figs", "dates", "quinces", "grapes")


def titled(number: int) -> str:
    return "".join(f"## {w.title()}\n\nWe ate {w}.\n\n" for w in WORDS[:number])


@pytest.mark.parametrize(("known", "there", "is_one"), [(8, 3, True), (8, 2, False), (4, 2, True), (4, 1, False), (1, 1, True), (2, 1, True)])  # fmt: skip
def test_as_many_titles_as_half_of_the_course_make_a_report_and_three_are_enough(
    known: int, there: int, is_one: bool
) -> None:
    snapshot = Snapshot({"work.md": titled(there)})
    assert bool(like_reports(snapshot.files, course(known))) is is_one


def test_what_is_no_markdown_has_no_checklist_and_no_report() -> None:
    files = Snapshot({"list.txt": "\n".join(BOXES), "r.txt": asked(1, 2, 3, 4, 5)}).files
    assert with_checklist(files, (), PROFILE) == []
    assert like_reports(files, PROFILE) == []


def test_headings_that_are_no_headings_make_no_report() -> None:
    """A row of words that only looks like one may stand in any text."""
    plain = "".join(f"Question {n}\n\nx\n\n" for n in range(1, 6))
    assert like_reports(Snapshot({"a.md": plain}).files, PROFILE) == []


def test_a_checklist_within_a_question_ends_its_answer_from_three_items_on() -> None:
    def answer(boxes: int) -> str:
        rows = "\n".join(BOXES[:boxes])
        return parse(f"### Question 1\n\n> Answer:\n\nWe did.\n\n## Checklist\n\n{rows}\n").questions[0].answer

    assert answer(3) == "We did."
    assert BOXES[0] in answer(2)


def test_a_version_is_told_by_a_question_or_three_items() -> None:
    named = next(q for q in PROFILE.questions if "31" in q.numbers and not q.private)
    base = parse(asked(1)).questions[0]
    one = base.model_copy(update={"n": named.numbers["31"], "id": named.id})
    made = version_of((), (one,), (None,), PROFILE)
    assert made is not None
    assert version_of((), (base,), (None,), PROFILE) is None
    items = parse(HEAD + "\n".join(BOXES[:3]) + "\n").items
    assert version_of(items, (), (), PROFILE) is not None
    assert version_of(items[:2], (), (), PROFILE) is None
    with pytest.raises(ValueError, match="zip"):
        version_of((), (one,), (), PROFILE)


def test_what_is_cut_out_of_notes_is_cut_at_a_length() -> None:
    rows = [f"* [x] {ITEMS[0].texts[0]}", *BOXES[1:]]
    twice = next(m for _, m in told(parse(HEAD + "\n".join([*rows, rows[0]]) + "\n\n" + asked(1))) if "twice" in m)
    assert twice == f"the checklist has this item twice (first on line 3): {ITEMS[0].texts[0][:80]}"
    notes = Notes()
    for n in range(4):
        notes.add("same", 10 - n, f"m{n}")
    assert [(p.line, p.message) for p in notes.problems()] == [(10, "m0 (and 3 more like this one)")]


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        (["> Answer:", "--- a ---"], ["a"]),
        (["> Answer:", "---a---"], ["a"]),
        (["> Answer:", "------"], []),
        (["> Answer:", "--a--"], ["--a--"]),
        (["> Answer:", "````--- a ---````"], ["````--- a ---````"]),
        (["> Answer:", "> in the quote", ">  more", "", "> a quote"], ["in the quote", " more", "", "a quote"]),
        (["> Answer:", "> in the quote", "text", "> a quote"], ["in the quote", "text", "> a quote"]),
        (["> Answer:", "x" * 5_000 + "---"], ["x" * 5_000 + "---"]),
        (["> Answer:", "---" + " " * 4_996, "a"], ["a"]),  # 4,999 characters are looked at
        (["> Answer:", "---" + " " * 4_997, "a"], ["---", "a"]),
        (["> Answer:", "```", "> x", "```"], ["```", "> x", "```"]),
    ],
)
def test_rows_of_answers(rows: list[str], kept: list[str]) -> None:
    assert [row for _, row in answer_rows(rows, 0, len(rows))[0]] == kept


def test_a_question_without_its_mark_begins_behind_what_is_quoted() -> None:
    made = parse("### Question 1\n\n> **Why?**\n> Really.\n\nWe did.\n\n> They said.\n").questions[0]
    assert (made.answer, made.prompt, made.answer_lines) == ("We did.\n\n> They said.", "Why? Really.", (6, 8))
    assert (1, "question 1 has no `> Answer:` line") in told(parse("### Question 1\n\n> **Why?**\n\nWe did.\n"))
    bare = parse("### Question 1\n\nWhy?\n\n**Answer:**\n\nWe did.\n").questions[0]
    assert bare.answer == "We did."


def test_an_answer_with_rows_left_out_keeps_their_numbers() -> None:
    whole = parse("### Question 1\n\n> Answer:\n\na\nb\n").questions[0]
    assert (whole.answer_lines, whole.row_lines) == ((5, 6), ())
    cut = parse("### Question 1\n\n> Answer:\n\na\n\n---\n\nb\n").questions[0]
    assert (cut.answer_lines, cut.row_lines) == ((5, 9), (5, 6, 8, 9))
    assert parse("### Question 1\n\n> Answer:\n\n").questions[0].row_lines == ()
