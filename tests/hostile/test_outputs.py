"""Outputs carry nothing: hostile texts in every place of a record that can hold them, through every format of every verb."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any, get_args
from urllib.parse import urlsplit

import pytest
import texts
from build_fixture import build
from markdown_it import MarkdownIt
from pages import Page
from pydantic import BaseModel
from typer.testing import CliRunner

from auditor import batch as many
from auditor import cli, cli_notes, escape, pipeline
from auditor.decisions import Decision, questions
from auditor.groups import read_groups
from auditor.judges import NoJudge
from auditor.models import AuditRecord, GroupEntry, JudgeInfo, Named, Noted, Statistics, Submission, Tool
from auditor.profile import load_profile
from auditor.render import github, html, index, markdown, sarif, terminal

# What holds a record together, and what is a word of a closed list, is the program's own.
_OWN = {
    "schema_version", "id", "verdict", "rule", "evidence", "fingerprint", "formerly", "finding", "verdicts", "kind", "label", "level", "standing", "matched", "mark", "data", "reading", "by"
}  # fmt: skip
_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("outputs"))


@cache
def plain_record() -> AuditRecord:
    repo = build("overclaiming", _FOLDER[-1] / "overclaiming")
    made = pipeline.audit(Submission(id="g", repo=str(repo)), load_profile())
    kept = {f.verdict for f in made.findings[:4] + made.findings[-3:]} | {v.id for v in made.verdicts[-6:]}
    return made.model_copy(
        update={
            "verdicts": tuple(v for v in made.verdicts if v.id in kept),
            "findings": tuple(f for f in made.findings if f.verdict in kept),
            "unjudged": made.report.problems[:1],
            "report": made.report.model_copy(update={"questions": made.report.questions[:8], "text": ""}),
        }
    )


class Filled:
    """A copy of a record with the next hostile text in each free text of it."""

    def __init__(self, said: tuple[str, ...]) -> None:
        self.said, self.at = said, 0

    def next(self) -> str:
        self.at += 1
        return self.said[self.at % len(self.said)]

    def of(self, value: Any, name: str = "") -> Any:
        if isinstance(value, BaseModel):
            own = {f for f in type(value).model_fields if f in _OWN}
            if type(value).__name__ in ("Audited", "GroupEntry"):
                own -= {"id"}
            return value.model_copy(
                update={
                    f: self.of(getattr(value, f), f)
                    for f, known in type(value).model_fields.items()
                    if f not in own and "Literal" not in str(known.annotation)
                }
            )
        if isinstance(value, str):
            return self.next()
        if isinstance(value, tuple):
            return tuple(self.of(v, name) for v in value)
        if isinstance(value, dict):
            return {k: self.of(v, name) for k, v in value.items()}
        return value


@cache
def hostile(n: int) -> AuditRecord:
    made = Filled(list(texts.rounds())[n]).of(plain_record())
    assert isinstance(made, AuditRecord)
    text = "\n".join(list(texts.rounds())[n])
    first = made.submission.model_copy(update={"url": f"https://github.com/a/{made.submission.url}"})
    report = made.report.model_copy(update={"text": text if n % 2 else "", "checklist": ""})
    return made.model_copy(update={"report": report, "submission": first, "error": ""})


ROUNDS = range(len(list(texts.rounds())))
SHOWN = {
    "terminal": lambda made: terminal.render(made, show="all"),
    "error": lambda made: terminal.render(made.model_copy(update={"error": made.submission.repo or "::error::x"})),
    "markdown": lambda made: markdown.render(made, show="all"),
    "questions": lambda made: questions(
        made,
        {f.fingerprint: Decision(fingerprint=f.fingerprint, decision="ask", note=f.verdict) for f in made.findings},
    ),
    "sarif": lambda made: sarif.render(made, show="all"),
    "github": github.render,
    "html": html.render,
    "json": escape.record_json,
}


def acts(text: str) -> Iterator[str]:
    """What in an output would act on a terminal, or hide."""
    for character in set(text):
        kind = unicodedata.category(character)
        if (kind in ("Cc", "Cf", "Cs", "Zl", "Zp") and character not in "\n") or re.match(escape._UNSAFE, character):
            yield repr(character)


def commands(text: str) -> list[str]:
    """The lines that a workflow's runner takes for commands."""
    return [row for row in text.split("\n") if row.lstrip().startswith("::") or "##[" in row]


@pytest.mark.parametrize("n", ROUNDS)
@pytest.mark.parametrize("format", SHOWN)
def test_no_output_acts_on_a_terminal_or_a_log(format: str, n: int) -> None:
    text = SHOWN[format](hostile(n))
    assert len(text) > 20
    assert not list(acts(text))
    if format == "github":  # its own commands, one a finding, and nothing else
        assert all(
            re.match(r"::(?:error|warning|notice) file=[^,:\n]*,line=\d+,title=[^,:\n]*::", r)
            for r in text.splitlines()
        )
        assert len(text.splitlines()) == len(hostile(n).findings)
    elif format != "html":  # a page is no log
        assert not commands(text)


