"""The files that the probes of tracking look in, and what they ask of settings."""

import ast
from collections.abc import Iterator

from auditor.readers.yaml import Node, yaml_documents
from auditor.snapshot import File

NO_TESTS = ("!tests/**", "!test/**", "!**/tests/**", "!**/test_*.py", "!**/*_test.py", "!**/conftest.py")
OWN_CODE = ("**/*.py", "**/*.ipynb", "!reports/**/*.py", *NO_TESTS)
SCRIPTS = (
    "**/*.{sh,bash}",
    "**/{makefile,justfile}",
    "**/*.mk",
    "**/*dockerfile*",
    "**/pyproject.toml",
    "**/pixi.toml",
)
LIGHTNING = ("lightning", "pytorch_lightning", "lightning_fabric")


def is_null(node: ast.expr | None) -> bool:
    """Whether an argument is not given, or switched off in plain sight."""
    return node is None or (isinstance(node, ast.Constant) and node.value in (None, False, "", "none", "None"))


def targets_of(file: File) -> Iterator[tuple[str, int, Node]]:
    """The classes that a YAML configuration has made: `_target_` of Hydra, `class_path` of Lightning's CLI."""
    for root in yaml_documents(file):
        for _, node in root.walk():
            for key in ("_target_", "class_path"):
                if node[key].kind == "text":
                    yield node[key].text, node[key].line, node
