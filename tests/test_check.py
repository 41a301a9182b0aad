"""`auditor check`: the working tree as it stands, the exit codes, the hook and the action."""

import contextlib
import hashlib
import json
import os
import re
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from build_fixture import build

from auditor import checking, pipeline
from auditor.models import AuditRecord
from auditor.profile import load_profile
from auditor.repository import Unreadable
from auditor.rules import hint
from auditor.worktree import _kept, open_working_tree, root_of

ROOT = Path(__file__).resolve().parent.parent
ENV = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "GITHUB_", "PRE_COMMIT"))}
ENV |= {"NO_COLOR": "1", "COLUMNS": "100"}
REPORT = "reports/README.md"


def auditor(*arguments: str, cwd: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "auditor", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=ENV | env,
        cwd=cwd,
        check=False,
    )


def git(folder: Path, *arguments: str) -> str:
    names = ["-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    done = subprocess.run(
        ["git", "-C", str(folder), *names, *arguments], capture_output=True, text=True, env=ENV, check=True
    )
    return done.stdout


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return build("consistent", tmp_path / "consistent")


def edit(repo: Path, old: str, new: str, path: str = REPORT) -> None:
    text = (repo / path).read_text(encoding="utf-8")
    assert old in text
    (repo / path).write_text(text.replace(old, new, 1), encoding="utf-8")


def check(repo: Path, **more: Any) -> AuditRecord:
    return checking.check(repo, load_profile(), **more)


def rules(record: AuditRecord) -> list[str]:
    return [f.rule for f in record.findings]


# -- the working tree --------------------------------------------------------------------------------------------------


def test_a_clean_checkout_is_checked_as_its_commit_is_audited(repo: Path) -> None:
    from auditor.models import Submission

    record = check(repo, only="audit")
    audited = pipeline.audit(Submission(id="consistent", repo=str(repo)), load_profile())
    assert record.findings == audited.findings == ()
    assert [(v.label, v.claim) for v in record.verdicts] == [(v.label, v.claim) for v in audited.verdicts]
    assert record.submission.uncommitted == ()
    assert rules(check(repo)) == []


def test_what_is_not_committed_is_seen_and_said(repo: Path) -> None:
    edit(repo, "![Bucket]", "![One more](figures/new.png)\n![Bucket]")
    (repo / "reports/figures/new.png").write_bytes(b"\x89PNG\r\n")
    record = check(repo)
    told = next(v for v in record.verdicts if v.rule == "not-committed")
    assert "reports/figures/new.png" in told.report_says
    assert "git add" in told.hint
    assert record.submission.uncommitted == (REPORT, "reports/figures/new.png")
    assert [f.level for f in record.findings if f.rule == "not-committed"] == ["warning"]
    git(repo, "add", "-A")
    assert "not-committed" not in rules(check(repo, committing=True))
    git(repo, "commit", "-q", "-m", "One more picture")
    assert "not-committed" not in rules(check(repo))


def test_an_ignored_file_is_not_there(repo: Path) -> None:
    (repo / ".gitignore").write_text("reports/figures/secret.png\n")
    (repo / "reports/figures/secret.png").write_bytes(b"\x89PNG\r\n")
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/secret.png)")
    record = check(repo)
    said = next(v for v in record.verdicts if v.rule == "image-not-found")
    assert "git ignores it" in said.difference


def test_a_deleted_file_is_gone_and_an_edited_one_is_read_as_edited(repo: Path) -> None:
    with open_working_tree(repo) as tree:
        assert "pyproject.toml" in tree.files
        assert not tree.uncommitted
    (repo / "pyproject.toml").unlink()
    (repo / "tasks.py").write_text("print('new')\n")
    with open_working_tree(repo) as tree:
        assert "pyproject.toml" not in tree.files
        assert tree.files["tasks.py"].text == "print('new')\n"
        assert tree.uncommitted == {"tasks.py"}


