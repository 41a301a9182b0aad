"""The probes on layout, data, model, training, data versions and uploaded code."""

from datetime import UTC, datetime

import pytest
from conftest import ask

from auditor.repository import Commit, History

MOMENT = datetime(2026, 1, 5, tzinfo=UTC)
POINTER = "outs:\n- md5: 3b1c0d.dir\n  size: 812345\n  nfiles: 40\n  hash: md5\n  path: data\n"
CLOUD = "outs:\n- path: data\n  hash: md5\n  files:\n  - relpath: a.csv\n    cloud:\n      gcs:\n        etag: CJ=\n"
TINY = "outs:\n- md5: 3b1c0d\n  size: 6\n  hash: md5\n  path: probe.txt\n"


def remote(url: str, name: str = "store", core: str = "store") -> str:
    head = f"[core]\n    remote = {core}\n" if core else ""
    return f"{head}['remote \"{name}\"']\n    url = {url}\n"


def past(*subjects: str) -> History:
    """A history with these subjects, oldest first."""
    commits = [
        Commit(f"{n:040x}", (f"{n - 1:040x}",) if n else (), "Ada", "a@b.dk", MOMENT, "Ada", MOMENT, subject)
        for n, subject in enumerate(subjects)
    ]
    return History(commits=tuple(reversed(commits)))


# -- layout ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("paths", "outcome"),
    [
        (["src/birds/data.py", "src/birds/model.py", "src/birds/train.py", "src/birds/api.py"], "found"),
        (["src/birds/data.py", "src/birds/model.py", "src/birds/train.py"], "absent"),
        (["src/a/data.py", "src/a/model.py", "src/b/train.py", "src/b/api.py"], "absent"),
        (["birds/data/make_dataset.py", "birds/models/model.py", "birds/train_model.py"], "found"),
        (["src/data/make_dataset.py", "src/features/build_features.py", "src/models/train_model.py"], "found"),
        (["birds/config.py", "birds/dataset.py", "birds/features.py", "birds/modeling/train.py"], "found"),
        (["test_environment.py", "Makefile"], "found"),
        ([".cruft.json"], "found"),
        (["data/raw/a.txt", "models/a.txt", "reports/a.txt", "src/a.py"], "absent"),
    ],
)
def test_template_layout_by_files(paths: list[str], outcome: str) -> None:
    assert ask("template-layout", dict.fromkeys(paths, "x = 1\n")).outcome == outcome


@pytest.mark.parametrize(
    ("readme", "outcome"),
    [
        ("Created with [mlops_template](https://github.com/x/mlops_template)\n", "found"),
        ("Based on cookiecutter-data-science.\n", "found"),
        ("* [x] Create the initial file structure using cookiecutter (M6)\n", "absent"),
        ("- [ ] Create the initial file structure using cookiecutter\n", "absent"),
        ("> **We expect that you used the cookiecutter template. Explain.**\n", "absent"),
        ("We did not use the cookiecutter template.\n", "absent"),
        ("A bird classifier.\n", "absent"),
    ],
)
def test_template_layout_by_readme(readme: str, outcome: str) -> None:
    assert ask("template-layout", {"README.md": "# Birds\n\n" + readme}).outcome == outcome


@pytest.mark.parametrize(
    ("subject", "outcome"),
    [
        ("Initial cookiecutter", "found"),
        ("add project template", "found"),
        ("Initial project skeleton", "found"),
        ("add template for report", "absent"),
        ("add report template", "absent"),
        ("Add pull request template", "absent"),
        ("fix the folder structure", "absent"),
    ],
)
def test_template_layout_by_an_early_commit(subject: str, outcome: str) -> None:
    assert ask("template-layout", {"a.txt": "x"}, history=past("init", subject)).outcome == outcome
    late = past(*["work"] * 60, subject)
    assert ask("template-layout", {"a.txt": "x"}, history=late).outcome == "absent"


# -- data code ---------------------------------------------------------------------------------------------------------

DATASET = (
    "from torch.utils.data import Dataset\n\nclass Birds(Dataset):\n    def __getitem__(self, i):\n        {body}\n"
)


