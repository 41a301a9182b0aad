"""Configuration probes over small invented trees."""

import pytest
from conftest import ask

RUN = "def run(cfg):\n    print(cfg.lr)\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"configs/train.yaml": "batch_size: 32\n"}, "found"),
        ({"src/pkg/conf/model/small.yml": "model:\n  hidden_dim: 64\n"}, "found"),
        ({"configs/run.yaml": "lr:\n  value: 0.1\nepochs:\n  value: 3\n"}, "found"),
        ({"params.yaml": "optimizer:\n  _target_: torch.optim.Adam\n"}, "found"),
        ({"configs/experiment.toml": "[train]\nepochs = 3\n"}, "found"),
        ({"configs/experiment.json": '{"train": {"learning_rate": 0.1}}'}, "found"),
        ({"experiments/base.gin": "train.batch_size = 32\n"}, "found"),
        ({"src/pkg/config.py": "class Settings:\n    lr: float = 0.1\n    epochs: int = 3\n"}, "found"),
        # a tag that the loader does not know, or a merge conflict, hides no plain key
        ({"configs/run.yaml": "<<<<<<< HEAD\nlr: 0.1\n=======\nlr: 0.2\n>>>>>>> x\n"}, "found"),
        ({}, "absent"),
        ({"configs/train.yaml": "# batch_size: 32\n"}, "absent"),
        ({"configs/train.yaml": "seed: 42\nname: first\n"}, "absent"),
        ({"configs/train.yaml": "batch_size:\n"}, "absent"),
        ({"configs/config.yaml": "workerPoolSpecs:\n  containerSpec:\n    args: [x]\n  epochs: 3\n"}, "absent"),
        ({"configs/sweep.yaml": "method: grid\nparameters:\n  lr:\n    values: [1, 2]\n"}, "absent"),
        ({"docker-compose.yaml": "services:\n  train:\n    environment:\n      epochs: 3\n"}, "absent"),
        ({"compose.yaml": "services:\n  train:\n    environment:\n      epochs: 3\n"}, "absent"),
        ({".github/workflows/train.yaml": "on: push\nenv:\n  epochs: 3\njobs: {}\n"}, "absent"),
        ({"outputs/run/.hydra/config.yaml": "batch_size: 32\n"}, "absent"),
        ({"models/best/config.json": '{"architectures": ["X"], "hidden_size": 768}'}, "absent"),
        ({"results.json": '{"epochs": 3}'}, "absent"),
        ({"src/pkg/config.py": "from os import environ\nlr = 0.1\n"}, "absent"),
        ({"tests/config.py": "lr = 0.1\nepochs = 2\n"}, "absent"),
        ({"configs/experiment.toml": "[train\nepochs = 3\n"}, "unknown"),
    ],
)
def test_experiment_config(files: dict[str, str], outcome: str) -> None:
    assert ask("experiment-config", files).outcome == outcome


def test_experiment_config_cites_the_first_hyperparameter_of_the_fullest_file() -> None:
    answer = ask("experiment-config", {"configs/a.yaml": "lr: 1\n", "configs/b.yaml": "name: x\nlr: 1\nepochs: 2\n"})
    first = answer.evidence[0]
    assert (first.path, first.start, first.note) == ("configs/b.yaml", 2, "sets lr, epochs")


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/train.py", "import hydra\n@hydra.main(config_path='x')\n" + RUN, "found"),
        ("src/train.py", "from hydra import main as start\n@start(version_base=None)\n" + RUN, "found"),
        ("src/train.py", "import hydra\n" + RUN + "hydra.main(config_path='x')(run)()\n", "found"),
        ("app.py", "from hydra import compose, initialize\nwith initialize('c'):\n    cfg = compose('a')\n", "found"),
        ("app.py", "import hydra\nhydra.initialize_config_dir('/c')\ncfg = hydra.compose('a')\n", "found"),
        ("src/train.py", "import hydra\n# @hydra.main()\n" + RUN, "absent"),
        ("src/train.py", "import hydra\n@hydra.main()\ndef run(cfg):\n    ...\n", "absent"),
        ("src/train.py", "from omegaconf import OmegaConf\nOmegaConf.load('x')  # not hydra\n", "absent"),
        ("src/train.py", "import hydra\nhydra.initialize('c')\n", "absent"),
        ("tests/test_train.py", "import hydra\n@hydra.main()\n" + RUN, "absent"),
        ("requirements.txt", "hydra-core\n", "absent"),
        ("src/train.py", "import hydra\n@hydra.main(\n", "unknown"),
        ("src/train.py", "print('other'\n", "absent"),
    ],
)
def test_uses_hydra(path: str, text: str, outcome: str) -> None:
    assert ask("uses-hydra", {path: text}).outcome == outcome


JOB = "workerPoolSpecs:\n  machineSpec:\n    machineType: n1\n  containerSpec:\n    imageUri: x\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"vertex.yaml": JOB + '    args: ["--epochs=10", "--batch-size=32"]\n'}, "found"),
        ({"vertex.yaml": JOB + "    args:\n      - --lr\n      - '0.1'\n"}, "found"),
        ({"job.yaml": JOB + "    command: [python, train.py, training.epochs=3]\n"}, "found"),
        ({"k8s/job.yaml": "apiVersion: batch/v1\nkind: Job\nspec:\n  containers:\n    - args: ['--learning_rate=0.1']\n"}, "found"),
        ({"vertex.yaml": JOB + "    args: ['--epochs']\n"}, "absent"),
        ({"vertex.yaml": JOB + "    args: ['--data=gs://x']\n"}, "absent"),
        ({"docker-compose.yaml": "services:\n  a:\n    command: ['--epochs=1']\n"}, "absent"),
    ],
)  # fmt: skip
def test_options_of_a_job_are_a_configuration(files: dict[str, str], outcome: str) -> None:
    assert ask("experiment-config", files).outcome == outcome


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("method: grid\nparameters:\n  lr:\n    values: [0.1, 0.2]\n", "found"),
        ("program: a.py\nparameters:\n  optimizer:\n    value: adam\n", "found"),
        ("method: grid\nparameters:\n  city:\n    values: [a, b]\n", "absent"),
        ("parameters:\n  lr:\n    values: [0.1]\n", "absent"),
    ],
)
def test_sweeps_set_hyperparameters(text: str, outcome: str) -> None:
    assert ask("sweep-config", {"configs/sweep.yaml": text}).outcome == outcome


MAIN = "import hydra\n@hydra.main(config_path={path}, config_name={name})\n" + RUN


@pytest.mark.parametrize(
    ("path", "name", "outcome"),
    [
        ("'../conf'", "'config'", "found"),
        ("'../conf'", "'config.yaml'", "found"),
        ("'../conf'", "'default'", "absent"),
        ("'../configs'", "'config'", "absent"),
        # what cannot be told
        ("ROOT", "'config'", "found"),
        ("None", "'config'", "found"),
        ("'pkg://orchard.conf'", "'config'", "found"),
        ("'/etc/conf'", "'config'", "found"),
        ("'../../../conf'", "'config'", "found"),
    ],
)
def test_hydra_at_work(path: str, name: str, outcome: str) -> None:
    files = {"src/train.py": MAIN.format(path=path, name=name), "conf/config.yaml": "lr: 1\n"}
    assert ask("hydra-at-work", files).outcome == outcome
    assert ask("uses-hydra", files).outcome == "found"
