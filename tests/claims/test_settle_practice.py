"""Claims of practices against boxes, the repository and other answers."""

import pytest
from rows import case, label, placed, settled, typed

from auditor.claims.practices import PRACTICES
from auditor.claims.settle.practice import explained_boxes
from auditor.profile import load_profile
from auditor.topics import TOPICS

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
WATCHED = {
    "src/pkg/api.py": APP.replace(
        "app = FastAPI()",
        "from prometheus_fastapi_instrumentator import Instrumentator\n\napp = FastAPI()\nInstrumentator().instrument(app).expose(app)",
    ),
}
COLLECTED = {
    **WATCHED,
    "main.tf": 'resource "google_monitoring_dashboard" "api" {\n  dashboard_json = file("board.json")\n}\n',
}
HYDRA = {
    "src/pkg/train.py": "import hydra\n\n@hydra.main(config_path='../../configs', config_name='config')\ndef main(cfg):\n    print(cfg.lr)\n\nif __name__ == '__main__':\n    main()\n",
    "configs/config.yaml": "lr: 0.1\n",
}


def test_the_practices_name_items_and_questions_of_the_profile() -> None:
    profile = load_profile()
    topics = {t for q in profile.questions for t in q.topics}
    for practice in PRACTICES:
        assert profile.of_practice(practice.id), practice.id
        assert not practice.answered or practice.answered in topics & set(TOPICS), practice.id


@pytest.mark.parametrize(
    ("item", "quote", "fields", "wanted"),
    [
        ("data-versioning", "we did not use DVC", {"denied": True}, "contradicted"),
        ("data-versioning", "we did not use DVC", {"denied": True, "strength": "hedged"}, "open"),
        ("data-versioning", "we did not use DVC for the raw data", {"denied": True}, "open"),
        ("data-versioning", "we did not fully use DVC", {"denied": True}, "open"),
        ("load-test", "we did not do unit testing or load testing of our API", {"denied": True}, "contradicted"),
        ("load-test", "no load testing was done", {"denied": True}, "contradicted"),
        ("load-test", "we did not do load testing on AWS", {"denied": True}, "open"),
        ("load-test", "we did not perform any automated load test in CI", {"denied": True}, "open"),
        # the nearest item is not the right one: the words are about something else
        ("load-test", "we did not reach a lower latency", {"denied": True}, "open"),
        ("cloud-alerts", "we have not set up alert systems", {"denied": True}, "contradicted"),
        ("cloud-alerts", "we did not set up email alerts", {"denied": True}, "open"),
        ("profiling", "we did not formally profile our code", {"denied": True}, "open"),
        ("cloud-deploy", "we did not deploy the frontend", {"denied": True}, "open"),
        ("cloud-deploy", "the API was not deployed to the cloud", {"denied": True}, "contradicted"),
        ("cloud-deploy", "the remaining service was not deployed", {"denied": True}, "open"),
        ("profiling", "the remaining code was not profiled", {"denied": True}, "open"),
        ("cloud-training", "we did not train our models in the cloud with GPUs", {"denied": True}, "open"),
        ("ci-caching-and-matrix", "we do not use caching", {"denied": True, "part": "caching"}, "contradicted"),
        ("ci-caching-and-matrix", "we do not test several systems", {"denied": True, "part": "matrix"}, "open"),
        ("distributed-training", "we did not use distributed training", {"denied": True}, "open"),  # if applicable
        ("sweep", "we did not run a sweep", {"denied": True}, "open"),  # consider
        ("cloud-alerts", "we would set up alerts", {"strength": "planned"}, "contradicted"),
        ("cloud-alerts", "we would set up more alerts", {"strength": "planned"}, "open"),
        ("cloud-alerts", "we would set up alerts", {"strength": "planned", "part": "email"}, "open"),
        ("cloud-alerts", "we tried to set up alerts", {"strength": "attempted"}, "contradicted"),
        ("load-test", "we tried load testing", {"strength": "attempted"}, "open"),  # done once
        ("cloud-alerts", "we set up alerts", {}, "open"),
        ("no-such-item", "we did not use it", {"denied": True}, "open"),
    ],
)
def test_against_a_ticked_box(item: str, quote: str, fields: dict[str, object], wanted: str) -> None:
    made = settled(case({"README.md": "x"}, {item: True}), "practice", quote, item=item, **fields)
    assert (made.label if made else "open") == wanted
    if made:
        assert (made.rule, made.evidence[0].note) == ("prose-contradicts-checklist", "ticked")
    assert label(case({"README.md": "x"}, {item: False}), "practice", quote, item=item, **fields) == "open"


