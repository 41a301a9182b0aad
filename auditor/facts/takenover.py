"""Which Python files came into the project as a whole package, all at once: taken over from another project."""

from collections import Counter

from auditor.facts.changes import changes
from auditor.holes import watching
from auditor.snapshot import Snapshot

MANY = 30  # Python files of one package that one commit brings: nobody writes them between two commits
_EMPTY = "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"
_SOURCES = ("src", "lib", "app", "packages")


def taken_over(snapshot: Snapshot) -> frozenset[str]:
    """The paths of these files that are still there. A first commit does not count: it may bring all that a group had made
    elsewhere. Files that were moved are no new ones."""
    if snapshot.opened is None:
        return frozenset()
    return snapshot.once("taken over", lambda: _taken_over(snapshot))


def _taken_over(snapshot: Snapshot) -> frozenset[str]:
    first = {c.sha for c in snapshot.history.commits if not c.parents}
    found: set[str] = set()
    with watching():
        made_by = changes(snapshot)
    for sha, made in made_by.items():
        if sha in first or len(made) < MANY:
            continue
        new = [c.path for c in made if c.status == "A" and c.path.endswith(".py") and c.after != _EMPTY]
        packages = Counter(_package(path) for path in new)
        found |= {p for p in new if _package(p) and packages[_package(p)] >= MANY and p in snapshot.files}
    return frozenset(found)


def _package(path: str) -> str:
    """The package that a file lies in: its top folder, or the one below a folder of sources; empty at the root."""
    parts = path.split("/")[:-1]
    return "/".join(parts[:2] if parts and parts[0] in _SOURCES else parts[:1])
