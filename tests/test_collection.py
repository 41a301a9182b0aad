"""`facts.tests.collect` held against pytest itself, on invented suites: the same number, or "computed"."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from auditor.facts.tests import collect
from auditor.snapshot import Snapshot

P = "import pytest\n"
ONE = "def test_a():\n    assert 1\n"
IGNORES = 'collect_ignore = ["test_b.py"]\ncollect_ignore_glob = ["slow/*"]\n'

# name: the files, and whether the number is known here
SUITES: dict[str, tuple[dict[str, str], bool]] = {
    "hook": ({"test_x.py": "def pytest_generate_tests(metafunc):\n    if 'digit' in metafunc.fixturenames:\n        metafunc.parametrize('digit', range(5))\ndef test_digit(digit): assert 1\ndef test_b(): assert 1\n"}, True),
    "hook-above": ({"conftest.py": "def pytest_generate_tests(metafunc):\n    if 'n' in metafunc.fixturenames:\n        metafunc.parametrize('n', [1, 2, 3])\n", "tests/test_x.py": "def test_n(n): pass\ndef test_m(): pass\n"}, True),
    "hook-computed": ({"test_x.py": "import os\ndef pytest_generate_tests(metafunc):\n    if 'd' in metafunc.fixturenames:\n        metafunc.parametrize('d', os.environ['PATH'].split(':')[:1] * 3)\ndef test_d(d): pass\n"}, False),
    "hook-loop": ({"test_x.py": "def pytest_generate_tests(metafunc):\n    for name in ('a', 'b'):\n        if name in metafunc.fixturenames:\n            metafunc.parametrize(name, [1, 2])\ndef test_d(a, b): pass\n"}, False),
    "hook-of-a-class": ({"test_x.py": "class TestA:\n    def pytest_generate_tests(self, metafunc):\n        metafunc.parametrize('a', [1, 2])\n    def test_a(self, a): pass\ndef test_b(): pass\n"}, True),
    "autouse": ({"test_x.py": P + "@pytest.fixture(params=['a', 'b'], autouse=True)\ndef each(request): return request.param\ndef test_a(): pass\ndef test_b(): pass\n"}, True),
    "autouse-above": ({"tests/conftest.py": P + "@pytest.fixture(params=[1, 2, 3], autouse=True)\ndef each(request): pass\n", "tests/test_x.py": ONE, "other/test_y.py": ONE}, True),
    "autouse-in-a-class": ({"test_x.py": P + "class TestA:\n    @pytest.fixture(autouse=True, params=[1, 2])\n    def each(self, request): pass\n    def test_a(self): pass\ndef test_b(): pass\n"}, True),
    "fixtures-of-fixtures": ({"conftest.py": P + "@pytest.fixture(params=[1, 2])\ndef low(request): pass\n@pytest.fixture(params=[1, 2, 3])\ndef high(low): pass\n", "test_x.py": "def test_a(high): pass\ndef test_b(low, high): pass\n"}, True),
    "overridden": ({"conftest.py": P + "@pytest.fixture(params=[1, 2])\ndef low(request): pass\n", "test_x.py": P + "@pytest.fixture\ndef low(low): pass\ndef test_a(low): pass\n", "test_y.py": P + "@pytest.fixture\ndef low(): pass\ndef test_a(low): pass\n"}, True),
    "usefixtures": ({"test_x.py": P + "pytestmark = pytest.mark.usefixtures('low')\n@pytest.fixture(params=[1, 2])\ndef low(request): pass\ndef test_a(): pass\nclass TestB:\n    def test_b(self): pass\n"}, True),
    "indirect": ({"test_x.py": P + "@pytest.fixture(params=[1, 2, 3, 4])\ndef low(request): pass\n@pytest.mark.parametrize('low', [1, 2], indirect=True)\ndef test_a(low): pass\n@pytest.mark.parametrize('low', [5, 6, 7])\ndef test_b(low): pass\n"}, True),
    "stacked": ({"test_x.py": P + "V = [1, 2]\n@pytest.mark.parametrize('a', [*V, 3])\n@pytest.mark.parametrize('b,c', [(1, 2), (3, 4)], ids=['x', 'y'])\ndef test_a(a, b, c): pass\n"}, True),
    "empty": ({"test_x.py": P + "@pytest.mark.parametrize('a', [])\ndef test_a(a): pass\n"}, True),
    "pytestmark": ({"test_x.py": P + "pytestmark = [pytest.mark.parametrize('a', [1, 2])]\ndef test_a(a): pass\nclass TestB:\n    pytestmark = pytest.mark.parametrize('b', 'xyz')\n    def test_b(self, a, b): pass\n"}, False),
    "computed": ({"test_x.py": P + "@pytest.mark.parametrize('a', [x for x in range(4) if x % 2])\ndef test_a(a): pass\n"}, False),
    "nested": ({"test_x.py": "class TestA:\n    class TestB:\n        class TestC:\n            def test_a(self): pass\n        class Other:\n            def test_b(self): pass\n    def test_c(self): pass\nclass Other:\n    class TestD:\n        def test_d(self): pass\n"}, True),
    "nested-marks": ({"test_x.py": P + "@pytest.mark.parametrize('a', [1, 2, 3])\nclass TestA:\n    class TestB:\n        def test_a(self, a): pass\n"}, True),
    "inherited": ({"test_x.py": P + "class Base:\n    def test_a(self): pass\n    @pytest.mark.parametrize('x', [1, 2])\n    def test_b(self, x): pass\nclass TestC(Base): pass\nclass TestD(Base):\n    def test_a(self): pass\n    def test_e(self): pass\n"}, True),
    "inherited-marks": ({"test_x.py": P + "@pytest.mark.parametrize('x', [1, 2])\nclass Base: pass\nclass TestC(Base):\n    def test_a(self, x): pass\n"}, True),
    "off": ({"test_x.py": "class TestA:\n    __test__ = False\n    def test_a(self): pass\nclass TestB(TestA):\n    def test_b(self): pass\nclass TestC(TestA):\n    __test__ = True\n    def test_c(self): pass\ndef test_d(): pass\ndef test_e(): pass\ntest_d.__test__ = False\n", "test_y.py": "__test__ = False\n" + ONE}, True),
    "constructed": ({"test_x.py": "from dataclasses import dataclass\nclass TestA:\n    def __init__(self): pass\n    def test_a(self): pass\n@dataclass\nclass TestB:\n    x: int\n    def test_b(self): pass\nclass TestC:\n    @staticmethod\n    def test_c(): pass\n    @classmethod\n    def test_d(cls): pass\n"}, True),
    "unittest": ({"test_x.py": "import unittest\nclass Any(unittest.TestCase):\n    def test_a(self):\n        for i in range(3):\n            with self.subTest(i=i): pass\n    def helper(self): pass\nclass More(Any):\n    def test_b(self): pass\n"}, True),
    "names": ({"pytest.ini": "[pytest]\npython_files = check_*.py\npython_classes = Check *Suite\npython_functions = it_* check\n", "check_a.py": "def it_works(): pass\ndef check(): pass\ndef test_not(): pass\nclass CheckA:\n    def it_b(self): pass\nclass MySuite:\n    def checks(self): pass\n", "test_b.py": ONE}, True),
    "testpaths": ({"pyproject.toml": "[tool.pytest.ini_options]\ntestpaths = ['tests']\n", "tests/test_a.py": ONE, "more/test_b.py": ONE}, True),
    "ignore": ({"tox.ini": "[pytest]\naddopts = --ignore=slow --ignore-glob='*_old.py'\n", "slow/test_a.py": ONE, "test_b.py": ONE, "test_c_old.py": ONE}, True),
    "deselect": ({"setup.cfg": "[tool:pytest]\naddopts = --deselect test_b.py::test_b\n", "test_b.py": ONE + "def test_b(): pass\n"}, True),
    "marked": ({"pytest.ini": "[pytest]\nmarkers =\n  slow: x\naddopts = -m 'not slow'\n", "test_b.py": P + ONE + "@pytest.mark.slow\ndef test_b(): pass\n@pytest.mark.slow\nclass TestC:\n    def test_c(self): pass\n"}, True),
    "keyword": ({"pytest.ini": "[pytest]\naddopts = -k a\n", "test_b.py": ONE + "def test_b(): pass\n"}, False),
    "doctests": ({"pytest.ini": "[pytest]\naddopts = --doctest-modules\n", "m.py": "def f():\n    '''\n    >>> 1\n    1\n    '''\n", "test_b.py": ONE}, False),
    "collect-ignore": ({"conftest.py": IGNORES, "test_a.py": ONE, "test_b.py": ONE, "slow/test_c.py": ONE}, True),
    "collect-ignore-computed": ({"conftest.py": "import sys\ncollect_ignore = []\nif sys.version_info > (3,):\n    collect_ignore.append('test_b.py')\n", "test_a.py": ONE, "test_b.py": ONE}, False),
    "modified": ({"conftest.py": "def pytest_collection_modifyitems(items):\n    items[:] = items[:1]\n", "test_a.py": ONE + "def test_b(): pass\n"}, False),
    "only-marked": ({"conftest.py": P + "def pytest_collection_modifyitems(config, items):\n    for item in items:\n        item.add_marker(pytest.mark.skip)\n", "test_a.py": ONE + "def test_b(): pass\n"}, True),
    "ignoring-hook": ({"conftest.py": "def pytest_ignore_collect(collection_path):\n    return collection_path.name == 'test_b.py' or None\n", "test_a.py": ONE, "test_b.py": ONE}, False),
    "imported": ({"shared.py": ONE, "test_a.py": "from shared import test_a\n"}, False),
    "same-name": ({"a/test_x.py": ONE, "b/test_x.py": ONE}, False),
    "same-name-in-packages": ({"a/__init__.py": "", "b/__init__.py": "", "a/test_x.py": ONE, "b/test_x.py": ONE}, True),
    "twice": ({"test_x.py": ONE + ONE}, True),
}  # fmt: skip

RUN = """
import contextlib, io, json, os, sys
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
sys.dont_write_bytecode = True
import pytest
with contextlib.redirect_stdout(io.StringIO()):
    pytest.main(["--version"])  # loads what each of the forks would load again
