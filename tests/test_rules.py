"""From a box and its probes to a verdict, and from verdicts to findings."""

import ast
import re
from pathlib import Path

import pytest

from auditor import rules
from auditor.models import (
    AuditRecord,
    ChecklistItem,
    Citation,
    Claim,
    Evidence,
    Finding,
    ItemLabel,
    ProbeResult,
    Report,
    Source,
    Verdict,
)
from auditor.profile import Item, Profile
from auditor.rules import (
    RULES,
    Idle,
    box_says,
    hint,
    judge_items,
    lacking,
    level_of,
    open_but_there,
    remembered,
    report_findings,
    sorted_findings,
    unsure_of,
    weight,
)
from auditor.trust import Trust


def profile(**item: object) -> Profile:
    spec = {"id": "thing", "texts": ("Do the thing",), "probes": ("a", "b"), "absence": "contradicted"} | item
    return Profile(name="test", title="Test", items=(Item.model_validate(spec),), questions=())


def report(*boxes: bool, known: str = "thing") -> Report:
    items = tuple(
        ChecklistItem(n=i, line=10 + i, text="Do the thing", mark="x" if b else " ", checked=b, item=known)
        for i, b in enumerate(boxes, 1)
    )
    return Report(path="reports/README.md", commit="c", sha256="s", items=items)


def judge(checked: bool, spec: Profile, known: str = "thing", **outcomes: str) -> tuple[str, str]:
    results, evidence = probed(**outcomes)
    (verdict,) = judge_items(report(checked, known=known), spec, results, evidence)
    assert verdict.by == "probe"
    for citation in verdict.citations:
        assert citation.quote in (evidence[citation.evidence].excerpt, evidence[citation.evidence].note)
    return verdict.label, verdict.difference


def probed(**outcomes: str) -> tuple[dict[str, ProbeResult], dict[str, Evidence]]:
    results, evidence = {}, {}
    for id_, outcome in outcomes.items():
        ids = ()
        if outcome != "unknown":
            ids = (f"E{len(evidence) + 1}",)
            kind = "excerpt" if outcome == "found" else "absence"
            shown = {"path": f"{id_}.py", "start": 1, "end": 1, "excerpt": "x = 1"} if outcome == "found" else {}
            evidence[ids[0]] = Evidence.model_validate(
                {"id": ids[0], "probe": id_, "kind": kind, "note": f"{id_}: {outcome}", **shown}
            )
        results[id_] = ProbeResult.model_validate(
            {
                "probe": id_,
                "outcome": outcome,
                "count": outcome == "found",
                "evidence": ids,
                "reason": "broken" * (outcome == "unknown"),
            }
        )
    return results, evidence


@pytest.mark.parametrize(
    ("checked", "require", "a", "b", "label"),
    [
        (True, "any", "found", "absent", "supported"),
        (True, "any", "absent", "absent", "contradicted"),
        (True, "any", "absent", "unknown", "not_verifiable"),
        (True, "any", "found", "unknown", "supported"),
        (True, "all", "found", "found", "supported"),
        (True, "all", "found", "absent", "contradicted"),
        (True, "all", "found", "unknown", "not_verifiable"),
        (True, "all", "absent", "unknown", "contradicted"),
        (False, "any", "found", "absent", "contradicted"),
        (False, "any", "absent", "absent", "supported"),
        (False, "any", "absent", "unknown", "not_verifiable"),
        (False, "all", "found", "absent", "supported"),
        (False, "all", "found", "found", "contradicted"),
    ],
)
def test_boxes_and_outcomes(checked: bool, require: str, a: str, b: str, label: str) -> None:
    assert judge(checked, profile(require=require), a=a, b=b)[0] == label


def test_absence_is_what_the_profile_says() -> None:
    assert judge(True, profile(absence="not_verifiable"), a="absent", b="absent")[0] == "not_verifiable"
    assert judge(True, profile(weak=("w",)), a="absent", b="absent", w="found")[0] == "not_verifiable"
    assert judge(True, profile(weak=("w",)), a="absent", b="absent", w="absent")[0] == "contradicted"


def test_open_boxes_may_need_plainer_evidence() -> None:
    assert judge(False, profile(open_probes=("b",)), a="found", b="absent")[0] == "supported"
    assert judge(False, profile(open_probes=("b",)), a="absent", b="found")[0] == "contradicted"
    assert judge(False, profile(open="not_verifiable"), a="found", b="found")[0] == "not_verifiable"


