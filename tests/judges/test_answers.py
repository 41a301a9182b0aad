"""The answers read alone: what is asked, what comes back, what is believed of it, and that nothing of the repository is sent."""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest
from build_fixture import FIXTURES, build
from test_past import Story
from test_verify import NOTHING, Scripted, ruled

from auditor import limits, pipeline
from auditor.batch import Terms, run
from auditor.claims.case import SETTLERS, Case, Placed, Settled, Settler, fact
from auditor.claims.kinds import CLAIM, KINDS, LISTS, Typed, kind_of
from auditor.errors import UserError
from auditor.folder import Folder
from auditor.judges import Answer, Store, key
from auditor.judges.answers import Typing, claims_prompt, claims_schema, kinds_text
from auditor.judges.recorded import Recorded
from auditor.judges.request import Asking
from auditor.models import AuditRecord, JudgeInfo, Submission
from auditor.profile import load_profile
from auditor.render import html, markdown, terminal
from auditor.verify import Checked, check_claims, parse

PROFILE = load_profile()
Reply = dict[str, Any]


@pytest.fixture(scope="module")
def repo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("overclaiming", tmp_path_factory.mktemp("answers") / "overclaiming")


@pytest.fixture(scope="module")
def prepared(repo: Path) -> pipeline.Prepared:
    return prepare(repo)


def prepare(repo: Path, **asking: Any) -> pipeline.Prepared:
    asked = Asking(**({"read": "answers"} | asking))
    return pipeline.prepare(Submission(id=repo.name, repo=str(repo)), PROFILE, judged=True, asking=asked)


