"""Names of files that a claim gives, resolved by `auditor.facts.places` with what the report's own links say of the repository."""

from auditor.claims.case import Case
from auditor.claims.users import as_users_read
from auditor.facts import places
from auditor.facts.places import (
    IGNORED,
    LEFT_OUT,
    Ours,
    Place,
    at_run_time,
    elsewhere,
    file_of,
    free,
    of_the_host,
    shortens,
    shown,
    specific,
    word_set,
    words,
)

__all__ = ["IGNORED", "LEFT_OUT", "Place", "at_run_time", "elsewhere", "file_of", "find", "free", "of_the_host", "own", "shortens", "shown", "specific", "target", "word_set", "words"]  # fmt: skip


def own(case: Case) -> Ours:
    """The names and owners that the group's repository goes by."""
    key = f"claims.own:{case.report.sha256}:{id(case.prose)}"
    return case.snapshot.once(key, lambda: places.ours(case.snapshot, (s.text for s in case.prose.of())))


def find(case: Case, name: str, *, strict: bool = False, folder: str = "", said: str = "") -> Place:
    """Where the name of a file or folder leads; of one that never was here nothing is known where the report speaks to users."""
    place = places.find(case.snapshot, own(case), name, strict=strict, folder=folder, said=said)
    return place if "://" in name else as_users_read(place, case, folder, strict, said)


def target(case: Case, address: str, line: int = 1) -> Place:
    """Where the address of a link or image in a line of the report leads, from the file that the line stands in."""
    return places.target(case.snapshot, own(case), case.report.place(line)[0], address)
