"""Profiling, logging, tracking, sweeps and Lightning over small invented trees."""

import marshal

import pytest
from conftest import ask

DUMP = marshal.dumps({("a.py", 1, "f"): (1, 1, 0.5, 0.5, {})})


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/t.py": "from torch.profiler import profile\nwith profile() as p:\n    pass\n"}, "found"),
        ({"src/t.py": "import cProfile\np = cProfile.Profile()\n"}, "found"),
        ({"src/t.py": "from lightning import Trainer\nTrainer(profiler='simple')\n"}, "found"),
        ({"src/t.py": "import lightning as L\nL.Trainer(profiler=cfg.profiler)\n"}, "found"),
        ({"src/t.py": "from lightning.pytorch.profilers import PyTorchProfiler\nPyTorchProfiler()\n"}, "found"),
        ({"src/t.py": "from line_profiler import profile\n@profile\ndef f():\n    return 1\n"}, "found"),
        ({"scripts/p.sh": "uv run python -m cProfile -o out.prof src/t.py\n"}, "found"),
        ({"Makefile": "prof:\n\tpy-spy record -o p.svg -- python t.py\n"}, "found"),
        ({"reports/time.prof": DUMP}, "found"),
        ({"profile.txt": DUMP}, "found"),
        ({"log/x.pt.trace.json": '{"schemaVersion": 1, "deviceProperties": []}'}, "found"),
        ({"docs/speed.md": "    123 function calls (120 primitive calls) in 0.5 seconds\n"}, "found"),
        ({"configs/t.yaml": "trainer:\n  profiler: advanced\n"}, "found"),
        ({"configs/t.yaml": "trainer:\n  profiler: null\n"}, "absent"),
        ({"src/t.py": "from lightning import Trainer\nTrainer(profiler=None)\n"}, "absent"),
        ({"src/t.py": "import cProfile\n# cProfile.run('main()')\n"}, "absent"),
        ({"requirements.txt": "torch-tb-profiler\nsnakeviz\n"}, "absent"),
        ({"Makefile": "sync:\n\taws s3 sync data s3://b --profile $(PROFILE)\n"}, "absent"),
        ({"src/t.py": "from ydata_profiling import ProfileReport\nProfileReport(df)\n"}, "absent"),
        ({"notes.prof": "just words about a profile\n"}, "absent"),
        ({"src/t.py": "import cProfile\ndef f(:\n"}, "unknown"),
    ],
)
def test_profiling(files: dict[str, str | bytes], outcome: str) -> None:
    assert ask("profiling", files).outcome == outcome


