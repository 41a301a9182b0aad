"""Words and where they stand, on pieces made by hand: no repository is built, so that every rule has its rows."""

from typing import Any

import pytest

from auditor.judges.answers import Typing
from auditor.judges.gate import Gate
from auditor.judges.private import Veil
from auditor.judges.request import Asking, Brief, Part, Piece
from auditor.judges.wire import JudgedBox, JudgedCite, JudgedClaim, JudgedStatement, Reading, SectionReading
from auditor.models import Evidence, Question, Report
from auditor.verify import check_boxes, check_claims, check_reading, cite_all, find, parse, same_words

GATE = Gate(Veil())
ODD = "\N{REPLACEMENT CHARACTER}"
ANSWERS = (
    "We wrote ten tests.\nThey run in `tests.yaml` with *pytest* and **ruff**.\nThe model stands in src/model.py as `Net`.",
    "The coverage is 85 %.\nWe don’t train in the cloud.\nLater the coverage is 91 %. ok",
    "",
)
ROWS = tuple(f"row {n} of the file" for n in range(1, 21))
FACT = Evidence(kind="fact", probe="a", note="Pytest would collect 10 tests")


def brief(images: bool = False) -> Brief:
    pieces = [
        Piece("E1", "file", "a.py", GATE.text("\n".join(ROWS)), tuple(range(11, 31)), ROWS),
        Piece("E2", "fact", "", GATE.text(FACT.note), evidence=FACT),
        Piece("E3", "report", "reports/README.md", GATE.text("\n".join(ROWS)), tuple(range(1, 21)), ROWS),
        Piece("E4", "figure", "b.png", GATE.text("b.png")),
    ]
    shown = (("b.png", "data:"),) if images else ()
    return Brief({p.id: p for p in pieces}, GATE, Asking(), images=shown, answers={0: "A0", 1: "A1", 2: "A2"})


def report() -> Report:
    asked = tuple(
        Question(
            n=5 + at,
            line=1,
            prompt="",
            answer=said,
            answer_lines=(100 * (at + 1), 100 * (at + 1) + said.count("\n")),
            row_lines=(210, 215, 216) if at == 1 else (),
        )
        for at, said in enumerate(ANSWERS)
    )
    return Report(path="reports/README.md", commit="c", sha256="0", items=(), questions=asked)


PART = Part("pack", (1,), (1, 2))


def cites(*pairs: tuple[str, str]) -> list[JudgedCite]:
    return [JudgedCite(evidence=evidence, quote=quote) for evidence, quote in pairs]


class Kept:
    """The evidence that was numbered, in order."""

    def __init__(self) -> None:
        self.made: list[Evidence] = []

    def __call__(self, evidence: Evidence) -> str:
        if evidence not in self.made:
            self.made.append(evidence)
        return f"N{self.made.index(evidence)}"


# -- words -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quote", "text", "found"),
    [
        ("b c", "a\nb\n c d", ("b\n c", 1, 2)),
        ("a", "a", ("a", 0, 0)),
        ("c", "a\nb\nc", ("c", 2, 2)),
        ("a.c", "abc", None),
        ("A", "a", None),
        (f"a{ODD}c", "abc", ("abc", 0, 0)),
        (f"a{ODD}", "ab", ("ab", 0, 0)),
        (f"a{ODD}{ODD}", "abc", None),
        (f"a {ODD}", "a b", ("a b", 0, 0)),
        (ODD, "a", None),
        ("a" * 6_000, "a" * 6_001, ("a" * 6_000, 0, 0)),
        ("a" * 6_001, "a" * 6_001, None),
        (" \n", "a", None),
    ],
)
def test_where_a_quote_stands(quote: str, text: str, found: tuple[str, int, int] | None) -> None:
    made = find(quote, text)
    assert (made and (made.text, made.row, made.last)) == found


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("We wrote ten tests", "we WROTE ten, tests!", True),
        ("a b c d e", "a b c d x", True),
        ("a b c d", "a b c x", False),
        ("a b c d e f", "a b c d", True),
        ("a", "b", False),
        ("", "a", False),
        ("...", "...", False),
    ],
)
def test_quotes_of_one_sentence(one: str, other: str, same: bool) -> None:
    assert same_words(one, other) is same
    assert same_words(other, one) is same


