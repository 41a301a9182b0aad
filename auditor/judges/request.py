"""The requests of a submission: one shared prefix (instructions, facts, checklist, repository) and a question at its end.

The repository is packed once, in path order, each file a numbered piece with its lines, within a token budget; of a larger
one, a question brings along what belongs to it. What does not fit is left out whole and listed by name. Everything is hostile
text: it stands between marks derived from itself, without control characters, with personal data and secrets replaced.
"""

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from auditor.judges import Request
from auditor.judges.pack import Shown, pack
from auditor.judges.private import Veil, veil_of
from auditor.models import Evidence, Problem, Question, Report
from auditor.profile import Profile
from auditor.prompts import Prompt
from auditor.snapshot import Snapshot

CHARACTERS_PER_TOKEN = 3.6
BUDGET = 60_000  # tokens of a request
OWN_SHARE = 0.13  # of it, for files that only one question brings along: the shared part stays above 85 %
_UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)


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
    detail: bool
    ask: str


class Reply(_Wire):
    """What a judge says of one answer."""

    statements: list[JudgedClaim]


class Defence(_Wire):
    """The case for the group against one accusation, and what it rests on: lines that `show` it to be true, a fair reading
    of the `wording`, the `silence` of the material, a state `elsewhere` that nobody can see from here, or `nothing`."""

    number: int
    defence: str
    cites: list[JudgedCite]
    ground: Literal["shown", "wording", "silence", "elsewhere", "nothing"]


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
    """A submission as a judge sees it: the pieces by id, the shared text, what was left out of it, and by question number
    the text of the files that only this question brings along."""

    pieces: Mapping[str, Piece]
    veil: Veil
    system: str
    head: str
    omitted: tuple[Problem, ...]
    prompts: tuple[Prompt, Prompt]
    own: Mapping[int, str] = field(repr=False, default_factory=dict)
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
    box_ids = [add("report", report.checklist or report.path, f"[{i.mark}] {i.text}", (i.line,)) for i in report.items]
    answers = []
    for question in report.questions:
        if question.answer.strip() and not question.private and question.id not in _NOT_ASKED:
            numbers = question.row_lines or tuple(range(question.answer_lines[0], question.answer_lines[1] + 1))
            answers.append((add("report", report.path, question.answer, numbers), question.n))
    facts_text = "\n".join(f"{i}: {pieces[i].text}" for i in fact_ids)
    boxes_text = "\n".join(f"{i}: {pieces[i].text}" for i in box_ids)
    answers_text = "\n\n".join(f"{i}: (question {n}) {pieces[i].text}" for i, n in answers)
    room = int(budget * CHARACTERS_PER_TOKEN) - len(facts_text) - len(boxes_text) - len(answers_text)
    own_room = int(budget * CHARACTERS_PER_TOKEN * OWN_SHARE)
    packed = pack(snapshot, report, profile, probed, room, own_room)

    def add_file(file: Shown) -> str:
        return add("file", file.path, "\n".join(file.rows), file.lines)

    shared = [add_file(file) for file in packed.shared]
    brought = {file.path: file for own in packed.own.values() for file in own}
    ids = {path: add_file(file) for path, file in sorted(brought.items())}
    digest = hashlib.sha256("".join(p.text for p in pieces.values()).encode()).hexdigest()
    fence = _fence(digest, [p.text for p in pieces.values()] + [_clean(veil.hide(q.answer)) for q in report.questions])

    def shown(ids: Iterable[str]) -> str:
        return "\n".join(_numbered(pieces[id_], fence, veil) for id_ in ids) + f"\n{fence} end"

    values = {
        "fence": fence,
        "facts": f"{fence} facts\n{facts_text}\n{fence} end",
        "answers": f"{fence} answers\n{answers_text or '(none)'}\n{fence} end",
        "checklist": f"{fence} checklist\n{boxes_text or '(none)'}\n{fence} end",
        "pack": shown(shared),
        "omitted": "\n".join(f"- {_one_line(veil.hide(p.path))}: {p.message}" for p in packed.left)
        or "(all files are shown)",
    }
    return Brief(
        pieces,
        veil,
        prompts[0].system_text(**values),
        prompts[0].head_text(**values),
        packed.left,
        prompts,
        {n: shown(ids[file.path] for file in own) for n, own in packed.own.items()},
        values,
    )


def _numbered(piece: Piece, fence: str, veil: Veil) -> str:
    """A file with its head and line numbers."""
    body = zip(piece.lines, piece.text.split("\n"), strict=True)
    return "\n".join([f"{fence} {piece.id} {_one_line(veil.hide(piece.path))}", *(f"{n:>4} {row}" for n, row in body)])


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
        "more": brief.own.get(question.n, "(none)"),
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
