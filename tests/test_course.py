"""A course that the program has never heard of: its template becomes a profile, its groups' repositories are audited by it."""

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from build_fixture import git

from auditor import pipeline
from auditor.checking import check
from auditor.errors import UserError
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile
from auditor.profile_new import written

ITEMS = [
    "Create a git repository for the project", "Keep a dedicated environment for your packages", "Write down all dependencies of your code",
    "Comply with good coding practices while doing the project", "Setup version control for your data", "Construct a docker file for your code",
    "Write configuration files for your experiments", "Use logging to log important events in your code", "Use Weights & Biases to log training progress",
    "Write unit tests related to the data part of your code", "Write unit tests related to model construction", "Calculate the code coverage",
    "Get some continuous integration running", "Add a linting step to your continuous integration", "Add pre-commit hooks to your version control setup",
    "Create a FastAPI application that can do inference using your model", "Write some documentation for your application",
    "Create an architectural diagram of your system", "Count the carp in the pond", "Swim with one of them",
]  # fmt: skip
QUESTIONS = {
    "The group": "Who is in the group? Give names and student numbers.",
    "Dependencies": "How did you manage dependencies in your project, and how does a new member get the same environment?",
    "Testing": "How many tests did you write and what do they test?",
    "Coverage": "What is the total code coverage of your code, and would you trust it?",
    "Continuous integration": "Discuss your continuous integration: what runs in which workflow?",
    "Containers": "How did you use docker in your project?",
    "Monitoring": "Did you implement monitoring of your deployed model?",
    "Struggles": "What was the biggest challenge of the project?",
}


def template() -> str:
    rows = "\n".join(f"| {n} | {text} | |" for n, text in enumerate(ITEMS, 1))
    asked = "\n\n".join(
        f"## {n}. {title}\n\n*{text}*\n\nRecommended length: 20 to 200 words."
        for n, (title, text) in enumerate(QUESTIONS.items(), 1)
    )
    return f"# Ponds 2027\n\n| no | task | done |\n|---|---|---|\n{rows}\n\n{asked}\n"


ANSWERS = {
    "The group": "Ada Birch, s000001",
    "Dependencies": "They are in `requirements.txt`.",
    "Testing": "In total we have implemented 3 tests. They test the data.\n\n### What is tested\n\nThe counting of carp.",
    "Coverage": "We did not measure it.",
    "Continuous integration": "We run pytest in a workflow, see [it](../.github/workflows/tests.yaml).",
    "Containers": "We did not use docker.",
    "Monitoring": "No.",
    "Struggles": "The carp. All of them moved.",
}
TICKED = (1, 3, 6, 10, 13, 20)


def report(answers: dict[str, str] = ANSWERS, ticked: tuple[int, ...] = TICKED) -> str:
    rows = "\n".join(f"| {n} | {text} | {'x' if n in ticked else ''} |" for n, text in enumerate(ITEMS, 1))
    asked = "\n\n".join(
        f"## {n}. {title}\n\n*{text}*\n\nRecommended length: 20 to 200 words.\n\n{answers[title]}"
        for n, (title, text) in enumerate(QUESTIONS.items(), 1)
        if title in answers
    )
    return f"# Ponds 2027\n\n| no | task | done |\n|---|---|---|\n{rows}\n\n{asked}\n\n## Thanks\n\nTo the carp. In total we have 99 tests.\n"


CODE = {
    "requirements.txt": "numpy==2.0\n",
    "src/ponds/data.py": "def count(pond):\n    return len(pond)\n",
    "tests/test_data.py": "from ponds.data import count\n\n\ndef test_empty():\n    assert count([]) == 0\n\n\ndef test_one():\n    assert count([1]) == 1\n",
    ".github/workflows/tests.yaml": "on: push\njobs:\n  tests:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: pip install -r requirements.txt\n      - run: pytest\n",
}


