"""A class after its audit: decisions on disk, what is new, what each group is told, and the tables."""

import csv
import io
import json
import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from build_fixture import build, git
from test_batch import auditor

from auditor import pipeline
from auditor.batch import Terms, run
from auditor.decision_files import read, save
from auditor.decisions import Choice, Decision, Decisions, merge
from auditor.errors import UserError
from auditor.folder import Folder
from auditor.judges import NoJudge
from auditor.models import AuditRecord, Submission
from auditor.overview import Beside, as_it_stands, load_entries
from auditor.profile import load_profile
from auditor.render import feedback, html, tables
from auditor.render.index import Class
from auditor.since import past_of, since

PROFILE = load_profile()
ADA = ("-c", "user.name=Ada Example", "-c", "user.email=ada@example.com")
LOG = "Use logging to log important events in your code (M14)"


@pytest.fixture(scope="module")
def repos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("repos")
    for name in ("overclaiming", "consistent"):
        build(name, folder / name)
    return folder


def course(repos: Path, out: Path, *, old: Path | None = None, names: tuple[str, ...] = ("overclaiming", "consistent", "gone"), told: list[str] | None = None) -> Class:  # fmt: skip
    beside = Beside(out, old, (told if told is not None else []).append)
    groups = [Submission(id=n, repo=str(repos / n)) for n in names]
    beside.take_over([(s.id, s.repo) for s in groups])
    terms = Terms.of(PROFILE, NoJudge(), ("html", "markdown"))
    made = Folder(out, ("html", "markdown"))
    return run(groups, PROFILE, NoJudge(), made, terms, workers=1, make=ThreadPoolExecutor, beside=beside)


@pytest.fixture(scope="module")
def whole(repos: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    course(repos, out)
    return out


@pytest.fixture
def out(whole: Path, tmp_path: Path) -> Path:
    shutil.copytree(whole, tmp_path / "out")
    return tmp_path / "out"


def record(out: Path, name: str = "overclaiming") -> AuditRecord:
    return AuditRecord.model_validate_json((out / "groups" / f"{name}.json").read_bytes())


def decide(out: Path, *choices: Choice, name: str = "overclaiming", note: str = "") -> list[str]:
    """Decide about a group's first findings, and tell their fingerprints."""
    marks = [f.fingerprint for f in record(out, name).findings]
    made = [Decision(fingerprint=m, decision=c, note=note) for m, c in zip(marks, choices, strict=False)]
    save(out, name, name, "", made)
    return marks


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))


# -- decisions ---------------------------------------------------------------------------------------------------------


def made(mark: str, choice: Choice, minute: int, note: str = "") -> Decision:
    return Decision(fingerprint=mark, decision=choice, note=note, at=f"2026-01-01T10:{minute:02}:00.000Z")


NOW = "2026-01-01T11:00:00.000Z"


def test_merging_gives_the_same_in_any_order_and_twice() -> None:
    ours = [made("a", "confirmed", 1), made("b", "ask", 2, "why"), made("c", "ask", 3)]
    theirs = [made("a", "dismissed", 4), made("b", "confirmed", 1), made("d", "ask", 5)]
    empty = Decisions(submission="g")
    one = merge(merge(empty, ours, NOW), theirs, NOW)
    two = merge(merge(empty, theirs, NOW), ours, NOW)
    assert one.by_fingerprint() == two.by_fingerprint()
    assert set(one.history) == set(two.history) == {ours[0], theirs[1]}
    assert {m: d.decision for m, d in one.by_fingerprint().items()} == {
        "a": "dismissed",
        "b": "ask",
        "c": "ask",
        "d": "ask",
    }
    assert merge(merge(one, ours, NOW), theirs, NOW) == one


def test_a_note_that_is_written_on_leaves_no_history_and_another_does() -> None:
    notes = [made("a", "ask", n, text) for n, text in enumerate(("w", "who", "who?"))]
    stands = merge(Decisions(submission="g"), notes, NOW)
    assert (stands.by_fingerprint()["a"].note, stands.history) == ("who?", ())
    stands = merge(stands, [made("a", "ask", 9, "nobody")], NOW)
    assert [d.note for d in stands.history] == ["who?"]
    # taken back, and what stood is kept
    stands = merge(stands, [made("a", "undecided", 10)], NOW)
    assert [d.note for d in stands.history] == ["who?", "nobody"]