def test_line_ends_alone_are_no_change(repo: Path) -> None:
    data = (repo / "pyproject.toml").read_bytes()
    (repo / "pyproject.toml").write_bytes(data.replace(b"\n", b"\r\n"))
    with open_working_tree(repo) as tree:
        assert not tree.uncommitted


def test_nothing_is_read_through_a_link_or_from_a_pipe(repo: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key.py").write_text("KEY = 'hidden'\n")
    (repo / "key.py").symlink_to(secret / "key.py")
    (repo / "linked").symlink_to(secret)
    (repo / "tracked").mkdir()
    (repo / "tracked/key.py").write_text("KEY = 1\n")
    git(repo, "add", "tracked/key.py")
    (repo / "tracked/key.py").unlink()
    (repo / "tracked").rmdir()
    (repo / "tracked").symlink_to(secret)
    os.mkfifo(repo / "pipe.py")
    with open_working_tree(repo) as tree:
        assert "tracked/key.py" not in tree.files
        for path in ("key.py", "linked", "pipe.py"):
            if path in tree.files:
                with pytest.raises(Unreadable):
                    _ = tree.files[path].text
                with contextlib.suppress(Unreadable):  # of a link, where it leads to; never what is there
                    assert b"hidden" not in tree.files[path].bytes()


def test_nothing_of_the_checkout_is_executed(repo: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    script = tmp_path / "run.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    for key in (
        "filter.evil.clean",
        "filter.evil.smudge",
        "diff.evil.textconv",
        "core.fsmonitor",
        "core.pager",
        "core.sshCommand",
    ):
        git(repo, "config", key, str(script))
    (repo / ".gitattributes").write_text("* filter=evil diff=evil\n")
    hooks = repo / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in ("post-checkout", "post-index-change", "pre-commit"):
        (hooks / name).write_bytes(script.read_bytes())
        (hooks / name).chmod(0o755)
    edit(repo, "In total", "In whole")
    check(repo)
    assert not mark.exists()


def test_a_sentence_that_is_not_committed_was_written_now(repo: Path) -> None:
    git(repo, "rm", "-q", "tests/unit/test_model.py")
    git(repo, "commit", "-qm", "Fewer tests")

    def told() -> set[str]:
        return {
            v.when for v in check(repo).verdicts if v.label == "contradicted" and "13 test functions" in v.claim.quote
        }

    assert told() == {"stale"}  # it was so when it was written
    edit(repo, "since two of them are parametrised", "as two of them are parametrised")
    assert told() == {"never"}


def test_a_folder_below_and_a_folder_elsewhere(repo: Path, tmp_path: Path) -> None:
    """The course's checker works in the report's folder only."""
    assert root_of(repo / "reports" / "figures") == repo
    for cwd, path in ((repo, "."), (repo / "reports", "."), (tmp_path, "consistent"), (tmp_path, "consistent/src")):
        done = auditor("check", path, cwd=cwd)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        assert "findings: none" in done.stdout
    assert auditor("check", "--report", "README.md", "--only", "form", cwd=repo / "reports").returncode == 0


# -- the command -------------------------------------------------------------------------------------------------------


def test_exit_codes_and_levels(repo: Path) -> None:
    """The course's checker exits with 0 however many warnings it has."""
    assert auditor("check", cwd=repo).returncode == 0
    edit(repo, "s000001, s000002, s000003", "s000001, s000001")
    assert auditor("check", cwd=repo).returncode == 1
    assert auditor("check", "--fail-on", "error", cwd=repo).returncode == 0
    assert auditor("check", "--exit-zero", cwd=repo).returncode == 0
    assert auditor("check", "--only", "audit", cwd=repo).returncode == 0
    assert auditor("check", "--question", "2", cwd=repo).returncode == 1
    assert auditor("check", "--question", "3", cwd=repo).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nowhere",), "no such folder"),
        (("{plain}",), "not in a git repository"),
        (("{empty}",), "nothing is committed yet"),
        (("{bare}",), "a bare git directory has no working tree"),
        (("{repo}", "--report", "x.md"), "x.md: not in the working tree"),
        (("{repo}", "--question", "99"), "no question 99"),
    ],
)
def test_bad_input_is_one_line_and_a_hint(arguments: tuple[str, ...], said: str, repo: Path, tmp_path: Path) -> None:
    places = {name: tmp_path / name for name in ("plain", "empty", "bare")}
    for folder in places.values():
        folder.mkdir()
    git(places["empty"], "init", "-q")
    git(places["bare"], "init", "-q", "--bare")
    done = auditor("check", *[a.format(repo=repo, **places) for a in arguments], cwd=tmp_path)
    assert done.returncode == 2
    lines = done.stderr.strip().split("\n")
    assert said in lines[0]
    assert lines[1].startswith("  hint: ")