def nodes(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
    for child in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from nodes(child)


# -- what is asked -----------------------------------------------------------------------------------------------------


def test_the_schema_is_one_that_strict_servers_take() -> None:
    schema = claims_schema()
    objects = [n for n in nodes(schema) if n.get("type") == "object"]
    assert len(objects) == len(KINDS) + 1
    for made in objects:
        assert made["additionalProperties"] is False
        assert made["required"] == list(made["properties"])
    refused = {"oneOf", "allOf", "discriminator", "default", "title", "description", "const", "prefixItems", "format"}
    keywords = {k for n in nodes(schema) for k in n} - {k for n in objects for k in n["properties"]}
    assert not keywords & refused
    assert sum(len(n["properties"]) for n in objects) < 5000
    assert sum(len(n["enum"]) for n in nodes(schema) if "enum" in n) < 500
    jsonschema.Draft202012Validator.check_schema(schema)


def test_every_kind_has_its_branch_with_all_of_its_fields() -> None:
    branches = claims_schema()["properties"]["claims"]["items"]["anyOf"]
    for model, branch in zip(KINDS, branches, strict=True):
        assert branch["properties"]["kind"]["enum"] == [kind_of(model)]
        assert list(branch["properties"]) == ["question", *model.model_fields]


@pytest.mark.parametrize("model", KINDS, ids=kind_of)
def test_what_fits_the_schema_fits_the_kind(model: type[Typed]) -> None:
    schema = claims_schema()
    branch = next(
        b
        for b in schema["properties"]["claims"]["items"]["anyOf"]
        if b["properties"]["kind"]["enum"] == [kind_of(model)]
    )

    def some(field: dict[str, Any]) -> Any:
        field = schema["$defs"][field["$ref"].rsplit("/", 1)[1]] if "$ref" in field else field
        if "enum" in field:
            return field["enum"][-1]
        if "anyOf" in field:
            return None
        return {"string": "x", "number": 2.5, "integer": 3, "boolean": True, "array": []}[field["type"]]

    claim = {name: some(field) for name, field in branch["properties"].items()}
    jsonschema.validate({"claims": [claim]}, schema)
    del claim["question"]
    assert type(CLAIM.validate_python({k: v for k, v in claim.items() if v is not None})) is model


def test_the_prompt_says_what_the_vocabulary_says() -> None:
    text = claims_prompt().system
    for model in KINDS:
        assert f"`{kind_of(model)}` {' '.join((model.__doc__ or '').split())}" in text
        assert all(name in text for name in model.model_fields)
    for name, values, meaning in LISTS:
        assert f"- {name} ({meaning}): {' | '.join(get_args(values))}" in text
    assert "$kinds" not in text


def test_a_changed_word_of_a_kind_changes_the_prompts_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    before = claims_prompt().named
    monkeypatch.setattr(KINDS[0], "__doc__", "States how many. ${{ x }} $fence")
    claims_prompt.cache_clear()
    try:
        assert claims_prompt().named.hash != before.hash
        assert "${{ x }} $fence" in claims_prompt().system_text(fence="=====")
    finally:
        claims_prompt.cache_clear()
    assert "$fence" in kinds_text()


def test_the_items_come_without_their_marks(prepared: pipeline.Prepared) -> None:
    (request,) = prepared.requests
    listed = request.messages[1][1].split(" items\n")[1].split("=====")[0].strip().split("\n")
    assert [row.split(":")[0] for row in listed] == list(dict.fromkeys(i.item for i in prepared.report.items if i.item))
    assert not re.search(r"\[[ x]\]", "\n".join(listed))


MARK = "zyxomark"


@pytest.fixture
def marked(tmp_path: Path) -> Story:
    """A repository with a word of its own in every place but the report."""
    story = Story(tmp_path / "repo")
    report = (FIXTURES / "overclaiming" / "files" / "reports" / "README.md").read_text(encoding="utf-8")
    story.write("reports/README.md", report)
    story.write(f"src/{MARK}_name.py", f"{MARK}_text = 1\n")
    story.write("README.md", f"# {MARK} title\n\n{MARK}@example.com\n")
    story.write(".github/workflows/tests.yaml", f"name: {MARK}\non: push\n")
    story.write(f"{MARK}/data.bin", "\0\1")
    story.done(f"{MARK} subject", f"{MARK} Author <{MARK}@example.org>")
    story.git("branch", f"{MARK}-branch")
    story.git("tag", f"{MARK}-tag")
    story.git("remote", "add", "origin", f"https://example.com/{MARK}/{MARK}.git")
    return story


def test_nothing_of_the_repository_is_sent(marked: Story) -> None:
    made = prepare(marked.folder)
    commit = marked.git("rev-parse", "HEAD")
    (request,) = made.requests
    assert request.id == "answers"
    sent = json.dumps([request.messages, request.schema, request.images])
    assert MARK not in sent.lower()
    assert commit[:7] not in sent
    assert str(marked.folder) not in sent
    answers = [q for q in made.report.questions if q.answer.strip() and not q.private and q.id not in ("group-number",)]
    text = request.messages[1][1]
    assert sum(f" question {q.n} (" in text for q in answers) == len(answers)
    assert not any(r.id.startswith("ruling") for r in pipeline.rulings(made, Scripted().answer(made.requests)))


def test_it_is_the_same_request_beside_the_readings(repo: Path, prepared: pipeline.Prepared) -> None:
    """What was answered for one is there for the other."""
    whole = prepare(repo, read="all")
    (alone,) = prepared.requests
    beside = next(r for r in whole.requests if r.id == "answers")
    settings = Recorded(FIXTURES / "overclaiming" / "answers").settings
    assert key(alone, settings) == key(beside, settings)


def test_private_answers_are_left_out_unless_asked_for(repo: Path, prepared: pipeline.Prepared) -> None:
    private = {q.n for q in prepared.report.questions if q.private and q.answer.strip()}
    assert private
    for made, shown in ((prepared, False), (prepare(repo, private=True), True)):
        text = made.requests[0].messages[1][1]
        assert {n for n in private if f" question {n} (" in text} == (private if shown else set())
        assert not re.search(r"(?<![A-Za-z0-9])s\d{6}(?!\d)", text)


@pytest.mark.parametrize("budget", [8_000, 12_000, 20_000])
def test_a_small_budget_asks_in_parts_with_room_for_the_replies(repo: Path, budget: int) -> None:
    made = prepare(repo, budget=budget)
    assert made.brief is not None
    assert [p.reading for p in made.brief.parts.values()] == ["answers"] * len(made.requests)
    assert sorted(at for p in made.brief.parts.values() for at in p.questions) == sorted(made.brief.answers)
    assert all(r.tokens + r.reply <= budget * 1.03 for r in made.requests), [(r.tokens, r.reply) for r in made.requests]
    assert len(made.requests) > 1 or budget == 20_000


# -- what is believed --------------------------------------------------------------------------------------------------


def claim(n: int, quote: str, kind: str = "other", **fields: Any) -> Reply:
    return {"question": n, "quote": quote, "kind": kind, **fields}


def checked(prepared: pipeline.Prepared, *claims: Any) -> Checked:
    assert prepared.brief is not None
    reply = parse(Typing, json.dumps({"claims": list(claims)}))
    assert reply is not None
    return check_claims(reply, prepared.brief.parts["answers"], prepared.brief, prepared.report)


def one(prepared: pipeline.Prepared, *claims: Any) -> Placed:
    made = checked(prepared, *claims)
    assert not made.dropped
    (placed,) = made.placed
    return placed


def test_a_claim_has_its_place_and_the_words_that_stand_there(prepared: pipeline.Prepared) -> None:
    rows = prepared.report
    placed = one(prepared, claim(12, "An experiment with other values is  started like this:"))
    assert (placed.question.n, placed.reader) == (12, "answers")
    assert placed.claim.quote == "An experiment with other values is started like this:"
    command = one(prepared, claim(12, "python src/gridload/train.py train.lr=0.003", "command", line="dvc pull"))
    first = next(q for q in rows.questions if q.n == 12).answer_lines[0]
    assert command.line == first + 3
    assert vars(command.claim)["line"] == "dvc pull"


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("Nobody has ever pushed directly to `main`", "Nobody has ever pushed directly to `main`"),
        ("Nobody has ever pushed directly to main", "Nobody has ever pushed directly to `main`"),
        ("main. Before every commit", "`main`. Before every commit"),
        ("nobody has ever pushed directly to `main`", ""),
        ("Nobody has pushed directly to `main`", ""),
        ("Nobody has ever ... to `main`", ""),
        ("", ""),
        ("a", ""),
        ("``", ""),
    ],
)
def test_words_stand_white_space_and_markup_aside_and_never_nearly(
    prepared: pipeline.Prepared, quote: str, stands: str
) -> None:
    made = checked(prepared, claim(9, quote))
    assert [p.claim.quote for p in made.placed] == ([stands] if stands else [])
    assert dict(made.dropped) == ({} if stands else {"its words are in no answer": 1})


