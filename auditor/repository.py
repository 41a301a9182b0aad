"""A git repository, read with plumbing commands that nobody's settings can bend.

Nothing is checked out and nothing that the repository brings is executed or obeyed: no hooks, filters, attributes,
replacement objects, lazy fetches, signatures or pagers.
"""

import contextlib
import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from datetime import datetime, timedelta, timezone
from functools import cached_property
from itertools import takewhile
from pathlib import Path
from urllib.parse import unquote, urlsplit

from auditor import gitdir
from auditor.errors import UserError
from auditor.gitdir import GitError as GitError  # whoever asks a repository may get it
from auditor.lazy import dataclass


@dataclass(frozen=True)
class Commit:
    """One commit of the history that leads to the audited one. Times are git's, with their own offset."""

    sha: str
    parents: tuple[str, ...]
    author: str
    email: str
    time: datetime
    committer: str
    committed: datetime
    subject: str
    coauthors: tuple[str, ...] = ()


@dataclass(frozen=True)
class History:
    """What git knows beside the tree: every ancestor of the audited commit (newest first), and the names of branches
    and tags as far as this copy has them. `default_branch` is empty where it is unknown. `branch_tips` and `tagged` name
    the commits that branches and tags stand on, where they are known. `mailmap` is the text of the commit's `.mailmap`."""

    commits: tuple[Commit, ...] = ()
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    default_branch: str = ""
    shallow: bool = False
    one_branch: bool = False  # a clone of one branch, which says nothing about others
    pull_refs: int = 0  # pull requests that a mirror has a ref of, merged or not
    branch_tips: tuple[tuple[str, str], ...] = ()
    tagged: tuple[tuple[str, str], ...] = ()
    mailmap: str = ""
    origin: str = ""  # where this copy was fetched from, as its configuration says

    def until(self, sha: str) -> "History":
        """The same history as it was at an ancestor; branches and tags are today's."""
        by_sha = {c.sha: c for c in self.commits}
        seen, todo = set(), [sha]
        while todo:
            commit = by_sha.get(todo.pop())
            if commit and commit.sha not in seen:
                seen.add(commit.sha)
                todo += commit.parents
        first = [by_sha[sha]] if sha in by_sha else []
        rest = [c for c in self.commits if c.sha in seen and c.sha != sha]
        return replace(self, commits=tuple(first + rest))


class Unreadable(Exception):
    """A file of the commit whose text cannot be had; the message says why."""


# In this order a branch is taken for the default one where nobody says which it is: the only one of its row that is there.
USUAL_BRANCHES = (("main", "master", "trunk"), ("develop", "dev", "development", "default", "mainline"))


