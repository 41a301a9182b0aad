"""Newer Python than the one that runs, told from Python that is broken."""

import ast
import json
import sys

import pytest

from auditor.facts.language import minimum_python
from auditor.grammar import NotRead, parse
from auditor.holes import watching
from auditor.readers.python import python
from auditor.snapshot import File, Snapshot

OLDER = [  # a form of a newer Python, and the same in older words
    ('x = f"{d["a"]}"', 'x = f"{d[\'a\']}"'),
    ("x = f'{a!r:>{w['k']}}' + f'{x = }'", "x = f'{a!r:>{w[\"k\"]}}' + f'{x = }'"),
    ('f"{f"{f"{1+1}"}"}"', "f\"{f'''{f'{1+1}'}'''}\""),
    ('f"a{{b}}{x["q"]:>10}\\n" "tail"', "f\"a{{b}}{x['q']:>10}\\n\" \"tail\""),
    ('"head" f"{x["q"]}" f\'{y}\'', '"head" f"{x[\'q\']}" f\'{y}\''),
    ('f"{x["a"]:%H:%M}"', "f\"{x['a']:%H:%M}\""),
    ('f"{x == y["a"]}{x != y["b"]}{a <= b["c"]}"', "f\"{x == y['a']}{x != y['b']}{a <= b['c']}\""),
    ('f"{(lambda z: z["a"])(1)}"', "f\"{(lambda z: z['a'])(1)}\""),
    ('rf"\\d{x["a"]}\\{x}"', "rf\"\\d{x['a']}\\{x}\""),
    ('f"\\N{BULLET} {x["a"]}"', "f\"\\N{BULLET} {x['a']}\""),
    ('f"{ {"a": 1}["a"] }"', "f\"{ {'a': 1}['a'] }\""),
    ('f"{\', \'.join([f"{k}" for k in d])}"', 'f"{\', \'.join([f\'\'\'{k}\'\'\' for k in d])}"'),
    ("type X = int | str", "X = int | str"),
    ("type P[T: (int, str), *Ts, **K] = dict[T, int]", "P = dict[T, int]"),
    ("def f[T](x: T) -> T:\n    return x", "def f(x: T) -> T:\n    return x"),
    ('class A[T = int](B):\n    def g[U](self): return f"{self["a"]}"', "class A(B):\n    def g(self): return f\"{self['a']}\""),
    ("try:\n    pass\nexcept A, B:\n    pass", "try:\n    pass\nexcept (A, B):\n    pass"),
    ("try:\n    pass\nexcept a.A, f(b, c):\n    pass", "try:\n    pass\nexcept (a.A, f(b, c)):\n    pass"),
    ("try:\n    pass\nexcept* A, B:\n    pass", "try:\n    pass\nexcept* (A, B):\n    pass"),
    ('x = t"{a["b"]}"', "x = f\"{a['b']}\""),
    ("lazy from a import b\nlazy import c", "from a import b\nimport c"),
    ('type = 3\ntype(x)\ny: type = f"{x["a"]}"', "type = 3\ntype(x)\ny: type = f\"{x['a']}\""),
]  # fmt: skip


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="reads these itself")
@pytest.mark.parametrize(("newer", "older"), OLDER)
def test_newer_is_read_as_its_older_form(newer: str, older: str) -> None:
    assert ast.dump(parse(newer)) == ast.dump(ast.parse(older))


def test_lines_stay() -> None:
    tree = parse(
        'x = f"""\n{\n  d["a"]  # "a" comment\n}\n{f"{wandb.log(1)}"}"""\nasync def f[\n    T,\n](x): pass\ny = 1\n'
    )
    assert [(type(s).__name__, s.lineno) for s in tree.body] == [("Assign", 1), ("AsyncFunctionDef", 6), ("Assign", 9)]
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call)]
    assert [c.lineno for c in calls] == [5]


