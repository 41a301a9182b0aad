"""What the group says of a practice, against its box, what the repository shows of it, and its other answers."""

from itertools import islice, takewhile

from auditor.claims.case import Case, Placed, Settled, fact, settles
from auditor.claims.kinds import Practice
from auditor.claims.practices import (
    BY_ID,
    PRACTICES,
    SOFT,
    denial,
    names,
    narrow_monitoring,
    says_no,
    stands,
    words,
    wordset,
)
from auditor.claims.practices import Practice as Known
from auditor.facts.secrets import secrets
from auditor.facts.tools import TOOLS, trace
from auditor.models import ChecklistItem, Evidence
from auditor.profile import Item
from auditor.prose import Statement

# Items that ask for nothing that must be done.
_LEAVES_OPEN = ("consider ", "if applicable", "(optional)", "(extra)", "where it makes sense", "if necessary")


@settles("practice", speaks=("plain", "planned", "attempted"))
def practice(claim: Practice, case: Case) -> Settled | None:
    """A practice that is plainly denied as a whole (or in a part that the item asks for): contradicted by its ticked box, by what
    the repository has of it where that alone is the practice (not of what is done once, or in a console), or by another answer
    that tells of it in the same words. One that is only planned or attempted: by its ticked box, where every sentence about it
    speaks so and no probe found anything. One that is told as done: by its open box, where the repository shows it. Never held
    against an item that says "consider" or "if applicable". Silent on denials that are softened or narrowed ("no formal", "not
    on AWS"), on answers that name another way of doing it, on items of several things where a part is spoken of."""
    if claim.item == "secrets-kept-out":
        return _secrets(claim, case)
    spec = case.profile.items_by_id.get(claim.item)
    if spec is None:
        return None
    known = BY_ID.get(spec.practice)
    if claim.denied:
        made = _denied(claim, known, case) if known and claim.strength == "plain" else None
        return made or _ticked_all_the_same(claim, case)
    if known is None:
        return None
    if claim.strength in ("planned", "attempted"):
        return _not_done(claim, known, spec, case)
    return _done(claim, known, spec, case)


# -- denied ------------------------------------------------------------------------------------------------------------


def _denied(claim: Practice, known: Known, case: Case) -> Settled | None:
    """As `_denied_once`, remembered: what is denied in many answers asks of each whether one before it says so."""
    key = ("denied", id(claim), known.id)
    if key not in case.remembered:
        case.remembered[key] = _denied_once(claim, known, case)
    settled: Settled | None = case.remembered[key]
    return settled


def _denied_once(claim: Practice, known: Known, case: Case) -> Settled | None:
    part = claim.part.lower() != "whole" and claim.part.lower() not in known.name.lower()
    if part and not names(words(claim.part), known.parts):
        return None
    placed = case.placed(claim)
    bare = placed is not None and says_no(claim.quote) and known.asked_by(placed.question)
    if (not bare and not denial(claim.quote, known)) or _another_way(claim, known, case):
        return None
    if any(
        _denied(o.claim, known, case)
        for o in _before(claim, known, case)
        if o.claim.denied and o.claim.strength == "plain"
    ):
        return None
    partial = part or bool(known.parts and known.id == "caching")
    cloud = known.id == "monitoring" and narrow_monitoring(claim.quote)
    # that a tool was left out does not say that its work was, which the data in git or on a hub may show
    other = known.id == "dvc" and any(case.found(p) for p in ("data-in-git", "data-on-hub"))
    boxes = [
        b
        for i in (() if other else _asked(claim, known, case))
        if _ticked(b := case.box(i), case) and (not cloud or "cloud" in i)
    ]
    marked = [e for b in boxes if b is not None and (e := case.box_evidence(b.item))]
    elsewhere = known.id == "monitoring" and placed is not None and "monitoring" not in placed.question.topics
    shown = [] if part or cloud or elsewhere or _other_tool(claim, case) else _shown(known, case)
    about = f"practice:{known.id}"
    left_out = f"that the group left out {known.name}"
    if (shown and not marked) or (known.id == "monitoring" and shown):
        return Settled(
            "contradicted", f"{_place(shown[0])} shows {known.name}.", tuple(shown),
            f"The sentence says {left_out}; the repository has it.", about,
        )  # fmt: skip
    if marked:
        also = f", and {_place(shown[0])} shows it" if shown else ""
        return Settled(
            "contradicted", f"The checklist ticks “{_short(marked[0])}” (line {marked[0].start}){also}.", (*marked, *shown),
            f"The sentence says {left_out}; the box says otherwise.", about, partial, "prose-contradicts-checklist",
        )  # fmt: skip
    told = None if part else _told_elsewhere(claim, known, case)
    if told is None:
        return None
    return Settled(
        "contradicted", f"The answer to question {told.question.n} says (line {told.line}): “{_clip(told.claim.quote)}”",
        (case.quoted(told),), f"One answer says {left_out}, the other reports it.", about, rule="prose-contradicts-prose",
    )  # fmt: skip


