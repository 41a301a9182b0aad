"""The requests of a submission: two whole readings that do not know of each other, and the ruling over what was found.

`pack` shows the report, computed facts, what probes found for each box, and the repository in the order of need; `dump` shows
the repository as it is, in path order, and the report; nothing computed. Where the budget is too small for the whole report,
each reading is cut into parts of the report, each with the files that it needs. All values pass the gate. A third, small request
shows the answers alone, to be turned into typed claims that a program settles (`judges/answers.py`).
"""

import hashlib
import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Literal

from auditor.judges import Request, answers
from auditor.judges.gate import Block, Gate, Shown
from auditor.judges.names import ordinary
from auditor.judges.pack import Candidate, Chosen, Need, candidates, fit, in_order, most_alike, need_of, without
from auditor.judges.private import Veil, often_veiled, veil_of
from auditor.judges.wire import Reading, Ruling, SectionReading, schema_of
from auditor.lazy import dataclass
from auditor.models import ChecklistItem, Evidence, Figure, Named, ProbeResult, Problem, Question, Report
from auditor.profile import Profile
from auditor.prompts import Prompt, load_prompt
from auditor.report.withheld import withheld
from auditor.snapshot import Snapshot

CHARACTERS_PER_TOKEN = 3.6
BUDGET = 150_000
"""Tokens of one request: a course's repository is shown whole."""
IMAGE_TOKENS = 1_100
SHARE = 0.3
"""Of a request, at most, for the answers that it is about: the rest is for what they are held against."""
LISTED = 40
"""Findings that one ruling is asked about; longer lists are split by part of the report."""
Readings = Literal["pack", "dump", "both", "pack-twice", "section"]
Read = Literal["all", "answers"]
PROMPTS = {"pack": "reading-pack.v3", "dump": "reading-dump.v3", "section": "reading-section.v3", "ruling": "ruling.v3"}
_NOT_ASKED = frozenset({"group", "members"})
Kind = Literal["file", "fact", "absence", "report", "figure"]


@dataclass(frozen=True)
class Asking:
    """What a judge is asked and shown: `budget` in tokens a request, which `readings`, whether a `ruling` follows, the model of
    the `second` reading, the report's `figures`, and private answers (`private`, with stand-ins). `read` is what it is shown at
    all: with `answers` nothing of the repository is, there are no readings of it and no ruling."""

    budget: int = BUDGET
    readings: Readings = "both"
    ruling: bool = True
    second: str = ""
    figures: bool = False
    private: bool = False
    read: Read = "all"

    @property
    def wanted(self) -> tuple[str, ...]:
        """The readings of the repository."""
        if self.read == "answers":
            return ()
        return {"both": ("pack", "dump"), "pack-twice": ("pack", "pack-2")}.get(self.readings, (self.readings,))

    @property
    def rules(self) -> bool:
        """Whether a ruling follows."""
        return self.ruling and self.read == "all"

    @property
    def prompts(self) -> tuple[Named, ...]:
        """The prompts that are used."""
        kinds = dict.fromkeys(r.removesuffix("-2") for r in (*self.wanted, *(("ruling",) if self.rules else ())))
        return (*(load_prompt(PROMPTS[k]).named for k in kinds), answers.claims_prompt().named)


@dataclass(frozen=True)
class Piece:
    """Something that a judge may cite: a file's text as shown, an evidence (fact, absence), the report's own lines, a figure.
    `rows` are the lines as they are, `lines` their numbers; `shown` is what the judge sees of them."""

    id: str
    kind: Kind
    path: str
    shown: Shown
    lines: tuple[int, ...] = ()
    rows: tuple[str, ...] = ()
    evidence: Evidence | None = None

    @property
    def text(self) -> str:
        return self.shown.text


@dataclass(frozen=True)
class Part:
    """What one request of a reading is asked about."""

    reading: str
    questions: tuple[int, ...]
    items: tuple[int, ...]


@dataclass(frozen=True)
class Found:
    """A contradiction that is to be ruled on, without who found it: a sentence of the report or a box, what is said against it,
    and the cited places."""

    n: int
    where: str
    line: int
    quote: str
    shows: str
    difference: str
    cites: tuple[tuple[str, int, str], ...]  # path, line, words


