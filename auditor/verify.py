"""From a judge's replies to verdicts and box labels: nothing that it says is believed before its quotes are found in their
sources.

A statement must stand in an answer, a citation in the piece that it names; white space aside, and never nearly. What fails
is demoted with the reason, counted, and shown with `--show all`. A typed claim whose words stand nowhere is dropped and counted.
"""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from auditor import limits
from auditor.claims.case import Placed
from auditor.claims.kinds import CLAIM, Count, DefinedIn, Practice, Same, Typed
from auditor.judges.answers import READING, Typing
from auditor.judges.request import Brief, Part, Piece
from auditor.judges.wire import MOST, JudgedBox, JudgedCite, JudgedClaim, JudgedStatement, Reading, SectionReading
from auditor.lazy import dataclass
from auditor.models import Citation, Claim, Evidence, Label, Report, Side, Source, Verdict
from auditor.redact import clip

Number = Callable[[Evidence], str]
W = TypeVar("W", bound=BaseModel)
_LINE_NUMBER = re.compile(r"(?m)^\s{0,6}\d{1,5}[ |:]\s?")
_LONGEST = 8  # lines that one citation may span
_CITES = 6  # citations of one statement that are looked at
_WORDS = 1_000  # characters of a claim's quote, or of any other of its fields


def parse(model: type[W], text: str) -> W | None:
    """A reply of a shape, or None for text that is none, or far more than a reply is."""
    if len(text) > limits.REPLY_TEXT.value:
        return None
    try:
        return model.model_validate_json(text)
    except (ValidationError, RecursionError):
        return None


def check_reading(
    reply: Reading | SectionReading, part: Part, brief: Brief, report: Report, number: Number
) -> tuple[list[Verdict], dict[int, Side]]:
    """A verdict for each statement of a reading, unnumbered (their ids are `J`), in the reply's order; and what it says of each
    box that it was asked about."""
    verdicts: list[Verdict] = []
    seen: set[str] = set()
    statements: Sequence[JudgedClaim | JudgedStatement]
    statements = reply.contradictions if isinstance(reply, Reading) else reply.statements
    for judged in statements[:MOST]:
        label = judged.label if isinstance(judged, JudgedStatement) else "contradicted"
        verdicts.append(_check(judged, label, part, brief, report, number, seen))
    return verdicts, check_boxes(reply.boxes, part.items, part.reading, brief, number)


def check_boxes(
    boxes: Sequence[JudgedBox], asked: Iterable[int], by: str, brief: Brief, number: Number
) -> dict[int, Side]:
    """What is said of each box that was asked about, the first word on each. A label counts if a citation stands that is not
    the report's own: what is claimed shows nothing."""
    wanted = set(asked)
    sides: dict[int, Side] = {}
    for box in boxes[:MOST]:
        if box.n not in wanted or box.n in sides:
            continue
        made, lost = cite_all(box.cites, brief, number)
        shown = [c for c, piece in made if piece.kind not in ("report", "figure")]
        reason = "" if shown or box.label == "not_verifiable" else lost or "it cites nothing of the repository"
        sides[box.n] = Side(by=by, label=box.label, citations=tuple(dict.fromkeys(c for c, _ in made)), demoted=reason)
    return sides


def cite_all(cites: Sequence[JudgedCite], brief: Brief, number: Number) -> tuple[list[tuple[Citation, Piece]], str]:
    """The citations that stand, with their pieces, and why the first of the others does not."""
    made: list[tuple[Citation, Piece]] = []
    lost = ""
    for cite in cites[:_CITES]:
        citation = _cite(cite, brief, number)
        if isinstance(citation, str):
            lost = lost or citation
        elif citation not in [c for c, _ in made]:
            made.append((citation, brief.pieces[cite.evidence.strip()]))
    return made, lost


@dataclass(frozen=True)
class Found:
    """Where words stand: the very text, and the first and last row counted from 0."""

    text: str
    row: int
    last: int


