"""Probes on container images."""

import pytest
from conftest import ask, tree

from auditor.profile import load_profile

OWN = "FROM python:3.12-slim\nCOPY src src\nRUN pip install .\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("Dockerfile", OWN, "found"),
        ("dockerfiles/train.dockerfile", OWN, "found"),
        ("docker/Dockerfile.gpu", OWN, "found"),
        ("Containerfile", OWN, "found"),
        ("services/api.docker", OWN, "found"),
        ("trainer gpu.dockerfile", '# comment\nARG BASE\nFROM $BASE\nENTRYPOINT ["python"]\n', "found"),
        ("Dockerfile", "", "absent"),
        ("Dockerfile", "# FROM python\n# RUN a\n", "absent"),
        ("Dockerfile", "FROM python:3.12\n", "absent"),
        ("Dockerfile", "FROM python:3.12\nENV A=1\n", "absent"),
        ("dockerfiles/readme.md", "```\nFROM python\nRUN a\n```\n", "absent"),
        ("build_dockerfile.sh", OWN, "absent"),
        ("train.dockerfile.txt", OWN, "absent"),
        (".devcontainer/Dockerfile", OWN, "found"),
        (
            ".devcontainer/Dockerfile",
            "FROM mcr.microsoft.com/devcontainers/python:3.12\nRUN pip install uv\n",
            "absent",
        ),
        ("docker-compose.yaml", "services: {a: {build: .}}\n", "absent"),
    ],
)
def test_dockerfile(path: str, text: str, outcome: str) -> None:
    assert ask("dockerfile", {path: text}).outcome == outcome


def test_stages_are_counted() -> None:
    text = "FROM a AS x\nRUN b\nFROM c\nCOPY --from=x /d /d\nCOPY --from=ghcr.io/astral-sh/uv /uv /uv\n"
    (piece,) = ask("dockerfile", {"Dockerfile": text}).evidence
    assert piece.note == "3 instructions follow, in 2 stages"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"Makefile": "image:\n\tdocker build -t a .\n"}, "found"),
        ({"README.md": "Build it:\n```bash\n$ docker compose up --build\n```\n"}, "found"),
        ({"run.sh": "docker run --rm a\n"}, "found"),
        (
            {
                "tasks.py": "from invoke import task\n@task\ndef b(c):\n    c.run('docker build -f d/own.dockerfile .')\n",
                "d/own.dockerfile": OWN,
            },
            "found",
        ),
        (
            {
                "tasks.py": "from invoke import task\n@task\ndef b(c):\n    c.run('docker build -f d/gone.dockerfile .')\n"
            },
            "absent",
        ),
        ({"README.md": "We build with docker build and docker run.\n"}, "absent"),
        ({"README.md": "```\n# docker build .\n```\n"}, "absent"),
        ({"Makefile": "clean:\n\tdocker ps\n"}, "absent"),
    ],
)
def test_docker_build_command(files: dict[str, str], outcome: str) -> None:
    assert ask("docker-build-command", files).outcome == outcome


BUILD = "on: push\njobs:\n  b:\n    runs-on: ubuntu-latest\n    steps:\n      - run: docker build -t leaf .\n"


@pytest.mark.parametrize(
    ("more", "outcome"),
    [
        ("", "absent"),
        ("      - run: docker push leaf\n", "found"),
        ("      - run: gcloud run deploy --image leaf\n", "found"),
        ("      - run: docker run leaf pytest  # push\n", "absent"),
    ],
)
def test_images_that_are_kept(more: str, outcome: str) -> None:
    files = {".github/workflows/b.yaml": BUILD + more, "Dockerfile": "FROM x\nRUN y\n"}
    assert ask("image-build-automatic", files).outcome == "found"
    assert ask("image-build-kept", files).outcome == outcome


def test_a_template_file_that_copies_another_folder_is_own_work() -> None:
    profile = load_profile()
    assert profile.is_stub(
        tree({"dockerfiles/predict_model.dockerfile": "COPY leaf/ leaf/\n"}).files[
            "dockerfiles/predict_model.dockerfile"
        ]
    )
    for text in ("COPY leaf/ bark/\n", "COPY leaf/ leaf/\nCOPY bark/ bark/\n", "COPY leaf/sub/ leaf/\n"):
        assert not profile.is_stub(
            tree({"dockerfiles/predict_model.dockerfile": text}).files["dockerfiles/predict_model.dockerfile"]
        )
