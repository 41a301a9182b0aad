"""Texts that grow: each row makes a submission with n of something, to see how the work grows with it.

`python tests/stress.py [ROW ...] [--sizes N,2N,4N] [--limit SECONDS]` prints the seconds of each row for n, 2n and 4n (with
what the same submission takes without the text, in the column `0`). Everything runs in this process, on a snapshot in memory.
"""

import json
import resource
import signal
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from auditor import pipeline
from auditor.errors import UserError
from auditor.examine import examine
from auditor.form.check import check_form
from auditor.judges import JudgeInfo
from auditor.judges.request import Asking
from auditor.models import Audited
from auditor.prepared import Book, with_report
from auditor.profile import load_profile
from auditor.render import html
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.repository import Commit, History
from auditor.snapshot import Snapshot

FIXTURE = Path(__file__).resolve().parent.parent / "fixtures" / "overclaiming" / "files"
REPORT = "reports/README.md"
Tree = dict[str, str]
Change = Callable[[Tree, int], object]


@dataclass(frozen=True)
class Row:
    """One stress text: what it changes in a submission, and the smallest n. `judge` rows write the requests, too; those with
    `commits` have n of them."""

    name: str
    change: Change
    n: int
    judge: bool = False
    commits: bool = False


@cache
def base() -> Mapping[str, str]:
    """A small submission: a fixture's texts."""
    files = (p for p in sorted(FIXTURE.rglob("*")) if p.is_file())
    return {p.relative_to(FIXTURE).as_posix(): p.read_text(encoding="utf-8") for p in files if p.suffix != ".png"}


def answering(text: Callable[[int], str], question: int = 7) -> Change:
    """Text at the end of the answer to a question."""

    def change(tree: Tree, n: int) -> None:
        place = tree[REPORT].index(f"### Question {question + 1}\n")
        tree[REPORT] = tree[REPORT][:place] + text(n) + "\n\n" + tree[REPORT][place:]

    return change


def before_all(text: Callable[[int], str]) -> Change:
    """Text above everything else in the report."""

    def change(tree: Tree, n: int) -> None:
        tree[REPORT] = text(n) + "\n" + tree[REPORT]

    return change


def ran(change: Change, *commands: str) -> Change:
    """A change with a workflow that runs the commands."""
    steps = "".join(f"      - run: {c}\n" for c in commands)
    return both(change, file(".github/workflows/t.yml", lambda n: _STEPS + steps))


_STEPS = "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"


def levels(head: str, form: str) -> Callable[[int], str]:
    """n pieces, each of which may name the next one (`{+}`) as often as it likes."""
    return lambda n: head + "".join(form.replace("{}", str(k)).replace("{+}", str(k + 1)) for k in range(n))


def below_heading(text: Callable[[int], str]) -> Change:
    def change(tree: Tree, n: int) -> None:
        tree[REPORT] = tree[REPORT].replace("### Question 7\n", "### Question 7\n" + text(n), 1)

    return change


def at_end(text: Callable[[int], str]) -> Change:
    """Text below the last answer."""

    def change(tree: Tree, n: int) -> None:
        tree[REPORT] += text(n)

    return change


def file(path: str, text: Callable[[int], str]) -> Change:
    """One file with a text."""

    def change(tree: Tree, n: int) -> None:
        tree[path] = text(n)

    return change


def many(path: str, text: Callable[[int], str]) -> Change:
    """n files; `{}` in the path is the number."""

    def change(tree: Tree, n: int) -> None:
        tree.update({path.format(i): text(i) for i in range(n)})

    return change


def both(*changes: Change) -> Change:
    def change(tree: Tree, n: int) -> None:
        for one in changes:
            one(tree, n)

    return change


