"""Watching the deployed model: drift, collected data, metrics."""

# The numbers of evidence depend on the order.
# isort: off
from auditor.probes.monitoring import drift  # noqa: F401
from auditor.probes.monitoring import collected  # noqa: F401
from auditor.probes.monitoring import metrics  # noqa: F401
