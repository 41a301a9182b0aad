"""Tools that the group says it uses or does not use, against their traces."""

from auditor.claims.case import Case, Settled, absence, settles
from auditor.claims.kinds import Practice, Uses
from auditor.claims.practices import denial, narrow_monitoring, shape, stands, words, wordset
from auditor.facts.components import TOLD_BY_FILES, component, starters
from auditor.facts.names import names
from auditor.facts.pages import pages
from auditor.facts.tools import Tool, at_work, declared_at, imported_by, imports, key, places, tool, trace, works_in
from auditor.models import Evidence
from auditor.readers.python import python
from auditor.readers.text import readable
from auditor.shapes import number_of
from auditor.snapshot import File

# Modules that stand for each other: the import of one beside a missing one shows that the job is done otherwise.
_GROUPS = tuple(map(wordset, (
    "fastapi flask litserve bentoml", "streamlit gradio", "wandb mlflow clearml neptune", "typer click argparse fire", "hydra omegaconf", "xgboost lightgbm catboost",
)))  # fmt: skip
_OF_PRACTICES = {"dvc": "dvc", "wandb": "wandb", "hydra": "hydra", "pytorchlightning": "lightning", "fastapi": "api"}
_WATCHING = wordset("evidently nannyml alibidetect whylogs prometheus opentelemetry")  # fmt: skip


@settles("uses", speaks=("plain", "planned"))
def uses(claim: Uses, case: Case) -> Settled | None:
    """Of a tool of the closed table (auditor/facts/tools.py), which cannot be used without leaving a trace. Said to be used:
    contradicted if no file but prose and lock files has a word of it; if a library is only declared, imported and started
    nowhere (a detail); if the role's files are known, all read, and use another tool of its kind; if documentation is said to be
    made with it and there is no page of the group's own. Said not to be used: contradicted by an import of it in own code. Said to
    be what one would use, in an answer that denies monitoring: contradicted by an import. Open: tools that are not in the table
    and not imported, roles that no files tell, guarded imports, several repositories."""
    known = tool(claim.tool)
    if known is None:
        return None if claim.denied or claim.strength != "plain" else _imported(claim, case)
    about = f"tool:{known.id}"
    if claim.denied:
        return _denied(claim, known, case, about) if claim.strength == "plain" else None
    if claim.strength == "planned":
        return _would(claim, known, case, about)
    if ".gitmodules" in case.snapshot.files or not _names_it(claim, known):
        return None
    place = trace(known, case.snapshot)
    if not place:
        looked = len(places(case.snapshot))
        return Settled(
            "contradicted", f"No code, dependency list, configuration, workflow, notebook or Dockerfile mentions {known.name}.",
            (absence(f"`{known.trace}` was looked for (in any case) in the names and texts of the {looked} tracked files that are no prose and no lock files: no match."),),
            f"The sentence says that {known.name} is used; nothing in the repository uses it.", about,
        )  # fmt: skip
    if claim.role == "documentation" and (made := _documentation(claim, known, case)):
        return made
    placed = case.placed(claim)
    if known.imports and not at_work(known, case.snapshot):
        if placed is not None and "dependencies" in placed.question.topics:
            return None
        return _only_declared(known, case, about)
    return _elsewhere(claim, known, case, about) or _supported(claim, known, case, about)


def _names_it(claim: Uses, known: Tool) -> bool:
    """Whether the quote has the tool's name and no word that turns it round."""
    said = words(claim.quote)
    end = max(stands(said, " ".join(words(n))) for n in known.names)
    return bool(end) and not set(said[:end]) & _TURNED and said[end : end + 1] != ["ai"]  # Lightning AI is a host


_TURNED = wordset("no not never neither nor without instead than like alternative alternatives similar compared could would e.g exercise exercises course")  # fmt: skip


# -- said to be used ---------------------------------------------------------------------------------------------------


