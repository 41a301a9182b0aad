"""Many submissions over an executor: read in parallel, judged together, concluded in parallel, each on disk once it is done.

A submission that cannot be audited has a record with `error` and an empty report (its path is ""), and never stops the others. What
is finished is not done again while its commit and all that it is audited with stay the same.
"""

import contextlib
import gc
import hashlib
import json
import pickle
import re
import time
import traceback
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from auditor import __version__, errors, pipeline
from auditor.boundary import attempt
from auditor.classwide import class_notes
from auditor.deadline import LeftOut, May, allowed, ended_early
from auditor.ending import words
from auditor.errors import UserError
from auditor.extras import need
from auditor.facts.statistics import statistics
from auditor.folder import Folder
from auditor.grammar import running
from auditor.groups import file_name
from auditor.judges import Answer, Judge, NoJudge, Request
from auditor.models import (
    Audited,
    AuditRecord,
    Figure,
    GroupEntry,
    JudgeInfo,
    Label,
    Noted,
    Report,
    Statistics,
    Submission,
    Times,
    Tool,
)
from auditor.overview import Beside, as_it_stands, load_figures, ways_between, write_summaries
from auditor.pages import Around, files_of
from auditor.prepared import Found, Prepared, meant, opened
from auditor.profile import Profile
from auditor.render import index
from auditor.render.index import Class, Head
from auditor.render.sides import counts
from auditor.report.figures import figures_of
from auditor.repository import GitError, Repository
from auditor.since import marked
from auditor.snapshot import Snapshot
from auditor.stored import load_record
from auditor.workers import Failure, TimeUp, Workers, limited, processes, small_files

if TYPE_CHECKING:
    from auditor.judges.request import Asking

WAVE = 600_000_000
"""Characters of requests that are held at once: one call of the judge for a class of some hundred groups, a few for a
university."""

FORM = 4
"""What an entry and a page hold: one more, and those of an older auditor are made anew."""

MODULES = ("auditor.warm",)
"""What a worker has imported before it begins."""


@dataclass(frozen=True)
class Terms:
    """What holds for every submission of a run. `profile` is pickled, so that a worker reads it once."""

    profile: bytes
    judge: JudgeInfo
    formats: tuple[str, ...] = ()
    asking: "Asking | None" = None
    timeout: float = 0
    max_size: int = 0
    asked_with: str = ""
    memory: int = 0

    @property
    def may(self) -> May:
        """What the audit of one submission may take."""
        return May(self.timeout, self.memory)

    @classmethod
    def of(
        cls,
        profile: Profile,
        judge: Judge,
        formats: Iterable[str] = (),
        asking: "Asking | None" = None,
        timeout: float = 0,
        max_size: int = 0,
        memory: int = 0,
    ) -> "Terms":
        """The terms of a run; `asked_with` says by what its records are known."""
        prompts = ""
        if judge.info.name == "none":
            asking = None
        else:
            from auditor.judges.request import Asking

            asking = asking or Asking()
            prompts = "+".join(p.hash for p in asking.prompts)
        asked = asdict(asking) if asking is not None else {}
        said = [FORM, __version__, running(), profile.hash, prompts, judge.info.model_dump(), asked, sorted(formats)]
        asked_with = hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
        return cls(
            pickle.dumps(profile), judge.info, tuple(sorted(formats)), asking, timeout, max_size, asked_with, memory
        )


@dataclass(frozen=True)
class Task:
    """One submission, the key of the finished record that there is of it, and what is laid beside its audit."""

    submission: Submission
    terms: Terms
    known: str = ""
    around: Around | None = None


@dataclass(frozen=True)
class Ready:
    """A submission that a judge can be asked about."""

    task: Task
    key: str
    prepared: Prepared
    statistics: Statistics
    times: Times
    answers: Mapping[str, Answer]