@pytest.mark.parametrize(
    ("path", "code", "outcome"),
    [
        ("src/birds/data.py", DATASET.format(body="return self.rows[i]"), "found"),
        ("src/birds/data.py", DATASET.format(body='"""Return a given sample."""'), "absent"),
        ("src/birds/data.py", DATASET.format(body="raise NotImplementedError"), "absent"),
        ("src/birds/core.py", "import pandas as pd\ndef preprocess(p):\n    return pd.read_csv(p).dropna()\n", "found"),
        ("src/birds/core.py", "import pandas as pd\ndef preprocess(p):\n    '''pd.read_csv(data)'''\n    print('Preprocessing')\n", "absent"),
        ("src/birds/core.py", "from datasets import load_dataset\ndef download():\n    load_dataset('a/b')\n", "found"),
        ("scripts/fetch_data.py", "import urllib.request\nurllib.request.urlretrieve(URL, 'data.zip')\n", "found"),
        ("src/birds/lit.py", "import lightning as L\nclass DM(L.LightningDataModule):\n    def setup(self, stage):\n        self.a = 1\n", "found"),
        ("tests/test_data.py", DATASET.format(body="return self.rows[i]"), "absent"),
        ("src/birds/api.py", "import pandas as pd\ndef load_data(p):\n    return pd.read_csv(p)\n", "absent"),
        ("src/birds/data_drift.py", "import pandas as pd\nreference_data = pd.read_csv('x')\n", "absent"),
        ("src/birds/train.py", "import torch\ndef save_model(m):\n    torch.save(m, 'data/model.pt')\n", "absent"),
        ("src/birds/data.py", "# import pandas as pd; pd.read_csv('data')\n", "absent"),
        ("src/birds/data.py", "def load(data:\n", "unknown"),
    ],
)  # fmt: skip
def test_data_code(path: str, code: str, outcome: str) -> None:
    assert ask("data-code", {path: code}).outcome == outcome


def test_the_templates_own_data_module_is_no_data_code() -> None:
    stub = (
        "from pathlib import Path\n\nimport typer\nfrom torch.utils.data import Dataset\n\n\nclass MyDataset(Dataset):\n"
        '    """My custom dataset."""\n\n    def __init__(self, data_path: Path) -> None:\n        self.data_path = data_path\n\n'
        '    def __len__(self) -> int:\n        """Return the length of the dataset."""\n\n'
        '    def __getitem__(self, index: int):\n        """Return a given sample from the dataset."""\n\n'
        "    def preprocess(self, output_folder: Path) -> None:\n"
        '        """Preprocess the raw data and save it to the output folder."""\n\n\n'
        "def preprocess(data_path: Path, output_folder: Path) -> None:\n"
        '    print("Preprocessing data...")\n    dataset = MyDataset(data_path)\n    dataset.preprocess(output_folder)\n\n\n'
        'if __name__ == "__main__":\n    typer.run(preprocess)\n'
    )
    assert ask("data-code", {"src/birds/data.py": stub + "\n\nOWN = 1\n"}).outcome == "absent"


@pytest.mark.parametrize(
    ("path", "code", "outcome"),
    [
        ("src/a.py", "from datasets import load_dataset\nx = load_dataset('a')\n", "found"),
        ("src/a.py", "import kagglehub\nkagglehub.dataset_download('a/b')\n", "found"),
        ("src/a.py", "from torchvision import datasets\ndatasets.MNIST('x', download=True)\n", "found"),
        ("src/a.py", "from torchvision import datasets\ndatasets.MNIST('x', download=False)\n", "absent"),
        ("src/a.py", "import subprocess\nsubprocess.run(['dvc', 'pull'])\n", "found"),
        ("src/a.py", "cmd = ['gsutil', '-m', 'rsync', '-r', uri, str(folder)]\n", "found"),
        ("src/a.py", "def f(blob):\n    blob.download_to_filename('raw_data.zip')\n", "found"),
        ("src/a.py", "def f(blob):\n    blob.download_to_filename('model.pth')\n", "absent"),
        ("src/a.py", "import requests\nrequests.get('http://metadata.google.internal/x')\n", "absent"),
        ("frontend/app.py", "import requests\nrequests.get(URL + '/data')\n", "absent"),
        ("src/a.py", "from huggingface_hub import snapshot_download\nsnapshot_download('a', repo_type='model')\n", "absent"),
        ("Makefile", "data:\n\tdvc pull\n", "found"),
        ("Makefile", "data:\n\taws s3 sync data/ s3://b/data/\n", "absent"),
        ("run.sh", "gsutil cp -r gs://birds/data .\n", "found"),
        ("run.sh", "gsutil cp -r out gs://birds/data\n", "absent"),
        ("run.sh", "gsutil cp gs://birds/models/model.ckpt .\n", "absent"),
        ("run.sh", "# dvc pull\n", "absent"),
        ("cloudbuild.yaml", "steps:\n- name: gcr.io/cloud-builders/gsutil\n  args: [cp, -r, 'gs://birds/data', /workspace]\n", "found"),
        (".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: dvc pull\n", "found"),
        (".github/workflows/a.yml", "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n    - run: dvc pull\n      if: false\n", "absent"),
    ],
)  # fmt: skip
def test_data_download(path: str, code: str, outcome: str) -> None:
    assert ask("data-download", {path: code}).outcome == outcome


