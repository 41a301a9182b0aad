"""Typed claims about settings, seeds, searches, dependencies and versions."""

import pytest
from rows import case, label, settled

TRAIN = "import torch\n\ndef train(cfg):\n    print(cfg.lr)\n"
SEEDED = "import torch\n\ndef train(cfg):\n    torch.manual_seed(cfg.seed)\n"
FIXED = "import torch\n\ntorch.manual_seed(42)\n"
CONFIG = "lr: 0.1\nseed: 42\n"
NAMED = {"configs/train.yaml": "batch_size: 32\ntrainer:\n  max_epochs: 10\nlr: 1e-3\nmode: online\nsize: ${other}\n"}


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("batch size", "64", "configs/train.yaml", "contradicted"),
        ("batch_size", "32", "train.yaml", "supported"),
        ("learning rate", "0.01", "train.yaml", "contradicted"),
        ("learning rate", "0.001", "train.yaml", "supported"),
        ("number of epochs", "10", "train.yaml", "supported"),
        ("epochs", "20", "train.yaml", "contradicted"),
        ("trainer.max_epochs", "20", "train.yaml", "contradicted"),
        ("model.max_epochs", "20", "train.yaml", "open"),
        ("mode", "offline", "configs/train.yaml", "contradicted"),
        ("mode", "Online", "configs/train.yaml", "supported"),
        ("mode", "offline in the cloud", "configs/train.yaml", "open"),
        ("dropout", "0.5", "train.yaml", "open"),  # no such key
        ("size", "3", "train.yaml", "open"),  # interpolated
        ("batch size", "large", "train.yaml", "open"),
        ("batch size", "64", "", "open"),  # without a file it confirms at most
        ("batch size", "32", "", "supported"),
        ("batch size", "64", "none.yaml", "open"),
        ("batch size", "64", "unknown", "open"),
    ],
)
def test_values_of_a_file(name: str, value: str, path: str, expected: str) -> None:
    assert label(case(NAMED), "setting", name=name, value=value, path=path) == expected


def test_a_denied_or_planned_setting_is_open() -> None:
    for more in ({"denied": True}, {"strength": "planned"}, {"strength": "past"}):
        assert label(case(NAMED), "setting", name="lr", value="9", path="train.yaml", **more) == "open"


@pytest.mark.parametrize(
    ("quote", "files", "wrong"),
    [
        ("a fixed seed", {"src/train.py": TRAIN}, True),
        ("a fixed seed", {"src/train.py": SEEDED}, False),
        ("a fixed seed", {"src/train.py": FIXED}, False),
        ("a fixed seed", {"src/train.py": TRAIN + "split(x, random_state=1)\n"}, False),
        ("a fixed seed", {"src/train.py": TRAIN + "# torch.manual_seed(1)\n"}, True),
        ("a fixed seed", {"src/train.py": TRAIN, "tests/test_a.py": "import torch\ntorch.manual_seed(1)\n"}, True),
        # the configuration's seed that no code reads
        ("the seed of the configuration", {"src/train.py": TRAIN, "configs/a.yaml": CONFIG}, True),
        ("the seed of the configuration", {"src/train.py": SEEDED, "configs/a.yaml": CONFIG}, False),
        ("the seed in the config", {"src/train.py": TRAIN, "src/drift.py": "import numpy as np\nnp.random.seed(1)\n", "configs/a.yaml": CONFIG}, True),
        ("the seed in the config", {"src/train.py": "def f(cfg):\n    seed = cfg.batch\n    go(seed)\n", "configs/a.yaml": CONFIG}, True),
        ("the seed in the config", {"src/train.py": FIXED, "configs/a.yaml": CONFIG}, False),
        ("the seed in the config", {"src/train.py": TRAIN + "x = cfg['seed']\n", "configs/a.yaml": CONFIG}, False),
        ("the seed in the config", {"src/train.py": TRAIN + "run(**cfg)\n", "configs/a.yaml": CONFIG}, False),
        # programs that read a seed of their own
        ("a fixed seed", {"src/train.py": "from ultralytics import YOLO\n", "a.yaml": "seed: 1\n"}, False),
        ("a fixed seed", {"src/train.py": "def broken(:\n seed\n"}, False),
    ],
)  # fmt: skip
def test_a_seed_that_is_set(quote: str, files: dict[str, str], wrong: bool) -> None:
    said = label(case(files), "setting", quote, name="random seed", value="set")
    assert said == ("contradicted" if wrong else "open")


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a.yaml": "seed: 123\n"}, "contradicted"),
        ({"a.yaml": "seed: 42\n"}, "supported"),
        ({"a.yaml": "seed:\n  value: 42\n", "b.py": "seed = 1\n"}, "open"),
        ({"a.py": "p.add_argument('--seed', type=int, default=42)\nseed = 3\n"}, "open"),
        ({"a.py": "x = 1\n"}, "open"),
        ({"a.py": "seed = make()\n"}, "open"),
    ],
)
def test_a_seed_by_its_number(files: dict[str, str], expected: str) -> None:
    assert label(case(files), "setting", name="seed", value="42") == expected