@dataclass(frozen=True)
class Done:
    """A submission that is finished: its entry and its files by their endings. Without an entry, nothing has changed."""

    submission: Submission
    entry: GroupEntry | None = None
    files: Mapping[str, str] | None = None
    seconds: float = 0.0


def audit_many(
    submissions: Iterable[Submission],
    profile: Profile,
    judge: Judge | None = None,
    make: Callable[[int], Executor] | None = None,
    workers: int = 2,
    *,
    terms: Terms | None = None,
    known: Callable[[Submission], str] = lambda _: "",
    around: Callable[[Submission], Around | None] = lambda _: None,
) -> Generator[Done, None, None]:
    """Every submission, audited, in the order in which they are done. `make` gives an executor of so many workers: processes
    unless said otherwise. `known` tells the key of a finished record, `around` what is laid beside a submission."""
    judge = judge or NoJudge()
    terms = terms or Terms.of(profile, judge)
    tasks = (Task(s, terms, known(s), around(s)) for s in submissions)
    patience = 4 * terms.timeout + 60 if terms.timeout else 0
    pool = Workers(make or (lambda n: processes(n, MODULES)), workers, patience)
    finished = False
    try:
        if judge.info.name == "none":
            for task, done in pool.run(audit_one, tasks):
                yield _done(task, done)
        else:
            for wave in _waves(pool.run(prepare_one, tasks)):
                yield from _judged(wave, judge, pool)
        finished = True
    finally:
        pool.close() if finished else pool.stop()


def _done(task: Task, done: Done | Failure) -> Done:
    return failed(task, done.reason) if isinstance(done, Failure) else done


def _waves(outcomes: Iterable[tuple[Task, Ready | Done | Failure]]) -> Iterator[list[Ready | Done]]:
    """What was prepared, in portions that fit into memory with their requests; what is done already goes ahead alone."""
    wave: list[Ready | Done] = []
    size = 0
    for task, outcome in outcomes:
        if not isinstance(outcome, Ready):
            yield [_done(task, outcome)]
            continue
        wave.append(outcome)
        size += sum(len(content) for r in outcome.prepared.requests for _, content in r.messages)
        if size > WAVE:
            yield sorted(wave, key=_id)
            wave, size = [], 0
    yield sorted(wave, key=_id)


def _id(ready: Ready | Done) -> str:
    return ready.task.submission.id if isinstance(ready, Ready) else ready.submission.id


def _judged(wave: list[Ready | Done], judge: Judge, pool: Workers) -> Iterator[Done]:
    yield from (done for done in wave if isinstance(done, Done))
    ready = [r for r in wave if isinstance(r, Ready)]
    if not ready:
        return
    clock = time.perf_counter()
    answers = ask(judge, [r.prepared.requests for r in ready])
    waited = time.perf_counter() - clock
    settled: list[Ready] = []
    for r, outcome in pool.run(settle_one, [_light(r, first) for r, first in zip(ready, answers, strict=True)]):
        if isinstance(outcome, Ready):
            settled.append(outcome)
        else:
            yield _done(r.task, outcome)
    settled.sort(key=_id)
    clock = time.perf_counter()
    second = ask(judge, [pipeline.rulings(r.prepared, r.answers) for r in settled])
    share = round((waited + time.perf_counter() - clock) / len(ready), 3)
    last = [
        replace(r, answers={**r.answers, **then}, times=r.times.model_copy(update={"judge_seconds": share}))
        for r, then in zip(settled, second, strict=True)
    ]
    for concluded, done in pool.run(conclude_one, last):
        yield _done(concluded.task, done)


def _light(ready: Ready, answers: Mapping[str, Answer]) -> Ready:
    """A submission with its answers, without the texts that were asked: they are not needed again."""
    asked = tuple(replace(q, messages=()) for q in ready.prepared.requests)
    return replace(ready, prepared=replace(ready.prepared, requests=asked), answers=answers)


