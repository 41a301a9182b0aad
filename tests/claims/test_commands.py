"""Claims about commands, tasks, options and settings."""

import pytest
from conftest import contradicted, report, settle

from auditor.claims import Repo
from auditor.claims import load as load_checks
from auditor.prose import read_prose
from auditor.snapshot import Snapshot

TASKS = """
from invoke import task

@task
def train(ctx, epochs=3, quick=False):
    ctx.run("python src/rainfall/train.py")

@task(aliases=("docs",))
def build_docs(ctx):
    ctx.run("mkdocs build")

@task
def deploy_api(ctx, region):
    ctx.run("gcloud run deploy")
"""
HYDRA = """
import hydra

@hydra.main(config_path="../../configs", config_name="config", version_base=None)
def main(cfg):
    print(cfg.lr)
    fit(cfg)

def fit(cfg):
    return cfg
"""
ARGPARSE = """
import argparse

def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch-size", type=int)
    args = parser.parse_args()
"""
TYPER = """
import typer

app = typer.Typer()

@app.command()
def predict(path: str, top_k: int = 3):
    total = path * top_k
    save(total)
"""
FILES = {
    "src/rainfall/__init__.py": "",
    "src/rainfall/train.py": HYDRA,
    "src/rainfall/evaluate.py": ARGPARSE,
    "src/rainfall/predict.py": TYPER,
    "src/rainfall/plain.py": "import torch\nprint(1)\n",
    "src/rainfall/api.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "configs/config.yaml": "defaults:\n- model: small\nlr: 0.01\ndata:\n  batch_size: 32\n",
    "configs/model/small.yaml": "hidden_dims: 3\n",
    "configs/model/large.yaml": "hidden_dims: 9\n",
    "dockerfiles/train.dockerfile": 'FROM python:3.11\nCOPY src/ src/\nENTRYPOINT ["python", "-u", "src/rainfall/train.py"]\n',
    "dockerfiles/evaluate.dockerfile": 'FROM python:3.11\nENTRYPOINT ["python", "src/rainfall/evaluate.py"]\n',
    "tasks.py": TASKS,
    "Makefile": ".PHONY: clean\nrequirements:\n\tpip install .\ntrain_model: requirements\n\tpython x.py\n",
    "requirements.txt": "torch\n",
    "requirements_dev.txt": "pytest\n",
    "tests/load/locustfile.py": "import locust\n",
    "pyproject.toml": '[project]\nname = "rainfall"\n[project.scripts]\nrain-train = "rainfall.train:main"\n',
    ".gitignore": "outputs/\n",
    "reports/README.md": "",
}


