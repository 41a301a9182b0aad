"""One answer is told one thing once, whoever read it and in whichever order."""

from itertools import permutations

import pytest
from rows import case

from auditor.claims import run
from auditor.claims.case import SETTLERS, Case, Placed, Settled, Settler, fact, load
from auditor.claims.kinds import CLAIM, Typed
from auditor.models import Evidence

load()  # before a test puts a settler of its own in the place of one

SENTENCE = "We build it with docker build -f a/train_gpu.dockerfile in all workflows"


def says(claim: Typed, case: Case) -> Settled:
    """What the claim's own fields ask for: its path is `label about [line]`."""
    label, about, *line = vars(claim)["path"].split("|")
    shown = Evidence(kind="excerpt", path="a.yaml", start=int(line[0]), end=int(line[0]), excerpt="x") if line else None
    return Settled(label, "so", (shown or fact(f"{about} {label}", "git"),), "Not so.", about)


@pytest.fixture(autouse=True)
def settlers(monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("file", "location", "defined_in"):
        monkeypatch.setitem(SETTLERS, kind, Settler(kind, says))


def settled(*claims: tuple[str, str, str, bool]) -> set[tuple[str, str, str]]:
    """(reader, label, quote) of what is said of claims (reader, `label|about|line`, quote, every), in every order of those of one
    reader: patterns come first."""
    here = case({"a.yaml": "x\n"}, answers={"docker": SENTENCE + ". And more is said."})
    question = here.report.questions[0]
    made = set()
    for order in permutations(claims):
        placed = [
            Placed(
                CLAIM.validate_python({"kind": "file", "path": path, "state": "there", "quote": quote, "every": every}),
                question,
                1,
                reader,
            )
            for reader, path, quote, every in sorted(order, key=lambda c: c[0] != "patterns")
        ]
        verdicts, problems = run.settle(here, placed, lambda e: "E" + e.note.replace(" ", "")[:5] + str(e.start))
        assert not problems
        made.add(frozenset((v.reading, v.label, v.claim.quote) for v in verdicts))
    assert len(made) == 1, made
    return set(made.pop())


WHOLE, PART, ELSE = SENTENCE, "docker build -f a/train_gpu.dockerfile", "And more is said"
BAD, GOOD = "contradicted|t:x", "supported|t:x"


@pytest.mark.parametrize(
    ("claims", "stands"),
    [
        ([("patterns", BAD, WHOLE, False), ("patterns", GOOD, WHOLE, False)], {("patterns", "contradicted", WHOLE)}),
        ([("patterns", GOOD, WHOLE, False), ("answers", BAD, PART, False)], {("patterns", "supported", WHOLE)}),
        ([("patterns", BAD, WHOLE, False), ("answers", GOOD, PART, False)], {("patterns", "contradicted", WHOLE)}),
        ([("answers", BAD, WHOLE, False), ("answers", GOOD, PART, False)], {("answers", "supported", PART)}),
        ([("answers", BAD, WHOLE, True), ("answers", GOOD, PART, False)], {("answers", "contradicted", WHOLE)}),
        ([("answers", BAD, WHOLE, True), ("answers", GOOD, PART, True)], {("answers", "supported", PART)}),
        ([("answers", BAD, ELSE, False), ("answers", GOOD, PART, False)], {("answers", "contradicted", ELSE)}),
        (
            [("patterns", BAD, WHOLE, False), ("answers", BAD, PART, False)],
            {("patterns+answers", "contradicted", WHOLE)},
        ),
    ],
)
def test_what_is_wrong_goes_first_unless_the_same_words_can_be_right(
    claims: list[tuple[str, str, str, bool]], stands: set[tuple[str, str, str]]
) -> None:
    assert settled(*claims) == stands


COMMAND = "contradicted|command:docker build -f a/train_gpu.dockerfile ."


@pytest.mark.parametrize(
    ("other", "quote", "count"),
    [
        ("contradicted|path:a/train_gpu.dockerfile", PART, 1),
        ("contradicted|path:a/train_gpu.dockerfile", ELSE, 2),
        ("contradicted|path:other.dockerfile", PART, 2),
        ("supported|path:a/train_gpu.dockerfile", PART, 2),
        ("contradicted|path:a", PART, 2),
        ("contradicted|path:other.dockerfile|3", PART, 2),
    ],
)
def test_one_thing_of_the_same_words_is_said_once(other: str, quote: str, count: int) -> None:
    said = settled(("patterns", COMMAND, WHOLE, False), ("answers", other, quote, False))
    assert len(said) == count
    assert ("patterns+answers" if count == 1 else "patterns", "contradicted", WHOLE) in said


def test_one_line_of_evidence_against_the_same_words_is_one_thing() -> None:
    first, same, other = (f"contradicted|{about}|{line}" for about, line in (("one", 3), ("two", 3), ("six", 4)))
    assert len(settled(("patterns", first, WHOLE, False), ("answers", same, PART, False))) == 1
    assert len(settled(("patterns", first, WHOLE, False), ("answers", other, PART, False))) == 2
