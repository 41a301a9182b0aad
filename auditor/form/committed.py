"""What the report relies on and nobody has committed."""

import shlex
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from auditor.form.flaw import Number
from auditor.lazy import dataclass
from auditor.models import Citation, Claim, Evidence, Report, Source, Verdict
from auditor.snapshot import File


@dataclass(frozen=True)
class Index:
    """What git knows beside the last commit: the paths that it tracks, those that the next commit will have as they are on disk
    (`staged`), and the files of the last commit that it will not have any more, although they are on disk (`leaving`)."""

    tracked: frozenset[str] = frozenset()
    staged: frozenset[str] = frozenset()
    leaving: frozenset[str] = frozenset()


def uncommitted(
    named: Mapping[str, int],
    report: Report,
    changed: frozenset[str],
    head: Mapping[str, File],
    verdicts: Iterable[Verdict],
    evidence: Mapping[str, Evidence],
    number: Number,
    *,
    index: Index,
    ignored: Mapping[str, str],
    was: Callable[[], Mapping[str, str]] = dict,
) -> list[Verdict]:
    """What the report or its evidence relies on and that is not committed as it is: a verdict each for files that are new or
    changed, for those that the next commit removes, and for those that git ignores. The report itself counts as far as the
    last or the next commit has none of it.

    A warning where one of them is new or leaves: a hand-in without it lacks it. `changed` are the paths that differ from `head`,
    `named` the files that the answers name and that the last or the next commit lacks, with the line, `ignored` those of them that
    git ignores, with where it says so, `was` what renamed files were called: git is to be told of what it does not know, and no more."""
    lines = dict.fromkeys(report.files, 1)
    lines |= {i.path: i.line for q in report.questions for i in (*q.images, *q.links)} | dict(named)
    cited = {evidence[c.evidence].path for v in verdicts if v.label == "supported" for c in v.citations}
    whole = {p for p in report.files if p in head}
    told = _Telling(lines, head, number)
    leaving = sorted((lines.keys() | cited) & index.leaving)
    relied = sorted((lines.keys() | cited) & changed - whole - {*leaving, *ignored})
    new = [p for p in relied if p not in head]
    made = []
    if relied:
        notes = [_state(p, p in new, p in index.staged, p in index.tracked) for p in relied]
        hint = _left_to_do(relied, new, [p for p in relied if p not in index.staged], index.tracked, was)
        it = ("It is", "it is") if len(relied) == 1 else ("They are", "they are")
        said = f"{it[0]} not committed as {it[1]} here; only what is committed and pushed is handed in."
        made.append(told.verdict("F0", relied, notes, said, hint, detail=not new))
    if leaving:
        notes = ["taken out of git, and still on disk: the next commit removes it"] * len(leaving)
        one = len(leaving) == 1
        said = f"git was told to stop tracking {'it' if one else 'them'} (git rm --cached): {'it is' if one else 'they are'} on disk, and the next commit removes {'it' if one else 'them'} from the hand-in."
        force = " -f" if any(p in ignored for p in leaving) else ""
        made.append(
            told.verdict(
                "F0a", leaving, notes, said, f"git add{force} {_named(leaving)} brings {'it' if one else 'them'} back."
            )
        )
    if out := sorted(ignored.keys() - set(leaving)):
        notes = [f"on disk, and git ignores it ({ignored[p]})" for p in out]
        rules = ", ".join(dict.fromkeys(ignored[p] for p in out[:_FILES]))
        one = len(out) == 1
        said = f"{'It is' if one else 'They are'} on your disk, but git ignores {'it' if one else 'them'} ({rules}), so the hand-in lacks {'it' if one else 'them'}."
        made.append(
            told.verdict(
                "F0b",
                out,
                notes,
                said,
                f"Add {'it' if one else 'them'} all the same: git add -f {_named(out)}, then commit and push.",
            )
        )
    return made


@dataclass(frozen=True)
class _Telling:
    """How such files are told: with the lines that name them, and the files of the last commit."""

    lines: Mapping[str, int]
    head: Mapping[str, File]
    number: Number

    def verdict(
        self, id_: str, paths: Sequence[str], notes: Sequence[str], difference: str, hint: str, detail: bool = False
    ) -> Verdict:
        pieces = [
            Evidence(kind="fact", path=p, note=f"{p}: {n}", sources=(p,), probe="form")
            for p, n in zip(paths, notes, strict=True)
        ]
        said = ", ".join(paths[:_FILES]) + (f" and {len(paths) - _FILES} more" if len(paths) > _FILES else "")
        first = [p for p in paths if p not in self.head] or paths
        lines = [self.lines[p] for p in first if p in self.lines]
        return Verdict(
            id=id_,
            claim=Claim(
                source=Source(kind="report", n=0),
                quote="",
                line=min(lines, default=1),
                path="" if lines else first[0],
            ),
            label="contradicted",
            citations=tuple(Citation(evidence=self.number(p), quote=p.note) for p in pieces),
            report_says=f"relies on {said}",
            difference=difference,
            by="form",
            rule="not-committed",
            detail=detail,
            hint=hint,
        )


def _named(paths: Sequence[str]) -> str:
    """As many of the paths as a command names."""
    return " ".join(map(shlex.quote, paths[:_FILES])) + (" ..." if len(paths) > _FILES else "")


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