HELPER = "import cProfile\nfrom contextlib import contextmanager\n\n@contextmanager\ndef measured():\n    p = cProfile.Profile()\n    yield p\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/p.py": HELPER}, "absent"),
        ({"src/p.py": HELPER, "src/train.py": "from p import measured\nwith measured():\n    pass\n"}, "found"),
        ({"src/p.py": HELPER + "\nif __name__ == '__main__':\n    with measured():\n        pass\n"}, "found"),
        ({"src/p.py": "import cProfile\ncProfile.run('train()')\n"}, "found"),
        ({"src/p.py": HELPER.replace("@contextmanager", "@app.command()")}, "found"),
        ({"src/p.py": HELPER, "run.sh": "python -m cProfile -o out.prof src/train.py\n"}, "found"),
    ],
)
def test_profiling_used(files: dict[str, str | bytes], outcome: str) -> None:
    assert ask("profiling-used", files).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/a.py", "import logging\nlogging.info('started')\n", "found"),
        ("src/a.py", "import logging\nlogger = logging.getLogger(__name__)\nlogger.warning('low')\n", "found"),
        ("src/a.py", "from loguru import logger\nlogger.success('done')\n", "found"),
        ("src/a.py", "import structlog\nlog = structlog.get_logger()\nlog.info('x', a=1)\n", "found"),
        ("src/a.py", "class A:\n    def f(self):\n        self._logger.error('x')\n", "found"),
        ("src/a.py", "import logging\nlogger = logging.getLogger(__name__)\n", "absent"),
        ("src/a.py", "import logging\n# logging.info('x')\nprint('log')\n", "absent"),
        ("src/a.py", "import wandb\nwandb.log({'a': 1})\n", "absent"),
        ("src/a.py", "import math\nmath.log(2)\n", "absent"),
        ("src/a.py", "class M:\n    def f(self):\n        self.log('loss', 1)\n", "absent"),
        ("src/a.py", "catalog.info('x')\ndialog.error('y')\n", "absent"),
        (
            "src/a.py",
            "import logging\nlogging.getLogger(__name__).info('making final data set from raw data')\n",
            "absent",
        ),
        ("tests/test_a.py", "import logging\nlogging.info('x')\n", "absent"),
        ("reports/report.py", "from loguru import logger\nlogger.info('x')\n", "absent"),
        ("src/a.py", "import logging\nlogging.info('x'\n", "unknown"),
    ],
)
def test_logging(path: str, text: str, outcome: str) -> None:
    assert ask("logging", {path: text}).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/t.py", "import wandb\nrun = wandb.init(project='x')\n", "found"),
        ("src/t.py", "def f():\n    import wandb\n    wandb.init()\n", "found"),
        ("src/t.py", "import pytorch_lightning as pl\npl.loggers.WandbLogger()\n", "found"),
        (
            "src/t.py",
            "from transformers import TrainingArguments\nTrainingArguments('o', report_to=['wandb'])\n",
            "found",
        ),
        ("configs/logger.yaml", "logger:\n  _target_: lightning.pytorch.loggers.WandbLogger\n", "found"),
        ("src/t.py", "import wandb\n# wandb.init()\n", "absent"),
        ("src/t.py", "import wandb\nwandb.login()\n", "absent"),
        ("src/t.py", "import wandb\nwandb.init(mode='disabled')\n", "absent"),
        ("src/t.py", "TrainingArguments('o', report_to='none')  # no wandb\n", "absent"),
        ("tests/test_t.py", "import wandb\nwandb.init()\n", "absent"),
        ("configs/t.yaml", "wandb_project: x\n", "absent"),
        ("requirements.txt", "wandb\n", "absent"),
        ("src/t.py", "import wandb\nwandb.init(\n", "unknown"),
    ],
)
def test_experiment_tracking(path: str, text: str, outcome: str) -> None:
    assert ask("experiment-tracking", {path: text}).outcome == outcome


def test_experiment_tracking_tells_metrics_from_artifacts() -> None:
    text = "import wandb\nwandb.init()\nwandb.log({'a': 1})\nart = wandb.Artifact('m', type='model')\n"
    assert [e.note for e in ask("experiment-tracking", {"src/t.py": text}).evidence] == ["", "metrics", "an artifact"]


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/t.py", "import mlflow\nmlflow.start_run()\n", "found"),
        ("src/t.py", "from torch.utils.tensorboard import SummaryWriter\nSummaryWriter()\n", "found"),
        ("src/t.py", "import neptune\nneptune.init_run()\n", "found"),
        ("configs/l.yaml", "logger:\n  _target_: lightning.pytorch.loggers.MLFlowLogger\n", "found"),
        ("src/t.py", "import mlflow\n# mlflow.start_run()\n", "absent"),
        ("src/t.py", "import wandb\nwandb.init()\n", "absent"),
        (".github/prompts/add_test.prompt.md", "mlflow.start_run()\n", "absent"),
    ],
)
def test_other_tracking(path: str, text: str, outcome: str) -> None:
    assert ask("other-tracking", {path: text}).outcome == outcome


