"""Files as nobody writes them, from a seed: settings with values of every wrong type under the keys that somebody looks for,
programs that call what is looked for with whatever, texts of every format broken somewhere.

The words are those of the source: each text in `facts`, `probes`, `claims` and `readers` is a name that something asks for.
"""

import ast
import contextlib
import json
import keyword
import tomllib
from functools import cache
from pathlib import Path
from random import Random

import yaml

SOURCE = Path(__file__).resolve().parent.parent / "auditor"
Value = object


@cache
def words() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The keys, the dotted names and the other short texts that the source asks for."""
    keys, dotted, texts = set[str](), set[str](), set[str]()
    for path in sorted(p for d in ("facts", "probes", "claims", "readers") for p in (SOURCE / d).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Constant) and isinstance(node.value, str)) or len(node.value) > 60:
                continue
            text = node.value.strip()
            if text.replace("-", "_").isidentifier():
                keys.add(text)
            elif text.strip(".").replace(".", "_").isidentifier():
                dotted.add(text.strip("."))
            elif text and "\n" not in text:
                texts.add(text)
    return tuple(sorted(keys)), tuple(sorted(dotted)), tuple(sorted(texts))


_PLACES = """
project.dependencies project.optional-dependencies.dev project.scripts.run project.name project.requires-python project.dynamic
dependency-groups.dev build-system.requires tool.poetry.dependencies tool.poetry.group.dev.dependencies tool.poetry.scripts.run
tool.poetry.name tool.pytest.ini_options tool.pytest.ini_options.addopts tool.pytest.ini_options.testpaths tool.pytest.addopts
tool.ruff.lint.select tool.ruff.select tool.ruff.line-length tool.ruff.extend tool.ruff.lint.extend-select tool.uv.index
tool.uv.sources.torch tool.uv.dev-dependencies tool.uv.workspace.members tool.pixi.tasks.test tool.pixi.feature.a.tasks.test
tool.pixi.dependencies tool.pixi.target.linux.tasks.test tool.poe.tasks.test tool.taskipy.tasks.test tool.pdm.scripts.test
tool.pdm.dev-dependencies.a tool.rye.scripts.test tool.hatch.envs.default.scripts.test tool.hatch.envs.a.dependencies
tool.hatch.envs.a.template tool.hatch.metadata.hooks.requirements_txt.files tool.tox.env.a.commands tool.tox.env_run_base
tool.tox.env_list tool.tox.legacy_tox_ini tool.tox.labels.a tool.coverage.run.source tool.coverage.report.fail_under
tool.setuptools.dynamic.dependencies.file tool.setuptools.packages.find.where tool.flit.metadata.requires tool.mypy.strict
tool.black.line-length tool.isort.profile tool.commitizen tool.semantic_release tool.pyright tool.mutmut
tasks.test.run tasks.test.depends env.a.commands env_run_base.commands labels.a packages.numpy packages.numpy.version scripts.test
on on.push on.push.branches on.pull_request.paths on.schedule on.workflow_dispatch.inputs.a.default on.workflow_call.inputs
jobs jobs.a jobs.a.runs-on jobs.a.needs jobs.a.if jobs.a.strategy.matrix jobs.a.strategy.matrix.os jobs.a.strategy.matrix.include
jobs.a.strategy.matrix.exclude jobs.a.steps jobs.a.steps.0 jobs.a.steps.0.run jobs.a.steps.0.uses jobs.a.steps.0.with
jobs.a.steps.0.with.python-version jobs.a.steps.0.if jobs.a.env jobs.a.container jobs.a.services jobs.a.outputs jobs.a.uses
jobs.a.defaults.run.working-directory runs.steps runs.using inputs.a.default env defaults.run.shell
test.script test.before_script test.rules test.only test.parallel.matrix test.extends test.needs default.image include variables
stages workflow.rules test.cache.paths
services services.web services.web.build services.web.build.context services.web.image services.web.ports services.web.deploy
services.web.deploy.replicas services.web.environment services.web.command services.web.volumes
stages.train stages.train.cmd stages.train.deps stages.train.outs stages.train.foreach stages.train.do.cmd stages.train.wdir
outs outs.0 outs.0.path outs.0.md5 outs.0.size outs.0.nfiles params metrics plots
repos repos.0 repos.0.repo repos.0.hooks repos.0.hooks.0 repos.0.hooks.0.id repos.0.hooks.0.args repos.0.hooks.0.entry
dependencies dependencies.0 dependencies.1.pip channels name prefix
steps steps.0.name steps.0.args steps.0.entrypoint steps.0.script substitutions images options.machineType
method metric metric.name parameters parameters.lr parameters.lr.values program command
defaults defaults.0 defaults.1.model hydra hydra.sweeper.params hydra.run.dir hydra.launcher
plugins plugins.0 nav theme.name markdown_extensions extra docs_dir site_name mkdocs
kind spec.replicas spec.template.spec.containers spec.minReplicas spec.scaleTargetRef metadata.name spec.rules apiVersion
workerPoolSpecs workerPoolSpecs.0.machineSpec.acceleratorType workerPoolSpecs.0.containerSpec.args trialJobSpec
cells cells.0 cells.0.source cells.0.cell_type cells.0.outputs metadata.language_info.name metadata.kernelspec nbformat worksheets
totals.percent_covered accuracy loss epoch shell.scripts.test features build.dockerfile image postCreateCommand updates schedule
version vars includes tasks tasks.test.cmds tasks.test.deps vars.a resources.instances run config setup
"""


def _path(random: Random) -> list[str]:
    return random.choice(_PLACES.split()).split(".")


def value(random: Random, depth: int = 0) -> Value:
    """A value of any type."""
    keys, dotted, texts = words()
    kind = random.randrange(14 if depth < 3 else 10)
    if kind == 0:
        return random.choice([0, 1, -1, 2**31, 2**64, 10**400, True, False])
    if kind == 1:
        return random.choice([0.0, -1.5, 1e308, float("inf"), float("nan")])
    if kind == 2:
        return None
    if kind == 3:
        return random.choice(
            [
                "",
                " ",
                "x",
                "\ud800",
                "\u2028",
                "\x00",
                "a\nb",
                "é" * 5,
                "9" * 5000,
                "${{ x",
                "${{ fromJSON('[]')[0] }}",
                "}}",
                "%",
                "{",
                "*",
            ]
        )
    if kind <= 6:
        return random.choice(keys)
    if kind == 7:
        return random.choice(texts)
    if kind == 8:
        return random.choice(dotted)
    if kind == 9:
        return expression(random)
    if kind <= 11:
        return [value(random, depth + 1) for _ in range(random.randrange(4))]
    return {random.choice([*keys, "a", "0", ""]): value(random, depth + 1) for _ in range(random.randrange(4))}


def expression(random: Random) -> str:
    """A text with an expression of GitHub's in it."""
    parts = [
        "matrix.os",
        "github.ref",
        "'a'",
        "1",
        "''",
        "true",
        "null",
        "inputs.a",
        "env.A",
        "steps.a.outputs.b",
        "9" * 4100,
    ]
    parts += [
        "fromJSON('{\"a\":[1]}')",
        "fromJSON('[[]]')",
        "toJSON(matrix)",
        "format('{0}{9}', 1)",
        "contains(matrix, 'a')",
        "join(matrix.os)",
        "*",
    ]
    made = random.choice(parts)
    for _ in range(random.randrange(4)):
        sign = random.choice(["&&", "||", "==", "<", "[", ".", "!", "(", ",", ")"])
        made = f"{made} {sign} {random.choice(parts)}" + ("]" if sign == "[" else "")
    return random.choice(["${{ %s }}", "%s", "a ${{ %s }} b"]).replace("%s", made)


