"""Records against answer keys: matching, figures, comparison, and what a person judges."""

import json
import os
from pathlib import Path

import pytest
import yaml
from build_fixture import FIXTURES, build
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from auditor import pipeline
from auditor.cli import app
from auditor.errors import UserError
from auditor.evaluate import judging, keys, show
from auditor.evaluate.compare import compare, mcnemar
from auditor.evaluate.keys import Box, Contradiction, Entry, Judged, Key, key_files, load_key, parse_key
from auditor.evaluate.matching import Spot, hits, item_number, overlap, place
from auditor.evaluate.records import Places, other_commit, priced, repositories, stored, write_trust
from auditor.evaluate.score import Scored, counted, evaluate, score
from auditor.models import (
    Audited,
    AuditRecord,
    Citation,
    Claim,
    Evidence,
    Finding,
    ItemLabel,
    JudgeInfo,
    Label,
    Named,
    Place,
    Report,
    Source,
    Standing,
    Submission,
    Tool,
    Usage,
    Verdict,
)
from auditor.profile import load_profile
from auditor.trust import parse_trust

REPORT = "reports/README.md"
SLOW = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])  # a busy machine


def record(
    *findings: tuple[str, str, str], standing: Standing = "finding", also: str = "", cited: str = ""
) -> AuditRecord:
    """A record with these findings: who says it, where (`Q7`, `checklist 3`), and the words that it is about."""
    evidence = {
        "E1": Evidence(id="E1", probe="thing", kind="excerpt", path="a.py", start=3, end=3, excerpt="x = 1"),
        "E2": Evidence(id="E2", kind="excerpt", path=REPORT, start=9, end=9, excerpt=cited),
    }
    verdicts, made = [], []
    for n, (by, where, quote) in enumerate(findings, 1):
        kind, at = place(where)
        source = Source.model_validate({"kind": kind, "n": at})
        citations = [Citation(evidence="E1", quote="x = 1"), *([Citation(evidence="E2", quote=cited)] if cited else [])]
        verdicts.append(
            Verdict(
                id=f"V{n}",
                claim=Claim(source=source, quote=quote, line=10 * n),
                label="contradicted",
                citations=tuple(citations),
                repo_shows="There are two.",
                difference="Nine are said, two are there.",
                by=by,
            )
        )
        rule = "checked-but-absent" if kind == "item" else "prose-contradicts-repository"
        kind, at = place(also)
        places = (Place(source=Source.model_validate({"kind": kind, "n": at}), line=1, quote=quote),) if also else ()
        made.append(
            Finding(fingerprint=f"f{n}", rule=rule, level="error", verdict=f"V{n}", standing=standing, also_at=places)
        )
    return AuditRecord(
        tool=Tool(version="0"),
        submission=Audited(id="g", repo="r", report_path=REPORT, commit="abc123", commit_time=""),
        profile=Named(name="t"),
        report=Report(path=REPORT, commit="abc123", sha256=""),
        evidence=evidence,
        verdicts=tuple(verdicts),
        findings=tuple(made),
    )


def wanted(id_: str, where: str, quote: str, severity: str = "major", certainty: str = "certain") -> Contradiction:
    return Contradiction.model_validate(
        {"id": id_, "where": where, "quote": quote, "severity": severity, "certainty": certainty, "kind": "prose"}
    )


def key(*contradictions: Contradiction, **more: object) -> Key:
    return Key.model_validate(
        {"name": "g", "repo": "ada/gridload", "commit": "abc123", "contradictions": contradictions, **more}
    )


def key_of(audited: AuditRecord) -> Key:
    """The key that says just what a record says."""
    by_id = {v.id: v for v in audited.verdicts}
    found = [by_id[f.verdict] for f in audited.findings]
    entries = []
    for v in found:
        source = v.claim.source
        where = f"Q{source.n}" if source.kind == "question" else f"checklist {source.n}"
        entries.append(wanted(v.id, where, v.claim.quote))
    boxes = [Box(n=i.n, verdict=i.label) for i in audited.items]
    return key(*entries, checklist=boxes)


# -- the key -----------------------------------------------------------------------------------------------------------

