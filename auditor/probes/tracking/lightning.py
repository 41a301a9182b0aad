"""Lightning."""

from collections.abc import Iterator

from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.tracking.files import LIGHTNING, OWN_CODE, targets_of
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import python
from auditor.snapshot import Files


def _is_lightning(name: str) -> bool:
    return name.split(".")[0] in LIGHTNING


@probe(
    "uses-lightning",
    asks="Is the training built on PyTorch Lightning?",
    looks_in=(*OWN_CODE, "**/*.{yaml,yml}", "!.github/**"),
    mentions=("lightning",),
)
def uses_lightning(files: Files) -> Iterator[Evidence]:
    """An own class derived from LightningModule, Lightning's Trainer, Fabric or LightningCLI, or a configuration that makes
    its Trainer, outside tests. The dependency, another library's Trainer, loggers and seeding alone do not count."""
    modules, trainers = [], []
    for file in files:
        if file.suffix in ("yaml", "yml"):
            trainers += [
                file.cite(line)
                for target, line, _ in targets_of(file)
                if _is_lightning(target) and target.endswith((".Trainer", ".Fabric"))
            ]
            continue
        module = python(file)
        if module is None or not module.imported(*LIGHTNING):
            continue
        for c in module.classes:
            if any(b.rsplit(".", 1)[-1] == "LightningModule" for b in c.bases) and not is_stub_body(c.node):
                modules.append(file.cite(c.line, note="a Lightning module"))
        for call in module.calls:
            last = call.name.rsplit(".", 1)[-1]
            if last in ("Trainer", "Fabric", "LightningCLI") and _is_lightning(call.name):
                trainers.append(file.cite(call.line, min(call.end, call.line + 5)))
    yield from modules[:1] + trainers[:1] + modules[1:] + trainers[1:]
