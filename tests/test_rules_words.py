"""What is said of boxes and findings, word by word, and in which order."""

import ast
import re
from pathlib import Path

import pytest
from test_rules import PROSE, many, probed, profile, report, said

from auditor import rules
from auditor.models import AuditRecord, Claim, Evidence, Finding, ItemLabel, Report, Source
from auditor.rules import (
    Idle,
    box_says,
    judge_items,
    open_but_there,
    remembered,
    report_findings,
    sorted_findings,
    weight,
)


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
