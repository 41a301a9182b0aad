"""What DVC's pointers say of the data that they stand for: size and number of files."""

import re

from auditor.lazy import compile_later, dataclass
from auditor.readers.yaml import yaml_root
from auditor.shapes import number_of
from auditor.snapshot import File, Snapshot

_MODELS = compile_later(
    r"model|checkpoint|weight|\.(?:pth?|ckpt|onnx|bin|safetensors|pkl)$|artifact|profil|drift|report|log|predict|embedding",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Pointer:
    """A DVC pointer to data: the path that it stands for, its size in bytes, its number of files (0: not told); `mixed` where it
    may hold several forms of the same data."""

    file: File
    line: int
    path: str
    size: int
    files: int
    mixed: bool


def pointers(snapshot: Snapshot) -> tuple[Pointer, ...]:
    """The DVC pointers to data with a size; models, reports and what is tiny beside the largest left out. Empty where one of them
    cannot be read or has no size."""

    def make() -> tuple[Pointer, ...]:
        found = []
        for file in snapshot.select(("**/*.dvc", "!**/.dvc/**")):
            for out in yaml_root(file)["outs"].items:
                path = f"{file.folder}/{out['path'].text}".strip("/")
                if _MODELS.search(path):
                    continue
                entries = out["files"].items
                parts = [entry["size"].text for entry in entries] or [out["size"].text]
                if not all(p == "0" or number_of(p) for p in parts):
                    return ()
                forms = {entry["relpath"].text.split("/")[0] for entry in entries}
                mixed = path.endswith("data") or len(forms & {"raw", "processed", "interim", "external"}) > 1
                line = out["files"].line if out["files"] else out["size"].line
                count = out["nfiles"].text
                files = len(entries) or number_of(count)
                found.append(Pointer(file, line, path, sum(map(number_of, parts)), files, mixed))
        largest = max((p.size for p in found), default=0)
        return tuple(p for p in found if p.size > largest / 50)

    return snapshot.once("facts.pointers", make)
