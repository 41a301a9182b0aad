"""Coverage: the report's own arithmetic, thresholds, and a figure without a test."""

from collections.abc import Mapping

import pytest
from conftest import contradicted, settle

PRINTED = """The total coverage is {total}:

```
Name                Stmts   Miss  Cover
---------------------------------------
src/app/__init__.py     0      0   100%
src/app/data.py        40     10    75%
src/app/model.py       {model}
---------------------------------------
TOTAL                 {sum}
```
"""
MARKDOWN = """Our total code coverage is {total}.

| File | Statements | Missed | Coverage | Missing |
|------|-----------:|-------:|---------:|---------|
| `data.py` | 40 | 10 | 75% | 1-10 |
| `model.py` | 60 | 30 | 50% | 3 |
| `train.py` | 50 | 20 | 60% | 5 |
| **TOTAL** | **{sum}** | **60** | **60%** | |
"""


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (PRINTED.format(total="60 %", model="60     30    50%", sum="100     40    60%"), []),
        (PRINTED.format(total="60 %", model="60     30    50%", sum="130     40    69%"), ["coverage:table"]),
        (PRINTED.format(total="60 %", model="60     30    80%", sum="100     40    60%"), ["coverage:src/app/model.py"]),
        (PRINTED.format(total="60 %", model="60     30    51%", sum="100     40    60%"), []),
        (PRINTED.format(total="60 %", model="60     30    50%", sum="130     40    69%") + "\nSome files are skipped.", []),
        (MARKDOWN.format(total="60 %", sum="150"), []),
        (MARKDOWN.format(total="60 %", sum="140"), ["coverage:TOTAL", "coverage:table"]),
        ("The coverage is fine.", []),
        ("| File | Covered | Missed | Coverage |\n|--|--|--|--|\n| a.py | 30 | 10 | 75% |\n| b.py | 10 | 30 | 25% |", []),
    ],
)  # fmt: skip
def test_tables(answer: str, wrong: list[str]) -> None:
    assert contradicted("coverage-table", {"coverage": answer}, {}) == wrong


@pytest.mark.parametrize(
    ("total", "wrong"),
    [("60 %", False), ("**61%**", False), ("71 %", True), ("about 71 %", False), ("our goal, 71 %", False)],
)
def test_the_total_beside_a_table(total: str, wrong: bool) -> None:
    expected = ["coverage:total"] if wrong else []
    assert (
        contradicted("coverage-total-in-table", {"coverage": MARKDOWN.format(total=total, sum="150")}, {}) == expected
    )


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The total coverage is 60%, covering 300 out of 500 statements.", False),
        ("The total coverage is 60% (200 missed statements out of 500).", False),
        ("The total coverage is **40%**, covering 300 out of 500 statements.", True),
        ("The total coverage is 75%, 300 of 500 lines.", True),
        ("The total coverage is 40%, 300 of 500 lines.", False),
        ("The total coverage is around 75%, covering 300 out of 500 statements.", False),
        ("The coverage is 75%; 3 of 5 files have tests.", False),
        ("The coverage would be 75% with 300 of 500 statements covered.", False),
        ("Initially the coverage was 75%, covering 300 of 500 statements.", False),
    ],
)
def test_ratios(sentence: str, wrong: bool) -> None:
    assert contradicted("coverage-ratio", {"coverage": sentence}, {}) == (["coverage:total"] if wrong else [])


@pytest.mark.parametrize(
    ("first", "second", "wrong"),
    [
        ("The total coverage is 60%.", "The total test coverage is 83%.", True),
        ("The total coverage is 60%.", "The total test coverage is 60.4%.", False),
        ("The total coverage is 60%.", "Even with a total coverage of 100% there could be errors.", False),
        ("The total coverage is 60%.", "The total coverage of the unit tests is 83%.", False),
        ("The total coverage is 60%.", "The total coverage was previously 83%.", False),
        ("The total coverage is 60%.", "We aim for a total coverage of 83%.", False),
        ("The total coverage is 60%.", "The coverage of `data.py` is 83%.", False),
        ("The total coverage is about 60%.", "The total test coverage is 83%.", False),
    ],
)
def test_two_totals(first: str, second: str, wrong: bool) -> None:
    answers = {"coverage": first, "continuous-integration": second}
    assert contradicted("coverage-twice", answers, {}) == (["coverage:total"] if wrong else [])


TEXT = "Name    Stmts   Miss  Cover\na.py       50     10    80%\nTOTAL      50     10    80%\n"
XML = '<?xml version="1.0" ?>\n<coverage version="7.6" line-rate="0.8" branch-rate="0">\n</coverage>\n'
JSON = '{"meta": {}, "totals": {"percent_covered": 80.0}}'


