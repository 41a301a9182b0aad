"""`auditor feedback`: what each group of a class is told, of what a person has confirmed."""

from pathlib import Path
from typing import Annotated

import typer

from auditor.errors import UserError

_NAMED = 40  # groups that are named where they are not ready


def feedback(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The --out of `auditor batch`.")],
    group: Annotated[str, typer.Option(metavar="ID", help="One group; its text is printed, too.")] = "",
    only_new: Annotated[
        bool,
        typer.Option(
            "--only-new",
            help="What is new since the earlier run (--since, here or of `batch`), and a line for what is still there.",
        ),
    ] = False,
    since: Annotated[
        Path | None, typer.Option(metavar="OLDDIR", help="The folder of an earlier `auditor batch`.", file_okay=False)
    ] = None,
) -> None:
    """Write what each group is told: DIR/feedback/ID.md for an issue, ID.html for a mail.

    Only confirmed findings are in it, with their lines and what to do. Nothing is written for a group whose findings are not all decided."""
    from auditor.cli_notes import note
    from auditor.overview import Beside, load_entries
    from auditor.render import feedback as told
    from auditor.since import marked
    from auditor.stored import load_record
    from auditor.whole import write_whole

    entries = list(load_entries(folder, note))
    if not entries:
        raise UserError(f"{folder}: no group is in it", "run `auditor batch` with a list that has some")
    chosen = [e for e in entries if not group or group in (e.id, e.name)]
    if not chosen:
        raise UserError(f"{folder}: no group is called {group}", "take an id of summary.csv")
    beside = Beside(folder, since, note)
    compared, texts, points, waiting = False, 0, 0, []
    for entry in chosen:
        if entry.error:
            note(f"{entry.id}: not audited, so nothing is written")
            continue
        record = load_record(folder / "groups" / f"{entry.name}.json")
        if since is not None:
            record = marked(record, beside.past(entry.id))
        compared = compared or record.since is not None
        decisions = beside.decisions(entry.id, entry.repo)
        ready = told.feedback(record, decisions, only_new=only_new)
        if ready.waits:
            waiting.append(f"{entry.id}: not ready: {ready.waits}")
            for ending in ("md", "html"):  # what an earlier run wrote is no longer what is to be sent
                (folder / "feedback" / f"{entry.name}.{ending}").unlink(missing_ok=True)
            continue
        text = told.markdown(record, decisions, only_new=only_new)
        write_whole(folder / "feedback" / f"{entry.name}.md", text)
        page = told.html(record, decisions, only_new=only_new)  # without the ways to other groups: it is sent
        write_whole(folder / "feedback" / f"{entry.name}.html", page)
        texts, points = texts + 1, points + bool(ready.points or ready.still)
        if group:
            typer.echo(text)
    if only_new and not compared and (texts or waiting):
        raise UserError(
            "nothing to compare with, so that everything counts as new", "name an earlier run with --since OLDDIR"
        )
    for line in waiting[:_NAMED]:
        note(line)
    if len(waiting) > _NAMED:
        note(f"and {len(waiting) - _NAMED} more that are not ready")
    if group and waiting:
        raise UserError(f"nothing is written for {group}", f"decide its findings first: auditor view {folder}")
    nothing = f"; {len(waiting)} not ready, and nothing is written for them" if waiting else ""
    note(f"{texts} text{'s' * (texts != 1)} in {folder / 'feedback'}, {points} with something to look at{nothing}")