def test_a_file_of_another_group_or_of_nothing_is_left_as_it_is(out: Path) -> None:
    told: list[str] = []
    (out / "decisions").mkdir()
    (out / "decisions" / "overclaiming.json").write_text('{"decisions": [')
    (out / "decisions" / "consistent.json").write_text(Decisions(submission="another").model_dump_json())
    beside = Beside(out, None, told.append)
    assert beside.decisions("overclaiming", "") is None
    assert beside.decisions("consistent", "") is None
    assert beside.decisions("consistent", "") is None
    assert len(told) == 2  # each once
    with pytest.raises(UserError):
        save(out, "overclaiming", "overclaiming", "", [made("a", "ask", 1)])
    assert (out / "decisions" / "overclaiming.json").read_text() == '{"decisions": ['


# -- batch reads them --------------------------------------------------------------------------------------------------


def test_batch_counts_what_was_dismissed_and_shows_the_rest(repos: Path, out: Path) -> None:
    before = record(out)
    marks = decide(out, "dismissed", "confirmed", "ask", "undecided")
    summary = course(repos, out)
    total, group = sum(f.standing == "finding" for f in before.findings), summary.groups[0]  # leads are not counted
    assert sum(group.levels.values()) == total - 1
    assert group.decided == {"confirmed": 1, "ask": 1, "dismissed": 1, "undecided": total - 3}
    assert record(out) == before  # the record is what was found; it was not audited again
    index = (out / "index.html").read_text(encoding="utf-8")
    assert f'<td class="n">3/{total}</td>' in index
    page = (out / "groups" / "overclaiming.html").read_text(encoding="utf-8")
    assert "1 finding dismissed earlier is not shown" in re.sub(r"\s+", " ", page)
    quote = {v.id: v.claim.quote for v in before.verdicts}[before.findings[0].verdict]
    assert f'data-fingerprint="{marks[0]}"' not in page
    assert f'data-fingerprint="{marks[1]}"' in page
    assert quote not in (out / "groups" / "overclaiming.md").read_text(encoding="utf-8").split("| box |")[0]
    decide(out, "confirmed")
    assert sum(course(repos, out).groups[0].levels.values()) == total
    assert f'data-fingerprint="{marks[0]}"' in (out / "groups" / "overclaiming.html").read_text(encoding="utf-8")


def test_what_is_told_of_each_group_adds_up_to_what_is_told_at_the_end(repos: Path, out: Path) -> None:
    decide(out, "dismissed", "confirmed", "ask", "dismissed")
    (out / "state" / "overclaiming.json").unlink()  # it is audited again
    seen: list[dict[str, int]] = []
    groups = [Submission(id=n, repo=str(repos / n)) for n in ("overclaiming", "consistent")]
    folder = Folder(out, ("html", "markdown"))
    made = run(groups, PROFILE, NoJudge(), folder, Terms.of(PROFILE, NoJudge(), ("html", "markdown")), workers=1, make=ThreadPoolExecutor, tell=lambda d: seen.append(dict(d.entry.levels) if d.entry else {}))  # fmt: skip
    (group,) = [g for g in made.groups if g.id == "overclaiming"]
    assert seen[[bool(s) for s in seen].index(True)] == dict(group.levels)
    assert sum(group.levels.values()) == sum(f.standing == "finding" for f in record(out).findings) - 2


def test_what_is_dismissed_fails_no_batch(repos: Path, tmp_path: Path) -> None:
    listed, out = tmp_path / "groups.csv", tmp_path / "out"
    listed.write_text(f"group,repo\noverclaiming,{repos / 'overclaiming'}\n")
    assert auditor("batch", listed, "--out", out, "--workers", "1").returncode == 1
    decide(out, *["dismissed"] * len(record(out).findings))
    done = auditor("batch", listed, "--out", out, "--workers", "1")
    assert (done.returncode, "0 errors, 0 warnings, 0 notes" in done.stdout) == (0, True), done
    assert "unchanged" in done.stderr


