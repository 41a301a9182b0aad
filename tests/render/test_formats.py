"""The formats made from a record: valid where there is a schema, anchored on the report, and safe whatever a text holds.

`tests/vendor/sarif-schema-2.1.0.json` is the schema that OASIS publishes with SARIF 2.1.0 (errata 01).
"""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from build_fixture import NAMES, build
from markdown_it import MarkdownIt

from auditor.checking import check
from auditor.models import AuditRecord, Verdict
from auditor.profile import load_profile
from auditor.render import github, html, markdown, sarif, terminal

SCHEMA = json.loads((Path(__file__).parent.parent / "vendor/sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
VALID = jsonschema.Draft4Validator(SCHEMA)
NASTY = (
    "<script>alert(1)</script> <img src=x onerror=y> [click](https://evil.example) ![i](https://evil.example/p.png)"
    " @octocat #12 https://evil.example www.evil.example a@evil.example | a cell | `tick` ``ticks`` {0} {{1}} \x1b[31mred\x1b[0m"
    " \u202egnp.exe ::error file=x::y %0A::set-output name=a::b\n::stop-commands::x\n# heading\n| - | - |\n- [x] done **bold** _it_ ~~s~~ $x$ &lt; \\"
)
_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("formats"))


@cache
def record(name: str) -> AuditRecord:
    return check(build(name, _FOLDER[0] / name), load_profile())


@cache
def hostile() -> AuditRecord:
    """A record in which every text that comes from outside tries to act."""
    made = record("overclaiming")

    def nasty(verdict: Verdict) -> Verdict:
        claim = verdict.claim.model_copy(update={"quote": NASTY})
        texts = dict.fromkeys(("report_says", "repo_shows", "difference", "hint"), NASTY)
        return verdict.model_copy(update={"claim": claim, **texts})

    evidence = {
        k: e.model_copy(update={"path": f"a {NASTY}", "note": NASTY, "excerpt": NASTY})
        for k, e in made.evidence.items()
    }
    submission = made.submission.model_copy(update={"id": NASTY, "report_path": NASTY, "url": "https://x/" + NASTY})
    report = made.report.model_copy(update={"path": "reports/a,b:c\n%.md"})
    return made.model_copy(
        update={
            "verdicts": tuple(nasty(v) for v in made.verdicts),
            "evidence": evidence,
            "submission": submission,
            "report": report,
        }
    )


def run(made: AuditRecord, show: str = "contradicted") -> dict[str, Any]:
    log = json.loads(sarif.render(made, show=show))
    errors = [f"{'/'.join(map(str, e.path))}: {e.message}" for e in VALID.iter_errors(log)]
    assert not errors, errors[:5]
    assert log["$schema"].endswith("sarif-2.1.0.json")
    one: dict[str, Any] = log["runs"][0]
    return one


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("show", ["contradicted", "all"])
def test_sarif_is_valid(name: str, show: str) -> None:
    made = record(name)
    results = run(made, show)["results"]
    assert len([r for r in results if r["kind"] == "fail"]) == len(made.findings)
    unsettled = [v for v in made.verdicts if v.label == "not_verifiable"]
    assert len([r for r in results if r["kind"] == "open"]) == (len(unsettled) if show == "all" else 0)


def test_sarif_stands_on_the_reports_lines_with_its_evidence_beside() -> None:
    made = record("overclaiming")
    one = run(made)
    verdicts = {v.id: v for v in made.verdicts}
    rules = [r["id"] for r in one["tool"]["driver"]["rules"]]
    for finding, result in zip(made.findings, one["results"], strict=True):
        verdict = verdicts[finding.verdict]
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == made.report.path
        assert place["region"]["startLine"] == verdict.claim.line
        assert (result["ruleId"], result["level"]) == (finding.rule, finding.level)
        assert rules[result["ruleIndex"]] == finding.rule
        assert result["partialFingerprints"] == {"auditorFinding/v2": finding.fingerprint}
        assert "To do: " in result["message"]["text"]
        cited = {made.evidence[c.evidence].path for c in verdict.citations} - {"", made.report.path}
        beside = {r["physicalLocation"]["artifactLocation"]["uri"] for r in result.get("relatedLocations", [])}
        assert beside == cited


def test_sarif_says_that_an_audit_failed() -> None:
    failed = record("consistent").model_copy(update={"error": "no report", "findings": (), "verdicts": ()})
    assert run(failed)["invocations"][0]["executionSuccessful"] is False


def test_hostile_text_is_text_in_sarif() -> None:
    one = run(hostile(), "all")
    whole = json.dumps(one, ensure_ascii=False)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", whole)
    for result in one["results"]:
        text = result["message"]["text"]
        assert "](" not in text  # no link
        assert not re.search(r"(?<!\{)\{(\{\{)*\d", text)  # no placeholder


def test_annotations_are_one_line_each_and_start_no_other_command() -> None:
    for made in (record("overclaiming"), hostile()):
        rows = github.render(made).split("\n")
        assert rows.pop() == ""
        assert len(rows) == len(made.findings)
        for row in rows:
            assert re.match(r"::(error|warning|notice) file=[^,:\n]+,line=\d+,title=[\w-]+::\S", row), row
            assert "\r" not in row
            assert "\x1b" not in row
            body = row.split("::", 2)[2]
            assert not re.search(r"%(?!25|0A|0D)", body)
    assert "file=reports/a%2Cb%3Ac %25.md," in github.render(hostile())


def test_a_summary_is_a_table_of_findings() -> None:
    made = record("overclaiming")
    shown = markdown.render(made)
    assert len(re.findall(r"(?m)^\| (error|warning|note) \|", shown)) == len(made.findings)
    assert "Findings: " in shown
    assert "not a grade" in shown
    assert "Findings: none" in markdown.render(record("consistent"))
    assert len(markdown.render(made, show="all")) > len(shown)


def test_a_box_of_another_file_is_placed_in_that_file() -> None:
    made = record("overclaiming")
    listed = "documents/checklist.md"
    apart = made.model_copy(update={"report": made.report.model_copy(update={"checklist": listed})})
    verdicts = {v.id: v for v in made.verdicts}
    boxes = [v for f in made.findings if (v := verdicts[f.verdict]).claim.source.kind == "item"]
    answers = [v for f in made.findings if (v := verdicts[f.verdict]).claim.source.kind == "question"]
    line, other = boxes[0].claim.line, answers[0].claim.line
    table = markdown.render(apart)
    assert f"| `{listed}:{line}` |" in table
    assert f"| {other} |" in table
    assert f"| {line} |" in markdown.render(made)
    assert f"[{listed}:{line}]" in terminal.render(apart, colour=False)
    assert f"file={listed},line={line}," in github.render(apart)
    page = html.render(apart)
    assert f"{listed}, line {line}" in page
    assert f"Checklist in {listed}" in page
    assert f"{listed}, line {other}<" not in page
    assert "checklist.md" not in html.render(made)
    placed = [r["locations"][0]["physicalLocation"] for r in run(apart)["results"]]
    assert {p["region"]["startLine"] for p in placed if p["artifactLocation"]["uri"] == listed} == {
        b.claim.line for b in boxes
    }


def test_hostile_text_is_text_in_markdown() -> None:
    made = hostile()
    parser = MarkdownIt("gfm-like", {"linkify": False}).enable("table")
    for show in ("contradicted", "all"):
        shown = markdown.render(made, show=show)
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
        tokens = parser.parse(shown)
        kinds = {t.type for t in tokens} | {c.type for t in tokens for c in t.children or ()}
        assert not kinds & {"html_block", "html_inline", "link_open", "image", "s_open", "em_open", "fence", "hr"}
        assert [t.tag for t in tokens if t.type == "heading_open"] == ["h3"]
        bold = [
            t.children[i + 1].content
            for t in tokens
            if t.children
            for i, c in enumerate(t.children)
            if c.type == "strong_open"
        ]
        assert all(re.fullmatch(r"[a-z-]+", b) for b in bold)
        rows = [i for i, t in enumerate(tokens) if t.type == "tr_open"]
        for i in rows:
            cells = 0
            for token in tokens[i + 1 :]:
                if token.type == "tr_close":
                    break
                cells += token.type in ("td_open", "th_open")
            assert cells == 4
        # outside code, nothing that a host makes a link or a mention of
        outside = "".join(c.content for t in tokens for c in t.children or () if c.type == "text")
        assert not re.search(r"@\w|#\d|://|www\.", outside)
        assert all(NASTY.split("\n")[0][:8] not in t.content for t in tokens if t.type == "html_block")


def test_code_keeps_backticks_and_pipes_in() -> None:
    for text in ("a `b` c", "``x``", "`", "a|b", "plain"):
        tokens = MarkdownIt("commonmark").enable("table").parse(f"| a |\n| - |\n| {markdown.code(text)} |\n")
        spans = [c.content for t in tokens for c in t.children or () if c.type == "code_inline"]
        assert spans == [text]


def test_escaped_markdown_reads_well_as_it_stands() -> None:
    from auditor.escape import plain

    assert plain("We use `train_model.py` | 5 * 3 #") == r"We use \`train\_model.py\` \| 5 \* 3 \#"
    assert plain("<b>R&D</b> [x](y) $1$") == "&lt;b&gt;R&amp;D&lt;/b&gt; &#91;x&#93;(y) &#36;1&#36;"
    assert plain("see #12 and @ada") == r"see \#&#8288;12 and @&#8288;ada"
