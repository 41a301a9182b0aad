"""The command line: exit codes, messages, streams."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from build_fixture import build

ENV = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {"NO_COLOR": "1", "COLUMNS": "100"}


def auditor(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "auditor", *arguments],
        capture_output=True,
        text=True,
        env=ENV,
        cwd=cwd,
        check=False,
    )


@pytest.fixture(scope="module")
def consistent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("consistent", tmp_path_factory.mktemp("cli") / "consistent")


@pytest.fixture(scope="module")
def overclaiming(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("overclaiming", tmp_path_factory.mktemp("cli") / "overclaiming")


def test_exit_codes(consistent: Path, overclaiming: Path) -> None:
    assert auditor("audit", str(consistent)).returncode == 0
    found = auditor("audit", str(overclaiming))
    assert found.returncode == 1
    assert found.stderr == ""
    assert "checked-but-absent" in found.stdout
    assert auditor("audit", str(overclaiming), "--exit-zero").returncode == 0
    assert auditor("audit", str(overclaiming), "--fail-on", "never").returncode == 0
    assert auditor("audit", str(overclaiming), "--format", "json").returncode == 1


def test_a_record_renders_as_the_audit_did(overclaiming: Path, tmp_path: Path) -> None:
    path = tmp_path / "record.json"
    assert auditor("audit", str(overclaiming), "--format", "json", "--output", str(path), "--exit-zero").stdout == ""
    for show in ("contradicted", "not_verifiable", "all"):
        assert (
            auditor("render", str(path), "--show", show).stdout
            == auditor("audit", str(overclaiming), "--show", show).stdout
        )
    assert json.loads(auditor("render", str(path), "--format", "json").stdout) == json.loads(path.read_text())


def test_show_all_has_a_line_for_every_item_with_what_the_repository_shows(consistent: Path) -> None:
    shown = auditor("audit", str(consistent), "--show", "all").stdout
    assert shown.count("[x]") + shown.count("[ ]") == 53
    assert "supported" in shown
    assert "judge: none" in shown


def test_the_deadline_is_named(tmp_path: Path) -> None:
    repo = build("consistent", tmp_path / "consistent")
    git = ["git", "-C", str(repo), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "Too late"], check=True, env=ENV)
    shown = auditor("audit", str(repo), "--before", "2026-01-23T23:59+01:00", "--exit-zero").stdout
    assert "the last commit before 2026-01-23T23:59+01:00 on main; 1 later commit left out" in shown
    assert "no later commit" in auditor("audit", str(repo), "--before", "2100-01-01", "--exit-zero").stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("audit", "nowhere"), "nowhere: no such folder"),
        (("audit", "{plain}"), "not a git repository"),
        (("audit", "{empty}"), "no commit"),
        (("audit", "{noreport}"), "no report in the commit"),
        (("audit", "{consistent}", "--ref", "nope"), "no branch, tag or commit 'nope'"),
        (("audit", "{consistent}", "--before", "2001-01-01"), "no commit before"),
        (("audit", "{consistent}", "--before", "yesterday"), "not a time"),
        (("audit", "{consistent}", "--report", "x.md"), "x.md: not in the commit"),
        (("audit", "{consistent}", "--profile", "nope"), "no profile is called 'nope'"),
        (("audit", "http://127.0.0.1/x"), "only https, ssh and file addresses"),
        (("audit", "file:///nowhere/at/all"), "cannot be fetched"),
        (("render", "{plain}/nothing.json"), "cannot be read"),
        (("render", "{noreport}/README.md"), "not a record"),
        (("probes", "nope"), "no probe, kind of claim or rule is called 'nope'"),
    ],
)
def test_bad_input_is_one_line_and_a_hint(
    arguments: tuple[str, ...], said: str, consistent: Path, tmp_path: Path
) -> None:
    for name in ("plain", "empty", "noreport"):
        (tmp_path / name).mkdir()
    subprocess.run(["git", "init", "-q", str(tmp_path / "empty")], check=True, env=ENV)
    git = ["git", "-C", str(tmp_path / "noreport"), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    subprocess.run([*git, "init", "-q"], check=True, env=ENV)
    (tmp_path / "noreport" / "README.md").write_text("# Nothing\n")
    subprocess.run([*git, "add", "-A"], check=True, env=ENV)
    subprocess.run([*git, "commit", "-q", "-m", "x"], check=True, env=ENV)
    places = {
        "plain": tmp_path / "plain",
        "empty": tmp_path / "empty",
        "noreport": tmp_path / "noreport",
        "consistent": consistent,
    }
    done = auditor(*[a.format(**places) for a in arguments], cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stderr.strip().split("\n")
    assert lines[0].startswith("auditor: ")
    assert said in lines[0]
    assert len(lines) == 2
    assert lines[1].startswith("  hint: ")
    assert done.stdout == ""


def test_the_catalogue_explains_a_probe() -> None:
    listed = auditor("probes").stdout
    assert "ci-runs-tests" in listed
    one = auditor("probes", "ci-runs-tests").stdout
    for part in ("asks", "looks in", "counts", "used for"):
        assert part in one
    assert "did you mean" in auditor("probes", "ci-run-tests").stderr


def test_version_and_help() -> None:
    assert auditor("--version").stdout.startswith("auditor ")
    shown = auditor("audit", "--help").stdout
    for flag in (
        "--ref",
        "--before",
        "--report",
        "--profile",
        "--format",
        "--output",
        "--show",
        "--fail-on",
        "--exit-zero",
    ):
        assert flag in shown


def test_the_schema_is_the_published_one() -> None:
    """A change of the record is deliberate: `auditor schema > tests/golden/record.schema.json`."""
    golden = Path(__file__).parent / "golden" / "record.schema.json"
    assert json.loads(auditor("schema").stdout) == json.loads(golden.read_text(encoding="utf-8"))


def test_a_whole_audit_with_a_judge_from_recorded_answers(overclaiming: Path, tmp_path: Path) -> None:
    """If it says that answers are missing: `python tests/file_answers.py overclaiming fixtures/overclaiming/answers`."""
    recorded = f"recorded:{Path(__file__).parent.parent / 'fixtures' / 'overclaiming' / 'answers'}"
    judged = auditor("audit", str(overclaiming), "--judge", recorded, "--format", "json")
    assert judged.returncode == 1, judged.stderr
    record = json.loads(judged.stdout)
    assert (record["judged"], record["unjudged"]) == (4, [])
    by = {v["id"]: v["by"] for v in record["verdicts"]}
    stands = {s: {by[f["verdict"]] for f in record["findings"] if f["standing"] == s} for s in ("finding", "disputed")}
    assert "judge" in stands["finding"]
    assert stands["disputed"] == {"judge"}
    assert {i["by"] for i in record["items"]} == {"probe", "readings"}
    assert not [v for v in record["verdicts"] if v["by"] == "judge" and "verbatim" in v["demoted"]]
    assert (
        "4 of 4 requests answered; 40 statements typed"
        in auditor("audit", str(overclaiming), "--judge", recorded).stdout
    )
    unanswered = auditor("audit", str(overclaiming), "--judge", f"batch:{tmp_path}", "--model", "some-model")
    assert unanswered.returncode == 2
    assert "0 of 4 requests answered" in unanswered.stdout
    assert "checked-but-absent" in unanswered.stdout, "everything else stands"


def test_the_answers_alone_may_be_read(overclaiming: Path) -> None:
    recorded = f"recorded:{Path(__file__).parent.parent / 'fixtures' / 'overclaiming' / 'answers'}"
    judged = auditor("audit", str(overclaiming), "--judge", recorded, "--read", "answers", "--format", "json")
    assert judged.returncode == 1, judged.stderr
    assert "the answers alone (--read answers), nothing of the repository" in judged.stderr.replace("report's ", "")
    record = json.loads(judged.stdout)
    assert (record["judged"], record["unjudged"], record["judge"]["answers_only"]) == (1, [], True)
    assert {i["by"] for i in record["items"]} == {"probe"}
    assert sum(record["claims"]["kinds"].values()) >= 20
    assert not record["claims"]["dropped"]
    alone = auditor("audit", str(overclaiming), "--read", "answers")
    assert (alone.returncode, "needs a judge" in alone.stderr) == (2, True)