def test_a_sign_may_lie_in_what_could_not_be_read() -> None:
    assert judge(True, profile(weak=("w",)), a="absent", b="absent", w="unknown")[0] == "not_verifiable"
    assert judge(False, profile(weak=("w",)), a="absent", b="absent", w="unknown")[0] == "supported"


def test_a_ticked_box_that_the_group_explains_is_no_contradiction() -> None:
    results, evidence = probed(a="absent", b="absent")
    listed = report(True)
    noted = listed.model_copy(
        update={"items": (listed.items[0].model_copy(update={"note": "num_workers is a setting"}),)}
    )
    assert judge_items(listed, profile(), results, evidence)[0].label == "contradicted"
    assert judge_items(noted, profile(), results, evidence)[0].label == "not_verifiable"


def test_an_open_box_that_the_group_explains_contradicts_nothing() -> None:
    results, evidence = probed(a="found", b="found")
    why = Evidence(id="E9", kind="excerpt", path="r.md", start=70, end=70, excerpt="We did not run it.", note="")
    known = evidence | {"E9": why}
    (verdict,) = judge_items(report(False), profile(), results, known, {"thing": "E9"})
    assert (verdict.label, verdict.citations[-1].evidence) == ("not_verifiable", "E9")
    assert "line 70" in verdict.difference
    assert judge_items(report(True), profile(), results, known, {"thing": "E9"})[0].label == "supported"
    listed = report(False)
    noted = listed.model_copy(update={"items": (listed.items[0].model_copy(update={"matched": "annotated"}),)})
    assert judge_items(noted, profile(), results, evidence)[0].label == "not_verifiable"


def test_what_no_file_shows_or_nobody_knows() -> None:
    blind = profile(probes=(), observable=False, reason="It stands in no file.")
    assert judge(True, blind)[0] == judge(False, blind)[0] == "not_verifiable"
    assert judge(True, profile(), known="", a="found", b="found") == (
        "not_verifiable",
        "The profile does not know this item.",
    )


def test_findings_are_sorted_and_keep_their_fingerprints() -> None:
    results, evidence = probed(a="absent", b="absent")
    listed = report(True)
    verdicts = judge_items(listed, profile(), results, evidence)
    (finding,) = report_findings(listed, profile(), verdicts, evidence)
    assert (finding.rule, finding.level, finding.verdict) == ("checked-but-absent", "error", "V1")
    moved = listed.model_copy(update={"items": (listed.items[0].model_copy(update={"line": 99}),)})
    (again,) = report_findings(moved, profile(), judge_items(moved, profile(), results, evidence), evidence)
    assert again.fingerprint == finding.fingerprint
    other = listed.model_copy(update={"items": (listed.items[0].model_copy(update={"text": "Do another thing"}),)})
    assert (
        report_findings(other, profile(), judge_items(other, profile(), results, evidence), evidence)[0].fingerprint
        != finding.fingerprint
    )


def many(*boxes: bool) -> tuple[Report, Profile]:
    """A list of so many different items, and the profile that knows them."""
    one = profile().items[0]
    spec = Profile(
        name="t",
        title="T",
        items=tuple(one.model_copy(update={"id": f"t{i}"}) for i in range(len(boxes))),
        questions=(),
    )
    items = tuple(i.model_copy(update={"item": f"t{k}"}) for k, i in enumerate(report(*boxes).items))
    return report().model_copy(update={"items": items}), spec


def test_a_list_left_blank_gives_no_notes() -> None:
    results, evidence = probed(a="found", b="found")
    for boxes, notes in (
        ((False,) * 25, 0),
        ((True,) * 6 + (False,) * 19, 0),
        ((True,) * 7 + (False,) * 18, 18),
        ((False,) * 3, 3),
    ):
        listed, spec = many(*boxes)
        found = report_findings(listed, spec, judge_items(listed, spec, results, evidence), evidence)
        assert [f.rule for f in found] == ["found-but-unchecked"] * notes


