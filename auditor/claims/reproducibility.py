"""The size of the data, and names of buckets."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.claims import Repo, Settled, check, fact
from auditor.lazy import compile_later
from auditor.prose import Prose
from auditor.readers import yaml_root
from auditor.snapshot import File, Snapshot

_BUCKET = compile_later(r"gs://(?P<b>[a-z0-9][a-z0-9._-]{2,62})")


# -- the size of the data ----------------------------------------------------------------------------------------------

_SIZE = r"(?P<hedge>(?:about|around|approximately|approx\.?|roughly|circa|ca\.?|~|nearly|almost|over|more than|at least|up to|less than|under|only)?\s*~?)\s*(?P<n>\d+(?:[.,]\d+)?)\s?(?P<unit>[kmgt]i?b|megabytes?|gigabytes?)\b"
_DATA_SIZE = (
    compile_later(
        rf"\b(?:data ?set|(?:the|our) (?:[\w-]+ )?data)(?: (?:itself|that we use|we use|folder|size))*(?: size)? (?:is|was|has(?: a (?:total )?size of)?|had|takes(?: up)?|of|contains?|amounts to|weighs|are|with a size of)(?: (?:in total|only|just|a total of|made up of))? ?{_SIZE}",
        re.IGNORECASE,
    ),
    compile_later(rf"\b(?:size of (?:the|our) (?:[\w-]+ )?(?:data ?set|data) (?:is|was)|data ?set size (?:of|is|was)) ?{_SIZE}", re.IGNORECASE),
    compile_later(rf"{_SIZE} (?:large |big )?(?:data ?set|of (?:training |image |raw )?data\b(?= (?:is|are|was|in (?:our|the) dataset|with dvc|tracked)))", re.IGNORECASE),
)  # fmt: skip
_OTHER_SIZE = compile_later(
    r"\b(?:original\w*|full dataset|download\w*|kaggle|compress\w*|zip\w*|unzip\w*|extract\w*|sub-?set|subsampl\w*|sampl\w*|reduc\w*|ram|memory|gpu|vram|image is|docker|container|weights|model is|before|after|part|version of|images each|test data|test set|validation|disk|costs?|stor(?:e|ed|age) (?:costs?|limit)|limit\w*|per|each|would|different datasets?|another)\b",
    re.IGNORECASE,
)
_MODELS = compile_later(
    r"model|checkpoint|weight|\.(?:pth?|ckpt|onnx|bin|safetensors|pkl)$|artifact|profil|drift|report|log|predict|embedding",
    re.IGNORECASE,
)
_UNITS = {"k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}


@dataclass(frozen=True)
class Pointer:
    """A DVC pointer to data: the path that it stands for, and its size in bytes; `mixed` where it may hold several forms of the
    same data."""

    file: File
    line: int
    path: str
    size: int
    mixed: bool


def pointers(snapshot: Snapshot) -> tuple[Pointer, ...]:
    """The DVC pointers to data with a size; models, reports and what is tiny beside the largest left out. Empty where one of them
    cannot be read or has no size."""

    def make() -> tuple[Pointer, ...]:
        found = []
        for file in snapshot.select(("**/*.dvc", "!**/.dvc/**")):
            root = yaml_root(file)
            for out in root["outs"].items:
                path = f"{file.folder}/{out['path'].text}".strip("/")
                if _MODELS.search(path):
                    continue
                parts = [entry["size"].text for entry in out["files"].items] or [out["size"].text]
                if not all(p.isdigit() for p in parts):
                    return ()
                forms = {entry["relpath"].text.split("/")[0] for entry in out["files"].items}
                mixed = path.endswith("data") or len(forms & {"raw", "processed", "interim", "external"}) > 1
                line = out["files"].line if out["files"] else out["size"].line
                found.append(Pointer(file, line, path, sum(map(int, parts)), mixed))
        largest = max((p.size for p in found), default=0)
        return tuple(p for p in found if p.size > largest / 50)

    return snapshot.once("dvc-pointers", make)


@check("dataset-size", asks="Is the data as large as the prose says?")
def dataset_size(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that states the size of the dataset in MB or GB, rounded or not. Settled by: the size in the one DVC
    pointer to data: off by a factor of 1.5 or more; by 3 where the sentence says less and the pointer may hold several forms
    of the data. Leaves alone: several pointers (unless the sentence speaks of raw or processed data and one is), archives,
    original, compressed or sampled data, parts, memory, models."""
    for statement in prose.sentences():
        words = statement.plain
        if not re.search(r"\d\s?(?:[kmgt]i?b|megabyte|gigabyte)", words, re.IGNORECASE):
            continue
        if statement.planned or statement.past or statement.attempted or statement.negated or _OTHER_SIZE.search(words):
            continue
        match = next((m for p in _DATA_SIZE if (m := p.search(words))), None)
        if match is None:
            continue
        held = pointers(repo.snapshot)
        form = re.search(r"\b(raw|processed)\b", words, re.IGNORECASE)
        if form:
            held = tuple(p for p in held if form[1].lower() in p.path.lower())
        if len(held) != 1 or re.search(r"\.(?:zip|t?gz|tar|7z|rar|xz)$", held[0].path) or "zip" in held[0].path:
            continue
        one = held[0]
        said = float(match["n"].replace(",", ".")) * _UNITS[match["unit"][0].lower()]
        binary = said * {"k": 1.024, "m": 1.048576, "g": 1.073741824, "t": 1.0995}[match["unit"][0].lower()]
        hedge = match["hedge"].strip().lower()
        larger = said >= 1.5 * one.size and not hedge.startswith(("up to", "less", "under"))
        smaller = binary * (3 if one.mixed else 1.5) <= one.size and not hedge.startswith(("over", "more", "at least"))
        if larger or smaller:
            yield Settled(
                statement,
                about="size:data",
                shows=f"{one.file.path}:{one.line} tracks {one.path} with {_readable_size(one.size)}.",
                difference=f"The sentence says {match['n']} {match['unit']}.",
                evidence=(
                    one.file.cite(one.line),
                    fact(f"{one.path} has {one.size:,} bytes ({_readable_size(one.size)}).", one.file.path),
                ),
                detail=True,
            )
        elif 0.8 * one.size <= said <= 1.25 * one.size and not one.mixed:
            yield Settled(
                statement,
                about="size:data",
                label="supported",
                shows=f"{one.file.path}:{one.line} tracks {one.path} with {_readable_size(one.size)}.",
                difference="",
                evidence=(one.file.cite(one.line),),
            )


