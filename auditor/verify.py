"""From a judge's reply to verdicts: nothing that it says is believed before its quotes are found in their sources.

A statement must stand in the answer, a citation in the piece that it names; white space aside, and never nearly. What fails
is demoted to `not_verifiable` with the reason, counted, and shown with `--show all`.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from auditor.judges.request import Brief, Defence, DefenceReply, JudgedCite, JudgedClaim, Piece, Reply
from auditor.models import Citation, Claim, Evidence, Question, Source, Verdict
from auditor.redact import clip

Number = Callable[[Evidence], str]
_LINE_NUMBER = re.compile(r"(?m)^\s{0,6}\d{1,5}[ |:]\s?")
_LONGEST = 8  # lines that one citation may span


def parse_reply(text: str) -> Reply | None:
    """A reply, or None for text that is none."""
    try:
        return Reply.model_validate_json(text)
    except ValidationError:
        return None


def parse_defence(text: str) -> DefenceReply | None:
    """A defence, or None for text that is none."""
    try:
        return DefenceReply.model_validate_json(text)
    except ValidationError:
        return None


def check_reply(reply: Reply, question: Question, brief: Brief, number: Number) -> list[Verdict]:
    """A verdict for each statement of a reply, unnumbered (their ids are `J`), in the reply's order."""
    verdicts: list[Verdict] = []
    seen: set[str] = set()
    for judged in reply.statements:
        verdicts.append(_check(judged, question, brief, number, seen))
    return verdicts


def _check(judged: JudgedClaim, question: Question, brief: Brief, number: Number, seen: set[str]) -> Verdict:
    said = find(brief.veil.show(judged.quote), question.answer)
    reason = ""
    citations: list[Citation] = []
    if said is None:
        reason = "its statement is not in the answer"
    elif _squeeze(said.text) in seen:
        reason = "it repeats a statement"
    elif len(_squeeze(said.text)) < 4:
        reason = "its statement is too short to be one"
    else:
        seen.add(_squeeze(said.text))
        lost = []
        for cite in judged.cites:
            made = _cite(cite, brief, number)
            if isinstance(made, str):
                lost.append(made)
            elif made not in citations:
                citations.append(made)
        if judged.label != "not_verifiable" and not citations:
            reason = lost[0] if lost else "it cites nothing"
    quote = said.text if said else brief.veil.show(judged.quote)[:300]
    line = _answer_line(question, said.row if said else 0)
    return Verdict(
        id="J",
        claim=Claim(source=Source(kind="question", n=question.n), quote=" ".join(quote.split()), line=line),
        label="not_verifiable" if reason else judged.label,
        citations=tuple(citations),
        report_says=_plain(brief, judged.report_says),
        repo_shows=_plain(brief, judged.repo_shows),
        difference=_plain(brief, judged.difference),
        ask=_plain(brief, judged.ask) if judged.label == "contradicted" and not reason else "",
        by="judge",
        demoted=reason,
        rule="prose-contradicts-repository" if judged.label == "contradicted" and not reason else "",
        detail=judged.detail and judged.label == "contradicted" and not reason,
    )


def _plain(brief: Brief, text: str) -> str:
    return " ".join(brief.veil.show(text).split())[:1000]


def _answer_line(question: Question, row: int) -> int:
    if question.row_lines:
        return question.row_lines[min(row, len(question.row_lines) - 1)]
    return question.answer_lines[0] + row


@dataclass(frozen=True)
class Found:
    """Where words stand: the very text, and the first and last row counted from 0."""

    text: str
    row: int
    last: int


def find(quote: str, text: str) -> Found | None:
    """The place of a quote in a text, white space aside; None where it does not stand there word by word."""
    parts = quote.split()
    if not parts:
        return None
    match = re.search(r"\s+".join(map(re.escape, parts)), text)
    if match is None:
        return None
    first = text.count("\n", 0, match.start())
    return Found(match[0], first, first + match[0].count("\n"))


