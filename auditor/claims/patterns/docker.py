"""Images in words that leave no room: a base image's literal reference, `multi-stage` of a docker build, a GPU in a container."""

import re
from collections.abc import Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Docker, Typed
from auditor.claims.numbers import foreign, tokens
from auditor.facts.images import dockerfiles
from auditor.lazy import compile_later
from auditor.prose import Prose, Statement

_DOCKER = frozenset(["docker", "dockerfile", "dockerfiles", "image", "images", "container", "containers", "containerized", "containerised", "build", "builds"])  # fmt: skip
_UNSURE = frozenset(["no", "not", "never", "without", "longer", "instead", "rather", "e", "example", "such", "allow", "allows", "enable", "enables", "possible", "consider", "considered", "prefer", "tried", "attempt", "attempted", "optional", "optionally", "alternative", "alternatively", "unlike", "compared"])  # fmt: skip
_OTHER_STAGES = frozenset(["pipeline", "pipelines", "deployment", "deployments", "training", "process", "workflow"])
# repositories that are bases and not somebody's own image
_TAGGED = compile_later(
    r"(?<![\w/.:-])(?:docker\.io/)?(?:library/)?(?:python|ubuntu|debian|alpine|node|nginx|pytorch/pytorch|nvidia/cuda|nvcr\.io/nvidia/[\w-]+|"
    r"ghcr\.io/astral-sh/uv|tensorflow/tensorflow|continuumio/(?:mini|ana)conda3|condaforge/\w+|mambaorg/micromamba|pytorch/torchserve)"
    r":\w[\w.-]*\w",
    re.IGNORECASE,
)
_STARTS = frozenset(
    ["base", "bases", "based", "from", "use", "uses", "using", "used", "start", "starts", "slim", "top"]
)
_USED = frozenset(
    [
        "use",
        "uses",
        "used",
        "using",
        "set",
        "run",
        "running",
        "ran",
        "create",
        "created",
        "wrote",
        "via",
        "through",
        "with",
        "defined",
        "configured",
    ]
)
_GPUS = frozenset(["gpu", "gpus", "t4", "v100", "a100", "l4", "p100", "h100", "cuda"])
_TRAINING = frozenset(
    ["train", "trained", "training", "trains", "finetuned", "fine-tuned", "fine-tuning", "job", "jobs"]
)
_CONTAINER = frozenset(["vertex", "container", "containers", "containerized", "containerised", "docker", "image", "images", "custom", "sagemaker", "kubernetes"])  # fmt: skip
_ELSEWHERE = frozenset(["local", "locally", "laptop", "laptops", "hpc", "lsf", "cluster", "colab", "kaggle", "available", "quota", "ssh", "requested", "drivers", "driver", "support", "supports", "supporting", "vm", "vms", "virtual", "inference", "monitor", "monitoring", "monitored", "utilization", "utilisation", "usage", "cost", "costs", "expensive", "compute"])  # fmt: skip


@reads("docker")
def docker(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
    """A firm statement without negation or alternative that has `multi-stage` beside a word for images; a well-known base image with
    its tag; a GPU image; or training on a GPU in an answer that trains in containers. Leaves alone: other machines, inference,
    struggles and contributions."""
    named = {f.name.lower(): f.path for f, _ in dockerfiles(case.snapshot)}
    for statement in prose.sentences():
        if (
            statement.question.id in ("contributions", "struggles", "credits")
            or not statement.firm
            or statement.negated
        ):
            continue
        words = [t.word for t in tokens(statement.plain)]
        said = set(words) | {w for word in words for w in word.split("-")}
        if not said & (_DOCKER | _GPUS) or said & _UNSURE or foreign(statement.plain):
            continue
        path = next(
            (path for name, path in named.items() if name != "dockerfile" and name in statement.plain.lower()), ""
        )
        at = next((i for i, w in enumerate(words) if w in ("multi-stage", "multistage", "two-stage")), None)
        if at is not None and said & _DOCKER and not set(words[at + 1 : at + 2]) & _OTHER_STAGES:
            yield statement, Docker(kind="docker", quote=statement.text, what="multi-stage", path=path)
        for m in _TAGGED.finditer(statement.plain) if said & _STARTS and " or " not in statement.plain else ():
            yield statement, Docker(kind="docker", quote=statement.text, what="base image", path=path, value=m[0])
        if (
            (("docker" in said and "compose" in said) or "docker-compose" in said)
            and said & _USED
            and statement.ours | (statement.kind != "item")
        ):
            yield statement, Docker(kind="docker", quote=statement.text, what="compose")
        if said & _GPUS and not said & _ELSEWHERE and _speaks_of_gpu(statement, words, said):
            yield statement, Docker(kind="docker", quote=statement.text, what="gpu", of="training", path=path)


def _speaks_of_gpu(statement: Statement, words: list[str], said: set[str]) -> bool:
    beside = any(
        w.split("-")[0] in _GPUS and set(words[i + 1 : i + 3]) & {"image", "images", "dockerfile"}
        for i, w in enumerate(words)
    )
    answer = {t.word for t in tokens(statement.question.answer)}
    contained = said & _CONTAINER or ({"custom", "job"} <= answer and "container" in answer)
    return beside or bool(said & _TRAINING and contained)