def test_the_output_is_stable_most_urgent_first_and_says_what_to_do(repo: Path) -> None:
    edit(repo, "* [x] Make sure that all", "* [soon] Make sure that all")
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/nowhere.png)")
    first = auditor("check", cwd=repo)
    assert first.stdout == auditor("check", cwd=repo).stdout
    heads = re.findall(r"(?m)^(error|warning|note) ([\w-]+):", first.stdout)
    assert [h[1] for h in heads] == ["image-not-found", "mark-unclear"]
    assert first.stdout.count("  to do ") == 2
    assert first.stdout.count("has changes that are not committed") == 1
    assert f"[{REPORT}:" in first.stdout


def test_a_record_of_a_check_renders_without_its_repository(repo: Path, tmp_path: Path) -> None:
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/nowhere.png)")
    record = tmp_path / "record.json"
    assert auditor("check", "--format", "json", "--output", str(record), cwd=repo).returncode == 1
    for format in ("text", "sarif", "github", "markdown"):
        direct = auditor("check", "--format", format, cwd=repo).stdout
        assert auditor("render", str(record), "--format", format, cwd=tmp_path).stdout == direct


def test_no_code_page_is_too_small(repo: Path) -> None:
    """The course's checker needs text that fits Windows' code page."""
    edit(repo, "s000001, s000002, s000003", "s000001, s000002, s000003 🦆 Ł")
    edit(repo, "* [x] Make sure that all", "* [🦆] Make sure that all")
    done = auditor("check", cwd=repo, PYTHONIOENCODING="cp1252", PYTHONUTF8="0", LC_ALL="C")
    assert done.returncode == 1
    assert "[🦆]" in done.stdout


def test_one_image_is_told_once(repo: Path) -> None:
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/nowhere.png)")
    record = check(repo)
    assert [r for r in rules(record) if r != "not-committed"] == ["image-not-found"]


# -- a new student's afternoon -----------------------------------------------------------------------------------------


def test_five_things_broken_one_after_the_other(repo: Path) -> None:
    """Each shows up with a hint that, when it is followed, mends it."""
    whole = (repo / REPORT).read_text(encoding="utf-8")

    def todo(rule: str) -> str:
        record = check(repo)
        found = [f for f in record.findings if f.rule != "not-committed"]
        assert [f.rule for f in found] == [rule], [f.rule for f in found]
        return hint(next(v for v in record.verdicts if v.id == found[0].verdict), found[0])

    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](reports/figures/bucket.png)")
    said = todo("image-not-found")
    right = re.search(r"Write (\S+) in line", said)
    assert right
    edit(repo, "![Bucket](reports/figures/bucket.png)", f"![Bucket]({right[1]})")
    assert (repo / REPORT).read_text(encoding="utf-8") == whole

    edit(repo, "### Question 7\n", "### Question 17\n")
    assert "`### Question 7`" in todo("question-changed")
    edit(repo, "### Question 17\n", "### Question 7\n")

    edit(repo, "\n77\n", "\n--- question 1 fill here ---\n")
    assert "in place of line" in todo("answer-missing")
    edit(repo, "\n--- question 1 fill here ---\n", "\n77\n")

    edit(repo, "* [x] Make sure that all", "* [done] Make sure that all")
    assert "Write `[x]` in line" in todo("mark-unclear")
    edit(repo, "* [done] Make sure that all", "* [x] Make sure that all")

    edit(repo, "sets the seed to 77", "sets the seed to 42")
    assert "Write the value that the files have" in todo("prose-contradicts-repository")
    edit(repo, "sets the seed to 42", "sets the seed to 77")
    assert rules(check(repo)) == []


