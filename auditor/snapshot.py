"""A read-only view of one commit, from git objects only.

Nothing is checked out and nothing that the repository brings is executed or obeyed: no hooks, filters, attributes,
replacement objects, lazy fetches, signatures or pagers. What cannot be read is named with its reason.
"""

import contextlib
import hashlib
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, lru_cache, partial
from pathlib import Path
from typing import Any, Self, TypeVar

from auditor.errors import UserError
from auditor.models import Evidence, Report
from auditor.redact import clip

TEXT_LIMIT = 1_000_000  # bytes; larger text is data or generated
NOTEBOOK_LIMIT = 12_000_000  # bytes; notebooks carry their outputs
LOCK_LIMIT = 12_000_000
EXCERPT_LINES = 8

_BINARY = frozenset(
    [
        "png",
        "jpg",
        "jpeg",
        "gif",
        "webp",
        "bmp",
        "tif",
        "tiff",
        "ico",
        "pdf",
        "zip",
        "gz",
        "tgz",
        "bz2",
        "xz",
        "zst",
        "7z",
        "tar",
        "whl",
        "jar",
        "pt",
        "pth",
        "ckpt",
        "onnx",
        "pb",
        "h5",
        "hdf5",
        "pkl",
        "pickle",
        "joblib",
        "npy",
        "npz",
        "parquet",
        "feather",
        "arrow",
        "db",
        "sqlite",
        "sqlite3",
        "mp3",
        "mp4",
        "wav",
        "avi",
        "mov",
        "webm",
        "ttf",
        "otf",
        "woff",
        "woff2",
        "eot",
        "so",
        "dll",
        "exe",
        "pyc",
        "class",
        "bin",
        "mar",
        "wandb",
        "prof",
        "safetensors",
        "model",
        "xlsx",
        "docx",
        "pptx",
    ]
)
T = TypeVar("T")


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


class File:
    """One tracked file. `text` is decoded when asked for; `problems` collects what readers could not make of it."""

    __slots__ = ("_read", "_text", "blob", "folder", "name", "parsed", "path", "problems", "size", "skipped", "suffix")

    def __init__(self, path: str, blob: str, size: int, read: Callable[[], bytes], skipped: str = "") -> None:
        self.path = path
        self.folder, _, self.name = path.rpartition("/")
        self.suffix = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        self.blob = blob
        self.size = size
        self.skipped = skipped
        self.parsed: dict[str, Any] = {}
        self.problems: dict[str, str] = {}
        self._read = read
        self._text: str | None = None

    def __repr__(self) -> str:
        return f"File({self.path!r})"

    @property
    def text(self) -> str:
        """The file's text with line ends as `\\n`. Raises Unreadable for binary, oversized and missing files."""
        if self._text is None:
            if self.skipped:
                raise Unreadable(self.skipped)
            try:
                self._text = decode(self._read())
            except Unreadable as reason:
                self.skipped = str(reason)
                raise
        return self._text

    @property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.once("lines", lambda: self.text.split("\n"))

    @property
    def lower(self) -> str:
        """The text in small letters."""
        return self.once("lower", lambda: self.text.lower())

    def bytes(self) -> bytes:
        """The raw content, whatever it is; at most what git stores. Raises Unreadable where git has none."""
        return self._read()

    def once(self, key: str, make: Callable[[], T]) -> T:
        """`make()`, remembered on the file, so that each reader parses a file once."""
        if key not in self.parsed:
            self.parsed[key] = make()
        value: T = self.parsed[key]
        return value

    def cite(self, start: int, end: int = 0, note: str = "") -> Evidence:
        """The lines `start` to `end` (counted from 1, `end` included, at most eight of them) as evidence."""
        lines = self.lines
        start = min(max(start, 1), max(len(lines), 1))
        end = min(max(end, start), start + EXCERPT_LINES - 1, len(lines))
        before = lines[start - 2] if start > 1 else ""
        excerpt = clip(lines[start - 1 : end], before)
        return Evidence(kind="excerpt", path=self.path, start=start, end=end, excerpt=excerpt, note=note)

    def exists(self, note: str) -> Evidence:
        """The file's presence as evidence, for what is shown by a file that has no lines."""
        return Evidence(kind="fact", path=self.path, note=note, sources=(self.path,))


