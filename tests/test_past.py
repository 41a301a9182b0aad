"""What commits changed, where files went, and what is gone or never came in."""

import re
import tomllib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from test_repository import git

from auditor.facts import past
from auditor.facts.changes import brought, changes, kind_of, largest, renamed, straight
from auditor.facts.history import branches, self_merged, tags
from auditor.facts.past import Memory, living, was_there
from auditor.facts.summary import summary
from auditor.gitsnapshot import OpenSnapshot, open_snapshot
from auditor.holes import watching
from auditor.models import AuditRecord, Evidence, Submission
from auditor.pipeline import audit
from auditor.probes import load
from auditor.profile import load_profile
from auditor.repository import Repository
from auditor.snapshot import Snapshot

PROFILE = load_profile()
PROFILED = "import cProfile\n\n\ndef main():\n    cProfile.run('train()')\n"
QUANTISED = "import torch\n\nmodel = torch.quantization.quantize_dynamic(load(), {torch.nn.Linear})\n"


class Story:
    """A repository that is told commit by commit, a day each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.day = 1
        folder.mkdir()
        git(folder, "init", "-q", "-b", "main")

    def commit(self, subject: str = "work", who: str = "Ada <ada@x.dk>", /, **files: str | None) -> str:
        """Write (or delete, for None) files, whose names have `__` for a slash and `_` before the suffix's dot."""
        for name, text in files.items():
            self.write(re.sub(r"_(\w+)$", r".\1", name.replace("__", "/")), text)
        return self.done(subject, who)

    def write(self, path: str, text: str | None) -> None:
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text) if text is not None else full.unlink()

    def done(self, subject: str = "work", who: str = "Ada <ada@x.dk>") -> str:
        git(self.folder, "add", "-A")
        git(
            self.folder,
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            subject,
            when=self.when(),
            who=who,
        )
        self.day += 1
        return git(self.folder, "rev-parse", "HEAD")

    def git(self, *arguments: str, who: str = "Ada <ada@x.dk>") -> str:
        self.day += 1
        return git(self.folder, *arguments, when=self.when(-1), who=who)

    def when(self, shift: int = 0) -> str:
        return (datetime(2025, 12, 31, 12, tzinfo=UTC) + timedelta(days=self.day + shift)).isoformat()

    def opened(self) -> OpenSnapshot:
        repository = Repository(self.folder)
        return open_snapshot(repository, repository.head(), PROFILE.set_aside)


@pytest.fixture
def story(tmp_path: Path) -> Story:
    return Story(tmp_path / "repo")


# -- changes -----------------------------------------------------------------------------------------------------------


def test_no_path_ends_a_line_or_begins_a_commit(story: Story) -> None:
    odd = ["a\nb.py", ":100644 100644 x y M", "c\x01d.py", "e\x1ef.py", "g\u2028h.py", "0" * 40, "ß.py"]
    for name in odd:
        story.write(name, name)
    first = story.done()
    empty = story.done("nothing changed")
    (story.folder / "ß.py").rename(story.folder / "\nx.py")
    moved = story.done()
    with story.opened() as snapshot:
        found = changes(snapshot)
        assert {c.path for c in found[first]} == set(odd)
        assert found[empty] == ()
        assert [(c.status, c.was, c.path) for c in found[moved]] == [("R", "ß.py", "\nx.py")]


def test_without_history_the_changes_are_unknown(story: Story, tmp_path: Path) -> None:
    with watching() as watch:
        assert not changes(Snapshot({"a.py": ""}))
    assert [str(h) for h in watch.holes] == ["git history: not in this copy"]
    story.commit(a_py="1\n")
    story.commit(a_py="2\n")
    git(tmp_path, "clone", "-q", "--depth", "1", story.folder.as_uri(), "shallow")
    repository = Repository(tmp_path / "shallow")
    with open_snapshot(repository, repository.head()) as snapshot, watching() as watch:
        changes(snapshot)
        assert [str(h) for h in watch.holes] == ["git history: this copy holds only its end"]


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("src/p/train.py", "code"),
        ("notebooks/a.ipynb", "code"),
        ("tests/test_a.py", "tests"),
        ("src/p/test_a.py", "tests"),
        (".github/workflows/ci.yaml", "workflows"),
        ("cloudbuild.yaml", "workflows"),
        ("configs/a.yaml", "configuration"),
        ("pyproject.toml", "configuration"),
        ("requirements.txt", "configuration"),
        ("dockerfiles/api.dockerfile", "configuration"),
        ("Makefile", "configuration"),
        ("reports/README.md", "prose"),
        ("reports/figures/x.png", "prose"),
        ("docs/index.md", "prose"),
        ("LICENSE", "prose"),
        ("data.dvc", "data"),
        ("data/raw/x.csv", "data"),
        ("data/raw/.gitkeep", "prose"),
        ("blob", "other"),
    ],
)
def test_kinds_of_files(path: str, kind: str) -> None:
    assert kind_of(path) == kind


