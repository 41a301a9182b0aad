"""Typed claims about commands: files, modules, tasks, targets, entry points, options, overrides."""

from collections.abc import Mapping

import pytest
from rows import case, label, placed, settled, typed

from auditor.claims.case import Case, load
from auditor.prose import read_prose
from auditor.repository import History
from auditor.snapshot import SUBMODULE, File, Snapshot

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


def told(line: str, files: Mapping[str, str | bytes] = FILES, **more: object) -> list[str]:
    """What is contradicted of a command, if anything."""
    made = settled(case(files), "command", f"`{line}`", line=line, **more)
    return [made.about] if made and made.label == "contradicted" else []


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
    assert told(command) == expected


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
    assert told(command) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("python src/rainfall/evaluate.py --epochs 3 --batch-size 4", []),
        ("python src/rainfall/evaluate.py --epoch 3", []),
        ("python src/rainfall/evaluate.py --lr 3", ["option:--lr"]),
        ("python src/rainfall/predict.py a.png --top-k 3", []),
        ("python src/rainfall/predict.py a.png --top_k 3", ["option:--top_k"]),
        ("python src/rainfall/train.py --config-name config --multirun", []),
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
    assert told(command) == expected


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
    assert told(command) == expected


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"line": "python src/train.py"}, "contradicted"),
        ({"line": "python src/train.py", "denied": True}, "open"),
        ({"line": "python src/train.py", "strength": "planned"}, "open"),
        ({"line": "python src/train.py", "strength": "past"}, "open"),
        ({"line": "python train.py", "folder": "src/rainfall"}, "supported"),
        ({"line": "python src/train.py", "folder": "somewhere"}, "open"),  # the folder may not be what is meant
        ({"line": "cd src/rainfall && python train.py"}, "supported"),
        ({"line": "cd /srv/app && python gone.py"}, "open"),
        ({"line": "python train.py", "after": "cd src/rainfall"}, "supported"),
        ({"line": "$ python src/rainfall/train.py"}, "supported"),
        ({"line": "`python src/rainfall/train.py`"}, "supported"),
        ({"line": "uv run pytest tests/"}, "open"),
        ({"line": "ls -la && pwd"}, "open"),
        ({"line": "python"}, "open"),
        ({"line": "the command"}, "open"),
        ({"line": ""}, "open"),
        ({"line": "uvicorn main:app", "quote": "the container runs uvicorn main:app"}, "open"),
        ({"line": "python gone.py", "quote": "its entrypoint runs `python gone.py`"}, "open"),
        ({"line": "python src/rainfall/train.py lr=<value> dropout=$X"}, "supported"),
        ({"line": "invoke train"}, "supported"),
        ({"line": "make requirements"}, "supported"),
        ({"line": "uv run rain-train"}, "supported"),
    ],
)
def test_what_a_claim_says_around_the_command(fields: dict[str, object], expected: str) -> None:
    assert label(case(FILES), "command", **{"quote": "run it", **fields}) == expected


SERVICE = {
    "service/web.dockerfile": "FROM python:3.11\nCOPY req_web.txt .\n",
    "service/req_web.txt": "fastapi\n",
    "pyproject.toml": "[project]\nname = 'app'\n",
    "src/app/train.py": "",
    "docker/job.dockerfile": "FROM python:3.11\nCOPY pyproject.toml .\nCOPY src/ src/\n",
    "docker/any.dockerfile": "FROM python:3.11\nCOPY . .\n",
    "docker/arg.dockerfile": "FROM python:3.11\nARG LIST\nCOPY $LIST .\n",
}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("docker build -t web -f web.dockerfile .", []),  # in service
        ("docker build -t web -f service/web.dockerfile service/", []),
        ("docker build -f docker/job.dockerfile .", []),
        ("docker build -f job.dockerfile ..", []),  # in docker
        ("docker build -f job.dockerfile .", ["command:job.dockerfile"]),  # copies what is not there
        ("docker build -f any.dockerfile .", []),
        ("docker build -f arg.dockerfile .", []),
        ("docker build -f web.dockerfil .", ["command:web.dockerfil"]),
        ("docker build -f Web.dockerfile .", ["command:Web.dockerfile"]),
        ("docker build .", ["command:docker build ."]),
    ],
)
def test_the_folder_of_a_command(command: str, expected: list[str]) -> None:
    assert told(command, SERVICE) == expected