def test_a_reply_that_is_none() -> None:
    whole = '{"contradictions": [], "boxes": []}'
    assert parse(Reading, whole) == Reading(contradictions=[], boxes=[])
    assert parse(Reading, whole + " " * (2_000_000 - len(whole))) is not None
    for text in ("", "{}", whole[:-1], "[" * 100_000, whole + " " * (2_000_001 - len(whole))):
        assert parse(Reading, text) is None


# -- citations ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("evidence", "quote", "place", "reason"),
    [
        (" E1 ", "row 2 of", (12, 12, "row 2 of"), ""),
        ("E1", "row 2 of the file row 3", (12, 13, "row 2 of the file\nrow 3"), ""),
        ("E1", "  12 row 2 of the file\n  13 row 3", (12, 13, "row 2 of the file\nrow 3"), ""),
        ("E1", "12: row 2 of", (12, 12, "row 2 of"), ""),
        ("E1", "  ".join(ROWS[:8]), (11, 18, "\n".join(ROWS[:8])), ""),
        ("E1", " ".join(ROWS[:9]), None, "its citation of E1 spans more than 8 lines"),
        ("E1", "row 99", None, "its citation of E1 is not verbatim"),
        ("E3", "  2 row 2 of the file", None, "its citation of E3 is not verbatim"),
        ("E1", "ro", None, "its citation of E1 is too short to show anything"),
        ("E1", "row", (11, 11, "row"), ""),
        ("E1", "w 1", None, "its citation of E1 is too short to show anything"),
        (" E9" + "9" * 40, "row", None, "there is no piece 'E9999999999999999999'"),
        ("E4", "a line that falls", None, "E4 was not shown"),
    ],
)
def test_a_citation_stands_or_says_why_not(
    evidence: str, quote: str, place: tuple[int, int, str] | None, reason: str
) -> None:
    kept = Kept()
    made, lost = cite_all(cites((evidence, quote)), brief(), kept)
    assert lost == reason
    assert len(made) == len(kept.made) == (place is not None)
    if place is not None:
        (it,) = kept.made
        assert (it.kind, it.probe, it.path) == ("excerpt", "judge", "a.py")
        assert (it.start, it.end, made[0][0].quote) == place
        assert it.excerpt == "\n".join(ROWS[place[0] - 11 : place[1] - 10])


def test_a_fact_is_cited_by_its_note_and_a_figure_by_what_it_shows() -> None:
    kept = Kept()
    given = cites(("E2", "collect  10 tests"), ("E4", "a line\nthat falls"), ("E2", "collect 10 tests"))
    made, lost = cite_all(given, brief(images=True), kept)
    note = "seen by the judge, not provable: a line that falls"
    assert [c.quote for c, _ in made] == ["collect 10 tests", note]
    assert [p.id for _, p in made] == ["E2", "E4"]
    assert kept.made == [FACT, Evidence(kind="fact", probe="judge", path="b.png", note=note, sources=("b.png",))]
    assert lost == ""


def test_the_first_reason_is_told_and_six_are_looked_at() -> None:
    bad = ("E1", "no such words")
    made, lost = cite_all(cites(("E8", "x"), *[bad] * 4, ("E1", "row 1"), ("E1", "row 2")), brief(), Kept())
    assert [c.quote for c, _ in made] == ["row 1"]
    assert lost == "there is no piece 'E8'"


def box(n: int, label: str, *given: tuple[str, str]) -> JudgedBox:
    return JudgedBox(n=n, cites=cites(*given), label=label)  # type: ignore[arg-type]


def test_the_first_word_on_each_box_that_was_asked_about() -> None:
    boxes = [
        box(9, "supported", ("E1", "row 1")),
        box(2, "supported", ("E3", "row 1 of"), ("E4", "x")),
        box(2, "supported", ("E1", "row 1")),
        box(1, "contradicted", ("E1", "row 1"), ("E1", "row 1"), ("E1", "none")),
        box(3, "supported", ("E1", "none")),
        box(4, "not_verifiable"),
    ]
    sides = check_boxes(boxes, (1, 2, 3, 4), "pack", brief(images=True), Kept())
    assert [(n, s.by, s.label, len(s.citations), s.demoted) for n, s in sides.items()] == [
        (2, "pack", "supported", 2, "it cites nothing of the repository"),
        (1, "pack", "contradicted", 1, ""),
        (3, "pack", "supported", 0, "its citation of E1 is not verbatim"),
        (4, "pack", "not_verifiable", 0, ""),
    ]
    many = [box(9, "supported")] * 400 + [box(1, "supported")]
    assert not check_boxes(many, (1,), "pack", brief(), Kept())
    assert list(check_boxes(many[1:], (1,), "pack", brief(), Kept())) == [1]


