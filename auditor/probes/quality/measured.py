"""The style of the code as it is."""

import re
from collections import Counter
from collections.abc import Iterator

from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.quality.files import OWN_CODE
from auditor.probes.quality.style import style_tool
from auditor.readers.toml import toml
from auditor.shapes import number_of, table_of
from auditor.snapshot import File, Files

_RULES = {
    "trailing white space": compile_later(r"(?m)(?<![ \t])[ \t]++$"),
    "tab indentation": compile_later(r"(?m)^ *+\t++ *+\S"),
    "bare except": compile_later(r"(?m)^[ \t]*except[ \t]*:"),
    "several statements on a line": compile_later(r"(?m)^[ \t]*(?:(?:if|for|while|with|elif)\b[^#\n\"'\[{(]*|else|try|finally): *[^\s#].*$|^[^#\"'\n]*;[ \t]*$"),
    "comparison with None or a truth value": compile_later(r"(?m)^[^#\"'\n]*[^=!<>][=!]= *(?:None|True|False)\b"),
    "wildcard import": compile_later(r"(?m)^from \S+ import \*"),
    "lambda assigned to a name": compile_later(r"(?m)^[ \t]*\w+ *= *lambda\b"),
}  # fmt: skip
_CUES = {  # of which a text with such a line has one
    "tab indentation": ("\t",),
    "bare except": ("except",),
    "comparison with None or a truth value": ("==", "!="),
    "wildcard import": ("import *",),
    "lambda assigned to a name": ("lambda",),
}
_TRIPLE = compile_later(r"(\"\"\"|''')[\s\S]*?\1")
_IMPORT = compile_later(r"(?m)^(?:from\s+(?!__future__)\S+\s+)?import\s+(?!\()([^#\n(*]+)(#.*)?$")


def style_findings(file: File, limit: int) -> dict[str, list[int]]:
    """What a style checker would say of a file by a few cheap rules: the lines by rule."""
    text = file.text
    found: dict[str, list[int]] = {}
    waived = {i for i, row in enumerate(file.lines, 1) if "# noqa" in row} if "# noqa" in text else set()

    code = _TRIPLE.sub(lambda m: "''" + "\n" * m[0].count("\n"), text)  # other languages' lines live in long strings

    def add(rule: str, line: int) -> None:
        if line not in waived:
            found.setdefault(rule, []).append(line)

    for i, row in enumerate(file.lines, 1):
        # a line that is one long word (an address) cannot be broken
        if len(row) > limit and len(row.strip().split(None, 2)) > 2:
            add(f"longer than {limit}", i)
    for rule, pattern in _RULES.items():
        if not any(cue in text for cue in _CUES.get(rule, ("",))):
            continue
        body = text if rule == "trailing white space" else code
        for match in pattern.finditer(body):
            add(rule, body.count("\n", 0, match.start()) + 1)
    if text and not text.endswith("\n"):
        add("no newline at the end", len(file.lines))
    if file.name != "__init__.py":
        words = Counter(re.findall(r"\w+", text))
        for match in _IMPORT.finditer(text):
            for part in match[1].split(","):
                name = re.split(r"\s+as\s+", part.strip())[-1].split(".")[0].strip()
                if name.isidentifier() and words[name] == 1:
                    add("unused import", text.count("\n", 0, match.start()) + 1)
    return found


def line_limit(files: Files) -> int:
    """The line length that the project sets for itself; 120 where it sets none."""
    for path in ("ruff.toml", ".ruff.toml", "pyproject.toml"):
        if (file := files.paths.get(path)) is not None and not file.skipped:
            data = toml(file)
            tool = data.get("tool") if path == "pyproject.toml" else {"ruff": data}
            for name in ("ruff", "black", "autopep8", "flake8"):
                told = table_of(tool, name)
                value = told.get("line-length", told.get("max_line_length"))
                if isinstance(value, int):
                    return value
    for path in (".flake8", "setup.cfg", "tox.ini"):
        if (file := files.paths.get(path)) is not None and not file.skipped and not files.aside(path):
            match = re.search(r"(?m)^max[-_]line[-_]length\s*=\s*(\d+)", file.text)
            if match and match[1] != "79":  # 79 is the old template's, and nobody keeps to it
                return number_of(match[1]) or 120
    return 120


