"""Limits before work: each is asked before the work, told in the record, and leaves a hole."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from build_fixture import build, git

from auditor import deadline, limits, pipeline
from auditor.checking import check
from auditor.deadline import LeftOut, May, allowed, within
from auditor.errors import UserError
from auditor.facts.tests import collect
from auditor.gitsnapshot import open_snapshot
from auditor.holes import watching
from auditor.models import AuditRecord, Evidence, Submission
from auditor.nesting import too_deep
from auditor.probes import PROBES, Probe, load
from auditor.profile import load_profile
from auditor.readers.commands import commands
from auditor.readers.docker import docker
from auditor.readers.python import python
from auditor.readers.shell import shell_commands
from auditor.readers.toml import toml, toml_line
from auditor.readers.workflows import workflow
from auditor.readers.yaml import yaml_documents
from auditor.repository import Repository
from auditor.snapshot import File, Files, Snapshot
from auditor.tree import Folder, Row, fits, named, share

PROFILE = load_profile("dtu-mlops")


def _set(monkeypatch: pytest.MonkeyPatch, name: str, value: int) -> None:
    one = limits.table()[name]
    monkeypatch.setattr(limits, name, limits.Limit(value, one.of, one.why))


def _file(path: str, text: str | bytes) -> File:
    return Snapshot({path: text}).files[path]


def _audit(repository: Path, may: May = deadline.ORDINARY) -> AuditRecord:
    return pipeline.audit(Submission(id="g", repo=str(repository)), PROFILE, may=may)


def _told(record: AuditRecord) -> str:
    return "\n".join(f"{p.path}: {p.message}" for p in record.omitted)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    return build("consistent", tmp_path / "r")


def _commit(repository: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    git(repository, "add", "-A", "-f")
    git(repository, "-c", "user.name=a", "-c", "user.email=a@x.y", "commit", "-q", "-m", "more")


def test_each_limit_has_a_reason() -> None:
    for name, one in limits.table().items():
        assert one.value > 0, name
        assert one.of, name
        assert len(one.why) > 10, name


# -- nesting, measured on the text -------------------------------------------------------------------------------------

DEEP_YAML = {
    "sequences on one line": "- " * 25_000 + "x",
    "brackets": "[" * 25_000,
    "closed brackets": "[" * 25_000 + "]" * 25_000,
    "braces": "{a: " * 25_000,
    "complex keys": "? " * 25_000 + "x",
    "dashes and tabs": "-\t" * 25_000 + "x",
    "indents": "".join(" " * i + "a:\n" for i in range(300)),
    "brackets between quotes that are none": "a: it's\nb: " + "[" * 25_000 + "\nc: it's\n",
    "brackets after a comment's quote": "# don't\na: " + "[" * 25_000 + "\n",
    "mixed": "- [" * 20_000,
}


@pytest.mark.parametrize("text", DEEP_YAML.values(), ids=DEEP_YAML.keys())
def test_deep_yaml_is_a_hole_and_no_end_of_the_process(text: str) -> None:
    file = _file(".github/workflows/a.yml", text)
    started = time.process_time()
    with watching() as watch:
        assert workflow(file) is None
        assert yaml_documents(file) == []
    assert "YAML" in file.problems["yaml"]
    assert [h.path for h in watch.holes] == [file.path]
    assert time.process_time() - started < 5


def test_what_is_written_in_yaml_every_day_is_read() -> None:
    flat = "a: [" + ", ".join(["[x]"] * 300) + "]\n"
    nested = "".join("  " * i + f"k{i}:\n" for i in range(40)) + "  " * 40 + "x: 1\n"
    quoted = "a: '" + "[" * 500 + "'\nb: |\n  " + "{" * 500 + "\n"
    for text in (flat, nested, quoted):
        file = _file("a.yml", text)
        assert yaml_documents(file)
        assert not file.problems


def test_yaml_of_too_many_nodes_is_not_composed(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "NODES", 50)
    for text in ("a: [" + "x," * 200 + "x]\n", "a: &a [x, x]\nb: [" + "*a, " * 40 + "x]\n"):
        file = _file("a.yml", text)
        assert yaml_documents(file) == []
        assert file.problems["yaml"] == "a.yml is too large to read as YAML (more than 50 nodes of a YAML or JSON file, aliases written out)"  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "[" * 500 + "]" * 500,
        "x = " + "{a=" * 500 + "1" + "}" * 500,
        "a." * 5_000 + "a = 1",
        "[" + "a." * 5_000 + "a]",
        '"a".' * 500 + "a = 1",
        "# don't\nx = " + "[" * 500 + "]" * 500,
    ],
)
def test_deep_toml_is_a_hole(text: str) -> None:
    file = _file("pyproject.toml", text)
    assert toml(file) == {}
    assert "too deep" in file.problems["toml"]


def test_what_is_written_in_toml_every_day_is_read() -> None:
    text = (
        "x = ["
        + ", ".join(["[1]"] * 200)
        + "]\n"
        + 'y = "'
        + "[" * 300
        + '"\n# '
        + "[" * 300
        + "\nz = '''\n"
        + "{" * 300
    )
    assert set(toml(_file("a.toml", text + "'''\n[a.b.c.d]\n"))) == {"x", "y", "z", "a"}


def test_deep_notebooks_are_holes() -> None:
    file = _file("n.ipynb", '{"cells": ' + "[" * 5_000 + "]" * 5_000 + "}")
    assert python(file) is None
    assert "nested too deep to read as a notebook" in file.problems["python"]
    assert not too_deep(json.dumps({"a": ["[" * 500, '\\"' + "{" * 500] * 100}), "json")
    assert too_deep('"' + '\\"' * 50_000 + "[" * 500, "json") is False  # an open string goes on to the end


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5_000 + "1" + ")" * 5_000,
        "x = " + "(" * 100_000,
        "x = " + "not " * 400 + "1",
        "x = " + "-" * 400 + "1",
        "x = " + "1+" * 400 + "1",
        "x = a" + ".b" * 400,
        "x = a" + "()" * 400,
        "x = " + "lambda: " * 400 + "1",
        "if a: pass\n" + "elif b: pass\n" * 400,
        "x = 1\n" * 60_000,
        "x = 1;" * 60_000,
    ],
)
def test_deep_and_long_python_is_a_hole(text: str) -> None:
    file = _file("a.py", text)
    assert python(file) is None
    assert file.problems["python"]


def test_what_is_written_in_python_every_day_is_read() -> None:
    chain = "x = (a" + ".b()" * 40 + ")\n"
    branches = "if a: pass\n" + "elif b: pass\n" * 60
    text = "x = (" + " + ".join(["'a'"] * 100) + ")\n"
    assert python(_file("a.py", chain + branches + text)) is not None


def test_trees_of_different_files_share_one_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "ALL_NODES", 100)
    snapshot = Snapshot({f"a{i}.py": f"x = {i}\n" * 20 for i in range(3)} | {"b.py": "x = 0\n" * 20})
    read = [python(snapshot.files[p]) is not None for p in ("a0.py", "a1.py", "a2.py", "b.py")]
    assert read == [True, True, False, True]  # b.py has the content of a0.py
    assert "have more than 100 nodes" in snapshot.files["a2.py"].problems["python"]


def test_commands_within_commands_end() -> None:
    text = "echo $(" * 200 + "pytest" + ")" * 200
    with watching() as watch:
        assert len(shell_commands(text)) < 50
    assert watch.holes
    assert [c.text for c in shell_commands("echo $(echo $(pytest))")] == ["pytest", "echo $()", "echo $()"]


# -- content is read once ----------------------------------------------------------------------------------------------


def test_files_of_one_content_are_parsed_once() -> None:
    snapshot = Snapshot(
        {f"p{i}/a.py": "import torch\nx = 1\n" for i in range(3)} | {"p/a.txt": "import torch\nx = 1\n"}
    )
    first, *others = (python(snapshot.files[f"p{i}/a.py"]) for i in range(3))
    assert first is not None
    assert all(o is first for o in others)
    assert snapshot.files["p1/a.py"].lines is snapshot.files["p0/a.py"].lines


def test_what_is_wrong_with_a_content_is_said_of_each_file() -> None:
    snapshot = Snapshot({f"p{i}/a.py": "x = (\n" for i in range(2)})
    for path in ("p0/a.py", "p1/a.py"):
        with watching() as watch:
            assert python(snapshot.files[path]) is None
        assert [h.path for h in watch.holes] == [path]
        assert snapshot.files[path].problems["python"].startswith(path)


def test_what_hangs_on_the_name_is_read_for_each_file() -> None:
    text = "FROM python:3.12\nRUN pytest\n"
    snapshot = Snapshot(
        {"Dockerfile": text, "docker/api.dockerfile": text, "run.sh": "pytest\n", "notes.sh": "pytest\n"}
    )
    assert [len(docker(snapshot.files[p])) for p in ("Dockerfile", "docker/api.dockerfile")] == [2, 2]
    assert [c.line for c in commands(snapshot.files["docker/api.dockerfile"])] == [2]


def test_text_is_read_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "ALL_TEXT", 25)
    snapshot = Snapshot({"a.md": "a" * 20, "b.md": "a" * 20, "c.md": "c" * 20})
    with watching() as watch:
        assert [f.path for f in snapshot.select(("*.md",))] == ["a.md", "b.md"]
    assert [str(h) for h in watch.holes] == ["c.md: not read: there are more than 25 bytes of text read together"]


# -- paths -------------------------------------------------------------------------------------------------------------


def test_a_bomb_of_shared_trees_is_opened_at_once(repository: Path) -> None:
    _bomb(repository, 10**12)
    started = time.process_time()
    with open_snapshot(Repository(repository), git(repository, "rev-parse", "main").strip()) as snapshot:
        assert len(snapshot.files) <= limits.PATHS.value
    assert time.process_time() - started < 30


def test_a_bomb_of_shared_trees_is_cut(repository: Path) -> None:
    _bomb(repository, 10**6)  # with more, git takes its time to list what each commit changed
    started = time.process_time()
    record = _audit(repository)
    assert "zbomb" in _told(record)
    assert str(limits.PATHS) in _told(record)
    assert time.process_time() - started < 100
    assert {r.outcome for r in record.results if r.probe == "dockerfile"} == {"found"}  # the small folders are kept


def _bomb(repository: Path, files: int) -> None:
    def made(command: str, text: str) -> str:
        return git(repository, command, *(["-w", "--stdin"] if command == "hash-object" else []), stdin=text.encode()).strip()  # fmt: skip

    blob = made("hash-object", "x = 1\n")
    tree = made("mktree", "".join(f"100644 blob {blob}\tf{i}.txt\n" for i in range(10)))
    count = 10
    while count < files:
        tree = made("mktree", "".join(f"040000 tree {tree}\td{i}\n" for i in range(10)))
        count *= 10
    root = made("mktree", git(repository, "ls-tree", "HEAD") + f"040000 tree {tree}\tzbomb\n")
    commit = git(repository, "-c", "user.name=a", "-c", "user.email=a@x.y", "commit-tree", root, "-p", "HEAD", "-m", "x").strip()  # fmt: skip
    git(repository, "update-ref", "refs/heads/main", commit)


def test_cut_folders_are_holes(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = _audit(repository)
    _commit(repository, {f"extra/f{i}.txt": "x" for i in range(300)})
    count = len(git(repository, "ls-files").split())
    _set(monkeypatch, "PATHS", count - 100)
    record = _audit(repository)
    assert "extra: holds 300 files, of which the first" in _told(record)
    before = {r.probe: r.outcome for r in whole.results}
    for result in record.results:
        assert result.outcome in (before[result.probe], "unknown"), result.probe
    globs = next(p for p in load().values() if p.looks_in[0].startswith("**/") and before[p.id] == "absent")
    assert next(r for r in record.results if r.probe == globs.id).outcome == "unknown"


def test_a_working_tree_is_cut_in_the_same_way(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", len(git(repository, "ls-files").split()) + 20)
    for i in range(200):
        (repository / "loose").mkdir(exist_ok=True)
        (repository / "loose" / f"f{i}.txt").write_text("x")
    record = check(repository, PROFILE)
    assert "loose: holds 200 files" in _told(record)


def test_shares_are_fair(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 20)
    paths = [b"README.md", *(b"src/a%d.py" % i for i in range(5)), *(b"data/%03d.txt" % i for i in range(100))]
    kept, cut = named(paths)
    assert set(paths[:6]) <= set(kept)
    assert len(kept) == 20
    assert [h.path for h in cut] == ["data"]
    assert named(paths[:10]) == (paths[:10], ())


def test_images_beside_the_work_cut_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 20)
    _set(monkeypatch, "ALL_PATHS", 200)
    images = [b"data/%d.PNG" % i for i in range(150)]
    sources = [b"src/a%d.py" % i for i in range(20)]
    assert fits([*images, *sources])
    assert not fits([*images, *sources, b"src/more.py"])
    assert not fits([*images, *(b"data/%d.jpg" % i for i in range(51))])
    assert not fits([b"a/png"] * 21)  # a name without an ending


def test_deep_folders_are_cut() -> None:
    deep = b"/".join([b"d"] * 100) + b"/a.py"
    kept, cut = named([b"a.py", deep])
    assert kept == [b"a.py"]
    assert "deeper than 60 folders" in cut[0].reason
    assert not fits([deep])


def test_many_cut_folders_are_told_together(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATHS", 30)
    paths = [b"data/d%d/f%d" % (i, k) for i in range(100) for k in range(3)]
    kept, cut = named(paths)
    assert len(kept) <= 30
    assert [h.path for h in cut] == ["data"]
    everywhere = [b"d%d/f%d" % (i, k) for i in range(100) for k in range(3)]
    assert [h.path for h in named(everywhere)[1]] == [""]


def test_characters_of_paths_count(monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "PATH_CHARACTERS", 300)
    kept, cut = share(Folder([Row(b"n" * 100 + b"%d" % i, "100644", "") for i in range(10)], []))
    assert len(kept) == 2
    assert cut


# -- time and memory ---------------------------------------------------------------------------------------------------


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Files], Iterator[Evidence]]], str]]:
    """Registers a probe that does what it is told to."""
    load()
    before = dict(PROBES)

    def register(function: Callable[[Files], Iterator[Evidence]]) -> str:
        PROBES["slow-one"] = Probe("slow-one", "Is it slow?", ("README.md",), function)
        return "slow-one"

    yield register
    PROBES.clear()
    PROBES.update(before)


def _spin(seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            sum(range(1000))
        except Exception:  # no boundary on the way holds it up
            continue


def test_a_slow_probe_is_left_out_by_name_and_the_rest_is_reported(
    repository: Path, slow: Callable[[Callable[[Files], Iterator[Evidence]]], str]
) -> None:
    def probe(files: Files) -> Iterator[Evidence]:
        _spin()
        yield from ()

    slow(probe)
    started = time.process_time()
    record = _audit(repository, May(10))
    assert time.process_time() - started < 40
    by_id = {r.probe: r for r in record.results}
    assert by_id["slow-one"].outcome == "unknown"
    assert by_id["slow-one"].reason == "the probe `slow-one` took longer than 2 s, its share of the time (--timeout)"
    assert by_id["slow-one"].reason in _told(record)
    assert by_id["dockerfile"].outcome == "found"


def test_the_time_of_the_whole_audit_ends(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.opened
    with allowed(May(1_000)) as allowance:  # over once the commit is open
        monkeypatch.setattr(pipeline, "opened", lambda found: (real(found), allowance.wait(-1_000))[0])
        record = _audit(repository)
    assert {r.outcome for r in record.results} == {"unknown"}
    assert "was not begun: the time of the audit was over (--timeout)" in _told(record)
    assert not [v for v in record.verdicts if v.label == "contradicted" and v.by == "probe"]


@pytest.mark.parametrize(
    ("verb", "seconds"),
    [("audit", 0.001), ("audit", 0.2), ("check", 0.001), ("judge", 0.001), ("judge", 0.2), ("batch", 0.001)],
)
def test_whoever_lets_the_time_run_out_does_not_pass_for_clean(
    verb: str, seconds: float, repository: Path, tmp_path: Path
) -> None:
    """Wherever it ends, what is left is told, no word is of a fault, and the exit code is not that of a clean report."""
    groups = tmp_path / "groups"
    groups.mkdir()
    (groups / "one").symlink_to(repository)
    arguments = {
        "audit": ["audit", str(repository)],
        "check": ["check", str(repository)],
        "judge": ["audit", str(repository), "--judge", f"batch:{tmp_path / 'd'}", "--model", "m"],
        "batch": ["batch", str(groups), "--out", str(tmp_path / "out"), "--workers", "1"],
    }[verb]
    command = [sys.executable, "-m", "auditor", *arguments, "--timeout", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stdout + done.stderr
    assert re.search(r"took longer than 0\.\d+ s|the time (?:of the audit )?was over", done.stdout + done.stderr)
    assert " fault " not in done.stdout + done.stderr


def test_a_check_has_the_same_limits(repository: Path) -> None:
    record = check(repository, PROFILE, may=May(0.001))
    assert "the time of the audit was over (--timeout)" in _told(record)


def test_a_slow_fact_is_computed_once() -> None:
    snapshot, tries = Snapshot({"a.md": "a"}), []

    def fact() -> int:
        tries.append(1)
        _spin()
        return 1

    with allowed(May(2)):
        for _ in range(3):
            with pytest.raises(LeftOut, match=r"the fact `slow` took longer than 0\.4 s"):
                snapshot.once("slow", fact)
    assert len(tries) == 1


def test_a_slow_file_costs_itself() -> None:
    snapshot = Snapshot({"a.py": "x = 1\n", "b.py": "y = 1\n"})
    with allowed(May(2)) as allowance, watching() as watch:
        assert snapshot.files["a.py"].parse("slow", lambda _: _spin(), lambda: None) is None
        assert python(snapshot.files["b.py"]) is not None
    assert [str(h) for h in watch.holes] == ["a.py: took longer than 0.2 s, its share of the time (--timeout)"]
    assert allowance.cut


def test_only_own_work_counts() -> None:
    def inner() -> str:
        _spin(0.3)
        return "in"

    def outer() -> list[str]:
        return [within("inner", limits.PIECE, inner) for _ in range(4)]

    with allowed(May(2.5)):  # half a second for each
        assert within("outer", limits.PIECE, outer) == ["in"] * 4


@pytest.mark.skipif("not __import__('sys').platform.startswith('linux')")
def test_too_much_memory_is_left_out_by_name() -> None:
    with allowed(May(30, 1_000)) as allowance:
        with pytest.raises(LeftOut, match=r"big took more memory than there is \(1,000 MB"):
            within("big", limits.PIECE, lambda: bytearray(4_000_000_000))
        assert within("small", limits.PIECE, lambda: len(bytearray(1_000_000))) == 1_000_000
    assert list(allowance.left_out) == ["big"]
    assert bytearray(1_000_000)


def test_what_is_no_piece_ends_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deadline, "GRACE", 0.2)
    with pytest.raises(UserError, match=r"^it took longer than 0.1 s \(--timeout\)$"), allowed(May(0.1)):
        _spin()


# -- the report --------------------------------------------------------------------------------------------------------


def test_claims_and_findings_have_limits(repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = build("overclaiming", tmp_path / "o")
    _set(monkeypatch, "CLAIMS", 3)
    _set(monkeypatch, "FINDINGS", 2)
    record = _audit(other)
    assert "claims only the first 3 claims of the answers are settled" in _told(record)
    assert len(record.findings) == 2
    assert "findings only the first 2 findings are kept" in _told(record)


def test_sentences_and_lines_have_limits(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "SENTENCES", 5)
    record = _audit(repository)
    assert "sentences only the first 5 sentences of the answers are read" in _told(record)
    _set(monkeypatch, "LINES", 150)
    record = _audit(repository)
    report = record.report
    assert "lines only the first 150 are read" in _told(record)
    assert all(i.line <= 150 for i in report.items)


def test_a_report_is_read_up_to_a_number_of_characters_in_whole_rows(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = _audit(repository).report
    _set(monkeypatch, "REPORT", len(whole.text))
    assert _audit(repository).report.text == whole.text  # as many are read
    _set(monkeypatch, "REPORT", len(whole.text) // 2)
    record = _audit(repository)
    report = record.report
    assert whole.text.startswith(report.text + "\n")
    assert len(whole.text) // 2 - 2_000 < len(report.text) <= len(whole.text) // 2
    assert 0 < len(report.questions) < len(whole.questions)
    assert f"only the first {report.text.count(chr(10)) + 1} are read" in _told(record)


def test_workflows_have_a_limit(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _set(monkeypatch, "WORKFLOWS", 1)
    text = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"
    _commit(repository, {f".github/workflows/zz{i}.yml": text for i in range(3)})
    record = _audit(repository)
    assert ".github/workflows/zz2.yml: is not read: there are more than 1 workflows" in _told(record)
    by_id = {r.probe: r for r in record.results}
    assert by_id["ci-runs-tests"].outcome in ("found", "unknown")


# -- growth ------------------------------------------------------------------------------------------------------------


def _many_tests(n: int) -> dict[str, str]:
    return {"tests/test_m.py": "class TestA:\n" + "".join(f"    def test_{i}(self):\n        assert 1\n" for i in range(n))}  # fmt: skip


def test_many_tests_of_one_class_are_counted() -> None:
    snapshot = Snapshot(_many_tests(4_000))
    started = time.process_time()
    assert len(collect(snapshot.select(("**/*.py",))).cases) == 4_000
    assert time.process_time() - started < 5


def test_lines_of_keys_are_looked_up() -> None:
    text = "[project]\ndependencies = [\n" + "".join(f'  "pkg{i}>=1",\n' for i in range(8_000)) + "]\n"
    file = _file("pyproject.toml", text)
    started = time.process_time()
    assert [toml_line(file, "project", "dependencies", f"pkg{i}") for i in range(8_000)] == list(range(3, 8_003))
    assert time.process_time() - started < 5


@pytest.mark.parametrize("ascii", [False, True], ids=["as it is", "escaped"])
def test_lines_of_notebooks_are_found(ascii: bool) -> None:
    code = [f"x{i} = 'é{i}'\n" for i in range(6_000)]
    book = {"cells": [{"cell_type": "code", "source": code, "outputs": []}], "metadata": {}}
    file = _file("n.ipynb", json.dumps(book, indent=1, ensure_ascii=ascii))
    started = time.process_time()
    module = python(file)
    assert module is not None
    for i in (0, 2_999, 5_999):
        assert f"x{i} = " in file.lines[module.tree.body[i].lineno - 1]
    assert time.process_time() - started < 10


@pytest.mark.parametrize("how", ["empty", "garbage", "missing"])
def test_a_folder_that_is_damaged_is_a_hole(repository: Path, how: str) -> None:
    tree = subprocess.run(
        ["git", "-C", str(repository), "rev-parse", "HEAD:src"], capture_output=True, text=True, check=True
    ).stdout.strip()
    file = repository / ".git" / "objects" / tree[:2] / tree[2:]
    for pack in (repository / ".git" / "objects" / "pack").glob("*.pack"):
        away = pack.rename(repository / ".git" / pack.name)
        with away.open("rb") as packed:
            subprocess.run(["git", "-C", str(repository), "unpack-objects", "-q"], stdin=packed, check=True)
    file.unlink()
    if how != "missing":
        file.write_bytes(b"" if how == "empty" else b"rubbish")
    record = _audit(repository)
    assert "src: cannot be read" in _told(record)
    assert not any(r.outcome == "absent" for r in record.results if r.probe in ("frontend", "model"))
