"""Images in words that leave no room: a base image's literal reference, `multi-stage` of a build, compose, a GPU in a container."""

import re
from collections.abc import Iterator

from auditor.claims.case import Case, reads
from auditor.claims.kinds import Docker, Typed
from auditor.claims.settle.docker import in_container, words_of
from auditor.facts.images import dockerfiles
from auditor.lazy import compile_later
from auditor.numbers import bag, foreign
from auditor.prose import Prose, Statement

_DOCKER = bag(
    "docker dockerfile dockerfiles image images container containers containerized containerised build builds"
)
_PICTURES = bag("image images build builds")  # which a pipeline of pictures has, too
_UNSURE = bag("longer instead rather example e.g such like allow allows enable enables possible consider considered prefer tried attempt attempted optional optionally alternative alternatively unlike compared kubernetes")  # fmt: skip
_OTHER_STAGES = bag("pipeline pipelines deployment deployments training process workflow")
# repositories that are bases and not somebody's own image
_TAGGED = compile_later(
    r"(?<![\w/.:-])(?:docker\.io/)?(?:library/)?(?:python|ubuntu|debian|alpine|node|nginx|pytorch/pytorch|nvidia/cuda|nvcr\.io/nvidia/[\w-]+|"
    r"ghcr\.io/astral-sh/uv|tensorflow/tensorflow|continuumio/(?:mini|ana)conda3|condaforge/\w+|mambaorg/micromamba|pytorch/torchserve)"
    r":\w[\w.-]*\w",
    re.IGNORECASE,
)
_STARTS = bag("base bases based from use uses using used start starts slim top")
_USED = bag("use uses used using set run running ran create created wrote via through with defined configured")
_GPUS = bag("gpu gpus t4 v100 a100 l4 p100 h100 cuda")
_TRAINING = bag("train trained training trains finetuned fine-tuned fine-tuning job jobs")
_NAMED = compile_later(r"[\w-]+\.dockerfile\b|\bdockerfile\.\w+")


@reads("docker")
def docker(prose: Prose, case: Case) -> Iterator[tuple[Statement, Typed]]:
    """A firm statement without negation or alternative that has `multi-stage` beside a word for images; a well-known base image with
    its tag; a GPU image; docker compose in use; or training on a GPU in an answer that trains in containers. Leaves alone: other
    machines, inference, struggles and contributions."""
    named = {f.name.lower(): f.path for f, _ in dockerfiles(case.snapshot)}
    for statement in prose.sentences():
        plain = statement.plain.lower()
        words = words_of(plain)
        said = set(words) | {w for word in words for w in word.split("-")}
        left = statement.about("contributions", "struggles", "costs") or not statement.firm or statement.negated
        if left or not said & (_DOCKER | _GPUS) or said & _UNSURE or foreign(plain):
            continue
        spoken = [m[0] for m in _NAMED.finditer(plain)]
        path = named.get(spoken[0], "") if spoken else ""
        if spoken and not path:
            continue
        made: list[dict[str, str]] = []
        at = next((i for i, w in enumerate(words) if w in ("multi-stage", "multistage", "two-stage")), None)
        docked = said & (_DOCKER - _PICTURES) or (at is not None and set(words[at + 1 : at + 4]) & _PICTURES)
        if at is not None and docked and not set(words[at + 1 : at + 2]) & _OTHER_STAGES:
            made.append({"what": "multi-stage", "path": path})
        if said & _STARTS and " or " not in plain:
            made += [{"what": "base image", "path": path, "value": m[0]} for m in _TAGGED.finditer(statement.plain)]
        if {"docker", "compose"} <= said and said & _USED:
            made.append({"what": "compose"})
        gpu = [i for i, w in enumerate(words) if w.split("-")[0] in _GPUS]
        beside = any(set(words[i + 1 : i + 3]) & {"image", "images", "dockerfile"} for i in gpu)
        if (beside or (said & _GPUS and said & _TRAINING)) and in_container(statement.text, case):
            made.append({"what": "gpu", "of": "training", "path": path})
        for fields in made:
            yield statement, Docker.model_validate({"kind": "docker", "quote": statement.text, **fields})
