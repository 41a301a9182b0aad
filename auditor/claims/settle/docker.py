"""Images and their docker files: stages, bases, settings, ports, what they start."""

import re
from collections.abc import Callable, Sequence

from auditor.claims.case import Case, Settled, absence, fact, settles
from auditor.claims.kinds import Docker
from auditor.facts.gpu import cpu_build, cpu_builds, may_use_gpu
from auditor.facts.images import Base, bases, dockerfiles, editors_stock, sources
from auditor.facts.names import names
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.readers import DOCKERFILES, Instruction, docker, readable
from auditor.snapshot import File, Snapshot

_ROLES = {
    "training": ("train",),
    "api": (
        "api",
        "backend",
        "server",
        "serve",
        "serving",
        "inference",
        "app",
        "fastapi",
        "uvicorn",
        "predict",
        "bento",
    ),
    "frontend": ("frontend", "front_end", "front-end", "streamlit", "gradio", "ui", "web"),
    "evaluation": ("eval", "evaluate", "evaluation"),
}
_STARTING = ("**/*.y*ml", "**/*.sh", "**/*.json", "**/makefile", "**/tasks.py", "**/*.tf", "**/*.toml", "**/justfile")


@settles("docker")
def docker_(claim: Docker, case: Case) -> Settled | None:
    """Compares with the docker files that may be meant (by path; by what their name, their start or their copies say of the role; else
    all): FROM lines with ARGs filled in, instructions, compose files, and what they install of PyTorch. Contradicted where none
    of these has the property (or, where every one is said to have it, one has not; or, denied, all have it). Says nothing where a
    base is a variable, where another file starts containers with the value or sets the property, where the role leads to no
    docker file, of sizes and of secrets."""
    if claim.what == "compose":
        return _compose(claim, case.snapshot)
    files = _meant(claim, case.snapshot)
    settle = _SETTLE.get(claim.what)
    return settle(claim, case, files) if files and settle else None


def _own(snapshot: Snapshot) -> list[File]:
    """The group's docker files: without what an editor wrote, and a template's untouched ones where there are others."""
    found = [f for f, made in dockerfiles(snapshot) if not editors_stock(made)]
    return [f for f in found if not snapshot.aside(f)] or found


def _meant(claim: Docker, snapshot: Snapshot) -> list[File]:
    """The docker files that a claim may be about; none where it names what is none."""
    if claim.path:
        known = {f.path: f for f, _ in dockerfiles(snapshot)}
        resolver = names(snapshot)
        near = resolver.near(claim.path)
        paths = resolver.works(claim.path) or ((near.path,) if near else ())
        return [known[p] for p in paths if p in known]
    own = _own(snapshot)
    if claim.of in ("all", "unknown"):
        return own
    words = _ROLES[claim.of]
    for told in (_name, _start, _copied):
        if found := [f for f in own if any(w in words or w.startswith(words[0]) for w in told(f))]:
            return found
    return []


def _name(file: File) -> list[str]:
    return re.findall(r"[a-z]+(?:[_-]end)?", re.sub("dockerfile|containerfile|docker", " ", file.path.lower()))


def _start(file: File) -> list[str]:
    last = [i.text for i in docker(file) if i.name in ("CMD", "ENTRYPOINT")]
    return re.findall(r"[a-z]+", " ".join(last).lower())


def _copied(file: File) -> list[str]:
    return [w for _, source, _ in sources(file) for w in re.findall(r"[a-z]+", source.lower())]


def _mentioned(snapshot: Snapshot, text: str, *globs: str) -> bool:
    """Whether another file that starts containers mentions a text outside its comments."""
    files = snapshot.select((*_STARTING, *globs), (text,), all=True)
    return any(text in row.split(" #")[0].lower() for f in files for row in f.lines if not row.lstrip().startswith("#"))


