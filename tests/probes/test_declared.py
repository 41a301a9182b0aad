"""Which packages a commit declares: by who refers to a list, whatever it is called; and where nobody can say."""

import pytest
from conftest import ask, tree

from auditor.facts.declared import LOCKS, Declared, declarations, locked
from auditor.facts.deps import missing_from_lock, undeclared
from auditor.facts.lists import requirement


def known(files: dict[str, str | bytes]) -> Declared:
    """What a tree declares."""
    return declarations(tree(files).select(LOCKS))


def names(files: dict[str, str | bytes]) -> str:
    """The names that are asked for somewhere, in order."""
    return " ".join(sorted(known(files).names))


@pytest.mark.parametrize(
    ("text", "name", "spec"),
    [
        ("Torch>=2.0", "Torch", ">=2.0"),
        ("foo_bar[extra, more] == 1.0 ; python_version>'3'", "foo_bar", "== 1.0"),
        ("loguru @ git+https://github.com/x/loguru.git ; python_version>'3'", "loguru", "@ git+https://github.com/x/loguru.git"),
        ("git+https://github.com/x/loguru.git", "loguru", "@ git+https://github.com/x/loguru.git"),
        ("git+https://github.com/x/y.git@v1#egg=loguru[all]&subdirectory=src", "loguru", None),
        ("git+ssh://git@github.com/x/loguru.git@main", "loguru", None),
        ("https://example.com/w/loguru-0.7.2-py3-none-any.whl", "loguru", None),
        ("./wheels/en_core_web_sm-3.7.1-py3-none-any.whl", "en_core_web_sm", None),
        ("https://example.com/loguru-0.7.tar.gz", "loguru", None),
        ("https://github.com/x/loguru/archive/refs/heads/main.zip", "loguru", None),
        (".[dev]", "", ""),
        ("../libs/one", "", ""),
        ("torch = 2.0", "torch", "= 2.0"),
        ("torch 2.0.1", "torch", "2.0.1"),
        ("Python packages needed", None, None),
        ("=======", None, None),
        ("", None, None),
    ],
)  # fmt: skip
def test_one_requirement(text: str, name: str | None, spec: str | None) -> None:
    found = requirement(text)
    assert (found.name if found else None) == name
    assert spec is None or (found is not None and found.spec == spec)


SETUP = "from setuptools import setup, find_packages\n"
POETRY = '[tool.poetry]\nname = "me"\n[tool.poetry.dependencies]\npython = "^3.11"\ntorch = "^2"\n'


