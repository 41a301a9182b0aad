"""What an open box needs before one may say that its thing is there after all: something at work, not a set piece."""

import re
from collections.abc import Iterator

from auditor.facts.cloud import CONFIGURATION, SCRIPTS, TERRAFORM
from auditor.facts.owncode import Code
from auditor.facts.routes import FRAMEWORKS, inference_routes, routes
from auditor.models import Evidence
from auditor.probes import PROBES, probe
from auditor.probes.cloud import MONITORING_WORDS
from auditor.probes.tests import LOAD_FILES, LOAD_WORDS
from auditor.probes.ways import MODEL_PACKAGES
from auditor.readers.nodes import joined_text
from auditor.readers.python import python
from auditor.snapshot import File, Files

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "request")


@probe(
    "load-test-of-api",
    asks="Is there a load test of the group's API?",
    looks_in=LOAD_FILES,
    mentions=(*LOAD_WORDS, *FRAMEWORKS),
)
def load_test_of_api(files: Files) -> Iterator[Evidence]:
    """As `load-test`, without a locustfile that asks only for paths which no route of the API has: the tool's own example."""
    known = [_pattern(r.path) for r in routes(files)]
    for piece in PROBES["load-test"].function(files):
        file = files.paths[piece.path]
        asked = _asked(file) if file.suffix == "py" and "locust" in file.text else ()
        if not (known and asked) or any(k.fullmatch(path) for k in known for path in asked):
            yield piece
        else:
            files.near, files.why = f"{piece.path}:{piece.start}", "which asks for no route of the API"


def _pattern(path: str) -> re.Pattern[str]:
    parts = re.split(r"\{[^{}]{0,80}\}", path.rstrip("/"))
    return re.compile("[^/]+".join(re.escape(p) for p in parts) + "/?")


def _asked(file: File) -> tuple[str, ...]:
    """The paths that a load test asks for; none where one of them is computed from its start on."""
    module = python(file)
    found = []
    for call in module.calls if module else ():
        owner, _, method = call.name.rpartition(".")
        if method not in _METHODS or not owner.endswith("client"):
            continue
        text = joined_text(call.argument(1 if method == "request" else 0, "url"))
        path = re.sub(r"^https?://[^/]+", "", text).split("?")[0]
        if not path.startswith("/"):
            return ()
        found.append(path)
    return tuple(found)


@probe(
    "cloud-monitoring-cloud",
    asks="Is monitoring set up with something of the cloud?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *TERRAFORM, "**/*.py", "!tests/**", "!**/test_*.py"),
    mentions=MONITORING_WORDS,
)
def cloud_monitoring_cloud(files: Files) -> Iterator[Evidence]:
    """As `cloud-monitoring`, without what may as well run on one's own machine: a dashboard or rule of Grafana, rules of Prometheus,
    an Alertmanager."""
    local = ("a Grafana", "a Prometheus alert", "an Alertmanager")
    yield from (p for p in PROBES["cloud-monitoring"].function(files) if not p.note.startswith(local))


@probe(
    "cloud-deploy-model",
    asks="Is an application with a model deployed to Google Cloud?",
    looks_in=PROBES["cloud-deploy"].looks_in,
    mentions=(*PROBES["cloud-deploy"].mentions, *FRAMEWORKS),
)
def cloud_deploy_model(files: Files) -> Iterator[Evidence]:
    """As `cloud-deploy`, where the repository has no application with routes at all (it may be of any kind), or one of them does
    inference or stands beside a model. Routes that answer with constants are a trial."""
    served = files.once("routes of models", lambda: _served(files))
    if served:
        yield from PROBES["cloud-deploy"].function(files)


def _served(files: Files) -> bool:
    made = [r for r in routes(files) if r.file and r.method != "MOUNT"]
    if not made or inference_routes(files):
        return True
    code = Code.of(files)
    reached = (f for r in made for f in code.closure([files.paths[r.file]]))
    return any((m := code.module(f)) and m.imported(*MODEL_PACKAGES) for f in reached)
