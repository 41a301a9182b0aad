"""What lies where a file is expected, and is none: pipes, devices, links, folders. Nobody waits, nothing is lost, one line says why."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from build_fixture import build
from test_repository import git
from typer.testing import CliRunner

from auditor import batch as many
from auditor import limits, regular
from auditor.cli import app
from auditor.decision_files import read as read_decisions
from auditor.decision_files import save
from auditor.decisions import load_decisions
from auditor.errors import UserError
from auditor.folder import Folder
from auditor.groups import read_groups
from auditor.judges import Settings, Store, Usage
from auditor.judges.batchfile import BatchFile, file_results
from auditor.judges.recorded import Recorded
from auditor.keeping import write_class
from auditor.locks import alone, if_free
from auditor.models import GroupEntry, Submission
from auditor.overview import Beside, load_class, load_entry, load_figures
from auditor.profile_files import load as load_profile
from auditor.stored import load_record
from auditor.view import opened as viewed
from auditor.whole import write_whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such files")


@pytest.fixture(autouse=True)
def at_once() -> Iterator[None]:
    """What waits fails."""

    def ring(*_: object) -> None:
        raise TimeoutError("it waits")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(100)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def run(*args: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, list(args))
    if isinstance(done.exception, UserError):
        return 2, "", f"{done.exception.message}\n{done.exception.hint}"
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout, done.stderr


def program(
    *args: str, cwd: Path | None = None, before: Callable[[], None] | None = None, **more: str
) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(Path(regular.__file__).parents[1]), **more}
    done = subprocess.run(
        [sys.executable, "-m", "auditor", *args],
        capture_output=True, text=True, timeout=90, env=environment, cwd=cwd, preexec_fn=before, check=False,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path) -> None:
    here = os.open(".", os.O_RDONLY)
    try:
        os.chdir(path.parent)  # an address of a socket is short
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.fchdir(here)
        os.close(here)


def _piped(path: Path) -> None:
    os.mkfifo(path.with_name("a pipe"))
    path.symlink_to("a pipe")


ODD: dict[str, Callable[[Path], None]] = {
    "a pipe": _pipe,
    "a socket": _socket,
    "a link to a pipe": _piped,
    "a link to nothing's device": lambda path: path.symlink_to("/dev/null"),
    "a link to an endless device": lambda path: path.symlink_to("/dev/zero"),
    "a link to a terminal": lambda path: path.symlink_to("/dev/tty"),
    "a link to itself": lambda path: path.symlink_to(path.name),
    "a link to nothing": lambda path: path.symlink_to("nothing"),
    "a folder": lambda path: path.mkdir(),
    "a link to a folder": lambda path: path.symlink_to(path.parent),
}
odd = pytest.mark.parametrize("make", ODD.values(), ids=ODD)


# -- the opener --------------------------------------------------------------------------------------------------------


@odd
@pytest.mark.parametrize("given", [False, True])
def test_what_is_no_file_is_refused_at_once(
    make: Callable[[Path], None], given: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regular, "PATIENCE", 0.01)
    make(tmp_path / "x")
    with pytest.raises(OSError) as raised:
        regular.read_bytes(tmp_path / "x", given=given)
    assert raised.value.strerror
    assert raised.value.filename == str(tmp_path / "x")


def test_a_file_is_read_and_what_is_too_large_is_not(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"a\r\nb\xc3\xa6")
    (tmp_path / "link").symlink_to(file)
    assert regular.read_text(tmp_path / "link") == "a\nbæ"
    small = limits.Limit(5, "bytes", "a test")
    with pytest.raises(OSError, match="larger than 5 bytes"):
        regular.read_bytes(file, small)
    with file.open("wb") as sparse:
        sparse.truncate(50_000_000_000)
    with pytest.raises(OSError, match="larger than"):
        regular.read_bytes(file)


def test_a_pipe_that_a_user_gives_is_read_where_somebody_writes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x")
    thread = threading.Thread(target=(tmp_path / "x").write_bytes, args=(b"0" * 300_000,))
    thread.start()
    assert len(regular.read_bytes(tmp_path / "x", given=True)) == 300_000
    thread.join()
    with pytest.raises(OSError, match="no regular file"):
        regular.read_bytes(tmp_path / "x")
    if Path("/dev/fd").exists():
        out, into = os.pipe()
        os.write(into, b"said")
        os.close(into)
        assert regular.read_bytes(Path(f"/dev/fd/{out}"), given=True) == b"said"
        os.close(out)


# -- what is given -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [_pipe, ODD["a link to an endless device"]], ids=["a pipe", "endless"])
def test_what_a_user_names_is_refused_in_one_line(
    make: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(regular, "PATIENCE", 0.01)
    given, folder = tmp_path / "x.toml", tmp_path / "o"
    make(given)
    folder.mkdir()
    (folder / "requests-1.jsonl").write_text(
        '{"custom_id": "ab", "body": {"model": "m", "messages": [], "response_format": {"json_schema": {"schema": {}}}}}\n'
    )
    reads: list[Callable[[], object]] = [
        lambda: load_record(given, given=True),
        lambda: load_decisions(given, given=True),
        lambda: load_profile(str(given)),
        lambda: read_groups(given, check_time=str, note=print),
        lambda: file_results(folder, [given]),
    ]
    for read in reads:
        with pytest.raises(
            UserError, match=r"x\.toml: cannot be read \((no regular file|a pipe that nobody writes to)\)"
        ):
            read()
    for args in (["render", str(given)], ["profile", "new", str(given)], ["eval", str(given)]):
        code, _, err = run(*args)
        assert (code, "cannot be read (" in err) == (2, True), args


# -- a class's folder --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def threads() -> Iterator[None]:
    """No processes, which take long to start."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(many, "processes", lambda workers, *_: ThreadPoolExecutor(workers))
        yield


