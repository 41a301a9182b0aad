"""The working tree as it stands: tracked and untracked files as they are on disk, over the history of HEAD.

Git only names the files; their content is read here, without filters, hooks or attributes, and never through a link.
"""

import contextlib
import hashlib
import json
import os
import posixpath
import stat
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from auditor import limits, regular
from auditor.errors import UserError
from auditor.gitdir import GitError, callers_environment
from auditor.gitparts import broken_index, odd_ignores
from auditor.gitsnapshot import OpenSnapshot
from auditor.repository import UNREAD, Repository, Unreadable, read_history
from auditor.snapshot import LINK, SUBMODULE, File, too_large
from auditor.tree import named

_FLAGS = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def root_of(path: Path) -> Path:
    """The folder of the checkout that a path lies in. Raises UserError where there is none."""
    if not path.exists():
        raise UserError(f"{path}: no such folder", "give the folder of your repository")
    start = path.absolute() if path.is_dir() else path.absolute().parent
    for folder in (start, *start.parents):
        if (folder / ".git").exists():
            return folder
    if (start / "HEAD").is_file() and (start / "objects").is_dir():
        raise UserError(f"{path}: a bare git directory has no working tree", f"audit its commit: auditor audit {path}")
    raise UserError(f"{path}: not in a git repository", "run it in the folder that you cloned, or give that folder")


def open_working_tree(root: Path, set_aside: Callable[[File], str] | None = None) -> "WorkingTree":
    """The files of a checkout as they are on disk. Use it in a `with`. Raises UserError where nothing is committed yet."""
    repository = _Checkout(root)
    try:
        commit = repository.git("rev-parse", "--verify", "--quiet", "HEAD^{commit}").strip()
    except GitError as error:
        if error.reason:
            raise UserError(f"{root}: git cannot read it: {error.reason}", UNREAD) from None
        raise UserError(f"{root}: nothing is committed yet", "commit what you have, then check again") from None
    if odd := odd_ignores(root):
        raise UserError(f"{root}: {odd} is no regular file, and git would wait for it", "put a file in its place")
    if why := broken_index(repository.place.own / "index", len(commit) == 64):
        hint = "make it anew from the last commit: delete .git/index, then git reset (your files stay as they are)"
        raise UserError(f"{root}: git's index, its list of your files, is damaged ({why})", hint)
    return WorkingTree(repository, commit, set_aside)


class _Checkout(Repository):
    """A repository whose blame knows the lines that are not committed: they were written now, on top of HEAD. In a run of
    GitHub Actions over this very checkout, the host has said which branch is the default one."""

    tree: "WorkingTree | None" = None

    def default_branch(self) -> str:
        """As for any copy; what the event of the run says comes before the usual names, the base of a pull request last."""
        if not _in_actions(self.path):
            return super().default_branch()
        self.told = self.told or _event_branch()
        return super().default_branch() or os.environ.get("GITHUB_BASE_REF", "")

    def one_branch(self) -> bool:
        """A run fetches the branch that it is about, whatever the configuration would fetch."""
        return super().one_branch() or (_in_actions(self.path) and len(read_branches(self)) < 2)

    def blame(self, commit: str, path: str) -> list[str]:
        shas = super().blame(commit, path)
        if self.tree is None or commit != self.tree.commit or path not in self.tree.uncommitted:
            return shas
        now = self.tree.files[path].lines
        made = [commit] * len(now)
        try:
            before = self.tree.head[path].lines if path in self.tree.head else []
        except Unreadable:  # a submodule or a link was there, or what has no lines
            return made
        said = [_written(lines) for lines in (before, now)]
        then, here = ([row for _, row in rows] for rows in said)
        for a, b in _kept(then, here):
            old, new = said[0][a][0], said[1][b][0]
            made[new] = shas[old] if old < len(shas) else commit
        return made