def ask(judge: Judge, requests: Sequence[Sequence[Request]]) -> list[dict[str, Answer]]:
    """The answers to each submission's requests, asked for all at once; where that is more than the run may send, one
    submission after the other as far as it goes, and the rest is answered by why it was not sent."""
    named = [[replace(r, id=f"{n}:{r.id}") for r in some] for n, some in enumerate(requests)]
    together = [r for some in named for r in some]
    answers: dict[str, Answer] = {}
    if together:
        try:
            answers = judge.answer(together)
        except UserError:
            for some in named:
                try:
                    answers |= judge.answer(some) if some else {}
                except UserError as error:
                    answers |= {r.id: Answer(error=f"not sent: {error.message}") for r in some}
    return [{r.id: answers[f"{n}:{r.id}"] for r in some} for n, some in enumerate(requests)]


# -- what a worker does ------------------------------------------------------------------------------------------------


def audit_one(task: Task) -> Done:
    """A submission without a judge, from its address to its files."""
    gc.disable()  # collecting as one goes is a tenth of the time
    try:
        ready = prepare_one(task)
        return conclude_one(ready) if isinstance(ready, Ready) else ready
    finally:
        gc.enable()
        gc.collect(0)  # all of this one is young; what a worker keeps is not looked through each time


def prepare_one(task: Task) -> Ready | Done:
    """A submission, read, or what became of it: unchanged, or failed."""
    started, clock = datetime.now(UTC), time.perf_counter()
    terms, submission = task.terms, task.submission
    looked: list[tuple[Snapshot, Statistics]] = []
    found: Found | None = None
    with _boundary(task, lambda: meant(submission, found) if found else None) as failure:
        with limited(terms.timeout):
            with small_files(terms.max_size):
                found = pipeline.find(submission)
            key = key_of(submission, found, terms)
            if key == task.known:
                return Done(submission)
            _not_too_large(found.target.repository, terms.max_size)
        prepared = pipeline.prepare(
            submission,
            _profile(terms.profile),
            judged=terms.judge.name != "none",
            asking=terms.asking,
            found=found,
            look=lambda s: looked.append((s, attempt(lambda: statistics(s), "statistics")[0] or Statistics())),
            figures="html" in terms.formats and terms.judge.name == "none",
            may=terms.may,
        )
        if (snapshot := looked[0][0].opened) is not None:
            snapshot.forget()  # this process goes on to others
        times = Times(started=started.isoformat(timespec="seconds"), seconds=round(time.perf_counter() - clock, 3))
        return Ready(task, key, prepared, looked[0][1], times, {})
    return replace(failure[0], seconds=time.perf_counter() - clock)


def settle_one(ready: Ready) -> Ready | Done:
    """A submission whose claims were read by a judge, with those settled."""
    clock = time.perf_counter()
    terms = ready.task.terms
    with _boundary(ready.task, lambda: ready.prepared.submission) as failure:
        prepared = pipeline.settled(ready.prepared, _profile(terms.profile), ready.answers, terms.may)
        seconds = round(ready.times.seconds + time.perf_counter() - clock, 3)
        return replace(ready, prepared=prepared, times=ready.times.model_copy(update={"seconds": seconds}))
    return failure[0]


def conclude_one(ready: Ready) -> Done:
    """A submission that was prepared and judged: its record, its pages and its entry."""
    clock = time.perf_counter()
    terms, submission = ready.task.terms, ready.task.submission
    with (
        _boundary(ready.task, lambda: ready.prepared.submission) as failure,
        allowed(terms.may, ready.prepared.spent) as allowance,
    ):
        profile = _profile(terms.profile)
        record = pipeline.conclude(ready.prepared, profile, ready.answers, terms.judge)
        seconds = round(ready.times.seconds + time.perf_counter() - clock, 3)
        times = ready.times.model_copy(update={"seconds": seconds})
        figures = _figures(ready, record)
        report = record.report.model_copy(update={"figures": ()})
        record = record.model_copy(update={"times": times, "report": report})
        around = ready.task.around or Around()
        record = marked(record, around.past)
        files = files_of(record, terms.formats, around, figures)
        key = "" if ready.prepared.hurried or allowance.cut else ready.key  # next time there may be time enough
        return Done(submission, entry_of(record, profile, key, ready.statistics, around.key), files, seconds)
    return failure[0]


