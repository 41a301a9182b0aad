"""The online judge over recorded HTTP: no server, no network, the client's and instructor's own code as it is.

How the cassettes came about: cassettes/README.md.
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import vcr
from asking import KEY, requests
from asking import own_environment as own_environment
from server import fail, reply, serving

from auditor.judges.online import Online

CASSETTES = Path(__file__).parent / "cassettes"
NOWHERE = "http://127.0.0.1:9/v1"
SCRIPT = {
    "good": [reply(cached=0)],
    "shape": [reply({"claims": [{"quote": "x", "label": "maybe"}]}), reply(cached=64)],
    "busy": [fail(429, "slow down"), reply(cached=64)],
    "refused": [reply(None, refusal="no")],
    "cut": [reply('{"claims"', finish="length")],
}


def asked(request: Any) -> Any:
    """What of a body decides which reply it gets: not how this version of pydantic or instructor words a re-ask."""
    body = json.loads(request.body)
    return body | {"messages": [m if n < 2 else m["role"] for n, m in enumerate(body["messages"])]}


def same_question(one: Any, other: Any) -> None:
    assert asked(one) == asked(other)


def cassette(mode: str) -> Any:
    player = vcr.VCR(**config())
    player.register_matcher("question", same_question)
    return player.use_cassette(str(CASSETTES / "submission.yaml"), record_mode=mode)


def config() -> dict[str, Any]:
    def anywhere(request: Any) -> Any:
        request.uri = request.uri.replace(request.uri.split("/v1")[0], "http://server")
        return request

    client = ["user-agent", "accept-encoding", "connection", "host", "idempotency-key"]
    stainless = ["arch", "async", "lang", "os", "package-version", "read-timeout", "retry-count", "runtime"]
    return {
        "match_on": ["method", "path", "question"],
        "filter_headers": ["authorization", *client, *(f"x-stainless-{n}" for n in (*stainless, "runtime-version"))],
        "before_record_request": anywhere,
    }


@pytest.fixture
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where the judge asks: nowhere, behind the cassette; the tests' server where one is recorded."""
    mode = request.config.getoption("--record-mode", default=None) or "none"
    with cassette(mode):
        if mode == "none":
            yield NOWHERE
        else:
            with serving(SCRIPT) as server:
                yield server.url


def test_a_submission_replays(address: str, tmp_path: Path) -> None:
    """Good, mended after a re-ask, sent again after a 429, refused, cut off: and the rest of the client is real."""
    judge = Online("test-model", address, tmp_path, workers=1, retries=1)
    answers = judge.answer(requests(*SCRIPT))
    assert [bool(a.text) for a in answers.values()] == [True, True, True, False, False]
    assert answers["refused"].error.startswith("test-model refused")
    assert answers["cut"].error.startswith("the reply was cut off")
    assert (answers["shape"].usage.requests, answers["shape"].usage.cached) == (2, 64)
    assert all(a.stored for a in judge.answer(requests("good", "shape", "busy")).values())


def test_a_request_that_was_not_recorded_finds_no_network(tmp_path: Path) -> None:
    with cassette("none") as played:
        answer = Online("test-model", NOWHERE, retries=0).answer(requests("never asked"))["never asked"]
        assert played.play_count == 0
    assert answer.error.startswith("the connection to 127.0.0.1:9 broke")


def test_cassettes_hold_no_key_and_no_machine() -> None:
    for path in CASSETTES.glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert KEY not in text
        assert not any(
            word in text.lower()
            for word in ("authorization", "bearer", "127.0.0.1", "stainless", os.uname().nodename.lower())
        )
