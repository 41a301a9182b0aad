"""What a statement leaves room for, whatever its kind: degrees, times that are over, what is supposed, what is told to fail, what a
line before makes, what another line names in full."""

import os
import subprocess
from pathlib import Path

import pytest
from rows import case, label, placed, read, settled, typed, verdicts
from test_settle_commands import FILES

from auditor.claims.case import Case
from auditor.facts.placeholders import placeholder
from auditor.facts.template import template
from auditor.gitsnapshot import open_snapshot
from auditor.repository import locate
from auditor.wording import by_degree, once_so, words

HYDRA = {
    "train.py": "import hydra\n\n@hydra.main(config_path='.', config_name='main')\ndef main(cfg):\n    print(cfg.lr)\n",
    "main.yaml": "lr: 0.1\n",
}


@pytest.mark.parametrize(
    ("said", "degree"),
    [
        ("We did not really use pull requests.", True),
        ("We didn't always review.", True),
        ("Pull requests were never used consistently.", True),
        ("We have not yet used many tags.", True),
        ("We did not use pull requests.", False),
        ("We did not use pull requests at all.", False),
        ("We really did not use pull requests.", False),
        ("We actually never used pull requests.", False),
    ],
)
def test_degrees(said: str, degree: bool) -> None:
    assert by_degree(words(said)) is degree


@pytest.mark.parametrize(
    ("said", "over"),
    [
        ("The project once had Python 3.10.", True),
        ("We first used python:3.11-slim.", True),
        ("It was originally written for Python 3.9.", True),
        ("Originally, the image was based on alpine.", False),  # a matter of `Statement.past`
        ("We previously set the learning rate to 1e-3.", True),
        ("The image is built at once.", False),
        ("Once a week the workflow runs.", False),
        ("The first dockerfile uses python:3.11-slim.", False),
    ],
)
def test_what_is_over(said: str, over: bool) -> None:
    assert once_so(words(said)) is over


@pytest.mark.parametrize(
    "quote", ["We once had Python 3.10", "we first used Python 3.10", "it formerly required Python 3.10"]
)
def test_a_version_that_is_over_contradicts_nothing(quote: str) -> None:
    here = case({"pyproject.toml": "[project]\nname = 'a'\nrequires-python = '>=3.12'\n"})
    fields = {"of": "python", "value": "3.10", "place": "project"}
    assert label(here, "version", "we require Python 3.10", **fields) == "contradicted"
    assert label(here, "version", quote, **fields) == "open"


@pytest.mark.parametrize(
    ("quote", "wanted"),
    [
        ("run `python src/gone.py`", "contradicted"),
        ("`python src/gone.py` fails, since nobody wrote it", "open"),
        ("with this, `python src/gone.py` does not work", "open"),
        ("`python src/gone.py` (an error that we expected)", "open"),
        ("run `python src/gone.py`; it prints how many files fail to load in the end of it all", "contradicted"),
    ],
)
def test_commands_that_are_told_to_fail(quote: str, wanted: str) -> None:
    assert label(case(FILES), "command", quote, line="python src/gone.py") == wanted


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("```bash\npip install -r requirements_gpu.txt\n```", ["command:requirements_gpu.txt"]),
        ("```bash\nuv export > requirements_gpu.txt\npip install -r requirements_gpu.txt\n```", []),
        (
            "```bash\nuv pip compile pyproject.toml -o requirements_gpu.txt && pip install -r requirements_gpu.txt\n```",
            [],
        ),
        ("Exported to a `requirements_gpu.txt`, it is read by `pip install -r requirements_gpu.txt`.", []),
        (
            "If they wanted pip, the list could be exported and installed with `pip install -r requirements_gpu.txt`.",
            [],
        ),
        ("One might run `pip install -r requirements_gpu.txt`.", []),
        ("You could run `pip install -r requirements_gpu.txt`.", ["command:requirements_gpu.txt"]),
        ("```powershell\npython src\\rainfall\\train.py\n```", []),
        ("```powershell\npython src\\rainfall\\gone.py\n```", ["command:src/rainfall/gone.py"]),
        ("Run `python src\\rainfall\\train.py` on Windows.", []),
    ],
)
def test_what_stands_around_a_command(answer: str, wanted: list[str]) -> None:
    here = case(FILES, {}, {"reproducibility": answer})
    assert [about for about, _ in verdicts(here, "commands")] == wanted


@pytest.mark.parametrize(
    ("word", "stands"),
    [
        ('param_to_override_optional="some value"', True),
        ("parameter=value", True),
        ("some_param=new_value", True),
        ("lr='your value'", True),
        ("learning_rat=0.1", False),
    ],
)
def test_overrides_that_stand_for_any(word: str, stands: bool) -> None:
    here = case(HYDRA)
    assert label(here, "command", "run it", line=f"python train.py {word}") == (
        "supported" if stands else "contradicted"
    )


