"""Where a name leads: there, absent with what may be meant, or unknown because."""

import pytest
from rows import case

from auditor.claims.names import find, target
from auditor.snapshot import SUBMODULE, File, Snapshot

FILES = {
    "src/rainfall/__init__.py": "",
    "src/rainfall/data.py": "import torch\n",
    "src/rainfall/train.py": "torch.save(model, 'written.pt')\n\ndef main():\n    print(1)\n",
    "src/rainfall/predict_model.py": "import torch\n",
    "configs/training/default.yaml": "lr: 0.1\n",
    "configs/sweep.yaml": "method: bayes\n",
    "dockerfiles/train_cpu.dockerfile": "FROM python:3.11\n",
    ".github/workflows/tests.yaml": "on: push\n",
    ".pre-commit-config.yaml": "repos: []\n",
    ".github/dependabot.yml": "version: 2\n",
    "requirements.txt": "torch\n",
    "requirements_dev.txt": "pytest\n",
    "pyproject.toml": "[project]\nname='rainfall'\n[project.scripts]\nrain-train='rainfall.train:main'\n",
    ".gitignore": "scratch/\n*.ckpt\n",
    "store/raw.dvc": "outs:\n- path: raw\n",
    "reports/README.md": "",
    "reports/figures/loss.png": b"\x89PNG",
}


@pytest.mark.parametrize(
    ("name", "how", "path"),
    [
        # there, from wherever it may be read
        ("src/rainfall/train.py", "there", "src/rainfall/train.py"),
        ("./src/rainfall/train.py", "there", "src/rainfall/train.py"),
        ("../src/rainfall/train.py", "there", "src/rainfall/train.py"),
        ("`train.py`", "there", "src/rainfall/train.py"),
        ("rainfall/train.py", "there", "src/rainfall/train.py"),
        ("src/train.py", "there", "src/rainfall/train.py"),  # the package's folder left out
        ("rainfall.train", "there", "src/rainfall/train.py"),
        ("app/src/rainfall/train.py", "there", "src/rainfall/train.py"),  # in an image
        ("rain_repo/src/rainfall/train.py", "there", "src/rainfall/train.py"),
        ("rain-train", "there", "src/rainfall/train.py"),
        ("tests/**", "unknown", ""),
        ("configs/*.yaml", "there", "configs/sweep.yaml"),
        ("configs/training", "there", "configs/training"),
        ("Configs/", "there", "configs"),
        # short names and slips of the pen
        ("pre-commit.yaml", "there", ".pre-commit-config.yaml"),
        ("dependabot", "there", ".github/dependabot.yml"),
        ("requirement.txt", "there", "requirements.txt"),
        ("requirements-dev.txt", "there", "requirements_dev.txt"),
        ("train_cpu.dockerfil", "there", "dockerfiles/train_cpu.dockerfile"),
        ("Data.py", "there", "src/rainfall/data.py"),
        ("tests.yml", "there", ".github/workflows/tests.yaml"),
        ("config/training/default.yaml", "there", "configs/training/default.yaml"),
        # absent
        ("trainer.py", "absent", "src/rainfall/train.py"),
        ("prediction_model.py", "absent", "src/rainfall/predict_model.py"),
        ("src/rainfall/drift.py", "absent", ""),
        ("monitoring/", "absent", ""),
        # made at run time, kept elsewhere
        ("outputs/2026-01-01/.hydra/config.yaml", "unknown", ""),
        ("wandb/latest-run", "unknown", ""),
        ("scratch/x.py", "unknown", ""),
        ("best.ckpt", "unknown", ""),
        ("store/raw/a.csv", "unknown", ""),
        ("written.pt", "unknown", ""),
        ("data/processed", "unknown", ""),
        ("models/", "unknown", ""),
        # placeholders, addresses, machines, tools
        ("<name>.yaml", "unknown", ""),
        ("path/to/x.py", "unknown", ""),
        ("your_script.py", "unknown", ""),
        ("$OUT/a.py", "unknown", ""),
        ("https://example.com/a.py", "unknown", ""),
        ("gs://bucket/a.py", "unknown", ""),
        ("C:/Users/me/a.py", "unknown", ""),
        ("~/a.py", "unknown", ""),
        ("coverage.py", "unknown", ""),
        ("all config files", "unknown", ""),
        ("", "unknown", ""),
    ],
)
def test_find(name: str, how: str, path: str) -> None:
    place = find(case(FILES), name)
    assert (place.how, place.path) == (how, path), place