KEY = """\
# read by Ada on a Sunday
repo: ada/gridload
commit: 1e10   # a commit, and no number
report: reports/README.md
checklist:
- {n: 1, text: Create a git repository, checked: true, verdict: supported}
- n: 2
  text: Give everybody access
  checked: true
  verdict: unverifiable
  evidence:
  - path: README.md
    lines: 1-3
contradictions:
- id: C1
  kind: prose-vs-repo
  where: Q7
  quote: 'In total: nine tests'
  why: two are there
  severity: major
  certainty: certain
accepted:
rejected: []
"""


def test_a_key_is_read() -> None:
    made = parse_key(KEY, "g1", "g1.yaml")
    assert (made.name, made.commit) == ("g1", "1e10")
    assert [b.verdict for b in made.checklist] == ["supported", "not_verifiable"]
    assert made.contradictions[0].quote == "In total: nine tests"
    assert made.accepted == made.judged == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("severity: major", "severity: grave", "contradictions.0.severity"),
        ("  why:", "  whi:", "contradictions.0.whi"),
        ("commit: 1e10", "comit: 1e10", "commit"),
        ("quote: 'In total: nine tests'", "quote: In total: nine tests", "not YAML"),
        ("- n: 2", "- n: 1", "item 1 stands twice"),
        ("verdict: supported", "verdict: fine", "checklist.0.verdict"),
    ],
)
def test_what_is_wrong_with_a_key_is_named(old: str, new: str, said: str) -> None:
    with pytest.raises(UserError) as error:
        parse_key(KEY.replace(old, new), "g1", "g1.yaml")
    assert said in error.value.message
    assert "g1.yaml" in error.value.message


def test_keys_of_a_folder_and_their_names(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        key_files([tmp_path])
    for name in ("b.yaml", "a.yml", "README.md"):
        (tmp_path / name).write_text(KEY, encoding="utf-8")
    assert [f.name for f in key_files([tmp_path])] == ["a.yml", "b.yaml"]
    with pytest.raises(UserError):
        key_files([tmp_path, tmp_path / "a.yml"])
    with pytest.raises(UserError):
        load_key(tmp_path / "no.yaml")


# -- matching ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("we have nine unit tests", "In total we have nine unit tests in two files", True),
        ("we have nine unit tests", "We have, nine UNIT... tests", True),
        ("nine tests", "there are nine tests here", True),
        ("nine tests", "there are nine new tests", False),
        ("tests of nine kinds we have", "we have nine kinds of tests", True),  # other order, the same words
        ("the tests run on every push", "the images are built on merge", False),
        ("", "anything", False),
        ("...", "...", False),
    ],
)
def test_quotes_overlap(one: str, other: str, same: bool) -> None:
    assert overlap(one, other) is overlap(other, one) is same


@pytest.mark.parametrize(
    ("where", "kind", "n"),
    [
        ("Q7", "question", 7),
        ("Question 12", "question", 12),
        ("checklist 24", "item", 24),
        ("Checklist", "item", 0),
        ("?", "?", 0),
    ],
)
def test_places(where: str, kind: str, n: int) -> None:
    assert place(where) == (kind, n)


def test_a_box_is_known_by_its_number_or_by_its_text() -> None:
    boxes = [
        Box(n=1, text="Write unit tests related to the data part", verdict="supported"),
        Box(n=2, text="Write unit tests related to the model", verdict="supported"),
    ]
    assert item_number("* [x] Write unit tests related to the model and training (M16)", boxes) == 2
    assert item_number("- [ ] Something else", boxes) == 0
    entry = Entry(where="checklist", quote="* [x] Write unit tests related to the model")
    assert hits([Spot("item", 2, "")], entry, boxes)
    assert not hits([Spot("item", 1, "")], entry, boxes)
    assert not hits([Spot("question", 2, "Write unit tests related to the model")], entry, boxes)


# -- scoring -----------------------------------------------------------------------------------------------------------

NINE = "In total we have nine unit tests"


def statuses(made: Key, audited: AuditRecord) -> list[str]:
    return [f.status for f in score(made, audited).findings]


