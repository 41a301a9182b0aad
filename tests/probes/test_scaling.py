"""Scaling probes over small invented trees."""

import pytest
from conftest import ask

LOADER = "from torch.utils.data import DataLoader\n"
CONFIGURED = LOADER + "def load(cfg):\n    return DataLoader(d, num_workers=cfg.data.num_workers)\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"train.py": LOADER + "DataLoader(d, num_workers=4)\n"}, "found"),
        ({"train.py": LOADER + "import os\nDataLoader(d, num_workers=os.cpu_count() // 2)\n"}, "found"),
        ({"train.py": CONFIGURED, "configs/data.yaml": "data:\n  num_workers: 4\n"}, "found"),
        ({"train.py": LOADER + "def f(h):\n    workers = h['workers']\n    DataLoader(d, num_workers=workers)\n", "conf/a.yaml": "workers: 3\n"}, "found"),
        ({"data.py": LOADER + "class M:\n    def __init__(self, num_workers: int = 2):\n        self.num_workers = num_workers\n    def load(self):\n        return DataLoader(d, num_workers=self.num_workers)\n"}, "found"),
        ({"train.py": "p.add_argument('--num-workers', type=int, default=2)\nDataLoader(d, num_workers=a.num_workers)\n"}, "found"),
        ({"train.py": "from transformers import TrainingArguments\nTrainingArguments(dataloader_num_workers=2)\n"}, "found"),
        ({"train.py": "from ultralytics import YOLO\nYOLO('a').train(workers=4)\n"}, "found"),
        ({"train.py": LOADER + "DataLoader(d, num_workers=0)\n"}, "absent"),
        ({"train.py": CONFIGURED, "configs/data.yaml": "data:\n  num_workers: 0\n  # num_workers: 4\n"}, "absent"),
        ({"data.py": CONFIGURED, "x.py": "num_workers = 4\n", "c.yaml": "num_workers: 0\n"}, "absent"),
        ({"train.py": "from lightning import seed_everything\nseed_everything(1, workers=True)\n"}, "absent"),
        ({"job.yaml": "workerPoolSpecs:\n  - replicaCount: 1\n"}, "absent"),
        ({"load.py": "from concurrent.futures import ThreadPoolExecutor\nThreadPoolExecutor(max_workers=4)\n"}, "absent"),
        ({"tests/test_data.py": LOADER + "DataLoader(d, num_workers=4)\n"}, "absent"),
        ({"src/drift_check.py": LOADER + "DataLoader(d, num_workers=4)\n"}, "absent"),
        ({"train.py": CONFIGURED, "outputs/1/.hydra/config.yaml": "num_workers: 4\n"}, "unknown"),
        # values that arrive
        ({"train.py": LOADER + "import os\nn = min(cfg.workers, os.cpu_count())\nkw = {'num_workers': n}\nDataLoader(d, **kw)\n", "c.yaml": "workers: 3\n"}, "found"),
        ({"train.py": LOADER + "import os\nn = min(cfg.workers, os.cpu_count())\nkw = {'num_workers': n}\nDataLoader(d, **kw)\n"}, "unknown"),
        ({"data.py": LOADER + "class D:\n    def __init__(self, workers=8):\n        self.n = workers\n    def load(self):\n        return DataLoader(d, num_workers=self.n)\n"}, "found"),
        ({"data.py": LOADER + "n = 0\nDataLoader(d, num_workers=n)\n"}, "absent"),
        ({"data.py": LOADER + "def load(n):\n    return DataLoader(d, num_workers=n)\nload(n=2)\n"}, "found"),
        ({"data.py": LOADER + "def load(n):\n    return DataLoader(d, num_workers=n)\n"}, "unknown"),
        ({"data.py": LOADER + "n = 2 if cuda else 0\nDataLoader(d, num_workers=n)\n"}, "found"),
        ({"data.py": LOADER + "import os\nn = max(1, os.cpu_count() - 1)\nkw = dict(shuffle=True)\nkw['num_workers'] = n\nDataLoader(d, **kw)\n"}, "found"),
        ({"train.py": "import os\nfrom ultralytics import YOLO\nn = max(1, os.cpu_count() - 1)\nYOLO('a').train(workers=n)\n"}, "found"),
        ({"train.py": "from own import PicturesDataModule\nPicturesDataModule(workers=6)\n"}, "found"),
        ({"api.py": "import uvicorn\nuvicorn.run(app, workers=4)\n"}, "absent"),
        ({"data.py": LOADER + "settings = load_toml()\nDataLoader(d, num_workers=settings['loader_workers'])\n", "settings.toml": "[data]\nloader_workers = 4\n"}, "found"),
        ({"data.py": LOADER + "class D:\n    def __init__(self, num_workers: int = 0):\n        self.num_workers = num_workers\n    def load(self):\n        return DataLoader(d, num_workers=self.num_workers)\n"}, "absent"),
        ({"train.py": LOADER + "DataLoader(d, num_workers=4\n"}, "unknown"),
    ],
)  # fmt: skip
def test_parallel_loading(files: dict[str, str], outcome: str) -> None:
    assert ask("parallel-loading", files).outcome == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("from torch.utils.data.distributed import DistributedSampler\ns = DistributedSampler(d)\n", "found"),
        ("import time\nfor w in [0, 1, 2]:\n    t = time.time()\n    list(DataLoader(d, num_workers=w))\n", "found"),
        ("import time\nfor workers in (0, 2):\n    t = time.perf_counter()\n    measure(d, workers)\n", "found"),
        ("import time\nimport requests\nfor workers in (1, 8):\n    t = time.perf_counter()\n    measure(d, workers)\n", "absent"),
        (
            "import time\nfor i in range(n):\n    l = DataLoader(d, num_workers=i + 1)\n    t = time.time()\n    list(l)\n",
            "found",
        ),
        (
            "import time\nfor k, w in enumerate([0, 4]):\n    l = DataLoader(d, num_workers=w)\n    t = time.time()\n",
            "found",
        ),
        (
            "import time\nfor i in range(4):\n    w = 2**i\n    t = time.time()\n    list(DataLoader(d, num_workers=w))\n",
            "found",
        ),
        (
            "import time\nw = 0\nwhile w < 8:\n    t = time.time()\n    list(DataLoader(d, num_workers=w))\n    w += 2\n",
            "found",
        ),
        (
            "import timeit\nts = {w: timeit.timeit(lambda: list(DataLoader(d, num_workers=w))) for w in (0, 2)}\n",
            "found",
        ),
        (
            "import time\nfor epoch in range(4):\n    t = time.time()\n    list(DataLoader(d, num_workers=2))\n",
            "absent",
        ),
        ("for i in range(4):\n    list(DataLoader(d, num_workers=i))\n", "absent"),
        ("import webdataset as wds\nd = wds.WebDataset('x.tar')\n", "found"),
        ("import ray\nd = ray.data.read_parquet('x')\n", "found"),
        ("DataLoader(d, num_workers=4, persistent_workers=True)\n", "absent"),
        ("# DistributedSampler(d)\n", "absent"),
        ("for worker in workers:\n    print(worker)\n", "absent"),
    ],
)
def test_loading_measured(code: str, outcome: str) -> None:
    assert ask("loading-measured", {"src/data.py": code}).outcome == outcome


