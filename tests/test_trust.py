"""How loud each speaker may speak, and what its findings become while it has not earned more."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_rules import probed, profile, report
from typer.testing import CliRunner

import auditor.profile
import auditor.profile_files
from auditor.cli import app
from auditor.errors import UserError
from auditor.judges.wire import JudgedCite, Ruled
from auditor.models import Citation, Claim, Evidence, Finding, ItemLabel, Side, Source, Verdict
from auditor.profile import Profile, load_profile
from auditor.rules import judge_items, report_findings
from auditor.standing import stand
from auditor.trust import Count, Trust, figures, others, parse_trust, speakers, submission_id, wilson, write

SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
EVIDENCE = {
    "E1": Evidence(id="E1", kind="excerpt", path="a.py", start=1, end=1, excerpt="x = 1"),
    "E2": Evidence(id="E2", kind="excerpt", path="b.py", start=4, end=4, excerpt="y = 2"),
}


def trusting(**counts: tuple[int, int]) -> Trust:
    """What was judged on one submission; `__` stands for the colon of a speaker's name, `_` for a dash."""
    return Trust({s.replace("__", ":").replace("_", "-"): {"one": count} for s, count in counts.items()})


def said(by: str = "claim:thing-count", rule: str = "prose-contradicts-repository", n: int = 7) -> Verdict:
    """A sentence that somebody says is contradicted."""
    return Verdict(
        id=f"C{n}",
        claim=Claim(source=Source(kind="question", n=n), quote="We have nine things", line=100 + n),
        label="contradicted",
        citations=(Citation(evidence="E1", quote="x = 1"),),
        repo_shows="There are two.",
        by=by,
        rule=rule,
    )


def found(trust: Trust | None, *verdicts: Verdict) -> list[tuple[str, str]]:
    """Level and standing of what is found with such trust."""
    spec = profile().model_copy(update={"trust": trust})
    return [(f.level, f.standing) for f in report_findings(report(), spec, verdicts, EVIDENCE)]


def boxed(checked: bool, outcome: str, trust: Trust | None, softened: str = "") -> list[tuple[str, str]]:
    """Level and standing of a box's finding, said by the probes `a` and `b`."""
    results, evidence = probed(a=outcome, b=outcome)
    spec = profile().model_copy(update={"trust": trust})
    listed = report(checked)
    verdicts = [v.model_copy(update={"softened": softened}) for v in judge_items(listed, spec, results, evidence)]
    return [(f.level, f.standing) for f in report_findings(listed, spec, verdicts, evidence)]


# -- the bound ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("judged", "held", "earned"),
    [
        (0, 0, False),
        (4, 4, False),  # fewer than five prove nothing
        (5, 5, True),
        (5, 4, False),
        (11, 10, False),
        (12, 11, True),  # one wrong asks for twelve
        (18, 16, False),
        (19, 17, True),
        (100, 80, False),
        (100, 90, True),
    ],
)
def test_what_it_takes_to_earn_a_voice(judged: int, held: int, earned: bool) -> None:
    assert Count(judged, held, 1).earned is earned


def test_the_usual_interval_is_that_of_the_books() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(9, 10)
    assert (round(low, 4), round(high, 4)) == (0.5958, 0.9821)


@SLOW
@given(st.integers(0, 60), st.integers(0, 60))
def test_being_right_once_more_never_costs_a_voice_and_being_wrong_never_earns_one(held: int, wrong: int) -> None:
    before = Count(held + wrong, held, 1).earned
    assert before <= Count(held + wrong + 1, held + 1, 1).earned
    if held + wrong >= 5:
        assert Count(held + wrong + 1, held, 1).earned <= before


# -- the file ----------------------------------------------------------------------------------------------------------

COUNTS = st.dictionaries(
    st.from_regex(r"\A(claim|checked-but-absent|judge):[a-z-]{1,9}\Z"),
    st.dictionaries(
        st.integers().map(lambda n: submission_id("r", str(n))),
        st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda p: (sum(p), p[0])),
        min_size=1,
        max_size=3,
    ),
    max_size=5,
)