def _asked(claim: Practice, known: Known, case: Case) -> tuple[str, ...]:
    """The practice's items that a denial speaks of: all, or those alone that ask for the part that it names ("did not deploy a
    drift detection service" denies nothing of a check for drift)."""
    items = case.profile.of_practice(known.id)
    of = {i: _stems(i.replace("-", " ")) | _stems(b.text if (b := case.box(i)) else "") for i in items}
    shared = set.intersection(*of.values()) if of else set()
    parts = (w for w in words(denial(claim.quote, known)) if names((w,), known.parts))
    named = {stem for w in parts for stem in _stems(w)} - shared
    return tuple(i for i in items if named & of[i]) or items


def _stems(text: str) -> set[str]:
    return {w[:5] for w in words(text)}


def _ticked_all_the_same(claim: Practice, case: Case) -> Settled | None:
    """A denial of the whole item in the words of its ticked box, in the closed shape; no other claim says that it was done or tried."""
    box = case.box(claim.item)
    if claim.strength != "plain" or claim.part.lower() != "whole" or box is None or not _ticked(box, case):
        return None
    spec = case.profile.items_by_id.get(claim.item)
    known = BY_ID.get(spec.practice) if spec else None
    asked = tuple({f"{w[:5]}*" for w in words(box.text) if len(w) > 3} - _ANYTHING)
    if not denial(claim.quote, Known("api-tests" if known and known.id == "api-tests" else "", "", asked), own=True):
        return None
    placed, about = (
        case.placed(claim),
        [o for o in _practices(case) if o.claim.item == claim.item and not o.claim.denied],
    )
    if any(not _affirms(o) or placed is None or o.question.n == placed.question.n for o in about):
        return None
    if known and (_another_way(claim, known, case) or denial(claim.quote, known)):
        return None  # what was denied in the practice's own words has been settled
    name = known.name if known else claim.item.replace("-", " ")
    marked = case.box_evidence(claim.item)
    assert marked is not None
    return Settled(
        "contradicted", f"The checklist ticks “{_short(marked)}” (line {marked.start}).", (marked,),
        f"The sentence says that the group left out {name}; the box says otherwise.", f"practice:{known.id if known else claim.item}",
        rule="prose-contradicts-checklist",
    )  # fmt: skip


_ANYTHING = wordset(
    "used* make* made* work* worki* sure* code* model* data* proje* file* your* when* imple* creat* setup* with* that*"
)


def _ticked(box: ChecklistItem | None, case: Case) -> bool:
    """Whether the box is ticked in a list that was filled in, and asks for something that must be done."""
    if box is None or not case.prose.checked(box.item):
        return False
    return not any(w in box.text.lower() for w in _LEAVES_OPEN)


def _another_way(claim: Practice, known: Known, case: Case) -> bool:
    """Whether the same answer says that the practice, or what may stand for it, was done after all; or the denial names a tool
    that is not what the repository would show."""
    placed = case.placed(claim)
    if placed is None:
        return False
    if any(o.claim.item == claim.item and _affirms(o) and o.question.n == placed.question.n for o in _practices(case)):
        return True
    for statement in _sentences_of(placed, case):
        if statement.planned:
            continue
        said = " ".join(words(statement.plain))
        if statement.has(claim.quote):
            said = said.replace(denial(statement.plain, known) or said, " ")
        elif statement.negated:
            continue
        # tests of something else stand for no tests of the API
        if names(said.split(), known.others) and (known.id != "api-tests" or names(said.split(), ("api", "unit"))):
            return True
    return False


def _sentences_of(placed: Placed, case: Case) -> list[Statement]:
    """The sentences of the answer that a claim stands in."""
    if ("sentences",) not in case.remembered:
        by_question: dict[int, list[Statement]] = {}
        for statement in case.prose.sentences():
            by_question.setdefault(statement.question.n, []).append(statement)
        case.remembered["sentences",] = by_question
    found: list[Statement] = case.remembered["sentences",].get(placed.question.n, [])
    return found


def _other_tool(claim: Practice, case: Case) -> bool:
    """Whether the denial is of a tool that leaves no trace: what the repository has is another's work."""
    said = words(claim.quote)
    named = [t for t in TOOLS if any(stands(said, " ".join(words(n))) for n in t.names)]
    return any(not trace(t, case.snapshot) for t in named)


