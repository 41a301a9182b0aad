"""What ordinary libraries do and a rule may not hold against their READMEs: builders, workspaces, plugins, makefiles, other people's tools;
each beside what is still told."""

import subprocess
from pathlib import Path

import pytest
from build_fixture import git
from test_profiles_packaged import findings

from auditor import pipeline
from auditor.models import Submission
from auditor.profile import load_profile

PROJECT = '[project]\nname = "pond"\nversion = "1"\nrequires-python = ">=3.9"\n'
SCRIPT = PROJECT + '[project.scripts]\npond = "pond.cli:main"\n'
PARSER = "import argparse\n\n\ndef main():\n    p = argparse.ArgumentParser()\n    p.add_argument('--depth')\n    p.parse_args()\n"


def told(text: str, files: dict[str, str], name: str = "README.md") -> list[str]:
    made = findings("readme", {name: text, **files}, name)
    return [f for f in made if not f.startswith(("link-broken", "image-not-found"))]


def shell(command: str, files: dict[str, str]) -> list[str]:
    return told(f"# pond\n\n## Use\n\n```bash\n{command}\n```\n", files)


# -- options -----------------------------------------------------------------------------------------------------------

NOPE = "The command gives --nope; pond/cli.py takes --depth."
NONE = "The command gives --port; serve.py takes no options."
RUN = "from pond.core import run\nrun()\n"


@pytest.mark.parametrize(
    ("command", "files", "want"),
    [
        ("pond --nope 3", {"pond/cli.py": PARSER}, NOPE),
        # what is somebody else's
        ("python -m build --wheel", {"tools/build.py": PARSER}, ""),
        ("python -m venv --clear x", {"tools/venv.py": PARSER}, ""),
        ("python -m twine upload --skip-existing x", {"scripts/twine.py": PARSER}, ""),
        ("python -m pond --lake 3", {"pond/__main__.py": PARSER.replace("depth", "lake"), "examples/pond.py": PARSER}, ""),
        ("python -m pond --nope 3", {"src/pond/__main__.py": PARSER}, NOPE.replace("pond/cli.py", "src/pond/__main__.py")),
        ("python setup.py install --user", {"setup.py": "from setuptools import setup\nsetup()\n"}, ""),
        ("python setup.py build_ext --inplace", {"setup.py": "from distutils.core import setup\nsetup()\n"}, ""),
        ("pond run -- pytest --cov x", {"pond/cli.py": PARSER}, ""),
        ("pond pytest --cov x", {"pond/cli.py": PARSER.replace("    p.parse", "    p.add_argument('rest', nargs=argparse.REMAINDER)\n    p.parse")}, ""),
        ("pond pytest --cov x", {"pond/cli.py": PARSER.replace("    p.parse", "    p.add_argument('rest', nargs='...')\n    p.parse")}, ""),
        # commands that come from elsewhere
        ("pond fish --deep", {"pond/cli.py": "import click\n\n\nclass Lazy(click.Group):\n    pass\n\n\n@click.command(cls=Lazy)\n@click.option('--x')\ndef main(x):\n    print(x)\n"}, ""),
        ("pond fish --deep", {"pond/cli.py": "import click\nfrom click_plugins import with_plugins\n\n\n@with_plugins(found())\n@click.group()\ndef main():\n    pass\n\n\n@main.command()\n@click.option('--x')\ndef sea(x):\n    print(x)\n"}, ""),
        ('pond "--nope in words"', {"pond/cli.py": PARSER}, ""),
        ("pond --nope", {"pond/cli.py": "import argparse\nfrom pond.more import more\n\n\nclass App:\n    def __init__(self):\n        self.parser = argparse.ArgumentParser()\n        self.parser.add_argument('--depth')\n        more(self)\n\n\ndef main():\n    App().parser.parse_args()\n"}, ""),
        ("pond --nope", {"pond/cli.py": "import argparse\nfrom pond.more import more\n\n\nclass App:\n    def __init__(self):\n        self.parser = argparse.ArgumentParser()\n        self.parser.add_argument('--depth')\n        more(3)\n\n\ndef main():\n    App().parser.parse_args()\n"}, NOPE),
        ("python pond/cli.py", {"pond/cli.py": "import argparse\n\np = argparse.ArgumentParser()\nsub = p.add_subparsers()\ncmd = sub.add_parser('a')\ncmd.add_argument('-v')\ncmd = sub.add_parser('b')\ncmd.add_argument('-v')\np.parse_args()\n"}, ""),
        ("python pond/cli.py", {"pond/cli.py": "import argparse\n\np = argparse.ArgumentParser()\nsub = p.add_subparsers()\nfor cmd in (sub.add_parser('a'),):\n    cmd.add_argument('-v')\nfor cmd in (sub.add_parser('b'),):\n    cmd.add_argument('-v')\np.parse_args()\n"}, ""),
        ("python pond/cli.py", {"pond/cli.py": "import argparse\n\np = argparse.ArgumentParser()\np.add_argument('-v')\np.add_argument('-v')\np.parse_args()\n"}, "pond/cli.py cannot start: argparse refuses -v a second time."),
        # who may read the command line
        ("python serve.py --port 80", {"serve.py": "import numpy\nprint(numpy.pi)\n"}, NONE),
        ("python serve.py --port 80", {"serve.py": RUN, "pond/core.py": "def run():\n    print(1)\n"}, NONE),
        ("python serve.py --port 80", {"serve.py": "from tornado.options import define, parse_command_line\ndefine('port')\n"}, ""),
        ("python serve.py --port 80", {"serve.py": "import luigi\nluigi.run()\n"}, ""),
        ("python serve.py --port 80", {"serve.py": RUN, "pond/core.py": "from somebody import start\n\n\ndef run():\n    start()\n"}, ""),
        ("python serve.py --verbose", {"serve.py": "import unittest\n\nunittest.main()\n"}, ""),
    ],
)  # fmt: skip
def test_options(command: str, files: dict[str, str], want: str) -> None:
    files = {"pyproject.toml": SCRIPT, "pond/__init__.py": "", **files}
    assert shell(command, files) == ([want] if want else [])