@SLOW
@given(COUNTS)
def test_a_file_is_read_as_it_was_written(counts: dict[str, dict[str, tuple[int, int]]]) -> None:
    assert parse_trust(write(Trust(counts)), "t").counts == counts


def test_a_submission_that_is_counted_again_replaces_what_was_known_of_it() -> None:
    once = Trust().with_submission("one", {"claim:a": (2, 2), "claim:b": (1, 0)})
    assert once.with_submission("one", {"claim:a": (2, 2), "claim:b": (1, 0)}) == once
    again = once.with_submission("one", {"claim:a": (3, 2)}).with_submission("two", {"claim:a": (1, 1)})
    assert again.of("claim:a") == Count(4, 3, 2)
    assert again.of("claim:b") == Count()
    assert "github" not in write(again)


@pytest.mark.parametrize(
    "text", ["a = [", '"claim:a" = 3', '"claim:a" = { one = [1, 2] }', '"claim:a" = { one = [1] }']
)
def test_what_is_no_trust_file_is_refused(text: str) -> None:
    with pytest.raises(UserError):
        parse_trust(text, "t")


def test_a_profile_brings_the_file_beside_it(tmp_path: Path) -> None:
    packaged = Path(auditor.profile.__file__).parent / "profiles" / "dtu-mlops.toml"
    course = tmp_path / "course.toml"
    course.write_text(packaged.read_text(encoding="utf-8").replace('stubs = "', '# "'), encoding="utf-8")
    alone = load_profile(str(course))
    assert alone.trust is None
    (tmp_path / "course.trust.toml").write_text('"claim:a" = { one = [5, 5] }\n', encoding="utf-8")
    auditor.profile_files._load.cache_clear()
    trusting = load_profile(str(course))
    assert trusting.trust is not None
    assert trusting.trust.voice("claim:a") == "finding"
    assert trusting.hash != alone.hash  # what was audited without it is audited again
    with pytest.raises(UserError) as error:
        load_profile("no-such-course")
    assert "trust" not in (error.value.hint or "")


# -- who speaks --------------------------------------------------------------------------------------------------------


def test_speakers() -> None:
    results, evidence = probed(a="absent", b="absent")
    (verdict,) = judge_items(report(True), profile(), results, evidence)
    assert speakers(verdict, "checked-but-absent", evidence) == ("checked-but-absent:a", "checked-but-absent:b")
    assert speakers(said(), "prose-contradicts-repository", EVIDENCE) == ("claim:thing-count",)
    by_judge = said("judge").model_copy(update={"reading": "dump"})
    assert speakers(by_judge, "prose-contradicts-repository", EVIDENCE) == ("judge:dump",)


# -- what its findings become ------------------------------------------------------------------------------------------


def test_without_a_file_everybody_speaks_as_a_finding() -> None:
    assert found(None, said()) == [("error", "finding")]
    assert boxed(True, "absent", None) == [("error", "finding")]
    assert boxed(False, "found", None) == [("note", "finding")]


def test_who_is_known_to_be_wrong_too_often_speaks_as_a_lead() -> None:
    loud = [("error", "finding")]
    assert found(Trust(), said()) == loud  # nothing is known against it
    assert found(trusting(claim__thing_count=(4, 0)), said()) == loud  # too few to tell
    assert found(trusting(claim__thing_count=(5, 4)), said()) == loud
    assert found(trusting(claim__thing_count=(5, 5)), said()) == loud
    assert found(trusting(claim__thing_count=(10, 8)), said()) == loud
    assert found(trusting(claim__thing_count=(5, 2)), said()) == [("note", "lead")]
    assert found(trusting(claim__thing_count=(14, 9)), said()) == [("note", "lead")]
    assert found(trusting(claim__other=(5, 0)), said()) == loud


