"""Imports all that an audit needs: for a process that others are forked from.

Evidence is numbered in the order in which probes are registered, so they are loaded in the order of an audit.
"""

from auditor import batch, fetch  # noqa: F401
from auditor.claims.case import load as load_claims
from auditor.probes import load as load_probes

load_probes()
load_claims()
