"""The command line: flags, exit codes, progress. The only module that prints."""

import gc
import os
import sys
from collections.abc import Mapping
from copy import copy
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from auditor import (
    __version__,
    cli_batch,
    cli_config,
    cli_eval,
    cli_explain,
    cli_feedback,
    cli_profile,
    cli_view,
    ending,
    limits,
    start,
)
from auditor.cli_asking import asking_of
from auditor.cli_notes import exit_code, need_git, note, on_progress, one_line, tell_of_the_end
from auditor.errors import UserError
from auditor.options import (
    BaseUrlOption,
    BudgetOption,
    DecisionsOption,
    ExitZeroOption,
    FailOnOption,
    FiguresOption,
    Format,
    FormatOption,
    JudgeOption,
    LimitOption,
    MaxCostOption,
    MaxTokensOption,
    MemoryOption,
    ModelOption,
    OutputOption,
    PrivateOption,
    ProfileOption,
    ReadingsOption,
    ReadOption,
    RulingOption,
    SecondOption,
    Show,
    ShowOption,
    SinceOption,
    StoreOption,
    TimeoutOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from auditor.claims.case import Reader, Settler
    from auditor.decisions import Decisions
    from auditor.models import AuditRecord
    from auditor.probes import Probe
    from auditor.profile import Profile
    from auditor.since import Past
    from auditor.trust import Trust

app = typer.Typer(
    name="auditor",
    help="Holds a student group's report against the group's own git repository.",
    epilog="Exit codes: 0 clean, 1 findings at or above --fail-on, 2 the audit could not be done, 3 standard output could not be written.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"auditor {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and leave.", callback=_version, is_eager=True)
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
) -> None:
    pass


@app.command(cls=cli_config.Configured)
def audit(
    target: Annotated[str, typer.Argument(help="A checkout, a bare git directory, or an https, ssh or file URL.")],
    ref: Annotated[str, typer.Option(help="A branch, tag or commit instead of HEAD.")] = "",
    before: Annotated[
        str, typer.Option(metavar="TIME", help="The last commit of the default branch at this time (ISO 8601).")
    ] = "",
    report: Annotated[
        str, typer.Option(metavar="PATH", help="The report's path in the repository; else it is looked for.")
    ] = "",
    profile: ProfileOption = "dtu-mlops",
    format: FormatOption = "text",
    output: OutputOption = None,
    show: ShowOption = "contradicted",
    fail_on: FailOnOption = "contradicted",
    exit_zero: ExitZeroOption = False,
    decisions: DecisionsOption = None,
    since: SinceOption = None,
    with_private: PrivateOption = False,
    timeout: LimitOption = limits.SECONDS.value,
    memory: MemoryOption = limits.MEGABYTES.value,
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
    judge_timeout: TimeoutOption = 900,
    max_tokens: MaxTokensOption = 0,
    max_cost: MaxCostOption = 0,
    workers: WorkersOption = 8,
) -> None:
    """Audit one submission: its report against its repository."""
    gc.disable()  # as for a check
    need_git()
    from auditor import pipeline
    from auditor.deadline import May, allowed
    from auditor.judges.opening import open_judge
    from auditor.models import Submission
    from auditor.profile import load_profile
    from auditor.repository import cache_folder
    from auditor.since import marked

    chosen, past = _load(decisions), _past(since)
    reader = open_judge(
        judge,
        model=model,
        base_url=base_url,
        store=store or cache_folder() / "answers",
        max_tokens=max_tokens,
        max_cost=max_cost,
        say=note,
        workers=workers,
        timeout=judge_timeout,
    )
    asking = asking_of(judge, budget, read, readings, ruling, second, figures, with_private)
    submission = Submission(id=_name(target), repo=target, ref=ref, before=before, report_path=report)
    course = load_profile(profile)
    with allowed(May(timeout, memory)) as allowance:
        record = pipeline.audit(submission, course, reader, on_progress(), asking, figures=format == "html")
        record = marked(record, past) if past else record
        record = _emit(record, format, output, show, chosen, with_private)
    if unread := record.report.unread if not record.error else "":
        note(f"{record.report.path}: {unread}; of what was not read nothing is known")
    late = tell_of_the_end(record, allowance)
    raise typer.Exit(2 if late else exit_code(record, fail_on, exit_zero))


@app.command(cls=cli_config.Configured)
def check(
    path: Annotated[Path, typer.Argument(help="A folder of your checkout.")] = Path("."),
    only: Annotated[
        Literal["form", "audit"] | None,
        typer.Option(metavar="PART", help="The report's form alone (form), or what it says alone (audit)."),
    ] = None,
    question: Annotated[int, typer.Option(metavar="N", min=0, help="The findings about one answer.")] = 0,
    report: Annotated[str, typer.Option(metavar="PATH", help="The report's path; else it is looked for.")] = "",
    profile: ProfileOption = "dtu-mlops",
    format: FormatOption = "text",
    output: OutputOption = None,
    show: ShowOption = "contradicted",
    fail_on: FailOnOption = "contradicted",
    exit_zero: ExitZeroOption = False,
    with_private: PrivateOption = False,
    timeout: LimitOption = limits.SECONDS.value,
    memory: MemoryOption = limits.MEGABYTES.value,
) -> None:
    """Check your own report before the deadline: the working tree as it stands, without key or network."""
    gc.disable()  # a second of work that ends with the process: collecting costs a tenth of it
    need_git()
    from auditor import checking
    from auditor.deadline import May, allowed
    from auditor.profile import load_profile

    committing = "PRE_COMMIT" in os.environ  # the hook's framework says so
    with allowed(May(timeout, memory)) as allowance:
        record = checking.check(
            path,
            load_profile(profile),
            report_path=report,
            only=only or "",
            question=question,
            committing=committing,
            figures=format == "html",
        )
        _emit(record, format, output, show, with_private=with_private)
    late = tell_of_the_end(record, allowance)
    raise typer.Exit(0 if exit_zero else 2 if late else exit_code(record, fail_on))


app.command(cls=cli_config.Configured)(cli_batch.batch)


@app.command()
def render(
    record: Annotated[Path, typer.Argument(help="A record, as `audit --format json` writes it.", dir_okay=False)],
    format: FormatOption = "text",
    output: OutputOption = None,
    show: ShowOption = "contradicted",
    decisions: DecisionsOption = None,
    with_private: PrivateOption = False,
) -> None:
    """Render a stored record, without its repository."""
    from auditor.stored import load_record

    _emit(load_record(record, given=True), format, output, show, _load(decisions), with_private)


@app.command()
def probes(
    id: Annotated[
        str, typer.Argument(help="One probe, kind of claim, form of sentence or rule, to have it explained.")
    ] = "",
    profile: ProfileOption = "dtu-mlops",
) -> None:
    """The catalogue: what is looked for, where, and what counts."""
    from auditor.claims.case import load as load_claims
    from auditor.probes import load as load_probes
    from auditor.profile import load_profile
    from auditor.trust import Trust, figures, others

    course = load_profile(profile)
    catalogue, (readers, settlers) = load_probes(course.items), load_claims()
    known: dict[str, Probe | Settler | Reader] = {**readers, **settlers, **catalogue}
    trust = course.trust or Trust()
    if not id:
        width = max(map(len, known))
        sorts: dict[str, Mapping[str, Probe | Settler | Reader]] = {
            "probes": catalogue, "kinds of claims": settlers, "forms that are read without a model": readers
        }  # fmt: skip
        for title, entries in ((title, of.values()) for title, of in sorts.items()):
            _listing(title, [(e.topic, e.id, f"{e.asks}{_held(trust, e.id)}") for e in entries], width)
        for line in others(trust):
            typer.echo(line)
        return
    if id not in known:
        from auditor.models import FILES_OF
        from auditor.profile import names_like
        from auditor.rules import RULES

        if id in RULES:
            rule = RULES[id]
            typer.secho(f"{rule.id}  (rule, {rule.level})", bold=True)
            _row("says", rule.title)
            _row("reader", rule.help)
            _row("group", rule.hint)
            return
        near = names_like(id, [*known, *RULES], 3)
        listed = (
            "name the course's profile with --profile, and list them with: auditor probes --profile PROFILE"
            if id.startswith(FILES_OF)
            else "list them with: auditor probes"
        )
        hint = f"did you mean {', '.join(near)}?" if near else listed
        raise UserError(f"no probe, kind of claim or rule is called {id!r}", hint)
    entry = known[id]
    kind = "probe" if id in catalogue else "kind of claim" if id in settlers else "form of sentence"
    typer.secho(f"{entry.id}  ({kind}, {entry.topic})", bold=True)
    _row("asks" if id in catalogue else "states" if id in settlers else "takes", entry.asks)
    if id in catalogue:
        _row("looks in", ", ".join(catalogue[id].looks_in) or "the git history")
        _row("words", ", ".join(catalogue[id].mentions))
    _row("counts", entry.explains)
    _row("used for", _users(id, course))
    for line in figures(trust, id):
        _row("was right", line)


def _held(trust: "Trust", id_: str) -> str:
    """How often a probe or check was right, for a line of the list; empty where nobody judged it."""
    from auditor.trust import total

    count = total(trust, id_)
    return f" ({count.held} of {count.judged} judged held)" if count.judged else ""


def _listing(title: str, entries: list[tuple[str, str, str]], width: int) -> None:
    typer.secho(title, bold=True)
    for topic in sorted({t for t, _, _ in entries}):
        typer.secho(f"  {topic}", dim=True)
        for _, id_, asks in sorted(e for e in entries if e[0] == topic):
            typer.echo(f"    {id_:<{width}}  {asks}")


def _row(name: str, text: str) -> None:
    import textwrap

    if text:
        typer.echo(textwrap.fill(text, 100, initial_indent=f"{name:<10}", subsequent_indent=" " * 10))


@app.command()
def answers(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder of `--judge batch:DIR`.")],
    results: Annotated[
        list[Path] | None, typer.Argument(help="Files of results, one JSON line for each answer.", dir_okay=False)
    ] = None,
    submit: Annotated[bool, typer.Option("--submit", help="Send what waits in DIR to the Batch service.")] = False,
    collect: Annotated[
        bool, typer.Option("--collect", help="Fetch and file what the Batch service has ready.")
    ] = False,
    base_url: Annotated[str, typer.Option(metavar="URL", help="An OpenAI-compatible server instead of OpenAI.")] = "",
    max_tokens: Annotated[int, typer.Option(min=0, help="Submit no more input tokens than this; 0 is no limit.")] = 0,
    max_cost: Annotated[float, typer.Option(min=0, help="Submit nothing estimated to cost more; 0 is no limit.")] = 0,
) -> None:
    """File answers to the requests of a batch folder; audit again with the same judge to use them.

    Exit code 1 when an answer was refused."""
    from auditor.judges.batchfile import file_results

    if bool(results) + submit + collect != 1:
        raise UserError("say what to file", "give files of results, or --submit, or --collect")
    if results:
        filing = file_results(folder, results)
    else:
        from auditor.judges import service
        from auditor.judges.prices import Gate

        if submit:
            service.submit(folder, service.server(base_url), Gate(max_tokens, max_cost, note), note)
            return
        filing = service.collect(folder, service.server(base_url), note)
    for line in filing.lines:
        typer.echo(one_line(line))
    raise typer.Exit(int(bool(filing.refused)))


@app.command()
def schema(
    profile: Annotated[
        bool, typer.Option("--profile", help="That of a profile, for the line #:schema that editors read.")
    ] = False,
) -> None:
    """Print the JSON schema of a record, or of a profile."""
    import json

    from auditor.models import AuditRecord
    from auditor.profile_schema import profile_schema

    made = profile_schema() if profile else AuditRecord.model_json_schema()
    typer.echo(json.dumps(made, indent=2, sort_keys=True))


app.command(name="eval")(cli_eval.evaluate)
app.command(name="explain")(cli_explain.explain)
app.command()(cli_view.view)
app.command()(cli_feedback.feedback)
app.command()(cli_config.config)
app.add_typer(cli_profile.app, name="profile")


def _users(probe: str, course: "Profile") -> str:
    used = []
    for item in course.items:
        if probe in item.probes:
            used.append(item.id)
        elif probe in item.open_probes:
            used.append(f"{item.id} (open boxes)")
        elif probe in item.half:
            used.append(f"{item.id} (one half of it)")
        elif probe in item.weak:
            used.append(f"{item.id} (a weak sign)")
    return ", ".join(used)


def _name(target: str) -> str:
    """A submission's id from its address: the last part that says something."""
    parts = [p for p in target.replace("\\", "/").rstrip("/").split("/") if p not in ("", ".", "..")]
    name = (parts[-1] if parts else "") or Path(target).resolve().name
    return name.split(":")[-1].removesuffix(".git") or Path(target).resolve().name


def _past(record: Path | None) -> "Past | None":
    if record is None:
        return None
    from auditor.since import load_past

    return load_past(record, given=True)


def _load(decisions: Path | None) -> "Decisions | None":
    if decisions is None:
        return None
    from auditor.decisions import load_decisions

    return load_decisions(decisions, given=True)


def _emit(
    record: "AuditRecord",
    format: Format,
    output: Path | None,
    show: Show,
    decisions: "Decisions | None" = None,
    with_private: bool = False,
) -> "AuditRecord":
    """Print the record; what comes back is the record without the findings that were dismissed."""
    whole, chosen = record, {}
    if decisions is not None:
        from auditor.decisions import decided, without_dismissed

        chosen = decided(whole, decisions)
        record = without_dismissed(whole, chosen)
    if format == "json":
        from auditor.escape import record_json

        text = record_json(whole)
    elif format == "html":
        from auditor.render import html

        text = html.render(whole, decisions=decisions, with_private=with_private)
    elif format == "markdown" and decisions is not None:
        from auditor.decisions import questions

        text = questions(whole, chosen)
    elif format == "sarif":
        from auditor.render import sarif

        text = sarif.render(record, show=show)
    elif format == "github":
        from auditor.render import github

        text = github.render(record)
    elif format == "markdown":
        from auditor.render import markdown

        text = markdown.render(record, show=show)
    else:
        from auditor.render import terminal

        colour = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        width = min(os.get_terminal_size().columns, 120) if sys.stdout.isatty() else 100
        dismissed = len(whole.findings) - len(record.findings)
        text = terminal.render(record, show=show, colour=colour, width=width, dismissed=dismissed)
    if output is None:
        sys.stdout.write(text)
        return record
    from auditor.whole import write_given

    write_given(output, text, "give another path with --output")
    return record


def _with_one_verb(arguments: list[str]) -> typer.Typer:
    """The program with that verb alone that the command line names, if it is one: thirty verbs take longer to make ready than
    an answer to `--help`."""
    verb = next((a for a in arguments if not a.startswith("-")), "")
    named = [c for c in app.registered_commands if (c.name or getattr(c.callback, "__name__", "")) == verb]
    if not named:
        return app
    program = copy(app)
    program.registered_commands, program.registered_groups = named, []
    return program


def main() -> None:
    """The `auditor` command: whatever goes wrong becomes one line, a hint and an exit code."""
    start.begin()
    program = _with_one_verb(sys.argv[1:])
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        ending.run(program, "--debug" in sys.argv)
    finally:
        start.end()
