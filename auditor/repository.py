"""A git repository, read with plumbing commands that nobody's settings can bend.

Nothing is checked out and nothing that the repository brings is executed or obeyed: no hooks, filters, attributes,
replacement objects, lazy fetches, signatures or pagers.
"""

import contextlib
import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path

from auditor.errors import UserError


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
    and tags as far as this copy has them."""

    commits: tuple[Commit, ...] = ()
    branches: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    default_branch: str = ""
    shallow: bool = False
    one_branch: bool = False  # a clone of one branch, which says nothing about others
    pull_refs: int = 0  # pull requests that a mirror has a ref of, merged or not
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


_HARDENED = (
    "--no-pager",
    "--no-replace-objects",
    "-c",
    "core.hooksPath=" + os.devnull,
    "-c",
    "core.fsmonitor=false",
    "-c",
    "log.showSignature=false",
    "-c",
    "protocol.allow=never",
    "-c",
    "core.quotePath=false",
)


def git_environment() -> dict[str, str]:
    """The user's environment for a git that obeys nobody: no `GIT_*` variable of a caller (a hook sets GIT_DIR), no prompt,
    no fetch of missing objects, plain English messages."""
    env = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    env |= {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    return env


class Repository:
    """A local repository, read with plumbing commands that its own configuration cannot bend."""

    def __init__(self, path: Path) -> None:
        self.path = path
        if not path.exists():
            raise UserError(
                f"{path}: no such folder", "give a checkout, a bare git directory, or an https, ssh or file URL"
            )
        if not path.is_dir():
            raise UserError(
                f"{path}: not a folder", "give a checkout, a bare git directory, or an https, ssh or file URL"
            )
        bare = (path / "HEAD").is_file() and (path / "objects").is_dir()
        if bare and not (path / "config").is_file():
            raise UserError(
                f"{path}: a git directory without its config file, which git refuses to open",
                f"write one: printf '[core]\\n\\trepositoryformatversion = 0\\n\\tbare = true\\n' > {path}/config",
            )
        try:
            self.shallow = self.git("rev-parse", "--is-shallow-repository").strip() == "true"
        except GitError as error:
            if "dubious ownership" in str(error):
                raise UserError(
                    f"{path}: the repository belongs to another user, and git refuses to open it",
                    f"copy it, or: git config --global --add safe.directory {path}",
                ) from None
            raise UserError(
                f"{path}: not a git repository", "run auditor on the repository's folder, or give its URL"
            ) from None

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """The output of a git command. Raises GitError with what git said."""
        return self.raw(*arguments, stdin=stdin).decode("utf-8", errors="replace")

    def raw(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """As `git`, in bytes."""
        try:
            done = subprocess.run(
                ["git", *_HARDENED, "-C", str(self.path), *arguments],
                input=stdin if stdin is not None else b"",
                capture_output=True,
                env=git_environment(),
                check=False,
            )
        except FileNotFoundError:
            raise UserError("git is not installed, or not on the PATH", "install git 2.30 or newer") from None
        if done.returncode:
            raise GitError(done.stderr.decode("utf-8", errors="replace").strip())
        return done.stdout

    def head(self) -> str:
        """The commit that HEAD points at. Raises UserError in an empty repository."""
        try:
            return self.git("rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
        except GitError:
            raise UserError(
                f"{self.path}: the repository has no commit that HEAD points at",
                "push something, or name a commit with --ref",
            ) from None

    def default_branch(self) -> str:
        """The branch that a clone would check out: `origin/HEAD` where this is a clone, else HEAD's. Empty if detached."""
        named = self.refs.get("refs/remotes/origin/HEAD", ("", ""))[1]
        named = named or next((ref for ref, (star, _) in self.refs.items() if star == "*"), "")
        if not named:  # detached, or a branch without commits
            with contextlib.suppress(GitError):
                named = self.git("symbolic-ref", "--quiet", "HEAD").strip()
        return named.removeprefix("refs/remotes/origin/").removeprefix("refs/heads/")

    @cached_property
    def refs(self) -> dict[str, tuple[str, str]]:
        """Each ref with a star if HEAD points at it, and the ref that it points at itself."""
        rows = self.git("for-each-ref", "--format=%(refname)%1f%(HEAD)%1f%(symref)").splitlines()
        return {name: (star, to) for name, star, to in (row.split("\x1f") for row in rows)}

    @cached_property
    def _remote(self) -> list[tuple[str, str]]:
        """What the configuration says of `origin`."""
        try:
            rows = self.git("config", "--local", "--null", "--get-regexp", r"^remote\.origin\.").split("\0")
        except GitError:
            return []
        return [(key.lower(), value) for key, _, value in (row.partition("\n") for row in rows)]

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

    def before(self, moment: datetime) -> tuple[str, int]:
        """The last commit of the default branch's first-parent line at a moment, and how many of that line came later."""
        tip = self.head()
        branch = self.default_branch()
        if branch:
            with contextlib.suppress(UserError):
                tip = self.resolve(branch)
        rows = self.git("rev-list", "--first-parent", "--timestamp", tip).split("\n")
        line = [(int(time), sha) for time, _, sha in (row.partition(" ") for row in rows if row)]
        for later, (time, sha) in enumerate(line):
            if time <= moment.timestamp():
                return sha, later
        first = datetime.fromtimestamp(line[-1][0], moment.tzinfo).isoformat(timespec="minutes")
        raise UserError(
            f"{self.path}: no commit before {moment.isoformat(timespec='minutes')}; the first is of {first}",
            "give a later time with --before",
        )

    def one_branch(self) -> bool:
        """Whether this is a clone that was told to have one branch only."""
        specs = [value for key, value in self._remote if key == "remote.origin.fetch"]
        return bool(specs) and not any("*" in spec for spec in specs)

    def blame(self, commit: str, path: str) -> list[str]:
        """For each line of a file, the commit that last changed it (white space aside); empty where git cannot tell."""
        try:
            out = self.git("blame", "--porcelain", "-w", "--no-textconv", commit, "--", path)
        except GitError:
            return []
        return re.findall(r"(?m)^([0-9a-f]{40,64}) \d+ \d+(?: \d+)?$", out)

    def origin(self) -> str:
        """The address that this was cloned from, or nothing. It is shown, never followed."""
        urls = [value for key, value in self._remote if key == "remote.origin.url"]
        return re.sub(r"://[^/@]*@", "://", urls[-1].strip()) if urls else ""


