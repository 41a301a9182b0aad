"""The online judge against a server that misbehaves on demand."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from asking import KEY, PACK, Reply, request, requests
from asking import own_environment as own_environment
from server import GOOD, Step, fail, reply, serving

from auditor import limits
from auditor.errors import UserError
from auditor.judges import Answer, Usage, key
from auditor.judges.batchfile import body
from auditor.judges.online import Online
from auditor.judges.opening import open_judge
from auditor.judges.prices import Gate

TEXT = json.dumps(GOOD, separators=(",", ":"))


def online(url: str, store: Path | None = None, **more: Any) -> Online:
    return Online("test-model", **({"base_url": url, "store": store, "retries": 1, "timeout": 5.0} | more))


def one(*steps: Step, **more: Any) -> tuple[Answer, int]:
    """The answer to one question that is asked with this script, and how often the server was asked."""
    with serving({"q1": steps}) as server:
        answer = online(server.url, **more).answer(requests("q1"))["q1"]
        return answer, len(server.names)


def test_a_reply_is_the_validated_text_with_its_usage() -> None:
    answer, asked = one(reply(cached=80))
    assert (answer.text, answer.error, asked) == (TEXT, "", 1)
    assert (answer.usage.requests, answer.usage.input, answer.usage.cached, answer.usage.output) == (1, 100, 80, 10)
    assert answer.usage.seconds > 0


def test_what_is_sent_is_the_request_and_nothing_else() -> None:
    """No template engine, no added instruction, the schema strict: the same body as a line of a batch."""
    with serving() as server:
        judge = online(server.url, params={"temperature": 0})
        judge.answer(requests("q1"))
        assert server.asked == [json.loads(json.dumps(body(request("q1"), judge.settings)))]
    sent = server.asked[0]
    assert sent["messages"][1]["content"].startswith(PACK)
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["temperature"] == 0


WRONG = {"claims": [{"quote": "21 tests", "label": "maybe"}]}


@pytest.mark.parametrize(
    ("steps", "asked"),
    [
        ((fail(429, Retry_After="0.01"), reply()), 2),
        ((fail(503), reply()), 2),
        ((fail(500, "<html>"), reply()), 2),
        ((Step(close="at once"), reply()), 2),
        ((Step(body=reply().body, close="in the middle"), reply()), 2),
        ((reply("not JSON"), reply()), 2),
        ((reply('```json\n{"claims": []}\n```'), reply()), 2),
        ((reply(WRONG), reply()), 2),
        ((reply(None), reply()), 2),
        ((fail(400, "'strict' is not supported for response_format"), reply()), 2),
        ((fail(422, "json_schema: extra field strict"), reply()), 2),
    ],
)
def test_what_passes_by_itself(steps: Sequence[Step], asked: int) -> None:
    answer, count = one(*steps)
    assert (answer.text, answer.error, count) == (TEXT, "", asked)


@pytest.mark.parametrize(
    ("step", "said", "asked"),
    [
        (
            fail(429, "slow down", Retry_After="0.01"),
            "429: {host} is busy or the quota is used up (slow down); run again",
            2,
        ),
        (fail(429, "later", Retry_After="3600", retry_after_ms=""), "429: {host} is busy", 1),
        (fail(429, "no credit", "insufficient_quota"), "429: {host} is busy or the quota is used up (no credit)", 2),
        (fail(500, "oops"), "500: {host} fails (oops); run again later", 2),
        (Step(502, "<html>Bad gateway</html>", {"retry-after-ms": "1"}), "502: {host} fails; run again later", 2),
        (Step(wait=0.5, body={}), "{host} did not answer in time (--judge-timeout); run again", 1),
        (Step(close="at once"), "the connection to {host} broke; run again", 2),
        (Step(body=reply().body, close="in the middle"), "the connection to {host} broke; run again", 2),
        (
            fail(400, "context length is 8192"),
            "400: the request is too long for test-model at {host} (context length is 8192); give a smaller --budget",
            1,
        ),
        (fail(401, f"Incorrect API key provided: {KEY}"), "401: {host} does not accept the key; set OPENAI_API_KEY", 1),
        (fail(403, "not in your country"), "403: {host} does not let this key use test-model (not in your country)", 1),
        (fail(404), "404: {host} has no model test-model, or --base-url is wrong", 1),
        (fail(413, f"a\n\x1b[31mb {KEY}"), "413: {host} rejects the request (a [31mb [key]); check", 1),
        (reply(None, refusal="I cannot help with that"), "test-model refused to answer; read this question by hand", 1),
        (reply('{"claims": [', finish="length"), "the reply was cut off (finish_reason length); raise", 1),
        (reply(TEXT, finish="content_filter"), "the service filtered the reply (finish_reason content_filter)", 1),
        (reply("not JSON"), "the reply was no JSON, 2 times; use a model", 2),
        (reply('{"claims": [{"quote": "\\ud800", "label": "supported"}]}'), "the reply was no JSON, 2 times", 2),
        (reply("[" * 100_000), "the reply was no JSON, 2 times", 2),
        (reply(None), "the reply was no JSON, 2 times", 2),
        (reply(WRONG), "the reply did not fit the schema at claims.0.label, 2 times; use a model", 2),
        (reply({"claims": [], "\x1b[31m": 1}), "the reply did not fit the schema at  [31m, 2 times", 2),
        (
            Step(body={"object": "chat.completion", "choices": []}),
            "the server sent no chat completion; check --base-url",
            1,
        ),
        (Step(body={"choices": ["x"]}), "the server sent no chat completion", 1),
        (Step(body=[1, 2]), "the server sent no chat completion", 1),
        (Step(body="<html>Welcome</html>"), "the server sent no chat completion", 1),
        (Step(body="{not json"), "{host} sent something that is no reply (JSONDecodeError); check --base-url", 1),
        (
            Step(body={"choices": [{"message": {"content": [1]}, "finish_reason": "stop"}]}),
            "the server's reply is no text",
            1,
        ),
    ],
)
def test_a_fault_is_one_plain_line(
    step: Step, said: str, asked: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Each fault costs its own question only; nothing of it is stored or printed, and the key shows nowhere."""
    fatal = step.status in (401, 404) or "no credit" in str(step.body)
    with serving({"q1": [step]}) as server:
        timeout = 0.2 if step.wait else 5.0
        answers = online(server.url, tmp_path, timeout=timeout, workers=1).answer(requests("q1", "q2"))
        assert server.names.count("q1") == asked
        host = server.url.removeprefix("http://").removesuffix("/v1")
    error = answers["q1"].error
    assert error.startswith(said.format(host=host)), error
    assert not any(part in error for part in ("\n", KEY, "\x1b"))
    assert answers["q1"].text == ""
    if fatal:
        assert answers["q2"].error == f"not sent, after: {error}"
        assert "q2" not in server.names
    else:
        assert answers["q2"].text == TEXT
    kept = [p for p in tmp_path.iterdir() if p.name != "judge.json"]
    assert len(kept) == (0 if fatal else 1)
    assert capfd.readouterr() == ("", "")