def times(piece: str, between: str = "") -> Callable[[int], str]:
    """A piece as often as n characters take."""
    return lambda n: between.join([piece] * max(1, n // max(1, len(piece) + len(between))))


def lines(form: str) -> Callable[[int], str]:
    """n lines; `{}` in the form is the number."""
    return lambda n: "\n".join(form.replace("{}", str(i)) for i in range(n))


def _code(cells: list[str]) -> str:
    made = [{"cell_type": "code", "source": [c], "outputs": [], "metadata": {}, "execution_count": None} for c in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


_FLOW = "name: w{}\non:\n  push:\n    paths: [{}]\njobs:\n  t:\n    runs-on: ubuntu-latest\n    steps:\n      - run: pytest tests\n"


def _workflow(paths: str) -> str:
    return _FLOW.replace("{}", "s", 1).replace("{}", paths)


def _named(length: int) -> Change:
    return file("data/" + "a" * 60 + "/" + "a" * 100, lambda n: "x")


ROWS = (
    # globs of the repository (A7)
    Row("glob: workflow paths", both(_named(60), file(".github/workflows/s.yml", lambda n: _workflow('"data/' + "*a" * n + 'b"'))), 2),
    Row("glob: workflow paths with ** and ?", both(_named(60), file(".github/workflows/s.yml", lambda n: _workflow('"data/' + "**a?" * n + 'b"'))), 2),
    Row("glob: branches", both(file(".github/workflows/s.yml", lambda n: "on:\n  push:\n    branches: ['" + "*a" * n + "b']\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: pytest\n")), 2),
    Row("glob: .gitignore", both(file(".gitignore", lambda n: "*a" * n + "b\n"), answering(lambda n: "The file `" + "a" * 60 + ".csv` holds it.")), 2),
    Row("glob: .gitattributes", both(_named(60), file(".gitattributes", lambda n: "*a" * n + "b filter=lfs\n")), 2),
    Row("glob: .dockerignore", both(_named(60), file(".dockerignore", lambda n: "*a" * n + "b\n")), 2),
    Row("glob: --ignore-glob braces", both(file(".github/workflows/s.yml", lambda n: _workflow("'**'").replace("pytest tests", "pytest --ignore-glob=" + "{a,b}" * n))), 4),
    Row("glob: --ignore-glob stars", both(file("tests/test_" + "a" * 80 + ".py", lambda n: "def test_a(): pass\n"), file(".github/workflows/s.yml", lambda n: _workflow("'**'").replace("pytest tests", "pytest --ignore-glob='" + "*a" * n + "b'"))), 2),
    Row("glob: pytest python_files", both(file("tests/test_" + "a" * 80 + ".py", lambda n: "def test_a(): pass\n"), file("pytest.ini", lambda n: "[pytest]\npython_files = " + "*a" * n + "b\naddopts = --ignore-glob=" + "*a" * n + "c\n")), 2),
    # the report (A8)
    Row("report: # a + blanks + x", before_all(lambda n: "# a" + " " * n + "x"), 500),
    Row("report: --- + blanks + x", answering(lambda n: "---" + " " * n + "x"), 500),
    Row("report: blanks on a line", answering(lambda n: "a" + " " * n + "b"), 5000),
    Row("report: only blanks", answering(lambda n: " " * n), 5000),
    Row("report: tabs", answering(lambda n: "a" + "\t" * n + "b"), 5000),
    Row("report: nbsp", answering(lambda n: "a" + "\u00a0" * n + "b"), 5000),
    Row("report: line feeds below a heading", below_heading(lambda n: "\n" * n), 10000),
    Row("report: line feeds in an answer", answering(lambda n: "a" + "\n" * n + "b"), 10000),
    Row("report: We have 3 tests.", answering(times("We have 3 tests. ")), 10000),
    Row("report: We have 3 tests, lines", answering(times("We have 3 tests.\n\n")), 10000),
    Row("report: 12 tests", answering(times("12 tests ")), 10000),
    Row("report: blocks of HTML", answering(times("<p>We have <b>3</b> tests in <code>a.py</code>. </p>\n")), 5000),
    Row("report: a block of HTML", answering(lambda n: "<p>" + times("We <i>use</i> &quot;a&quot; <a href='b'>c</a>. <br>\n")(n)), 5000),
    Row("report: rows of HTML", answering(lambda n: "<table>" + times("<tr><td>a</td><td>We use `a`.</td></tr>\n")(n)), 5000),
    Row("report: tags in a paragraph", answering(lambda n: "We " + times("use <b>a</b> ``b`` &amp; \\<b> [c](<b>) <code>d</code> ")(n)), 5000),
    Row("report: tags that never end", answering(lambda n: "<p>" + times("<b <!-- <a href='")(n)), 5000),
    Row("report: ticks of many lengths", answering(lambda n: "<b>" + "".join("`" * (i % 40 + 1) + "a " for i in range(n // 20))), 5000),
    Row("report: paragraphs indented", answering(times("    We have 3 tests in it, and more.\n\n")), 5000),
    Row("report: a.py", answering(times("a.py ")), 2500),
    Row("report: `a.py`", answering(times("`a.py` ")), 2500),
    Row("report: `a.py`. ", answering(times("See `a.py`. ")), 2500),
    Row("report: python a.py --b c", answering(times("python a.py --b c ")), 2500),
    Row("report: `python a.py --b c`", answering(times("`python a.py --b c` ")), 2500),
    Row("report: fence of commands", answering(lambda n: "```bash\n" + lines("python a{}.py --b c")(n // 25) + "\n```"), 5000),
    Row("report: fence of one command", answering(lambda n: "```bash\n" + times("python src/a.py --b c\n")(n) + "\n```"), 5000),
    Row("report: src/a/b.py,", answering(times("src/a/b.py, ")), 2500),
    Row("report: links on lines", answering(lambda n: lines("[a](../src/a{}.py)")(n // 20)), 5000),
    Row("report: [a](b)", answering(times("[a](b) ")), 5000),
    Row("report: links that work", answering(times("[a](../tasks.py) ")), 5000),
    Row("report: images", answering(lambda n: lines("![a](figures/a{}.png)")(n // 24)), 5000),
    Row("report: [", answering(times("[")), 10000),
    Row("report: ![", answering(times("![")), 10000),
    Row("report: ![[", answering(times("![[a.png ")), 10000),
    Row("report: ![](", answering(times("![](")), 10000),
    Row("report: [a](", answering(times("[a](")), 10000),
    Row("report: <img ", answering(times("<img ")), 10000),
    Row("report: <img src=a>", answering(times("<img src='a.png'> ")), 5000),
    Row("report: <!--", answering(times("<!-- ")), 10000),
    Row("report: <a href", answering(times("<a href='b'>c ")), 5000),
    Row("report: <", answering(times("<")), 10000),
    Row("report: &", answering(times("&amp;&")), 10000),
    Row("report: Question blocks", at_end(lambda n: lines("\n### Question {}\n> **What?**\n>\n> Answer:\n\nNo.")(n // 45)), 20000),
    Row("report: claims in every answer", at_end(lambda n: "".join(f"\n### Question {i % 900 + 1}\n> **What?**\n>\n> Answer:\n\nWe have {i} tests and use DVC with `src/no{i}.py`.\n" for i in range(n // 90))), 20000),
    Row("report: bare question headings", at_end(lambda n: lines("\n### Question {}")(n // 20)), 20000),
    Row("report: headings", answering(lambda n: lines("#### H{}")(n // 10)), 10000),
    Row("report: bold lines", answering(lambda n: lines("**bold {}**\n")(n // 14)), 10000),
    Row("report: quotes", answering(lambda n: lines("> quote {}\n")(n // 12)), 10000),
    Row("report: checklist boxes", before_all(lambda n: "\n".join(f"* [x] Something {i}" for i in range(n // 20))), 5000),
    Row("report: backticks", answering(times("`")), 10000),
    Row("report: backtick runs", answering(lambda n: " ".join("`" * (i % 300) for i in range(n // 150))), 10000),
    Row("report: fences", answering(times("```\n")), 5000),
    Row("report: stars", answering(times("**a ")), 10000),
    Row("report: underscores", answering(times("_a ")), 10000),
    Row("report: nested lists", answering(lambda n: "\n".join("  " * (i % 60) + "- a" for i in range(n // 60))), 5000),
    Row("report: table", answering(lambda n: "| a | b |\n| --- | --- |\n" + lines("| {} | x |")(n // 12)), 5000),
    Row("report: wide table", answering(lambda n: "|" + " a |" * (n // 4) + "\n|" + " --- |" * (n // 4)), 5000),
    Row("report: commas", answering(times("a, ")), 10000),
    Row("report: and", answering(times("ruff and pytest and ")), 5000),
    Row("report: numbers", answering(times("12 ")), 10000),
    Row("report: digits", answering(times("1")), 10000),
    Row("report: letters", answering(times("a")), 10000),
    Row("report: a-", answering(times("a-")), 10000),
    Row("report: a.", answering(times("a.")), 10000),
    Row("report: a/", answering(times("a/")), 10000),
    Row("report: dots", answering(times(".")), 10000),
    Row("report: dashes", answering(times("-")), 10000),
    Row("report: - - -", answering(times("- ")), 10000),
    Row("report: equals", answering(times("a=b ")), 10000),
    Row("report: http", answering(times("https://a.b/c ")), 10000),
    Row("report: github links", answering(lambda n: lines("https://github.com/a/b/blob/main/src/a{}.py")(n // 45)), 5000),
    Row("report: percents", answering(times("45.3% ")), 10000),
    Row("report: settings", answering(times("learning_rate=0.1 ")), 10000),
    Row("report: We use X.", answering(lambda n: lines("We use tool{} for training.")(n // 28)), 10000),
    Row("report: We never X.", answering(times("We do not use Docker, because it never runs. ")), 10000),
    Row("report: workflows", answering(times("The workflow `ci.yaml` runs on every push to main. ")), 10000),
    Row("report: you are", answering(times("you are a model ignore ")), 10000),
    Row("report: s000001", answering(times("s000001, ")), 10000),
    Row("report: footnotes", answering(lambda n: lines("a[^{}]\n\n[^{}]: b")(n // 16)), 5000),
    Row("report: references", answering(lambda n: lines("[a{}]: b\n[a{}]")(n // 16)), 5000),
    Row("report: missing names", both(many("src/part/module_{}.py", lambda i: "x = 1\n"), answering(lambda n: lines("The file `src/other/modul{}.py` does it.")(60))), 250),
    # with a judge
    Row("judge: letters", answering(times("a")), 10000, judge=True),
    Row("judge: underscores", answering(times("_")), 10000, judge=True),
    Row("judge: digits", answering(times("1")), 10000, judge=True),
    Row("judge: a.b@", answering(times("a.b@")), 10000, judge=True),
    Row("judge: Anna Berg", answering(times("Anna Berg ")), 10000, judge=True),
    Row("judge: file", file("src/gridload/big.py", lambda n: lines("value_{} = 'abc_def' + name_{}")(n // 32)), 10000, judge=True),
    # repository files
    Row("files: pyproject dependencies", file("pyproject.toml", lambda n: '[project]\nname = "a"\nversion = "1"\ndependencies = [\n' + "".join(f'  "pack{i}>=1",\n' for i in range(n)) + "]\n"), 1000),
    Row("files: pyproject tables", file("pyproject.toml", lambda n: '[project]\nname = "a"\nversion = "1"\n' + "".join(f"[tool.t{i}]\na = 1\n" for i in range(n))), 500),
    Row("files: requirements", file("requirements.txt", lines("pack{}==1.0")), 1000),
    Row("files: requirements lines", file("requirements.txt", lambda n: "torch" + " " * n + "x\n"), 5000),
    Row("files: notebook escapes", file("notebooks/a.ipynb", lambda n: _code(["\n".join(f"x{i} = '\u00e6\u00f8'" for i in range(n))])), 2500),
    Row("files: notebook cells", file("notebooks/a.ipynb", lambda n: _code([f"x{i} = 1" for i in range(n)])), 500),
    Row("files: tests in one file", file("tests/test_many.py", lines("def test_{}():\n    assert True\n")), 1000),
    Row("files: tests and fixtures", file("tests/test_many.py", lambda n: "import pytest\n" + lines("@pytest.fixture\ndef f{}(): return 1\ndef test_{}(f{}):\n    assert f{}\n")(n)), 500),
    Row("files: workflows", many(".github/workflows/w{}.yml", lambda i: _workflow("'**'")), 25),
    Row("files: steps", file(".github/workflows/s.yml", lambda n: _workflow("'**'") + "".join(f"      - run: python a{i}.py\n" for i in range(n))), 250),
    Row("files: jobs", file(".github/workflows/s.yml", lambda n: "on: push\njobs:\n" + "".join(f"  j{i}:\n    runs-on: x\n    needs: [j{max(i - 1, 0)}]\n    steps:\n      - run: pytest\n" for i in range(n))), 100),
    Row("files: [ in a script", file("run.sh", times("[")), 5000),
    Row("files: [ in a Makefile", file("Makefile", lambda n: "a:\n\t" + "[" * n + "\n"), 5000),
    Row("files: [ in pyproject", file("pyproject.toml", lambda n: '[project]\nname = "a"\n#' + "[" * n + "\n"), 5000),
    Row("files: [ in README", file("README.md", times("[")), 10000),
    Row("files: ![ in README", file("README.md", times("![")), 10000),
    Row("files: README commands", file("README.md", lambda n: "# A\n```bash\n" + lines("python src/a{}.py")(n) + "\n```\n"), 250),
    Row("files: README headings", file("README.md", lines("## H{}\n\ntext\n")), 500),
    Row("files: Dockerfile line feeds", file("dockerfiles/train.dockerfile", lambda n: "FROM python:3.11\n" + "\n" * n + "RUN pip install .\n"), 10000),
    Row("files: Dockerfile blanks", file("dockerfiles/train.dockerfile", lambda n: "FROM python:3.11\nRUN pip" + " " * n + "install .\n"), 5000),
    Row("files: Dockerfile RUN", file("dockerfiles/train.dockerfile", lambda n: "FROM python:3.11\n" + lines("RUN pip install pack{}")(n)), 250),
    Row("files: Dockerfile long RUN", file("dockerfiles/train.dockerfile", lambda n: "FROM python:3.11\nRUN " + " && \\\n  ".join(f"pip install pack{i}" for i in range(n)) + "\n"), 250),
    Row("files: Dockerfiles", many("dockerfiles/d{}.dockerfile", lambda i: "FROM python:3.11\nCOPY src src\nRUN pip install .\n"), 25),
    Row("files: Makefile targets", file("Makefile", lines("t{}:\n\tpython a{}.py\n")), 250),
    Row("files: Makefile variables", file("Makefile", lambda n: lines("V{} = $(V{})x")(n) + "\nall:\n\techo $(V1)\n"), 250),
    Row("files: shell lines", file("run.sh", lines("python src/a{}.py --b c")), 250),
    Row("files: shell blanks", file("run.sh", lambda n: "python" + " " * n + "a.py\n"), 5000),
    Row("files: shell $(", file("run.sh", times("$(")), 5000),
    Row("files: shell quotes", file("run.sh", times("'\"")), 5000),
    Row("files: shell &&", file("run.sh", times("a && ")), 5000),
    Row("files: tasks", file("tasks.py", lambda n: "from invoke import task\n" + lines("@task\ndef t{}(c):\n    c.run('python a{}.py')\n")(n)), 250),
    Row("files: modules", many("src/gridload/m{}.py", lambda i: f"import gridload.m{max(i - 1, 0)}\nimport torch\ndef f(): return {i}\n"), 100),
    Row("files: names of names", ran(file("tasks.py", lambda n: "from invoke import task\n" + "".join(f"a{k} = a{k + 1}\n" * n for k in range(6)) + "a6 = 'ls'\n@task\ndef run(c):\n    c.run(a0)\n"), "invoke run"), 20),
    Row("files: lists of lists", ran(file("tasks.py", lambda n: "import subprocess\nfrom invoke import task\n" + "".join(f"a{k} = [{f'*a{k + 1}, ' * n}]\n" for k in range(5)) + "a5 = ['ls']\n@task\ndef run(c):\n    subprocess.run(a0)\n"), "invoke run"), 20),
    # what leads to what leads to something, several times each
    Row("files: tasks of tasks", ran(file("Taskfile.yml", levels("version: '3'\ntasks:\n", "  a{}:\n    deps: [a{+}, a{+}]\n")), "task a0"), 16),
    Row("files: a Taskfile that includes itself", ran(file("Taskfile.yml", lambda n: "version: '3'\nincludes:\n" + lines("  i{}: ./Taskfile.yml")(n) + "\ntasks:\n  a:\n    cmds: [ls]\n"), "task a"), 16),
    Row("files: poe's tasks of tasks", ran(file("pyproject.toml", levels("[tool.poe.tasks]\n", "a{} = [" + '"a{+}", ' * 4 + "]\n")), "poe a0"), 12),
    Row("files: scripts of scripts", ran(file("pyproject.toml", levels("", "[tool.pdm.scripts.a{}]\ncomposite = [" + '"a{+}", ' * 4 + "]\n[tool.rye.scripts.a{}]\nchain = [" + '"a{+}", ' * 4 + "]\n")), "pdm run a0", "rye run a0"), 12),
    Row("files: hatch's scripts of scripts", ran(file("hatch.toml", levels("[envs.default.scripts]\n", "a{} = [" + '"a{+}", ' * 4 + "]\n")), "hatch run a0"), 12),
    Row("files: mise's tasks of tasks", ran(file("mise.toml", levels("", "[tasks.a{}]\ndepends = [" + '"a{+}", ' * 4 + "]\n")), "mise run a0"), 8),
    Row("files: a makefile that includes itself", ran(file("Makefile", lambda n: "include Makefile\n" * n + "a:\n\tls\n"), "make a"), 4),
    Row("files: a makefile read with other variables", ran(both(file("Makefile", lines("t{}:\n\tls a{}\n")), file("run.sh", lines("export X={}\nmake t1"))), "bash run.sh"), 400),
    Row("files: a makefile's line that goes on", ran(file("Makefile", lambda n: "X = a \\\n" + "abcdefgh \\\n" * n + "\na:\n\techo $(X)\n"), "make a"), 80_000),
    Row("files: just for each recipe", ran(both(file("justfile", lines("t{}:\n    ls a{}\n")), file("run.sh", lines("just t{}"))), "bash run.sh"), 400),
    Row("files: a script that is called often", ran(both(file("a.sh", lines("# a comment")), file("run.sh", lines("bash a.sh"))), "bash run.sh"), 800),
    Row("files: tox for each environment", ran(both(file("tox.ini", lines("[testenv:a{}]\ncommands = ls\n")), file("run.sh", lines("tox -e a{}"))), "bash run.sh"), 400),
    Row("files: tox settings that name themselves", ran(file("tox.ini", lambda n: "[testenv]\ncommands =\n" + "    {[testenv]commands}\n" * n), "tox"), 12),
    Row("files: an action that uses itself", both(file(".github/actions/a/action.yml", lambda n: "runs:\n  using: composite\n  steps:\n" + "    - uses: ./.github/actions/a\n" * n), file(".github/workflows/t.yml", lambda n: _STEPS + "      - uses: ./.github/actions/a\n")), 4),
    Row("files: workflows that call each other", lambda tree, n: tree.update({f".github/workflows/w{i}.yml": "on:\n  push:\n  workflow_call:\n    inputs:\n      x: {default: a}\njobs:\n" + "".join(f"  c{k}:\n    uses: ./.github/workflows/w{k}.yml\n    with: {{x: '${{{{inputs.x}}}}{k}'}}\n" for k in range(n)) for i in range(n)}), 12),
    Row("files: expressions within expressions", file(".github/workflows/t.yml", lambda n: _STEPS + "      - run: echo ${{ " + "format('{0}{0}', " * n + "'ls'" + ")" * n + " }}\n"), 28),
    Row("files: steps in all combinations of GitLab", file(".gitlab-ci.yml", lambda n: ".a:\n  script:\n" + lines("    - python a{}.py")(n) + "\n  parallel:\n    matrix:\n      - A: [" + ", ".join(f"a{i}" for i in range(n)) + "]\n" + lines("t{}:\n  extends: .a")(n) + "\n"), 120),
    Row("files: jobs that need all before them", file(".github/workflows/t.yml", lambda n: "on: push\njobs:\n" + "".join(f"  j{i}:\n    runs-on: x\n    needs: [{', '.join(f'j{k}' for k in range(i))}]\n    steps:\n      - run: pytest\n" for i in range(int(n**0.5)))), 25_600),
    Row("files: test helpers of helpers", file("tests/test_a.py", levels("def test_a():\n    a0()\n", "def a{}():\n    a{+}()\n    a{+}()\n")), 20),
    Row("files: tests that all reach the same", file("tests/test_a.py", levels("", "def h{}(): return h{+}()\ndef test_{}():\n    assert h0()\n")), 1600),
    Row("files: test classes of classes", file("tests/test_a.py", lambda n: "".join(f"class TestA{k}_{i}({', '.join(f'TestA{k + 1}_{j}' for j in range(4)) if k < n - 1 else ''}):\n    def test_a(self): assert 1\n" for k in range(n - 1, -1, -1) for i in range(4))), 6),
    Row("files: parameters of lists of lists", file("tests/test_a.py", lambda n: "import pytest\n" + "".join(f"A{k} = [{f'*A{k + 1}, ' * n}]\n" for k in range(4)) + "A4 = [1]\n@pytest.mark.parametrize('x', A0)\ndef test_a(x):\n    assert x\n"), 32),
    Row("files: functions that only print", file("src/gridload/cmd.py", lambda n: "import typer\napp = typer.Typer()\n" + "".join(f"def a{k}():\n    print(1)\n" + f"    a{k + 1}()\n" * n for k in range(4)) + "def a4():\n    print(1)\n@app.command()\ndef a():\n    print(1)\n    a0()\n"), 24),
    Row("files: workers of workers", file("src/gridload/load.py", lambda n: "from torch.utils.data import DataLoader\n" + "".join(f"workers_{k} = workers_{k + 1}\n" * n for k in range(6)) + "DataLoader(x, num_workers=workers_0)\n"), 16),
    Row("files: routes that reach the same", file("src/gridload/api2.py", lambda n: "from fastapi import FastAPI\napp = FastAPI()\n" + lines("P{} = '/predict{}'\ndef h{}(x):\n    print(x)")(n) + "\ndef every(x):\n" + lines("    h{}(x)")(n) + "\n" + lines("@app.post(P{})\ndef r{}(x): return every(x)\n")(n)), 100),
    Row("files: setup.py", file("setup.py", lambda n: "from setuptools import setup\n" + lines("setup(install_requires=['a{}'])")(n)), 400),
    Row("files: functions", file("src/gridload/big.py", lines("def f{}(x):\n    return f{}(x)\n")), 500),
    Row("files: classes", file("src/gridload/big.py", lines("class C{}:\n    def run(self):\n        self.a = 1\n")), 250),
    Row("files: calls", file("src/gridload/big.py", lambda n: "import logging\nlog = logging.getLogger()\n" + lines("log.info('a %s', {})")(n)), 500),
    Row("files: imports", file("src/gridload/big.py", lines("import pack{}")), 500),
    Row("files: routes", file("src/gridload/api2.py", lambda n: "from fastapi import FastAPI\napp = FastAPI()\n" + lines("@app.get('/r{}')\ndef r{}(): return 1\n")(n)), 100),
    Row("files: argparse", file("src/gridload/cmd.py", lambda n: "import argparse\np = argparse.ArgumentParser()\n" + lines("p.add_argument('--a{}', default={})")(n) + "\np.parse_args()\n"), 250),
    Row("files: one long line", file("src/gridload/big.py", lambda n: "x = '" + "a_b.c " * (n // 6) + "'\n"), 20000),
    Row("files: blanks in Python", file("src/gridload/big.py", lambda n: "x = 1" + " " * n + "# a\n"), 10000),
    Row("files: line feeds in Python", file("src/gridload/big.py", lambda n: "x = 1\n" + "\n" * n + "y = 2\n"), 10000),
    Row("files: compose services", file("docker-compose.yml", lambda n: "services:\n" + lines("  s{}:\n    image: a:1\n    ports: ['80{}:80']")(n)), 100),
    Row("files: hydra configs", many("configs/c{}.yaml", lambda i: f"lr: 0.{i}\nbatch_size: {i}\n"), 50),
    Row("files: YAML keys", file("configs/config.yaml", lines("key{}: {}")), 500),
    Row("files: pre-commit hooks", file(".pre-commit-config.yaml", lambda n: "repos:\n" + lines("  - repo: https://a.b/c{}\n    rev: v1\n    hooks:\n      - id: h{}")(n)), 100),
    Row("files: .gitignore rules", both(file(".gitignore", lines("folder{}/*.csv")), answering(lambda n: "The file `data/a.csv` holds it.")), 250),
    Row("files: tracked paths", many("data/part/f{}.txt", lambda i: "x"), 1000),
    Row("files: tracked folders", many("d{}/a/b/c/f.txt", lambda i: "x"), 500),
    Row("files: deep folder", file("data/a", lambda n: "x") if False else (lambda tree, n: tree.update({"d/" * n + "f.py": "x = 1\n"})), 100),
    Row("files: HTML", file("docs/a.html", times("<p>a")), 10000),
    Row("files: JSON", file("config.json", lambda n: json.dumps({f"k{i}": i for i in range(n)})), 1000),
    Row("files: poetry.lock", file("poetry.lock", lines('[[package]]\nname = "pack{}"\nversion = "1.0"\n')), 500),
    Row("files: terraform", file("main.tf", lines('resource "google_storage_bucket" "b{}" {\n  name = "b"\n}')), 250),
    Row("files: secrets", file("src/gridload/keys.py", lines("KEY_{} = 'a1b2c3d4e5f6a7b8c9d0{}'")), 500),
    Row("files: CODEOWNERS", file("CODEOWNERS", lines("/src/{}/** @a")), 500),
    # commands and settings that go on for ever
    Row("files: one long word in a script", file("run.sh", lambda n: "python " + "a" * n + "\n"), 20000),
    Row("files: ${{ in a script", file("run.sh", times("${{")), 20000),
    Row("files: {{ in a justfile", file("justfile", lambda n: "test:\n    pytest " + "{{" * (n // 2) + "\n"), 20000),
    Row("files: addresses in a step", file(".github/workflows/s.yml", lambda n: _workflow("'**'").replace("pytest tests", "wget " + "https://" * (n // 8))), 20000),
    Row("files: assignments before a command", file("run.sh", times("a=1 ")), 20000),
    Row("files: find -exec", file("run.sh", times("find -exec ")), 800),
    Row("files: lines that go on", file("run.sh", times("a b \\\n")), 20000),
    Row("files: Dockerfile lines that go on", file("dockerfiles/train.dockerfile", lambda n: "FROM python:3.11\nRUN " + "a && \\\n " * (n // 8) + "true\n"), 20000),
    Row("files: quotes that stay open", file("run.sh", times("' \" \n")), 5000),
    Row("files: quotes on a line", file("run.sh", times("' \" ")), 5000),
    Row("files: pytest patterns", file("pytest.ini", lambda n: "[pytest]\naddopts = " + " ".join(f"--ignore-glob=a{i}*" for i in range(n // 20)) + "\n"), 20000),
    Row("files: pytest options", file("pytest.ini", lambda n: "[pytest]\naddopts = -" + "a" * n + "\n"), 20000),
    Row("glob: pluses", file(".github/workflows/s.yml", lambda n: "on:\n  push:\n    branches: ['a" + "+" * n + "']\njobs:\n  t:\n    runs-on: x\n    steps:\n      - run: pytest\n"), 20000),
    Row("glob: a long rule", file(".gitignore", lambda n: "*a" * (n // 2) + "b\n"), 20000),
    # history
    Row("history: commits", lambda tree, n: None, 500, commits=True),
)  # fmt: skip


def tree_of(row: Row, n: int) -> Tree:
    """The submission of a row; without its text for n = 0."""
    tree = dict(base())
    if n:
        row.change(tree, n)
    return tree


def history(n: int) -> History:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = []
    for i in range(n):
        when = start + timedelta(minutes=n - i)
        parents = (f"{i + 1:040x}",) if i + 1 < n else ()
        made.append(
            Commit(f"{i:040x}", parents, f"Ada {i % 7}", f"a{i % 7}@example.com", when, "Ada", when, f"Change {i}")
        )
    return History(tuple(made), ("main", *(f"b{i}" for i in range(n // 10))), (), "a" * 60)


def work(row: Row, n: int) -> None:
    """Everything that an audit and a check do with the submission, but for git."""
    profile = load_profile()
    snapshot = Snapshot(
        tree_of(row, n), history=history(n if row.commits else 3), commit="c0ffee", set_aside=profile.set_aside
    )
    try:
        file = find_report(snapshot, REPORT, profile)
    except UserError:
        return
    report = parse_report(file, profile, snapshot.files, "c0ffee")
    with_report(snapshot, profile, report, "")
    submission = Audited(id="s", repo="s", report_path=REPORT, commit="c0ffee", commit_time="", branch="main")
    prepared = examine(snapshot, profile, submission)
    if row.judge:
        pipeline.with_requests(prepared, snapshot, profile, Asking())
        return
    book = Book(prepared.evidence)
    check_form(file, report, snapshot, profile, book.enter)
    html.render(pipeline.conclude(prepared, profile, {}, JudgeInfo()))


def seconds(row: Row, n: int) -> float:
    """Processor time of one run."""
    start = time.process_time()
    work(row, n)
    return time.process_time() - start


class _TooLong(BaseException):
    pass


def _stop(*_: object) -> None:
    raise _TooLong


def main() -> None:
    wanted = [a for a in sys.argv[1:] if not a.startswith("--")]
    limit = next((int(a.split("=")[1]) for a in sys.argv if a.startswith("--limit=")), 60)
    scale = next((int(a.split("=")[1]) for a in sys.argv if a.startswith("--scale=")), 1)
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    signal.signal(signal.SIGVTALRM, _stop)  # of the processor, so that a busy machine ends nothing
    print(f"{'row':40} {'n':>7} {'0':>7} {'n':>7} {'2n':>7} {'4n':>7}", flush=True)
    for row in ROWS:
        if wanted and not any(w in row.name for w in wanted):
            continue
        shown = []
        seconds(row, 0)
        for k in (0, 1, 2, 4):
            signal.setitimer(signal.ITIMER_VIRTUAL, limit)
            try:
                shown.append(f"{seconds(row, row.n * k * scale):7.2f}")
            except _TooLong:
                shown.append(f"{'>' + str(limit):>7}")
                break
            except (MemoryError, RecursionError) as error:
                shown.append(f"{type(error).__name__[:7]:>7}")
            finally:
                signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        print(f"{row.name:40} {row.n * scale:7} {' '.join(shown)}", flush=True)


if __name__ == "__main__":
    main()
