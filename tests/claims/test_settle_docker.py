"""Images: contradicted only where no docker file that may be meant has the property."""

from collections.abc import Mapping

import pytest
from rows import case, label, settled

from auditor.claims.settle.buckets import bucket

ONE = "FROM python:3.11-slim AS base\nCOPY --from=ghcr.io/astral-sh/uv:latest /uv /bin/\nRUN pip install torch\nEXPOSE 8080\nCMD uvicorn app:app --port 8080\n"
TWO = "FROM python:3.11-slim AS build\nRUN pip install .\nFROM python:3.11-slim\nCOPY --from=build /app /app\nCMD app\n"
UV = "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nRUN uv sync\n"
BOTH = {"dockerfiles/api.dockerfile": ONE, "frontend/Dockerfile": TWO}
EDITOR = {".devcontainer/Dockerfile": "FROM mcr.microsoft.com/devcontainers/python:3.12\nRUN pip install uv\n"}


@pytest.mark.parametrize(
    ("fields", "files", "expected"),
    [
        ({}, {"Dockerfile": ONE}, "contradicted"),
        ({}, {"Dockerfile": TWO}, "supported"),
        ({}, BOTH, "supported"),  # one of them
        ({"of": "all"}, BOTH, "supported"),
        ({"of": "all", "every": True}, BOTH, "contradicted"),
        ({"of": "all", "every": True}, {"Dockerfile": TWO, **EDITOR}, "supported"),
        ({"of": "api"}, BOTH, "contradicted"),
        ({"of": "frontend"}, BOTH, "supported"),
        ({"of": "training"}, BOTH, "open"),  # none of these trains
        ({"path": "api.dockerfile"}, BOTH, "contradicted"),
        ({"path": "api.Dockerfile"}, BOTH, "contradicted"),
        ({"path": "gone.dockerfile"}, BOTH, "open"),
        ({"denied": True}, {"Dockerfile": ONE}, "supported"),
        ({"denied": True}, {"Dockerfile": TWO}, "contradicted"),
        ({"denied": True}, BOTH, "open"),
        ({}, {"README.md": "x"}, "open"),
    ],
)
def test_multi_stage(fields: Mapping[str, object], files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "docker", what="multi-stage", **fields) == expected


VARIABLE = {"Dockerfile": "ARG B\nFROM $B\nRUN x\n"}
FILLED = {"Dockerfile": "ARG V=3.11\nFROM python:${V}-slim\nRUN x\n"}


@pytest.mark.parametrize(
    ("value", "files", "expected"),
    [
        ("python:3.11-slim", {"Dockerfile": ONE}, "supported"),
        ("python:3.11", {"Dockerfile": ONE}, "supported"),
        ("Python 3.11 slim", {"Dockerfile": ONE}, "supported"),
        ("docker.io/library/python:3.11-slim", {"Dockerfile": ONE}, "supported"),
        ("slim", {"Dockerfile": ONE}, "supported"),
        ("python:3.12-slim", {"Dockerfile": ONE}, "contradicted"),
        ("python:3.1", {"Dockerfile": ONE}, "contradicted"),
        ("Python 3.12", {"Dockerfile": ONE}, "contradicted"),
        ("Debian", {"Dockerfile": ONE}, "open"),  # what the image is built on
        ("Python", {"Dockerfile": "FROM ubuntu:22.04\nRUN apt install python3\n"}, "open"),
        ("python:3.11-slim", FILLED, "supported"),
        ("python:3.12-slim", VARIABLE, "open"),
        ("python:3.12-slim", {"Dockerfile": ONE, "compose.yaml": "services:\n  a:\n    image: python:3.12-slim\n"}, "open"),
        # another publisher's Python
        ("python:3.12-slim", {"Dockerfile": UV}, "supported"),
        ("Python 3.12", {"Dockerfile": UV}, "supported"),
        ("python:3.11-slim", {"Dockerfile": UV}, "contradicted"),
        ("python:3.12-alpine", {"Dockerfile": UV}, "contradicted"),
        ("python:3.12-slim", {"Dockerfile": UV, "a.dockerfile": ONE}, "contradicted"),
        ("Python 3.12", {"Dockerfile": UV, "a.dockerfile": ONE}, "supported"),
        ("", {"Dockerfile": ONE}, "open"),
    ],
)  # fmt: skip
def test_base_image(value: str, files: Mapping[str, str], expected: str) -> None:
    assert (
        label(case(files), "docker", f"The images are based on {value}", what="base image", of="all", value=value)
        == expected
    )


SYNC = 'FROM python:3.12-slim\nCOPY uv.lock pyproject.toml ./\nRUN uv sync --frozen\nENTRYPOINT ["uv", "run", "train.py"]\n'
CPU_URL = "https://download.pytorch.org/whl/cpu"


def torch(version: str, registry: str, *markers: str) -> str:
    """A package of a uv.lock."""
    listed = "".join(f'    "{m}",\n' for m in markers)
    where = f"resolution-markers = [\n{listed}]\n" if markers else ""
    return f'[[package]]\nname = "torch"\nversion = "{version}"\nsource = {{ registry = "{registry}" }}\n{where}\n'