found = {}
for name in sorted(os.listdir(sys.argv[1])):
    read, write = os.pipe()
    if not os.fork():
        class Count:
            n = 0
            def pytest_collection_finish(self, session):
                self.n = len(session.items)
        count = Count()
        os.chdir(os.path.join(sys.argv[1], name))
        with contextlib.redirect_stdout(io.StringIO()):
            pytest.main(["--collect-only", "-q", "-p", "no:cacheprovider", "--rootdir", "."], plugins=[count])
        os.write(write, str(count.n).encode())
        os._exit(0)
    os.close(write)
    found[name] = int(os.read(read, 20) or b"-1")
    os.close(read)
    os.wait()
print(json.dumps(found))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="forks")
def test_as_pytest_collects(tmp_path: Path) -> None:
    for name, (files, _) in SUITES.items():
        for path, text in files.items():
            file = tmp_path / "suites" / name / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
    run = tmp_path / "run.py"
    run.write_text(RUN, encoding="utf-8")
    said = subprocess.run(
        [sys.executable, "-W", "ignore", str(run), str(tmp_path / "suites")],
        capture_output=True,
        text=True,
        check=True,
        env={k: v for k, v in os.environ.items() if k != "PYTEST_ADDOPTS"},  # how our own tests run is none of theirs
    )
    real = json.loads(said.stdout)
    ours = {n: collect(Snapshot(f).select(("**/*.py", "**/*.ini", "**/*.cfg", "**/*.toml"))).expanded for n, (f, _) in SUITES.items()}  # fmt: skip
    assert ours == {n: real[n] if known else 0 for n, (_, known) in SUITES.items()}