@pytest.mark.parametrize("n", [8, 0, 99, -1, None, "7", 7.5, [7]])
def test_a_claim_of_another_answer_is_moved_there(prepared: pipeline.Prepared, n: Any) -> None:
    made = checked(prepared, claim(n, "In total we have implemented 18 tests"))
    assert [p.question.n for p in made.placed] == [7]
    assert made.moved == 1


def test_what_is_said_twice_stands_in_the_answer_that_was_named(prepared: pipeline.Prepared) -> None:
    for n in (13, 12):
        assert one(prepared, claim(n, "configuration")).question.n == n


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "count", "of": "tests", "scope": "whole", "op": "exactly", "value": 18}, ""),
        ({"kind": "count", "of": "cats", "scope": "whole", "op": "exactly", "value": 18}, "does not fit its kind"),
        ({"kind": "count", "of": "tests", "scope": "whole", "op": "exactly"}, "does not fit its kind"),
        ({"kind": "count", "of": "tests", "scope": "whole", "op": "exactly", "value": 18, "path": None}, ""),
        ({"kind": "nothing"}, "does not fit its kind"),
        ({"kind": "other", "more": 1}, "does not fit its kind"),
        ({"kind": "practice", "item": "coverage"}, ""),
        ({"kind": "practice", "item": "Calculate the code coverage"}, "names no item of the checklist"),
        ({"kind": "command", "line": "x" * 1001}, "is out of all proportion"),
        ({"kind": "matrix", "axis": "os", "values": ["linux"] * 41}, "is out of all proportion"),
        ({"kind": "count", "of": "tests", "scope": "whole", "op": "exactly", "value": 1e999}, "is out of all proportion"),
        ({"kind": "same", "other": "We did not profile our code"}, ""),
        ({"kind": "same", "other": "We profiled our code"}, "the words that it is to differ from are in no answer"),
        ({"kind": "same", "other": "In total we have implemented 18 tests"}, "the words that it is to differ from are in no answer"),
    ],
)  # fmt: skip
def test_a_broken_claim_costs_itself_alone(prepared: pipeline.Prepared, fields: Reply, reason: str) -> None:
    good = claim(16, "We did not profile our code")
    made = checked(prepared, {"question": 7, "quote": "In total we have implemented 18 tests"} | fields, good, 5, None)
    assert len(made.placed) == (1 if reason else 2)
    assert made.placed[-1].question.n == 16
    assert made.dropped.get(reason, 0) == (2 * (reason == "does not fit its kind") + 1 if reason else 0)


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"kind": "file", "path": "tests/test_data.py", "state": "there"}, {"path": "tests/test_data.py"}),
        ({"kind": "file", "path": "./Tests/test_data.py/", "state": "there"}, {"path": "./Tests/test_data.py/"}),
        ({"kind": "file", "path": "src/made/up/tests/test_data.py", "state": "there"}, {"path": "tests/test_data.py"}),
        ({"kind": "file", "path": "tests/test_made_up.py", "state": "there"}, None),
        ({"kind": "runs", "tool": "x", "place": "workflow", "path": ".github/x/data_change.yaml"}, {"path": "data_change.yaml"}),
        ({"kind": "runs", "tool": "x", "place": "workflow", "path": "made_up.yaml"}, {"path": ""}),
        ({"kind": "command", "line": "docker run train:latest  train.epochs=5"}, {"line": "docker run train:latest  train.epochs=5"}),
        ({"kind": "command", "line": "docker run train:latest train.epochs=6"}, None),
        ({"kind": "location", "what": "tests", "folder": "."}, {"folder": "."}),
        ({"kind": "location", "what": "tests", "folder": "spec"}, None),
        ({"kind": "trigger", "events": ["push"], "branch": "develop"}, {"branch": ""}),
        ({"kind": "defined_in", "name": "MadeUp", "path": "train.py"}, None),
        ({"kind": "setting", "name": "the rate of learning", "value": "0.003"}, {"name": "the rate of learning"}),
        ({"kind": "setting", "name": "seed", "value": "424242"}, None),
        ({"kind": "docker", "what": "base image", "value": "python:2.7"}, {"value": ""}),
        ({"kind": "count", "of": "tests", "scope": "whole", "op": "exactly", "value": 18}, {"value": 18.0}),
        ({"kind": "count", "of": "tests", "scope": "whole", "op": "exactly", "value": 19}, None),
    ],
)  # fmt: skip
def test_what_is_to_be_copied_stands_in_an_answer(
    prepared: pipeline.Prepared, fields: Reply, kept: Reply | None
) -> None:
    made = checked(prepared, {"question": 7, "quote": "In total we have implemented 18 tests"} | fields)
    assert [{k: vars(p.claim)[k] for k in kept or {}} for p in made.placed] == ([] if kept is None else [kept])
    assert dict(made.dropped) == ({"it names what no answer names": 1} if kept is None else {})


