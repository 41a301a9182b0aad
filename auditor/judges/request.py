"""The requests of a submission: one shared prefix (instructions, facts, checklist, repository) and a question at its end.

The repository is packed once, in path order, each file a numbered piece with its lines, within a token budget. What does not
fit is left out whole and listed by name. Everything is hostile text: it stands between marks derived from itself, without
control characters, with personal data and secrets replaced.
"""

import hashlib
import json
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from auditor.judges import Request
from auditor.judges.private import Veil, veil_of
from auditor.models import Evidence, Problem, Question, Report
from auditor.profile import Profile
from auditor.prompts import Prompt
from auditor.snapshot import File, Snapshot, Unreadable, matches

CHARACTERS_PER_TOKEN = 3.6
BUDGET = 60_000  # tokens of a request's shared part
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
_LINE = 400  # characters of a line that are shown


# -- what a judge replies ----------------------------------------------------------------------------------------------


class _Wire(BaseModel):
    model_config = ConfigDict(extra="forbid")


class JudgedCite(_Wire):
    """Words of a piece."""

    evidence: str
    quote: str


class JudgedClaim(_Wire):
    """One statement, in the order in which it should be thought about."""

    quote: str
    report_says: str
    repo_shows: str
    cites: list[JudgedCite]
    difference: str
    label: Literal["supported", "contradicted", "not_verifiable"]
    ask: str


class Reply(_Wire):
    """What a judge says of one answer."""

    statements: list[JudgedClaim]


class Defence(_Wire):
    """The case for the group against one accusation, and whether the accusation holds up."""

    number: int
    defence: str
    cites: list[JudgedCite]
    holds_up: bool


class DefenceReply(_Wire):
    """What the defence says of one answer's accusations."""

    accusations: list[Defence]


# -- the pieces --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """Something that a judge may cite: a file's text as shown, or an evidence (fact, absence, the report's own lines).
    `rows` are a file's shown lines as they are in it, `lines` their numbers; `text` is what the judge sees of them."""

    id: str
    kind: Literal["file", "fact", "absence", "report"]
    path: str
    text: str
    lines: tuple[int, ...] = ()
    rows: tuple[str, ...] = ()
    evidence: Evidence | None = None


@dataclass(frozen=True)
class Brief:
    """A submission as a judge sees it: the pieces by id, the shared text, and what was left out."""

    pieces: Mapping[str, Piece]
    veil: Veil
    system: str
    head: str
    omitted: tuple[Problem, ...]
    prompts: tuple[Prompt, Prompt]
    values: Mapping[str, str] = field(repr=False, default_factory=dict)


