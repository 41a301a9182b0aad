"""The report's form: each flaw is found where it is and nowhere else, and what the course's own checker gets wrong is right.

`theirs` is that checker (`reports/report.py check` of the course's template) in short: the same splits, the same counts.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache

import pytest
from build_fixture import FIXTURES
from conftest import tree

from auditor.form.answers import count_words
from auditor.form.check import check_form
from auditor.models import Evidence, Report, Verdict
from auditor.profile import load_profile
from auditor.report.parse import parse_report

PATH = "reports/README.md"
PNG = b"\x89PNG\r\n\x1a\n0000"


@cache
def stored(name: str = "consistent") -> dict[str, bytes]:
    folder = FIXTURES / name / "files"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def text(name: str = "consistent") -> str:
    return stored(name)[PATH].decode().replace("\r\n", "\n")


def check(
    changed: str | bytes, files: dict[str, bytes] | None = None, on_disk: Iterable[str] = (), name: str = "consistent"
) -> tuple[Report, list[Verdict]]:
    """The form's verdicts on a fixture with another report, and other files beside it."""
    changed = changed.encode() if isinstance(changed, str) else changed
    snapshot = tree(stored(name) | {PATH: changed} | (files or {}))
    profile, evidence = load_profile(), list[Evidence]()

    def number(piece: Evidence) -> str:
        evidence.append(piece)
        return f"E{len(evidence)}"

    file = snapshot.files[PATH]
    report = parse_report(file, profile, snapshot.files)
    found = check_form(
        file, report, snapshot, profile, number, ignored=lambda p: ".gitignore:3" if p in set(on_disk) else ""
    )
    for verdict in found:
        assert verdict.hint
        assert verdict.claim.line
        assert verdict.report_says or verdict.difference
    return report, found


def rules(changed: str, files: dict[str, bytes] | None = None, **more: object) -> list[tuple[str, int]]:
    """The rules of the form's findings with their item's or question's number."""
    return [(v.rule, v.claim.source.n) for v in check(changed, files, **more)[1]]  # type: ignore[arg-type]


def answer(n: int, said: str, base: str = "") -> str:
    """The report with another answer to a question."""
    whole = base or text()
    section = re.search(rf"(?ms)^### Question {n}\b.*?(?=^### Question |\Z)", whole)
    assert section
    tail = re.search(r"(?ms)^## .*", section[0])
    head = section[0][: section[0].index("> Answer:")] + "> Answer:\n\n"
    return whole.replace(section[0], head + said + "\n\n" + (tail[0] if tail else ""))


def prose(n: int) -> str:
    """So many different words."""
    return " ".join(f"word{i}" for i in range(n))


def theirs(report: str) -> list[int]:
    """The questions that the course's checker warns about. Raises ValueError where it does."""
    answers = []
    parts = report.split("Answer:")[1:]
    for part in parts:
        if "###" in part:
            answers.append(part.split("###")[0].split("##")[0])
    answers.append(parts[-1])
    if len(answers) != 31:
        raise ValueError("Number of answers are different from the expected 31.")
    hundreds = (4, 5, 6, 8, 9, 10, 13, 15, 16, 18, 22, 23, 24, 25, 26, 27)
    lengths = dict.fromkeys(hundreds, (100, 200)) | {3: (0, 200), 7: (50, 100), 11: (200, 300), 12: (50, 100)}
    lengths |= {14: (200, 300), 17: (50, 200), 28: (0, 200), 29: (200, 400), 30: (200, 400), 31: (50, 300)}
    images = {14: (1, 3), 19: (1, 2), 20: (1, 2), 21: (1, 2), 29: (1, 1)}
    warned = []
    for n, said in enumerate(answers, 1):
        low, high = lengths.get(n, (0, 10**9))
        few, many = images.get(n, (0, 10**9))
        shown = len(re.findall(r"\!\[.*?\]\(.*?\)", said))
        if not low <= len(said.split()) <= high or not few <= shown <= many:
            warned.append(n)
    return warned


def test_a_report_in_order_has_no_finding() -> None:
    assert rules(text()) == []
    assert theirs(text()) == []


# -- where the course's checker fails ----------------------------------------------------------------------------------


def test_parity_a_report_of_27_questions() -> None:
    """Theirs crashes on every report of 2023 and 2024."""
    with pytest.raises(ValueError, match="expected 31"):
        theirs(text("template2023"))
    report, found = check(text("template2023"), name="template2023")
    assert len(report.questions) == 27
    assert {v.rule for v in found} <= {"answer-too-short", "answer-too-long", "image-count"}


