"""Boxes as people mark them, wherever and however the checklist is written."""

import pytest

from auditor.checklist import entries, match_item, spelled_alike, state
from auditor.models import ChecklistItem, Report
from auditor.profile import load_profile
from auditor.report.parse import parse_report
from auditor.snapshot import Snapshot

PROFILE = load_profile()
ITEM = "Create a git repository (M5)"
OTHER = "Calculate the code coverage (M16)"


def read(text: str, more: dict[str, str] | None = None) -> Report:
    snapshot = Snapshot({"reports/README.md": text} | (more or {}))
    return parse_report(snapshot.files["reports/README.md"], PROFILE, snapshot.files)


def one(text: str) -> ChecklistItem:
    (item,) = read("## Overall project checklist\n\n" + text + "\n").items
    return item


@pytest.mark.parametrize(
    "row",
    [
        f"* [✅] {ITEM}",
        f"* ✅ {ITEM}",
        f"* [✔] {ITEM}",
        f"* [✔️] {ITEM}",
        f"* ✓ {ITEM}",
        f"* ☑ {ITEM}",
        f"* [x ] {ITEM}",
        f"* [X] {ITEM}",
        f"* [v] {ITEM}",
        f"* [done] {ITEM}",
        f"* [Done!] {ITEM}",
        f"* done: {ITEM}",
        f"* \\[x\\] {ITEM}",
        f"* **[x]** {ITEM}",
        f"* `[x]` {ITEM}",
        f"* :white_check_mark: {ITEM}",
        f"* [:heavy_check_mark:] {ITEM}",
        f"* [х] {ITEM}",
        f"* [Х] {ITEM}",
        f"* [χ] {ITEM}",
        f"* ([X]) {ITEM}",
        f"* [100%] {ITEM}",
        f"* {ITEM} ✅",
        f"– [x] {ITEM}",
        f"• [x] {ITEM}",
        f"1. [x] {ITEM}",
        f"2) [x] {ITEM}",
        f"+ [x] {ITEM}",
        f"[x] {ITEM}",
        f"* <input type=checkbox checked> {ITEM}",
        f"<ul>\n<li><input type='checkbox' checked disabled> {ITEM}</li>\n</ul>",
        f"<table>\n<tr><td>{ITEM}</td>\n<td>✅</td></tr>\n</table>",
        f"| Item | Done |\n| --- | --- |\n| {ITEM} | x |",
        f"| # | Who | Done | Item |\n| - | - | - | - |\n| 1 | Rune | yes | {ITEM} |",
        f"| Item |\n| --- |\n| [x] {ITEM} |",
    ],
)
def test_ticked(row: str) -> None:
    item = one(row)
    assert (item.checked, item.partly, item.item, item.text) == (True, False, "git-repository", ITEM)


@pytest.mark.parametrize(
    "row",
    [
        f"* [50%] {ITEM}",
        f"* [~] {ITEM}",
        f"* [/] {ITEM}",
        f"* [-] {ITEM}",
        f"* [–] {ITEM}",
        f"* ½ {ITEM}",
        f"* ~ {ITEM}",
        f"* [1/2] {ITEM}",
        f"* [partly] {ITEM}",
        f"* [🚧] {ITEM}",
        f"* [n/a] {ITEM}",
        f"* [(X)] {ITEM}",
        f"* [?] {ITEM}",
        f"* [ ] ✅ {ITEM}",
        f"* {ITEM}",
        f"| Item | Done |\n| --- | --- |\n| {ITEM} | ½ |",
    ],
)
def test_partly_done_or_not_to_be_read(row: str) -> None:
    item = one(row)
    assert (item.checked, item.partly, item.item) == (False, True, "git-repository")


@pytest.mark.parametrize(
    "row",
    [
        f"* [ ] {ITEM}",
        f"* [] {ITEM}",
        f"* ❌ {ITEM}",
        f"* [❌] {ITEM}",
        f"* :x: {ITEM}",
        f"* ☐ {ITEM}",
        f"* [no] {ITEM}",
        f"* [todo] {ITEM}",
        f"* [0%] {ITEM}",
        f"* <input type='checkbox'> {ITEM}",
        f"| Item | Done |\n| --- | --- |\n| {ITEM} | |",
        f"| Item | Done |\n| --- | --- |\n| {ITEM} | ❌ |",
    ],
)
def test_open(row: str) -> None:
    item = one(row)
    assert (item.checked, item.partly, item.item) == (False, False, "git-repository")


