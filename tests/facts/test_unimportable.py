"""Modules that cannot be imported, over small invented trees."""

import pytest
from conftest import tree

from auditor.facts.unimportable import broken_imports

PKG = {"src/orchard/__init__.py": "", "src/orchard/model.py": "class Pear:\n    n = 1\n"}


@pytest.mark.parametrize(
    ("files", "broken"),
    [
        ({"src/orchard/train.py": "from orchard.model import Apple\n"}, ["src/orchard/train.py"]),
        ({"src/orchard/train.py": "from .model import Apple\n"}, ["src/orchard/train.py"]),
        ({"src/orchard/train.py": "from model import Apple\n"}, ["src/orchard/train.py"]),
        ({"src/orchard/train.py": "from src.orchard.model import Apple, Pear\n"}, ["src/orchard/train.py"]),
        # who imports what is broken is broken, too
        (
            {"src/orchard/train.py": "from .model import Apple\nx = 1\n", "app.py": "from orchard.train import x\n"},
            ["app.py", "src/orchard/train.py"],
        ),
        ({"src/orchard/train.py": "from orchard.model import Pear\n"}, []),
        ({"src/orchard/train.py": "from orchard import model\nfrom . import model as m\n"}, []),
        ({"src/orchard/train.py": "from orchard.model import *\n"}, []),
        (
            {"src/orchard/train.py": "try:\n    from orchard.model import Apple\nexcept ImportError:\n    Apple = 0\n"},
            [],
        ),
        ({"src/orchard/train.py": "def run():\n    from orchard.model import Apple\n"}, []),
        # another package of the name, of the world or of Python, may be meant
        ({"app/evaluate.py": "x = 1\n", "app/train.py": "from evaluate import load\n"}, []),
        ({"app/dataclasses/__init__.py": "", "app/dataclasses/a.py": "from dataclasses import dataclass\n"}, []),
        ({"lib/model.py": "", "app/train.py": "from model import Apple\n"}, []),
        ({"old/orchard/model.py": "Apple = 1\n", "app/train.py": "from orchard.model import Apple\n"}, []),
        # names that are made elsewhere, or at run time
        ({"a/m.py": "from os.path import *\n", "a/t.py": "from .m import join\n"}, []),
        ({"a/m.py": "def __getattr__(name):\n    return 1\n", "a/t.py": "from .m import Apple\n"}, []),
        ({"a/m.py": "globals()['Apple'] = 1\n", "a/t.py": "from .m import Apple\n"}, []),
        ({"a/m.py": "if x:\n    Apple = 1\nelse:\n    import Apple\n", "a/t.py": "from .m import Apple\n"}, []),
        ({"a/m.py": "from .b import Apple\n", "a/b.py": "class Apple: ...\n", "a/t.py": "from .m import Apple\n"}, []),
        ({"a/m.py": "def (:\n", "a/t.py": "from .m import Apple\n"}, []),
        ({"a/m.py": "from .t import x\ny = 1\n", "a/t.py": "from .m import y\nx = 1\n"}, []),
    ],
)
def test_broken_imports(files: dict[str, str], broken: list[str]) -> None:
    assert sorted(broken_imports(tree(PKG | files))) == broken


def test_says_what_is_missing() -> None:
    found = broken_imports(tree(PKG | {"src/orchard/train.py": "import os\nfrom .model import Apple\n"}))
    assert str(found["src/orchard/train.py"]) == "line 2 imports `Apple`, which src/orchard/model.py does not have"