def find(quote: str, text: str) -> Found | None:
    """The place of a quote in a text, white space aside; None where it does not stand there word by word. What a reader was
    shown as a replacement character stands for any one."""
    match = _match(quote, text)
    return _found(text, match.start(), match.end()) if match else None


def _match(quote: str, text: str) -> re.Match[str] | None:
    parts = quote.split()
    unknown = quote.count("\N{REPLACEMENT CHARACTER}")
    if not parts or len(quote) > 6000 or unknown * 2 > sum(map(len, parts)):  # which would stand anywhere
        return None
    return re.search(r"\s+".join(re.escape(p).replace("\N{REPLACEMENT CHARACTER}", ".") for p in parts), text)


def _found(text: str, start: int, end: int) -> Found:
    first = text.count("\n", 0, start)
    return Found(text[start:end], first, first + text.count("\n", start, end))


@dataclass(frozen=True)
class _Said:
    """Where a quote stands: an answer (its place in the report), and its words."""

    at: int
    found: Found


def _check(
    judged: JudgedClaim | JudgedStatement,
    label: Label,
    part: Part,
    brief: Brief,
    report: Report,
    number: Number,
    seen: set[str],
) -> Verdict:
    said = _said(judged.quote, part, brief, report)
    reason = ""
    made: list[tuple[Citation, Piece]] = []
    if said is None:
        reason = "its statement is not in an answer"
    elif _squeeze(said.found.text) in seen:
        reason = "it repeats a statement"
    elif len(_squeeze(said.found.text)) < 4:
        reason = "its statement is too short to be one"
    else:
        seen.add(_squeeze(said.found.text))
        made, lost = cite_all(judged.cites, brief, number)
        if label != "not_verifiable" and not made:
            reason = lost or "it cites nothing"
    quote = said.found.text if said else brief.veil.show(judged.quote)[:300]
    at = said.at if said else next(iter(part.questions or brief.answers), 0)
    question = report.questions[at] if report.questions else None
    contradicts = label == "contradicted" and not reason
    return Verdict(
        id="J",
        claim=Claim(
            source=Source(kind="question", n=question.n) if question else Source(kind="report", n=0),
            quote=" ".join(quote.split()),
            line=_answer_line(report, at, said.found.row if said else 0),
        ),
        label="not_verifiable" if reason else label,
        citations=tuple(c for c, _ in made),
        report_says=_plain(brief, judged.report_says),
        repo_shows=_plain(brief, judged.repo_shows),
        difference=_plain(brief, judged.difference),
        ask=_plain(brief, judged.ask) if contradicts else "",
        by="judge",
        reading=part.reading,
        demoted=reason,
        rule="prose-contradicts-repository" if contradicts else "",
        detail=judged.detail and contradicts,
        seen=contradicts and all(piece.kind == "figure" for _, piece in made),
    )


# -- typed claims ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Checked:
    """The claims of one reply that stand in the answers, how many of them in another one than was said, and how many were
    dropped, by reason."""

    placed: tuple[Placed, ...] = ()
    moved: int = 0
    dropped: Mapping[str, int] = field(default_factory=dict)


