"""The report parser, against the shapes and traps of real hand-ins."""

import time

import pytest

from auditor.checklist import match_item
from auditor.errors import UserError
from auditor.models import Question, Report
from auditor.profile import load_profile
from auditor.report.answers import _within_dashes
from auditor.report.find import find_report
from auditor.report.notes import cut_of
from auditor.report.parse import parse_report
from auditor.snapshot import Snapshot

PROFILE = load_profile()
ITEM = "Create a git repository (M5)"
WRITE = "Make sure that all team members have write access to the GitHub repository (M5)"


def parse(text: str, tracked: tuple[str, ...] = (), path: str = "reports/README.md", repository: str = "") -> Report:
    snapshot = Snapshot({path: text})
    return parse_report(snapshot.files[path], PROFILE, tracked, "c0ffee", repository)


def checklist(*rows: str) -> Report:
    return parse("## Overall project checklist\n\n### Week 1\n\n" + "\n".join(rows) + "\n\n## Group information\n")


def question(
    answer: str,
    n: int = 7,
    prompt: str = "How many tests did you implement and what are they testing in your code?",
    more: str = "",
) -> Question:
    text = f"### Question {n}\n\n> **{prompt}**\n>\n> Recommended answer length: 50-100 words.\n>\n> Answer:\n\n{answer}\n{more}"
    return parse(text).questions[0]


@pytest.mark.parametrize(
    ("row", "mark", "checked"),
    [
        ("* [x] " + ITEM, "x", True),
        ("- [X] " + ITEM, "X", True),
        ("+ [x] " + ITEM, "x", True),
        ("* [ ] " + ITEM, " ", False),
        ("* [] " + ITEM, "", False),
        ("* [ x ] " + ITEM, " x ", True),
        ("* [%] " + ITEM, "%", False),
        ("* [/] " + ITEM, "/", False),
        ("* [?] " + ITEM, "?", False),
        ("* [soon] " + ITEM, "soon", False),
        ("* [(X)] " + ITEM, "(X)", False),
        ("* [x]" + ITEM, "x", True),
        ("* ❌ " + ITEM, "❌", False),
        ("*[x] " + ITEM, "x", True),
        ("    - [x] " + ITEM, "x", True),
    ],
)
def test_marks(row: str, mark: str, checked: bool) -> None:
    (item,) = checklist(row).items
    assert (item.mark, item.checked, item.item, item.line) == (mark, checked, "git-repository", 5)


def test_items_run_over_lines_and_keep_their_sections() -> None:
    report = checklist(
        "- [x] Make sure that all team members have write access",
        "      to the GitHub repository (M5)",
        "- [ ] " + ITEM,
        "",
        "## Week 2",
        "",
        "* [x] Calculate the coverage.",
    )
    assert [(i.n, i.line, i.item, i.section) for i in report.items] == [
        (1, 5, "write-access", "Week 1"),
        (2, 7, "git-repository", "Week 1"),
        (3, 11, "coverage", "Week 2"),
    ]
    assert report.items[0].text == WRITE


def test_a_legend_is_no_item_and_an_invented_one_is_listed() -> None:
    report = checklist(
        "- [x] = Done", "- [ ] = Not done", "- [x] " + ITEM, "- [x] Bake a cake for the teaching assistants"
    )
    assert [(i.item, i.matched) for i in report.items] == [("git-repository", "exact"), ("", "")]
    assert any("Bake a cake" in p.message for p in report.problems)


