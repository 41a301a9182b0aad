"""Which lines of a file are comments, by what the file is. A comment behind code is left alone, as is a kind of file that is not known."""

import json

from auditor.grammar import NotRead
from auditor.readers.notebooks import sources_of
from auditor.snapshot import File

_STARTS = {
    "#": "py pyi pyx smk snakefile toml yml yaml cfg ini sh bash zsh fish ps1 r jl pl pm rb ex exs tcl awk tf tfvars hcl nix wdl cwl def dockerfile "
    "containerfile singularity apptainer makefile mk justfile just rakefile gemfile cmake env gitignore gitattributes dockerignore "
    "properties conf cff txt graphql gd coffee cr nim robot feature",
    "//": "js mjs cjs ts tsx jsx java go rs c cc cpp cxx h hpp cu cuh scala kt kts cs swift dart php groovy gradle nf jenkinsfile proto sol zig jsonc config "
    "json5 scss sass less fs sv",
    "--": "sql lua hs elm vhd vhdl ada",
    "%": "tex sty cls bst erl m",
    ";": "ini cfg lisp el clj cljs scm rkt asm ahk",
    "!": "f90 f95 f03 f08",
    "::": "bat cmd",
    "rem ": "bat cmd",
}
_BLOCKS = {
    ("/*", "*/"): f"{_STARTS['//']} css sql",
    ("=begin", "=cut"): "pl pm",
    ("=pod", "=cut"): "pl pm",
    ("{-", "-}"): "hs elm",
    ("--[[", "]]"): "lua",
    ("#=", "=#"): "jl",
    ("<#", "#>"): "ps1",
}
_PAGES = frozenset(["md", "markdown", "qmd", "rmd", "html", "htm", "xml", "svg", "vue", "svelte", "xhtml", "mdx"])


_NAMES = frozenset(
    [
        "snakefile",
        "dockerfile",
        "containerfile",
        "singularity",
        "apptainer",
        "makefile",
        "justfile",
        "rakefile",
        "gemfile",
        "jenkinsfile",
    ]
)


def _by_kind(table: dict[str, str]) -> dict[str, tuple[str, ...]]:
    kinds = {kind for said in table.values() for kind in said.split()}
    return {kind: tuple(sign for sign, said in table.items() if kind in said.split()) for kind in kinds}


_SIGNS = _by_kind(_STARTS)
_WRAPS = {
    kind: tuple(w for w, said in _BLOCKS.items() if kind in said.split())
    for kind in set(" ".join(_BLOCKS.values()).split())
}


def kind_of(file: File) -> str:
    """What a file is: by the end of its name, or by the name where that says it (`Snakefile`, `Dockerfile.gpu`)."""
    first = file.name.lower().partition(".")[0]
    return first if first in _NAMES and file.suffix not in _SIGNS and file.suffix not in _PAGES else file.suffix


def signs(file: File) -> tuple[str, ...]:
    """What starts a line that is a comment in a file, or a part of it that is."""
    kind = kind_of(file)
    if kind in _PAGES:
        return ("<!--",)
    return (*_SIGNS.get(kind, ()), *(start for start, _ in _WRAPS.get(kind, ())), *(("#",) if kind == "ipynb" else ()))


def spoken(file: File) -> list[str]:
    """The lines of a file in small letters, those that are comments empty."""
    return file.once("lines without comments", lambda: _spoken(file))


def _spoken(file: File) -> list[str]:
    kind, text = kind_of(file), file.lower
    if kind in _PAGES:
        return _unmarked(text).split("\n")
    rows = text.split("\n")
    if kind == "ipynb":
        silent = _in_cells(file)
        return ["" if silent and _string(row).strip().lower() in silent else row for row in rows]
    starts, wraps = _SIGNS.get(kind, ()), _WRAPS.get(kind, ())
    end = ""
    for n, row in enumerate(rows):
        bare = row.lstrip()
        if not end:
            end, bare = next(((e, bare[len(s) :]) for s, e in wraps if bare.startswith(s)), ("", bare))
        if end:
            _, closed, rest = bare.partition(end)
            end, rows[n] = ("", rest) if closed else (end, "")
        elif starts and bare.startswith(starts):
            rows[n] = ""
    return rows


def _unmarked(text: str) -> str:
    """A page without its comments, in as many lines; one that does not end is none."""
    pieces, last, start = [], 0, text.find("<!--")
    while start >= 0 and (end := text.find("-->", start + 4)) >= 0:
        pieces += [text[last:start], "\n" * text.count("\n", start, end)]
        last = end + 3
        start = text.find("<!--", last)
    return "".join([*pieces, text[last:]])


def _in_cells(file: File) -> frozenset[str]:
    """The lines of a notebook's code that are comments, in small letters."""
    try:
        rows = [row.strip().lower() for code in sources_of(file) for row in code.split("\n")]
    except NotRead:
        return frozenset()
    return frozenset(row for row in rows if row.startswith("#"))


def _string(row: str) -> str:
    """The text of a line that is one string of JSON; the line itself for any other."""
    try:
        said = json.loads(row.strip().removesuffix(","))
    except (ValueError, RecursionError):
        return row
    return said if isinstance(said, str) else row