@pytest.mark.parametrize(
    ("value", "files", "expected"),
    [
        ("True", {"a.py": "x = 1\n"}, "contradicted"),
        ("True", {"a.py": "Trainer(deterministic=True)\n"}, "open"),
        ("true", {"a.yaml": "deterministic: true\n"}, "open"),
        ("False", {"a.py": "x = 1\n"}, "open"),
    ],
)
def test_deterministic(value: str, files: dict[str, str], expected: str) -> None:
    assert label(case(files), "setting", name="deterministic", value=value) == expected


@pytest.mark.parametrize(
    ("name", "value", "path", "expected"),
    [
        ("machine type", "n1-standard-4", "jobs/gpu.yaml", "contradicted"),
        ("machine type", "n1-highmem-8", "jobs/gpu.yaml", "supported"),
        ("machine type", "n1-standard-4", "", "open"),
        ("machine type", "n1-standard-4", "jobs/other.yaml", "open"),
        ("region", "europe-west4", "jobs/gpu.yaml", "contradicted"),
    ],
)
def test_values_of_the_cloud(name: str, value: str, path: str, expected: str) -> None:
    job = "region: europe-west1\nworkerPoolSpecs:\n- machineSpec:\n    machineType: n1-highmem-8\n"
    assert label(case({"jobs/gpu.yaml": job}), "setting", name=name, value=value, path=path) == expected


def test_a_registrys_region_is_not_the_jobs() -> None:
    image = "displayName: x\nimageUri: europe-west1-docker.pkg.dev/p/r/train:latest\n"
    for value, text, expected in (
        ("europe-north1", f"{image}region: europe-north1\n", "supported"),
        ("europe-west4", f"{image}region: europe-north1\n", "contradicted"),
        ("europe-north1", image, "open"),
    ):
        assert label(case({"job.yaml": text}), "setting", name="region", value=value, path="job.yaml") == expected


RANDOM = {
    "configs/sweep.yaml": "method: random\nmetric:\n  name: val_loss\n  goal: minimize\nparameters:\n  lr:\n    values: [1, 2]\n"
}
DICT = {
    "sweep.py": "s = {'method': 'bayes', 'metric': {'name': 'val_acc', 'goal': 'maximize'}, 'parameters': {'lr': {'values': [1, 2]}}}\n"
}


@pytest.mark.parametrize(
    ("name", "value", "files", "expected"),
    [
        ("method", "Bayesian", RANDOM, "contradicted"),
        ("method", "random search", RANDOM, "supported"),
        ("method", "grid", DICT, "contradicted"),
        ("method", "grid", {**DICT, **RANDOM}, "contradicted"),
        ("method", "random", {**DICT, **RANDOM}, "supported"),
        ("method", "grid and random", RANDOM, "open"),
        ("method", "hyperband", RANDOM, "open"),
        ("goal", "maximize val_loss", RANDOM, "contradicted"),
        ("goal", "minimise the loss", RANDOM, "open"),
        ("number of runs", "30", RANDOM, "open"),
        ("method", "grid", {**RANDOM, "b.py": "import optuna\nsweep = 1\n"}, "open"),
        ("method", "grid", {}, "open"),
    ],
)
def test_searches(name: str, value: str, files: dict[str, str], expected: str) -> None:
    assert label(case(files), "setting", name=name, value=value, of="hyperparameter search") == expected


# -- dependencies ------------------------------------------------------------------------------------------------------