def settings(random: Random) -> dict[str, Value]:
    """A table with odd values at places that somebody asks for."""
    made: dict[str, Value] = {}
    for _ in range(random.randrange(1, 8)):
        path = _path(random)
        if random.random() < 0.3:
            path = path[: random.randrange(1, len(path) + 1)]
        at: Value = made
        for key, then in zip(path, [*path[1:], None], strict=True):
            last = then is None
            if isinstance(at, list):
                if not at:
                    at.append({} if not last else value(random))
                if last:
                    at[0] = value(random)
                at = at[0]
            elif isinstance(at, dict):
                if last:
                    at[key] = value(random)
                elif not isinstance(at.get(key), dict | list):
                    at[key] = [] if then == "0" else {}
                at = at[key]
            else:
                break
    return made


def as_toml(data: object, random: Random) -> str:
    """A table as TOML, each value in line."""

    def inline(v: object) -> str:
        if isinstance(v, bool):
            return "true" if v else "false"
        if isinstance(v, int) and abs(v) > 2**63:
            return random.choice([hex(abs(v)), "9" * 5000, str(v)[:100]]) if random.random() < 0.2 else hex(abs(v))
        if v is None:
            return random.choice(["1979-05-27T07:32:00Z", "07:32:00", "1979-05-27", "''", "inf"])
        if isinstance(v, str):
            return json.dumps("".join(c for c in v if c.isprintable() and not "\ud800" <= c <= "\udfff"))
        if isinstance(v, list):
            return "[" + ", ".join(map(inline, v)) + "]"
        if isinstance(v, dict):
            return "{" + ", ".join(f"{json.dumps(k)} = {inline(x)}" for k, x in v.items()) + "}"
        return repr(v)

    data = data if isinstance(data, dict) else {"tool": data}
    rows = []
    for key, held in data.items():
        if isinstance(held, dict) and random.random() < 0.7:
            for k, v in held.items():
                rows.append(f"[{json.dumps(key)}.{json.dumps(k)}]" if isinstance(v, dict) else "")
                if isinstance(v, dict):
                    rows += [f"{json.dumps(a)} = {inline(b)}" for a, b in v.items()]
                else:
                    rows[-1] = f"{json.dumps(key)}.{json.dumps(k)} = {inline(v)}"
        else:
            rows.insert(0, f"{json.dumps(key)} = {inline(held)}")
    rows.sort(key=lambda r: r.startswith("[") and 1)  # plain keys first would lose their tables
    return "\n".join(rows) + "\n"


