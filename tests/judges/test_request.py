"""The requests of a submission: one shared prefix, hostile text fenced, a budget kept."""

import re
from pathlib import Path

import pytest
from build_fixture import build, fake_key

from auditor import pipeline
from auditor.judges.pack import pack
from auditor.models import Report, Submission
from auditor.profile import load_profile
from auditor.snapshot import Snapshot

PROFILE = load_profile()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> dict[str, pipeline.Prepared]:
    folder = tmp_path_factory.mktemp("requests")
    return {n: prepare(build(n, folder / n)) for n in ("consistent", "hostile")}


def prepare(repo: Path, budget: int = 0) -> pipeline.Prepared:
    return pipeline.prepare(Submission(id=repo.name, repo=str(repo)), PROFILE, judged=True, budget=budget)


def test_the_prefix_is_the_same_to_the_byte(prepared: dict[str, pipeline.Prepared]) -> None:
    requests = prepared["consistent"].requests
    assert len({r.messages[0] for r in requests}) == 1
    assert len({r.messages[1][1][: r.shared] for r in requests}) == 1
    assert len({r.messages[1][1] for r in requests}) == len(requests)
    shared = sum(len(r.messages[0][1]) + r.shared for r in requests)
    assert shared / sum(len(text) for r in requests for _, text in r.messages) > 0.85


def test_the_same_submission_gives_the_same_bytes(prepared: dict[str, pipeline.Prepared], tmp_path: Path) -> None:
    again = prepare(build("consistent", tmp_path / "consistent"))
    assert [r.messages for r in again.requests] == [r.messages for r in prepared["consistent"].requests]


def test_private_questions_are_not_asked_and_not_shown(prepared: dict[str, pipeline.Prepared]) -> None:
    for name in ("consistent", "hostile"):
        sent = "\n".join(text for r in prepared[name].requests for _, text in r.messages)
        for question in prepared[name].report.questions:
            if question.private:
                assert f"q{question.n}" not in {r.id for r in prepared[name].requests}
                assert not question.answer.strip() or question.answer not in sent
        assert not re.search(r"\bs\d{6}\b", sent)
        assert not re.search(r"[\w.+-]+@[\w-]+\.[a-z]{2,}", sent)
        for author in ("Ada Example", "Bea Sample"):
            assert author not in sent


def test_hostile_text_stays_behind_its_fence(prepared: dict[str, pipeline.Prepared]) -> None:
    request = prepared["hostile"].requests[0]
    text = request.messages[1][1]
    fence = re.search(r"marks `(=====[0-9a-f]+)`", request.messages[0][1])
    assert fence
    ids = set(prepared["hostile"].brief.pieces) | {"end", "facts", "answers", "checklist", "answer"}  # type: ignore[union-attr]
    assert set(re.findall(rf"{fence[1]} (\S+)", text)) <= ids
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
    assert fake_key().decode().split()[-1] not in text


def test_lines_are_numbered_as_in_the_file(prepared: dict[str, pipeline.Prepared]) -> None:
    brief = prepared["consistent"].brief
    assert brief is not None
    piece = next(p for p in brief.pieces.values() if p.path == "pyproject.toml")
    assert piece.lines == tuple(range(1, len(piece.rows) + 1))
    assert f"   1 {piece.rows[0]}" in prepared["consistent"].requests[0].messages[1][1]


def test_the_budget_is_kept_and_what_is_left_out_is_named(tmp_path: Path) -> None:
    repo = build("consistent", tmp_path / "consistent")
    small = prepare(repo, budget=15_000)
    assert all(r.tokens < 18_000 for r in small.requests)
    assert small.brief is not None
    left = [p.path for p in small.brief.omitted if p.message.startswith("did not fit")]
    assert left
    assert all(f"- {path}: did not fit" in small.requests[0].messages[1][1] for path in left)


def test_a_question_brings_along_what_its_answer_names(tmp_path: Path) -> None:
    """Where not everything fits, a file that only one answer names is shown with that question alone."""
    repo = build("consistent", tmp_path / "consistent")
    small = prepare(repo, budget=16_000)
    brief = small.brief
    assert brief is not None
    assert brief.own
    for n, text in brief.own.items():
        answer = next(q.answer for q in small.report.questions if q.n == n)
        request = next(r for r in small.requests if r.id == f"q{n}")
        assert text in request.messages[1][1][request.shared :]
        for id_, path in re.findall(r"(?m)^=====\w+ (E\d+) (\S+)$", text):
            assert brief.pieces[id_].path == path
            assert f" {id_} {path}\n" not in request.messages[1][1][: request.shared]
            assert f"- {path}: did not fit" in request.messages[1][1][: request.shared]
        assert answer
    named = {p for n in brief.own for p in re.findall(r"(?m)^=====\w+ E\d+ (\S+)$", brief.own[n])}
    assert len(named) > 1
    assert len({r.messages[1][1][: r.shared] for r in small.requests}) == 1


def test_a_notebook_without_cells_is_named_not_shown() -> None:
    files = {"reports/README.md": "", "empty.ipynb": '{"cells": []}', "broken.ipynb": "{"}
    made = pack(Snapshot(files), Report(path="reports/README.md", commit="", sha256=""), PROFILE, [], 10_000, 1_000)
    assert {(p.path, p.message) for p in made.left} >= {
        ("empty.ipynb", "nothing to show"),
        ("broken.ipynb", "nothing to show"),
    }


def test_locks_and_data_are_summarised(prepared: dict[str, pipeline.Prepared]) -> None:
    brief = prepared["consistent"].brief
    assert brief is not None
    lock = next(p for p in brief.pieces.values() if p.path == "uv.lock")
    assert len(lock.rows) <= 3