PROJECT = '[project]\nname = "app"\nrequires-python = ">=3.11,<3.13"\ndependencies = ["torch==2.1.0", "hydra-core>=1.3"]\n[dependency-groups]\ndev = ["pytest>=8"]\n'
LOCK = '[[package]]\nname = "torch"\nversion = "2.1.0"\n\n[[package]]\nname = "hydra-core"\nversion = "1.3.2"\n\n[[package]]\nname = "pytest"\nversion = "8.0.0"\n'
LISTED = {
    "pyproject.toml": PROJECT,
    "src/app/train.py": "import torch\nimport hydra\n",
    "dockerfiles/train.dockerfile": "FROM python:3.12-slim\n",
    ".github/workflows/tests.yaml": "on: push\njobs:\n  t:\n    steps:\n    - uses: actions/setup-python@v5\n      with:\n        python-version: '3.11'\n    strategy:\n      matrix:\n        versions:\n        - '3.12'\n",
}
LOOSE = {"requirements.txt": "torch==2.1.0\nnumpy\nhydra-core>=1\n", "src/app/train.py": "import torch\n"}
EXTRA = {**LISTED, "src/app/drift.py": "import evidently\n"}


@pytest.mark.parametrize(
    ("package", "state", "files", "more", "expected"),
    [
        ("all", "declared", LISTED, {}, "open"),
        ("all", "declared", EXTRA, {"every": True}, "contradicted"),
        ("all", "declared", {**EXTRA, "dockerfiles/x.dockerfile": "FROM a\nRUN pip install evidently\n"}, {}, "open"),
        ("all", "declared", EXTRA, {"denied": True}, "open"),
        ("all", "declared", EXTRA, {"strength": "hedged"}, "open"),
        ("all", "declared", EXTRA, {"path": "environment_gpu.yaml"}, "open"),
        ("all", "locked", {**LISTED, "uv.lock": LOCK}, {}, "open"),
        ("all", "locked", {**LISTED, "uv.lock": LOCK.replace("hydra-core", "hydra")}, {}, "contradicted"),
        ("all", "locked", LISTED, {}, "open"),
        ("all", "pinned", LOOSE, {"path": "requirements.txt"}, "contradicted"),
        ("all", "pinned", LOOSE, {}, "contradicted"),
        ("all", "pinned", {**LOOSE, "requirements.txt": "torch==2.1.0\n"}, {}, "open"),
        ("all", "pinned", {**LISTED, "uv.lock": LOCK}, {"every": True}, "open"),
        ("torch", "declared", LISTED, {}, "supported"),
        ("PyTorch", "declared", LISTED, {}, "supported"),
        ("hydra", "declared", LISTED, {}, "supported"),
        ("pytest", "declared", LISTED, {"group": "dev"}, "supported"),
        ("pytest", "declared", LISTED, {"group": "main"}, "contradicted"),
        ("torch", "declared", LISTED, {"group": "dev"}, "contradicted"),
        ("torch", "pinned", LISTED, {}, "supported"),
        ("hydra-core", "pinned", LISTED, {}, "contradicted"),
        ("hydra-core", "pinned", {**LISTED, "uv.lock": LOCK}, {}, "supported"),
        ("torch", "not declared", LISTED, {}, "contradicted"),
        ("torch", "declared", LISTED, {"denied": True}, "contradicted"),
        ("evidently", "declared", LISTED, {}, "open"),
        ("unknown", "declared", LISTED, {}, "open"),
        ("torch", "unknown", LISTED, {}, "open"),
    ],
)  # fmt: skip
def test_dependencies(package: str, state: str, files: dict[str, str], more: dict[str, object], expected: str) -> None:
    assert label(case(files), "dependency", package=package, state=state, **more) == expected


@pytest.mark.parametrize(
    ("of", "value", "place", "expected"),
    [
        ("python", "3.11", "project", "supported"),
        ("Python", "3.12", "project", "supported"),
        ("python", "3.10", "project", "contradicted"),
        ("python", "3.12", "image", "supported"),
        ("python", "3.11", "image", "contradicted"),
        ("python", "3.11", "workflow", "supported"),
        ("python", "3.10", "workflow", "contradicted"),
        ("python", "3.12", "workflow", "open"),  # in a list of its own
        ("python", "3.9", "unknown", "contradicted"),
        ("python", "3.12", "unknown", "supported"),
        ("python", "3", "unknown", "supported"),
        ("python", ">=3.9", "project", "contradicted"),  # it begins at 3.11
        ("python", "3.9+", "project", "contradicted"),
        ("python", ">=3.11", "project", "supported"),
        ("python", ">=3.9", "image", "open"),
        ("python", "the newest", "project", "open"),
        ("torch", "2.1", "unknown", "supported"),
        ("torch", "2.1.0", "unknown", "supported"),
        ("torch", "2.2", "unknown", "contradicted"),
        ("hydra-core", "1.2", "unknown", "open"),  # a range
        ("evidently", "1.2", "unknown", "open"),
    ],
)
def test_versions(of: str, value: str, place: str, expected: str) -> None:
    assert label(case(LISTED), "version", of=of, value=value, place=place) == expected


