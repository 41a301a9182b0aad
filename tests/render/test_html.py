"""The page, without a browser: what is on it, what is not, and that nothing of a report becomes markup, link or script."""

import json
import re
from functools import cache
from pathlib import Path

import pytest
from build_fixture import NAMES, build, fake_key
from pages import Page

from auditor import pipeline
from auditor.decisions import Decision, Decisions
from auditor.errors import UserError
from auditor.models import AuditRecord, Submission, Verdict
from auditor.profile import load_profile
from auditor.render import hosts, html, terminal, written
from auditor.render.margin import _without

UNSAFE = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
NASTY = (
    "<script>alert(1)</script> <img src=x onerror=alert(1)> </style></textarea> \" ' onload=x [a](javascript:alert(1)) {{ 7*7 }}"
    " {% raw %} `<b>code</b>` \x1b[31mred\x1b[0m \u202egnp.exe \u2066x\u2069 &lt; --> ]]> <!-- ```\n</pre> "
    + "A"
    * 20_000
)
_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("pages"))


@cache
def record(name: str) -> AuditRecord:
    repo = build(name, _FOLDER[-1] / name)
    return pipeline.audit(Submission(id=name, repo=str(repo)), load_profile(), figures=True)


def at_host(made: AuditRecord, url: str) -> AuditRecord:
    return made.model_copy(update={"submission": made.submission.model_copy(update={"url": url})})


