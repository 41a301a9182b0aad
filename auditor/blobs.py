"""Git's objects by their ids, from one process that is asked as they are needed."""

import contextlib
import subprocess
from collections.abc import Iterable, Sequence
from typing import IO

from auditor.repository import Repository, Unreadable

_DEPTH = 200  # folders in folders; a deeper tree is nobody's work
_TREES = 20_000  # folders of other commits that are read to count their files: a second


_AT_ONCE = 500  # objects: what git says of them fits into a pipe, so that neither side waits for the other
_SMALL = 200_000  # bytes of a file that is read ahead
_AHEAD = 1_000_000  # bytes of all that is kept until it is asked for


class Blobs:
    """One `git cat-file --batch` process, asked for an object when it is needed; of those that are `expected` the next ones come
    along, so that neither side waits for the other each time."""

    def __init__(self, repository: Repository) -> None:
        self._expected: dict[str, int] = {}
        self._ahead: dict[str, bytes] = {}
        self._counts: dict[bytes, int] = {}
        self._repository = repository
        self._process = repository.start("cat-file", "--batch", stdin=subprocess.PIPE)
        self._torn = False  # an answer was not read to its end: what comes next belongs to it
        self._sizes: subprocess.Popen[bytes] | None = None

    def sizes(self, blobs: Iterable[str]) -> dict[str, int]:
        """The sizes of these blobs, as far as this copy has them."""
        asked = list(dict.fromkeys(blobs))
        if self._sizes is None:
            self._sizes = self._repository.start("cat-file", "--batch-check", stdin=subprocess.PIPE)
        source, sink = self._sizes.stdout, self._sizes.stdin
        assert source is not None
        assert sink is not None
        found = {}
        with contextlib.suppress(OSError):
            for start in range(0, len(asked), _AT_ONCE):
                some = asked[start : start + _AT_ONCE]
                sink.write("".join(f"{blob}\n" for blob in some).encode())
                sink.flush()
                for blob in some:
                    said = source.readline().split()
                    if len(said) == 3 and said[2].isdigit():
                        found[blob] = int(said[2])
        return found

    def read(self, blob: str, most: int = -1) -> bytes:
        """The content of a blob, or its first bytes. Raises Unreadable when this copy does not have it."""
        if (known := self._ahead.pop(blob, None)) is not None:
            return known if most < 0 else known[:most]
        self._expected.pop(blob, None)
        return self._object(blob.encode(), b"blob", most, self._next())[1]

    def expect(self, blobs: Iterable[tuple[str, int]]) -> None:
        """Blobs that will be read, each most likely once, with their sizes."""
        self._expected |= {blob: size for blob, size in blobs if size <= _SMALL}

    def _next(self) -> list[str]:
        some: list[str] = []
        size = sum(map(len, self._ahead.values()))
        for blob in self._expected:
            size += self._expected[blob]
            if len(some) == _AT_ONCE or size > _AHEAD:
                break
            some.append(blob)
        for blob in some:
            del self._expected[blob]
        return some

    def tree(self, name: bytes) -> tuple[bytes, bytes]:
        """The id of a folder's object, and its content. Raises Unreadable when this copy does not have it."""
        return self._object(name, b"tree")

    def count(self, commit: str) -> int:
        """How many files a commit has. Raises Unreadable when this copy does not have it all. Folders that were counted before
        are not read again."""
        return self._count(f"{commit}^{{tree}}".encode(), 0)

    def _count(self, tree: bytes, depth: int) -> int:
        if depth > _DEPTH or len(self._counts) >= _TREES:
            raise Unreadable("too many folders")
        if tree not in self._counts:
            sha, data = self._object(tree, b"tree")
            self._counts[tree] = 0
            size, start, files = len(sha) // 2, 0, 0
            while start < len(data):
                mode, name_end = data[start : start + 7].split(b" ")[0], data.find(b"\0", start)
                if name_end < 0:
                    raise Unreadable("a folder that is not one of git's")
                start = name_end + 1 + size
                below = mode.lstrip(b"0") == b"40000"
                files += self._count(data[start - size : start].hex().encode(), depth + 1) if below else 1
            self._counts[tree] = files
        return self._counts[tree]

    def _object(self, name: bytes, kind: bytes, most: int = -1, ahead: Sequence[str] = ()) -> tuple[bytes, bytes]:
        """The id of an object, and its content; of blobs asked for ahead the content is kept."""
        if self._torn:
            self._process.kill()
            self.close()
            self._process = self._repository.start("cat-file", "--batch", stdin=subprocess.PIPE)
        self._torn = True
        source, sink = self._process.stdout, self._process.stdin
        assert source is not None
        assert sink is not None
        try:
            sink.write(name + b"\n" + "".join(f"{blob}\n" for blob in ahead).encode())
            sink.flush()
            header, data = _answer(source, most)
        except OSError:
            header = []
        if not header:
            raise Unreadable("missing from this copy of the repository")
        self._torn = bool(ahead) and not self._kept_ahead(source, ahead)
        if len(header) != 3:
            raise Unreadable("missing from this copy of the repository")
        if header[1] != kind:
            raise Unreadable("missing from this copy of the repository")
        return header[0], data

    def _kept_ahead(self, source: IO[bytes], blobs: Sequence[str]) -> bool:
        """Keep what comes along; whether all of it came. What did not is asked for again when it is needed."""
        with contextlib.suppress(OSError, Unreadable):
            for blob in blobs:
                header, content = _answer(source)
                if not header:
                    return False
                if header[1:2] == [b"blob"]:
                    self._ahead[blob] = content
            return True
        return False

    def close(self) -> None:
        self._ahead.clear()
        for process in (self._process, self._sizes):
            for stream in (process.stdin, process.stdout) if process else ():
                with contextlib.suppress(OSError):
                    if stream is not None:
                        stream.close()
            if process:
                process.wait()
        self._sizes = None


def _answer(source: IO[bytes], most: int = -1) -> tuple[list[bytes], bytes]:
    """What git says of an object: its id, kind and size, or fewer words, and its content, or the first bytes of it. Raises
    Unreadable where git ends over it."""
    header = source.readline().split()
    if len(header) != 3:
        return header, b""
    size = int(header[2])
    data = source.read(size if most < 0 else min(most, size))
    rest = size - len(data) + 1
    while rest > 0 and (passed := source.read(min(rest, 1 << 20))):
        rest -= len(passed)
    if rest:
        raise Unreadable("damaged in this copy of the repository")
    return header, data
