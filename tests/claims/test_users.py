"""A README speaks to readers with projects of their own: what never was in the repository is theirs, what was here is held against it."""

from pathlib import Path

import pytest
from build_fixture import git

from auditor import pipeline
from auditor.models import AuditRecord, Submission
from auditor.profile import load_profile

BEFORE = {
    "pyproject.toml": '[project]\nname = "pond"\nrequires-python = ">=3.10"\n[project.scripts]\npond = "pond.cli:main"\n',
    "pond/__init__.py": "",
    "pond/cli.py": "import argparse\n\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--depth')\n    p.parse_args()\n",
    "pond/settings.py": "LEVEL = 1\n" * 20,
    "pond/models.py": "class Lake:\n    name = 'lake'\n    depth = 3\n" * 8,
    "pond/level.yaml": "level: 2\n",
    "pond/forms/lake.py": "class Form:\n    fields = ['name', 'depth']\n" * 9,
    "tools/measure.py": "print('deep')\n" * 20,
    "tools/draw_lakes.py": "print('lakes')\n" * 20,
    "tests/site/manage.py": "print('manage')\n" * 9,
    "tests/test_pond.py": "def test_pond():\n    assert True\n",
    "examples/Dockerfile": "FROM alpine:3.20\nCMD ls\n",
    "examples/main.py": "import argparse\n\np = argparse.ArgumentParser()\np.add_argument('--depth')\np.parse_args()\n",
    "demo/app.py": "print('app')\n" * 12,
    "requirements.txt": "numpy\n",
    "setup.py": "from setuptools import setup\nsetup()\n",
    "manage.py": "print('root')\n" * 9,
}  # fmt: skip


