"""Planted contradictions: the consistent fixture with one fact changed, and exactly the findings that this causes.

The changes are `fixtures/consistent/planted.toml`. What a change in the repository contradicts was true when it was written
(`stale`); what a change in the report contradicts never was (`never`). What two places of the report contradict has no history.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from build_fixture import FIXTURES, build, git

from auditor import pipeline
from auditor.claims.case import load as load_typed
from auditor.claims.kinds import CLAIM, KINDS, kind_of
from auditor.errors import UserError
from auditor.evaluate import claimed
from auditor.evaluate.matching import place
from auditor.evaluate.planted import Change, Claimed, Due, Edit, changed, load_planted, outcome, plant, run
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile

REPORT = "reports/README.md"
FILE = FIXTURES / "consistent" / "planted.toml"
LOADED = load_planted(FILE)
PLANTED = LOADED.planted
PROFILE = load_profile().model_copy(update={"trust": None})  # what is found, not how loud it may be said


def alters(change: Change) -> list[str]:
    """The paths that a change alters."""
    files = FIXTURES / "consistent" / "files"
    return list(changed(change.edits, lambda p: (files / p).read_bytes() if (files / p).is_file() else None))


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built fixture with all changes, each under a ref that is no branch: no audit sees another's."""
    folder = tmp_path_factory.mktemp("planted")
    return plant(PLANTED, build("consistent", folder / "consistent"), folder / "planted.git")


def audited(repository: Path, ref: str) -> AuditRecord:
    """The record of a commit; no check may have failed."""
    record = pipeline.audit(Submission(id="planted", repo=str(repository), ref=ref), PROFILE)
    assert not [p.message for p in record.omitted if " failed: " in p.message]
    return record


def test_the_unchanged_fixture_has_no_finding(repository: Path) -> None:
    assert audited(repository, "main").findings == ()


@pytest.mark.parametrize("change", PLANTED, ids=lambda c: c.name)
def test_planted(change: Change, repository: Path) -> None:
    record = audited(repository, f"refs/planted/{change.name}")
    when = "never" if alters(change) == [REPORT] else "stale"
    verdicts = {v.id: v for v in record.verdicts}
    left, strange = list(change.found), []
    for finding in record.findings:
        verdict = verdicts[finding.verdict]
        fits = [d for d in left if d.fits(finding.rule, verdict, finding.also_at) and d.by == verdict.by]
        if not fits:
            strange.append((finding.rule, verdict.by, verdict.claim, verdict.difference))
            continue
        for due in fits if finding.also_at else fits[:1]:
            left.remove(due)
            assert due.level in ("", finding.level), verdict.claim
        assert verdict.when == (when if finding.rule == "prose-contradicts-repository" else ""), verdict.claim
    assert (left, strange) == ([], [])
    assert outcome(change, record).missed == outcome(change, record).strange == ()


def test_no_change_alters_the_report_and_the_repository() -> None:
    for change in PLANTED:
        assert REPORT not in alters(change) or alters(change) == [REPORT], change.name


def test_the_table_is_wide() -> None:
    found = [(d.by, *place(d.at)) for change in PLANTED for d in change.found]
    checks = {by.removeprefix("claim:") for by, kind, _ in found if kind == "question"}
    assert len({c.name for c in PLANTED}) == len(PLANTED) >= 50
    assert len(checks) >= 12
    assert checks <= load_typed()[1].keys()
    assert len({n for _, kind, n in found if kind == "item"}) >= 8


# -- typed claims ------------------------------------------------------------------------------------------------------


def test_claims_are_contradicted_and_their_twins_are_not(tmp_path: Path) -> None:
    base = build("consistent", tmp_path / "consistent")
    git(base, "remote", "add", "origin", "https://github.com/example-group/cloudtype.git")
    outcomes = list(claimed.run(LOADED.claimed, base, PROFILE))
    assert len(outcomes) == len(LOADED.claimed)
    assert not [(o.name, o.missed, o.strange) for o in outcomes if o.missed or o.strange or not o.found]


_NO_SETTLER = {"other"}
# values of a field that no settler contradicts: they are confirmed at most, or nothing that a repository shows tells them
_SILENT = {
    ("count", "of"): {"experiments", "branches", "members", "dependencies", "alerts", "services", "classes", "unknown"},
    ("count", "scope"): {"training", "unknown"},
    ("count", "op"): {"about"},
    ("runs", "place"): {"image", "task", "unknown"},
    ("location", "what"): {"configuration", "workflows", "data", "models", "source", "reports", "unknown"},
    ("enforces", "rule"): {"commit messages", "unknown"},
    ("history", "what"): {"branch per member", "reviews", "squash merges", "releases", "force pushes", "unknown"},
    ("docker", "what"): {"secret inside", "size", "unknown"},
    ("docker", "of"): {"evaluation", "unknown"},
    ("service", "what"): {"url", "unknown"},
    ("version", "place"): set(),
    ("dependency", "state"): {"unknown"},
    ("dependency", "group"): {"extra", "unknown"},
    ("data", "what"): {"samples", "features", "train share", "image size", "parameters", "unknown"},
    ("file", "via"): set(),
    ("file", "state"): set(),
    ("trigger", "events"): {"merge"},  # a push
}


