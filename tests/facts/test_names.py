"""What a name of a file means: project roots, the folder of a command, slips, short names, renames, run time."""

from pathlib import Path

import pytest
from build_fixture import git
from conftest import tree

from auditor.facts.likeness import alike
from auditor.facts.names import Names, Near, names
from auditor.gitsnapshot import open_snapshot
from auditor.repository import Repository

# -- where a project stands --------------------------------------------------------------------------------------------

NESTED = {
    "proj/pyproject.toml": "[project]\nname = 'app'\n",
    "proj/requirements.txt": "torch\n",
    "proj/src/app/model.py": "import torch\n",
    "proj/reports/README.md": "",
    "proj/reports/figures/loss.png": b"\x89PNG",
    "proj/.gitignore": "artefacts/\n",
    "proj/dockerfiles/api.dockerfile": "FROM python:3.11\nCOPY src src\nCOPY requirements.txt .\n",
}


def test_names_are_read_from_the_projects_root() -> None:
    known = names(tree(NESTED))
    assert known.projects == ("", "proj")
    assert known.roots("proj/reports") == ("proj/reports", "proj", "")
    assert known.roots("docs") == ("docs", "")
    assert known.read_from("src/app/model.py", "proj/reports") == "proj/src/app/model.py"
    assert known.read_from("src/app/none.py", "proj/reports") == ""
    assert known.resolve("artefacts/a.pt").how == "run time"


# -- slips and short names ---------------------------------------------------------------------------------------------

SLIPS = {
    "train_cpu.dockerfile": "FROM python:3.11\n",
    "configs/config.yaml": "a: 1\n",
    "dockerfiles/api.dockerfile": "FROM python:3.11\n",
    ".github/workflows/ruff.yaml": "on: push\n",
    ".github/dependabot.yml": "version: 2\n",
    ".pre-commit-config.yaml": "repos: []\n",
    "compose.prod.yaml": "services: {}\n",
    "requirements.txt": "torch\n",
    "src/app/api.py": "",
    "reports/README.md": "",
}


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("pre-commit.yaml", ".pre-commit-config.yaml"),
        ("the/.pre-commit.yml", ".pre-commit-config.yaml"),
        ("dependabot", ".github/dependabot.yml"),
        ("docker-compose", "compose.prod.yaml"),
        ("mkdocs.yml", ""),
        ("train.py", ""),
    ],
)
def test_short_names(name: str, path: str) -> None:
    assert names(tree(SLIPS)).short(name) == path


def test_alike() -> None:
    assert alike("config/train.yaml", "src/configs/train.yaml")
    assert alike("Config/Train.yaml", "config/train.yaml")
    assert not alike("tests/data.py", "src/data.py")
    assert not alike("a/b/c.py", "b/c.py")


def test_endings_off_by_a_letter() -> None:
    known = names(tree(SLIPS))
    assert known.near("train_cpu.dockerfil") == Near("train_cpu.dockerfile", "ending")
    assert known.near("train_cpu.dockerflie") == Near("train_cpu.dockerfile", "ending")
    assert known.near("train_cpu.md") is None


# -- made at run time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("outputs/2026-01-01/.hydra/config.yaml", "run time"),
        ("multirun/x/y.log", "run time"),
        ("wandb/latest-run/files/a.json", "run time"),
        ("htmlcov/index.html", "run time"),
        ("store/raw/a.csv", "run time"),  # kept by DVC
        ("kept/b.csv", "run time"),
        ("scratch/x.py", "run time"),  # ignored
        ("out_of_train.pt", "run time"),  # own code writes it
        ("outputs/<date>/config.yaml", "unclear"),
        ("$OUT/config.yaml", "unclear"),
        ("/gcs/bucket/a.csv", "unclear"),
        ("src/app/train.py", "there"),
        ("src/app/never.py", "nowhere"),
    ],
)
def test_made_at_run_time(name: str, how: str) -> None:
    files = {
        "src/app/train.py": "torch.save(model, 'out_of_train.pt')\n",
        ".gitignore": "scratch/\n",
        "store/raw.dvc": "outs:\n- path: raw\n",
        "dvc.yaml": "stages:\n  a:\n    cmd: python src/app/train.py\n    outs:\n    - kept\n",
    }
    assert names(tree(files)).resolve(name).how == how


# -- renamed since -----------------------------------------------------------------------------------------------------

CODE = "import torch\n\n\ndef fit(model, data):\n    for batch in data:\n        model.step(batch)\n    return model\n"


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository whose files were moved: one twice, one whose new name was deleted afterwards."""
    folder = tmp_path_factory.mktemp("renamed")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.com")
    steps = (
        {"src/fit.py": CODE, "gone.py": CODE.replace("fit", "go"), "reports/figures/a.png": "\x89PNG" + "a" * 200},
        {
            "src/train.py": CODE,
            "src/fit.py": "",
            "reports/figures/b.png": "\x89PNG" + "a" * 200,
            "reports/figures/a.png": "",
        },
        {"src/app/training.py": CODE, "src/train.py": "", "moved.py": CODE.replace("fit", "go"), "gone.py": ""},
        {"moved.py": ""},
    )
    for step in steps:
        for path, text in step.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if text:
                file.write_text(text, encoding="utf-8")
            else:
                file.unlink()
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "step", "--date", "2026-01-10T12:00:00Z")
    return folder


def test_renames(renamed: Path) -> None:
    repository = Repository(renamed)
    commit = git(renamed, "rev-parse", "HEAD").strip()
    with open_snapshot(repository, commit) as snapshot:
        known = Names(snapshot)
        assert known.renamed("src/fit.py").path == "src/app/training.py"  # type: ignore[union-attr]
        assert known.renamed("fit.py").path == "src/app/training.py"  # type: ignore[union-attr]
        assert known.renamed("gone.py") is None  # and deleted afterwards
        assert known.renamed("never.py") is None
        assert known.resolve("src/train.py").how == "renamed"


def test_a_link_to_a_document_that_every_repository_has_says_nothing_of_whose_it_is() -> None:
    from auditor.facts.places import ours
    from auditor.snapshot import Snapshot

    here = Snapshot({"LICENSE": "", "docs/CONTRIBUTING.md": "", "pond/train.py": ""})
    theirs = [
        "[licence](https://github.com/other/lake/blob/main/LICENSE)",
        "[how](https://github.com/other/lake/blob/main/docs/CONTRIBUTING.md)",
    ]
    assert ours(here, theirs) == (frozenset(), frozenset())
    assert ours(here, ["https://github.com/acme/pond/blob/main/pond/train.py"]) == ({"pond"}, {"acme"})
