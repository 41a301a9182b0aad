"""Claim checks about container images."""

import pytest
from conftest import contradicted

ONE = "FROM python:3.11-slim AS base\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nRUN pip install torch\nEXPOSE 8080\nCMD uvicorn app:app --port 8080\n"
TWO = "FROM python:3.11-slim AS build\nRUN pip install .\nFROM python:3.11-slim\nCOPY --from=build /app /app\nCMD app\n"
UV = "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nRUN uv sync\n"
GPU = "ARG CUDA=12.1.1\nFROM nvidia/cuda:${CUDA}-runtime-ubuntu22.04\nRUN pip install torch\n"


def said(check: str, sentence: str, files: dict[str, str]) -> list[str]:
    return contradicted(check, {"docker": sentence}, files)


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("We use a multi-stage docker build.", {"Dockerfile": ONE}, ["docker:multi-stage"]),
        ("We use a multi-stage docker build.", {"Dockerfile": TWO}, []),
        ("We use multi-stage builds.", {"dockerfiles/api.dockerfile": ONE, "frontend/Dockerfile": TWO}, []),
        ("`api.dockerfile` is a multi-stage build.", {"dockerfiles/api.dockerfile": ONE, "frontend/Dockerfile": TWO}, ["docker:multi-stage"]),
        ("`gone.dockerfile` is a multi-stage build.", {"dockerfiles/api.dockerfile": ONE}, []),
        ("The Dockerfile is a two-stage build.", {"Dockerfile": ONE}, ["docker:multi-stage"]),
        ("We could use a multi-stage docker build.", {"Dockerfile": ONE}, []),
        ("We do not use a multi-stage docker build.", {"Dockerfile": ONE}, []),
        ("Initially we used a multi-stage docker build.", {"Dockerfile": ONE}, []),
        ("Our CI has a multi-stage deployment of containers.", {"Dockerfile": ONE}, []),
        ("We use a multi-stage docker build.", {"README.md": "x"}, []),
    ],
)  # fmt: skip
def test_multi_stage(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("multi-stage", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("The image is based on `python:3.11-slim`.", {"Dockerfile": ONE}, []),
        ("The image is based on `python:3.11`.", {"Dockerfile": ONE}, []),
        ("The image is based on `python:3.12-slim`.", {"Dockerfile": ONE}, ["image:python:3.12-slim"]),
        ("The image is based on `python:3.1`.", {"Dockerfile": ONE}, ["image:python:3.1"]),
        ("The image would be based on `python:3.12-slim`.", {"Dockerfile": ONE}, []),
        ("The image was not based on `python:3.12-slim`.", {"Dockerfile": ONE}, []),
        ("The containers use `python:3.12-slim`.", {"Dockerfile": ONE, "compose.yaml": "services:\n  a:\n    image: python:3.12-slim\n"}, []),
        ("We run the container with `trainer:3.12`.", {"Dockerfile": ONE}, []),
        # Python of another publisher
        ("The image is based on `python:3.12-slim`.", {"Dockerfile": UV}, []),
        ("It is built on a slim Python 3.12 image.", {"Dockerfile": UV}, []),
        ("We use a Python 3.12 base image.", {"Dockerfile": UV}, []),
        ("The image is based on `python:3.11-slim`.", {"Dockerfile": UV}, ["image:python:3.11-slim"]),
        ("The image is based on `python:3.12-alpine`.", {"Dockerfile": UV}, ["image:python:3.12-alpine"]),
        ("We use a Python 3.11 base image.", {"Dockerfile": UV}, ["image:python3.11"]),
        ("The image is based on `python:3.12-slim`.", {"Dockerfile": UV, "a.dockerfile": ONE}, ["image:python:3.12-slim"]),
        ("We use a Python 3.10 base image.", {"Dockerfile": ONE}, ["image:python3.10"]),
        ("We use a Python 3.11 base image.", {"Dockerfile": ONE}, []),
        ("The base image is FROM a variable, `python:3.12-slim`.", {"Dockerfile": "ARG B\nFROM $B\nRUN x\n"}, []),
        ("The training image uses CUDA 12.1.", {"Dockerfile": GPU}, []),
        ("The training image uses CUDA 11.8.", {"Dockerfile": GPU}, ["image:cuda11.8"]),
        ("The training image uses CUDA 11.8.", {"Dockerfile": GPU, "requirements.txt": "--index-url https://download.pytorch.org/whl/cu118\n"}, []),
        ("The training image uses CUDA 11.8.", {"Dockerfile": "FROM nvcr.io/nvidia/pytorch:22.07-py3\nRUN x\n"}, []),
    ],
)  # fmt: skip
def test_base_image(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("base-image", sentence, files) == expected


def test_gpu_image() -> None:
    cpu = {"Dockerfile": ONE.replace("install torch", "install torch --index-url https://download.pytorch.org/whl/cpu")}
    assert said("gpu-image", "We built a GPU-enabled docker image.", cpu) == ["image:gpu"]
    assert (
        said("gpu-image", "We built a GPU-enabled docker image.", {"Dockerfile": ONE}) == []
    )  # PyPI's torch brings CUDA
    assert said("gpu-image", "We built a GPU-enabled docker image.", {**cpu, "gpu.dockerfile": GPU}) == []
    assert said("gpu-image", "We did not build a GPU-enabled docker image.", cpu) == []


SYNC = 'FROM python:3.12-slim\nCOPY uv.lock pyproject.toml ./\nRUN uv sync --frozen\nENTRYPOINT ["uv", "run", "train.py"]\n'
CPU_URL = "https://download.pytorch.org/whl/cpu"


def torch(version: str, registry: str, *markers: str) -> str:
    """A package of a uv.lock."""
    listed = "".join(f'    "{m}",\n' for m in markers)
    where = f"resolution-markers = [\n{listed}]\n" if markers else ""
    return f'[[package]]\nname = "torch"\nversion = "{version}"\nsource = {{ registry = "{registry}" }}\n{where}\n'


LOCK_CPU = torch("2.6.0", CPU_URL, "sys_platform == 'darwin'") + torch(
    "2.6.0+cpu", CPU_URL, "sys_platform == 'linux'", "sys_platform == 'win32'"
)
LOCK_WINDOWS = torch("2.6.0+cpu", CPU_URL, "sys_platform == 'win32'") + torch(
    "2.6.0+cu121", "https://download.pytorch.org/whl/cu121", "sys_platform == 'linux'"
)
LOCK_EXTRAS = torch("2.6.0+cpu", CPU_URL, "sys_platform == 'linux' and extra == 'extra-3-app-cpu'") + torch(
    "2.6.0", "https://index.example.com/packages", "extra == 'extra-3-app-gpu'"
)
SOURCES = (
    '[tool.uv.sources]\ntorch = [{ index = "pytorch-cpu" }]\n\n[[tool.uv.index]]\nname = "pytorch-cpu"\nurl = "'
    + CPU_URL
    + '"\n'
)
SAID = "Our container trained on an NVIDIA T4 GPU as a Vertex AI custom job."


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        (SAID, {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, True),
        ("The Vertex AI job runs GPU-accelerated training.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, True),
        ("Our containers use GPUs for training.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, True),
        (SAID, {"train.dockerfile": SYNC, "uv.lock": torch("2.6.0+cpu", CPU_URL)}, True),
        (SAID, {"train.dockerfile": SYNC, "uv.lock": LOCK_WINDOWS}, False),
        (SAID, {"train.dockerfile": SYNC, "uv.lock": LOCK_EXTRAS}, False),
        (SAID, {"train.dockerfile": SYNC, "uv.lock": torch("2.6.0", "https://index.example.com/packages")}, False),
        (SAID, {"train.dockerfile": SYNC.replace("--frozen", "--extra gpu"), "uv.lock": LOCK_CPU}, False),
        (SAID, {"train.dockerfile": SYNC.replace("--frozen", "--frozen && pip install --force-reinstall torch"), "uv.lock": LOCK_CPU}, False),
        (SAID, {"train.dockerfile": SYNC, "pyproject.toml": SOURCES}, True),
        (SAID, {"train.dockerfile": SYNC, "pyproject.toml": SOURCES.replace(' }]', ", marker = \"sys_platform == 'darwin'\" }]")}, False),
        # pip knows nothing of uv's sources
        (SAID, {"train.dockerfile": SYNC.replace("uv sync --frozen", "pip install ."), "pyproject.toml": SOURCES, "uv.lock": LOCK_CPU}, False),
        (SAID, {"train.dockerfile": SYNC.replace("uv sync --frozen", f"pip install torch --index-url {CPU_URL}")}, True),
        (SAID, {"train.dockerfile": SYNC.replace("uv sync --frozen", "pip install -r requirements.txt"), "requirements.txt": "torch==2.6.0+cpu\n"}, True),
        (SAID, {"train.dockerfile": SYNC.replace("uv sync --frozen", "pip install -r requirements.txt"), "requirements.txt": "torch==2.6.0\n"}, False),
        # another training image can
        (SAID, {"train.dockerfile": SYNC, "train_gpu.dockerfile": "FROM pytorch/pytorch:2.6.0-cuda12.1\nCMD python train.py\n", "uv.lock": LOCK_CPU}, False),
        (SAID, {"api.dockerfile": SYNC.replace("train.py", "api.py"), "uv.lock": LOCK_CPU}, False),
        (SAID, {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU, "job.yaml": "imageUri: us-docker.pkg.dev/vertex-ai/training/pytorch-gpu\n"}, False),
        # not that training ran there
        ("We would train in a container on a GPU.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("We did not train in a container on a GPU.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("Initially the container trained on a GPU.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("We tried to train in a container on a GPU.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("The container may run on a GPU if available.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("For training on a GPU we used a deep learning image.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("We trained on the GPU of a laptop.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
        ("We trained on a virtual machine with a T4 GPU and Docker.", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, False),
    ],
)  # fmt: skip
def test_gpu_build(sentence: str, files: dict[str, str], wrong: bool) -> None:
    assert contradicted("gpu-build", {"cloud-training": sentence}, files) == (["image:gpu-build"] if wrong else [])


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("We used docker compose to start the services.", {"Dockerfile": ONE}, ["file:compose"]),
        ("We used docker-compose to start the services.", {"Dockerfile": ONE, "docker-compose.dev.yml": "a: b\n"}, []),
        ("We used docker compose to start the services.", {"stack.yml": "services:\n  a:\n    image: b\n"}, []),
        ("We did not use docker compose.", {"Dockerfile": ONE}, []),
        ("With docker compose we could start the services.", {"Dockerfile": ONE}, []),
    ],
)
def test_compose_file(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("compose-file", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "files", "expected"),
    [
        ("A `.dockerignore` keeps the image small.", {"Dockerfile": ONE}, ["docker:dockerignore"]),
        ("A `.dockerignore` keeps the image small.", {"Dockerfile": ONE, ".dockerignore": "data\n"}, []),
        ("The docker build uses `--mount=type=cache`.", {"Dockerfile": ONE}, ["docker:cache-mount"]),
        ("The docker build uses layer caching.", {"Dockerfile": ONE}, []),
        ("The container runs as a non-root user.", {"Dockerfile": ONE}, ["docker:user"]),
        ("The container runs as a non-root user.", {"Dockerfile": ONE + "USER app\n"}, []),
        ("The container runs as a non-root user.", {"Dockerfile": ONE, "k8s.yaml": "spec:\n  runAsUser: 1000\n"}, []),
        ("The container should run as a non-root user.", {"Dockerfile": ONE}, []),
        ("The dockerfile has a HEALTHCHECK.", {"Dockerfile": ONE}, ["docker:healthcheck"]),
    ],
)
def test_image_settings(sentence: str, files: dict[str, str], expected: list[str]) -> None:
    assert said("image-settings", sentence, files) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("`api.dockerfile` exposes port 8080.", []),
        ("`api.dockerfile` exposes port 8000.", ["port:api.dockerfile"]),
        ("`api.dockerfile` runs locally on port 8000.", []),
        ("The API listens on port 8000.", []),
        ("`api.dockerfile` could expose port 8000.", []),
    ],
)
def test_image_port(sentence: str, expected: list[str]) -> None:
    assert said("image-port", sentence, {"dockerfiles/api.dockerfile": ONE}) == expected