def _only_declared(known: Tool, case: Case, about: str) -> Settled | None:
    """A library that a list names and no code imports: a detail, and no claim of an answer on dependencies."""
    found = declared_at(known, case.snapshot)
    if found is None:
        return None
    file, line = found
    return Settled(
        "contradicted", f"{file.path}:{line} names {known.name}, but no code imports it and nothing runs it.",
        (file.cite(line), absence(f"`{known.trace}` was looked for in all code, configuration and scripts without their comments: no match.")),
        f"The sentence says that {known.name} is used; the repository only declares it.", about, True,
    )  # fmt: skip


def _elsewhere(claim: Uses, known: Tool, case: Case, about: str) -> Settled | None:
    """A role whose files use another tool of the kind, and this one nowhere; configuration may name it, too."""
    alike = next((g for g in _GROUPS if known.id in g), frozenset()) - {known.id}
    if not alike:
        return None
    if claim.path:
        file = case.snapshot.files.get(names(case.snapshot).file(claim.path))
        files: tuple[File, ...] = (file,) if file is not None and file.suffix == "py" else ()
    else:
        files = component(claim.role, case.snapshot)
    tasks = () if claim.path else starters(claim.role, case.snapshot)
    if not files or not all(readable(f) for f in files) or any(works_in(known, f) for f in files):
        return None
    if any(n.split(".")[0] == known.id for f in tasks if (m := python(f)) for n in m.imports):
        return None
    files = (*files, *tasks)
    written = [f for f in places(case.snapshot) if f.suffix not in ("py", "ipynb", "toml", "txt")]
    if known.id != "hydra" and any(works_in(known, f) for f in written):
        return None  # a configuration says nothing of who reads it
    modules = [(f, m) for f in files if (m := python(f))]
    instead = [(f, line, n) for f, m in modules for n, line in m.imports.items() if n.split(".")[0] in alike]
    if known.id == "hydra":  # its own import may stand beside a class of OmegaConf's; the file is read by a call
        instead = [
            (f, c.line, "OmegaConf.load") for f, m in modules for c in m.calls if c.name.endswith("OmegaConf.load")
        ]
    if not instead:
        return None
    file, line, name = instead[0]
    where = claim.path or f"the files for {claim.role}"
    return Settled(
        "contradicted", f"{file.path}:{line} uses {name if known.id == 'hydra' else name.split('.')[0]}; {where} do not use {known.name}.",
        (file.cite(line), absence(f"None of {', '.join(sorted(f.path for f in files)[:6])} mentions {known.name}.")),
        f"The sentence says that {known.name} is used there; another tool is.", about, True,
    )  # fmt: skip


def _supported(claim: Uses, known: Tool, case: Case, about: str) -> Settled | None:
    """Where the files of the role use it; for a role that no files tell, where anything does."""
    files = [f for f in component(claim.role, case.snapshot) if readable(f)]
    if claim.path:
        named = case.snapshot.files.get(names(case.snapshot).file(claim.path))
        files = [named] if named is not None and readable(named) else []
    line = next(((f, n) for f in files if (n := works_in(known, f))), None)
    if line is None and (claim.role in TOLD_BY_FILES or claim.path):
        return None
    place = f"{line[0].path}:{line[1]}" if line else at_work(known, case.snapshot)
    path, _, row = place.partition(":")
    file = case.snapshot.files.get(path)
    if file is None or not readable(file):
        return None
    shown = file.cite(number_of(row)) if number_of(row) else file.exists(f"{path} is a file of {known.name}.")
    return Settled("supported", f"{place} uses {known.name}.", (shown,), about=about)


def _imported(claim: Uses, case: Case) -> Settled | None:
    wanted = key(claim.tool)
    for item in imports(case.snapshot):
        if wanted and wanted in (key(item.name.split(".")[0]), *map(key, item.packages)):
            cited = case.snapshot.files[item.path].cite(item.line)
            return Settled(
                "supported", f"{item.path}:{item.line} imports {item.name}.", (cited,), about=f"tool:{wanted}"
            )
    return None


# -- documentation -----------------------------------------------------------------------------------------------------

_OTHER_DOCS = wordset("fastapi swagger openapi redoc wiki notion confluence pdoc template cookiecutter cookie dependency dependencies deploy deployed deploys"
    " deploying publish published publishing development dev plugin plugins group workflow workflows ci actions pipeline pipelines")  # fmt: skip