def test_the_tables_have_a_row_each_and_no_score(repos: Path, out: Path) -> None:
    decide(out, "dismissed", "confirmed", "ask")
    course(repos, out)
    findings, groups = table(out / "findings.csv"), table(out / "gradebook.csv")
    before = record(out)
    assert [f["decision"] for f in findings][:4] == ["dismissed", "confirmed", "to ask", "undecided"]
    assert len(findings) == len(before.findings)
    first = next(v for v in before.verdicts if v.id == before.findings[0].verdict)
    assert findings[0]["place"] == f"{before.report.path}:{first.claim.line}"
    assert list(groups[0]) == [
        "group",
        "status",
        "confirmed",
        "to_ask",
        "dismissed",
        "undecided",
        "unanswered_questions",
        "boxes_not_filled_in",
        "answers_too_short",
        "answers_too_long",
        "answers_without_images",
        "report_expected_at",
        "late",
    ]
    assert [g["group"] for g in groups] == ["overclaiming", "consistent", "gone"]
    assert (groups[0]["confirmed"], groups[0]["to_ask"], groups[0]["dismissed"]) == ("1", "1", "1")
    assert any(not i.checked for i in before.report.items)
    assert groups[0]["boxes_not_filled_in"] == "0"  # an open box says that something was not done
    state = before.report_state
    assert state is not None
    assert groups[0]["answers_too_short"] == str(len(state.short))
    assert set(list(groups[2].values())[2:]) == {""}  # it could not be audited: nothing is known of it
    assert groups[2]["status"] == "failed"
    assert not re.search(r"(?i)score|grade|points|percent", (out / "gradebook.csv").read_text())


def test_a_placeholder_counts_as_unanswered_everywhere(tmp_path: Path) -> None:
    repo = build("consistent", tmp_path / "repos" / "unfinished")
    report = repo / "reports" / "README.md"
    rows = report.read_text(encoding="utf-8").split("\n")
    at = [i for i, row in enumerate(rows) if row.strip() == "> Answer:"]
    for n, said in ((3, "--- question 4 fill here ---"), (5, ""), (8, "TODO")):
        end = next(i for i in range(at[n], len(rows)) if rows[i].startswith("#"))
        rows[at[n] + 1 : end] = ["", said, ""] + [""] * (end - at[n] - 4)
    report.write_text("\n".join(rows), encoding="utf-8")
    git(repo, *ADA, "commit", "-qam", "Not done")
    out = tmp_path / "out"
    made = course(tmp_path / "repos", out, names=("unfinished",))
    state = record(out, "unfinished").report_state
    assert state is not None
    left = sorted({*state.unanswered, *state.placeholders})
    assert len(left) == 3
    (row,) = table(out / "gradebook.csv")
    assert row["unanswered_questions"] == "3"
    (row,) = table(out / "summary.csv")
    assert int(row["questions"]) - int(row["answered"]) == 3
    page = (out / "index.html").read_text(encoding="utf-8")
    assert f'title="Question {", ".join(map(str, left))}">3</td>' in page
    assert len(made.groups) == 1


