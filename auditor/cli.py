"""The command line: flags, exit codes, progress. The only module that prints."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from auditor import __version__
from auditor.errors import UserError

if TYPE_CHECKING:
    from auditor.claims import Check
    from auditor.models import AuditRecord
    from auditor.probes import Probe

Show = Literal["contradicted", "not_verifiable", "all"]
FailOn = Literal["error", "contradicted", "note", "never"]
Format = Literal["text", "json"]

app = typer.Typer(
    name="auditor",
    help="Holds a student group's report against the group's own git repository.",
    epilog="Exit codes: 0 clean, 1 findings at or above --fail-on, 2 the audit could not be done.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

FormatOption = Annotated[Format, typer.Option("--format", "-f", help="What to print.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to a file instead of standard output.", dir_okay=False)
]
ShowOption = Annotated[Show, typer.Option("--show", help="Which verdicts to list one by one.")]
FailOnOption = Annotated[
    FailOn,
    typer.Option(
        "--fail-on", help="The least finding that makes the exit code 1; `contradicted` is errors and warnings."
    ),
]
ExitZeroOption = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")]
ProfileOption = Annotated[str, typer.Option("--profile", help="The course: a packaged profile's name, or a TOML file.")]


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


@app.command()
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
) -> None:
    """Audit one submission: its report against its repository."""
    from auditor import pipeline
    from auditor.models import Submission
    from auditor.profile import load_profile

    submission = Submission(id=_name(target), repo=target, ref=ref, before=before, report_path=report)
    record = pipeline.audit(submission, load_profile(profile), progress=_progress())
    _emit(record, format, output, show)
    raise typer.Exit(0 if exit_zero else exit_code(record, fail_on))


@app.command()
def render(
    record: Annotated[Path, typer.Argument(help="A record, as `audit --format json` writes it.", dir_okay=False)],
    format: FormatOption = "text",
    output: OutputOption = None,
    show: ShowOption = "contradicted",
) -> None:
    """Render a stored record, without its repository."""
    from pydantic import ValidationError

    from auditor.models import AuditRecord

    try:
        loaded = AuditRecord.model_validate_json(record.read_bytes())
    except OSError as error:
        raise UserError(f"{record}: cannot be read ({error.strerror})", "give the path of a record") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(p) for p in first["loc"]) or "the file"
        raise UserError(
            f"{record}: not a record of this version ({where}: {first['msg']})",
            "make it anew with: auditor audit --format json",
        ) from None
    _emit(loaded, format, output, show)


@app.command()
def probes(id: Annotated[str, typer.Argument(help="One probe or claim check, to have it explained.")] = "") -> None:
    """The catalogue: what is looked for, where, and what counts."""
    from auditor.claims import load as load_checks
    from auditor.probes import load as load_probes

    catalogue, checks = load_probes(), load_checks()
    if not id:
        width = max(len(i) for i in (*catalogue, *checks))
        _listing("probes", [(p.topic, p.id, p.asks) for p in catalogue.values()], width)
        _listing("claim checks", [(c.topic, c.id, c.asks) for c in checks.values()], width)
        return
    if id not in catalogue and id not in checks:
        import difflib

        near = difflib.get_close_matches(id, [*catalogue, *checks], 3)
        hint = f"did you mean {', '.join(near)}?" if near else "list them with: auditor probes"
        raise UserError(f"no probe is called {id!r}", hint)
    entry: Probe | Check = catalogue[id] if id in catalogue else checks[id]
    kind = "probe" if id in catalogue else "claim check"
    typer.secho(f"{entry.id}  ({kind}, {entry.topic})", bold=True)
    _row("asks", entry.asks)
    if id in catalogue:
        _row("looks in", ", ".join(catalogue[id].looks_in) or "the git history")
        _row("words", ", ".join(catalogue[id].mentions))
    _row("counts", entry.explains)
    _row("used for", _users(id))


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
def schema() -> None:
    """Print the JSON schema of a record."""
    import json

    from auditor.models import AuditRecord

    typer.echo(json.dumps(AuditRecord.model_json_schema(), indent=2, sort_keys=True))


def _users(probe: str) -> str:
    from auditor.profile import load_profile

    used = []
    for item in load_profile().items:
        if probe in item.probes:
            used.append(item.id)
        elif probe in item.open_probes:
            used.append(f"{item.id} (open boxes)")
        elif probe in item.weak:
            used.append(f"{item.id} (a weak sign)")
    return ", ".join(used)


def exit_code(record: "AuditRecord", fail_on: FailOn) -> int:
    """0 or 1: whether a finding is at or above a level. `contradicted` means errors and warnings."""
    failing = {
        "error": {"error"},
        "contradicted": {"error", "warning"},
        "note": {"error", "warning", "note"},
        "never": set(),
    }
    return int(any(f.level in failing[fail_on] for f in record.findings))


def _name(target: str) -> str:
    """A submission's id from its address: the last part that says something."""
    parts = [p for p in target.replace("\\", "/").rstrip("/").split("/") if p not in ("", ".", "..")]
    name = (parts[-1] if parts else "") or Path(target).resolve().name
    return name.split(":")[-1].removesuffix(".git") or Path(target).resolve().name


def _emit(record: "AuditRecord", format: Format, output: Path | None, show: Show) -> None:
    if format == "json":
        text = record.model_dump_json(indent=2) + "\n"
    else:
        from auditor.render import terminal

        colour = output is None and sys.stdout.isatty() and "NO_COLOR" not in os.environ
        width = min(os.get_terminal_size().columns, 120) if sys.stdout.isatty() else 100
        text = terminal.render(record, show=show, colour=colour, width=width)
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{output}: cannot be written ({error.strerror})", "give another path with --output") from None


def _progress() -> Callable[[str], None] | None:
    """A line on standard error that git's progress overwrites; nothing when nobody looks."""
    if not sys.stderr.isatty():
        return None

    def say(line: str) -> None:
        sys.stderr.write(f"\r\x1b[K{line[:100]}")
        if "done" in line:
            sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()

    return say


def main() -> None:
    """The `auditor` command: a UserError becomes one line, a hint and exit code 2."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except UserError as error:
        from auditor.render import one_line

        if "--debug" in sys.argv:
            raise
        sys.stderr.write(f"auditor: {one_line(error.message)}\n")
        if error.hint:
            sys.stderr.write(f"  hint: {one_line(error.hint)}\n")
        sys.exit(2)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
