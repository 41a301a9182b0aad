"""What the form says of each flaw, word by word: flawed reports, and what stands in `tests/golden/form.txt` of them.

A report has many flaws at once, so that it is read once. `PYTHONPATH=. python tests/test_form_words.py` writes the file anew, for a
reader to compare.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from conftest import tree
from test_form import PATH, PNG, answer, prose, stored, text

from auditor.form.check import check_form
from auditor.models import Verdict
from auditor.profile import load_profile
from auditor.report.parse import parse_report

GOLDEN = Path(__file__).parent / "golden" / "form.txt"
LONG = " " + "y" * 4980


def answers(said: Mapping[int, str], base: str = "") -> str:
    """The report with these answers."""
    whole = base or text()
    for n, one in said.items():
        whole = answer(n, one, whole)
    return whole


def swapped(*pairs: tuple[str, str]) -> str:
    """The report with these texts in the place of others, each of which is in it."""
    whole = text()
    for old, new in pairs:
        assert old in whole, old
        whole = whole.replace(old, new, 1)
    return whole


def without(*numbers: int, base: str = "") -> str:
    """The report without these questions and their answers."""
    whole = base or text()
    for n in numbers:
        whole = re.sub(rf"(?ms)^### Question {n}\n.*?(?=^##|\Z)", "", whole)
    return whole


ITEM = "* [x] {}\n"
FIRST = "* [x] Create a git repository (M5)\n"
COURSE = {
    "nothing is wrong": text(),
    "what is missing": answers({
        1: "", 3: "", 4: "", 5: "--- question 5 fill here ---", 6: "...", 14: "", 19: "", 28: "", 29: "",
        20: "![my](figures/<image>.<extension>)", 10: "## Ours\n\n## And more\n\n" + prose(110), 11: "## Ours\n\n" + prose(210),
        12: "## Question\n\nx", 13: "## Only\n",
    }),
    "what is left": answers({
        1: "42 (FIXME)", 2: "s123456, sXXXXXX", 3: "--- question 3 fill here ---\n", 4: "lorem " * 120,
        5: prose(110) + "\n\n--- question 5 fill here ---", 6: prose(110) + "\n\nTODO: say which", 7: "TODO, later",
        8: prose(110) + " [TBD]", 9: prose(110) + "\n```\nTODO: later\n```\n~~~\nTODO: then\n~~~\n- TODO", 10: "a b c " * 40,
        12: prose(60) + " sXXXXXX" + LONG + "\n\nTODO" + LONG, 13: prose(120) + "\n![x](figures/<image>.<extension>)",
        15: "one two three four five six seven eight nine TODO", 16: "one two three four five six seven eight TODO",
        17: prose(60) + " `TODO` and TODOs", 18: prose(120) + "\n\n(TODO: a figure)", 28: "--- question 28 fill here ---",
        30: "lorem ipsum " * 60 + prose(119), 31: "lorem ipsum " * 60 + prose(121),
    }),
    "what the template left": answers({
        4: prose(110) + "\n\n> Recommended answer length: 100-200 words.", 5: prose(110) + "\n\nAnswer length: 100 words",
        6: prose(110) + "\n\n> *Example:*\n", 8: prose(110) + "\n\n<!-- more? -->\n\n<!-- or less -->",
        9: prose(110) + "\n\n`<!-- code -->`", 10: prose(110) + "\n```\n<!-- code -->\n```\n<!-- text -->" + LONG + "\n~~~\n<!-- x -->\n~~~",
        13: prose(110) + "\n\n*We used ... for managing our dependencies. The list of dependencies was auto-generated using ... . To get a*",
    }),
    "how long it is": answers({
        3: prose(201), 4: prose(99), 5: prose(90), 6: prose(89), 7: prose(110), 8: prose(220), 9: prose(221), 10: prose(200), 13: prose(1),
        12: prose(60) + " " + "`a b` " * 80, 15: prose(95) + " https://example.com/x " * 10, 16: prose(100) + "\n\n```\n" + "x " * 300 + "\n```",
        17: prose(50), 18: prose(100) + "\n\n| a | b |\n| - | - |\n| c d e | f |", 22: "- " + prose(50) + "\n- —\n- " + prose(50),
        23: prose(50) + "<br>\n" + prose(50), 24: prose(60) + "  \n" + prose(39), 28: prose(200), 31: prose(330),
    }),
    "who they are": answers({1: "The best group", 2: "s123456, s12345, S1"}),
    "who they are, twice": answers({1: "no number", 2: "s123456, S123456"}),
    "who they are, too many": answers({1: "Group seven", 2: ", ".join(f"s00000{n}" for n in range(1, 10))}),
    "who they are, eight": answers({1: "0", 2: ", ".join(f"s00000{n}" for n in range(1, 9))}),
    "who they are, one lacks": answers({2: "s000003", 31: prose(60) + "\n\ns000003 did much.\ns000001 did all.\n" * 7}),
    "its boxes": swapped(
        (FIRST, ITEM.format("Create a git repository (M5), we did")), ("* [x] Write unit tests related to the data", "* [X] Write unit tests related to the data"),
        ("* [x] Calculate the code", "* [~] Calculate the code"), ("* [x] Use profiling", "* [ x] Use profiling"), ("* [x] Load test", "* Load test"),
        ("* [ ] Deploy to the cloud", "* [?] Deploy to the cloud"), ("Create a frontend for your API", "Create a nice frontend for our API"),
        ("Use logging to log", "Use the logging to log"), ("### Extra\n", "### Extra\n\n* [x] Drink coffee\n* [x] Load test your application (M24)\n"),
        ("* [x] Add pre-commit hooks to your version control setup (M18)\n", ""), ("* [x] Add a linting step to your continuous integration (M17)\n", ""),
        ("* [x] Publish the documentation to GitHub Pages (M32)\n", ""),
    ),
    "its boxes, most gone": re.sub(r"(?ms)^### Week 2\n.*?(?=^### Extra)", "", text()),
    "its boxes, four gone": re.sub(r"(?m)^\* \[.\] (?:Load test|Calculate|Create a f|Use prof).*\n", "", text()),
    "its boxes, five gone": re.sub(r"(?m)^\* \[.\] (?:Load test|Calculate|Create a f|Use prof|Use log).*\n", "", text()),
    "its boxes, none ticked": text().replace("* [x]", "* [ ]"),
    "its boxes, all in another way": text().replace("* [x]", "* [X]"),
    "its boxes, nine in another way": text().replace("* [x]", "* [X]", 9),
    "its boxes, eight in another way": text().replace("* [x]", "* [X]", 8),
    "its boxes, unclear and in another way": text().replace("* [x]", "* [?]", 5),
    "its boxes, gone": re.sub(r"(?m)^\* \[.\] .*\n(?:    .*\n)?", "", text()),
    "its questions": swapped(
        ("### Question 4\n", "**Question 4**\n"), ("### Question 6\n", "### Question 60\n"), ("### Question 9\n", "### Question 8\n"),
        ("Discuss the overall struggles", "Discuss the overall trouble"), ("answer length: 50-100 words", "answer length: 5-10 words"),
        ("### Question 12\n", "### Qestion 12\n"), ("### Question 16\n", "### Configuration\n"),
    ),
    "its questions, others": swapped(
        ("### Question 31\n", "### Question 31\n> **What did you eat?**\n>\n> Answer:\n\n" + prose(60) + "\n\n### Question 32\n"),
        ("### Question 5\n", "### Question 5\n> **What is it all for, and for whom was it made?**\n>\n> Answer:\n\n" + prose(60) + "\n\n### Question 41\n"),
    ),
    "its questions, one gone": without(9),
    "its questions, the first gone": without(1),
    "its questions, three gone": without(9, 10, 31),
    "its questions, four gone": without(9, 10, 17, 31),
    "its questions, no line of answers": re.sub(r"(?m)^> Answer:\n", "", text(), count=9).replace("### Question 20\n", "### Question 20\n\n**Answer**: x\n"),
    "its questions, torn": answers({8: prose(110)}, without(9)).replace("### Question 10\n", "### Qestion 9\n\n" + prose(40) + "\n\n### Question 10\n"),
    "none of its questions": "# Ours\n\n" + "".join(f"### Question {n}\n\nHello there, this is it.\n\n" for n in range(1, 8)),
    "no report": "# Our project\n\nHello.\n",
    "another template": text("template2023"),
    "what makes the rest another text": swapped(
        ("### Question 3\n", "<<<<<<< HEAD\n### Question 3\n"), ("### Question 5\n", "=======\n### Question 5\n>>>>>>> theirs\n"),
    ),
    "what never ends": answers({4: prose(110) + "\n\n```bash\nuv sync", 31: prose(60) + "\n\n~~~\nx"}),
}  # fmt: skip
FILES = {f"reports/figures/{name}.png": PNG for name in ("one", "two", "three", "four")}
SHOWN = "![a](figures/one.png)"
COURSE |= {
    "its images": answers({
        14: prose(220), 19: "See [it](figures/bucket.png) and [that](x.PNG).", 20: "![b](figures/registry.png)\n" * 4, 21: "We did not build any.",
        29: prose(250) + f"\n\n{SHOWN}\n\n![b](figures/two.png)",
    }),
    "its images, odd": answers({
        19: "![b](reports/figures/bucket.png) ![c](Figures/Bucket.png) ![d](figures/buckett.png) ![e](figures/nowhere.png)",
        20: "![b](https://example.com/b.png)", 21: f"![b](figures/my bucket.png)\n\n`{SHOWN}`",
        14: prose(220) + "\n\n![c](C:\\Users\\me\\x.png) ![d](figures\\one.png) ![e](figures)",
        29: prose(220) + "\n\n![[figures/one.png]]\n\n<p>\n![x](figures/two.png)\n</p>\n\n![x](figures/three.png =300x200)",
    }),
    "its images, badges": answers({
        19: "![b](https://github.com/a/b/actions/workflows/nothing.yml/badge.svg) " + SHOWN, 20: f"    {SHOWN}\n\nx",
        4: prose(120) + f" `{SHOWN}`",
    }),
    "its links": answers({
        4: prose(110) + "\n[a](../src/nothing.py)\n[b](pyproject.toml)\n[c](#nowhere)\n[d](www.example.com/x)\n[e](file:///home/me/x)\n[f](..\\src\\x.py)",
        5: prose(110) + "\n[a](../pyproject.tom)\n[b](../../out.md)\n[c](../src)\n[d](example.com)\n[e](.)\n[f]()\n[g](mailto:x)",
        6: prose(110) + "\n[a](https://github.com/mlops-42/cloudtype/blob/main/src/nothing.py)\n[b](https://github.com/mlops-42/cloudtype/actions/workflows/tests.yml)",
    }),
}  # fmt: skip


def told(changed: str, files: Mapping[str, bytes]) -> Iterator[str]:
    """Each flaw (of those that say the same two), and then those that stand for many."""
    snapshot = tree(stored() | dict(files) | {PATH: changed.encode()})
    file, profile = snapshot.files[PATH], load_profile()
    report = parse_report(file, profile, snapshot.files)
    if report.state:
        yield f"the report: {report.state}"
    alone = check_form(file, report, snapshot, profile, lambda _: "E1", fold=False)
    said, alike = set[tuple[int, str]](), Counter[tuple[str, str]]()
    for verdict in alone:
        said.add((verdict.claim.line, verdict.claim.quote))
        alike[same := (verdict.rule, verdict.difference)] += 1
        yield from _lines(verdict) if alike[same] < 3 or not verdict.difference else ()
    for verdict in check_form(file, report, snapshot, profile, lambda _: "E1"):
        if (verdict.claim.line, verdict.claim.quote) not in said:
            yield from _lines(verdict)


def _lines(verdict: Verdict) -> Iterator[str]:
    source = verdict.claim.source
    yield f"{verdict.id} {verdict.rule}{' (a detail)' if verdict.detail else ''}: {source.kind} {source.n}, line {verdict.claim.line}: {verdict.claim.quote[:200]}"
    for name, said in (("says", verdict.report_says), ("is", verdict.difference), ("do", verdict.hint)):
        if said:
            yield f"   {name}: {said[:300]}"
    yield f"   by: {' | '.join(c.quote[:100] for c in verdict.citations)}"


def made() -> str:
    """The golden file as it would be today."""
    return "".join(f"== {name}\n" + "".join(f"{row}\n" for row in told(one, FILES)) for name, one in COURSE.items())


def _golden() -> dict[str, str]:
    parts = re.split(r"(?m)^== (.*)\n", GOLDEN.read_text(encoding="utf-8")) if GOLDEN.is_file() else [""]
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", COURSE)
def test_what_is_said_of_each_flaw(name: str) -> None:
    assert "".join(f"{row}\n" for row in told(COURSE[name], FILES)) == _golden()[name]


if __name__ == "__main__":
    GOLDEN.write_text(made(), encoding="utf-8")