# -- the hook and the action -------------------------------------------------------------------------------------------


def test_the_hook_is_a_valid_one_and_its_entry_runs(repo: Path) -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {"id", "name", "entry", "language"} <= hook.keys()
    assert (hook["language"], hook["pass_filenames"]) == ("python", False)
    # a deleted file has no name that a pattern could match, and a pass has to show its warnings
    assert (hook["always_run"], hook["verbose"]) == (True, True)
    assert "files" not in hook
    program, *arguments = [*hook["entry"].split(), *hook["args"]]
    assert program == "auditor"
    assert auditor(*arguments, cwd=repo, PRE_COMMIT="1").returncode == 0
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/nowhere.png)")
    git(repo, "add", "-A")
    done = auditor(*arguments, cwd=repo, PRE_COMMIT="1")
    assert done.returncode == 1
    assert "not-committed" not in done.stdout


def run_action(repo: Path, tmp_path: Path, **inputs: str) -> tuple[int, str, dict[str, str], str]:
    """The action's shell steps but the installation, as the host would run them: exit code, log, outputs, summary."""
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    given = {name: spec.get("default", "") for name, spec in action["inputs"].items()} | inputs
    program = tmp_path / "auditor/bin/auditor"
    program.parent.mkdir(parents=True, exist_ok=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m auditor "$@"\n')
    program.chmod(0o755)
    summary, output = tmp_path / "summary.md", tmp_path / "output"
    outputs: dict[str, str] = {}
    log = ""
    for step in action["runs"]["steps"]:
        if "run" not in step or step["name"] == "Install":
            continue
        assert "${{" not in step["run"], "an input within a script could be a command"

        known = {f"inputs.{k}": v for k, v in given.items()} | {
            f"steps.check.outputs.{k}": v for k, v in outputs.items()
        }
        env = {k: known[v.strip("${} ")] for k, v in step.get("env", {}).items()}
        env |= {"RUNNER_TEMP": str(tmp_path), "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_OUTPUT": str(output)}
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
        done = subprocess.run(shell, cwd=repo, env=ENV | env, capture_output=True, text=True, check=False)
        log += done.stdout + done.stderr
        if output.exists():
            outputs |= dict(row.split("=", 1) for row in output.read_text().splitlines())
        if done.returncode:
            return done.returncode, log, outputs, summary.read_text() if summary.exists() else ""
    return 0, log, outputs, summary.read_text()


def test_the_action_annotates_summarises_and_fails_as_told(repo: Path, tmp_path: Path) -> None:
    code, log, outputs, summary = run_action(repo, tmp_path)
    assert (code, log) == (0, "")
    assert "Findings: none" in summary
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/nowhere.png)")
    code, log, outputs, summary = run_action(repo, tmp_path)
    assert code == 1
    assert log.startswith(f"::error file={REPORT},line=")
    assert "image-not-found" in summary
    assert json.loads(Path(outputs["sarif"]).read_text())["runs"][0]["results"]
    assert run_action(repo, tmp_path, **{"fail-on": "never"})[0] == 0
    code, log, _, _ = run_action(repo, tmp_path, path="nowhere; touch pwned")
    assert code == 2
    assert not (repo / "pwned").exists()


def test_the_action_installs_pinned() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    install = next(s["run"] for s in action["runs"]["steps"] if s.get("name") == "Install")
    assert "--constraint" in install
    assert (ROOT / "constraints.txt").is_file()
    assert all(
        re.fullmatch(r"[\w./-]+@v?\d+(\.\d+)*|[\w./-]+@[0-9a-f]{40}", s["uses"])
        for s in action["runs"]["steps"]
        if "uses" in s
    )


# -- what the disk shows -----------------------------------------------------------------------------------------------