def _kept(then: Sequence[str], here: Sequence[str]) -> Iterator[tuple[int, int]]:
    """The lines that are still there, by their places: those that both begin or end with, then those that stand in both once,
    in the longest order that both have, and between these the same again. Time grows with the lines, whatever they are."""
    stretches = [(0, len(then), 0, len(here), _ROUNDS)]
    while stretches:
        a, b, c, d, rounds = stretches.pop()
        while a < b and c < d and then[a] == here[c]:
            yield a, c
            a, c = a + 1, c + 1
        while a < b and c < d and then[b - 1] == here[d - 1]:
            b, d = b - 1, d - 1
            yield b, d
        if a == b or c == d or not rounds:
            continue
        places = _once(then, a, b)
        others = _once(here, c, d)
        pairs = [(at, others[row]) for row, at in places.items() if row in others]
        for at, to in (common := _in_order(pairs)):
            stretches.append((a, at, c, to, rounds - 1))
            a, c = at, to
        if common:
            stretches.append((a, b, c, d, rounds - 1))


_ROUNDS = 8  # within each other


def _once(rows: Sequence[str], start: int, end: int) -> dict[str, int]:
    """The places of the rows that stand once in a stretch, in their order."""
    count = Counter(rows[start:end])
    return {rows[i]: i for i in range(start, end) if count[rows[i]] == 1}