def test_what_came_straight_to_the_default_branch(story: Story) -> None:
    story.commit("start", src__a_py="1\n")
    feature = story.commit("loader", src__b_py="1\n", reports__README_md="x\n")
    change = story.commit("fix", src__a_py="2\n")
    prose = story.commit("words", reports__README_md="y\n")
    story.git("checkout", "-q", "-b", "side")
    story.commit("aside", src__c_py="1\n")
    story.git("checkout", "-q", "main")
    story.git("merge", "-q", "--no-ff", "-m", "Merge pull request #1 from team/side", "side")
    with story.opened() as snapshot:
        found = straight(snapshot)
        assert [c.sha for c in found.by_kind["prose"]] == [prose, feature]
        assert [c.sha for c in found.by_kind["code"]][:2] == [change, feature]
        assert [c.sha for c in found.features] == [feature]
        work = [c for c in found.by_kind["code"] if c.parents]
        assert [c.sha for c in largest(snapshot, work)] == [feature, change]
        said = " ".join(e.note for e in summary(snapshot))
        assert "1 of them people's own, the first on " in said
        assert re.search(
            r'The largest of them: \w+ of \S+ "loader" \(new src/b\.py\); \w+ of \S+ "fix" \(src/a\.py\)\.', said
        )
        assert [(b.name, b.state) for b in branches(snapshot.history)] == [("side", "merged")]


def test_renames_are_followed_to_what_is_there(story: Story) -> None:
    body = "".join(f"line {i}\n" for i in range(30))
    story.commit(old__a_py=body, old__b_py=body + "b\n", gone_py="1\n2\n3\n", kept_py="x\n")
    story.write("mid/a.py", body)
    story.write("old/a.py", None)
    story.done()
    story.write("new/a.py", body + "more\n")
    story.write("mid/a.py", None)
    story.write("new/b.py", body + "b\n")
    story.write("old/b.py", None)
    last = story.done()
    story.commit(gone_py=None)
    with story.opened() as snapshot:
        for path in ("old/a.py", "./old/a.py", "mid/a.py"):
            found = renamed(snapshot, path)
            assert found
            assert (found.path, found.commit.sha) == ("new/a.py", last)
        folder = renamed(snapshot, "old/")
        assert folder
        assert (folder.path, folder.commit.sha) == ("new", last)
        for path in ("gone.py", "kept.py", "new", "never.py", ""):
            assert renamed(snapshot, path) is None


def test_who_merged_whose_pull_requests(story: Story) -> None:
    ada, bo = "Ada <ada@x.dk>", "Bo Ek <bo@y.dk>"
    story.commit("start", a_py="1\n")

    def request(n: int, merger: str, *authors: str) -> None:
        story.git("checkout", "-q", "-b", f"b{n}")
        for i, author in enumerate(authors):
            story.write(f"f{n}_{i}.py", "1\n")
            story.done("work", author)
        story.git("checkout", "-q", "main")
        story.git("merge", "-q", "--no-ff", "-m", f"Merge pull request #{n} from team/b{n}", f"b{n}", who=merger)

    request(1, ada, ada, ada)
    request(2, bo, ada)
    request(3, ada, ada, bo)
    request(4, bo, bo)
    request(5, ada, "dependabot[bot] <d@x>")
    story.commit("squashed (#6)", b_py="1\n")
    with story.opened() as snapshot:
        found = self_merged(snapshot.history)
        assert (found.told, [(m.request.number, m.commits) for m in found.own]) == (4, [(4, 1), (1, 2)])
        assert [m.after > timedelta(hours=1) for m in found.own] == [
            True,
            True,
        ]  # a commit and its merge are a day apart


