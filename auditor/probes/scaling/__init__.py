"""Making it faster: loading in parallel, training on several devices, a cheaper model at inference."""

# The numbers of evidence depend on the order.
# isort: off
from auditor.probes.scaling import loading  # noqa: F401
from auditor.probes.scaling import distributed  # noqa: F401
from auditor.probes.scaling import inference  # noqa: F401