def test_numbers_in_words_are_taken_as_they_come(prepared: pipeline.Prepared) -> None:
    fields = {"of": "workflows", "scope": "whole", "op": "exactly", "value": 5}
    assert checked(prepared, claim(11, "into five workflows", "count", **fields)).placed


def test_a_reply_without_end_is_read_to_a_bound(prepared: pipeline.Prepared) -> None:
    made = checked(prepared, *[claim(16, "We did not profile our code")] * (limits.REPLY_CLAIMS.value + 7))
    assert len(made.placed) == limits.REPLY_CLAIMS.value
    assert list(made.dropped.values()) == [7]


def test_claims_of_answers_that_were_not_shown_are_dropped(repo: Path, prepared: pipeline.Prepared) -> None:
    private = next(q for q in prepared.report.questions if q.private and len(q.answer.split()) > 5)
    words = " ".join(private.answer.split()[:6])
    assert dict(checked(prepared, claim(private.n, words)).dropped) == {"its words are in no answer": 1}
    asked = prepare(repo, private=True)
    assert asked.brief is not None
    shown = asked.brief.veil.hide(words)
    assert checked(asked, claim(private.n, shown)).placed[0].claim.quote.split() == words.split()


def test_what_was_taken_out_is_put_back_into_quotes_and_fields(tmp_path: Path) -> None:
    story = Story(tmp_path / "repo")
    text = (FIXTURES / "overclaiming" / "files" / "reports" / "README.md").read_text(encoding="utf-8")
    said = "We log to wandb with s000007/gridload and write to ada@example.com"
    story.write("reports/README.md", text.replace("We did not profile our code", said))
    story.done()
    made = prepare(story.folder)
    sent = made.requests[0].messages[1][1]
    assert "s000007" not in sent
    shown = re.search(r"We log to wandb with (\S+) and write to (\S+?),", sent)
    assert shown
    placed = one(made, claim(16, shown[0][:-1], "file", path=shown[1], state="there"))
    assert (placed.claim.quote, vars(placed.claim)["path"]) == (said, "s000007/gridload")