@pytest.mark.parametrize(
    ("source", "why", "line"),
    [
        ("def f(:\n    pass", "does not parse as Python", 1),
        ('x = 1\nf"{x[}"', "does not parse as Python", 2),
        ('f"{}{x["a"]}"', "does not parse as Python", 1),
        ('f"{x["a"]}"\ndef f(:\n    pass', "does not parse as Python", 2),
        ('type X = int\nx = (1', "does not parse as Python", 2),
        ('import os\nprint "x"', "is Python 2", 2),
        ("exec 'x'", "is Python 2", 1),
        ("print 'a'\ntry:\n    pass\nexcept A, e:\n    pass\n", "is Python 2", 1),
        ("x = [*a for a in b]", "needs Python 3.15 or newer than the", 1),
        ("x = {**a for a in b}", "needs Python 3.15 or newer than the", 1),
        ("x = " + 'f"{' * 40 + "1" + '}"' * 40, "needs Python 3.12 or newer than the", 1),
        ("(" * 2000 + ")" * 2000, "", 0),
    ],
)  # fmt: skip
@pytest.mark.skipif(sys.version_info >= (3, 12), reason="reads some of these itself")
def test_what_is_not_read_says_why(source: str, why: str, line: int) -> None:
    with pytest.raises(NotRead) as caught:
        parse(source)
    assert caught.value.why.startswith(why)
    assert not line or caught.value.line == line


def test_hostile_marks_and_sizes_are_bounded() -> None:
    with pytest.raises(NotRead):
        parse('x = "\ue0000\ue001" f"{d["a"]}"')
    assert parse('x = "\\ue0000\\ue001" * 3\ny = f"{d["a"]}"').body[1].lineno == 2
    many = "\n".join(f'x{i} = f"{{d["a"]}}{{e["b"]}}"' for i in range(3000))
    assert len(parse(many).body) == 3000


def notebook(*cells: object, **more: object) -> File:
    listed = [c if isinstance(c, dict) else {"cell_type": "code", "source": c} for c in cells]
    text = json.dumps({"cells": listed, **more}, indent=1)
    return File("n.ipynb", "", len(text), text.encode)


@pytest.mark.parametrize(
    ("cells", "names", "problems"),
    [
        (["import a\nb()", "c("], ["b"], 1),
        (["b()", "!pip install x \\\n  y\nc()", "d()"], ["b", "c", "d"], 0),
        (["if x:\n    !ls\n    b()", "files = !ls\nc()", "foo?\n?bar\nfoo.bar??\nd()"], ["b", "c", "d"], 0),
        (["x = (a\n % b())"], ["b"], 0),
        (["%%time\nb()", "%%bash\nif [ x ]; then", "\n%%capture out\n\nc()", "%%writefile x.py\nd()"], ["b", "c"], 0),
        ([["b()\n", 3, None], None, {"x": 1}, 7, {"cell_type": "code"}, {"cell_type": "code", "source": {"a": 1}}], ["b"], 0),
        (['b(f"{x["a"]}")', "await c()", "print 'x'", "d()"], ["b", "c", "d"], 1),
    ],
)  # fmt: skip
def test_a_cell_costs_itself_alone(cells: list[object], names: list[str], problems: int) -> None:
    file = notebook(*cells)
    with watching() as watch:
        module = python(file)
    assert module is not None
    assert [c.name for c in module.calls] == names
    for call in module.calls:
        assert f"{call.name}(" in file.lines[call.line - 1]
    assert len(file.problems) == len(watch.holes) == problems


def test_notebooks_of_other_kinds() -> None:
    odd = notebook({"cell_type": "code", "source": "x <- c("}, metadata={"kernelspec": {"language": "R"}})
    module = python(odd)
    assert module is not None
    assert not odd.problems
    old = json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": ["b()"]}]}, 3]})
    module = python(File("n.ipynb", "", 9, old.encode))
    assert module is not None
    assert module.calls[0].name == "b"
    for text in ("[]", "{", "3", "[" * 9000):
        assert python(File("n.ipynb", "", 9, text.encode)) is None


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"pyproject.toml": "[project]\nrequires-python = '>=3.12,<4'"}, ("pyproject.toml", (3, 12))),
        ({"pyproject.toml": "[project]\nrequires-python = '<4,>=3.13.1'"}, ("pyproject.toml", (3, 13))),
        ({"pyproject.toml": "[tool.poetry.dependencies]\npython = '^3.14'"}, ("pyproject.toml", (3, 14))),
        ({"pyproject.toml": "[project]\nname = 'a'", ".python-version": "3.13.2\n"}, (".python-version", (3, 13))),
        ({"pyproject.toml": "[project]\nrequires-python = '<3.13'"}, None),
        ({"pyproject.toml": "[project]\nrequires-python = 3", ".python-version": "pypy\n"}, None),
        ({}, None),
    ],
)
def test_the_python_that_a_project_asks_for(files: dict[str, str], found: tuple[str, tuple[int, int]] | None) -> None:
    assert minimum_python(Snapshot(files)) == found