def build(path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, encoding="utf-8")
    git(path, "init", "-q", "-b", "main")
    git(path, "add", "-A")
    git(path, "-c", "user.name=Ada Birch", "-c", "user.email=ada@example.org", "commit", "-q", "-m", "Ponds")
    return path


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("course")
    (folder / "report").mkdir()
    (folder / "report" / "REPORT.md").write_text(template(), encoding="utf-8")
    file = folder / "ponds.toml"
    file.write_text(written(template(), folder / "report" / "REPORT.md", "", "ponds"), encoding="utf-8")
    return file


def audit(repo: Path, course: Path) -> AuditRecord:
    return pipeline.audit(Submission(id=repo.name, repo=str(repo)), load_profile(str(course)))


def test_a_template_becomes_a_profile_without_a_mistake(course: Path) -> None:
    profile = load_profile(str(course))
    assert profile.report == ("report/REPORT.md",)
    (layout,) = profile.layouts
    assert layout.heading == ("## {n}. {title}",)
    assert layout.checklist == "table"
    assert len(profile.items) == 20
    assert len(profile.questions) == 8
    topics = {q.titles[0]: q.topics for q in profile.questions}
    assert topics["Testing"] == ("tests",)
    assert topics["Continuous integration"] == ("ci",)
    assert topics["The group"] == ("members",)
    assert [q.titles[0] for q in profile.questions if q.private] == ["The group"]
    assert all(v == (20, 200) for v in profile.versions[0].words.values())
    by_text = {i.texts[0]: i for i in profile.items}
    assert by_text["Add pre-commit hooks to your version control setup"].probes == (
        "pre-commit-hooks",
        "pre-commit-template",
    )
    assert not by_text["Swim with one of them"].observable
    text = course.read_text(encoding="utf-8")
    assert text.startswith("#:schema ")
    assert "# suggested: " in text
    assert "Swim with one of them (item swim-them)" in text


def test_a_group_is_audited_by_it(course: Path, tmp_path: Path) -> None:
    record = audit(build(tmp_path / "g1", {"report/REPORT.md": report(), **CODE}), course)
    assert record.submission.report_path == "report/REPORT.md"
    assert record.report.layout == "template"
    assert record.report.template == "1"
    assert record.report.problems == ()
    assert [i.n for i in record.report.items if i.checked] == list(TICKED)
    assert len(record.report.items) == 20
    assert all(i.item for i in record.report.items)
    answers = {q.id: q for q in record.report.questions}
    assert len(answers) == 8
    tests = answers["tests"]
    assert (tests.n, tests.topics, tests.matched) == (3, ("tests",), "exact")
    assert tests.answer.startswith("In total we have implemented 3 tests.")
    assert tests.answer.endswith("The counting of carp.")
    assert record.report.text.split("\n")[tests.answer_lines[0] - 1].startswith("In total we")
    last = answers["struggles"] if "struggles" in answers else record.report.questions[-1]
    assert last.answer == "The carp. All of them moved."
    labels = {
        record.report.items[v.claim.source.n - 1].item: v.label
        for v in record.verdicts
        if v.claim.source.kind == "item"
    }
    assert labels["data-tests"] == "supported"
    contradicted = {v.claim.quote for v in record.verdicts if v.label == "contradicted" and v.by.startswith("claim")}
    assert any("3 tests" in q for q in contradicted)
    assert "We did not use docker." in contradicted  # its box is ticked
    assert not any("99 tests" in q for q in contradicted)