Break = Callable[[Path], Any]
EXTRA = "The helper lies in `src/cloudtype/extra.py`.\n\n![Bucket]"
KEY = f"wandb.login(key='{hashlib.sha1(b'made up').hexdigest()}')\n"


def change(old: str, new: str, path: str = REPORT) -> Break:
    return lambda repo: edit(repo, old, new, path)


def put(path: str, text: str) -> Break:
    return lambda repo: (repo / path).write_text(text, encoding="utf-8")


def run(*arguments: str) -> Break:
    return lambda repo: git(repo, *arguments)


@pytest.mark.parametrize(
    ("breaks", "rule", "line", "hint_has"),
    [
        ([run("rm", "-q", "tests/performance/locustfile.py")], "file-not-there", "tests/performance/locustfile.py", "git checkout HEAD -- tests/performance"),
        ([lambda r: (r / "tests/performance/locustfile.py").unlink()], "file-not-there", "tests/performance/locustfile.py", "git checkout HEAD -- tests/performance"),
        ([run("mv", "src/cloudtype/optimize.py", "src/cloudtype/quantise.py")], "file-not-there", "`optimize.py`", "now called src/cloudtype/quantise.py"),
        ([lambda r: (r / "src/cloudtype/optimize.py").rename(r / "src/cloudtype/quantise.py")], "file-not-there", "`optimize.py`", "Write quantise.py"),
        ([run("rm", "-q", "dockerfiles/api.dockerfile")], "link-broken", "../dockerfiles/api.dockerfile", "git checkout HEAD -- dockerfiles/api.dockerfile"),
        ([run("mv", "dockerfiles/api.dockerfile", "dockerfiles/serve.dockerfile")], "link-broken", "../dockerfiles/api.dockerfile", "Write ../dockerfiles/serve.dockerfile"),
        ([run("rm", "-rq", "configs")], "file-not-there", "configs/config.yaml", "git checkout HEAD -- configs/config.yaml"),
        ([run("mv", "src/cloudtype/optimize.py", "src/cloudtype/quantise.py"), run("commit", "-q", "-m", "x")], "prose-contradicts-repository", "`optimize.py`", "now called src/cloudtype/quantise.py"),
        ([change("![Bucket]", EXTRA), put("src/cloudtype/extra.py", "x = 1\n")], "not-committed", "extra.py", "git add src/cloudtype/extra.py"),
        ([change("![Bucket]", EXTRA)], "prose-contradicts-repository", "extra.py", "Commit the file"),
        ([change("`src/cloudtype/api.py`", "`src/cloudtype/apis.py`")], "file-not-there", "apis.py", "Write src/cloudtype/api.py"),
        ([change("### Question 13\n", "<<<<<<< HEAD\n### Question 13\n=======\n### Question 13b\n>>>>>>> other\n")], "conflict-markers", "<<<<<<<", "Keep one version"),
        ([change("### Question 13\n", "<<<<<<< HEAD\n### Question 13\n")], "conflict-markers", "<<<<<<<", "delete the line"),
        ([run("mv", REPORT, "reports/REPORT2.md")], "report-moved", "", "git mv reports/REPORT2.md reports/README.md"),
        ([change("### Question 12\n", "### Queston 12\n")], "question-changed", "### Queston 12", "`### Question 12`"),
        ([change("### Question 12\n", "### Question\n")], "question-changed", "### Question\n", "`### Question 12`"),
        ([change("implemented 13 test", "implemented 20 test")], "prose-contradicts-repository", "20 test", "Write 13 instead of 20"),
        ([put("src/cloudtype/log.py", KEY)], "secret-in-repository", "", "src/cloudtype/log.py:1"),
        ([change("\n77\n", "\n--- question 1 fill here ---\n")], "answer-missing", "fill here", "in place of line"),
        ([change("* [ ] Create a more specialized ML-deployment API", "* [x] Create a more specialized ML-deployment API")], "checked-but-absent", "specialized ML-deployment API", "untick it"),
        ([change("![Bucket](figures/bucket.png)", "![Bucket](figures/Bucket.png)")], "image-not-found", "Bucket.png", "Write figures/bucket.png"),
        ([change("* [x] Create a git repository (M5)\n", "* [x] Create a git repository (M5)\n" * 2)], "item-twice", "Create a git repository", "Delete line"),
    ],
)  # fmt: skip
def test_each_break_is_told_with_what_mends_it(
    repo: Path, breaks: list[Break], rule: str, line: str, hint_has: str
) -> None:
    for one in breaks:
        one(repo)
    record = check(repo)
    verdicts = {v.id: v for v in record.verdicts}
    told = [(verdicts[f.verdict], hint(verdicts[f.verdict], f)) for f in record.findings if f.rule == rule]
    assert told, [f.rule for f in record.findings]
    assert any(hint_has in said for _, said in told), [said for _, said in told]
    if line:
        rows = record.report.text.split("\n")
        lines = [rows[v.claim.line - 1] + "\n" for v, _ in told]
        assert any(line in row for row in lines), lines
    assert len(record.findings) <= 3, [(f.rule, verdicts[f.verdict].claim.quote) for f in record.findings]


