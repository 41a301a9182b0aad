"""The course's profile: everything maps, and every probe is of use."""

import pytest

from auditor.errors import UserError
from auditor.probes import load
from auditor.profile import Profile, load_profile
from auditor.snapshot import Snapshot

PROFILE = load_profile()


def test_every_item_maps_to_probes_or_says_why_not() -> None:
    for item in PROFILE.items:
        named = {*item.probes, *item.half, *item.weak, *item.open_probes}
        assert named <= set(load()), item.id
        assert bool(item.probes) == item.observable
        assert item.observable or item.reason


def test_every_probe_is_used() -> None:
    used = {p for i in PROFILE.items for p in (*i.probes, *i.weak, *i.half, *i.open_probes)} | {
        p for q in PROFILE.questions for p in q.probes
    }
    assert set(load()) <= used


def test_the_versions_of_the_template_are_whole() -> None:
    """31 questions since 2024-12, 27 before, numbered without gaps; every item of a question exists."""
    for layout in ("31", "27"):
        assert sorted(q.numbers[layout] for q in PROFILE.questions if layout in q.numbers) == list(
            range(1, int(layout) + 1)
        )
    ids = set(PROFILE.items_by_id)
    assert len(ids) == len(PROFILE.items)
    assert {i for q in PROFILE.questions for i in q.items} <= ids
    assert {q.id for q in PROFILE.questions if q.private} == {"members", "contributions"}


def test_no_text_stands_for_two_items() -> None:
    texts = [t for i in PROFILE.items for t in i.texts]
    assert len(PROFILE.known_items) >= len(texts) - 1  # one wording differs by its case only


@pytest.mark.parametrize(
    ("path", "text", "reason"),
    [
        ("reports/README.md", "# Exam", "course material"),
        ("reports/report.py", "import typer", "course material"),
        (".github/agents/dtu_mlops_agent.md", "FastAPI", "course material"),
        ("wandb/run-1/files/config.yaml", "a: 1", "run output"),
        ("configs/wandb/sweep.yaml", "method: grid", ""),
        ("outputs/2026-01-01/.hydra/config.yaml", "a: 1", "run output"),
        ("src/project/api.py", "", "template stub"),
        ("docs/source/index.md", "# Documentation for My project\n\nOur own words.\n", ""),
        (
            ".dvcignore",
            "# Add patterns of files dvc should ignore, which could improve\n# the performance. Learn more at\n# https://dvc.org/doc/user-guide/dvcignore\n",
            "template stub",
        ),
        ("src/project/train.py", "print('ours')\n", ""),
    ],
)
def test_what_is_set_aside(path: str, text: str, reason: str) -> None:
    assert PROFILE.set_aside(Snapshot({path: text}).files[path]) == reason


def test_a_stub_stays_a_stub_when_only_numbers_and_names_change() -> None:
    stub = "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v9.9.9\n    hooks:\n      - id: trailing-whitespace\n      - id: end-of-file-fixer\n"
    files = {".pre-commit-config.yaml": stub, "x/.pre-commit-config.yaml": stub + "      - id: our-own-hook\n"}
    snapshot = Snapshot(files)
    assert [PROFILE.is_stub(f) for f in snapshot.files.values()] == [True, False]


def test_a_profile_of_ones_own(tmp_path: object) -> None:
    with pytest.raises(UserError, match="no profile is called"):
        load_profile("nope")
    with pytest.raises(UserError, match="there is no such file"):
        load_profile("/nowhere/x.toml")
    with pytest.raises(ValueError, match="name its probes"):
        Profile.model_validate({"name": "x", "title": "x", "items": [{"id": "a", "texts": ["b"]}], "questions": []})
