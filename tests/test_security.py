"""SECURITY.md says what each limit is: `python tests/test_security.py` writes the table anew."""

import importlib
import re
from pathlib import Path

import pytest

PAGE = Path(__file__).parent.parent / "SECURITY.md"
START, END = "<!-- limits -->\n", "<!-- end of limits -->"


def table() -> str:
    """The limits as rows, in the order of their file."""
    limits = importlib.import_module("auditor.limits")
    rows = [
        f"| `{name}` | {value} | {value.why} |"
        for name, value in vars(limits).items()
        if type(value).__name__ == "Limit"
    ]
    return "\n".join(["| | no more than | because |", "| --- | --- | --- |", *rows]) + "\n"


def test_the_table_of_limits_is_todays() -> None:
    pytest.importorskip("auditor.limits")
    assert f"{START}{table()}{END}" in PAGE.read_text(encoding="utf-8")


def test_what_the_page_names_is_there() -> None:
    root = PAGE.parent
    named = re.findall(r"`((?:auditor|tests|\.ci)/[\w./-]*|constraints\.txt)`", PAGE.read_text(encoding="utf-8"))
    assert len(named) >= 6
    assert [n for n in named if not (root / n).exists() and n != "auditor/limits.py"] == []


def test_actions_are_pinned_by_commit() -> None:
    for path in (PAGE.parent / "action.yml", *sorted((PAGE.parent / ".github" / "workflows").glob("*.y*ml"))):
        used = re.findall(r"uses:\s*(\S+)", path.read_text(encoding="utf-8"))
        assert used
        assert [u for u in used if not re.fullmatch(r"[\w./-]+@[0-9a-f]{40}", u)] == []


if __name__ == "__main__":
    text = PAGE.read_text(encoding="utf-8")
    made = re.sub(rf"(?s){re.escape(START)}.*?{re.escape(END)}", lambda _: f"{START}{table()}{END}", text)
    PAGE.write_text(made, encoding="utf-8")
