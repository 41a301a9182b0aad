"""What the group wrote about the project: a site, guides, a README, and the figure of the architecture."""

import re
from collections.abc import Iterable, Iterator

from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.models import Evidence, Image, Question
from auditor.probes import is_hollow, probe
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.readers.yaml import Node, yaml_root
from auditor.snapshot import File, Files

PAGES = ("**/*.md", "**/*.mdx", "**/*.rst", "**/*.qmd", "**/*.adoc")
_CONFIGS = (
    "**/mkdocs.y*ml",
    "**/zensical.toml",
    "**/conf.py",
    "**/_quarto.yml",
    "**/docusaurus.config.*",
    "**/book.toml",
    "**/myst.yml",
    "**/_config.yml",
    "**/.vitepress/config.*",
    "**/antora.yml",
)
_GUIDES = (
    "docs/**/*.{md,mdx,rst,qmd}",
    "doc/**/*.{md,mdx,rst,qmd}",
    "documentation/**/*.{md,mdx,rst}",
    "**/docs/**/*.md",
    "wiki/**/*.md",
)
_BOILERPLATE = compile_later(
    r"^\s*(\.\. |:\w[\w-]*:|\* :ref:|={3,}|-{3,}|~{3,}|\|?\s*:?-{3,}|contents:?$|indices and tables|welcome to .* documentation"
    r"|.*sphinx-quickstart|you can adapt this file|contain the root `toctree`)",
    re.IGNORECASE,
)
_WORD = compile_later(r"[^\W\d_][\w'’-]*")
_FENCE = compile_later(r"^\s*(```|~~~)")
_BOX = compile_later(r"^\s*[-*+]\s*\[[ xX]\]")


def words_of(file: File, besides: frozenset[str] = frozenset()) -> int:
    """The number of words in a page's prose: no code, tables' rules, markup, links' targets or checklists, and none of the
    lines in `besides`."""
    count, fenced, comment = 0, False, False
    for row in file.lines:
        if row.strip() in besides:
            continue
        if _FENCE.match(row):
            fenced = not fenced
            continue
        comment = (comment or "<!--" in row) and "-->" not in row
        if fenced or comment or _BOILERPLATE.match(row) or _BOX.match(row):
            continue
        row = re.sub(r"!?\[([^\[\]]*+)\]\([^()]*+\)|<[^<>]++>|https?://\S+|`[^`]*`", r"\1", row)
        count += len(_WORD.findall(row))
    return count


@probe(
    "documentation-site",
    asks="Is there an own documentation site?",
    looks_in=(*PAGES, *_CONFIGS, "!reports/**", "!.github/**"),
)
def documentation_site(files: Files) -> Iterator[Evidence]:
    """A configured site (MkDocs, Sphinx, Quarto, Docusaurus, Jupyter Book, ...) with own pages: at least 50 words of prose
    in them, or directives that document the code (`::: package.module`, `automodule`). The template's untouched site, its
    README in docs/, built output and course notes do not count."""
    for config, _, inside in _sites(files):
        yield from _own_pages(config, inside)


def _sites(files: Files) -> Iterator[tuple[File, str, list[File]]]:
    """The configured sites: the configuration, the folder of its pages and the pages in it."""
    pages = list(files.matching(*PAGES))
    for path, config in sorted(files.paths.items()):
        if not matches(path, _CONFIGS) or not readable(config):
            continue
        if files.aside(path) not in ("", "template stub"):
            continue
        root = _root_of(config)
        if root is not None:
            yield config, root, [p for p in pages if p.path.startswith(root) and not _is_readme(p, root)]


def _own_pages(config: File, inside: list[File]) -> Iterator[Evidence]:
    """That these pages of a site hold own prose or document the code."""
    counts = {p.path: words_of(p) for p in inside}
    total = sum(counts.values())
    documented = [
        (p, i) for p in inside for i, row in enumerate(p.lines, 1) if re.match(r"::: \w|\.\. auto\w+:: \w", row)
    ]
    if total >= 50 or documented:
        longest = max(inside, key=lambda p: counts[p.path])
        note = f"{len(inside)} own page{'s' * (len(inside) > 1)} with {total} words"
        yield Evidence(
            kind="fact",
            path=config.path,
            note=f"{config.path}: {note}",
            sources=(config.path, *(p.path for p in inside[:8])),
        )
        yield longest.cite(_first_prose(longest))
        for page, line in documented[:2]:
            yield page.cite(line, note="documents a module of the code")