@pytest.mark.parametrize("n", ROUNDS)
def test_json_means_what_it_meant(n: int) -> None:
    made = hostile(n)
    assert AuditRecord.model_validate_json(escape.record_json(made)) == AuditRecord.model_validate_json(
        made.model_dump_json()
    )
    json.loads(sarif.render(made, show="all"))


@pytest.mark.parametrize("n", ROUNDS)
def test_a_page_has_its_own_tags_alone(n: int) -> None:
    plain, page = Page(html.render(plain_record())), Page(html.render(hostile(n)))
    assert not page.open
    assert not page.wrong
    assert {t for t in page.tags if t not in plain.tags} <= {
        "strong",
        "em",
        "s",
        "hr",
        "blockquote",
        "ul",
        "ol",
        "li",
        "pre",
        "code",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "mark",
        "q",
    }
    assert not [a for a in page.attributes if a[1].startswith("on") or a[1] in ("srcdoc", "style", "formaction")]
    for tag, name, value in page.attributes:
        if name in ("href", "src", "action"):
            assert value.startswith(("#", "https://", "http://", "data:image/")) or (tag, value) == ("link", "data:,")


@pytest.mark.parametrize("n", ROUNDS)
@pytest.mark.parametrize("format", ["markdown", "questions"])
def test_markdown_has_its_own_marks_alone(format: str, n: int) -> None:
    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    tokens = parser.parse(SHOWN[format](hostile(n)))
    inner = [c for t in tokens for c in (t.children or ())]
    found = {t.type for t in [*tokens, *inner]}
    assert not found & {
        "html_block",
        "html_inline",
        "link_open",
        "image",
        "fence",
        "code_block",
        "blockquote_open",
        "hr",
    }
    assert sum(t.type == "heading_open" for t in tokens) == 1


def entries(n: int) -> list[GroupEntry]:
    noted = Noted(level="error", rule="checked-but-absent", about="ci-tests", by="probe", line=3, quote="x")
    said = iter(list(texts.rounds())[n])
    made = []
    for text in said:
        entry = GroupEntry(
            id="x", name="x", repo="x", error="x", findings=(noted,), statistics=Statistics(), unjudged=("x",)
        )
        made.append(
            Filled((text,)).of(entry).model_copy(update={"levels": {}, "labels": {}, "items": {}, "standings": {}})
        )
    return made


def in_cells(text: str, mark: str) -> Iterator[str]:
    csv.field_size_limit(10**9)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
        yield from row


@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_no_cell_is_a_formula_however_the_table_is_split(mark: str) -> None:
    course = index.Class(Named(name="x"), JudgeInfo(), Tool(version="0"), {})
    for one in entries(0):
        course.add(one)
    table = index.to_csv(course)
    assert not list(acts(table))
    assert len(table.splitlines()) == len(texts.ALL) + 1
    for cell in in_cells(table, mark):
        assert not re.match(r"\s*[=+@\uff1d\uff0b\uff20|%-](?!\d*$)", cell), cell


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a;=1+1", "a;'=1+1"),
        ("a; -2", "a; '-2"),
        ("a;b; c", "a;b; c"),
        ("a;\uff1dx", "a;'\uff1dx"),
        ("=1", "'=1"),
        ("a, -b", "a, -b"),
    ],
)
def test_what_stood_behind_a_semicolon_is_no_formula_either(text: str, shown: str) -> None:
    assert escape.cell(text) == shown


def test_the_page_and_the_summary_of_a_class_carry_nothing() -> None:
    course = index.Class(Named(name="x\x1b"), JudgeInfo(name="<b>", model="\u202e"), Tool(version="0"), {})
    course.note = "<script>\x1b"
    for one in entries(0):
        course.add(one)
    page = "".join(index.render(course, {g.id: f"groups/{n}.html" for n, g in enumerate(course.groups)}))
    assert not list(acts(page))
    read = Page(page)
    assert not read.wrong
    assert {v for _, name, v in read.attributes if name in ("href", "src")} <= {
        "findings.csv",
        "gradebook.csv",
        *(f"groups/{n}.html" for n in range(len(texts.ALL))),
    }
    assert not [a for a in read.attributes if a[1].startswith("on")]
    summary = "".join(index.to_json(course, course.groups))
    assert not list(acts(summary))
    assert not commands(summary)
    assert [g["id"] for g in json.loads(summary)["groups"]] == [g.id for g in course.groups]


# -- links -------------------------------------------------------------------------------------------------------------