def spans(check: str, commands: list[str], answer: str = "We run `{}` for this.") -> list[list[str]]:
    return [contradicted(check, {"configuration": answer.replace("{}", c)}, FILES) for c in commands]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("docker build -f dockerfiles/train.dockerfile -t train:latest .", []),
        ("docker build -f train.dockerfile -t train:latest .", ["command:train.dockerfile"]),
        ("docker build -f dockerfiles/serve.dockerfile .", ["command:dockerfiles/serve.dockerfile"]),
        ("docker build -f evaluate.dockerfile -t e .", []),  # in dockerfiles: it copies nothing
        ("docker build -f dockerfiles/train.dockerfil .", ["command:dockerfiles/train.dockerfil"]),
        ("docker build -t train .", ["command:docker build ."]),
        ("docker build -f <file> .", []),
        ("docker build -f $FILE .", []),
        ("docker compose up", ["command:docker compose up"]),
        ("python src/rainfall/train.py", []),
        ("uv run python ./src/rainfall/train.py lr=0.1", []),
        ("python train.py", []),  # in src/rainfall
        ("python src/train.py", ["command:src/train.py"]),
        ("python Train.py", ["command:Train.py"]),
        ("python rainfall/train", ["command:rainfall/train"]),
        ("python path/to/script.py", []),
        ("python your_script.py", []),
        ("python -m venv env", []),
        ("python -m rainfall.train", []),
        ("python -m src.train", ["module:src.train"]),
        ("docker run --rm -v $(pwd):/app train:latest python -m src.train", ["module:src.train"]),
        ("python -m torch.distributed.run", []),
        ("pip install -r requirements.txt", []),
        ("pip install -r requirements-dev.txt", ["command:requirements-dev.txt"]),
        ("conda env create -f environment.yml", ["command:environment.yml"]),
        ("uvicorn rainfall.api:app --reload", []),
        ("uvicorn src.rainfall.api:app", []),
        ("uvicorn rainfall.api:application", ["command:rainfall.api:application"]),
        ("streamlit run src/rainfall/frontend.py", ["command:src/rainfall/frontend.py"]),
        ("locust -f tests/load/locustfile.py", []),
        ("locust -f tests/locustfile.py", ["command:tests/locustfile.py"]),
        ("dvc repro", ["command:dvc repro"]),
        ("pre-commit run --all-files", ["command:pre-commit run"]),
        ("pytest tests/load", []),
        ("pytest tests/test_data.py -v", ["command:tests/test_data.py"]),
        ("python outputs/run.py", []),
        ("conda create -n rain python=3.11", []),
    ],
)
def test_files(command: str, expected: list[str]) -> None:
    assert spans("commands-files", [command]) == [expected]
    fence = f"We run:\n\n```bash\n$ {command}\n```"
    assert contradicted("commands-files", {"configuration": fence}, FILES) == expected


@pytest.mark.parametrize(
    "answer",
    [
        "In the course one runs `python corrupt_mnist.py`.",
        "If we had more time we could have used `docker build -f gpu.dockerfile .`.",
        "At first we ran `python old.py`.",
        "We do not run `python gone.py`.",
        "Its entrypoint runs `streamlit run serve_page.py`.",
        "From the `src/rainfall` folder we run `python train.py`.",
        "We run:\n\n```bash\ncd src/rainfall\npython train.py\n```",
        "We run:\n\n```python\npython gone.py\n```",
        "A python script would do it, and docker is nice.",
        "It would be `python gone.py` then.",
    ],
)
def test_files_left_alone(answer: str) -> None:
    assert contradicted("commands-files", {"configuration": answer}, FILES) == []


def test_a_plain_line_is_a_command() -> None:
    answer = "The image is built so:\ndocker build -f train.dockerfile -t train:latest .\nand then it runs."
    assert contradicted("commands-files", {"docker": answer}, FILES) == ["command:train.dockerfile"]
    assert contradicted(
        "commands-files", {"docker": "Running the command python src/train.py you can see it."}, FILES
    ) == ["command:src/train.py"]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("invoke train", []),
        ("uv run invoke train --epochs 3 --quick", []),
        ("inv train build-docs", []),
        ("invoke build_docs", []),
        ("invoke docs", []),
        ("invoke deploy-api europe", []),
        ("invoke deploy-api-to-cloud", ["task:deploy-api-to-cloud"]),
        ("invoke evaluate", ["task:evaluate"]),
        ('invoke train --args "lr=3"', ["task:train"]),
        ("invoke train lr=0.1", ["task:train"]),
        ("invoke --list", []),
        ("invoke <task>", []),
        ("make requirements", []),
        ("make clean train_model", []),
        ("make train", ["target:train"]),
        ("make html X=3", ["target:html"]),
        ("just build", ["target:build"]),
        ("uv run rain-train", []),
        ("uv run train", ["script:train"]),
        ("uv run pytest", []),
        ("uv run mlflow", []),
    ],
)
def test_tasks(command: str, expected: list[str]) -> None:
    assert spans("commands-tasks", [command]) == [expected]


def test_included_and_pattern_rules_are_left_alone() -> None:
    for more in ("include other.mk\n", "%:\n\tsphinx $@\n"):
        files = FILES | {"docs/Makefile": more}
        assert contradicted("commands-tasks", {"configuration": "We run `make html`."}, files) == []