@pytest.mark.parametrize(
    ("quote", "check", "service"),
    [
        ("we did not deploy a drift detection service", "open", "contradicted"),
        ("we did not deploy a drift detection API", "open", "contradicted"),
        ("we did not implement drift detection", "contradicted", "contradicted"),
        ("we did not implement drift detection for the model", "contradicted", "contradicted"),
    ],
)
def test_of_two_boxes_the_one_that_a_denial_speaks_of(quote: str, check: str, service: str) -> None:
    for ticked, wanted in (("drift-robustness", check), ("drift-service", service)):
        boxes = {"drift-robustness": False, "drift-service": False, ticked: True}
        for item in boxes:
            assert label(case({"README.md": "x"}, boxes), "practice", quote, item=item, denied=True) == wanted


def test_a_plan_is_none_where_a_sentence_or_a_claim_tells_that_it_was_done() -> None:
    told = case({}, {"cloud-alerts": True}, {"monitoring": "An alert is sent when the API fails."})
    assert label(told, "practice", "we would set up alerts", item="cloud-alerts", strength="planned") == "open"
    claimed = placed(
        case({}, {"cloud-alerts": True}, {"monitoring": "Mails are sent."}),
        "monitoring",
        typed("practice", item="cloud-alerts"),
    )
    assert label(claimed, "practice", "we would set up alerts", item="cloud-alerts", strength="planned") == "open"


@pytest.mark.parametrize(
    ("item", "quote", "files", "wanted"),
    [
        ("api-tests", "we did not write tests for our API", API_TESTS, "contradicted"),
        ("api-tests", "the API and visualisation modules remain untested", API_TESTS, "contradicted"),
        ("api-tests", "we did not test the API under load", API_TESTS, "open"),
        ("api-tests", "we did not write tests for our API", {"src/pkg/api.py": APP}, "open"),
        ("pre-commit", "we did not use pre-commit hooks", HOOKS, "contradicted"),
        ("pre-commit", "we did not use pre-commit hooks", {}, "open"),
        ("hydra", "we did not use Hydra", HYDRA, "contradicted"),
        # what is there may never have been run
        ("load-test", "we did not perform load testing", LOCUST, "open"),
        ("cloud-monitoring", "we did not implement monitoring of our deployed model", WATCHED, "open"),
        ("cloud-monitoring", "we did not implement monitoring of our deployed model", COLLECTED, "contradicted"),
        ("cloud-monitoring", "we did not implement cloud monitoring", WATCHED, "open"),
        ("cloud-monitoring", "we did not fully implement monitoring", WATCHED, "open"),
        ("cloud-monitoring", "we did not implement monitoring", {"src/pkg/api.py": APP}, "open"),
    ],
)  # fmt: skip
def test_against_the_repository(item: str, quote: str, files: dict[str, str], wanted: str) -> None:
    made = settled(case(files), "practice", quote, item=item, denied=True)
    assert (made.label if made else "open") == wanted
    assert made is None or made.rule == "prose-contradicts-repository"


def test_monitoring_is_settled_by_the_repository_before_the_boxes() -> None:
    made = settled(
        case(COLLECTED, {"cloud-monitoring": True}),
        "practice",
        "we did not implement monitoring",
        item="cloud-monitoring",
        denied=True,
    )
    assert made is not None
    assert made.rule == "prose-contradicts-repository"


@pytest.mark.parametrize(
    ("other", "fields", "wanted"),
    [
        ("we performed load testing with 50 users", {}, "contradicted"),
        ("we performed load testing with 50 users", {"strength": "planned"}, "open"),
        ("we performed some load testing", {}, "open"),
        ("we measured the latency", {}, "open"),
    ],
)
def test_against_another_answer(other: str, fields: dict[str, object], wanted: str) -> None:
    here = case({}, {}, {"api-tests": "We did not perform load testing.", "struggles": f"{other}."})
    claim = typed("practice", "We did not perform load testing.", item="load-test", denied=True)
    placed(placed(here, "api-tests", claim), "struggles", typed("practice", other, item="load-test", **fields))
    from auditor.claims.case import load

    made, failure = load()[1]["practice"].settle(claim, here)
    assert not failure
    assert (made.label if made else "open") == wanted
    assert made is None or made.rule == "prose-contradicts-prose"


