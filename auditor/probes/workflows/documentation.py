"""Documentation that is published by itself."""

import re
from collections.abc import Iterator

from auditor.facts.jobs import Run
from auditor.facts.workflows import CI, ci_workflows, doubt
from auditor.holes import Hole, unsure
from auditor.models import Evidence
from auditor.probes import probe
from auditor.probes.workflows.runs import ANY_WORKFLOW, cite, nearest, say
from auditor.readers.shell import Command
from auditor.snapshot import Files


@probe(
    "docs-deployed",
    asks="Is the documentation published?",
    looks_in=(*CI, ".readthedocs.y*ml", "readthedocs.yml"),
    mentions=(
        *ANY_WORKFLOW,
        "mkdocs",
        "mike",
        "pages",
        "sphinx",
        "ghp-import",
        "documentation",
        "gh-deploy",
        "readthedocs",
        "docs",
        "quarto",
        "mkdoc",
        "zensical",
    ),
)
def docs_deployed(files: Files) -> Iterator[Evidence]:
    """A workflow that starts by itself, or by hand, with `mkdocs gh-deploy`, `mike deploy`, ghp-import, a Pages action or
    GitLab's pages job; the branch gh-pages; or a Read the Docs configuration. Building only (`mkdocs build`), and a deploying
    step that asks for a branch that is not there, do not count."""
    for ci in ci_workflows(files):
        how = say(ci) if ci.automatic else "starts by hand"
        if not ci.automatic and not ci.workflow.by_hand_only:
            nearest(files, [ci], lambda r: isinstance(r, Run) and _publishes(r.command))
            continue
        doubt([ci])
        for use in ci.uses:
            if re.search(
                r"actions-gh-pages|deploy-pages$|github-pages-deploy-action|mkdocs.*deploy|deploy-mkdocs|mkdocs-gh",
                use.action.lower(),
            ):
                yield use.file.cite(use.step.line, use.step.end, note=f"publishes the pages; {how}")
        for run in ci.runs:
            if _publishes(run.command):
                yield cite(run, ci, f"publishes the pages; {how}")
        if ci.host == "gitlab" and "pages" in {j.id for j in ci.workflow.jobs}:
            yield ci.file.cite(ci.workflow.node.line_of("pages"), note="GitLab publishes what this job makes")
    pages = [b for b in files.history.branches if b.rsplit("/", 1)[-1] in ("gh-pages", "gh_pages")]
    if pages:
        yield Evidence(kind="fact", note="the repository has the branch gh-pages", sources=(f"branch {pages[0]}",))
    elif files.history.one_branch:
        unsure(Hole("gh-pages", "this copy of the repository has one branch only"))
    for file in files.matching(".readthedocs.y*ml", "readthedocs.yml"):
        yield file.cite(1, 4, note="set up for Read the Docs, which is not GitHub Pages")


def _publishes(command: Command) -> bool:
    words = command.bare
    if command.program in ("mkdocs", "zensical"):
        return "gh-deploy" in words
    if command.program == "mike":
        return "deploy" in words
    if command.program == "quarto":
        return "publish" in words
    if command.program == "git" and "push" in words:
        return any("gh-pages" in w for w in words)
    return command.program in ("ghp-import", "gh-pages") or (command.program == "npx" and "gh-pages" in words)