def test_what_a_key_says_of_a_finding() -> None:
    audited = record(("claim:test-count", "Q7", NINE))
    entry = Entry(where="Q7", quote="we have nine unit tests")
    judged = {"where": "Q7", "quote": NINE, "rule": "prose-contradicts-repository", "by": "claim:test-count"}
    assert statuses(key(wanted("C1", "Q7", NINE)), audited) == ["match"]
    assert statuses(key(), audited) == ["unjudged"]
    assert statuses(key(wanted("C1", "Q8", NINE)), audited) == ["unjudged"]
    assert statuses(key(accepted=[entry], true_claims=[entry]), audited) == ["accepted"]
    assert statuses(key(true_claims=[entry]), audited) == ["false"]
    assert statuses(key(rejected=[entry]), audited) == ["false"]
    assert statuses(key(judged=[judged | {"says": "petty"}], rejected=[entry]), audited) == ["petty"]
    assert statuses(key(judged=[judged | {"says": "wrong", "by": "claim:other"}]), audited) == ["unjudged"]
    changed = judged | {"says": "wrong", "by": "claim:other", "quote": "x", "fingerprint": "f1"}
    assert statuses(key(judged=[changed]), audited) == ["wrong"]


def test_a_finding_is_found_where_else_it_is_and_by_the_lines_of_the_report_that_it_cites() -> None:
    twice = record(("claim:test-count", "Q7", NINE), also="Q25")
    assert statuses(key(wanted("C1", "Q25", NINE)), twice) == ["match"]
    citing = record(("claim:test-count", "Q7", "x"), cited="all of our boxes are ticked")
    assert statuses(key(wanted("C1", "Q30", "all of our boxes are ticked")), citing) == ["match"]


def test_one_finding_may_be_two_contradictions_and_two_findings_one() -> None:
    both = key(wanted("C1", "Q7", "we have nine unit tests"), wanted("C2", "Q7", "In total we have nine"))
    scored = score(both, record(("claim:test-count", "Q7", NINE)))
    assert [w.found_by for w in scored.wanted] == [("claim:test-count",)] * 2
    same = record(("claim:test-count", "Q7", NINE), ("judge", "Q7", NINE))
    scored = score(key(wanted("C1", "Q7", NINE)), same)
    assert scored.wanted[0].finders == ("claim", "judge")
    assert [f.status for f in scored.findings] == ["match", "match"]


@pytest.mark.parametrize("standing", ["lead", "remark", "disputed"])
def test_only_the_standings_that_are_asked_for_count(standing: Standing) -> None:
    made, audited = key(wanted("C1", "Q7", NINE)), record(("claim:test-count", "Q7", NINE), standing=standing)
    assert evaluate([score(made, audited)]).recall[""]["all"].n == 0
    assert evaluate([score(made, audited, ("finding", standing))], ("finding", standing)).recall[""]["all"].n == 1
    assert evaluate([score(made, audited)]).disputed_matches == (standing == "disputed")


def test_boxes_are_compared_by_the_label_that_stands() -> None:
    boxes = [Box(n=n, verdict=v) for n, v in enumerate(("supported", "contradicted", "not_verifiable", "supported"), 1)]
    labels: list[Label] = ["supported", "contradicted", "contradicted"]
    items = tuple(ItemLabel(n=n, label=v, by="probe") for n, v in enumerate(labels, 1))
    scored = score(key(checklist=boxes), record().model_copy(update={"items": items}))
    rates = evaluate([scored]).boxes
    assert [(r.n, r.of) for r in rates.values()] == [(2, 4), (1, 1), (1, 2)]


def test_figures_are_divided_and_counted() -> None:
    made = key(
        wanted("C1", "Q7", NINE),
        wanted("C2", "Q8", "the coverage is ninety per cent", "minor", "likely"),
        wanted("C3", "checklist 3", "[x] Do the thing"),
        rejected=[Entry(where="Q9", quote="we never push to main")],
    )
    audited = record(
        ("claim:test-count", "Q7", NINE),
        ("probe", "checklist 3", "Do the thing"),
        ("judge", "Q9", "we never push to main"),
    )
    result = evaluate([score(made, audited)])
    assert [(r.n, r.of) for r in result.recall["severity and certainty"].values()] == [(2, 2), (0, 1)]
    assert {f: r.n for f, r in result.recall["finder"].items()} == {"probe": 1, "claim": 1, "judge": 0}
    assert result.precision["finder"]["judge"].n == 0
    assert result.precision["speaker"]["checked-but-absent:thing"].n == 1
    assert (result.statuses["match"], result.statuses["false"]) == (2, 1)
    low, high = result.precision[""]["all"].low, result.precision[""]["all"].high
    assert low < 2 / 3 < high