@pytest.mark.parametrize(
    ("text", "item", "matched"),
    [
        (ITEM, "git-repository", "exact"),
        ("Make sure that all team members have write access to the github repository", "write-access", "exact"),
        ("Create the initial file structure using cookiecutter", "cookiecutter", "alias"),
        ("Fill out the `make_dataset.py` file such that it downloads whatever data you need and", "data-code", "alias"),
        ("[started but not finished] Deploy to the cloud a drift detection API (M27)", "drift-service", "annotated"),
        ("Consider running a hyperparameter optimization sweep (M14) - Not applicable", "sweep", "annotated"),
        ("Create a dedicated environment for your project to keep track of your packages", "environment", "near"),
        (
            "Use Weights & Biases to log training progress and other important metrics/artifacts in your code. Additionally, consider running a hyperparameter optimization sweep.",
            "experiment-tracking-and-sweep",
            "exact",
        ),
        ("Add a continues workflow that triggers when data changes (M19)", "data-trigger", "exact"),
        ("Write a poem", "", ""),
    ],
)
def test_items_are_known_by_their_text(text: str, item: str, matched: str) -> None:
    assert match_item(text, PROFILE) == (item, matched)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [
        ("We wrote 3 tests.", "We wrote 3 tests."),
        ("---\n\nWe wrote 3 tests.\n\n---", "We wrote 3 tests."),
        ("--- We wrote 3 tests. ---", "We wrote 3 tests."),
        ("--- We wrote\n3 tests. ---", "We wrote\n3 tests."),
        ("--- question 7 fill here ---", ""),
        ("`--- question 7 fill here ---`", ""),
        ("```--- question 7 fill here ---```", ""),
        ("--- question 7 fill here ---\n\nWe wrote 3 tests.", "We wrote 3 tests."),
        ("We wrote 3 tests.\n\n--- question 7 fill here ---", "We wrote 3 tests."),
        ("## Tests\n\nThree.\n\n### More\n\nNone.", "## Tests\n\nThree.\n\n### More\n\nNone."),
        ("```sh\n## a comment\n---\npytest\n```", "```sh\n## a comment\n---\npytest\n```"),
        ("The sentence Answer: 3 stays.", "The sentence Answer: 3 stays."),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "| a | b |\n|---|---|\n| 1 | 2 |"),
        ("", ""),
    ],
)
def test_answers_lose_wrappers_and_placeholders_only(answer: str, kept: str) -> None:
    assert question(answer).answer == kept


def test_an_answer_in_the_quote() -> None:
    text = "### Question 1\n\n> **Enter the group number you signed up on <learn.inside.dtu.dk>**\n>\n> Answer: 17\n> and more\n"
    asked = parse(text).questions[0]
    assert (asked.answer, asked.answer_lines, asked.id, asked.matched) == (
        "17\nand more",
        (5, 6),
        "group-number",
        "exact",
    )


def test_an_answer_ends_at_the_templates_next_section_but_not_at_its_own_headings() -> None:
    asked = question(
        "One.\n\n## Our own heading\n\nTwo.",
        more="\n## Version control\n\n> In the following section we are interested in version control.\n",
    )
    assert asked.answer == "One.\n\n## Our own heading\n\nTwo."
    assert asked.answer_lines == (9, 13)


def test_an_unbalanced_fence_costs_one_answer() -> None:
    text = "".join(
        f"### Question {n}\n\n> **Q?**\n>\n> Answer:\n\n```sh\nanswer {n}\n{'' if n == 1 else '```'}\n" for n in (1, 2)
    )
    report = parse(text)
    assert [q.answer.split("\n")[1] for q in report.questions] == ["answer 1", "answer 2"]
    assert [p.line for p in report.problems if "fence" in p.message] == [7]


def test_questions_are_known_by_text_not_by_number() -> None:
    prompt = "Did you manage to deploy your model, either in locally or cloud? If not, describe why. If yes, describe how and preferably how you invoke your deployed service?"
    assert question("Yes.", n=22, prompt=prompt).id == "deployment"
    assert question("Yes.", n=24, prompt=prompt.replace("your model", "your API")).id == "deployment"
    assert question("Yes.", prompt="What is your favourite colour, and why is it your favourite one of all?").id == ""


def test_a_removed_prompt_is_known_by_number_where_the_others_agree() -> None:
    asked = [q for q in PROFILE.questions if q.numbers.get("27") and q.numbers["27"] != 23]
    rows = [(q.numbers["27"], q.texts[-1]) for q in asked] + [(23, "")]
    text = "".join(f"### Question {n}\n\n> **{prompt}**\n>\n> Answer:\n\nText {n}.\n\n" for n, prompt in sorted(rows))
    found = next(q for q in parse(text).questions if q.n == 23)
    assert (found.id, found.matched) == ("monitoring", "number")


