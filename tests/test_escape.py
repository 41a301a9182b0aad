"""Foreign text into each medium: the very text that comes out."""

import csv
import io
import json

import pytest

from auditor import escape
from auditor.models import JudgeInfo

ODD = "\N{REPLACEMENT CHARACTER}"


@pytest.mark.parametrize(
    ("given", "safe", "line"),
    [
        ("plain\nrows", "plain\nrows", "plain rows"),
        ("a\tb", "a    b", "a b"),
        ("\x1b[2J", f"{ODD}[2J", f"{ODD}[2J"),
        ("a\rb", f"a{ODD}b", f"a{ODD}b"),
        ("a\x7f\x9f\u2028\u202e\u200b\ufeffb", f"a{ODD * 6}b", f"a{ODD * 6}b"),
        ("\ud800", ODD, ODD),
        ("\U000e0061", ODD, ODD),
        ("  é  \U0001f600 ", "  é  \U0001f600 ", "é \U0001f600"),
    ],
)
def test_text_and_line(given: str, safe: str, line: str) -> None:
    assert escape.safe(given) == safe
    assert escape.one_line(given) == line


@pytest.mark.parametrize(
    ("width", "line"), [(0, "abcdef"), (7, "abcdef"), (6, "abcdef"), (5, "abcd…"), (2, "a…"), (1, "…")]
)
def test_a_line_is_cut_with_an_ellipsis(width: int, line: str) -> None:
    assert escape.one_line("abcdef", width) == line


@pytest.mark.parametrize(
    ("given", "log"),
    [
        ("::error::x", ": :error::x"),
        ("  ::error::x", "  : :error::x"),
        ("a ::error::x", "a ::error::x"),
        ("a\n::error::x", "a\n: :error::x"),
        ("a ##[group]", "a # #[group]"),
        ("# [x] ##x :a", "# [x] ##x :a"),
    ],
)
def test_no_command_for_a_runner(given: str, log: str) -> None:
    assert escape.log(given) == log


def test_a_note_is_one_line_and_keeps_its_blanks() -> None:
    assert escape.note("a  b\n::x\x1b") == f"a  b ::x{ODD}"
    assert escape.note("::x  y") == ": :x  y"


@pytest.mark.parametrize(
    ("given", "cell"),
    [
        (1, 1),
        (None, None),
        ("a;b;c", "a;b;c"),
        ("int x;", "int x; "),
        ("a;=1; +b", "a;'=1; '+b"),
        ('a;"=1";b', 'a;\'"=1";b'),
        (";;=1", ";;'=1"),
        ("a=1", "a=1"),
        ("a; b;c ; d", "a; b;c ; d"),
        ("a;=1", "a;'=1"),
        ("a; \t-1;b;@c", "a; '-1;b;'@c"),
        ("a;;=1", "a;;'=1"),
        *((f"{sign}1", f"'{sign}1") for sign in "=+-@|%\uff1d\uff0b\uff0d\uff20"),
        ("\n =1", "'=1"),
        ("x" * 2_000, "x" * 2_000),
        ("x" * 2_001, "x" * 1_999 + "…"),
    ],
)
def test_a_cell_is_no_formula_and_keeps_its_words(given: object, cell: object) -> None:
    assert escape.cell(given) == cell


def test_a_row_is_read_back_and_nothing_that_a_semicolon_begins_is_a_formula() -> None:
    said = ["a; b", 'x;"=1+1";y', ";=1", '";""=2', "c,d;", 'e;"', "f; -1", "-g", "\uff1dh;\uff0b1", "", 1, 0.5, None]
    text = "".join(escape.csv_row(said[n:] + said[:n]) for n in range(len(said)))
    rows = list(csv.reader(io.StringIO(text)))
    assert [len(r) for r in rows] == [len(said)] * len(said)
    assert [c.strip().replace("'", "") for c in rows[0]] == ["" if v is None else str(v) for v in said]
    for mark in (";", ",", "\t", "|"):
        for one in csv.reader(io.StringIO(text), delimiter=mark):
            assert not [c for c in one if c.strip().startswith(("=", "+", "-", "@", "\uff1d", "\uff0b"))]


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ('["é"]\r\n', '["é"]\r\n'),
        ('["\x1b"]', '["\\u001b"]'),
        ('["\u202e"]', '["\\u202e"]'),
        ('["\U000e0061"]', '["\\udb40\\udc61"]'),
        ('["\U0001bca3"]', '["\\ud82f\\udca3"]'),
        ('["##[a] # [##]"]', '["#\\u0023[a] # [##]"]'),
        ('["\ufff9"]', '["\\ufff9"]'),
    ],
)
def test_json_means_the_same(given: str, text: str) -> None:
    assert escape.json_text(given) == text
    assert json.loads(escape.json_text(given)) == json.loads(given, strict=False)