LOCK_CPU = torch("2.6.0", CPU_URL, "sys_platform == 'darwin'") + torch("2.6.0+cpu", CPU_URL, "sys_platform == 'linux'")
LOCK_WINDOWS = torch("2.6.0+cpu", CPU_URL, "sys_platform == 'win32'") + torch(
    "2.6.0+cu121", "https://download.pytorch.org/whl/cu121", "sys_platform == 'linux'"
)
LOCK_EXTRAS = torch("2.6.0+cpu", CPU_URL, "sys_platform == 'linux' and extra == 'extra-3-app-cpu'") + torch(
    "2.6.0", "https://index.example.com/packages", "extra == 'extra-3-app-gpu'"
)
SOURCES = f'[tool.uv.sources]\ntorch = [{{ index = "pytorch-cpu" }}]\n\n[[tool.uv.index]]\nname = "pytorch-cpu"\nurl = "{CPU_URL}"\n'
PIP = SYNC.replace("uv sync --frozen", "pip install -r requirements.txt")
CUDA = {"gpu.dockerfile": "FROM nvidia/cuda:12.1.1-runtime-ubuntu22.04\nRUN pip install torch\nCMD python train.py\n"}


@pytest.mark.parametrize(
    ("of", "files", "expected"),
    [
        ("training", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, "contradicted"),
        ("unknown", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU}, "contradicted"),
        ("training", {"train.dockerfile": SYNC, "uv.lock": torch("2.6.0+cpu", CPU_URL)}, "contradicted"),
        ("training", {"train.dockerfile": SYNC, "uv.lock": LOCK_WINDOWS}, "open"),
        ("training", {"train.dockerfile": SYNC, "uv.lock": LOCK_EXTRAS}, "open"),
        ("training", {"train.dockerfile": SYNC, "uv.lock": torch("2.6.0", "https://index.example.com/packages")}, "open"),
        ("training", {"train.dockerfile": SYNC.replace("--frozen", "--extra gpu"), "uv.lock": LOCK_CPU}, "open"),
        ("training", {"train.dockerfile": SYNC, "pyproject.toml": SOURCES}, "contradicted"),
        ("training", {"train.dockerfile": SYNC, "pyproject.toml": SOURCES.replace(" }]", ", marker = \"sys_platform == 'darwin'\" }]")}, "open"),
        # pip knows nothing of uv's sources
        ("training", {"train.dockerfile": SYNC.replace("uv sync --frozen", "pip install ."), "pyproject.toml": SOURCES, "uv.lock": LOCK_CPU}, "open"),
        ("training", {"train.dockerfile": SYNC.replace("uv sync --frozen", f"pip install torch --index-url {CPU_URL}")}, "contradicted"),
        ("training", {"train.dockerfile": PIP, "requirements.txt": "torch==2.6.0+cpu\n"}, "contradicted"),
        ("training", {"train.dockerfile": PIP, "requirements.txt": "torch==2.6.0\n"}, "open"),
        ("training", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU, **CUDA}, "supported"),
        ("api", {"api.dockerfile": SYNC.replace("train.py", "api.py"), "uv.lock": LOCK_CPU}, "contradicted"),
        ("training", {"train.dockerfile": SYNC, "uv.lock": LOCK_CPU, "job.yaml": "imageUri: us-docker.pkg.dev/vertex-ai/training/pytorch-gpu\n"}, "open"),
        ("training", {"train.dockerfile": ONE.replace("uvicorn app:app --port 8080", "python train.py")}, "open"),  # PyPI's torch brings CUDA
    ],
)  # fmt: skip
def test_gpu(of: str, files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "docker", "The container runs on a GPU.", what="gpu", of=of) == expected


def test_a_gpu_of_another_machine_is_no_image_s() -> None:
    here = case({"train.dockerfile": SYNC, "uv.lock": LOCK_CPU})
    for quote in (
        "We trained on a VM with a GPU and docker.",
        "We trained on a T4.",
        "A deep learning image has a GPU.",
    ):
        assert label(here, "docker", quote, what="gpu", of="training") == "open"
    assert label(here, "docker", "A deep learning image from Google", what="base image", value="Python 3.10") == "open"