def decode(data: bytes) -> str:
    """Text from bytes: UTF-8, UTF-16 with its mark, else Latin-1; line ends made `\\n`. Raises Unreadable for binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data[:8192]:
        raise Unreadable("binary")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


class Files:
    """The readable files of a selection, in path order; what could not be read is in `unread`. `paths` are all tracked
    paths of the commit (names only), `history` what git knows beside the tree, `find` any file by its exact path."""

    def __init__(self, chosen: Iterable[File], snapshot: "Snapshot", globs: tuple[str, ...]) -> None:
        self.chosen = tuple(chosen)
        self.globs = globs
        self.unread: dict[str, str] = {}
        self._snapshot = snapshot

    @property
    def paths(self) -> Mapping[str, "File"]:
        return self._snapshot.files

    @property
    def history(self) -> History:
        return self._snapshot.history

    @property
    def report(self) -> Report | None:
        return self._snapshot.report

    def once(self, key: str, make: Callable[[], T]) -> T:
        """`make()`, remembered on the snapshot that this is a part of."""
        return self._snapshot.once(key, make)

    def __len__(self) -> int:
        return len(self.chosen)

    def __iter__(self) -> Iterator[File]:
        for file in self.chosen:
            try:
                file.text  # noqa: B018  (reading it is what may fail)
            except Unreadable as reason:
                self.unread[file.path] = str(reason)
                continue
            yield file

    def matching(self, *globs: str) -> "Files":
        """The part of the selection whose paths match one of the globs."""
        part = Files([f for f in self.chosen if matches(f.path, globs)], self._snapshot, globs)
        part.unread = self.unread
        return part

    def named(self) -> tuple[File, ...]:
        """The selection without reading it: for files whose name or size is the evidence."""
        return self.chosen

    def aside(self, path: str) -> str:
        """Why a tracked file is no evidence of own work (`course material`, `run output`, `template stub`), or nothing."""
        file = self._snapshot.files.get(path)
        return self._snapshot.aside(file) if file else ""

    def exists(self, path: str) -> bool:
        """Whether a tracked file has this path or lies in this folder."""
        path = path.strip("/")
        return path in self._snapshot.files or path in self._snapshot.folders


class Snapshot:
    """The files of one commit, by path. Built from git by `open_snapshot`, or from a dict of texts for a test.

    `set_aside` says of a file why it is no evidence of the group's work (course material, run output, a template's
    untouched stub), or nothing.
    """

    def __init__(
        self,
        tree: Mapping[str, str | bytes] | None = None,
        *,
        files: Iterable[File] = (),
        history: History | None = None,
        commit: str = "",
        committed: str = "",
        set_aside: Callable[[File], str] | None = None,
    ) -> None:
        made = [_memory_file(path, content) for path, content in (tree or {}).items()]
        self.files: dict[str, File] = {f.path: f for f in sorted([*files, *made], key=lambda f: f.path)}
        self.folders = frozenset(p[:i] for p in self.files for i, c in enumerate(p) if c == "/")
        self.history = history or History()
        self.commit = commit
        self.committed = committed
        self.report: Report | None = None  # set once it is parsed: a probe may follow its images
        self.opened: OpenSnapshot | None = None  # the one that this is a part of: for what git alone can tell
        self._aside: dict[str, str] = {}
        self._paths: _Paths | None = None
        self._selected: dict[tuple[tuple[str, ...], tuple[str, ...], bool, bool], list[File]] = {}
        self._facts: dict[str, Any] = {}
        self.set_aside = set_aside or (lambda _: "")

    @property
    def set_aside(self) -> Callable[[File], str]:
        return self._set_aside

    @set_aside.setter
    def set_aside(self, why: Callable[[File], str]) -> None:
        self._set_aside = why
        self._aside.clear()
        self._selected.clear()

    def once(self, key: str, make: Callable[[], T]) -> T:
        """`make()`, remembered on the snapshot: for facts that several checks need."""
        if key not in self._facts:
            self._facts[key] = make()
        value: T = self._facts[key]
        return value

    def aside(self, file: File) -> str:
        """Why the file is no evidence of own work, or an empty string."""
        if file.path not in self._aside:
            self._aside[file.path] = self.set_aside(file)
        return self._aside[file.path]

    def select(
        self, globs: tuple[str, ...], mentions: tuple[str, ...] = (), stubs: bool = False, all: bool = False
    ) -> Files:
        """The files that match a glob and, where `mentions` are given, contain one of them (ignoring case).

        Files set aside are left out; `stubs` keeps template stubs, `all` keeps everything.
        """
        if self._paths is None or self._paths.of is not self.files:
            self._paths = _Paths(self.files)
            self._selected.clear()
        key = (globs, mentions, stubs, all)
        if key not in self._selected:
            chosen = self._paths.matching(globs)
            if not all:
                chosen = [f for f in chosen if not (reason := self.aside(f)) or (stubs and reason == "template stub")]
            if mentions:
                chosen = [f for f in chosen if _mentions(f, mentions)]
            self._selected[key] = chosen
        return Files(self._selected[key], self, globs)

    def unreadable(self) -> dict[str, str]:
        """Every path that was skipped, with its reason, as far as it is known without reading everything."""
        return {f.path: f.skipped for f in self.files.values() if f.skipped and f.skipped != "binary"}


def _mentions(file: File, words: tuple[str, ...]) -> bool:
    """Whether the text has one of the words; a file that cannot be read might have, unless it is no text at all."""
    try:
        text = file.lower
    except Unreadable as reason:
        return str(reason) != "binary"
    return any(word in text for word in _lower(words))


@lru_cache(maxsize=512)
def _lower(words: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(word.lower() for word in words)


def _memory_file(path: str, content: str | bytes) -> File:
    data = content.encode() if isinstance(content, str) else content
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return File(path, blob, len(data), lambda: data, too_large(path, len(data)))


def too_large(path: str, size: int) -> str:
    """Why a file of this name and size is not read (`binary`, `larger than ...`), or nothing."""
    suffix = path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else ""
    if suffix in _BINARY:
        return "binary"
    limit = {"ipynb": NOTEBOOK_LIMIT, "lock": LOCK_LIMIT}.get(suffix, TEXT_LIMIT)
    return f"larger than {limit:,} bytes" if size > limit else ""


def _regex(glob: str) -> str:
    out, i = "", 0
    while i < len(glob):
        if glob.startswith("**/", i):
            out, i = out + "(?:.*/)?", i + 3
        elif glob.startswith("**", i):
            out, i = out + ".*", i + 2
        elif glob[i] == "*":
            out, i = out + "[^/]*", i + 1
        elif glob[i] == "?":
            out, i = out + "[^/]", i + 1
        elif glob[i] == "[" and "]" in glob[i:]:
            end = glob.index("]", i)
            body = glob[i + 1 : end].replace("\\", "\\\\")
            out, i = out + "[" + ("^" + body[1:] if body.startswith("!") else body) + "]", end + 1
        else:
            out, i = out + re.escape(glob[i]), i + 1
    return out


def _alternatives(glob: str) -> list[str]:
    """A glob without its braces: one for each choice."""
    glob = glob.replace(".y*ml", ".{yml,yaml}")
    match = re.search(r"\{([^{}]*)\}", glob)
    if not match:
        return [glob]
    return [
        g for choice in match[1].split(",") for g in _alternatives(glob[: match.start()] + choice + glob[match.end() :])
    ]


def _made_of(name: str, parts: list[str]) -> bool:
    """Whether a name starts with the first part, ends with the last and has a middle one between them."""
    first, last = parts[0], parts[-1]
    if len(name) < len(first) + len(last) or not (name.startswith(first) and name.endswith(last)):
        return False
    return len(parts) == 2 or parts[1] in name[len(first) : len(name) - len(last)]


class _Globs:
    """Several globs at once. The common forms are looked up; only the others become an expression, which costs far more
    to compile than it is used: a probe has dozens of globs and asks them of every path once."""

    def __init__(self, globs: Iterable[str]) -> None:
        self._exact: set[str] = set()
        self._names: set[str] = set()
        self._folders: set[str] = set()
        beside: dict[str, list[str]] = {}
        ends, starts, middles, pieces, others = [], [], [], [], []
        for glob in {one for whole in globs for one in _alternatives(whole.lower())}:
            plain = not re.search(r"[*?\[]", glob)
            rest = glob.removeprefix("**/")
            simple = not re.search(r"[*?\[]", rest)
            if plain:
                self._exact.add(glob)
            elif glob != rest and simple and "/" not in rest:
                self._names.add(rest)
            elif glob != rest and rest[0] == "*" and not re.search(r"[*?\[/]", rest[1:]):
                ends.append(rest[1:])
            elif glob != rest and re.fullmatch(r"\*[^*?\[/]+\*", rest):
                middles.append(rest[1:-1])
            elif glob != rest and re.fullmatch(r"[^?\[/]+", rest) and rest.count("*") <= 2:
                pieces.append(rest.split("*"))
            elif re.fullmatch(r"([^*?\[]*/)?\*[^*?\[/]*", glob):
                folder, _, name = glob.rpartition("/")
                beside.setdefault(folder, []).append(name[1:])
            elif glob.endswith("/**") and not re.search(r"[*?\[]", glob[:-3]):
                starts.append(glob[:-2])
            elif glob.startswith("**/") and glob.endswith("/**") and not re.search(r"[*?\[/]", glob[3:-3]):
                self._folders.add(glob[3:-3])
            else:
                others.append(_regex(glob))
        self._ends, self._starts, self._middles = tuple(ends), tuple(starts), tuple(middles)
        self._pieces = pieces
        self._tails = {folder: tuple(tails) for folder, tails in beside.items()}
        self._others = re.compile("(?:" + "|".join(others) + r")\Z") if others else None

    def match(self, path: str) -> bool:
        """Whether one of the globs matches a path in small letters."""
        folder, _, name = path.rpartition("/")
        return (
            name in self._names
            or path in self._exact
            or name.endswith(self._ends)
            or path.startswith(self._starts)
            or (folder in self._tails and name.endswith(self._tails[folder]))
            or any(middle in name for middle in self._middles)
            or any(_made_of(name, parts) for parts in self._pieces)
            or (bool(self._folders) and not self._folders.isdisjoint(path.split("/")[:-1]))
            or (self._others is not None and self._others.match(path) is not None)
        )

    def among(self, paths: "_Paths") -> set[int]:
        """The numbers of the paths that match: `match` for all of a commit's paths, looked up instead of walked."""
        found = {n for path in self._exact for n in paths.exact.get(path, ())}
        found.update(n for name in self._names for n in paths.named.get(name, ()))
        if self._ends:
            found.update([n for n, name in enumerate(paths.names) if name.endswith(self._ends)])
        if self._starts:
            found.update([n for n, path in enumerate(paths.lower) if path.startswith(self._starts)])
        for folder, tails in self._tails.items():
            found.update(n for n in paths.beside.get(folder, ()) if paths.names[n].endswith(tails))
        for middle in self._middles:
            found.update([n for n, name in enumerate(paths.names) if middle in name])
        for parts in self._pieces:
            last = parts[-1]
            found.update([n for n, name in enumerate(paths.names) if name.endswith(last) and _made_of(name, parts)])
        found.update(n for folder in self._folders for n in paths.below.get(folder, ()))
        if self._others is not None:
            found.update([n for n, path in enumerate(paths.lower) if self._others.match(path)])
        return found