def test_parity_a_heading_in_the_last_answer() -> None:
    """Theirs crashes on a `###` there."""
    changed = answer(31, "### Who did what\n\n" + prose(80))
    with pytest.raises(ValueError, match="expected 31"):
        theirs(changed)
    assert rules(changed) == []


def test_parity_placeholders_are_no_words() -> None:
    """Theirs counts a placeholder as six words, and is content with it where no length is asked for."""
    changed = answer(28, "--- question 28 fill here ---")
    assert theirs(changed) == []
    assert rules(changed) == [("placeholder-left", 28)]
    short = answer(7, "--- question 7 fill here ---\n\n" + prose(45))
    assert theirs(short) == []
    assert rules(short) == [("placeholder-left", 7), ("answer-too-short", 7)]


def test_parity_rules_are_no_words() -> None:
    """Theirs counts the `---` around an answer as words."""
    changed = answer(4, f"---\n{prose(98)}\n---")
    assert theirs(changed) == []
    assert rules(changed) == [("answer-too-short", 4)]


def test_parity_a_heading_in_an_answer_ends_nothing() -> None:
    """Theirs cuts the answer at `##`."""
    changed = answer(4, f"## Set-up\n\n{prose(120)}")
    assert theirs(changed) == [4]
    assert rules(changed) == []


def test_parity_the_word_answer_in_an_answer() -> None:
    """Theirs drops what stands before it."""
    changed = answer(4, f"{prose(100)}\n\nAnswer: yes, it does.")
    assert theirs(changed) == [4]
    assert rules(changed) == []


def test_parity_headings_are_read() -> None:
    """Theirs never looks at a heading: renumbered and reworded questions pass."""
    changed = text().replace("### Question 7\n", "### Question 70\n")
    assert theirs(changed) == []
    assert rules(changed) == [("question-changed", 70)]
    reworded = re.sub(r"\*\*How many tests did you implement[^*]*\*\*", "**What do you like about testing?**", text())
    assert theirs(reworded) == []
    assert rules(reworded) == [("question-changed", 7)]


def test_parity_images_must_be_there() -> None:
    """Theirs only counts images: one that leads to no file passes."""
    changed = answer(19, "![The bucket](figures/buckets/other.png)")
    assert theirs(changed) == []
    assert rules(changed) == [("image-not-found", 19)]


def test_parity_images_in_code_do_not_show() -> None:
    """Theirs counts an image in backticks."""
    changed = answer(19, "`![The bucket](figures/bucket.png)`")
    assert theirs(changed) == []
    assert rules(changed) == [("image-not-rendered", 19)]


@pytest.mark.parametrize(
    ("heading", "detail"),
    [
        (r"**\1**", False),
        (r"### \2. Question", False),
        (r"\1", False),
        (r"### 🧪 \1", True),
        (r"\1\n----------", True),
        (r"<h3>\1</h3>", True),
        (r"### Q\2", False),
    ],
)
def test_a_question_whose_heading_is_none(heading: str, detail: bool) -> None:
    """It is read, but what reads reports by the template's headings does not find it; where it shows as one, a note."""
    changed = re.sub(r"(?m)^### (Question (\d+))$", heading, text())
    assert changed != text()
    (found,) = [v for v in check(changed)[1] if v.rule == "question-changed"]
    assert found.detail is detail
    assert "and 30 more" in found.claim.quote


def test_an_image_in_code_beside_one_that_shows_is_only_spoken_of() -> None:
    shown = "![The bucket](figures/bucket.png)"
    assert rules(answer(19, f"`<img src='figures/nope.png'>` {shown}")) == []
    assert rules(answer(19, f"`![x](figures/nope.png)` {shown} {shown}")) == []
    assert rules(answer(19, "`![x](figures/nope.png)`")) == [("image-not-rendered", 19)]
    # one of the repository's that stands in code was meant to be seen
    assert rules(answer(19, f"`![x](figures/architecture.png)` {shown}")) == [("image-not-rendered", 19)]


def test_parity_images_of_html_count() -> None:
    """Theirs does not count `<img>`."""
    changed = answer(19, '<img src="figures/bucket.png" width="600">')
    assert theirs(changed) == [19]
    assert rules(changed) == []


