"""What the cloud configuration says: training jobs, image builds, deployments, Terraform and Kubernetes resources."""

import re
from collections.abc import Iterator

from auditor.facts.programs import builds_image
from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.readers.commands import commands
from auditor.readers.shell import Command, shell_commands
from auditor.readers.yaml import Node, yaml_documents, yaml_root
from auditor.snapshot import File, Files, Snapshot

SCRIPTS = (
    "**/*.sh",
    "**/*.bash",
    "**/makefile",
    "**/gnumakefile",
    "**/*.mk",
    "**/justfile",
    "**/tasks.py",
    "**/*tasks*.py",
    "**/tasks/**/*.py",
    "**/package.json",
    "pyproject.toml",
    "pixi.toml",
    ".github/workflows/*.y*ml",
    ".github/actions/**/action.y*ml",
    ".gitlab-ci.y*ml",
)
CONFIGURATION = (
    "**/*.yaml",
    "**/*.yml",
    "**/*.yaml.{tpl,tmpl,template}",
    # any other JSON is data
    "**/*{vertex,job,build,cloud,deploy,service,alert,monitor,dashboard,policy,grafana,config}*.json",
    "**/{vertex,cloud,deploy,monitoring,grafana,infrastructure,infra}/**/*.json",
    "!**/data/**",
    "!**/.dvc/**",
    "!.devcontainer/**",
)
TERRAFORM = ("**/*.tf", "**/*.tf.json", "!**/.terraform/**")


@dataclass(frozen=True)
class TrainingSpec:
    """A worker pool of a Vertex AI job specification. `image` is a container or a packaged trainer's base."""

    file: File
    line: int
    end: int
    machine: str = ""
    accelerator: str = ""
    count: str = ""
    image: str = ""


@dataclass(frozen=True)
class BuildStep:
    """One step of a Cloud Build file: what it runs, and which kind of work that is (`build`, `push`, `deploy`, `train`,
    or nothing known)."""

    line: int
    end: int
    command: Command
    does: str = ""


@dataclass(frozen=True)
class CloudBuild:
    """A Cloud Build configuration with its steps and the images that it keeps."""

    file: File
    steps: tuple[BuildStep, ...]
    images: tuple[str, ...] = ()

    def doing(self, work: str) -> tuple[BuildStep, ...]:
        """The steps that do one kind of work."""
        return tuple(s for s in self.steps if s.does == work)


@dataclass(frozen=True)
class Resource:
    """One declared resource: a Terraform resource (`kind` is its type) or a Kubernetes object (`kind` is its kind,
    `api` its apiVersion)."""

    kind: str
    name: str
    file: File
    line: int
    end: int
    api: str = ""
    node: Node | None = None


def training_specs(file: File) -> tuple[TrainingSpec, ...]:
    """The worker pools that a YAML or JSON file specifies with an image; a commented-out one is not there."""
    return file.once("training-specs", lambda: tuple(_training_specs(file)))


def _training_specs(file: File) -> Iterator[TrainingSpec]:
    if file.suffix not in ("yaml", "yml", "json"):
        return
    for document in yaml_documents(file):
        for _, node in document.walk():
            for key in ("workerPoolSpecs", "worker_pool_specs"):
                for pool in node[key].items or [node[key]]:  # gcloud takes one pool without a list, too
                    machine = pool["machineSpec"] or pool["machine_spec"]
                    container = pool["containerSpec"] or pool["container_spec"]
                    package = pool["pythonPackageSpec"] or pool["python_package_spec"]
                    image = (container["imageUri"] or container["image_uri"]).text
                    image = image or (package["executorImageUri"] or package["executor_image_uri"]).text
                    if image:
                        yield TrainingSpec(
                            file,
                            node.line_of(key),
                            max(pool.line, (machine or pool).end, (container or package).end),
                            (machine["machineType"] or machine["machine_type"]).text,
                            (machine["acceleratorType"] or machine["accelerator_type"]).text,
                            (machine["acceleratorCount"] or machine["accelerator_count"]).text,
                            image,
                        )


