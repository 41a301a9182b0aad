"""The code of notebooks as one Python tree, each node with its line in the file."""

import ast
import json
import re
from bisect import bisect_left

from auditor import grammar, limits
from auditor.lazy import compile_later
from auditor.nesting import too_deep
from auditor.readers.nodes import walk
from auditor.shapes import whole
from auditor.snapshot import File


def notebook(file: File) -> ast.Module:
    """The code of a notebook's cells, each node with its line in the file. Cells in another language are left out; one that
    does not parse costs itself alone."""
    tree = ast.Module([], [])
    cells = sources_of(file)
    if sum(code.count("\n") + code.count(";") for code in cells) > limits.STATEMENTS.value:
        raise grammar.NotRead(f"is too large to read as Python (more than {limits.STATEMENTS})")
    places = _Places(file.text, frozenset(line for code in cells for line in code.split("\n") if line.strip()))
    for code in cells:
        rows = [places.row(line) for line in code.split("\n")]
        if code.lstrip().startswith("%%"):
            head, _, rest = code.lstrip().partition("\n")
            if head.split()[0] not in _TIMED:
                continue
            code = "\n" * code[: len(code) - len(rest)].count("\n") + rest
        try:
            cell = _cell(code)
        except grammar.NotRead as error:
            where = rows[min(error.line, len(rows)) - 1] if error.line else rows[0]
            file.cannot("python", f"{file.path} has a cell that {error.why} at line {where}")
            continue
        for node in walk(cell):
            if hasattr(node, "lineno"):
                node.lineno = rows[min(node.lineno, len(rows)) - 1]
            if getattr(node, "end_lineno", None):
                node.end_lineno = rows[min(node.end_lineno, len(rows)) - 1]  # type: ignore[attr-defined]
        tree.body += cell.body
    return tree


class _Places:
    """The lines of a notebook's file in which lines of its code stand, asked for in their order."""

    def __init__(self, text: str, code: frozenset[str]) -> None:
        self._text, self._code = text, code
        self._row, self._at = 1, 0
        self._strings: dict[str, list[int]] | None = None

    def row(self, line: str) -> int:
        """The number of the line where the next line of code stands; of a blank one that of the line before it."""
        if line.strip():
            found = (
                self._text.find(json.dumps(line, ensure_ascii=False)[1:-1], self._at) if self._strings is None else -1
            )
            if found < 0:  # written with other escapes, as more lines may be: looked up from here on
                self._strings = self._strings if self._strings is not None else self._read_strings()
                places = self._strings.get(line, [])
                at = bisect_left(places, self._at)
                found = places[at] if at < len(places) else self._at
            self._row += self._text.count("\n", self._at, found)
            self._at = found
        return self._row

    def _read_strings(self) -> dict[str, list[int]]:
        """Where the strings begin that have a line of the code in them."""
        found: dict[str, list[int]] = {}
        for match in _STRING.finditer(self._text):
            try:
                value = json.loads(match[0], strict=False)
            except ValueError:
                continue
            for line in self._code.intersection(value.split("\n")):
                found.setdefault(line, []).append(match.start())
        return found


_STRING = compile_later(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_TIMED = ("%%time", "%%timeit", "%%capture", "%%prun", "%%python", "%%python3", "%%memit", "%%mprun")


def sources_of(file: File) -> list[str]:
    """The sources of the code cells of a Python notebook, of any format; none for one in another language."""
    if too_deep(file.text, "json"):
        raise grammar.NotRead(f"is nested too deep to read as a notebook (more than {limits.NESTING})")
    try:
        book = json.loads(file.text)
    except (ValueError, RecursionError):
        raise grammar.NotRead("does not parse as a notebook") from None
    if not isinstance(book, dict):
        raise grammar.NotRead("is no notebook")
    meta = book.get("metadata")
    for key, name in (("language_info", "name"), ("kernelspec", "language")):
        told = meta.get(key) if isinstance(meta, dict) else None
        language = told.get(name) if isinstance(told, dict) else None
        if isinstance(language, str) and language and "python" not in language.lower():
            return []
    sheets = book.get("worksheets")
    found = []
    for holder in [book, *(sheets if isinstance(sheets, list) else ())]:
        cells = holder.get("cells") if isinstance(holder, dict) else None
        for cell in cells if isinstance(cells, list) else ():
            if not isinstance(cell, dict) or cell.get("cell_type") != "code":
                continue
            source = cell.get("source", cell.get("input"))
            if isinstance(source, list):
                source = "".join(part for part in source if isinstance(part, str))
            if isinstance(source, str):
                found.append(whole(source))
    return found


_SHELL = compile_later(r"^(\s*)((?:[\w.]+(?:\s*,\s*[\w.]+)*\s*=\s*)?)([%!?].*|[\w.]+\?{1,2}\s*)$")


def _cell(code: str) -> ast.Module:
    """A cell's tree. Only what does not parse has its shell and magic lines taken for what they are."""
    try:
        return grammar.parse(code)
    except grammar.NotRead:
        rows, goes_on = [], False
        for line in code.split("\n"):
            match = None if goes_on else _SHELL.match(line)
            if goes_on or match:
                goes_on = line.rstrip().endswith("\\")
                line = f"{match[1]}{match[2]}{'...' if match[2] else 'pass'}" if match else ""
            rows.append(line)
        return grammar.parse("\n".join(rows))
