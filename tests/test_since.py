"""A finding is the same finding after the repository has moved on: what was decided about it holds."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from build_fixture import build, git

from auditor import pipeline
from auditor.decisions import Decision, Decisions, decided
from auditor.fingerprints import Marks
from auditor.models import (
    AuditRecord,
    ChecklistItem,
    Citation,
    Claim,
    Evidence,
    Finding,
    Report,
    Source,
    Submission,
    Verdict,
)
from auditor.profile import load_profile
from auditor.render import feedback, html
from auditor.since import marked, past_of, since

PROFILE = load_profile()
ADA = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")
REPORT = "reports/README.md"


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, AuditRecord]:
    """A group with three open boxes whose work is there, beside all that it claims too much."""
    repo = build("overclaiming", tmp_path_factory.mktemp("since") / "overclaiming")
    return repo, audit(repo)


def audit(repo: Path) -> AuditRecord:
    return pipeline.audit(Submission(id="g", repo=str(repo)), PROFILE)


def changed(repo: Path, into: Path, change: Callable[[Path], None]) -> AuditRecord:
    """The audit after a change, which is committed."""
    copy = into / "copy"
    shutil.copytree(repo, copy, symlinks=True)
    change(copy)
    git(copy, "add", "-A")
    git(copy, *ADA, "commit", "-qm", "Move on")
    return audit(copy)


def rewrite(repo: Path, change: Callable[[str], str], path: str = REPORT) -> None:
    text = (repo / path).read_text(encoding="utf-8")
    made = change(text)
    assert made != text
    (repo / path).write_text(made, encoding="utf-8")


def as_earlier_versions_made_it(record: AuditRecord) -> AuditRecord:
    """A record of a version that made fingerprints from the cited files."""
    verdicts = {v.id: v for v in record.verdicts}
    marks = Marks(record.report, record.evidence)
    old = tuple(
        Finding(**{**dict(f), "fingerprint": marks.earlier(f.rule, verdicts[f.verdict]), "formerly": ()})
        for f in record.findings
    )
    plain = tuple(v.model_copy(update={"about": ""}) for v in record.verdicts)
    return record.model_copy(update={"findings": old, "verdicts": plain})


def lines_moved(repo: Path) -> None:
    rewrite(repo, lambda text: "\n\n" + text.replace("## Group information", "<!-- x -->\n\n## Group information"))


def spaces_changed(repo: Path) -> None:
    rewrite(
        repo,
        lambda text: text.replace("It runs on Ubuntu, Windows and macOS", "It runs on  Ubuntu,\nWindows and macOS"),
    )


def evidence_removed(repo: Path) -> None:
    """The docker files but one: boxes and sentences about images rest on the others from then on."""
    made = sorted((repo / "dockerfiles").glob("*.dockerfile")) or sorted(repo.rglob("*ockerfile*"))
    assert made
    for path in made[1:]:
        path.unlink()


def evidence_renamed(repo: Path) -> None:
    git(repo, "mv", ".github/workflows/tests.yaml", ".github/workflows/checks.yaml")


def questions_renumbered(repo: Path) -> None:
    """One question more: all from the ninth on have the next number."""
    rewrite(
        repo, lambda text: re.sub(r"### Question (\d+)", lambda m: f"### Question {int(m[1]) + (int(m[1]) > 8)}", text)
    )


def report_moved(repo: Path) -> None:
    git(repo, "mv", "reports", "report")


def same(before: AuditRecord, after: AuditRecord) -> tuple[set[str], set[str]]:
    """What is gone and what is new of findings about the same item or sentence with the same rule."""

    def of(record: AuditRecord) -> dict[tuple[str, str, str], str]:
        verdicts = {v.id: v for v in record.verdicts}
        return {
            (
                f.rule,
                verdicts[f.verdict].by,
                " ".join(re.findall(r"\w+", verdicts[f.verdict].claim.quote)),
            ): f.fingerprint
            for f in record.findings
            if f.standing == "finding"
        }

    then, now = of(before), of(after)
    told = marked(after, past_of(before)).since
    assert told is not None
    gone, both = {g.fingerprint for g in told.gone}, then.keys() & now.keys()
    assert both
    return {then[k] for k in both} & gone, {now[k] for k in both} & set(told.new)


@pytest.mark.parametrize(
    "change",
    [lines_moved, spaces_changed, evidence_removed, evidence_renamed, questions_renumbered, report_moved],
)
@pytest.mark.parametrize("version", ["this", "an earlier one"])
def test_what_is_about_the_same_words_is_still_there(
    first: tuple[Path, AuditRecord], tmp_path: Path, change: Callable[[Path], None], version: str
) -> None:
    repo, before = first
    after = changed(repo, tmp_path, change)
    if version == "this":
        assert same(before, after) == (set(), set())
        return
    gone, new = same(as_earlier_versions_made_it(before), after)
    boxes = {f.fingerprint for f in after.findings if f.rule.endswith(("absent", "unchecked"))}
    assert not new & boxes
    assert len(gone) == len(new)


def test_decisions_of_an_earlier_version_are_found(first: tuple[Path, AuditRecord], tmp_path: Path) -> None:
    repo, now = first
    old = as_earlier_versions_made_it(now)
    made = Decisions(
        submission="g", decisions=tuple(Decision(fingerprint=f.fingerprint, decision="confirmed") for f in old.findings)
    )
    assert decided(now, made).keys() == {f.fingerprint for f in now.findings}
    # a later decision is about the finding as it is called today
    mark = now.findings[0].fingerprint
    again = made.model_copy(update={"decisions": (*made.decisions, Decision(fingerprint=mark, decision="dismissed"))})
    assert decided(now, again)[mark].decision == "dismissed"
    # and after evidence is gone, too, where the earlier record is there
    after = marked(changed(repo, tmp_path, evidence_removed), past_of(old))
    boxes = {f.fingerprint for f in after.findings if f.rule.endswith(("absent", "unchecked"))}
    assert boxes <= decided(after, made).keys()


def test_a_box_that_is_mended_and_another_rule_are_other_findings(
    first: tuple[Path, AuditRecord], tmp_path: Path
) -> None:
    repo, before = first
    log = "Use logging to log important events in your code (M14)"
    after = changed(repo, tmp_path, lambda r: rewrite(r, lambda text: text.replace(f"* [x] {log}", f"* [ ] {log}")))
    told = marked(after, past_of(before)).since
    assert told is not None
    assert (len(told.gone), told.new) == (1, ())


def file_renamed(repo: Path) -> None:
    """A module gets another name, and the report follows."""
    git(repo, "mv", "src/gridload/train.py", "src/gridload/training.py")
    rewrite(repo, lambda text: text.replace("train.py", "training.py"))


def number_mended(repo: Path) -> None:
    """A sentence says another number, which is wrong, too."""
    rewrite(repo, lambda text: text.replace("18 tests", "17 tests"))


@pytest.mark.parametrize(
    ("change", "was", "now"), [(file_renamed, "/train.py", "/training.py"), (number_mended, "18 tests", "17 tests")]
)
def test_what_is_nearly_the_same_is_like_one_that_is_gone(
    first: tuple[Path, AuditRecord], tmp_path: Path, change: Callable[[Path], None], was: str, now: str
) -> None:
    repo, before = first
    after = marked(changed(repo, tmp_path, change), past_of(before))
    told = after.since
    assert told is not None
    gone = {g.fingerprint: g for g in told.gone}
    assert set(told.like) == set(told.new)
    assert len(set(told.like.values())) == len(told.like) == len(gone) >= 1
    (mark, then) = next((m, t) for m, t in told.like.items() if was in gone[t].quote)
    verdicts = {v.id: v for v in after.verdicts}
    (finding,) = (f for f in after.findings if f.fingerprint == mark)
    assert now in verdicts[finding.verdict].claim.quote
    # what was decided is offered, and taken over by nobody but a person
    made = Decision(fingerprint=then, decision="confirmed", note="<said> then")
    chosen = Decisions(submission="g", decisions=(made,))
    assert mark not in decided(after, chosen)
    page = html.render(after, decisions=chosen)
    assert "Like one that is gone (✓ confirmed)" in page
    assert 'data-like="confirmed" data-said="&lt;said&gt; then"' in page
    undone = html.render(after)
    assert "Like one that is gone:" in undone
    assert "data-like=" not in undone.partition("<script")[0]
    # confirmed again, it is no longer counted as settled
    every = [Decision(fingerprint=f.fingerprint, decision="dismissed") for f in after.findings if f.fingerprint != mark]
    again = (*every, made, Decision(fingerprint=mark, decision="confirmed"))
    assert feedback.feedback(after, Decisions(submission="g", decisions=again), only_new=True).settled == 0
    left = (*every, made, Decision(fingerprint=mark, decision="dismissed"))
    assert feedback.feedback(after, Decisions(submission="g", decisions=left), only_new=True).settled == 1


@pytest.mark.parametrize(
    ("change", "alike"),
    [
        ({}, True),
        ({"quote": "We train on a cluster of machines."}, False),
        ({"quote": ""}, False),  # a private answer's
        ({"rule": "prose-contradicts-checklist"}, False),
        ({"by": "claim:practice"}, False),
        ({"source": Source(kind="question", n=99)}, False),
    ],
    ids=str,
)
def test_only_the_same_rule_check_and_question_make_two_alike(
    first: tuple[Path, AuditRecord], change: dict[str, object], alike: bool
) -> None:
    _, now = first
    past = past_of(now)
    one = next(g for g in past.findings if g.source.kind == "question" and g.by.startswith("claim:"))
    gone = one.model_copy(update={"fingerprint": "gone", **change})
    told = since(now, replace(past, findings=(gone,), marks={}))
    assert (one.fingerprint in told.new, told.gone) == (True, (gone,))
    assert ("gone" in told.like.values()) == alike


def test_each_finding_has_one_fingerprint_of_its_own(first: tuple[Path, AuditRecord]) -> None:
    marks = [f.fingerprint for f in first[1].findings]
    former = [m for f in first[1].findings for m in f.formerly]
    assert len(set(marks)) == len(marks)
    assert len(set(former)) == len(former)
    assert not set(marks) & set(former)


@pytest.mark.parametrize("kept", [("a.py",), ("b.py",), ("a.py", "b.py", "c.py")])
def test_the_fingerprint_of_a_box_hangs_on_the_item_alone(kept: tuple[str, ...]) -> None:
    def of(paths: tuple[str, ...], n: int, text: str) -> str:
        evidence = {f"E{p}": Evidence(id=f"E{p}", kind="excerpt", path=p, start=1, end=1, excerpt=p) for p in paths}
        item = ChecklistItem(n=n, line=9, text=text, mark=" ", checked=False, item="docker", matched="exact")
        verdict = Verdict(
            id=f"P{n}",
            claim=Claim(source=Source(kind="item", n=n), quote=text, line=9),
            label="contradicted",
            citations=tuple(Citation(evidence=e, quote="x") for e in evidence),
            by="probe",
        )
        report = Report(path=REPORT, commit="c", sha256="0", items=(item,))
        return Marks(report, evidence).mark("found-but-unchecked", verdict)

    assert of(kept, 3, "Write an image (M10)") == of(("a.py", "b.py"), 4, "Write a docker image (M10)")
