"""The pages of a documentation: which there are, whose they are, and whether anything documents the code."""

import re
from dataclasses import dataclass

from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.readers import readable, yaml_root
from auditor.snapshot import File, Snapshot

_PAGES = (
    "**/docs/**/*.{md,mdx,rst,qmd,ipynb,adoc}",
    "docs/**/*.{md,mdx,rst,qmd,ipynb,adoc}",
    "doc/**/*.{md,mdx,rst,qmd}",
    "documentation/**/*.{md,mdx,rst,qmd}",
    "**/sphinx/**/*.{md,rst}",
)
_TOLD_IN = (
    "**/pyproject.toml",
    "**/requirements*.txt",
    ".github/workflows/*.y*ml",
    "**/tasks.py",
    "**/makefile",
    "docs/**/*.py",
)
_REFERENCE = compile_later(r"^\s*(?:::: \S|::: \S|\.\. auto\w+::|```\{(?:eval-rst|auto\w+)\})", re.MULTILINE)
_PLUGINS = compile_later(
    r"gen-files|gen_files|autoapi|api-autonav|mkapi|awesome-pages.*mkdocstrings|literate-nav|sphinx-apidoc|autosummary|sphinx\.ext\.apidoc|\bpdoc\b|automatic[-_ ]reference|pydoc-markdown|lazydocs|handsdown|quartodoc",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Documentation:
    """The pages below docs (a README of the folder aside), those that the group `wrote` (the template's untouched ones are
    not, nor those that hardly say anything), and whether one has a directive that documents a module or a plugin makes
    such pages. `sure` is false where pages come from elsewhere or could not be read."""

    pages: tuple[File, ...]
    wrote: tuple[File, ...]
    documents_code: bool
    by_plugin: bool
    sure: bool

    @property
    def stub(self) -> File | None:
        """The page to show where there is nothing else."""
        return min(self.pages, key=lambda f: (f.size, f.path), default=None)


def documentation(snapshot: Snapshot) -> Documentation:
    """The documentation of a commit."""
    return snapshot.once("facts.documentation", lambda: _documentation(snapshot))


def _documentation(snapshot: Snapshot) -> Documentation:
    selected = snapshot.select(_PAGES, stubs=True)
    pages = [f for f in selected if f.name.lower() != "readme.md"]
    configured = [
        f for f in snapshot.files.values() if matches(f.path, ("**/mkdocs*.y*ml", "**/conf.py", "**/zensical.toml"))
    ]
    sure = all(readable(f) for f in configured)
    told = [*configured, *snapshot.select(_TOLD_IN, stubs=True)]
    plugin = any(readable(f) and f.size < 400_000 and _PLUGINS.search(f.text) for f in told)
    for file in configured:
        if file.suffix in ("yml", "yaml") and readable(file):
            where = yaml_root(file)["docs_dir"].text.strip("./")
            below = f"{file.folder}/{where}".strip("/") if where else ""
            known = {f.path for f in pages}
            if below:
                pages += [f for f in snapshot.select((f"{below}/**/*.md",), stubs=True) if f.path not in known]
            if where.startswith("..") or "monorepo" in file.text or "multirepo" in file.text:
                sure = False
    wrote = [f for f in pages if not snapshot.aside(f) and len(re.findall(r"[^\W\d_]{2,}", f.text)) >= 30]
    documents = any(_REFERENCE.search(f.text) for f in pages)
    sure = sure and not any(f.suffix in ("md", "rst") and f.skipped for f in selected.named())
    return Documentation(tuple(pages), tuple(wrote), documents, plugin, sure)