def test_the_ways_lead_past_a_group_that_failed(repos: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"

    def ways(name: str) -> list[str]:
        page = (out / "groups" / f"{name}.html").read_text(encoding="utf-8")
        nav = re.search(r'(?s)<nav class="groups".*?</nav>', page)
        assert nav
        return re.findall(r'href="([^"]+)"', nav[0])

    course(repos, out, names=("overclaiming", "gone", "consistent"))
    assert ways("overclaiming") == ["../index.html", "consistent.html"]
    assert ways("consistent") == ["../index.html", "overclaiming.html"]
    course(repos, out, names=("consistent", "gone"))
    assert ways("consistent") == ["../index.html"]


def test_images_of_the_repository_are_on_the_pages_and_not_in_the_records(out: Path) -> None:
    alone = pipeline.audit(
        Submission(id="consistent", repo=record(out, "consistent").submission.repo), PROFILE, figures=True
    )
    shown = [f.data for f in alone.report.figures if f.data]
    assert shown, "the fixture shows images"
    page = (out / "groups" / "consistent.html").read_text(encoding="utf-8")
    assert all(f'src="{data}"' in page for data in shown)
    assert record(out, "consistent").report.figures == ()


# -- what is new -------------------------------------------------------------------------------------------------------


def mend(repo: Path) -> None:
    """A new commit: one box less is ticked without its work."""
    report = repo / "reports" / "README.md"
    text = report.read_text(encoding="utf-8")
    assert f"* [x] {LOG}" in text
    text = text.replace(f"* [x] {LOG}", f"* [ ] {LOG}")
    report.write_text(text, encoding="utf-8")
    git(repo, *ADA, "commit", "-qam", "Mend the list")


def test_since_tells_new_still_and_gone(repos: Path, whole: Path) -> None:
    before = record(whole)
    fewer = before.model_copy(update={"findings": before.findings[1:-1]})
    told = since(fewer, past_of(before))
    assert {g.fingerprint for g in told.gone} == {before.findings[0].fingerprint, before.findings[-1].fingerprint}
    assert (told.new, len(told.still), told.note) == ((), len(before.findings) - 2, "")
    back = since(before, past_of(fewer))
    assert len(back.new) == 2
    assert back.gone == ()
    lead = before.model_copy(
        update={"findings": tuple(f.model_copy(update={"standing": "lead"}) for f in before.findings)}
    )
    assert since(lead, past_of(before)).gone == ()  # still spoken of
    other = before.model_copy(update={"tool": before.tool.model_copy(update={"version": "9"})})
    assert "auditor" in since(other, past_of(before)).note


def test_batch_since_an_earlier_run(repos: Path, tmp_path: Path) -> None:
    mine = tmp_path / "repos"
    shutil.copytree(repos, mine, symlinks=True)
    old, new = tmp_path / "old", tmp_path / "new"
    course(mine, old)
    gone = record(old)
    logging = next(
        f for f in gone.findings if {v.id: v for v in gone.verdicts}[f.verdict].claim.quote.startswith("Use logging")
    )
    save(
        old,
        "overclaiming",
        "overclaiming",
        "",
        [Decision(fingerprint=f.fingerprint, decision="confirmed") for f in gone.findings],
    )
    mend(mine / "overclaiming")
    told: list[str] = []
    course(mine, new, old=old, told=told)
    assert told == []
    now = record(new)
    assert now.since is not None
    assert [g.fingerprint for g in now.since.gone] == [logging.fingerprint]
    assert set(now.since.still) == {f.fingerprint for f in gone.findings} - {logging.fingerprint}
    rows = {r["since"] for r in table(new / "findings.csv")}
    assert "still" in rows
    (left,) = [r for r in table(new / "findings.csv") if r["since"] == "gone"]
    assert (left["group"], left["rule"], left["quote"]) == ("overclaiming", "checked-but-absent", LOG)
    assert left["place"].startswith("reports/README.md:")
    index = (new / "index.html").read_text(encoding="utf-8")
    assert ">gone</span></button>" in index
    assert "with new findings" in index
    assert "1 gone" in (new / "groups" / "overclaiming.html").read_text(encoding="utf-8")
    # what was decided then holds now
    assert read(new, "overclaiming") is not None
    assert {r["decision"] for r in table(new / "findings.csv") if r["since"] == "still"} == {"confirmed"}
    # and what the group is told anew is what is new, what is settled, and in a line each what is not
    left_over = [f for f in now.findings if f.standing == "finding" and f.fingerprint in now.since.still]
    for text in (f(now, read(new, "overclaiming"), only_new=True) for f in (feedback.markdown, feedback.html)):
        assert "1 of what we told you then is settled: thank you." in text
        assert f"{len(left_over)} of it are still there." in text
        assert "There is nothing new that we ask you to look at besides." in text
        assert "Still there" in text
        assert "Thank you for your work" not in text
        assert all(f"line {v.claim.line}" in text for v in now.verdicts if v.id in {f.verdict for f in left_over})
    # one alone is one, and what was dismissed is no longer there for the group
    one = [Decision(fingerprint=f.fingerprint, decision="dismissed") for f in left_over[1:]]
    stands = (read(new, "overclaiming") or Decisions(submission="overclaiming")).model_copy(
        update={"decisions": (Decision(fingerprint=left_over[0].fingerprint, decision="confirmed"), *one)}
    )
    told_now = feedback.feedback(now, stands, only_new=True)
    assert "We compared it with our last look" in told_now.intro
    assert "1 of what we told you then is still there." in told_now.intro
    assert len(told_now.still) == 1
    assert feedback.feedback(now, stands).still == []
    # without --since nothing of it is left
    course(mine, new)
    assert record(new).since is None
    with pytest.raises(UserError):
        Beside(new, new)
    with pytest.raises(UserError):
        Beside(new, tmp_path / "nowhere")


def test_audit_since_a_record(repos: Path, whole: Path, tmp_path: Path) -> None:
    mine = tmp_path / "overclaiming"
    shutil.copytree(repos / "overclaiming", mine, symlinks=True)
    mend(mine)
    stored = str(whole / "groups" / "overclaiming.json")
    done = auditor("audit", mine, "--since", stored, "--format", "json")
    assert len(json.loads(done.stdout)["since"]["gone"]) == 1
    text = auditor("audit", mine, "--since", stored).stdout
    assert "1 gone" in text
    assert auditor("audit", mine, "--since", mine / "README.md").returncode == 2


# -- feedback ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("choices", "waits"),
    [
        ((), "{n} of {n} findings are not decided yet"),
        (("confirmed",), "{less} of {n} findings are not decided yet"),
        (("undecided", "dismissed"), "{less} of {n} findings are not decided yet"),
        (("ask",) * 200, "{n} of {n} findings are to be asked about, and none is confirmed"),
        (("ask",) + ("dismissed",) * 200, "1 of {n} findings is to be asked about, and none is confirmed"),
        (("ask",) + ("confirmed",) * 200, ""),
        (("dismissed",) * 200, ""),
    ],
)
def test_only_a_group_whose_findings_are_all_decided_is_told_anything(
    out: Path, choices: tuple[Choice, ...], waits: str
) -> None:
    before = record(out)
    n = len({f.fingerprint for f in before.findings if f.standing == "finding"})
    decide(out, *choices)
    said = waits.format(n=n, less=n - 1)
    for text in (f(before, read(out, "overclaiming")) for f in (feedback.markdown, feedback.html)):
        assert ("Not ready" in text) == bool(waits)
        assert said in text
        assert ("nothing that we ask you to look at" in text) == (choices == ("dismissed",) * 200)
        assert ("Thank you" in text) == (choices == ("dismissed",) * 200)
    left = out / "feedback" / "overclaiming.md"
    left.parent.mkdir()
    left.write_text("of last week", encoding="utf-8")
    done = auditor("feedback", out)
    assert done.returncode == 0
    assert left.exists() == (not waits)
    assert f"overclaiming: not ready: {said}" in done.stderr if waits else "not ready" not in done.stderr
    assert auditor("feedback", out, "--group", "overclaiming").returncode == (2 if waits else 0)