def test_english_is_no_task() -> None:
    answer = "To invoke the service, a user calls it, and we make sure that it works."
    assert contradicted("commands-tasks", {"deployment": answer}, FILES) == []


def test_collections() -> None:
    root = "from invoke import Collection\nimport tasks.ml as ml\nns = Collection()\nns.add_collection(Collection.from_module(ml), name='ml')\n"
    one = "from invoke import task\n\n@task\ndef fit(ctx):\n    ctx.run('x')\n"
    files = {"tasks.py": root, "tasks/ml.py": one}
    assert contradicted("commands-tasks", {"configuration": "We run `invoke fit`."}, files) == ["task:fit"]
    assert contradicted("commands-tasks", {"configuration": "We run `invoke ml.fit`."}, files) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python src/rainfall/evaluate.py --epochs 3 --batch-size 4", []),
        ("python src/rainfall/evaluate.py --epoch 3", []),
        ("python src/rainfall/evaluate.py --lr 3", ["option:--lr"]),
        ("python src/rainfall/predict.py a.png --top-k 3", []),
        ("python src/rainfall/predict.py a.png --top_k 3", ["option:--top_k"]),
        ("python src/rainfall/train.py --config-name quick --multirun", []),
        ("python src/rainfall/train.py --lr 0.1", ["option:--lr"]),
        ("uv run rain-train --lr=0.1", ["option:--lr"]),
        ("python src/rainfall/plain.py --lr 3", ["option:--lr"]),
        ("docker run evaluate:latest --lr 0.1", ["option:--lr"]),
        ("docker run --rm evaluate:latest --epochs 1", []),
        ("docker run other:latest --lr 0.1", []),
        ("python src/rainfall/evaluate.py --help", []),
        ("pytest --cov=src", []),
    ],
)
def test_options(command: str, expected: list[str]) -> None:
    assert spans("commands-options", [command]) == [expected]


def test_parsers_made_elsewhere_are_left_alone() -> None:
    files = FILES | {
        "a.py": "import argparse\nfrom b import more\np = argparse.ArgumentParser()\np.add_argument('--x')\nmore(p)\np.parse_args()\n",
        "c.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x')\np.parse_known_args()\n",
        "d.py": "from e import main\nmain()\n",
        "e.py": "import sys\nprint(sys.argv)\n",
    }
    files |= {
        "f.py": "import argparse\nfrom b import base\np = argparse.ArgumentParser(parents=[base])\np.add_argument('--x')\np.parse_args()\n",
        "g.py": "import argparse\nfrom b import more\noptions = argparse.ArgumentParser()\noptions.add_argument('--x')\nmore(target=options)\noptions.parse_args()\n",
    }
    for name in "acdfg":
        assert contradicted("commands-options", {"configuration": f"We run `python {name}.py --lr 1`."}, files) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python src/rainfall/train.py lr=0.1 data.batch_size=4", []),
        ("python src/rainfall/train.py batch_size=4 training.lr=3", []),
        ("python src/rainfall/train.py model.hidden_dim=4", ["config:model.hidden_dim"]),
        ("python src/rainfall/train.py +model.dropout=4 hydra.run.dir=x ++a.b=1", []),
        ("python src/rainfall/train.py model=large", []),
        ("python src/rainfall/train.py model=small,large -m", []),
        ("python src/rainfall/train.py model=huge", ["config:model=huge"]),
        ("python src/rainfall/train.py model=<name>", []),
        ("python src/rainfall/train.py --config-name quick", ["config:quick"]),
        ("python src/rainfall/train.py --config-name config", []),
        ("python src/rainfall/evaluate.py dropout=3", []),
        ("docker run --rm -e A=b train:latest dropout=0.1", ["config:dropout"]),
        ("docker run evaluate:latest dropout=0.1", []),
        ("LR=3 python src/rainfall/train.py lr=3", []),
        ("conda create -n rain python=3.11", []),
    ],
)
def test_overrides(command: str, expected: list[str]) -> None:
    assert spans("commands-overrides", [command]) == [expected]