@pytest.mark.parametrize(
    ("boxes", "a", "labels"),
    [
        ((False, True), "found", ["not_verifiable", "supported"]),
        ((True, False), "found", ["supported", "not_verifiable"]),
        ((True, True), "absent", ["contradicted", "not_verifiable"]),
        ((False, False), "found", ["contradicted", "not_verifiable"]),
    ],
)
def test_an_item_that_stands_twice_is_judged_once(boxes: tuple[bool, ...], a: str, labels: list[str]) -> None:
    results, evidence = probed(a=a, b=a)
    assert [v.label for v in judge_items(report(*boxes), profile(), results, evidence)] == labels


@pytest.mark.parametrize(
    ("a", "label"), [("found", "supported"), ("absent", "not_verifiable"), ("unknown", "not_verifiable")]
)
def test_a_box_that_is_partly_done_is_held_against_nobody(a: str, label: str) -> None:
    results, evidence = probed(a=a, b=a)
    (item,) = report(False).items
    partly = item.model_copy(update={"mark": "50%", "partly": True})
    listed = report(False).model_copy(update={"items": (partly,)})
    (verdict,) = judge_items(listed, profile(), results, evidence)
    assert verdict.label == label
    assert verdict.report_says == "neither ticked nor open (marked [50%])"


def test_a_mark_that_claims_nothing_needs_nothing() -> None:
    results, evidence = probed(a="absent", b="absent")
    for mark, label in (("50%", "not_verifiable"), ("~", "not_verifiable"), ("soon", "supported"), ("?", "supported")):
        listed = report(False)
        item = listed.items[0].model_copy(update={"mark": mark, "partly": True})
        marked = listed.model_copy(update={"items": (item,)})
        assert judge_items(marked, profile(), results, evidence)[0].label == label


@pytest.mark.parametrize(
    ("checked", "idle", "label"),
    [
        (True, Idle(), "supported"),
        (True, Idle(stopped={"E1": "a.py cannot be imported"}), "not_verifiable"),
        (True, Idle(others=frozenset(["E1"])), "supported"),
        (False, Idle(), "contradicted"),
        (False, Idle(stopped={"E1": "a.py cannot be imported"}), "supported"),
        (False, Idle(others=frozenset(["E1"])), "supported"),
        (True, Idle(unsure="the time was over"), "supported"),
        (False, Idle(unsure="the time was over"), "not_verifiable"),
    ],
)
def test_evidence_of_no_code_at_work(checked: bool, idle: Idle, label: str) -> None:
    results, evidence = probed(a="found", b="absent")
    (verdict,) = judge_items(report(checked), profile(), results, evidence, idle=idle)
    assert verdict.label == label
    assert ("cannot be imported" in verdict.repo_shows) == (checked and bool(idle.stopped))


def test_what_is_done_once_may_have_stopped_working() -> None:
    results, evidence = probed(a="found", b="absent")
    (verdict,) = judge_items(report(True), profile(once=True), results, evidence, idle=Idle(stopped={"E1": "stopped"}))
    assert verdict.label == "supported"


def test_other_evidence_than_that_speaks() -> None:
    results, evidence = probed(a="found", b="found")
    (verdict,) = judge_items(report(False), profile(), results, evidence, idle=Idle(stopped={"E1": "stopped"}))
    assert verdict.label == "contradicted"
    assert [c.evidence for c in verdict.citations] == ["E2"]


def test_one_half_of_two() -> None:
    spec = profile(half=("h", "s"), lacks="nothing links it", weak=("s", "w"))
    results, evidence = probed(a="absent", b="absent", h="found", s="found", w="found")
    assert judge_items(report(True), spec, results, evidence)[0].label == "not_verifiable"  # a sign of the other half
    results, evidence = probed(a="absent", b="absent", h="found", s="found", w="absent")
    verdicts = judge_items(report(True), spec, results, evidence)
    assert verdicts[0].difference == "The box is ticked; nothing links it."
    assert [f.level for f in report_findings(report(True), spec, verdicts, evidence)] == ["warning"]
    results, evidence = probed(a="absent", b="absent", h="absent", s="absent", w="absent")
    verdicts = judge_items(report(True), spec, results, evidence)
    assert [f.level for f in report_findings(report(True), spec, verdicts, evidence)] == ["error"]


