"""Statements about container images: stages, base images, settings, compose files."""

import re
from collections.abc import Iterator
from dataclasses import replace

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.facts.declared import DECLARATIONS, LOCKS, declarations
from auditor.facts.images import NO_DOCKERFILE, Base, bases, editors_stock
from auditor.facts.purposes import uncommented
from auditor.lazy import compile_later, dataclass
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.readers import DOCKERFILES, Instruction, docker, readable, toml, toml_line
from auditor.snapshot import File

_CLAUSE = compile_later(
    r";|,? \b(?:but|however|although|though|while|whereas|yet|except)\b|[.!?]\s+(?=(?-i:[A-Z])|[\w./-]+\.(?:ya?ml|py|toml)\b)",
    re.IGNORECASE,
)


def clauses(statement: Statement) -> list[str]:
    """The parts of a sentence between `but`, `while` and the like, as read."""
    return [part.strip(" ,") for part in _CLAUSE.split(statement.plain) if part and part.strip(" ,")]


def _as_written(word: str) -> str:
    """A pattern for a word as the report may have it: marks before its punctuation, typographic quotes and dashes."""
    match = re.fullmatch(r"""([(\["']*)(.*?)([.,;:!?)\]"']*)""", word)
    before, bare, after = match.groups() if match else ("", word, "")
    text = rf"{re.escape(before)}[`*_]*{re.escape(bare)}[`*_]*{re.escape(after)}"
    return text.replace("'", "['’‘]").replace('"', '["“”]').replace(r"\-", "[-–]")


def quote(statement: Statement, clause: str) -> str:
    """The clause as the report has it, marks included, where the sentence is long or several; else nothing, for the whole sentence."""
    words = clause.split()
    several = re.search(
        r"[.!?]\s+\S+\.\w", statement.plain
    )  # a sentence that starts with a file's name is not split off
    if (len(" ".join(statement.text.split())) <= 250 and not several) or len(words) < 5:
        return ""
    parts = [_as_written(word) for word in words]
    found = re.search(r"\s+".join(parts) + r"[`*_]*", statement.text)
    return found[0] if found else ""


