"""What a judge replied, once it is checked: verdicts and labels of the readings, and the claims of the answers, settled."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from auditor.boundary import attempt
from auditor.claims import run
from auditor.claims.case import Placed
from auditor.claims.kinds import kind_of
from auditor.claims.run import case_of, numbered, read_patterns
from auditor.deadline import LeftOut
from auditor.judges import Answer
from auditor.judges.answers import READING, Typing
from auditor.judges.wire import Reading, SectionReading
from auditor.lazy import dataclass
from auditor.models import Problem, ReadClaims, Side, Verdict
from auditor.prepared import Book, Prepared, opened, with_report
from auditor.profile import Profile
from auditor.prose import read_prose
from auditor.rules import judged_once
from auditor.verify import check_claims, check_reading, parse


@dataclass(frozen=True)
class Replies:
    """What the readings say once it is checked: their verdicts, what each says of each box, and which gave none; `any`: there is
    one of the repository."""

    verdicts: tuple[Verdict, ...]
    sides: Mapping[int, tuple[Side, ...]]
    unjudged: tuple[Problem, ...]
    judged: int
    waiting: bool
    any: bool


def read_replies(prepared: Prepared, answers: Mapping[str, Answer], book: Book) -> Replies:
    """The replies of the readings, checked; the same for the ruling's request and for the record."""
    assert prepared.brief is not None
    verdicts: list[Verdict] = []
    said: dict[int, list[Side]] = {}
    once = {i.n for i in judged_once(prepared.report).values()} | {i.n for i in prepared.report.items if not i.item}
    calm = _held_against_nobody(prepared)
    unjudged, judged, waiting, whole = [], 0, False, False
    for id_, part in prepared.brief.parts.items():
        answer = answers.get(id_, Answer(error="not asked"))
        waiting = waiting or answer.waiting
        text = "" if answer.error else answer.text
        shapes: dict[str, type[Reading | SectionReading | Typing]] = {"section": SectionReading, READING: Typing}
        reply = parse(shapes.get(part.reading, Reading), text)
        if reply is None:
            unjudged.append(Problem(message=f"{name_of(id_)}: {answer.error or 'the reply does not fit its schema'}"))
            continue
        judged += 1
        if isinstance(reply, Typing):
            continue
        whole = True
        made, boxes = check_reading(reply, part, prepared.brief, prepared.report, book.enter)
        verdicts += made
        for n, side in boxes.items():
            if n in calm and side.label == "contradicted" and not side.demoted:
                side = side.model_copy(update={"demoted": "the profile holds this box against nobody who left it open"})
            if n in once:
                said.setdefault(n, []).append(side)
    named = tuple(v.model_copy(update={"id": f"J{n}"}) for n, v in enumerate(verdicts, 1))
    return Replies(named, {n: tuple(s) for n, s in said.items()}, tuple(unjudged), judged, waiting, whole)


def _held_against_nobody(prepared: Prepared) -> frozenset[int]:
    """The open boxes that the course does not hold against a group whatever the repository shows: by a profile's `open`."""
    profile = prepared.brief.profile if prepared.brief else None
    items = {i.id for i in profile.items if i.open == "not_verifiable"} if profile else set()
    return frozenset(i.n for i in prepared.report.items if i.item in items and not i.checked)


def settle_claims(prepared: Prepared, profile: Profile, answers: Mapping[str, Answer]) -> Prepared:
    """The same with the claims that a reading of the answers alone made, settled: together with those of rigid forms, which go
    first, against the same commit, opened again. Nothing changes without a reply that has claims."""
    claims, counted = _read_claims(prepared, answers)
    prepared = replace(prepared, claims=counted)
    if not claims or prepared.found is None:
        return prepared
    book = Book(prepared.evidence)
    try:
        again = opened(prepared.found)
    except LeftOut as left:
        return replace(prepared, omitted=(*prepared.omitted, Problem(message=str(left))))
    with again as snapshot:
        with_report(snapshot, profile, prepared.report, prepared.submission.url)
        prose, why = attempt(lambda: read_prose(prepared.report), "the sentences of the answers")
        if prose is None:
            return replace(prepared, omitted=(*prepared.omitted, Problem(message=why)))
        case = case_of(snapshot, profile, prose)
        placed, _ = read_patterns(case)
        typed, broken = run.settle(case, [*placed, *claims], book.enter)
    kept = [v for v in prepared.verdicts if v.reading not in ("patterns", READING, run.BOTH)]
    before = sum(v.id.startswith("C") for v in kept)
    return replace(
        prepared,
        evidence=book.evidence,
        verdicts=(*kept, *numbered(typed, before)),
        omitted=tuple(dict.fromkeys((*prepared.omitted, *broken))),
    )


def _read_claims(prepared: Prepared, answers: Mapping[str, Answer]) -> tuple[list[Placed], ReadClaims | None]:
    """The claims of the replies to the requests about the answers alone that stand there, and how many there are."""
    if prepared.brief is None:
        return [], None
    checked = []
    for id_, part in prepared.brief.parts.items():
        answer = answers.get(id_)
        if part.reading == READING and answer is not None and not answer.error:
            reply = parse(Typing, answer.text)
            checked += [check_claims(reply, part, prepared.brief, prepared.report)] if reply else []
    if not checked:
        return [], None
    placed = [one for c in checked for one in c.placed]
    dropped: Counter[str] = Counter()
    for c in checked:
        dropped.update(c.dropped)
    kinds = Counter(kind_of(type(p.claim)) for p in placed)
    moved = sum(c.moved for c in checked)
    return placed, ReadClaims(kinds=dict(sorted(kinds.items())), moved=moved, dropped=dict(sorted(dropped.items())))


def name_of(id_: str) -> str:
    """How a request is called where it has no answer."""
    name, _, part = id_.partition(".")
    said = "the ruling" if name == "ruling" else f"the reading {name}"
    return f"{said}, part {part}" if part else said
