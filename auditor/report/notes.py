"""What is noted as a problem while a report is read."""

from auditor import limits
from auditor.models import Problem
from auditor.report.text import shown_of
from auditor.snapshot import File

FEW = 3  # as many items make a checklist


def note_cut(file: File, notes: "Notes", first: int = 0) -> None:
    """Notes the lines of which only a part is read, and that of many lines only the first are. `first` is the number of the file's first line, from 0."""
    shown = shown_of(file)
    for line in shown.cut:
        notes.add("cut", first + line + 1, "a very long line is cut: what is left out of it is not read")
    if shown.many > shown.kept:
        limit = limits.LINES if shown.kept == limits.LINES.value else limits.REPORT
        said = f"of {shown.many:,} lines only the first {shown.kept:,} are read ({limit} at most)"
        notes.add("long", first + shown.kept, said)


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
