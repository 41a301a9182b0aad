"""What the report relies on and nobody has committed."""

import shlex
from collections.abc import Iterable, Mapping

from auditor.form.flaw import Number
from auditor.models import Citation, Claim, Evidence, Report, Source, Verdict
from auditor.snapshot import File


def uncommitted(
    file: File,
    named: Mapping[str, int],
    report: Report,
    changed: frozenset[str],
    head: Mapping[str, File],
    verdicts: Iterable[Verdict],
    evidence: Mapping[str, Evidence],
    number: Number,
) -> list[Verdict]:
    """One verdict that names the files which the report or its evidence relies on and that are not committed as they are; the
    report itself is not among them.

    A warning where one of them is new: a hand-in without it lacks it. `changed` are the paths that differ from `head`, `named`
    the new files that the answers name, with the line."""
    lines = {i.path: i.line for q in report.questions for i in (*q.images, *q.links)} | dict(named)
    cited = {evidence[c.evidence].path for v in verdicts if v.label == "supported" for c in v.citations}
    relied = sorted((lines.keys() | cited) & changed - {file.path})
    if not relied:
        return []
    new = [p for p in relied if p not in head]
    notes = [f"{p}: {'not committed yet' if p in new else 'changed since the last commit'}" for p in relied]
    pieces = [
        Evidence(kind="fact", path=p, note=n, sources=(p,), probe="form") for p, n in zip(relied, notes, strict=True)
    ]
    said = ", ".join(relied[:5]) + (f" and {len(relied) - 5} more" if len(relied) > 5 else "")
    one = len(relied) == 1
    return [
        Verdict(
            id="F0",
            claim=Claim(
                source=Source(kind="report", n=0),
                quote="",
                line=min((lines[p] for p in new or relied if p in lines), default=1),
                path="" if any(p in lines for p in new or relied) else (new or relied)[0],
            ),
            label="contradicted",
            citations=tuple(Citation(evidence=number(p), quote=p.note) for p in pieces),
            report_says=f"relies on {said}",
            difference=f"{'It is' if one else 'They are'} not committed as {'it is' if one else 'they are'} here; only what is committed and pushed is handed in.",
            by="form",
            rule="not-committed",
            detail=not new,
            hint=f"git add {' '.join(shlex.quote(p) for p in relied[:5])}{' ...' if len(relied) > 5 else ''}, then commit and push.",
        )
    ]
