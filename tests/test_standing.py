"""Who is right, on verdicts made by hand: boxes, rulings, and which findings become one."""

from collections.abc import Sequence

import pytest
from test_rules import report

from auditor.judges.wire import JudgedCite, Ruled
from auditor.models import Citation, Claim, Evidence, Finding, ItemLabel, Side, Source, Verdict
from auditor.rules import box_says
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


# -- what a table of one finding or one box does not show --------------------------------------------------------------


def test_a_box_without_a_probe_is_passed_over_and_the_next_is_labelled() -> None:
    items = report(True, True).items
    probes = {2: verdict("V2", "probe", label="supported")}
    assert [i.n for i in label_items(items, probes, {}, {}, False)] == [2]
    read = {2: [side("pack", NO, "E1")]}
    assert [c.n for c in contested(items, probes, read)] == [2]
    assert contested(items, probes, read)[0].labels == (YES, NO)
    assert contested(items, {1: verdict("V1", "probe", label="supported"), **probes}, read | {1: [side("pack", YES, "E1")]})[0].n == 2  # fmt: skip


def test_what_a_moved_box_says_and_cites() -> None:
    listed = report(True)
    box = listed.items[0]
    many = side("pack", NO, "E1", "E2", "E3", "E4", "E5")
    none = side("dump", NO)
    items = [ItemLabel(n=box.n, label="contradicted", by="ruling", sides=(many, none, side("ruling", YES, "E6")))]
    fact = Evidence(id="E3", kind="fact", note="there is none", sources=("a.py",))
    (made,) = box_verdicts(listed, items, EVIDENCE | {"E3": fact})
    assert made.citations == cited("E1", "E2", "E3", "E4")
    assert made.report_says == box_says(box) == "ticked"
    assert made.repo_shows == "a.py:1; a.py:2; there is none"
    assert (made.claim.quote, made.reading) == (box.text, "ruling")


def boxed(standing: str, label: str, *sides: Side, n: int = 1) -> Finding:
    """A finding about a box, by a probe that says contradicted, once the labels are known."""
    about = Claim(source=Source(kind="item", n=1), quote="Do it", line=11)
    said = verdict("V1", "probe", claim=about)
    finding = Finding(fingerprint="f", verdict="V1", rule="checked-but-absent", level="error", standing=standing)  # type: ignore[arg-type]
    items = [ItemLabel(n=n, label=label, by="probe", sides=sides)]  # type: ignore[arg-type]
    (made,) = stand([finding], [said], items, {}, {}, lambda _: (), expected=True, addressed=False)
    return made


def test_a_box_whose_label_does_not_stand_has_words_against_it() -> None:
    pack, dump = side("pack", YES, "E1", "E2"), side("dump", YES, "E2", "E3")
    made = boxed("finding", YES, side("probe", NO, "E4"), pack, dump, side("ruling", YES, "E4", demoted="x"))
    assert made.standing == "disputed"
    assert made.ruling is not None
    assert (made.ruling.says, made.ruling.moved, made.ruling.why) == ("disputed", True, "pack and dump: supported")
    assert made.ruling.citations == cited("E1", "E2", "E3")
    open_ = boxed("finding", OPEN, side("pack", OPEN, "E1"), side("probe", OPEN, "E2"))
    assert (open_.ruling.why, open_.ruling.citations) == ("pack: not verifiable", cited("E1"))  # type: ignore[union-attr]
    many = boxed("finding", YES, side("pack", YES, "E1", "E2", "E3", "E4", "E5"))
    assert many.ruling.citations == cited("E1", "E2", "E3", "E4")  # type: ignore[union-attr]


def test_a_box_of_a_lead_stands_where_a_reading_says_the_same() -> None:
    assert boxed("lead", NO, side("probe", NO, "E1"), side("pack", NO, "E2")).standing == "finding"
    assert boxed("lead", NO, side("probe", NO, "E1")).standing == "lead"
    assert boxed("lead", NO, side("pack", NO, "E2", demoted="x")).standing == "lead"
    assert boxed("lead", NO, side("pack", YES, "E2")).standing == "lead"
    assert boxed("lead", NO, n=2).standing == "lead"
    assert boxed("finding", YES, n=2).ruling is None