class GitError(Exception):
    """What git said when it failed."""


_LOG = (
    "%H%x1f%P%x1f%an%x1f%ae%x1f%aI%x1f%cn%x1f%cI%x1f%s%x1f%(trailers:key=Co-authored-by,valueonly,separator=%x1d)%x1e"
)


def read_history(repository: Repository, commit: str, known_branches: tuple[str, ...] = ()) -> History:
    """The history that leads to a commit. A broken one is cut where git stops; it costs what lies beyond."""
    try:
        log = repository.git("log", "--no-color", "--no-mailmap", f"--format={_LOG}", "--end-of-options", commit)
    except GitError:
        log = repository.git("log", "--no-color", "--no-mailmap", "-1", f"--format={_LOG}", "--end-of-options", commit)
    commits = []
    for row in log.split("\x1e"):
        parts = row.strip("\n").split("\x1f")
        if len(parts) == 9:
            sha, parents, author, email, time, committer, committed, subject, co = parts
            commits.append(
                Commit(
                    sha,
                    tuple(parents.split()),
                    author,
                    email,
                    _moment(time),
                    committer,
                    _moment(committed),
                    subject,
                    tuple(c for c in co.split("\x1d") if c),
                )
            )
    refs = list(repository.refs)
    branches = {r.removeprefix("refs/heads/") for r in refs if r.startswith("refs/heads/")}
    branches |= {r.removeprefix("refs/remotes/origin/") for r in refs if r.startswith("refs/remotes/origin/")} - {
        "HEAD"
    }
    return History(
        commits=tuple(commits),
        branches=tuple(sorted(branches | set(known_branches))),
        tags=tuple(r.removeprefix("refs/tags/") for r in refs if r.startswith("refs/tags/")),
        default_branch=repository.default_branch(),
        shallow=repository.shallow,
        one_branch=not known_branches and repository.one_branch(),
        pull_refs=len({m[1] for r in refs if (m := _PULL_REF.match(r))}),
        origin=repository.origin(),
    )


_PULL_REF = re.compile(r"refs/(?:remotes/[^/]+/)?(?:pull|merge-requests)/(\d+)/head$")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # git stores impossible dates as they are
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class Blobs:
    """One `git cat-file --batch` process, asked for a blob at a time."""

    def __init__(self, repository: Repository) -> None:
        self._process = subprocess.Popen(
            ["git", *_HARDENED, "-C", str(repository.path), "cat-file", "--batch"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=git_environment(),
        )

    def read(self, blob: str) -> bytes:
        """The content of a blob. Raises Unreadable when this copy does not have it."""
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None
        assert sink is not None
        try:
            sink.write(blob.encode() + b"\n")
            sink.flush()
            header = source.readline().split()
        except OSError:
            header = []
        if len(header) != 3 or header[1] != b"blob":
            raise Unreadable("missing from this copy of the repository")
        data = source.read(int(header[2]))
        source.read(1)
        return data

    def close(self) -> None:
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait()


# -- where a target is -------------------------------------------------------------------------------------------------

_URL = re.compile(r"^(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)::?//|^(?P<helper>[A-Za-z0-9]+)::")
_SCP = re.compile(r"^(?:[\w.-]+@)?[\w.-]+\.[\w.-]+:(?!//)[^\s]+$|^[\w.-]+@[\w.-]+:(?!//)[^\s]+$")


@dataclass(frozen=True)
class Target:
    """A repository on this machine, and, when it was fetched, the branches that its host named."""

    repository: Repository
    url: str = ""
    branches: tuple[str, ...] = field(default=())


def cache_folder() -> Path:
    """Where clones are kept: AUDITOR_CACHE, else XDG_CACHE_HOME or ~/.cache, below `auditor`."""
    if own := os.environ.get("AUDITOR_CACHE"):
        return Path(own)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "auditor"


def is_url(target: str) -> bool:
    """Whether a target names a remote repository rather than a folder."""
    return not Path(target).exists() and bool(_URL.match(target) or _SCP.match(target))


def locate(
    target: str, *, ref: str = "", before: datetime | None = None, progress: Callable[[str], None] | None = None
) -> Target:
    """The repository that a target names, cloned bare into the user's cache if it is a URL.

    Raises UserError for an address that is neither a folder nor an https, ssh or file URL, or cannot be reached.
    """
    if not is_url(target):
        repository = Repository(Path(target))
        return Target(repository, repository.origin())
    from auditor.fetch import fetch  # gitpython takes 0.2 s to import

    path, branches = fetch(target, ref=ref, before=before, progress=progress)
    return Target(Repository(path), re.sub(r"://[^/@]*@", "://", target), branches)