NESTED = {
    "proj/pyproject.toml": "[project]\nname = 'app'\n",
    "proj/requirements.txt": "torch\n",
    "proj/src/app/model.py": "import torch\n",
    "proj/.gitignore": "artefacts/\n",
    "proj/dockerfiles/api.dockerfile": "FROM python:3.11\nCOPY src src\nCOPY requirements.txt .\n",
}


@pytest.mark.parametrize(
    "command",
    [
        "pip install -r requirements.txt",
        "python src/app/model.py",
        "python proj/src/app/model.py",
        "python ../src/app/model.py",
        "uv run python -m app.model",
        "docker build -f dockerfiles/api.dockerfile -t api .",
        "docker build -f proj/dockerfiles/api.dockerfile proj",
        "cd proj && python src/app/model.py",
        "python artefacts/made.py",
        "python outputs/2026-01-01/rerun.py",
        "bash wandb/debug.sh",
        "python src/app/model.py --config-dir outputs/<date>/<time>/.hydra --config-name config",
    ],
)
def test_a_project_in_a_subfolder_and_what_is_made_at_run_time(command: str) -> None:
    assert told(command, NESTED) == []


def test_included_and_pattern_rules_are_left_alone() -> None:
    for more in ("include other.mk\n", "%:\n\tsphinx $@\n"):
        assert told("make html", FILES | {"docs/Makefile": more}) == []


def test_collections() -> None:
    root = "from invoke import Collection\nimport tasks.ml as ml\nns = Collection()\nns.add_collection(Collection.from_module(ml), name='ml')\n"
    one = "from invoke import task\n\n@task\ndef fit(ctx):\n    ctx.run('x')\n"
    files = {"tasks.py": root, "tasks/ml.py": one}
    assert told("invoke fit", files) == ["task:fit"]
    assert told("invoke ml.fit", files) == []


def test_parsers_made_elsewhere_are_left_alone() -> None:
    files = FILES | {
        "a.py": "import argparse\nfrom b import more\np = argparse.ArgumentParser()\np.add_argument('--x')\nmore(p)\np.parse_args()\n",
        "c.py": "import argparse\np = argparse.ArgumentParser()\np.add_argument('--x')\np.parse_known_args()\n",
        "d.py": "from e import main\nmain()\n",
        "e.py": "import sys\nprint(sys.argv)\n",
        "f.py": "import argparse\nfrom b import base\np = argparse.ArgumentParser(parents=[base])\np.add_argument('--x')\np.parse_args()\n",
        "g.py": "import argparse\nfrom b import more\noptions = argparse.ArgumentParser()\noptions.add_argument('--x')\nmore(target=options)\noptions.parse_args()\n",
    }
    for name in "acdfg":
        assert told(f"python {name}.py --lr 1", files) == []


def test_folders_parents_and_other_variables_are_no_parsers() -> None:
    code = (
        "import argparse\nfrom pathlib import Path\n\nout = Path('a')\nout.mkdir(parents=True)\n"
        "for p in out.iterdir():\n    print(p)\nparser = argparse.ArgumentParser()\nparser.add_argument('--x')\nparser.parse_args()\n"
    )
    assert told("python a.py --lr 1", {"a.py": code}) == ["option:--lr"]


def test_a_configuration_that_does_not_parse_says_nothing() -> None:
    assert told("python src/rainfall/train.py dropout=1") == ["config:dropout"]
    assert told("python src/rainfall/train.py dropout=1", FILES | {"configs/other.yaml": "a: [\n"}) == []


def test_keys_of_code_are_keys() -> None:
    code = "from dataclasses import dataclass\n\n@dataclass\nclass Settings:\n    dropout: float = 0.1\n"
    assert told("python src/rainfall/train.py dropout=1", FILES | {"src/rainfall/settings.py": code}) == []


