"""Whether a place of a file is read by people rather than by programs: a document, an example in a docstring, a notebook's text."""

import ast
import json

from auditor.lazy import compile_later
from auditor.readers.nodes import walk
from auditor.readers.python import python
from auditor.snapshot import File

_DOCUMENTS = frozenset(["md", "mdx", "markdown", "rst", "adoc", "asciidoc"])
# Plain text is a document by its name or its folder: requirements.txt, CMakeLists.txt and token.txt are none.
_TEXT = compile_later(
    r"(?i)(?:^|/)(?:docs?|documentation|guides?|tutorials?)/(?:[^/]+/){0,9}[^/]*\.txt|(?:^|/)(?:readme|install|installing|changes|changelog|history|news|contributing|tutorial|usage|howto)[^/]*\.txt"
)
_HEADS = frozenset(["example:", "examples:", "usage:", "e.g.:"])
_FENCE = ("```", "~~~")
_LARGE = 2_000_000  # letters of a notebook that are taken apart


def in_document(file: File, text: str, start: int, end: int) -> bool:
    """Whether the place from `start` to `end` of a file's text stands in a document, in an example of a docstring (a prompt, a
    fence, an indented block below `::` or `Example:`), or in the text of a notebook and nowhere in its code."""
    if file.suffix in _DOCUMENTS or (file.suffix == "txt" and _TEXT.search(file.path)):
        return True
    if file.suffix == "ipynb":
        return _in_text_cells(file, text[start:end])
    return file.suffix in ("py", "pyi") and _in_example(file, text.count("\n", 0, start) + 1)


def _in_text_cells(file: File, value: str) -> bool:
    told, code = file.once("facts.documents.cells", lambda: _cells(file))
    value = value.replace("\\n", "\n")
    return value in told and value not in code


def _cells(file: File) -> tuple[str, str]:
    """The text of a notebook's cells that are text, and of all others; no text where it cannot be taken apart."""
    if len(file.text) > _LARGE:
        return "", ""
    try:
        cells = json.loads(file.text)["cells"]
        parts = [(c.get("cell_type") == "markdown", c.get("source", "")) for c in cells]
        said = [(told, source if isinstance(source, str) else "".join(source)) for told, source in parts]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "", ""
    return "\n".join(s for told, s in said if told), "\n".join(s for told, s in said if not told)


def _in_example(file: File, line: int) -> bool:
    rows = file.lines
    first = next(
        (a for a, b in file.once("facts.documents.docstrings", lambda: _docstrings(file)) if a <= line <= b), 0
    )
    if not first or line > len(rows):
        return False
    row = rows[line - 1]
    if row.lstrip().startswith((">>>", "...")):
        return True
    above = rows[first - 1 : line - 1]
    if sum(r.lstrip().startswith(_FENCE) for r in above) % 2:
        return True
    depth = _indent(row)
    for other in reversed(above):
        if other.strip() and _indent(other) < depth:
            depth, said = _indent(other), other.strip().lower()
            if said.endswith("::") or said in _HEADS:
                return True
    return False


def _indent(row: str) -> int:
    return len(row) - len(row.lstrip())


def _docstrings(file: File) -> tuple[tuple[int, int], ...]:
    """The first and last lines of the docstrings of a Python file."""
    module = python(file)
    found = []
    for node in walk(module.tree) if module else ():
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and node.body:
            head = node.body[0]
            if (
                isinstance(head, ast.Expr)
                and isinstance(head.value, ast.Constant)
                and isinstance(head.value.value, str)
            ):
                found.append((head.lineno, head.end_lineno or head.lineno))
    return tuple(found)