@probe(
    "documentation-shown",
    asks="Is there documentation that its site leads a reader to?",
    looks_in=(*PAGES, *_CONFIGS, "!reports/**", "!.github/**"),
)
def documentation_shown(files: Files) -> Iterator[Evidence]:
    """The own pages of a configured site, where MkDocs's `nav` names pages only those; or a guide (see `docs-guide`) outside of
    every site. A guide that its site's `nav` leaves out, beside the template's front page, is nothing that a group would
    call its documentation: this is what an open box is held against."""
    sites = list(_sites(files))
    for config, root, inside in sites:
        nav = yaml_root(config)["nav"] if config.name.lower().startswith("mkdocs.") else Node()
        named = {node.text.removeprefix("./") for _, node in nav.walk() if node.text}
        yield from _own_pages(config, [p for p in inside if not named or p.path.removeprefix(root) in named])
    roots = tuple(root for _, root, _ in sites)
    for count, file in _by_length(f for f in files.matching(*_GUIDES) if not f.path.startswith(roots)):
        if count >= 100:
            yield file.cite(_first_prose(file), note=f"a guide of {count} words")


def _first_prose(file: File) -> int:
    return next(
        (i for i, row in enumerate(file.lines, 1) if len(_WORD.findall(row)) >= 5 and not _BOILERPLATE.match(row)), 1
    )


def _is_readme(page: File, root: str) -> bool:
    """A README in the folder of the site's configuration tells how to build the site."""
    return page.name.lower() == "readme.md" and page.folder + "/" == root


def _root_of(config: File) -> str | None:
    """The folder of a site's pages, with `/`; None where the file configures no site."""
    folder = f"{config.folder}/" if config.folder else ""
    name = config.name.lower()
    if name.startswith("mkdocs."):
        pages = yaml_root(config)["docs_dir"].text.strip("./") or "docs"
        return f"{folder}{pages}/" if yaml_root(config) else None
    if name == "conf.py":
        module = python(config)
        names = {getattr(t, "id", "") for s in (module.tree.body if module else ()) for t in getattr(s, "targets", ())}
        return folder if folder and {"extensions", "project"} & names else None
    if name == "_config.yml":  # Jupyter Book has a table of contents beside it; others are Jekyll
        return folder if folder and yaml_root(config)["title"] else None
    if name.startswith("docusaurus.config") or ".vitepress/" in config.path:
        return folder + "docs/" if name.startswith("docusaurus") else config.path.split(".vitepress/")[0]
    if name in ("book.toml", "zensical.toml"):
        return folder + ("src/" if name == "book.toml" else "docs/")
    if name == "_quarto.yml":
        return folder
    return folder


@probe(
    "docs-guide",
    asks="Are there written guides besides the README?",
    looks_in=_GUIDES,
)
def docs_guide(files: Files) -> Iterator[Evidence]:
    """A page of at least 100 own words in a documentation folder, with or without a site. Template stubs, built output and
    course notes do not count."""
    for count, file in _by_length(files):
        if count >= 100:
            yield file.cite(_first_prose(file), note=f"a guide of {count} words")


def _by_length(files: Iterable[File]) -> list[tuple[int, File]]:
    return sorted(((words_of(f), f) for f in files), key=lambda pair: -pair[0])


@probe(
    "readme-usage",
    asks="Does the README describe the project in at least 300 own words?",
    looks_in=("readme*", ".github/readme.md", "docs/readme.md"),
)
def readme_usage(files: Files) -> Iterator[Evidence]:
    """A README in the root with at least 300 words of prose outside code, links and checklists, lines that it shares with the
    report aside. Weak: it is documentation, not a documentation site."""
    report = files.paths.get(files.report.path) if files.report else None
    shared = frozenset(row.strip() for row in report.lines) if report and readable(report) else frozenset()
    for file in files:
        others = frozenset() if file is report else shared  # of a course whose report is the README, all of it counts
        if not file.folder and (count := words_of(file, others)) >= 300:
            yield file.cite(_first_prose(file), note=f"the README has {count} words of prose")


