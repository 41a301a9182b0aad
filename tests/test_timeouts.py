"""The time of an audit holds by the clock, wherever it is spent: in what is slow, and in no more than that."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest
from build_fixture import build

from auditor import deadline, limits, pages, pipeline, replies
from auditor.checking import check
from auditor.claims.case import READERS, Case, Reader, load
from auditor.claims.kinds import Typed
from auditor.claims.run import _Clock
from auditor.cli_notes import exit_code
from auditor.deadline import LeftOut, May, allowed, waiting, within, write_now
from auditor.errors import UserError
from auditor.gitdir import Directory
from auditor.judges import Answer
from auditor.models import AuditRecord, JudgeInfo, Submission
from auditor.probes import PROBES, Probe
from auditor.probes import load as load_probes
from auditor.profile import load_profile
from auditor.prose import Prose, Statement
from auditor.render import html, markdown
from auditor.snapshot import Snapshot

PROFILE = load_profile("dtu-mlops")
SHARE = "took longer than 2 s, its share of the time (--timeout)"
OVER = "the time of the audit was over (--timeout)"
TEN = May(10)  # so that a fifth is long enough for everything that is not slow on purpose


def _spin(*_: object, **__: object) -> NoReturn:
    while True:
        try:
            sum(range(1000))
        except Exception:  # no boundary on the way holds it up
            continue


def _audit(repository: Path, may: May = TEN) -> AuditRecord:
    return pipeline.audit(Submission(id="g", repo=str(repository)), PROFILE, may=may)


def _told(record: AuditRecord) -> list[str]:
    return [p.message for p in record.omitted]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("overclaiming", tmp_path_factory.mktemp("r") / "r")


@pytest.fixture(scope="module")
def whole(repository: Path) -> AuditRecord:
    return _audit(repository, May(0, 0))


def _same_probes(record: AuditRecord, whole: AuditRecord) -> bool:
    return [(r.probe, r.outcome) for r in record.results] == [(r.probe, r.outcome) for r in whole.results]


@pytest.mark.parametrize("verb", ["audit", "check"])
def test_a_report_that_takes_too_long_costs_the_report(
    verb: str, repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.report.parse.parse_report", _spin)
    record = _audit(repository) if verb == "audit" else check(repository, PROFILE, may=TEN)
    assert f"the report {SHARE}" in _told(record)
    assert {r.probe for r in record.results if r.outcome == "found"} >= {"dockerfile", "any-tests"}
    assert (record.report.path, record.report.sha256) == (whole.report.path, whole.report.sha256)
    assert record.report_state is None
    assert [f.rule for f in record.findings if f.rule != "secret-in-repository"] == []  # what it lacks is not known
    assert exit_code(record, "never") == 2


@pytest.mark.parametrize(
    ("verb", "slow", "said"),
    [
        ("audit", "repository.Repository.head", "finding the commit"),
        ("audit", "gitsnapshot.tracked", "opening the commit"),
        ("check", "gitsnapshot.tracked", "opening the working tree"),
        ("check", "worktree.WorkingTree._names", "opening the working tree"),
    ],
)
def test_a_commit_that_takes_too_long_to_open_is_no_audit(
    verb: str, slow: str, said: str, repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(f"auditor.{slow}", _spin)
    monkeypatch.setattr(limits, "OPENING", limits.READING)
    started = time.monotonic()
    with pytest.raises(UserError, match=rf"^{said} took longer than 1 s, its share of the time \(--timeout\)$") as told:
        _audit(repository) if verb == "audit" else check(repository, PROFILE, may=TEN)
    assert told.value.hint == "give it more with --timeout"
    assert time.monotonic() - started < 5


def test_a_git_that_is_waited_for_in_vain_is_ended(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What runs when the time is over is a process, not Python."""
    real = Directory.command
    alive = tmp_path / "alive"
    slow = ["sh", "-c", f"echo $$ > {alive}; exec sleep 60"]
    monkeypatch.setattr(Directory, "command", staticmethod(lambda *words: slow if words[0] == "log" else real(*words)))
    started = time.monotonic()
    monkeypatch.setattr(limits, "OPENING", limits.READING)
    with pytest.raises(UserError, match="opening the commit took longer"):
        _audit(repository)
    assert time.monotonic() - started < 5
    with pytest.raises(ProcessLookupError):
        os.kill(int(alive.read_text()), 0)


