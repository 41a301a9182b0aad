"""`auditor explain`: what was matched, set aside and left, and why."""

from functools import cache
from pathlib import Path

import pytest
from build_fixture import build

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


def test_what_nobody_knows_is_one_line() -> None:
    with pytest.raises(UserError, match="nothing in this audit is called 'experiment-trackin'") as said:
        told("experiment-trackin")
    assert "experiment-tracking" in said.value.hint
