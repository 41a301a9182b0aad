"""Files that are written whole or not at all, also where the machine stops in the middle, and however many do so at once."""

import contextlib
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from auditor.errors import UserError

PART = ".part"
"""How the names of files end that are not whole yet; after a run that was killed they may be removed."""


def write_whole(path: Path, content: str | bytes | Iterable[str], hint: str = "") -> None:
    """A file with this content and its line ends as they are, in the place of what was there: also of a link, a pipe or a
    device, which are never written through, since what goes there is lost. Raises UserError where it cannot be written;
    `hint` is what to do where there is no room."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _write(path, content)
    except OSError as error:
        raise cannot_write(path, error, hint) from None


def write_given(path: Path, content: str | bytes | Iterable[str], hint: str = "") -> None:
    """The same at a path that a user names for it: what is no file (a pipe, a device) is written to as it is, and a link is
    followed."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = Path(os.path.realpath(path)) if path.is_symlink() else path
        if target.exists() and not target.is_file():
            with target.open("wb") as file:
                file.writelines(_pieces(content))
            return
        _write(target, content)
    except OSError as error:
        raise cannot_write(path, error, hint) from None


def cannot_write(path: Path, error: OSError, hint: str = "") -> UserError:
    """What to say where a file cannot be written, or taken away: more room is of no use where a folder has its name."""
    taken = os.path.isdir(path) and not os.path.islink(path)
    why = "a folder is in its place" if taken else error.strerror
    return UserError(
        f"{path}: cannot be written ({why})",
        "take that folder away" if taken else hint or "name another place, or free some room",
    )


def _write(path: Path, content: str | bytes | Iterable[str]) -> None:
    part = path.with_name(f".{path.name[:80]}.{os.getpid()}-{secrets.token_hex(4)}{PART}")
    try:
        with part.open("xb") as file:
            file.writelines(_pieces(content))
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileNotFoundError):
            was = path.lstat().st_mode
            if stat.S_ISREG(was):
                part.chmod(was & 0o7777)
        part.replace(path)
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
    _settle(path.parent)


def _pieces(content: str | bytes | Iterable[str]) -> Iterable[bytes]:
    """Half of a surrogate pair, which JSON can write and no file can hold, becomes a question mark."""
    if isinstance(content, bytes):
        return (content,)
    return (text.encode("utf-8", "replace") for text in ((content,) if isinstance(content, str) else content))


def _settle(folder: Path) -> None:
    """Have the folder on the disk with the file's new name; where that cannot be asked for, the system does it in its time."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