class Repository:
    """A local repository, read with plumbing commands that nobody's configuration can bend. `told` is its default branch by
    the word of its host: empty where the host does not say, None where nobody was asked. `fetched` are the refs that count,
    with their objects, where they are not the repository's own, and `on` is what HEAD is among them."""

    def __init__(
        self, path: Path, told: str | None = None, fetched: Mapping[str, str] | None = None, on: str = ""
    ) -> None:
        self.path, self.told, self.fetched, self.on = path, told, fetched, on
        self.place = gitdir.find(path)
        self.shallow = (self.place.common / "shallow").is_file()
        self._opened: tuple[int, gitdir.Directory] | None = None

    def __getstate__(self) -> dict[str, object]:
        """What goes to another process: all but our git directory, which is made anew there."""
        return {**self.__dict__, "_opened": None}

    @property
    def directory(self) -> gitdir.Directory:
        """The git directory through which the repository is read."""
        if self._opened is None or self._opened[0] != os.getpid():
            self._opened = os.getpid(), gitdir.Directory(self.place, dict(self._settings), self.fetched, self.on)
        return self._opened[1]

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """The output of a git command. Raises GitError with what git said."""
        return self.raw(*arguments, stdin=stdin).decode("utf-8", errors="replace")

    def raw(self, *arguments: str, stdin: bytes | None = None, seconds: float | None = None) -> bytes:
        """As `git`, in bytes. Raises GitError, too, where it takes longer than `seconds`."""
        return self.directory.run(*arguments, stdin=stdin, seconds=seconds)

    def start(self, *arguments: str, stdin: int = subprocess.DEVNULL) -> "subprocess.Popen[bytes]":
        """A git command under way, whose output is read as it comes."""
        return subprocess.Popen(
            self.directory.command(*arguments),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=self.directory.environment,
            cwd=self.directory.path,
        )

    def head(self) -> str:
        """The commit that HEAD points at. Raises UserError in an empty repository."""
        with contextlib.suppress(GitError):  # a ref that leads nowhere is no matter here
            if on := [ref for ref in self.refs.values() if ref.checked_out and ref.time]:
                return on[0].commit
        try:
            return self.git("rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
        except GitError as error:
            if error.reason:
                raise UserError(f"{self.path}: git cannot read it: {error.reason}", UNREAD) from None
            raise UserError(
                f"{self.path}: the repository has no commit that HEAD points at",
                "push something, or name a commit with --ref",
            ) from None

    def default_branch(self) -> str:
        """The branch that a clone would check out, or nothing where that is unknown: what `origin/HEAD` or the host says,
        in a bare repository what its own HEAD says (nobody checks another one out there), else the only one of the usual
        names among the branches of this copy and of its origin. The branch that happens to be checked out says nothing."""
        named = self.refs.get("refs/remotes/origin/HEAD", _NO_REF).to.removeprefix("refs/remotes/origin/")
        if not named and self.told is None and self._bare:
            named = next((r.removeprefix("refs/heads/") for r, ref in self.refs.items() if ref.checked_out), "")
        if named := named or self.told or "":
            return named
        for names in USUAL_BRANCHES:
            if found := [n for n in names if self._tip(n)]:
                return found[0] if len(found) == 1 else ""
        return ""

    def committed(self, commit: str) -> str:
        """When a commit was made, by what it bears, in ISO 8601; nothing where that cannot be read."""
        return told(moment_of(self.git("show", "-s", RAW_TIME, "--format=%cd", "--end-of-options", commit)))

    def tip(self) -> str:
        """The commit that the line ends in on which a deadline is looked for."""
        return self._tip(self.default_branch()) or self.head()

    def _tip(self, branch: str) -> str:
        """The commit that a branch of this copy, or of its origin, stands on; a tag of that name is not meant."""
        here = self.refs.get(f"refs/heads/{branch}", _NO_REF).commit
        return here or self.refs.get(f"refs/remotes/origin/{branch}", _NO_REF).commit

    @cached_property
    def refs(self) -> "dict[str, Ref]":
        """Each ref by its full name."""
        # a name may hold what Python takes for the end of a line, but neither a line feed nor a NUL
        form = "%(refname)%00%(HEAD)%00%(symref)%00%(objectname)%00%(*objectname)%00%(committerdate:unix)"
        rows = [row.split("\0") for row in self.git("for-each-ref", f"--format={form}").split("\n") if row]
        if any(len(row) != 6 for row in rows):
            raise gitdir.no_git()
        return {
            name: Ref(star == "*", to, peeled or sha, int(time) if time.isdigit() else 0)
            for name, star, to, sha, peeled, time in rows
        }

    @cached_property
    def _settings(self) -> list[tuple[str, str]]:
        """What the repository's configuration says, which is told and not obeyed."""
        return gitdir.settings(self.place.common)

    @property
    def _bare(self) -> bool:
        return dict(self._settings).get("core.bare", str(not self.place.tree)).lower() == "true"

    def resolve(self, ref: str) -> str:
        """The full sha of a branch, tag or commit, as written or below `origin/`. Raises UserError if there is none."""
        for name in (ref, f"refs/heads/{ref}", f"refs/remotes/origin/{ref}", f"refs/tags/{ref}"):
            try:
                found = self.git("rev-parse", "--verify", "--quiet", "--end-of-options", name + "^{commit}").strip()
            except GitError:
                continue
            if re.fullmatch(r"[0-9a-f]{40,64}", found):
                return found
        raise UserError(f"{self.path}: no branch, tag or commit {ref!r}", "look with: git log --oneline --all")

    def before(self, moment: datetime) -> "Deadline":
        """What the default branch's first-parent line held at a moment: the last commit of the unbroken run from its root
        that is in time. A commit that stands on a late one is late, whatever its own date says."""
        branch = self.default_branch()
        tip, notes = self._tip(branch), []
        if not tip:
            tip = self.head()
            what = (
                f"the default branch {branch} is not in this copy" if branch else "the default branch is unknown here"
            )
            notes.append(f"{what}: the deadline was looked for on the line of what is checked out")
        line = self._commits_of(tip, "--first-parent")[::-1]
        end = moment.timestamp()
        run = list(takewhile(lambda commit: commit[0] <= end, line))
        backwards = [sha for time, sha in line[len(run) :] if time <= end]
        if run:
            if backwards:
                notes.append(
                    f"dates run backwards: {len(backwards)} of the {len(line) - len(run)} commits left out "
                    f"{'is' if len(backwards) == 1 else 'are'} dated before the deadline but made on top of a later one "
                    f"(the newest is {backwards[-1][:10]})"
                )
            if dateless := [sha for time, sha in run if not time]:
                notes.append(
                    f"{len(dateless)} commit{'s bear' if len(dateless) > 1 else ' bears'} no time that can be read, and "
                    f"{'are' if len(dateless) > 1 else 'is'} taken to be in time (the newest is {dateless[-1][:10]})"
                )
            late = [sha for time, sha in self._commits_of(run[-1][1]) if time > end]
            if late:
                notes.append(
                    f"dates run backwards: {len(late)} commit{'s' * (len(late) > 1)} that a merge in time brought "
                    f"{'is' if len(late) == 1 else 'are'} dated after the deadline (the newest is {late[0][:10]})"
                )
            return Deadline(run[-1][1], len(line) - len(run), tuple(notes))
        try:
            first = datetime.fromtimestamp(line[0][0], moment.tzinfo).isoformat(timespec="minutes")
        except (ValueError, OverflowError, OSError):  # a date that no calendar has
            first = f"{line[0][0]} seconds after 1970"
        text = f"{self.path}: no commit before {moment.isoformat(timespec='minutes')}; the first{f' of {len(line)}' if len(line) > 1 else ''} is of {first}"
        if backwards:
            raise UserError(f"{text}, and dates run backwards from there", "name the commit that is meant with --ref")
        if self.shallow:
            raise UserError(f"{text}, where this shallow copy begins", "fetch the rest: git fetch --unshallow")
        raise UserError(text, "give a later time with --before")

    def _commits_of(self, tip: str, *options: str) -> list[tuple[int, str]]:
        """The time and id of every commit that leads to one (or of its line only), newest first."""
        rows = self.git("rev-list", *options, "--timestamp", tip).split("\n")
        return [(int(time), sha) for time, _, sha in (row.partition(" ") for row in rows if row)]

    def one_branch(self) -> bool:
        """Whether this is a clone that was told to have one branch only."""
        specs = [value for key, value in self._settings if key == "remote.origin.fetch"]
        return bool(specs) and not any("*" in spec for spec in specs)

    def blame(self, commit: str, path: str) -> list[str]:
        """For each line of a file, the commit that last changed it (white space aside); empty where git cannot tell."""
        try:
            out = self.git("blame", "--porcelain", "-w", "--no-textconv", commit, "--", path)
        except GitError:
            return []
        return re.findall(r"(?m)^([0-9a-f]{40,64}) \d+ \d+(?: \d+)?$", out)

    def upstream(self, branch: str) -> str:
        """The full name of the ref that a branch is pushed to: what the configuration says, else the same name at the origin; empty
        where this copy has no such ref."""
        said = dict(self._settings)
        remote = said.get(f"branch.{branch}.remote", "origin")
        name = said.get(f"branch.{branch}.merge", branch).removeprefix("refs/heads/")
        ref = f"refs/remotes/{remote}/{name}"
        return ref if ref in self.refs else ""

    def origin(self) -> str:
        """The address that this was cloned from, or nothing. It is shown, never followed."""
        urls = [value for key, value in self._settings if key == "remote.origin.url"]
        return re.sub(r"://[^/@]*@", "://", urls[-1].strip()) if urls else ""


@dataclass(frozen=True)
class Ref:
    """A branch or tag: whether HEAD points at it, the ref that it points at itself, its commit, and when that was made."""

    checked_out: bool = False
    to: str = ""
    commit: str = ""
    time: int = 0


_NO_REF = Ref()


@dataclass(frozen=True)
class Deadline:
    """The commit that a deadline leaves, how many of the line came later, and what is odd about it."""

    commit: str
    later: int
    notes: tuple[str, ...] = ()


# Nine fields, each ended by a NUL: the one character that no subject and no name can hold. Times are raw: git ends over one
# before 1970 that it is to write as a date.
RAW_TIME = "--date=raw"
_LOG = "%H%x00%P%x00%an%x00%ae%x00%ad%x00%cn%x00%cd%x00%s%x00%(trailers:key=Co-authored-by,valueonly,unfold,separator=%x0A)"
_FIELDS = 9


def read_history(
    repository: Repository,
    commit: str,
    known_branches: Mapping[str, str] | None = None,
    known_tags: Mapping[str, str] | None = None,
) -> History:
    """The history that leads to a commit. A broken one is cut where git stops; it costs what lies beyond.
    `known_branches` and `known_tags` are those that the host named, with their commits."""
    command = ("log", "-z", "--no-color", "--no-mailmap", "--encoding=UTF-8", RAW_TIME, f"--format={_LOG}")
    whole = True
    try:
        log = repository.git(*command, "--end-of-options", commit)
    except GitError as error:
        whole, log = False, error.output.decode("utf-8", errors="replace")
        if log.count("\0") < _FIELDS:  # over the first one's parents
            log = repository.git(*command, "--no-walk", "--end-of-options", commit)
    fields = log.split("\0")
    commits = []
    for i in range(0, len(fields) - _FIELDS, _FIELDS):
        sha, parents, author, email, time, committer, committed, subject, co = fields[i : i + _FIELDS]
        helpers = tuple(c for c in co.split("\n") if c.strip())
        moments = moment_of(time), moment_of(committed)
        commits.append(
            Commit(sha, tuple(parents.split()), author, email, moments[0], committer, moments[1], subject, helpers)
        )
    refs = repository.refs
    here = {r.removeprefix("refs/heads/"): ref.commit for r, ref in refs.items() if r.startswith("refs/heads/")}
    there = {
        name: ref.commit
        for r, ref in refs.items()
        if r.startswith("refs/remotes/origin/") and (name := r.removeprefix("refs/remotes/origin/")) != "HEAD"
    }
    tips = {**(known_branches or {}), **there, **here}
    own = {r.removeprefix("refs/tags/"): ref.commit for r, ref in refs.items() if r.startswith("refs/tags/")}
    tags = {**(known_tags or {}), **own}
    return History(
        commits=tuple(commits),
        branches=tuple(sorted(tips)),
        tags=tuple(tags),
        branch_tips=tuple(sorted((name, sha) for name, sha in tips.items() if sha)),
        tagged=tuple(tags.items()),
        default_branch=repository.default_branch(),
        shallow=repository.shallow or not whole,
        one_branch=not known_branches and repository.one_branch(),
        pull_refs=len({m[1] for r in refs if (m := _PULL_REF.match(r))}),
        origin=repository.origin(),
    )


_PULL_REF = re.compile(r"refs/(?:remotes/[^/]+/)?(?:pull|merge-requests)/(\d+)/head$")


UNREAD = "use a git that can, or give a copy that this one can read: git clone"
"""What to do where git refuses a repository."""

NO_TIME = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
"""The time of a commit that bears none which can be read."""


def moment_of(raw: str) -> datetime:
    """A time as git stores it: seconds since 1970 and an offset, which may be one that no place has (then it is told in UTC).
    NO_TIME where there is none, or one that no calendar has."""
    match = _RAW.fullmatch(raw.strip())
    if not match:
        return NO_TIME
    minutes = int(match["hours"]) * 60 + int(match["minutes"])
    away = timedelta(minutes=-minutes if match["sign"] == "-" else minutes) if minutes < 24 * 60 else timedelta()
    try:
        return datetime.fromtimestamp(int(match["seconds"]), timezone(away))
    except (ValueError, OverflowError, OSError):
        return NO_TIME


def told(moment: datetime) -> str:
    """A commit's time as records have it: ISO 8601, or nothing where it bears none that can be read."""
    return "" if moment == NO_TIME else moment.isoformat()


_RAW = re.compile(r"(?P<seconds>\d{1,20}) (?P<sign>[+-])(?P<hours>\d\d)(?P<minutes>\d\d)")


# -- where a target is -------------------------------------------------------------------------------------------------

_URL = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)::?//|^(?P<helper>[A-Za-z0-9]+)::")
_SCP = re.compile(r"^(?:[\w.-]+@)?[\w.-]+\.[\w.-]+:(?!//)[^\s]+$|^[\w.-]+@[\w.-]+:(?!//)[^\s]+$")