def test_folders_parents_and_other_variables_are_no_parsers() -> None:
    code = (
        "import argparse\nfrom pathlib import Path\n\nout = Path('a')\nout.mkdir(parents=True)\n"
        "for p in out.iterdir():\n    print(p)\nparser = argparse.ArgumentParser()\nparser.add_argument('--x')\nparser.parse_args()\n"
    )
    answers = {"configuration": "We run `python a.py --lr 1`."}
    assert contradicted("commands-options", answers, {"a.py": code}) == ["option:--lr"]


def test_a_configuration_that_does_not_parse_says_nothing() -> None:
    files = FILES | {"configs/other.yaml": "a: [\n"}
    answer = {"configuration": "We run `python src/rainfall/train.py dropout=1`."}
    assert contradicted("commands-overrides", answer, FILES) == ["config:dropout"]
    assert contradicted("commands-overrides", answer, files) == []


def test_keys_of_code_are_keys() -> None:
    code = "from dataclasses import dataclass\n\n@dataclass\nclass Settings:\n    dropout: float = 0.1\n"
    answer = {"configuration": "We run `python src/rainfall/train.py dropout=1`."}
    assert contradicted("commands-overrides", answer, FILES | {"src/rainfall/settings.py": code}) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The file `configs/config.yaml` holds `lr: 0.01`.", []),
        ("The file `configs/config.yaml` holds `lr: 1e-2`.", []),
        ("The file `configs/config.yaml` holds `lr: 0.1`.", ["config:lr"]),
        ("The file `configs/config.yaml` holds `batch_size: 64`.", ["config:data.batch_size"]),
        ("The file `configs/config.yaml` holds `momentum: 64`.", []),
        ("We overrode `lr: 0.1` of `configs/config.yaml` and overwrite it.", []),
        ("We write `lr: 0.1` somewhere.", []),
        ("In `configs/config.yaml` one could write `lr: 0.1`.", []),
    ],
)
def test_values(answer: str, expected: list[str]) -> None:
    assert contradicted("configuration-values", {"configuration": answer}, FILES) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("Run `git clone https://github.com/rain/rainfall.git`.", []),
        ("Run `git clone https://github.com/fork/rainfall`.", []),
        ("Run `git clone https://github.com/snow/snowfall.git`.", ["repo:snow/snowfall"]),
        ("Run `git clone https://github.com/<you>/<name>.git`.", []),
        ("Run `git clone https://github.com/SkafteNicki/mlops_template`.", []),
    ],
)
def test_foreign_clone(answer: str, expected: list[str]) -> None:
    known = "See https://github.com/rain/rainfall/blob/main/tasks.py for our tasks."
    assert contradicted("foreign-clone", {"dependencies": answer, "docker": known}, FILES) == expected
    assert contradicted("foreign-clone", {"dependencies": answer}, FILES) == []


def test_says_what_there_is() -> None:
    [found] = settle("commands-tasks", {"configuration": "We run `make train`."}, FILES)
    assert "train_model" in found.shows
    assert found.evidence[0].path == "Makefile"
    [found] = settle(
        "commands-overrides", {"configuration": "We run `python src/rainfall/train.py model.hidden_dim=4`."}, FILES
    )
    assert "hidden_dims" in found.shows


def test_an_earlier_commit_only_says_what_was_missing() -> None:
    made = report(
        {"configuration": "At first we would run `python src/x.py --a` and `python src/rainfall/train.py lr=1`."}
    )
    snapshot = Snapshot({"a.py": ""}, commit="c0ffee")
    found = {
        c: {s.about for s in load_checks()[c].run(read_prose(made), Repo(snapshot))[0]}
        for c in load_checks()
        if c.startswith("commands")
    }
    assert "command:src/x.py" in found["commands-files"]
    assert "option:--a" in found["commands-options"]
    assert "config:lr" in found["commands-overrides"]
