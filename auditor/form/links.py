"""What is checked about the links: that they lead to a file, a folder or a heading."""

import difflib
import posixpath
import re
import shlex
from collections.abc import Iterator
from urllib.parse import unquote

from auditor.facts.hosted import no_ref, own_address, page_of
from auditor.form.flaw import Flaw, source_of
from auditor.form.page import Page
from auditor.markup import bare_addresses, leads_to_anchor
from auditor.models import Image, Question
from auditor.report.text import MARKDOWN, readable, shown_of

ADDRESS = re.compile(r"^(?:[A-Za-z][A-Za-z0-9+.-]+:|//)")  # one letter and a colon is a drive
OWN_DISK = re.compile(r"^(?:[A-Za-z]:[\\/]|file:|~/|/(?:Users|home|mnt|tmp)/)", re.IGNORECASE)
WORKFLOW = re.compile(r"https?://(?:www\.)?github\.com/([^/]+)/([^/]+)/actions/workflows/([^/?#]+)")


def followed(page: Page, link: Image) -> tuple[str, bool]:
    """The path that a host's page follows a relative target to, and whether a file or folder is there."""
    raw = re.split(r"[?#]", link.target.strip())[0]
    start = "" if raw.startswith("/") else posixpath.dirname(page.report.place(link.line)[0])
    for name in dict.fromkeys((unquote(raw), raw)):
        path = posixpath.normpath(posixpath.join(start, name.lstrip("/")))
        if path in page.snapshot.files or path in page.snapshot.folders or path == ".":
            return path, True
    return posixpath.normpath(posixpath.join(start, unquote(raw).lstrip("/"))), False


def instead_of(page: Page, link: Image, path: str, example: str) -> tuple[str, str]:
    """What is wrong with a target that leads nowhere, and what to write instead."""
    here, line = page.report.place(link.line)
    folder = posixpath.dirname(here)
    if "\\" in link.target:
        return (
            "The path has backslashes, which no web page follows.",
            f"Write slashes in line {line}: {link.target.replace(chr(92), '/')}",
        )
    if link.path:
        right = posixpath.relpath(link.path, folder or ".")
        return (
            f"From {here} this leads to {path}, which is not there; {link.path} is.",
            f"Write {right} in line {line}: paths count from the report's folder.",
        )
    if rule := page.ignored(path):
        return (
            f"{path} is on your disk, but git ignores it ({rule}), so the hand-in lacks it.",
            f"Add it all the same: git add -f {shlex.quote(path)}",
        )
    now = page.gone(path)
    if now == "":
        return (
            f"{path} was deleted: it is in the last commit and not on disk any more.",
            f"Put it back (git checkout HEAD -- {shlex.quote(path)}), or take it out of line {line}.",
        )
    near = now or nearest_file(page, path)
    if near and _belongs(page, path, near):
        make = f"mkdir -p {shlex.quote(page.figures)} && " if page.figures not in page.snapshot.folders else ""
        return (
            f"There is no {path}; {near} is there.",
            f"Move it {'there' if now is None else 'back'}: {make}{page.move(near)} {shlex.quote(near)} {shlex.quote(path)}",
        )
    if near:
        return (
            f"There is no {path}; {near} is there.",
            f"Write {posixpath.relpath(near, folder or '.')} in line {line}.",
        )
    return (
        f"There is no {path} in the repository.",
        f"Add the file, or write the right path in line {line} (like {example}).",
    )


def _belongs(page: Page, path: str, near: str) -> bool:
    """Whether a picture belongs where the report shows it from: in the folder that the course has pictures in, which the one that is
    there lies out of, by the same name, and where no other line shows it."""
    if not page.pictures or posixpath.dirname(path) != page.figures or near.startswith(f"{page.figures}/"):
        return False
    shown = {i.path for q in page.report.questions for i in (*q.images, *q.links)}
    return posixpath.basename(path) == posixpath.basename(near) and near not in shown


def nearest_file(page: Page, path: str) -> str:
    """The one file that a wrong path most likely means: the same name elsewhere or in another case, or a slip in it."""
    name = posixpath.basename(path).lower()
    same = [p for p in page.snapshot.files if posixpath.basename(p).lower() == name]
    if len(same) == 1:
        return same[0]
    folder = posixpath.dirname(path)
    beside = {posixpath.basename(p).lower(): p for p in page.snapshot.files if posixpath.dirname(p) == folder}
    found = difflib.get_close_matches(name, beside, 1, 0.85)
    return beside[found[0]] if found else ""


