"""Seeds, deterministic flags, sweeps, and what a sentence states of a file that it names."""

import pytest
from conftest import contradicted, settle

TRAIN = "import torch\n\ndef train(cfg):\n    print(cfg.lr)\n"
SEEDED = "import torch\n\ndef train(cfg):\n    torch.manual_seed(cfg.seed)\n"
FIXED = "import torch\n\ntorch.manual_seed(42)\n"
CONFIG = "lr: 0.1\nseed: 42\n"


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("We set a fixed random seed.", {"src/train.py": TRAIN}, True),
        ("A seed is set at the start of each run.", {"src/train.py": TRAIN}, True),
        ("We set a fixed random seed.", {"src/train.py": SEEDED}, False),
        ("We set a fixed random seed.", {"src/train.py": FIXED}, False),
        ("We set a fixed random seed.", {"src/train.py": TRAIN + "split(x, random_state=1)\n"}, False),
        ("We set a fixed random seed.", {"src/train.py": TRAIN + "# torch.manual_seed(1)\n"}, True),
        ("We set a fixed random seed.", {"src/train.py": TRAIN, "tests/test_a.py": "import torch\ntorch.manual_seed(1)\n"}, True),
        # the configuration's seed that no code reads
        ("A seed is included in the configuration.", {"src/train.py": TRAIN, "configs/a.yaml": CONFIG}, True),
        ("A seed is included in the configuration.", {"src/train.py": SEEDED, "configs/a.yaml": CONFIG}, False),
        ("The seed is set in the config.", {"src/train.py": TRAIN, "src/drift.py": "import numpy as np\nnp.random.seed(1)\n", "configs/a.yaml": CONFIG}, True),
        ("The seed is set in the config.", {"src/train.py": "def f(cfg):\n    seed = cfg.batch\n    go(seed)\n", "configs/a.yaml": CONFIG}, True),
        ("The seed is set in the config.", {"src/train.py": FIXED, "configs/a.yaml": CONFIG}, False),
        ("The seed is set in the config.", {"src/train.py": TRAIN + "x = cfg['seed']\n", "configs/a.yaml": CONFIG}, False),
        ("The seed is set in the config.", {"src/train.py": TRAIN + "run(**cfg)\n", "configs/a.yaml": CONFIG}, False),
        ("The exact configuration, weights and random seed are persisted to W&B and logged.", {"src/train.py": TRAIN, "configs/a.yaml": CONFIG}, False),
        # programs that read a seed of their own
        ("We set a fixed random seed.", {"src/train.py": "from ultralytics import YOLO\n", "a.yaml": "seed: 1\n"}, False),
        ("We set a fixed random seed.", {"src/train.py": "def broken(:\n seed\n"}, False),
        ("We would set a fixed random seed.", {"src/train.py": TRAIN}, False),
        ("We did not use a fixed seed.", {"src/train.py": TRAIN}, False),
        ("One of us set a seed.", {"src/train.py": TRAIN}, False),
        ("A seed makes runs repeatable.", {"src/train.py": TRAIN}, False),
    ],
)  # fmt: skip
def test_seed_set(sentence: str, files: dict[str, str], wrong: bool) -> None:
    assert contradicted("seed-set", {"reproducibility": sentence}, files) == (["seed"] if wrong else [])


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("We use seed 42.", {"a.yaml": "seed: 123\n"}, True),
        ("The same seed (42) should be used.", {"a.yaml": "seed: 123\n"}, True),
        ("A global seed (default: 42) is set.", {"a.yaml": "seed: 123\n"}, True),
        ("We set `experiment.seed: 42`.", {"a.yaml": "seed: 123\n"}, True),
        ("We use seed 42.", {"a.yaml": "seed: 42\n"}, False),
        ("We use seed 42.", {"a.yaml": "seed:\n  value: 42\n", "b.py": "seed = 1\n"}, False),
        ("We use seed 42.", {"a.py": "p.add_argument('--seed', type=int, default=42)\nseed = 3\n"}, False),
        ("We use seed 42.", {"a.py": "x = 1\n"}, False),
        ("We use seed 42.", {"a.py": "seed = make()\n"}, False),
        ("Call http://x.run.app/?seed=42 for an image.", {"a.yaml": "seed: 123\n"}, False),
        ("We ran it with seed 5 times.", {"a.yaml": "seed: 123\n"}, False),
        ("Initially we used seed 42.", {"a.yaml": "seed: 123\n"}, False),
        ("We would use seed 42.", {"a.yaml": "seed: 123\n"}, False),
    ],
)
def test_seed_value(sentence: str, files: dict[str, str], wrong: bool) -> None:
    assert contradicted("seed-value", {"reproducibility": sentence}, files) == (["seed"] if wrong else [])


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("We set `deterministic=True` in the trainer.", {"a.py": "x = 1\n"}, True),
        ("We use PyTorch's deterministic algorithms.", {"a.py": "x = 1\n"}, True),
        ("We set `deterministic=True` in the trainer.", {"a.py": "Trainer(deterministic=True)\n"}, False),
        ("We set `deterministic=True` in the trainer.", {"a.yaml": "deterministic: true\n"}, False),
        ("We aim for deterministic behaviour.", {"a.py": "x = 1\n"}, False),
        ("We did not set the deterministic flag.", {"a.py": "x = 1\n"}, False),
        ("We could set the deterministic flag.", {"a.py": "x = 1\n"}, False),
    ],
)
def test_deterministic(sentence: str, files: dict[str, str], wrong: bool) -> None:
    assert contradicted("deterministic-flag", {"reproducibility": sentence}, files) == (
        ["deterministic"] if wrong else []
    )