# -- make --------------------------------------------------------------------------------------------------------------

ALL = "all:\n\techo\n"


@pytest.mark.parametrize(
    ("makefile", "command", "want"),
    [
        (ALL, "make lint", True),
        ("lint:\n\techo\n" + ALL, "make lint", False),
        ("test lint \\\nformat: x\n\techo\n" + ALL, "make lint", False),
        (".PHONY: all \\\n  lint\n" + ALL, "make lint", False),
        ("ifeq ($(OS),Windows_NT)\n  lint:\n\techo\nendif\n" + ALL, "make lint", False),
        (ALL + ".DEFAULT:\n\techo $@\n", "make lint", False),
        ("sinclude x.mk\n" + ALL, "make lint", False),
        ("-include x.mk\n" + ALL, "make lint", False),
        ("ifdef X\n  include x.mk\nendif\n" + ALL, "make lint", False),
        ("${T}:\n\techo\n" + ALL, "make lint", False),
        ("lint-%:\n\techo\n" + ALL, "make lint-x", False),
        ("lint format &: x\n\techo\n" + ALL, "make format", False),
        ("define R\nlint:\n\techo\nendef\n" + ALL, "make lint", True),
        ("$(foreach t,a,$(eval $(call R,$(t))))\n" + ALL, "make lint", False),
        (".c.o:\n\tcc\n" + ALL, "make lint.o", False),
        ("X := lint: y\n" + ALL, "make lint", True),
        (ALL + "\t@echo lint: is good\n", "make lint", True),
        (ALL, "make docs", True),  # a folder, which make takes for done
        (ALL, "make fish", False),  # fish.c, by a rule of its own
    ],
)
def test_targets_of_a_makefile(makefile: str, command: str, want: bool) -> None:
    files = {"Makefile": makefile, "docs/a.md": "x\n", "fish.c": "int x;\n"}
    name = command.split()[1]
    done = ", and make takes the folder of that name for done" * (name == "docs")
    assert shell(command, files) == [f"The command runs the target {name}; there is none of that name{done}."] * want


# -- extras ------------------------------------------------------------------------------------------------------------

SETUP = "from setuptools import setup\nsetup(name='pond')\n"
CFG = "[metadata]\nname = pond\n"
EXTRA = "[project.optional-dependencies]\nlake = ['x']\n"


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({"pyproject.toml": PROJECT}, True),
        ({"setup.py": SETUP, "setup.cfg": CFG}, True),
        ({"setup.py": "import setuptools\nsetuptools.setup(pbr=True)\n", "setup.cfg": CFG + "[extras]\nlake =\n  x\n"}, False),
        ({"setup.py": "import json\nfrom setuptools import setup\nsetup(**json.load(open('p.json')))\n", "setup.cfg": CFG}, False),
        ({"pyproject.toml": '[build-system]\nbuild-backend = "flit_core.buildapi"\n[tool.flit.metadata]\nmodule = "pond"\n', "setup.cfg": CFG}, False),
        ({"pyproject.toml": PROJECT, "packages/pond/pyproject.toml": PROJECT + EXTRA}, False),
        ({"pyproject.toml": PROJECT, "packages/sea/pyproject.toml": PROJECT.replace("pond", "sea") + EXTRA}, True),
    ],
)  # fmt: skip
def test_extras(files: dict[str, str], want: bool) -> None:
    assert bool(shell("pip install 'pond[lake]'", files)) is want