class _Paths:
    """The files of a commit, numbered, with what globs ask of their paths (in small letters)."""

    def __init__(self, files: Mapping[str, File]) -> None:
        self.of = files
        self._files = list(files.values())
        self.lower = [path.lower() for path in files]
        self.names: list[str] = []
        self.exact: dict[str, list[int]] = {}
        self.named: dict[str, list[int]] = {}
        self.beside: dict[str, list[int]] = {}
        self.below: dict[str, set[int]] = {}
        for n, path in enumerate(self.lower):
            folder, _, name = path.rpartition("/")
            self.names.append(name)
            self.exact.setdefault(path, []).append(n)
            self.named.setdefault(name, []).append(n)
            self.beside.setdefault(folder, []).append(n)
            for part in folder.split("/"):
                self.below.setdefault(part, set()).add(n)
        self._known: dict[tuple[str, ...], list[File]] = {}

    def matching(self, globs: tuple[str, ...]) -> list[File]:
        """The files that `matches` would let through, in their order."""
        if globs not in self._known:
            found: set[int] = set()
            for keeps, run in _runs(globs):
                found = found | run.among(self) if keeps else found - run.among(self)
            self._known[globs] = [self._files[n] for n in sorted(found)]
        return self._known[globs]


def matches(path: str, globs: Iterable[str]) -> bool:
    """Whether a path matches one of the globs: `*` within a folder, `**` across folders, `{a,b}`, `[ab]`; ignoring case.
    A glob that starts with `!` takes out what those before it let in."""
    hit, path = False, path.lower()
    for keeps, run in _runs(tuple(globs)):
        if hit is not keeps and run.match(path):
            hit = keeps
    return hit