def test_parity_the_checklist_is_looked_at() -> None:
    """Theirs does not look at it."""
    changed = text().replace("* [x] Create a git repository", "* [soon] Create a git repository")
    assert theirs(changed) == []
    assert rules(changed) == [("mark-unclear", 1)]
    blank = text().replace("* [x]", "* [ ]")
    assert theirs(blank) == []
    assert rules(blank) == [("checklist-blank", 0)]


def test_parity_lorem_is_no_answer() -> None:
    """Theirs is content with any words."""
    for said in ("lorem " * 150, "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 16):
        changed = answer(4, said)
        assert theirs(changed) == []
        assert rules(changed) == [("placeholder-left", 4)]
    assert theirs(answer(1, "lorem")) == []
    assert rules(answer(1, "lorem")) == [("placeholder-left", 1)]


def test_parity_all_that_theirs_warns_about_rightly() -> None:
    """Too short, too long, no image, too many."""
    for n, said in (
        (4, prose(40)),
        (7, prose(160)),
        (19, "There it is."),
        (20, "![a](figures/registry.png)\n" * 4),
        (29, prose(250)),
    ):
        changed = answer(n, said)
        assert theirs(changed) == [n]
        assert [m for _, m in rules(changed)] == [n]


# -- each rule ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "want"),
    [
        (lambda t: answer(4, ""), [("answer-missing", 4)]),
        (lambda t: answer(4, "--- question 4 fill here ---"), [("answer-missing", 4)]),
        (lambda t: answer(4, "..."), [("answer-missing", 4)]),
        (lambda t: answer(3, ""), []),  # 0-200 words
        (lambda t: answer(19, ""), [("answer-missing", 19)]),
        (lambda t: answer(1, ""), [("answer-missing", 1)]),
        (lambda t: answer(4, prose(105)), []),
        (lambda t: answer(4, prose(98)), [("answer-too-short", 4)]),
        (lambda t: answer(4, prose(150) + "\n\n```bash\n" + "make it\n" * 60 + "```"), []),
        (lambda t: answer(4, prose(90) + "\n\n```bash\n" + "make it\n" * 10 + "```"), []),
        (lambda t: answer(4, prose(230)), [("answer-too-long", 4)]),
        (lambda t: answer(2, "sXXXXXX, sXXXXXX"), [("placeholder-left", 2)]),
        (lambda t: answer(1, "Group 42"), []),
        (lambda t: answer(1, "The best group"), [("group-unclear", 1)]),
        (lambda t: answer(2, "s123456, s12345"), [("group-unclear", 2)]),
        (lambda t: answer(2, "s123456, s123456"), [("group-unclear", 2)]),
        (lambda t: answer(2, "A. Example, B. Example"), []),
        (lambda t: answer(19, "We did not use a bucket."), [("image-count", 19)]),
        (lambda t: answer(19, "See [the bucket](figures/bucket.png)."), [("image-count", 19)]),
        (lambda t: answer(19, "![b](reports/figures/bucket.png)"), [("image-not-found", 19)]),
        (lambda t: answer(19, "![b](Figures/Bucket.png)"), [("image-not-found", 19)]),
        (lambda t: answer(19, "![b](/reports/figures/bucket.png)"), []),
        (lambda t: answer(19, "![b](figures/my bucket.png)"), [("image-not-rendered", 19)]),
        (lambda t: answer(19, "![b](https://example.com/b.png)"), [("image-elsewhere", 19)]),
        (lambda t: answer(4, prose(110) + "\n\n<!-- more? -->"), [("template-text-left", 4)]),
        (
            lambda t: answer(4, prose(110) + "\n\nWe used ... for managing our dependencies. The list of dependencies was auto-generated using ... . To get a"),
            [("template-text-left", 4)],
        ),
        (lambda t: answer(4, prose(110) + "\n[here](../src/nothing.py)"), [("link-broken", 4)]),
        (lambda t: answer(4, prose(110) + "\n[here](pyproject.toml)"), [("link-broken", 4)]),
        (lambda t: answer(4, prose(110) + "\n[here](../pyproject.toml) [up](#question-3) [out](https://example.com/x)"), []),
        (lambda t: answer(4, prose(110) + "\n[up](#no-such-heading)"), [("link-broken", 4)]),
        (lambda t: answer(4, prose(110) + "\n[page](www.example.com/x)"), [("link-broken", 4)]),
        (lambda t: answer(4, prose(110) + "\n\n```bash\nuv sync"), [("fence-unbalanced", 4)]),
        (lambda t: t.replace("### Question 9\n", "### Question 8\n"), [("question-changed", 8)]),
        (lambda t: re.sub(r"(?ms)^### Question 9\n.*?(?=^### Question 10)", "", t), [("question-missing", 0)]),
        (lambda t: t.replace("answer length: 50-100 words", "answer length: 5-10 words", 1), [("question-changed", 7)]),
        (lambda t: t.replace("> Recommended answer length: 50-100 words.\n", "", 1), []),
        (lambda t: t.replace("Discuss the overall struggles", "Discuss the overall trouble"), [("question-changed", 30)]),
        (lambda t: t.replace("* [x] Create a git repository (M5)\n", ""), [("item-missing", 0)]),
        (lambda t: t.replace("Create a git repository (M5)", "Create a git repository (M5) - done in week 1"), []),
        (lambda t: t.replace("Create a frontend for your API", "Create a nice frontend for our API"), [("item-changed", 38)]),
        (lambda t: t.replace("### Week 2\n", "* [x] Drink coffee\n\n### Week 2\n", 1), [("item-changed", 21)]),
        (lambda t: t.replace("* [x] Create a git repository", "* Create a git repository"), [("mark-unclear", 1)]),
        (lambda t: t.replace("* [x]", "- [x]"), []),
        (lambda t: t.replace("* [x]", "- [X]"), [("mark-unclear", 1)]),
    ],
)  # fmt: skip
def test_one_flaw_one_finding(change: Callable[[str], str], want: list[tuple[str, int]]) -> None:
    changed = change(text())
    assert sorted(rules(changed)) == sorted(want) if want else not rules(changed)


