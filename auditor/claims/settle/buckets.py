"""The name of a bucket, for the settlers of services."""

import re

from auditor.claims.case import Settled, fact
from auditor.facts.buckets import buckets, near_bucket
from auditor.snapshot import Snapshot


def bucket(name: str, snapshot: Snapshot) -> Settled | None:
    """Holds the name of a bucket (`gs://` aside) against those that the files name. Contradicted where no file names it and one names
    another that differs in a letter or two; says nothing of one that none is near to, and of placeholders."""
    name = name.removeprefix("gs://").split("/")[0].rstrip(".").lower()
    if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{2,62}", name):
        return None
    held, near, about = buckets(snapshot), near_bucket(snapshot, name), f"bucket:{name}"
    if name not in held and not near:
        return None
    file, line = held[near or name]
    shows = f"{file.path}:{line} names the bucket {near or name}"
    if not near:
        return Settled("supported", shows, (file.cite(line),), about=about)
    evidence = (file.cite(line), fact(f"no file names a bucket {name}", file.path))
    return Settled("contradicted", shows, evidence, f"The sentence says {name}.", about, True)