def test_a_record_is_json_whatever_it_holds() -> None:
    """Half a letter is a replacement character, as a question mark is what an encoder puts there."""
    assert escape.record_json(JudgeInfo(name="é")).startswith('{\n  "name": "é"')
    flat = escape.record_json(JudgeInfo(name="é"), 0)
    assert flat.endswith("}\n")
    assert '\n  "' not in flat
    odd = escape.record_json(JudgeInfo(name="a\ud800é"))
    assert odd.startswith('{\n  "name": "a?é"')
    assert odd.endswith("}\n")


@pytest.mark.parametrize(
    ("given", "plain"),
    [
        ("a  *b*", r"a \*b\*"),
        ("\\`_[]<>#|~&$", r"\\\`\_&#91;&#93;&lt;&gt;\#\|\~&amp;&#36;"),
        ("@ada a@b @ x", "@&#8288;ada a@&#8288;b @ x"),
        ("#12 # 1", r"\#&#8288;12 \# 1"),
        ("https://a.b:8", "https:&#8288;//a.b:8"),
        ("WWW.a.b awww.x www", "WWW&#8288;.a.b awww.x www"),
    ],
)
def test_markdown_shows_it_as_it_is(given: str, plain: str) -> None:
    assert escape.plain(given) == plain


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("", ""),
        (" \n ", ""),
        ("a b", "`a b`"),
        ("a|b", "`a\\|b`"),
        ("a`b``c", "```a`b``c```"),
        ("`a", "`` `a ``"),
        ("a`", "`` a` ``"),
        ("##[x]", "`# #[x]`"),
    ],
)
def test_a_span_of_code_ends_where_it_should(given: str, code: str) -> None:
    assert escape.code(given) == code


def test_both_are_cut() -> None:
    assert (escape.plain("abcdef", 3), escape.code("abcdef", 3)) == ("ab…", "`ab…`")


def test_a_workflow_command_and_its_property() -> None:
    assert escape.data("50%\n::x\ry\x1b") == f"50%25%0A::x{ODD}y{ODD}"
    assert escape.prop("a:b,c\nd%") == "a%3Ab%2Cc d%25"


def test_a_message_of_sarif_has_no_placeholder_and_no_link() -> None:
    assert escape.message("a  {0}\n[x](y) \x1b") == f"a {{{{0}}}} [x] (y) {ODD}"


@pytest.mark.parametrize(
    ("target", "address", "host"),
    [
        ("https://a.org", "https://a.org/", "a.org"),
        (" HTTP://A.org/x y?q=é#ü ", "http://a.org/x%20y?q=%C3%A9#%C3%BC", "a.org"),
        ("http://a.org:80/", "http://a.org:80/", "a.org:80"),
        ("http://a.org:0/", "http://a.org:0/", "a.org:0"),
        ("http://127.0.0.1/", "http://127.0.0.1/", "127.0.0.1"),
        ("https://bücher.de/x", "https://xn--bcher-kva.de/x", "xn--bcher-kva.de"),
        ("https://a.org/~a/%2e+b;c,d@e(f)*&$'!=:", "https://a.org/~a/%2e+b;c,d@e(f)*&$'!=:", "a.org"),
        ("https://a.org/?a=1&b=/:?~+!$,;'@()*%#a/?&=:~+!$,;'@()*%", "https://a.org/?a=1&b=/:?~+!$,;'@()*%#a/?&=:~+!$,;'@()*%", "a.org"),
        ("https://good.org@evil.org/x", "", "evil.org"),
        ("https://user:word@evil.org:8/x", "", "evil.org:8"),
        ("javascript:alert(1)", "", ""),
        ("ftp://a.org/", "", ""),
        ("https://a.org\\@b.org", "", ""),
        ("https://a.org:x/", "", ""),
        ("https://a.org:99999/", "", ""),
        ("https://[::1", "", ""),
        ("https://256.1.1.1/", "", ""),
        ("https://1.2.3/", "", ""),
        ("https://0x7f.1/", "", ""),
        ("https://a%2eb/", "", ""),
        ("https:///x", "", ""),
        ("https://é" + "a" * 70 + ".org", "", ""),
        ("reports/figures/a.png", "", ""),
    ],
)  # fmt: skip
def test_where_a_page_may_lead(target: str, address: str, host: str) -> None:
    assert escape.link(target) == (address, host)