def as_json(data: object) -> str:
    return json.dumps(data, indent=1)


def as_yaml(data: object, random: Random) -> str:
    """YAML, in flow style (which JSON is) or in blocks."""
    if random.random() < 0.3:
        return json.dumps(data, ensure_ascii=random.random() < 0.5)
    plain = json.loads(json.dumps(data).replace("\\ud800", "").replace("\\u0000", ""))
    return yaml.safe_dump(plain, allow_unicode=True, sort_keys=False)


def constant(random: Random, depth: int = 0) -> str:
    """An expression of Python's, mostly a literal."""
    keys, dotted, _ = words()
    kind = random.randrange(13 if depth < 3 else 8)
    if kind == 0:
        return random.choice(
            ["1", "0", "-1", "1e999", "0x" + "f" * 6000, "10**3", "True", "None", "...", "1j", "b'x'", "nan"]
        )
    if kind == 1:
        return random.choice(
            ["''", "'\\ud800'", "f'{x!r:>{w}}'", "'a' 'b'", "'%s' % x", "'a' + b", "f''", "'\\x00'", "'/\\udfff'"]
        )
    if kind <= 4:
        return repr(random.choice(keys))
    if kind == 5:
        return random.choice(dotted)
    if kind == 6:
        return repr("--" + random.choice(keys))
    if kind == 7:
        return random.choice(
            [
                "x",
                "self.x",
                "x[0]",
                "x[:]",
                "lambda: 0",
                "*x",
                "x if y else z",
                "[*x]",
                "{**x}",
                "(yield)",
                "not x",
                "a < b",
            ]
        )
    inner = [constant(random, depth + 1) for _ in range(random.randrange(3))]
    if kind == 8:
        return "[" + ", ".join(inner) + "]"
    if kind == 9:
        return "(" + ", ".join(inner) + ",)" if inner else "()"
    if kind == 10:
        return "{" + ", ".join(f"{constant(random, 3).lstrip('*')}: {i.lstrip('*')}" for i in inner) + "}"
    if kind == 11:
        return "{" + ", ".join(inner) + "}" if inner else "set()"
    return call(random, depth + 1)


def call(random: Random, depth: int = 0) -> str:
    """A call of something that is looked for, with whatever."""
    _, dotted, _ = words()
    name = (
        random.choice(dotted)
        if random.random() < 0.7
        else random.choice(["app", "x", "parser", "self"]) + "." + _name(random)
    )
    args = [constant(random, depth + 1) for _ in range(random.randrange(3))]
    args += [f"{_name(random)}={constant(random, depth + 1).lstrip('*')}" for _ in range(random.randrange(3))]
    return f"{name}({', '.join(args)})"


def _name(random: Random) -> str:
    keys, _, _ = words()
    for _ in range(20):
        name = random.choice(keys).replace("-", "_")
        if name.isidentifier() and not keyword.iskeyword(name):
            return name
    return "x"