def test_there_is_a_claim_for_each_kind_and_field() -> None:
    made = [CLAIM.validate_python(c.claim) for c in LOADED.claimed]
    assert len({c.name for c in LOADED.claimed}) == len(made) >= 60
    assert {c.kind for c in made} == {kind_of(k) for k in KINDS} - _NO_SETTLER
    for (kind, name), silent in _SILENT.items():
        rows = [c for c in made if c.kind == kind]
        (model,) = (k for k in KINDS if kind_of(k) == kind)
        wanted = set(_values(model.model_fields[name].annotation))
        held = {
            v for given in (getattr(c, name) for c in rows) for v in (given if isinstance(given, tuple) else (given,))
        }
        assert wanted - held <= silent, (kind, name, wanted - held - silent)


def _values(annotation: Any) -> Iterator[str]:
    """The words of a list of values, however it is wrapped."""
    for one in get_args(annotation):
        if isinstance(one, str):
            yield one
        else:
            yield from _values(one)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"at": "Q77", "claim": {"kind": "same", "quote": "so", "other": "so"}}, "no such answer"),
        ({"at": "Q7", "claim": {"kind": "same", "quote": "so"}}, "Field required"),
    ],
)
def test_a_claim_that_cannot_be_settled_is_named(row: dict[str, Any], said: str, tmp_path: Path) -> None:
    base = build("consistent", tmp_path / "consistent")
    with pytest.raises(UserError, match=said):
        list(claimed.run([Claimed.model_validate({"name": "n", "true": {}, "differs": "", **row})], base, PROFILE))


# -- the edits, and what is said of a run ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("edit", "after"),
    [
        ({"do": "swap", "path": "a", "texts": [("one", "two")]}, {"a": "two three three", "b": "three"}),
        ({"do": "everywhere", "paths": ["a", "b"], "texts": [("three", "four")]}, {"a": "one four four", "b": "four"}),
        ({"do": "without", "path": "a", "pattern": "^one "}, {"a": "three three", "b": "three"}),
        ({"do": "gone", "paths": ["b"]}, {"a": "one three three"}),
        ({"do": "move", "path": "b", "to": "c/d"}, {"a": "one three three", "c/d": "three"}),
        ({"do": "put", "path": "e", "text": "new"}, {"a": "one three three", "b": "three", "e": "new"}),
        ({"do": "swap", "path": "a", "texts": [("three", "four")]}, None),
        ({"do": "everywhere", "paths": ["a", "b"], "texts": [("one", "two")]}, None),
        ({"do": "without", "path": "a", "pattern": "^three"}, None),
        ({"do": "gone", "paths": ["z"]}, None),
    ],
)
def test_edits(edit: dict[str, object], after: dict[str, str] | None) -> None:
    files = {"a": b"one three three", "b": b"three"}
    made = Edit.model_validate(edit)
    if after is None:
        with pytest.raises(UserError):
            made.apply(files)
        return
    made.apply(files)
    assert {path: content.decode() for path, content in files.items()} == after


def test_a_run_tells_what_was_missed_and_what_was_not_wanted(tmp_path: Path) -> None:
    made = FILE.read_text(encoding="utf-8").split("[[planted]]")
    (said,) = (row for row in made if '"said-31-tests"' in row)
    file = tmp_path / "planted.toml"
    elsewhere = said.replace("said-31-tests", "another").replace('"Q7"', '"Q8"')
    file.write_text(f'base = "consistent"\n[[planted]]{said}[[planted]]{elsewhere}', encoding="utf-8")
    base = build("consistent", tmp_path / "consistent")
    outcomes = run(load_planted(file), base, lambda s: pipeline.audit(s, PROFILE), lambda _: None)
    assert [(o.name, o.found, len(o.missed), len(o.strange)) for o in outcomes] == [
        ("unchanged", 0, 0, 0),
        ("said-31-tests", 1, 0, 0),
        ("another", 0, 1, 1),
    ]
    assert "claim:count Q8" in outcomes[2].missed[0]
    assert Due(rule="r", at="checklist 3", words="w").by == ""