_DOCS_HOSTS = compile_later(
    r"https?://(?!skaftenicki\.)[\w-]+\.(?:github\.io|gitlab\.io|readthedocs\.io|gitbook\.io|pages\.dev)/[\w.-]+",
    re.IGNORECASE,
)
_TOOLS_PAGES = compile_later(
    r"^https?://(?:docs|cookiecutter|dvc|hydra|pytorch|lightning|fastapi|mkdocs|squidfunk|astral|drivendataorg|pre-commit)[\w-]*\.",
    re.IGNORECASE,
)


@probe(
    "docs-address",
    asks="Does the report or a document give the address of published documentation?",
    looks_in=("**/*.{md,rst}", "**/mkdocs.y*ml", "!.github/**", "!**/{agents,claude,gemini}.md"),
    mentions=("github.io", "gitlab.io", "readthedocs.io", "gitbook.io", "pages.dev"),
    all=True,
)
def docs_address(files: Files) -> Iterator[Evidence]:
    """An address of a project's page at GitHub Pages, Read the Docs or the like that is no tool's own. Weak: what is published
    there, and by what, is not part of the commit."""
    for file in files:
        for i, row in enumerate(file.lines, 1):
            found = _DOCS_HOSTS.search(row)
            if found and not _TOOLS_PAGES.match(found[0]):
                yield file.cite(i, note="the address of a published page")
                break


# -- architecture ------------------------------------------------------------------------------------------------------

_FIGURE = compile_later(
    r"archit|overview|diagram|pipeline|system[_ -]?design|flow[_ -]?chart|mlops[_ -]?stack|infrastructure",
    re.IGNORECASE,
)
_IMAGES = ("png", "jpg", "jpeg", "svg", "gif", "webp", "pdf", "drawio", "excalidraw", "puml", "plantuml", "mmd")
_DRAWN = compile_later(
    r"^\s*(```|~~~)\s*\{?(mermaid|plantuml|graphviz|d2)\b|^\s*\.\. (mermaid|graphviz|uml)::", re.IGNORECASE
)


def _answer(files: Files, topic: str = "architecture") -> Question | None:
    report = files.report
    return next((q for q in report.questions if topic in q.topics), None) if report else None


def _shown(question: Question) -> list[Image]:
    """The images of an answer, and its links to image files."""
    links = [i for i in question.links if (i.path or i.target).split("?")[0].rsplit(".", 1)[-1].lower() in _IMAGES]
    return [*question.images, *links]


@probe(
    "architecture-diagram",
    asks="Is there an own diagram of the architecture?",
    looks_in=(
        "**/*.{png,jpg,jpeg,svg,gif,webp,pdf}",
        "**/*.{drawio,excalidraw,puml,plantuml,mmd,d2}",
        "**/*.{md,mdx,rst,qmd}",
    ),
    all=True,
)
def architecture_diagram(files: Files) -> Iterator[Evidence]:
    """An own image that the report's architecture question shows; a figure named after architecture, overview, diagram or
    pipeline beside the report, in the docs or the root; a drawio, Excalidraw, Mermaid or PlantUML source. The template's
    pictures as they came (byte for byte, under any name), images of other answers, and images that are only an address elsewhere do not count."""
    question = _answer(files)
    report = files.report.path if files.report else ""
    seen = set()
    for image in _shown(question) if question else ():
        file = files.paths.get(image.path)
        if file and _is_stub(files, file):
            files.near, files.why = f"{report}:{image.line}", f"which shows the template's own picture, {file.path}"
        elif file and file.path not in seen:
            seen.add(file.path)
            note = f"{file.path}, shown by the architecture answer"
            yield Evidence(kind="fact", path=file.path, note=note, sources=(file.path, f"{report}:{image.line}"))
    if question:
        for n, row in enumerate(question.answer.split("\n")):
            if _DRAWN.match(row) and report in files.paths:
                yield files.paths[report].cite(question.answer_lines[0] + n, note="a diagram as code in the answer")
    others = {i.path for q in (files.report.questions if files.report else ()) if q is not question for i in q.images}
    for file in files.named():
        if (
            file.path in seen
            or file.path in others
            or files.aside(file.path)
            or file.suffix not in _IMAGES
            or is_hollow(file)
        ):
            continue
        source = file.suffix in ("drawio", "excalidraw", "puml", "plantuml", "mmd", "d2")
        if source or (_FIGURE.search(file.name) and _is_beside(file.path, report)):
            yield file.exists(
                f"{file.path}, a figure by its name" if not source else f"{file.path}, a diagram's source"
            )
    for file in files.matching("**/*.{md,mdx,rst,qmd}"):
        if files.aside(file.path):
            continue
        for i, row in enumerate(file.lines, 1):
            if _DRAWN.match(row):
                yield file.cite(i, i + 5, note="a diagram as code")
                break