def program(random: Random) -> str:
    """Python with the calls, decorators, classes and assignments that somebody looks for."""
    _, dotted, _ = words()
    roots = sorted({d.split(".")[0] for d in dotted})
    rows = [
        f"import {r}" for r in random.sample(roots, min(8, len(roots))) if r.isidentifier() and not keyword.iskeyword(r)
    ]
    for _ in range(random.randrange(2, 14)):
        kind = random.randrange(9)
        name, value_ = _name(random), constant(random).lstrip("*")
        if kind == 0:
            rows.append(f"{name} = {value_}")
        elif kind == 1:
            rows.append(call(random))
        elif kind == 2:
            rows += [
                f"@{call(random)}",
                f"def {random.choice(['test_', ''])}{name}({_name(random)}={value_}):",
                f"    return {call(random)}",
            ]
        elif kind == 3:
            base = random.choice(dotted)
            rows += [
                f"class {name}({base}, metaclass={name}):",
                f"    {_name(random)}: {random.choice(dotted)} = {value_}",
                f"    def {_name(random)}(self): {call(random)}",
            ]
        elif kind == 4:
            rows += [f"with {call(random)} as {name}:", f"    {name}[{value_}] = {call(random)}"]
        elif kind == 5:
            rows += [f"for {name} in {value_}:", f"    assert {call(random)} == {constant(random).lstrip('*')}"]
        elif kind == 6:
            rows += [f"if __name__ == {value_}:", f"    {call(random)}"]
        elif kind == 7:
            rows.append(f"from {random.choice(['.', '..x', random.choice(roots)])} import {name}")
        else:
            rows += [f"async def {name}(*{_name(random)}, **k):", f"    {name}: {value_} = await {call(random)}"]
    good = []
    for row in _statements(rows):
        try:
            ast.parse(row)
        except (SyntaxError, ValueError):
            if random.random() < 0.95:
                continue
        good.append(row)
    return "\n".join(good) + "\n"


def _statements(rows: list[str]) -> list[str]:
    made: list[str] = []
    for row in rows:
        if made and (row.startswith(" ") or made[-1].rpartition("\n")[2].startswith("@")):
            made[-1] += "\n" + row
        else:
            made.append(row)
    return made


def lines(random: Random) -> str:
    """Lines of words: a script, an image, a makefile, a list, an ini file, prose."""
    keys, dotted, texts = words()
    heads = [
        "RUN ",
        "FROM ",
        "CMD ",
        "COPY ",
        "ENTRYPOINT ",
        "ARG ",
        "ENV ",
        "\t",
        "    ",
        "[",
        "- ",
        "# ",
        "all: ",
        "deps = ",
        "",
        "",
        "",
        "-r ",
        "$(",
        "`",
        "export ",
        "if ",
        "```\n",
        "| ",
        "![",
        "[tool:",
    ]
    tails = [
        "]",
        " \\",
        " && ",
        " | ",
        ";",
        '"',
        "'",
        ")",
        " <<EOF",
        "",
        "",
        "",
        "",
        " =",
        ":",
        "==1",
        "[a]",
        "@ git+https://x/y",
        "$X",
        "${X:-",
        "{a,b}",
        "%(x)s",
        "\ufeff",
        "\u2028",
    ]
    programs = [
        "python -m pytest",
        "pip install -r",
        "uv run",
        "docker build -f",
        "dvc pull",
        "gcloud run deploy",
        "poe",
        "tox -e",
        "nox -s",
        "invoke",
        "make",
        "hatch run",
        "pixi run",
        "pdm run",
        "rye run",
        "mise run",
        "task",
        "npm run",
        "poetry run",
        "ruff check",
        "pre-commit run",
        "bash -c '",
        "uvicorn",
        "coverage run -m",
    ]
    made = []
    for _ in range(random.randrange(1, 25)):
        parts = [random.choice(random.choice([keys, dotted, texts, programs])) for _ in range(random.randrange(1, 5))]
        made.append(random.choice(heads) + " ".join(parts) + random.choice(tails))
    return "\n".join(made) + "\n"


TOML = ("pyproject.toml", "pixi.toml", "ruff.toml", ".ruff.toml", "tox.toml", "hatch.toml", "mise.toml", "poe_tasks.toml", "Pipfile", "pytest.toml", "prek.toml",
        "uv.lock", "poetry.lock", "configs/a.toml", "sub/pyproject.toml")  # fmt: skip
