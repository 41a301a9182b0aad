"""What the readers of rigid forms make of answers about files, commands and settings, and what is then settled."""

from collections.abc import Mapping

import pytest
from rows import case, read

from auditor.claims.case import load
from auditor.claims.kinds import Typed


def told(reader: str, answers: Mapping[str, str], files: Mapping[str, str | bytes]) -> list[str]:
    """What is contradicted of the claims that a reader makes."""
    here = case(files, answers=answers)
    found: dict[str, None] = {}
    for claim in read(reader, here):
        made, failure = load()[1][claim.kind].settle(claim, here)  # type: ignore[attr-defined]
        assert not failure, failure
        if made and made.label == "contradicted":
            found[made.about] = None
    return list(found)


def fields(claims: list[Typed], *names: str) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(c, n)) for n in names) for c in claims]


PY = "import torch\n"
FILES = {
    "src/rainfall/data.py": PY,
    "src/rainfall/train.py": PY,
    "src/rainfall/predict_model.py": PY,
    "configs/training/default.yaml": "lr: 0.1\n",
    "configs/sweep.yaml": "method: bayes\n",
    "dockerfiles/train.dockerfile": "FROM python:3.11\n",
    ".github/workflows/tests.yaml": "on: push\njobs: {}\n",
    "requirements.txt": "torch\n",
    "requirements_dev.txt": "pytest\n",
    "pyproject.toml": "[project]\nname='rainfall'\n",
    ".gitignore": "outputs/\n*.ckpt\n/scratch.py\n",
    "raw.dvc": "outs:\n- path: raw\n",
    "reports/README.md": "",
    "scripts/render.sh": "envsubst < job.tmpl > job_rendered.yaml\n",
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The training loop is in `src/rainfall/train.py`.", []),
        ("The data is read in data.py and the model trained in `train.py`.", []),
        ("All settings are in `config/training/default.yaml`.", []),  # slips of the pen: the reader finds it
        ("Our sweep is described in sweep.yml.", []),
        ("We filled out `tests/data.py`.", ["path:tests/data.py"]),
        ("We use prediction_model.py for the answers.", []),
        ("It is trained by `trainer.py`.", ["path:trainer.py"]),
        ("The drift report is implemented in `src/rainfall/drift.py`.", ["path:src/rainfall/drift.py"]),
        ("We have a `monitoring_setup.yaml` for that.", ["path:monitoring_setup.yaml"]),
        ("A drift.py is nice.", []),
        ("We have `.github/workflows/nightly.yaml` for that.", ["path:.github/workflows/nightly.yaml"]),
        ("The `settings/training/` directory contains the settings.", ["path:settings/training"]),
        ("We added a `monitoring/` folder that contains the dashboards.", ["path:monitoring"]),
        # not firm, denied, elsewhere
        ("Ideally `.github/workflows/nightly.yaml` would do that.", []),
        ("We would put the drift report in `src/rainfall/drift.py`.", []),
        ("We removed `src/rainfall/visualize.py` from the template.", []),
        ("At first everything was in `src/rainfall/everything.py`.", []),
        ("We did not add a `monitoring_setup.yaml`.", []),
        ("The exercise has a file `corrupt_mnist.py` that we used.", []),
        ("We chose uv instead of `requirement.txt`.", []),
        ("We measured it with coverage.py and built the page with Next.js.", []),
        ("The run writes `outputs/config.yaml` and we have `best.ckpt`.", []),
        ("We use `raw/labels.py` and `scratch.py` for that.", []),
        ("We submit our `job_rendered.yaml` to the cloud.", []),
        ("We call `your_script.py` or `<name>.yaml` or `*.dockerfile`.", []),
        ("We send it to `/predict.py` at https://example.com/a/b/drift.py in our app.", []),
        ("We created an endpoint (`/predict/`) that accepts what the body contains.", []),
        ("We removed these files:\n\n- `src/rainfall/visualize.py`\n- `src/rainfall/evaluate.py` of our project", []),
        ("Hydra keeps it in `.hydra/sweep.yml` and we have `.venv/pip.cfg`.", []),
    ],
)
def test_paths(answer: str, expected: list[str]) -> None:
    assert told("paths", {"structure": answer}, FILES) == expected


def test_a_command_of_several_rows_is_quoted_whole() -> None:
    answer = "```bash\ndocker run \\\n  train:latest \\\n  lr=0.1\n```"
    (claim,) = read("commands", case(FILES, answers={"configuration": answer}))
    assert "lr=0.1" in claim.quote


