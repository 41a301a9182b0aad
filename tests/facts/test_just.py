"""Justfiles: which recipes there are and what they run, in every form that just takes."""

import time

import pytest

from auditor.facts.just import Justfile
from auditor.facts.runners import targets
from auditor.snapshot import Snapshot


def made(text: str, **more: str) -> Justfile:
    files = Snapshot({"justfile": text, **{k.replace("__", "/") + ".just": v for k, v in more.items()}}).files
    return Justfile(files["justfile"], files.get, {})


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("dev:", "dev"),
        ("@dev:", "dev"),
        ("_dev:", "_dev"),
        ("dev *arguments='':", "dev"),
        ("dev +arguments:", "dev"),
        ("dev $HOST port='80' *rest:", "dev"),
        ('dev address="localhost:8000":', "dev"),
        ("dev a='x=y:z' b=(\"p:\" + 'q'): fmt (build \"a:b\") && _after", "dev"),
        ("dev tag=`git describe --tags | sed s/:/=/`:", "dev"),
        ("dev os=os() arch=env('ARCH', 'a:b'):", "dev"),
        ("dev a='its' : # with a comment: of its own", "dev"),
        ("[private]\ndev *args:", "dev"),
        ("[group: 'a', doc(\"it: runs\")]\n[no-cd]\ndev:", "dev"),
        ("alias dev := run\nrun:", "dev"),
        ("[private]\nalias dev := run\nrun x=':':", "dev"),
        ("set dotenv-load\nset shell := ['bash', '-c']\nexport A := 'b:c'\ndev:", "dev"),
        ("set:", "set"),
        ("mod:", "mod"),
        ("import:", "import"),
        ("export x:", "export"),
        ("dev-all_2 x = 'y':", "dev-all_2"),
        ("dev: fmt \\\n  lint", "dev"),
    ],
)
def test_a_recipe_is_there_in_every_form(head: str, name: str) -> None:
    assert name in made(f"{head}\n    echo x\n").names


@pytest.mark.parametrize(
    "text",
    [
        "dev := 'x'\n",
        "export dev := 'a: b'\n",
        "# dev: x\n",
        "lint:\n    dev: x\n",
        "x := '''\ndev:\n'''\n",
        'x := """\n\\"""\ndev:\n"""\n',
        "x := (\n'a' +\ndev\n)\n",
        "[doc('''\ndev:\n''')]\nlint:\n",
        "dev\n",
        "dev x=:\n    y\n",
        "set dev := true\n",
    ],
)
def test_what_is_no_recipe(text: str) -> None:
    assert "dev" not in made(text).names


def ran(text: str, *words: str) -> list[str]:
    return [row for _, _, row in made(text).lines(words[0], list(words[1:])) or ()]


def test_what_a_recipe_runs() -> None:
    text = "tool := 'uv run'\n\ncheck where='src' *more='': (fmt where 'a b') && done\n    {{tool}} ruff {{where}} {{more}}\nfmt a b=('x' / a):\n    fmt {{a}} {{b}}\ndone:\n    echo {{now()}}\nargs +a:\n    run {{a}}\nwith x=`date`:\n    {{x}}\n"
    assert ran(text, "check") == ["fmt src a b", "echo $()", "uv run ruff src "]
    assert ran(text, "check", "lib", "-q", "-v") == ["fmt lib a b", "echo $()", "uv run ruff lib -q -v"]
    assert ran(text, "fmt", "y") == ["fmt y x/y"]
    assert ran(text, "args") == ["run $()"]
    assert ran(text, "args", "1", "2") == ["run 1 2"]
    assert ran(text, "with") == ["$()"]
    assert made(text).lines("never", []) is None


def test_a_recipe_that_is_needed_twice_runs_once_and_circles_end() -> None:
    assert ran("a: b c\nb: d\nc: d\nd:\n    x\n", "a") == ["x"]
    assert ran("a: b\nb: a\n    x\n", "a") == ["x"]


def test_imports_are_followed_and_modules_leave_the_names_open() -> None:
    found = made("import 'ci/x.just'\ndev: lint\n", ci__x="import 'y.just'\nlint a=':':\n    ruff\n", ci__y="docs:\n")
    assert sorted(found.names) == ["dev", "docs", "lint"]
    assert not found.open
    assert made("import? 'local.just'\ndev:\n").open
    assert not made("import? 'local.just'\ndev:\n").holes
    assert made("import 'gone.just'\ndev:\n").holes
    module = made("mod ci\ndev: ci::lint\n", ci="lint:\n    ruff\n")
    assert module.open
    assert [row for *_, row in module.lines("dev", []) or ()] == ["ruff"]


def test_what_can_be_typed() -> None:
    told = targets(Snapshot({"Justfile": "dev *arguments='':\n  #!/bin/sh\n  x\nalias d := dev\n"}), "just")
    assert told
    assert {name: line for name, (_, line) in told[1].items()} == {"dev": 1, "d": 4}
    assert targets(Snapshot({"justfile": "import 'more.just'\ndev:\n"}), "just") is None
    told = targets(Snapshot({"a/justfile": "import 'b.just'\ndev:\n", "a/b.just": "x:\n"}), "just")
    assert told
    assert sorted(told[1]) == ["dev", "x"]


@pytest.mark.parametrize(
    "piece", ["'", '"', '"""', "'''\n", '\\"', "(", "a: a a\n", "a x=", "import 'justfile'\n", "`\n"]
)
def test_a_hostile_justfile_takes_no_time(piece: str) -> None:
    started = time.perf_counter()
    found = made((piece * 60_000)[:120_000])
    list(found.lines("a", []) or ())
    assert time.perf_counter() - started < 5