def _froms(found: Sequence[Base]) -> tuple[str, tuple[Evidence, ...]]:
    said = "; ".join(f"{b.file.path}:{b.line} is FROM {b.image}" for b in found[:4])
    more = f"; and {len(found) - 4} more" if len(found) > 4 else ""
    return said + more, tuple(b.file.cite(b.line, note="the base image") for b in found[:4])


def _held(
    claim: Docker, files: list[File], has: Callable[[File], int], noun: str, about: str, elsewhere: bool
) -> Settled | None:
    """A property that a docker file has at a line, or has not (0)."""
    having = [(f, line) for f in files if (line := has(f))]
    lacking = [f for f in files if not has(f)]
    shows = "; ".join(f"{f.path}:{line} has {noun}" for f, line in having[:3]) or f"no docker file has {noun}"
    evidence = tuple(f.cite(line) for f, line in having[:3])
    none = (fact(f"no docker file has {noun}", *(f.path for f in files)),)
    if claim.denied:
        if having and not lacking:
            return Settled(
                "contradicted", shows, evidence, f"The sentence says that there is no {noun.partition(' ')[2]}.", about
            )
        return None if having or elsewhere else Settled("supported", shows, none, about=about)
    if having and claim.every and lacking and (claim.of == "all") and not elsewhere:
        shows = f"{', '.join(f.path for f in lacking[:4])} {'has' if len(lacking) == 1 else 'have'} not {noun}"
        proof = (fact(shows, *(f.path for f in lacking[:20])), *evidence[:1])
        return Settled("contradicted", shows, proof, "The sentence says so of every one.", about, True)
    if having:
        return Settled("supported", shows, evidence, about=about)
    if elsewhere:
        return None
    return Settled("contradicted", shows, none, f"The sentence says that there is {noun}.", about)


# -- stages and bases --------------------------------------------------------------------------------------------------


