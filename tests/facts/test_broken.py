"""Files that their own tool cannot read, told from those that only this reader leaves alone."""

import pytest

from auditor.facts.broken import broken
from auditor.snapshot import Snapshot

HOOKS = "repos:\n- repo: local\n  hooks:\n  - id: ruff\n    name: ruff\n    entry: ruff check\n    language: system\n"


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (".pre-commit-config.yaml", HOOKS, False),
        (".pre-commit-config.yaml", "repos: [a: b: c]\n", True),
        ("conf/a.yaml", "a: &x\n  b: *x\n", False),  # leads to itself: YAML allows it
        ("conf/a.yaml", "[" * 300 + "]" * 300 + "\n", False),
        ("conf/a.yaml", "a: [\n", True),
        ("pyproject.toml", "[project]\nname = 'a'\n", False),
        ("pyproject.toml", "[project\nname = 'a'\n", True),
        ("pyproject.toml", "a = " + "[" * 300 + "]" * 300 + "\n", False),
        ("pyproject.toml", f"a = {'9' * 5000}\n", False),
    ],
)
def test_only_what_its_format_refuses_is_broken(path: str, text: str, told: bool) -> None:
    assert (path in broken(Snapshot({path: text.encode()}))) == told
