"""Types and docstrings of the code."""

import ast
import re
from collections.abc import Callable, Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.quality.files import OWN_CODE
from auditor.readers.python import Class, Function, python
from auditor.snapshot import Files

_LIFECYCLE = compile_later(r"^(forward|\w+_step|main|configure_optimizers|setup|__\w+__|_.*|on_\w+)$")


@probe(
    "typed-and-documented",
    asks="Is the group's own code typed or documented to some degree?",
    looks_in=(*OWN_CODE, "!tasks.py", "!setup.py"),
    mentions=("def ",),
)
def typed_and_documented(files: Files) -> Iterator[Evidence]:
    """The shares of public functions with a docstring and with an annotation, measured over own code without tests, task
    files, nested functions, dunders and Lightning's hooks. Found unless both shares are under a quarter."""
    yield from _typed_and_documented(files, lambda total, docs, types: 4 * docs >= total or 4 * types >= total)


@probe(
    "mostly-typed-and-documented",
    asks="Is most of the group's own code typed and documented?",
    looks_in=(*OWN_CODE, "!tasks.py", "!setup.py"),
    mentions=("def ",),
)
def mostly_typed_and_documented(files: Files) -> Iterator[Evidence]:
    """As `typed-and-documented`, found where both shares are two thirds or more: what somebody left open who meant less than
    that is left alone."""
    yield from _typed_and_documented(files, lambda total, docs, types: 3 * min(docs, types) >= 2 * total)


def _typed_and_documented(files: Files, enough: Callable[[int, int, int], bool]) -> Iterator[Evidence]:
    total = documented = typed = 0
    by_file: list[tuple[float, str, str]] = []
    for everything in (False, True):
        for file in files:
            module = python(file)
            functions = [
                f
                for f in (module.functions if module else ())
                if (f.qualname == f.name or f.owner) and (everything or not _LIFECYCLE.match(f.name))
            ]
            docs = sum(ast.get_docstring(f.node) is not None for f in functions)
            types = sum(_is_typed(f.node) for f in functions)
            total, documented, typed = total + len(functions), documented + docs, typed + types
            if functions:
                says = f"{file.path}: {docs}/{len(functions)} documented, {types}/{len(functions)} typed"
                by_file.append(((docs + types) / len(functions), says, file.path))
        if total:
            break
    if total and enough(total, documented, typed):
        core = [f for f in by_file if re.search(r"(?i)data|model|train", f[2])] or by_file
        worst = sorted(core)[:3]
        yield Evidence(
            kind="fact",
            note=f"Of {total} public functions {documented} ({100 * documented // total} %) have a docstring and {typed} "
            f"({100 * typed // total} %) an annotation; least in " + "; ".join(says for _, says, _ in worst) + ".",
            sources=tuple(path for _, _, path in worst),
        )


@probe(
    "typed-somewhere",
    asks="Is some function of the group's own typed or documented?",
    looks_in=("**/*.py", "!reports/**", "!report/**", "!docs/**", "!tasks.py", "!setup.py"),
    mentions=("def ", "class "),
)
def typed_somewhere(files: Files) -> Iterator[Evidence]:
    """Functions or classes with an annotation or a docstring of more than a few words, tests among them: two, or one in
    twenty; or code that comments explain line by line. Weak: "a bit of typing" is no share, comments document, too, and only where
    there is as good as none is there nothing."""
    found: list[Evidence] = []
    total = 0
    for file in files:
        module = python(file)
        pieces: list[Function | Class] = [*module.functions, *module.classes] if module else []
        for f in pieces:
            total += 1
            typed = isinstance(f, Function) and _is_typed(f.node)
            if typed or len((ast.get_docstring(f.node) or "").split()) > 3:
                found.append(file.cite(f.line, note="" if found else "little, but some of it is typed or documented"))
    if len(found) > 1 or (found and total <= 20):
        yield from found[:5]
    else:
        rows = [(file, i) for file in files for i, row in enumerate(file.lines, 1) if _explains(row)]
        if len(rows) >= _EXPLAINED:
            yield rows[0][0].cite(rows[0][1], note=f"{len(rows)} comments explain the code")


_EXPLAINED = 8  # comments; fewer may be the template's, or code that was commented out


def _explains(row: str) -> bool:
    """Whether a line is a comment of three words or more that is no code."""
    said = row.strip()
    return said.startswith("# ") and len(said.split()) > 3 and not any(c in said for c in "=()[]{}")


def _is_typed(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
    return node.returns is not None or any(a.annotation is not None for a in arguments)