@pytest.mark.parametrize(
    ("text", "stands"),
    [("some value", True), ("param_to_override", True), ("new-key", True), ("value", False), ("key_model", False), ("my.yaml", True),
     ("model", False), ("old data", False)],
)  # fmt: skip
def test_placeholders(text: str, stands: bool) -> None:
    assert placeholder(text) is stands


VERTEX = (
    "We ran `gcloud ai custom-jobs create --config=cloud/vertex_config.yaml`. The config.yaml file names the machine."
)


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        (VERTEX, "open"),
        (VERTEX.replace("cloud/vertex_config.yaml", "cloud/vertex-config.yaml"), "open"),
        (VERTEX.replace("cloud/vertex_config.yaml", "cloud/vertexconfig.yaml"), "contradicted"),
        ("The config.yaml file names the machine.", "contradicted"),
    ],
)
def test_a_short_name_of_a_file_that_is_named_in_full(answer: str, wanted: str, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "config.yaml").write_text("lr: 0.1\nepochs: 3\nbatch: 4\n", encoding="utf-8")
    (tmp_path / "cloud").mkdir()
    (tmp_path / "cloud" / "machine.yaml").write_text("machineType: n1\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "mv", "config.yaml", "exp1.yaml")
    git(tmp_path, "commit", "-qm", "two")
    repository = locate(str(tmp_path)).repository
    base = case({}, {}, {"cloud-training": answer})
    with open_snapshot(repository, repository.head()) as snapshot:
        snapshot.report = base.report
        here = Case(snapshot, base.profile, base.prose)
        claim = typed("file", "The config.yaml file names the machine.", path="config.yaml", state="there")
        placed(here, "cloud-training", claim)
        made = settled(here, "file", claim.quote, path="config.yaml", state="there")
        assert (made.label if made else "open") == wanted


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=s000001", "-c", "user.email=s000001@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], capture_output=True, check=True, env=dict(os.environ))


def test_a_project_that_is_moved_as_a_whole_brings_no_template(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    inner = tmp_path / "project"
    (inner / ".dvc").mkdir(parents=True)
    for i in range(10):
        (inner / f"f{i}.txt").write_text(f"from the template {i}\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "template")
    (inner / ".dvc" / "config").write_text("[core]\n    remote = a\n", encoding="utf-8")
    (inner / "ours.txt").write_text("ours\n", encoding="utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "dvc init")
    git(tmp_path, "mv", *[str(p.relative_to(tmp_path)) for p in inner.iterdir()], ".")
    git(tmp_path, "commit", "-qm", "moved up")
    repository = locate(str(tmp_path)).repository
    with open_snapshot(repository, repository.head(), lambda f: "template stub" if f.size else "") as snapshot:
        found = template(snapshot)
    assert found is not None
    assert (found.brought("ours.txt"), found.brought(".dvc"), found.brought(".dvcignore")) == (None, None, None)
    assert found.brought("f1.txt") is not None
    assert not found.commit.startswith(repository.head())


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("We have 9 tests in total.", [9]),
        ('The log said "collected 9 tests" in total.', []),
        ("The matrix runs 9 tests in total.", []),
    ],
)
def test_numbers_that_are_quoted_or_multiplied(answer: str, wanted: list[int]) -> None:
    made = read("counts", case({}, {}, {"tests": answer}))
    assert [c.value for c in made] == wanted  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("quote", "wanted"),
    [
        ("the tests run when a pull request is merged", "open"),
        ("the tests run when pull requests are closed", "open"),
        ("the tests run when a pull request is opened", "contradicted"),
    ],
)
def test_a_pull_request_that_is_merged_is_a_merge(quote: str, wanted: str) -> None:
    push = "on:\n  push:\n    branches: [main]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest tests\n"
    here = case({".github/workflows/tests.yaml": push, "tests/test_a.py": "def test_a():\n    assert 1\n"})
    made = label(here, "trigger", quote, events=["pull request"], path="tests.yaml")
    assert (made if made == "contradicted" else "open") == wanted


@pytest.mark.parametrize(
    ("answer", "wanted"),
    [
        ("git clone https://github.com/pears/viewer\ncd viewer\npython start.py", ["repo:pears/viewer"]),
        ("git clone https://github.com/pears/mlops_viewer\ncd mlops_viewer\npython start.py", []),
        ("git clone https://github.com/rain/rainfall\ncd rainfall\npython start.py", ["command:start.py"]),
    ],
)
def test_a_clone_of_another_repository_has_other_files(answer: str, wanted: list[str]) -> None:
    known = "See https://github.com/rain/rainfall/blob/main/tasks.py for our tasks."
    here = case(FILES, {}, {"reproducibility": f"{known}\n\n```bash\n{answer}\n```"})
    assert [about for about, _ in verdicts(here, "commands")] == wanted
