"""A read-only view of one commit, from git objects only.

Nothing is checked out and nothing that the repository brings is executed or obeyed: no hooks, filters, attributes,
replacement objects, lazy fetches, signatures or pagers. What cannot be read is named with its reason.
"""

import builtins
import hashlib
import posixpath
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from auditor import limits
from auditor.deadline import LeftOut, within
from auditor.decoding import TEXTS, decode
from auditor.globs import Paths, matches, may_match_below
from auditor.holes import Hole, unsure, watching
from auditor.models import Evidence, Report
from auditor.redact import clip
from auditor.repository import History, Unreadable
from auditor.said import Said
from auditor.tree import BINARY

if TYPE_CHECKING:
    from auditor.gitsnapshot import OpenSnapshot

EXCERPT_LINES = 8

T = TypeVar("T")


class File:
    """One tracked file. `text` is decoded when asked for; `problems` collects what readers could not make of it.

    Asking for the text of a file that has none, or whether it was `skipped`, tells the search that is going on of the
    hole (see `auditor.holes`); `why_skipped` asks without telling, for what no absence rests on.
    """

    __slots__ = (
        "_read",
        "_start",
        "_text",
        "_unsure",
        "blob",
        "folder",
        "name",
        "parsed",
        "path",
        "problems",
        "room",
        "size",
        "suffix",
        "twin",
        "why_skipped",
    )

    def __init__(
        self,
        path: str,
        blob: str,
        size: int,
        read: Callable[[], bytes],
        skipped: str = "",
        start: Callable[[int], bytes] | None = None,
    ) -> None:
        self.path = path
        self.folder, _, self.name = path.rpartition("/")
        self.suffix = self.name.rpartition(".")[2].lower() if "." in self.name else ""
        self.blob = blob
        self.size = size
        self.why_skipped = skipped
        self.parsed: dict[str, Any] = {}
        self.problems: dict[str, str] = {}
        self._read = read
        self._start = start  # as `_read`, for the first bytes alone
        self._text: str | None = None
        self._unsure: dict[str, tuple[Hole, ...]] = {}
        self.twin: File | None = None  # another file of the commit with this very content, which is read in its place
        self.room: Room | None = None

    def __repr__(self) -> str:
        return f"File({self.path!r})"

    @property
    def skipped(self) -> str:
        """Why the file has no text, or nothing. Binary files and links to nothing are no holes: no text was ever in them."""
        if self.why_skipped not in NO_HOLE:
            unsure(Hole(self.path, self.why_skipped))
        return self.why_skipped

    @property
    def text(self) -> str:
        """The file's text with line ends as `\n`. Raises Unreadable for binary, oversized and missing files, and for what
        Git LFS keeps elsewhere."""
        if self._text is None:
            if self.skipped:
                raise Unreadable(self.why_skipped)
            try:
                self._text = self._content()
            except Unreadable as reason:
                binary = str(reason) == "binary" and (self.suffix in TEXTS or self.name.lower() in TEXTS)
                self.why_skipped = "binary, though its name is a text's" if binary else str(reason)
                raise Unreadable(self.skipped) from None
        return self._text

    def _content(self) -> str:
        """The text, read once for all files with this content."""
        if self.twin is not None:
            if self.twin._text is None:
                self.twin._text = self.twin._content()
            return self.twin._text
        if self.room is not None:
            self.room.take_text(self.size)
        text = decode(self._read())
        if text.startswith(_POINTER):
            raise Unreadable("kept in Git LFS")
        return text

    @property
    def lines(self) -> list[str]:
        """The lines of the text, without their ends."""
        return self.once("lines", lambda: self._same.lines if self._same else self.text.split("\n"))

    @property
    def lower(self) -> str:
        """The text in small letters."""
        return self.once("lower", lambda: self._same.lower if self._same else self.text.lower())

    def bytes(self) -> bytes:
        """The raw content, whatever it is; at most what git stores. Raises Unreadable where git has none."""
        return self._read()

    def start(self, most: int) -> "builtins.bytes":
        """The first bytes of the raw content, the rest of which is not kept. Raises Unreadable where git has none."""
        return self._start(most) if self._start is not None else self._read()[:most]

    def cannot(self, kind: str, reason: str) -> None:
        """Note that a reader could not make sense of the file: a hole for the search that is going on. `reason` is a
        sentence that begins with the file's path."""
        self.problems[kind] = reason
        unsure(Hole(self.path, reason.removeprefix(self.path).strip()))

    def put_aside(self, reason: str) -> None:
        """From now on the file has no text, for this reason."""
        self.why_skipped, self._text = reason, None
        self.parsed.clear()

    def take_back(self) -> None:
        """Undo `put_aside`."""
        self.why_skipped = ""
        self.parsed.clear()

    def forget(self) -> None:
        """Let go of what was read and made of the file."""
        self._text, self.parsed, self._unsure = None, {}, {}

    def once(self, key: str, make: Callable[[], T]) -> T:
        """`make()`, remembered on the file, so that each reader parses a file once. Its holes are remembered, too."""
        if key not in self.parsed:
            self.parsed[key], self._unsure[key] = _watched(make)
        if holes := self._unsure.get(key):
            unsure(*holes)
        value: T = self.parsed[key]
        return value

    def known(self, key: str) -> Any:
        """What is remembered by a name and left no hole; None where that is not so."""
        return None if self._unsure.get(key) else self.parsed.get(key)

    @property
    def _same(self) -> "File | None":
        """The file that is read in the place of this one."""
        return self.twin if self.twin is not None and not (self.why_skipped or self.twin.why_skipped) else None

    def parse(self, kind: str, make: Callable[["File"], T], nothing: Callable[[], T], *, by_content: bool = True) -> T:
        """What a reader makes of the file, remembered as `once` does; `nothing()` where that takes too long or too much (see
        `auditor.deadline`). What hangs on the content alone is parsed once for all files that have it."""

        def parsed() -> T:
            if by_content and (same := self._same) is not None:
                with watching():
                    made = same.parse(kind, make, nothing)
                if why := same.problems.get(kind):
                    self.cannot(kind, self.path + why.removeprefix(same.path))
                return made
            try:
                return within(f"{self.path} as {kind}", limits.READING, lambda: make(self), told=False)
            except LeftOut as left:
                self.cannot(kind, f"{self.path} {left.why}")
                return nothing()

        return self.once(kind, parsed)

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


