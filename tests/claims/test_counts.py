"""How many: a number is contradicted only where no honest way of counting gives it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from conftest import contradicted, settle

from auditor.repository import Commit, History


def functions(*names: str) -> str:
    return "\n".join(f"def test_{n}():\n    assert True is not None\n" for n in names)


SUITE = {
    "tests/test_data.py": functions("shape", "labels", "split"),
    "tests/test_model.py": functions("forward", "loss"),
    "tests/test_api.py": functions("root", "predict", "bad", "health"),
}
PARAMETRISED = {
    "tests/test_model.py": 'import pytest\n\n@pytest.mark.parametrize("n", [1, 2, 3])\ndef test_a(n):\n    assert n\n\n'
    "def test_b():\n    assert 1 + 1 == 2\n",
    "tests/test_data.py": functions("c"),
}
COMPUTED = {
    "tests/test_model.py": 'import pytest\nfrom cases import CASES\n\n@pytest.mark.parametrize("n", CASES)\ndef test_a(n):\n    assert n\n'
}
LOCUST = {
    "tests/load/locustfile.py": "from locust import HttpUser, task\n\nclass User(HttpUser):\n    @task\n    def a(self):\n        self.client.get('/')\n\n"
    "    @task(3)\n    def b(self):\n        self.client.get('/b')\n"
}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("In total we have implemented 9 tests.", SUITE, False),
        ("In total we have implemented nine tests.", SUITE, False),
        ("In total we have implemented **9** unit tests.", SUITE, False),
        ("In total we have implemented 14 tests.", SUITE, True),
        ("In total, we have implemented fourteen tests.", SUITE, True),
        ("We wrote a total of **14 tests** for the project.", SUITE, True),
        ("We implemented 14 tests.", SUITE, True),
        ("We have 14 unit tests covering data, model and the API.", SUITE, True),
        ("14 tests were written.", SUITE, True),
        # fewer than there are: only a total
        ("In total we have implemented 1 test.", SUITE, True),
        ("In total we have implemented 2 tests.", {"tests/test_a.py": functions(*"abcdefgh")}, True),
        ("We implemented 2 tests for the loader.", {"tests/test_a.py": functions(*"abcdefgh")}, False),
        ("Of these, 2 tests check the loader.", {"tests/test_a.py": functions(*"abcdefgh")}, False),
        # other ways of counting
        ("In total we have implemented 5 tests for data and model.", SUITE, False),  # named files alone
        ("We wrote 5 tests.", SUITE, False),  # without one file
        ("In total we have implemented 7 tests.", SUITE, False),  # without one file, and not half as many again
        ("In total we have implemented 3 tests.", SUITE, False),  # files
        ("In total we have implemented 3 tests.", PARAMETRISED, False),
        ("In total we have implemented 5 tests.", PARAMETRISED, False),
        ("In total we have implemented 15 tests.", PARAMETRISED, True),
        ("In total we have implemented 12 tests.", COMPUTED, False),
        ("In total we have implemented 11 tests.", {**SUITE, **LOCUST}, False),
        ("In total we have implemented 18 tests.", {**SUITE, **LOCUST}, True),
        ("In total we have implemented 14 tests.", {**SUITE, "web/app.test.ts": "test('x', () => {})"}, False),
        ("In total we have implemented 4 tests.", {"tests/test_a.py": "def test_a():\n" + "    assert 1 < 2\n" * 4}, False),
        ("In total we have implemented 14 tests.", {**SUITE, "tests/test_broken.py": "def test_x(:\n"}, False),
        # not a count of tests, or not a firm one
        ("In total we would have needed 30 tests.", SUITE, False),
        ("At first we had 30 tests.", SUITE, False),
        ("We tried to write 30 tests.", SUITE, False),
        ("We implemented about 30 tests.", SUITE, False),
        ("We have over 30 tests.", SUITE, False),
        ("We have at least 30 unit tests.", SUITE, False),
        ("We implemented 30 test images and 40 test samples.", SUITE, False),
        ("We have 20 types of tests.", SUITE, False),
        ("In the last run 30 tests passed.", SUITE, False),
        ("The course exercises contain 30 tests.", SUITE, False),
        ("We kept 20 test sets.", SUITE, False),
        ("We did not write 30 tests.", SUITE, False),
        ("In total we have implemented 3 tests.", {"src/a.py": "x = 1\n"}, True),
    ],
)  # fmt: skip
def test_numbers_of_tests(sentence: str, files: Mapping[str, str], wrong: bool) -> None:
    assert contradicted("test-count", {"tests": sentence}, files) == (["count:tests"] if wrong else [])


def test_the_files_that_an_answer_names_may_be_meant_alone_without_a_word_for_a_total() -> None:
    drift = {f"tests/test_{n}.py": functions(*"abcdefg") for n in ("drift", "export")}
    sentence = "In total we made 5 tests (3 in test_data, 2 in test_model) for our data, model and export code."
    assert contradicted("test-count", {"tests": sentence}, {**SUITE, **drift}) == ["count:tests"]
    assert contradicted("test-count", {"tests": sentence.replace("In total we", "We")}, {**SUITE, **drift}) == []


NESTED = {
    "tests/unit/test_data.py": functions(*"abcdef"),
    "tests/unit/test_model.py": functions(*"abcd"),
    "tests/integration/test_api.py": functions(*"abcdefg"),
}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("In total we have implemented 5 tests.", SUITE, True),  # all but one file
        ("In total, 10 tests were written.", NESTED, True),  # one folder
        ("Altogether we have implemented 10 tests.", NESTED, True),
        ("The project has 10 tests.", NESTED, True),
        ("Our test suite contains 10 tests.", NESTED, True),
        ("In total we have implemented 17 tests.", NESTED, False),
        ("In total we have implemented 13 tests.", NESTED, False),  # all but one file, and nearly all
        ("In total we have implemented 10 unit tests.", NESTED, False),  # those of the folder of that name
        ("We have implemented 10 tests.", NESTED, False),
        ("In total we have implemented about 10 tests.", NESTED, False),
        ("In total we would like to have 10 tests.", NESTED, False),
        ("At first we had 10 tests in total.", NESTED, False),
        ("In total we did not write 10 tests.", NESTED, False),
        ("In total 10 tests are executed when we push.", NESTED, False),
        ("In total we have implemented 10 tests for the data.", NESTED, False),
        ("In total we have implemented 5 tests for data and model.", SUITE, False),
        ("In total we have implemented 3 tests.", NESTED, True),  # the number of files, but there are far more
        ("In total we have implemented 10 tests.", {**{k: v for k, v in NESTED.items() if "unit" in k}, "third_party/tests/test_x.py": functions(*"abcdefghij")}, False),
    ],
)  # fmt: skip
def test_a_total_is_for_everything(sentence: str, files: Mapping[str, str], wrong: bool) -> None:
    found = settle("test-count", {"tests": sentence}, files)
    assert [s.about for s in found if s.label == "contradicted"] == (["count:tests"] if wrong else [])
    assert all("tests/" in s.evidence[0].note for s in found)


def test_a_total_in_a_list_is_its_heading_s() -> None:
    assert contradicted("test-count", {"tests": "For the data:\n\n- in total 10 tests"}, NESTED) == []


def test_a_right_number_is_confirmed() -> None:
    found = settle("test-count", {"tests": "In total we have implemented 9 tests."}, SUITE)
    assert [(s.label, s.about) for s in found] == [("supported", "count:tests")]


def test_a_long_sentence_is_quoted_around_its_number() -> None:
    sentence = (
        "In total we implemented 30 tests across the files. `test_data.py` covers "
        + "many small things and " * 20
        + "more."
    )
    (found,) = settle("test-count", {"tests": sentence}, SUITE)
    assert found.quote == "In total we implemented 30 tests across the files"


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("`test_data.py` (3 tests) checks the loader.", []),
        ("`test_data.py` (*5 tests*) checks the loader.", ["count:tests:tests/test_data.py"]),
        ("`tests/test_api.py` contains 6 tests.", ["count:tests:tests/test_api.py"]),
        ("There are 6 tests in `tests/test_api.py`.", ["count:tests:tests/test_api.py"]),
        ("There are four tests in tests/test_api.py.", []),
        (
            "We have 9 tests: test_data.py (3), test_model.py (4) and test_api.py (4).",
            ["count:tests:tests/test_model.py"],
        ),
        ("7 unit tests (test_data.py and test_api.py) run in CI.", []),
        (
            "9 unit tests (test_data.py and test_api.py) run in CI.",
            ["count:tests:tests/test_data.py+tests/test_api.py"],
        ),
        ("There are about 6 tests in `tests/test_api.py`.", []),
        ("There should be 6 tests in `tests/test_api.py`.", []),
        ("`test_other.py` (5 tests) checks the loader.", []),
    ],
)
def test_numbers_by_file(sentence: str, wrong: list[str]) -> None:
    assert contradicted("test-count-by-file", {"tests": sentence}, SUITE) == wrong


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The 3 data tests check the shapes.", []),
        ("The 8 data tests check the shapes.", ["count:tests:data"]),
        ("For the model, we have six tests.", ["count:tests:model"]),
        ("For the model, we have one test.", []),
        ("Data loading (9 tests): shapes and labels.", ["count:tests:data"]),
        ("Nine tests check the model.", ["count:tests:model"]),
        ("Nine tests check the weather.", []),
        ("Around nine tests check the model.", []),
        ("Nine tests should check the model.", []),
        ("Nine unit tests run.", []),
    ],
)
def test_numbers_by_subject(sentence: str, wrong: list[str]) -> None:
    assert contradicted("test-count-by-subject", {"tests": sentence}, SUITE) == wrong


def test_a_subject_counts_the_tests_of_other_files() -> None:
    files = {**SUITE, "tests/test_train.py": functions("model_saved", "model_loaded"), "src/model.py": "x = 1\n"}
    assert contradicted("test-count-by-subject", {"tests": "Four tests check the model."}, files) == []


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("We implemented 9 tests across three files.", False),
        ("We implemented 9 tests across five test files.", True),
        ("We have 3 unittests implemented in two files.", True),
        ("We wrote seven test files.", True),
        ("We wrote two test files for the model.", False),
        ("We wrote about seven test files.", False),
        ("We could have written seven test files.", False),
    ],
)
def test_numbers_of_test_files(sentence: str, wrong: bool) -> None:
    assert contradicted("test-file-count", {"tests": sentence}, SUITE) == (["count:test-files"] if wrong else [])


def test_a_folder_may_be_meant_alone() -> None:
    files = {**SUITE, **LOCUST, "src/app/test_speed.py": functions("speed")}
    assert contradicted("test-file-count", {"tests": "We implemented 9 tests across three test files."}, files) == []
    beside = {
        **SUITE,
        "tests/locustfile.py": LOCUST["tests/load/locustfile.py"],
        "src/app/test_speed.py": functions("speed"),
    }
    assert contradicted("test-file-count", {"tests": "We implemented 9 tests across three test files."}, beside) == []


@pytest.mark.parametrize(
    ("question", "answer", "wrong"),
    [
        ("tests", "We have 6 tests: two for the data, three for the model and one for the API.", []),
        ("tests", "We have 7 tests: two for the data, three for the model and one for the API.", ["count:tests"]),
        ("docker", "We built four images: two for training, one for evaluation, and one for the API.", []),
        ("docker", "We built five images: two for training, one for evaluation, and one for the API.", ["count:images"]),
        ("docker", "We built five images: one for training, the API image, and one for evaluation.", []),
        ("docker", "We built five images, such as one for training and one for evaluation.", []),
        ("tests", "We implemented a total of 16 tests. Among these, four tests check the data. The remaining 11 tests check the model.", ["count:tests"]),
        ("tests", "We implemented a total of 16 tests. Among these, five tests check the data. The remaining 11 tests check the model.", []),
        ("tests", "We implemented a total of 16 tests. The remaining 11 tests were dropped.", []),
        ("continuous-integration", "We have four CI files: one for running unit tests, one for linting, one for training and one for deploying.", []),
    ],
)  # fmt: skip
def test_parts(question: str, answer: str, wrong: list[str]) -> None:
    assert contradicted("count-parts", {question: answer}, {}) == wrong


def test_the_same_total_twice() -> None:
    first, second = "In total we have implemented 9 tests.", "The suite is small: in total there are 12 tests."
    assert contradicted("test-count-twice", {"tests": first, "coverage": second}, SUITE) == ["count:tests"]
    assert contradicted("test-count-twice", {"tests": first, "coverage": "In total there are 9 tests."}, SUITE) == []
    run = "In total, 5 unit tests are executed automatically when we push."
    assert contradicted("test-count-twice", {"tests": first, "continuous-integration": run}, SUITE) == []
    both = "In total there are 5 tests."
    assert (
        contradicted("test-count-twice", {"tests": "In total we have 3 tests.", "coverage": both}, PARAMETRISED) == []
    )


def workflow(run: str) -> str:
    return f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {run}\n"


CI = {
    ".github/workflows/tests.yaml": workflow("pytest tests/"),
    ".github/workflows/lint.yaml": workflow("ruff check ."),
    ".github/workflows/docs.yaml": workflow("mkdocs gh-deploy"),
    ".github/dependabot.yaml": "version: 2\nupdates: []\n",
}


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("We organised our CI into three workflows.", False),
        ("We organised our CI into two workflows.", False),
        ("We organised our CI into 4 separate workflow files.", False),
        ("We organised our CI into 6 separate GitHub Actions workflows.", True),
        ("Our continuous integration is one workflow, in a single file.", True),
        ("Our continuous integration consists of one workflow.", True),
        ("We have one workflow for testing and one for linting.", False),
        ("We organised our continuous integration into 3 separate files.", False),
        ("We organised our continuous integration into 7 separate files.", True),
        ("We organised our configuration into 7 separate files.", False),
        ("We have seven main workflows.", True),
        ("We have one main workflow.", False),
        ("Our CI has several workflows: one for linting, one for testing and seven workflows for deploying.", False),
        ("We have several workflows and about 8 workflows in all.", False),
        ("We would split it into 6 workflows.", False),
        ("At first we had 6 workflows.", False),
        ("In larger projects 6 workflows are common.", False),
        ("We added 6 workflows beyond the template.", False),
    ],
)
def test_workflows(sentence: str, wrong: bool) -> None:
    assert contradicted("workflow-count", {"continuous-integration": sentence}, CI) == (
        ["count:workflows"] if wrong else []
    )


DOCKER = {
    "dockerfiles/train.dockerfile": "FROM python:3.12-slim\nCOPY . .\nRUN pip install .\nENTRYPOINT python train.py\n",
    "dockerfiles/api.dockerfile": "FROM python:3.12-slim\nCOPY . .\nRUN pip install .\nCMD uvicorn app:app\n",
}
STAGED = {"Dockerfile": "FROM python:3.12 AS base\nRUN pip install .\nFROM base AS train\nFROM base AS api\n"}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("We developed two Docker images: one for training and one for the API.", DOCKER, False),
        ("We developed four Docker images.", DOCKER, True),
        (
            "For our project, we developed three images: one for training, one for inference, and one for the API.",
            DOCKER,
            True,
        ),
        ("We wrote three dockerfiles.", DOCKER, True),
        ("We developed three Docker images.", STAGED, False),
        ("We wrote three dockerfiles.", STAGED, True),
        (
            "We developed four Docker images.",
            {**DOCKER, "tasks.py": "ctx.run('docker build --build-arg GPU=1 .')\n"},
            False,
        ),
        ("We use only one Docker image.", DOCKER, True),
        ("We use only one Docker image for training.", DOCKER, False),
        ("We built one image for training.", DOCKER, False),
        ("We would build four Docker images.", DOCKER, False),
        ("Initially we had four Docker images.", DOCKER, False),
        ("We built about four Docker images.", DOCKER, False),
        ("The model classifies 40 images.", DOCKER, False),
    ],
)
def test_images(sentence: str, files: Mapping[str, str], wrong: bool) -> None:
    assert contradicted("image-count", {"docker": sentence}, files) == (["count:images"] if wrong else [])


@pytest.mark.parametrize(
    ("base", "wrong"),
    [
        ("python:3.12", True),  # the group's own, in the editor's folder
        ("mcr.microsoft.com/devcontainers/python:3.12", False),  # as the editor wrote it
        ("mcr.microsoft.com/vscode/devcontainers/base:1", False),
    ],
)
def test_an_editors_docker_file_is_no_image_of_the_groups(base: str, wrong: bool) -> None:
    files = {
        "train.dockerfile": "FROM python\nCOPY a b\n",
        ".devcontainer/Dockerfile": f"FROM {base}\nRUN pip install uv\n",
    }
    said = contradicted("image-count", {"docker": "We have only one Dockerfile for everything."}, files)
    assert said == (["count:images"] if wrong else [])


API = {
    "src/app.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get('/')\ndef root():\n    return {}\n\n"
    "@app.post('/predict')\ndef predict():\n    return {}\n\n@app.post('/batch')\ndef batch():\n    return {}\n\n"
    "@app.get('/history')\ndef history():\n    return {}\n"
}


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The API has four endpoints.", False),
        ("The API has three endpoints.", False),
        ("The API has two endpoints.", True),
        ("The API has two main endpoints.", False),
        ("The API has two prediction endpoints.", False),
        ("The API exposes six endpoints.", True),
        ("We would add six endpoints to the API.", False),
        ("Apart from the root, the API has two endpoints for numbers.", False),
    ],
)
def test_endpoints(sentence: str, wrong: bool) -> None:
    assert contradicted("endpoint-count", {"api": sentence}, API) == (["count:endpoints"] if wrong else [])


SEVERAL = {
    "src/api.py": "from fastapi import FastAPI\nfrom prometheus_fastapi_instrumentator import Instrumentator\n\napp = FastAPI()\nInstrumentator().instrument(app).expose(app)\n\n"
    "@app.get('/health')\ndef health():\n    return {}\n\n@app.post('/predict')\ndef predict():\n    return {}\n\n"
    "@app.post('/predict/many')\ndef many():\n    return {}\n\n@app.post('/rate')\ndef rate():\n    return {}\n",
    "src/drift.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get('/health')\ndef health():\n    return {}\n\n@app.get('/drift')\ndef drift():\n    return {}\n",
}


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The API has three endpoints: `/health`, `/predict` and `/rate`.", True),
        ("The API exposes three endpoints: /predict accepts one image, /rate takes an opinion and /metrics is scraped.", True),
        ("We wrote `api.py` with two endpoints: `/predict` and `/rate`.", True),
        ("The API has four endpoints: `/health`, `/predict`, `/predict/many` and `/rate`.", False),
        ("The API has three endpoints: `/predict`, `/predict/many` and `/rate`.", False),  # without its health
        ("The API has five endpoints: `/health`, `/predict`, `/predict/many`, `/rate` and `/metrics`.", False),
        ("The API and the drift service have seven endpoints.", False),  # with the metrics
        ("The API and the drift service have nine endpoints.", True),
        ("The API has two main endpoints: `/predict` and `/rate`.", False),
        ("The API has two endpoints.", False),  # which of them
        ("The API has about two endpoints: `/predict` and `/rate`.", False),
        ("The API would have two endpoints: `/predict` and `/rate`.", False),
        ("Initially the API had two endpoints: `/predict` and `/rate`.", False),
        ("The API never had two endpoints: `/predict` and `/rate`.", False),
        ("The API has two endpoints: `/predict` and `/drift`.", False),  # of two apps
    ],
)  # fmt: skip
def test_endpoints_of_the_app_that_is_spoken_of(sentence: str, wrong: bool) -> None:
    assert contradicted("endpoint-count", {"api": sentence}, SEVERAL) == (["count:endpoints"] if wrong else [])


def test_an_endpoint_that_is_left_out_is_named() -> None:
    sentence = "The API has three endpoints: `/health`, `/predict` and `/rate`."
    found = settle("endpoint-count", {"api": sentence}, SEVERAL)
    assert "does not name /predict/many (line 15)" in found[0].shows


POOL = "workerPoolSpecs:\n  machineSpec:\n    machineType: n1-standard-4\n  containerSpec:\n    imageUri: registry/trainer\n"
JOBS = {f"configs/vertex/{n}.yaml": POOL for n in ("cpu", "gpu", "fast", "long")}
SWEEPS = {f"configs/sweep_{n}.yaml": "method: bayes\nparameters:\n  lr:\n    min: 0.1\n" for n in "abcd"}
EXPERIMENTS = {f"configs/experiment/{n}.yaml": "lr: 1\n" for n in "abcde"}


@pytest.mark.parametrize(
    ("sentence", "files", "about"),
    [
        ("We created two Vertex AI training configurations - `cpu.yaml` and `gpu.yaml`.", JOBS, ["count:configs:job"]),
        ("We have three Vertex AI configs.", JOBS, []),  # not twice as many
        ("We have four Vertex AI configs.", JOBS, []),
        ("We have two GPU configs.", JOBS, []),
        ("We have two main Vertex AI configs.", JOBS, []),
        ("We created about two Vertex AI configs.", JOBS, []),
        ("We would have created two Vertex AI configs.", JOBS, []),
        ("At first we created two Vertex AI configs.", JOBS, []),
        ("We have not created two Vertex AI configs.", JOBS, []),
        ("We trained with two Vertex AI configs.", JOBS, []),
        ("We defined two sweep configurations.", SWEEPS, ["count:configs:sweep"]),
        ("We ran two sweeps.", SWEEPS, []),
        ("The repository has two experiment configs.", EXPERIMENTS, ["count:configs:experiment"]),
        ("The repository has three experiment configs.", EXPERIMENTS, []),
        ("We ran two experiments.", EXPERIMENTS, []),
    ],
)
def test_fewer_configurations_than_there_are(sentence: str, files: Mapping[str, str], about: list[str]) -> None:
    assert contradicted("config-count", {"cloud-training": sentence}, files) == about


HOOKS = {
    ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v5.0.0\n    hooks:\n"
    "      - id: check-yaml\n      - id: check-toml\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.8.0\n    hooks:\n      - id: ruff\n"
}


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("We use three pre-commit hooks.", False),
        ("We use five pre-commit hooks.", True),
        ("Our pre-commit configuration has two hooks.", False),
        ("We want to have five pre-commit hooks.", False),
        ("We plan to have five pre-commit hooks.", False),
        ("We use around five pre-commit hooks.", False),
        ("We use pre-commit, with nine hooks that trim and lint.", True),
        ("We also use pre-commit, with nine hooks that trim and lint.", True),
        ("We also use pre-commit, with three hooks that trim and lint.", False),
        ("Our pre-commit configuration also has nine hooks of the linter.", False),
    ],
)
def test_hooks(sentence: str, wrong: bool) -> None:
    assert contradicted("hook-count", {"code-quality": sentence}, HOOKS) == (["count:hooks"] if wrong else [])


def test_tasks_and_configurations() -> None:
    tasks = {
        "tasks.py": "from invoke import task\n\n@task\ndef train(ctx):\n    ctx.run('python train.py')\n\n@task\ndef test(ctx):\n    ctx.run('pytest')\n"
    }
    assert contradicted("task-count", {"structure": "We have six invoke tasks."}, tasks) == ["count:tasks:invoke"]
    assert contradicted("task-count", {"structure": "We have two invoke tasks."}, tasks) == []
    assert contradicted("task-count", {"structure": "We would like six invoke tasks."}, tasks) == []
    configs = {
        "configs/config.yaml": "a: 1\n",
        "configs/experiment/a.yaml": "b: 1\n",
        "configs/experiment/b.yaml": "b: 2\n",
    }
    assert contradicted("config-count", {"configuration": "We keep four experiment configs."}, configs) == [
        "count:configs"
    ]
    assert contradicted("config-count", {"configuration": "We keep two experiment configs."}, configs) == []
    assert contradicted("config-count", {"configuration": "We ran nine experiments."}, configs) == []


def requests(people: int, bots: int = 0) -> History:
    """A line of merged pull requests, numbered from 1."""
    start, made = (
        datetime(2026, 1, 5, tzinfo=UTC),
        [
            Commit(
                "root",
                (),
                "A B",
                "a@b.dk",
                datetime(2026, 1, 4, tzinfo=UTC),
                "A B",
                datetime(2026, 1, 4, tzinfo=UTC),
                "start",
            )
        ],
    )
    for n in range(1, people + bots + 1):
        bot = n > people
        time = start + timedelta(hours=n)
        head = Commit(
            f"h{n}",
            (made[-1].sha,),
            "dependabot[bot]" if bot else "A B",
            "x@users.noreply.github.com" if bot else "a@b.dk",
            time,
            "A B",
            time,
            "work",
        )
        branch = "dependabot/pip/x" if bot else "group/feature"
        made += [
            head,
            Commit(
                f"m{n}",
                (made[-1].sha, head.sha),
                "A B",
                "a@b.dk",
                time,
                "GitHub",
                time,
                f"Merge pull request #{n} from {branch}",
            ),
        ]
    return History(tuple(reversed(made)), default_branch="main")


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("We merged 20 pull requests.", False),
        ("We made 26 pull requests.", False),
        ("We merged 60 pull requests.", True),
        ("We made over 100 pull requests.", True),
        ("We made over 10 PRs.", False),
        ("We merged 10 pull requests.", True),
        ("We made about 30 pull requests.", False),
        ("We would have made 60 pull requests.", False),
        ("One of us made 60 pull requests.", False),
    ],
)
def test_pull_requests(sentence: str, wrong: bool) -> None:
    found = contradicted("pull-request-count", {"version-control": sentence}, {}, history=requests(20, 6))
    assert found == (["count:pull-requests"] if wrong else [])
    assert contradicted("pull-request-count", {"version-control": sentence}, {}) == []


@pytest.mark.parametrize(
    ("sentence", "refs", "wrong"),
    [
        ("We made over 100 pull requests.", 68, True),
        ("We made over 100 pull requests.", 98, False),
        ("We made over 60 pull requests.", 68, False),
        ("We made 100+ pull requests.", 68, True),
        ("We made 100 pull requests.", 68, True),
        ("We made about 80 pull requests.", 68, False),
        ("We merged 26 pull requests.", 68, False),
        ("We made over 100 pull requests.", 0, False),  # a plain clone: some issue has number 140
        ("We made over 100 pull requests.", 5, False),  # fewer than were merged: no whole copy
        ("We wanted to make over 100 pull requests.", 68, False),
        ("Initially we made over 100 pull requests.", 68, False),
    ],
)
def test_a_mirror_counts_pull_requests_without_issues(sentence: str, refs: int, wrong: bool) -> None:
    history = requests(20, 6)
    last = replace(history.commits[0], subject="Merge pull request #140 from group/feature")
    history = replace(history, commits=(last, *history.commits[1:]), pull_refs=refs)
    found = contradicted("pull-request-count", {"version-control": sentence}, {}, history=history)
    assert found == (["count:pull-requests"] if wrong else [])
