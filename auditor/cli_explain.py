"""`auditor explain`: why an audit says what it says of one thing."""

from typing import Annotated

import typer

from auditor.errors import UserError
from auditor.options import ProfileOption


def explain(
    target: Annotated[str, typer.Argument(help="A checkout, a bare git directory, or an https, ssh or file URL.")],
    id: Annotated[
        str,
        typer.Argument(help="A probe, check, item or rule, or a finding: its id in the record, or its fingerprint."),
    ],
    ref: Annotated[str, typer.Option(help="A branch, tag or commit instead of HEAD.")] = "",
    before: Annotated[
        str, typer.Option(metavar="TIME", help="The last commit of the default branch at this time (ISO 8601).")
    ] = "",
    report: Annotated[
        str, typer.Option(metavar="PATH", help="The report's path in the repository; else it is looked for.")
    ] = "",
    working_tree: Annotated[
        bool, typer.Option("--working-tree", help="The files as they are on disk, as `auditor check` sees them.")
    ] = False,
    profile: ProfileOption = "dtu-mlops",
) -> None:
    """Explain one finding, box, probe or check: the files and sentences that were looked at and left, and why. It looks at the commit;
    of a checkout, also at what only `auditor check` finds."""
    import shutil
    import textwrap

    from auditor.explain import explain as explained
    from auditor.models import Submission
    from auditor.profile import load_profile
    from auditor.render import one_line

    submission = Submission(id=target, repo=target, ref=ref, before=before, report_path=report)
    width = max(min(shutil.get_terminal_size((100, 24)).columns, 120), 60)
    if working_tree and (ref or before):
        raise UserError("--working-tree and --ref or --before name two things", "give one of them")
    for line in explained(submission, load_profile(profile), id, working_tree=working_tree):
        if line.title:
            typer.secho(one_line(line.text), bold=True)
            continue
        depth = 2 + len(line.text) - len(line.text.lstrip())
        rows = textwrap.wrap(
            one_line(line.text),
            width,
            initial_indent=" " * depth,
            subsequent_indent=" " * (depth + 2),
            break_long_words=False,
            break_on_hyphens=False,
        )
        for row in rows:
            typer.echo(row)
