"""`auditor explain`: what was matched, set aside and left, and why."""

from functools import cache
from pathlib import Path

import pytest
from build_fixture import build

from auditor import checking
from auditor.errors import UserError
from auditor.explain import explain
from auditor.models import Submission
from auditor.profile import load_profile

_REPO: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _repo(tmp_path_factory: pytest.TempPathFactory) -> None:
    _REPO.append(build("overclaiming", tmp_path_factory.mktemp("explain") / "overclaiming"))


@cache
def told(id_: str) -> str:
    submission = Submission(id="overclaiming", repo=str(_REPO[-1]))
    return "\n".join(line.text for line in explain(submission, load_profile(), id_))


def test_a_probe_tells_its_files_and_the_boxes_that_it_feeds() -> None:
    text = told("experiment-tracking")
    assert text.startswith("probe experiment-tracking: ")
    assert "files match **/*.py" in text
    assert "looked at (" in text
    assert "has none of the words wandb (" in text
    assert "experiment-tracking (shows it): line " in text


def test_a_check_tells_each_sentence_and_why_it_was_left() -> None:
    text = told("count")
    assert "statements of the report are of this kind" in text
    assert any(word in text for word in ("supported: ", "contradicted: "))
    rows = text.split("\n")
    assert all(
        row.strip().startswith(("left: ", "supported: ", "contradicted: ")) for row in rows if row.startswith("    ")
    )


def test_a_finding_an_item_and_a_rule() -> None:
    rule = told("checked-but-absent")
    first = rule.split("\n")[3].split(",")[0]
    finding = told(first)
    assert finding.startswith(f"finding {first}: checked-but-absent")
    assert "rests on" in finding
    assert "probe " in finding
    item = told("experiment-tracking")
    assert "boxes that it counts for" in item
    assert told("docker-build-local").startswith("item docker-build-local: ")


def test_what_only_a_check_finds_is_explained_of_a_checkout() -> None:
    report = _REPO[-1] / "reports" / "README.md"
    before = report.read_text(encoding="utf-8")
    submission = Submission(id="overclaiming", repo=str(_REPO[-1]))
    try:
        report.write_text(before + "\n\n![x](figures/nowhere.png)\n", encoding="utf-8")
        record = checking.check(_REPO[-1], load_profile())
        found = [f for f in record.findings if f.rule == "image-not-found"]
        verdicts = {v.id: v for v in record.verdicts}
        assert any("nowhere" in verdicts[f.verdict].claim.quote for f in found)
        rule = [line.text for line in explain(submission, load_profile(), "image-not-found")]
        assert any(row.startswith("0 findings in the audit of commit ") for row in rule)
        assert f"{len(found)} findings in the working tree, as `auditor check` sees it" in rule
        assert any("nowhere.png" in row for row in rule)
        one = next(f for f in found if "nowhere" in verdicts[f.verdict].claim.quote)
        for more in ({}, {"working_tree": True}):
            text = [line.text for line in explain(submission, load_profile(), one.fingerprint, **more)]
            assert any("nowhere.png" in row for row in text)
            assert (text[0] == "in the working tree, as `auditor check` sees it") == (not more)
    finally:
        report.write_text(before, encoding="utf-8")


def test_no_name_is_suggested_twice() -> None:
    with pytest.raises(UserError) as raised:
        told("loggin")
    names = raised.value.hint.removeprefix("did you mean ").rstrip("?").split(", ")
    assert len(names) == len(set(names))
    assert "logging" in names


def test_what_nobody_knows_is_one_line() -> None:
    with pytest.raises(UserError, match="nothing in this audit is called 'experiment-trackin'") as said:
        told("experiment-trackin")
    assert "experiment-tracking" in said.value.hint
