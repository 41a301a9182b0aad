"""How firmly a sentence speaks."""

import pytest
from conftest import report

from auditor.prose import Statement, read_prose


def only(sentence: str) -> Statement:
    """The one statement of an answer."""
    [statement] = read_prose(report({"tests": sentence})).of()
    return statement


@pytest.mark.parametrize(
    ("sentence", "planned"),
    [
        ("We would test the loader.", True),
        ("We could test the loader.", True),
        ("The loader could not be tested.", True),
        ("We could not test the loader.", True),
        ("We kept the logs so we could later add a dashboard.", True),
        ("We kept the logs so we could test them.", True),
        ("The loader skips images that could not be read.", False),
        ("The workflow runs on every push, so we could see whether something was broken.", False),
        ("The logs are kept so that we could easily follow a request.", False),
    ],
)
def test_planned(sentence: str, planned: bool) -> None:
    assert only(sentence).planned == planned


@pytest.mark.parametrize(
    ("sentence", "past"),
    [
        ("We started with a small model.", True),
        ("The project started out as a script.", True),
        ("The project was started by one of us.", True),
        ("The workflow is started by a push.", False),
        ("The jobs are started with `invoke train`.", False),
        ("The API can be started by the task `serve`.", False),
        ("We used to run it by hand.", True),
        ("The script is used to run it.", False),
    ],
)
def test_past(sentence: str, past: bool) -> None:
    assert only(sentence).past == past


@pytest.mark.parametrize(
    ("sentence", "hedged"),
    [
        ("The main goal is a small model.", True),
        ("We mainly test the loader.", True),
        ("The tests run on every push to `main`.", False),
        ("The main branch is protected.", False),
    ],
)
def test_hedged(sentence: str, hedged: bool) -> None:
    assert only(sentence).hedged == hedged


@pytest.mark.parametrize(
    ("mark", "text", "checked"),
    [
        ("x", "Do it", True),
        (" ", "Do it", False),
        ("", "Do it", False),
        ("-", "Do it", None),
        ("/", "Do it", None),
        ("", "([X]) Do it", None),
    ],
)
def test_a_mark_that_is_neither_ticked_nor_open_is_no_answer(mark: str, text: str, checked: bool | None) -> None:
    from auditor.models import ChecklistItem, Report
    from auditor.prose import Prose

    items = [ChecklistItem(n=n, line=n, text="Other", mark="x", checked=True, item=f"other-{n}") for n in range(1, 9)]
    items.append(
        ChecklistItem(
            n=9, line=9, text=text, mark=mark, checked=mark == "x", partly=mark in "-/" and mark != "", item="thing"
        )
    )
    assert Prose(Report(path="r", commit="c", sha256="s", items=tuple(items))).checked("thing") is checked
