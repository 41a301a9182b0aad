"""From a box and its probes to a verdict, and from verdicts to findings."""

import pytest

from auditor.models import (
    ChecklistItem,
    Citation,
    Claim,
    Evidence,
    Finding,
    ProbeResult,
    Report,
    Source,
    Verdict,
)
from auditor.profile import Item, Profile
from auditor.rules import (
    RULES,
    Idle,
    hint,
    judge_items,
    lacking,
    level_of,
    remembered,
    report_findings,
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
    reworded = listed.model_copy(update={"items": (listed.items[0].model_copy(update={"text": "Do a thing"}),)})
    (again,) = report_findings(reworded, profile(), judge_items(reworded, profile(), results, evidence), evidence)
    assert again.fingerprint == finding.fingerprint  # the item is known by its id
    other, spec = many(True, True)
    marks = {f.fingerprint for f in report_findings(other, spec, judge_items(other, spec, results, evidence), evidence)}
    assert len(marks - {finding.fingerprint}) == 2


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
