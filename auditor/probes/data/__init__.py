"""Data, model and training: the project's layout, its own code for them, and where the data are versioned."""

# The numbers of evidence depend on the order.
# isort: off
from auditor.probes.data import layout  # noqa: F401
from auditor.probes.data import code  # noqa: F401
from auditor.probes.data import downloads  # noqa: F401
from auditor.probes.data import training  # noqa: F401
from auditor.probes.data import versions  # noqa: F401
from auditor.probes.data import upload  # noqa: F401
