"""The Python that a sentence gives the docker images, held against all of them."""

import pytest
from rows import case, label

API = {"dockerfiles/api.dockerfile": "FROM python:3.12-slim\nCMD python -m api\n"}
TRAIN = {"dockerfiles/train.dockerfile": "FROM ghcr.io/astral-sh/uv:python3.12-bookworm-slim\nCMD python -m train\n"}
BOTH = API | TRAIN


@pytest.mark.parametrize(
    ("files", "value", "expected"),
    [
        (BOTH, "3.9", "contradicted"),
        (BOTH, "3.12", "supported"),
        (BOTH, "3.12.1", "supported"),
        # one image does not say which Python it has
        (API | {"dockerfiles/train.dockerfile": "FROM pytorch/pytorch:2.4.0-cuda12.1-cudnn9-runtime\n"}, "3.9", "open"),
        (API | {"dockerfiles/train.dockerfile": "ARG BASE\nFROM $BASE\n"}, "3.9", "open"),
        # what is started from an earlier stage has that one's
        (
            {"Dockerfile": "FROM python:3.12-slim AS build\nRUN pip install uv\nFROM build\nCMD python\n"},
            "3.9",
            "contradicted",
        ),
        # uv fetches what the pin says, whatever the base has
        (BOTH | {".python-version": "3.9\n"}, "3.9", "open"),
        (BOTH | {".python-version": "3.11\n"}, "3.9", "contradicted"),
        (API | {"dockerfiles/train.dockerfile": "FROM python:3.12\nRUN uv python install 3.9\n"}, "3.9", "open"),
        ({"src/a.py": "x = 1\n"}, "3.9", "open"),
    ],
)
def test_what_is_held_against_it(files: dict[str, str], value: str, expected: str) -> None:
    assert label(case(files), "version", of="python", value=value, place="image") == expected
