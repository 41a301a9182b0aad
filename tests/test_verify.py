"""Nothing that a judge says is believed before its quotes are found in their sources."""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from build_fixture import build

from auditor import pipeline
from auditor.judges import Answer, Request
from auditor.models import AuditRecord, JudgeInfo, Submission, Verdict
from auditor.profile import load_profile
from auditor.verify import find

PROFILE = load_profile()


class Scripted:
    """A judge that says what a test wants."""

    info = JudgeInfo(name="scripted")

    def __init__(self, **replies: Any) -> None:
        self.replies = replies
        self.asked: list[str] = []

    def answer(self, requests: Sequence[Request]) -> dict[str, Answer]:
        self.asked += [r.id for r in requests]
        made = {}
        for request in requests:
            reply = self.replies.get(request.id.replace("-", "_"), {"statements": []})
            made[request.id] = reply if isinstance(reply, Answer) else Answer(text=json.dumps(reply))
        return made


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("consistent", tmp_path_factory.mktemp("verify") / "consistent")


@pytest.fixture(scope="module")
def prepared(repo: Path) -> pipeline.Prepared:
    return pipeline.prepare(Submission(id="consistent", repo=str(repo)), PROFILE, judged=True)


def piece(prepared: pipeline.Prepared, path: str) -> str:
    assert prepared.brief is not None
    return next(p.id for p in prepared.brief.pieces.values() if p.path == path and p.kind == "file")


def said(prepared: pipeline.Prepared, n: int = 7) -> str:
    """A sentence of an answer."""
    answer = next(q.answer for q in prepared.report.questions if q.n == n)
    return answer.split(".")[0]


def statement(prepared: pipeline.Prepared, **changes: Any) -> dict[str, Any]:
    base = {
        "quote": said(prepared),
        "report_says": "so",
        "repo_shows": "not so",
        "cites": [{"evidence": piece(prepared, "pyproject.toml"), "quote": "[project]"}],
        "difference": "It differs.",
        "label": "contradicted",
        "detail": False,
        "ask": "Is it so?",
    }
    return base | changes


def judge(prepared: pipeline.Prepared, *statements: dict[str, Any], **more: Any) -> tuple[list[Verdict], AuditRecord]:
    answers = Scripted(q7={"statements": list(statements)}, **more)
    found = dict(answers.answer(prepared.requests))
    found |= answers.answer(pipeline.defences(prepared, found))
    record = pipeline.conclude(prepared, PROFILE, found, answers.info)
    return [v for v in record.verdicts if v.by == "judge"], record


HOLDS = {"accusations": [{"number": 1, "defence": "None.", "cites": [], "ground": "nothing"}]}


def test_a_contradiction_with_verbatim_quotes_becomes_a_finding(prepared: pipeline.Prepared) -> None:
    (verdict,), record = judge(prepared, statement(prepared), q7_defence=HOLDS)
    assert (verdict.label, verdict.demoted, verdict.ask) == ("contradicted", "", "Is it so?")
    evidence = record.evidence[verdict.citations[0].evidence]
    assert (evidence.path, evidence.excerpt) == ("pyproject.toml", "[project]")
    assert [f.rule for f in record.findings if f.verdict == verdict.id] == ["prose-contradicts-repository"]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quote": "We wrote a thousand tests on the moon"}, "not in the answer"),
        ({"cites": []}, "cites nothing"),
        ({"cites": [{"evidence": "E9999", "quote": "[project]"}]}, "no piece 'E9999'"),
        ({"cites": [{"evidence": "{pyproject}", "quote": "[projects]"}]}, "not verbatim"),
        ({"cites": [{"evidence": "{pyproject}", "quote": "="}]}, "too short"),
        ({"cites": [{"evidence": "pyproject.toml", "quote": "[project]"}]}, "no piece"),
        ({"quote": "a"}, "not in the answer"),
    ],
)
def test_what_cannot_be_found_is_demoted_with_its_reason(
    prepared: pipeline.Prepared, changes: dict[str, Any], reason: str
) -> None:
    changes = json.loads(json.dumps(changes).replace("{pyproject}", piece(prepared, "pyproject.toml")))
    (verdict,), record = judge(prepared, statement(prepared, **changes))
    assert verdict.label == "not_verifiable"
    assert reason in verdict.demoted or (changes.get("quote") == "a" and verdict.demoted)
    assert not [f for f in record.findings if f.verdict == verdict.id]