def test_a_confirmed_lead_counts_in_the_gradebook_as_in_the_feedback(out: Path) -> None:
    found = record(out)
    lead, left, *others = found.findings  # of which one is confirmed and one is not decided
    leads = {f.fingerprint for f in (lead, left)}
    found = found.model_copy(
        update={
            "findings": tuple(
                f.model_copy(update={"standing": "lead"}) if f in (lead, left) else f for f in found.findings
            )
        }
    )
    (entry,) = [e for e in load_entries(out, lambda _: None) if e.id == "overclaiming"]
    noted = (f.model_copy(update={"standing": "lead"}) if f.fingerprint in leads else f for f in entry.findings)
    entry = entry.model_copy(update={"findings": tuple(noted)})
    made = [(lead, "confirmed"), (others[0], "confirmed"), *((f, "dismissed") for f in others[1:])]
    chosen = Decisions(
        submission="overclaiming",
        decisions=tuple(Decision(fingerprint=f.fingerprint, decision=c) for f, c in made),  # type: ignore[arg-type]
    )
    group = as_it_stands(entry, chosen)
    assert group.decided == {"confirmed": 2, "dismissed": len(others) - 1}
    (_, row) = csv.reader(io.StringIO("".join(tables.gradebook([group]))))
    assert row[2] == "2" == str(len(feedback.feedback(found, chosen).points))