def cloud_build(file: File) -> CloudBuild | None:
    """The Cloud Build configuration in a file, known by its steps; None for any other file."""
    return file.once("cloud-build", lambda: _cloud_build(file))


def _cloud_build(file: File) -> CloudBuild | None:
    if "steps" not in file.text:
        return None
    root = yaml_root(file)
    named = [
        s
        for s in root["steps"].items
        if s["name"].kind == "text" and ("args" in s or "script" in s or "entrypoint" in s)
    ]
    if not named or root["jobs"] or root["runs"]:
        return None
    lines = {c.line: [] for c in commands(file)}  # type: dict[int, list[Command]]
    for command in commands(file):
        lines[command.line].append(command)
    steps = []
    for step in named:
        end = max([step.end, *(value.end for _, value in step.entries.values())])
        inside = [c for line, found in lines.items() if step.line <= line <= end for c in found]
        steps += [BuildStep(step.line, end, c, does(c)) for c in inside]
    return CloudBuild(file, tuple(steps), tuple(root["images"].texts()))


def does(command: Command) -> str:
    """What kind of cloud work a command does: `build`, `push`, `deploy`, `train`, or nothing known."""
    if builds_image(command):
        return "build"
    if command.program in ("docker", "podman") and "push" in command.bare[1:3]:
        return "push"
    if deploy_command(command):
        return "deploy"
    return "train" if train_command(command) else ""


# -- commands ----------------------------------------------------------------------------------------------------------


def gcloud_words(command: Command) -> tuple[str, ...]:
    """The words of a gcloud command without options and release track; empty for any other command."""
    if command.program not in ("gcloud", "gcloud.cmd"):
        return ()
    return tuple(w for w in command.bare[1:] if not w.startswith("-") and w not in ("alpha", "beta"))


def deploy_command(command: Command) -> str:
    """What on Google Cloud a command deploys to: `Cloud Run`, `Cloud Functions`, ...; empty for any other command."""
    words = gcloud_words(command)
    if "--help" in command.bare or not words:
        return ""
    if words[:1] == ("run",) and (
        words[1:2] == ("deploy",) or words[1:3] in (("services", "replace"), ("services", "update"))
    ):
        return "Cloud Run"
    if words[:2] == ("functions", "deploy"):
        return "Cloud Functions"
    if words[:2] == ("app", "deploy"):
        return "App Engine"
    if words[:3] == ("ai", "endpoints", "deploy-model"):
        return "a Vertex AI endpoint"
    return ""


def deploy_elsewhere(command: Command) -> str:
    """What outside Run, Functions and App Engine a command deploys to; empty for any other command."""
    words = [w for w in command.bare if not w.startswith("-")]
    pair = (command.program, *words[1:3])
    known = {
        ("kubectl", "apply"): "Kubernetes",
        ("helm", "upgrade"): "Kubernetes",
        ("helm", "install"): "Kubernetes",
        ("aws", "lambda", "update-function-code"): "AWS Lambda",
        ("aws", "lambda", "create-function"): "AWS Lambda",
        ("aws", "ecs", "update-service"): "AWS ECS",
        ("aws", "apprunner", "create-service"): "AWS App Runner",
        ("aws", "sagemaker", "create-endpoint"): "SageMaker",
        ("sam", "deploy"): "AWS Lambda",
        ("eb", "deploy"): "Elastic Beanstalk",
        ("az", "containerapp", "up"): "Azure Container Apps",
        ("az", "containerapp", "create"): "Azure Container Apps",
        ("az", "containerapp", "update"): "Azure Container Apps",
        ("az", "webapp", "up"): "Azure App Service",
        ("az", "functionapp", "deploy"): "Azure Functions",
        ("func", "azure", "functionapp"): "Azure Functions",
        ("flyctl", "deploy"): "Fly.io",
        ("fly", "deploy"): "Fly.io",
        ("railway", "up"): "Railway",
        ("modal", "deploy"): "Modal",
        ("bentoml", "deploy"): "BentoCloud",
        ("heroku", "container:release"): "Heroku",
    }
    return known.get(pair, known.get(pair[:2], ""))