def test_a_repeated_statement_counts_once(prepared: pipeline.Prepared) -> None:
    verdicts, _ = judge(prepared, statement(prepared), statement(prepared), q7_defence=HOLDS)
    assert [v.label for v in verdicts] == ["contradicted", "not_verifiable"]
    assert "repeats" in verdicts[1].demoted


def test_white_space_and_line_numbers_do_not_matter_but_words_do(prepared: pipeline.Prepared, repo: Path) -> None:
    rows = (repo / "pyproject.toml").read_text().split("\n")
    two = f"   1 {rows[0]}\n   2   {rows[1]}"
    (verdict,), record = judge(
        prepared,
        statement(prepared, cites=[{"evidence": piece(prepared, "pyproject.toml"), "quote": two}]),
        q7_defence=HOLDS,
    )
    evidence = record.evidence[verdict.citations[0].evidence]
    assert (evidence.start, evidence.end) == (1, 2)
    assert find("a  b\nc", "x a b c y") is not None
    assert find("a b", "ab") is None
    assert find("", "ab") is None


def test_a_label_off_the_menu_or_a_wrong_shape_is_no_reply(prepared: pipeline.Prepared) -> None:
    for reply in (
        {"statements": [statement(prepared, label="wrong")]},
        {"claims": []},
        {"statements": [{"quote": "x"}]},
    ):
        verdicts, record = (
            judge(prepared, q7=None)
            if False
            else ([], pipeline.conclude(prepared, PROFILE, Scripted(q7=reply).answer(prepared.requests), JudgeInfo()))
        )
        assert not verdicts
        assert any("question 7: the reply does not fit" in p.message for p in record.unjudged)
        assert record.judged == len(prepared.requests) - 1


def test_a_failed_answer_loses_its_own_question_only(prepared: pipeline.Prepared) -> None:
    answers = Scripted(q7=Answer(error="the service did not answer")).answer(prepared.requests)
    record = pipeline.conclude(prepared, PROFILE, answers, JudgeInfo(name="x"))
    assert [p.message for p in record.unjudged] == ["question 7: the service did not answer"]
    assert record.verdicts == prepared.verdicts


def test_the_defence_demotes_what_does_not_hold_up(prepared: pipeline.Prepared) -> None:
    falls = {
        "accusations": [
            {
                "number": 1,
                "defence": "It is there.",
                "cites": [{"evidence": piece(prepared, "tasks.py"), "quote": "import"}],
                "ground": "shown",
            }
        ]
    }
    (verdict,), record = judge(prepared, statement(prepared), q7_defence=falls)
    assert (verdict.label, verdict.demoted) == ("not_verifiable", "the defence: It is there.")
    assert not [f for f in record.findings if f.verdict == verdict.id]


@pytest.mark.parametrize(
    ("ground", "cited", "label", "level"),
    [
        ("nothing", False, "contradicted", "error"),
        ("shown", True, "not_verifiable", ""),
        ("shown", False, "contradicted", "warning"),  # shown by nothing that is there
        ("wording", False, "not_verifiable", ""),
        ("silence", False, "not_verifiable", ""),
        ("elsewhere", True, "contradicted", "warning"),
    ],
)
def test_what_the_case_for_the_group_rests_on_decides(
    prepared: pipeline.Prepared, ground: str, cited: bool, label: str, level: str
) -> None:
    cites = [{"evidence": piece(prepared, "tasks.py"), "quote": "import" if cited else "no such words"}]
    case = {"number": 1, "defence": "It may be so.", "cites": cites, "ground": ground}
    (verdict,), record = judge(prepared, statement(prepared), q7_defence={"accusations": [case]})
    assert verdict.label == label
    assert [f.level for f in record.findings if f.verdict == verdict.id] == ([level] if level else [])
    assert (verdict.defence == "It may be so.") is (level == "warning")
    assert ("It may be so." in verdict.demoted) is (label == "not_verifiable")


def test_a_slip_weighs_less(prepared: pipeline.Prepared) -> None:
    (verdict,), record = judge(prepared, statement(prepared, detail=True), q7_defence=HOLDS)
    assert [f.level for f in record.findings if f.verdict == verdict.id] == ["warning"]