def test_a_rigid_form_decides_nothing() -> None:
    verdict = said().model_copy(update={"reading": "patterns"})
    assert found(trusting(reader__patterns=(9, 0)), verdict) == [("error", "finding")]
    assert found(trusting(reader__patterns=(9, 9), claim__thing_count=(9, 1)), verdict) == [("note", "lead")]
    told = others(trusting(reader__patterns=(9, 0)))
    assert told == ["reader patterns: 0 of 9 judged on 1 submission held; it speaks by what settles its claims"]


def test_neither_who_read_a_claim_nor_what_settled_it_may_be_wrong_too_often() -> None:
    model = "claim:thing-count, read by a model"
    for reading in ("answers", "patterns+answers"):
        verdict = said().model_copy(update={"reading": reading})
        assert speakers(verdict, "", EVIDENCE) == (model, "reader:answers")
        assert found(trusting(**{model: (5, 5)}, reader__answers=(5, 1)), verdict) == [("note", "lead")]
        assert found(trusting(**{model: (5, 1)}, reader__answers=(5, 5)), verdict) == [("note", "lead")]
        assert found(trusting(**{model: (5, 5)}, reader__answers=(5, 5)), verdict) == [("error", "finding")]
        assert found(trusting(claim__thing_count=(9, 0)), verdict) == [
            ("error", "finding")
        ]  # known of rigid forms alone


def test_a_ticked_box_is_a_warning_until_each_probe_has_earned_an_error() -> None:
    one, both = (
        trusting(checked_but_absent__a=(6, 6)),
        trusting(checked_but_absent__a=(6, 6), checked_but_absent__b=(7, 7)),
    )
    assert boxed(True, "absent", Trust()) == boxed(True, "absent", one) == [("warning", "finding")]
    assert boxed(True, "absent", both) == [("error", "finding")]
    assert boxed(True, "absent", Trust(), softened="It was there.") == [("warning", "finding")]
    wrong = trusting(checked_but_absent__a=(6, 6), checked_but_absent__b=(6, 1))
    assert boxed(True, "absent", wrong) == [("note", "lead")]


def test_an_open_box_is_a_lead_where_all_its_probes_are_wrong_too_often() -> None:
    assert boxed(False, "found", Trust()) == [("note", "finding")]
    assert boxed(False, "found", trusting(found_but_unchecked__a=(6, 1))) == [("note", "finding")]
    both = trusting(found_but_unchecked__a=(6, 1), found_but_unchecked__b=(9, 3))
    assert boxed(False, "found", both) == [("note", "lead")]


def test_judge_form_and_words_to_a_judge_are_not_held_back() -> None:
    spec = profile().model_copy(update={"trust": Trust()})
    verdicts = [
        said("judge", n=1),
        said("form", "placeholder-left", n=2),
        said("claim:report-addresses-a-model", "report-addresses-a-model", n=3),
    ]
    assert {f.standing for f in report_findings(report(), spec, verdicts, EVIDENCE)} == {"finding"}


def test_findings_come_before_leads() -> None:
    trust = trusting(claim__thing_count=(9, 1))
    assert found(trust, said(n=1), said("claim:sure", n=2)) == [("error", "finding"), ("note", "lead")]


# -- a lead is a question to the judge ---------------------------------------------------------------------------------


def ruled_on(ruling: Ruled | None) -> Finding:
    """What becomes of a lead with such a ruling."""
    verdict = said()
    (lead,) = report_findings(
        report(), profile().model_copy(update={"trust": trusting(claim__thing_count=(9, 1))}), [verdict], EVIDENCE
    )
    assert (lead.level, lead.standing) == ("note", "lead")
    (finding,) = stand(
        [lead],
        [verdict],
        [],
        {1: [verdict.id]},
        {1: ruling} if ruling else {},
        lambda cites: tuple(Citation(evidence=c.evidence, quote=c.quote) for c in cites),
        expected=True,
        addressed=False,
    )
    return finding