def test_a_long_sentence_is_quoted_in_part() -> None:
    answer = (
        "We " + "carefully and slowly " * 15 + "wrote the loop into `trainer.py`, which " + "then runs on " * 9 + "."
    )
    (claim,) = read("paths", case(FILES, answers={"structure": answer}))
    assert "trainer.py" in claim.quote
    assert 5 <= len(claim.quote.split()) <= 40


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("See [the code](../src/rainfall/data.py) and [the root](/src/rainfall).", []),
        ("See [the workflow](../.github/workflows/tests.yml).", ["link:.github/workflows/tests.yml"]),
        ("See [the workflow](../.github/workflows/tests.yaml#L3) and [mail](mailto:a@b.c).", []),
        ("See https://github.com/rain/rainfall/blob/main/src/rainfall/data.py and https://github.com/rain/rainfall/blob/main/src/data.py.", ["link:src/data.py"]),
        ("See https://github.com/other/library/blob/main/src/library.py.", []),
        ("See [this](<put your link here>).", []),
        ("![it](figures/none.png)", []),  # an image
        ("```\n[a](b/c.md)\n```", []),
    ],
)  # fmt: skip
def test_links(answer: str, expected: list[str]) -> None:
    assert told("links", {"docker": answer}, FILES) == expected


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("![loss](figures/loss.png)", []),
        ("![two](<figures/a b.png>) and ![two](figures/a%20b.png)", []),
        ("![loss](figures/lost.png) and again ![loss](figures/lost.png)", ["image:reports/figures/lost.png"]),
        ('<img src="figures/none.png" width="300">', ["image:reports/figures/none.png"]),
        ("![x](https://github.com/user-attachments/assets/1)", []),
        ("One writes it so:\n\n```markdown\n![loss](figures/lost.png)\n```", []),
    ],
)
def test_images(answer: str, expected: list[str]) -> None:
    files = FILES | {"reports/figures/loss.png": b"\x89PNG own", "reports/figures/a b.png": b"\x89PNG two"}
    assert told("images", {"experiment-tracking": answer}, files) == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("We removed the notebooks folder.", [("notebooks", "removed")]),
        ("We removed the `notebooks` and docs folders.", [("notebooks", "removed"), ("docs", "removed")]),
        ("We have deleted `references/`, `notebooks/` and `docs/`.", [("references/", "removed"), ("notebooks/", "removed"), ("docs/", "removed")]),
        ("The docs folder was removed.", [("docs", "removed")]),
        ("We removed `visualize.py` since we had no time.", [("visualize.py", "removed")]),
        ("We removed `visualize.py` from the template.", [("visualize.py", "removed")]),
        ("We removed `visualize.py` from the old pipeline.", []),
        ("We have removed the following folders:\n\n- docs\n- notebooks: we used scripts\n", [("docs", "removed"), ("notebooks", "removed")]),
        ("We did not remove the docs folder.", []),
        ("We would have removed the docs folder.", []),
        ("We removed the docs folder but added it again.", []),
        ("We removed some of the docs folder's content.", []),
        ("We removed notebooks because scripts are better.", []),
        ("We added `tasks.py` to run commands.", [("tasks.py", "added")]),
        ("To run commands, we added a tasks.py file.", [("tasks.py", "added")]),
        ("We have also added a folder named dockerfiles, which holds images.", [("dockerfiles", "added")]),
        ("We added a data/ folder for the sets, a docs/ folder for pages.", [("data/", "added"), ("docs/", "added")]),
        ("We added a `.github/workflows` folder, as this was not included in the template.", [(".github/workflows", "added")]),
        ("The configs folder was added to hold settings.", [("configs", "added")]),
        ("We added a `cloud` folder for jobs. `docs` and `notebooks` folders have gone.", [("cloud", "added")]),
        ("We added commands to tasks.py.", []),
        ("We did not add a docs/ folder.", []),
        ("Initially we added a docs/ folder.", []),
        ("One of us added a docs/ folder.", []),
        ("We have added a new folder for the data.", []),
    ],
)  # fmt: skip
def test_structure(sentence: str, expected: list[tuple[str, ...]]) -> None:
    found = read("structure", case(FILES, answers={"structure": sentence}))
    assert fields(found, "path", "state") == expected
    assert read("structure", case(FILES, answers={"docker": sentence})) == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("We run `python src/train.py --a 1` here.", [("python src/train.py --a 1", "", "plain")]),
        ("We run `$ python src/train.py` here.", [("$ python src/train.py", "", "plain")]),
        ("```bash\n$ cd src/rainfall\n$ python train.py\n```", [("cd src/rainfall && python train.py", "", "plain")]),
        ("```python\npython gone.py\n```", []),
        ("From the `src/rainfall` folder we run `python train.py`.", [("python train.py", "src/rainfall", "plain")]),
        ("It is built so:\ndocker build -f train.dockerfile -t a:latest .\nand then it runs.", [("docker build -f train.dockerfile -t a:latest .", "", "plain")]),
        ("One can simply run `invoke train --fast`.", [("invoke train --fast", "", "plain")]),
        ("If we had more time we could have used `docker build -f gpu.dockerfile .`.", [("docker build -f gpu.dockerfile .", "", "planned")]),
        ("At first we ran `python old.py`.", [("python old.py", "", "past")]),
        ("We do not run `python gone.py`.", []),
        ("In the course one runs `python corrupt_mnist.py`.", []),
        ("Its entrypoint runs `streamlit run serve_page.py`.", []),
        ("The container then runs `python serve.py`.", []),
        ("A python script would do it, and docker is nice.", []),
        ("To invoke the service, a user calls it, and we make sure that it works.", []),
        ("We use `ls -la` and `train.py`.", []),
        ("We deployed it: uv run invoke deploy submits cloud.yaml, which builds it.", [("uv run invoke deploy submits cloud.yaml", "", "hedged")]),
        ("We train by running python src/train.py saves the model.", [("python src/train.py saves", "", "hedged")]),
        ('Whoever is new types "conda env create -f env/all.yml" once.', [("conda env create -f env/all.yml", "", "plain")]),
        ("We deployed it: uv run invoke deploy --to cloud", [("uv run invoke deploy --to cloud", "", "plain")]),
        ("We deployed it:\nuv run invoke deploy now x.yaml", [("uv run invoke deploy now x.yaml", "", "plain")]),
        ("We deployed it: `uv run invoke deploy now x.yaml`.", [("uv run invoke deploy now x.yaml", "", "plain")]),
        ("We start it: docker run trainer -v a/b:/c.", [("docker run trainer -v a/b:/c", "", "plain")]),
    ],
)  # fmt: skip
def test_commands(answer: str, expected: list[tuple[str, ...]]) -> None:
    found = read("commands", case(FILES, answers={"configuration": answer}))
    assert fields(found, "line", "folder", "strength") == expected