@dataclass(frozen=True)
class Target:
    """A repository on this machine, and, when it was fetched, the branches and tags that its host named, with their commits,
    and what is odd about that."""

    repository: Repository
    url: str = ""
    branches: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def cache_folder() -> Path:
    """Where clones are kept: AUDITOR_CACHE, else XDG_CACHE_HOME or ~/.cache, below `auditor`."""
    if own := os.environ.get("AUDITOR_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "auditor"


def is_url(target: str) -> bool:
    """Whether a target names a remote repository rather than a folder."""
    return not _is_here(target) and bool(_URL.match(target) or _SCP.match(target))


def locate(
    target: str, *, ref: str = "", before: datetime | None = None, progress: Callable[[str], None] | None = None
) -> Target:
    """The repository that a target names, cloned bare into the user's cache if it is a URL.

    Raises UserError for an address that is neither a folder nor an https, ssh or file URL, or cannot be reached.
    """
    target = address(target)
    if not is_url(target):
        repository = Repository(Path(target))
        return Target(repository, repository.origin())
    from auditor.fetch import fetch  # what asks hosts is not needed for a folder

    fetched = fetch(target, ref=ref, before=before, progress=progress)
    repository = Repository(fetched.path, fetched.default_branch, fetched.refs, fetched.head)
    return Target(repository, re.sub(r"://[^/@]*@", "://", target), fetched.branches, fetched.tags, fetched.notes)


_FORGES = ("github", "gitlab", "bitbucket", "codeberg", "gitea", "forgejo")
_WEB = re.compile(r"(?<![:\w+.-])https?://[^\s<>\"'`|\])]+", re.IGNORECASE)
# What may follow a repository's own address in that of one of its pages, where groups may lie in groups.
_PAGES = frozenset(["-", "tree", "blob", "raw", "blame", "commits", "commit"])


def _is_here(target: str) -> bool:
    try:
        return Path(target).exists()
    except (OSError, ValueError):  # a name too long for a file, or with a NUL in it
        return False


def address(target: str) -> str:
    """The repository that a pasted text leads to: the address without the page of it that a browser showed, without the
    words around it (`git clone ...`, a markdown link), and with its scheme. What is a folder here stays as it is, and so
    does what is no address."""
    text = target.strip().strip("\u00a0\u200b\ufeff")
    if not text or _is_here(target):
        return target
    if found := _WEB.search(text):
        text = found[0].rstrip(".,;:!")
    else:
        text = text.strip("<>\"'`")
        if text.startswith("git clone "):
            words = text.split()[2:]
            text = next((w for w in words if _URL.match(w) or _SCP.match(w)), words[-1] if words else text)
        host = text.partition("/")[0].lower()
        if _SCP.match(text):
            return text.rstrip("/")
        if "/" not in text or ":" in host or "." not in host.strip(".") or _is_here(text):
            return text
        if not (host.startswith("www.") or any(f in host for f in _FORGES)):
            return text
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
    except ValueError:
        return text
    host = parts.netloc.removeprefix("www.")
    if parts.scheme.lower() == "http" and any(f in host.lower() for f in _FORGES):
        text = f"https{text[4:]}"  # what these hosts lead every reader to
    names = [n for n in parts.path.split("/") if n]
    page = next((i for i, n in enumerate(names) if i >= 2 and n in _PAGES), len(names))
    if any(f in host.lower() for f in _FORGES if f != "gitlab"):
        page = 2  # an owner and a name, and no more
    user, at, name = host.rpartition("@")
    host = user + at + name.lower()
    return f"{text.partition('://')[0].lower()}://{host}/{'/'.join(names[:page])}"


def same_repository(target: str) -> str:
    """What is equal for two targets that lead to one repository: the address without scheme, user, case and `.git`, or the
    folder without links and dots."""
    target = address(target)
    if target.lower().startswith("file://"):
        target = unquote(urlsplit(target).path)
    if not is_url(target):
        return str(Path(target).resolve())
    text = re.sub(r"^[A-Za-z][A-Za-z0-9+.-]*://", "", target)
    if text == target:  # git@host:path
        text = text.replace(":", "/", 1)
    text = text.rpartition("@")[2] if "@" in text.partition("/")[0] else text
    return text.removeprefix("www.").rstrip("/").casefold().removesuffix(".git")