@dataclass(frozen=True)
class Contested:
    """A box on which the sides differ, with the labels that there are."""

    n: int
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Brief:
    """A submission as a judge sees it: the pieces by id, what each request asks about, and what was left out of one."""

    pieces: Mapping[str, Piece]
    gate: Gate
    asking: Asking
    parts: Mapping[str, Part] = field(default_factory=dict)
    omitted: tuple[Problem, ...] = ()
    images: tuple[tuple[str, str], ...] = ()
    files: tuple[Candidate, ...] = ()
    ids: Mapping[str, str] = field(default_factory=dict)  # of a file, by path
    answers: Mapping[int, str] = field(default_factory=dict)  # of an answer's piece, by its place in the report
    boxes: Mapping[int, str] = field(default_factory=dict)
    facts: tuple[str, ...] = ()
    probes: Mapping[int, tuple[str, ...]] = field(default_factory=dict)  # absences of a box's probes, by its number
    looked: Mapping[int, Shown] = field(default_factory=dict)
    cannot: tuple[Problem, ...] = ()
    profile: Profile | None = None
    veiled: tuple[Problem, ...] = ()  # words of the report that a judge does not see, though it says them often

    @property
    def veil(self) -> Veil:
        return self.gate.veil


def short_id(known: Collection[str], *what: object, letter: str = "E") -> str:
    """An id made of what it names alone, never of a running number; longer where another thing has it already."""
    digest = hashlib.sha256("\0".join(map(str, what)).encode("utf-8", "surrogatepass")).hexdigest()
    return next(id_ for size in range(6, 65) if (id_ := letter + digest[:size]) not in known)


# -- the pieces --------------------------------------------------------------------------------------------------------


def make_brief(
    snapshot: Snapshot,
    report: Report,
    profile: Profile,
    facts: Iterable[Evidence],
    results: Sequence[ProbeResult],
    evidence: Mapping[str, Evidence],
    asking: Asking,
    figures: Sequence[Figure] = (),
) -> Brief:
    """Everything that may be shown of a submission. The same commit, profile and budget give the same pieces."""
    probed = [evidence[e] for r in results for e in r.evidence]
    files, left = candidates(snapshot, probed)
    files = _reachable(files, asking, report, profile)
    texts = [(c.path, "\n".join(c.rows)) for c in files]
    hidden, said = withheld(report, profile, ((c.path, c.rows) for c in files), ordinary())
    gate = Gate(veil_of(report, snapshot.history, texts, said))
    if not asking.private:
        files, unshown = without(files, hidden)
        left += unshown
    pieces: dict[str, Piece] = {}

    def add(
        kind: Kind,
        path: str,
        shown: Shown,
        *what: object,
        lines: Sequence[int] = (),
        rows: Sequence[str] = (),
        about: Evidence | None = None,
    ) -> str:
        for known in pieces.values():
            if about is not None and known.evidence == about:
                return known.id
        id_ = short_id(pieces, kind, path, *what)
        pieces[id_] = Piece(id_, kind, path, shown, tuple(lines), tuple(rows), about)
        return id_

    boxes = {
        i.n: add(
            "report",
            report.checklist or report.path,
            gate.line(_box_text(i)),
            "box",
            i.text,
            i.n,
            lines=(i.line,),
            rows=(_box_text(i),),
        )
        for i in report.items
    }
    answers = {}
    for at, question in enumerate(report.questions):
        if _asked(question, asking):
            numbers = question.row_lines or tuple(range(question.answer_lines[0], question.answer_lines[1] + 1))
            rows = question.answer.split("\n")
            answers[at] = add(
                "report",
                report.path,
                gate.text(question.answer, 4000),
                "answer",
                question.n,
                question.id,
                lines=numbers,
                rows=rows,
            )
    fact_ids = [add("fact", "", gate.line(_fact_text(e), 4000), e.note, about=e) for e in facts]
    absences, looked = {}, {}
    by_probe = {r.probe: r for r in results}
    past = {
        e.probe: e
        for e in evidence.values()
        if e.kind == "fact" and e.probe in by_probe and e.id not in by_probe[e.probe].evidence
    }
    for item in report.items:
        spec = profile.items_by_id.get(item.item)
        ids, said = [], []
        for id_ in dict.fromkeys((*spec.probes, *(() if item.checked else spec.open_probes))) if spec else ():
            if (result := by_probe.get(id_)) is None:
                continue
            pieces_of = [evidence[e] for e in result.evidence]
            if result.outcome == "absent":
                ids += [add("absence", "", gate.line(e.note), e.probe, e.note, about=e) for e in pieces_of]
                if (then := past.get(id_)) is not None:  # it was there, says the history
                    ids.append(add("fact", "", gate.line(_fact_text(then), 1000), then.probe, then.note, about=then))
            places = ", ".join(f"{e.path}:{e.start}" if e.start else e.path or e.note for e in pieces_of[:3])
            said.append(
                f"{id_}: {result.outcome}"
                + (
                    f" ({places})"
                    if result.outcome == "found"
                    else f" ({result.reason})"
                    if result.outcome == "unknown"
                    else ""
                )
            )
        absences[item.n] = tuple(ids)
        looked[item.n] = gate.line("; ".join(said))
    by_path = {c.path: add("file", c.path, gate.text("\n".join(c.rows)), lines=c.lines, rows=c.rows) for c in files}
    images = []
    for figure in figures:
        if figure.data:
            images.append((add("figure", figure.path, gate.line(figure.path)), figure.data))
    return Brief(
        pieces, gate, asking, {}, (), tuple(images), tuple(files), by_path, answers, boxes, tuple(fact_ids), absences, looked, tuple(left), profile, often_veiled(gate.veil.names, report)
    )  # fmt: skip


