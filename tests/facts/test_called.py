"""What commands of workflows, images, recipes and documents call, and whether it is there and takes what it is given."""

import pytest
from conftest import tree

from auditor.facts.commands import Called, called, calls, inner

ARGPARSE = "import argparse\np = argparse.ArgumentParser()\np.add_argument('--epochs')\nprint(p.parse_args())\n"
FILES = {
    "pyproject.toml": "[project]\nname = 'app'\ndependencies = ['torch']\n[project.scripts]\nfit = 'app.train:main'\n",
    "src/app/__init__.py": "",
    "src/app/train.py": ARGPARSE + "def main():\n    pass\n",
    "src/app/serve.py": "app = 1\n",
    ".gitignore": "outputs/\n",
}


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("python src/a.py --x 1", [("file", "src/a.py")]),
        ("uv run --group dev python -m app.train", [("module", "app.train")]),
        ("python -m pytest tests/test_a.py::test_b -k x", [("file", "tests/test_a.py")]),
        ("pip install -r a.txt -c b.txt -rc.txt", [("file", "a.txt"), ("file", "b.txt"), ("file", "c.txt")]),
        ("docker build -f a.dockerfile -t x:y .", [("file", "a.dockerfile")]),
        ("docker buildx build --file=a.dockerfile .", [("file", "a.dockerfile")]),
        ("docker-compose -f c.yaml up", [("file", "c.yaml")]),
        ("docker compose up", [("own file", "docker compose up")]),
        ("docker run --rm image python -m app.train", [("module", "app.train")]),
        ("uvicorn app.serve:app --port 80", [("served", "app.serve:app")]),
        ("uvicorn --app-dir src serve:app", []),
        ("python -c 'print(1)'", []),
        ("echo src/a.py", []),
    ],
)
def test_calls(command: str, named: list[tuple[str, str]]) -> None:
    import shlex

    assert [(c.kind, c.name) for c in calls(inner(tuple(shlex.split(command))))] == named


def only(path: str, text: str, **more: str) -> list[Called]:
    return [c for c in called(tree({**FILES, **more, path: text})) if c.path == path]


def workflow(command: str) -> str:
    return f"on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n    - run: {command}\n"


@pytest.mark.parametrize(
    ("command", "state", "near"),
    [
        ("python src/app/train.py", "there", ""),
        ("python src/app/trains.py", "missing", "src/app/train.py"),
        ("python src/train.py", "missing", "src/app/train.py"),
        ("python -m app.train", "there", ""),
        ("python -m app.fit", "missing", ""),
        ("python -m torch.distributed.run", "run time", ""),
        ("python -m other.thing", "unknown", ""),
        ("python outputs/a.py", "run time", ""),
        ("python $SCRIPT/a.py", None, ""),
        ("uvicorn app.serve:app", "there", ""),
        ("pip install -r requirements.txt", "missing", ""),
    ],
)
def test_states(command: str, state: str | None, near: str) -> None:
    found = only(".github/workflows/a.yaml", workflow(command))
    assert [(c.state, c.near) for c in found] == ([(state, near)] if state else [])


@pytest.mark.parametrize(
    ("command", "refused"),
    [
        ("python src/app/train.py --epochs 1", ()),
        ("python src/app/train.py --lr 1", ("--lr",)),
        ("python -m app.train --lr=1", ("--lr",)),
        ("fit --lr 1", ("--lr",)),
        ("uv run fit --epochs 3", ()),
        ("python src/app/train.py -- --lr 1", ()),
    ],
)
def test_options(command: str, refused: tuple[str, ...]) -> None:
    [found] = only(".github/workflows/a.yaml", workflow(command))
    assert (found.kind, found.refused) == ("workflow", refused)


def test_where_commands_stand() -> None:
    image = (
        'FROM python:3.11\nCOPY src src\nRUN pip install -r reqs.txt\nENTRYPOINT ["python", "-u", "src/app/none.py"]\n'
    )
    assert [(c.kind, c.line, c.state) for c in only("api.dockerfile", image)] == [
        ("image", 3, "missing"),
        ("image", 4, "missing"),
    ]
    assert [(c.kind, c.line, c.state) for c in only("Makefile", "fit:\n\tpython src/app/train.py\n")] == [
        ("recipe", 2, "there")
    ]
    page = "# How\n\n```bash\n$ python src/app/train.py\ncd src\n```\n\n```\npython tree.py\n```\n\n```python\npython no.py\n```\n"
    assert [(c.kind, c.line, c.state) for c in only("README.md", page)] == [("document", 4, "there")]


def test_a_document_in_a_projects_folder_speaks_of_it() -> None:
    files = {
        "proj/pyproject.toml": "",
        "proj/run.py": "",
        "proj/docs/a.md": "```sh\npython run.py\n```\n",
        "run.py": "",
    }
    assert [c.found for c in called(tree(files))] == ["proj/run.py"]


@pytest.mark.parametrize(
    ("copies", "command", "state"),
    [
        ("COPY src/app /code/run", "python run/train.py", "there"),
        ("COPY src/app/ run/", "python run/train.py", "there"),
        ("COPY src/app run", "python /code/run/train.py", "there"),
        ("COPY src/app/train.py ./go.py", "python go.py", "there"),
        ("COPY src/app/train.py bin/", "python bin/train.py", "there"),
        ("COPY . .", "python go.py", "missing"),
        ("COPY . .", "python /elsewhere/go.py", "unknown"),
        ("COPY --from=build /x /code", "python go.py", "run time"),
        ("COPY . .\nRUN git clone https://example.com/a", "python a/go.py", "unknown"),
    ],
)
def test_what_an_image_runs_lies_where_it_was_copied_to(copies: str, command: str, state: str) -> None:
    text = f"FROM python:3.11\nWORKDIR /code\n{copies}\nCMD {command}\n"
    assert [c.state for c in only("docker/api.dockerfile", text) if c.program == "python"] == [state]


def test_the_options_of_another_program_are_its_own() -> None:
    for command in ("streamlit run src/app/train.py --server.port 80", "locust -f src/app/train.py --headless"):
        [found] = only(".github/workflows/a.yaml", workflow(command))
        assert (found.state, found.refused) == ("there", ())