def assert_inert(text: str) -> Page:
    page = Page(text)
    assert not page.wrong
    assert not page.open
    assert not UNSAFE.search(text)
    assert page.tags.count("script") == 2
    assert page.tags.count("style") == 1
    assert not {"iframe", "object", "embed", "svg", "form", "base", "video", "audio", "source"} & set(page.tags)
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in ("style", "srcset", "action", "formaction", "background"), (tag, name)
        if name == "src":
            assert re.match(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$", value), (tag, value[:60])
        if name == "href" and tag != "link":
            assert re.match(r"https?://|#", value), (tag, value)
    return page


def hostile(made: AuditRecord) -> AuditRecord:
    """A record in which every text that comes from outside tries to act."""

    def nasty(verdict: Verdict) -> Verdict:
        claim = verdict.claim.model_copy(update={"quote": NASTY})
        texts = dict.fromkeys(("report_says", "repo_shows", "difference", "hint", "ask", "demoted"), NASTY)
        return verdict.model_copy(update={"claim": claim, **texts})

    evidence = {
        k: e.model_copy(update={"path": NASTY, "note": NASTY, "excerpt": NASTY, "sources": (NASTY,)})
        for k, e in list(made.evidence.items())
    }
    questions = tuple(
        q.model_copy(
            update={
                "answer": NASTY,
                "answer_lines": (q.answer_lines[0] or q.line, (q.answer_lines[0] or q.line) + 1),
                "row_lines": (),
                "prompt": NASTY,
            }
        )
        for q in made.report.questions
    )
    problem = made.report.problems[:1] and made.report.problems[0].model_copy(update={"message": NASTY, "path": NASTY})
    report = made.report.model_copy(
        update={"text": (NASTY + "\n") * 3 + made.report.text, "questions": questions, "path": NASTY}
    )
    submission = made.submission.model_copy(
        update={"id": NASTY, "repo": NASTY, "branch": NASTY, "before": NASTY, "report_path": NASTY}
    )
    return made.model_copy(
        update={
            "verdicts": tuple(nasty(v) for v in made.verdicts[-8:] + made.verdicts[:3]),
            "findings": tuple(
                f for f in made.findings if f.verdict in {v.id for v in made.verdicts[-8:] + made.verdicts[:3]}
            ),
            "evidence": evidence,
            "report": report,
            "submission": submission,
            "omitted": (problem,) if problem else (),
            "error": NASTY,
        }
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_fixture_is_a_sound_page_with_each_item_question_and_finding(name: str) -> None:
    made = record(name)
    page = assert_inert(html.render(made))
    ids = [value for _, attribute, value in page.attributes if attribute == "id"]
    assert len(ids) == len(set(ids))
    listed = [value for _, attribute, value in page.attributes if attribute == "data-of"]
    assert listed == [str(n + 1) for n in range(len(listed))], "the list is numbered in its own order"
    assert sorted((i for i in ids if re.fullmatch(r"f\d+", i)), key=lambda i: int(i[1:])) == [f"f{n}" for n in listed]
    assert len([a for _, a, _ in page.attributes if a == "data-fingerprint"]) == len(made.findings)
    anchors = {value[1:] for _, attribute, value in page.attributes if attribute == "href" and value.startswith("#")}
    assert anchors <= set(ids)
    assert len(re.findall(r'<div class="one"', html.render(made))) == len(made.verdicts)
    assert {f"q{q.n}" for q in made.report.questions} <= set(ids)
    for item in made.report.items:
        assert item.text.split("`")[0].split("[")[0].split("*")[0].split("<")[0].strip()[:30] in page.text


def test_the_hostile_fixture_is_text_and_the_key_is_not_on_the_page() -> None:
    for text in (html.render(record("hostile")), html.render(record("hostile"), with_private=True)):
        page = assert_inert(text)
        assert "<script>alert(" in page.text
        assert "[ok](javascript:alert(1))" in page.text
        assert fake_key().decode().split()[-1] not in text
        assert "{{ 7*7 }}" in page.text


def test_hostile_text_is_text_wherever_a_record_holds_any() -> None:
    made = hostile(record("overclaiming"))
    chosen = [
        Decision(fingerprint=f.fingerprint, decision="ask", note=NASTY[:400], rule=NASTY, claim=NASTY)
        for f in made.findings
    ]
    text = html.render(made, decisions=Decisions(submission=NASTY, url=NASTY, decisions=tuple(chosen)))
    assert "49" not in Page(text).text.split("{% raw %}")[0][-20:]
    assert_inert(text)


def test_a_long_line_is_cut_and_counted() -> None:
    made = record("consistent")
    report = made.report.model_copy(update={"text": "x" * 1_000_000 + "\n" + made.report.text})
    text = html.render(made.model_copy(update={"report": report}))
    assert len(text) < 900_000
    assert "(990000 more characters)" in text


def test_private_answers_are_on_the_page_only_when_asked_for() -> None:
    made = record("hostile")
    private = next(q for q in made.report.questions if q.n == 2)
    assert private.private
    shown, whole = html.render(made), html.render(made, with_private=True)
    for word in ("s000041", "s000042", "Nils", "nils@example.com", "+45 00"):
        assert word in private.answer
        assert word not in shown, word
        assert word in whole
    assert "holds personal data" in shown
    assert "holds personal data" not in whole


def test_findings_about_private_answers_quote_nothing_of_them() -> None:
    made = record("hostile")
    private = next(q for q in made.report.questions if q.n == 2)
    base = next(v for v in made.verdicts if v.label == "contradicted" and v.by != "probe")
    claim = base.claim.model_copy(
        update={
            "source": base.claim.source.model_copy(update={"n": 2}),
            "quote": private.answer,
            "line": private.line + 3,
        }
    )
    text = dict.fromkeys(("report_says", "repo_shows", "difference", "ask"), private.answer)
    verdict = base.model_copy(update={"claim": claim, **text})
    changed = tuple(verdict if v.id == base.id else v for v in made.verdicts)
    shown = html.render(made.model_copy(update={"verdicts": changed}))
    assert "Nils" not in shown
    assert "About a private answer" in shown


def test_a_finding_shows_its_four_parts_its_question_and_who_found_it() -> None:
    page = Page(html.render(at_host(record("overclaiming"), "https://github.com/example/gridload.git")))
    for part in ("Report says", "Repository shows", "To ask", "Found by a program (", "Found by probe"):
        assert part in page.text
    commit = record("overclaiming").submission.commit
    links = {value for tag, name, value in page.attributes if tag == "a" and name == "href"}
    assert any(
        link.startswith(f"https://github.com/example/gridload/blob/{commit}/") and "#L" in link for link in links
    )
    assert f"https://github.com/example/gridload/blob/{commit}/reports/README.md?plain=1#L227" in links
    assert any(re.search(r"/\.github/workflows/retrain\.yaml#L4-L5$", link) for link in links)


@pytest.mark.parametrize(
    ("url", "link"),
    [
        ("https://github.com/o/r", "https://github.com/o/r/blob/C/a%20b.py#L2-L4"),
        ("git@github.com:o/r.git", "https://github.com/o/r/blob/C/a%20b.py#L2-L4"),
        ("ssh://git@github.com/o/r.git", "https://github.com/o/r/blob/C/a%20b.py#L2-L4"),
        ("git://GitHub.com/o/r.js.git/", "https://github.com/o/r.js/blob/C/a%20b.py#L2-L4"),
        ("ssh://git@github.com:22/o/r.git", "https://github.com/o/r/blob/C/a%20b.py#L2-L4"),
        ("https://ada:word@github.com/o/r", "https://github.com/o/r/blob/C/a%20b.py#L2-L4"),
        ("https://gitlab.com/g/sub/r/", "https://gitlab.com/g/sub/r/-/blob/C/a%20b.py#L2-4"),
        ("https://codeberg.org/o/r", "https://codeberg.org/o/r/src/commit/C/a%20b.py#L2-L4"),
        ("https://bitbucket.org/o/r", "https://bitbucket.org/o/r/src/C/a%20b.py#lines-2:4"),
        ("https://github.com/o", ""),
        ("https://githubxcom/o/r", ""),
        ("https://github.com/o/r?x=1", ""),
        ("https://evil.example/github.com/o/r", ""),
        ("https://github.com.evil.example/o/r", ""),
        ("https://github.com@evil.example/o/r", ""),
        ("javascript:alert(1)//github.com/o/r", ""),
        ("file:///srv/github.com/o/r", ""),
        ("", ""),
    ],
)
def test_links_lead_to_the_commit_at_a_known_host_and_nowhere_else(url: str, link: str) -> None:
    made = at_host(record("overclaiming"), url)
    made = made.model_copy(update={"submission": made.submission.model_copy(update={"commit": "C"})})
    assert hosts.Blob(made).url("a b.py", 2, 4) == link
    assert hosts.Blob(made).tree == re.sub(r"/(-/blob|blob|src/commit|src)/C/.*", "", link)


def test_links_lead_to_lines_of_the_files_as_they_are_written() -> None:
    made = at_host(record("overclaiming"), "https://github.com/o/r")
    made = made.model_copy(update={"submission": made.submission.model_copy(update={"commit": "a b"})})
    blob, at = hosts.Blob(made), "https://github.com/o/r/blob/a%20b/"
    assert blob.url("") == ""
    assert blob.url("a.py") == f"{at}a.py"
    assert blob.url("a.py", 3) == blob.url("a.py", 3, 3) == blob.url("a.py", 3, 2) == f"{at}a.py#L3"
    assert blob.url("a.py", 1, 2) == f"{at}a.py#L1-L2"
    assert blob.url("docs/A.MD", 3) == f"{at}docs/A.MD?plain=1#L3"  # laid out, it has no lines
    assert blob.url("a.markdown", 3, 4) == f"{at}a.markdown?plain=1#L3-L4"
    assert blob.url("a.md") == f"{at}a.md"
    gitlab = hosts.Blob(at_host(made, "https://gitlab.com/o/r"))
    assert gitlab.url("a.md", 3) == "https://gitlab.com/o/r/-/blob/a%20b/a.md#L3"
    assert blob.source("pyproject.toml") == f"{at}pyproject.toml"
    assert blob.source("pyproject.toml:12") == f"{at}pyproject.toml#L12"
    assert blob.source("src/Dockerfile:2") == f"{at}src/Dockerfile#L2"
    assert blob.source("Dockerfile") == blob.source("the history") == blob.source("a.py:b") == ""
    verdict = next(v for v in made.verdicts if made.report.spot(v.claim)[1])
    path, line = made.report.spot(verdict.claim)
    assert hosts.line_url(made, verdict) == f"{at}{path}?plain=1#L{line}"
    nowhere = verdict.model_copy(update={"claim": verdict.claim.model_copy(update={"line": 0})})
    assert hosts.line_url(made, nowhere) == ""


def test_the_words_that_a_citation_quotes_are_marked() -> None:
    rows = list(written.numbered("one two\nthree four\nfive", 7, "two\nthree"))
    assert rows == [
        (7, [("one ", False), ("two", True)]),
        (8, [("three", True), (" four", False)]),
        (9, [("five", False)]),
    ]
    assert list(written.numbered("all", 1, "all")) == [(1, [("all", False)])]


def test_the_claims_words_are_marked_in_the_report_across_code_and_lines() -> None:
    text = html.render(record("overclaiming"))
    marked = re.sub(r"\s+", " ", " ".join(re.findall(r"<mark>(.*?)</mark>", text, re.DOTALL)))
    for words in (
        "In total we have implemented 18 tests.",
        "<code>docs</code>",
        "folder because the README says everything",
    ):
        assert words in marked


def test_images_of_the_repository_are_inlined_and_the_rest_is_named() -> None:
    text = html.render(record("overclaiming"))
    assert text.count("<img ") >= 4
    bare = record("overclaiming").report.model_copy(update={"figures": ()})
    without = html.render(record("overclaiming").model_copy(update={"report": bare}))
    assert "<img " not in without
    assert "a record without images" in without
    assert "no file of the repository" in without
    hostile = record("hostile")
    assert {f.path: f.reason for f in hostile.report.figures} == {
        "reports/figures/evil.svg": "not a PNG, JPEG, GIF or WebP image"
    } or not hostile.report.figures


def test_a_record_without_the_reports_text_still_has_its_page() -> None:
    made = record("overclaiming")
    page = assert_inert(html.render(made.model_copy(update={"report": made.report.model_copy(update={"text": ""})})))
    assert "In total we have implemented 18 tests." in page.text
    assert "Use logging to log important events in your code (M14)" in page.text


def test_dismissed_findings_are_counted_and_not_shown() -> None:
    made = record("overclaiming")
    first, second = made.findings[:2]
    chosen = Decisions(
        submission="overclaiming",
        decisions=(
            Decision(fingerprint=first.fingerprint, decision="dismissed", note="it is in the other repository"),
            Decision(fingerprint=second.fingerprint, decision="ask", note="who wrote it?"),
            Decision(fingerprint="0" * 16, decision="dismissed"),
        ),
    )
    text = html.render(made, decisions=chosen)
    page = Page(text)
    assert "1 finding dismissed earlier is not shown" in page.text
    assert f'data-fingerprint="{first.fingerprint}"' not in text
    assert 'data-decision="ask" data-note="who wrote it?"' in text
    kept = json.loads(re.search(r'id="earlier">(.*?)</script>', text, re.DOTALL)[1])  # type: ignore[index]
    assert len(kept["decisions"]) == 3, "an export must not lose what an earlier one dismissed"
    with pytest.raises(UserError):
        html.render(made, decisions=chosen.model_copy(update={"submission": "another group"}))


def test_the_policy_lets_nothing_in_but_the_pages_own_style_and_script() -> None:
    text = html.render(record("consistent"))
    policy = next(v for t, n, v in Page(text).attributes if t == "meta" and n == "content" and "default-src" in v)
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-\S+'; script-src 'sha256-\S+'; img-src data:; base-uri 'none'; form-action 'none'",
        policy,
    )


def test_the_hostile_fixture_reaches_no_terminal() -> None:
    shown = terminal.render(record("hostile"), show="all")
    assert not UNSAFE.search(shown)


def with_answer(answer: str, line: int) -> AuditRecord:
    """A record whose seventh answer is this text, with the finding about its number of tests on that line of it."""
    made = record("overclaiming")
    start = next(q.line for q in made.report.questions if q.n == 7) + 2
    lines = (start, start + answer.count("\n"))
    questions = tuple(
        q.model_copy(update={"answer": answer, "answer_lines": lines, "row_lines": (), "images": (), "links": ()})
        if q.n == 7
        else q
        for q in made.report.questions
    )
    about = next(v for v in made.verdicts if v.by == "claim:count")
    moved = about.model_copy(update={"claim": about.claim.model_copy(update={"line": start + line})})
    return made.model_copy(
        update={
            "report": made.report.model_copy(update={"questions": questions}),
            "verdicts": tuple(moved if v.id == about.id else v for v in made.verdicts),
        }
    )


@pytest.mark.parametrize(
    ("answer", "line", "shown"),
    [
        (
            "In total we have\nimplemented **18** tests.",
            0,
            r"<mark>implemented </mark>.*<mark>18</mark>.*tests\.</mark><a class=\"ref",
        ),
        ("| a | b |\n|---|---|\n| 1 | x |\n| 2 | y |", 3, r"<td>2<a class=\"ref"),
        ("```\none\ntwo\n```", 2, r"one\n<mark>two</mark><a class=\"ref"),
        ("<div>\n18 tests\n</div>", 1, r"18 tests\n<a class=\"ref|18 tests.*<a class=\"ref"),
        ("- one\n- In total we have implemented 18 tests.", 1, r"<li>\s*<div class=\"row hit\">.*<mark>In total"),
        ("# In total we have implemented 18 tests.", 0, r"<h3><mark>In total"),
        (
            "[ok](javascript:alert(1)) <img src='x' onerror=alert(1)>",
            0,
            r"\[ok\]\(javascript:alert\(1\)\) <span class=\"noimage\">",
        ),
        ("[in the code](../src/x.py)", 0, r'<span class="nolink">in the code</span>'),
        ("[host](https://github.com@evil.example/x)", 0, r'>host</span> <span class="host">\(evil\.example\)</span>'),
        (
            "<details><summary>s</summary>\n\n<!-- hidden --> <script>x</script>",
            0,
            r"&lt;!-- hidden --&gt;.*&lt;script&gt;x",
        ),
        ("", 0, r"No answer\."),
    ],
)
def test_answers_of_all_shapes_keep_their_finding_and_stay_text(answer: str, line: int, shown: str) -> None:
    text = html.render(with_answer(answer, line))
    assert_inert(text)
    part = text[text.index('<section id="q7"') : text.index('<section id="q8"')]
    assert re.search(shown, part, re.DOTALL), part
    assert 'data-rule="prose-contradicts-repository"' in part


def test_images_in_the_reports_html_are_shown_as_those_of_markdown() -> None:
    made = record("overclaiming")
    figure = made.report.figures[0]
    question = next(q for q in made.report.questions if any(i.path == figure.path for i in q.images))
    target = next(i.target for i in question.images if i.path == figure.path)
    answer = f'<p align="center"><img alt="A &amp; B" onload="x()" src="{target}" width=5></p>'
    changed = question.model_copy(update={"answer": answer, "row_lines": ()})
    report = made.report.model_copy(
        update={"questions": tuple(changed if q.n == question.n else q for q in made.report.questions)}
    )
    text = html.render(made.model_copy(update={"report": report}))
    assert_inert(text)
    assert f'<img src="{figure.data}" alt="A &amp; B"' in text


@pytest.mark.parametrize(
    ("path", "note", "said"),
    [
        ("docs/index.md", "docs/index.md is tracked", "is tracked"),
        ("docs/mkdocs.yaml", "docs/mkdocs.yaml: 19 own pages", "19 own pages"),
        ("docs/index.md", "docs/index.mdx is tracked", "docs/index.mdx is tracked"),
        ("", "no docker file has a stage", "no docker file has a stage"),
    ],
)
def test_a_path_stands_once_before_what_is_said_of_it(path: str, note: str, said: str) -> None:
    assert _without(path, note) == said