def check_links(page: Page) -> Iterator[Flaw]:
    """Links into the repository and anchors that lead nowhere, and paths that lead out of it. Addresses elsewhere, and what stands on
    other branches, are left alone."""
    for question in page.report.questions:
        if question.private:
            continue
        for link in (*question.links, *_bare(question)):
            if flaw := _link(page, question, link):
                yield flaw


def _bare(question: Question) -> Iterator[Image]:
    """The addresses of an answer without any markup, of which hosts make links. One that is a link's, too, is told once."""
    if "://" not in question.answer:
        return
    known = {link.target for link in (*question.links, *question.images)}
    numbers = question.row_lines or range(question.answer_lines[0], question.answer_lines[1] + 1)
    for found in bare_addresses(question.answer):
        if found.target not in known and found.line < len(numbers):
            known.add(found.target)
            yield Image(line=numbers[found.line], target=found.target)


def no_branch(page: Page, target: str) -> tuple[str, str] | None:
    """What is wrong with an address in the own repository that names no branch or tag of it (see `auditor.facts.hosted.no_ref`)."""
    lacking = no_ref(page.snapshot, target, page.url)
    if lacking is None:
        return None
    ref = lacking.page.ref
    if lacking.page.tag:
        instead = f"Link to {lacking.near}" if lacking.near else "Make the tag and push it, or take the link out"
        return lacking.said, f"{instead}; if {ref} is new on the host, `git fetch --tags` first."
    default = page.snapshot.history.default_branch
    if lacking.merged:
        return lacking.said, f"Link to {default}, which has what it brought."
    return lacking.said, f"Link to {lacking.near or default}; if {ref} is new on the host, `git fetch` first."


def no_page(page: Page, address: str) -> tuple[str, str] | None:
    """What is wrong with the address of a page of the own repository at its default branch: the file is not there, or the anchor in it."""
    history = page.snapshot.history
    hosted = page_of(address, history)
    if hosted is None:
        return None
    path = posixpath.normpath(hosted.path)
    here = hosted.repository == own_address(page.snapshot, page.url) and hosted.ref == history.default_branch
    if not here or hosted.tag or path == "." or path in page.snapshot.folders:
        return None
    if path in page.snapshot.files:
        return _no_anchor(page, path, address)
    near = nearest_file(page, path)
    hint = f"{near} is there: link to that." if near else "Link to a file that is there."
    return f"There is no {path} in the repository.", hint


# What GitHub has below a repository's address.
_PAGES = frozenset(
    [
        *("actions", "activity", "archive", "blame", "blob", "branches", "commit", "commits", "community", "compare"),
        *("contribute", "deployments", "discussions", "edit", "find", "fork", "forks", "graphs", "issues", "labels"),
        *("milestone", "milestones", "network", "new", "packages", "pkgs", "projects", "pull", "pulls", "pulse", "raw"),
        *("releases", "search", "security", "settings", "stargazers", "tags", "tree", "watchers", "wiki", "-"),
    ]
)
_OUT = "The address leads out of the repository."


def leads_out(page: Page, link: Image, path: str) -> tuple[str, str, bool] | None:
    """What is wrong with a path that climbs out of the repository, and whether it is only a branch that is not there. A page shows the report
    at `OWNER/NAME/blob/BRANCH/`, so that a path may lead on to another branch (`../../../blob/dev/x`) or to a page of the
    host (`../../issues`): these are left alone where nothing is known of them, and all on hosts with other addresses."""
    history, here = page.snapshot.history, page.report.place(link.line)[0]
    bare = "/".join(p for p in path.split("/") if p != "..")
    if bare in page.snapshot.files or bare in page.snapshot.folders:
        right = posixpath.relpath(bare, posixpath.dirname(here) or ".")
        return _OUT, f"Write {right} in line {link.line}: paths count from the report's folder.", False
    if "gitlab" in (page.url or history.origin).lower() or not history.default_branch:
        return None
    own = own_address(page.snapshot, page.url)
    front = f"/{own or 'owner/name'}"
    at = posixpath.normpath(f"{front}/blob/{history.default_branch}/{path}")
    what, _, rest = at.removeprefix(f"{front}/").partition("/")
    if at == front or (at.startswith(f"{front}/") and what in _PAGES and (rest or what not in ("blob", "tree", "raw"))):
        anchor = "".join(re.findall(r"#.*", link.target.strip())[:1])
        address = f"https://github.com{at}{anchor}"
        if not own:
            return None
        if badge := WORKFLOW.match(address):
            return (*missing, False) if (missing := no_workflow(page, badge)) else None
        if elsewhere := no_branch(page, address):
            return (*elsewhere, True)
        return (*missing, False) if (missing := no_page(page, address)) else None
    return (
        _OUT,
        f"Link to a file of the repository in line {link.line}, or write the whole address (https://...).",
        False,
    )


