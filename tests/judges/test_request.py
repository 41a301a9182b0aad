"""The requests of a submission: two whole readings, hostile text fenced, a budget kept, the most needed first."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from build_fixture import build, fake_key

from auditor import pipeline
from auditor.judges import Answer, Request
from auditor.judges.pack import Need, candidates, fit
from auditor.judges.request import Asking
from auditor.models import Submission
from auditor.prepared import Book
from auditor.profile import load_profile
from auditor.replies import read_replies
from auditor.snapshot import Snapshot

PROFILE = load_profile()


@pytest.fixture(scope="module")
def repos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("requests")
    return {n: build(n, folder / n) for n in ("consistent", "hostile", "overclaiming")}


@pytest.fixture(scope="module")
def prepared(repos: dict[str, Path]) -> dict[str, pipeline.Prepared]:
    return {n: prepare(repo) for n, repo in repos.items()}


def prepare(repo: Path, **asking: Any) -> pipeline.Prepared:
    return pipeline.prepare(Submission(id=repo.name, repo=str(repo)), PROFILE, judged=True, asking=Asking(**asking))


def user(request: Request) -> str:
    return request.messages[1][1]


def test_each_reading_is_one_request_with_the_whole_report(prepared: dict[str, pipeline.Prepared]) -> None:
    made = prepared["consistent"]
    pack, dump, answers = made.requests
    assert [pack.id, dump.id, answers.id] == ["pack", "dump", "answers"]
    for request in (pack, dump):
        for question in made.report.questions:
            asked = question.answer.strip() and not question.private and question.id not in ("group-number", "members")
            assert (f" question {question.n} (" in user(request)) is bool(asked)
        assert all(f" box {item.n}: [" in user(request) for item in made.report.items)
    assert "# Facts" in user(pack)
    assert "Pytest would collect" in user(pack)
    assert "# Facts" not in user(dump)
    assert "Pytest would collect" not in user(dump)


def test_the_dump_is_in_path_order_and_the_pack_in_order_of_need(prepared: dict[str, pipeline.Prepared]) -> None:
    pack, dump = (re.findall(r"(?m)^=====\w+ E\w+ (\S+\.\w+)$", user(r)) for r in prepared["consistent"].requests[:2])
    assert dump == sorted(dump)
    assert sorted(pack) == dump
    assert pack != dump


def test_the_same_submission_gives_the_same_bytes(prepared: dict[str, pipeline.Prepared], tmp_path: Path) -> None:
    again = prepare(build("consistent", tmp_path / "consistent"))
    assert [r.messages for r in again.requests] == [r.messages for r in prepared["consistent"].requests]


def test_private_questions_are_not_shown_unless_asked_for_and_then_with_stand_ins(
    prepared: dict[str, pipeline.Prepared], repos: dict[str, Path]
) -> None:
    for name in ("consistent", "hostile"):
        sent = "\n".join(text for r in prepared[name].requests for _, text in r.messages)
        for question in prepared[name].report.questions:
            if question.private:
                assert not question.answer.strip() or question.answer not in sent
        assert not re.search(r"(?<![A-Za-z0-9])s\d{6}(?!\d)", sent)
        assert not re.search(r"(?<=[\w.+-])(?<!\bgit)@[\w-]+\.[a-z]{2,}", sent)
        for author in ("Ada Example", "Bea Sample"):
            assert author not in sent
    shown = prepare(repos["overclaiming"], private=True)
    sent = "\n".join(text for r in shown.requests for _, text in r.messages)
    private = [q for q in shown.report.questions if q.private and q.answer.strip()]
    assert private
    assert all(f" question {q.n} (" in sent for q in private)
    assert not re.search(r"(?<![A-Za-z0-9])s\d{6}(?!\d)", sent)


def test_hostile_text_stays_behind_its_fence(prepared: dict[str, pipeline.Prepared]) -> None:
    made = prepared["hostile"]
    assert made.brief is not None
    for request in made.requests:
        text = user(request)
        fence = re.search(r"marks `(=====[0-9a-f]+)`", request.messages[0][1])
        assert fence
        names = {"report", "boxes", "facts", "looked", "files", "omitted", "items", "question", "end"}
        assert set(re.findall(rf"{fence[1]} (\S+)", text)) <= set(made.brief.pieces) | names
        outside = re.split(rf"(?m)^{fence[1]} (?:end of )?(?:report|boxes|facts|looked|files|omitted|items)$", text)[
            ::2
        ]
        assert "".join(outside).count("\n\n") < 20, "nothing but headings stands outside"
        assert not re.search(r"[a-z]{3,}\.(?:py|md|ya?ml)", "".join(outside))
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", text)
        assert fake_key().decode().split()[-1] not in text


def test_lines_are_numbered_as_in_the_file(prepared: dict[str, pipeline.Prepared]) -> None:
    brief = prepared["consistent"].brief
    assert brief is not None
    piece = brief.pieces[brief.ids["pyproject.toml"]]
    assert piece.lines == tuple(range(1, len(piece.rows) + 1))
    assert all(f"   1 {piece.rows[0]}" in user(r) for r in prepared["consistent"].requests[:2])


@pytest.mark.parametrize("budget", [8_000, 12_000, 16_000, 24_000])
def test_a_small_budget_is_kept_by_parts_of_the_report(repos: dict[str, Path], budget: int) -> None:
    """Every answer and every box is asked about once in each reading, and each part brings the files that it needs."""
    made = prepare(repos["consistent"], budget=budget)
    brief = made.brief
    assert brief is not None
    assert all(r.tokens <= budget * 1.03 for r in made.requests), [r.tokens for r in made.requests]
    for reading in ("pack", "dump", "answers"):
        parts = [p for p in brief.parts.values() if p.reading == reading]
        assert sorted(at for p in parts for at in p.questions) == sorted(brief.answers)
        boxes = [] if reading == "answers" else [i.n for i in made.report.items]
        assert sorted(n for p in parts for n in p.items) == boxes
    asked = {r.id: user(r) for r in made.requests}
    docker = next(at for at in brief.answers if made.report.questions[at].n == 15)
    id_ = next(i for i, p in brief.parts.items() if p.reading == "pack" and docker in p.questions)
    assert re.search(r"(?m)^=====\w+ E\w+ (?:\(in part\) )?dockerfiles/train.dockerfile$", asked[id_])
    readings = [text for id_, text in asked.items() if not id_.startswith("answers")]
    assert all("did not fit" in text for text in readings) or budget > 20_000


def test_a_ruling_keeps_the_budget_and_shows_what_is_cited_first(repos: dict[str, Path]) -> None:
    made = prepare(repos["overclaiming"], budget=9_000)
    from test_verify import Scripted

    answers = Scripted().answer(made.requests)
    rulings = pipeline.rulings(made, answers)
    assert rulings
    assert all(r.tokens <= 9_500 for r in rulings), [r.tokens for r in rulings]
    assert any(".github/workflows/tests.yaml\n" in user(r) for r in rulings)


def test_the_ruling_is_shuffled_and_does_not_say_who_found_what(prepared: dict[str, pipeline.Prepared]) -> None:
    from test_verify import Scripted

    made = prepared["overclaiming"]
    (ruling,) = pipeline.rulings(made, Scripted().answer(made.requests))
    (again,) = pipeline.rulings(made, Scripted().answer(made.requests))
    assert ruling.messages == again.messages
    listed = user(ruling).split("# The findings to rule on")[1]
    numbers = [int(n) for n in re.findall(r"(?m)^finding (\d+)$", listed)]
    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert numbers != sorted(numbers)
    assert not re.search(r"claim:|\bjudge\b|\bpack\b|\bdump\b", listed)


def test_other_readings(repos: dict[str, Path]) -> None:
    assert [r.id for r in prepare(repos["overclaiming"], readings="pack").requests] == ["pack", "answers"]
    twice = prepare(repos["overclaiming"], readings="pack-twice", second="another").requests
    assert [(r.id, r.asks) for r in twice] == [("pack", ""), ("pack-2", "another"), ("answers", "")]
    assert twice[0].messages != twice[1].messages
    sections = prepare(repos["overclaiming"], readings="section").requests[:-1]
    assert len(sections) > 3
    assert len({user(r)[: r.shared] for r in sections}) == 1
    assert sections[0].shared > 0.8 * len(user(sections[0]))


def test_an_odd_file_loses_itself_only() -> None:
    files = {
        "reports/README.md": "", "empty.ipynb": '{"cells": []}', "broken.ipynb": "{", "five.ipynb": '{"cells": 5}',
        "ints.ipynb": '{"cells": [1, {"source": null}, {"source": [3]}]}', "list.ipynb": "[]", "deep.ipynb": "[" * 100_000,
        "ok.ipynb": '{"cells": [{"source": ["x = 1"]}]}', "id_rsa": "x", "a/.env": "X=1", "a/.env.example": "X=",
    }  # fmt: skip
    found, left = candidates(Snapshot(files), [])
    assert [c.path for c in found] == ["a/.env.example", "ok.ipynb"]
    assert {p.path for p in left} == set(files) - {"a/.env.example", "ok.ipynb"}


def test_locks_and_data_are_summarised(prepared: dict[str, pipeline.Prepared]) -> None:
    brief = prepared["consistent"].brief
    assert brief is not None
    assert len(brief.pieces[brief.ids["uv.lock"]].rows) <= 3
    assert f" {brief.ids['uv.lock']} (in part: 3 of " in user(prepared["consistent"].requests[0])


@pytest.mark.parametrize(
    ("path", "text", "shown", "more"),
    [
        ("data.dvc", "outs:\n" + "- md5: x\n" * 5000, 20, 4981),
        ("a.csv", "x,y\n" * 10, 3, 7),
        ("a.csv", "x,y\n" * 3, 3, 0),
        ("a.py", "x = 1\n" * 3000, 3000, 0),
        ("a.py", "x = 1\n" * 3001, 20, 2981),
        ("a.ipynb", json.dumps({"cells": [{"source": f"x{n} = {n}"} for n in range(900)]}, indent=1), 800, 100),
    ],
)
def test_a_file_of_which_rows_are_left_out_is_never_whole(path: str, text: str, shown: int, more: int) -> None:
    (found,), _ = candidates(Snapshot({path: text}), [])
    assert (len(found.rows), found.more) == (shown, more)
    (chosen,), _ = fit([found], 1_000_000, Need(""))
    assert chosen.whole is (more == 0)


def test_no_reading_holds_an_open_box_against_a_group_that_the_profile_does_not(
    prepared: dict[str, pipeline.Prepared],
) -> None:
    made = prepared["consistent"]
    items = [i.model_copy(update={"checked": False, "mark": " "}) for i in made.report.items]
    made = replace(made, report=made.report.model_copy(update={"items": tuple(items)}))
    assert made.brief is not None
    cited = next(p for p in made.brief.pieces.values() if p.kind == "file" and p.rows)
    cites = [{"evidence": cited.id, "quote": cited.rows[0]}]
    boxes = [{"n": i.n, "label": "contradicted", "cites": cites} for i in items]
    reply = json.dumps({"contradictions": [], "boxes": boxes})
    read = read_replies(made, {"pack": Answer(text=reply)}, Book(made.evidence))
    held = {i.item: read.sides[i.n][0].demoted for i in items}
    assert held["code-uploaded"] == "the profile holds this box against nobody who left it open"
    assert held["data-code"] == held["dockerfiles"] == ""


def test_figures_are_redrawn_and_limited(repos: dict[str, Path]) -> None:
    pytest.importorskip("PIL")
    made = prepare(repos["overclaiming"], figures=True)
    plain = prepare(repos["overclaiming"])
    images = made.requests[0].images
    assert images
    assert all(data.startswith("data:image/jpeg;base64,") for _, data in images)
    assert made.requests[0].tokens >= plain.requests[0].tokens + 1_000 * len(images)
    named = re.findall(r"(?m)^=====\w+ (E\w+) \(a figure that is given to you\) \S+\.png$", user(made.requests[0]))
    assert named == [label for label, _ in images]
    assert "a figure that is given" not in user(plain.requests[0])