# -- model and training ------------------------------------------------------------------------------------------------

NET = "from torch import nn\nclass Net({base}):\n    def __init__(self):\n        super().__init__()\n        self.a = nn.Linear(1, 1)\n"


@pytest.mark.parametrize(
    ("path", "code", "outcome"),
    [
        ("src/model.py", NET.format(base="nn.Module"), "found"),
        ("src/model.py", "import lightning.pytorch as pl\nclass M(pl.LightningModule):\n    def forward(self, x):\n        return x\n", "found"),
        ("src/model.py", "from torch import nn\nclass Model(nn.Module):\n    '''A model.'''\n", "absent"),
        ("src/model.py", "from torch import nn\nclass FocalLoss(nn.Module):\n    def forward(self, x):\n        return x\n", "absent"),
        ("src/model.py", "from pydantic import BaseModel\nclass Model(BaseModel):\n    x: int\n", "absent"),
        ("src/model.py", "import timm\nmodel = timm.create_model('resnet18')\n", "found"),
        ("src/model.py", "from ultralytics import YOLO\nmodel = YOLO('n.pt')\n", "found"),
        ("src/model.py", "from sklearn.ensemble import RandomForestClassifier\nm = RandomForestClassifier()\n", "found"),
        ("src/model.py", "from torchvision.models import ResNet18_Weights\nw = ResNet18_Weights.DEFAULT\nmodel = 1\n", "absent"),
        ("src/train.py", "import torch\nfrom vit import ViT\nmodel = ViT(dim=4)\nopt = torch.optim.Adam(model.parameters())\n", "found"),
        ("tests/test_model.py", NET.format(base="nn.Module"), "absent"),
        ("src/model.py", "# model\n", "absent"),
        ("src/model.py", "class Model(nn.Module:\n", "unknown"),
    ],
)  # fmt: skip
def test_model_defined(path: str, code: str, outcome: str) -> None:
    assert ask("model-defined", {path: code}).outcome == outcome


LOOP = "def train(model, loader, opt):\n    for x in loader:\n        loss = model(x)\n        loss.backward()\n        opt.step()\n"


@pytest.mark.parametrize(
    ("path", "code", "outcome"),
    [
        ("src/train.py", LOOP, "found"),
        ("src/train.py", LOOP.replace("        opt.step()\n", ""), "absent"),
        ("src/loop.py", "import lightning as L\ntrainer = L.Trainer()\ntrainer.fit(model, dm)\n", "found"),
        ("src/loop.py", "from lightning import Trainer\nTrainer(max_epochs=1).fit(model, dm)\n", "found"),
        ("src/loop.py", "from lightning.pytorch.cli import LightningCLI\nLightningCLI(M, D)\n", "found"),
        ("src/loop.py", "from ray.train.torch import TorchTrainer\ntrainer = TorchTrainer(f)\ntrainer.fit()\n", "found"),
        ("src/loop.py", "from lightning import Trainer\nTrainer().test(model, dm)\n", "absent"),
        ("src/loop.py", "from transformers import Trainer\nt = Trainer(model=m)\nt.train()\n", "found"),
        ("src/loop.py", "import torch\nmodel.train()\ntrainer = 1\n", "absent"),
        ("src/loop.py", "from transformers import AutoModel\nmodel = AutoModel.from_pretrained('x')\nmodel.train()\n", "absent"),
        ("src/loop.py", "from ultralytics import YOLO\nYOLO('n.pt').train(data='a.yaml', epochs=1)\n", "found"),
        ("src/loop.py", "from sklearn.linear_model import Ridge\nm = Ridge()\nm.fit(X, y)\n", "found"),
        ("src/loop.py", "from sklearn.preprocessing import StandardScaler\nscaler = StandardScaler()\nscaler.fit(X)\n", "absent"),
        ("src/loop.py", "import xgboost as xgb\nxgb.train(params, dtrain)\n", "found"),
        ("src/loop.py", "import optax\nparams = optax.apply_updates(params, updates)\n", "found"),
        ("src/loop.py", "from tensorflow import keras\nmodel = keras.Sequential()\nmodel.fit(ds, epochs=3)\n", "found"),
        ("tests/test_train.py", LOOP, "absent"),
        ("src/train.py", "def train():\n    # trainer.fit(model)\n    # add rest of your training code here\n    pass\n", "absent"),
        ("src/train.py", "def train(:\n    trainer\n", "unknown"),
        ("run.sh", "uv run accelerate launch --mixed_precision fp16 train_dreambooth.py\n", "found"),
        ("run.sh", "yolo detect train data=a.yaml\n", "found"),
        ("run.sh", "accelerate launch generate.py\n", "absent"),
        ("run.sh", "# yolo detect train data=a.yaml\n", "absent"),
    ],
)  # fmt: skip
def test_training_code(path: str, code: str, outcome: str) -> None:
    assert ask("training-code", {path: code}).outcome == outcome


