"""The readers of rigid forms about practices, tools, services and keys: what they read, and what they leave alone."""

import pytest
from rows import case, read, verdicts
from test_settle_practice import API_TESTS, HOOKS, LEAK, LOCUST, WATCHED
from test_settle_service import DEPLOY
from test_settle_uses import IMPORTED, PLAIN

from auditor.claims.case import load

ALL = ("denied-practices", "told-practices", "done-practices", "tools-used")


@pytest.mark.parametrize(
    ("question", "answer", "box", "wrong"),
    [
        ("data-versioning", "We did not use DVC in our project, as the data never changed.", "data-versioning", True),
        ("data-versioning", "No.", "data-versioning", True),
        ("data-versioning", "If we did not use DVC, the data would be lost.", "data-versioning", False),
        ("data-versioning", "At first we did not use DVC, but now all data is tracked.", "data-versioning", False),
        ("data-versioning", "One of us did not use DVC.", "data-versioning", False),
        ("data-versioning", "We did not use DVC. Instead the data is a W&B artifact with versions.", "data-versioning", False),
        ("api-tests", "We wrote unit tests, but no load testing of our API.", "load-test", True),
        ("api-tests", "The load test showed no failures.", "load-test", False),
        ("monitoring", "No, we did not.", "cloud-monitoring", True),
        ("monitoring", "Unfortunately, we did not have time. With it one would see drift.", "cloud-monitoring", True),
        ("monitoring", "We did not implement monitoring, but Cloud Run comes with built-in dashboards.", "cloud-monitoring", False),
        ("monitoring", "Monitoring is important. No.", "cloud-monitoring", False),
        ("deployment", "The API was not deployed to the cloud.", "cloud-deploy", True),
        ("experiment-tracking", "We have selected not to think further.", "experiment-tracking", False),
        ("cloud-training", "We did not train in the cloud for want of a GPU, however we did manage to run it on a CPU.", "cloud-training", False),
        ("code-quality", "The template brings a pre-commit set-up, but we did not use the hooks.", "pre-commit", False),
    ],
)  # fmt: skip
def test_denials(question: str, answer: str, box: str, wrong: bool) -> None:
    found = verdicts(case({"README.md": "x"}, {box: True}, {question: answer}), *ALL)
    assert [rule for _, rule in found] == (["prose-contradicts-checklist"] if wrong else [])
    assert verdicts(case({"README.md": "x"}, {box: False}, {question: answer}), *ALL) == []