@pytest.fixture(scope="module")
def batch(threads: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two groups, and the batch of it in `out`."""
    folder = tmp_path_factory.mktemp("class")
    for name in ("overclaiming", "consistent"):
        build(name, folder / "repos" / name)
    assert run("batch", str(folder / "repos"), "--out", str(folder / "out"), "--workers", "1")[0] == 1
    return folder


@pytest.fixture
def again(batch: Path, tmp_path: Path) -> Path:
    shutil.copytree(batch / "out", tmp_path / "out")
    return tmp_path / "out"


ALL = "2 audited, 0 failed; findings: "
PARTS = ("groups/overclaiming.json", "groups/overclaiming.html", "state/overclaiming.json", "summary.csv", "summary.json",
         "index.html", "gradebook.csv", "findings.csv", "groups/overclaiming.figures")  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["a pipe", "a link to nothing's device", "a link to an endless device", "a link to itself"]
)
def test_a_record_that_is_no_file_is_written_anew_in_its_place(kind: str, batch: Path, again: Path) -> None:
    for part in PARTS:
        (again / part).unlink(missing_ok=True)
        with contextlib.suppress(FileExistsError):
            ODD[kind](again / part)
    code, out, _ = run("batch", str(batch / "repos"), "--out", str(again), "--workers", "1")
    assert (code, ALL in out) == (1, True), out
    assert "overclaiming" in (again / "summary.csv").read_text()
    kept = [p for p in PARTS if not p.endswith("figures")]
    assert all((again / p).is_file() and not (again / p).is_symlink() for p in kept)
    assert run("batch", str(batch / "repos"), "--out", str(again), "--workers", "1")[0] == 1


def test_a_record_is_not_written_through_a_link(batch: Path, again: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("theirs")
    (again / "groups/overclaiming.json").unlink()
    (again / "groups/overclaiming.json").symlink_to(other)
    assert run("batch", str(batch / "repos"), "--out", str(again), "--workers", "1")[0] == 1
    assert other.read_text() == "theirs"
    assert not (again / "groups/overclaiming.json").is_symlink()


@pytest.mark.parametrize("part", ["groups/g.json", "groups/g.html", "state/g.json"])
def test_a_folder_in_the_place_of_a_file_is_told_as_that(part: str, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "out", ["html"])
    (folder.path / part).mkdir()
    (folder.path / part / "full").touch()
    with pytest.raises(UserError, match=f"{part}: cannot be written \\(a folder is in its place\\)") as raised:
        folder.write(GroupEntry(id="g", name="g", repo="x"), {"json": "1", "html": "2"})
    assert raised.value.hint == "take that folder away"


def test_what_cannot_be_read_back_counts_as_failed(batch: Path, again: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that drops what is written: here the group's record, after it was written."""
    write = Folder.write

    def dropping(self: Folder, entry: GroupEntry, files: dict[str, str]) -> None:
        write(self, entry, files)
        if entry.id == "overclaiming":
            (self.path / "groups" / "overclaiming.json").unlink()

    monkeypatch.setattr(Folder, "write", dropping)
    code, out, _ = run("batch", str(batch / "repos"), "--out", str(again), "--workers", "1", "--fresh")
    assert code == 2
    assert "1 audited, 1 failed; findings: " in out
    assert "overclaiming: what was written of it cannot be read back (groups/overclaiming.json is gone)" in out
    assert "overclaiming,failed" in (again / "summary.csv").read_text()


@odd
def test_decisions_that_are_no_file_are_told_and_stop_nobody(
    make: Callable[[Path], None], batch: Path, again: Path
) -> None:
    (again / "decisions").mkdir()
    make(again / "decisions" / "overclaiming.json")
    there = (again / "decisions" / "overclaiming.json").exists()
    told = "decisions/overclaiming.json: cannot be read ("
    code, out, err = run("batch", str(batch / "repos"), "--out", str(again), "--workers", "1")
    assert (code, ALL in out, told in err) == (1, True, there), err
    code, _, err = run("feedback", str(again))
    assert (code, told in err) == (0, there), err
    if there:
        with pytest.raises(UserError, match=r"overclaiming\.json: cannot be read"):
            read_decisions(again, "overclaiming")
        with pytest.raises(UserError, match=r"overclaiming\.json: cannot be read"):
            save(again, "overclaiming", "overclaiming", "", ())


@odd
def test_all_that_is_read_of_a_folder_is_opened_so(make: Callable[[Path], None], tmp_path: Path) -> None:
    out = Folder(tmp_path / "out").path
    for part in ("groups/g.json", "groups/g.figures", "state/g.json", "summary.json"):
        make(out / part)
        (out / part).with_name("a pipe").unlink(missing_ok=True)
    folder, said = Folder(out), list[str]()
    assert folder.finished(Submission(id="g", repo="x"))[0] is None
    assert load_entry(out, "g") is None
    assert load_figures(out, "g") == ()
    with pytest.raises(UserError, match=r"summary\.json: "):
        load_class(out)
    past = Beside(tmp_path / "new", out, said.append)
    assert past.past("g") is None
    assert len(said) == 1


@odd
def test_a_lock_that_is_no_file_is_never_opened(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "x.lock")
    with pytest.raises(UserError, match=r"x\.lock: cannot be written"), alone(tmp_path / "x.lock", "x"):
        pass
    with if_free(tmp_path / "x.lock") as free:
        assert not free
    (tmp_path / "decisions").mkdir()
    for name in (".lock", ".view"):
        make(tmp_path / "decisions" / name)
        (tmp_path / "decisions" / "a pipe").unlink(missing_ok=True)
    with pytest.raises(UserError, match="decisions: cannot be written"):
        save(tmp_path, "g", "g", "", ())
    with viewed(tmp_path) as said:
        assert "decisions: cannot be written" in said
    assert not (tmp_path / "nothing").exists()


@odd
def test_a_folder_of_answers_with_what_is_no_file(make: Callable[[Path], None], tmp_path: Path) -> None:
    make(tmp_path / "k.json")
    store = Store(tmp_path)
    assert store.get("k") is None
    if not (tmp_path / "k.json").is_dir() or (tmp_path / "k.json").is_symlink():
        store.put("k", "{}", Settings("m"), Usage())
        assert store.get("k") is not None
    (tmp_path / "a pipe").unlink(missing_ok=True)
    make(tmp_path / "judge.json")
    with pytest.raises(UserError, match=r"judge\.json: (cannot be read|missing)"):
        Recorded(tmp_path)
    (tmp_path / "judge.json").unlink() if not (tmp_path / "judge.json").is_dir() else None
    if not (tmp_path / "judge.json").exists():
        (tmp_path / "a pipe").unlink(missing_ok=True)
        make(tmp_path / "requests-001.jsonl")
        with pytest.raises((UserError, OSError)):
            file_results(tmp_path, [])
        BatchFile(tmp_path, "m")


def test_request_files_that_somebody_has_named(tmp_path: Path) -> None:
    (tmp_path / "requests-mine.jsonl").write_text("")
    BatchFile(tmp_path, "m").answer([])


def test_feedback_of_a_folder_without_groups_says_so(again: Path) -> None:
    summary = json.loads((again / "summary.json").read_text())
    (again / "summary.json").write_text(json.dumps(summary | {"groups": []}))
    code, _, err = run("feedback", str(again))
    assert (code, "out: no group is in it" in err) == (2, True)


def test_a_group_that_cannot_be_read_stays_in_the_tables(again: Path) -> None:
    """They are written anew while people decide, and what is no longer in them would be lost."""
    for part in ("state/overclaiming.json", "groups/consistent.json"):
        (again / part).unlink()
        os.mkfifo(again / part)
    said = list[str]()
    write_class(again, said.append)
    assert said[0] == "overclaiming: not finished, or of another version; run `auditor batch` again"
    assert "overclaiming,failed" in (again / "summary.csv").read_text()
    assert [g["id"] for g in json.loads((again / "summary.json").read_text())["groups"]] == [
        "consistent",
        "overclaiming",
    ]
    code, _, err = run("feedback", str(again), "--group", "overclaiming")
    assert "overclaiming: not audited, so nothing is written" in err
    code, _, err = run("feedback", str(again))
    assert (code, "consistent.json: cannot be read (no regular file)" in err) == (2, True)


# -- git's own files ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("consistent", tmp_path_factory.mktemp("git") / "repo")


@pytest.fixture
def repo(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "repo")
    return tmp_path / "repo"


@pytest.mark.parametrize("kind", ["a pipe", "a link to an endless device"])
@pytest.mark.parametrize("part", ["config", "index", "packed-refs", "shallow", "info/grafts", "info/exclude", "refs/heads/x",
                                  "refs/remotes/origin/HEAD", "objects/info/alternates", "objects/pack/pack-1.idx", "objects/12/34"])  # fmt: skip
def test_gits_files_are_looked_at_before_git_is_asked(part: str, kind: str, repo: Path) -> None:
    file = repo / ".git" / part
    file.parent.mkdir(parents=True, exist_ok=True)
    file.unlink(missing_ok=True)
    ODD[kind](file)
    for args in (["audit", str(repo)], ["check", str(repo)], ["audit", f"file://{repo}"]):
        code, _, err = run(*args)
        assert code == 2
        assert part in err
        assert "no regular file" in err
        assert len(err.strip().split("\n")) == 2


def test_many_of_gits_files_are_told_in_a_few_words(repo: Path) -> None:
    for n in range(50):
        os.mkfifo(repo / ".git/refs/heads" / str(n))
    assert " and 47 more are no regular files" in run("audit", str(repo))[2]


@pytest.mark.parametrize("kind", ["a link to itself", "a link to nothing"])
def test_a_ref_that_leads_nowhere_stops_nothing(kind: str, repo: Path) -> None:
    ODD[kind](repo / ".git/refs/heads/x")
    assert run("audit", str(repo), "--exit-zero")[0] == 0


@pytest.mark.parametrize("kind", ["a pipe", "a socket", "a link to a pipe", "a link to an endless device"])
@pytest.mark.parametrize("folder", ["", "src/deep"])
def test_an_ignore_file_that_is_none_is_named(folder: str, kind: str, repo: Path) -> None:
    (repo / folder).mkdir(parents=True, exist_ok=True)
    (repo / folder / ".gitignore").unlink(missing_ok=True)
    ODD[kind](repo / folder / ".gitignore")
    code, _, err = run("check", str(repo))
    assert (code, f"{folder}/.gitignore".lstrip("/") + " is no regular file" in err) == (2, True)
    assert run("audit", str(repo), "--exit-zero")[0] == 0, "the commit is what it was"


@pytest.mark.parametrize(
    ("size", "said"), [(0, "smaller than"), (31, "smaller than"), (100, "bad index file"), (-1, "bad index file")]
)
def test_a_damaged_index_is_told_as_that(size: int, said: str, repo: Path) -> None:
    """Of one that was cut git reads what is left as it comes: `.` for a submodule, and all files for new ones."""
    index = repo / ".git" / "index"
    index.write_bytes(index.read_bytes()[:size])
    code, _, err = run("check", str(repo))
    assert (code, said in err, "git reset" in err) == (2, True, True), err
    assert run("audit", str(repo), "--exit-zero")[0] == 0, "the commit is what it was"


def test_an_index_without_a_sum_and_none_are_as_good(repo: Path) -> None:
    index = repo / ".git" / "index"
    index.write_bytes(index.read_bytes()[:-20] + bytes(20))
    assert run("check", str(repo), "--exit-zero")[0] == 0
    git(repo, "config", "index.version", "4")
    git(repo, "update-index", "--split-index", "--force-write-index")
    assert run("check", str(repo), "--exit-zero")[0] == 0
    index.unlink()
    assert run("check", str(repo), "--exit-zero")[0] == 0


@pytest.mark.parametrize("mode", ["160000", "120000", "100644"])
def test_a_report_that_the_commit_has_no_lines_of(mode: str, repo: Path) -> None:
    """A submodule, a link, a binary file: on disk it is a report all the same, and all its lines are new."""
    sha = "1" * 40
    if mode != "160000":
        (repo / "x").write_bytes(b"../nothing.md" if mode == "120000" else bytes(range(256)) * 20)
        sha = git(repo, "hash-object", "-w", "x").strip()
        (repo / "x").unlink()
    git(repo, "rm", "-q", "--cached", "reports/README.md")
    git(repo, "update-index", "--add", "--cacheinfo", f"{mode},{sha},reports/README.md")
    git(repo, "commit", "-q", "-m", "x")
    code, out, _ = run("check", str(repo), "--exit-zero")
    assert (code, "supported" in out) == (0, True)


# -- the cache ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["auditor.json", "config", "HEAD", "packed-refs"])
def test_a_clone_with_what_is_no_file_is_made_anew(
    part: str, made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    assert run("audit", f"file://{made}", "--exit-zero")[0] == 0
    (clone,) = (p for p in (tmp_path / "cache").iterdir() if p.is_dir())
    (clone / part).unlink(missing_ok=True)
    os.mkfifo(clone / part)
    assert run("audit", f"file://{made}", "--exit-zero")[0] == 0


# -- which git is run --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [":.:bin:{path}", "{path}::."])
def test_a_git_of_the_audited_folder_is_never_run(path: str, repo: Path, tmp_path: Path) -> None:
    for folder in (repo, repo / "bin"):
        folder.mkdir(exist_ok=True)
        (folder / "git").write_text(f'#!/bin/sh\ntouch "{tmp_path}/run"\n')
        (folder / "git").chmod(0o755)
    where = path.format(path=Path(shutil.which("git") or "").parent)
    for args in (["check", "--exit-zero"], ["audit", f"file://{repo}", "--exit-zero"]):
        code, said = program(*args, cwd=repo, PATH=where, AUDITOR_CACHE=str(tmp_path / "cache"))
        assert code == 0, said
    assert not (tmp_path / "run").exists()
    assert "git is not installed" in program("check", cwd=repo, PATH=".:bin:")[1]


@pytest.mark.parametrize("says", ["echo nonsense", "exit 0", "echo git version 1.8.0"])
def test_what_is_no_git_is_told_as_that(says: str, repo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "git").write_text(f"#!/bin/sh\n{says}\n")
    (tmp_path / "bin" / "git").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("AUDITOR_CACHE", str(tmp_path / "cache"))
    for args in (["audit", str(repo)], ["check", str(repo)], ["audit", f"file://{repo}"]):
        code, _, err = run(*args)
        assert (code, "bin/git: does not answer as git does" in err) == (2, True), err


# -- settings ----------------------------------------------------------------------------------------------------------

DEEP = {
    "brackets": "a = " + "[" * 5_000,
    "closed brackets": "a = " + "[" * 5_000 + "]" * 5_000,
    "tables": "a = " + "{b = " * 5_000,
    "parts of a key": ".".join("a" * 20_000) + " = 1",
    "parts of a table's name": "[" + ".".join("a" * 20_000) + "]",
}


@pytest.mark.parametrize("text", DEEP.values(), ids=DEEP)
def test_settings_and_profiles_are_measured_before_they_are_parsed(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.toml").write_text(text)
    code, out, _ = run("profile", "check", "p.toml")
    assert (code, "p.toml:1: not TOML: deeper than 100 levels" in out) == (2, True), out[:200]
    (tmp_path / "auditor.toml").write_text(text)
    code, _, err = run("config")
    assert (code, "auditor.toml: cannot be read (deeper than 100 levels" in err) == (2, True), err[:200]


def test_settings_and_profiles_of_gigabytes_are_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("auditor.toml", "p.toml"):
        with (tmp_path / name).open("wb") as sparse:
            sparse.truncate(2_000_000_000)
    assert "cannot be read (larger than 1,000,000 bytes" in run("config")[2]
    (tmp_path / "auditor.toml").unlink()
    assert "cannot be read (larger than 1,000,000 bytes" in run("profile", "check", "p.toml")[2]
    os.mkfifo(tmp_path / "auditor.toml")
    assert run("config")[0] == 0


# -- a library that ends the process -----------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="addresses are limited on Linux")
def test_without_room_for_the_parser_of_dockerfiles_they_are_holes(batch: Path) -> None:
    import resource

    def little() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))

    code, said = program("audit", str(batch / "repos" / "overclaiming"), "--exit-zero", before=little)
    assert (code, "goroutine" in said, "its parser takes 1,200,000,000 bytes" in " ".join(said.split())) == (
        0,
        False,
        True,
    )


def test_writing_through_nothing(tmp_path: Path) -> None:
    for n, make in enumerate(ODD.values()):
        folder = tmp_path / str(n)
        folder.mkdir()
        make(folder / "x")
        if (folder / "x").is_dir() and not (folder / "x").is_symlink():
            continue
        write_whole(folder / "x", "here")
        assert ((folder / "x").read_text(), (folder / "x").is_symlink()) == ("here", False)