_MADE = wordset("write wrote written create created creating make made build built use used implement implemented develop provide maintained kept")  # fmt: skip


def _documentation(claim: Uses, known: Tool, case: Case) -> Settled | None:
    """Documentation that is generated from the code by directives of which there are none, or made in a site without a page of the
    group's own."""
    said = set(words(claim.quote))
    if known.id not in ("mkdocs", "mkdocstrings", "sphinx") or (said & _OTHER_DOCS and known.id != "mkdocstrings"):
        return None
    from_code = known.id == "mkdocstrings" or bool(
        said & {"docstrings", "docstring", "generated", "generate", "generates"}
        and said & {"code", "docstrings", "docstring", "source"}
    )
    return hollow(from_code, bool(said & _MADE), case)


def hollow(from_code: bool, made: bool, case: Case) -> Settled | None:
    """A documentation said to be made, of which no page is the group's own; said to come from the code, of which none asks for it."""
    found = pages(case.snapshot)
    if not found.sure or found.plugin:
        return None
    stub = found.stub
    shown: tuple[Evidence, ...] = (stub.cite(1, 6),) if stub else ()
    if from_code and not found.reference:
        return Settled(
            "contradicted", f"No page of the documentation has a directive that documents a module{', ' + stub.path + ' included' if stub else ''}.",
            (absence(f"`::: module`, `.. automodule::` and their like were looked for in the {len(found.all)} pages below docs, and plugins that make reference pages in the configuration: none."), *shown),
            "The sentence says that documentation is generated from the code; nothing in the pages asks for it.", "docs:generated",
        )  # fmt: skip
    if not from_code and made and not found.written and not found.reference:
        return Settled(
            "contradicted", f"{stub.path} is as the template brought it or hardly says anything, and there is no other page." if stub else "There is no page of documentation.",
            (absence("Pages below docs, doc, documentation and sphinx were looked for, the template's untouched ones aside: none."), *shown),
            "The sentence says that the documentation was made; no page of it is the group's own.", "docs:generated",
        )  # fmt: skip
    return None


# -- said not to be used, said to be what one would use -----------------------------------------------------------------


def _denied(claim: Uses, known: Tool, case: Case, about: str) -> Settled | None:
    if claim.role != "unknown" or claim.path or not denial(claim.quote, shape(known.name, *known.names)):
        return None
    found = imported_by(known, case.snapshot)
    if not found:
        return None
    name = _OF_PRACTICES.get(known.id)
    return Settled(
        "contradicted", f"{found[0].path}:{found[0].line} imports {found[0].name}.",
        tuple(case.snapshot.files[i.path].cite(i.line) for i in found[:3]),
        f"The sentence says that {known.name} was not used; the code uses it.", f"practice:{name}" if name else about,
    )  # fmt: skip


def _would_be(claim: Uses, known: Tool) -> bool:
    said = words(claim.quote)
    modal = next((i for i, w in enumerate(said) if w in ("would", "could")), len(said))
    ends = [modal + e for n in known.names if (e := stands(said[modal:], " ".join(words(n))))]
    return any(said[e - 2] not in ("the", "our") for e in ends)  # "we would connect the metrics" has them


def _would(claim: Uses, known: Tool, case: Case, about: str) -> Settled | None:
    placed = case.placed(claim)
    if placed is None or known.id not in _WATCHING or not _would_be(claim, known):
        return None
    monitoring = case.profile.of_practice("monitoring")
    said_none = any(
        isinstance(p.claim, Practice) and p.claim.denied and p.claim.strength == "plain" and p.claim.item in monitoring
        and not narrow_monitoring(p.claim.quote) for p in case.claims if p.question.n == placed.question.n
    )  # fmt: skip
    found = [i for i in imported_by(known, case.snapshot) if "tests" not in i.path.split("/") and "test_" not in i.path]
    if not said_none or not found:
        return None
    return Settled(
        "contradicted", f"{found[0].path}:{found[0].line} imports {found[0].name}.",
        tuple(case.snapshot.files[i.path].cite(i.line) for i in found[:3]),
        f"The sentence speaks of {known.name} as something that one could add; the code uses it.", about,
    )  # fmt: skip
