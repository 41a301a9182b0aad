"""What `auditor batch` takes, and what it survives, measured on the whole command.

    python tests/benchmark_batch.py real FOLDER      a folder of repositories: time, and the ratio to git alone
    python tests/benchmark_batch.py kill [TIMES]     kill -9 at random moments over the fixtures, resumed: the same bytes
    python tests/benchmark_batch.py many [N ...]     generated submissions: seconds and memory for each N
    python tests/benchmark_batch.py disk             a full disk (a tmpfs of 2 MB; needs root)
    python tests/benchmark_batch.py judged [TIMES]   kill -9 at random moments with a judge, resumed: nothing lost, nothing asked twice
    python tests/benchmark_batch.py together [N]     N runs at once on one URL, and N on one folder
    python tests/benchmark_batch.py stop [TIMES]     two Ctrl-C at random moments, 0.2 to 0.4 s apart

Linux only: it adopts the workers' processes to know their processor time, and reads their memory from /proc.
"""

import contextlib
import ctypes
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import jsonschema
from build_fixture import FIXTURES, NAMES, Entry, build, git, source, stream
from test_verify import NOTHING

from auditor.snapshot import too_large

PR_SET_CHILD_SUBREAPER = 36
GOLDEN = Path(__file__).parent / "golden"


@dataclass
class Run:
    """One run of the command."""

    code: int = 0
    seconds: float = 0.0
    processor: float = 0.0
    memory: list[tuple[int, float]] = field(default_factory=list)
    worker: float = 0.0
    out: str = ""


def auditor(*arguments: str | Path, sample: float = 0) -> Run:
    """Run the command; with `sample`, look at the memory of all its processes so often (seconds), as (groups done, MB)."""
    before, begun, run = _spent(), time.perf_counter(), Run()
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-m", "auditor", *map(str, arguments)]
        process = subprocess.Popen(command, stdout=said, stderr=said)
        out = Path(arguments[arguments.index("--out") + 1])
        while sample and process.poll() is None:
            run.memory.append((len(list(out.glob("state/*.json"))), _memory(process.pid)))
            run.worker = max(run.worker, *map(_peak, _family(process.pid) - {process.pid}), 0)
            time.sleep(sample)
        run.code = process.wait()
        run.seconds = time.perf_counter() - begun
        _adopt()
        said.seek(0)
        run.out = said.read()
    run.processor = _spent() - before
    return run


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _adopt() -> None:
    """Wait for what the command has left behind (its fork server), so that it is counted."""
    while True:
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _family(root: int) -> set[int]:
    """A process and those that it has started."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
        except (OSError, IndexError):
            continue
    ours, grown = {root}, True
    while grown:
        more = {pid for pid, parent in parents.items() if parent in ours} - ours
        ours, grown = ours | more, bool(more)
    return ours


def _memory(root: int) -> float:
    """The proportional memory (PSS) of a process and those that it has started, in MB."""
    ours = _family(root)
    total = 0
    for pid in ours:
        try:
            match = re.search(r"(?m)^Pss:\s+(\d+)", Path(f"/proc/{pid}/smaps_rollup").read_text())
        except OSError:
            continue
        total += int(match[1]) if match else 0
    return total / 1024


def _peak(pid: int) -> float:
    """The most memory that a process of Python had so far, in MB; what git maps of its packs is not meant."""
    try:
        said = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    match = re.search(r"(?m)^VmHWM:\s+(\d+)", said) if re.match(r"Name:\s+python", said) else None
    return int(match[1]) / 1024 if match else 0.0


def floor(repository: Path) -> int:
    """List and read every text blob, and the history with its numbers, with git alone; how many blobs there were."""
    git = ["git", "-c", "safe.directory=*", "-C", str(repository)]
    listed = subprocess.run([*git, "ls-tree", "-r", "-l", "-z", "HEAD"], capture_output=True, check=True).stdout
    rows = [row.partition(b"\t") for row in listed.split(b"\0") if row]
    blobs = [
        meta.split()[2]
        for meta, _, path in rows
        if meta.split()[1] == b"blob"
        and meta.split()[3].isdigit()
        and not too_large(path.decode(errors="replace"), int(meta.split()[3]))
    ]
    read = [*git, "cat-file", "--batch", "--buffer"]
    subprocess.run(read, input=b"\n".join(blobs) + b"\n", stdout=subprocess.DEVNULL, check=True)
    subprocess.run([*git, "log", "--numstat", "HEAD"], stdout=subprocess.DEVNULL, check=True)
    return len(blobs)


def real(folder: Path) -> None:
    """A folder of repositories, offline, on two processes, and what git alone takes for them, one after the other. Where others
    work on the machine, too, the processor's time says more: on two processes half of it is what one waits for."""
    repositories = sorted(p for p in folder.iterdir() if p.is_dir())
    with tempfile.TemporaryDirectory() as scratch:
        sum(map(floor, repositories))  # from the disk into memory
        before, begun = _spent(), time.perf_counter()
        blobs = sum(map(floor, repositories))
        least, alone = time.perf_counter() - begun, _spent() - before
        print(f"floor: {len(repositories)} repositories, {blobs} text blobs: {least:.1f} s, processor {alone:.1f} s")
        for label, more in (("records", ["--format", "text"]), ("records and pages", ["--format", "html"])):
            out = Path(scratch) / "out"
            shutil.rmtree(out, ignore_errors=True)
            run = auditor("batch", folder, "--out", out, "--workers", "2", *more, sample=0.5)
            print(f"{label}: {run.out.splitlines()[-1].split(';')[0]}, exit code {run.code}, {valid(out)}")
            each = run.seconds / len(repositories)
            print(f"  {run.seconds:.1f} s in all, {each:.2f} s each, processor {run.processor:.1f} s")
            print(
                f"  {run.seconds / least:.1f} times git alone; half of the processor's time: {run.processor / alone / 2:.1f} times"
            )
            print(
                f"  memory of a worker {run.worker:.0f} MB at most, of all processes {max(mb for _, mb in run.memory):.0f} MB"
            )
            again = auditor("batch", folder, "--out", out, "--workers", "2", *more)
            print(f"  again, unchanged: {again.seconds:.1f} s")


