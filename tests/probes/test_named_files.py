"""Items that say as data what shows them: files, and words that one of these says."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.models import Record
from auditor.probes import load
from auditor.profile import Item, load_profile
from auditor.snapshot import Snapshot

DAG = "from airflow import DAG\n\nwith DAG('daily'):\n    pass\n"


def outcome(tree: dict[str, str | bytes], **said: object) -> str:
    item = Item(id="it", texts=("Write an Airflow DAG.",), **said)  # type: ignore[arg-type]
    assert item.probes[-1] == "files-of-it"
    return load([item])["files-of-it"].run(Snapshot(tree)).outcome


@pytest.mark.parametrize(
    ("tree", "mentions", "wanted"),
    [
        ({"dags/daily.py": DAG}, ("airflow", "DAG("), "found"),
        ({"dags/daily.py": DAG.upper()}, ("airflow",), "found"),
        ({"dags/sub/daily.py": DAG}, ("airflow",), "found"),
        ({"dags/daily.py": "# from airflow import DAG\nx = 1\n"}, ("airflow",), "absent"),
        ({"dags/daily.py": "x = 1  # airflow\n"}, ("airflow",), "found"),
        ({"dags/daily.py": "import prefect\n"}, ("airflow", "DAG("), "absent"),
        ({"src/daily.py": DAG}, ("airflow",), "absent"),
        ({"dags/daily.py": DAG}, (), "found"),
        ({"dags/__init__.py": "\n", "dags/.gitkeep": ""}, (), "absent"),
        ({"dags/graph.png": b"\x89PNG\r\n\x1a\n\0\0" * 30}, (), "found"),
        ({"dags/daily.py": "version https://git-lfs.github.com/spec/v1\noid sha256:" + "a" * 64 + "\nsize 12345\n"}, ("airflow",), "unknown"),
        ({}, ("airflow",), "absent"),
    ],
)  # fmt: skip
def test_files_and_words(tree: dict[str, str | bytes], mentions: tuple[str, ...], wanted: str) -> None:
    assert outcome(tree, files=("dags/**",), mentions=mentions) == wanted


@pytest.mark.parametrize(
    ("path", "text", "word", "wanted"),
    [
        ("README.md", "# Pond\n\n## Setup\n", "## Setup", "found"),
        ("README.md", "# setup\n", "setup", "found"),  # a heading is no comment
        ("models/marts.sql", "-- {{ config() }}\nselect 1\n", "config(", "absent"),
        ("models/marts.sql", "{{ config() }}\nselect 1\n", "config(", "found"),
        ("web/app.js", "// fetch(1)\n", "fetch(", "absent"),
        ("Dockerfile", "# USER pond\nFROM x\n", "USER", "absent"),
        ("run.py", "# type: ignore\n", "# type:", "found"),  # the word is itself one
        ("Snakefile", "# rule all: to do\n", "rule ", "absent"),
        ("workflow/Snakefile.new", "# rule all: to do\n", "rule ", "absent"),
        ("Snakefile", "# rules\nrule all:\n", "rule ", "found"),
        ("rules/trim.smk", "  # rule trim\n", "rule ", "absent"),
        ("nextflow.config", "// process.executor = 'slurm'\n", "process", "absent"),
        ("conf/base.config", "/* process {\n   executor\n*/ params { x = 1 }\n", "executor", "absent"),
        ("conf/base.config", "/* process {\n   executor\n*/ params { x = 1 }\n", "params", "found"),
        ("main.nf", "// process TRIM\n", "process", "absent"),
        ("main.nf", "/*\n * process TRIM\n */\n", "process", "absent"),
        ("main.nf", "process TRIM { }  // one\n", "process", "found"),
        ("bin/count.pl", "# use strict;\n", "use strict", "absent"),
        ("bin/count.pl", "=pod\n\nuse strict\n\n=cut\n", "use strict", "absent"),
        ("main.wdl", "# task trim {\n", "task", "absent"),
        ("image.def", "# Bootstrap: docker\n", "bootstrap", "absent"),
        ("paper/main.tex", "% \\cite{ours}\n", "cite", "absent"),
        ("paper/main.tex", "\\cite{ours} % ours\n", "cite", "found"),
        ("README.md", "# Pond\n<!-- ## Setup\npip install -->\n", "## Setup", "absent"),
        ("README.md", "# Pond\n<!-- later --> pip install pond\n", "pip install", "found"),
        ("README.md", "# Pond\n<!-- never ends\npip install pond\n", "pip install", "found"),
        ("docs/index.html", "<!-- badge -->\n", "badge", "absent"),
        ("docs/index.html", "<!-- badge -->\n", "<!-- badge", "found"),
        ("setup.cfg", "; addopts\n", "addopts", "absent"),
        ("Dockerfile.gpu", "# USER pond\nFROM x\n", "USER", "absent"),
        ("r.csv", "# USER pond\n", "USER", "found"),
    ],
)
def test_comments_are_not_meant(path: str, text: str, word: str, wanted: str) -> None:
    assert outcome({path: text}, files=("**/*",), mentions=(word,)) == wanted


def notebook(*cells: tuple[str, list[str]], indent: int | None = 1) -> str:
    made = [{"cell_type": kind, "metadata": {}, "source": [f"{row}\n" for row in rows]} for kind, rows in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (notebook(("code", ["# import pandas", "x = 1"])), "absent"),
        (notebook(("code", ["import pandas"])), "found"),
        (notebook(("markdown", ["# import pandas"])), "found"),  # a heading
        (notebook(("code", ["x = 1"])).replace('"metadata": {},\n "nb', '"metadata": {"import pandas": 1},\n "nb'), "found"),
        ('{"cells": [\n"# import pandas\\n"', "found"),  # no notebook: nobody can tell
    ],
)  # fmt: skip
def test_comments_in_the_cells_of_a_notebook(text: str, wanted: str) -> None:
    assert outcome({"nb/a.ipynb": text}, files=("**/*.ipynb",), mentions=("import pandas",)) == wanted


def test_a_word_that_only_a_comment_says_is_told() -> None:
    item = Item(id="flow", texts=("Write a workflow",), files=("**/Snakefile",), mentions=("rule ",))
    (absent,) = load([item])["files-of-flow"].run(Snapshot({"Snakefile": "x = 1\n# rule all: to do\n"})).evidence
    assert absent.note.endswith("mentions `rule `; nearest is Snakefile:2, a comment.")


@pytest.mark.parametrize(
    ("tree", "mentions", "said"),
    [
        ({"environment.yml": "x: 1\n"}, ("name:",), "no file that matches `environment*.yml` mentions `name:`"),
        ({"environment.yml": "# name: pond\n"}, ("name:",), "environment.yml has nothing but comments, the one file that matches `environment*.yml` and mentions `name:`; nearest is environment.yml:1, a comment"),
        ({"environment.yml": "x: 1\n# name: pond\n"}, ("name:",), "not in the one file that matches `environment*.yml` and mentions `name:`; nearest is environment.yml:2, a comment"),
        ({"environment.yml": ""}, (), "environment.yml is empty, the one file that matches `environment*.yml`"),
        ({"environment.yml": " \n\n"}, (), "environment.yml is empty, the one file that matches `environment*.yml`"),
        ({"environment.yml": "", "environment-gpu.yml": ""}, (), "none of the 2 files that match `environment*.yml`"),
        ({}, tuple("abcdefg"), "no file that matches `environment*.yml` mentions `a` or `b` or `c` or `d` (and 3 more)"),
        ({}, tuple("abcd"), "no file that matches `environment*.yml` mentions `a` or `b` or `c` or `d`"),
    ],
)  # fmt: skip
def test_what_an_absence_says(tree: dict[str, str | bytes], mentions: tuple[str, ...], said: str) -> None:
    item = Item(id="it", texts=("Declare it",), files=("environment*.yml",), mentions=mentions)
    (absent,) = load([item])["files-of-it"].run(Snapshot(tree)).evidence
    assert absent.note.partition("? No: ")[2] == f"{said}."


def test_the_evidence_is_the_line_and_the_absence_says_where_it_was_looked() -> None:
    item = Item(id="airflow", texts=("Write an Airflow DAG.",), files=("dags/**/*.py",), mentions=("airflow", "DAG("))
    probe = load([item])["files-of-airflow"]
    (found,) = probe.run(Snapshot({"dags/daily.py": DAG})).evidence
    assert (found.path, found.start, found.probe) == ("dags/daily.py", 1, "files-of-airflow")
    (absent,) = probe.run(Snapshot({"dags/daily.py": "x = 1\n"})).evidence
    assert absent.note == (
        "Is there what the course asks for: Write an Airflow DAG? No: no file that matches `dags/**/*.py` mentions"
        " `airflow` or `DAG(`."
    )


def test_a_file_that_is_the_evidence_shows_its_first_line() -> None:
    item = Item(id="dbt", texts=("Write dbt models",), files=("**/models/**/*.sql",))
    tree = {"dbt/models/a.sql": "\n-- a\nselect 1\n", "dbt/models/b.sql": "\n"}
    (found,) = load([item])["files-of-dbt"].run(Snapshot(tree)).evidence
    assert (found.path, found.start) == ("dbt/models/a.sql", 2)  # a place, by which the history is asked, too


def test_other_probes_stay_and_all_may_be_asked_for() -> None:
    item = Item(id="it", texts=("It",), probes=("dockerfile",), files=("dags/**",), require="all")
    assert item.probes == ("dockerfile", "files-of-it")
    assert isinstance(item, Record)
    assert Item.model_validate(item.model_dump()).probes == item.probes


PROFILE = """\
name = "ponds"
title = "Ponds"
[[items]]
id = "airflow"
texts = ["Write an Airflow DAG"]
files = ["dags/**/*.py"]
mentions = ["airflow", "DAG("]
absence = "contradicted"
[[items]]
id = "others"
texts = ["Write another one"]
probes = ["files-of-airflow"]
"""


def test_the_catalogue_shows_it(tmp_path: Path) -> None:
    file = tmp_path / "ponds.toml"
    file.write_text(PROFILE, encoding="utf-8")
    assert load_profile(str(file)).items_by_id["others"].probes == ("files-of-airflow",)
    for words, wanted in (
        ([], "files-of-airflow"),
        (["files-of-airflow"], "used for  airflow, others"),
        (["files-of-airflow"], "a file of one of the globs with `airflow` or `DAG(` in a line"),
    ):
        run = subprocess.run(
            [sys.executable, "-m", "auditor", "probes", *words, "--profile", str(file)],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert wanted in " ".join(run.stdout.split(" ")), run.stdout + run.stderr
