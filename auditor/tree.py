"""The paths of a commit or of a folder, as many as are read; where there are more, the folders that hold most are cut.

A tree of git is small even where it spells out millions of paths: folders are counted by their objects, each once, before
any of their paths is made. Small folders are kept whole, whatever lies beside them; what is cut is a hole.
"""

from collections.abc import Callable, Iterable
from functools import partial

from auditor import limits
from auditor.blobs import Blobs
from auditor.holes import Hole
from auditor.lazy import dataclass
from auditor.repository import Repository, Unreadable

_NAMED = 40  # cut folders that are named one by one; of more, the folders at the top that they lie in
_TREES = 50_000  # folders that are counted: those that are not reached are cut
_ENDLESS = 1 << 60
BINARY = frozenset(
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
"""The endings of files that are no text, whose names are all that is read."""
_BINARY = frozenset(ending.encode() for ending in BINARY)


@dataclass(frozen=True)
class Row:
    """One tracked path: git's mode, the id of its content, and its size (-1 where this copy has none)."""

    path: bytes
    mode: str
    blob: str
    size: int = -1


@dataclass(frozen=True)
class Folder:
    """The files in a folder, and the folders in it with how many files lie below each; these are opened when needed."""

    files: list[Row]
    folders: list[tuple[bytes, int, Callable[[], "Folder"]]]


def tracked(repository: Repository, commit: str, blobs: Blobs) -> tuple[list[Row], tuple[Hole, ...]]:
    """What a commit tracks, and what of that is cut."""
    most = limits.PATH_CHARACTERS.value + 80 * limits.ALL_PATHS.value
    if (listed := _at_most(repository, most, "ls-tree", "-r", "-l", "-z", "--full-tree", commit)) is not None:
        rows = [_row(line) for line in listed.split(b"\0") if line]
        if fits(row.path for row in rows):
            return rows, ()
    kept, cut = share(_Trees(blobs).folder(f"{commit}^{{tree}}".encode(), 0))
    asked = "\n".join(dict.fromkeys(r.blob for r in kept if r.mode != "160000")).encode()
    told = repository.raw("cat-file", "--batch-check=%(objectname) %(objectsize)", stdin=asked + b"\n").decode()
    sizes = {sha: int(size) for sha, _, size in (line.partition(" ") for line in told.split("\n")) if size.isdigit()}
    return [Row(r.path, r.mode, r.blob, sizes.get(r.blob, -1)) for r in kept], cut


class Listing:
    """What further commits track beside one whose paths are known: from the tree objects that they do not share, each read
    once."""

    def __init__(self, repository: Repository, blobs: Blobs, known: Iterable[Row]) -> None:
        self._repository, self._blobs = repository, blobs
        self._trees = _Trees(blobs)
        self._sizes = {row.blob: row.size for row in known if row.size >= 0}

    def tracked(self, commit: str) -> tuple[list[Row], tuple[Hole, ...]]:
        """As the function of this name."""
        rows = self._trees.whole(f"{commit}^{{tree}}".encode())
        if rows is None or not fits(row.path for row in rows):
            return tracked(self._repository, commit, self._blobs)
        unknown = [r.blob for r in rows if r.blob not in self._sizes and r.mode != "160000"]
        if unknown:
            self._sizes |= self._blobs.sizes(unknown)
        return [Row(r.path, r.mode, r.blob, self._sizes.get(r.blob, -1)) for r in rows], ()


def named(names: Iterable[bytes]) -> tuple[list[bytes], tuple[Hole, ...]]:
    """Of these paths as many as are read, and what is cut."""
    paths = list(names)
    if fits(paths):
        return paths, ()
    kept, cut = share(_laid_out([(path, path.split(b"/")) for path in paths], 0))
    return sorted(row.path for row in kept), cut


def fits(paths: Iterable[bytes]) -> bool:
    """Whether all of these paths can be read."""
    count = binary = characters = 0
    for path in paths:
        if path.rpartition(b".")[2].lower() in _BINARY:
            binary += 1
        else:
            count += 1
        characters += len(path)
        if path.count(b"/") > limits.PATH_DEPTH.value:
            return False
    if binary + count > limits.ALL_PATHS.value:
        return False
    return count <= limits.PATHS.value and characters <= limits.PATH_CHARACTERS.value


def share(top: Folder) -> tuple[list[Row], tuple[Hole, ...]]:
    """The files of a folder and of those below it, in fair shares: who needs less than an equal share leaves the rest to
    the others."""
    kept: list[Row] = []
    cut: dict[bytes, str] = {}
    room = [limits.PATH_CHARACTERS.value]

    def take(folder: Folder, prefix: bytes, paths: int, depth: int) -> None:
        wants: list[tuple[int, bytes, Callable[[], Folder] | None]] = [
            (n, name, below) for name, n, below in folder.folders
        ]
        wants.append((len(folder.files), b"", None))
        for k, (count, name, below) in enumerate(sorted(wants, key=lambda w: (w[0], w[1]))):
            fair = paths // (len(wants) - k)
            before = len(kept)
            if below is None:
                for row in folder.files[:fair]:
                    room[0] -= len(prefix) + len(row.path)
                    if room[0] < 0:
                        break
                    kept.append(Row(prefix + row.path, row.mode, row.blob, row.size))
                if (some := len(kept) - before) < count:
                    cut[prefix[:-1]] = (
                        f"holds {count:,} files, of which the first {some:,} are read (of {limits.PATHS})"
                    )
            elif depth >= limits.PATH_DEPTH.value:
                cut[prefix + name] = f"lies deeper than {limits.PATH_DEPTH}"
            elif not fair or room[0] <= 0:
                cut[prefix + name] = f"holds {_count(count)}, more than is read ({limits.PATHS})"
            elif (opened := below()).files or opened.folders:
                take(opened, prefix + name + b"/", fair, depth + 1)
            else:  # git tracks no empty folder
                cut[prefix + name] = "cannot be read: it is missing from this copy, or damaged"
            paths -= len(kept) - before

    take(top, b"", limits.PATHS.value, 0)
    return kept, _told(cut)


def _count(count: int) -> str:
    return f"{count:,} files" if count < _ENDLESS else "files without end"


def _told(cut: dict[bytes, str]) -> tuple[Hole, ...]:
    """The cut folders, or those at the top that hold them where they are many."""
    if len(cut) > _NAMED:
        tops = dict.fromkeys(folder.split(b"/")[0] for folder in cut)
        why = f"holds more, or deeper, than is read ({limits.PATHS}, {limits.PATH_DEPTH})"
        cut = dict.fromkeys(tops if len(tops) <= _NAMED else [b""], why)
    return tuple(Hole(folder.decode("utf-8", errors="replace"), why) for folder, why in sorted(cut.items()))


def _laid_out(paths: list[tuple[bytes, list[bytes]]], depth: int) -> Folder:
    """Paths as folders."""
    files: list[Row] = []
    below: dict[bytes, list[tuple[bytes, list[bytes]]]] = {}
    for path, parts in paths:
        if len(parts) == depth + 1:
            files.append(Row(parts[depth], "", ""))
        else:
            below.setdefault(parts[depth], []).append((path, parts))
    return Folder(files, [(name, len(some), partial(_laid_out, some, depth + 1)) for name, some in below.items()])


class _Trees:
    """The tree objects of a commit, each read once."""

    def __init__(self, blobs: Blobs) -> None:
        self._blobs = blobs
        self._read: dict[bytes, tuple[list[Row], list[tuple[bytes, bytes]]]] = {}
        self._counts: dict[bytes, int] = {}

    def folder(self, tree: bytes, depth: int) -> Folder:
        files, folders = self._entries(tree)
        return Folder(
            files, [(name, self._count(sha, depth + 1), partial(self.folder, sha, depth + 1)) for name, sha in folders]
        )

    def whole(self, top: bytes) -> list[Row] | None:
        """All files below a folder; None where a folder is missing, or they are more than are read."""
        rows: list[Row] = []
        folders = [(b"", top, 0)]
        for n in range(_TREES):
            if not folders:
                return sorted(rows, key=lambda row: row.path)
            prefix, tree, depth = folders.pop()
            files, below = self._entries(tree)
            if depth > limits.PATH_DEPTH.value or len(rows) > limits.PATHS.value or (n and not files and not below):
                return None
            rows += [Row(prefix + r.path, r.mode, r.blob) for r in files] if prefix else files
            folders += [(prefix + name + b"/", sha, depth + 1) for name, sha in below]
        return None

    def _count(self, tree: bytes, depth: int) -> int:
        """How many files lie below a folder; without end for one that is not counted."""
        if depth > limits.PATH_DEPTH.value or len(self._read) >= _TREES:
            return _ENDLESS
        if tree not in self._counts:
            files, folders = self._entries(tree)
            counted = len(files) + sum(self._count(sha, depth + 1) for _, sha in folders)
            self._counts[tree] = min(counted, _ENDLESS)
        return self._counts[tree]

    def _entries(self, tree: bytes) -> tuple[list[Row], list[tuple[bytes, bytes]]]:
        if tree not in self._read:
            try:
                self._read[tree] = _entries(*self._blobs.tree(tree))
            except Unreadable:
                self._read[tree] = ([], [])
        return self._read[tree]


def _entries(sha: bytes, data: bytes) -> tuple[list[Row], list[tuple[bytes, bytes]]]:
    """The files and the folders of a tree object."""
    files, folders, start, width = [], [], 0, len(sha) // 2
    while (space := data.find(b" ", start)) >= 0 and (end := data.find(b"\0", space)) >= 0:
        mode, name, id_ = data[start:space], data[space + 1 : end], data[end + 1 : end + 1 + width].hex()
        start = end + 1 + width
        if mode.lstrip(b"0") == b"40000":
            folders.append((name, id_.encode()))
        else:
            files.append(Row(name, mode.decode("ascii", errors="replace"), id_))
    return files, folders


def _row(line: bytes) -> Row:
    meta, _, path = line.partition(b"\t")
    mode, _, blob, size = meta.decode().split()
    return Row(path, mode, blob, int(size) if size.isdigit() else -1)


def _at_most(repository: Repository, most: int, *arguments: str) -> bytes | None:
    """What a git command says; None where that is more than so many bytes."""
    with repository.start(*arguments) as process:
        assert process.stdout is not None
        said = process.stdout.read(most + 1)
        if len(said) > most:
            process.kill()
            return None
    return said if not process.returncode else None
