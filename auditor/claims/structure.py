"""Folders and files of the project's layout: said to be removed, added, left empty, filled out or not used."""

import re
from collections.abc import Iterator

from auditor.claims import Repo, Settled, absence, check, fact
from auditor.claims.practices import denial, shape
from auditor.facts.names import letters, names
from auditor.facts.template import template
from auditor.globs import matches
from auditor.lazy import compile_later
from auditor.models import Evidence
from auditor.prose import Prose, Statement
from auditor.readers import python, readable, yaml_root
from auditor.snapshot import File, Snapshot

_NAME = r"(?!(?:the|and|or|a|an|all|any|some|it|this|that|these|those|them|our|unused|empty|from|in|of|to|for|as|folders?|files?|director(?:y|ies))\b)\.?[\w][\w./-]*"
_LIST = rf"(?P<list>{_NAME}(?:\s*(?:,\s*and|,|and|&|as well as)\s+(?:the\s+)?{_NAME})*)"
_KIND = r"(?P<kind>(?:sub-?)?(?:folders?|director(?:y|ies))|files?|modules?|scripts?)"
_REMOVED = (
    compile_later(
        rf"\b(?:removed|deleted|got rid of)\s+(?:(?:only|also|both|entire|whole|unused|empty|following|(?:folders?|director(?:y|ies)|files?)(?: named)?:?|the|our)\s+)*{_LIST}(?:\s+{_KIND})?",
        re.IGNORECASE,
    ),
    compile_later(
        rf"\bthe\s+{_LIST}\s+{_KIND}\s+(?:was|were|has been|have been)\s+(?:also\s+|then\s+)?(?:removed|deleted)\b",
        re.IGNORECASE,
    ),
)
_FOLLOWING = compile_later(r"\b(?:removed|deleted) the following folders?(?: and files)?\W*$", re.IGNORECASE)
_ADDED = compile_later(
    rf"\b(?:we|have|also)\s+(?:have\s+|also\s+)*(?:added|created|introduced)\s+(?:a|an|the)\s+(?:new\s+|separate\s+|extra\s+|additional\s+)?{_LIST}\s+(?P<kind>folders?|director(?:y|ies))\b",
    re.IGNORECASE,
)
_EMPTY = compile_later(
    rf"\bthe\s+{_LIST}\s+(?P<kind>folders?|director(?:y|ies))\s+(?:was|were|is|are|has been|have been)\s+(?:left\s+|kept\s+)?empty\b",
    re.IGNORECASE,
)
_FILLED = compile_later(
    r"\b(?:we|have)\b[^.;]{0,30}\bfilled (?:out |in |up )?(?:(?:all|every(?: single)?|each)(?: of)?(?: the| our)?(?: \w+)? (?:folders?|files?|director(?:y|ies))|every ?thing)\b",
    re.IGNORECASE,
)
_AGAIN = compile_later(
    r"\b(?:again|re-?added|added back|content|contents|temporar\w+|some of|parts? of|except|apart from|locally|would|history|git rm|branch(?:es)?)\b",
    re.IGNORECASE,
)
# Names that a project has more than once, or that a program makes when it runs.
_TWICE = frozenset(["models", "model", "data", "src", "source", "code", "config", "configs", "conf"])
_MADE = compile_later(
    r"^(?:logs?|wandb|outputs?|checkpoints?|data|models?|mlruns|artifacts?|results?|plots?|figures?|reports?|runs|multirun|lightning_logs|cache|tmp|temp|venv|\.venv|env|secrets?|weights|bucket|trained_models|processed|raw|images?|build|dist|site|profil\w+)$",
    re.IGNORECASE,
)
_HOLDERS = (".gitkeep", ".keep", ".gitignore", ".placeholder", "readme.md")


def _names(match: re.Match[str]) -> list[str]:
    return [
        n.strip(".,").strip("/")
        for n in re.split(r"\s*(?:,\s*and|,|\band\b|&|\bas well as\b)\s+(?:the\s+)?", match["list"])
        if n.strip(".,/")
    ]


def _below(folder: str, snapshot: Snapshot) -> list[File]:
    return [f for f in snapshot.files.values() if f.path.lower().startswith(folder.lower() + "/")]