def check_claims(reply: Typing, part: Part, brief: Brief, report: Report) -> Checked:
    """The typed claims of a reply in their places. The words of each must stand in an answer that was shown; what was taken out of
    the text is put back into all of its fields."""
    placed: list[Placed] = []
    dropped: Counter[str] = Counter()
    moved = 0
    shown = "\n".join(_squash(report.questions[at].answer) for at in brief.answers)
    for given in reply.claims[: limits.REPLY_CLAIMS.value]:
        claim = _typed(given, brief) if isinstance(given, dict) else "does not fit its kind"
        if isinstance(claim, str):
            dropped[claim] += 1
            continue
        said = _stands(claim.quote, given.get("question"), part, brief, report)
        if said is None or len(_squeeze(said.found.text)) < 3:
            dropped["its words are in no answer"] += 1
            continue
        if isinstance(claim, Same):
            other = _stands(claim.other, None, part, brief, report)
            if other is None or other.found.text == said.found.text:
                dropped["the words that it is to differ from are in no answer"] += 1
                continue
            claim = claim.model_copy(update={"other": other.found.text})
        written = _as_written(claim, shown)
        if written is None:
            dropped["it names what no answer names"] += 1
            continue
        claim, question = written, report.questions[said.at]
        moved += question.n != given.get("question")
        claim = claim.model_copy(update={"quote": said.found.text})
        placed.append(Placed(claim, question, _answer_line(report, said.at, said.found.row), READING))
    if len(reply.claims) > limits.REPLY_CLAIMS.value:
        dropped[f"more than {limits.REPLY_CLAIMS.value}"] = len(reply.claims) - limits.REPLY_CLAIMS.value
    return Checked(tuple(placed), moved, dropped)


def _typed(given: dict[str, Any], brief: Brief) -> Typed | str:
    """A claim of its kind, or why it is none. Null stands for what a sentence does not give."""
    fields = {k: _shown(v, brief) for k, v in given.items() if k != "question" and v is not None}
    try:
        claim: Typed = CLAIM.validate_python(fields)
    except (ValidationError, RecursionError):
        return "does not fit its kind"
    for value in vars(claim).values():
        for one in value if isinstance(value, tuple) else (value,):
            if (isinstance(one, str) and len(one) > _WORDS) or (isinstance(one, float) and not math.isfinite(one)):
                return "is out of all proportion"
        if isinstance(value, tuple) and len(value) > 40:
            return "is out of all proportion"
    if isinstance(claim, Practice) and (brief.profile is None or claim.item not in brief.profile.items_by_id):
        return "names no item of the checklist"
    return claim


_WRITTEN = ("line", "path", "folder", "to", "branch", "value", "name")
"""Fields that are to be copied as they are written."""


def _as_written(claim: Typed, shown: str) -> Typed | None:
    """The claim with what it copied as the answers have it: of a path that is longer than there its end, of a field that may be
    empty nothing where it stands nowhere. None where it has to be there: what a model made up proves nothing. A number
    that is not among those of its own words is made up, too."""
    changed: dict[str, str] = {}
    for name in _WRITTEN:
        value, field_ = getattr(claim, name, ""), type(claim).model_fields.get(name)
        if (
            not isinstance(value, str)
            or not value
            or field_ is None
            or (name == "name" and not isinstance(claim, DefinedIn))
        ):
            continue
        plain = value.removeprefix("./").strip("/") if name in ("path", "folder", "to") else value
        if plain in ("", ".") or _is_in(plain, shown):
            continue
        parts = plain.split("/") if name == "path" else []
        ends = ("/".join(parts[n:]) for n in range(1, len(parts)))
        end = next((e for e in ends if _is_in(e, shown)), "")
        if not end and field_.is_required():
            return None
        changed[name] = end
    if isinstance(claim, Count):
        digits = [float(n.replace(",", "")) for n in re.findall(r"(?<![\w.])\d[\d,]{0,12}(?:\.\d{1,6})?", claim.quote)]
        if digits and claim.value not in digits:
            return None
    return claim.model_copy(update=changed) if changed else claim


def _is_in(words: str, shown: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(_squash(words))}(?!\w|\.\d)", shown))


def _squash(text: str) -> str:
    return " ".join(_as_read(text)[1].casefold().split())


def _shown(value: Any, brief: Brief) -> Any:
    if isinstance(value, str):
        return brief.veil.show(value).strip()
    return [_shown(one, brief) for one in value[:100] if isinstance(one, str)] if isinstance(value, list) else value


