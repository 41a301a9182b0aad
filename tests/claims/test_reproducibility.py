"""What a sentence states of a cloud file that it names, the size of the data, and buckets."""

import pytest
from conftest import contradicted, settle

JOB = {
    "vertex.yaml": "workerPoolSpecs:\n- machineSpec:\n    machineType: n1-highmem-2\n  containerSpec:\n    imageUri: europe-west1-docker.pkg.dev/p/r/i\n"
}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("The machine in `vertex.yaml` is an n1-standard-4.", JOB, True),
        ("The machine in `vertex.yaml` is an n1-highmem-2.", JOB, False),
        ("The machine is an n1-standard-4.", JOB, False),
        ("In `vertex.yaml` the image comes from europe-west4.", JOB, True),
        ("We tried n1-standard-4 in `vertex.yaml`.", JOB, False),
        ("The machine in `vertex.yaml` is an n1-standard-4.", {"vertex.yaml": "machineType: ${TYPE}\n"}, False),
    ],
)
def test_cloud_values(sentence: str, files: dict[str, str], wrong: bool) -> None:
    assert len(contradicted("cloud-value-in-named-file", {"cloud-training": sentence}, files)) == wrong


@pytest.mark.parametrize(
    ("sentence", "wrong"),
    [
        ("The data is in gs://group-twelve-datas.", True),
        ("The data is in gs://group-twelve-data.", False),
        ("The data is in gs://another-bucket-altogether.", False),
        ("The data would be in gs://group-twelve-datas.", False),
    ],
)
def test_buckets(sentence: str, wrong: bool) -> None:
    files = {".dvc/config": "['remote \"r\"']\n    url = gs://group-twelve-data\n"}
    assert len(contradicted("bucket-named", {"data-versioning": sentence}, files)) == wrong


PAIR = {
    "jobs/job_cpu.yaml": JOB["vertex.yaml"] + "# n1-highmem-8 is larger\n",
    "jobs/job_gpu.yaml": JOB["vertex.yaml"].replace(
        "n1-highmem-2", "n1-standard-4\n    acceleratorType: NVIDIA_TESLA_T4"
    ),
}


@pytest.mark.parametrize(
    ("sentence", "abouts"),
    [
        ("We made *job_cpu.yaml* for CPU training on *n1-highmem-8* machines, and `job_gpu.yaml` for GPU training on n1-standard-4 machines.", ["value:jobs/job_cpu.yaml:machine type"]),
        ("The job_cpu.yaml has n1-highmem-2 and job_gpu.yaml has n1-standard-4.", []),
        ("The job_gpu.yaml asks for an NVIDIA T4.", []),
        ("The job_gpu.yaml asks for an NVIDIA V100.", ["value:jobs/job_gpu.yaml:accelerator"]),
        ("Vertex AI trains on CPU (n1-highmem-8) and GPU (n1-standard-4).", ["value:jobs/job_cpu.yaml:machine type"]),
        ("Vertex AI trains on CPU (n1-highmem-2) and GPU (n1-standard-4).", []),
        ("Vertex AI trains on CPU (e2-highmem-8).", []),
        ("We created a VM for training with n1-highmem-8.", []),
        ("We tried n1-highmem-8 in job_cpu.yaml.", []),
        ("Vertex AI would train on CPU (n1-highmem-8).", []),
        ("Vertex AI initially trained on CPU (n1-highmem-8).", []),
        ("Vertex AI does not train on CPU (n1-highmem-8).", []),
    ],
)  # fmt: skip
def test_machines_of_jobs(sentence: str, abouts: list[str]) -> None:
    assert contradicted("cloud-value-in-named-file", {"cloud-training": sentence}, PAIR) == abouts


def test_two_answers_about_a_machine_are_settled_by_the_file() -> None:
    answers = {
        "compute-engine": "Vertex AI trains on CPU (n1-highmem-2).",
        "cloud-training": "Vertex AI trains on CPU (n1-highmem-4).",
    }
    (found,) = settle("cloud-value-in-named-file", answers, PAIR)
    assert found.statement.question.id == "cloud-training"
    everywhere = {**PAIR, "run.sh": "gcloud compute instances create x --machine-type n1-highmem-4\n"}
    assert contradicted("cloud-value-in-named-file", answers, everywhere) == []


def pointer(path: str, size: int) -> str:
    return f"outs:\n- md5: abc.dir\n  size: {size}\n  nfiles: 3\n  path: {path}\n"


RAW = {"data/raw.dvc": pointer("raw", 2_000_000_000)}
BOTH = {**RAW, "data/processed.dvc": pointer("processed", 500_000_000)}
WHOLE = {"data.dvc": pointer("data", 2_000_000_000), "models.dvc": pointer("models", 100)}
FILES = {
    "data/raw.dvc": "outs:\n- path: raw\n  files:\n  - relpath: a.csv\n    size: 1500000000\n  - relpath: b.csv\n    size: 500000000\n"
}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("Our dataset is 5 GB.", RAW, True),
        ("The size of our dataset is around 5GB.", RAW, True),
        ("Given our dataset size of approximately 3.5GB, training took long.", RAW, True),
        ("Our dataset is about 2 GB.", RAW, False),
        ("Our dataset is ~2.5 GB.", RAW, False),
        ("Our dataset is 500 MB.", RAW, True),
        ("Our dataset is 5 GB.", FILES, True),
        ("Our dataset is 2 GB.", FILES, False),
        ("Our dataset is 1 GB.", WHOLE, False),
        ("Our dataset is 300 MB.", WHOLE, True),
        ("Our dataset is 5 GB.", BOTH, False),
        ("Our processed data is 2 GB.", BOTH, True),
        ("Our dataset is over 1 GB.", RAW, False),
        ("Our dataset is up to 9 GB.", RAW, False),
        ("The original dataset is 9 GB.", RAW, False),
        ("Our dataset was originally 9 GB.", RAW, False),
        ("Our dataset would be 9 GB.", RAW, False),
        ("Our dataset is not 9 GB.", RAW, False),
        ("Our model is 9 GB.", RAW, False),
        ("The machine has 9 GB of memory for the dataset.", RAW, False),
        ("Our dataset is 9 GB.", {"data/a.dvc": pointer("all.zip", 2_000_000_000)}, False),
        ("Our dataset is 9 GB.", {"models/a.dvc": pointer("model", 2_000_000_000)}, False),
        ("Our dataset is 9 GB.", {"data/raw.dvc": "outs:\n- path: raw\n"}, False),
    ],
)  # fmt: skip
def test_sizes(sentence: str, files: dict[str, str], wrong: bool) -> None:
    found = contradicted("dataset-size", {"data-versioning": sentence}, files)
    assert found == (["size:data"] if wrong else [])


def test_a_size_that_fits_is_supported() -> None:
    (found,) = settle("dataset-size", {"data-versioning": "Our dataset is about 2 GB."}, RAW)
    assert (found.label, found.about) == ("supported", "size:data")
