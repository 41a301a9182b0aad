"""Libraries and services: said to be used without a trace, denied with one, listed, locked; broken files and secrets."""

import re

import pytest
from conftest import contradicted, settle

PLAIN = {"src/pkg/train.py": "import torch\n", "pyproject.toml": '[project]\nname = "pkg"\ndependencies = ["torch"]\n'}
DECLARED = {"src/pkg/train.py": "import torch\n", "requirements.txt": "torch\nevidently\n"}
IN_TOML = {
    "src/pkg/train.py": "import torch\n",
    "pyproject.toml": '[project]\nname = "pkg"\ndependencies = [\n    "torch",\n    "evidently>=0.4",\n]\n',
}
IMPORTED = {"src/pkg/drift.py": "from evidently.report import Report\n", "requirements.txt": "evidently\n"}


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        ("We used Evidently to detect drift.", PLAIN, ["tool:evidently"]),
        ("We used the framework Evidently, which was not covered in the course.", PLAIN, ["tool:evidently"]),
        ("Evidently is used for the drift report.", PLAIN, ["tool:evidently"]),
        ("Our API is instrumented with Prometheus.", PLAIN, ["tool:prometheus"]),
        ("We used Evidently to detect drift.", IMPORTED, []),
        ("We used Evidently to detect drift.", {"notebooks/a.ipynb": '{"cells": [{"cell_type": "code", "source": ["import evidently"]}]}'}, []),
        ("We used Evidently to detect drift.", {**PLAIN, "drift.dockerfile": "FROM python:3.11\nRUN pip install evidently\n"}, []),
        # prose and lock files are no use
        ("We used Evidently to detect drift.", {**PLAIN, "README.md": "evidently", "uv.lock": '[[package]]\nname = "evidently"\n'}, ["tool:evidently"]),
        # declared only: a detail
        ("We used Evidently to detect drift.", DECLARED, ["tool:evidently"]),
        ("We used Evidently to detect drift.", IN_TOML, ["tool:evidently"]),
        ("We used Evidently to detect drift.", {**IN_TOML, "conf.yaml": "# evidently comes later\na: 1\n"}, ["tool:evidently"]),
        ("We used Evidently to detect drift.", {**IN_TOML, "run.sh": "evidently ui\n"}, []),
        ("We did not use Evidently.", PLAIN, []),
        ("We would use Evidently to detect drift.", PLAIN, []),
        ("We wanted to use Evidently to detect drift.", PLAIN, []),
        ("Initially we used Evidently to detect drift.", PLAIN, []),
        ("We used tools like Evidently to detect drift.", PLAIN, []),
        ("We chose NumPy over Evidently.", PLAIN, []),
        ("We used our own code instead of Evidently.", PLAIN, []),
        ("We considered whether to use Evidently.", PLAIN, []),
        ("We used Evidently, but it did not work.", PLAIN, []),
        ("We used Evidently on a separate branch.", PLAIN, []),
        ("Evidently, the model is good.", PLAIN, []),
        ("One of us used Evidently.", PLAIN, []),
        ("No, we did not. Monitoring uses Prometheus and we use Prometheus for it.", PLAIN, []),
        ("The frontend is in a separate repository. We used Streamlit for it.", PLAIN, []),
        # what may be used without a trace is not looked for
        ("We used cProfile, Grafana and Postman.", PLAIN, []),
    ],
)  # fmt: skip
def test_without_trace(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("tools-without-trace", {"monitoring": answer}, files) == abouts


def test_declared_only_is_a_detail_and_cites_the_line() -> None:
    (found,) = settle("tools-without-trace", {"monitoring": "We used Evidently to detect drift."}, IN_TOML)
    assert found.detail
    assert (found.evidence[0].path, found.evidence[0].start) == ("pyproject.toml", 5)


def test_the_architecture_may_say_what_a_tool_does() -> None:
    sentence = "Runs are tracked, while Hydra manages the configuration files."
    assert contradicted("tools-without-trace", {"architecture": sentence}, PLAIN) == ["tool:hydra"]
    assert contradicted("tools-without-trace", {"code-quality": sentence}, PLAIN) == []


@pytest.mark.parametrize(
    ("answer", "files", "abouts"),
    [
        ("We did not use Evidently in our project.", IMPORTED, ["tool:evidently"]),
        ("We have not used Evidently.", IMPORTED, ["tool:evidently"]),
        ("We did not use Evidently.", DECLARED, []),
        ("We did not use Evidently for the text data.", IMPORTED, []),
        ("We did not fully use Evidently.", IMPORTED, []),
        ("If we did not use Evidently, drift would be missed.", IMPORTED, []),
        (
            "We did not use Evidently.",
            {"a.py": "try:\n    import evidently\nexcept ImportError:\n    evidently = None\n"},
            [],
        ),
    ],
)
def test_denied(answer: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("tools-denied", {"monitoring": answer}, files) == abouts


DEPLOY = {
    ".github/workflows/deploy.yaml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: gcloud run deploy api --image x --set-secrets KEY=key:latest\n"
}


JOB = "workerPoolSpecs:\n- machineSpec:\n    machineType: n1-standard-4\n  containerSpec:\n    imageUri: europe-docker.pkg.dev/p/r/i\n"


@pytest.mark.parametrize(
    ("answer", "files", "left_out"),
    [
        ("We used the following services:\n\n- Cloud Storage: data\n- Cloud Run: the API\n", DEPLOY, ["Secret Manager"]),
        ("We used the following services:\n\n- Cloud Storage: data\n", DEPLOY, ["Cloud Run, Secret Manager"]),
        ("We used the following services:\n\n- Cloud Run: the API, with keys from the Secret Manager\n", DEPLOY, []),
        ("We used the following services:\n\n- Cloud Run\n", {"src/a.py": "from google.cloud import bigquery\n"}, ["BigQuery"]),
        ("We mainly used the following services:\n\n- Cloud Storage: data\n", DEPLOY, []),
        ("We used Cloud Storage.", DEPLOY, []),
        ("We would use the following services:\n\n- Cloud Storage: data\n", DEPLOY, []),
        ("We used the following services:\n\n- Cloud Run\n", {"README.md": "gcloud pubsub topics create x"}, []),
        ("We used the following services:\n\n- Cloud Run\n", {"run.sh": "gcloud pubsub topics create x\n"}, ["Pub/Sub"]),
        # the question asks for all: a plain list is complete
        ("We used Cloud Storage and Vertex AI.", DEPLOY, []),
        ("We used Buckets, Compute Engine and Vertex AI.", DEPLOY, ["Cloud Run, Secret Manager"]),
        ("We used Buckets, Compute Engine and Cloud Run. Secrets are there, too.", DEPLOY, []),
        ("We used Buckets, Compute Engine, Vertex AI, etc.", DEPLOY, []),
        ("We mainly used Buckets, Compute Engine and Vertex AI.", DEPLOY, []),
        ("We used services such as Buckets, Compute Engine and Vertex AI.", DEPLOY, []),
        ("We would use Buckets, Compute Engine and Vertex AI.", DEPLOY, []),
        ("Initially we used Buckets, Compute Engine and Vertex AI.", DEPLOY, []),
        ("We used Buckets, Compute Engine and Vertex AI among others.", DEPLOY, []),
        ("We used three Google Cloud services. Buckets hold the data.", DEPLOY, ["Cloud Run, Secret Manager"]),
        ("Buckets: data\n\nVertex AI: training\n\nArtifact Registry: images", DEPLOY, []),
        ("We trained in the cloud.\n\nBuckets: data\n\nVertex AI: training\n\nArtifact Registry: images", DEPLOY, []),
        ("We used Buckets, Cloud Run and secrets.", {"job.yaml": JOB}, []),
    ],
)  # fmt: skip
def test_services(answer: str, files: dict[str, str], left_out: list[str]) -> None:
    found = settle("cloud-services-listed", {"gcp-services": answer}, files)
    assert [re.findall(r" uses ([^;]+?)(?:;|\.$)", f.shows) for f in found] == [names.split(", ") for names in left_out]


@pytest.mark.parametrize(
    ("training", "abouts"),
    [
        ("We trained our model with Vertex AI.", ["services"]),
        ("We tried to train with Vertex AI.", []),
        ("We trained on our machines instead of Vertex AI. Vertex AI is a service.", []),
        ("We trained on our machines.", []),
    ],
)
def test_a_job_that_may_never_have_run_needs_an_answer_that_tells_of_it(training: str, abouts: list[str]) -> None:
    answers = {"gcp-services": "We used Buckets, Cloud Run and Compute Engine.", "cloud-training": training}
    assert contradicted("cloud-services-listed", answers, {"job.yaml": JOB}) == abouts


def test_a_program_that_only_the_documentation_runs_is_used() -> None:
    answer = {"api-tests": "We used k6 for the load test."}
    assert contradicted("tools-without-trace", answer, PLAIN) == ["tool:k6"]
    assert contradicted("tools-without-trace", answer, {**PLAIN, "docs/load.md": "Run `k6 run script.js`."}) == []


@pytest.mark.parametrize(
    ("answer", "abouts"),
    [
        ("We did not implement monitoring. We would use Evidently to detect drift.", ["tool:evidently"]),
        ("We did not implement monitoring. We would use tools such as Evidently to detect drift.", []),
        ("We did not implement cloud monitoring. We would use Evidently to detect drift.", []),
        ("We would use Evidently to detect drift.", []),
        ("We did not implement monitoring. Evidently would not help.", []),
        ("We implemented monitoring. We would use Evidently to detect drift.", []),
        ("We did not implement monitoring. We would use Prometheus.", []),
    ],
)
def test_would_use(answer: str, abouts: list[str]) -> None:
    assert contradicted("monitoring-would-use", {"monitoring": answer}, IMPORTED) == abouts


TESTED = {
    "src/pkg/__init__.py": "",
    "src/pkg/evaluate.py": "def evaluate(x):\n    return x\n",
    "src/pkg/visualize.py": "def plot(x):\n    return x\n",
    "src/pkg/api.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "tests/test_evaluate.py": "from pkg.evaluate import evaluate\n\n\ndef test_evaluate():\n    assert evaluate(1) == 1\n",
    "tests/test_api.py": "from fastapi.testclient import TestClient\nfrom pkg.api import app\n\n\ndef test_root():\n    assert TestClient(app).get('/').status_code == 200\n",
}


@pytest.mark.parametrize(
    ("answer", "abouts"),
    [
        ("The API and visualisation modules remain untested.", ["practice:api-tests"]),
        ("The evaluation and visualisation modules remain untested.", ["untested:the evaluation"]),
        ("The visualisation module remains untested.", []),
        ("We did not test the API.", ["practice:api-tests"]),
        ("We did not write tests for the API because of time.", ["practice:api-tests"]),
        ("There are no tests for evaluate.py.", ["untested:evaluate.py"]),
        ("There are evaluate.py and visualize.py which we did not create tests for.", ["untested:evaluate.py"]),
        ("The evaluation was not tested.", ["untested:the evaluation"]),
        ("The API is tested.", []),
        ("We did not load test the API.", []),
        ("We did not test the API under load.", []),
        ("We did not fully test the API.", []),
        ("Some of the API modules remain untested.", []),
        ("The API would remain untested.", []),
        ("Initially the API was not tested.", []),
        ("We tried, but did not test the API.", []),
        ("If the API is not tested, errors show late.", []),
        ("We did not test the training.", []),
        ("We did not test the API with a real model.", []),
    ],
)
def test_untested(answer: str, abouts: list[str]) -> None:
    assert contradicted("untested-denied", {"coverage": answer}, TESTED) == abouts


def test_only_tests_that_can_fail_make_a_part_tested() -> None:
    files = {
        **TESTED,
        "tests/test_evaluate.py": "from pkg.evaluate import evaluate\n\n\ndef test_evaluate():\n    evaluate(1)\n",
    }
    assert contradicted("untested-denied", {"coverage": "The evaluation was not tested."}, files) == []
    two = {**TESTED, "src/pkg/evaluation.py": "def evaluate_all(x):\n    return x\n"}
    assert contradicted("untested-denied", {"coverage": "The evaluation was not tested."}, two) == []
