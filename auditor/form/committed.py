"""What the report relies on and nobody has committed."""

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

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
    *,
    staged: Collection[str] = (),
    index: Collection[str] = (),
    was: Callable[[], Mapping[str, str]] = dict,
) -> list[Verdict]:
    """One verdict that names the files which the report or its evidence relies on and that are not committed as they are; the
    report itself is not among them.

    A warning where one of them is new: a hand-in without it lacks it. `changed` are the paths that differ from `head`, `named`
    the new files that the answers name, with the line. `staged` are those that the next commit will have as they are on disk, `index`
    all that git tracks, `was` what renamed files were called: git is to be told of what it does not know, and no more."""
    lines = {i.path: i.line for q in report.questions for i in (*q.images, *q.links)} | dict(named)
    cited = {evidence[c.evidence].path for v in verdicts if v.label == "supported" for c in v.citations}
    relied = sorted((lines.keys() | cited) & changed - {file.path})
    if not relied:
        return []
    new = [p for p in relied if p not in head]
    notes = [f"{p}: {_state(p, p in new, p in staged, p in index)}" for p in relied]
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
            hint=_left_to_do(relied, new, [p for p in relied if p not in staged], index, was),
        )
    ]


def _state(path: str, new: bool, staged: bool, tracked: bool) -> str:
    if staged:
        return "staged, and not committed yet"
    if new:
        return "staged, and changed since" if tracked else "not committed yet"
    return "changed since the last commit"


def _left_to_do(
    relied: Sequence[str],
    new: Sequence[str],
    loose: Sequence[str],
    index: Collection[str],
    was: Callable[[], Mapping[str, str]],
) -> str:
    """The commands that are left: none to add what is staged as it is, and with a file that was renamed by other means than git's its
    old name, which the commit would keep."""
    names = was() if new else {}
    old = [names[p] for p in relied if names.get(p, "") in index]
    if not loose and not old:
        return f"git commit, then git push: {'it is' if len(relied) == 1 else 'they are'} staged already."
    paths = " ".join(shlex.quote(p) for p in (*loose[:_FILES], *old[:_FILES]))
    done = len(relied) - len(loose)
    rest = f" ({done} more {'is' if done == 1 else 'are'} staged already)" if done else ""
    return f"git add {paths}{' ...' if len(loose) > _FILES else ''}, then commit and push{rest}."


_FILES = 5  # that a command names
