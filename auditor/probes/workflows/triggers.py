"""Workflows that start when data or a model change."""

import re
from collections.abc import Iterable, Iterator

from auditor.facts.cloud import SCRIPTS, TERRAFORM, gcloud_words, terraform
from auditor.facts.workflows import CiWorkflow, Trigger, ci_workflows, path_filter_hits
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.workflows.runs import nearest, works
from auditor.readers.commands import commands
from auditor.readers.python import python
from auditor.readers.shell import Command
from auditor.readers.workflows import WORKFLOWS
from auditor.snapshot import Files

_CODE = compile_later(
    r"\.(py|ipynb|sh|toml|lock|cfg|ini|md|rst|ya?ml|dockerfile|html?|css|js|ts|tsx|tf)$|(^|/)(\.git\w+|\.?dockerfile|makefile|license|\.gitkeep)$",
    re.I,
)
_DATA_WORD = compile_later(r"(^|[/_.*-])(data|datasets?|raw|processed|interim|dvc)([/_.*-]|$)", re.I)
_DATA_FILE = compile_later(r"\.(csv|tsv|parquet|feather|jsonl|arrow|npy|npz|h5|hdf5|zip|tar|gz|sqlite|db)$", re.I)
_MODEL_WORD = compile_later(r"(^|[/_.*-])(models?|checkpoints?|weights|registry|model_?registry)([/_.*-]|$)", re.I)
_MODEL_FILE = compile_later(r"\.(pt|pth|ckpt|onnx|pkl|joblib|h5|keras|safetensors|mar|tflite|bin|pb)(\.dvc)?$", re.I)


def _targets_data(pattern: str) -> bool:
    plain = pattern.lstrip("!")
    if plain.endswith("dvc.lock"):
        return True
    if _CODE.search(plain) or _targets_model(plain):
        return False
    return bool(_DATA_WORD.search(plain) or _DATA_FILE.search(plain))


def _targets_model(pattern: str) -> bool:
    plain = pattern.lstrip("!")
    if re.search(r"\.(py|ipynb|sh|toml|md)$", plain, re.I):
        return False
    return bool(_MODEL_WORD.search(plain) or _MODEL_FILE.search(plain))


def _is_data(path: str) -> bool:
    if path == "dvc.lock" or path.endswith("/dvc.lock"):
        return True
    if path.startswith(".dvc/") or "/.dvc/" in path:  # DVC's settings, not the data
        return False
    if _MODEL_WORD.search(path) and not _DATA_WORD.search(path.removesuffix(".dvc")):
        return False
    return path.endswith(".dvc") or not _CODE.search(path)


def _is_model(path: str) -> bool:
    name = path.rsplit("/", 1)[-1]
    if path.startswith(".dvc/"):
        return False
    if path.endswith(".dvc") or _MODEL_FILE.search(path):
        return True
    listed = re.search(r"\.(ya?ml|json|txt|toml)$", name, re.I)
    return bool(
        listed
        and re.search(r"registry|version|latest|production|staging|metadata|metrics|model_?info|alias", path, re.I)
    )


def watches(
    files: Files, targets: str, workflows: Iterable[CiWorkflow] | None = None, idle: bool = False
) -> Iterator[tuple[CiWorkflow, Trigger, str, int, tuple[str, ...]]]:
    """The path patterns of working workflows (`idle`: of those whose steps only set up and print) that are meant for data (or
    models), with the tracked ones they match."""
    aims, counts = (_targets_data, _is_data) if targets == "data" else (_targets_model, _is_model)
    tracked = tuple(files.paths)
    for ci in ci_workflows(files) if workflows is None else workflows:
        if not any(True for _ in ci.workflow.active_steps) or works(ci) is idle:
            continue
        for trigger in ci.triggers:
            for pattern in trigger.paths:
                if pattern.startswith("!") or not aims(pattern):
                    continue
                hits = path_filter_hits(tracked, [pattern])
                let_through = (
                    set(path_filter_hits(hits, trigger.paths))
                    if any(p.startswith("!") for p in trigger.paths)
                    else set(hits)
                )
                mine = tuple(p for p in hits if p in let_through and counts(p))
                if not mine and any(p.endswith(".py") for p in hits):
                    continue  # a filter on code
                line = next(
                    (i for i in range(trigger.line, len(ci.file.lines) + 1) if pattern in ci.file.lines[i - 1]),
                    trigger.line,
                )
                yield ci, trigger, pattern, line, mine


