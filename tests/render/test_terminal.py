"""The terminal: within its width, the gravest first, small things together, and each finding with what explains it."""

import re
from functools import cache
from pathlib import Path

import pytest
from build_fixture import build

from auditor import pipeline
from auditor.models import AuditRecord, Citation, Claim, Evidence, Finding, Level, Named, Source, Submission, Verdict
from auditor.profile import load_profile
from auditor.render import github, markdown, terminal
from auditor.render.sides import explained
from auditor.rules import sorted_findings

_FOLDER: list[Path] = []


@pytest.fixture(scope="module", autouse=True)
def _folder(tmp_path_factory: pytest.TempPathFactory) -> None:
    _FOLDER.append(tmp_path_factory.mktemp("terminal"))


@cache
def record() -> AuditRecord:
    repo = build("overclaiming", _FOLDER[-1] / "overclaiming")
    return pipeline.audit(Submission(id="overclaiming", repo=str(repo)), load_profile())


@pytest.mark.parametrize("width", [60, 80, 100])
def test_titles_and_texts_keep_to_the_width(width: int) -> None:
    rows = terminal.render(record(), width=width).split("\n")
    titles = [row for row in rows if re.match(r"(?:error|warning|note) ", row)]
    assert titles
    assert all(len(row) <= width for row in titles)
    long_words = [row for row in rows[1:-2] if len(row) > width and max(map(len, row.split())) < width - 20]
    assert long_words == []


def test_paths_are_not_broken_at_their_hyphens() -> None:
    words = set(re.findall(r"[\w./-]+-[\w./-]+\.(?:ya?ml|py|png)", record().model_dump_json()))
    shown = terminal.render(record(), width=60, show="all")
    assert not [w for w in words for row in shown.split("\n") if row.rstrip().endswith(w.rpartition("-")[0] + "-")]


def test_each_finding_names_what_explains_it() -> None:
    findings = [f for f in record().findings if f.standing == "finding"]
    shown = terminal.render(record(), show="all")
    assert shown.count("  explained  ") == len(findings)
    assert "auditor probes " in markdown.render(record())
    assert "auditor probes " in github.render(record())


def test_what_a_profile_alone_knows_is_explained_with_it() -> None:
    evidence = Evidence(id="E1", kind="absence", probe="files-of-licence", note="no")
    claim = Claim(source=Source(kind="item", n=1), quote="it", line=1)
    verdict = Verdict(
        id="C1",
        claim=claim,
        label="contradicted",
        citations=(Citation(evidence="E1", quote="no"),),
        by="probe",
        rule="checked-but-absent",
    )
    finding = Finding(fingerprint="1" * 16, rule="checked-but-absent", level="error", verdict="C1")
    for named, said in (
        (Named(name="ponds", file="my ponds.toml"), "auditor probes files-of-licence --profile 'my ponds.toml'"),
        (Named(name="ponds"), "auditor probes files-of-licence --profile ponds"),
    ):
        one = record().model_copy(update={"profile": named, "verdicts": (verdict,), "evidence": {"E1": evidence}})
        assert explained(one, finding, {"C1": verdict}) == said
        ours = one.model_copy(
            update={"evidence": {"E1": evidence.model_copy(update={"probe": "docker-build-command"})}}
        )
        assert explained(ours, finding, {"C1": verdict}) == "auditor probes docker-build-command"


def small(n: int, by: str, rule: str, level: Level, detail: bool = True) -> tuple[Verdict, Finding]:
    claim = Claim(source=Source(kind="question", n=1), quote=f"python script{n}.py", line=n)
    verdict = Verdict(
        id=f"C{n}", claim=claim, label="contradicted", citations=(Citation(evidence="E1", quote="x"),), by=by, rule=rule,
        difference=f"The command names script{n}.py; it lies in src/.", detail=detail, report_says=claim.quote,
    )  # fmt: skip
    return verdict, Finding(fingerprint=str(n) * 16, rule=rule, level=level, verdict=verdict.id)


def with_small(pairs: list[tuple[Verdict, Finding]]) -> AuditRecord:
    made = record()
    verdicts = {v.id: v for v, _ in pairs}
    return made.model_copy(
        update={
            "verdicts": tuple(verdicts.values()),
            "findings": tuple(sorted_findings([f for _, f in pairs], verdicts)),
            "evidence": {"E1": Evidence(id="E1", kind="fact", note="x")},
        }
    )


def test_within_a_level_weight_decides_and_small_ones_of_a_kind_are_one() -> None:
    rule = "prose-contradicts-repository"
    pairs = [small(n, "claim:command", rule, "warning") for n in (1, 2, 3, 4)]
    pairs.append(small(8, "claim:matrix", rule, "warning", detail=False))
    pairs.append(small(9, "secrets", "secret-in-repository", "warning"))
    made = with_small(pairs)
    assert [f.verdict for f in made.findings] == ["C9", "C8", "C1", "C2", "C3", "C4"]
    shown = terminal.render(made)
    assert len(re.findall(r"(?m)^warning ", shown)) == 3
    assert "4 commands do not fit the files that they name" in shown
    assert shown.count("it lies in src/.") == 6
    assert len(re.findall(r"(?m)^warning ", terminal.render(made, show="all"))) == 6


def test_two_small_ones_stay_apart_and_a_note_keeps_its_difference() -> None:
    rule = "prose-contradicts-repository"
    shown = terminal.render(with_small([small(n, "claim:command", rule, "note") for n in (1, 2)]))
    assert len(re.findall(r"(?m)^note ", shown)) == 2
    assert shown.count("  difference   The command names") == 2
