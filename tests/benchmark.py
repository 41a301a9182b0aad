"""Time and memory of the whole process, from a cold interpreter: `python tests/benchmark.py [REPOSITORY ...]`.

Without arguments it measures fixtures grown to 100 and 1,400 files. Limits: `auditor --help` 0.5 s; an audit of 100 files
1.0 s, of it 0.4 s after imports (the record's own time); 150 MB on 1,400 files. Medians of five runs, after one to warm
up.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
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
    print(f"{'what':40} {'files':>6} {'process':>9} {'audit':>8} {'memory':>8}")
    seconds, _, memory = measure("--help")
    print(f"{'auditor --help':40} {'':6} {seconds:7.2f} s {'':8} {memory:5.0f} MB")
    with tempfile.TemporaryDirectory() as scratch:
        targets = [Path(a) for a in sys.argv[1:]] or [grown(Path(scratch) / str(n), n) for n in (100, 1400)]
        for target in targets:
            tree = ["git", "-C", str(target), "ls-tree", "-r", "--name-only", "HEAD"]
            files = len(subprocess.run(tree, capture_output=True, text=True, check=True).stdout.splitlines())
            seconds, inner, memory = measure("audit", str(target), "--format", "json", "--exit-zero")
            print(f"{target.name[-40:]:40} {files:6} {seconds:7.2f} s {inner:6.2f} s {memory:5.0f} MB")


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


def measure(*arguments: str) -> tuple[float, float, float]:
    """Seconds of the process, seconds that the record tells, and peak megabytes: medians of five after a first."""
    rows = [once(*arguments) for _ in range(RUNS + 1)][1:]
    return tuple(statistics.median(column) for column in zip(*rows, strict=True))  # type: ignore[return-value]


def once(*arguments: str) -> tuple[float, float, float]:
    with tempfile.TemporaryFile() as out:
        start = time.perf_counter()
        process = subprocess.Popen([sys.executable, "-m", "auditor", *arguments], stdout=out, stderr=subprocess.PIPE)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        assert status == 0, process.stderr and process.stderr.read().decode()
        process.returncode = 0
        if process.stderr:
            process.stderr.close()
        out.seek(0)
        text = out.read()
    inner = json.loads(text)["times"]["seconds"] if arguments[0] == "audit" else 0.0
    return seconds, inner, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