def test_a_template_figure_and_files_that_are_no_pictures() -> None:
    shown = answer(19, "![b](figures/bucket.png)")
    assert rules(shown) == []
    assert rules(shown, {"reports/figures/bucket.png": b""}) == [("image-not-rendered", 19)]
    assert rules(shown, {"reports/figures/bucket.png": b"not a picture"}) == [("image-not-rendered", 19)]
    assert rules(shown, {"reports/figures/bucket.png": b"<html>"}) == [("image-not-rendered", 19)]
    assert rules(answer(19, "![b](figures/b.svg)"), {"reports/figures/b.svg": b"<?xml ?><svg/>"}) == []
    snapshot = tree({PATH: shown, "reports/figures/bucket.png": PNG})
    snapshot.files["reports/figures/bucket.png"].blob = "be0b30deecce710b4529109053262d040643e436"  # the template's
    file, profile = snapshot.files[PATH], load_profile()
    found = check_form(file, parse_report(file, profile, snapshot.files), snapshot, profile, lambda _: "E1")
    assert "template-figure-left" in [v.rule for v in found]


def test_a_file_that_git_ignores_is_told_as_such() -> None:
    _, found = check(answer(19, "![b](figures/huge.png)"), on_disk=["reports/figures/huge.png"])
    assert "git ignores it" in found[0].difference
    assert "git add -f" in found[0].hint


def test_hints_name_what_to_write() -> None:
    def hint(changed: str) -> str:
        return check(changed)[1][0].hint

    assert "figures/bucket.png" in hint(answer(19, "![b](reports/figures/bucket.png)"))
    assert "figures/bucket.png" in hint(answer(19, "![b](figures/buckett.png)"))
    assert "../pyproject.toml" in hint(answer(4, prose(110) + "\n[here](pyproject.toml)"))
    assert "100-200 words" in hint(answer(4, ""))
    assert "1-2 images" in hint(answer(19, ""))
    assert "at least 60 more" in hint(answer(4, prose(40)))


@pytest.mark.parametrize(
    ("n", "said", "want"),
    [
        (2, "s123456, TODO", "placeholder-left"),
        (2, "s123456, s654321, TBD", "placeholder-left"),
        (1, "42 (FIXME)", "placeholder-left"),
        (2, "s000001, s000002, s000003", ""),
        (4, prose(110) + "\n\nTODO: say which", "placeholder-left"),
        (4, prose(110) + "\n- TODO", "placeholder-left"),
        (4, prose(110) + " [TODO: the figure]", "placeholder-left"),
        (4, prose(110) + " We left a few TODO comments in the code.", ""),
        (4, prose(110) + " The word `TODO` is searched for by the linter.", ""),
        (4, prose(110) + "\n```\nTODO: later\n```", ""),
    ],
)
def test_a_word_for_what_is_still_to_be_written(n: int, said: str, want: str) -> None:
    _, found = check(answer(n, said))
    assert [v.rule for v in found] == ([want] if want else [])