@pytest.mark.parametrize(
    ("files", "asked"),
    [
        # requirement files, by who refers to them
        ({"requirements.txt": "-r deps/base.txt\n", "deps/base.txt": "hydra-core\n"}, "hydra-core"),
        ({"requirements.txt": "-r base.in\n", "base.in": "hydra-core\n"}, "hydra-core"),
        ({"requirements.txt": "--requirement=deps/a\n", "deps/a": "-rb\n", "deps/b": "wandb\n"}, "wandb"),
        ({"requirements.txt": "-r 'my deps.txt'  # all\n", "my deps.txt": "wandb\n"}, "wandb"),
        ({"requirements.txt": "torch\n-c pins.txt\n", "pins.txt": "wandb==1\n"}, "torch"),
        ({"requirements/base.txt": "torch\n-c constraints.txt\n", "requirements/constraints.txt": "wandb==1\n"}, "torch"),
        ({"requirements.txt": "-c a.txt\nx\n", "a.txt": "-r b.txt\n", "b.txt": "wandb\n"}, "x"),
        ({"requirements.txt": "torch==2 \\\n  --hash=sha256:aa \\\n  --hash=sha256:bb\nwandb\n"}, "torch wandb"),
        ({"requirements.txt": "-e git+https://github.com/x/y.git#egg=loguru\n-e .\n-e ./libs/one\n"}, "loguru one"),
        ({"requirements.txt": "torch --extra-index-url https://x.org\n--pre\n--index-url https://y.org\n"}, "torch"),
        ({"requirements.txt": "torch\n".encode("utf-16")}, "torch"),
        ({"requirements.txt": "torch\nwandb\n".encode("utf-16-le")}, "torch wandb"),
        ({"requirements.txt": "torch\nwandb\n".encode("utf-16-be")}, "torch wandb"),
        ({"requirements/base.in": "torch\n"}, "torch"),
        ({"requirements.txt": "# The\nPython packages that are needed\nare named below\n"}, ""),
        ({"requirements.txt": "@EXPLICIT\nhttps://conda.org/linux-64/pytorch-cpu-2.6.0-py311_0.conda#abc\n"}, "pytorch-cpu"),
        # images, workflows, scripts, notebooks and guides
        ({"Dockerfile": "FROM python\nCOPY reqs.txt /app/\nRUN pip install -r /app/reqs.txt\n", "reqs.txt": "torch\n"}, "torch"),
        ({"Dockerfile": "FROM python\nCOPY deploy/api.lst r.txt\nRUN pip install -r r.txt\n", "deploy/api.lst": "torch\n"}, "torch"),
        ({"Dockerfile": "FROM python\nARG LIST=cpu.txt\nCOPY . .\nRUN pip install -r ${LIST}\n", "cpu.txt": "torch\n"}, "torch"),
        ({"Dockerfile": "FROM python\nRUN --mount=type=bind,source=x/a.txt,target=/tmp/b.txt uv pip install -r /tmp/b.txt\n", "x/a.txt": "torch\n"}, "torch"),
        ({"api/Dockerfile": "FROM python\nRUN pip install -r deps.txt\n", "api/deps.txt": "torch\n", "web/deps.txt": "flask\n"}, "torch"),
        ({".github/workflows/ci.yaml": "on: push\njobs:\n  a:\n    steps:\n      - run: pip install -r ci.txt pytest-cov\n", "ci.txt": "nox\n"}, "nox pytest-cov"),
        ({".github/workflows/ci.yaml": "on: push\njobs:\n  a:\n    steps:\n      - uses: mamba-org/setup-micromamba@v2\n        with:\n          environment-file: ci/env.yml\n", "ci/env.yml": "dependencies: [ruff]\n"}, "ruff"),
        ({"Makefile": "install:\n\t$(PYTHON) -m pip install -r deps.txt\n", "deps.txt": "torch\n"}, "torch"),
        ({"tasks.py": "def i(c):\n    c.run('pip install -U -r deps.txt')\n", "deps.txt": "torch\n"}, "torch"),
        ({"setup.sh": "uv add xgboost 'dvc[gs]>=3' --group ml\nconda install -c conda-forge -y lightgbm\n"}, "dvc lightgbm xgboost"),
        ({"run.py": "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'pip', 'install', 'xgboost'])\n"}, "xgboost"),
        ({"noxfile.py": "def lint(session):\n    session.install('ruff', '-r', 'deps.txt')\n", "deps.txt": "mypy\n"}, "mypy ruff"),
        ({"modal_app.py": "image = modal.Image.debian_slim().pip_install('torch', 'wandb==1')\n"}, "torch wandb"),
        ({"bentofile.yaml": "service: a\npython:\n  packages: [xgboost]\n"}, "xgboost"),
        ({"bentofile.yaml": "service: a\npython:\n  requirements_txt: './serve.txt'\n", "serve.txt": "xgboost\n"}, "xgboost"),
        ({"README.md": "```\npip install -r deps.txt\n```\n", "deps.txt": "torch\n"}, "torch"),
        ({"README.md": "Then `conda env create -f envs/gpu.lst.yml`.\n", "envs/gpu.lst.yml": "dependencies: [torch]\n"}, "torch"),
        ({"README.md": "You may pip install everything.\n", "everything": "torch\n"}, ""),
        ({"c.sh": "pip-compile deps/all.in -o requirements.txt\n", "deps/all.in": "torch\n"}, "torch"),
        ({"tox.ini": "[testenv]\ndeps =\n    -r{toxinidir}/deps.txt\n    py311: pytest>=8\n", "deps.txt": "torch\n"}, "pytest torch"),
        # pyproject.toml
        ({"pyproject.toml": '[project]\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["deps/base.txt"]}\n', "deps/base.txt": "torch\n"}, "torch"),
        ({"pyproject.toml": '[tool.setuptools.dynamic]\ndependencies = {file = "a.txt"}\noptional-dependencies.dev = {file = ["b.txt"]}\n', "a.txt": "torch\n", "b.txt": "ruff\n"}, "ruff torch"),
        ({"pyproject.toml": '[tool.hatch.metadata.hooks.requirements_txt]\nfiles = ["deps.lst"]\n', "deps.lst": "torch\n"}, "torch"),
        ({"pyproject.toml": '[tool.hatch.envs.default]\ndependencies = ["torch"]\n[tool.hatch.envs.test]\nextra-dependencies = ["pytest"]\n'}, "pytest torch"),
        ({"pyproject.toml": '[project]\nname = "Cloud_Type"\n[project.optional-dependencies]\nplots = ["pandas>=2.2"]\nall = ["cloud-type[plots]"]\n'}, "pandas"),
        ({"pyproject.toml": '[dependency-groups]\na = ["torch"]\nb = [{include-group = "a"}, "ruff"]\n'}, "ruff torch"),
        ({"pyproject.toml": POETRY + '[tool.poetry.group.dev.dependencies]\npytest = [{version = "8", python = "<3.12"}, {version = "9"}]\n'}, "pytest torch"),
        ({"pyproject.toml": '[tool.pdm.dev-dependencies]\ntest = ["pytest", "-e file:///${PROJECT_ROOT}/sub#egg=sub"]\n'}, "pytest sub"),
        ({"pyproject.toml": '[tool.uv]\ndev-dependencies = ["ruff"]\nconstraint-dependencies = ["numpy<2"]\n'}, "ruff"),
        ({"pyproject.toml": '[tool.pixi.feature.app.dependencies]\npytorch = "*"\n'}, "pytorch"),
        ({"pyproject.toml": '[tool.pixi.pypi-dependencies]\nevidently = ">=0.4"\n[tool.pixi.target.linux-64.dependencies]\ncuda = "*"\n'}, "cuda evidently"),
        ({"pixi.toml": '[feature.a.target.win-64.pypi-dependencies]\nx = "*"\n[host-dependencies]\ny = "*"\n[package.run-dependencies]\nz = "*"\n'}, "x y z"),
        ({"packages/a/pyproject.toml": '[project]\nname = "a"\ndependencies = ["torch", "b"]\n'}, "b torch"),
        # setup.py and setup.cfg
        ({"setup.py": SETUP + "REQUIRES = ['torch', 'wandb']\nsetup(install_requires=REQUIRES)\n"}, "torch wandb"),
        ({"setup.py": SETUP + "R = ['torch']\nR += ['wandb']\nR.append('dvc')\nsetup(install_requires=['numpy'] + R)\n"}, "dvc numpy torch wandb"),
        ({"setup.py": SETUP + "E = {'a': ['torch'], 'b': ['wandb']}\nE['all'] = sum(E.values(), [])\nsetup(extras_require=E)\n"}, "torch wandb"),
        ({"setup.py": SETUP + "setup(install_requires=open('deps.txt').read().splitlines())\n", "deps.txt": "torch\n"}, "torch"),
        ({"setup.py": SETUP + "with open('deps.txt') as f:\n    R = [r.strip() for r in f if r]\nsetup(install_requires=R)\n", "deps.txt": "torch\n"}, "torch"),
        ({"setup.py": SETUP + "here = Path(__file__).parent\nsetup(install_requires=(here / 'deps' / 'a.txt').read_text().split())\n", "deps/a.txt": "torch\n"}, "torch"),
        ({"setup.py": SETUP + "def read(n):\n    with open(os.path.join(HERE, n)) as f:\n        return f.readlines()\nsetup(install_requires=read('deps.txt') + ['wandb'])\n", "deps.txt": "torch\n"}, "torch wandb"),
        ({"setup.py": SETUP + "setup(install_requires='torch;wandb'.split(';'))\n"}, "torch wandb"),
        ({"setup.py": SETUP + "E = {}\nE.setdefault('x', []).append('torch')\nE.update(y=['wandb'])\nsetup(extras_require=E)\n"}, "torch wandb"),
        ({"setup.py": SETUP + "a, b = ['torch'], ['wandb']\na.insert(0, 'dvc')\nsetup(install_requires=a + b)\n"}, "dvc torch wandb"),
        ({"setup.py": SETUP + "E = {'a': ['torch']}\nE['all'] = [d for v in E.values() for d in v]\nsetup(extras_require=E)\n"}, "torch"),
        ({"setup.py": SETUP + "def get(p='deps.txt'):\n    return open(p).read().split()\nsetup(install_requires=get())\n", "deps.txt": "torch\n"}, "torch"),
        ({"setup.py": SETUP + "def reqs():\n    return ['torch']\nsetup(install_requires=reqs())\n"}, "torch"),
        ({"setup.py": SETUP + "V = '2'\nsetup(**dict(install_requires=[f'torch=={V}', 'wandb==%s' % V]))\n"}, "torch wandb"),
        ({"setup.py": SETUP + "setup(install_requires='''\ntorch>=2\nwandb\n''')\n"}, "torch wandb"),
        ({"setup.cfg": "[options]\ninstall_requires = torch; wandb>=1\n[options.extras_require]\ndev =\n    pytest\n    ruff\n"}, "pytest ruff torch wandb"),
        ({"setup.cfg": "[options]\ninstall_requires = file: deps.txt\n", "deps.txt": "torch\n"}, "torch"),
        ({"setup.cfg": "[options]\ninstall_requires =\n    torch\n    numpy>=1; python_version > '3'\n"}, "numpy torch"),
        # conda, Pipenv, scripts with their own block
        ({"envs/train.yaml": "name: a\nchannels: [conda-forge]\ndependencies:\n  - pytorch::pytorch=2.1\n  - pip:\n      - wandb==1\n      - -r extra.txt\n", "envs/extra.txt": "dvc\n"}, "dvc pytorch wandb"),
        ({"ml.yml": "name: a\ndependencies:\n  - python=3.11\n  - lightgbm\n"}, "lightgbm python"),
        ({"Chart.yaml": "name: a\ndependencies:\n  - name: redis\n    version: 1\n"}, ""),
        ({"conf/model.yaml": "name: a\ndependencies: [stage-one, stage-two]\n"}, ""),
        ({"Pipfile": '[packages]\ntorch = "*"\n[train]\nxgboost = {version = "*"}\n[requires]\npython_version = "3.11"\n'}, "torch xgboost"),
        ({"tool.py": '# /// script\n# requires-python = ">=3.11"\n# dependencies = [\n#   "xgboost<3",\n# ]\n# ///\nimport xgboost\n'}, "xgboost"),
    ],
)  # fmt: skip
def test_what_is_asked_for(files: dict[str, str | bytes], asked: str) -> None:
    assert names(files) == asked
    assert not known(files).unread


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"requirements.txt": "-r deps/gone.txt\n"}, "requirements.txt:1: refers to deps/gone.txt, which is not in the repository"),
        ({"requirements.txt": "-r https://example.com/r.txt\n"}, "takes requirements from the address"),
        ({"requirements.txt": "torch\n-r ${LIST}\n"}, "requirements.txt:2: takes requirements from `${LIST}`, a name that is computed"),
        ({"requirements.txt": "torch\n<<<<<<< HEAD\nwandb\n"}, "requirements.txt:2: a line that is no requirement"),
        ({"requirements.txt": "git+https://github.com/x/tools.git\n"}, "does not say what it is called"),
        ({"requirements.txt": "version https://git-lfs.github.com/spec/v1\noid sha256:ab\nsize 9\n"}, "requirements.txt: kept in Git LFS"),
        ({"requirements.txt": "torch\n" * 400_000}, "requirements.txt: larger than"),
        ({"requirements.txt": "-r a.txt\n", "a.txt": "version https://git-lfs.github.com/spec/v1\n"}, "a.txt: kept in Git LFS"),
        ({"pyproject.toml": '[project]\ndependencies = [\n'}, "pyproject.toml: does not parse as TOML"),
        ({"pyproject.toml": '[project]\nname = "a"\ndynamic = ["dependencies"]\n'}, "dynamic dependencies that nothing readable fills in"),
        ({"pyproject.toml": '[tool.setuptools.dynamic]\ndependencies = {file = ["gone.txt"]}\n'}, "refers to gone.txt"),
        ({"pyproject.toml": '[dependency-groups]\na = [{include-group = "b"}]\n'}, "includes a group `b`"),
        ({"setup.py": SETUP + "setup(install_requires=load())\n"}, "setup.py:2: requirements that are computed"),
        ({"setup.py": SETUP + "setup(install_requires=[p + '>=1' for p in P])\n"}, "requirements that are computed"),
        ({"setup.py": SETUP + "setup(install_requires=['torch' + SUFFIX])\n"}, "requirements that are computed"),
        ({"setup.py": SETUP + "from consts import R\nsetup(install_requires=R)\n"}, "requirements that are computed"),
        ({"setup.py": SETUP + "setup(**load())\n"}, "settings that are computed"),
        ({"setup.py": SETUP + "setup(install_requires=open('gone.txt').read().split())\n"}, "refers to gone.txt"),
        ({"setup.py": SETUP + "setup(\n"}, "setup.py: does not parse as Python"),
        ({"setup.cfg": "install_requires = a\n"}, "setup.cfg: does not parse"),
        ({"envs/a.yaml": "dependencies:\n  - python\n  - pip:\n      - -r gone.txt\n"}, "refers to envs/gone.txt"),
        ({"Dockerfile": "FROM python\nRUN pip install -r gone.txt\n"}, "Dockerfile:2: installs from gone.txt"),
        ({"Dockerfile": "FROM python\nARG EXTRA\nRUN pip install $EXTRA\n"}, "installs `$EXTRA`, whose value is not known"),
        ({"tool.py": "# /// script\n# dependencies = [\n# ///\n"}, "the script's block of dependencies does not parse"),
    ],
)  # fmt: skip
def test_what_cannot_be_known(files: dict[str, str | bytes], why: str) -> None:
    told = [str(h) for h in known(files).unread]
    assert any(why in t for t in told), told
    code: dict[str, str | bytes] = {"train.py": "import xgboost\n", "other/requirements.txt": "numpy\n"}
    assert not undeclared(tree({**code, **files}).select(("**/*.py",)))
    assert ask("imports-undeclared", {**code, **files}).outcome == "unknown"