def train_command(command: Command) -> str:
    """How a command starts a training job on Google Cloud; empty for any other command."""
    words = gcloud_words(command)
    if "--help" in command.bare:
        return ""
    if words[:3] in (("ai", "custom-jobs", "create"), ("ai", "hp-tuning-jobs", "create")):
        return "a Vertex AI job"
    if words[:4] == ("ai-platform", "jobs", "submit", "training"):
        return "an AI Platform job"
    if words[:3] == ("batch", "jobs", "submit"):
        return "a Batch job"
    if words[:2] == ("compute", "instances") and words[2:3] in (("create",), ("create-with-container",)):
        text = command.text.lower()
        if "--accelerator" in text or "deeplearning" in text or "ml-images" in text or re.search(r"\btrain", text):
            return "a Compute Engine machine"
    if words[:2] == ("compute", "ssh") and re.search(r"\btrain", command.text):
        return "a Compute Engine machine"
    if words[:3] == ("compute", "tpus", "tpu-vm"):
        return "a TPU machine"
    return ""


def train_elsewhere(command: Command) -> str:
    """How a command starts a training job in another cloud or through a launcher; empty for any other command."""
    words = [w for w in command.bare if not w.startswith("-")]
    pair = (command.program, *words[1:3])
    known = {
        ("aws", "sagemaker", "create-training-job"): "SageMaker",
        ("az", "ml", "job"): "Azure ML",
        ("sky", "launch"): "SkyPilot",
        ("sky", "jobs", "launch"): "SkyPilot",
        ("ray", "job", "submit"): "a Ray cluster",
        ("modal", "run"): "Modal",
        ("sbatch",): "a Slurm cluster",
        ("bsub",): "an LSF cluster",
    }
    return known.get(pair, known.get(pair[:2], known.get(pair[:1], "")))


# -- resources ---------------------------------------------------------------------------------------------------------

_RESOURCE = compile_later(r'^\s*resource\s+"([\w-]+)"\s+"([\w-]+)"')


def terraform(file: File) -> tuple[Resource, ...]:
    """The resources that a Terraform file declares, without those in comments."""
    return file.once("terraform", lambda: tuple(_terraform(file)))


def _terraform(file: File) -> Iterator[Resource]:
    if file.name.lower().endswith(".json"):
        for kind, (_, named) in yaml_root(file)["resource"].entries.items():
            for name, (line, node) in named.entries.items():
                yield Resource(kind, name, file, line, node.end)
        return
    comment = False
    for i, row in enumerate(file.lines, 1):
        if comment or row.lstrip().startswith("/*"):
            comment = "*/" not in row
        elif match := _RESOURCE.match(row):
            yield Resource(match[1], match[2], file, i, i)


def objects(file: File) -> tuple[Resource, ...]:
    """The Kubernetes (or Knative) objects that a YAML file declares."""
    return file.once("objects", lambda: tuple(_objects(file)))


def _objects(file: File) -> Iterator[Resource]:
    for document in yaml_documents(file):
        if document["kind"].kind == "text" and document["apiVersion"].kind == "text":
            yield Resource(
                document["kind"].text,
                document["metadata"]["name"].text,
                file,
                document.line_of("kind"),
                document.end,
                document["apiVersion"].text,
                document,
            )


def cloud_commands(files: Files) -> Iterator[tuple[File, Command, str]]:
    """The commands of scripts, tasks and workflows of a selection, with how they are started: `workflow`, `Cloud Build`
    or `script`."""
    for file in files:
        if matches(file.path, SCRIPTS):
            how = "workflow" if file.path.startswith((".github/", ".gitlab-ci")) else "script"
            for command in commands(file):
                yield file, command, how
        elif matches(file.path, CONFIGURATION) and (build := cloud_build(file)):
            for step in build.steps:
                yield file, step.command, "Cloud Build"
        elif file.name.lower().endswith((".tpl", ".tmpl")):
            for command in shell_commands(file.text):
                yield file, command, "script"


# -- regions, registries, buckets, machines ----------------------------------------------------------------------------

