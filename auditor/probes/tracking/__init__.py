"""Profiling, logging, experiment tracking, sweeps, Lightning."""

# The numbers of evidence depend on the order.
# isort: off
from auditor.probes.tracking import profiling  # noqa: F401
from auditor.probes.tracking import logs  # noqa: F401
from auditor.probes.tracking import experiments  # noqa: F401
from auditor.probes.tracking import sweeps  # noqa: F401
from auditor.probes.tracking import lightning  # noqa: F401