class Room:
    """What is left of the limits that all files of a commit share."""

    def __init__(self) -> None:
        self.text = limits.ALL_TEXT.value
        self.nodes = limits.ALL_NODES.value

    def take_text(self, size: int) -> None:
        """Make room for a text. Raises Unreadable where there is none left."""
        if size > self.text:
            raise Unreadable(f"not read: there are more than {limits.ALL_TEXT}")
        self.text -= size


_POINTER = "version https://git-lfs.github.com/spec/"


def _watched(make: Callable[[], T]) -> tuple[T, tuple[Hole, ...]]:
    with watching() as watch:
        made = make()
    return made, watch.holes


class Tracked(dict[str, File]):
    """The files of a commit by path. Where it has folders that lead elsewhere (`elsewhere`: submodules, links out of the
    repository), asking for a path below one, or going through all paths, is a hole. `links` maps a linked folder to the
    folder of the commit that it leads to: a path below it is looked up there."""

    __slots__ = ("elsewhere", "links")

    def __init__(self, files: Mapping[str, File], elsewhere: Iterable[Hole], links: Mapping[str, str]) -> None:
        super().__init__(files)
        self.elsewhere = tuple(elsewhere)
        self.links = dict(links)

    def _followed(self, path: object) -> object:
        if isinstance(path, str):
            for link, to in self.links.items():
                if path.startswith(link + "/"):
                    path = f"{to}/{path[len(link) + 1 :]}".lstrip("/")
                    break
            unsure(*(h for h in self.elsewhere if not h.path or path.startswith(h.path + "/")))
        return path

    def __contains__(self, path: object) -> bool:
        return super().__contains__(path) or super().__contains__(self._followed(path))

    def __getitem__(self, path: str) -> File:
        return super().__getitem__(path if super().__contains__(path) else self._followed(path))  # type: ignore[index]

    def get(self, path: str, default: Any = None) -> Any:
        """The file at a path, or the default."""
        path = path if super().__contains__(path) else self._followed(path)  # type: ignore[assignment]
        return super().get(path, default)

    def __iter__(self) -> Iterator[str]:
        unsure(*self.elsewhere)
        return super().__iter__()

    def keys(self) -> Any:
        """All paths."""
        unsure(*self.elsewhere)
        return super().keys()

    def values(self) -> Any:
        """All files."""
        unsure(*self.elsewhere)
        return super().values()

    def items(self) -> Any:
        """All paths with their files."""
        unsure(*self.elsewhere)
        return super().items()