def _reachable(files: list[Candidate], asking: Asking, report: Report, profile: Profile) -> list[Candidate]:
    """The files that some request might show: of a giant, what comes first by need."""
    room = int(asking.budget * CHARACTERS_PER_TOKEN) * 4 + 400_000
    if sum(c.cost for c in files) <= room:
        return files
    kept = []
    for c in in_order(files, need_of(report.questions, profile, (), True)):
        room -= c.cost
        if room < 0:
            break
        kept.append(c)
    return sorted(kept, key=lambda c: c.path)


def _asked(question: Question, asking: Asking) -> bool:
    if not question.answer.strip():
        return False
    if question.private or _NOT_ASKED.intersection(question.topics):
        return asking.private
    return True


def _box_text(item: ChecklistItem) -> str:
    return f"[{item.mark}] {item.text}" + (f" (below it: {' '.join(item.note.split())})" if item.note else "")


def _fact_text(evidence: Evidence) -> str:
    sources = ", ".join(evidence.sources[:12])
    return evidence.note + (f" (from {sources})" if sources and sources != "git log" else "")


# -- what a request shows ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Material:
    blocks: dict[str, list[Block]]
    left: tuple[Problem, ...]


def _question_block(brief: Brief, report: Report, at: int, cited: bool = True) -> Block:
    """An answer with its question; `cited`: with the id of its piece."""
    question, piece = report.questions[at], brief.pieces[brief.answers[at]]
    known = next((q.texts[0] for q in brief.profile.questions if q.id == question.id), "") if brief.profile else ""
    asked = brief.gate.line(f"({known})" if known else "(not one of the template's questions)")
    return Block(
        f"{piece.id} question {question.n}" if cited else f"question {question.n}", asked, piece.shown, marked=True
    )


def _box_block(brief: Brief, item: ChecklistItem) -> Block:
    piece = brief.pieces[brief.boxes[item.n]]
    return Block(f"{piece.id} box {item.n}:", piece.shown)