@pytest.mark.parametrize(
    ("files", "value", "expected"),
    [
        ({".python-version": "3.12.5\n"}, ">=3.8", "open"),  # what developers run
        ({".python-version": "3.12.5\n"}, "3.8", "contradicted"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.8"\n', ".python-version": "3.12\n"}, ">=3.8", "supported"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.10"\n'}, ">=3.8", "contradicted"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.10"\n'}, "3.11", "contradicted"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "~3.10"\n'}, "3.10", "supported"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = ">=3.8,<3.12"\n'}, "3.13", "contradicted"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.8 || ^3.10"\n'}, "3.12", "supported"),  # not understood
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = { version = "^3.8" }\n'}, ">=3.6", "open"),
    ],
)  # fmt: skip
def test_where_python_starts(files: dict[str, str], value: str, expected: str) -> None:
    assert label(case(files), "version", of="python", value=value, place="project") == expected


def test_a_version_of_a_lock() -> None:
    here = case({**LISTED, "uv.lock": LOCK})
    assert label(here, "version", of="hydra-core", value="1.3") == "supported"
    assert label(here, "version", of="hydra-core", value="1.2") == "contradicted"
    assert label(here, "version", of="hydra-core", value="1.2", denied=True) == "open"


def test_says_what_lacks() -> None:
    made = settled(case(EXTRA), "dependency", package="all", state="declared")
    assert made is not None
    assert ("src/app/drift.py:1" in made.shows, made.evidence[0].path) == (True, "src/app/drift.py")


@pytest.mark.parametrize(
    ("quote", "predict", "wanted"),
    [
        ("training and prediction set a seed", "import torch\n", "contradicted"),
        ("training and prediction set a seed", "import torch\ntorch.manual_seed(1)\n", "open"),
        ("training and prediction set a seed", "from pkg.train import train\n", "open"),
        ("everything sets a seed", "import torch\n", "open"),
    ],
)
def test_a_seed_of_one_component(quote: str, predict: str, wanted: str) -> None:
    files = {"src/pkg/__init__.py": "", "src/pkg/train.py": SEEDED, "src/pkg/predict.py": predict}
    assert label(case(files), "setting", quote, name="seed", value="set", of="prediction") == wanted


@pytest.mark.parametrize(
    ("files", "more", "wanted"),
    [
        ({"tests/load.py": "import locust\n"}, {}, "contradicted"),
        ({"tests/load.py": "import locust\n"}, {"group": "main"}, "open"),
        ({"tests/load.py": "import locust\n"}, {"every": False}, "open"),
        ({"tests/load.py": "import locust\n", "dev.txt": "locust\n", "requirements.txt": "torch\n-r dev.txt\n"}, {}, "open"),
        ({"tests/load.py": "import locust\n", "requirements_dev.txt": "locust\n"}, {}, "open"),
        ({"tests/load.py": "try:\n    import locust\nexcept ImportError:\n    locust = None\n"}, {}, "open"),
        ({"src/api.py": "import fastapi\n"}, {}, "open"),  # others bring it along
        ({"src/api.py": "import fastapi\n", "api.dockerfile": "FROM python:3.12\nRUN pip install fastapi\n"}, {}, "contradicted"),
    ],
)  # fmt: skip
def test_all_dependencies_in_one_file(files: dict[str, str], more: dict[str, object], wanted: str) -> None:
    fields: dict[str, object] = {"package": "all", "state": "declared", "path": "requirements.txt", "every": True, **more}  # fmt: skip
    here = case({"requirements.txt": "torch\n", "src/train.py": "import torch\n", **files})
    assert label(here, "dependency", "all dependencies are in requirements.txt", **fields) == wanted


def test_all_lists_have_to_pin() -> None:
    files = {"requirements.txt": "torch==2.1.0\n", "deps/requirements_web.txt": "streamlit>=1.2\n"}
    fields = {"package": "all", "state": "pinned"}
    assert label(case(files), "dependency", "all packages in exact versions", every=True, **fields) == "contradicted"
    assert label(case(files), "dependency", "packages in exact versions", every=False, **fields) == "open"
    assert label(case({**files, "deps/requirements_web.txt": "streamlit==1.2\n"}), "dependency", every=True, **fields) == "open"  # fmt: skip
