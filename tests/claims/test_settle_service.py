"""Claims of cloud services against commands, specifications and code."""

import pytest
from rows import case, label, placed, typed

from auditor.claims.case import load
from auditor.facts.services import service


def workflow(command: str) -> dict[str, str]:
    steps = f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: {command}\n"
    return {".github/workflows/deploy.yaml": steps}


DEPLOY = workflow("gcloud run deploy api --image x --region europe-west1 --set-secrets KEY=key:latest")
JOB = {"job.yaml": "workerPoolSpecs:\n- machineSpec:\n    machineType: n1-standard-4\n    acceleratorType: NVIDIA_TESLA_T4\n  containerSpec:\n    imageUri: europe-west1-docker.pkg.dev/p/r/i\n"}  # fmt: skip
PUSH = workflow("docker push europe-west1-docker.pkg.dev/p/r/i")
OLD = workflow("docker push gcr.io/p/i")


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("Cloud Run", "Cloud Run"),
        ("google cloud run", "Cloud Run"),
        ("GCP Bucket", "Cloud Storage"),
        ("Google Cloud Storage", "Cloud Storage"),
        ("Vertex", "Vertex AI"),
        ("GCR", "Container Registry"),
        ("AWS S3", ""),
        ("run", ""),
    ],
)
def test_product_names(said: str, name: str) -> None:
    assert service(said) == name


@pytest.mark.parametrize(
    ("answer", "value", "files", "left_out"),
    [
        ("Cloud Storage: data. Cloud Run: the API.", "Cloud Storage, Cloud Run", DEPLOY, "Secret Manager"),
        ("Cloud Storage: data.", "Cloud Storage", DEPLOY, "Cloud Run and Secret Manager"),
        ("Cloud Run: the API, with keys from the Secret Manager.", "Cloud Run", DEPLOY, ""),
        ("Cloud Run.", "Cloud Run", {"src/a.py": "from google.cloud import bigquery\n"}, "BigQuery"),
        ("Cloud Run.", "Cloud Run", {"README.md": "gcloud pubsub topics create x"}, ""),
        ("Cloud Run.", "Cloud Run", {"run.sh": "gcloud pubsub topics create x\n"}, "Pub/Sub"),
        ("Cloud Run.", "", DEPLOY, ""),
        ("Cloud Run, Artifact Registry.", "Cloud Run", JOB, ""),  # a specification may never have run
    ],
)
def test_complete_lists(answer: str, value: str, files: dict[str, str], left_out: str) -> None:
    claim = typed("service", answer, service="Google Cloud", what="complete list", value=value, every=True)
    here = placed(case(files, {}, {"gcp-services": answer}), "gcp-services", claim)
    made, failure = load()[1]["service"].settle(claim, here)
    assert not failure
    assert (made.difference.partition("leaves out ")[2] if made else "") == (left_out and left_out + ".")
    assert made is None or made.detail


@pytest.mark.parametrize(
    ("training", "wanted"),
    [
        ("We trained our model with Vertex AI.", "contradicted"),
        ("We tried to train with Vertex AI.", "open"),
        ("We trained on our machines instead of Vertex AI. Vertex AI is a service.", "open"),
        ("We trained with Vertex AI. Later we met the quota of Vertex AI, as we couldn't use it.", "open"),
        ("We trained on our machines.", "open"),
    ],
)
def test_a_job_that_may_never_have_run_needs_an_answer_that_tells_of_it(training: str, wanted: str) -> None:
    answers = {"gcp-services": "We used Buckets, Artifact Registry and Cloud Run.", "cloud-training": training}
    claim = typed(
        "service",
        answers["gcp-services"],
        service="Google Cloud",
        what="complete list",
        value="Cloud Storage, Cloud Run",
    )
    made, _ = load()[1]["service"].settle(claim, placed(case(JOB, {}, answers), "gcp-services", claim))
    assert (made.label if made else "open") == wanted