def _cite(cite: JudgedCite, brief: Brief, number: Number) -> Citation | str:
    """The citation of a piece's words, or why there is none."""
    piece = brief.pieces.get(cite.evidence.strip())
    if piece is None:
        return f"there is no piece {cite.evidence.strip()[:20]!r}"
    found = find(cite.quote, piece.text)
    if found is None and piece.kind == "file":  # the shown line numbers copied along
        found = find(_LINE_NUMBER.sub("", cite.quote), piece.text)
    if found is None:
        return f"its citation of {piece.id} is not verbatim"
    if len(_squeeze(found.text)) < 3:
        return f"its citation of {piece.id} is too short to show anything"
    return _resolve(found, piece, brief, number)


def _resolve(found: Found, piece: Piece, brief: Brief, number: Number) -> Citation | str:
    if piece.evidence is not None:
        note = piece.evidence.note
        inside = find(brief.veil.show(found.text), note)
        return Citation(evidence=number(piece.evidence), quote=inside.text if inside else note)
    if found.last - found.row >= _LONGEST:
        return f"its citation of {piece.id} spans more than {_LONGEST} lines"
    rows = list(piece.rows[found.row : found.last + 1])
    evidence = Evidence(
        kind="excerpt",
        probe="judge",
        path=piece.path,
        start=piece.lines[found.row],
        end=piece.lines[found.last],
        excerpt=clip(rows, piece.rows[found.row - 1] if found.row else ""),
    )
    quote = find(brief.veil.show(found.text), evidence.excerpt)
    return Citation(evidence=number(evidence), quote=quote.text if quote else evidence.excerpt)


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).lower()


def apply_defence(verdicts: Sequence[Verdict], reply: DefenceReply, brief: Brief, number: Number) -> list[Verdict]:
    """The contradictions of an answer after the defence. What lines that are there show to be true, what is so in a fair
    reading, and what the material is silent about is demoted, with the defence as its reason. A case that rests on a state
    that nobody can see from here stays beside the contradiction, which weighs less for it."""
    cases: dict[int, Defence] = {d.number: d for d in reply.accusations if d.ground != "nothing"}
    return [_defend(v, cases[n], brief, number) if n in cases else v for n, v in enumerate(verdicts, 1)]


def _defend(verdict: Verdict, case: Defence, brief: Brief, number: Number) -> Verdict:
    made = [c for c in (_cite(c, brief, number) for c in case.cites) if isinstance(c, Citation)]
    if case.ground == "elsewhere" or (case.ground == "shown" and not made):
        return verdict.model_copy(update={"defence": _plain(brief, case.defence)})
    return verdict.model_copy(
        update={
            "label": "not_verifiable",
            "demoted": "the defence: " + _plain(brief, case.defence),
            "citations": (*verdict.citations, *(c for c in made if c not in verdict.citations)),
            "ask": "",
            "rule": "",
            "detail": False,
        }
    )


def merge(settled: Iterable[Verdict], judged: Iterable[Verdict]) -> list[Verdict]:
    """The judge's verdicts without contradictions that a probe or claim check has already: same answer, and mostly the same
    words. These stay in the record, demoted."""
    known = [v for v in settled if v.label == "contradicted" and v.claim.source.kind == "question"]
    result = []
    for verdict in judged:
        twin = next((k for k in known if verdict.label == "contradicted" and _same(k, verdict)), None)
        if twin is not None:
            verdict = verdict.model_copy(
                update={
                    "label": "not_verifiable",
                    "demoted": f"already found by {twin.by}",
                    "rule": "",
                    "ask": "",
                    "detail": False,
                }
            )
        result.append(verdict)
    return result


def _same(one: Verdict, other: Verdict) -> bool:
    if one.claim.source != other.claim.source:
        return False
    a, b = (re.findall(r"\w+", v.claim.quote.lower()) for v in (one, other))
    short, long_ = sorted((a, b), key=len)
    return sum(w in long_ for w in short) >= 0.8 * len(short) if short else False