def _figures(ready: Ready, record: AuditRecord) -> tuple[Figure, ...]:
    """The report's images, for its page. Of a submission that waited for a judge they are read now, not kept meanwhile."""
    if "html" not in ready.task.terms.formats or ready.prepared.found is None:
        return record.report.figures
    with contextlib.suppress(LeftOut), opened(ready.prepared.found) as snapshot:
        return figures_of(record.report, snapshot.files)
    return ()  # the page says where one is missing


@contextlib.contextmanager
def _boundary(task: Task, known: Callable[[], Audited | None] = lambda: None) -> Iterator[list[Done]]:
    """The submission's boundary: what goes wrong inside becomes a record that says so. `known` is what it is about, as far as that
    is known by then."""
    failure: list[Done] = []
    try:
        yield failure
    except TimeUp:
        failure.append(failed(task, f"took longer than {task.terms.timeout:g} s (--timeout)", known))
    except UserError as error:
        said = f"{error.message} ({error.listed})" if error.listed else error.message
        if task.terms.max_size and re.search(
            r"index-pack|too large", said, re.IGNORECASE
        ):  # a worker lets no file grow
            said = f"{task.submission.repo}: larger than {task.terms.max_size} MB (--max-size), or the connection broke"
        failure.append(failed(task, said, known))
    except (GitError, OSError, MemoryError) as error:
        failure.append(failed(task, words(error)[0], known))
    except errors.PASSED:
        raise
    except Exception as error:
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{Path(at.filename).name}:{at.lineno}"
        failure.append(failed(task, f"{type(error).__name__}: {str(error)[:300]} ({where}; a fault of auditor)", known))


@lru_cache(maxsize=1)
def _profile(pickled: bytes) -> Profile:
    profile = pickle.loads(pickled)
    assert isinstance(profile, Profile)
    return profile


def key_of(submission: Submission, found: Found, terms: Terms) -> str:
    """What a record depends on: the commit, how it was named, and the terms."""
    said = hashlib.sha256(submission.model_dump_json().encode()).hexdigest()[:16]
    return f"{found.commit}+{found.later} {said} {terms.asked_with}"


def _not_too_large(repository: Repository, megabytes: int) -> None:
    if megabytes:
        counts = dict(row.split(": ", 1) for row in repository.git("count-objects", "-v").splitlines() if ": " in row)
        size = (int(counts.get("size", 0)) + int(counts.get("size-pack", 0))) * 1024 / 1e6
        if size > megabytes:
            raise UserError(f"{repository.path}: {size:.0f} MB, larger than {megabytes} MB (--max-size)")


def failed(task: Task, reason: str, known: Callable[[], Audited | None] = lambda: None) -> Done:
    """A submission that could not be audited: a record that says why, which commit it was, as far as that is `known`, and no more."""
    s = task.submission
    record = AuditRecord(
        tool=Tool(version=__version__, python=running()),
        submission=attempt(known, "the commit")[0] or Audited(**s.model_dump(), commit="", commit_time=""),
        profile=_profile(task.terms.profile).told,
        judge=task.terms.judge,
        report=Report(path="", commit="", sha256=""),
        error=" ".join(reason.split())[:1000] or "failed",
        times=Times(started=datetime.now(UTC).isoformat(timespec="seconds")),
    )
    formats = [f for f in task.terms.formats if f == "text"]
    return Done(s, entry_of(record, _profile(task.terms.profile), "", Statistics()), files_of(record, formats))


