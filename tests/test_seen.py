"""What a reader of the page sees is prose, whatever it is written in, and is quoted as it was written."""

import pytest
from claims.rows import case
from conftest import report

from auditor.claims.case import load
from auditor.claims.run import numbered, settle
from auditor.prepared import Book
from auditor.prose import Statement, read_prose
from auditor.seen import blocks, shown

SAID = "We use pytest for the tests."


def said(answer: str) -> list[Statement]:
    made = report({"tests": answer})
    (question,) = (q for q in made.questions if q.answer)
    found = list(read_prose(made).of())
    for s in found:  # what is quoted stands there, on that line
        assert s.source in question.answer or s.kind in ("row", "fence") or "\n" in s.source, s
        first = s.source.split("\n")[0].strip()
        row = question.answer.split("\n")[s.line - question.answer_lines[0]]
        assert first in row, (s, row)
    return found


@pytest.mark.parametrize(
    "answer",
    [
        f"<!-- -->{SAID}",
        f"<!-- a -->{SAID}",
        f"<!-- a -->\n{SAID}",
        f"<p>{SAID}</p>",
        f"<p align='justify'>\n{SAID}\n</p>",
        f"<div>{SAID}",
        f"<div>\n\n{SAID}\n\n</div>",
        f"<center>{SAID}</center>",
        f"<pre>{SAID}</pre>",
        f"<details><summary>\n{SAID}</summary></details>",
        f"<details>\n{SAID}\n</details>",
        f"<?x?>{SAID}",
        f"<p><![x[ a ]]>{SAID}",
        f"<span>{SAID}</span>",
        f"<span title='a'></span>{SAID}",
        f"<table><tr><td>{SAID}</td></tr></table>",
        f"<ul>\n<li>{SAID}</li>\n</ul>",
        f"<p><script>var we = 'use';</script><style>p {{}}</style>{SAID}</p>",
        f"<p>{SAID} <!-- never ends",
        f"\t{SAID}",
        f"    {SAID}",
        f"\t**{SAID}**",
        f"###### {SAID}",
        f"<h3>{SAID}</h3>",
        f"{SAID}\n===",
        f"{SAID}<br><br>",
        f"{SAID}\n---",
        SAID.replace(" ", "<br>"),
        SAID.replace(" ", "&nbsp;"),
        SAID.replace(" ", "<!-- a --> "),
        SAID.replace("pytest", "<code>pytest</code>"),
        SAID.replace("pytest", "``pytest``"),
        SAID.replace("pytest", "`` pytest ``"),
        SAID.replace("pytest", "<a href='https://example.org/a_(b)'>pytest</a>"),
        SAID.replace("pytest", "<b><i>pytest</i></b>"),
    ],
)
def test_a_sentence_is_one_however_it_is_written(answer: str) -> None:
    assert [s.plain for s in said(answer) if s.kind in ("sentence", "item")] == [SAID]


def test_html_has_paragraphs_entries_rows_headings_and_code() -> None:
    answer = (
        "<h2>Our tests</h2>\n<p>We use <b>pytest</b>\nand <code>ruff</code>. It is &quot;fast&quot; &amp; good.</p>\n"
        "<ul><li>One entry.</li>\n<li>Another one</li></ul>\n"
        "<table>\n<tr><th>File</th><th>Tests</th></tr>\n<tr>\n<td>a.py</td>\n<td>3</td></tr></table>\n<pre><code>pip install .\nmake <i>x</i></code></pre>"
    )
    assert [(s.kind, s.plain, s.line - 10) for s in shift(said(answer))] == [
        ("heading", "Our tests", 0),
        ("sentence", "We use pytest and ruff.", 1),
        ("sentence", 'It is "fast" & good.', 2),
        ("item", "One entry.", 3),
        ("item", "Another one", 4),
        ("row", "| File | Tests", 6),
        ("row", "| a.py | 3", 8),
        ("fence", "pip install . make x", 10),
    ]
    assert said(answer)[1].code == ("ruff",)
    assert said(answer)[1].source == "We use <b>pytest</b>\nand <code>ruff</code>."


def shift(found: list[Statement]) -> list[Statement]:
    """The same as if the answer began on line 10."""
    first = found[0].line
    return [Statement(s.question, s.kind, s.text, s.line - first + 10) for s in found]


def test_what_is_no_tag_is_kept() -> None:
    for answer in (
        "Run `train.py <config>` as it is.",
        "It is < 3 and <3 or a <b.",
        "A \\<b> is shown.",
        "See <https://example.org/a>.",
    ):
        assert [s.text for s in said(answer)] == [answer]
    (s,) = said("A tag &lt;b&gt; is shown, and <b>bold</b>.")
    assert "<b>" not in s.text
    assert "bold" in s.text


def test_code_in_html_that_is_no_code() -> None:
    (s,) = said("We <code>say `a` here</code> and <code> </code>, and <code>open.")
    assert s.code == ("a",)