@probe(
    "data-trigger",
    asks="Does a workflow start when the data changes?",
    looks_in=(*WORKFLOWS, *SCRIPTS, *TERRAFORM),
    mentions=(
        "paths",
        "repository_dispatch",
        "eventarc",
        "notification",
        "trigger-bucket",
        "storage.object",
        "finalize",
        "bucket",
    ),
)
def data_trigger(files: Files) -> Iterator[Evidence]:
    """A `paths:` filter that matches a tracked DVC pointer or data file, in a workflow that starts for the default branch
    and does something; a `repository_dispatch` named for data; a bucket's notification or an Eventarc trigger in tracked
    configuration. Filters on code, `dvc pull` in a workflow that any push starts, and a filter that matches nothing tracked
    do not count."""
    nearest(files, (), lambda _: False)
    done = set()
    for ci, trigger, pattern, line, mine in watches(files, "data"):
        if mine and trigger.starts and (ci.path, trigger.event) not in done:
            done.add((ci.path, trigger.event))
            shown = ", ".join(mine[:3])
            note = f"`{pattern}` on {trigger.event} matches {len(mine)} tracked file{'s' * (len(mine) > 1)}: {shown}"
            yield ci.file.cite(trigger.line, line, note=note)
    for ci in ci_workflows(files):
        for trigger in ci.triggers:
            if (
                trigger.event == "repository_dispatch"
                and works(ci)
                and any(_DATA_WORD.search(t) for t in trigger.types)
            ):
                yield ci.file.cite(trigger.line, trigger.line + 1, note="a dispatch named for data starts it")
    for file in files.matching(*TERRAFORM):
        for resource in terraform(file):
            if resource.kind in (
                "google_storage_notification",
                "google_eventarc_trigger",
                "aws_s3_bucket_notification",
            ):
                yield file.cite(resource.line, note="an event of the bucket")
    for file in files.matching(*SCRIPTS):
        if re.search(r"(?i)eventarc|notification|trigger-(bucket|resource|event)", file.text):
            for command in commands(file):
                if _bucket_event(command):
                    yield file.cite(command.line, note="an event of the bucket")


def _bucket_event(command: Command) -> bool:
    words = gcloud_words(command)
    text = command.text
    if words[:3] == ("eventarc", "triggers", "create"):
        return "storage.object" in text
    if words[:2] == ("functions", "deploy"):
        return "--trigger-bucket" in text or "storage.object" in text
    if words[:4] in (("storage", "buckets", "notifications", "create"),):
        return True
    return command.program == "gsutil" and command.bare[1:3] == ("notification", "create")


@probe(
    "data-trigger-dead",
    asks="Does a workflow watch a data path that no tracked file matches?",
    looks_in=WORKFLOWS,
    mentions=("paths",),
)
def data_trigger_dead(files: Files) -> Iterator[Evidence]:
    """A weak sign: a `paths:` filter that is meant for data but cannot fire on a change of it, since no tracked data file
    or DVC pointer matches, or the branch filter leaves the default branch out."""
    yield from _dead(files, "data")


def _dead(files: Files, targets: str) -> Iterator[Evidence]:
    alive = {(ci.path, t.event) for ci, t, _, _, mine in watches(files, targets) if mine and t.starts}
    done = set()
    for ci, trigger, pattern, line, mine in watches(files, targets):
        if (ci.path, trigger.event) in alive or (ci.path, trigger.event) in done:
            continue
        done.add((ci.path, trigger.event))
        reason = f"`{pattern}` matches no tracked {'data file or DVC pointer' if targets == 'data' else 'model'}"
        if mine:
            reason = f"the branch filter leaves the default branch out ({', '.join(trigger.branches or trigger.branches_ignore)})"
        yield ci.file.cite(trigger.line, line, note=reason)


@probe(
    "registry-trigger",
    asks="Does a workflow start when the model registry changes?",
    looks_in=(*WORKFLOWS, "**/*.py", "!tests/**", "!**/test_*.py"),
    mentions=("repository_dispatch", "paths", "webhook", "create_automation"),
)
def registry_trigger(files: Files) -> Iterator[Evidence]:
    """`repository_dispatch` (the registry's webhook sends it) in a workflow with a working step, a `paths:` filter that
    matches a tracked model or its DVC pointer, or code that creates such an automation. The sender in W&B leaves no trace.
    A dispatch named for data, steps that only print, and a folder without a tracked model do not count."""
    nearest(files, (), lambda _: False)
    for ci in ci_workflows(files):
        for trigger in ci.triggers:
            if (
                trigger.event == "repository_dispatch"
                and works(ci)
                and not any(_DATA_WORD.search(t) for t in trigger.types)
            ):
                types = ", ".join(trigger.types) or "of any type"
                yield ci.file.cite(trigger.line, trigger.line + 1, note=f"starts on a dispatch ({types})")
    done = set()
    for ci, trigger, pattern, line, mine in watches(files, "model"):
        if mine and trigger.starts and (ci.path, trigger.event) not in done:
            done.add((ci.path, trigger.event))
            yield ci.file.cite(
                trigger.line, line, note=f"`{pattern}` matches {len(mine)} tracked: {', '.join(mine[:3])}"
            )
    for file in files.matching("**/*.py"):
        if "webhook" in file.lower or "create_automation" in file.text:
            module = python(file)
            for call in (
                module.calls_to(".create_automation", ".create_webhook", ".create_registry_webhook") if module else ()
            ):
                yield file.cite(call.line, call.end, note="creates the registry's automation")


@probe(
    "registry-trigger-dead",
    asks="Is there a workflow for the model registry that cannot fire, or does nothing?",
    looks_in=WORKFLOWS,
    mentions=("paths", "repository_dispatch"),
)
def registry_trigger_dead(files: Files) -> Iterator[Evidence]:
    """A weak sign: a `paths:` filter on a folder for models in which no model is tracked, or on another branch: it cannot
    fire when a model is registered. Also a dispatch behind which steps only set up and print."""
    yield from _dead(files, "model")
    for ci in ci_workflows(files):
        for trigger in ci.triggers:
            if trigger.event == "repository_dispatch" and not works(ci):
                yield ci.file.cite(trigger.line, trigger.line + 1, note="its active steps only set up and print")