def test_a_share_is_a_remark_about_an_open_box() -> None:
    results, evidence = probed(a="found", b="found")
    for measured in (True, False):
        spec = profile(measured=measured)
        verdicts = judge_items(report(False), spec, results, evidence)
        assert verdicts[0].label == "contradicted"
        (finding,) = report_findings(report(False), spec, verdicts, evidence)
        assert (finding.standing == "remark") == measured


@pytest.mark.parametrize(
    ("checked", "item", "outcomes", "named"),
    [
        (True, {}, {"a": "absent", "b": "absent"}, ("a", "b")),
        (True, {}, {"a": "absent", "b": "unknown"}, ()),
        (True, {"require": "all"}, {"a": "absent", "b": "found"}, ("a",)),
        (True, {}, {"a": "found", "b": "absent"}, ()),
        (False, {}, {"a": "absent", "b": "absent"}, ()),
        (True, {"absence": "not_verifiable"}, {"a": "absent", "b": "absent"}, ()),
        (True, {"absence": "not_verifiable", "once": True}, {"a": "absent", "b": "absent"}, ("a", "b")),
        (True, {"weak": ("w",)}, {"a": "absent", "b": "absent", "w": "found"}, ()),
        (True, {"weak": ("w",)}, {"a": "absent", "b": "absent", "w": "absent"}, ("a", "b")),
        (True, {"half": ("h",), "lacks": "half of it lacks"}, {"a": "absent", "b": "absent", "h": "found"}, ()),
    ],
)
def test_whose_history_is_looked_at(
    checked: bool, item: dict[str, object], outcomes: dict[str, str], named: tuple[str, ...]
) -> None:
    results, _ = probed(**outcomes)
    assert lacking(report(checked).items[0], profile(**item).items[0], results) == named


def test_what_the_history_says_of_a_box() -> None:
    results, evidence = probed(a="absent", b="absent")
    spec = profile().items[0]
    (plain,) = judge_items(report(True), profile(), results, evidence)
    piece = Evidence(id="E9", kind="fact", note="a.py was there", sources=("a.py",))
    gone = remembered(plain, spec, "a.py was there.", "from 1 to 3 May", piece)
    assert (gone.label, gone.softened) == ("contradicted", "It was there from 1 to 3 May.")
    assert gone.citations[-1].evidence == "E9"
    assert gone.repo_shows == f"{plain.repo_shows} a.py was there."
    once = remembered(plain, profile(once=True).items[0], "", "then", piece)
    assert once.softened == "It was there then. It can be done once and be over."
    branch = remembered(plain, spec, "", "", piece)
    assert (branch.label, branch.difference) == ("not_verifiable", "It stands on a branch that was never merged.")
    other = plain.model_copy(update={"label": "not_verifiable"})
    assert remembered(other, spec, "", "then", piece).softened == ""
    unsure = unsure_of(plain, "the history was not looked at.")
    assert (unsure.label, unsure.difference) == ("not_verifiable", "The history was not looked at.")


def said(rule: str, **more: object) -> tuple[Finding, Verdict]:
    verdict = Verdict.model_validate(
        {"id": "C1", "claim": {"source": {"kind": "question", "n": 1}, "quote": "q", "line": 1}, "label": "contradicted", "by": "claim:count", "rule": rule, "citations": [{"evidence": "E1", "quote": "x"}]}
        | more
    )  # fmt: skip
    return Finding(fingerprint="f", rule=rule, level="error", verdict="C1", standing="finding"), verdict


PROSE = "prose-contradicts-repository"


def test_what_findings_weigh() -> None:
    order = [
        said("secret-in-repository"),
        said("report-addresses-a-model"),
        said("checklist-missing"),
        said(PROSE),
        said(PROSE, detail=True),
        said(PROSE, softened="It was there.", by="claim:file"),
        said("answer-missing"),
    ]
    assert [weight(f, v) for f, v in order] == list(range(7))
    assert weight(*said("answer-missing", detail=True)) == 6


def test_how_loud_a_finding_is() -> None:
    assert RULES[PROSE].level == "error"
    assert level_of(PROSE, said(PROSE)[1]) == "error"
    assert level_of(PROSE, said(PROSE, detail=True)[1]) == "warning"
    assert level_of(PROSE, said(PROSE, detail=True, when="stale")[1]) == "warning"  # both are one reason
    assert level_of(PROSE, said(PROSE, seen=True)[1]) == "warning"
    assert level_of(PROSE, said(PROSE, softened="It was there.")[1]) == "warning"
    assert level_of(PROSE, said(PROSE, softened="It was there.", detail=True)[1]) == "note"
    assert level_of(PROSE, said(PROSE, when="stale")[1]) == "warning"
    assert level_of(PROSE, said(PROSE, when="never")[1]) == "error"
    assert level_of("found-but-unchecked", said("found-but-unchecked", detail=True, when="stale")[1]) == "note"


