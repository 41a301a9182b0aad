"""The dependency probes and the facts that they share with claim checks."""

import pytest
from conftest import ask, tree

from auditor.facts.declared import LOCKS, declarations, locked
from auditor.facts.deps import (
    imported,
    missing_from_lock,
    packages_of,
    undeclared,
    unlisted,
    unresolved,
)

PROJECT = '[project]\nname = "birds"\ndependencies = [\n    "torch>=2.5",\n    "pandas",\n]\n'
LOCK = '[[package]]\nname = "torch"\nversion = "2.6.0"\n\n[[package]]\nname = "pandas"\nversion = "2.2.3"\n'
CONDA = "name: birds\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - pip:\n      - wandb==0.19.1\n"
PINNED = "torch==2.6.0\nnumpy==2.1.0\npandas==2.2.3\nfastapi==0.115.6  # served\nwandb==0.19.1\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"requirements.txt": "torch\n"}, "found"),
        ({"requirements.txt": ""}, "absent"),
        ({"requirements.txt": "# torch\n\n"}, "absent"),
        ({"app/backend_requirements.txt": "torch==2.5.1\n"}, "found"),
        ({".devcontainer/requirements.txt": "torch\n"}, "found"),
        ({"pyproject.toml": PROJECT}, "found"),
        ({"pyproject.toml": "[tool.ruff]\nline-length = 120\n"}, "absent"),
        ({"pyproject.toml": '[project]\nname = "birds"\ndependencies = [\n'}, "unknown"),
        ({"pyproject.toml": '[tool.poetry.dependencies]\npython = "^3.11"\ntorch = "^2.5"\n'}, "found"),
        ({"pyproject.toml": '[dependency-groups]\ndev = ["pytest"]\n'}, "found"),
        ({"pixi.toml": '[dependencies]\npytorch = "*"\n'}, "found"),
        ({"Pipfile": '[packages]\ntorch = "*"\n'}, "found"),
        ({"environment.yml": CONDA}, "found"),
        ({"deploy/env.yaml": "API_KEY: abc\nREGION: europe-west1\n"}, "absent"),
        ({"setup.py": "from setuptools import setup\nsetup(name='birds', install_requires=['torch'])\n"}, "found"),
        ({"setup.py": "from setuptools import setup\nsetup(name='birds')\n"}, "absent"),
        (
            {"dockerfiles/train.dockerfile": "FROM python:3.11\nRUN pip install --no-cache-dir torch==2.5 wandb\n"},
            "found",
        ),
        (
            {"Dockerfile": "FROM python:3.11\nRUN pip install -r requirements.txt --extra-index-url https://x.org\n"},
            "unknown",
        ),
        ({"Dockerfile": "FROM python:3.11\nRUN pip install -e . && pip install --upgrade pip uv\n"}, "absent"),
        ({"Dockerfile": "FROM python:3.11\n# RUN pip install torch\n"}, "absent"),
        ({"Dockerfile": "FROM debian\nRUN apt-get install -y gcc\n"}, "absent"),
        ({"wandb/run-20260110_101010-abc/files/requirements.txt": "torch==2.5\n"}, "absent"),
        ({"uv.lock": LOCK}, "absent"),
    ],
)
def test_dependencies_declared(files: dict[str, str], outcome: str) -> None:
    assert ask("dependencies-declared", files).outcome == outcome


def test_dependencies_declared_names_a_dead_list_and_puts_the_root_first() -> None:
    pyproject = (
        PROJECT + '[tool.setuptools.dynamic]\noptional-dependencies = { dev = { file = ["requirements_dev.txt"] } }\n'
    )
    answer = ask("dependencies-declared", {"app/requirements.txt": "flask\n", "pyproject.toml": pyproject})
    assert [e.path for e in answer.evidence] == ["pyproject.toml", "app/requirements.txt"]
    assert "requirements_dev.txt, which is not in the repository" in answer.evidence[0].note
    both = ask("dependencies-declared", {"pyproject.toml": pyproject, "requirements_dev.txt": "pytest\n"})
    assert [e.note for e in both.evidence] == [
        "2 packages declared.",
        "1 package declared; pyproject.toml:8 refers to it.",
    ]


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"uv.lock": LOCK}, "found"),
        ({"poetry.lock": LOCK}, "found"),
        ({"uv.lock": ""}, "absent"),
        ({"uv.lock": "version = 1\n"}, "absent"),
        ({"Pipfile.lock": '{"default": {"torch": {"version": "==2.6.0"}}}'}, "found"),
        ({"pixi.lock": "packages:\n- conda: https://conda.org/noarch/torch-2.6.0-py.conda\n"}, "found"),
        ({"conda-lock.yml": "version: 1\npackage:\n- name: torch\n  version: 2.6.0\n"}, "found"),
        ({"requirements.txt": PINNED}, "found"),
        ({"requirements.txt": PINNED + "tqdm>=4\n"}, "absent"),
        ({"requirements.txt": "torch==2.6.0\n"}, "absent"),
        ({"requirements_dev.txt": PINNED}, "absent"),
        ({"requirements.txt": PINNED.replace("2.6.0", "2.*")}, "absent"),
        ({"pyproject.toml": PROJECT}, "absent"),
    ],
)
def test_dependencies_locked(files: dict[str, str], outcome: str) -> None:
    assert ask("dependencies-locked", files).outcome == outcome