def test_members_and_contributions_are_private() -> None:
    assert question("s000001", n=2, prompt="Enter the study number for each member in the group").private
    assert not question("Three.").private


def test_a_question_without_an_answer_line() -> None:
    report = parse(
        "### Question 7\n\n> **How many tests did you implement and what are they testing in your code?**\n\nThree tests.\n"
    )
    assert report.questions[0].answer == "Three tests."
    assert any("no `> Answer:` line" in p.message for p in report.problems)


def test_images_resolve_and_those_in_code_do_not_render() -> None:
    tracked = ("reports/figures/a.png", "reports/figures/b c.png", "docs/d.svg", "configs/e.png")
    answer = "![a](figures/a.png) and\n![b](figures/b%20c.png)\n![b](<figures/b c.png>)\n![d](/docs/d.svg) ![gone](figures/gone.png)\n`![a](figures/a.png)`\n"
    answer += '<img src="figures/a.png" width="3">\n\n<img src="https://github.com/user-attachments/assets/1">\n\n```\n![a](figures/a.png)\n```\n![root](configs/e.png)'
    text = f"### Question 19\n\n> **Q?**\n>\n> Answer:\n\n{answer}\n"
    images = parse(text, tracked).questions[0].images
    assert [(i.line, i.path, i.renders) for i in images] == [
        (7, "reports/figures/a.png", True),
        (8, "reports/figures/b c.png", True),
        (9, "reports/figures/b c.png", True),
        (10, "docs/d.svg", True),
        (10, "", True),
        (11, "reports/figures/a.png", False),
        (12, "reports/figures/a.png", True),
        (14, "", True),
        (17, "reports/figures/a.png", False),
        (19, "configs/e.png", True),
    ]


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("../cloudbuild.yaml", "cloudbuild.yaml"),
        ("/cloudbuild.yaml", "cloudbuild.yaml"),
        ("cloudbuild.yaml", "cloudbuild.yaml"),
        ("..\\cloudbuild.yaml", "cloudbuild.yaml"),
        ("../dockerfiles/", "dockerfiles"),
        ("https://github.com/Someone/Project/blob/main/cloudbuild.yaml", "cloudbuild.yaml"),
        ("https://github.com/someone/other/blob/main/cloudbuild.yaml", ""),
        ("https://example.com/cloudbuild.yaml", ""),
        ("../gone.yaml", ""),
        ("#anchor", ""),
    ],
)
def test_links_resolve(target: str, path: str) -> None:
    text = f"### Question 15\n\n> **Q?**\n>\n> Answer:\n\nSee [it](<{target}>).\n"
    (link,) = (
        parse(text, ("cloudbuild.yaml", "dockerfiles/a.dockerfile"), repository="https://example.org/x/project.git")
        .questions[0]
        .links
    )
    assert (link.line, link.path) == (7, path)


def test_crlf_and_front_matter() -> None:
    text = (
        "---\nlayout: default\nnav_exclude: true\n---\n\n# Exam\n\n## Overall project checklist\n\n### Week 1\n\n* [x] "
        + ITEM
        + "\n\n### Question 7\n\n> **Q?**\n>\n> Answer:\n\nThree.\n"
    )
    report = parse(text.replace("\n", "\r\n"))
    assert report.items[0].line == 12
    assert report.questions[0].answer == "Three."


def test_a_blank_list_is_a_problem() -> None:
    assert any("no box" in p.message for p in checklist("* [ ] " + ITEM).problems)


def test_the_report_is_found_by_its_headings_and_two_are_an_error() -> None:
    text = "".join(f"### Question {n}\n\n> Answer:\n\nx\n" for n in range(1, 8))
    assert find_report(Snapshot({"README.md": "# hello", "docs/exam.md": text})).path == "docs/exam.md"
    assert find_report(Snapshot({"REPORTS/Readme.md": text, "docs/exam.md": text})).path == "REPORTS/Readme.md"
    assert find_report(Snapshot({"a.md": text, "b.md": text}), "b.md").path == "b.md"
    with pytest.raises(UserError, match=r"a\.md, b\.md"):
        find_report(Snapshot({"a.md": text, "b.md": text}))
    with pytest.raises(UserError, match="no report"):
        find_report(Snapshot({"README.md": "# hello"}))
    with pytest.raises(UserError, match="not in the commit"):
        find_report(Snapshot({"README.md": text}), "c.md")
    with pytest.raises(UserError, match="NUL byte"):
        find_report(Snapshot({"reports/README.md": b"\0\1\2"}))