YAML = (".github/workflows/odd.yml", ".github/workflows/odd2.yaml", ".github/actions/a/action.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml", "dvc.yaml", "dvc.lock",
        "data.dvc", "params.yaml", "docker-compose.yml", "compose.yaml", "cloudbuild.yaml", "environment.yml", "mkdocs.yml", "docs/mkdocs.yaml", "configs/config.yaml",
        "conf/model/a.yaml", "sweep.yaml", "Taskfile.yml", "lefthook.yml", "codecov.yml", ".github/dependabot.yml", "k8s/deployment.yaml", "vertex.yaml", "config_cpu.yaml",
        "kustomization.yaml", "Chart.yaml", "app.yaml", "skaffold.yaml", "prometheus.yml", "pixi.lock", "conda-lock.yml", ".readthedocs.yaml")  # fmt: skip
JSON = ("package.json", "devbox.json", ".devcontainer/devcontainer.json", "nb.ipynb", "notebooks/b.ipynb", "results/metrics.json", "coverage.json", "Pipfile.lock", "tsconfig.json",
        "vertex.json", "dashboard.json", "renovate.json", ".vscode/tasks.json", "locust_stats.json", "configs/a.json")  # fmt: skip
PYTHON = ("tasks.py", "noxfile.py", "setup.py", "src/odd/__init__.py", "src/odd/model.py", "src/odd/train.py", "src/odd/data.py", "src/odd/api.py", "tests/test_odd.py",
          "tests/conftest.py", "src/odd/evaluate.py", "locustfile.py", "src/odd/frontend.py", "odd.py", "src/odd/drift.py", "docs/conf.py")  # fmt: skip
TEXT = ("Dockerfile", "dockerfiles/train.dockerfile", "Makefile", "justfile", "run.sh", "scripts/a.sh", "requirements.txt", "requirements-dev.txt", "setup.cfg", "tox.ini", "pytest.ini",
        ".flake8", ".coveragerc", ".dvc/config", ".gitignore", ".dockerignore", ".gitattributes", "README.md", "docs/index.md", "CODEOWNERS", ".python-version", ".env.example", "mise.toml",
        "Earthfile", "Jenkinsfile", "Procfile", ".github/pull_request_template.md", "results.csv", "load.csv", "report.txt", ".mailmap", "MANIFEST.in", "main.tf", "index.html",
        "LICENSE", "odd.R", "src/odd/a.sql", "Snakefile", "entrypoint.sh")  # fmt: skip
NAMES = (*TOML, *YAML, *JSON, *PYTHON, *TEXT)


def content(path: str, random: Random) -> str | bytes:
    """What such a file never has."""
    if random.random() < 0.05:
        return bytes(random.randrange(256) for _ in range(random.randrange(200)))
    if random.random() < 0.05:
        return random.choice(
            [
                "",
                "1\n",
                "[]\n",
                "{}\n",
                "null\n",
                '"x"\n',
                "- - -\n",
                "[" * 400,
                "a: " * 200,
                "\ufeff",
                "tool = 1\n",
                "project = 1\n",
                "x = " + "9" * 5000,
            ]
        )
    kinds = [
        k
        for k, names in (("toml", TOML), ("yaml", YAML), ("json", JSON), ("python", PYTHON), ("text", TEXT))
        if path in names
    ]
    kind = random.choice(kinds) if random.random() < 0.97 else random.choice(["toml", "yaml", "json", "python", "text"])
    if kind == "toml":
        return _clean(as_toml(settings(random), random))
    if kind == "yaml":
        return _clean(as_yaml(settings(random), random))
    if kind == "json":
        data: object = settings(random)
        if path.endswith(".ipynb") and random.random() < 0.8:
            data = notebook(random)
        return as_json(data if random.random() < 0.9 else value(random))
    if kind == "python":
        return _clean(program(random))
    return _clean(lines(random))


def _clean(text: str) -> bytes:
    return text.encode("utf-8", "replace")


def notebook(random: Random) -> object:
    """A notebook whose cells are of every shape."""

    def cell() -> object:
        if random.random() < 0.2:
            return value(random)
        source: object = program(random)
        if random.random() < 0.4:
            source = [*str(source).splitlines(keepends=True), value(random)]
        elif random.random() < 0.3:
            source = value(random)
        return {"cell_type": random.choice(["code", "markdown", 1, None]), "source": source, "outputs": value(random)}

    cells: object = [cell() for _ in range(random.randrange(4))]
    if random.random() < 0.1:
        cells = value(random)
    return {"cells": cells, "metadata": value(random) if random.random() < 0.3 else {}, "nbformat": 4}


# -- files that were good once -----------------------------------------------------------------------------------------