def test_training_code_shows_the_main_script_first() -> None:
    files = {
        "scripts/profile.py": LOOP,
        "src/train_sweep.py": LOOP,
        "src/train.py": LOOP,
        "src/train_model2.py": "x = 1\n",
    }
    assert [e.path for e in ask("training-code", files).evidence] == [
        "src/train.py",
        "src/train_sweep.py",
        "scripts/profile.py",
    ]


# -- data under version control ----------------------------------------------------------------------------------------

GS = remote("gs://birds-data")


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({".dvc/config": GS, "data.dvc": POINTER}, "found"),
        ({".dvc/config": GS, "data/raw.dvc": CLOUD}, "found"),
        ({"data.dvc": POINTER}, "found"),
        ({".dvc/config": GS}, "absent"),
        ({".dvc/config": GS, "data.dvc": ""}, "absent"),
        ({".dvc/config": GS, "data.dvc": "# outs:\n# - md5: a\n"}, "absent"),
        ({".dvc/config": GS, "try.dvc": TINY}, "absent"),
        ({".dvc/config": GS, "models/best.ckpt.dvc": POINTER}, "absent"),
        ({".dvc/config": GS, "data/labels.pt.dvc": POINTER}, "found"),
        ({"dvc.yaml": "stages:\n  prepare:\n    cmd: python prepare.py\n    outs:\n    - data/processed\n"}, "found"),
        ({"dvc.yaml": "stages:\n  prepare:\n    cmd: python prepare.py\n"}, "absent"),
        ({"dvc.yaml": "stages: [\n"}, "unknown"),
        ({".gitattributes": "data/** filter=lfs diff=lfs merge=lfs\n", "data/a.csv": "v\n"}, "found"),
        ({".gitattributes": "data/** filter=lfs diff=lfs merge=lfs\n"}, "absent"),
        ({".gitattributes": "*.ckpt filter=lfs\n", "models/a.ckpt": "v\n"}, "absent"),
        ({".gitattributes": "# *.csv filter=lfs\n", "data/a.csv": "v\n"}, "absent"),
        ({"src/a.py": "import wandb\nwandb.Artifact('birds', type='dataset')\n"}, "found"),
        ({"src/a.py": "import wandb\nwandb.Artifact('birds', type='model')\n"}, "absent"),
        ({"src/a.py": "import mlflow\nmlflow.log_input(ds)\n"}, "found"),
        ({"src/a.py": "dataset.push_to_hub('a/b')\nmodel.push_to_hub('a/c')\n"}, "found"),
        ({"src/a.py": "model.push_to_hub('a/c')\n"}, "absent"),
        ({"setup.sh": "gsutil versioning set on gs://birds\n"}, "found"),
        ({"setup.sh": "gsutil mb gs://birds  # versioning\n"}, "absent"),
        ({"main.tf": 'resource "google_storage_bucket" "d" {\n  versioning {\n    enabled = true\n  }\n}\n'}, "found"),
        ({"requirements.txt": "dvc\n", ".dvcignore": "\n"}, "absent"),
    ],
)
def test_data_versioned(files: dict[str, str], outcome: str) -> None:
    assert ask("data-versioned", files).outcome == outcome


