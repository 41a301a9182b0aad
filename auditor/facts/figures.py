"""Figures of data and models, as committed files show or set them."""

import re
from collections.abc import Iterator

from auditor.facts.configuration import values
from auditor.facts.models import models
from auditor.facts.pointers import pointers
from auditor.lazy import dataclass
from auditor.models import Evidence
from auditor.snapshot import Snapshot


@dataclass(frozen=True)
class Figure:
    """A figure that the commit shows, with where. `head`: it is what the last layer of a committed model puts out."""

    value: float
    shows: str
    evidence: Evidence
    head: bool = False


_CLASSES = frozenset(
    ["num_classes", "n_classes", "num_labels", "nb_classes", "number_of_classes", "output_dim", "n_labels"]
)
_IMAGE_SIZE = frozenset(["image_size", "img_size", "input_size", "resize", "imgsz", "image_width", "image_height"])
_SHARES = frozenset(["train_size", "train_split", "train_ratio", "train_frac", "train_fraction", "train_share"])
_RESTS = frozenset(["test_size", "test_split", "test_ratio", "test_frac", "val_size", "val_split", "val_ratio", "val_frac", "valid_size"])  # fmt: skip


def figures(what: str, snapshot: Snapshot) -> Iterator[Figure]:
    """The figures of one sort (`classes`, `parameters`, `samples`, `image size`, `train share`): of committed models, settings,
    tables and DVC pointers."""
    if what in ("classes", "parameters"):
        for model in models(snapshot):
            n = model.outputs if what == "classes" else model.parameters
            if n and not model.unread:
                verb = "puts out" if what == "classes" else "holds"
                noun = "values" if what == "classes" else "numbers"
                yield Figure(
                    n,
                    f"{model.path} {verb} {n:,} {noun}",
                    Evidence(kind="fact", note=f"{model.path}: {n} {noun}", sources=(model.path,)),
                    what == "classes",
                )
    if what == "samples":
        yield from _samples(snapshot)
    names = {"classes": _CLASSES, "image size": _IMAGE_SIZE, "train share": _SHARES | _RESTS}.get(what, frozenset())
    for file in snapshot.select(("**/*.y*ml", "!.github/**"), tuple(names)) if names else ():
        for key, (text, line) in values(file).items():
            leaf = key.rsplit(".", 1)[-1].lower()
            if leaf in names and re.fullmatch(r"\d{1,9}(?:\.\d{1,6})?", text):
                value = float(text)
                value = round(1 - value, 6) if leaf in _RESTS and value < 1 else value
                yield Figure(value, f"{file.path}:{line} sets {leaf} to {text}", file.cite(line))


def _samples(snapshot: Snapshot) -> Iterator[Figure]:
    """The files of DVC pointers, and the rows of committed tables (their head aside)."""
    for pointer in pointers(snapshot):
        if pointer.files:
            note = f"{pointer.file.path}:{pointer.line} tracks {pointer.files} files"
            yield Figure(pointer.files, note, pointer.file.cite(pointer.line))
    for file in snapshot.select(("**/*.csv",), all=True):
        rows = sum(1 for row in file.lines if row.strip())
        for n in (rows - 1, rows):
            yield Figure(n, f"{file.path} has {n} rows", file.exists(f"{n} rows"))