@probe(
    "tracking-figure",
    asks="Does the answer on experiment tracking show a picture of the group's own?",
    looks_in=("**/*.{png,jpg,jpeg,svg,gif,webp,pdf}",),
    all=True,
)
def tracking_figure(files: Files) -> Iterator[Evidence]:
    """An image of the repository that the answer on experiment tracking shows and that is not the template's. Weak: runs
    may have been logged by code that is not there any more, or never was."""
    question = _answer(files, "experiment-tracking")
    for image in _shown(question) if question else ():
        file = files.paths.get(image.path)
        if file and not _is_stub(files, file):
            where = f"{files.report.path}:{image.line}" if files.report else ""
            note = f"{file.path}, shown by the answer on experiment tracking"
            yield Evidence(kind="fact", path=file.path, note=note, sources=(file.path, where))


def _is_stub(files: Files, file: File) -> bool:
    return files.aside(file.path) == "template stub"


def _is_beside(path: str, report: str) -> bool:
    """Whether a figure lies beside the report, in the docs or in the root: not among data, plots of runs or notebooks."""
    folder = path.rpartition("/")[0]
    home = report.rpartition("/")[0] if report else "reports"
    return (
        folder in ("", home)
        or bool(home and folder.startswith((f"{home}/fig", f"{home}/im", f"{home}/assets")))
        or folder.split("/")[0].lower() in ("docs", "doc", "documentation", "assets", "images", "figures", "img")
    )


@probe(
    "architecture-link",
    asks="Does the architecture answer show an image that is kept elsewhere?",
    looks_in=("**/*.md",),
    all=True,
)
def architecture_link(files: Files) -> Iterator[Evidence]:
    """An image of the architecture answer that is an address outside the repository (an upload to GitHub, a drawing tool).
    Weak: what it shows is not part of the commit."""
    question = _answer(files)
    report = files.paths.get(files.report.path) if files.report else None
    for image in question.images if question and report else ():
        if not image.path and re.match(r"https?://", image.target):
            assert report is not None
            yield report.cite(image.line, note="an image kept elsewhere")


_REVISITED = compile_later(
    r"\b(revisit\w*|turn(?:ed)? out (?:as|differently|the way|like)|compared (?:to|with) (?:the|our) (?:initial|original) (?:plan|description|goal)"
    r"|deviat\w+ from (?:the|our) (?:initial|original|project)|what changed (?:from|since) (?:the|our) (?:initial|original))",
    re.IGNORECASE,
)


@probe(
    "revisited-description",
    asks="Does a page look back at the initial project description?",
    looks_in=("**/*.md", "**/*.rst"),
    mentions=("revisit", "turn out", "turned out", "compared to", "compared with", "deviat", "what changed"),
)
def revisited_description(files: Files) -> Iterator[Evidence]:
    """A line of a README or page that holds the outcome against the plan ("revisited", "turned out differently"). That a
    group talked it over leaves no trace; the report itself does not count."""
    for file in files:
        for line, row in enumerate(file.lines, 1):
            if _REVISITED.search(row) and not _BOX.match(row):  # a copy of the checklist asks, it does not answer
                yield file.cite(line)


@probe(
    "bucket-shown",
    asks="Does the report show a bucket of the group's?",
    looks_in=("**/*.{png,jpg,jpeg,webp,gif}",),
    all=True,
)
def bucket_shown(files: Files) -> Iterator[Evidence]:
    """An image of the repository that the answer to the question for images of the bucket shows and that is not the
    template's own. What is on it is not looked at."""
    question = _answer(files, "cloud-storage")
    report = files.report.path if files.report else ""
    for image in _shown(question) if question else ():
        file = files.paths.get(image.path)
        if file and not _is_stub(files, file):
            note = f"{file.path}, shown by the answer about the bucket"
            yield Evidence(kind="fact", path=file.path, note=note, sources=(file.path, f"{report}:{image.line}"))