@pytest.mark.parametrize(
    ("fields", "files", "wanted"),
    [
        ({"service": "Cloud Run", "what": "used"}, DEPLOY, "supported"),
        ({"service": "Cloud Run", "what": "used"}, {}, "open"),
        ({"service": "Cloud Run", "what": "used", "denied": True}, DEPLOY, "contradicted"),
        ({"service": "Cloud Run", "what": "used", "denied": True, "role": "training"}, DEPLOY, "open"),
        ({"service": "Vertex AI", "what": "used", "denied": True}, JOB, "open"),
        ({"service": "Cloud Run", "what": "region", "value": "europe-west1"}, DEPLOY, "open"),
        ({"service": "Cloud Run", "what": "region", "value": "europe-north1"}, DEPLOY, "contradicted"),
        ({"service": "Cloud Run", "what": "region", "value": "Europe"}, DEPLOY, "open"),
        ({"service": "Cloud Storage", "what": "region", "value": "europe-north1"}, DEPLOY, "open"),
        ({"service": "Cloud Run", "what": "region", "value": "europe-north1"}, {**DEPLOY, "a.yaml": "region: europe-north1\n"}, "open"),
        ({"service": "Cloud Run", "what": "region", "value": "europe-north1"}, workflow("gcloud run deploy api --region $REGION"), "open"),
        # an image in another region's registry is not the job's region
        ({"service": "Vertex AI", "what": "region", "value": "us-central1"}, JOB, "open"),
        ({"service": "Artifact Registry", "what": "region", "value": "us-central1"}, PUSH, "contradicted"),
        ({"service": "Vertex AI", "what": "machine type", "value": "n1-standard-8"}, JOB, "contradicted"),
        ({"service": "Vertex AI", "what": "machine type", "value": "n1-standard-4"}, JOB, "open"),
        ({"service": "Compute Engine", "what": "machine type", "value": "n1-standard-8"}, JOB, "open"),
        ({"service": "Vertex AI", "what": "accelerator", "value": "NVIDIA V100"}, JOB, "contradicted"),
        ({"service": "Vertex AI", "what": "accelerator", "value": "one T4"}, JOB, "open"),
        ({"service": "Container Registry", "what": "used"}, PUSH, "contradicted"),
        ({"service": "Container Registry", "what": "used"}, OLD, "open"),
        ({"service": "Container Registry", "what": "used"}, {}, "open"),
        ({"service": "Artifact Registry", "what": "used"}, OLD, "open"),
        ({"service": "Artifact Registry", "what": "registry host", "value": "us-docker.pkg.dev"}, PUSH, "contradicted"),
        ({"service": "Artifact Registry", "what": "registry host", "value": "europe-west1-docker.pkg.dev/p"}, PUSH, "open"),
        ({"service": "Cloud Storage", "what": "bucket", "value": "gs://clouds-data"}, {".dvc/config": "url = gs://cloud-data\n"}, "contradicted"),
        ({"service": "Cloud Storage", "what": "bucket", "value": "cloud-data"}, {".dvc/config": "url = gs://cloud-data\n"}, "supported"),
        ({"service": "Cloud Storage", "what": "bucket", "value": "another-bucket"}, {".dvc/config": "url = gs://cloud-data\n"}, "open"),
        ({"service": "AWS S3", "what": "region", "value": "eu-north-1"}, DEPLOY, "open"),
    ],
)  # fmt: skip
def test_values(fields: dict[str, object], files: dict[str, str], wanted: str) -> None:
    quote = f"we did not use {fields['service']}" if fields.get("denied") else f"the {fields['service']} is so"
    assert label(case(files), "service", quote, **fields) == wanted


@pytest.mark.parametrize(
    ("other", "wanted"),
    [
        ("We used Compute Engine.", True),
        ("We chose Vertex AI over Compute Engine.", False),
        ("We used a machine.", False),
    ],
)
def test_denied_here_and_used_there(other: str, wanted: bool) -> None:
    here = case({}, {}, {"cloud-training": "We did not use Compute Engine.", "compute-engine": other})
    claim = typed("service", "We did not use Compute Engine.", service="Compute Engine", what="used", denied=True)
    told = typed("service", other, service="Compute Engine", what="used")
    made, _ = load()[1]["service"].settle(claim, placed(placed(here, "cloud-training", claim), "compute-engine", told))
    assert (made is not None and made.rule == "prose-contradicts-prose") is wanted


@pytest.mark.parametrize(
    ("denial", "told", "roles", "wanted"),
    [
        ("Compute Engine has not been used in this project.", "The dearest service was Compute Engine.", ("unknown", "training"), "contradicted"),
        ("Compute Engine has not been used in this project.", "We trained on Compute Engine.", ("training", "training"), "contradicted"),
        ("Compute Engine hasn't been used since it is dear.", "The API ran on Compute Engine.", ("training", "deployment"), "open"),
        ("Compute Engine has not been used for deployment.", "We trained on Compute Engine.", ("unknown", "training"), "open"),
        ("Compute Engine was not used in the final setup.", "We trained on Compute Engine.", ("unknown", "training"), "open"),
        ("Compute Engine has not been used.", "We tried Compute Engine.", ("unknown", "training"), "open"),
        ("Compute Engine has not been used.", "We chose Vertex AI over Compute Engine.", ("unknown", "training"), "open"),
        ("Compute Engine has not been used.", "We used the Kubernetes Engine.", ("unknown", "training"), "open"),
    ],
)  # fmt: skip
def test_one_answer_denies_what_another_tells(denial: str, told: str, roles: tuple[str, str], wanted: str) -> None:
    here = case({"a.py": "x = 1\n"}, {}, {"compute-engine": denial, "credits": told})
    no = typed("service", denial, service="Compute Engine", what="used", role=roles[0], denied=True)
    yes = typed("service", told, service="Kubernetes Engine" if "Kubernetes" in told else "Compute Engine", what="used", role=roles[1])  # fmt: skip
    placed(placed(here, "compute-engine", no), "credits", yes)
    made, failure = load()[1]["service"].settle(no, here)
    assert not failure
    assert (made.label if made else "open") == wanted
    assert made is None or made.rule == "prose-contradicts-prose"


def test_a_machine_that_only_a_comment_has() -> None:
    spec = "workerPoolSpecs:\n# was n1-highmem-4\n- machineSpec:\n    machineType: n1-highmem-2\n  containerSpec:\n    imageUri: x\n"
    submit = workflow("gcloud ai custom-jobs create --region $REGION --config=job.yaml")
    fields = {"service": "Vertex AI", "what": "machine type"}
    assert label(case({"job.yaml": spec, **submit}), "service", value="n1-highmem-4", **fields) == "contradicted"
    assert label(case({"job.yaml": spec, **submit}), "service", value="n1-highmem-2", **fields) == "open"
    by_hand = workflow("gcloud ai custom-jobs create --worker-pool-spec=machine-type=$MACHINE,replica-count=1")
    assert label(case({"job.yaml": spec, **by_hand}), "service", value="n1-highmem-4", **fields) == "open"
