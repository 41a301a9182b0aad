"""Where each limit of depth and size begins: what has it is read, and one more is not."""

import pytest
import yaml

from auditor import limits
from auditor.nesting import too_deep, why_not_yaml

LEVELS, PARTS = limits.NESTING.value, limits.KEY_PARTS.value


@pytest.mark.parametrize("kind", ["json", "toml"])
@pytest.mark.parametrize(("opens", "closes"), ["[]", "{}"])
def test_brackets(kind: str, opens: str, closes: str) -> None:
    assert not too_deep(opens * LEVELS + closes * LEVELS, kind)
    assert too_deep(opens * (LEVELS + 1) + closes * (LEVELS + 1), kind)
    assert not too_deep(opens * LEVELS + closes * LEVELS + (opens + closes) * 3, kind), "three beside it"
    assert too_deep(opens * (LEVELS + 1), kind), "they need not be closed"
    assert not too_deep((opens + closes) * (LEVELS * 5), kind), "beside each other"
    assert not too_deep(closes * (LEVELS * 2), kind)


def test_brackets_in_texts_and_comments_nest_nothing() -> None:
    many = "[" * (LEVELS * 2)
    assert not too_deep(f'{{"a": "{many}"}}', "json")
    assert not too_deep(f'{{"a": "\\"{many}"}}', "json")
    assert not too_deep(f"# {many}\na = '{many}'\nb = \"{many}\"\nc = '''{many}'''", "toml")
    assert too_deep(f"# {many}", "json"), "JSON has no comments"
    assert too_deep(f'"" {many}', "json")


def test_keys_of_toml() -> None:
    assert not too_deep(".".join("a" * PARTS) + " = 1", "toml")
    assert too_deep(".".join("a" * (PARTS + 1)) + " = 1", "toml")
    assert too_deep(" . ".join(['"a"'] * (PARTS + 1)) + " = 1", "toml")
    assert not too_deep(".".join("a" * (PARTS + 1)), "json")
    assert not too_deep("a" * 500 + " = 1", "toml")
    assert not too_deep("a.b = 1\n" * (PARTS * 2), "toml"), "of a row each"


def why(text: str) -> str:
    return why_not_yaml(text, yaml.CSafeLoader)


@pytest.mark.parametrize("piece", ["- ", "[", "{a: ", "? "])
def test_levels_of_yaml(piece: str) -> None:
    closes = {"[": "]", "{a: ": "}"}.get(piece, "")
    assert why(piece * LEVELS + "x" + closes * LEVELS) == ""
    assert "too deep" in why(piece * (LEVELS + 1) + "x" + closes * (LEVELS + 1))


def test_what_is_beside_each_other_is_not_deep() -> None:
    assert why("- [a]\n" * (LEVELS * 3)) == ""
    assert why("a: [" * 1 + "[], " * (LEVELS * 2) + "]") == ""
    assert why("[" + "[], " * LEVELS + "[" * (LEVELS - 1) + "]" * LEVELS) == ""
    assert why("[" + "[], " * LEVELS + "[" * LEVELS + "]" * (LEVELS + 1)) != "", "those before it are closed"
    assert why("[" * (LEVELS + 5) + "\nno: yaml: here") != ""
    assert why("{{{" + "[]" * LEVELS) == "", "whoever composes it says that it does not parse"


@pytest.mark.parametrize("piece", ["a\n", "a,", "["])
def test_the_size_of_yaml(piece: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "NODES", limits.Limit(20, "nodes", "for a test"))
    assert "too large" not in why(piece * 40)
    assert "too large" in why(piece * 41)
    assert "too large" in why("a\n" * 14 + "b," * 14 + "[" * 13)
