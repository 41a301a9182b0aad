"""Images and their docker files: stages, bases, settings, ports, what they start."""

import re
from collections.abc import Callable, Sequence

from auditor.claims.case import Case, Settled, absence, answer_of, fact, settles
from auditor.claims.kinds import Docker
from auditor.facts.gpu import cpu_build, cpu_builds, may_use_gpu
from auditor.facts.images import (
    ROLES,
    Base,
    bases,
    dockerfiles,
    fits,
    line_of,
    meant,
    mentioned,
    own_dockerfiles,
    pieces,
    ports,
    second_stage,
)
from auditor.facts.names import names
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.numbers import bag
from auditor.readers.docker import DOCKERFILES, docker
from auditor.snapshot import File, Snapshot


@settles("docker")
def docker_(claim: Docker, case: Case) -> Settled | None:
    """Compares with the docker files that may be meant (by path; by what their name, their start or their copies say of the role; else
    all): FROM lines with ARGs filled in, instructions, compose files, and what they install of PyTorch. Contradicted where none
    of these has the property (or, where every one is said to have it, one has not; or, denied, all have it). Says nothing where a
    base is a variable, where another file starts containers with the value or sets the property, where the role leads to no
    docker file, of sizes and of secrets."""
    if claim.what == "compose":
        return _compose(claim, case.snapshot)
    files = meant(case.snapshot, claim.path, claim.of)
    settle = _SETTLE.get(claim.what)
    return settle(claim, case, files) if files and settle else None


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
            return Settled("contradicted", shows, evidence, "The sentence denies it.", about)
        return None if having or elsewhere else Settled("supported", shows, none, about=about)
    if having and lacking and claim.every and claim.of == "all" and not elsewhere:
        shows = f"{', '.join(f.path for f in lacking[:4])} {'has' if len(lacking) == 1 else 'have'} not {noun}"
        proof = (fact(shows, *(f.path for f in lacking[:20])), *evidence[:1])
        return Settled(
            "contradicted", shows, proof, "The sentence says so of every one; it is not so of this one.", about, True
        )
    if having or elsewhere:
        return Settled("supported", shows, evidence, about=about) if having else None
    return Settled("contradicted", shows, none, f"The sentence says that there is {noun}; there is none.", about)


# -- stages and bases --------------------------------------------------------------------------------------------------


