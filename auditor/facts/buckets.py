"""Buckets that the files of a commit name."""

import difflib
import re

from auditor.snapshot import File, Snapshot

_WHERE = ("**/*.py", "**/*.y*ml", "**/.dvc/config", "**/*.toml", "**/*.sh", "**/makefile", "**/*.tf", "**/*dockerfile*")


def buckets(snapshot: Snapshot) -> dict[str, tuple[File, int]]:
    """The names that stand after `gs://`, or alone at the end of a line of a file that speaks of buckets, with their first places."""

    def make() -> dict[str, tuple[File, int]]:
        held: dict[str, tuple[File, int]] = {}
        for file in snapshot.select(_WHERE, mentions=("gs://", "bucket"), stubs=True):
            for i, row in enumerate(file.lines, 1):
                for m in re.finditer(
                    r"""gs://([a-z0-9][a-z0-9._-]{2,62})|["'= ]([a-z0-9][a-z0-9_.-]{5,62})["']?\s*$""", row
                ):
                    held.setdefault(m[1] or m[2], (file, i))
        return held

    return snapshot.once("facts.buckets", make)


def near_bucket(snapshot: Snapshot, name: str) -> str:
    """The bucket that files name instead of this one, differing in a letter or two; empty where a file names this one, or none is
    near."""
    held = buckets(snapshot)
    if name in held or any(name in f.text for f, _ in held.values()):
        return ""
    return next(iter(difflib.get_close_matches(name, held, n=1, cutoff=0.92)), "")