_NAME = re.compile(r"(?:[a-z0-9_-]+\.)*[a-z][a-z0-9-]*\.?|\d+\.\d+\.\d+\.\d+")


@pytest.mark.parametrize("target", [*texts.LINKS, *(f"  {t}" for t in texts.LINKS[:6])])
def test_the_host_beside_a_link_is_where_it_leads(target: str) -> None:
    url, shown = escape.link(target)
    if url:
        parts = urlsplit(url)
        assert parts.netloc == shown
        assert "@" not in parts.netloc
        assert _NAME.fullmatch(parts.hostname or "")
        assert re.fullmatch(r"[!-~]+", url)
        assert not re.search(r"[\"<>\\\\]", url)
    if "evil" in target and url:
        assert "evil" in shown or "github.com/?@evil.example/" in url or "#@evil" in url


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("https://github.com/a/b?c=d#e", "github.com"),
        ("http://Example.ORG:8080/x y", "example.org:8080"),
        ("https://bücher.example/", "xn--bcher-kva.example"),
        ("https://127.0.0.1:5000/docs", "127.0.0.1:5000"),
        ("http://localhost:8000", "localhost:8000"),
        ("https://wandb.ai/a_b/c-d/runs/x?nw=1&y=%20z", "wandb.ai"),
    ],
)
def test_ordinary_addresses_are_links(target: str, shown: str) -> None:
    assert escape.link(target)[1] == shown
    assert escape.link(target)[0].startswith(target.split("://")[0])


# -- the verbs ---------------------------------------------------------------------------------------------------------

VERBS = ("audit", "check", "render", "batch", "eval", "answers", "probes")
SAID = [t for t in texts.ALL if len(t) < 150 and "\0" not in t and "\ud800" not in t][::4]


def said_by(*arguments: str) -> str:
    """All that a verb writes to a terminal or a log; a UserError as `main` prints it."""
    made = CliRunner().invoke(cli.app, list(arguments))
    shown = made.output
    if made.exception and not isinstance(made.exception, SystemExit):
        message = getattr(made.exception, "message", None)
        assert message is not None, made.exception
        shown += "".join(f"auditor: {escape.note(m)}\n" for m in message.split("\n"))
    return shown


@pytest.mark.parametrize("verb", VERBS)
def test_error_lines_carry_nothing(verb: str, tmp_path: Path) -> None:
    for text in SAID:
        name = str(tmp_path / "x") + text.replace("/", "-")
        shown = said_by(verb, *(["--out", str(tmp_path / "out")] if verb == "batch" else []), "--", name)
        assert not list(acts(shown.replace("\r", ""))), text
        assert not commands(shown), text


def test_a_hosts_words_do_not_reach_a_terminal_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def write(self, text: str) -> int:
            written.append(text)
            return len(text)

    monkeypatch.setattr("sys.stderr", Terminal())
    say = cli_notes.on_progress()
    assert say is not None
    for text in texts.ALL:
        say(f"remote: Counting objects: 50% (1/2) {text}")
    for line in written:
        foreign = line.removeprefix("\r\x1b[K").removesuffix("\r\x1b[K")
        assert not list(acts(foreign))


@pytest.mark.parametrize("format", get_args(cli.Format))
def test_render_writes_a_hostile_record_in_every_format(format: str, tmp_path: Path) -> None:
    stored = tmp_path / "record.json"
    for n in ROUNDS:
        stored.write_text(escape.record_json(hostile(n)), encoding="utf-8")
        shown = said_by("render", str(stored), "--format", format, "--show", "all")
        assert len(shown) > 300
        assert not list(acts(shown))


def test_a_list_of_hostile_groups_is_told_of_quietly(tmp_path: Path) -> None:
    listed = tmp_path / "groups.csv"
    with listed.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["group", "repo"])
        writer.writerows([f"a{t}{n}", str(tmp_path / "none")] for n, t in enumerate(SAID))
    told: list[str] = []
    groups = read_groups(listed, before="", check_time=pipeline.moment, note=told.append)
    folder = many.Folder(tmp_path / "out", ("html", "markdown", "sarif", "text"))
    profile = load_profile()
    course = many.run(
        groups, profile, NoJudge(), folder, many.Terms.of(profile, NoJudge()), workers=2, make=ThreadPoolExecutor
    )
    assert len(course.groups) == len(SAID)
    shown = "\n".join(escape.note(f"{g.id}: {g.error}") for g in course.groups)
    assert not list(acts(shown))
    assert not commands(shown)
    for path in (tmp_path / "out").glob("*.*"):
        assert not list(acts(path.read_bytes().decode("utf-8"))), path
    for path in (tmp_path / "out" / "groups").iterdir():
        assert not list(acts(path.read_bytes().decode("utf-8"))), path
        assert not commands(path.read_bytes().decode("utf-8")), path
