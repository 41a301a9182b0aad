"""Buckets that the files of a commit name: for the settlers of services."""

import difflib
import re

from auditor.claims.case import Settled, fact
from auditor.snapshot import File, Snapshot

_WHERE = ("**/*.py", "**/*.y*ml", "**/.dvc/config", "**/*.toml", "**/*.sh", "**/makefile", "**/*.tf", "**/*dockerfile*")


def bucket(name: str, snapshot: Snapshot) -> Settled | None:
    """Holds the name of a bucket (`gs://` aside) against those that the files name. Contradicted where no file names it and one names
    another that differs in a letter or two; says nothing of one that none is near to, and of placeholders."""
    name = name.removeprefix("gs://").split("/")[0].rstrip(".").lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,62}", name):
        return None
    held: dict[str, tuple[File, int]] = {}
    for file in snapshot.select(_WHERE, mentions=("gs://", "bucket"), stubs=True):
        for i, row in enumerate(file.lines, 1):
            for m in re.finditer(
                r"""gs://([a-z0-9][a-z0-9._-]{2,62})|["'= ]([a-z0-9][a-z0-9_.-]{5,62})["']?\s*$""", row
            ):
                held.setdefault(m[1] or m[2], (file, i))
    about = f"bucket:{name}"
    if name in held:
        file, line = held[name]
        return Settled("supported", f"{file.path}:{line} names the bucket", (file.cite(line),), about=about)
    if any(name in f.text for f, _ in held.values()):
        return None
    near = difflib.get_close_matches(name, held, n=1, cutoff=0.92)
    if not near:
        return None
    file, line = held[near[0]]
    evidence = (file.cite(line), fact(f"No file names a bucket {name}.", file.path))
    return Settled(
        "contradicted",
        f"{file.path}:{line} names the bucket {near[0]}",
        evidence,
        f"The sentence says {name}.",
        about,
        True,
    )