def test_a_link_and_a_picture_of_html_are_those_of_markdown() -> None:
    (s,) = said('<a href="docs/a b.md">The docs</a> and <img src="figures/a.png" alt="the build">.')
    assert [(k.text, k.target, k.image) for k in s.links] == [
        ("The docs", "docs/a b.md", False),
        ("the build", "figures/a.png", True),
    ]
    assert s.plain == "The docs and the build."


def test_a_link_around_a_paragraph_hides_no_sentence() -> None:
    words = "We use pytest for the tests of the data. " * 4
    assert len(said(f"<a href='x'>{words}</a>")) == len(said(f"[{words}](x)")) == 4


def test_titles_are_no_sentences() -> None:
    kinds = {
        "Tests": "heading",
        "How we did it": "heading",
        "Which tools did you use for the tests of it?": "heading",
        "We use pytest.": "sentence",
        "We use pytest for all tests of our data": "sentence",
    }
    for heading, kind in kinds.items():
        assert next(s.kind for s in said(f"#### {heading}\n\nText.")) == kind
        assert [s.kind for s in said(f"<h4>{heading}</h4>")] == [kind]


@pytest.mark.parametrize(
    "code",
    [
        "python train.py --lr 3",
        "from app import data\n\ndata.load(True)",
        "epoch 1 loss 0.3\nepoch 2 loss 0.2",
        "def load(path):\n    # We read the data from the path.\n    return open(path)",
        "",
    ],
)
def test_code_stays_code(code: str) -> None:
    made = report({"tests": f"It is:\n\n```\n{code}\n```"})
    assert not list(read_prose(made).shown_as_code())
    indented = "\n".join(f"    {row}" for row in code.split("\n"))
    assert not [s for s in said(f"It is:\n\n{indented}")[1:] if s.kind != "fence"]


def test_sentences_in_a_fence_are_code_and_said_so() -> None:
    made = read_prose(report({"tests": f"```\n{SAID}\nAnd it runs them in the workflow.\n```"}))
    assert [s.kind for s in made.statements] == ["fence"]
    assert [s.kind for s in made.shown_as_code()] == ["fence"]


def test_a_claim_is_quoted_as_it_was_written() -> None:
    answer = "<p>First.</p>\n<p>Our tests are in <b>the file</b>\n<code>tests/test_all.py</code>.</p>"
    here = case({"src/a.py": "", "tests/test_a.py": "def test_a():\n    assert 1\n"}, answers={"tests": answer})
    placed, failure = load()[0]["paths"].read(here.prose, here)
    assert not failure
    here.claims = tuple(placed)
    made, failed = settle(here, placed, Book().enter)
    (verdict,) = numbered(made)
    assert not failed
    assert verdict.label == "contradicted"
    assert verdict.claim.quote == "Our tests are in <b>the file</b> <code>tests/test_all.py</code>."
    assert verdict.claim.line == next(q for q in here.report.questions if q.answer).answer_lines[0] + 1


def test_a_configuration_that_the_reader_fetches() -> None:
    files = {
        "train.py": "import hydra\n\n@hydra.main(config_path='configs', config_name='config', version_base=None)\ndef main(cfg):\n    print(cfg.model)\n",
        "configs/config.yaml": "defaults:\n- model: small\n",
        "configs/model/small.yaml": "a: 1\n",
    }
    line = "python train.py model=old"
    for text, label in (("Run `{}`.", "contradicted"), ("Download old.yaml to the folder and run `{}`.", "supported")):
        here = case(files, answers={"reproducibility": text.format(line)})
        (one,) = load()[0]["commands"].read(here.prose, here)[0]
        here.claims = (one,)
        made, _ = load()[1]["command"].settle(one.claim, here)
        assert (made.label if made else "open") == label


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("A <!-- b --> c", "A c"),
        ("<a name='x'></a>A<br>", "A"),
        ("[A b](x.md)", "A b"),
        ("A :tada: b", "A b"),
        ("A <span title='c'>b</span>", "A b"),
        ("A: b and c:d", "A: b and c:d"),
        ("A &amp; b", "A & b"),
        ("`A <b>`", "A <b>"),
    ],
)
def test_shown(row: str, words: str) -> None:
    assert " ".join(shown(row).split()) == words


def test_blocks_of_odd_html() -> None:
    for text in (
        "<",
        "<p",
        "<p <p",
        "</",
        "<!",
        "<!-->",
        "<p>a</pre></table></li>b",
        "<tr><td><tr>x",
        "<code><a href='x'>",
        "</a></code>",
    ):
        list(blocks(text))
    assert [b.seen.text.strip() for b in blocks("<p>a</pre></table></li>b")] == ["a", "b"]


def test_entries_that_an_indent_made_code_are_prose() -> None:
    answer = f"Our workflows are:\n\n    * Tests: {SAID}\n\n    * Linting: This one runs ruff on each push."
    assert [s.plain for s in said(answer)][1:] == [f"* Tests: {SAID}", "* Linting: This one runs ruff on each push."]


def test_two_breaks_part_paragraphs() -> None:
    assert [s.plain for s in said("**Tests**<br><br>\nwe use pytest")] == ["Tests", "we use pytest"]