def _stands(words: str, n: Any, part: Part, brief: Brief, report: Report) -> _Said | None:
    """Where the words of a claim stand: in the answer to question `n` before the others of its request, and these before all."""
    first = [at for at in brief.answers if report.questions[at].n == n]
    places = list(dict.fromkeys((*first, *part.questions, *brief.answers)))
    for look in (find, _find_read):
        for at in places:
            found = look(words, report.questions[at].answer)
            if found is not None:
                return _Said(at, found)
    return None


_MARKUP = "*_`\\"
_TYPED = str.maketrans("’‘“”–—\u00a0", "''\"\"-- ")


@lru_cache(maxsize=64)
def _as_read(text: str) -> tuple[list[int], str]:
    kept = [i for i, c in enumerate(text) if c not in _MARKUP]
    return kept, "".join(text[i] for i in kept).translate(_TYPED)


def _find_read(quote: str, text: str) -> Found | None:
    """As `find`, with the marks of emphasis and code left aside and typographic signs taken for plain ones: as one reads it.
    What is found are the words as they stand there."""
    kept, plain = _as_read(text)
    match = _match("".join(c for c in quote if c not in _MARKUP).translate(_TYPED), plain)
    if match is None:
        return None
    start, end = kept[match.start()], kept[match.end() - 1] + 1
    while end < len(text) and text[end] in _MARKUP and text[start:end].count(text[end]) % 2:  # opened within
        end += 1
    while start and text[start - 1] in _MARKUP and text[start:end].count(text[start - 1]) % 2:
        start -= 1
    return _found(text, start, end)


# -- where words stand -------------------------------------------------------------------------------------------------


def _said(quote: str, part: Part, brief: Brief, report: Report) -> _Said | None:
    """Where a quote stands, in the answers that were asked about before all others."""
    words = brief.veil.show(quote)
    for at in dict.fromkeys((*part.questions, *brief.answers)):
        found = find(words, report.questions[at].answer)
        if found is not None:
            return _Said(at, found)
    return None


def _plain(brief: Brief, text: str) -> str:
    return " ".join(brief.veil.show(text[:4000]).split())[:1000]


def _answer_line(report: Report, at: int, row: int) -> int:
    if not report.questions:
        return 0
    question = report.questions[at]
    if question.row_lines:
        return question.row_lines[min(row, len(question.row_lines) - 1)]
    return question.answer_lines[0] + row


def _cite(cite: JudgedCite, brief: Brief, number: Number) -> Citation | str:
    """The citation of a piece's words, or why there is none."""
    piece = brief.pieces.get(cite.evidence.strip())
    if piece is None:
        return f"there is no piece {cite.evidence.strip()[:20]!r}"
    if piece.kind == "figure":
        return _seen(cite, piece, brief, number)
    found = find(cite.quote, piece.text)
    if found is None and piece.kind == "file":  # the shown line numbers copied along
        found = find(_LINE_NUMBER.sub("", cite.quote), piece.text)
    if found is None:
        return f"its citation of {piece.id} is not verbatim"
    if len(_squeeze(found.text)) < 3:
        return f"its citation of {piece.id} is too short to show anything"
    return _resolve(found, piece, brief, number)


def _seen(cite: JudgedCite, piece: Piece, brief: Brief, number: Number) -> Citation | str:
    """A figure is cited by what it shows: nobody can hold that against a text."""
    if not brief.images:
        return f"{piece.id} was not shown"
    note = f"seen by the judge, not provable: {_plain(brief, cite.quote)[:300]}"
    evidence = Evidence(kind="fact", probe="judge", path=piece.path, note=note, sources=(piece.path,))
    return Citation(evidence=number(evidence), quote=note)


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


def same_words(one: str, other: str) -> bool:
    """Whether two quotes are of the same sentence: they share most words of the shorter one."""
    a, b = (re.findall(r"\w+", quote.lower()) for quote in (one, other))
    short, long_ = sorted((a, b), key=len)
    return sum(w in long_ for w in short) >= 0.8 * len(short) if short else False
