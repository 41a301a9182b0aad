"""The page of a class in a browser: a map whose head stays, read by eye, keyboard, finger and without script."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from invented import ITEMS, group, invented, written
from test_page import AXE, CHROMIUM, Tab, playwright

from auditor.render.index import STATES, cells, render

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
WIDE, NARROW = {"width": 1400, "height": 900}, {"width": 400, "height": 800}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("map"))


@pytest.fixture
def tab(browser: Any, path: Path) -> Iterator[Tab]:
    made = Tab(browser, path)
    yield made
    made.context.close()


def test_head_and_first_column_stay_and_nothing_is_cut(tab: Tab) -> None:
    page = tab.page
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        page.evaluate("document.querySelector('.wide').scrollTo(9999, 9999)")
        seen = page.evaluate(
            "() => { const box = e => e.getBoundingClientRect(), w = box(document.querySelector('.wide'));"
            "const last = box(document.querySelector('#groups tbody tr:last-child').cells[0]);"
            "const item = box([...document.querySelectorAll('th.item')].at(-1));"
            "return [box(document.querySelector('#groups thead')).top - w.top, last.left - w.left, w.bottom - last.bottom, w.right - item.right] }"
        )
        assert abs(seen[0]) < 3, "the head stays on top"
        assert abs(seen[1]) < 3, "the group's name stays on the left"
        assert seen[2] > -2, "the last group is there"
        assert seen[3] > -2, "the last item is there"
    assert tab.quiet()


def test_that_there_is_more_to_the_right_is_seen_and_said(tab: Tab) -> None:
    page = tab.page
    for size in (WIDE, NARROW):
        page.set_viewport_size(size)
        page.evaluate("document.querySelector('.wide').scrollTo(0, 0)")
        page.wait_for_timeout(150)
        wide = page.evaluate(
            "(() => { const w = document.querySelector('.wide'); return w.scrollWidth > w.clientWidth + 2 })()"
        )
        assert page.locator(".frame.more").count() == wide
        said = page.locator("#beyond").text_content()
        assert ("to the right: scroll the table" in said) == wide
        # a cell of the checklist is seen without scrolling, on a phone, too
        assert page.evaluate(
            "(() => { const w = document.querySelector('.wide').getBoundingClientRect();"
            "return document.querySelector('#groups tbody td.s, #groups tbody td.a').getBoundingClientRect().right <= w.right })()"
        )
        if wide:
            page.evaluate("document.querySelector('.wide').scrollTo(9999, 0)")
            page.wait_for_timeout(150)
            assert page.locator(".frame.more").count() == 0
            assert size is WIDE or "to the left" in page.locator("#beyond").text_content()
    assert tab.quiet()


def test_names_are_whole_somewhere_and_have_no_raw_code_marks(tab: Tab) -> None:
    heads = tab.page.locator("#groups tbody th")
    assert heads.evaluate_all("all => all.every(h => h.title && h.textContent.trim().startsWith(h.title.slice(0, 20)))")
    assert "`" not in tab.page.locator("#items").text_content()
    assert not tab.page.locator("#groups th.item a").evaluate_all(
        "all => all.filter(a => a.title.includes('`')).length"
    )
    links = tab.page.locator(".files a").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert links == ["gradebook.csv", "findings.csv"]


def test_each_cell_leads_to_the_item_on_the_groups_page(tab: Tab) -> None:
    row = tab.page.locator("#groups tbody tr", has_text="group-02")
    links = row.locator("td > a").evaluate_all(
        "all => all.map(a => [a.getAttribute('href'), a.ariaLabel, a.textContent])"
    )
    assert [href for href, _, _ in links] == [f"groups/group-02.html#item-{i.id}" for i in ITEMS]
    states = cells(group(2), [i.id for i in ITEMS])
    assert [said for _, said, _ in links] == [f"{i.short}: {STATES[s][1]}" for i, s in zip(ITEMS, states, strict=True)]
    assert {mark for _, _, mark in links} <= {mark for mark, _ in STATES.values()}, "never by colour alone"


def test_what_was_not_filled_in_is_a_pattern_of_its_own_and_never_clean(tab: Tab) -> None:
    page = tab.page
    for name in ("group-08", "group-17"):
        row = page.locator("#groups tbody tr", has_text=name)
        assert row.locator("td.a, td.o, td.s").count() == 0
        assert "repeating-linear-gradient" in row.locator("td.b").first.evaluate(
            "e => getComputedStyle(e).backgroundImage"
        )
    page.select_option("#kind", "clean")
    assert page.locator("#groups tbody tr", has_text="group-08").count() == 0
    assert page.locator("#groups tbody tr", has_text="group-17").count() == 0
    page.select_option("#kind", "report")
    assert page.locator("#groups tbody tr", has_text="group-08").count() == 1
    assert page.locator("#groups tbody tr", has_text="group-17").count() == 1


def test_undecided_groups_come_first_in_the_lists_order_and_names_sort_upwards_first(tab: Tab) -> None:
    names = "[...document.querySelectorAll('#groups tbody th')].map(h => h.textContent.trim())"
    undecided = {g.id: bool(g.decided.get("undecided")) for g in invented().groups if not g.error}
    order = [n for n in tab.page.evaluate(names) if n in undecided]
    assert order == sorted(order, key=lambda n: (not undecided[n], n)), "no ranking by errors"
    tab.page.click("#groups th[data-column] button >> nth=0")
    assert tab.page.evaluate(names) == sorted(tab.page.evaluate(names))


def test_an_items_head_shows_its_groups(tab: Tab) -> None:
    order = [i.id for i in ITEMS]
    wanted = next(
        k
        for k, i in enumerate(order)
        if 1 < sum(cells(g, order)[k] == "a" for g in map(group, range(1, 41)) if not g.error) < 30
    )
    n = sum(cells(g, order)[wanted] == "a" for g in map(group, range(1, 41)) if not g.error)
    head = tab.page.locator("th.item a").nth(wanted)
    head.focus()
    tab.page.keyboard.press("Enter")
    assert tab.page.locator("#groups tbody tr").count() == n
    assert "nothing shows it" in tab.page.inner_text("#one")
    tab.page.click("#all")
    assert tab.page.locator("#groups tbody tr").count() == 40


def test_statistics_are_behind_a_switch_without_script_too(browser: Any, path: Path) -> None:
    tab = Tab(browser, path, java_script_enabled=False)
    assert not tab.page.locator("th", has_text="commits").first.is_visible()
    assert not tab.page.locator("table.hours").is_visible()
    tab.page.check("#stats")
    assert tab.page.locator("th", has_text="commits").first.is_visible()
    assert tab.page.locator("table.hours").is_visible()
    assert not tab.page.locator("#filter").is_visible()
    assert tab.page.locator("td > a").first.get_attribute("aria-label")
    tab.page.click("th.item a >> nth=16")  # leads to the item below, which lists its groups
    assert tab.page.locator("#items tr:target").count() == 1
    assert tab.quiet()
    tab.context.close()


def test_arrows_go_through_the_map_and_say_what_a_cell_is(tab: Tab) -> None:
    page = tab.page
    assert page.locator("td > a[tabindex='0']").count() == 1, "one stop of the tab key"
    page.locator("td > a[tabindex='0']").focus()
    first = page.evaluate("document.activeElement.getAttribute('href')")
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
        told = page.inner_text("#cell")
        assert page.evaluate("document.activeElement.ariaLabel").split(": ", 1)[1] in told
    assert page.evaluate("document.activeElement.getAttribute('href')") == first
    assert tab.quiet()


def test_the_first_tap_says_what_a_cell_is_and_the_second_follows(browser: Any, path: Path) -> None:
    tab = Tab(browser, path, has_touch=True)
    tab.page.set_viewport_size(NARROW)
    cell = tab.page.locator("td.s > a").first
    cell.scroll_into_view_if_needed()
    cell.tap()
    assert "ticked, and there" in tab.page.inner_text("#cell")
    assert tab.page.url == tab.address
    assert cell.bounding_box()["width"] >= 24
    assert cell.bounding_box()["height"] >= 24
    tab.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light")], ids=str)
def test_axe_finds_nothing(scheme: str, size: dict[str, int], browser: Any, tmp_path: Path) -> None:
    source = next((p for p in AXE if p.is_file()), None)
    if source is None:
        pytest.skip("no axe-core")
    tab = Tab(browser, written(tmp_path, 18), color_scheme=scheme)  # each kind of row is among these
    tab.page.set_viewport_size(size)
    tab.page.check("#stats")
    tab.page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    tab.page.locator("td > a").first.focus()
    tab.page.evaluate(source.read_text(encoding="utf-8"))
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    # a pointer that is not a finger has smaller cells; each group's name leads to the same checklist
    found = tab.page.evaluate(
        "([tags, small]) => axe.run({runOnly: tags, rules: {'target-size': {enabled: !small}}})", [tags, size == WIDE]
    )
    wrong = {v["id"]: [n["html"][:200] for n in v["nodes"][:3]] for v in found["violations"]}
    assert wrong == {}, json.dumps(wrong, indent=1)
    assert len(found["passes"]) > 15
    tab.context.close()


def test_a_record_without_a_page_has_no_place_to_lead_to() -> None:
    course = invented(3)
    text = "".join(render(course, {g.id: f"groups/{g.name}.json" for g in course.groups}))
    assert ".json#" not in text