TRAINER = "from lightning import Trainer\ndef main(cfg):\n    Trainer(**cfg.trainer)\n"


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"train.py": "from lightning import Trainer\nTrainer(strategy='ddp', devices='auto')\n"}, "found"),
        ({"train.py": "from lightning import Trainer\nTrainer(accelerator='gpu', devices=2)\n"}, "found"),
        ({"train.py": "import torch.nn as nn\nif n > 1:\n    m = nn.DataParallel(m)\n"}, "found"),
        ({"train.py": "from torch.nn.parallel import DistributedDataParallel as DDP\nm = DDP(m)\n"}, "found"),
        ({"train.py": TRAINER, "configs/trainer/gpu.yaml": "strategy: ddp\ndevices: 4\n"}, "found"),
        ({"run.sh": "torchrun --nproc_per_node=2 train.py\n"}, "found"),
        ({"run.sh": "accelerate launch --num_processes 2 train.py\n"}, "found"),
        ({"job.yaml": "spec:\n  args: [torchrun, --nproc_per_node=4, train.py]\n"}, "found"),
        ({"accelerate.yaml": "distributed_type: MULTI_GPU\nnum_processes: 2\n"}, "found"),
        ({"train.py": "import tensorflow as tf\ns = tf.distribute.MirroredStrategy()\n"}, "found"),
        ({"train.py": "from lightning import Trainer\nTrainer(accelerator='auto', devices=1)\n"}, "absent"),
        ({"train.py": "from lightning import Trainer\nTrainer(devices='auto')\n"}, "absent"),
        ({"train.py": "from lightning import Trainer\nTrainer(strategy='ddp', devices=[6])\n"}, "absent"),
        ({"train.py": TRAINER, "configs/trainer/cpu.yaml": "strategy: auto\ndevices: 1\nnum_nodes: 1\n"}, "absent"),
        ({"train.py": TRAINER, ".github/workflows/t.yaml": "on: push\njobs:\n  t:\n    strategy:\n      matrix: {os: [a, b]}\n"}, "absent"),
        ({"train.py": "from transformers import TrainingArguments\nTrainingArguments(save_strategy='epoch', eval_strategy='steps')\n"}, "absent"),
        ({"train.py": "# Trainer(strategy='ddp')\n"}, "absent"),
        ({"run.sh": "torchrun --nproc_per_node=1 train.py\n# accelerate launch --multi_gpu train.py\n"}, "absent"),
        ({"requirements.txt": "accelerate\ndeepspeed\n"}, "absent"),
        ({"train.py": "from lightning import Trainer\nTrainer(strategy='ddp'\n"}, "unknown"),
    ],
)  # fmt: skip
def test_distributed_training(files: dict[str, str], outcome: str) -> None:
    assert ask("distributed-training", files).outcome == outcome


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"train.py": "from lightning import Trainer\nTrainer(devices='auto')\n"}, "found"),
        ({"train.py": "from accelerate import Accelerator\na = Accelerator()\n"}, "found"),
        ({"train.py": "from lightning import Trainer\nTrainer(devices=1)\n"}, "absent"),
        ({"train.py": "from lightning import Trainer\nTrainer(accelerator='gpu')  # devices\n"}, "found"),
    ],
)
def test_distributed_ready(files: dict[str, str], outcome: str) -> None:
    assert ask("distributed-ready", files).outcome == outcome


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("import torch\nmodel = torch.compile(model)\n", "found"),
        ("import torch\ns = torch.jit.script(model)\n", "found"),
        ("model.to_torchscript('m.pt')\n", "found"),
        ("from torch.quantization import quantize_dynamic\nq = quantize_dynamic(m, {L})\n", "found"),
        ("from onnxruntime.quantization import quantize_dynamic\nquantize_dynamic('a', 'b')\n", "found"),
        ("from transformers import BitsAndBytesConfig\nc = BitsAndBytesConfig(load_in_4bit=True)\n", "found"),
        ("from torch.nn.utils import prune\nprune.l1_unstructured(m, 'weight', 0.3)\n", "found"),
        (
            "import torch.nn.functional as F\ndef distil(student, teacher):\n    return F.kl_div(student, teacher)\n",
            "found",
        ),
        ("import torch\n@torch.compile\ndef f(x):\n    return x\n", "found"),
        ("import re\nre.compile('x')\nmodel.compile(optimizer='adam')\n", "absent"),
        ("import numpy as np\nx = a.astype(np.int8)\n", "absent"),
        ("from lightning import Trainer\nTrainer(precision='16-mixed')  # quantization\n", "absent"),
        ("def prune_rare(d):\n    return d.prune()\n", "absent"),
        ("import torch\ntorch.onnx.export(m, x, 'm.onnx')  # no quantization\n", "absent"),
        ("# model = torch.compile(model)\n", "absent"),
        ("import torch.nn.functional as F\ndef loss(p, q):\n    return F.kl_div(p, q)  # jit\n", "absent"),
        ("import torch\ntorch.jit.script(\n", "unknown"),
    ],
)
def test_inference_optimised(code: str, outcome: str) -> None:
    assert ask("inference-optimised", {"src/fish/speed.py": code}).outcome == outcome