@pytest.mark.parametrize(
    ("fields", "files", "expected"),
    [
        ({"what": "compose"}, {"Dockerfile": ONE}, "contradicted"),
        ({"what": "compose"}, {"Dockerfile": ONE, "docker-compose.dev.yml": "a: b\n"}, "supported"),
        ({"what": "compose"}, {"stack.yml": "services:\n  a:\n    image: b\n"}, "open"),
        ({"what": "compose"}, {"docs/run.md": "Type `docker compose up`.\n"}, "open"),
        ({"what": "compose", "denied": True}, {"Dockerfile": ONE}, "open"),
        ({"what": "compose", "denied": True}, {"compose.yaml": "services:\n  a:\n    image: b\n"}, "contradicted"),
        ({"what": "cached layers", "value": "--mount=type=cache"}, {"Dockerfile": ONE}, "contradicted"),
        ({"what": "cached layers", "value": "cache mount"}, {"Dockerfile": ONE + "RUN --mount=type=cache,target=/c pip install x\n"}, "supported"),
        ({"what": "cached layers"}, {"Dockerfile": ONE}, "open"),
        ({"what": "non-root user"}, {"Dockerfile": ONE}, "contradicted"),
        ({"what": "non-root user"}, {"Dockerfile": ONE + "USER app\n"}, "supported"),
        ({"what": "non-root user"}, {"Dockerfile": ONE + "USER root\n"}, "contradicted"),
        ({"what": "non-root user"}, {"Dockerfile": ONE, "k8s.yaml": "spec:\n  runAsUser: 1000\n"}, "open"),
        ({"what": "non-root user"}, {"Dockerfile": "FROM gcr.io/distroless/python3\nCMD x\n"}, "open"),
        ({"what": "health check", "quote": "It has a HEALTHCHECK."}, {"Dockerfile": ONE}, "contradicted"),
        ({"what": "health check", "quote": "Its health checks are monitored."}, {"Dockerfile": ONE}, "open"),  # an endpoint
        ({"what": "health check"}, {"Dockerfile": ONE + "HEALTHCHECK CMD curl localhost\n"}, "supported"),
        ({"what": "health check"}, {"Dockerfile": ONE, "compose.yaml": "services:\n  a:\n    healthcheck:\n      test: x\n"}, "open"),
        ({"what": "port", "of": "api", "value": "8080"}, BOTH, "supported"),
        ({"what": "port", "of": "api", "value": "8000"}, BOTH, "contradicted"),
        ({"what": "port", "value": "8000"}, BOTH, "open"),
        ({"what": "port", "of": "api", "value": "8000"}, {**BOTH, "compose.yaml": "services:\n  a:\n    ports: ['8000:8080']\n"}, "open"),
        ({"what": "port", "of": "api", "value": "8000"}, {**BOTH, "src/api.py": "uvicorn.run(app, port=8000)\n"}, "open"),
        ({"what": "port", "of": "api", "value": "8000"}, {"api.dockerfile": "FROM python\nCMD uvicorn app:app --port $PORT\nEXPOSE 8080\n"}, "open"),
        ({"what": "entry point", "of": "training", "value": "train.py"}, {"train.dockerfile": SYNC}, "supported"),
        ({"what": "entry point", "of": "training", "value": "src/fit.py"}, {"train.dockerfile": SYNC, "src/fit.py": "x = 1\n"}, "contradicted"),
        ({"what": "entry point", "of": "training", "value": "src/fit.py"}, {"train.dockerfile": SYNC}, "open"),
        ({"what": "entry point", "of": "training", "value": "fit.py"}, {"train.dockerfile": "FROM python\nENTRYPOINT ./start.sh\n", "fit.py": "x = 1\n"}, "open"),
        ({"what": "size", "value": "2 GB"}, {"Dockerfile": ONE}, "open"),
        ({"what": "unknown"}, {"Dockerfile": ONE}, "open"),
    ],
)  # fmt: skip
def test_settings(fields: Mapping[str, object], files: Mapping[str, str], expected: str) -> None:
    assert label(case(files), "docker", **fields) == expected


def test_a_port_that_an_answer_maps_is_left_alone() -> None:
    here = case(BOTH, answers={"api": "`docker run -p 8000:8080 api` starts it."})
    assert label(here, "docker", what="port", of="api", value="8000") == "open"


def test_what_no_docker_file_has_names_those_looked_at() -> None:
    found = settled(case(BOTH), "docker", "The dockerfile has a HEALTHCHECK.", what="health check")
    assert found
    assert found.evidence[0].sources == ("dockerfiles/api.dockerfile", "frontend/Dockerfile")


def test_a_docker_file_that_does_not_parse_may_have_anything() -> None:
    files = {"Dockerfile": ONE, "other.dockerfile": "FROM python\nRUN <<EOF\n"}
    assert label(case(files), "docker", what="multi-stage") == "open"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("gs://group-twelve-data/raw", "supported"),
        ("group-twelve-datas", "contradicted"),
        ("another-bucket-altogether", ""),
        ("<your bucket>", ""),
    ],
)
def test_buckets(name: str, expected: str) -> None:
    files = {".dvc/config": "['remote \"r\"']\n    url = gs://group-twelve-data\n"}
    found = bucket(name, case(files).snapshot)
    assert (found.label if found else "") == expected


@pytest.mark.parametrize(
    ("files", "says"),
    [({"Dockerfile": ONE}, "Dockerfile does not start from python:3.12-slim."), (BOTH, "None of the 2 docker files starts from python:3.12-slim.")],
)  # fmt: skip
def test_what_starts_from_another_image_is_named(files: Mapping[str, str], says: str) -> None:
    made = settled(
        case(files),
        "docker",
        "Images are based on `python:3.12-slim`.",
        what="base image",
        of="all",
        value="python:3.12-slim",
    )
    assert made is not None
    assert made.difference == says
