"""Evidence that is of no code at work, over small invented trees and histories."""

import os
import subprocess
from pathlib import Path

from conftest import tree

from auditor.facts.takenover import MANY, taken_over
from auditor.gitsnapshot import open_snapshot
from auditor.idle import idle
from auditor.models import Evidence
from auditor.repository import locate
from auditor.snapshot import Snapshot


def git(folder: Path, *arguments: str) -> None:
    who = ("-c", "user.name=s000001", "-c", "user.email=s000001@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *arguments], capture_output=True, check=True, env={**os.environ})


def commit(folder: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    git(folder, "add", ".")
    git(folder, "commit", "-qm", "work")


def package(name: str, count: int) -> dict[str, str]:
    return {f"{name}/part{n % 3}/m{n}.py": f"x = {n}\n" for n in range(count)}


def taken(folder: Path) -> frozenset[str]:
    repository = locate(str(folder)).repository
    with open_snapshot(repository, repository.head()) as snapshot:
        return taken_over(snapshot)


def test_a_package_that_comes_at_once(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q", "-b", "main")
    commit(tmp_path, package("first", MANY))  # what was made elsewhere
    commit(tmp_path, package("src/pears", MANY) | {"src/own/train.py": "x = 1\n"})
    commit(tmp_path, package("src/plums", MANY - 1) | package("tools", 3))
    git(tmp_path, "mv", "src/pears/part0/m0.py", "src/own/m0.py")
    git(tmp_path, "mv", "first", "second")  # moved, not new
    commit(tmp_path, {"src/pears/part1/m1.py": "x = 2\n"})
    found = taken(tmp_path)
    assert len(found) == MANY - 1
    assert all(path.startswith("src/pears/") for path in found)


def snapshot_of(files: dict[str, str]) -> tuple[Snapshot, dict[str, Evidence]]:
    snapshot = tree(files)
    pieces = {path: snapshot.files[path].cite(1, 2) for path in files}
    return snapshot, pieces


def test_modules_that_stop_are_told_with_their_import() -> None:
    snapshot, pieces = snapshot_of(
        {
            "src/orchard/model.py": "class Pear:\n    n = 1\n",
            "src/orchard/train.py": "from .model import Apple\n",
            "tests/test_train.py": "from orchard.train import run\n",
        }
    )
    found = idle(snapshot, pieces)
    assert found.stopped == {
        "src/orchard/train.py": "src/orchard/train.py cannot be imported: line 1 imports `Apple`, which src/orchard/model.py does not have"
    }
    assert not found.others


def test_lines_of_the_template() -> None:
    snapshot = tree(
        {
            "src/pears/data.py": "import typer\n\nif __name__ == '__main__':\n    typer.run(preprocess)\n    own_thing(1)\n"
        }
    )
    file = snapshot.files["src/pears/data.py"]
    assert idle(snapshot, {"a": file.cite(3, 4)}).others == {"a"}
    assert not idle(snapshot, {"a": file.cite(4, 5), "b": file.exists("there")}).others
