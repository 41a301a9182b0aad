"""Claims about files, folders, links and images."""

import pytest
from conftest import contradicted, report, settle, tree

from auditor.claims import Repo
from auditor.claims import load as load_checks
from auditor.claims.paths import Places
from auditor.claims.settle import settle as settle_all
from auditor.facts.names import Near, ignore_rule, slip
from auditor.prose import read_prose
from auditor.snapshot import Snapshot

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
    ".gitignore": "outputs/\n*.ckpt\n/scratch.py\n!keep.ckpt\nsecrets/**/*.toml\n",
    "raw.dvc": "outs:\n- path: raw\n",
    "reports/README.md": "",
    "scripts/render.sh": "envsubst < job.tmpl > job_rendered.yaml\n",
}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        # there
        ("The training loop is in `src/rainfall/train.py`.", []),
        ("The data is read in data.py and the model trained in `train.py`.", []),
        # comes close
        ("All settings are in `config/training/default.yaml`.", []),  # slips of the pen: the reader finds it
        ("Our sweep is described in sweep.yml.", []),
        ("The packages for development are in `requirements-dev.txt`.", []),
        ("The workflow `test.yaml` runs everything.", []),
        ("We filled out `src/data.py`.", []),  # folders left out: it leads there
        ("We filled out `rain_repo/src/rainfall/data.py`.", []),  # the repository's folder on a machine
        ("We filled out `tests/data.py`.", ["path:tests/data.py"]),
        ("We use prediction_model.py for the answers.", ["path:prediction_model.py"]),
        ("It is answered by prediction_model.py, they say.", []),
        ("We use pedict_model.py for the answers.", []),
        ("It is started by the Train.dockerfile of ours.", []),
        ("It is built from `TRAIN.dockerfile` or train.Dockerfile, by DATA.py.", []),
        ("All packages are in requirement.txt and pyproject.tom.", []),
        # nowhere, and plainly said to be there
        ("The drift report is implemented in `src/rainfall/drift.py`.", ["path:src/rainfall/drift.py"]),
        ("We have a `monitoring_setup.yaml` for that.", ["path:monitoring_setup.yaml"]),
        ("A drift.py is nice.", []),
        # in a hidden folder that is there to be kept
        ("The workflow `.github/workflows/tests.yaml` runs everything.", []),
        ("The workflow `.github/workflows/test.yaml` runs everything.", []),
        ("Our workflow is .github/workflows/testing.yaml in full.", ["path:.github/workflows/testing.yaml"]),
        ("We have `.github/workflows/nightly.yaml` for that.", ["path:.github/workflows/nightly.yaml"]),
        ("Ideally `.github/workflows/nightly.yaml` would do that.", []),
        ("Hydra keeps it in `.hydra/sweep.yml` and we have `.venv/pip.cfg`.", []),
        # not firm, denied, elsewhere
        ("We would put the drift report in `src/rainfall/drift.py`.", []),
        ("We removed `src/rainfall/visualize.py` from the template.", []),
        ("At first everything was in `src/rainfall/everything.py`.", []),
        ("We did not add a `monitoring_setup.yaml`.", []),
        ("The exercise has a file `corrupt_mnist.py` that we used.", []),
        ("We chose uv instead of `requirement.txt`.", []),
        ("We measured it with coverage.py and built the page with Next.js.", []),
        ("We use setup.py and Makefile-like tools.", []),
        ("The run writes `outputs/config.yaml` and we have `best.ckpt`.", []),
        ("We use `raw/labels.py` and `scratch.py` for that.", []),
        ("We submit our `job_rendered.yaml` to the cloud.", []),
        ("We have a file for each and name them test_.py and `_test.py`.", []),
        ("We call `your_script.py` or `<name>.yaml` or `*.dockerfile`.", []),
        ("We send it to `/predict.py` at https://example.com/a/b/drift.py in our app.", []),
        ("- `drift.py`, removed", []),
        ("We also had a `test_old.py`, which ran into issues with the bucket.", []),
        ("The entry `src.rainfall.drift` and metric val/loss are ours.", []),
    ],
)
def test_paths_named(answer: str, expected: list[str]) -> None:
    assert contradicted("paths-named", {"structure": answer}, FILES) == expected


def test_a_list_depends_on_what_introduces_it() -> None:
    answer = "We removed these files from the template:\n\n- `src/rainfall/visualize.py`\n- `src/rainfall/evaluate.py` of our project"
    assert contradicted("paths-named", {"structure": answer}, FILES) == []


def test_says_where_it_is() -> None:
    [found] = settle("paths-named", {"structure": "We filled out `tests/data.py`."}, FILES)
    assert "data.py" in found.shows
    assert found.detail


def test_a_long_sentence_is_quoted_in_part() -> None:
    answer = (
        "We "
        + "carefully and slowly " * 15
        + "wrote the loop into trainer.py, which "
        + "then runs for a very long time " * 5
        + "."
    )
    [found] = settle("paths-named", {"structure": answer}, FILES)
    assert "trainer.py" in found.said
    assert 5 <= len(found.said.split()) < 50


