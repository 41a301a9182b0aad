"""Runs the command line on something hostile, under limits, and holds what comes out against what always has to be."""

import json
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SECONDS, MEGABYTES = 90, 2_500
"""What a run may take at most. The command's own limits are below: it has to end by itself."""
OWN = ("--timeout", "40", "--memory", "1500")


@dataclass
class Done:
    """One run: how it ended, what it printed and said, and what it took."""

    code: int
    out: str
    err: str
    seconds: float
    mb: float
    wrong: list[str] = field(default_factory=list)


def run(arguments: Sequence[str], cwd: Path, seconds: float = SECONDS, mb: int = MEGABYTES, **env: str) -> Done:
    """Run `auditor` with these arguments; any other program where the first is a path."""
    command = list(arguments) if arguments[0].startswith("/") else [sys.executable, "-m", "auditor", *arguments]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "AUDITOR_CACHE": str(cwd / "cache"),
        "TMPDIR": str(cwd),
        **env,
    }

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (mb << 20, mb << 20))
        os.setsid()

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=environment, preexec_fn=limited
        )
        late = threading.Event()

        def end() -> None:
            late.set()
            os.killpg(process.pid, signal.SIGKILL)

        timer = threading.Timer(seconds, end)
        timer.start()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        timer.cancel()
        took = time.perf_counter() - begun
        out.seek(0)
        err.seek(0)
        done = Done(
            process.returncode,
            out.read().decode(errors="replace"),
            err.read().decode(errors="replace"),
            took,
            used.ru_maxrss / 1024,
        )
    if late.is_set():
        done.wrong.append(f"over {seconds:.0f} s")
    if done.code < 0 and not late.is_set():
        done.wrong.append(f"killed by signal {-done.code}")
    if "Traceback" in done.err or "a fault of auditor" in done.err + done.out:
        done.wrong.append("a traceback or a fault: " + " / ".join(done.err.strip().splitlines()[-2:])[:300])
    if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069]", done.err + done.out):
        done.wrong.append("a control character in what it printed")
    if re.search(r"(?m)^\s*::", done.err):
        done.wrong.append("a line of its own for a workflow's log")
    return done


def labels(record: Mapping[str, object]) -> dict[str, tuple[bool, str]]:
    """Each box of the course in a record: whether it is ticked, and the label that stands."""
    from mutants import boxes

    return boxes(record)


def record_of(done: Done) -> dict[str, object] | None:
    """The record that a run printed."""
    try:
        made = json.loads(done.out)
    except ValueError:
        return None
    return made if isinstance(made, dict) else None


def faults_in(record: Mapping[str, object]) -> list[str]:
    """Where a check failed by a fault of the program instead of by something in the repository."""
    made = json.dumps(record)
    return re.findall(r"[^\"]{0,60}a fault of auditor[^\"]{0,120}", made)[:2]
