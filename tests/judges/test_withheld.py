"""A private answer that stands in the repository once more is not sent, in whatever file; the rest of that file is."""

import json

import pytest

from auditor.judges.request import Asking, make_brief, readings
from auditor.models import Report
from auditor.profile import load_profile
from auditor.report.parse import parse_report
from auditor.report.withheld import withheld
from auditor.snapshot import Snapshot

PROFILE = load_profile()
SAID = "Quillon was in charge of the data and the tests.\nTesselina built the containers for training."
OTHER = "Quillon did nothing all month."


def report_text(answer: str = SAID, layout: str = "31", more: str = "") -> str:
    """A report that asks all of the template's questions."""
    rows = ["# Exam\n"]
    for question in sorted((q for q in PROFILE.questions if layout in q.numbers), key=lambda q: q.numbers[layout]):
        n = question.numbers[layout]
        said = {"contributions": answer, "members": "s000001, s000002"}.get(
            question.id, f"Public words {n} of ours here."
        )
        rows.append(f"### Question {n}\n\n> **{question.texts[0]}**\n>\n> Answer:\n\n{said}\n")
    return "\n".join(rows) + more


def parsed(text: str) -> Report:
    return parse_report(Snapshot({"reports/README.md": text}).files["reports/README.md"], PROFILE)


def sent(files: dict[str, str], text: str = "", private: bool = False) -> str:
    text = text or report_text()
    snapshot = Snapshot({"reports/README.md": text, **files})
    report = parse_report(snapshot.files["reports/README.md"], PROFILE)
    snapshot.report = report
    shown = Snapshot(files)
    shown.report = report
    brief = make_brief(shown, report, PROFILE, [], [], {}, Asking(private=private))
    _, requests = readings(brief, report)
    return "\n".join(t for request in requests for _, t in request.messages)


def notebook(text: str) -> str:
    cell = {"cell_type": "markdown", "metadata": {}, "source": [row + "\n" for row in text.split("\n")]}
    return json.dumps({"cells": [cell], "nbformat": 4, "nbformat_minor": 5, "metadata": {}}, indent=1)


LAST = report_text(OTHER)[report_text(OTHER).index("### Question 31") :]
COPIES = {
    "an older report": ("reports/old.md", report_text(OTHER)),
    "a report elsewhere": ("report.md", report_text(OTHER)),
    "the last question alone": ("reports/README_final.md", LAST),
    "a plain text": ("docs/report.txt", report_text(OTHER)),
    "a plain text without marks": ("docs/report.txt", f"Question 31\n\n{OTHER}\n"),
    "a page": ("reports/report.html", f"<h3>Question 31</h3>\n<p>{OTHER}</p>\n"),
    "a notebook": ("notebooks/report.ipynb", notebook(LAST)),
    "a page of contributions": ("reports/contributions.md", f"# Contributions\n\n{OTHER}\n"),
    "individual contributions": (
        "docs/who.md",
        f"# Us\n\n## Individual contributions of the team members\n\n{OTHER}\n",
    ),
    "a chapter": ("reports/report.tex", f"\\section{{Contributions}}\n{OTHER}\n"),
}


@pytest.mark.parametrize(("path", "text"), COPIES.values(), ids=COPIES.keys())
def test_another_answer_to_a_private_question_is_not_sent(path: str, text: str) -> None:
    shown = sent({path: text, "src/a.py": "x = 1\n"})
    assert "did nothing all month" not in shown
    assert "Quillon" not in shown
    assert "src/a.py" in shown


def test_a_list_of_members_ends_where_something_else_begins() -> None:
    text = f"# Project\n\n# Members of the group\n\n## Quillon Example\n\n{OTHER}\n\n## Project structure\n\nAs it is here.\n"
    shown = sent({"README.md": text})
    assert "did nothing" not in shown
    assert "As it is here." in shown


def test_the_other_answers_of_a_copy_are_sent() -> None:
    shown = sent({"reports/old.md": report_text(OTHER).replace("Public words 5 of ours", "Old words of ours")})
    assert "Old words of ours" in shown
    assert "lines)" in shown, "that it is shown in part is said"


