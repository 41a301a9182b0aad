"""What the readers of numbers and images make of answers: the rigid forms, and what they leave alone."""

import pytest
from rows import case, label, read

from auditor.claims.kinds import Count, Data, Docker


def made(question: str, answer: str, heading: str = "counts") -> list[tuple[str, str, str, float, str]]:
    """The counts that are read: of, scope, operator, value, path."""
    found = read(heading, case({}, answers={question: answer}))
    return [(c.of, c.scope, c.op, c.value, c.path) for c in found if isinstance(c, Count)]


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("tests", "In total we have implemented 9 tests.", [("tests", "whole", "exactly", 9, "")]),
        ("tests", "We implemented **nine** different tests.", [("tests", "whole", "exactly", 9, "")]),
        ("tests", "We implemented 9 tests for the data.", [("tests", "unknown", "exactly", 9, "")]),
        ("tests", "We have 4 unit tests and 5 integration tests.", [("tests", "unit", "exactly", 4, ""), ("tests", "integration", "exactly", 5, "")]),
        ("tests", "We have some tests. There are 9 tests. Of these 3 tests run.", [("tests", "whole", "exactly", 9, "")]),
        ("tests", "We have at least 9 test functions.", [("tests", "whole", "at least", 9, "")]),
        ("architecture", "In total there are 9 tests.", [("tests", "whole", "exactly", 9, "")]),
        ("architecture", "There are 9 tests.", []),
        ("tests", "There are 4 tests in `tests/test_api.py`.", [("tests", "named", "exactly", 4, "tests/test_api.py")]),
        ("tests", "`test_api.py` (*4 tests*) checks it.", [("tests", "named", "exactly", 4, "test_api.py")]),
        ("tests", "`test_api.py` contains 4 tests.", [("tests", "named", "exactly", 4, "test_api.py")]),
        ("tests", "There are 5 tests in test_data, 8 in test_model.", [("tests", "named", "exactly", 5, "test_data")]),
        ("tests", "We have 9 tests: test_data.py (3) and test_api.py (4).", [("tests", "whole", "exactly", 9, ""), ("tests", "named", "exactly", 3, "test_data.py"), ("tests", "named", "exactly", 4, "test_api.py")]),
        ("tests", "7 tests (test_data.py and test_api.py) run.", [("tests", "whole", "exactly", 7, "")]),
        ("tests", "We wrote 9 tests across three files.", [("tests", "whole", "exactly", 9, ""), ("test files", "whole", "exactly", 3, "")]),
        # no tests, or not ours
        ("tests", "We have 13 test images and 40 test samples.", []),
        ("tests", "We would have needed 30 tests.", []),
        ("tests", "At first we had 30 tests.", []),
        ("tests", "We did not write 30 tests.", []),
        ("tests", "In the last run 30 tests passed.", []),
        ("tests", "See question 11 (unit tests).", []),
        ("tests", "The course exercises contain 30 tests.", []),
        ("tests", "One of us wrote 30 tests.", []),
        # workflows, images
        ("continuous-integration", "We organised it into three workflows.", [("workflows", "whole", "exactly", 3, "")]),
        ("continuous-integration", "We split our CI into 3 separate files.", [("workflows", "whole", "exactly", 3, "")]),
        ("continuous-integration", "We have 6 GitHub Actions workflows.", [("workflows", "whole", "exactly", 6, "")]),
        ("configuration", "We split it into 3 separate files.", []),
        ("docker", "We developed three images: one for the API.", [("images", "whole", "exactly", 3, "")]),
        ("docker", "The model classifies 40 images.", []),
        ("docker", "We pull 4 docker images.", []),
        ("structure", "We developed three images.", []),
        # endpoints
        ("api", "The API has two endpoints.", [("endpoints", "api", "exactly", 2, "")]),
        ("api", "We wrote two endpoints: `/predict` and `/rate`.", [("endpoints", "api", "exactly", 2, "")]),
        ("api", "We wrote two endpoints.", [("endpoints", "unknown", "exactly", 2, "")]),
        # hooks, tasks, configurations, pull requests
        ("code-quality", "We use five pre-commit hooks.", [("hooks", "unknown", "exactly", 5, "")]),
        ("code-quality", "Pre-commit has in total five hooks.", [("hooks", "whole", "exactly", 5, "")]),
        ("code-quality", "We use five hooks.", []),
        ("structure", "We have six invoke tasks.", [("tasks", "whole", "exactly", 6, "")]),
        ("structure", "We have six tasks.", []),
        ("cloud-training", "We created two Vertex AI configurations.", [("configuration files", "whole", "exactly", 2, "")]),
        ("cloud-training", "We created two configurations.", []),
        ("configuration", "We keep four configuration files.", [("configuration files", "whole", "exactly", 4, "")]),
        ("version-control", "We made over 100 pull requests.", [("pull requests", "whole", "more than", 100, "")]),
        ("version-control", "Version 3.12 and 2024-01-02 and e2-standard-4 pull requests.", []),
    ],
)  # fmt: skip
def test_counts(question: str, answer: str, expected: list[tuple[str, str, str, float, str]]) -> None:
    assert made(question, answer) == expected