@pytest.mark.parametrize(
    ("name", "how", "path"),
    [
        ("src/rainfall/train.py", "there", "src/rainfall/train.py"),
        ("train.py", "there", "src/rainfall/train.py"),  # from its folder
        ("src/train.py", "absent", "src/rainfall/train.py"),
        ("Data.py", "absent", "src/rainfall/data.py"),
        ("requirement.txt", "absent", "requirements.txt"),
        ("train_cpu.dockerfil", "absent", "dockerfiles/train_cpu.dockerfile"),
        ("outputs/run.py", "unknown", ""),
        ("none_at_all.py", "absent", ""),
    ],
)
def test_in_a_command_case_and_ending_count(name: str, how: str, path: str) -> None:
    place = find(case(FILES), name, strict=True)
    assert (place.how, place.path) == (how, path), place


@pytest.mark.parametrize(
    ("said", "how"),
    [
        ("The report is in `drift.py`.", "absent"),
        ("The course has a `drift.py`.", "unknown"),
        ("In the container there is a `drift.py`.", "unknown"),
        ("The cookie-cutter has a `drift.py`.", "unknown"),
    ],
)
def test_words_beside_a_name_may_place_it_elsewhere(said: str, how: str) -> None:
    assert find(case(FILES), "drift.py", said=said).how == how


@pytest.mark.parametrize(
    ("address", "how", "path"),
    [
        ("figures/loss.png", "there", "reports/figures/loss.png"),
        ("/reports/figures/loss.png", "there", "reports/figures/loss.png"),
        ("../src/rainfall/data.py", "there", "src/rainfall/data.py"),
        ("../src/rainfall/data.py#L3", "there", "src/rainfall/data.py"),
        ("../.github/workflows/tests.yml", "absent", ".github/workflows/tests.yaml"),
        ("figures/losses.png", "absent", ""),
        ("figures/my_figure_of_all.png", "absent", ""),
        ("figures/<image>.<extension>", "unknown", ""),
        ("your/link.md", "unknown", ""),
        ("https://example.com/x.png", "unknown", ""),
        ("europe-west1-docker.pkg.dev/a/b/image", "unknown", ""),
        ("mailto:a@b.c", "unknown", ""),
        ("../../other/x.md", "unknown", ""),
        ("scratch/x.png", "unknown", ""),
    ],
)
def test_addresses(address: str, how: str, path: str) -> None:
    place = target(case(FILES), address)
    assert (place.how, place.path) == (how, path), place


def test_pages_of_the_own_repository_are_known_by_links_that_lead_somewhere() -> None:
    own = "See https://github.com/rain/rainfall/blob/main/src/rainfall/data.py for it."
    here = case(FILES, answers={"docker": own})
    for address, how in (
        ("https://github.com/rain/rainfall/blob/main/src/data.py", "absent"),
        ("https://github.com/rain/rainfall/blob/main/src/rainfall/train.py", "there"),
        ("https://github.com/rain/rainfall/blob/dev/src/x.py", "unknown"),
        ("https://github.com/other/library/blob/main/src/x.py", "unknown"),
    ):
        assert target(here, address).how == how, address
    assert target(case(FILES), "https://github.com/rain/rainfall/blob/main/src/x.py").how == "unknown"


NESTED = {
    "proj/pyproject.toml": "[project]\nname = 'app'\n",
    "proj/requirements.txt": "torch\n",
    "proj/src/app/model.py": "",
    "proj/.gitignore": "artefacts/\n",
    "reports/README.md": "",
}


@pytest.mark.parametrize("name", ["requirements.txt", "src/app/model.py", "proj/src/app/model.py", "model.py"])
def test_a_project_in_a_subfolder(name: str) -> None:
    assert find(case(NESTED), name, strict=True).how == "there"
    assert find(case(NESTED), "artefacts/a.pt").how == "unknown"


def test_what_lies_in_a_submodule_is_not_missing() -> None:
    kept = [File(p, "1" * 40, 1, lambda: b"x") for p in ("pyproject.toml", "reports/README.md")]
    here = case({})
    for extra, how in (([File("src", "0" * 40, 0, lambda: b"", SUBMODULE)], "unknown"), ([], "absent")):
        here.snapshot = Snapshot(files=[*extra, *kept])
        assert find(here, "src/app/train_all.py").how == how, find(here, "src/app/train_all.py")


def test_at_an_earlier_commit_what_is_not_there_is_absent() -> None:
    here = case({})
    here.snapshot = Snapshot({"a.py": ""}, commit="c0ffee")
    for name in ("b.py", "outputs/b.py", "<name>.py"):
        assert find(here, name).how == "absent"
    assert find(here, "a.py").how == "there"
