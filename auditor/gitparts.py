"""One look at git's own files before git is asked: git waits for a pipe, and reads a device for ever.

Of a directory that was handed in, anything may be in the place of its configuration, its index or a ref. What is there as it is
to be, a regular file or a link to one, is left to git, and so is what is missing.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from auditor import limits, regular

_OWN = ("HEAD", "index", "commondir", "gitdir")
_COMMON = ("config", "packed-refs", "shallow", "info/grafts", "info/exclude")
_FOLDERS = ("reftable", "objects/info", "objects/pack")
_NAMED = 3


def odd_parts(own: Path, common: Path) -> str:
    """Which of git's own files are no regular ones, in words; empty where all are. `own` has HEAD and the index, `common` the objects
    and refs. Of more files than git keeps apart (`limits.GIT_FILES`) the first are looked at."""
    parts = [own / name for name in _OWN] + [common / name for name in _COMMON]
    odd = [part for part in parts if _odd(part)]
    below = _Walk(limits.GIT_FILES.value)
    odd += [Path(e.path) for e in below.entries(own, deep=False) if e.name.startswith("sharedindex.") and _is_odd(e)]
    for folder in _FOLDERS:
        odd += [Path(e.path) for e in below.entries(common / folder, deep=False) if _is_odd(e) and not _folder(e)]
    odd += [Path(e.path) for e in below.entries(common / "refs", deep=True) if _is_odd(e)]
    loose = _Walk(limits.GIT_FILES.value).entries(common / "objects", deep=True)
    odd += [Path(e.path) for e in loose if _is_odd(e) and not _folder(e)]
    names = dict.fromkeys(_name(part, own, common) for part in odd)
    shown = ", ".join([*names][:_NAMED])
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return (
        f"{shown}{more} {'is' if len(names) == 1 else 'are'} no regular file{'s' * (len(names) > 1)}" if names else ""
    )


def odd_ignores(root: Path) -> str:
    """Which `.gitignore` of a checkout is no regular file; empty where all are that are looked at. Git reads them on its way through
    the folders."""
    for entry in _Walk(limits.GIT_FILES.value).entries(root, deep=True):
        if entry.name == ".gitignore" and _is_odd(entry) and not _folder(entry):
            return os.path.relpath(entry.path, root)
    return ""


def broken_index(path: Path, sha256: bool) -> str:
    """Why an index is not whole, in git's own words; empty for one that is, and where there is none. Git itself takes what it finds for
    names of files."""
    try:
        data = regular.read_bytes(path)
    except FileNotFoundError:
        return ""
    except OSError as error:
        return str(error.strerror)
    make, size = (hashlib.sha256, 32) if sha256 else (hashlib.sha1, 20)
    if len(data) < 12 + size:
        return "index file smaller than expected"
    if data[:4] != b"DIRC":
        return "bad signature"
    sum_ = data[-size:]
    # a setting of git's leaves the sum out
    return "" if not any(sum_) or make(data[:-size]).digest() == sum_ else "bad index file sha1 signature"


class _Walk:
    """Walks through folders, the upper ones first, for so many entries of them together, and through no link."""

    def __init__(self, most: int) -> None:
        self.left = most

    def entries(self, folder: Path, deep: bool) -> "Iterator[os.DirEntry[str]]":
        """The entries of a folder, and of those below it; not those of git's own folders in a checkout."""
        folders = [str(folder)]
        for at in folders:
            with contextlib.suppress(OSError), os.scandir(at) as found:
                for entry in found:
                    self.left -= 1
                    if self.left < 0:
                        return
                    yield entry
                    if deep and entry.name != ".git" and entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)


def _is_odd(entry: "os.DirEntry[str]") -> bool:
    """As `_odd`; of what is no link the folder has said what it is."""
    if entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False):
        return False
    return _odd(Path(entry.path))


def _folder(entry: "os.DirEntry[str]") -> bool:
    return os.path.isdir(entry.path)


def _odd(part: Path) -> bool:
    """Whether something is there, directly or by a link, that is no regular file."""
    try:
        return not stat.S_ISREG(os.stat(part).st_mode)
    except (OSError, ValueError):  # nothing is there, or a link that leads nowhere: git does not wait for that
        return False


def _name(part: Path, own: Path, common: Path) -> str:
    for folder in (common, own):
        if part.is_relative_to(folder):
            return part.relative_to(folder).as_posix()
    return str(part)
