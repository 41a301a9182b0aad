"""Batch folders: what is written, what is filed, what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asking import KEY, PACK, request, requests
from asking import own_environment as own_environment
from server import GOOD, fail, reply, serving
from typer.testing import CliRunner

from auditor.cli import app
from auditor.errors import UserError
from auditor.judges import Request, Settings, key
from auditor.judges.batchfile import BatchFile, file_results
from auditor.judges.opening import open_judge
from auditor.judges.service import Server, server, submit

SETTINGS = Settings("test-model")


def result(asked: Request, step: Any = None, **more: Any) -> dict[str, Any]:
    """A line of results, as the service writes it."""
    step = step or reply()
    response = {"status_code": step.status, "request_id": "r", "body": step.body}
    return {"id": "b", "custom_id": key(asked, SETTINGS), "response": response, "error": None} | more


def asked_for(folder: Path, *names: str) -> list[Request]:
    made = requests(*names)
    BatchFile(folder, "test-model").answer(made)
    return made


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


def test_what_is_lacking_is_written_once_and_says_where_it_waits(tmp_path: Path) -> None:
    said: list[str] = []
    judge = open_judge(f"batch:{tmp_path / 'new'}", model="test-model", params={"temperature": 0}, say=said.append)
    answers = judge.answer([*requests("a", "b"), request("a", id="a again")])
    path = tmp_path / "new" / "requests-001.jsonl"
    assert {a.error for a in answers.values()} == {f"waiting in {path}"}
    assert said == [f"wrote 2 requests, about 66 tokens, to {path.parent}: requests-001.jsonl"]
    lines = lines_of(path)
    assert [line["custom_id"] for line in lines] == [
        key(r, Settings("test-model", {"temperature": 0})) for r in requests("a", "b")
    ]
    assert {(line["method"], line["url"]) for line in lines} == {("POST", "/v1/chat/completions")}
    sent = lines[0]["body"]
    assert (sent["model"], sent["temperature"]) == ("test-model", 0)
    assert sent["messages"][1] == {"role": "user", "content": f"{PACK}\nWhat is wrong here? a"}
    schema = sent["response_format"]["json_schema"]
    assert (schema["name"], schema["strict"], schema["schema"]["additionalProperties"]) == ("reply", True, False)
    before = path.read_bytes()
    open_judge(f"batch:{tmp_path / 'new'}").answer([*requests("a", "b"), request("a", id="a again")])
    assert path.read_bytes() == before


def test_files_are_split_at_the_limits(tmp_path: Path) -> None:
    BatchFile(tmp_path / "first", "test-model", lines=2).answer(requests(*"abcde"))
    assert [len(lines_of(p)) for p in sorted((tmp_path / "first").glob("requests-*.jsonl"))] == [2, 2, 1]
    size = len((tmp_path / "first" / "requests-003.jsonl").read_bytes())
    for limit, split in ((2 * size, [2, 2, 1]), (2 * size - 1, [1] * 5), (10, [1] * 5), (5 * size, [5])):
        folder = tmp_path / str(limit)
        answers = BatchFile(folder, "test-model", size=limit).answer(requests(*"abcde"))
        paths = sorted(folder.glob("requests-*.jsonl"))
        assert [len(lines_of(p)) for p in paths] == split
        assert all(p.stat().st_size <= max(limit, size) for p in paths)
        assert answers["e"].error == f"waiting in {paths[-1]}"
    assert not list(tmp_path.rglob("*.part"))


def test_what_waits_for_another_submission_stays_and_is_not_written_twice(tmp_path: Path) -> None:
    BatchFile(tmp_path, "test-model").answer(requests("a", "b"))
    answers = BatchFile(tmp_path).answer(requests("b", "c"))
    assert BatchFile(tmp_path).answer([]) == {}
    assert [len(lines_of(p)) for p in sorted(tmp_path.glob("requests-*.jsonl"))] == [2, 1]
    assert answers["b"].error == f"waiting in {tmp_path}/requests-001.jsonl"
    assert answers["c"].error == f"waiting in {tmp_path}/requests-002.jsonl"


def test_a_folder_belongs_to_one_model(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"judge.json: missing"):
        BatchFile(tmp_path)
    BatchFile(tmp_path, "test-model")
    assert json.loads((tmp_path / "judge.json").read_text()) == {"model": "test-model", "params": {}}
    with pytest.raises(UserError, match="is for test-model"):
        BatchFile(tmp_path, "another")
    assert BatchFile(tmp_path).info.model == "test-model"


def test_answers_that_are_filed_are_found(tmp_path: Path) -> None:
    made = asked_for(tmp_path, "a", "b")
    results = tmp_path / "results.jsonl"
    results.write_bytes(b"\xef\xbb\xbf" + json.dumps(result(made[0], reply(cached=7))).encode() + b"\r\n\r\n")
    assert file_results(tmp_path, [results]).lines == ["1 filed, 0 refused"]
    assert file_results(tmp_path, [results]).lines == ["0 filed, 1 filed before, 0 refused"]
    answers = BatchFile(tmp_path).answer(made)
    assert json.loads(answers["a"].text) == GOOD
    assert answers["a"].stored
    assert answers["b"].error.startswith("waiting in")
    assert [line["custom_id"] for line in lines_of(tmp_path / "requests-001.jsonl")] == [key(made[1], SETTINGS)]
    filed = json.loads((tmp_path / f"{key(made[0], SETTINGS)}.json").read_text())
    assert (filed["model"], filed["usage"]["input"], filed["usage"]["cached"]) == ("test-model", 100, 7)


def response(**more: Any) -> Callable[[Request], dict[str, Any]]:
    return lambda r: result(r) | {"response": result(r)["response"] | more}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (lambda r: "{broken", "not a line of results (broken JSON)"),
        (lambda r: "[" * 100_000, "not a line of results (broken JSON)"),
        (lambda r: b"\xff\xfe", "not a line of results (broken JSON)"),
        (lambda r: [1], "not a line of results (no object)"),
        (lambda r: result(r, custom_id="../../x"), "with a custom_id that was not asked for here"),
        (lambda r: result(r, custom_id=7), "with a custom_id that was not asked for here"),
        (lambda r: result(request("other")), "with a custom_id that was not asked for here"),
        (lambda r: result(r, error={"code": "batch_expired", "message": "x"}), "failed at the service (batch_expired)"),
        (lambda r: result(r, error="\x1b[31m"), "failed at the service"),
        (lambda r: result(r, response=None), "without a response"),
        (lambda r: result(r, fail(429)), "failed at the service (status 429)"),
        (response(status_code=None), "without a status code"),
        (response(body=None), "without a reply"),
        (response(body={"choices": []}), "without a reply"),
        (response(body={"choices": [{"message": "x"}]}), "without a reply"),
        (lambda r: result(r, reply(None, refusal="no")), "refused by the model"),
        (lambda r: result(r, reply(GOOD, finish="length")), "cut off (finish_reason length)"),
        (lambda r: result(r, reply(GOOD, finish="content_filter")), "filtered by the service"),
        (lambda r: result(r, reply("")), "with an empty reply"),
        (lambda r: result(r, reply(None)), "with an empty reply"),
        (lambda r: result(r, reply("Sure! {}")), "whose reply is not JSON"),
        (lambda r: result(r, reply('```json\n{"claims": []}\n```')), "whose reply is not JSON"),
        (lambda r: result(r, reply('{"claims": NaN}')), "whose reply is not JSON"),
        (lambda r: result(r, reply('{"claims": [{"quote": "\\ud800", "label": "supported"}]}')), "whose reply is not JSON"),
        (lambda r: result(r, reply("\ud800")), "whose reply is not JSON"),
        (lambda r: result(r, reply("[" * 100_000)), "whose reply is not JSON"),
        (lambda r: result(r, reply({"claims": [{"quote": "x", "label": "maybe"}]})), "whose reply does not fit the schema (at $.claims[0].label: enum)"),
        (lambda r: result(r, reply({"claims": [{"quote": "x"}]})), "whose reply does not fit the schema (at $.claims[0]: required)"),
        (lambda r: result(r, reply({"claims": [], "more": 1})), "whose reply does not fit the schema (at $: additionalProperties)"),
        (lambda r: result(r, reply([])), "whose reply does not fit the schema (at $: type)"),
    ],
)  # fmt: skip
def test_a_bad_line_is_refused_and_costs_no_other(line: Callable[[Request], Any], reason: str, tmp_path: Path) -> None:
    made = asked_for(tmp_path, "a", "b")
    bad = line(made[0])
    raw = bad if isinstance(bad, bytes) else (bad if isinstance(bad, str) else json.dumps(bad)).encode()
    results = tmp_path / "out.jsonl"
    results.write_bytes(b"\n".join([raw, json.dumps(result(made[1])).encode(), raw]))
    filing = file_results(tmp_path, [results])
    assert filing.filed == 1
    assert filing.refused.total() == 2
    assert filing.lines[1].startswith(f"  2 {reason}")
    assert filing.lines[1].endswith("(first: out.jsonl:1)")
    assert "\x1b" not in "".join(filing.lines)
    answers = BatchFile(tmp_path).answer(made)
    assert [bool(a.text) for a in answers.values()] == [False, True]


def test_a_reply_without_usage_or_error_field_is_good(tmp_path: Path) -> None:
    """Other sources than the service write as little as they must."""
    made = asked_for(tmp_path, "a")
    line = {
        "custom_id": key(made[0], SETTINGS),
        "response": {"status_code": 200, "body": {"choices": [{"message": {"content": json.dumps(GOOD)}}]}},
    }
    (tmp_path / "out.jsonl").write_text(json.dumps(line))
    assert file_results(tmp_path, [tmp_path / "out.jsonl"]).filed == 1


def test_a_text_that_lines_do_not_end_at_stays_whole(tmp_path: Path) -> None:
    made = asked_for(tmp_path, "a")
    content = {"claims": [{"quote": "a\u2028b\x85c æ", "label": "supported"}]}
    line = json.dumps(result(made[0], reply(json.dumps(content, ensure_ascii=False))), ensure_ascii=False)
    (tmp_path / "out.jsonl").write_text(line, encoding="utf-8")
    assert file_results(tmp_path, [tmp_path / "out.jsonl"]).filed == 1
    assert json.loads(BatchFile(tmp_path).answer(made)["a"].text) == content


def run(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["answers", *map(str, arguments)])
    if isinstance(done.exception, UserError):
        return 2, done.exception.message, done.exception.hint
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


def test_the_verb_files_and_counts(tmp_path: Path) -> None:
    made = asked_for(tmp_path, "a", "b")
    one, two = tmp_path / "one.out", tmp_path / "two.out"
    one.write_text(json.dumps(result(made[0])))
    two.write_text(json.dumps(result(made[1], reply("x"))))
    assert run(tmp_path, one, two)[:2] == (1, "1 filed, 1 refused\n  1 whose reply is not JSON (first: two.out:1)\n")
    two.write_text(json.dumps(result(made[1])))
    assert run(tmp_path, two)[:2] == (0, "1 filed, 0 refused\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "say what to file"),
        (("--submit", "--collect"), "say what to file"),
        (("{dir}/out", "--submit"), "say what to file"),
        (("{dir}/out",), "no request files"),
        (("--submit",), "no requests wait"),
        (("--collect",), "no batch is under way"),
    ],
)
def test_the_verb_says_what_is_missing(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    code, message, hint = run(tmp_path, *(a.format(dir=tmp_path) for a in arguments))
    assert code == 2
    assert said in message
    assert hint


def test_a_missing_file_of_results_is_named(tmp_path: Path) -> None:
    asked_for(tmp_path, "a")
    assert "nothing.jsonl: cannot be read" in run(tmp_path, tmp_path / "nothing.jsonl")[1]


def test_a_request_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "requests-001.jsonl").write_text('{"custom_id": "x"}\n')
    assert "requests-001.jsonl:1: not a request" in run(tmp_path, tmp_path / "requests-001.jsonl")[1]


def test_submit_and_collect(tmp_path: Path) -> None:
    """The whole way: written, submitted, asked again meanwhile, collected; what failed can be asked again."""
    made = requests(*"abcd")
    BatchFile(tmp_path, "test-model", lines=2).answer(made)
    (tmp_path / "early.out").write_text(json.dumps(result(made[3])))
    file_results(tmp_path, [tmp_path / "early.out"])
    with serving({"b": [fail(500)]}) as service:
        url = ("--base-url", service.url)
        assert run(tmp_path, "--submit", "--max-tokens", 5, *url)[1].startswith("about 99 tokens would be sent")
        assert service.files == {}
        code, _, said = run(tmp_path, "--submit", *url)
        assert code == 0
        assert "3 requests, about 99 tokens in 2 batches" in said
        assert "requests-001.jsonl: 2 requests submitted as batch_0" in said
        assert "requests-002.jsonl: 1 requests submitted as batch_1" in said
        assert not list(tmp_path.glob("requests-*"))
        assert run(tmp_path, "--submit", *url)[0] == 2
        waiting = BatchFile(tmp_path).answer([*made, request("e")])
        assert (
            waiting["a"].error
            == f"waiting in {tmp_path}/submitted-batch_0.jsonl, submitted: auditor answers DIR --collect"
        )
        assert waiting["e"].error == f"waiting in {tmp_path}/requests-001.jsonl"
        assert waiting["d"].text
        assert len(lines_of(tmp_path / "requests-001.jsonl")) == 1
        code, out, said = run(tmp_path, "--collect", *url)
        assert (code, out) == (0, "0 filed, 0 refused\n")
        assert said.count("in_progress, 0 of") == 2
        service.batches["batch_0"]["status"] = "completed"
        service.batches["batch_1"]["status"] = "failed"
        code, out, said = run(tmp_path, "--collect", *url)
        assert (code, out) == (
            1,
            "1 filed, 1 refused\n  1 failed at the service (status 500) (first: results-batch_0.jsonl:2)\n",
        )
        assert "batch_0: completed, 1 without an answer" in said
        assert "batch_1: failed (line 1 is too long), 1 without an answer" in said
        assert run(tmp_path, "--collect", *url)[0] == 2
        after = BatchFile(tmp_path).answer(made)
        assert [bool(a.text) for a in after.values()] == [True, False, False, True]
        assert [len(lines_of(p)) for p in sorted(tmp_path.glob("requests-*.jsonl"))] == [1, 2]
        assert service.keys == {f"Bearer {KEY}"}
    assert [b["state"] for b in json.loads((tmp_path / "batches.json").read_text())] == ["completed", "failed"]
    assert KEY not in "".join(p.read_text() for p in tmp_path.iterdir())


def test_a_service_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    asked_for(tmp_path, "a")
    with serving() as service:
        code, message, _ = run(tmp_path, "--submit", "--base-url", service.url.removesuffix("/v1"))
        assert code == 2
        assert "requests-001.jsonl was not submitted: 404" in message
        assert len(list(tmp_path.glob("requests-*"))) == 1
        assert not (tmp_path / "batches.json").exists()
        assert run(tmp_path, "--submit", "--base-url", service.url)[0] == 0
        code, out, said = run(tmp_path, "--collect", "--base-url", "http://localhost:1/v1")
        assert (code, out) == (0, "0 filed, 0 refused\n")
        assert "was submitted to 127.0.0.1" in said
        service.batches.clear()
        (tmp_path / "batches.json").write_text("[1]")
        assert run(tmp_path, "--collect", "--base-url", service.url)[1].endswith("batches.json: cannot be read")


def test_the_key_of_a_server_is_not_shown_by_accident() -> None:
    assert KEY not in repr(server("http://localhost/v1"))
    assert isinstance(server("http://localhost/v1"), Server)
    assert callable(submit)


def test_a_file_asks_one_model(tmp_path: Path) -> None:
    judge = BatchFile(tmp_path, "m")
    judge.answer([*requests("a", "b"), *requests("c", asks="other")])
    files = sorted(tmp_path.glob("requests-*.jsonl"))
    models = [{json.loads(row)["body"]["model"] for row in f.read_bytes().splitlines()} for f in files]
    assert models == [{"m"}, {"other"}]
