"""Imports all that an audit needs: for a process that others are forked from.

Evidence is numbered in the order in which probes are registered, so they are loaded in the order of an audit.
"""

from auditor import batch, fetch  # noqa: F401
from auditor.claims.case import load as load_claims
from auditor.models import Record
from auditor.probes import load as load_probes


def _complete(record: type[Record]) -> None:
    """Make the records what their first object would make them: once, not in every process that is forked."""
    for one in record.__subclasses__():
        one.model_rebuild()
        _complete(one)


load_probes()
load_claims()
_complete(Record)
