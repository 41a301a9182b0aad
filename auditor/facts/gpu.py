"""Which build of PyTorch an image gets: for the CPU only, or one that may use a GPU."""

import re

from auditor.facts.declared import DECLARATIONS, declarations
from auditor.facts.images import dockerfiles, editors_stock
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.readers.docker import docker
from auditor.readers.text import readable
from auditor.readers.toml import toml, toml_line
from auditor.shapes import below, table_of, tables_of, text_of
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class CpuBuild:
    """A docker file that trains, with the line by which it gets PyTorch for the CPU, and how that is known."""

    file: File
    line: int
    how: str
    because: tuple[Evidence, ...] = ()


_TRAINS = compile_later(r"\b\w*train\w*(?:\.py|\.sh)?\b", re.IGNORECASE)
_CPU_INDEX = compile_later(
    r"download\.pytorch\.org/whl/(?:nightly/)?cpu\b|\btorch==[\w.]+\+cpu\b|--torch-backend[= ]cpu\b", re.IGNORECASE
)
_ANY_CUDA = compile_later(
    r"whl/(?:nightly/)?(?:cu|rocm)\d|\+cu\d|--torch-backend[= ](?!cpu)|pytorch-cuda|nvidia-cudnn", re.IGNORECASE
)


def cpu_builds(snapshot: Snapshot) -> tuple[CpuBuild, ...]:
    """The docker files that train, if each of them plainly installs PyTorch for the CPU; nothing otherwise."""
    return snapshot.once("facts.cpu-builds", lambda: _cpu_builds(snapshot))


def _cpu_builds(snapshot: Snapshot) -> tuple[CpuBuild, ...]:
    found = []
    for file, instructions in dockerfiles(snapshot):
        if editors_stock(instructions):
            continue
        last = [i for i in instructions if i.name in ("CMD", "ENTRYPOINT")]
        named = re.search(r"train", file.path.rsplit("/", 1)[-1], re.IGNORECASE)
        if not (named or any(_TRAINS.search(i.text) for i in last)):
            continue
        build = cpu_build(snapshot, file)
        if build is None:
            return ()
        found.append(build)
    # a job on a ready-made image of somebody else trains without them
    others = snapshot.select(("**/*.y*ml", "**/*.json", "**/*.sh", "**/*.py"), ("pytorch-gpu", "tf2-gpu", "vertex-ai/training/"), all=True)  # fmt: skip
    return () if len(others) else tuple(found)


def may_use_gpu(file: File) -> bool:
    """Whether a docker file names a build for GPUs, or starts from a framework's own image."""
    framework = re.search(r"(?im)^[^\S\n]*+FROM\s+\S*(?:pytorch|tensorflow|cuda|nvidia)\S*", file.text)
    return bool(framework or _ANY_CUDA.search(file.text))


def cpu_build(snapshot: Snapshot, file: File) -> CpuBuild | None:
    """How a docker file gets PyTorch for the CPU only; None where it may get another build, or none."""
    if may_use_gpu(file):
        return None
    direct: list[CpuBuild] = []
    synced: list[CpuBuild] = []
    for i in docker(file):
        if i.name != "RUN":
            continue
        for text in re.split(r"&&|;|\|\|", i.text):
            installs = re.search(r"\b(?:pip3?|uv|conda|mamba|poetry|pdm|pixi)\b.*\b(?:install|sync|add|update)\b", text)
            if not installs:
                continue
            if _CPU_INDEX.search(text):
                direct.append(CpuBuild(file, i.line, "takes it from PyTorch's index for the CPU"))
            elif re.search(r"\btorch(?:vision)?\b(?!\S*\.txt)", text) or re.search(
                r"gpu|cuda|--all-extras|--extra|--no-sources", text, re.I
            ):
                return None
            elif re.search(r"\buv\b.*\bsync\b", text):
                if (why := _locked_cpu(snapshot)) is None:
                    return None
                synced.append(CpuBuild(file, i.line, "installs what uv.lock or pyproject.toml pins for the CPU", why))
            elif (why := _listed_cpu(text, snapshot)) is not None:
                direct.append(CpuBuild(file, i.line, "installs a list with PyTorch for the CPU", why))
            elif "requirements" in text and any("torch" in f.text for f in _lists(text, snapshot)):
                return None
    return next(iter((*direct, *synced)), None)


def _lists(text: str, snapshot: Snapshot) -> list[File]:
    """The lists that a command installs, with those that they take in."""
    names = [n.rsplit("/", 1)[-1] for n in re.findall(r"(?:-r|--requirement)[= ]*(\S+)", text)]
    known = declarations(snapshot.select(DECLARATIONS, stubs=True))
    named = [p for n in names for p in snapshot.files if p.rsplit("/", 1)[-1] == n]
    reach = dict.fromkeys(one for path in named for one in known.reach(path))
    return [f for p in reach if readable(f := snapshot.files[p])]


def _listed_cpu(text: str, snapshot: Snapshot) -> tuple[Evidence, ...] | None:
    """The lines of the installed lists that ask for PyTorch for the CPU."""
    for file in _lists(text, snapshot):
        for i, row in enumerate(file.lines, 1):
            bare = row.split(" #")[0]
            if not bare.lstrip().startswith("#") and _CPU_INDEX.search(bare) and not _ANY_CUDA.search(file.text):
                return (file.cite(i, note="for the CPU"),)
    return None


_LOCKED_TORCH = compile_later(r'(?ms)^\[\[package\]\]\nname = "torch"\n(.*?)(?=^\[\[package\]\]|\Z)')


def _locked_cpu(snapshot: Snapshot) -> tuple[Evidence, ...] | None:
    """Why `uv sync` gives Linux PyTorch for the CPU; None where it does not, or may not."""
    lock = snapshot.files.get("uv.lock")
    project = snapshot.files.get("pyproject.toml")
    if lock is not None:
        if not readable(lock):
            return None
        entries = [(m, m[1]) for m in _LOCKED_TORCH.finditer(lock.text)]
        cpu = None
        for match, text in entries:
            version = re.search(r'^version = "([^"]+)"', text, re.M)
            markers = re.search(r"(?ms)^resolution-markers = \[(.*?)^\]", text)
            texts = re.findall(r'"([^"]*)"', markers[1]) if markers else []
            if (
                version
                and version[1].endswith("+cpu")
                and "whl/cpu" in text
                and "extra" not in (markers[1] if markers else "")
            ):
                cpu = cpu or (match if not texts or any(_of_linux(t) for t in texts) else None)
            elif not texts or any(_of_linux(t) and "aarch64" not in t for t in texts):
                return None
        if cpu is None:
            return None
        return (lock.cite(lock.text.count("\n", 0, cpu.start(1)), note="PyTorch for Linux"),)
    if project is None or not readable(project):
        return None
    uv = below(toml(project), "tool", "uv")
    source = below(uv, "sources", "torch")
    sources = source if isinstance(source, list) else [source]
    urls = {text_of(i.get("name")): text_of(i.get("url")) for i in tables_of(below(uv, "index"))}
    plain = all(
        set(table_of(s)) == {"index"} and "whl/cpu" in urls.get(text_of(below(s, "index")), "") for s in sources
    )
    if not sources or not plain:
        return None
    return (project.cite(toml_line(project, "sources", "torch"), note="the index of PyTorch"),)


def _of_linux(marker: str) -> bool:
    """Whether an environment marker may hold on Linux."""
    choices = re.split(r"\bor\b", marker)
    return any(
        not re.search(r"sys_platform == '(?!linux)|sys_platform != 'linux'|platform_system == '(?!Linux)", c)
        for c in choices
    )
