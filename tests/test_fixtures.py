"""The fixtures, audited whole: what must be found in them, and what must not."""

import json
import re
import time
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from build_fixture import FIXTURES, NAMES, build, fake_key

from auditor import pipeline
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile
from auditor.render import terminal

_FOLDER: list[Path] = []
_SPENT: dict[str, float] = {}  # seconds of the processor for each audit, so that a busy machine fails nothing


@pytest.fixture(scope="session", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("fixtures"))


@cache
def audited(name: str) -> AuditRecord:
    repo = build(name, _FOLDER[0] / name)
    begun = time.process_time()
    record = pipeline.audit(Submission(id=name, repo=str(repo)), load_profile())
    _SPENT[name] = time.process_time() - begun
    return record


def expected(name: str) -> dict[str, Any]:
    return tomllib.loads((FIXTURES / name / "expected.toml").read_text(encoding="utf-8"))


CASES = [(name, item["n"]) for name in NAMES for item in expected(name).get("items", []) if "verdict" in item]


@pytest.mark.parametrize(("name", "n"), CASES)
def test_item_verdicts(name: str, n: int) -> None:
    item = next(i for i in expected(name)["items"] if i["n"] == n)
    verdict = next(v for v in audited(name).verdicts if v.claim.source.kind == "item" and v.claim.source.n == n)
    assert verdict.label in (item["verdict"], item.get("also", "")), (verdict.repo_shows, verdict.difference)
    assert re.findall(r"\w+", verdict.claim.quote) == re.findall(r"\w+", item["text"])


def test_the_messy_report_is_read_as_it_stands() -> None:
    report, want = audited("messy").report, expected("messy")
    assert [(i.n, i.mark.strip(), i.checked) for i in report.items] == [
        (i["n"], i["mark"].strip(), i["ticked"]) for i in want["items"]
    ]
    assert [bool(i.item) for i in report.items] == [i.get("template_item", 0) != 0 for i in want["items"]]
    answers = {q.n: q.answer for q in report.questions}
    assert len(answers) == want["question_count"]
    for question in want["questions"]:
        words = answers[question["n"]].split()
        if "first" in question:
            assert " ".join(words).startswith(question["first"]), question["n"]
            assert " ".join(words).endswith(question["last"]), question["n"]
        else:
            assert not words


@pytest.mark.parametrize("name", NAMES)
def test_every_citation_is_verbatim_where_it_says(name: str) -> None:
    record = audited(name)
    repo = _FOLDER[0] / name
    for verdict in record.verdicts:
        for citation in verdict.citations:
            evidence = record.evidence[citation.evidence]
            assert citation.quote in (evidence.excerpt, evidence.note)
            if evidence.kind == "excerpt" and evidence.path != record.report.path:
                data = pipeline_read(repo, record.submission.commit, evidence.path)
                rows = data.split("\n")[evidence.start - 1 : evidence.end]
                assert all(
                    row.startswith(cited) for row, cited in zip(rows, evidence.excerpt.split("\n"), strict=True)
                ), evidence


def pipeline_read(repo: Path, commit: str, path: str) -> str:
    import subprocess

    from auditor.decoding import decode

    return decode(
        subprocess.run(["git", "-C", str(repo), "show", f"{commit}:{path}"], capture_output=True, check=True).stdout
    )


@pytest.mark.parametrize("name", NAMES)
def test_the_same_submission_gives_the_same_record(name: str) -> None:
    again = pipeline.audit(Submission(id=name, repo=str(_FOLDER[0] / name)), load_profile())
    assert again.model_dump(exclude={"times"}) == audited(name).model_dump(exclude={"times"})


@pytest.mark.parametrize("name", NAMES)
def test_records_are_valid_against_the_schema_and_survive_json(name: str) -> None:
    import jsonschema

    text = audited(name).model_dump_json()
    jsonschema.validate(json.loads(text), AuditRecord.model_json_schema())
    assert AuditRecord.model_validate_json(text) == audited(name)


def test_a_hostile_repository_steers_neither_terminal_nor_record() -> None:
    record = audited("hostile")
    shown = terminal.render(record, show="all", colour=False)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]", shown)
    key = fake_key().decode().split()[-1]
    assert key not in shown
    assert key not in record.model_dump_json()
    assert not Path("/tmp/pwned").exists()
    assert _SPENT["hostile"] < 10


def test_the_messy_repository_costs_certainty_and_not_the_audit() -> None:
    record = audited("messy")
    reasons = " ".join(p.message for p in record.omitted)
    for said in ("does not parse as YAML", "does not parse as Python", "a symbolic link", "a submodule"):
        assert said in reasons
    assert any(r.outcome == "unknown" and "does not parse" in r.reason for r in record.results)
    assert any(r.outcome == "found" for r in record.results)