# -- statements --------------------------------------------------------------------------------------------------------

GIVEN: dict[str, Any] = {
    "quote": "The coverage is 85",
    "report_says": "so\nmuch",
    "repo_shows": "x" * 5_000,
    "cites": cites(("E1", "row 1")),
    "difference": "d",
    "detail": True,
    "ask": "Is it?",
}


def statement(**changes: Any) -> Any:
    reply = Reading(contradictions=[JudgedClaim(**(GIVEN | changes))], boxes=[])
    return check_reading(reply, PART, brief(images=True), report(), Kept())[0][0]


def test_a_statement_that_stands() -> None:
    made = statement()
    assert (made.id, made.by, made.reading, made.label, made.demoted) == ("J", "judge", "pack", "contradicted", "")
    assert (made.claim.source.kind, made.claim.source.n) == ("question", 6)
    assert (made.claim.quote, made.claim.line) == ("The coverage is 85", 210)
    assert (made.report_says, made.repo_shows, made.difference, made.ask) == ("so much", "x" * 1_000, "d", "Is it?")
    assert (made.rule, made.detail, made.seen) == ("prose-contradicts-repository", True, False)
    assert not statement(detail=False).detail
    seen = statement(cites=cites(("E4", "a line")))
    assert (seen.seen, seen.demoted) == (True, "")
    assert not statement(cites=cites(("E4", "a line"), ("E1", "row 1"))).seen
    assert statement(quote="in the cloud.\n  Later").claim.line == 215
    assert statement(quote="in the cloud.\n  Later").claim.quote == "in the cloud. Later"
    other = statement(quote="They run in")
    assert (other.claim.source.n, other.claim.line) == (5, 101)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"quote": "nowhere at all"}, "its statement is not in an answer"),
        ({"quote": "ok"}, "its statement is too short to be one"),
        ({"quote": "85 %"}, "its statement is too short to be one"),
        ({"cites": []}, "it cites nothing"),
        ({"cites": cites(("E1", "none"))}, "its citation of E1 is not verbatim"),
    ],
)
def test_a_statement_that_does_not_stand(changes: dict[str, Any], reason: str) -> None:
    made = statement(**changes)
    assert (made.label, made.demoted, made.ask, made.rule) == ("not_verifiable", reason, "", "")
    assert not made.detail
    assert not made.seen
    assert (made.claim.source.n, made.claim.line) == (6, 216 if "ok" in changes.values() else 210)
    assert made.report_says == "so much"


def test_a_quote_that_stands_nowhere_is_cut() -> None:
    assert statement(quote="no " * 200).claim.quote == " ".join(("no " * 200)[:300].split())
    none = report().model_copy(update={"questions": ()})
    bare = Brief({}, GATE, Asking())
    (made,), _ = check_reading(
        Reading(contradictions=[JudgedClaim(**GIVEN)], boxes=[]), Part("p", (), ()), bare, none, Kept()
    )
    assert (made.claim.source.kind, made.claim.source.n, made.claim.line) == ("report", 0, 0)


def test_statements_of_a_section_have_their_own_label_and_four_letters_are_enough() -> None:
    def one(label: str, quote: str, **changes: Any) -> JudgedStatement:
        return JudgedStatement(**(GIVEN | {"label": label, "quote": quote} | changes))

    given = [
        one("supported", "wrote ten"),
        one("not_verifiable", "They run", cites=[]),
        one("contradicted", "WROTE TEN"),
        one("contradicted", "wrote  ten"),
        one("supported", "runi"),
        one("supported", "ests"),
    ]
    made, sides = check_reading(
        SectionReading(statements=given, boxes=[box(1, "supported")]), PART, brief(), report(), Kept()
    )
    assert [(v.label, v.demoted) for v in made] == [
        ("supported", ""),
        ("not_verifiable", ""),
        ("not_verifiable", "its statement is not in an answer"),
        ("not_verifiable", "it repeats a statement"),
        ("not_verifiable", "its statement is not in an answer"),
        ("supported", ""),
    ]
    assert not any(v.ask or v.rule or v.detail or v.seen for v in made)
    assert list(sides) == [1]
    many = SectionReading(statements=[given[0]] * 401, boxes=[])
    assert len(check_reading(many, PART, brief(), report(), Kept())[0]) == 400


# -- typed claims ------------------------------------------------------------------------------------------------------


def claims(*given: Any) -> Any:
    return check_claims(Typing(claims=list(given)), PART, brief(), report())