def test_the_report_is_found_where_it_was_moved_to_and_missed_in_plain_words(course: Path, tmp_path: Path) -> None:
    moved = audit(build(tmp_path / "g2", {"docs/hand-in.md": report(), **CODE}), course)
    assert moved.submission.report_path == "docs/hand-in.md"
    with pytest.raises(
        UserError,
        match=r"no report in the commit \w+ \(.*\): no report/REPORT.md, and no .* headings like `## N. Title`",
    ):
        audit(build(tmp_path / "g3", {"README.md": "# Ponds\n", **CODE}), course)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## 3. Testing", "## 3) Testing"), ("## 3. Testing", "## 3. testing "), ("## 3. Testing", "## Testing"), ("## 3. Testing", "Testing\n---"), ("## 3. Testing", "#### 3. Testing"), ("## 3. Testing", "<h2>3. Testing</h2>\n"),
        ("## 3. Testing", "## 3. Our tests"), ("## 3. Testing", "## **3. Testing**"),
    ],
)  # fmt: skip
def test_headings_as_groups_write_them(old: str, new: str, course: Path, tmp_path: Path) -> None:
    record = audit(build(tmp_path / "g", {"report/REPORT.md": report().replace(old, new), **CODE}), course)
    found = [q.answer[:15] for q in record.report.questions if q.id == "tests"]
    assert found == ["In total we hav"]
    told = [p.message for p in record.report.problems if "by its title" in p.message]
    assert len(told) == (new in ("## 3) Testing", "## Testing", "Testing\n---", "#### 3. Testing"))


def test_a_heading_within_an_answer_is_no_question(course: Path, tmp_path: Path) -> None:
    within = {k: v for k, v in ANSWERS.items() if k != "Testing"} | {
        "Containers": "None.\n\n#### Testing\n\nNone either."
    }
    record = audit(build(tmp_path / "g", {"report/REPORT.md": report(within), **CODE}), course)
    assert "tests" not in {q.id for q in record.report.questions}


def test_its_form_is_checked_in_its_own_words(course: Path, tmp_path: Path) -> None:
    few = {k: v for k, v in ANSWERS.items() if k != "Coverage"} | {"Containers": ""}
    repo = build(tmp_path / "g", {"report/REPORT.md": report(few), **CODE})
    record = check(repo, load_profile(str(course)))
    said = {v.rule: v for v in record.verdicts if v.by == "form"}
    assert "`## 4. Coverage`" in said["question-missing"].hint
    assert "## 6. Containers" in said["answer-missing"].hint
    assert not any("> Answer:" in v.hint + v.difference for v in record.verdicts)
    assert "mark-unclear" not in said