def test_whoever_was_mostly_wrong_speaks_as_a_lead() -> None:
    wary = profile().model_copy(update={"trust": Trust(counts={"claim:count": {"a course": (20, 2)}})})
    results, evidence = probed(a="absent", b="absent")
    (box,) = report_findings(report(True), wary, judge_items(report(True), wary, results, evidence), evidence)
    assert (box.level, box.standing) == ("warning", "finding")
    one = {"E1": Evidence(id="E1", kind="excerpt", path="a.py", start=1, end=1, excerpt="x", note="")}
    for rule, by, heard in ((PROSE, "claim:count", "lead"), (PROSE, "judge", "finding"), ("report-addresses-a-model", "claim:count", "finding")):  # fmt: skip
        (finding,) = report_findings(report(True), wary, [said(rule, by=by)[1]], one)
        assert finding.standing == heard, (rule, by)


def _claimed(id_: str, difference: str, cite: str = "E1") -> Verdict:
    return Verdict(
        id=id_,
        claim=Claim(source=Source(kind="question", n=25), quote="No.", line=9),
        label="contradicted",
        citations=(Citation(evidence=cite, quote="x"),),
        difference=difference,
        by="claim:practice",
        rule=PROSE,
    )


def test_one_finding_for_each_fingerprint() -> None:
    shown = {
        "E1": Evidence(id="E1", kind="excerpt", path="a.py", start=1, end=1, excerpt="x", note=""),
        "E2": Evidence(id="E2", kind="excerpt", path="a.py", start=5, end=5, excerpt="y", note=""),
    }

    def made(*verdicts: Verdict) -> dict[str, tuple[str, ...]]:
        found = report_findings(report(True), profile(), list(verdicts), shown)
        assert len({f.fingerprint for f in found}) == len(found)
        return {f.fingerprint: f.verdicts or (f.verdict,) for f in found}

    one, other = _claimed("C1", "No load test."), _claimed("C2", "No test of the API.", "E2")
    both = made(one, other)
    assert sorted(both.values()) == [("C1",), ("C2",)]
    # once one of them is mended, what was decided about it is not the other's
    assert not both.keys() & made(one).keys()
    assert not both.keys() & made(other).keys()
    assert made(one, other).keys() == both.keys()
    # the very same, twice: one finding
    assert len(made(one, _claimed("C3", "No load test.", "E2"))) == 1


def test_whose_hint_it_is() -> None:
    finding, verdict = said("answer-missing", hint="Write it.")
    assert hint(verdict, finding) == "Write it."
    finding, verdict = said("secret-in-repository")
    assert hint(verdict, finding) == RULES["secret-in-repository"].hint
    finding, verdict = said("a-rule-of-tomorrow")
    assert hint(verdict, finding) == ""


def test_whoever_earned_it_is_heard() -> None:
    heard = profile().model_copy(update={"trust": Trust(counts={"claim:count": {"a course": (200, 200)}})})
    shown = {"E1": Evidence(id="E1", kind="excerpt", path="a.py", start=1, end=1, excerpt="x", note="")}
    (finding,) = report_findings(report(True), heard, [said(PROSE)[1]], shown)
    assert (finding.level, finding.standing) == ("error", "finding")


# -- what is said, word by word ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mark", "checked", "partly", "says"),
    [
        ("x", True, False, "ticked"),
        ("X", True, False, "ticked"),
        (" x ", True, False, "ticked"),
        ("✓", True, False, "ticked (marked [✓])"),
        (" ", False, False, "open"),
        ("no", False, False, "open (marked [no])"),
        ("~", False, True, "neither ticked nor open (marked [~])"),
    ],
)
def test_what_a_box_says(mark: str, checked: bool, partly: bool, says: str) -> None:
    item = report(checked).items[0].model_copy(update={"mark": mark, "partly": partly})
    assert box_says(item) == says


UNREAD = "Part of the repository could not be read or followed, so absence is not certain."


