"""How the command ends: one line and the right exit code, whatever goes wrong."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from build_fixture import build

from auditor import ending, errors
from auditor.boundary import attempt
from auditor.deadline import LeftOut
from auditor.errors import Stopped, UserError
from auditor.pipeline import moment
from auditor.repository import GitError
from auditor.snapshot import File

AUDITOR = f"{sys.executable} -m auditor"


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("overclaiming", tmp_path_factory.mktemp("ending") / "repo")


def shell(command: str, cwd: Path, **env: str) -> tuple[int, str]:
    """The exit code of a shell's command, and what it said on standard error."""
    environment = {
        **os.environ,
        "AUDITOR_CACHE": str(cwd / "cache"),
        "PYTHONPATH": str(Path(ending.__file__).parents[1]),
    }
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=cwd,
        env=environment | env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("command", "code", "word"),
    [
        ("{a} probes > /dev/full", 3, "standard output: No space left"),
        ("{a} --help > /dev/full", 3, "standard output: No space left"),
        ("{a} schema >&-", 3, "standard output: it is closed"),
        ("{a} schema >&- 2>&-", 3, ""),
        ("{a} schema | true; exit ${{PIPESTATUS[0]}}", 3, "standard output: Broken pipe"),
        ("{a} check --only form > /dev/full", 3, "standard output: No space left"),
        ("{a} probes nothing", 2, "no probe, kind of claim or rule is called"),
        ("{a} audit $(printf 'a%.0s' {{1..5000}})", 2, "give a checkout"),
        ("PATH=/nonexistent {a} audit file:///nowhere", 2, "git is not installed"),
        ("printf 'group,repo\\ng1,file:///x\\n' > c.csv; PATH=/nonexistent {a} batch c.csv --out o", 2, "git is not installed"),
        ("printf 'group,repo\\ng1,%05000d\\n' 1 > c.csv; {a} batch c.csv --out o", 2, "line 2: 000"),
        ("printf 'group,repo,before\\ng1,.,0001-01-01\\n' > c.csv; {a} batch c.csv --out o", 2, "line 2: before 0001-01-01: not a time"),
        ("mkdir gone; cd gone; rmdir ../gone; {a} check", 2, "no longer there"),
        ("mkdir gone; cd gone; rmdir ../gone; {a} audit .", 2, ""),
        ("git init -q i; echo '# a' > i/README.md; echo rubbish-rubbish > i/.git/index; {a} check i", 2, "auditor: "),
    ],
)  # fmt: skip
def test_one_line_and_the_right_code(command: str, code: int, word: str, tmp_path: Path) -> None:
    found, said = shell(command.format(a=AUDITOR), tmp_path)
    assert found == code or (word == "standard output: No space left" and "check" in command), said
    assert word in said or "check" in command
    assert len(said.splitlines()) <= 2


def test_an_audit_that_nobody_reads_to_its_end(repo: Path, tmp_path: Path) -> None:
    assert shell(f"{AUDITOR} audit {repo} | true; exit ${{PIPESTATUS[0]}}", tmp_path)[0] == 3
    assert shell(f"{AUDITOR} audit {repo} --output x.txt >&-", tmp_path)[0] == 1  # nothing was to be printed


def _verdict(record: dict) -> None:  # type: ignore[type-arg]
    record["findings"][0]["verdict"] = "V999"


def _evidence(record: dict) -> None:  # type: ignore[type-arg]
    for verdict in record["verdicts"]:
        for citation in verdict["citations"]:
            citation["evidence"] = "E999"


def _rule(record: dict) -> None:  # type: ignore[type-arg]
    record["findings"][0]["rule"] = "no-such-rule"