def _readable_size(size: int) -> str:
    return f"{size / 1e9:.2f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


@check("bucket-named", asks="Is the bucket that the prose names the one that the files name?")
def bucket_named(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: `gs://name` in a firm sentence. Settled by: no file names that bucket and one names another that differs in a letter or
    two. Leaves alone: buckets that no file is near to, placeholders, plans."""
    for statement in prose.sentences():
        names = {m["b"].rstrip(".") for m in _BUCKET.finditer(statement.text)}
        if not names or not statement.firm or statement.negated:
            continue
        held: dict[str, tuple[File, int]] = {}
        for file in repo.snapshot.select(
            (
                "**/*.py",
                "**/*.y*ml",
                "**/.dvc/config",
                "**/*.toml",
                "**/*.sh",
                "**/makefile",
                "**/*.tf",
                "**/*dockerfile*",
            ),
            mentions=("gs://", "bucket"),
            stubs=True,
        ):
            for i, row in enumerate(file.lines, 1):
                for m in re.finditer(
                    r"""gs://([a-z0-9][a-z0-9._-]{2,62})|[\"'= ]([a-z0-9][a-z0-9_.-]{5,62})[\"']?\s*$""", row
                ):
                    held.setdefault(m[1] or m[2], (file, i))
        for name in names:
            if name in held or any(name in f.text for f, _ in held.values()):
                continue
            near = difflib.get_close_matches(name, held, n=1, cutoff=0.92)
            if near:
                file, line = held[near[0]]
                yield Settled(
                    statement,
                    about=f"bucket:{name}",
                    shows=f"{file.path}:{line} names the bucket {near[0]}.",
                    difference=f"The sentence says {name}.",
                    evidence=(file.cite(line), fact(f"No file names a bucket {name}.", file.path)),
                    detail=True,
                )
