"""What pages do not show as it is meant: headings and boxes that lack a blank, pictures that lie where the course has none."""

import pytest
from test_form import PNG, answer, check, prose, rules, text

ITEM = "* [x] Use profiling to optimize your code (M12)"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("###Question 16", "pages show no heading"),
        ("##Question 16", "pages show no heading"),
        ("#### Question 16", "###, the report with ####"),
        ("## Question 16", "###, the report with ##"),
        ("### Question 16 ###", ""),
        ("###  Question 16", ""),
        ("   ### Question 16", ""),
    ],
)
def test_a_heading_that_is_not_as_high_or_none(written: str, shown: str) -> None:
    changed = text().replace("### Question 16\n", written + "\n")
    report, found = check(changed)
    assert [(v.rule, v.claim.source.n, v.detail) for v in found] == ([("question-changed", 16, True)] if shown else [])
    assert [q.answer for q in report.questions] == [q.answer for q in check(text())[0].questions]
    for verdict in found:
        assert shown in verdict.difference
        assert verdict.hint == f"Write `### Question 16` in line {verdict.claim.line}."


def test_headings_that_are_all_so_are_told_once() -> None:
    found = check(text().replace("### Question", "## Question"))[1]
    assert [(v.rule, v.detail) for v in found] == [("question-changed", True)]
    assert "31 times" in found[0].report_says


@pytest.mark.parametrize(
    ("written", "lacks", "mended"),
    [
        (ITEM.replace("* ", "*"), "a blank", ITEM),
        (ITEM.replace("* ", "-"), "a blank", ITEM.replace("* ", "- ")),
        (ITEM.replace("] ", "]"), "a blank", ITEM),
        (ITEM.replace("* ", ""), "the sign of the list", ITEM),
        (ITEM.replace("* ", "- "), "", ""),
        (ITEM.replace("* ", "+   "), "", ""),
    ],
)
def test_a_box_that_is_none_on_a_page(written: str, lacks: str, mended: str) -> None:
    report, found = check(text().replace(ITEM, written, 1))
    assert [(v.rule, v.detail) for v in found] == ([("mark-unclear", True)] if lacks else [])
    assert next(i for i in report.items if "profiling" in i.text).checked
    for verdict in found:
        assert f"since {lacks} is missing" in verdict.difference
        assert verdict.hint == f"Write `{mended}` in line {verdict.claim.line}."


def test_an_open_box_stays_open() -> None:
    found = check(text().replace(ITEM, ITEM.replace("* [x]", "*[ ]"), 1))[1]
    assert found[0].hint.startswith("Write `* [ ] Use profiling")


@pytest.mark.parametrize(
    ("there", "hint"),
    [
        ("reports/chart.png", "Move it there: git mv reports/chart.png reports/figures/chart.png"),
        ("my chart/chart.png", "Move it there: git mv 'my chart/chart.png' reports/figures/chart.png"),
        ("reports/figures/old/chart.png", "Write figures/old/chart.png in line "),  # where the course has its pictures
        ("reports/figures/charts.png", "Write figures/charts.png in line "),  # another name
    ],
)
def test_a_picture_belongs_where_the_course_has_them(there: str, hint: str) -> None:
    changed = answer(4, prose(110) + "\n\n![chart](figures/chart.png)")
    found = [v for v in check(changed, {there: PNG})[1] if v.rule == "image-not-found"]
    assert len(found) == 1
    assert found[0].hint.startswith(hint)


def test_a_picture_that_another_line_shows_stays_where_it_is() -> None:
    changed = answer(4, prose(110) + "\n\n![chart](figures/chart.png) ![chart](chart.png)")
    found = check(changed, {"reports/chart.png": PNG})[1]
    assert [v.hint.split(" in line")[0] for v in found if v.rule == "image-not-found"] == ["Write chart.png"]


def test_a_link_to_another_kind_of_file_is_no_picture() -> None:
    changed = answer(4, prose(110) + "\n\n[plan](../docs/plan.txt)")
    assert rules(changed, {"reports/plan.txt": b"x"}) == [("link-broken", 4)]
    assert check(changed, {"reports/plan.txt": b"x"})[1][0].hint.startswith("Write plan.txt")