RANDOM = {
    "configs/sweep.yaml": "method: random\nmetric:\n  name: val_loss\n  goal: minimize\nparameters:\n  lr:\n    values: [1, 2]\n"
}
DICT = {
    "sweep.py": "s = {'method': 'bayes', 'metric': {'name': 'val_acc', 'goal': 'maximize'}, 'parameters': {'lr': {'values': [1, 2]}}}\n"
}


@pytest.mark.parametrize(
    ("sentence", "files", "abouts"),
    [
        ("We ran a sweep with Bayesian optimization.", RANDOM, ["sweep:method"]),
        ("We ran a sweep with random search.", RANDOM, []),
        ("We ran a sweep with grid search.", DICT, ["sweep:method"]),
        ("We ran a sweep with Bayesian search.", DICT, []),
        ("We ran a sweep with grid search.", {**DICT, **RANDOM}, ["sweep:method"]),
        ("We ran a sweep with random search.", {**DICT, **RANDOM}, []),
        ("We ran a sweep with both grid and random search.", RANDOM, []),
        ("The sweep was set to maximize the validation accuracy.", RANDOM, ["sweep:goal"]),
        ("The sweep was set to minimize the validation loss.", RANDOM, []),
        ("The sweep should minimise the loss over time.", RANDOM, []),
        ("The sweep was set to minimize the time that we spend.", DICT, []),
        ("Initially we ran a sweep with grid search.", RANDOM, []),
        ("We would run a sweep with grid search.", RANDOM, []),
        ("We did not run a sweep with grid search.", RANDOM, []),
        ("We ran a sweep with grid search.", {**RANDOM, "b.py": "import optuna\nsweep = 1\n"}, []),
        ("We ran a sweep with grid search.", {}, []),
        ("A grid search is simple.", RANDOM, []),
    ],
)
def test_sweeps(sentence: str, files: dict[str, str], abouts: list[str]) -> None:
    assert contradicted("sweep-configured", {"experiment-tracking": sentence}, files) == abouts


NAMED = {"configs/train.yaml": "batch_size: 32\ntrainer:\n  max_epochs: 10\nlr: 1e-3\n"}


@pytest.mark.parametrize(
    ("sentence", "files", "wrong"),
    [
        ("In `configs/train.yaml` the batch size is 64.", NAMED, True),
        ("In `train.yaml` the learning rate is 0.01.", NAMED, True),
        ("In `train.yaml` the learning rate is 0.001.", NAMED, False),
        ("In `train.yaml` the number of epochs is 10.", NAMED, False),
        ("In `train.yaml` the number of epochs is 20.", NAMED, True),
        ("In `train.yaml` the dropout is 0.5.", NAMED, False),
        ("The batch size is 64.", NAMED, False),
        ("In `train.yaml` the batch size is about 64.", NAMED, False),
        ("In `train.yaml` the batch size is 16 or 64.", NAMED, False),
        ("We override train.yaml so that the batch size is 64.", NAMED, False),
        ("In `train.yaml` the batch size is 64.", {"configs/train.yaml": "batch_size: ${other}\n"}, False),
        ("In `train.yaml` the batch size was initially 64.", NAMED, False),
    ],
)
def test_settings(sentence: str, files: dict[str, str], wrong: bool) -> None:
    found = contradicted("setting-in-named-file", {"configuration": sentence}, files)
    assert len(found) == wrong


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


def test_a_method_that_is_configured_is_supported() -> None:
    (found,) = settle("sweep-configured", {"experiment-tracking": "We ran a sweep with random search."}, RANDOM)
    assert (found.label, found.about) == ("supported", "sweep:method")


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