@lru_cache(maxsize=512)
def _runs(globs: tuple[str, ...]) -> tuple[tuple[bool, _Globs], ...]:
    """Neighbouring globs of one kind together."""
    runs: list[tuple[bool, list[str]]] = []
    for glob in globs:
        keeps = not glob.startswith("!")
        if not runs or runs[-1][0] is not keeps:
            runs.append((keeps, []))
        runs[-1][1].append(glob.removeprefix("!"))
    return tuple((keeps, _Globs(run)) for keeps, run in runs)


# -- git ---------------------------------------------------------------------------------------------------------------

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
    )


_PULL_REF = re.compile(r"refs/(?:remotes/[^/]+/)?(?:pull|merge-requests)/(\d+)/head$")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:  # git stores impossible dates as they are
        return datetime.fromisoformat("1970-01-01T00:00:00+00:00")


class _Blobs:
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


def open_snapshot(
    repository: Repository,
    commit: str,
    set_aside: Callable[[File], str] | None = None,
    known_branches: tuple[str, ...] = (),
) -> "OpenSnapshot":
    """The files of a commit (a full sha) with its history, read as they are asked for. Use it in a `with`."""
    history = read_history(repository, commit, known_branches)
    return OpenSnapshot(repository, commit, history, set_aside)


class OpenSnapshot(Snapshot):
    """A snapshot over a live git process; leaving the `with` ends the process."""

    def __init__(
        self, repository: Repository, commit: str, history: History, set_aside: Callable[[File], str] | None
    ) -> None:
        self.repository = repository
        self._blobs = _Blobs(repository)
        self._earlier: dict[str, Snapshot] = {}
        committed = history.commits[0].committed.isoformat() if history.commits else ""
        super().__init__(
            files=self._list(commit, {}), history=history, commit=commit, committed=committed, set_aside=set_aside
        )
        self.opened = self

    def at(self, commit: str) -> Snapshot:
        """An ancestor's snapshot. Files that are the same there are the same objects, so that nothing is parsed twice."""
        if commit not in self._earlier:
            same = {(f.path, f.blob): f for s in (self, *self._earlier.values()) for f in s.files.values()}
            history = self.history.until(commit)
            committed = history.commits[0].committed.isoformat() if history.commits else ""
            earlier = Snapshot(
                files=self._list(commit, same),
                history=history,
                commit=commit,
                committed=committed,
                set_aside=self.set_aside,
            )
            earlier.report = self.report
            earlier.opened = self
            self._earlier[commit] = earlier
        return self._earlier[commit]

    def _list(self, commit: str, same: Mapping[tuple[str, str], File]) -> list[File]:
        files = []
        for row in self.repository.raw("ls-tree", "-r", "-l", "-z", "--full-tree", commit).split(b"\0"):
            if not row:
                continue
            meta, _, name = row.partition(b"\t")
            mode, _, blob, size = meta.decode().split()
            path = name.decode("utf-8", errors="replace")
            if (path, blob) in same:
                files.append(same[path, blob])
                continue
            if mode == "120000":
                skipped = "a symbolic link"
            elif mode == "160000":
                skipped = "a submodule"
            elif not size.isdigit():
                skipped = "missing from this copy of the repository"
            else:
                skipped = too_large(path, int(size))
            files.append(File(path, blob, int(size) if size.isdigit() else 0, partial(self._blobs.read, blob), skipped))
        return files

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._blobs.close()


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
