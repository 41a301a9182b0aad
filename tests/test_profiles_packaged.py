"""The packaged profiles beside the first: each is sound, and reads what it was made for."""

from pathlib import Path

from build_fixture import git
from test_course import build
from test_layouts import parsed

from auditor import checking, pipeline
from auditor.claims.case import Case
from auditor.claims.run import read_patterns, settle
from auditor.form.check import check_form
from auditor.models import Submission
from auditor.profile import load_profile
from auditor.profile_files import packaged
from auditor.prose import read_prose
from auditor.snapshot import Snapshot


def findings(profile_name: str, files: dict[str, str], path: str) -> list[str]:
    """What is held against a report: its claims, then its form."""
    profile = load_profile(profile_name)
    report = parsed(profile, files)
    assert report.path == path
    snapshot = Snapshot(files)
    case = Case(snapshot, profile, read_prose(report))
    snapshot.report = report
    case.claims = tuple(read_patterns(case)[0])
    made, problems = settle(case, case.claims, lambda _: "E1")
    assert not problems
    flaws = check_form(
        snapshot.files[path], report, snapshot, profile, lambda _: "E1", url="https://github.com/acme/pond"
    )
    return [v.difference for v in made if v.label == "contradicted"] + [f"{v.rule}: {v.claim.quote}" for v in flaws]


README = """\
[![Tests](https://github.com/acme/pond/actions/workflows/tests.yml/badge.svg)](https://github.com/acme/pond/actions)
[![Old](https://github.com/acme/pond/actions/workflows/old.yml/badge.svg)](https://example.com)
<a href="#readme"><img src="https://img.example.com/up.svg"></a> [up](#readme)
[![Theirs](https://github.com/other/lake/actions/workflows/old.yml/badge.svg)](https://example.com)
![Elsewhere](https://img.example.com/badge.svg)

# pond

## Requirements

Pond requires Python 3.8 or newer. The plots need Python 3.11+.

## Install

```bash
pip install pond[fancy]
pip install -e ".[dev]"
pip install lake[fancy]
```

## Usage

```console
$ pond --depth 3
$ pond --nope 3
```

## Empty

Example:

```python
print("hello")
```

```bash
python hello.py
wget https://example.com/files/set-up.sh
bash set-up.sh
bash other.sh
```
"""
POND = {
    "README.md": README,
    ".github/workflows/tests.yml": "on: push\njobs: {}\n",
    "pyproject.toml": '[project]\nname = "pond"\nrequires-python = ">=3.10"\n[project.optional-dependencies]\ndev = ["pytest"]\n[project.scripts]\npond = "pond.cli:main"\n',
    "pond/__init__.py": "",
    "pond/cli.py": "import argparse\n\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--depth')\n    p.parse_args()\n",
}


def test_a_readme_is_held_against_its_repository() -> None:
    assert findings("readme", POND, "README.md") == [
        "The sentence says Python 3.8.",
        "The command asks for the extra fancy; the project has the extras dev.",
        "The command gives --nope; pond/cli.py takes --depth.",
        "link-broken: https://github.com/acme/pond/actions/workflows/old.yml/badge.svg",
    ]


def test_a_readme_without_a_heading_is_read_too() -> None:
    files = POND | {"README.md": "Install it with `pip install pond[fancy]`.\n"}
    assert findings("readme", files, "README.md") == [
        "The command asks for the extra fancy; the project has the extras dev."
    ]


def test_an_extra_that_the_last_release_may_still_have(tmp_path: Path) -> None:
    """What an index has is the last release; what is installed from the folder is the commit."""
    files = POND | {
        "README.md": "# Pond\n\nInstall it with `pip install pond[dev]`.\n\n## Work\n\nTo work on it: `pip install -e .[dev]`.\n"
    }
    repo = build(tmp_path / "pond", files)
    setup = (repo / "pyproject.toml").read_text("utf-8").replace('dev = ["pytest"]', 'web = ["fastapi"]')
    (repo / "pyproject.toml").write_text(setup, encoding="utf-8")
    git(repo, "-c", "user.name=Ada Birch", "-c", "user.email=ada@example.org", "commit", "-qam", "Another extra")
    record = pipeline.audit(Submission(id="pond", repo=str(repo)), load_profile("readme"))
    released, own = [v for v in record.verdicts if "extra dev" in v.difference]
    assert (released.label, own.label) == ("not_verifiable", "contradicted")
    assert "the last release may have it still" in released.difference
    assert own.when == "stale"


