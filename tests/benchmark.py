"""Time and memory of the whole process, from a cold interpreter: `python tests/benchmark.py [REPOSITORY ...]`.

Without arguments it measures fixtures grown to 100 and 1,400 files. A row is a command beside its floor, measured by turns:
python with the same imports, and git reading the same objects and history; of `--help` a bare program of typer's. Seconds are
the processor's, medians of five runs after one to warm up. Limits: `--help` 1.3 times its floor, an audit of 100 files 2.5
times; 150 MB on 1,400 files. A batch of 40: `python tests/benchmark_batch.py`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from build_fixture import build

RUNS = 5
MODULE = '''"""Module {n}."""

import logging

import numpy as np

logger = logging.getLogger(__name__)


def scale_{n}(values: list[float], factor: float = {n}.0) -> list[float]:
    """Scale values by a factor."""
    logger.info("scaling %d values", len(values))
    return [float(np.float64(v) * factor) for v in values]


class Counter{n}:
    """Counts."""

    def __init__(self) -> None:
        self.seen: dict[str, int] = {{}}

    def add(self, key: str) -> int:
        """Count a key once more."""
        self.seen[key] = self.seen.get(key, 0) + 1
        return self.seen[key]
'''


def main() -> None:
    print(f"{'what':40} {'files':>6} {'process':>9} {'audit':>8} {'memory':>8} {'floor':>9} {'times':>6}")
    with tempfile.TemporaryDirectory() as scratch:
        bare = Path(scratch) / "bare.py"
        bare.write_text(BARE)
        row("auditor --help", ("--help",), [sys.executable, str(bare), "--help"])
    with tempfile.TemporaryDirectory() as scratch:
        targets = [Path(a) for a in sys.argv[1:]] or [grown(Path(scratch) / str(n), n) for n in (100, 1400)]
        for target in targets:
            tree = ["git", "-C", str(target), "ls-tree", "-r", "--name-only", "HEAD"]
            files = len(subprocess.run(tree, capture_output=True, text=True, check=True).stdout.splitlines())
            floor = [sys.executable, "-c", FLOOR, str(target)]
            for verb, more in (("audit", ("json",)), ("check", ("json",)), ("audit", ("html",))):
                arguments = (verb, str(target), "--format", more[0], "--exit-zero")
                row(f"{target.name[-25:]} {verb} {more[0]}", arguments, floor, files)


def grown(folder: Path, files: int) -> Path:
    """The consistent fixture with generated modules, up to a number of files."""
    folder.mkdir(parents=True)
    target = build("consistent", folder / f"fixture-{files}")
    here = len([p for p in target.rglob("*") if p.is_file() and ".git" not in p.relative_to(target).parts[:1]])
    for n in range(here, files):
        path = target / "src" / "generated" / f"part_{n % 20}" / f"module_{n}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MODULE.format(n=n))
    git = ["git", "-C", str(target), "-c", "user.name=Ada Example", "-c", "user.email=ada@example.com"]
    subprocess.run([*git, "add", "-A"], check=True)
    subprocess.run([*git, "commit", "-q", "-m", "Grow"], check=True)
    return target


BARE = """import typer
app = typer.Typer(no_args_is_help=True)
@app.command()
def one(x: int = 1) -> None: "Do one."
@app.command()
def two(x: int = 1) -> None: "Do two."
app()
"""
# Python with the same imports, and git reading the same objects and history: what no audit can do without.
FLOOR = """import subprocess, sys
import auditor.cli, auditor.pipeline, auditor.warm
git = ["git", "-C", sys.argv[1]]
run = lambda *a, i=None: subprocess.run([*git, *a], input=i, capture_output=True, check=True).stdout
rows = run("ls-tree", "-r", "HEAD").decode().split("\\n")
run("cat-file", "--batch", i="\\n".join(r.split()[2] for r in rows if " blob " in r).encode())
run("log", "--numstat", "HEAD")
run("for-each-ref")
"""


def row(what: str, arguments: tuple[str, ...], floor: list[str], files: int | str = "") -> None:
    """One line of the table: a command beside its floor, by turns."""
    pairs = [(once(*arguments), processor(floor)) for _ in range(RUNS + 1)][1:]
    seconds, inner, memory = (statistics.median(column) for column in zip(*(own for own, _ in pairs), strict=True))
    least = statistics.median(low for _, low in pairs)
    print(
        f"{what:40} {files:6} {seconds:7.2f} s {inner:6.2f} s {memory:5.0f} MB {least:7.2f} s {seconds / least:6.2f}",
        flush=True,
    )


def processor(command: list[str]) -> float:
    """Seconds of the processor that a command takes, its children's with it."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    assert status == 0, command
    return usage.ru_utime + usage.ru_stime


def once(*arguments: str) -> tuple[float, float, float]:
    with tempfile.TemporaryFile() as out:
        process = subprocess.Popen([sys.executable, "-m", "auditor", *arguments], stdout=out, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = usage.ru_utime + usage.ru_stime
        assert status == 0, process.stderr and process.stderr.read().decode()
        process.returncode = 0
        if process.stderr:
            process.stderr.close()
        out.seek(0)
        text = out.read()
    inner = json.loads(text)["times"]["seconds"] if "json" in arguments else 0.0
    return seconds, inner, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