@pytest.mark.parametrize(
    "text", ["version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "def broken(:\n"]
)
def test_a_script_that_cannot_be_read_takes_any_option(text: str) -> None:
    files = {"src/train.py": text, "pyproject.toml": ""}
    assert told("python src/train.py --lr 1", files) == []
    assert told("uvicorn src.train:app", files) == []


def test_past_a_submodule_nothing_is_missing() -> None:
    kept = [File(p, "1" * 40, 0, lambda: b"") for p in ("pyproject.toml", "reports/README.md")]
    for extra in ([File("src", "0" * 40, 0, lambda: b"", SUBMODULE)], []):
        here = case({})
        here.snapshot = Snapshot(files=[*extra, *kept])
        said = label(here, "command", line="python loop_of_ours.py --lr 1")
        assert said == ("open" if extra else "contradicted")


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("git clone https://github.com/rain/rainfall.git", []),
        ("git clone https://github.com/fork/rainfall", []),
        ("git clone git@github.com:snow/snowfall.git", ["repo:snow/snowfall"]),
        ("git clone https://github.com/<you>/<name>.git", []),
        ("git clone https://github.com/SkafteNicki/mlops_template", []),
    ],
)
def test_a_clone_of_another_repository(line: str, expected: list[str]) -> None:
    known = "See https://github.com/rain/rainfall/blob/main/tasks.py for our tasks."
    made = settled(case(FILES, answers={"docker": known}), "command", line=line)
    assert ([made.about] if made else []) == expected
    assert settled(case(FILES), "command", line=line) is None  # whose repository it is is not known


@pytest.mark.parametrize(
    "line", ["git clone https://github.com/rain/rainfall.git", "git clone git@github.com:snow/snowfall.git"]
)
@pytest.mark.parametrize("origin", ["/srv/class/group7.git", "file:///srv/class/7", ""])
def test_a_folder_says_nothing_of_whose_repository_it_is(line: str, origin: str) -> None:
    copied = FILES | {"README.md": "git clone https://github.com/lake/starter\n"}  # as a template may have brought it
    assert settled(case(FILES, history=History(origin=origin)), "command", line=line) is None
    assert settled(case(copied, history=History(origin=origin)), "command", line=line) is None
    there = History(origin="https://github.com/rain/rainfall")
    assert (settled(case(FILES, history=there), "command", line=line) is not None) == ("snow" in line)


def test_says_what_there_is() -> None:
    made = settled(case(FILES), "command", line="make train")
    assert made is not None
    assert ("train_model" in made.shows, made.evidence[0].path) == (True, "Makefile")
    made = settled(case(FILES), "command", line="python src/rainfall/train.py model.hidden_dim=4")
    assert made is not None
    assert "hidden_dims" in made.shows


def test_an_earlier_commit_only_says_what_was_missing() -> None:
    here = case(FILES)
    then = Case(Snapshot({"a.py": ""}, commit="c0ffee"), here.profile, read_prose(here.report))
    for line in ("python src/x.py", "python src/x.py --a", "python -m rainfall.x", "uv run rain-x", "invoke x"):
        assert label(then, "command", line=line) == "contradicted", line
    served = Case(Snapshot(SERVICE, commit="c0ffee"), here.profile, read_prose(here.report))
    assert label(served, "command", line="docker build -f job.dockerfile .") == "contradicted"
    assert label(served, "command", line="docker build -f web.dockerfile .") == "supported"


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("python src/rainfall/train.py model.hidden_dim=4", True),
        ("python src/rainfall/train.py model=huge", True),
        ("python src/rainfall/train.py --config-name quick", False),
        ("python src/rainfall/train.py --config-name confi", True),
        ("python src/rainfall/evaluate.py --lr 3", True),
        ("invoke train lr=0.1", True),
        ("invoke evaluate", False),
        ("make train", True),
        ("make html", False),
        ("python src/train.py", True),
        ("python none_at_all.py", False),
    ],
)
def test_something_of_nearly_that_name_makes_it_a_detail(line: str, detail: bool) -> None:
    made = settled(case(FILES), "command", line=line)
    assert made is not None
    assert (made.label, made.detail) == ("contradicted", detail)


API = "FROM python:3.12-slim\nCOPY . .\nCMD uvicorn pkg.api:app --host 0.0.0.0 --port $PORT\n"
SCORE = "import typer\n\ndef score(path: str = typer.Argument(...), size: int = typer.Option(8)):\n    print(path)\n\nif __name__ == '__main__':\n    typer.run(score)\n"  # fmt: skip
PARSED = "import argparse\n\np = argparse.ArgumentParser()\np.add_argument('model')\np.add_argument('--out', required=True)\nargs = p.parse_args()\n"  # fmt: skip
TWICE = "import argparse\n\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--lr')\n    p.add_argument('--lr', type=float)\n    p.parse_args()\n\nmain()\n"  # fmt: skip
STARTS = 'FROM python:3.12\nCOPY . .\nENTRYPOINT ["python", "-u", "src/score.py"]\n'


