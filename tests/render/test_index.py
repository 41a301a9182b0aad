"""The page of a class: nothing of a group becomes markup, nothing is loaded, and 2,000 groups stay usable."""

import csv
import io
import json
import os
import re
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from auditor.models import GroupEntry, JudgeInfo, Named, Noted, ReportState, Statistics, Tool
from auditor.profile import load_profile
from auditor.render.index import Class, common, render, to_csv, to_json, unanswered
from auditor.render.tables import gradebook

TITLES = {item.id: item.texts[0] for item in load_profile().items}
EVIL = '<script>alert(1)</script>"\u202e'


def group(n: int, **more: Any) -> GroupEntry:
    noted = Noted(level="error", rule="checked-but-absent", about="ci-tests", by="probe", line=3, quote=EVIL)
    labels = ("contradicted", "supported", "not_verifiable")
    made = {
        "id": f"{n}",
        "name": f"{n}",
        "repo": "https://x.org/y",
        "levels": {"error": n % 7},
        "labels": {"contradicted": n % 7, "supported": 40},
        "items": {id_: labels[(i * n) % 3] for i, id_ in enumerate(TITLES)},
        "findings": (noted,),
        "statistics": Statistics(commits=n, hours=((n,) + (0,) * 23,) + ((0,) * 24,) * 6),
    }
    return GroupEntry(**made | more)


def course(*groups: GroupEntry) -> Class:
    made = Class(Named(name="dtu-mlops"), JudgeInfo(), Tool(version="0"), TITLES)
    for one in groups:
        made.add(one)
    return made


def test_hostile_text_stays_text() -> None:
    bad = [group(1, id=EVIL), group(2, error="=cmd|' /C calc'!A0" + EVIL), group(3, id="-1+1")]
    page = "".join(render(course(*bad), {EVIL: "groups/1.html"}))
    assert "<script>alert" not in page
    assert "\u202e" not in page
    places = {f"groups/1.html#item-{id_}" for id_ in TITLES}
    assert set(re.findall(r'(?:src|href)="([^"]*)"', page)) == {
        "groups/1.html",
        "gradebook.csv",
        "findings.csv",
        *places,
        *(f"#of-item-{id_}" for id_ in TITLES),
    }
    rows = list(csv.reader(io.StringIO(to_csv(course(*bad)))))
    assert rows[2][2].startswith("'=cmd")
    assert rows[3][0] == "'-1+1"
    assert json.loads("".join(to_json(course(*bad), bad)))["groups"][0]["id"] == EVIL


def test_unanswered_questions_are_counted_in_one_way() -> None:
    """An empty answer, a placeholder in an answer's place, both of one question; one that only has a word is no answer either."""
    states = [
        (ReportState(questions=31, unanswered=(3, 5), placeholders=(5, 7)), [3, 5, 7]),
        (ReportState(questions=31, placeholders=(9,)), [9]),
        (ReportState(questions=31, missing=(2,)), []),  # left out: told as such
        (None, []),
    ]
    groups = [group(n, report_state=state, levels={}) for n, (state, _) in enumerate(states)]
    page = "".join(render(course(*groups), {}))
    for (_, left), one in zip(states, groups, strict=True):
        assert unanswered(one) == left
        said = f'title="Question {", ".join(map(str, left))}"'
        assert not left or said in page
    rows = list(csv.DictReader(io.StringIO("".join(gradebook(groups)))))
    assert [r["unanswered_questions"] for r in rows] == [str(len(left)) for _, left in states]
    clean = re.findall(r'data-kinds="([^"]*)"', page)
    assert [" clean" in kinds for kinds in clean] == [False, False, False, True]


def test_what_is_common_takes_more_than_half_of_three() -> None:
    assert common(course(group(1), group(2))) == []
    assert common(course(group(1), group(2), group(3), group(4, findings=()), group(5, findings=()))) == [
        {"rule": "checked-but-absent", "about": "ci-tests", "by": "probe", "groups": 3}
    ]
    others = [group(n, findings=()) for n in (4, 5, 6)]
    assert common(course(group(1), group(2), group(3), *others)) == []
    assert common(course(group(1), group(2), group(3), *(group(n, error="no") for n in (4, 5, 6))))


@pytest.mark.block_network(allowed_hosts=["/.*", "127.0.0.1", "localhost"])
def test_two_thousand_groups_in_a_browser(tmp_path: Path) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not chromium:
        pytest.skip("no chromium")
    page = tmp_path / "index.html"
    groups = [group(n) for n in range(1, 2001)]
    page.write_text("".join(render(course(*groups), {g.id: f"groups/{g.id}.html" for g in groups})), encoding="utf-8")
    assert page.stat().st_size < 4_500_000
    with playwright.sync_playwright() as p:
        browser = p.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for script in (True, False):
            tab = browser.new_context(java_script_enabled=script).new_page()
            asked: list[str] = []
            said: list[str] = []
            tab.on("request", lambda r, asked=asked: asked.append(r.url))
            tab.on("console", lambda m, said=said: said.append(m.text))
            begun = time.monotonic()
            tab.goto(page.as_uri())
            assert time.monotonic() - begun < 60  # a page that grows with the square of its groups takes minutes
            assert tab.locator("#groups tbody tr").count() == (100 if script else 2000)
            if script:
                tab.check("#stats")
                tab.locator("#groups th button", has_text="commits").click()
                assert tab.locator("#groups tbody tr th").first.inner_text() == "2000"
                first = tab.locator("#groups tbody tr td.a > a").first
                assert str(first.get_attribute("href")).startswith("groups/2000.html#item-")
                tab.fill("#filter", "1999")
                assert "1 of 2000 groups" in tab.locator("#place").inner_text()
            assert asked == [page.as_uri()]
            assert said == []
        browser.close()