WORDS = st.lists(
    st.sampled_from(["tests", "run", "on", "nine", "pushes", "data", "is", "we", "logged"]), min_size=1, max_size=9
)
FINDINGS = st.lists(
    st.tuples(
        st.sampled_from(["claim:a", "claim:b", "judge", "probe"]),
        st.one_of(st.integers(1, 31).map("Q{}".format), st.integers(1, 9).map("checklist {}".format)),
        WORDS.map(" ".join),
    ),
    min_size=1,
    max_size=6,
)


@SLOW
@given(FINDINGS)
def test_a_record_against_the_key_that_says_the_same(findings: list[tuple[str, str, str]]) -> None:
    audited = record(*findings)
    result = evaluate([score(key_of(audited), audited)])
    assert result.recall[""]["all"].n == result.recall[""]["all"].of == len(findings)
    assert result.precision[""]["all"].n == result.precision[""]["all"].of == len(findings)
    empty = evaluate([score(key(), audited)])
    assert empty.precision[""]["all"].n == empty.recall[""]["all"].of == 0
    assert empty.statuses["unjudged"] == len(findings)


# -- two configurations ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("this", "other", "p"), [(0, 0, 1.0), (3, 3, 1.0), (5, 0, 0.0625), (1, 8, 0.0390625)])
def test_mcnemar(this: int, other: int, p: float) -> None:
    assert mcnemar(this, other) == mcnemar(other, this) == pytest.approx(p)


def test_what_changed_is_listed() -> None:
    made = key(
        wanted("C1", "Q7", NINE),
        wanted("C2", "Q8", "the coverage is ninety per cent"),
        checklist=[Box(n=1, verdict="supported"), Box(n=2, verdict="contradicted")],
    )

    def scored(audited: AuditRecord, *labels: Label) -> Scored:
        items = tuple(ItemLabel(n=n, label=label, by="probe") for n, label in enumerate(labels, 1))
        return score(made, audited.model_copy(update={"items": items}))

    here = scored(record(("claim:test-count", "Q7", NINE), ("claim:x", "Q30", "nothing")), "supported", "supported")
    there = scored(record(("claim:coverage", "Q8", "the coverage is ninety per cent")), "contradicted", "contradicted")
    result = compare([here], [there])
    assert (result.contradictions.this, result.contradictions.other, result.contradictions.neither) == (1, 1, 0)
    assert (result.boxes.this, result.boxes.other) == (1, 1)
    changes = [(c.what, c.where) for c in result.changes]
    assert changes == [
        ("found", "Q7"),
        ("missed", "Q8"),
        ("new", "Q7"),
        ("new", "Q30"),
        ("gone", "Q8"),
        ("right", "checklist 1"),
        ("wrong", "checklist 2"),
    ]
    assert compare([here], [here]).changes == ()


# -- judging -----------------------------------------------------------------------------------------------------------

