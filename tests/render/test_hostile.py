"""The hostile fixture and a record full of tricks, in every format: text comes out as text."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from build_fixture import build, fake_key
from markdown_it import MarkdownIt
from test_html import NASTY, UNSAFE
from test_html import hostile as full_of_tricks

from auditor import pipeline
from auditor.decisions import Decision, questions
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile
from auditor.render import github, html, markdown, sarif, terminal

_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("hostile"))


@cache
def record(name: str) -> AuditRecord:
    if name == "tricks":
        return full_of_tricks(record("overclaiming"))
    repo = build(name, _FOLDER[-1] / name)
    return pipeline.audit(Submission(id=name, repo=str(repo)), load_profile())


def asked(made: AuditRecord) -> str:
    return questions(
        made,
        {f.fingerprint: Decision(fingerprint=f.fingerprint, decision="ask", note=NASTY[:900]) for f in made.findings},
    )


FORMATS = {
    "terminal": lambda made: terminal.render(made, show="all"),
    "markdown": lambda made: markdown.render(made, show="all"),
    "questions": asked,
    "sarif": lambda made: sarif.render(made, show="all"),
    "github": github.render,
    "html": html.render,
}


@pytest.mark.parametrize("name", ["hostile", "tricks"])
@pytest.mark.parametrize("format", FORMATS)
def test_no_control_no_direction_mark_and_no_key_comes_out(name: str, format: str) -> None:
    text = FORMATS[format](record(name))
    assert len(text) > 300
    assert not UNSAFE.search(text)
    assert fake_key().decode().split()[-1] not in text


@pytest.mark.parametrize("name", ["hostile", "tricks"])
@pytest.mark.parametrize("format", ["markdown", "questions"])
def test_markdown_gets_no_tag_link_image_or_heading_from_outside(name: str, format: str) -> None:
    text = FORMATS[format](record(name))
    tokens = MarkdownIt("commonmark", {"linkify": False}).enable(["table", "strikethrough"]).parse(text)
    inner = [c for t in tokens for c in (t.children or ())]
    assert not {t.type for t in [*tokens, *inner]} & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "fence",
        "code_block",
    }
    assert sum(t.type == "heading_open" for t in tokens) == 1


@pytest.mark.parametrize("name", ["hostile", "tricks"])
def test_sarif_is_json_with_plain_messages(name: str) -> None:
    log = json.loads(sarif.render(record(name), show="all"))
    messages = [r["message"]["text"] for r in log["runs"][0]["results"]]
    assert messages
    assert not [m for m in messages if re.search(r"(?<!\{)\{\d+\}(?!\})|\]\(", m)]
