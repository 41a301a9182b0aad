"""A small part of the hostile set in the default suite: `python -m tests.hostile` runs all cases, `python -m tests.hostile mutants`
all mutants; so does this file with AUDITOR_HOSTILE=all."""

import os
from pathlib import Path

import cases
import mutants
import program
import pytest
import scenes
from build_fixture import NAMES

ALL = os.environ.get("AUDITOR_HOSTILE") == "all"
FEW = (
    "A6 nested YAML '- ' in .github/workflows/d.yml",
    "A10 odd files together, 3",
    "A12 headings: U+2028",
    "A11 HEAD:src/gridload/train.py is missing",
    "B1 settings, hooks and attributes that name a command",
)
CASES = [c for c in cases.every() if ALL or c.full in FEW]
PAIRS = [(name, n) for name in NAMES for n in (range(80) if ALL else (NAMES.index(name), 6 + 5 * NAMES.index(name)))]


def test_the_set_is_wide() -> None:
    every = cases.every()
    assert {c.entry for c in every} | {s.entry for s in scenes.SCENES} >= {
        *(f"A{n}" for n in range(4, 15)), "B1", "B2", *(f"B{n}" for n in range(7, 14)), "C",
    }  # fmt: skip
    assert {c.full for c in every} >= set(FEW)
    assert len(every) >= 500
    assert len({(c.entry, c.name) for c in every}) == len(every), "a log knows a case by its name"


def test_a_log_goes_on_where_a_run_stopped(tmp_path: Path) -> None:
    case, file = cases.every()[0], tmp_path / "log"
    first = program.Log(file)
    assert first.left(case, cases.VERBS) == case.verbs
    for verb in ("audit", "check"):
        first.add(program.Row(case.entry, case.name, verb, 1, 1.5, 60, ("a traceback",) if verb == "check" else ()))
    with file.open("a", encoding="utf-8") as cut:
        cut.write('{"entry": "A6", "na')
    second = program.Log(file)
    assert second.rows == first.rows
    assert second.left(case, cases.VERBS) == ("batch", "judge")
    assert second.left(case, ("audit",)) == ()
    second.add(program.Row(case.entry, case.name, "batch", 1, 2.5, 70, ()))
    third = program.Log(file)
    assert third.left(case, cases.VERBS) == ("judge",)
    assert program.summary(third.rows.values()).splitlines()[1].split() == ["A6", "1", "3", "1", "2.5", "70"]


@pytest.mark.parametrize("case", CASES, ids=lambda c: ascii(c.full))
def test_a_hostile_submission_holds(case: cases.Case) -> None:
    for verb, done in cases.tried(case, cases.VERBS if ALL else case.verbs[:1]):
        assert done.wrong == [], (verb, done.code, done.err[-500:])


@pytest.mark.parametrize(("name", "number"), PAIRS)
def test_a_mutant_is_audited(name: str, number: int) -> None:
    ran = mutants.run(name, number)
    assert ran.wrong == [], ran.said
    assert not ran.better or (name, number) in mutants.BRINGS, (ran.said, ran.better)


@pytest.mark.skipif(not ALL, reason="takes minutes: AUDITOR_HOSTILE=all")
@pytest.mark.parametrize("scene", scenes.SCENES, ids=lambda s: s.full)
def test_a_scene_holds(scene: scenes.Scene) -> None:
    assert scenes.play(scene)[0] == ""