@pytest.mark.parametrize(
    ("checked", "spec", "outcomes", "shows", "difference", "cited"),
    [
        (True, {}, {"a": "found", "b": "absent"}, "a.py:1: a: found", "", "a"),
        (True, {}, {"a": "found", "b": "found"}, "a.py:1: a: found; b.py:1: b: found", "", "ab"),
        (True, {}, {"a": "absent", "b": "absent"}, "a: absent b: absent", "The box is ticked; nothing in the repository shows it.", "ab"),
        (True, {}, {"a": "unknown", "b": "unknown"}, "broken", UNREAD, ""),
        (True, {"absence": "not_verifiable"}, {"a": "absent", "b": "absent"}, "a: absent b: absent", "The repository may lack what was done elsewhere.", "ab"),
        (True, {"weak": ("w",)}, {"a": "absent", "b": "absent", "w": "found"}, "w.py:1: w: found. a: absent b: absent", "There is a sign of it, but not the thing itself.", "abw"),
        (True, {"weak": ("w",)}, {"a": "absent", "b": "absent", "w": "unknown"}, "broken", UNREAD, "ab"),
        (True, {"half": ("h",), "lacks": "it lacks"}, {"a": "absent", "b": "absent", "h": "found"}, "h.py:1: h: found. a: absent b: absent", "The box is ticked; it lacks.", "abh"),
        (False, {}, {"a": "found", "b": "absent"}, "a.py:1: a: found", "The box is open although the repository shows it.", "a"),
        (False, {"open": "not_verifiable"}, {"a": "found", "b": "absent"}, "a.py:1: a: found", "", "a"),
        (False, {}, {"a": "absent", "b": "absent"}, "a: absent b: absent", "", "ab"),
        (False, {}, {"a": "unknown", "b": "absent"}, "broken", UNREAD, ""),
        (False, {"require": "all"}, {"a": "found", "b": "unknown"}, "broken", UNREAD, ""),
    ],
)  # fmt: skip
def test_what_is_said_of_a_box(
    checked: bool, spec: dict[str, object], outcomes: dict[str, str], shows: str, difference: str, cited: str
) -> None:
    results, evidence = probed(**outcomes)
    (verdict,) = judge_items(report(checked), profile(**spec), results, evidence)
    assert (verdict.repo_shows, verdict.difference) == (shows, difference)
    assert "".join(evidence[c.evidence].probe for c in verdict.citations) == cited
    assert verdict.report_says == ("ticked" if checked else "open")
    assert (verdict.id, verdict.claim.line, verdict.claim.quote) == ("V1", 11, "Do the thing")


def test_places_are_counted_and_cited_up_to_three() -> None:
    pieces = {
        f"E{n}": Evidence(id=f"E{n}", kind="excerpt", path="a.py", start=n, end=n, excerpt=f"x = {n}", note="It runs.")
        for n in range(1, 6)
    }
    results, _ = probed(a="found", b="absent")
    some = results["a"].model_copy(update={"evidence": tuple(pieces), "count": 5})
    (verdict,) = judge_items(report(True), profile(probes=("a",)), results | {"a": some}, pieces)
    assert verdict.repo_shows == "a.py:1: It runs and 4 more"
    assert [c.quote for c in verdict.citations] == ["x = 1", "x = 2", "x = 3"]
    idle = Idle(stopped={"E1": "a.py stops", "E2": "a.py stops"})
    (verdict,) = judge_items(report(True), profile(probes=("a",)), results | {"a": some}, pieces, idle=idle)
    assert verdict.repo_shows == "a.py:3: It runs and 2 more"
    idle = Idle(stopped=dict.fromkeys(pieces, "a.py stops"))
    (verdict,) = judge_items(report(True), profile(probes=("a",)), results | {"a": some}, pieces, idle=idle)
    assert (verdict.label, verdict.repo_shows) == ("not_verifiable", "a.py:1: It runs and 4 more; a.py stops.")
    more = some.model_copy(update={"count": 9})  # of which five were kept: the others may be at work
    (verdict,) = judge_items(report(True), profile(probes=("a",)), results | {"a": more}, pieces, idle=idle)
    assert verdict.label == "supported"
    whole = pieces["E1"].model_copy(update={"start": 0, "end": 0, "note": ""})
    one = results["a"].model_copy(update={"evidence": ("E1",), "count": 1})
    (verdict,) = judge_items(report(True), profile(probes=("a",)), results | {"a": one}, {"E1": whole})
    assert verdict.repo_shows == "a.py"


