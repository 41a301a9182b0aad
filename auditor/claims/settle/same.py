"""Two places of the report that give one quantity."""

from auditor.claims.case import Case, Settled, settles
from auditor.claims.kinds import Same
from auditor.facts.suites import suite
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.numbers import bag, operator, tokens

_UNITS = {
    "%": "%", "percent": "%", "s": "seconds", "sec": "seconds", "second": "seconds", "ms": "milliseconds",
    "millisecond": "milliseconds", "minute": "minutes", "min": "minutes", "hour": "hours", "h": "hours", "kb": "kB", "mb": "MB",
    "gb": "GB", "tb": "TB", "gib": "GB", "mib": "MB", "k": "thousands", "m": "millions", "million": "millions", "b": "billions",
    "billion": "billions", "usd": "dollars", "dollar": "dollars", "credit": "credits", "eur": "euros", "euro": "euros", "dkk": "kroner",
    "epoch": "epochs", "px": "pixels", "pixel": "pixels", "day": "days", "week": "weeks",
}  # fmt: skip
# words that say of which part or moment a number is: two quotes that differ in one of them speak of two things
_SCOPES = bag(
    "train training trained test testing validation val dev before after initially first second final finally last latest later now "
    "best worst average mean median max maximum min minimum peak cpu gpu tpu unit integration performance load per each every total "
    "overall altogether api model data frontend backend local locally cloud ci branch line class epoch fold raw processed original "
    "small smaller large larger full subset sample sampled baseline macro micro weighted top user users request requests main "
    "remaining other others additional only excluding including without with failed passed skipped threshold goal target limit "
    "fail below above least required requires run runs job file files folder module person member members week day "
    "month cost spent used batch aim aimed hope plan planned want wanted would should"
)
_STOP = bag(
    "a an and are as at be been but by for from had has have in is it its of on or our so that the their there this to us was we were "
    "which will you also did do not i e g all wrote written made created implemented use using one"
)


@dataclass(frozen=True)
class Quantity:
    """A number with its unit (empty for a bare one), the words after it, and the step that it is rounded to."""

    value: float
    unit: str
    after: tuple[str, ...]
    step: float


@settles("same")
def same(claim: Same, case: Case) -> Settled | None:
    """Compares the numbers of two quotes that both stand in the answers. Contradicted only where each gives exactly one exact number, in
    one unit or before one noun, both speak with the same words of part and moment (test, training, after, per) and of the same
    names, share what is measured, and differ by more than rounding; two numbers of tests that the repository both shows are
    two ways of counting. Everything that is no number stays open."""
    first, other = case.prose.holding(claim.quote), case.prose.holding(claim.other)
    mine, theirs = _quantity(claim.quote), _quantity(claim.other)
    if first is None or other is None or mine is None or theirs is None or claim.denied:
        return None
    said, beside = _close(claim.quote), _close(claim.other)
    version = mine.step < 1 and not mine.unit
    if said in beside or beside in said or version or mine.unit != theirs.unit or not _alike(claim, mine, theirs):
        return None
    about = f"same:{mine.unit or mine.after[0]}:{min(mine.value, theirs.value):g}"
    line = other.line_of(claim.other.strip())
    shows, note = f"line {line} says {beside}", f"question {other.question.n}"
    path, there = case.report.place(line)
    proof = Evidence(
        kind="excerpt",
        path=path,
        start=there,
        end=there + claim.other.strip().count("\n"),
        excerpt=beside[:240],
        note=note,
    )
    # whole numbers of things are not rounded
    room = 0 if mine.step == theirs.step == 1 and not mine.unit else 1.01 * max(mine.step, theirs.step)
    if abs(mine.value - theirs.value) <= room:
        return Settled("supported", shows, (proof,), about=about)
    if any(not s.firm or s.hedged or s.negated for s in (first, other)):
        return None
    tests = suite(case.snapshot)
    if "test" in mine.after and {mine.value, theirs.value} <= tests.sums(tests.files) | tests.parts:
        return None
    n, m = f"{mine.value:g} {mine.unit}".strip(), f"{theirs.value:g} {theirs.unit}".strip()
    difference = f"One place says {n}, the other (line {line}) {m}."
    return Settled("contradicted", shows, (proof,), difference, about, True, "prose-contradicts-prose")


def _close(text: str) -> str:
    return " ".join(text.split())


def _quantity(quote: str) -> Quantity | None:
    """The one exact number of a quote; None where there are none, two, or a bounded one."""
    found = tokens(quote)
    numbers = [i for i, t in enumerate(found) if t.value is not None and t.word != "one"]
    if len(numbers) != 1 or any(t.glued and t.word[0].isdigit() and t.word.isdigit() for t in found):
        return None
    at = numbers[0]
    value = found[at].value
    if (
        value is None
        or operator(found[:at]) != "exactly"
        or quote[found[at].end :].lstrip()[:1] in ("-", "–", "±", "+", "x", "×")
    ):
        return None
    after = tuple(_singular(t.word) for t in found[at + 1 : at + 4])
    text = quote[found[at].end :].lstrip(" *_`\\")
    unit = "%" if text.startswith("%") else _UNITS.get(after[0], "") if after else ""
    if quote[: found[at].start].rstrip().endswith(("$", "€")):
        unit = "dollars" if quote[: found[at].start].rstrip()[-1] == "$" else "euros"
    word = found[at].word
    step = 10.0 ** -len(word.partition(".")[2])
    return Quantity(value, unit, tuple(w for w in after if w not in _STOP), step)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 1 and word.endswith("s") and not word.endswith("ss") else word


def _words(quote: str, unit: str) -> frozenset[str]:
    words = {_singular(t.word) for t in tokens(quote) if t.value is None and len(t.word) > 1}
    return frozenset(words - _STOP - {name for name, is_ in _UNITS.items() if is_ == unit})


_SCOPE_STEMS = frozenset(_singular(w) for w in _SCOPES)
_NAME = compile_later(r"`[^`]+`|\b[\w-]+(?:[./_][\w-]+)+|\b\w*[a-z][A-Z]\w*|\b[A-Z][A-Z\d]+\b|(?<=[a-z,] )[A-Z]\w+")


def _alike(claim: Same, mine: Quantity, theirs: Quantity) -> bool:
    """Whether both quotes speak of one thing: the same noun after a bare number, a shared word of what is measured, and no word of
    part or moment and no name that only one of them has."""
    left, right = _words(claim.quote, mine.unit), _words(claim.other, mine.unit)
    if not mine.unit and (not set(mine.after) & set(theirs.after) or left != right):
        return False
    if (left ^ right) & (_SCOPE_STEMS - (set(mine.after) & set(theirs.after))):
        return False
    names = [
        {m[0].strip("`").lower() for m in _NAME.finditer(q) if not m[0][0].isdigit()}
        for q in (claim.quote, claim.other)
    ]
    return names[0] == names[1] and bool((left & right) - (_SCOPE_STEMS if mine.unit else frozenset()))