def test_tags_and_branches(story: Story) -> None:
    first = story.commit(a_py="1\n")
    story.git("tag", "-a", "v1", "-m", "one")
    story.git("checkout", "-q", "-b", "aside")
    story.commit(b_py="1\n")
    story.git("tag", "v2")
    story.git("checkout", "-q", "main")
    story.git("branch", "level")
    story.commit(c_py="1\n")
    with story.opened() as snapshot:
        found = {t.name: t for t in tags(snapshot.history)}
        assert (found["v1"].commit, found["v1"].on, found["v1"].later) == (first, "line", 1)
        assert found["v2"].on == "elsewhere"
        assert {b.name: b.state for b in branches(snapshot.history)} == {"aside": "unmerged", "level": "level"}


# -- the past ----------------------------------------------------------------------------------------------------------


def test_a_file_that_was_taken_out(story: Story) -> None:
    story.commit(a_py="1\n")
    first = story.commit(prof_py=PROFILED)
    story.commit(prof_py=PROFILED + "# more\n")
    last = story.commit(prof_py=None)
    story.commit(a_py="2\n")
    with story.opened() as snapshot:
        found = was_there(snapshot, ("**/*.py",), ("cprofile",))
        assert found
        assert (found.path, found.first and found.first.sha, found.last and found.last.sha) == ("prof.py", first, last)
        assert found.days == "from 2026-01-02 until 2026-01-04"
        assert was_there(snapshot, ("**/*.py",), ("line_profiler",)) is None
        assert was_there(snapshot, ("**/*.ipynb",)) is None


def test_words_that_were_taken_out_of_a_file_that_stays(story: Story) -> None:
    story.commit(a_py="import torch\n" + PROFILED)
    last = story.commit(a_py="import torch\n")
    for i in range(30):
        story.commit(a_py=f"import torch\nx = {i}\n") if i < 20 else story.done()
    with story.opened() as snapshot:
        found = was_there(snapshot, ("**/*.py",), ("cprofile",))
        assert found
        assert [c.sha for c in (found.last,) if c] == [last]


TESTED = "from {} import add\n\n\ndef test_add():\n    assert add(1) == 2\n"


def _asks_for_tests(then: Snapshot) -> tuple[Evidence, ...]:
    """Evidence of a test that is no comment."""
    return tuple(
        file.cite(i)
        for file in then.select(("tests/*.py",))
        for i, row in enumerate(file.lines, 1)
        if row.startswith("def test_")
    )


@pytest.mark.parametrize("between", [0, 3, 9])
@pytest.mark.parametrize("gone", ["commented", "emptied", "deleted"])
def test_a_rename_of_the_package_is_not_the_removal(story: Story, between: int, gone: str) -> None:
    story.commit(old__model_py="def add(a):\n    return a + 1\n")
    first = story.commit(tests__a_py=TESTED.format("old.model"), tests__b_py="from old.model import add\n")
    # the package is renamed: one file of the tests goes, the other's import follows
    story.git("mv", "old", "new")
    story.write("tests/b.py", None)
    story.commit(tests__a_py=TESTED.format("new.model"))
    for i in range(between):
        story.commit(tests__a_py=TESTED.format("new.model") + f"# {i}\n")
    last = TESTED.format("new.model") + (f"# {between - 1}\n" if between else "")
    texts = {
        "commented": "".join(f"# {row}\n" for row in last.splitlines()),
        "emptied": "import new\n",
        "deleted": None,
    }
    taken = story.commit(tests__a_py=texts[gone])
    for i in range(between):
        story.commit(tests__c_py=f"import new\nx = {i}\n")
    with story.opened() as snapshot:
        found = Memory(snapshot).was_there(("tests/*.py",), ("import",), _asks_for_tests)
        assert found
        assert found.last
        assert found.last.sha == taken
        assert found.path == "tests/a.py"
        assert found.first
        assert found.first.sha == first


