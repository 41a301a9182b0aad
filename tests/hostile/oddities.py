"""Contents that make no sense for the file that they stand in: other types, half of it, too long, what no tool would write."""

from collections.abc import Mapping, Sequence

ODD: Mapping[str, Sequence[str]] = {
    "n.ipynb": ('{"cells": 5}', '{"cells": [1, null, "a", [], {}]}', '{"cells": [{"cell_type": "code", "source": null}]}', '{"cells": [{"cell_type": "code", "source": {"a": 1}, "outputs": 5}]}', '{"cells": [{"cell_type": ["code"], "source": [1, null]}]}', "[]", "5", '"x"', "null", '{"cells": [{"cell_type": "code", "source": ["\\ud800"]}]}', '{"worksheets": 5}', "", "{", "NaN", "1" * 5_000),
    "pyproject.toml": ("tool = 1", "project = 1", "dependency-groups = 1", '[tool]\npoetry = "x"', "[tool.pytest]\nini_options = 1", "x = " + "9" * 5_000, "[project]\ndependencies = 1", "[project]\ndependencies = [1, [2]]", "[project]\noptional-dependencies = [1]", '[project]\nscripts = "x"', "[tool]\nruff = 1", "[tool.ruff]\nlint = []", "[build-system]\nrequires = 1", "[tool.coverage]\nrun = 1", "x = 1e999\ny = nan", "x = 9999-12-31T23:59:59Z", "[[project]]\nname = 1", "[tool.uv]\nsources = 5\nworkspace = []", "[tool.poetry.dependencies]\ntorch = 5\npython = []", "[tool.hatch]\nenvs = 1"),
    ".github/workflows/x.yml": ("on: 5", "jobs: 5", "jobs: [a]", "jobs:\n  a: 5", "jobs:\n  a:\n    steps: 5", "jobs:\n  a:\n    steps: [5, [], {run: []}, {run: {a: b}}, {uses: 5}, {with: 5}]", "jobs:\n  a:\n    strategy: 5", "jobs:\n  a:\n    strategy:\n      matrix: {a: 5, include: 5, exclude: [5]}", "on:\n  push: 5\n  schedule: {a: b}", "on: {push: {branches: {a: b}, paths: 5}}", "? [a]\n: b", "<<: 5", "a: !!binary x", "%YAML 9.9\n---\na", "--- a\n--- b\n...", "a: *b", "\ufeffon: push", "jobs:\n  a:\n    needs: {a: b}\n    if: []\n    env: 5\n    defaults: 5\n    container: []\n    services: 5"),
    "docker-compose.yml": ("services: 5", "services: [a]", "services: {a: 5}", "services: {a: {build: [], ports: {a: b}, environment: 5, command: {a: b}, deploy: 5}}"),
    "dvc.yaml": ("stages: 5", "stages: [a]", "stages: {a: 5}", "stages: {a: {cmd: 5, deps: 5, outs: {a: b}, foreach: 5, do: 5}}"),
    "data.dvc": ("outs: 5", "outs: [5]", "outs: [{path: [], md5: {}, size: x}]"),
    ".dvc/config": ("[core", "[core]\nremote", "['remote \"x\"']\nurl", "\x00", "[a]\nb = %(c)s"),
    ".pre-commit-config.yaml": ("repos: 5", "repos: [5]", "repos: [{repo: [], hooks: 5}]", "repos: [{repo: local, hooks: [5, {id: [], args: {a: b}, entry: 5}]}]"),
    "requirements.txt": ("\x00", "torch==" + "9" * 5_000, "-r ../../../../etc/passwd", "-r /etc/passwd", "-e .[", "torch @ file:///etc/passwd", "torch; python_version < '" + "9" * 5_000 + "'", "--hash", "\ud800", "-r requirements.txt"),
    "dockerfiles/train.dockerfile": ("", "FROM", "RUN", "FROM a AS\nCOPY --from=9 a", "# escape=`\nFROM a`", "FROM ${A:-${B:-c}}", "RUN <<EOF\n", "ONBUILD ONBUILD FROM a", 'CMD ["a', "\x00FROM a", "FROM a\nRUN " + "\\\n" * 5_000, "COPY [] []", "HEALTHCHECK", "ADD"),
    "src/gridload/odd.py": ('@app.get("/\\ud800")\ndef a(): pass', "\x00", "# coding: utf-7\n+AAA-", "# coding: nonsense\nx", "x = " + "9" * 5_000, "x = 0x" + "f" * 9_000, "\x0c\x0c def", "def f(", "match x:\n case {**y}: pass", "class A(A): pass", "import " + ".".join("a" * 5_000), "from . import *\nfrom .... import a", "x = '\\N{nonsense}'", "lambda: (yield)", "print 'a'", "async def f(): await x\n", "def f[T](x: T) -> T: ...", "type A = int", "x = 1e999j", "del (), []", "\xe9 = 1", "f'{a!r:{b}}'", "*a, = b", "return", "nonlocal x", "global x, x"),
    "configs/config.yaml": ("5", "[]", "defaults: 5", "defaults: [5, {a: []}]", "hydra: 5", "a: ${b}\nb: ${a}", "a: ${oc.env:HOME}"),
    "params.json": ("5", "[" * 9, '{"a": 1e999}', '{"a": ' + "9" * 5_000 + "}"),
    "Makefile": ("all: all\n\tmake all", "include Makefile", "$(eval $(x))", "\tpytest", "a" * 5_000 + ":", ".PHONY", "define x\n", "ifeq (a"),
    "tasks.py": ("from invoke import task\n@task\ndef a(c): a(c)", "from invoke import task\n@task(pre=[a])\ndef a(c): c.run(a)", "from invoke import task\n@task\ndef a(c):\n    c.run(f'{a}' * 9)", "@task\ndef"),
    ".gitattributes": ("* filter=x", "[attr]a b", "*" * 500, "\x00", '"\\777" a', "* working-tree-encoding=UTF-16"),
    ".gitmodules": ("[submodule", '[submodule "../../x"]\npath = ../../x\nurl = ext::sh', "[submodule \"a\"]\npath = src\nurl = -u"),
    "environment.yml": ("dependencies: 5", "dependencies: [5, {pip: 5}, {pip: [5, []]}]", "channels: {a: b}"),
    "setup.cfg": ("[", "[options]\ninstall_requires = file: /etc/passwd", "[a]\nb = %(b)s", "[tool:pytest]\naddopts = %", "a = b"),
    "pytest.ini": ("[pytest]\naddopts = '", "[pytest]\ntestpaths = /etc ../..", "[pytest]\npython_files = [", "pytest"),
    "poetry.lock": ("package = 5", "[[package]]\nname = 5", "package = [5]"),
    "uv.lock": ("package = 5", "[[package]]\ndependencies = 5\nsource = 5"),
    "cloudbuild.yaml": ("steps: 5", "steps: [5, {name: [], args: 5}, {args: {a: b}}]"),
    "sweep.yaml": ("program: []", "parameters: 5", "parameters: {lr: 5, a: {values: 5}}\nmethod: []"),
    "MLproject": ("entry_points: 5",), "CODEOWNERS": ("* " * 5_000,), ".mailmap": ("<", "A <a> B <b> C <c>", "\x00"), "package.json": ('{"scripts": 5}', "[]", "{"), ".dockerignore": ("[", "!", "**" * 500),
    "coverage.xml": ("<a" * 999, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "<coverage line-rate='x'/>"),
    "wandb/run-1/files/wandb-summary.json": ('{"_runtime": {}}', "5"), "mlruns/0/meta.yaml": ("5", "experiment_id: []"),
}  # fmt: skip