def _strong(spec: Item) -> tuple[str, ...]:
    """The probes whose finding is the practice itself; none for what is done once or set up in a console, where a file may stand
    there that was never run."""
    if spec.once or spec.open != "contradicted" or spec.absence != "contradicted":
        return ()
    return spec.open_probes or spec.probes


_OWN_SIGNS: dict[str, tuple[str, ...]] = {"api-tests": ("api-tests",), "bucket": ()}
# An endpoint with metrics that nothing collects is instrumentation, which is an item of its own.
_MONITORING: tuple[tuple[str, ...], ...] = (
    ("drift-service", "data-collection"),  # a page that compares two stored sets watches nothing
    ("api-metrics", "cloud-monitoring"),
    ("data-collection", "drift-check"),
)


def _shown(known: Known, case: Case) -> list[Evidence]:
    """What the repository has of a practice that its presence alone makes true."""
    if known.id == "monitoring":
        for probes in _MONITORING:
            if all(case.found(p) for p in probes):
                return [e for p in probes for e in case.answer(p).evidence[:2]]
        return []
    shown: list[Evidence] = []
    for item in case.profile.of_practice(known.id):
        spec = case.profile.items_by_id.get(item)
        if spec is None:
            continue
        probes = _OWN_SIGNS.get(known.id, _strong(spec))
        needed = all if spec.require == "all" else any
        if probes and needed(case.found(p) for p in probes):
            shown += [e for p in probes if case.found(p) for e in case.answer(p).evidence[:2]]
    return shown


def _told_elsewhere(claim: Practice, known: Known, case: Case) -> Placed | None:
    """A claim of another answer that the practice was done, in words of its own name."""
    placed = case.placed(claim)
    if (
        placed is None or known.others or not known.plain
    ):  # what can be done in several ways may be denied of one and told of another
        return None
    for other in _practices(case):
        same = other.claim.item == claim.item and other.question.n != placed.question.n
        if same and _affirms(other) and _plainly(other.claim, known):
            return other
    return None


# -- planned, attempted ------------------------------------------------------------------------------------------------


def _not_done(claim: Practice, known: Known, spec: Item, case: Case) -> Settled | None:
    box = case.box(claim.item)
    if (
        claim.part.lower() != "whole"
        or not known.plain
        or not _ticked(box, case)
        or (spec.once and claim.strength == "attempted")
    ):
        return None
    said = words(claim.quote)
    if not names(said, known.names) or set(said) & _MORE or any(case.found(p) for p in (*spec.probes, *spec.weak)):
        return None
    for statement in case.prose.sentences():
        if names(words(statement.plain), (*known.names, *known.done, *known.others)) and not _short_of(statement):
            return None
    if any(o.claim.item == claim.item and _affirms(o) for o in _practices(case)):
        return None
    marked = case.box_evidence(claim.item)
    how = "a plan" if claim.strength == "planned" else "an attempt"
    assert marked is not None
    return Settled(
        "contradicted", f"The checklist ticks “{_short(marked)}” (line {marked.start}).", (marked,),
        f"The report speaks of {known.name} only as {how}; the box says that it was done.", f"practice:{known.id}",
        rule="prose-contradicts-checklist",
    )  # fmt: skip


_MORE = wordset("more further additional also better improve improved extend extended extending continue another others advanced")  # fmt: skip


def _short_of(statement: Statement) -> bool:
    return statement.planned or statement.attempted or statement.negated


# -- done --------------------------------------------------------------------------------------------------------------


def _done(claim: Practice, known: Known, spec: Item, case: Case) -> Settled | None:
    probes = spec.open_probes or spec.probes
    needed = all if spec.require == "all" else any
    shown = [e for p in probes if case.found(p) for e in case.answer(p).evidence[:2]]
    if not shown or not needed(case.found(p) for p in probes):
        return None
    box, plain = case.box(claim.item), _plainly(claim, known)
    opened = box is not None and case.prose.checked(claim.item) is False and spec.open == "contradicted"
    marked = case.box_evidence(claim.item)
    if opened and plain and known.plain and not known.parts and marked is not None and claim.strength == "plain":
        items = case.profile.of_practice(known.id)
        about = [o.claim for o in _practices(case) if o.claim.item in items]
        if any(c.strength == "attempted" or (c.denied and c.strength == "plain") for c in about):
            return None
        if any(_affirms(o) and _plainly(o.claim, known) for o in _before(claim, known, case)):
            return None
        return Settled(
            "contradicted", f"The box “{_short(marked)}” (line {marked.start}) is open, and {_place(shown[0])} shows {known.name}.",
            (marked, *shown), "The sentence and the repository show it as done; the checklist leaves it open.",
            f"practice:{known.id}", True, "prose-contradicts-checklist",
        )  # fmt: skip
    shows = f"{_place(shown[0])} shows {known.name}."
    return Settled("supported", shows, tuple(shown), about=f"practice:{known.id}") if plain else None