@pytest.mark.parametrize(
    "files",
    [
        # made from the lock by the same script; a task or a guide that nobody has followed since
        {"Dockerfile": "FROM python\nRUN uv export -o requirements.txt && pip install -r requirements.txt\n"},
        {"tasks.py": "def i(c):\n    c.run('pip install -r requirements.txt')\n"},
        {"README.md": "`pip install -r requirements.txt`\n"},
        {"data.json": "x" * 2_000_000},
        {"data/big.yaml": "a: 1\n" * 400_000},
        {".github/workflows/ci.yaml": "jobs:\n  a:\n    steps:\n      - run: pip install ruff\n"},
        {"tasks.py": "def i(c):\n    c.run('conda create -n x python=3.11')\n"},
        {"a.ipynb": "version https://git-lfs.github.com/spec/v1\n"},
        {"wandb/run-20260110_101010-abc/files/requirements.txt": "-r gone.txt\n"},
    ],
)
def test_what_is_no_hole(files: dict[str, str | bytes]) -> None:
    assert not known(files).unread
    code: dict[str, str | bytes] = {"train.py": "import xgboost\n", "other/requirements.txt": "numpy\n"}
    assert ask("imports-undeclared", {**code, **files}).outcome == "found"


LOCK = '[[package]]\nname = "torch"\nversion = "2.6.0"\n\n[[package]]\nname = "pandas"\nversion = "2.2.3"\n'
PDM = '[metadata]\ngroups = ["default"]\n\n' + LOCK


