"""Base images with their publisher and Python; what docker files copy."""

import pytest
from conftest import tree

from auditor.facts.images import bases, builds, copies, dockerfiles


@pytest.mark.parametrize(
    ("image", "publisher", "python", "variant"),
    [
        ("python:3.12-slim", "docker", "3.12", "slim"),
        ("docker.io/library/python:3.12.1-slim-bookworm", "docker", "3.12", "slim-bookworm"),
        ("ghcr.io/astral-sh/uv:python3.12-bookworm-slim", "ghcr.io/astral-sh", "3.12", "bookworm-slim"),
        ("ghcr.io/astral-sh/uv:0.5-python3.11-alpine", "ghcr.io/astral-sh", "3.11", "alpine"),
        ("europe-docker.pkg.dev/vertex-ai/training/pytorch-gpu.2-1.py310:latest", "europe-docker.pkg.dev/vertex-ai/training", "", ""),
        ("tiangolo/uvicorn-gunicorn-fastapi:python3.11", "tiangolo", "3.11", ""),
        ("mcr.microsoft.com/devcontainers/python:1-3.12", "mcr.microsoft.com/devcontainers", "", ""),
        ("localhost:5000/own/python:3.12@sha256:abc", "localhost:5000/own", "3.12", ""),
        ("nvidia/cuda:12.1.1-runtime-ubuntu22.04", "nvidia", "", ""),
    ],
)  # fmt: skip
def test_bases(image: str, publisher: str, python: str, variant: str) -> None:
    [(file, _)] = dockerfiles(tree({"Dockerfile": f"FROM {image}\nRUN x\n"}))
    [base] = bases(file)
    assert (base.publisher, base.python, base.variant) == (publisher, python, variant)


def test_arguments_and_stages() -> None:
    text = "ARG V=3.12\nFROM python:${V}-slim AS build\nFROM build\nFROM ${OTHER}\nFROM x:${T:-1}\n"
    [(file, _)] = dockerfiles(tree({"Dockerfile": text}))
    assert [(b.image, b.name, b.stage, b.open) for b in bases(file)] == [
        ("python:3.12-slim", "build", False, False),
        ("build", "", True, False),
        ("${OTHER}", "", False, True),
        ("x:1", "", False, False),
    ]


FILES = {
    "src/app/a.py": "",
    "pyproject.toml": "[project]\nname = 'a'\n",
    "requirements_api.txt": "",
    ".dockerignore": "requirements*.txt\n!requirements_api.txt\nsecret.json\n",
    "secret.json": "{}",
    "requirements_dev.txt": "",
    ".gitignore": "weights/\n",
    "data.dvc": "outs:\n- path: data\n",
}


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("COPY src/ src/", "there"),
        ("COPY . .", "there"),
        ("COPY ./pyproject.toml /app/", "there"),
        ("COPY requirements_*.txt .", "there"),
        ("COPY lists/*.txt .", "missing"),
        ("COPY requirements.txt .", "missing"),
        ("ADD src/b.py .", "missing"),
        ("COPY requirements_dev.txt .", "ignored"),
        ("COPY requirements_api.txt .", "there"),
        ("COPY secret.json .", "ignored"),
        ("COPY weights/best.pt .", "run time"),
        ("COPY data/ data/", "run time"),
        ("COPY $LIST .", "unknown"),
        ("ARG LIST=pyproject.toml\nCOPY $LIST .", "there"),
        ("COPY --from=build /app /app", None),
        ("ADD https://example.com/a.tar /", None),
        ("COPY <<EOF /a\nx\nEOF", None),
    ],
)
def test_copies(line: str, state: str | None) -> None:
    snapshot = tree({**FILES, "Dockerfile": f"FROM python:3.12\n{line}\n"})
    found = copies(snapshot, snapshot.files["Dockerfile"])
    assert [c.state for c in found] == ([state] if state else [])


def test_the_context_that_lacks_the_least() -> None:
    files = {
        "web/web.dockerfile": "FROM python:3.12\nCOPY req.txt .\nCOPY nowhere.txt .\n",
        "web/req.txt": "",
        "a.py": "",
    }
    snapshot = tree(files)
    assert [c.state for c in copies(snapshot, snapshot.files["web/web.dockerfile"])] == ["there", "missing"]
    assert not builds(snapshot, "web/web.dockerfile", "web")


def test_an_ignore_file_of_a_docker_files_own() -> None:
    files = {"Dockerfile": "FROM a\nCOPY a.txt b.txt /\n", "a.txt": "", "b.txt": "", ".dockerignore": "a.txt\n", "Dockerfile.dockerignore": "b.txt\n"}  # fmt: skip
    snapshot = tree(files)
    assert [(c.source, c.state) for c in copies(snapshot, snapshot.files["Dockerfile"])] == [("a.txt", "there"), ("b.txt", "ignored")]  # fmt: skip
