"""Whatever a repository holds, nothing escapes from a fact, a probe or the packing of a file, and no odd file costs what rests on
others.

The default run is short; `ODD_SECONDS=600 pytest tests/test_odd_files.py` goes on for as long, and `ODD_SEED` says where it
begins. What is looked for is a failure itself, so the boundary that would make a hole of it is not asked.
"""

import importlib
import inspect
import json
import os
import pkgutil
import time
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import odd
import pytest
from build_fixture import FIXTURES
from conftest import report, tree
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import auditor.facts
import auditor.readers
from auditor import ini
from auditor.facts.summary import _MAKERS
from auditor.holes import watching
from auditor.judges import pack
from auditor.models import Evidence
from auditor.probes import load
from auditor.profile import load_profile
from auditor.report.find import find_report
from auditor.report.parse import parse_report
from auditor.repository import Unreadable
from auditor.shapes import number_of
from auditor.snapshot import File, Snapshot

SECONDS = float(os.environ.get("ODD_SECONDS", "3"))
START = int(os.environ.get("ODD_SEED", "0"))


def _functions() -> list[tuple[Callable[..., Any], tuple[str, ...]]]:
    """The public functions of `facts` and of the readers that need nothing but a file, files or a snapshot."""
    modules = [
        importlib.import_module(f"{package.__name__}.{m.name}")
        for package in (auditor.facts, auditor.readers)
        for m in pkgutil.iter_modules(package.__path__)
        if m.name != "notebooks"  # a part of the reader of Python, which is the boundary for it
    ]
    found = []
    for module in (*modules, ini):
        for name, function in vars(module).items():
            if not inspect.isfunction(function) or function.__module__ != module.__name__ or name.startswith("_"):
                continue
            asked = [p for p in inspect.signature(function).parameters.values() if p.default is p.empty]
            kinds = tuple(getattr(p.annotation, "__name__", "") for p in asked)
            if kinds and set(kinds) <= {"File", "Files", "Snapshot"}:
                found.append((function, kinds))
    return found


FUNCTIONS = _functions()


def told(pieces: object) -> None:
    """Evidence goes into a record: as JSON it must be."""
    for piece in pieces if isinstance(pieces, list) else ():
        if isinstance(piece, Evidence):
            piece.model_dump_json()


def holds(snapshot: Snapshot) -> None:
    """Nothing escapes from anything that is asked of a snapshot."""
    for probe in load().values():
        with watching():
            files = snapshot.select(probe.looks_in, probe.mentions, stubs=probe.stubs, all=probe.all)
            told(list(probe.function(files)))
        probe.run(snapshot)
    for maker in _MAKERS.values():
        with watching():
            told(list(maker(snapshot)))
    _, left = pack.candidates(snapshot, ())
    assert not [p for p in left if "could not be packed" in p.message]
    everything = snapshot.select(("**/*", "*"), all=True)
    for function, kinds in FUNCTIONS:
        for file in snapshot.files.values() if "File" in kinds else (None,):
            given_ = {"File": file, "Files": everything, "Snapshot": snapshot}
            with watching():
                try:
                    made = function(*(given_[k] for k in kinds))
                    told(list(made) if inspect.isgenerator(made) else made)
                except Unreadable:  # of a function that asks for the text itself
                    assert file is None or file.why_skipped


def snapshot_of(seed: int) -> Snapshot:
    snapshot = tree(odd.tree(Random(seed)))
    snapshot.report = report({})
    return snapshot