@pytest.mark.parametrize("name", ["extra1", "extras", "feature_name", "option-a", "foo"])
def test_an_extra_that_stands_for_any_is_none(name: str) -> None:
    assert shell(f"pip install pond[{name}]", {"pyproject.toml": PROJECT}) == []


# -- the Python that is needed -----------------------------------------------------------------------------------------

OLD = {"setup.py": "from setuptools import setup\nsetup(name='pond', python_requires='>=3.8')\n"}
BARE = {"pyproject.toml": "[build-system]\nrequires = ['setuptools']\n"}
WORKSPACE = {
    "pyproject.toml": PROJECT.replace("3.9", "3.12") + "[tool.uv.workspace]\nmembers = ['packages/*']\n",
    "packages/pond/pyproject.toml": PROJECT,
}


@pytest.mark.parametrize(
    ("said", "files", "want"),
    [
        ("Pond requires Python 3.8+.", {}, True),
        ("It requires Python 3.8 or newer.", {}, True),
        ("* Python 3.8+", {}, True),
        ("Requires Python 3.8+.", {}, True),
        # of somebody else, or of another release
        ("NumPy requires Python 3.8 or later.", {}, False),
        ("Poetry needs Python 3.8+.", {}, False),
        ("Version 1.x requires Python 3.6+.", {}, False),
        ("* 1.0: Python 3.6+", {}, False),
        ("Generated modules need Python 3.7+.", {}, False),
        # whose metadata is meant
        ("* Python 3.8+", {"examples/pyproject.toml": PROJECT, **BARE, **OLD}, False),
        ("* Python 3.8+", {".python-version": "3.12\n", **BARE, **OLD}, False),
        ("* Python 3.7+", {**BARE, **OLD}, True),
        ("* Python 3.7+", {"setup.cfg": CFG + "[options]\npython_requires = >=3.8\n", **BARE, "setup.py": SETUP}, True),
        ("* Python 3.7+", {**BARE, "setup.py": "from setuptools import setup\nsetup(python_requires=NEEDED)\n"}, False),
        ("* Python 3.9+", WORKSPACE, False),
        ("* Python 3.8+", WORKSPACE, True),
        ("![p](https://img.shields.io/badge/python-3.6+-blue)", {".python-version": "3.11\n", **BARE, **OLD}, True),
        ("![p](https://img.shields.io/badge/python-3.8+-blue)", {".python-version": "3.11\n", **BARE, **OLD}, False),
        ("* Python 3.8+", {"docs/environment.yml": "dependencies:\n  - python=3.11\n", **BARE}, False),
    ],
)  # fmt: skip
def test_which_python_is_needed(said: str, files: dict[str, str], want: bool) -> None:
    made = told(f"# Pond\n\n## Use\n\n{said}\n", {"pyproject.toml": PROJECT, **files})
    assert bool(made) is want


# -- entry points ------------------------------------------------------------------------------------------------------

FROM = "from setuptools import setup\n"


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({"pyproject.toml": PROJECT}, True),
        ({"pyproject.toml": PROJECT + '[project.gui-scripts]\nfish-x = "fish_x:main"\n'}, False),
        ({"pyproject.toml": '[tool.flit.scripts]\nfish-x = "fish_x:main"\n'}, False),
        ({"pyproject.toml": '[project]\nname = "pond"\ndynamic = ["scripts"]\n'}, False),
        ({"pyproject.toml": PROJECT + '[dependency-groups]\nfish-x = ["x"]\n'}, True),
        ({"setup.py": FROM + "setup(scripts=['tools/fish-x'])\n"}, False),
        ({"setup.py": FROM + "E = ['fish-x=fish_x:main']\nsetup(entry_points={'console_scripts': E})\n"}, False),
        ({"setup.py": FROM + 'setup(entry_points="""\n[console_scripts]\nfish-x=fish_x:main\n""")\n'}, False),
    ],
)
def test_scripts_that_are_declared_otherwise(files: dict[str, str], want: bool) -> None:
    assert bool(shell("uv run fish-x", {"fish_x.py": "def main():\n    print(1)\n", **files})) is want


