"""Who is right, on verdicts made by hand: boxes, rulings, and which findings become one."""

from collections.abc import Sequence

import pytest
from test_rules import report

from auditor.judges.wire import JudgedCite, Ruled
from auditor.models import Citation, Claim, Evidence, Finding, ItemLabel, Side, Source, Verdict
from auditor.standing import box_verdicts, contested, label_items, rulable, stand, to_rule_on

EVIDENCE = {
    f"E{n}": Evidence(id=f"E{n}", kind="excerpt", path=f"{p}.py", start=n, end=n, excerpt="x")
    for n, p in enumerate("aabc", 1)
}


def cited(*ids: str) -> tuple[Citation, ...]:
    return tuple(Citation(evidence=i, quote="x") for i in ids)


def side(by: str, label: str, *ids: str, demoted: str = "") -> Side:
    return Side(by=by, label=label, citations=cited(*ids), demoted=demoted)  # type: ignore[arg-type]


def verdict(id_: str, by: str = "judge", quote: str = "We wrote ten good tests", n: int = 7, line: int = 100, cites: Sequence[str] = ("E1",), **more: object) -> Verdict:  # fmt: skip
    base = Verdict(
        id=id_,
        claim=Claim(source=Source(kind="question", n=n), quote=quote, line=line),
        label="contradicted",
        citations=cited(*cites),
        repo_shows="There are two.",
        difference="d",
        by=by,
        rule="prose-contradicts-repository",
    )
    return base.model_copy(update=more)


# -- boxes -------------------------------------------------------------------------------------------------------------

YES, NO, OPEN = "supported", "contradicted", "not_verifiable"


@pytest.mark.parametrize(
    ("probe", "sides", "ruling", "addressed", "label", "by"),
    [
        (YES, [], None, False, YES, "probe"),
        (YES, [(NO, "E1")], None, False, YES, "probe"),
        (YES, [(NO, "E1"), (NO, "E1")], None, False, NO, "readings"),
        (YES, [(NO, "E1"), (NO, "E1")], None, True, NO, "readings"),
        (YES, [(YES, "E1"), (YES, "E1")], None, False, YES, "probe"),
        (YES, [(NO, "E1"), (NO, "")], None, False, YES, "probe"),
        (NO, [(YES, "E1"), (YES, "E1")], None, False, YES, "readings"),
        (NO, [(YES, "E1"), (YES, "E1")], None, True, NO, "probe"),
        (OPEN, [(NO, "E1"), (YES, "E1")], (NO, "E1"), False, NO, "ruling"),
        (OPEN, [(NO, "E1"), (YES, "E1")], (OPEN, "E1"), False, OPEN, "probe"),
        (OPEN, [(NO, "E1"), (NO, "E1")], (YES, ""), False, NO, "readings"),
        (YES, [(NO, "E1"), (YES, "E1")], (NO, "E1"), False, YES, "probe"),
        (YES, [(NO, "E1"), (YES, "")], (NO, "E1"), False, NO, "ruling"),
        (YES, [(NO, "E1"), (OPEN, "E1")], (NO, "E1"), False, NO, "ruling"),
        (NO, [(YES, "E1")], (YES, "E1"), True, NO, "probe"),
    ],
)
def test_the_label_of_a_box(
    probe: str, sides: list[tuple[str, str]], ruling: tuple[str, str] | None, addressed: bool, label: str, by: str
) -> None:
    def made(name: str, said: tuple[str, str]) -> Side:
        return side(name, said[0], *([said[1]] if said[1] else []), demoted="" if said[1] else "why")

    items = report(True).items[:1]
    n = items[0].n
    probes = {n: verdict("V1", "probe", label=probe, citations=cited("E2"))}
    read = [made(name, s) for name, s in zip(("pack", "dump"), sides, strict=False)]
    ruled = {n: made("ruling", ruling)} if ruling else {}
    (item,) = label_items(items, probes, {n: read}, ruled, addressed)
    assert (item.n, item.label, item.by) == (n, label, by)
    assert [s.by for s in item.sides] == (["probe", *(s.by for s in read), *(["ruling"] if ruling else [])] if read else [])  # fmt: skip
    differ = {s.label for s in read if not s.demoted and s.label != OPEN} - {probe}
    asked = contested(items, probes, {n: read})
    assert [c.n for c in asked] == ([n] if differ else [])
    assert not label_items(items, {}, {n: read}, ruled, addressed)
    assert not contested(items, {}, {n: read})


@pytest.mark.parametrize("checked", [True, False])
def test_a_verdict_for_a_box_that_the_judge_moved(checked: bool) -> None:
    listed = report(checked)
    box = listed.items[0]
    sides = (side("probe", NO, "E4"), side("pack", NO, "E1", "E2"), side("dump", NO, "E2"), side("ruling", NO, "E3", demoted="x"))  # fmt: skip
    items = [
        ItemLabel(n=box.n, label="contradicted", by="readings", sides=sides),
        ItemLabel(n=box.n, label="contradicted", by="probe"),
        ItemLabel(n=box.n, label="supported", by="ruling"),
    ]
    (made,) = box_verdicts(listed, items, EVIDENCE)
    assert (made.id, made.by, made.reading, made.label) == ("J", "judge", "readings", "contradicted")
    assert made.citations == cited("E1", "E2")
    assert made.repo_shows == "a.py:1; a.py:2"
    assert made.difference.startswith("The box is ticked" if checked else "The box is open")
    assert (made.claim.source.kind, made.claim.source.n, made.claim.line) == ("item", box.n, box.line)