@pytest.mark.parametrize(
    ("path", "text"), [("coverage.txt", TEXT), ("reports/coverage.xml", XML), ("coverage.json", JSON)]
)
def test_a_committed_report(path: str, text: str) -> None:
    name = path.rsplit("/", 1)[-1]
    named = {"coverage": f"The total coverage is 60%, see `{name}`."}
    assert contradicted("coverage-report", named, {path: text}) == ["coverage:total"]
    assert contradicted("coverage-report", {"coverage": "The total coverage is 60%."}, {path: text}) == []
    (found,) = settle("coverage-report", {"coverage": "The total coverage is 80%."}, {path: text})
    assert found.label == "supported"
    assert settle("coverage-report", {"coverage": "The total coverage is 80%."}, {path: "<html>"}) == []


GATE = {
    ".github/workflows/tests.yaml": "on: push\njobs:\n  a:\n    steps:\n      - run: coverage report --fail-under=70\n"
}
CONFIG = {"pyproject.toml": "[tool.coverage.report]\nfail_under = 70\n"}
PYLINT = {"pyproject.toml": "[tool.pylint.main]\nfail-under = 8\n"}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("CI enforces a minimum coverage of 70%.", GATE, False),
        ("CI enforces a minimum coverage of 80%.", GATE, True),
        ("We ensure that an 80% coverage threshold is met.", CONFIG, True),
        ("We ensure that an 80% coverage threshold is met.", PYLINT, False),
        ("We ensure that an 80% coverage threshold is met.", {}, False),
        ("We aim for a minimum coverage of 80%.", GATE, False),
        ("We would set a coverage threshold of 80%.", GATE, False),
        ("We set no coverage threshold of 80%.", GATE, False),
        ("Initially we had a coverage threshold of 80%.", GATE, False),
        # the word stands in the sentence before
        ("Our coverage is 75%. We set a minimum of 80% in `tests.yaml`.", GATE, True),
        ("Our coverage is 75%. We set a minimum of 70% in `tests.yaml`.", GATE, False),
        ("Our coverage is 75%. We set a minimum accuracy of 80% in `tests.yaml`.", GATE, False),
        ("Our coverage is 75%. At least 80% of all errors are in the loader.", GATE, False),
        ("Our coverage is 75%. A minimum of 80% is common elsewhere.", GATE, False),
        ("CI fails when the coverage is below 80%.", GATE, True),
        ("CI fails if the coverage drops below 70%.", GATE, False),
        ("CI does not fail when the coverage is below 80%.", GATE, False),
        ("CI would fail when the coverage is below 80%.", GATE, False),
        ("If we used a gate, CI fails when the coverage is below 80%.", GATE, False),
        ("The alert fails when the accuracy is below 80%.", GATE, False),
    ],
)
def test_thresholds(sentence: str, files: Mapping[str, str], wrong: bool) -> None:
    assert contradicted("coverage-threshold", {"coverage": sentence}, files) == (
        ["coverage:threshold"] if wrong else []
    )


@pytest.mark.parametrize(
    ("total", "rule", "wrong"),
    [
        ("The total coverage is 43%.", "CI ensures that a 70% coverage threshold is met before code is merged.", True),
        ("The total coverage is 75%.", "CI ensures that a 70% coverage threshold is met before code is merged.", False),
        (
            "The total coverage is about 43%.",
            "CI ensures that a 70% coverage threshold is met before code is merged.",
            False,
        ),
        ("The total coverage is 43%.", "We would like a coverage threshold of 70% before code is merged.", False),
        ("The total coverage is 43%.", "A coverage of 70% would be better.", False),
        ("The total coverage is 43%.", "CI runs the tests.", False),
    ],
)
def test_totals_below_the_threshold(total: str, rule: str, wrong: bool) -> None:
    answers = {"coverage": total, "continuous-integration": rule}
    assert contradicted("coverage-below-threshold", answers, GATE) == (["coverage:total"] if wrong else [])


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("The total code coverage of our code is 83%, which includes all our source code.", {"src/a.py": "x = 1\n"}, True),
        ("The total code coverage is 0%.", {"src/a.py": "x = 1\n"}, False),
        ("The total code coverage is 83%.", {"tests/test_a.py": "def test_a():\n    assert 1 < 2\n"}, False),
        ("The total code coverage is 83%.", {"web/a.test.ts": "test()"}, False),
        ("Even if the total code coverage is 100%, errors remain.", {"src/a.py": "x = 1\n"}, False),
        ("We would like a total coverage of 80%.", {"src/a.py": "x = 1\n"}, False),
    ],
)  # fmt: skip
def test_a_coverage_without_tests(sentence: str, files: Mapping[str, str], wrong: bool) -> None:
    assert contradicted("coverage-without-tests", {"coverage": sentence}, files) == (
        ["coverage:total"] if wrong else []
    )