_AREA = r"(?:europe|us|asia|northamerica|southamerica|australia|me|africa)"
_SIDE = r"(?:north|south|east|west|central|northeast|northwest|southeast|southwest)"
# A region that is the first part of a registry's host says where images are kept, not where a job runs.
ANY_REGION = compile_later(rf"\b{_AREA}-{_SIDE}\d{{1,2}}\b")
REGION = compile_later(rf"\b{_AREA}-{_SIDE}\d{{1,2}}\b(?!-docker\.pkg\.dev)")
MACHINE = compile_later(
    r"\b[acdenmgt]\d[a-z]?-(?:standard|highmem|highcpu|small|medium|micro|megamem|highgpu)(?:-\d+g?)?\b", re.IGNORECASE
)
_ZONE = compile_later(rf"\b{_AREA}-{_SIDE}\d{{1,2}}-[a-f]\b")
_REGISTRY = compile_later(
    r"(?<![\w.-])((?:[a-z0-9-]+-docker\.pkg\.dev|(?:[a-z]+\.)?gcr\.io|ghcr\.io|quay\.io|public\.ecr\.aws|mcr\.microsoft\.com|docker\.io"
    r"|\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com|[a-z0-9]+\.azurecr\.io))(?=[/:\s\"']|$)"
)
_BUCKET = compile_later(r"(?:\b(?:gs|s3)://|(?<![\w/])/gcs/)([a-z0-9][a-z0-9._-]{1,62})")
_STORED = compile_later(r"\b(?:bucket|get_bucket)\(\s*[\"']([a-z0-9][a-z0-9._-]{2,62})[\"']")
_SAYS_WHERE = ("**/*.{py,cfg,env,example}", "**/*dockerfile*", "**/.dvc/config", "**/.env*")


@dataclass(frozen=True)
class CloudValue:
    """One region, zone, registry (its host), bucket or machine type, where a file states it outside comments. `region` is the
    place that a registry's host names."""

    kind: str
    value: str
    path: str
    line: int
    region: str = ""


def cloud_values(snapshot: Snapshot) -> tuple[CloudValue, ...]:
    """What the files of a commit say of where things run and are kept, each value once per file, in path order. What documents
    say is left out: it is held against this."""
    return snapshot.once("facts.cloud-values", lambda: tuple(_cloud_values(snapshot)))


def _cloud_values(snapshot: Snapshot) -> Iterator[CloudValue]:
    words = ("europe-", "us-", "asia-", "pkg.dev", "gcr.io", "ghcr.io", "gs://", "s3://", "/gcs/", "bucket", "machine", "-standard-", "amazonaws", "azurecr", "australia-", "northamerica-")  # fmt: skip
    globs = (*CONFIGURATION, *SCRIPTS, *TERRAFORM, *_SAYS_WHERE, "!**/*.md", "!tests/**")
    for file in snapshot.select(globs, mentions=words):
        seen: set[tuple[str, str]] = set()
        for i, row in enumerate(file.lines, 1):
            bare = row.lstrip()
            if bare.startswith(("#", "//")) or len(row) > 2000:
                continue
            for found in _values(row.split(" #")[0]):
                if found[:2] not in seen:
                    seen.add(found[:2])
                    yield CloudValue(found[0], found[1], file.path, i, found[2])


def _values(row: str) -> Iterator[tuple[str, str, str]]:
    for match in _REGISTRY.finditer(row):
        host = match[1]
        yield "registry", host, host.removesuffix("-docker.pkg.dev") if host.endswith("-docker.pkg.dev") else ""
    for match in _ZONE.finditer(row):
        yield "zone", match[0], match[0].rpartition("-")[0]
    zones = {m.start() for m in _ZONE.finditer(row)}
    for match in REGION.finditer(row):
        if match.start() not in zones:
            yield "region", match[0], match[0]
    for match in (*_BUCKET.finditer(row), *_STORED.finditer(row)):
        yield "bucket", match[1], ""
    for match in MACHINE.finditer(row):
        yield "machine", match[0].lower(), ""