def _in_order(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Of pairs in the order of their first halves the most that are in that of their second ones, too."""
    tops: list[int] = []  # the last pair of the best row of each length, by its number
    ends: list[int] = []
    before: list[int] = []
    for n, (_, to) in enumerate(pairs):
        place = bisect_left(ends, to)
        before.append(tops[place - 1] if place else -1)
        tops[place : place + 1], ends[place : place + 1] = [n], [to]
    found = []
    at = tops[-1] if tops else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


def _written(lines: list[str]) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers from 0; white space aside."""
    return [(i, row) for i, line in enumerate(lines) if (row := " ".join(line.split()))]


def read_branches(repository: Repository) -> frozenset[str]:
    """The branches that a copy has of its own and of its origin."""
    names = (r.removeprefix("refs/heads/").removeprefix("refs/remotes/origin/") for r in repository.refs)
    return frozenset(n for n in names if not n.startswith("refs/") and n != "HEAD")


def standing(repository: Repository) -> tuple[str, ...]:
    """What of a checkout's branch is not handed in by itself, a line each: commits that its upstream lacks, as far as this copy
    knows it; that it is not the branch that a clone checks out; a merge that no commit has ended. Nothing where HEAD is on no branch, or where
    there is nothing to compare it with."""
    refs = repository.refs
    said = []
    if (repository.place.own / "MERGE_HEAD").is_file():
        said.append("a merge is under way: what it brings is handed in once it is committed (git commit)")
    here, on = next(((name, r) for name, r in refs.items() if r.checked_out), ("", None))
    branch = here.removeprefix("refs/heads/")
    if on is None:
        return tuple(said)
    upstream = repository.upstream(branch)
    if upstream and (ahead := int(repository.git("rev-list", "--count", f"{refs[upstream].commit}..{on.commit}"))):
        to = upstream.removeprefix("refs/remotes/")
        are = "commits of {} are" if ahead > 1 else "commit of {} is"
        host, _, name = to.partition("/")
        push = "git push" if name == branch else f"git push {host} HEAD:{name}"
        said.append(f"{ahead} {are.format(branch)} not pushed to {to}, as far as this copy knows it: {push}")
    told = refs["refs/remotes/origin/HEAD"].to if "refs/remotes/origin/HEAD" in refs else ""
    usual = told.removeprefix("refs/remotes/origin/")
    if told in refs and usual != branch and refs[told].commit != on.commit:
        said.append(
            f"this is the branch {branch}; a clone of origin has {usual}, which is what is handed in unless agreed otherwise"
        )
    return tuple(said)


def _in_actions(root: Path) -> bool:
    """Whether this is the checkout that a run of GitHub Actions is about."""
    workspace = os.environ.get("GITHUB_WORKSPACE", "")
    if os.environ.get("GITHUB_ACTIONS") != "true" or not workspace:
        return False
    return root.resolve().is_relative_to(Path(workspace).resolve())


def _event_branch() -> str:
    """The default branch that the event of a run names, or nothing."""
    try:
        event = json.loads(regular.read_text(Path(os.environ.get("GITHUB_EVENT_PATH", ""))))
        named = event["repository"]["default_branch"]
    except (OSError, ValueError, KeyError, TypeError):
        return ""
    return named if isinstance(named, str) else ""


class WorkingTree(OpenSnapshot):
    """A snapshot of what is on disk. `head` are the files of HEAD, `uncommitted` the paths that differ from them."""

    def __init__(self, repository: _Checkout, commit: str, set_aside: Callable[[File], str] | None = None) -> None:
        super().__init__(repository, commit, read_history(repository, commit), set_aside)
        self.root = repository.path
        self.head = self.files
        self._folders: dict[str, bool] = {"": True}
        self._ignored: dict[str, str] = {}
        self._listed: str | None = None  # the user's own list of what git ignores
        self._hash = hashlib.sha256 if len(commit) == 64 else hashlib.sha1
        with self._opening():
            names, self.cut = named(self._names())
            found = (self._file(name) for name in names)
            self.hold(f for f in found if f)
            self.uncommitted = frozenset(
                p for p, f in self.files.items() if f.why_skipped != SUBMODULE and self._differs(f)
            )
        repository.tree = self

    def ignored(self, path: str) -> str:
        """Where it says that git ignores a file that is on disk, like `.gitignore:11`; empty where it is not there or not ignored."""
        if path in self.files or not _plain(path) or not os.path.lexists(self.root / path):
            return ""
        if path not in self._ignored:
            self._ignored[path] = self._ignoring(path)
        return self._ignored[path]

    def _ignoring(self, path: str) -> str:
        try:
            said = self._users("check-ignore", "-v", "-z", "--stdin", stdin=os.fsencode(path) + b"\0").split(b"\0")
        except GitError:  # nobody ignores it
            return ""
        source, line = (os.fsdecode(s) for s in said[:2])
        if not os.path.isabs(source):
            return f"{source}:{line}"
        return f".git/info/exclude:{line}" if source.endswith("/info/exclude") else "by your own core.excludesFile"

    def ignored_files(self) -> list[str]:
        """The files on disk that git ignores. git walks through all folders for it."""
        out = self._users("ls-files", "-z", "--others", "--ignored", "--exclude-standard")
        return [os.fsdecode(name) for name in out.split(b"\0") if name]

    def leaving(self) -> frozenset[str]:
        """The files of the last commit that are on disk, and that the next commit removes."""
        index = {p.lower() for p in self.index()}  # a disk that knows no case shows a renamed file under both names
        return frozenset(
            p
            for p in self.head
            if p.lower() not in index
            and (
                p in self.files or (self._inside(os.fsencode(posixpath.dirname(p))) and os.path.lexists(self.root / p))
            )
        )

    def staged(self) -> frozenset[str]:
        """The paths that the next commit will have as they are on disk."""
        index = self.index()
        return frozenset(p for p, f in self.files.items() if f.blob and index.get(p) == f.blob)

    def index(self) -> dict[str, str]:
        """The paths that git tracks, with the blob that the next commit will have of each."""
        rows = self.repository.raw("ls-files", "-z", "--stage").decode("utf-8", errors="replace").split("\0")
        return {path: meta.split()[1] for meta, _, path in (row.partition("\t") for row in rows if row)}

    def unmerged(self) -> frozenset[str]:
        """The paths that a merge left in several versions."""
        rows = self.repository.raw("ls-files", "-z", "--unmerged").decode("utf-8", errors="replace").split("\0")
        return frozenset(row.partition("\t")[2] for row in rows if row)

    def left_out(self) -> frozenset[str]:
        """The tracked paths that a sparse checkout does not write to disk."""
        rows = self.repository.raw("ls-files", "-z", "-t").decode("utf-8", errors="replace").split("\0")
        return frozenset(row[2:] for row in rows if row.startswith("S "))

    def _differs(self, file: File) -> bool:
        return file.path not in self.head or self.head[file.path].blob != file.blob

    def _names(self) -> list[bytes]:
        out = self._users("ls-files", "-z", "--cached", "--others", "--exclude-standard")
        return sorted({name for name in out.split(b"\0") if name})

    def _users(self, *arguments: str, stdin: bytes = b"") -> bytes:
        """The output of a git command over the files on disk, which ignores what its user's own list names, too."""
        directory = self.repository.directory
        own = callers_environment()
        users: dict[str, str | None] = {"HOME": own.get("HOME"), "XDG_CONFIG_HOME": own.get("XDG_CONFIG_HOME")}
        asked = ["config", "--global", "--get", "--type=path", "core.excludesFile"]
        if self._listed is None:
            try:  # `git add` leaves out what the user's own list names
                listed = directory.run(*asked, environment={**users, "GIT_CONFIG_GLOBAL": None})
                self._listed = os.fsdecode(listed).strip("\n")
            except GitError:
                self._listed = ""
        return directory.run(
            *(("-c", f"core.excludesFile={self._listed}") if self._listed else ()),
            *arguments,
            stdin=stdin,
            cwd=self.root,
            environment={**users, "GIT_WORK_TREE": str(self.root.absolute())},
        )

    def _file(self, name: bytes) -> File | None:
        """One file as it is on disk; None for one that is gone."""
        path = name.decode("utf-8", errors="replace")
        full = os.path.join(os.fsencode(self.root), name)
        if not self._inside(os.path.dirname(name)):
            return None
        try:
            found = os.lstat(full)
        except (OSError, ValueError):
            return None
        if stat.S_ISLNK(found.st_mode):
            to = os.fsencode(os.readlink(full))
            return File(path, self._blob(to), 0, lambda: to, LINK)
        if stat.S_ISDIR(found.st_mode):
            return File(path.rstrip("/"), "", 0, _nothing, SUBMODULE)
        if not stat.S_ISREG(found.st_mode):
            return File(path, "", 0, _nothing, "no regular file")
        read = partial(_read, full)
        known = self.head.get(path)
        if found.st_size > limits.HASHED.value:
            blob = known.blob if known and known.size == found.st_size else ""
        else:
            try:
                blob = self._known_blob(read(), known)
            except Unreadable as reason:
                return File(path, "", found.st_size, read, str(reason))
        return File(path, blob, found.st_size, read, too_large(path, found.st_size), read)

    def _known_blob(self, data: bytes, known: File | None) -> str:
        """The blob's id; the committed one where only the ends of lines differ, or where git keeps a pointer to this."""
        blob = self._blob(data)
        if known is None or blob == known.blob:
            return blob
        if b"\r\n" in data and self._blob(data.replace(b"\r\n", b"\n")) == known.blob:
            return known.blob
        with contextlib.suppress(Unreadable):  # a partial copy may lack the committed content
            if 100 < known.size < 200 and hashlib.sha256(data).hexdigest().encode() in known.bytes():
                return known.blob
        return blob

    def _blob(self, data: bytes) -> str:
        return self._hash(b"blob %d\0" % len(data) + data).hexdigest()

    def _inside(self, folder: bytes) -> bool:
        """Whether a folder lies in the checkout without a link on the way."""
        name = os.fsdecode(folder)
        if name not in self._folders:
            try:
                real = stat.S_ISDIR(os.lstat(os.path.join(os.fsencode(self.root), folder)).st_mode)
            except OSError:
                real = False
            self._folders[name] = real and self._inside(os.path.dirname(folder))
        return self._folders[name]


def _read(path: bytes, most: int = -1) -> bytes:
    """A regular file's content, or its first bytes (`most`, all of them below 0). Raises Unreadable for anything else, a link put there meanwhile included."""
    try:
        handle = os.open(path, _FLAGS)
    except OSError as error:
        raise Unreadable(f"cannot be read ({error.strerror})") from None
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise Unreadable("no regular file")
        return file.read(most)


def _plain(path: str) -> bool:
    """Whether a path stays below the folder that it counts from."""
    return bool(path) and not path.startswith(("/", "-")) and "\0" not in path and ".." not in path.split("/")


def _nothing() -> bytes:
    raise Unreadable("no regular file")