def entry_of(record: AuditRecord, profile: Profile, key: str, counted: Statistics, around: str = "") -> GroupEntry:
    """What the page of a class says of a record. Words of an answer that is private are left out."""
    from auditor.render.hosts import line_url

    private = {q.n for q in record.report.questions if q.private}
    items = {i.n: i.item for i in record.report.items}
    questions = {q.n: q.id or f"question {q.n}" for q in record.report.questions}
    verdicts = {v.id: v for v in record.verdicts}
    new = record.since.new if record.since else ()
    noted = []
    for finding in record.findings:
        verdict = verdicts[finding.verdict]
        source, of_item = verdict.claim.source, verdict.claim.source.kind == "item"
        hidden = source.kind == "question" and source.n in private
        noted.append(
            Noted(
                level=finding.level,
                rule=finding.rule,
                about=(items.get(source.n) or f"item {source.n}") if of_item else questions.get(source.n, "report"),
                by=verdict.by,
                line=verdict.claim.line,
                quote="" if hidden else " ".join(verdict.claim.quote.split())[:200],
                standing=finding.standing,
                fingerprint=finding.fingerprint,
                formerly=finding.formerly,
                place="{}:{}".format(*record.report.spot(verdict.claim)),
                difference="" if hidden else " ".join(verdict.difference.split())[:300],
                link=line_url(record, verdict),
                since="" if record.since is None else "new" if finding.fingerprint in new else "still",
            )
        )
    stands = [f for f in record.findings if f.standing == "finding"]
    labels: dict[str, Label] = {}
    open_ = []
    ticked = {i.n: i.checked for i in record.report.items}
    for box in record.items:
        # an item that stands twice is judged once
        if (id_ := items.get(box.n)) and labels.get(id_, "not_verifiable") == "not_verifiable":
            labels[id_] = box.label
            if not ticked[box.n]:
                open_.append(id_)
    made = GroupEntry(
        id=record.submission.id,
        name=file_name(record.submission.id),
        repo=record.submission.repo,
        key="" if record.unjudged or record.error else key,
        error=record.error,
        commit=record.submission.commit,
        commit_time=record.submission.commit_time,
        later_commits=record.submission.later_commits,
        due=record.submission.due,
        report_path=record.submission.report_path,
        levels=dict(sorted(Counter(f.level for f in stands).items())),
        standings=dict(sorted(Counter(f.standing for f in record.findings).items())),
        labels=dict(sorted(counts(record).items())),
        items=labels,
        open_boxes=tuple(dict.fromkeys(open_)),
        findings=tuple(noted),
        judged=record.judged,
        unjudged=tuple(p.message for p in record.unjudged),
        ended_early=ended_early(p.message for p in record.omitted),
        report_state=record.report_state,
        usage=record.usage,
        statistics=counted,
        around=around,
        gone=len(record.since.gone) if record.since else 0,
        gone_findings=record.since.gone if record.since else (),
    )
    answered = max(counted.questions - len(index.unanswered(made)), 0) if made.report_state else counted.answered
    return made.model_copy(update={"statistics": counted.model_copy(update={"answered": answered})})


# -- the folder --------------------------------------------------------------------------------------------------------


