"""Which files of a repository a request shows, within its room: in the order of need, and whole where they fit.

What is needed first is what the report names, then what its boxes were looked for in, then configuration and source. Lock
files, data, notebooks' outputs, drawings and generated pages are summarised; files that hold keys are named and not shown. Of a
file that does not fit, the lines are shown that the report's own names stand on, where those are few enough.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence

from auditor import errors
from auditor.globs import matches
from auditor.lazy import dataclass
from auditor.models import Evidence, Problem, Question
from auditor.profile import Profile
from auditor.redact import is_key_file
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot

_SUMMARISED = (
    "**/*.csv",
    "**/*.tsv",
    "**/*.jsonl",
    "**/*.geojson",
    "**/*.min.js",
    "**/*.min.css",
    "**/*.map",
    "**/*.html",
    "**/*.svg",
    "**/*.log",
    "**/.gitkeep",
    "**/*.xml",
    "**/uv.lock",
    "**/poetry.lock",
    "**/pdm.lock",
    "**/pipfile.lock",
    "**/pixi.lock",
    "**/package-lock.json",
    "**/yarn.lock",
    "**/pnpm-lock.yaml",
    "**/dvc.lock",
    "**/conda-lock.yml",
)
# What is shown first when not everything fits; a file that an answer names, or that a probe points at, moves to the front.
_RANKS: tuple[tuple[str, ...], ...] = (
    (".github/workflows/*", ".gitlab-ci.yml", ".pre-commit-config.yaml", "pyproject.toml", "**/*dockerfile*", "tasks.py", "makefile",
     ".dvc/config", "**/*.dvc", "dvc.yaml", "requirements*.txt", "**/cloudbuild*.y*ml", "docker-compose*.y*ml", "**/ruff.toml",
     ".python-version", ".gitignore", ".dockerignore", ".gcloudignore", ".dvcignore"),
    ("**/*.py", "!tests/**", "!**/test_*.py"),
    ("**/*.py", "**/*.y*ml", "**/*.toml", "**/*.cfg", "**/*.ini", "**/*.sh", "readme.md", "**/*.tf", "**/requirements*.txt"),
    ("**/*.tsx", "**/*.ts", "**/*.jsx", "**/*.js", "**/*.ipynb"),
    ("**/*.md", "**/*.rst", "**/*.json", "**/*.txt", "**/*.css"),
)  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """A file that can be shown: its rows as they are in it and their line numbers, how much it matters by its name (`rank`, the
    smaller the more), and which probes point at it."""

    path: str
    rows: tuple[str, ...]
    lines: tuple[int, ...]
    rank: float
    pointed: frozenset[str]
    size: int
    more: int = 0  # rows of the file that no request shows: a table's, or those of a very long file

    @property
    def cost(self) -> int:
        """Its characters in a request, about."""
        return sum(min(len(row), 400) + 6 for row in self.rows) + len(self.path) + 40


@dataclass(frozen=True)
class Chosen:
    """What of a file a request shows: the indices of its rows, all of them unless it is shown in part."""

    file: Candidate
    rows: tuple[int, ...]

    @property
    def whole(self) -> bool:
        return len(self.rows) == len(self.file.rows) and not self.file.more


@dataclass(frozen=True)
class Need:
    """What a request is about: the words of the answers, the probes of their boxes, and the profile's files for them. `all`:
    the whole report."""

    said: str
    probes: frozenset[str] = frozenset()
    files: tuple[str, ...] = ()
    all: bool = True
    first: frozenset[str] = frozenset()  # paths that must be seen, if anything


def candidates(snapshot: Snapshot, probed: Iterable[Evidence]) -> tuple[list[Candidate], list[Problem]]:
    """What can be shown of a snapshot, in path order, and what cannot, with the reason. One odd file loses itself only."""
    hits: dict[str, set[str]] = {}
    for piece in probed:
        hits.setdefault(piece.path, set()).add(piece.probe)
    found: list[Candidate] = []
    left: list[Problem] = []
    for file in snapshot.files.values():
        try:
            made = _candidate(file, snapshot, frozenset(hits.get(file.path, ())))
        except Unreadable as reason:
            made = str(reason)
        except errors.PASSED:
            raise
        except Exception as error:  # a boundary: a file that cannot be packed is named
            made = f"could not be packed ({type(error).__name__})"
        if isinstance(made, str):
            left.append(Problem(path=file.path, message=made))
        else:
            found.append(made)
    return sorted(found, key=lambda c: c.path), left


def _candidate(file: File, snapshot: Snapshot, pointed: frozenset[str]) -> Candidate | str:
    aside = snapshot.aside(file)
    if file.why_skipped:
        return file.why_skipped
    if is_key_file(file.path):
        return "holds keys or passwords by its name, and is not shown"
    if aside and aside != "template stub":
        return aside
    if not file.size:
        return "empty"
    rows, lines, more = _rows(file)
    if not rows:
        return "nothing to show"
    rank: float = next((i for i, globs in enumerate(_RANKS, 1) if matches(file.path, globs)), len(_RANKS) + 1)
    if aside:
        rank = len(_RANKS) + 1
    return Candidate(file.path, tuple(rows), tuple(lines), rank, pointed, file.size, more)


def without(files: list[Candidate], hidden: Mapping[str, Collection[int]]) -> tuple[list[Candidate], list[Problem]]:
    """The files without the rows that are private answers, and the files that are nothing else."""
    kept, left = [], []
    for c in files:
        if not (some := hidden.get(c.path)):
            kept.append(c)
            continue
        at = [i for i in range(len(c.rows)) if i not in some]
        if any(c.rows[i].strip() for i in at):
            less = {
                "rows": tuple(c.rows[i] for i in at),
                "lines": tuple(c.lines[i] for i in at),
                "more": c.more + len(some),
            }
            kept.append(Candidate(**(vars(c) | less)))
        else:
            left.append(Problem(path=c.path, message="repeats private answers of the report, and is not shown"))
    return kept, left


_IDENTIFIER = re.compile(r"[A-Za-z]\w*_\w+|[A-Z][a-z]+[A-Z]\w+|`([^`\n]{3,60})`")


def in_order(files: Sequence[Candidate], need: Need) -> list[Candidate]:
    """The files in the order in which they are needed."""
    said = need.said.lower()
    names = _identifiers(need.said) if not need.all else frozenset()

    def key(c: Candidate) -> tuple[float, int, int, str]:
        name = c.path.rpartition("/")[2].lower()
        named = c.path.lower() in said or (len(name) > 6 and name in said)
        rank, used = c.rank, 0
        if c.path in need.first:
            rank = -1
        elif need.all:
            if c.rank > len(_RANKS):
                pass
            elif rank > 1 and named:
                rank = 1.5
            elif rank > 2 and c.pointed:
                rank = 2
            elif rank > 2 and matches(c.path, need.files):
                rank -= 1
        else:
            text = "\n".join(c.rows)
            used = sum(n in text for n in names)
            hit = len(c.pointed & need.probes)
            rank = (
                0
                if named
                else 0.4
                if hit and c.rank < 4
                else 0.6
                if matches(c.path, need.files) and c.rank < 3
                else 0.8
                if used and c.rank < 3
                else c.rank + 1
            )
        return (rank, -used - len(c.pointed & need.probes if need.probes else c.pointed), c.size, c.path)

    return sorted(files, key=key)


def _identifiers(said: str) -> frozenset[str]:
    return frozenset(m[1] or m[0] for m in _IDENTIFIER.finditer(said))


def fit(files: Sequence[Candidate], room: int, need: Need) -> tuple[list[Chosen], list[Problem]]:
    """As many of the files as fit, in their order; then parts of the first that do not; and what is left out."""
    chosen: list[Chosen] = []
    left: list[Candidate] = []
    for file in files:
        if file.cost <= room:
            room -= file.cost
            chosen.append(Chosen(file, tuple(range(len(file.rows)))))
        else:
            left.append(file)
    problems = []
    names = _identifiers(need.said) if left else frozenset()
    for file in left:
        rows = _telling(file, names, min(room, 6000)) if room > 900 else ()
        if rows:
            room -= sum(min(len(file.rows[i]), 400) + 6 for i in rows) + len(file.path) + 60
            chosen.append(Chosen(file, rows))
        problems.append(
            Problem(path=file.path, message=f"did not fit ({file.size:,} bytes)" + (", shown in part" if rows else ""))
        )
    return chosen, sorted(problems, key=lambda p: p.path)


def _telling(file: Candidate, names: Collection[str], room: int) -> tuple[int, ...]:
    """The rows of a file that have one of the names, with a row around each; as many as fit."""
    kept: set[int] = set()
    cost = len(file.path) + 60
    for i, row in enumerate(file.rows):
        if any(name in row for name in names):
            around = {j for j in (i - 1, i, i + 1) if 0 <= j < len(file.rows)} - kept
            more = sum(min(len(file.rows[j]), 400) + 6 for j in around)
            if cost + more > room:
                break
            kept |= around
            cost += more
    return tuple(sorted(kept)) if len(kept) >= 3 else ()


def need_of(questions: Sequence[Question], profile: Profile, items: Iterable[str], whole: bool) -> Need:
    """What answers and boxes (by the profile's ids) need."""
    asked = {q.id: q for q in profile.questions}
    probes: set[str] = set()
    globs: list[str] = []
    for question in questions:
        if spec := asked.get(question.id):
            probes |= set(spec.probes)
            globs += spec.files
    for id_ in items:
        if item := profile.items_by_id.get(id_):
            probes |= {*item.probes, *item.open_probes}
    return Need("\n".join(q.answer for q in questions), frozenset(probes), tuple(globs), whole)


def most_alike(texts: Sequence[str], said: str, room: int) -> list[int]:
    """Which of the texts to show where not all fit: those that share most words with what is said; in their order."""
    if sum(map(len, texts)) <= room:
        return list(range(len(texts)))
    words = set(re.findall(r"[a-z][\w-]{3,}", said.lower()))
    ranked = sorted(
        range(len(texts)),
        key=lambda i: (
            -len(words & set(re.findall(r"[a-z][\w-]{3,}", texts[i].lower()))) / (40 + len(texts[i])) ** 0.5,
            i,
        ),
    )
    kept = []
    for i in ranked:
        if len(texts[i]) <= room:
            room -= len(texts[i])
            kept.append(i)
    return sorted(kept)


_LONG = 3000  # lines: beyond them a file is data, whatever its name
_HEAD = 20  # lines of such a file that are shown


def _rows(file: File) -> tuple[list[str], Sequence[int], int]:
    """What is shown of a file, with line numbers, and how many rows are not: all of it, or its head."""
    if file.suffix == "ipynb":
        return _notebook_rows(file)
    lines = file.lines[:-1] if file.lines and not file.lines[-1] else file.lines
    total = len(lines)
    if matches(file.path, _SUMMARISED):
        lines = lines[:3]
    elif total > _LONG:
        lines = lines[:_HEAD]
    return list(lines), range(1, len(lines) + 1), total - len(lines)


_CELL_ROWS = 800  # of a notebook


def _notebook_rows(file: File) -> tuple[list[str], Sequence[int], int]:
    """The source lines of a notebook's cells as they stand in its file; outputs are left out."""
    try:
        data = json.loads(file.text)
    except (ValueError, RecursionError):
        return [], (), 0
    cells = data.get("cells") if isinstance(data, dict) else None
    wanted = [
        json.dumps(row, ensure_ascii=False)[1:-1]
        for c in (cells if isinstance(cells, list) else ())
        for row in _source(c).split("\n")
        if row.strip()
    ]
    rows: list[str] = []
    numbers: list[int] = []
    at = 0
    for row in wanted[:_CELL_ROWS]:
        stop = min(at + 3000, len(file.lines))  # outputs between two cells are long, not endless
        found = next((i for i in range(at, stop) if row in file.lines[i]), None)
        if found is not None and (not numbers or found + 1 != numbers[-1]):
            rows.append(file.lines[found].strip())
            numbers.append(found + 1)
            at = found
    return rows, tuple(numbers), max(0, len(wanted) - _CELL_ROWS)


def _source(cell: object) -> str:
    source = cell.get("source") if isinstance(cell, dict) else None
    if isinstance(source, str):
        return source
    return "".join(s for s in source if isinstance(s, str)) if isinstance(source, list) else ""