def test_usage_counts_every_reply_that_came() -> None:
    assert one(reply("not JSON", cached=50), reply(cached=90))[0].usage.cached == 140
    assert one(reply(WRONG))[0].usage.input == 200
    assert one(reply(None, refusal="no"))[0].usage.output == 10
    assert one(fail(400))[0].usage.requests == 0
    assert sum([one(reply())[0].usage] * 2, Usage()).input == 200
    without = reply()
    del without.body["usage"]
    assert one(without)[0].usage.input == 0


def test_a_server_that_is_not_there_is_asked_once() -> None:
    with serving() as server:
        url = server.url
    answers = online(url, workers=1, retries=0).answer(requests("q1", "q2"))
    assert "cannot be reached; check --base-url" in answers["q1"].error
    assert answers["q2"].error.startswith("not sent, after: ")


def test_the_first_of_a_submission_goes_alone_then_the_others_together() -> None:
    slow = Step(body=reply().body, wait=0.15)
    asked = [*requests(*"abcd", pack="one"), *requests(*"efgh", pack="two")]
    with serving({name: [slow] for name in "abcdefgh"}) as server:
        answers = online(server.url, workers=4).answer(asked)
    assert list(answers) == list("abcdefgh")
    order = server.order
    for first, rest in (("a", "bcd"), ("e", "fgh")):
        assert all(order.index(("answered", first)) < order.index(("asked", r)) for r in rest)
    assert order.index(("asked", "e")) < order.index(("answered", "a"))
    assert server.most == 4


def test_one_worker_finishes_a_submission_before_the_next() -> None:
    asked = [*requests(*"abc", pack="one"), *requests(*"def", pack="two")]
    with serving() as server:
        online(server.url, workers=1).answer(asked)
    assert server.names == list("abcdef")