NAMED = change("![Bucket]", "The helper is in `src/cloudtype/extra.py`.\n\n![Bucket]")
WORKED = "import os\n\n\ndef area(width: int, height: int) -> int:\n    return width * height\n"


@pytest.mark.parametrize(
    ("commands", "left", "state"),
    [
        # a new file
        ("printf 'x = 1' > src/cloudtype/extra.py", "git add src/cloudtype/extra.py, then commit and push.", "not committed yet"),
        ("printf 'x = 1' > src/cloudtype/extra.py && git add src/cloudtype/extra.py", "git commit, then git push: it is staged already.", "staged, and not committed yet"),
        ("printf 'x = 1' > src/cloudtype/extra.py && git add -N src/cloudtype/extra.py", "git add src/cloudtype/extra.py, then commit and push.", "staged, and changed since"),
        ("printf 'x = 1' > src/cloudtype/extra.py && git add -A && echo >> src/cloudtype/extra.py", "git add src/cloudtype/extra.py, then commit and push.", "staged, and changed since"),
        # a rename
        ("git mv src/cloudtype/old.py src/cloudtype/extra.py", "git commit, then git push: it is staged already.", "staged, and not committed yet"),
        ("git mv src/cloudtype/old.py src/cloudtype/extra.py && echo >> src/cloudtype/extra.py", "git add src/cloudtype/extra.py, then commit and push.", "staged, and changed since"),
        ("mv src/cloudtype/old.py src/cloudtype/extra.py", "git add src/cloudtype/extra.py src/cloudtype/old.py, then commit and push.", "not committed yet"),
        ("mv src/cloudtype/old.py src/cloudtype/extra.py && git add src/cloudtype/extra.py", "git add src/cloudtype/old.py, then commit and push (1 more is staged already).", "staged, and not committed yet"),
        ("mv src/cloudtype/old.py src/cloudtype/extra.py && git rm -q --cached src/cloudtype/old.py", "git add src/cloudtype/extra.py, then commit and push.", "not committed yet"),
        # a change
        ("git mv src/cloudtype/old.py src/cloudtype/extra.py && git commit -qm x && echo '# more' >> src/cloudtype/extra.py", "git add src/cloudtype/extra.py, then commit and push.", "changed since the last commit"),
        ("git mv src/cloudtype/old.py src/cloudtype/extra.py && git commit -qm x && echo '# more' >> src/cloudtype/extra.py && git add -A", "git commit, then git push: it is staged already.", "staged, and not committed yet"),
        ("git mv src/cloudtype/old.py src/cloudtype/extra.py && git commit -qam x", "", ""),
    ],
)  # fmt: skip
def test_the_hint_is_what_is_left_to_do(repo: Path, commands: str, left: str, state: str) -> None:
    put("src/cloudtype/old.py", WORKED)(repo)
    NAMED(repo)
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "Tell of the helper")
    subprocess.run(["bash", "-ec", commands], cwd=repo, env=ENV, check=True, capture_output=True)
    record = check(repo)
    told = [v for v in record.verdicts if v.rule == "not-committed"]
    assert [v.hint for v in told] == ([left] if left else [])
    if told:
        notes = [record.evidence[c.evidence].note for c in told[0].citations]
        assert notes == [f"src/cloudtype/extra.py: {state}"]
    mended = left.partition(",")[0].removesuffix(".")
    if mended.startswith("git add"):
        subprocess.run(["bash", "-ec", mended], cwd=repo, env=ENV, check=True, capture_output=True)
        assert [v.hint for v in check(repo).verdicts if v.rule == "not-committed"] == [
            "git commit, then git push: it is staged already."
        ]
        assert "mv" not in commands or "old.py" not in git(repo, "ls-files")


