"""The settlers: each holds the typed claims of one kind against the repository, and says nothing where it is not sure."""

from auditor.claims.settle import (  # noqa: F401
    commands,
    count,
    data,
    docker,
    enforces,
    files,
    gate,
    history,
    matrix,
    practice,
    runs,
    same,
    service,
    settings,
    trigger,
    uses,
)