@pytest.mark.parametrize(
    ("reader", "question", "answer", "expected"),
    [
        ("machines", "docker", "`cpu.yaml` asks for n1-highmem-4 and `gpu.yaml` for n1-standard-8.", [("setting", "machine type n1-highmem-4"), ("setting", "machine type n1-standard-8")]),
        ("machines", "docker", "We trained on n1-highmem-4.", []),
        ("seeds", "reproducibility", "We use seed 42.", [("setting", "seed 42")]),
        ("seeds", "reproducibility", "A global seed (default: 42) is set.", [("setting", "seed 42")]),
        ("seeds", "reproducibility", "We set a fixed random seed.", [("setting", "seed set")]),
        ("seeds", "reproducibility", "A seed is set at the start.", [("setting", "seed set")]),
        ("seeds", "reproducibility", "A seed makes runs repeatable.", []),
        ("seeds", "reproducibility", "We would set a seed.", []),
        ("seeds", "reproducibility", "We did not use a fixed seed.", []),
        ("seeds", "reproducibility", "It loads 1) the seed, 2) the model.", []),
        ("seeds", "reproducibility", "We ran it with seed 5 times.", []),
        ("locks", "dependencies", "The `uv.lock` file pins all versions.", [("dependency", "all locked")]),
        ("locks", "dependencies", "`uv sync` gives the exact same environment.", [("dependency", "all locked")]),
        ("locks", "dependencies", "Run `uv sync` to install it.", []),
        ("listed", "dependencies", "All dependencies are declared in `pyproject.toml`.", [("dependency", "all declared")]),
        ("listed", "dependencies", "requirements.txt lists all packages.", [("dependency", "all declared")]),
        ("listed", "dependencies", "Install all packages listed in requirements.txt.", []),
        ("listed", "dependencies", "Almost all dependencies are declared in `pyproject.toml`.", []),
        ("relied-on", "code-quality", "We use pre-commit hooks that check every commit.", []),  # the file can be read
        ("documentation", "code-quality", "We documented the project with MkDocs.", [("location", "documentation docs")]),
        ("documentation", "code-quality", "Documentation was handled in a docs folder.", [("location", "documentation docs")]),
        ("documentation", "code-quality", "A workflow deploys the MkDocs documentation to a page.", []),
        ("documentation", "code-quality", "We would document the project with MkDocs.", []),
    ],
)  # fmt: skip
def test_settings(reader: str, question: str, answer: str, expected: list[tuple[str, str]]) -> None:
    shown = {
        "setting": ("name", "value"),
        "dependency": ("package", "state"),
        "file": ("path", "state"),
        "location": ("what", "folder"),
    }
    found = read(reader, case({**FILES, ".pre-commit-config.yaml": "repos: []\n"}, answers={question: answer}))
    kinds = [c.kind for c in found]  # type: ignore[attr-defined]
    assert [(k, " ".join(f)) for k, c in zip(kinds, found, strict=True) for f in fields([c], *shown[k])] == expected


def test_a_tool_whose_only_file_cannot_be_read() -> None:
    files = {**FILES, ".pre-commit-config.yaml": "repos: [\n"}
    said = {"code-quality": "We use pre-commit hooks that check every commit."}
    assert told("relied-on", said, files) == ["path:.pre-commit-config.yaml"]
    assert told("relied-on", {"code-quality": "We did not use pre-commit hooks."}, files) == []
    assert told("relied-on", said, {**files, ".pre-commit-config.yaml": "repos:\n- repo: local\n"}) == [
        "path:.pre-commit-config.yaml"
    ]