def ruling(**said: object) -> Ruled:
    plain = {"n": 1, "why": "So.", "cites": [], "disputed": [], "open": False, "holds": True, "petty": False}
    more = {"level": "error", "twice": 0, "also": 0}
    return Ruled.model_validate(plain | more | said)


def test_a_ruling_makes_a_lead_a_finding_or_leaves_it() -> None:
    cite = [JudgedCite(evidence="E2", quote="y = 2")]
    assert (ruled_on(None).level, ruled_on(None).standing) == ("note", "lead")
    upheld = ruled_on(ruling())
    assert (upheld.level, upheld.standing) == ("error", "finding")
    milder = ruled_on(ruling(level="warning", cites=cite))
    assert (milder.level, milder.standing) == ("warning", "finding")
    assert ruled_on(ruling(holds=False)).standing == "lead"
    assert ruled_on(ruling(holds=False, disputed=cite)).standing == "disputed"
    still = ruled_on(ruling(open=True, cites=cite))
    assert (still.level, still.standing) == ("note", "lead")
    small = ruled_on(ruling(petty=True, cites=cite))
    assert (small.level, small.standing) == ("note", "remark")


@pytest.mark.parametrize(("demoted", "standing"), [("", "finding"), ("no such words", "lead")])
def test_a_reading_that_says_the_same_of_an_open_box_makes_it_stand(demoted: str, standing: str) -> None:
    results, evidence = probed(a="found", b="found")
    wrong = trusting(found_but_unchecked__a=(6, 1), found_but_unchecked__b=(9, 3))
    spec, listed = profile().model_copy(update={"trust": wrong}), report(False)
    verdicts = judge_items(listed, spec, results, evidence)
    cites = tuple(verdicts[0].citations)
    side = Side(by="dump", label="contradicted", citations=cites, demoted=demoted)
    own = Side(by="probe", label="contradicted", citations=cites)
    label = ItemLabel(n=1, label="contradicted", by="probe", sides=(own, side))
    leads = report_findings(listed, spec, verdicts, evidence)
    made = stand(leads, verdicts, [label], {}, {}, lambda c: (), expected=True, addressed=False)
    assert [(f.level, f.standing) for f in made] == [("note", standing)]


# -- what is told ------------------------------------------------------------------------------------------------------


def test_figures_are_told_where_there_are_any(monkeypatch: pytest.MonkeyPatch) -> None:
    trust = trusting(checked_but_absent__ci_lints=(9, 8), found_but_unchecked__ci_lints=(6, 6))
    assert figures(trust, "ci-lints") == [
        "checked-but-absent: 8 of 9 judged on 1 submission held; it speaks as a warning: not enough to say more",
        "found-but-unchecked: 6 of 6 judged on 1 submission held; it speaks at its full level",
    ]
    assert figures(trust, "logging") == []
    readers = trusting(reader__answers=(9, 6), judge__pack=(4, 4), claim__a=(1, 1))
    assert others(readers) == [
        "judge pack: 4 of 4 judged on 1 submission held; it speaks at its full level",
        "reader answers: 6 of 9 judged on 1 submission held; it speaks as a lead: too many did not hold",
    ]

    def course(name: str = "dtu-mlops") -> Profile:
        return load_profile(name).model_copy(update={"trust": trust})

    packaged = load_profile()
    monkeypatch.setattr(auditor.profile, "load_profile", lambda *_: packaged.model_copy(update={"trust": None}))
    assert "judged held" not in CliRunner().invoke(app, ["probes"]).stdout
    monkeypatch.setattr(auditor.profile, "load_profile", course)
    told = CliRunner().invoke(app, ["probes", "ci-lints"]).stdout
    assert "8 of 9 judged on 1 submission held" in " ".join(told.split())
    assert "(14 of 15 judged held)" in CliRunner().invoke(app, ["probes"]).stdout