def test_only_on_a_branch(story: Story) -> None:
    story.commit(a_py="1\n")
    story.git("checkout", "-q", "-b", "try/profile")
    story.commit(prof_py=PROFILED)
    story.git("checkout", "-q", "main")
    with story.opened() as snapshot:
        found = was_there(snapshot, ("**/*.py",), ("cprofile",))
        assert found
        assert (found.branch, found.path) == ("try/profile", "prof.py")
        assert str(found) == "The branch try/profile, which was not merged as it is, has it (prof.py)."


def test_a_programs_branches_do_not_hide_a_persons(story: Story) -> None:
    story.commit(a_py="1\n", requirements_txt="torch==1\n")
    story.git("checkout", "-q", "-b", "try/profile")
    story.commit(prof_py=PROFILED)
    for i in range(7):  # each newer than the branch with the work, and its file holds the word too
        story.git("checkout", "-q", "-b", f"bot/pip/package-{i}", "main")
        story.commit(requirements_txt=f"torch==1\ncprofile=={i}\n")
    story.git("checkout", "-q", "main")
    with story.opened() as snapshot:
        found = Memory(snapshot).was_there(
            ("**/*.py",), ("cprofile",), lambda then: load()["profiling"].run(then).shown
        )
        assert found
        assert (found.branch, found.path) == ("try/profile", "prof.py")


@pytest.mark.parametrize(
    ("merged", "text", "branch"),
    [
        (False, PROFILED, "aside"),
        (True, PROFILED, ""),  # it came in, and was taken out: that is the history's to tell
        (False, "x = 3\n", ""),  # another version of a file, without the word
    ],
)
def test_what_a_branch_brings(story: Story, merged: bool, text: str, branch: str) -> None:
    story.commit(a_py="x = 1\n")
    story.git("checkout", "-q", "-b", "aside")
    story.commit(a_py=text)
    story.git("checkout", "-q", "main")
    if merged:
        story.git("merge", "-q", "--no-ff", "-m", "in", "aside")
    story.commit(a_py="x = 2\n")
    with story.opened() as snapshot:
        found = was_there(snapshot, ("**/*.py",), ("cprofile",))
        assert (found.branch if found else "") == branch


def test_what_a_stale_branch_still_has_is_not_its_own(story: Story) -> None:
    story.commit(a_py="x = 1\n")
    story.git("branch", "stale")
    story.git("checkout", "-q", "stale")
    story.commit(b_py="y = 1\n")
    tip = story.git("rev-parse", "HEAD")
    story.git("checkout", "-q", "main")
    story.commit(a_py="x = 2\n")
    with story.opened() as snapshot:
        assert [c.path for c in brought(snapshot, (tip,))[tip]] == ["b.py"]
        assert brought(snapshot, ()) == {}
        assert brought(snapshot, ("0" * 40,)) == {}, "a tip that only the host has"


