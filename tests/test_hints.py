"""What a group is told to change fits what the sentence states, and on which side the other one is."""

import pytest
from build_fixture import build

from auditor import pipeline
from auditor.claims.case import Case, Settled
from auditor.claims.kinds import KINDS as TYPES
from auditor.claims.kinds import Dependency, File, Practice, Runs, Typed, kind_of
from auditor.claims.run import side_of
from auditor.hints import KINDS, SIDES, stated
from auditor.models import AuditRecord, ChecklistItem, Evidence, Report, Submission
from auditor.profile import load_profile
from auditor.prose import Prose
from auditor.rules import RULES, hint
from auditor.snapshot import Snapshot

REPOSITORY, CHECKLIST, PROSE = (f"prose-contradicts-{w}" for w in ("repository", "checklist", "prose"))


def test_every_kind_of_claim_has_hints_and_no_other() -> None:
    assert {kind_of(t) for t in TYPES} - {"other"} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("side", SIDES)
def test_every_rule_and_side_of_every_kind(kind: str, side: str) -> None:
    said = stated(kind, REPOSITORY, side)  # type: ignore[arg-type]
    assert said
    if side == "there":  # what is denied and there is not to be added, committed or looked for elsewhere
        assert not {"Add", "commit", "Commit", "ran"} & set(said.split())
        assert "else it runs" not in said
        assert "what shows it" not in said
    box = stated(kind, CHECKLIST, side)  # type: ignore[arg-type]
    assert box.startswith({"ticked": "Untick", "planned": "Untick", "open": "Tick"}.get(side, ""))
    tabled = stated(kind, CHECKLIST, side, "", True)  # type: ignore[arg-type]
    assert "[ ]" not in tabled
    assert ("row of the table" in tabled) == ("ntick the box" in box)
    assert stated(kind, PROSE, side) == ""  # type: ignore[arg-type]  # the rule's own says all
    assert RULES[PROSE].hint


@pytest.mark.parametrize("side", ["missing", "there"])
def test_the_place_that_a_sentence_speaks_of(side: str) -> None:
    assert "hook" in stated("runs", REPOSITORY, side, "hooks")  # type: ignore[arg-type]
    assert "workflow" not in stated("runs", REPOSITORY, side, "hooks")  # type: ignore[arg-type]
    assert stated("runs", REPOSITORY, side, "ci") == stated("runs", REPOSITORY, side)  # type: ignore[arg-type]


def box(note: str) -> Evidence:
    return Evidence(kind="excerpt", path="reports/README.md", start=9, end=9, excerpt="[x] it", note=note)


@pytest.mark.parametrize(
    ("claim", "rule", "evidence", "side"),
    [
        (Runs(kind="runs", quote="q", tool="ruff", place="ci"), REPOSITORY, (), "missing"),
        (Runs(kind="runs", quote="q", tool="ruff", place="ci", denied=True), REPOSITORY, (), "there"),
        (File(kind="file", quote="q", path="a.py", state="there"), REPOSITORY, (), "missing"),
        (File(kind="file", quote="q", path="a.py", state="there", denied=True), REPOSITORY, (), "there"),
        (File(kind="file", quote="q", path="a.py", state="removed"), REPOSITORY, (), "there"),
        (File(kind="file", quote="q", path="a.py", state="absent", denied=True), REPOSITORY, (), "missing"),
        (Dependency(kind="dependency", quote="q", package="ruff", state="not declared"), REPOSITORY, (), "there"),
        (Practice(kind="practice", quote="q", item="i", denied=True), CHECKLIST, (box("ticked"),), "ticked"),
        (
            Practice(kind="practice", quote="q", item="i", denied=True),
            CHECKLIST,
            (box("ticked"), box("1 hook")),
            "shown",
        ),
        (Practice(kind="practice", quote="q", item="i", strength="planned"), CHECKLIST, (box("ticked"),), "planned"),
        (Practice(kind="practice", quote="q", item="i", strength="attempted"), CHECKLIST, (box("ticked"),), "planned"),
        (Practice(kind="practice", quote="q", item="i"), CHECKLIST, (box("open"),), "open"),
    ],
)
def test_on_which_side_a_sentence_is(claim: Typed, rule: str, evidence: tuple[Evidence, ...], side: str) -> None:
    made = Settled("contradicted", "", evidence, rule=rule)  # type: ignore[arg-type]
    assert side_of(claim, made) == side


@pytest.mark.parametrize(
    ("claim", "side"),
    [
        (Practice(kind="practice", quote="q", item="i", denied=True), "either"),
        (Practice(kind="practice", quote="q", item="i", strength="planned"), "either"),
        (Practice(kind="practice", quote="q", item="i"), "either"),
    ],
)
def test_a_box_that_the_repository_bears_out_has_two_sides(claim: Typed, side: str) -> None:
    made = Settled("contradicted", "", (box("ticked"),), rule=CHECKLIST)  # type: ignore[arg-type]
    assert side_of(claim, made, lambda: True) == side
    assert side_of(claim, made, lambda: False) != side
    said = stated("practice", CHECKLIST, "either")
    assert "change the sentence" in said
    assert "untick the box" in said
    opened = Settled("contradicted", "", (box("open"),), rule=CHECKLIST)  # type: ignore[arg-type]
    assert side_of(claim, opened, lambda: True) == "open"


@pytest.mark.parametrize(
    ("quote", "starts"),
    [
        ("We do not make use of caching", "Say that it runs there, or take"),
        ("We did not implement a frontend", ("Say that it is there", "The box and the repository agree")),
    ],
)
def test_a_denial_is_not_answered_with_adding_what_is_there(
    overclaiming: AuditRecord, quote: str, starts: str | tuple[str, ...]
) -> None:
    verdicts = {v.id: v for v in overclaiming.verdicts}
    told = [
        hint(verdicts[f.verdict], f) for f in overclaiming.findings if verdicts[f.verdict].claim.quote.startswith(quote)
    ]
    assert told
    assert all(t.startswith(starts) for t in told), told


@pytest.fixture(scope="module")
def overclaiming(tmp_path_factory: pytest.TempPathFactory) -> AuditRecord:
    repo = build("overclaiming", tmp_path_factory.mktemp("hints") / "overclaiming")
    return pipeline.audit(Submission(id="x", repo=str(repo)), load_profile())


@pytest.mark.parametrize(
    ("row", "tabled"),
    [("| 1 | Set up it | x |", True), ("| [x] | Set up it |", False), ("- [x] Set up it", False), ("- [x] a | b | Set up it", False)],
)  # fmt: skip
def test_a_box_in_a_table_is_no_box(row: str, tabled: bool) -> None:
    report = Report(
        path="R.md",
        commit="",
        sha256="",
        text=f"# R\n{row}\n",
        items=(ChecklistItem(n=1, line=2, text="it", mark="x", checked=True, partly=False),),
    )
    case = Case(Snapshot({"R.md": report.text}), load_profile(), Prose(report, load_profile()))
    told = Evidence(kind="excerpt", path="R.md", start=2, end=2, excerpt="[x] it", note="ticked")
    assert case.in_table(told) is tabled
    assert not case.in_table(box("1 hook"))
