"""What is left of the template or stands twice: placeholders in any dress, questions that were pasted again."""

import re

import pytest
from conftest import tree
from test_form import PATH, answer, check, prose, rules, stored, text

from auditor.handin import state_of
from auditor.profile import load_profile
from auditor.report.parse import parse_report


def state(changed: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The numbers of the questions that the record calls unanswered, and those with a placeholder."""
    snapshot, profile = tree(stored() | {PATH: changed.encode()}), load_profile()
    report = parse_report(snapshot.files[PATH], profile, snapshot.files)
    made = state_of(snapshot.files[PATH], report, snapshot, profile)
    return made.unanswered, made.placeholders


@pytest.mark.parametrize(
    "said",
    [
        "--- question 16 fill here ---",
        "fill here",
        "Fill here.",
        "question 16 fill here",
        "--- fill here ---",
        "`fill here`",
        "**fill here**",
        "- fill here",
        "<fill here>",
        "[fill  here]",
        "---\nfill here\n---",
        "fill here\n\nfill here",
    ],
)
def test_a_placeholder_in_any_dress_is_no_answer(said: str) -> None:
    changed = answer(16, said)
    report, found = check(changed)
    assert [(v.rule, v.claim.source.n) for v in found] == [("answer-missing", 16)]
    assert "in place of line " in found[0].hint
    assert not next(q for q in report.questions if q.n == 16).answer
    assert state(changed) == ((16,), ())


def test_a_placeholder_behind_the_answers_mark() -> None:
    whole = answer(16, "")
    at = whole.index("### Question 16")
    changed = whole[:at] + whole[at:].replace("> Answer:", "> Answer: fill here", 1)
    found = check(changed)[1]
    assert [(v.rule, v.claim.source.n) for v in found] == [("answer-missing", 16)]
    assert "in place of the placeholder in line " in found[0].hint


@pytest.mark.parametrize(
    "said",
    [
        f"fill here. Debugging was {prose(110)}",
        f"Fill here -- {prose(110)}",
        f"{prose(110)}. fill here",
        f"{prose(110)}. Fill here.",
        f"fill here\n\n{prose(110)}",
        f"{prose(110)}\n\n*fill here*",
    ],
)
def test_a_placeholder_beside_an_answer(said: str) -> None:
    found = check(answer(16, said))[1]
    assert [(v.rule, v.claim.source.n) for v in found] == [("placeholder-left", 16)]
    assert found[0].hint.startswith("Delete ")
    whole_line = bool(re.search(r"^\W*fill here\W*$", said, re.IGNORECASE | re.MULTILINE))
    assert found[0].hint.startswith("Delete line") == whole_line  # no answer goes with it


def test_a_placeholder_alone_in_code_and_beside_a_few_words() -> None:
    assert ("placeholder-left", 16) in rules(answer(16, "```\nfill here\n```"))
    assert state(answer(28, "fill here. None.")) == ((), (28,))


@pytest.mark.parametrize(
    "said",
    [
        "The user can fill here what is known, and fill in the rest.",
        "We fill here. And there.",
        "Users see the words fill here and type.",
        "We took every `fill here` out.",
        "```yaml\n# fill here\nname: x\nfill here\n```",
        "Landfill here. Fill hereafter.",
        "Fill.",
    ],
)
def test_a_sentence_with_the_words_is_somebodys_own(said: str) -> None:
    assert rules(answer(16, f"{prose(110)}\n\n{said}")) == []
    assert rules(answer(16, f"{said}\n\n{prose(110)}")) == []


# -- questions that stand twice ----------------------------------------------------------------------------------------


def section(n: int) -> str:
    found = re.search(rf"(?ms)^### Question {n}\n.*?(?=^##)", text())
    assert found
    return found[0]


@pytest.mark.parametrize("changes", [False, True])
def test_a_question_that_was_pasted_twice(changes: bool) -> None:
    once = section(16)
    changed = text().replace(once, once + (once.replace(" the ", " a ") if changes else once), 1)
    found = check(changed)[1]
    assert [(v.rule, v.claim.source.n) for v in found] == [("question-twice", 16)]
    lines = changed.split("\n")
    one, other = [i for i, row in enumerate(lines, 1) if row == "### Question 16"]
    end = next(i for i, row in enumerate(lines, 1) if row == "## Working in the cloud")
    kept = ": keep the answer that is meant" if changes else ""
    assert found[0].hint == f"Delete lines {other} to {end - 1}, or {one} to {other - 1}{kept}."
    rest = "\n".join(lines[: other - 1] + lines[end - 1 :])
    assert rules(rest) == []


def test_the_last_question_twice_ends_with_the_file() -> None:
    last = text()[text().index("### Question 31\n") :]
    changed = text().rstrip("\n") + "\n\n" + last
    found = [v for v in check(changed)[1] if v.rule == "question-twice"]
    assert f"to {len(changed.splitlines())}, or " in found[0].hint


def test_another_question_with_a_number_that_is_taken_gets_its_own() -> None:
    other = section(16).replace("> **When running into bugs", "> **What did you like about the weather and the food of")
    other = re.sub(r"> \*\*.*?\*\*", "> **What was served for lunch on the days of the project?**", other, flags=re.S)
    found = [v for v in check(text().replace(section(16), section(16) + other, 1))[1] if v.rule == "question-twice"]
    assert [v.hint for v in found] == ["Restore the template's numbers."]