def test_legends_links_and_other_bullets_are_no_items() -> None:
    rows = [
        "- [x] = Done",
        "- [ ]: open",
        "- [/] in progress",
        "- [x] Done",
        "- [the page](x.md)",
        "- 🚀 Fast",
        "- [x]",
    ]
    assert read("## Overall project checklist\n\n" + "\n".join([*rows, f"- [x] {ITEM}"])).items[0].line == 10


def test_a_note_below_an_item_is_kept_and_the_item_is_known() -> None:
    long = " ".join(f"word{i}" for i in range(45))
    text = f"* [x] {ITEM}\n  {long}\n  and more\n\n  - a point\n  - [ ] {OTHER}\n* [x] Create a frontend for your API (M26)\n  we used *Streamlit*\n"
    items = read("# Checklist\n\n" + text).items
    assert [(i.item, i.checked, i.note) for i in items] == [
        ("git-repository", True, f"{long}\nand more\n\n- a point"),
        ("coverage", False, ""),
        ("frontend", True, "we used *Streamlit*"),
    ]
    assert items[0].text == ITEM


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("Add a continuous workflow that triggers when data changes (M19)", "data-trigger"),
        (
            "Add a continuous workflow that triggers when changes to the model registry is made (M19)",
            "registry-trigger",
        ),
        ("Write API tests for your application and setup continuous integration for these (M24)", "api-tests"),
        ("Calculate the code coverge (M16)", "coverage"),
        ("Deployed your model locally using TorchServe", "torchserve"),
        ("Get your model training on gcp", "cloud-training"),
        ("(extra) Used Optuna to run hyperparameter optimization on your model", "sweep"),
        ("Monitored the performance of your deployed model", "performance-monitoring"),
        ("Create a data storage on `gcp` for you data", "gcp-bucket-preferably-linked"),
        ("Create a new repository", ""),
        ("Use logging to optimize your code", ""),
    ],
)
def test_slips_put_right_and_the_texts_of_2022(text: str, item: str) -> None:
    assert match_item(text, PROFILE)[0] == item


@pytest.mark.parametrize(
    ("a", "b", "alike"),
    [("continues", "continuous", True), ("coverage", "coverge", True), ("training", "trained", False), ("git", "gut", False),
     ("data", "date", True), ("model", "modal", True), ("train", "test", False)],
)  # fmt: skip
def test_words_with_a_slip(a: str, b: str, alike: bool) -> None:
    assert spelled_alike(a, b) == alike


LIST = "## Overall project checklist\n\n" + "".join(
    f"* [{'x' if n else ' '}] {PROFILE.items[n].texts[0]}\n" for n in range(12)
)
QUESTIONS = "".join(
    f"### Question {q.numbers['31']}\n\n> **{q.texts[0]}**\n>\n> Answer:\n\nWords.\n\n"
    for q in PROFILE.questions
    if "31" in q.numbers
)


@pytest.mark.parametrize(
    ("report", "more", "where"),
    [
        (LIST + QUESTIONS, {}, ""),
        (QUESTIONS + LIST, {}, ""),
        (QUESTIONS, {"CHECKLIST.md": LIST}, "CHECKLIST.md"),
        (QUESTIONS, {"README.md": "# Ours\n\n" + LIST + "\n## More\n"}, "README.md"),
        (QUESTIONS, {"docs/a.md": "* [x] one\n" * 9, "docs/list.md": LIST}, "docs/list.md"),
        (LIST, {}, ""),
    ],
)
def test_where_the_checklist_stands(report: str, more: dict[str, str], where: str) -> None:
    read_ = read(report, more)
    assert (len(read_.items), sum(i.checked for i in read_.items), read_.checklist) == (12, 11, where)
    assert all(q.answer == "Words." for q in read_.questions)
    assert bool(where) == any("the checklist stands in" in p.message for p in read_.problems)


def test_an_item_twice_is_told() -> None:
    found = read(f"# Checklist\n\n* [ ] {ITEM}\n* [x] {ITEM}\n* [x] {OTHER}\n")
    assert any("twice" in p.message for p in found.problems)


def test_many_problems_alike_are_one_with_a_count() -> None:
    found = read("# Checklist\n\n" + "".join(f"* ✅ {i.texts[0]}\n" for i in PROFILE.items[:20]))
    assert [p.message for p in found.problems if "read as ticked" in p.message] == [
        "marked ✅ and read as ticked; the template writes [x] (and 19 more like this one)"
    ]


def test_a_table_without_the_line_below_its_head() -> None:
    found = read(f"# Checklist\n\n| [x] | {ITEM} |\n| [ ] | {OTHER} |\n")
    assert [(i.item != "", i.checked, i.partly) for i in found.items] == [(True, True, False), (True, False, False)]


