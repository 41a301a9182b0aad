"""That the code itself is in the repository."""

import ast
from collections.abc import Iterator

from auditor.facts.deps import unresolved
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.data.files import NO_TESTS
from auditor.readers.nodes import is_stub_body
from auditor.readers.python import Module, python
from auditor.snapshot import File, Files


@probe(
    "code-uploaded",
    asks="Is own, working source code in the repository?",
    looks_in=("**/*.py", "**/*.ipynb", *NO_TESTS),
)
def code_uploaded(files: Files) -> Iterator[Evidence]:
    """Own Python with content: functions or classes with a body, or a script of statements, outside tests and beyond the
    template's untouched files. Counts files and lines, and names imports of own modules that the repository lacks."""
    own: list[File] = []
    lines = 0
    for file in files:
        module = python(file)
        if module is not None and _has_content(module):
            own.append(file)
            lines += sum(bool(row.strip()) for row in file.lines) if file.suffix == "py" else 0
    if not own:
        return
    note = f"{len(own)} own Python file{'s' * (len(own) > 1)} outside tests, {lines} lines of code"
    lost = unresolved(files)
    if lost:
        named = [f"`{i.name}` ({i.path}:{i.line})" for i in lost[:5]]
        note += f"; imported but not in the repository: {', '.join(named)}{', ...' if len(lost) > 5 else ''}"
    broken = [f.path for f in files.chosen if "python" in f.problems]
    note += f"; does not parse: {', '.join(broken[:3])}" if broken else ""
    largest = sorted(own, key=lambda f: -f.size if f.suffix == "py" else 0)
    yield Evidence(kind="fact", note=note + ".", sources=tuple(f.path for f in largest[:8]))


def _has_content(module: Module) -> bool:
    if any(not is_stub_body(f.node) for f in module.functions):
        return True
    statements = [
        s for s in module.tree.body if not isinstance(s, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef)
    ]
    return sum(not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)) for s in statements) >= 3