# -- what is settled ---------------------------------------------------------------------------------------------------


def counts(made: Typed, case: Case) -> Settled:
    """Says of every count that there are as many as the commit has files."""
    n, said = len(case.snapshot.files), vars(made)
    label = "supported" if said["value"] == n else "contradicted"
    about = f"count:{said['of']}"
    return Settled(
        label, f"there are {n}", (fact(f"{n} files", "git"),), "" if label == "supported" else "Not so.", about
    )  # type: ignore[arg-type]


@pytest.fixture
def settler(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.claims.case.READERS", {})
    monkeypatch.setitem(SETTLERS, "count", Settler("count", counts))


TESTS = claim(7, "In total we have implemented 18 tests", "count", of="tests", scope="whole", op="exactly", value=18)
FLOWS = claim(
    11, "into five workflows in `.github/workflows`", "count", of="workflows", scope="whole", op="exactly", value=5
)


def concluded(made: pipeline.Prepared, judge: Scripted) -> AuditRecord:
    answers = dict(judge.answer(made.requests))
    made = pipeline.settled(made, PROFILE, answers)
    answers |= judge.answer(pipeline.rulings(made, answers))
    return pipeline.conclude(made, PROFILE, answers, judge.info)


def plain(record: AuditRecord) -> dict[str, Any]:
    return record.model_dump(exclude={"times"})


@pytest.mark.usefixtures("settler")
def test_a_claim_is_settled_and_says_who_read_it(prepared: pipeline.Prepared) -> None:
    record = concluded(prepared, Scripted(answers={"claims": [FLOWS, TESTS, claim(7, "nowhere at all"), TESTS]}))
    said = [v for v in record.verdicts if v.reading == "answers"]
    assert [(v.by, v.label, v.claim.source.n) for v in said] == [
        ("claim:count", "contradicted", 7),
        ("claim:count", "contradicted", 11),
    ]
    numbers = [int(v.id[1:]) for v in record.verdicts if v.id.startswith("C")]
    assert numbers == list(range(1, len(numbers) + 1))
    (one,) = [f for f in record.findings if f.verdict in {v.id for v in said}]  # the same is off in both answers
    assert one.standing == "finding"
    assert {one.verdict, *(p.verdict for p in one.also_at)} == {v.id for v in said}
    assert record.claims is not None
    assert (record.claims.kinds, record.claims.dropped) == ({"count": 3}, {"its words are in no answer": 1})
    assert (record.judge.answers_only, record.judged, record.prompt.name) == (True, 1, "claims.v1")
    assert record.prompt.hash == claims_prompt().named.hash
    for view in (terminal, markdown, html):
        page = " ".join(view.render(record).split())
        assert "from the sentence as a model understood it" in page, view
        assert "answers alone" in page, view


@pytest.mark.usefixtures("settler")
def test_what_a_program_settles_of_it_goes_under_the_ruling(repo: Path) -> None:
    whole = prepare(repo, read="all")
    found = Scripted(answers={"claims": [TESTS]}, ruling={"findings": [ruled(n) for n in range(1, 60)], "boxes": []})
    record = concluded(whole, found)
    (verdict,) = [v for v in record.verdicts if v.reading == "answers"]
    (finding,) = [f for f in record.findings if verdict.id in f.verdicts]
    assert finding.ruling is not None
    assert finding.ruling.says == "holds"


def test_a_reply_without_claims_or_that_is_none_changes_nothing(prepared: pipeline.Prepared) -> None:
    for reply in ([], {"claims": 5}, {"claims": [], "more": 1}, {"contradictions": [], "boxes": []}):
        record = concluded(prepared, Scripted(answers=reply))
        assert [p.message for p in record.unjudged] == ["the reading answers: the reply does not fit its schema"]
        assert (record.verdicts, record.claims) == (prepared.verdicts, None)
    for text in ("{", "[" * 100_000, '{"claims": [{"quote": "' + "x" * 3_000_000 + '"}]}', '{"claims": ["\\ud800"]}'):
        record = concluded(prepared, Scripted(answers=Answer(text=text)))
        assert record.unjudged
        assert record.verdicts == prepared.verdicts
    record = concluded(prepared, Scripted(answers={"claims": []}))
    assert (record.unjudged, record.verdicts) == ((), prepared.verdicts)
    deep: Any = "x"
    for _ in range(100):
        deep = [deep]
    for odd in (
        {"kind": deep},
        {"quote": deep, "kind": "other"},
        {"question": {}, "kind": "other", "quote": {}},
        {},
        deep,
    ):
        record = concluded(prepared, Scripted(answers={"claims": [odd]}))
        assert record.claims is not None
        assert sum(record.claims.dropped.values()) == 1


def test_a_reply_that_is_waited_for_holds_the_ruling_back(repo: Path) -> None:
    judge = Scripted(answers=Answer(error="waiting in x", waiting=True))
    record = concluded(prepare(repo, read="all"), judge)
    assert judge.asked == ["pack", "dump", "answers"]
    assert any("the ruling: not asked" in p.message for p in record.unjudged)


@pytest.mark.usefixtures("settler")
@pytest.mark.parametrize("read", ["answers", "all"])
def test_audit_replay_and_batch_give_one_record(repo: Path, tmp_path: Path, read: Any) -> None:
    asking = Asking(read=read)
    store = Store(tmp_path / "store")
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "judge.json").write_text('{"model": "m"}')
    judge = Recorded(tmp_path / "store")
    made = prepare(repo, read=read)
    answers: dict[str, Answer] = {}
    for second in (False, True):
        for request in pipeline.rulings(made, answers) if second else made.requests:
            reply = {"claims": [TESTS, FLOWS]} if request.id == "answers" else NOTHING[request.schema_name]
            store.put(key(request, judge.settings), json.dumps(reply), judge.settings, Answer().usage)
            answers[request.id] = Answer(text=json.dumps(reply))
        made = pipeline.settled(made, PROFILE, answers)
    submission = Submission(id=repo.name, repo=str(repo))
    record = pipeline.audit(submission, PROFILE, judge, asking=asking)
    assert not record.unjudged
    assert sum(v.reading == "answers" for v in record.verdicts) == 2
    assert plain(pipeline.audit(submission, PROFILE, judge, asking=asking)) == plain(record)
    assert plain(pipeline.conclude(made, PROFILE, answers, judge.info)) | {"usage": 0} == plain(record) | {"usage": 0}
    out = Folder(tmp_path / "out")
    terms = Terms.of(PROFILE, judge, asking=asking)
    run([submission], PROFILE, judge, out, terms, workers=1, make=ThreadPoolExecutor)
    written = (tmp_path / "out" / "groups" / f"{repo.name}.json").read_text(encoding="utf-8")
    assert plain(AuditRecord.model_validate_json(written)) == plain(record)


def test_the_terms_of_a_batch_know_what_is_read() -> None:
    judge = Scripted()
    judge.info = JudgeInfo(name="scripted")
    of = {Terms.of(PROFILE, judge, asking=Asking(read=r)).asked_with for r in ("all", "answers")}  # type: ignore[arg-type]
    assert len(of) == 2


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"judge": "none"}, "--read answers needs a judge"),
        ({"second": "m"}, "--second has no place"),
        ({"figures": True}, "--figures has no place"),
    ],
)
def test_what_does_not_go_with_it_is_said(more: dict[str, Any], said: str) -> None:

    from auditor.cli_asking import asking_of

    given = {"judge": "online:m", "budget": 9000, "read": "answers", "readings": "both", "ruling": True, "second": ""}
    with pytest.raises(UserError, match=said):
        asking_of(**({**given, "figures": False, "private": False} | more))  # type: ignore[arg-type]