def test_a_batch_finds_the_reports_by_it(course: Path, tmp_path: Path) -> None:
    class_ = tmp_path / "class"
    for n in range(3):
        build(class_ / f"g{n}", {"report/REPORT.md": report(), **CODE})
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    run = subprocess.run(
        [sys.executable, "-m", "auditor", "batch", str(class_), "--out", str(tmp_path / "out"), "--profile", str(course), "--exit-zero", "--workers", "1"],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "3 audited, 0 failed" in run.stdout
    records = [json.loads(f.read_text(encoding="utf-8")) for f in sorted((tmp_path / "out" / "groups").glob("*.json"))]
    assert [r["report"]["layout"] for r in records] == ["template"] * 3


def test_a_profile_in_the_audited_repository_is_refused(course: Path, tmp_path: Path) -> None:
    repo = build(
        tmp_path / "g", {"report/REPORT.md": report(), "ponds.toml": course.read_text(encoding="utf-8"), **CODE}
    )
    for run in (lambda p: audit(repo, p), lambda p: check(repo, load_profile(str(p)))):
        with pytest.raises(UserError, match="lies in the repository that it is to judge"):
            run(repo / "ponds.toml")


def batch(course: Path, out: Path, class_: Path) -> tuple[str, dict[str, object]]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    run = subprocess.run(
        [sys.executable, "-m", "auditor", "batch", str(class_), "--out", str(out), "--profile", str(course), "--exit-zero", "--workers", "1"],
        capture_output=True, text=True, env=env, check=False,
    )  # fmt: skip
    return run.stdout, json.loads((out / "summary.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def ponds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three groups: one hands in at the wrong place, one marks nothing and writes little, one is as it should be."""
    folder = tmp_path_factory.mktemp("ponds")
    build(folder / "g0", {"report/REPORT.md": report(), **CODE})
    build(folder / "g1", {"docs/hand-in.md": report(), **CODE})
    short = ANSWERS | {"Containers": "None.", "Monitoring": "Of what we run the loads are watched. " * 40}
    build(folder / "g2", {"report/REPORT.md": report(short, ()), **CODE})
    return folder


def test_a_batch_counts_what_is_short_and_says_where_a_report_is_missing(
    course: Path, ponds: Path, tmp_path: Path
) -> None:
    _, summary = batch(course, tmp_path / "out", ponds)
    assert summary["notes"] == []
    rows = list(csv.DictReader((tmp_path / "out" / "gradebook.csv").read_text(encoding="utf-8").splitlines()))
    by_group = {r["group"]: r for r in rows}
    assert [by_group[g]["report_expected_at"] for g in ("g0", "g1", "g2")] == ["", "report/REPORT.md", ""]
    assert [by_group[g]["boxes_not_filled_in"] for g in ("g0", "g1", "g2")] == ["0", "0", "20"]
    assert int(by_group["g2"]["answers_too_short"]) == int(by_group["g0"]["answers_too_short"]) - 1
    assert [by_group[g]["answers_too_long"] for g in ("g0", "g1", "g2")] == ["0", "0", "1"]
    index = (tmp_path / "out" / "index.html").read_text(encoding="utf-8")
    assert "not at report/REPORT.md" in index
    assert "1 answer too long" in index
    findings = list(csv.DictReader((tmp_path / "out" / "findings.csv").read_text(encoding="utf-8").splitlines()))
    assert [(f["group"], f["place"]) for f in findings if f["rule"] == "report-elsewhere"] == [
        ("g1", "docs/hand-in.md:1")
    ]


@pytest.mark.parametrize(
    ("old", "new", "wanted"),
    [
        ('heading = ["## {n}. {title}"]', 'heading = ["#### Aufgabe {n}: {title}"]', "No report has a heading like `#### Aufgabe {n}: {title}`"),
        ('checklist = "table"', 'checklist = "table"\nanswer = "Antwort:"', "No report has the mark `Antwort:` that answers start with"),
        ('report = ["report/REPORT.md"]', 'report = ["hand-in/REPORT.md"]', "No report lies at hand-in/REPORT.md"),
        ('numbers = { "template" = 6 }', 'numbers = { "template" = 96 }', ""),
    ],
)  # fmt: skip
def test_what_of_the_profile_matches_no_report_is_told_once(
    old: str, new: str, wanted: str, course: Path, ponds: Path, tmp_path: Path
) -> None:
    text = course.read_text(encoding="utf-8")
    assert old in text
    other = tmp_path / "ponds.toml"
    other.write_text(text.replace(old, new), encoding="utf-8")
    said, summary = batch(other, tmp_path / "out", ponds)
    notes = summary["notes"]
    assert isinstance(notes, list)
    assert [wanted in note for note in notes] == [True] * bool(wanted)
    assert wanted in said
    assert notes == [] or notes[0].split("`")[0] in (tmp_path / "out" / "index.html").read_text(encoding="utf-8")


def test_a_blank_table_is_told_in_its_own_words(course: Path, ponds: Path) -> None:
    (blank,) = [v for v in check(ponds / "g2", load_profile(str(course))).verdicts if v.rule == "checklist-blank"]
    assert blank.claim.quote == "Ponds 2027"  # the heading that it stands below
    assert blank.hint == "Write x into the row of each item that you did, in the column done."
    assert "box" not in blank.difference
    list_ = load_profile(str(course)).model_copy(update={"layouts": ()})
    assert not [v for v in check(ponds / "g0", list_).verdicts if v.rule == "mark-unclear"]


def test_an_open_range_is_told_as_one(course: Path, ponds: Path, tmp_path: Path) -> None:
    text = course.read_text(encoding="utf-8")
    other = tmp_path / "ponds.toml"
    other.write_text(text.replace("[20, 200]", "[500, 0]"), encoding="utf-8")
    said = [v for v in check(ponds / "g2", load_profile(str(other))).verdicts if v.by == "form"]
    assert not [v for v in said if v.rule == "answer-too-long"]
    (first, *_) = [v for v in said if v.rule == "answer-too-short"]
    assert "; at least 500 are asked for" in first.report_says
    assert not any("500-0" in v.report_says + v.hint + v.difference for v in said)


# -- next year's template ----------------------------------------------------------------------------------------------


def test_next_years_template_says_what_changed(course: Path, tmp_path: Path) -> None:
    changed = template().replace("Count the carp in the pond", "Feed the pike every morning")
    changed = changed.replace("Calculate the code coverage", "Calculate and report the code coverage")
    changed = changed.replace(
        "*What was the biggest challenge of the project?*", "*Which of the pikes was the hungriest, and who says so?*"
    )
    changed = changed.replace("20 to 200 words", "30 to 200 words", 1)
    text = written(changed, tmp_path / "REPORT.md", str(course), "ponds-2028")
    assert "# Items: 18 as before, 1 reworded, 1 new, 1 gone." in text
    assert "# gone: count-carp-pond: Count the carp in the pond" in text
    file = course.parent / "ponds-2028.toml"
    file.write_text(text, encoding="utf-8")
    profile = load_profile(str(file))
    newest = profile.versions[0]
    assert (newest.name, len(newest.items)) == ("ponds-2028", 20)
    assert profile.items_by_id["coverage"].texts[0] == "Calculate and report the code coverage"
    assert sum(w == (30, 200) for w in newest.words.values()) == 1


def test_the_packaged_template_is_as_before() -> None:
    base = load_profile()
    version = base.versions[0]
    items = "\n".join(f"* [ ] {base.items_by_id[i].texts[0]}" for i in version.items)
    asked = sorted((q.numbers["31"], q.texts[0]) for q in base.questions if "31" in q.numbers)
    questions = "\n".join(f"### Question {n}\n\n> **{text}**\n>\n> Answer:\n" for n, text in asked)
    text = written(f"# Exam\n\n{items}\n\n{questions}", Path("reports/README.md"), "dtu-mlops", "again")
    assert "# Items: 53 as before, 0 reworded, 0 new, 0 gone." in text
    assert "# Questions: 31 as before, 0 reworded, 0 new, 0 gone." in text


# -- other templates ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "heading", "items", "questions"),
    [
        ("# P\n\n## 1. Data\n- [ ] **1.1 Choice of data**\n  - [ ] Reasons are given\n\n## 2. Model\n- [ ] Model is chosen\n", "## {n}. {title}", 3, 2),
        ("# P\n\n- [ ] Eins zwei drei\n\n### Aufgabe 1: Daten\n\nWas habt ihr?\n\n### Aufgabe 2: Modell\n\nWas lernt es?\n", "### Aufgabe {n}: {title}", 1, 2),
        ("# P\n\n## Data\n\nWhat is it?\n\n> Answer:\n\n## Model\n\nWhat is it?\n\n> Answer:\n", "## {title}", 0, 2),
        ("# P\n\n<ul><li><input type='checkbox'> Write the first part</li><li><input type='checkbox'> Write the second part</li></ul>\n", "", 2, 0),
        ("# P\n\n| Criterion | Score | Evidence |\n|---|---|---|\n| Docs are there and good | | |\n| Tests are there and pass | | |\n", "", 2, 0),
        ("# P\n\n* [ ] One of the two things\n* [✔] Two of the two things (M2)\n\n### Question 1\n\n> **What is it, in all its parts?**\n>\n> Answer:\n\n### Question 2\n\n> **Why is it, in all its parts?**\n>\n> Answer:\n", "", 2, 2),
        ("nothing at all\n", "", 0, 0),
    ],
)  # fmt: skip
def test_templates_of_all_kinds(text: str, heading: str, items: int, questions: int, tmp_path: Path) -> None:
    file = tmp_path / "x.toml"
    file.write_text(written(text, tmp_path / "TEMPLATE.md", "", "x"), encoding="utf-8")
    if not items and not questions:
        with pytest.raises(UserError, match="a profile has items, or questions"):
            load_profile(str(file))
        return
    profile = load_profile(str(file))
    assert [h for x in profile.layouts for h in x.heading] == ([heading] if heading else [])
    assert (len(profile.items), len(profile.questions)) == (items, questions)


def test_a_template_of_several_files(tmp_path: Path) -> None:
    """Their boxes are the questions where no form of heading is common to them; what is not mapped names its file."""
    one = "# Phase 1\n\n- [ ] A dedicated environment for your packages\n- [ ] Feed the pike every morning\n"
    two = "# Phase 2\n\n\n- [ ] Count the carp twice\n"
    text = written(one, tmp_path / "P1.md", "", "x", [(tmp_path / "P2.md", two)])
    assert "P1.md line 4: Feed the pike" in text
    assert "P2.md line 4: Count the carp" in text
    file = tmp_path / "x.toml"
    file.write_text(text, encoding="utf-8")
    profile = load_profile(str(file))
    (layout,) = profile.layouts
    assert (layout.questions, layout.report, layout.several) == ("boxes", ("P1.md", "P2.md"), True)


def test_an_unknown_item_is_told_what_it_may_be_about(tmp_path: Path) -> None:
    text = written(
        "- [ ] Hydra or a similar package holds it all together\n- [ ] Another thing\n", tmp_path / "T.md", "", "x"
    )
    rows = text.split("\n")
    at = next(i for i, row in enumerate(rows) if row.startswith("#   hydra ("))
    assert "its lines take the place of the two above" in rows[at - 1]
    assert rows[at - 3].startswith("observable = false")
    taken = [r.removeprefix("#     ") for r in rows[at + 1 :] if r.startswith("#     ")]
    assert taken[:2] == ['practice = "hydra"', 'probes = ["uses-hydra"]']
    file = tmp_path / "x.toml"
    file.write_text("\n".join([*rows[: at - 3], *taken, *rows[at + 1 :]]), encoding="utf-8")
    assert load_profile(str(file)).items[0].probes == ("uses-hydra",)


# What a new user's template was mapped to, and should not have been.
@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Deploy the API to the cloud", ""),  # most words are those of the drift service, but not the ones that tell it
        ("Write unit tests for the transformations", ""),  # of the data, or of the model?
        ("Run the tests in continuous integration with GitHub Actions", ""),
        ("Lint the code in continuous integration", "ci-linting"),
        ("Set up pre-commit hooks", "pre-commit"),
        ("Calculate the code coverage of your tests", "coverage"),
        ("Deploy to the cloud a drift detection API", "drift-service"),
        ("Write a Dockerfile and build the image", ""),
        ("Write dbt models for the marts", ""),
    ],
)
def test_an_item_is_mapped_only_where_its_words_are_plain(text: str, wanted: str, tmp_path: Path) -> None:
    made = written(f"- [ ] {text}\n- [ ] Count all the carp\n", tmp_path / "T.md", "", "x")
    suggested = [row.split("'")[1] for row in made.split("\n") if row.startswith("# suggested")]
    assert suggested == ([wanted] if wanted else [])


