"""Which cloud services a repository's commands, build files, job specifications and code use, and in which regions."""

import re
from collections.abc import Iterator

from auditor.facts.cloud import (
    ANY_REGION,
    CONFIGURATION,
    MACHINE,
    SCRIPTS,
    cloud_commands,
    cloud_values,
    deploy_command,
    does,
    gcloud_words,
    training_specs,
)
from auditor.facts.tools import imports, key
from auditor.lazy import dataclass
from auditor.models import Evidence
from auditor.readers.yaml import yaml_documents
from auditor.snapshot import File, Snapshot


@dataclass(frozen=True)
class Use:
    """A place where a file uses a cloud service. `how`: `workflow`, `Cloud Build`, `script`, `code`, or `specification` for a job's
    file, which may never have been handed in. `regions` and `machines` are those that a command or specification names; `open`
    says that it takes one from a variable; `text` is the command."""

    service: str
    file: File
    line: int
    how: str
    regions: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    accelerators: tuple[str, ...] = ()
    open: bool = False
    text: str = ""


# Google's services by product name, and the words of which one stands in whatever speaks of the service.
SERVICES: dict[str, tuple[str, ...]] = {
    "Cloud Run": ("cloudrun", "cloud run", "cloud-run", "run"),
    "Cloud Functions": ("function", "functions"),
    "App Engine": ("app engine",),
    "Vertex AI": ("vertex", "ai platform", "vertexai"),
    "Artifact Registry": ("registry", "artifact", "artifacts", "gcr", "gar"),
    "Cloud Build": ("cloud build", "cloudbuild", "cloud-build", "build", "builds", "trigger", "triggers"),
    "Secret Manager": ("secret", "secrets"),
    "Pub/Sub": ("pub/sub", "pubsub", "pub sub"),
    "BigQuery": ("bigquery", "big query"),
    "Cloud SQL": ("cloud sql", "cloudsql", "sql", "postgres", "database"),
    "Kubernetes Engine": ("kubernetes", "gke"),
    "Cloud Storage": ("storage", "bucket", "buckets", "gcs"),
    "Compute Engine": ("compute", "engine", "vm", "vms", "virtual machine", "virtual machines"),
    "Cloud Scheduler": ("scheduler",),
    "Eventarc": ("eventarc", "event arc"),
    "Firestore": ("firestore", "fire store", "firebase", "datastore"),
}
_KNOWN = {key(name): name for name in SERVICES} | {
    "containerregistry": "Container Registry",
    "gcr": "Container Registry",
    "gcpbucket": "Cloud Storage",
    "bucket": "Cloud Storage",
    "buckets": "Cloud Storage",
    "gcs": "Cloud Storage",
    "vertex": "Vertex AI",
    "gke": "Kubernetes Engine",
    "gcf": "Cloud Functions",
    "gce": "Compute Engine",
    "secretsmanager": "Secret Manager",
    "functions": "Cloud Functions",
}
_WORDS = {
    ("pubsub",): "Pub/Sub",
    ("sql",): "Cloud SQL",
    ("scheduler", "jobs"): "Cloud Scheduler",
    ("eventarc", "triggers"): "Eventarc",
    ("container", "clusters"): "Kubernetes Engine",
    ("secrets", "versions"): "Secret Manager",
    ("secrets", "create"): "Secret Manager",
    ("ai", "custom-jobs"): "Vertex AI",
    ("ai", "models"): "Vertex AI",
    ("ai", "endpoints"): "Vertex AI",
    ("builds", "submit"): "Cloud Build",
    ("compute", "instances"): "Compute Engine",
}
_MODULES = {
    "google.cloud.pubsub": "Pub/Sub",
    "google.cloud.bigquery": "BigQuery",
    "google.cloud.secretmanager": "Secret Manager",
    "google.cloud.aiplatform": "Vertex AI",
    "google.cloud.storage": "Cloud Storage",
    "google.cloud.firestore": "Firestore",
    "vertexai": "Vertex AI",
}


def service(name: str) -> str:
    """The product name of a Google service as somebody wrote it; empty for any other."""
    small = " ".join(name.lower().split())
    for prefix in ("", "google ", "google cloud ", "gcp "):
        if small.startswith(prefix) and (known := _KNOWN.get(key(small.removeprefix(prefix)), "")):
            return known
    return ""