ENTRY = Judged(where="Q9", quote="we: 'never' push # to main", says="wrong", rule="r", by="claim:x", fingerprint="f9")


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        KEY.rstrip("\n"),
        KEY.replace("\n", "\r\n"),
        KEY + "judged: []\n",
        KEY + "judged:\n",
        KEY + "judged:\n- {where: Q1, quote: a, says: holds}\n# the end\n",
        KEY
        + "judged:\n  - where: Q1\n    says: holds\n    quote: |\n      a\n      b\n\n  # more to come\nsummary: a text\n",
        KEY + "judged:\n- where: Q1\n  says: holds\n  quote: 'a\n    b'",
        KEY.replace("accepted:", "judged: []  # nothing yet\naccepted:"),
        KEY + "...\n",
        "---\n" + KEY,
    ],
)
def test_a_judged_finding_is_filed_and_nothing_else_changes(text: str, tmp_path: Path) -> None:
    path = tmp_path / "g1.yaml"
    path.write_bytes(text.encode())
    before = load_key(path)
    assert judging.file_judged(path, ENTRY).judged == (*before.judged, ENTRY)
    assert load_key(path) == before.model_copy(update={"judged": (*before.judged, ENTRY)})
    after = path.read_bytes().decode().splitlines()
    left = iter(after)
    assert all(any(line.replace("judged: []", "judged:") == row for row in left) for line in text.splitlines())
    assert ("\r\n" in text) == ("\r\n" in path.read_bytes().decode())
    again = judging.file_judged(path, ENTRY.model_copy(update={"quote": "more"}))
    assert len(again.judged) == len(before.judged) + 2
    assert len(path.read_bytes().decode().splitlines()) > len(after)
    assert [f.name for f in tmp_path.iterdir()] == ["g1.yaml"]


def test_a_key_that_cannot_be_added_to_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "g1.yaml"
    flow = json.dumps({"repo": "r", "commit": "c", "judged": [{"where": "Q1", "quote": "a", "says": "holds"}]})
    path.write_text(flow, encoding="utf-8")
    with pytest.raises(UserError):
        judging.file_judged(path, ENTRY)
    assert path.read_text(encoding="utf-8") == flow


@SLOW
@given(st.text(min_size=1, max_size=60), st.text(max_size=60))
@example("a\x85b", "/\x85j/\U000e5d45\u2028")
def test_whatever_a_report_says_is_filed_as_it_is(quote: str, note: str) -> None:
    entry = ENTRY.model_copy(update={"quote": quote, "note": note})
    text = KEY
    try:
        yaml.safe_dump(quote + note).encode()
    except UnicodeEncodeError:
        return  # no text that a report could have
    for _ in range(2):
        text = judging.with_judged(text, entry)
    assert parse_key(text, "g", "g").judged == (entry, entry)


def asked(path: Path, audited: AuditRecord, keys_pressed: str) -> tuple[int, list[str]]:
    told: list[str] = []
    pressed = iter(keys_pressed)
    work = [(path, score(load_key(path), audited), audited)]
    return judging.judge_findings(work, lambda: next(pressed, ""), told.append), told


def test_each_unjudged_finding_is_shown_and_filed_by_one_keystroke(tmp_path: Path) -> None:
    path = tmp_path / "g1.yaml"
    path.write_text(KEY, encoding="utf-8")
    audited = record(
        ("claim:test-count", "Q7", "In total: nine tests"),
        ("claim:a", "Q8", "one thing\x1b[31m"),
        ("claim:b", "Q9", "another thing"),
        ("claim:c", "Q10", "a third thing"),
        ("claim:d", "Q11", "a fourth thing"),
    )
    judged, told = asked(path, audited, "xhSpq")  # an unknown key is asked again, and capitals do
    assert judged == 2
    assert [(j.says, j.by, j.fingerprint) for j in load_key(path).judged] == [
        ("holds", "claim:a", "f2"),
        ("petty", "claim:c", "f4"),
    ]
    shown = "\n".join(told)
    assert "1/4 g1" in shown
    assert "reports/README.md:20 (Q8)" in shown
    assert "a.py:3" in shown
    assert "| x = 1" in shown
    assert "Nine are said, two are there." in shown
    assert "\x1b" not in shown
    assert asked(path, audited, "") == (0, asked(path, audited, "")[1])  # nobody there: nothing filed
    assert asked(path, audited, "tw")[0] == 2
    assert asked(path, audited, "h")[1] == ["nothing to judge: no unjudged finding"]
    result = evaluate([score(load_key(path), audited)])
    assert (result.statuses["match"], result.statuses["holds"], result.statuses["twice"]) == (1, 1, 1)
    assert (result.precision[""]["all"].n, result.precision[""]["all"].of) == (2, 5)


# -- trust -------------------------------------------------------------------------------------------------------------