@pytest.mark.parametrize(
    ("pyproject", "more", "lacking"),
    [
        ('[project]\nname = "me"\ndependencies = ["torch"]\n[project.optional-dependencies]\nplots = ["pandas"]\nall = ["me[plots]"]\n', {"poetry.lock": LOCK}, ""),
        ('[project]\nname = "me"\ndependencies = ["torch", "wandb"]\n', {"uv.lock": LOCK}, "wandb"),
        ('[project]\nname = "me"\ndependencies = ["torch", "tomli; python_version < \'3.11\'"]\n', {"uv.lock": LOCK}, ""),
        ('[project]\nname = "me"\ndependencies = ["torch"]\n[tool.hatch.envs.a]\ndependencies = ["ruff"]\n', {"uv.lock": LOCK}, ""),
        ('[project]\nname = "me"\n[tool.uv]\nconstraint-dependencies = ["scipy<2"]\n', {"uv.lock": LOCK}, ""),
        ('[project]\nname = "me"\ndynamic = ["dependencies"]\n[tool.setuptools.dynamic]\ndependencies = {file = ["d.txt"]}\n', {"uv.lock": LOCK, "d.txt": "torch\nwandb\n"}, "wandb"),
        ('[tool.tox.env_run_base]\ndeps = ["-r t.txt"]\n[project]\nname = "me"\n', {"uv.lock": LOCK, "t.txt": "pytest\n"}, ""),
        ('[project]\nname = "me"\n[dependency-groups]\ndev = ["ruff"]\n', {"pdm.lock": PDM}, ""),
        ('[project]\nname = "me"\n[dependency-groups]\ndev = ["ruff"]\n', {"pdm.lock": PDM.replace('"default"', '"default", "dev"')}, "ruff"),
        ('[project]\nname = "me"\ndependencies = ["wandb"]\n', {"uv.lock": LOCK + '[[package]]\nname = "wandb"\n', "poetry.lock": LOCK}, ""),
        ("", {"Pipfile": '[packages]\ntorch = "*"\n[train]\nxgboost = "*"\n', "Pipfile.lock": '{"_meta": {}, "default": {"torch": {"version": "==2"}}, "train": {}}'}, "xgboost"),
    ],
)  # fmt: skip
def test_missing_from_lock(pyproject: str, more: dict[str, str], lacking: str) -> None:
    files: dict[str, str | bytes] = {"pyproject.toml": pyproject, **more}
    assert " ".join(p.name for p in missing_from_lock(tree(files).select(LOCKS))) == lacking