def _multi_stage(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """`COPY --from=image` and `FROM x AS base` make no second stage."""
    made = _held(
        claim,
        files,
        lambda f: bases(f)[-1].line if len(bases(f)) > 1 else 0,
        "a second stage",
        "docker:multi-stage",
        False,
    )
    if made and made.label == "contradicted" and not claim.denied and not any(len(bases(f)) > 1 for f in files):
        shows, evidence = _froms([b for f in files for b in bases(f)])
        which = "It has one stage." if len(files) == 1 else "Each docker file has one FROM line, so one stage."
        return Settled("contradicted", shows, evidence, which, made.about)
    return made


_REFERENCE = compile_later(r"[a-z0-9][\w.-]*(?:/[\w.-]+)*:[\w][\w.-]*", re.IGNORECASE)
_IMPLIED = frozenset(["docker", "io", "library", "registry", "hub", "com", "image", "images", "base", "official", "the", "version", "a", "an"])  # fmt: skip


def fits(said: str, image: str) -> bool:
    """Whether an image is the one that is said, as far as that goes: `python:3.11` and `Python 3.11 slim` are `python:3.11-slim`,
    and another publisher's image with all these words is one, too."""
    theirs = _pieces(image.split("@")[0])
    return all(
        p in theirs or any(t.startswith(p + ".") for t in theirs if p[0].isdigit()) for p in _pieces(said) - _IMPLIED
    )


def _pieces(text: str) -> set[str]:
    return set(re.findall(r"[a-z]+|\d+(?:\.\d+)*", text.lower()))


def _base_image(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """A literal reference that none fits, or a Python version where all bases tell theirs."""
    real = [b for f in files for b in bases(f) if not b.stage]
    said = claim.value.strip("`'\" .").lower()
    if not _pieces(said) - _IMPLIED or not real or claim.denied or any(b.open for b in real):
        return None
    about = f"image:{said}"
    if right := [b for b in real if fits(said, b.image)]:
        every = not claim.every or len({b.file.path for b in right}) == len(files)
        return Settled("supported", *_froms(right[:1]), about=about) if every else None
    version = re.search(r"python\D{0,12}(3\.\d{1,2})\b", said)
    told = [b.python for b in real]
    off = bool(_REFERENCE.fullmatch(said)) or bool(version and all(told) and version[1] not in told)
    if not off or _mentioned(case.snapshot, said, *DOCKERFILES):
        return None
    shows, evidence = _froms(real)
    return Settled("contradicted", shows, evidence, f"None starts from {claim.value.strip('` ')}.", about, True)


def _gpu(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """Contradicted only where each image that is meant (for training, where no other is named) plainly installs PyTorch for the CPU:
    torch from PyPI brings CUDA."""
    able = [f for f in files if may_use_gpu(f)]
    if able or claim.denied:
        made = able and not claim.denied
        shows = f"{able[0].path} may use one" if able else ""
        return Settled("supported", shows, (able[0].cite(1),), about="docker:gpu") if made else None
    if claim.path or claim.of in ("api", "frontend", "evaluation"):
        found = [cpu_build(case.snapshot, f) for f in files]
        built = tuple(b for b in found if b) if all(found) else ()
    else:
        built = cpu_builds(case.snapshot)
    if not built:
        return None
    shows = "every such image installs PyTorch for the CPU: " + "; ".join(
        f"{b.file.path}:{b.line} {b.how}" for b in built[:3]
    )
    proof = tuple(e for b in built[:2] for e in (b.file.cite(b.line, note="what it installs"), *b.because))
    return Settled("contradicted", shows, proof, "A CPU build of PyTorch cannot use a GPU.", "docker:gpu")


# -- settings ----------------------------------------------------------------------------------------------------------


def _line(file: File, test: Callable[[Instruction], bool]) -> int:
    return next((i.line for i in docker(file) if test(i)), 0)


def _user(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """A base may bring a user of its own, and compose, Kubernetes and Cloud Run files may set one."""
    brought = any(
        re.search(r"nonroot|distroless|jupyter|mamba|bitnami|unprivileged", b.image, re.I) or b.open
        for f in files
        for b in bases(f)
    )
    others = brought or any(_mentioned(case.snapshot, word) for word in ("runasuser", "runasnonroot", "user:"))
    root = ("root", "0")
    return _held(claim, files, lambda f: _line(f, lambda i: i.name == "USER" and bool(i.values) and i.values[0].split(":")[0] not in root), "a `USER` that is not root", "docker:user", others)  # fmt: skip


def _health(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """Compose, Kubernetes and Cloud Run files may check, too."""
    others = any(_mentioned(case.snapshot, word) for word in ("healthcheck", "probe", "health-check"))
    return _held(
        claim,
        files,
        lambda f: _line(f, lambda i: i.name == "HEALTHCHECK"),
        "a `HEALTHCHECK`",
        "docker:healthcheck",
        others,
    )


def _layers(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """A cache mount is there or not; that layers are cached docker does by itself, which dependencies copied before the code help."""
    if "mount" in f"{claim.value} {claim.quote}".lower():
        other = any("type=cache" in f.text for f, _ in dockerfiles(case.snapshot) if f not in files)
        return _held(claim, files, lambda f: _line(f, lambda i: "--mount=type=cache" in i.text.replace(" ", "")), "a `RUN --mount=type=cache`", "docker:cache-mount", other)  # fmt: skip
    made = _held(claim, files, lambda f: _line(f, lambda i: i.name == "COPY" and bool(re.search(r"requirements|pyproject|lock", i.text))), "a copy of the dependencies' list by itself", "docker:layers", True)  # fmt: skip
    return made if made and made.label == "supported" else None


def _port(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """EXPOSE, and the ports of CMD, ENTRYPOINT and ENV. A port that any other file or answer has for a container is left alone."""
    found = re.search(r"\d{2,5}", claim.value)
    if not found or claim.denied or not (claim.path or claim.of in _ROLES):
        return None
    port = found[0]
    named = [
        (f, i.line, p)
        for f in files
        for i in docker(f)
        if i.name in ("EXPOSE", "CMD", "ENTRYPOINT", "ENV")
        for p in re.findall(r"(?:port\D{0,6}|EXPOSE\s+|:)(\d{2,5})\b", i.text, re.I)
    ]
    about = f"port:{files[0].name}"
    if right := next(((f, line) for f, line, p in named if p == port), None):
        return Settled(
            "supported", f"{right[0].path}:{right[1]} names port {port}", (right[0].cite(right[1]),), about=about
        )
    mapped = any(re.search(rf"{port}:\d|\d:{port}\b", q.answer) for q in case.report.questions)
    if not named or mapped or any(re.search(rf"(?<!\d){port}(?!\d)|\$\{{?PORT", f.text) for f in files):
        return None
    if _mentioned(case.snapshot, port, "**/*.py"):
        return None
    file, line, other = named[0]
    shows = f"{file.path}:{line} names port {other}"
    return Settled(
        "contradicted", shows, (file.cite(line, note="the port"),), f"The sentence says {port}.", about, True
    )


def _entry(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """The file or program that CMD and ENTRYPOINT start, scripts between them left alone."""
    said = claim.value.strip("`'\" ").lower()
    stem = re.sub(r"\.(?:py|sh)$", "", said.rsplit("/", 1)[-1])
    starts = [(f, i) for f in files for i in docker(f) if i.name in ("CMD", "ENTRYPOINT")]
    if len(stem) < 3 or claim.denied or not starts:
        return None
    about = f"docker:entry:{stem}"
    if right := next(
        ((f, i) for f, i in starts if re.search(rf"(?<!\w){re.escape(stem)}(?!\w)", i.text.lower())), None
    ):
        return Settled(
            "supported", f"{right[0].path}:{right[1].line} starts it", (right[0].cite(right[1].line),), about=about
        )
    tracked = said.endswith((".py", ".sh")) and names(case.snapshot).works(said)
    if not tracked or not (claim.path or claim.of in _ROLES) or any(re.search(r"\.sh\b|\$|\bmake\b|invoke|uv run [\w-]+[\"']?$", i.text) for _, i in starts):  # fmt: skip
        return None
    shows = "; ".join(f"{f.path}:{i.line} starts `{' '.join(i.values)[:80]}`" for f, i in starts[:3])
    return Settled(
        "contradicted", shows, tuple(f.cite(i.line) for f, i in starts[:3]), f"None starts {claim.value}.", about, True
    )


def _compose(claim: Docker, snapshot: Snapshot) -> Settled | None:
    """A file with compose in its name, or a YAML file with services."""
    there = [
        f
        for p, f in snapshot.files.items()
        if "compose" in p.rsplit("/", 1)[-1].lower() and p.endswith(("yml", "yaml"))
    ]
    if there:
        shows = f"{there[0].path} is a compose file"
        if not claim.denied:
            return Settled("supported", shows, (there[0].exists("a compose file"),), about="file:compose")
        return Settled(
            "contradicted", shows, (there[0].exists("a compose file"),), "The sentence denies it.", "file:compose"
        )
    if any("compose" in p.lower() for p in snapshot.files):
        return None
    services = [
        f
        for f in snapshot.select(("**/*.y*ml",), ("services:",), all=True)
        if readable(f) and re.search(r"(?m)^services:", f.text)
    ]
    shows = "no file of the repository is a compose file (no path has `compose` in it)"
    if claim.denied or services or _mentioned(snapshot, "docker compose", "**/*.md"):
        return None
    return Settled(
        "contradicted", shows, (absence(shows),), "The sentence says that docker compose is used.", "file:compose"
    )


_SETTLE: dict[str, Callable[[Docker, Case, list[File]], Settled | None]] = {
    "multi-stage": _multi_stage,
    "base image": _base_image,
    "gpu": _gpu,
    "non-root user": _user,
    "health check": _health,
    "cached layers": _layers,
    "port": _port,
    "entry point": _entry,
}