@pytest.mark.parametrize(
    ("title", "text", "topics"),
    [
        ("Data sources", "Which sources do you load, and how large are they?", ()),
        ("Pipeline", "Describe your pipeline: which tasks, which models?", ()),
        ("Systems", "On which operating systems does it run?", ()),
        ("Pictures", "Show one image of your services.", ()),
        ("Teamwork", "Who did what?", ("contributions",)),
        ("Continuous integration", "What does it do?", ("ci",)),
        ("Load testing", "How many requests can it take?", ("api-tests",)),
        ("Cloud training", "Where did you train?", ("cloud-training",)),
    ],
)
def test_topics_are_taken_from_words_that_say_one_thing(
    title: str, text: str, topics: tuple[str, ...], tmp_path: Path
) -> None:
    made = written(f"# P\n\n## 1. {title}\n\n{text}\n\n## 2. Carp\n\nHow many?\n", tmp_path / "T.md", "", "x")
    file = tmp_path / "x.toml"
    file.write_text(made, encoding="utf-8")
    assert load_profile(str(file)).questions[0].topics == topics


@pytest.mark.parametrize(
    ("rule", "length", "images"),
    [
        ("Recommended answer length: 100-200 words.", (100, 200), None), ("Answer in 100 to 200 words.", (100, 200), None),
        ("Recommended answer length: at most 150 words.", (0, 150), None), ("No more than 150 words.", (0, 150), None), ("(max. 150 words)", (0, 150), None),
        ("Recommended answer length: at least 50 words.", (50, 0), None), ("Mindestens 50 Wörter.", (50, 0), None),
        ("150-300 words. Include one figure of the pipeline.", (150, 300), (1, 1)), ("Insert 1-2 images.", None, (1, 2)), ("Show at least two small screenshots.", None, (2, 0)),
        ("Write about 200 words.", None, None), ("200 words.", None, None),
    ],
)  # fmt: skip
def test_how_long_an_answer_should_be(
    rule: str, length: tuple[int, int] | None, images: tuple[int, int] | None, tmp_path: Path
) -> None:
    made = written(
        f"# P\n\n## 1. Pond\n\n> How deep is the pond?\n> {rule}\n\nAnswer:\n\n## 2. Carp\n\n> How many carp?\n\nAnswer:\n",
        tmp_path / "T.md", "", "x",
    )  # fmt: skip
    file = tmp_path / "x.toml"
    file.write_text(made, encoding="utf-8")
    profile = load_profile(str(file))
    assert profile.versions[0].words.get("pond") == length
    assert profile.versions[0].images.get("pond") == images
    if "words" in rule.lower():
        assert profile.questions[0].texts == ("How deep is the pond?",)
    assert ("how long, or how many images" in made) == (length is None and images is None)


