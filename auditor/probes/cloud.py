"""The cloud: where the model is trained and deployed, and what watches the service."""

import re
from collections.abc import Iterator

from auditor.facts.cloud import (
    CONFIGURATION,
    SCRIPTS,
    TERRAFORM,
    cloud_commands,
    deploy_command,
    deploy_elsewhere,
    objects,
    terraform,
    train_command,
    train_elsewhere,
    training_specs,
)
from auditor.facts.workflows import ci_workflows
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.readers.nodes import joined_text
from auditor.readers.python import Call, Module, python
from auditor.readers.workflows import WORKFLOWS
from auditor.readers.yaml import Node, yaml_documents, yaml_root
from auditor.snapshot import File, Files

_PYTHON = ("**/*.py", "!tests/**", "!**/test_*.py")
_CODE = ("**/*.ipynb", *_PYTHON)
_HOW = {"workflow": "a workflow", "Cloud Build": "a Cloud Build step", "script": "a script or task"}


def _calls(file: File, *names: str) -> list[Call]:
    module: Module | None = python(file)
    return list(module.calls_to(*names)) if module else []


# -- training ----------------------------------------------------------------------------------------------------------

_VERTEX_JOBS = tuple(
    f"google.cloud.{package}.{name}"
    for package in ("aiplatform", "aiplatform.jobs", "aiplatform.training_jobs")
    for name in (
        "CustomJob",
        "CustomJob.from_local_script",
        "CustomTrainingJob",
        "CustomContainerTrainingJob",
        "CustomPythonPackageTrainingJob",
        "HyperparameterTuningJob",
        "PipelineJob",
    )
)


@probe(
    "cloud-training",
    asks="Is a training job on Google Cloud described or started?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *TERRAFORM, *_CODE),
    mentions=(
        "workerpoolspecs",
        "worker_pool_specs",
        "custom-jobs",
        "hp-tuning-jobs",
        "ai-platform",
        "aiplatform",
        "create_custom_job",
        "instances",
        "compute",
        "tpu-vm",
        "google_compute_instance",
        "workbench",
        "jobs submit",
    ),
)
def cloud_training(files: Files) -> Iterator[Evidence]:
    """A Vertex AI job specification with an image, `gcloud ai custom-jobs create` and its like in a script, task, workflow
    or Cloud Build step, a job made with the aiplatform package, or a machine made for training by gcloud or Terraform. It
    shows the set-up, not that a job succeeded. Commented-out specifications, a build's own machine type, `/gcs/` paths and
    commands in documents do not count; a machine or a job made by hand leaves nothing in a repository."""
    commands_found, specs = [], []
    for file in files:
        if matches(file.path, CONFIGURATION) and re.search(r"(?i)worker_?pool_?specs", file.text):
            for spec in training_specs(file):
                what = ", ".join(p for p in (spec.machine, _accelerator(spec.accelerator, spec.count), spec.image) if p)
                specs.append(file.cite(spec.line, spec.end, note=f"a Vertex AI job: {what}"))
        elif file.suffix in ("py", "ipynb") and ("aiplatform" in file.text or "create_custom_job" in file.text):
            for call in _calls(file, *_VERTEX_JOBS, ".create_custom_job", ".create_hyperparameter_tuning_job"):
                specs.append(file.cite(call.line, call.end, note="makes a Vertex AI job"))
    for file, command, how in cloud_commands(files):
        if what := train_command(command):
            commands_found.append(file.cite(command.line, command.line + 3, note=f"{_HOW[how]} starts {what}"))
    yield from specs
    yield from commands_found
    for file in files.matching(*TERRAFORM):
        for resource in terraform(file):
            block = "\n".join(file.lines[resource.line - 1 : resource.line + 40]).split("\n}", 1)[0]
            if resource.kind == "google_workbench_instance" or (
                resource.kind == "google_compute_instance" and re.search(r"guest_accelerator|deeplearning|train", block)
            ):
                yield file.cite(resource.line, note="a machine on Google Cloud")


def _accelerator(kind: str, count: str) -> str:
    return "" if not kind or kind.endswith("UNSPECIFIED") else f"{count or 1} {kind}"