@pytest.mark.parametrize(
    ("path", "text", "held"),
    [
        ("uv.lock", LOCK, "torch pandas"),
        ("pylock.toml", '[[packages]]\nname = "torch"\nversion = "1"\n', "torch"),
        ("pylock.api.toml", '[[packages]]\nname = "torch"\n', "torch"),
        ("Pipfile.lock", '{"default": {"torch": {"version": "==2"}}, "train": {"wandb": {"version": "==1"}}}', "torch wandb"),
        ("pixi.lock", "packages:\n- conda: https://conda.org/noarch/torch-2.6.0-py.conda\n- pypi: https://x.org/a/wand_b-1.0-py3.whl\n", "torch wand-b"),
        ("gpu.conda-lock.yml", "package:\n- name: torch\n  version: 2.6.0\n", "torch"),
        ("conda-linux-64.lock", "@EXPLICIT\nhttps://conda.org/linux-64/torch-2.6.0-py_0.conda\n", "torch"),
    ],
)  # fmt: skip
def test_locked(path: str, text: str, held: str) -> None:
    assert " ".join(p.name for p in locked(tree({path: text}).select(LOCKS))) == held


PINS = "".join(f"p{i}==1.{i}\n" for i in range(6))


@pytest.mark.parametrize(
    ("files", "outcome"),
    [
        ({"requirements.txt": "-r deps/base.txt\n", "deps/base.txt": PINS}, "found"),
        ({"requirements.txt": "-r deps/base.txt\ntqdm\n", "deps/base.txt": PINS}, "absent"),
        ({"requirements.txt": PINS.replace("==", ">=") + "-c pins.txt\n", "pins.txt": PINS}, "found"),
        ({"requirements.txt": "torch==2 --hash=sha256:ab\n"}, "found"),
        ({"requirements.txt": "-r deps/gone.txt\n"}, "unknown"),
        ({"requirements.txt": "torch\n", "constraints.txt": PINS}, "absent"),
        ({"uv.lock": "version = 1\n"}, "absent"),
        ({"uv.lock": "<<<<<<< HEAD\nversion = 1\n"}, "unknown"),
        ({"pixi.lock": "packages: [\n"}, "unknown"),
    ],
)
def test_pinned_with_what_it_takes_in(files: dict[str, str | bytes], outcome: str) -> None:
    assert ask("dependencies-locked", files).outcome == outcome