VERBATIM = {
    "a sentence": ("notes.md", "Meeting.\n\nWhat we did: Tesselina built the containers for training.\n"),
    "broken elsewhere": ("notes.txt", "Tesselina built\nthe containers\n  for training.\n"),
    "other marks": ("team.yaml", "who:\n  - 'QUILLON was in charge of the data, and the tests'\n"),
    "a comment": ("src/b.py", "# Quillon was in charge of the data and the tests.\nx = 1\n"),
    "a notebook": ("n.ipynb", notebook("Tesselina built the containers for training.")),
}


@pytest.mark.parametrize(("path", "text"), VERBATIM.values(), ids=VERBATIM.keys())
def test_a_sentence_of_a_private_answer_is_not_sent(path: str, text: str) -> None:
    shown = sent({path: text + "\nkept = 1\n" if path.endswith(".py") else text})
    assert "in charge of the data" not in shown
    assert "built" not in shown or "containers" not in shown.split("built", 1)[1][:20]


HARMLESS = {
    "words of an answer": (
        "a.md",
        "The containers for training are built by CI, and the data and the tests are checked.\n",
    ),
    "a guide": ("CONTRIBUTING.md", "# Contributing\n\nOpen a pull request first.\n"),
    "guidelines": ("README.md", "# Contribution guidelines\n\nOpen a pull request first.\n"),
    "a public question": ("faq.md", "## Question 5\n\nOpen a pull request first.\n"),
    "a public sentence": ("b.md", "Public words 7 of ours here.\n"),
    "code": ("c.py", "members = load()\ncontributions = sum(members)\n"),
    "a question of data": ("d.json", '{"question": "Question 31", "answer": "Open a pull request first."}\n'),
}


@pytest.mark.parametrize(("path", "text"), HARMLESS.values(), ids=HARMLESS.keys())
def test_what_is_no_private_answer_is_sent(path: str, text: str) -> None:
    hidden, _ = withheld(parsed(report_text()), PROFILE, [(path, text.split("\n"))])
    assert not hidden


def test_who_asks_for_private_answers_has_them_all() -> None:
    assert "did nothing all month" in sent({"reports/old.md": report_text(OTHER)}, private=True)


def private(text: str) -> dict[str, bool]:
    return {q.answer: q.private for q in parsed(text).questions}


AGAIN = "\n\n### Question {}\n\n> **{}**\n>\n> Answer:\n\nWhatever this says.\n"


@pytest.mark.parametrize(
    ("n", "asked"),
    [(31, "Something of ours"), (2, "Which numbers"), (31, ""), (40, "State who did what: contributions"), (27, "")],
)
def test_a_private_number_stays_private(n: int, asked: str) -> None:
    layout = "27" if n == 27 else "31"
    assert private(report_text(layout=layout, more=AGAIN.format(n, asked)))["Whatever this says."]


def test_a_heading_that_asks_for_people_is_private() -> None:
    text = (
        report_text()
        + "\n\n### Question 40: individual contributions\n\n> **More**\n>\n> Answer:\n\nWhatever this says.\n"
    )
    assert private(text)["Whatever this says."]


def test_another_question_under_a_private_number_is_private_where_that_has_no_other() -> None:
    asked = next(q.texts[0] for q in PROFILE.questions if q.id == "frameworks")
    text = report_text()
    swapped = text[: text.index("### Question 31")] + AGAIN.format(31, asked)
    assert private(swapped)["Whatever this says."]


@pytest.mark.parametrize(("n", "asked"), [(40, "What else did you build"), (27, "How did it go in the end of it all")])
def test_other_numbers_are_as_public_as_they_were(n: int, asked: str) -> None:
    text = report_text()
    if n == 27:  # a public number of this version, reworded
        start, end = text.index("### Question 27"), text.index("### Question 28")
        text = text[:start] + AGAIN.format(n, asked) + text[end:]
    else:
        text = text.replace("### Question 31", AGAIN.format(n, asked) + "\n### Question 31")
    assert not private(text)["Whatever this says."]


def test_shifted_numbers_hide_no_public_answer() -> None:
    """A question of their own in between: the last public one has the private one's number."""
    text = report_text()
    at = text.index("### Question 30")
    text = text[:at] + text[at:].replace("Question 31", "Question 32").replace("Question 30", "Question 31")
    assert not private(text)["Public words 30 of ours here."]
    assert private(text)[SAID]