def test_a_group_is_told_what_was_confirmed_and_nothing_else(out: Path) -> None:
    decide(out, "confirmed", "dismissed", "ask", *["dismissed"] * 200, note="between ourselves")
    done = auditor("feedback", out)
    assert done.returncode == 0, done.stderr
    assert "gone: not audited" in done.stderr
    text, page = ((out / "feedback" / f"overclaiming.{e}").read_text(encoding="utf-8") for e in ("md", "html"))
    before = record(out)
    verdicts = {v.id: v for v in before.verdicts}
    told = [verdicts[f.verdict] for f in before.findings[:3]]
    assert LOG.split(" (")[0] in text
    assert f"line {told[0].claim.line}" in text
    assert "What you can do" in text
    for other in told[1:]:
        assert other.claim.quote[:40] not in text + page
    for word in ("between ourselves", *{f.rule for f in before.findings}, "error", "warning", "probe", "fingerprint"):
        assert word not in text, word
    assert "consistent" not in page  # no way to another group on what is sent
    short = (out / "feedback" / "consistent.md").read_text(encoding="utf-8")
    assert "nothing that we ask you to look at" in short
    assert "###" not in short
    assert not (out / "feedback" / "gone.md").exists()
    one = auditor("feedback", out, "--group", "overclaiming")
    assert one.stdout.strip() == text.strip()
    assert auditor("feedback", out, "--group", "nobody").returncode == 2
    assert auditor("feedback", out, "--only-new").returncode == 2
    assert auditor("feedback", out.parent).returncode == 2


def test_nothing_of_a_report_becomes_markup_of_the_feedback(out: Path) -> None:
    before = record(out)
    evil = "<img src=x onerror=alert(1)> [x](javascript:alert(1)) @everyone `a` | **b**"
    verdicts = tuple(
        v.model_copy(
            update={"claim": v.claim.model_copy(update={"quote": evil}), "repo_shows": evil, "difference": evil}
        )
        for v in before.verdicts
    )
    bad = before.model_copy(
        update={"verdicts": verdicts, "submission": before.submission.model_copy(update={"id": evil})}
    )
    every = tuple(Decision(fingerprint=f.fingerprint, decision="confirmed") for f in bad.findings)
    decisions = Decisions(submission=evil, decisions=every)
    text, page = feedback.markdown(bad, decisions), feedback.html(bad, decisions)
    assert "<img" not in text + page
    assert "](javascript" not in text
    assert "@everyone" not in text
    assert "default-src 'none'" in page


def test_a_private_answer_and_a_secret_are_not_in_it(out: Path) -> None:
    before = record(out)
    prose = next(f for f in before.findings if f.rule == "prose-contradicts-repository")
    verdict = next(v for v in before.verdicts if v.id == prose.verdict)
    key = "sk-" + "a1B2c3D4" * 6
    changed = tuple(
        v.model_copy(update={"claim": v.claim.model_copy(update={"quote": f"we set OPENAI_API_KEY={key} there"})})
        if v is verdict
        else v
        for v in before.verdicts
    )
    others = (f.fingerprint for f in before.findings if f is not prose)
    every = (
        Decision(fingerprint=prose.fingerprint, decision="confirmed"),
        *(Decision(fingerprint=mark, decision="dismissed") for mark in others),
    )
    chosen = Decisions(submission="overclaiming", decisions=every)
    assert key not in feedback.markdown(before.model_copy(update={"verdicts": changed}), chosen)
    asked = tuple(q.model_copy(update={"private": q.n == verdict.claim.source.n}) for q in before.report.questions)
    hidden = before.model_copy(update={"report": before.report.model_copy(update={"questions": asked})})
    text = feedback.markdown(hidden, chosen)
    assert verdict.claim.quote not in text
    assert f"Question {verdict.claim.source.n}" in text


def test_a_page_that_is_served_shows_what_is_dismissed(out: Path) -> None:
    from auditor.render.ways import Served

    before = record(out)
    chosen = Decisions(
        submission="overclaiming",
        decisions=(Decision(fingerprint=before.findings[0].fingerprint, decision="dismissed"),),
    )
    static = html.render(before, decisions=chosen)
    served = html.render(before, decisions=chosen, served=Served("../decisions/x", "f", "../feedback/x.html"))
    mark = f'data-fingerprint="{before.findings[0].fingerprint}"'
    assert (mark in static, mark in served) == (False, True)
    assert "connect-src" not in static
    assert "connect-src" in served