def test_what_program_code_has_settled_is_not_argued_about(tmp_path: Path) -> None:
    prepared = pipeline.prepare(
        Submission(id="o", repo=str(build("overclaiming", tmp_path / "o"))), PROFILE, judged=True
    )
    settled = next(v for v in prepared.verdicts if v.label == "contradicted" and v.claim.source.kind == "question")
    reply = {"statements": [statement_for(prepared, settled, "contradicted")]}
    answers = Scripted(**{f"q{settled.claim.source.n}": reply}).answer(prepared.requests)
    assert pipeline.defences(prepared, answers) == []


def test_without_a_contradiction_nobody_is_asked_for_a_defence(prepared: pipeline.Prepared) -> None:
    scripted = Scripted(q7={"statements": [statement(prepared, label="supported", difference="", ask="")]})
    answers = scripted.answer(prepared.requests)
    assert pipeline.defences(prepared, answers) == []


def test_the_judge_cannot_turn_a_deterministic_finding_off(tmp_path: Path) -> None:
    prepared = pipeline.prepare(
        Submission(id="o", repo=str(build("overclaiming", tmp_path / "o"))), PROFILE, judged=True
    )
    plain = pipeline.conclude(prepared, PROFILE, {}, JudgeInfo())
    contradicted = next(v for v in prepared.verdicts if v.label == "contradicted" and v.claim.source.kind == "question")
    agrees = {"statements": [statement_for(prepared, contradicted, "supported")]}
    repeats = {"statements": [statement_for(prepared, contradicted, "contradicted")]}
    for reply in (agrees, repeats):
        answers = Scripted(**{f"q{contradicted.claim.source.n}": reply}).answer(prepared.requests)
        record = pipeline.conclude(prepared, PROFILE, answers, JudgeInfo(name="x"))
        assert {f.fingerprint for f in plain.findings} == {f.fingerprint for f in record.findings}
        assert len(record.findings) == len(plain.findings), "one finding for one contradiction"


def statement_for(prepared: pipeline.Prepared, verdict: Verdict, label: str) -> dict[str, Any]:
    assert prepared.brief is not None
    some = next(p for p in prepared.brief.pieces.values() if p.kind == "file" and len(p.rows[0]) > 5)
    return {
        "quote": verdict.claim.quote,
        "report_says": "",
        "repo_shows": "",
        "cites": [{"evidence": some.id, "quote": some.text.split("\n")[0]}],
        "difference": "",
        "label": label,
        "detail": False,
        "ask": "",
    }


def test_garbage_of_the_right_shape_adds_no_finding(prepared: pipeline.Prepared) -> None:
    rng = random.Random(7)
    words = [
        "the",
        "tests",
        "run",
        "on",
        "every",
        "push",
        "with",
        "pytest",
        "and",
        "cache",
        "12",
        "E3",
        "main",
        "docker",
    ]

    def garbage() -> str:
        return " ".join(rng.choices(words, k=rng.randint(5, 12)))

    replies = {}
    for request in prepared.requests:
        statements = [
            {
                "quote": garbage(),
                "report_says": garbage(),
                "repo_shows": garbage(),
                "cites": [
                    {"evidence": f"E{rng.randint(1, 400)}", "quote": garbage()} for _ in range(rng.randint(0, 3))
                ],
                "difference": garbage(),
                "label": rng.choice(["supported", "contradicted", "not_verifiable"]),
                "detail": rng.random() < 0.5,
                "ask": garbage(),
            }
            for _ in range(rng.randint(0, 6))
        ]
        replies[request.id] = Answer(text=json.dumps({"statements": statements}))
    record = pipeline.conclude(prepared, PROFILE, replies, JudgeInfo(name="garbage"))
    assert not [f for f in record.findings if f.verdict.startswith("J")]
    assert all(v.label == "not_verifiable" for v in record.verdicts if v.by == "judge")


def test_released_prompts_do_not_change() -> None:
    """A released prompt is copied to its next version, never edited."""
    from auditor.prompts import load_prompt

    known = json.loads((Path(__file__).parent / "golden" / "prompts.json").read_text(encoding="utf-8"))
    assert {id_: load_prompt(id_).named.hash for id_ in known} == known
    assert {p.stem for p in (Path(__file__).parent.parent / "prompts").glob("*.md")} == set(known)