def run(
    submissions: Sequence[Submission],
    profile: Profile,
    judge: Judge,
    folder: Folder,
    terms: Terms,
    *,
    workers: int,
    make: Callable[[int], Executor] | None = None,
    fresh: bool = False,
    before: str = "",
    tell: Callable[[Done], None] = lambda _: None,
    note: Callable[[str], None] = lambda _: None,
    beside: Beside | None = None,
) -> Class:
    """Audit what is not finished in a folder, and write its summaries: of everything, or of what there is when a run is stopped. One
    run at a time writes to a folder; `note` is told who waits, and what is done again. `beside` has the decisions, and what to compare with."""
    beside = beside or Beside(folder.path)
    ways = ways_between([(s.id, file_name(s.id)) for s in submissions])

    def known(submission: Submission) -> str:
        if fresh:
            return ""
        entry, fault = folder.finished(submission)
        if fault:
            note(f"{submission.id}: {fault}; audited again")
        return entry.key if entry else ""

    def around(submission: Submission) -> Around:
        return beside.around(submission.id, submission.repo, ways[file_name(submission.id)])

    def standing(entry: GroupEntry) -> GroupEntry:
        return as_it_stands(entry, beside.decisions(entry.id, entry.repo))

    with folder.held(note):
        audits = audit_many(submissions, profile, judge, make, workers, terms=terms, known=known, around=around)
        try:
            with contextlib.closing(audits):
                for done in audits:
                    if done.entry is not None:
                        folder.write(done.entry, done.files or {})
                        done = replace(done, entry=standing(done.entry))  # told as it is counted at the end
                    tell(done)
        except KeyboardInterrupt:
            summarise(submissions, profile, judge, folder, before, beside)
            raise
        return summarise(submissions, profile, judge, folder, before, beside, ended=True)


def summarise(
    submissions: Sequence[Submission],
    profile: Profile,
    judge: Judge,
    folder: Folder,
    before: str = "",
    beside: Beside | None = None,
    ended: bool = False,
) -> Class:
    """Write the index page and the summaries of the groups that are there (once a run has `ended`: of all), in the order of their
    list, and anew the pages of those whose neighbours, decisions or earlier audit are others than when they were made."""
    beside = beside or Beside(folder.path)
    raw = partial(folder.entries, submissions, ended)

    def entries() -> Iterator[GroupEntry]:
        return (as_it_stands(entry, beside.decisions(entry.id, entry.repo)) for entry in raw())

    ways = ways_between([(e.id, e.name) for e in raw() if not e.error])
    for entry in raw():
        if not entry.error:
            renew(folder, entry, beside.around(entry.id, entry.repo, ways[entry.name]), profile)

    course = Class(
        profile=profile.told,
        judge=judge.info,
        tool=Tool(version=__version__, python=running()),
        titles={item.id: item.texts[0] for item in profile.items},
        heads={item.id: Head(item.short, item.section) for item in profile.items},
        before=before,
    )
    for entry in entries():
        course.add(entry)
    course.notes = class_notes(course.groups, profile)
    if missing := len(submissions) - len(course.groups):
        course.note = f"{missing} groups are still to do."
    write_summaries(folder.put, course, entries, "html" in folder.endings)
    return course


def renew(folder: Folder, entry: GroupEntry, around: Around, profile: Profile) -> None:
    """Make a finished group's files anew from its record, where they were made with something else around it."""
    if entry.around == around.key:
        return
    record = marked(load_record(folder.path / "groups" / f"{entry.name}.json"), around.past)
    formats = [{"md": "markdown", "txt": "text"}.get(ending, ending) for ending in folder.endings]
    files = files_of(record, formats, around, load_figures(folder.path, entry.name))
    made = entry_of(record, profile, entry.key, entry.statistics, around.key)
    folder.write(made, files)


def dask(address: str) -> tuple[Callable[[int], Executor], int]:
    """An executor on a Dask cluster, as often as it is asked for, and how many threads it has."""
    need("dask", "--scheduler")
    import distributed

    try:
        client: Any = getattr(distributed, "Client")(address, timeout=20)  # noqa: B009  (it has no types)
    except (OSError, TimeoutError, ValueError) as error:
        raise UserError(
            f"{address}: no Dask scheduler answers ({type(error).__name__})", "start one with: dask scheduler"
        ) from None
    threads = sum(client.nthreads().values())
    if not threads:
        raise UserError(f"{address}: the Dask cluster has no workers", f"start some with: dask worker {address}")
    return (lambda _: client.get_executor(pure=False)), int(threads)