def valid(out: Path) -> str:
    """How many of a batch's records fit the published schema."""
    schema = jsonschema.Draft202012Validator(json.loads((GOLDEN / "record.schema.json").read_text(encoding="utf-8")))
    records = [json.loads(p.read_text(encoding="utf-8")) for p in (out / "groups").glob("*.json")]
    return f"{sum(schema.is_valid(r) for r in records)} of {len(records)} records fit the schema"


def contents(out: Path) -> dict[str, str]:
    """Every file of a batch, times and what is made of them aside."""
    found = {p.relative_to(out).as_posix(): p.read_text(encoding="utf-8") for p in out.rglob("*") if p.is_file()}
    return {
        name: re.sub(
            r'"(started|seconds|judge_seconds)": [^\n]*|"\d+ [0-9a-f]{64}"|<dt>Audited</dt><dd>[^,]*|Made by auditor \S+ on [^<]*? UTC',
            "",
            text,
        )
        for name, text in found.items()
    }


def kill(times: int) -> None:
    """A run that is killed again and again until it gets through, compared with one that was left alone."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as scratch:
        repos, whole = Path(scratch) / "repos", Path(scratch) / "whole"
        for n in range(60):
            vary(n, repos / f"group-{n:02}")
        alone = auditor("batch", repos, "--out", whole, "--workers", "2")
        print(f"undisturbed: {alone.seconds:.1f} s, {len(list(whole.glob('state/*')))} groups")
        same = twice = 0
        for turn in range(times):
            out = Path(scratch) / f"out-{turn}"
            moment = chance.uniform(0.3, alone.seconds)
            command = [sys.executable, "-m", "auditor", "batch", str(repos), "--out", str(out), "--workers", "2"]
            process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(moment)
            process.send_signal(signal.SIGKILL)
            process.wait()
            _adopt()  # the workers end by themselves
            finished = {p.stem: (out / "groups" / f"{p.stem}.json").read_bytes() for p in out.glob("state/*.json")}
            auditor("batch", repos, "--out", out, "--workers", "2")
            again = sum((out / "groups" / f"{n}.json").read_bytes() != data for n, data in finished.items())
            one, other = contents(out), contents(whole)
            equal = one == other
            same, twice = same + equal, twice + again
            differ = sorted(n for n in one.keys() | other.keys() if one.get(n) != other.get(n))
            said = "the same bytes" if equal else f"DIFFERENT: {', '.join(differ[:3])}"
            print(f"  killed at {moment:4.1f} s with {len(finished):2} finished: {said}, {again} audited twice")
        print(f"{same} of {times} the same, {twice} audited twice")


def judged(times: int) -> None:
    """Runs with `--judge batch:DIR` that are killed, resumed and answered until everything is judged; each time the same record
    and the same answers."""
    chance = random.Random(11)
    with tempfile.TemporaryDirectory() as scratch:
        repos, whole, asked = Path(scratch) / "repos", Path(scratch) / "whole", Path(scratch) / "asked"
        for n in range(6):
            vary(n, repos / f"group-{n:02}")
        alone = _through(repos, whole, asked, None)
        print(f"undisturbed: {alone.seconds:.1f} s, {len(list(asked.glob('*.json')))} answers")
        same = lost = 0
        for turn in range(times):
            out, store = Path(scratch) / f"out-{turn}", Path(scratch) / f"asked-{turn}"
            _through(repos, out, store, chance)
            equal = contents(out) == contents(whole)
            answers = {p.name for p in store.glob("*.json")} == {p.name for p in asked.glob("*.json")}
            same, lost = same + equal, lost + (not answers)
            print(
                f"  turn {turn}: {'the same bytes' if equal else 'DIFFERENT'}, {'the same answers' if answers else 'OTHER answers'}"
            )
        print(f"{same} of {times} the same, {lost} with answers that are missing or too many")


def _through(repos: Path, out: Path, store: Path, chance: random.Random | None) -> Run:
    """A judged batch to its end: asked, answered, asked again; with `chance`, each run is killed once before it gets through."""
    command = ["batch", repos, "--out", out, "--workers", "2", "--judge", f"batch:{store}", "--model", "m"]
    run = Run()
    for _ in range(4):
        if chance is not None:
            process = subprocess.Popen(
                [sys.executable, "-m", "auditor", *map(str, command)],
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            time.sleep(chance.uniform(0.3, 6.0))
            for pid in sorted(_family(process.pid) - {process.pid})[-1:]:  # a worker, or a git that it asks
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            time.sleep(chance.uniform(0.1, 3.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
            _adopt()
        run = auditor(*command)
        keys = [json.loads(row) for p in store.glob("requests-*.jsonl") for row in p.read_text("utf-8").splitlines()]
        twice = len(keys) - len({k["custom_id"] for k in keys})
        if twice:
            print(f"  {twice} questions wait twice")
        if not keys:
            break
        results = store.parent / "results.jsonl"
        with results.open("w", encoding="utf-8") as file:
            for row in keys:
                text = json.dumps(NOTHING[row["body"]["response_format"]["json_schema"]["name"]])
                reply = {"choices": [{"message": {"content": text}, "finish_reason": "stop"}]}
                done = {"custom_id": row["custom_id"], "response": {"status_code": 200, "body": reply}}
                file.write(json.dumps(done) + "\n")
        subprocess.run(
            [sys.executable, "-m", "auditor", "answers", str(store), str(results)], check=True, capture_output=True
        )
    return run


def together(number: int) -> None:
    """As many runs at once on one URL with an empty cache, and as many batches into one folder."""
    with tempfile.TemporaryDirectory() as scratch:
        repos, out, cache = Path(scratch) / "repos", Path(scratch) / "out", Path(scratch) / "cache"
        for n in range(6):
            vary(n, repos / f"group-{n:02}")
        environment = {**os.environ, "AUDITOR_CACHE": str(cache)}
        url = (repos / "group-00").as_uri()
        for what, command, good in (
            ("one URL", ["audit", url, "--format", "json"], (0, 1)),
            ("one folder", ["batch", str(repos), "--out", str(out), "--workers", "1"], (0, 1)),
        ):
            begun = time.perf_counter()
            runs = [
                subprocess.Popen(
                    [sys.executable, "-m", "auditor", *command],
                    stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment,
                )
                for _ in range(number)
            ]  # fmt: skip
            with ThreadPoolExecutor(number) as pool:
                said = list(pool.map(lambda run: run.communicate(), runs))
            failed = [
                f"{run.returncode}: {err[-300:]}"
                for run, (_, err) in zip(runs, said, strict=True)
                if run.returncode not in good
            ]
            ends = {re.sub(r'"(started|seconds|judge_seconds)": [^\n]*', "", text) for text, _ in said}
            print(
                f"{what}: {number} at once, {len(failed)} failed, {len(ends)} different ends, {time.perf_counter() - begun:.0f} s"
            )
            print("".join(f"  {line}\n" for line in failed[:3]), end="")
            if what == "one folder":
                audited = sum(err.count(" s)") for _, err in said)
                print(
                    f"  {audited} audits of 6 groups, {sum(err.count('unchanged') for _, err in said)} times unchanged"
                )
        left = [p.name for p in (*cache.rglob("*.part"), *out.rglob("*.part"))]
        print(f"left behind: {len(left)}")


def stop(times: int) -> None:
    """Two Ctrl-C at random moments, and the same command again."""
    chance = random.Random(5)
    with tempfile.TemporaryDirectory() as scratch:
        repos = Path(scratch) / "repos"
        for n in range(20):
            vary(n, repos / f"group-{n:02}")
        for turn in range(times):
            out = Path(scratch) / f"out-{turn}"
            command = [sys.executable, "-m", "auditor", "batch", str(repos), "--out", str(out), "--workers", "2"]
            with (Path(scratch) / "said").open("w+", encoding="utf-8") as said:
                process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
                while process.poll() is None and len(list(out.glob("state/*"))) < turn:
                    time.sleep(0.05)
                apart = chance.uniform(0.2, 0.4)
                begun = time.perf_counter()
                for pause in (apart, 0):
                    process.send_signal(signal.SIGINT)
                    time.sleep(pause)
                try:
                    process.wait(timeout=60)
                    ended = f"code {process.returncode} after {time.perf_counter() - begun:.1f} s"
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
                    ended = "HUNG for 60 s"
                said.seek(0)
                ended += f": {' | '.join(said.read().splitlines()[-2:])[:160]}"
            _adopt()
            print(f"  {apart:.2f} s apart, {len(list(out.glob('state/*')))} finished: {ended}")


def many(numbers: list[int]) -> None:
    """Generated submissions: the fixtures, each with a file and a report of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        for n in numbers:
            repos, out = Path(scratch) / f"repos-{n}", Path(scratch) / f"out-{n}"
            begun = time.perf_counter()
            with ThreadPoolExecutor(4) as pool:
                list(pool.map(lambda i, repos=repos: vary(i, repos / f"group-{i:04d}"), range(n)))
            made = time.perf_counter() - begun
            run = auditor("batch", repos, "--out", out, "--workers", "2", sample=1.0)
            page = (out / "index.html").stat().st_size / 1e6
            print(
                f"{n} groups (made in {made:.0f} s): {run.seconds:.1f} s, {1000 * run.seconds / n:.0f} ms each,",
                end=" ",
            )
            print(
                f"processor {run.processor:.1f} s, index.html {page:.1f} MB; {run.out.splitlines()[-1].split(';')[0]}"
            )
            for share in (0.1, 0.25, 0.5, 0.75, 0.95):
                near = [mb for done, mb in run.memory if done >= share * n]
                print(f"  {near[0] if near else 0:5.0f} MB at {share:.0%}", end="")
            print(f"  {max(mb for _, mb in run.memory):5.0f} MB at most")
            shutil.rmtree(repos)