@pytest.mark.parametrize(
    ("line", "files", "kept"),
    [
        ("docker run -p 80:80 api", {"api.dockerfile": API}, True),
        ("docker run -p 80:80 api-image", {"docker/api.dockerfile": API}, True),
        ("docker run -e PORT=80 -p 80:80 api", {"api.dockerfile": API}, False),
        ("docker run --env-file x.env api", {"api.dockerfile": API}, False),
        ("docker run api bash", {"api.dockerfile": API}, False),
        ("docker run --entrypoint sh api", {"api.dockerfile": API}, False),
        ("docker run api", {"api.dockerfile": API.replace("CMD", "ENV PORT=80\nCMD")}, False),
        ("docker run api", {"api.dockerfile": API.replace("$PORT", "${PORT:-80}")}, False),
        ("docker run api", {"api.dockerfile": API, "other/api.dockerfile": API}, False),
        ("docker run app", {"api.dockerfile": API, "build.sh": "docker build -f api.dockerfile -t app:latest .\n"}, True),
        ("docker build -f api.dockerfile -t app . && docker run app", {"api.dockerfile": API}, True),
        ("docker run app", {"api.dockerfile": API}, False),
        ("docker run score", {"score.dockerfile": STARTS, "src/score.py": SCORE}, True),
        ("docker run score /m.pt", {"score.dockerfile": STARTS, "src/score.py": SCORE}, False),
        ("docker run score", {"score.dockerfile": STARTS + 'CMD ["/m.pt"]\n', "src/score.py": SCORE}, False),
        ("docker run score m --out x", {"score.dockerfile": STARTS, "src/score.py": PARSED}, False),
        ("docker run score m", {"score.dockerfile": STARTS, "src/score.py": PARSED}, True),
        ("docker run score", {"score.dockerfile": STARTS, "src/score.py": PARSED.replace("'model'", "'model', nargs='?'").replace(", required=True", "")}, False),
        ("python src/score.py", {"src/score.py": TWICE}, True),
        ("python src/score.py", {"src/score.py": TWICE.replace("'--lr', type", "'--rate', type")}, False),
        ("python src/score.py", {"src/score.py": TWICE.replace("    p.add_argument('--lr', type=float)", "    if more():\n        p.add_argument('--lr', type=float)")}, False),
    ],
)  # fmt: skip
def test_what_keeps_it_from_starting(line: str, files: dict[str, str], kept: bool) -> None:
    here = case({**files, "src/pkg/api.py": "app = 1\n"}, {}, {"docker": line})
    claim = typed("command", line, line=line)
    made, failure = load()[1]["command"].settle(claim, placed(here, "docker", claim))
    assert not failure
    assert (made is not None and made.about.startswith("start:")) is kept


@pytest.mark.parametrize(
    ("reads", "want"),
    [
        ("import sys\n\ndef given():\n    return sys.argv[1:]\n", []),
        ("def given():\n    return []\n", ["option:--lr"]),
        (
            "import sys\n\ndef given():\n    return []\n\nif __name__ == '__main__':\n    print(sys.argv)\n",
            ["option:--lr"],
        ),
    ],
)
def test_arguments_may_be_read_in_what_an_import_imports(reads: str, want: list[str]) -> None:
    files = {
        "src/fit.py": "from src.config import load\n\nif __name__ == '__main__':\n    load()\n",
        "src/config.py": "from src.base.config import given\n\ndef load():\n    return given()\n",
        "src/base/config.py": reads,
    }
    assert told("python src/fit.py --lr=3", files) == want


def test_a_repository_that_offers_hooks_tells_others_to_install_them() -> None:
    hooks = {".pre-commit-hooks.yaml": "- id: pond\n  name: pond\n  entry: pond\n  language: python\n"}
    assert told("pre-commit install", hooks) == []
    assert told("pre-commit install", {"a.py": ""}) == ["command:pre-commit install"]