def test_what_was_judged_is_counted_for_each_speaker_once(tmp_path: Path) -> None:
    made = key(
        wanted("C1", "Q7", NINE),
        accepted=[Entry(where="Q3", quote="a small thing that is off")],
        judged=[
            Judged(where="Q9", quote="a", says="petty", fingerprint="f2"),
            Judged(where="Q9", quote="a", says="twice", fingerprint="f3"),
        ],
    )
    audited = record(
        ("claim:a", "Q7", NINE),
        ("claim:a", "Q9", "one"),
        ("claim:b", "Q10", "two"),
        ("claim:c", "Q3", "a small thing that is off"),
        ("claim:d", "Q11", "nobody knows"),
        standing="lead",  # who speaks in leads can still earn a voice
    )
    counts = counted(score(made, audited))
    assert counts == {"claim:a": (2, 1), "claim:b": (1, 1)}
    path = tmp_path / "course.trust.toml"
    for _ in range(2):
        trust = write_trust(path, [(made, counts)])
    assert (trust.of("claim:a").judged, trust.of("claim:a").held, trust.of("claim:a").submissions) == (2, 1, 1)
    assert parse_trust(path.read_text(encoding="utf-8"), "t") == trust
    assert "gridload" not in path.read_text(encoding="utf-8")


# -- records and repositories ------------------------------------------------------------------------------------------


def test_where_repositories_are(tmp_path: Path) -> None:
    made = key()
    assert Places({}).of(made) == "https://github.com/ada/gridload"
    assert (
        Places({}).of(made.model_copy(update={"repo": "https://example.com/a/b.git"})) == "https://example.com/a/b.git"
    )
    assert repositories(["g=/x/y"], None).of(made) == str(Path("/x/y"))
    with pytest.raises(UserError):
        repositories(["g"], None)
    with pytest.raises(UserError):
        Places({}, tmp_path).of(made)
    for name in ("ada+gridload", "gridload.git", "g"):
        (tmp_path / name).mkdir()
        assert Places({}, tmp_path).of(made) == str(tmp_path / name)
    with pytest.raises(UserError):
        Places({}).base("consistent")


def test_records_are_looked_up_by_key(tmp_path: Path) -> None:
    with pytest.raises(UserError) as error:
        stored(tmp_path, [key()])
    assert "no record of g" in error.value.message
    (tmp_path / "g.json").write_text(record().model_dump_json(), encoding="utf-8")
    assert stored(tmp_path, [key()]) == [record()]
    assert other_commit(key(), record()) == ""
    assert "abc123" in other_commit(key().model_copy(update={"commit": "fff"}), record())


def test_tokens_and_price(monkeypatch: pytest.MonkeyPatch) -> None:
    usage = Usage(requests=3, input_tokens=100_000, cached_tokens=50_000, output_tokens=10_000)
    asked = record().model_copy(update={"usage": usage, "judge": JudgeInfo(name="online", model="m-1")})
    assert priced(asked).usage.cost == 0
    monkeypatch.setenv("AUDITOR_PRICE_INPUT", "2")
    monkeypatch.setenv("AUDITOR_PRICE_OUTPUT", "10")
    assert priced(asked).usage.cost == pytest.approx(0.3)
    result = show.Output(evaluation=evaluate([score(key(), priced(asked))]))
    text = show.text(result)
    assert "Tokens and price: online m-1" in text
    assert "100,000" in text
    assert "0.3000" in text
    assert "Tokens" not in show.text(show.Output(evaluation=evaluate([score(key(), record())])))


# -- the verb ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the overclaiming fixture, and a key in which the first half of its findings stand."""
    folder = tmp_path_factory.mktemp("measured")
    repo = build("overclaiming", folder / "repos" / "gridload")
    audited = pipeline.audit(Submission(id="g1", repo=str(repo)), load_profile())
    made = key_of(audited)
    half = made.model_copy(
        update={
            "name": "",
            "commit": audited.submission.commit,
            "contradictions": made.contradictions[: len(made.contradictions) // 2],
        }
    )
    text = yaml.safe_dump(half.model_dump(mode="json", exclude={"name"}), sort_keys=False)
    (folder / "keys").mkdir()
    (folder / "keys" / "g1.yaml").write_text(f"# a comment\n{text}", encoding="utf-8")
    return folder


def run(*arguments: object, stdin: str = "") -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["eval", *map(str, arguments)], input=stdin)
    assert done.exception is None or isinstance(done.exception, SystemExit | UserError), done.exception
    message = done.exception.message if isinstance(done.exception, UserError) else ""
    return done.exit_code, done.stdout, f"{done.stderr}{message}"


