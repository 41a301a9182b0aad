"""A class of invented groups, for the page of a class and its picture: `python tests/render/invented.py` makes docs/index.jpg."""

import random
import tempfile
from pathlib import Path
from typing import Any

from auditor.models import GroupEntry, JudgeInfo, Named, Noted, ReportState, Statistics, Tool
from auditor.profile import load_profile
from auditor.render.index import Class, Head, render

PROFILE = load_profile()
ITEMS = [i for i in PROFILE.items if i.id in PROFILE.versions[0].items]
HARD = {i.id: random.Random(i.id).choice((0.55, 0.7, 0.85, 0.95)) for i in ITEMS}


def group(n: int) -> GroupEntry:
    """A group: how much it has done, what it ticked beyond that, and what was decided, by its number alone."""
    chance = random.Random(n)
    zeal = chance.uniform(0.55, 1.0)
    state = ReportState(
        questions=31,
        unanswered=tuple(sorted(chance.sample(range(1, 32), 2))) if n % 11 == 3 else (),
        checklist="missing" if n == 17 else "blank" if n in (8, 29) else "filled",
        secrets=1 if n % 13 == 4 else 0,
    )
    items: dict[str, Any] = {}
    open_ = []
    for item in ITEMS if n != 17 else ():
        there = chance.random() < HARD[item.id] * zeal
        if not item.observable or chance.random() < 0.05:
            items[item.id] = "not_verifiable"
        elif there:
            items[item.id] = "contradicted" if chance.random() < 0.015 else "supported"
            open_ += [item.id] * (items[item.id] == "contradicted")
        elif chance.random() < 0.08:
            items[item.id] = "contradicted"
        else:
            items[item.id] = "supported"
            open_.append(item.id)
    absent = [i for i in items if items[i] == "contradicted" and i not in open_]
    errors = len(absent) if state.checklist == "filled" else 0
    warnings = chance.randrange(3)
    total = errors + warnings
    done = total if n % 5 == 1 else chance.randint(0, total) if n % 3 == 0 else 0
    noted = Noted(level="error", rule="checked-but-absent", about="x", by="probe", line=3, quote="x")
    return GroupEntry(
        id=f"group-{n:02}",
        name=f"group-{n:02}",
        repo="https://example.org/x",
        error="no access" if n == 36 else "",
        levels={"error": errors, "warning": warnings},
        labels={"contradicted": errors, "supported": 40},
        items=items,
        open_boxes=tuple(open_),
        findings=(noted,) * bool(errors),
        report_state=state,
        decided={"confirmed": done, "undecided": total - done} if total else {},
        statistics=Statistics(commits=20 + chance.randrange(300), authors=4, hours=((0,) * 24,) * 7),
    )


def invented(n: int = 40) -> Class:
    """The class."""
    made = Class(
        Named(name=PROFILE.name),
        JudgeInfo(),
        Tool(version="0"),
        {i.id: i.texts[0] for i in PROFILE.items},
        before="2026-01-23T23:59+01:00",
        heads={i.id: Head(i.short, i.section) for i in PROFILE.items},
    )
    for k in range(1, n + 1):
        made.add(group(k))
    return made


def written(folder: Path, n: int = 40) -> Path:
    """Its page."""
    course = invented(n)
    path = folder / "index.html"
    path.write_text("".join(render(course, {g.id: f"groups/{g.name}.html" for g in course.groups})), encoding="utf-8")
    return path


if __name__ == "__main__":
    from test_page import CHROMIUM, playwright

    with playwright.sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-lcd-text"])
        page = started.new_page(viewport={"width": 1500, "height": 1060})
        page.goto(written(Path(tempfile.mkdtemp())).as_uri())
        page.screenshot(path="docs/index.jpg", type="jpeg", quality=60)
        started.close()
