"""The gate of a request: what a block shows, and that nothing else gets through."""

import pickle
import re

import pytest

from auditor.judges import gate
from auditor.judges.gate import Block, Gate, Shown
from auditor.judges.private import Veil
from auditor.models import Named
from auditor.prompts import Prompt

GATE = Gate(Veil())


def shown(text: str) -> Shown:
    return GATE.text(text)


def test_nobody_else_makes_shown_text() -> None:
    with pytest.raises(TypeError, match="made by the gate"):
        Shown("x", object())
    again = pickle.loads(pickle.dumps(shown("a\nb")))
    assert (again.text, len(again), again.rows) == ("a\nb", 3, ["a", "b"])


@pytest.mark.parametrize("head", ["a`b", "a\nb", "é", "a=b", "<a>"])
def test_a_head_is_the_programs_own_words(head: str) -> None:
    with pytest.raises(TypeError, match="own words"):
        Block(head)
    assert Block("[E1] lines 2-3, (a/b): #1; c.").text == "[E1] lines 2-3, (a/b): #1; c."


@pytest.mark.parametrize(
    ("block", "text"),
    [
        (Block(), ""),
        (Block("E1", shown("a.py")), "E1 a.py"),
        (Block("", shown("a.py")), "a.py"),
        (Block("E1", None, shown("x\ny")), "E1\nx\ny"),
        (Block("", None, shown("x\ny")), "x\ny"),
        (Block("", None, shown("x\ny\nz"), (3, 4, 9)), "   3 x\n   4 y\n     ...\n   9 z"),
        (Block("E1", shown("a.py"), shown("x\ny"), (1, 3)), "E1 a.py\n   1 x\n     ...\n   3 y"),
        (Block("", None, shown("x"), (12345,)), "12345 x"),
    ],
)
def test_how_a_block_is_shown(block: Block, text: str) -> None:
    assert block.text == text


def test_rows_and_their_numbers_are_as_many() -> None:
    with pytest.raises(ValueError, match="zip"):
        _ = Block("", None, shown("x\ny"), (1,)).text


def test_lines_are_cut_and_clean() -> None:
    assert (
        shown("a" * 401 + "\nb\x1b\ufe00").text == "a" * 400 + "\nb\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"
    )
    assert GATE.text("abcdef", 3).text == "abc"
    assert GATE.line("a\n b\u202e" + "c" * 3_000).text == "a b\N{REPLACEMENT CHARACTER}" + "c" * 1_996
    assert GATE.line("abc", 2).text == "ab"
    assert GATE.rows(shown("a\nb\nc"), [2, 0]).text == "c\na"


PROMPT = Prompt("p", 1, "Marks: $fence", "$fence!\n$it\n$more", Named(name="p.v1", hash="0"))


def test_blocks_stand_between_marks_that_none_of_them_holds() -> None:
    blocks = {"it": [Block("E1", shown("a.py"), shown("x")), Block("b 1", None, shown("y"), marked=True)], "more": []}
    (_, system), (_, user) = GATE.messages(PROMPT, blocks)
    mark = system.removeprefix("Marks: ")
    assert re.fullmatch("=====[0-9a-f]{8}", mark)
    assert (
        user
        == f"{mark}!\n{mark} it\nE1 a.py\nx\n{mark} b 1\ny\n{mark} end of it\n{mark} more\n(none)\n{mark} end of more"
    )
    assert GATE.messages(PROMPT, blocks) == (("system", system), ("user", user))
    own = {"it": [*blocks["it"], Block("a head of our own")], "more": []}
    assert GATE.messages(PROMPT, own)[0][1] == system
    for other in (Block("", None, shown("z")), Block("", shown("z"))):
        assert GATE.messages(PROMPT, {"it": [*blocks["it"], other], "more": []})[0][1] != system


def test_a_text_that_holds_the_mark_gets_a_longer_one(monkeypatch: pytest.MonkeyPatch) -> None:
    class Known:
        def __init__(self, _: bytes) -> None:
            pass

        def hexdigest(self) -> str:
            return "0123456789abcdef" * 4

    monkeypatch.setattr(gate.hashlib, "sha256", Known)
    assert gate._fence(["x"]) == "=====01234567"
    assert gate._fence(["x", "a =====0123456 b"]) == "=====01234567"
    assert gate._fence(["x", "a =====01234567 b"]) == "=====012345678"
    assert gate._fence(["=====" + ("0123456789abcdef" * 4)[:62]]) == "=====" + ("0123456789abcdef" * 4)[:63]
    with pytest.raises(ValueError, match="no mark is free"):
        gate._fence(["=====" + "0123456789abcdef" * 4])


def test_a_prompt_takes_blocks_only() -> None:
    with pytest.raises(TypeError, match="blocks only"):
        GATE.messages(PROMPT, {"it": ["text"], "more": []})  # type: ignore[list-item]


def test_the_defaults_of_a_line_and_a_block() -> None:
    assert len(GATE.line("x" * 2_001)) == 2_000
    assert Block("", None, shown("x")).text == "x"
    assert not Block("a").marked
    (_, _), (_, user) = GATE.messages(PROMPT, {"it": [Block("a")], "more": []})
    assert re.fullmatch(r"(=+\w+)!\n\1 it\na\n\1 end of it\n\1 more\n\(none\)\n\1 end of more", user)


def test_half_a_letter_gets_through_the_mark() -> None:
    """The gate cleans it away, a veil may put it back: no text stops a request."""
    assert gate._fence(["a\ud800"]).startswith("=====")