@cache
def good() -> tuple[tuple[str, str], ...]:
    """The files of the fixtures and of the tests, by path: what the program knows how to read."""
    found: dict[tuple[str, str], None] = {}
    here = SOURCE.parent
    for path in sorted((here / "fixtures").glob("*/files/**/*")):
        if path.is_file() and path.stat().st_size < 20_000:
            name = path.relative_to(here / "fixtures").as_posix().split("/files/", 1)[1]
            with contextlib.suppress(UnicodeDecodeError):
                found[name, path.read_text(encoding="utf-8")] = None
    for path in sorted((here / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for key, held in zip(node.keys, node.values, strict=True) if isinstance(node, ast.Dict) else ():
                texts = [n.value for n in (key, held) if isinstance(n, ast.Constant) and isinstance(n.value, str)]
                if len(texts) == 2 and ("." in texts[0] or texts[0].endswith("file")) and " " not in texts[0]:
                    found[texts[0], texts[1]] = None
    return tuple(found)


def spoilt(path: str, text: str, random: Random) -> bytes:
    """A good file with one to three things in it changed into something else."""
    with contextlib.suppress(SyntaxError, ValueError, RecursionError, yaml.YAMLError):
        if path.endswith(".py"):
            return _clean(_other_program(text, random))
        if path.endswith(".toml"):
            return _clean(as_toml(_other_data(tomllib.loads(text), random), random))
        if path.endswith((".ipynb", ".json")):
            return as_json(_other_data(json.loads(text), random)).encode()
        if path.endswith((".yml", ".yaml", ".dvc", "dvc.lock")):
            return _clean(as_yaml(_other_data(yaml.load(text, Loader=yaml.BaseLoader), random), random))
    return _clean(_other_text(text, random))


def _other_program(text: str, random: Random) -> str:
    tree = ast.parse(text)
    places = [
        (node, name, i)
        for node in ast.walk(tree)
        for name, held in ast.iter_fields(node)
        for i, one in enumerate(held if isinstance(held, list) else [held])
        if isinstance(one, ast.expr) and isinstance(getattr(one, "ctx", None) or ast.Load(), ast.Load)
    ]
    for node, name, i in random.sample(places, min(len(places), random.randrange(1, 4))):
        try:
            new = ast.parse(f"({constant(random)})", mode="eval").body
        except (SyntaxError, ValueError):
            continue
        held = getattr(node, name)
        if not isinstance(held, list):
            setattr(node, name, new)
        elif random.random() < 0.2:
            del held[i:]
        elif i < len(held):
            held[i] = new
    made = ast.unparse(ast.fix_missing_locations(tree))
    ast.parse(made)
    return made


def _other_data(data: object, random: Random) -> object:
    places: list[tuple[object, object]] = []
    todo = [data]
    while todo and len(places) < 2_000:  # what refers to itself has no end
        one = todo.pop()
        for key, held in list(
            one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ()
        ):
            places.append((one, key))
            todo.append(held)
    if len(places) >= 2_000:
        return value(random)
    for one, key in random.sample(places, min(len(places), random.randrange(1, 4))):
        assert isinstance(one, dict | list)
        if isinstance(one, list) and int(str(key)) >= len(one):
            continue
        kind = random.random()
        if kind < 0.7:
            one[key] = value(random)  # type: ignore[index]
        elif kind < 0.85:
            one[key] = random.choice([[one[key]], {"a": one[key]}, str(one[key])])  # type: ignore[index]
        elif isinstance(one, dict):
            one[random.choice(words()[0])] = one.pop(key)
    return data if places and random.random() < 0.95 else value(random)


def _other_text(text: str, random: Random) -> str:
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(text) + 1)
        end = min(len(text), at + random.choice([0, 1, 1, 5, 40]))
        put = random.choice(["", "\n", "\\", '"', "'", "[", "]", "{", "}", "$(", "\ufeff", "\u2028", "\x00", "%", "9" * 5000, ":", "=", " ", "\t", "*", random.choice(words()[2])])  # fmt: skip
        text = text[:at] + put + text[end:]
    return text


def tree(random: Random) -> dict[str, str | bytes]:
    """A repository of good, odd and spoilt files."""
    made: dict[str, str | bytes] = {}
    for path, text in random.sample(good(), random.choice([4, 20, 60])):
        made[path] = spoilt(path, text, random) if random.random() < 0.7 else text
    for path in random.sample(NAMES, random.choice([0, 2, 10])):
        made[path] = content(path, random)
    return made