_DOCKER = compile_later(r"\b(docker\w*|containers?|containeri[sz]\w+|images?)\b", re.IGNORECASE)
_UNSURE = compile_later(
    r"\b(?:not|never|without|no longer|instead of|rather than|e\.g|for example|for instance|such as|allows?|enables?|possible|consider\w*|prefer\w*|"
    r"tried|attempt\w*|optional\w*|alternative\w*|unlike|compared|course)\b|n't\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Images:
    """All docker files of a commit, a template's and a dev container's included, with their FROM lines. `whole`: each
    was read."""

    files: tuple[File, ...]
    bases: tuple[Base, ...]
    whole: bool

    def of(self, file: File) -> tuple[Base, ...]:
        return tuple(b for b in self.bases if b.file is file)


def _images(repo: Repo) -> Images:
    return repo.snapshot.once("claims-images", lambda: _read_images(repo))


def _read_images(repo: Repo) -> Images:
    files: list[File] = []
    found: list[Base] = []
    whole = True
    for file in repo.snapshot.select((*DOCKERFILES, *NO_DOCKERFILE), all=True).chosen:
        if not readable(file):
            whole = False
            continue
        instructions = docker(file)
        if not instructions:
            whole = whole and not file.problems.get("docker") and not re.search(r"(?im)^\s*FROM\s", file.text)
            continue
        files.append(file)
        found += bases(file)
    return Images(tuple(files), tuple(found), whole)


def _own(images: Images) -> tuple[File, ...]:
    """The docker files but those that an editor wrote for its development container."""
    return tuple(f for f in images.files if not editors_stock(docker(f)))


def _named(statement: Statement, images: Images) -> tuple[tuple[File, ...], bool]:
    """The docker files that a sentence names, and whether it names one that is not there or is not told apart."""
    found: list[File] = []
    strange = False
    texts = [statement.plain, *(link.target for link in statement.links)]
    for text in texts:
        for match in re.finditer(r"[\w./-]*(?:\w\.dockerfile|dockerfile\.\w+|/dockerfile)\b", text, re.I):
            name = match[0].rsplit("/", 1)[-1].lower()
            hits = [
                f
                for f in images.files
                if f.name.lower() == name
                and (f.path.lower().endswith(match[0].lower().lstrip("./")) or "/" not in match[0])
            ]
            if len(hits) == 1:
                found.append(hits[0])
            else:
                strange = True
    return tuple(dict.fromkeys(found)), strange


def _firm(prose: Prose, *words: str) -> Iterator[Statement]:
    """The firm sentences that have one of the words."""
    for statement in prose.sentences():
        low = statement.plain.lower()
        counts = statement.question.id not in ("contributions", "struggles", "credits")
        if counts and any(word in low for word in words) and statement.firm:
            yield statement


def _froms(bases: tuple[Base, ...]) -> tuple[str, tuple[Evidence, ...]]:
    said = "; ".join(f"{b.file.path}:{b.line} is FROM {b.image}" for b in bases[:4])
    more = f"; and {len(bases) - 4} more" if len(bases) > 4 else ""
    return said + more + ".", tuple(b.file.cite(b.line, note="the base image") for b in bases[:4])


# -- stages ------------------------------------------------------------------------------------------------------------

_STAGES = compile_later(
    r"\b(?:multi|two|three|2|3)[- ]?stage[ds]?\b(?=[^.;]{0,25}\b(?:docker\w*|builds?|builder|images?|containers?))|\bdocker\w*[^.;]{0,30}\bmulti-?stage\b",
    re.IGNORECASE,
)


@check("multi-stage", asks="Are the docker files built in several stages where the report says so?")
def multi_stage(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says multi-stage (two-stage) of a docker build. Settled by: the FROM lines of the named
    docker file, else of all: contradicted where each has one only. `COPY --from=image` and `FROM x AS base` make no second
    stage. Leaves alone: multi-stage pipelines and deployments, denials, and unreadable docker files."""
    images = _images(repo)
    if not images.whole or not images.files:
        return
    for statement in _firm(prose, "stage"):
        match = _STAGES.search(statement.plain)
        if (
            not match
            or statement.negated
            or _UNSURE.search(statement.plain)
            or re.search(r"multi-?stage (?:deploy\w*|pipeline|training|process|ci\b|workflow)", statement.plain, re.I)
        ):
            continue
        named, strange = _named(statement, images)
        if strange:
            continue
        among = named or images.files
        several = [f for f in among if len(images.of(f)) > 1]
        if several:
            f = several[0]
            yield Settled(
                statement,
                "docker:multi-stage",
                f"{f.path} has {len(images.of(f))} FROM lines.",
                "It has several stages.",
                (f.cite(images.of(f)[-1].line),),
                label="supported",
            )
        else:
            shows, evidence = _froms(tuple(b for f in among for b in images.of(f)))
            which = "It has one stage." if len(among) == 1 else "Each docker file has one FROM line, so one stage."
            yield Settled(statement, "docker:multi-stage", shows, which, evidence)


# -- base images -------------------------------------------------------------------------------------------------------

# repositories that are bases and not somebody's own image
_KNOWN = r"(?:docker\.io/|registry\.hub\.docker\.com/)?(?:library/)?(?:python|ubuntu|debian|alpine|node|nginx|pytorch/pytorch|nvidia/cuda|nvcr\.io/nvidia/[\w-]+|ghcr\.io/astral-sh/uv|astral-sh/uv|tensorflow/tensorflow|continuumio/(?:mini|ana)conda3|condaforge/\w+|mambaorg/micromamba|jupyter/[\w-]+|tiangolo/[\w-]+|pytorch/torchserve)"
_TAGGED = compile_later(rf"(?<![\w/.:-])({_KNOWN}):([\w][\w.-]*\w|\w)", re.IGNORECASE)
_PYTHON_IMAGE = compile_later(
    r"\b(?:slim )?python[ :-]?(?:version )?(3\.\d{1,2})(?:\.\d+)?(?:[- ](?:slim|alpine|bookworm|bullseye|buster))*(?: (?:docker|linux|official|slim|alpine))* (?:base[- ]?image|image|base)\b"
    r"|\bbase[- ]?images?\b[^.;\d]{0,25}\bpython[ :-]?(?:version )?(3\.\d{1,2})\b",
    re.IGNORECASE,
)
_CUDA = compile_later(r"\bCUDA[ -]?(?:version )?(\d{1,2}\.\d)(?:\.\d)?\b", re.IGNORECASE)


@check("base-image", asks="Do the docker files start from the image that the report names?")
def base_image(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names a well-known base image with its tag (`python:3.11-slim`), a Python version of the
    base image, or a CUDA version of an image. Settled by: the FROM lines of the named docker file, else of all, with ARGs
    filled in; compose files, workflows and scripts that name the image leave it alone. Leaves alone: own images, images
    whose FROM is a variable, CUDA within NVIDIA's own images, plans and alternatives."""
    images = _images(repo)
    if not images.whole or not images.files:
        return
    for statement in _firm(prose, "docker", "image", "container", "from"):
        if not _DOCKER.search(statement.plain) and not re.search(r"\bFROM\b", statement.plain):
            continue
        for clause in clauses(statement):
            if _UNSURE.search(clause) or re.search(r"\bor\b|\bwas\b.*\bnow\b|-> |→", clause):
                continue
            named, strange = _named(statement, images)
            among = tuple(b for b in images.bases if b.file in named) if named else images.bases
            real = tuple(b for b in among if not b.stage)
            if strange or not real or any(b.open for b in real):
                continue
            for match in _TAGGED.finditer(clause):
                said = match[0].lower().rstrip(".-")
                if any(_fits(said, b.image.lower()) for b in real):
                    yield Settled(
                        statement,
                        f"image:{said}",
                        _froms(tuple(b for b in real if _fits(said, b.image.lower())))[0],
                        "This is the image.",
                        _froms(real)[1][:1],
                        quote(statement, clause),
                        "supported",
                    )
                elif all(b.repository != "python" for b in real) and any(_same_python(said, b) for b in real):
                    continue
                elif not _elsewhere(repo, said) and re.search(
                    r"\b(?:base[ds]?|from|uses?|using|used|start\w*|built on|build on|slim|on top)\b", clause, re.I
                ):
                    shows, evidence = _froms(real)
                    yield Settled(
                        statement,
                        f"image:{said}",
                        shows,
                        f"None starts from {match[0]}.",
                        evidence,
                        quote(statement, clause),
                        detail=True,
                    )
            for match in _PYTHON_IMAGE.finditer(clause) if not _TAGGED.search(clause) else ():
                version = match[1] or match[2]
                known = {v for b in real if (v := b.python)}
                if version in known:
                    continue
                if known and all(b.python for b in real):
                    shows, evidence = _froms(real)
                    yield Settled(
                        statement,
                        f"image:python{version}",
                        shows,
                        f"None starts from Python {version}.",
                        evidence,
                        quote(statement, clause),
                        detail=True,
                    )
            for match in _CUDA.finditer(clause):
                if not re.search(r"\b(?:image|dockerfile|container|base)", clause, re.I):
                    continue
                found = {m[1] for b in real if (m := re.search(r"cuda:?-?(\d+\.\d)", b.image, re.I))}
                if (
                    found
                    and match[1] not in found
                    and not any("nvcr.io" in b.image for b in real)
                    and not _cuda_elsewhere(repo, match[1])
                ):
                    shows, evidence = _froms(tuple(b for b in real if "cuda" in b.image))
                    yield Settled(
                        statement,
                        f"image:cuda{match[1]}",
                        shows,
                        f"None has CUDA {match[1]}.",
                        evidence,
                        quote(statement, clause),
                        detail=True,
                    )


def _fits(said: str, image: str) -> bool:
    """Whether an image is the one that is said, as far as that goes: `python:3.11` is `python:3.11-slim`."""
    image = re.sub(r"^(docker\.io/|registry\.hub\.docker\.com/)?(library/)?|@sha256:.*$", "", image)
    said = re.sub(r"^(docker\.io/|registry\.hub\.docker\.com/)?(library/)?", "", said)
    if image.endswith("/" + said) or image == said:
        return True
    repository, _, tag = said.rpartition(":")
    named, _, full = image.rpartition(":")
    return (named == repository or named.endswith("/" + repository)) and (
        full.startswith(tag) and not full[len(tag) : len(tag) + 1].isdigit()
    )


def _same_python(said: str, image: Base) -> bool:
    """Whether an image of another publisher has the Python, and the kind of system, of the Python image that is said."""
    named = replace(image, image=said)
    words = named.variant.split("-") if named.variant else []
    return (
        named.repository == "python"
        and image.repository != "python"
        and bool(named.python)
        and named.python == image.python
        and set(words) <= set(image.variant.split("-"))
    )


def _elsewhere(repo: Repo, said: str) -> bool:
    """Whether another file that starts containers names the image."""
    files = repo.snapshot.select(
        ("**/*.y*ml", "**/*.sh", "**/*.json", "**/makefile", "**/tasks.py", "**/*.tf", "**/*.toml"), (said,), all=True
    )
    return any(said in uncommented(f) for f in files)


def _cuda_elsewhere(repo: Repo, version: str) -> bool:
    short = "cu" + version.replace(".", "")
    files = repo.snapshot.select(
        ("**/requirements*.txt", "**/pyproject.toml", "**/environment*.y*ml", "**/*.y*ml", *DOCKERFILES, *LOCKS),
        (short, version),
        all=True,
    )
    return len(files) > 0


# -- GPU images --------------------------------------------------------------------------------------------------------

_GPU_IMAGE = compile_later(
    r"\b(?:GPU|CUDA)[- ](?:enabled|compatible|capable|ready|based|accelerated|specific)?[- ]?(?:\w+ )?(?:docker ?)?(?:images?|dockerfiles?|base images?|containers?)\b|\b(?:nvidia|cuda) base[- ]image\b",
    re.IGNORECASE,
)


@check("gpu-image", asks="Is there an image for a GPU where the report says so?")
def gpu_image(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that a GPU or CUDA image is built. Settled by: contradicted only where no docker file
    starts from an image with CUDA and each that installs packages takes PyTorch's CPU index (`whl/cpu`, `+cpu`,
    `torch-cpu`), itself or by the lists that the project has. Leaves alone: everything else: torch from PyPI brings CUDA."""
    images = _images(repo)
    if not images.whole or not images.files:
        return
    for statement in _firm(prose, "gpu", "cuda", "nvidia"):
        if not _GPU_IMAGE.search(statement.plain) or statement.negated or _UNSURE.search(statement.plain):
            continue
        if any(
            re.search(r"cuda|nvidia|pytorch|tensorflow|gpu|vertex|deeplearning", b.image, re.I) or b.open
            for b in images.bases
        ):
            continue
        if not all(re.search(r"whl/cpu|\+cpu\b|torch-?cpu", uncommented(f)) for f in _own(images)):
            continue
        shows, evidence = _froms(images.bases)
        yield Settled(
            statement, "image:gpu", shows + " Each installs PyTorch for the CPU.", "No image can use a GPU.", evidence
        )


_TRAINED_ON_GPU = compile_later(
    r"\b(?:train(?:ed|ing|s)?|fine-?tun(?:ed|ing)|jobs?|runs?|ran|executes?|executed|launch(?:es|ed)?)\b[^.;]{0,90}\b(?:on|with|using|used|utili[sz]\w+|leverag\w+|having|have|add(?:ed)?)\b[^.;]{0,50}?"
    r"(?<![\w-])(?:GPUs?|T4|V100|A100|L4|P100|H100)\b|\b(?:GPU|CUDA)[- ](?:accelerated|based|enabled|powered)?[- ]?(?:vertex )?(?:train\w*|jobs?|runs?)\b|\bGPUs?\b[^.;,]{0,15}\bfor (?:\w+ )?(?:model )?training\b",
    re.IGNORECASE,
)
_JOBS_IN_CONTAINERS = compile_later(r"\bcustom (?:training )?jobs?\b", re.IGNORECASE)
_IN_CONTAINER = compile_later(
    r"\b(?:vertex|custom[- ]jobs?|containers?|containeri[sz]ed|docker\w*|(?:training|our|gpu) images?|sagemaker|azure ml|kubernetes|cloud run)\b",
    re.IGNORECASE,
)
_OTHER_MACHINE = compile_later(
    r"\b(?:local\w*|laptops?|hpc|lsf|cluster|colab|kaggle|our own (?:pc|machine|computer|gpu)s?|if available|quota|available|cpus? (?:or|and) gpus?|ssh|requested|drivers?|deep ?learning (?:vm )?images?|support(?:s|ing)?|allow(?:s|ed|ing)?|"
    r"virtual machines?|vms?|no gpu|inference|monitor\w*|utili[sz]ation|usage|cost\w*|expensive)\b",
    re.IGNORECASE,
)


@check("gpu-build", asks="Can the training image use the GPU on which the report says that training ran?")
def gpu_build(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that training ran on or used a GPU in a container or a cloud job. Settled by: what
    the docker files that train install: contradicted where each has PyTorch for the CPU only, by the address of its
    install command, by a list that it installs, or by `uv sync` with a lock that gives Linux a `+cpu` build (or, without a
    lock, with an index for the CPU that no marker or extra limits). Leaves alone: torch from PyPI, which brings CUDA, a
    docker file that installs torch once more, extras and groups of a GPU, jobs on other images, virtual machines that
    one installs by hand, members' own machines, plans, denials and inference."""
    for statement in _firm(prose, "gpu", "t4", "v100", "a100", "l4", "p100", "h100"):
        plain = statement.plain
        answer = statement.question.answer
        if (
            not _TRAINED_ON_GPU.search(plain)
            or not (_IN_CONTAINER.search(plain) or (_JOBS_IN_CONTAINERS.search(answer) and "container" in answer))
            or statement.negated
            or _UNSURE.search(plain)
            or _OTHER_MACHINE.search(plain)
        ):
            continue
        built = repo.snapshot.once("claims-cpu-builds", lambda: _cpu_builds(repo))
        if built:
            places = "; ".join(f"{b.file.path}:{b.line} {b.how}" for b in built[:3])
            proof = tuple(e for b in built[:2] for e in (b.file.cite(b.line, note="what it installs"), *b.because))
            yield Settled(
                statement,
                "image:gpu-build",
                f"Every training image installs PyTorch for the CPU: {places}.",
                "A CPU build of PyTorch cannot use a GPU.",
                proof,
            )


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


def _cpu_builds(repo: Repo) -> tuple[CpuBuild, ...]:
    """The docker files that train, if each of them plainly installs PyTorch for the CPU; nothing otherwise."""
    images = _images(repo)
    if not images.whole:
        return ()
    found = []
    for file in _own(images):
        instructions = docker(file)
        last = [i for i in instructions if i.name in ("CMD", "ENTRYPOINT")]
        named = re.search(r"train", file.path.rsplit("/", 1)[-1], re.IGNORECASE)
        if not (named or any(_TRAINS.search(i.text) for i in last)):
            continue
        build = _cpu_build(file, instructions, repo)
        if build is None:
            return ()
        found.append(build)
    # a job on a ready-made image of somebody else trains without them
    others = repo.snapshot.select(("**/*.y*ml", "**/*.json", "**/*.sh", "**/*.py"), ("pytorch-gpu", "tf2-gpu", "vertex-ai/training/"), all=True)  # fmt: skip
    return () if len(others) else tuple(found)


def _cpu_build(file: File, instructions: tuple[Instruction, ...], repo: Repo) -> CpuBuild | None:
    if _ANY_CUDA.search(file.text) or re.search(r"(?im)^\s*FROM\s+\S*(?:pytorch|tensorflow)\S*", file.text):
        return None
    direct: list[CpuBuild] = []
    synced: list[CpuBuild] = []
    for i in instructions:
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
                if (why := _locked_cpu(repo)) is None:
                    return None
                synced.append(CpuBuild(file, i.line, "installs what uv.lock or pyproject.toml pins for the CPU", why))
            elif (why := _listed_cpu(text, repo)) is not None:
                direct.append(CpuBuild(file, i.line, "installs a list with PyTorch for the CPU", why))
            elif "requirements" in text and any("torch" in f.text for f in _lists(text, repo)):
                return None
    return next(iter((*direct, *synced)), None)


def _lists(text: str, repo: Repo) -> list[File]:
    """The lists that a command installs, with those that they take in."""
    names = [n.rsplit("/", 1)[-1] for n in re.findall(r"(?:-r|--requirement)[= ]*(\S+)", text)]
    known = declarations(repo.snapshot.select(DECLARATIONS, stubs=True))
    named = [p for n in names for p in repo.snapshot.files if p.rsplit("/", 1)[-1] == n]
    reach = dict.fromkeys(one for path in named for one in known.reach(path))
    return [f for p in reach if readable(f := repo.snapshot.files[p])]


def _listed_cpu(text: str, repo: Repo) -> tuple[Evidence, ...] | None:
    """The lines of the installed lists that ask for PyTorch for the CPU."""
    for file in _lists(text, repo):
        for i, row in enumerate(file.lines, 1):
            bare = row.split(" #")[0]
            if not bare.lstrip().startswith("#") and _CPU_INDEX.search(bare) and not _ANY_CUDA.search(file.text):
                return (file.cite(i, note="for the CPU"),)
    return None


_LOCKED_TORCH = compile_later(r'(?ms)^\[\[package\]\]\nname = "torch"\n(.*?)(?=^\[\[package\]\]|\Z)')


def _locked_cpu(repo: Repo) -> tuple[Evidence, ...] | None:
    """Why `uv sync` gives Linux PyTorch for the CPU; None where it does not, or may not."""
    lock = repo.snapshot.files.get("uv.lock")
    project = repo.snapshot.files.get("pyproject.toml")
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
    uv = toml(project).get("tool", {}).get("uv", {})
    source = uv.get("sources", {}).get("torch", [])
    sources = source if isinstance(source, list) else [source]
    urls = {i.get("name"): str(i.get("url", "")) for i in uv.get("index", []) if isinstance(i, dict)}
    plain = all(isinstance(s, dict) and set(s) == {"index"} and "whl/cpu" in urls.get(s["index"], "") for s in sources)
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


# -- compose, ignore files, settings -----------------------------------------------------------------------------------

_COMPOSE = compile_later(r"\bdocker[- ]?compose\b", re.IGNORECASE)
_OURS = compile_later(
    r"\b(?:we|our|us|the (?:project|repository|setup|system|stack)|is|are|with|via|using|through)\b", re.IGNORECASE
)


@check("compose-file", asks="Is there a compose file where the report says that docker compose is used?")
def compose_file(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that docker compose is used, set up or run. Settled by: no compose file of any name in
    the tree (and none that a file of another name is passed as). Leaves alone: alternatives, denials, generalities."""
    if any(re.search(r"compose", p, re.I) for p in repo.snapshot.files):
        return
    for statement in _firm(prose, "compose"):
        if (
            not _COMPOSE.search(statement.plain)
            or statement.negated
            or _UNSURE.search(statement.plain)
            or not _OURS.search(statement.plain)
            or re.search(r"\b(?:kubernetes|like|similar|others?|course)\b", statement.plain, re.I)
        ):
            continue
        if re.search(
            r"\b(?:use[ds]?|using|set ?up|run|running|ran|start\w*|orchestrat\w*|creat\w*|wrote|implement\w*|defin\w*|configur\w*|via|through|with)\b",
            statement.plain,
            re.I,
        ):
            shows = "No file of the repository is a compose file (no path has `compose` in it)."
            hidden = [
                f for f in repo.snapshot.select(("**/*.y*ml",), ("services:",)) if re.search(r"(?m)^services:", f.text)
            ]
            if not hidden:
                yield Settled(
                    statement,
                    "file:compose",
                    shows,
                    "The sentence says that docker compose is used.",
                    (absence(shows),),
                )


_SETTINGS = {
    "dockerignore": (compile_later(r"\.dockerignore\b", re.I), "a `.dockerignore` file"),
    "cache mount": (compile_later(r"--mount=type=cache|\bcache mounts?\b|\bbuildkit cache\b", re.I), "a `RUN --mount=type=cache`"),
    "user": (compile_later(r"\bnon-?root(?: \w+)? user\b|\bunprivileged user\b|\bnon-?root (?:container|image)s?\b", re.I), "a `USER` that is not root"),
    "healthcheck": (compile_later(r"\bHEALTHCHECK\b|\bdocker(?:file)? health-?checks?\b"), "a `HEALTHCHECK`"),
}  # fmt: skip


@check("image-settings", asks="Do the docker files have the settings that the report says they have?")
def image_settings(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that there is a `.dockerignore`, a cache mount, a non-root user or a HEALTHCHECK.
    Settled by: the instructions of all docker files, and the tree. Leaves alone: denials, plans, base images that bring a
    user of their own, compose and Kubernetes files that set a user or a check, and `layer caching`, which docker does."""
    images = _images(repo)
    if not images.whole or not images.files:
        return
    for statement in _firm(prose, "dockerignore", "cache", "root", "unprivileged", "health"):
        if statement.negated or _UNSURE.search(statement.plain):
            continue
        for name, (rx, noun) in _SETTINGS.items():
            if (
                not rx.search(statement.plain)
                or (name == "user" and not _DOCKER.search(statement.plain))
                or _has(repo, images, name)
            ):
                continue
            shows = (
                f"No docker file has {noun}." if name != "dockerignore" else "The repository has no `.dockerignore`."
            )
            yield Settled(
                statement,
                f"docker:{name.replace(' ', '-')}",
                shows,
                "The sentence says that there is one.",
                (fact(shows, *(f.path for f in images.files)),),
            )


def _has(repo: Repo, images: Images, name: str) -> bool:
    if name == "dockerignore":
        return any(
            p.lower().endswith(("dockerignore", ".gcloudignore", "containerignore")) for p in repo.snapshot.files
        )
    if name == "cache mount":
        return any("type=cache" in f.text or re.search(r"(?m)^FROM \S+:.*buildkit", f.text) for f in images.files)
    others = repo.snapshot.select(
        ("**/*.y*ml", "**/*.tf", "**/*.json"), ("healthcheck", "runasuser", "runasnonroot", "user:", "probe"), all=True
    )
    if name == "user":
        own = any(
            re.search(r"nonroot|distroless|jupyter|mamba|bitnami|unprivileged", b.image, re.I) or b.open
            for b in images.bases
        )
        set_ = any(
            i.name == "USER" and i.values and i.values[0].split(":")[0] not in ("root", "0")
            for f in images.files
            for i in docker(f)
        )
        return own or set_ or any(re.search(r"(?i)runasuser|runasnonroot|^\s*user:", f.text, re.M) for f in others)
    return any(i.name == "HEALTHCHECK" for f in images.files for i in docker(f)) or len(others) > 0


# -- ports -------------------------------------------------------------------------------------------------------------

_PORT = compile_later(r"\b(?:expos\w+|listen\w*|serv\w+|runs?|running)\b[^.;]{0,40}\bport (\d{2,5})\b", re.IGNORECASE)


@check("image-port", asks="Does the named docker file use the port that the report names?")
def image_port(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that names one docker file and a port that it exposes or serves on. Settled by: EXPOSE, the
    port of CMD, ENTRYPOINT and ENV of that file: contradicted where it names another port and nowhere this one. Leaves alone:
    mappings (`-p 80:8000`), several ports, and files that take the port from outside."""
    images = _images(repo)
    for statement in _firm(prose, "port "):
        match = _PORT.search(statement.plain)
        if (
            not match
            or statement.negated
            or re.search(r"\d+:\d+|\blocal\w*|\bmapp\w*", statement.plain)
            or len(re.findall(r"\bport \d+", statement.plain)) != 1
        ):
            continue
        named, strange = _named(statement, images)
        if strange or len(named) != 1:
            continue
        file = named[0]
        ports = [
            (i.line, p)
            for i in docker(file)
            if i.name in ("EXPOSE", "CMD", "ENTRYPOINT", "ENV")
            for p in re.findall(r"(?:port\D{0,6}|EXPOSE\s+|:)(\d{2,5})\b", i.text, re.I)
        ]
        if (
            ports
            and not re.search(rf"(?<!\d){match[1]}(?!\d)", file.text)
            and "$PORT" not in file.text
            and "${PORT" not in file.text
        ):
            line, port = ports[0]
            yield Settled(
                statement,
                f"port:{file.name}",
                f"{file.path}:{line} names port {port}.",
                f"The sentence says {match[1]}.",
                (file.cite(line, note="the port"),),
                detail=True,
            )
