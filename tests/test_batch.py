"""A whole class: faults become records, finished work is kept, and the output says it all."""

import csv
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from build_fixture import NAMES, build, git
from conftest import EARNED
from test_verify import NOTHING

from auditor import batch, pipeline, profile_files
from auditor.batch import Terms, audit_many, run
from auditor.errors import UserError
from auditor.folder import Folder
from auditor.judges import Answer, NoJudge, Request
from auditor.models import AuditRecord, JudgeInfo, Submission
from auditor.profile import load_profile

ENV = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")} | {"NO_COLOR": "1", "COLUMNS": "100"}
profile_files.earned, without = EARNED, profile_files.earned  # as processes have it that are compared with
profile_files._load.cache_clear()
PROFILE = load_profile()
profile_files.earned = without
profile_files._load.cache_clear()


def auditor(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "auditor", *map(str, arguments)],
        capture_output=True,
        text=True,
        env=ENV | more,
        check=False,
    )


@pytest.fixture(scope="module")
def repos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("class")
    for name in NAMES:
        build(name, folder / name)
    return folder


def contents(out: Path) -> dict[str, str]:
    """Everything that a batch has written, times and what is made of them aside."""
    found = {
        p.relative_to(out).as_posix(): p.read_text(encoding="utf-8") for p in sorted(out.rglob("*")) if p.is_file()
    }
    return {
        name: re.sub(
            r'"(started|seconds|judge_seconds)": [^\n]*|"\d+ [0-9a-f]{64}"|on [\d-]{10} \d\d:\d\d UTC', "", text
        )
        for name, text in found.items()
    }


def made(out: Path, name: str) -> AuditRecord:
    return AuditRecord.model_validate_json((out / "groups" / f"{name}.json").read_bytes())


def test_a_class_with_all_that_can_go_wrong(repos: Path, tmp_path: Path) -> None:
    plain, empty = tmp_path / "plain", tmp_path / "empty"
    plain.mkdir()
    empty.mkdir()
    git(empty, "init", "-q")
    rows = [(name, repos / name) for name in NAMES]
    rows += [("plain", plain), ("empty", empty), ("gone", tmp_path / "gone")]
    rows += [("unreachable", f"file://{tmp_path}/nothing")]
    listed = tmp_path / "groups.csv"
    listed.write_text("group_number,student_1,repo_url\n" + "".join(f"{g},Secret Name,{r}\n" for g, r in rows))
    out = tmp_path / "out"
    done = auditor("batch", listed, "--out", out, "--workers", "2", AUDITOR_CACHE=str(tmp_path / "cache"))
    assert done.returncode == 2, done.stderr
    assert "5 audited, 4 failed" in done.stdout
    assert done.stderr.count("\n") == len(rows)  # piped: one line each
    schema = AuditRecord.model_json_schema()
    for group, _ in rows:
        jsonschema.validate(json.loads((out / "groups" / f"{group}.json").read_text()), schema)
    for group in ("plain", "empty", "gone", "unreachable"):
        record = made(out, group)
        assert record.error
        assert record.report.path == ""
        assert not (out / "groups" / f"{group}.html").exists()
        assert f"{group}: {record.error}" in done.stdout
    for name in NAMES:
        alone = pipeline.audit(Submission(id=name, repo=str(repos / name)), PROFILE)
        assert made(out, name).model_copy(update={"times": alone.times}) == alone
        assert (out / "groups" / f"{name}.html").read_text(encoding="utf-8").startswith("<!")
    assert "Secret Name" not in "".join(contents(out).values()) + done.stdout + done.stderr
    with (out / "summary.csv").open(newline="") as file:
        table = {row["group"]: row for row in csv.DictReader(file)}
    assert list(table) == [g for g, _ in rows]
    assert table["gone"]["status"] == "failed"
    assert table["consistent"]["errors"] == "0"
    assert int(table["consistent"]["commits"]) > 1
    assert table["consistent"]["answered"] == "31"
    summary = json.loads((out / "summary.json").read_text())
    assert [f["group"] for f in summary["failed"]] == ["plain", "empty", "gone", "unreachable"]
    assert sum(map(sum, summary["activity"])) == sum(int(row["commits"]) for row in table.values())
    # a record with an error is one line, and no success
    shown = auditor("render", out / "groups" / "gone.json")
    assert (shown.returncode, shown.stdout.count("\n")) == (0, 1)
    assert "not audited" in shown.stdout