def make_brief(
    snapshot: Snapshot,
    report: Report,
    profile: Profile,
    prompts: tuple[Prompt, Prompt],
    facts: Iterable[Evidence],
    probed: Collection[Evidence],
    budget: int = BUDGET,
) -> Brief:
    """Pack a submission. The same commit, profile, prompts and budget give the same bytes."""
    veil = veil_of(report, snapshot.history)
    pieces: dict[str, Piece] = {}

    def add(
        kind: Literal["file", "fact", "absence", "report"],
        path: str,
        text: str,
        lines: tuple[int, ...] = (),
        evidence: Evidence | None = None,
    ) -> str:
        id_ = f"E{len(pieces) + 1}"
        rows = tuple(text.split("\n")) if lines else ()
        pieces[id_] = Piece(id_, kind, path, _clean(veil.hide(text)), lines, rows, evidence)
        return id_

    fact_ids = [add("fact", "", _facts_text(e), evidence=e) for e in facts]
    fact_ids += [add("absence", "", e.note, evidence=e) for e in probed if e.kind == "absence"]
    box_ids = [add("report", report.path, f"[{i.mark}] {i.text}", (i.line,)) for i in report.items]
    answers = []
    for question in report.questions:
        if question.answer.strip() and not question.private and question.id not in _NOT_ASKED:
            numbers = question.row_lines or tuple(range(question.answer_lines[0], question.answer_lines[1] + 1))
            answers.append((add("report", report.path, question.answer, numbers), question.n))
    facts_text = "\n".join(f"{i}: {pieces[i].text}" for i in fact_ids)
    boxes_text = "\n".join(f"{i}: {pieces[i].text}" for i in box_ids)
    answers_text = "\n\n".join(f"{i}: (question {n}) {pieces[i].text}" for i, n in answers)
    room = int(budget * CHARACTERS_PER_TOKEN) - len(facts_text) - len(boxes_text) - len(answers_text)
    chosen, left = _choose(snapshot, report, profile, {e.path for e in probed if e.path}, room)
    packed = []
    for path in sorted(chosen):
        rows, lines = chosen[path]
        id_ = add("file", path, "\n".join(rows), lines)
        body = pieces[id_].text.split("\n")
        shown = "\n".join(f"{n:>4} {row}" for n, row in zip(lines, body, strict=True))
        packed.append((id_, path, shown))
    digest = hashlib.sha256("".join(p.text for p in pieces.values()).encode()).hexdigest()
    fence = _fence(digest, [p.text for p in pieces.values()] + [_clean(veil.hide(q.answer)) for q in report.questions])
    pack = (
        "\n".join(f"{fence} {id_} {_one_line(veil.hide(path))}\n{shown}" for id_, path, shown in packed)
        + f"\n{fence} end"
    )
    values = {
        "fence": fence,
        "facts": f"{fence} facts\n{facts_text}\n{fence} end",
        "answers": f"{fence} answers\n{answers_text or '(none)'}\n{fence} end",
        "checklist": f"{fence} checklist\n{boxes_text or '(none)'}\n{fence} end",
        "pack": pack,
        "omitted": "\n".join(f"- {_one_line(veil.hide(p.path))}: {p.message}" for p in left) or "(all files are shown)",
    }
    return Brief(
        pieces, veil, prompts[0].system_text(**values), prompts[0].head_text(**values), tuple(left), prompts, values
    )


def _facts_text(evidence: Evidence) -> str:
    sources = ", ".join(evidence.sources[:12])
    return evidence.note + (f" (from {sources})" if sources and sources != "git log" else "")


def _clean(text: str) -> str:
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", text.replace("\t", "    "))


def _one_line(text: str) -> str:
    """A path may hold a line break, and is not to start a line of its own."""
    return " ".join(_clean(text).split())


def _fence(digest: str, texts: Sequence[str]) -> str:
    """A mark that stands in none of the texts."""
    for size in range(8, 64):
        mark = "=====" + digest[:size]
        if not any(mark in text for text in texts):
            return mark
    raise ValueError("no mark is free")  # would take a text that knows its own hash


# -- what is packed ----------------------------------------------------------------------------------------------------

_NEVER = (
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
    "**/*.ipynb",
)
_LOCK = (
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
     ".python-version"),
    ("**/*.py", "!tests/**", "!**/test_*.py"),
    ("**/*.py", "**/*.y*ml", "**/*.toml", "**/*.cfg", "**/*.ini", "**/*.sh", "readme.md", "**/*.tf", "**/requirements*.txt"),
    ("**/*.tsx", "**/*.ts", "**/*.jsx", "**/*.js", ".gitignore", ".dockerignore", ".gcloudignore", "**/*.ipynb"),
    ("**/*.md", "**/*.rst", "**/*.json", "**/*.txt", "**/*.css"),
)  # fmt: skip