def test_an_answer_that_names_another_way_takes_the_denial_back() -> None:
    from auditor.claims.case import load

    answer = "We did not use DVC. Instead the data is a W&B artifact with versions."
    here = case({}, {"data-versioning": True}, {"data-versioning": answer})
    claim = typed("practice", "We did not use DVC.", item="data-versioning", denied=True)
    made, failure = load()[1]["practice"].settle(claim, placed(here, "data-versioning", claim))
    assert (made, failure) == (None, "")


@pytest.mark.parametrize(
    ("quote", "files", "opened", "wanted"),
    [
        ("we performed load testing of the API", LOCUST, True, "contradicted"),
        ("we performed load testing of the API", LOCUST, False, "supported"),
        ("we performed load testing of the API", {}, True, "open"),
        ("we only performed a small load test", LOCUST, True, "open"),
        ("we measured the latency", LOCUST, True, "open"),
    ],
)
def test_open_boxes(quote: str, files: dict[str, str], opened: bool, wanted: str) -> None:
    made = settled(case(files, {"load-test": not opened}), "practice", quote, item="load-test")
    assert (made.label if made else "open") == wanted
    assert made is None or made.label == "supported" or made.detail


@pytest.mark.parametrize(
    ("fields", "files", "explained"),
    [
        ({"denied": True}, {}, True),
        ({"denied": True, "strength": "hedged"}, {}, True),
        ({"strength": "attempted"}, {}, True),
        ({"strength": "planned"}, {}, False),
        ({}, {}, False),
        ({"denied": True}, HOOKS, False),  # then the sentence is wrong, too
        ({"denied": True, "strength": "hedged"}, HOOKS, True),
    ],
)
def test_what_explains_an_open_box(fields: dict[str, object], files: dict[str, str], explained: bool) -> None:
    answers = {"code-quality": "We did not use pre-commit hooks."}
    here = case(files, {"pre-commit": False}, answers)
    placed(here, "code-quality", typed("practice", "We did not use pre-commit hooks.", item="pre-commit", **fields))
    assert ("pre-commit" in explained_boxes(here)) is explained
    here.claims = (
        *here.claims,
        *placed(case(files, {}, answers), "code-quality", typed("practice", item="pre-commit")).claims,
    )
    assert explained_boxes(here) == {}


KEY = "7c1f9e03ab52d84610ef3cb97d25a8e461f0b39c"  # made up
LEAK = {"job.yaml": f"env:\n- name: WANDB_API_KEY\n  value: {KEY}\n"}


@pytest.mark.parametrize(
    ("quote", "files", "wanted"),
    [
        ("the WANDB_API_KEY is stored as a GitHub secret", LEAK, "contradicted"),
        ("all secrets are kept in the Secret Manager", LEAK, "contradicted"),
        ("the GCP credentials are stored as a GitHub secret", LEAK, "open"),
        ("the training script reads credentials that are kept in Secret Manager", LEAK, "open"),
        ("we used Secret Manager to manage API keys", LEAK, "open"),
        ("all secrets are kept in the Secret Manager", {"a.yaml": f"- uses: actions/checkout@{KEY}\n"}, "open"),
        ("all secrets are kept out", {"job.yaml": "env:\n- name: WANDB_API_KEY\n  value: ${WANDB_API_KEY}\n"}, "open"),
    ],
)
def test_secrets(quote: str, files: dict[str, str], wanted: str) -> None:
    made = settled(case(files), "practice", quote, item="secrets-kept-out")
    assert (made.label if made else "open") == wanted
    assert KEY[:8] not in str(made)


@pytest.mark.parametrize(
    ("item", "quote", "strength", "wanted"),
    [
        ("profiling", "our group didn't do profiling using cProfile to find what is slow", "plain", "contradicted"),
        ("docker-build-local", "we did not utilise local dockers", "plain", "contradicted"),
        ("docker-build-local", "we did not utilise local dockers", "hedged", "open"),
        ("docker-build-local", "the member did not utilise local dockers", "plain", "open"),
        ("git-repository", "we never created a repository", "plain", "contradicted"),
        ("git-repository", "we created a git repository", "plain", "open"),
    ],
)
def test_a_denial_in_the_words_of_the_box(item: str, quote: str, strength: str, wanted: str) -> None:
    here = case({"README.md": "x"}, {item: True, "fastapi": True, "ci": True, "hydra": True, "coverage": True})
    assert label(here, "practice", quote, item=item, part="whole", denied="not" in quote or "n't" in quote or "never" in quote, strength=strength) == wanted  # fmt: skip
