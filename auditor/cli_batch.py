"""`auditor batch`: many submissions, and what came of them."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from auditor import limits
from auditor.cli_asking import asking_of
from auditor.cli_notes import EARLY, FAILING, need_git, note, one_line
from auditor.errors import Stopped
from auditor.options import (
    BaseUrlOption,
    BudgetOption,
    ExitZeroOption,
    FailOnOption,
    FiguresOption,
    JudgeOption,
    LimitOption,
    MaxCostOption,
    MaxTokensOption,
    MemoryOption,
    ModelOption,
    PrivateOption,
    ProfileOption,
    ReadingsOption,
    ReadOption,
    RulingOption,
    SecondOption,
    StoreOption,
    TimeoutOption,
)

if TYPE_CHECKING:
    from auditor.batch import Done


class BatchFormat(StrEnum):
    """What `batch` writes beside a record (typer takes no list of literals)."""

    html = "html"
    sarif = "sarif"
    markdown = "markdown"
    text = "text"


def batch(
    groups: Annotated[Path, typer.Argument(help="A CSV with the columns group and repo, or a folder of repositories.")],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Where records and pages go.", file_okay=False)
    ],
    workers: Annotated[int, typer.Option(min=0, help="Groups under way at once; 0 is one for each processor.")] = 0,
    before: Annotated[
        str, typer.Option(metavar="TIME", help="The last commit of each default branch at this time (ISO 8601).")
    ] = "",
    profile: ProfileOption = "dtu-mlops",
    format: Annotated[
        list[BatchFormat], typer.Option("--format", "-f", help="What to write for a group beside its record.")
    ] = [BatchFormat.html],  # noqa: B006  (typer copies it)
    timeout: LimitOption = 300,
    max_size: Annotated[
        int, typer.Option(min=0, metavar="MB", help="The largest repository that is read; 0 is no limit.")
    ] = 0,
    since: Annotated[
        Path | None,
        typer.Option(
            metavar="OLDDIR",
            help="The folder of an earlier run: marks what is new, still there and gone.",
            file_okay=False,
        ),
    ] = None,
    memory: MemoryOption = limits.MEGABYTES.value,
    fresh: Annotated[bool, typer.Option("--fresh", help="Audit again what is finished.")] = False,
    scheduler: Annotated[str, typer.Option(metavar="ADDRESS", help="A Dask cluster instead of own processes.")] = "",
    fail_on: FailOnOption = "contradicted",
    exit_zero: ExitZeroOption = False,
    judge: JudgeOption = "none",
    model: ModelOption = "",
    base_url: BaseUrlOption = "",
    store: StoreOption = None,
    budget: BudgetOption = 150_000,
    read: ReadOption = "all",
    readings: ReadingsOption = "both",
    ruling: RulingOption = True,
    second: SecondOption = "",
    figures: FiguresOption = False,
    with_private: PrivateOption = False,
    judge_timeout: TimeoutOption = 900,
    max_tokens: MaxTokensOption = 0,
    max_cost: MaxCostOption = 0,
) -> None:
    """Audit every group of a list. What is finished is kept: the same command goes on where it was stopped."""
    from auditor import batch as many
    from auditor.folder import Folder
    from auditor.groups import read_groups
    from auditor.judges.opening import open_judge
    from auditor.moments import late, moment
    from auditor.overview import Beside
    from auditor.profile import load_profile
    from auditor.repository import cache_folder
    from auditor.stopping import stoppable
    from auditor.workers import default_workers

    if not scheduler:
        need_git()
    if before:
        moment(before)
    submissions = read_groups(groups, before=before, check_time=moment, note=note)
    formats = tuple(dict.fromkeys(f.value for f in format))
    folder, course = Folder(out, formats), load_profile(profile)
    beside = Beside(out, since, note)
    if taken := beside.take_over([(s.id, s.repo) for s in submissions]):
        note(f"decisions about {taken} group{'s' * (taken > 1)} taken over from {since}")
    reader = open_judge(
        judge,
        model=model,
        base_url=base_url,
        store=store or cache_folder() / "answers",
        max_tokens=max_tokens,
        max_cost=max_cost,
        say=note,
        timeout=judge_timeout,
    )
    asking = asking_of(judge, budget, read, readings, ruling, second, figures, with_private)
    terms = many.Terms.of(course, reader, formats, asking, timeout, max_size, memory)
    make, threads = many.dask(scheduler) if scheduler else (None, default_workers())
    with stoppable(), _tally(len(submissions)) as tell:
        try:
            summary = many.run(
                submissions,
                course,
                reader,
                folder,
                terms,
                workers=workers or threads,
                make=make,
                fresh=fresh,
                before=before,
                tell=tell,
                note=note,
                beside=beside,
            )
        except KeyboardInterrupt:
            raise Stopped("stopped", "what is finished is kept; the same command goes on from there") from None
    for group in summary.groups:
        if group.error:
            typer.echo(one_line(f"{group.id}: {group.error}"))
        for reason in group.unjudged[:1]:
            more = f" (and {len(group.unjudged) - 1} more)" if len(group.unjudged) > 1 else ""
            typer.echo(one_line(f"{group.id}: not judged: {reason}{more}"))
    audited = [g for g in summary.groups if not g.error]
    listless = {g.id for g in audited if g.report_state and not g.report_state.checklist}  # the course has no checklist
    unread = [g for g in audited if not g.statistics.questions or not (g.statistics.items or g.id in listless)]
    for group in unread:
        lacks = "no checklist" if group.statistics.questions else "no question of the template"
        typer.echo(one_line(f"{group.id}: {lacks} was found in its report; of what was not read nothing is known"))
    overdue = [(g, by) for g in audited if (by := late(g.commit_time, g.due))]
    for group, by in overdue:
        typer.echo(one_line(f"{group.id}: after the deadline by {by}, by the time that its commit bears"))
    early = [g for g in summary.groups if g.ended_early]
    for group in early:
        typer.echo(one_line(f"{group.id}: {EARLY}"))
    for said in summary.notes:
        typer.echo(one_line(said))
    failed = sum(bool(g.error) for g in summary.groups)
    levels = {level: sum(g.levels.get(level, 0) for g in summary.groups) for level in ("error", "warning", "note")}
    found = ", ".join(f"{n} {level}{'s' * (n != 1)}" for level, n in levels.items())
    done = len(summary.groups) - failed
    after = f", {len(overdue)} after the deadline" if overdue else ""
    typer.echo(
        f"{done} audited{after}, {failed} failed; findings: {found}; judge: {one_line(reader.info.name)}; {out / 'index.html'}"
    )
    if failed or unread or early or any(g.unjudged for g in summary.groups):
        raise typer.Exit(2)
    failing = FAILING[fail_on]
    raise typer.Exit(int(not exit_zero and any(levels[level] for level in levels if level in failing)))


@contextlib.contextmanager
def _tally(total: int) -> "Iterator[Callable[[Done], None]]":
    """Progress on standard error: a bar on a terminal, else a line for each group."""
    from auditor.moments import late
    from auditor.rules import LEVELS

    count = {"done": 0, "failed": 0}

    def enter(done: "Done") -> str:
        count["done"] += 1
        if done.entry is None:
            return "unchanged"
        count["failed"] += bool(done.entry.error)
        counted = [(level, done.entry.levels.get(level, 0)) for level in LEVELS]
        levels = ", ".join(f"{n} {level}{'s' * (n > 1)}" for level, n in counted if n)
        if done.entry.error:
            return f"failed: {done.entry.error}"
        by = late(done.entry.commit_time, done.entry.due)
        after = f", after the deadline by {by}" if by else ""
        return f"{levels or 'nothing found'}{after} ({done.seconds:.1f} s)"

    if not sys.stderr.isatty():

        def line(done: "Done") -> None:
            said = enter(done)
            note(f"{count['done']}/{total} {done.submission.id}: {said[:200]}")

        yield line
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    bar = Progress(
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[failed]} failed, {task.fields[rate]}/s"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=total, failed=0, rate="-")

        def tell(done: "Done") -> None:
            enter(done)
            speed = f"{bar.tasks[0].speed:.1f}" if bar.tasks[0].speed else "-"
            name = escape(one_line(done.submission.id))
            bar.update(task, advance=1, failed=count["failed"], rate=speed, description=name)

        yield tell
