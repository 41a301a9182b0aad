"""Which files of a repository a judge is shown, within a budget: most important first, and whole or not at all.

Small repositories are shown whole with every question. Of larger ones, what most evidence points at is shown with every
question, and a question brings along what its answer names and what its checklist items were looked for in. Lock files, data,
notebooks' outputs, drawings and generated pages are summarised.
"""

import json
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from auditor.globs import matches
from auditor.models import Evidence, Problem, Question, Report
from auditor.profile import Profile
from auditor.repository import Unreadable
from auditor.snapshot import File, Snapshot

_LINE = 400  # characters of a line that are shown
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
class Shown:
    """A file as a judge sees it: the rows that are shown, as they are in it, and their line numbers. `cost` is in characters."""

    path: str
    rows: tuple[str, ...]
    lines: tuple[int, ...]

    @property
    def cost(self) -> int:
        return sum(len(row) + 6 for row in self.rows)


@dataclass(frozen=True)
class Pack:
    """A repository, packed: `shared` with every question, in path order; `own` by question number, in path order; and what
    is not shared, with the reason."""

    shared: tuple[Shown, ...]
    own: dict[int, tuple[Shown, ...]]
    left: tuple[Problem, ...]


def pack(
    snapshot: Snapshot, report: Report, profile: Profile, probed: Collection[Evidence], room: int, own_room: int
) -> Pack:
    """Pack a snapshot into `room` characters a question, of which, where not everything fits, `own_room` are kept for what
    only that question brings along."""
    ranked, left = _ranked(snapshot, report, profile, probed)
    room -= sum(len(p.path) + len(p.message) + 6 for p in left)
    shared: list[Shown] = []
    spare: list[tuple[File, Shown]] = []
    if sum(shown.cost + len(shown.path) + 40 for _, shown in ranked) > room:
        own_room = max(min(own_room, room), 0)
        room -= own_room + sum(len(shown.path) + 40 for _, shown in ranked)  # every file is at least named
        for file, shown in ranked:
            if shown.cost <= room:
                room -= shown.cost
                shared.append(shown)
            else:
                spare.append((file, shown))
                left.append(Problem(path=file.path, message=f"did not fit ({file.size:,} bytes)"))
    else:
        shared = [shown for _, shown in ranked]
    own = {q.n: _own(q, profile, probed, spare, own_room) for q in report.questions} if spare else {}
    return Pack(
        tuple(sorted(shared, key=lambda s: s.path)),
        {n: files for n, files in own.items() if files},
        tuple(sorted(left, key=lambda p: p.path)),
    )


def _ranked(
    snapshot: Snapshot, report: Report, profile: Profile, probed: Iterable[Evidence]
) -> tuple[list[tuple[File, Shown]], list[Problem]]:
    """What can be shown, most important first, and what cannot."""
    said = "\n".join(q.answer for q in report.questions if not q.private).lower()
    asked = tuple(g for q in profile.questions for g in q.files)
    hits: dict[str, set[str]] = {}
    for piece in probed:
        hits.setdefault(piece.path, set()).add(piece.probe)
    ranked: list[tuple[tuple[float, int, int, str], File, Shown]] = []
    left: list[Problem] = []
    for file in snapshot.files.values():
        aside = snapshot.aside(file)
        if file.skipped:
            left.append(Problem(path=file.path, message=file.skipped))
        elif aside and aside != "template stub":
            left.append(Problem(path=file.path, message=aside))
        elif not file.size:
            left.append(Problem(path=file.path, message="empty"))
        else:
            try:
                rows, lines = _rows(file)
            except Unreadable as reason:
                left.append(Problem(path=file.path, message=str(reason)))
                continue
            if not rows:
                left.append(Problem(path=file.path, message="nothing to show"))
                continue
            pointed = len(hits.get(file.path, ()))
            rank: float = next((i for i, globs in enumerate(_RANKS, 1) if matches(file.path, globs)), len(_RANKS) + 1)
            if aside:
                rank = len(_RANKS) + 1
            elif rank > 1 and _named(file, said):
                rank = 1.5
            elif rank > 2 and pointed:
                rank = 2
            elif rank > 2 and matches(file.path, asked):
                rank -= 1
            ranked.append(((rank, -pointed, file.size, file.path), file, Shown(file.path, tuple(rows), tuple(lines))))
    return [(file, shown) for _, file, shown in sorted(ranked, key=lambda r: r[0])], left


def _named(file: File, said: str) -> bool:
    return file.path.lower() in said or (len(file.name) > 6 and file.name.lower() in said)


_IDENTIFIER = re.compile(r"[a-z]\w*_\w+|[A-Z][a-z]+[A-Z]\w+")


def _own(
    question: Question, profile: Profile, probed: Iterable[Evidence], spare: list[tuple[File, Shown]], room: int
) -> tuple[Shown, ...]:
    """What one question brings along: files that its answer names, then those with names of code that it uses, then those in
    which its items were found, then those that the profile looks at for it."""
    asked = next((q for q in profile.questions if q.id == question.id), None)
    if asked is None or not question.answer.strip():
        return ()
    probes = set(asked.probes)
    for item in asked.items:
        probes |= {*profile.items_by_id[item].probes, *profile.items_by_id[item].open_probes}
    pointed = {piece.path for piece in probed if piece.probe in probes}
    said = question.answer.lower()
    names = set(_IDENTIFIER.findall(question.answer))
    ranked = []
    for n, (file, shown) in enumerate(spare):
        used = sum(name in file.text for name in names)
        rank = (
            0
            if _named(file, said)
            else 1
            if used
            else 2
            if file.path in pointed
            else 3
            if matches(file.path, asked.files)
            else 4
        )
        if rank < 4:
            ranked.append(((rank, -used if rank else 0, n), shown))
    chosen: list[Shown] = []
    for _, shown in sorted(ranked, key=lambda r: r[0]):
        if shown.cost <= room:
            room -= shown.cost
            chosen.append(shown)
    return tuple(sorted(chosen, key=lambda s: s.path))


def _rows(file: File) -> tuple[list[str], range | tuple[int, ...]]:
    """What is shown of a file, with line numbers: all of it, or a summary."""
    if file.suffix == "ipynb":
        return _notebook_rows(file)
    lines = file.lines[:-1] if file.lines and not file.lines[-1] else file.lines
    if matches(file.path, _SUMMARISED) or len(lines) > 3000:
        lines = lines[:3]
    rows = [row[:_LINE] for row in lines]
    return rows, range(1, len(rows) + 1)


def _notebook_rows(file: File) -> tuple[list[str], tuple[int, ...]]:
    """The source lines of a notebook's cells as they stand in its file; outputs are left out."""
    try:
        cells = json.loads(file.text).get("cells", [])
    except (ValueError, AttributeError):
        return [], ()
    wanted = [
        json.dumps(row, ensure_ascii=False)[1:-1]
        for c in cells
        for row in "".join(c.get("source", [])).split("\n")
        if row.strip()
    ]
    rows, numbers, at = [], [], 0
    for row in wanted:
        found = next((i for i in range(at, len(file.lines)) if row in file.lines[i]), None)
        if found is not None:
            rows.append(file.lines[found].strip()[:_LINE])
            numbers.append(found + 1)
            at = found
    return rows[:800], tuple(numbers[:800])