# -- what is ruled on --------------------------------------------------------------------------------------------------


def test_what_a_ruling_is_asked_about() -> None:
    good = verdict("J1")
    item = good.claim.model_copy(update={"source": Source(kind="item", n=1)})
    others = [
        verdict("a", label="supported"),
        verdict("b", claim=item),
        verdict("c", by="form"),
        verdict("d", rule="report-addresses-a-model"),
    ]
    assert [v.id for v in rulable([*others, good])][-1] == "J1"
    assert "a" not in [v.id for v in rulable(others)]
    assert not {"b", "c"} & {v.id for v in rulable(others)}


@pytest.mark.parametrize(
    ("other", "together"),
    [
        ({}, True),
        ({"cites": ("E2",)}, True),  # another line of the file
        ({"cites": ("E3",)}, False),
        ({"n": 8}, False),
        ({"quote": "We wrote ten good"}, True),
        ({"quote": "We wrote"}, False),
        ({"quote": "We wrote ten good tests and more of them"}, False),
        ({"quote": "nothing of it here"}, False),
    ],
)
def test_what_says_the_same_is_asked_about_once(other: dict[str, object], together: bool) -> None:
    both = [verdict("J1"), verdict("J2", **other)]  # type: ignore[arg-type]
    found, numbers = to_rule_on(both, EVIDENCE)
    assert len(found) == len(numbers) == (1 if together else 2)
    assert sorted(i for ids in numbers.values() for i in ids) == ["J1", "J2"]
    assert [f.n for f in found] == list(numbers)


def test_they_are_asked_about_in_the_order_of_the_report_with_all_that_is_cited() -> None:
    long = verdict("J2", repo_shows="There are two, and more is said.", cites=("E2", "E1"))
    found, numbers = to_rule_on([verdict("J3", line=120, n=9), verdict("J1"), long], EVIDENCE)
    assert [(f.where, f.line) for f in found] == [("line 100, question 7", 100), ("line 120, question 9", 120)]
    assert found[0].cites == (("a.py", 2, "x"), ("a.py", 1, "x"))
    assert set(numbers[1]) == {"J1", "J2"}


# -- findings ----------------------------------------------------------------------------------------------------------


def ruled(n: int, **changes: object) -> Ruled:
    base: dict[str, object] = {"n": n, "why": "w", "cites": [], "holds": True, "disputed": [], "open": False}
    return Ruled.model_validate(base | {"level": "error", "petty": False, "twice": 0, "also": 0} | changes)


WORDS = [JudgedCite(evidence="E4", quote="x")]
OWN = [JudgedCite(evidence="E1", quote="x")]


def stood(
    *verdicts: Verdict, addressed: bool = False, expected: bool = True, level: str = "error", **rulings: Ruled
) -> list[Finding]:
    findings = [
        Finding(fingerprint=v.id, verdict=v.id, rule=v.rule, level=level)  # type: ignore[arg-type]
        for v in verdicts
    ]
    return stand(
        findings,
        verdicts,
        [],
        {n: (v.id,) for n, v in enumerate(verdicts, 1)},
        {r.n: r for r in rulings.values()},
        lambda cites: cited(*(c.evidence for c in cites)),
        expected=expected,
        addressed=addressed,
    )


@pytest.mark.parametrize(
    ("by", "changes", "addressed", "standing", "level", "says", "moved"),
    [
        ("judge", {}, False, "finding", "error", "holds", True),
        ("judge", {"level": "warning"}, False, "finding", "warning", "holds", True),
        ("judge", {"level": "note"}, False, "remark", "note", "petty", True),
        ("judge", {"open": True}, False, "lead", "error", "open", True),
        ("judge", {"holds": False}, False, "lead", "error", "disputed", False),
        ("judge", {"holds": False, "disputed": WORDS}, False, "disputed", "error", "disputed", True),
        ("judge", {"holds": False, "cites": WORDS}, False, "disputed", "error", "disputed", True),
        ("judge", {"holds": False, "disputed": OWN}, False, "lead", "error", "disputed", False),
        ("judge", {"holds": False, "disputed": OWN, "cites": WORDS}, False, "lead", "error", "disputed", False),
        ("claim:x", {}, False, "finding", "error", "holds", True),
        ("claim:x", {"level": "warning"}, False, "finding", "error", "holds", True),
        ("claim:x", {"level": "warning", "cites": WORDS}, False, "finding", "warning", "holds", True),
        ("claim:x", {"petty": True, "cites": WORDS}, False, "remark", "note", "petty", True),
        ("claim:x", {"petty": True, "cites": WORDS}, True, "finding", "error", "petty", False),
        ("claim:x", {"open": True, "cites": WORDS}, False, "lead", "error", "open", True),
        ("claim:x", {"open": True}, False, "finding", "error", "open", False),
        ("claim:x", {"holds": False, "disputed": WORDS}, False, "disputed", "error", "disputed", True),
        ("claim:x", {"holds": False, "disputed": WORDS}, True, "finding", "error", "disputed", False),
        ("claim:x", {"holds": False, "disputed": OWN}, False, "finding", "error", "disputed", False),
    ],
)
def test_what_a_ruling_does(by: str, changes: dict[str, object], addressed: bool, standing: str, level: str, says: str, moved: bool) -> None:  # fmt: skip
    (made,) = stood(verdict("J1", by), addressed=addressed, one=ruled(1, why=" w  w " + "x" * 700, **changes))
    assert (made.standing, made.level) == (standing, level)
    assert made.ruling is not None
    assert (made.ruling.says, made.ruling.moved) == (says, moved)
    assert made.ruling.why == ("w w " + "x" * 700)[:600]