def test_marks_belong_to_the_quote() -> None:
    (found,) = read("counts", case({}, answers={"api-tests": "We have **four tests in `tests/test_api.py`** of it."}))
    assert found.quote == "**four tests in `tests/test_api.py`**"


def test_what_is_rounded_is_hedged() -> None:
    (found,) = read("counts", case({}, answers={"tests": "We have about 30 tests."}))
    assert (found.strength, found.quote) == ("hedged", "We have about 30 tests.")


def test_a_long_sentence_is_quoted_around_its_number() -> None:
    answer = "In total we implemented 30 tests across the files. `test_data.py` covers " + "many small things and " * 20
    (found,) = read("counts", case({}, answers={"tests": answer}))
    assert found.quote == "In total we implemented 30 tests across the files"
    answer = "We like it, since in total we implemented 30 tests, which cover " + "many small things and " * 20
    (found,) = read("counts", case({}, answers={"tests": answer}))
    assert found.quote == "We like it, since in total we implemented 30 tests"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The total code coverage is 41%.", [41]),
        ("The code coverage of our code is 41\\%, so half.", [41]),
        ("Our coverage is 41%.", []),
        ("The total coverage is about 41%.", []),
        ("The total coverage went from 30% to 41%.", []),
        ("We aim for a total coverage of 80%.", []),
        ("The total coverage of `test_data.py` is 41%.", []),
        ("The total coverage would be 41%.", []),
        (
            "```\nName    Stmts   Miss  Cover\na.py       50     10    80%\nb.py       50     20    60%\nTOTAL     100     40    60%\n```",
            [60],
        ),
    ],
)
def test_coverage(answer: str, expected: list[float]) -> None:
    found = read("coverage", case({}, answers={"coverage": answer}))
    assert [c.value for c in found if isinstance(c, Data)] == expected


ONE = {"dockerfiles/api.dockerfile": "FROM python:3.11-slim\nRUN pip install .\nCMD uvicorn app:app\n"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("We use a multi-stage docker build.", [("multi-stage", "", "")]),
        ("`api.dockerfile` is a multi-stage build.", [("multi-stage", "dockerfiles/api.dockerfile", "")]),
        ("`gone.dockerfile` is a multi-stage build.", []),
        ("We could use a multi-stage docker build.", []),
        ("We do not use a multi-stage docker build.", []),
        ("Our CI has a multi-stage deployment of containers.", []),
        ("The image is based on `python:3.11-slim`.", [("base image", "", "python:3.11-slim")]),
        ("The image would be based on `python:3.11-slim`.", []),
        ("The image is based on `trainer:1.0`.", []),
        ("We built a GPU-enabled docker image.", [("gpu", "", "")]),
        ("Our container trained on an NVIDIA T4 GPU as a Vertex AI custom job.", [("gpu", "", "")]),
        ("We trained on the GPU of a laptop with docker.", []),
        ("We trained on a virtual machine with a T4 GPU and Docker.", []),
        ("The container may run on a GPU if available.", []),
        ("We used docker compose to start the services.", [("compose", "", "")]),
        ("We did not use docker compose.", []),
        ("Kubernetes is like docker compose with more machines.", []),
    ],
)
def test_docker(answer: str, expected: list[tuple[str, str, str]]) -> None:
    found = read("docker", case(ONE, answers={"docker": answer}))
    assert [(c.what, c.path, c.value) for c in found if isinstance(c, Docker)] == expected


def test_an_answer_on_jobs_in_containers_trains_in_them() -> None:
    answer = "We run custom training jobs with our own containers.\n\nThe large machine has T4 GPUs for fast training."
    (found,) = read("docker", case(ONE, answers={"cloud-training": answer}))
    assert found.quote == "The large machine has T4 GPUs for fast training."
    assert read("docker", case(ONE, answers={"cloud-training": answer.partition("\n\n")[2]})) == []


def test_what_is_read_can_be_settled() -> None:
    here = case(ONE, answers={"docker": "We use a multi-stage docker build on `python:3.12-slim`."})
    labels = [label(here, "docker", c.quote, what=c.what, value=c.value) for c in read("docker", here) if isinstance(c, Docker)]  # fmt: skip
    assert labels == ["contradicted", "contradicted"]


def test_a_superscript_is_no_number() -> None:
    here = case(
        {"tests/test_a.py": "def test_a():\n    assert 1\n"},
        answers={"tests": "See the note (²). In total we have 3 tests."},
    )
    assert [c.value for c in read("counts", here)] == [3]  # type: ignore[attr-defined]
