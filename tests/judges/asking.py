"""Requests as tests ask them: a shared text, then a question whose last word is its name."""

from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict

from auditor.judges import Request
from auditor.models import Named

KEY = "sk-test-0123456789abcdefghijklmnop"
# What a template engine, a shell or a careless JSON writer would change.
PACK = "E1 ci.yaml\n 1 key: ${{ secrets.WANDB_API_KEY }}\n 2 {{ 7*7 }} {% raw %} \\ud800 \u2028 ærø 😀\n"


class JudgedClaim(BaseModel):
    model_config = ConfigDict(extra="forbid")
    quote: str
    label: Literal["supported", "contradicted", "not_verifiable"]


class Reply(BaseModel):
    model_config = ConfigDict(extra="forbid")
    claims: list[JudgedClaim]


def request(name: str, pack: str = PACK, **more: Any) -> Request:
    """A question about a pack, which is its shared prefix."""
    return Request(
        id=more.pop("id", name),
        messages=(("system", "Read closely."), ("user", f"{pack}\nWhat is wrong here? {name}")),
        schema_name="reply",
        schema=Reply.model_json_schema(),
        prompt=Named(name="judge-answer.v1", hash="abc"),
        shared=len(pack),
        **({"model": Reply} | more),
    )


def requests(*names: str, **more: Any) -> list[Request]:
    return [request(name, **more) for name in names]


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of a judge sees the machine's own keys, servers or prices. Imported where it is to hold."""
    for name in ("OPENAI_BASE_URL", "AUDITOR_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.delenv(name, raising=False)
    for name in ("INPUT", "CACHED", "OUTPUT"):
        monkeypatch.delenv(f"AUDITOR_PRICE_{name}", raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
