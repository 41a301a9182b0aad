"""Style, typing, documentation, pre-commit, command lines."""

# The numbers of evidence depend on the order.
# isort: off
from auditor.probes.quality import style  # noqa: F401
from auditor.probes.quality import precommit  # noqa: F401
from auditor.probes.quality import measured  # noqa: F401
from auditor.probes.quality import typed  # noqa: F401
from auditor.probes.quality import commandline  # noqa: F401
