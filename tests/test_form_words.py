"""What the form says of each flaw, word by word: flawed reports, and what stands in `tests/golden/form.txt` of them.

A report has many flaws at once, so that it is read once. `PYTHONPATH=. python tests/test_form_words.py` writes the file anew, for a
reader to compare.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

import pytest
from conftest import tree
from test_form import PATH, PNG, answer, prose, stored, text
from test_form_links import OURS, WHOLE

from auditor.form.check import check_form
from auditor.handin import _ASKED_FOR
from auditor.models import Evidence, Report, Verdict
from auditor.profile import Profile, load_profile
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.rules import UNFINISHED
from auditor.snapshot import File, Snapshot

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
    "what the template left, in odd blanks": answers({
        4: prose(110) + "\n\n**We used**  ... for managing our   dependencies. The list of dependencies was auto-generated using ... . To get a",
        7: prose(55) + "\n\nExample: We used ... for x", 22: prose(110) + "\n\n*Example:*\n\nx",
    }),
    "how long it is": answers({
        3: prose(201), 4: prose(99), 5: prose(90), 6: prose(89), 7: prose(110), 8: prose(220), 9: prose(221), 10: prose(200), 13: prose(1),
        12: prose(60) + " " + "`a b` " * 80, 15: prose(95) + " https://example.com/x " * 10, 16: prose(100) + "\n\n```\n" + "x " * 300 + "\n```",
        17: prose(50), 18: prose(100) + "\n\n| a | b |\n| - | - |\n| c d e | f |", 22: "- " + prose(50) + "\n- —\n- " + prose(50),
        23: prose(50) + "<br>\n" + prose(50), 24: prose(60) + "  \n" + prose(39), 28: prose(200), 31: prose(330),
    }),
    "how long it is, with tables and lists": answers({
        4: prose(40) + "\n\n| a | b |\n| - | - |\n| c d e | f |\n\n" + prose(40), 5: "- — one\n- — two\n- — three", 6: prose(50) + "<br>\n" + prose(49),
        8: "`a` `b c` ![d](figures/bucket.png)", 9: "**a** *b* [c d](../pyproject.toml) e",
        10: prose(150) + "\n\n| a | b |\n| - | - |\n| c | d |\n\n" + prose(80), 13: prose(199) + "\n\n- —\n- —\n- —",
    }),
    "who they are, in two lines": answers({1: "The best\ngroup", 2: "s123456,\ns12345"}),
    "who they are, one lacks and one line says so": answers({2: "s000003", 31: prose(60) + "\n\ns000001 did all."}),
    "who they are": answers({1: "The best group", 2: "s123456, s12345, S1"}),
    "who they are, twice": answers({1: "no number", 2: "s123456, S123456"}),
    "who they are, too many": answers({1: "Group seven", 2: ", ".join(f"s00000{n}" for n in range(1, 10))}),
    "who they are, eight": answers({1: "0", 2: ", ".join(f"s00000{n}" for n in range(1, 9))}),
    "who they are, one lacks": answers({2: "s000003", 31: prose(60) + "\n\ns000003 did much.\ns000001 did all.\n" * 7}),
    "its boxes": swapped(
        (FIRST, ITEM.format("Create a git repository (M5), we did")), ("* [x] Write unit tests related to the data", "* [X] Write unit tests related to the data"),
        ("* [x] Calculate the code", "* [~] Calculate the code"), ("* [x] Use profiling", "* [ x] Use profiling"), ("* [x] Load test", "* Load test"),
        ("* [ ] Deploy to the cloud", "* [?] Deploy to the cloud"), ("Create a frontend for your API", "Create a nice frontend for our API"),
        ("Use logging to log important", "Use loging to log importent"), ("### Extra\n", "### Extra\n\n* [x] Drink coffee\n* [x] Load test your application (M24)\n"),
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
    "its questions, slips": without(9).replace("### Question 10\n", "### Kvestion 9\n\n" + prose(40) + "\n\n### Question 10\n"),
    "its questions, a slip in bold": without(9).replace("### Question 10\n", "### **Q u estion 9:**\n\n### Question 10\n"),
    "its questions, a slip without a number": without(31) + "\n\n### Question thirty-one ##\n\nx\n",
    "its questions, slips of other numbers": without(9).replace("### Question 10\n", "### Kvestion 8\n\n### Quest\n\n### The questions of the day\n\n### Question 10\n"),
    "its questions, the first two gone": without(1, 2),
    "its questions, one twice": text().replace("### Question 10\n", text()[text().index("### Question 9\n"):text().index("### Question 10\n")] + "### Question 10\n").replace("Discuss the overall struggles", "Discuss the overall trouble"),
    "its questions, a slip and one gone": without(9, 31).replace(
        "### Question 10\n", "### Kvestion 9\n\n" + prose(40) + "\n\n### Question 10\n"
    ),
    "its questions, another in the place of one": re.sub(r"(?ms)(^### Question 9\n).*?(?=^> Answer:)", r"\1> **What did you have for lunch, and who paid?**\n>\n", text()),
    "its questions, one named by its number": re.sub(r"(?ms)(^### Question 9\n).*?(?=^> Answer:)", r"\1", text()),
    "its questions, their headings far off": re.sub(r"(?m)^### Question 12\n", "### How we set up the configuration of all of our experiments in the end\n", text()),
    "none of its questions": "# Ours\n\n" + "".join(f"### Question {n}\n\nHello there, this is it.\n\n" for n in range(1, 8)),
    "no report": "# Our project\n\nHello.\n",
    "another template": text("template2023"),
    "what makes the rest another text": swapped(
        ("### Question 3\n", "<<<<<<< HEAD\n### Question 3\n"), ("### Question 5\n", "=======\n### Question 5\n>>>>>>> theirs\n"),
    ),
    "what is left, at the edges": swapped(
        ("> Answer:\n", "> Answer:\n--- question 1 fill here ---\n"),
        ("### Question 2\n", "### Question 2\n> figures/<image>.<extension>\n> question 2 fill here\n"),
        ("### Question 22\n", "### Question 22\n> Answer:\n\n" + ("sXXXXXX " * 9).ljust(4_999, "y") + "\n\n> Answer:\n"),
        ("### Question 23\n", "### Question 23\n> Answer:\n\n" + ("sXXXXXX " * 9).ljust(5_000, "y") + "\n\n> Answer:\n"),
    ),
    "what only fills the space, at the edges": answers({
        4: "a b c " * 10, 5: "a b c " * 9 + "a b", 6: "a b c d " * 30, 8: "lorem x " * 60, 9: "lorem lorem x " * 40,
        10: "<!-- lorem -->" + prose(120), 13: "TODO " * 9, 15: "one two three four five six seven eight nine ten TODO: x",
        16: prose(110) + "\n\nTODO: " + "y" * 4_993, 18: prose(110) + "\n\nTODO: " + "y" * 4_994,
        22: prose(110) + "\n\n```\nAnswer length: 5\n```\n\n~~~\nAnswer length: 6\n~~~\n\nAnswer length: 7",
        23: prose(110) + "\n\nAnswer length: " + "y" * 4_985, 24: prose(110) + "\n\n<!-- " + "y" * 5_000,
    }),
    "what is half a merge": swapped(
        ("### Question 3\n", "<<<<<<< a\n### Question 3\n"), ("### Question 4\n", "=======\n### Question 4\n"), ("### Question 5\n", "<<<<<<< b\n### Question 5\n"),
        ("### Question 6\n", ">>>>>>> c\n### Question 6\n"), ("### Question 7\n", "======= \n### Question 7\n"), ("### Question 8\n", ">>>>>>> d\n### Question 8\n"), ("### Question 9\n", ">>>>>>> e\n### Question 9\n"),
    ),
    "what a merge left around a flaw": answers({4: "<<<<<<< a\n\n=======\n\n[x](nowhere.md)\n\n>>>>>>> b\n\n[y](nowhere.md)", 5: "<<<<<<< a\n=======\n"}),
    "what never ends": answers({4: prose(110) + "\n\n```bash\nuv sync", 31: prose(60) + "\n\n~~~\nx"}),
}  # fmt: skip
BOX = "- [x] Write the {} part\n"
PARTS = ("first", "second", "third", "fourth", "fifth", "sixth")
ITEMS = [{"id": f"box-{w}", "texts": [f"Write the {w} part"], "observable": False, "reason": "-"} for w in PARTS]
LIST = [i["id"] for i in ITEMS]
HEADED = Profile.model_validate({
    "name": "own", "title": "Own", "report": ["R.md"], "items": ITEMS,
    "questions": [{"id": "testing", "titles": ["Testing"], "numbers": {"new": 1}}, {"id": "data", "titles": ["Data"], "texts": ["Which data?"], "numbers": {"new": 2}}],
    "layouts": [{"name": "new", "heading": ["## {n}. {title}"], "answer": "Answer:", "report": ["R.md"]}],
    "versions": [{"name": "new", "layout": "new", "items": LIST, "words": {"testing": [5, 0], "data": [0, 3]}, "images": {"data": [1, 1]}}],
})  # fmt: skip
UNMARKED = HEADED.model_copy(update={"layouts": tuple(x.model_copy(update={"answer": ""}) for x in HEADED.layouts)})
BARE = HEADED.model_copy(update={"versions": ()})
BOXED = Profile.model_validate({
    "name": "rubric", "title": "Rubric", "report": ["RUBRIC.md"], "items": ITEMS,
    "layouts": [{"name": "rubric", "questions": "boxes", "checklist": "table", "report": ["RUBRIC.md"]}],
    "versions": [{"name": "rubric", "layout": "rubric", "items": LIST}],
})  # fmt: skip
LISTED = "# Ours\n\n" + "".join(map(BOX.format, PARTS)) + "\n"
TABLED = "|Part|Done|Notes|\n|-|-|-|\n"
OF_ITS_OWN: dict[str, dict[str, str]] = {
    "a course of one's own": {"R.md": LISTED + "## 1. Testing\n\nAnswer: We test it all with care.\n\n## 2. Data\n\nAnswer:\n\nMNIST. ![x](reports/figures/one.png)\n"},
    "a course of one's own, cut by a heading": {"R.md": LISTED + "## 1. Testing\n\nAnswer:\n\n## Ours\n\nWe test it all with care.\n\n## 2. Data\n\nAnswer:\n\n## Set-up\n## More\n\nx\n"},
    "a course of one's own, cut by nothing": {"R.md": LISTED + "## 1. Testing\n\nAnswer:\n\n## Ours\n\n## 2. Data\n\n## Ours\n\nWe have it.\n"},
    "a course of one's own, short and long": {"R.md": LISTED + "## 1. Testing\n\nAnswer: We do.\n\n## 2. Data\n\nAnswer:\n\nMuch of it and more. ![x](reports/figures/one.png) ![y](reports/figures/two.png)\n"},
    "a course of one's own, headings": {"R.md": LISTED + "## 2. Testing\n\nAnswer: We test it all with care.\n\n## 3. Beer\n\nAnswer: None.\n"},
    "a course of one's own, no question of it": {"R.md": LISTED + "Hello there.\n"},
    "a course of one's own, none of it": {"R.md": "# Ours\n\nHello there.\n"},
    "a table with boxes": {"RUBRIC.md": TABLED + "".join(f"|Write the {w} part|{m}|here|\n" for w, m in zip(PARTS, ("[x]", "[ ]", "[X]", "[?]", "no", "x y"), strict=True))},
    "a course without marks, none of it": {"R.md": LISTED + "## Ours\n\nHello.\n"},
    "a course without marks, one gone": {"R.md": LISTED + "## 1. Testing\n\nWe test it all with care.\n"},
    "a course without a template": {"R.md": LISTED.replace(BOX.format("sixth"), "") + "## 1. Testing\n\nAnswer: We.\n"},
    "a table": {"RUBRIC.md": TABLED + "".join(f"|Write the {w} part|{m}|here|\n" for w, m in zip(PARTS, ("x", "", "", "3", "Yes", "x"), strict=True))},
    "a table, none ticked": {"RUBRIC.md": TABLED + "".join(f"|Write the {w} part||here|\n" for w in PARTS)},
    "a table, none ticked, two columns": {"RUBRIC.md": TABLED + "".join(f"|Write the {w} part|||\n" for w in PARTS)},
    "a list in a file beside the report": {"R.md": "# Ours\n\n## 1. Testing\n\nAnswer: We test it all with care.\n\n## 2. Data\n\nAnswer: It. ![x](reports/figures/one.png)\n", "README.md": LISTED.replace("[x]", "[X]", 1).replace("[x]", "[?]", 1)},
}  # fmt: skip
FILES = {f"reports/figures/{name}.png": PNG for name in ("one", "two", "three", "four")}
SHOWN = "![a](figures/one.png)"
ODD = {
    "empty.png": b" \n", "words.png": b"no picture", "paper.png": b"%PDF-1.4 x", "drawn.svg": b"<?xml version='1.0'?>\n<SVG/>",
    "late.svg": b" " * 3_996 + b"<svg/>", "later.svg": b" " * 3_997 + b"<svg/>", "new.avif": b"\0\0\0\x1cftypavif", "newer.avif": b"\0" * 25 + b"ftypavif",
    "pointed.png": b"version https://git-lfs.github.com/spec/v1\n",
}  # fmt: skip
FILES |= {f"reports/figures/{name}": data for name, data in ODD.items()}
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
    "its images, files": answers({
        20: "\n\n".join(f"![a](figures/{name})" for name in ODD), 21: f"{SHOWN} `![b](figures/two.png)` ![c](figures/one.png?raw=true)",
        22: prose(110) + "\n\n![a](https://example.com/a.png)\n\n![b](data:image/png;base64,xx)\n\n`![c](figures/nowhere.png)`",
        14: prose(220) + "\n\n[a](x.jpeg) [b](y.webp)", 19: "No, we have none: n/a.", 29: prose(220) + "\n\n![a](figures/one.png)\n\n![b](figures/two.png)\n\n![c](figures/three.png)",
    }),
    "its images, on branches": answers({
        19: f"![a]({OURS}/blob/develop/reports/figures/one.png?raw=true)\n\n![b]({OURS}/actions/workflows/nothing.yml/badge.svg)",
        20: f"![a]({OURS}/blob/main/reports/figures/one.png?raw=true) ![b](https://raw.githubusercontent.com/mlops-42/cloudtype/main/reports/figures/one.png)",
    }),
    "its links, to the repository's own pages": answers({4: prose(110) + "\n" + "\n".join(f"[x]({link})" for link in (
        f"{OURS}/blob/main/src/nothing.py", f"{OURS}/blob/main/pyproject.tom", f"{OURS}/tree/main/src", f"{OURS}/blob/main/pyproject.toml#L2",
        f"{OURS}/blob/dev/src/nothing.py", f"{OURS}/blob/develop/pyproject.toml", f"{OURS}/tree/feature/nothing", f"{OURS}/releases/tag/v2.0", f"{OURS}/releases/tag/final",
        f"{OURS}/actions/workflows/nothing.yml", f"{OURS}/actions/workflows/test.yaml", f"{OURS}/actions/workflows/tests.yaml/badge.svg", f"{OURS}/actions/workflows/nothing",
        f"{OURS}/commit/abcdef0", f"{OURS}/blob/abcdef01/x.py", f"{OURS}/tree/master", f"{OURS}/raw/refs/heads/main/x.py", "https://github.com/others/cloudtype/blob/main/src/nothing.py",
        "https://github.com/others/cloudtype/actions/workflows/nothing.yml", "https://raw.githubusercontent.com/mlops-42/cloudtype/nobranch/x.py", "https://raw.githubusercontent.com/others/x/nobranch/x.py",
    ))}),
    "its links, odd": answers({4: prose(110) + "\n" + "\n".join(f"[x]({link})" for link in (
        "../src%2Fcloudtype", "..", "../..", "/", "/pyproject.toml", "/nothing.toml", "?x=1", "figures/one.png?raw=true#x", "../SRC/cloudtype/train.py", "../src/cloudtype/trein.py",
        "train.py", "C:/Users/me/x.py", "~/x.py", "/home/me/x.py", "example.dk/x", "example.de/x", "README.md", "readme.md", "#question-3", "#Question-3", "#user-content-question-3", "##",
    ))}),
    "its links": answers({
        4: prose(110) + "\n[a](../src/nothing.py)\n[b](pyproject.toml)\n[c](#nowhere)\n[d](www.example.com/x)\n[e](file:///home/me/x)\n[f](..\\src\\x.py)",
        5: prose(110) + "\n[a](../pyproject.tom)\n[b](../../out.md)\n[c](../src)\n[d](example.com)\n[e](.)\n[f]()\n[g](mailto:x)",
        6: prose(110) + "\n[a](https://github.com/mlops-42/cloudtype/blob/main/src/nothing.py)\n[b](https://github.com/mlops-42/cloudtype/actions/workflows/tests.yml)",
    }),
}  # fmt: skip


PLACED: dict[str, dict[str, str]] = {
    "placed where it is due": {PATH: text()},
    "placed elsewhere": {"docs/the report.md": text()},
    "placed elsewhere, where the folder is": {"docs/report.md": text(), "reports/figures/a.txt": ""},
    "placed beside another text": {"docs/the report.md": text(), "reports/readme.md": "# Ours\n"},
    "placed elsewhere, of a course that says nothing of it": {"R.md": OF_ITS_OWN["a course of one's own"]["R.md"]},
}


def _course(name: str) -> Profile:
    return BOXED if "table" in name else UNMARKED if "marks" in name else BARE if "template" in name else HEADED


@cache
def _read(name: str) -> tuple[Snapshot, Profile, File, Report]:
    if name in PLACED:
        snapshot, profile = tree(PLACED[name]), load_profile() if "says nothing" not in name else HEADED
        file = next(
            f
            for p, f in snapshot.files.items()
            if p.lower() not in ("reports/readme.md", "reports/figures/a.txt") or p == PATH
        )
    elif name in COURSE:
        snapshot, profile = tree(stored() | FILES | {PATH: COURSE[name].encode()}, WHOLE), load_profile()
        file = snapshot.files[PATH]
    else:
        snapshot, profile = (
            Snapshot(OF_ITS_OWN[name] | FILES),
            _course(name),
        )
        file = find_report(snapshot, "", profile)
    return snapshot, profile, file, parse_report(file, profile, snapshot.files, "", OURS)


def told(name: str) -> Iterator[str]:
    """Each flaw (of those that say the same two), and then those that stand for many."""
    snapshot, profile, file, report = _read(name)
    pieces: list[Evidence] = []

    def number(piece: Evidence) -> str:
        pieces.append(piece)
        return str(len(pieces) - 1)

    if name in PLACED:
        for placed in (False, True):
            yield "nobody said where it lies:" if placed else "somebody said where it lies:"
            found = check_form(file, report, snapshot, profile, number, placed=placed)
            for verdict in (v for v in found if v.rule == "report-elsewhere"):
                yield from _lines(verdict, pieces)
        return
    if report.state:
        yield f"the report: {report.state}"
    alone = check_form(file, report, snapshot, profile, number, url=f"{OURS}.git", fold=False)
    said, alike = set[tuple[int, str]](), Counter[tuple[str, str, str]]()
    for verdict in alone:
        said.add((verdict.claim.line, verdict.claim.quote))
        alike[same := (verdict.rule, verdict.difference, re.sub(r"\d+", "", verdict.hint))] += 1
        yield from _lines(verdict, pieces) if alike[same] < 3 or not verdict.difference else ()
    folded = check_form(file, report, snapshot, profile, number, url=f"{OURS}.git")
    yield f"in all: {len(alone)}, {len(folded)} told"
    for verdict in folded:
        if (verdict.claim.line, verdict.claim.quote) not in said:
            yield from _lines(verdict, pieces)
    for what, only in (("an audit tells of", UNFINISHED), ("and counts", UNFINISHED | _ASKED_FOR)):
        found = check_form(file, report, snapshot, profile, lambda _: "E1", only=only)
        if found:
            yield f"{what}: {', '.join(f'{v.rule} {v.claim.source.n}' for v in found)}"


def _lines(verdict: Verdict, pieces: Sequence[Evidence]) -> Iterator[str]:
    source = verdict.claim.source
    yield f"{verdict.id} {verdict.rule}{' (a detail)' if verdict.detail else ''}: {source.kind} {source.n}, line {verdict.claim.line}: {verdict.claim.quote[:200]}"
    for name, said in (("says", verdict.report_says), ("is", verdict.difference), ("do", verdict.hint)):
        if said:
            yield f"   {name}: {said[:300]}"
    for cited in verdict.citations:
        e = pieces[int(cited.evidence)]
        where = ", ".join(e.sources) or f"{e.path}:{e.start}"
        yield f"   by {verdict.by}, {e.probe}: {where}: {cited.quote[:100]}"


def made() -> str:
    """The golden file as it would be today."""
    return "".join(
        f"== {name}\n" + "".join(f"{row}\n" for row in told(name)) for name in (*COURSE, *OF_ITS_OWN, *PLACED)
    )


def _golden() -> dict[str, str]:
    parts = re.split(r"(?m)^== (.*)\n", GOLDEN.read_text(encoding="utf-8")) if GOLDEN.is_file() else [""]
    return dict(zip(parts[1::2], parts[2::2], strict=True))


@pytest.mark.parametrize("name", [*COURSE, *OF_ITS_OWN, *PLACED])
def test_what_is_said_of_each_flaw(name: str) -> None:
    assert "".join(f"{row}\n" for row in told(name)) == _golden()[name]


if __name__ == "__main__":
    GOLDEN.write_text(made(), encoding="utf-8")