PINNED = "method: grid\nparameters:\n  lr:\n    value: [0.1, 0.2]\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"configs/wandb/sweep.yaml": "method: bayes\nparameters:\n  lr:\n    values: [0.1, 0.2]\n"}, "found"),
        ({"s.yaml": "program: t.py\nparameters:\n  lr:\n    min: 0.1\n    max: 0.2\n"}, "found"),
        (
            {"s.yaml": "command: [x]\nparameters:\n  m:\n    parameters:\n      lr:\n        distribution: uniform\n"},
            "found",
        ),
        ({"t.py": "c = {'method': 'random', 'parameters': {'lr': {'values': [1, 2]}}}\n"}, "found"),
        ({"t.py": "import wandb\nwandb.agent('id', function=f)\n"}, "found"),
        ({"t.py": "import optuna\nstudy = optuna.create_study()\n"}, "found"),
        ({"t.py": "from ray import tune\ntune.Tuner(f).fit()\n"}, "found"),
        ({"t.py": "from sklearn.model_selection import GridSearchCV\nGridSearchCV(m, g)\n"}, "found"),
        ({"c.yaml": "hydra:\n  sweeper:\n    params:\n      lr: 0.1,0.2\n"}, "found"),
        ({"run.sh": "python train.py --multirun lr=0.1,0.2\n"}, "found"),
        ({"run.sh": "wandb agent team/project/abc\n"}, "found"),
        ({"s.yaml": PINNED}, "absent"),
        ({"s.yaml": PINNED, "t.py": "import wandb\nwandb.agent('id')\n"}, "absent"),
        ({"t.py": "c = {'method': 'grid', 'parameters': {'lr': {'value': 1}}}\n"}, "absent"),
        ({"c.yaml": "hydra:\n  sweep:\n    dir: out\n    subdir: x\n"}, "absent"),
        ({"t.py": "import matplotlib.pyplot as plt\nf, ax = plt.subplots()\nax.plot(parameters)\n"}, "absent"),
        ({"t.py": "import wandb\n# wandb.agent('id')\n"}, "absent"),
        ({"run.sh": "python -m pytest tests\n# --multirun lr=1,2\n"}, "absent"),
        ({"requirements.txt": "optuna\nhydra-optuna-sweeper\n"}, "absent"),
        ({"s.yaml": "parameters: [\n"}, "unknown"),
    ],
)
def test_sweep(files: dict[str, str], outcome: str) -> None:
    assert ask("sweep", files).outcome == outcome


def test_committed_sweep_runs_support_a_sweep() -> None:
    files = {"wandb/sweep-ab/config-1.yaml": "x: 1\n"}
    assert ask("sweep", files).evidence[0].sources == ("wandb/sweep-ab/config-1.yaml",)


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        (
            "src/m.py",
            "import lightning as L\nclass M(L.LightningModule):\n    def f(self):\n        return 1\n",
            "found",
        ),
        ("models/m.py", "from pytorch_lightning import LightningModule as B\nclass M(B):\n    x = 1\n", "found"),
        ("src/t.py", "from lightning.pytorch import Trainer\nTrainer(max_epochs=1)\n", "found"),
        ("src/t.py", "from lightning.pytorch.cli import LightningCLI\nLightningCLI(M)\n", "found"),
        ("src/t.py", "from lightning.fabric import Fabric\nFabric()\n", "found"),
        ("configs/t.yaml", "trainer:\n  _target_: lightning.Trainer\n", "found"),
        ("src/t.py", "from transformers import Trainer\nTrainer(m)  # not lightning\n", "absent"),
        ("src/t.py", "from lightning import seed_everything\nseed_everything(1)\n", "absent"),
        ("src/m.py", "import lightning as L\nclass M(L.LightningModule):\n    pass\n", "absent"),
        ("tests/test_t.py", "import lightning as L\nL.Trainer()\n", "absent"),
        ("requirements.txt", "lightning\n", "absent"),
        ("src/m.py", "import lightning as L\nclass M(L.LightningModule:\n", "unknown"),
    ],
)
def test_uses_lightning(path: str, text: str, outcome: str) -> None:
    assert ask("uses-lightning", {path: text}).outcome == outcome