def count(**changes: Any) -> dict[str, Any]:
    base = {"kind": "count", "of": "tests", "scope": "whole", "op": "exactly", "value": 10, "question": 5}
    return base | {"quote": "We wrote ten tests"} | changes


def defined(**changes: Any) -> dict[str, Any]:
    base = {"kind": "defined_in", "name": "Net", "path": "src/model.py", "question": 5}
    return base | {"quote": "The model stands in src/model.py"} | changes


@pytest.mark.parametrize(
    ("given", "quote", "line", "moved"),
    [
        (count(), "We wrote ten tests", 100, 0),
        (count(question=6), "We wrote ten tests", 100, 1),
        (count(question=None), "We wrote ten tests", 100, 1),
        # as one reads it: marks of emphasis and typographic signs aside
        (count(quote="They run in tests.yaml with pytest and ruff."), "They run in `tests.yaml` with *pytest* and **ruff**.", 101, 0),
        (count(quote="with pytest and"), "with *pytest* and", 101, 0),
        (count(quote="in tests.yaml"), "in `tests.yaml`", 101, 0),
        (count(quote="We don't train in", question=6), "We don’t train in", 215, 0),
        (count(quote="coverage is 85", value=85, question=6), "coverage is 85", 210, 0),
        (count(quote="coverage is", value=3, question=6), "coverage is", 210, 0),
        (count(quote="ten", value=10), "ten", 100, 0),
    ],
)  # fmt: skip
def test_a_claim_in_its_place(given: dict[str, Any], quote: str, line: int, moved: int) -> None:
    made = claims(given)
    assert not made.dropped
    (placed,) = made.placed
    assert (placed.claim.quote, placed.line, made.moved) == (quote, line, moved)
    assert placed.question.n == (6 if line > 200 else 5)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("text", "does not fit its kind"),
        (count(of="moons"), "does not fit its kind"),
        (count(quote="nowhere at all"), "its words are in no answer"),
        (count(quote="ok", question=6), "its words are in no answer"),
        (count(quote="coverage is 85", value=86, question=6), "it names what no answer names"),
        (count(value=float("inf")), "is out of all proportion"),
        (count(quote="x" * 1_001), "is out of all proportion"),
        (defined(path="src/other.py"), "it names what no answer names"),
        (defined(name="Network"), "it names what no answer names"),
        (defined(name="Ne"), "it names what no answer names"),
        ({"kind": "practice", "item": "coverage", "quote": "We wrote ten tests"}, "names no item of the checklist"),
        ({"kind": "same", "other": "no such words", "quote": "The coverage is 85"}, "the words that it is to differ from are in no answer"),
        ({"kind": "same", "other": "The coverage is 85", "quote": "The coverage is 85"}, "the words that it is to differ from are in no answer"),
    ],
)  # fmt: skip
def test_a_claim_that_is_dropped(given: Any, reason: str) -> None:
    made = claims(given, given, count())
    assert dict(made.dropped) == {reason: 2}
    assert len(made.placed) == 1


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("src/model.py", "src/model.py"),
        ("./src/model.py", "./src/model.py"),
        ("SRC/model.py", "SRC/model.py"),
        ("project/src/model.py", "src/model.py"),
        ("a/b/src/model.py", "src/model.py"),
        ("other/model.py", "model.py"),
    ],
)
def test_of_a_path_the_end_that_an_answer_has(path: str, kept: str) -> None:
    (placed,) = claims(defined(path=path)).placed
    assert placed.claim.path == kept


def test_two_places_that_differ_and_commands() -> None:
    same = {"kind": "same", "other": "coverage is 91 %", "quote": "The coverage is 85 %", "question": 6}
    (placed,) = claims(same).placed
    assert (placed.claim.other, placed.line) == ("coverage is 91 %", 210)
    run = {"kind": "command", "line": "with pytest", "quote": "with *pytest*", "folder": "nowhere", "after": None}
    (placed,) = claims(run).placed
    assert (placed.claim.line, placed.claim.folder, placed.claim.after) == ("with pytest", "", "")
    assert claims(run | {"line": "ok"}).placed  # the last word of an answer
    assert dict(claims(run | {"line": "with pytests"}).dropped) == {"it names what no answer names": 1}


def test_more_claims_than_an_answer_can_hold() -> None:
    made = claims(*[count()] * 803)
    assert (len(made.placed), dict(made.dropped)) == (800, {"more than 800": 3})
    assert not claims(*[count()] * 800).dropped