@pytest.mark.parametrize("commands", ["rm {}", "git rm -q {}", "git rm -q --cached {} && rm {}", "mv {} /tmp/gone-$$"])
def test_a_deleted_file_is_put_back_whatever_the_index_knows(repo: Path, commands: str) -> None:
    path = "tests/performance/locustfile.py"
    subprocess.run(["bash", "-ec", commands.replace("{}", path)], cwd=repo, env=ENV, check=True, capture_output=True)
    told = next(v for v in check(repo).verdicts if v.rule == "file-not-there")
    command = told.hint.partition("(")[2].partition(")")[0]
    subprocess.run(["bash", "-ec", command], cwd=repo, env=ENV, check=True, capture_output=True)
    assert rules(check(repo)) == []
    assert git(repo, "status", "--porcelain") == ""


@pytest.mark.parametrize(("commands", "word"), [("true", "mv"), ("git add docs", "git mv")])
def test_git_moves_what_it_knows(repo: Path, commands: str, word: str) -> None:
    moved = "git mv reports/README.md docs/answers.md && git commit -qm x && git rm -q --cached docs/answers.md && git commit -qm y"
    subprocess.run(["bash", "-ec", f"{moved}; {commands}"], cwd=repo, env=ENV, check=True, capture_output=True)
    hints = [v.hint for v in check(repo).verdicts if v.rule in ("report-elsewhere", "report-moved")]
    assert len(hints) == 1
    assert f" {word} docs/answers.md reports/README.md" in hints[0]


COLLECTED, ELSEWHERE = REPORT, "rapport/README.md"


@pytest.mark.parametrize(
    ("move", "says"),
    [
        ("mkdir rapport && git mv reports/README.md rapport/README.md", "git mv rapport/README.md reports/README.md"),
        ("mkdir rapport && mv reports/README.md rapport/README.md", "back: mv rapport/README.md reports/README.md"),
        ("mkdir rapport && mv reports/README.md rapport/README.md && git add rapport", "back: git mv rapport/README.md"),
        ("mkdir rapport && git mv reports/README.md rapport/README.md && git commit -qm x", "back: git mv rapport/README.md"),
        ("mv reports rapport", "back: mv rapport reports"),
        ("git mv reports rapport", "back: git mv rapport reports"),
        ("git mv reports rapport && git commit -qm x", "git mv rapport"),
        ("mkdir -p a/b && git mv reports/README.md a/b/README.md", "back: git mv a/b/README.md reports/README.md"),
        ("git mv reports/README.md report.md && git rm -rqf reports", "back: mkdir -p reports && git mv report.md"),
    ],
)  # fmt: skip
def test_a_moved_report_is_one_finding_and_its_hint_puts_it_back(repo: Path, move: str, says: str) -> None:
    before = {v.claim.quote for v in check(repo).verdicts if v.label == "contradicted"}

    def shell(command: str) -> None:
        subprocess.run(["bash", "-ec", command], cwd=repo, env=ENV, check=True, capture_output=True)

    shell(move)
    record = check(repo)
    first = record.findings[0]
    assert (first.rule, first.level) == ("report-moved", "error")
    verdict = next(v for v in record.verdicts if v.id == first.verdict)
    assert says in verdict.hint
    if "git rm" not in move:  # there the images are gone, too
        assert [f.rule for f in record.findings] == ["report-moved"], [
            (v.rule, v.claim.quote, v.difference) for v in record.verdicts if v.label == "contradicted"
        ]
        assert ("lead nowhere" in verdict.difference) == ("mv reports rapport" not in move)
    shell(verdict.hint.partition("back: ")[2])
    assert (repo / COLLECTED).is_file()
    if "git rm" not in move:
        assert {v.claim.quote for v in check(repo).verdicts if v.label == "contradicted"} - {""} == before