# -- anchors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "anchor", "want"),
    [
        ("## ⚙\ufe0f Setup", "#%EF%B8%8F-setup", False),
        ("## ⚙\ufe0f Setup", "#\ufe0f-setup", False),
        ("## ⚙\ufe0f Setup", "#setup", True),
        ("## 1\ufe0f\u20e3 Setup", "#1\ufe0f\u20e3-setup", False),
        ("## การติดตั้ง", "#การติดตั้ง", False),
        ("## स्थापना", "#स्थापना", False),
        ("## ½ cup", "#-cup", False),
        ("## 🏃\u200d♂\ufe0f Run", "#\u200d\ufe0f-run", False),
        ("## Use 🚀", "#use-", False),
        ("## Use 🚀", "#use", True),
    ],
)
def test_anchors_of_any_script(heading: str, anchor: str, want: bool) -> None:
    assert bool(told(f"# pond\n\n[x]({anchor})\n\n{heading}\n\nText.\n", {})) is want


def test_places_of_restructured_text_are_not_known() -> None:
    text = "pond\n====\n\n`x <#usage>`_\n\nUsage\n~~~~~\n\nText.\n"
    assert told(text, {}, "README.rst") == []


@pytest.mark.parametrize("address", ["path/to/file.md", "docs/…", "url/path-to/x.md"])
def test_addresses_that_stand_for_others(address: str) -> None:
    assert told(f"# pond\n\nSee [it]({address}).\n", {}) == []


# -- what was here and may be the reader's -----------------------------------------------------------------------------

WAS = {
    "config.json": '{"a": 1}\n' * 5,
    "bot.py": "x = 1\n" * 20,
    "train.py": "y = 2\n" * 30,
    "scripts/run.sh": "echo 1\n" * 9,
    "examples/basic.py": "q = 2\n" * 12,
}


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository from which all that was is gone."""
    folder = tmp_path_factory.mktemp("emptied")
    git(folder, "init", "-q", "-b", "main")
    git(folder, "config", "user.name", "A")
    git(folder, "config", "user.email", "a@example.com")
    for name, text in WAS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    git(folder, "rm", "-q", *WAS)
    (folder / "pyproject.toml").write_text(SCRIPT, encoding="utf-8")
    (folder / "pond").mkdir()
    (folder / "pond/cli.py").write_text(PARSER, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two")
    return folder


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("The script `train.py` trains the model.", 1),
        ("Examples are in `examples/basic.py`.", 1),
        ("Run `scripts/run.sh` to start.", 1),
        ("Create a file `config.json` in the root:", 0),
        ("Pond reads `config.json` from the current folder.", 0),
        ("Save this as `bot.py`:", 0),
        ("In your `train.py`, add two lines.", 0),
        ("Make a new file called `bot.py`.", 0),
        ("```bash\npython train.py\n```", 1),
        ("```bash\ncd pond\npython train.py\n```", 1),
        ("```bash\ncd myproject\npython train.py\n```", 0),
        ("```bash\nmkdir proj && cd proj\npython bot.py\n```", 0),
        ("```bash\nnano bot.py\npython bot.py\n```", 0),
        ("```bash\ngit checkout v1\npython train.py\n```", 0),
        ("```bash\ngit checkout -b fix\npython train.py\n```", 1),
        ("```bash\npond init\npython bot.py\n```", 0),
        ("```bash\ncookiecutter gh:acme/pond\npython train.py\n```", 0),
    ],
)
def test_what_was_here_and_the_reader_makes(emptied: Path, text: str, want: int, tmp_path: Path) -> None:
    here = tmp_path / "pond"
    subprocess.run(["git", "clone", "-q", str(emptied), str(here)], check=True)
    (here / "README.md").write_text(f"# pond\n\n## Use\n\n{text}\n", encoding="utf-8")
    git(here, "add", "-A")
    git(here, "-c", "user.name=A", "-c", "user.email=a@example.com", "commit", "-qm", "text")
    done = pipeline.audit(Submission(id="pond", repo=str(here)), load_profile("readme"))
    assert len(done.findings) == want


# -- systems that tests run on -----------------------------------------------------------------------------------------

TESTS = "on: push\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest\n"


@pytest.mark.parametrize(
    ("files", "want"),
    [
        ({}, 1),
        ({"tox.ini": "[tox]\nenvlist = py39\n"}, 1),
        *(({path: "x: 1\n"}, 0) for path in (".travis.yml", "azure-pipelines.yml", "appveyor.yml", ".cirrus.yml", ".circleci/config.yml", "Jenkinsfile")),
    ],
)  # fmt: skip
def test_another_host_may_test_on_other_systems(files: dict[str, str], want: int) -> None:
    files = {".github/workflows/ci.yml": TESTS, "tests/test_a.py": "def test_a():\n    assert True\n", **files}
    assert len(told("# pond\n\n## Tests\n\nCI runs on Ubuntu, macOS and Windows.\n", files)) == want
