"""The commands that Python code starts, with names followed to the literals behind them."""

import pytest

from auditor.facts.pycommands import PythonCommands
from auditor.readers.python import python
from auditor.snapshot import Snapshot


def _read(text: str, sessions: bool = False) -> tuple[list[str], list[int]]:
    module = python(Snapshot({"run.py": text}).files["run.py"])
    assert module is not None
    reader = PythonCommands(module, sessions)
    return [c.text for c in reader.found()], reader.computed


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import os\nos.system('ruff check && pytest')", ["ruff check", "pytest"]),
        ("import subprocess\nsubprocess.run(['python', '-m', 'train', 'a b'])", ["python -m train 'a b'"]),
        ("import subprocess\nsubprocess.run(args='pytest -x', shell=True)", ["pytest -x"]),
        ("import subprocess as s\nC = ['dvc']\ns.check_call(C + ['pull'])", ["dvc pull"]),
        ("import subprocess, shlex\nsubprocess.run(shlex.split('dvc pull -r a'))", ["dvc pull -r a"]),
        ("import subprocess\nsubprocess.run('dvc pull'.split())", ["dvc pull"]),
        ("import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pytest'])", ["python -m pytest"]),
        ("import subprocess\nM = ('a', 'b')\nsubprocess.run(['python', *M])", ["python a b"]),
        ("import os\nos.system(' '.join(['dvc', 'push']))", ["dvc push"]),
        ("import os, shlex\nos.system(shlex.join(['dvc', 'a b']))", ["dvc 'a b'"]),
        ("import os, textwrap\nos.system(textwrap.dedent('''ruff check\npytest'''))", ["ruff check", "pytest"]),
        ("import os\nfrom pathlib import Path\nos.system(f'python {Path(\"a.py\")} --n {3}')", ["python a.py --n 3"]),
        ("import os\nB = 'src'\nos.system('python ' + B + '/a.py')", ["python src/a.py"]),
        ("import os, sys\nos.system('dvc pull' if sys.argv else 'dvc fetch')", ["dvc pull", "dvc fetch"]),
        ("import os\nos.execvp('uvicorn', ['uvicorn', 'a:app'])", ["uvicorn a:app"]),
        ("import os\nos.execlp('uvicorn', 'uvicorn', 'a:app')", ["uvicorn a:app"]),
        ("import os\nos.spawnvp(os.P_WAIT, 'dvc', ['dvc', 'pull'])", ["dvc pull"]),
        ("import asyncio\nasyncio.create_subprocess_exec('dvc', 'pull')", ["dvc pull"]),
        ("import pytest\npytest.main(['-x', 'tests'])", ["pytest -x tests"]),
        ("import unittest\nunittest.main()", ["unittest"]),
        ("import sh\nsh.dvc('pull', '-q')", ["dvc pull -q"]),
        ("import os\nfor part in ['a', 'b']:\n    os.system(f'dvc pull {part}')", ["dvc pull a"]),
        ("import os\nfor one in ['ruff check', 'mypy']:\n    os.system(one)", ["ruff check", "mypy"]),
        ("import os\nD = {'a': 'ruff check', 'b': 'mypy'}\nfor k, v in D.items():\n    os.system(v)", ["ruff check", "mypy"]),
        ("import os\nD = {'a': 'ruff check'}\nfor v in D.values():\n    os.system(v)", ["ruff check"]),
        ("import os\nP = [('a', 'mypy'), ('b', 'pytest')]\nfor name, one in P:\n    os.system(one)", ["mypy", "pytest"]),
        ("import os\ndef run(what):\n    os.system(what)\nrun('mypy')\nrun(what='pytest')", ["mypy", "pytest"]),
        ("import subprocess\ndef run(*what):\n    subprocess.run(what)\nrun('mypy', 'src')", ["mypy src"]),
        ("from invoke import task\n@task\ndef a(c):\n    c.run('pytest')\n    other.run('mypy')", ["pytest"]),
        ("import os\nA: str = 'mypy'\ndef f():\n    A = 'pytest'\n    os.system(A)\nos.system(A)", ["pytest", "mypy"]),
    ],
)  # fmt: skip
def test_what_is_started(text: str, found: list[str]) -> None:
    commands, computed = _read(text)
    assert sorted(commands) == sorted(found)
    assert computed == []


@pytest.mark.parametrize(
    "text",
    [
        "import os\nos.system(input())",
        "import os\ndef run(what):\n    os.system(what)",
        "import subprocess\nsubprocess.run([input(), 'a'])",
        "import os\nA = B = C\nos.system(C)",
        "import os\nA = A\nos.system(A)",
        f"import os\nos.system('python {'a' * 30_000}')",
    ],
)
def test_a_program_that_is_only_known_when_it_runs_is_told(text: str) -> None:
    commands, computed = _read(text)
    assert commands == []
    assert computed == [text.count("\n", 0, text.index("os.system(" if "os.sys" in text else "subprocess.run(")) + 1]


def test_a_session_of_nox_runs_words() -> None:
    text = "import nox\n@nox.session\ndef tests(session):\n    session.install('-e', '.')\n    session.run('pytest', '-x', external=True)\n"
    assert _read(text, sessions=True)[0] == ["pytest -x"]


def test_the_commands_of_one_function() -> None:
    text = "import os\ndef a():\n    os.system('mypy')\ndef b():\n    os.system('pytest')\n"
    module = python(Snapshot({"run.py": text}).files["run.py"])
    assert module is not None
    reader = PythonCommands(module)
    assert [c.text for c in reader.found(module.functions[1])] == ["pytest"]
    assert len(list(reader.found())) == 2


def test_many_commands_end() -> None:
    assert len(_read("import os\n" + "os.system('mypy')\n" * 500)[0]) == 200
