"""Probes on the cloud."""

import pytest
from conftest import ask

SPEC = """workerPoolSpecs:
  machineSpec:
    machineType: n1-standard-8
    acceleratorType: NVIDIA_TESLA_T4
    acceleratorCount: 1
  replicaCount: 1
  containerSpec:
    imageUri: europe-docker.pkg.dev/p/r/train:latest
"""
LISTED = """jobSpec:
  worker_pool_specs:
    - machine_spec: {machine_type: e2-standard-4}
      container_spec: {image_uri: "r/train"}
"""
BUILD = """steps:
- name: gcr.io/cloud-builders/docker
  args: [build, -t, a, .]
"""


def commented(text: str) -> str:
    return "".join(f"# {row}\n" for row in text.splitlines())


def step(*args: str) -> str:
    rows = "".join(f"  - '{a}'\n" for a in args)
    return f"steps:\n- name: gcr.io/cloud-builders/gcloud\n  args:\n{rows}"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("config_gpu.yaml", SPEC, "found"),
        ("cloud/job.yaml", LISTED, "found"),
        ("vertex_job.json", '{"workerPoolSpecs": [{"containerSpec": {"imageUri": "a"}}]}', "found"),
        ("Makefile", "train:\n\tgcloud ai custom-jobs create --config=a.yaml\n", "found"),
        ("go.sh", "JOB=$(gcloud beta ai custom-jobs create \\\n  --region=a)\n", "found"),
        ("vertex.yaml", step("ai", "custom-jobs", "create", "--config=a"), "found"),
        ("go.sh", "gcloud compute instances create trainer --accelerator=type=nvidia-tesla-t4\n", "found"),
        ("src/go.py", "from google.cloud import aiplatform\naiplatform.CustomJob(display_name='a').run()\n", "found"),
        (
            ".github/workflows/t.yml",
            "on: workflow_dispatch\njobs:\n  a:\n    steps:\n      - run: gcloud ai custom-jobs create\n",
            "found",
        ),
        ("infra/main.tf", 'resource "google_compute_instance" "a" {\n  guest_accelerator {}\n}\n', "found"),
        ("config_gpu.yaml", commented(SPEC), "absent"),
        ("config_gpu.yaml", SPEC.split("  containerSpec")[0], "absent"),
        ("config_gpu.yaml", "model: {layers: 3}\n", "absent"),
        ("cloudbuild.yaml", BUILD + "options: {machineType: E2_HIGHCPU_8}\n", "absent"),
        ("go.sh", "gcloud ai custom-jobs describe a\ngcloud compute instances list\n", "absent"),
        ("go.sh", "echo 'gcloud ai custom-jobs create'\n", "absent"),
        ("src/go.py", "from google.cloud import aiplatform\n# aiplatform.CustomJob().run()\n", "absent"),
        ("infra/main.tf", 'resource "google_compute_instance" "web" {\n}\n', "absent"),
        ("README.md", "```\ngcloud ai custom-jobs create\n```\n", "absent"),
        ("config_gpu.yaml", "workerPoolSpecs: [\n", "unknown"),
        ("src/go.py", "from google.cloud import aiplatform\naiplatform.CustomJob(\n", "unknown"),
    ],
)
def test_cloud_training(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-training", {path: text}).outcome == outcome


def test_the_machine_is_named() -> None:
    (piece,) = ask("cloud-training", {"config_gpu.yaml": SPEC}).evidence
    assert piece.note == "a Vertex AI job: n1-standard-8, 1 NVIDIA_TESLA_T4, europe-docker.pkg.dev/p/r/train:latest"
    assert (piece.start, piece.end) == (1, 8)


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("train.sh", "#!/bin/sh\n#BSUB -q gpu\npython train.py\n", "found"),
        ("k8s/train.yaml", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: train}\nspec: {}\n", "found"),
        ("go.py", "import sagemaker.pytorch\nsagemaker.pytorch.PyTorch(entry_point='a').fit()\n", "found"),
        ("go.sh", "sky launch a.yaml\n", "found"),
        ("k8s/clean.yaml", "apiVersion: batch/v1\nkind: Job\nmetadata: {name: clean}\nspec: {}\n", "absent"),
        ("go.py", "import sagemaker\n", "absent"),
    ],
)
def test_cloud_training_elsewhere(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-training-elsewhere", {path: text}).outcome == outcome


KNATIVE = "apiVersion: serving.knative.dev/v1\nkind: Service\nmetadata: {name: api}\nspec: {}\n"
ACTION = "on: push\njobs:\n  a:\n    steps:\n      - uses: google-github-actions/deploy-cloudrun@v2\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("cloudbuild.yaml", step("run", "deploy", "api"), "found"),
        (
            "cloudbuild.yaml",
            'steps:\n- name: "gcr.io/cloud-builders/gcloud"\n  args: [\n    "run", "deploy",\n    "api"]\n',
            "found",
        ),
        ("deploy.sh", "gcloud beta run services replace service.yaml\n", "found"),
        ("Makefile", "d:\n\tgcloud functions deploy predict --trigger-http\n", "found"),
        ("tasks.py", "from invoke import task\n@task\ndef d(c):\n    c.run(f'gcloud run deploy {1}')\n", "found"),
        (".github/workflows/d.yml", ACTION, "found"),
        ("service.yaml", KNATIVE, "found"),
        ("infra/run.tf", 'resource "google_cloud_run_v2_service" "api" {\n}\n', "found"),
        ("cloudbuild.yaml", BUILD + commented(step("run", "deploy", "api")), "absent"),
        ("cloudbuild.yaml", BUILD, "absent"),
        ("vertex.yaml", step("ai", "custom-jobs", "create"), "absent"),
        ("deploy.sh", "gcloud run services describe api\ngcloud run services list\n", "absent"),
        (".github/workflows/d.yml", ACTION + "        if: false\n", "absent"),
        ("d/deploy.yml.off", ACTION, "absent"),
        ("infra/run.tf", '# resource "google_cloud_run_v2_service" "api" {\n', "absent"),
        ("infra/run.tf", '/*\nresource "google_cloud_run_v2_service" "api" {\n}\n*/\n', "absent"),
        ("README.md", "```\ngcloud run deploy api\n```\n", "absent"),
        ("src/a.py", "cloud_run = True  # gcloud run deploy\n", "absent"),
        ("deploy.sh", "flyctl deploy\n", "absent"),
        ("cloudbuild.yaml", "steps:\n- name: gcr.io/cloud-builders/gcloud\n  args: [run, deploy\n", "unknown"),
    ],
)
def test_cloud_deploy(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-deploy", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("deploy.sh", "kubectl apply -f k8s\n", "found"),
        ("k8s/api.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: api}\n", "found"),
        ("main.tf", 'resource "aws_lambda_function" "a" {\n}\n', "found"),
        ("deploy.sh", "kubectl get pods\ngcloud run deploy a\n", "absent"),
    ],
)
def test_cloud_deploy_elsewhere(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-deploy-elsewhere", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("app/ui.py", "URL = 'https://birds-api-123456789012.europe-west1.run.app'\n", "found"),
        ("README.md", "See https://birds-abcdefghij-ew.a.run.app/docs\n", "found"),
        ("app/ui.py", "from google.cloud import run_v2\nclient = run_v2.ServicesClient()\n", "found"),
        ("main.py", "import functions_framework\n@functions_framework.http\ndef f(r):\n    return 1\n", "found"),
        ("README.md", "https://your-service-abc.a.run.app and https://[hash]-[region].run.app\n", "absent"),
        ("app/ui.py", "# URL = 'https://birds-api-123456789012.europe-west1.run.app'\n", "absent"),
        ("app/ui.py", "# from google.cloud import run_v2\n# client = run_v2.ServicesClient()\n", "absent"),
    ],
)
def test_cloud_url(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-url", {path: text}).outcome == outcome


SIDECAR = """apiVersion: serving.knative.dev/v1
kind: Service
metadata: {name: api}
spec:
  template:
    spec:
      containers:
      - image: r/api
      - name: collector
        image: us-docker.pkg.dev/cloud-ops-agents-artifacts/cloud-run-gmp-sidecar/cloud-run-gmp-sidecar:1.2.0
"""
SCRAPE = "scrape_configs:\n- job_name: api\n  static_configs:\n  - targets: ['{}']\n"
POLICY = """{"displayName": "errors", "combiner": "OR",
 "conditions": [{"displayName": "5xx", "conditionThreshold": {"filter": "a", "comparison": "COMPARISON_GT"}}]}
"""
RULES = "groups:\n- name: a\n  rules:\n  - alert: High\n    expr: x > 1\n"
POST = "import requests\nrequests.post(f'https://monitoring.googleapis.com/v3/projects/{P}/alertPolicies', json={})\n"


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("service.yaml", SIDECAR, "found"),
        (
            "k8s/pm.yaml",
            "apiVersion: monitoring.googleapis.com/v1\nkind: PodMonitoring\nmetadata: {name: a}\n",
            "found",
        ),
        ("prometheus.yml", SCRAPE.format("birds.a.run.app"), "found"),
        ("infra/m.tf", 'resource "google_monitoring_dashboard" "d" {\n}\n', "found"),
        ("infra/m.tf", 'resource "google_monitoring_alert_policy" "d" {\n}\n', "found"),
        ("monitoring/dashboard.json", '{"displayName": "API", "mosaicLayout": {"columns": 12}}', "found"),
        ("grafana/api.json", '{"panels": [], "schemaVersion": 36}', "found"),
        ("setup.sh", "gcloud monitoring dashboards create --config-from-file=a.json\n", "found"),
        ("service.yaml", commented(SIDECAR), "absent"),
        ("service.yaml", KNATIVE, "absent"),
        ("prometheus.yml", SCRAPE.format("localhost:8000"), "absent"),
        ("prometheus.yml", SCRAPE.format("api:8000"), "absent"),
        ("monitoring/app.py", "from evidently import Report\n# monitoring of drift\n", "absent"),
        ("cloudbuild_monitoring.yaml", BUILD, "absent"),
        ("infra/b.tf", 'resource "google_billing_budget" "monitoring" {\n}\n', "absent"),
        ("prometheus.yml", "scrape_configs: [\n", "unknown"),
    ],
)
def test_cloud_monitoring(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-monitoring", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("infra/m.tf", 'resource "google_monitoring_alert_policy" "d" {\n}\n', "found"),
        ("policies/alert.json", POLICY, "found"),
        ("alerts.yml", RULES, "found"),
        ("alertmanager.yml", "route: {receiver: mail}\nreceivers:\n- name: mail\n", "found"),
        ("setup.sh", "gcloud alpha monitoring policies create --policy-from-file=a.json\n", "found"),
        ("setup_alerts.py", POST, "found"),
        ("setup_alerts.py", POST.replace("requests.post(", "requests.get(").replace(", json={}", ""), "absent"),
        ("setup_alerts.py", "# alert\nU = 'monitoring.googleapis.com'\na = d.get('alertPolicies', [])\n", "absent"),
        ("infra/b.tf", 'resource "google_billing_budget" "alert" {\n}\n', "absent"),
        ("src/t.py", "import wandb\nwandb.alert(title='a', text='b')\n", "absent"),
        ("rules.yml", "groups:\n- name: alert\n  rules:\n  - record: a\n    expr: x\n", "absent"),
        ("alerts.yml", "groups: [alert\n", "unknown"),
    ],
)
def test_cloud_alerts(path: str, text: str, outcome: str) -> None:
    assert ask("cloud-alerts", {path: text}).outcome == outcome