def test_nothing_in_a_report_crashes_the_parser() -> None:
    from hypothesis import given, settings
    from hypothesis import strategies as st

    pieces = st.sampled_from(
        [
            "### Question 3\n",
            "> Answer:",
            "> **A?**\n",
            "```\n",
            "* [x] ",
            "- [ ",
            "---\n",
            "--- a ---\n",
            "![a](b)",
            "[x](",
            "\n",
            "\n\n",
            "text ",
            "    ",
            "> ",
            "<img src=",
            "| a |\n",
            "## Week 1\n",
            "## Overall project checklist\n",
            "\t",
            "\u202e",
        ]
    )

    @settings(max_examples=150, deadline=None)
    @given(st.lists(pieces, max_size=40).map("".join))
    def check(text: str) -> None:
        report = parse(text)
        assert [i.n for i in report.items] == list(range(1, len(report.items) + 1))

    check()


@pytest.mark.parametrize(
    ("prompt", "said", "private"),
    [
        ("Enter the names of your group as you signed up on Moodle", "A. Example", True),
        ("Which members did what in the project?", "All did all.", True),
        ("Please give your student ids", "1", True),
        ("State everybody's contributions", "x", True),
        ("Tell us of the weather in the capital", "It rained.", False),
        ("Tell us of the weather in the capital", "It rained on s000001.", True),
        ("How many tests did you implement?", "Three, by s000001.", False),
    ],
)
def test_what_asks_for_people_is_private(prompt: str, said: str, private: bool) -> None:
    assert question(said, n=1, prompt=prompt).private == private


def test_a_link_to_a_tracked_file_and_odd_names() -> None:
    from auditor.snapshot import LINK, File

    text = "".join(f"### Question {n}\n\n> Answer:\n\nx\n" for n in range(1, 8))
    real = Snapshot({"REPORT.md": text}).files["REPORT.md"]
    link = File("reports/README.md", "b1", 12, lambda: b"../REPORT.md", LINK)
    assert find_report(Snapshot(files=[real, link])).text == text
    out = File("reports/README.md", "b1", 12, lambda: b"/etc/passwd", LINK)
    assert find_report(Snapshot(files=[real, out])).path == "REPORT.md"
    for name in ("reports/README.txt", "reports/report.rst"):
        with pytest.raises(UserError, match="is no markdown file"):
            find_report(Snapshot({name: text}))
    with pytest.raises(UserError, match=r"report\.pdf"):
        find_report(Snapshot({"reports/report.pdf": b"%PDF"}))


def test_the_templates_version_and_another_report() -> None:
    text = "".join(
        f"### Question {q.numbers['31']}\n\n> **{q.texts[0]}**\n>\n> Answer:\n\nWords.\n\n"
        for q in PROFILE.questions
        if "31" in q.numbers
    )
    snapshot = Snapshot({"reports/README.md": text, "docs/old.md": text + "more"})
    report = parse_report(snapshot.files["reports/README.md"], PROFILE, snapshot.files)
    assert report.template in {v.name for v in PROFILE.versions if v.layout == "31"}
    assert any("docs/old.md looks like a report" in p.message for p in report.problems)


def test_a_prompt_for_an_agent_is_no_report() -> None:
    """Before the group has written any, nothing is audited in its place."""
    prompt = "# Agent\n" + "".join(f"### Question {n}\n\n> Ask about this.\n\n" for n in range(1, 9))
    snapshot = Snapshot({".github/agents/course.md": prompt, "README.md": "# Project\n"})
    with pytest.raises(UserError, match="no report in the commit"):
        find_report(snapshot, "", load_profile())