def test_states_are_stable_under_case_and_space() -> None:
    for mark in ("x", "X", " x ", "✅", "DONE", "**x**"):
        assert state(mark) == "ticked"
    for mark in ("", " ", "_", "❌"):
        assert state(mark) == "open"
    for mark in ("*", "**", "`", "o", "👍"):
        assert state(mark) == "partly"
    assert not entries("plain words\n\n- a bullet\n", 0, 4, PROFILE)


@pytest.mark.parametrize(
    ("cell", "mark", "checked", "partly", "note"),
    [
        ("Yes, see LICENSE", "Yes", True, False, "see LICENSE"),
        ("x (MIT)", "x", True, False, "(MIT)"),
        ("**Done**: MIT", "Done", True, False, "MIT"),
        ("✓ MIT", "✓", True, False, ""),
        ("[x] MIT", "x", True, False, ""),
        ("+", "+", False, True, ""),
        ("*", "*", False, True, ""),
        ("MIT", "MIT", False, True, ""),
        ("x (in part)", "x (in part)", False, True, ""),
        ("yes, partly", "yes, partly", False, True, ""),
        ("yes / no", "yes / no", False, True, ""),
        ("check the file", "check the file", False, True, ""),
        ("x-ray", "x-ray", False, True, ""),
        ("No, not yet", "No, not yet", False, True, ""),
        ("", "", False, False, ""),
        ("no", "no", False, False, ""),
    ],
)
@pytest.mark.parametrize("evidence", ["", " Yes, in the wiki |"])
def test_a_cell_of_a_table(cell: str, mark: str, checked: bool, partly: bool, note: str, evidence: str) -> None:
    """What stands where the other rows have their marks is this row's, whatever it says, and the row is there."""
    head = "# Checklist\n\n| # | Item | Done |" + (" Where |" if evidence else "")
    more = "| --- " if evidence else ""
    rows = f"| 1 | {OTHER} | x |{evidence}\n| 2 | {ITEM} | {cell} |{evidence}\n"
    found = read(f"{head}\n| --- | --- | --- {more}|\n{rows}")
    assert [i.checked for i in found.items] == [True, checked]
    item = found.items[1]
    assert (item.mark, item.partly, item.note) == (mark, partly, note)


def test_a_table_of_who_does_what_is_no_checklist() -> None:
    table = f"| Who | What |\n| --- | --- |\n| Ada | {ITEM} |\n| Bo | {OTHER} |\n"
    assert read(f"# Checklist\n\n{table}").items == ()
    boxes = f"* [x] {ITEM}\n* [ ] {OTHER}\n"
    assert len(read(f"# Checklist\n\n{boxes}\n{table}").items) == 2


@pytest.mark.parametrize(
    "row",
    [
        f"* [x] {ITEM} <!-- a -->",
        f"* [x] <!-- a -->{ITEM}<!-- -->",
        f"* [x] {ITEM}<br>",
        f"* [x] <a name='q'></a>{ITEM}",
        f"* [x] <span title='partly'>{ITEM}</span>",
        f"* [x] <span title='partly'></span>{ITEM}",
        f"* [x] [{ITEM}](https://example.org/partly)",
        f"* [x] <a href='https://example.org/partly'>{ITEM}</a>",
        f"* [x] 1.1 {ITEM}",
        f"* [x] 12. {ITEM}",
        f"* [x] {ITEM} :tada:",
        f"* [x] {ITEM} &nbsp;",
        f"* [x] {ITEM}\n  <!-- a -->",
        f"* [x] {ITEM}\n  <br>\n  <a name='q'></a>",
        f"* [x] {ITEM}\n\n  <!-- partly -->",
    ],
)
def test_what_a_reader_does_not_see_is_no_note(row: str) -> None:
    item = one(row)
    assert (item.item, item.matched, item.note, item.checked) == ("git-repository", "exact", "", True), item


@pytest.mark.parametrize(
    "row",
    [
        f"* [x] {ITEM} <b>partly</b>",
        f"* [x] {ITEM}<br>partly",
        f"* [x] {ITEM} ![a](figures/a.png)",
        f"* [x] {ITEM} <img src='figures/a.png'>",
        f"* [x] {ITEM}, see [there](https://example.org)",
        f"* [x] {ITEM}\n  <p>partly</p>",
        f"* [x] {ITEM}\n  ![a](figures/a.png)",
    ],
)
def test_what_a_reader_sees_is_a_note(row: str) -> None:
    item = one(row)
    assert item.item == "git-repository"
    assert item.matched == "annotated" or item.note