def _whole(statement: Statement) -> bool:
    """Whether the sentence tells of the project as it is, removal being a thing of the past."""
    return not (statement.planned or statement.personal or _AGAIN.search(statement.plain))


@check("folders-removed", asks="Are folders or files that the group says it removed still there?")
def folders_removed(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we removed the X and Y folders", "the X folder was deleted", "we removed x.py". Settled by: tracked files below the
    folder at the root (or the path as given), a tracked file of that name in the package. Leaves alone: names that a project has
    in several places, contents rather than folders, what was added again, plans. A lone `.gitkeep` is a detail."""
    for statement in prose.sentences("structure"):
        if not _whole(statement):
            continue
        if statement.kind == "item" and _FOLLOWING.search(statement.lead):
            if match := re.match(rf"({_NAME})(?:\s*(?:[-:(]|$)| folder)", statement.plain):
                yield from _still_there(statement, match[1].strip(".,").strip("/"), "folder", "", repo.snapshot)
            continue
        for pattern in _REMOVED:
            for match in pattern.finditer(statement.plain):
                before = statement.plain[: match.start()]
                if re.search(r"\b(?:not|never|no)\b|n't\b", before[-40:], re.IGNORECASE):
                    continue
                kind = (match["kind"] or "").lower()
                after = statement.plain[match.end() :]
                for name in _names(match):
                    yield from _still_there(statement, name, kind, after, repo.snapshot)


def _still_there(statement: Statement, name: str, kind: str, after: str, snapshot: Snapshot) -> Iterator[Settled]:
    base = name.rsplit("/", 1)[-1]
    if re.search(r"\.(?:py|ya?ml|toml|txt|ipynb|cfg|sh)$", base):
        found = [f for f in snapshot.files.values() if f.path == name or f.path.endswith("/" + name)]
        own = [f for f in found if f.path == name or re.match(r"(?:src/)?[^/]+/[^/]+$", f.path)]
        if (
            len(found) == 1
            and own
            and not re.search(r"\bfrom (?:the |our )?(?!the |our |(?:\w+[ -])?(?:template|cookie))\w+", after[:40])
        ):
            stub = " (the template's own, unchanged)" if snapshot.aside(own[0]) == "template stub" else ""
            yield Settled(
                statement,
                about=f"path:{own[0].path}",
                shows=f"{own[0].path} is tracked{stub}.",
                difference=f"The sentence says that {name} was removed; it is there.",
                evidence=(own[0].exists(f"{own[0].path} is there{stub}"),),
            )
        return
    marked = "/" in name or any(base.lower() == c.strip("/").rsplit("/", 1)[-1].lower() for c in statement.code)
    if not (kind.startswith(("folder", "director", "sub")) or (marked and not kind)):
        return
    if "/" not in name and name.lower() in _TWICE:
        return
    folder = names(snapshot).named_folder(name)
    held = _below(folder, snapshot) if folder else []
    if not held:
        return
    real = [f for f in held if f.name.lower() not in _HOLDERS]
    shown = real or held
    yield Settled(
        statement,
        about=f"path:{folder}/",
        shows=f"{folder}/ still holds {len(held)} tracked file{'s' * (len(held) > 1)}, {shown[0].path} among them."
        if len(held) > 1
        else f"{folder}/ still holds {held[0].path}.",
        difference=f"The sentence says that {folder} was removed; {'it is there' if real else 'its placeholder is there'}.",
        evidence=tuple(f.exists(f"{f.path} is tracked") for f in shown[:4]),
        detail=not real,
    )


@check("folders-added", asks="Does a folder exist that the group says it added?")
def folders_added(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we added a X folder". Settled by: no folder of this name, in singular or plural, anywhere in the tree, no mention in
    `.gitignore` and no `.dvc` pointer. Leaves alone: folders that a program makes when it runs, data and models, plans, the past."""
    for statement in prose.sentences("structure"):
        if not _whole(statement) or statement.negated or statement.past:
            continue
        for match in _ADDED.finditer(statement.plain):
            for name in _names(match):
                if (
                    not re.fullmatch(r"\.?[\w./-]+", name)
                    or _MADE.match(name.rsplit("/", 1)[-1])
                    or name.lower() in _PLAIN_WORDS
                ):
                    continue
                marked = "/" in name or "_" in name or any(name.strip("/") == c.strip("/") for c in statement.code)
                if not marked:
                    continue
                if _known(name, repo.snapshot):
                    continue
                yield Settled(
                    statement,
                    about=f"path:{name}/",
                    shows=f"No folder is called {name}.",
                    difference=f"The sentence says that a folder {name} was added; the repository has none.",
                    evidence=(
                        absence(
                            f"`{name}` was looked for in the names of all folders, in .gitignore and among DVC's pointers: no match."
                        ),
                    ),
                )


_PLAIN_WORDS = frozenset(
    ["new", "separate", "dedicated", "config", "configuration", "docker", "cloud", "github", "test", "frontend"]
)


def _known(name: str, snapshot: Snapshot) -> bool:
    """Whether a folder of this name is there (singular, plural and hyphens alike), or a file that begins so, or whether git
    ignores it or DVC keeps it."""
    known = names(snapshot)
    last = name.rsplit("/", 1)[-1].lower()
    return (
        any(letters(folder) == letters(last) for folder in known.folder_names)
        or any(file.startswith(last) for file in known.by_name)
        or known.made(name.strip("/") + "/")
        or _ignored(name, snapshot)
    )


@check("folders-empty", asks="Is a folder empty that the group says is?")
def folders_empty(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "the X folder is (left) empty". Settled by: tracked files in it beside placeholders. Leaves alone: names that a project
    has in several places, empty or stub files, plans and the past."""
    for statement in prose.sentences("structure"):
        if not statement.firm or statement.negated:
            continue
        for match in _EMPTY.finditer(statement.plain):
            for name in _names(match):
                folder = "" if name.lower() in _TWICE else names(repo.snapshot).named_folder(name)
                real = (
                    [
                        f
                        for f in _below(folder, repo.snapshot)
                        if f.size > 1 and f.name.lower() not in _HOLDERS and not repo.snapshot.aside(f)
                    ]
                    if folder
                    else []
                )
                if real:
                    yield Settled(
                        statement,
                        about=f"path:{folder}/",
                        shows=f"{folder}/ holds {real[0].path}.",
                        difference=f"The sentence says that {folder} is empty; it holds {len(real)} file{'s' * (len(real) > 1)}.",
                        evidence=tuple(f.exists(f"{f.path} is tracked") for f in real[:4]),
                    )


@check("folders-filled", asks="Is every folder filled out where the group says so?")
def folders_filled(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we filled out every folder / all files". Settled by: Python files of the template's layout that are empty or that the
    template brought and nobody changed. Leaves alone: sentences with an exception, `__init__.py`, documentation."""
    for statement in prose.sentences("structure"):
        if (
            not _FILLED.search(statement.plain)
            or not statement.firm
            or statement.negated
            or _AGAIN.search(statement.plain)
            or statement.hedged
        ):
            continue
        left = [
            f
            for f in repo.snapshot.files.values()
            if f.path.endswith(".py")
            and f.name != "__init__.py"
            and (not f.size or (f.size > 10 and repo.snapshot.aside(f) == "template stub" and f.name != "tasks.py"))
        ]
        if left:
            yield Settled(
                statement,
                about="structure:filled",
                shows=f"{left[0].path} is {'empty' if not left[0].size else 'as the template brought it'}.",
                difference="The sentence says that everything was filled out; this was not.",
                evidence=(
                    fact(
                        "Empty, or as the template brought them: " + ", ".join(f.path for f in left[:10]),
                        *(f.path for f in left),
                    ),
                ),
                detail=True,
            )


@check("folders-filled-named", asks="Does a folder hold anything that the group says it filled out?")
def folders_filled_named(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we filled out the X, Y and Z folders". Settled by: a folder of that name with nothing in it but placeholders and the
    template's untouched files. Leaves alone: folders whose content is data, models or output, and folders that `.gitignore` names."""
    for statement in prose.sentences("structure"):
        if statement.negated or statement.planned or _AGAIN.search(statement.plain) or statement.personal:
            continue
        for match in _FILLED_OUT.finditer(statement.plain):
            for name in _names(match):
                if name.lower() in _TWICE or _MADE.match(name.rsplit("/", 1)[-1]):
                    continue
                folder = names(repo.snapshot).named_folder(name)
                held = _below(folder, repo.snapshot) if folder else []
                own = [f for f in held if f.name.lower() not in _HOLDERS and repo.snapshot.aside(f) != "template stub"]
                if held and not own and not _ignored(folder, repo.snapshot):
                    yield Settled(
                        statement,
                        about=f"path:{folder}/",
                        shows=f"{folder}/ holds only {', '.join(f.path for f in held[:4])}.",
                        difference=f"The sentence says that {folder} was filled out; it holds nothing of the group's own.",
                        evidence=tuple(f.exists(f"{f.path} is tracked") for f in held[:4]),
                        detail=True,
                    )


_FILLED_OUT = compile_later(
    rf"\bfilled (?:out|in) (?:only |mainly |mostly )?(?:the |our )?{_LIST}\s+(?P<kind>folders?|director(?:y|ies))\b",
    re.IGNORECASE,
)


def _ignored(folder: str, snapshot: Snapshot) -> bool:
    """Whether a `.gitignore` names a folder, be it only a part of what is in it."""
    last = folder.rsplit("/", 1)[-1].lower()
    return any(last in f.lower for f in snapshot.files.values() if f.name == ".gitignore" and not f.skipped)


@check("notebooks-denied", asks="Are there notebooks of the group's own where it says that it used none?")
def notebooks_denied(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we did not use (Jupyter) notebooks", "... the notebooks folder". Settled by: tracked notebooks with code that are not the
    template's. Leaves alone: denials narrowed to a purpose, run output, somebody else's notebooks."""
    notebooks: list[File] | None = None
    for statement in prose.sentences():
        if "notebook" not in statement.plain.lower() or not statement.negated:
            continue
        folder = denial(
            statement.plain,
            shape("", "notebook folder", "notebooks folder", "notebook directory", "notebooks directory"),
        )
        if not folder and not denial(
            statement.plain, shape("", "notebooks", "notebook", "jupyter notebooks", "jupyter notebook", "jupyter")
        ):
            continue
        if notebooks is None:
            notebooks = [
                f for f in repo.snapshot.select(("**/*.ipynb",)) if (m := python(f)) is not None and m.tree.body
            ]
        found = [f for f in notebooks if not folder or matches(f.path, ("notebook*/**",))]
        if found:
            yield Settled(
                statement,
                about="notebooks",
                shows=f"{found[0].path} is a notebook with code.",
                difference="The sentence says that no notebooks were used; the repository has "
                + (f"{len(found)}." if len(found) > 1 else "one."),
                evidence=_notebooks(found),
            )


def _notebooks(found: list[File]) -> tuple[Evidence, ...]:
    return tuple(f.exists(f"{f.path} is a notebook with code") for f in found[:4])


# -- what came with the template ---------------------------------------------------------------------------------------

_OWN_ADDITION = compile_later(
    r"\b(?:we|have|also)\s+(?:(?:have|has|also|then|further|additionally|furthermore|therefore)\s+)*(?:added|created|introduced)\s+(?P<what>.+)$"
    r"|^(?:additionally|furthermore|also|in addition),? (?:added|created|introduced)\s+(?P<what2>.+)$",
    re.IGNORECASE,
)
_ADDED_PASSIVE = compile_later(
    r"\bthe\s+(?P<name>\.?[\w./-]+)\s+(?:folder|directory|file)\s+(?:was|has been)\s+(?:also\s+)?(?:added|created|introduced)(?!\s+(?:into|in|by|with|to (?:the|our|a|\S+/))\b)",
    re.IGNORECASE,
)
_FOLLOW = compile_later(
    r"\b(?:added|created|introduced)\b[^.]*\bfollowing\b[^.]*\b(?:folders?|files?|director(?:y|ies))\b[^.]*$",
    re.IGNORECASE,
)
_PATHLIKE = r"(?:\.[A-Za-z][\w-]*(?:/[\w.-]+)*/?|[\w-]+(?:/[\w.-]+)+/?|[\w-]+/|[\w-]+\.(?:py|ya?ml|toml|md|txt|sh|cfg|ini|dockerfile))"
_ARTICLES = r"(?:(?:a|an|the|our|new|separate|additional|extra|custom|own|another|few|several|some|both|two|three|four|five)\s+)*+"
_HEAD = compile_later(
    rf"^(?:as well as |and |also |but also |plus )*{_ARTICLES}(?:(?:folder|directory|file|script|module)s?(?: (?:called|named))?:?\s+)?(?P<name>{_PATHLIKE})(?=[\s,;:.)]|$)"
    rf"|^(?:as well as |and |also |plus )*{_ARTICLES}(?:folder|directory) (?:called|named) (?P<called>[\w.-]+)"
    rf"|^(?:as well as |and |also |plus )*{_ARTICLES}(?P<word>[\w-]+)\s+(?:folder|directory)\b",
    re.IGNORECASE,
)
_SEVERAL = compile_later(
    rf"^{_ARTICLES}(?:[\w-]+ )?(?:folders?|files?|director(?:y|ies)|modules?|scripts?)\b[^:]{{0,60}}:\s*", re.IGNORECASE
)
_ELSEWHERE = compile_later(
    rf"\b(?:to|into|in|inside|within|under|from|of|on|using|beside|alongside)\b (?:the |our |a )?(?:{_PATHLIKE}|\w+ (?:folder|directory))",
    re.IGNORECASE,
)
_NOT_IN_TEMPLATE = compile_later(
    r"(?:\b(?:not|never)\b|n't)\s+(?:\w+\s+){0,3}?(?:in|part of|included|present|provided|there|come|from)\b[^.;]{0,25}\b(?:template|cookie-?cutter)\b|\bbeyond the (?:original |base )?template\b",
    re.IGNORECASE,
)
_CHANGED = compile_later(
    r"\b(?:extend\w*|modif\w+|adapt\w*|adjust\w*|rewr\w+|expand\w*|updated?|fill\w*|content|again|re-?added|from the template|to the template's|in the template|renamed?|moved?)\b",
    re.IGNORECASE,
)


def _additions(statement: Statement) -> list[str]:
    """The files and folders that a sentence says were added by the group."""
    words = statement.plain
    if statement.kind == "item" and _FOLLOW.search(statement.lead):
        match = re.match(
            rf"(?P<name>{_PATHLIKE})(?=[\s,;:.)(-]|$)|(?P<word>[\w-]+)\s*(?:folder|directory|:|\(|-\s|$)", words
        )
        return [match["name"] or match["word"]] if match else []
    names = [m["name"] for m in _ADDED_PASSIVE.finditer(words)]
    if match := _OWN_ADDITION.search(words):
        what = match["what"] or match["what2"]
        if listed := _SEVERAL.match(what):
            what = what[listed.end() :]
        what = re.split(r"[.;](?:\s|$)", what)[0]
        for piece in re.split(
            r",\s*(?:and\s+)?|\s+and\s+(?:also\s+)?(?=(?:a|an|the|our)\b|\.?[\w-]+[./])|\s+(?=as well as\b)", what
        ):
            head = _HEAD.match(piece.strip())
            if head is None and not names:
                break
            if head and (name := head["name"] or head["called"] or head["word"]):
                names.append(name)
            if _ELSEWHERE.search(piece, head.end() if head else 0):
                break
    return [n.rstrip(".,:;") for n in names]


@check("came-with-template", asks="Did the template bring what the group says it added itself?")
def came_with_template(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: "we added X", "the X folder was added", "X is not in the template" of a named file or folder. Settled by: the commit
    that adds most of the known template's files (at least 8) has X as the template has it, or in most of its lines. Leaves
    alone: what was extended, changed or filled, things added to X, plans, the past, repositories whose template no commit shows."""
    for statement in prose.sentences("structure"):
        words = statement.plain
        outside = _NOT_IN_TEMPLATE.search(words)
        if not statement.firm or _AGAIN.search(words) or (_CHANGED.search(_NOT_IN_TEMPLATE.sub("", words))):
            continue
        if statement.negated and not outside:
            continue
        added = _additions(statement)
        found = template(repo.snapshot) if added else None
        if found is None:
            continue
        for name in dict.fromkeys(added):
            low = name.strip("/").lower()
            if low in ("data", "models", "src", "reports", "figures", "readme.md"):
                continue
            there = (
                names(repo.snapshot).named_folder(name.strip("/"))
                or name.strip("/") in repo.snapshot.files
                or "." in name
            )
            brought = found.brought(name) if there else None
            if brought is None:
                continue
            yield Settled(
                statement,
                about=f"template:{low}",
                shows=f"Commit {found.commit[:7]} ({found.date}), which brought the project template, has {brought.path} from it.",
                difference=f"The sentence says that {name} was added"
                + (" beyond the template" if outside else "")
                + "; it came with the template.",
                evidence=(
                    fact(
                        f"{brought.path} was added by commit {found.commit[:7]} of {found.date}, together with {len(found.files) - 1} other files, and its lines are the template's.",
                        brought.path,
                    ),
                ),
                detail=True,
            )


# -- generated documentation -------------------------------------------------------------------------------------------

_SITE = r"(?:mk ?docs(?:[- ]material)?|mkdocstrings|sphinx|material for mkdocs)"
_MADE_DOCS = compile_later(
    rf"\b(?:documentation|docs|documented|document)\b.*\b(?:{_SITE})\b|\b(?:{_SITE})\b.*\b(?:documentation|docs|documented|document)\b",
    re.IGNORECASE,
)
_DONE = compile_later(
    r"\b(?:generat(?:e|ed|es|ing)|built|build|builds|buil[dt]s?|written|wrote|write|created?|creat(?:es|ing)|handled|maintained|produced?|documented|made|use[sd]?|using|provided?|compiled?|rendered|kept)\b",
    re.IGNORECASE,
)
_FROM_CODE = compile_later(
    r"\bmkdocstrings\b|\bautodoc\b|\b(?:api|code|reference)[- ](?:documentation|docs|reference)\b.*\bgenerat\w+|\bgenerat\w+\b.*\b(?:api|code|reference)[- ](?:documentation|docs|reference)\b"
    r"|\bdocumentation\b.*\bgenerat\w+\b.*\b(?:docstrings?|source code|from (?:the|our) code)\b|\bgenerat\w+\b.*\bdocumentation\b.*\b(?:docstrings?|source code|from (?:the|our) code)\b",
    re.IGNORECASE,
)
_IN_FOLDER = compile_later(
    r"\b(?:documentation (?:is|was|has been|were) (?:handled|written|kept|maintained|provided|created|done|placed|made|collected)|we (?:also |have )*(?:documented|wrote (?:the |our )?documentation))\b[^.;]*\b(?:a|the|our|in) (?:separate |dedicated )?`?docs?/?`? (?:folder|directory)\b",
    re.IGNORECASE,
)
_OTHER_DOCS = compile_later(
    r"\b(?:fast ?api|swagger|open ?api|redoc|/docs\b(?! ?(?:folder|directory))|wiki|notion|confluence|pdoc|another repository|template|cookie-?cutter|depend(?:s|ency|encies)|deploy\w*|publish\w*|dev(?:elopment)? group|plugins?: )\b",
    re.IGNORECASE,
)
_PAGES = (
    "**/docs/**/*.{md,mdx,rst,qmd,ipynb,adoc}",
    "docs/**/*.{md,mdx,rst,qmd,ipynb,adoc}",
    "doc/**/*.{md,mdx,rst,qmd}",
    "documentation/**/*.{md,mdx,rst,qmd}",
    "**/sphinx/**/*.{md,rst}",
)
_REFERENCE = compile_later(r"^\s*(?:::: \S|::: \S|\.\. auto\w+::|```\{(?:eval-rst|auto\w+)\})", re.MULTILINE)
_PLUGINS = compile_later(
    r"gen-files|gen_files|autoapi|api-autonav|mkapi|awesome-pages.*mkdocstrings|literate-nav|sphinx-apidoc|autosummary|sphinx\.ext\.apidoc|\bpdoc\b|automatic[-_ ]reference|pydoc-markdown|lazydocs|handsdown|quartodoc",
    re.IGNORECASE,
)


@check("documentation-generated", asks="Are there pages of the documentation that the group says it made?")
def documentation_generated(prose: Prose, repo: Repo) -> Iterator[Settled]:
    """Takes: a firm sentence that says that documentation is generated from the code (mkdocstrings, autodoc), or made with MkDocs,
    Sphinx or in a docs folder. Settled by: no page with a directive that documents a module and no plugin that makes such pages;
    or no page under the docs that the group wrote (the template's untouched ones aside). Leaves alone: MkDocs named as a
    dependency or a part of the template, deployments, the API's own /docs, wikis, plans, negations."""
    for statement in prose.sentences():
        words = statement.plain
        if "doc" not in words.lower() or not statement.firm or statement.negated or _OTHER_DOCS.search(words):
            continue
        site = _MADE_DOCS.search(words) and _DONE.search(words)
        from_code = bool(_FROM_CODE.search(words)) and bool(
            re.search(rf"\b{_SITE}\b|docstrings?|source code|from (?:the|our) code", words, re.IGNORECASE)
        )
        folder = _IN_FOLDER.search(words)
        if not (site or from_code or folder):
            continue
        pages, plugin, sure = _documentation(repo.snapshot)
        if not sure:
            return
        written = [f for f in pages if not repo.snapshot.aside(f)]
        if from_code and not plugin and not any(_REFERENCE.search(f.text) for f in pages):
            shown = _stub(pages)
            yield Settled(
                statement,
                about="docs:generated",
                shows=f"No page of the documentation has a directive that documents a module{', ' + shown.path + ' included' if shown else ''}.",
                difference="The sentence says that documentation is generated from the code; nothing in the pages asks for it.",
                evidence=(
                    absence(
                        f"`::: module`, `.. automodule::` and their like were looked for in the {len(pages)} pages below docs, and plugins that make reference pages in the configuration: none."
                    ),
                    *((shown.cite(1, 6),) if shown else ()),
                ),
            )
            return
        if (site or folder) and not from_code and not plugin and not any(_says_something(f) for f in written):
            shown = _stub(pages)
            yield Settled(
                statement,
                about="docs:generated",
                shows=f"{shown.path} is as the template brought it, and there is no other page."
                if shown
                else "There is no page of documentation.",
                difference="The sentence says that the documentation was made there; no page of it is the group's own.",
                evidence=(
                    absence(
                        "Pages below docs, doc, documentation and sphinx were looked for, the template's untouched ones aside: none."
                    ),
                    *((shown.cite(1, 6),) if shown else ()),
                ),
            )
            return


def _documentation(snapshot: Snapshot) -> tuple[list[File], bool, bool]:
    """The pages, whether a plugin makes reference pages by itself, and whether all could be read."""

    def make() -> tuple[list[File], bool, bool]:
        selected = snapshot.select(_PAGES, stubs=True)
        pages = [f for f in selected if f.name.lower() not in ("readme.md",)]
        configured = [
            f for f in snapshot.files.values() if matches(f.path, ("**/mkdocs*.y*ml", "**/conf.py", "**/zensical.toml"))
        ]
        plugin, sure = False, not any(not readable(f) for f in configured)
        places = [
            *configured,
            *snapshot.select(
                (
                    "**/pyproject.toml",
                    "**/requirements*.txt",
                    ".github/workflows/*.y*ml",
                    "**/tasks.py",
                    "**/makefile",
                    "docs/**/*.py",
                ),
                stubs=True,
            ),
        ]
        for file in places:
            if readable(file) and file.size < 400_000 and _PLUGINS.search(file.text):
                plugin = True
        for file in configured:
            if file.suffix in ("yml", "yaml") and readable(file):
                where = yaml_root(file)["docs_dir"].text.strip("./")
                below = f"{file.folder}/{where}".strip("/") if where else ""
                known = {f.path for f in pages}
                if below:
                    pages += [f for f in snapshot.select((f"{below}/**/*.md",), stubs=True) if f.path not in known]
                if where.startswith("..") or "monorepo" in file.text or "multirepo" in file.text:
                    sure = False
        return pages, plugin, sure and not any(f.suffix in ("md", "rst") and f.skipped for f in selected.named())

    return snapshot.once("structure-docs", make)


def _stub(pages: list[File]) -> File | None:
    return min(pages, key=lambda f: (f.size, f.path), default=None)


def _says_something(file: File) -> bool:
    return len(re.findall(r"[^\W\d_]{2,}", file.text)) >= 30
