"""Decisions: read back for the group that they were made about, and turned into questions."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from build_fixture import build
from test_cli import auditor

from auditor import pipeline
from auditor.decisions import Decision, Decisions, decided, load_decisions, question, questions, without_dismissed
from auditor.errors import UserError
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile
from auditor.rules import RULES

_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("decisions"))


@cache
def record() -> AuditRecord:
    repo = build("overclaiming", _FOLDER[-1] / "overclaiming")
    return pipeline.audit(Submission(id="overclaiming", repo=str(repo)), load_profile())


def about(*choices: str, submission: str = "overclaiming", url: str = "", note: str = "") -> Decisions:
    """The first findings, decided in this order."""
    made = [
        Decision.model_validate({"fingerprint": f.fingerprint, "decision": choice, "note": note})
        for f, choice in zip(record().findings, choices, strict=False)
    ]
    return Decisions(submission=submission, url=url, decisions=tuple(made))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "not a file of decisions"),
        ("[]", "not a file of decisions"),
        ('{"submission": "x", "decisions": [{"fingerprint": "a", "decision": "maybe"}]}', "decisions.0.decision"),
        ('{"submission": "x", "decisions_version": "2"}', "decisions_version"),
        ('{"submission": "x", "more": 1}', "more"),
    ],
)
def test_what_the_page_would_not_write_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "d.json"
    path.write_text(text)
    with pytest.raises(UserError) as refused:
        load_decisions(path)
    assert said in refused.value.message


def test_another_groups_decisions_are_refused() -> None:
    # the same box without its work has the same fingerprint in every group
    with pytest.raises(UserError) as refused:
        decided(record(), about("dismissed", submission="group 7"))
    assert "group 7" in refused.value.message
    moved = record().model_copy(
        update={"submission": record().submission.model_copy(update={"id": "new", "url": "git@github.com:o/R.git"})}
    )
    assert decided(moved, about("dismissed", submission="old", url="https://github.com/o/r"))
    assert decided(record(), about("dismissed"))
    with pytest.raises(UserError):
        decided(record(), about("dismissed", submission="other", url=""))


def test_dismissed_findings_leave_the_record_and_nothing_else_does() -> None:
    chosen = decided(record(), about("dismissed", "confirmed", "ask"))
    left = without_dismissed(record(), chosen)
    assert left.findings == record().findings[1:]
    assert left.model_copy(update={"findings": record().findings}) == record()


def test_the_questions_are_those_marked_with_their_notes() -> None:
    chosen = decided(record(), about("dismissed", "ask", "confirmed", "ask", note="whose *job* was <b>it</b>?"))
    text = questions(record(), chosen)
    rows = [row for row in text.split("\n") if re.match(r"\d+\. ", row)]
    assert len(rows) == 2
    assert text.count("Note: whose ") == 2
    assert "<b>" not in text
    assert "2 to ask, 1 confirmed, 1 dismissed, 15 not decided" in text
    assert "No finding is marked" in questions(record(), {})


def test_the_command_line_takes_decisions(tmp_path: Path) -> None:
    path, store = tmp_path / "d.json", tmp_path / "r.json"
    store.write_text(record().model_dump_json())
    path.write_text(about("dismissed", "dismissed", "ask").model_dump_json())
    plain, less = auditor("render", str(store)), auditor("render", str(store), "--decisions", str(path))
    assert "(2 dismissed)" in less.stdout
    assert "dismissed" not in plain.stdout
    claims = {v.id: v.claim.quote for v in record().verdicts}
    assert claims[record().findings[0].verdict] in plain.stdout
    assert claims[record().findings[0].verdict] not in less.stdout
    page = auditor("render", str(store), "--format", "html", "--decisions", str(path)).stdout
    assert "2 findings dismissed earlier are not shown" in page
    assert auditor("render", str(store), "-f", "markdown", "--decisions", str(path)).stdout == questions(
        record(), decided(record(), load_decisions(path))
    )
    whole = auditor("render", str(store), "-f", "json", "--decisions", str(path)).stdout
    assert json.loads(whole) == json.loads(store.read_text())


def test_what_is_dismissed_does_not_fail_an_audit(tmp_path: Path) -> None:
    record()
    path = tmp_path / "d.json"
    every = tuple(Decision(fingerprint=f.fingerprint, decision="dismissed") for f in record().findings)
    path.write_text(Decisions(submission="overclaiming", decisions=every).model_dump_json())
    target = str(_FOLDER[-1] / "overclaiming")
    assert auditor("audit", target, "--decisions", str(path)).returncode == 0
    assert auditor("audit", target).returncode == 1
    path.write_text(Decisions(submission="x", decisions=every).model_dump_json())
    refused = auditor("audit", target, "--decisions", str(path))
    assert (refused.returncode, refused.stdout) == (2, "")


def test_nothing_is_asked_in_an_exam_about_what_was_not_filled_in() -> None:
    verdict = next(v for v in record().verdicts if v.label == "contradicted" and not v.ask)
    asked = {rule for rule in RULES if question(verdict, rule)}
    assert asked == {
        "checked-but-absent", "found-but-unchecked", "prose-contradicts-repository", "prose-contradicts-checklist",
        "prose-contradicts-prose", "report-addresses-a-model", "repository-addresses-a-model", "secret-in-repository",
    }  # fmt: skip


def test_the_file_that_the_guide_shows_is_one() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "batch.md").read_text(encoding="utf-8")
    shown = guide.partition("### The file of decisions")[2].partition("```json")[2].partition("```")[0]
    assert [d.decision for d in Decisions.model_validate_json(shown).decisions] == ["confirmed"]
    for key in (*Decisions.model_fields, *Decision.model_fields):
        assert f"`{key}`" in guide or f'"{key}"' in shown
