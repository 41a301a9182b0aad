"""Evidence that is of no code at work: its module stops at an import, or somebody else wrote the lines."""

from collections.abc import Mapping

from auditor.facts.takenover import taken_over
from auditor.facts.template import is_template_text
from auditor.facts.unimportable import broken_imports
from auditor.models import Evidence
from auditor.rules import Idle
from auditor.snapshot import Snapshot

_VARIES = "ci-caching-and-matrix"  # whose lines the template's own workflow has, whatever else was added to it


def idle(snapshot: Snapshot, evidence: Mapping[str, Evidence]) -> Idle:
    """The evidence in Python files (and of what CI varies and caches) that is of no code at work: its module stops at an import, its lines are all the
    template's, or it came with a whole package of others'. Of tests it is asked whether they are written."""
    broken, others_code = broken_imports(snapshot), taken_over(snapshot)
    stopped: dict[str, str] = {}
    others: set[str] = set()
    for id_, piece in evidence.items():
        varies = piece.probe == _VARIES and piece.path.startswith(".github/workflows/")
        read = varies or piece.path.endswith(".py")
        file = snapshot.files.get(piece.path) if read and piece.start else None
        if file is None:
            continue
        if piece.path in broken and "test" not in piece.path.lower():
            stopped[id_] = f"{piece.path} cannot be imported: {broken[piece.path]}"
        if piece.path in others_code or is_template_text(snapshot, file, piece.start, piece.end):
            others.add(id_)
    return Idle(stopped, frozenset(others))