def test_the_past_is_looked_at_within_bounds(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.facts.past.SNAPSHOTS", 12)
    for i in range(60):
        story.commit(a_py=f"x = {i}\n" + f"word{i // 10}\n" * (i % 2))
    opened: list[str] = []
    with story.opened() as snapshot:
        real: Callable[[str], Snapshot] = snapshot.at
        monkeypatch.setattr(snapshot, "at", lambda sha: opened.append(sha) or real(sha))
        memory = Memory(snapshot)
        for i in range(6):
            assert memory.was_there(("**/*.py",), (f"word{i}",), lambda _: ()) is None
            assert len(set(opened)) == min(4 * (i + 1), 12)
    assert len(set(opened)) == 12


def test_somebody_elses_code_that_was_committed_and_taken_out(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    story.commit(a_py="1\n")
    monkeypatch.setattr(past, "FILES", 1000)
    for i in range(1100):
        story.write(f"sdk/m{i}.py", "import cProfile\n")
    story.done()
    story.commit(a_py="import cProfile\n")
    story.commit(a_py="2\n")
    for i in range(1100):
        story.write(f"sdk/m{i}.py", None)
    story.done()
    with story.opened() as snapshot:
        found = was_there(snapshot, ("**/*.py",), ("cprofile",))
        assert found is None, "neither the commit that took it out nor one that still had it is gone through"


def test_what_came_after_a_deadline_is_not_looked_at(story: Story) -> None:
    story.commit(a_py="1\n")
    before = story.commit(a_py="2\n")
    story.git("checkout", "-q", "-b", "late")
    story.commit(prof_py=PROFILED)
    story.git("checkout", "-q", "main")
    story.commit(a_py="3\n")
    repository = Repository(story.folder)
    with open_snapshot(repository, before) as snapshot:
        assert was_there(snapshot, ("**/*.py",), ("cprofile",)) is None
    with story.opened() as snapshot:
        assert was_there(snapshot, ("**/*.py",), ("cprofile",))


# -- boxes -------------------------------------------------------------------------------------------------------------


def ticked(item: str) -> str:
    text = PROFILE.items_by_id[item].texts[0]
    return f"# Report\n\n## Overall project checklist\n\n### Week 1\n\n* [x] {text}\n"


def audited(story: Story, item: str) -> AuditRecord:
    story.write("reports/README.md", ticked(item))
    story.done("report")
    record = audit(Submission(id="1", repo=str(story.folder)), PROFILE)
    boxes = [f for f in record.findings if f.rule in ("checked-but-absent", "found-but-unchecked")]
    return record.model_copy(update={"findings": tuple(boxes)})  # what else the short report lacks is said elsewhere


def test_done_once_and_gone_now(story: Story) -> None:
    story.commit(src__a_py="1\n")
    story.commit(src__small_py=QUANTISED)
    story.commit(src__small_py=None)
    record = audited(story, "inference-optimisation")
    verdict, finding = record.verdicts[0], record.findings[0]
    assert (verdict.label, finding.rule, finding.level) == ("contradicted", "checked-but-absent", "warning")
    assert "took it out; it was there from 2026-01-02 until 2026-01-03 (src/small.py:3)" in verdict.repo_shows
    assert verdict.softened == "It was there from 2026-01-02 until 2026-01-03. It can be done once and be over."
    assert any(record.evidence[c.evidence].sources[:1] != () for c in verdict.citations)


def test_never_merged(story: Story) -> None:
    story.commit(src__a_py="1\n")
    story.git("checkout", "-q", "-b", "quantise")
    story.commit(src__small_py=QUANTISED)
    story.git("checkout", "-q", "main")
    record = audited(story, "inference-optimisation")
    assert not record.findings
    assert record.verdicts[0].label == "not_verifiable"
    assert (
        "The branch quantise, which was not merged as it is, has it (src/small.py:3)." in record.verdicts[0].repo_shows
    )


WORKFLOW = """name: Tests
on:
  push:
    branches: [main]
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: pytest tests
      - run: ruff check .
"""
IMAGE = 'FROM python:3.12\nCOPY . .\nRUN pip install .\nENTRYPOINT ["python", "train.py"]\n'
SERVED = """from fastapi import FastAPI
import torch

app = FastAPI()
model = torch.load("m.pt")


@app.post("/predict")
def predict(x: list[float]):
    return model(torch.tensor(x)).tolist()
"""
CHECKED = """import torch
from src.model import Net


def test_net():
    assert Net()(torch.zeros(1, 3)).shape == (1, 2)
"""
SHOWN = {
    "model-tests": ("tests/test_model.py", CHECKED),
    "ci": (".github/workflows/tests.yaml", WORKFLOW),
    "ci-linting": (".github/workflows/tests.yaml", WORKFLOW),
    "dockerfiles": ("dockerfiles/train.dockerfile", IMAGE),
    "fastapi": ("src/api.py", SERVED),
}
MODEL = "import torch\n\n\nclass Net(torch.nn.Module):\n    def forward(self, x):\n        return x[:, :2]\n"


def _commented(text: str) -> str:
    return "".join(f"# {row}".rstrip() + "\n" for row in text.splitlines())


@pytest.mark.parametrize("item", SHOWN)
@pytest.mark.parametrize("gone", ["emptied", "commented", "cut", "quoted"])
def test_what_was_emptied_or_commented_out_was_taken_out(story: Story, item: str, gone: str) -> None:
    path, text = SHOWN[item]
    made = {
        "emptied": "",
        "commented": _commented(text),
        "cut": text.splitlines()[0] + "\n",
        "quoted": f'"""\n{text}"""\n' if path.endswith(".py") else _commented(text),
    }
    story.write("src/model.py", MODEL)
    story.done()
    story.write(path, text)
    story.done()
    story.write(path, made[gone])
    last = story.done()
    beside = str(Path(path).parent / f"helper{Path(path).suffix}")
    for i in range(4):  # changed later, of the same kind, and shows nothing
        story.write(beside, f"# on: steps pytest fastapi torch FROM {i}\nx{i}: 1\n")
        story.done()
    record = audited(story, item)
    assert [f.level for f in record.findings] == ["warning"]
    assert f"Commit {last[:10]} took it out; it was there from 2026-01-02 until 2026-01-03" in (
        record.verdicts[0].repo_shows
    )


@pytest.mark.parametrize("item", SHOWN)
def test_what_stands_on_a_branch_only_whatever_it_is(story: Story, item: str) -> None:
    story.write("src/model.py", MODEL)
    story.done()
    story.git("checkout", "-q", "-b", "aside")
    story.write(*SHOWN[item])
    story.done()
    story.git("checkout", "-q", "main")
    record = audited(story, item)
    assert not record.findings
    assert record.verdicts[0].label == "not_verifiable"
    assert "The branch aside, which was not merged as it is, has it" in record.verdicts[0].repo_shows


@pytest.mark.parametrize(
    ("path", "text", "lines"),
    [
        ("a.py", "# x\n\n# y\n", 0),
        ("a.py", "'''\ndef test():\n    pass\n'''\n", 0),
        ("a.py", "'''Doc.'''\nx = '''y'''\n", 2),
        ("a.yaml", "# on:\n  # push\n", 0),
        ("a.md", "# Title\n", 1),
        ("web/a.ts", "// x\n", 0),
        ("train.dockerfile", "# FROM x\nRUN y\n", 1),
        ("a.py", "", 0),
    ],
)
def test_what_a_file_says(path: str, text: str, lines: int) -> None:
    assert living(text, path) == lines


def test_a_weak_sign_on_a_branch(story: Story) -> None:
    story.commit(src__a_py="import torch\n")
    story.git("checkout", "-q", "-b", "tests")
    story.write("tests/test_model.py", "import timm\ndef test_it():\n    assert timm.create_model('a')\n")
    story.done()
    story.git("checkout", "-q", "main")
    record = audited(story, "model-tests")
    assert not record.findings
    assert record.verdicts[0].label == "not_verifiable"
    assert "The branch tests, which was not merged as it is, has what may be it" in record.verdicts[0].repo_shows


def test_never_there_stays_an_error(story: Story) -> None:
    story.commit(src__a_py="import torch\n")
    story.commit(src__a_py="import torch\nx = 1\n")
    record = audited(story, "logging")
    assert [f.level for f in record.findings] == ["error"]
    assert not record.verdicts[0].softened


def test_what_is_not_verifiable_says_what_the_history_shows(story: Story) -> None:
    story.commit(src__prof_py=PROFILED)
    story.commit(src__prof_py=None)
    record = audited(story, "profiling")
    assert record.verdicts[0].label == "not_verifiable"
    assert "took it out; it was there from 2026-01-01" in record.verdicts[0].repo_shows


def test_a_templates_stub_was_nobodys_work(story: Story) -> None:
    """What the course's template brought and somebody deleted was never there as own work."""
    stub = "import torch\n"
    story.commit(src__a_py=stub, tests__test_data_py="def test_data():\n    pass\n")
    story.commit(tests__test_data_py=None)
    record = audited(story, "data-tests")
    assert [f.level for f in record.findings] == ["error"]


def test_the_items_that_are_done_once() -> None:
    once = {i.id for i in PROFILE.items if i.once}
    assert {"profiling", "sweep", "inference-optimisation", "distributed-training", "drift-robustness"} <= once
    assert not once & {"fastapi", "ci", "hydra", "documentation", "dockerfiles"}
    text = (Path(__file__).parent.parent / "auditor/profiles/dtu-mlops.toml").read_text()
    assert sum(i.get("once", False) for i in tomllib.loads(text)["items"]) == len(once)