@pytest.mark.parametrize(
    ("question", "answer", "files", "abouts"),
    [
        ("api-tests", "We did not.", API_TESTS, ["practice:api-tests"]),
        ("coverage", "Modules like the API and visualisation remain untested.", API_TESTS, ["practice:api-tests"]),
        ("api-tests", "We did not do functional testing of our API. Instead we wrote unit tests of every route.", API_TESTS, []),
        ("code-quality", "We did not use pre-commit hooks.", HOOKS, ["practice:pre-commit"]),
        ("monitoring", "We did not implement monitoring. However, our API exposes Prometheus metrics.", WATCHED, []),
        ("monitoring", "We did not manage to implement monitoring.", WATCHED, []),
        ("monitoring", "We used Evidently to detect drift.", PLAIN, ["tool:evidently"]),
        ("monitoring", "Evidently is used for the drift report.", PLAIN, ["tool:evidently"]),
        ("monitoring", "Our API is instrumented with Prometheus.", PLAIN, ["tool:prometheus"]),
        ("monitoring", "We wanted to use Evidently to detect drift.", PLAIN, []),
        ("monitoring", "Initially we used Evidently to detect drift.", PLAIN, []),
        ("monitoring", "We used tools like Evidently to detect drift.", PLAIN, []),
        ("monitoring", "We chose NumPy over Evidently.", PLAIN, []),
        ("monitoring", "We considered whether to use Evidently.", PLAIN, []),
        ("monitoring", "We used Evidently, but it did not work.", PLAIN, []),
        ("monitoring", "Evidently, the model is good.", PLAIN, []),
        ("monitoring", "No, we did not. Monitoring uses Prometheus and we use Prometheus for it.", PLAIN, []),
        ("monitoring", "The frontend is in a separate repository. We used Streamlit for it.", PLAIN, []),
        ("monitoring", "We did not use Evidently in our project.", IMPORTED, ["tool:evidently"]),
        ("monitoring", "We did not implement monitoring. We would use Evidently to detect drift.", IMPORTED, ["tool:evidently"]),
        ("monitoring", "We did not implement monitoring. We would use tools such as Evidently to detect drift.", IMPORTED, []),
        ("monitoring", "We would use Evidently to detect drift.", IMPORTED, []),
    ],
)  # fmt: skip
def test_against_the_repository(question: str, answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert [about for about, _ in verdicts(case(files, {}, {question: answer}), *ALL)] == abouts


def test_one_answer_denies_what_another_tells() -> None:
    answers = {
        "api-tests": "We did not perform load testing.",
        "struggles": "We load tested the service with 50 users.",
    }
    assert verdicts(case({}, {}, answers), *ALL) == [("practice:load-test", "prose-contradicts-prose")]


def test_what_is_said_in_two_answers_is_one_finding() -> None:
    done = {"api-tests": "We performed load testing.", "struggles": "We load tested the API."}
    denied = {"api-tests": "We did not perform load testing.", "struggles": "We did not do any load testing."}
    for answers, files, ticked in ((done, LOCUST, False), (denied, {}, True)):
        here = case(files, {"load-test": ticked}, answers)
        verdicts(here, *ALL)
        settler = load()[1]["practice"]
        wrong = [
            p.question.id for p in here.claims if (m := settler.settle(p.claim, here)[0]) and m.label == "contradicted"
        ]
        assert wrong == ["api-tests"]


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("We performed load testing of the API.", True),
        ("We would have performed load testing of the API.", False),
        ("We only performed a small load test locally.", False),
        ("Load testing is useful.", False),
        ("We tried load testing, and it failed to start. Later we performed load testing.", False),
    ],
)
def test_open_boxes(answer: str, wrong: bool) -> None:
    found = verdicts(case(LOCUST, {"load-test": False}, {"api-tests": answer}), *ALL)
    assert found == ([("practice:load-test", "prose-contradicts-checklist")] if wrong else [])


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        (
            "We used the following services:\n\n- Cloud Storage: data\n- Cloud Run: the API\n",
            "Cloud Run, Cloud Storage",
        ),
        ("We used Buckets, Compute Engine and Vertex AI.", "Vertex AI, Cloud Storage, Compute Engine"),
        ("We used three Google Cloud services. Buckets hold the data.", "Cloud Storage"),
        ("We mainly used the following services:\n\n- Cloud Storage: data\n", None),
        ("We would use the following services:\n\n- Cloud Storage: data\n", None),
        ("We used Cloud Storage.", None),
        ("We used Cloud Storage and Vertex AI.", None),
        ("We used Buckets, Compute Engine, Vertex AI, etc.", None),
        ("We used services such as Buckets, Compute Engine and Vertex AI.", None),
        ("Initially we used Buckets, Compute Engine and Vertex AI.", None),
        ("We trained in the cloud.\n\nBuckets: data\n\nVertex AI: training", None),
    ],
)
def test_lists_of_services(answer: str, value: str | None) -> None:
    made = read("services-listed", case(DEPLOY, {}, {"gcp-services": answer}))
    assert [c.value for c in made] == ([] if value is None else [value])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("The WANDB_API_KEY is stored as a GitHub secret.", True),
        ("All secrets are kept in the Secret Manager.", True),
        ("No API keys were committed.", True),
        ("API keys are not stored in the repository.", True),
        ("The key would be stored as a secret.", False),
        ("Initially the API key was stored as a secret.", False),
        ("The key idea is to train a model.", False),
    ],
)
def test_keys(answer: str, wrong: bool) -> None:
    assert bool(verdicts(case(LEAK, {}, {"cloud-training": answer}), "secrets-kept-out")) is wrong


@pytest.mark.parametrize(
    "said",
    [
        "We did not deploy the front end.",
        "No profiling was done for the API.",
        "We did not profile the API.",
        "We did not profile the front end.",
    ],
)
def test_a_denial_of_a_part_is_none_of_the_whole(said: str) -> None:
    here = case({"a.py": ""}, items={"cloud-deploy": True, "profiling": True}, answers={"deployment": said})
    assert not read("denied-practices", here)