def test_exit_codes_are_those_of_an_audit(repos: Path, tmp_path: Path) -> None:
    def code(name: str, *more: str) -> int:
        listed = tmp_path / f"{name}.csv"
        listed.write_text(f"group,repo\n1,{repos / name}\n")
        return auditor("batch", listed, "--out", tmp_path / name, "--workers", "1", *more).returncode

    assert code("consistent") == 0
    assert code("overclaiming") == 1
    assert code("overclaiming", "--exit-zero") == 0
    assert code("overclaiming", "--fail-on", "never") == 0
    (tmp_path / "bad.csv").write_text("group,repo\n1,\n,x\n")
    bad = auditor("batch", tmp_path / "bad.csv", "--out", tmp_path / "bad")
    assert bad.returncode == 2
    assert bad.stderr.count("auditor: ") == 2
    assert not (tmp_path / "bad").exists()


def everything(
    repos: Path, out: Path, *, fresh: bool = False, formats: tuple[str, ...] = (), names: tuple[str, ...] = NAMES
) -> list[batch.Done]:
    told: list[batch.Done] = []
    submissions = [Submission(id=n, repo=str(repos / n)) for n in names]
    run(
        submissions,
        PROFILE,
        NoJudge(),
        Folder(out, formats),
        Terms.of(PROFILE, NoJudge(), formats),
        workers=2,
        make=ThreadPoolExecutor,
        fresh=fresh,
        tell=told.append,
    )
    return told


def test_only_what_changed_is_audited_again(tmp_path: Path) -> None:
    for name in ("consistent", "overclaiming"):
        build(name, tmp_path / name)
    out, names = tmp_path / "out", ("consistent", "overclaiming")

    def redone(**more: object) -> set[str]:
        return {d.submission.id for d in everything(tmp_path, out, names=names, **more) if d.entry}  # type: ignore[arg-type]

    assert redone() == set(names)
    before = contents(out)
    assert redone() == set()
    assert contents(out) == before
    assert redone(fresh=True) == set(names)
    assert contents(out) == before
    ada = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")
    git(tmp_path / "consistent", *ada, "commit", "-q", "--allow-empty", "-m", "More")
    assert redone() == {"consistent"}
    (out / "groups" / "overclaiming.json").unlink()
    assert redone() == {"overclaiming"}
    (out / "state" / "overclaiming.json").write_text("{")
    assert redone() == {"overclaiming"}
    assert redone(formats=("markdown",)) == set(names)
    assert (out / "groups" / "consistent.md").is_file()


