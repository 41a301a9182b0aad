"""What the group says it left out, against its boxes, its files and its other answers; and boxes left open."""

import pytest
from conftest import contradicted, report, settle, tree

from auditor.claims import Repo
from auditor.claims import load as load_checks
from auditor.claims.boxes import PRACTICES, explained_boxes
from auditor.models import Audited
from auditor.pipeline import examine
from auditor.profile import load_profile
from auditor.prose import read_prose

LOCUST = {
    "tests/locustfile.py": "from locust import HttpUser, task\n\nclass U(HttpUser):\n    @task\n    def a(self):\n        self.client.get('/')\n"
}
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get('/')\ndef root():\n    return {'ok': 1}\n"
API_TESTS = {
    "src/pkg/api.py": APP,
    "tests/test_api.py": "from fastapi.testclient import TestClient\nfrom pkg.api import app\n\ndef test_root():\n    assert TestClient(app).get('/').status_code == 200\n",
}
HOOKS = {
    ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/psf/black\n    rev: 24.1.0\n    hooks:\n      - id: black\n"
}


def test_the_practices_name_items_and_questions_of_the_profile() -> None:
    profile = load_profile()
    items, questions = {i.id for i in profile.items}, {q.id for q in profile.questions}
    for practice in PRACTICES:
        assert {*practice.items, *practice.open_items} <= items, practice.id
        assert not practice.answered or practice.answered in questions, practice.id


@pytest.mark.parametrize(
    ("question", "answer", "box", "wrong"),
    [
        ("data-versioning", "We did not use DVC in our project, as the data never changed.", "data-versioning", True),
        ("data-versioning", "No.", "data-versioning", True),
        ("data-versioning", "We have not made use of DVC.", "data-versioning", True),
        ("data-versioning", "We did not use DVC for active versioning of the raw data.", "data-versioning", False),
        ("data-versioning", "We did not use DVC. Instead the data is a W&B artifact with versions.", "data-versioning", False),
        ("data-versioning", "We did not fully use DVC.", "data-versioning", False),
        ("data-versioning", "If we did not use DVC, the data would be lost.", "data-versioning", False),
        ("data-versioning", "At first we did not use DVC, but now all data is tracked.", "data-versioning", False),
        ("data-versioning", "One of us did not use DVC.", "data-versioning", False),
        ("data-versioning", "We used DVC.", "data-versioning", False),
        ("api-tests", "We wrote unit tests, but no load testing of our API.", "load-test", True),
        ("api-tests", "We did not perform load testing of the API because of time constraints.", "load-test", True),
        ("api-tests", "We did not do unit testing or load testing of our API.", "load-test", True),
        ("api-tests", "No load testing was done.", "load-test", True),
        ("api-tests", "We did not perform extensive load testing.", "load-test", False),
        ("api-tests", "We did not do load testing on AWS.", "load-test", False),
        ("api-tests", "We did not perform any automated load test in CI.", "load-test", False),
        ("api-tests", "The load test showed no failures.", "load-test", False),
        ("monitoring", "We did not manage to implement monitoring of our deployed model.", "cloud-monitoring", True),
        ("monitoring", "No, we did not.", "cloud-monitoring", True),
        ("monitoring", "Unfortunately, we did not have time. With it one would see drift.", "cloud-monitoring", False),
        ("monitoring", "We did not implement custom monitoring.", "cloud-monitoring", False),
        ("monitoring", "We did not fully implement monitoring.", "cloud-monitoring", False),
        ("monitoring", "We did not implement monitoring, but Cloud Run comes with built-in dashboards.", "cloud-monitoring", False),
        ("monitoring", "Monitoring is important. No.", "cloud-monitoring", False),
        ("deployment", "We did not deploy our model.", "cloud-deploy", True),
        ("deployment", "The API was not deployed to the cloud.", "cloud-deploy", True),
        ("deployment", "We only deployed it locally.", "cloud-deploy", True),
        ("deployment", "We did not use the model in production.", "cloud-deploy", False),
        ("deployment", "We did not deploy the frontend.", "cloud-deploy", False),
        ("debugging-and-profiling", "We did not do any profiling of our code since it was fast.", "profiling", True),
        ("debugging-and-profiling", "We did not profile the code.", "profiling", True),
        ("debugging-and-profiling", "We did not formally profile our code.", "profiling", False),
        ("debugging-and-profiling", "We did not perform extensive profiling of the core logic.", "profiling", False),
        ("coverage", "We did not calculate the coverage.", "coverage", True),
        ("coverage", "We did not reach full coverage.", "coverage", False),
        ("experiment-tracking", "We have selected not to think further.", "experiment-tracking", False),
        ("continuous-integration", "We have not used any pre-commit hooks, although linting runs in CI.", "pre-commit", True),
        ("cloud-training", "We did not train our model in the cloud.", "cloud-training", True),
        ("cloud-training", "We did not train our models in the cloud with GPUs.", "cloud-training", False),
        ("cloud-training", "We did not train in the cloud for want of a GPU, however we did manage to run it on a CPU.", "cloud-training", False),
        ("cloud-training", "We did not train in the cloud, but we did not need it.", "cloud-training", True),
    ],
)  # fmt: skip
def test_denials_against_boxes(question: str, answer: str, box: str, wrong: bool) -> None:
    expected = [f"box:{box}"] if wrong else []
    if answer.startswith("Unfortunately, we did not have time"):
        expected = [f"box:{box}"]  # an opener like a "No": what follows is hypothesis
    assert contradicted("practice-denials", {question: answer}, {"README.md": "x"}, items={box: True}) == expected
    assert contradicted("practice-denials", {question: answer}, {"README.md": "x"}, items={box: False}) == []