def test_a_rule_in_the_questions_own_line_costs_it_no_word(tmp_path: Path) -> None:
    made = written(
        "# P\n\n### Question 1\n\n> **What is it not? (max. 150 words)**\n>\n> Answer:\n\n### Question 2\n\n> **Why is the pond green?**\n>\n> Answer:\n",
        tmp_path / "T.md", "", "x",
    )  # fmt: skip
    assert 'texts = ["What is it not? (max. 150 words)"]' in made
    assert 'id = "question-1"' in made
    assert "question-1 = [0, 150]" in made


def test_a_question_without_a_telling_word_is_called_by_its_number(tmp_path: Path) -> None:
    made = written(
        "# P\n\n### Question 1\n\n> **What is it?**\n>\n> Answer:\n\n### Question 2\n\n> **Why?**\n>\n> Answer:\n",
        tmp_path / "T.md",
        "",
        "x",
    )
    assert 'id = "question-1"' in made
    assert 'id = "question-2"' in made


def test_where_the_report_lies_is_read_or_left_to_do(tmp_path: Path) -> None:
    box = "- [ ] Count all the carp\n"
    assert 'report = ["TEMPLATE.md"]  # TODO: where' in written(box, tmp_path / "TEMPLATE.md", "", "x")
    named = written(f"# P\n\nKeep this file at `report/REPORT.md`.\n\n{box}", tmp_path / "TEMPLATE.md", "", "x")
    assert 'report = ["report/REPORT.md"]\n' in named


def test_a_readme_that_is_the_report_is_the_projects_front_page_too(course: Path, tmp_path: Path) -> None:
    file = tmp_path / "readme.toml"
    file.write_text(f'extends = "{course}"\nname = "readme"\nreport = ["README.md"]\n', encoding="utf-8")
    usage = (
        "\n## Use\n\nInstall it with `pip install -r requirements.txt`, then count the carp with `python -m ponds.data`.\n"
        * 30
    )
    repo = build(tmp_path / "g", {"README.md": report() + usage, **CODE})
    results = {r.probe: r.outcome for r in audit(repo, file).results}
    assert results["readme-usage"] == "found"
    elsewhere = build(tmp_path / "h", {"README.md": report() + usage, **CODE})
    assert {r.probe: r.outcome for r in audit(elsewhere, course).results}["readme-usage"] == "absent"