@pytest.fixture(scope="module")
def whole(repos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole")
    assert auditor("batch", repos, "--out", out, "--workers", "2").returncode == 1
    return out


@pytest.mark.parametrize("seed", range(2))
def test_a_killed_run_goes_on(repos: Path, whole: Path, tmp_path: Path, seed: int) -> None:
    """`tests/benchmark_batch.py kill` does this ten times over."""
    out = tmp_path / "out"
    wait = random.Random(seed).uniform(0.8, 2.5)
    process = subprocess.Popen(
        [sys.executable, "-m", "auditor", "batch", str(repos), "--out", str(out), "--workers", "2"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=ENV,
    )
    time.sleep(wait)
    process.kill()
    process.wait()
    finished = {p.stem: (out / "groups" / f"{p.stem}.json").read_bytes() for p in out.glob("state/*.json")}
    again = auditor("batch", repos, "--out", out, "--workers", "2")
    assert again.returncode == 1, again.stderr
    assert again.stderr.count("unchanged") == len(finished)
    assert contents(out) == contents(whole)
    for name, data in finished.items():  # with their times: they were not audited twice
        assert (out / "groups" / f"{name}.json").read_bytes() == data


def test_a_record_that_is_not_as_it_was_written_is_made_again_and_said(
    repos: Path, whole: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(whole, out)
    (out / "groups" / "consistent.json").write_text("")
    (out / "groups" / "index.html.part").write_text("left by a run that was killed")
    again = auditor("batch", repos, "--out", out, "--workers", "2")
    assert again.returncode == 1, again.stderr
    assert "consistent: groups/consistent.json is empty; audited again" in again.stderr
    assert again.stderr.count("unchanged") == len(NAMES) - 1
    assert contents(out) == contents(whole)


@pytest.mark.parametrize("how", ["INT INT", "TERM", "HUP"])
def test_a_signal_ends_it_at_once_and_nothing_is_lost(how: str, repos: Path, whole: Path, tmp_path: Path) -> None:
    for attempt in range(5):  # on a busy machine all may be done before the signal comes
        out, said = tmp_path / f"out{attempt}", tmp_path / "said"
        with said.open("w") as stderr:
            command = [sys.executable, "-m", "auditor", "batch", str(repos), "--out", str(out), "--workers", "2"]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stderr, env=ENV)
        while not list(out.glob("state/*.json")) and process.poll() is None:
            time.sleep(0.005)
        begun = time.monotonic()
        for name in how.split():
            process.send_signal(getattr(signal, f"SIG{name}"))
            time.sleep(0.3)
        if process.wait(timeout=60) != 1:
            break
    assert process.returncode == 2
    assert time.monotonic() - begun < 55
    assert "Traceback" not in said.read_text()
    finished = len(list(out.glob("state/*.json")))
    again = auditor("batch", repos, "--out", out, "--workers", "2")
    assert again.returncode == 1, again.stderr
    assert again.stderr.count("unchanged") == finished
    assert contents(out) == contents(whole)


@pytest.fixture
def silent() -> Iterator[str]:
    """The address of a host that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"https://127.0.0.1:{server.getsockname()[1]}/group/project"


def test_a_repository_that_hangs_costs_its_own_time_only(repos: Path, silent: str, tmp_path: Path) -> None:
    listed = tmp_path / "groups.csv"
    listed.write_text(f"group,repo\nhangs,{silent}\nfine,{repos / 'consistent'}\n")
    out, begun = tmp_path / "out", time.monotonic()
    done = auditor(
        "batch", listed, "--out", out, "--workers", "2", "--timeout", "8", AUDITOR_CACHE=str(tmp_path / "cache")
    )
    assert time.monotonic() - begun < 90  # a host that is waited for without end takes some minutes
    assert done.returncode == 2
    assert made(out, "hangs").error == "took longer than 8 s (--timeout)"
    assert not made(out, "fine").error
    assert not list((tmp_path / "cache").glob("*.part"))


def test_a_repository_that_is_too_large(repos: Path, tmp_path: Path) -> None:
    source = tmp_path / "large"
    source.mkdir()
    git(source, "init", "-q")
    (source / "data").write_bytes(random.Random(1).randbytes(3_000_000))
    git(source, "add", "-A")
    git(source, "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "x")
    listed = tmp_path / "groups.csv"
    listed.write_text(f"group,repo\nhere,{source}\nthere,file://{source}\nfine,{repos / 'consistent'}\n")
    out = tmp_path / "out"
    auditor("batch", listed, "--out", out, "--max-size", "1", AUDITOR_CACHE=str(tmp_path / "cache"))
    for group in ("here", "there"):
        assert "larger than 1 MB (--max-size)" in made(out, group).error
    assert not made(out, "fine").error
    assert {p.suffix for p in (tmp_path / "cache").iterdir()} <= {".lock"}


def test_one_that_vanishes_and_one_that_crashes(repos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build("consistent", tmp_path / "vanishing")
    real = pipeline.find

    def find(submission: Submission) -> pipeline.Found:
        found = real(submission)
        if submission.id == "vanishing":
            (tmp_path / "vanishing").rename(tmp_path / "away")
        if submission.id == "crashing":
            raise RuntimeError("out of\nluck")
        return found

    monkeypatch.setattr(pipeline, "find", find)
    submissions = [Submission(id="vanishing", repo=str(tmp_path / "vanishing"))]
    submissions += [Submission(id=i, repo=str(repos / "consistent")) for i in ("crashing", "fine")]
    entries = {
        d.submission.id: d.entry.error for d in audit_many(submissions, PROFILE, make=ThreadPoolExecutor) if d.entry
    }
    assert entries["fine"] == ""
    assert "not a git repository" in entries["vanishing"]
    assert re.fullmatch(r"RuntimeError: out of luck \(test_batch.py:\d+; a fault of auditor\)", entries["crashing"])


def test_a_full_disk_stops_the_run_and_loses_nothing(
    repos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    real, opened = Path.open, []

    def open_(self: Path, mode: str = "r", **kwargs: Any) -> Any:
        if self.suffix == ".part":
            opened.append(self)
            if len(opened) == 6:
                self.write_bytes(b"half")
                raise OSError(28, "No space left on device")
        return real(self, mode, **kwargs)

    monkeypatch.setattr(Path, "open", open_)
    with pytest.raises(UserError, match="No space left on device"):
        everything(repos, out)
    monkeypatch.undo()
    assert not list(out.rglob("*.part"))
    kept = {p.stem for p in out.glob("state/*")}
    assert len(kept) == 2
    assert {d.submission.id for d in everything(repos, out) if d.entry} == set(NAMES) - kept


# -- judges ------------------------------------------------------------------------------------------------------------


class Counting:
    """A judge that finds nothing, for as many requests as it may."""

    info = JudgeInfo(name="counting", model="m")

    def __init__(self, limit: int = 10**9) -> None:
        self.limit, self.calls = limit, list[int]()

    def answer(self, requests: list[Request]) -> dict[str, Answer]:
        if sum(self.calls) + len(requests) > self.limit:
            raise UserError(f"{len(requests)} requests are more than allowed")
        self.calls.append(len(requests))
        assert len({r.id for r in requests}) == len(requests)
        return {r.id: Answer(text=nothing(r.schema_name)) for r in requests}


def nothing(schema: str) -> str:
    """A reply that says nothing."""
    return json.dumps(NOTHING[schema])


def judged(repos: Path, out: Path, judge: Counting) -> dict[str, AuditRecord]:
    names = ("consistent", "overclaiming", "template2023")
    submissions = [Submission(id=n, repo=str(repos / n)) for n in names]
    terms = Terms.of(PROFILE, judge)
    run(submissions, PROFILE, judge, Folder(out), terms, workers=2, make=ThreadPoolExecutor)
    return {n: made(out, n) for n in names}


def test_a_class_is_one_call_of_the_judge(repos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Counting()
    records = judged(repos, tmp_path / "one", judge)
    calls = list(judge.calls)  # the readings of all, then the rulings
    assert len(calls) == 2
    assert calls[0] == 9
    assert [r.judged for r in records.values()][1] == 4
    assert judged(repos, tmp_path / "one", judge)
    assert judge.calls == calls  # nothing is asked about what is finished
    monkeypatch.setattr(batch, "WAVE", 10)
    small = Counting()
    assert {
        n: r.model_copy(update={"times": records[n].times}) for n, r in judged(repos, tmp_path / "two", small).items()
    } == records
    assert sum(small.calls) == sum(calls)
    assert len(small.calls) > 3


def test_what_the_budget_does_not_allow_is_named_and_goes_on(repos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    records = judged(repos, out, Counting(limit=9))
    left = next(n for n, r in records.items() if r.unjudged)
    assert "not sent" in records[left].unjudged[0].message
    summary = json.loads((out / "summary.json").read_text())
    assert left in [u["group"] for u in summary["unjudged"]]
    assert not any(r.unjudged for r in judged(repos, out, Counting()).values())


def test_a_batch_folder_for_all_and_a_second_run_that_completes(repos: Path, tmp_path: Path) -> None:
    listed, out, asked = tmp_path / "groups.csv", tmp_path / "out", tmp_path / "asked"
    listed.write_text("group,repo\n" + "".join(f"{n},{repos / n}\n" for n in ("consistent", "overclaiming")))
    command = ("batch", listed, "--out", out, "--judge", f"batch:{asked}", "--model", "m", "--workers", "2")
    first = auditor(*command)
    assert first.returncode == 2
    assert "waiting in" in first.stdout
    for _ in range(2):  # the readings, then the rulings that their answers ask for
        files = list(asked.glob("requests-*.jsonl"))
        lines = [json.loads(row) for file in files for row in file.read_text(encoding="utf-8").splitlines()]
        assert lines
        with (tmp_path / "results.jsonl").open("w") as results:
            for row in lines:
                text = nothing(row["body"]["response_format"]["json_schema"]["name"])
                reply = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
                done = {"custom_id": row["custom_id"], "response": {"status_code": 200, "body": reply}}
                results.write(json.dumps(done) + "\n")
        assert auditor("answers", asked, tmp_path / "results.jsonl").returncode == 0
        last = auditor(*command)
    assert last.returncode == 1, last.stdout
    assert made(out, "overclaiming").judged == 4
    assert auditor(*command).stderr.count("unchanged") == 2


# -- Dask --------------------------------------------------------------------------------------------------------------


def test_a_dask_cluster_that_loses_a_worker(repos: Path, tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    dask = [sys.executable, "-m", "distributed.cli.dask_scheduler"]
    worker = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        f"127.0.0.1:{port}",
        "--nthreads",
        "1",
        "--no-dashboard",
    ]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": ENV, "cwd": tmp_path}
    started = [subprocess.Popen([*dask, "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"], **quiet)]  # type: ignore[call-overload]
    try:
        for _ in range(2):
            started.append(subprocess.Popen([*worker, "--no-nanny"], **quiet))  # type: ignore[call-overload]
        wait_for_workers(f"127.0.0.1:{port}")
        for n in range(4):
            for name in NAMES:
                (tmp_path / "class").mkdir(exist_ok=True)
                (tmp_path / "class" / f"{name}-{n}").symlink_to(repos / name)
        out = tmp_path / "out"
        running = subprocess.Popen(
            [
                sys.executable,
                *f"-m auditor batch {tmp_path / 'class'} --out {out} --scheduler 127.0.0.1:{port}".split(),
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENV,
        )
        while running.poll() is None and not list(out.glob("state/*.json")):
            time.sleep(0.05)
        os.kill(started[1].pid, signal.SIGKILL)
        stdout, stderr = running.communicate(timeout=120)
        assert running.returncode == 1, stderr
        assert "20 audited, 0 failed" in stdout
        assert "".join(contents(out).values())
    finally:
        for process in started:
            process.kill()
            process.wait()


def wait_for_workers(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=30) as client:
        client.wait_for_workers(2, timeout=60)