def test_stored_answers_are_not_asked_again(tmp_path: Path) -> None:
    """A run that broke off goes on where it stopped; a question asked twice is sent once."""
    with serving({"b": [fail(500)]}) as server:
        first = online(server.url, tmp_path, retries=0).answer(requests("a", "b"))
        assert first["b"].error
        server.script.clear()
        twice = online(server.url, tmp_path).answer([*requests("a", "b"), request("b", id="again")])
        assert server.names == ["a", "b", "b"]
        assert all(a.text == TEXT for a in twice.values())
        assert [a.stored for a in twice.values()] == [True, False, True]
        assert twice["again"].usage == Usage()
        server.script["c"] = [reply(WRONG)]
        said: list[str] = []
        third = online(server.url, tmp_path, gate=Gate(say=said.append)).answer(requests("a", "b"))
        assert all(a.stored and a.text == TEXT and a.usage.input == 100 for a in third.values())  # as it was then
        assert said == []
    replayed = open_judge(f"recorded:{tmp_path}").answer(requests("a", "b", "c"))
    assert [bool(a.text) for a in replayed.values()] == [True, True, False]
    assert KEY not in "".join(p.read_text() for p in tmp_path.iterdir())


def test_what_was_answered_before_an_interruption_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Replies are stored as they come, not at the end."""
    with serving() as server:
        judge = online(server.url, tmp_path, workers=1)
        send, count = judge._send, iter(range(99))

        def interrupted(*args: Any) -> Any:
            if next(count) == 2:
                raise KeyboardInterrupt
            return send(*args)

        monkeypatch.setattr(judge, "_send", interrupted)
        with pytest.raises(KeyboardInterrupt):
            judge.answer(requests(*"abcd"))
        assert len(list(tmp_path.glob("*.json"))) == 3
        online(server.url, tmp_path).answer(requests(*"abcd"))
        assert sorted(server.names) == list("abcd")


def test_a_stored_reply_that_was_spoiled_is_named(tmp_path: Path) -> None:
    with serving() as server:
        judge = online(server.url, tmp_path)
        judge.answer(requests("a"))
        path = tmp_path / f"{key(request('a'), judge.settings)}.json"
        path.write_text(json.dumps({"reply": '{"claims": 3}'}))
        assert "does not fit: mend or remove it" in judge.answer(requests("a"))["a"].error
        path.write_text("broken")
        assert judge.answer(requests("a"))["a"].text == TEXT


def test_a_request_without_a_model_is_held_against_its_schema() -> None:
    with serving({"q1": [reply(WRONG), reply()], "q2": [reply([1])]}) as server:
        answers = online(server.url).answer(requests("q1", "q2", model=None))
    assert json.loads(answers["q1"].text) == GOOD
    assert "did not fit the schema at its top" in answers["q2"].error


def test_a_server_without_strict_schemas_is_asked_without_from_then_on() -> None:
    with serving({"a": [fail(400, "unknown field: strict"), reply()]}) as server:
        answers = online(server.url, workers=1).answer(requests("a", "b"))
    assert [a.error for a in answers.values()] == ["", ""]
    assert ["strict" in b["response_format"]["json_schema"] for b in server.asked] == [True, False, False]


def test_what_is_sent_is_announced_and_limited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    asked = requests("a", "b", "c", pack="x" * 36_000)
    with serving() as server:
        host = server.url.removeprefix("http://").removesuffix("/v1")
        online(server.url, tmp_path, gate=Gate(say=said.append)).answer(asked[:1])
        online(server.url, tmp_path, gate=Gate(say=said.append)).answer(asked)
        assert said[1] == f"asking test-model at {host}: 2 requests, about 20,018 tokens (1 of 3 already stored)"
        monkeypatch.setenv("AUDITOR_PRICE_INPUT", "10")
        monkeypatch.setenv("AUDITOR_PRICE_CACHED", "1")
        monkeypatch.setenv("AUDITOR_PRICE_OUTPUT", "20")
        before = len(server.names)
        for limit, named in (
            ({"max_tokens": 30_000}, "more than --max-tokens 30,000"),
            ({"max_cost": 0.2}, "1.02, more than --max-cost 0.20"),
        ):
            with pytest.raises(UserError, match=named):
                online(server.url, gate=Gate(say=said.append, **limit)).answer(asked)
        assert said[-1].endswith("estimated cost 1.02 (0.84 where the shared prefix is cached)")
        assert len(server.names) == before
        judge = online(server.url, gate=Gate(max_tokens=25_000))
        judge.answer(asked[:2])
        with pytest.raises(UserError, match="30,"):
            judge.answer(asked[2:])
        monkeypatch.delenv("AUDITOR_PRICE_INPUT")
        with pytest.raises(UserError, match="--max-cost needs a price"):
            Gate(max_cost=1)


@pytest.mark.parametrize("text", ["", "free", "-1", "nan", "inf"])
def test_a_price_is_a_number(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDITOR_PRICE_INPUT", "1")
    monkeypatch.setenv("AUDITOR_PRICE_OUTPUT", text)
    with pytest.raises(UserError, match="AUDITOR_PRICE_OUTPUT"):
        Gate()


def test_keys_come_from_the_environment_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving() as server:
        online(server.url).answer(requests("a"))
        monkeypatch.setenv("AUDITOR_API_KEY", " own-key\n")
        online(server.url).answer(requests("b"))
        monkeypatch.delenv("AUDITOR_API_KEY")
        monkeypatch.delenv("OPENAI_API_KEY")
        online(server.url).answer(requests("c"))
        assert server.keys == {f"Bearer {KEY}", "Bearer own-key", "Bearer none"}
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        assert open_judge("online:llama3:8b").answer(requests("d"))["d"].text == TEXT
        assert server.asked[-1]["model"] == "llama3:8b"
    monkeypatch.delenv("OPENAI_BASE_URL")
    for url in ("", "https://example.org/v1", "http://8.8.8.8/v1"):
        with pytest.raises(UserError, match="no key for"):
            online(url)
    for url in ("http://localhost:11434/v1", "http://192.168.1.4/v1", "http://vllm:8000/v1"):
        online(url)
    monkeypatch.setenv("OPENAI_API_KEY", "ключ")
    with pytest.raises(UserError, match="characters that no key has"):
        online("")


@pytest.mark.parametrize("url", ["localhost:80", "ftp://x/v1", "http://", "http://[::1", "http://x:port/v1"])
def test_an_address_is_an_address(url: str) -> None:
    with pytest.raises(UserError, match="not an http or https URL"):
        online(url)


def test_credentials_in_an_address_are_not_repeated() -> None:
    said: list[str] = []
    with serving({"a": [fail(500)]}) as server:
        url = server.url.replace("//", "//ada:hush@")
        answer = online(url, gate=Gate(say=said.append), retries=0).answer(requests("a"))["a"]
    assert "hush" not in answer.error + said[0]


def test_a_full_folder_stops_before_anything_is_sent(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with serving() as server:
        with pytest.raises(UserError, match="cannot be written"):
            online(server.url, tmp_path / "file").answer(requests("a"))
        assert server.names == []


def test_parameters_leave_the_request_alone() -> None:
    with pytest.raises(UserError, match="'messages' is no parameter"):
        online("http://localhost/v1", params={"messages": []})


def test_the_record_names_model_and_parameters() -> None:
    info = online("http://localhost/v1", params={"temperature": 0}).info
    assert (info.name, info.model, info.params) == ("online", "test-model", {"temperature": "0"})


def test_every_request_gets_an_answer_whatever_the_server_does() -> None:
    """A soup of faults over many questions: nothing hangs, nothing is lost."""
    faults: list[Callable[[], Step]] = [
        lambda: fail(500),
        lambda: Step(close="at once"),
        lambda: reply("no"),
        lambda: reply(WRONG),
        lambda: fail(429),
        lambda: reply(None, refusal="no"),
    ]
    names = [f"q{n}" for n in range(30)]
    script = {name: [faults[n % 6]()] for n, name in enumerate(names) if n % 2}
    with serving(script) as server:
        answers = online(server.url, retries=0).answer(requests(*names))
    assert [bool(answers[n].text) for n in names] == [n not in script for n in names]
    assert all(Reply.model_validate_json(a.text) for a in answers.values() if a.text)


# -- a server that is not what it is taken for -------------------------------------------------------------------------


def test_a_silent_or_dripping_server_ends_at_the_deadline_with_a_word_before(monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    from auditor.judges import online as module

    monkeypatch.setattr(module, "PATIENCE", 0.5)
    for step in (Step(wait=30, body={}), Step(body=reply().body, close="drip")):
        said: list[str] = []
        with serving({"q1": [step]}) as server:
            began = time.monotonic()
            answer = online(server.url, timeout=2.0, gate=Gate(say=said.append)).answer(requests("q1"))["q1"]
            assert time.monotonic() - began < 25  # the server would take 30
        assert "did not answer in time (--judge-timeout)" in answer.error
        assert any("waiting for test-model" in line and "1 under way" in line for line in said), said


def test_no_redirect_is_followed_and_nothing_reaches_another_server() -> None:
    for status in (301, 302, 307, 308):
        with serving() as other, serving() as server:
            server.script["q1"] = [Step(status, {}, {"Location": other.url + "/chat/completions"})]
            answers = online(server.url, workers=1).answer(requests("q1", "q2"))
            assert answers["q1"].error.startswith(f"{status}: "), answers["q1"].error
            assert "sends elsewhere" in answers["q1"].error
            assert answers["q2"].error.startswith("not sent, after")
            assert (other.asked, other.keys) == ([], set())


def test_a_reply_is_read_no_further_than_a_reply_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    import gzip

    monkeypatch.setattr(limits, "REPLY_BYTES", limits.Limit(100_000, "bytes", ""))
    large = Step(body=" " * 300_000)
    bomb = Step(body="x", headers={"Content-Encoding": "gzip", "X-Raw": gzip.compress(b" " * 1_000_000).hex()})
    assert "larger than" in one(large, retries=0)[0].error
    assert "compresses its reply" in one(bomb, retries=0)[0].error


@pytest.mark.parametrize("step", [reply("noise"), Step(body="<html>Welcome</html>"), fail(500, "no"), reply(WRONG)])
def test_a_server_of_noise_is_left_alone_after_a_few_answers(step: Step) -> None:
    names = [f"q{n}" for n in range(20)]
    with serving({name: [step] for name in names}) as server:
        answers = online(server.url, workers=1, retries=0).answer(requests(*names))
        assert len(set(server.names)) == 4
    assert "4 answers in a row that were none" in answers["q19"].error
    good = [fail(500), reply()]
    with serving({name: [good[n % 2]] for n, name in enumerate(names)}) as server:
        online(server.url, workers=1, retries=0).answer(requests(*names))
        assert len(set(server.names)) == 20


def test_a_usage_that_no_reply_took_is_not_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from auditor.judges import Store

    monkeypatch.setenv("AUDITOR_PRICE_INPUT", "1")
    monkeypatch.setenv("AUDITOR_PRICE_OUTPUT", "1")
    for tokens in (10**400, -5, True, "many", 1.5):
        odd = reply()
        odd.body["usage"] = {
            "prompt_tokens": tokens,
            "completion_tokens": tokens,
            "prompt_tokens_details": {"cached_tokens": 10**9},
        }
        answer, _ = one(odd)
        assert answer.text == TEXT
        assert (answer.usage.input, answer.usage.output, answer.usage.cached) == (0, 0, 0)
    (tmp_path / "k.json").write_text('{"reply": "{}", "usage": {"input": 1' + "0" * 400 + "}}")
    assert Store(tmp_path).get("k") is None


def test_what_a_server_does_not_take_it_is_asked_without() -> None:
    picture = (("E1", "data:image/jpeg;base64,AAAA"),)
    said: list[str] = []
    with serving(
        {"q1": [fail(400, "image_url is not supported"), fail(400, "role system is unknown"), reply()]}
    ) as server:
        judge = online(server.url, gate=Gate(say=said.append))
        answer = judge.answer(requests("q1", images=picture))["q1"]
        assert answer.text == TEXT
        first, _, last = server.asked
    assert [p["type"] for p in first["messages"][1]["content"]] == ["text", "text", "image_url"]
    assert [m["role"] for m in last["messages"]] == ["user"]
    assert last["messages"][0]["content"].startswith("Read closely.\n\n")
    assert any("takes no images" in line for line in said)


def test_another_model_for_one_request() -> None:
    with serving() as server:
        judge = online(server.url)
        judge.answer(requests("q1") + requests("q2", asks="another-model"))
        assert {b["model"] for b in server.asked} == {"test-model", "another-model"}
    assert key(request("q"), judge.settings) != key(request("q", asks="another-model"), judge.settings)
    assert key(request("q"), judge.settings) != key(request("q", images=(("E1", "x"),)), judge.settings)
