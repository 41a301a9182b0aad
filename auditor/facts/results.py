"""Committed results as small tables: coverage, load tests and final metrics, each value with its place.

Values are those that the files state. Profiles in Python's own binary form are not read: loading them would trust them.
"""

import csv
import json
import re
from collections.abc import Iterator

from auditor.lazy import compile_later, dataclass
from auditor.readers.text import readable
from auditor.shapes import below, table_of, whole
from auditor.snapshot import File, Snapshot

LOOKED_IN = (
    "**/coverage*.{xml,json}",
    "**/*coverage*.{txt,md}",
    "**/htmlcov/index.html",
    "**/*_stats.csv",
    "**/*metrics*.{csv,json}",
    "**/wandb-summary.json",
)
_MOST = 200  # values of a repository
_TOTAL = compile_later(r"^\W*TOTAL\b[^%]*?(\d{1,3}(?:\.\d+)?)\s*%")
_XML = compile_later(r"<coverage\b[^>]{0,2000}?\bline-rate=\"(\d{1,3}(?:\.\d{1,20})?)\"")
_HTML = compile_later(r"class=\"pc_cov\">\s*(\d{1,3}(?:\.\d+)?)%")


@dataclass(frozen=True)
class Result:
    """A value that a committed file states: `coverage`, `load` or `metric`."""

    kind: str
    path: str
    line: int
    name: str
    value: str


def results(snapshot: Snapshot) -> tuple[Result, ...]:
    """The values of committed results, in path order."""
    return snapshot.once("results", lambda: tuple(_results(snapshot)))


def _results(snapshot: Snapshot) -> Iterator[Result]:
    count = 0
    for file in snapshot.select(LOOKED_IN):
        for one in _of(file) if readable(file) else ():
            yield one
            count += 1
            if count >= _MOST:
                return


def _of(file: File) -> Iterator[Result]:
    if file.suffix == "csv":
        yield from _table(file)
    elif file.suffix == "json":
        yield from _json(file)
    elif file.suffix == "xml":
        if match := _XML.search(file.text):
            yield _coverage(file, match, f"{float(match[1]) * 100:.1f}")
    elif file.suffix == "html":
        if match := _HTML.search(file.text):
            yield _coverage(file, match, match[1])
    else:
        for i, row in enumerate(file.lines, 1):
            if match := _TOTAL.match(row[:300]):
                yield Result("coverage", file.path, i, "total", match[1])


def _coverage(file: File, match: re.Match[str], value: str) -> Result:
    return Result("coverage", file.path, file.text.count("\n", 0, match.start()) + 1, "total", value)


def _table(file: File) -> Iterator[Result]:
    """Locust's `Aggregated` row, or the last row of a table of metrics."""
    try:
        rows = list(csv.reader(file.lines))
    except csv.Error:
        return
    if not rows or not rows[0]:
        return
    load = "Request Count" in rows[0]
    for i in range(len(rows) - 1, 0, -1):
        row = rows[i]
        if not any(row) or (load and "Aggregated" not in row[:2]):
            continue
        for name, value in list(zip(rows[0], row, strict=False))[:30]:
            if re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", value.strip()):
                yield Result("load" if load else "metric", file.path, i + 1, name.strip()[:80], value.strip())
        return


def _json(file: File) -> Iterator[Result]:
    try:
        data = table_of(json.loads(file.text))
    except (ValueError, RecursionError):
        return
    if isinstance(share := below(data, "totals", "percent_covered"), int | float):
        yield Result("coverage", file.path, 1, "total", f"{share:.1f}")
        return
    for name, value in list(data.items())[:30]:
        if isinstance(value, int | float) and not isinstance(value, bool):
            line = next((i for i, row in enumerate(file.lines[:500], 1) if json.dumps(name) in row), 1)
            yield Result("metric", file.path, line, whole(name)[:80], str(value))


# -- coverage tables ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CoverageRow:
    """One line of a coverage table: statements, missed ones, and the per cent shown."""

    name: str
    statements: int
    missed: int
    percent: float
    text: str

    @property
    def is_total(self) -> bool:
        return self.name.strip(" :").lower() in ("total", "totals", "sum", "overall", "all files")

    @property
    def computed(self) -> float:
        return 100.0 if not self.statements else 100 * (self.statements - self.missed) / self.statements


_ROW = compile_later(r"^\s*(?P<name>\S.{0,200}?)\s+(?P<s>\d{1,6})\s+(?P<m>\d{1,6})(?P<b>\s+\d{1,6}\s+\d{1,6})?\s+(?P<c>\d{1,3}(?:\.\d+)?)\s*\\?%")  # fmt: skip


def coverage_rows(text: str) -> list[CoverageRow]:
    """The rows of a coverage table as `coverage report` prints it or as markdown has it; empty for tables with branches or other
    columns."""
    rows: list[CoverageRow] = []
    for line in text.split("\n")[:500]:
        words = re.sub(r"[|*`]", " ", line[:400])
        low = set(words.lower().split())
        if low & {"stmts", "statements", "miss", "missed"} and low & {"covered", "hits", "hit", "branch", "brpart"}:
            return []
        if m := _ROW.match(words):
            if m["b"] is not None:
                return []
            rows.append(CoverageRow(m["name"], int(m["s"]), int(m["m"]), float(m["c"]), line.strip()))
    return rows if len(rows) > 1 else []