STORE = "import csv\ndef log_request(row):\n    with open('r.csv', 'a') as f:\n        csv.writer(f).writerow(row)\n"


@pytest.mark.parametrize(
    ("probe", "files", "outcome"),
    [
        ("logging-throughout", {"a.py": "import logging\nlogging.info('a')\n"}, "absent"),
        ("logging-throughout", {"a.py": "import logging\nlogging.info('a')\n", "b.py": "import logging\nlogging.info('a')\nlogging.error('b')\n"}, "found"),
        ("own-log", {"a.py": STORE}, "found"),
        ("own-log", {"a.py": "from lightning.pytorch.loggers import CSVLogger\nlogger = CSVLogger('logs')\n"}, "found"),
        ("own-log", {"a.py": "from lightning.pytorch.loggers import CSVLogger\n"}, "absent"),
        ("own-log", {"a.py": STORE.replace("log_request", "dialog")}, "absent"),
        ("own-log", {"a.py": "def log_metrics(m):\n    print(m)\n"}, "absent"),
        ("metrics-tracked", {"api.py": "import wandb\nwandb.init()\nwandb.use_artifact('m:latest')\n"}, "absent"),
        ("metrics-tracked", {"train.py": "import wandb\nwandb.init()\nwandb.log({'loss': 1})\n"}, "found"),
        ("metrics-tracked", {"train.py": "import wandb\nrun = wandb.init()\nrun.log({'loss': 1})\n"}, "found"),
        ("metrics-tracked", {"train.py": "from lightning.pytorch.loggers import WandbLogger\nl = WandbLogger()\n"}, "found"),
        ("sweep-ran", {"configs/sweep.yaml": "method: grid\nparameters:\n  lr:\n    values: [1, 2]\n"}, "absent"),
        ("sweep-ran", {"wandb/sweep-a1/config-b2.yaml": "lr: 1\n"}, "found"),
        ("profiling-used", {"a.py": "import cProfile\nif cfg.profile:\n    cProfile.run('f()')\n"}, "absent"),
        ("profiling-used", {"a.py": "import cProfile\nif __name__ == '__main__':\n    cProfile.run('f()')\n"}, "found"),
        ("profiling-used", {"a.py": "import cProfile\ncProfile.run('f()')\n", ".pre-commit-config.yaml": "repos: [\n# profile\n"}, "found"),
        ("profiling", {"a.py": "x = 1  # profile\n", ".pre-commit-config.yaml": "repos: [\n# profile\n"}, "absent"),
    ],
)  # fmt: skip
def test_plain_evidence(probe: str, files: dict[str, str], outcome: str) -> None:
    assert ask(probe, files).outcome == outcome


DECORATOR = (
    'import cProfile\ndef profile(f):\n    """Use @profile above a function."""\n'
    "    def inner():\n        cProfile.Profile().enable()\n        return f()\n    return inner\n"
)


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({}, "absent"),
        ({"src/utils/__init__.py": "from .tools import profile\n__all__ = ['profile']\n"}, "absent"),
        ({"src/train.py": "# how to profile\nparser.add_argument('--out', help='profile stats')\n"}, "absent"),
        ({"src/train.py": "from utils.tools import profile\n@profile\ndef train():\n    fit()\n"}, "found"),
        ({"src/train.py": "from utils import tools\ntools.profile(run)()\n"}, "found"),
        ({"src/train.py": "from utils.tools import profile as measured\nmeasured(run)()\n"}, "found"),
    ],
)
def test_a_profiling_decorator_that_nothing_applies(files: dict[str, str], outcome: str) -> None:
    assert ask("profiling-used", {"src/utils/tools.py": DECORATOR} | files).outcome == outcome