_MANY = 200  # files; of more it is looked up which match


class Files:
    """The files of a selection, in path order; going through it gives the readable ones. `holes` are what could hold a
    match and was not read. `paths` are all tracked paths of the commit (names only), `history` what git knows beside the
    tree. A searcher that finds nothing may say in `near` what came nearest (`path:line`), and in `why` what it lacks
    (words that go on after the place)."""

    def __init__(self, chosen: Iterable[File], snapshot: "Snapshot", globs: tuple[str, ...]) -> None:
        self.chosen = tuple(chosen)
        self.globs = globs
        self.near = ""
        self.why = ""
        self._snapshot = snapshot
        unsure(*snapshot.beyond, *(h for h in snapshot.elsewhere if not h.path or may_match_below(h.path, globs)))

    @property
    def holes(self) -> tuple[Hole, ...]:
        """The files of the selection that have no text, and the folders that lead elsewhere and may hold more of it."""
        files = (Hole(f.path, f.why_skipped) for f in self.chosen if f.why_skipped not in NO_HOLE)
        below = (h for h in self._snapshot.elsewhere if not h.path or may_match_below(h.path, self.globs))
        return (*self._snapshot.beyond, *files, *below)

    @property
    def paths(self) -> Mapping[str, "File"]:
        return self._snapshot.files

    @property
    def history(self) -> History:
        return self._snapshot.history

    @property
    def report(self) -> Report | None:
        return self._snapshot.report

    @property
    def names(self) -> tuple[str, ...]:
        """All tracked paths, submodules by their own: names only, no search for what they hold."""
        return tuple(dict.keys(self._snapshot.files))

    def once(self, key: str, make: Callable[[], T]) -> T:
        """`make()`, remembered on the snapshot that this is a part of."""
        return self._snapshot.once(key, make)

    def __len__(self) -> int:
        return len(self.chosen)

    def __iter__(self) -> Iterator[File]:
        for file in self.chosen:
            try:
                file.text  # noqa: B018  (reading it is what may fail)
            except Unreadable:
                continue
            yield file

    def matching(self, *globs: str) -> "Files":
        """The part of the selection whose paths match one of the globs."""
        if len(self.chosen) < _MANY:
            return Files([f for f in self.chosen if matches(f.path, globs)], self._snapshot, globs)
        those = self._snapshot.paths_like(globs)
        return Files([f for f in self.chosen if f.path in those], self._snapshot, globs)

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
        return path in self._snapshot.folders or path in self._snapshot.files