def test_data_versioned_names_the_remote_and_shows_no_credentials() -> None:
    files = {".dvc/config": GS, "data.dvc": POINTER, "test.dvc": TINY, "models/a.onnx.dvc": POINTER}
    found = ask("data-versioned", files).evidence
    assert [e.path for e in found] == ["data.dvc", ".dvc/config"]
    assert found[0].note == "DVC pointer. Remote: gs://birds-data"
    secret = {".dvc/config": remote("https://ada:hunter2@store.dk/data"), "data.dvc": POINTER}
    assert "hunter2" not in ask("data-versioned", secret).evidence[0].note


def test_a_pointer_with_a_very_long_file_list_counts() -> None:
    rows = "".join(f"  - relpath: image{i:06}.png\n    md5: {i:032}\n" for i in range(20_000))
    files = {".dvc/config": GS, "data.dvc": "outs:\n- path: data\n  hash: md5\n  files:\n" + rows}
    assert len(files["data.dvc"]) > 1_000_000
    assert ask("data-versioned", files).outcome == "found"
    assert ask("dvc-remote-gcs", files).outcome == "found"


@pytest.mark.parametrize(
    ("config", "pointer", "gcs", "elsewhere"),
    [
        (GS, POINTER, "found", "absent"),
        (remote("s3://birds"), POINTER, "absent", "found"),
        (remote("gdrive://1aB"), POINTER, "absent", "found"),
        (remote("C:/Users/ada/store"), POINTER, "absent", "absent"),
        (remote("/tmp/store"), POINTER, "absent", "absent"),
        (GS, "", "absent", "absent"),
        (remote("gs://"), POINTER, "absent", "absent"),
        (remote("gs://<your-bucket>"), POINTER, "absent", "absent"),
        (remote("gs://birds", core=""), POINTER, "found", "absent"),
        (remote("gdrive://1aB") + remote("gs://old", "other", ""), POINTER, "absent", "found"),
        (GS + remote("s3://old", "other", ""), POINTER, "found", "absent"),
        (remote("remote://other/data") + remote("gs://birds", "other", ""), POINTER, "found", "absent"),
        ('[core]\n    remote = a\n[remote "a"]\n    url = gs://birds\n', POINTER, "found", "absent"),
        ("#" + GS.replace("\n", "\n#"), POINTER, "absent", "absent"),
    ],
)
def test_dvc_remotes(config: str, pointer: str, gcs: str, elsewhere: str) -> None:
    files = {"data/.dvc/config": config, "data/raw.dvc": pointer}
    assert ask("dvc-remote-gcs", files).outcome == gcs
    assert ask("dvc-remote-elsewhere", files).outcome == elsewhere


def test_dvc_remote_names_its_store() -> None:
    files = {".dvc/config": remote("azure://birds/data"), "data.dvc": POINTER}
    assert ask("dvc-remote-elsewhere", files).evidence[0].note == "default remote `store` in Azure storage."


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({".dvc/config": GS}, "found"),
        ({"models/best.dvc": POINTER}, "found"),
        ({".dvc/config": "[core]\n    analytics = false\n"}, "absent"),
        ({"requirements.txt": "dvc\n"}, "absent"),
    ],
)
def test_dvc_configured(files: dict[str, str], outcome: str) -> None:
    assert ask("dvc-configured", files).outcome == outcome


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        ("src/a.py", "from google.cloud import storage\nc = storage.Client()\n", "found"),
        ("src/a.py", "URI = 'gs://birds/model'\n", "found"),
        ("src/a.py", "URI = f'/gcs/{BUCKET}/model'\n", "found"),
        ("src/a.py", "'''Copies gs://birds/model.'''\n# gs://birds\n", "absent"),
        ("configs/a.yaml", "path: gs://birds/data\n", "found"),
        ("configs/a.yaml", "# path: gs://birds/data\n", "absent"),
        ("requirements.txt", "google-cloud-storage\n", "absent"),
        ("tests/test_a.py", "URI = 'gs://birds/model'\n", "absent"),
    ],
)
def test_bucket_used(path: str, text: str, outcome: str) -> None:
    assert ask("bucket-used", {path: text}).outcome == outcome