def _choose(
    snapshot: Snapshot, report: Report, profile: Profile, pointed: Collection[str], room: int
) -> tuple[dict[str, tuple[list[str], tuple[int, ...]]], list[Problem]]:
    """The rows of each file that is shown, within `room` characters, and what is not shown with the reason."""
    said = "\n".join(q.answer for q in report.questions).lower()
    asked = tuple(g for q in profile.questions for g in q.files)
    ranked: list[tuple[tuple[float, int, str], File]] = []
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
            rank: float = next((i for i, globs in enumerate(_RANKS, 1) if matches(file.path, globs)), len(_RANKS) + 1)
            named = file.path.lower() in said or (len(file.name) > 6 and file.name.lower() in said)
            if aside:
                rank = len(_RANKS) + 1
            elif rank > 1 and (named or file.path in pointed):
                rank = 2 - named / 2
            elif rank > 2 and matches(file.path, asked):
                rank -= 1
            ranked.append(((rank, file.size, file.path), file))
    # every file is at least named
    room -= sum(len(p.path) + len(p.message) + 6 for p in left) + sum(len(f.path) + 40 for _, f in ranked)
    chosen: dict[str, tuple[list[str], tuple[int, ...]]] = {}
    for _, file in sorted(ranked, key=lambda r: r[0]):
        try:
            rows, lines = _rows(file)
        except Unreadable as reason:
            left.append(Problem(path=file.path, message=str(reason)))
            continue
        cost = sum(len(r) + 6 for r in rows)
        if cost > room:
            left.append(Problem(path=file.path, message=f"did not fit ({file.size:,} bytes)"))
            continue
        room -= cost
        chosen[file.path] = (rows, lines)
    return chosen, sorted(left, key=lambda p: p.path)


def _rows(file: File) -> tuple[list[str], tuple[int, ...]]:
    """What is shown of a file, with line numbers: all of it, or of data, locks, notebooks and drawings a summary."""
    if file.suffix == "ipynb":
        return _notebook_rows(file)
    lines = file.lines[:-1] if file.lines and not file.lines[-1] else file.lines
    if matches(file.path, _LOCK) or matches(file.path, _NEVER) or len(lines) > 3000:
        lines = lines[:3]
    rows = [row[:_LINE] for row in lines]
    return rows, tuple(range(1, len(rows) + 1))


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


# -- the requests ------------------------------------------------------------------------------------------------------


def requests(brief: Brief, report: Report, profile: Profile) -> list[Request]:
    """One request for each answered question that is not private, in the report's order."""
    return [
        _request(brief, report, profile, q)
        for q in report.questions
        if q.answer.strip() and not q.private and q.id not in _NOT_ASKED
    ]


_NOT_ASKED = frozenset({"group-number", "members"})


def _request(brief: Brief, report: Report, profile: Profile, question: Question) -> Request:
    prompt = brief.prompts[0]
    items = next((q.items for q in profile.questions if q.id == question.id), ())
    numbered = [p for p in brief.pieces.values() if p.kind == "report"]
    boxes = [
        f"{piece.id}: {piece.text}" for piece, item in zip(numbered, report.items, strict=False) if item.item in items
    ]
    tail = prompt.tail_text(**_question_values(brief, question), boxes="\n".join(boxes) or "(none)")
    return Request(
        id=f"q{question.n}",
        messages=(("system", brief.system), ("user", brief.head + tail)),
        schema_name="reply",
        schema=schema_of(Reply),
        prompt=prompt.named,
        shared=len(brief.head),
        model=Reply,
    )


def _question_values(brief: Brief, question: Question) -> dict[str, str]:
    fence = brief.values["fence"]
    answer = _clean(brief.veil.hide(question.answer))
    return {
        "number": str(question.n),
        "prompt": _clean(question.prompt),
        "answer": f"{fence} answer\n{answer}\n{fence} end",
    }


def defence_request(brief: Brief, question: Question, charges: Sequence[tuple[str, str, str]]) -> Request:
    """The request that argues the group's side of an answer: (quote, what the repository shows, difference) of each."""
    prompt = brief.prompts[1]
    rows = [
        f'{n}. "{_clean(brief.veil.hide(q))}" - {_clean(brief.veil.hide(s))} {_clean(brief.veil.hide(d))}'
        for n, (q, s, d) in enumerate(charges, 1)
    ]
    fence = brief.values["fence"]
    head = prompt.head_text(**brief.values)
    tail = prompt.tail_text(
        **_question_values(brief, question), charges=f"{fence} accusations\n" + "\n".join(rows) + f"\n{fence} end"
    )
    return Request(
        id=f"q{question.n}-defence",
        messages=(("system", prompt.system_text(**brief.values)), ("user", head + tail)),
        schema_name="defence",
        schema=schema_of(DefenceReply),
        prompt=prompt.named,
        shared=len(head),
        model=DefenceReply,
    )


def schema_of(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema that a strict server takes."""
    return model.model_json_schema()
