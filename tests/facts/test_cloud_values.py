"""Regions, registries, buckets and machine types by file and line."""

import pytest
from conftest import tree

from auditor.facts.cloud import cloud_values


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("vertex.yaml", "imageUri: europe-west1-docker.pkg.dev/p/r/i:latest\n", [("registry", "europe-west1-docker.pkg.dev", 1)]),
        ("deploy.sh", "gcloud run deploy x --image eu.gcr.io/p/x --region europe-north1\n", [("registry", "eu.gcr.io", 1), ("region", "europe-north1", 1)]),
        ("main.tf", 'zone = "us-central1-a"\n', [("zone", "us-central1-a", 1)]),
        ("src/a.py", "# gs://old-bucket\nurl = 'gs://own-bucket/a.csv'\n", [("bucket", "own-bucket", 2)]),
        ("src/a.py", "b = client.bucket('own-bucket')\np = '/gcs/other-one/x'\n", [("bucket", "own-bucket", 1), ("bucket", "other-one", 2)]),
        ("job.yaml", "machineType: N1-standard-4\nmachine: n1-standard-4\n", [("machine", "n1-standard-4", 1)]),
        (".dvc/config", "[remote]\n    url = gs://kept/here\n", [("bucket", "kept", 2)]),
        ("README.md", "gs://said-only\n", []),
        ("config.yaml", "api: us-east1-aiplatform.googleapis.com\n", [("region", "us-east1", 1)]),
    ],
)  # fmt: skip
def test_values(path: str, text: str, expected: list[tuple[str, str, int]]) -> None:
    found = cloud_values(tree({path: text}))
    assert [(v.kind, v.value, v.line) for v in found] == expected


JOB = "displayName: x\nregion: europe-north1\nimageUri: europe-west1-docker.pkg.dev/p/r/train:latest\n"
ONLY = "displayName: x\nimageUri: europe-west1-docker.pkg.dev/p/r/train:latest\n"