def _as_item(**more: object) -> Report:
    listed = report(bool(more.pop("checked", True)))
    return listed.model_copy(update={"items": (listed.items[0].model_copy(update=more),)})


def test_words_of_the_group_beside_an_item() -> None:
    results, evidence = probed(a="absent", b="absent")
    said = "Nothing in the repository shows it; the group has added words of its own to the item."
    for listed in (_as_item(matched="annotated"), _as_item(note="see the wiki")):
        (verdict,) = judge_items(listed, profile(), results, evidence)
        assert (verdict.label, verdict.difference) == ("not_verifiable", said)
    (verdict,) = judge_items(_as_item(matched="near"), profile(allows="It may be elsewhere."), results, evidence)
    assert (verdict.label, verdict.softened) == ("contradicted", "It may be elsewhere.")
    results, evidence = probed(a="found", b="absent")
    said = "The box is open, and the group has added words of its own to the item."
    for listed in (_as_item(checked=False, matched="annotated"), _as_item(checked=False, note="not all of it")):
        (verdict,) = judge_items(listed, profile(), results, evidence)
        assert (verdict.label, verdict.difference) == ("not_verifiable", said)
        (verdict,) = judge_items(listed, profile(open="not_verifiable"), results, evidence)
        assert verdict.difference == ""


@pytest.mark.parametrize(
    ("boxes", "said"), [((False, True), "ticked, in line 12"), ((False, False), "first, in line 11")]
)
def test_where_an_item_that_stands_twice_is_judged(boxes: tuple[bool, ...], said: str) -> None:
    results, evidence = probed(a="found", b="found")
    again = next(v for v in judge_items(report(*boxes), profile(), results, evidence) if "twice" in v.difference)
    assert again.difference == f"The item stands twice; it is judged where it is {said}."
    assert (again.report_says, again.by, again.repo_shows) == ("open", "probe", "")


def test_what_the_history_adds_is_cited_whatever_the_label() -> None:
    results, evidence = probed(a="absent", b="absent")
    (plain,) = judge_items(report(True), profile(absence="not_verifiable", once=True), results, evidence)
    piece = Evidence(id="E9", kind="fact", note="a.py was there", sources=("a.py",))
    made = remembered(plain, profile(once=True).items[0], "It was there.", "then", piece)
    assert made.label == "not_verifiable"
    assert (made.citations[-1].evidence, made.citations[-1].quote) == ("E9", "a.py was there")
    assert made.repo_shows.endswith("b: absent It was there.")
    assert made.difference == plain.difference


def test_a_sentence_about_an_open_box_is_said_with_the_box() -> None:
    """The sentence is true, and the box alone is off."""
    results, evidence = probed(a="found", b="absent")
    listed = report(False)
    box = Evidence(id="E9", kind="excerpt", path="r.md", start=11, end=11, excerpt="[ ] Do the thing", note="open")
    verdicts = judge_items(listed, profile(), results, evidence)
    for rule, cites, apart in (
        ("prose-contradicts-checklist", "E9", False),
        (PROSE, "E9", True),
        ("prose-contradicts-checklist", "E1", True),
    ):
        _, prose = said(rule, citations=[{"evidence": cites, "quote": "x"}])
        right = verdicts[0].model_copy(update={"label": "supported", "id": "V0"})
        found = report_findings(listed, profile(), [right, prose, *verdicts], evidence | {"E9": box})
        assert [f.verdict for f in found] == (["C1", "V1"] if apart else ["V1"]), (rule, cites)
        assert [p.quote for p in found[-1].also_at] == ([] if apart else ["q"])