def test_before_a_ruling() -> None:
    assert [f.standing for f in stood(verdict("J1"))] == ["lead"]
    assert [f.standing for f in stood(verdict("J1"), expected=False)] == ["finding"]
    assert [f.standing for f in stood(verdict("C1", "claim:x"))] == ["finding"]


@pytest.mark.parametrize(
    ("one", "other", "changes", "left", "told", "places"),
    [
        # a reading's finding is put to another
        (("judge", {}), ("judge", {"quote": "Nothing of it"}), {"twice": 1}, ["V1"], ("V1", "V2"), []),  # the same line
        (("judge", {}), ("judge", {"quote": "Nothing of it", "line": 110}), {"twice": 1}, ["V1"], ("V1",), ["V2"]),
        (("judge", {}), ("judge", {"quote": "Nothing of it", "line": 110, "n": 8}), {"also": 1}, ["V1"], ("V1",), ["V2"]),
        (("judge", {}), ("judge", {"quote": "Nothing of it", "line": 110, "n": 8}), {}, ["V1", "V2"], ("V1",), []),
        (("judge", {}), ("judge", {"quote": "Nothing of it", "line": 110, "n": 8}), {"also": 2}, ["V1", "V2"], ("V1",), []),
        (("judge", {}), ("judge", {"quote": "Nothing of it", "line": 110, "n": 8}), {"also": 9}, ["V1", "V2"], ("V1",), []),
        (("judge", {}), ("judge", {"quote": "Nothing of it", "line": 110, "n": 8}), {"also": 1, "open": True}, ["V1", "V2"], ("V1",), []),
        # a program's is not put under something else for nothing
        (("claim:x", {}), ("claim:y", {"quote": "Nothing of it", "line": 110, "n": 8}), {"also": 1}, ["V1", "V2"], ("V1",), []),
        (("claim:x", {}), ("claim:y", {"quote": "Nothing of it", "line": 110, "n": 8}), {"also": 1, "cites": WORDS}, ["V1"], ("V1",), ["V2"]),
        (("claim:x", {}), ("claim:y", {"quote": "Nothing of it", "line": 110, "n": 8, "cites": ("E2",)}), {"also": 1, "cites": WORDS}, ["V1", "V2"], ("V1",), []),
        (("claim:x", {}), ("claim:x", {"quote": "Nothing of it", "line": 110, "n": 8, "cites": ("E2",)}), {"also": 1, "cites": WORDS}, ["V1"], ("V1",), ["V2"]),
        (("judge", {}), ("claim:x", {"quote": "Nothing of it"}), {"twice": 1}, ["V2"], ("V2", "V1"), []),
        (("judge", {}), ("claim:x", {"quote": "Nothing of it"}), {"also": 1}, ["V1", "V2"], ("V1",), []),
        # two of the same words are one
        (("claim:x", {}), ("judge", {}), {}, ["V1"], ("V1", "V2"), []),
        (("judge", {}), ("claim:x", {}), {}, ["V2"], ("V2", "V1"), []),
        (("claim:x", {}), ("judge", {"n": 8}), {}, ["V1", "V2"], ("V1",), []),
        (("claim:x", {}), ("judge", {}), {"level": "note"}, ["V1", "V2"], ("V1",), []),
    ],
)  # fmt: skip
def test_which_findings_become_one(
    one: tuple[str, dict[str, object]],
    other: tuple[str, dict[str, object]],
    changes: dict[str, object],
    left: list[str],
    told: tuple[str, ...],
    places: list[str],
) -> None:
    both = [verdict("V1", one[0], **one[1]), verdict("V2", other[0], **other[1])]  # type: ignore[arg-type]
    made = stood(*both, a=ruled(1), b=ruled(2, **changes))
    assert sorted(f.verdict for f in made) == left
    first = min(made, key=lambda f: f.verdict)
    assert first.verdicts == told
    assert [p.verdict for p in first.also_at] == places
