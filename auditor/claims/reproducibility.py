"""Values of the cloud that a sentence states of a file that it names, the size of the data, and names of buckets."""

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass

from auditor.claims import Repo, Settled, check, fact
from auditor.facts.cloud import ANY_REGION, CONFIGURATION, MACHINE, REGION, training_specs
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement
from auditor.readers import readable, yaml_root
from auditor.snapshot import File, Snapshot

_FILE = compile_later(r"(?<![\w/.-])(?:[\w.-]+/)*[\w.-]+\.(?:ya?ml|toml|json)\b")


_BUCKET = compile_later(r"gs://(?P<b>[a-z0-9][a-z0-9._-]{2,62})")


_ACCELERATOR = compile_later(
    r"\b(?:nvidia[ _-]?)?(?:tesla[ _-]?)?(T4|V100|P100|P4|K80|A100|L4|H100)s?\b", re.IGNORECASE
)
_JOB = compile_later(
    r"\b(?:vertex(?: ai)?|custom jobs?|job (?:specs?|specifications?|configs?|configurations?|files?)|training (?:configs?|configurations?))\b",
    re.IGNORECASE,
)
_BY_HAND = compile_later(
    r"\b(?:compute engine|vms?|virtual machines?|instances? (?:that )?we|created|initial(?:ly)?|upgrad\w+|quota|larger|bigger|smaller|console|cloud run|notebook|workbench)\b",
    re.IGNORECASE,
)


def _without_comments(file: File) -> list[str]:
    return [re.split(r"(?:^|\s)#", row, maxsplit=1)[0] for row in file.lines]


def _values_in(pattern: re.Pattern[str], file: File) -> dict[str, int]:
    """The values in a file outside comments, with their first lines."""
    found: dict[str, int] = {}
    for i, row in enumerate(_without_comments(file), 1):
        for match in pattern.finditer(row.replace("_", " ") if pattern is _ACCELERATOR else row):
            found.setdefault((match[1] if pattern.groups else match[0]).lower(), i)
    return found


def _by_file(statement: Statement, snapshot: Snapshot) -> Iterator[tuple[File, str]]:
    """The configuration files that a sentence names, each with the words from its name to the next one's; all words where it
    names one."""
    text = re.sub(r"\*\*|(?<![\w.])[*_](?=\w)|(?<=\w)[*_](?![\w.])", "", statement.text.replace("`", ""))
    places = list(_FILE.finditer(text))
    for k, place in enumerate(places):
        name = place[0].lstrip("./")
        held = [f for f in snapshot.files.values() if f.path == name or f.path.endswith("/" + name)]
        if len({p[0] for p in places}) == 1:
            words = text
        else:
            words = text[place.end() : places[k + 1].start() if k + 1 < len(places) else len(text)]
        if len(held) == 1 and readable(held[0]) and held[0].size < 100_000:
            yield held[0], words


@check(
    "cloud-value-in-named-file",
    asks="Does the file that a sentence names hold the machine type, accelerator or region that it states?",
)
def cloud_value_in_named_file(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names configuration files, each with one machine type, accelerator or region; or that states
    the machine type of Vertex AI's jobs (for CPU, for GPU). Settled by: the file holds another value and not this one; for jobs,
    all specifications of that kind and family agree on another and no file has the stated one. Leaves alone: attempts, several
    values, files without any, values that are put in later, machines made by hand."""
    for statement in prose.sentences():
        if not statement.firm or statement.negated:
            continue
        named = False
        for file, words in _by_file(statement, repo.snapshot):
            kept = any(w in words.lower() for w in ("image", "registry", "registries"))
            region = ANY_REGION if kept else REGION  # an image in another region's registry is not the job's region
            for pattern, what in ((MACHINE, "machine type"), (_ACCELERATOR, "accelerator"), (region, "region")):
                said = {(m[1] if pattern.groups else m[0]).lower() for m in pattern.finditer(words)}
                if len(said) != 1:
                    continue
                named = True
                held = _values_in(pattern, file)
                if held and not said & held.keys():
                    line = min(held.values())
                    yield Settled(
                        statement,
                        about=f"value:{file.path}:{what}",
                        shows=f"{file.path}:{line} has {', '.join(sorted(held))}.",
                        difference=f"The sentence says {next(iter(said))}; the file that it names has another {what}.",
                        evidence=(file.cite(line),),
                        detail=True,
                    )
        if not named and _JOB.search(statement.plain) and not _BY_HAND.search(statement.plain):
            yield from _jobs_machine(statement, repo.snapshot)


def _jobs_machine(statement: Statement, snapshot: Snapshot) -> Iterator[Settled]:
    for match in MACHINE.finditer(statement.plain):
        said = match[0].lower()
        near = statement.plain[max(0, match.start() - 30) : match.end() + 15]
        kinds = set(re.findall(r"\b(cpu|gpu)s?\b", near.lower()))
        if "cpu" in kinds and "gpu" in kinds:  # "CPU (a) and GPU (b)": the nearest before
            before = re.findall(r"\b(cpu|gpu)s?\b", statement.plain[: match.start()].lower())
            kinds = {before[-1]} if before else set()
        specs = _specs(snapshot)
        if not specs or _said_elsewhere(said, snapshot):
            continue
        family = said.split("-")[0]
        same = [(f, line, m) for f, line, m in specs if m.split("-")[0] == family]
        if kinds:
            same = [s for s in same if next(iter(kinds)) in s[0].name.lower()]
        elif len({m for _, _, m in specs}) > 1:
            continue
        if same and len({m for _, _, m in same}) == 1:
            file, line, machine = same[0]
            yield Settled(
                statement,
                about=f"value:{file.path}:machine type",
                shows=f"{file.path}:{line} has {machine}.",
                difference=f"The sentence says {said}; no file of the repository has it.",
                evidence=tuple(f.cite(n) for f, n, _ in same[:3]),
                detail=True,
            )


def _specs(snapshot: Snapshot) -> list[tuple[File, int, str]]:
    """The machine types of the jobs' specifications."""

    def make() -> list[tuple[File, int, str]]:
        files = snapshot.select((*CONFIGURATION, "!.github/**"), mentions=("workerpool", "worker_pool"))
        return [
            (f, _values_in(MACHINE, f).get(s.machine.lower(), s.line), s.machine.lower())
            for f in files
            if f.suffix in ("yaml", "yml", "json")
            for s in training_specs(f)
            if MACHINE.fullmatch(s.machine)
        ]

    return snapshot.once("job-machines", make)


def _said_elsewhere(machine: str, snapshot: Snapshot) -> bool:
    """Whether a file of any kind but prose has the machine type outside comments."""
    files = snapshot.select(
        ("**/*.{yaml,yml,json,sh,py,tf,toml,tpl}", "**/makefile", "**/justfile"), mentions=(machine,)
    )
    return any(machine in row.lower() for f in files for row in _without_comments(f)) or bool(files.holes)


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