def test_a_list_that_was_not_filled_in_says_nothing() -> None:
    made = report({"coverage": "We did not calculate the coverage."}, {"coverage": True})
    made = made.model_copy(
        update={"items": tuple(i.model_copy(update={"checked": i.item == "coverage"}) for i in made.items)}
    )
    assert load_checks()["practice-denials"].run(read_prose(made), Repo(tree({"a.py": ""})))[0] == []


def test_the_box_is_cited_and_the_rule_is_its_own() -> None:
    (found,) = settle(
        "practice-denials", {"coverage": "We did not calculate the coverage."}, {}, items={"coverage": True}
    )
    assert found.rule == "prose-contradicts-checklist"
    assert found.evidence[0].path == "reports/README.md"
    assert found.evidence[0].note == "ticked"


@pytest.mark.parametrize(
    ("question", "answer", "files", "abouts"),
    [
        ("api-tests", "We did not.", API_TESTS, ["practice:api-tests"]),
        ("api-tests", "We did not write tests for our API.", API_TESTS, ["practice:api-tests"]),
        ("api-tests", "We did not write tests for our API.", {"src/pkg/api.py": APP}, []),
        ("code-quality", "We did not use pre-commit hooks.", HOOKS, ["practice:pre-commit"]),
        ("code-quality", "We did not use pre-commit hooks.", {}, []),
        # a file that may never have been run does not contradict that nothing was run
        ("api-tests", "We did not perform load testing.", LOCUST, []),
    ],
)
def test_denials_against_files(question: str, answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("practice-denials", {question: answer}, files) == abouts


@pytest.mark.parametrize(
    ("other", "wrong"),
    [
        ("We performed load testing with 50 users.", True),
        ("We load tested the service.", True),
        ("We would have performed load testing with 50 users.", False),
        ("We could not finish before the load test.", False),
        ("Load testing matters.", False),
    ],
)
def test_denials_against_other_answers(other: str, wrong: bool) -> None:
    found = settle("practice-denials", {"api-tests": "We did not perform load testing.", "struggles": other}, {})
    assert [s.rule for s in found] == (["prose-contradicts-prose"] if wrong else [])


@pytest.mark.parametrize(
    ("answer", "files", "open_", "wrong"),
    [
        ("We used Locust and performed load testing of the API.", LOCUST, True, True),
        ("We used Locust and performed load testing of the API.", LOCUST, False, False),
        ("We used Locust and performed load testing of the API.", {}, True, False),
        ("We would have performed load testing of the API.", LOCUST, True, False),
        ("We did not perform load testing of the API.", LOCUST, True, False),
        ("We only performed a small load test locally.", LOCUST, True, False),
        ("Load testing is useful.", LOCUST, True, False),
    ],
)
def test_open_boxes(answer: str, files: dict[str, str], open_: bool, wrong: bool) -> None:
    found = settle("open-boxes", {"api-tests": answer}, files, items={"load-test": not open_})
    assert [(s.about, s.detail) for s in found] == ([("box:load-test", True)] if wrong else [])


@pytest.mark.parametrize(
    "answer",
    [
        "We did not do functional testing of our API. Instead we wrote unit tests of every route.",
        "We did not write tests for our API, only tests of the model.",
    ],
)
def test_one_kind_of_test_left_out_is_not_all_of_them(answer: str) -> None:
    assert contradicted("practice-denials", {"api-tests": answer}, API_TESTS) == []


WATCHED = {
    "src/pkg/api.py": APP.replace(
        "app = FastAPI()",
        "from prometheus_fastapi_instrumentator import Instrumentator\n\napp = FastAPI()\nInstrumentator().instrument(app).expose(app)",
    ),
}


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        ("We did not implement monitoring of our deployed model.", WATCHED, ["practice:monitoring"]),
        ("We did not manage to implement monitoring.", WATCHED, ["practice:monitoring"]),
        ("No.", WATCHED, ["practice:monitoring"]),
        ("We did not implement monitoring. It would show when the data drifts.", WATCHED, ["practice:monitoring"]),
        ("We did not implement monitoring of our deployed model.", {"src/pkg/api.py": APP}, []),
        ("We did not implement cloud monitoring.", WATCHED, []),
        ("We did not implement monitoring in production.", WATCHED, []),
        ("We did not fully implement monitoring.", WATCHED, []),
        ("We did not implement monitoring dashboards.", WATCHED, []),
        ("We did not implement monitoring. However, our API exposes Prometheus metrics.", WATCHED, []),
        ("We did not implement monitoring, but our API collects metrics.", WATCHED, []),
        ("We would not implement monitoring.", WATCHED, []),
        ("Initially we did not implement monitoring.", WATCHED, []),
        ("We implemented monitoring.", WATCHED, []),
    ],
)  # fmt: skip
def test_monitoring_that_the_repository_has(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("practice-denials", {"monitoring": answer}, files) == abouts


def test_monitoring_is_settled_by_the_repository_before_the_boxes() -> None:
    answer = {"monitoring": "We did not implement monitoring."}
    (found,) = settle("practice-denials", answer, WATCHED, items={"cloud-monitoring": True})
    assert (found.rule, found.detail) == ("prose-contradicts-repository", False)
    two = {"api-metrics": True, "data-collection": True, "cloud-monitoring": False}
    (found,) = settle("practice-denials", answer, {}, items=two)
    assert found.rule == "prose-contradicts-checklist"
    assert not settle("practice-denials", answer, {}, items={"data-collection": True})


@pytest.mark.parametrize(
    ("question", "answer", "item", "explained"),
    [
        ("api-tests", "We did not complete full load testing for lack of time.", "load-test", True),
        ("api-tests", "We tried load testing with locust, and it failed to start.", "load-test", True),
        ("api-tests", "No. We did not perform load testing.", "load-test", True),
        ("debugging-and-profiling", "A profiler is in the code but it was never used.", "profiling", True),
        ("experiment-tracking", "A sweep was set up, but it never ran through.", "sweep", True),
        ("extra", "We did not implement a frontend.", "frontend", True),
        ("struggles", "We did not implement a frontend.", "frontend", False),
        ("data-versioning", "We did not use DVC in our project.", "data-versioning", True),
        ("data-versioning", "No, we did not. The data is small.", "data-versioning", True),
        ("data-versioning", "No, we did not. We used W&B artifacts.", "data-versioning", False),
        ("cloud-training", "We did not manage to do this.", "cloud-training", True),
        ("configuration", "No. The data is small.", "hydra", False),
        ("struggles", "We did not use DVC.", "data-versioning", False),
        # done after all, told of something else, a plan, a member
        ("api-tests", "We did not test much. We used locust for load testing.", "load-test", False),
        (
            "struggles",
            "There was a problem with weights and biases, which did not start.",
            "experiment-tracking",
            False,
        ),
        ("api-tests", "If not, we would use load testing.", "load-test", False),
        ("api-tests", "One member did not use load testing.", "load-test", False),
        ("data-versioning", "DVC made it easy to share the data.", "data-versioning", False),
    ],
)
def test_what_an_answer_says_of_an_open_box(question: str, answer: str, item: str, explained: bool) -> None:
    prose = read_prose(report({question: answer}, {item: False}))
    assert (item in explained_boxes(prose)) is explained
    assert item not in explained_boxes(read_prose(report({question: answer}, {item: True})))


LOADED = """on: [push]
jobs:
  load:
    runs-on: ubuntu-latest
    steps:
      - run: locust -f tests/locustfile.py --headless -u 10 -t 10s
"""


@pytest.mark.parametrize(
    ("answer", "workflow", "label"),
    [
        ("No. We did not perform load testing.", "", "not_verifiable"),
        ("No. We did not perform load testing.", LOADED, "contradicted"),  # it runs at every push
        ("We tried load testing, and it failed to start.", LOADED, "not_verifiable"),
        ("We tested the routes.", "", "contradicted"),
    ],
)
def test_an_open_box_whose_answer_says_no(answer: str, workflow: str, label: str) -> None:
    files = {**LOCUST, "reports/README.md": "x\n" * 200}
    files |= {".github/workflows/load.yaml": workflow} if workflow else {}
    snapshot = tree(files, report=report({"api-tests": answer}, {"load-test": False}))
    about = Audited(id="1", repo="", report_path="reports/README.md", commit="c0ffee", commit_time="")
    made = examine(snapshot, load_profile(), about)
    (verdict,) = [
        v for v in made.verdicts if v.claim.source.kind == "item" and v.claim.quote == "Load test your application"
    ]
    assert verdict.label == label