@pytest.mark.parametrize(
    "row",
    [
        " " * 4900 + "- x",
        "> answer" + " " * 4900 + "x",
        "-" * 4900 + "x",
        "```" + " " * 4900 + "---" + " " * 4900 + "x",
        "--- " * 1200 + "x",
        "> " + " " * 4900 + "length",
    ],
)
def test_rows_of_nothing_cost_nothing(row: str) -> None:
    text = "### Question 1\n\n> **Why?**\n>\n> Answer:\n\n" + f"{row}\n" * 20
    started = time.process_time()
    parse(text)
    assert time.process_time() - started < 10  # quadratic ones took minutes


def test_lists_that_are_nested_too_deep_are_said() -> None:
    text = "### Question 1\n\n> **Why?**\n>\n> Answer:\n\n" + "".join(" " * (2 * i) + "- x\n" for i in range(600))
    found = parse(text)
    assert [p.message for p in found.problems if "too deep" in p.message] == [
        "569 lines of lists are nested too deep, and read as less deep"
    ]


@pytest.mark.parametrize(
    ("row", "inner"),
    [
        ("--- done ---", "done"),
        ("`--- question 3 fill here ---`", "question 3 fill here"),
        ("```--- a ---```", "a"),
        ("------", ""),
        ("-----", None),
        ("--- done", None),
        ("a --- b", None),
        ("  ---a---  ", "a"),
    ],
)
def test_what_stands_between_dashes(row: str, inner: str | None) -> None:
    assert _within_dashes(row) == inner


def test_a_checklist_in_a_prompt_for_an_agent_is_no_report_either() -> None:
    profile = load_profile()
    listed = "\n".join(f"* [ ] {item.texts[0]}" for item in profile.items[:12])
    agent = "---\nname: course helper\n---\n# Course agent\n" + listed
    with pytest.raises(UserError):
        find_report(Snapshot({".github/agents/dtu_mlops_agent.md": agent, "README.md": "# Project\n"}), "", profile)
    assert find_report(Snapshot({"docs/list.md": listed}), "", profile).path == "docs/list.md"


def test_what_nobody_types_is_shortened_on_reading_and_said() -> None:
    answer = "We draw it ![](data:image/png;base64," + "iVBORw0KGgo" * 5_000 + ") with pandas."
    spread = "We use" + " " * 3_000 + "ruff."
    wide = "We use pytest, too. " * 3_000
    text = f"### Question 7\n\n> **How many tests?**\n>\n> Answer:\n\n{answer}\n{spread}\n{wide}\nNext line.\n"
    report = parse(text)
    rows = report.questions[0].answer.split("\n")
    assert rows[0].startswith("We draw it ![](data:")
    assert rows[0].endswith(") with pandas.")
    assert len(rows[0]) < 2_100
    assert rows[1].split() == ["We", "use", "ruff."]
    assert len(rows[1]) < 200
    assert len(rows[2]) <= 20_000
    assert rows[3] == "Next line."
    cut = cut_of([Snapshot({"reports/README.md": text}).files["reports/README.md"]])
    assert report.problems == parse("### Question 7\n\n> **How many tests?**\n>\n> Answer:\n\nx\n").problems
    first = report.questions[0].answer_lines[0]
    assert [p.line for p in cut] == [first, first + 2]


def test_items_words_in_answers_are_no_checklist_that_ends_one() -> None:
    """A group without a checklist wrote the items that an answer is about above it."""
    items = [i.texts[0] for i in load_profile().items[:6]]
    rows = ["# Ours"]
    for n, asked in enumerate(load_profile().questions[:6], 1):
        rows += [
            f"### Question {n}",
            "",
            f"> **{asked.texts[0]}**",
            ">",
            "> Answer:",
            "",
            items[n - 1],
            "",
            f"What we did for it, {n} times.",
            "",
        ]
    report = parse("\n".join(rows))
    assert [q.answer.split("\n")[-1] for q in report.questions] == [
        f"What we did for it, {n} times." for n in range(1, 7)
    ]
    listed = "\n".join(f"* [x] {text}" for text in items)
    below = parse("\n".join([*rows, "## Overall project checklist", "", listed, ""]))
    assert below.questions[-1].answer.endswith("6 times.")
    assert len(below.items) == 6
