"""How many: a number is contradicted only where no honest way of counting gives it."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from rows import case, label, settled

from auditor.repository import Commit, History


def functions(*names: str) -> str:
    return "\n".join(f"def test_{n}():\n    assert made\n" for n in names)


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
NESTED = {
    "tests/unit/test_data.py": functions(*"abcdef"),
    "tests/unit/test_model.py": functions(*"abcd"),
    "tests/integration/test_api.py": functions(*"abcdefg"),
}


@pytest.mark.parametrize(
    ("quote", "n", "scope", "files", "expected"),
    [
        ("In total we have 9 tests.", 9, "whole", SUITE, "supported"),
        ("We implemented nine tests.", 9, "unknown", SUITE, "supported"),
        ("We implemented 14 tests.", 14, "whole", SUITE, "contradicted"),
        ("We implemented 14 tests.", 14, "unknown", SUITE, "contradicted"),  # more than everything, whatever is meant
        ("We implemented 14 unit tests.", 14, "unit", SUITE, "contradicted"),
        ("We implemented 14 integration tests.", 14, "integration", SUITE, "contradicted"),
        ("In the course we saw 14 tests.", 14, "whole", SUITE, "open"),
        # fewer: only of all of them, and no number of a part
        ("In total we have 1 test.", 1, "whole", SUITE, "contradicted"),
        ("In total we have 2 tests.", 2, "whole", {"tests/test_a.py": functions(*"abcdefgh")}, "contradicted"),
        ("We have 2 tests.", 2, "unknown", {"tests/test_a.py": functions(*"abcdefgh")}, "open"),
        ("We have 2 main tests.", 2, "whole", {"tests/test_a.py": functions(*"abcdefgh")}, "open"),
        ("We have 2 other tests.", 2, "whole", {"tests/test_a.py": functions(*"abcdefgh")}, "open"),
        ("We have 5 tests.", 5, "whole", SUITE, "open"),  # without one file
        ("We have 4 tests.", 4, "whole", SUITE, "open"),  # one file
        ("We have 3 tests.", 3, "whole", SUITE, "open"),  # files
        ("We have 10 tests.", 10, "whole", NESTED, "open"),  # one folder
        # with a word for a total everything is meant
        ("In total we have 5 tests.", 5, "whole", SUITE, "contradicted"),
        ("Altogether we have 10 tests.", 10, "whole", NESTED, "contradicted"),
        ("In total we have 13 tests.", 13, "whole", NESTED, "open"),  # nearly all, and all but one file
        ("In total we have 10 unit tests.", 10, "unit", NESTED, "supported"),
        ("In total we have 4 unit tests.", 4, "unit", NESTED, "contradicted"),
        ("In total we have 5 tests for data and model.", 5, "whole", SUITE, "open"),
        ("In total we have 2 model tests and 3 data tests.", 2, "whole", NESTED, "open"),  # a sort is no whole
        ("In total we have 10 unit tests.", 10, "whole", NESTED, "supported"),
        ("In total we have 10 tests.", 10, "whole", {**{k: v for k, v in NESTED.items() if "unit" in k}, "third_party/tests/test_x.py": functions(*"abcdefghij")}, "supported"),
        # parametrised cases, load tests, what cannot be counted to its end
        ("In total we have 3 tests.", 3, "whole", PARAMETRISED, "supported"),
        ("In total we have 5 tests.", 5, "whole", PARAMETRISED, "supported"),
        ("In total we have 15 tests.", 15, "whole", PARAMETRISED, "contradicted"),
        ("In total we have 12 tests.", 12, "whole", COMPUTED, "open"),
        ("In total we have 11 tests.", 11, "whole", {**SUITE, **LOCUST}, "supported"),
        ("In total we have 18 tests.", 18, "whole", {**SUITE, **LOCUST}, "contradicted"),
        ("In total we have 14 tests.", 14, "whole", {**SUITE, "web/app.test.ts": "test('x', () => {})"}, "open"),
        ("In total we have 14 tests.", 14, "whole", {**SUITE, "tests/test_broken.py": "def test_x(:\n"}, "open"),
        ("In total we have 4 tests.", 4, "whole", {"tests/test_a.py": "def test_a():\n" + "    assert 1 < 2\n" * 4}, "open"),
        ("In total we have 3 tests.", 3, "whole", {"src/a.py": "x = 1\n"}, "contradicted"),
        # one subject: more than its own tests with all that may belong to it
        ("For the model we have 6 tests.", 6, "model", SUITE, "contradicted"),
        ("For the model we have 1 test.", 1, "model", SUITE, "open"),
        ("For the model we have 2 tests.", 2, "model", SUITE, "supported"),
        ("Four tests check the model.", 4, "model", {**SUITE, "tests/test_train.py": functions("model_saved", "model_loaded")}, "open"),
    ],
)  # fmt: skip
def test_tests(quote: str, n: int, scope: str, files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "count", quote, of="tests", scope=scope, op="exactly", value=n) == expected


@pytest.mark.parametrize(
    ("op", "n", "expected"),
    [
        ("about", 10, "supported"), ("about", 30, "open"), ("at least", 8, "supported"), ("at least", 10, "contradicted"),
        ("more than", 8, "supported"), ("more than", 9, "contradicted"), ("at most", 9, "supported"), ("at most", 2, "contradicted"),
        ("fewer than", 10, "supported"), ("fewer than", 9, "contradicted"),
    ],
)  # fmt: skip
def test_operators(op: str, n: int, expected: str) -> None:
    assert label(case(SUITE), "count", "so many", of="tests", scope="whole", op=op, value=n) == expected


def test_what_is_denied_or_odd_is_left_alone() -> None:
    fields = {"of": "tests", "scope": "whole", "op": "exactly"}
    assert label(case(SUITE), "count", "We did not write 30 tests.", **fields, value=30, denied=True) == "open"
    assert label(case(SUITE), "count", "We wrote 30 of them.", **{**fields, "of": "unknown"}, value=30) == "open"
    assert label(case(SUITE), "count", "We got 2 alerts.", **{**fields, "of": "alerts"}, value=2) == "open"


@pytest.mark.parametrize(
    ("quote", "n", "path", "expected"),
    [
        ("3 tests in test_data.py", 3, "test_data.py", "supported"),
        ("5 tests in `test_data.py`", 5, "test_data.py", "contradicted"),
        ("tests/test_api.py has 2 tests", 2, "tests/test_api.py", "contradicted"),
        ("two tests of tests/test_api.py check the answers", 2, "tests/test_api.py", "open"),  # which ones
        ("8 in test_model", 8, "test_model", "contradicted"),
        ("5 tests in test_other.py", 5, "test_other.py", "open"),
        ("9 tests in tests/", 9, "tests/", "supported"),
        ("20 tests in tests/", 20, "tests/", "contradicted"),
    ],
)
def test_tests_of_a_file(quote: str, n: int, path: str, expected: str) -> None:
    found = settled(case(SUITE), "count", quote, of="tests", scope="named", op="exactly", value=n, path=path)
    assert (found.label if found else "open") == expected
    assert expected != "contradicted" or (found and "test" in found.shows and found.evidence)


def test_a_number_is_shown_with_its_files() -> None:
    found = settled(case(SUITE), "count", "In total 14 tests.", of="tests", scope="whole", op="exactly", value=14)
    assert found
    assert found.about == "count:tests"
    assert found.detail
    assert found.difference == "The sentence says 14 tests; the repository has 9 test functions in 3 files."
    assert "tests/test_api.py 4" in found.evidence[0].note


@pytest.mark.parametrize(
    ("quote", "n", "files", "expected"),
    [
        ("9 tests across three files", 3, SUITE, "supported"),
        ("9 tests across two files", 2, SUITE, "contradicted"),
        ("9 tests across five files", 5, SUITE, "contradicted"),
        ("two test files for the model", 2, SUITE, "open"),
        ("seven test files", 7, SUITE, "contradicted"),
        ("9 tests across three files", 3, {**SUITE, **LOCUST, "src/app/test_speed.py": functions("speed")}, "open"),  # one folder
    ],
)  # fmt: skip
def test_test_files(quote: str, n: int, files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "count", quote, of="test files", scope="whole", op="exactly", value=n) == expected


def test_tests_over_three_files_are_in_three() -> None:
    fields = {"of": "test files", "scope": "whole", "op": "more than", "value": 3}
    assert label(case(SUITE), "count", "9 tests over three files", **fields) == "supported"
    assert label(case(SUITE), "count", "more than three test files", **fields) == "contradicted"


def workflow(run: str, jobs: str = "") -> str:
    return f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {run}\n{jobs}"


MATRIX = "  b:\n    strategy:\n      matrix:\n        os: [ubuntu-latest, windows-latest]\n        python: ['3.11', '3.12']\n    runs-on: ${{ matrix.os }}\n    steps:\n      - run: pytest\n"
CI = {
    ".github/workflows/tests.yaml": workflow("pytest tests/"),
    ".github/workflows/lint.yaml": workflow("ruff check ."),
    ".github/workflows/docs.yaml": workflow("mkdocs gh-deploy"),
    ".github/dependabot.yaml": "version: 2\nupdates: []\n",
}


@pytest.mark.parametrize(
    ("quote", "n", "expected"),
    [
        ("We have three workflows.", 3, "supported"),
        ("We have two workflows.", 2, "supported"),  # without the one that publishes
        ("We have 4 workflow files.", 4, "open"),  # with Dependabot
        ("We have 6 workflows.", 6, "contradicted"),
        ("We have a single workflow.", 1, "contradicted"),
        ("We have one workflow for linting.", 1, "open"),
        ("There is one for linting, one for tests and six workflows that deploy.", 6, "contradicted"),
        ("There is one for linting, one for tests and one workflow that deploys.", 1, "open"),
        ("We have one main workflow.", 1, "open"),
        ("We added one workflow only.", 1, "open"),
    ],
)
def test_workflows(quote: str, n: int, expected: str) -> None:
    assert label(case(CI), "count", quote, of="workflows", scope="whole", op="exactly", value=n) == expected


def test_a_number_that_goes_on_with_another_is_a_part() -> None:
    three = {k: v for k, v in CI.items() if "docs" not in k} | {".github/workflows/types.yaml": workflow("mypy src")}
    quote = "We have two workflow files for linting and one to run the tests."
    assert label(case(three), "count", quote, of="workflows", scope="whole", op="exactly", value=2) == "open"
    both = "We have only two workflow files: one for linting and one to run the tests."
    assert label(case(three), "count", both, of="workflows", scope="whole", op="exactly", value=2) == "contradicted"


@pytest.mark.parametrize(
    ("of", "quote", "n", "path", "expected"),
    [
        ("jobs", "tests.yaml has two jobs", 2, "tests.yaml", "supported"),
        ("jobs", "tests.yaml has five jobs", 5, "tests.yaml", "supported"),  # one for each combination
        ("jobs", "tests.yaml has nine jobs", 9, "tests.yaml", "contradicted"),
        ("jobs", "We ran nine jobs on Vertex AI", 9, "", "open"),
        ("operating systems", "We test on two operating systems", 2, "", "supported"),
        ("operating systems", "We test on three operating systems", 3, "", "contradicted"),
        ("operating systems", "The group works on three operating systems", 3, "", "open"),
        ("python versions", "CI runs on two Python versions", 2, "", "supported"),
        ("python versions", "CI runs on four Python versions", 4, "", "contradicted"),
        ("python versions", "We support four Python versions", 4, "", "open"),
    ],
)
def test_what_ci_runs_on(of: str, quote: str, n: int, path: str, expected: str) -> None:
    files = {".github/workflows/tests.yaml": workflow("pytest", MATRIX)}
    fields = {"scope": "named" if path else "whole", "op": "exactly", "path": path}
    assert label(case(files), "count", quote, of=of, value=n, **fields) == expected


DOCKER = {
    "dockerfiles/train.dockerfile": "FROM python:3.12-slim\nCOPY . .\nRUN pip install .\nENTRYPOINT python train.py\n",
    "dockerfiles/api.dockerfile": "FROM python:3.12-slim\nCOPY . .\nRUN pip install .\nCMD uvicorn app:app\n",
}
STAGED = {"Dockerfile": "FROM python:3.12 AS base\nRUN pip install .\nFROM base AS train\nFROM base AS api\n"}
MANY = {f"dockerfiles/{n}.dockerfile": DOCKER["dockerfiles/api.dockerfile"] for n in ("a", "b", "c", "d")}


VARIANTS = {f"{name}.dockerfile": "FROM python:3.12\n" for name in ("train", "train_gpu", "api", "api_dev", "wandb")}


@pytest.mark.parametrize(
    ("of", "quote", "n", "files", "expected"),
    [
        ("images", "two Docker images", 2, DOCKER, "supported"),
        ("images", "four Docker images", 4, DOCKER, "contradicted"),
        ("images", "three images: one for training, one for inference and one for the API, all built", 3, DOCKER, "contradicted"),
        ("images", "three Docker images", 3, STAGED, "open"),
        ("dockerfiles", "three dockerfiles", 3, STAGED, "contradicted"),
        ("images", "four Docker images", 4, {**DOCKER, "tasks.py": "ctx.run('docker build --build-arg GPU=1 .')\n"}, "open"),
        ("images", "The dataset has 5000 images", 5000, DOCKER, "open"),
        ("dockerfiles", "only one dockerfile", 1, MANY, "contradicted"),
        ("dockerfiles", "three dockerfiles", 3, MANY, "open"),  # one may not be thought of
        ("dockerfiles", "two dockerfiles", 2, MANY, "open"),
        ("dockerfiles", "two dockerfiles in total", 2, MANY, "contradicted"),
        ("dockerfiles", "two dockerfiles", 2, VARIANTS, "open"),
        ("images", "one Docker image", 1, {"Dockerfile": "# FROM python\n"}, "contradicted"),
        ("dockerfiles", "one dockerfile", 1, {"Dockerfile": "# FROM python\n", "api.dockerfile": "FROM python\nRUN x\n"}, "supported"),
    ],
)  # fmt: skip
def test_images(of: str, quote: str, n: int, files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "count", quote, of=of, scope="whole", op="exactly", value=n) == expected


def test_a_docker_file_of_comments_alone_is_none() -> None:
    made = settled(
        case({"Dockerfile": "# FROM python\n"}),
        "count",
        "two Docker images",
        of="images",
        scope="whole",
        op="exactly",
        value=2,
    )
    assert made is not None
    assert made.shows == "Dockerfile has no instruction that is not a comment, and there is no other docker file"
    assert made.hint.startswith("There is no image to count")


SEVERAL = {
    "src/api.py": "from fastapi import FastAPI\nfrom prometheus_fastapi_instrumentator import Instrumentator\n\napp = FastAPI()\nInstrumentator().instrument(app).expose(app)\n\n"
    "@app.get('/health')\ndef health():\n    return {}\n\n@app.post('/predict')\ndef predict():\n    return {}\n\n"
    "@app.post('/predict/many')\ndef many():\n    return {}\n\n@app.post('/rate')\ndef rate():\n    return {}\n",
    "src/drift.py": "from fastapi import FastAPI\n\napp = FastAPI()\n\n@app.get('/health')\ndef health():\n    return {}\n\n@app.get('/drift')\ndef drift():\n    return {}\n",
}
API = {"src/app.py": SEVERAL["src/api.py"].replace("/predict/many", "/batch")}


@pytest.mark.parametrize(
    ("quote", "n", "scope", "files", "expected"),
    [
        ("The API has four endpoints.", 4, "api", API, "supported"),
        ("The API has three endpoints.", 3, "whole", API, "supported"),  # without health
        ("The API has two endpoints.", 2, "whole", API, "contradicted"),
        ("The API has two endpoints.", 2, "unknown", API, "open"),
        ("The API has two main endpoints.", 2, "whole", API, "open"),
        ("The API has two POST endpoints.", 2, "whole", API, "open"),
        ("The API has nine endpoints.", 9, "unknown", API, "contradicted"),
        ("We deployed nine endpoints on Vertex.", 9, "unknown", API, "open"),
        ("It has three endpoints: `/health`, `/predict` and `/rate`.", 3, "api", SEVERAL, "contradicted"),
        ("It has three endpoints: /predict takes a photo, /rate an opinion and /metrics is scraped.", 3, "api", SEVERAL, "contradicted"),
        ("It has five endpoints: `/health`, `/predict`, `/predict/many`, `/rate` and `/metrics`.", 5, "api", SEVERAL, "supported"),
        ("The API and the drift service have seven endpoints.", 7, "unknown", SEVERAL, "open"),
        ("The API has two endpoints.", 2, "api", SEVERAL, "open"),  # which of the two
        ("It has two endpoints: `/predict` and `/drift`.", 2, "api", SEVERAL, "open"),
    ],
)  # fmt: skip
def test_endpoints(quote: str, n: int, scope: str, files: Mapping[str, str], expected: str) -> None:
    here = case(files, answers={"api": quote})
    assert label(here, "count", quote, of="endpoints", scope=scope, op="exactly", value=n) == expected


def test_an_endpoint_that_is_left_out_is_named() -> None:
    quote = "It has three endpoints: `/health`, `/predict` and `/rate`."
    here = case(SEVERAL, answers={"api": quote})
    found = settled(here, "count", "It has three endpoints", of="endpoints", scope="api", op="exactly", value=3)
    assert found
    assert "does not name /predict/many (line 15)" in found.shows


POOL = "workerPoolSpecs:\n  machineSpec:\n    machineType: n1-standard-4\n  containerSpec:\n    imageUri: registry/trainer\n"
JOBS = {f"configs/vertex/{n}.yaml": POOL for n in ("cpu", "gpu", "fast", "long")}
SWEEPS = {f"configs/sweep_{n}.yaml": "method: bayes\nparameters:\n  lr:\n    min: 0.1\n" for n in "abcd"}
HOOKS = {
    ".pre-commit-config.yaml": "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v5.0.0\n    hooks:\n"
    "      - id: check-yaml\n      - id: check-toml\n  - repo: https://github.com/astral-sh/ruff-pre-commit\n    rev: v0.8.0\n    hooks:\n      - id: ruff\n"
}
TASKS = {
    "tasks.py": "from invoke import task\n\n@task\ndef train(ctx):\n    ctx.run('python train.py')\n\n@task\ndef test(ctx):\n    ctx.run('pytest')\n"
}


@pytest.mark.parametrize(
    ("of", "quote", "n", "files", "expected"),
    [
        ("configuration files", "We created two Vertex AI training configurations", 2, JOBS, "contradicted"),
        ("configuration files", "We have three Vertex AI configurations", 3, JOBS, "open"),
        ("configuration files", "We have four Vertex AI configurations", 4, JOBS, "supported"),
        ("configuration files", "We trained with two Vertex AI configurations", 2, JOBS, "open"),
        ("configuration files", "Cloud Build has two configurations", 2, JOBS, "open"),
        ("configuration files", "The sweep tried 14 configurations", 14, SWEEPS, "open"),
        ("configuration files", "We defined two sweep configurations", 2, SWEEPS, "contradicted"),
        ("configuration files", "We keep fifteen configuration files", 15, SWEEPS, "contradicted"),
        ("configuration files", "We keep two configuration files", 2, SWEEPS, "open"),
        ("hooks", "three pre-commit hooks", 3, HOOKS, "supported"),
        ("hooks", "nine pre-commit hooks", 9, HOOKS, "contradicted"),
        ("hooks", "nine hooks of the model", 9, HOOKS, "open"),
        ("hooks", "pre-commit with one hook only", 1, HOOKS, "contradicted"),
        ("tasks", "six invoke tasks", 6, TASKS, "contradicted"),
        ("tasks", "two invoke tasks", 2, TASKS, "supported"),
        ("tasks", "six learning tasks", 6, TASKS, "open"),
        ("tasks", "six make targets", 6, TASKS, "open"),
    ],
)
def test_hooks_tasks_and_configurations(of: str, quote: str, n: int, files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "count", quote, of=of, scope="whole", op="exactly", value=n) == expected


def requests(people: int, bots: int = 0, refs: int = 0) -> History:
    """A line of merged pull requests, numbered from 1."""
    start = datetime(2026, 1, 5, tzinfo=UTC)
    made = [Commit("root", (), "A B", "a@b.dk", start, "A B", start, "start")]
    for n in range(1, people + bots + 1):
        bot, time = n > people, start + timedelta(hours=n)
        name, mail = ("dependabot[bot]", "x@users.noreply.github.com") if bot else ("A B", "a@b.dk")
        branch = "dependabot/pip/x" if bot else "group/feature"
        head = Commit(f"h{n}", (made[-1].sha,), name, mail, time, "A B", time, "work")
        merge = f"Merge pull request #{n} from {branch}"
        made += [head, Commit(f"m{n}", (made[-1].sha, head.sha), "A B", "a@b.dk", time, "GitHub", time, merge)]
    return History(tuple(reversed(made)), default_branch="main", pull_refs=refs, tags=("v1", "v2"))


@pytest.mark.parametrize(
    ("of", "quote", "op", "n", "refs", "expected"),
    [
        ("pull requests", "20 pull requests", "exactly", 20, 0, "supported"),
        ("pull requests", "26 pull requests", "exactly", 26, 0, "supported"),
        ("pull requests", "60 pull requests", "exactly", 60, 0, "contradicted"),
        ("pull requests", "over 100 pull requests", "more than", 100, 0, "contradicted"),
        ("pull requests", "over 10 pull requests", "more than", 10, 0, "supported"),
        ("pull requests", "10 pull requests", "exactly", 10, 0, "contradicted"),
        ("pull requests", "10 of my pull requests", "exactly", 10, 0, "open"),
        ("pull requests", "10 pull requests each", "exactly", 10, 0, "open"),
        ("pull requests", "over 100 pull requests", "more than", 100, 68, "contradicted"),
        ("pull requests", "over 100 pull requests", "more than", 100, 98, "open"),
        ("commits", "We made 53 commits", "exactly", 53, 0, "supported"),
        ("commits", "We made 70 commits", "exactly", 70, 0, "open"),  # other branches
        ("commits", "We made 500 commits", "exactly", 500, 0, "contradicted"),
        ("releases", "two releases", "exactly", 2, 0, "supported"),
        ("releases", "five releases", "exactly", 5, 0, "contradicted"),
    ],
)
def test_the_history(of: str, quote: str, op: str, n: int, refs: int, expected: str) -> None:
    fields = {"of": of, "scope": "whole", "op": op, "value": n}
    assert label(case({}, history=requests(20, 6, refs)), "count", quote, **fields) == expected
    assert label(case({}), "count", quote, **fields) == "open"


@pytest.mark.parametrize("quote", ["In total we have 2 tests that use fixtures.", "In total we ran 2 tests per push."])
def test_a_number_that_is_narrowed_behind_its_noun(quote: str) -> None:
    tests = {"tests/test_a.py": "".join(f"def test_{i}():\n    assert 1\n" for i in range(9))}
    assert label(case(tests), "count", quote, of="tests", scope="whole", op="exactly", value=2) == "open"