def test_an_earlier_commit_only_says_what_was_missing() -> None:
    snapshot = Snapshot({"a.py": PY}, commit="c0ffee")
    made = report({"structure": "Some say that a drift.py might be used."})
    found, failure = load_checks()["paths-named"].run(read_prose(made), Repo(snapshot))
    assert not failure
    assert [s.about for s in found] == ["path:drift.py"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("The `src/rainfall/` folder contains the code.", []),
        ("The `dockerfile/` folder contains the images' recipes.", []),
        ("The `config/training/` directory contains the settings.", []),
        ("The `settings/training/` directory contains the settings.", ["path:settings/training/"]),
        ("We added a `monitoring/` folder that contains the dashboards.", ["path:monitoring/"]),
        ("The `monitoring/` folder would contain the dashboards.", []),
        ("We removed the `monitoring/` folder that contained dashboards.", []),
        ("The `models/` folder contains the weights.", []),
        ("The `outputs/` directory contains the runs.", []),
        ("The bucket contains the `processed_images/` folder.", []),
        ("We keep the files in the same folder, which contains all.", []),
        ("We did not add a `monitoring/` folder.", []),
        ("We created an endpoint (`/predict/`) that accepts what the body contains.", []),
        ("We created `forecast/`, an endpoint that takes what a request contains.", []),
    ],
)
def test_folders_named(answer: str, expected: list[str]) -> None:
    assert contradicted("folders-named", {"structure": answer}, FILES) == expected


def test_a_link_a_command_and_a_name_are_three_statements() -> None:
    answer = (
        "See [the script](../src/fit.py). We run `python src/rainfall/trainer.py`; it is in `src/rainfall/trainer.py`."
    )
    files = {**FILES, "reports/README.md": answer}
    made = report({"docker": answer + " See [it](../src/rainfall/trainer.py)."})
    verdicts, problems = settle_all(read_prose(made), tree(files, report=made), lambda evidence: "E1")
    assert not problems
    said = sorted(v.by for v in verdicts if v.label == "contradicted")
    assert said == ["claim:commands-files", "claim:links", "claim:links", "claim:paths-named"]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("See [the code](../src/rainfall/data.py) and [the root](/src/rainfall).", []),
        ("See [the workflow](../.github/workflows/tests.yml).", ["link:.github/workflows/tests.yml"]),
        ("See [the workflow](../.github/workflows/tests.yaml#L3) and [this](#below) and [mail](mailto:a@b.c).", []),
        ("See [it](https://github.com/rain/rainfall/blob/main/src/rainfall/data.py).", []),
        (
            "See https://github.com/rain/rainfall/blob/main/src/rainfall/data.py and https://github.com/rain/rainfall/blob/main/src/data.py too.",
            ["link:src/data.py"],
        ),
        ("See https://github.com/other/library/blob/main/src/library.py.", []),
        (
            "See https://github.com/rain/rainfall/blob/main/src/rainfall/data.py and https://github.com/rain/rainfall/blob/dev/src/x.py.",
            [],
        ),
        ("See [train.py](../src/rainfall/data.py).", ["link:train.py"]),
        ("See [`src/rainfall/data.py`](../src/rainfall/data.py).", []),
        ("See [data.py](https://docs.python.org/3/library/other.py).", []),
        ("See [this](<put your link here>).", []),
    ],
)
def test_links(answer: str, expected: list[str]) -> None:
    assert contradicted("links", {"docker": answer}, FILES) == expected


IMAGES = FILES | {"reports/figures/loss.png": b"\x89PNG own", "reports/figures/a b.png": b"\x89PNG two"}


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("![loss](figures/loss.png)", []),
        ("![two](<figures/a b.png>) and ![two](figures/a%20b.png)", []),
        ("![loss](figures/losses.png)", ["image:reports/figures/losses.png"]),
        ('<img src="figures/none.png" width="300">', ["image:reports/figures/none.png"]),
        ("![x](https://github.com/user-attachments/assets/1)", []),
        (
            "The figure below is our bucket:\n\n```markdown\n![loss](figures/loss.png)\n```",
            ["image:reports/figures/loss.png"],
        ),
        ("One writes it so:\n\n```markdown\n![loss](figures/loss.png)\n```", []),
    ],
)
def test_images(answer: str, expected: list[str]) -> None:
    assert contradicted("images", {"experiment-tracking": answer}, IMAGES) == expected


def test_the_templates_own_figure() -> None:
    snapshot = tree(IMAGES)
    snapshot.set_aside = lambda f: "template stub" if f.path.endswith("loss.png") else ""
    made = report({"bucket-image": "![our bucket](figures/loss.png)"})
    found, failure = load_checks()["images"].run(read_prose(made), Repo(snapshot))
    assert not failure
    assert [s.about for s in found] == ["image:reports/figures/loss.png"]


@pytest.mark.parametrize(
    ("path", "ignored"),
    [
        ("outputs/a/b.yaml", True),
        ("src/outputs/x.py", True),
        ("best.ckpt", True),
        ("keep.ckpt", False),
        ("scratch.py", True),
        ("src/scratch.py", False),
        ("secrets/a/b.toml", True),
        ("outputs.py", False),
    ],
)
def test_ignored(path: str, ignored: bool) -> None:
    assert Places(tree(FILES)).ignored(path) is ignored


def test_a_broken_pattern_is_no_pattern() -> None:
    assert ignore_rule("[z-a]") is None
    assert ignore_rule("# a comment") is None


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("sweeps.yaml", Near("configs/sweep.yaml", "spelling")),
        ("Sweep.yaml", Near("configs/sweep.yaml", "case")),
        ("trainer.dockerfile", Near("dockerfiles/train.dockerfile", "form")),
        ("src/train.py", Near("src/rainfall/train.py", "folder")),
        ("train2.py", None),
        ("evaluate.py", None),
    ],
)
def test_near(name: str, near: Near | None) -> None:
    assert Places(tree(FILES)).near(name) == near


def test_a_slip_is_not_another_number() -> None:
    assert slip("pedict_model", "predict_model")
    assert slip("dependbaot", "dependabot")
    assert not slip("model_v1", "model_v2")
    assert not slip("data", "date")