def test_no_hint_deletes_what_is_asked_for() -> None:
    """A required answer is not mended by taking out the line that it stands in."""
    for n, said in (
        (2, "s123456, sXXXXXX"),
        (2, "*sXXXXXX, sXXXXXX, sXXXXXX*"),
        (4, "TODO, later"),
        (2, "s123456, TODO"),
    ):
        _, found = check(answer(n, said))
        assert found
        assert not any("elete" in v.hint for v in found), (said, [v.hint for v in found])
    _, found = check(answer(2, "s123456, sXXXXXX"))
    assert "Write yours in line" in found[0].hint


def test_a_study_number_that_another_answer_names() -> None:
    """The report's last answer says what each of three members did."""
    _, found = check(answer(2, "s000001, s000003"))
    assert [v.rule for v in found] == ["group-unclear"]
    assert "000002" not in found[0].model_dump_json()
    assert not check(answer(2, "s000003, S000001 and s000002"))[1]


def test_private_answers_are_not_quoted() -> None:
    for said in (
        "s123456, s12345",
        "s123456, s123456",
        "s123456, sXXXXXX",
        "todo s123456 todo todo",
        "s123456\n\n```\n",
    ):
        _, found = check(answer(2, said))
        assert found
        assert "12345" not in "".join(v.model_dump_json() for v in found)


@pytest.mark.parametrize("target", ["http://[", "//[x", "%zz", "\\", "#", "?", "<image>", "data:,x", "a\x00b"])
def test_no_address_is_too_odd(target: str) -> None:
    check(answer(19, f"![a]({target}) [b]({target}) <img src='{target}'>"))


@pytest.mark.parametrize(
    ("said", "fewest", "most"),
    [
        ("One two three.", 3, 3),
        ("One `uv run x` two.", 3, 5),
        ("One\n\n```bash\nuv run x\n```\n\ntwo", 2, 7),
        ("![a b](c.png) one", 1, 3),
        ("| a | b |\n| - | - |\n| c | d |\n\none", 1, 16),
        ("one <!-- two three --> four", 2, 2),
        ("- one\n- two — three", 3, 6),
    ],
)
def test_words(said: str, fewest: int, most: int) -> None:
    assert count_words(said) == (fewest, most)


HEADING = r"(?m)^### (Question (\d+))$"


@pytest.mark.parametrize(
    "heading",
    [
        r"**\1**",
        r"**\1:**",
        r"\1\n---",
        r"### 🧪 \1",
        r'### <a name="q\2"></a>\1',
        r"<h3>\1</h3>",
        r"### Spørgsmål \2",
        r"### \2. Question",
        r"# \1",
        r"###\1",
        r"### Queston \2",
        r"### Quesiton \2",
        r"### Q\2",
        r"### Question no. \2",
        r"\1",
        r"### Our words",
        "",
    ],
)
def test_headings_are_the_questions_they_are_meant_to_be(heading: str) -> None:
    """Every answer stays as it is, whatever stands for the headings, and nothing is an error."""
    whole, _ = check(text())
    report, found = check(re.sub(HEADING, heading, text()))
    assert [(q.n, q.id, q.answer) for q in report.questions] == [(q.n, q.id, q.answer) for q in whole.questions]
    assert {v.rule for v in found} <= {"question-changed"}
    assert len(found) <= 1


def test_an_answer_without_its_heading_is_not_the_one_before() -> None:
    whole, _ = check(text())
    answers = [(q.n, q.answer) for q in whole.questions]
    for changed in (
        text().replace("### Question 12\n", ""),
        text().replace("### Question 12\n", "### Configuration\n"),
        re.sub(r"(?ms)^### Question 12\n.*?(?=> Answer:)", "", text()),
        re.sub(r"(?ms)^### Question 12\n.*?(?=> Answer:)", "### Configuration\n\n", text()),
    ):
        report, found = check(changed)
        assert [(q.n, q.answer) for q in report.questions] == answers
        assert "question-changed" in {v.rule for v in found}


@pytest.mark.parametrize(
    "changed", ["", "# Our project\n\nHello.\n", text()[: text().index("## Group information")], "x" * 100]
)
def test_a_report_that_is_cut_or_no_report_is_an_error(changed: str) -> None:
    report, found = check(changed)
    assert "question-missing" in {v.rule for v in found}
    assert report.state
    assert all(v.claim.line >= 1 for v in found)