def vary(number: int, into: Path) -> None:
    """A bare repository like one of the fixtures, but for a module and a line of its README."""
    import tomllib

    name = ("consistent", "overclaiming", "template2023")[number % 3]
    history = tomllib.loads((FIXTURES / name / "history.toml").read_text(encoding="utf-8"))
    files = source(FIXTURES / name, history)
    files["README.md"] = Entry("100644", files["README.md"].data + f"\nThis is group {number}.\n".encode())
    into.mkdir(parents=True)
    branch = history.get("default_branch", "main")
    git(into, "init", "--quiet", "--bare", "-b", branch)
    git(into, "fast-import", "--quiet", "--done", stdin=b"".join(stream(history, files)))


def disk() -> None:
    """A run whose folder is full before it is through, and the same command once there is room."""
    with tempfile.TemporaryDirectory() as scratch:
        repos, out, whole = Path(scratch) / "repos", Path(scratch) / "out", Path(scratch) / "whole"
        for name in NAMES:
            for n in range(3):
                build(name, repos / f"{name}-{n}")
        out.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(out)], check=True)
        try:
            full = auditor("batch", repos, "--out", out, "--workers", "2")
            print(f"full: exit code {full.code}, {len(list(out.glob('state/*.json')))} groups kept, "
                  f"{len(list(out.rglob('*.part')))} partial files")  # fmt: skip
            print("  " + "\n  ".join(full.out.splitlines()[-2:]))
            subprocess.run(["mount", "-o", "remount,size=100m", str(out)], check=True)
            more = auditor("batch", repos, "--out", out, "--workers", "2")
            auditor("batch", repos, "--out", whole, "--workers", "2")
            print(f"with room: exit code {more.code}, {more.out.count('unchanged')} unchanged, "
                  f"the same as undisturbed: {contents(out) == contents(whole)}")  # fmt: skip
        finally:
            subprocess.run(["umount", str(out)], check=True)


def main() -> None:
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    match sys.argv[1:]:
        case ["real", folder]:
            real(Path(folder))
        case ["kill", *times]:
            kill(int(times[0]) if times else 10)
        case ["many", *numbers]:
            many([int(n) for n in numbers] or [500, 2000])
        case ["disk"]:
            disk()
        case ["judged", *times]:
            judged(int(times[0]) if times else 10)
        case ["together", *number]:
            together(int(number[0]) if number else 12)
        case ["stop", *times]:
            stop(int(times[0]) if times else 6)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
