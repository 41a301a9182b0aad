"""The hostile set as a program: which cases and scenes are run, the table of their runs, and a file that a later run goes on from.

`python -m tests.hostile [WORD ...] [--verb VERB] [--jobs N] [--log FILE]` runs those whose name has one of the words (all without
one). Each run that has ended is a line of the file; what the file holds already is not run again, and counts in the table at the end.
"""

import json
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

import cases
import scenes

SCENE = "scene"
"""Stands for the verb of a scene, which runs several."""


@dataclass(frozen=True)
class Row:
    """One run that has ended."""

    entry: str
    name: str
    verb: str
    code: int
    seconds: float
    mb: float
    wrong: tuple[str, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.entry, self.name, self.verb

    def __str__(self) -> str:
        shown = ascii(f"{self.entry} {self.name}")[1:-1][:70]
        return f"{shown:70} {self.verb:6} {self.code:4} {self.seconds:6.1f} {self.mb:6.0f}  {'; '.join(self.wrong) or 'held'}"


class Log:
    """The runs so far, in a file where one is named. A line that a stop has cut is no run."""

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.rows: dict[tuple[str, str, str], Row] = {}
        text = file.read_text(encoding="utf-8") if file is not None and file.is_file() else ""
        for line in text.splitlines():
            try:
                made = json.loads(line)
                self._keep(Row(**{**made, "wrong": tuple(made["wrong"])}))
            except (ValueError, TypeError, KeyError):
                continue
        if file is not None and text and not text.endswith("\n"):
            with file.open("a", encoding="utf-8") as out:
                out.write("\n")

    def _keep(self, row: Row) -> None:
        self.rows[row.key] = row

    def add(self, row: Row) -> None:
        self._keep(row)
        if self._file is not None:
            with self._file.open("a", encoding="utf-8") as out:
                out.write(json.dumps(asdict(row)) + "\n")

    def left(self, case: cases.Case, verbs: Iterable[str]) -> tuple[str, ...]:
        """The verbs of a case that have not been run."""
        return tuple(v for v in case.verbs if v in verbs and (case.entry, case.name, v) not in self.rows)


def summary(rows: Iterable[Row]) -> str:
    """A line for each entry: its cases and runs, those that did not hold, and what a run took at most."""
    by: dict[str, list[Row]] = {}
    for row in rows:
        by.setdefault(row.entry, []).append(row)
    lines = [f"{'entry':6} {'cases':>6} {'runs':>6} {'wrong':>6} {'s':>6} {'MB':>6}"]
    for entry, ran in sorted(by.items(), key=lambda pair: (pair[0][0], int(pair[0][1:] or 0))):
        lines.append(
            f"{entry:6} {len({row.name for row in ran}):6} {len(ran):6} {sum(bool(row.wrong) for row in ran):6}"
            f" {max(row.seconds for row in ran):6.1f} {max(row.mb for row in ran):6.0f}"
        )
    return "\n".join(lines)


def _option(words: list[str], name: str, default: str) -> str:
    if name not in words:
        return default
    at = words.index(name)
    value = words[at + 1]
    del words[at : at + 2]
    return value


def told(arguments: Sequence[str]) -> bool:
    """Run and print; whether everything held."""
    words = list(arguments)
    verb, jobs, file = _option(words, "--verb", ""), int(_option(words, "--jobs", "2")), _option(words, "--log", "")
    verbs = (verb,) if verb else cases.VERBS
    log = Log(Path(file) if file else None)
    known = len(log.rows)
    print(f"{'case':70} {'verb':6} {'exit':>4} {'s':>6} {'MB':>6}  verdict")
    chosen = [(case, log.left(case, verbs)) for case in cases.every() if _named(case.full, words)]
    chosen = [(case, left) for case, left in chosen if left]
    cases.plain()
    with ThreadPoolExecutor(jobs) as pool:
        for (case, _), rows in zip(chosen, pool.map(lambda pair: cases.tried(*pair), chosen), strict=True):
            for one, done in rows:
                row = Row(case.entry, case.name, one, done.code, done.seconds, done.mb, tuple(done.wrong))
                log.add(row)
                print(row, flush=True)
    for scene in scenes.SCENES if verb in ("", SCENE) else ():
        if not _named(scene.full, words) or (scene.entry, scene.name, SCENE) in log.rows:
            continue
        why, took = scenes.play(scene)
        row = Row(scene.entry, scene.name, SCENE, 0, took, 0, (why,) if why else ())
        log.add(row)
        print(row, flush=True)
    failed = sum(bool(row.wrong) for row in log.rows.values())
    print(summary(log.rows.values()))
    print(f"{len(log.rows)} runs, {known} of them before; {failed} did not hold", file=sys.stderr)
    return not failed


def _named(full: str, words: Sequence[str]) -> bool:
    return not words or any(word in full for word in words)
