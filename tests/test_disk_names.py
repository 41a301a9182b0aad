"""Bare names of files that were never there: told where one that is there is a letter or digit off, and nothing else explains them."""

from pathlib import Path

from build_fixture import build, git

from auditor import checking
from auditor.profile import load_profile

TOLD = ("cloudbuild2.yaml", "cloudbuil.yaml", "frontent.py")
SILENT = (
    "cloudbuild22.yaml",  # two off
    "cloudbuild2.json",  # another ending
    "serving2.yaml",  # none is near
    "frontend3.py",  # in history
    "drift2.py",  # ignored
    "optimize2.py",  # planned
    "model2.py",  # a word of what is not
    "evaluate2.py",  # named beside the one that is there
    "app.py",  # what people call any such file
)


def test_a_bare_name_that_is_one_letter_off(tmp_path: Path) -> None:
    repo = build("consistent", tmp_path / "consistent")
    (repo / "src/cloudtype/frontend3.py").write_text("a = 1\n")
    who = ["-c", "user.name=Ann", "-c", "user.email=ann@pond.test"]
    (repo / ".gitignore").write_text((repo / ".gitignore").read_text() + "\ndrift2.py\n")
    git(repo, "add", "-A")
    git(repo, *who, "commit", "-qm", "more")
    git(repo, "rm", "-q", "src/cloudtype/frontend3.py")
    git(repo, *who, "commit", "-qm", "less")
    said = [f"The steps of the build are in `{name}` in the root.\n" for name in (*TOLD, *SILENT[:5])]
    said += [
        "We plan to write `optimize2.py` next year.\n",
        "We removed `model2.py` before the end.\n",
        "The code is in `evaluate.py` and `evaluate2.py`.\n",
        "The code is in `app.py`.\n",
    ]
    report = repo / "reports/README.md"
    text = report.read_text(encoding="utf-8")
    at = text.index("We did both. For unit")
    report.write_text(text[:at] + "\n".join(said) + "\n" + text[at:], encoding="utf-8")
    told = [v for v in checking.check(repo, load_profile()).verdicts if v.rule == "file-not-there"]
    assert [v.claim.quote for v in told] == list(TOLD)
    assert {v.detail for v in told} == {True}
    assert told[0].hint.startswith("Write cloudbuild.yaml in line ")
