"""What is noted as a problem while a report is read."""

from collections.abc import Iterable

from auditor import limits
from auditor.models import Problem
from auditor.report.text import saved_as, shown_of
from auditor.snapshot import File

FEW = 3  # as many items make a checklist


def cut_of(files: Iterable[File]) -> list[Problem]:
    """What of a report's files is beyond the limits, and not read: the ends of long lines, and of many lines the last."""
    made: list[Problem] = []
    for file in files:
        shown, notes = shown_of(file), Notes()
        for line in shown.cut:
            notes.add("cut", line + 1, "a very long line is cut: what is left out of it is not read", file.path)
        if shown.many > shown.kept:
            limit = limits.LINES if shown.kept == limits.LINES.value else limits.REPORT
            said = f"of {shown.many:,} lines only the first {shown.kept:,} are read ({limit} at most)"
            notes.add("long", shown.kept, said, file.path)
        made += notes.problems()
    return made


def note_saved(file: File, notes: "Notes", first: int = 0) -> None:
    """Notes that a file is no UTF-8 text with the line ends of today. `first` is the number of its first line in the report, from 0."""
    if (odd := saved_as(file)) is not None:
        notes.add("saved", first + odd.line, f"{odd.says}: {odd.means}")


class Notes:
    """Problems of the report, of which many alike become one with their number."""

    def __init__(self) -> None:
        self._made: dict[str, list[Problem]] = {}

    def add(self, kind: str, line: int, message: str, path: str = "") -> None:
        """Notes a problem; `kind` says which are alike."""
        self._made.setdefault(kind, []).append(Problem(path=path, line=line, message=message))

    def problems(self) -> tuple[Problem, ...]:
        """All, in the order of their lines; fences each by itself, since a check rests on them."""
        made: list[Problem] = []
        for kind, alike in self._made.items():
            if kind == "fence" or len(alike) <= FEW:
                made += alike
            else:
                more = f" (and {len(alike) - 1} more like this one)"
                made.append(alike[0].model_copy(update={"message": alike[0].message + more}))
        return tuple(sorted(made, key=lambda p: (p.line, p.message)))