def test_tests_do_not_optimise() -> None:
    files = {"tests/test_speed.py": "import torch\ntorch.compile(m)\n"}
    assert ask("inference-optimised", files).outcome == "absent"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ("import torch\nmodel = torch.compile(net)\nloss.backward()\n", "absent"),
        ("import torch\nmodel = torch.compile(net)\nmodel(x)\n", "found"),
        ("import torch\nloss.backward()\nq = torch.quantization.quantize_dynamic(net)\n", "found"),
    ],
)
def test_compilation_in_training_does_not_speed_up_inference(code: str, outcome: str) -> None:
    assert ask("inference-optimised", {"src/a.py": code}).outcome == "found"
    assert ask("inference-optimised-beyond-training", {"src/a.py": code}).outcome == outcome


@pytest.mark.parametrize(
    ("probe", "code", "outcome"),
    [
        ("distributed-by-default", "from torch import nn\nm = nn.DataParallel(m)\n", "found"),
        ("distributed-by-default", "from torch import nn\nif args.multi_gpu:\n    m = nn.DataParallel(m)\n", "absent"),
        ("distributed-by-default", "from torch import nn\nif __name__ == '__main__':\n    m = nn.DataParallel(m)\n", "found"),
        ("distributed-by-default", "from torch import nn\nif one:\n    pass\nelse:\n    m = nn.DataParallel(m)\n", "absent"),
        ("inference-graph", "import torch\ntorch.onnx.export(m, x, 'a.onnx')\n", "found"),
        ("inference-graph", "import onnxsim\nonnxsim.simplify(m)\n", "found"),
        ("inference-graph", "from ultralytics import YOLO\nYOLO('a').export(format='openvino')\n", "found"),
        ("inference-graph", "import onnxruntime as ort\ns = ort.InferenceSession('a.onnx')\n", "found"),
        ("inference-graph", "frame.export(format='csv')\n", "absent"),
        ("inference-graph", "# torch.onnx.export(m)\n", "absent"),
        ("inference-optimised", "import openvino as ov\nm = ov.Core().compile_model('a.xml')\n", "found"),
        ("inference-optimised-beyond-training", "import torch\nm = torch.jit.script(m)\nm.save('a.pt')\n", "absent"),
        ("inference-optimised-beyond-training", "import torch\nm = torch.compile(m)\nm(x)\n", "found"),
        ("inference-optimised-beyond-training", "from transformers import BitsAndBytesConfig\nc = BitsAndBytesConfig(load_in_4bit=True)\nt.fit(m)\n", "absent"),
    ],
)  # fmt: skip
def test_signs_and_plain_evidence(probe: str, code: str, outcome: str) -> None:
    assert ask(probe, {"src/leaf/speed.py": code}).outcome == outcome


def test_the_nearest_miss_is_the_number_that_is_0() -> None:
    answer = ask("parallel-loading", {"data.py": LOADER + "n = 0\nDataLoader(d, num_workers=n)\n"})
    assert answer.evidence[0].sources[0] == "data.py:3"