def test_a_lock_that_lacks_a_declared_package() -> None:
    files = {"pyproject.toml": PROJECT.replace('"pandas"', '"pandas", "Scikit_Learn"'), "uv.lock": LOCK}
    assert "declared but not locked: scikit-learn" in ask("dependencies-locked", files).evidence[0].note
    assert [p.name for p in missing_from_lock(tree(files).select(LOCKS))] == ["scikit-learn"]
    in_step = {"pyproject.toml": PROJECT, "uv.lock": LOCK}
    assert "not locked" not in ask("dependencies-locked", in_step).evidence[0].note
    elsewhere = {"pyproject.toml": PROJECT.replace("pandas", "polars"), "side/uv.lock": LOCK}
    assert not missing_from_lock(tree(elsewhere).select(LOCKS))


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"uv.lock": LOCK}, "found"),
        ({"requirements.txt": "torch\n"}, "found"),
        ({".python-version": "3.12\n"}, "found"),
        ({".python-version": "\n"}, "absent"),
        ({".devcontainer/devcontainer.json": '{"image": "python:3.12"}\n'}, "found"),
        ({"flake.nix": "{ outputs = { }: { }; }\n"}, "found"),
        ({"deploy/env.yaml": "API_KEY: abc\n"}, "absent"),
        ({"README.md": "conda create -n birds\n"}, "absent"),
    ],
)
def test_environment_declared(files: dict[str, str], outcome: str) -> None:
    assert ask("environment-declared", files).outcome == outcome


def test_environment_declared_shows_the_lock_first() -> None:
    files = {".python-version": "3.12\n", "pyproject.toml": PROJECT, "uv.lock": LOCK}
    assert [e.path for e in ask("environment-declared", files).evidence] == [
        "uv.lock",
        "pyproject.toml",
        ".python-version",
    ]


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("import xgboost\n", "found"),
        ("import torch\nimport os, json\n", "absent"),
        ("from birds.data import load\n", "absent"),
        ("from .data import load\n", "absent"),
        ("try:\n    import xgboost\nexcept ImportError:\n    xgboost = None\n", "absent"),
        ("from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import xgboost\n", "absent"),
        ('"""import xgboost"""\n', "absent"),
        ("import torch (\n", "unknown"),
    ],
)
def test_imports_undeclared(code: str, outcome: str) -> None:
    files = {
        "pyproject.toml": PROJECT,
        "src/birds/__init__.py": "",
        "src/birds/data.py": "x = 1\n",
        "src/birds/train.py": code,
    }
    assert ask("imports-undeclared", files).outcome == outcome


def test_imports_undeclared_says_nothing_without_lists_or_of_tests() -> None:
    assert ask("imports-undeclared", {"train.py": "import xgboost\n"}).outcome == "absent"
    files = {"pyproject.toml": PROJECT, "tests/test_train.py": "import pytest\n", "setup.py": "import setuptools\n"}
    assert ask("imports-undeclared", files).outcome == "absent"


def test_a_lock_and_a_dockerfile_count_as_lists() -> None:
    files = {
        "pyproject.toml": PROJECT,
        "Dockerfile": "FROM python:3.11\nRUN uv pip install --system opencv-python-headless\n",
        "uv.lock": LOCK + '\n[[package]]\nname = "google-cloud-secret-manager"\nversion = "2.0"\n',
        "train.py": "import cv2\nfrom google.cloud import secretmanager_v1\nimport wandb\n",
    }
    assert [i.name for i in undeclared(tree(files).select(("**/*.py",)))] == ["wandb"]


