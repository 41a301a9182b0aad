"""`auditor check`: what git knows of a checkout beside its files: what it leaves out, what is gone or has another name, and where the
branch stands."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from build_fixture import build
from test_check import ENV, REPORT, auditor, check, edit, git, rules

from auditor.errors import UserError
from auditor.form.committed import Index, uncommitted
from auditor.models import Citation, Claim, Evidence, Image, Part, Question, Report, Source, Verdict
from auditor.snapshot import Snapshot
from auditor.worktree import open_working_tree, standing


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    return build("consistent", tmp_path / "consistent")


def shell(repo: Path, commands: str) -> None:
    subprocess.run(
        ["bash", "-ec", commands],
        cwd=repo,
        env=ENV
        | {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@x", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@x"},
        check=True,
        capture_output=True,
    )


@pytest.mark.parametrize(
    ("commands", "told"),
    [
        ("git rm -q --cached configs/sweep.yaml", ["git add configs/sweep.yaml brings it back."]),
        ("git rm -q --cached .github/workflows/linting.yaml", ["git add .github/workflows/linting.yaml brings it back."]),
        ("git rm -q --cached reports/README.md", ["git add reports/README.md brings it back."]),
        ("git rm -q --cached configs/sweep.yaml; echo configs/sweep.yaml >> .gitignore", ["git add -f configs/sweep.yaml brings it back."]),
        ("git rm -q --cached configs/sweep.yaml; echo '# more' >> configs/sweep.yaml", ["git add configs/sweep.yaml brings it back."]),
        ("git rm -q --cached reports/README.md; git commit -qm x", ["git add reports/README.md, then commit and push."]),
        ("echo configs/sweep.yaml >> .gitignore; git rm -q --cached configs/sweep.yaml; git commit -qam x", ["Add it all the same: git add -f configs/sweep.yaml, then commit and push."]),
        ("mkdir -p .git/info; echo src/ >> .git/info/exclude; git rm -q --cached src/cloudtype/drift.py; git commit -qm x; sed -i 's#`drift.py`#`src/cloudtype/drift.py`#' reports/README.md", ["Add it all the same: git add -f src/cloudtype/drift.py, then commit and push."]),
        ("git rm -q --cached reports/figures/bucket.png", ["git add reports/figures/bucket.png brings it back."]),
        # not told: a picture that has a finding of its own, what a sentence does not name, what holds keys, what is made at run time
        ("git rm -q --cached reports/figures/bucket.png; echo '*.png' >> .gitignore", []),
        ("echo x > notes.txt; git add notes.txt; git commit -qm x; git rm -q --cached notes.txt", []),
        ("printf 'a: 1' > configs/secrets.yaml; echo configs/secrets.yaml >> .gitignore; sed -i 's#`configs/sweep.yaml`#`configs/sweep.yaml` beside `configs/secrets.yaml`#' reports/README.md; git commit -qam x", []),
        ("mkdir outputs; printf 'a: 1' > outputs/run.yaml; echo outputs/ >> .gitignore; sed -i 's#`configs/sweep.yaml`#`configs/sweep.yaml` beside `outputs/run.yaml`#' reports/README.md; git commit -qam x", []),
    ],
)  # fmt: skip
def test_what_git_leaves_out_of_the_hand_in_is_told(repo: Path, commands: str, told: list[str]) -> None:
    shell(repo, commands)
    record = check(repo, only="form" if "workflows" not in commands else "")
    found = [v for v in record.verdicts if v.rule == "not-committed"]
    assert [v.hint for v in found] == told
    assert not any(v.detail for v in found)
    assert "file-not-there" not in rules(record)
    if told:
        shell(
            repo,
            told[0]
            .removesuffix(" brings it back.")
            .removeprefix("Add it all the same: ")
            .removesuffix(", then commit and push."),
        )
        assert [v.hint for v in check(repo, only="form").verdicts if v.rule == "not-committed"] in (
            [],
            ["git commit, then git push: it is staged already."],
        )


@pytest.mark.parametrize("ask", [{}, {"report_path": REPORT}])
@pytest.mark.parametrize(
    ("commands", "where"),
    [
        ("echo reports/ > .gitignore; git rm -rq --cached reports", ".gitignore:1"),
        ("echo '*.md' > reports/.gitignore; git rm -q --cached reports/README.md", "reports/.gitignore:1"),
        (
            "mkdir -p .git/info; echo README.md > .git/info/exclude; git rm -q --cached reports/README.md",
            ".git/info/exclude:1",
        ),
    ],
)
def test_a_report_that_git_ignores_is_named(repo: Path, commands: str, where: str, ask: dict[str, str]) -> None:
    shell(repo, commands)
    with pytest.raises(UserError) as said:
        check(repo, **ask)
    assert said.value.message == f"{REPORT} is on your disk, but git ignores it ({where}), so the hand-in lacks it"
    assert said.value.hint == f"git add -f {REPORT}"


@pytest.mark.parametrize(
    ("commands", "paths"),
    [("rm src/cloudtype/drift.py", "src/cloudtype/drift.py"), ("git rm -q .github/workflows/*", ".github/workflows")],
)
def test_a_box_whose_work_is_only_gone_from_disk_says_what_brings_it_back(
    repo: Path, commands: str, paths: str
) -> None:
    shell(repo, commands)
    boxes = [
        v for v in check(repo, only="audit").verdicts if v.claim.source.kind == "item" and v.label == "contradicted"
    ]
    assert boxes
    for verdict in boxes:
        assert verdict.hint.startswith(f"Put it back: git checkout HEAD -- {paths}")
        assert "in the last commit" in verdict.difference
    shell(repo, boxes[0].hint.removeprefix("Put it back: "))
    assert (repo / boxes[0].hint.split(" -- ")[1].split()[0]).exists()


@pytest.mark.parametrize(
    ("commands", "old", "new"),
    [
        ("git mv tests/unit tests/units", "tests/unit", "tests/units"),
        ("git mv tests checks", "tests", "checks"),
        ("mv docs documentation", "docs", "documentation"),
        ("mkdir web && mv docs web/docs && git add web", "docs", "web/docs"),
        ("mv docs documentation && rm documentation/index.md", "docs", "documentation"),
    ],
)
def test_a_renamed_folder_is_told_once(repo: Path, commands: str, old: str, new: str) -> None:
    edit(repo, "![Bucket]", "The pages lie in `docs`.\n\n![Bucket]")
    shell(repo, commands)
    told = [v for v in check(repo, only="form").verdicts if v.rule == "file-not-there"]
    assert [v.difference for v in told] == [f"{old} is now called {new}."]
    assert told[0].hint.startswith(f"Write {new} in place of {old} in line")
    row = next(n for n, row in enumerate((repo / REPORT).read_text().split("\n"), 1) if "`docs`" in row)
    assert str(row) in told[0].hint or old != "docs"


def test_a_folder_that_was_taken_apart_is_not_renamed(repo: Path) -> None:
    edit(repo, "![Bucket]", "The pages lie in `docs`.\n\n![Bucket]")
    shell(repo, "mkdir a b; mv docs/index.md a; mv docs/usage.md b; rm -r docs")
    differences = [v.difference for v in check(repo, only="form").verdicts if v.rule == "file-not-there"]
    assert differences
    assert not any(d.startswith("docs is now called") for d in differences)


CLONED = "git clone -q --bare . ../origin.git; git remote add origin ../origin.git; git fetch -q; "


@pytest.mark.parametrize(
    ("commands", "told"),
    [
        ("git commit -qm x --allow-empty", []),  # no remote
        (CLONED + "git commit -qm x --allow-empty", ["1 commit of {} is not pushed to origin/{}, as far as this copy knows it: git push"]),
        (CLONED + "for i in 1 2; do git commit -qm x --allow-empty; done", ["2 commits of {} are not pushed to origin/{}, as far as this copy knows it: git push"]),
        (CLONED, []),
        (CLONED + "git remote set-head origin -a; git checkout -q -b final", []),  # the same commit
        (CLONED + "git remote set-head origin -a; git checkout -q -b final; git commit -qm x --allow-empty", ["this is the branch final; a clone of origin has {}, which is what is handed in unless agreed otherwise"]),
        (CLONED + "git checkout -q -b final; git branch -q -u origin/$0; git commit -qm x --allow-empty", ["1 commit of final is not pushed to origin/{}, as far as this copy knows it: git push origin HEAD:{}"]),
        (CLONED + "git commit -qm x --allow-empty; git checkout -q --detach", []),
        (CLONED + "git branch -q -u origin/$0; git update-ref -d refs/remotes/origin/$0; git commit -qm x --allow-empty", []),
        ("git checkout -q -b other; echo a > a; git add a; git commit -qm x; git checkout -q -; git commit -qm y --allow-empty; git merge -q --no-commit other", ["a merge is under way: what it brings is handed in once it is committed (git commit)"]),
    ],
)  # fmt: skip
def test_where_the_branch_stands_is_a_quiet_line(repo: Path, commands: str, told: list[str]) -> None:
    branch = git(repo, "branch", "--show-current").strip()
    shell(repo, commands.replace("$0", branch))
    said = [line.replace("{}", branch) for line in told]
    with open_working_tree(repo) as tree:
        assert list(standing(tree.repository)) == said
    place = repo.parent / "further"
    git(repo, "worktree", "add", "-q", "--detach", str(place))
    with open_working_tree(place) as tree:
        assert standing(tree.repository) == ()


def test_what_is_not_pushed_is_no_finding(repo: Path) -> None:
    shell(repo, CLONED + "git commit -qm x --allow-empty")
    done = auditor("check", "--only", "form", ".", cwd=repo)
    assert (done.returncode, "1 commit of " in done.stdout) == (0, True), done.stdout


# -- how it is told ----------------------------------------------------------------------------------------------------

ONE = Question(
    n=1,
    line=10,
    prompt="",
    answer="",
    answer_lines=(11, 20),
    images=(Image(line=12, target="a.png", path="a.png"),),
    links=(Image(line=14, target="b.py", path="b.py"),),
)


def left(
    changed: str = "",
    head: str = "README.md",
    *,
    named: Mapping[str, int] = {},
    cited: str = "",
    tracked: str = "",
    staged: str = "",
    leaving: str = "",
    ignored: Mapping[str, str] = {},
    was: Mapping[str, str] = {},
    report: Report | None = None,
) -> list[tuple[Verdict, list[str]]]:
    """What is told of a report with a picture (line 12) and a link (line 14): each verdict with the notes that it cites."""
    book = {f"E{n}": Evidence(kind="fact", path=p, note="n") for n, p in enumerate(cited.split())}
    verdicts = [
        Verdict.model_construct(
            label="supported", citations=(Citation(evidence=e, quote="n"),), claim=Claim.model_construct(), id="V1"
        )
        for e in book
    ]
    notes: list[Evidence] = []

    def number(piece: Evidence) -> str:
        notes.append(piece)
        return f"E{len(book) + len(notes)}"

    found = uncommitted(
        named,
        report or Report(path="README.md", commit="c", sha256="s", questions=(ONE,)),
        frozenset(changed.split()),
        Snapshot(dict.fromkeys(head.split(), "x")).files,
        verdicts,
        book,
        number,
        index=Index(frozenset(tracked.split()), frozenset(staged.split()), frozenset(leaving.split())),
        ignored=ignored,
        was=lambda: was,
    )
    told = []
    for verdict in found:
        own, notes = notes[: len(verdict.citations)], notes[len(verdict.citations) :]
        assert [c.quote for c in verdict.citations] == [e.note for e in own]
        assert all(e.sources == (e.path,) and e.note.startswith(f"{e.path}: ") for e in own)
        assert (verdict.label, verdict.by, verdict.rule) == ("contradicted", "form", "not-committed")
        assert (verdict.claim.source, verdict.claim.quote) == (Source(kind="report", n=0), "")
        told.append((verdict, [e.note.removeprefix(f"{e.path}: ") for e in own]))
    return told


@pytest.mark.parametrize(
    ("given", "says", "note", "hint", "line", "detail"),
    [
        ({"changed": "a.png"}, "relies on a.png", "not committed yet", "git add a.png, then commit and push.", 12, False),
        ({"changed": "b.py", "tracked": "b.py"}, "relies on b.py", "staged, and changed since", "git add b.py, then commit and push.", 14, False),
        ({"changed": "b.py", "tracked": "b.py", "staged": "b.py"}, "relies on b.py", "staged, and not committed yet", "git commit, then git push: it is staged already.", 14, False),
        ({"changed": "b.py", "head": "README.md b.py"}, "relies on b.py", "changed since the last commit", "git add b.py, then commit and push.", 14, True),
        ({"changed": "c d.py", "named": {"c": 17}}, "relies on c", "not committed yet", "git add c, then commit and push.", 17, False),
        ({"changed": "README.md", "head": "b.py"}, "relies on README.md", "not committed yet", "git add README.md, then commit and push.", 1, False),
        ({"changed": "b.py", "was": {"b.py": "old.py"}, "tracked": "old.py"}, "relies on b.py", "not committed yet", "git add b.py old.py, then commit and push.", 14, False),
        ({"changed": "b.py", "was": {"b.py": "old.py"}, "tracked": "old.py", "staged": "b.py"}, "relies on b.py", "staged, and not committed yet", "git add old.py, then commit and push (1 more is staged already).", 14, False),
        ({"changed": "b.py", "was": {"b.py": "old.py"}}, "relies on b.py", "not committed yet", "git add b.py, then commit and push.", 14, False),
        ({"changed": "b.py", "head": "b.py README.md", "was": {"b.py": "old.py"}, "tracked": "old.py"}, "relies on b.py", "changed since the last commit", "git add b.py, then commit and push.", 14, True),
    ],
)  # fmt: skip
def test_a_file_that_is_not_committed_as_it_is_here(
    given: dict[str, Any], says: str, note: str, hint: str, line: int, detail: bool
) -> None:
    ((verdict, notes),) = left(**given)
    assert (verdict.report_says, notes, verdict.hint) == (says, [note], hint)
    assert (verdict.claim.line, verdict.claim.path, verdict.detail) == (line, "", detail)
    assert verdict.difference.startswith("It is not committed as it is here;")


def test_what_nobody_relies_on_is_not_told() -> None:
    assert left("notes.txt") == []
    assert left("README.md") == []  # the report itself, that the last commit has
    parts = (Part(path="one.md", line=1), Part(path="two.md", line=30))
    two = Report(path="one.md", commit="c", sha256="s", parts=parts)
    ((verdict, _),) = left("one.md two.md", "one.md", report=two)
    assert verdict.report_says == "relies on two.md"
    assert left(leaving="notes.txt") == []


def test_what_only_the_evidence_names_is_told_with_its_path() -> None:
    ((verdict, _),) = left("x.py y.py", "README.md y.py", cited="x.py y.py")
    assert verdict.report_says == "relies on x.py, y.py"
    assert (verdict.claim.path, verdict.claim.line) == ("x.py", 1)
    assert not verdict.detail
    ((verdict, _),) = left("y.py b.py", "README.md y.py b.py", cited="y.py")
    assert (verdict.claim.path, verdict.claim.line, verdict.detail) == ("", 14, True)


def test_several_files_are_told_together_the_new_ones_by_their_lines() -> None:
    ((verdict, notes),) = left("a.png b.py", "README.md a.png", staged="b.py")
    assert notes == ["changed since the last commit", "staged, and not committed yet"]
    assert verdict.claim.line == 14  # of the one that is new
    assert verdict.hint == "git add a.png, then commit and push (1 more is staged already)."
    assert verdict.difference.startswith("They are not committed as they are here;")
    ((verdict, _),) = left("a.png b.py", staged="a.png b.py")
    assert verdict.hint == "git commit, then git push: they are staged already."
    assert verdict.claim.line == 12
    many = {f"m{n}.py": 30 + n for n in range(5)}
    ((verdict, _),) = left(" ".join(many), named=many)
    assert verdict.report_says == "relies on m0.py, m1.py, m2.py, m3.py, m4.py"
    assert verdict.hint == "git add m0.py m1.py m2.py m3.py m4.py, then commit and push."
    many = {f"m{n}.py": 30 + n for n in range(9)}
    ((verdict, _),) = left(" ".join(many), named=many, staged="m7.py m8.py")
    assert verdict.report_says == "relies on m0.py, m1.py, m2.py, m3.py, m4.py and 4 more"
    assert (
        verdict.hint == "git add m0.py m1.py m2.py m3.py m4.py ..., then commit and push (2 more are staged already)."
    )
    ((verdict, _),) = left("it's.py", named={"it's.py": 3})
    assert verdict.hint == "git add 'it'\"'\"'s.py', then commit and push."


def test_what_the_next_commit_removes_is_told() -> None:
    ((verdict, notes),) = left("b.py", "README.md b.py", leaving="b.py")  # once, whatever else is so of it
    assert notes == ["taken out of git, and still on disk: the next commit removes it"]
    assert (verdict.hint, verdict.claim.line, verdict.detail) == ("git add b.py brings it back.", 14, False)
    assert "stop tracking it (git rm --cached): it is on disk, and the next commit removes it" in verdict.difference
    ((verdict, _),) = left(leaving="a.png b.py", ignored={"b.py": ".gitignore:1"})
    assert verdict.hint == "git add -f a.png b.py brings them back."
    assert (
        "stop tracking them (git rm --cached): they are on disk, and the next commit removes them" in verdict.difference
    )
    ((verdict, _),) = left(cited="x.py", leaving="x.py")
    assert verdict.claim.path == "x.py"


def test_what_git_ignores_is_told_with_where_it_says_so() -> None:
    ((verdict, notes),) = left("b.py", ignored={"b.py": ".gitignore:3"})
    assert notes == ["on disk, and git ignores it (.gitignore:3)"]
    assert verdict.hint == "Add it all the same: git add -f b.py, then commit and push."
    assert verdict.difference == "It is on your disk, but git ignores it (.gitignore:3), so the hand-in lacks it."
    rules = {f"m{n}.py": f".gitignore:{n // 3}" for n in range(7)}
    ((verdict, _),) = left(ignored=rules)
    assert verdict.hint == "Add them all the same: git add -f m0.py m1.py m2.py m3.py m4.py ..., then commit and push."
    assert verdict.difference == "They are on your disk, but git ignores them (.gitignore:0, .gitignore:1), so the hand-in lacks them."  # fmt: skip
    ((verdict, _),) = left(ignored=dict(list(rules.items())[:5]))
    assert verdict.hint == "Add them all the same: git add -f m0.py m1.py m2.py m3.py m4.py, then commit and push."
    three = left("a.png", leaving="b.py", ignored={"c.py": ".gitignore:1"})
    assert [v.id for v, _ in three] == ["F0", "F0a", "F0b"]