# -- all code ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"src/birds/train.py": LOOP}, "found"),
        ({"train.py": "import os\na = 1\nb = a + 1\nprint(b)\n"}, "found"),
        ({"src/birds/train.py": "def train():\n    '''Train.'''\n"}, "absent"),
        ({"src/birds/__init__.py": "", "src/birds/a.py": "VERSION = 1\n"}, "absent"),
        ({"tests/test_a.py": LOOP}, "absent"),
        ({"README.md": "# Birds\n"}, "absent"),
        ({"train.py": "def train(:\n"}, "unknown"),
    ],
)
def test_code_uploaded(files: dict[str, str], outcome: str) -> None:
    assert ask("code-uploaded", files).outcome == outcome


def test_code_uploaded_names_what_is_missing() -> None:
    files = {
        "src/birds/__init__.py": "",
        "src/birds/models/__init__.py": "",
        "src/birds/train.py": "from birds.models.net import Net\n" + LOOP,
        "src/birds/broken.py": "def f(:\n",
    }
    note = ask("code-uploaded", files).evidence[0].note
    assert "`birds.models.net.Net` (src/birds/train.py:1)" in note
    assert "does not parse: src/birds/broken.py" in note
    assert note.startswith("1 own Python file outside tests, 6 lines of code; ")


@pytest.mark.parametrize(
    ("path", "text", "outcome"),
    [
        (
            "src/fish/data.py",
            "import urllib.request\nurllib.request.urlretrieve('https://x.dk/fish.csv', 'fish.csv')\n",
            "found",
        ),
        (
            "src/fish/data.py",
            "from datasets import load_dataset\ndef get():\n    return load_dataset('fish')\n",
            "found",
        ),
        ("src/fish/data.py", "import kagglehub\nkagglehub.dataset_download('a/fish')\n", "found"),
        ("src/fish/data.py", "import torchvision\ntorchvision.datasets.MNIST('data', download=True)\n", "found"),
        ("src/fish/data.py", "import subprocess\nsubprocess.run(['dvc', 'pull'])\n", "found"),
        (
            "src/fish/steps.py",
            "from datasets import load_dataset\ndef download_data():\n    return load_dataset('fish')\n",
            "found",
        ),
        (
            "src/data/make_dataset.py",
            "import pandas as pd\ndef main(path):\n    pd.read_csv(path).to_csv('b.csv')\n",
            "absent",
        ),
        ("src/fish/data.py", "import torch\ntorch.load('data/a.pt')\n", "absent"),
        ("src/fish/data.py", "import torchvision\ntorchvision.datasets.MNIST('data', download=False)\n", "absent"),
        (".github/workflows/a.yml", "on: push\njobs: {a: {runs-on: x, steps: [{run: dvc pull}]}}\n", "absent"),
        ("notebooks/data.ipynb", '{"cells": []}', "absent"),
    ],
)
def test_data_that_are_fetched(path: str, text: str, outcome: str) -> None:
    assert ask("data-fetched", {path: text}).outcome == outcome


def test_a_template_that_is_only_spoken_of() -> None:
    files = {"README.md": "# Birds\n\nMade with a cookiecutter template.\n", "src/train.py": "x = 1\n"}
    assert ask("template-layout", files).outcome == "found"
    assert ask("template-files", files).outcome == "absent"


@pytest.mark.parametrize(
    ("code", "outcome"),
    [
        ('from huggingface_hub import hf_hub_download\nhf_hub_download("birds/photos", "a.zip", repo_type="dataset")\n', "found"),
        ('from huggingface_hub import snapshot_download\nsnapshot_download("birds/photos", repo_type="dataset")\n', "found"),
        ('from huggingface_hub import hf_hub_download\nhf_hub_download("birds/model", "model.pt")\n', "absent"),
        ('import kagglehub\nkagglehub.dataset_download("birds/photos")\n', "found"),
        ('import wandb\nrun = wandb.init()\nrun.use_artifact("photos:latest")\n', "found"),
        ("import kagglehub\n", "absent"),
        ('script = f"""\nhf_hub_download(REPO, name, repo_type="dataset")\n"""\n', "found"),
    ],
)  # fmt: skip
def test_data_on_hub(code: str, outcome: str) -> None:
    assert ask("data-on-hub", {"src/birds/data.py": code}).outcome == outcome