def _plainly(claim: Practice, known: Known) -> bool:
    """Whether a claim tells of the whole practice by its own name, without a word that weakens it."""
    said = words(claim.quote)
    return claim.part.lower() == "whole" and names(said, known.done or known.names) and not set(said) & SOFT - {"load"}


# -- secrets -----------------------------------------------------------------------------------------------------------

_KEY_KINDS = {
    "W&B key": ("w&b", "wandb*", "weights"),
    "Hugging Face token": ("hugging*", "hf"),
    "GitHub token": ("github token*", "github_token", "pat", "personal access"),
    "private key": ("service account*", "gcp", "google*", "credential*", "private", "bucket*", "gbucket"),
    "OpenAI or Anthropic key": ("openai*",),
    "Kaggle key": ("kaggle*",),
}
_OF_ALL = frozenset(["all", "every", "everything", "any", "no", "not", "none", "never"])  # of keys, whichever they are


def _secrets(claim: Practice, case: Case) -> Settled | None:
    if claim.denied or claim.strength != "plain":
        return None
    said = words(claim.quote)
    for file, line, kind, *_ in (s for s in secrets(case.snapshot) if not s.doubt):
        if not names(said, _KEY_KINDS.get(kind, ())) and (
            any(names(said, n) for n in _KEY_KINDS.values()) or not _OF_ALL & set(said)
        ):
            continue  # it speaks of another key, or of some; that this one is there is told anyway
        note = f"{file.path}:{line} has a {kind} in clear text; its value is left out."
        return Settled(
            "contradicted", f"{file.path}:{line} has a {kind} in clear text (not shown here).", (fact(note, f"{file.path}:{line}"),),
            "The sentence says that keys are kept in a safe place; one stands in clear text in a tracked file.", "secret",
        )  # fmt: skip
    return None


# -- open boxes that an answer explains --------------------------------------------------------------------------------


def explained_boxes(case: Case) -> dict[str, Evidence]:
    """The answers' words on why a box is open, by the box's item: a claim that denies the practice or tells of a try, in a report
    that nowhere says plainly that it was done. What the repository has of it (a script that was never run, a helper that nobody
    used) is then no contradiction. A plan says nothing; nor does a plain denial of what the repository plainly has: then the
    sentence is wrong, too."""
    found: dict[str, Evidence] = {}
    for item, known in ((i, p) for p in PRACTICES for i in case.profile.of_practice(p.id)):
        if case.box(item) is None or case.prose.checked(item) is not False:
            continue
        about = [p for p in _practices(case) if p.claim.item in case.profile.of_practice(known.id)]
        if any(_affirms(p) for p in about):
            continue
        short = [p for p in about if p.claim.denied or p.claim.strength == "attempted"]
        firm = [p for p in short if p.claim.denied and p.claim.strength == "plain"]
        if short and not (firm and known.id != "monitoring" and _shown(known, case)):
            found[item] = case.quoted(short[0])
    return found


# -- claims ------------------------------------------------------------------------------------------------------------


class _Told(Placed):
    """A claim of a practice in its place."""

    claim: Practice


def _practices(case: Case) -> list[_Told]:
    key = ("practices", id(case.claims))
    if key not in case.remembered:
        case.remembered[key] = [p for p in case.claims if isinstance(p.claim, Practice)]
    found: list[_Told] = case.remembered[key]
    return found


def _before(claim: Practice, known: Known, case: Case) -> list[_Told]:
    """The claims of the practice in answers before this one's: what is said twice is one finding, at its first place."""
    placed = case.placed(claim)
    line, n = (placed.line, placed.question.n) if placed else (0, 0)
    key = ("practices of", known.id, id(case.claims))
    if key not in case.remembered:
        items = case.profile.of_practice(known.id)
        of = [p for p in _practices(case) if p.claim.item in items]
        case.remembered[key] = sorted(of, key=lambda p: p.line)
    # the first one first: each asks only what is settled by then
    before = takewhile(lambda p: p.line < line, case.remembered[key])
    return list(islice((p for p in before if p.question.n != n), _EARLIER))


_EARLIER = 20  # claims before one that may say the same


def _affirms(placed: _Told) -> bool:
    return not placed.claim.denied and placed.claim.strength == "plain"


def _place(evidence: Evidence) -> str:
    if evidence.path:
        return f"{evidence.path}:{evidence.start}" if evidence.start else evidence.path
    return evidence.sources[0] if evidence.sources else "the repository"


def _short(evidence: Evidence) -> str:
    return _clip(evidence.excerpt.partition("] ")[2] or evidence.excerpt, 110)


def _clip(text: str, limit: int = 160) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else text[:limit].rsplit(" ", 1)[0] + " …"
