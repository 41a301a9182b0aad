"""Pages of a host that an address leads to: of which repository, at which branch, tag or commit, and whether this copy has that."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from auditor.facts.history import pull_requests
from auditor.holes import watching
from auditor.lazy import compile_later, dataclass
from auditor.readers.text import readable
from auditor.readers.toml import toml
from auditor.readers.yaml import yaml_root
from auditor.repository import History
from auditor.shapes import table_of
from auditor.snapshot import Snapshot

_PAGE = compile_later(
    r"https?://(?:(?:www\.)?git(?:hub|lab)\.com/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+)/(?:-/)?"
    r"(?P<kind>blob|tree|raw|commits|blame|releases/tag|tags)"
    r"|raw\.githubusercontent\.com/(?P<raw_owner>[\w.-]+)/(?P<raw_name>[\w.-]+))/(?P<rest>[^?#]+)",
    re.IGNORECASE,
)
_REMOTE = compile_later(
    r"(?:^|[/@.])(?P<host>git(?:hub|lab)\.com)(?::\d+)?[/:]+(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?$",
    re.IGNORECASE,
)
_COMMIT = compile_later(r"[0-9a-fA-F]{7,64}")
# The default branch as the host calls it, and its usual names: a host leads on from the old one.
_DEFAULTS = frozenset(["HEAD", "main", "master"])
_NO_NAME = compile_later(r"[<>{}*$|~^:\\\s]|\.\.")  # a placeholder, and what git allows in no name


@dataclass(frozen=True)
class HostPage:
    """A page of a repository: `ref` is the branch, tag or commit as far as this copy tells it from the path below it, else the first
    part; `path` what follows. `known`: this copy has it, or a host would find it without."""

    owner: str
    name: str
    tag: bool
    ref: str
    path: str
    known: bool

    @property
    def repository(self) -> str:
        """Owner and name in small letters."""
        return f"{self.owner}/{self.name}".lower()


def page_of(address: str, history: History) -> HostPage | None:
    """The page of a repository that an address on GitHub or GitLab is, at a branch, tag or commit; None for any other."""
    match = _PAGE.match(address)
    if match is None:
        return None
    owner, name = match["owner"] or match["raw_owner"], match["name"] or match["raw_name"]
    name = name[:-4] if name.lower().endswith(".git") else name
    tag = (match["kind"] or "").lower() in ("releases/tag", "tags")
    rest = re.sub(r"^refs/(?:heads|tags)/", "", unquote(match["rest"]).strip("/"))
    refs = {*history.tags} if tag else {*history.branches, *history.tags}
    first, _, below = rest.partition("/")
    if ref := max((r for r in refs if rest == r or rest.startswith(f"{r}/")), key=len, default=""):
        return HostPage(owner, name, tag, ref, rest[len(ref) + 1 :], True)
    usual = first in _DEFAULTS or first == history.default_branch or bool(_COMMIT.fullmatch(first))
    return HostPage(owner, name, tag, first, below, usual and not tag)


def remote(address: str) -> str:
    """The owner and name, in small letters, of an address that GitHub or GitLab is cloned from; empty for any other."""
    match = _REMOTE.search(address.strip())
    return f"{match['owner']}/{match['name']}".lower() if match else ""


def is_folder(address: str) -> bool:
    """Whether a copy was made from a folder of some machine, or it is not known from where: then nothing says what it is called."""
    plain = address.strip()
    return not plain or plain.startswith(("/", ".", "~", "\\", "file:")) or bool(re.match(r"[A-Za-z]:[\\/]", plain))


def own_address(snapshot: Snapshot, url: str = "") -> str:
    """The owner and name of the repository on its host: what it was fetched from; where that is a folder, the one address that
    its own files give. Empty where they give none, or more than one."""
    origin = url or snapshot.history.origin
    if known := remote(origin):
        return known
    if not is_folder(origin):
        return ""
    return snapshot.once("hosted.declared", lambda: _declared(snapshot))


def _declared(snapshot: Snapshot) -> str:
    with watching():  # what cannot be read only says less
        found = {name for name in _given(snapshot) if name and not COURSE.search(name)}
    return found.pop() if len(found) == 1 else ""


COURSE = compile_later(r"template|cookiecutter|dtu_mlops$", re.IGNORECASE)
_CLONED = compile_later(r"\bgit clone ([^\n]{1,300})")
_BADGE = compile_later(r"https?://(?:www\.)?github\.com/([\w.-]+/[\w.-]+)/actions/workflows/([\w.-]+)", re.IGNORECASE)


def _given(snapshot: Snapshot) -> Iterator[str]:
    """The addresses that files at the root call the project's own: those of its package, of its documentation, what its README has
    cloned, and the badges of workflows that are here."""
    if (file := snapshot.files.get("pyproject.toml")) and readable(file):
        data = toml(file)
        project, poetry = table_of(data.get("project")), table_of(table_of(data.get("tool")).get("poetry"))
        for value in (
            *table_of(project.get("urls")).values(),
            *(poetry.get(key) for key in ("repository", "homepage")),
            *table_of(poetry.get("urls")).values(),
        ):
            if isinstance(value, str):
                yield remote(value)
    for path in ("mkdocs.yml", "mkdocs.yaml", "docs/mkdocs.yml", "docs/mkdocs.yaml"):
        if (file := snapshot.files.get(path)) and readable(file):
            yield remote(yaml_root(file)["repo_url"].text)
    for path, file in snapshot.files.items():
        if "/" not in path and path.lower().startswith("readme") and readable(file) and not snapshot.aside(file):
            for typed in _CLONED.finditer(file.text):
                words = (remote(w.strip("<>`'\".,;()")) for w in typed[1].split())
                yield next(filter(None, words), "")
            for badge in _BADGE.finditer(file.text):
                if f".github/workflows/{badge[2]}" in snapshot.files:
                    yield badge[1].lower()


@dataclass(frozen=True)
class NoRef:
    """A branch or tag of the own repository that this copy does not know: `merged`, a branch that the history says was merged."""

    page: HostPage
    merged: bool
    near: str

    @property
    def said(self) -> str:
        """What the copy shows, in one sentence."""
        if self.page.tag:
            return f"This copy of the repository knows no tag {self.page.ref}."
        if self.merged:
            return f"The branch {self.page.ref} was merged and is no longer there."
        return f"This copy of the repository, which has all its branches, knows no branch or tag {self.page.ref}."


def no_ref(snapshot: Snapshot, address: str, url: str = "") -> NoRef | None:
    """The branch or tag that an address in the own repository names and that is not there. Only a copy that has all branches can
    tell: none that is shallow or of one branch, and of those made from a folder, which need not have had them all, only one
    with a branch beside the default one. A commit may be one that no copy has."""
    from difflib import get_close_matches

    history = snapshot.history
    if history.one_branch or history.shallow or not history.default_branch:
        return None
    page = page_of(address, history)
    if page is None or page.known or _NO_NAME.search(page.ref) or page.repository != own_address(snapshot, url):
        return None
    origin = url or history.origin
    if is_folder(origin) and not remote(origin) and not {*history.branches} - {history.default_branch}:
        return None
    known = {*history.tags} if page.tag else {*history.branches, *history.tags}
    near = get_close_matches(page.ref, sorted(known), 1, 0.75)
    if page.tag:
        return NoRef(page, False, near[0] if near else "")
    rest = f"{page.ref}/{page.path}"
    gone = next((p.branch for p in pull_requests(history) if p.branch and f"{rest}/".startswith(f"{p.branch}/")), "")
    if gone:
        page = HostPage(page.owner, page.name, False, gone, rest[len(gone) + 1 :].strip("/"), False)
    return NoRef(page, bool(gone), near[0] if near and not gone else "")
