"""reStructuredText as Markdown, line for line: headings, links, images, code, lists. What has no counterpart is left out or stays as it is."""

import re

from auditor.lazy import compile_later

_RULE = compile_later(r"([=\-~^\"'`#*+.:_])\1*\s*")
_DIRECTIVE = compile_later(r"(\s*)\.\. (?:\|([^|\n]{1,80})\| )?([\w-]{1,40})::\s*(.*)")
_TARGET = compile_later(r"\s*\.\. _`?([^`:\n]{1,120})`?:\s+(\S+)\s*")
_OPTION = compile_later(r"\s+:[\w-]{1,40}:")
_LINK = compile_later(r"`([^`<\n]{0,300})<([^>\s`]{1,500})>`__?")
_NAMED = compile_later(r"`([^`\n]{1,200})`__?(?!\w)|(?<![\w`])([A-Za-z][\w.-]{0,80})_(?![\w`])")
_ROLE = compile_later(r":[\w:+.-]{1,40}:`([^`\n]{1,200})`")
_SUBSTITUTED = compile_later(r"\|([^|\n\s][^|\n]{0,80})\|_{0,2}")
_CODE = frozenset(["code-block", "code", "sourcecode", "parsed-literal", "prompt", "literal", "doctest"])
_PICTURES = frozenset(["image", "figure"])
_SHOWN = frozenset(["note", "warning", "tip", "important", "hint", "attention", "caution", "danger", "error", "admonition", "centered", "rubric", "epigraph"])  # fmt: skip
_LONG = 2000  # characters of a line that is left as it is


def as_markdown(text: str) -> str:
    """A text with as many lines, and each line where it was."""
    rows = text.split("\n")
    targets = {m[1].strip().lower(): m[2] for row in rows if len(row) < _LONG and (m := _TARGET.fullmatch(row))}
    made: list[str] = []
    levels: dict[tuple[str, bool], int] = {}
    at = 0
    while at < len(rows):
        at = _read(rows, at, made, levels, targets)
    return "\n".join(made)


def _read(
    rows: list[str], at: int, made: list[str], levels: dict[tuple[str, bool], int], targets: dict[str, str]
) -> int:
    """Adds what stands at a line, and gives the line behind it."""
    row = rows[at]
    if len(row) >= _LONG:
        made.append(row)
        return at + 1
    over = _is_rule(row) and at + 2 < len(rows) and _is_rule(rows[at + 2]) and row[:1] == rows[at + 2][:1]
    title = at + 1 if over else at
    if (over or not row[:1].isspace()) and _is_title(rows, title):
        level = levels.setdefault((rows[title + 1][0], over), min(len(levels) + 1, 6))
        made += [""] * over + [f"{'#' * level} {_inline(rows[title].strip(), targets)}", ""]
        return title + 2
    if directive := _DIRECTIVE.fullmatch(row):
        return _directive(rows, at, directive, made, targets)
    if row.lstrip().startswith(".. ") or row.strip() == "..":
        made.append("")
        return at + 1 if _TARGET.fullmatch(row) else _body(rows, at + 1, len(row) - len(row.lstrip()), made, "")
    said = _inline(re.sub(r"^(\s*)#\.(?=\s)", r"\g<1>1.", row), targets)
    if not row.rstrip().endswith("::"):
        made.append(said)
        return at + 1
    made.append("" if row.strip() == "::" else said.rstrip()[:-1])
    return _body(rows, at + 1, len(row) - len(row.lstrip()), made, "code")


def _directive(rows: list[str], at: int, found: re.Match[str], made: list[str], targets: dict[str, str]) -> int:
    name, argument, deep = found[3].lower(), found[4].strip(), len(found[1])
    if name in _PICTURES and argument:
        made.append(f"![{found[2] or ''}]({argument})")
    elif name in _SHOWN:
        made.append(_inline(argument, targets))
    else:
        made.append("")
    at += 1
    while at < len(rows) and _OPTION.match(rows[at]):
        made.append("")
        at += 1
    return _body(rows, at, deep, made, "code" if name in _CODE else "text" if name in _SHOWN or name == "figure" else "", targets)  # fmt: skip


def _body(rows: list[str], at: int, deep: int, made: list[str], how: str, targets: dict[str, str] | None = None) -> int:
    """Adds the lines that are deeper than `deep`: as code, as text, or not at all; and gives the line behind them."""
    end = at
    while end < len(rows) and (not rows[end].strip() or len(rows[end]) - len(rows[end].lstrip()) > deep):
        end += 1
    while end > at and not rows[end - 1].strip():
        end -= 1  # the empty lines behind it part it from what follows
    inner = [len(r) - len(r.lstrip()) for r in rows[at:end] if r.strip()]
    margin = min(inner, default=0)
    for row in rows[at:end]:
        bare = row[margin:].rstrip()
        made.append(f"    {bare}" if how == "code" and bare else _inline(bare, targets or {}) if how == "text" else "")
    return end


def _is_rule(row: str) -> bool:
    return len(row) < _LONG and len(row.strip()) > 1 and _RULE.fullmatch(row) is not None


def _is_title(rows: list[str], at: int) -> bool:
    """Whether a line is a title: with a rule below it that is as long."""
    if at + 1 >= len(rows) or not rows[at].strip() or _is_rule(rows[at]) or not _is_rule(rows[at + 1]):
        return False
    return len(rows[at + 1].rstrip()) >= min(len(rows[at].rstrip()), 3) and (at == 0 or not rows[at - 1].strip() or _is_rule(rows[at - 1]))  # fmt: skip


def _inline(row: str, targets: dict[str, str]) -> str:
    """A line's links and roles; what stands between two backticks stays."""
    pieces = row.split("``")
    for k in range(0, len(pieces), 2):
        said = _ROLE.sub(lambda m: m[1].partition("<")[0].strip(" ~!."), pieces[k])
        said = _LINK.sub(lambda m: f"[{m[1].strip() or m[2]}]({m[2]})", said)
        said = _SUBSTITUTED.sub(lambda m: m[1], said)
        pieces[k] = _NAMED.sub(lambda m: _named(m, targets), said)
    return "``".join(pieces)


def _named(match: re.Match[str], targets: dict[str, str]) -> str:
    said = match[1] or match[2]
    address = targets.get(said.strip().lower())
    if address:
        return f"[{said}]({address})"
    return said if match[1] else match[0]