def test_a_host_that_is_waited_for_takes_none_of_the_time(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = pipeline.locate
    monkeypatch.setattr(pipeline, "locate", lambda *a, **k: (time.sleep(0.8), real(*a, **k))[1])
    with allowed(May(1)):
        assert pipeline.find(Submission(id="g", repo=str(repository))).commit


class Asked:
    """A judge that has nothing to say."""

    info = JudgeInfo(name="asked", model="m")
    got = 0

    def answer(self, requests: Any) -> dict[str, Answer]:
        self.got += len(requests)
        return {r.id: Answer(error="no") for r in requests}


def test_requests_that_take_too_long_are_not_asked(
    repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "ASKING", limits.PIECE)
    monkeypatch.setattr("auditor.judges.request.make_brief", _spin)
    judge = Asked()
    record = pipeline.audit(Submission(id="g", repo=str(repository)), PROFILE, judge, may=TEN)
    assert judge.got == 0
    said = f"writing the judge's requests {SHARE}"
    assert [p.message for p in record.unjudged] == [said]
    assert said not in _told(record)
    assert [v.id for v in record.verdicts] == [v.id for v in whole.verdicts]
    assert _same_probes(record, whole)
    assert exit_code(record, "never") == 2


def test_requests_that_fail_are_not_asked_and_the_rest_stands(
    repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> NoReturn:
        raise ValueError("odd")

    monkeypatch.setattr("auditor.judges.request.readings", broken)
    record = pipeline.audit(Submission(id="g", repo=str(repository)), PROFILE, Asked(), may=May(0, 0))
    assert [p.message for p in record.unjudged] == ["writing the judge's requests failed: ValueError: odd"]
    assert [v.id for v in record.verdicts] == [v.id for v in whole.verdicts]
    assert record.judged == 0


def test_a_commit_that_cannot_be_opened_again_in_time_costs_what_was_to_be_read_there(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepared = pipeline.prepare(Submission(id="g", repo=str(repository)), PROFILE, judged=True)

    def late(_: object) -> NoReturn:
        raise LeftOut("opening the commit", "took long")

    monkeypatch.setattr(replies, "opened", late)
    monkeypatch.setattr(replies, "_read_claims", lambda *_: ([object()], None))
    settled = replies.settle_claims(prepared, PROFILE, {})
    assert [p.message for p in settled.omitted[len(prepared.omitted) :]] == ["opening the commit took long"]
    assert settled.verdicts == prepared.verdicts


def test_a_search_for_the_report_that_takes_too_long_ends_where_reports_lie(
    repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("auditor.report.find.like_reports", _spin)
    monkeypatch.setattr("auditor.report.find._asks", _spin)
    record = _audit(repository)
    assert f"which file is the report {SHARE}" in _told(record)
    assert record.report.path == whole.report.path


def test_sentences_that_take_too_long_hold_no_open_box_against_anybody(
    repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_boxes = {f"V{i.n}" for i in whole.report.items if not i.checked}
    before = {v.id for v in whole.verdicts if v.id in open_boxes and v.label == "contradicted"}
    assert before
    monkeypatch.setattr("auditor.examine.read_prose", _spin)
    record = _audit(repository)
    assert f"the sentences of the answers {SHARE}" in _told(record)
    assert _same_probes(record, whole)
    assert {v.by for v in record.verdicts if v.by.startswith("claim:")} <= {
        "claim:file"
    }  # images, which are no sentences
    labels = {v.id: (v.label, v.difference) for v in record.verdicts}
    assert {labels[id_] for id_ in before} == {("not_verifiable", "Whether an answer says why was not looked at.")}
    ticked = {v.id for v in whole.verdicts if v.by == "probe" and v.label == "contradicted"} - before
    assert ticked
    assert {labels[id_][0] for id_ in ticked} == {"contradicted"}


def test_a_reader_that_takes_too_long_costs_its_claims(
    repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    def reader(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
        _spin()
        yield from ()

    load()
    monkeypatch.setitem(READERS, "slow-one", Reader("slow-one", reader))
    record = _audit(repository)
    assert f"reader slow-one {SHARE}" in _told(record)
    assert [v.id for v in record.verdicts] == [v.id for v in whole.verdicts]


def test_a_past_that_takes_too_long_leaves_the_claim_open(
    repository: Path, whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be true on a branch that the answer names, or have been true when it was written."""
    wrong = {v.claim.line for v in whole.verdicts if v.by.startswith("claim:") and v.label == "contradicted"}
    first = min(wrong)
    real = _Clock.past
    monkeypatch.setattr(_Clock, "past", lambda c, p, m: _spin() if p.line == first else real(c, p, m))
    record = _audit(repository)
    assert f"the past of line {first} {SHARE}" in _told(record)
    now = {v.claim.line for v in record.verdicts if v.by.startswith("claim:") and v.label == "contradicted"}
    assert now == wrong - {first}


def test_a_probe_whose_files_take_too_long_is_unknown(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Finding the files that mention something is part of the probe."""
    real = Snapshot.select

    def select(self: Snapshot, globs: tuple[str, ...], mentions: tuple[str, ...] = (), **more: Any) -> Any:
        return _spin() if "never-said" in mentions else real(self, globs, mentions, **more)

        load_probes()

    monkeypatch.setattr(Snapshot, "select", select)
    monkeypatch.setitem(
        PROBES, "slow-one", Probe("slow-one", "Is it slow?", ("**",), lambda _: iter(()), ("never-said",))
    )
    record = _audit(repository)
    by_id = {r.probe: r for r in record.results}
    assert (by_id["slow-one"].outcome, by_id["slow-one"].reason) == ("unknown", f"the probe `slow-one` {SHARE}")
    assert by_id["dockerfile"].outcome == "found"


def test_all_of_it_slow_ends_on_time(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("auditor.report.find.find_report", _spin)
    monkeypatch.setattr("auditor.report.parse.parse_report", _spin)
    monkeypatch.setattr("auditor.examine.read_prose", _spin)
    monkeypatch.setattr(Snapshot, "select", _spin)
    monkeypatch.setattr(Snapshot, "once", _spin)
    started = time.monotonic()
    record = _audit(repository, May(2))
    assert time.monotonic() - started < 4
    assert {r.outcome for r in record.results} == {"unknown"}
    assert any(m.endswith(OVER) for m in _told(record))


# -- the page ----------------------------------------------------------------------------------------------------------


def test_a_part_of_the_page_that_takes_too_long_stands_as_it_was_typed(
    whole: AuditRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = html._Page._laid_out
    asked = next(q for q in whole.report.questions if q.n == 3)
    words = asked.answer.split("\n")[0]

    def laid_out(self: Any, rows: Any, notes: Any) -> Any:
        return _spin() if rows and words in rows[0][1] else real(self, rows, notes)

    monkeypatch.setattr(html._Page, "_laid_out", laid_out)
    with allowed(May(20)) as allowance:  # half a second for each part
        page = html.render(whole)
    assert page.count("they stand as they were typed.</p><pre>") == 1
    assert list(allowance.left_out) == [
        f"lines {asked.answer_lines[0]} to {asked.answer_lines[1]} of the report on the page"
    ]
    assert page.count('id="q') >= len(whole.report.questions)


def test_what_stands_as_it_was_typed_is_no_markup(whole: AuditRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    def late(*_: object, **__: object) -> NoReturn:
        raise LeftOut("it", "<script>")

    monkeypatch.setattr(html, "within", late)
    page = html.unmade(
        whole.model_copy(update={"submission": whole.submission.model_copy(update={"id": "<b>g"})}), "<i>"
    )
    assert "&lt;b&gt;g: &lt;i&gt;" in page
    shown = html._Page(whole, None, False)._markdown([(1, "<script>alert(1)</script>")], [])
    assert "<script>" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown


def test_a_page_that_takes_too_long_says_so(whole: AuditRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "template", _spin)
    with allowed(May(2)) as allowance:
        page = html.render(whole)
    assert "the page took longer than 0.4 s" in page
    assert allowance.cut


def test_a_file_of_a_class_that_takes_too_long_says_so(whole: AuditRecord, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(markdown, "render", _spin)
    monkeypatch.setattr("auditor.render.sarif.render", _spin)
    with allowed(May(3)) as allowance:
        files = pages.files_of(whole, ["markdown", "sarif", "text"])
    assert files["md"].startswith(f"{whole.submission.id}: the file .md took longer than 0.6 s")
    run = json.loads(files["sarif"])["runs"][0]
    assert not run["invocations"][0]["executionSuccessful"]
    assert len(files["txt"]) > 500
    assert allowance.cut


# -- the clock ---------------------------------------------------------------------------------------------------------


def test_the_last_of_the_time_is_for_the_record() -> None:
    with allowed(May(1000), spent=901) as allowance:
        assert allowance.over
        with pytest.raises(LeftOut, match=r"was not begun: the time of the audit was over"):
            within("a probe", limits.PIECE, lambda: 1)
        write_now()
        assert not allowance.over
        assert within("the page", limits.PIECE, lambda: 1) == 1
    with allowed(May(1000), spent=899) as allowance:
        assert not allowance.over
        assert 899 <= allowance.spent < 950
    with allowed(May(1000), spent=1001) as allowance:
        write_now()
        assert allowance.over


def test_what_is_waited_for_takes_no_time_of_the_audit() -> None:
    with allowed(May(0.6)) as allowance:
        with waiting():
            time.sleep(0.7)
        assert not allowance.over
        assert allowance.spent < 0.4
        with pytest.raises(LeftOut):
            within("a slow one", limits.PIECE, _spin)  # the clock is looked at again
    with waiting():
        pass


def test_a_judge_may_take_longer_than_the_audit(repository: Path) -> None:
    class Slow:
        info = JudgeInfo(name="slow", model="m")

        def answer(self, requests: Any) -> dict[str, Answer]:
            time.sleep(1.5)
            asked.append(within("by itself", limits.PIECE, lambda: len(requests)))
            return {r.id: Answer(error="no") for r in requests}

    asked: list[int] = []
    record = pipeline.audit(Submission(id="g", repo=str(repository)), PROFILE, Slow(), may=May(10))
    assert asked[0] > 0
    assert not any(OVER in m for m in _told(record))
    assert record.times is not None
    assert record.times.judge_seconds >= 1.5


@pytest.mark.skipif("not __import__('sys').platform.startswith('linux')")
def test_what_is_waited_for_has_the_memory_that_there_is() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    with allowed(May(10, 1_000)):
        held = resource.getrlimit(resource.RLIMIT_DATA)
        assert held[0] == 1_000_000_000
        with waiting():
            assert resource.getrlimit(resource.RLIMIT_DATA) == before
        assert resource.getrlimit(resource.RLIMIT_DATA) == held
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


SLOW_PAGE = """
import sys, time
from auditor.render import html
from auditor.cli import main
def spin(*_, **__):
    while True:
        sum(range(1000))
html._Page.sections = spin
sys.argv = ["auditor", *sys.argv[1:]]
main()
"""


@pytest.mark.parametrize("verb", ["audit", "check"])
def test_the_command_line_ends_on_time_and_says_what_is_not_there(verb: str, repository: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    command = [
        sys.executable,
        "-c",
        SLOW_PAGE,
        verb,
        str(repository),
        "--timeout",
        "6",
        "--format",
        "html",
        "--output",
        str(page),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2, done.stderr
    assert (
        "the page took longer than 1.2 s, its share of the time (--timeout); give it more with --timeout" in done.stderr
    )
    assert "What was found is in the record" in page.read_text(encoding="utf-8")


@pytest.mark.skipif("not __import__('sys').platform.startswith('linux')")
def test_a_commit_for_which_there_is_too_little_memory_is_told_as_that(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def much(*_: object, **__: object) -> NoReturn:
        raise MemoryError

    monkeypatch.setattr("auditor.gitsnapshot.tracked", much)
    with pytest.raises(UserError, match=r"^opening the commit took more memory than there is \(3,000 MB") as told:
        _audit(repository, May(100, 3_000))
    assert told.value.hint == "give it more with --memory"


class Clock:
    """Time that passes when it is told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        monkeypatch.setattr(deadline, "time", SimpleNamespace(monotonic=lambda: self.now))

    def rings(self, allowance: deadline.Allowance, after: float) -> bool:
        """Whether a look at the clock so many seconds later interrupts what is under way."""
        self.now += after
        try:
            allowance.ring(0, None)
        except deadline._Interrupted:
            return True
        return False


def test_a_piece_is_interrupted_once_its_share_is_used_up_and_again_if_it_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = Clock(monkeypatch)
    allowance = deadline.Allowance(100, 0)
    allowance.begin(10)
    assert [clock.rings(allowance, s) for s in (10, 0.5, 1, 0.5, 0.5, 0.25)] == [False, True, False, False, False, True]
    allowance.begin(10)  # one within it
    assert [clock.rings(allowance, s) for s in (10, 0.5)] == [False, True]
    allowance.end(1)
    assert allowance.depth == 1
    assert clock.rings(allowance, 2)  # the outer one's own time is over all the same
    allowance.end(0)
    allowance.begin(2)
    assert not clock.rings(allowance, 10)
    allowance.begin(1)
    assert not clock.rings(allowance, 30)
    allowance.end(1)
    assert [clock.rings(allowance, s) for s in (20, 10)] == [False, True]  # all of the time is over before its share


def test_what_is_no_piece_is_interrupted_only_where_it_goes_on_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    allowance = deadline.Allowance(100, 0, spent=20)
    assert [clock.rings(allowance, s) for s in (90, 0.5, 1.5, 1)] == [False, True, False, True]
    late = deadline.Allowance(100, 0)
    late.wait(500)
    assert not clock.rings(late, 500)
    assert late.spent == 0


def test_the_end_of_the_time_is_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    allowance = deadline.Allowance(100, 0)
    for after, over in ((90, False), (0.5, True)):
        clock.now += after
        assert allowance.over is over
    allowance.last = True
    for after, over in ((9.5, False), (0.5, True)):
        clock.now += after
        assert allowance.over is over
    assert not deadline.Allowance(0, 5, spent=1e9).over


@pytest.mark.skipif("__import__('sys').platform == 'win32'")
def test_a_clock_is_set_where_there_is_a_time_and_taken_back(monkeypatch: pytest.MonkeyPatch) -> None:
    def timer(which: int) -> float:
        return signal.getitimer(which)[0]

    assert (timer(signal.ITIMER_REAL), timer(signal.ITIMER_PROF)) == (0, 0)
    with allowed(May(0, 4_000)):
        assert timer(signal.ITIMER_REAL) == 0
        with waiting():
            pass
        assert timer(signal.ITIMER_REAL) == 0
        assert within("it", limits.PIECE, lambda: 1) == 1
    for worker in (False, True):
        monkeypatch.setattr(deadline, "_in_a_worker", lambda worker=worker: worker)
        with allowed(May(50, 0)):
            assert 0 < timer(signal.ITIMER_REAL) <= deadline.TICK
            assert (60 + deadline.GRACE < timer(signal.ITIMER_PROF) <= 81 + deadline.GRACE) is worker
            with waiting():
                assert timer(signal.ITIMER_REAL) == 0
            assert timer(signal.ITIMER_REAL) > 0
        assert (timer(signal.ITIMER_REAL), timer(signal.ITIMER_PROF)) == (0, 0)
    with allowed(May(0.3, 0)), pytest.raises(LeftOut, match=r"^it took longer than 0.06 s, its share"):
        within("it", limits.PIECE, _spin)


def test_who_is_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    assert multiprocessing.process
    assert not deadline._in_a_worker()
    monkeypatch.setattr("multiprocessing.process.parent_process", lambda: object())
    assert deadline._in_a_worker()
    monkeypatch.delitem(sys.modules, "multiprocessing.process")
    assert not deadline._in_a_worker()
