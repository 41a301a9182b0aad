"""What the history had when a sentence was written, and the audited commit has not: said, and never passed over."""

from pathlib import Path

import pytest
from build_fixture import build, git

from auditor import checking, pipeline
from auditor.models import AuditRecord, Submission, Verdict
from auditor.profile import load_profile
from auditor.rules import hint

ADA = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")
PROFILE = load_profile()


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return build("consistent", tmp_path / "consistent")


def commit(repo: Path, *command: str) -> str:
    git(repo, *command)
    git(repo, *ADA, "commit", "-qam", "Tidy up")
    return git(repo, "rev-parse", "--short=7", "HEAD").strip()


def told(record: AuditRecord, standing: str = "finding") -> list[tuple[str, Verdict, str]]:
    verdicts = {v.id: v for v in record.verdicts}
    return [
        (f.level, verdicts[f.verdict], hint(verdicts[f.verdict], f)) for f in record.findings if f.standing == standing
    ]


@pytest.mark.parametrize("verb", ["check", "audit"])
@pytest.mark.parametrize(
    ("path", "name"),
    [
        (".github/workflows/docs.yaml", "docs.yaml"),  # the end of the name of a file that is there
        ("src/cloudtype/optimize.py", "optimize.py"),
        ("src/cloudtype/drift.py", "drift.py"),
        ("tests/performance/locustfile.py", "locustfile.py"),
        ("cloudbuild.yaml", "cloudbuild.yaml"),
    ],
)
def test_a_named_file_that_a_later_commit_removed(repo: Path, path: str, name: str, verb: str) -> None:
    sha = commit(repo, "rm", "-q", path)
    record = (
        checking.check(repo, PROFILE)
        if verb == "check"
        else pipeline.audit(Submission(id="x", repo=str(repo)), PROFILE)
    )
    found = [(level, v) for level, v, _ in told(record) if name in v.claim.quote and v.by == "claim:file"]
    assert found, [v.claim.quote for _, v, _ in told(record)]
    assert {level for level, _ in found} <= {"error", "warning"}
    assert any(f"True when the sentence was written; removed since, by {sha} (" in v.difference for _, v in found)


def test_a_named_file_that_a_later_commit_renamed(repo: Path) -> None:
    sha = commit(repo, "mv", "src/cloudtype/optimize.py", "src/cloudtype/faster.py")
    found = [x for x in told(checking.check(repo, PROFILE)) if "optimize.py" in x[1].claim.quote]
    assert found
    for level, verdict, todo in found:
        assert level == "warning"
        assert f"changed since, by {sha} (" in verdict.difference
        assert "src/cloudtype/faster.py" in todo


def test_a_number_that_was_right_when_it_was_written(repo: Path) -> None:
    before = checking.check(repo, PROFILE)
    assert not [v for v in before.verdicts if v.label == "contradicted" and v.by == "claim:count"]
    sha = commit(repo, "rm", "-q", ".github/workflows/docs.yaml")
    record = checking.check(repo, PROFILE)
    (six,) = [v for v in record.verdicts if "six workflows in the folder" in v.claim.quote and v.by == "claim:count"]
    assert six.label == "contradicted"
    assert six.when == "stale"
    assert sha in six.difference
    assert "Write 5 instead of 6" in six.hint


def test_more_than_a_sentence_counted_is_left_alone(repo: Path) -> None:
    """A seventh workflow may have come later, and the sentence may tell of those that matter."""
    workflow = repo / ".github" / "workflows" / "nightly.yaml"
    workflow.write_text((repo / ".github" / "workflows" / "docs.yaml").read_text("utf-8"), encoding="utf-8")
    commit(repo, "add", ".github")
    record = checking.check(repo, PROFILE)
    assert not [v for v in record.verdicts if v.label == "contradicted" and v.by == "claim:count"]


@pytest.mark.parametrize(
    ("sentence", "label", "says"),
    [
        ("We used MLflow to log the runs.", "contradicted", "It is so on the branch second, which was never merged."),
        ("We used MLflow to log the runs. The branch second has it.", "not_verifiable", "It is so on the branch second, which the answer names."),
    ],
)  # fmt: skip
def test_what_an_unmerged_branch_has_is_told_with_it(repo: Path, sentence: str, label: str, says: str) -> None:
    git(repo, "checkout", "-q", "-b", "second")
    (repo / "src/cloudtype/second.py").write_text(
        "import mlflow\n\n\ndef main():\n    mlflow.log_metric('loss', 1.0)\n\n\nif __name__ == '__main__':\n    main()\n"
    )
    git(repo, "add", "-A")
    git(repo, *ADA, "commit", "-qm", "Another log")
    git(repo, "checkout", "-q", "main")
    report = repo / "reports/README.md"
    text = report.read_text(encoding="utf-8")
    report.write_text(text.replace("We made use of config", f"{sentence} We made use of config"), encoding="utf-8")
    git(repo, *ADA, "commit", "-qam", "Tell of it")
    record = pipeline.audit(Submission(id="x", repo=str(repo)), PROFILE)
    (verdict,) = [v for v in record.verdicts if "MLflow" in v.claim.quote and v.by == "claim:uses"]
    assert verdict.label == label
    assert says in (verdict.softened or verdict.difference)


def test_a_stub_where_the_report_is_collected_is_told(repo: Path) -> None:
    git(repo, "mv", "reports", "rapport")
    (repo / "reports").mkdir()
    (repo / "reports/README.md").write_text("See rapport.\n", encoding="utf-8")
    git(repo, "add", "-A")
    git(repo, *ADA, "commit", "-qm", "Move the report")
    for record in (checking.check(repo, PROFILE), pipeline.audit(Submission(id="x", repo=str(repo)), PROFILE)):
        assert record.report.path == "rapport/README.md"
        (verdict,) = [v for v in record.verdicts if v.rule == "report-elsewhere"]
        assert verdict.difference == "The course collects reports/README.md, which is another text."