def spoken_of(name: str, words: str) -> bool:
    """Whether words speak of a service in any of its forms."""
    squeezed = f" {' '.join(re.sub(r'[^a-z0-9/ -]', ' ', words.lower()).split())} "
    return any(f" {w} " in squeezed or f" {w}s " in squeezed for w in (name.lower(), *SERVICES.get(name, ())))


def service_uses(snapshot: Snapshot) -> tuple[Use, ...]:
    """Where own commands, Cloud Build files, job specifications and imports use a cloud service."""
    return snapshot.once("facts.service-uses", lambda: tuple(u for u in _uses(snapshot) if u.service in SERVICES))


def _uses(snapshot: Snapshot) -> Iterator[Use]:
    words = ("gcloud", "pkg.dev", "workerpool", "worker_pool", "secretmanager")
    files = snapshot.select((*SCRIPTS, *CONFIGURATION), mentions=words)
    for file, command, how in cloud_commands(files):
        given = gcloud_words(command)
        found: list[tuple[str, int]] = []
        deployed = deploy_command(command)
        if deployed:
            found.append(("Vertex AI" if deployed.startswith("a Vertex") else deployed, command.line))
        if "--help" not in command.bare:
            found += [(_WORDS[given[:n]], command.line) for n in (1, 2) if given[:n] in _WORDS]
        if "pkg.dev" in command.text and does(command) == "push":
            found.append(("Artifact Registry", command.line))
        if "--set-secrets" in command.text or "--update-secrets" in command.text:
            rows = enumerate(file.lines[command.line - 1 :], command.line)
            found.append(("Secret Manager", next((n for n, row in rows if "-secrets" in row), command.line)))
        if how == "Cloud Build":
            found.append(("Cloud Build", command.line))
        places = tuple(m[0] for m in ANY_REGION.finditer(command.text)) if given else ()
        machines = tuple(m[0].lower() for m in MACHINE.finditer(command.text)) if given else ()
        for name, line in found:
            yield Use(
                name, file, line, how, places, machines, (), "$" in command.text or "{" in command.text, command.text
            )
    for file in files:
        if file.suffix not in ("yaml", "yml", "json"):
            continue
        for spec in training_specs(file):
            cards = (spec.accelerator.lower(),) if spec.accelerator else ()
            machines = (spec.machine.lower(),) if spec.machine else ()
            unclear = "$" in spec.machine + spec.accelerator or "{" in spec.machine + spec.accelerator
            yield Use("Vertex AI", file, spec.line, "specification", (), machines, cards, unclear)
        if file.suffix in ("yaml", "yml") and "availableSecrets" in file.text:
            for root in yaml_documents(file):
                if root["availableSecrets"]["secretManager"]:
                    yield Use("Secret Manager", file, root.line_of("availableSecrets"), "configuration")
    for item in imports(snapshot):
        if item.optional or re.match(r"(?:.*/)?tests?/|.*test_", item.path):
            continue
        for module, name in _MODULES.items():
            if item.name.startswith(module):
                yield Use(name, snapshot.files[item.path], item.line, "code")


_OPENED = {"machine type": "machine", "accelerator": "accelerator"}  # a command with a variable has such a word


def stated(snapshot: Snapshot, name: str, what: str) -> list[tuple[str, Evidence]]:
    """The regions, machine types or accelerators of all commands and specifications of a service, each with its place; for Artifact
    Registry those that its hosts name. None where a command takes one from a variable."""
    found: list[tuple[str, Evidence]] = []
    if what == "region" and name == "Artifact Registry":
        hosts = [v for v in cloud_values(snapshot) if v.kind == "registry" and v.value.endswith("-docker.pkg.dev")]
        found = [(v.region, snapshot.files[v.path].cite(v.line)) for v in hosts if "$" not in v.region]
    for use in service_uses(snapshot):
        if use.service != name:
            continue
        given = {"region": use.regions, "machine type": use.machines, "accelerator": use.accelerators}[what]
        if use.open and not given and (what == "region" or _OPENED[what] in use.text):
            return []
        found += [(g, use.file.cite(use.line, use.line + 6)) for g in given]
    return found