def test_eval_audits_scores_keeps_compares_and_judges(measured: Path, tmp_path: Path) -> None:
    keys_, repos, kept = measured / "keys", measured / "repos", tmp_path / "kept"
    code, out, err = run(keys_, "--repos", repos, "--save", kept)
    assert code == 0
    assert "1/1 g1" in err
    assert "contradictions found (recall)" in out
    assert "Not judged by anybody" in out
    code, again, _ = run(keys_ / "g1.yaml", "--records", kept)
    assert (code, again) == (0, out)
    data = json.loads(run(keys_, "--records", kept, "--format", "json")[1])
    rates = data["evaluation"]["recall"][""]["all"]
    assert rates["n"] == rates["of"] > 5
    assert 0 < data["evaluation"]["precision"][""]["all"]["n"] < data["evaluation"]["precision"][""]["all"]["of"]
    markdown = run(keys_, "--records", kept, "--format", "markdown", "--all", "--against", kept)[1]
    assert "### Against the other records (McNemar, exact)" in markdown
    assert "| contradictions found | 0 | 0 |" in markdown
    path = tmp_path / "g1.yaml"
    path.write_bytes((keys_ / "g1.yaml").read_bytes())
    trust = tmp_path / "t.trust.toml"
    code, after, err = run(path, "--records", kept, "--judge-findings", "--write-trust", trust, stdin="h\nw\nq\n")
    assert code == 0
    assert [j.says for j in load_key(path).judged] == ["holds", "wrong"]
    assert path.read_text(encoding="utf-8").startswith("# a comment\n")
    assert "judged: wrong" in after
    assert "have earned a finding's voice" in err
    assert trust.is_file()


def test_eval_plants(tmp_path: Path) -> None:
    file = tmp_path / "planted.toml"
    rows = (FIXTURES / "consistent" / "planted.toml").read_text(encoding="utf-8").split("[[planted]]")
    file.write_text('base = "consistent"\n[[planted]]' + rows[1], encoding="utf-8")
    base = build("consistent", tmp_path / "consistent")
    code, out, _ = run("--planted", file, "--repo", f"consistent={base}")
    assert code == 0
    assert "Planted contradictions: 2 changes, 2 findings wanted, 0 others made" in out
    assert "where is the repository consistent" in run("--planted", file)[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "nothing to measure"),
        (("no.yaml",), "cannot be read"),
        (("{key}", "--standing", "maybe"), "no such standing"),
        (("{key}", "--records", "{empty}"), "no record of g1"),
        (("{key}", "--repos", "{empty}"), "no repository of g1"),
        (("--planted", "{key}"), "cannot be read"),
        (("{key}", "--records", "{empty}", "--judge", "nobody"), "no judge is called"),
    ],
)
def test_what_cannot_be_measured_is_named(
    arguments: tuple[str, ...], said: str, measured: Path, tmp_path: Path
) -> None:
    places = {"key": measured / "keys" / "g1.yaml", "empty": tmp_path}
    code, _, err = run(*(a.format(**places) for a in arguments))
    assert code
    assert said in err


def test_an_audit_imports_nothing_of_this() -> None:
    import subprocess
    import sys

    code = "import sys, auditor.cli, auditor.pipeline, auditor.profile; auditor.profile.load_profile(); print([m for m in sys.modules if m.startswith('auditor.evaluate')])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert done.stdout.strip() == "[]"
    assert keys.SAYS.keys() == set(judging.KEYS.values())


@pytest.mark.parametrize("line", ["repo: !!int xyz", "repo: !!timestamp 2020-99-99", "commit: ''"])
def test_a_key_with_an_odd_value_is_one_line(line: str) -> None:
    with pytest.raises(UserError):
        parse_key(f"repo: a/b\ncommit: 5c1f0e9\n{line}\n", "k", "k.yaml")


def test_a_place_with_a_number_of_5000_digits_is_none() -> None:
    assert place("Q" + "9" * 5000) == ("question", 0)