@pytest.mark.parametrize(
    ("listed", "code", "lacking"),
    [
        ("windspeed-wheel", "import windspeed", []),
        ("windspeed-py", "import windspeed.client", []),
        ("python-windspeed", "from windspeed import Client", []),
        ("pywindspeed", "import windspeed", []),
        ("wind_speed", "import wind_speed", []),
        ("torch", "import torch_geometric", ["torch_geometric"]),  # another package
        ("google-cloud-storage", "from google.cloud import pubsub_v1", ["google.cloud.pubsub_v1"]),
        ("wind", "import windspeed", ["windspeed"]),
    ],
)
def test_a_package_with_the_imports_name_in_its_own_may_bring_it(listed: str, code: str, lacking: list[str]) -> None:
    files = tree({"requirements.txt": f"{listed}\n", "train.py": f"{code}\n"}).select(("**/*.py",))
    assert [i.name for i in undeclared(files)] == lacking


def test_a_module_that_is_reached_through_the_folders_name_is_no_package() -> None:
    files = {
        "requirements.txt": "numpy\n",
        "src/birds/models/net.py": "x = 1\n",
        "src/birds/train.py": "from BIRDS_GROUP.models.net import x\nfrom windspeed.models import y\n",
    }
    assert [i.name for i in unlisted(tree(files))] == ["windspeed.models.y"]


@pytest.mark.parametrize(
    ("name", "package"),
    [
        ("cv2", "opencv-python"),
        ("sklearn.svm.SVC", "scikit-learn"),
        ("PIL.Image", "pillow"),
        ("yaml", "pyyaml"),
        ("pytorch_lightning.Trainer", "pytorch-lightning"),
        ("google.cloud.storage.Client", "google-cloud-storage"),
        ("google.cloud.monitoring_v3.Client", "google-cloud-monitoring"),
        ("google.protobuf.message", "protobuf"),
        ("azure.storage.blob.BlobClient", "azure-storage-blob"),
        ("prometheus_client.Counter", "prometheus-client"),
        ("hydra", "hydra-core"),
        ("torch.nn.functional", "torch"),
    ],
)
def test_packages_of(name: str, package: str) -> None:
    assert packages_of(name)[0] == package


def test_imported_leaves_out_own_modules_and_the_standard_library() -> None:
    files = {
        "src/birds/__init__.py": "",
        "src/birds/evaluate.py": "x = 1\n",
        "src/birds/train.py": "import os\nimport torch\nfrom torch import nn\nfrom birds.evaluate import x\nimport helper\n",
        "scripts/helper.py": "y = 2\n",
        "scripts/score.py": "import evaluate\nimport helper\n",
        "wandb/run-1/files/code/peft.py": "z = 3\n",
        "scripts/tune.py": "import peft\n",
    }
    found = imported(tree(files).select(("**/*.py",)))
    assert [(i.packages[0], i.path, i.line) for i in found] == [
        ("evaluate", "scripts/score.py", 1),
        ("peft", "scripts/tune.py", 1),
        ("torch", "src/birds/train.py", 2),
    ]


def test_declared_and_locked_say_where() -> None:
    snapshot = tree(
        {"pyproject.toml": PROJECT, "uv.lock": LOCK, "Dockerfile": "FROM python\nRUN pip install -U 'dvc[gs]>=3'\n"}
    )
    files = snapshot.select(LOCKS)
    assert [(p.name, p.spec, p.path, p.line) for p in declarations(files).packages] == [
        ("dvc", ">=3", "Dockerfile", 2),
        ("torch", ">=2.5", "pyproject.toml", 4),
        ("pandas", "", "pyproject.toml", 5),
    ]
    assert [(p.name, p.spec, p.line) for p in locked(files)] == [("torch", "2.6.0", 2), ("pandas", "2.2.3", 6)]


@pytest.mark.parametrize(
    ("code", "missing"),
    [
        ("from birds.models import model\n", ["birds.models.model"]),
        ("from birds.models.model import Net\n", ["birds.models.model.Net"]),
        ("from birds.data import anything\n", []),
        ("from birds import data, VERSION\n", []),
        ("from birds import absent\n", ["birds.absent"]),
        ("from . import data\nfrom .data import load\n", []),
        ("from .gone import load\n", [".gone.load"]),
        ("from .. import birds\n", []),
        ("import birds.data\nimport birds\n", []),
        ("from birds._version import v\nfrom birds.service_pb2 import Stub\n", []),
        ("try:\n    from birds.gone import x\nexcept ImportError:\n    x = 0\n", []),
        ("from birds.data import *\n", []),
        ("import numpy.linalg\n", []),
    ],
)
def test_unresolved_own_imports(code: str, missing: list[str]) -> None:
    files = {
        "src/birds/__init__.py": "VERSION = 1\n",
        "src/birds/data.py": "def load(): ...\n",
        "src/birds/models/__init__.py": "",
        "src/birds/train.py": code,
    }
    assert [i.name for i in unresolved(tree(files).select(("**/*.py",)))] == missing