# The rules that linters apply by default: a formatter's matters and the length of lines are not among them.
_UNASKED = frozenset(
    ["bare except", "several statements on a line", "comparison with None or a truth value", "wildcard import", "lambda assigned to a name",
     "unused import"]
)  # fmt: skip


def _measured(files: Files, only: frozenset[str]) -> tuple[int, dict[str, int], list[tuple[float, str]]]:
    """Code lines, findings by rule (all, or `only` some), and the share of findings by file, worst first."""
    limit = line_limit(files)
    code, rules, shares = 0, dict[str, int](), []
    for file in files:
        lines = file.once("lines of code", lambda file=file: _code_lines(file))  # type: ignore[misc]
        found = file.once(f"style {limit}", lambda file=file: style_findings(file, limit))  # type: ignore[misc]
        found = {rule: at for rule, at in found.items() if not only or rule in only}
        for rule, at in found.items():
            rules[rule] = rules.get(rule, 0) + len(at)
        code += lines
        if lines:
            shares.append((sum(map(len, found.values())) / lines, file.path))
    return code, rules, sorted(shares, reverse=True)


def _code_lines(file: File) -> int:
    """How many lines are neither empty nor a comment."""
    return sum(1 for row in file.lines if (bare := row.strip()) and not bare.startswith("#"))


def _style_fact(files: Files, under: float, only: frozenset[str] = frozenset()) -> Iterator[Evidence]:
    code, rules, shares = _measured(files, only)
    total = sum(rules.values())
    if shares and shares[0][0]:
        worst = files.paths[shares[0][1]]
        first = min(min(at) for at in style_findings(worst, line_limit(files)).values())
        files.near = f"{worst.path}:{first}"
    if code and 100 * total / code < under:
        most = ", ".join(f"{rule} {n}" for rule, n in sorted(rules.items(), key=lambda r: -r[1])[:4])
        yield Evidence(
            kind="fact",
            note=f"{100 * total / code:.1f} style findings per 100 code lines{' by a linter as it comes' * bool(only)} ({total} in {code} lines"
            + (f": {most})." if most else ")."),
            sources=tuple(path for _, path in shares[:5]),
        )


@probe(
    "code-style-clean",
    asks="Is the group's own code clean by a few rules of pep8 (under 3 findings per 100 lines)?",
    looks_in=OWN_CODE,
)
def code_style_clean(files: Files) -> Iterator[Evidence]:
    """Measured without running a linter: lines over the project's own limit (else 120), white space at line ends, tabs,
    bare `except`, several statements on a line, `== None`, wildcard and unused imports. Tests and reports are left out.
    Clean code is no proof of a tool: a weak sign."""
    yield from _style_fact(files, 3)


@probe(
    "code-style-fair",
    asks="Is the group's own code fairly clean by a few rules of pep8 (under 10 findings per 100 lines)?",
    looks_in=OWN_CODE,
)
def code_style_fair(files: Files) -> Iterator[Evidence]:
    """The same measure as `code-style-clean` with a wider margin, or under 5 by what linters look for unless they are told to
    look for more (ruff's E4, E7, E9 and F: no white space, no long lines): only above both is the style plainly poor. A weak
    sign."""
    yield from _style_fact(files, 10)
    yield from _style_fact(files, 5, _UNASKED)


@probe(
    "style-checked-and-clean",
    asks="Does a hook or CI check the style, and is the group's own code clean by it?",
    looks_in=(*OWN_CODE, "**/.pre-commit-config.y*ml", ".github/workflows/*.y*ml", ".gitlab-ci.y*ml"),
)
def style_checked_and_clean(files: Files) -> Iterator[Evidence]:
    """Both of what `style-tool` takes as a hook or a step of CI and of what `code-style-clean` measures: the one alone may be
    set up and not kept to, the other a matter of luck."""
    tools = files.matching("**/.pre-commit-config.y*ml", ".github/workflows/*.y*ml", ".gitlab-ci.y*ml")
    checked = [e for e in style_tool(tools) if e.note.startswith(("a style hook", "checks the style in CI"))]
    if checked:
        clean = list(_style_fact(files.matching(*OWN_CODE), 1))
        yield from (*checked[:2], *clean) if clean else ()