def test_half_a_letter_in_a_quote_is_asked_about_like_any() -> None:
    found, _ = to_rule_on([verdict("J1", quote="We wrote \ud800 tests")], EVIDENCE)
    assert found[0].quote == "We wrote \ud800 tests"
    assert (found[0].shows, found[0].difference) == ("There are two.", "d")


def test_a_lead_that_is_upheld_stands_at_its_rules_level() -> None:
    lead = Finding(fingerprint="f", verdict="C1", rule="prose-contradicts-repository", level="note", standing="lead")
    said = verdict("C1", "claim:x")

    def made(**changes: object) -> Finding:
        rulings = {1: ruled(1, **changes)} if changes else {}
        (one,) = stand([lead], [said], [], {1: ("C1",)}, rulings, lambda c: cited(*(x.evidence for x in c)), expected=True, addressed=False)  # fmt: skip
        return one

    assert (made(level="error").standing, made(level="error").level) == ("finding", "error")
    assert (made(level="warning", cites=WORDS).standing, made(level="warning", cites=WORDS).level) == (
        "finding",
        "warning",
    )
    assert (made().standing, made().level) == ("lead", "note")
    assert (made(open=True).standing, made(open=True).level) == ("lead", "note")


def test_a_level_never_rises_by_a_ruling() -> None:
    (made,) = stood(verdict("J1"), level="note", one=ruled(1, level="warning"))
    assert (made.standing, made.level) == ("finding", "note")


@pytest.mark.parametrize(("changes", "cites"), [({"open": True}, ("E4",)), ({}, ("E4",)), ({"level": "note"}, ("E4",))])
def test_what_a_ruling_cites_is_kept(changes: dict[str, object], cites: tuple[str, ...]) -> None:
    (made,) = stood(verdict("J1"), one=ruled(1, cites=[*WORDS], **changes))
    assert made.ruling is not None
    assert made.ruling.citations == cited(*cites)
    (made,) = stood(verdict("J1"), one=ruled(1, holds=False, disputed=[*OWN, *WORDS, *WORDS], cites=WORDS))
    assert made.ruling is not None
    assert made.ruling.citations == cited("E4")


def test_two_that_are_disputed_alike_are_one() -> None:
    against = {"holds": False, "disputed": WORDS}
    made = stood(verdict("J1"), verdict("J2"), one=ruled(1, **against), two=ruled(2, **against))
    assert [(f.verdict, f.standing, f.verdicts) for f in made] == [("J2", "disputed", ("J2", "J1"))]


def test_the_graver_of_two_that_are_one_counts() -> None:
    made = stood(verdict("V1", line=110), verdict("V2", line=110), a=ruled(1, level="warning"), b=ruled(2, twice=1))
    assert [(f.verdict, f.level) for f in made] == [("V1", "error")]
    other = {"quote": "Nothing of it", "line": 110, "n": 8}
    made = stood(verdict("V1"), verdict("V2", **other), a=ruled(1, level="note"), b=ruled(2, also=1))
    assert [(f.verdict, f.level, f.standing) for f in made] == [("V1", "error", "finding")]
    third = {"quote": "Not at all", "line": 90, "n": 9}
    made = stood(verdict("V1"), verdict("V2", **other), verdict("V3", **third), a=ruled(1), b=ruled(2, also=1), c=ruled(3, also=2))  # fmt: skip
    assert [f.verdict for f in made] == ["V3", "V1"]  # where it was put is gone by then
    made = stood(verdict("V1"), verdict("V2", **other), verdict("V3", **third), a=ruled(1), b=ruled(2, also=3), c=ruled(3, also=1))  # fmt: skip
    assert [(f.verdict, [p.verdict for p in f.also_at]) for f in made] == [("V1", ["V3", "V2"])]