def test_one_fault_that_several_answers_have_is_told_where_it_is_gravest() -> None:
    one = {"E1": Evidence(id="E1", kind="excerpt", path="a.py", start=1, end=1, excerpt="x", note="")}

    def made(by: str, *more: dict[str, object]) -> list[Finding]:
        verdicts = [
            said(PROSE, **{"id": f"C{n}", "by": by, "difference": "d"} | m)[1].model_copy(
                update={"claim": Claim(source=Source(kind="question", n=n), quote=f"q{n}", line=n)}
            )
            for n, m in enumerate(more, 1)
        ]
        return report_findings(report(True), profile(), verdicts, one)

    (first,) = made("claim:count", {}, {}, {})
    assert (first.verdict, [(p.line, p.quote, p.verdict) for p in first.also_at]) == (
        "C1",
        [(2, "q2", "C2"), (3, "q3", "C3")],
    )
    (grave,) = made("claim:count", {"detail": True}, {})
    assert (grave.verdict, grave.level) == ("C2", "error")
    assert len(made("claim:count", {}, {"difference": "e"})) == 2
    assert len(made("claim:count", {}, {"repo_shows": "e"})) == 2
    assert len(made("judge", {}, {})) == 2


def test_every_rule_that_somebody_speaks_by_is_known() -> None:
    spoken = {
        n.args[0].value
        for path in (Path(rules.__file__).parent / "form").glob("*.py")
        for n in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(n, ast.Call) and isinstance(n.func, ast.Name) and n.func.id in ("Flaw", "flaw")
        and n.args and isinstance(n.args[0], ast.Constant) and re.fullmatch(r"[a-z]+(?:-[a-z]+)+", str(n.args[0].value))
    }  # fmt: skip
    assert len(spoken) > 20
    assert spoken <= rules.RULES.keys()
    heavy = {r for group in rules._WEIGHTS for r in group}
    assert heavy <= rules.RULES.keys()
    assert {r: weight(*said(r)) for r in sorted(heavy)} == {
        r: n for n, group in enumerate(rules._WEIGHTS) for r in group
    }
    assert {r for r in heavy if weight(*said(r)) == 2} == {
        "report-moved", "report-elsewhere", "conflict-markers", "checklist-missing", "checklist-blank", "question-missing",
    }  # fmt: skip
    assert [weight(*said(PROSE, detail=True, by=f"claim:{b}")) for b in ("command", "file", "service", "count")] == [
        5,
        5,
        5,
        4,
    ]


def test_open_boxes_whose_work_is_there_are_counted_by_the_labels_that_stand() -> None:
    listed = report(True, False, False, False)
    labels = ("contradicted", "contradicted", "supported", "contradicted")
    stands = [ItemLabel(n=n, label=label, by="probe") for n, label in enumerate(labels, 1)]  # type: ignore[arg-type]
    record = AuditRecord.model_construct(report=listed, items=tuple(stands))
    assert open_but_there(record) == 2


def test_findings_come_by_standing_level_weight_and_line() -> None:
    made = []
    for n, (rule, standing, level, line) in enumerate(
        [
            (PROSE, "finding", "error", 9),
            (PROSE, "finding", "error", 3),
            ("secret-in-repository", "finding", "error", 20),
            ("secret-in-repository", "lead", "error", 1),
            (PROSE, "finding", "warning", 1),
            (PROSE, "remark", "note", 1),
            (PROSE, "disputed", "error", 1),
        ]
    ):
        finding, verdict = said(rule, id=f"C{n}")
        claim = verdict.claim.model_copy(update={"line": line})
        changes = {"standing": standing, "level": level, "verdict": f"C{n}"}
        made.append((finding.model_copy(update=changes), verdict.model_copy(update={"claim": claim})))
    found = sorted_findings((f for f, _ in made), {v.id: v for _, v in made})
    assert [f.verdict for f in found] == ["C2", "C1", "C0", "C4", *(f.verdict for f in found[4:])]
    order = [f.standing for f in found]
    assert order == sorted(order, key=list(rules.STANDINGS).index)


def test_a_box_that_says_no_was_not_forgotten() -> None:
    results, evidence = probed(a="found", b="found")
    for mark, told in ((" ", 1), ("no", 0)):
        listed = _as_item(checked=False, mark=mark)
        verdicts = judge_items(listed, profile(), results, evidence)
        assert verdicts[0].label == "contradicted"
        assert len(report_findings(listed, profile(), verdicts, evidence)) == told
    both, spec = many(False, False)
    both = both.model_copy(update={"items": (both.items[0].model_copy(update={"mark": "no"}), both.items[1])})
    verdicts = judge_items(both, spec, results, evidence)
    assert [f.verdict for f in report_findings(both, spec, verdicts, evidence)] == ["V2"]