class Snapshot:
    """The files of one commit, by path. Built from git by `open_snapshot`, or from a dict of texts for a test.

    `set_aside` says of a file why it is no evidence of the group's work (course material, run output, a template's
    untouched stub), or nothing. `elsewhere` are the folders whose content is not in the commit.
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
        cut: Iterable[Hole] = (),
    ) -> None:
        self.history = history or History()
        self.commit = commit
        self.committed = committed
        self.cut = tuple(cut)  # folders that hold more than is read
        self.beyond: tuple[Hole, ...] = ()  # what may hold anything: another repository that this is a copy of
        self.report: Report | None = None  # set once it is parsed: a probe may follow its images
        self.opened: OpenSnapshot | None = None  # the one that this is a part of: for what git alone can tell
        self._aside: dict[str, str] = {}
        self._selected: dict[tuple[tuple[str, ...], tuple[str, ...], bool, bool], tuple[File, ...]] = {}
        self._by_globs: dict[tuple[tuple[str, ...], bool, bool], tuple[File, ...]] = {}
        self._facts: dict[str, tuple[Any, tuple[Hole, ...]]] = {}
        self._set_aside: Callable[[File], str] = set_aside or (lambda _: "")
        self.hold([*files, *(_memory_file(path, content) for path, content in (tree or {}).items())])

    def hold(self, files: Iterable[File]) -> None:
        """Take these files for the commit's, links among them followed."""
        self.room = Room()
        self._share(files := tuple(files))
        by_path = {f.path: f for f in sorted(files, key=lambda f: f.path)}
        self.folders = frozenset(p[:i] for p in by_path for i, c in enumerate(p) if c == "/")
        links = _follow_links(by_path, self.folders)
        self.elsewhere = tuple(
            Hole(f.path, f.why_skipped)
            for f in by_path.values()
            if f.why_skipped == SUBMODULE or (f.why_skipped == LINK and "." not in f.name)
        )
        self.elsewhere += self.cut
        self.files: dict[str, File] = Tracked(by_path, self.elsewhere, links) if self.elsewhere or links else by_path
        self.folders |= {h.path for h in self.elsewhere} | set(links)
        self._linked = any(isinstance(f, Link) for f in by_path.values())
        self._paths = Paths(by_path)
        self._selected.clear()
        self._by_globs.clear()

    def _share(self, files: Iterable[File]) -> None:
        """Files with one content, read by one kind of reader, are read once."""
        first: dict[tuple[str, str], File] = {}
        for file in files:
            file.room = file.room or self.room
            if file.blob and not file.why_skipped and file.twin is None:
                twin = first.setdefault((file.blob, file.suffix), file)
                file.twin = twin if twin is not file else None

    @property
    def set_aside(self) -> Callable[[File], str]:
        return self._set_aside

    @set_aside.setter
    def set_aside(self, why: Callable[[File], str]) -> None:
        self._set_aside = why
        self._aside.clear()
        self._selected.clear()
        self._by_globs.clear()

    def once(self, key: str, make: Callable[[], T]) -> T:
        """`make()`, remembered on the snapshot with its holes: for facts that several checks need."""
        if key not in self._facts:
            self._facts[key] = _watched(lambda: _fact(key, make))
        value, holes = self._facts[key]
        unsure(*holes)
        if isinstance(value, LeftOut):
            raise value
        return value  # type: ignore[no-any-return]

    def still_aside(self, other: "Snapshot") -> None:
        """Take over what is known of the files that are the same in another snapshot of the same rules."""
        files = dict.items(self.files)
        self._aside.update({p: other._aside[p] for p, f in files if p in other._aside and other.files.get(p) is f})

    def aside(self, file: File) -> str:
        """Why the file is no evidence of own work, or an empty string."""
        if (why := self._aside.get(file.path)) is None:
            why = self._aside[file.path] = self.set_aside(file)
        return why

    def paths_like(self, globs: tuple[str, ...]) -> frozenset[str]:
        """The paths that match one of the globs: names only, no search for what they hold."""
        return self._paths.those(globs)

    def select(
        self, globs: tuple[str, ...], mentions: tuple[str, ...] = (), stubs: bool = False, all: bool = False
    ) -> Files:
        """The files that match a glob and, where `mentions` are given, contain one of them (ignoring case), and what could
        match and was not read (`Files.holes`).

        Files set aside are left out; `stubs` keeps template stubs, `all` keeps everything. A link is left out where what
        it leads to is there by its own name.
        """
        key = (globs, mentions, stubs, all)
        if key not in self._selected:
            chosen = self._like(globs, stubs, all)
            if mentions:
                said: dict[str, bool] = {}  # by content
                chosen = tuple([f for f in chosen if _mentions(f, mentions, said)])
            if self._linked and any(isinstance(f, Link) for f in chosen):
                own = {f.blob for f in chosen if not isinstance(f, Link)}
                chosen = tuple(f for f in chosen if not (isinstance(f, Link) and f.blob in own))
            self._selected[key] = chosen
        return Files(self._selected[key], self, globs)

    def _like(self, globs: tuple[str, ...], stubs: bool, all: bool) -> tuple[File, ...]:
        """The files that match a glob, of those set aside as `select` says; links to others of them included."""
        key = (globs, stubs, all)
        if key not in self._by_globs:
            get = dict.__getitem__  # going through them is no search: holes are told by glob
            chosen = [get(self.files, path) for path in self._paths.matching(globs)]
            if self.elsewhere:
                chosen = [f for f in chosen if f.why_skipped != SUBMODULE]
            if not all:
                known = self._aside
                reasons = [(f, known[f.path] if f.path in known else self.aside(f)) for f in chosen]
                chosen = [f for f, reason in reasons if not reason or (stubs and reason == "template stub")]
            self._by_globs[key] = tuple(chosen)
        return self._by_globs[key]

    def unreadable(self) -> dict[str, str]:
        """Every path that was skipped, with its reason, as far as it is known without reading everything."""
        return {
            f.path: f.why_skipped for f in dict.values(self.files) if f.why_skipped not in ("", "binary", LINKED_FOLDER)
        }


