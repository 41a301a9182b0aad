"""A report that is no longer where the course collects it: what puts it back, and what is only wrong because of that."""

import posixpath
import shlex
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from urllib.parse import unquote

from auditor.disk import Disk
from auditor.facts.names import names
from auditor.form.flaw import Flaw
from auditor.lazy import dataclass
from auditor.models import Image, Report, Source, Verdict

_LINES = 8  # that are named


@dataclass(frozen=True)
class Move:
    """That the report was at `was` and is at `now`; `whole` where its folder was moved with all that the last commit has in it."""

    was: str
    now: str
    whole: bool

    @property
    def folders(self) -> tuple[str, str]:
        """The report's folder, then and now."""
        return posixpath.dirname(self.was), posixpath.dirname(self.now)

    def back(self, tracked: Collection[str]) -> str:
        """The command that puts it back. git moves what it knows of alone; a folder that is gone is made first."""
        then, here = self.folders
        if self.whole:
            git = "git mv" if any(p.startswith(f"{here}/") for p in tracked) else "mv"
            return f"{git} {shlex.quote(here)} {shlex.quote(then)}"
        return f"{'git mv' if self.now in tracked else 'mv'} {shlex.quote(self.now)} {shlex.quote(self.was)}"

    def brought(self, path: str) -> bool:
        """Whether a file came to where it is with the report."""
        return path == self.now or (self.whole and path.startswith(f"{self.folders[1]}/"))

    def led(self, target: str) -> str:
        """Where a relative address in the report led from its old place."""
        raw = unquote(target.partition("#")[0].partition("?")[0])
        return posixpath.normpath(posixpath.join(self.folders[0], raw))


def find_move(disk: Disk, now: str, collected: str) -> Move | None:
    """How the report came to be elsewhere; None where it is where the course collects it, or never was there."""
    if not collected or now.lower() == collected or any(p.lower() == collected for p in disk.here):
        return None
    was = next((p for p in disk.head if p.lower() == collected), "")
    was = was or next((p for p in names(disk.tree).ever if p.lower() == collected), "")
    if not was:
        return None
    then, here = posixpath.dirname(was), posixpath.dirname(now)
    inside = f"{then}/"
    left = not then or not here or any(p.startswith(inside) for p in disk.here)
    if left or posixpath.basename(was) != posixpath.basename(now):
        return Move(was, now, whole=False)
    held = [p for p in disk.head if p.startswith(inside)]
    followed = [p for p in held or names(disk.tree).ever if p.startswith(inside) and here + p[len(then) :] in disk.here]
    return Move(was, now, whole=len(followed) > 1 and (not held or len(followed) == len(held)))


def moved(move: Move, disk: Disk, tracked: Collection[str]) -> Iterator[Flaw]:
    """That the report was moved, with how many of its images and links only lead nowhere because of that."""
    lines = sorted({i.line for i in _torn(move, disk.report, disk.tree.files)})
    more = f" and {len(lines) - _LINES} more" if len(lines) > _LINES else ""
    broken = (
        f" From where it is now, the images and links in line{'s' * (len(lines) != 1)} {', '.join(map(str, lines[:_LINES]))}{more} lead nowhere."
        if lines
        else ""
    )
    folder = move.folders[0]
    make = (
        f"mkdir -p {shlex.quote(folder)} && "
        if folder and not move.whole and not any(p.startswith(f"{folder}/") for p in disk.here)
        else ""
    )
    yield Flaw(
        "report-moved", Source(kind="report", n=0), 1, move.now, f"the report is {move.now}",
        f"The course collects {move.was}, which is gone.{broken}",
        f"Move {'its folder' if move.whole else 'it'} back: {make}{move.back(tracked)}",
        fact=f"{move.was} is gone; {move.now} is read as the report",
    )  # fmt: skip


def without_moved(move: Move, report: Report, files: Collection[str], verdicts: Iterable[Verdict]) -> list[Verdict]:
    """The verdicts that would be there without the move, too: no image that leads nowhere from the new place alone, nor a sentence
    that names the old folder."""
    torn = {(i.line, i.target) for i in _torn(move, report, files)}
    left = []
    for v in verdicts:
        of_form = v.rule in ("image-not-found", "link-broken") and any(
            line == v.claim.line and (v.claim.quote == target or v.claim.quote.startswith(f"{target} and "))
            for line, target in torn
        )
        of_claim = v.by == "claim:file" and (
            any(target in v.claim.quote and line == v.claim.line for line, target in torn)
            or any(p in v.claim.quote for p in _old(move, files))
        )
        if v.label != "contradicted" or not (of_form or of_claim):
            left.append(v)
    return left


def told(move: Move | None, before: Callable[[int, str], bool]) -> Callable[[int, str], bool]:
    """Whether a name in a line is told of already: as `before` says, or as one of the folder that was moved."""
    if move is None or not move.whole:
        return before
    folder = move.folders[0]
    return lambda line, name: before(line, name) or name.rstrip("/") == folder or name.startswith(f"{folder}/")


def _torn(move: Move, report: Report, files: Collection[str]) -> Sequence[Image]:
    there = {*files, *(p[:i] for p in files for i, c in enumerate(p) if c == "/")}
    shown = (i for q in report.questions for i in (*q.images, *q.links))
    here = posixpath.dirname(move.now)
    return [
        i
        for i in shown
        if ":" not in i.target
        and not i.target.startswith(("#", "/"))
        and move.led(i.target) in there
        and posixpath.normpath(posixpath.join(here, unquote(i.target.partition("#")[0]))) not in there
    ]


def _old(move: Move, files: Collection[str]) -> list[str]:
    """The names that files of the moved folder had."""
    then, here = move.folders
    return [then + p[len(here) :] for p in files if p.startswith(f"{here}/")] if move.whole else []