@pytest.fixture(scope="module")
def pond(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository of which some files were renamed and others removed."""
    folder = tmp_path_factory.mktemp("pond")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.com")
    for name, text in BEFORE.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "pond/core").mkdir()
    git(folder, "mv", "pond/models.py", "pond/core/lakes.py")
    git(folder, "mv", "pond/forms", "pond/sheets")
    git(
        folder,
        "rm",
        "-q",
        "tools/measure.py",
        "demo/app.py",
        "requirements.txt",
        "setup.py",
        "manage.py",
        "tests/site/manage.py",
    )
    git(folder, "commit", "-q", "-m", "two")
    return folder


def audited(folder: Path, text: str, profile: str = "readme", name: str = "README.md") -> AuditRecord:
    """The record of the repository with another README."""
    (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "text")
    return pipeline.audit(Submission(id="pond", repo=str(folder)), load_profile(profile))


def told(folder: Path, text: str, profile: str = "readme") -> list[str]:
    """What is held against such a README."""
    return [v.difference for v in audited(folder, text, profile).verdicts if v.label == "contradicted"]


@pytest.mark.parametrize(
    "text",
    [
        "Open `shop/models.py` and add a field.",
        "Update `app/settings.py` and `app/urls.py`.",
        "Put `src/main.py` into your project, beside `config/pond.yaml`.",
        "See `shop/cli.py`.",  # alike by its folder
        "Add this to your `setup.py`.",  # was here, and any project has one
        "Write a `Dockerfile` for it.",
        "```bash\npython manage.py migrate\npython manage.py pond_worker\n```",
        "```bash\npython src/main.py --depth 3\n```",
        "```bash\npython main.py --nope 3\n```",
        "```bash\nuvicorn shop.api:app\nuvicorn main:app\n```",
        "```bash\npython -m shop.cli\n```",
        "```bash\nmake migrations\ninvoke train\njust run\n```",
        "```bash\ndocker build .\ndocker compose up\npre-commit install\ndvc pull\n```",
        "```bash\ndocker build -f docker/api.dockerfile .\n```",
        "```bash\ncd shop\npytest tests/test_shop.py\n```",
        "```bash\npip install -r dev-requirements.txt\n```",
        "For this to work with multi-stage images, you need to tag your stages as well. We use a multi-stage build for the image.",
        "The image is based on python:3.12-slim and runs as a non-root user.",
        "The tests run on every push to main. In the CI we run ruff and mypy.",
        "There are two Dockerfiles and three workflows.",
        "The tests lie in `spec/`.",
        "Copy `pond/level.yaml` and set `level: 3`.",
    ],
)  # fmt: skip
def test_what_never_was_here_is_of_the_readers_own_project(pond: Path, text: str) -> None:
    assert told(pond, f"# pond\n\n## Use\n\n{text}\n") == []


@pytest.mark.parametrize(
    ("text", "starts"),
    [
        ("Read `pond/models.py` first.", "The sentence names pond/models.py; it was renamed to pond/core/lakes.py in "),
        ("All forms lie in the `pond/forms/` folder.", "The sentence names pond/forms; it was renamed to pond/sheets in "),
        ("Depths are from `tools/measure.py`.", "The sentence names tools/measure.py; it is no longer in the repository."),
        ("```bash\npython tools/measure.py\n```", "The command names tools/measure.py; the repository has no such file."),
        ("```bash\ncd tools\npython measure.py\n```", "The command names measure.py; the repository has no such file."),
        ("```bash\npip install -r requirements.txt\n```", "The command names requirements.txt; the repository has no such file."),
        ("```bash\npython tools/draw_lake.py\n```", "The command names tools/draw_lake.py; the script is tools/draw_lakes.py."),
        ("```bash\npython -m pond.models\n```", "The command runs the module pond.models; its file was renamed to "),
        ("```bash\npond --nope 3\n```", "The command gives --nope; pond/cli.py takes --depth."),
        ("```bash\npython pond/cli.py --nope 3\n```", "The command gives --nope; pond/cli.py takes --depth."),
        ("See [models](shop/models.py).", "The link leads nowhere"),
        ("![a lake](docs/lake.png)", "The image does not show"),
        ("The API image in `examples/Dockerfile` is a multi-stage build.", ""),
    ],
)  # fmt: skip
def test_what_was_here_or_leads_nowhere_is_told(pond: Path, text: str, starts: str) -> None:
    made = told(pond, f"# pond\n\n## Use\n\n{text}\n")
    assert [m[: len(starts)] for m in made] == [starts] * bool(starts)


def test_a_file_of_the_tests_that_went_is_not_the_readers(pond: Path) -> None:
    assert told(pond, "# pond\n\nRun `python manage.py migrate`, and see `demo/manage.py` and `app.py`.\n") == []


def test_who_grades_asks_for_what_is_named(pond: Path, tmp_path: Path) -> None:
    graded = tmp_path / "graded.toml"
    graded.write_text('extends = "readme"\nname = "graded"\ntitle = "Graded"\nspeaks_to = "course"\n')
    text = "# pond\n\nWe made `tools/fathom.py`.\n\n```bash\npython src/main.py\n```\n"
    assert len(told(pond, text, str(graded))) == 2
    assert told(pond, text) == []


# -- links to places of a page -----------------------------------------------------------------------------------------

CONTENTS = "# pond\n\n- [Test lake_x4](#test-lakex4)\n- [Train lake_x4](#train-lakex4)\n- [Use](#use)\n\n## Test lake_x4\n\nSee [train](#train-lakex4).\n\n## Train lake_x4\n\nMuch.\n\n## Use\n\nMore.\n"


def test_links_to_places_that_a_page_has_not_are_one_finding(pond: Path) -> None:
    done = audited(pond, CONTENTS)
    by_id = {v.id: v for v in done.verdicts}
    assert [(f.level, by_id[f.verdict].repo_shows, [p.line for p in f.also_at]) for f in done.findings] == [
        ("warning", "README.md has no anchor #test-lakex4 or #train-lakex4.", [4, 9])
    ]


def test_one_place_that_a_page_lost_is_one_finding_whenever_its_links_were_written(pond: Path) -> None:
    audited(pond, "# pond\n\nSee [e](#environment).\n\n## More\n\nSee [e](#environment).\n\n## Environment\n\nMuch.\n")
    audited(
        pond, "# pond\n\nSee [e](#environment).\n\n## More\n\nSee [e](#environment).\n\n## 💻 Environment\n\nMuch.\n"
    )
    done = audited(
        pond,
        "# pond\n\nLook at [e](#environment).\n\n## More\n\nSee [e](#environment).\n\n## 💻 Environment\n\nMuch.\n",
    )
    assert [(f.level, len(f.also_at)) for f in done.findings] == [("warning", 1)]
    alone = audited(pond, "# pond\n\nLook at [e](#environment).\n\n## 💻 Environment\n\nMuch.\n")
    assert [(f.level, len(f.also_at)) for f in alone.findings] == [("warning", 0)]


def test_folders_alike_by_their_files_names_are_not_said_to_be_one(pond: Path) -> None:
    text = (
        "# pond\n\nSee [one](shop/core/lakes.py).\n\n## More\n\nSee [two](shop/core/).\n\n[three](pnd/core/lakes.py)\n"
    )
    done = audited(pond, text)
    said = " ".join(v.difference + v.repo_shows for v in done.verdicts)
    assert "is called" not in said
