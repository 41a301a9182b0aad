"""The options that several verbs share: their names, what they take, and what `--help` says of them."""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import typer

Show = Literal["contradicted", "not_verifiable", "all"]
FailOn = Literal["error", "contradicted", "note", "never"]
Readings = Literal["pack", "dump", "both", "pack-twice", "section"]
Read = Literal["all", "answers"]
Format = Literal["text", "html", "json", "sarif", "github", "markdown"]


def _either(choices: Any) -> str:
    """The words of a choice, for a help text: a list in place of a value is cut wherever a line ends."""
    *first, last = get_args(choices)
    return f"{', '.join(first)} or {last}"


FormatOption = Annotated[
    Format, typer.Option("--format", "-f", metavar="FORMAT", help=f"What to print: {_either(Format)}.")
]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to a file instead of standard output.", dir_okay=False)
]
ShowOption = Annotated[
    Show, typer.Option("--show", metavar="WHICH", help=f"Which verdicts to list one by one: {_either(Show)}.")
]
FailOnOption = Annotated[
    FailOn,
    typer.Option(
        "--fail-on",
        metavar="LEVEL",
        help=f"The least finding that makes the exit code 1: {_either(FailOn)}; `contradicted` is errors and warnings.",
    ),
]
ExitZeroOption = Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.")]
LimitOption = Annotated[
    float,
    typer.Option(
        "--timeout",
        min=0,
        metavar="S",
        help="Seconds that one audit may take, fetching and a judge aside; what takes longer is left out by name. 0 is no limit.",
    ),
]
MemoryOption = Annotated[
    int,
    typer.Option(
        "--memory",
        min=0,
        metavar="MB",
        help="Memory that one audit may take; what takes more is left out by name. 0 is no limit.",
    ),
]
JudgeOption = Annotated[
    str,
    typer.Option(
        "--judge", help="Who reads the prose: none, online:MODEL, recorded:DIR or batch:DIR.", rich_help_panel="Judge"
    ),
]
ModelOption = Annotated[
    str, typer.Option("--model", help="The model that will answer a new batch folder.", rich_help_panel="Judge")
]
BaseUrlOption = Annotated[
    str,
    typer.Option(
        "--base-url", metavar="URL", help="An OpenAI-compatible server instead of OpenAI.", rich_help_panel="Judge"
    ),
]
StoreOption = Annotated[
    Path | None,
    typer.Option(
        "--store", metavar="DIR", help="Where online answers are kept (else the cache).", rich_help_panel="Judge"
    ),
]
BudgetOption = Annotated[
    int,
    typer.Option(
        "--budget", min=4_000, help="Tokens of one request: what a model's context takes.", rich_help_panel="Judge"
    ),
]
ReadOption = Annotated[
    Read,
    typer.Option(
        "--read",
        metavar="WHAT",
        help="What the judge is shown: report and repository (all), or the report's answers alone: then nothing of the repository"
        " leaves this machine, and programs settle what the answers state.",
        rich_help_panel="Judge",
    ),
]
ReadingsOption = Annotated[
    Readings,
    typer.Option(
        "--readings",
        metavar="WHICH",
        help="What is read before the ruling: facts and files in the order of need (pack), the repository as it is (dump), both,"
        " the first twice (pack-twice), or every statement, section by section (section).",
        rich_help_panel="Judge",
    ),
]
RulingOption = Annotated[
    bool,
    typer.Option(
        "--ruling/--no-ruling", help="One more request that rules on all that was found.", rich_help_panel="Judge"
    ),
]
SecondOption = Annotated[
    str,
    typer.Option("--second", metavar="MODEL", help="Another model for the second reading.", rich_help_panel="Judge"),
]
FiguresOption = Annotated[
    bool,
    typer.Option("--figures", help="Send the report's images, too: they may name people.", rich_help_panel="Judge"),
]
TimeoutOption = Annotated[
    float,
    typer.Option(
        "--judge-timeout", min=1, metavar="S", help="Seconds that one request may take.", rich_help_panel="Judge"
    ),
]
MaxTokensOption = Annotated[
    int,
    typer.Option(
        "--max-tokens", min=0, help="Send no more input tokens than this; 0 is no limit.", rich_help_panel="Judge"
    ),
]
MaxCostOption = Annotated[
    float,
    typer.Option(
        "--max-cost", min=0, help="Send nothing estimated to cost more; 0 is no limit.", rich_help_panel="Judge"
    ),
]
WorkersOption = Annotated[
    int, typer.Option("--workers", min=1, help="Requests under way at once.", rich_help_panel="Judge")
]
DecisionsOption = Annotated[
    Path | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="What was decided on the page: dismissed findings are counted, not shown; markdown lists what to ask.",
        dir_okay=False,
    ),
]
SinceOption = Annotated[
    Path | None,
    typer.Option(
        "--since",
        metavar="RECORD",
        help="The record of an earlier audit: marks what is new, still there and gone.",
        dir_okay=False,
    ),
]
PrivateOption = Annotated[
    bool,
    typer.Option(
        "--with-private",
        help="Show the answers with personal data on the page, too, and to a judge with stand-ins for the data.",
    ),
]
ProfileOption = Annotated[str, typer.Option("--profile", help="The course: a packaged profile's name, or a TOML file.")]