@probe(
    "cloud-training-elsewhere",
    asks="Is a training job in another cloud or on a cluster described or started?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *_CODE, "**/*.{sbatch,slurm,lsf,job}"),
    mentions=("sagemaker", "az ml", "azure.ai.ml", "sky", "sbatch", "bsub", "kind: ", "ray job", "modal"),
)
def cloud_training_elsewhere(files: Files) -> Iterator[Evidence]:
    """A weak sign for Google Cloud: a job of SageMaker, Azure ML, SkyPilot, Modal, Kubernetes (Job, PyTorchJob, RayJob, ...
    whose name or command trains) or of a cluster's queue."""
    for file, command, how in cloud_commands(files):
        if what := train_elsewhere(command):
            yield file.cite(command.line, note=f"{_HOW[how]} starts a job: {what}")
    for file in files:
        if matches(file.path, CONFIGURATION) and "kind" in file.text:
            for item in objects(file):
                job = item.kind in ("Job", "CronJob", "PyTorchJob", "TFJob", "RayJob", "TrainJob", "MPIJob")
                if job and (item.kind not in ("Job", "CronJob") or re.search(r"(?i)train", file.text)):
                    yield file.cite(item.line, note=f"a Kubernetes {item.kind}")
        elif file.suffix in ("py", "ipynb"):
            for call in _calls(file, "sagemaker.", "azure.ai.ml.command", "sky.launch", "sky.Task", "sky.jobs.launch"):
                if re.search(
                    r"(Estimator|PyTorch|TensorFlow|HuggingFace|ModelTrainer|command|launch|Task)$", call.name
                ):
                    yield file.cite(call.line, call.end, note="makes a training job in another cloud")
        elif file.suffix in ("sbatch", "slurm", "lsf") or re.search(r"(?m)^#(SBATCH|BSUB)\b", file.text):
            first = next((i for i, row in enumerate(file.lines, 1) if re.match(r"#(SBATCH|BSUB)\b", row)), 1)
            yield file.cite(first, first + 3, note="a job of a cluster's queue")


# -- deployment --------------------------------------------------------------------------------------------------------

_RUN_RESOURCES = {
    "google_cloud_run_service": "Cloud Run",
    "google_cloud_run_v2_service": "Cloud Run",
    "google_cloudfunctions_function": "Cloud Functions",
    "google_cloudfunctions2_function": "Cloud Functions",
    "google_app_engine_standard_app_version": "App Engine",
    "google_app_engine_flexible_app_version": "App Engine",
}
_DEPLOY_ACTIONS = {
    "google-github-actions/deploy-cloudrun": "Cloud Run",
    "google-github-actions/deploy-cloud-functions": "Cloud Functions",
    "google-github-actions/deploy-appengine": "App Engine",
}


@probe(
    "cloud-deploy",
    asks="Is the application deployed to Google Cloud by a command or a file of the repository?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *TERRAFORM, *_PYTHON),
    mentions=(
        "gcloud",
        "cloud-sdk",
        "google-github-actions/deploy",
        "serving.knative.dev",
        "google_cloud",
        "google_app_engine",
        "run_v2",
        "cloudrun",
        "deploy",
    ),
)
def cloud_deploy(files: Files) -> Iterator[Evidence]:
    """An executable `gcloud run deploy`, `functions deploy`, `app deploy` or `deploy-model` (also `services replace|update`)
    in a Cloud Build step, workflow, task or script; a deploy action; a service in Terraform or a Knative service file; a
    service that code creates. Describing or listing services, commented-out steps, commands in documents and a Cloud Build
    file that only builds do not count."""
    for file, command, how in cloud_commands(files):
        if what := deploy_command(command):
            yield file.cite(command.line, command.line + 3, note=f"{_HOW[how]} deploys to {what}")
    for ci in ci_workflows(files.matching(*WORKFLOWS)):
        for use in ci.uses:
            if what := _DEPLOY_ACTIONS.get(use.action.lower(), ""):
                yield use.file.cite(use.step.line, use.step.end, note=f"a workflow deploys to {what}")
    for file in files.matching(*TERRAFORM):
        for resource in terraform(file):
            if what := _RUN_RESOURCES.get(resource.kind, ""):
                yield file.cite(resource.line, note=f"Terraform declares a service on {what}")
    for file in files.matching(*CONFIGURATION):
        if "serving.knative.dev" in file.text:
            for item in objects(file):
                if item.kind == "Service" and item.api.startswith("serving.knative.dev/"):
                    yield file.cite(item.line, note="a Cloud Run (Knative) service")
    for file in files.matching("**/*.py"):
        if "run_v2" in file.text or "cloudrun" in file.text:
            for call in _calls(file, ".create_service", "pulumi_gcp."):
                module = python(file)
                service = call.name.startswith("pulumi_gcp.cloudrun") and call.name.endswith("Service")
                if service or (
                    call.name.endswith(".create_service") and module and module.imported("google.cloud.run_v2")
                ):
                    yield file.cite(call.line, call.end, note="code creates a Cloud Run service")


@probe(
    "cloud-deploy-elsewhere",
    asks="Is the application deployed to another cloud or to Kubernetes?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *TERRAFORM),
    mentions=(
        "kubectl",
        "helm",
        "aws",
        "azure",
        "az ",
        "fly",
        "railway",
        "modal",
        "bentoml",
        "heroku",
        "apps/v1",
        "apprunner",
        "lambda",
        "sam deploy",
        "eb deploy",
    ),
)
def cloud_deploy_elsewhere(files: Files) -> Iterator[Evidence]:
    """A weak sign for Functions or Run: a deployment to Kubernetes, AWS, Azure, Fly.io, Modal, ... by a command, a
    Kubernetes Deployment or Terraform."""
    for file, command, how in cloud_commands(files):
        if what := deploy_elsewhere(command):
            yield file.cite(command.line, note=f"{_HOW[how]} deploys to {what}")
    for file in files:
        if matches(file.path, TERRAFORM):
            for resource in terraform(file):
                if resource.kind in (
                    "aws_lambda_function",
                    "aws_ecs_service",
                    "aws_apprunner_service",
                    "azurerm_container_app",
                    "azurerm_linux_function_app",
                    "azurerm_linux_web_app",
                ):
                    yield file.cite(resource.line, note="a service in another cloud")
        elif matches(file.path, CONFIGURATION) and "apps/v1" in file.text:
            for item in objects(file):
                if item.kind in ("Deployment", "StatefulSet"):
                    yield file.cite(item.line, note=f"a Kubernetes {item.kind}")


_URL = compile_later(
    r"https://([a-z0-9][\w-]*?-[\w-]+(?:\.[a-z]{1,2}|\.[a-z]+-[a-z]+\d+)?\.run\.app|[\w-]+\.cloudfunctions\.net)",
    re.IGNORECASE,
)
_PLACEHOLDER = compile_later(
    r"your|example|placeholder|xxx|<|\[|\{|\$|hash|my-?(service|app|project)|\bservice-name|project-id|abc123|123456-",
    re.IGNORECASE,
)


@probe(
    "cloud-url",
    asks="Is the address of a service on Cloud Run or Functions in the code or README?",
    looks_in=("**/*.{py,md,sh,js,jsx,ts,tsx,toml,yaml,yml}", "**/makefile", "**/.env*", "!tests/fixtures/**"),
    mentions=(".run.app", "cloudfunctions.net", "run_v2", "functions_framework"),
)
def cloud_url(files: Files) -> Iterator[Evidence]:
    """A weak sign: a real `*.run.app` or `cloudfunctions.net` address, a look-up of the service with `run_v2`, or a function
    written for the Functions framework. Placeholders (`your-...`, `[hash]`) and commented-out code do not count."""
    for file in files:
        comment = "" if file.suffix == "md" else "//" if file.suffix in ("js", "ts", "tsx") else "#"
        for i, row in enumerate(file.lines, 1):
            match = _URL.search(row) if "run.app" in row or "cloudfunctions" in row else None
            if not match or _PLACEHOLDER.search(match[0]) or (comment and row.lstrip().startswith(comment)):
                continue
            yield file.cite(i, note="the address of a service")
            break
        if file.suffix in ("py", "ipynb"):
            if "run_v2" in file.text:
                for call in _calls(
                    file, "google.cloud.run_v2.ServicesClient", "google.cloud.run_v2.ServicesAsyncClient"
                ):
                    yield file.cite(call.line, call.end, note="looks a Cloud Run service up")
            if "functions_framework" in file.text and (module := python(file)):
                for function in module.functions:
                    if any(d.startswith("functions_framework.") for d in function.decorators):
                        yield file.cite(function.line, note="a function for Cloud Functions")


# -- monitoring and alerts ---------------------------------------------------------------------------------------------


MONITORING_WORDS = (
    "monitoring",
    "scrape_configs",
    "cloud-run-gmp-sidecar",
    "opentelemetry-collector",
    "schemaversion",
    "mosaiclayout",
    "gridlayout",
    "cloudwatch",
    "uptime",
    "alert",
    "receivers",
)


@probe(
    "cloud-monitoring",
    asks="Is monitoring of the deployed service set up in a file?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *TERRAFORM, *_PYTHON),
    mentions=MONITORING_WORDS,
)
def cloud_monitoring(files: Files) -> Iterator[Evidence]:
    """A metrics sidecar beside the service, PodMonitoring, ServiceMonitor or RunMonitoring, a Prometheus configuration that
    scrapes a deployed target, Terraform or gcloud that makes dashboards, service levels or uptime checks, a dashboard as
    JSON, code that writes to the monitoring service, and alerts on the service, which need its monitoring (`cloud-alerts`).
    Files that are only named monitoring (most mean drift), a Prometheus that scrapes this machine, budgets and W&B
    dashboards do not count."""
    for file in files:
        if matches(file.path, TERRAFORM):
            for resource in terraform(file):
                if re.match(
                    r"google_monitoring_(?!notification_channel|alert_policy)|aws_cloudwatch_dashboard|grafana_dashboard",
                    resource.kind,
                ):
                    yield file.cite(resource.line, note="Terraform declares monitoring")
        elif matches(file.path, CONFIGURATION) and not file.path.startswith(".github/"):
            yield from _monitoring_files(file)
        elif file.suffix in ("py", "ipynb") and "monitoring" in file.text:
            for call in _calls(
                file,
                ".create_time_series",
                ".create_dashboard",
                ".create_service_level_objective",
                ".create_uptime_check_config",
                "opentelemetry.exporter.cloud_monitoring.CloudMonitoringMetricsExporter",
            ):
                yield file.cite(call.line, call.end, note="writes to the monitoring service")
            yield from _posts(
                file, r"monitoring\.googleapis\.com/v\d", r"(timeSeries|dashboards|services|uptimeCheckConfigs)$"
            )
    for file, command, how in cloud_commands(files):
        words = tuple(w for w in command.bare[1:] if w not in ("alpha", "beta"))
        if (
            command.program == "gcloud"
            and words[:1] == ("monitoring",)
            and words[1:2] in (("dashboards",), ("uptime",))
            and "create" in words
        ):
            yield file.cite(command.line, note=f"{_HOW[how]} sets monitoring up")
    yield from _alerts(files)


def _monitoring_files(file: File) -> Iterator[Evidence]:
    if re.search(
        r"cloud-run-gmp-sidecar|opentelemetry-collector|(Pod|Service|Run|ClusterPod)Monitor(ing)?\b", file.text
    ):
        for item in objects(file):
            if item.kind in ("PodMonitoring", "ClusterPodMonitoring", "RunMonitoring", "ServiceMonitor", "PodMonitor"):
                yield file.cite(item.line, note=f"a {item.kind}")
            elif item.node and item.kind in ("Service", "Deployment"):
                for _, node in item.node.walk():
                    if (
                        node.kind == "text"
                        and re.search(r"cloud-run-gmp-sidecar|opentelemetry-collector", node.text)
                        and "image" in file.lines[node.line - 1]
                    ):
                        yield file.cite(node.line, note="a sidecar collects the service's metrics")
    if "scrape_configs" in file.text:
        for document in yaml_documents(file):
            for config in document["scrape_configs"].items:
                targets = [(t.text, t.line) for group in config["static_configs"].items for t in group["targets"].items]
                remote = next(((text, line) for text, line in targets if _is_remote(text)), None)
                found = next(
                    (k for k in config.entries if k in ("gce_sd_configs", "kubernetes_sd_configs", "http_sd_configs")),
                    "",
                )
                if remote or found:
                    yield file.cite(
                        remote[1] if remote else config.line_of(found), note="Prometheus scrapes the deployed service"
                    )
    if file.suffix == "json":
        root = yaml_root(file)
        layout = next((k for k in ("mosaicLayout", "gridLayout", "columnLayout", "rowLayout") if k in root), "")
        if layout and "displayName" in root:
            yield file.cite(root.line_of("displayName"), note="a Cloud Monitoring dashboard")
        elif "panels" in root and "schemaVersion" in root:
            yield file.cite(root.line_of("panels"), note="a Grafana dashboard")


def _is_remote(target: str) -> bool:
    host = re.sub(r"^https?://", "", target).split("/")[0].split(":")[0]
    return "." in host and not re.match(r"127\.|0\.0\.0\.0|host\.docker\.internal|192\.168\.|10\.", host)


def _posts(file: File, address: str, ends: str) -> Iterator[Evidence]:
    """Requests to an API whose address and end stand in the call's own strings."""
    module = python(file)
    for call in module.calls if module else ():
        if call.name.rsplit(".", 1)[-1] in ("post", "request", "Request", "urlopen"):
            text = joined_text(call.argument(0, "url")) + joined_text(call.argument(1))
            if re.search(address, text) and re.search(ends, text):
                yield file.cite(call.line, call.end, note="writes to the monitoring service")


@probe(
    "cloud-alerts",
    asks="Is an alert on the deployed service set up in a file?",
    looks_in=(*CONFIGURATION, *SCRIPTS, *TERRAFORM, *_PYTHON),
    mentions=(
        "alert",
        "receivers",
        "monitoring policies",
        "conditionthreshold",
        "notificationchannels",
        "metric_alarm",
        "put-metric-alarm",
    ),
)
def cloud_alerts(files: Files) -> Iterator[Evidence]:
    """An alert policy in Terraform, as JSON or YAML, by `gcloud monitoring policies create` or by code; Prometheus alert rules
    or an Alertmanager configuration; another cloud's alarm. Budgets, W&B alerts, an issue that a workflow opens, and
    policies made in the console do not count."""
    yield from _alerts(files)


def _alerts(files: Files) -> Iterator[Evidence]:
    for file in files:
        if matches(file.path, TERRAFORM):
            for resource in terraform(file):
                if resource.kind in (
                    "google_monitoring_alert_policy",
                    "aws_cloudwatch_metric_alarm",
                    "azurerm_monitor_metric_alert",
                    "grafana_rule_group",
                ):
                    yield file.cite(resource.line, note="Terraform declares an alert")
        elif matches(file.path, CONFIGURATION) and not file.path.startswith(".github/"):
            for document in yaml_documents(file):
                yield from _alert_files(file, document)
        elif file.suffix in ("py", "ipynb"):
            for call in _calls(file, ".create_alert_policy", ".put_metric_alarm"):
                yield file.cite(call.line, call.end, note="code makes an alert")
            if "alertPolicies" in file.text and "monitoring.googleapis.com" in file.text:
                module = python(file)
                for call in module.calls if module else ():
                    sent = len(call.node.args) + len(call.node.keywords) > 1 and not call.name.endswith(".get")
                    named = any(re.search(r"(^|/)alertPolicies$", joined_text(a)) for a in call.node.args)
                    if named and sent:
                        yield file.cite(call.line, call.end, note="posts an alert policy to the monitoring service")
    for file, command, how in cloud_commands(files):
        words = tuple(w for w in command.bare[1:] if w not in ("alpha", "beta"))
        made = command.program == "gcloud" and words[:2] == ("monitoring", "policies") and "create" in words
        if made or (command.program == "aws" and words[:2] == ("cloudwatch", "put-metric-alarm")):
            yield file.cite(command.line, note=f"{_HOW[how]} makes an alert")


def _alert_files(file: File, document: Node) -> Iterator[Evidence]:
    if document["conditions"].items and ("combiner" in document or "displayName" in document):
        conditions = [c for c in document["conditions"].items if any(k.startswith("condition") for k in c.entries)]
        if conditions:
            yield file.cite(document.line_of("conditions"), conditions[0].line + 3, note="an alert policy")
    groups = document["groups"] or (document["spec"]["groups"] if document["kind"].text == "PrometheusRule" else Node())
    for group in groups.items:
        for rule in group["rules"].items:
            if "alert" in rule and "expr" in rule:
                yield file.cite(rule.line, rule.line + 3, note="a Prometheus alert rule")
            elif "title" in rule and "condition" in rule and "data" in rule:
                yield file.cite(rule.line, rule.line + 1, note="a Grafana alert rule")
    if document["route"].kind == "map" and document["receivers"].items and "receiver" in document["route"]:
        yield file.cite(document.line_of("route"), note="an Alertmanager configuration")