_LINES = re.compile(r"L\d+(?:C\d+)?(?:-L?\d+(?:C\d+)?)?|:~:.*", re.IGNORECASE)
# What makes headings or anchors when a page is built or shown.
_MAKES = ("<script", "{#", "{:", ":::", "--8<--", "{%", "{{")


def _no_anchor(page: Page, path: str, target: str) -> tuple[str, str] | None:
    """What is wrong with the anchor of a link to another markdown file that is there: none of its headings has it. Other markup and what
    makes headings only when it is shown are left alone."""
    front, _, name = target.partition("#")
    file = page.snapshot.files.get(path)
    if not name or "?" in front or _LINES.fullmatch(name) or file is None or file.suffix not in MARKDOWN:
        return None
    if not readable(file) or (shown := shown_of(file)).cut or shown.many > shown.kept:
        return None
    if file.suffix == "mdx" or any(mark in shown.text.lower() for mark in _MAKES):
        return None
    known = page.anchors_of(path)
    if leads_to_anchor(f"#{name}", known, path):
        return None
    near = difflib.get_close_matches(unquote(name).lower(), sorted(known - {"", "top"}), 1, 0.8)
    hint = f"Link to #{near[0]}" if near else "Link to a heading's words in small letters with hyphens"
    return f"No heading of {path} has the anchor #{name}.", f"{hint}, or leave the anchor away."


def no_workflow(page: Page, badge: re.Match[str]) -> tuple[str, str] | None:
    """What is wrong with the badge or page of a workflow of the own repository: its file is not there."""
    path = f".github/workflows/{unquote(badge[3])}"
    named = path.endswith((".yml", ".yaml"))
    ours = own_address(page.snapshot, page.url) == f"{badge[1]}/{badge[2].removesuffix('.git')}".lower()
    if not named or not ours or path in page.snapshot.files:
        return None
    near = nearest_file(page, path)
    hint = f"{near} is there: name that." if near else "Take it out, or name a workflow that is there."
    return f"There is no {path} in the repository.", hint


def _link(page: Page, question: Question, link: Image) -> Flaw | None:
    def flaw(difference: str, hint: str, detail: bool = False) -> Flaw:
        return Flaw(
            "link-broken", source_of(question), link.line, link.target, link.target, difference, hint, detail=detail
        )

    target = link.target.strip()
    if badge := WORKFLOW.match(target):
        return flaw(*missing) if (missing := no_workflow(page, badge)) else None
    if elsewhere := no_branch(page, target):
        return flaw(*elsewhere, detail=True)
    if page_of(target, page.snapshot.history):
        missing = no_page(page, target)
        return flaw(*missing) if missing else None
    if OWN_DISK.match(target) and not link.path:
        return flaw("The address is a path on somebody's own disk.", "Link to the file in the repository.")
    if ADDRESS.match(target) or not target:
        return None
    if target.startswith("#"):
        if leads_to_anchor(target, page.anchors(link.line), page.report.place(link.line)[0]):
            return None
        return flaw(
            "No heading of the report has this anchor.",
            "Link to a heading's words in small letters with hyphens, or drop the link.",
        )
    if re.match(r"www\.|[\w-]+\.(?:com|org|io|dk|app|dev|ai|net)(?:/|$)", target) and not link.path:
        return flaw(
            "Without `https://` this is a path in the repository.", f"Write https://{target} in line {link.line}."
        )
    path, there = followed(page, link)
    if there:
        lost = _no_anchor(page, path, target)
        return flaw(*lost) if lost else None
    if path.split("/")[0] == "..":
        out = leads_out(page, link, path)
        return flaw(*out) if out else None
    return flaw(*instead_of(page, link, path, "../src/train.py"), bool(link.path))
