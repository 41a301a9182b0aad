"""Continuous integration: what starts by itself, and what it then checks, builds and publishes."""

# The numbers of evidence depend on the order.
# isort: off
from auditor.probes.workflows import checks  # noqa: F401
from auditor.probes.workflows import triggers  # noqa: F401
from auditor.probes.workflows import images  # noqa: F401
from auditor.probes.workflows import documentation  # noqa: F401
from auditor.probes.workflows import service  # noqa: F401
