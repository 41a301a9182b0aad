"""What is not installed is one line with the command that installs it, and costs nobody else anything."""

import subprocess
import sys
from pathlib import Path

import pytest
from build_fixture import build

from auditor import extras
from auditor.errors import UserError
from auditor.extras import need

BLOCKED = "import sys; sys.modules.update(dict.fromkeys(['openai', 'instructor', 'tenacity', 'PIL', 'distributed', 'zensical'])); "


def test_what_is_missing_is_named_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    need("judge", "a judge")
    monkeypatch.setattr(extras, "find_spec", lambda name: None)
    with pytest.raises(UserError) as raised:
        need("judge", "a judge")
    assert raised.value.message == "a judge needs what is not installed (openai, instructor, tenacity)"
    assert "'openai" in raised.value.hint
    assert "auditor" not in raised.value.hint, "that name may be somebody else's"


@pytest.mark.parametrize("extra", ["judge", "figures", "dask", "view"])
def test_the_extra_says_what_it_needs(extra: str) -> None:
    assert extras._requirements(extra)


def test_an_audit_without_a_judge_needs_none_of_it(tmp_path: Path) -> None:
    build("overclaiming", tmp_path / "repo")
    done = subprocess.run(
        [sys.executable, "-c", f"{BLOCKED} from auditor.cli import main; main()", "audit", str(tmp_path / "repo")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "contradicted" in done.stdout