def test_an_image_that_leads_nowhere_from_either_place_is_told_beside_the_move(repo: Path) -> None:
    edit(repo, "![Bucket](figures/bucket.png)", "![Bucket](figures/nowhere.png)")
    (repo / "rapport").mkdir()
    git(repo, "mv", REPORT, ELSEWHERE)
    found = [f.rule for f in check(repo).findings if f.rule != "not-committed"]
    assert found == ["report-moved", "image-not-found"]


def test_a_sparse_checkout_has_deleted_nothing(repo: Path) -> None:
    git(repo, "sparse-checkout", "set", "--no-cone", "/*", "!/tests/performance/")
    assert not (repo / "tests/performance/locustfile.py").exists()
    assert "file-not-there" not in rules(check(repo))


def test_a_plan_an_example_and_what_is_made_at_run_time_are_no_missing_files(repo: Path) -> None:
    edit(
        repo,
        "![Bucket]",
        "We would add `src/cloudtype/serve.py`. Without `src/cloudtype/old.py` it runs. A file like `src/cloudtype/any.py`.\n\n![Bucket]",
    )
    assert "file-not-there" not in rules(check(repo))


def test_the_report_alone_uncommitted_is_one_quiet_line(repo: Path) -> None:
    edit(repo, "sets the seed to 77", "sets the seed to 77 ")
    record = check(repo)
    assert rules(record) == []
    assert record.submission.uncommitted == (REPORT,)


def _kept_rows(then: str, here: str) -> list[tuple[int, int]]:
    return sorted(_kept(then.split(), here.split()))


def test_lines_that_are_still_there() -> None:
    assert _kept_rows("a b c d", "a b x c d") == [(0, 0), (1, 1), (2, 3), (3, 4)]
    assert _kept_rows("a b c d", "x a c d y") == [(0, 1), (2, 2), (3, 3)]
    assert _kept_rows("a b", "c d") == []
    assert _kept_rows("", "a") == []
    assert _kept_rows("a n b n c", "x a n n b y n c z") == [(0, 1), (1, 2), (2, 4), (3, 6), (4, 7)]
    assert _kept_rows("a b c", "c b a") in ([(0, 2)], [(1, 1)], [(2, 0)])  # one was moved past the others
    assert len(_kept_rows("p a q b r", "x p b q a r y")) == 3


def test_lines_are_compared_in_time_that_grows_with_them() -> None:
    for then, here in (
        (["a"] * 20_000, ["b", "a"] * 20_000),
        (["a", "b"] * 10_000, ["b", "a", "a"] * 10_000),
        ([str(i % 10_000) for i in range(20_000)], [str(i * 7 % 10_000) for i in range(20_000)]),
        ([str(i) for i in range(20_000)], [str(i) for i in range(20_000, 0, -1)]),
    ):
        start = time.process_time()
        list(_kept(then, here))
        assert time.process_time() - start < 2


def test_a_key_that_no_commit_has_is_not_said_to_stay_in_the_history_nor_to_be_committed(repo: Path) -> None:
    (repo / "src/cloudtype/log.py").write_text(KEY, encoding="utf-8")
    record = check(repo)
    verdict = next(v for v in record.verdicts if v.rule == "secret-in-repository")
    assert "not committed yet" in verdict.difference
    assert "before you commit" in verdict.hint
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "a key")
    verdict = next(v for v in check(repo).verdicts if v.rule == "secret-in-repository")
    assert "from its history" in verdict.difference
    assert "stays in the history" in verdict.hint