def _multi_stage(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    made = _held(claim, files, second_stage, "a second stage", "docker:multi-stage", False)
    if made is None or made.label == "supported" or any(second_stage(f) for f in files):
        return made
    which = "It has one stage." if len(files) == 1 else "Each docker file has one FROM line, so one stage."
    shows, evidence = _froms([b for f in files for b in bases(f)])
    return Settled("contradicted", shows, evidence, which, made.about)


_BASES = bag("docker dockerfile dockerfiles container containers base based from")
_REFERENCE = compile_later(r"[a-z0-9][\w.-]*(?:/[\w.-]+)*:[\w][\w.-]*", re.IGNORECASE)


def _base_image(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """A literal reference that none fits, or a Python version where all bases tell theirs."""
    real = [b for f in files for b in bases(f) if not b.stage]
    said = claim.value.strip("`'\" .").lower()
    if not pieces(said) or not real or claim.denied or any(b.open for b in real):
        return None
    about = f"image:{said}"
    right = [b for b in real if fits(said, b.image)]
    # a literal reference is that of its own publisher, where one of the images is
    publisher = said.partition(":")[0].split("library/")[-1] if _REFERENCE.fullmatch(said) else ""
    same = [b for b in real if b.repository == publisher]
    if right := [b for b in right if not same or b in same]:
        every = not claim.every or len({b.file.path for b in right}) == len(files)
        return Settled("supported", *_froms(right[:1]), about=about) if every else None
    version = re.search(r"python\D{0,12}(3\.\d{1,2})\b", said)
    told = [b.python for b in real]
    spoken = set(words_of(claim.quote)) & _BASES and "deep learning" not in claim.quote.lower()
    off = bool(_REFERENCE.fullmatch(said)) or bool(spoken and version and all(told) and version[1] not in told)
    if not off or mentioned(case.snapshot, said, *DOCKERFILES):
        return None
    shows, evidence = _froms(real)
    base = claim.value.strip("` ")
    none = (
        f"None of the {len(files)} docker files starts from {base}."
        if len(files) > 1
        else f"{files[0].path} does not start from {base}."
    )
    return Settled("contradicted", shows, evidence, none, about, True)


_CONTAINER = bag("vertex container containers containerized containerised docker image images custom sagemaker kubernetes")  # fmt: skip
_ELSEWHERE = bag("deep local locally laptop laptops hpc lsf cluster colab kaggle available quota ssh requested drivers driver support supports supporting vm vms virtual inference monitor monitoring monitored utilization utilisation usage cost costs expensive")  # fmt: skip
_WORD = compile_later(r"e\.g|[a-z0-9]+(?:[-'][a-z0-9]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text, those with digits and hyphens (`t4`, `gpu-enabled`) whole."""
    return _WORD.findall(text.lower())


def in_container(quote: str, case: Case) -> bool:
    """Whether a sentence speaks of a container, or stands in an answer on custom jobs in containers; not of another machine."""
    said = {w for word in words_of(quote) for w in (word, *word.split("-"))}
    question = answer_of(quote, case)
    of = set(words_of(question.answer if question else ""))
    jobs = "custom" in of and bool(of & {"job", "jobs"}) and bool(of & {"container", "containers"})
    return not said & _ELSEWHERE and (jobs or bool(said & _CONTAINER))


def _gpu(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """Contradicted only where each image that is meant (for training, where no other is named) plainly installs PyTorch for the CPU:
    torch from PyPI brings CUDA."""
    one = bool(claim.path) or claim.of in ("api", "frontend", "evaluation")
    able = [f for f in (files if one else own_dockerfiles(case.snapshot)) if may_use_gpu(f)]
    if claim.denied:
        return None
    if able:
        return Settled("supported", f"{able[0].path} may use one", (able[0].cite(1),), about="docker:gpu")
    if one:
        found = [cpu_build(case.snapshot, f) for f in files]
        built = tuple(b for b in found if b) if all(found) else ()
    else:
        built = cpu_builds(case.snapshot)
    if not built or not in_container(claim.quote, case):
        return None
    how = "; ".join(f"{b.file.path}:{b.line} {b.how}" for b in built[:3])
    shows = f"every such image installs PyTorch for the CPU: {how}"
    proof = tuple(e for b in built[:2] for e in (b.file.cite(b.line, note="what it installs"), *b.because))
    return Settled("contradicted", shows, proof, "A CPU build of PyTorch cannot use a GPU.", "docker:gpu")


# -- settings ----------------------------------------------------------------------------------------------------------


def _user(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """A base may bring a user of its own, and compose, Kubernetes and Cloud Run files may set one."""
    own = compile_later(r"nonroot|distroless|jupyter|mamba|bitnami|unprivileged", re.IGNORECASE)
    brought = any(own.search(b.image) or b.open for f in files for b in bases(f))
    others = brought or any(mentioned(case.snapshot, word) for word in ("runasuser", "runasnonroot", "user:"))
    has = line_of("USER", test=r"(?i)^\s*user\s+(?!root\b|0\b)")
    return _held(claim, files, has, "a `USER` that is not root", "docker:user", others)


def _health(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """Compose, Kubernetes and Cloud Run files may check, too."""
    spoken = "HEALTHCHECK" in claim.quote or "dockerfile" in claim.quote.lower()  # else it may be an endpoint
    others = not spoken or any(
        mentioned(case.snapshot, word)
        for word in ("healthcheck", "livenessprobe", "readinessprobe", "startupprobe", "health-check")
    )
    return _held(claim, files, line_of("HEALTHCHECK"), "a `HEALTHCHECK`", "docker:healthcheck", others)


def _layers(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """A cache mount is there or not; that layers are cached docker does by itself."""
    if "mount" not in f"{claim.value} {claim.quote}".lower():
        return None
    other = any("type=cache" in f.text for f, _ in dockerfiles(case.snapshot) if f not in files)
    return _held(claim, files, line_of("RUN", test="--mount=type=cache"), "a cache mount", "docker:cache-mount", other)


def _port(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """EXPOSE, and the ports of CMD, ENTRYPOINT and ENV. A port that any other file or answer has for a container is left alone."""
    found = re.search(r"\d{2,5}", claim.value)
    if not found or claim.denied or not (claim.path or claim.of in ROLES):
        return None
    port, about = found[0], f"port:{files[0].name}"
    named = [(f, line, p) for f in files for line, p in ports(f)]
    if right := next(((f, line) for f, line, p in named if p == port), None):
        shows = f"{right[0].path}:{right[1]} names port {port}"
        return Settled("supported", shows, (right[0].cite(right[1]),), about=about)
    mapped = any(re.search(rf"{port}:\d|\d:{port}\b", q.answer) for q in case.report.questions)
    inside = any(re.search(rf"(?<!\d){port}(?!\d)|\$\{{?PORT", f.text) for f in files)
    if not named or mapped or inside or mentioned(case.snapshot, port, "**/*.py"):
        return None
    file, line, other = named[0]
    shows = f"{file.path}:{line} names port {other}"
    return Settled(
        "contradicted",
        shows,
        (file.cite(line, note="the port"),),
        f"The sentence says {port}; it is another one.",
        about,
        True,
    )


_THROUGH = compile_later(r"\.sh\b|\$|\bmake\b|invoke|uv run [\w-]+[\"']?$")  # what is started is told elsewhere


def _entry(claim: Docker, case: Case, files: list[File]) -> Settled | None:
    """The file or program that CMD and ENTRYPOINT start, scripts between them left alone."""
    said = claim.value.strip("`'\" ").lower()
    stem = re.sub(r"\.(?:py|sh)$", "", said.rsplit("/", 1)[-1])
    starts = [(f, i) for f in files for i in docker(f) if i.name in ("CMD", "ENTRYPOINT")]
    if len(stem) < 3 or claim.denied or not starts:
        return None
    about, word = f"docker:entry:{stem}", re.compile(rf"(?<!\w){re.escape(stem)}(?!\w)", re.IGNORECASE)
    if right := next(((f, i) for f, i in starts if word.search(i.text)), None):
        shows = f"{right[0].path}:{right[1].line} starts it"
        return Settled("supported", shows, (right[0].cite(right[1].line),), about=about)
    tracked = said.endswith((".py", ".sh")) and names(case.snapshot).works(said)
    if not tracked or not (claim.path or claim.of in ROLES) or any(_THROUGH.search(i.text) for _, i in starts):
        return None
    shows = "; ".join(f"{f.path}:{i.line} starts `{' '.join(i.values)[:80]}`" for f, i in starts[:3])
    cited = tuple(f.cite(i.line) for f, i in starts[:3])
    return Settled("contradicted", shows, cited, f"None starts {claim.value}.", about, True)


def _compose(claim: Docker, snapshot: Snapshot) -> Settled | None:
    """A file with compose in its name, or a YAML file with services."""
    about = "file:compose"
    named = [p for p in snapshot.files if "compose" in p.lower()]
    there = [p for p in named if "compose" in p.rsplit("/", 1)[-1].lower() and p.endswith(("yml", "yaml"))]
    if there:
        shows, evidence = f"{there[0]} is a compose file", (snapshot.files[there[0]].exists("a compose file"),)
        if claim.denied:
            return Settled("contradicted", shows, evidence, "The sentence denies it.", about)
        return Settled("supported", shows, evidence, about=about)
    files = snapshot.select(("**/*.y*ml",), ("services:",), all=True)
    services = any(re.search(r"(?m)^services:", f.text) for f in files)
    if named or claim.denied or services or mentioned(snapshot, "docker compose", "**/*.md"):
        return None
    shows = "no file of the repository is a compose file (no path has `compose` in it)"
    return Settled(
        "contradicted",
        shows,
        (absence(shows),),
        "The sentence says that docker compose is used; there is no file for it.",
        about,
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