def _material(
    brief: Brief,
    report: Report,
    part: Part,
    computed: bool,
    prompt: Prompt,
    first: frozenset[str] = frozenset(),
    spare: int = 0,
    order: str = "need",
) -> _Material:
    """The blocks of a request about a part of the report. `computed`: with facts and what probes found."""
    assert brief.profile is not None
    everything = len(part.questions) == len(brief.answers)
    boxes = [i for i in report.items if i.n in part.items]
    blocks: dict[str, list[Block]] = {
        "report": [*(_question_block(brief, report, at) for at in part.questions), *_figure_blocks(brief)],
        "boxes": [_box_block(brief, i) for i in boxes],
    }
    total = int(brief.asking.budget * CHARACTERS_PER_TOKEN)
    room = (
        total
        - len(prompt.system)
        - len(prompt.user)
        - spare
        - sum(len(b.text) + 20 for some in blocks.values() for b in some)
    )
    room -= int(len(brief.images) * IMAGE_TOKENS * CHARACTERS_PER_TOKEN)
    questions = [report.questions[at] for at in part.questions]
    need = need_of(questions, brief.profile, (i.item for i in boxes), everything)
    need = Need(need.said, need.probes, need.files, need.all, first)
    if computed:
        facts = [brief.pieces[id_] for id_ in brief.facts]
        kept = most_alike([f.text for f in facts], need.said, int(max(room, 0) * 0.2))
        blocks["facts"] = [Block(f"{facts[i].id}:", facts[i].shown) for i in kept]
        room -= sum(len(b.text) + 1 for b in blocks["facts"])
        rows = []
        for item in boxes:
            if brief.looked[item.n].text:
                rows.append(Block(f"box {item.n}:", brief.looked[item.n]))
                rows += [Block(f"  {id_}:", brief.pieces[id_].shown) for id_ in brief.probes[item.n]]
        kept = most_alike([b.text for b in rows], need.said, int(max(room, 0) * 0.12))
        blocks["looked"] = [rows[i] for i in kept]
        room -= sum(len(b.text) + 1 for b in blocks["looked"])
    listing = min(max(room, 0) // 12, 12_000)
    chosen, unfit = fit(in_order(brief.files, need), room - listing, need)
    if order == "path":
        chosen.sort(key=lambda c: c.file.path)
    blocks["files"] = [_file_block(brief, c) for c in chosen]
    left = (*unfit, *brief.cannot)
    blocks["omitted"] = _listing(
        brief.gate, sorted(left, key=lambda p: (not p.message.startswith("did not fit"), p.path)), listing
    )
    return _Material(blocks, tuple(unfit))


def _figure_blocks(brief: Brief) -> list[Block]:
    """Which of the report's images each figure is: its address is the group's, so it stands between marks."""
    return [
        Block(f"{id_} (a figure that is given to you)", brief.pieces[id_].shown, marked=True) for id_, _ in brief.images
    ]


def _file_block(brief: Brief, chosen: Chosen) -> Block:
    piece = brief.pieces[brief.ids[chosen.file.path]]
    name = brief.gate.line(chosen.file.path)
    if chosen.whole:
        return Block(piece.id, name, piece.shown, piece.lines, marked=True)
    shown = brief.gate.rows(piece.shown, chosen.rows)
    more = f": {len(chosen.rows):,} of {len(chosen.file.rows) + chosen.file.more:,} lines" if chosen.file.more else ""
    return Block(f"{piece.id} (in part{more})", name, shown, tuple(piece.lines[i] for i in chosen.rows), marked=True)


def _listing(gate: Gate, problems: Sequence[Problem], room: int) -> list[Block]:
    made: list[Block] = []
    for n, problem in enumerate(problems):
        block = Block("-", gate.line(f"{problem.path}: {problem.message}", 300))
        if len(block.text) + 1 > room:
            made.append(Block(f"- and {len(problems) - n} more"))
            break
        room -= len(block.text) + 1
        made.append(block)
    return made


# -- the readings ------------------------------------------------------------------------------------------------------


def readings(brief: Brief, report: Report) -> tuple[Brief, list[Request]]:
    """The requests of the readings, that of the answers alone the last, and the brief that knows what each is about."""
    assert brief.profile is not None
    asked: list[Request] = []
    parts: dict[str, Part] = {}
    left: dict[str, Problem] = {}
    asking = brief.asking
    for reading in asking.wanted:
        kind = reading.removesuffix("-2")
        prompt = load_prompt(PROMPTS[kind])
        cut = _sections(brief, report) if kind == "section" else _parts(brief, report)
        for n, (questions, items) in enumerate(cut, 1):
            id_ = reading if len(cut) == 1 else f"{reading}.{n}"
            parts[id_] = part = Part(reading, questions, items)
            whole = kind == "section"
            shown = Part(reading, tuple(brief.answers), tuple(i.n for i in report.items)) if whole else part
            order = "path" if kind == "dump" or reading.endswith("-2") else "need"
            material = _material(brief, report, shown, kind != "dump", prompt, order=order, spare=2_000 if whole else 0)
            blocks = material.blocks
            if whole:
                about = [Block(f"question {report.questions[at].n}") for at in questions]
                blocks["section"] = about + [Block(f"box {i}") for i in items]
            left |= {p.path: p for p in material.left}
            messages = brief.gate.messages(prompt, blocks)
            model = SectionReading if whole else Reading
            second = asking.second if n and reading in ("dump", "pack-2") else ""
            shared = _common(messages[-1][1]) if whole else 0
            asked.append(
                Request(id_, messages, "reading", schema_of(model), prompt.named, shared, model, second, brief.images)
            )
    practices = answers.item_blocks(brief.gate, report, brief.profile)
    told = {at: _question_block(brief, report, at, cited=False) for at in brief.answers}
    sizes = {at: len(block.text) + 20 for at, block in told.items()}
    some = answers.cut(sizes, asking.budget * CHARACTERS_PER_TOKEN, sum(len(b.text) + 1 for b in practices))
    for n, questions in enumerate(some, 1):
        id_ = answers.READING if len(some) == 1 else f"{answers.READING}.{n}"
        parts[id_] = Part(answers.READING, questions, ())
        asked.append(answers.claims_request(brief.gate, id_, [told[at] for at in questions], practices))
    omitted = tuple(left[path] for path in sorted(left))
    made = Brief(**(vars(brief) | {"parts": parts, "omitted": omitted}))
    return made, asked


_TASK = "\n# The section\n"


def _common(text: str) -> int:
    at = text.rfind(_TASK)
    return at if at > 0 else 0


def _parts(brief: Brief, report: Report) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The report in as few parts as the budget allows: a part takes at most `SHARE` of it. A box goes with the question
    that the profile puts it to."""
    most = int(brief.asking.budget * CHARACTERS_PER_TOKEN * SHARE)
    boxes = _boxes_of(brief, report)
    cuts: list[tuple[list[int], list[int]]] = [([], [])]
    filled = 0
    for at in brief.answers:
        cost = _size(brief, report, at, boxes.get(at, ()))
        if cuts[-1][0] and filled + cost > most:
            cuts.append(([], []))
            filled = 0
        cuts[-1][0].append(at)
        cuts[-1][1].extend(boxes.get(at, ()))
        filled += cost
    rest = boxes.get(-1, [])
    for k, n in enumerate(rest):
        cuts[k * len(cuts) // len(rest)][1].append(n)
    return [(tuple(q), tuple(sorted(b))) for q, b in cuts if q or b]


def _size(brief: Brief, report: Report, at: int, boxes: Iterable[int]) -> int:
    """The characters that an answer (by its place; -1 is none) and boxes take in a request."""
    answer = len(_question_block(brief, report, at).text) + 20 if at >= 0 else 0
    return answer + sum(len(brief.pieces[brief.boxes[n]].text) + 20 for n in boxes)


def _boxes_of(brief: Brief, report: Report) -> dict[int, list[int]]:
    """The numbers of the boxes that belong to each answer (by its place), each box once; under -1 those of none."""
    assert brief.profile is not None
    of: dict[str, int] = {}
    for at in brief.answers:
        spec = next((q for q in brief.profile.questions if q.id == report.questions[at].id), None)
        for item in spec.items if spec else ():
            of.setdefault(item, at)
    made: dict[int, list[int]] = {}
    for box in report.items:
        made.setdefault(of.get(box.item, -1) if box.item else -1, []).append(box.n)
    return made


def _sections(brief: Brief, report: Report) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The report by sections of about five answers, for a reading of every statement."""
    boxes = _boxes_of(brief, report)
    order = list(brief.answers)
    cuts = [order[i : i + 5] for i in range(0, len(order), 5)] or [[]]
    made = [(tuple(cut), [n for at in cut for n in boxes.get(at, ())]) for cut in cuts]
    made[0][1].extend(boxes.get(-1, ()))
    return [(questions, tuple(sorted(items))) for questions, items in made]


# -- the ruling --------------------------------------------------------------------------------------------------------


def ruling_requests(brief: Brief, report: Report, found: Sequence[Found], boxes: Sequence[Contested]) -> list[Request]:
    """The requests that rule on what was found: shuffled, so that neither order nor place tells who found it, and split by
    part of the report where there is much. None where there is nothing to rule on."""
    ordered = sorted(found, key=lambda f: (f.line, f.n))
    lists: list[list[Found]] = [[]]
    filled = 0
    most = int(brief.asking.budget * CHARACTERS_PER_TOKEN * SHARE)
    for one in ordered:
        cost = (
            80
            + len(one.quote)
            + len(one.shows)
            + len(one.difference)
            + sum(min(len(w), 600) + 60 for _, _, w in one.cites[:4])
        )
        if lists[-1] and (filled + cost > most or len(lists[-1]) == LISTED):
            lists.append([])
            filled = 0
        lists[-1].append(one)
        filled += cost
    if not found and not boxes:
        return []
    prompt = load_prompt(PROMPTS["ruling"])
    made = []
    for n, some in enumerate(lists, 1):
        asked = [b for k, b in enumerate(boxes) if k % len(lists) == n - 1]
        shuffled = list(some)
        random.Random(
            hashlib.sha256("\0".join(f.quote + f.shows for f in some).encode("utf-8", "surrogatepass")).hexdigest()
        ).shuffle(shuffled)
        blocks = {"findings": [_found_block(brief.gate, f) for f in shuffled]}
        items = {i.n: i for i in report.items}
        contested = [
            Block(
                f"box {c.n}: said to be " + " or ".join(sorted(set(c.labels))).replace("_", " "),
                brief.pieces[brief.boxes[c.n]].shown,
            )
            for c in asked
            if c.n in items
        ]
        blocks["contested"] = contested
        spare = sum(len(b.text) + 30 for some_ in blocks.values() for b in some_)
        first = frozenset(path for f in some for path, _, _ in f.cites if path)
        whole = Part("ruling", tuple(brief.answers), tuple(i.n for i in report.items))
        total = sum(_size(brief, report, at, ()) for at in brief.answers) + _size(brief, report, -1, whole.items)
        cut = whole if total < most else _about(brief, report, some, asked)
        material = _material(brief, report, cut, True, prompt, first, spare)
        id_ = "ruling" if len(lists) == 1 else f"ruling.{n}"
        messages = brief.gate.messages(prompt, material.blocks | blocks)
        made.append(Request(id_, messages, "ruling", schema_of(Ruling), prompt.named, 0, Ruling, "", brief.images))
    return made


def _about(brief: Brief, report: Report, found: Sequence[Found], boxes: Sequence[Contested]) -> Part:
    """The part of the report that findings and boxes are about, for a budget that the whole report does not fit."""
    lines = [f.line for f in found]
    questions = tuple(
        at
        for at in brief.answers
        if any(report.questions[at].answer_lines[0] <= n <= report.questions[at].answer_lines[1] for n in lines)
    )
    items = {b.n for b in boxes} | {i.n for i in report.items if i.line in lines}
    most = int(brief.asking.budget * CHARACTERS_PER_TOKEN * SHARE)
    kept: list[int] = []
    for at in questions:
        most -= _size(brief, report, at, ())
        if most > 0:
            kept.append(at)
    return Part("ruling", tuple(kept), tuple(sorted(items)))


def _found_block(gate: Gate, found: Found) -> Block:
    rows = [f"{found.where} says: {found.quote}", f"against it: {found.shows} {found.difference}".strip()]
    rows += [
        f"cited: {path}{f':{line}' if line else ''}: {' '.join(words.split())}" for path, line, words in found.cites[:4]
    ]
    return Block(f"finding {found.n}", None, gate.text("\n".join(" ".join(row.split()) for row in rows), 700))
