"""`auditor eval`: the verb that measures. Only its flags are here before it runs."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from auditor.errors import UserError
from auditor.options import (
    BaseUrlOption,
    BudgetOption,
    FiguresOption,
    JudgeOption,
    MaxCostOption,
    MaxTokensOption,
    ModelOption,
    OutputOption,
    PrivateOption,
    ProfileOption,
    ReadingsOption,
    ReadOption,
    RulingOption,
    SecondOption,
    StoreOption,
    TimeoutOption,
    WorkersOption,
)

if TYPE_CHECKING:
    from auditor.evaluate.show import Output
    from auditor.models import AuditRecord

Style = Literal["text", "json", "markdown"]


def evaluate(
    keys: Annotated[list[Path] | None, typer.Argument(help="Answer keys, or folders of them.")] = None,
    records: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Stored records, DIR/KEY.json, instead of audits.", file_okay=False),
    ] = None,
    repos: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where the repositories are, by key or repository name.", file_okay=False),
    ] = None,
    repo: Annotated[list[str] | None, typer.Option(metavar="KEY=PATH", help="Where one repository is.")] = None,
    save: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the records that are made.", file_okay=False)
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Records of another configuration, to compare with.", file_okay=False),
    ] = None,
    standing: Annotated[str, typer.Option(help="Which findings count: finding, lead, remark, disputed.")] = "finding",
    judge_findings: Annotated[
        bool, typer.Option("--judge-findings", help="Ask about each unjudged finding, and file the answer in its key.")
    ] = False,
    write_trust: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Count in FILE how often each speaker was right.", dir_okay=False),
    ] = None,
    planted: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Plant the contradictions of FILE (its base by --repo).", dir_okay=False),
    ] = None,
    format: Annotated[Style, typer.Option("--format", "-f", help="What to print.")] = "text",
    output: OutputOption = None,
    all_: Annotated[bool, typer.Option("--all", help="List what was missed and boxes that differ, too.")] = False,
    profile: ProfileOption = "dtu-mlops",
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
    workers: WorkersOption = 8,
) -> None:
    """Measure: audits or stored records against answer keys."""
    from auditor import pipeline
    from auditor.cli_asking import asking_of as asking
    from auditor.cli_notes import note
    from auditor.evaluate import claimed, compare, judging, score
    from auditor.evaluate import planted as planting
    from auditor.evaluate import records as made
    from auditor.evaluate.keys import key_files, load_key
    from auditor.evaluate.show import Output
    from auditor.judges.opening import open_judge
    from auditor.models import Submission
    from auditor.profile import load_profile
    from auditor.repository import cache_folder

    if not keys and planted is None:
        raise UserError("nothing to measure", "give answer keys, or --planted FILE")
    standings = _standings(standing)
    places = made.repositories(repo or [], repos)
    course = load_profile(profile)
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
    asked = asking(judge, budget, read, readings, ruling, second, figures, with_private)

    def audit(submission: Submission) -> "AuditRecord":
        return pipeline.audit(submission, course, reader, None, asked)

    result, owed = Output(), False
    if planted is not None:
        plants = planting.load_planted(planted)
        base = places.base(plants.base)
        note(f"planting in {plants.base}")
        result = Output(
            claimed=tuple(claimed.run(plants.claimed, base, course, note)),
            planted=tuple(planting.run(plants, base, audit, note)),
        )
    if keys:
        files = key_files(keys)
        loaded = [load_key(f) for f in files]
        found = made.stored(records, loaded) if records else made.audited(loaded, places, audit, save, note)
        found = [made.priced(r) for r in found]
        owed = not records and any(r.unjudged for r in found)
        for warning in filter(None, map(made.other_commit, loaded, found)):
            note(warning)
        scored = [score.score(k, r, standings) for k, r in zip(loaded, found, strict=True)]
        if judge_findings:
            judging.judge_findings(list(zip(files, scored, found, strict=True)), _keystroke, note, standing)
            loaded = [load_key(f) for f in files]
            scored = [score.score(k, r, standings) for k, r in zip(loaded, found, strict=True)]
        result = result.model_copy(update={"evaluation": score.evaluate(scored, standings)})
        if against is not None:
            others = [score.score(k, r, standings) for k, r in zip(loaded, made.stored(against, loaded), strict=True)]
            result = result.model_copy(update={"comparison": compare.compare(scored, others)})
        if write_trust is not None:
            trust = made.write_trust(write_trust, [(k, score.counted(s)) for k, s in zip(loaded, scored, strict=True)])
            earned = sum(trust.of(s).earned for s in trust.counts)
            note(f"{write_trust}: {earned} of {len(trust.counts)} speakers have earned a finding's voice")
    _print(result, format, output, all_)
    raise typer.Exit(2 if owed else 0)


def _standings(text: str) -> tuple[str, ...]:
    from auditor.rules import STANDINGS

    given = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    if strange := [g for g in given if g not in STANDINGS]:
        raise UserError(f"--standing {strange[0] or '(nothing)'}: no such standing", f"take of: {', '.join(STANDINGS)}")
    return given


def _keystroke() -> str:
    """One key of a terminal, or the first letter of a line of anything else; empty at the end."""
    return typer.getchar() if sys.stdin.isatty() else sys.stdin.readline().strip()[:1]


def _print(result: "Output", format: Style, output: Path | None, everything: bool) -> None:
    from auditor.evaluate import show

    if format == "json":
        from auditor.escape import record_json

        text = record_json(result)
    elif format == "markdown":
        text = show.markdown(result, everything)
    else:
        text = show.text(result, everything)
    if output is None:
        sys.stdout.write(text)
        return
    from auditor.whole import write_given

    write_given(output, text)