def test_a_committed_key_is_a_lead_in_what_all_install_and_one_on_its_way_a_finding(tmp_path: Path) -> None:
    random_, github = "9f86d081884c7d659a2feaa0c55ad015", "ghp_" + "J8kQw2ZrT5vXn9LmB3cYd7FhGpS4aE6uKiRt"
    files = POND | {"pond/web.py": f'CLIENT_SECRET = "{random_}"\n', "pond/hub.py": f'TOKEN = "{github}"\n'}
    repo = build(tmp_path / "pond", files)
    record = pipeline.audit(Submission(id="pond", repo=str(repo)), load_profile("readme"))
    where = {v.id: v.claim.path for v in record.verdicts}
    told = {where[f.verdict]: (f.standing, f.level) for f in record.findings if f.rule == "secret-in-repository"}
    assert told == {"pond/hub.py": ("lead", "note"), "pond/web.py": ("lead", "note")}
    (repo / "pond" / "new.py").write_text(f'TOKEN = "{github[:-4]}Zz9Y"\n', encoding="utf-8")
    git(repo, "add", "pond/new.py")
    record = checking.check(repo, load_profile("readme"))
    where = {v.id: v.claim.path for v in record.verdicts}
    (new,) = [f for f in record.findings if where[f.verdict] == "pond/new.py"]
    assert (new.standing, new.level) == ("finding", "error")


def test_a_profile_without_a_checklist_asks_no_probe_unless_a_judge_reads(tmp_path: Path) -> None:
    repo, profile = build(tmp_path / "pond", POND), load_profile("readme")
    alone = pipeline.prepare(Submission(id="pond", repo=str(repo)), profile)
    judged = pipeline.prepare(Submission(id="pond", repo=str(repo)), profile, judged=True)
    assert not alone.results
    assert "found" in {r.outcome for r in judged.results}
    assert judged.verdicts == alone.verdicts
    pointed = {judged.evidence[e].path for r in judged.results for e in r.evidence}
    assert "pond/cli.py" in pointed


PHASES = {
    "PHASE1.md": "# PHASE 1\n\n## 2. Code Organization & Setup\n- [x] **2.2 Environment Setup**\n  - [x] Python virtual environment\n"
    "    venv\n  - [x] requirements.txt or environment.yml\n    Install with `pip install -r needed.txt`.\n\n"
    "### 1.4 Open-source Tools\n\nWe list them in `tools.md`.\n",
    "docs/PHASE2.md": "# PHASE 2\n\n## 1. Containerization\n- [x] **Dockerfile Creation**: ours has two stages, as [said](notes.md)\n"
    "- **1.2 Environment Consistency**\n  - All dependencies included in the container\n\n#### Tools Used\n\nSee [here](#tools-used).\n",
    "docs/notes.md": "# Notes\n",
    "requirements.txt": "numpy\n",
}


def test_boxes_deleted_boxes_titles_and_headings_are_items() -> None:
    report = parsed(load_profile("depaul-se489"), PHASES)
    assert (report.layout, report.files) == ("boxes", ("PHASE1.md", "docs/PHASE2.md"))
    answers = {q.id: q.answer for q in report.questions}
    assert answers["environment"] == "venv"
    assert answers["1-tools"] == "We list them in `tools.md`."
    assert answers["docker-dependencies"] == "#### Tools Used\n\nSee [here](#tools-used)."
    assert {"dockerfile", "p2-1-consistency", "docker-dependencies"} <= answers.keys()
    assert "dockerfile" in {i.item for i in report.items if i.checked}


def test_links_count_from_the_file_that_they_stand_in_and_no_box_is_missed() -> None:
    assert findings("depaul-se489", PHASES, "PHASE1.md") == [
        "The command names needed.txt; the repository has no such file.",
        "The sentence names tools.md; the repository has no such file, and never had one.",
    ]


def test_headings_of_ones_own_are_taken_where_hardly_a_box_is_known() -> None:
    report = parsed(load_profile("depaul-se489"), {"PHASE1.md": "# Phase 1\n\n## What we did\n\nMuch.\n"})
    assert (report.layout, [q.answer for q in report.questions]) == ("free", ["", "Much."])


def test_a_group_number_is_not_missed_in_munich() -> None:
    asked = "\n".join(
        f"### Question {n}\n\n> **{q.texts[-1]}**\n>\n> Answer:\n\nA carp.\n"
        for q in load_profile("lmu-mlops").questions
        if (n := q.numbers.get("31"))
    )
    assert not [f for f in findings("lmu-mlops", {"reports/README.md": asked}, "reports/README.md") if "question" in f]
    without = [f for f in findings("dtu-mlops", {"reports/README.md": asked}, "reports/README.md") if "question" in f]
    assert without == ["question-missing: Question 1"]


def test_profiles_are_named_without_a_folder() -> None:
    assert {"dtu-mlops", "lmu-mlops", "depaul-se489", "readme"} <= set(packaged())
    assert not Path("readme").exists()
