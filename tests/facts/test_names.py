"""What a name of a file means: project roots, the folder of a command, slips, short names, renames, run time."""

from pathlib import Path

import pytest
from build_fixture import git
from conftest import contradicted, report, tree

from auditor.claims import Repo
from auditor.claims import load as load_checks
from auditor.facts.names import Names, Near, alike, names
from auditor.prose import read_prose
from auditor.repository import Repository
from auditor.snapshot import LINK, SUBMODULE, File, Snapshot, open_snapshot

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
    ],
)
def test_a_project_in_a_subfolder(command: str) -> None:
    for answer in (f"We run `{command}` here.", f"We run:\n\n```bash\n{command}\n```"):
        assert contradicted("commands-files", {"configuration": answer}, NESTED) == []


def test_names_are_read_from_the_projects_root() -> None:
    known = names(tree(NESTED))
    assert known.projects == ("", "proj")
    assert known.roots("proj/reports") == ("proj/reports", "proj", "")
    assert known.roots("docs") == ("docs", "")
    assert known.read_from("src/app/model.py", "proj/reports") == "proj/src/app/model.py"
    assert known.read_from("src/app/none.py", "proj/reports") == ""
    assert known.resolve("artefacts/a.pt").how == "run time"


# -- the folder of a command -------------------------------------------------------------------------------------------

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
        ("docker build -t web -f service/web.dockerfile service", []),
        ("docker build -t web -f service/web.dockerfile service/", []),
        ("docker build -f docker/job.dockerfile .", []),
        ("docker build -f job.dockerfile ..", []),  # in docker
        ("docker build -f job.dockerfile .", ["command:job.dockerfile"]),  # copies what is not there
        ("docker build -f any.dockerfile .", []),
        ("docker build -f arg.dockerfile .", []),
        ("docker build -f web.dockerfil .", ["command:web.dockerfil"]),
        ("docker build -f Web.dockerfile .", ["command:Web.dockerfile"]),
        ("docker build -f none_at_all.dockerfile .", ["command:none_at_all.dockerfile"]),
        ("docker build .", ["command:docker build ."]),
    ],
)
def test_the_folder_of_a_command(command: str, expected: list[str]) -> None:
    assert contradicted("commands-files", {"docker": f"We run `{command}` here."}, SERVICE) == expected


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
    "answer",
    [
        "We keep the settings in `configs.yaml`, that is, in config.yaml.",
        "The image is built from `api.Dockerfile` and api.Dockerfile.",
        "The workflow `ruff.yml` lints our code.",
        "Everything is in `requirement.txt` and requirement.txt.",
        "The server is in API.py, we have `API.py` for it.",
        "We have a `pre-commit.yaml` file, and a pre_commit_config.yml.",
        "We have a `dependabot.yaml` for it, the `.github/dependabot.yaml`.",
        "We use the `docker-compose.yaml` for it.",
    ],
)
def test_a_slip_or_a_short_name_in_prose_says_nothing(answer: str) -> None:
    assert contradicted("paths-named", {"structure": answer}, SLIPS) == []


def test_a_slip_in_a_link_or_command_is_told_with_the_near_file() -> None:
    answer = {
        "docker": "See [it](../train_cpu.dockerfil). We run `pip install -r requirement.txt` and `python src/app/API.py`."
    }
    assert contradicted("links", answer, SLIPS) == ["link:train_cpu.dockerfil"]
    assert contradicted("commands-files", answer, SLIPS) == ["command:requirement.txt", "command:src/app/API.py"]


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


def test_a_configuration_of_a_run_is_no_missing_file() -> None:
    files = {"train.py": "import hydra\n", "configs/config.yaml": "lr: 1\n"}
    for command in (
        "python train.py --config-dir outputs/<date>/<time>/.hydra --config-name config",
        "python outputs/2026-01-01/rerun.py",
        "bash wandb/debug.sh",
    ):
        assert contradicted("commands-files", {"configuration": f"We run `{command}` then."}, files) == []


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
        made = report(
            {
                "structure": "Training is in `src/train.py`. We run `python src/fit.py` and see [it](../src/fit.py).",
                "bucket-image": "![x](figures/a.png)",
            }
        )
        said = {}
        for check in ("paths-named", "commands-files", "links", "images"):
            found, failure = load_checks()[check].run(read_prose(made), Repo(snapshot))
            assert not failure
            said[check] = [(s.about, s.detail, s.shows.split(" in ")[0]) for s in found]
    assert said == {
        "paths-named": [("path:src/train.py", True, "src/train.py was renamed to src/app/training.py")],
        "commands-files": [("command:src/fit.py", True, "src/fit.py was renamed to src/app/training.py")],
        "links": [("link:src/fit.py", True, "src/fit.py was renamed to src/app/training.py")],
        "images": [("image:reports/figures/a.png", True, "reports/figures/a.png was renamed to reports/figures/b.png")],
    }


# -- what is not in the commit -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reason", [SUBMODULE, LINK])
def test_what_lies_elsewhere_is_not_missing(reason: str) -> None:
    """The same answers about the same files, `src` being in the commit or not."""
    answer = "Training is in `src/app/train.py` and we have `loop.py`. See [it](../src/app/x.py). We run `python loop.py --lr 1`."
    own = {"configs/a.yaml": "a: 1\n", "reports/README.md": "", "pyproject.toml": ""}
    gone = [File("src", "0" * 40, 0, lambda: b"../other", reason)]
    made = report({"structure": answer, "docker": answer})
    for check in ("paths-named", "commands-files", "links", "folders-named", "commands-options"):
        for extra in (gone, []):
            kept = [File(p, "1" * 40, len(c), lambda c=c: c.encode()) for p, c in own.items()]  # type: ignore[misc]
            snapshot = Snapshot(files=[*extra, *kept])
            names(snapshot).by_name  # noqa: B018  (whoever was first to look has had the hole)
            found, failure = load_checks()[check].run(read_prose(made), Repo(snapshot))
            assert not failure
            said = [s.about for s in found if s.label == "contradicted"]
            assert not (extra and said), (check, said)


@pytest.mark.parametrize(
    "text", ["version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n", "def broken(:\n"]
)
def test_a_script_that_cannot_be_read_takes_any_option(text: str) -> None:
    answer = {"configuration": "We run `python src/train.py --lr 1` and `uvicorn src.train:app`."}
    files = {"src/train.py": text, "pyproject.toml": ""}
    for check in ("commands-options", "commands-files"):
        assert contradicted(check, answer, files) == []


def test_a_build_that_never_worked_was_wrong_at_an_earlier_commit_too() -> None:
    made = report(
        {"docker": "We run `docker build -f job.dockerfile .` here. We run `docker build -f web.dockerfile .` there."}
    )
    found, failure = load_checks()["commands-files"].run(read_prose(made), Repo(Snapshot(SERVICE, commit="c0ffee")))
    assert not failure
    assert [s.about for s in found] == ["command:job.dockerfile"]
