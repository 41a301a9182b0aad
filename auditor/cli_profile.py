"""`auditor profile`: the verbs for a course of one's own. Only their flags are here before they run."""

import sys
from collections.abc import Sized
from pathlib import Path
from typing import Annotated

import typer

from auditor.errors import UserError, reason
from auditor.options import OutputOption

app = typer.Typer(help="A course of your own: write its profile from a template, and check it.", no_args_is_help=True)


@app.command()
def check(
    file: Annotated[str, typer.Argument(help="A profile: a TOML file, or a packaged profile's name.")],
) -> None:
    """Every mistake of a profile at its line, with the nearest right name. The same is looked for wherever a profile is used."""
    from auditor.profile_check import remarks
    from auditor.profile_files import find, read

    source = find(file)
    profile, mistakes = read(source, packaged=True)
    for mistake in mistakes:
        typer.echo(f"{source.shown}:{mistake.line}: {mistake.message}")
    if profile is None or mistakes:
        raise typer.Exit(2)
    left = sum(i.left_to_do for i in profile.items)
    to_do = f", but {left} item{' is' if left == 1 else 's are'} left to do" if left else ""
    typer.echo(
        f"{source.shown}: no mistakes{to_do}; {_many(profile.items, 'item')}, {_many(profile.questions, 'question')},"
        f" {_many(profile.versions, 'version')}, {_many(profile.layouts, 'layout') if profile.layouts else 'the usual layouts'}"
    )
    for line in remarks(profile):
        typer.echo(f"  to look at: {line}")


def _many(found: Sized, one: str) -> str:
    return f"{len(found)} {one}{'s' * (len(found) != 1)}"


@app.command()
def new(
    template: Annotated[
        list[Path],
        typer.Argument(help="A report's template: a markdown file, or several that are one.", dir_okay=False),
    ],
    base: Annotated[
        str,
        typer.Option(metavar="PROFILE", help="A profile to start from: what is as there, reworded, new, gone is said."),
    ] = "",
    name: Annotated[str, typer.Option(help="The profile's name; else the template's folder or file.")] = "",
    output: OutputOption = None,
) -> None:
    """Write a profile from a report's template. What it maps is a suggestion: each says what it was taken from."""
    from auditor import limits, regular
    from auditor.profile_new import written
    from auditor.whole import write_given

    texts = []
    for path in template:
        try:
            texts.append(regular.read_text(path, limits.COURSE, given=True))
        except (OSError, UnicodeDecodeError) as error:
            raise UserError(
                f"{path}: cannot be read ({reason(error)})", "give the markdown file of a template"
            ) from None
    made = written(texts[0], template[0], base, name, list(zip(template[1:], texts[1:], strict=True)))
    if output is None:
        sys.stdout.write(made)
    else:
        write_given(output, made)
