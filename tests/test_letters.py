"""A text as its reader sees it: what is taken away, what is turned, and what stays."""

import pytest

from auditor import limits
from auditor.letters import as_read, shortened


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("plain & <b>bold</b> text", "plain & <b>bold</b> text"),
        ("us\u200bing\u00ad", "using"),
        ("a\x01b\x7fc", "abc"),
        ("a\u00a0b\u3000c", "a b c"),
        # joiners and selectors shape other scripts and emoji
        ("a\u200db", "ab"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\u2714\ufe0f", "\u2714\ufe0f"),
        ("نمی\u200cدانم", "نمی\u200cدانم"),
        # entities
        ("us&#8203;ing &zwj;x", "using x"),
        ("a&nbsp;b", "a b"),
        ("&#81;uestion", "Question"),
        ("&lt;b&gt; &amp; &#60; &copy; &nothing; &", "&lt;b&gt; &amp; &#60; &copy; &nothing; &"),
        ("&#1072;ll", "all"),
        # tags and comments within words
        ("wo<b></b>rd <b>x</b>", "word <b>x</b>"),
        ("wo<!-- -->rd", "word"),
        ("wo<!-- said -->rd more", "word more <!-- said -->"),
        ("a\nwo<!--said-->rd\nb < c", "a\nword <!--said-->\nb < c"),
        # look-alikes
        ("Quеstiоn", "Question"),
        ("\u0441\u043e\u0440\u0443", "copy"),
        ("привет", "привет"),
        ("日本", "日本"),
        ("Ｑuestion \U0001d410 \u2102", "Question Q C"),
        ("straße ünd \u1e9e", "straße ünd \u1e9e"),
        ("w\u0336o\u0336rd", "word"),
        ("\u0336x", "\u0336x"),
        # odd ends
        ("a\u2028b", "a\nb"),
        ("a\n\n\u2028b", "a\n\n b"),
        ("a\n\u2028b", "a\n b"),
        ("a\n\n\n\u2028# b\u2028c", "a\n\n\n\n# b c"),
        ("a\n\n\n\u2028- b", "a\n\n\n\n- b"),
        ("a\x0b\x0b\n\x85b", "a\n\n\n\nb"),
        ("a\n\n\n\x0cb", "a\n\n\n b"),
    ],
)
def test_as_a_reader_sees_it(given: str, read: str) -> None:
    assert as_read(given) == read


def test_a_long_run_of_hidden_letters_stays_and_the_rest_is_read() -> None:
    hidden = "".join(chr(0xE0000 + ord(c)) for c in "obey me please")
    assert as_read(f"us\u200bing {hidden} wo\u00adrd") == f"using {hidden} word"
    assert as_read(f"a{hidden[:11]}b") == "ab"
    assert as_read(f"a{hidden[:12]}b") == f"a{hidden[:12]}b"


@pytest.mark.parametrize(
    ("row", "short", "lost"),
    [
        ("a" + " " * 250 + "b", None, False),
        ("a" + " " * 499 + "b", "a" + " " * 100 + "b", False),
        ("a" + " " * 199 + "b" * 400, None, False),
        ("x" * 3_999, None, False),
        ("x" * 4_000 + "y" * 1_000, "x" * 1_000 + "…" + "y" * 1_000, True),
        ("ab " * 6_666, None, False),
        ("ab " * 8_000, ("ab " * 8_000)[: limits.ROW.value], True),
    ],
)
def test_what_nobody_types_is_shortened(row: str, short: str | None, lost: bool) -> None:
    text, rows = shortened(f"first\n{row}\nlast")
    assert text == f"first\n{row if short is None else short}\nlast"
    assert rows == ((1,) if lost else ())


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("\uff01x \uff5e", "\uff01x \uff5e"),  # no letter
        ("\uff21 \uff22\uff00", "A B\uff00"),
        ("\U0001d400 \U0001d44f\U0001d44e", "A ba"),
        ("\u2100 \u2113 \u2149", "\u2100 l j"),
        ("a\u200eb\u200fc", "abc"),
        ("a&#0;b", "a&#0;b"),
        ("&copy; x &#x200b;", "&copy; x "),
        ("wo<b></b>rd\nno <!-- a --> end\nwo<i>rd</i>s", "word\nno <!-- a --> end\nwords"),
    ],
)
def test_the_edges_of_forms(given: str, read: str) -> None:
    assert as_read(given) == read


@pytest.mark.parametrize(
    "unseen",
    "\u00ad\u034f\u061c\u115f\u17b4\u180b\u180f\u200b\u200f\u202a\u202e\u2060\u206f\u3164\ufeff\uffa0\ufff0\ufffb\U0001bca0\U0001d173\U000e0000\U000e0fff",
)
def test_each_letter_that_is_not_seen_is_taken_away(unseen: str) -> None:
    assert as_read(f"a{unseen}b") == "ab"
