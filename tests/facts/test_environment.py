"""Environment variables: read, set, set nowhere."""

import pytest
from conftest import tree

from auditor.facts.environment import environment

READS = "import os\nurl = os.environ['BACKEND']\n"


def state(files: dict[str, str], name: str = "BACKEND") -> str:
    return next((v.state for v in environment(tree(files)) if v.name == name), "unread")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (READS, "nowhere"),
        ("from os import environ\nurl = environ['BACKEND']\n", "nowhere"),
        ("import os\nurl = os.getenv('BACKEND')\n", "nowhere"),
        ("import os\nurl = os.getenv('BACKEND', 'x')\n", "default"),
        ("import os\nurl = os.environ.get('BACKEND', default='x')\n", "default"),
        ("import os\nKEY = 'BACKEND'\nurl = os.environ[KEY]\n", "nowhere"),
        ("import os\nurl = os.environ['BACKEND'] if 'BACKEND' in os.environ else ''\n", "default"),
        ("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    backend: str\n", "nowhere"),
        ("from pydantic_settings import BaseSettings\nclass S(BaseSettings):\n    backend: str = 'x'\n", "default"),
        ("from pydantic_settings import BaseSettings, SettingsConfigDict\nclass S(BaseSettings):\n    model_config = SettingsConfigDict(env_prefix='BACK')\n    end: str\n", "nowhere"),
        ("import typer\ndef f(x: str = typer.Option('a', envvar='BACKEND')): ...\n", "default"),
        ("import os\nos.environ['BACKEND'] = 'x'\nurl = os.environ['BACKEND']\n", "set"),
        ("import os\nname = input()\nurl = os.environ[name]\n", "unread"),
        ("# os.environ['BACKEND']\n", "unread"),
    ],
)  # fmt: skip
def test_reads(code: str, expected: str) -> None:
    assert state({"src/a.py": code}) == expected


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("Dockerfile", "FROM a\nENV BACKEND=x OTHER=y\n", "set"),
        ("Dockerfile", "FROM a\nENV OTHER=BACKEND\n", "nowhere"),
        (".github/workflows/a.yaml", "on: push\nenv:\n  BACKEND: x\njobs: {}\n", "set"),
        (".github/workflows/a.yaml", "on: push\njobs:\n  a:\n    steps:\n    - run: x\n      env: {BACKEND: x}\n", "set"),
        (".github/workflows/a.yaml", "on: push\njobs:\n  a:\n    steps:\n    - run: echo \"BACKEND=x\" >> $GITHUB_ENV\n", "set"),
        (".github/workflows/a.yaml", "on: push\njobs:\n  a:\n    steps:\n    - run: gcloud run deploy x --set-env-vars A=b,BACKEND=y\n", "set"),
        ("compose.yaml", "services:\n  a:\n    environment:\n    - BACKEND=x\n", "set"),
        ("compose.yaml", "services:\n  a:\n    environment:\n      BACKEND: x\n", "set"),
        ("service.yaml", "kind: Service\nspec:\n  env:\n  - name: BACKEND\n    value: x\n", "set"),
        ("vertex.yaml", "workerPoolSpecs:\n- containerSpec:\n    env:\n    - name: BACKEND\n      value: x\n", "set"),
        (".env.example", "# x\nBACKEND=\n", "set"),
        ("main.tf", 'env {\n  name = "BACKEND"\n}\n', "set"),
        ("run.sh", "export BACKEND=x\npython a.py\n", "set"),
        ("run.sh", "OTHER=y BACKEND=x python a.py\n", "set"),
        ("run.sh", "docker run -e BACKEND=x image\n", "set"),
        ("README.md", "```bash\nexport BACKEND=x\n```\n", "documented"),
        ("README.md", "BACKEND=x\n", "nowhere"),
        ("notes.yaml", "BACKEND: x\n", "nowhere"),
    ],
)  # fmt: skip
def test_sets(path: str, text: str, expected: str) -> None:
    assert state({"src/a.py": READS, path: text}) == expected


def test_a_file_kept_out_of_git_may_set_it() -> None:
    files = {"src/a.py": READS + "from dotenv import load_dotenv\nload_dotenv()\n", ".gitignore": ".env\n"}
    assert state(files) == "dotenv"


@pytest.mark.parametrize(
    ("path", "text", "name", "expected"),
    [
        ("run.sh", "echo $BACKEND ${HOME} $PORT\n", "BACKEND", "nowhere"),
        ("run.sh", "echo ${BACKEND:-x}\n", "BACKEND", "default"),
        ("run.sh", "BACKEND=x\necho $BACKEND '$OTHER'\n", "BACKEND", "unread"),
        ("run.sh", "echo '$BACKEND'\n", "BACKEND", "unread"),
        ("run.sh", "for BACKEND in a b; do echo $BACKEND; done\n", "BACKEND", "unread"),
        ("configs/a.yaml", "url: ${oc.env:BACKEND}\n", "BACKEND", "nowhere"),
        ("configs/a.yaml", "url: ${oc.env:BACKEND,x}\n", "BACKEND", "default"),
        ("src/b.py", "import os\nos.environ['AIP_MODEL_DIR']\n", "AIP_MODEL_DIR", "given"),
        ("tests/test_b.py", "import os\nos.environ['BACKEND']\n", "BACKEND", "unread"),
    ],
)
def test_other_readers(path: str, text: str, name: str, expected: str) -> None:
    assert state({path: text}, name) == expected


def test_places() -> None:
    [found] = environment(tree({"src/a.py": READS, "Dockerfile": "FROM a\nENV BACKEND=x\n"}))
    assert [(p.path, p.line, p.how) for p in (*found.read, *found.set)] == [
        ("src/a.py", 2, "code"),
        ("Dockerfile", 2, "image"),
    ]


def test_hostile_rows_cost_little() -> None:
    import time

    long = "A=b " * 200_000
    files = {
        "src/a.py": READS,
        "run.sh": f"{long}\n{'${X:-' * 100_000}\n{'a=' * 200_000} GITHUB_ENV\n",
        "configs/a.yaml": "x: '" + "${oc.env:A," * 50_000 + "'\n",
    }
    start = time.process_time()
    environment(tree(files))
    assert time.process_time() - start < 10