def _fact(key: str, make: Callable[[], T]) -> T | LeftOut:
    """A fact, or that it was left out: whoever asks again is told at once."""
    try:
        return within(f"the fact `{key.partition(chr(10))[0][:60]}`", limits.PIECE, make)
    except LeftOut as left:
        return left


SUBMODULE = "a submodule"
ANNEX = "kept in git-annex"
LINK = "a symbolic link"
LINKED_FOLDER = "a symbolic link to a folder of the repository"
OUTSIDE = "a symbolic link to a place outside the repository"
NOTHING = "a symbolic link to nothing that is tracked"
NO_HOLE = ("", "binary", LINKED_FOLDER, OUTSIDE, NOTHING)  # there is nothing that could have been read


class Link(File):
    """A symbolic link to a tracked file: the target's text under the link's path."""

    __slots__ = ("target",)

    def __init__(self, path: str, target: File) -> None:
        super().__init__(path, target.blob, target.size, target._read, target.why_skipped, target._start)
        self.target = target.path
        self.room = target.room
        if self.suffix == target.suffix:
            self.twin = target.twin or target


def _follow_links(files: dict[str, File], folders: frozenset[str]) -> dict[str, str]:
    """Puts a `Link` in the place of each symbolic link that leads to a tracked file, chains included; and maps the links
    that lead to a folder of the commit to it. What leads out of the repository, or nowhere, stays what it is."""
    loose = {path: file for path, file in files.items() if file.why_skipped == LINK}
    to: dict[str, str] = {}
    for path, file in loose.items():
        try:
            target = decode(file.bytes()).strip("\0\n")
        except Unreadable:
            continue
        if "/.git/annex/objects/" in f"/{target}":
            file.why_skipped = ANNEX
            continue
        if target.startswith("/"):  # a place on somebody's machine: nothing of it was ever handed in
            file.why_skipped = OUTSIDE
        joined = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if target and not target.startswith("/") and not joined.startswith("../") and joined != "..":
            to[path] = "" if joined == "." else joined
    linked: dict[str, str] = {}
    submodules = [p for p, f in files.items() if f.why_skipped == SUBMODULE]
    for path in loose:
        target, steps = path, 0
        while target in to and steps < 8:
            target, steps = to[target], steps + 1
        if steps and target in files and files[target].why_skipped != LINK:
            if files[target].why_skipped != SUBMODULE:
                files[path] = Link(path, files[target])
        elif steps and (target in folders or not target):
            linked[path] = target
            files[path].why_skipped = LINKED_FOLDER  # what it leads to is in the commit by its own name
    for path, target in to.items():
        if files[path].why_skipped == LINK and not any(target == m or target.startswith(m + "/") for m in submodules):
            files[path].why_skipped = NOTHING
    return linked


def _mentions(file: File, words: tuple[str, ...], said: dict[str, bool]) -> bool:
    """Whether the text has one of the words; a file that cannot be read might have, unless it is no text at all. Of files
    with one content it is asked once."""
    if file.twin is None or file.why_skipped:
        return _has(file, words)
    if file.blob not in said:
        said[file.blob] = _has(file, words)
    return said[file.blob]


def _has(file: File, words: tuple[str, ...]) -> bool:
    said: Said | None = file.parsed.get("words")  # probes and claims ask for the same ones
    if said is None:
        try:
            text = file.lower
        except Unreadable as reason:
            return str(reason) not in NO_HOLE
        said = file.parsed["words"] = Said(text)
    return said.one_of(words)


def _memory_file(path: str, content: str | bytes) -> File:
    data = content.encode() if isinstance(content, str) else content
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
    return File(path, blob, len(data), lambda: data, too_large(path, len(data)))


def too_large(path: str, size: int) -> str:
    """Why a file of this name and size is not read (`binary`, `larger than ...`), or nothing."""
    suffix = path.rsplit(".", 1)[-1].lower() if "." in path.rsplit("/", 1)[-1] else ""
    if suffix in BINARY:
        return "binary"
    limit = {"ipynb": limits.NOTEBOOK, "lock": limits.LOCK}.get(suffix, limits.TEXT).value
    return f"larger than {limit:,} bytes" if size > limit else ""
