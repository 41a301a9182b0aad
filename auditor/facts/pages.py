"""The pages of a documentation site, and what makes some of them from the code."""

import re

from auditor.globs import matches
from auditor.lazy import compile_later, dataclass
from auditor.readers.text import readable
from auditor.readers.yaml import yaml_root
from auditor.snapshot import File, Snapshot

_PAGES = (
    "**/docs/**/*.{md,mdx,rst,qmd,ipynb,adoc}",
    "docs/**/*.{md,mdx,rst,qmd,ipynb,adoc}",
    "doc/**/*.{md,mdx,rst,qmd}",
    "documentation/**/*.{md,mdx,rst,qmd}",
    "**/sphinx/**/*.{md,rst}",
)
_SET_UP = (
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
class Pages:
    """The pages below docs (`all`), those of them that the group wrote, the page that documents a module, whether a plugin makes such
    pages by itself, and whether everything could be read."""

    all: tuple[File, ...]
    written: tuple[File, ...]
    reference: str
    plugin: bool
    sure: bool

    @property
    def stub(self) -> File | None:
        """The smallest page."""
        return min(self.all, key=lambda f: (f.size, f.path), default=None)


def pages(snapshot: Snapshot) -> Pages:
    """The documentation of a commit. A page of less than thirty words, and one that the template brought, is not written."""
    return snapshot.once("facts.pages", lambda: _pages(snapshot))


def _pages(snapshot: Snapshot) -> Pages:
    selected = snapshot.select(_PAGES, stubs=True)
    found = [f for f in selected if f.name.lower() != "readme.md"]
    configured = [
        f for f in snapshot.files.values() if matches(f.path, ("**/mkdocs*.y*ml", "**/conf.py", "**/zensical.toml"))
    ]
    sure = all(readable(f) for f in configured)
    places = [*configured, *snapshot.select(_SET_UP, stubs=True)]
    plugin = any(readable(f) and f.size < 400_000 and _PLUGINS.search(f.text) for f in places)
    for file in configured:
        if file.suffix not in ("yml", "yaml") or not readable(file):
            continue
        where = yaml_root(file)["docs_dir"].text.strip("./")
        if where:
            below = f"{file.folder}/{where}".strip("/")
            known = {f.path for f in found}
            found += [f for f in snapshot.select((f"{below}/**/*.md",), stubs=True) if f.path not in known]
        sure = sure and not (where.startswith("..") or "monorepo" in file.text or "multirepo" in file.text)
    sure = sure and not any(f.suffix in ("md", "rst") and f.skipped for f in selected.named())
    written = tuple(f for f in found if not snapshot.aside(f) and len(re.findall(r"[^\W\d_]{2,}", f.text)) >= 30)
    reference = next((f.path for f in found if _REFERENCE.search(f.text)), "")
    return Pages(tuple(found), written, reference, plugin, sure)
