"""The settlers: each holds the typed claims of one kind against the repository, and says nothing where it is not sure."""

from auditor.claims.settle import practice, service, uses  # noqa: F401