def test_nothing_escapes_from_odd_trees() -> None:
    assert len(FUNCTIONS) > 100
    end, seed = time.monotonic() + SECONDS, START
    while seed == START or time.monotonic() < end:
        try:
            holds(snapshot_of(seed))
        except Exception as error:
            raise AssertionError(f"seed {seed}") from error
        seed += 1


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.sampled_from(odd.words()[0])
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(odd.words()[0]) | st.text(max_size=5), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(
    max_examples=max(20, int(SECONDS * 4)), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(values, st.sampled_from([*odd.JSON, *odd.YAML]))
def test_nothing_escapes_from_odd_json(data: object, path: str) -> None:
    holds_of(path, json.dumps(data).encode())


@settings(
    max_examples=max(20, int(SECONDS * 4)), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(
    st.dictionaries(st.sampled_from(["tool", "project", *odd.words()[0]]), values, max_size=4),
    st.sampled_from(odd.TOML),
    st.integers(0, 99),
)
def test_nothing_escapes_from_odd_toml(data: dict[str, object], path: str, seed: int) -> None:
    holds_of(path, odd.as_toml(data, Random(seed)).encode())


@settings(
    max_examples=max(20, int(SECONDS * 4)), deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
@given(st.text(max_size=300) | st.binary(max_size=300), st.sampled_from(odd.NAMES))
def test_nothing_escapes_from_odd_text(data: str | bytes, path: str) -> None:
    holds_of(path, data.encode("utf-8", "replace") if isinstance(data, str) else data)


def holds_of(path: str, data: bytes) -> None:
    snapshot = tree({path: data, "src/a.py": "import torch\n\n\ndef f():\n    return 1\n"})
    snapshot.report = report({})
    holds(snapshot)


# -- one odd file among good ones --------------------------------------------------------------------------------------


def good() -> Iterator[File]:
    """The files of the fixture that is right in everything."""
    root = FIXTURES / "consistent" / "files"
    for path in sorted(root.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            yield File(path.relative_to(root).as_posix(), str(path), len(data), lambda data=data: data)  # type: ignore[misc]


GOOD = {f.path: f for f in good()}
ODD: dict[str, str] = {
    "pyproject.toml": "tool = 1\nproject = 1\ndependency-groups = 1\n",
    "a/pyproject.toml": '[tool]\npoetry = "x"\nruff = 1\npixi = []\nuv = "x"\n[tool.pytest]\nini_options = 1\n',
    "b/pyproject.toml": "x = " + "9" * 5000 + "\n",
    "ruff.toml": "lint = 1\nselect = 0x" + "f" * 6000 + "\n",
    "pixi.toml": "tasks = 1\n[feature]\na = 1\n",
    "n.ipynb": '{"cells": 5}',
    "m.ipynb": '{"cells": [5, null, {"cell_type": "code", "source": null}, {"cell_type": "code", "source": [1, "x = \'\\ud800\'"]}]}',
    "src/odd.py": 'from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get("/\\ud800")\ndef f(x=0x' + "f" * 6000 + "):\n    pass\n",
    ".github/workflows/odd.yml": "on: [[push]]\njobs:\n  a: 1\n  b: {steps: 1, strategy: {matrix: [1]}, runs-on: {a: b}}\n  c: {steps: [1, {run: [x]}, {with: 1, uses: {}}]}\n",
    "docker-compose.yml": "services: [a]\n",
    "compose.yaml": "services: {a: 1, b: {deploy: 1, build: [x], ports: {}}}\n",
    "dvc.yaml": "stages: {a: 1, b: {cmd: {x: y}, deps: 1, outs: {a: [b]}}}\n",
    "data.dvc": "outs: {a: b}\n",
    ".pre-commit-config.yaml": "repos: [1, {hooks: 1}, {repo: [], hooks: [1, {id: {}, args: {}}]}]\n",
    "tox.ini": "[tox]\nenvlist\n  x\n[testenv\n",
    "setup.cfg": "[options]\ninstall_requires\n    torch\n[tool:pytest]\naddopts = '\n",
    "environment.yml": "dependencies: {a: 1}\n",
    "mkdocs.yml": "nav: 1\nplugins: {a: [b]}\n",
    "configs/config.yaml": "defaults: {a: [1]}\nhydra: 1\n",
    ".gitlab-ci.yml": "a: {script: {x: y}, rules: 1, parallel: {matrix: {a: b}}}\ninclude: {a: [1]}\n",
    "cloudbuild.yaml": "steps: {a: 1}\nsubstitutions: [1]\n",
    "package.json": '{"scripts": [1]}',
    "setup.py": "from setuptools import setup\n\nsetup(entry_points=1, install_requires={1: [2]}, extras_require=[[]], **{})\n",
    "tasks.py": "from invoke import task\n\n\n@task(aliases=1, name=[], pre=2)\ndef f(c, *a):\n    c.run([1])\n",
    "noxfile.py": "import nox\n\nnox.options.sessions = 1\n\n\n@nox.session(name=1, python={})\ndef f(s):\n    s.run(1, *2)\n",
}  # fmt: skip


@pytest.mark.parametrize("path", sorted(ODD))
def test_one_odd_file_costs_no_probe(path: str) -> None:
    before = Snapshot(files=GOOD.values())
    if path in GOOD:
        before = Snapshot(files=[f for p, f in GOOD.items() if p != path])
    data = ODD[path].encode()
    after = Snapshot(files=[*before.files.values(), File(path, path, len(data), lambda: data)])
    for snapshot in (before, after):
        snapshot.report = report({})
    holds(Snapshot(files=[File(path, path, len(data), lambda: data)]))
    for id_, probe in load().items():
        answer = probe.run(after)
        assert "failed" not in answer.reason, (id_, answer.reason)
        assert not any("made sense of" in str(h) for h in answer.holes), id_
        if path not in GOOD and "odd" not in path:
            assert answer.outcome == "found" or probe.run(before).outcome != "found", id_


@pytest.mark.parametrize(
    ("text", "number"), [("12", 12), ("0", 0), ("", 0), ("-1", 0), ("²", 0), ("٣", 0), ("9" * 5000, 0), (b"7", 7)]
)
def test_numbers_of_other_scripts_and_lengths_are_none(text: str | bytes, number: int) -> None:
    assert number_of(text) == number


def test_a_report_that_asks_for_endless_words_is_read() -> None:
    text = (FIXTURES / "consistent" / "files" / "reports" / "README.md").read_text(encoding="utf-8")
    parsed = tree({"reports/README.md": text.replace("100-200 words", "9" * 5000 + "-" + "9" * 5000 + " words")})
    profile = load_profile()
    assert parse_report(find_report(parsed, "", profile), profile, parsed.files, "", "").questions