def test_an_untouched_report_is_one_line_with_a_count() -> None:
    changed = re.sub(r"(?ms)^> Answer:\n.*?(?=^##|\Z)", "> Answer:\n\n--- question 1 fill here ---\n\n", text())
    report, found = check(changed)
    assert report.state == "none of its 31 questions is answered"
    assert [v.rule for v in found].count("answer-missing") == 1


def test_check_marks_are_read_and_told_once() -> None:
    changed = re.sub(r"(?m)^\* \[x\]", "* ✅", text())
    report, found = check(changed)
    assert sum(i.checked for i in report.items) == sum(i.checked for i in check(text())[0].items)
    assert [(v.rule, v.detail) for v in found] == [("mark-unclear", True)]


@pytest.mark.parametrize(
    ("said", "want"),
    [
        ("![x](figures/x&amp;y.png)", []),
        ("<img src='figures/x&amp;y.png'>", []),
        ("![x](figures/a%23b.png)", []),
        ("![x](figures/c%3Fd.png)", []),
        ("![x](figures/a#b.png)", ["image-not-found"]),
        ("<img alt='a > b' src='figures/x&y.png'>", []),
        ('<img src = "figures/buc ket.png">', ["image-not-found"]),
        ("![x](figures/run (1).png)", ["image-not-rendered"]),
        ("![[figures/x&y.png]]", ["image-not-rendered"]),
        ("![x](figures/x&y.png =300x200)", ["image-not-rendered"]),
        ("<p>\n![x](figures/x&y.png)\n</p>", ["image-not-rendered"]),
        ("![x](file:///home/me/x.png)", ["image-not-found"]),
        ("![x](C:\\Users\\me\\figures\\bucket.png)", ["image-not-found"]),
        ("![x](C:/Users/me/bucket.png)", ["image-not-found"]),
    ],
)
def test_images_by_the_parser(said: str, want: list[str]) -> None:
    files = {f"reports/figures/{name}": PNG for name in ("x&y.png", "a#b.png", "c?d.png")}
    assert [rule for rule, _ in rules(answer(19, said), files)] == want


def test_anchors_of_the_page() -> None:
    said = prose(110) + "\n\n#### 🚀 Try it\n\nSetext one\n---\n\n[a](#-try-it) [b](#setext-one) [c](#top) "
    assert rules(answer(4, said)) == []
    assert rules(answer(4, said + "[d](#not-there)")) == [("link-broken", 4)]


ITEM = "* [x] Create a git repository (M5)"


@pytest.mark.parametrize(
    ("mark", "detail", "no_box"),
    [
        ("[x]", None, False),
        ("[ ]", None, False),
        ("[X]", True, False),
        ("[x ]", True, True),
        ("[ x]", True, True),
        ("[ X ]", True, True),
        ("[]", True, True),
        ("[  ]", True, True),
        ("[\u2713]", True, True),
        ("[done]", True, True),
        ("[-]", False, False),
    ],
)
def test_a_mark_that_the_template_does_not_write_is_one_quiet_line(
    mark: str, detail: bool | None, no_box: bool
) -> None:
    assert ITEM in text()
    _, found = check(text().replace(ITEM, ITEM.replace("[x]", mark)))
    assert [(v.rule, v.detail) for v in found] == ([] if detail is None else [("mark-unclear", detail)])
    for verdict in found:
        assert ("pages show no box" in verdict.difference) == no_box
        assert verdict.hint.startswith("Write `[")


def test_marks_that_are_all_written_in_another_way_are_one_line() -> None:
    for n in (2, 3, 40):
        _, found = check(text().replace("* [x]", "* [X]", n))
        assert [(v.rule, v.detail) for v in found] == [("mark-unclear", True)]
        assert found[0].report_says.startswith(f"{n} times, in lines ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (">>>>>>> 1a2b3c4 (report)\n\nWe built it.", [1]),
        ("<<<<<<< HEAD\n\nWe built it.", [1]),
        ("We built it.\n\n```\n<<<<<<< HEAD\na\n=======\nb\n>>>>>>> other\n```", []),
        ("We built it.\n\n```\n>>>>>>> other\n```\n\n>>>>>>> other", [7]),
        ("A `<<<<<<< HEAD` and its\n=======\n", []),
    ],
)
def test_the_marks_that_a_merge_left(text: str, told: list[int]) -> None:
    whole = answer(13, text)
    start = whole.count("\n", 0, whole.index(text))
    _, found = check(whole)
    assert [v.claim.line - start for v in found if v.rule == "conflict-markers"] == told