def test_a_record_whose_ids_lead_nowhere_is_no_record(repo: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole.json"
    shell(f"{AUDITOR} audit {repo} --format json --output {whole}", tmp_path)
    from auditor.stored import load_record

    load_record(whole)
    spoilers: list[Callable[[dict], None]] = [_verdict, _evidence, _rule]  # type: ignore[type-arg]
    for spoil in spoilers:
        record = json.loads(whole.read_text(encoding="utf-8"))
        spoil(record)
        (tmp_path / "odd.json").write_text(json.dumps(record), encoding="utf-8")
        with pytest.raises(UserError, match="not a whole record"):
            load_record(tmp_path / "odd.json")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (GitError("fatal: bad object abc"), "git: bad object abc"),
        (PermissionError(13, "Permission denied", "/x"), "/x: Permission denied"),
        (MemoryError(), "not enough memory"),
        (KeyError("V9"), "a fault of auditor (KeyError: 'V9')"),
        (RecursionError("x" * 900), f"a fault of auditor (RecursionError: {'x' * 200}...)"),
        (RecursionError("x" * 200), f"a fault of auditor (RecursionError: {'x' * 200})"),
        (GitError("warning: odd\nfatal: first\nfatal: second\nhint: x"), "auditor: git: second\n"),
        (GitError("odd\nat its end"), "git: at its end"),
        (GitError(""), "git: failed without a word"),
        (OSError("no number"), "auditor: no number"),
        (OSError(28, "No space left on device"), "auditor: No space left on device"),
        (UserError("one\ntwo\x1b[31m", "do \x1b[0m this"), "auditor: one\nauditor: two"),
    ],
)
def test_whatever_is_left_is_a_line(error: Exception, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    def fails() -> None:
        raise error

    for debug in (False, True):
        out = sys.stdout
        try:
            with pytest.raises(SystemExit) as ended:
                ending.run(fails, debug)
        finally:
            sys.stdout = out
        assert ended.value.code == 2
        told = capsys.readouterr().err
        assert said in told
        assert "\x1b" not in told
        assert ("Traceback" in told) is debug


@pytest.mark.parametrize(
    ("error", "hint"),
    [
        (GitError("fatal: x"), "  hint: see whether git can read the repository: git fsck\n"),
        (KeyError("x"), "  hint: --debug before the command shows where; please report it\n"),
        (UserError("x", "do this"), "  hint: do this\n"),
        (UserError("x"), ""),
        (MemoryError(), ""),
        (OSError(28, "No space left on device"), ""),
    ],
)
def test_what_to_do_next_is_said_where_there_is_something(
    error: Exception, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(lambda: _raise(error)) == 2
    assert capsys.readouterr().err.partition("\n")[2] == hint


def ended(command: Callable[[], object]) -> object:
    """The code that the process would end with."""
    out = sys.stdout
    try:
        with pytest.raises(SystemExit) as end:
            ending.run(command, False)
    finally:
        sys.stdout = out
    return end.value.code


def _raise(error: BaseException) -> None:
    raise error


def test_each_way_to_end_has_its_code(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: sys.exit(1)) == 1
    assert ended(lambda: _raise(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err == ""
    soon: list[int] = []
    monkeypatch.setattr("auditor.stopping.end_soon", soon.append)
    out = sys.stdout
    ending.run(lambda: _raise(Stopped("stopped", "go on")), False)
    sys.stdout = out
    assert soon == [2]
    assert capsys.readouterr().err == "auditor: stopped\n  hint: go on\n"


@pytest.mark.parametrize(
    ("fails", "says"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (ValueError("I/O operation on closed file."), "I/O operation on closed file."),
        (None, "it is closed"),
    ],
)
@pytest.mark.parametrize("when", ["write", "flush"])
def test_output_that_cannot_be_written_is_told(
    when: str, fails: Exception | None, says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def write(self, text: str) -> int:
            return _raise(fails) or 0 if fails and when == "write" else len(text)

        def flush(self) -> None:
            if fails and when == "flush":
                raise fails

    monkeypatch.setattr(ending, "_to_nothing", lambda: None)
    monkeypatch.setattr(sys, "stdout", Full() if fails else None)
    code = ended(lambda: print("x"))
    told = capsys.readouterr().err
    assert code == ending.UNWRITTEN == 3
    assert told == f"auditor: standard output: {says}; what was to be written is not there whole\n"


def test_a_folder_that_is_gone_is_told_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    assert ending.words(FileNotFoundError(2, "No such file or directory")) == ("No such file or directory", "")
    (tmp_path / "gone").rmdir()
    gone = "the folder that this runs in is no longer there", "go to one that is"
    assert ending.words(FileNotFoundError(2, "No such file or directory")) == gone
    named = FileNotFoundError(2, "No such file or directory", "x.txt")
    assert ending.words(named) == ("x.txt: No such file or directory", "")


def test_streams_that_the_caller_closed_are_opened_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[tuple[object, ...]] = []

    def fstat(number: int) -> None:
        if number != 1:
            raise OSError(9, "Bad file descriptor")

    def opens(*given: object) -> int:
        opened.append(given)
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdin", None)
        patch.setattr(sys, "stderr", None)
        patch.setattr(os, "fstat", fstat)
        patch.setattr(os, "open", opens)
        patch.setattr("builtins.open", lambda *_, **__: io.StringIO())
        patch.setattr(sys, "stdout", io.StringIO())
        ending.run(lambda: None, False)
        assert isinstance(sys.stdin, io.StringIO)
        assert isinstance(sys.stderr, io.StringIO)
    assert opened == [(os.devnull, os.O_RDWR)] * 2


def test_what_is_held_back_goes_nowhere(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    done: list[tuple[object, ...]] = []
    with monkeypatch.context() as patch:
        patch.setattr(os, "open", lambda *given: (done.append(("open", *given)), 99)[1])
        patch.setattr(os, "dup2", lambda *given: done.append(("dup2", *given)))
        patch.setattr(os, "close", lambda *given: done.append(("close", *given)))
        assert ended(lambda: _raise(ending.Unwritten("it is closed"))) == 3
    assert done == [("open", os.devnull, os.O_WRONLY), ("dup2", 99, 1), ("close", 99)]


def test_a_reason_is_the_systems_words_alone() -> None:
    assert errors.reason(PermissionError(13, "Permission denied", "/x")) == "Permission denied"
    assert errors.reason(ValueError("odd")) == "odd"
    assert errors.reason(OSError("no number")) == "no number"
    error = UserError("what", "do this", "do that")
    assert (str(error), error.message, error.hint, error.listed) == ("what", "what", "do this", "do that")
    assert (UserError("what").hint, UserError("what").listed) == ("", "")


def test_no_message_is_without_end(capsys: pytest.CaptureFixture[str]) -> None:
    assert ended(lambda: _raise(UserError("m" * 2_000, "h" * 2_000))) == 2
    assert capsys.readouterr().err == f"auditor: {'m' * 1000}\n  hint: {'h' * 1000}\n"


def test_output_is_asked_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    class Screen(io.StringIO):
        def isatty(self) -> bool:
            return True

    for stream, is_screen in ((Screen(), True), (io.StringIO(), False), (None, False)):
        monkeypatch.setattr(sys, "stdout", stream)
        ending.run(lambda: seen.append(sys.stdout.isatty()), False)
        assert seen[-1] is is_screen
    monkeypatch.setattr(sys, "stdout", said := io.StringIO())
    ending.run(lambda: sys.stdout.writelines([str(sys.stdout.write("ab")), "c"]), False)
    assert said.getvalue() == "ab2c"


def test_a_file_that_makes_code_fail_is_put_aside() -> None:
    files = [File(p, p, 1, lambda: b"x") for p in ("a", "b", "c")]

    def work() -> list[str]:
        made = []
        for file in files:
            if not file.why_skipped:
                made.append(file.text)
                assert file.path != "b"
        return made

    assert attempt(work, "work") == (["x", "x"], "")
    assert files[1].why_skipped == "could not be made sense of (AssertionError)"
    with pytest.raises(Exception, match="could not be made sense of"):
        files[1].text  # noqa: B018


def test_a_slip_in_the_program_passes_every_boundary_in_tests_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def slips() -> None:
        raise NameError("nmae")

    with pytest.raises(NameError):
        attempt(slips, "work")
    monkeypatch.setattr(errors, "PASSED", ())
    assert attempt(slips, "work") == (None, "work failed: NameError: nmae")


def test_no_file_is_put_aside_where_that_does_not_help() -> None:
    file = File("a", "a", 1, lambda: b"x")

    def work() -> None:
        held = file
        raise KeyError(held.path)

    assert attempt(work, "work") == (None, "work failed: KeyError: 'a'")
    assert file.text == "x"


@pytest.mark.parametrize(("bad", "lost"), [("abc", True), ("abcd", False)])
def test_a_piece_of_work_may_lose_three_files_and_no_more(bad: str, lost: bool) -> None:
    files = [File(p, p, 1, lambda: b"x") for p in "abcdef"]

    def work() -> list[str]:
        made = []
        for file in files:
            if not file.why_skipped:
                made.append(file.path)
                if file.path in bad:
                    raise ValueError(file.path)
        return made

    if lost:
        assert attempt(work, "work", "the work") == (["d", "e", "f"], "")
        assert [bool(f.why_skipped) for f in files] == [True] * 3 + [False] * 3
    else:
        assert attempt(work, "work", "the work") == (None, "the work failed: ValueError: d")
        assert [f.text for f in files] == ["x"] * 6  # all of them are there for the others


def test_the_file_in_hand_is_the_one_nearest_to_the_failure() -> None:
    outer, inner, skipped = (File(p, p, 1, lambda: b"x") for p in "abc")

    def reads(file: File) -> None:
        held = file
        raise ValueError(held.path)

    def work() -> str:
        first, last = outer, inner
        if not last.why_skipped:
            reads(last)
        return first.text

    assert attempt(work, "work") == ("x", "")
    assert (outer.why_skipped, inner.why_skipped) == ("", "could not be made sense of (ValueError)")
    skipped.put_aside("too large")
    assert attempt(lambda: reads(skipped), "work") == (None, "work failed: ValueError: c")
    assert skipped.why_skipped == "too large"  # as it was


def test_work_that_is_left_out_says_so_and_loses_no_file() -> None:
    file = File("a", "a", 1, lambda: b"x")

    def work() -> None:
        held = file
        raise LeftOut(held.path, "took longer than 2 s")

    assert attempt(work, "work", "the work") == (None, "a took longer than 2 s")
    assert file.text == "x"


def test_times_that_no_calendar_has() -> None:
    for text in ("0001-01-01", "20000-01-01", "soon", ""):
        with pytest.raises(UserError):
            moment(text)


@pytest.mark.parametrize("text", ["2026-01-23", "20260123", "2026-W04-5"])
def test_a_date_alone_is_the_end_of_that_day(text: str) -> None:
    assert moment(text).strftime("%Y-%m-%d %H:%M:%S") == "2026-01-23 23:59:59"


def test_git_gives_its_own_reason(repo: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", "--bare", repo, tmp_path / "b.git"], check=True)
    subprocess.run(["git", "-C", tmp_path / "b.git", "config", "uploadpack.allowFilter", "true"], check=True)
    for kind in ("blob:none", "tree:0"):
        into = tmp_path / kind.replace(":", "")
        subprocess.run(
            ["git", "clone", "-q", "--bare", f"--filter={kind}", f"file://{tmp_path}/b.git", into], check=True
        )
        code, said = shell(f"{AUDITOR} audit {into}", tmp_path)
        assert code in (1, 2)
        assert len(said.splitlines()) <= 2, said


def test_refs_and_dates_that_no_line_and_no_calendar_has(repo: Path, tmp_path: Path) -> None:
    subprocess.run(["git", "clone", "-q", repo, tmp_path / "r"], check=True)
    for mark in ("\u2028", "\u2029", "\u0085"):
        subprocess.run(["git", "-C", tmp_path / "r", "branch", f"f{mark}x"], check=True)
    assert shell(f"{AUDITOR} audit r", tmp_path)[0] == 1
    tree_ = subprocess.run(
        ["git", "-C", tmp_path / "r", "rev-parse", "HEAD^{tree}"], check=True, capture_output=True, text=True
    ).stdout.strip()
    who = "A <a@example.org> 568971820800 +0000"
    raw = f"tree {tree_}\nauthor {who}\ncommitter {who}\n\nlate\n"
    write = ["git", "-C", tmp_path / "r", "hash-object", "-t", "commit", "-w", "--literally", "--stdin"]
    late = subprocess.run(write, input=raw, check=True, capture_output=True, text=True).stdout.strip()
    subprocess.run(["git", "-C", tmp_path / "r", "update-ref", "HEAD", late], check=True)
    code, said = shell(f"{AUDITOR} audit r --before 2026-01-01", tmp_path)
    assert code == 2
    assert "no commit before" in said
