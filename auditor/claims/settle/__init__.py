"""The settlers: each holds the typed claims of one kind against the repository, and says nothing where it is not sure."""

from auditor.claims.settle import count, data, docker, enforces, gate, history, matrix, runs, same, trigger  # noqa: F401
