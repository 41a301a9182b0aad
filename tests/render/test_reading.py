"""A group's page as it is read: the verdict in the row of its box, a card that says what differs, and a way through the findings."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import test_html
from test_html import at_host, record
from test_page import CHROMIUM, WIDE, Tab, playwright

from auditor.decisions import Decision, Decisions, load_decisions
from auditor.models import AuditRecord, Gone, Said, Since, Verdict
from auditor.render import html

pytestmark = [
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium"),
    pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
]
PHONE = {"width": 400, "height": 800}
HOST = "https://github.com/example/gridload"


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    test_html._FOLDER.append(tmp_path_factory.mktemp("reading"))
    record.cache_clear()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield started
        started.close()


def saying(made: AuditRecord, words: str) -> Verdict:
    """The finding about a sentence."""
    found = {f.verdict for f in made.findings}
    return next(v for v in made.verdicts if v.id in found and words in v.claim.quote)


@cache
def of(kind: str) -> AuditRecord:
    made = at_host(record("overclaiming"), HOST)
    if kind == "check":
        return made.model_copy(update={"submission": made.submission.model_copy(update={"working_tree": True})})
    if kind == "twice":  # two findings of the same sentence
        one, two = saying(made, "18 tests"), saying(made, "It runs on Ubuntu")
        said = two.model_copy(update={"claim": one.claim})
        return made.model_copy(update={"verdicts": tuple(said if v.id == two.id else v for v in made.verdicts)})
    if kind == "voices":  # a reader's finding, one that is disputed, a lead and a remark
        by = {f.verdict: f for f in made.findings}
        read = saying(made, "18 tests")
        first, second, third = [f for f in made.findings if f.rule == "prose-contradicts-repository"][:3]
        cited = next(v for v in made.verdicts if v.id == second.verdict).citations[0]
        against = Said(says="disputed", why="the workflow keeps them", citations=(cited,), moved=True)
        changed = {
            first.verdict: first.model_copy(update={"standing": "lead"}),
            second.verdict: second.model_copy(update={"standing": "disputed", "ruling": against}),
            third.verdict: third.model_copy(update={"standing": "remark"}),
        }
        return made.model_copy(
            update={
                "findings": tuple(changed.get(f.verdict, f) for f in by.values()),
                "verdicts": tuple(
                    v.model_copy(update={"by": "judge", "reading": "dump"}) if v.id == read.id else v
                    for v in made.verdicts
                ),
            }
        )
    return made


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    tabs = []

    def opening(kind: str = "", **options: Any) -> Tab:
        path = tmp_path / f"{kind or 'page'}.html"
        path.write_text(html.render(of(kind)), encoding="utf-8")
        tabs.append(Tab(browser, path, **options))
        return tabs[-1]

    yield opening
    for tab in tabs:
        tab.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (WIDE, "dark"), (PHONE, "light")], ids=str)
def test_every_verdict_stands_in_the_row_of_its_box_and_numbers_are_visible(
    opened: Any, size: dict[str, int], scheme: str
) -> None:
    page = opened(color_scheme=scheme).page
    page.set_viewport_size(size)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    rows = page.evaluate(
        "[...document.querySelectorAll('.item')].map(row => { const y = q => row.querySelector(q).getBoundingClientRect();"
        "return [y('.box').top, y('.state').top, y('summary').top, y('summary').bottom] })"
    )
    assert len(rows) == len(of("").report.items)
    for box, state, top, bottom in rows:
        assert top <= box <= bottom
        assert top <= state <= bottom
    outside = page.evaluate(
        "[...document.querySelectorAll('.num, .ref')].filter(e => e.checkVisibility()).filter(e => { const r = document.createRange();"
        "r.selectNodeContents(e); const t = r.getBoundingClientRect(), b = e.getBoundingClientRect();"
        "return t.left < b.left - 1 || t.right > b.right + 1 || !t.width }).length"
    )
    assert outside == 0, "a badge's number is in its badge"


def test_the_list_is_numbered_in_its_order_and_its_third_column_informs(opened: Any) -> None:
    page = opened().page
    numbers = page.locator(".index .num").all_inner_texts()
    assert numbers == [str(n + 1) for n in range(len(numbers))]
    heads = page.locator(".index .head").all_inner_texts()
    assert len(set(heads)) == len(heads)
    assert not [h for h in heads if "nothing in the repository shows it" in h]
    assert "not in the one Python file with log; nearest src/gridload/train.py:48" in heads


def test_an_absence_names_the_files_that_were_looked_at_and_the_nearest_line(opened: Any) -> None:
    page = opened().page
    card = page.locator("#item-logging")
    assert card.locator(".near a").get_attribute("href").endswith("/src/gridload/train.py#L48")
    assert [a.rpartition("/")[2] for a in card.locator(".looked a").evaluate_all("all => all.map(a => a.href)")] == [
        "train.py"
    ]
    assert page.locator("#item-ci-linting .looked a").count() == 4


def test_a_card_leads_with_the_difference_and_shows_both_sides_beside_each_other(opened: Any) -> None:
    page = opened().page
    number = page.locator(".index li", has_text="18 tests").get_attribute("data-of")
    page.click(f".index [data-of='{number}'] a")
    card = page.locator(f"#f{number}")
    assert card.locator(".one > *").first.get_attribute("class") == "difference"
    left, right = (card.locator(".two > div").nth(n).bounding_box() for n in (0, 1))
    assert left["y"] == right["y"]
    assert left["x"] + left["width"] <= right["x"]


def test_findings_of_one_sentence_are_one_card_each_part_decided_about(opened: Any) -> None:
    tab = opened("twice")
    page = tab.page
    assert page.locator(".index li").count() == len(of("").findings) - 1
    entry = page.locator(".index li", has_text="1 more of this sentence")
    entry.locator("a").click()
    card = page.locator("details.current")
    assert card.locator(".one").count() == 2
    assert card.locator(".decide").count() == 2
    card.locator("[data-choice=confirmed]").first.click()
    assert card.get_attribute("class").find("settled") < 0
    card.locator("[data-choice=dismissed]").nth(1).click()
    assert page.inner_text("#done").startswith("2 of ")
    assert entry.locator(".decided").inner_text() == "✓ confirmed, – dismissed"
    assert tab.quiet()


def test_a_decision_leads_on_is_dimmed_and_is_taken_back(opened: Any) -> None:
    tab = opened()
    page = tab.page
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert tab.current() == "2"
    assert page.locator(".index li.done").count() == 1
    page.check("#undecided")
    assert page.locator(".index li:visible").count() == len(of("").findings) - 1
    page.uncheck("#undecided")
    page.click("#undo")
    assert tab.current() == "1"
    assert page.locator(".index li.done").count() == 0
    assert page.is_disabled("#undo")
    assert tab.quiet()


def test_stepping_changes_the_address_and_back_leads_to_the_last_finding(opened: Any) -> None:
    tab = opened()
    page = tab.page
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.locator(".index a").nth(6).click()
    assert page.url.endswith("#f7")
    page.go_back()
    assert tab.current() == "2"
    assert page.url.endswith("#f2")
    page.go_back()
    assert tab.current() == "1"
    page.goto(f"{tab.address}#f5")
    assert tab.current() == "5"
    page.goto(f"{tab.address}#item-coverage")
    page.reload()
    assert page.locator("#item-coverage details").first.get_attribute("open") is not None


def test_a_note_before_any_decision_is_kept(opened: Any) -> None:
    page = opened().page
    page.keyboard.press("j")
    page.locator(".current textarea").fill("ask about the branch")
    page.reload()
    assert page.locator("#f1 textarea").input_value() == "ask about the branch"
    page.click("#more > summary")
    with page.expect_download() as download:
        page.click("#export")
    assert [d.note for d in load_decisions(Path(download.value.path())).decisions] == ["ask about the branch"]


def test_the_groups_own_page_says_what_to_do_and_decides_nothing(opened: Any) -> None:
    tab = opened("check")
    page = tab.page
    assert "things to do" in page.inner_text("#where")
    assert page.locator("[data-choice], #undo, #export, #undecided, .ask").count() == 0
    assert page.locator(".finding .todo").count() == len(of("").findings)
    assert "To ask" not in page.content()
    page.keyboard.press("j")
    page.keyboard.press("c")
    assert tab.current() == "1"
    assert tab.quiet()


def test_who_says_so_is_seen_at_a_glance(opened: Any) -> None:
    page = opened("voices").page
    entry = page.locator(".index li", has_text="18 tests")
    assert entry.locator(".voice").inner_text() == "a reader's reading"
    assert page.locator(".index .voice.program").count() > 5
    order = page.evaluate(
        "['.index', '#leads', '#disputed', 'details.others'].map(q => document.querySelector(q).getBoundingClientRect().top)"
    )
    assert order == sorted(order), "findings, what is worth a look, what is disputed, remarks"
    assert page.inner_text("#leads").startswith("Worth a look")
    assert not page.locator("details.others li").first.is_visible()
    left, right = (page.locator(".two.disputed > div").nth(n) for n in (0, 1))
    assert left.bounding_box()["y"] == right.bounding_box()["y"]
    assert left.locator("a.place").count() >= 1
    assert right.locator("a.place").count() >= 1


def test_what_is_worth_a_look_can_be_decided_and_need_not_be(opened: Any) -> None:
    tab = opened("voices")
    page = tab.page
    n = sum(f.standing == "finding" for f in of("voices").findings)
    done, lead = page.locator("#done"), page.locator(".listing .lead")
    assert done.inner_text() == f"0 of {n} decided, 1 worth a look"
    assert page.inner_text("#unsettled") == "nobody has settled this"
    assert lead.locator("[data-choice]").count() == 3
    assert page.locator("details.others [data-choice]").count() == 0  # a remark is none
    lead.locator("[data-choice=confirmed]").click()
    assert done.inner_text() == f"1 of {n + 1} decided"
    assert page.inner_text("#unsettled") == "decided"
    assert lead.locator(".decided").inner_text() == "✓ confirmed"
    page.keyboard.press("d")  # the focus is in it
    assert lead.locator("[aria-pressed=true]").get_attribute("data-choice") == "dismissed"
    page.keyboard.press("u")
    page.keyboard.press("u")
    assert done.inner_text() == f"0 of {n} decided, 1 worth a look"
    lead.locator("textarea").fill("look at it in class")
    page.keyboard.press("c")  # into the note
    assert lead.locator("textarea").input_value() == "look at it in classc"
    page.keyboard.press("Escape")
    page.reload()
    assert lead.locator("textarea").input_value() == "look at it in classc"
    assert done.inner_text() == f"0 of {n} decided, 1 worth a look"
    assert tab.quiet()


def test_a_lead_that_was_decided_is_no_longer_one_that_nobody_settled() -> None:
    made = of("voices")
    (lead,) = (f for f in made.findings if f.standing == "lead")
    said = {}
    for choice in ("confirmed", "dismissed", "undecided"):
        one = Decision(fingerprint=lead.fingerprint, decision=choice)  # type: ignore[arg-type]
        whole = html.render(made, decisions=Decisions(submission=made.submission.id, decisions=(one,)))
        page = whole.partition("<script")[0]
        said[choice] = ("nobody has settled" in page, "Worth a look" in page)
    assert said == {"confirmed": (False, True), "dismissed": (False, False), "undecided": (True, True)}
    assert '<li class="lead"' not in html.render(of("check"))


def test_what_was_decided_about_one_that_is_gone_is_offered(browser: Any, tmp_path: Path) -> None:
    made = of("")
    mark = next(f.fingerprint for f in made.findings if f.rule == "prose-contradicts-repository")
    verdict = next(v for v in made.verdicts if v.id in {f.verdict for f in made.findings if f.fingerprint == mark})
    gone = Gone(fingerprint="gone", rule="x", level="error", source=verdict.claim.source, line=1, quote="as it was")
    told = Since(commit="c" * 40, commit_time="2026-01-01T00:00:00Z", new=(mark,), gone=(gone,), like={mark: "gone"})
    one = Decision(fingerprint="gone", decision="ask", note="whose?")
    path = tmp_path / "like.html"
    chosen = Decisions(submission=made.submission.id, decisions=(one,))
    path.write_text(html.render(made.model_copy(update={"since": told}), decisions=chosen), encoding="utf-8")
    tab = Tab(browser, path)
    page = tab.page
    assert page.inner_text("#done").startswith("0 of ")
    page.evaluate("document.querySelectorAll('details.finding').forEach(d => d.open = true)")
    place = page.locator(".one", has=page.locator(".like"))
    assert "Like one that is gone (? to ask): as it was" in page.inner_text(".like")
    place.locator(".like button").click()
    assert page.inner_text("#done").startswith("1 of ")
    assert place.locator("[aria-pressed=true]").get_attribute("data-choice") == "ask"
    assert place.locator("textarea").input_value() == "whose?"
    assert tab.quiet()
    tab.context.close()


def test_a_key_that_is_pressed_twice_or_held_takes_nothing_back(opened: Any) -> None:
    tab = opened("voices")
    page = tab.page
    n = sum(f.standing == "finding" for f in of("voices").findings)
    page.keyboard.press("j")
    page.keyboard.down("c")
    page.keyboard.down("c")  # held down, it repeats
    page.keyboard.up("c")
    assert page.inner_text("#done").startswith(f"1 of {n} ")
    for _ in range(n - 1):
        page.keyboard.press("c")
    assert page.inner_text("#done").startswith(f"{n} of {n} ")
    assert page.inner_text("#said").endswith("All decided. 1 worth a look")
    page.keyboard.press("c")
    assert page.inner_text("#done").startswith(f"{n} of {n} ")
    assert "already. All decided." in page.inner_text("#said")
    page.keyboard.press("u")
    assert page.inner_text("#done").startswith(f"{n - 1} of {n} ")
    page.keyboard.press("c")
    pressed = page.locator(".current [aria-pressed=true]").first
    pressed.dblclick()  # a double click is one
    assert page.inner_text("#done").startswith(f"{n - 1} of {n} ")
    assert tab.quiet()


def test_on_a_phone_the_next_finding_is_at_hand(opened: Any) -> None:
    tab = opened()
    page = tab.page
    page.set_viewport_size(PHONE)
    page.evaluate("scrollTo(0, 6000)")
    for name in ("#prev", "#next"):
        box = page.locator(name).bounding_box()
        assert 0 <= box["y"] <= PHONE["height"] - box["height"]
    page.click("#next")
    assert tab.current() == "1"
    assert page.locator("#f1 .difference").is_visible()


def test_paper_has_notes_and_decisions(opened: Any) -> None:
    page = opened().page
    page.keyboard.press("j")
    page.locator(".current textarea").fill("seen in the exam")
    page.locator(".current [data-choice=ask]").click()
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    page.emulate_media(media="print")
    assert page.locator(".noted:visible").all_inner_texts() == ["? to ask Note: seen in the exam"]
    assert page.locator(".decide:visible").count() == 0


def test_links_to_the_documentation_where_it_is_published(monkeypatch: pytest.MonkeyPatch) -> None:
    made = of("")
    assert "/reference/" not in html.render(made)
    said = html.render(made.model_copy(update={"docs": "https://course.example/auditor/"}))
    assert 'href="https://course.example/auditor/reference/logging/"' in said
    assert 'href="https://course.example/auditor/reference/checked-but-absent/"' in said
    monkeypatch.setenv("AUDITOR_DOCS", "https://docs.example")
    assert 'href="https://docs.example/reference/count/"' in html.render(made)
    for bad in ("http://docs.example", "javascript:alert(1)", "https://a b", 'https://x"y'):
        monkeypatch.setenv("AUDITOR_DOCS", bad)
        assert "/reference/" not in html.render(made)