def test_evidence_says_who_refers_to_a_list() -> None:
    answer = ask("dependencies-declared", {"requirements.txt": "-r deps/base.lst\n", "deps/base.lst": "torch\nwandb\n"})
    assert [(e.path, e.start, e.note) for e in answer.evidence] == [
        ("deps/base.lst", 1, "2 packages declared; requirements.txt:1 refers to it.")
    ]
    packages = known({"requirements.txt": "torch==2\n", "setup.cfg": "[options]\ninstall_requires = a>1\n"}).packages
    assert [(p.name, p.path, p.line, p.pinned, p.how) for p in packages] == [
        ("torch", "requirements.txt", 1, True, "listed"),
        ("a", "setup.cfg", 2, False, "listed"),
    ]


def test_lines_and_groups() -> None:
    pyproject = '[project]\nname = "me"\ndependencies = [\n  "torch-geometric",\n  "torch",\n]\n[dependency-groups]\ndev = [\n  "torch",\n]\n'
    assert [(p.name, p.line, p.group) for p in known({"pyproject.toml": pyproject}).packages] == [
        ("torch-geometric", 4, ""),
        ("torch", 5, ""),
        ("torch", 9, "dev"),
    ]


def test_a_circle_of_references_ends() -> None:
    files: dict[str, str | bytes] = {
        "requirements.txt": "-r a.txt\n",
        "a.txt": "-r b.txt\ntorch\n",
        "b.txt": "-r a.txt\n-c b.txt\n",
    }
    assert names(files) == "torch"
    setup = SETUP + "def f():\n    return f() + f() + A\nA = B\nB = A + ['torch']\nsetup(install_requires=f())\n"
    assert names({"setup.py": setup}) == "torch"
